//! The solver, asked afterwards about states that were too large to be solved while tokens arrived.

use crate::{
    task::countdown::{MAX_NUMBERS, Problem, Solver},
    trace::{ClaimKind, Tree},
};

/// What asking about a state of so many numbers costs, in steps of about a microsecond; measured, and rounded up.
const COSTS: [usize; MAX_NUMBERS + 1] = [1, 1, 1, 2, 20, 200, 100_000, 100_000, 3_000_000];

/// What [`Tree::ask`] may spend on one trace: some seconds.
pub const EFFORT: usize = 5_000_000;

impl Tree {
    /// Has the solver say of every state that it has not been asked about whether the goal can still be reached, as long as
    /// `effort` lasts; states that cost more than is left stay unknown. As while tokens arrive, nothing is said of states
    /// behind a false calculation, a number that was not there or a slip in what is left.
    pub fn ask(&mut self, problem: &Problem, mut effort: usize) {
        if self.given().next().is_none() {
            return;
        }
        let mut solver = Solver::new(problem.rules);
        let mut sound = vec![true; self.nodes.len()];
        for claim in &self.claims {
            let own = self
                .nodes
                .get(claim.node)
                .is_some_and(|node| node.span.overlaps(claim.span));
            if claim.kind == ClaimKind::State
                && !claim.holds
                && own
                && let Some(sound) = sound.get_mut(claim.node)
            {
                *sound = false;
            }
        }
        for (id, node) in self.nodes.iter_mut().enumerate() {
            let here = sound.get(id).is_some_and(|sound| *sound)
                && node
                    .parent
                    .is_none_or(|parent| sound.get(parent).is_some_and(|sound| *sound))
                && node.arithmetic != Some(false)
                && node.available != Some(false);
            if let Some(place) = sound.get_mut(id) {
                *place = here;
            }
            if !here || node.reachable.is_some() {
                continue;
            }
            let goal = node.goal.as_deref().and_then(|goal| goal.parse().ok());
            let (Some(numbers), Some(goal)) = (node.numbers(), goal) else {
                continue;
            };
            let cost = COSTS.get(numbers.len()).copied().unwrap_or(usize::MAX);
            if let Some(left) = effort.checked_sub(cost) {
                effort = left;
                node.reachable = Some(solver.reachable(&numbers, goal));
            }
        }
    }
}
