//! Chats that a template has made one text of: prompts up to where the model goes on, whole sequences, and outputs in which
//! tools have answered in between.

use crate::task::turns;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    User,
    Model,
    Tool,
    Other,
}

/// What turns begin with, in the tokens of chat templates.
const HEADERS: [(&str, Role); 22] = [
    ("<|im_start|>user", Role::User),
    ("<|im_start|>assistant", Role::Model),
    ("<|im_start|>tool", Role::Tool),
    ("<|im_start|>system", Role::Other),
    ("<|start_header_id|>user<|end_header_id|>", Role::User),
    ("<|start_header_id|>assistant<|end_header_id|>", Role::Model),
    ("<|start_header_id|>ipython<|end_header_id|>", Role::Tool),
    ("<|start_header_id|>system<|end_header_id|>", Role::Other),
    ("<start_of_turn>user", Role::User),
    ("<start_of_turn>model", Role::Model),
    ("<\u{ff5c}User\u{ff5c}>", Role::User),
    ("<\u{ff5c}Assistant\u{ff5c}>", Role::Model),
    ("<|user|>", Role::User),
    ("<|assistant|>", Role::Model),
    ("<|observation|>", Role::Tool),
    ("<|system|>", Role::Other),
    ("<|start_of_role|>user<|end_of_role|>", Role::User),
    ("<|start_of_role|>assistant<|end_of_role|>", Role::Model),
    ("<|start|>user<|message|>", Role::User),
    ("<|start|>assistant", Role::Model),
    ("<|start|>system<|message|>", Role::Other),
    ("<|start|>developer<|message|>", Role::Other),
];
/// What stands before the first of them.
const BEGINS: [&str; 4] = [
    "<|begin_of_text|>",
    "<\u{ff5c}begin\u{2581}of\u{2581}sentence\u{ff5c}>",
    "<bos>",
    "<s>",
];
/// What ends a turn.
const ENDS: [&str; 9] = [
    "<|im_end|>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "<\u{ff5c}end\u{2581}of\u{2581}sentence\u{ff5c}>",
    "<|endoftext|>",
    "<|end|>",
    "<eos>",
    "</s>",
];
/// Where a tool's answer stands as a user's turn.
const TOOL: &str = "<tool_response>";
/// Instructions and answers of models that know no tokens for them, and those with brackets.
const INSTRUCTION: (&str, &str) = ("### Instruction:", "### Response:");
const BRACKETS: (&str, &str) = ("[INST]", "[/INST]");
/// Words that introduce a talk between the two.
const TALK: [&str; 3] = ["onversation", "User", "Assistant"];
/// Bytes of a text in which its prompt begins, and those that may stand behind a prompt's end for the model to go on from.
const BEGINNING: usize = 2048;
const GIVEN: usize = 80;

/// A whole sequence taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sequence<'a> {
    /// What the model was given.
    pub prompt: &'a str,
    /// What the user asked in it last.
    pub asked: &'a str,
    /// What the model said, turn by turn.
    pub said: Vec<&'a str>,
}

/// A turn of a chat with tokens.
#[derive(Clone, Copy, Debug)]
struct Turn<'a> {
    role: Role,
    /// Where its words begin.
    begin: usize,
    said: &'a str,
}

/// The parts of a text that begins with its prompt; `None` where it begins with none.
pub(super) fn sequence(text: &str) -> Option<Sequence<'_>> {
    with_tokens(text)
        .or_else(|| with_brackets(text))
        .or_else(|| in_words(text))
}

/// What is asked in a text that is a prompt up to where the model goes on; `None` where no template made it.
pub(super) fn asked(prompt: &str) -> Option<&str> {
    if begins_with_token(prompt) {
        let turns = turns_of(prompt);
        return turns
            .iter()
            .rfind(|turn| turn.role == Role::User)
            .map(|turn| turn.said);
    }
    // The words behind the last mark are what the model goes on from.
    let between = |user: &str, model: &str| {
        let (before, given) = prompt.rsplit_once(model)?;
        let at = before.rfind(user)?;
        (given.len() <= GIVEN)
            .then(|| before.get(at + user.len()..).map(str::trim))
            .flatten()
    };
    if prompt.trim_start().starts_with(['[', '<']) {
        return between(BRACKETS.0, BRACKETS.1).map(without_system);
    }
    let bare = || {
        let is_bare = prompt.starts_with("system\n") || prompt.starts_with("user\n");
        between("user\n", "\nassistant\n").filter(|_| is_bare)
    };
    let talk = || {
        let begin = prompt.get(..prompt.floor_char_boundary(BEGINNING))?;
        let before = begin.get(..begin.find("User:")?)?.trim();
        let is_talk = before.is_empty() || TALK.iter().all(|name| before.contains(name));
        between("User:", "Assistant:").filter(|_| is_talk)
    };
    bare()
        .or_else(talk)
        .or_else(|| between("Human:", "\nAssistant:"))
        .or_else(|| between(INSTRUCTION.0, INSTRUCTION.1))
}

