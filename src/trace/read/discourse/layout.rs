//! How a text is laid out: which of its lines begin a step, and which go on with the one before.

use crate::trace::{Span, parts::is_tag, prose::is_result};

/// What a line of a list is marked with; what comes later stands inside what comes earlier, as dashes do inside steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// `Step 2:`
    Step,
    /// `2.`
    Number,
    /// `-`
    #[default]
    Dash,
}

/// Where the line stands that is being read.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// How far it is indented.
    pub indent: usize,
    /// Whether it goes on with the line before.
    pub goes_on: bool,
    /// Whether there is a blank line before it, or nothing.
    pub paragraph: bool,
    /// Whether it announces what follows, as a title does.
    pub title: bool,
    /// What it is marked with, as a line of a list.
    pub mark: Option<Mark>,
    /// Inside a fence of code.
    pub code: bool,
    /// What closes the displayed formula that it is in.
    display: Option<&'static str>,
    /// Where the line before ended, and how.
    end: Option<usize>,
    before: Before,
}

/// How a line left what it said.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    /// In the middle of a sentence.
    open: bool,
    /// With a colon.
    colon: bool,
    /// It is a formula without its stop; only the next line goes on from it, not the next paragraph.
    formula: bool,
    /// It is a displayed formula, or a row of a table.
    display: bool,
}

/// What a line begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    Heading,
    Item,
    Sentence,
    /// A formula that may be a paragraph of its own: `x = 4`.
    Formula,
    /// A word in lower case.
    Word,
    /// A formula or mark that belongs to what is said before it.
    Display,
}

impl Layout {
    /// A line begins.
    pub fn line(&mut self, line: &str, span: Span) {
        let text = line.trim_start();
        let said = text.trim_end();
        self.indent = line.len() - text.len();
        self.paragraph = self.end.is_none_or(|end| span.start > end + 1);
        self.end = Some(span.end);
        let before = std::mem::take(&mut self.before);
        let fence = text.starts_with("```");
        if fence || is_tag(said) {
            // A tag stands alone.
            self.code ^= fence;
            (self.goes_on, self.title, self.mark, self.display) = (true, false, None, None);
            return;
        }
        self.mark = mark(text);
        let formula = text.starts_with(['\\', '$', '|', '=', '+', ')', ']', '}', '&', '`'])
            || !text.contains(char::is_alphabetic);
        let inside = self.is_displayed(said);
        let opening = match opening(said, self.mark, formula) {
            _ if inside => Opening::Display,
            // The second row of a subtraction that is written one below the other.
            Opening::Item if before.formula && !self.paragraph && is_minus(text) => Opening::Formula,
            opening => opening,
        };
        let left = before.open || before.colon;
        self.goes_on = self.code
            || match opening {
                Opening::Heading | Opening::Item => false,
                Opening::Sentence => before.open || before.formula && !self.paragraph,
                Opening::Formula => left || !self.paragraph,
                Opening::Word => left || before.display || !self.paragraph,
                Opening::Display => true,
            };
        let end = said.trim_end_matches(['*', '"', ')', '`', '_', '$']);
        self.title = end.ends_with(':') || said.ends_with("**");
        // Any line without its stop goes on, unless it announces what follows.
        self.before = Before {
            open: end.ends_with([',', ';']),
            colon: end.ends_with(':'),
            formula: opening != Opening::Item && formula && !end.ends_with(['.', '!', '?', ':']),
            display: opening == Opening::Display,
        };
    }

    /// Whether the line stands in a displayed formula that began on a line before; a blank line ends any.
    fn is_displayed(&mut self, said: &str) -> bool {
        if let Some(closing) = self.display.filter(|_| !self.paragraph) {
            if said.contains(closing) {
                self.display = None;
            }
            return true;
        }
        const DISPLAYS: [(&str, &str); 3] = [("\\[", "\\]"), ("$$", "$$"), ("\\begin{", "\\end{")];
        self.display = DISPLAYS.iter().find_map(|(opening, closing)| {
            let rest = said.strip_prefix(opening)?;
            (!rest.contains(closing)).then_some(*closing)
        });
        false
    }
}

