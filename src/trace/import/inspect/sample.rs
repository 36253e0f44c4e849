//! One sample of a log: what was asked, what the model said, and the scores it got.

use super::{
    super::{
        draft::Draft,
        json,
        shape::{Object, finish, plain},
        speech::{Asked, Conversation},
        verdict::{self, Verdict, Whose},
    },
    FORMAT,
    attachments::Attachments,
};
use crate::trace::record::{Finish, Seconds, Tokens};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What all messages that a sample refers to may take: ranges may name the same ones again and again.
const MOST_POOLED: usize = 256 << 20;

/// Whether an object is a sample.
pub(in crate::trace::import) fn fits(object: &Object) -> bool {
    object.contains_key("epoch")
        && ["messages", "output", "events"]
            .iter()
            .any(|name| object.contains_key(*name))
}

/// Its trace. `about` is the log's header: what was run on what, and with which settings.
pub(in crate::trace::import) fn read(mut object: Object, about: &Object) -> Result<Vec<Draft>, String> {
    let mut draft = Draft::new(FORMAT);
    let epoch = object.get("epoch").and_then(json::count).unwrap_or(1);
    let id = object.get("id").map(plain).ok_or("the sample has no `id`")?;
    draft.sample = Some((id, Some(epoch as u64)));
    draft.trace.sample = epoch.saturating_sub(1);

    let mut attachments = Attachments::new(object.remove("attachments"));
    for name in ["input", "target"] {
        object
            .get_mut(name)
            .map_or(Ok(()), |value| attachments.resolve(value))?;
    }
    let mut messages = messages(&mut object)?;
    messages
        .iter_mut()
        .try_for_each(|message| attachments.resolve(message))?;
    draft.remarks.extend(attachments.lacks());
    mark_given(&mut messages, object.get("input"));

    let conversation = Conversation::messages(&messages).ok_or("one of its messages has no `role`")?;
    draft.ask(Some(conversation.asked));
    // The sample's own words for what is asked come without a template around them.
    if let Some(input) = object.get("input").and_then(Asked::of) {
        draft.question = input.question.or(draft.question);
        draft.trace.prompt = draft
            .trace
            .prompt
            .filter(|prompt| !prompt.is_empty())
            .or(Some(input.prompt));
    }
    draft.say(conversation.speech);
    draft.scored(output(&object).and_then(|choice| choice.get("logprobs")));
    results(&mut draft, &object);
    header(&mut draft, &object, about);
    if draft.trace.created.is_empty()
        && let Some(created) = about.get("eval").and_then(|eval| eval.get("created")?.as_str())
        && let Ok(created) = created.parse::<jiff::Timestamp>()
    {
        draft.trace.created = created.to_string();
    }
    for name in ["metadata", "target"] {
        draft.stated.look(object.get(name));
    }
    draft.reference = object.get("target").filter(|t| !t.is_null()).cloned();
    Ok(vec![draft])
}

/// Messages that stand in the sample's input were given, examples of answers among them.
fn mark_given(messages: &mut [Value], input: Option<&Value>) {
    let said = |message: &Value| ["role", "content"].map(|name| message.get(name).cloned());
    let input = input
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let both = messages.iter_mut().zip(input);
    for (message, _) in both.take_while(|(message, given)| said(message) == said(given)) {
        if let Value::Object(message) = message {
            message.insert("source".to_owned(), "input".into());
        }
    }
}

