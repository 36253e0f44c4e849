//! Answers in fields, as some prompts ask for them: `SOLUTION: YES`, `OPERATIONS: ['44+19=63', '63+35=98']`, `RESULT: 98`.
//!
//! The last field of a name counts; it begins a line or stands behind another field. `SOLUTION: NO` counts unless operations
//! behind it are said to make the target. One that only repeats the prompt
//! (`SOLUTION: YES/NO`, `OPERATIONS: list of …`) is none.
//! What is said to be the result is not believed.

use super::{
    equation::{Equation, equations},
    steps::{MOST, Results, listed},
};
use crate::task::countdown::{
    Expr, Number, Op, Problem,
    parser::{self, ExprError, Written},
};
use std::ops::Range;

/// Words for a list with nothing in it.
const NOTHING: [&str; 3] = ["none", "null", "n/a"];
/// What may stand around the name of a field and around what it says.
const MARKS: [char; 5] = ['*', '`', '"', '\'', ' '];
/// Most bytes of its line that are looked at before a field.
const LONGEST_BEFORE: usize = 400;
/// The names of fields.
const NAMES: [&str; 3] = ["SOLUTION", "OPERATIONS", "RESULT"];
/// Fields of a name that are looked at, and bytes of a list; of hostile text no more.
const MOST_FIELDS: usize = 8;
const LONGEST_LIST: usize = 4096;
/// Bytes of a side of an operation.
const LONGEST_SIDE: usize = 64;

/// What the fields of a text say.
pub(super) enum Stated {
    /// The expression that the operations make.
    Answer(Result<Written, ExprError>),
    /// That there is no solution.
    NoSolution,
}

/// What the fields of `text` say, and where.
pub(super) fn stated(problem: &Problem, text: &str) -> Option<(Stated, Range<usize>)> {
    let [solution, operations, _] = NAMES;
    let verdict = fields(text, solution).find_map(|at| verdict(text, at));
    let operations = || {
        let place = fields(text, operations).find_map(|at| list(text, at))??;
        let (answer, claim) = match composed(text.get(place.clone())?) {
            Ok((written, claim)) => (Ok(written), claim),
            Err(error) => (Err(error), None),
        };
        Some((answer, claim, place))
    };
    let made = operations();
    if let Some((false, said)) = verdict {
        let behind =
            made.filter(|(_, claim, place)| place.start > said.start && *claim == Some(problem.goal()));
        return Some(behind.map_or((Stated::NoSolution, said), |(answer, _, place)| {
            (Stated::Answer(answer), place)
        }));
    }
    let (answer, _, place) = made?;
    Some((Stated::Answer(answer), place))
}

/// Where what the fields of that name say begins, the last one first.
fn fields<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> {
    let all = text.rmatch_indices(name).filter_map(move |(at, _)| {
        let rest = text.get(at + name.len()..)?.trim_start_matches(MARKS);
        let rest = rest.strip_prefix(':')?.trim_start_matches(MARKS);
        begins_line(text, at).then_some(text.len() - rest.len())
    });
    all.take(MOST_FIELDS)
}

/// Whether only signs of a list, a heading, a quotation or a table, or other fields, stand before a field in its line.
fn begins_line(text: &str, at: usize) -> bool {
    let from = text.floor_char_boundary(at.saturating_sub(LONGEST_BEFORE));
    let before = text.get(from..at).unwrap_or_default();
    let line = match before.rsplit_once('\n') {
        Some((_, line)) => line,
        None if from == 0 => before,
        None => return false,
    };
    let line = line.trim_start_matches([' ', '#', '>', '|', '-']);
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let item = number.strip_prefix(['.', ')']).unwrap_or(line);
    let line = item.trim_start_matches(MARKS);
    line.trim_matches(MARKS).is_empty() || NAMES.iter().any(|name| line.starts_with(name))
}

