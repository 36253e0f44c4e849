//! Training: labelled traces to a probe that says how right it is on models it has not seen.
//!
//! Every model's traces are left out once. What is chosen (the penalty, how much a unit with the habit counts, the
//! probabilities at which the probe finds, adds and takes back) is chosen on the others alone, by a cross-validation of
//! their own models inside. The probe that is written learns from all.

use super::{
    example::{self, Example, Lesson},
    features::VERSION,
    file::{File, Head, SCHEMA, Trained, UNIT},
    fit::{calibrate, chance},
    limits::{Evidence, Finder, Limits, choose, evidence},
    table::{Setting, Table},
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
    trace::record::Behavior,
};
use rand::seq::SliceRandom;
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// Folds of the cross-validation inside.
const INNER: usize = 4;

/// A feature whose weights are all below this, in hundredths, is not written: it changes no decision.
const SLIGHT: i16 = 6;

/// Penalties and weights of units with the habit that are tried.
const SETTINGS: [Setting; 4] = [
    Setting {
        l2: 2.0,
        positive: 1.0,
    },
    Setting {
        l2: 2.0,
        positive: 3.0,
    },
    Setting {
        l2: 8.0,
        positive: 1.0,
    },
    Setting {
        l2: 8.0,
        positive: 3.0,
    },
];

/// The detectors that are compared.
pub const DETECTORS: [&str; 3] = ["rules", "probe", "best"];

/// What one habit's training came to.
#[derive(Clone, Debug)]
struct Learnt {
    setting: Setting,
    weights: HashMap<u64, f64>,
    calibration: [f64; 2],
    limits: Limits,
}

/// Why nothing can be learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// One group of traces cannot be left out of itself.
    #[error("there are labelled traces of one source only: a probe needs at least two traces")]
    TooFew,
}

/// The first digits of a text's hash.
pub(super) fn name_of(text: &str) -> String {
    digits(&sha256(text.as_bytes())).chars().take(16).collect()
}

/// What a text shows by each of [`DETECTORS`].
pub type Found = [Vec<Behavior>; 3];

/// What is found in each row by a probe trained without its model's rows, in the order of `rows`.
///
/// # Errors
/// When there are too few rows.
pub fn cross_validate(rows: &[Labelled], seed: u64) -> Result<Vec<Found>, TrainError> {
    unseen(&read(rows, &rules::current()).0, seed)
}

fn unseen(lessons: &[Lesson<'_>], seed: u64) -> Result<Vec<Found>, TrainError> {
    let groups = groups(lessons);
    if groups.len() < 2 {
        return Err(TrainError::TooFew);
    }
    let found: Vec<Vec<(usize, Found)>> = groups
        .par_iter()
        .map(|(_, members)| {
            let learnt = learn(&left_out(lessons, members), seed);
            let found = members.iter().filter_map(|member| {
                let lesson = lessons.get(*member)?;
                Some((*member, find(lesson, &learnt)))
            });
            found.collect()
        })
        .collect();
    let mut of_rows: Vec<Found> = vec![Default::default(); lessons.len()];
    for (row, behaviors) in found.into_iter().flatten() {
        if let Some(place) = of_rows.get_mut(row) {
            *place = behaviors;
        }
    }
    Ok(of_rows)
}

/// Trains a probe on `rows` and measures it on every model's traces without them.
///
/// # Errors
/// When there are too few rows.
pub fn train(rows: &[Labelled], seed: u64, note: &str) -> Result<File, TrainError> {
    let (lessons, names) = read(rows, &rules::current());
    let found = unseen(&lessons, seed)?;
    let measured = DETECTORS.iter().enumerate().map(|(number, detector)| {
        let score = score(detector, rows, |row| {
            let place = rows.iter().position(|other| std::ptr::eq(other, row));
            let found = place.and_then(|place| found.get(place)?.get(number));
            found.cloned().unwrap_or_default()
        });
        (*detector, score.habits)
    });
    let measured: Vec<(&str, BTreeMap<String, Figures>)> = measured.collect();
    let learnt = learn(&lessons.iter().collect::<Vec<_>>(), seed);
    let heads = Habit::ALL.iter().zip(&learnt).map(|(habit, learnt)| {
        let figures = measured
            .iter()
            .filter_map(|(detector, habits)| Some(((*detector).to_owned(), *habits.get(habit.name())?)));
        let head = Head {
            alone: learnt.limits.alone,
            add: learnt.limits.add,
            keep: learnt.limits.keep,
            calibration: learnt.calibration.map(|x| (x * 1e4).round() / 1e4),
            l2: learnt.setting.l2,
            positive_weight: learnt.setting.positive,
            cross_validated: figures.collect(),
        };
        (habit.name().to_owned(), head)
    });
    let trained = trained(rows, seed);
    Ok(File {
        schema: SCHEMA.to_owned(),
        version: format!(
            "{VERSION}-{}",
            digits(&trained.rows).chars().take(8).collect::<String>()
        ),
        features: VERSION,
        note: note.to_owned(),
        habits: heads.collect(),
        weights: written(&learnt, &names),
        trained,
    })
}

fn trained(rows: &[Labelled], seed: u64) -> Trained {
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
        rows: sha256(labels.join("\n").as_bytes()),
        seed,
        texts,
    }
}

