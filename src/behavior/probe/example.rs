//! Labelled traces as sentences to learn from: features, labels, and what the rules had found.

use super::{
    features::{Look, Names, features, key, tokens},
    limits::Finder,
    memory::Memory,
};
use crate::{
    behavior::{
        Habit, detector::Detector, discourse::Discourse, gold::Labelled, rules::Rules, score::detects,
    },
    trace::{Reader, Span, read::Told, record::Behavior},
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
    /// Per habit: who had found it without a probe.
    pub before: [Option<Finder>; 4],
}

/// A labelled trace, read.
#[derive(Clone, Debug)]
pub(super) struct Lesson<'a> {
    /// The trace.
    pub row: &'a Labelled,
    /// Its sentences that a probe judges.
    pub examples: Vec<Example>,
    /// Per unit: the numbers of the sentences that detect it.
    pub units: Vec<Vec<usize>>,
    /// What was found where no sentence is: in lines of a known language.
    pub fixed: Vec<Behavior>,
}

/// Reads a row; the names of its features are added to `names`.
pub(super) fn read<'a>(
    row: &'a Labelled,
    rules: &Arc<Rules>,
    names: &mut HashMap<u64, String>,
) -> Lesson<'a> {
    let (mut discourse, mut memory) = (Discourse::new(Arc::clone(rules)).for_probe(), Memory::default());
    let (mut examples, mut fixed) = (Vec::new(), Detector::default());
    let mut listen = |told: &Told<'_>, tree: &crate::trace::Tree| match told {
        Told::Sentence(sentence) => {
            let mut found = Vec::new();
            if !discourse.read(sentence, tree, &mut found) {
                return;
            }
            let tokens: Vec<&str> = tokens(sentence.shape).collect();
            let look = Look {
                sentence,
                tokens: &tokens,
                seen: discourse.seen(),
                found: &found,
                tree,
            };
            memory.begin_with(tree);
            let mut told = Names::default();
            features(&look, &memory, &mut told);
            let mut keys: Vec<u64> = Vec::with_capacity(told.0.len());
            for name in told.0 {
                let key = key(&name);
                keys.push(key);
                names.entry(key).or_insert(name);
            }
            keys.sort_unstable();
            keys.dedup();
            memory.go_on(&look);
            examples.push(Example {
                span: sentence.span,
                keys,
                shows: [None; 4],
                before: Habit::ALL.map(|habit| {
                    let found = found.iter().find(|b| b.behavior == habit.name());
                    found.map(Finder::of)
                }),
            });
        }
        other => fixed.hear(other, tree),
    };
    let mut reader = Reader::new(row.subject());
    reader.push(&row.text, &mut listen);
    reader.finish(&mut listen);
    let spans = row.spans();
    let units: Vec<Vec<usize>> = spans
        .iter()
        .map(|unit| {
            let detecting = examples
                .iter()
                .enumerate()
                .filter(|(_, e)| detects(e.span, *unit));
            detecting.map(|(number, _)| number).collect()
        })
        .collect();
    label(row, &units, &mut examples);
    Lesson {
        row,
        examples,
        units,
        fixed: fixed.into_found(),
    }
}

fn label(row: &Labelled, units: &[Vec<usize>], examples: &mut [Example]) {
    let mut disputed = vec![[false; 4]; examples.len()];
    for (unit, sentences) in row.units.iter().zip(units) {
        for sentence in sentences {
            let (Some(example), Some(disputed)) = (examples.get_mut(*sentence), disputed.get_mut(*sentence))
            else {
                continue;
            };
            for ((habit, shows), disputed) in Habit::ALL.iter().zip(&mut example.shows).zip(disputed) {
                *disputed |= unit.disputed.contains(habit.letter());
                *shows = Some(shows.unwrap_or(false) || unit.labels.contains(habit.letter()));
            }
        }
    }
    for (example, disputed) in examples.iter_mut().zip(disputed) {
        for (shows, disputed) in example.shows.iter_mut().zip(disputed) {
            if disputed && *shows == Some(false) {
                *shows = None;
            }
        }
    }
}
