//! Leaving a state for another: which states that gives up.

use super::{HIGHEST_CLIMB, NodeId, Status, Tree};

/// A climb from the state that is left up to the one that both states come from. It borrows no tree, so that what it finds
/// may be changed.
struct Climb {
    left: Option<NodeId>,
    kept: Option<NodeId>,
    steps: usize,
}

impl Climb {
    fn new(from: NodeId, to: NodeId) -> Self {
        Self {
            left: Some(from),
            kept: Some(to),
            steps: HIGHEST_CLIMB,
        }
    }

    /// The next state that is left.
    fn next(&mut self, tree: &Tree) -> Option<NodeId> {
        let parent = |id: NodeId| tree.nodes.get(id).and_then(|node| node.parent);
        while self.steps > 0 {
            let id = self.left.filter(|_| self.left != self.kept)?;
            self.steps -= 1;
            // Parents stand before their children: the larger number is never above the other.
            match self.kept.filter(|kept| *kept > id) {
                Some(kept) => self.kept = parent(kept),
                None => {
                    self.left = parent(id);
                    return Some(id);
                }
            }
        }
        None
    }
}

impl Tree {
    /// What a return from one state to another leaves: the branch below the state that both come from, and how many states
    /// stand above `from` up to that one.
    #[must_use]
    pub fn left(&self, from: NodeId, to: NodeId) -> (Option<NodeId>, usize) {
        let (mut climb, mut branch, mut climbed) = (Climb::new(from, to), None, 0);
        while let Some(id) = climb.next(self) {
            (branch, climbed) = (Some(id), climbed + 1);
        }
        (branch.filter(|_| climb.left == climb.kept), climbed)
    }

    /// Gives up the states on the way from `from` up to `to`, or up to what both have in common, and works on `to`. On the
    /// way to a goal that was reached nothing is given up.
    pub(in crate::trace) fn leave(&mut self, from: NodeId, to: NodeId) {
        self.leave_but(from, to, |_| false);
    }

    /// The same but for the states that are `kept`: the goal was reached below them.
    pub(in crate::trace) fn leave_but(&mut self, from: NodeId, to: NodeId, kept: impl Fn(NodeId) -> bool) {
        let mut climb = Climb::new(from, to);
        let mut solved = false;
        while let Some(id) = climb.next(self) {
            solved |= kept(id) || self.nodes.get(id).is_some_and(|node| node.status == Status::Goal);
            if !solved {
                self.give_up(id);
            }
        }
        if let Some(node) = self.nodes.get_mut(to)
            && node.status == Status::Dead
        {
            node.status = Status::Open;
        }
    }

    /// Nobody goes on with a state that had moves left.
    pub(in crate::trace) fn give_up(&mut self, id: NodeId) {
        if let Some(node) = self.nodes.get_mut(id)
            && node.status == Status::Open
        {
            node.status = Status::Dead;
        }
    }
}
