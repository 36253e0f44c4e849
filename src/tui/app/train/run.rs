//! A run as it is looked at: its series, the step, the sample.

use super::{
    Curve, Layout, Sample,
    curves::{FLAT, MIXED},
};
use crate::{
    config::Recipe,
    engine::RunId,
    train::{History, Kept, history, run_dir::Change},
    tui::app::Live,
};
use std::{collections::BTreeMap, path::PathBuf};

/// A row of the list of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A prompt that was answered several times: its first sample, and how many there are.
    Group(usize, usize),
    /// A sample.
    Sample(usize),
}

/// A run as it is looked at.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its directory.
    pub root: PathBuf,
    /// Its recipe, with what was changed since.
    pub recipe: Recipe,
    /// Numbers by name, each with its step.
    pub series: BTreeMap<String, Vec<(u64, f64)>>,
    /// Which traces are looked at: rollouts, or held-out ones when there are no others.
    pub kept: Kept,
    /// The steps whose rollouts were kept.
    pub rollouts: Vec<u64>,
    /// The evaluated steps whose traces were kept.
    pub evaluated: Vec<u64>,
    /// The newest checkpoint.
    pub checkpoint: Option<u64>,
    /// Knobs that were changed.
    pub changes: Vec<Change>,
    /// The last step there is.
    pub last: u64,
    /// The curve that is looked at, by place in [`Run::curves`].
    pub curve: usize,
    /// The step that is looked at; none follows the newest.
    pub step: Option<u64>,
    /// The samples that are here, and their step.
    pub samples: Vec<Sample>,
    /// See `samples`.
    pub samples_of: Option<u64>,
    /// Why the samples of the step are not here.
    pub wrong: Option<String>,
    /// The sample that is looked at.
    pub sample: usize,
    /// Only right answers that rest on false statements are listed.
    pub faked: bool,
    /// First rows on the screen: of the curves, of the samples.
    pub tops: [usize; 2],
    /// The sample that is looked at, with its tree.
    pub live: Option<Box<Live>>,
}

/// Nobody speaks of samples that are only looked at.
const NOBODY: RunId = RunId(u64::MAX);

impl Run {
    /// A run that was read.
    #[must_use]
    pub fn new(history: History) -> Self {
        let has_rollouts = !history.rollouts.is_empty() || history.recipe.rl.is_some();
        let kept = if has_rollouts {
            Kept::Rollouts
        } else {
            Kept::Evaluation
        };
        let mut run = Self {
            root: history.root,
            recipe: history.recipe,
            series: BTreeMap::new(),
            kept,
            rollouts: history.rollouts,
            evaluated: history.evaluated,
            checkpoint: history.checkpoints.last().copied(),
            changes: Vec::new(),
            last: 0,
            curve: 0,
            step: None,
            samples: Vec::new(),
            samples_of: None,
            wrong: None,
            sample: 0,
            faked: false,
            tops: [0; 2],
            live: None,
        };
        history.rows.iter().for_each(|row| run.add(row));
        history.changes.into_iter().for_each(|change| run.change(change));
        run
    }

    /// Its name: that of its directory.
    #[must_use]
    pub fn name(&self) -> String {
        super::list::name(&self.root)
    }

