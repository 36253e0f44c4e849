//! The words of the language, cut the way its tokenizer cuts them: blanks belong to the words, so that a blank stands
//! alone only between two numbers.

use crate::task::countdown::{Problem, Rules, spaced};

/// Every phrase that is one token.
pub const PHRASES: [&str; 11] = [
    "make ",
    " from ",
    "try ",
    " left ",
    "check ",
    " not ",
    " yes\n",
    "back to ",
    " so need ",
    "aim for ",
    "answer ",
];

/// The largest number that is one token, and the largest a search writes on its way.
pub const LARGEST_NUMBER: i64 = 199;

/// The token that ends a trace.
pub const END: &str = "<|end|>";

/// What a bundled model is asked: `make 15 from 18 7 4` and a newline.
#[must_use]
pub fn prompt(problem: &Problem) -> String {
    format!("make {} from {}\n", problem.target, spaced(&problem.numbers))
}

/// The problem a prompt of [`prompt`] asks for; `None` when it asks something else.
#[must_use]
pub fn asked(prompt: &str) -> Option<Problem> {
    let (target, numbers) = prompt.trim_end().strip_prefix("make ")?.split_once(" from ")?;
    Problem::parse_with(&format!("{numbers} -> {target}"), Rules::Integer).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_says_what_it_asks() {
        let problem = Problem::parse_with("18 7 4 -> 15", Rules::Integer).unwrap();
        assert_eq!(prompt(&problem), "make 15 from 18 7 4\n");
        assert_eq!(asked(&prompt(&problem)), Some(problem));
        assert_eq!(asked("what is 2 + 2?"), None);
    }
}
