//! Chat messages as one text: what the assistant thought and said, turn by turn.
//!
//! Turns, and thinking that came in a field of its own and the answer behind it, are joined by a blank line; nothing else
//! is added: the pieces of one answer are cut in the middle of sentences. Tool calls, images and what users say in between are left out.

use super::rendered;
use crate::trace::{
    Span, harmony, parts,
    record::{Part, PartKind},
};
use serde_json::{Map, Value};

/// What goes between two turns.
pub(super) const BLANK_LINE: &str = "\n\n";
/// Fields that servers put thinking in.
pub(super) const THINKING: [&str; 3] = ["reasoning_content", "reasoning", "thinking"];

/// Where a server that speaks for others puts it in pieces.
pub(super) const DETAILS: &str = "reasoning_details";

/// One side of a conversation.
#[derive(Debug, Default)]
pub(super) struct Speech {
    text: String,
    parts: Vec<Part>,
    told_apart: bool,
    /// Whether any of it is a refusal to answer, which some APIs keep apart from answers.
    pub refused: bool,
    /// Where blank lines were put in.
    joints: Vec<usize>,
}

impl Speech {
    /// Thinking that is known to be thinking.
    pub(super) fn think(&mut self, text: &str) {
        let start = self.begin(text);
        self.text.push_str(text);
        self.told_apart |= !text.is_empty();
        self.part(PartKind::Think, start);
    }

    /// The answer, or a text that tells itself where its thinking is.
    pub(super) fn say(&mut self, text: &str) {
        if let Some(messages) = harmony::messages(text) {
            return self.channels(text, &messages);
        }
        if let Some(turns) = rendered::said(text, false) {
            return turns.into_iter().for_each(|turn| self.say_turn(turn));
        }
        self.say_turn(text);
    }

    /// The same, of one turn.
    fn say_turn(&mut self, text: &str) {
        let start = self.begin(text);
        match parts::marked(text) {
            Some(marked) => {
                self.told_apart = true;
                for part in marked {
                    let from = self.text.len();
                    self.text.push_str(part.span.of(text));
                    self.part(part.kind, from.max(start));
                }
            }
            None => {
                self.text.push_str(text);
                self.part(PartKind::Answer, start);
            }
        }
    }

    /// The messages of gpt-oss, without their markers; calls of tools are left out as they are elsewhere.
    fn channels(&mut self, text: &str, messages: &[harmony::Message]) {
        for message in messages.iter().filter(|message| !message.call) {
            let said = message.said.of(text).trim();
            match message.kind {
                PartKind::Think => self.think(said),
                PartKind::Answer => {
                    let start = self.begin(said);
                    self.text.push_str(said);
                    self.part(PartKind::Answer, start);
                }
            }
        }
    }

    /// A text on its own, with its parts.
    pub(super) fn of(text: &str) -> Self {
        let mut speech = Self::default();
        speech.say(text);
        speech
    }

    /// An assistant's message.
    pub(super) fn message(&mut self, message: &Map<String, Value>) {
        // Some APIs answer with a list of items, and thinking is one of its own.
        if message.get("type").and_then(Value::as_str) == Some("reasoning") {
            return self.block(&Value::Object(message.clone()), PartKind::Think);
        }
        // Servers that changed their mind about the name send both, and some leave one empty.
        let thoughts = THINKING.iter().filter_map(|name| message.get(*name));
        let mut thoughts = thoughts.map(|thought| {
            let mut text = String::new();
            flatten(thought, &mut text);
            text
        });
        if let Some(thought) = thoughts.find(|text| !text.is_empty()) {
            self.think(&thought);
        } else if let Some(Value::Array(details)) = message.get(DETAILS) {
            details
                .iter()
                .for_each(|detail| self.block(detail, PartKind::Think));
        }
        // What gpt-oss only thinks is told by its channel.
        let thinks = message.get("channel").and_then(Value::as_str) == Some("analysis");
        match message.get("content").or_else(|| message.get("value")) {
            Some(content @ Value::Array(_)) if thinks => self.think(&joined(content)),
            Some(Value::Array(blocks)) => self.blocks(blocks),
            Some(Value::String(text)) if thinks => self.think(text),
            Some(Value::String(text)) => self.say(text),
            _ => {}
        }
        if let Some(refusal) = message.get("refusal").and_then(Value::as_str) {
            self.refuse(refusal);
        }
    }

