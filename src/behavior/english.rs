//! Habits are looked for in English: by phrases, and by a probe over English words. Whoever reads that a text shows none
//! must be told when it is in another language.

use crate::trace::{Style, Trace};
use serde::de::IgnoredAny;
use unicode_segmentation::UnicodeSegmentation;

/// Words of reasoning in English that are no words of other languages, as `is`, `so`, `of`, `to` and `we` are.
const WORDS: [&str; 36] = [
    "the", "and", "that", "this", "these", "those", "be", "it", "with", "not", "if", "then", "can", "which",
    "from", "there", "would", "what", "they", "them", "their", "you", "let", "need", "first", "each", "how",
    "where", "while", "should", "when", "only", "using", "because", "could", "into",
];

/// A text of fewer words says nothing about its language.
const ENOUGH: usize = 40;
/// Words that are looked at.
const MOST: usize = 4000;
/// Bytes of the name of a field.
const LONGEST_NAME: usize = 100;
/// Of how many words one is among [`WORDS`] at least: of English that is mostly arithmetic every eleventh, of other
/// languages hardly any.
const ONE_IN: usize = 25;

/// Whether a trace seems to be in another language than English. The two written languages of searches are none.
#[must_use]
pub fn is_foreign(trace: &Trace) -> bool {
    let reader = trace.tree.as_ref().map(|tree| tree.reader.as_str());
    let is_formal =
        reader.is_some_and(|reader| Style::Lines.has_read(reader) || Style::Search.has_read(reader));
    !is_formal && !seems_english(&trace.text)
}

/// Whether a text has its share of common English words, or too few words to tell.
fn seems_english(text: &str) -> bool {
    let (mut words, mut english) = (0, 0);
    let written = said(text).flat_map(|said| {
        said.unicode_word_indices()
            .map(move |(at, word)| (said, at, word))
    });
    for (said, at, word) in written {
        // Numbers, cells, variables and commands of LaTeX are words of no language.
        let is_command = said.get(..at).is_some_and(|before| before.ends_with('\\'));
        let is_sign = word.len() < 2 || word.contains(|c: char| c.is_numeric() || c == '_');
        if is_command || is_sign {
            continue;
        }
        words += 1;
        let stem = word.split(['\'', '\u{2019}']).next().unwrap_or(word);
        english += usize::from(WORDS.iter().any(|known| known.eq_ignore_ascii_case(stem)));
        if words == MOST {
            break;
        }
    }
    words < ENOUGH || english * ONE_IN >= words
}

/// What a text says around the JSON in it, as calls of tools are written: names of fields are words of no language.
fn said(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest.take()?;
        let mut from = 0;
        while let Some(at) = whole.get(from..).and_then(|behind| behind.find('{')) {
            let (before, json) = whole.split_at_checked(from + at)?;
            if let Some(length) = json_length(json) {
                rest = json.get(length..);
                return Some(before);
            }
            from += at + 1;
        }
        Some(whole)
    })
}

/// The length of the JSON object with names that a text begins with, if it does; one that is cut off is all of the text, if
/// it has a name at all: an open `{"` before words is none.
fn json_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('{')?.trim_start();
    if !inside.starts_with('"') {
        return None;
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    match values.next()? {
        Ok(_) => Some(values.byte_offset()),
        Err(error) => (error.is_eof() && has_name(inside)).then_some(text.len()),
    }
}

