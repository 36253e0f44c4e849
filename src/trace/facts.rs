//! What the tree and the solver know for certain about a trace, in words and in counts.

mod ask;
mod coverage;
mod grid;
mod unsound;

pub use ask::EFFORT;
pub use grid::Grids;

use super::{Backtrack, ClaimKind, Node, NodeId, Status, Tree, tree::HIGHEST_CLIMB};
use crate::task::countdown::Op;
use serde::{Deserialize, Serialize};

/// States of a branch among which a solution is looked for.
const MOST_OPENED: usize = 256;

/// What a return gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Return {
    /// Nothing could have come of the branch that was left.
    FromDeadEnd,
    /// The goal could still have been reached in it.
    FromWinningBranch,
    /// The goal had been reached in it: the text goes on to something else.
    FromGoal,
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
            Return::FromGoal => "went back from a solution",
            Return::ToNowhere => "went back to a state that never existed",
            Return::Unknown => "went back",
        }
    }
}

impl Tree {
    /// What a return gave up: judged by the branch that was left, below what both states have in common.
    #[must_use]
    pub fn judge_return(&self, back: &Backtrack) -> Return {
        let Some(to) = back.to else {
            return Return::ToNowhere;
        };
        let (branch, _) = self.left(back.from, to);
        let Some(branch) = branch.and_then(|id| self.nodes.get(self.lost(id, back))) else {
            return Return::Unknown;
        };
        match branch.reachable {
            Some(true) if self.was_solved(branch.id, back) => Return::FromGoal,
            Some(true) => Return::FromWinningBranch,
            Some(false) => Return::FromDeadEnd,
            None => Return::Unknown,
        }
    }

    /// What of the branch that begins with `branch` a return gave up: moves that are made once more right behind it lose
    /// nothing, so it is the first that is not. Where all are, it is the last.
    fn lost(&self, branch: NodeId, back: &Backtrack) -> NodeId {
        let parent = |id: NodeId| self.nodes.get(id).and_then(|node| node.parent);
        let mut next = self.nodes.iter().skip(back.from + 1).take(MOST_OPENED);
        let (Some(mut again), Some(root)) = (
            next.find(|node| node.span.start >= back.span.start),
            self.nodes.first(),
        ) else {
            return branch;
        };
        let up = std::iter::successors(Some(back.from), |id| parent(*id)).take(HIGHEST_CLIMB);
        let mut left: Vec<NodeId> = up.take_while(|id| *id >= branch).collect();
        left.reverse();
        let is_same = |id: NodeId, again: &Node| {
            let node = self.nodes.get(id);
            node.is_some_and(|node| node.step == again.step && node.state == again.state)
        };
        if left.first() != Some(&branch) || again.parent != parent(branch) {
            return branch;
        }
        let mut given_up = branch;
        for id in &left {
            given_up = *id;
            if !is_same(*id, again) {
                break;
            }
            let next = self.nodes.get(again.id + 1);
            // Where the text leaves off before it has done all of it again, the rest is given up.
            again = next.filter(|next| next.parent == Some(again.id)).unwrap_or(root);
        }
        given_up
    }

    /// Whether the goal was reached below the state `branch` before a return left it. Simplification: only the states that
    /// were opened first there are looked at.
    fn was_solved(&self, branch: NodeId, back: &Backtrack) -> bool {
        let opened = self.nodes.iter().skip(branch).take(MOST_OPENED);
        let before = opened.take_while(|node| node.id <= back.from || node.span.start < back.span.start);
        let mut goals = before.filter(|node| node.status == Status::Goal);
        let parent = |id: &NodeId| self.nodes.get(*id).and_then(|node| node.parent);
        goals.any(|goal| {
            let up = std::iter::successors(Some(goal.id), parent).take(HIGHEST_CLIMB);
            up.take_while(|id| *id >= branch).any(|id| id == branch)
        })
    }

    /// The first state in which the goal of the problem is reached by true moves with numbers that were there.
    #[must_use]
    pub fn solved(&self) -> Option<&Node> {
        self.nodes
            .iter()
            .find(|node| node.status == Status::Goal && node.reachable == Some(true))
    }

    /// The one expression that the moves up to a state make: `(18-7)+4`. `None` when a move is no calculation, or its
    /// numbers are not in the state before.
    #[must_use]
    pub fn composed(&self, node: NodeId) -> Option<String> {
        let node = self.nodes.get(node)?;
        let parent = node.parent?;
        let mut made = self.made(parent)?;
        let expression = make(&mut made, node.step.as_deref()?)?;
        made.is_empty().then_some(expression)
    }

