//! Chats as the APIs speak them: message lists, answers with choices, requests with their answers, and data sets of
//! conversations.

use super::{
    super::{
        draft::Draft,
        json,
        speech::{Asked, Conversation, Speech, is_answered, is_assistant, is_messages, role},
        stated::Stated,
        verdict::{self, Verdict, Whose},
    },
    Object, bound, columns, error, failure, said, text, written,
};
use crate::trace::record::{Finish, Tokens};
use serde_json::{Map, Value};

const FORMAT: &str = "openai";
const ANTHROPIC: &str = "anthropic";
/// What OpenAI's Responses API calls its answers.
pub(in crate::trace::import) const RESPONSE: &str = "response";

/// What requests and their answers are called in logs.
const REQUESTS: [&str; 4] = ["request", "body", "input", "inputs"];
const RESPONSES: [&str; 3] = ["response", "output", "outputs"];

/// Fields that hold a list of messages.
pub(super) const LISTS: [&str; 3] = ["messages", "conversations", "conversation"];

pub(super) fn fits(object: &Object) -> bool {
    // What was asked may stand as messages beside what was answered, with turns that were said before.
    let is_asked = |list: &Value| {
        let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
        columns::fits(object) && (!is_answered(list) || columns::say_more(object, list))
    };
    // A question's own response may be an object with its text.
    let is_response =
        |response: &Object| answer(inner(response, "body")).is_some() || !columns::are_named(object);
    list(object).is_some_and(|list| !is_asked(list))
        || answer(object).is_some()
        || said(object, "response")
            .and_then(Value::as_object)
            .is_some_and(is_response)
        || logged(object).is_some()
        || text(object, "role") == Some("assistant") && object.contains_key("content")
}

pub(super) fn read(object: Object, about: &Object) -> Result<Vec<Draft>, String> {
    // The request stands around the answer, or beside it.
    let request = asking(&object);
    let request = request.map(|request| inner(request, "body")).unwrap_or(&object);
    let response = said(&object, RESPONSES[0])
        .and_then(Value::as_object)
        .or_else(|| logged(&object));
    let response = response
        .map(|response| inner(response, "body"))
        .unwrap_or(&object);
    let asked = list(request).or_else(|| said(request, "prompt").or_else(|| said(request, "input")));
    let Some(answers) = answer(response) else {
        return match list(response).or(list(request)) {
            Some(Value::Array(messages)) => conversation(messages, &object),
            _ => Err(failure(response).or_else(|| failure(&object)).unwrap_or_else(|| {
                "there is no answer in it: no `choices`, no `message`, no `output`".to_owned()
            })),
        };
    };
    let choices = response.get("choices").map_or(0, json::size);
    bound(answers.len(), json::sizes(&object) - choices)?;
    let stated = stated(&object);
    let (mut drafts, all) = (Vec::new(), answers.len());
    for (index, answer) in answers.into_iter().enumerate() {
        let mut draft = Draft::new(answer.format.unwrap_or(FORMAT));
        draft.ask(asked.and_then(Asked::of));
        draft.instruct(said(request, "system").or_else(|| said(request, "instructions")));
        let mut speech = Speech::default();
        answer.messages.iter().for_each(|message| speech.message(message));
        if let Some(text) = answer.text {
            speech.say(text);
        }
        draft.say(speech);
        draft.trace.sample = answer.index.unwrap_or(index);
        draft.trace.finish = answer.finish.and_then(finish);
        draft.scored(answer.logprobs);
        if let Some(why) = error(response) {
            draft.remarks.push(format!("its answer ends in an error: {why}"));
        }
        head(&mut draft, response, &object);
        for more in [response, request, about] {
            draft.by(more.get("model"));
        }
        draft.stated = stated.clone();
        judge(&mut draft, &object, index, all);
        drafts.push(draft);
    }
    if drafts.is_empty() {
        return Err(failure(response).unwrap_or_else(|| "its list of answers is empty".to_owned()));
    }
    Ok(drafts)
}