/// Whether the field at `at` says that there is a solution, and the word that says so: in capitals, or alone on its line.
fn verdict(text: &str, at: usize) -> Option<(bool, Range<usize>)> {
    let rest = text.get(at..)?;
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let (word, behind) = rest.split_at_checked(end)?;
    let both = behind.trim_start().starts_with('/');
    let line = behind.lines().next().unwrap_or_default();
    let alone = line.trim_end_matches(MARKS).trim_matches('.').is_empty();
    let says = |known: &str| !both && (word == known || alone && word.eq_ignore_ascii_case(known));
    (says("YES") || says("NO")).then_some((says("YES"), at..at + end))
}

/// The bytes of the list that the field at `at` gives, none of an empty one; `None` when it is words about a list.
fn list(text: &str, at: usize) -> Option<Option<Range<usize>>> {
    let rest = text.get(at..)?.trim_start();
    let start = text.len() - rest.len();
    let rest = rest.get(..rest.floor_char_boundary(LONGEST_LIST))?;
    let (start, end) = match rest.strip_prefix('[') {
        Some(inside) => (start + 1, inside.find(']').unwrap_or(inside.len())),
        None => (start, open_list(rest)),
    };
    let inside = text.get(start..start + end)?;
    let first = inside.trim_start_matches(MARKS);
    let is_nothing = |word: &str| {
        first
            .get(..word.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(word))
    };
    match inside.contains(|c: char| c.is_ascii_digit()) {
        true if first.starts_with(char::is_alphabetic) && !rest.starts_with('[') => None,
        true => Some(Some(start..start + end)),
        false if first.starts_with(char::is_alphabetic) && !NOTHING.iter().any(|word| is_nothing(word)) => {
            None
        }
        false => Some(None),
    }
}

/// The bytes of a list without brackets: up to another field, an empty line, or one that is only words.
fn open_list(rest: &str) -> usize {
    let fields = NAMES.iter().filter_map(|name| rest.find(name));
    let most = fields.min().unwrap_or(rest.len());
    let mut end = 0;
    for line in rest.get(..most).unwrap_or_default().split_inclusive('\n') {
        let said = line.trim().trim_start_matches("- ");
        let words =
            said.starts_with(char::is_alphabetic) && equations(said).find(Equation::is_calculation).is_none();
        if end > 0 && (said.is_empty() || words) || said.starts_with("```") {
            break;
        }
        end += line.len();
    }
    end
}

/// What the operations of a list come to, the last one with those before it in the place of their results; and what that is
/// said to be.
fn composed(list: &str) -> Result<(Written, Option<Number>), ExprError> {
    let pieces = list.split(['\n', ',', ';', '\'', '"']);
    let mut pieces = pieces.filter(|piece| piece.contains(|c: char| c.is_ascii_digit()));
    let (mut results, mut last, mut said) = (Results::default(), Err(ExprError::Unfinished), None);
    for piece in pieces.by_ref().take(MOST) {
        let (expr, claim) = operation(piece, &mut results)?;
        results.push(claim, expr.clone());
        (last, said) = (Ok(expr), claim);
    }
    if pieces.next().is_some() {
        return Err(ExprError::TooLong);
    }
    let first = list.find(|c: char| c.is_ascii_digit() || c == '(').unwrap_or(0);
    let end = list
        .rfind(|c: char| c.is_ascii_digit() || c == ')')
        .map_or(list.len(), |end| end + 1);
    let written = Written {
        expr: last?,
        ascii: listed(list.get(first..end).unwrap_or(list)),
    };
    Ok((written, said))
}

/// One operation as an expression, and what it is said to come to. Results may be below zero and have a point.
fn operation(piece: &str, results: &mut Results) -> Result<(Expr, Option<Number>), ExprError> {
    let piece = piece.trim().trim_start_matches("- ").trim_matches(MARKS);
    if let Some((left, right)) = piece.split_once('=')
        && left.len() <= LONGEST_SIDE
        && let Some(claim) = value(right)
        && let Some((a, op, b)) = sides(left)
    {
        let mut operand = |number: Number| {
            let given = || number.to_integer().and_then(Expr::number);
            let found = results.take(number).or_else(given);
            found.ok_or(ExprError::NotAnInteger { at: 0 })
        };
        return Ok((Expr::binary(operand(a)?, op, operand(b)?), Some(claim)));
    }
    let found = equations(piece).find(Equation::is_calculation);
    let (expr, claim) = match found {
        Some(found) => (found.written.expr, found.claim),
        None => (
            parser::parse(piece.split('=').next().unwrap_or_default())?.expr,
            None,
        ),
    };
    Ok((results.put_into(expr), claim.map(Number::from)))
}

