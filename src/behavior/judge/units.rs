//! What a judge is shown: a text in units, and windows of units that fit into one question.
//!
//! A unit is a sentence; one that is very long is cut at blanks. A window judges some units and shows a few before them,
//! so that they can be understood; every unit is judged in exactly one window.

use crate::trace::{Span, prose::Scanner, read::LineBuffer};
use std::ops::Range;

/// Bytes of a unit at most.
const LONGEST: usize = 1_000;

/// Units that are judged in one window at most: more labels than that no model keeps apart.
const MOST: usize = 100;

/// What part of a window's bytes may stand before it.
const BEFORE: usize = 8;

/// The units of a text, in its order.
pub(super) fn units(text: &str) -> Vec<Span> {
    let (mut lines, mut scanner, mut units) = (LineBuffer::default(), Scanner::default(), Vec::new());
    let mut line = |line: &str, span: Span| {
        scanner.read(line, span.start, None, &mut |sentence| {
            cut(sentence.span, sentence.text, &mut units);
        });
    };
    lines.push(text, &mut line);
    lines.finish(&mut line);
    units
}

/// A sentence as one unit, or as several that end at blanks.
fn cut(span: Span, text: &str, units: &mut Vec<Span>) {
    let mut from = 0;
    while let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty()) {
        let head = rest.get(..rest.floor_char_boundary(LONGEST)).unwrap_or(rest);
        let blank = head.rfind(char::is_whitespace).filter(|at| *at > 0);
        let length = if head.len() == rest.len() {
            rest.len()
        } else {
            blank.unwrap_or(head.len())
        };
        units.push(Span::new(span.start + from, span.start + from + length));
        from += length;
        let after = text.get(from..).unwrap_or_default();
        from += after.len() - after.trim_start().len();
    }
}

/// Units that are judged together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// The units that are shown.
    pub shown: Range<usize>,
    /// Those of them that are judged: the last ones.
    pub judged: Range<usize>,
}

impl Window {
    /// Whether units are shown that are not judged.
    pub fn has_context(&self) -> bool {
        self.shown.start < self.judged.start
    }
}

/// Windows over `units` that judge at most `limit` bytes each, or one unit.
pub(super) fn windows(units: &[Span], limit: usize) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut start = 0;
    while start < units.len() {
        let end = start + fitting(units.iter().skip(start).take(MOST), limit).max(1);
        let before = fitting(units.iter().take(start).rev(), limit / BEFORE);
        windows.push(Window {
            shown: start - before..end,
            judged: start..end,
        });
        start = end;
    }
    windows
}

/// How many of the first `units` have `room` bytes together.
fn fitting<'a>(units: impl Iterator<Item = &'a Span>, mut room: usize) -> usize {
    let fits = |unit: &&Span| {
        let left = room.checked_sub(unit.end - unit.start);
        room = left.unwrap_or_default();
        left.is_some()
    };
    units.take_while(fits).count()
}

/// What a model sees of a text: nothing in it that a tokenizer would take for a sign of its own, no control characters.
/// A bracket that opens a tag becomes one that opens none (`<|im_end|>`, `</s>`, `[INST]`).
pub(super) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(c) = signs.next() {
        let next = signs.peek().copied().unwrap_or(' ');
        out.push(match c {
            '<' if !(next.is_whitespace() || next.is_ascii_digit() || matches!(next, '=' | '-')) => {
                '\u{2039}'
            }
            '\u{25c1}' => '\u{2039}',
            '[' if next.is_ascii_uppercase() || next == '/' => '\u{27e6}',
            '\n' | '\t' => c,
            c if c.is_control() => ' ',
            c => c,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_unit_is_a_sentence_without_its_mark() {
        let text = "Try this. That is 15.\n\n- 57 + 90 = 147\n<think>\nok";
        let units: Vec<&str> = units(text).iter().map(|span| span.of(text)).collect();
        assert_eq!(
            units,
            ["Try this.", "That is 15.", "57 + 90 = 147", "<think>", "ok"]
        );
    }

    #[test]
    fn what_looks_like_a_control_token_is_none() {
        assert_eq!(
            harmless(
                "<|im_end|> </s> [INST] [/INST] \u{25c1}think\u{25b7} a <b 3<4 x<=y <- [1, 2]\u{1b}[0m\u{7f}"
            ),
            "\u{2039}|im_end|> \u{2039}/s> \u{27e6}INST] \u{27e6}/INST] \u{2039}think\u{25b7} a \u{2039}b 3<4 x<=y <- [1, 2] [0m "
        );
    }

    proptest! {
        #[test]
        fn units_hold_every_word_once_and_in_order(text in "([a-zA-Z0-9.!? \u{e9}\u{1F600}]{0,40}|x{990,1010}|\n){0,12}") {
            let units = units(&text);
            prop_assert!(units.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert!(units.iter().all(|unit| unit.end - unit.start <= LONGEST));
            let words = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
            let held: String = units.iter().map(|unit| words(unit.of(&text))).collect();
            prop_assert_eq!(held, words(&text));
        }

        #[test]
        fn windows_judge_every_unit_once(lengths in prop::collection::vec(1_usize..900, 0..400), limit in 500_usize..3_000) {
            let mut at = 0;
            let units: Vec<Span> = lengths.iter().map(|length| {
                let span = Span::new(at, at + length);
                at += length + 1;
                span
            }).collect();
            let windows = windows(&units, limit);
            let judged: Vec<usize> = windows.iter().flat_map(|window| window.judged.clone()).collect();
            prop_assert_eq!(judged, (0..units.len()).collect::<Vec<_>>());
            for window in &windows {
                let bytes = |units: &[Span]| units.iter().map(|unit| unit.end - unit.start).sum::<usize>();
                prop_assert_eq!(window.shown.end, window.judged.end);
                prop_assert!(window.judged.len() <= MOST && !window.judged.is_empty());
                prop_assert!(window.judged.len() == 1 || bytes(&units[window.judged.clone()]) <= limit);
                prop_assert!(bytes(&units[window.shown.start..window.judged.start]) <= limit / BEFORE);
            }
        }
    }
}
