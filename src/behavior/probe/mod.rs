//! The probe: a linear model of the four habits over features of a sentence in its course. It is trained from labelled
//! traces (`train`), comes as a file with its own scores, and tells its reasons.
//!
//! Beside the rules it does two things: it adds what no phrase of theirs covers, and takes back what they found where the
//! rest of the sentence speaks against it. Simplification: each sentence is judged for itself, with what came before as
//! features; nothing that follows changes it.

mod example;
mod features;
pub mod file;
mod fit;
mod limits;
mod memory;
mod reasons;
mod table;
mod train;

pub use features::VERSION;
pub use train::{DETECTORS, Found, TrainError, cross_validate, train};

use super::{Habit, Layer, detector::behavior, discourse::Discourse};
use crate::trace::{Tree, prose::Sentence, record::Behavior};
use features::{Keys, Look, Names, features, key, tokens};
use file::{File, SCHEMA, UNIT};
use limits::{Finder, Limits};
use memory::Memory;
use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
    sync::{Arc, LazyLock, OnceLock},
};

/// The probe that comes with the program.
const BUNDLED: &str = include_str!("../../../assets/behaviors/probe.json");

/// A probe, ready to judge.
#[derive(Debug)]
pub struct Probe {
    file: File,
    /// The number of each feature, by its key: in the order of the keys.
    numbers: HashMap<u64, usize, BuildHasherDefault<AsIs>>,
    /// Its weights, by its number.
    weights: Vec<[f32; 4]>,
    /// The rules that were there when it was trained.
    rules: HashSet<String>,
    heads: [Head; 4],
}

/// What decides one habit.
#[derive(Clone, Copy, Debug)]
struct Head {
    calibration: [f64; 2],
    limits: Limits,
}

/// Why a file is no probe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is no JSON of the right shape.
    #[error("this is no probe: {0}")]
    Shape(String),
    /// Its features are not ours.
    #[error(
        "the probe was trained for features {theirs}, and this version has features {ours}: train it again"
    )]
    Features {
        /// The file's.
        theirs: u32,
        /// This program's.
        ours: u32,
    },
}

static INSTALLED: OnceLock<Arc<Probe>> = OnceLock::new();

/// The probe of this process: the bundled one, unless another was installed when it began. None when there is none that
/// fits; then rules and state evidence are all there is.
#[must_use]
pub fn current() -> Option<Arc<Probe>> {
    static DEFAULT: LazyLock<Option<Arc<Probe>>> = LazyLock::new(|| Probe::read(BUNDLED).ok().map(Arc::new));
    INSTALLED.get().or(DEFAULT.as_ref()).cloned()
}

/// Makes `probe` that of this process; the first call counts.
pub fn install(probe: Probe) {
    let _ = INSTALLED.set(Arc::new(probe));
}

impl Probe {
    /// A probe from its file's text.
    ///
    /// # Errors
    /// When it is none, or for other features.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let file: File = serde_json::from_str(text).map_err(|e| Problem::Shape(e.to_string()))?;
        Self::new(file)
    }

    pub(super) fn new(file: File) -> Result<Self, Problem> {
        if file.schema != SCHEMA {
            let what = format!("its schema is {:?} and not {SCHEMA:?}", file.schema);
            return Err(Problem::Shape(what));
        }
        if file.features != VERSION {
            return Err(Problem::Features {
                theirs: file.features,
                ours: VERSION,
            });
        }
        let head = |habit: Habit| {
            let head = file
                .habits
                .get(habit.name())
                .ok_or_else(|| Problem::Shape(format!("it has nothing on {habit}")))?;
            Ok(Head {
                calibration: head.calibration,
                limits: Limits {
                    alone: head.alone,
                    add: head.add,
                    keep: head.keep,
                },
            })
        };
        let [v, b, s, c] = Habit::ALL;
        let heads = [head(v)?, head(b)?, head(s)?, head(c)?];
        let weights = file.weights.iter();
        let mut weights: Vec<_> = weights.map(|(name, weights)| (key(name), *weights)).collect();
        weights.sort_unstable();
        let rules = file.weights.keys().filter_map(|name| {
            let (kind, rest) = name.split_once(' ')?;
            let rule = rest.split(' ').next()?;
            (kind.starts_with("holds") || kind.starts_with("phrase")).then(|| rule.to_owned())
        });
        Ok(Self {
            rules: rules.collect(),
            numbers: (0..)
                .zip(&weights)
                .map(|(number, (key, _))| (*key, number))
                .collect(),
            weights: weights
                .iter()
                .map(|(_, weights)| weights.map(|w| f32::from(w) * UNIT as f32))
                .collect(),
            file,
            heads,
        })
    }

    /// The file it was read from.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Whether a text was in its training.
    #[must_use]
    pub fn has_seen(&self, text: &str) -> bool {
        self.file.trained.texts.contains(&train::name_of(text))
    }

    /// Whether a rule was there when it was trained.
    fn knows(&self, rule: &str) -> bool {
        self.rules.contains(rule)
    }

    /// The weights of a feature, when it has some.
    fn weights(&self, key: u64) -> Option<&[f32; 4]> {
        self.weights.get(*self.numbers.get(&key)?)
    }

    /// The probability of each habit by the features of a sentence, which are forgotten.
    fn probabilities(&self, features: &mut Present) -> [f64; 4] {
        let mut scores = [0.0_f32; 4];
        for weights in features.take().filter_map(|number| self.weights.get(number)) {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += weight;
            }
        }
        let mut probabilities = [0.0; 4];
        for ((probability, score), head) in probabilities.iter_mut().zip(scores).zip(&self.heads) {
            let [a, b] = head.calibration;
            *probability = fit::chance(a * f64::from(score) + b);
        }
        probabilities
    }
}

