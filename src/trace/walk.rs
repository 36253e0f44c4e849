//! Following a text through the states of a Countdown problem, one move at a time, while it is written.
//!
//! The readers find moves in text; the walk keeps the tree: which state is being worked on, which numbers were there,
//! which statements are true, and (up to four numbers, live) whether the goal could still be reached. It trusts the
//! text about *what was done* and never about *whether it is right*.

mod equation;
mod goals;
mod numbers;
mod returns;

use super::{
    Node, NodeId, Span, Status, Tree,
    tree::{BYTES_A_NODE, Claim, ClaimKind},
};
use crate::task::countdown::{Number, Problem, Rules, Solver, spaced};
pub use equation::Equation;
use foldhash::fast::RandomState;
use numbers::{Mark, bag, sorted};
pub use numbers::{are_all, contains, take};
use std::{collections::HashMap, hash::BuildHasher as _, ops::Range};

/// States with more numbers than this are not solved while tokens arrive.
pub const LIVE_NUMBERS: usize = 4;

/// How far up a state is looked for.
const MOST_ANCESTORS: usize = 16;

/// Moves of a way that are looked at, the last first.
pub const LONGEST_WAY: usize = MOST_ANCESTORS;

/// Numbers a state may hold, or as many as the problem has; hostile text cannot make the walk slow.
const MOST_NUMBERS: usize = 16;

/// What is behind a node.
#[derive(Clone, Debug)]
struct State {
    /// Where its numbers stand in [`Walk::numbers`].
    numbers: Range<usize>,
    goal: Option<Number>,
    /// The calculation that opened it.
    made: Option<Equation>,
    /// Whether every move up to here was true, used numbers that were there and left what the text says.
    sound: bool,
    /// Whether the goal is reached here or below.
    solved: bool,
}

/// A node that is to be made.
#[derive(Default)]
struct Opening<'a> {
    /// The state it is opened from; none for the root.
    parent: Option<NodeId>,
    numbers: &'a [Number],
    goal: Option<Number>,
    /// The move as shown in the tree, and the calculation that it is.
    step: Option<String>,
    made: Option<Equation>,
    span: Span,
    arithmetic: Option<bool>,
    available: Option<bool>,
    /// Whether the move leaves something else than the text says.
    slip: bool,
}

/// A tree being built.
#[derive(Debug)]
pub struct Walk {
    tree: Tree,
    states: Vec<State>,
    /// The numbers of all states, each in the order the text gives them.
    numbers: Vec<Number>,
    /// Of each state: which numbers it may hold.
    marks: Vec<Mark>,
    /// The latest node opened with some numbers, by their [`bag`].
    latest: HashMap<u64, NodeId, RandomState>,
    /// The first node opened from a state by a move (as written) into the same state, by a hash of the three.
    first: HashMap<u64, NodeId, RandomState>,
    /// The state being worked on.
    here: NodeId,
    /// The node the text is at: `here`, or the last check made in it.
    at: NodeId,
    /// Whether the text has left `here` for a state that never existed, and no move says yet where it went.
    lost: bool,
    solver: Solver,
}

impl Walk {
    /// A tree with its root; an unknown problem has no numbers and no goal.
    #[must_use]
    pub fn new(reader: &str, problem: Option<&Problem>) -> Self {
        let rules = problem.map_or(Rules::Rational, |p| p.rules);
        let mut walk = Walk {
            tree: Tree {
                reader: reader.to_owned(),
                ..Tree::default()
            },
            states: Vec::new(),
            numbers: Vec::new(),
            marks: Vec::new(),
            latest: HashMap::default(),
            first: HashMap::default(),
            here: 0,
            at: 0,
            lost: false,
            solver: Solver::new(rules),
        };
        let numbers = problem.map(Problem::values).unwrap_or_default();
        walk.open(Opening {
            numbers: &numbers,
            goal: problem.map(Problem::goal),
            ..Opening::default()
        });
        walk
    }

    /// So many bytes of text come: see [`Tree::expect`].
    pub fn expect(&mut self, bytes: usize) {
        self.tree.expect(bytes);
        let nodes = bytes / BYTES_A_NODE;
        // Where there is not so much memory they grow bit by bit.
        let _ = self.states.try_reserve(nodes);
        let _ = self.numbers.try_reserve(nodes);
        let _ = self.marks.try_reserve(nodes);
    }

    /// The tree so far.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The finished tree.
    #[must_use]
    pub fn into_tree(self) -> Tree {
        self.tree
    }

    /// The numbers of the state `node`.
    #[must_use]
    pub fn numbers_of(&self, node: NodeId) -> &[Number] {
        let at = self.states.get(node).map(|state| state.numbers.clone());
        at.and_then(|at| self.numbers.get(at)).unwrap_or_default()
    }

    /// The goal of the state `node`.
    #[must_use]
    pub fn goal_of(&self, node: NodeId) -> Option<Number> {
        self.states.get(node).and_then(|s| s.goal)
    }

