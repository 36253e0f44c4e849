use super::*;
use crate::{
    behavior::{Habit, Layer},
    task::countdown::Problem,
    trace::{Reader, Subject},
};
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
fn a_direct_answer_in_words_shows_no_habit_whatever_it_is_about() {
    let answers = [
        (
            "countdown",
            "Two steps are enough:\n1. Subtract 8 from 25: 25 - 8 = 17.\n2. Multiply 17 by 8: 17 * 8 = 136.\n\nSo the final answer is (25 - 8) * 8.",
        ),
        (
            "math",
            "The area of a rectangle is its length times its width. So the area is 4 \u{d7} 5 = 20. The answer is \\boxed{20}.",
        ),
        (
            "math",
            "The discount is 25% of $20, which is 0.25 * 20 = $5.\nThe price is therefore $20 - $5 = $15.\n\n**Final Answer**\n\n\\boxed{15}",
        ),
        (
            "mini_sudoku",
            "Here is the completed grid:\n<answer>\n1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1\n</answer>",
        ),
        (
            "qa",
            "Hamlet was written by William Shakespeare. He was born in Stratford-upon-Avon, England, in 1564. So the answer is Stratford-upon-Avon.",
        ),
        (
            "qa",
            "Yes. Botanically a tomato is a berry, because it develops from the ovary of a flower and contains seeds.",
        ),
        (
            "code",
            "Here is a function that adds two numbers:\n\n```python\ndef add(a, b):\n    # check the types, then try again\n    return a + b\n```\n\nIt returns the sum of both.",
        ),
    ];
    for (task, answer) in answers {
        for layer in [Layer::Rules, Layer::Best] {
            let (_, found) = Detector::of(layer).follow(Subject::asked(task, ""), answer);
            assert_eq!(found, [], "{layer} in:\n{answer}");
        }
    }
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

fn letter(found: &Behavior) -> char {
    Habit::from_name(&found.behavior).unwrap().letter()
}

/// What rules find in a text without a problem: letter and sentence.
fn shown(text: &str) -> Vec<(char, &str)> {
    let (_, found) = Detector::of(Layer::Rules).follow(None, text);
    found.iter().map(|b| (letter(b), b.span.of(text))).collect()
}

#[test]
fn words_mean_what_the_course_of_the_reasoning_makes_them_mean() {
    // The first attempt is no turn, the one after a failure is.
    assert_eq!(
        shown("Let me try 3 + 4 = 7.\nThat doesn't work.\nLet me try 3 * 4 = 12.\n"),
        [('V', "That doesn't work."), ('B', "Let me try 3 * 4 = 12.")]
    );
    // A check goes on until it ends.
    assert_eq!(
        shown(
            "Wait, let me double-check that.\nSeven tens are 70.\nTherefore, the answer is 70.\nSo 70 it is.\n"
        ),
        [
            ('V', "Wait, let me double-check that."),
            ('V', "Seven tens are 70.")
        ]
    );
    // In one sentence: what failed comes before what is tried next.
    assert_eq!(
        shown("5 + 6 is not valid since 6 is missing, let's try: 5 + 5.\n"),
        [
            ('V', "5 + 6 is not valid since 6 is missing, let's try: 5 + 5."),
            ('B', "5 + 6 is not valid since 6 is missing, let's try: 5 + 5.")
        ]
    );
}

#[test]
fn repeated_prompts_and_programs_show_nothing() {
    let echo = "user\nVerify that this is correct. Let me check: it is wrong!\nassistant\n";
    assert!(shown(echo).is_empty());
    assert!(shown("```python\n# let me verify\nassert x != 3\n```\n").is_empty());
    assert_eq!(shown("```\n3 + 4 = 8 (too big)\n```\n").len(), 1);
}

#[test]
fn a_stream_of_search_shows_its_returns_and_comparisons() {
    let text = "Current State: 15:[18, 7, 4], Operations: []\nExploring Operation: 18+7=25, Resulting Numbers: [4, 25]\nGenerated Node #0,0: 15:[4, 25] Operation: 18+7=25\nMoving to Node #0,0\nExploring Operation: 25-4=21, Resulting Numbers: [21]\n21,15 unequal: No Solution\nMoving to Node #0\n";
    let found = Detector::read(None, text).1;
    let found: Vec<_> = found.iter().map(|b| (letter(b), b.span.of(text))).collect();
    assert_eq!(
        found,
        [('V', "21,15 unequal: No Solution"), ('B', "Moving to Node #0")]
    );
}

/// `24 - 3 = 21` for the target 24 proves by itself what the words beside it say.
#[test]
fn what_the_states_prove_stands_beside_what_a_rule_says_where_layers_are_apart() {
    let text = "24 - 3 = 21, so I need 21 from 18, 2 and 1.\n";
    let problem: Option<Problem> = "3 18 2 1 -> 24".parse().ok();
    let by = |layer: Layer| {
        let (_, found) = Detector::of(layer).follow(problem.clone(), text);
        let backward = found
            .into_iter()
            .filter(|b| b.behavior == Habit::BackwardChaining.name());
        backward.map(|b| b.detector).collect::<Vec<_>>()
    };
    assert_eq!(by(Layer::Best), ["rules"]);
    assert_eq!(by(Layer::Rules), ["rules"]);
    assert_eq!(by(Layer::State), ["state"]);
    let all = by(Layer::All);
    for layer in ["rules", "state", "probe"] {
        assert_eq!(all.iter().filter(|name| *name == layer).count(), 1, "{all:?}");
    }
}

/// Where a probe decides, too: the words leave no doubt.
#[test]
fn whoever_goes_back_to_check_checks_and_gives_nothing_up() {
    let text = "The sum is 3x + 4, which gives x = 2.\nLet me go back and check the sum.\n";
    let (_, found) = Detector::read(Subject::Other(None), text);
    let seen: Vec<(&str, &str)> = found
        .iter()
        .map(|b| (b.behavior.as_str(), b.span.of(text)))
        .collect();
    assert_eq!(seen, [("verification", "Let me go back and check the sum.")]);
}

#[test]
fn whoever_goes_back_to_the_shop_gives_no_attempt_up() {
    let text =
        "I bought 3 apples and 4 pears.\nI need to go back to the shop.\nThere I buy 2 more, so I have 9.\n";
    let (tree, found) = Detector::read(Subject::Other(None), text);
    assert!(found.is_empty(), "{found:?}");
    assert!(tree.backtracks.is_empty());
}

/// A sentence that begins with a condition or a time may return at its end.
#[test]
fn whoever_goes_on_before_going_back_goes_back_all_the_same() {
    for (said, returns) in [
        ("If I go this way I get stuck, so let me go back.", 1),
        ("Before I go on, let me go back to step 1.", 1),
        ("Before we come to that, let's go back to step 1.", 1),
        ("If we return 3 we are stuck, so we need to go back to step 1.", 1),
        ("When we go there we are stuck, so we go back to step 1.", 1),
        ("If this fails I will go back to step 1.", 0),
        ("Once this fails, we go back to step 1.", 0),
    ] {
        let text = format!("The sum is 3x + 4, which gives x = 2.\n{said}\nSo x is 3.\n");
        let (_, found) = Detector::read(Subject::Other(None), &text);
        let back = found.iter().filter(|found| found.behavior == "backtracking");
        assert_eq!(back.count(), returns, "{said}: {found:?}");
    }
}
