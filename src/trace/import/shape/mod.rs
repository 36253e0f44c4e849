//! Which program wrote a row, and what it says. A shape is known by the fields only it has; the first that fits reads.

mod alone;
mod anchors;
mod chat;
mod columns;
mod dialect;
mod episode;
mod gym;
mod harness;
mod own;
mod rollout;
mod unknown;
mod written;

use super::{MOST_BYTES, draft::Draft, inspect, speech};
use serde_json::{Map, Value};

pub(super) use {chat::RESPONSE, chat::finish, rollout::plain};

/// What is said of a sample in a log of Inspect's that is none.
const NO_SAMPLE: &str =
    "this is no sample of an Inspect log: it has no `epoch`, or neither `messages` nor an `output`";
/// Bytes of a column's name in a table, which every row repeats.
const LONGEST_NAME: usize = 256;

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// One way of writing rows. Readers also get what the file says of all its rows (a header, a `metadata.json`).
struct Shape {
    fits: fn(&Object) -> bool,
    read: fn(Object, &Object) -> Result<Vec<Draft>, String>,
}

/// The shapes, those with the most telling fields first.
const SHAPES: [Shape; 14] = [
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
        fits: harness::fits,
        read: harness::read,
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
    Shape {
        fits: alone::fits,
        read: alone::read,
    },
];

/// The traces of one row.
///
/// # Errors
/// Why it is none, as part of a sentence.
pub(super) fn drafts(value: Value, about: &Object) -> Result<Vec<Draft>, String> {
    match value {
        Value::Object(mut object) => {
            unquote(&mut object);
            dialect::translate(&mut object);
            if let Some(why) = unknown::by_columns(&object) {
                return Err(why);
            }
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
                _ if about.get("eval").is_some_and(Value::is_object) => Err(NO_SAMPLE.to_owned()),
                _ => Err(unknown::why(&object)),
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

/// Fields in which messages may stand, and do so as JSON in a string where a table has no lists.
const OF_MESSAGES: [&str; 11] = [
    "prompt",
    "completion",
    "chosen",
    "rejected",
    "messages",
    "conversations",
    "conversation",
    "input",
    "output",
    "response",
    "query",
];

/// Messages that stand as JSON in a string are what they are.
fn unquote(object: &mut Object) {
    for (name, value) in object {
        let quoted = value.as_str().filter(|text| text.trim_start().starts_with("[{"));
        let parsed = quoted
            .filter(|_| OF_MESSAGES.contains(&name.as_str()))
            .and_then(|text| serde_json::from_str(text).ok());
        if let Some(Value::Array(messages)) = parsed
            && speech::is_messages(&messages)
        {
            *value = Value::Array(messages);
        }
    }
}

/// Whether an object is a row of a shape that is read.
pub(super) fn is_known(object: &Object) -> bool {
    fitting(object).is_some()
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

/// The columns and the rows of a table that an object is, with each row a list, as pandas and W&B write them.
pub(super) fn table(object: &mut Object) -> Option<(Vec<String>, Vec<Value>)> {
    let is_column = |name: &Value| name.as_str().is_some_and(|name| name.len() <= LONGEST_NAME);
    let columns = object
        .get("columns")?
        .as_array()
        .filter(|columns| columns.iter().all(is_column))?;
    let columns = columns
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let rows = object.get("data")?.as_array()?;
    if rows.is_empty() || !rows.iter().all(Value::is_array) {
        return None;
    }
    match object.remove("data") {
        Some(Value::Array(rows)) => Some((columns, rows)),
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

/// The string in a field.
fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

/// A field, when it says anything.
fn said<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}
