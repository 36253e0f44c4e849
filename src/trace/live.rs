//! A trace that is still being written: text and token numbers come in pieces, the tree grows with them, and when the
//! text is over the checkers give their verdict.

use super::{
    Reader, Span, Style, Subject, Trace, Tree,
    parts::{parts, thought},
    read::Told,
    record::{Finish, Outcome, Seconds, TokenStats, Tokens},
};
use crate::{
    base::id,
    task::{
        countdown::{self, Problem},
        court::Judgement,
        sudoku::{self, Board},
    },
};
use serde_json::json;
use std::collections::BTreeMap;

/// A growing trace.
#[derive(Debug)]
pub struct Live {
    trace: Trace,
    problem: Option<Problem>,
    subject: Subject,
    /// The solution of a Sudoku whose puzzle is not known.
    solution: Option<Board>,
    reader: Reader,
    stats: TokenStats,
}

impl Live {
    /// A trace with no text yet. `head` says where it comes from: prompt, model, sampler, index, sample, parent.
    #[must_use]
    pub fn new(mut head: Trace, problem: Option<Problem>) -> Self {
        let subject = match &problem {
            Some(problem) => {
                head.task = Some("countdown".to_owned());
                head.problem = serde_json::to_value(problem).ok();
                Subject::Countdown(Some(problem.clone()))
            }
            None => Subject::of(&head),
        };
        if let (Subject::Sudoku(Some(board)), None) = (&subject, &head.task) {
            head.task = Some("sudoku".to_owned());
            let asked = || json!({"size": board.shape().size(), "grid": board.to_string()});
            head.problem.get_or_insert_with(asked);
        }
        let solution = match &subject {
            Subject::Sudoku(None) => head.recorded_grid(),
            _ => None,
        };
        if solution.is_some() {
            head.task.get_or_insert_with(|| "sudoku".to_owned());
        }
        if head.created.is_empty() {
            head.created = id::now();
        }
        head.text.clear();
        let stats = TokenStats {
            ids: Some(Vec::new()),
            ..TokenStats::default()
        };
        Self {
            trace: head,
            reader: Reader::new(subject.clone()),
            subject,
            solution,
            problem,
            stats,
        }
    }

    /// The same, read in one style whatever the text looks like; none leaves the choice to the reader.
    #[must_use]
    pub fn read_as(mut self, style: Option<Style>) -> Self {
        if let Some(style) = style {
            self.reader = Reader::forced(style, self.subject.clone());
        }
        self
    }

    /// Takes in text and the numbers of the tokens that made it. `given` marks tokens that were not sampled; `listen` is
    /// told what the reader understood.
    pub fn push(
        &mut self,
        text: &str,
        tokens: TokenStats,
        given: bool,
        listen: impl FnMut(&Told<'_>, &Tree),
    ) {
        let start = self.trace.text.len();
        self.trace.text.push_str(text);
        self.reader.push(text, listen);
        if given && !text.is_empty() {
            let span = Span::new(start, self.trace.text.len());
            match self.trace.given.last_mut() {
                Some(last) if last.end == start => last.end = span.end,
                _ => self.trace.given.push(span),
            }
        }
        match (&mut self.stats.ids, tokens.ids) {
            (Some(ids), Some(more)) => ids.extend(more),
            (ids, _) => *ids = None,
        }
        self.stats.ends.extend(tokens.ends);
        self.stats.logprob.extend(tokens.logprob);
        self.stats.entropy.extend(tokens.entropy);
        self.stats.top.extend(tokens.top);
        self.stats.top_text.extend(tokens.top_text);
    }

    /// The text is over. What is `None` stays as the head said.
    pub fn finish(
        &mut self,
        finish: Option<Finish>,
        seconds: Option<Seconds>,
        listen: impl FnMut(&Told<'_>, &Tree),
    ) {
        self.reader.finish(listen);
        self.trace.finish = finish.or(self.trace.finish);
        self.trace.seconds = seconds.or(self.trace.seconds);
        // A server that told none of its tokens' log-probabilities.
        if self.stats.logprob.iter().all(|logprob| logprob.is_nan()) {
            self.stats.logprob.clear();
            self.stats.top_text.clear();
        }
        if !self.stats.ends.is_empty() {
            self.trace.tokens.get_or_insert_default().generated = self.stats.ends.len();
        }
        // Who wrote the head may know better than the text says.
        if self.trace.parts.is_empty() {
            self.trace.parts = parts(&self.trace.text);
        }
        let text = &self.trace.text;
        let thought = thought(&self.trace.parts);
        self.trace.outcome = match (&self.problem, &self.subject) {
            (Some(problem), _) => {
                let judgement = countdown::score::exact(problem, text, thought);
                // Whether many numbers have no solution nobody knows; whoever scored it before us may.
                (!judgement.unknown).then(|| {
                    let scorers = countdown::score::all(problem, text, &judgement);
                    outcome("exact", judgement, scorers)
                })
            }
            (None, Subject::Sudoku(Some(puzzle))) => {
                let judgement = sudoku::score::exact(puzzle, text);
                let scorers = sudoku::score::all(puzzle, text, &judgement);
                Some(outcome("exact", judgement, scorers))
            }
            (None, _) => self.solution.as_ref().map(|solution| {
                let judgement = sudoku::score::against(solution, text);
                let scorers = sudoku::score::all_against(solution, text, &judgement);
                outcome("solution", judgement, scorers)
            }),
        };
        if self.trace.id.is_empty() {
            self.trace.id = id::new(&self.trace.text);
        }
    }

    /// How many tokens the prompt has, once the engine knows.
    pub fn set_prompt_tokens(&mut self, prompt: usize) {
        self.trace.tokens = Some(Tokens { prompt, generated: 0 });
    }

    /// The text so far.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.trace.text
    }

    /// The tree so far.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        self.reader.tree()
    }

