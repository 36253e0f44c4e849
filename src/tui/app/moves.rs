//! Moving the one cursor, by rows, tokens, words, sentences and steps of the text, or by lines of the tree.

use super::{Action, Live, Notice};
use crate::{trace::Span, tui::text::search as find};
use unicode_segmentation::UnicodeSegmentation;

/// How far a word or sentence is looked for, in bytes; beyond that the step is that long.
const REACH: usize = 4096;

/// How a trace is looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// Whether the keys move in the tree.
    pub tree: bool,
    /// Columns of the text.
    pub width: u16,
    /// Rows of the pane.
    pub page: u16,
    /// The column that moving up and down keeps to.
    pub column: Option<usize>,
}

/// Does a moving action in a trace.
pub fn act(live: &mut Live, action: Action, view: &mut View) {
    let half = (view.page / 2).max(1).cast_signed().into();
    let count: isize = match action {
        Action::Down => 1,
        Action::Up => -1,
        Action::HalfPageDown => half,
        Action::HalfPageUp => -half,
        _ => {
            view.column = None;
            return step(live, action, view.tree);
        }
    };
    if view.tree {
        lines(live, count);
    } else {
        rows(live, count, view);
    }
}

fn step(live: &mut Live, action: Action, in_tree: bool) {
    let byte = live.cursor.byte;
    match action {
        Action::Left if in_tree => fold_or_leave(live),
        Action::Right if in_tree => unfold_or_enter(live),
        Action::Left => live.look_at(token_before(live, byte)),
        Action::Right => live.look_at(token_after(live, byte)),
        Action::Bottom if in_tree => lines(live, isize::MAX),
        Action::Top if in_tree => live.look_at_node(0),
        Action::Top => live.look_at(0),
        Action::Bottom => live.follow(),
        Action::WordNext => live.look_at(next_start(live, byte, str::split_word_bound_indices)),
        Action::WordPrevious => live.look_at(previous_start(live, byte, str::split_word_bound_indices)),
        Action::SentenceNext => live.look_at(next_start(live, byte, str::split_sentence_bound_indices)),
        Action::SentencePrevious => {
            live.look_at(previous_start(live, byte, str::split_sentence_bound_indices))
        }
        Action::StepNext => live.look_at(next_step(live, byte)),
        Action::StepPrevious => live.look_at(previous_step(live, byte)),
        Action::Fold => {
            if (in_tree || !live.fold_here())
                && let Some(node) = node_here(live)
            {
                let closed = live.outline.folded(node).is_none();
                live.outline.fold(node, closed);
            }
        }
        Action::FoldAll | Action::UnfoldAll if !in_tree && !live.folds.is_empty() => {
            live.fold_all(action == Action::FoldAll)
        }
        Action::FoldAll => live.outline.fold_all(true),
        Action::UnfoldAll => live.outline.fold_all(false),
        _ => {}
    }
}

/// The node on the cursor's line of the tree.
fn node_here(live: &mut Live) -> Option<usize> {
    live.outline.settle();
    let line = live.outline.line(live.cursor.node?);
    live.outline.lines().get(line).copied()
}

fn lines(live: &mut Live, count: isize) {
    if let Some(node) = node_here(live) {
        let last = live.outline.lines().len().saturating_sub(1);
        let line = live.outline.line(node).saturating_add_signed(count).min(last);
        if let Some(&node) = live.outline.lines().get(line) {
            live.look_at_node(node);
        }
    }
}

fn rows(live: &mut Live, count: isize, view: &mut View) {
    let rows = live.rows(view.width);
    let byte = live.cursor.byte;
    let column = view.column.unwrap_or_else(|| rows.column(byte));
    let row = match count {
        ..0 => rows.above(byte, count.unsigned_abs()),
        _ => rows.below(byte, count.unsigned_abs()),
    };
    let target = rows.offset(row, column);
    live.look_at(target);
    view.column = Some(column);
}

fn fold_or_leave(live: &mut Live) {
    let Some(node) = node_here(live) else {
        return;
    };
    let open = live.outline.first_child(node).is_some() && live.outline.folded(node).is_none();
    if open {
        live.outline.fold(node, true);
    } else if let Some(parent) = live.outline.parent(node) {
        live.look_at_node(parent);
    }
}

