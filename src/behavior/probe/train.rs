//! Training: labelled traces to a probe that says how right it is on models it has not seen.
//!
//! The models that wrote the traces are dealt into parts, and each part is scored by weights that were learnt from the
//! others. From these scores of the other parts come the probability from which a habit is found and whether the probe
//! decides in prose; with them each part is measured. The probe that is written learns from all.

use super::{
    features::VERSION,
    file::{File, Head, SCHEMA, Trained, UNIT},
    fit::{Case, chance, fit},
    is_prose,
    lesson::{Lesson, Weighed},
};
use crate::{
    base::{
        hash::{digits, sha256},
        rng::stream,
    },
    behavior::{
        Habit,
        detector::behavior,
        gold::Labelled,
        rules::{self, Rules},
        score::{Figures, score},
    },
    trace::{Reader, record::Behavior},
};
use rand::seq::SliceRandom;
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// Parts of the cross-validation at most.
const PARTS: usize = 10;

/// What holds the weights back. Half or three times of it changes the figures by less than their noise.
const L2: f64 = 7.0;

/// Traces a feature must be in to be learnt.
const FEWEST: usize = 8;

/// A weight below this changes no decision.
const SLIGHT: f64 = 0.12;

/// Steps between 0 and 1 at which limits are tried.
const STEPS: u8 = 50;

/// The detectors that are compared.
pub const DETECTORS: [&str; 3] = ["rules", "probe", "best"];

/// What a text shows by each of [`DETECTORS`].
pub type Found = [Vec<Behavior>; 3];

/// Why nothing can be learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// One group of traces cannot be left out of itself.
    #[error("there are labelled traces of one source only: a probe needs at least two traces")]
    TooFew,
}

/// The weights of a habit, by feature.
type Weights = HashMap<u64, f64>;

/// For each of [`Habit::ALL`] the score of each sentence of a lesson.
type Scores = [Vec<f64>; 4];

/// From which probability a habit is found, and whether the probe decides in prose.
#[derive(Clone, Copy, Debug)]
struct Limit {
    limit: f64,
    decides: bool,
}

/// The first digits of a text's hash.
pub(super) fn name_of(text: &str) -> String {
    digits(&sha256(text.as_bytes())).chars().take(16).collect()
}

/// What is found in each row by a probe trained without its model's rows, in the order of `rows`.
///
/// # Errors
/// When there are too few rows.
pub fn cross_validate(rows: &[Labelled], seed: u64) -> Result<Vec<Found>, TrainError> {
    let lessons = read(rows, &rules::current()).0;
    let parts = parts(&lessons, seed)?;
    let scores = unseen(&lessons, &parts);
    Ok(measured(&lessons, &parts, &scores))
}

/// Trains a probe on `rows` and measures it on models' traces that were left out.
///
/// # Errors
/// When there are too few rows.
pub fn train(rows: &[Labelled], seed: u64, note: &str) -> Result<File, TrainError> {
    let rules = rules::current();
    let (lessons, names) = read(rows, &rules);
    let parts = parts(&lessons, seed)?;
    let scores = unseen(&lessons, &parts);
    let found = measured(&lessons, &parts, &scores);
    let measured = DETECTORS.iter().enumerate().map(|(number, detector)| {
        let mut found = found.iter().filter_map(|found| found.get(number)).cloned();
        let score = score(detector, rows, |_| found.next().unwrap_or_default());
        (*detector, score.habits)
    });
    let measured: Vec<(&str, BTreeMap<String, Figures>)> = measured.collect();
    let heads = Habit::ALL.iter().enumerate().map(|(number, habit)| {
        let figures = measured
            .iter()
            .filter_map(|(detector, habits)| Some(((*detector).to_owned(), *habits.get(habit.name())?)));
        let Limit { limit, decides } = choose(number, lessons.iter().zip(&scores));
        let head = Head {
            limit,
            decides,
            cross_validated: figures.collect(),
        };
        (habit.name().to_owned(), head)
    });
    let heads = heads.collect();
    let trained = trained(rows, &rules, seed);
    let mut file = File {
        schema: SCHEMA.to_owned(),
        version: String::new(),
        features: VERSION,
        note: note.to_owned(),
        habits: heads,
        weights: written(&learn(&lessons.iter().collect::<Vec<_>>()), &names),
        trained,
    };
    file.version = file.stamp();
    Ok(file)
}

/// Whether one of `rows` is read as prose, where alone a probe may decide.
#[must_use]
pub fn any_prose(rows: &[Labelled]) -> bool {
    rows.iter().any(|row| {
        let mut reader = Reader::new(row.subject());
        reader.push(&row.text, |_, _| ());
        reader.finish(|_, _| ());
        is_prose(reader.tree())
    })
}

