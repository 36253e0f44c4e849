//! Text to [`Expr`]: a tokenizer and a recursive descent, both bounded.

use super::{Expr, Op};
use thiserror::Error;

/// Bytes an expression may have at most.
pub const MAX_BYTES: usize = 1_000;
/// Parentheses (or fractions) that may be open at once.
pub const MAX_DEPTH: usize = 64;

/// Why a text is not an expression.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExprError {
    /// Longer than [`MAX_BYTES`].
    #[error("the expression is longer than {MAX_BYTES} bytes: shorten it")]
    TooLong,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("the expression has more than {MAX_DEPTH} parentheses inside each other: remove some")]
    TooDeep,
    /// A number does not fit.
    #[error("the number at byte {at} is too large: at most 18 digits can be read")]
    TooLarge {
        /// Where it starts.
        at: usize,
    },
    /// A number is not written as an integer.
    #[error("the number at byte {at} is not a plain integer: write it without point and leading zeros")]
    NotAnInteger {
        /// Where it starts.
        at: usize,
    },
    /// Something stands where it cannot.
    #[error("`{found}` at byte {at} does not belong there: use numbers, + - * / and parentheses")]
    Unexpected {
        /// What stands there.
        found: String,
        /// Where it starts.
        at: usize,
    },
    /// The text ends where a number or a parenthesis must follow.
    #[error("the expression ends too early: a number or a parenthesis is missing")]
    Unfinished,
}

/// An expression and how it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// What it means.
    pub(super) expr: Expr,
    /// The text in ASCII and without blanks, its parentheses as they were.
    pub(super) ascii: String,
}

/// Reads one expression, all of `text`.
pub(super) fn parse(text: &str) -> Result<Written, ExprError> {
    if text.len() > MAX_BYTES {
        return Err(ExprError::TooLong);
    }
    let tokens = tokenize(text)?;
    let mut parser = Parser {
        text,
        tokens: &tokens,
        depth: 0,
    };
    let expr = parser.sum()?;
    if let Some(&(_, at)) = parser.tokens.first() {
        return Err(unexpected(text, at));
    }
    // A typeset fraction has no spelling of its own in ASCII.
    let ascii = if tokens.iter().any(|(token, _)| *token == Token::Fraction) {
        expr.to_string()
    } else {
        tokens.iter().map(|(token, _)| token.ascii()).collect()
    };
    Ok(Written { expr, ascii })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Number(i64),
    Op(Op),
    Open,
    Close,
    /// `\frac`, two groups in braces follow.
    Fraction,
    OpenBrace,
    CloseBrace,
}

impl Token {
    fn ascii(self) -> String {
        match self {
            Self::Number(value) => value.to_string(),
            Self::Op(op) => op.to_string(),
            Self::Open => "(".into(),
            Self::Close => ")".into(),
            Self::Fraction | Self::OpenBrace | Self::CloseBrace => String::new(),
        }
    }
}

/// TeX commands that are understood; sizes of parentheses and thin blanks mean nothing.
const COMMANDS: [(&str, Option<Token>); 13] = [
    ("\\times", Some(Token::Op(Op::Mul))),
    ("\\cdot", Some(Token::Op(Op::Mul))),
    ("\\div", Some(Token::Op(Op::Div))),
    ("\\frac", Some(Token::Fraction)),
    ("\\dfrac", Some(Token::Fraction)),
    ("\\tfrac", Some(Token::Fraction)),
    ("\\left", None),
    ("\\right", None),
    ("\\*", Some(Token::Op(Op::Mul))),
    ("\\,", None),
    ("\\;", None),
    ("\\!", None),
    ("\\ ", None),
];

/// The command at the start of `text`, when it is one that is understood.
pub(super) fn command(text: &str) -> Option<&'static str> {
    let known = COMMANDS.iter().find(|(name, _)| text.starts_with(name));
    known.map(|(name, _)| *name)
}

/// Whether `text` goes on with an operand.
pub(super) fn is_operand(text: &str) -> bool {
    text.trim_start()
        .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '(' | '\\'))
}

