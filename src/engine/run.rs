//! One request while it is worked on: first its prompt is read, once; then its samples start from there.

use crate::{
    base::sampler::Sampler,
    engine::{
        Event, EventKind, Prefix, Request,
        api::RunId,
        loaded::{LoadedModel, PromptError},
        sample::{Drawer, Draws, SampleError, Score},
        writer::Writer,
    },
    model::{Cache, Row, fast::FastError},
};
use std::collections::BTreeSet;

/// A request, its tokens so far read, and what its samples start from.
pub(super) struct Run {
    pub request: Request,
    /// Prompt, then prefix.
    ids: Vec<u32>,
    /// Tokens of the prompt.
    prompt: usize,
    /// Scores of the prefix's tokens already reached.
    given: Vec<Score>,
    /// The sequence that holds the prompt; samples fork it.
    pub slot: usize,
    /// What follows prompt and prefix, once they are read.
    logits: Vec<f32>,
    /// Samples started.
    started: usize,
    /// Samples started and not finished.
    pub open: usize,
}

impl Run {
    /// Turns a request into tokens.
    pub fn new(request: Request, model: &LoadedModel, cache: &mut Cache) -> Result<Self, PromptError> {
        let mut ids = model.prompt(&request.prompt, request.kind, request.sampler.thinking)?;
        let prompt = ids.len();
        for part in &request.prefix {
            match part {
                Prefix::Tokens(tokens) => ids.extend(tokens),
                Prefix::Text(text) => ids.extend(model.tokenizer.encode(text)?),
            }
        }
        let (vocab, context) = (model.forward.vocab_size(), model.forward.context());
        if ids.len() > context {
            return Err(PromptError::TooLong {
                tokens: ids.len(),
                context,
            });
        }
        if let Some(&token) = ids.iter().find(|id| **id as usize >= vocab) {
            return Err(FastError::Token { token, vocab }.into());
        }
        // What the cache has need not be read, as far as every given token that is skipped has its score.
        let skippable = (prompt + request.known.len()).min(ids.len());
        let slot = cache.open_like(&ids[..skippable]);
        let scored = (cache.len(slot) + 1).saturating_sub(prompt);
        let given = request.known.iter().take(scored).cloned().collect();
        Ok(Self {
            request,
            ids,
            prompt,
            given,
            slot,
            logits: Vec::new(),
            started: 0,
            open: 0,
        })
    }

    /// The event that announces it.
    pub fn announce(&self) -> Event {
        self.event(EventKind::Started {
            prompt_tokens: self.prompt,
        })
    }

    pub fn event(&self, kind: EventKind) -> Event {
        Event {
            run: self.request.run,
            kind,
        }
    }

    /// Whether prompt and prefix are read.
    pub fn is_read(&self) -> bool {
        !self.logits.is_empty()
    }

    /// The next rows of prompt and prefix, at most `limit`. Logits are wanted wherever the next token is to be scored
    /// or drawn.
    pub fn rows(&self, cache: &Cache, limit: usize) -> impl Iterator<Item = Row> {
        let first = cache.len(self.slot);
        let (slot, prompt) = (self.slot, self.prompt);
        self.ids
            .iter()
            .enumerate()
            .skip(first)
            .take(limit)
            .map(move |(i, &token)| Row {
                slot,
                token,
                want_logits: i + 1 >= prompt,
            })
    }

    /// Takes the logits that the last rows gave, one row after the other.
    pub fn read<'a>(
        &mut self,
        rows: impl Iterator<Item = &'a [f32]>,
        drawer: &mut Drawer,
    ) -> Result<(), SampleError> {
        for logits in rows {
            match self.ids.get(self.prompt + self.given.len()) {
                Some(&token) => {
                    let score = drawer.score(logits, token, self.request.top)?;
                    self.given.push(score);
                }
                None => self.logits = logits.to_vec(),
            }
        }
        Ok(())
    }

    /// The number of the next sample that can start.
    pub fn next_sample(&self) -> Option<u64> {
        self.waiting().first().copied().filter(|_| self.is_read())
    }

    /// The samples that have not started.
    pub fn waiting(&self) -> &[u64] {
        self.request.samples.get(self.started..).unwrap_or(&[])
    }

    /// What the model says of the first token to draw; empty until everything is read.
    pub fn logits(&self) -> &[f32] {
        &self.logits
    }

    /// Positions that a sample may come to take, its prompt's included.
    pub fn most(&self) -> usize {
        self.prompt + self.request.sampler.max_tokens.max(self.ids.len() - self.prompt)
    }

    /// Starts the next sample, `number`.
    ///
    /// # Errors
    /// [`PromptError::Full`].
    pub fn start(
        &mut self,
        number: u64,
        model: &LoadedModel,
        cache: &mut Cache,
    ) -> Result<Sample, PromptError> {
        let slot = cache.fork(self.slot, self.ids.len());
        if cache.len(slot) < self.ids.len() {
            cache.close(slot);
            return Err(PromptError::Full);
        }
        let mut writer = Writer::new(&self.request.sampler.stop);
        let given = &self.ids[self.prompt..];
        for (token, score) in given.iter().zip(&self.given) {
            writer.given(*token, model.tokenizer.token_bytes(*token), score.clone());
        }
        self.started += 1;
        self.open += 1;
        let mut sample = Sample {
            run: self.request.run,
            number,
            slot,
            seen: BTreeSet::new(),
            draws: Draws::new(self.request.sampler.seed, self.request.index, number, given.len()),
            writer,
            last: 0,
            tokens: given.len(),
            most: self.most(),
        };
        for token in &self.ids {
            sample.see(*token, &self.request.sampler);
        }
        Ok(sample)
    }

    /// Whether every sample has ended.
    pub fn is_done(&self) -> bool {
        self.open == 0 && self.waiting().is_empty()
    }
}

/// One text that is being written.
pub(super) struct Sample {
    pub run: RunId,
    pub number: u64,
    pub slot: usize,
    pub draws: Draws,
    pub writer: Writer,
    /// The tokens of prompt and text, where the sampler asks for them.
    pub seen: BTreeSet<u32>,
    /// The token drawn last, not read by the model yet.
    pub last: u32,
    /// Tokens so far, given ones included.
    pub tokens: usize,
    /// Positions it may come to take, its prompt's included.
    pub most: usize,
}

impl Sample {
    /// Remembers a token of prompt or text, if the sampler makes a difference between those and others.
    pub fn see(&mut self, token: u32, sampler: &Sampler) {
        if sampler.repetition_penalty != 1.0 {
            self.seen.insert(token);
        }
    }
}
