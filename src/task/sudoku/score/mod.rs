//! Is this grid right? Four scorers: ours (which holds a grid against the puzzle, or against a recorded solution where
//! there is no puzzle), reasoning-gym's with its quirks, and two generous ones, which take the last grid
//! of the text, or any.

mod exact;
mod reasoning_gym;

pub use exact::{against, exact, place};
pub use reasoning_gym::reasoning_gym;

use super::{Board, Grid, Shape, grids, solution};
use crate::task::court::Judgement;
use std::collections::BTreeMap;

/// Every scorer's verdict on a completion, by name: `exact`, whose judgement is known, `reasoning_gym`, `last_grid`,
/// `anywhere`. The published scorer knows one solution, so it has no say on a puzzle that has none or several.
#[must_use]
pub fn all(puzzle: &Board, text: &str, exact: &Judgement) -> BTreeMap<String, f64> {
    let solves = |grid: &Grid| exact::fault(puzzle, &grid.values()).is_none();
    let mut scores = generous(puzzle.shape(), text, solves);
    scores.insert("exact".to_owned(), exact.score());
    if let Some(solution) = solution(puzzle) {
        scores.insert("reasoning_gym".to_owned(), reasoning_gym(&solution, text));
    }
    scores
}

/// The same where only a solution is known: `solution`, whose judgement is known, in the place of `exact`.
#[must_use]
pub fn all_against(solution: &Board, text: &str, judgement: &Judgement) -> BTreeMap<String, f64> {
    let solves = |grid: &Grid| exact::other(solution, &grid.values()).is_none();
    let mut scores = generous(solution.shape(), text, solves);
    scores.insert("solution".to_owned(), judgement.score());
    scores.insert("reasoning_gym".to_owned(), reasoning_gym(solution, text));
    scores
}

/// What those say that take a grid from anywhere.
fn generous(shape: Shape, text: &str, solves: impl Fn(&Grid) -> bool) -> BTreeMap<String, f64> {
    let found = grids(text, shape);
    let score = |right: bool| f64::from(u8::from(right));
    BTreeMap::from([
        ("last_grid".to_owned(), score(found.last().is_some_and(&solves))),
        ("anywhere".to_owned(), score(found.iter().any(solves))),
    ])
}

/// What a score of one of our scorers means, in words; `None` for a scorer we do not know.
#[must_use]
pub fn describe(scorer: &str, score: f64) -> Option<&'static str> {
    let right = score >= 1.0;
    Some(match scorer {
        "exact" if right => "the grid given as the answer is full, keeps every given and breaks no rule",
        "exact" => "no grid is given as the answer that solves the puzzle",
        "solution" if right => {
            "the grid given as the answer is the recorded solution; the puzzle is not known"
        }
        "solution" => "the grid given as the answer is not the recorded solution; the puzzle is not known",
        "reasoning_gym" if right => "the <answer> is the solution, written as the puzzle is",
        "reasoning_gym" if score > 0.0 => {
            "the <answer> has cells of the solution, but not all of it, or is not written as the puzzle is"
        }
        "reasoning_gym" => "no <answer> with a row of the solution's cells",
        // These two judge as `exact` does, or as `solution`.
        "last_grid" if right => "the last whole grid of the text is right",
        "last_grid" => "the last whole grid of the text is not right",
        "anywhere" if right => "a right grid stands somewhere in the text",
        "anywhere" => "no right grid stands anywhere in the text",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PUZZLE: &str = ".4.11.....23.2..";
    const SOLUTION: &str = "2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4";

    fn scores(text: &str) -> Vec<f64> {
        let puzzle: Board = PUZZLE.parse().unwrap();
        all(&puzzle, text, &exact(&puzzle, text)).into_values().collect()
    }

    #[test]
    fn the_scorers_part_where_they_read_other_places() {
        // anywhere, exact, last_grid, reasoning_gym
        assert_eq!(scores(&format!("<answer>\n{SOLUTION}\n</answer>")), [1.0; 4]);
        assert_eq!(scores(SOLUTION), [1.0, 1.0, 1.0, 0.0]);
        let answered = format!(
            "<answer>\n{SOLUTION}\n</answer>\nNot:\n{}",
            SOLUTION.replace('4', "1")
        );
        assert_eq!(scores(&answered), [1.0, 1.0, 0.0, 1.0]);
        let dropped = format!("{SOLUTION}\nNo.\n<answer>none</answer>");
        assert_eq!(scores(&dropped), [1.0, 0.0, 1.0, 0.0]);
        assert_eq!(scores("nothing"), [0.0; 4]);
    }

    #[test]
    fn the_published_scorer_is_silent_where_the_solution_is_not_the_only_one() {
        let puzzle: Board = "1...............".parse().unwrap();
        let text = "1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1";
        let names: Vec<_> = all(&puzzle, text, &exact(&puzzle, text)).into_iter().collect();
        let wanted = ["anywhere", "exact", "last_grid"].map(|name| (name.to_owned(), 1.0));
        assert_eq!(names, wanted);
    }

    #[test]
    fn what_the_generous_scorers_say_holds_where_the_puzzle_is_not_known_too() {
        let solution: Board = "2431134241233214".parse().unwrap();
        let scores = all_against(&solution, "no", &against(&solution, "no"));
        assert!(scores.keys().all(|name| describe(name, 0.0).is_some()));
        for name in ["last_grid", "anywhere"] {
            let said = [0.0, 1.0].map(|score| describe(name, score).unwrap());
            assert!(said.iter().all(|said| !said.contains("puzzle")), "{said:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_and_a_right_answer_is_the_solution(
            text in "(<answer>|</answer>|```|Row [1-4]: |[1-9_]( [1-9_]){3}|[1-4_. |&]|\n|é){0,40}"
        ) {
            let puzzle: Board = PUZZLE.parse().unwrap();
            let judgement = exact(&puzzle, &text);
            let scores = all(&puzzle, &text, &judgement);
            prop_assert!(scores.values().all(|score| (0.0..=1.0).contains(score)));
            prop_assert_eq!(judgement.correct, judgement.reason.is_empty());
            if judgement.correct {
                prop_assert_eq!(judgement.answer.as_deref(), Some("2431134241233214"));
            }
            if let Some(place) = place(&text) {
                prop_assert!(text.get(place).is_some());
            }
        }
    }
}