/// A list of messages in `object`, or on its own in a file of which that says something.
pub(super) fn conversation(messages: &[Value], object: &Object) -> Result<Vec<Draft>, String> {
    let conversation = Conversation::messages(messages).ok_or("one of its messages has no `role`")?;
    if !conversation.answered {
        return Err("no message is by the assistant".to_owned());
    }
    let mut draft = Draft::new(FORMAT);
    draft.ask(Some(conversation.asked));
    draft.instruct(said(object, "system"));
    draft.say(conversation.speech);
    head(&mut draft, object, object);
    draft.by(object.get("model"));
    draft.stated = stated(object);
    draft.reference = columns::reference(object, "messages").cloned();
    draft.trace.finish = written::ended(object, None, 0, 1);
    draft.scored_as(verdict::of(object, 0, 1, Whose::Anybodys), None);
    let column = list_name(object).unwrap_or("messages");
    draft
        .remarks
        .extend(written::unread(object, column, &draft.trace.text));
    Ok(vec![draft])
}

/// The request in a row, which logs call by several names that elsewhere mean other things.
fn asking(object: &Object) -> Option<&Object> {
    let asks = |request: &&Object| list(request).is_some() || said(request, "prompt").is_some();
    let mut others = REQUESTS
        .iter()
        .skip(1)
        .filter_map(|name| said(object, name)?.as_object());
    said(object, REQUESTS[0])
        .and_then(Value::as_object)
        .or_else(|| others.find(asks))
}

/// A server's answer in a log that calls it an output.
fn logged(object: &Object) -> Option<&Object> {
    let mut outputs = RESPONSES
        .iter()
        .skip(1)
        .filter_map(|name| said(object, name)?.as_object());
    outputs.find(|output| answer(output).is_some_and(|answers| !answers.is_empty()))
}

/// What the row around the answer says of it. Of the numbers that servers send none is kept.
fn judge(draft: &mut Draft, object: &Object, index: usize, all: usize) {
    let verdict = verdict::of(object, index, all, Whose::Anybodys);
    let values = Object::new();
    draft.scored_as(Verdict { values, ..verdict }, None);
}

/// What the answer and the row around it say besides.
fn head(draft: &mut Draft, response: &Object, object: &Object) {
    draft.called(response.get("id").or_else(|| object.get("id")));
    let usage = response.get("usage").and_then(Value::as_object);
    let count = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| usage?.get(*name));
        found.and_then(json::count)
    };
    if let (Some(prompt), Some(generated)) = (
        count(["prompt_tokens", "input_tokens"]),
        count(["completion_tokens", "output_tokens"]),
    ) {
        // Anthropic counts apart what of the prompt went through its cache.
        let cached = ["cache_creation_input_tokens", "cache_read_input_tokens"];
        let apart = usage.filter(|usage| !usage.contains_key("prompt_tokens"));
        let cached = cached.iter().filter_map(|name| json::count(apart?.get(*name)?));
        let prompt = cached.fold(prompt, usize::saturating_add);
        draft.trace.tokens = Some(Tokens { prompt, generated });
    }
    let created = said(response, "created").or_else(|| said(response, "created_at"));
    if let Some(created) = created.and_then(Value::as_f64)
        && let Ok(created) = jiff::Timestamp::from_second(created as i64)
    {
        draft.trace.created = created.to_string();
    }
    for (name, value) in object {
        if let ("custom_id" | "request_id", Value::String(_)) = (name.as_str(), value) {
            draft.more.insert(name.clone(), value.clone());
        }
    }
}

/// The problem that such a row spells out.
fn stated(object: &Object) -> Stated {
    let mut stated = Stated::default();
    for name in ["problem", "metadata", "info"] {
        stated.look(said(object, name));
    }
    stated.look_in(object);
    stated
}

/// One answer of the model.
#[derive(Default)]
struct Answer<'a> {
    messages: Vec<&'a Map<String, Value>>,
    text: Option<&'a str>,
    finish: Option<&'a str>,
    /// Which choice it is.
    index: Option<usize>,
    logprobs: Option<&'a Value>,
    /// What to call its format, when that is not OpenAI's.
    format: Option<&'static str>,
}