/// Whether an object's inside begins with a name: a short text in quotes, and a colon.
fn has_name(inside: &str) -> bool {
    let name = inside.get(1..inside.floor_char_boundary(LONGEST_NAME));
    let rest = name.and_then(|name| name.split_once('"'));
    rest.is_some_and(|(_, rest)| rest.trim_start().starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{behavior::analyze, trace::import::Rows};

    const GERMAN: &str = "Zuerst sehe ich mir die Zahlen an. Ich habe 18, 7 und 4 und will 15 erreichen. Wenn ich 18 - 7 \
        rechne, bekomme ich 11, und 11 + 4 = 15. Das ist genau das Ziel, also stimmt die Antwort. Ich will das noch einmal \
        in Ruhe nachrechnen: so war es, und so ist es auch richtig.";
    const DUTCH: &str = "Laten we eerst kijken naar de getallen. We hebben 18, 7 en 4 en we willen 15 bereiken. Als we 18 - 7 \
        doen, krijgen we 11, en dan is 11 + 4 = 15. Dat is precies het doel, dus het antwoord is juist. We kunnen het nog \
        eens controleren, of we proberen een andere manier.";
    const CHINESE: &str = "首先看一下这些数字。我们有18、7和4,目标是15。如果18减7,就得到11,再加上4,正好等于15。\
        等一下,让我再检查一遍:18减7等于11,11加4等于15。所以答案是正确的。";

    /// English with little but arithmetic and cells in it, as models write it.
    const ENGLISH: [&str; 4] = [
        "Let me solve this step by step:\n\n1. First, let's find how many potted plants Sophie needs:\n   * 9 rows of 8 plants = \
         9 * 8 = 72 plants\n2. Cost: 72 plants * $5 = $360\n3. Discount 10%: $360 * 0.1 = $36\n4. Total cost after discount: $324\n\
         5. Change: $400 - $324 = $76\n6. Plants left over: 80 plants - 72 plants = 8 plants\nAnswer: 76 dollars, plants left: 8",
        "I need to solve this 4x4 Mini Sudoku puzzle step by step.\n\nGiven puzzle:\n4 3 _ 2\n_ _ 4 3\n2 _ 3 _\n_ 4 2 1\n\nRow 1: \
         missing 1, so R1C3 = 1\nRow 4: missing 3, so R4C1 = 3\nColumn 1: has 4, 2, 3, missing 1, so R2C1 = 1\nColumn 2: has 3, 4, \
         missing 1, 2\nRow 2: R2C2 = 2\nRow 3: R3C2 = 1, then R3C4 = 4\nFinal grid:\n4 3 1 2\n1 2 4 3\n2 1 3 4\n3 4 2 1",
        "Let's try: 18 + 7 = 25 (too big)\nTry 18 - 7 = 11, left 11 and 4\n11 + 4 = 15, that works!\n25 - 4 = 21, not the target\n\
         18 * 7 = 126 (too big)\n18 - 4 = 14, left 14, 7\n14 + 7 = 21 (too big)\n14 - 7 = 7 (too small)\nOkay, try again: 7 + 4 = 11, \
         left 18, 11\n18 - 11 = 7 (too small)\n18 + 11 = 29 (too big)\nAnswer: (18 - 7) + 4",
        "We have \\frac{1}{2} + \\frac{1}{3} = \\frac{5}{6}, and \\sqrt{x} \\cdot \\sqrt{y} = \\sqrt{xy}. So \\alpha + \\beta \\leq \\gamma \
         implies \\frac{\\alpha}{\\gamma} + \\frac{\\beta}{\\gamma} \\leq 1; it follows that \\sin \\theta = \\cos \\phi \\cdot \\tan \\psi \
         and \\int_0^1 x \\, dx = \\frac{1}{2}.",
    ];

    #[test]
    fn other_languages_are_told_from_english_that_is_mostly_arithmetic() {
        for text in [GERMAN, DUTCH, CHINESE] {
            assert!(!seems_english(text), "{text}");
        }
        for text in ENGLISH {
            assert!(seems_english(text), "{text}");
        }
    }

    #[test]
    fn calls_of_tools_are_in_no_language() {
        let call = r#"{"name": "search_flights", "arguments": {"origin": "Berlin", "destination": "Lisbon", "cabin": "economy", "passengers": [{"kind": "adult"}, {"kind": "child"}]}}"#;
        let calls = format!("<tool_call>\n{call}\n</tool_call>\n").repeat(12);
        assert!(seems_english(&calls));
        assert!(
            seems_english(&calls[..calls.len() - 40]),
            "the last one is cut off"
        );
        for foreign in [
            format!("{GERMAN}\n{call}"),
            format!("{call}\n{GERMAN}"),
            format!("{{{GERMAN}}}"),
            format!("He said {{\"{GERMAN}"),
            format!("He said {{\" {GERMAN}\" and {GERMAN}"),
            format!("He said {{\"so\": \"ja\"}} {GERMAN}"),
        ] {
            assert!(!seems_english(&foreign), "{foreign}");
        }
    }

    #[test]
    fn a_short_text_is_of_no_language() {
        for text in [
            "",
            "15",
            "Die Antwort ist 15.",
            "8 2 7 1 3 6 4 5 9\n5 4 3 9 2 8 1 7 6",
        ] {
            assert!(seems_english(text), "{text}");
        }
    }

    #[test]
    fn the_labelled_and_the_recorded_traces_are_english() {
        let files = [
            include_str!("../../tests/data/habits_gold/gold.jsonl"),
            include_str!("../../tests/data/formats/real_traces.jsonl"),
        ];
        for row in files.iter().flat_map(|file| Rows::new(file.as_bytes(), "rows")) {
            let text = row.unwrap().unwrap().trace.text;
            assert!(seems_english(&text), "{text}");
        }
    }

    #[test]
    fn searches_written_in_a_language_of_their_own_are_not_foreign() {
        let of = |text: &str| {
            let json = serde_json::json!({ "text": text }).to_string();
            let row = Rows::new(json.as_bytes(), "row").next().unwrap();
            analyze(row.unwrap().unwrap(), None, 0)
        };
        let line = "try 18+7=25 left 25 4\ncheck 25+4=29 not 15\nback to 18 7 4\n";
        assert!(!is_foreign(&of(&line.repeat(20))));
        assert!(is_foreign(&of(GERMAN)));
    }
}
