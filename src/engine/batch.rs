//! Many samples of many requests, one model step at a time. This is the engine; a thread merely drives it.
//!
//! Samples join and leave between steps. A prompt is read once, in pieces beside the running samples, and its cache is
//! forked for each sample. What a sample says depends on its request and its number only.

use crate::{
    engine::{
        Event, EventKind, Request, StopReason,
        api::RunId,
        loaded::LoadedModel,
        run::{Run, Sample},
        sample::{Drawer, SampleError, penalised},
    },
    model::{Cache, Forward, Row, fast::FastError},
};
use std::{sync::Arc, time::Duration};

/// Samples that run together unless said otherwise.
pub const MAX_BATCH: usize = 64;

/// The samples at work, and the requests they belong to.
pub struct Batch {
    model: Arc<LoadedModel>,
    cache: Cache,
    max: usize,
    runs: Vec<Run>,
    active: Vec<Sample>,
    drawer: Drawer,
    rows: Vec<Row>,
    logits: Vec<f32>,
}

impl Batch {
    /// An empty batch that runs at most `max` samples at once (at least one).
    #[must_use]
    pub fn new(model: Arc<LoadedModel>, max: usize) -> Self {
        let cache = room(&model.forward);
        Self::with_cache(model, max, cache)
    }

    /// As [`Batch::new`], with a cache that has a limit or keeps what was said: forks of it then read nothing again.
    #[must_use]
    pub fn with_cache(model: Arc<LoadedModel>, max: usize, cache: Cache) -> Self {
        Self {
            cache,
            model,
            max: max.max(1),
            runs: Vec::new(),
            active: Vec::new(),
            drawer: Drawer::default(),
            rows: Vec::new(),
            logits: Vec::new(),
        }
    }

    /// Adds a request. It begins with the next step; what cannot begin fails here.
    pub fn start(&mut self, request: Request, events: &mut Vec<Event>) {
        let run = request.run;
        if self.runs.iter().any(|other| other.request.run == run) {
            let sentence = format!("run {} was asked for twice", run.0);
            return self.fail(run, &sentence, events);
        }
        let made = request.sampler.check().and_then(|()| {
            Run::new(request, &self.model, &mut self.cache).map_err(|error| error.to_string())
        });
        match made {
            Ok(run) => {
                events.push(run.announce());
                self.runs.push(run);
            }
            Err(sentence) => events.push(Event {
                run,
                kind: EventKind::Failed(sentence),
            }),
        }
    }

    /// How long the next step is to take, when everything at work has a pace: the fastest one counts.
    #[must_use]
    pub fn interval(&self) -> Option<Duration> {
        let paces = self.runs.iter().map(|run| run.request.pace.interval());
        paces.collect::<Option<Vec<_>>>()?.into_iter().min()
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.runs.is_empty()
    }

    /// Forgets everything without a word and returns the requests that were at work.
    pub fn reset(&mut self) -> Vec<RunId> {
        let runs = self.runs.iter().map(|run| run.request.run).collect();
        let cache = self.cache.fresh(self.model.forward.cache());
        *self = Self::with_cache(self.model.clone(), self.max, cache);
        runs
    }

    /// Tokens of the sample that has most to tell.
    #[must_use]
    pub fn ready(&self) -> usize {
        self.active
            .iter()
            .map(|sample| sample.writer.ready())
            .max()
            .unwrap_or(0)
    }

    /// Moves the tokens that running samples have ready into `events`. Finished samples have told theirs.
    pub fn collect(&mut self, events: &mut Vec<Event>) {
        for sample in &mut self.active {
            tell(sample, events);
        }
    }

    /// Ends every run with `sentence`.
    pub fn fail_all(&mut self, sentence: &str, events: &mut Vec<Event>) {
        while let Some(run) = self.runs.first().map(|run| run.request.run) {
            self.fail(run, sentence, events);
        }
    }

