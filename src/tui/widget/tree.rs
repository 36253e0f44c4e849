//! A window on the tree of states: lines, labels, and status signs in columns at the right.
//!
//! ```text
//! ▸├─ 18+7=25 → 25 4              ! ? ✗ ↩    fault, still winnable, became, left by a return
//!  └─ ↩! 9+9=18 → 18 4            !   ◌      after a return to nowhere; nobody knows what can be reached
//! ```

use super::Canvas;
use crate::{
    base::sanitize,
    trace::{Node, NodeId, Status, Style as Reading},
    tui::app::{Live, board, grid},
};
use ratatui::{layout::Rect, style::Style};
use unicode_width::UnicodeWidthStr;

/// Columns of the status signs with a blank before them.
const SIGNS: u16 = 8;
/// Levels drawn as lines; deeper ones hang under a sign that some are left out.
const LEVELS: usize = 12;

/// Draws the rows from `live.tree_top` that fit.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, live: &Live, focused: bool) {
    let lines = live.outline.lines();
    let selected = live.cursor.node.map(|node| live.outline.line(node));
    // A grid at the root takes a row for each of its own.
    let root = live.tree.nodes.first().filter(|_| live.tree_row(1) > 1);
    let grid = root.and_then(|root| board(live, &root.state)).unwrap_or_default();
    for (y, row) in (area.y..area.bottom()).zip(live.tree_top..) {
        let area = Rect { y, height: 1, ..area };
        let line = live.tree_line(row);
        let selected = selected == Some(line);
        let Some(node) = lines.get(line).and_then(|&id| live.tree.nodes.get(id)) else {
            break;
        };
        match grid.get(row) {
            Some(text) if row > 0 => draw_more(canvas, area, text, selected, focused),
            text => draw_line(canvas, area, live, node, text, selected, focused),
        }
    }
}

/// A row of the grid at the root behind its first one.
fn draw_more(canvas: &mut Canvas<'_>, area: Rect, text: &str, selected: bool, focused: bool) {
    let style = cursor(canvas, canvas.style("ui"), selected, focused);
    let end = area.right().saturating_sub(SIGNS);
    let x = area.x + 1 + canvas.glyphs().root.width() as u16 + 1;
    canvas.put(x, area.y, end, &sanitize::line(text), style);
}

/// The style of a label under the cursor, or of another one.
fn cursor(canvas: &Canvas<'_>, style: Style, selected: bool, focused: bool) -> Style {
    match (selected, focused) {
        (true, true) => style.patch(canvas.style("ui.cursor")),
        (true, false) => style.patch(canvas.style("ui.current")),
        (false, _) => style,
    }
}

/// One line; `first` is the first row of the grid at the root where that stands in rows.
fn draw_line(
    canvas: &mut Canvas<'_>,
    area: Rect,
    live: &Live,
    node: &Node,
    first: Option<&String>,
    selected: bool,
    focused: bool,
) {
    let base = canvas.style("ui");
    let end = area.right().saturating_sub(SIGNS);
    let mut x = area.x + 1;
    if selected {
        let mark = canvas.glyphs().folded;
        canvas.put(area.x, area.y, area.right(), mark, canvas.style("ui.current"));
    }
    x = canvas.put(
        x,
        area.y,
        end,
        &stem(canvas, live, node.id),
        canvas.style("ui.rule"),
    );
    let bad = node.arithmetic == Some(false) || node.available == Some(false);
    let style = match (node.status, bad) {
        (_, true) => canvas.style("bad"),
        (Status::Goal, _) if node.reachable.is_some() => canvas.style("good"),
        _ => base,
    };
    let style = cursor(canvas, style, selected, focused);
    let below = live.outline.folded(node.id).map(|below| format!(" +{below}"));
    let whole = end;
    // How much is folded is seen beside a label that has to be cut, too.
    let end = below
        .as_ref()
        .map_or(end, |below| end.saturating_sub(below.len() as u16));
    let text = match first {
        Some(row) => format!("{} {row}", canvas.glyphs().root),
        None => label(canvas, live, node, end.saturating_sub(x).into()),
    };
    let text = sanitize::line(&text).into_owned();
    let after = canvas.put(x, area.y, end, &text, style);
    if x.saturating_add(text.width() as u16) > end {
        canvas.cut(x, area.y, end);
    }
    if let Some(below) = below {
        canvas.put(after, area.y, whole, &below, canvas.style("ui.dim"));
    }
    draw_signs(canvas, area, live, node);
}

