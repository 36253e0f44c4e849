//! Where sentences end, and what stands before the first word.

mod names;

use super::Marker;
use std::ops::Range;

/// The sentences of a line, in bytes, without the blanks around them.
pub(super) fn sentences(line: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = numbering(line);
    let mut start = 0;
    // Where the sentence ends by its point. It is looked for once, however often an end was lost before it.
    let mut point = None;
    std::iter::from_fn(move || {
        loop {
            if start >= line.len() {
                return None;
            }
            let whole = point.unwrap_or_else(|| end_of_sentence(line, from).unwrap_or(line.len()));
            let lost = lost_end(line, start..whole);
            let end = lost.unwrap_or(whole);
            point = lost.and(Some(whole));
            let range = trimmed(line, start..end);
            (start, from) = (end, end);
            if !range.is_empty() {
                return Some(range);
            }
        }
    })
}

/// The end of the sentence that goes on at `from`: after `.`, `!` or `?`, closing quotes, and a blank before what can
/// begin a sentence. A factorial's `!` ends none. Before a number a mark ends one, too, unless it belongs to a list's number
/// or to an abbreviation.
fn end_of_sentence(line: &str, from: usize) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut at = from;
    loop {
        at += memchr::memchr3(b'.', b'!', b'?', bytes.get(at..)?)?;
        let factorial = bytes.get(at) == Some(&b'!')
            && at
                .checked_sub(1)
                .and_then(|before| bytes.get(before))
                .is_some_and(u8::is_ascii_digit);
        let rest = line.get(at..)?;
        let closed = rest
            .trim_start_matches(['.', '!', '?'])
            .trim_start_matches(['"', '\u{201d}', '\'', ')', '*']);
        let next = closed.trim_start();
        let mark = at;
        at += rest.len() - next.len();
        let begins = next.starts_with(|c: char| {
            c.is_ascii_uppercase() && !names::is_in_name(line, mark, next)
                || matches!(c, '"' | '\u{201c}' | '\\' | '[' | '\u{2713}')
                || matches!(c, '(' | '*') && !factorial
                || c.is_ascii_digit()
                    && (is_behind_number(line, from, mark, next) || is_behind_word(line, from, mark, next))
        });
        // `That works.</think>`: the tag is no part of what was said.
        if begins && next.len() < closed.len() || next.starts_with("</") {
            return Some(at);
        }
    }
}

/// Whether the mark at `mark`, with a blank behind it and then `next`, follows a number of the sentence that began at `from`:
/// `3 + 5 = 8. 8 + 7`, `Is it 72? 72 - 7`. The number of a list's item is none: `1. 3 + 5`, `Step 2. 8 + 7`, `these: 1. 3 + 5`.
fn is_behind_number(line: &str, from: usize, mark: usize, next: &str) -> bool {
    let Some(([.., b'0'..=b'9'], [end @ (b'.' | b'?'), b' ' | b'\t', ..])) =
        line.as_bytes().split_at_checked(mark)
    else {
        return false;
    };
    // A list's number is asked nothing.
    if *end == b'?' {
        return begins_calculation(next);
    }
    let said = line.get(from..mark).unwrap_or_default();
    let before = said.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
    let digits = said.len() - before.len();
    if digits > 2 {
        return true;
    }
    let before = before.trim();
    // `from 23, 41. 41 - 23 = 18`: the last of several numbers.
    let one_of_them = before
        .strip_suffix(',')
        .is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()));
    if one_of_them && digits == 2 && begins_calculation(next) {
        return true;
    }
    !before.ends_with(['.', ',', ':', ';', '!', '?', '(']) && before.contains(' ')
}

