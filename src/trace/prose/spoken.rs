//! Arithmetic in words: `multiplying 5 by 4`, `adding the two 1s`, `that minus 4`, `subtracting 1`.
//!
//! Shapes keep these words, so that rules can look for them; only who follows the calculations asks for this.
//! Simplification: an operand is a number, an expression, a pronoun for the last result, or two of a kind; what goes on
//! with the last result must say what it gives.

use super::{
    Sentence,
    links::link_of,
    scan::{Expression, Link, Step},
};
use crate::task::countdown::{Number, Op};

/// Without one of these in its shape a sentence has no arithmetic in words.
pub const VERBS: [&str; 16] = [
    "multipl",
    "divid",
    "adding",
    "add ",
    "subtract",
    "times",
    "plus",
    "minus",
    "take #",
    "taking #",
    "product of",
    "sum of",
    "quotient of",
    "difference of",
    "difference between",
    "# less #",
];

/// Words behind a calculation in words that say what it gives, besides those that stand for `=` everywhere.
const GIVES: [&str; 21] = [
    "yielding",
    "producing",
    "and we have",
    "we have",
    "getting",
    "and that gives",
    "to give",
    "to make",
    "to reach",
    "and get",
    "and you get",
    "and we get",
    "giving",
    "you get",
    "i get",
    "we'd get",
    "i'd get",
    "leaves",
    "that leaves",
    "gives me",
    "that gives",
];

/// Bytes between two expressions beyond which no words link them.
const LONGEST_LINK: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    /// An expression, by its place in the sentence.
    Operand(usize),
    /// `1s`
    Plural(Number),
    Sign,
}

/// What a word calculates with.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Operand {
    Written(usize),
    Twice(Number),
    /// The last result.
    Before,
}

/// A calculation in words: its operands in the order of the operation, and its tokens.
#[derive(Clone, Copy, Debug)]
struct Clause {
    left: Operand,
    op: Op,
    right: Operand,
    end: usize,
    /// It only counts when what comes of it is said: `the sum of 7 and 3` may be anything.
    wants_result: bool,
}

/// The expressions of a sentence that has one of the [`VERBS`], with those that it says in words, when there are any.
/// `before` is the last result.
#[must_use]
pub fn spoken(sentence: &Sentence<'_>, before: Option<Number>) -> Option<Vec<Expression>> {
    // What would have to be done is not done.
    if sentence.expressions.is_empty() || sentence.shape.contains("need") {
        return None;
    }
    let lower = sentence.text.to_ascii_lowercase();
    let tokens = tokens(&lower, sentence.expressions);
    let speech = Speech {
        lower: &lower,
        tokens: &tokens,
        written: sentence.expressions,
    };
    speech.read(before)
}

struct Speech<'a> {
    lower: &'a str,
    tokens: &'a [(Token<'a>, usize, usize)],
    written: &'a [Expression],
}

