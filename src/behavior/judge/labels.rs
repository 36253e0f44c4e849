//! The lines of a `spans` answer: `12: V "first words"`, as JSON if a model prefers that.
//!
//! The last `<labels>` block counts, else the last code fence with such a line in it, else all lines. Prose between the
//! lines is passed over; a line that begins with a number and goes on otherwise is counted as bad.

use super::answer::{Answer, Unreadable};
use crate::behavior::Habit;
use serde_json::Value;

/// Lines that are read at most.
const MOST: usize = 10_000;

/// What a judge says of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The unit, as it was numbered for the judge.
    pub unit: usize,
    /// Its habits; none when the judge says so.
    pub habits: Vec<Habit>,
    /// The words it quotes.
    pub quote: Option<String>,
}

/// All that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// The lines, in order.
    pub lines: Vec<Line>,
    /// Those that begin like one and cannot be read.
    pub bad: usize,
}

impl Answer<'_> {
    /// The labels of a `spans` answer.
    pub(super) fn labels(self) -> Result<Lines, Unreadable> {
        let said = self.said()?;
        let lower = said.to_ascii_lowercase();
        let Some(open) = lower.rfind("<labels>").map(|at| at + "<labels>".len()) else {
            let lines = fences(&said)
                .rev()
                .chain([said.as_str()])
                .map(read)
                .find(|lines| !lines.lines.is_empty());
            return match lines {
                _ if self.cut => Err(Unreadable::Cut),
                Some(lines) => Ok(lines),
                None if is_none(&said) && said.contains(|c: char| c.is_alphabetic() || c == '[') => {
                    Ok(Lines::default())
                }
                None => Err(Unreadable::NoLabels),
            };
        };
        let close = lower.get(open..).and_then(|rest| rest.find("</labels>"));
        if close.is_none() && self.cut {
            return Err(Unreadable::Cut);
        }
        let end = close.map_or(said.len(), |at| open + at);
        let block = said.get(open..end).unwrap_or_default();
        let lines = read(block);
        if lines.lines.is_empty() && !is_none(block) {
            return Err(Unreadable::NoLabels);
        }
        Ok(lines)
    }
}

/// The insides of code fences.
fn fences(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let parts: Vec<&str> = text.split("```").collect();
    // A fence that nobody closes is one, too.
    parts.into_iter().skip(1).step_by(2)
}

/// Whether a text says that nothing was found.
fn is_none(text: &str) -> bool {
    let words: String = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    matches!(words.as_str(), "" | "none" | "json" | "null")
}

fn read(block: &str) -> Lines {
    let mut found = Lines::default();
    let inner = block.trim().trim_matches('`');
    let inner = inner.strip_prefix("json").unwrap_or(inner);
    if let Ok(value @ (Value::Array(_) | Value::Object(_))) = serde_json::from_str(inner) {
        found.value(&value);
        return found;
    }
    for line in block.lines().take(MOST) {
        let line = line.trim();
        match serde_json::from_str(line.trim_end_matches(',')) {
            Ok(value @ Value::Object(_)) => found.value(&value),
            _ => found.line(line),
        }
    }
    found
}

impl Lines {
    fn push(&mut self, unit: Option<usize>, habits: Option<Vec<Habit>>, quote: Option<&str>) {
        let (Some(unit), Some(habits)) = (unit, habits) else {
            self.bad += 1;
            return;
        };
        if self.lines.len() < MOST {
            let quote = quote.map(ToOwned::to_owned);
            self.lines.push(Line { unit, habits, quote });
        }
    }

