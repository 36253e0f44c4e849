//! Our scorer: the exact value is right and every number is used exactly once, whatever the rules.

use super::answer;
use crate::task::{
    countdown::{
        Problem,
        parser::{self, ExprError, Written},
    },
    court::Judgement,
};
use std::ops::Range;

/// Judges the answer in `text`: the last line `answer …` of the bundled language, else the last `<answer>…</answer>`,
/// else the last `\boxed{…}`, else the last line that is nothing but an equation or expression. `= value` after an
/// answer is dropped: the value is worked out, not believed.
#[must_use]
pub fn exact(problem: &Problem, text: &str) -> Judgement {
    let found = match answer::marked(text) {
        Some(marked) => Some(read(answer::bare(marked))),
        None => text.lines().rev().find_map(|line| computed(line).map(Ok)),
    };
    match found {
        None => Judgement::without_answer("no answer"),
        Some(Err(error)) => Judgement::without_answer(format!("the answer cannot be read: {error}")),
        Some(Ok(written)) => judge(problem, written),
    }
}

/// The bytes of `text` that [`exact`] takes for the answer, marks left out; none when there is no answer.
#[must_use]
pub fn place(text: &str) -> Option<Range<usize>> {
    let found = answer::marked(text).or_else(|| text.lines().rev().find(|line| computed(line).is_some()))?;
    // `found` is a slice of `text`.
    let start = found.as_ptr() as usize - text.as_ptr() as usize;
    Some(start..start + found.len())
}

fn judge(problem: &Problem, written: Written) -> Judgement {
    let value = written.expr.eval();
    let wrong = misuse(&problem.numbers, &written.expr.numbers()).or_else(|| match value {
        None => Some("divides by zero or grows too large".into()),
        Some(value) if value != problem.goal() => Some(format!("is {value}, not {}", problem.target)),
        Some(_) => None,
    });
    Judgement {
        answer: Some(written.ascii),
        value,
        correct: wrong.is_none(),
        reason: wrong.unwrap_or_default(),
    }
}

/// The side of an equation that has more to it, or the whole text when there is no `=`.
fn read(text: &str) -> Result<Written, ExprError> {
    let mut sides = text.split('=').map(|side| parser::parse(answer::bare(side)));
    let first = sides.next().unwrap_or(Err(ExprError::Unfinished));
    sides.fold(first, |best, side| match (best, side) {
        (Ok(best), Ok(side)) if side.expr.numbers().len() <= best.expr.numbers().len() => Ok(best),
        (best, Err(_)) => best,
        (_, side) => side,
    })
}

/// A line that is an equation or an expression, perhaps after a label (`Answer: …`), and can be worked out.
fn computed(line: &str) -> Option<Written> {
    let line = answer::bare(line.rsplit(':').next()?);
    let written = read(line).ok()?;
    (written.expr.numbers().len() > 1 && written.expr.eval().is_some()).then_some(written)
}

/// The first number that is not used exactly as often as it was given.
fn misuse(given: &[i64], used: &[i64]) -> Option<String> {
    let count = |list: &[i64], number| list.iter().filter(|n| **n == number).count();
    used.iter()
        .chain(given)
        .find_map(|&number| match (count(given, number), count(used, number)) {
            (given, used) if given == used => None,
            (0, _) => Some(format!("uses {number}, which was not given")),
            (1, 0) => Some(format!("does not use {number}")),
            (1, 2) => Some(format!("uses {number} twice")),
            (given, used) => Some(format!("uses {number} {}, not {}", times(used), times(given))),
        })
}

fn times(count: usize) -> String {
    match count {
        0 => "not at all".into(),
        1 => "once".into(),
        2 => "twice".into(),
        n => format!("{n} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(problem: &str, text: &str) -> Judgement {
        exact(&Problem::parse(problem).unwrap(), text)
    }

    fn reason(text: &str) -> String {
        judged("18 7 4 -> 15", text).reason
    }

    #[test]
    fn a_right_answer_is_right_however_it_is_marked() {
        for text in [
            "try 18-7=11 left 4 11\nanswer (18-7)+4\n",
            "answer (18-7)+4=15",
            "so <answer>\n(18 − 7) + 4 = 15\n</answer> is it",
            r"Thus $\boxed{(18-7)+4}$.",
            "18-7=11\n11+4=15\n**(18 - 7) + 4 = 15**\nDone!",
            "Final answer: 15 = (18-7)+4",
        ] {
            let judgement = judged("18 7 4 -> 15", text);
            assert_eq!(judgement.answer.as_deref(), Some("(18-7)+4"), "{text}");
            assert!(judgement.correct && judgement.reason.is_empty(), "{text}");
            assert_eq!(judgement.value, Some(15.into()));
        }
    }

    #[test]
    fn the_place_of_the_answer_is_what_was_judged() {
        for (text, answer) in [
            ("try 18-7=11 left 4 11\nanswer (18-7)+4\n", "(18-7)+4"),
            ("so <answer>\n18-7+4\n</answer> is it", "18-7+4"),
            (r"Thus $\boxed{(18-7)+4}$.", "(18-7)+4"),
            ("18-7=11\n11+4=15\nDone!", "11+4=15"),
        ] {
            assert_eq!(place(text).map(|place| &text[place]), Some(answer));
        }
        assert_eq!(place("I give up."), None);
    }

    #[test]
    fn what_is_wrong_is_said_in_a_few_words() {
        assert_eq!(reason("answer (18-7)+5"), "uses 5, which was not given");
        assert_eq!(reason("answer (18-7)-4"), "is 7, not 15");
        assert_eq!(reason("answer 7+7+4"), "uses 7 twice");
        assert_eq!(reason("answer 18-7"), "does not use 4");
        assert_eq!(reason("answer 18/(7-7)+4"), "uses 7 twice");
        assert_eq!(reason("I give up."), "no answer");
        assert!(reason("answer (18-7)+").contains("ends too early"));
        assert!(reason("<answer>fifteen</answer>").contains("cannot be read"));
        assert_eq!(judged("5 5 -> 10", "answer 5").reason, "uses 5 once, not twice");
        assert_eq!(
            judged("5 5 1 -> 10", "answer 5+5+5+1").reason,
            "uses 5 3 times, not twice"
        );
        assert_eq!(
            judged("5 3 3 -> 10", "answer 5/(3-3)").reason,
            "divides by zero or grows too large"
        );
    }

    #[test]
    fn the_rules_of_the_moves_do_not_matter_for_the_answer() {
        let problem = r#"{"numbers":[3,3,8,8],"target":24,"rules":"integer"}"#;
        assert!(judged(problem, "answer 8/(3-8/3)").correct);
    }

    #[test]
    fn a_claimed_value_is_not_believed() {
        assert_eq!(reason("answer (18-7)-4=15"), "is 7, not 15");
    }

    #[test]
    fn lines_of_reasoning_are_not_answers() {
        assert_eq!(reason("check 7*4=28 not 15\n15=?-4 so need 19\n15"), "no answer");
    }

    #[test]
    fn the_answer_keeps_the_parentheses_of_the_text() {
        assert_eq!(
            judged("18 7 4 -> 15", "answer 18 - 7 + 4").answer.as_deref(),
            Some("18-7+4")
        );
    }
}
