//! What a model wrote, in whatever column a row has it: one text, messages, or several of either.

use super::{
    super::{
        speech::{Conversation, Speech, is_answered, is_messages},
        verdict::{self, Verdict, Whose},
    },
    Object, finish, said,
};
use crate::trace::record::Finish;
use serde_json::Value;

/// What anybody calls it…
pub(super) const NAMES: [&str; 20] = [
    "response",
    "completion",
    "generation",
    "model_output",
    "generated_text",
    "prediction",
    "responses",
    "completions",
    "generations",
    "outputs",
    "predictions",
    "model_response",
    "full_model_response",
    "solution_str",
    "generated",
    "model_generation",
    "llm_output",
    "llm_response",
    "rollout",
    "rollouts",
];

/// …and what it is called besides in rows that are tasks and hold no other words: a problem's own solution is none of these.
const IN_TASKS: [&str; 5] = ["output", "trace", "messages", "content", "samples"];

/// What it thought, where that stands in a column of its own.
pub(super) const THINKING: [&str; 3] = ["reasoning", "reasoning_content", "thinking"];

/// Why it ended, in the words of many servers…
const ENDS: [&str; 6] = [
    "finish_reason",
    "finish_reasons",
    "stop_reason",
    "done_reason",
    "stop_type",
    "stopReason",
];
/// …and that it was cut off.
const TRUNCATED: [&str; 3] = ["is_truncated", "truncated", "stopped_limit"];

/// Fields of an object in a list of what was written.
const WITHIN: [&str; 5] = [
    "text",
    "generated_text",
    "full_model_response",
    "response",
    "completion",
];

/// One thing that was written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Attempt<'a> {
    Text(&'a str),
    Messages(&'a [Value]),
    Message(&'a Object),
}

/// What a model wrote to a task.
pub(super) fn to_task(object: &Object) -> Vec<Attempt<'_>> {
    let names = NAMES.iter().chain(&IN_TASKS);
    let mut found = names.filter_map(|name| object.get(*name)).map(attempts);
    // Messages may be the task's alone.
    let is_written = |attempt: &Attempt<'_>| match attempt {
        Attempt::Messages(messages) => is_answered(messages),
        Attempt::Text(_) | Attempt::Message(_) => true,
    };
    found
        .find(|attempts| attempts.iter().any(is_written))
        .unwrap_or_default()
}

/// What a model thought about a task, one text or several.
pub(super) fn thoughts(object: &Object) -> Vec<&str> {
    let mut found = THINKING.iter().filter_map(|name| object.get(*name));
    found.find(|value| is_text(value)).map(texts).unwrap_or_default()
}

/// Whether a value is a text, or a list of them.
pub(super) fn is_text(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.first().is_some_and(Value::is_string),
        value => value.is_string(),
    }
}

/// The texts in a value.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        value => value.as_str().into_iter().collect(),
    }
}

/// The attempts in a column; none where it holds none, or something else beside them.
pub(super) fn attempts(value: &Value) -> Vec<Attempt<'_>> {
    match value {
        Value::Array(list) if !is_messages(list) => {
            // One that failed may be null, and holds the place of its scores.
            let each = list.iter().map(|value| match value {
                Value::Null => Some(Attempt::Text("")),
                value => attempt(value),
            });
            let attempts: Option<Vec<_>> = each.collect();
            let attempts = attempts.filter(|_| !list.iter().all(Value::is_null));
            attempts.unwrap_or_default()
        }
        value => attempt(value).into_iter().collect(),
    }
}

/// What was thought and said in one of several attempts. Several thoughts may have come to one answer.
///
/// # Errors
/// As [`Attempt::said_in`].
pub(super) fn speech(thoughts: &[&str], answers: &[Attempt<'_>], attempt: usize) -> Result<Speech, String> {
    let mut speech = Speech::default();
    speech.think(thoughts.get(attempt).copied().unwrap_or_default());
    let only = answers.first().filter(|_| answers.len() == 1);
    if let Some(answer) = answers.get(attempt).or(only) {
        answer.said_in(&mut speech)?;
    }
    Ok(speech)
}

fn attempt(value: &Value) -> Option<Attempt<'_>> {
    match value {
        Value::String(text) => Some(Attempt::Text(text)),
        Value::Array(list) => is_messages(list).then_some(Attempt::Messages(list)),
        Value::Object(object) => {
            if let Some(message) = said(object, "message").and_then(Value::as_object) {
                return Some(Attempt::Message(message));
            }
            if object.contains_key("content") {
                return Some(Attempt::Message(object));
            }
            let text = WITHIN.iter().find_map(|name| object.get(*name)?.as_str());
            text.map(Attempt::Text)
        }
        _ => None,
    }
}

