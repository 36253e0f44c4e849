//! The probe: a linear model of the four habits over features of a sentence in its course. It is trained from labelled
//! traces (`train`), comes as a file with its own scores, and tells its reasons.
//!
//! It decides in prose, where no state proves anything and rules mended on some models' texts miss how others put it: there
//! it adds what no phrase covers, and takes back what the rules found where the rest of the sentence speaks against it,
//! unless a rule is sure: `let me go back` turns whatever stands beside it.
//! Where a goal or a board is known, states and rules know better and it has no say. Simplification: each sentence is judged
//! for itself, with what came before as features; nothing that follows changes it, so a live text is judged like a whole one.

mod features;
pub mod file;
mod fit;
mod lesson;
mod reasons;
mod train;

pub use features::VERSION;
pub use train::{DETECTORS, Found, TrainError, any_prose, cross_validate, left_out, train};

use super::{Habit, Layer, detector::behavior, discourse::Discourse};
use crate::trace::{Tree, prose::Sentence, read::Style, record::Behavior};
use features::{Before, Keys, Look, Weighing, features, key};
use file::{File, SCHEMA, UNIT};
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
    /// The features that weigh something, by their keys.
    weights: HashMap<u64, Feature, BuildHasherDefault<AsIs>>,
    /// The rules that were there when it was trained.
    rules: HashSet<String>,
    heads: [Head; 4],
    /// Per habit: the version of the probe that its weights are from.
    versions: [String; 4],
}

/// A feature that weighs something.
#[derive(Clone, Copy, Debug)]
struct Feature {
    number: usize,
    /// For each habit, in [`UNIT`]s.
    weights: [i16; 4],
}

/// What decides one habit.
#[derive(Clone, Copy, Debug)]
struct Head {
    /// The score from which it finds, in [`UNIT`]s.
    limit: f64,
    /// Whether it decides in prose.
    decides: bool,
}

impl Head {
    fn finds(self, score: i32) -> bool {
        f64::from(score) >= self.limit
    }
}

/// The probability by a score in [`UNIT`]s.
fn chance(score: i32) -> f64 {
    fit::chance(f64::from(score) * UNIT)
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
    installed().or_else(bundled)
}

/// The probe that was installed when this process began.
#[must_use]
pub fn installed() -> Option<Arc<Probe>> {
    INSTALLED.get().cloned()
}

fn bundled() -> Option<Arc<Probe>> {
    static DEFAULT: LazyLock<Option<Arc<Probe>>> = LazyLock::new(|| Probe::read(BUNDLED).ok().map(Arc::new));
    DEFAULT.clone()
}

/// The probe that has its say in [`Layer::Best`]: where an installed one does not decide a habit, the bundled one goes on
/// deciding it.
#[must_use]
pub fn deciding() -> Option<Arc<Probe>> {
    static DECIDING: LazyLock<Option<Arc<Probe>>> =
        LazyLock::new(|| installed().map_or_else(bundled, |own| Some(beside_bundled(own))));
    DECIDING.clone()
}

/// What would have its say in [`Layer::Best`] if `own` were installed.
#[must_use]
pub fn beside_bundled(own: Arc<Probe>) -> Arc<Probe> {
    let both = bundled().and_then(|bundled| own.over(&bundled));
    both.map_or(own, Arc::new)
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

    pub(super) fn new(mut file: File) -> Result<Self, Problem> {
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
            if !(head.limit > 0.0 && head.limit < 1.0) {
                let what = format!("its limit for {habit} is {} and not between 0 and 1", head.limit);
                return Err(Problem::Shape(what));
            }
            Ok(Head {
                limit: (head.limit / (1.0 - head.limit)).ln() / UNIT,
                decides: head.decides,
            })
        };
        file.version = file.stamp();
        let [v, b, s, c] = Habit::ALL;
        let heads = [head(v)?, head(b)?, head(s)?, head(c)?];
        let features = file.weights.iter().enumerate().map(|(number, (name, weights))| {
            let weights = *weights;
            (key(name), Feature { number, weights })
        });
        Ok(Self {
            weights: features.collect(),
            rules: file.trained.rules.iter().cloned().collect(),
            versions: std::array::from_fn(|_| file.version.clone()),
            file,
            heads,
        })
    }

    /// This probe for the habits it decides in prose, and `other` for those that only `other` decides; none when there
    /// is no such habit.
    fn over(&self, other: &Self) -> Option<Self> {
        let theirs: [bool; 4] = std::array::from_fn(|habit| {
            let decides = |probe: &Self| probe.heads.get(habit).is_some_and(|head| head.decides);
            !decides(self) && decides(other)
        });
        if !theirs.contains(&true) {
            return None;
        }
        let of = |is_theirs: bool| if is_theirs { other } else { self };
        let mut file = self.file.clone();
        for feature in other.file.weights.keys() {
            file.weights.entry(feature.clone()).or_default();
        }
        for (feature, weights) in &mut file.weights {
            let others = other.file.weights.get(feature).copied().unwrap_or_default();
            for ((weight, other), theirs) in weights.iter_mut().zip(others).zip(theirs) {
                if theirs {
                    *weight = other;
                }
            }
        }
        file.trained.rules.clear();
        for (habit, theirs) in Habit::ALL.into_iter().zip(theirs) {
            let from = &of(theirs).file;
            let head = from.habits.get(habit.name()).cloned();
            file.habits
                .extend(head.map(|head| (habit.name().to_owned(), head)));
            let rules = from.trained.rules.iter();
            let own = format!("{habit}.");
            file.trained
                .rules
                .extend(rules.filter(|rule| rule.starts_with(&own)).cloned());
        }
        file.trained
            .texts
            .extend(other.file.trained.texts.iter().cloned());
        let mut both = Self::new(file).ok()?;
        both.versions = theirs.map(|theirs| of(theirs).file.version.clone());
        Some(both)
    }

    /// Whether it decides a habit in prose, and the version of the probe that its weights are from.
    pub fn decides(&self) -> impl Iterator<Item = (Habit, bool, &str)> {
        let heads = Habit::ALL.into_iter().zip(&self.heads).zip(&self.versions);
        heads.map(|((habit, head), version)| (habit, head.decides, version.as_str()))
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
}