/// Weights by name; what would be written as nothing is left out.
fn written(learnt: &[Learnt], names: &HashMap<u64, String>) -> BTreeMap<String, [i16; 4]> {
    let mut weights: BTreeMap<String, [i16; 4]> = BTreeMap::new();
    for (number, learnt) in learnt.iter().enumerate() {
        for (key, weight) in &learnt.weights {
            let hundredths = (weight / UNIT)
                .round()
                .clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16;
            if let Some(name) = names.get(key).filter(|_| hundredths != 0)
                && let Some(place) = weights.entry(name.clone()).or_default().get_mut(number)
            {
                *place = hundredths;
            }
        }
    }
    weights.retain(|_, weights| weights.iter().any(|weight| weight.abs() >= SLIGHT));
    weights
}

/// All rows as sentences, and the names of their features.
fn read<'a>(rows: &'a [Labelled], rules: &Arc<Rules>) -> (Vec<Lesson<'a>>, HashMap<u64, String>) {
    let mut names = HashMap::new();
    let lessons = rows
        .iter()
        .map(|row| example::read(row, rules, &mut names))
        .collect();
    (lessons, names)
}

/// Lessons by who wrote them; each for itself when one wrote all.
fn groups(lessons: &[Lesson<'_>]) -> Vec<(String, Vec<usize>)> {
    let by = |name: &dyn Fn(usize, &Labelled) -> String| {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, lesson) in lessons.iter().enumerate() {
            groups.entry(name(number, lesson.row)).or_default().push(number);
        }
        groups
    };
    let mut groups = by(&|_, row| row.model.clone());
    if groups.len() < 2 {
        groups = by(&|number, row| format!("{} {number}", row.id));
    }
    groups.into_iter().collect()
}

fn left_out<'a, 'b>(lessons: &'a [Lesson<'b>], members: &[usize]) -> Vec<&'a Lesson<'b>> {
    let rest = lessons
        .iter()
        .enumerate()
        .filter(|(number, _)| !members.contains(number));
    rest.map(|(_, lesson)| lesson).collect()
}

