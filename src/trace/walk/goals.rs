//! What a walk knows of goals: whether one is reached, and what a step backward needs.

use super::{Equation, LONGEST_WAY, State, Walk, contains, numbers::Mark};
use crate::{
    task::countdown::{MAX_GIVEN, Number},
    trace::{Claim, NodeId, Span, Status},
};

/// Moves back to which what was made is looked for.
const MOST_MADE: usize = 64;

impl Walk {
    /// The move that opened the state `id`, when it was a calculation.
    fn made(&self, id: NodeId) -> Option<Equation> {
        self.states.get(id)?.made
    }

    /// Whether `value` is the result of a move on the way to the state `id`.
    #[must_use]
    pub fn is_made(&self, id: NodeId, value: Number) -> bool {
        self.up_from(id)
            .any(|id| self.made(id).is_some_and(|made| made.result == value))
    }

    /// The latest move that made `value` of two of `numbers`.
    #[must_use]
    pub fn made_of(&self, value: Number, numbers: &[Number]) -> Option<Equation> {
        let latest = self.states.iter().rev().take(MOST_MADE);
        let makes =
            |made: &Equation| made.result == value && made.holds() && contains(numbers, &[made.a, made.b]);
        latest.filter_map(|state| state.made).find(makes)
    }

    /// The latest state, wherever it stands, that has `operands`, one of them made: the text takes up what it had left.
    #[must_use]
    pub fn elsewhere(&self, operands: &[Number]) -> Option<NodeId> {
        let root = self.numbers_of(0);
        if operands.iter().all(|operand| root.contains(operand)) {
            return None;
        }
        let (wanted, from) = (Mark::of(operands), self.marks.len().saturating_sub(MOST_MADE));
        let latest = self.marks.get(from..)?.iter().enumerate().rev();
        latest
            .filter(|(_, mark)| mark.may_hold(wanted))
            .map(|(place, _)| from + place)
            .find(|id| contains(self.numbers_of(*id), operands))
    }

    /// The goal can be reached from the state `id`, so it can from those above it: of one with many numbers nothing else may
    /// be known. What is needed for a goal tells nothing of it.
    pub(super) fn lead_on(&mut self, id: NodeId) {
        let mut below = id;
        while let Some(above) = self.tree.nodes.get(below).and_then(|node| node.parent)
            && self.goal_of(above) == self.goal_of(below)
            && let Some(node) = self
                .tree
                .nodes
                .get_mut(above)
                .filter(|node| node.reachable.is_none())
        {
            node.reachable = Some(true);
            below = above;
        }
    }

    /// The goal is reached in the state `id`, so it is from those above it.
    pub(super) fn solve(&mut self, id: NodeId) {
        let mut at = Some(id);
        while let Some(id) = at
            && let Some(state) = self.states.get_mut(id).filter(|state| !state.solved)
        {
            state.solved = true;
            at = self.tree.nodes.get(id).and_then(|node| node.parent);
        }
    }

    /// Whether the goal is reached in the state being worked on.
    #[must_use]
    pub fn is_at_goal(&self) -> bool {
        let here = self.tree.nodes.get(self.here);
        here.is_some_and(|node| node.status == Status::Goal)
    }

    /// Whether something else is needed in the state `id` than before it.
    #[must_use]
    pub fn is_need(&self, id: NodeId) -> bool {
        let parent = self.tree.nodes.get(id).and_then(|node| node.parent);
        parent.is_some_and(|parent| self.goal_of(parent) != self.goal_of(id))
    }

    /// Whether the text has just said what it needs, and not tried to make it yet.
    #[must_use]
    pub fn just_needs(&self) -> bool {
        let last = self.tree.nodes.last().is_some_and(|node| node.id == self.here);
        last && self.is_need(self.here)
    }

    /// What the text has just said it needs, behind the goal it is needed for.
    #[must_use]
    pub fn asked(&self) -> Option<(Number, Number)> {
        let parent = self
            .tree
            .nodes
            .get(self.here)
            .filter(|_| self.just_needs())?
            .parent?;
        self.goal_of(parent).zip(self.goal())
    }

