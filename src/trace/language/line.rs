//! The grammar: one line of text to a value, and back.
//!
//! Parsing is strict about words and lenient about blanks. It says nothing about truth: `try 2+2=5 left 9` is a line.

use crate::task::countdown::{Number, Op, spaced};
use std::{fmt, ops::Range};

/// What a check concludes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the goal.
    Yes,
    /// It is not this goal.
    Not(Number),
}

/// One side of a backward step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// `?`, the value that is needed.
    Unknown,
    /// A number that is there.
    Known(Number),
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// `try 18+7=25 left 25 4`
    Try {
        /// Left operand.
        a: Number,
        /// Operation.
        op: Op,
        /// Right operand.
        b: Number,
        /// Claimed result.
        result: Number,
        /// Claimed numbers of the new state.
        left: Vec<Number>,
    },
    /// `check 25-4=21 not 15`
    Check {
        /// Left operand.
        a: Number,
        /// Operation.
        op: Op,
        /// Right operand.
        b: Number,
        /// Claimed result.
        result: Number,
        /// What is concluded.
        verdict: Verdict,
    },
    /// `back to 18 7 4`
    Back {
        /// Numbers of the state returned to.
        to: Vec<Number>,
    },
    /// `15=?+4 so need 11`
    Need {
        /// The goal taken apart.
        goal: Number,
        /// Left operand.
        left: Operand,
        /// Operation.
        op: Op,
        /// Right operand.
        right: Operand,
        /// The new goal.
        need: Number,
    },
    /// `aim for 11 from 18 7`
    Aim {
        /// The subgoal.
        goal: Number,
        /// What is there to make it from.
        from: Vec<Number>,
    },
    /// `answer (18-7)+4`
    Answer {
        /// The expression as written.
        expression: String,
    },
}

/// A line with the places of what it claims, in bytes from the line's start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The line.
    pub line: Line,
    /// `18+7=25`, or the `15=?+4 so need 11` of a backward step.
    pub equation: Option<Range<usize>>,
    /// What follows it: `left 25 4`, `not 15`, `yes`.
    pub rest: Option<Range<usize>>,
}

impl Line {
    /// Reads a line without its newline; `None` when it is not of the language.
    #[must_use]
    pub fn parse(text: &str) -> Option<Parsed> {
        let mut at = Cursor { text, pos: 0 };
        if at.word("try") {
            let (equation, (a, op, b, result)) = at.spanned(Cursor::equation)?;
            let (rest, left) = at.spanned(|c| c.known("left").and_then(|()| c.numbers()))?;
            return at.done(
                Line::Try {
                    a,
                    op,
                    b,
                    result,
                    left,
                },
                Some(equation),
                Some(rest),
            );
        }
        if at.word("check") {
            let (equation, (a, op, b, result)) = at.spanned(Cursor::equation)?;
            let (rest, verdict) = at.spanned(Cursor::verdict)?;
            return at.done(
                Line::Check {
                    a,
                    op,
                    b,
                    result,
                    verdict,
                },
                Some(equation),
                Some(rest),
            );
        }
        if at.word("back") {
            at.known("to")?;
            let to = at.numbers()?;
            return at.done(Line::Back { to }, None, None);
        }
        if at.word("aim") {
            at.known("for")?;
            let goal = at.number()?;
            at.known("from")?;
            let from = at.numbers()?;
            return at.done(Line::Aim { goal, from }, None, None);
        }
        if at.word("answer") {
            let expression = at.text.get(at.pos..)?.trim().to_owned();
            at.pos = text.len();
            return at.done(Line::Answer { expression }, None, None);
        }
        let (equation, line) = at.spanned(Cursor::need)?;
        at.done(line, Some(equation), None)
    }
}

/// A position in a line.
struct Cursor<'a> {
    text: &'a str,
    pos: usize,
}

