//! What a text ends with: an expression that is announced and nothing more, `So 18-7+4.`

use super::equation::{Equation, equations, uses_all};
use crate::{base::slice::offset, task::countdown::Problem};

/// Words that may stand before such an expression. Whoever tries or asks has others.
const LEADS: [&str; 30] = [
    "so",
    "thus",
    "therefore",
    "hence",
    "finally",
    "then",
    "and",
    "here",
    "now",
    "i",
    "we",
    "have",
    "has",
    "found",
    "got",
    "get",
    "gives",
    "it",
    "this",
    "that",
    "is",
    "done",
    "solved",
    "use",
    "using",
    "yes",
    "works",
    "the",
    "result",
    "one",
];

/// What is said to whoever asked, behind all else.
const POLITE: [&str; 16] = [
    "please",
    "could you",
    "let me know",
    "hope this helps",
    "hope that helps",
    "feel free",
    "happy to help",
    "glad to help",
    "thank you",
    "thanks for",
    "good luck",
    "sorry for",
    "apologies for",
    "apologize for",
    "would you like",
    "do you want",
];
/// Bytes of a polite sentence, and how many stand behind each other.
const LONGEST_POLITE: usize = 200;
const MOST_POLITE: usize = 3;

/// The last sentence of a text that is not only polite, and its first byte; one that `says` something beside it counts.
pub(super) fn last_sentence(text: &str, says: impl Fn(&str) -> bool) -> Option<(usize, &str)> {
    let mut text = text;
    for _ in 0..MOST_POLITE {
        let (start, sentence) = ending(text)?;
        if !is_polite(sentence) || says(sentence) {
            return Some((start, sentence));
        }
        text = text.get(..start)?;
    }
    ending(text)
}

fn is_polite(sentence: &str) -> bool {
    let said = sentence.trim();
    if said.len() > LONGEST_POLITE || said.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let said = said.to_ascii_lowercase();
    POLITE.iter().any(|words| said.contains(words))
}

/// The last sentence, and its first byte.
fn ending(text: &str) -> Option<(usize, &str)> {
    let line = text
        .rsplit('\n')
        .find(|line| line.contains(char::is_alphanumeric))?;
    // Behind the last word no sentence begins.
    let said = line.get(..line.rfind(char::is_alphanumeric)?)?;
    let mut ends = said.match_indices(['.', '!', '?']).filter(|(at, _)| {
        let behind = line.get(at + 1..).unwrap_or_default();
        // `**It is impossible.** Then`
        let closed = behind.trim_start_matches(['"', '\u{201d}', '\'', ')', '*']);
        closed.starts_with(char::is_whitespace)
    });
    let from = ends.next_back().map_or(0, |(at, _)| at + 1);
    Some((offset(text, line) + from, line.get(from..)?))
}

/// The expression that a text ends with, when it uses all the numbers and words announce it.
pub(super) fn announced(problem: &Problem, text: &str) -> Option<Equation> {
    let (start, sentence) = last_sentence(text, |_| false)?;
    if sentence.contains('?') {
        return None;
    }
    let found =
        equations(sentence).find(|found| uses_all(problem, &found.written) && found.claim.is_none())?;
    if is_told(problem, sentence, &found) {
        return Some(found.behind(start));
    }
    let (before, behind) = (
        sentence.get(..found.place.start)?,
        sentence.get(found.place.end..)?,
    );
    let mut leads = before
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .peekable();
    let announced = leads.peek().is_some()
        && leads.all(|word| LEADS.contains(&word.to_lowercase().as_str()))
        && !before.contains(|c: char| c.is_ascii_digit())
        && !behind.contains(char::is_alphanumeric);
    announced.then(|| found.behind(start))
}

/// Words of a sentence that only tries, asks or denies.
const TRIES: [&str; 25] = [
    "try", "trying", "tried", "maybe", "perhaps", "not", "no", "isn", "doesn", "don", "never", "if", "what",
    "how", "let", "suppose", "consider", "might", "should", "check", "wait", "wrong", "instead", "fails",
    "whether",
];

