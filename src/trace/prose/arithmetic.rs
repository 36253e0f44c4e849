//! Well-formed expressions in a run of numbers, operations and parentheses, with the steps that evaluate them.

use super::scan::{Expression, Step};
use crate::task::countdown::{Number, Op};

/// A token of a run, with its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// A number; none when it does not fit.
    Number(Option<Number>),
    Op(Op),
    Open,
    Close,
}

/// Cuts runs into expressions; its memory is used again for the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Arithmetic {
    values: Vec<Option<Number>>,
    waiting: Vec<Kind>,
    spare: Vec<Expression>,
}

impl Arithmetic {
    /// Empties `expressions`, whose memory is used again.
    pub fn take_back(&mut self, expressions: &mut Vec<Expression>) {
        self.spare.append(expressions);
    }

    /// The expressions of a run, appended to `found`: each as long as it goes on being well-formed.
    pub fn cut(&mut self, run: &[Token], found: &mut Vec<Expression>) {
        let mut rest = run;
        while !rest.is_empty() {
            let taken = well_formed(rest);
            let (expression, after) = rest.split_at(taken.max(1));
            rest = after;
            let expression = bare(expression);
            let is_number = |token: &Token| matches!(token.kind, Kind::Number(_));
            if expression.iter().any(is_number)
                && let (Some(first), Some(last)) = (expression.first(), expression.last())
            {
                found.push(self.evaluate(expression, first.start, last.end));
            }
        }
    }

    /// Two stacks (Dijkstra's shunting yard): every operation becomes a step when its operands are known.
    fn evaluate(&mut self, tokens: &[Token], start: usize, end: usize) -> Expression {
        self.values.clear();
        self.waiting.clear();
        let mut expression = self.spare.pop().unwrap_or_default();
        expression.operands.clear();
        expression.steps.clear();
        expression = Expression {
            start,
            end,
            operands: expression.operands,
            steps: expression.steps,
            ..Expression::default()
        };
        for token in tokens {
            match token.kind {
                Kind::Number(number) => {
                    expression.operands.extend(number);
                    self.values.push(number);
                }
                Kind::Open => self.waiting.push(Kind::Open),
                Kind::Close => {
                    while self.waiting.last().is_some_and(|kind| *kind != Kind::Open) {
                        self.apply(&mut expression);
                    }
                    self.waiting.pop();
                }
                Kind::Op(op) => {
                    while matches!(self.waiting.last(), Some(Kind::Op(before)) if binds(*before) >= binds(op))
                    {
                        self.apply(&mut expression);
                    }
                    self.waiting.push(token.kind);
                }
            }
        }
        while !self.waiting.is_empty() {
            self.apply(&mut expression);
        }
        expression.value = self.values.pop().flatten();
        expression
    }

    fn apply(&mut self, expression: &mut Expression) {
        let Some(Kind::Op(op)) = self.waiting.pop() else {
            return;
        };
        let (Some(b), Some(a)) = (self.values.pop(), self.values.pop()) else {
            return;
        };
        let result = a.zip(b).and_then(|(a, b)| op.apply(a, b));
        expression.steps.push(Step { a, op, b, result });
        self.values.push(result);
    }
}

fn binds(op: Op) -> u8 {
    match op {
        Op::Add | Op::Sub => 1,
        Op::Mul | Op::Div => 2,
    }
}

/// How many tokens from the first on can belong to one expression, an unfinished end included.
fn well_formed(tokens: &[Token]) -> usize {
    let (mut wants_operand, mut depth) = (true, 0_usize);
    for (at, token) in tokens.iter().enumerate() {
        let fits = match token.kind {
            Kind::Number(_) | Kind::Open => wants_operand,
            Kind::Op(_) => !wants_operand,
            Kind::Close => !wants_operand && depth > 0,
        };
        if !fits {
            return at;
        }
        match token.kind {
            Kind::Number(_) => wants_operand = false,
            Kind::Op(_) => wants_operand = true,
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
        }
    }
    tokens.len()
}

/// Without an end that wants an operand, and without parentheses that nothing closes or that hold all of it.
fn bare(mut tokens: &[Token]) -> &[Token] {
    while let Some((last, before)) = tokens.split_last() {
        match last.kind {
            Kind::Op(_) | Kind::Open => tokens = before,
            Kind::Number(_) | Kind::Close => break,
        }
    }
    let open = |tokens: &[Token]| {
        tokens.iter().fold(0_isize, |depth, token| match token.kind {
            Kind::Open => depth + 1,
            Kind::Close => depth - 1,
            _ => depth,
        })
    };
    while open(tokens) > 0 {
        match tokens.split_first() {
            Some((first, after)) if first.kind == Kind::Open => tokens = after,
            // `3 * (4 + 5`: what was opened inside is dropped with what follows it.
            _ => {
                let opened = tokens.iter().rposition(|token| token.kind == Kind::Open);
                return bare(tokens.get(..opened.unwrap_or_default()).unwrap_or_default());
            }
        }
    }
    tokens
}