impl Speech<'_> {
    fn read(&self, before: Option<Number>) -> Option<Vec<Expression>> {
        let mut found: Vec<Expression> = Vec::new();
        let (mut value, mut at, mut spoken) = (before, 0, false);
        // Where a calculation in words ends whose result comes next.
        let mut after: Option<(usize, Option<Number>)> = None;
        while let Some(&(token, start, _)) = self.tokens.get(at) {
            if let Some(clause) = self.clause(at)
                && let Some((mut expression, end)) = self.calculate(clause, value)
            {
                self.both_onto(value, at, clause, &mut expression);
                let claimed = self.result_after(clause.end, end, expression.value) == Link::Equal;
                let goes_on = clause.wants_result || [clause.left, clause.right].contains(&Operand::Before);
                // What is claimed tells whether "it" is what we take it for.
                let fits = || {
                    let next = self.operand_after(clause.end, end);
                    next.and_then(|(index, _)| self.written.get(index)?.value) == expression.value
                };
                if !goes_on || claimed && fits() {
                    expression.start = start;
                    value = expression.value;
                    found.push(expression);
                    (at, after, spoken) = (clause.end, Some((end, value)), true);
                    continue;
                }
            }
            at += 1;
            let Token::Operand(index) = token else { continue };
            let Some(mut expression) = self.written.get(index).cloned() else {
                continue;
            };
            if let Some((end, value)) = after.take() {
                expression.link = self.result_after(at - 1, end, value);
            }
            if !expression.steps.is_empty() || expression.link == Link::Equal {
                value = expression.value;
            }
            found.push(expression);
        }
        spoken.then_some(found)
    }

    fn token(&self, at: usize) -> Option<Token<'_>> {
        self.tokens.get(at).map(|(token, ..)| *token)
    }

    fn is(&self, at: usize, words: &[&str]) -> bool {
        matches!(self.token(at), Some(Token::Word(word)) if words.contains(&word))
    }

    /// `10 + 8 = 18, then adding 4 and 2 to get 24`: both are added to the last result, when that makes what is claimed and
    /// their own sum does not.
    fn both_onto(&self, before: Option<Number>, at: usize, clause: Clause, expression: &mut Expression) {
        let (Some(before), [a, b], [step]) = (before, &expression.operands[..], &expression.steps[..]) else {
            return;
        };
        let claimed = self
            .operand_after(clause.end, expression.end)
            .and_then(|(index, _)| self.written.get(index)?.value);
        let (first, apart) = (clause.op.apply(before, *a), expression.value == claimed);
        let together = first.and_then(|first| clause.op.apply(first, *b));
        let either = matches!(clause.op, Op::Add | Op::Mul) && clause.left != Operand::Before;
        if either && self.begins(at) && !apart && claimed.is_some() && together == claimed {
            let (a, b) = (*a, *b);
            let onto = |left, right, result| Step {
                a: left,
                b: Some(right),
                result,
                ..*step
            };
            expression.steps = vec![onto(Some(before), a, first), onto(first, b, together)];
            (expression.operands, expression.value) = (vec![before, a, b], together);
        }
    }

    /// The next expression from token `at` on, and where it starts, when that is not far behind byte `end`.
    fn operand_after(&self, at: usize, end: usize) -> Option<(usize, usize)> {
        let rest = self.tokens.iter().skip(at);
        rest.take_while(|(_, start, _)| *start <= end + LONGEST_LINK)
            .find_map(|(token, start, _)| match token {
                Token::Operand(index) => Some((*index, *start)),
                _ => None,
            })
    }

    /// What the words between byte `end` and the next expression, from token `at` on, say.
    fn link_after(&self, at: usize, end: usize) -> Link {
        let Some((_, start)) = self.operand_after(at, end) else {
            return Link::None;
        };
        let words = self
            .lower
            .get(end..start)
            .unwrap_or_default()
            .replace('\u{2019}', "'");
        let words = words.trim_matches([' ', ',', ':', '$', '*']);
        if GIVES.contains(&words) {
            return Link::Equal;
        }
        link_of(words.as_bytes())
    }

    /// The same behind a calculation in words that comes to `value`, which may stand behind a colon or in parentheses, too:
    /// `Take 3 from 12: 9.`
    fn result_after(&self, at: usize, end: usize, value: Option<Number>) -> Link {
        let link = self.link_after(at, end);
        let Some((index, start)) = self.operand_after(at, end).filter(|_| link == Link::None) else {
            return link;
        };
        let words = self.lower.get(end..start).unwrap_or_default().trim();
        let words = words.strip_prefix("instead").unwrap_or(words);
        let next = self.written.get(index);
        let fits = next.is_some_and(|next| next.steps.is_empty() && value.is_some() && next.value == value);
        let inside = || self.lower.get(start..).is_some_and(|next| next.starts_with('('));
        match words {
            ":" if fits => Link::Equal,
            "" if fits && inside() => Link::Equal,
            _ => link,
        }
    }

    /// `the product of 12 and 5`, `the difference between 7 and 3`.
    fn noun(&self, at: usize, noun: &str) -> Option<Clause> {
        let op = match noun {
            "product" => Op::Mul,
            "sum" => Op::Add,
            "difference" => Op::Sub,
            "quotient" => Op::Div,
            _ => return None,
        };
        if !self.is(at + 1, &["of", "between"]) {
            return None;
        }
        let (first, next) = self.operand(at + 2)?;
        if !self.is(next, &["and"]) {
            return None;
        }
        let (second, end) = self.operand(next + 1)?;
        let value = |operand: Operand| match operand {
            Operand::Written(index) => self.written.get(index)?.value,
            Operand::Twice(_) | Operand::Before => None,
        };
        let below = op == Op::Sub && value(first).zip(value(second)).is_some_and(|(a, b)| a < b);
        let (left, right) = if below { (second, first) } else { (first, second) };
        Some(Clause {
            left,
            op,
            right,
            end,
            wants_result: true,
        })
    }

    /// `60 less 7`
    fn less(&self, at: usize, left: usize) -> Option<Clause> {
        let right = self.is(at + 1, &["less"]).then(|| self.token(at + 2));
        let Some(Some(Token::Operand(right))) = right else {
            return None;
        };
        Some(Clause {
            left: Operand::Written(left),
            op: Op::Sub,
            right: Operand::Written(right),
            end: at + 3,
            wants_result: true,
        })
    }

    /// The calculation in words that begins at a token.
    fn clause(&self, at: usize) -> Option<Clause> {
        let verb = match self.token(at)? {
            Token::Word(verb) => verb,
            Token::Operand(index) => return self.less(at, index),
            _ => return None,
        };
        let (op, preposition, turned): (Op, &[&str], bool) = match verb {
            "multiply" | "multiplying" => (Op::Mul, &["by", "and", "with"], false),
            "divide" | "dividing" => (Op::Div, &["by"], false),
            "add" | "adding" => (Op::Add, &["to", "and"], false),
            "subtract" | "subtracting" | "take" | "taking" => (Op::Sub, &["from"], true),
            _ => return self.noun(at, verb).or_else(|| self.goes_on(at, verb)),
        };
        let denied = |word: &str| {
            matches!(word, "not" | "t" | "cannot" | "of" | "never" | "without") || word.ends_with("n't")
        };
        if matches!(at.checked_sub(1).and_then(|at| self.token(at)), Some(Token::Word(word)) if denied(word))
        {
            return None;
        }
        // `take 3 from the list`
        let takes = matches!(verb, "take" | "taking");
        let make = |left, right, end| {
            let (left, right) = if turned { (right, left) } else { (left, right) };
            Clause {
                left,
                op,
                right,
                end,
                wants_result: takes,
            }
        };
        if self.is(at + 1, &["by"]) {
            let (right, end) = self.operand(at + 2)?;
            return self.begins(at).then(|| make(Operand::Before, right, end));
        }
        let (first, next) = self.operand(at + 1)?;
        if let Operand::Twice(_) = first {
            let both = matches!(op, Op::Add | Op::Mul);
            return both.then(|| make(first, first, next));
        }
        if self.is(next, preposition)
            && let Some((second, end)) = self.operand(next + 1)
        {
            return Some(make(first, second, end));
        }
        // `subtracting 1`: from the last result.
        let one = matches!(op, Op::Add | Op::Sub) && !takes && matches!(first, Operand::Written(_));
        (one && self.begins(at)).then_some(Clause {
            left: Operand::Before,
            op,
            right: first,
            end: next,
            wants_result: false,
        })
    }

    /// `times 8`, `that minus 4`.
    fn goes_on(&self, at: usize, verb: &str) -> Option<Clause> {
        let (verb, from) = if matches!(verb, "that" | "this" | "it" | "which") {
            match self.token(at + 1)? {
                Token::Word(next) => (next, at + 2),
                _ => return None,
            }
        } else {
            (verb, at + 1)
        };
        let (op, from) = match verb {
            "times" => (Op::Mul, from),
            "plus" => (Op::Add, from),
            "minus" => (Op::Sub, from),
            "multiplied" if self.is(from, &["by"]) => (Op::Mul, from + 1),
            "divided" if self.is(from, &["by"]) => (Op::Div, from + 1),
            _ => return None,
        };
        let (right, end) = self.operand(from)?;
        self.begins(at).then_some(Clause {
            left: Operand::Before,
            op,
            right,
            end,
            wants_result: false,
        })
    }

    /// Whether a clause can begin at a token.
    fn begins(&self, at: usize) -> bool {
        const BEFORE: [&str; 9] = ["and", "then", "now", "next", "by", "finally", "so", "but", "or"];
        at == 0 || self.is(at - 1, &BEFORE) || self.token(at - 1) == Some(Token::Sign)
    }

    /// An operand and the token behind it.
    fn operand(&self, mut at: usize) -> Option<(Operand, usize)> {
        if self.is(at, &["it", "this", "that"]) {
            let noun = self.is(at + 1, &["result", "number", "value"]);
            return Some((Operand::Before, at + 1 + usize::from(noun)));
        }
        let twice = self.is(at, &["the", "both"]) && self.is(at + 1, &["two", "both"]);
        if let Some(Token::Plural(number)) = self.token(at + 2).filter(|_| twice) {
            return Some((Operand::Twice(number), at + 3));
        }
        if self.is(at, &["the"]) && self.is(at + 1, &["result", "sum", "product", "difference", "quotient"]) {
            if !self.is(at + 2, &["of"]) {
                return Some((Operand::Before, at + 2));
            }
            at += 3;
        }
        while self.is(
            at,
            &[
                "the",
                "a",
                "an",
                "another",
                "other",
                "remaining",
                "last",
                "final",
                "first",
            ],
        ) {
            at += 1;
        }
        match self.token(at)? {
            Token::Operand(index) => Some((Operand::Written(index), at + 1)),
            _ => None,
        }
    }

    /// The expression of a clause, and where its bytes end.
    fn calculate(&self, clause: Clause, before: Option<Number>) -> Option<(Expression, usize)> {
        let mut expression = Expression::default();
        let mut side = |operand: Operand| {
            let value = match operand {
                Operand::Before => before,
                Operand::Twice(number) => Some(number),
                Operand::Written(index) => {
                    let written = self.written.get(index)?;
                    expression.operands.extend_from_slice(&written.operands);
                    expression.steps.extend_from_slice(&written.steps);
                    return written.value;
                }
            };
            expression.operands.extend(value);
            value
        };
        let (a, b) = (side(clause.left)?, side(clause.right)?);
        expression.value = clause.op.apply(a, b);
        expression.steps.push(Step {
            a: Some(a),
            op: clause.op,
            b: Some(b),
            result: expression.value,
        });
        let (.., end) = self.tokens.get(clause.end.checked_sub(1)?)?;
        expression.end = *end;
        Some((expression, *end))
    }
}