/// The two numbers of an operation, and what it does with them.
fn sides(text: &str) -> Option<(Number, Op, Number)> {
    text.char_indices().skip(1).find_map(|(at, sign)| {
        let op = Op::from_symbol(sign)?;
        let (a, b) = (text.get(..at)?, text.get(at + sign.len_utf8()..)?);
        Some((value(a)?, op, value(b)?))
    })
}

/// A number, which may have a sign, a point and parentheses around it.
fn value(text: &str) -> Option<Number> {
    let text = text.trim();
    if let Some(inside) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        let signed = inside.trim_start().starts_with(['-', '\u{2212}']);
        return signed.then(|| value(inside)).flatten();
    }
    let bare = text.strip_prefix(['-', '\u{2212}']);
    let digits = bare.unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if [whole, part]
        .iter()
        .any(|digits| digits.is_empty() || digits.bytes().any(|b| !b.is_ascii_digit()))
    {
        return None;
    }
    let (above, below) = match part.trim_end_matches('0') {
        "" => (whole.parse().ok()?, 1),
        part => (
            format!("{whole}{part}").parse::<i64>().ok()?,
            10_i64.checked_pow(u32::try_from(part.len()).ok()?)?,
        ),
    };
    Number::new(if bare.is_some() { -above } else { above }, below)
}

#[cfg(test)]
mod tests {
    use crate::task::countdown::{
        Problem,
        score::{exact, place},
    };
    use proptest::prelude::*;

    /// The answer as an expression, and what is wrong with it.
    fn judged(problem: &str, text: &str) -> (Option<String>, String) {
        let judgement = exact(&Problem::parse(problem).unwrap(), text, 0);
        assert_eq!(judgement.correct, judgement.reason.is_empty());
        (judgement.expression.or(judgement.answer), judgement.reason)
    }

    /// The end of the prompt, which models repeat.
    const PROMPT: &str = "SOLUTION: YES/NO\nOPERATIONS: list of string of operations performed, each string involving \
        only 1 operation. For example, ['A+B=C','C+D=E'] is allowed, ['A+B+D=E'] is not allowed\nRESULT: final_value\n";

    #[test]
    fn operations_in_a_field_are_the_expression_that_they_make() {
        for text in [
            "SOLUTION: YES\nOPERATIONS: ['3*4=12', '12+5=17']\nRESULT: 17",
            "```\nSOLUTION: YES\nOPERATIONS: [\"3 * 4 = 12\",\"12 + 5=17\"]\nRESULT: 17\n```\nDone. 4 + 5 = 9.",
            "SOLUTION: YES OPERATIONS: ['3*4=12','12+5=17'] RESULT: 17",
            "**OPERATIONS:** 3*4=12, 12+5=17\n**RESULT:** 17",
            "OPERATIONS:\n- 3 * 4 = 12\n- 12 + 5 = 17\n\nThat uses all of 3, 4 and 5.",
            "OPERATIONS: [\n  '3*4=12',\n  '12+5=17'\n]",
            "1. SOLUTION: YES\n2. OPERATIONS: ['3*4=12', '12+5=17']\n3. RESULT: 17",
            "### OPERATIONS: ['3*4=12', '12+5=17']",
            "| SOLUTION: YES | OPERATIONS: ['3*4=12', '12+5=17'] |",
        ] {
            let right = (Some("(3*4)+5".to_owned()), String::new());
            assert_eq!(judged("3 4 5 -> 17", text), right, "{text}");
            // What repeats the prompt is no answer, wherever it stands, and of answers the last one counts.
            assert_eq!(judged("3 4 5 -> 17", &format!("{PROMPT}\n{text}")), right);
            assert_eq!(judged("3 4 5 -> 17", &format!("{text}\n\n{PROMPT}")), right);
            let first =
                "SOLUTION: NO\nOPERATIONS: []\nRESULT: None\n\nWait.\nOPERATIONS: ['3+4=7', '7+5=12']\n";
            let yes = format!("{first}SOLUTION: YES\n{text}");
            assert_eq!(judged("3 4 5 -> 17", &yes), right);
        }
        assert_eq!(judged("3 4 5 -> 17", PROMPT).1, "no answer");
        assert_eq!(
            judged("3 4 5 -> 17", "SOLUTION: YES\nOPERATIONS: []").1,
            "no answer"
        );
    }

