//! A step's first words, short enough for a row of a tree.

use crate::trace::parts::unmarked;
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// Longest label, in characters as a reader counts them.
const LONGEST: usize = 60;

/// The first words of a text, without what only typesets and on one line.
pub(super) fn label(text: &str) -> String {
    extended("", text)
}

/// The label of what a text says itself: what only marks its thinking is none of its words.
pub(super) fn own_words(text: &str) -> String {
    label(&unmarked(text))
}

/// A label with more words of the text.
pub(super) fn extended(label: &str, text: &str) -> String {
    if let Some(short) = plain(label, text) {
        return short;
    }
    let mut short = label.to_owned();
    let mut length = size(label);
    // Bytes enough for the longest label in any script.
    let text = text
        .get(..text.floor_char_boundary(64 * LONGEST))
        .unwrap_or_default();
    for word in text.split_whitespace() {
        let word = match word.contains('*') {
            true => Cow::Owned(word.replace("**", "")),
            false => Cow::Borrowed(word),
        };
        let word = word.trim_matches(['#', '`', '_']);
        if word.is_empty() {
            continue;
        }
        let room = LONGEST.saturating_sub(length + usize::from(length > 0));
        let size = size(word);
        if size > room {
            // A script without blanks, or a word as long as a line, is cut.
            if length < LONGEST / 2 {
                short.push_str(if length > 0 { " " } else { "" });
                short.extend(word.graphemes(true).take(room));
            }
            short.push('\u{2026}');
            return short;
        }
        if length > 0 {
            short.push(' ');
            length += 1;
        }
        short.push_str(word);
        length += size;
    }
    short
}

/// The first words of a text that stand there as the label has them, as nearly all do: one blank between them and no mark that
/// only typesets. None when more has to be looked at.
fn plain(label: &str, text: &str) -> Option<String> {
    let text = text.trim_ascii();
    let head = text.as_bytes().get(..LONGEST + 1).unwrap_or(text.as_bytes());
    if !label.is_empty() || !is_plain(head) {
        return None;
    }
    if head.len() <= LONGEST {
        return Some(text.to_owned());
    }
    let end = memchr::memrchr(b' ', head).filter(|end| *end >= LONGEST / 2)?;
    Some([text.get(..end)?, "\u{2026}"].concat())
}

/// Without a branch it goes many bytes at a time.
fn is_plain(bytes: &[u8]) -> bool {
    let special = |byte: u8| {
        !(b' '..=b'~').contains(&byte) | (byte == b'*') | (byte == b'#') | (byte == b'`') | (byte == b'_')
    };
    let single = bytes.iter().fold(false, |found, byte| found | special(*byte));
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    let twice = pairs.fold(false, |found, (a, b)| found | (*a == b' ') & (*b == b' '));
    !single & !twice
}

/// The characters of a text without line ends.
fn size(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false => text.graphemes(true).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_are_cut_between_words() {
        assert_eq!(label("**First**, let's\nadd"), "First, let's add");
        let long =
            label("Okay, so I have this problem about a bank account that has an annual rate of 6 percent");
        assert_eq!(
            long,
            "Okay, so I have this problem about a bank account that has\u{2026}"
        );
        assert_eq!(extended("Hmm.", "Wait a moment"), "Hmm. Wait a moment");
    }

    #[test]
    fn markup_of_thinking_is_no_part_of_a_label() {
        for (text, label) in [
            ("<think>Let me see.", "Let me see."),
            ("That is 42.</think>So it is 42.", "That is 42. So it is 42."),
            ("\u{25c1}think\u{25b7}Hm.", "Hm."),
            ("I close it by `</think>` then.", "I close it by </think> then."),
            ("If x<think", "If x<think"),
        ] {
            assert_eq!(own_words(text), label);
        }
    }

    proptest! {
        #[test]
        fn labels_are_short_in_any_script(text in "(\\PC|漢字|e\u{301}| |\n){0,200}") {
            prop_assert!(label(&text).graphemes(true).count() <= LONGEST + 1);
        }
    }
}
