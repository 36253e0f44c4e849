//! Answers as servers stream them, in the chunks of OpenAI's API: `chat.completion.chunk` and `text_completion`. Chunks of
//! several responses may be mixed; those of one choice of one response become the whole response that it would have been,
//! and are read as such.

use super::{Item, MOST_BYTES, Place, row, shape::Object, speech::THINKING};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Responses that may be open at once; of more the oldest is over.
const MOST_OPEN: usize = 4096;
/// What a text completion calls itself, whole or in chunks.
const COMPLETION: &str = "text_completion";

/// The responses that are not over yet, in the order in which they began.
#[derive(Debug, Default)]
pub(super) struct Streams(Vec<Stream>);

impl Streams {
    /// Takes in a chunk, `bytes` long; what is over by now comes out. Any other value comes back as it is.
    pub(super) fn take(
        &mut self,
        value: Value,
        bytes: usize,
        about: &Object,
        place: &Place,
    ) -> Result<Vec<Item>, Value> {
        let chunk = match value {
            Value::Object(chunk) if self.is_chunk(&chunk) => chunk,
            value => return Err(value),
        };
        let open = self.0.iter().position(|stream| stream.id == id(&chunk));
        let continued = open.filter(|at| {
            let stream = self.0.get(*at);
            stream.is_some_and(|stream| !(stream.is_over() && says(&chunk)))
        });
        let mut rows = Vec::new();
        match continued.and_then(|at| self.0.get_mut(at)) {
            Some(stream) => stream.take(chunk, bytes, place),
            // The usage of a response that is out already is nothing to begin with.
            None if choices(&chunk).next().is_none() => {}
            None => {
                rows = self.release(about, Stream::is_over);
                let mut stream = Stream::new(&chunk, place);
                stream.take(chunk, bytes, place);
                self.0.push(stream);
            }
        }
        if self.0.len() > MOST_OPEN {
            rows.extend(self.0.remove(0).rows(about));
        }
        if self.0.iter().map(|stream| stream.bytes).sum::<usize>() > MOST_BYTES {
            rows.extend(self.end(about));
        }
        Ok(rows)
    }

    /// A stream has been closed: the responses that are over.
    pub(super) fn close(&mut self, about: &Object) -> Vec<Item> {
        self.release(about, Stream::is_over)
    }

    /// All that is left, also of responses that are not over.
    pub(super) fn end(&mut self, about: &Object) -> Vec<Item> {
        self.release(about, |_| true)
    }

    fn release(&mut self, about: &Object, which: impl Fn(&Stream) -> bool) -> Vec<Item> {
        let released = self.0.extract_if(.., |stream| which(stream));
        released.flat_map(|stream| stream.rows(about)).collect()
    }

    /// Whether an object is a piece of a response. A text completion calls itself the same whole: then it says why it ended
    /// or what it cost.
    fn is_chunk(&self, object: &Object) -> bool {
        // A server's error is said as one, whatever it calls itself.
        if object.get("error").is_some_and(|error| !error.is_null()) {
            return false;
        }
        let kind = object.get("object").and_then(Value::as_str);
        let ended = |choice: &Object| choice.get("finish_reason").is_some_and(Value::is_string);
        let whole = || choices(object).any(ended) || object.get("usage").is_some_and(Value::is_object);
        kind == Some("chat.completion.chunk")
            || choices(object).any(|choice| choice.get("delta").is_some_and(Value::is_object))
            || kind == Some(COMPLETION)
                // What has no name cannot be told from the next one.
                && !id(object).is_empty()
                && (self.0.iter().any(|stream| stream.id == id(object)) || !whole())
    }
}

/// A response so far.
#[derive(Debug)]
struct Stream {
    id: String,
    /// Where it began.
    place: Place,
    /// What its first chunk says of all of it, and what later ones say of its cost.
    head: Object,
    choices: BTreeMap<u64, Choice>,
    bytes: usize,
}

/// One of its choices so far.
#[derive(Debug, Default)]
struct Choice {
    thought: String,
    said: String,
    /// Lists of tokens and their numbers, by name.
    logprobs: Object,
    finish: Option<Value>,
}

impl Stream {
    fn new(chunk: &Object, place: &Place) -> Self {
        let about = chunk.iter().filter(|(name, _)| *name != "choices");
        Self {
            id: id(chunk).to_owned(),
            place: place.clone(),
            head: about.map(|(name, value)| (name.clone(), value.clone())).collect(),
            choices: BTreeMap::new(),
            bytes: 0,
        }
    }

    fn is_over(&self) -> bool {
        !self.choices.is_empty() && self.choices.values().all(|choice| choice.finish.is_some())
    }

    fn take(&mut self, mut chunk: Object, bytes: usize, place: &Place) {
        self.bytes += bytes;
        if let Some(repaired) = place.repaired.filter(|_| place.line != self.place.line) {
            *self.place.repaired.get_or_insert_default() += repaired;
        }
        if let Some(usage) = chunk.remove("usage").filter(Value::is_object) {
            self.head.insert("usage".to_owned(), usage);
        }
        if let Some(Value::Array(list)) = chunk.remove("choices") {
            for choice in list {
                let index = choice.get("index").and_then(Value::as_u64).unwrap_or(0);
                if let Value::Object(piece) = choice {
                    self.choices.entry(index).or_default().take(piece);
                }
            }
        }
    }

    /// Its choices, each as a response of its own.
    fn rows(self, about: &Object) -> Vec<Item> {
        let whole_text = self.head.get("object").and_then(Value::as_str) == Some(COMPLETION);
        let mut rows = Vec::new();
        for (index, choice) in self.choices {
            let cut = choice.finish.is_none();
            let mut response = self.head.clone();
            response.insert("choices".to_owned(), json!([choice.whole(index, whole_text)]));
            let mut read = row::read(Value::Object(response), about, self.place.clone());
            for row in read.iter_mut().flatten().flatten().filter(|_| cut) {
                row.remark(&self.place, "its stream ends before the answer does");
            }
            rows.extend(read);
        }
        rows
    }
}

impl Choice {
    fn take(&mut self, mut piece: Object) {
        self.thought.extend(thought(&piece));
        self.said.extend(said(&piece));
        if let Some(Value::Object(lists)) = piece.remove("logprobs") {
            for (name, list) in lists {
                if let (Value::Array(all), Value::Array(more)) =
                    (self.logprobs.entry(name).or_insert_with(|| json!([])), list)
                {
                    all.extend(more);
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
            whole["message"] = json!({"role": "assistant", "content": self.said, "reasoning": self.thought});
        }
        if !self.logprobs.is_empty() {
            whole["logprobs"] = Value::Object(self.logprobs);
        }
        whole
    }
}

fn id(chunk: &Object) -> &str {
    chunk.get("id").and_then(Value::as_str).unwrap_or_default()
}

fn choices(chunk: &Object) -> impl Iterator<Item = &Object> {
    let choices = chunk.get("choices").and_then(Value::as_array);
    choices.into_iter().flatten().filter_map(Value::as_object)
}

/// Whether a chunk has any text.
fn says(chunk: &Object) -> bool {
    choices(chunk).any(|choice| thought(choice).or(said(choice)).is_some())
}

/// The thinking in a choice of a chunk. Some servers send the same under two names.
fn thought(choice: &Object) -> Option<&str> {
    let delta = choice.get("delta")?;
    THINKING.iter().find_map(|name| text(delta.get(*name)))
}

/// The answer in it.
fn said(choice: &Object) -> Option<&str> {
    text(choice.get("text")).or_else(|| text(choice.get("delta")?.get("content")))
}

fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str().filter(|text| !text.is_empty())
}
