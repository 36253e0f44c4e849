//! The score sheet: one line that says how a trace went, like the moves of a game, short enough for a list and plain
//! enough to be searched.
//!
//! `++V-V B2?CS-=V ✓`: a move is its operation, a step backward `?`; a habit, or a behavior of the user's own, is its
//! letter; a return is `B` and how many states it climbs (`B0` to where it was, `B!` to a state that never existed; a bare
//! `B` is one that words alone announce). `=` is the goal reached, `x` a false statement. A return begins a new word. The verdict comes last.

use super::{Habit, rules};
use crate::trace::{
    Backtrack, ClaimKind, Node, NodeId, Span, Status, Trace, Tree,
    record::{Behavior, Outcome},
};
use regex_automata::meta::{BuildError, Regex};
use std::collections::BTreeSet;

/// What sheets are searched for: a piece of one as it is written, or a regular expression.
#[derive(Clone, Debug)]
pub struct Pattern {
    written: String,
    /// None where a sheet's own signs make no expression: `+++=V`.
    expression: Option<Regex>,
}

impl Pattern {
    /// The pattern that was written.
    ///
    /// # Errors
    /// Why it is no regular expression, when it has signs that no sheet has.
    pub fn new(written: &str) -> Result<Self, Box<BuildError>> {
        const NOT_OF_SHEETS: [char; 10] = ['(', ')', '[', ']', '{', '}', '|', '\\', '^', '$'];
        let expression = match Regex::new(written) {
            Ok(expression) => Some(expression),
            Err(error) if written.contains(NOT_OF_SHEETS) => return Err(Box::new(error)),
            Err(_) => None,
        };
        Ok(Self {
            written: written.to_owned(),
            expression,
        })
    }

    /// Whether a sheet has it.
    #[must_use]
    pub fn is_in(&self, sheet: &str) -> bool {
        let fits = |expression: &Regex| expression.is_match(sheet);
        sheet.contains(&self.written) || self.expression.as_ref().is_some_and(fits)
    }
}

/// The sheet of a trace.
#[must_use]
pub fn sheet(trace: &Trace) -> String {
    sheet_of(trace.tree.as_ref(), &trace.behaviors, trace.outcome.as_ref())
}

/// As [`sheet`], of a trace whose parts are kept apart.
#[must_use]
pub fn sheet_of(tree: Option<&Tree>, behaviors: &[Behavior], outcome: Option<&Outcome>) -> String {
    let mut signs: Vec<(usize, u8, String)> = Vec::new();
    if let Some(tree) = tree {
        // In the order of the text; at the same byte the return comes before the move, and the habit after it.
        signs.extend(
            tree.backtracks
                .iter()
                .map(|back| (back.span.start, 0, climb(tree, back))),
        );
        signs.extend(
            tree.nodes
                .iter()
                .skip(1)
                .map(|node| (node.span.start, 1, step(node))),
        );
        let wrong = tree
            .claims
            .iter()
            .filter(|claim| !claim.holds && claim.kind != ClaimKind::State);
        signs.extend(wrong.map(|claim| (claim.span.start, 3, "x".to_owned())));
    }
    let rules = rules::current();
    for behavior in behaviors {
        let Some(letter) = rules.letter(&behavior.behavior) else {
            continue;
        };
        let begins = behavior.behavior == Habit::Backtracking.name();
        // A return that the tree knows says more than its letter.
        if !begins || is_in_words(tree, behavior) {
            let (order, blank) = if begins { (0, " ") } else { (2, "") };
            let at = match behavior.behavior == Habit::Verification.name() {
                true => judged_at(tree, behavior),
                false => behavior.span.start,
            };
            signs.push((at, order, format!("{blank}{letter}")));
        }
    }
    signs.sort_by_key(|(at, order, _)| (*at, *order));
    // Several detectors may have found the same.
    signs.dedup_by(|next, before| next == before && (next.1 == 2 || next.2 == " B"));
    let mut sheet: String = signs.iter().map(|(_, _, sign)| sign.as_str()).collect();
    if let Some(outcome) = outcome {
        sheet.push_str(if outcome.correct { " \u{2713}" } else { " \u{2717}" });
    }
    sheet.trim_start().to_owned()
}

