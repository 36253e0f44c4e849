//! The training loop: one plain struct whose `step` makes one update, and a `run` that adds evaluation, metrics and
//! checkpoints around it. A run is a function of its recipe: stopped and resumed it comes to the same weights.

use super::{
    batch::{Batch, Batches, Examples},
    checkpoint::{self, Progress},
    error::TrainError,
    event::{Outcome, Report, TrainEvent},
    optimizer::AdamW,
    run_dir::RunDir,
    schedule,
    start::Start,
};
use crate::{
    base::cancel::Cancel,
    config::{Recipe, recipe::Stage},
    model::{Config, Decoder, Ops, Weights, cross_entropy},
};
use candle_core::{Device, Tensor};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::{collections::BTreeMap, path::Path, time::Instant};

/// Measures a model on held-out problems.
pub trait Evaluate {
    /// What to record, with the names `metrics.jsonl` uses: `eval/accuracy eval/n …`.
    ///
    /// # Errors
    /// A sentence; the run pauses.
    fn evaluate(&mut self, weights: &Weights, config: &Config) -> Result<BTreeMap<String, f64>, String>;
}

/// A run in progress.
pub struct Trainer {
    recipe: Recipe,
    config: Config,
    tokenizer: Vec<u8>,
    device: Device,
    decoder: Decoder,
    optimizer: AdamW,
    batches: Batches,
    progress: Progress,
    dir: RunDir,
    pool: ThreadPool,
    /// A step that was made but is not yet evaluated and written down.
    unfinished: Option<Report>,
    /// Running mean.
    tokens_per_second: Option<f64>,
}

impl Trainer {
    /// Begins a run in `root`, which may not hold one, and saves the first weights as `checkpoint-0`.
    ///
    /// # Errors
    /// What is wrong with the recipe, the weights or the directory.
    pub fn start(root: &Path, start: Start, examples: Box<dyn Examples>) -> Result<Self, TrainError> {
        let decoder = start.decoder()?;
        let Start {
            recipe,
            config,
            tokenizer,
            base,
            device,
            ..
        } = start;
        let optimizer = AdamW::new(decoder.variables(), recipe.optimizer.clone())?;
        let progress = Progress::default();
        let batches = Batches::new(
            examples,
            recipe.seed,
            config.max_position_embeddings,
            progress.position,
        );
        let pool = threads(&recipe)?;
        let dir = RunDir::create(root, &recipe, &base)?;
        let trainer = Self {
            recipe,
            config,
            tokenizer,
            device,
            decoder,
            optimizer,
            batches,
            progress,
            dir,
            pool,
            unfinished: None,
            tokens_per_second: None,
        };
        trainer.save()?;
        Ok(trainer)
    }

    /// Goes on with the run in `dir` from its newest checkpoint. The metrics are cut back to it.
    ///
    /// # Errors
    /// What is wrong with the directory or the checkpoint.
    pub fn resume(
        dir: RunDir,
        recipe: Recipe,
        device: Device,
        examples: Box<dyn Examples>,
    ) -> Result<Self, TrainError> {
        let (_, path) = dir.latest()?;
        let saved = checkpoint::load(&path, &device)?;
        let decoder = Decoder::from_weights(saved.config.clone(), &saved.weights, &device)?;
        let mut optimizer = AdamW::new(decoder.variables(), recipe.optimizer.clone())?;
        optimizer.restore(saved.moments)?;
        let progress = saved.progress;
        let context = saved.config.max_position_embeddings;
        dir.rewind(progress.step)?;
        Ok(Self {
            batches: Batches::new(examples, recipe.seed, context, progress.position),
            pool: threads(&recipe)?,
            recipe,
            config: saved.config,
            tokenizer: saved.tokenizer,
            device,
            decoder,
            optimizer,
            progress,
            dir,
            unfinished: None,
            tokens_per_second: None,
        })
    }

    /// The recipe, resolved.
    #[must_use]
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// The run's directory.
    #[must_use]
    pub fn dir(&self) -> &RunDir {
        &self.dir
    }

    /// The model's shape.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// A copy of the weights as they are now, on the CPU.
    ///
    /// # Errors
    /// When the device cannot be read.
    pub fn weights(&self) -> Result<Weights, TrainError> {
        Ok(self.decoder.weights()?)
    }

