//! Labelled traces as sentences to learn from: features, labels, and what the rules had found.

use super::{
    features::{Before, Look, Weighing, features, key},
    is_prose, is_sure,
};
use crate::{
    behavior::{
        Habit, detector::Detector, discourse::Discourse, gold::Labelled, rules::Rules, score::detects,
    },
    trace::{Reader, Span, Tree, read::Told, record::Behavior},
};
use std::{collections::HashMap, sync::Arc};

/// A sentence.
#[derive(Clone, Debug)]
pub(super) struct Example {
    /// Its bytes.
    pub span: Span,
    /// The keys of its features, sorted, each once.
    pub keys: Vec<u64>,
    /// Per habit: whether it shows it; none when annotators dispute it or no unit is there.
    pub shows: [Option<bool>; 4],
    /// Per habit: whether rules or states had found it.
    pub before: [bool; 4],
    /// Per habit: whether that is not the probe's to judge.
    pub sure: [bool; 4],
}

/// A labelled trace, read.
#[derive(Clone, Debug)]
pub(super) struct Lesson<'a> {
    /// The trace.
    pub row: &'a Labelled,
    /// Whether its states prove nothing.
    pub prose: bool,
    /// Its sentences that a probe judges.
    pub examples: Vec<Example>,
    /// What was found where no sentence is: in lines of a known language.
    pub fixed: Vec<Behavior>,
    /// Per unit: the numbers of the sentences that detect it.
    units: Vec<Vec<usize>>,
}

/// A unit of a lesson as one habit's limit sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed {
    /// Whether it is labelled with the habit.
    pub shows: bool,
    /// Whether rules or states had found it.
    pub before: bool,
    /// Whether that is not the probe's to judge.
    pub sure: bool,
    /// The highest score of its sentences.
    pub score: f64,
}

impl<'a> Lesson<'a> {
    /// Reads a row; the names of its features are added to `names`.
    pub fn read(row: &'a Labelled, rules: &Arc<Rules>, names: &mut HashMap<u64, String>) -> Self {
        let (mut discourse, mut before) = (Discourse::new(Arc::clone(rules)), Before::default());
        let (mut examples, mut fixed) = (Vec::new(), Detector::default());
        let mut listen = |told: &Told<'_>, tree: &Tree| match told {
            Told::Sentence(sentence) => {
                let mut found = Vec::new();
                if !discourse.read(sentence, tree, &mut found) {
                    return;
                }
                let look = Look {
                    sentence,
                    seen: discourse.seen(),
                    found: &found,
                };
                let mut all = Weighing::by(|_| Some(0));
                features(&look, &before, &mut Vec::new(), &mut all);
                let mut keys: Vec<u64> = Vec::with_capacity(all.names.len());
                for (_, name) in all.names {
                    let key = key(&name);
                    keys.push(key);
                    names.entry(key).or_insert(name);
                }
                keys.sort_unstable();
                keys.dedup();
                before.go_on(sentence);
                let of = |habit: Habit| found.iter().filter(move |b| b.behavior == habit.name());
                examples.push(Example {
                    span: sentence.span,
                    keys,
                    shows: [None; 4],
                    before: Habit::ALL.map(|habit| of(habit).next().is_some()),
                    sure: Habit::ALL.map(|habit| of(habit).any(is_sure)),
                });
            }
            other => fixed.hear(other, tree),
        };
        let mut reader = Reader::new(row.subject());
        reader.push(&row.text, &mut listen);
        reader.finish(&mut listen);
        let detecting = |unit: Span| -> Vec<usize> {
            let all = examples.iter().enumerate();
            all.filter(|(_, e)| detects(e.span, unit))
                .map(|(number, _)| number)
                .collect()
        };
        let units = row.spans().into_iter().map(detecting).collect();
        let mut lesson = Self {
            row,
            prose: is_prose(reader.tree()),
            examples,
            fixed: fixed.into_found(),
            units,
        };
        lesson.label();
        lesson
    }

    fn label(&mut self) {
        for (number, habit) in Habit::ALL.into_iter().enumerate() {
            // A unit that shows it weighs more than one in which it is disputed, and that more than one without.
            for pass in [Some(false), None, Some(true)] {
                for (unit, sentences) in self.row.units.iter().zip(&self.units) {
                    let labelled = match () {
                        () if unit.labels.contains(habit.letter()) => Some(true),
                        () if unit.disputed.contains(habit.letter()) => None,
                        () => Some(false),
                    };
                    for sentence in sentences.iter().filter(|_| labelled == pass) {
                        let example = self.examples.get_mut(*sentence);
                        if let Some(shows) = example.and_then(|e| e.shows.get_mut(number)) {
                            *shows = labelled;
                        }
                    }
                }
            }
        }
    }

    /// Its undisputed units by the scores of its sentences.
    pub fn weighed<'b>(&'b self, habit: usize, scores: &'b [f64]) -> impl Iterator<Item = Weighed> + 'b {
        let units = self.row.units.iter().zip(&self.units);
        units.filter_map(move |(unit, sentences)| {
            let letter = Habit::ALL.get(habit)?.letter();
            let any = |of: fn(&Example) -> &[bool; 4]| {
                let mut examples = sentences
                    .iter()
                    .filter_map(|sentence| self.examples.get(*sentence));
                examples.any(|e| of(e).get(habit) == Some(&true))
            };
            let scores = sentences.iter().filter_map(|sentence| scores.get(*sentence));
            (!unit.disputed.contains(letter)).then(|| Weighed {
                shows: unit.labels.contains(letter),
                before: any(|e| &e.before),
                sure: any(|e| &e.sure),
                score: scores.copied().fold(f64::NEG_INFINITY, f64::max),
            })
        })
    }
}