    /// A list of objects, an object that holds such a list, one object, or an object of units and their letters.
    fn value(&mut self, value: &Value) {
        const UNIT: [&str; 4] = ["unit", "number", "id", "n"];
        const HABITS: [&str; 6] = ["habits", "habit", "labels", "label", "letters", "letter"];
        const QUOTE: [&str; 4] = ["quote", "words", "text", "first_words"];
        let first = |names: &[&str]| names.iter().find_map(|name| value.get(*name));
        match value {
            Value::Array(items) => items.iter().take(MOST).for_each(|item| self.item(item)),
            Value::Object(map) => match (first(&UNIT), first(&HABITS)) {
                (Some(unit), Some(habits)) => {
                    let quote = first(&QUOTE).and_then(Value::as_str);
                    self.push(number(unit), letters_of(habits), quote);
                }
                (_, Some(Value::Array(items))) => items.iter().take(MOST).for_each(|item| self.item(item)),
                _ => {
                    for (unit, letters) in map.iter().take(MOST) {
                        self.push(unit.trim().parse().ok(), letters_of(letters), None);
                    }
                }
            },
            _ => self.bad += 1,
        }
    }

    fn item(&mut self, item: &Value) {
        match item {
            Value::Object(_) => self.value(item),
            Value::String(line) => self.line(line),
            _ => self.bad += 1,
        }
    }

    /// `12: V "first words"`, `[12] V, B`, `- unit 12 \u{2013} verification`, `| 12 | V | … |`.
    fn line(&mut self, line: &str) {
        let start = line.trim_start_matches(|c: char| c.is_whitespace() || "-*\u{2022}[(#>|`".contains(c));
        let start = start
            .strip_prefix("unit ")
            .or_else(|| start.strip_prefix("Unit "))
            .unwrap_or(start);
        let digits = start.bytes().take_while(u8::is_ascii_digit).count();
        let (unit, rest) = start.split_at(digits);
        if unit.is_empty() {
            return;
        }
        let rest = rest.trim_start_matches(|c: char| {
            c.is_whitespace() || "])*_.:,=|-\u{2013}\u{2014}>\u{2192}`".contains(c)
        });
        let end = rest.find(['"', '\u{201c}', '(', ':', '\u{2014}', '\u{2013}']);
        let (head, tail) = rest.split_at(end.unwrap_or(rest.len()));
        let head = head.split(" - ").next().unwrap_or_default();
        self.push(unit.parse().ok(), letters(head), quoted(tail));
    }
}

/// What stands between the first quotation mark and the last.
fn quoted(text: &str) -> Option<&str> {
    const MARKS: [char; 3] = ['"', '\u{201c}', '\u{201d}'];
    let (_, behind) = text.split_once(MARKS)?;
    Some(behind.rsplit_once(MARKS).map_or(behind, |(inside, _)| inside))
}

fn number(value: &Value) -> Option<usize> {
    match value {
        Value::Number(number) => usize::try_from(number.as_u64()?).ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn letters_of(value: &Value) -> Option<Vec<Habit>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::String(text) => letters(text),
        Value::Array(items) => {
            let each = items.iter().map(|item| item.as_str().and_then(letters));
            Some(each.collect::<Option<Vec<_>>>()?.concat())
        }
        _ => None,
    }
}

