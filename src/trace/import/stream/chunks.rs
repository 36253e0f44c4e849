//! The chunks of OpenAI's completions: `chat.completion.chunk` and `text_completion`. Those of one response become
//! that response, with all its choices.
//!
//! Some servers name no response. Then another one begins where a choice speaks behind its end, takes up its role once
//! more, or is another model's. Servers that say the role with every chunk say nothing by that.

use super::{
    super::{
        logprobs::LISTS,
        shape::{Object, error},
        speech::{DETAILS, THINKING},
    },
    Pieces, Whole,
};
use serde_json::{Value, json};

/// What a text completion calls itself, whole or in chunks.
const COMPLETION: &str = "text_completion";

/// Whether an object is a piece of a response. A text completion calls itself the same whole: then it says why it ended
/// or what it cost, and none of its name `is_open`.
pub(super) fn is_chunk(object: &Object, is_open: impl Fn(&str) -> bool) -> bool {
    // A server's error is said as one, whatever it calls itself.
    if error(object).is_some() {
        return false;
    }
    let kind = object.get("object").and_then(Value::as_str);
    // What it cost, or that the prompt was looked at, some say in a chunk of no kind and without a choice.
    let is_bare = object
        .get("choices")
        .and_then(Value::as_array)
        .is_some_and(Vec::is_empty);
    let is_notice =
        object.get("usage").is_some_and(Value::is_object) || object.contains_key("prompt_filter_results");
    let whole = || choices(object).any(ends) || object.get("usage").is_some_and(Value::is_object);
    kind == Some("chat.completion.chunk")
        || is_bare && is_notice
        || choices(object).any(|choice| choice.get("delta").is_some_and(Value::is_object))
        || kind == Some(COMPLETION)
            // What has no name cannot be told from the next one.
            && !id(object).is_empty()
            && (is_open(id(object)) || !whole())
}

/// A response so far.
#[derive(Debug)]
pub(super) struct Chunks {
    pub(super) id: String,
    /// What its first chunk says of all of it, and what later ones say of its cost.
    head: Object,
    choices: Pieces<u64, Choice>,
    /// How many of them have not said yet why they ended.
    unfinished: usize,
    /// Whether its server has said that the stream is done.
    done: bool,
    /// Whether it has no name, and its chunks do not agree when it was made.
    mixed: bool,
}

/// One of its choices so far.
#[derive(Debug, Default)]
struct Choice {
    thought: String,
    said: String,
    refusal: String,
    /// Lists of tokens and their numbers, by name.
    logprobs: Object,
    finish: Option<Value>,
    /// Whether it has said anything without saying its role.
    goes_on: bool,
}

impl Chunks {
    /// What begins with `chunk`, which is still to be taken in.
    pub(super) fn new(chunk: &Object) -> Self {
        let about = chunk.iter().filter(|(name, _)| *name != "choices");
        Self {
            id: id(chunk).to_owned(),
            head: about.map(|(name, value)| (name.clone(), value.clone())).collect(),
            choices: Pieces::default(),
            unfinished: 0,
            done: false,
            mixed: false,
        }
    }

    /// Whether a chunk is the first of another response.
    pub(super) fn is_before(&self, chunk: &Object) -> bool {
        let known = |piece: &Object| self.choices.pieces.get(&index(piece));
        let speaks_again =
            |piece: &Object| known(piece).is_some_and(|known| !known.is_open()) && speaks(piece);
        // A role beside nothing but an end is that of the answer that ends.
        let begins = |piece: &Object| {
            let known = known(piece).filter(|known| known.goes_on && has_role(piece));
            known.is_some_and(|known| !known.is_open() || speaks(piece) || !ends(piece))
        };
        if self.id.is_empty() {
            self.differs(chunk, "model") || choices(chunk).any(|piece| speaks_again(piece) || begins(piece))
        } else {
            self.is_over() && choices(chunk).any(speaks_again)
        }
    }

    /// Whether a chunk says otherwise than the first one did.
    fn differs(&self, chunk: &Object, name: &str) -> bool {
        let both = self.head.get(name).zip(chunk.get(name));
        both.is_some_and(|(ours, theirs)| !ours.is_null() && !theirs.is_null() && ours != theirs)
    }

    pub(super) fn is_over(&self) -> bool {
        !self.choices.pieces.is_empty() && (self.done || self.unfinished == 0)
    }

    /// Its server says that nothing more comes, whether or not it has said why the choices ended.
    pub(super) fn end(&mut self) {
        self.done = true;
    }