    #[test]
    fn a_field_that_is_only_spoken_of_or_taken_back_is_no_answer() {
        for text in [
            "I must print SOLUTION: NO if there is none. The answer is 3 * 4 + 5 = 17.",
            "OPERATIONS: ['3+4=7', '7+5=12'] fails.\nSo the answer is 3 * 4 + 5.",
            "SOLUTION: NO\nWait, there is one. So the answer is 3 * 4 + 5.",
            "SOLUTION: YES\nOPERATIONS:\n- 3 * 4 = 12\n- 12 + 5 = 17\nThat uses all 3 numbers.",
            "OPERATIONS: 3*4=12, 12+5=17\nSo the result is 17.",
        ] {
            assert_eq!(judged("3 4 5 -> 17", text).1, "", "{text}");
        }
        let fractions = r#"{"numbers":[8,3,8,3],"target":24,"rules":"integer"}"#;
        assert_eq!(
            judged(fractions, "SOLUTION: NO").1,
            "",
            "by its own rules there is none"
        );
    }

    #[test]
    fn operations_behind_a_no_count_when_they_are_said_to_make_the_target() {
        for (text, said) in [
            ("SOLUTION: NO\nOPERATIONS: ['3*4=12', '12+5=17']", "(3*4)+5"),
            (
                "SOLUTION: NO\nWait, there is one.\nOPERATIONS: ['3*4=12', '12+5=17']\nRESULT: 17",
                "(3*4)+5",
            ),
            ("OPERATIONS: ['3*4=12', '12+5=17']\nSOLUTION: NO", "NO"),
            ("SOLUTION: NO\nOPERATIONS: ['3*4=12', '12-5=7']", "NO"),
            ("SOLUTION: NO\nOPERATIONS: ['3*4=twelve']", "NO"),
            (
                "SOLUTION: NO\nOPERATIONS: ['3*4=12', '12+5=17']\nNo.\nOPERATIONS: []",
                "NO",
            ),
        ] {
            assert_eq!(judged("3 4 5 -> 17", text).0.as_deref(), Some(said), "{text}");
        }
    }

    #[test]
    fn results_below_zero_and_with_a_point_stand_for_what_made_them() {
        for (problem, list, expression, reason) in [
            (
                "32 7 5 92 -> 48",
                "'7*5=35', '32-35=-3', '92-(-3)=95'",
                "92-(32-(7*5))",
                "is 95, not 48",
            ),
            (
                "32 7 5 92 -> 89",
                "'7*5=35', '32-35=-3', '-3+92=89'",
                "(32-(7*5))+92",
                "",
            ),
            (
                "9 62 67 5 -> 20",
                "'9*62=558', '558-67=491', '491/5=98.2'",
                "((9*62)-67)/5",
                "is 491/5, not 20",
            ),
            ("7 2 4 -> 14", "'7/2=3.5', '3.5*4=14'", "(7/2)*4", ""),
            ("7 2 4 -> 14", "'7/2=3.50', '3.5*4=14.0'", "(7/2)*4", ""),
            ("7 3 6 -> 14", "'7/3=2.33', '2.33*6=14'", "(7/3)*6", ""),
            ("3 4 5 -> 17", "'3+4=7', '4*5=20'", "4*5", "does not use 3"),
            ("3 4 5 -> 17", "'3+4+5=17'", "(3+4)+5", "is 12, not 17"),
            ("3 4 -> 7", "'3+4=7'", "3+4", ""),
        ] {
            let text = format!("SOLUTION: YES\nOPERATIONS: [{list}]\nRESULT: 48\n");
            let judged = judged(problem, &text);
            assert_eq!(judged, (Some(expression.to_owned()), reason.to_owned()), "{list}");
        }
        for list in ["'sqrt(9)=3', '3*5=15'", "'3.5*4=14'", "'3-4=-1', '5+-2=3'"] {
            let reason = judged("3 4 5 -> 17", &format!("OPERATIONS: [{list}]")).1;
            assert!(reason.starts_with("the answer cannot be read: "), "{reason}");
        }
    }

