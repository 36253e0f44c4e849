//! What the last sentence of an attempt says of it. It counts only when another attempt of its kind follows: `That's too
//! small.` may as well be what the text goes on from.

use super::{Turn, failures::fails, given::variable};
use crate::base::phrases::{Beginnings, Phrases};
use crate::trace::Span;
use std::sync::LazyLock;

/// The last sentence that may judge an attempt.
#[derive(Debug, Default)]
pub(super) struct Last {
    shape: String,
    span: Span,
}

/// Beginnings of sentences that judge nothing: what is said before them counts.
static PAUSES: LazyLock<Beginnings> = LazyLock::new(|| {
    Beginnings::new(&[
        "hmm",
        "ok",
        "we need",
        "i need",
        "so we need",
        "so i need",
        "but we need",
        "we want",
        "but we want",
        "need ",
        "let me think",
        "let's see",
        "let me see",
        "close",
        "so close",
        "wait.",
        "wait",
        "alright",
    ])
});

/// A pause has fewer bytes.
const PAUSE: usize = 60;

/// Words against what was tried.
static AGAINST: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "too small",
        "too big",
        "too large",
        "too high",
        "too low",
        "too much",
        "too many",
        "too few",
        "too little",
        "too long",
        "too short",
        "not #",
        "not @",
        "n't #",
        "\u{2260}",
        "\\neq",
        "not equal",
        "not match",
        "n't match",
        "n't equal",
        "not satisfy",
        "n't satisfy",
        "not fit",
        "n't fit",
        "n't give",
        "not give",
        "n't add up",
        "not add up",
        "n't divide",
        "not divi",
        "not an integer",
        "not a whole",
        "not a perfect",
        "not a solution",
        "n't an integer",
        "n't a whole",
        "n't a solution",
        "not enough",
        "n't enough",
        "not quite",
        "not it",
        "not what we",
        "not what i",
        "no good",
        "no solution",
        "nope",
        "overshoot",
        "exceeds",
        "out of hand",
        "abandoning this",
        "abandon this",
        "can't finish",
        "cannot finish",
        "i'm stuck",
        "i am stuck",
        "ugly",
        "n't conclude",
        "cannot conclude",
    ])
});

/// Words for it, or which leave it open.
static FOR: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "works",
        "worked",
        "\u{2713}",
        "\u{2705}",
        "\u{2714}",
        "yes",
        "bingo",
        "perfect!",
        "satisfies",
        "matches",
        // `I'm not 100% sure`
        "sure",
        "certain",
        "that's it",
        "correct",
    ])
});

/// Words with which an attempt has come to what it was made for.
static DONE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "works",
        "worked",
        "\u{2713}",
        "\u{2705}",
        "\u{2714}",
        "bingo",
        "perfect!",
        "perfect.",
        "great!",
        "great.",
        "nice!",
        "nice.",
        "success",
        "that's it",
        "satisfies",
        "same result",
        "as required",
    ])
});

impl Last {
    /// Whether what was tried is said to have worked.
    pub fn succeeded(&self) -> bool {
        let shape = &self.shape;
        let done = DONE.first(shape).is_some()
            || matches!(shape.trim_end_matches(['.', '!']), "great" | "nice" | "good");
        done && !shape.ends_with('?')
            && !shape.contains("n't ")
            && !shape.contains("not ")
            && !fails(shape, true)
    }

    /// Keeps a sentence.
    pub fn keep(&mut self, shape: &str, span: Span) {
        let short = shape.len() < PAUSE && !self.shape.is_empty();
        if short && PAUSES.find(shape).is_some() && !is_against(shape) {
            return;
        }
        self.shape.clear();
        self.shape.push_str(shape);
        self.span = span;
    }

    pub fn forget(&mut self) {
        self.shape.clear();
    }

    /// Where what was tried is judged to be wrong.
    pub fn against(&self) -> Option<Span> {
        let against = fails(&self.shape, true) || is_against(&self.shape);
        against.then_some(self.span)
    }