/// Words, numbers and signs with their bytes.
fn tokens<'a>(lower: &'a str, written: &[Expression]) -> Vec<(Token<'a>, usize, usize)> {
    let mut tokens = Vec::new();
    let mut written = written.iter().enumerate().peekable();
    let mut at = 0;
    while let Some(first) = lower.get(at..).and_then(|rest| rest.chars().next()) {
        if let Some((index, expression)) = written.next_if(|(_, expression)| expression.start <= at) {
            tokens.push((Token::Operand(index), expression.start, expression.end));
            at = expression.end.max(at);
            continue;
        }
        let rest = lower.get(at..).unwrap_or_default();
        let length = if first.is_ascii_alphanumeric() {
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '\'')
                .unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let word = rest.get(..length).unwrap_or_default();
        let plural = word.strip_suffix('s').map(|word| word.trim_end_matches('\''));
        let token = match plural.and_then(|number| number.parse().ok()) {
            Some(number) => Some(Token::Plural(number)),
            None if first.is_ascii_alphanumeric() => Some(Token::Word(word)),
            None => matches!(first, ',' | ';' | ':' | '.' | '(' | '\u{2014}').then_some(Token::Sign),
        };
        tokens.extend(token.map(|token| (token, at, at + length)));
        at += length;
    }
    tokens
}

#[cfg(test)]
mod tests;
