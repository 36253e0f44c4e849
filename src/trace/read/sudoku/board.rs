//! The tree of a Sudoku's states, and what the rules and the solver say of each.
//!
//! A state is a grid, kept as the node's own string: a way from the root fills every cell at most twice (a clue that is
//! written over), so looking up a way is cheap and memory grows with the moves.

use super::{
    super::returning::{self, upwards},
    grid::Mark,
    judge::twice,
    say::Kind,
};
use crate::{
    task::sudoku::{Board, Shape, Solutions, Unit, solve},
    trace::{ClaimKind, Node, NodeId, Span, Status, Tree, tree::Claim},
};
use foldhash::fast::{FixedState, RandomState};
use std::{collections::HashMap, hash::BuildHasher as _};

/// Cells that the solver may fill for one text; beyond that nothing is said of what can be reached.
const EFFORT: usize = 2_000_000;

/// Cells that it may fill for the problem.
const FIRST_EFFORT: usize = 500_000;

/// Cells that it may fill for one state.
const STATE_EFFORT: usize = 5_000;

/// Where a text is, and the tree of where it was.
#[derive(Debug)]
pub(super) struct Position {
    tree: Tree,
    /// The grids of the nodes below the root.
    boards: Vec<Board>,
    shape: Option<Shape>,
    given: Option<Board>,
    solutions: Solutions,
    effort: usize,
    here: NodeId,
    /// The latest node with a grid, by the grid's hash.
    latest: HashMap<u64, NodeId, RandomState>,
    /// The first node opened by a move into a grid, by a hash of both.
    first: HashMap<u64, NodeId, RandomState>,
}

impl Position {
    pub fn new(reader: &str, given: Option<Board>) -> Self {
        let root = Node {
            id: 0,
            parent: None,
            state: String::new(),
            goal: Some("solved".to_owned()),
            step: None,
            span: Span::default(),
            visits: Vec::new(),
            again: None,
            status: Status::Root,
            arithmetic: None,
            available: None,
            clash: None,
            reachable: None,
        };
        let mut position = Self {
            tree: Tree {
                reader: reader.to_owned(),
                nodes: vec![root],
                ..Tree::default()
            },
            boards: Vec::new(),
            shape: None,
            given: None,
            solutions: Solutions::Unknown,
            effort: EFFORT,
            here: 0,
            latest: HashMap::default(),
            first: HashMap::default(),
        };
        if let Some(given) = given {
            position.learn(given);
        }
        position
    }

    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    pub fn into_tree(self) -> Tree {
        self.tree
    }

    pub fn here(&self) -> NodeId {
        self.here
    }

    pub fn shape(&self) -> Option<Shape> {
        self.shape
    }

    /// Whether the problem is known.
    pub fn is_known(&self) -> bool {
        self.given.is_some()
    }

    /// The clue in a cell.
    pub fn given(&self, cell: usize) -> Option<u8> {
        self.given?.get(cell)
    }