    /// Where what was supposed is refuted, or its denial concluded: `So A is not the thief.`
    pub fn refuted(&self, subject: Option<&str>) -> Option<Span> {
        let denied = subject.is_some_and(|subject| denies(&self.shape, subject))
            || [
                "that can't be",
                "that cannot be",
                "this can't be",
                "this cannot be",
            ]
            .iter()
            .any(|words| self.shape.contains(words));
        (denied || fails(&self.shape, true)).then_some(self.span)
    }
}

/// Whether a sentence begins as conclusions do, or with one of `others`.
pub(super) fn begins_conclusion(shape: &str, others: &[&str]) -> bool {
    const BEGINS: [&str; 5] = ["so ", "so, ", "thus", "therefore", "hence"];
    BEGINS.iter().chain(others).any(|words| shape.starts_with(words))
}

/// Whether a sentence gives a result that stands, whatever failed before it: `So the area is #.`
pub(super) fn concludes(shape: &str) -> bool {
    const DENIES: [&str; 5] = [" not ", "n't ", "cannot", " no ", "wrong"];
    begins_conclusion(shape, &["this gives", "the answer"])
        && shape.contains(['#', '%'])
        && !DENIES.iter().any(|words| shape.contains(words))
        && !fails(shape, true)
}

fn is_against(shape: &str) -> bool {
    let said = shape.trim_end_matches(['.', '!', ')', ' ']);
    let no = matches!(said, "no" | "so no" | "so, no")
        || [", no", ": no", "? no", "(no"]
            .iter()
            .any(|no| said.ends_with(no))
        || shape.starts_with("no, ");
    !shape.ends_with('?') && (no || AGAINST.first(shape).is_some()) && FOR.first(shape).is_none()
}

/// Whether a conclusion denies what was supposed of the subject.
fn denies(shape: &str, subject: &str) -> bool {
    const DENIES: [&str; 9] = [
        " is not ",
        " isn't ",
        " cannot ",
        " can't ",
        " must not ",
        " is false",
        " did not ",
        " didn't ",
        " does not ",
    ];
    begins_conclusion(shape, &["this means", "that means", "then ", "which means"])
        && shape.match_indices(subject).any(|(at, _)| {
            let whole = shape.get(..at).is_some_and(|before| before.ends_with(' '));
            let behind = shape.get(at + subject.len()..).unwrap_or_default();
            whole && DENIES.iter().any(|words| behind.starts_with(words))
        })
}

/// What an attempt or supposition is about: what gets a value in it (`x =`, `#`), or the one of whom something is supposed.
pub(super) fn subject(turn: Turn, behind: &str) -> Option<String> {
    if !matches!(turn, Turn::Try | Turn::Case | Turn::Instead | Turn::Or) {
        return None;
    }
    let mut behind = behind.trim_start();
    for word in [
        "that ", "with ", "out ", "value ", "values ", "setting ", "using ", "if ",
    ] {
        behind = behind.strip_prefix(word).unwrap_or(behind);
    }
    let found = variable(behind).or_else(|| {
        let word = behind.split([' ', ',', ':', '.', '?']).next()?;
        let number = turn == Turn::Try && word == "#";
        let name = turn == Turn::Case && word.starts_with(char::is_alphabetic);
        (number || name).then(|| word.to_owned())
    });
    // `Try A = knight.`
    found.or_else(|| assigned(behind).filter(|_| turn == Turn::Try))
}

/// What gets a name for its value: `a =` of `a = knight`.
fn assigned(behind: &str) -> Option<String> {
    /// Bytes of a name.
    const NAME: usize = 12;
    let (name, value) = behind.split_once(" = ")?;
    let word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let value = value.split([' ', '.', ',', ':', ';', '?']).next()?;
    (name.len() <= NAME && word(name) && value.len() > 1 && word(value)).then(|| format!("{name} ="))
}

/// Whether a subject is one of which one value takes the place of another.
pub(super) fn has_value(subject: &str) -> bool {
    subject == "#" || subject.ends_with('=')
}
