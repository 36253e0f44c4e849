//! Data sets that keep thinking and answer in columns of their own. A new one is a line here.

use super::{
    super::{draft::Draft, json},
    Object, bound, said, text,
};
use crate::trace::import::speech::{Asked, Speech};
use serde_json::Value;

/// One data set's columns. An answer may be missing; thinking may be a list of attempts.
struct Columns {
    format: &'static str,
    question: &'static str,
    thinking: &'static str,
    answer: &'static str,
    reference: &'static str,
}

/// What columns are called that many data sets have.
const ANYBODYS: &str = "columns";

const COLUMNS: [Columns; 21] = [
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
    anybodys("question", "response", "answer"),
    anybodys("prompt", "response", "answer"),
    anybodys("problem", "generation", "answer"),
    anybodys("question", "model_output", "answer"),
    // Beside what a model wrote, a solution is the reference's.
    anybodys("problem", "response", "solution"),
    anybodys("problem", "completion", "solution"),
    anybodys("problem", "output", "solution"),
    anybodys("problem", "model_output", "solution"),
    anybodys("problem", "generated_text", "solution"),
    anybodys("problem", "prediction", "solution"),
    anybodys("instruction", "response", "output"),
    anybodys("instruction", "completion", "output"),
    anybodys("instruction", "generation", "output"),
    anybodys("instruction", "model_output", "output"),
    anybodys("instruction", "prediction", "output"),
    anybodys("instruction", "output", "answer"),
    anybodys("problem", "solution", "answer"),
];

/// Columns of several answers; beside them a solution is none of a model.
const LISTS: [&str; 5] = [
    "responses",
    "completions",
    "generations",
    "outputs",
    "predictions",
];

const fn anybodys(question: &'static str, answer: &'static str, reference: &'static str) -> Columns {
    Columns {
        format: ANYBODYS,
        question,
        thinking: "reasoning",
        answer,
        reference,
    }
}

pub(super) fn fits(object: &Object) -> bool {
    COLUMNS.iter().any(|columns| columns.fit(object))
}

pub(super) fn read(object: Object, about: &Object) -> Result<Vec<Draft>, String> {
    let mut drafts = Vec::new();
    // A data set may have two models' answers side by side; of columns that are anybody's the first ones are meant.
    let fitting = || COLUMNS.iter().filter(|columns| columns.fit(&object));
    let first = fitting().next().map_or(ANYBODYS, |columns| columns.format);
    let most = if first == ANYBODYS { 1 } else { COLUMNS.len() };
    for columns in fitting().filter(|columns| columns.format == first).take(most) {
        let attempts: Vec<&str> = match said(&object, columns.thinking) {
            Some(Value::Array(attempts)) => attempts.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(one)) => vec![one.as_str()],
            _ => vec![""],
        };
        let own = object.get(columns.thinking).map_or(0, json::size);
        bound(attempts.len(), json::sizes(&object) - own)?;
        for thinking in attempts {
            let mut draft = Draft::new(columns.format);
            draft.ask(said(&object, columns.question).and_then(Asked::of));
            let mut speech = Speech::default();
            speech.think(thinking);
            speech.say(text(&object, columns.answer).unwrap_or_default());
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
        let thinks = match said(object, self.thinking) {
            Some(Value::String(_)) => true,
            Some(Value::Array(list)) => list.first().is_some_and(Value::is_string),
            _ => false,
        };
        let is_reference = matches!(self.answer, "solution" | "output")
            && LISTS.iter().any(|name| said(object, name).is_some());
        text(object, self.question).is_some()
            && !is_reference
            && (thinks || text(object, self.answer).is_some())
    }
}
