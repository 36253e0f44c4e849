//! Answers as servers stream them: chunks of OpenAI's chat and text completions, events of its Responses API, and events
//! of Anthropic's Messages API. What belongs to one answer becomes the whole answer that it would have been, and is read
//! as such.
//!
//! Chunks name their response, so those of several may be mixed. Events do not: of each API one answer is open at a time,
//! and the first event of the next one ends it. Where that is missing, or chunks have no name, the next answer is told by
//! what cannot come within one; where nothing tells, that is said of the row.

mod chunks;
mod dialects;
mod message;
mod open;
mod pieces;
mod response;

use super::{
    Item, MOST_BYTES, Place, RowError, row,
    shape::{Object, failure, has_words},
};
use chunks::Chunks;
use message::Message;
use open::{Key, Open};
use pieces::{MOST_PIECES, Pieces};
use response::Response;
use serde_json::Value;

/// Answers that may be open at once; of more the oldest is over.
const MOST_OPEN: usize = 4096;
/// What is said of an answer that does not come to its end, whose first event is missing, or that has too many pieces.
const CUT: &str = "its stream ends before the answer does";
const HEADLESS: &str = "its stream begins in the middle of the answer";
const OVERFULL: &str = "its stream has more than 16384 pieces, and those behind them are left out";
/// What is said of an answer whose pieces may be another one's.
const MIXED: &str = "its stream does not tell one answer from the next, so this may be several";
/// What is said of events that come to nothing.
const LOOSE: &str = "it is an event of a stream, but there is no answer in it or behind it";

/// The answers that are not over yet.
#[derive(Debug, Default)]
pub(super) struct Streams {
    open: Open,
    /// Where the first event stands that is of none.
    loose: Option<Place>,
}

/// An answer so far.
#[derive(Debug)]
struct Stream {
    /// Where it began.
    place: Place,
    bytes: usize,
    body: Body,
}

/// What it is put together from.
#[derive(Debug)]
enum Body {
    Chunks(Chunks),
    Message(Message),
    Response(Response),
}

/// The APIs whose streams are events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Api {
    Messages,
    Responses,
}

impl Api {
    const ALL: [Self; 2] = [Self::Messages, Self::Responses];
}

/// What an event means for the answer that is open.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    More,
    Over,
    /// The server gave up; why, as a sentence.
    Failed(String),
}

/// An answer as a whole response.
#[derive(Debug, Default)]
struct Whole {
    response: Object,
    headless: bool,
    overfull: bool,
    mixed: bool,
    /// Which of its choices end too early.
    cut: Vec<bool>,
}

impl Whole {
    /// One without choices.
    fn new(response: Object, cut: bool) -> Self {
        Self {
            response,
            cut: vec![cut],
            ..Self::default()
        }
    }
}

impl Streams {
    /// Takes in a value that stands at `place`, `bytes` long: of a chunk or an event what is over by now comes out, of any
    /// other value the rows it holds.
    pub(super) fn rows(&mut self, value: Value, bytes: usize, about: &Object, place: Place) -> Vec<Item> {
        let Value::Object(object) = value else {
            return row::read(value, about, place);
        };
        let mut rows = if let Some(api) = self.api(&object) {
            self.event(api, object, bytes, about, &place)
        } else if chunks::is_chunk(&object, |id| self.open.get(&Key::Chunks(id.to_owned())).is_some()) {
            self.chunk(object, bytes, about, &place)
        } else if let Some(chunk) = dialects::chunk(&object, self.has_nameless()) {
            self.chunk(chunk, bytes, about, &place)
        } else {
            return row::read(Value::Object(object), about, place);
        };
        if self.open.len() > MOST_OPEN {
            rows.extend(put_out(self.open.oldest(), about));
        }
        if self.open.bytes() > MOST_BYTES {
            rows.extend(self.end(about));
        }
        rows
    }

    /// Whether an answer without a name is open.
    fn has_nameless(&self) -> bool {
        let open = self.open.get(&Key::Chunks(String::new()));
        open.is_some_and(|stream| !stream.is_over())
    }

    /// A stream has been closed: the responses that are over, and one without a name, which nothing else would end. An
    /// answer that did not say why it ended is whole where the end can be no other's; should it go on, it was not its end.
    pub(super) fn close(&mut self, about: &Object) -> Vec<Item> {
        let mut over = self.open.over(&Key::Chunks(String::new()));
        match over.as_mut_slice() {
            [] => {
                if let Some(only) = self.open.only() {
                    self.open.grow(&only, Stream::end);
                }
            }
            [only] => only.end(),
            _ => {}
        }
        put_out(over, about)
    }

    /// All that is left, also of responses that are not over; or that there never was one.
    pub(super) fn end(&mut self, about: &Object) -> Vec<Item> {
        let mut rows = put_out(self.open.all(), about);
        if let Some(place) = self.loose.take().filter(|_| !self.open.has_begun()) {
            let reason = LOOSE.to_owned();
            rows.push(Ok(Err(RowError { place, reason })));
        }
        rows
    }

    /// The API that an object is an event of. An error is one of the answer that is open.
    fn api(&self, object: &Object) -> Option<Api> {
        let name = object.get("type")?.as_str()?;
        if name == "error" {
            return self.open.last_api();
        }
        // Anybody's rows may call themselves so; of events, some of the Responses API have a text.
        let is_row = has_words(object);
        let message = !is_row && message::is_event(name, object);
        let is_open = || self.open.get(&Key::Events(Api::Responses)).is_some();
        let response = (!is_row || response::has_text(object, is_open())) && response::is_event(name, object);
        let message = message.then_some(Api::Messages);
        message.or_else(|| response.then_some(Api::Responses))
    }