/// The tokens of `text`, each with the byte it starts at.
fn tokenize(text: &str) -> Result<Vec<(Token, usize)>, ExprError> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let at = text.len() - rest.len();
        let mut length = c.len_utf8();
        let token = match c {
            _ if c.is_whitespace() => None,
            '0'..='9' => {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                length = digits;
                Some(number(rest, digits, at)?)
            }
            '(' | '[' => Some(Token::Open),
            ')' | ']' => Some(Token::Close),
            '{' => Some(Token::OpenBrace),
            '}' => Some(Token::CloseBrace),
            '\\' => {
                let known = COMMANDS.iter().find(|(name, _)| rest.starts_with(name));
                let (name, token) = known.ok_or_else(|| unexpected(text, at))?;
                length = name.len();
                *token
            }
            '.' => return Err(ExprError::NotAnInteger { at }),
            'x' | 'X' if is_between(&tokens, rest) => Some(Token::Op(Op::Mul)),
            _ => Some(Token::Op(Op::from_symbol(c).ok_or_else(|| unexpected(text, at))?)),
        };
        if token.is_some_and(|token| is_factor(&tokens, token)) {
            tokens.push((Token::Op(Op::Mul), at));
        }
        tokens.extend(token.map(|token| (token, at)));
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(tokens)
}

/// Whether what comes next is multiplied without a sign: `2(7-1)`, `(5+7)(6/3)`, but no `2\frac{1}{2}`.
fn is_factor(tokens: &[(Token, usize)], next: Token) -> bool {
    let before = tokens.last().map(|(token, _)| *token);
    match next {
        Token::Open => matches!(before, Some(Token::Number(_) | Token::Close | Token::CloseBrace)),
        Token::Fraction => matches!(before, Some(Token::Close)),
        _ => false,
    }
}

/// Whether the letter at the start of `rest` stands between two operands, where it can only be a cross.
fn is_between(tokens: &[(Token, usize)], rest: &str) -> bool {
    let before = matches!(
        tokens.last(),
        Some((Token::Number(_) | Token::Close | Token::CloseBrace, _))
    );
    before && rest.get(1..).is_some_and(is_operand)
}

/// The number at the start of `rest`, `digits` long.
fn number(rest: &str, digits: usize, at: usize) -> Result<Token, ExprError> {
    let (digits, after) = rest.split_at_checked(digits).unwrap_or((rest, ""));
    let is_decimal = after
        .strip_prefix(['.', ','])
        .is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit()));
    if is_decimal || (digits.len() > 1 && digits.starts_with('0')) {
        return Err(ExprError::NotAnInteger { at });
    }
    digits
        .parse()
        .map(Token::Number)
        .map_err(|_| ExprError::TooLarge { at })
}

