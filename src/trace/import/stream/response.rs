//! The events of OpenAI's Responses API: `response.created`, items of output that are added, grow and are done, and
//! `response.completed` or `response.incomplete` with the whole response once more, or `response.failed`.
//!
//! Servers differ in whether they number items and whether the last event repeats them: an item is known by its name, and
//! what the last event leaves out is taken from the events before it.

use super::{
    super::shape::{Object, RESPONSE},
    Step, Whole, broken, object,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// How all events are called.
const PREFIX: &str = "response.";

/// A response so far.
#[derive(Debug, Default)]
pub(super) struct Response {
    /// What the last event that says so says of all of it.
    head: Object,
    ended: bool,
    /// Its output, in the order in which it began.
    items: Vec<Item>,
    /// Where in it the item of a name stands.
    named: HashMap<String, usize>,
}

/// One item of the output: thinking, a message, a call.
#[derive(Debug, Default)]
struct Item {
    item: Object,
    /// Texts that have grown since it was added, by the list they stand in and their number there.
    texts: BTreeMap<(&'static str, u64), Text>,
}

#[derive(Debug)]
struct Text {
    kind: &'static str,
    text: String,
    logprobs: Vec<Value>,
}

/// A kind of text that grows.
struct Growing {
    /// The item it stands in, the list there, and the number in that list.
    item: &'static str,
    list: &'static str,
    number: &'static str,
    kind: &'static str,
}

/// The text that an event of this name adds to.
fn growing(name: &str) -> Option<Growing> {
    let (item, list, number, kind) = match name.strip_prefix(PREFIX)? {
        "output_text.delta" => ("message", "content", "content_index", "output_text"),
        "refusal.delta" => ("message", "content", "content_index", "refusal"),
        "reasoning_text.delta" => ("reasoning", "content", "content_index", "reasoning_text"),
        "reasoning_summary_text.delta" => ("reasoning", "summary", "summary_index", "summary_text"),
        _ => return None,
    };
    Some(Growing {
        item,
        list,
        number,
        kind,
    })
}

/// Whether an object called `name` is an event.
pub(super) fn is_event(name: &str, event: &Object) -> bool {
    match name.strip_prefix(PREFIX) {
        Some("created" | "queued" | "in_progress" | "completed" | "incomplete" | "failed") => {
            object(event, "response").is_some()
        }
        Some("output_item.added" | "output_item.done") => object(event, "item").is_some(),
        Some(_) if growing(name).is_some() => event.get("delta").is_some_and(Value::is_string),
        // Of others nothing is needed.
        Some(_) => true,
        None => false,
    }
}

/// Whether an event is the first of a response.
pub(super) fn begins(event: &Object) -> bool {
    name(event) == "response.created"
}

/// Whether there is anything of a response in it.
pub(super) fn says(event: &Object) -> bool {
    event.contains_key("response") || event.contains_key("item") || growing(name(event)).is_some()
}

impl Response {
    pub(super) fn take(&mut self, mut event: Object) -> Step {
        let called = name(&event).to_owned();
        if let Some(growing) = growing(&called) {
            self.grow(&growing, &event);
            return Step::More;
        }
        if let Some(Value::Object(item)) = event.remove("item") {
            let key = key(item.get("id"), &event);
            // An item that is done has all its text again.
            *self.item(key) = Item {
                item,
                texts: BTreeMap::new(),
            };
        }
        if let Some(Value::Object(response)) = event.remove("response") {
            self.head = response;
        }
        match called.strip_prefix(PREFIX) {
            Some("completed" | "incomplete") => {
                self.ended = true;
                Step::Over
            }
            Some("failed") => broken(&self.head),
            None => broken(&event),
            Some(_) => Step::More,
        }
    }

    /// The item of that name, a new one when there is none.
    fn item(&mut self, key: String) -> &mut Item {
        let at = *self.named.entry(key).or_insert(self.items.len());
        if at == self.items.len() {
            self.items.push(Item::default());
        }
        &mut self.items[at]
    }

    fn grow(&mut self, growing: &Growing, event: &Object) {
        let Some(more) = event.get("delta").and_then(Value::as_str) else {
            return;
        };
        let number = event.get(growing.number).and_then(Value::as_u64).unwrap_or(0);
        let item = self.item(key(event.get("item_id"), event));
        item.item.entry("type").or_insert_with(|| growing.item.into());
        let text = item.texts.entry((growing.list, number)).or_insert_with(|| Text {
            kind: growing.kind,
            text: String::new(),
            logprobs: Vec::new(),
        });
        text.text.push_str(more);
        if let Some(Value::Array(logprobs)) = event.get("logprobs") {
            text.logprobs.extend(logprobs.iter().cloned());
        }
    }

    /// The response as it would have come at once.
    pub(super) fn whole(self) -> Whole {
        let mut response = self.head;
        let headless = response.is_empty();
        response.insert("object".to_owned(), RESPONSE.into());
        // Where it failed, that is told for itself.
        response.remove("error");
        let repeated = response.get("output").and_then(Value::as_array);
        if repeated.is_none_or(Vec::is_empty) {
            let items = self.items.into_iter().map(Item::whole);
            response.insert("output".to_owned(), items.collect());
        }
        Whole {
            response,
            headless,
            cut: !self.ended,
        }
    }
}

impl Item {
    fn whole(mut self) -> Value {
        for ((list, _), text) in self.texts {
            let list = self.item.entry(list).or_insert_with(|| json!([]));
            if let Value::Array(list) = list {
                let mut whole = json!({"type": text.kind, "text": text.text});
                if !text.logprobs.is_empty() {
                    whole["logprobs"] = text.logprobs.into();
                }
                list.push(whole);
            }
        }
        Value::Object(self.item)
    }
}

fn name(event: &Object) -> &str {
    event.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// What an item is known by: its name, or else its number.
fn key(id: Option<&Value>, event: &Object) -> String {
    let id = id.and_then(Value::as_str).filter(|id| !id.is_empty());
    id.map_or_else(
        || format!("{:?}", event.get("output_index").and_then(Value::as_u64)),
        str::to_owned,
    )
}
