//! A row on its way from another program's shape to a trace of ours.

use super::{
    Place, Read, Row, logprobs, prompted,
    rendered::{self, Sequence},
    speech::{Asked, Speech, append},
    stated::Stated,
    told,
    verdict::Verdict,
};
use crate::{
    task::{countdown::question, sudoku, turns},
    trace::{
        Subject, Trace, harmony,
        record::{Finish, ModelRef, Outcome, Part},
    },
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a shape's reader found out.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// What `source` calls the format; empty when the row is nobody's in particular.
    pub format: &'static str,
    /// As much of the trace as the row says.
    pub trace: Trace,
    /// What was asked, in words.
    pub question: Option<String>,
    /// The problem, where it is spelt out.
    pub stated: Stated,
    /// The right answer to a question that is no Countdown.
    pub reference: Option<Value>,
    /// The sample's own name and attempt.
    pub sample: Option<(String, Option<u64>)>,
    /// More for `source`.
    pub more: Map<String, Value>,
    /// Where its text was joined by blank lines.
    pub joints: Vec<usize>,
    /// The score that counts, when somebody gave one.
    pub recorded: Option<f64>,
    /// What a column says of it as a whole, on a scale that this row alone does not tell.
    pub graded: Option<(String, f64)>,
    /// Whether it is a problem that no model has written anything to.
    pub unwritten: bool,
    /// What the reader had to make do with, each as a sentence.
    pub remarks: Vec<String>,
}

impl Draft {
    /// An empty one.
    pub(super) fn new(format: &'static str) -> Self {
        Self {
            format,
            ..Self::default()
        }
    }

    /// What the model was given, and what is asked in it.
    pub(super) fn ask(&mut self, asked: Option<Asked>) {
        if let Some(Asked { prompt, question }) = asked {
            self.question = question.or_else(|| self.question.take());
            self.trace.prompt = Some(prompt);
        }
    }

    /// What it was given before that.
    pub(super) fn instruct(&mut self, system: Option<&Value>) {
        if let Some(Asked { mut prompt, .. }) = system.and_then(Asked::of) {
            append(&mut prompt, self.trace.prompt.as_deref().unwrap_or_default());
            self.trace.prompt = Some(prompt).filter(|prompt| !prompt.is_empty());
        }
    }

    /// The text and its parts.
    pub(super) fn say(&mut self, speech: Speech) {
        if speech.refused {
            self.more.insert("refusal".to_owned(), true.into());
        }
        (self.trace.text, self.trace.parts, self.joints) = speech.done();
        self.trace.told_apart = !self.trace.parts.is_empty();
        self.unwritten = false;
    }

    /// A text in which channels may be told apart; what was asked may stand before them.
    pub(super) fn write(&mut self, text: String) {
        if harmony::messages(&text).is_none() {
            match rendered::sequence(&text) {
                Some(sequence) => self.take_apart(&text, &sequence),
                None => self.trace.text = text,
            }
            return;
        }
        self.say(Speech::of(&text));
        if self.trace.prompt.is_none() && self.question.is_none() {
            self.question = turns(&text).map(|(asked, _)| asked.to_owned());
        }
    }

    /// A whole sequence: its prompt is no part of what the model said. Behind its answer to a puzzle a base model goes on with
    /// turns of its own.
    fn take_apart(&mut self, text: &str, sequence: &Sequence<'_>) {
        let mut speech = Speech::default();
        let is_puzzle = question(sequence.asked).is_some() || sudoku::question(sequence.asked).is_some();
        if is_puzzle && sequence.said.len() > 1 {
            let said = text.get(sequence.prompt.len()..).unwrap_or_default();
            speech.say(said.trim());
        } else {
            sequence.said.iter().for_each(|turn| speech.say(turn));
        }
        self.say(speech);
        self.unwritten = self.trace.text.is_empty();
        if self.question.is_none() {
            self.question = Some(sequence.asked.to_owned());
        }
        self.trace
            .prompt
            .get_or_insert_with(|| sequence.prompt.to_owned());
    }

    /// What a server says of the tokens of the text that has been said.
    pub(super) fn scored(&mut self, logprobs: Option<&Value>) {
        let read = |value| logprobs::read(value, &self.trace.text, &self.joints);
        match logprobs.map_or(Ok(None), read) {
            Ok(None) => {}
            Ok(Some((stats, from))) => {
                self.trace.token_stats = Some(stats);
                if from > 0 {
                    let remark = "its log-probabilities are those of its last piece alone";
                    self.remarks.push(remark.to_owned());
                }
            }
            Err(why) => self
                .remarks
                .push(format!("its log-probabilities are left out: {why}")),
        }
    }

    /// What it is called where it comes from. Our own id must be one of a kind, which theirs need not be.
    pub(super) fn called(&mut self, id: Option<&Value>) {
        if let Some(id) = id.filter(|id| !id.is_null()) {
            self.more.insert("id".to_owned(), id.clone());
        }
    }

