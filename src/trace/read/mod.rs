//! Readers: text, as it arrives, to a tree of states. One reader per way of writing, one walk for all.
//!
//! The reader is chosen by what the text is about, when that is known: Sudoku means [`Style::Sudoku`], a task without a
//! solver [`Style::Discourse`]. Else by the first line that is not blank: one of the bundled language means [`Style::Lines`],
//! one of Stream of Search [`Style::Search`]; other text on Countdown is [`Style::Free`]. Where nobody knows what a text is
//! about, its first lines tell (see [`Subject`]): they are kept until there are [`LOOK`] of them, then read. Numbers and a
//! word of Countdown are enough to take it for Countdown, unless a question is known that is about something else. Whoever
//! knows better forces a style.
//!
//! Text is looked at line by line, so any chunking gives the same tree as the whole. Whoever wants to know more about the
//! text (the detector of habits) listens: every line is parsed once.

mod discourse;
mod free;
mod line_buffer;
mod lines;
mod returning;
mod rounding;
mod search;
mod style;
mod subject;
mod sudoku;

pub use discourse::{BACK_TO_CHECK, BACK_TO_OURS, BACK_TO_READ, ERRAND, OUR_ATTEMPT, PLANNED};
pub use line_buffer::{LONGEST_LINE, LineBuffer};
pub use search::Event;
pub use style::{Style, StyleError};
pub use subject::Subject;

use super::{
    Span, Tree,
    language::{Line, Parsed},
    prose::{Scanner, Sentence},
    walk::Walk,
};
use crate::task::{
    countdown::{Number, Problem},
    sudoku::Board,
};

/// Lines, and bytes, after which a text has told what it is about.
const LOOK: (usize, usize) = (3, 1000);

/// The same of a text that repeats its prompt.
const LOOK_IN_PROMPT: (usize, usize) = (12, 4000);

/// From so many bytes at once on, room is made for what they will open.
const LONG: usize = 1 << 18;

/// What a reader has just followed; the tree knows it already.
#[derive(Debug)]
pub enum Told<'a> {
    /// A line of the bundled language.
    Line(&'a Parsed, Span),
    /// A line of Stream of Search that returned or compared.
    Event(Event, Span),
    /// A sentence of free text, whichever reader follows it.
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
    /// Whether it is known what the text is about.
    known: bool,
    /// Whether it is known that this is not Countdown.
    no_countdown: bool,
    board: Option<Board>,
    question: Option<String>,
    style: Option<Style>,
    /// Bytes that have come at once, when these are many.
    coming: usize,
    /// The first lines of a text that has not told yet what it is about, with their places.
    kept: Vec<(String, Span)>,
    walk: Walk,
    scanner: Scanner,
    free: free::Free,
    search: search::Search,
    sudoku: Option<Box<sudoku::Sudoku>>,
    discourse: Option<Box<discourse::Discourse>>,
}

impl Reader {
    /// A reader that chooses its style by what the text is about and looks like.
    #[must_use]
    pub fn new(subject: impl Into<Subject>) -> Self {
        Self::with(subject.into(), None)
    }

    /// A reader of one style, whatever the text looks like.
    #[must_use]
    pub fn forced(style: Style, subject: impl Into<Subject>) -> Self {
        Self::with(subject.into(), Some(style))
    }

    fn with(subject: Subject, forced: Option<Style>) -> Self {
        let style = forced.or(subject.style());
        let no_countdown = subject == Subject::NoCountdown;
        let known = subject != Subject::Unknown && !no_countdown;
        let mut state = State {
            problem: None,
            goal: None,
            known,
            no_countdown,
            board: None,
            question: None,
            style: None,
            coming: 0,
            kept: Vec::new(),
            walk: Walk::new(Style::Lines.name(), None),
            scanner: Scanner::default(),
            free: free::Free::default(),
            search: search::Search::default(),
            sudoku: None,
            discourse: None,
        };
        state.learn(subject);
        state.walk = Walk::new(Style::Lines.name(), state.problem.as_ref());
        if let Some(style) = style {
            state.begin(style);
        }
        Self {
            lines: LineBuffer::default(),
            state,
        }
    }

    /// Takes in more text; `listen` is told of everything that was understood.
    pub fn push(&mut self, text: &str, mut listen: impl FnMut(&Told<'_>, &Tree)) {
        let state = &mut self.state;
        if text.len() >= LONG {
            state.coming = text.len();
            state.expect();
        }
        self.lines
            .push(text, |line, span| state.line(line, span, &mut listen));
    }

    /// The text is over: the last line counts although no newline ends it.
    pub fn finish(&mut self, mut listen: impl FnMut(&Told<'_>, &Tree)) {
        let state = &mut self.state;
        self.lines
            .finish(|line, span| state.line(line, span, &mut listen));
        if !state.kept.is_empty() {
            state.look(&mut listen);
        }
        if let Some(sudoku) = &mut state.sudoku {
            sudoku.end();
        }
        if let Some(discourse) = &mut state.discourse {
            discourse.end();
        }
    }

    /// The tree so far.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        self.state.tree()
    }

    /// The tree of a whole text.
    #[must_use]
    pub fn read(subject: impl Into<Subject>, text: &str) -> Tree {
        let mut reader = Self::new(subject);
        reader.push(text, |_, _| ());
        reader.finish(|_, _| ());
        reader.into_tree()
    }

    /// The finished tree.
    #[must_use]
    pub fn into_tree(self) -> Tree {
        match (self.state.sudoku, self.state.discourse) {
            (Some(sudoku), _) => sudoku.into_tree(),
            (_, Some(discourse)) => discourse.into_tree(),
            _ => self.state.walk.into_tree(),
        }
    }
}

impl State {
    /// Makes room for what the text that comes will open.
    fn expect(&mut self) {
        let bytes = self.coming;
        match (&mut self.sudoku, &mut self.discourse) {
            // A board is much text.
            (Some(_), _) => {}
            (_, Some(discourse)) => discourse.expect(bytes),
            _ => self.walk.expect(bytes),
        }
    }

