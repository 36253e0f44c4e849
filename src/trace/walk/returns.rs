//! Returns of a walk: where the text goes back to, and what it gives up by that.

use super::{
    Walk,
    numbers::{are_all, bag},
};
use crate::{
    task::countdown::Number,
    trace::{
        Backtrack, NodeId, Span, Status,
        tree::{ClaimKind, HIGHEST_CLIMB},
    },
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
            None => [self.at, self.here].into_iter().for_each(|id| self.give_up(id)),
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

    fn give_up(&mut self, id: NodeId) {
        if let Some(node) = self.tree.nodes.get_mut(id)
            && node.status == Status::Open
        {
            node.status = Status::Dead;
        }
    }

    /// Works on `to`; the states on the way up to it, or to what both have in common, are given up.
    fn leave_for(&mut self, to: NodeId) {
        let parent = |walk: &Self, id: NodeId| walk.tree.nodes.get(id).and_then(|node| node.parent);
        // Parents stand before their children: the larger number is never above the other.
        let (mut left, mut kept) = (Some(self.at), Some(to));
        for _ in 0..HIGHEST_CLIMB {
            let Some(id) = left.filter(|_| left != kept) else {
                break;
            };
            if kept.is_some_and(|kept| kept > id) {
                kept = kept.and_then(|kept| parent(self, kept));
            } else {
                self.give_up(id);
                left = parent(self, id);
            }
        }
        if let Some(node) = self.tree.nodes.get_mut(to)
            && node.status == Status::Dead
        {
            node.status = Status::Open;
        }
        self.here = to;
        self.at = to;
    }
}