    /// The goal of the state being worked on.
    #[must_use]
    pub fn goal(&self) -> Option<Number> {
        self.goal_of(self.here)
    }

    /// The nearest states that `node` was opened from, upwards.
    pub fn above(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let parent = |id: &NodeId| self.tree.nodes.get(*id).and_then(|node| node.parent);
        std::iter::successors(parent(&node), parent).take(MOST_ANCESTORS)
    }

    /// The state `node`, and those above it.
    pub fn up_from(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::once(node).chain(self.above(node))
    }

    /// The nearest states above the one being worked on that hold all of `numbers`.
    pub fn above_with<'a>(&'a self, numbers: &'a [Number]) -> impl Iterator<Item = NodeId> + 'a {
        let wanted = Mark::of(numbers);
        let may_hold = move |id: &NodeId| self.marks.get(*id).is_some_and(|mark| mark.may_hold(wanted));
        self.above(self.here)
            .filter(move |id| may_hold(id) && self.holds_all(*id, numbers))
    }

    /// The state being worked on.
    #[must_use]
    pub fn here(&self) -> NodeId {
        self.here
    }

    /// Whether the numbers of the problem are known.
    fn is_known(&self) -> bool {
        !self.numbers_of(0).is_empty()
    }

    /// Whether the state `node` holds all of `numbers`.
    #[must_use]
    pub fn holds_all(&self, node: NodeId, numbers: &[Number]) -> bool {
        contains(self.numbers_of(node), numbers)
    }

    /// The problem's goal.
    #[must_use]
    pub fn root_goal(&self) -> Option<Number> {
        self.states.first().and_then(|s| s.goal)
    }

    /// Whether `numbers` are exactly those of the problem.
    #[must_use]
    pub fn is_everything(&self, numbers: &[Number]) -> bool {
        !self.states.is_empty() && are_all(self.numbers_of(0), numbers)
    }

    /// Records a statement and whether it is true.
    pub fn claim(&mut self, kind: ClaimKind, span: Span, fault: Option<String>) {
        let claim = Claim::new(kind, span, self.at, fault);
        self.tree.claims.push(claim);
    }

    /// A forward move: opens the state it leads to and works on it. `left` is what the text says is left, with its
    /// place.
    pub fn forward(&mut self, equation: Equation, left: Option<(&[Number], Span)>, span: Span) {
        self.here = self.explore(equation, left, span);
    }

    /// Records a calculation that moves nothing, and whether it is right.
    pub fn recalculate(&mut self, equation: Equation) {
        self.claim_equation(equation, equation.holds());
    }

    /// Works on a state that was explored from the one being worked on.
    pub fn enter(&mut self, id: NodeId) {
        if id < self.states.len() {
            (self.here, self.at) = (id, id);
        }
    }

    /// Whether `id` was opened from the state being worked on.
    #[must_use]
    pub fn is_child(&self, id: NodeId) -> bool {
        self.tree
            .nodes
            .get(id)
            .is_some_and(|node| node.parent == Some(self.here))
    }

    /// As [`Walk::forward`], but stays where it was. Returns the new node.
    pub fn explore(&mut self, equation: Equation, left: Option<(&[Number], Span)>, span: Span) -> NodeId {
        let (id, fault) = self.calculate(equation, left.map(|(left, _)| left), span);
        if let Some((_, place)) = left {
            self.claim(ClaimKind::State, place, fault);
        }
        id
    }

    /// A check of the last numbers: opens a finished state and stays where it was. The verdict (is it the goal, and
    /// which goal the text says it is not) comes with its place.
    pub fn check(&mut self, equation: Equation, (not, place): (Option<Number>, Span), span: Span) {
        self.calculate(equation, None, span);
        let goal = self.goal();
        let equal = goal == Some(equation.result);
        let fault = match (not, goal) {
            (None, Some(goal)) if !equal => Some(format!("the goal is {goal}")),
            (Some(named), Some(goal)) if named != goal => Some(format!("the goal is {goal}, not {named}")),
            (Some(_), Some(_)) if equal => Some("it is the goal".to_owned()),
            _ => None,
        };
        self.claim(ClaimKind::Verdict, place, fault);
    }

    /// Opens the state that a calculation leads to; returns it, and what is wrong with what the text says is `left`.
    fn calculate(
        &mut self,
        equation: Equation,
        left: Option<&[Number]>,
        span: Span,
    ) -> (NodeId, Option<String>) {
        self.land(&[equation.a, equation.b]);
        let (rest, available) = self.rest_after(&[equation.a, equation.b]);
        let mut derived = vec![equation.result];
        derived.extend(rest);
        let slip = left.is_some_and(|left| sorted(left) != sorted(&derived));
        let arithmetic = equation.holds();
        let id = self.open(Opening {
            parent: Some(self.here),
            numbers: left.unwrap_or(&derived),
            goal: self.goal(),
            step: Some(equation.written()),
            made: Some(equation),
            span,
            arithmetic: Some(arithmetic),
            available,
            slip,
        });
        self.claim_equation(equation, arithmetic);
        (id, slip.then(|| format!("{} is left", spaced(&derived))))
    }