/// The habits of `V`, `V, B`, `VB`, `verification and backtracking`, `none`; `None` for anything else and for nothing.
fn letters(text: &str) -> Option<Vec<Habit>> {
    let text = text.replace(['_', '*', '`', '.', '[', ']', '"'], " ");
    let mut words = text
        .split(|c: char| c.is_whitespace() || ",;/&+|-".contains(c))
        .filter(|word| !word.is_empty())
        .peekable();
    words.peek()?;
    let mut habits = Vec::new();
    for word in words {
        let name = word.to_ascii_lowercase();
        match name.as_str() {
            "verification" | "v" => habits.push(Habit::Verification),
            "backtracking" | "b" => habits.push(Habit::Backtracking),
            "subgoal" | "subgoals" | "s" => habits.push(Habit::SubgoalSetting),
            "backward" | "c" => habits.push(Habit::BackwardChaining),
            "and" | "setting" | "chaining" | "none" => {}
            _ if word.len() <= 4 => {
                let of = |c| Habit::ALL.into_iter().find(|habit| habit.letter() == c);
                habits.extend(word.chars().map(of).collect::<Option<Vec<_>>>()?);
            }
            _ => return None,
        }
    }
    Some(habits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The lines of an answer as `12V,B "quote"`, and the number of bad ones.
    fn shown(text: &str) -> Result<(String, usize), Unreadable> {
        let found = Answer { text, cut: false }.labels()?;
        let line = |line: &Line| {
            let letters: String = line.habits.iter().map(|habit| habit.letter()).collect();
            let quote = line.quote.as_ref().map_or_else(String::new, |q| format!("={q}"));
            format!("{}{letters}{quote}", line.unit)
        };
        let lines: Vec<String> = found.lines.iter().map(line).collect();
        Ok((lines.join(" "), found.bad))
    }

    #[test]
    fn labels_are_read_however_a_model_writes_them() {
        for (text, wanted) in [
            ("<labels>\n12: V \"That is\"\n3: VB\n</labels>", "12V=That is 3VB"),
            (
                "Sure!\n<labels>\n[12] V, B\n- 13 \u{2013} verification\n* **14**: subgoal setting and B (why)\n</labels> Bye",
                "12VB 13V 14SB",
            ),
            (
                "<LABELS>1: C \u{201c}15 - 4 \u{201d}\n2. backward_chaining: it starts there</LABELS>",
                "1C=15 - 4  2C",
            ),
            ("<labels>\nnone\n</labels>", ""),
            ("<labels></labels>", ""),
            ("None.", ""),
            ("[]", ""),
            ("<labels>\n1: none\n2: V\n</labels>", "1 2V"),
            (
                "<labels>{\"unit\":1,\"habit\":\"V\",\"quote\":\"a \\\"b\\\"\"}\n{\"unit\":\"2\",\"habits\":[\"S\",\"backtracking\"]},\n</labels>",
                "1V=a \"b\" 2SB",
            ),
            ("```json\n[{\"unit\": 4,\n \"label\": \"V\"}]\n```", "4V"),
            (
                "<labels>```json\n{\"labels\": [{\"id\": 4, \"letters\": \"VC\"}, \"7: B\"]}\n```</labels>",
                "4VC 7B",
            ),
            ("{\"1\": \"V\", \"2\": [\"B\"], \"3\": null}", "1V 2B 3"),
            ("| 12 | V | \"so it works\" |\n|---|---|", "12V=so it works"),
            ("<think>\n1: B\n</think>\n2: V", "2V"),
            (
                "Draft:\n<labels>\n1: B\n</labels>\nBetter:\n<labels>\n2: V\n</labels>",
                "2V",
            ),
            ("```\n1: B\n```\nor rather\n```\n2: V\n```\nas you wish", "2V"),
            ("<labels>\n2: V\n", "2V"),
        ] {
            assert_eq!(shown(text), Ok((wanted.to_owned(), 0)), "{text}");
        }
    }

    #[test]
    fn lines_that_cannot_be_read_are_counted() {
        let text =
            "<labels>\nSome words\n1: X\n2: V\n3: maybe V\n12-14: V\n99999999999999999999: V\n4:\n</labels>";
        assert_eq!(shown(text), Ok(("2V".to_owned(), 5)));
    }

    #[test]
    fn what_holds_no_labels_is_an_error() {
        for text in [
            "<labels>\nUnits 1 and 2\n</labels>",
            "I found nothing odd.",
            "<labels>1: maybe</labels>",
        ] {
            assert_eq!(shown(text), Err(Unreadable::NoLabels), "{text}");
        }
        assert_eq!(shown("<think>1: V"), Err(Unreadable::Thinking));
        assert_eq!(shown("?"), Err(Unreadable::NoLabels));
        assert_eq!(shown(""), Err(Unreadable::Empty));
        for text in ["<labels>\n1: V\n2:", "1: V", "none"] {
            assert_eq!(
                Answer { text, cut: true }.labels(),
                Err(Unreadable::Cut),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(
            text in "(<labels>|</labels>|<think>|```|json|\\[|\\{|\\}|\"|[0-9]|: |V|B|none|\n|\\PC){0,40}",
            cut: bool,
        ) {
            let _ = Answer { text: &text, cut }.labels();
        }
    }
}
