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

impl Token {
    pub fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Number(_))
    }
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
    /// Those of the sentence, and behind them old ones, whose memory is used again.
    expressions: Vec<Expression>,
    /// How many are those of the sentence.
    used: usize,
}

impl Arithmetic {
    /// Another sentence begins.
    pub fn clear(&mut self) {
        self.used = 0;
    }

    /// The expressions of the sentence.
    pub fn expressions(&self) -> &[Expression] {
        self.expressions.get(..self.used).unwrap_or_default()
    }

    /// The expressions of the sentence, to tell them something.
    pub fn expressions_mut(&mut self) -> &mut [Expression] {
        self.expressions.get_mut(..self.used).unwrap_or_default()
    }

    /// Appends the expressions of a run: each as long as it goes on being well-formed. `broken` says whether the text breaks off
    /// behind it.
    pub fn cut(&mut self, run: &[Token], broken: bool) {
        let mut rest = run;
        while let [first, others @ ..] = rest {
            let goes_on = matches!(others.first().map(|next| next.kind), Some(Kind::Op(_)));
            if let Kind::Number(number) = first.kind
                && !goes_on
            {
                let expression = self.next(first.start, first.end);
                expression.operands.extend(number);
                expression.value = number;
                rest = others;
                continue;
            }
            let (expression, after) = rest.split_at(well_formed(rest).max(1));
            rest = after;
            let (before, last) = expression.split_at(unfinished(expression, broken && rest.is_empty()));
            self.whole(bare(before));
            self.whole(bare(last));
        }
    }

    /// An expression of these tokens, when there is a number among them.
    fn whole(&mut self, tokens: &[Token]) {
        if tokens.iter().any(Token::is_number)
            && let (Some(first), Some(last)) = (tokens.first(), tokens.last())
        {
            self.evaluate(tokens, first.start, last.end);
        }
    }

    /// Another expression of the sentence.
    fn next(&mut self, start: usize, end: usize) -> &mut Expression {
        if self.used == self.expressions.len() {
            self.expressions.push(Expression::default());
        }
        let at = self.used;
        self.used += 1;
        let expression = &mut self.expressions[at];
        (expression.start, expression.end) = (start, end);
        expression.operands.clear();
        expression.steps.clear();
        expression.value = None;
        expression
    }

    /// Two stacks (Dijkstra's shunting yard): every operation becomes a step when its operands are known.
    fn evaluate(&mut self, tokens: &[Token], start: usize, end: usize) {
        self.values.clear();
        self.waiting.clear();
        let (mut values, mut waiting) = (
            std::mem::take(&mut self.values),
            std::mem::take(&mut self.waiting),
        );
        let expression = self.next(start, end);
        for token in tokens {
            match token.kind {
                Kind::Number(number) => {
                    expression.operands.extend(number);
                    values.push(number);
                }
                Kind::Open => waiting.push(Kind::Open),
                Kind::Close => {
                    while waiting.last().is_some_and(|kind| *kind != Kind::Open) {
                        apply(expression, &mut values, &mut waiting);
                    }
                    waiting.pop();
                }
                Kind::Op(op) => {
                    while matches!(waiting.last(), Some(Kind::Op(before)) if binds(*before) >= binds(op)) {
                        apply(expression, &mut values, &mut waiting);
                    }
                    waiting.push(token.kind);
                }
            }
        }
        while !waiting.is_empty() {
            apply(expression, &mut values, &mut waiting);
        }
        expression.value = values.pop().flatten();
        (self.values, self.waiting) = (values, waiting);
    }
}

/// The last operation becomes a step.
fn apply(expression: &mut Expression, values: &mut Vec<Option<Number>>, waiting: &mut Vec<Kind>) {
    let Some(Kind::Op(op)) = waiting.pop() else {
        return;
    };
    let (Some(b), Some(a)) = (values.pop(), values.pop()) else {
        return;
    };
    let result = a.zip(b).and_then(|(a, b)| op.apply(a, b));
    expression.steps.push(Step { a, op, b, result });
    values.push(result);
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

/// Where the part begins that an operation without its second operand is still to change: of `57 + 90 *` the `90 *`. What
/// stands before it cannot be calculated with it yet.
fn unfinished(mut tokens: &[Token], broken: bool) -> usize {
    // `(9 + 4*...`: nor what was opened.
    if broken
        && open(tokens) > 0
        && let Some(opened) = tokens.iter().rposition(|token| token.kind == Kind::Open)
    {
        return match unfinished(tokens.get(opened + 1..).unwrap_or_default(), true) {
            0 => 0,
            at => opened + 1 + at,
        };
    }
    // `37 / (2 is`: what was opened is not understood.
    while open(tokens) > 0
        && let Some(opened) = tokens.iter().rposition(|token| token.kind == Kind::Open)
    {
        tokens = tokens.get(..opened).unwrap_or_default();
    }
    let [before @ .., last] = tokens else { return 0 };
    // A star that stands close to the number only typesets, unless the text breaks off there.
    let apart = broken || before.last().is_some_and(|number| number.end < last.start);
    match last.kind {
        Kind::Op(Op::Div) => {}
        Kind::Op(Op::Mul) if apart => {}
        _ => return 0,
    }
    let mut depth = 0_usize;
    for (at, token) in before.iter().enumerate().rev() {
        match token.kind {
            Kind::Close => depth += 1,
            Kind::Open if depth == 0 => return 0,
            Kind::Open => depth -= 1,
            Kind::Op(op) if depth == 0 && binds(op) < binds(Op::Mul) => return at + 1,
            _ => {}
        }
    }
    0
}

/// How many parentheses nothing closes.
fn open(tokens: &[Token]) -> isize {
    tokens.iter().fold(0_isize, |depth, token| match token.kind {
        Kind::Open => depth + 1,
        Kind::Close => depth - 1,
        _ => depth,
    })
}

/// Without an end that wants an operand, and without parentheses that nothing closes or that hold all of it.
fn bare(mut tokens: &[Token]) -> &[Token] {
    while let Some((last, before)) = tokens.split_last() {
        match last.kind {
            Kind::Op(_) | Kind::Open => tokens = before,
            Kind::Number(_) | Kind::Close => break,
        }
    }
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