    /// A backward move: `goal = … known …`, so `need` is left to be made from the other numbers.
    pub fn need(&mut self, goal: Number, known: Number, need: Number, holds: bool, span: Span) {
        self.land(&[known]);
        let (rest, available) = self.rest_after(&[known]);
        let right_goal = self.goal().is_none_or(|here| here == goal);
        self.here = self.open(Opening {
            parent: Some(self.here),
            numbers: &rest,
            goal: Some(need),
            step: Some(format!("need {need}")),
            span,
            arithmetic: Some(holds),
            available,
            ..Opening::default()
        });
        let fault = match (holds, right_goal) {
            (false, _) => Some("the step back is wrong".to_owned()),
            (true, false) => Some("that is not the goal here".to_owned()),
            (true, true) => None,
        };
        self.claim(ClaimKind::Arithmetic, span, fault);
    }

    /// What is left of the current state without `used`, and whether all of `used` was there. `None` when the numbers
    /// of the problem are unknown.
    fn rest_after(&self, used: &[Number]) -> (Vec<Number>, Option<bool>) {
        let (mut rest, mut available) = (self.numbers_of(self.here).to_vec(), Some(true));
        for number in used {
            match rest.iter().position(|n| n == number) {
                Some(at) => drop(rest.remove(at)),
                None => available = self.is_known().then_some(false),
            }
        }
        (rest, available)
    }

    /// The first node that `step` opened from `parent`, or from the one that this is once more, into `state`; `id` is it
    /// when there is none yet.
    fn seen(&mut self, parent: NodeId, step: &str, state: &str, id: NodeId) -> Option<NodeId> {
        let nodes = &self.tree.nodes;
        let original = |id: NodeId| nodes.get(id).and_then(|node| node.again).unwrap_or(id);
        let parent = original(parent);
        let key = self.first.hasher().hash_one((parent, step, state));
        let first = *self.first.entry(key).or_insert(id);
        let node = nodes.get(first)?;
        let same = node.parent.map(original) == Some(parent)
            && node.step.as_deref() == Some(step)
            && node.state == state;
        same.then_some(first)
    }

    fn claim_equation(&mut self, equation: Equation, holds: bool) {
        let fault = (!holds).then(|| Claim::misses(equation.op.apply(equation.a, equation.b)));
        self.claim(ClaimKind::Arithmetic, equation.span, fault);
    }

    /// Makes a node; the text is at it.
    fn open(&mut self, new: Opening<'_>) -> NodeId {
        let Opening {
            parent,
            numbers,
            goal,
            ..
        } = new;
        let given = self
            .states
            .first()
            .map_or(numbers.len(), |root| root.numbers.len());
        let most = MOST_NUMBERS.max(given).min(numbers.len());
        let numbers = numbers.get(..most).unwrap_or_default();
        let id = self.tree.nodes.len();
        let sound = parent.and_then(|p| self.states.get(p)).is_none_or(|s| s.sound)
            && new.arithmetic != Some(false)
            && new.available != Some(false)
            && !new.slip;
        let known = if id == 0 {
            !numbers.is_empty()
        } else {
            self.is_known()
        };
        let reachable = match goal {
            Some(goal) if sound && known && numbers.len() <= LIVE_NUMBERS => {
                Some(self.solver.reachable(numbers, goal))
            }
            _ => None,
        };
        let finished = numbers.len() == 1 && known;
        let status = match (finished, goal) {
            _ if parent.is_none() => Status::Root,
            // Not through a false sum, nor with a number that was not there.
            (true, Some(goal)) if sound && numbers.first() == Some(&goal) => Status::Goal,
            (true, _) => Status::Leaf,
            _ => Status::Open,
        };
        let state = spaced(numbers);
        let again = parent
            .zip(new.step.as_deref())
            .and_then(|(parent, step)| self.seen(parent, step, &state, id));
        self.tree.nodes.push(Node {
            id,
            parent,
            state,
            goal: goal.map(|g| g.to_string()),
            step: new.step,
            span: new.span,
            visits: Vec::new(),
            again,
            status,
            arithmetic: new.arithmetic,
            available: new.available,
            clash: None,
            reachable,
        });
        if !finished {
            self.latest.insert(bag(numbers), id);
        }
        let from = self.numbers.len();
        self.numbers.extend_from_slice(numbers);
        self.marks.push(Mark::of(numbers));
        self.states.push(State {
            numbers: from..self.numbers.len(),
            goal,
            made: new.made,
            sound,
            solved: false,
        });
        self.at = id;
        if status == Status::Goal {
            self.solve(id);
        }
        if reachable == Some(true) {
            self.lead_on(id);
        }
        id
    }
}