/// Words that announce a check, before what they are about.
const ANNOUNCES: [&str; 7] = [
    "check",
    "verif",
    "confirm",
    "make sure",
    "let me",
    "let's",
    "goes on with",
];

/// Where the words of a check stand: one that is announced begins its sentence, a verdict stands behind the moves that it is
/// about (`2 * 3 = 6, 6 + 7 = 13, too low`).
fn judged_at(tree: Option<&Tree>, behavior: &Behavior) -> usize {
    let Span { start, end } = behavior.span;
    if ANNOUNCES.iter().any(|words| behavior.evidence.contains(words)) {
        return start;
    }
    let last = tree.and_then(|tree| {
        let behind = tree.nodes.partition_point(|node| node.span.start < end);
        tree.nodes.get(behind.checked_sub(1)?)
    });
    last.map_or(start, |last| last.span.start.max(start))
}

/// How many returns words alone announce: the sheet has a bare `B` for each, the tree has none.
#[must_use]
pub fn returns_in_words(tree: Option<&Tree>, behaviors: &[Behavior]) -> usize {
    let bare = behaviors.iter().filter(|behavior| is_in_words(tree, behavior));
    // Several detectors may have found the same.
    bare.map(|behavior| behavior.span.start)
        .collect::<BTreeSet<_>>()
        .len()
}

/// Whether it is a return that the tree does not show.
fn is_in_words(tree: Option<&Tree>, behavior: &Behavior) -> bool {
    behavior.behavior == Habit::Backtracking.name() && tree.is_none_or(|tree| !shows(tree, behavior.span))
}

/// Whether the tree has the return that words in `span` announce: in them, or before or behind them with no move between.
/// "This fails. Let's try another way. 18 - 7 = 11" is one return, wherever a reader finds it.
fn shows(tree: &Tree, span: Span) -> bool {
    // What is left is older than what comes after the return.
    let moved = |from: usize, to: usize, left: NodeId| {
        let first = tree.nodes.partition_point(|node| node.span.start < from);
        let nodes = tree.nodes.iter().skip(first.max(1));
        let mut between = nodes.take_while(|node| node.span.start < to);
        between.any(|node| node.id > left)
    };
    let at = tree
        .backtracks
        .partition_point(|back| back.span.start < span.start);
    let (last, next) = (
        at.checked_sub(1).and_then(|last| tree.backtracks.get(last)),
        tree.backtracks.get(at),
    );
    next.is_some_and(|back| back.span.start < span.end || !moved(span.start, back.span.start, 0))
        || last.is_some_and(|back| !moved(back.span.start, span.start, back.from))
}

fn step(node: &Node) -> String {
    let needs = node.step.as_deref().is_some_and(|step| step.starts_with("need "));
    let sign = match node.calculation() {
        _ if needs => '?',
        Some((_, op, _)) => op.symbol(),
        None => '.',
    };
    let goal = if node.status == Status::Goal { "=" } else { "" };
    format!("{sign}{goal}")
}

