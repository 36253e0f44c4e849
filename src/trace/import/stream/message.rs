//! The events of Anthropic's Messages API: `message_start`, blocks of content that begin, grow and stop, `message_delta`
//! with why the answer ended and what it cost, `message_stop`.
//!
//! Events name no message. One whose end is missing is over where another begins, where the numbers of blocks go back to
//! one that is not open, and where a block grows that had its end.

use super::{super::shape::Object, Pieces, Step, Whole, broken, name, object};
use serde_json::{Value, json};

/// The kinds of blocks that have text.
const TEXT: &str = "text";
const THINKING: &str = "thinking";

/// A message so far.
#[derive(Debug, Default)]
pub(super) struct Message {
    /// What `message_start` says of all of it, and `message_delta` of its end.
    head: Object,
    begun: bool,
    /// Whether a `message_delta` has said why it ended, and whether a `message_stop` has come.
    ended: bool,
    stopped: bool,
    /// Whether text begins again in a block of the same number: servers that do not count do that, but it may be another
    /// message whose beginning is missing.
    mixed: bool,
    /// Its content.
    blocks: Pieces<Key, Block>,
}

/// A block's number, and how many of that number were before it: some servers give all of them the same.
type Key = (u64, usize);

#[derive(Debug, Default)]
struct Block {
    block: Object,
    /// Whether its beginning was there, and its end.
    begun: bool,
    stopped: bool,
}

/// Whether an object called `name` is an event.
pub(super) fn is_event(name: &str, event: &Object) -> bool {
    match name {
        "message_start" => object(event, "message").is_some(),
        "content_block_start" => object(event, "content_block").is_some(),
        "content_block_delta" | "message_delta" => object(event, "delta").is_some(),
        "content_block_stop" | "message_stop" | "ping" => true,
        _ => false,
    }
}

/// Whether there is anything of a message in it.
pub(super) fn says(event: &Object) -> bool {
    ["message", "content_block", "delta"]
        .iter()
        .any(|name| event.contains_key(*name))
}

impl Message {
    /// Whether an event is the first of another message, whose own `message_start` may be missing.
    pub(super) fn is_before(&self, event: &Object) -> bool {
        match name(event) {
            "message_start" => true,
            // Within a message a number comes again only behind the end of its block.
            "content_block_start" => {
                let last = self.last(index(event));
                self.ended
                    || self.goes_back(event)
                    || last.is_some_and(|(_, last)| !(self.begun && last.stopped))
            }
            "content_block_delta" => {
                let kind = object(event, "delta").and_then(grown).map(|(kind, _)| kind);
                let last = self.last(index(event)).map(|(_, last)| last);
                let grows = |last: &Block| last.begun && !last.stopped && (kind.is_none() || last.is(kind));
                // Blocks that are open may grow in turn.
                self.ended
                    || self.goes_back(event) && !last.is_some_and(grows)
                    || last.is_some_and(|last| last.stopped && last.is(kind))
            }
            _ => false,
        }
    }

    /// Whether the number of an event's block is smaller than one that was before it.
    fn goes_back(&self, event: &Object) -> bool {
        let number = event.get("index").and_then(Value::as_u64);
        let highest = self.blocks.pieces.last_key_value();
        number
            .zip(highest)
            .is_some_and(|(number, (highest, _))| number < highest.0)
    }

    /// The last block of that number.
    fn last(&self, index: u64) -> Option<(Key, &Block)> {
        let mut blocks = self.blocks.pieces.range((index, 0)..=(index, usize::MAX));
        blocks.next_back().map(|(key, block)| (*key, block))
    }

    /// What the next one goes by.
    fn next(&self, index: u64) -> Key {
        (index, self.last(index).map_or(0, |((_, before), _)| before + 1))
    }

