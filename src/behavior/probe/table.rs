//! Labelled sentences with numbered features: what a habit's weights are fitted to.

use super::{
    example::{Example, Lesson},
    features::key,
    file::UNIT,
    fit::{Case, fit},
};
use std::collections::{HashMap, HashSet};

/// Sentences a feature must be in to be learnt.
const FEWEST: usize = 6;

/// How weights are held back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// The penalty.
    pub l2: f64,
    /// How much a sentence with the habit counts beside one without.
    pub positive: f64,
}

/// Lessons with numbered features.
pub(super) struct Table<'a> {
    /// The key of each feature; the first is the bias.
    keys: Vec<u64>,
    examples: Vec<(&'a Example, Vec<u32>)>,
}

impl<'a> Table<'a> {
    /// The sentences of `lessons`.
    pub fn new(lessons: &[&'a Lesson<'a>]) -> Self {
        // A feature that only one model or too few sentences have teaches that model's manner.
        let mut seen: HashMap<u64, (usize, HashSet<&str>)> = HashMap::new();
        for lesson in lessons {
            for key in lesson.examples.iter().flat_map(|e| &e.keys) {
                let (count, models) = seen.entry(*key).or_default();
                *count += 1;
                if models.len() < 2 {
                    models.insert(&lesson.row.model);
                }
            }
        }
        let several = lessons
            .iter()
            .any(|lesson| lessons.first().is_some_and(|l| l.row.model != lesson.row.model));
        let bias = key("always");
        let mut keys: Vec<u64> = seen
            .into_iter()
            .filter(|(_, (count, models))| *count >= FEWEST && (!several || models.len() > 1))
            .map(|(key, _)| key)
            .filter(|key| *key != bias)
            .collect();
        keys.sort_unstable();
        keys.insert(0, bias);
        let numbers: HashMap<u64, u32> = keys.iter().copied().zip(0..).collect();
        let examples = lessons.iter().flat_map(|lesson| &lesson.examples).map(|example| {
            let features = example.keys.iter().filter_map(|key| numbers.get(key).copied());
            (example, features.collect())
        });
        Self {
            examples: examples.collect(),
            keys,
        }
    }

    /// The weights of a habit, by feature.
    pub fn fit(&self, habit: usize, setting: Setting) -> HashMap<u64, f64> {
        let cases = self.examples.iter().filter_map(|(example, features)| {
            let shows = (*example.shows.get(habit)?)?;
            let weight = if shows { setting.positive } else { 1.0 };
            Some(Case {
                features,
                shows,
                weight,
            })
        });
        let cases: Vec<Case<'_>> = cases.collect();
        if !cases.iter().any(|case| case.shows) {
            return HashMap::from([(key("always"), -9.0)]);
        }
        let weights = fit(&cases, self.keys.len(), setting.l2);
        let weights = self.keys.iter().copied().zip(weights);
        weights.filter(|(_, weight)| weight.abs() >= UNIT / 2.0).collect()
    }
}