/// The features of a sentence that weigh something, each a bit at its number.
#[derive(Clone, Debug)]
struct Present(Vec<u64>);

impl Present {
    /// None of `count` features.
    fn none_of(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    fn add(&mut self, number: usize) {
        if let Some(bits) = self.0.get_mut(number / 64) {
            *bits |= 1 << (number % 64);
        }
    }

    /// Their numbers, ascending; then none is left.
    fn take(&mut self) -> impl Iterator<Item = usize> {
        self.0.iter_mut().enumerate().flat_map(|(at, bits)| {
            std::iter::from_fn(move || {
                let lowest = usize::try_from(bits.trailing_zeros()).ok()?;
                *bits &= bits.checked_sub(1)?;
                Some(at * 64 + lowest)
            })
        })
    }
}

/// Reads along with the rules and judges every sentence they have looked at.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    probe: Arc<Probe>,
    memory: Memory,
    present: Present,
}

impl Watch {
    /// At the beginning of a text.
    pub fn new(probe: Arc<Probe>) -> Self {
        Self {
            present: Present::none_of(probe.weights.len()),
            probe,
            memory: Memory::default(),
        }
    }

    /// Judges the sentence that `discourse` has just read and found `found` behind `from` in. `layer` decides what becomes
    /// of both.
    pub fn judge(
        &mut self,
        layer: Layer,
        discourse: &Discourse,
        sentence: &Sentence<'_>,
        tree: &Tree,
        found: &mut Vec<Behavior>,
        from: usize,
    ) {
        let by_rules = found.split_off(from.min(found.len()));
        let tokens: Vec<&str> = tokens(sentence.shape).collect();
        let look = Look {
            sentence,
            tokens: &tokens,
            seen: discourse.seen(),
            found: &by_rules,
            tree,
        };
        self.memory.begin_with(tree);
        let add = |key| {
            if let Some(number) = self.probe.numbers.get(&key) {
                self.present.add(*number);
            }
        };
        features(&look, &self.memory, &mut Keys(add));
        let probabilities = self.probe.probabilities(&mut self.present);
        let mut own = Vec::new();
        let mut kept = [true; 4];
        for ((number, habit), (probability, head)) in Habit::ALL
            .into_iter()
            .enumerate()
            .zip(probabilities.into_iter().zip(&self.probe.heads))
        {
            let before = by_rules.iter().find(|b| b.behavior == habit.name());
            // What a person added to the rules since is not the probe's to judge.
            let learnt = before.is_none_or(|b| Finder::of(b) == Finder::State || self.probe.knows(&b.rule));
            let best = !learnt || head.limits.best(probability, before.map(Finder::of));
            let finds = match layer {
                Layer::Best => before.is_none() && best,
                _ => probability >= head.limits.alone,
            };
            if let Some(kept) = kept.get_mut(number) {
                *kept = best || layer != Layer::Best;
            }
            if finds {
                let (rule, evidence) = self.reasons(&look, number);
                own.push(Behavior {
                    version: self.probe.file.version.clone(),
                    ..behavior(habit, sentence.span, "probe", &rule, evidence, probability)
                });
            }
        }
        self.memory.go_on(&look);
        if layer != Layer::Probe {
            found.extend(by_rules.into_iter().filter_map(|mut b| {
                let number = Habit::ALL.iter().position(|habit| habit.name() == b.behavior);
                let known = number.and_then(|n| Some((kept.get(n)?, probabilities.get(n)?)));
                let (kept, probability) = known.unwrap_or((&true, &b.confidence));
                if layer == Layer::Best && Finder::of(&b) == Finder::Rules {
                    b.confidence = *probability;
                }
                kept.then_some(b)
            }));
        }
        found.extend(own);
    }

    /// The rule's name and the reason of a finding: the features that weigh most.
    fn reasons(&self, look: &Look<'_>, habit: usize) -> (String, String) {
        let mut names = Names::default();
        features(look, &self.memory, &mut names);
        names.0.sort_unstable();
        names.0.dedup();
        let weighed = names.0.iter().filter_map(|name| {
            let weight = *self.probe.weights(key(name))?.get(habit)?;
            Some((weight, name.as_str()))
        });
        reasons::of(weighed.collect(), Habit::ALL.get(habit).copied())
    }
}

/// Keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

#[cfg(test)]
mod tests;
