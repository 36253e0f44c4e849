//! The events of OpenAI's Responses API: `response.created`, items of output that are added, grow and are done, and
//! `response.completed` or `response.incomplete` with the whole response once more, or `response.failed`.
//!
//! Servers differ in whether they number items, keep their names from event to event, and repeat them at the end: an item
//! is known by its name, else by its number, else it is the last open one of its kind; and text that a later event leaves
//! out is taken from the events before it.
//!
//! A response whose end is missing is over where the numbers of events go back, or those of items, and where a number has
//! another name than the one it has kept so far.

use super::{
    super::shape::{Object, RESPONSE},
    MOST_PIECES, Pieces, Step, Whole, broken, name, object,
};
use serde_json::{Value, json};
use std::collections::HashMap;

/// How all events are called.
const PREFIX: &str = "response.";
/// What thinking is called among the items.
const REASONING: &str = "reasoning";

/// A response so far.
#[derive(Debug, Default)]
pub(super) struct Response {
    /// What the last event that says so says of all of it.
    head: Object,
    ended: bool,
    /// Its output, in the order in which it began.
    items: Vec<Item>,
    /// Where in it the item of a name stands.
    named: HashMap<Name, usize>,
    /// The number of the last event, and the highest one of an item.
    sequence: Option<u64>,
    highest: Option<u64>,
    /// The item that grew last.
    growing: Option<usize>,
    /// Whether nothing tells some of its items from those of another response.
    mixed: bool,
    /// Whether there were more items than are taken.
    overfull: bool,
    /// Texts that have grown, by the item they stand in, their kind, and their number there.
    texts: Pieces<(usize, Kind, u64), Text>,
}

/// What an item of some kind is known by.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Name {
    kind: String,
    mark: Mark,
}

/// Its own name, its number, or that it is the last of its kind.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Mark {
    Own(String),
    Number(u64),
    Last,
}

/// One item of the output: thinking, a message, a call.
#[derive(Debug, Default)]
struct Item {
    item: Object,
    /// Whether that is all of it.
    done: bool,
    /// Whether it has grown, and by its own name.
    grown: bool,
    keeps_name: bool,
}

#[derive(Debug, Default)]
struct Text {
    text: String,
    logprobs: Vec<Value>,
    /// Whether it was there once more, so that it is over.
    whole: bool,
    /// Whether nothing says whose it is.
    anonymous: bool,
}

/// The kinds of text that grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Said,
    Refusal,
    Thought,
    Summary,
}

impl Kind {
    /// The one whose events are called so.
    fn called(name: &str) -> Option<Self> {
        match name {
            "output_text" => Some(Kind::Said),
            "refusal" => Some(Kind::Refusal),
            "reasoning_text" => Some(Kind::Thought),
            "reasoning_summary_text" => Some(Kind::Summary),
            _ => None,
        }
    }

    /// What the item is called that it stands in.
    fn item(self) -> &'static str {
        match self {
            Kind::Said | Kind::Refusal => "message",
            Kind::Thought | Kind::Summary => REASONING,
        }
    }

    /// The list there.
    fn list(self) -> &'static str {
        match self {
            Kind::Said | Kind::Refusal | Kind::Thought => "content",
            Kind::Summary => "summary",
        }
    }

    /// Its number in that list, as events say it.
    fn number(self, event: &Object) -> u64 {
        let name = match self {
            Kind::Said | Kind::Refusal | Kind::Thought => "content_index",
            Kind::Summary => "summary_index",
        };
        event.get(name).and_then(Value::as_u64).unwrap_or(0)
    }

    /// Where an event has all of it.
    fn field(self) -> &'static str {
        match self {
            Kind::Refusal => "refusal",
            Kind::Said | Kind::Thought | Kind::Summary => "text",
        }
    }

    /// A text of that kind as the list has it.
    fn block(self, text: Text) -> Value {
        let kind = match self {
            Kind::Said => "output_text",
            Kind::Refusal => "refusal",
            Kind::Thought => "reasoning_text",
            Kind::Summary => "summary_text",
        };
        let mut block = json!({"type": kind, self.field(): text.text});
        if !text.logprobs.is_empty() {
            block["logprobs"] = text.logprobs.into();
        }
        block
    }
}