    /// What is said in place of an answer.
    fn refuse(&mut self, text: &str) {
        self.refused |= !text.is_empty();
        self.say(text);
    }

    /// The pieces of a message. Those of an answer that follow each other are one text.
    fn blocks(&mut self, blocks: &[Value]) {
        let mut said = String::new();
        for block in blocks {
            if is_said(block) {
                said.push_str(&joined(block));
            } else {
                self.say(&std::mem::take(&mut said));
                self.block(block, PartKind::Answer);
            }
        }
        self.say(&said);
    }

    /// One piece of what a message thinks or answers.
    fn block(&mut self, block: &Value, of: PartKind) {
        let kind = block.get("type").and_then(Value::as_str).unwrap_or("text");
        let hidden = block.get("redacted").and_then(Value::as_bool) == Some(true);
        let mut text = String::new();
        match kind {
            "refusal" if of == PartKind::Answer => {
                self.refuse(block.get("refusal").and_then(Value::as_str).unwrap_or_default());
            }
            "reasoning" | "thinking" | "reasoning.text" | "reasoning.summary" | "text" => {
                // What is encrypted is no text; its summary is.
                let names: &[&str] = if hidden {
                    &["summary"]
                } else {
                    &["reasoning", "thinking", "text", "content", "summary"]
                };
                for value in names.iter().filter_map(|name| block.get(*name)) {
                    if text.is_empty() {
                        flatten(value, &mut text);
                    }
                }
                self.think(&text);
            }
            _ => {}
        }
    }

    /// The text, its parts, none when nothing told thinking and answer apart, and where blank lines were put in.
    pub(super) fn done(self) -> (String, Vec<Part>, Vec<usize>) {
        let parts = if self.told_apart { self.parts } else { Vec::new() };
        (self.text, parts, self.joints)
    }

    /// Where a piece begins that is to be appended.
    fn begin(&mut self, piece: &str) -> usize {
        if !self.text.is_empty() && !piece.is_empty() {
            self.joints.push(self.text.len());
            self.text.push_str(BLANK_LINE);
            if let Some(last) = self.parts.last_mut() {
                last.span.end = self.text.len();
            }
        }
        self.text.len()
    }

    /// What was appended since `start` is of this kind.
    fn part(&mut self, kind: PartKind, start: usize) {
        let span = Span::new(start, self.text.len());
        match self.parts.last_mut() {
            _ if span.start >= span.end => {}
            Some(last) if last.kind == kind && last.span.end == span.start => last.span.end = span.end,
            _ => self.parts.push(Part { kind, span }),
        }
    }
}

/// What a model was given.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// All of it, as one text.
    pub prompt: String,
    /// What the user asked last.
    pub question: Option<String>,
}

impl Asked {
    /// A prompt that is a text, or messages that are one as a whole.
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self {
                prompt: text.clone(),
                question: Some(rendered::asked(text).unwrap_or(text).to_owned()),
            }),
            Value::Array(messages) => {
                let mut asked = Self::default();
                let messages = messages.iter().filter_map(Value::as_object);
                messages.for_each(|message| asked.message(message));
                Some(asked)
            }
            _ => None,
        }
    }

    fn message(&mut self, message: &Map<String, Value>) {
        // Instructions are sent as blocks of text, too.
        let mut found = ["content", "value", "text"]
            .iter()
            .filter_map(|name| message.get(*name));
        let mut text = String::new();
        found
            .next()
            .into_iter()
            .for_each(|content| flatten(content, &mut text));
        append(&mut self.prompt, &text);
        if matches!(role(message), Some("user" | "human")) {
            self.question = Some(text);
        }
    }
}

/// A conversation taken apart.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    /// What stood before the first turn of the assistant.
    pub asked: Asked,
    /// The assistant's turns.
    pub speech: Speech,
    /// Whether it has any.
    pub answered: bool,
}

