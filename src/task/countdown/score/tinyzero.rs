//! The Countdown reward of TinyZero (`Jiayi-Pan/TinyZero`, `verl/utils/reward_score/countdown.py`; the same file in
//! `kanishkg/cognitive-behaviors`), quirks included.

use super::python::{self, Division};
use crate::task::{answer::tagged, countdown::Problem};

/// What any closed pair of tags on the last line earns, whatever is in it.
const FORMAT: f64 = 0.1;

/// The reward of a completion: 1, 0.1 or 0. It is scored as what follows the prompt's `Assistant:`.
#[must_use]
pub fn tinyzero(problem: &Problem, completion: &str) -> f64 {
    // Quirk: only the last line is read. Anything after the answer's line, even a line end, forfeits the reward, and
    // so does an answer of several lines.
    let Some(answer) = completion.rsplit('\n').next().and_then(tagged) else {
        return 0.0;
    };
    // Quirk: every run of digits is a number, so `1.5` is 1 and 5. Each number must be used, though the prompt only
    // asks that none is used twice.
    if !problem.has_just(python::integers(answer)) {
        return FORMAT;
    }
    // Quirk: a sign, `//`, `**` and decimals pass the alphabet; division is real, so 1/3*3 is 1 whatever the rules.
    // An `=` does not pass it.
    let near = |value: f64| (value - problem.target as f64).abs() < 1e-5;
    if python::eval(answer, Division::Float).is_some_and(near) {
        1.0
    } else {
        FORMAT
    }
}

/// The reward of a whole transcript, prompt included.
#[must_use]
pub fn tinyzero_transcript(problem: &Problem, transcript: &str) -> f64 {
    // Quirk: the *first* mark counts, also when the question holds one; the chat template's is looked for only where
    // the plain one is missing; without either there is no answer.
    ["Assistant:", "<|im_start|>assistant"]
        .iter()
        .find_map(|mark| transcript.split_once(mark))
        .map_or(0.0, |(_, completion)| tinyzero(problem, completion))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(completion: &str) -> f64 {
        tinyzero(&Problem::parse("18 7 4 -> 15").unwrap(), completion)
    }

    fn score_of(problem: &str, answer: &str) -> f64 {
        tinyzero(
            &Problem::parse(problem).unwrap(),
            &format!("<answer>{answer}</answer>"),
        )
    }

    #[test]
    fn right_wrong_and_missing_answers_earn_one_a_tenth_and_nothing() {
        assert_eq!(score("<think>…</think>\n<answer> (18 - 7) + 4 </answer>"), 1.0);
        assert_eq!(score("<answer>18+7+4</answer>"), 0.1);
        assert_eq!(score("(18-7)+4"), 0.0);
    }

    #[test]
    fn quirk_text_after_the_answer_line_zeroes_the_score() {
        assert_eq!(score("<answer>(18-7)+4</answer>\nDone."), 0.0);
        assert_eq!(score("<answer>(18-7)+4</answer>\n"), 0.0);
        assert_eq!(score("<answer>(18-7)+4</answer> Done."), 1.0);
    }

    #[test]
    fn quirk_an_answer_of_several_lines_is_none() {
        assert_eq!(score("<answer>\n(18-7)+4\n</answer>"), 0.0);
    }

    #[test]
    fn quirk_the_last_answer_on_the_line_counts() {
        assert_eq!(score("<answer>(18-7)+4</answer> <answer>18</answer>"), 0.1);
        assert_eq!(score("<answer>18</answer> <answer>(18-7)+4</answer>"), 1.0);
        assert_eq!(score("<answer>18 <answer>(18-7)+4</answer>"), 0.1);
    }

    #[test]
    fn quirk_any_closed_tag_earns_format_credit() {
        assert_eq!(score("<answer>I do not know</answer>"), 0.1);
        assert_eq!(score("<answer></answer>"), 0.1);
    }

    #[test]
    fn quirk_every_number_must_be_used_exactly_once() {
        assert_eq!(score_of("18 7 4 3 -> 15", "18-7+4"), 0.1);
        assert_eq!(score_of("15 1 -> 15", "15"), 0.1);
    }

    #[test]
    fn quirk_unary_minus_passes() {
        assert_eq!(score_of("4 18 7 -> 15", "-7+18+4"), 1.0);
        assert_eq!(score_of("4 18 7 -> 15", "4--(18-7)"), 1.0);
    }

    #[test]
    fn quirk_a_decimal_counts_as_two_numbers() {
        assert_eq!(score_of("1 5 2 -> 3", "1.5*2"), 1.0);
    }

    #[test]
    fn quirk_division_is_real() {
        assert_eq!(score_of("1 3 3 -> 1", "1/3*3"), 1.0);
        assert_eq!(score_of("3 3 8 8 -> 24", "8/(3-8/3)"), 1.0);
        assert_eq!(score_of("1 300000 -> 0", "1/300000"), 1.0);
    }

    #[test]
    fn quirk_powers_and_floor_division_pass() {
        assert_eq!(score_of("2 3 -> 8", "2**3"), 1.0);
        assert_eq!(score_of("7 2 -> 3", "7//2"), 1.0);
    }

    #[test]
    fn quirk_an_equation_is_not_an_answer() {
        assert_eq!(score("<answer>(18-7)+4 = 15</answer>"), 0.1);
        assert_eq!(score("<answer>(18-7)×4</answer>"), 0.1);
    }

    #[test]
    fn quirk_a_transcript_is_cut_at_its_first_mark() {
        let problem = Problem::parse("18 7 4 -> 15").unwrap();
        let answer = "<answer>(18-7)+4</answer>";
        assert_eq!(
            tinyzero_transcript(&problem, &format!("User: …\nAssistant: {answer}")),
            1.0
        );
        assert_eq!(
            tinyzero_transcript(&problem, &format!("<|im_start|>assistant\n{answer}")),
            1.0
        );
        assert_eq!(tinyzero_transcript(&problem, answer), 0.0);
        assert_eq!(
            tinyzero_transcript(&problem, &format!("{answer} Assistant: none")),
            0.0
        );
        assert_eq!(
            tinyzero_transcript(&problem, &format!("<|im_start|>assistant {answer} Assistant:")),
            0.0
        );
    }
}