/// The lines that lead to a node: what passes by, and its own branch.
fn stem(canvas: &Canvas<'_>, live: &Live, id: NodeId) -> String {
    let [by, branch, last] = canvas.glyphs().tree;
    let outline = &live.outline;
    let continued = |node: NodeId| {
        let last = outline.last_child(node);
        last.is_some_and(|child| outline.goes_on(child))
    };
    let (mut parts, mut at) = (Vec::new(), outline.turn(id));
    let mut more_below = continued(id);
    while let Some(parent) = outline.parent(at).filter(|_| parts.len() < LEVELS) {
        more_below |= outline.next(at).is_some_and(|next| !outline.goes_on(next));
        parts.push(match (parts.is_empty(), more_below) {
            (true, true) => branch,
            (true, false) => last,
            (false, true) => by,
            (false, false) => "   ",
        });
        more_below = continued(parent);
        at = outline.turn(parent);
    }
    let levels = outline.level(id);
    let mut stem: String = parts.into_iter().rev().collect();
    if levels > LEVELS {
        stem.insert_str(0, &format!("{levels}{} ", canvas.glyphs().more));
    }
    if live.outline.folded(id).is_some() && stem.pop().is_some() {
        stem.pop();
        stem.push_str(canvas.glyphs().folded);
        stem.push(' ');
    }
    stem
}

/// `18+7=25 → 25 4`; a state that is only the move's result is not repeated. A grid stands in its rows, as many of them as
/// there are columns for.
fn label(canvas: &Canvas<'_>, live: &Live, node: &Node, columns: usize) -> String {
    let glyphs = canvas.glyphs();
    let mut text = match &node.step {
        None => match grid(live, &node.state) {
            Some(rows) => format!(
                "{} {}",
                glyphs.root,
                fitting(&rows, columns.saturating_sub(2), glyphs.more)
            ),
            None => format!("{} {}", glyphs.root, node.state),
        },
        // What a step of reasoning says may be one word, or of a script without blanks.
        Some(step) if node.state.contains(' ') || is_reasoning(live) && !node.state.is_empty() => {
            format!("{step} {} {}", glyphs.arrow, node.state)
        }
        Some(step) => step.clone(),
    };
    if node.again.is_some() {
        text.push_str(" again");
    }
    if live.tree.lost_before(node.id).is_some() {
        text.insert_str(0, &format!("{}{} ", glyphs.back, glyphs.fault));
    }
    text
}

/// Whether the steps are what they are to the one before, and the states what they say.
fn is_reasoning(live: &Live) -> bool {
    live.tree.reader == Reading::Discourse.name()
}

/// The rows, or as many as fit, and a sign that there are more.
fn fitting(rows: &[String], columns: usize, more: &str) -> String {
    let all = rows.join(" ");
    if all.width() <= columns {
        return all;
    }
    let wide = rows.first().map_or(0, |row| row.width() + 1);
    let count = columns.saturating_sub(more.width()) / wide.max(1);
    let shown = rows.iter().take(count).map(|row| format!("{row} "));
    shown.collect::<String>() + more
}

fn draw_signs(canvas: &mut Canvas<'_>, area: Rect, live: &Live, node: &Node) {
    let glyphs = canvas.glyphs();
    let fault = node.arithmetic == Some(false) || node.available == Some(false);
    let winnable = node.status == Status::Dead && node.reachable == Some(true);
    let (became, scope) = match node.status {
        Status::Root => ("", "ui"),
        // A finished state is what it is, whatever could have been reached.
        Status::Open | Status::Dead | Status::Goal if node.reachable.is_none() => (glyphs.unknown, "unknown"),
        Status::Open => (glyphs.open, "ui.dim"),
        Status::Goal => (glyphs.good, "good"),
        Status::Leaf | Status::Dead => (glyphs.bad, "bad"),
    };
    let left = live.left_by_return(node.id);
    let signs = [
        (if fault { glyphs.fault } else { "" }, "bad"),
        (if winnable { glyphs.winnable } else { "" }, "unknown"),
        (became, scope),
        (if left { glyphs.back } else { "" }, "habit.backtracking"),
    ];
    let first = area.right().saturating_sub(SIGNS) + 1;
    for (x, (sign, scope)) in (first..).step_by(2).zip(signs) {
        let style = canvas.style(scope);
        canvas.put(x, area.y, area.right(), sign, style);
    }
}