/// How it ended, what it cost and how it was scored.
fn results(draft: &mut Draft, object: &Object) {
    let trace = &mut draft.trace;
    trace.id = object
        .get("uuid")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let started = object
        .get("started_at")
        .and_then(Value::as_str)
        .map(str::parse::<jiff::Timestamp>);
    if let Some(Ok(started)) = started {
        trace.created = started.to_string();
    }
    let reason = output(object).and_then(|choice| choice.get("stop_reason")?.as_str());
    let limit = object.get("limit").and_then(|limit| limit.get("type")?.as_str());
    trace.finish = match limit {
        Some("token") => Some(Finish::Length),
        _ => reason.and_then(finish),
    };
    let error = object
        .get("error")
        .and_then(|error| error.get("message")?.as_str());
    draft.failed(error.map(str::to_owned));
    let trace = &mut draft.trace;
    let usage = object.get("output").and_then(|output| output.get("usage"));
    trace.tokens = usage.and_then(tokens).or_else(|| {
        // The whole sample, which may have asked several times.
        let model = object.get("output")?.get("model")?.as_str()?;
        object.get("model_usage")?.get(model).and_then(tokens)
    });
    if let Some(total) = object.get("total_time").and_then(Value::as_f64) {
        let first_token = 0.0;
        trace.seconds = Some(Seconds { first_token, total });
    }
    judge(draft, object);
}

fn tokens(usage: &Value) -> Option<Tokens> {
    let count = |name| usage.get(name).and_then(json::count);
    Some(Tokens {
        prompt: count("input_tokens")?,
        generated: count("output_tokens")?,
    })
}

/// The scores it got. The first that is a number counts; of one in parts that part which says what is right.
fn judge(draft: &mut Draft, object: &Object) {
    let scores = object.get("scores").and_then(Value::as_object);
    let (mut scorers, mut main, mut values) = (BTreeMap::new(), None, Object::new());
    for (name, score) in scores.into_iter().flatten() {
        let Some(value) = score.get("value") else { continue };
        let mut count = |scorer: &str, value: f64| {
            scorers.insert(scorer.to_owned(), value);
        };
        if let Some(value) = grade(value) {
            count(name, value);
            main.get_or_insert((name.clone(), name));
        } else if let Value::Object(parts) = value {
            let parts: Object = parts
                .iter()
                .filter_map(|(part, value)| Some((part.clone(), grade(value)?.into())))
                .collect();
            let verdict = verdict::of(&parts, 0, 1, Whose::Anybodys);
            let of_part = |part: &str| format!("{name}/{part}");
            for (part, value) in verdict.scorers {
                count(&of_part(&part), value);
            }
            let rest = verdict.values.into_iter();
            values.extend(rest.map(|(part, value)| (of_part(&part), value)));
            if let Some(part) = verdict.main {
                main.get_or_insert((of_part(&part), name));
            }
        }
    }
    let answer = main
        .as_ref()
        .and_then(|(_, name)| scores?.get(*name)?.get("answer"))
        .cloned();
    let main = main.map(|(main, _)| main);
    draft.scored_as(
        Verdict {
            main,
            scorers,
            values,
            graded: None,
        },
        answer.as_ref(),
    );
}

/// A score as a number: Inspect writes letters for right, partly right, wrong and unanswered.
fn grade(value: &Value) -> Option<f64> {
    match value.as_str() {
        Some("C") => Some(1.0),
        Some("P") => Some(0.5),
        Some("I" | "N") => Some(0.0),
        _ => json::number(value),
    }
}

/// What the log says of all its samples.
fn header(draft: &mut Draft, object: &Object, about: &Object) {
    let eval = about.get("eval");
    let of_eval = |name| {
        eval.and_then(|eval| eval.get(name))
            .filter(|value: &&Value| !value.is_null())
    };
    draft.by(object.get("output").and_then(|output| output.get("model")));
    draft.by(of_eval("model"));
    for name in ["task", "eval_id"] {
        draft
            .more
            .extend(of_eval(name).map(|value| (name.to_owned(), value.clone())));
    }
    draft.sampled_with(about.get("plan").and_then(|plan| plan.get("config")));
    // A log that nobody closed says so of every sample.
    let status = about.get("status").and_then(Value::as_str).unwrap_or("started");
    if eval.is_some() && status != "success" {
        draft.more.insert("status".to_owned(), json!(status));
    }
}

fn output(object: &Object) -> Option<&Value> {
    object.get("output")?.get("choices")?.get(0)
}

