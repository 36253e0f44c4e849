//! What a walk knows of goals: whether one is reached, and what a step backward needs.

use super::{Equation, MOST_ANCESTORS, State, Walk, contains};
use crate::{
    task::countdown::{MAX_GIVEN, Number, Op},
    trace::{NodeId, Status, prose::Step},
};

/// Moves back to which what was made is looked for.
const MOST_MADE: usize = 64;

impl Walk {
    /// Where what a step backward needs has been made: the goal it was needed for, what was needed, and the number that was
    /// set aside for it.
    #[must_use]
    pub fn needed(&self) -> Option<(Number, Number, Number)> {
        let at = |id: NodeId| self.tree.nodes.get(id);
        let made = at(self.here).filter(|node| node.status == Status::Goal)?;
        let above = std::iter::successors(Some(made), |node| at(node.parent?)).take(MOST_ANCESTORS);
        let (child, parent) = above
            .filter_map(|node| Some((self.states.get(node.id)?, self.states.get(node.parent?)?)))
            .find(|(child, parent)| child.goal != parent.goal)?;
        let set_aside = parent.numbers.iter().find(|number| {
            let count = |state: &State| state.numbers.iter().filter(|n| n == number).count();
            count(parent) > count(child)
        })?;
        Some((parent.goal?, child.goal?, *set_aside))
    }

    /// Whether `value` is the result of a move on the way to the state `id`.
    #[must_use]
    pub fn is_made(&self, id: NodeId, value: Number) -> bool {
        let value = ending(value);
        let mut path = std::iter::once(id).chain(self.above(id).take(MOST_ANCESTORS));
        path.any(|id| self.makes(id, &value))
    }

    /// Whether the move that opened the state `id` ends with this.
    fn makes(&self, id: NodeId, ending: &str) -> bool {
        let node = self.tree.nodes.get(id);
        let step = node.and_then(|node| node.step.as_deref());
        step.is_some_and(|step| step.ends_with(ending))
    }

    /// The latest move that made `value` of two of `numbers`.
    #[must_use]
    pub fn made_of(&self, value: Number, numbers: &[Number]) -> Option<Step> {
        let written = ending(value);
        let latest = self.tree.nodes.iter().rev().take(MOST_MADE);
        let moves = latest.filter(|node| self.makes(node.id, &written));
        moves
            .filter_map(|node| {
                let (operation, _) = node.step.as_deref()?.split_once('=')?;
                // A minus or a stroke may belong to a number.
                operation.char_indices().skip(1).find_map(|(at, sign)| {
                    let op = Op::from_symbol(sign)?;
                    let (a, b) = (
                        operation.get(..at)?.parse().ok()?,
                        operation.get(at + 1..)?.parse().ok()?,
                    );
                    let step = Step {
                        a: Some(a),
                        op,
                        b: Some(b),
                        result: op.apply(a, b),
                    };
                    (step.result == Some(value) && contains(numbers, &[a, b])).then_some(step)
                })
            })
            .next()
    }

    /// The latest state, wherever it stands, that has `operands`, one of them made: the text takes up what it had left.
    #[must_use]
    pub fn elsewhere(&self, operands: &[Number]) -> Option<NodeId> {
        let root = self.numbers_of(0);
        let made = operands.iter().find(|operand| !root.contains(operand))?;
        let latest = self.states.iter().enumerate().rev().take(MOST_MADE);
        // In most states it is not there.
        let mut found =
            latest.filter(|(_, state)| state.numbers.contains(made) && contains(&state.numbers, operands));
        found.next().map(|(id, _)| id)
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

    /// The moves on the way to the state being worked on, the last first.
    fn way(&self) -> impl Iterator<Item = &str> {
        let at = |id: NodeId| self.tree.nodes.get(id);
        let path = std::iter::successors(at(self.here), move |node| at(node.parent?)).take(MOST_ANCESTORS);
        path.filter_map(|node| node.step.as_deref())
            .filter(|step| step.starts_with(|c: char| c.is_ascii_digit() || c == '-'))
    }

    /// Whether these moves, as they are written, are on the way to the state being worked on, the last of them at its end.
    #[must_use]
    pub fn just_made(&self, moves: &[Equation]) -> bool {
        let Some(last) = moves.last() else { return false };
        // Mostly its result is not even there.
        if !self.holds_all(self.here, &[last.result]) && !self.is_need(self.here) {
            return false;
        }
        self.way().next().is_some_and(|step| last.is_written(step))
            && moves
                .iter()
                .all(|equation| self.way().any(|step| equation.is_written(step)))
    }

    /// How many moves stand on the way before these, when they are all of its end.
    #[must_use]
    pub fn ends_with(&self, moves: &[Equation]) -> Option<usize> {
        let mut way = self.way();
        let same = moves
            .iter()
            .rev()
            .all(|equation| way.next().is_some_and(|step| equation.is_written(step)));
        same.then(|| way.count())
    }

    /// Whether these moves are on the way behind its first `done`.
    #[must_use]
    pub fn leads_on(&self, done: usize, moves: &[Equation]) -> bool {
        let mut way: Vec<&str> = self.way().collect();
        way.reverse();
        let next = way.get(done..done + moves.len()).unwrap_or_default();
        next.len() == moves.len()
            && moves
                .iter()
                .zip(next)
                .all(|(equation, step)| equation.is_written(step))
    }

    /// Whether the goal is reached and `equation`, whatever its result, is one of the moves that led there.
    #[must_use]
    pub fn led_to_goal(&self, equation: Equation) -> bool {
        let at = |id: NodeId| self.tree.nodes.get(id);
        if at(self.here).is_none_or(|node| node.status != Status::Goal) {
            return false;
        }
        let ways = [
            Some(equation.operation()),
            equation.turned().map(Equation::operation),
        ];
        let leads = |operation: &str| ways.iter().flatten().any(|way| way == operation);
        std::iter::successors(at(self.here), |node| at(node.parent?))
            .take(MAX_GIVEN)
            .filter_map(|node| node.step.as_deref()?.split_once('='))
            .any(|(operation, _)| leads(operation))
    }
}

/// `=25`: how moves that make a number end.
fn ending(value: Number) -> String {
    let mut ending = String::from("=");
    value.push_to(&mut ending);
    ending
}