/// The text in an event.
struct Grown<'a> {
    kind: Kind,
    text: &'a str,
    /// Whether it is all of it, once more.
    whole: bool,
}

impl<'a> Grown<'a> {
    fn of(event: &'a Object) -> Option<Self> {
        let (what, step) = name(event).strip_prefix(PREFIX)?.rsplit_once('.')?;
        let kind = Kind::called(what)?;
        let (field, whole) = match step {
            "delta" => ("delta", false),
            "done" => (kind.field(), true),
            _ => return None,
        };
        let text = event.get(field)?.as_str()?;
        Some(Self { kind, text, whole })
    }
}

/// Whether an object called `name` is an event.
pub(super) fn is_event(name: &str, event: &Object) -> bool {
    match name.strip_prefix(PREFIX) {
        Some("created" | "queued" | "in_progress" | "completed" | "incomplete" | "failed") => {
            object(event, "response").is_some()
        }
        Some("output_item.added" | "output_item.done") => object(event, "item").is_some(),
        Some(name) => match name.strip_suffix(".delta").and_then(Kind::called) {
            Some(_) => event.get("delta").is_some_and(Value::is_string),
            // Of others nothing is needed.
            None => true,
        },
        None => false,
    }
}

/// Whether the words in an object are those of an event: one that says a text once more also says where in the response it
/// stands, or there is one that `is_open`.
pub(super) fn has_text(event: &Object, is_open: bool) -> bool {
    const PLACES: [&str; 5] = [
        "item_id",
        "output_index",
        "content_index",
        "summary_index",
        "sequence_number",
    ];
    let is_placed = PLACES.iter().any(|place| event.contains_key(*place));
    name(event).ends_with(".done")
        && !["trace", "messages"].iter().any(|name| event.contains_key(*name))
        && (is_placed || is_open && Grown::of(event).is_some())
}

/// Whether there is anything of a response in it.
pub(super) fn says(event: &Object) -> bool {
    event.contains_key("response") || event.contains_key("item") || Grown::of(event).is_some()
}

impl Response {
    /// Whether an event is the first of another response, whose own `response.created` may be missing.
    pub(super) fn is_before(&self, event: &Object) -> bool {
        let what = name(event).strip_prefix(PREFIX);
        let closes = matches!(what, Some("completed" | "incomplete" | "failed"));
        let differs = self.differs(event);
        let sequence = sequence(event).zip(self.sequence);
        if let Some((next, _)) = sequence.filter(|(next, last)| next < last) {
            // Some servers do not count the last one. Whose it is, its name says, if any does.
            return !closes || differs.unwrap_or(next > 0);
        }
        let is_back = || {
            count(event)
                .zip(self.highest)
                .is_some_and(|(at, highest)| at < highest)
        };
        match what {
            Some("created") => true,
            // Within a response there is nothing before these.
            Some("queued" | "in_progress") => differs == Some(true) && !self.items.is_empty(),
            Some("output_item.added") => is_back(),
            _ => Grown::of(event).is_some_and(|grown| {
                let own = event.get("item_id");
                let Some(at) = number(event).and_then(|mark| self.at(grown.kind.item(), mark)) else {
                    return false;
                };
                let is_known = called(own).is_some_and(|mark| self.at(grown.kind.item(), mark).is_some());
                let Some(item) = self.items.get(at).filter(|_| !grown.whole && !is_known) else {
                    return false;
                };
                item.done && is_back() || item.keeps_name && called(own).is_some() && !item.done
            }),
        }
    }

