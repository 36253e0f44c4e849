//! The tree as a list of lines: which nodes are visible, in what order, how deep, and on which level: a node that only
//! goes on with the thought it hangs from stands under all of it, and not a level deeper.
//!
//! Everything is kept by node id in flat lists that grow with the tree. A node that comes last in the outline, as nearly
//! all do while a text streams in, is appended; anything else marks the list for one rebuild before the next look.

use crate::trace::{Node, NodeId, Tree};

const NONE: usize = usize::MAX;

/// Shape and folds of one tree.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// Facts by node id.
    nodes: Vec<Place>,
    /// Nodes in the order of their lines.
    visible: Vec<NodeId>,
    /// Whether `visible` must be made anew.
    stale: bool,
    /// Whether levels must be: a node goes on until it gets a sibling.
    shifted: bool,
    /// The depth of the deepest node.
    deepest: usize,
    /// The highest level.
    levels: usize,
}

#[derive(Clone, Debug)]
struct Place {
    parent: usize,
    first_child: usize,
    last_child: usize,
    next: usize,
    depth: usize,
    /// Whether its step goes on with a thought.
    thinks_on: bool,
    /// The levels above it, and the last node of its way that began one.
    level: usize,
    turn: usize,
    closed: bool,
    /// Its line, or `NONE` when it is folded away.
    line: usize,
    /// Nodes below it, when the list was last made.
    below: usize,
}

impl Outline {
    /// Takes over the nodes that were added to `tree` since the last call. A tree that shrank is another tree.
    pub fn sync(&mut self, tree: &Tree) {
        if tree.nodes.len() < self.nodes.len() {
            *self = Self::default();
        }
        let known = self.nodes.len();
        for node in tree.nodes.iter().skip(known) {
            self.push(node);
        }
    }

    fn push(&mut self, node: &Node) {
        let id = self.nodes.len();
        // A parent that does not come before its child would be a circle; such a node hangs from the root.
        let parent = match node.parent {
            Some(parent) if parent < id => parent,
            _ if id > 0 => 0,
            _ => NONE,
        };
        let depth = self.nodes.get(parent).map_or(0, |place| place.depth + 1);
        self.deepest = self.deepest.max(depth);
        self.nodes.push(Place {
            parent,
            first_child: NONE,
            last_child: NONE,
            next: NONE,
            depth,
            thinks_on: parent != NONE && parent > 0 && matches!(node.step.as_deref(), Some("then" | "but")),
            level: 0,
            turn: id,
            closed: false,
            line: NONE,
            below: 0,
        });
        if let Some(place) = self.nodes.get_mut(parent) {
            let before = std::mem::replace(&mut place.last_child, id);
            if before == NONE {
                place.first_child = id;
            } else if let Some(sibling) = self.nodes.get_mut(before) {
                sibling.next = id;
                self.shifted |= sibling.thinks_on;
            }
        }
        self.find_level(id);
        if !self.stale && self.comes_last(parent) {
            self.nodes[id].line = self.visible.len();
            self.visible.push(id);
        } else {
            self.stale = true;
        }
    }

    /// Finds the level of a node whose parent's is known.
    fn find_level(&mut self, id: usize) {
        let above = self.nodes.get(id).and_then(|place| self.nodes.get(place.parent));
        let (level, turn) = match above {
            None => (0, id),
            Some(above) if self.goes_on(id) => (above.level, above.turn),
            Some(above) => (above.level + 1, id),
        };
        self.levels = self.levels.max(level);
        if let Some(place) = self.nodes.get_mut(id) {
            (place.level, place.turn) = (level, turn);
        }
    }

    /// Whether a new child of `parent` is the last line: the last line belongs to that parent, and nothing is folded.
    fn comes_last(&self, parent: usize) -> bool {
        let Some(above) = self.nodes.get(parent) else {
            return self.visible.is_empty();
        };
        let mut at = self.visible.last().copied().unwrap_or(NONE);
        while let Some(place) = self.nodes.get(at)
            && place.depth > above.depth
            && !place.closed
        {
            at = place.parent;
        }
        at == parent && !above.closed
    }