fn unexpected(text: &str, at: usize) -> ExprError {
    let found = text.get(at..).unwrap_or_default();
    let word = found
        .chars()
        .take_while(|c| c.is_alphabetic())
        .count()
        .clamp(1, 20);
    ExprError::Unexpected {
        found: found.chars().take(word).collect(),
        at,
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [(Token, usize)],
    depth: usize,
}

impl Parser<'_> {
    /// `sum = product {("+" | "-") product}`
    fn sum(&mut self) -> Result<Expr, ExprError> {
        self.chain(|op| matches!(op, Op::Add | Op::Sub), Self::product)
    }

    /// `product = atom {("*" | "/") atom}`
    fn product(&mut self) -> Result<Expr, ExprError> {
        self.chain(|op| matches!(op, Op::Mul | Op::Div), Self::atom)
    }

    fn chain(
        &mut self,
        belongs: impl Fn(Op) -> bool,
        operand: impl Fn(&mut Self) -> Result<Expr, ExprError>,
    ) -> Result<Expr, ExprError> {
        let mut left = operand(self)?;
        while let Some(&(Token::Op(op), _)) = self.tokens.first() {
            if !belongs(op) {
                break;
            }
            self.advance();
            left = Expr::binary(left, op, operand(self)?);
        }
        Ok(left)
    }

    /// `atom = number | "(" sum ")" | "\frac" "{" sum "}" "{" sum "}"`
    fn atom(&mut self) -> Result<Expr, ExprError> {
        let &(token, at) = self.tokens.first().ok_or(ExprError::Unfinished)?;
        self.advance();
        match token {
            Token::Number(value) => Ok(Expr::Number(value)),
            Token::Open => self.inside(Token::Close),
            Token::Fraction => {
                let mut group = || {
                    self.expect(Token::OpenBrace)?;
                    self.inside(Token::CloseBrace)
                };
                Ok(Expr::binary(group()?, Op::Div, group()?))
            }
            _ => Err(unexpected(self.text, at)),
        }
    }

    /// `sum`, then `close`.
    fn inside(&mut self, close: Token) -> Result<Expr, ExprError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ExprError::TooDeep);
        }
        let expr = self.sum()?;
        self.expect(close)?;
        self.depth -= 1;
        Ok(expr)
    }

    fn expect(&mut self, expected: Token) -> Result<(), ExprError> {
        match self.tokens.first() {
            Some((token, _)) if *token == expected => {
                self.advance();
                Ok(())
            }
            Some(&(_, at)) => Err(unexpected(self.text, at)),
            None => Err(ExprError::Unfinished),
        }
    }

    fn advance(&mut self) {
        self.tokens = self.tokens.split_first().map_or(&[], |(_, rest)| rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ascii(text: &str) -> String {
        parse(text).unwrap().ascii
    }

    fn value(text: &str) -> String {
        parse(text).unwrap().expr.eval().unwrap().to_string()
    }

    #[test]
    fn products_bind_tighter_and_equals_go_from_left_to_right() {
        assert_eq!(value("2+3*4"), "14");
        assert_eq!(value("20-5-3"), "12");
        assert_eq!(value("24/4/2*3"), "9");
        assert_eq!(value("(2+3)*4"), "20");
    }

    #[test]
    fn typeset_signs_are_understood_and_written_in_ascii() {
        assert_eq!(ascii("( 18 − 7 ) × 4 ÷ 2 · 3"), "(18-7)*4/2*3");
        assert_eq!(
            ascii(r"\left(18-7\right) \times 4 \div 2 \cdot 3"),
            "(18-7)*4/2*3"
        );
        assert_eq!(ascii(r"(2 x 3)X4 \* 5"), "(2*3)*4*5");
        assert_eq!(ascii(r"2 * \frac{18 - 8}{5}"), "2*((18-8)/5)");
        assert_eq!(value(r"\dfrac{7}{\frac{4}{2}}"), "7/2");
    }

    #[test]
    fn a_parenthesis_behind_an_operand_multiplies_and_a_bracket_is_one() {
        assert_eq!(ascii("2(7-1)"), "2*(7-1)");
        assert_eq!(ascii("(5 + 7) (6 / 3)"), "(5+7)*(6/3)");
        assert_eq!(ascii("[(5 + 7) * 2](3)"), "((5+7)*2)*(3)");
        assert_eq!(value(r"\left(3+1\right)\left(2+1\right)(1+1)"), "24");
        assert_eq!(value(r"\frac{6}{3}(7-1)"), "12");
        assert_eq!(value(r"(7-1)\frac{6}{3}"), "12");
        assert!(parse(r"2\frac{1}{2}").is_err(), "that is two and a half");
    }

    #[test]
    fn parentheses_stay_as_they_were() {
        assert_eq!(ascii("((18-7)) + (4)"), "((18-7))+(4)");
    }

    #[test]
    fn signs_decimals_letters_and_loose_ends_are_refused() {
        let sentence = |text: &str| parse(text).unwrap_err().to_string();
        assert!(sentence("-3+4").contains("`-` at byte 0"));
        assert!(sentence("3*-4").contains("`-` at byte 2"));
        assert!(sentence("1.5+2").contains("not a plain integer"));
        assert!(sentence("1,000+2").contains("not a plain integer"));
        assert!(sentence("07+2").contains("not a plain integer"));
        assert!(sentence("3 plus 4").contains("`plus` at byte 2"));
        assert!(sentence("__import__('os')").contains("`_` at byte 0"));
        assert!(sentence("x + 3").contains("`x` at byte 0"));
        assert!(sentence("(2)3").contains("`3` at byte 3"));
        assert!(sentence("2**3").contains("`*` at byte 2"));
        assert!(sentence("(1+2").contains("ends too early"));
        assert!(sentence("1+2)").contains("`)` at byte 3"));
        assert!(sentence("1+").contains("ends too early"));
        assert!(sentence("").contains("ends too early"));
        assert!(sentence(r"\sqrt{4}").contains(r"`\` at byte 0"));
        assert!(sentence("99999999999999999999").contains("too large"));
    }

    #[test]
    fn depth_and_length_are_limited() {
        let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(parse(&nested(MAX_DEPTH + 1)), Err(ExprError::TooDeep));
        assert_eq!(parse(&"1+".repeat(MAX_BYTES)), Err(ExprError::TooLong));
        assert!(parse(&format!("{}1", "1+".repeat(499))).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            let _ = parse(&text);
        }

        #[test]
        fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn no_mixture_of_tokens_makes_the_parser_panic(text in r"([0-9+*/() .{}−×-]|\\frac|\\times|\\left){0,60}") {
            if let Ok(written) = parse(&text) {
                prop_assert_eq!(parse(&written.ascii).unwrap().expr, written.expr);
            }
        }
    }
}
