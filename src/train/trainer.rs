//! The training loop: one plain struct whose `step` makes one update, and a `run` that adds evaluation, metrics and
//! checkpoints around it. A run is a function of its recipe: stopped and resumed it comes to the same weights.

mod finish;

use super::{
    checkpoint::{self, Progress},
    compute::Compute,
    control::{Command, Inbox},
    error::TrainError,
    evaluate::Evaluate,
    event::{Outcome, Report, TrainEvent},
    method::{Learner, Made, Method},
    optimizer::AdamW,
    run_dir::{Change, RunDir},
    start::Start,
    tensorboard::EventFile,
};
use crate::{
    config::{Override, Recipe, recipe::Kind},
    model::{Config, Decoder, Forward},
};
use finish::Unfinished;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::{path::Path, time::Instant};

/// A run in progress.
pub struct Trainer {
    learner: Learner,
    method: Box<dyn Method>,
    tokenizer: Vec<u8>,
    progress: Progress,
    dir: RunDir,
    events: EventFile,
    pool: ThreadPool,
    /// A step that was made but is not yet evaluated and written down.
    unfinished: Option<Unfinished>,
    /// What was changed in an earlier life of the run at steps still to come.
    changes: Vec<Change>,
    /// Running means.
    tokens_per_second: Option<f64>,
    done_per_second: Option<f64>,
}

impl Trainer {
    /// Begins a run in `root`, which may not hold one, and saves the first weights as `checkpoint-0`. `method` gets the
    /// recipe, the shape and the decoder's first weights.
    ///
    /// # Errors
    /// What is wrong with the recipe, the weights or the directory.
    pub fn start(
        root: &Path,
        start: Start,
        method: impl FnOnce(&Recipe, &Config, &Progress) -> Result<Box<dyn Method>, TrainError>,
    ) -> Result<Self, TrainError> {
        let decoder = start.decoder()?;
        let Start {
            recipe,
            config,
            tokenizer,
            base,
            compute,
            ..
        } = start;
        let optimizer = AdamW::new(decoder.variables(), recipe.optimizer.clone(), compute.ops)?;
        let progress = Progress::default();
        let method = method(&recipe, &config, &progress)?;
        let pool = threads(&recipe)?;
        let dir = RunDir::create(root, &recipe, &base, &compute)?;
        let events = EventFile::begin(root, now(), 0)?;
        let trainer = Self {
            learner: Learner {
                recipe,
                config,
                compute,
                decoder,
                optimizer,
            },
            method,
            tokenizer,
            progress,
            dir,
            events,
            pool,
            unfinished: None,
            changes: Vec::new(),
            tokens_per_second: None,
            done_per_second: None,
        };
        trainer.save()?;
        Ok(trainer)
    }

    /// Goes on with the run in `dir` from its newest checkpoint. What was written down later is cut off.
    ///
    /// # Errors
    /// What is wrong with the directory or the checkpoint.
    pub fn resume(
        dir: RunDir,
        recipe: Recipe,
        compute: Compute,
        method: impl FnOnce(&Recipe, &Config, &Progress) -> Result<Box<dyn Method>, TrainError>,
    ) -> Result<Self, TrainError> {
        let (_, path) = dir.latest()?;
        let saved = checkpoint::load(&path, &compute.device)?;
        let decoder = Decoder::from_weights(saved.config.clone(), &saved.weights, &compute.device)?;
        let mut optimizer = AdamW::new(decoder.variables(), recipe.optimizer.clone(), compute.ops)?;
        optimizer.restore(saved.moments)?;
        let progress = saved.progress;
        dir.rewind(progress.step)?;
        let changes = dir.changes()?;
        let events = EventFile::begin(dir.root(), now(), progress.step)?;
        let mut trainer = Self {
            method: method(&recipe, &saved.config, &progress)?,
            pool: threads(&recipe)?,
            learner: Learner {
                recipe,
                config: saved.config,
                compute,
                decoder,
                optimizer,
            },
            tokenizer: saved.tokenizer,
            progress,
            dir,
            events,
            unfinished: None,
            changes,
            tokens_per_second: None,
            done_per_second: None,
        };
        trainer.apply_due_changes()?;
        Ok(trainer)
    }

    /// The recipe, resolved.
    #[must_use]
    pub fn recipe(&self) -> &Recipe {
        &self.learner.recipe
    }

    /// The run's directory.
    #[must_use]
    pub fn dir(&self) -> &RunDir {
        &self.dir
    }

