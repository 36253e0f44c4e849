//! Answers that say that there is no solution, in words: `<answer>impossible</answer>`, or a text that ends with "There is no
//! solution."

use super::last_sentence;
use std::ops::Range;

/// All that a marked answer may be; the first three mean it beside the word "answer", too.
const WHOLE: [&str; 7] = [
    "no",
    "none",
    "impossible",
    "no solution",
    "not possible",
    "unsolvable",
    "no answer",
];
const IN_A_SENTENCE: usize = 3;

/// What says so within a sentence.
const SAYS: [&str; 27] = [
    "no solution",
    "no solutions",
    "s impossible",
    "s not possible",
    "is unsolvable",
    "no combination works",
    "cannot be done",
    "cannot be made",
    "can t be made",
    "no valid solution",
    "no possible solution",
    "no exact solution",
    "no valid expression",
    "no valid combination",
    "no way to make",
    "no way to reach",
    "no way to get",
    "no way to obtain",
    "no way to form",
    "impossible to make",
    "impossible to reach",
    "impossible to get",
    "impossible to obtain",
    "impossible to form",
    "is impossible",
    "not possible to",
    "is not possible",
];

/// Words that make a question, a supposition or the contrary of it.
const TAKES_BACK: [&str; 19] = [
    "maybe",
    "perhaps",
    "might",
    "may",
    "could",
    "if",
    "whether",
    "unless",
    "isn",
    "wasn",
    "so far",
    "not impossible",
    "not true",
    "not the case",
    "can t be that",
    "cannot be that",
    "other than",
    "except",
    "besides",
];

/// Words around a lone `NO` that announce it as the answer.
const ANNOUNCES: [&str; 8] = [
    "the",
    "final",
    "answer",
    "solution",
    "is",
    "so",
    "therefore",
    "thus",
];

/// The bytes of a marked answer that say that there is no solution.
pub(super) fn marked(inside: &str) -> Option<Range<usize>> {
    let (words, place) = words(inside)?;
    (WHOLE.contains(&words.as_str()) || denies(&words)).then_some(place)
}

/// The bytes of the last sentence of a text, when it says that there is no solution.
pub(super) fn concluded(text: &str) -> Option<Range<usize>> {
    let (start, sentence) = last_sentence(text)?;
    if sentence.contains('?') {
        return None;
    }
    let (words, place) = words(sentence)?;
    let announced = || {
        let rest = words.split(' ').filter(|word| !ANNOUNCES.contains(word));
        let bare = rest.collect::<Vec<_>>();
        let known = WHOLE.iter().take(IN_A_SENTENCE);
        words.contains("answer") && known.into_iter().any(|known| bare == [*known])
    };
    (denies(&words) || announced()).then_some(start + place.start..start + place.end)
}

/// Whether the words of a sentence say so.
fn denies(words: &str) -> bool {
    let padded = format!(" {words} ");
    let has = |phrase: &&str| padded.contains(&format!(" {phrase} "));
    SAYS.iter().any(has) && !TAKES_BACK.iter().any(has)
}

/// The words of a text in lower case, one blank between them, without TeX's names of fonts; and their bytes from the
/// first to the last.
fn words(text: &str) -> Option<(String, Range<usize>)> {
    let start = text.find(char::is_alphanumeric)?;
    let end = text.rfind(char::is_alphanumeric)?;
    let end = end + text.get(end..)?.chars().next().map_or(0, char::len_utf8);
    let (mut said, mut from) = (Vec::new(), start);
    for command in ["text{", "textbf{", "mathrm{", "mathbf{", "boxed{"] {
        if text.get(start..)?.starts_with(command) {
            from = start + command.len();
        }
    }
    for word in text.get(from..end)?.split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            said.push(word.to_lowercase());
        }
    }
    (!said.is_empty()).then(|| (said.join(" "), from..end))
}

#[cfg(test)]
mod tests {
    use crate::task::countdown::{
        Problem,
        score::{exact, place},
    };
    use proptest::prelude::*;