fn unfold_or_enter(live: &mut Live) {
    let Some(node) = node_here(live) else {
        return;
    };
    if live.outline.folded(node).is_some() {
        live.outline.fold(node, false);
    } else if let Some(child) = live.outline.first_child(node) {
        live.look_at_node(child);
    }
}

fn token_after(live: &Live, byte: usize) -> usize {
    match live.token_at(byte) {
        Some(token) => live.token_span(token).end,
        None => next_start(live, byte, |text| text.grapheme_indices(true)),
    }
}

fn token_before(live: &Live, byte: usize) -> usize {
    match live.token_at(byte).map(|token| live.token_span(token).start) {
        // Inside a token: to its beginning. A token may have no bytes of its own, so the way goes by bytes.
        Some(start) if start < byte => start,
        Some(_) if byte > 0 => live
            .token_at(byte - 1)
            .map_or(0, |token| live.token_span(token).start),
        Some(_) => 0,
        None => previous_start(live, byte, |text| text.grapheme_indices(true)),
    }
}

/// The start of the next piece with something in it.
fn next_start<'a, I>(live: &'a Live, byte: usize, pieces: impl Fn(&'a str) -> I) -> usize
where
    I: Iterator<Item = (usize, &'a str)>,
{
    let text = live.text.as_str();
    let window = Span::new(byte, text.floor_char_boundary(byte + REACH));
    pieces(window.of(text))
        .skip(1)
        .find(|(_, piece)| !piece.trim().is_empty())
        .map_or(window.end, |(at, _)| byte + at)
}

/// The start of the last piece before `byte` with something in it.
fn previous_start<'a, I>(live: &'a Live, byte: usize, pieces: impl Fn(&'a str) -> I) -> usize
where
    I: Iterator<Item = (usize, &'a str)>,
{
    let text = live.text.as_str();
    let window = Span::new(text.floor_char_boundary(byte.saturating_sub(REACH)), byte);
    pieces(window.of(text))
        .filter(|(_, piece)| !piece.trim().is_empty())
        .last()
        .map_or(window.start, |(at, _)| window.start + at)
}

/// The next byte a state is opened or returned to at; without a tree, the next line.
fn next_step(live: &Live, byte: usize) -> usize {
    let (nodes, backs) = (&live.tree.nodes, &live.tree.backtracks);
    let opened = nodes
        .get(nodes.partition_point(|node| node.span.start <= byte))
        .map(|node| node.span.start);
    let returned = backs
        .get(backs.partition_point(|back| back.span.start <= byte))
        .map(|back| back.span.start);
    let line = || live.text.line_at(byte).end + 1;
    let next = opened.into_iter().chain(returned).min();
    next.unwrap_or_else(|| if nodes.is_empty() { line() } else { live.text.len() })
}

/// The last byte before this one that a state was opened or returned to at; without a tree, the line before.
fn previous_step(live: &Live, byte: usize) -> usize {
    let (nodes, backs) = (&live.tree.nodes, &live.tree.backtracks);
    if nodes.is_empty() {
        let here = live.text.line_at(byte).start;
        return live.text.line_at(here.saturating_sub(1)).start;
    }
    let opened = nodes
        .partition_point(|node| node.span.start < byte)
        .checked_sub(1);
    let returned = backs
        .partition_point(|back| back.span.start < byte)
        .checked_sub(1);
    let opened = opened.and_then(|i| nodes.get(i)).map(|node| node.span.start);
    let returned = returned.and_then(|i| backs.get(i)).map(|back| back.span.start);
    opened.into_iter().chain(returned).max().unwrap_or(0)
}

/// Goes to the next or previous hit of `query`; what is to be said about it.
pub fn search(live: &mut Live, query: &str, forward: bool) -> Option<Notice> {
    let (text, byte) = (live.text.as_str(), live.cursor.byte);
    let hit = if forward {
        find::next(text, query, byte)
    } else {
        find::previous(text, query, byte)
    };
    let Some(hit) = hit else {
        return Some(Notice::warning(format!("`{query}` is not in this text.")));
    };
    live.look_at(hit.start);
    let wrapped = if forward {
        hit.start <= byte
    } else {
        hit.start >= byte
    };
    wrapped.then(|| Notice::info("The search went round the end of the text."))
}
