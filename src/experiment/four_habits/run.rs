//! One condition with one seed: primed or not, then reinforced, or read back when that was done before.

use super::{ConditionSpec, News, Plan};
use crate::{
    base::{file::write_atomic, json},
    config::Recipe,
    trace::{Trace, record::Finish},
    train::{
        Kept, Outcome, RunDir, TrainError, TrainEvent, Trainer, compute,
        heldout::Heldout,
        mailbox,
        setup::{self, Base},
    },
};
use std::{fs, path::Path};

/// A run to be made.
pub(super) struct Job<'a> {
    pub plan: &'a Plan,
    pub spec: &'static ConditionSpec,
    pub seed: u64,
}

/// The evaluations of a finished run, all on the same problems.
pub(super) struct Finished {
    pub condition: &'static str,
    pub seed: u64,
    /// The bundled model's.
    pub start: Vec<Trace>,
    /// After priming.
    pub primed: Option<Vec<Trace>>,
    /// After reinforcement learning.
    pub end: Vec<Trace>,
    /// `(step, accuracy)` of every evaluation while it learnt.
    pub curve: Vec<(u64, f64)>,
}

impl Finished {
    /// What reinforcement learning began with.
    pub fn before(&self) -> &Vec<Trace> {
        self.primed.as_ref().unwrap_or(&self.start)
    }
}

impl Job<'_> {
    /// Makes what is not there yet.
    pub fn run(&self, tell: &(dyn Fn(News) + Sync)) -> Result<Finished, TrainError> {
        let root = self
            .plan
            .root
            .join(self.spec.name)
            .join(format!("seed-{}", self.seed));
        let (mut start, mut primed, mut init) = (None, None, self.spec.base.to_owned());
        if let Some(condition) = self.spec.prime {
            let mut recipe = self.plan.prime.clone();
            recipe.name = self.spec.name.replace('+', "-");
            recipe.seed = self.seed;
            recipe.init = init;
            recipe.data.get_or_insert_default().condition = condition;
            let dir = self.learn(&root.join("prime"), recipe, "primed", tell)?;
            let (last, checkpoint) = dir.latest()?;
            start = Some(dir.read_traces(Kept::Evaluation, 0)?);
            primed = Some(dir.read_traces(Kept::Evaluation, last)?);
            init = checkpoint.display().to_string();
        }
        let mut recipe = self.plan.rl.clone();
        recipe.name = self.spec.name.replace('+', "-");
        recipe.seed = self.seed;
        recipe.init = init;
        let dir = self.learn(&root, recipe, "reinforced", tell)?;
        let (last, _) = dir.latest()?;
        let end = dir.read_traces(Kept::Evaluation, last)?;
        write_lines(&root.join("eval_end.jsonl"), &end)?;
        let mut curve = Vec::new();
        for step in dir.traced_steps(Kept::Evaluation)? {
            let right = dir.read_traces(Kept::Evaluation, step)?;
            let count = right.iter().filter(|trace| trace.is_correct()).count();
            curve.push((step, count as f64 / right.len().max(1) as f64));
        }
        Ok(Finished {
            condition: self.spec.name,
            seed: self.seed,
            start: match start {
                Some(start) => start,
                None => dir.read_traces(Kept::Evaluation, 0)?,
            },
            primed,
            end,
            curve,
        })
    }

    /// The finished run of `recipe` in `root`: begun, gone on with, or found as it was.
    fn learn(
        &self,
        root: &Path,
        recipe: Recipe,
        verb: &str,
        tell: &(dyn Fn(News) + Sync),
    ) -> Result<RunDir, TrainError> {
        let news = |what: String| {
            tell(News {
                condition: self.spec.name,
                seed: self.seed,
                what,
            });
        };
        let mut trainer = if RunDir::look(root).is_ok() {
            setup::resume(root, &compute::asked(&recipe)?)?
        } else {
            let base = Base::find(&recipe.init)?;
            setup::begin(root, recipe, base)?
        };
        if !self.is_finished(&trainer)? {
            let mut heldout = Heldout::new(trainer.recipe(), trainer.tokenizer().to_vec())?;
            let (_remote, inbox) = mailbox();
            let outcome = trainer.run(&inbox, Some(&mut heldout), &mut |event| {
                if let TrainEvent::Eval { step, metrics } = event {
                    let of = |name: &str| metrics.get(name).copied().unwrap_or(f64::NAN);
                    news(format!(
                        "{verb} {step} steps: {:.3} solved, {:.3} sound",
                        of("eval/accuracy"),
                        of("eval/sound")
                    ));
                }
            });
            if let Outcome::Paused(sentence) = outcome {
                return Err(TrainError::Halt(format!("{}: {sentence}", root.display())));
            }
        }
        RunDir::look(root)
    }

    /// Whether the run has its last evaluation.
    fn is_finished(&self, trainer: &Trainer) -> Result<bool, TrainError> {
        let steps = trainer.dir().traced_steps(Kept::Evaluation)?;
        Ok(trainer.is_done() && steps.last() == Some(&trainer.steps()))
    }
}

/// Whether it ended by itself.
pub(super) fn ended(trace: &Trace) -> bool {
    trace.finish == Some(Finish::Stop)
}

fn write_lines(path: &Path, traces: &[Trace]) -> Result<(), TrainError> {
    let disk = |error| TrainError::Disk {
        path: path.into(),
        error,
    };
    let mut text = String::new();
    for trace in traces {
        text.push_str(&json::to_line(trace).map_err(|error| disk(error.into()))?);
        text.push('\n');
    }
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    write_atomic(path, text.as_bytes()).map_err(disk)
}
