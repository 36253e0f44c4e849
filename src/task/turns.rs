//! Texts that begin with their prompt, as whole sequences do that a trainer has printed: marks tell the user's turn from the
//! answer. Simplification: of several turns only the first ones count, for what a base model goes on with behind its answer
//! is none of ours.

/// What a user's turn begins with, and what the answer's: chat templates, and the words of base models' prompts.
const TURNS: [(&str, &str); 9] = [
    ("<|start|>user<|message|>", "<|start|>assistant"),
    ("<|im_start|>user", "<|im_start|>assistant"),
    (
        "<|start_header_id|>user<|end_header_id|>",
        "<|start_header_id|>assistant<|end_header_id|>",
    ),
    ("<start_of_turn>user", "<start_of_turn>model"),
    ("[INST]", "[/INST]"),
    ("<|user|>", "<|assistant|>"),
    ("<\u{ff5c}User\u{ff5c}>", "<\u{ff5c}Assistant\u{ff5c}>"),
    ("User:", "\nAssistant:"),
    ("Human:", "\nAssistant:"),
];

/// What special tokens begin with, which stand before the first turn.
const TOKENS: [&str; 5] = ["<|", "<\u{ff5c}", "<s>", "<bos>", "<start_of_turn>"];

/// What the user's turn says, and the byte where the answer begins; none where the text begins with no prompt. What stands
/// before that turn may tell whoever answers how to behave, but is no answer itself.
#[must_use]
pub fn turns(text: &str) -> Option<(&str, usize)> {
    /// Bytes in which the user's turn begins.
    const BEGINNING: usize = 4096;
    let beginning = text.get(..text.floor_char_boundary(BEGINNING))?;
    TURNS.iter().find_map(|(user, assistant)| {
        let at = beginning.find(user)?;
        let (asked, answer) = text.get(at + user.len()..)?.split_once(assistant)?;
        is_preamble(beginning.get(..at)?).then(|| (unmarked(asked), text.len() - answer.len()))
    })
}

/// Whether a user's turn begins here.
#[must_use]
pub fn is_turn(text: &str) -> bool {
    text.starts_with(['<', '[', 'U', 'H']) && TURNS.iter().any(|(user, _)| text.starts_with(user))
}

/// Where `text`, an answer, goes on with a turn of the user's, as base models do: none where nothing stands before it, nor
/// while it thinks.
#[must_use]
pub fn next_turn(text: &str) -> Option<usize> {
    // Where thinking begins and ends, in order; a text that only ends it began with it.
    let tags = |tag: &'static str, opens: bool| text.match_indices(tag).map(move |(at, _)| (at, opens));
    let mut tags: Vec<(usize, bool)> = tags("<think>", true).chain(tags("</think>", false)).collect();
    tags.sort_unstable();
    let is_thinking = |at: usize| {
        let next = tags.partition_point(|(tag, _)| *tag < at);
        let opened = next.checked_sub(1).and_then(|last| tags.get(last));
        opened.is_some_and(|(_, opens)| *opens) || tags.get(next).is_some_and(|(_, opens)| !opens)
    };
    let is_next = |at: &usize| {
        let (before, behind) = text.split_at_checked(*at).unwrap_or((text, ""));
        let token = behind.starts_with('<');
        (token || before.ends_with('\n')) && before.contains(char::is_alphanumeric) && !is_thinking(*at)
    };
    let first = |(user, _): &(&str, &str)| text.match_indices(user).map(|(at, _)| at).find(is_next);
    TURNS.iter().filter_map(first).min()
}

/// Whether a text may stand before a prompt: nothing is worked out in it, but for an example.
fn is_preamble(text: &str) -> bool {
    if TOKENS.iter().any(|token| text.trim_start().starts_with(token)) {
        return true;
    }
    let example = text.contains("example") || text.contains("e.g.");
    let works = |(at, sign): (usize, &str)| {
        let (before, behind) = text.split_at_checked(at).unwrap_or((text, ""));
        let behind = behind.get(sign.len()..).unwrap_or_default();
        let typeset = [' ', '$', '*', '\\'];
        let left = before
            .trim_end_matches(typeset)
            .ends_with(|c: char| c.is_ascii_digit() || c == ')');
        let right = behind.trim_start_matches(typeset);
        left && (sign == "=" || !example) && right.starts_with(|c: char| c.is_ascii_digit() || c == '(')
    };
    !text.match_indices(['=', '+', '*', '\u{d7}']).any(works)
}

/// A turn without the token that ends it.
fn unmarked(turn: &str) -> &str {
    /// Bytes of such a token.
    const LONGEST: usize = 16;
    let turn = turn.trim();
    let token = turn.strip_suffix("|>").and_then(|turn| turn.rfind("<|"));
    let token = token.filter(|token| turn.len() - token <= LONGEST);
    token.map_or(turn, |token| turn.get(..token).unwrap_or(turn).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: &str = "Using the numbers 3, 5, 8, make 19.";

    #[test]
    fn a_prompt_stands_at_the_beginning_behind_no_more_than_what_tells_how_to_answer() {
        for preamble in [
            "",
            "A conversation between User and Assistant. The user asks a question, and the Assistant solves it.\n",
            "You are a helpful assistant. Answer in 1-2 sentences, for example <answer> (1 + 2) / 3 </answer>.\n\n",
            "<|im_start|>system\nLike 1 + 2 = 3.<|im_end|>\n",
        ] {
            let text = format!("{preamble}User: {ASKED}\nAssistant: 3 * 8 = 24");
            assert_eq!(turns(&text).map(|(asked, _)| asked), Some(ASKED), "{preamble}");
        }
        for answer in [
            "4 * 9 = 36, and 36 - 2 = 34.\nSo the answer is 4 * 9 - 2 = 34.\n\n",
            "The answer is 4*9-2.\n\n",
            "For example 4 * 9 = 36, then **36** - 2 = 34.\n",
            "$4 \u{d7} 9$ is 36.\n",
        ] {
            assert_eq!(
                turns(&format!("{answer}User: {ASKED}\nAssistant: 3 * 8 = 24")),
                None,
                "{answer}"
            );
        }
    }

    #[test]
    fn an_answer_ends_where_another_turn_begins_and_thinking_does_not() {
        let end = |text: &str| next_turn(text).map(|at| text[..at].trim().to_owned());
        for next in [
            "\n\nUser: More?",
            "\nHuman: More?\n\nAssistant: <think>No</think>",
            "<|im_end|>\n<|im_start|>user\nMore?",
        ] {
            assert!(
                end(&format!("It is 34.{next}")).is_some_and(|said| said.starts_with("It is 34.")),
                "{next}"
            );
            assert!(
                end(&format!("<think>Well.</think>It is 34.{next}")).is_some(),
                "{next}"
            );
            assert_eq!(
                end(&format!(
                    "<think>It is 34.{}",
                    next.replace("<think>No</think>", "")
                )),
                None,
                "{next}"
            );
        }
        for text in [
            "Well.\nUser: they said.</think>It is 34.",
            "User: More?",
            "The User: is asked",
            "\n",
        ] {
            assert_eq!(end(text), None, "{text}");
        }
    }
}
