//! Data sets that keep question, thinking and answer in columns of their own. A new one is a line here.

use super::{
    super::{
        draft::Draft,
        json,
        speech::{Asked, Speech, is_messages},
    },
    Object, bound, said, text,
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

/// What anybody calls a question…
const QUESTIONS: [&str; 6] = ["question", "problem", "instruction", "prompt", "query", "input"];

/// …and what a model wrote to it, one text or several.
pub(super) const ANSWERS: [&str; 11] = [
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
];

/// What is an answer where there is none of those, even one that cannot be read; beside them it is the right one.
const LAST: [&str; 2] = ["output", "solution"];

/// What else the right one is called.
const REFERENCE: &str = "answer";

const THINKING: &str = "reasoning";

pub(super) fn fits(object: &Object) -> bool {
    KNOWN.iter().any(|columns| columns.fit(object)) || anybodys(object).is_some()
}

/// The columns of a row whose names are anybody's.
fn anybodys(object: &Object) -> Option<Columns> {
    let asks = |name: &&&str| match object.get(**name) {
        Some(Value::Array(messages)) => is_messages(messages),
        question => question.is_some_and(Value::is_string),
    };
    let question = QUESTIONS.iter().find(asks)?;
    let is_there = |name: &&&str| said(object, name).is_some();
    let answer = match ANSWERS.iter().find(is_there) {
        Some(answer) => Some(answer).filter(|answer| is_text(object.get(**answer))),
        // A solution beside a question is the reference's.
        None => LAST
            .iter()
            .filter(|last| **last == "output" || matches!(*question, "problem" | "prompt"))
            .find(|last| text(object, last).is_some()),
    };
    let thinks = is_text(object.get(THINKING));
    let answer = answer.or_else(|| ANSWERS.first().filter(|_| thinks))?;
    let rights = [REFERENCE].into_iter().chain(LAST);
    let reference = rights
        .filter(|name| name != answer)
        .find(|name| said(object, name).is_some());
    Some(Columns {
        format: "columns",
        question,
        thinking: THINKING,
        answer,
        reference: reference.unwrap_or(REFERENCE),
    })
}

/// Whether it is a text, or a list of them.
fn is_text(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Array(list)) => list.first().is_some_and(Value::is_string),
        value => value.is_some_and(Value::is_string),
    }
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        value => value.and_then(Value::as_str).into_iter().collect(),
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
        let (thoughts, answers) = (
            texts(object.get(columns.thinking)),
            texts(object.get(columns.answer)),
        );
        let attempts = thoughts.len().max(answers.len());
        let own = [columns.thinking, columns.answer].map(|name| object.get(name).map_or(0, json::size));
        bound(attempts, json::sizes(&object).saturating_sub(own.iter().sum()))?;
        for attempt in 0..attempts {
            let mut draft = Draft::new(columns.format);
            draft.ask(said(&object, columns.question).and_then(Asked::of));
            let mut speech = Speech::default();
            speech.think(thoughts.get(attempt).copied().unwrap_or_default());
            // Several thoughts may have come to one answer.
            let answer = answers
                .get(attempt)
                .or(answers.first().filter(|_| answers.len() == 1));
            speech.say(answer.copied().unwrap_or_default());
            draft.say(speech);
            draft.by(object.get("model").or_else(|| about.get("model")));
            draft.reference = said(&object, columns.reference).cloned();
            draft.stated.look_in(&object);
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
        let says = is_text(object.get(self.thinking)) || text(object, self.answer).is_some();
        text(object, self.question).is_some() && says
    }
}
