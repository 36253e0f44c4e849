//! The detector: listens to a tree's reader, and keeps the spans it found in text order.

use super::{
    Habit, Layer,
    discourse::Discourse,
    probe::{self, Watch},
    rules::Rules,
};
use crate::trace::{
    Backtrack, Reader, Span, Subject, Tree,
    language::{Line, Verdict},
    read::{Event, Told},
    record::Behavior,
};
use std::sync::Arc;

/// Version of the rules; raised when a rule changes what it finds.
pub(super) const VERSION: &str = "15";

/// Bytes of text that show a habit, hardly ever fewer.
const BYTES_A_FINDING: usize = 80;

/// From so many bytes at once on, room is made for what they will show.
const LONG: usize = 1 << 18;

/// Finds habits in what a reader tells of its text.
#[derive(Clone, Debug, Default)]
pub struct Detector {
    found: Vec<Behavior>,
    discourse: Option<Box<Discourse>>,
    layer: Layer,
    watch: Option<Box<Watch>>,
}

impl Detector {
    /// One that keeps what a layer says.
    #[must_use]
    pub fn of(layer: Layer) -> Self {
        Self {
            layer,
            ..Self::default()
        }
    }

    /// One that goes by these rules, whatever those of the process are, and asks no probe.
    #[must_use]
    pub fn by(rules: Arc<Rules>, layer: Layer) -> Self {
        Self {
            layer,
            discourse: Some(Box::new(Discourse::new(rules))),
            ..Self::default()
        }
    }

    /// So many bytes of text come: what is found in a long one is not copied again and again. Memory that is not needed
    /// after all is never touched.
    pub fn expect(&mut self, bytes: usize) {
        if bytes >= LONG {
            // Where there is not so much memory it grows bit by bit.
            let _ = self.found.try_reserve(bytes / BYTES_A_FINDING);
        }
    }

    /// Takes in what the reader of `tree` has just followed.
    pub fn hear(&mut self, told: &Told<'_>, tree: &Tree) {
        match told {
            Told::Line(parsed, span) => self.found.extend(in_language(&parsed.line, *span, tree)),
            Told::Event(event, span) => self.found.push(in_search(*event, *span, tree)),
            Told::Sentence(sentence) => {
                let from = self.found.len();
                let discourse = self.discourse.get_or_insert_with(|| {
                    let probe = match self.layer {
                        Layer::Best => probe::deciding(),
                        layer => probe::current().filter(|_| layer.asks_probe()),
                    };
                    self.watch = probe.map(|probe| Box::new(Watch::new(probe)));
                    Box::<Discourse>::default()
                });
                if discourse.read(sentence, tree, &mut self.found)
                    && let Some(watch) = &mut self.watch
                {
                    watch.judge(self.layer, discourse, sentence, tree, &mut self.found, from);
                }
                if let Some(proven) = discourse.take_proven()
                    && self.layer.is_apart()
                {
                    self.found.push(*proven);
                }
            }
        }
    }

    /// What was found so far, by start.
    #[must_use]
    pub fn found(&self) -> &[Behavior] {
        &self.found
    }

    /// What was found.
    #[must_use]
    pub fn into_found(mut self) -> Vec<Behavior> {
        self.found.retain(|found| self.layer.keeps(found));
        self.found
    }

    /// The tree of a whole text, and its habits.
    #[must_use]
    pub fn read(subject: impl Into<Subject>, text: &str) -> (Tree, Vec<Behavior>) {
        Self::default().follow(subject, text)
    }

    /// The tree of a whole text, and what this detector finds in it.
    #[must_use]
    pub fn follow(mut self, subject: impl Into<Subject>, text: &str) -> (Tree, Vec<Behavior>) {
        let mut reader = Reader::new(subject);
        self.expect(text.len());
        reader.push(text, |told, tree| self.hear(told, tree));
        reader.finish(|told, tree| self.hear(told, tree));
        (reader.into_tree(), self.into_found())
    }
}

/// In the bundled language the first word decides.
fn in_language(line: &Line, span: Span, tree: &Tree) -> Option<Behavior> {
    let (habit, rule, evidence) = match line {
        Line::Check { result, verdict, .. } => {
            let evidence = match verdict {
                Verdict::Yes => format!("compares {result} with the goal and finds it equal"),
                Verdict::Not(goal) => format!("compares {result} with the goal {goal}"),
            };
            (Habit::Verification, "countdown.check", evidence)
        }
        Line::Back { .. } => (Habit::Backtracking, "countdown.back", explained(tree, span)),
        Line::Need { goal, need, .. } => (
            Habit::BackwardChaining,
            "countdown.need",
            format!("works from {goal} back to {need}"),
        ),
        Line::Aim { goal, .. } => (
            Habit::SubgoalSetting,
            "countdown.aim",
            format!("names {goal} as the next goal"),
        ),
        Line::Try { .. } | Line::Answer { .. } => return None,
    };
    Some(behavior(habit, span, "rules", rule, evidence, 1.0))
}

/// In Stream of Search every line says what it does.
fn in_search(event: Event, span: Span, tree: &Tree) -> Behavior {
    let (habit, rule, evidence) = match event {
        Event::Return => (Habit::Backtracking, "search.move", explained(tree, span)),
        Event::Verdict => (
            Habit::Verification,
            "search.compare",
            "compares a result with the goal".to_owned(),
        ),
    };
    behavior(habit, span, "state", rule, evidence, 1.0)
}

/// The returns whose words lie in `span`.
pub(super) fn returns_in(tree: &Tree, span: Span) -> impl Iterator<Item = &Backtrack> {
    let from = tree
        .backtracks
        .partition_point(|back| back.span.start < span.start);
    tree.backtracks
        .iter()
        .skip(from)
        .take_while(move |back| back.span.start < span.end)
}

/// What the first return of `span` did.
fn explained(tree: &Tree, span: Span) -> String {
    let back = returns_in(tree, span).next();
    back.map_or_else(String::new, |back| explain(tree, back))
}

/// What a return did, for a person to read.
pub(super) fn explain(tree: &Tree, back: &Backtrack) -> String {
    let state = |id: crate::trace::NodeId| tree.nodes.get(id).map_or("", |node| node.state.as_str());
    let to = back
        .to
        .map_or_else(String::new, |to| format!(" to {}", state(to)));
    format!(
        "{}: from {}{to}",
        tree.judge_return(back).describe(),
        state(back.from)
    )
}

/// Whether a behavior is among what was found from a place in the list on.
pub(super) fn shows(found: &[Behavior], from: usize, behavior: &str) -> bool {
    found.iter().skip(from).any(|found| found.behavior == behavior)
}

pub(super) fn behavior(
    habit: Habit,
    span: Span,
    detector: &str,
    rule: &str,
    evidence: String,
    confidence: f64,
) -> Behavior {
    Behavior {
        behavior: habit.name().to_owned(),
        span,
        detector: detector.to_owned(),
        version: VERSION.to_owned(),
        rule: rule.to_owned(),
        evidence,
        confidence,
    }
}

#[cfg(test)]
mod tests;
