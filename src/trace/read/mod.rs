//! Readers: text, as it arrives, to a tree of states. One reader per way of writing, one walk for all.
//!
//! The reader is chosen by the first line that is not blank: a line of the bundled language means `lines/1`, one of Stream
//! of Search `search/1`, anything else `free/2`. Text is looked at line by line, so any chunking gives the same tree as
//! the whole. Whoever wants to know more about the text (the detector of habits) listens: every line is parsed once.

mod free;
mod line_buffer;
mod lines;
mod search;

pub use line_buffer::{LONGEST_LINE, LineBuffer};
pub use search::Event;

use super::{
    Span, Tree,
    language::{Line, Parsed},
    prose::{Scanner, Sentence},
    walk::Walk,
};
use crate::task::countdown::{Number, Problem};

/// Which way of writing a text follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The bundled models' language, `lines/1`.
    Lines,
    /// Stream of Search, `search/1`.
    Search,
    /// Free text with calculations, `free/2`.
    Free,
}

impl Style {
    /// Name and version, as traces record it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Style::Lines => "lines/1",
            Style::Search => "search/1",
            Style::Free => "free/2",
        }
    }
}

/// What a reader has just followed; the tree knows it already.
#[derive(Debug)]
pub enum Told<'a> {
    /// A line of the bundled language.
    Line(&'a Parsed, Span),
    /// A line of Stream of Search that returned or compared.
    Event(Event, Span),
    /// A sentence of free text.
    Sentence(&'a Sentence<'a>),
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
    goal: Option<Number>,
    style: Option<Style>,
    walk: Walk,
    scanner: Scanner,
    free: free::Free,
    search: search::Search,
}

impl Reader {
    /// A reader that chooses its style by what the text looks like.
    #[must_use]
    pub fn new(problem: Option<Problem>) -> Self {
        let walk = Walk::new(Style::Lines.name(), problem.as_ref());
        Self {
            lines: LineBuffer::default(),
            state: State {
                goal: problem.as_ref().map(Problem::goal),
                problem,
                style: None,
                walk,
                scanner: Scanner::default(),
                free: free::Free::default(),
                search: search::Search::default(),
            },
        }
    }

    /// Takes in more text; `listen` is told of everything that was understood.
    pub fn push(&mut self, text: &str, mut listen: impl FnMut(&Told<'_>, &Tree)) {
        let state = &mut self.state;
        self.lines
            .push(text, |line, span| state.line(line, span, &mut listen));
    }

    /// The text is over: the last line counts although no newline ends it.
    pub fn finish(&mut self, mut listen: impl FnMut(&Told<'_>, &Tree)) {
        let state = &mut self.state;
        self.lines
            .finish(|line, span| state.line(line, span, &mut listen));
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
        reader.push(text, |_, _| ());
        reader.finish(|_, _| ());
        reader.into_tree()
    }

    /// The finished tree.
    #[must_use]
    pub fn into_tree(self) -> Tree {
        self.state.walk.into_tree()
    }
}

impl State {
    fn line(&mut self, line: &str, span: Span, listen: &mut impl FnMut(&Told<'_>, &Tree)) {
        let parsed = match self.style {
            Some(Style::Free | Style::Search) => None,
            _ => Line::parse(line),
        };
        let style = match self.style {
            Some(style) => style,
            None => {
                let style = match () {
                    () if parsed.is_some() => Style::Lines,
                    () if search::is_search(line) => Style::Search,
                    () => Style::Free,
                };
                if style == Style::Search && self.problem.is_none() {
                    self.problem = search::problem(line);
                }
                self.walk = Walk::new(style.name(), self.problem.as_ref());
                *self.style.insert(style)
            }
        };
        match style {
            Style::Lines => {
                if let Some(parsed) = parsed {
                    lines::read(&mut self.walk, &parsed, span);
                    listen(&Told::Line(&parsed, span), self.walk.tree());
                }
            }
            Style::Search => {
                if let Some(event) = self.search.read(&mut self.walk, line, span) {
                    listen(&Told::Event(event, span), self.walk.tree());
                }
            }
            Style::Free => {
                let Self {
                    walk,
                    free,
                    scanner,
                    goal,
                    ..
                } = self;
                scanner.read(line, span.start, *goal, &mut |sentence| {
                    free.read(walk, sentence);
                    listen(&Told::Sentence(sentence), walk.tree());
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
