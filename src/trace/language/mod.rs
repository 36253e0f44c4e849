//! The language the bundled models think in: short, readable lines that a program can check word by word.
//!
//! ```text
//! make 15 from 18 7 4          the prompt
//! try 18+7=25 left 25 4        a forward step: opens the state {25, 4}, same goal
//! check 25-4=21 not 15         verification of the last two numbers ("yes" when it equals the goal)
//! back to 18 7 4               backtracking: to the latest state with exactly these numbers
//! 15=?+4 so need 11            backward chaining: opens the state {18, 7} with the goal 11
//! aim for 11 from 18 7         a subgoal: names the smaller problem, opens nothing
//! answer (18-7)+4              the answer, right or not
//! ```
//!
//! A reversed question hides an input and asks for it: `make 65 from 17 3 ?`, `65=?+17 so need 48`,
//! `48=?*3 so need 16`, `answer 16`.
//!
//! `line` is the grammar (one line to a value and back), `writer` the teacher that searches and writes, `reversed` the
//! teacher of reversed questions, `phrases` the vocabulary a tokenizer for it needs.

mod line;
mod moves;
mod phrases;
mod reversed;
mod writer;

pub use line::{Line, Operand, Parsed, Verdict};
pub use phrases::{END, LARGEST_NUMBER, PHRASES, asked, prompt};
pub use reversed::Reversed;
pub use writer::{Style, StyleError, Writer, Written};
