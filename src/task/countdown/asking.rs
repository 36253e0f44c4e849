//! How models that know no language of ours are asked for a Countdown answer, in the words that Gandhi et al. (2025) and
//! TinyZero ask it, so that figures can be set beside theirs.

use super::{Problem, Rules};

/// The question, for a model that converses.
#[must_use]
pub fn instruction(problem: &Problem) -> String {
    let numbers: Vec<String> = problem.numbers.iter().map(ToString::to_string).collect();
    let whole = match problem.rules {
        Rules::Integer => " Every intermediate result must be a whole number that is not negative.",
        Rules::Rational => "",
    };
    format!(
        "Using the numbers [{}], create an equation that equals {}. You can use basic arithmetic operations (+, -, *, /) \
         and each number must be used exactly once.{whole} Show your work, and return the final equation in <answer> \
         </answer> tags, for example <answer>(1 + 2) / 3</answer>.",
        numbers.join(", "),
        problem.target
    )
}

/// A text that a base model continues with its answer; thinking is opened in it.
#[must_use]
pub fn completion(problem: &Problem) -> String {
    format!(
        "A conversation between User and Assistant. The user asks a question, and the Assistant solves it. The assistant \
         first thinks about the reasoning process in the mind and then provides the user with the answer.\n\
         User: {} Show your work in <think> </think> tags.\n\
         Assistant: Let me solve this step by step.\n<think>",
        instruction(problem)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::countdown::question;

    #[test]
    fn a_question_asks_for_its_problem_and_says_how_to_answer() {
        let problem = Problem::parse_with("18 7 4 -> 15", Rules::Rational).unwrap();
        for text in [instruction(&problem), completion(&problem)] {
            assert_eq!(question(&text), Some(problem.clone()), "{text}");
            assert!(text.contains("<answer>"));
        }
        let whole = Problem::parse_with("18 7 4 -> 15", Rules::Integer).unwrap();
        assert!(instruction(&whole).contains("whole number"));
        assert!(completion(&problem).ends_with("<think>"));
    }
}
