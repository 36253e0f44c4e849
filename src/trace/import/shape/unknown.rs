//! What is said of rows of no known shape: what they have where the text of a model was to be.

use super::{
    super::speech::role,
    Object, chat, columns, failure,
    written::{self, is_text},
};
use serde_json::Value;

/// Fields besides those of [`written::NAMES`] in which a model's words are looked for.
const OTHERS: [&str; 6] = [
    "messages",
    "choices",
    "output",
    "conversations",
    "conversation",
    "text",
];

/// Names that a sentence lists at most.
const MOST: usize = 6;

/// The sentence about a row of no known shape.
pub(super) fn why(object: &Object) -> String {
    if let Some(failure) = failure(object) {
        return failure;
    }
    let message = object.get("message").and_then(Value::as_object);
    if let Some(role) = message.and_then(role).filter(|role| !role.is_empty()) {
        return format!("its `message` is no answer of a model: it is by `{role}`");
    }
    let known = written::NAMES.iter().chain(&OTHERS);
    let mut known = known.filter_map(|name| Some((name, object.get(*name)?)));
    if let Some((name, what)) = known.find_map(|(name, value)| Some((name, nothing(name, value)?))) {
        return format!("its `{name}` is {what}, where the text of a model was to be");
    }
    let mut asked = columns::QUESTIONS
        .iter()
        .filter_map(|name| Some((name, object.get(*name)?)));
    let is_written = written::NAMES.iter().any(|name| object.contains_key(*name));
    if let Some((name, what)) = asked.find_map(|(name, value)| Some((name, no_question(value)?)))
        && is_written
    {
        return format!("its `{name}` is {what}, where a text or a list of messages was to be");
    }
    if object.is_empty() {
        return "it has no fields: write the text of a model into `text`".to_owned();
    }
    format!(
        "there is no `text`, and the fields ({}) are those of no format that is known here: call the text of the model \
         `text`, or `response` beside a `question`",
        names(object)
    )
}

/// The first names of an object's fields.
fn names(object: &Object) -> String {
    let mut names: Vec<&str> = object.keys().map(String::as_str).take(MOST).collect();
    if object.len() > MOST {
        names.push("\u{2026}");
    }
    names.join(", ")
}

/// What a value is that is no text and holds none.
fn nothing(name: &str, value: &Value) -> Option<String> {
    if let Some(what) = scalar(value) {
        return Some(what.to_owned());
    }
    match value {
        Value::String(_) if chat::LISTS.contains(&name) => Some("a text and no list".to_owned()),
        Value::Array(list) if list.is_empty() => Some("an empty list".to_owned()),
        Value::Array(list) if list.iter().all(|one| nothing("", one).is_some()) => {
            let is_message = |one: &Value| one.get("role").or_else(|| one.get("from")).is_some();
            Some(match list.iter().all(is_message) {
                true => "a list of messages without `content`".to_owned(),
                false => "a list without texts".to_owned(),
            })
        }
        Value::Array(_) if written::attempts(value).is_empty() => {
            Some("a list of texts and of other things".to_owned())
        }
        Value::Object(object) if object.is_empty() => Some("an empty object".to_owned()),
        Value::Object(object) if written::attempts(value).is_empty() => {
            Some(format!("an object ({})", names(object)))
        }
        _ => None,
    }
}

fn scalar(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => Some("null"),
        Value::Bool(_) => Some("a yes or no"),
        Value::Number(_) => Some("a number"),
        _ => None,
    }
}

/// What a value is that asks nothing.
fn no_question(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(_) => None,
        Value::Array(list) if list.is_empty() => Some("an empty list"),
        value if value.is_array() && is_text(value) => Some("a list of texts"),
        Value::Array(list) if super::speech::is_messages(list) => None,
        Value::Array(_) => Some("a list of other things"),
        Value::Object(_) => Some("an object"),
        value => scalar(value),
    }
}

/// The sentence about an object that is a whole table, written column by column: pandas does so unless it is told.
pub(super) fn by_columns(object: &Object) -> Option<String> {
    let known = written::NAMES.iter().chain(&columns::QUESTIONS);
    let mut known = known.filter(|name| object.contains_key(**name));
    let (first, second) = (known.next()?, known.next()?);
    let rows = object.values().map(rows);
    let rows: Option<Vec<usize>> = rows.collect();
    let rows = rows?;
    let all = *rows.first()?;
    rows.iter().all(|rows| *rows == all).then(|| {
        format!(
            "it is a table, written column by column (`{first}` and `{second}` hold {all} values each): write an object for \
             each row, as pandas does with `to_json(orient=\"records\", lines=True)`"
        )
    })
}

/// How many values a column of a table has.
fn rows(column: &Value) -> Option<usize> {
    let is_cell = |cell: &Value| !cell.is_object() && !cell.is_array();
    match column {
        Value::Array(cells) => (!cells.is_empty() && cells.iter().all(is_cell)).then_some(cells.len()),
        Value::Object(cells) => {
            let is_index = |name: &String| name.bytes().all(|byte| byte.is_ascii_digit());
            let is_column = !cells.is_empty() && cells.keys().all(is_index) && cells.values().all(is_cell);
            is_column.then_some(cells.len())
        }
        _ => None,
    }
}
