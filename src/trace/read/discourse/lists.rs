//! The lists that are open.

use super::layout::{Layout, Mark};
use crate::trace::NodeId;

/// Lists inside lists at most.
const MOST: usize = 16;

/// The lists that are open, the innermost last.
#[derive(Debug, Default)]
pub(super) struct Lists(Vec<List>);

#[derive(Debug)]
struct List {
    indent: usize,
    mark: Mark,
    /// The step that announced it.
    intro: NodeId,
    /// Whether there is one item so far…
    first: bool,
    /// …that announces what follows.
    title: bool,
    /// Whether its items are titles: what follows each stands under it.
    titled: bool,
}

impl Lists {
    /// An item follows: the step that announced its list. None when it begins one.
    pub fn enter(&mut self, layout: &Layout) -> Option<NodeId> {
        let level = (layout.indent, layout.mark.unwrap_or_default());
        let mut closed = None;
        while let Some(list) = self.0.pop_if(|list| (list.indent, list.mark) > level) {
            closed = Some(list.intro);
        }
        let full = self.0.len() >= MOST;
        match self.0.last_mut() {
            Some(list) if full || (list.indent, list.mark) == level => {
                list.first = false;
                Some(list.intro)
            }
            _ => closed,
        }
    }

    /// Whether the item that follows is in the innermost list, not in one of its own.
    pub fn has(&self, layout: &Layout) -> bool {
        let level = (layout.indent, layout.mark.unwrap_or_default());
        let is_level = |list: &List| (list.indent, list.mark) == level;
        self.0.len() >= MOST || self.0.last().is_some_and(is_level)
    }

    /// A list begins that `intro` announces.
    pub fn begin(&mut self, layout: &Layout, intro: NodeId) {
        self.0.push(List {
            indent: layout.indent,
            mark: layout.mark.unwrap_or_default(),
            intro,
            first: true,
            title: layout.title,
            titled: false,
        });
    }

    /// What is no item follows, and closes lists: the step that announced the outermost of them. What follows the first item
    /// of numbered ones, and stands as far in as this, tells that they are titles.
    pub fn close(&mut self, layout: &Layout) -> Option<NodeId> {
        let first = |list: &&mut List| list.first && list.indent == layout.indent;
        if let Some(list) = self.0.last_mut().filter(first) {
            list.titled |= match list.mark {
                Mark::Step => true,
                Mark::Number => list.title || !layout.paragraph,
                Mark::Dash => false,
            };
        }
        let inside =
            |list: &&List| list.indent < layout.indent || list.indent == layout.indent && list.titled;
        let kept = self.0.iter().take_while(inside).count();
        let intro = self.0.get(kept)?.intro;
        self.0.truncate(kept);
        Some(intro)
    }

    /// Lists that began below a step are over.
    pub fn forget_below(&mut self, to: NodeId) {
        while self.0.pop_if(|list| list.intro > to).is_some() {}
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}
