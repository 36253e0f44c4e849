//! The words of the language, cut the way its tokenizer cuts them: blanks belong to the words, so that a blank stands
//! alone only between two numbers.

use crate::task::countdown::Problem;

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
    let numbers: Vec<String> = problem.numbers.iter().map(ToString::to_string).collect();
    format!("make {} from {}\n", problem.target, numbers.join(" "))
}
