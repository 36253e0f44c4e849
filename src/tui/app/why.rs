//! What was found at the cursor, and how it is known: the answer to "why?".

use super::{Live, verdict};
use crate::{
    base::sanitize,
    behavior::rules,
    trace::{
        LIVE_NUMBERS, NodeId, Span, Style, Subject,
        facts::Return,
        record::Behavior,
        tree::{Backtrack, Claim, Node, Status},
    },
    tui::text::wrap,
};
use unicode_width::UnicodeWidthStr;

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The scope of its colour.
    pub scope: String,
    /// Its letter or sign.
    pub sign: char,
    /// What it is.
    pub title: String,
    /// How it is known.
    pub lines: Vec<String>,
}

/// The letter of a habit in the gutter.
#[must_use]
pub fn letter(behavior: &str) -> char {
    match behavior {
        "verification" => 'V',
        "backtracking" => 'B',
        "subgoal_setting" => 'S',
        "backward_chaining" => 'C',
        other => {
            let own = rules::current().letter(other);
            own.unwrap_or_else(|| other.chars().next().unwrap_or('?').to_ascii_lowercase())
        }
    }
}

/// Everything known about the cursor's line of text and its state.
#[must_use]
pub fn findings(live: &Live) -> Vec<Finding> {
    let byte = live.cursor.byte;
    // The block, not the hard line: a line may be the whole text.
    let block = live.text.block(live.text.block_at(byte));
    let here = Span::new(block.start, block.end.max(block.start + 1));
    let mut found: Vec<Finding> = Vec::new();
    let habits = live.behavior_at.touching(here);
    let habits: Vec<&Behavior> = habits.filter_map(|i| live.behaviors.get(i)).collect();
    found.extend(habits.iter().map(|behavior| habit(behavior)));
    // Once the layers were asked, what each of them thinks that the whole does not.
    for column in live.layers.columns() {
        for alone in column.at.touching(here).filter_map(|i| column.found.get(i)) {
            let said = habits
                .iter()
                .zip(&mut found)
                .find(|(whole, _)| is_same(whole, alone));
            let sure = format!("{:.2}", alone.confidence);
            match said {
                // What the whole thinks too stands there once, however sure the layer was by itself.
                Some((whole, finding)) if format!("{:.2}", whole.confidence) != sure => {
                    finding
                        .lines
                        .push(format!("the layer {} by itself: confidence {sure}", column.name));
                }
                Some(_) => {}
                None => {
                    let mut finding = habit(alone);
                    finding.title += &format!(", as the layer {} sees it by itself", column.name);
                    found.push(finding);
                }
            }
        }
    }
    let backs = &live.tree.backtracks;
    let first = backs.partition_point(|back| back.span.end <= here.start);
    let returns = backs
        .iter()
        .skip(first)
        .take_while(|back| back.span.start < here.end);
    found.extend(returns.map(|back| returned(live, back)));
    let claims = live
        .claim_at
        .touching(here)
        .filter_map(|i| live.tree.claims.get(i));
    found.extend(
        claims
            .filter(|claim| !claim.holds)
            .map(|claim| false_claim(live, claim)),
    );
    found.extend(verdict::finding(live, here));
    if let Some(node) = live.cursor.node.and_then(|node| live.tree.nodes.get(node)) {
        found.push(state(live, node));
    }
    found
}

/// One row of the answer: its scope, the sign it begins with, its text.
pub type Row = (String, Option<char>, String);

/// What a popup has to be read, wrapped once: a frame costs the rows that are seen, not all that there are.
#[derive(Clone, Debug)]
pub struct Findings {
    found: Vec<Finding>,
    width: usize,
    rows: Vec<Row>,
    widest: usize,
}

impl Findings {
    /// The findings in rows of this width.
    #[must_use]
    pub fn new(found: Vec<Finding>, width: usize) -> Self {
        let rows = rows(&found, width);
        let columns = |(.., text): &Row| sanitize::line(text).width();
        Self {
            widest: rows.iter().map(columns).max().unwrap_or(0),
            found,
            width,
            rows,
        }
    }

    /// Wraps them anew where the width is another one.
    pub fn wrap(&mut self, width: usize) {
        if self.width != width {
            *self = Self::new(std::mem::take(&mut self.found), width);
        }
    }