impl<'a> Attempt<'a> {
    /// What was written, where that is one text.
    pub(super) fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Messages(_) | Self::Message(_) => None,
        }
    }

    /// What was said, behind what has been said before.
    ///
    /// # Errors
    /// Why it is no conversation.
    pub(super) fn said_in(self, speech: &mut Speech) -> Result<(), String> {
        match self {
            Self::Text(text) => speech.say(text),
            Self::Messages(messages) => {
                let whole = Conversation::behind(std::mem::take(speech), messages);
                *speech = whole.ok_or("one of its messages has no `role`")?.speech;
            }
            Self::Message(message) => speech.message(message),
        }
        Ok(())
    }
}

/// What is said of one of several attempts beside it: `written` is the column they stand in.
pub(super) fn judged(
    object: &Object,
    written: Option<&Value>,
    attempt: usize,
    all: usize,
    whose: Whose,
) -> Verdict {
    let outer = verdict::of(object, attempt, all, whose);
    let own = beside(written, attempt).map(|own| verdict::of(own, 0, 1, whose));
    match own.filter(|own| own.main.is_some()) {
        Some(mut own) => {
            own.values.extend(outer.values);
            own
        }
        None => outer,
    }
}

/// Why it ended, in its own words or in those of its row.
pub(super) fn ended(object: &Object, written: Option<&Value>, attempt: usize, all: usize) -> Option<Finish> {
    let of_several = |value: &'_ Value| match value {
        Value::Array(list) if list.len() == all => list.get(attempt).cloned(),
        value => Some(value.clone()),
    };
    let own = beside(written, attempt);
    let details = said(object, "details").and_then(Value::as_object);
    let mut places = [own, Some(object), details].into_iter().flatten();
    places.find_map(|place| {
        let reason = ENDS.iter().find_map(|name| of_several(said(place, name)?));
        let reason = reason.as_ref().and_then(Value::as_str).and_then(finish);
        let cut = || {
            let cut = TRUNCATED.iter().find_map(|name| of_several(said(place, name)?));
            (cut == Some(Value::Bool(true))).then_some(Finish::Length)
        };
        reason.or_else(cut)
    })
}

/// The object in which an attempt stands, with what is said of it.
fn beside(written: Option<&Value>, attempt: usize) -> Option<&Object> {
    let own = match written? {
        Value::Array(list) if !is_messages(list) => list.get(attempt)?,
        value => value,
    };
    own.as_object()
}

/// What is said of other columns with words of a model, where those of one are read as `read`.
pub(super) fn unread(object: &Object, column: &str, read: &str) -> Option<String> {
    let is_other =
        |attempt: &Attempt<'_>| matches!(attempt, Attempt::Text(text) if !read.contains(text.trim()));
    let is_unread = |name: &&&str| {
        let value = object.get(**name).filter(|_| **name != column);
        value.is_some_and(|value| attempts(value).iter().any(is_other))
    };
    let name = NAMES.iter().find(is_unread)?;
    Some(format!(
        "its `{name}` says something else, which is not read beside its `{column}`"
    ))
}

/// Columns of a task that hold words which are no model's, whatever they are called elsewhere.
const OF_TASKS: [&str; 22] = [
    "question",
    "problem",
    "prompt",
    "instruction",
    "query",
    "input",
    "answer",
    "solution",
    "solutions",
    "expected_answer",
    "ground_truth",
    "data_source",
    "ability",
    "source",
    "split",
    "task",
    "id",
    "uuid",
    "description",
    "expression",
    "system",
    "system_prompt",
];
/// Words from which on a column might be a model's text.
const FEWEST_WORDS: usize = 4;

/// What is said of a task to which nobody seems to have written anything, though there are texts in it.
pub(super) fn passed_over(object: &Object) -> Option<String> {
    const MOST: usize = 4;
    let is_long = |value: &Value| match value {
        Value::String(text) => text.split_whitespace().nth(FEWEST_WORDS - 1).is_some(),
        _ => false,
    };
    let is_text = |value: &Value| match value {
        Value::Array(list) => list.iter().any(is_long),
        value => is_long(value),
    };
    let names = object
        .iter()
        .filter(|(name, value)| !OF_TASKS.contains(&name.as_str()) && is_text(value))
        .map(|(name, _)| format!("`{name}`"));
    let names: Vec<String> = names.take(MOST).collect();
    (!names.is_empty()).then(|| {
        format!(
            "it is taken for a problem without a model's text; {} not read: call that text `response`",
            match names.as_slice() {
                [name] => format!("its {name} is"),
                names => format!("its {} are", names.join(", ")),
            }
        )
    })
}