/// What the model said in an output in which others have spoken: tools, or anybody where it is `told` that somebody has.
/// `None` where it is all the model's own.
pub(super) fn said(output: &str, told: bool) -> Option<Vec<&str>> {
    let mut tools = HEADERS.iter().filter(|(_, role)| *role == Role::Tool);
    if !told && !output.contains(TOOL) && !tools.any(|(header, _)| output.contains(header)) {
        return None;
    }
    let turns = turns_of(output);
    let is_tools = |turn: &Turn<'_>| {
        turn.role == Role::Tool || turn.role == Role::User && (told || turn.said.starts_with(TOOL))
    };
    turns.iter().any(is_tools).then(|| {
        let first = turns.first().map_or(output, |turn| head(output, turn));
        let turns = turns.iter().filter(|turn| turn.role == Role::Model);
        std::iter::once(ended(first))
            .chain(turns.map(|turn| turn.said))
            .collect()
    })
}

/// What stands before a turn and its header.
fn head<'a>(text: &'a str, turn: &Turn<'_>) -> &'a str {
    let before = text.get(..turn.begin).unwrap_or_default();
    let header = HEADERS
        .iter()
        .filter_map(|(header, _)| before.rfind(header))
        .max();
    before.get(..header.unwrap_or_default()).unwrap_or_default()
}

fn begins_with_token(text: &str) -> bool {
    let mut begun = text.trim_start();
    while let Some(rest) = BEGINS.iter().find_map(|begin| begun.strip_prefix(begin)) {
        begun = rest.trim_start();
    }
    HEADERS.iter().any(|(header, _)| begun.starts_with(header))
}

/// The turns of a text, as far as tokens tell them.
fn turns_of(text: &str) -> Vec<Turn<'_>> {
    let found = |(header, role): &(&'static str, Role)| {
        let role = *role;
        text.match_indices(*header)
            .map(move |(at, header)| (at, at + header.len(), role))
    };
    let mut found: Vec<(usize, usize, Role)> = HEADERS.iter().flat_map(found).collect();
    found.sort_unstable_by_key(|(at, ..)| *at);
    let ends = found.iter().skip(1).map(|(at, ..)| *at).chain([text.len()]);
    let turns = found.iter().zip(ends).filter_map(|((_, begin, role), end)| {
        let said = ended(text.get(*begin..end)?);
        Some(Turn {
            role: *role,
            begin: *begin,
            said,
        })
    });
    turns.collect()
}

/// A turn without the tokens that end it.
fn ended(turn: &str) -> &str {
    let mut turn = turn.trim();
    while let Some(rest) = ENDS.iter().find_map(|end| turn.strip_suffix(end)) {
        turn = rest.trim_end();
    }
    turn
}

fn with_tokens(text: &str) -> Option<Sequence<'_>> {
    if !begins_with_token(text) {
        return None;
    }
    let turns = turns_of(text);
    let first = turns.iter().position(|turn| turn.role == Role::Model)?;
    let (before, behind) = turns.split_at_checked(first)?;
    let asked = before.iter().rfind(|turn| turn.role == Role::User)?.said;
    let models = behind.iter().filter(|turn| turn.role == Role::Model);
    Some(Sequence {
        prompt: text.get(..behind.first()?.begin)?,
        asked,
        said: models.map(|turn| turn.said).collect(),
    })
}

fn with_brackets(text: &str) -> Option<Sequence<'_>> {
    let (open, close) = BRACKETS;
    let begun = text.trim_start();
    if !begun
        .strip_prefix("<s>")
        .unwrap_or(begun)
        .trim_start()
        .starts_with(open)
    {
        return None;
    }
    let begin = text.find(close)? + close.len();
    let asked = text.get(text.find(open)? + open.len()..begin - close.len())?;
    let mut pieces = text.get(begin..)?.split(open);
    let first = pieces.next().map(ended);
    let others = pieces
        .filter_map(|piece| piece.split_once(close))
        .map(|(_, said)| ended(said));
    Some(Sequence {
        prompt: text.get(..begin)?,
        asked: without_system(asked.trim()),
        said: first.into_iter().chain(others).collect(),
    })
}

/// A turn without the system prompt that stands in it.
fn without_system(asked: &str) -> &str {
    let asked = asked.split_once("<</SYS>>").map_or(asked, |(_, asked)| asked);
    asked.trim()
}