    /// Whether its recipe asks for more steps than were made.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.recipe.steps.is_some_and(|all| self.last < all)
    }

    /// Takes in the numbers of a step.
    pub fn add(&mut self, row: &history::Row) {
        self.last = self.last.max(row.step);
        for (key, value) in &row.values {
            if key == FLAT {
                set(&mut self.series, MIXED, row.step, 1.0 - value);
            }
            set(&mut self.series, key, row.step, *value);
        }
    }

    /// Takes in what was read on since; from the beginning when the run was cut back. Whether there is anything new.
    pub fn grow(&mut self, history: History) -> bool {
        if history.read.start == 0 {
            self.series.clear();
            self.last = 0;
        }
        let new = !history.rows.is_empty()
            || history.rollouts.len() != self.rollouts.len()
            || history.evaluated.len() != self.evaluated.len()
            || history.changes.len() != self.changes.len()
            || history.checkpoints.last() != self.checkpoint.as_ref();
        history.rows.iter().for_each(|row| self.add(row));
        self.rollouts = history.rollouts;
        self.evaluated = history.evaluated;
        self.checkpoint = history.checkpoints.last().copied();
        let known = self.changes.len();
        history
            .changes
            .into_iter()
            .skip(known)
            .for_each(|change| self.change(change));
        new
    }

    /// A knob was changed.
    pub fn change(&mut self, change: Change) {
        if let Ok(recipe) = self.recipe.changed(&change.clone().into()) {
            self.recipe = recipe;
        }
        self.changes.push(change);
    }

    /// The points of a series.
    #[must_use]
    pub fn points(&self, key: &str) -> &[(u64, f64)] {
        self.series.get(key).map_or(&[], Vec::as_slice)
    }

    /// The newest value of a series at `step` or before.
    #[must_use]
    pub fn at(&self, key: &str, step: u64) -> Option<f64> {
        let points = self.points(key);
        let after = points.partition_point(|(of, _)| *of <= step);
        Some(points.get(after.checked_sub(1)?)?.1)
    }

    /// The curve that is looked at.
    #[must_use]
    pub fn shown_curve(&self) -> Option<Curve> {
        let mut curves = self.curves();
        let at = self.curve.min(curves.len().checked_sub(1)?);
        Some(curves.swap_remove(at))
    }

    /// The step that is looked at.
    #[must_use]
    pub fn here(&self) -> u64 {
        self.step.or(self.steps().last().copied()).unwrap_or(self.last)
    }

    /// Goes to the kept step before or after; past the last it follows the newest. Whether it moved.
    pub fn scrub(&mut self, by: isize) -> bool {
        let Some(last) = self.steps().len().checked_sub(1) else {
            return false;
        };
        let here = self.here();
        let at = self.steps().partition_point(|step| *step < here).min(last);
        let next = at.saturating_add_signed(by).min(last);
        self.step = self.steps().get(next).copied().filter(|_| next < last);
        next != at
    }

    /// The kept step whose samples should be here and are not.
    #[must_use]
    pub fn missing(&self) -> Option<u64> {
        let step = self.step.or(self.steps().last().copied())?;
        (self.samples_of != Some(step)).then_some(step)
    }

    /// The steps whose traces were kept, of the kind that is looked at.
    #[must_use]
    pub fn steps(&self) -> &[u64] {
        match self.kept {
            Kept::Rollouts => &self.rollouts,
            Kept::Evaluation => &self.evaluated,
        }
    }

    /// The traces of a step were kept, by the job that goes on.
    pub fn keep(&mut self, kept: Kept, step: u64) {
        let steps = match kept {
            Kept::Rollouts => &mut self.rollouts,
            Kept::Evaluation => &mut self.evaluated,
        };
        if let Err(place) = steps.binary_search(&step) {
            steps.insert(place, step);
        }
    }

    /// Looks at the other kind of traces, at the same step or the one before. Whether there are any.
    pub fn switch(&mut self) -> bool {
        let (other, steps) = match self.kept {
            Kept::Rollouts => (Kept::Evaluation, &self.evaluated),
            Kept::Evaluation => (Kept::Rollouts, &self.rollouts),
        };
        let Some(last) = steps.last().copied() else {
            return false;
        };
        let before = steps.partition_point(|step| *step <= self.here());
        let step = steps.get(before.saturating_sub(1)).copied();
        self.step = step.filter(|step| *step < last);
        self.kept = other;
        (self.samples, self.samples_of, self.sample, self.faked) = (Vec::new(), None, 0, false);
        self.look();
        true
    }

    /// The samples of a step are here.
    pub fn take(&mut self, step: u64, samples: Result<Vec<Sample>, String>) {
        self.samples_of = Some(step);
        (self.samples, self.wrong) = match samples {
            Ok(samples) => (samples, None),
            Err(sentence) => (Vec::new(), Some(sentence)),
        };
        self.sample = self.sample.min(self.samples.len().saturating_sub(1));
        self.look();
    }

    /// The rows of the list: samples under their prompts.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut at = 0;
        for group in self.samples.chunk_by(|a, b| a.trace.prompt == b.trace.prompt) {
            let (first, count) = (at, group.len());
            at += count;
            let listed: Vec<Row> = (first..at)
                .zip(group)
                .filter(|(_, sample)| !self.faked || sample.is_faked())
                .map(|(index, _)| Row::Sample(index))
                .collect();
            if count > 1 && !listed.is_empty() {
                rows.push(Row::Group(first, count));
            }
            rows.extend(listed);
        }
        rows
    }

    /// Goes on by so many samples of the list.
    pub fn select(&mut self, by: isize) {
        let listed: Vec<usize> = self.rows().into_iter().filter_map(Row::sample).collect();
        let Some(last) = listed.len().checked_sub(1) else {
            return;
        };
        let at = listed.partition_point(|index| *index < self.sample).min(last);
        self.sample = listed
            .get(at.saturating_add_signed(by).min(last))
            .copied()
            .unwrap_or_default();
        self.look();
    }

    /// The sample that is looked at, when it is listed.
    #[must_use]
    pub fn shown(&self) -> Option<&Sample> {
        let sample = self.samples.get(self.sample)?;
        (!self.faked || sample.is_faked()).then_some(sample)
    }

    /// Opens the sample that is looked at.
    pub fn look(&mut self) {
        self.live = self.shown().map(|sample| Box::new(sample.open()));
    }

    /// Brings the first rows up to date.
    pub fn settle(&mut self, layout: &Layout) {
        let curves = self.curves().len();
        self.curve = self.curve.min(curves.saturating_sub(1));
        let selected = Row::Sample(self.sample);
        let rows = self.rows();
        let row = rows.iter().position(|row| *row == selected).unwrap_or(0);
        let [curve_top, sample_top] = self.tops;
        self.tops = [
            in_sight(curve_top, self.curve, curves, layout.numbers.height),
            in_sight(sample_top, row, rows.len(), layout.samples.height),
        ];
        // The prompt of the first sample on the screen is worth its row.
        if self.tops[1] == 1
            && matches!(rows.first(), Some(Row::Group(..)))
            && row + 1 < usize::from(layout.samples.height)
        {
            self.tops[1] = 0;
        }
        if let Some(live) = &mut self.live {
            live.settle(layout.tree.width.max(1), layout.tree.height.saturating_sub(1));
        }
    }
}

