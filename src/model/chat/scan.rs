//! Cuts a Jinja source into its tags and their tokens, as far as it takes to write between them.
//!
//! It sees tags exactly where minijinja sees them; whatever is wrong inside them is left for minijinja to tell.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Name,
    /// A quoted text.
    Text,
    /// A number.
    Number,
    /// An operator or a bracket.
    Mark,
}

/// A token inside a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// As it is written.
    pub text: &'a str,
    /// Open brackets around it; those of a bracket itself count from inside.
    pub depth: isize,
}

/// `{% ... %}` or `{{ ... }}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// Whether it is a statement.
    pub block: bool,
    /// Byte where it begins.
    pub start: usize,
    /// Byte where its closing mark begins, with the sign before it.
    pub close: usize,
    /// Byte after it.
    pub end: usize,
    /// What is in it.
    pub tokens: Vec<Token<'a>>,
}

impl Tag<'_> {
    /// Whether it is the statement `name` and nothing else.
    pub(super) fn is(&self, name: &str) -> bool {
        self.block && matches!(self.tokens.as_slice(), [only] if only.text == name)
    }
}

/// The tags of `source` in order, up to the first one that is not closed. What is in comments and raw blocks is text.
pub(super) fn tags(source: &str) -> Vec<Tag<'_>> {
    let mut tags: Vec<Tag<'_>> = Vec::new();
    let mut next = Some(0);
    while let Some((start, mark)) = next.and_then(|from| next_mark(source, from)) {
        let signed = matches!(source.as_bytes().get(start + 2), Some(b'-' | b'+'));
        let inside = start + 2 + usize::from(signed);
        if mark == b'#' {
            next = find(source, inside, "#}").map(|end| end + 2);
        } else if let Some(tag) = tag(source, start, inside, mark == b'%') {
            next = if tag.is("raw") {
                after_raw(source, tag.end)
            } else {
                Some(tag.end)
            };
            tags.push(tag);
        } else {
            break;
        }
    }
    tags
}

/// The next `{{`, `{%` or `{#`: where, and its second byte.
fn next_mark(source: &str, from: usize) -> Option<(usize, u8)> {
    let bytes = source.as_bytes().get(from..)?;
    bytes.windows(2).enumerate().find_map(|(at, pair)| match pair {
        [b'{', mark @ (b'{' | b'%' | b'#')] => Some((from + at, *mark)),
        _ => None,
    })
}

fn find(source: &str, from: usize, what: &str) -> Option<usize> {
    source.get(from..)?.find(what).map(|at| from + at)
}

/// Byte after the `{% endraw %}` that ends a raw block.
fn after_raw(source: &str, mut at: usize) -> Option<usize> {
    let blank = |c: char| c.is_ascii_whitespace();
    loop {
        at = find(source, at, "{%")? + 2;
        let rest = source.get(at..)?;
        let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        let Some(rest) = rest.trim_start_matches(blank).strip_prefix("endraw") else {
            continue;
        };
        let rest = rest.trim_start_matches(blank);
        if let Some(rest) = rest.strip_prefix(['-', '+']).unwrap_or(rest).strip_prefix("%}") {
            return Some(source.len() - rest.len());
        }
    }
}

/// Reads one tag; `None` if it is never closed.
fn tag(source: &str, start: usize, inside: usize, block: bool) -> Option<Tag<'_>> {
    let bytes = source.as_bytes();
    let close: &[u8] = if block { b"%}" } else { b"}}" };
    let mut tokens = Vec::new();
    let mut depth = 0_isize;
    let mut at = inside;
    loop {
        let rest = bytes.get(at..)?;
        let first = *rest.first()?;
        if first.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        if depth == 0 {
            let sign = usize::from(matches!(first, b'-' | b'+'));
            if rest.get(sign..)?.starts_with(close) {
                let end = at + sign + close.len();
                return Some(Tag {
                    block,
                    start,
                    close: at,
                    end,
                    tokens,
                });
            }
        }
        match first {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        let (kind, length) = token(rest)?;
        // Steps over whole characters: what is not ASCII here is an error, which minijinja reports.
        let length = (length..).find(|&length| source.is_char_boundary(at + length))?;
        tokens.push(Token {
            kind,
            text: source.get(at..at + length)?,
            depth,
        });
        at += length;
    }
}

/// Kind and bytes of the token that `rest` begins with; `None` for a text without an end.
fn token(rest: &[u8]) -> Option<(Kind, usize)> {
    let first = *rest.first()?;
    let run = |more: fn(u8) -> bool| rest.iter().take_while(|&&c| more(c)).count();
    Some(match first {
        b'"' | b'\'' => {
            let mut escaped = false;
            let end = rest.iter().skip(1).position(|&c| {
                let ends = !escaped && c == first;
                escaped = !escaped && c == b'\\';
                ends
            })?;
            (Kind::Text, end + 2)
        }
        b'0'..=b'9' => (
            Kind::Number,
            run(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b'.'),
        ),
        c if c.is_ascii_alphabetic() || c == b'_' => {
            (Kind::Name, run(|c| c.is_ascii_alphanumeric() || c == b'_'))
        }
        _ => match rest.get(..2) {
            Some(b"//" | b"**" | b"==" | b"!=" | b">=" | b"<=") => (Kind::Mark, 2),
            _ => (Kind::Mark, 1),
        },
    })
}
