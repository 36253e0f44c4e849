//! Finding words in a text. Smart case: a query without capitals finds both.

use crate::trace::Span;

/// The first hit that begins after `from`; the first of all when there is none.
#[must_use]
pub fn next(text: &str, query: &str, from: usize) -> Option<Span> {
    let after = text.ceil_char_boundary(from.saturating_add(1));
    hits(text, query, after)
        .next()
        .or_else(|| hits(text, query, 0).next())
}

/// The last hit that begins before `from`; the last of all when there is none.
#[must_use]
pub fn previous(text: &str, query: &str, from: usize) -> Option<Span> {
    hits(text, query, 0)
        .take_while(|hit| hit.start < from)
        .last()
        .or_else(|| hits(text, query, from).last())
}

/// All hits that begin at or after `from`, in order, not overlapping.
pub fn hits<'a>(text: &'a str, query: &'a str, from: usize) -> impl Iterator<Item = Span> + 'a {
    let exact = query.chars().any(char::is_uppercase);
    let mut at = text.floor_char_boundary(from);
    std::iter::from_fn(move || {
        if query.is_empty() {
            return None;
        }
        let rest = text.get(at..)?;
        let (found, length) = if exact {
            (rest.find(query)?, query.len())
        } else if query.is_ascii() {
            (find_any_case(rest, query)?, query.len())
        } else {
            let mut starts = rest.char_indices();
            starts.find_map(|(at, _)| Some((at, begins_any_case(rest.get(at..)?, query)?)))?
        };
        let hit = Span::new(at + found, at + found + length);
        at = hit.end;
        Some(hit)
    })
}

/// Like `find`, with ASCII letters of either case alike.
fn find_any_case(text: &str, query: &str) -> Option<usize> {
    let query = query.as_bytes();
    let first = query.first()?;
    let (low, high) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    text.as_bytes()
        .windows(query.len())
        .position(|window| (window[0] == low || window[0] == high) && window.eq_ignore_ascii_case(query))
}

/// How many bytes of `text` are `query`, when it begins with it in letters of either case.
fn begins_any_case(text: &str, query: &str) -> Option<usize> {
    let mut wanted = query.chars().flat_map(char::to_lowercase).peekable();
    let mut length = 0;
    for c in text.chars() {
        if wanted.peek().is_none() {
            break;
        }
        for low in c.to_lowercase() {
            wanted.next_if_eq(&low)?;
        }
        length += c.len_utf8();
    }
    wanted.peek().is_none().then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_goes_round_and_ignores_case_unless_asked() {
        let text = "Wait, wait. é WAIT";
        assert_eq!(next(text, "wait", 0), Some(Span::new(6, 10)));
        assert_eq!(next(text, "wait", 17), Some(Span::new(0, 4)));
        assert_eq!(previous(text, "wait", 6), Some(Span::new(0, 4)));
        assert_eq!(previous(text, "wait", 0).map(|hit| hit.of(text)), Some("WAIT"));
        assert_eq!(next(text, "Wait", 3), Some(Span::new(0, 4)));
        assert_eq!(next(text, "", 0), None);
        assert_eq!(next(text, "none", 0), None);
        let text = "\u{41f}\u{440}\u{418}\u{432}, \u{c9}t\u{e9}";
        let of = |query: &str| next(text, query, 0).map(|hit| hit.of(text));
        assert_eq!(
            of("\u{43f}\u{440}\u{438}\u{432}"),
            Some("\u{41f}\u{440}\u{418}\u{432}")
        );
        assert_eq!((of("\u{e9}t"), of("\u{e9}t\u{e9}s")), (Some("\u{c9}t"), None));
    }
}