    /// The model's shape.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.learner.config
    }

    /// The weights as they are now, ready to generate.
    ///
    /// # Errors
    /// When memory is short.
    pub fn frozen(&self) -> Result<Forward, TrainError> {
        Ok(self.learner.decoder.frozen(self.learner.compute.ops)?)
    }

    /// Where and how it computes.
    #[must_use]
    pub fn compute(&self) -> &Compute {
        &self.learner.compute
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

    /// Runs until all is done, somebody stops it or something is in the way. After a pause it may be called again, and
    /// then first finishes what it could not.
    pub fn run(
        &mut self,
        inbox: &Inbox,
        mut evaluate: Option<&mut dyn Evaluate>,
        events: &mut dyn FnMut(TrainEvent),
    ) -> Outcome {
        match self.run_on(inbox, &mut evaluate, events) {
            Ok(true) => {
                events(TrainEvent::Done);
                Outcome::Done
            }
            Ok(false) => Outcome::Stopped,
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
        inbox: &Inbox,
        evaluate: &mut Option<&mut dyn Evaluate>,
        events: &mut dyn FnMut(TrainEvent),
    ) -> Result<bool, TrainError> {
        self.first_evaluation(evaluate, events)?;
        loop {
            let pause = self.finish(evaluate, events)?;
            let heard = self.listen(inbox, events)?;
            let done = self.is_done();
            let every = self.learner.recipe.save_every;
            let due = heard.save || (every != 0 && self.progress.step.is_multiple_of(every));
            let leaving = done || heard.stop || pause.is_some();
            if (leaving || due) && !self.dir.checkpoint_path(self.progress.step).is_dir() {
                self.save_now(events)?;
            }
            if done || heard.stop {
                return Ok(done);
            }
            if let Some(sentence) = pause {
                return Err(TrainError::Halt(sentence));
            }
            self.apply_due_changes()?;
            let (report, made) = self.step()?;
            events(TrainEvent::Step(report.clone()));
            self.unfinished = Some(Unfinished {
                report,
                rollouts: made.rollouts,
                evaluated: false,
                pause: made.pause,
            });
        }
    }

    /// Does what was asked since the last step. Waits while somebody wants the run to wait.
    fn listen(&mut self, inbox: &Inbox, events: &mut dyn FnMut(TrainEvent)) -> Result<Heard, TrainError> {
        let mut heard = Heard::default();
        let mut waiting = false;
        while let Some(command) = inbox.next(waiting && !heard.stop && !heard.save) {
            match command {
                Command::Stop => heard.stop = true,
                Command::Save => {
                    heard.save = true;
                    if waiting {
                        self.save_now(events)?;
                        heard.save = false;
                    }
                }
                Command::Pause => {
                    waiting = true;
                    events(TrainEvent::Waiting(true));
                }
                Command::Resume => {
                    if std::mem::take(&mut waiting) {
                        events(TrainEvent::Waiting(false));
                    }
                }
                Command::Set(change) => match self.change(&change) {
                    Ok(()) => events(TrainEvent::Changed(change)),
                    Err(error) => events(TrainEvent::Refused(error.to_string())),
                },
            }
        }
        Ok(heard)
    }

    fn save_now(&self, events: &mut dyn FnMut(TrainEvent)) -> Result<(), TrainError> {
        let path = self.save()?;
        events(TrainEvent::Saved { path });
        Ok(())
    }

    /// Changes a knob from the next step on, and writes that down.
    fn change(&mut self, change: &Override) -> Result<(), TrainError> {
        let recipe = self.learner.recipe.changed(change)?;
        self.dir.record_change(&Change {
            step: self.progress.step,
            key: change.name(),
            value: change.value.clone(),
        })?;
        self.learner.recipe = recipe;
        Ok(())
    }

    /// What an earlier life of this run changed at this step or before is changed again.
    fn apply_due_changes(&mut self) -> Result<(), TrainError> {
        let step = self.progress.step;
        let (due, later) = std::mem::take(&mut self.changes)
            .into_iter()
            .partition::<Vec<Change>, _>(|change| change.step <= step);
        self.changes = later;
        for change in due {
            self.learner.recipe = self.learner.recipe.changed(&change.into())?;
        }
        Ok(())
    }

    /// Whether the method is done, or as many steps are made as the recipe allows.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.fraction_done() >= 1.0
    }

    fn fraction_done(&self) -> f64 {
        let by_steps = self.learner.recipe.steps.map_or(0.0, |most| {
            if most == 0 {
                1.0
            } else {
                self.progress.step as f64 / most as f64
            }
        });
        self.method.done(&self.progress).max(by_steps).min(1.0)
    }

    /// Makes one step and writes nothing. When it fails nothing has changed.
    ///
    /// # Errors
    /// [`TrainError`]; [`TrainError::Diverged`] when loss, gradient or weights are not finite numbers.
    pub fn step(&mut self) -> Result<(Report, Made), TrainError> {
        let started = Instant::now();
        let (before, stage) = (self.fraction_done(), self.progress.position.stage);
        let (method, learner, progress) = (&mut self.method, &mut self.learner, &mut self.progress);
        let mut made = self.pool.install(|| method.step(learner, progress))?;

        let seconds = started.elapsed().as_secs_f64().max(1e-9);
        let done = self.fraction_done();
        let smooth = |mean: &mut Option<f64>, now: f64| {
            *mean.insert(mean.map_or(now, |mean| 0.95 * mean + 0.05 * now))
        };
        let tokens_per_second = smooth(&mut self.tokens_per_second, made.tokens as f64 / seconds);
        let done_per_second = smooth(&mut self.done_per_second, (done - before) / seconds);
        let report = Report {
            step: self.progress.step,
            stage: (self.learner.recipe.kind == Kind::Pretrain).then_some(stage),
            loss: made.loss,
            learning_rate: made.learning_rate,
            grad_norm: made.grad_norm,
            tokens: self.progress.tokens,
            tokens_per_second,
            step_time: seconds,
            time: now(),
            metrics: std::mem::take(&mut made.metrics),
            progress: done,
            seconds_left: if done >= 1.0 {
                0.0
            } else {
                (1.0 - done) / done_per_second.max(1e-12)
            },
        };
        Ok((report, made))
    }

    fn save(&self) -> Result<std::path::PathBuf, TrainError> {
        let weights = self.learner.decoder.weights()?;
        self.dir.save(self.progress.step, |path| {
            checkpoint::save(
                path,
                &self.learner.config,
                &weights,
                &self.tokenizer,
                &self.learner.optimizer.state(),
                &self.progress,
            )
        })
    }
}

/// What was asked between two steps.
#[derive(Default)]
struct Heard {
    stop: bool,
    save: bool,
}

/// Seconds since 1970.
fn now() -> f64 {
    jiff::Timestamp::now().as_millisecond() as f64 / 1000.0
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
