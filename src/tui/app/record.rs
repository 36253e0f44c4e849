//! Between a trace on the screen and its record.

use super::{Live, Parsed, Phase, Problem, live::Seedling};
use crate::{
    engine::{RunId, TokenBatch},
    trace::{
        Trace,
        parts::{parts, thinking, thoughts},
        record::{Finish, Part, Seconds, TokenStats, Tokens},
    },
};
use std::{sync::Arc, time::Duration};

impl Live {
    /// What is thinking and what the answer: as whoever brought it along says, else as the text says.
    pub(super) fn parts(&self) -> Vec<Part> {
        if self.foreign && !self.header.parts.is_empty() {
            self.header.parts.clone()
        } else {
            parts(self.text.as_str())
        }
    }

    /// A finished trace from elsewhere.
    #[must_use]
    pub fn open(run: RunId, problem: Arc<Problem>, mut trace: Trace) -> Self {
        let stats = trace.token_stats.take().unwrap_or_default();
        let text = std::mem::take(&mut trace.text);
        let (tree, behaviors) = (
            trace.tree.take().unwrap_or_default(),
            std::mem::take(&mut trace.behaviors),
        );
        let sample = trace.sample as u64;
        let phase = match (trace.finish, trace.error.take()) {
            (Some(Finish::Error), why) => Phase::Failed(why.unwrap_or_default()),
            (finish, _) => Phase::Done(finish.unwrap_or(Finish::Stop)),
        };
        let from = Seedling {
            origin: "opened".into(),
            parent: trace.parent.take(),
            fork_token: trace.fork_token,
            inherited: std::mem::take(&mut trace.given),
            ..Seedling::default()
        };
        let spent = Duration::try_from_secs_f64(trace.seconds.unwrap_or_default().total).unwrap_or_default();
        let (prompt_tokens, outcome) = (trace.tokens.unwrap_or_default().prompt, trace.outcome.take());
        let thinking = match trace.told_apart {
            true => thoughts(&trace.parts),
            false => thinking(&text),
        };
        let mut live = Self::new(run, sample, problem, from, trace, Duration::ZERO);
        live.foreign = true;
        live.prompt_tokens = prompt_tokens;
        live.last = spent;
        live.write(&text);
        // A server's tokens have no ids.
        let ids = stats.ids.unwrap_or_default();
        // Lists of different lengths, or ends that go back, are no token table.
        if stats.ends.is_sorted() && (ids.is_empty() || ids.len() == stats.ends.len()) {
            live.tokens = TokenBatch {
                ids,
                ends: stats.ends,
                logprob: stats.logprob,
                entropy: stats.entropy,
                top: stats.top,
                top_text: stats.top_text,
                ..TokenBatch::default()
            };
        }
        live.parsed(Parsed {
            run,
            sample,
            tree,
            behaviors,
            outcome,
            thinking,
        });
        live.phase = phase;
        live.look_at(0);
        live
    }

    /// Everything known, in the shape other programs read.
    #[must_use]
    pub fn record(&self) -> Trace {
        let (finish, error) = match &self.phase {
            Phase::Waiting | Phase::Running => (None, None),
            Phase::Done(finish) => (Some(*finish), None),
            Phase::Failed(why) => (Some(Finish::Error), Some(why.clone())),
        };
        let tokens = &self.tokens;
        let counted = Tokens {
            prompt: self.prompt_tokens,
            generated: tokens.len(),
        };
        let timed = Seconds {
            first_token: self
                .first
                .map_or(0.0, |first| first.saturating_sub(self.asked).as_secs_f64()),
            total: self.seconds().unwrap_or_default(),
        };
        Trace {
            text: self.text.as_str().to_string(),
            parts: self.parts(),
            given: self.given(),
            finish: if self.foreign { self.header.finish } else { finish },
            error,
            tokens: if self.foreign {
                self.header.tokens
            } else {
                Some(counted)
            },
            seconds: if self.foreign {
                self.header.seconds
            } else {
                Some(timed)
            },
            outcome: self.outcome.clone(),
            tree: (!self.tree.nodes.is_empty()).then(|| self.tree.clone()),
            behaviors: self.behaviors.clone(),
            token_stats: (!tokens.is_empty()).then(|| TokenStats {
                ids: (tokens.ids.len() == tokens.ends.len()).then(|| tokens.ids.clone()),
                ends: tokens.ends.clone(),
                logprob: tokens.logprob.clone(),
                entropy: tokens.entropy.clone(),
                top: tokens.top.clone(),
                top_text: tokens.top_text.clone(),
            }),
            ..self.header.clone()
        }
    }
}