    pub(super) fn take(&mut self, mut event: Object) -> Step {
        let index = index(&event);
        match name(&event) {
            "message_start" => {
                self.begun = true;
                if let Some(Value::Object(message)) = event.remove("message") {
                    self.head = message;
                }
            }
            "content_block_start" => {
                let begun = event.remove("content_block");
                let is_text = |block: &Block| block.is(Some(TEXT));
                if self.last(index).is_some_and(|(_, before)| is_text(before)) {
                    let kind = begun.as_ref().and_then(|block| block.get("type")?.as_str());
                    self.mixed |= kind.is_some_and(|kind| [TEXT, THINKING].contains(&kind));
                }
                if let Some(Value::Object(block)) = begun
                    && let Some(new) = self.blocks.of(self.next(index))
                {
                    (new.block, new.begun) = (block, true);
                }
            }
            "content_block_stop" => {
                let last = self.last(index).map(|(key, _)| key);
                if let Some(last) = last.and_then(|key| self.blocks.of(key)) {
                    last.stopped = true;
                }
            }
            "content_block_delta" => {
                if let Some(delta) = object(&event, "delta") {
                    self.grow(index, delta);
                }
            }
            "message_delta" => {
                if let Some(Value::Object(delta)) = event.remove("delta") {
                    self.ended |= delta.get("stop_reason").is_some_and(Value::is_string);
                    self.head.extend(delta);
                }
                // What it has cost so far; what is not said again still holds.
                if let Some(Value::Object(usage)) = event.remove("usage") {
                    let known = self.head.entry("usage").or_insert_with(|| json!({}));
                    if let Value::Object(known) = known {
                        known.extend(usage.into_iter().filter(|(_, count)| !count.is_null()));
                    }
                }
            }
            "message_stop" => {
                self.stopped = true;
                return Step::Over;
            }
            "error" => return broken(&event),
            _ => {}
        }
        Step::More
    }

    /// A block has more text.
    fn grow(&mut self, index: u64, delta: &Object) {
        let Some((kind, more)) = grown(delta) else {
            return;
        };
        let last = self.last(index).filter(|(_, block)| block.is(Some(kind)));
        let key = last.map_or_else(|| self.next(index), |(key, _)| key);
        let Some(Block { block, .. }) = self.blocks.of(key) else {
            return;
        };
        block.entry("type").or_insert_with(|| kind.into());
        // A text stands in a field that is called as its kind is.
        match block.entry(kind).or_insert_with(|| "".into()) {
            Value::String(text) => text.push_str(more),
            other => *other = more.into(),
        }
    }

    /// The message as it would have come at once.
    pub(super) fn whole(self) -> Whole {
        let mut response = self.head;
        let cut = !self.stopped && !response.get("stop_reason").is_some_and(Value::is_string);
        response.entry("stop_reason").or_insert(Value::Null);
        response.insert("role".to_owned(), "assistant".into());
        let overfull = self.blocks.overfull;
        if !self.blocks.pieces.is_empty() || !response.contains_key("content") {
            let blocks = self
                .blocks
                .pieces
                .into_values()
                .map(|block| Value::Object(block.block));
            response.insert("content".to_owned(), blocks.collect());
        }
        Whole {
            headless: !self.begun,
            overfull,
            mixed: self.mixed,
            ..Whole::new(response, cut)
        }
    }
}

impl Block {
    /// Whether it is, or may be, of that kind.
    fn is(&self, kind: Option<&str>) -> bool {
        let known = self.block.get("type");
        kind.is_some_and(|kind| known.is_none_or(|known| known == kind))
    }
}

/// The kind of text that a delta has more of, and what. What tools are called with, signatures and citations are no text.
fn grown(delta: &Object) -> Option<(&'static str, &str)> {
    let kind = match delta.get("type")?.as_str()? {
        "text_delta" => TEXT,
        "thinking_delta" => THINKING,
        _ => return None,
    };
    Some((kind, delta.get(kind)?.as_str()?))
}

/// The number of the block that an event is of.
fn index(event: &Object) -> u64 {
    event.get("index").and_then(Value::as_u64).unwrap_or(0)
}
