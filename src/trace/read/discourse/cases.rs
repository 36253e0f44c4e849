//! What follows from all of several cases stands beside them, not under the last.

use super::{Attempt, Discourse, cues::Turn, verdict::has_value};
use crate::{
    base::phrases::Beginnings,
    trace::{Node, NodeId},
};
use std::sync::LazyLock;

/// Steps before a case among which the one before it is looked for.
const NEAR: usize = 64;

/// Words with which all cases are put together, the first of them with no doubt.
static TOGETHER: LazyLock<Beginnings> = LazyLock::new(|| Beginnings::new(&[&ALL[..], &CONCLUDING].concat()));

const ALL: [&str; 20] = [
    "combining both",
    "combining the",
    "combining all",
    "combining these",
    "putting both",
    "putting these",
    "putting the cases",
    "putting it all",
    "in both cases",
    "in all cases",
    "in either case",
    "in all three cases",
    "both cases",
    "all cases",
    "all three cases",
    "from both cases",
    "from all cases",
    "since both cases",
    "since all cases",
    "overall",
];

const CONCLUDING: [&str; 12] = [
    "therefore",
    "thus",
    "hence",
    "so ",
    "so, ",
    "in conclusion",
    "in summary",
    "in total",
    "altogether",
    "the answer",
    "final answer",
    "answer:",
];

impl Discourse {
    /// Whether a sentence only judges the value of which nothing else has been said: `x = 2: 4 = 5? No.`
    pub(super) fn judges(&self, shape: &str) -> bool {
        let given = || self.givens.last().is_some_and(|(start, _)| *start == self.here);
        let valued = |attempt: &Attempt| attempt.subject.as_deref().is_some_and(has_value);
        let tried = || {
            self.attempts
                .last()
                .is_some_and(|attempt| attempt.start == self.here && valued(attempt))
        };
        matches!(shape, "no." | "no!") && (given() || tried())
    }

    /// The last of several cases, when the paragraph with this shape that begins here follows from all of them.
    pub(super) fn concluded_from(&self, shape: &str) -> Option<NodeId> {
        let here = self.here;
        let node = |id: NodeId| self.tree.nodes.get(id);
        // A heading or a case, or the one step in it.
        let last = if is_case(node(here)?) {
            here
        } else {
            self.above(here)
        };
        let last = node(last).filter(|node| is_case(node))?.id;
        let (which, _) = TOGETHER.find(shape)?;
        let parent = node(last)?.parent;
        let mut earlier = (last.saturating_sub(NEAR)..last).rev();
        let before =
            earlier.find(|id| node(*id).is_some_and(|node| node.parent == parent && is_case(node)))?;
        // What concludes one of them goes on in it as the one before went on.
        let alike = here - last == last - before - 1;
        (which < ALL.len() || alike).then_some(last)
    }
}

fn is_case(node: &Node) -> bool {
    let titled = || {
        let head = node.state.get(..5);
        node.step.as_deref() == Some(Turn::Part.name())
            && head.is_some_and(|head| head.eq_ignore_ascii_case("case "))
    };
    node.step.as_deref() == Some(Turn::Case.name()) || titled()
}