fn trained(rows: &[Labelled], rules: &Rules, seed: u64) -> Trained {
    let models: BTreeSet<&str> = rows.iter().map(|row| row.model.as_str()).collect();
    let mut texts: Vec<String> = rows.iter().map(|row| name_of(&row.text)).collect();
    texts.sort();
    let labels = rows.iter().map(|row| {
        let units = row
            .units
            .iter()
            .map(|u| format!("{}-{} {} {}\n", u.start, u.end, u.labels, u.disputed));
        format!("{}\n{}\n{}", row.problem, row.text, units.collect::<String>())
    });
    let mut labels: Vec<String> = labels.map(|row| sha256(row.as_bytes())).collect();
    labels.sort();
    Trained {
        traces: rows.len(),
        units: rows.iter().map(|row| row.units.len()).sum(),
        models: models.into_iter().map(str::to_owned).collect(),
        rules: rules.rules().iter().map(|rule| rule.name.clone()).collect(),
        rows: sha256(labels.join("\n").as_bytes()),
        seed,
        texts,
    }
}

/// Weights by name.
fn written(learnt: &[Weights], names: &HashMap<u64, String>) -> BTreeMap<String, [i16; 4]> {
    let mut weights: BTreeMap<String, [i16; 4]> = BTreeMap::new();
    for (number, learnt) in learnt.iter().enumerate() {
        for (key, weight) in learnt {
            // A conversion to an integer stops at its bounds.
            let hundredths = (weight / UNIT).round() as i16;
            if let Some(name) = names.get(key)
                && let Some(place) = weights.entry(name.clone()).or_default().get_mut(number)
            {
                *place = hundredths;
            }
        }
    }
    weights
}

/// All rows as sentences, and the names of their features.
fn read<'a>(rows: &'a [Labelled], rules: &Arc<Rules>) -> (Vec<Lesson<'a>>, HashMap<u64, String>) {
    let mut names = HashMap::new();
    let lessons = rows
        .iter()
        .map(|row| Lesson::read(row, rules, &mut names))
        .collect();
    (lessons, names)
}

/// What is left out in turn where so many models wrote the rows.
#[must_use]
pub fn left_out(models: usize) -> &'static str {
    if models < 2 { "trace" } else { "model" }
}

/// The numbers of lessons in parts that share no model, of about equal size; each trace for itself when one model wrote
/// all.
fn parts(lessons: &[Lesson<'_>], seed: u64) -> Result<Vec<Vec<usize>>, TrainError> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, lesson) in lessons.iter().enumerate() {
        groups.entry(&lesson.row.model).or_default().push(number);
    }
    let mut groups: Vec<Vec<usize>> = match groups.len() {
        0 | 1 => (0..lessons.len()).map(|number| vec![number]).collect(),
        _ => groups.into_values().collect(),
    };
    if groups.len() < 2 {
        return Err(TrainError::TooFew);
    }
    groups.shuffle(&mut stream("probe-folds", seed, &[]));
    let size = |group: &[usize]| -> usize {
        let lessons = group.iter().filter_map(|number| lessons.get(*number));
        lessons.map(|lesson| lesson.examples.len()).sum()
    };
    groups.sort_by_key(|group| std::cmp::Reverse(size(group)));
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); PARTS.min(groups.len())];
    for group in groups {
        if let Some(smallest) = parts.iter_mut().min_by_key(|part| size(part)) {
            smallest.extend(group);
        }
    }
    parts.retain(|part| !part.is_empty());
    Ok(parts)
}

/// Everything but the lessons of a part.
fn others<T>(all: impl Iterator<Item = T>, part: &[usize]) -> impl Iterator<Item = T> {
    let numbered = all.enumerate();
    numbered.filter_map(|(number, one)| (!part.contains(&number)).then_some(one))
}

