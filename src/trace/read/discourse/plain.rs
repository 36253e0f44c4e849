//! Whether a sentence states an equation plainly: what stands around it, and what the sentence says of it.

use std::sync::LazyLock;

/// Words in lower case.
struct Words(Vec<&'static str>);

impl Words {
    /// Those in a text, with blanks between them.
    fn listed(words: &'static str) -> Self {
        Self(words.split(' ').collect())
    }

    /// Whether `word` is one of them, in whatever letters.
    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|own| own.eq_ignore_ascii_case(word))
    }
}

/// Words before an expression that make it a part of another one, or its first number a name: `Option 2 - 25 * 3 = 75`.
static OPEN: LazyLock<Words> = LazyLock::new(|| {
    Words::listed(
        "of by times plus minus over than twice half double triple square squared cubed root log ln lg exp \
     sin cos tan mod negative percent point hundred thousand million billion and gcd lcm imes \
     option result case part attempt step trial approach method",
    )
});

/// Words behind a number that make it another one.
static GOES_ON: LazyLock<Words> = LazyLock::new(|| {
    Words::listed(
        "squared cubed times plus minus more less mod modulo percent to or over r remainder with carry in \
     hundred thousand million billion trillion of",
    )
});

/// Words behind a number that may count something else than the calculation does.
static UNITS: LazyLock<Words> = LazyLock::new(|| {
    Words::listed(
        "second seconds sec minute minutes min mins hour hours hr hrs day days week weeks month months year \
     years decade decades century centuries am pm cent cents dollar dollars quarter quarters dozen \
     dozens pair pairs half halves third thirds inch inches foot feet ft yard yards mile miles mm cm km \
     meter meters metre metres gram grams kg ounce ounces oz lb lbs pound pounds ml liter liters degrees \
     groups ones tens hundreds thousands kilometer kilometers",
    )
});

/// Words with which a sentence does not state, or not everybody's arithmetic.
static DOUBTS: LazyLock<Words> = LazyLock::new(|| {
    Words::listed(
        "if suppose supposing assume assuming assumed imagine pretend would should could might may whether \
     unless perhaps maybe guess hypothetical hypothetically not no never nor cannot false untrue wrong \
     incorrect incorrectly error mistake mistaken mistakenly impossible contradiction contradicts \
     instead rather need needs must want says said say claims claim claimed stated states told thinks \
     thought believes student friend wrote quote equation statement puzzle pattern matchstick satisfy \
     satisfies rule test placeholder approximately approx about around roughly nearly almost close \
     estimate estimated estimating round rounded rounding carry carries carrying borrow borrowing column \
     digit digits percent percentage quotient integer floor writes slogan famous off flawed sloppy",
    )
});

/// Words of another arithmetic than everybody's.
static ODD: LazyLock<Words> = LazyLock::new(|| {
    Words::listed(
        "mod modulo modulus modular congruent base binary octal hex hexadecimal ternary clock xor bitwise \
     cipher cryptarithm cryptarithmetic alphametic define defined operator matchstick matchsticks \
     saturating ring field residue residues concatenate concatenated strings",
    )
});

/// The same in several words, or within one.
const PHRASES: [&str; 5] = ["left to right", "left-to-right", "\\mathbb", "z_", "z/"];

/// Signs of a sentence that states no equality, or not everybody's.
const SIGNS: [char; 12] = [
    '?', '\u{2260}', '\u{2248}', '\u{2261}', '\u{2295}', '\u{2717}', '\u{2718}', '\u{274c}', '~', '\u{2243}',
    '\u{2245}', '\u{25a1}',
];

/// Words that a denial may begin with…
const BEGINNINGS: [&str; 14] = [
    "but ",
    "so ",
    "and ",
    "hmm",
    "this is ",
    "that is ",
    "it is ",
    "that's ",
    "it's ",
    "these are ",
    "they are ",
    "this ",
    "that ",
    "a ",
];

