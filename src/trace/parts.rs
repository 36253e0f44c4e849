//! Which bytes of a text are thinking and which the answer.
//!
//! Models mark it in their own ways: `<think>` and its kin, the channels of gpt-oss ("harmony"), an answer line of the
//! bundled language, an `<answer>` tag. Markers stay in the text and belong to the part they open or close, so the parts
//! cover every byte. A tag that only quotes (in a code fence or backticks of an answer) is none.

use super::{
    Span, harmony,
    language::Line,
    record::{Part, PartKind},
};
use aho_corasick::AhoCorasick;
use std::{borrow::Cow, sync::LazyLock};

/// Where thinking begins and ends, as models and training recipes write it.
const TAGS: [(&str, &str); 9] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
    ("\u{25c1}think\u{25b7}", "\u{25c1}/think\u{25b7}"),
    ("<seed:think>", "</seed:think>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
];

/// Opening tags have even numbers, their closing ones the odd ones behind.
static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(TAGS.iter().flat_map(|(open, close)| [open, close])).ok());

/// Thinking and answer of a finished text: as it marks them, else all up to the last `answer …` line of the bundled
/// language or the last `<answer>` tag is thinking.
#[must_use]
pub fn parts(text: &str) -> Vec<Part> {
    marked(text).unwrap_or_else(|| {
        let answer = last_answer_line(text).or_else(|| text.rfind("<answer>"));
        let mut parts = Parts::default();
        parts.until(answer.unwrap_or(text.len()), PartKind::Think);
        parts.until(text.len(), PartKind::Answer);
        parts.0
    })
}

/// The parts of a text that says itself where its thinking is; `None` when it does not.
#[must_use]
pub fn marked(text: &str) -> Option<Vec<Part>> {
    channels(text).or_else(|| tagged(text))
}

/// Where the last answer begins, behind all thinking; 0 where no answer is told apart.
#[must_use]
pub fn thought(parts: &[Part]) -> usize {
    let answer = parts.last().filter(|part| part.kind == PartKind::Answer);
    answer.map_or(0, |part| part.span.start)
}

/// A stretch of a text without the tags that say where thinking begins and ends; one in backticks only quotes.
#[must_use]
pub fn unmarked(text: &str) -> Cow<'_, str> {
    // What tags begin with: `<`, `[` and the first byte of a white triangle.
    if memchr::memchr3(b'<', b'[', 0xe2, text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let (mut said, mut from) = (Cow::Borrowed(""), 0);
    for found in FINDER.iter().flat_map(|finder| finder.find_iter(text)) {
        let before = text.get(from..found.start()).unwrap_or_default();
        if before.ends_with('`') {
            continue;
        }
        let said = said.to_mut();
        said.push_str(before);
        said.push(' ');
        from = found.end();
    }
    match from {
        0 => Cow::Borrowed(text),
        _ => said + text.get(from..).unwrap_or_default(),
    }
}

/// Whether a text is a tag by itself: `<think>`, `</answer>`.
#[must_use]
pub fn is_tag(text: &str) -> bool {
    let inside = text
        .trim()
        .strip_prefix('<')
        .and_then(|tag| tag.strip_suffix('>'));
    inside.is_some_and(|tag| tag.len() < 32 && !tag.contains(['<', '>', ' ']))
}

/// Where a text says that it is thinking, in order.
#[must_use]
pub fn thinking(text: &str) -> Vec<Span> {
    thoughts(&marked(text).unwrap_or_default())
}

/// The parts that are thinking.
#[must_use]
pub fn thoughts(parts: &[Part]) -> Vec<Span> {
    let thought = |part: &Part| (part.kind == PartKind::Think).then_some(part.span);
    parts.iter().filter_map(thought).collect()
}

/// Parts one behind the other from the first byte on.
#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    /// What follows up to `end` is of this kind.
    fn until(&mut self, end: usize, kind: PartKind) {
        let start = self.0.last().map_or(0, |part| part.span.end);
        match self.0.last_mut() {
            _ if end <= start => {}
            Some(last) if last.kind == kind => last.span.end = end,
            _ => self.0.push(Part {
                kind,
                span: Span::new(start, end),
            }),
        }
    }

    fn end(&self) -> usize {
        self.0.last().map_or(0, |part| part.span.end)
    }
}

