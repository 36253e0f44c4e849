//! The channels of gpt-oss ("harmony"), with their markers or as decoders leave them that drop special tokens.
//!
//! A message is `<|start|>assistant<|channel|>final<|message|>…<|end|>`; the first lacks its start where the prompt had it.
//! What is addressed to somebody (`to=functions.f`), or written by another than the assistant, is a call or its answer.

use super::{Span, record::PartKind};

const START: &str = "<|start|>";
const CHANNEL: &str = "<|channel|>";
const MESSAGE: &str = "<|message|>";
/// What ends a message.
const ENDS: [&str; 4] = ["<|end|>", "<|return|>", "<|call|>", START];
/// How many bytes may stand between `<|start|>` and `<|channel|>`, and from there to `<|message|>`.
const HEADER: usize = 128;

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Whether it is thinking, or said to somebody.
    pub kind: PartKind,
    /// Whether it belongs to the calling of a tool.
    pub call: bool,
    /// All of it up to the next, markers included.
    pub whole: Span,
    /// What it says.
    pub said: Span,
}

/// The messages of a text that is written so; `None` when it is not, or only speaks of it.
#[must_use]
pub fn messages(text: &str) -> Option<Vec<Message>> {
    let begun = text.trim_start();
    if begun.starts_with("analysis") {
        return bare(text);
    }
    if !begun.starts_with(CHANNEL) && !begun.starts_with(START) {
        return None;
    }
    let mut found: Vec<Message> = Vec::new();
    let mut channels = text.match_indices(CHANNEL).map(|(at, _)| at).peekable();
    while let Some(at) = channels.next() {
        let upto = text.get(..channels.peek().copied().unwrap_or(text.len()))?;
        let message = message(upto, at, found.last().map_or(0, |last| last.said.end))?;
        if let Some(last) = found.last_mut() {
            last.whole.end = message.whole.start;
        }
        found.push(message);
    }
    // What stands before the first is the prompt.
    found.first_mut()?.whole.start = 0;
    found.last_mut()?.whole.end = text.len();
    Some(found)
}

/// The message whose channel is named at `at`, in a text up to the next channel; what stands before `from` belongs to
/// another.
fn message(text: &str, at: usize, from: usize) -> Option<Message> {
    let before = text.get(from..at)?;
    let start = before.rfind(START).filter(|start| before.len() - start < HEADER);
    let role = start
        .and_then(|start| before.get(start + START.len()..))
        .unwrap_or_default();
    let behind = text.get(at + CHANNEL.len()..)?;
    let header = behind.get(..behind.floor_char_boundary(HEADER))?;
    let named = header
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(header.len());
    let (header, length) = match header.split_once(MESSAGE) {
        Some((header, _)) => (header, header.len() + MESSAGE.len()),
        None => (header.get(..named)?, named),
    };
    let said = at + CHANNEL.len() + length;
    let rest = text.get(said..)?;
    let end = ENDS.iter().filter_map(|end| rest.find(end)).min();
    let end = said + end.unwrap_or(rest.len());
    Some(Message {
        kind: if header.starts_with("analysis") {
            PartKind::Think
        } else {
            PartKind::Answer
        },
        call: [role, header].iter().any(|part| part.contains("to="))
            || !(role.is_empty() || role.starts_with("assistant")),
        whole: Span::new(start.map_or(at, |start| from + start), text.len()),
        said: Span::new(said, end),
    })
}

/// The two messages of a text whose special tokens were dropped: `analysisWe try.assistantfinalDone`.
fn bare(text: &str) -> Option<Vec<Message>> {
    const THINKING: &str = "analysis";
    const FINAL: &str = "assistantfinal";
    let at = text.find(FINAL)?;
    let piece = |kind, whole, said| Message {
        kind,
        call: false,
        whole,
        said,
    };
    let begun = text.len() - text.trim_start().len() + THINKING.len();
    Some(vec![
        piece(PartKind::Think, Span::new(0, at), Span::new(begun, at)),
        piece(
            PartKind::Answer,
            Span::new(at, text.len()),
            Span::new(at + FINAL.len(), text.len()),
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the messages say, thinking in braces, calls in brackets.
    fn shown(text: &str) -> Option<String> {
        let show = |message: &Message| match (message.call, message.kind) {
            (true, _) => format!("[{}]", message.said.of(text)),
            (false, PartKind::Think) => format!("{{{}}}", message.said.of(text)),
            (false, PartKind::Answer) => message.said.of(text).to_owned(),
        };
        messages(text).map(|messages| messages.iter().map(show).collect())
    }

    #[test]
    fn thinking_answers_and_calls_are_told_apart() {
        for (text, wanted) in [
            (
                "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>",
                "{a}b",
            ),
            ("<|channel|>final<|message|>cut off", "cut off"),
            ("<|channel|>analysis", "{}"),
            (
                "<|start|>user<|message|>q<|end|><|start|>assistant<|channel|>analysis<|message|>a<|end|>\
                 <|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>\
                 <|start|>functions.f to=assistant<|channel|>commentary<|message|>7<|end|>\
                 <|start|>assistant<|channel|>commentary<|message|>So.<|end|><|start|>assistant<|channel|>final<|message|>b",
                "{a}[{}][7]So.b",
            ),
            (
                "<|start|>assistant to=functions.f<|channel|>commentary<|message|>x<|call|>",
                "[x]",
            ),
            ("analysisWe try.assistantfinalDone", "{We try.}Done"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(wanted), "{text}");
        }
        for text in [
            "It writes `<|channel|>analysis<|message|>` first.",
            "analysis of the matter",
            "a",
            "",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn messages_cover_any_text(text in "(<\\|start\\|>|assistant|<\\|channel\\|>|analysis|final|<\\|message\\|>|<\\|end\\|>|[a-c\n é]){0,30}") {
            let mut end = 0;
            for message in messages(&text).unwrap_or_default() {
                prop_assert_eq!(message.whole.start, end);
                prop_assert!(text.get(message.said.start..message.said.end).is_some());
                prop_assert!(message.whole.start <= message.said.start && message.said.end <= message.whole.end);
                end = message.whole.end;
            }
            prop_assert!(end == 0 || end == text.len());
        }
    }
}