/// …and what it says.
const DENIALS: [&str; 19] = [
    "no",
    "nope",
    "false",
    "not true",
    "not equal",
    "not the same",
    "not possible",
    "impossible",
    "contradiction",
    "isn't true",
    "isn't equal",
    "aren't equal",
    "does not hold",
    "doesn't hold",
    "does not match",
    "doesn't match",
    "cannot be",
    "can't be",
    "absurd",
];

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphabetic() && c != '\'' && c != '\u{2019}')
        .filter(|word| !word.is_empty())
}

/// Whether words, in lower case, are about another arithmetic than everybody's.
pub(super) fn is_odd(text: &str) -> bool {
    words(text).any(|word| ODD.has(word))
}

/// Whether a sentence does not state what stands in it, or takes it back.
pub(super) fn doubts(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let denies = |word: &str| word.ends_with("n't") || word.ends_with("n\u{2019}t");
    text.contains(SIGNS)
        || PHRASES.iter().any(|phrase| lower.contains(phrase))
        || is_odd(&lower)
        || words(&lower).any(|word| DOUBTS.has(word) || denies(word))
}

/// Whether a sentence, in lower case, says of the equation before it that it does not hold: it was to be tested.
pub(super) fn denies(shape: &str) -> bool {
    let mut said = shape;
    while let Some(rest) = BEGINNINGS.iter().find_map(|word| said.strip_prefix(word)) {
        said = rest.trim_start_matches([',', ' ']);
    }
    let ends = |word: &str| {
        said.strip_prefix(word)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    };
    DENIALS.iter().any(|word| ends(word))
}

/// Whether an expression is all of what stands before it and itself: no operation, variable, quotation leads into it.
pub(super) fn is_begun(before: &str) -> bool {
    let mut rest = before;
    let mut blank = false;
    loop {
        let outer = rest.trim_end();
        blank |= outer.len() < rest.len();
        rest = outer;
        let inner = ["$", "\\(", "\\[", "**", "("]
            .iter()
            .find_map(|sign| rest.strip_suffix(sign));
        match inner {
            // A power, a function: `k**2`, `f(2)`.
            Some(inner)
                if !inner.ends_with(':')
                    && inner.ends_with(|c: char| {
                        !c.is_whitespace() && !matches!(c, '$' | '(' | '[' | '=' | '*')
                    }) =>
            {
                return false;
            }
            Some(inner) => {
                // `3 ** 2`, but `**Total:** 2`.
                if blank && rest.ends_with("**") {
                    return inner.ends_with(':');
                }
                (rest, blank) = (inner, blank || inner.is_empty());
            }
            None => break,
        }
    }
    match rest.chars().next_back() {
        None | Some('=') => true,
        Some(',' | ';' | ':' | '\u{2014}' | '\u{2192}' | '\u{21d2}' | '\u{2022}') => blank,
        Some(c) if c.is_ascii_alphabetic() && blank => {
            let word = rest
                .rsplit(|c: char| !c.is_ascii_alphabetic() && c != '\'')
                .next();
            let (outer, word) = rest.split_at(rest.len() - word.unwrap_or_default().len());
            let whole = outer.is_empty() || outer.ends_with([' ', '(', '*', '"', ',', '-', '\u{2014}']);
            let total = word == "of" && outer.trim_end().ends_with("total");
            whole && word.len() > 1 && (total || !OPEN.has(word))
        }
        Some('.' | '!' | '?') => {
            let word = rest.trim_end_matches(['.', '!', '?']);
            blank && word.ends_with(|c: char| c.is_ascii_alphabetic())
        }
        _ => false,
    }
}