fn climb(tree: &Tree, back: &Backtrack) -> String {
    match back.to {
        Some(to) => format!(" B{}", tree.left(back.from, to).1),
        None => " B!".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{behavior::analyze, trace::import::Row};

    fn of(problem: &str, text: &str) -> String {
        sheet(&analyzed(problem, text))
    }

    fn analyzed(problem: &str, text: &str) -> Trace {
        let row = Row {
            trace: Trace {
                text: text.to_owned(),
                ..Trace::default()
            },
            problem: Some(problem.parse().unwrap()),
            recorded: None,
            unwritten: false,
            mended: None,
        };
        analyze(row, None, 0)
    }

    #[test]
    fn a_sheet_tells_moves_habits_returns_and_the_end() {
        let text = "try 18+7=25 left 25 4\ncheck 25+4=29 not 15\ncheck 25-4=21 not 15\nback to 18 7 4\n15=?+4 so need 11\naim for 11 from 18 7\ncheck 18-7=11 yes\nanswer (18-7)+4\n";
        assert_eq!(of("18 7 4 -> 15", text), "++V-V B2?CS-=V \u{2713}");
        assert_eq!(
            of("18 7 4 -> 15", "18 + 7 = 25 (too big)\nLet me try: 18 - 7 = 12\n"),
            "+V B1-x \u{2717}"
        );
        assert_eq!(of("18 7 4 -> 15", ""), "\u{2717}");
    }

    #[test]
    fn a_piece_of_a_sheet_is_found_as_it_is_written_and_expressions_are_too() {
        let has = |pattern: &str, sheet: &str| Pattern::new(pattern).unwrap().is_in(sheet);
        for pattern in ["+++=VVV", "B2-+=VV", "SCC?SCV", "^\\+{3}", "V.*B\\d"] {
            assert!(has(pattern, "+++=VVV B2-+=VV SCC?SCV \u{2713}"), "{pattern}");
        }
        assert!(!has("+++=VVV", "++=VVV \u{2713}"));
        assert!(Pattern::new("(+").is_err());
    }

    #[test]
    fn a_slash_of_a_fraction_is_no_division() {
        let sheet = of("7 4 18 -> 31", "7/4 = 1.75\n1.75 * 18 = 31.5");
        assert!(sheet.starts_with("/*"), "{sheet}");
    }

    #[test]
    fn a_return_to_another_branch_counts_the_states_of_the_one_it_leaves() {
        // 18 - 7 is left for the branch in which 25 was made.
        let text = "18 + 7 = 25, too big. 18 - 7 = 11. 25 - 4 = 21.";
        let trace = analyzed("18 7 4 -> 15", text);
        assert!(sheet(&trace).contains(" B1-"), "{}", sheet(&trace));
        let tree = trace.tree.as_ref().unwrap();
        let last = tree.backtracks.last().unwrap();
        assert_eq!(
            tree.judge_return(last),
            crate::trace::facts::Return::FromWinningBranch
        );
    }

    /// Readers find a return where it fails, or where it goes on; the words that announce it may stand between.
    #[test]
    fn a_return_and_the_words_that_announce_it_are_one() {
        let text = "11 + 4 = 15, 15 + 6 = 21, 21 - 2 = 19. That does not work.\nLet us change the approach. \
            11 - 4 = 7, 7 * 2 = 14, 14 + 6 = 20.";
        assert_eq!(of("11 4 6 2 -> 20", text).matches('B').count(), 1);
        let text = "18 + 7 = 25. Let me go back. Hmm, let me start over. 18 - 7 = 11. Let me go back.";
        assert_eq!(of("18 7 4 -> 15", text).matches('B').count(), 2);
        let row = |text: &str| Row {
            trace: Trace {
                task: Some("math".to_owned()),
                text: text.to_owned(),
                ..Trace::default()
            },
            problem: None,
            recorded: None,
            unwritten: false,
            mended: None,
        };
        let text = "Let me try substitution u = x^2. That gives du = 2x dx. This doesn't work because there is no factor x.\n\n\
            Let's try integration by parts instead. Let u = x.";
        let sheet = sheet(&analyze(row(text), None, 0));
        assert_eq!(sheet.matches('B').count(), 1, "{sheet}");
    }

    #[test]
    fn every_b_of_a_sheet_is_a_return_of_the_tree_or_one_in_words_alone() {
        for text in [
            "18 + 7 = 25, too big. Let me try another way: 18 - 7 = 11, 11 + 4 = 15.\n",
            "18 + 7 = 25 (too big)\nLet me start over.\nHmm, let me go back.\n18 - 7 = 12\n",
            "try 18+7=25 left 25 4\nback to 9 9\ntry 18-7=11 left 11 4\n",
        ] {
            let trace = analyzed("18 7 4 -> 15", text);
            let shown = sheet(&trace).matches('B').count();
            let tree = trace.tree.as_ref().unwrap();
            let in_words = returns_in_words(Some(tree), &trace.behaviors);
            assert_eq!(shown, tree.backtracks.len() + in_words, "{}", sheet(&trace));
        }
    }
}
