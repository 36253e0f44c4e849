//! The events of Anthropic's Messages API: `message_start`, blocks of content that begin, grow and stop, `message_delta`
//! with why the answer ended and what it cost, `message_stop`.

use super::{super::shape::Object, Pieces, Step, Whole, broken, name, object};
use serde_json::{Value, json};

/// A message so far.
#[derive(Debug, Default)]
pub(super) struct Message {
    /// What `message_start` says of all of it, and `message_delta` of its end.
    head: Object,
    begun: bool,
    /// Whether a `message_delta` has said why it ended, and whether a `message_stop` has come.
    ended: bool,
    stopped: bool,
    /// Its content.
    blocks: Pieces<Key, Block>,
}

/// A block's number, and how many of that number were before it: some servers give all of them the same.
type Key = (u64, usize);

#[derive(Debug, Default)]
struct Block {
    block: Object,
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
                self.ended || last.is_some_and(|(_, last)| !(self.begun && last.stopped))
            }
            "content_block_delta" => self.ended,
            _ => false,
        }
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
                if let Some(Value::Object(block)) = event.remove("content_block")
                    && let Some(new) = self.blocks.of(self.next(index))
                {
                    new.block = block;
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

    /// A block has more text. What tools are called with, signatures and citations are no text.
    fn grow(&mut self, index: u64, delta: &Object) {
        let (kind, name) = match delta.get("type").and_then(Value::as_str) {
            Some("text_delta") => ("text", "text"),
            Some("thinking_delta") => ("thinking", "thinking"),
            _ => return,
        };
        let Some(more) = delta.get(name).and_then(Value::as_str) else {
            return;
        };
        let is_of = |block: &Block| block.block.get("type").is_none_or(|known| known == kind);
        let last = self.last(index).filter(|(_, block)| is_of(block));
        let key = last.map_or_else(|| self.next(index), |(key, _)| key);
        let Some(Block { block, .. }) = self.blocks.of(key) else {
            return;
        };
        block.entry("type").or_insert_with(|| kind.into());
        match block.entry(name).or_insert_with(|| "".into()) {
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
            ..Whole::new(response, cut)
        }
    }
}

/// The number of the block that an event is of.
fn index(event: &Object) -> u64 {
    event.get("index").and_then(Value::as_u64).unwrap_or(0)
}