fn opening(said: &str, mark: Option<Mark>, formula: bool) -> Opening {
    let bold = || said.len() > 4 && said.trim_end_matches([' ', ':']).ends_with("**");
    if said.starts_with('#') || said.starts_with("**") && bold() {
        return Opening::Heading;
    }
    if mark.is_some() {
        return Opening::Item;
    }
    let displayed = said.starts_with(['|', '=', '+', ')', ']', '}', '&'])
        || ["$$", "\\[", "\\]", "\\\\", "\\begin", "\\end"]
            .iter()
            .any(|display| said.starts_with(display));
    match said.chars().next() {
        _ if displayed => Opening::Display,
        // A rule, or a mark alone.
        _ if formula && !said.contains(char::is_alphanumeric) => Opening::Display,
        _ if formula => Opening::Formula,
        _ if is_trial(said) => Opening::Sentence,
        Some(first) if first.is_lowercase() => match is_word(said) {
            true => Opening::Word,
            false => Opening::Formula,
        },
        _ => Opening::Sentence,
    }
}

/// `x = 2: …` tries a value.
fn is_trial(text: &str) -> bool {
    let value = |text: &str| {
        text.trim_start()
            .strip_prefix('=')
            .map(str::trim_start)
            .map(str::len)
    };
    let name = text.strip_prefix(|c: char| c.is_ascii_alphabetic());
    let Some(rest) = name.and_then(|rest| rest.get(rest.len() - value(rest)?..)) else {
        return false;
    };
    let behind = rest
        .trim_start_matches('-')
        .trim_start_matches(|c: char| c.is_ascii_digit());
    behind.len() < rest.len() && behind.starts_with(": ")
}

/// Whether a text begins with a word, not with what a formula has: `x = 4`, `f(2)`, `dx/dt`, `ab = 6`.
fn is_word(text: &str) -> bool {
    let rest = text.trim_start_matches(char::is_alphabetic);
    let letters = text.len() - rest.len();
    let calculates = |rest: &str| {
        rest.starts_with([
            '=', '+', '*', '/', '^', '<', '>', '\u{2248}', '\u{2264}', '\u{2265}',
        ])
    };
    let single = letters == 1 && !text.starts_with(['a', 'i']);
    !single && !rest.starts_with(['(', '_', '[', '\'']) && !calculates(rest.trim_start())
}

fn is_minus(text: &str) -> bool {
    text.strip_prefix('-')
        .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
}

/// What a line of a list is marked with.
fn mark(text: &str) -> Option<Mark> {
    let blank = |rest: &str| rest.starts_with(char::is_whitespace);
    match text.as_bytes().first()? {
        b'*' | b'S' | b's' if is_step(text.trim_start_matches('*')) => Some(Mark::Step),
        b'-' | b'*' | b'>' | 0xe2 => text
            .strip_prefix(['-', '*', '>', '\u{2022}', '\u{2013}'])
            .is_some_and(blank)
            .then_some(Mark::Dash),
        b'0'..=b'9' | b'(' | b'a'..=b'z' => {
            let inner = text.strip_prefix('(').unwrap_or(text);
            let digits = inner.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let behind = match digits {
                1 | 2 if is_result(digits, inner.get(digits..)?) => None,
                1 | 2 => inner.get(digits..)?.strip_prefix(['.', ')', ':']),
                0 => inner.get(1..)?.strip_prefix(')'),
                _ => None,
            };
            behind.is_some_and(blank).then_some(Mark::Number)
        }
        _ => None,
    }
}

/// `Step 2: …`, `Step 2 - …`, `Step 2`
fn is_step(text: &str) -> bool {
    let number = text
        .split_at_checked(5)
        .filter(|(step, _)| step.eq_ignore_ascii_case("step "));
    number.is_some_and(|(_, number)| {
        let behind = number.trim_start_matches(|c: char| c.is_ascii_digit());
        let title = behind.trim_start_matches(['*', ' ']);
        behind.len() < number.len()
            && (title.is_empty()
                || behind.starts_with([':', '.', ')'])
                || title.starts_with(['-', ':', '\u{2013}', '\u{2014}']))
    })
}
