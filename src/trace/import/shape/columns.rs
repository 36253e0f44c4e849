//! Data sets that keep question, thinking and answer in columns of their own. A new one is a line here.

use super::{
    super::{
        draft::Draft,
        json,
        speech::{Asked, append, is_assistant, is_messages},
        verdict::Whose,
    },
    Object, bound, said, text,
    written::{Attempt, NAMES, THINKING, attempts, ended, is_text, judged, speech, texts, unread},
};
use serde_json::Value;

/// The columns of a row. An answer may be missing; thinking and answers may be lists of attempts.
#[derive(Clone, Copy)]
struct Columns {
    format: &'static str,
    question: &'static str,
    thinking: &'static str,
    answer: &'static str,
    reference: &'static str,
}

/// Those of data sets that have names of their own for them.
const KNOWN: [Columns; 4] = [
    Columns {
        format: "open-thoughts",
        question: "problem",
        thinking: "deepseek_reasoning",
        answer: "deepseek_solution",
        reference: "ground_truth_solution",
    },
    Columns {
        format: "s1k",
        question: "question",
        thinking: "deepseek_thinking_trajectory",
        answer: "deepseek_attempt",
        reference: "solution",
    },
    Columns {
        format: "s1k",
        question: "question",
        thinking: "gemini_thinking_trajectory",
        answer: "gemini_attempt",
        reference: "solution",
    },
    Columns {
        format: "s1k",
        question: "question",
        thinking: "thinking_trajectories",
        answer: "attempt",
        reference: "solution",
    },
];

/// What anybody calls a question.
pub(super) const QUESTIONS: [&str; 11] = [
    "question",
    "problem",
    "instruction",
    "prompt",
    "query",
    "input",
    "messages",
    "conversations",
    "conversation",
    "prompts",
    "inputs",
];

/// What is an answer where there is none of those, even one that cannot be read; beside them it is the right one.
const LAST: [&str; 2] = ["output", "solution"];

/// What the right one is called besides.
const REFERENCES: [&str; 8] = [
    "answer",
    LAST[0],
    LAST[1],
    "ground_truth",
    "expected_answer",
    "reference_answer",
    "gold",
    "target",
];

/// Where a server of one model has its answer, and what tells that it is one.
pub(super) const SERVED: &str = "content";
const SERVERS: [&str; 3] = ["tokens_predicted", "stop_type", "generation_settings"];

/// A question that may be about something, and where that stands.
const INSTRUCTION: &str = "instruction";
const ABOUT: [&str; 2] = ["input", "context"];

pub(super) fn fits(object: &Object) -> bool {
    KNOWN.iter().any(|columns| columns.fit(object)) || anybodys(object).is_some()
}

/// Whether a question has an answer beside it in a column that can be nothing else.
pub(super) fn are_named(object: &Object) -> bool {
    let is_written = |name: &&str| object.get(*name).is_some_and(|value| !attempts(value).is_empty());
    question(object).is_some() && NAMES.iter().any(is_written)
}

/// The column with the question of a row whose names are anybody's.
fn question(object: &Object) -> Option<&'static str> {
    let asks = |name: &&&str| match object.get(**name) {
        Some(Value::Array(messages)) => is_messages(messages),
        question => question.is_some_and(Value::is_string),
    };
    QUESTIONS.iter().find(asks).copied()
}

/// The columns of a row whose names are anybody's.
fn anybodys(object: &Object) -> Option<Columns> {
    let question = question(object)?;
    let is_there = |name: &&&str| said(object, name).is_some();
    let is_written = |name: &&&str| {
        object
            .get(**name)
            .is_some_and(|value| !attempts(value).is_empty())
    };
    let answer = match NAMES.iter().find(is_there) {
        Some(_) => NAMES.iter().find(is_written),
        // A solution beside a question is the reference's.
        None => LAST
            .iter()
            .filter(|last| **last == "output" || matches!(question, "problem" | "prompt"))
            .find(is_written),
    };
    let thinking = THINKING
        .iter()
        .find(|name| object.get(**name).is_some_and(is_text));
    let served = || is_served(object).then_some(&SERVED);
    let answer = answer
        .or_else(served)
        .or_else(|| NAMES.first().filter(|_| thinking.is_some()))?;
    let rights = REFERENCES.iter().filter(|name| *name != answer);
    let reference = rights.copied().find(|name| said(object, name).is_some());
    Some(Columns {
        format: "columns",
        question,
        thinking: thinking.unwrap_or(&THINKING[0]),
        answer,
        reference: reference.unwrap_or(REFERENCES[0]),
    })
}