/// Whether nothing behind a number goes on with it: no operation, digit, unit of TeX, factorial.
pub(super) fn is_ended(behind: &str) -> bool {
    let mut rest = behind;
    while let Some(inner) = ["$", "\\)", "\\]", "**", ")"]
        .iter()
        .find_map(|sign| rest.strip_prefix(sign))
    {
        rest = inner;
    }
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (None, _) => true,
        (Some('.' | ',' | ':'), next) => next.is_none_or(|c| !c.is_ascii_digit() && c != '.'),
        (Some(';' | '='), _) => true,
        (Some(c), _) if c.is_whitespace() => goes_on_plainly(rest.trim_start()),
        _ => false,
    }
}

/// Whether what follows a number and a blank is nothing that goes on with the number.
fn goes_on_plainly(next: &str) -> bool {
    match next.chars().next() {
        None
        | Some(
            '(' | '=' | '<' | '>' | '\u{2014}' | '\u{2192}' | '\u{21d2}' | '\u{2713}' | '\u{2714}'
            | '\u{2705}',
        ) => true,
        Some('$') => next.strip_prefix('$').is_some_and(goes_on_plainly),
        Some('\\') => next.starts_with("\\)") || next.starts_with("\\]"),
        Some(c) if c.is_ascii_alphabetic() => {
            let mut said = words(next);
            let word = said.next().unwrap_or_default();
            let more = word == "and" && said.next() == Some("a");
            word.len() > 1 && !more && !GOES_ON.has(word)
        }
        _ => false,
    }
}

/// Whether a result may be given in another unit than the numbers that it is calculated from: `60 + 30 = 1.5 hours`.
pub(super) fn says_other_unit(behind: &str) -> bool {
    let behind = behind.trim_start();
    let length = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = behind.get(..length).unwrap_or_default();
    UNITS.has(word)
}

/// Whether an expression can be read in one way only.
pub(super) fn is_plain(text: &str, steps: usize) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let (mut in_words, mut divided, mut depth) = (false, 0_u64, 0_u32);
    // The last byte that is no blank.
    let mut last = b' ';
    let mut command = false;
    for (at, byte) in bytes.iter().copied().enumerate() {
        let before = at
            .checked_sub(1)
            .and_then(|before| bytes.get(before))
            .copied()
            .unwrap_or(b' ');
        let here = 1_u64.checked_shl(depth).unwrap_or_default();
        let tail = text.get(at..).unwrap_or_default();
        let implied = matches!(byte, b'(' | b'[') && (last.is_ascii_digit() || matches!(last, b')' | b']'));
        let times = matches!(byte, b'*' | b'x' | b'X')
            || implied
            || tail.starts_with(['\u{d7}', '\u{b7}', '\u{22c5}']);
        let over = byte == b'/' || tail.starts_with('\u{f7}');
        let set = |command: &str| tail.starts_with(command);
        let (times, over) = (times || set("\\times") || set("\\cdot"), over || set("\\div"));
        match byte {
            // `007`, `0x3`.
            b'0' if !matches!(before, b'0'..=b'9' | b'.' | b',')
                && (digit(at + 1) || matches!(bytes.get(at + 1), Some(b'x' | b'X'))) =>
            {
                return false;
            }
            // `950 -950`: two numbers, or a difference.
            b'+' | b'-'
                if before == b' '
                    && digit(at + 1)
                    && (last.is_ascii_digit() || matches!(last, b')' | b']')) =>
            {
                return false;
            }
            b'+' | b'-' => divided &= !here,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        // `a / b * c`, `a / b / c`.
        if (times || over) && divided & here != 0 {
            return false;
        }
        if over {
            divided |= here;
        }
        if matches!(byte, b'(' | b'[' | b'{') {
            depth += 1;
            divided &= !1_u64.checked_shl(depth).unwrap_or_default();
        }
        command = byte == b'\\' || command && byte.is_ascii_alphabetic();
        in_words |= byte.is_ascii_alphabetic() && !command && !times;
        if byte != b' ' {
            last = byte;
        }
    }
    depth < u64::BITS && (steps <= 1 || !in_words)
}