    fn judged(problem: &str, text: &str) -> (Option<String>, bool, String) {
        let judgement = exact(&Problem::parse(problem).unwrap(), text, 0);
        (judgement.answer, judgement.correct, judgement.reason)
    }

    #[test]
    fn whoever_says_in_words_that_there_is_no_solution_is_right_when_there_is_none() {
        for (text, answer) in [
            ("<answer>no solution</answer>", "no solution"),
            ("<answer>NO</answer>", "NO"),
            ("<answer>There is no solution.</answer>", "There is no solution"),
            (r"So \boxed{\text{impossible}}.", "impossible"),
            (r"\boxed{No solution}", "No solution"),
            (
                "9*8=72, 72*7=504. Too small.\nThere is no solution.\n",
                "There is no solution",
            ),
            (
                "9*8*7 = 504 is the largest. So it is impossible to make 1000.",
                "So it is impossible to make 1000",
            ),
            ("9*8*7 = 504.\n**Answer: impossible**", "Answer: impossible"),
            ("9*8*7 = 504. It's impossible.", "It's impossible"),
            ("There are no solutions.", "There are no solutions"),
            (
                "504 is the most, so it cannot be done.",
                "504 is the most, so it cannot be done",
            ),
            (
                "The best expression is 9*8*7 = 504.\n\nTherefore, there is no way to reach 1000 with these numbers.",
                "Therefore, there is no way to reach 1000 with these numbers",
            ),
        ] {
            let (said, correct, reason) = judged("9 8 7 -> 1000", text);
            assert_eq!(
                (said.as_deref(), correct),
                (Some(answer), true),
                "{text}: {reason}"
            );
            let (said, correct, reason) = judged("9 8 7 -> 24", text);
            assert_eq!((said.as_deref(), correct), (Some(answer), false), "{text}");
            assert!(reason.starts_with("says there is no solution, but "), "{reason}");
            let problem = Problem::parse("9 8 7 -> 24").unwrap();
            let place = place(&problem, text, 0).unwrap();
            assert_eq!(&text[place], answer);
        }
    }

    #[test]
    fn doubts_questions_and_what_is_no_end_are_no_such_claim_and_an_answer_is_better() {
        for text in [
            "Is there no solution?",
            "Maybe there is no solution.",
            "There is no solution. Or is there? 9 + 8 = 17.",
            "If there is no solution, I should say so.",
            "It isn't impossible to make 24.",
            "There is no solution other than the first.",
            "So it is not true that it is impossible to make 24.",
            "It can't be that there is no solution.",
            "9 + 8 = 17, no.",
            "So no.",
        ] {
            assert_eq!(judged("9 8 7 -> 24", text).2, "no answer", "{text}");
        }
        let unread = judged("9 8 7 -> 24", "<answer>fifteen</answer>").2;
        assert!(unread.contains("cannot be read"), "{unread}");
        for text in [
            "The answer is 8*(9-7)+8.\nThere is no solution.",
            "<answer>9+8+7</answer>\nThere is no solution.",
        ] {
            assert!(!judged("9 8 7 -> 24", text).2.starts_with("says"), "{text}");
        }
        let thought = "<think>There is no solution.</think>\n9+8+7";
        let problem = Problem::parse("9 8 7 -> 24").unwrap();
        assert!(exact(&problem, thought, thought.find("\n9").unwrap()).correct);
    }

    proptest! {
        #[test]
        fn any_words_are_judged(text in r"(<answer>|</answer>|\\boxed\{|\\text\{|\}|[Nn]o|solution|impossible to make|answer|is|[.!?: \n]|é|ẞ){0,30}") {
            let problem = Problem::parse("9 8 7 -> 1000").unwrap();
            let judgement = exact(&problem, &text, 0);
            prop_assert_eq!(judgement.correct, judgement.reason.is_empty());
            prop_assert!(place(&problem, &text, 0).is_none_or(|place| text.get(place).is_some()));
        }
    }
}