/// Whether the mark at `mark`, behind which `next` begins with a digit, follows the last word of a sentence that began at
/// `from`: `Too small. 15 + 7 = 22`, `Is that it? 15 + 7 = 22`. An abbreviation's is none (`Fig. 2`), nor is one before a
/// list's number, nor the one behind a heading of two words (`Case two. 3 + 5`).
fn is_behind_word(line: &str, from: usize, mark: usize, next: &str) -> bool {
    let (Some(said), Some(marks)) = (line.get(from..mark), line.get(mark..)) else {
        return false;
    };
    let digits = next.trim_start_matches(|c: char| c.is_ascii_digit());
    if marks.starts_with("..") || next.len() - digits.len() <= 2 && is_numbering(digits) {
        return false;
    }
    let calculates = begins_calculation(next);
    let word = said
        .rsplit(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or_default();
    let before = said.get(..said.len() - word.len()).unwrap_or_default();
    if word.is_empty() {
        return calculates && said.ends_with([')', ']', '"', '\u{201d}', '*', '`', '%']);
    }
    // `e.g. 3`, `x_max. 3`, `3x. 4`.
    if !before.is_empty() && !before.ends_with([' ', '(', '"', '\u{201c}', '*', '-', '\'', '\u{2019}']) {
        return false;
    }
    let abbreviation = marks.starts_with('.') && is_abbreviation(word, calculates);
    let ordinary = word.chars().skip(1).all(char::is_lowercase);
    let long = word.len() > 2 && ordinary || word.len() > 1 && calculates;
    long && !abbreviation && !is_heading(before)
}

/// Whether the words before the name of a part are one of the headings, with nothing but marks before it. It is looked at from
/// its end, or hostile text would have all of a line looked at for each of its marks.
fn is_heading(before: &str) -> bool {
    let words = before.trim_end_matches([' ', '*', '#']);
    let mut marks = HEADINGS.iter().filter_map(|heading| words.strip_suffix(heading));
    marks.any(|marks| {
        marks
            .trim_end_matches([' ', '\t', '*', '#', '-', '\u{2022}'])
            .is_empty()
    })
}

/// What stands before the number or name of a part: `Case two. 3 + 5`.
const HEADINGS: [&str; 8] = [
    "Step", "Case", "Part", "Attempt", "Option", "Approach", "Method", "Question",
];

/// Words that a point shortens, and numbers follow.
const ABBREVIATIONS: [&str; 68] = [
    "al", "alg", "app", "approx", "apr", "art", "aug", "bk", "ca", "cf", "ch", "chap", "cl", "col", "cols",
    "cor", "dec", "def", "ed", "eq", "eqn", "eqns", "eqs", "est", "etc", "ex", "feb", "fig", "figs", "incl",
    "jan", "jul", "jun", "lem", "ln", "mar", "max", "min", "no", "nos", "nov", "nr", "num", "oct", "op",
    "opt", "p", "par", "pg", "pos", "pp", "prob", "prop", "pt", "pts", "ref", "refs", "rem", "resp", "sec",
    "sect", "sep", "sept", "tab", "thm", "ver", "vol", "vs",
];

/// Whether a point makes the word a shorter one. `No. 3 * 5 = 15` denies, and so on before any calculation.
fn is_abbreviation(word: &str, calculates: bool) -> bool {
    /// Words of their own, too.
    const ALSO: [&str; 6] = ["art", "etc", "max", "min", "no", "op"];
    ABBREVIATIONS
        .iter()
        .any(|short| word.eq_ignore_ascii_case(short) && !(calculates && ALSO.contains(short)))
}

/// Whether what follows the digits of a number makes it a list's: `2. Then`, `2) then`.
fn is_numbering(behind: &str) -> bool {
    behind
        .strip_prefix(['.', ')', ':'])
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// Whether a number at the beginning is calculated with: `15 + 7`, `3.5*2`.
fn begins_calculation(text: &str) -> bool {
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
    let operation = behind.trim_start().strip_prefix([
        '+', '-', '*', '/', '^', '=', '\u{2212}', '\u{2013}', '\u{d7}', '\u{f7}', '\u{b7}', '\u{22c5}',
    ]);
    operation.is_some_and(|rest| {
        rest.trim_start()
            .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '(' | '[' | '-' | '*' | '\\' | '$'))
    })
}

/// A sentence shorter than this, in bytes, is one.
const LONG: usize = 160;

/// Words that begin a sentence where a line's end was lost.
const BEGINNINGS: [&str; 24] = [
    "So",
    "Thus",
    "Therefore",
    "Hence",
    "Now",
    "Then",
    "Next",
    "First",
    "But",
    "Wait",
    "Hmm",
    "Also",
    "Since",
    "Let",
    "Similarly",
    "Alternatively",
    "Which",
    "Where",
    "Compute",
    "Convert",
    "Simplify",
    "Plug",
    "Add",
    "For",
];

/// What makes an equation, as `=` does.
const ABOUT: &str = "\u{2248}";