    /// Content of `tokenizer.json`.
    #[must_use]
    pub fn tokenizer(&self) -> &[u8] {
        &self.tokenizer
    }

    /// Tokens seen since the run began, padding not counted.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.progress.tokens
    }

    /// Steps made since the run began.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.progress.step
    }

    /// Runs until all is done, somebody cancels or something is in the way. After a pause it may be called again, and
    /// then first finishes what it could not.
    pub fn run(
        &mut self,
        cancel: &Cancel,
        mut evaluate: Option<&mut dyn Evaluate>,
        events: &mut dyn FnMut(TrainEvent),
    ) -> Outcome {
        match self.run_on(cancel, &mut evaluate, events) {
            Ok(true) => {
                events(TrainEvent::Done);
                Outcome::Done
            }
            Ok(false) => Outcome::Cancelled,
            Err(error) => {
                let sentence = error.to_string();
                events(TrainEvent::Paused(sentence.clone()));
                Outcome::Paused(sentence)
            }
        }
    }

    /// Whether it came to the end.
    fn run_on(
        &mut self,
        cancel: &Cancel,
        evaluate: &mut Option<&mut dyn Evaluate>,
        events: &mut dyn FnMut(TrainEvent),
    ) -> Result<bool, TrainError> {
        loop {
            self.finish(evaluate, events)?;
            let done = self.is_done();
            let due =
                self.recipe.save_every != 0 && self.progress.step.is_multiple_of(self.recipe.save_every);
            let cancelled = cancel.is_cancelled();
            if (done || due || cancelled) && !self.dir.checkpoint_path(self.progress.step).is_dir() {
                let path = self.save()?;
                events(TrainEvent::Saved { path });
            }
            if done || cancelled {
                return Ok(done);
            }
            let report = self.step()?;
            events(TrainEvent::Step(report.clone()));
            self.unfinished = Some(report);
        }
    }

    /// Evaluates after the last step if it is time, and writes the step down.
    fn finish(
        &mut self,
        evaluate: &mut Option<&mut dyn Evaluate>,
        events: &mut dyn FnMut(TrainEvent),
    ) -> Result<(), TrainError> {
        let over = self.is_done();
        let Some(report) = &mut self.unfinished else {
            return Ok(());
        };
        let (step, every) = (report.step, self.recipe.eval_every);
        let due = self.recipe.eval_problems > 0 && (over || (every != 0 && step.is_multiple_of(every)));
        if let Some(evaluate) = evaluate.as_mut().filter(|_| due && report.eval.is_empty()) {
            let weights = self.decoder.weights()?;
            report.eval = evaluate
                .evaluate(&weights, &self.config)
                .map_err(|what| TrainError::Evaluation { step, what })?;
            events(TrainEvent::Eval {
                step,
                metrics: report.eval.clone(),
            });
        }
        self.dir.append(report)?;
        self.unfinished = None;
        Ok(())
    }

    /// Whether all stages are done, or as many steps as the recipe allows.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.stage().is_none() || self.recipe.steps.is_some_and(|most| self.progress.step >= most)
    }

    fn stage(&self) -> Option<&Stage> {
        self.recipe.stages.get(self.progress.position.stage)
    }

    /// Makes one step and writes nothing. When it fails nothing has changed.
    ///
    /// # Errors
    /// [`TrainError`]; [`TrainError::Diverged`] when loss or gradient is not a finite number.
    pub fn step(&mut self) -> Result<Report, TrainError> {
        let started = Instant::now();
        let Some(stage) = self.recipe.stages.get(self.progress.position.stage) else {
            return Err(TrainError::Setup("all stages of the recipe are done".into()));
        };
        let peak = self.recipe.learning_rate_of(stage);
        let learning_rate =
            schedule::learning_rate(stage, peak, self.progress.stage_steps, self.progress.stage_tokens);
        let batch_tokens = self.recipe.batch_tokens_of(stage);
        let stage_tokens = stage.tokens;

        let step = self.progress.step + 1;
        let pool = &self.pool;
        let (batches, decoder, optimizer, device) = (
            &mut self.batches,
            &self.decoder,
            &mut self.optimizer,
            &self.device,
        );
        let (batch, loss, grad_norm) = pool.install(|| {
            let batch = batches.current(batch_tokens)?;
            let (loss, norm) = update(decoder, optimizer, &batch, device, step, learning_rate)?;
            Ok::<_, TrainError>((batch, loss, norm))
        })?;

        let stage_index = self.progress.position.stage;
        self.progress.step = step;
        self.progress.tokens += batch.tokens;
        self.progress.stage_steps += 1;
        self.progress.stage_tokens += batch.tokens;
        if self.progress.stage_tokens >= stage_tokens {
            self.batches.next_stage();
            self.progress.stage_steps = 0;
            self.progress.stage_tokens = 0;
        } else {
            self.batches.advance();
        }
        self.progress.position = self.batches.position();

        let speed = batch.tokens as f64 / started.elapsed().as_secs_f64().max(1e-9);
        let mean = self
            .tokens_per_second
            .map_or(speed, |mean| 0.95 * mean + 0.05 * speed);
        self.tokens_per_second = Some(mean);
        let left = self.tokens_left();
        Ok(Report {
            step,
            stage: stage_index,
            loss,
            learning_rate,
            grad_norm,
            tokens: self.progress.tokens,
            tokens_per_second: mean,
            time: jiff::Timestamp::now().as_millisecond() as f64 / 1000.0,
            eval: BTreeMap::new(),
            progress: 1.0 - left / (left + self.progress.tokens as f64),
            seconds_left: left / mean,
        })
    }

    /// Tokens until the end, estimated when the recipe counts steps.
    fn tokens_left(&self) -> f64 {
        let Progress {
            step,
            tokens,
            stage_tokens,
            position,
            ..
        } = self.progress;
        let later = self
            .recipe
            .stages
            .iter()
            .skip(position.stage)
            .map(|stage| stage.tokens);
        let left = later.fold(0.0, |sum, tokens| sum + tokens as f64) - stage_tokens as f64;
        let by_steps = self.recipe.steps.map_or(f64::INFINITY, |most| {
            most.saturating_sub(step) as f64 * tokens as f64 / step.max(1) as f64
        });
        left.max(0.0).min(by_steps)
    }

    fn save(&self) -> Result<std::path::PathBuf, TrainError> {
        let weights = self.decoder.weights()?;
        self.dir.save(self.progress.step, |path| {
            checkpoint::save(
                path,
                &self.config,
                &weights,
                &self.tokenizer,
                &self.optimizer.state(),
                &self.progress,
            )
        })
    }
}

