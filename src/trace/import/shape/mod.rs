//! Which program wrote a row, and what it says. A shape is known by the fields only it has; the first that fits reads.

mod anchors;
mod chat;
mod columns;
mod episode;
mod gym;
mod own;
mod rollout;

use super::{MOST_BYTES, draft::Draft, inspect, speech};
use serde_json::{Map, Value};

pub(super) use {chat::RESPONSE, chat::finish, rollout::plain};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// One way of writing rows. Readers also get what the file says of all its rows (a header, a `metadata.json`).
struct Shape {
    fits: fn(&Object) -> bool,
    read: fn(Object, &Object) -> Result<Vec<Draft>, String>,
}

/// The shapes, those with the most telling fields first.
const SHAPES: [Shape; 12] = [
    Shape {
        fits: own::fits,
        read: own::read,
    },
    Shape {
        fits: inspect::sample::fits,
        read: inspect::sample::read,
    },
    Shape {
        fits: anchors::fits,
        read: anchors::read,
    },
    Shape {
        fits: rollout::verl_fits,
        read: rollout::verl,
    },
    Shape {
        fits: gym::result_fits,
        read: gym::result,
    },
    Shape {
        fits: rollout::tinyzero_fits,
        read: rollout::tinyzero,
    },
    Shape {
        fits: rollout::verifiers_fits,
        read: rollout::verifiers,
    },
    Shape {
        fits: episode::fits,
        read: episode::read,
    },
    Shape {
        fits: rollout::trl_fits,
        read: rollout::trl,
    },
    Shape {
        fits: chat::fits,
        read: chat::read,
    },
    Shape {
        fits: columns::fits,
        read: columns::read,
    },
    Shape {
        fits: gym::problem_fits,
        read: gym::problem,
    },
];

/// The traces of one row.
///
/// # Errors
/// Why it is none, as part of a sentence.
pub(super) fn drafts(value: Value, about: &Object) -> Result<Vec<Draft>, String> {
    match value {
        Value::Object(object) => {
            if let Some(shape) = fitting(&object) {
                return (shape.read)(object, about);
            }
            // `Question`, `Response`; other rows need not be copied.
            let capitals = object.keys().any(|name| name.contains(char::is_uppercase));
            let named = object.iter().filter(|_| capitals);
            let lower: Object = named
                .map(|(name, value)| (name.to_lowercase(), value.clone()))
                .collect();
            match fitting(&lower) {
                Some(shape) if lower.len() == object.len() => (shape.read)(lower, about),
                _ => Err(unknown(&object)),
            }
        }
        Value::Array(list) if is_one(&list) => {
            if speech::is_messages(&list) {
                chat::conversation(&list, about)
            } else {
                anchors::chunks(&list)
            }
        }
        _ => Err("this is no JSON object".to_owned()),
    }
}

fn fitting(object: &Object) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| (shape.fits)(object))
}

/// The list of rows that an object of no known shape is wrapped around, taken out of it.
pub(super) fn wrapped(object: &mut Object) -> Option<Vec<Value>> {
    const NAMES: [&str; 5] = ["data", "rows", "examples", "results", "instances"];
    let rows = |name: &&&str| match object.get(**name) {
        Some(Value::Array(list)) => list.first().is_some_and(Value::is_object),
        _ => false,
    };
    let name = NAMES.iter().find(rows).filter(|_| fitting(object).is_none())?;
    match object.remove(*name) {
        Some(Value::Array(list)) => Some(list),
        _ => None,
    }
}

/// Whether a list is one trace, not a list of them.
pub(super) fn is_one(list: &[Value]) -> bool {
    speech::is_messages(list) || list.first().is_some_and(anchors::is_chunk)
}

/// Whether a row has words of its own: a text, messages, or columns with a question and an answer.
pub(super) fn has_words(object: &Object) -> bool {
    let has_text = ["text", "trace"].iter().any(|name| text(object, name).is_some());
    has_text || chat::list(object).is_some() || columns::fits(object)
}

/// Refuses a row that would become very much: each of its traces repeats what they have in common, so many bytes of text.
fn bound(traces: usize, common: usize) -> Result<(), String> {
    if traces < 2 || common.saturating_mul(traces) <= MOST_BYTES {
        return Ok(());
    }
    Err(format!(
        "its {traces} answers have so much in common that they come to more than {} MiB: give each a row of its own",
        MOST_BYTES >> 20
    ))
}

/// What a server says of the error that it sent.
pub(super) fn error(object: &Object) -> Option<String> {
    const MOST_WORDS: usize = 200;
    // Some say it around the error, some are the error; some name it where there is none.
    let is_error = text(object, "type") == Some("error");
    let why = match object.get("error").filter(|error| tells(error)) {
        Some(Value::Object(error)) => ["message", "error"].iter().find_map(|name| text(error, name)),
        Some(error) => error.as_str(),
        None if is_error => text(object, "message"),
        None => return None,
    };
    let why = why
        .and_then(|why| why.lines().next())
        .unwrap_or("it says no more");
    Some(why.chars().take(MOST_WORDS).collect())
}

/// Whether there is anything in a value: no null, `false`, zero, or text, list or object of nothing.
fn tells(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => list.iter().any(tells),
        Value::Object(object) => object.values().any(tells),
    }
}

/// The sentence about an error that was sent where an answer was to be.
pub(super) fn failure(object: &Object) -> Option<String> {
    let why = error(object)?;
    Some(format!("it is no answer but an error: {why}"))
}

/// The sentence about a row of no known shape.
fn unknown(object: &Object) -> String {
    const MOST: usize = 6;
    if let Some(failure) = failure(object) {
        return failure;
    }
    let known = ["messages", "choices", "generated", "output"];
    let known = columns::ANSWERS.iter().chain(&known);
    let mut known = known.filter_map(|name| Some((name, object.get(*name)?)));
    if let Some((name, what)) = known.find_map(|(name, value)| Some((name, nothing(value)?))) {
        return format!("its `{name}` is {what}, where the text of a model was to be");
    }
    if object.is_empty() {
        return "it has no fields: write the text of a model into `text`".to_owned();
    }
    let mut names: Vec<&str> = object.keys().map(String::as_str).take(MOST).collect();
    if object.len() > MOST {
        names.push("\u{2026}");
    }
    format!(
        "there is no `text`, and the fields ({}) are those of no format that is known here: call the text of the model \
         `text`, or `response` beside a `question`",
        names.join(", ")
    )
}

/// What a value is that is no text and holds none.
fn nothing(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => Some("null"),
        Value::Bool(_) => Some("a yes or no"),
        Value::Number(_) => Some("a number"),
        Value::Array(list) if list.is_empty() => Some("an empty list"),
        Value::Array(list) if list.iter().all(|one| nothing(one).is_some()) => Some("a list without texts"),
        Value::Object(object) if object.is_empty() => Some("an empty object"),
        _ => None,
    }
}

/// The string in a field.
fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

/// A field, when it says anything.
fn said<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}
