//! What a terminal is allowed to see of hostile text. The text itself is never changed: this is for drawing.

use crate::base::json::is_control;
use std::borrow::Cow;

/// The visible stand-in of a character that must not reach a terminal, `None` for all others.
/// C0 controls become the Unicode control pictures (one column wide), the rest `\u{FFFD}`.
#[must_use]
pub fn stand_in(c: char) -> Option<char> {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32),
        '\u{7f}' => Some('\u{2421}'),
        c if is_control(c) => Some('\u{FFFD}'),
        // Zero-width joiners and marks that hide or reorder text on a line of their own.
        '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {
            Some('\u{FFFD}')
        }
        _ => None,
    }
}

/// `text` fit for one line of a terminal: every forbidden character replaced by its [`stand_in`].
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    if text.chars().any(|c| stand_in(c).is_some()) {
        Cow::Owned(text.chars().map(|c| stand_in(c).unwrap_or(c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// `text` fit for several lines of a terminal: like [`line()`], but newlines stay and tabs become blanks.
#[must_use]
pub fn lines(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '\n',
            '\t' => ' ',
            c => stand_in(c).unwrap_or(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_a_terminal_obeys_gets_through(text in any::<String>()) {
            prop_assert!(!super::line(&text).contains(super::is_control));
            prop_assert!(!super::lines(&text).replace('\n', "").contains(super::is_control));
        }
    }
}
