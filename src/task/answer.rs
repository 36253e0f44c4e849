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

/// What a text marks as its answer, for a person to recognise: what is tagged, boxed, or bold in its last line.
#[must_use]
pub fn stated(text: &str) -> Option<&str> {
    let found = tagged(text)
        .or_else(|| boxed(text))
        .or_else(|| bold(text))?
        .trim();
    (!found.is_empty() && found.len() <= MOST && !found.contains('\n')).then_some(found)
}

/// The last words in bold of the last line that has any words.
fn bold(text: &str) -> Option<&str> {
    let line = text
        .rsplit('\n')
        .find(|line| line.contains(char::is_alphanumeric))?;
    let (before, _) = line.rsplit_once("**")?;
    let (_, inside) = before.rsplit_once("**")?;
    let label = inside.trim().ends_with(':');
    (!label).then_some(inside)
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
            ("**Step 1** add.\nIt is 7.", None),
            ("no", None),
        ] {
            assert_eq!(stated(text), answer, "{text}");
        }
        assert_eq!(stated(&format!("\\boxed{{{}}}", "x".repeat(999))), None);
    }
}