/// Whether a sentence gives a right expression as what makes the target, in whatever words: `We can get 47 by computing 8 * 4 +
/// 15`, or begins with it and only says something of it: `15 + 8 * 4 (using each number once)`.
fn is_told(problem: &Problem, sentence: &str, found: &Equation) -> bool {
    let parts = || {
        let (place, behind) = (found.place.start, found.place.end);
        Some((sentence.get(..place)?, sentence.get(behind..)?))
    };
    let Some((before, behind)) = parts().filter(|_| found.written.expr.eval() == Some(problem.goal())) else {
        return false;
    };
    let mut words = before
        .split(|c: char| !c.is_alphanumeric())
        .chain(behind.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .peekable();
    if words.peek().is_none() {
        return false;
    }
    let target = problem.target.to_string();
    let (mut names, mut other) = (false, false);
    for word in words {
        let number = word.starts_with(|c: char| c.is_ascii_digit());
        names |= word == target;
        other |= number && word != target || TRIES.iter().any(|tries| tries.eq_ignore_ascii_case(word));
    }
    let begins = !before.contains(char::is_alphanumeric)
        && behind
            .trim_start()
            .starts_with(['(', '-', '\u{2013}', '\u{2014}']);
    !other && (names || begins)
}

#[cfg(test)]
mod tests {
    use crate::task::countdown::{Problem, score::exact};

    fn taken(text: &str) -> Option<String> {
        exact(&Problem::parse("18 7 4 -> 15").unwrap(), text, 0).answer
    }

    #[test]
    fn an_expression_that_a_text_ends_with_is_its_answer_when_it_is_announced() {
        for text in [
            "18 - 7 = 11, 11 + 4 = 15. So 18-7+4.",
            "I found it: 18-7+4",
            "18 - 7 = 11.\nThus we have $18 - 7 + 4$.\n\n",
            "Yes! So it is **18-7+4**",
            "So 18-7+4.\n\nI hope this helps! Let me know if you have other questions.",
        ] {
            assert_eq!(taken(text).as_deref(), Some("18-7+4"), "{text}");
        }
        let wrong = exact(&Problem::parse("18 7 4 -> 15").unwrap(), "So 18+7+4.", 0);
        assert_eq!(wrong.reason, "is 29, not 15");
    }

    #[test]
    fn one_sentence_that_says_what_makes_the_target_is_an_answer() {
        for text in [
            "We can get 15 by computing 18 - 7 + 4.",
            "18 - 7 + 4 (using each number once)",
            "(18 - 7) + 4 \u{2014} this gives 15.",
            "To get 15, use 18 - 7 + 4.",
            "We can combine them as 18 - 7 + 4 to get 15.",
        ] {
            let answer = taken(text).unwrap_or_default();
            assert!(
                ["18-7+4", "(18-7)+4"].contains(&answer.as_str()),
                "{text}: {answer}"
            );
        }
        for text in [
            "We can get 15 by computing 18 + 7 + 4.",
            "To get 15, let me try 18 - 7 + 4.",
            "If we take 18 - 7 + 4 we may get 15.",
            "I would not say that 18 - 7 + 4 is what makes 15.",
            "18 - 7 + 4 comes to 15 or 16.",
            "Is 15 what 18 - 7 + 4 makes?",
        ] {
            assert_eq!(taken(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_only_tried_asked_or_left_on_the_way_is_none() {
        for text in [
            "Let me try 18-7+4.",
            "So 18-7+4?",
            "Maybe: 18-7+4",
            "So not 18-7+4.",
            "So 18-7+4. That was fun.",
            "Is it 18-7+4? Let me know!",
            "So 18-7 and 4.",
            "11 + 4 = 15. So 18 - 7.",
            "So 18-7+4 = 14.",
        ] {
            assert_eq!(taken(text), None, "{text}");
        }
    }
}