impl Cursor<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    /// How many bytes from here on are of a kind.
    fn run(&self, kind: impl Fn(u8) -> bool) -> usize {
        self.rest().bytes().take_while(|byte| kind(*byte)).count()
    }

    fn blanks(&mut self) {
        self.pos += self.run(|byte| byte == b' ');
    }

    /// Skips `word` when it stands here as a whole word.
    fn word(&mut self, word: &str) -> bool {
        self.blanks();
        let after = self.rest().strip_prefix(word);
        let whole = after.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
        if whole {
            self.pos += word.len();
        }
        whole
    }

    /// Skips `word`, which must stand here.
    fn known(&mut self, word: &str) -> Option<()> {
        self.word(word).then_some(())
    }

    fn symbol(&mut self, symbol: char) -> Option<()> {
        self.blanks();
        self.rest()
            .starts_with(symbol)
            .then(|| self.pos += symbol.len_utf8())
    }

    fn op(&mut self) -> Option<Op> {
        self.blanks();
        let op = self
            .rest()
            .bytes()
            .next()
            .filter(|byte| b"+-*/".contains(byte))
            .and_then(|byte| Op::from_symbol(char::from(byte)))?;
        self.pos += 1;
        Some(op)
    }

    fn number(&mut self) -> Option<Number> {
        self.blanks();
        let digits = self.run(|byte| byte.is_ascii_digit());
        let value: i64 = self.rest().get(..digits)?.parse().ok()?;
        self.pos += digits;
        Some(Number::from(value))
    }

    /// One or more numbers.
    fn numbers(&mut self) -> Option<Vec<Number>> {
        let mut numbers = vec![self.number()?];
        while let Some(number) = self.number() {
            numbers.push(number);
        }
        Some(numbers)
    }

    fn equation(&mut self) -> Option<(Number, Op, Number, Number)> {
        let (a, op, b) = (self.number()?, self.op()?, self.number()?);
        self.symbol('=')?;
        Some((a, op, b, self.number()?))
    }

    fn verdict(&mut self) -> Option<Verdict> {
        if self.word("yes") {
            Some(Verdict::Yes)
        } else if self.word("not") {
            Some(Verdict::Not(self.number()?))
        } else {
            None
        }
    }

    fn operand(&mut self) -> Option<Operand> {
        match self.symbol('?') {
            Some(()) => Some(Operand::Unknown),
            None => self.number().map(Operand::Known),
        }
    }

    fn need(&mut self) -> Option<Line> {
        let goal = self.number()?;
        self.symbol('=')?;
        let (left, op, right) = (self.operand()?, self.op()?, self.operand()?);
        let one_unknown = matches!(
            (left, right),
            (Operand::Unknown, Operand::Known(_)) | (Operand::Known(_), Operand::Unknown)
        );
        if !one_unknown || !self.word("so") || !self.word("need") {
            return None;
        }
        Some(Line::Need {
            goal,
            left,
            op,
            right,
            need: self.number()?,
        })
    }

    /// What `read` reads, with the bytes it covers.
    fn spanned<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<(Range<usize>, T)> {
        self.blanks();
        let start = self.pos;
        let value = read(self)?;
        Some((start..self.pos, value))
    }

    fn done(
        mut self,
        line: Line,
        equation: Option<Range<usize>>,
        rest: Option<Range<usize>>,
    ) -> Option<Parsed> {
        self.blanks();
        (self.rest().trim_end_matches('\r').is_empty()).then_some(Parsed { line, equation, rest })
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Unknown => write!(f, "?"),
            Operand::Known(number) => write!(f, "{number}"),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Line::Try {
                a,
                op,
                b,
                result,
                left,
            } => write!(f, "try {a}{op}{b}={result} left {}", spaced(left)),
            Line::Check {
                a,
                op,
                b,
                result,
                verdict,
            } => {
                write!(f, "check {a}{op}{b}={result} ")?;
                match verdict {
                    Verdict::Yes => write!(f, "yes"),
                    Verdict::Not(goal) => write!(f, "not {goal}"),
                }
            }
            Line::Back { to } => write!(f, "back to {}", spaced(to)),
            Line::Need {
                goal,
                left,
                op,
                right,
                need,
            } => write!(f, "{goal}={left}{op}{right} so need {need}"),
            Line::Aim { goal, from } => write!(f, "aim for {goal} from {}", spaced(from)),
            Line::Answer { expression } => write!(f, "answer {expression}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [&str; 8] = [
        "try 18+7=25 left 25 4",
        "try 25+4=29 left 29",
        "check 25-4=21 not 15",
        "check 18-7=11 yes",
        "back to 18 7 4",
        "15=?+4 so need 11",
        "aim for 11 from 18 7",
        "answer (18-7)+4",
    ];

    #[test]
    fn every_kind_of_line_reads_and_writes_the_same() {
        for text in ALL {
            assert_eq!(Line::parse(text).unwrap().line.to_string(), text);
        }
    }

    #[test]
    fn claims_know_their_place() {
        let parsed = Line::parse("try 18+7=25 left 25 4").unwrap();
        assert_eq!((parsed.equation, parsed.rest), (Some(4..11), Some(12..21)));
        let parsed = Line::parse("15=?+4 so need 11").unwrap();
        assert_eq!((parsed.equation, parsed.rest), (Some(0..17), None));
    }

    #[test]
    fn near_misses_are_not_lines() {
        for text in [
            "",
            "try",
            "try 1+2=3",
            "trying 1+2=3 left 3",
            "check 1+2=3 maybe",
            "15=?+? so need 3",
            "15=3+4 so need 3",
            "back 1 2",
            "try 1+2=3 left 3 x",
        ] {
            assert!(Line::parse(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_line_or_not_but_never_a_panic(text in any::<String>()) {
            let _ = Line::parse(&text);
        }

        #[test]
        fn mangled_lines_never_panic(line in prop::sample::select(&ALL[..]), cut in 0..30usize, junk in "\\PC{0,3}") {
            let cut = cut.min(line.len());
            let _ = Line::parse(&format!("{}{junk}{}", &line[..cut], &line[cut..]));
        }
    }
}
