//! A Countdown problem asked in words, as public data sets ask it (TinyZero, reasoning-gym): `Using the numbers
//! [19, 36, 55, 7], create an equation that equals 65.`

use super::{Problem, Rules};

/// Words before the target.
const TARGET: [&str; 5] = ["make ", "calculate ", "equals ", "target value ", "target of "];

/// The problem that `text` asks, under rational rules; `None` when it is no question of that kind.
#[must_use]
pub fn question(text: &str) -> Option<Problem> {
    let lower = text.to_ascii_lowercase();
    let (_, after) = lower.split_once("numbers")?;
    let after = after.trim_start_matches([':', ' ', '[']);
    let list = after
        .split(|c: char| !c.is_ascii_digit() && c != ',' && c != ' ')
        .next()?;
    let numbers: Vec<&str> = list
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect();
    if numbers.len() < 2 {
        return None;
    }
    let target = TARGET.iter().find_map(|word| {
        let (_, after) = lower.split_once(word)?;
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        after.get(..end).filter(|digits| !digits.is_empty())
    })?;
    Problem::parse_with(&format!("{} -> {target}", numbers.join(" ")), Rules::Rational).ok()
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