impl Conversation {
    /// Takes in one message. Turns of the assistant that were written for the prompt (`source: "input"`) belong to it.
    pub(super) fn message(&mut self, message: &Map<String, Value>) {
        let given = message.get("source").and_then(Value::as_str) == Some("input");
        if is_assistant(message) && !given {
            self.answered = true;
            self.speech.message(message);
        } else if !self.answered {
            self.asked.message(message);
        }
    }

    /// The messages of a list, in order. `None` when one of them is none.
    pub(super) fn messages(messages: &[Value]) -> Option<Self> {
        Self::behind(Speech::default(), messages)
    }

    /// The same, where something has been said before.
    pub(super) fn behind(speech: Speech, messages: &[Value]) -> Option<Self> {
        let mut conversation = Self {
            speech,
            ..Self::default()
        };
        for message in messages {
            conversation.message(message.as_object().filter(|m| role(m).is_some())?);
        }
        Some(conversation)
    }
}

/// Whether a list is one of messages.
pub(super) fn is_messages(list: &[Value]) -> bool {
    list.first().and_then(Value::as_object).is_some_and(|first| {
        role(first).is_some() && (first.contains_key("content") || first.contains_key("value"))
    })
}

/// Whether one of them is the assistant's.
pub(super) fn is_answered(list: &[Value]) -> bool {
    list.iter().filter_map(Value::as_object).any(is_assistant)
}

/// Whose a message is.
pub(super) fn role(message: &Map<String, Value>) -> Option<&str> {
    ["role", "from"]
        .iter()
        .find_map(|name| message.get(*name))
        .and_then(Value::as_str)
}

/// Whether a message is the model's.
pub(super) fn is_assistant(message: &Map<String, Value>) -> bool {
    matches!(
        role(message),
        Some("assistant" | "gpt" | "model" | "chatgpt" | "ai" | "bot")
    )
}

/// Whether a piece of a message is a text of its answer.
fn is_said(block: &Value) -> bool {
    let kind = block.get("type").and_then(Value::as_str).unwrap_or("text");
    matches!(kind, "text" | "output_text")
}

/// The text of such a piece, or of a list of them.
fn joined(content: &Value) -> String {
    match content {
        Value::Array(blocks) => blocks.iter().filter(|block| is_said(block)).map(joined).collect(),
        block => {
            let mut text = String::new();
            flatten(block.get("text").unwrap_or(block), &mut text);
            text
        }
    }
}

/// The strings in nested lists and blocks, joined by a blank line.
fn flatten(value: &Value, text: &mut String) {
    match value {
        Value::String(piece) => append(text, piece),
        Value::Array(list) => list.iter().for_each(|value| flatten(value, text)),
        Value::Object(block) => {
            let found = ["text", "thinking", "summary", "content"]
                .iter()
                .find_map(|name| block.get(*name));
            found.into_iter().for_each(|value| flatten(value, text));
        }
        _ => {}
    }
}

