//! Answers that are lists of operations: `Step 1: 3*4=12`, `Step 2: 12+5=17` mean `(3*4)+5`.
//!
//! Each number of an operation is the result of an earlier one where there is such a result left, else it stands for
//! itself. As everywhere the results are only names: what the whole comes to is worked out, not believed.

use super::equation::{Equation, equations, uses_all};
use crate::{
    base::slice::offset,
    task::countdown::{Expr, Number, Op, Problem, parser::Written},
};
use std::ops::Range;

/// Most operations of a list.
pub(super) const MOST: usize = 16;

/// Words that may stand in a line of such a list.
const WORDS: [&str; 10] = [
    "step", "steps", "x", "times", "div", "cdot", "is", "are", "then", "so",
];

/// What the operations in `text` make of each other: at least two, and none of them an answer by itself.
pub(super) fn composed(problem: &Problem, text: &str) -> Option<Equation> {
    let pieces = text.split(['\n', ',', ';', '\'', '"', '[', ']']);
    let found = pieces.flat_map(|piece| {
        let at = offset(text, piece);
        equations(piece).map(move |found| found.behind(at))
    });
    let mut found = found.filter(Equation::is_calculation);
    let steps: Vec<Equation> = found.by_ref().take(MOST).collect();
    let lone = |step: &Equation| step.claim.is_none() || uses_all(problem, &step.written);
    if steps.len() < 2 || found.next().is_some() || steps.iter().any(lone) {
        return None;
    }
    let place = steps.first()?.place.start..steps.last()?.place.end;
    let (mut results, mut joined, mut last) = (Results::default(), false, None);
    for step in steps {
        let before = results.0.len();
        let expr = results.put_into(step.written.expr);
        joined |= results.0.len() < before;
        results.push(step.claim.map(Number::from), expr.clone());
        last = Some((expr, step.claim));
    }
    let (expr, claim) = last.filter(|_| joined)?;
    Some(Equation {
        written: Written {
            ascii: listed(text.get(place)?),
            expr,
        },
        claim,
        place: 0..text.len(),
    })
}

/// A list as it stands in the text, on one line and with the signs of ASCII.
pub(super) fn listed(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sign = |c: char| Op::from_symbol(c).map_or_else(|| c.to_string(), |op| op.to_string());
    line.chars().map(sign).collect()
}

/// Whether what is written is a list and no expression: then it has results.
pub(super) fn is_list(written: &Written) -> bool {
    written.ascii.contains('=')
}

/// The results of operations, each with the expression that made it; a result is used once.
#[derive(Default)]
pub(super) struct Results(Vec<(Number, Expr)>);

impl Results {
    /// Adds one; one that nobody names cannot be used.
    pub(super) fn push(&mut self, result: Option<Number>, expr: Expr) {
        self.0.extend(result.map(|result| (result, expr)));
    }

    /// What made the latest such result.
    pub(super) fn take(&mut self, result: Number) -> Option<Expr> {
        let at = self.0.iter().rposition(|(known, _)| *known == result)?;
        Some(self.0.remove(at).1)
    }

    /// The expression with what made results in the place of its numbers.
    pub(super) fn put_into(&mut self, expr: Expr) -> Expr {
        match expr {
            Expr::Number(value) => self.take(value.into()).unwrap_or(Expr::Number(value)),
            Expr::Binary(left, op, right) => {
                let left = self.put_into(*left);
                Expr::binary(left, op, self.put_into(*right))
            }
        }
    }
}

/// The list that `text` ends with, when it uses all the numbers and is said to end at the goal.
pub(super) fn last(problem: &Problem, text: &str) -> Option<Equation> {
    let text = text.trim_end();
    let mut end = text.len();
    for line in text.rsplit('\n').take(MOST) {
        let from = end - line.len();
        if !is_step(line) {
            // Its last sentences may be: `3 + 5 = 8. Too small. 3 * 5 = 15. 15 + 7 = 22. …`
            let begins = line.rmatch_indices(". ").map(|(point, mark)| point + mark.len());
            return begins
                .take(MOST)
                .take_while(|begin| line.get(*begin..).is_some_and(is_step))
                .find_map(|begin| whole(problem, text, from + begin..text.len()));
        }
        end = from.saturating_sub(1);
        if let Some(found) = whole(problem, text, from..text.len()) {
            return Some(found);
        }
    }
    None
}