    /// Their rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The columns of the widest text.
    #[must_use]
    pub fn widest(&self) -> usize {
        self.widest
    }
}

fn rows(findings: &[Finding], width: usize) -> Vec<Row> {
    let wrapped = |text: &str| -> Vec<String> {
        let rows = wrap::rows(text, 0, width.saturating_sub(2).max(1));
        rows.iter()
            .map(|row| row.of(text).trim_end().to_owned())
            .collect()
    };
    let mut all: Vec<Row> = Vec::new();
    for finding in findings {
        if !all.is_empty() {
            all.push(("ui".to_owned(), None, String::new()));
        }
        let signs = std::iter::once(Some(finding.sign)).chain(std::iter::repeat(None));
        let titles = wrapped(&finding.title).into_iter().zip(signs);
        all.extend(titles.map(|(text, sign)| (finding.scope.clone(), sign, text)));
        let lines = finding.lines.iter().flat_map(|line| wrapped(line));
        all.extend(lines.map(|text| ("ui".to_owned(), None, text)));
    }
    all
}

/// Whether both say the same of the same words for the same reason.
fn is_same(one: &Behavior, other: &Behavior) -> bool {
    (one.span, &one.behavior, &one.detector, &one.rule)
        == (other.span, &other.behavior, &other.detector, &other.rule)
}

fn habit(behavior: &Behavior) -> Finding {
    Finding {
        scope: format!("habit.{}", behavior.behavior),
        sign: letter(&behavior.behavior),
        title: behavior.behavior.replace('_', " "),
        lines: vec![
            format!("{} (confidence {:.2})", behavior.evidence, behavior.confidence),
            format!(
                "found by {} {}, rule {}",
                behavior.detector, behavior.version, behavior.rule
            ),
        ],
    }
}

/// Where the moves go that follow a return to nowhere.
const ELSEWHERE: &str = "the branch is left as the text says; the next move hangs from the nearest state above that has \
    its numbers, else from the problem";

/// What a return gave up. As in the summary, the branch counts that it left: its last state may be a dead end while the goal
/// could still be reached from its first one.
fn gave_up(live: &Live, back: &Backtrack) -> String {
    let branch = back
        .to
        .and_then(|to| live.tree.left(back.from, to).0)
        .unwrap_or(back.from);
    let reachable = |id: NodeId| live.tree.nodes.get(id).and_then(|node| node.reachable);
    let left = match branch == back.from {
        true => "the state it left",
        false => "the first state of the branch it left",
    };
    match reachable(branch) {
        Some(true) if live.tree.judge_return(back) == Return::FromGoal => {
            "went back from a solution: the goal had been reached in the branch it left".to_owned()
        }
        Some(true) => {
            let last = reachable(back.from) == Some(false);
            let though = if last {
                ", though no longer from its last"
            } else {
                ""
            };
            format!("gave up on a winning branch: the goal could still be reached from {left}{though}")
        }
        Some(false) => format!("went back from a dead end: no way led from {left} to the goal"),
        None if !has_solver(live) => {
            "whether what it left was a dead end nobody knows: no solver takes such problems".to_owned()
        }
        None => format!("whether the goal could still be reached from {left} is not known"),
    }
}

fn returned(live: &Live, back: &Backtrack) -> Finding {
    let mut lines = vec![gave_up(live, back)];
    if back.to.is_none() {
        lines.push(ELSEWHERE.to_owned());
    }
    let to = match back.to.and_then(|id| live.tree.nodes.get(id)) {
        Some(node) => match board(live, &node.state) {
            Some(board) => {
                lines.extend(board);
                "returned to an earlier grid".into()
            }
            None => format!("returned to {}", node.state),
        },
        None => "returned to a state that never existed".into(),
    };
    Finding {
        scope: if back.to.is_some() {
            "habit.backtracking"
        } else {
            "bad"
        }
        .into(),
        sign: '↩',
        title: to,
        lines,
    }
}

fn false_claim(live: &Live, claim: &Claim) -> Finding {
    Finding {
        scope: "bad".into(),
        sign: '!',
        title: format!("`{}` is false", claim.span.of(live.text.as_str()).trim()),
        lines: vec![claim.fault.clone()],
    }
}