    /// One token for every running sample and a piece of one prompt; starts and ends samples.
    pub fn step(&mut self, events: &mut Vec<Event>) {
        self.drop_cancelled(events);
        self.admit(events);
        self.rows.clear();
        for sample in &self.active {
            self.rows.push(Row {
                slot: sample.slot,
                token: sample.last,
                want_logits: true,
            });
        }
        let reading = self.read_prompts();
        if !self.rows.is_empty()
            && let Err(error) = self
                .model
                .forward
                .step(&self.rows, &mut self.cache, &mut self.logits)
        {
            return match error {
                // Whose text grew too long for the memory ends; the others go on with the next step.
                FastError::Full(slot) => self.fail_owner(slot, &error.to_string(), events),
                _ => self.fail_all(&error.to_string(), events),
            };
        }
        let vocab = self.model.forward.vocab_size();
        let (drawn, read) = self.logits.split_at(self.active.len() * vocab);
        let mut failed: Vec<(RunId, String)> = Vec::new();
        let mut read = read.chunks_exact(vocab);
        for (i, wanted) in reading {
            let run = &mut self.runs[i];
            if let Err(error) = run.read(read.by_ref().take(wanted), &mut self.drawer) {
                failed.push((run.request.run, error.to_string()));
            }
        }
        let mut ended = Vec::new();
        for (i, (sample, logits)) in self.active.iter_mut().zip(drawn.chunks_exact(vocab)).enumerate() {
            let Some(run) = self.runs.iter().find(|run| run.request.run == sample.run) else {
                continue;
            };
            match draw(
                sample,
                &run.request,
                logits,
                &self.model,
                &self.cache,
                &mut self.drawer,
            ) {
                Ok(None) => {}
                Ok(Some(reason)) => ended.push((i, reason)),
                Err(error) => failed.push((sample.run, error.to_string())),
            }
        }
        // From the back, so that the places of the others stay right.
        for (i, reason) in ended.into_iter().rev() {
            let sample = self.active.remove(i);
            self.finish(sample, reason, events);
        }
        for (run, sentence) in failed {
            self.fail(run, &sentence, events);
        }
    }

    /// Adds rows of the prompts that are next, and returns which runs they belong to and how many logits each wants.
    /// Prompts are not read further ahead than one full batch: what is read must be kept.
    fn read_prompts(&mut self) -> Vec<(usize, usize)> {
        let (mut left, mut ahead) = (self.model.forward.prompt_rows(), 0);
        let mut reading = Vec::new();
        for (i, run) in self.runs.iter().enumerate() {
            if left == 0 || ahead >= self.max {
                break;
            }
            ahead += run.waiting().len();
            if !run.is_read() {
                let first = self.rows.len();
                self.rows.extend(run.rows(&self.cache, left));
                let rows = &self.rows[first..];
                left -= rows.len();
                reading.push((i, rows.iter().filter(|row| row.want_logits).count()));
            }
        }
        reading
    }

    /// Starts waiting samples while there is room, oldest request first. The first token of each is drawn from what
    /// the prompt gave, by its own random numbers.
    fn admit(&mut self, events: &mut Vec<Event>) {
        let mut i = 0;
        while let Some(run) = self.runs.get_mut(i).filter(|_| self.active.len() < self.max) {
            // What has started may grow to its end: nobody starts who would have to be thrown out later. One alone may
            // try.
            let lengths = self.active.iter().map(|sample| sample.most);
            if !self.active.is_empty() && !self.cache.has_room(lengths.chain([run.most()])) {
                return;
            }
            if run.is_done() {
                // Nobody asked for a sample.
                self.end(i, EventKind::Done, events);
                continue;
            }
            let Some(number) = run.next_sample() else {
                i += 1;
                continue;
            };
            let mut sample = match run.start(number, &self.model, &mut self.cache) {
                Ok(sample) => sample,
                Err(error) => {
                    let run = run.request.run;
                    self.fail(run, &error.to_string(), events);
                    continue;
                }
            };
            // A prefix may have used up the budget already.
            let drawn = if sample.tokens >= run.request.sampler.max_tokens {
                Ok(Some(StopReason::Length))
            } else {
                draw(
                    &mut sample,
                    &run.request,
                    run.logits(),
                    &self.model,
                    &self.cache,
                    &mut self.drawer,
                )
            };
            match drawn {
                Ok(None) => self.active.push(sample),
                Ok(Some(reason)) => self.finish(sample, reason, events),
                Err(error) => {
                    let run = sample.run;
                    self.cache.close(sample.slot);
                    self.fail(run, &error.to_string(), events);
                }
            }
        }
    }