/// The first place in a long sentence where a line's end was lost: exports of traces join lines with blanks. After a
/// number or a closing bracket a word begins a sentence (`… = 7 So, …`), or after an equation another number does
/// (`11/18 = 44/72 25/24 = …`).
fn lost_end(line: &str, range: Range<usize>) -> Option<usize> {
    let text = line.get(range.clone()).filter(|text| text.len() > LONG)?;
    let bytes = text.as_bytes();
    if !has_closed_word(bytes) {
        return None;
    }
    let mut equation = false;
    for at in memchr::memchr3_iter(b' ', b'=', ABOUT.as_bytes()[0], bytes) {
        if bytes.get(at) != Some(&b' ') {
            equation |= bytes
                .get(at..)
                .is_some_and(|rest| rest.starts_with(b"=") || rest.starts_with(ABOUT.as_bytes()));
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let Some(before) = before.filter(|before| closes(**before)) else {
            continue;
        };
        let rest = text.get(at + 1..).unwrap_or_default();
        let digit = before.is_ascii_digit();
        let begins = match rest.bytes().next() {
            Some(b'A'..=b'Z') if *before != b':' => {
                let word = rest
                    .split(|c: char| !c.is_ascii_alphabetic())
                    .next()
                    .unwrap_or_default();
                BEGINNINGS.contains(&word)
            }
            Some(b'0'..=b'9') => *before == b':' || digit && equation,
            Some(b'\\') => matches!(before, b':' | b']'),
            Some(b'A'..=b'Z' | b'a'..=b'z') if *before == b':' => {
                // `… the formula: EAR = …`
                rest.split_ascii_whitespace().nth(1) == Some("=")
            }
            _ => false,
        };
        if begins {
            return Some(range.start + at);
        }
    }
    None
}

/// Whether a line end may be lost behind a word that ends with this byte.
fn closes(byte: u8) -> bool {
    byte.is_ascii_digit() | (byte == b')') | (byte == b']') | (byte == b'}') | (byte == b'%') | (byte == b':')
}

/// Whether there is a blank behind such a word. Within a block it goes many bytes at a time; what is left of a line is
/// asked again behind each lost end.
fn has_closed_word(bytes: &[u8]) -> bool {
    const BLOCK: usize = 128;
    (0..bytes.len()).step_by(BLOCK).any(|from| {
        let block = bytes
            .get(from..bytes.len().min(from + BLOCK + 1))
            .unwrap_or_default();
        let pairs = block.iter().zip(block.get(1..).unwrap_or_default());
        pairs.fold(false, |found, (last, next)| {
            found | closes(*last) & (*next == b' ')
        })
    })
}

fn trimmed(line: &str, range: Range<usize>) -> Range<usize> {
    let text = line.get(range.clone()).unwrap_or_default();
    if let [first, .., last] = text.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return range;
    }
    let start = range.start + text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

/// The bytes of a list's number, after whose point no sentence ends.
fn numbering(line: &str) -> usize {
    let body = line
        .trim_start()
        .trim_start_matches(['-', '*', '\u{2022}'])
        .trim_start();
    let digits = body.len() - body.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let numbered = (1..=2).contains(&digits)
        && body
            .get(digits..)
            .is_some_and(|rest| rest.starts_with(['.', ')']) && !is_result(digits, rest));
    if numbered {
        line.len() - body.len() + digits + 1
    } else {
        0
    }
}

/// Whether a number of so many digits that `behind` follows is no item's but a result, which the text takes back at once:
/// `60. Oops, overcounted.`
pub(in crate::trace) fn is_result(digits: usize, behind: &str) -> bool {
    const TAKING_BACK: [&str; 6] = ["Oops", "Wait", "Hmm", "Hold on", "Sorry", "Oh, "];
    let said = || behind.get(1..).unwrap_or_default().trim_start();
    digits > 1 && TAKING_BACK.iter().any(|words| said().starts_with(words))
}

/// What stands before the first word of `text`, and its length in bytes: dashes, hashes, numbers, `Step 2:`.
pub(super) fn marker(text: &str) -> (usize, Marker) {
    // Nearly every sentence begins with a word.
    if let [b'A'..=b'Z' | b'a'..=b'z', second, ..] = text.as_bytes()
        && *second != b')'
        && !text.starts_with("Step ")
    {
        return (0, Marker::default());
    }
    let mut marker = Marker {
        list: false,
        heading: text.starts_with('#')
            || (text.starts_with("**")
                && text.len() > 4
                && text.trim_end_matches([' ', ':']).ends_with("**")),
    };
    let mut rest = text;
    loop {
        let before = rest;
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix(['-', '*', '\u{2022}', '\u{2013}', '>'])
            && after.starts_with(char::is_whitespace)
        {
            (rest, marker.list) = (after, true);
        } else if rest.starts_with('#') {
            rest = rest.trim_start_matches('#');
        } else if let Some(after) = number(rest) {
            (rest, marker.list) = (after, true);
        }
        if rest.trim_start().len() == before.trim_start().len() {
            let length = text.len() - before.trim_start().len();
            // A line of nothing but a mark is its own text.
            return if length < text.len() {
                (length, marker)
            } else {
                (0, marker)
            };
        }
    }
}

/// What follows `3.`, `(3)`, `a)` or `Step 3:` and a blank.
fn number(text: &str) -> Option<&str> {
    let inner = text
        .strip_prefix("Step ")
        .or_else(|| text.strip_prefix('('))
        .unwrap_or(text);
    let digits = inner.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after = match digits {
        1 | 2 => {
            let after = inner.get(digits..)?;
            let after = after
                .strip_prefix(['.', ')', ':'])
                .filter(|_| !is_result(digits, after));
            after?
        }
        0 => {
            let letter = inner.starts_with(|c: char| c.is_ascii_lowercase());
            inner.get(1..).filter(|_| letter)?.strip_prefix(')')?
        }
        _ => return None,
    };
    (after.is_empty() || after.starts_with(char::is_whitespace)).then_some(after)
}

#[cfg(test)]
mod tests;
