//! What comes after a step: evaluation, and writing down what was made and found.

use super::{Trainer, now};
use crate::{
    config::recipe::Kind,
    trace::Trace,
    train::{
        Kept, Report, TrainError, TrainEvent,
        evaluate::{Evaluate, Evaluation},
    },
};

/// What is left to do about a step.
pub(super) struct Unfinished {
    pub report: Report,
    pub rollouts: Vec<Trace>,
    pub evaluated: bool,
    pub pause: Option<String>,
}

impl Trainer {
    /// What a run that starts from a model is compared with: its figures before the first step, as a row of their own.
    pub(super) fn first_evaluation(
        &mut self,
        evaluate: &mut Option<&mut dyn Evaluate>,
        events: &mut dyn FnMut(TrainEvent),
    ) -> Result<(), TrainError> {
        let recipe = &self.learner.recipe;
        let wanted = recipe.kind != Kind::Pretrain && recipe.eval_problems > 0 && self.progress.step == 0;
        if !wanted || self.dir.has_rows()? {
            return Ok(());
        }
        let Some(evaluate) = evaluate.as_mut() else {
            return Ok(());
        };
        let found = self.evaluate(*evaluate, 0)?;
        let mut row = serde_json::to_value(&found.metrics).map_err(|e| TrainError::Setup(e.to_string()))?;
        if let Some(row) = row.as_object_mut() {
            row.insert("step".into(), 0.into());
            row.insert("time".into(), now().into());
        }
        self.dir.write_traces(Kept::Evaluation, 0, &found.traces)?;
        self.dir.append(&row)?;
        let values = found.metrics.iter().map(|(name, value)| (name.as_str(), *value));
        self.events.scalars(now(), 0, &values.collect())?;
        events(TrainEvent::Eval {
            step: 0,
            metrics: found.metrics,
        });
        Ok(())
    }

    fn evaluate(&self, evaluate: &mut dyn Evaluate, step: u64) -> Result<Evaluation, TrainError> {
        let (decoder, ops) = (&self.learner.decoder, self.learner.compute.ops);
        let model = self.pool.install(|| decoder.frozen(ops))?;
        self.pool
            .install(|| evaluate.evaluate(model, step))
            .map_err(|what| TrainError::Evaluation { step, what })
    }

    /// Evaluates after the last step if it is time, and writes the step down. Says why to pause, if there is a reason.
    pub(super) fn finish(
        &mut self,
        evaluate: &mut Option<&mut dyn Evaluate>,
        events: &mut dyn FnMut(TrainEvent),
    ) -> Result<Option<String>, TrainError> {
        let over = self.is_done();
        let Some(mut unfinished) = self.unfinished.take() else {
            return Ok(None);
        };
        let finished = self.finish_step(&mut unfinished, over, evaluate, events);
        if let Err(error) = finished {
            self.unfinished = Some(unfinished);
            return Err(error);
        }
        Ok(unfinished.pause)
    }

    fn finish_step(
        &mut self,
        unfinished: &mut Unfinished,
        over: bool,
        evaluate: &mut Option<&mut dyn Evaluate>,
        events: &mut dyn FnMut(TrainEvent),
    ) -> Result<(), TrainError> {
        let recipe = &self.learner.recipe;
        let (step, every) = (unfinished.report.step, recipe.eval_every);
        let due = recipe.eval_problems > 0 && (over || (every != 0 && step.is_multiple_of(every)));
        if let Some(evaluate) = evaluate.as_mut().filter(|_| due && !unfinished.evaluated) {
            let found = self.evaluate(*evaluate, step)?;
            self.dir.write_traces(Kept::Evaluation, step, &found.traces)?;
            unfinished.report.metrics.extend(found.metrics.clone());
            unfinished.evaluated = true;
            events(TrainEvent::Eval {
                step,
                metrics: found.metrics,
            });
        }
        self.dir
            .write_traces(Kept::Rollouts, step, &unfinished.rollouts)?;
        self.dir.append(&unfinished.report)?;
        let report = &unfinished.report;
        self.events.scalars(report.time, step, &report.scalars())?;
        if !unfinished.rollouts.is_empty() {
            events(TrainEvent::Rollouts {
                step,
                traces: std::mem::take(&mut unfinished.rollouts),
            });
        }
        Ok(())
    }
}
