//! Tables of separated values (CSV). They are read as one plain text, for there is no telling a comma of a text from one
//! between columns by looks alone; whoever names one is told what to do.

/// Columns that would be a trace's text, in the words of any data set.
const TEXTS: [&str; 16] = [
    "text",
    "trace",
    "completion",
    "completions",
    "response",
    "responses",
    "output",
    "generation",
    "generated",
    "generated_text",
    "reasoning",
    "reasoning_content",
    "thinking",
    "chain_of_thought",
    "model_output",
    "model_response",
];
const SEPARATORS: [char; 3] = [',', ';', '\t'];
/// Longest name of a column.
const LONGEST: usize = 40;

/// What is said of such a table.
pub(super) const ADVICE: &str = "it looks like a table of separated values (CSV) and is read as one plain text: to have each \
                                 of its rows read, turn it into JSON lines (one object a line, with the columns as its fields)";

/// Whether a text begins with the names of columns, one of which would hold texts, and a row below.
pub(super) fn is_table(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (Some(header), Some(row)) = (lines.next(), lines.next()) else {
        return false;
    };
    SEPARATORS.iter().any(|separator| {
        names_texts(header, *separator) && (row.contains(*separator) || row.starts_with('"'))
    })
}

fn names_texts(header: &str, separator: char) -> bool {
    let names: Vec<&str> = header.split(separator).map(name).collect();
    // Pandas gives the column of its index no name.
    let named = names
        .iter()
        .enumerate()
        .all(|(at, name)| is_name(name) || at == 0 && name.is_empty());
    let is_text = |name: &&str| TEXTS.iter().any(|known| known.eq_ignore_ascii_case(name));
    names.len() > 1 && named && names.iter().any(is_text)
}

fn name(column: &str) -> &str {
    let column = column.trim();
    column
        .strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
        .unwrap_or(column)
}

/// A column's name, and no piece of a sentence: one word, or a few without a stop.
fn is_name(name: &str) -> bool {
    let is_sign = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '/' | '(' | ')' | '#' | '.');
    !name.is_empty() && name.len() <= LONGEST && name.chars().all(is_sign) && !name.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::is_table;

    #[test]
    fn a_header_with_a_column_of_texts_and_a_row_below_it_is_a_table() {
        for text in [
            "id,text\n1,Let me see.\n",
            "\"question\",\"Response\"\r\n\"6 times 7?\",\"42\"\r\n",
            "problem;completion;score\n\n18 7 4;so 15;1",
            "model\treasoning\nscout\tHm.\n",
            ",prompt,generated_text\n0,\"What, now?\",\"Well\n\"\n",
        ] {
            assert!(is_table(text), "{text}");
        }
    }

    #[test]
    fn a_text_with_commas_and_a_table_without_texts_are_none() {
        for text in [
            "",
            "id,text",
            "Let me see, the text, well.\nSo, it is 42.\n",
            "Well, response.\nSo, then.\n",
            "text\nLet me see, then.\n",
            "condition,step,accuracy\nall,100,0.5\n",
            "Text, as such\nis what I look for\n",
        ] {
            assert!(!is_table(text), "{text}");
        }
    }
}
