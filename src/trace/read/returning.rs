//! Leaving a state for an earlier one, in any tree.

use crate::trace::{Backtrack, NodeId, Span, Tree, tree::HIGHEST_CLIMB};

/// A return from `from` to `to`, said at `span`.
pub(super) fn back(tree: &mut Tree, from: NodeId, to: NodeId, span: Span) {
    tree.backtracks.push(Backtrack {
        from,
        to: Some(to),
        span,
    });
    tree.leave(from, to);
    if let Some(node) = tree.nodes.get_mut(to) {
        node.visits.push(span);
    }
}

/// The node and those above it, up to the root as a rule.
pub(super) fn upwards(tree: &Tree, from: NodeId) -> impl Iterator<Item = NodeId> {
    let parent = |id: &NodeId| tree.nodes.get(*id).and_then(|node| node.parent);
    std::iter::successors(Some(from), parent).take(HIGHEST_CLIMB)
}
