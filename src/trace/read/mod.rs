//! Readers: text, as it arrives, to a tree of states. One reader per way of writing, one walk for all.
//!
//! The reader is chosen by the first line that is not blank: a line of the bundled language means `lines/1`, anything
//! else `free/1`. Text is looked at line by line, so any chunking gives the same tree as the whole.

mod free;
mod line_buffer;
mod lines;

pub use line_buffer::{LONGEST_LINE, LineBuffer};

use super::{Span, Tree, language::Line, walk::Walk};
use crate::task::countdown::Problem;

/// Which way of writing a text follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The bundled models' language, `lines/1`.
    Lines,
    /// Free text with equations, `free/1`.
    Free,
}

impl Style {
    /// Name and version, as traces record it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Style::Lines => "lines/1",
            Style::Free => "free/1",
        }
    }
}

/// Builds a tree from text that arrives in pieces.
#[derive(Debug)]
pub struct Reader {
    lines: LineBuffer,
    state: State,
}

/// What reading has come to; apart from the line buffer so that both can be borrowed at once.
#[derive(Debug)]
struct State {
    problem: Option<Problem>,
    style: Option<Style>,
    walk: Walk,
    free: free::Free,
}

impl Reader {
    /// A reader that chooses its style by what the text looks like.
    #[must_use]
    pub fn new(problem: Option<Problem>) -> Self {
        let walk = Walk::new(Style::Lines.name(), problem.as_ref());
        Self {
            lines: LineBuffer::default(),
            state: State {
                problem,
                style: None,
                walk,
                free: free::Free::default(),
            },
        }
    }

    /// Takes in more text.
    pub fn push(&mut self, text: &str) {
        let state = &mut self.state;
        self.lines.push(text, |line, span| state.line(line, span));
    }

    /// The text is over: the last line counts although no newline ends it.
    pub fn finish(&mut self) {
        let state = &mut self.state;
        self.lines.finish(|line, span| state.line(line, span));
    }

    /// The tree so far.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        self.state.walk.tree()
    }

    /// The tree of a whole text.
    #[must_use]
    pub fn read(problem: Option<Problem>, text: &str) -> Tree {
        let mut reader = Self::new(problem);
        reader.push(text);
        reader.finish();
        reader.into_tree()
    }

    /// The finished tree.
    #[must_use]
    pub fn into_tree(self) -> Tree {
        self.state.walk.into_tree()
    }
}

impl State {
    fn line(&mut self, line: &str, span: Span) {
        let style = match self.style {
            Some(style) => style,
            None => {
                let style = if Line::parse(line).is_some() {
                    Style::Lines
                } else {
                    Style::Free
                };
                self.walk = Walk::new(style.name(), self.problem.as_ref());
                *self.style.insert(style)
            }
        };
        match style {
            Style::Lines => lines::read(&mut self.walk, line, span),
            Style::Free => self.free.read(&mut self.walk, line, span),
        }
    }
}

#[cfg(test)]
mod tests;