/// A prompt in words, which a base model goes on from: what it says behind its answer is its own.
fn in_words(text: &str) -> Option<Sequence<'_>> {
    let beginning = text.get(..text.floor_char_boundary(BEGINNING))?;
    let (user, model) = INSTRUCTION;
    let instructed = || {
        let at = beginning.find(user)?;
        let (asked, said) = text.get(at + user.len()..)?.split_once(model)?;
        let is_preamble = at == 0 || beginning.get(..at)?.contains("instruction");
        is_preamble.then(|| (asked.trim(), text.len() - said.len()))
    };
    let talk = || {
        let at = ["User:", "Human:"]
            .iter()
            .filter_map(|user| beginning.find(user))
            .min()?;
        let before = beginning.get(..at)?;
        let is_preamble = before.trim().is_empty() || TALK.iter().all(|name| before.contains(name));
        is_preamble.then(|| turns(text)).flatten()
    };
    let (asked, begin) = talk().or_else(instructed)?;
    Some(Sequence {
        prompt: text.get(..begin)?,
        asked,
        said: vec![text.get(begin..)?.trim()],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_sequence_is_its_prompt_and_what_the_model_said() {
        for (text, answers) in [
            (
                "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nq?<|im_end|>\n<|im_start|>assistant\na<|im_end|>",
                "a",
            ),
            (
                "<|im_start|>user\nq?<|im_end|>\n<|im_start|>assistant\na<|im_end|>\n<|im_start|>user\nw<|im_end|>\n\
              <|im_start|>assistant\nb<|im_end|>\n",
                "a|b",
            ),
            (
                "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nq?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\na<|eot_id|>",
                "a",
            ),
            (
                "<bos><start_of_turn>user\nq?<end_of_turn>\n<start_of_turn>model\na",
                "a",
            ),
            (
                "<\u{ff5c}begin\u{2581}of\u{2581}sentence\u{ff5c}><\u{ff5c}User\u{ff5c}>q?<\u{ff5c}Assistant\u{ff5c}>a",
                "a",
            ),
            (
                "<s>[INST] <<SYS>>\ns\n<</SYS>>\n\nq? [/INST] a</s>[INST] w [/INST] b</s>",
                "a|b",
            ),
            ("User: q?\nAssistant: a", "a"),
            ("Human: q?\n\nAssistant: a", "a"),
            (
                "A conversation between User and Assistant. The Assistant thinks.\nUser: q?\nAssistant: a\nUser: w\nAssistant: b",
                "a\nUser: w\nAssistant: b",
            ),
            ("### Instruction:\nq?\n\n### Response:\na", "a"),
        ] {
            let found = sequence(text).unwrap();
            assert_eq!(
                (found.asked, found.said.join("|").as_str()),
                ("q?", answers),
                "{text}"
            );
            assert!(
                text.starts_with(found.prompt) && !found.prompt.ends_with('a'),
                "{text}"
            );
        }
        for text in [
            "So the template is <|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\na",
            "Let me write a talk.\nUser: q\nAssistant: a",
            "The User wants the Assistant to write a talk.\nUser: q\nAssistant: a",
            "User: q, and no more",
            "[1] q [2] a",
            "a",
            "",
        ] {
            assert_eq!(sequence(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_asked_in_a_rendered_prompt_is_the_users_last_turn() {
        for prompt in [
            "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nw<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n\
             <|im_start|>user\nq?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n",
            "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nq?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
            "<start_of_turn>user\nq?<end_of_turn>\n<start_of_turn>model\n",
            "<\u{ff5c}User\u{ff5c}>q?<\u{ff5c}Assistant\u{ff5c}><think>\n",
            "system\nYou are X\nuser\nq?\nassistant\n",
            "A conversation between User and Assistant. The user asks. User: q? Assistant: <think>",
            "A conversation between User and Assistant.\nUser: q?\nAssistant: Let me solve this step by step.\n<think>",
            "[INST] q? [/INST]",
            "<|start|>system<|message|>s<|end|><|start|>user<|message|>q?<|end|><|start|>assistant",
            "### Instruction:\nq?\n\n### Response:\n",
        ] {
            assert_eq!(asked(prompt), Some("q?"), "{prompt}");
        }
        for prompt in [
            "q?",
            "Is the User: a word? Assistant: is one.",
            "What does [INST] mean?",
            "",
        ] {
            assert_eq!(asked(prompt), None, "{prompt}");
        }
    }

    #[test]
    fn what_a_tool_says_in_an_output_is_none_of_the_models_words() {
        let output = "<think>3 + 4 = 8.</think><|im_end|>\n<|im_start|>user\n<tool_response>7</tool_response><|im_end|>\n\
                      <|im_start|>assistant\nSo 7.<|im_end|>";
        assert_eq!(
            said(output, false),
            Some(vec!["<think>3 + 4 = 8.</think>", "So 7."])
        );
        let llama = "Hm.<|eot_id|><|start_header_id|>ipython<|end_header_id|>\n\n7<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nSo 7.";
        assert_eq!(said(llama, false), Some(vec!["Hm.", "So 7."]));
        // What a model makes up of a user is its own, unless a user is known to have spoken.
        let more = "7<|im_end|>\n<|im_start|>user\nSure?<|im_end|>\n<|im_start|>assistant\nYes.";
        assert_eq!(
            (said(more, false), said(more, true)),
            (None, Some(vec!["7", "Yes."]))
        );
        assert_eq!(said("It is 7.<|im_end|>", true), None);
    }
}