    /// The numbers of a state, each with the expression that made it, bracketed where it is more than a number.
    fn made(&self, id: NodeId) -> Option<Vec<(String, String)>> {
        let mut path: Vec<&Node> = Vec::new();
        let mut at = self.nodes.get(id);
        while let Some(node) = at {
            path.push(node);
            at = node.parent.and_then(|parent| self.nodes.get(parent));
        }
        let root = path.pop()?;
        let mut made: Vec<_> = root
            .state
            .split(' ')
            .map(|n| (n.to_owned(), n.to_owned()))
            .collect();
        for node in path.into_iter().rev() {
            let step = node.step.as_deref()?;
            let expression = make(&mut made, step)?;
            made.push((step.rsplit_once('=')?.1.to_owned(), format!("({expression})")));
        }
        Some(made)
    }

    /// The return to a state that never existed after which this state was opened, when nothing came between.
    #[must_use]
    pub fn lost_before(&self, node: NodeId) -> Option<&Backtrack> {
        let (start, before) = (
            self.nodes.get(node)?.span.start,
            self.nodes.get(node.checked_sub(1)?)?,
        );
        let last = self
            .backtracks
            .partition_point(|back| back.span.start < start)
            .checked_sub(1)?;
        let back = self.backtracks.get(last)?;
        (back.to.is_none() && back.span.start > before.span.start).then_some(back)
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
            from_winning: self.returns(Return::FromWinningBranch),
            from_dead: self.returns(Return::FromDeadEnd),
            from_goal: self.returns(Return::FromGoal),
            claims: self.claims.len(),
            claims_true: self.claims.iter().filter(|claim| claim.holds).count(),
            arithmetic: all(ClaimKind::Arithmetic),
            arithmetic_true: held(ClaimKind::Arithmetic),
            unavailable: self.nodes.iter().filter(|n| n.available == Some(false)).count(),
            repeated: self.nodes.iter().filter(|n| n.again.is_some()).count(),
            breadth: self.breadth(),
            wasted: self.wasted(),
            wasted_text: None,
            coverage: None,
            grids: None,
            sound: self.is_sound(),
        }
    }

    fn returns(&self, kind: Return) -> usize {
        let backs = self.backtracks.iter();
        backs.filter(|back| self.judge_return(back) == kind).count()
    }

    /// Most children of one state.
    fn breadth(&self) -> usize {
        let mut children = vec![0_usize; self.nodes.len()];
        let parents = self.nodes.iter().filter_map(|node| node.parent);
        for parent in parents {
            if let Some(count) = children.get_mut(parent) {
                *count += 1;
            }
        }
        children.into_iter().max().unwrap_or_default()
    }

    /// See [`Summary::wasted`].
    fn wasted(&self) -> Option<f64> {
        let solved = self.solved()?;
        let opened = self.nodes.len().saturating_sub(1);
        (opened > 0).then(|| 1.0 - self.depth(solved.id) as f64 / opened as f64)
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

/// Takes the operands of `step` (`18-7=11`) out of `made`; the expression they make.
fn make(made: &mut Vec<(String, String)>, step: &str) -> Option<String> {
    let (left, _) = step.rsplit_once('=')?;
    // A fraction has a `/` of its own, a number below zero a sign: the operation is where both sides are there.
    left.char_indices().skip(1).find_map(|(at, sign)| {
        Op::from_symbol(sign)?;
        let (a, b) = (left.get(..at)?, left.get(at + sign.len_utf8()..)?);
        let first = made.iter().position(|(value, _)| value == a)?;
        let second = made
            .iter()
            .enumerate()
            .position(|(place, (value, _))| place != first && value == b)?;
        let expression = format!("{}{sign}{}", made[first].1, made[second].1);
        made.remove(first.max(second));
        made.remove(first.min(second));
        Some(expression)
    })
}

impl Node {
    /// What the move used or broke that it should not have, in a few words; none when nothing is known against it.
    #[must_use]
    pub fn broke(&self) -> Option<&str> {
        let known = self.clash.as_deref().unwrap_or("used a number it did not have");
        (self.available == Some(false)).then_some(known)
    }
}

/// Whether there is none.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Counts over one tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// Returns from a dead end.
    #[serde(default)]
    pub from_dead: usize,
    /// Returns from a branch in which the goal had been reached; left out where there is none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub from_goal: usize,
    /// Statements of any kind that could be judged.
    #[serde(default)]
    pub claims: usize,
    /// Those that are true.
    #[serde(default)]
    pub claims_true: usize,
    /// Calculations stated.
    pub arithmetic: usize,
    /// Calculations stated that are true.
    pub arithmetic_true: usize,
    /// Moves that used a number that was not there.
    pub unavailable: usize,
    /// Moves made before from the same state.
    pub repeated: usize,
    /// Most moves made from one state.
    pub breadth: usize,
    /// Of a trace whose moves reach the goal: the share of its states that are not on the way there.
    pub wasted: Option<f64>,
    /// See [`Tree::wasted_text`]; null unless asked for.
    #[serde(default)]
    pub wasted_text: Option<f64>,
    /// See [`Tree::coverage`]; null unless asked for.
    #[serde(default)]
    pub coverage: Option<f64>,
    /// See [`Tree::grids`]; left out unless asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grids: Option<Grids>,
    /// See [`Tree::is_sound`].
    pub sound: bool,
}
