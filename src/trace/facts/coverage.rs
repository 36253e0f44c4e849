//! How much of what could have been tried a trace tried, and how much of its text went into what led nowhere.

use crate::{
    task::countdown::{Number, Problem, legal_moves},
    trace::{LIVE_NUMBERS, NodeId, Tree},
};
use std::collections::HashSet;

impl Tree {
    /// Of the distinct states that legal moves reach within as many moves as the trace's deepest legal state took, the share
    /// that the trace visited. `None` for more than [`LIVE_NUMBERS`] numbers, where there are too many, and for a trace
    /// that made no legal move. States of another goal (backward steps) do not count.
    #[must_use]
    pub fn coverage(&self, problem: &Problem) -> Option<f64> {
        let numbers = problem.values();
        if numbers.len() > LIVE_NUMBERS {
            return None;
        }
        let goal = problem.goal().to_string();
        let visited: HashSet<Vec<Number>> = self
            .nodes
            .iter()
            .skip(1)
            .filter(|node| node.goal.as_deref() == Some(goal.as_str()))
            .filter_map(|node| node.numbers().map(sorted))
            .collect();
        let (mut layer, mut met, mut all) = (HashSet::from([sorted(numbers)]), 0, 0);
        let mut share = None;
        while !layer.is_empty() {
            let next = layer.iter().flat_map(|state| {
                let moves = legal_moves(problem.rules, state).into_iter();
                moves.filter_map(|step| step.after(state).map(sorted))
            });
            layer = next.collect();
            let here = layer.intersection(&visited).count();
            (met, all) = (met + here, all + layer.len());
            if here > 0 {
                share = Some(met as f64 / all as f64);
            }
        }
        share
    }

    /// Of a text of `length` bytes whose moves reach the goal: the share written in states that are not on the way there.
    #[must_use]
    pub fn wasted_text(&self, length: usize) -> Option<f64> {
        let mut on_the_way = vec![false; self.nodes.len()];
        let mut at = Some(self.solved()?.id);
        while let Some(id) = at {
            *on_the_way.get_mut(id)? = true;
            at = self.nodes.get(id)?.parent;
        }
        let opened = self.nodes.iter().skip(1).map(|node| (node.span.start, node.id));
        let returned = self
            .backtracks
            .iter()
            .filter_map(|back| Some((back.span.start, back.to?)));
        let mut turns: Vec<(usize, NodeId)> = opened.chain(returned).collect();
        turns.sort_by_key(|(start, _)| *start);
        let ends = turns.iter().skip(1).map(|(start, _)| *start).chain([length]);
        let off = turns
            .iter()
            .zip(ends)
            .filter(|((_, id), _)| !on_the_way.get(*id).is_some_and(|on| *on));
        let wasted: usize = off.map(|((start, _), end)| end.saturating_sub(*start)).sum();
        (length > 0).then(|| wasted as f64 / length as f64)
    }
}

fn sorted(mut numbers: Vec<Number>) -> Vec<Number> {
    numbers.sort_unstable();
    numbers
}
