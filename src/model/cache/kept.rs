//! The beginnings of closed sequences: a tree in which a node is one block and the tokens in it (a radix tree, as SGLang's:
//! Zheng et al. 2024).

use super::BLOCK;

/// Blocks by the tokens that lead to them.
#[derive(Default)]
pub(super) struct Kept {
    /// Node 0 is the root and has no block.
    nodes: Vec<Node>,
    free: Vec<usize>,
    clock: u64,
}

#[derive(Default)]
struct Node {
    block: Option<u32>,
    /// Up to sixteen; fewer only in leaves.
    tokens: Vec<u32>,
    parent: usize,
    children: Vec<usize>,
    used: u64,
}

impl Kept {
    /// The blocks that `tokens` begin with, and of the next one, if any, how many places fit.
    pub fn find(&mut self, tokens: &[u32]) -> (Vec<u32>, Option<(u32, usize)>) {
        self.clock += 1;
        let (mut at, mut blocks) = (0, Vec::new());
        loop {
            let rest = &tokens[blocks.len() * BLOCK..];
            let Some((child, shared)) = self.nearest(at, rest) else {
                return (blocks, None);
            };
            self.nodes[child].used = self.clock;
            let Some(block) = self.nodes[child].block else {
                return (blocks, None);
            };
            if shared < BLOCK {
                return (blocks, Some((block, shared)));
            }
            blocks.push(block);
            at = child;
        }
    }

    /// The child of `at` that shares most tokens with `rest`, at least one, and how many.
    fn nearest(&self, at: usize, rest: &[u32]) -> Option<(usize, usize)> {
        let shared = |child: usize| {
            let pairs = self.nodes[child].tokens.iter().zip(rest);
            pairs.take_while(|(a, b)| a == b).count()
        };
        let children = self.nodes.get(at)?.children.iter();
        let all = children.map(|&child| (child, shared(child)));
        all.filter(|(_, shared)| *shared > 0)
            .max_by_key(|(_, shared)| *shared)
    }

    /// Adds a sequence; returns the blocks that are held from now on.
    pub fn insert(&mut self, tokens: &[u32], blocks: &[u32]) -> Vec<u32> {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        self.clock += 1;
        let (mut at, mut taken) = (0, Vec::new());
        for (tokens, block) in tokens.chunks(BLOCK).zip(blocks) {
            let known = self
                .nearest(at, tokens)
                .filter(|(_, shared)| *shared == tokens.len());
            at = match known {
                Some((child, _)) => child,
                None => {
                    taken.push(*block);
                    self.add(at, tokens, *block)
                }
            };
            self.nodes[at].used = self.clock;
        }
        taken
    }

    fn add(&mut self, parent: usize, tokens: &[u32], block: u32) -> usize {
        let node = Node {
            block: Some(block),
            tokens: tokens.to_vec(),
            parent,
            children: Vec::new(),
            used: self.clock,
        };
        let place = match self.free.pop() {
            Some(place) => {
                self.nodes[place] = node;
                place
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() - 1
            }
        };
        self.nodes[parent].children.push(place);
        place
    }

    /// Forgets the leaf that was not used for longest among those that `may` go, and returns its block.
    pub fn forget_oldest(&mut self, may: impl Fn(u32) -> bool) -> Option<u32> {
        let leaves = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.children.is_empty());
        let free = leaves.filter_map(|(place, node)| Some((node.used, place, node.block?)));
        let (_, place, block) = free.filter(|(.., block)| may(*block)).min()?;
        let parent = self.nodes[place].parent;
        self.nodes[parent].children.retain(|child| *child != place);
        self.nodes[place] = Node::default();
        self.free.push(place);
        Some(block)
    }
}