    /// The token numbers so far.
    #[must_use]
    pub fn stats(&self) -> &TokenStats {
        &self.stats
    }

    /// The problem, when it is known.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// Everything but tree and token numbers, which are kept apart while they grow.
    #[must_use]
    pub fn record(&self) -> &Trace {
        &self.trace
    }

    /// The whole record, tree included; token numbers only `with_stats`.
    #[must_use]
    pub fn to_trace(&self, with_stats: bool) -> Trace {
        Trace {
            tree: Some(self.tree().clone()),
            token_stats: with_stats.then(|| self.stats.clone()),
            ..self.trace.clone()
        }
    }

    /// As [`Live::to_trace`], of a trace that is over.
    #[must_use]
    pub fn into_trace(self, with_stats: bool) -> Trace {
        Trace {
            tree: Some(self.reader.into_tree()),
            token_stats: with_stats.then_some(self.stats),
            ..self.trace
        }
    }
}

/// What is recorded of the verdict of `scorer`, one of our own, and the scores of all.
fn outcome(scorer: &str, judgement: Judgement, scorers: BTreeMap<String, f64>) -> Outcome {
    Outcome {
        score: judgement.score(),
        scorers,
        answer: judgement.answer,
        expression: judgement.expression,
        value: judgement.value.map(|value| value.to_string()),
        correct: judgement.correct,
        scorer: scorer.to_owned(),
        reason: judgement.reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_that_is_judged_stands_behind_the_thinking() {
        let problem = Problem::parse("3 5 7 -> 22").unwrap();
        let mut live = Live::new(Trace::default(), Some(problem));
        let text =
            "<think>The answer is 7+3*5. Let me check: 15 + 7 = 22.</think>The answer is **3 \u{d7} 5 + 7**.";
        live.push(text, TokenStats::default(), false, |_, _| ());
        live.finish(None, None, |_, _| ());
        let outcome = live.into_trace(false).outcome.unwrap();
        assert_eq!(
            (outcome.answer.as_deref(), outcome.correct),
            (Some("3*5+7"), true)
        );
    }

    #[test]
    fn a_finished_trace_knows_its_parts_its_verdict_and_what_was_given() {
        let problem = Problem::parse("18 7 4 -> 15").unwrap();
        let mut live = Live::new(Trace::default(), Some(problem));
        let tokens = |ends: Vec<usize>| TokenStats {
            ids: Some(vec![1; ends.len()]),
            ends,
            ..TokenStats::default()
        };
        live.push("try 18-7=11 left 11 4\n", tokens(vec![22]), true, |_, _| ());
        live.push("check 11+4=15 yes\n", tokens(vec![40]), false, |_, _| ());
        live.push("answer (18-7)+4\n", tokens(vec![56]), false, |_, _| ());
        live.finish(Some(Finish::Stop), None, |_, _| ());
        let trace = live.to_trace(true);
        assert_eq!(trace.given, [Span::new(0, 22)]);
        assert_eq!(
            trace
                .parts
                .iter()
                .map(|p| p.span.of(&trace.text))
                .collect::<Vec<_>>()
                .concat(),
            trace.text
        );
        assert_eq!(trace.parts[1].span.of(&trace.text), "answer (18-7)+4\n");
        let outcome = trace.outcome.unwrap();
        assert!(
            outcome.correct && outcome.scorers.values().all(|s| *s == 1.0),
            "{outcome:?}"
        );
        assert_eq!(outcome.answer.as_deref(), Some("(18-7)+4"));
        assert_eq!(trace.tokens.unwrap().generated, 3);
        assert_eq!(trace.tree.unwrap().nodes.len(), 3);
    }
}