/// From this confidence on a rule says so in so many words, and nothing else in the sentence speaks against it.
const SURE: f64 = 0.95;

/// Whether the probe has no say about what a rule found.
fn is_sure(found: &Behavior) -> bool {
    found.confidence >= SURE
}

/// Whether a tree is of a text whose states prove nothing.
fn is_prose(tree: &Tree) -> bool {
    tree.reader == Style::Discourse.name()
}

/// Reads along with the rules and judges every sentence they have looked at.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    probe: Arc<Probe>,
    before: Before,
    /// The hashes of the sentence's words…
    words: Vec<u64>,
    /// …and its features that weigh something, by their places in the order in which they are told.
    weighed: Vec<(usize, [i16; 4])>,
    /// How many sentences were judged…
    sentence: usize,
    /// …and for each feature the last that had it.
    last: Vec<usize>,
}

impl Watch {
    /// At the beginning of a text.
    pub fn new(probe: Arc<Probe>) -> Self {
        Self {
            probe,
            before: Before::default(),
            words: Vec::new(),
            weighed: Vec::new(),
            sentence: 0,
            last: Vec::new(),
        }
    }

    /// Judges the sentence that `discourse` has just read and found what is behind `from` in. `layer` decides what becomes
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
        if layer == Layer::Best && !is_prose(tree) {
            return;
        }
        let by_rules = found.split_off(from.min(found.len()));
        let look = Look {
            sentence,
            seen: discourse.seen(),
            found: &by_rules,
        };
        let scores = self.scores(&look);
        let heads = || Habit::ALL.iter().zip(&self.probe.heads).zip(scores);
        let mut own = Vec::new();
        for (number, ((habit, head), score)) in heads().enumerate() {
            let free = || head.decides && by_rules.iter().all(|b| b.behavior != habit.name());
            if head.finds(score) && (layer != Layer::Best || free()) {
                let (rule, evidence) = (format!("{habit}.probe"), self.reasons(&look, number));
                own.push(Behavior {
                    version: self.probe.versions.get(number).cloned().unwrap_or_default(),
                    ..behavior(*habit, sentence.span, "probe", &rule, evidence, chance(score))
                });
            }
        }
        match layer {
            Layer::Best => found.extend(by_rules.into_iter().filter_map(|mut b| {
                let own = heads().find(|((habit, _), _)| habit.name() == b.behavior);
                // What a rule is sure of is not the probe's to judge, nor what a person added to the rules since.
                let judged = own.filter(|((_, head), _)| {
                    head.decides && !is_sure(&b) && self.probe.rules.contains(&b.rule)
                });
                let Some(((_, head), score)) = judged else {
                    return Some(b);
                };
                b.confidence = chance(score);
                head.finds(score).then_some(b)
            })),
            Layer::Probe => {}
            _ => found.extend(by_rules),
        }
        found.extend(own);
        self.before.go_on(sentence);
    }

    /// The score of each habit, in [`UNIT`]s.
    fn scores(&mut self, look: &Look<'_>) -> [i32; 4] {
        let Self {
            probe,
            before,
            words,
            weighed,
            sentence,
            last,
        } = self;
        // Most texts are no prose: they need no room for it.
        last.resize(probe.file.weights.len(), 0);
        *sentence += 1;
        weighed.clear();
        let mut place = 0;
        let mut weigh = Keys(|key| {
            place += 1;
            let Some(feature) = probe.weights.get(&key) else {
                return;
            };
            // A feature is there or not, however often.
            let last = last.get_mut(feature.number);
            if last.is_some_and(|last| std::mem::replace(last, *sentence) != *sentence) {
                weighed.push((place - 1, feature.weights));
            }
        });
        features(look, before, words, &mut weigh);
        let mut scores = [0; 4];
        for (_, weights) in weighed {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += i32::from(*weight);
            }
        }
        scores
    }

    /// The reason of a finding: the features that weigh most.
    fn reasons(&self, look: &Look<'_>, habit: usize) -> String {
        let mut speak = self.weighed.iter().filter_map(|(place, weights)| {
            let weight = *weights.get(habit)?;
            (weight > 0).then_some((*place, weight))
        });
        let mut next = speak.next();
        let mut reasons = Weighing::by(|place| {
            let (_, weight) = next.filter(|(speaks, _)| *speaks == place)?;
            next = speak.next();
            Some(weight)
        });
        features(look, &self.before, &mut Vec::new(), &mut reasons);
        reasons::of(reasons.names)
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
