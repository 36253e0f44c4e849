//! What the bytes of a piece of code are, by syntect's grammars; how each kind looks is the theme's business.

use crate::trace::Span;
use std::sync::LazyLock;
use syntect::{
    parsing::{ParseState, ScopeStack, SyntaxSet},
    util::LinesWithEndings,
};

/// What a byte of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
pub enum Kind {
    /// Not for the machine.
    #[strum(serialize = "code.comment")]
    Comment,
    /// Text.
    #[strum(serialize = "code.string")]
    String,
    /// A number or another constant.
    #[strum(serialize = "code.constant")]
    Constant,
    /// A word of the language.
    #[strum(serialize = "code.keyword")]
    Keyword,
    /// A name that is defined or called; a command of LaTeX.
    #[strum(serialize = "code.name")]
    Name,
}

/// Beginnings of scopes, the more telling first.
const SCOPES: [(&str, Kind); 8] = [
    ("comment", Kind::Comment),
    ("meta.mapping.key", Kind::Name),
    ("string", Kind::String),
    ("constant", Kind::Constant),
    ("keyword", Kind::Keyword),
    ("storage", Kind::Keyword),
    ("entity.name", Kind::Name),
    ("support", Kind::Name),
];

/// Reading the grammars takes a few hundredths of a second.
static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// Reads the grammars, so that nobody waits for them later.
pub fn prepare() {
    LazyLock::force(&GRAMMARS);
}

/// What the bytes of `code` are, whose first byte is `start` in the whole text; nothing for a language nobody knows, and
/// nothing more behind a line its grammar fails at.
#[must_use]
pub fn colours(language: &str, code: &str, start: usize) -> Vec<(Span, Kind)> {
    let grammars = &*GRAMMARS;
    let mut found: Vec<(Span, Kind)> = Vec::new();
    let Some(grammar) = grammars.find_syntax_by_token(language) else {
        return found;
    };
    let (mut state, mut stack) = (ParseState::new(grammar), ScopeStack::new());
    let mut line_start = start;
    for line in LinesWithEndings::from(code) {
        let Ok(changes) = state.parse_line(line, grammars) else {
            return found;
        };
        let mut at = 0;
        let ends = changes.into_iter().map(|(end, change)| (end, Some(change)));
        for (end, change) in ends.chain([(line.len(), None)]) {
            if let Some(kind) = kind(&stack).filter(|_| at < end) {
                let span = Span::new(line_start + at, line_start + end);
                match found.last_mut() {
                    Some((last, known)) if last.end == span.start && *known == kind => last.end = span.end,
                    _ => found.push((span, kind)),
                }
            }
            at = end;
            if change.is_some_and(|change| stack.apply(&change).is_err()) {
                return found;
            }
        }
        line_start += line.len();
    }
    found
}

/// What the innermost scope that says something says.
fn kind(stack: &ScopeStack) -> Option<Kind> {
    stack.as_slice().iter().rev().find_map(|scope| {
        let name = scope.build_string();
        let of = |beginning: &str| {
            let rest = name.strip_prefix(beginning);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        SCOPES
            .iter()
            .find(|(beginning, _)| of(beginning))
            .map(|(_, kind)| *kind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coloured(language: &str, code: &str) -> Vec<(String, Kind)> {
        let found = colours(language, code, 7).into_iter();
        found
            .map(|(span, kind)| (code[span.start - 7..span.end - 7].to_owned(), kind))
            .collect()
    }

    #[test]
    fn code_json_and_latex_are_told_apart() {
        let python = coloured("python", "def f():  # why\n    return \"a\" + 1\n");
        for wanted in [
            ("def", Kind::Keyword),
            ("f", Kind::Name),
            ("# why\n", Kind::Comment),
            ("\"a\"", Kind::String),
            ("1", Kind::Constant),
        ] {
            assert!(
                python.contains(&(wanted.0.to_owned(), wanted.1)),
                "{wanted:?}: {python:?}"
            );
        }
        let json = coloured("json", "{\"a\": [true, \"b\"]}");
        assert!(json.contains(&("true".to_owned(), Kind::Constant)), "{json:?}");
        assert!(json.contains(&("\"b\"".to_owned(), Kind::String)), "{json:?}");
        let latex = coloured("latex", "\\[ \\frac{1}{2} \\]");
        assert!(
            latex
                .iter()
                .any(|(text, kind)| text.contains("\\frac") && *kind == Kind::Name),
            "{latex:?}"
        );
        assert_eq!(coloured("no such language", "x = 1"), []);
    }
}
