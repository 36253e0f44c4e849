//! What the tree and the solver know for certain about a trace, in words and in counts.

use super::{Backtrack, ClaimKind, Node, NodeId, Status, Tree};
use serde::{Deserialize, Serialize};

/// What a return gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Return {
    /// Nothing could have come of the branch that was left.
    FromDeadEnd,
    /// The goal could still have been reached in it.
    FromWinningBranch,
    /// The state it names never existed.
    ToNowhere,
    /// The solver does not know.
    Unknown,
}

impl Return {
    /// The fact as a person reads it.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Return::FromDeadEnd => "went back from a dead end",
            Return::FromWinningBranch => "gave up on a winning branch",
            Return::ToNowhere => "went back to a state that never existed",
            Return::Unknown => "went back",
        }
    }
}

impl Tree {
    /// What a return gave up: judged by the branch below the state it returns to.
    #[must_use]
    pub fn judge_return(&self, back: &Backtrack) -> Return {
        let Some(to) = back.to else {
            return Return::ToNowhere;
        };
        match self
            .branch_below(to, back.from)
            .and_then(|id| self.nodes.get(id))
            .and_then(|node| node.reachable)
        {
            Some(true) => Return::FromWinningBranch,
            Some(false) => Return::FromDeadEnd,
            None => Return::Unknown,
        }
    }

    /// The child of `ancestor` on the way down to `node`.
    fn branch_below(&self, ancestor: NodeId, node: NodeId) -> Option<NodeId> {
        let mut id = node;
        loop {
            let parent = self.nodes.get(id)?.parent?;
            if parent == ancestor {
                return Some(id);
            }
            id = parent;
        }
    }

    /// The numbers a summary line shows.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let held = |kind| self.claims.iter().filter(|c| c.kind == kind && c.holds).count();
        let all = |kind| self.claims.iter().filter(|c| c.kind == kind).count();
        Summary {
            states: self.nodes.len(),
            depth: self.max_depth(),
            returns: self.backtracks.len(),
            returns_to_known: self.backtracks.iter().filter(|b| b.to.is_some()).count(),
            from_winning: self
                .backtracks
                .iter()
                .filter(|b| self.judge_return(b) == Return::FromWinningBranch)
                .count(),
            arithmetic: all(ClaimKind::Arithmetic),
            arithmetic_true: held(ClaimKind::Arithmetic),
            unavailable: self.nodes.iter().filter(|n| n.available == Some(false)).count(),
            repeated: self.nodes.iter().filter(|n| n.again.is_some()).count(),
            sound: self.is_sound(),
        }
    }

    /// Whether every statement is true, every number used was there and every return leads to a known state.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.claims.iter().all(|claim| claim.holds)
            && self
                .nodes
                .iter()
                .all(|node| node.available != Some(false) && node.arithmetic != Some(false))
            && self.backtracks.iter().all(|back| back.to.is_some())
    }
}

impl Node {
    /// The facts about the node, as sentences without their full stop.
    #[must_use]
    pub fn facts(&self) -> Vec<&'static str> {
        let mut facts = Vec::new();
        if self.arithmetic == Some(false) {
            facts.push("its arithmetic is false");
        }
        if self.available == Some(false) {
            facts.push("used a number it did not have");
        }
        match (self.reachable, self.status) {
            (_, Status::Goal) => facts.push("the goal is reached here"),
            (Some(true), Status::Dead) => {
                facts.push("gave up on a winning branch: the goal could still be reached here")
            }
            (Some(true), _) => facts.push("the goal can be reached from here"),
            (Some(false), Status::Leaf) => facts.push("finished, and not the goal"),
            (Some(false), _) => facts.push("a dead end: the goal cannot be reached from here"),
            (None, _) => {}
        }
        if self.again.is_some() {
            facts.push("the same move was made before");
        }
        facts
    }
}

/// Counts over one tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Nodes, the root included.
    pub states: usize,
    /// Moves from the root to the deepest node.
    pub depth: usize,
    /// Returns.
    pub returns: usize,
    /// Returns to a state that exists.
    pub returns_to_known: usize,
    /// Returns that gave up on a winning branch.
    pub from_winning: usize,
    /// Calculations stated.
    pub arithmetic: usize,
    /// Calculations stated that are true.
    pub arithmetic_true: usize,
    /// Moves that used a number that was not there.
    pub unavailable: usize,
    /// Moves made before from the same state.
    pub repeated: usize,
    /// See [`Tree::is_sound`].
    pub sound: bool,
}
