use super::*;
use crate::{task::countdown::Problem, trace::Reader};
use proptest::prelude::*;

const TEXT: &str = "try 18+7=25 left 25 4\ncheck 25-4=21 not 15\nback to 18 7 4\n15=?+4 so need 11\naim for 11 from 18 7\ncheck 18-7=11 yes\nanswer (18-7)+4\n";

fn found(text: &str) -> Vec<Behavior> {
    let problem = Problem::parse("18 7 4 -> 15").unwrap();
    Detector::read(Some(problem), text).1
}

#[test]
fn each_habit_is_found_on_its_line_with_its_reason() {
    let found = found(TEXT);
    let seen: Vec<(&str, &str)> = found
        .iter()
        .map(|b| (b.behavior.as_str(), b.span.of(TEXT)))
        .collect();
    assert_eq!(
        seen,
        [
            ("verification", "check 25-4=21 not 15"),
            ("backtracking", "back to 18 7 4"),
            ("backward_chaining", "15=?+4 so need 11"),
            ("subgoal_setting", "aim for 11 from 18 7"),
            ("verification", "check 18-7=11 yes"),
        ]
    );
    assert_eq!(found[1].evidence, "went back from a dead end: from 21 to 18 7 4");
}

#[test]
fn a_direct_answer_shows_no_habit() {
    assert!(found("try 18-7=11 left 11 4\ntry 11+4=15 left 15\nanswer (18-7)+4\n").is_empty());
    assert!(found("18 - 7 = 11\n11 + 4 = 15\n").is_empty());
}

#[test]
fn free_text_shows_returns_and_comparisons() {
    let found =
        found("Let's see: 18 + 7 = 25, and 25 - 4 = 21, which is not 15.\nTry 18 - 7 = 11 instead.\n");
    let names: Vec<&str> = found.iter().map(|b| b.behavior.as_str()).collect();
    assert_eq!(names, ["verification", "backtracking"]);
}

proptest! {
    #[test]
    fn pieces_give_the_same_spans_as_the_whole(cuts in prop::collection::vec(0..TEXT.len(), 0..8)) {
        let mut cuts = cuts;
        cuts.sort_unstable();
        let problem = Problem::parse("18 7 4 -> 15").unwrap();
        let mut reader = Reader::new(Some(problem));
        let mut detector = Detector::default();
        let mut from = 0;
        for to in cuts.into_iter().chain([TEXT.len()]) {
            reader.push(&TEXT[from..to], |told, tree| detector.hear(told, tree));
            from = to;
        }
        reader.finish(|told, tree| detector.hear(told, tree));
        prop_assert_eq!(detector.found().to_vec(), found(TEXT));
    }
}