/// The rows of a grid, where a state is one: in a row no person finds a cell.
#[must_use]
pub fn grid(live: &Live, state: &str) -> Option<Vec<String>> {
    let cells: Vec<char> = state.chars().collect();
    let side = cells.len().isqrt();
    let is_grid = Style::Sudoku.has_read(&live.tree.reader) && side > 1 && side * side == cells.len();
    is_grid.then(|| cells.chunks(side).map(|row| row.iter().collect()).collect())
}

/// The same with air between the cells.
#[must_use]
pub fn board(live: &Live, state: &str) -> Option<Vec<String>> {
    let apart = |row: &String| row.chars().map(String::from).collect::<Vec<_>>().join(" ");
    grid(live, state).map(|rows| rows.iter().map(apart).collect())
}

fn state(live: &Live, node: &Node) -> Finding {
    let board = board(live, &node.state);
    let title = match &board {
        Some(_) => "the grid at this step".to_owned(),
        // The root of a text in words, and of one whose problem is not known.
        None if node.state.is_empty() && node.parent.is_none() => "the beginning: what is asked".to_owned(),
        None => format!(
            "state {}{}",
            node.state,
            node.goal
                .as_ref()
                .map(|goal| format!(" for {goal}"))
                .unwrap_or_default()
        ),
    };
    let mut lines = board.unwrap_or_default();
    match node.arithmetic {
        Some(false) => lines.push("its arithmetic is false".to_owned()),
        Some(true) if node.parent.is_some() => lines.push("its arithmetic is true".to_owned()),
        _ => {}
    }
    lines.extend(node.broke().map(str::to_owned));
    if node.again.is_some() {
        lines.push("the same move was made before from the same state".into());
    }
    let reached = node.status == Status::Goal;
    lines.push(match node.reachable {
        Some(_) if reached => "the goal is reached here".into(),
        Some(true) => "solver: the goal can still be reached from here".into(),
        Some(false) => "solver: a dead end, no way leads from here to the goal".into(),
        None if !has_solver(live) => "solver: there is none for such problems".into(),
        None if reached => format!("the goal stands here, but {}", unknown(live, node)),
        None => format!("solver: not asked, for {}", unknown(live, node)),
    });
    if let Some(back) = live.tree.lost_before(node.id) {
        let words: String = back.span.of(live.text.as_str()).trim().chars().take(60).collect();
        lines.push(format!(
            "it follows `{words}`, a return to a state that never existed: {ELSEWHERE}"
        ));
    }
    let fault = node.arithmetic == Some(false) || node.available == Some(false);
    Finding {
        scope: if fault { "bad" } else { "ui.title" }.into(),
        sign: if fault { '!' } else { '●' },
        title,
        lines,
    }
}

/// Whether there is a solver for problems of this kind, as far as the problem is known: for reasoning in words there is none.
fn has_solver(live: &Live) -> bool {
    let in_words = Style::Discourse.has_read(&live.tree.reader) && !live.problem.prompt.trim().is_empty();
    !in_words && !matches!(Subject::of(&live.header), Subject::Other(_))
}

/// Why nothing is known about what can be reached from a state.
fn unknown(live: &Live, node: &Node) -> &'static str {
    let parent = |node: &&Node| node.parent.and_then(|parent| live.tree.nodes.get(parent));
    let mut way = std::iter::successors(Some(node), parent).take(live.tree.nodes.len());
    let grid = Style::Sudoku.has_read(&live.tree.reader);
    let in_words = Style::Discourse.has_read(&live.tree.reader);
    // A step in words may state something false and go on all the same.
    if !in_words && way.any(|node| node.arithmetic == Some(false) || node.available == Some(false)) {
        return if grid {
            "a move on the way here breaks a rule of the grid"
        } else {
            "a move on the way here was false or used a number that was not there"
        };
    }
    match live.tree.nodes.first() {
        Some(root) if root.goal.is_none() || grid && root.state.is_empty() => {
            match live.problem.prompt.trim().is_empty() {
                true => "the problem is not known",
                false if grid => "no grid can be read in what is asked",
                false => "no Countdown problem can be read in what is asked",
            }
        }
        _ if grid => "the grid leaves too much open for the time that the solver has",
        _ if node.state.split(' ').count() > LIVE_NUMBERS => {
            "states of more than four numbers take too long while a text is followed"
        }
        _ => "a move on the way here does not leave the numbers that the text says",
    }
}
