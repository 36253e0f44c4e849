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