/// One forward, backward and update. Loss and norm of the gradients, both finite, or nothing has changed.
fn update(
    decoder: &Decoder,
    optimizer: &mut AdamW,
    batch: &Batch,
    device: &Device,
    step: u64,
    learning_rate: f64,
) -> Result<(f64, f64), TrainError> {
    let finite = |what, value: f64| {
        if value.is_finite() {
            return Ok(value);
        }
        Err(TrainError::Diverged {
            what,
            step,
            value,
            learning_rate,
        })
    };
    // The fused operations are the CPU's.
    let ops = if device.is_cpu() { Ops::Fused } else { Ops::Plain };
    let ids = Tensor::from_slice(&batch.ids, (batch.rows, batch.width), device)?;
    let logits = decoder.forward(&ids, ops)?.flatten(0, 1)?; // [B, T, V] -> [B T, V]
    let loss = cross_entropy(&logits, &batch.targets, &batch.weights, ops)?;
    let value = finite("loss", f64::from(loss.to_scalar::<f32>()?))?;
    let gradients = loss.backward()?;
    let norm = finite("gradient", optimizer.norm(&gradients)?)?;
    optimizer.step(&gradients, norm, learning_rate, step)?;
    Ok((value, norm))
}

fn threads(recipe: &Recipe) -> Result<ThreadPool, TrainError> {
    ThreadPoolBuilder::new()
        .num_threads(recipe.threads)
        .thread_name(|index| format!("train-{index}"))
        .build()
        .map_err(|error| TrainError::Setup(format!("the threads of the run cannot be started: {error}")))
}

#[cfg(test)]
mod tests;