/// The scores of each lesson by weights that have not seen its part.
fn unseen(lessons: &[Lesson<'_>], parts: &[Vec<usize>]) -> Vec<Scores> {
    let learnt: Vec<Vec<Weights>> = parts
        .par_iter()
        .map(|part| learn(&others(lessons.iter(), part).collect::<Vec<_>>()))
        .collect();
    let mut scores: Vec<Scores> = vec![Scores::default(); lessons.len()];
    for (part, learnt) in parts.iter().zip(&learnt) {
        for number in part {
            if let (Some(lesson), Some(scores)) = (lessons.get(*number), scores.get_mut(*number)) {
                for (scores, weights) in scores.iter_mut().zip(learnt) {
                    let examples = lesson.examples.iter();
                    *scores = examples
                        .map(|e| e.keys.iter().filter_map(|key| weights.get(key)).sum())
                        .collect();
                }
            }
        }
    }
    scores
}

/// The weights of the four habits that make the labels of `lessons` likely.
fn learn(lessons: &[&Lesson<'_>]) -> Vec<Weights> {
    let mut traces: HashMap<u64, usize> = HashMap::new();
    for lesson in lessons {
        let keys: BTreeSet<u64> = lesson.examples.iter().flat_map(|e| &e.keys).copied().collect();
        for key in keys {
            *traces.entry(key).or_default() += 1;
        }
    }
    let bias = super::key("always");
    traces.retain(|key, traces| *traces >= FEWEST && *key != bias);
    let mut keys: Vec<u64> = traces.into_keys().collect();
    keys.sort_unstable();
    keys.insert(0, bias);
    let numbers: HashMap<u64, u32> = keys.iter().copied().zip(0..).collect();
    let examples: Vec<_> = lessons.iter().flat_map(|lesson| &lesson.examples).collect();
    let numbered = |keys: &Vec<u64>| keys.iter().filter_map(|key| numbers.get(key).copied()).collect();
    let features: Vec<Vec<u32>> = examples.iter().map(|example| numbered(&example.keys)).collect();
    let habits = 0..Habit::ALL.len();
    habits
        .map(|habit| {
            let cases = examples.iter().zip(&features).filter_map(|(example, features)| {
                let shows = (*example.shows.get(habit)?)?;
                Some(Case { features, shows })
            });
            let weights = fit(&cases.collect::<Vec<_>>(), keys.len(), L2);
            let weights = keys.iter().copied().zip(weights);
            weights.filter(|(_, weight)| weight.abs() >= SLIGHT).collect()
        })
        .collect()
}

/// The limit with the highest F1 when the probe decides in prose and the rules elsewhere, or when it decides everywhere if
/// none of the lessons is prose.
fn choose<'a>(habit: usize, scored: impl Iterator<Item = (&'a Lesson<'a>, &'a Scores)> + Clone) -> Limit {
    let any_prose = scored.clone().any(|(lesson, _)| lesson.prose);
    let mut units: Vec<(bool, Weighed)> = Vec::new();
    for (lesson, scores) in scored {
        let theirs = lesson.prose || !any_prose;
        let scores = scores.get(habit).map_or(&[][..], Vec::as_slice);
        units.extend(lesson.weighed(habit, scores).map(|unit| (theirs, unit)));
    }
    let f1 = |found: &dyn Fn(&Weighed) -> bool| {
        let (mut right, mut wrong, mut missed) = (0, 0, 0);
        for (theirs, unit) in &units {
            match (unit.shows, if *theirs { found(unit) } else { unit.before }) {
                (true, true) => right += 1,
                (false, true) => wrong += 1,
                (true, false) => missed += 1,
                (false, false) => {}
            }
        }
        2.0 * f64::from(right) / f64::from((2 * right + wrong + missed).max(1))
    };
    let (mut best, mut limit) = (0.0, 0.5);
    for step in (1..STEPS).map(|step| f64::from(step) / f64::from(STEPS)) {
        let f1 = f1(&|unit| unit.sure || chance(unit.score) >= step);
        if f1 > best {
            (best, limit) = (f1, step);
        }
    }
    // Twice the error of a share of the labelled units; less than that is luck.
    let shown = units.iter().filter(|(_, unit)| unit.shows).count().max(1);
    let luck = 1.0 / (shown as f64).sqrt();
    Limit {
        limit,
        decides: any_prose && best > f1(&|unit| unit.before) + luck,
    }
}

/// What each of [`DETECTORS`] finds in each lesson, with limits chosen on the other parts.
fn measured(lessons: &[Lesson<'_>], parts: &[Vec<usize>], scores: &[Scores]) -> Vec<Found> {
    let mut found: Vec<Found> = vec![Found::default(); lessons.len()];
    for part in parts {
        let rest: Vec<_> = others(lessons.iter().zip(scores), part).collect();
        let limits = [0, 1, 2, 3].map(|habit| choose(habit, rest.iter().copied()));
        for number in part {
            if let (Some(lesson), Some(scores), Some(found)) =
                (lessons.get(*number), scores.get(*number), found.get_mut(*number))
            {
                *found = find(lesson, scores, &limits);
            }
        }
    }
    found
}

/// What each of [`DETECTORS`] finds in a lesson.
fn find(lesson: &Lesson<'_>, scores: &Scores, limits: &[Limit; 4]) -> Found {
    let mut found: Found = [lesson.fixed.clone(), lesson.fixed.clone(), lesson.fixed.clone()];
    for (number, ((habit, limit), scores)) in Habit::ALL.into_iter().zip(limits).zip(scores).enumerate() {
        for (example, score) in lesson.examples.iter().zip(scores) {
            let before = example.before.get(number) == Some(&true);
            let probe = chance(*score) >= limit.limit;
            let best = if limit.decides && lesson.prose {
                probe || example.sure.get(number) == Some(&true)
            } else {
                before
            };
            for (found, _) in found
                .iter_mut()
                .zip([before, probe, best])
                .filter(|(_, finds)| *finds)
            {
                let (reason, sure) = (String::new(), chance(*score));
                found.push(behavior(habit, example.span, "probe", "", reason, sure));
            }
        }
    }
    found
}
