//! Where any text gives its answer, whatever it is about.

/// What stands between the last pair of `<answer>` tags, trimmed. Pairs are found from the left, as a non-greedy pattern
/// finds them.
#[must_use]
pub fn tagged(text: &str) -> Option<&str> {
    let mut rest = text;
    let mut last = None;
    while let Some((_, after)) = rest.split_once("<answer>")
        && let Some((inside, after)) = after.split_once("</answer>")
    {
        last = Some(inside.trim());
        rest = after;
    }
    last
}

/// What stands in the braces of the last `\boxed`.
#[must_use]
pub fn boxed(text: &str) -> Option<&str> {
    let (_, inside) = text.rsplit_once("\\boxed{")?;
    let mut depth = 1;
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return inside.get(..at);
        }
    }
    None
}

/// Bytes that an answer in words has at most.
const MOST: usize = 120;

/// What a text marks as its answer, for a person to recognise: what is tagged, boxed, or bold at its end; the first of these
/// that is one line and not long.
#[must_use]
pub fn stated(text: &str) -> Option<&str> {
    let short = |found: &str| !found.is_empty() && found.len() <= MOST && !found.contains('\n');
    let marked = [tagged, boxed, bold];
    let mut found = marked.iter().filter_map(|marked| marked(text).map(str::trim));
    found.find(|found| short(found))
}

/// The words in bold that the last line ends with, marks aside, without a label: `**Final answer: 42**`.
fn bold(text: &str) -> Option<&str> {
    let line = text
        .rsplit('\n')
        .find(|line| line.contains(char::is_alphanumeric))?;
    let (before, behind) = line.rsplit_once("**")?;
    let (_, inside) = before.rsplit_once("**")?;
    if behind.contains(char::is_alphanumeric) {
        return None;
    }
    match inside.split_once(':') {
        Some((label, answer)) if is_label(label) => Some(answer),
        _ => Some(inside),
    }
    .filter(|answer| answer.contains(char::is_alphanumeric))
}

fn is_label(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["answer", "solution", "result"]
        .iter()
        .any(|label| words.trim_end().ends_with(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_in_words_is_what_is_tagged_boxed_or_bold_at_the_end() {
        for (text, answer) in [
            ("So <answer> 42 </answer>.", Some("42")),
            ("Thus \\boxed{6.17}.\nDone.", Some("6.17")),
            ("**Step 1** add.\n\nIt is **2391483**.\n\n", Some("2391483")),
            ("**Answer:** 7", None),
            ("**Answer:**", None),
            ("So it is 42, **not** 43.", None),
            ("**Note** that it is 42.", None),
            ("**Final answer: 42**", Some("42")),
            ("**The answer: 3:4**.", Some("3:4")),
            ("So the ratio is (**3:4**).", Some("3:4")),
            ("It is **42**!\n\n---\n", Some("42")),
            ("**Step 1** add.\nIt is 7.", None),
            ("no", None),
        ] {
            assert_eq!(stated(text), answer, "{text}");
        }
        let long = "x".repeat(999);
        assert_eq!(stated(&format!("\\boxed{{{long}}}")), None);
        // What is too long hides no other.
        assert_eq!(
            stated(&format!("<answer>{long}</answer> so \\boxed{{7}}")),
            Some("7")
        );
        assert_eq!(stated(&format!("\\boxed{{{long}}}\nIt is **7**.")), Some("7"));
    }
}
