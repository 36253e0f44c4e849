//! What an engine is told and what it tells. Every engine (local, scripted, later remote) speaks only this.
//!
//! Channels are bounded. When the listener is slow, token batches of a sample merge; nothing is dropped and the engine
//! never waits. Every event carries the run it belongs to, so answers to an abandoned question are recognised, errors
//! included.

use super::sample::Score;
use crate::base::{cancel::Cancel, pace::Pace, sampler::Sampler};
use serde::{Deserialize, Serialize};

/// Names one run; the asker chooses it and never uses it twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub u64);

/// What an engine can be told.
#[derive(Clone, Debug)]
pub enum Command {
    /// Generate.
    Start(Box<Request>),
    /// End the thread after the current step.
    Shutdown,
}

/// A generation: several samples that continue one prompt.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its name.
    pub run: RunId,
    /// What the model is given; not part of the generated text.
    pub prompt: String,
    /// How it is to be read.
    pub kind: PromptKind,
    /// Text that already stands after the prompt: the shared part of a fork, an edit, an insertion. It is reported
    /// back as the first tokens of every sample.
    pub prefix: Vec<Prefix>,
    /// What is known already of the prefix's first tokens, so that an engine which still has them in its cache need not
    /// read them again; may be empty.
    pub known: Vec<Score>,
    /// How to draw tokens; `max_tokens` counts the prefix's tokens too. Stop texts inside the prefix do not count.
    pub sampler: Sampler,
    /// Which problem of the run this is; with the seed and the sample it fixes the random numbers.
    pub index: u64,
    /// The samples wanted, by number; sample `k` is the same text whoever else is in the batch.
    pub samples: Vec<u64>,
    /// How many of the most likely tokens to report with each token.
    pub top: usize,
    /// Looked at once per step.
    pub cancel: Cancel,
    /// How fast the text is to appear. Only an engine with a thread of its own keeps it, and only while everything it
    /// works on has one.
    pub pace: Pace,
}

/// How a prompt is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PromptKind {
    /// A text to be continued as it stands.
    #[default]
    Raw,
    /// What a chat template wrote: the special tokens in it are meant.
    Rendered,
    /// What a person asks; the engine puts it as a conversation.
    Question,
}

/// A piece of text that is there before sampling begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// Tokens that were sampled before, kept exactly.
    Tokens(Vec<u32>),
    /// Text a person or a strategy put in.
    Text(String),
}

/// One thing an engine says.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The run it is about.
    pub run: RunId,
    /// What happened.
    pub kind: EventKind,
}

/// What can happen to a run. Per sample: `Tokens` any number of times, then one `Finished`. Per run: `Started` first,
/// `Done` or `Failed` last. A server tells the tokens of a prompt late: then `Started` first says 0 and comes once more,
/// with the number, before the first `Finished` at the earliest.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// The prompt is being read; it has this many tokens.
    Started {
        /// Tokens of the prompt.
        prompt_tokens: usize,
    },
    /// More text of one sample.
    Tokens {
        /// Which sample.
        sample: u64,
        /// The tokens.
        batch: TokenBatch,
    },
    /// One sample ended.
    Finished {
        /// Which sample.
        sample: u64,
        /// Why.
        reason: StopReason,
    },
    /// All samples ended.
    Done,
    /// The run could not go on: a sentence for a person.
    Failed(String),
}

/// Why a sample ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The model's end token, or a stop text.
    Stop,
    /// The token budget or the context ran out.
    Length,
    /// Somebody cancelled.
    Cancelled,
}

/// Consecutive tokens of one sample, as parallel lists. Every token that was sampled is there: the end token, and those
/// of a stop text, whose text is cut; no token then ends behind the text.
///
/// `ends` has an entry for every token; any other list either has as many, or none because nobody knows: a server's
/// tokens have no ids and no entropy, and log-probabilities only where it gives them. A list that is empty in one batch
/// of a sample is empty in all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenBatch {
    /// The whole characters these tokens completed. Bytes of an unfinished character wait for the token that ends it.
    pub text: String,
    /// Token ids; empty for a server's tokens.
    pub ids: Vec<u32>,
    /// For each token, the bytes of generated text that stand once it is there, counted from the start of the sample.
    pub ends: Vec<usize>,
    /// Log-probability of each token under the model's own distribution (temperature 1), given ones included; 0 for a
    /// given token that nothing stands before. No number where a server tells it of other tokens only.
    #[serde(deserialize_with = "crate::base::json::numbers")]
    pub logprob: Vec<f32>,
    /// Entropy of that distribution, nats.
    pub entropy: Vec<f32>,
    /// The most likely tokens with their log-probabilities, most likely first; empty lists when not asked for.
    pub top: Vec<Vec<(u32, f32)>>,
    /// The same for a server's tokens, which have texts but no ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub top_text: Vec<Vec<(String, f32)>>,
    /// How many of the tokens came from the request's prefix.
    pub given: usize,
}

impl TokenBatch {
    /// Appends `next`, which follows this batch directly.
    pub fn merge(&mut self, next: TokenBatch) {
        self.text.push_str(&next.text);
        self.ids.extend(next.ids);
        self.ends.extend(next.ends);
        self.logprob.extend(next.logprob);
        self.entropy.extend(next.entropy);
        self.top.extend(next.top);
        self.top_text.extend(next.top_text);
        self.given += next.given;
    }

    /// The scores of its first `count` tokens, for [`Request::known`]; fewer where fewer are there.
    #[must_use]
    pub fn scores(&self, count: usize) -> Vec<Score> {
        let all = self.logprob.iter().zip(&self.entropy).zip(&self.top);
        let scores = all.map(|((logprob, entropy), top)| Score {
            logprob: *logprob,
            entropy: *entropy,
            top: top.clone(),
        });
        scores.take(count).collect()
    }

    /// Tokens in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it holds no token.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}