/// The operations that the last calculation of `text`, which comes to the goal, makes a whole of: those before it, whatever
/// the words around them.
pub(super) fn reached(problem: &Problem, text: &str) -> Option<Equation> {
    /// Lines that are looked at.
    const MOST_LINES: usize = 64;
    // The last first.
    let mut steps: Vec<Equation> = Vec::new();
    for line in text.trim_end().rsplit('\n').take(MOST_LINES) {
        if !line.contains(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let at = offset(text, line);
        let mut found: Vec<Equation> = equations(line).filter(Equation::is_calculation).collect();
        while let Some(step) = found.pop().map(|step| step.behind(at)) {
            if steps.is_empty() && (step.claim != Some(problem.target) || is_asked(text, &step)) {
                return None;
            }
            steps.push(step);
            if let Some(found) = joined(problem, &steps) {
                return Some(found);
            }
            if steps.len() == MOST {
                return None;
            }
        }
    }
    None
}

/// Whether the sentence that ends with a calculation asks.
fn is_asked(text: &str, step: &Equation) -> bool {
    let behind = text.get(step.place.end..).unwrap_or_default();
    let end = behind.find(['.', '!', '?', '\n']);
    end.is_some_and(|end| behind.get(end..).unwrap_or_default().starts_with('?'))
}

/// What operations, the last of which comes first, make of each other, when that solves the problem.
fn joined(problem: &Problem, steps: &[Equation]) -> Option<Equation> {
    let (last, place) = (
        steps.first()?,
        steps.last()?.place.start..steps.first()?.place.end,
    );
    let mut results = Results::default();
    // What is only written makes nothing.
    for step in steps.iter().skip(1).rev().filter(|step| step.claim.is_some()) {
        let expr = results.put_into(step.written.expr.clone());
        results.push(step.claim.map(Number::from), expr);
    }
    let expr = results.put_into(last.written.expr.clone());
    // Whatever stands between them is no list.
    let written = Written {
        ascii: expr.to_string(),
        expr,
    };
    let solves =
        steps.len() > 1 && uses_all(problem, &written) && written.expr.eval() == Some(problem.goal());
    solves.then_some(Equation {
        written,
        claim: last.claim,
        place,
    })
}

/// The list that `text` begins with, when it uses all the numbers and is said to end at the goal; `may_stand` says which words may come before it.
pub(super) fn first(problem: &Problem, text: &str, may_stand: impl Fn(&str) -> bool) -> Option<Equation> {
    let mut to = 0;
    for (at, line) in text.split_inclusive('\n').take(MOST).enumerate() {
        to += line.len();
        let heads = at == 0
            && may_stand(
                line.split(|c: char| c.is_ascii_digit())
                    .next()
                    .unwrap_or_default(),
            );
        if !heads && !line.trim().is_empty() && !is_step(line) {
            return None;
        }
        if let Some(found) = whole(problem, text, 0..to) {
            return Some(found);
        }
    }
    None
}

fn whole(problem: &Problem, text: &str, place: Range<usize>) -> Option<Equation> {
    let found = composed(problem, text.get(place.clone())?)?;
    let is_answer = found.claim == Some(problem.target) && uses_all(problem, &found.written);
    is_answer.then_some(Equation { place, ..found })
}

/// Whether a line has numbers, and no words but those of a list.
fn is_step(line: &str) -> bool {
    let mut words = line
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    line.contains(|c: char| c.is_ascii_digit())
        && words.all(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use crate::task::countdown::{
        Problem,
        score::{all, exact, place},
    };
    use proptest::prelude::*;

    /// The answer as an expression, and what is wrong with it.
    fn judged(text: &str) -> (Option<String>, String) {
        let judgement = exact(&Problem::parse("3 4 5 -> 17").unwrap(), text, 0);
        (judgement.expression.or(judgement.answer), judgement.reason)
    }

    #[test]
    fn the_answer_is_the_list_as_the_text_has_it_and_the_expression_stands_beside_it() {
        let problem = Problem::parse("3 4 5 -> 17").unwrap();
        for (text, answer) in [
            ("<answer>3*4=12, 12+5=17</answer>", "3*4=12, 12+5=17"),
            (
                "No.\nStep 1: 3 \u{d7} 4 = 12\nStep 2: 12 + 5 = 17\n",
                "3 * 4 = 12 Step 2: 12 + 5 = 17",
            ),
            ("The answer is ['3*4=12','12+5=17'].", "3*4=12','12+5=17"),
        ] {
            let judgement = exact(&problem, text, 0);
            assert_eq!(judgement.answer.as_deref(), Some(answer));
            assert_eq!(judgement.expression.as_deref(), Some("(3*4)+5"));
            let squeezed = |text: &str| text.replace('\u{d7}', "*").replace([' ', '\n'], "");
            assert!(squeezed(&text[place(&problem, text, 0).unwrap()]).contains(&squeezed(answer)));
        }
        let strewn = exact(
            &problem,
            "3 times 4 is 12. 3 * 4 = 12. Then 12 + 5 = 17. This equals 17.",
            0,
        );
        assert_eq!(
            (strewn.answer.as_deref(), strewn.expression),
            (Some("(3*4)+5"), None)
        );
        let alone = exact(&problem, "<answer>3*4+5 = 17</answer>", 0);
        assert_eq!((alone.answer.as_deref(), alone.expression), (Some("3*4+5"), None));
    }

    #[test]
    fn a_list_of_operations_is_the_expression_that_they_make() {
        for text in [
            "<answer>Step 1: 3*4=12\nStep 2: 12+5=17</answer>",
            "3 + 5 = 8. Too small. 3 * 4 = 12. 12 + 5 = 17.",
            "4 + 5 = 9. 9 * 3 = 27, no. 3 * 4 = 12,\n12 + 5 = 17",
            "<answer>3*4=12, 12+5=17</answer>",
            "<answer>['3*4=12', '12+5=17']</answer> is what I found.",
            r"\boxed{['3*4=12', '12+5=17']}",
            r"Thus \boxed{3 \times 4 = 12, 12 + 5 = 17}.",
            "Let me think: 5 - 4 = 1, no.\nStep 1: 3*4=12\nStep 2: 12+5=17",
            "3 + 4 = 7, too small.\n1. 3 × 4 = 12\n2. 12 + 5 = 17\n",
            "The answer is ['3*4=12','12+5=17'].",
            "**Answer:**\nStep 1: 3 * 4 = 12\nStep 2: 12 + 5 = 17\nThat is 17, using 3, 4 and 5.",
        ] {
            assert_eq!(
                judged(text),
                (Some("(3*4)+5".to_owned()), String::new()),
                "{text}"
            );
        }
        let four = Problem::parse("8 6 4 2 -> 12").unwrap();
        let text = "<answer>8*6=48; 4/2=2; 48/2=24; 24/2=12</answer>";
        assert_eq!(exact(&four, text, 0).reason, "uses 2 twice");
        assert!(
            exact(&four, "<answer>8-2=6; 6*4=24; 6/6=1</answer>", 0)
                .answer
                .is_some()
        );
    }

    #[test]
    fn what_such_a_list_does_wrong_is_said() {
        for (steps, reason) in [
            ("3*4=12, 12+6=18", "uses 6, which was not given"),
            ("3*4=12, 12-5=7", "is 7, not 17"),
            ("3*4=13, 13+4=17", "uses 4 twice"),
            ("3*4=12, 12+12=24", "uses 12, which was not given"),
        ] {
            assert_eq!(judged(&format!("<answer>{steps}</answer>")).1, reason, "{steps}");
        }
        // A result is a name; what it stands for is worked out.
        assert_eq!(judged("<answer>3*4=13, 13+5=18</answer>").1, "");
        assert_eq!(judged("<answer>4+5=10, 10*3=17</answer>").1, "is 27, not 17");
    }

    #[test]
    fn what_was_only_tried_is_no_answer_and_one_expression_is_read_as_before() {
        for text in [
            "3 * 4 = 12\n12 + 5 = 17\nOr 3 + 4 = 7",
            "Maybe 3 * 4 = 12, then 12 + 5 = 17?",
            "3 * 4 = 12\n12 - 5 = 7",
            "3 * 4 = 12\n3 + 5 = 8",
        ] {
            assert_eq!(judged(text).0, None, "{text}");
        }
        assert_eq!(
            judged("<answer>3*4+5=17, 12+5=17</answer>").0.as_deref(),
            Some("3*4+5")
        );
        assert_eq!(
            judged("<answer>(3*4)+5 = 12+5 = 17</answer>").0.as_deref(),
            Some("(3*4)+5")
        );
    }

    #[test]
    fn a_chain_that_ends_in_the_goal_is_the_answer_whatever_stands_around_it() {
        for text in [
            "3 * 4 = 12\n12 + 5 = 17\nDone!",
            "Different approach: 3 * 4 = 12, 12 + 5 = 17.",
            "3 + 4 = 7. That is too small.\n* Change the approach: 3 * 4 = 12\n* 12 + 5 = 17",
            "3 * 4 = 12, 12 + 5 = 17. That's the target!",
            "First, 3 * 4 = 12. Now we only have to add the five: 12 + 5 = 17 (bingo!)",
            "3 * 4 = 12, 12 + 5 = 17, yes!!",
            "3 * 4 = 12 and [12] + 5... so 12 + 5 = 17, using 3, 4 and 5.",
            "3 * 5 = 15, no. 3 * 4 = 12, 15 + 4 = 19, no, 12 + 5 = 17. We got 17, which is our target.",
        ] {
            assert_eq!(
                judged(text),
                (Some("(3*4)+5".to_owned()), String::new()),
                "{text}"
            );
        }
        for text in [
            "3 * 4 = 13, 13 + 4 = 17. Done!",
            "3 * 4 = 12, 12 + 5 = 17? Done!",
            "Well: 12 + 5 = 17. Done!",
            "So 3 * 4 = 12, 12 + 6 = 17. Done!",
            "So 3 * 4 = 12, 12 + 5 = 17. Wait: 3 + 4 = 7.",
        ] {
            assert_eq!(judged(text).0, None, "{text}");
        }
        let denied = judged("So 3 * 4 = 12, 12 + 5 = 17. Hmm. There is no solution.");
        assert_eq!(
            denied.0.as_deref(),
            Some("There is no solution"),
            "what is said last counts"
        );
    }

    #[test]
    fn the_published_scorers_judge_as_they_do() {
        let problem = Problem::parse("3 4 5 -> 17").unwrap();
        let text = "<answer>3*4=12, 12+5=17</answer>";
        let scores = all(&problem, text, &exact(&problem, text, 0));
        assert_eq!(scores["exact"], 1.0);
        assert!(scores["tinyzero"] < 1.0 && scores["reasoning_gym"] < 1.0);
        assert_eq!(&text[place(&problem, text, 0).unwrap()], "3*4=12, 12+5=17");
        let text = "No.\nStep 1: 3*4=12\nStep 2: 12+5=17\n";
        assert_eq!(
            &text[place(&problem, text, 0).unwrap()],
            "Step 1: 3*4=12\nStep 2: 12+5=17"
        );
    }

    proptest! {
        #[test]
        fn any_list_is_judged(text in r"(<answer>|</answer>|answer |\\boxed\{|\}|[0-9]{1,2}[+*/-][0-9]{1,2}=[0-9]{1,2}|[,;\n' ]|\[|\]|Step 1: |é){0,40}") {
            let problem = Problem::parse("3 4 5 -> 17").unwrap();
            let judgement = exact(&problem, &text, 0);
            prop_assert_eq!(judgement.correct, judgement.reason.is_empty());
            prop_assert!(place(&problem, &text, 0).is_none_or(|place| text.get(place).is_some()));
        }
    }
}