    /// Makes the list of lines if it is stale. Call before looking.
    pub fn settle(&mut self) {
        if std::mem::take(&mut self.shifted) {
            self.levels = 0;
            (0..self.nodes.len()).for_each(|id| self.find_level(id));
        }
        if !std::mem::take(&mut self.stale) {
            return;
        }
        self.visible.clear();
        for place in &mut self.nodes {
            place.line = NONE;
            place.below = 0;
        }
        for id in (1..self.nodes.len()).rev() {
            let (below, parent) = (self.nodes[id].below + 1, self.nodes[id].parent);
            if let Some(place) = self.nodes.get_mut(parent) {
                place.below += below;
            }
        }
        let mut at = if self.nodes.is_empty() { NONE } else { 0 };
        while let Some(place) = self.nodes.get_mut(at) {
            place.line = self.visible.len();
            self.visible.push(at);
            at = if place.first_child != NONE && !place.closed {
                place.first_child
            } else {
                self.after(at)
            };
        }
    }

    /// The next node in order that is not below `id`.
    fn after(&self, id: usize) -> usize {
        let mut at = id;
        while let Some(place) = self.nodes.get(at) {
            if place.next != NONE {
                return place.next;
            }
            at = place.parent;
        }
        NONE
    }

    /// The visible nodes, in order.
    #[must_use]
    pub fn lines(&self) -> &[NodeId] {
        &self.visible
    }

    /// The line of a node, or of the fold it is hidden in.
    #[must_use]
    pub fn line(&self, node: NodeId) -> usize {
        let mut at = node;
        while let Some(place) = self.nodes.get(at) {
            if place.line != NONE {
                return place.line;
            }
            at = place.parent;
        }
        0
    }

    /// Moves between the root and the node.
    #[must_use]
    pub fn depth(&self, node: NodeId) -> usize {
        self.nodes.get(node).map_or(0, |place| place.depth)
    }

    /// The depth of the deepest node.
    #[must_use]
    pub fn deepest(&self) -> usize {
        self.deepest
    }

    /// The levels that are drawn below the root.
    #[must_use]
    pub fn levels(&self) -> usize {
        self.levels
    }