    /// The state that the first of `moves` led to from the state `from` before, and how many of them: not all, for then they
    /// are only made once more.
    #[must_use]
    pub fn shared(&self, from: NodeId, moves: &[Equation]) -> (NodeId, usize) {
        let next = |at: NodeId, equation: &Equation| {
            let latest = self.states.iter().enumerate().rev().take(MOST_MADE);
            let is_next = |(id, state): &(NodeId, &State)| {
                state.made.is_some_and(|made| equation.is_again(made))
                    && self
                        .tree
                        .nodes
                        .get(*id)
                        .is_some_and(|node| node.parent == Some(at))
            };
            latest
                .map_while(|(id, state)| (id > at).then_some((id, state)))
                .find(is_next)
        };
        let (mut at, mut done) = (from, 0);
        for equation in moves {
            match next(at, equation) {
                Some((id, _)) => (at, done) = (id, done + 1),
                None => return (at, done),
            }
        }
        (from, 0)
    }

    /// The last move, which opened the state `node`, was a step backward in the state `from`: takes it back, so that it can
    /// be made as that. Whether it was the last. Its statement, at `span`, is taken back with it.
    pub fn was_need(&mut self, node: NodeId, from: NodeId, span: Span) -> bool {
        let is_last = self.here == node && self.at == node && self.tree.nodes.len() == node + 1;
        let parent = self.tree.nodes.get(node).and_then(|node| node.parent);
        let Some(parent) = parent.filter(|_| is_last) else {
            return false;
        };
        self.tree.nodes.pop();
        self.marks.pop();
        if let Some(state) = self.states.pop() {
            self.numbers.truncate(state.numbers.start);
        }
        let said = |claim: &Claim| claim.node == node && claim.span == span;
        if let Some(claim) = self.tree.claims.iter().rposition(said) {
            self.tree.claims.remove(claim);
        }
        (self.here, self.at) = (parent, parent);
        if from != parent {
            self.back(Some(from), span);
        }
        true
    }

    /// The moves from the state `of` to the one being worked on are made once more beside what was needed there: nothing was
    /// set aside. It is no return, and states nothing.
    pub fn redo(&mut self, of: NodeId) {
        let way = self.up_from(self.here).take_while(|id| *id != of);
        let mut moves: Vec<Equation> = way.filter_map(|id| self.made(id)).collect();
        moves.reverse();
        let said = self.tree.claims.len();
        self.enter(of);
        for equation in moves {
            self.forward(equation, None, equation.span);
        }
        self.tree.claims.truncate(said);
    }

    /// The calculations on the way to the state being worked on, the last first.
    fn way(&self) -> impl Iterator<Item = Equation> {
        self.up_from(self.here)
            .take(LONGEST_WAY)
            .filter_map(|id| self.made(id))
    }

    /// Whether these moves are on the way to the state being worked on, the last of them at its end.
    #[must_use]
    pub fn just_made(&self, moves: &[Equation]) -> bool {
        let ends = |last: &Equation| self.way().next().is_some_and(|made| last.is_again(made));
        moves.last().is_some_and(ends)
            && moves
                .iter()
                .all(|equation| self.way().any(|made| equation.is_again(made)))
    }

    /// How many moves stand on the way before these, when they are all of its end.
    #[must_use]
    pub fn ends_with(&self, moves: &[Equation]) -> Option<usize> {
        let mut way = self.way();
        let same = moves
            .iter()
            .rev()
            .all(|equation| way.next().is_some_and(|made| equation.is_again(made)));
        same.then(|| way.count())
    }

    /// Whether these moves are on the way behind its first `done`.
    #[must_use]
    pub fn leads_on(&self, done: usize, moves: &[Equation]) -> bool {
        let mut way: Vec<Equation> = self.way().collect();
        way.reverse();
        let next = way.get(done..done + moves.len()).unwrap_or_default();
        next.len() == moves.len()
            && moves
                .iter()
                .zip(next)
                .all(|(equation, made)| equation.is_again(*made))
    }

    /// Whether the goal is reached and `equation`, whatever its result, is one of the moves that led there.
    #[must_use]
    pub fn led_to_goal(&self, equation: Equation) -> bool {
        self.is_at_goal() && self.way().take(MAX_GIVEN).any(|made| equation.does_as(made))
    }
}
