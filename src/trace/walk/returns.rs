//! Returns of a walk: where the text goes back to, and what it gives up by that.

use super::{
    Walk,
    numbers::{are_all, bag},
};
use crate::{
    task::countdown::Number,
    trace::{Backtrack, NodeId, Span, tree::ClaimKind},
};

impl Walk {
    /// A return to the latest state with exactly these numbers, in any order.
    pub fn back_to(&mut self, numbers: &[Number], span: Span) -> Option<NodeId> {
        let same = |id: &NodeId| are_all(self.numbers_of(*id), numbers);
        let to = self.latest.get(&bag(numbers)).copied().filter(same);
        self.back(to, span);
        if to.is_none() {
            self.claim(
                ClaimKind::State,
                span,
                Some("no state has these numbers".to_owned()),
            );
        }
        to
    }

    /// A return to a node, or to a state that never existed.
    pub fn back(&mut self, to: Option<NodeId>, span: Span) {
        self.tree.backtracks.push(Backtrack {
            from: self.at,
            to,
            span,
        });
        self.lost = to.is_none();
        match to {
            Some(to) => self.leave_for(to),
            None => [self.at, self.here]
                .into_iter()
                .for_each(|id| self.tree.give_up(id)),
        }
        if let Some(node) = to.and_then(|to| self.tree.nodes.get_mut(to)) {
            node.visits.push(span);
        }
    }

    /// After a return to nowhere the next move, which takes these numbers, tells where the text is: in the nearest
    /// state above the one it left that has them, else in that one after all, else back at the problem.
    pub(super) fn land(&mut self, used: &[Number]) {
        if !self.lost {
            return;
        }
        self.lost = false;
        let has = |id: &NodeId| self.holds_all(*id, used);
        let above = self.above_with(used).next();
        let to = above.or(Some(self.here).filter(has)).unwrap_or_default();
        self.leave_for(to);
    }

    /// Works on `to`; the states on the way up to it, or to what both have in common, are given up.
    fn leave_for(&mut self, to: NodeId) {
        let solved = |id: NodeId| self.states.get(id).is_some_and(|state| state.solved);
        self.tree.leave_but(self.at, to, solved);
        self.here = to;
        self.at = to;
    }
}