    /// The node's parent.
    #[must_use]
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.linked(node, |place| place.parent)
    }

    /// The node's first child.
    #[must_use]
    pub fn first_child(&self, node: NodeId) -> Option<NodeId> {
        self.linked(node, |place| place.first_child)
    }

    /// The node's last child so far.
    #[must_use]
    pub fn last_child(&self, node: NodeId) -> Option<NodeId> {
        self.linked(node, |place| place.last_child)
    }

    /// The next child of the same parent.
    #[must_use]
    pub fn next(&self, node: NodeId) -> Option<NodeId> {
        self.linked(node, |place| place.next)
    }

    /// Whether a node only goes on with the thought it hangs from.
    #[must_use]
    pub fn goes_on(&self, node: NodeId) -> bool {
        let place = self.nodes.get(node);
        place.is_some_and(|place| place.thinks_on && place.next == NONE)
    }

    /// The levels above a node.
    #[must_use]
    pub fn level(&self, node: NodeId) -> usize {
        self.nodes.get(node).map_or(0, |place| place.level)
    }

    /// The node that began the level it is on.
    #[must_use]
    pub fn turn(&self, node: NodeId) -> NodeId {
        self.nodes.get(node).map_or(node, |place| place.turn)
    }

    fn linked(&self, node: NodeId, to: impl Fn(&Place) -> usize) -> Option<NodeId> {
        self.nodes.get(node).map(to).filter(|id| *id != NONE)
    }

    /// How many nodes are folded away in it, when it is folded.
    #[must_use]
    pub fn folded(&self, node: NodeId) -> Option<usize> {
        self.nodes
            .get(node)
            .filter(|place| place.closed && place.first_child != NONE)
            .map(|place| place.below)
    }

    /// Folds or unfolds one node. Leaves have nothing to fold.
    pub fn fold(&mut self, node: NodeId, closed: bool) {
        if let Some(place) = self.nodes.get_mut(node).filter(|place| place.first_child != NONE) {
            self.stale |= place.closed != closed;
            place.closed = closed;
        }
    }

    /// Folds or unfolds every node; the root stays open.
    pub fn fold_all(&mut self, closed: bool) {
        for place in self.nodes.iter_mut().skip(1) {
            place.closed = closed && place.first_child != NONE;
        }
        self.stale = true;
    }

    /// Forgets what can be computed again.
    pub fn forget(&mut self) {
        self.stale = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Span, Status};
    use proptest::prelude::*;

    /// Every other step goes on.
    fn tree(parents: &[usize]) -> Tree {
        let node = |id: usize, parent| Node {
            id,
            parent,
            state: String::new(),
            goal: None,
            step: id.is_multiple_of(2).then(|| "then".to_owned()),
            span: Span::new(id, id + 1),
            visits: Vec::new(),
            again: None,
            status: Status::Open,
            arithmetic: None,
            available: None,
            clash: None,
            reachable: None,
        };
        let mut nodes = vec![node(0, None)];
        for (i, parent) in parents.iter().enumerate() {
            nodes.push(node(i + 1, Some(parent % (i + 1))));
        }
        Tree {
            nodes,
            ..Tree::default()
        }
    }

    #[test]
    fn a_thought_that_only_goes_on_is_deeper_but_on_no_level_of_its_own() {
        let mut outline = Outline::default();
        outline.sync(&tree(&[0, 1]));
        outline.settle();
        assert_eq!((outline.deepest(), outline.levels()), (2, 1));
    }

    #[test]
    fn folding_hides_what_is_below_and_says_how_much() {
        let mut outline = Outline::default();
        outline.sync(&tree(&[0, 1, 1, 0]));
        outline.settle();
        assert_eq!((outline.deepest(), outline.levels()), (2, 2));
        assert_eq!(outline.lines(), [0, 1, 2, 3, 4]);
        outline.fold(1, true);
        outline.settle();
        assert_eq!(outline.lines(), [0, 1, 4]);
        assert_eq!((outline.folded(1), outline.line(3)), (Some(2), 1));
        outline.fold_all(false);
        outline.settle();
        assert_eq!(outline.lines().len(), 5);
    }

    proptest! {
        #[test]
        fn growing_node_by_node_equals_building_at_once(parents in prop::collection::vec(0usize..50, 0..50), shut in 0usize..9) {
            let whole = tree(&parents);
            let mut grown = Outline::default();
            for count in 1..=whole.nodes.len() {
                grown.sync(&Tree { nodes: whole.nodes[..count].to_vec(), ..Tree::default() });
                if count == 10 {
                    grown.fold(shut, true);
                }
            }
            let was_closed = grown.nodes.get(shut).is_some_and(|place| place.closed);
            grown.settle();
            let mut fresh = Outline::default();
            fresh.sync(&whole);
            if was_closed {
                fresh.fold(shut, true);
            }
            fresh.forget();
            fresh.settle();
            prop_assert_eq!(grown.lines(), fresh.lines());
            // What says that it goes on does so, unless it hangs from the problem or another step comes after it there.
            let goes_on = |id: usize| {
                let node = &whole.nodes[id];
                let last = whole.nodes.iter().rposition(|other| other.parent == node.parent);
                node.step.is_some() && !matches!(node.parent, None | Some(0)) && last == Some(id)
            };
            for node in 0..whole.nodes.len() {
                let way = std::iter::successors(Some(node), |at| whole.nodes[*at].parent);
                let begun: Vec<_> = way.filter(|at| *at > 0 && !goes_on(*at)).collect();
                prop_assert_eq!(grown.goes_on(node), goes_on(node));
                prop_assert_eq!(grown.level(node), begun.len());
                prop_assert_eq!(grown.turn(node), begun.first().copied().unwrap_or(0));
            }
            for (line, node) in fresh.lines().iter().enumerate() {
                prop_assert_eq!(grown.line(*node), line);
            }
        }
    }
}
