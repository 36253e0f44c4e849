//! Episodes of verifiers 0.4 (`traces.jsonl`): conversations that may branch. Every branch that ends in something the model
//! said is a trace; the reward belongs to the one that ended last.

use super::{
    super::{
        MOST_BYTES,
        draft::Draft,
        json,
        speech::{Asked, Conversation},
    },
    Object, finish, plain, said,
};
use serde_json::{Value, json};

/// Messages that all branches may have together: they share beginnings, and a small file can be a huge tree.
const MOST_STEPS: usize = 1 << 20;
/// The sentence about a tree that is.
const HUGE: &str = "its branches come to more than a million messages, or 256 MiB";

pub(super) fn fits(object: &Object) -> bool {
    let traces = said(object, "traces").and_then(Value::as_array);
    traces.is_some_and(|traces| {
        traces
            .iter()
            .all(|trace| trace.get("nodes").is_some_and(Value::is_array))
    })
}

pub(super) fn read(object: Object, _: &Object) -> Result<Vec<Draft>, String> {
    let traces = said(&object, "traces").and_then(Value::as_array);
    let mut drafts = Vec::new();
    for trace in traces.into_iter().flatten().filter_map(Value::as_object) {
        for mut draft in branches(trace)? {
            draft.trace.sample = drafts.len();
            let env = said(&object, "env").and_then(|env| env.get("id"));
            draft.more.extend(env.map(|env| ("env".to_owned(), env.clone())));
            drafts.push(draft);
        }
    }
    if drafts.is_empty() {
        return Err("the episode has no trace in which the model said anything".to_owned());
    }
    Ok(drafts)
}

fn branches(trace: &Object) -> Result<Vec<Draft>, String> {
    let nodes = said(trace, "nodes")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let parent = |index: usize| nodes.get(index)?.get("parent").and_then(json::count);
    let inner: Vec<bool> = {
        let mut inner = vec![false; nodes.len()];
        for index in 0..nodes.len() {
            if let Some(of) = parent(index).and_then(|parent| inner.get_mut(parent)) {
                *of = true;
            }
        }
        inner
    };
    let (mut drafts, mut steps, mut bytes) = (Vec::new(), 0, 0);
    for leaf in (0..nodes.len()).filter(|&index| inner.get(index) == Some(&false)) {
        let mut path = vec![leaf];
        while let Some(before) = path.last().and_then(|&index| parent(index)) {
            // Parents stand before their children; else there would be no end.
            if path.last().is_some_and(|&index| before >= index) {
                return Err("a message comes after one that stands behind it".to_owned());
            }
            path.push(before);
        }
        steps += path.len();
        if steps > MOST_STEPS {
            return Err(HUGE.to_owned());
        }
        let mut conversation = Conversation::default();
        for node in path.iter().rev().filter_map(|&index| nodes.get(index)) {
            let Some(message) = node.get("message").and_then(Value::as_object) else {
                return Err("one of its nodes has no message".to_owned());
            };
            bytes += json::sizes(message);
            if bytes > MOST_BYTES {
                return Err(HUGE.to_owned());
            }
            let mut message = message.clone();
            if node.get("sampled") != Some(&Value::Bool(true)) {
                message.insert("source".to_owned(), json!("input"));
            }
            conversation.message(&message);
        }
        if conversation.answered {
            drafts.push(draft(trace, leaf, conversation));
        }
    }
    if let Some(last) = drafts.last_mut() {
        judge(last, trace);
    }
    Ok(drafts)
}

fn draft(trace: &Object, leaf: usize, conversation: Conversation) -> Draft {
    let mut draft = Draft::new("verifiers");
    let task = said(trace, "task").and_then(|task| task.get("data"));
    let of_task = |name| task.and_then(|task| said(task.as_object()?, name));
    draft.ask(Some(conversation.asked));
    if let Some(question) = of_task("prompt")
        .and_then(Asked::of)
        .and_then(|asked| asked.question)
    {
        draft.question = Some(question);
    }
    draft.say(conversation.speech);
    draft.called(trace.get("id"));
    draft.sample = of_task("id")
        .or_else(|| of_task("idx"))
        .map(|id| (plain(id), None));
    let calls = said(trace, "calls").and_then(Value::as_array);
    let here = |call: &&Value| call.get("node").and_then(json::count) == Some(leaf);
    if let Some(call) = calls.and_then(|calls| calls.iter().find(here).or(calls.last())) {
        draft.by(call.get("model"));
        draft.trace.finish = call.get("finish_reason").and_then(Value::as_str).and_then(finish);
        draft.sampled_with(call.get("sampling"));
    }
    draft.reference = of_task("answer").cloned();
    draft.stated.look(task);
    draft.stated.look(of_task("info"));
    draft
}

/// The rewards, and their weighted sum.
fn judge(draft: &mut Draft, trace: &Object) {
    let rewards = said(trace, "rewards").and_then(Value::as_object);
    let score = |reward: &Value, name| reward.get(name).and_then(json::number);
    let mut scorers = std::collections::BTreeMap::new();
    let mut sum = None;
    for (name, reward) in rewards.into_iter().flatten() {
        if let Some(value) = score(reward, "score") {
            *sum.get_or_insert(0.0) += value * score(reward, "weight").unwrap_or(1.0);
            scorers.insert(name.clone(), value);
        }
    }
    scorers.extend(sum.map(|sum| ("reward".to_owned(), sum)));
    draft.judge("reward", scorers, None);
}
