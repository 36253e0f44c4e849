//! What a walk knows of goals: whether one is reached, and what a step backward needs.

use super::{Equation, MOST_ANCESTORS, Walk};
use crate::{
    task::countdown::{MAX_GIVEN, Number},
    trace::{NodeId, Status},
};

impl Walk {
    /// Where what a step backward needs has been made: the goal it was needed for, what was needed, and the number that was
    /// set aside for it.
    #[must_use]
    pub fn needed(&self) -> Option<(Number, Number, Number)> {
        let at = |id: NodeId| self.tree.nodes.get(id);
        let made = at(self.here).filter(|node| node.status == Status::Goal)?;
        let above = std::iter::successors(Some(made), |node| at(node.parent?)).take(MOST_ANCESTORS);
        let (child, parent) = above
            .filter_map(|node| Some((node.id, node.parent?)))
            .find(|(child, parent)| self.goal_of(*child) != self.goal_of(*parent))?;
        let set_aside = self.numbers_of(parent).iter().find(|number| {
            let count = |id: NodeId| self.numbers_of(id).iter().filter(|n| n == number).count();
            count(parent) > count(child)
        })?;
        Some((self.goal_of(parent)?, self.goal_of(child)?, *set_aside))
    }

    /// Whether the text has just said what it needs, and not tried to make it yet.
    #[must_use]
    pub fn just_needs(&self) -> bool {
        let here = self.tree.nodes.last().filter(|node| node.id == self.here);
        let parent = here.and_then(|node| self.goal_of(node.parent?));
        parent.is_some() && parent != self.goal()
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