    /// Who wrote it, when that is known by name.
    pub(super) fn by(&mut self, model: Option<&Value>) {
        if let Some(name) = model.and_then(Value::as_str).filter(|name| !name.is_empty()) {
            self.trace.model.get_or_insert_with(|| ModelRef {
                device: None,
                ..ModelRef::recorded(name)
            });
        }
    }

    /// What others' checkers said; `main` is the one that counts.
    pub(super) fn judge(&mut self, main: &str, scorers: BTreeMap<String, f64>, answer: Option<&Value>) {
        if let Some(&score) = scorers.get(main).or_else(|| scorers.values().next()) {
            self.recorded = Some(score);
            self.trace.outcome = Some(Outcome {
                answer: answer.and_then(Value::as_str).map(str::to_owned),
                expression: None,
                value: None,
                correct: score >= 1.0,
                score,
                scorer: main.to_owned(),
                reason: if score >= 1.0 {
                    String::new()
                } else {
                    "as recorded".to_owned()
                },
                scorers,
            });
        }
    }

    /// What the columns of its row say; of those that give no verdict the place tells.
    pub(super) fn scored_as(&mut self, verdict: Verdict, answer: Option<&Value>) {
        let Verdict {
            main,
            scorers,
            values,
            graded,
        } = verdict;
        self.graded = graded;
        if let Some(main) = main {
            self.judge(&main, scorers, answer);
        }
        if !values.is_empty() {
            self.more.insert("values".to_owned(), Value::Object(values));
        }
    }

    /// It ended in an error, and what is said of that.
    pub(super) fn failed(&mut self, why: Option<String>) {
        if why.is_some() {
            self.trace.finish = Some(Finish::Error);
            self.trace.error = why;
        }
    }

    /// Sampling settings, in the words of whoever set them.
    pub(super) fn sampled_with(&mut self, settings: Option<&Value>) {
        if let Some(settings) = settings.filter(|s| s.as_object().is_some_and(|s| !s.is_empty())) {
            self.more.insert("sampling".to_owned(), settings.clone());
        }
    }

    /// The finished row. `place` is filled in with what the draft knows.
    pub(super) fn finish(mut self, mut place: Place) -> Read {
        let mut trace = self.trace;
        if !self.format.is_empty() {
            place.format = self.format.to_owned();
        }
        if let Some((sample, epoch)) = self.sample {
            (place.sample, place.epoch) = (Some(sample), epoch);
        }
        place.more.extend(self.more);
        let fits = |part: &Part| trace.text.get(part.span.start..part.span.end).is_some();
        if !trace.parts.iter().all(fits) {
            trace.parts.clear();
            trace.told_apart = false;
        }
        trace.source.get_or_insert_with(|| place.to_value());
        trace.prompt = trace.prompt.or_else(|| self.question.clone());
        if let Some(question) = &self.question {
            self.stated.hear(question);
        }
        let is_countdown = matches!(trace.task.as_deref(), None | Some("countdown"));
        let spelt = self.stated.problem.take().filter(|_| is_countdown);
        let in_words = || question(self.question.as_deref().filter(|_| is_countdown)?);
        let problem = spelt.or_else(in_words);
        // What numbers are for that stand beside another question nobody knows.
        let other = self.question.is_some() || self.reference.is_some();
        let lack = self.stated.lack.take().filter(|_| !other);
        let fault = self.stated.fault.take().or(lack.filter(|_| is_countdown));
        let fault = fault.filter(|_| problem.is_none() && self.stated.puzzle.is_none());
        // A problem may be there in words, to which the answer is still to be added.
        if problem.is_none() && trace.problem.as_ref().is_none_or(Value::is_string) {
            let grids = self.stated.grids(self.reference.as_ref());
            let answered = self.reference.is_some() || !grids.is_empty();
            if answered || self.question.is_some() && trace.problem.is_none() {
                let known = [
                    ("question", self.question.into()),
                    ("answer", self.reference.into()),
                ];
                let known = known.map(|(name, value): (&str, Value)| (name.to_owned(), value));
                trace.problem = Some(known.into_iter().chain(grids).collect());
            }
        }
        // An error kept the model from answering: that is no wrong answer.
        let kept = trace.error.is_some() && trace.text.trim().is_empty();
        let mut row = Row {
            trace,
            problem,
            recorded: self.recorded,
            unwritten: self.unwritten || kept,
            mended: place.mended(),
        };
        prompted::hear(&mut row);
        for remark in &self.remarks {
            row.remark(&place, remark);
        }
        let grid = row
            .trace
            .problem
            .as_ref()
            .is_some_and(|problem| problem.get("grid").is_some());
        let fault = match fault {
            Some(fault) => Some(fault.to_string()),
            None if grid && matches!(Subject::of(&row.trace), Subject::Sudoku(None)) => {
                Some("its `grid` is no Sudoku with 4, 6 or 9 rows".to_owned())
            }
            None => None,
        };
        if let Some(fault) = fault {
            row.remark(&place, &told(format!("its problem cannot be read: {fault}")));
        }
        let graded = self.graded;
        Read { row, graded }
    }
}