    fn event(&mut self, api: Api, event: Object, bytes: usize, about: &Object, place: &Place) -> Vec<Item> {
        let key = Key::Events(api);
        let says = match api {
            Api::Messages => message::says(&event),
            Api::Responses => response::says(&event),
        };
        let mut rows = Vec::new();
        // The first event of an answer ends the one before it.
        if self.open.get(&key).is_some_and(|stream| stream.is_before(&event)) {
            rows = put_out(self.open.remove(&key), about);
        }
        // What is no part of an answer begins none.
        if says && self.open.get(&key).is_none() {
            let body = match api {
                Api::Messages => Body::Message(Message::default()),
                Api::Responses => Body::Response(Response::default()),
            };
            self.open.begin(Stream::new(body, place));
        }
        match self.open.grow(&key, |stream| stream.event(event, bytes, place)) {
            None => {
                self.loose.get_or_insert_with(|| place.clone());
            }
            Some(Step::More) => {}
            Some(Step::Over) => rows.extend(put_out(self.open.remove(&key), about)),
            Some(Step::Failed(reason)) => {
                // Of what had been said the row tells, of the rest the error.
                let silent = |item: &Item| matches!(item, Ok(Ok(row)) if row.trace.text.is_empty());
                let begun = put_out(self.open.remove(&key), about).into_iter();
                rows.extend(begun.filter(|item| !silent(item)));
                let place = place.clone();
                rows.push(Ok(Err(RowError { place, reason })));
            }
        }
        rows
    }

    fn chunk(&mut self, chunk: Object, bytes: usize, about: &Object, place: &Place) -> Vec<Item> {
        let key = Key::Chunks(chunks::id(&chunk).to_owned());
        let open = self.open.get(&key);
        let mut rows = Vec::new();
        if open.is_none_or(|stream| stream.is_before(&chunk)) {
            // The usage of a response that is out already is nothing to begin with.
            if !chunks::has_choices(&chunk) {
                self.loose.get_or_insert_with(|| place.clone());
                return rows;
            }
            rows = put_out(self.open.over(&key), about);
            self.open
                .begin(Stream::new(Body::Chunks(Chunks::new(&chunk)), place));
        }
        self.open.grow(&key, |stream| stream.chunk(chunk, bytes, place));
        rows
    }
}

/// The rows that answers come to.
fn put_out(streams: impl IntoIterator<Item = Stream>, about: &Object) -> Vec<Item> {
    let rows = streams.into_iter().flat_map(|stream| stream.rows(about));
    rows.collect()
}

impl Stream {
    fn new(body: Body, place: &Place) -> Self {
        Self {
            place: place.clone(),
            bytes: 0,
            body,
        }
    }

    /// What its pieces go by.
    fn key(&self) -> Key {
        match &self.body {
            Body::Chunks(chunks) => Key::Chunks(chunks.id.clone()),
            Body::Message(_) => Key::Events(Api::Messages),
            Body::Response(_) => Key::Events(Api::Responses),
        }
    }

    /// Whether a chunk or an event is the first of another answer.
    fn is_before(&self, event: &Object) -> bool {
        match &self.body {
            Body::Chunks(chunks) => chunks.is_before(event),
            Body::Message(message) => message.is_before(event),
            Body::Response(response) => response.is_before(event),
        }
    }

    /// Answers made of events are put out as soon as they are over.
    fn is_over(&self) -> bool {
        matches!(&self.body, Body::Chunks(chunks) if chunks.is_over())
    }

    /// Its server says that nothing more comes.
    fn end(&mut self) {
        if let Body::Chunks(chunks) = &mut self.body {
            chunks.end();
        }
    }

    fn event(&mut self, event: Object, bytes: usize, place: &Place) -> Step {
        self.count(bytes, place);
        match &mut self.body {
            Body::Chunks(_) => Step::More,
            Body::Message(message) => message.take(event),
            Body::Response(response) => response.take(event),
        }
    }

    fn chunk(&mut self, chunk: Object, bytes: usize, place: &Place) {
        self.count(bytes, place);
        if let Body::Chunks(chunks) = &mut self.body {
            chunks.take(chunk);
        }
    }

    /// What stands at `place` is part of it.
    fn count(&mut self, bytes: usize, place: &Place) {
        self.bytes += bytes;
        if let Some(repaired) = place.repaired.filter(|_| place.line != self.place.line) {
            *self.place.repaired.get_or_insert_default() += repaired;
        }
    }

    /// What it has come to.
    fn rows(self, about: &Object) -> Vec<Item> {
        let whole = match self.body {
            Body::Chunks(chunks) => chunks.whole(),
            Body::Message(message) => message.whole(),
            Body::Response(response) => response.whole(),
        };
        let mut rows = row::read(Value::Object(whole.response), about, self.place.clone());
        for (row, cut) in rows.iter_mut().zip(whole.cut) {
            let remarks = [
                (whole.headless, HEADLESS),
                (whole.overfull, OVERFULL),
                (whole.mixed, MIXED),
                (cut, CUT),
            ];
            for (_, remark) in remarks.iter().filter(|(holds, _)| *holds) {
                row.iter_mut()
                    .flatten()
                    .for_each(|row| row.remark(&self.place, remark));
            }
        }
        rows
    }
}

/// The sentence about an error event.
fn broken(object: &Object) -> Step {
    let unsaid = || "it is no answer but an error: it says no more".to_owned();
    Step::Failed(failure(object).unwrap_or_else(unsaid))
}

/// What an event calls itself.
fn name(event: &Object) -> &str {
    event.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// The object in a field.
fn object<'a>(object: &'a Object, name: &str) -> Option<&'a Object> {
    object.get(name)?.as_object()
}
