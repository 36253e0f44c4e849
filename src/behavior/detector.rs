//! The detector: reads along with the tree's reader, line by line, and keeps the spans it found in text order.

use super::{Habit, free};
use crate::trace::{
    Backtrack, Span, Tree,
    language::{Line, Verdict},
    read::LineBuffer,
    record::Behavior,
};

/// Version of the rules; raised when a rule changes what it finds.
const VERSION: &str = "1";

/// Finds habits in text that arrives in pieces.
#[derive(Clone, Debug, Default)]
pub struct Detector {
    lines: LineBuffer,
    found: Vec<Behavior>,
}

impl Detector {
    /// Takes in more text; `tree` has been built from the same text up to here.
    pub fn push(&mut self, text: &str, tree: &Tree) {
        let found = &mut self.found;
        self.lines
            .push(text, |line, span| detect(line, span, tree, found));
    }

    /// The text is over.
    pub fn finish(&mut self, tree: &Tree) {
        let found = &mut self.found;
        self.lines.finish(|line, span| detect(line, span, tree, found));
    }

    /// What was found so far, by start.
    #[must_use]
    pub fn found(&self) -> &[Behavior] {
        &self.found
    }

    /// What was found.
    #[must_use]
    pub fn into_found(self) -> Vec<Behavior> {
        self.found
    }

    /// The habits of a whole text.
    #[must_use]
    pub fn detect(text: &str, tree: &Tree) -> Vec<Behavior> {
        let mut detector = Self::default();
        detector.push(text, tree);
        detector.finish(tree);
        detector.found
    }
}

fn detect(line: &str, span: Span, tree: &Tree, found: &mut Vec<Behavior>) {
    if tree.reader.starts_with("lines/") {
        found.extend(in_language(line, span, tree));
    } else {
        free::detect(line, span, tree, found);
    }
}

/// In the bundled language the first word decides.
fn in_language(line: &str, span: Span, tree: &Tree) -> Option<Behavior> {
    let (habit, rule, evidence) = match Line::parse(line)?.line {
        Line::Check { result, verdict, .. } => {
            let evidence = match verdict {
                Verdict::Yes => format!("compares {result} with the goal and finds it equal"),
                Verdict::Not(goal) => format!("compares {result} with the goal {goal}"),
            };
            (Habit::Verification, "countdown.check", evidence)
        }
        Line::Back { .. } => {
            let evidence = returns_in(tree, span)
                .next()
                .map_or_else(String::new, |back| explain(tree, back));
            (Habit::Backtracking, "countdown.back", evidence)
        }
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