impl Row {
    fn sample(self) -> Option<usize> {
        match self {
            Self::Group(..) => None,
            Self::Sample(index) => Some(index),
        }
    }
}

impl Sample {
    /// The sample as it is read.
    #[must_use]
    pub fn open(&self) -> Live {
        Live::open(NOBODY, self.problem.clone(), self.trace.clone())
    }
}

/// The first row of `count` in a pane of `height` rows, one of them its header, so that `selected` is seen.
fn in_sight(top: usize, selected: usize, count: usize, height: u16) -> usize {
    let page = usize::from(height.saturating_sub(1)).max(1);
    let top = top.min(count.saturating_sub(page));
    top.clamp((selected + 1).saturating_sub(page), selected)
}

/// Sets a point of a series; steps stay in order.
fn set(series: &mut BTreeMap<String, Vec<(u64, f64)>>, key: &str, step: u64, value: f64) {
    if !series.contains_key(key) {
        series.insert(key.to_owned(), Vec::new());
    }
    let Some(points) = series.get_mut(key) else {
        return;
    };
    match points.last() {
        Some((last, _)) if *last >= step => match points.binary_search_by_key(&step, |(of, _)| *of) {
            Ok(place) => points[place].1 = value,
            Err(place) => points.insert(place, (step, value)),
        },
        _ => points.push((step, value)),
    }
}