/// Appends a piece, behind a blank line where there is a text to be parted from.
pub(super) fn append(text: &mut String, piece: &str) {
    if !text.is_empty() && !piece.is_empty() {
        text.push_str(BLANK_LINE);
    }
    text.push_str(piece);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The text of messages, thinking in braces.
    fn shown(messages: Value) -> String {
        let conversation = Conversation::messages(messages.as_array().unwrap()).unwrap();
        let (text, parts, _) = conversation.speech.done();
        if parts.is_empty() {
            return text;
        }
        let show = |part: &Part| match part.kind {
            PartKind::Think => format!("{{{}}}", part.span.of(&text)),
            PartKind::Answer => part.span.of(&text).to_owned(),
        };
        parts.iter().map(show).collect()
    }

    #[test]
    fn thinking_is_found_wherever_servers_put_it() {
        for message in [
            json!({"role": "assistant", "content": "b", "reasoning": "a"}),
            json!({"role": "assistant", "content": "b", "reasoning_content": "a", "reasoning": "a"}),
            json!({"role": "assistant", "content": "b", "thinking": "a"}),
            json!({"role": "assistant", "content": "b", "reasoning_details": [{"type": "reasoning.text", "text": "a"}]}),
            json!({"role": "assistant", "content": "b", "reasoning": null,
                "reasoning_details": [{"type": "reasoning.summary", "summary": "a"}, {"type": "reasoning.encrypted", "data": "x"}]}),
            json!({"role": "assistant", "content": "b", "reasoning": "", "thinking": "a"}),
            json!({"role": "assistant", "content": [{"type": "reasoning", "reasoning": "a"}, {"type": "text", "text": "b"}]}),
            json!({"role": "assistant", "content": [{"type": "thinking", "thinking": "a"}, {"type": "text", "text": "b"}]}),
            json!({"role": "assistant", "content": [{"type": "reasoning", "reasoning": "xx", "redacted": true, "summary": "a"},
                {"type": "output_text", "text": "b"}]}),
            json!({"from": "gpt", "value": [{"type": "reasoning", "summary": [{"text": "a"}]}, "b"]}),
        ] {
            assert_eq!(shown(json!([message])), "{a\n\n}b", "{message}");
        }
        let inline = json!([{"role": "assistant", "content": "<think>a</think>b"}]);
        assert_eq!(shown(inline), "{<think>a</think>}b");
        let harmony = "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b";
        assert_eq!(
            shown(json!([{"role": "assistant", "content": harmony}])),
            "{a\n\n}b"
        );
        let calls = "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>commentary to=functions.f<|message|>{}\
                     <|call|><|start|>functions.f to=assistant<|channel|>commentary<|message|>7<|end|>\
                     <|start|>assistant<|channel|>final<|message|>b<|return|>";
        assert_eq!(
            shown(json!([{"role": "assistant", "content": calls}])),
            "{a\n\n}b"
        );
    }

    #[test]
    fn pieces_of_one_answer_are_joined_by_nothing() {
        for (content, wanted) in [
            (
                json!([{"type": "text", "text": "Let me think. "}, {"type": "text", "text": "Canberra."}]),
                "Let me think. Canberra.",
            ),
            (json!(["Can", {"type": "text", "text": "berra."}]), "Canberra."),
            (
                json!([{"text": "<think>Syd"}, {"text": "ney?</think>Canberra."}]),
                "{<think>Sydney?</think>}Canberra.",
            ),
            (json!(["a", {"type": "image"}, "b"]), "a\n\nb"),
        ] {
            assert_eq!(shown(json!([{"role": "assistant", "content": content}])), wanted);
        }
    }

    #[test]
    fn channels_of_messages_tell_thinking_and_answer_apart() {
        for thought in [json!("a"), json!([{"type": "text", "text": "a"}])] {
            let messages = json!([
                {"role": "assistant", "channel": "analysis", "content": thought},
                {"role": "assistant", "channel": "final", "content": "b"},
            ]);
            assert_eq!(shown(messages), "{a\n\n}b");
        }
    }

    #[test]
    fn turns_are_joined_by_a_blank_line_and_the_users_words_stay_out() {
        let messages = json!([
            {"role": "system", "content": "s"}, {"role": "user", "content": "q"},
            {"role": "assistant", "content": "b", "reasoning": "a"}, {"role": "user", "content": "why?"},
            {"role": "assistant", "content": "", "tool_calls": [{}]}, {"role": "tool", "content": "t"},
            {"role": "assistant", "content": "<think>c</think>d"},
        ]);
        assert_eq!(shown(messages.clone()), "{a\n\n}b\n\n{<think>c</think>}d");
        let conversation = Conversation::messages(messages.as_array().unwrap()).unwrap();
        assert_eq!(
            (
                conversation.asked.prompt.as_str(),
                conversation.asked.question.as_deref()
            ),
            ("s\n\nq", Some("q"))
        );
    }

    #[test]
    fn where_nothing_is_thinking_there_are_no_parts_to_tell() {
        let messages = json!([{"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}]);
        assert_eq!(shown(messages), "a\n\nb");
    }
}
