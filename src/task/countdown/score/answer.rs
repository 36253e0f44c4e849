//! Where a text gives its answer.

use crate::task::answer::{boxed, tagged};

/// The answer as it stands in `text`, the first of these that there is: the last line `answer EXPR` of the bundled
/// language, the last `<answer>…</answer>`, the last `\boxed{…}` if that `may_be` one.
pub(super) fn marked(text: &str, may_be: impl Fn(&str) -> bool) -> Option<&str> {
    let boxed = || boxed(text).filter(|inside| may_be(inside));
    bundled(text).or_else(|| tagged(text)).or_else(boxed)
}

/// The last line that is `answer ` and something other than a word ("answer is …" is prose).
pub(super) fn bundled(text: &str) -> Option<&str> {
    text.lines().rev().find_map(|line| {
        let answer = line.trim_start().strip_prefix("answer ")?.trim();
        answer
            .starts_with(|c: char| c.is_ascii_digit() || c == '(')
            .then_some(answer)
    })
}

/// Takes off what is put around an answer: blanks, TeX dollars and brackets, Markdown stars and backquotes, a full stop.
pub(super) fn bare(text: &str) -> &str {
    let mut text = text;
    loop {
        let before = text;
        text = text
            .trim()
            .trim_matches(['$', '`'])
            .trim_end_matches(['.', ',', ';']);
        for (open, close) in [("**", "**"), ("\\(", "\\)"), ("\\[", "\\]"), ("\\boxed{", "}")] {
            text = text
                .strip_prefix(open)
                .and_then(|t| t.strip_suffix(close))
                .unwrap_or(text);
        }
        if text == before {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> Option<&str> {
        super::marked(text, |_| true)
    }

    #[test]
    fn the_last_answer_counts() {
        assert_eq!(marked("answer 1+2\ntry\nanswer 3+4\n"), Some("3+4"));
        assert_eq!(
            marked("<answer>1</answer> no, <answer> 2+3 </answer>"),
            Some("2+3")
        );
        assert_eq!(
            marked(r"\boxed{1} or \boxed{\frac{1}{2}+3}."),
            Some(r"\frac{1}{2}+3")
        );
        assert_eq!(marked("the answer is 4"), None);
        assert_eq!(marked("answer is in the box: \\boxed{4}"), Some("4"));
        assert_eq!(marked("<answer>never closed"), None);
        assert_eq!(marked(r"\boxed{never closed"), None);
    }

    #[test]
    fn wrapping_is_taken_off() {
        assert_eq!(bare(" **$ 18-7 $**. "), "18-7");
        assert_eq!(bare(r"\[\boxed{18-7}\]"), "18-7");
        assert_eq!(bare(""), "");
    }
}
