//! When did a habit appear? The same held-out prompts are answered at every evaluation, so a trace that shows a habit can
//! be laid beside what the policy wrote for the same prompt before.

use super::{Kept, RunDir, TrainError};
use crate::{behavior::Habit, trace::Trace};
use std::collections::{HashMap, HashSet};

/// Appearances that are told at most.
const MOST: usize = 60;

/// How a habit came up in a run.
#[derive(Clone, Debug)]
pub struct Emergence {
    /// Which habit.
    pub habit: Habit,
    /// The evaluated step after which its curve bends upward most; none when it never does.
    pub bend: Option<u64>,
    /// First appearances from the bend on, by step.
    pub found: Vec<Appearance>,
}

/// The first trace of a prompt that shows the habit, and the one before.
#[derive(Clone, Debug)]
pub struct Appearance {
    /// The evaluation before.
    pub before_step: u64,
    /// What was written then.
    pub before: Trace,
    /// The evaluation that showed it first.
    pub step: u64,
    /// What was written then.
    pub trace: Trace,
}

/// Finds the prompts whose traces first showed `habit` after the bend of its curve. `curve` is its count per trace by
/// evaluated step.
///
/// # Errors
/// When kept traces cannot be read.
pub fn find(dir: &RunDir, habit: Habit, curve: &[(u64, f64)]) -> Result<Emergence, TrainError> {
    let bend = bend(curve);
    let mut shown: HashSet<String> = HashSet::new();
    let mut before: HashMap<String, (u64, Trace)> = HashMap::new();
    let mut found = Vec::new();
    for step in dir.traced_steps(Kept::Evaluation)? {
        for trace in dir.read_traces(Kept::Evaluation, step)? {
            let prompt = trace.prompt.clone().unwrap_or_default();
            let shows = trace.behaviors.iter().any(|found| found.behavior == habit.name());
            if shows && !shown.contains(&prompt) {
                shown.insert(prompt.clone());
                // What the run began with did not emerge in it.
                if let Some((before_step, before)) = before.remove(&prompt)
                    && bend.is_none_or(|bend| step > bend)
                {
                    found.push(Appearance {
                        before_step,
                        before,
                        step,
                        trace,
                    });
                }
            } else if !shows && !shown.contains(&prompt) {
                before.insert(prompt, (step, trace));
            }
        }
        if found.len() >= MOST {
            found.truncate(MOST);
            break;
        }
    }
    Ok(Emergence { habit, bend, found })
}

/// The point of a curve after which it rises more steeply than before by most; none when it never turns upward.
#[must_use]
pub fn bend(curve: &[(u64, f64)]) -> Option<u64> {
    let slope = |a: &(u64, f64), b: &(u64, f64)| (b.1 - a.1) / b.0.saturating_sub(a.0).max(1) as f64;
    let mut best: Option<(f64, u64)> = None;
    for (i, pair) in curve.windows(2).enumerate() {
        let [here, next] = pair else { continue };
        let rise = slope(here, next);
        let earlier = i
            .checked_sub(1)
            .and_then(|i| curve.get(i))
            .map_or(0.0, |earlier| slope(earlier, here));
        let turn = rise - earlier;
        if rise > 0.0 && turn > best.map_or(0.0, |(turn, _)| turn) {
            best = Some((turn, here.0));
        }
    }
    best.map(|(_, step)| step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        trace::{Span, record::Behavior},
        train::Compute,
    };
    use serde_json::json;

    fn trace(prompt: &str, habits: &[Habit]) -> Trace {
        let shown = habits.iter().map(|habit| Behavior {
            behavior: habit.name().into(),
            span: Span::new(0, 1),
            detector: "rules".into(),
            version: "1".into(),
            rule: String::new(),
            evidence: String::new(),
            confidence: 1.0,
        });
        Trace {
            prompt: Some(prompt.into()),
            text: "x".into(),
            behaviors: shown.collect(),
            ..Trace::default()
        }
    }

    #[test]
    fn a_curve_bends_where_it_begins_to_rise() {
        assert_eq!(
            bend(&[(0, 0.1), (10, 0.1), (20, 0.1), (30, 0.9), (40, 1.0)]),
            Some(20)
        );
        assert_eq!(bend(&[(0, 0.1), (10, 0.8)]), Some(0));
        assert_eq!(bend(&[(0, 0.8), (10, 0.1), (20, 0.1)]), None);
        assert_eq!(bend(&[]), None);
    }

    #[test]
    fn the_first_trace_that_shows_a_habit_stands_beside_the_one_before() {
        let home = tempfile::tempdir().unwrap();
        let recipe = crate::config::recipes::find("smoke", std::path::Path::new("/nowhere"), &[]).unwrap();
        let dir = RunDir::create(home.path(), &recipe, &json!(null), &Compute::processor()).unwrap();
        let back = [Habit::Backtracking];
        let evaluations: [(u64, [&[Habit]; 3]); 3] = [
            (0, [&[], &back, &[]]),
            (10, [&[], &back, &[]]),
            (20, [&back, &back, &[]]),
        ];
        for (step, habits) in evaluations {
            let traces: Vec<Trace> = ["a", "b", "c"]
                .iter()
                .zip(habits)
                .map(|(p, h)| trace(p, h))
                .collect();
            dir.write_traces(Kept::Evaluation, step, &traces).unwrap();
        }
        let curve = [(0, 0.3), (10, 0.3), (20, 0.6)];
        let emergence = find(&dir, Habit::Backtracking, &curve).unwrap();
        assert_eq!(emergence.bend, Some(10));
        let [only] = &emergence.found[..] else {
            panic!("{:?}", emergence.found)
        };
        assert_eq!((only.before_step, only.step), (10, 20));
        assert_eq!(only.trace.prompt.as_deref(), Some("a"));
        assert!(find(&dir, Habit::Verification, &[]).unwrap().found.is_empty());
    }
}
