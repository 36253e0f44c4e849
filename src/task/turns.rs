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

/// What the user's turn says, and the byte where the answer begins; none where the text begins with no prompt.
#[must_use]
pub fn turns(text: &str) -> Option<(&str, usize)> {
    /// Bytes in which the user's turn begins.
    const BEGINNING: usize = 4096;
    let beginning = text.get(..text.floor_char_boundary(BEGINNING))?;
    TURNS.iter().find_map(|(user, assistant)| {
        let said = text.get(beginning.find(user)? + user.len()..)?;
        let (asked, answer) = said.split_once(assistant)?;
        Some((unmarked(asked), text.len() - answer.len()))
    })
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
