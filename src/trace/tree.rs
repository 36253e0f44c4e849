//! The tree of states a trace went through: an append-only arena that grows while tokens arrive.
//!
//! A node is a *state* (what is left, and the goal it is left for), opened by a forward move. A return re-enters an
//! existing node. The same move made again opens a new node whose `again` names the first one. Nodes are never
//! removed and keep their ids, so views may hold on to them; the last one may become another move in its place, when the
//! text says what it meant.

mod leaving;

use super::Span;
use crate::task::countdown::{Number, Op};
use serde::{Deserialize, Serialize};

/// Index of a node in its tree.
pub type NodeId = usize;

/// What became of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The problem itself.
    Root,
    /// Being worked on, or left without a word.
    Open,
    /// The goal is reached here.
    Goal,
    /// Nothing is left to do here and it is not the goal.
    Leaf,
    /// Had moves left and was left by a return.
    Dead,
}

/// One state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its index in [`Tree::nodes`].
    pub id: NodeId,
    /// The state it was opened from; none for the root.
    pub parent: Option<NodeId>,
    /// What is left, as the text would write it: `18 7 4`.
    pub state: String,
    /// What it is to become: `15`; a backward step changes it.
    pub goal: Option<String>,
    /// The move that opened it, as shown in the tree: `18+7=25`, `need 11`.
    #[serde(rename = "move")]
    pub step: Option<String>,
    /// The bytes that made it.
    pub span: Span,
    /// The returns that re-entered it.
    pub visits: Vec<Span>,
    /// The first node opened by the same move from the same state.
    pub again: Option<NodeId>,
    /// What became of it.
    pub status: Status,
    /// Whether the arithmetic of the move is true.
    pub arithmetic: Option<bool>,
    /// Whether the numbers the move used were there; of a grid, whether the rules let the value stand in its cell.
    pub available: Option<bool>,
    /// Which rule the move broke, where the reader can say: `3 stands twice in row 4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clash: Option<String>,
    /// The solver's word: could the goal still be reached from here? Null until known.
    pub reachable: Option<bool>,
}

/// A return: the text leaves a state for an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backtrack {
    /// The state that was left.
    pub from: NodeId,
    /// The state returned to; none when the text names one that never existed.
    pub to: Option<NodeId>,
    /// The bytes that say so.
    pub span: Span,
}

/// What a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClaimKind {
    /// A calculation: `18+7=25`, `15=?+4 so need 11`.
    Arithmetic,
    /// What is left after a move: `left 25 4`.
    State,
    /// A comparison with the goal: `not 15`, `yes`.
    Verdict,
}

/// A statement the text makes that can be judged exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What it is about.
    pub kind: ClaimKind,
    /// The bytes that state it.
    pub span: Span,
    /// The state it was made in.
    pub node: NodeId,
    /// Whether it is true.
    pub holds: bool,
    /// When it is not: what is wrong, in a few words. Empty otherwise.
    pub fault: String,
}

impl Claim {
    /// A statement made in the state `node`; it is true where it has no fault.
    pub(super) fn new(kind: ClaimKind, span: Span, node: NodeId, fault: Option<String>) -> Self {
        Self {
            kind,
            span,
            node,
            holds: fault.is_none(),
            fault: fault.unwrap_or_default(),
        }
    }

    /// What is wrong with a calculation that has this value and is said to have another.
    pub(super) fn misses(value: Option<Number>) -> String {
        value.map_or_else(|| "it has no value".to_owned(), |value| format!("it is {value}"))
    }
}

/// States that are climbed over at a time, by a return or a look at one. No real trace nests so deep; hostile text stays
/// cheap.
pub(super) const HIGHEST_CLIMB: usize = 1000;

/// Bytes of text that open a node, hardly ever fewer.
pub(super) const BYTES_A_NODE: usize = 40;

/// Everything the readers found out about a trace's shape.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// Which reader built it, with its version: `lines/1`.
    pub reader: String,
    /// The states, parents before children; the first is the root.
    pub nodes: Vec<Node>,
    /// The returns, in text order.
    pub backtracks: Vec<Backtrack>,
    /// The statements that could be judged, sentence by sentence; what is said of a sentence comes behind what stands in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
}

impl Node {
    /// The numbers of a Countdown state; none of another state, or where none is left.
    #[must_use]
    pub fn numbers(&self) -> Option<Vec<Number>> {
        self.state.split(' ').map(|number| number.parse().ok()).collect()
    }

    /// The calculation that opened it. A fraction has a `/` of its own, a number below zero a sign: the operation is where both
    /// sides are numbers.
    #[must_use]
    pub fn calculation(&self) -> Option<(Number, Op, Number)> {
        let (left, _) = self.step.as_deref()?.rsplit_once('=')?;
        left.char_indices().skip(1).find_map(|(at, sign)| {
            let op = Op::from_symbol(sign)?;
            let (a, b) = (left.get(..at)?, left.get(at + sign.len_utf8()..)?);
            Some((a.parse().ok()?, op, b.parse().ok()?))
        })
    }
}

impl Tree {
    /// So many bytes of text come: the tree of a long one is not copied again and again while it grows. Memory that is
    /// not needed after all is never touched.
    pub(super) fn expect(&mut self, bytes: usize) {
        let nodes = bytes / BYTES_A_NODE;
        // Where there is not so much memory they grow bit by bit.
        let _ = self.nodes.try_reserve(nodes);
        let _ = self.claims.try_reserve(nodes);
    }

    /// The problem's goal, when it is a number and known.
    #[must_use]
    pub fn goal(&self) -> Option<Number> {
        self.nodes.first()?.goal.as_deref()?.parse().ok()
    }

    /// The problem's numbers, as far as they are known.
    pub fn given(&self) -> impl Iterator<Item = Number> {
        let root = self.nodes.first().map_or("", |node| node.state.as_str());
        root.split(' ').filter_map(|number| number.parse().ok())
    }

    /// The node that the byte at `offset` belongs to: the last one whose making, or a return to it, began at or
    /// before `offset`. The root when there is none; `None` for an empty tree.
    #[must_use]
    pub fn node_at(&self, offset: usize) -> Option<NodeId> {
        let opened = self
            .nodes
            .partition_point(|node| node.span.start <= offset)
            .checked_sub(1)?;
        let returned = self
            .backtracks
            .partition_point(|back| back.span.start <= offset)
            .checked_sub(1);
        match returned.and_then(|i| self.backtracks.get(i)) {
            Some(back)
                if self
                    .nodes
                    .get(opened)
                    .is_none_or(|node| back.span.start > node.span.start) =>
            {
                back.to.or(Some(opened))
            }
            _ => Some(opened),
        }
    }

    /// Moves between the root and the node.
    #[must_use]
    pub fn depth(&self, node: NodeId) -> usize {
        let parent = |id: &NodeId| self.nodes.get(*id).and_then(|node| node.parent);
        std::iter::successors(parent(&node), parent).count()
    }

    /// Every node's [`depth`](Self::depth), at the price of one.
    #[must_use]
    pub fn depths(&self) -> Vec<usize> {
        let mut depths: Vec<usize> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            depths.push(node.parent.and_then(|p| depths.get(p)).map_or(0, |d| d + 1));
        }
        depths
    }

    /// The deepest node's.
    #[must_use]
    pub fn max_depth(&self) -> usize {
        self.depths().into_iter().max().unwrap_or(0)
    }
}