    pub(super) fn take(&mut self, mut chunk: Object) {
        // It was another one's end.
        self.done = false;
        self.mixed |= self.id.is_empty() && self.differs(&chunk, "created");
        if let Some(usage) = chunk.remove("usage").filter(Value::is_object) {
            self.head.insert("usage".to_owned(), usage);
        }
        if let Some(Value::Array(list)) = chunk.remove("choices") {
            for choice in list {
                let index = choice.as_object().map_or(0, index);
                let was_open = self.choices.pieces.get(&index).is_some_and(Choice::is_open);
                if let Value::Object(piece) = choice
                    && let Some(choice) = self.choices.of(index)
                {
                    choice.take(piece);
                    self.unfinished += usize::from(choice.is_open());
                    self.unfinished -= usize::from(was_open);
                }
            }
        }
    }

    /// The response as it would have come at once.
    pub(super) fn whole(self) -> Whole {
        let mut response = self.head;
        let is_text = response.get("object").and_then(Value::as_str) == Some(COMPLETION);
        let overfull = self.choices.overfull;
        let choices = self.choices.pieces.into_iter();
        let (cut, choices) = choices
            .map(|(index, choice)| (choice.is_open() && !self.done, choice.whole(index, is_text)))
            .unzip();
        response.insert("choices".to_owned(), Value::Array(choices));
        Whole {
            response,
            headless: false,
            overfull,
            mixed: self.mixed,
            cut,
        }
    }
}

impl Choice {
    fn is_open(&self) -> bool {
        self.finish.is_none()
    }

    fn take(&mut self, mut piece: Object) {
        self.goes_on |= speaks(&piece) && !has_role(&piece);
        self.thought.extend(thought(&piece));
        self.said.extend(said(&piece));
        self.refusal.extend(refusal(&piece));
        if let Some(Value::Object(mut lists)) = piece.remove("logprobs") {
            for name in LISTS {
                if let Some(more @ Value::Array(_)) = lists.remove(name) {
                    let all = self.logprobs.entry(name).or_insert_with(|| json!([]));
                    if let (Value::Array(all), Value::Array(more)) = (all, more) {
                        all.extend(more);
                    }
                }
            }
        }
        let finish = piece.remove("finish_reason");
        self.finish = finish.filter(Value::is_string).or(self.finish.take());
    }

    /// The choice as a whole response has it.
    fn whole(self, index: u64, is_text: bool) -> Value {
        let mut whole = json!({"index": index, "finish_reason": self.finish});
        if is_text {
            whole["text"] = self.said.into();
        } else {
            whole["message"] = json!({"role": "assistant", "content": self.said, "reasoning": self.thought,
                "refusal": self.refusal});
        }
        if !self.logprobs.is_empty() {
            whole["logprobs"] = Value::Object(self.logprobs);
        }
        whole
    }
}

/// The name of the response that it belongs to.
pub(super) fn id(chunk: &Object) -> &str {
    chunk.get("id").and_then(Value::as_str).unwrap_or_default()
}

fn choices(chunk: &Object) -> impl Iterator<Item = &Object> {
    let choices = chunk.get("choices").and_then(Value::as_array);
    choices.into_iter().flatten().filter_map(Value::as_object)
}

/// Whether a chunk is of any choice.
pub(super) fn has_choices(chunk: &Object) -> bool {
    choices(chunk).next().is_some()
}

/// Whether a choice of a chunk has any text.
fn speaks(choice: &Object) -> bool {
    thought(choice).or(said(choice)).or(refusal(choice)).is_some()
}

/// Whether it says why the choice ended.
fn ends(choice: &Object) -> bool {
    choice.get("finish_reason").is_some_and(Value::is_string)
}

fn has_role(choice: &Object) -> bool {
    let role = choice.get("delta").and_then(|delta| delta.get("role"));
    role.is_some_and(Value::is_string)
}

/// Which choice a piece is of.
fn index(choice: &Object) -> u64 {
    choice.get("index").and_then(Value::as_u64).unwrap_or(0)
}

/// The thinking in a choice of a chunk. Some servers send the same under two names, or in pieces alone.
fn thought(choice: &Object) -> Option<&str> {
    let delta = choice.get("delta")?;
    let detail = || {
        let details = delta.get(DETAILS)?.as_array()?;
        let mut texts = details
            .iter()
            .map(|detail| detail.get("text").or_else(|| detail.get("summary")));
        texts.find_map(text)
    };
    THINKING
        .iter()
        .find_map(|name| text(delta.get(*name)))
        .or_else(detail)
}

/// The answer in it.
fn said(choice: &Object) -> Option<&str> {
    text(choice.get("text")).or_else(|| text(choice.get("delta")?.get("content")))
}

/// What is said in place of an answer.
fn refusal(choice: &Object) -> Option<&str> {
    text(choice.get("delta")?.get("refusal"))
}

fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str().filter(|text| !text.is_empty())
}