fn tagged(text: &str) -> Option<Vec<Part>> {
    let mut parts = Parts::default();
    let mut open: Option<(usize, usize)> = None;
    let (mut any, mut fences) = (false, Fences::default());
    for found in FINDER.as_ref()?.find_iter(text) {
        let tag = found.pattern().as_usize();
        match open {
            Some((opening, _)) if tag == opening + 1 => {
                parts.until(found.end(), PartKind::Think);
                fences = Fences::from(found.end());
                open = None;
            }
            Some(_) => {}
            None if fences.quoted(text, found.start()) => {}
            None if tag.is_multiple_of(2) => {
                let before = text.get(parts.end()..found.start()).unwrap_or_default();
                if !before.trim().is_empty() {
                    parts.until(found.start(), PartKind::Answer);
                }
                open = Some((tag, found.start()));
                any = true;
            }
            // The prompt may have opened it already.
            None if !any => {
                parts.until(found.end(), PartKind::Think);
                fences = Fences::from(found.end());
                any = true;
            }
            None => {}
        }
    }
    if !any {
        return None;
    }
    // Thinking that nobody closed ends with the text, or where an answer is tagged.
    if let Some((_, start)) = open {
        let answer = text.rfind("<answer>").filter(|at| *at > start);
        parts.until(answer.unwrap_or(text.len()), PartKind::Think);
    }
    parts.until(text.len(), PartKind::Answer);
    Some(parts.0)
}

/// Whether a code fence is open, read up to some byte.
#[derive(Default)]
struct Fences {
    read: usize,
    open: bool,
}

impl Fences {
    fn from(read: usize) -> Self {
        Self { read, open: false }
    }

    /// Whether a tag at `at` is shown as code.
    fn quoted(&mut self, text: &str, at: usize) -> bool {
        let fences = text
            .get(self.read..at)
            .map_or(0, |text| text.matches("```").count());
        self.open ^= fences % 2 == 1;
        self.read = at;
        self.open || text.get(..at).is_some_and(|before| before.ends_with('`'))
    }
}

/// The channels of gpt-oss; what is not thinking counts as an answer.
fn channels(text: &str) -> Option<Vec<Part>> {
    let mut parts = Parts::default();
    for message in harmony::messages(text)? {
        parts.until(message.whole.end, message.kind);
    }
    Some(parts.0)
}

fn last_answer_line(text: &str) -> Option<usize> {
    let start = text.trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(start..)?.trim_end_matches('\n');
    matches!(Line::parse(line)?.line, Line::Answer { .. }).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The parts of a text as it is written here, thinking in braces.
    fn shown(text: &str) -> String {
        let show = |part: &Part| match part.kind {
            PartKind::Think => format!("{{{}}}", part.span.of(text)),
            PartKind::Answer => part.span.of(text).to_owned(),
        };
        parts(text).iter().map(show).collect()
    }

    #[test]
    fn tags_are_part_of_the_thinking_they_mark() {
        for wanted in [
            "{<think>a</think>}b",
            "{\n<think>a</think>}\n\nb",
            "Well. {<think>a</think>}b{<think>c</think>}d",
            "{<reasoning>a</reasoning>}\n<answer>b</answer>",
            "{[THINK]a <think> b[/THINK]}c",
            "{\u{25c1}think\u{25b7}é\u{25c1}/think\u{25b7}}ü",
        ] {
            assert_eq!(shown(&wanted.replace(['{', '}'], "")), wanted);
        }
    }

    #[test]
    fn thinking_may_have_been_opened_by_the_prompt_or_never_be_closed() {
        for wanted in [
            "{a</think>}b",
            "{<think>a}",
            "{<think>a ```x``` }<answer>b</answer>",
            "{a}<answer>b",
            "{a}",
            "{try 1+2=3 left 3\n}answer 1+2\n",
        ] {
            assert_eq!(shown(&wanted.replace(['{', '}'], "")), wanted);
        }
    }

    #[test]
    fn tags_that_are_shown_as_code_mark_nothing() {
        for wanted in [
            "{<think>a</think>}write\n```\n<think>b</think>\n```\nor `<think>` {<think>c</think>}",
            "{<think>a ```\nb</think>}c",
        ] {
            assert_eq!(shown(&wanted.replace(['{', '}'], "")), wanted);
        }
    }

    #[test]
    fn the_channels_of_harmony_are_told_apart() {
        for wanted in [
            "{<|channel|>analysis<|message|>a<|end|>}<|start|>assistant<|channel|>final<|message|>b<|return|>",
            "{<|start|>assistant<|channel|>analysis<|message|>a<|end|>}<|start|>assistant<|channel|>commentary to=f<|message|>{b}",
            "{analysisWe try.}assistantfinalDone",
        ] {
            let text = wanted.replacen('{', "", 1).replacen('}', "", 1);
            assert_eq!(shown(&text), wanted);
        }
    }

    proptest! {
        #[test]
        fn parts_cover_every_byte_once(
            text in "(<think>|</think>|<answer>|```|`|<\\|channel\\|>|analysis|final|<\\|start\\|>|[a-c\n é]){0,30}"
        ) {
            let parts = parts(&text);
            let whole: String = parts.iter().map(|part| part.span.of(&text)).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
