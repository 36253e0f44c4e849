//! A Countdown problem asked in words, as data sets and people ask it: `Using the numbers [19, 36, 55, 7], create an equation
//! that equals 65.`, `Make 24 using 6, 4, 3, 3.`, `numbers: 80, 91, 77, 35, target: 28`.

use super::{Problem, Rules};

/// Words before the target; what stands first is believed first.
const TARGET: [&str; 20] = [
    "make ",
    "calculate ",
    "equals ",
    "target value ",
    "target of ",
    "target: ",
    "target is ",
    "target = ",
    "target number is ",
    "target number ",
    "equal to ",
    "evaluates to ",
    "result is ",
    "results in ",
    "obtain ",
    "reach ",
    "get ",
    "form ",
    "-> ",
    "= ",
];

/// Words before the numbers, and how many must follow for a question. All but the first say so of other things, too.
const NUMBERS: [(&str, usize); 5] = [
    ("numbers", 2),
    ("using", 3),
    ("use", 3),
    ("digits", 3),
    ("input", 3),
];

/// What it is about; where nothing says so, only `numbers` stands before them.
const RULES: [&str; 7] = [
    "expression",
    "equation",
    "operation",
    "operator",
    "arithmetic",
    "game of 24",
    "24 game",
];

/// Names of the game whose target nobody says.
const TWENTY_FOUR: [&str; 3] = ["game of 24", "24 game", "24-game"];

/// How far from its numbers the target may stand, in bytes, within their line.
const REACH: usize = 200;

/// The problem that `text` asks, under rational rules; `None` when it is no question of that kind. The last question counts:
/// those before it are examples.
#[must_use]
pub fn question(text: &str) -> Option<Problem> {
    let lower = text.to_ascii_lowercase();
    let has_rules = RULES.iter().any(|rule| lower.contains(rule));
    let known = TWENTY_FOUR
        .iter()
        .any(|name| lower.contains(name))
        .then_some("24");
    let words = NUMBERS.iter().filter(|(word, _)| has_rules || *word == "numbers");
    words.copied().find_map(|(word, least)| {
        lower.rmatch_indices(word).find_map(|(at, _)| {
            let (numbers, rest) = list(lower.get(at + word.len()..)?);
            if numbers.len() < least {
                return None;
            }
            let after = rest.get(..rest.floor_char_boundary(REACH))?.lines().next();
            let before = lower.get(lower.ceil_char_boundary(at.saturating_sub(REACH))..at)?;
            let before = before.rsplit('\n').next();
            let target = [after, before].into_iter().flatten().find_map(target).or(known)?;
            Problem::parse_with(&format!("{} -> {target}", numbers.join(" ")), Rules::Rational).ok()
        })
    })
}

/// The numbers that `text` lists, and what follows them.
fn list(text: &str) -> (Vec<&str>, &str) {
    let (mut numbers, mut rest) = (Vec::new(), text);
    loop {
        let next = rest.trim_start_matches([':', ' ', '[', '(', ',']);
        let next = next.strip_prefix("and ").unwrap_or(next);
        let end = next.find(|c: char| !c.is_ascii_digit()).unwrap_or(next.len());
        let (number, behind) = next.split_at(end);
        if number.is_empty() {
            return (numbers, rest);
        }
        numbers.push(number);
        rest = behind;
    }
}

/// The last number behind a word that announces the target.
fn target(text: &str) -> Option<&str> {
    TARGET.iter().find_map(|word| {
        text.rmatch_indices(word).find_map(|(at, _)| {
            let after = text.get(at + word.len()..)?;
            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            after.get(..end).filter(|digits| !digits.is_empty())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_questions_of_public_data_are_understood() {
        for (text, problem) in [
            (
                "Find a way to make 176 using all of these numbers: 55, 75, 12, 34.\nEach number",
                "55 75 12 34 -> 176",
            ),
            (
                "Calculate 588 using all of these numbers: 82, 38, 56, 49.\nEach",
                "82 38 56 49 -> 588",
            ),
            (
                "Using all the numbers 28, 61, 2, create an expression that equals 117.",
                "28 61 2 -> 117",
            ),
            (
                "Using the numbers [19, 36, 55, 7], create an equation that equals 65.",
                "19 36 55 7 -> 65",
            ),
            (
                "Combine these initial numbers [53, 57, 13] to reach the target value 64. All",
                "53 57 13 -> 64",
            ),
            (
                "Answer with numbers. Using the numbers 1, 2, create 3 that equals 3.\nUsing the numbers 4, 5, and 6, make 15.",
                "4 5 6 -> 15",
            ),
            (
                "Find a way to make 12 using all of these numbers: 3, 4.\nFind a way to make 13 using all of these numbers: 9, 4.\n1. Write numbers",
                "9 4 -> 13",
            ),
            (
                "Make 24 using 6, 4, 3, 3. You can use the operators +, -, *, /.\nUse '*' for multiplication.",
                "6 4 3 3 -> 24",
            ),
            (
                "numbers: 80, 91, 77, 35, target: 28. Use the numbers to reach the target using + - * / ( ).",
                "80 91 77 35 -> 28",
            ),
            (
                "What operations can I perform on the numbers 2, 3, 6, 120 so that the result is 84?",
                "2 3 6 120 -> 84",
            ),
            ("Solve this game of 24: use 4 4 6 8.", "4 4 6 8 -> 24"),
            (
                "Use 3, 5 and 7 to write an expression equal to 22, each number once.",
                "3 5 7 -> 22",
            ),
        ] {
            assert_eq!(
                question(text).map(|p| p.to_string()).as_deref(),
                Some(problem),
                "{text}"
            );
        }
        for text in [
            "Which of these numbers is prime: 7?",
            "make 15",
            "numbers",
            "numbers 1, 2",
            "We make 30 using 2, 3 and 5 as factors.",
            "Row 1 must use 1, 2, 3, so we get 4 for the last cell, each number once.\n1 2 3",
        ] {
            assert_eq!(question(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_question_or_none(text in "(numbers|make |equals |[0-9]{1,20}|[, \\[é]){0,20}") {
            let _ = question(&text);
        }
    }
}
