//! What was found at the cursor, and how it is known: the answer to "why?".

use super::Live;
use crate::trace::{
    Span,
    record::Behavior,
    tree::{Backtrack, Claim, Node, Status},
};

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
        other => other.chars().next().unwrap_or('?').to_ascii_lowercase(),
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
    let habits = live
        .behavior_at
        .touching(here)
        .filter_map(|i| live.behaviors.get(i));
    found.extend(habits.map(habit));
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
    if let Some(node) = live.cursor.node.and_then(|node| live.tree.nodes.get(node)) {
        found.push(state(node));
    }
    found
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

fn returned(live: &Live, back: &Backtrack) -> Finding {
    let from = live.tree.nodes.get(back.from);
    let verdict = match from.and_then(|node| node.reachable) {
        Some(true) => "gave up on a winning branch: the goal could still be reached from the state it left",
        Some(false) => "went back from a dead end: no way led from the state it left to the goal",
        None => "whether the goal could still be reached from the state it left is not known",
    };
    let to = match back.to.and_then(|id| live.tree.nodes.get(id)) {
        Some(node) => format!("returned to {}", node.state),
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
        lines: vec![verdict.into()],
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

fn state(node: &Node) -> Finding {
    let mut lines = Vec::new();
    match node.arithmetic {
        Some(false) => lines.push("its arithmetic is false"),
        Some(true) if node.parent.is_some() => lines.push("its arithmetic is true"),
        _ => {}
    }
    if node.available == Some(false) {
        lines.push("used a number it did not have");
    }
    if node.again.is_some() {
        lines.push("the same move was made before from the same state");
    }
    lines.push(match node.reachable {
        _ if node.status == Status::Goal => "the goal is reached here",
        Some(true) => "solver: the goal can still be reached from here",
        Some(false) => "solver: a dead end, no way leads from here to the goal",
        None => "solver: not known yet whether the goal can be reached from here",
    });
    let goal = node
        .goal
        .as_ref()
        .map(|goal| format!(" for {goal}"))
        .unwrap_or_default();
    let fault = node.arithmetic == Some(false) || node.available == Some(false);
    Finding {
        scope: if fault { "bad" } else { "ui.title" }.into(),
        sign: if fault { '!' } else { '●' },
        title: format!("state {}{goal}", node.state),
        lines: lines.into_iter().map(str::to_string).collect(),
    }
}
