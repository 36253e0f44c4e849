//! Rows of a grid in TeX: `\begin{bmatrix} 2 & 3 & 4 & 1 \\ … \end{bmatrix}`, on one line or several.

use crate::base::slice::offset;
use std::borrow::Cow;

/// Bytes of an argument of TeX: the name of an environment, or its columns.
const LONGEST_ARGUMENT: usize = 64;

/// Commands that only say how cells look or where a grid is drawn.
const DRESSING: [&str; 20] = [
    "hline",
    "boxed",
    "fbox",
    "left",
    "right",
    "mathbf",
    "mathrm",
    "mathit",
    "mathtt",
    "boldsymbol",
    "bm",
    "bf",
    "textbf",
    "textit",
    "text",
    "texttt",
    "underline",
    "displaystyle",
    "quad",
    "qquad",
];

/// The same of commands with arguments that are no cells.
const WITH_ARGUMENTS: [&str; 5] = ["begin", "end", "cline", "color", "textcolor"];

/// Commands for an empty cell.
const EMPTY: [&str; 2] = ["square", "Box"];

/// The pieces of a line, each with its first byte, that may be rows of a grid: in TeX a row ends with `\\`, and what stands
/// before an environment or behind it is none of its rows. Marks of TeX are blanks, so that every byte stays where it is.
pub fn pieces(line: &str) -> impl Iterator<Item = (usize, Cow<'_, str>)> {
    let tex = is_tex(line);
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let here = rest.take()?;
        let from = offset(line, here);
        if !tex {
            return Some((from, Cow::Borrowed(here)));
        }
        let (piece, after) = cut(here);
        rest = after;
        Some((from, Cow::Owned(without_marks(piece))))
    })
}

/// Whether a line has marks of TeX in which a row may stand.
#[must_use]
pub fn is_tex(line: &str) -> bool {
    memchr::memchr2(b'\\', b'&', line.as_bytes()).is_some()
}

/// Whether an environment of TeX begins in a text.
#[must_use]
pub fn has_environment(text: &str) -> bool {
    is_tex(text) && text.contains("\\begin{")
}

/// The first piece of a text, and what follows it.
fn cut(text: &str) -> (&str, Option<&str>) {
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('\\')) {
        let from = at + found;
        let (before, here) = text.split_at_checked(from).unwrap_or((text, ""));
        if let Some(after) = here.strip_prefix("\\\\") {
            return (before, Some(without_skip(after)));
        }
        if here.starts_with("\\begin{") && !before.trim().is_empty() {
            return (before, Some(here));
        }
        if let Some(behind) = here.strip_prefix("\\end")
            && let Some(length) = argument(behind)
            && let Some((piece, after)) = text.split_at_checked(from + "\\end".len() + length)
            && !after.is_empty()
        {
            return (piece, Some(after));
        }
        at = from + 1;
    }
    (text, None)
}

/// What follows the end of a row, without the space that it asks for: `\\[2pt]`.
fn without_skip(text: &str) -> &str {
    const LONGEST: usize = 10;
    let inside = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match inside {
        Some((skip, after)) if skip.len() <= LONGEST && skip.ends_with(|c: char| c.is_ascii_lowercase()) => {
            after
        }
        _ => text,
    }
}

/// A text of as many bytes, with blanks for the marks of TeX and its words for how a grid looks.
fn without_marks(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '{', '}', '&', '$']) {
        let (before, here) = rest.split_at_checked(at).unwrap_or((rest, ""));
        said.push_str(before);
        let (sign, length) = mark(here);
        said.push(sign);
        said.extend(std::iter::repeat_n(' ', length - 1));
        rest = here.get(length..).unwrap_or_default();
    }
    said + rest
}

/// What stands for the mark of TeX that a text begins with, and the bytes of the mark.
fn mark(text: &str) -> (char, usize) {
    let Some(command) = text.strip_prefix('\\') else {
        return (' ', 1);
    };
    let length = command.bytes().take_while(u8::is_ascii_alphabetic).count();
    let name = command.get(..length).unwrap_or_default();
    if EMPTY.contains(&name) {
        return ('_', length + 1);
    }
    if WITH_ARGUMENTS.contains(&name) {
        let mut end = length;
        // The last braces behind a colour hold what is coloured.
        let most = if name.ends_with("color") { 1 } else { usize::MAX };
        for _ in 0..most {
            match command.get(end..).and_then(argument) {
                Some(more) => end += more,
                None => break,
            }
        }
        return (' ', end + 1);
    }
    match command.bytes().next() {
        _ if DRESSING.contains(&name) => (' ', length + 1),
        // `\[`, `\,`, `\ ` are blanks, `\_` is an underscore.
        Some(b'[' | b']' | b'(' | b')' | b',' | b';' | b':' | b'!' | b' ') => (' ', 2),
        _ => (' ', 1),
    }
}

/// The bytes of the argument in braces that a text begins with.
fn argument(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('{')?.bytes().take(LONGEST_ARGUMENT);
    Some(inside.take_while(|byte| *byte != b'}').count() + 2)
        .filter(|end| text.as_bytes().get(end - 1) == Some(&b'}'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(line: &str) -> Vec<String> {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let rows = pieces(line).map(|(_, text)| words(&text));
        rows.filter(|row| !row.is_empty()).collect()
    }

    #[test]
    fn a_row_ends_with_two_backslashes_and_stands_apart_from_the_words_around_its_environment() {
        for (line, wanted) in [
            (
                r"\begin{bmatrix} 2 & 3 \\ 4 & 1 \end{bmatrix}",
                &["2 3", "4 1"][..],
            ),
            (
                r"It is $\boxed{\begin{array}{|c|c|} \hline 2 & 3 \\[2pt] \hline 4 & \mathbf{1} \\ \hline \end{array}}$, so.",
                &["It is", "2 3", "4 1", ", so."],
            ),
            (r"\textcolor{red}{2} & \square \\", &["2 _"]),
            (r"2 \_ & 4", &["2 _ 4"]),
            ("2 & 3 &$", &["2 3"]),
            ("{2} 3 $", &["{2} 3 $"]),
        ] {
            assert_eq!(rows(line), wanted, "{line}");
        }
    }

    proptest! {
        #[test]
        fn every_byte_of_a_piece_stands_where_it_stood(
            line in r"(\\\\|\\begin\{|\\end\{|\{|\}|&|\$|[0-9]|array|\\hline| |\\square|é|\\){0,30}"
        ) {
            let mut before = 0;
            for (from, piece) in pieces(&line) {
                prop_assert!(from >= before);
                prop_assert!(line.get(from..from + piece.len()).is_some());
                for (at, c) in piece.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
                    prop_assert_eq!(line.get(from + at..).and_then(|rest| rest.chars().next()), Some(c));
                }
                before = from + piece.len();
            }
        }
    }
}
