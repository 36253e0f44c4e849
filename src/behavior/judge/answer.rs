//! What a judge said, without its thinking, and the number in it.
//!
//! Models write prose around what was asked for, think aloud before it and change their minds: the last answer counts.
//! What cannot be read is an error with a reason, never a guess. (The published counter takes a missing number for 0.)

use crate::trace::{parts, record::PartKind};

/// What a judge wrote.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Its text.
    pub text: &'a str,
    /// Whether its tokens ran out before it was done.
    pub cut: bool,
}

/// Why an answer cannot be read. The sentence says what is wrong with it, for a person and for the judge itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It ends before it begins.
    #[error("the tokens ran out before the answer was complete")]
    Cut,
    /// Nothing but thinking.
    #[error("there is no answer behind the thinking")]
    Thinking,
    /// Nothing at all.
    #[error("the answer is empty")]
    Empty,
    /// A count without a number.
    #[error("there is no <count>NUMBER</count> in it")]
    NoCount,
    /// Something else in the place of the number.
    #[error("what stands behind <count> is no number: {0}")]
    NoNumber(String),
    /// No labels, and no word that there are none.
    #[error(
        "there are no lines of the form NUMBER: LETTERS between <labels> and </labels>, nor the word none"
    )]
    NoLabels,
    /// Labels, all of them wrong.
    #[error(
        "none of its {0} can be true: they name units that are not asked about or quote what is not there"
    )]
    Baseless(String),
}

/// Digits of a count at most.
const DIGITS: usize = 6;

impl Answer<'_> {
    /// What is said behind the thinking.
    pub(super) fn said(self) -> Result<String, Unreadable> {
        let Some(parts) = parts::marked(self.text) else {
            return match self.text.trim() {
                // Whatever the server says of its tokens: more of them would not help.
                "" => Err(Unreadable::Empty),
                text => Ok(text.to_owned()),
            };
        };
        let answers = parts.iter().filter(|part| part.kind == PartKind::Answer);
        let said: String = answers.map(|part| part.span.of(self.text)).collect();
        match said.trim() {
            "" if self.cut => Err(Unreadable::Cut),
            "" => Err(Unreadable::Thinking),
            said => Ok(said.to_owned()),
        }
    }

    /// The number of a `count` answer: in the last `<count>` tag, or all there is.
    pub(super) fn count(self) -> Result<u32, Unreadable> {
        let said = self.said()?;
        let failure = |other: Unreadable| if self.cut { Unreadable::Cut } else { other };
        // Some close the tag with another opening one.
        let lower = said.to_ascii_lowercase();
        let closed = lower.strip_suffix("<count>").unwrap_or(&lower);
        let Some(at) = closed.rfind("<count>") else {
            // Nothing but a number cannot mean anything else.
            return number(&said)
                .filter(|_| !self.cut)
                .ok_or_else(|| failure(Unreadable::NoCount));
        };
        let behind = said.get(at + "<count>".len()..).unwrap_or_default();
        let Some((inside, _)) = behind.split_once('<') else {
            return Err(failure(Unreadable::NoNumber(short(behind))));
        };
        number(inside).ok_or_else(|| Unreadable::NoNumber(short(inside)))
    }
}

/// A whole number with nothing around it but blanks and what makes it bold.
fn number(text: &str) -> Option<u32> {
    let bare = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`');
    let text = text.trim_matches(bare);
    let digits = text.strip_suffix('.').unwrap_or(text).trim_end_matches(bare);
    let plain = (1..=DIGITS).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// The beginning of a text, for a sentence.
fn short(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(40) {
        Some((at, _)) => format!("{}\u{2026}", words.get(..at).unwrap_or_default()),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn count(text: &str) -> Result<u32, Unreadable> {
        Answer { text, cut: false }.count()
    }

    #[test]
    fn the_last_number_behind_the_thinking_counts() {
        for (text, wanted) in [
            ("<count>3</count>", 3),
            ("I see two.\n\n<count> 2 </count>\n", 2),
            ("<COUNT>**12**</COUNT>", 12),
            ("<count>7<count>", 7),
            ("First <count>1</count>, no: <count>4</count>. Done.", 4),
            ("<think>maybe <count>9</count></think>\n<count>0</count>", 0),
            ("is it <count>9</count>?</think><count>5</count>", 5),
            ("```\n<count>6</count>\n```", 6),
            ("3", 3),
            (" **3**.\n", 3),
            (
                "<|channel|>analysis<|message|><count>1</count><|end|><|start|>assistant<|channel|>final<|message|><count>2</count>",
                2,
            ),
            ("<count>000003</count>", 3),
        ] {
            assert_eq!(count(text), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_an_error_and_never_0() {
        let no = |text: &str| Err(Unreadable::NoNumber(text.into()));
        for (text, wanted) in [
            ("", Err(Unreadable::Empty)),
            (" \n", Err(Unreadable::Empty)),
            ("There are three.", Err(Unreadable::NoCount)),
            ("3 or 4", Err(Unreadable::NoCount)),
            ("<count>three</count>", no("three")),
            ("<count>-1</count>", no("-1")),
            ("<count>2.5</count>", no("2.5")),
            ("<count></count>", no("")),
            ("<count>3</count> in the form <count>NUMBER</count>", no("NUMBER")),
            ("<count>99999999999999999999</count>", no("99999999999999999999")),
            ("<count>\u{663}</count>", no("\u{663}")),
            ("<count>3", no("3")),
            ("<think><count>3</count>", Err(Unreadable::Thinking)),
            ("<think>3</think>", Err(Unreadable::Thinking)),
        ] {
            assert_eq!(count(text), wanted, "{text}");
        }
    }

    #[test]
    fn half_a_number_is_none() {
        let cut = |text| Answer { text, cut: true }.count();
        for text in ["<count>1", "1", "<think>well", "Let me see"] {
            assert_eq!(cut(text), Err(Unreadable::Cut), "{text}");
        }
        assert_eq!(cut(""), Err(Unreadable::Empty), "nothing was written at all");
        assert_eq!(
            cut("<count>12</count> Let me exp"),
            Ok(12),
            "it was complete by then"
        );
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "(<count>|</count>|<think>|</think>|[0-9]|```|\\PC){0,20}", cut: bool) {
            let _ = Answer { text: &text, cut }.count();
        }
    }
}