/// Learns all four habits from `lessons`.
fn learn(lessons: &[&Lesson<'_>], seed: u64) -> Vec<Learnt> {
    let folds = folds(lessons, seed);
    let inner: Vec<(Table<'_>, Vec<usize>)> = folds
        .iter()
        .map(|out| {
            let rest = lessons
                .iter()
                .enumerate()
                .filter(|(number, _)| !out.contains(number));
            let rest: Vec<&Lesson<'_>> = rest.map(|(_, lesson)| *lesson).collect();
            (Table::new(&rest), out.clone())
        })
        .collect();
    let whole = Table::new(lessons);
    let habits: Vec<usize> = (0..Habit::ALL.len()).collect();
    habits
        .par_iter()
        .map(|habit| learn_habit(*habit, lessons, &inner, &whole))
        .collect()
}

fn learn_habit(
    habit: usize,
    lessons: &[&Lesson<'_>],
    inner: &[(Table<'_>, Vec<usize>)],
    whole: &Table<'_>,
) -> Learnt {
    let mut best: Option<([f64; 2], Setting, [f64; 2], Limits)> = None;
    for setting in SETTINGS {
        // Each lesson's scores by weights that have not seen its model.
        let mut scores: Vec<Vec<f64>> = vec![Vec::new(); lessons.len()];
        for (table, out) in inner {
            let weights = table.fit(habit, setting);
            for number in out {
                if let (Some(lesson), Some(place)) = (lessons.get(*number), scores.get_mut(*number)) {
                    *place = lesson.examples.iter().map(|e| scored(e, &weights)).collect();
                }
            }
        }
        let pairs = lessons.iter().zip(&scores).flat_map(|(lesson, scores)| {
            let pairs = lesson.examples.iter().zip(scores);
            pairs.filter_map(|(e, score)| Some((*score, (*e.shows.get(habit)?)?)))
        });
        let calibration = calibrate(&pairs.collect::<Vec<_>>());
        let units: Vec<Evidence> = lessons
            .iter()
            .zip(&scores)
            .flat_map(|(lesson, scores)| evidence(habit, lesson, scores, calibration))
            .collect();
        let (f1, limits) = choose(&units);
        if best.as_ref().is_none_or(|(before, ..)| f1 > *before) {
            best = Some((f1, setting, calibration, limits));
        }
    }
    let never = Limits {
        alone: 2.0,
        add: 2.0,
        keep: 0.0,
    };
    let (_, setting, calibration, limits) = best.unwrap_or(([0.0; 2], SETTINGS[0], [1.0, 0.0], never));
    Learnt {
        setting,
        weights: whole.fit(habit, setting),
        calibration,
        limits,
    }
}

fn scored(example: &Example, weights: &HashMap<u64, f64>) -> f64 {
    example.keys.iter().filter_map(|key| weights.get(key)).sum()
}

/// Lessons in [`INNER`] parts that share no model where that can be, of about equal size.
fn folds(lessons: &[&Lesson<'_>], seed: u64) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, lesson) in lessons.iter().enumerate() {
        groups.entry(&lesson.row.model).or_default().push(number);
    }
    let mut groups: Vec<Vec<usize>> = if groups.len() < INNER {
        (0..lessons.len()).map(|number| vec![number]).collect()
    } else {
        groups.into_values().collect()
    };
    groups.shuffle(&mut stream("probe-folds", seed, &[]));
    let size = |group: &[usize]| -> usize {
        let lessons = group.iter().filter_map(|number| lessons.get(*number));
        lessons.map(|lesson| lesson.examples.len()).sum()
    };
    groups.sort_by_key(|group| std::cmp::Reverse(size(group)));
    let mut folds: Vec<Vec<usize>> = vec![Vec::new(); INNER];
    for group in groups {
        if let Some(smallest) = folds.iter_mut().min_by_key(|fold| size(fold)) {
            smallest.extend(group);
        }
    }
    folds.retain(|fold| !fold.is_empty());
    folds
}

/// What each of [`DETECTORS`] finds in a lesson.
fn find(lesson: &Lesson<'_>, learnt: &[Learnt]) -> Found {
    let mut found: Found = [lesson.fixed.clone(), lesson.fixed.clone(), lesson.fixed.clone()];
    for (number, (habit, learnt)) in Habit::ALL.into_iter().zip(learnt).enumerate() {
        let [a, b] = learnt.calibration;
        for example in &lesson.examples {
            let probability = chance(a * scored(example, &learnt.weights) + b);
            let before = example.before.get(number).copied().flatten();
            let finds = [
                before.is_some(),
                probability >= learnt.limits.alone,
                learnt.limits.best(probability, before),
            ];
            for (found, _) in found.iter_mut().zip(finds).filter(|(_, finds)| *finds) {
                let detector = before.map_or("probe", Finder::name);
                found.push(behavior(
                    habit,
                    example.span,
                    detector,
                    "",
                    String::new(),
                    probability,
                ));
            }
        }
    }
    found
}
