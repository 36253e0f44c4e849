//! Leaving a state for an earlier one, in any tree.

use crate::trace::{Backtrack, NodeId, Span, Status, Tree, tree::HIGHEST_CLIMB};

/// A return from `from` to `to`, said at `span`.
pub(super) fn back(tree: &mut Tree, from: NodeId, to: NodeId, span: Span) {
    tree.backtracks.push(Backtrack {
        from,
        to: Some(to),
        span,
    });
    leave(tree, from, to);
    if let Some(node) = tree.nodes.get_mut(to) {
        node.visits.push(span);
    }
}

/// Gives up the states on the way from `from` up to `to`, or up to what both have in common, and works on `to`.
pub(super) fn leave(tree: &mut Tree, from: NodeId, to: NodeId) {
    let parent = |tree: &Tree, id: NodeId| tree.nodes.get(id).and_then(|node| node.parent);
    // Parents stand before their children: the larger number is never above the other.
    let (mut left, mut kept) = (Some(from), Some(to));
    for _ in 0..HIGHEST_CLIMB {
        let Some(id) = left.filter(|_| left != kept) else {
            break;
        };
        if kept.is_some_and(|kept| kept > id) {
            kept = kept.and_then(|kept| parent(tree, kept));
            continue;
        }
        if let Some(node) = tree.nodes.get_mut(id)
            && node.status == Status::Open
        {
            node.status = Status::Dead;
        }
        left = parent(tree, id);
    }
    if let Some(node) = tree.nodes.get_mut(to)
        && node.status == Status::Dead
    {
        node.status = Status::Open;
    }
}

/// The node and those above it, up to the root as a rule.
pub(super) fn upwards(tree: &Tree, from: NodeId) -> impl Iterator<Item = NodeId> {
    let parent = |id: &NodeId| tree.nodes.get(*id).and_then(|node| node.parent);
    std::iter::successors(Some(from), parent).take(HIGHEST_CLIMB)
}