    /// Whether an event names another response than those before it; none where one of them names none.
    fn differs(&self, event: &Object) -> Option<bool> {
        let id = object(event, "response")?.get("id")?;
        Some(self.head.get("id")? != id)
    }

    pub(super) fn take(&mut self, mut event: Object) -> Step {
        self.sequence = sequence(&event).or(self.sequence);
        if let Some(grown) = Grown::of(&event) {
            self.grow(&grown, &event);
            return Step::More;
        }
        let called = name(&event).to_owned();
        if let Some(Value::Object(item)) = event.remove("item") {
            self.put(item, called == "response.output_item.done", &event);
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

    /// Takes an item as an event has it. One that is added is none of those that are there, but for one of its own name.
    fn put(&mut self, item: Object, done: bool, event: &Object) {
        let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
        let at = self.find(item.get("id"), event, kind, done);
        let at = at.or_else(|| self.begin(item.get("id"), event, kind));
        if let Some(known) = at.and_then(|at| self.items.get_mut(at)) {
            *known = Item {
                item,
                done,
                ..std::mem::take(known)
            };
        }
    }

    /// Where the item stands that an event is about; by anything but its own name only when it is `open`.
    fn find(&self, own: Option<&Value>, event: &Object, kind: &str, open: bool) -> Option<usize> {
        if let Some(at) = called(own).and_then(|mark| self.at(kind, mark)) {
            return Some(at);
        }
        let at = self
            .at(kind, number(event).unwrap_or(Mark::Last))
            .filter(|_| open)?;
        self.items.get(at).filter(|item| !item.done).map(|_| at)
    }

    /// Where the item of a kind stands that goes by `mark`.
    fn at(&self, kind: &str, mark: Mark) -> Option<usize> {
        let kind = kind.to_owned();
        self.named.get(&Name { kind, mark }).copied()
    }

    /// Begins an item that goes by these names. `None` when there are enough of them.
    fn begin(&mut self, own: Option<&Value>, event: &Object, kind: &str) -> Option<usize> {
        if self.items.len() == MOST_PIECES {
            self.overfull = true;
            return None;
        }
        let at = self.items.len();
        self.items.push(Item::default());
        // Some servers give all items one number; two of a kind may be those of two responses.
        let has_text = ["message", REASONING].contains(&kind);
        self.mixed |= has_text && number(event).is_some_and(|mark| self.at(kind, mark).is_some());
        self.highest = self.highest.max(count(event));
        let marks = [called(own), number(event), Some(Mark::Last)];
        for mark in marks.into_iter().flatten() {
            let kind = kind.to_owned();
            self.named.insert(Name { kind, mark }, at);
        }
        Some(at)
    }

    /// A text has more, or is there once more.
    fn grow(&mut self, grown: &Grown<'_>, event: &Object) {
        let (kind, own) = (grown.kind, event.get("item_id"));
        let known = called(own).and_then(|mark| self.at(kind.item(), mark));
        let at = self.find(own, event, kind.item(), true);
        let at = at.filter(|at| known.is_some() || !self.is_behind(*at, grown, event));
        let Some(at) = at.or_else(|| self.begin(own, event, kind.item())) else {
            return;
        };
        self.growing = Some(at);
        if let Some(item) = self.items.get_mut(at) {
            item.item.entry("type").or_insert_with(|| kind.item().into());
            item.grown = true;
            item.keeps_name |= known.is_some();
        }
        let is_anonymous = self.sequence.is_none() && called(own).is_none() && number(event).is_none();
        let Some(text) = self.texts.of((at, kind, kind.number(event))) else {
            return;
        };
        let logprobs = event.get("logprobs").and_then(Value::as_array);
        let logprobs = logprobs.map(Vec::as_slice).unwrap_or_default();
        if grown.whole && !grown.text.is_empty() {
            text.text.clear();
        }
        if grown.whole && !logprobs.is_empty() {
            text.logprobs.clear();
        }
        text.whole |= grown.whole;
        text.anonymous |= is_anonymous;
        text.text.push_str(grown.text);
        text.logprobs.extend_from_slice(logprobs);
    }

    /// Whether text is of an item behind the last of its kind, which stands `at`: of one with another name, or, where nothing
    /// has a name or a number, behind the end of its text or behind an item of another kind.
    fn is_behind(&self, at: usize, grown: &Grown<'_>, event: &Object) -> bool {
        let Some(item) = self.items.get(at).filter(|_| !grown.whole) else {
            return false;
        };
        if number(event).is_some() || called(event.get("item_id")).is_some() {
            return item.keeps_name && number(event).is_none();
        }
        let text = self.texts.pieces.get(&(at, grown.kind, grown.kind.number(event)));
        item.grown && self.growing != Some(at) || text.is_some_and(|text| text.whole)
    }

    /// The response as it would have come at once.
    pub(super) fn whole(mut self) -> Whole {
        let overfull = self.overfull || self.texts.overfull;
        for ((at, kind, _), text) in self.texts.pieces {
            if let Some(item) = self.items.get_mut(at) {
                self.mixed |= text.anonymous && !text.whole && !item.done;
                item.fill(kind.list(), kind.block(text));
            }
        }
        let grown: Vec<Value> = self.items.into_iter().map(|item| item.item.into()).collect();
        let mut response = self.head;
        let headless = response.is_empty();
        response.insert("object".to_owned(), RESPONSE.into());
        // Where it failed, that is told for itself.
        response.remove("error");
        let repeated = response.get("output").and_then(Value::as_array);
        let repeated = repeated.map(Vec::as_slice).unwrap_or_default();
        let lacks = |thinking| is_told(&grown, thinking) && !is_told(repeated, thinking);
        if repeated.is_empty() || lacks(true) || lacks(false) {
            response.insert("output".to_owned(), grown.into());
        }
        Whole {
            headless,
            overfull,
            mixed: self.mixed,
            ..Whole::new(response, !self.ended)
        }
    }
}

impl Item {
    /// Puts a text that has grown into one of its lists, unless the item had all there when it was done.
    fn fill(&mut self, list: &str, block: Value) {
        if self.done && tells(&self.item, list) {
            return;
        }
        match self.item.get_mut(list) {
            Some(Value::Array(blocks)) => blocks.push(block),
            _ => {
                self.item.insert(list.to_owned(), json!([block]));
            }
        }
    }
}

/// Whether items have any text of that kind, thinking or not.
fn is_told(items: &[Value], thinking: bool) -> bool {
    let of_kind = |item: &&Object| (item.get("type").is_some_and(|kind| kind == REASONING)) == thinking;
    let mut items = items.iter().filter_map(Value::as_object).filter(of_kind);
    items.any(|item| ["content", "summary"].iter().any(|list| tells(item, list)))
}

/// Whether there is any text in a list of an item.
fn tells(item: &Object, list: &str) -> bool {
    let is_said = |text: &Value| text.as_str().is_some_and(|text| !text.is_empty());
    match item.get(list) {
        Some(Value::Array(blocks)) => blocks.iter().any(|block| {
            let mut texts = ["text", "refusal"].iter().filter_map(|name| block.get(*name));
            is_said(block) || texts.any(is_said)
        }),
        text => text.is_some_and(is_said),
    }
}

/// An item's own name.
fn called(id: Option<&Value>) -> Option<Mark> {
    let id = id?.as_str().filter(|id| !id.is_empty())?;
    Some(Mark::Own(id.to_owned()))
}

/// The number of the item that an event is about.
fn number(event: &Object) -> Option<Mark> {
    count(event).map(Mark::Number)
}

fn count(event: &Object) -> Option<u64> {
    event.get("output_index")?.as_u64()
}

/// The number of an event.
fn sequence(event: &Object) -> Option<u64> {
    event.get("sequence_number")?.as_u64()
}