/// Whether a row is what a server says of the text in its `content`.
pub(super) fn is_served(object: &Object) -> bool {
    text(object, SERVED).is_some() && SERVERS.iter().any(|name| object.contains_key(*name))
}

/// The right answer in a row whose words stand in `column`.
pub(super) fn reference<'a>(object: &'a Object, column: &str) -> Option<&'a Value> {
    let names = REFERENCES.iter().filter(|name| **name != column);
    names
        .filter(|name| **name != LAST[0])
        .find_map(|name| said(object, name))
}

/// Whether a row's columns say more than the answered messages in it: what comes behind them, or several answers of which
/// they have one.
pub(super) fn say_more(object: &Object, messages: &[Value]) -> bool {
    let Some(columns) = anybodys(object) else {
        return false;
    };
    let answers = object.get(columns.answer).map(attempts).unwrap_or_default();
    let Some(last) = messages.last().and_then(Value::as_object) else {
        return false;
    };
    if !is_assistant(last) {
        return !answers.is_empty();
    }
    let last = ["content", "value"].iter().find_map(|name| text(last, name));
    let is_last = |answer: &Attempt<'_>| matches!(answer, Attempt::Text(text) if last.is_some_and(|last| last.trim() == text.trim()));
    answers.len() > 1 && answers.iter().any(is_last)
}

/// What is asked: data sets of instructions have what they are about beside them.
fn asked(object: &Object, question: &str) -> Option<Asked> {
    let instruction = text(object, question).filter(|_| question == INSTRUCTION);
    let about = ABOUT.iter().filter_map(|name| text(object, name));
    let about: Vec<&str> = about.filter(|about| !about.trim().is_empty()).collect();
    match instruction {
        Some(instruction) if !about.is_empty() => {
            let mut whole = instruction.to_owned();
            about.iter().for_each(|about| append(&mut whole, about));
            Asked::of(&Value::String(whole))
        }
        _ => said(object, question).and_then(Asked::of),
    }
}

pub(super) fn read(object: Object, about: &Object) -> Result<Vec<Draft>, String> {
    // A data set may have two models' answers side by side.
    let known = || KNOWN.iter().filter(|columns| columns.fit(&object));
    let format = known().next().map(|columns| columns.format);
    let same = known().filter(|columns| Some(columns.format) == format);
    let found: Vec<Columns> = match format {
        Some(_) => same.copied().collect(),
        None => anybodys(&object).into_iter().collect(),
    };
    let mut drafts = Vec::new();
    for columns in found {
        let thoughts = object.get(columns.thinking).map(texts).unwrap_or_default();
        let answers = object.get(columns.answer).map(attempts).unwrap_or_default();
        let all = thoughts.len().max(answers.len());
        let own = [columns.thinking, columns.answer].map(|name| object.get(name).map_or(0, json::size));
        bound(all, json::sizes(&object).saturating_sub(own.iter().sum()))?;
        let written = object.get(columns.answer);
        for attempt in 0..all {
            let mut draft = Draft::new(columns.format);
            draft.ask(asked(&object, columns.question));
            draft.say(speech(&thoughts, &answers, attempt)?);
            draft.by(object.get("model").or_else(|| about.get("model")));
            draft.reference = said(&object, columns.reference).cloned();
            draft.stated.look_in(&object);
            draft.trace.finish = ended(&object, written, attempt, all);
            let verdict = judged(&object, written, attempt, all, Whose::Anybodys);
            draft.scored_as(verdict, None);
            if format.is_none() && attempt == 0 {
                let read = answers.iter().filter_map(|answer| answer.text());
                let read: Vec<&str> = read.collect();
                draft
                    .remarks
                    .extend(unread(&object, columns.answer, &read.join("\n")));
            }
            draft.trace.sample = drafts.len();
            drafts.push(draft);
        }
    }
    if drafts.is_empty() {
        return Err("its thinking is no text".to_owned());
    }
    Ok(drafts)
}

impl Columns {
    fn fit(&self, object: &Object) -> bool {
        let says = object.get(self.thinking).is_some_and(is_text) || text(object, self.answer).is_some();
        text(object, self.question).is_some() && says
    }
}
