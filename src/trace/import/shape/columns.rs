//! Data sets that keep question, thinking and answer in columns of their own. A new one is a line here.

use super::{
    super::{
        draft::Draft,
        json,
        speech::{Asked, append, is_messages},
        verdict::{self, Whose},
    },
    Object, bound, said, text,
    written::{NAMES, THINKING, attempts, is_text, speech, texts},
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
pub(super) const QUESTIONS: [&str; 7] = [
    "question",
    "problem",
    "instruction",
    "prompt",
    "query",
    "input",
    "messages",
];

/// What is an answer where there is none of those, even one that cannot be read; beside them it is the right one.
const LAST: [&str; 2] = ["output", "solution"];

/// What else the right one is called.
const REFERENCE: &str = "answer";

/// A question that may be about something, and where that stands.
const INSTRUCTION: &str = "instruction";
const ABOUT: [&str; 2] = ["input", "context"];

pub(super) fn fits(object: &Object) -> bool {
    KNOWN.iter().any(|columns| columns.fit(object)) || anybodys(object).is_some()
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
    let answer = answer.or_else(|| NAMES.first().filter(|_| thinking.is_some()))?;
    let rights = [REFERENCE].into_iter().chain(LAST);
    let reference = rights
        .filter(|name| name != answer)
        .find(|name| said(object, name).is_some());
    Some(Columns {
        format: "columns",
        question,
        thinking: thinking.unwrap_or(&THINKING[0]),
        answer,
        reference: reference.unwrap_or(REFERENCE),
    })
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
        for attempt in 0..all {
            let mut draft = Draft::new(columns.format);
            draft.ask(asked(&object, columns.question));
            draft.say(speech(&thoughts, &answers, attempt)?);
            draft.by(object.get("model").or_else(|| about.get("model")));
            draft.reference = said(&object, columns.reference).cloned();
            draft.stated.look_in(&object);
            draft.scored_as(verdict::of(&object, attempt, all, Whose::Anybodys), None);
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