/// The answers in a response; `None` when it is no response.
fn answer(object: &Object) -> Option<Vec<Answer<'_>>> {
    let message = |value: &'_ Value| {
        let message = value
            .as_object()
            .filter(|message| message.contains_key("content"));
        message.is_some_and(|message| role(message).is_none() || is_assistant(message))
    };
    // Chat and text completions.
    let choices = said(object, "choices").and_then(Value::as_array);
    if let Some(choices) = choices.filter(|choices| are_answers(choices, object)) {
        let choice = |choice| {
            let choice: &Map<String, Value> = Value::as_object(choice)?;
            Some(Answer {
                messages: said(choice, "message")
                    .and_then(Value::as_object)
                    .into_iter()
                    .collect(),
                text: text(choice, "text"),
                finish: text(choice, "finish_reason").or_else(|| text(choice, "stop_reason")),
                index: choice.get("index").and_then(json::count),
                logprobs: said(choice, "logprobs"),
                format: None,
            })
        };
        let answers: Vec<_> = choices.iter().filter_map(choice).collect();
        let said = |answer: &Answer<'_>| answer.text.is_some() || !answer.messages.is_empty();
        return answers.iter().all(said).then_some(answers);
    }
    // Ollama.
    if let Some(one) = said(object, "message").filter(|value| message(value)) {
        return Some(vec![Answer {
            messages: one.as_object().into_iter().collect(),
            finish: ["done_reason", "finish_reason", "stopReason"]
                .iter()
                .find_map(|name| text(object, name)),
            logprobs: said(object, "logprobs"),
            ..Answer::default()
        }]);
    }
    // Responses: a list of items, thinking among them.
    if let Some(Value::Array(items)) = said(object, "output")
        && (items.iter().any(|item| item.get("type").is_some())
            || text(object, "object") == Some(RESPONSE) && error(object).is_none())
    {
        let incomplete =
            said(object, "incomplete_details").and_then(|details| details.get("reason")?.as_str());
        return Some(vec![Answer {
            messages: items.iter().filter_map(Value::as_object).collect(),
            finish: incomplete.or_else(|| text(object, "status")),
            logprobs: items
                .iter()
                .filter_map(|item| item.get("content")?.get(0)?.get("logprobs"))
                .find(|logprobs| logprobs.as_array().is_some_and(|list| !list.is_empty())),
            ..Answer::default()
        }]);
    }
    // A message on its own, as Anthropic's API answers.
    (text(object, "role") == Some("assistant") && object.contains_key("content")).then(|| {
        vec![Answer {
            messages: vec![object],
            finish: text(object, "stop_reason"),
            format: object.contains_key("stop_reason").then_some(ANTHROPIC),
            ..Answer::default()
        }]
    })
}

/// Whether choices are a server's answers: a question has choices, too.
fn are_answers(choices: &[Value], object: &Object) -> bool {
    match choices {
        [] => !columns::fits(object) && list(object).is_none(),
        choices => choices.iter().all(Value::is_object),
    }
}

/// The messages of an object.
pub(super) fn list(object: &Object) -> Option<&Value> {
    object.get(list_name(object)?)
}

/// The field in which they stand.
fn list_name(object: &Object) -> Option<&'static str> {
    let is_list = |name: &&&str| {
        let list = object.get(**name).and_then(Value::as_array);
        list.is_some_and(|list| is_messages(list))
    };
    LISTS.iter().find(is_list).copied()
}

/// The object in a field, where batch files wrap one in another.
fn inner<'a>(object: &'a Object, name: &str) -> &'a Object {
    object.get(name).and_then(Value::as_object).unwrap_or(object)
}

/// Why an answer ended, in the words of several servers.
pub(in crate::trace::import) fn finish(reason: &str) -> Option<Finish> {
    match reason.to_ascii_lowercase().as_str() {
        "stop" | "end_turn" | "stop_sequence" | "eos" | "eos_token" | "completed" | "complete" | "word" => {
            Some(Finish::Stop)
        }
        "length"
        | "limit"
        | "max_tokens"
        | "max_output_tokens"
        | "model_length"
        | "model_context_window_exceeded"
        | "incomplete" => Some(Finish::Length),
        "cancelled" | "abort" => Some(Finish::Cancelled),
        _ => None,
    }
}