    fn tree(&self) -> &Tree {
        match (&self.sudoku, &self.discourse) {
            (Some(sudoku), _) => sudoku.tree(),
            (_, Some(discourse)) => discourse.tree(),
            _ => self.walk.tree(),
        }
    }

    fn learn(&mut self, subject: Subject) {
        match subject {
            Subject::Unknown | Subject::NoCountdown => {}
            Subject::Countdown(problem) => {
                self.goal = problem.as_ref().map(Problem::goal);
                self.problem = problem;
            }
            Subject::Sudoku(board) => self.board = board,
            Subject::Other(question) => self.question = question,
        }
    }

    /// From here on the text is read in this style.
    fn begin(&mut self, style: Style) {
        match style {
            Style::Sudoku => self.sudoku = Some(Box::new(sudoku::Sudoku::new(style.name(), self.board))),
            Style::Discourse => {
                let question = self.question.as_deref();
                self.discourse = Some(Box::new(discourse::Discourse::new(style.name(), question)));
            }
            Style::Lines | Style::Search | Style::Free => {
                self.walk = Walk::new(style.name(), self.problem.as_ref())
            }
        }
        self.style = Some(style);
        self.expect();
    }

    /// The text has to tell by now what it is about: its first lines are read.
    fn look(&mut self, listen: &mut impl FnMut(&Told<'_>, &Tree)) {
        let kept = std::mem::take(&mut self.kept);
        let text: Vec<&str> = kept.iter().map(|(line, _)| line.as_str()).collect();
        let subject = match Subject::look(&text.join("\n")) {
            // Mathematics has the same words.
            Subject::Countdown(None) if self.no_countdown => Subject::Other(None),
            subject => subject,
        };
        let style = subject.style().unwrap_or(Style::Free);
        // A grid or question in the text is what it does, not yet what it is about.
        if matches!(subject, Subject::Countdown(_)) {
            self.learn(subject);
        }
        self.begin(style);
        for (line, span) in &kept {
            self.follow(style, line, None, *span, listen);
        }
    }

    fn line(&mut self, line: &str, span: Span, listen: &mut impl FnMut(&Told<'_>, &Tree)) {
        let parsed = match self.style {
            None | Some(Style::Lines) => Line::parse(line),
            Some(_) => None,
        };
        let style = match self.style {
            Some(style) => style,
            None => {
                let first = self.kept.is_empty();
                let style = match () {
                    () if first && parsed.is_some() => Style::Lines,
                    () if first && search::is_search(line) => Style::Search,
                    () if self.known => Style::Free,
                    () => {
                        self.kept.push((line.to_owned(), span));
                        let bytes: usize = self.kept.iter().map(|(line, _)| line.len()).sum();
                        let prompt = |(line, _): &(String, Span)| {
                            matches!(line.trim(), "system" | "user") || line.contains("<|im_start|>")
                        };
                        let look = match self.kept.first().is_some_and(prompt) {
                            true => LOOK_IN_PROMPT,
                            false => LOOK,
                        };
                        if self.kept.len() >= look.0 || bytes >= look.1 {
                            self.look(listen);
                        }
                        return;
                    }
                };
                if style == Style::Search && self.problem.is_none() {
                    self.problem = search::problem(line);
                }
                self.begin(style);
                style
            }
        };
        self.follow(style, line, parsed.as_ref(), span, listen);
    }

    fn follow(
        &mut self,
        style: Style,
        line: &str,
        parsed: Option<&Parsed>,
        span: Span,
        listen: &mut impl FnMut(&Told<'_>, &Tree),
    ) {
        let Self {
            walk,
            free,
            scanner,
            goal,
            search,
            sudoku,
            discourse,
            ..
        } = self;
        match style {
            Style::Lines => {
                if let Some(parsed) = parsed {
                    lines::read(walk, parsed, span);
                    listen(&Told::Line(parsed, span), walk.tree());
                }
            }
            Style::Search => {
                if let Some(event) = search.read(walk, line, span) {
                    listen(&Told::Event(event, span), walk.tree());
                }
            }
            Style::Free => scanner.read(line, span.start, *goal, &mut |sentence| {
                free.read(walk, sentence);
                listen(&Told::Sentence(sentence), walk.tree());
            }),
            Style::Sudoku => {
                let Some(sudoku) = sudoku else { return };
                let in_grid = sudoku.line(line, span);
                scanner.read(line, span.start, None, &mut |sentence| {
                    if !in_grid {
                        sudoku.sentence(sentence);
                    }
                    listen(&Told::Sentence(sentence), sudoku.tree());
                });
            }
            Style::Discourse => {
                let Some(discourse) = discourse else { return };
                discourse.line(line, span);
                scanner.read(line, span.start, None, &mut |sentence| {
                    discourse.sentence(sentence);
                    listen(&Told::Sentence(sentence), discourse.tree());
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