    pub fn status(&self, id: NodeId) -> Option<Status> {
        self.tree.nodes.get(id).map(|node| node.status)
    }

    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.tree.nodes.get(id)?.parent
    }

    /// Takes a grid for the problem, when none is known and nothing has been put anywhere; whether it did.
    pub fn learn(&mut self, board: Board) -> bool {
        let known = self.given.is_some() || self.tree.nodes.len() > 1;
        if known || board.is_full() {
            // A finished grid is no problem, but it shows how large the grid is.
            self.shape.get_or_insert(board.shape());
            return false;
        }
        self.shape = Some(board.shape());
        self.given = Some(board);
        self.solutions = solve(&board, &mut FIRST_EFFORT.clone());
        if let Some(root) = self.tree.nodes.first_mut() {
            root.state = board.to_string();
            root.reachable = match self.solutions {
                Solutions::None => Some(false),
                Solutions::Unique(_) | Solutions::Many(_) => Some(true),
                Solutions::Unknown => None,
            };
        }
        self.latest.insert(hash(&board, None), 0);
        true
    }

    /// The grid of a state.
    pub fn board(&self, id: NodeId) -> Board {
        let known = match id.checked_sub(1) {
            Some(below) => self.boards.get(below).copied(),
            None => self.given,
        };
        known.unwrap_or_else(|| Board::empty(self.shape.unwrap_or(Shape::Nine)))
    }

    /// The latest state with exactly this grid.
    pub fn find(&self, board: &Board) -> Option<NodeId> {
        let id = *self.latest.get(&hash(board, None))?;
        (self.board(id) == *board).then_some(id)
    }

    /// Whether a state has nothing else in the cells of `marks`. A clue may be written over.
    pub fn agrees(&self, id: NodeId, marks: &[Mark]) -> bool {
        let board = self.board(id);
        marks.iter().all(|mark| match board.get(mark.cell) {
            Some(value) if value != mark.value => self.given(mark.cell) == Some(value),
            _ => true,
        })
    }

    /// The state that `marks` lead to from `id`, when the text has been there and it is finished.
    pub fn complete(&self, id: NodeId, marks: &[Mark]) -> Option<NodeId> {
        let mut board = self.board(id);
        marks
            .iter()
            .for_each(|mark| board.set(mark.cell, Some(mark.value)));
        self.find(&board).filter(|_| board.is_full())
    }

    /// The state below `above` on the way down to `id`.
    pub fn child_towards(&self, above: NodeId, id: NodeId) -> Option<NodeId> {
        upwards(&self.tree, id).find(|id| self.parent(*id) == Some(above))
    }

    /// Whether the state was opened by this move.
    pub fn is_move(&self, id: NodeId, mark: &Mark) -> bool {
        let step = self.tree.nodes.get(id).and_then(|node| node.step.as_deref());
        step == Some(self.step(mark).as_str())
    }

    fn step(&self, mark: &Mark) -> String {
        let shape = self.shape.unwrap_or(Shape::Nine);
        format!("{}={}", shape.name(mark.cell), mark.value)
    }

    /// Puts a value into a cell of the state being worked on and works on what it leads to. A cell that has it already
    /// changes nothing.
    pub fn put(&mut self, mark: Mark) {
        let mut board = self.board(self.here);
        if board.get(mark.cell) == Some(mark.value) {
            return;
        }
        let legal = board.get(mark.cell).is_none() && board.fits(mark.cell, mark.value);
        let clash = (!legal).then(|| clash(board, &mark));
        board.set(mark.cell, Some(mark.value));
        let full = board.is_full();
        let right = full && self.given.is_none_or(|given| board.keeps(&given)) && board.is_valid();
        let id = self.tree.nodes.len();
        let key = hash(&board, Some(mark.cell));
        let state = board.to_string();
        let step = self.step(&mark);
        let first = *self.first.entry(key).or_insert(id);
        let again = self.tree.nodes.get(first).filter(|node| node.state == state);
        let again = again
            .filter(|node| node.step.as_deref() == Some(step.as_str()))
            .map(|node| node.id);
        let node = Node {
            id,
            parent: Some(self.here),
            state,
            goal: self.tree.nodes.first().and_then(|root| root.goal.clone()),
            step: Some(step),
            span: mark.span,
            visits: Vec::new(),
            again,
            status: match (right, full) {
                (true, _) => Status::Goal,
                (_, true) => Status::Leaf,
                _ => Status::Open,
            },
            arithmetic: None,
            // Without the problem only what breaks the rules is certain.
            available: if legal {
                self.given.map(|_| true)
            } else {
                Some(false)
            },
            clash,
            reachable: self.reachable(&board, again),
        };
        self.tree.nodes.push(node);
        self.boards.push(board);
        self.latest.insert(hash(&board, None), id);
        self.here = id;
    }

    /// The solver's word on a grid.
    fn reachable(&mut self, board: &Board, again: Option<NodeId>) -> Option<bool> {
        let given = self.given?;
        if let Some(node) = again.and_then(|id| self.tree.nodes.get(id)) {
            return node.reachable;
        }
        match &self.solutions {
            Solutions::None => Some(false),
            Solutions::Unique(solution) => Some(solution.keeps(board)),
            Solutions::Unknown => None,
            Solutions::Many(_) if !board.keeps(&given) => Some(false),
            Solutions::Many(solution) if solution.keeps(board) => Some(true),
            Solutions::Many(_) => {
                let most = self.effort.min(STATE_EFFORT);
                let mut left = most;
                let solutions = solve(board, &mut left);
                self.effort -= most - left;
                match solutions {
                    Solutions::None => Some(false),
                    Solutions::Unique(_) | Solutions::Many(_) => Some(true),
                    Solutions::Unknown => None,
                }
            }
        }
    }

    /// Returns to an earlier state.
    pub fn back(&mut self, to: NodeId, span: Span) {
        if to != self.here {
            returning::back(&mut self.tree, self.here, to, span);
            self.here = to;
        }
    }

    /// Works on an earlier state without a word.
    pub fn go(&mut self, to: NodeId) {
        self.here = to;
    }

    /// Records a statement and whether it is true.
    pub fn claim(&mut self, kind: ClaimKind, span: Span, fault: Option<String>) {
        let claim = Claim::new(kind, span, self.here, fault);
        self.tree.claims.push(claim);
    }

    /// What is wrong with a finished grid, in a few words.
    pub fn wrong_with(&self, board: &Board) -> String {
        if self.given.is_some_and(|given| !board.keeps(&given)) {
            return "a clue was written over".to_owned();
        }
        twice(board, &[Kind::Rows, Kind::Columns, Kind::Boxes])
            .unwrap_or_else(|| "it is not the solution".to_owned())
    }
}

/// Why a value may not stand in its cell, in a few words.
fn clash(mut board: Board, mark: &Mark) -> String {
    let shape = board.shape();
    if let Some(there) = board.get(mark.cell) {
        let (value, cell) = (mark.value, shape.name(mark.cell));
        return format!("has {value} in {cell}, where {there} is given");
    }
    board.set(mark.cell, Some(mark.value));
    let [row, column, block] = shape.place(mark.cell);
    board
        .twice([Unit::Row(row), Unit::Column(column), Unit::Box(block)])
        .unwrap_or_else(|| "does not fit".to_owned())
}

fn hash(board: &Board, cell: Option<usize>) -> u64 {
    FixedState::default().hash_one((board, cell))
}