    #[test]
    fn whoever_says_that_there_is_no_solution_is_right_when_there_is_none() {
        for text in [
            "SOLUTION: NO\nOPERATIONS: []\nRESULT: None",
            "3 * 4 = 12. So:\n```json\nSOLUTION: NO\nOPERATIONS: [\"3*4=12\", \"12-5=7\"]\nRESULT: 7\n```",
            "OPERATIONS: ['3*4=12', '12+5=17']\nNo.\n**SOLUTION:** NO  \nOPERATIONS: None",
        ] {
            let problem = |target: &str| judged(&format!("3 4 5 -> {target}"), &format!("{PROMPT}\n{text}"));
            let (answer, reason) = problem("17");
            assert_eq!(answer.as_deref(), Some("NO"));
            assert!(
                reason.starts_with("says there is no solution, but ") && reason.ends_with(" is one"),
                "{reason}"
            );
            assert_eq!(problem("1000"), (Some("NO".to_owned()), String::new()));
        }
        for (text, answer) in [
            ("SOLUTION: No.\nDone.", "NO"),
            ("SOLUTION: NO (it is impossible)", "NO"),
            ("SOLUTION: No, wait: 3*4+5 = 17.", "3*4+5"),
            ("SOLUTION: none of these, but 3*4+5 = 17.", "3*4+5"),
        ] {
            let answered = judged("3 4 5 -> 17", text).0;
            assert_eq!(
                answered.map(|word| word.to_uppercase()).as_deref(),
                Some(answer),
                "{text}"
            );
        }
        let many = judged("1 2 3 4 5 6 7 8 9 -> 45", "SOLUTION: NO").1;
        assert!(many.starts_with("says there is no solution, which"), "{many}");
    }

    #[test]
    fn the_place_of_such_an_answer_is_what_was_judged() {
        let problem = Problem::parse("3 4 5 -> 17").unwrap();
        let said = |text: &str| place(&problem, text, 0).map(|place| text[place].to_owned());
        let list = "OPERATIONS: ['3*4=12', '12+5=17']";
        assert_eq!(said(list).as_deref(), Some("'3*4=12', '12+5=17'"));
        assert_eq!(said("SOLUTION: NO\nOPERATIONS: []").as_deref(), Some("NO"));
        assert_eq!(
            exact(&problem, list, 0).answer.as_deref(),
            Some("3*4=12', '12+5=17")
        );
    }

    proptest! {
        #[test]
        fn any_fields_are_judged(text in r"(SOLUTION|OPERATIONS|RESULT|:|YES|NO|None|[-0-9.]{1,3}[+*/-][-0-9.()]{1,4}=[-0-9.]{1,4}|[,;\n'* /]|\[|\]|é){0,40}") {
            let problem = Problem::parse("3 4 5 -> 17").unwrap();
            let judgement = exact(&problem, &text, 0);
            prop_assert_eq!(judgement.correct, judgement.reason.is_empty());
            prop_assert!(place(&problem, &text, 0).is_none_or(|place| text.get(place).is_some()));
        }
    }
}
