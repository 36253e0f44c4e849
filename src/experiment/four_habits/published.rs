//! The paper's own curves, as its authors published them (`assets/experiments/four_habits`).

use serde::Serialize;

const LLAMA: &str = include_str!("../../../assets/experiments/four_habits/llama_results.csv");
const QWEN: &str = include_str!("../../../assets/experiments/four_habits/qwen_results.csv");

/// One evaluation of a published run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Training step.
    pub step: u64,
    /// Share of the test problems that were solved.
    pub accuracy: f64,
    /// Judge's counts per completion: verification, backtracking, subgoal setting, backward chaining.
    pub habits: [f64; 4],
}

/// A published run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Published {
    /// `llama` or `qwen`: Llama-3.2-3B, Qwen-2.5-3B.
    pub model: &'static str,
    /// Its name in the table.
    pub condition: &'static str,
    /// Its evaluations, by step.
    pub curve: Vec<Point>,
}

impl Published {
    /// The run of `model` called `condition`; no points when the table has none.
    #[must_use]
    pub fn of(model: &'static str, condition: &'static str) -> Self {
        let table = if model == "qwen" { QWEN } else { LLAMA };
        let mut lines = table.lines();
        let columns: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        let point = |line: &str| {
            let fields: Vec<&str> = line.split(',').collect();
            let field = |name: &str| {
                let place = columns.iter().position(|column| *column == name)?;
                fields.get(place).copied()
            };
            if field("condition")? != condition {
                return None;
            }
            let number = |name: &str| field(name)?.parse::<f64>().ok();
            Some(Point {
                step: field("step")?.parse().ok()?,
                accuracy: number("accuracy")?,
                habits: [
                    number("avg_verifications")?,
                    number("avg_backtracking")?,
                    number("avg_subgoals")?,
                    number("avg_backwards")?,
                ],
            })
        };
        let mut curve: Vec<Point> = lines.filter_map(point).collect();
        curve.sort_by_key(|point| point.step);
        Self {
            model,
            condition,
            curve,
        }
    }

    /// Accuracy at its last step.
    #[must_use]
    pub fn end(&self) -> Option<f64> {
        self.curve.last().map(|point| point.accuracy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::four_habits::CONDITIONS;

    #[test]
    fn every_condition_that_names_a_published_run_finds_it() {
        for spec in &CONDITIONS {
            if let Some((model, condition)) = spec.published {
                let run = Published::of(model, condition);
                assert!(run.curve.len() >= 20, "{} {}", spec.name, run.curve.len());
                assert!(run.curve.is_sorted_by_key(|point| point.step));
            }
        }
        let base = Published::of("llama", "base_ppo");
        assert!((base.end().unwrap() - 0.338).abs() < 1e-3);
        assert!(
            (Published::of("llama", "no_positive_all_strategies")
                .end()
                .unwrap()
                - 0.735)
                .abs()
                < 1e-3
        );
    }
}
