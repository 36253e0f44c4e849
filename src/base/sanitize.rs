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
        '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}'
        // Tags: letters that nobody sees.
        | '\u{e0000}'..='\u{e007f}' => Some('\u{FFFD}'),
        // Half a flag: terminals differ on how wide two are.
        '\u{1f1e6}'..='\u{1f1ff}' => char::from_u32(c as u32 - 0x1f1e6 + u32::from(b'A')),
        // A mark and a letter: terminals differ on whether they are one with the letter before.
        '\u{e33}' => Some('\u{e32}'),
        '\u{eb3}' => Some('\u{eb2}'),
        _ => None,
    }
}

/// `text` fit for one line of a terminal: every forbidden character replaced by its [`stand_in`]. Only what joins two
/// pictures to one is left out: side by side they are what terminals show that cannot join them, and as wide everywhere.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    if text.chars().any(|c| stand_in(c).is_some()) {
        Cow::Owned(shown(text, stand_in))
    } else {
        Cow::Borrowed(text)
    }
}

/// `text` fit for several lines of a terminal: like [`line()`], but newlines stay and tabs become blanks.
#[must_use]
pub fn lines(text: &str) -> String {
    shown(text, |c| match c {
        '\n' => None,
        '\t' => Some(' '),
        c => stand_in(c),
    })
}

fn shown(text: &str, stand_in: impl Fn(char) -> Option<char>) -> String {
    let mut shown = String::with_capacity(text.len());
    // The last character that is no mark on the one before it.
    let mut base = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == JOINER && is_picture(base) && chars.peek().is_some_and(|next| is_picture(*next)) {
            continue;
        }
        shown.extend(mark_of(c));
        shown.push(stand_in(c).unwrap_or(c));
        if !is_mark_of_picture(c) {
            base = c;
        }
    }
    shown
}

/// The mark on the letter before that two signs (Thai and Lao am) are besides their [`stand_in`].
fn mark_of(c: char) -> Option<char> {
    match c {
        '\u{e33}' => Some('\u{e4d}'),
        '\u{eb3}' => Some('\u{ecd}'),
        _ => None,
    }
}

/// The zero-width joiner.
const JOINER: char = '\u{200d}';

/// Whether a character is an emoji, or of the signs among which those are that can be joined.
fn is_picture(c: char) -> bool {
    let is_sign = matches!(
        c,
        '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}'
    );
    is_sign && !is_mark_of_picture(c)
}

/// Whether it only changes the looks of the picture before it: as an emoji, or the skin's tone.
fn is_mark_of_picture(c: char) -> bool {
    matches!(c, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    #[test]
    fn pictures_that_are_joined_stand_side_by_side_and_any_other_joiner_is_seen() {
        let joined = [
            ("\u{1f469}\u{200d}\u{1f52c}", "\u{1f469}\u{1f52c}"),
            (
                "\u{1f469}\u{1f3fd}\u{200d}\u{2764}\u{fe0f}\u{200d}\u{1f468}",
                "\u{1f469}\u{1f3fd}\u{2764}\u{fe0f}\u{1f468}",
            ),
        ];
        for (text, shown) in joined {
            assert_eq!(
                (super::line(text).as_ref(), super::lines(text).as_str()),
                (shown, shown)
            );
        }
        for hidden in [
            "ad\u{200d}min",
            "a\u{200d}\u{1f52c}",
            "\u{1f52c}\u{200d}",
            "a\u{200d}\u{1f3fd}",
            "1\u{fe0f}\u{200d}2",
            "\u{1f469}\u{200d}\u{200d}\u{1f52c}",
            "\u{1f469}\u{200b}\u{1f52c}",
            "\u{1f469}\u{202e}\u{1f52c}",
            "\u{61c}a",
        ] {
            assert!(super::line(hidden).contains('\u{fffd}'), "{hidden:?}");
        }
    }

    /// Else what stands behind it on the line is drawn over something else, and stays there.
    #[test]
    fn signs_on_whose_width_terminals_differ_are_drawn_as_others() {
        assert_eq!(super::line("\u{1f1e6}\u{1f1fa}!"), "AU!");
        assert_eq!(super::line("\u{e17}\u{e33}"), "\u{e17}\u{e4d}\u{e32}");
        assert_eq!(super::line("a\u{e0041}b"), "a\u{fffd}b");
    }

    proptest! {
        #[test]
        fn nothing_a_terminal_obeys_gets_through(text in any::<String>()) {
            prop_assert!(!super::line(&text).contains(super::is_control));
            prop_assert!(!super::lines(&text).replace('\n', "").contains(super::is_control));
        }
    }
}