/// The conversation as it ended; of a sample that was broken off, what the model was last given and said.
fn messages(object: &mut Object) -> Result<Vec<Value>, String> {
    let list = |value: Option<&mut Value>| match value.map(Value::take) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    let no_list = object
        .get("messages")
        .is_some_and(|messages| !messages.is_array() && !messages.is_null());
    let mut messages = list(object.get_mut("messages"));
    let is_model = |event: &Value| event.get("event").is_some_and(|kind| kind == "model");
    let events = list(object.get_mut("events"));
    let mut event = events.into_iter().rfind(is_model).unwrap_or_default();
    if messages.is_empty() {
        let refs = object.get("message_refs").or_else(|| event.get("input_refs"));
        messages = match refs.filter(|refs| !refs.is_null()) {
            Some(refs) => pooled(
                object.get("events_data").and_then(|data| data.get("messages")),
                refs,
            )?,
            None => list(event.get_mut("input")),
        };
    }
    if !messages
        .iter()
        .any(|m| m.get("role").is_some_and(|role| role == "assistant"))
    {
        let last = event.as_object().and_then(output);
        let answer = output(object).or(last).and_then(|choice| choice.get("message"));
        // Where the model said nothing, what it was asked may stand there.
        let is_users = |message: &&Value| message.get("role").is_some_and(|role| role == "user");
        messages.extend(answer.filter(|answer| !is_users(answer)).cloned());
    }
    if no_list && messages.is_empty() {
        return Err("its `messages` are no list, and there are none elsewhere".to_owned());
    }
    Ok(messages)
}

/// The messages that ranges `[start, end)` of the pool name.
fn pooled(pool: Option<&Value>, refs: &Value) -> Result<Vec<Value>, String> {
    let (pool, refs) = (pool.and_then(Value::as_array), refs.as_array());
    let (mut pieces, mut left) = (Vec::new(), MOST_POOLED);
    for range in refs.into_iter().flatten() {
        let bound = |i| range.get(i).and_then(json::count);
        let named = match (bound(0), bound(1)) {
            (Some(start), Some(end)) => pool.and_then(|pool| pool.get(start..end)),
            _ => None,
        };
        let named = named.ok_or("it refers to messages that are not there")?;
        left = left
            .checked_sub(named.iter().map(json::memory).sum())
            .ok_or_else(|| {
                format!(
                    "the messages it refers to come to more than {} MiB",
                    MOST_POOLED >> 20
                )
            })?;
        pieces.push(named);
    }
    Ok(pieces.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_that_are_no_list_are_said_to_be_none_unless_they_stand_elsewhere() {
        let read =
            |sample: Value| messages(&mut sample.as_object().unwrap().clone()).map(|found| found.len());
        let why = read(json!({"epoch": 1, "messages": "oops"})).unwrap_err();
        assert!(why.contains("`messages` are no list"), "{why}");
        let answer = json!({"choices": [{"message": {"role": "assistant", "content": "a"}}]});
        assert_eq!(
            read(json!({"epoch": 1, "messages": "oops", "output": answer})),
            Ok(1)
        );
        assert_eq!(read(json!({"epoch": 1, "messages": null})), Ok(0));
    }

    #[test]
    fn messages_are_taken_as_often_as_ranges_name_them_until_they_are_too_much() {
        let pool = json!([{"content": "a"}, {"content": "b"}]);
        let named = pooled(Some(&pool), &json!([[1, 2], [0, 2]])).unwrap();
        let said: Vec<&str> = named.iter().filter_map(|m| m["content"].as_str()).collect();
        assert_eq!(said, ["b", "a", "b"]);
        let missing = pooled(Some(&pool), &json!([[1, 3]])).unwrap_err();
        assert_eq!(missing, "it refers to messages that are not there");
        // Long ones, and such as are long in memory only.
        for message in [json!("x".repeat(1 << 20)), json!(vec![Value::Null; 1 << 15])] {
            let refs = vec![json!([0, 1]); 300];
            let refusal = pooled(Some(&json!([message])), &refs.into()).unwrap_err();
            assert_eq!(refusal, "the messages it refers to come to more than 256 MiB");
        }
    }
}