    /// Ends the runs that somebody cancelled, samples that never started included.
    fn drop_cancelled(&mut self, events: &mut Vec<Event>) {
        while let Some(i) = self.runs.iter().position(|run| run.request.cancel.is_cancelled()) {
            let run = self.runs[i].request.run;
            for sample in self.leave(run) {
                tell_end(sample, StopReason::Cancelled, events);
            }
            for &sample in self.runs[i].waiting() {
                events.push(self.runs[i].event(EventKind::Finished {
                    sample,
                    reason: StopReason::Cancelled,
                }));
            }
            self.end(i, EventKind::Done, events);
        }
    }

    /// Ends a sample that left the batch, and its run if it was the last one.
    fn finish(&mut self, sample: Sample, reason: StopReason, events: &mut Vec<Event>) {
        self.cache.close(sample.slot);
        let place = self.runs.iter().position(|run| run.request.run == sample.run);
        tell_end(sample, reason, events);
        if let Some(i) = place {
            self.runs[i].open -= 1;
            if self.runs[i].is_done() {
                self.end(i, EventKind::Done, events);
            }
        }
    }

    /// Ends the run that sequence `slot` belongs to.
    fn fail_owner(&mut self, slot: usize, sentence: &str, events: &mut Vec<Event>) {
        let samples = self
            .active
            .iter()
            .find(|sample| sample.slot == slot)
            .map(|sample| sample.run);
        let prompts = || {
            self.runs
                .iter()
                .find(|run| run.slot == slot)
                .map(|run| run.request.run)
        };
        match samples.or_else(prompts) {
            Some(run) => self.fail(run, sentence, events),
            None => self.fail_all(sentence, events),
        }
    }

    fn fail(&mut self, run: RunId, sentence: &str, events: &mut Vec<Event>) {
        for mut sample in self.leave(run) {
            sample.writer.finish();
            tell(&mut sample, events);
        }
        if let Some(i) = self.runs.iter().position(|other| other.request.run == run) {
            self.end(i, EventKind::Failed(sentence.into()), events);
        }
    }

    /// Takes the samples of `run` out of the batch.
    fn leave(&mut self, run: RunId) -> Vec<Sample> {
        let left: Vec<Sample> = self.active.extract_if(.., |sample| sample.run == run).collect();
        for sample in &left {
            self.cache.close(sample.slot);
        }
        left
    }

    fn end(&mut self, i: usize, last: EventKind, events: &mut Vec<Event>) {
        let run = self.runs.remove(i);
        self.cache.close(run.slot);
        events.push(run.event(last));
    }
}

/// An empty cache that may take as much memory as there is room for.
pub(super) fn room(forward: &Forward) -> Cache {
    let cache = forward.cache();
    match forward.room() {
        Some(bytes) => cache.with_limit(bytes),
        None => cache,
    }
}

/// Draws the next token of `sample`; says when it was the last one.
fn draw(
    sample: &mut Sample,
    request: &Request,
    logits: &[f32],
    model: &LoadedModel,
    cache: &Cache,
    drawer: &mut Drawer,
) -> Result<Option<StopReason>, SampleError> {
    let sampler = &request.sampler;
    let likely = penalised(logits, &sample.seen, sampler.repetition_penalty);
    let token = drawer.draw(&likely, sampler, sample.draws.uniform())?;
    sample.see(token, sampler);
    let score = drawer.score(logits, token, request.top)?;
    sample.last = token;
    sample.tokens += 1;
    let stopped = sample
        .writer
        .push(token, model.tokenizer.token_bytes(token), score);
    let ended = stopped || model.forward.end_tokens().contains(&token);
    let full =
        sample.tokens >= request.sampler.max_tokens || cache.len(sample.slot) >= model.forward.context();
    Ok(if ended {
        Some(StopReason::Stop)
    } else {
        full.then_some(StopReason::Length)
    })
}

/// Says what a sample has ready.
fn tell(sample: &mut Sample, events: &mut Vec<Event>) {
    if sample.writer.ready() > 0 {
        let kind = EventKind::Tokens {
            sample: sample.number,
            batch: sample.writer.take(),
        };
        events.push(Event {
            run: sample.run,
            kind,
        });
    }
}

/// Says what a sample had left to say, and that it ended.
fn tell_end(mut sample: Sample, reason: StopReason, events: &mut Vec<Event>) {
    sample.writer.finish();
    tell(&mut sample, events);
    let kind = EventKind::Finished {
        sample: sample.number,
        reason,
    };
    events.push(Event {
        run: sample.run,
        kind,
    });
}

#[cfg(test)]
pub(crate) mod tests;
