//! The mouse on the Explore screen: the wheel scrolls the pane under it, a click puts the cursor there, the rule between
//! the panes is dragged.

use super::{Layout, Pane};
use crate::tui::app::{App, GUTTER};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

/// Rows that one turn of the wheel scrolls.
const TURN: isize = 3;

/// What the mouse did on this screen.
pub fn point(app: &mut App, event: MouseEvent) {
    let place = Position::new(event.column, event.row);
    match event.kind {
        MouseEventKind::ScrollDown => turn(app, place, TURN),
        MouseEventKind::ScrollUp => turn(app, place, -TURN),
        MouseEventKind::Down(MouseButton::Left) => click(app, place),
        MouseEventKind::Drag(MouseButton::Left) if app.explore.dragging => {
            app.explore.split = Layout::split_at(place.x, app.size.0);
        }
        MouseEventKind::Up(_) => app.explore.dragging = false,
        _ => {}
    }
}

fn click(app: &mut App, place: Position) {
    let layout = app.explore.layout(app.size);
    let between = layout.trace.y..layout.trace.bottom();
    app.explore.dragging = layout.split == Some(place.x) && between.contains(&place.y);
    let Some(pane) = layout.pane_at(place) else {
        return;
    };
    let area = match pane {
        Pane::Trace => layout.trace,
        Pane::Tree => layout.tree,
    };
    let Some(row) = place.y.checked_sub(area.y + 1) else {
        let named = layout.tabs().into_iter().find(|(_, tab)| tab.contains(place));
        app.explore.focus = named.map_or(pane, |(named, _)| named);
        return;
    };
    app.explore.focus = pane;
    app.explore.column = None;
    let Some(live) = app.explore.trace_mut() else {
        return;
    };
    match pane {
        Pane::Trace => {
            let rows = live.rows(layout.text_width());
            if let Some(row) = rows.from(live.top, usize::from(row) + 1).get(usize::from(row)) {
                let column = place.x.saturating_sub(area.x + GUTTER);
                let (byte, is_fold) = (rows.offset(*row, column.into()), rows.is_fold(*row));
                live.look_at(byte);
                if is_fold {
                    live.fold_here();
                }
            }
        }
        Pane::Tree => {
            let line = live.tree_line(live.tree_top + usize::from(row));
            if let Some(&node) = live.outline.lines().get(line) {
                live.look_at_node(node);
            }
        }
    }
}

/// Scrolls the pane at `place`. The cursor comes along when it would leave the screen.
fn turn(app: &mut App, place: Position, count: isize) {
    let layout = app.explore.layout(app.size);
    match layout.pane_at(place) {
        Some(Pane::Trace) => turn_text(app, layout, count),
        Some(Pane::Tree) => turn_tree(app, layout, count),
        None => {}
    }
}

fn turn_text(app: &mut App, layout: Layout, count: isize) {
    let page = usize::from(layout.page()).max(1);
    let Some(live) = app.explore.trace_mut() else {
        return;
    };
    let rows = live.rows(layout.text_width());
    let lowest = rows.above(live.last_byte(), page - 1).start;
    if count > 0 && live.top >= lowest && live.is_running() {
        return live.follow();
    }
    let top = match count {
        ..0 => rows.above(live.top, count.unsigned_abs()).start,
        _ => rows
            .below(live.top, count.unsigned_abs())
            .start
            .min(lowest.max(live.top)),
    };
    let last = rows.below(top, page - 1).start;
    let here = rows.at(live.cursor.byte).start;
    let (column, target) = (rows.column(live.cursor.byte), here.clamp(top, last.max(top)));
    let byte = rows.offset(rows.at(target), column);
    live.top = top;
    if target == here {
        live.follow = false;
    } else {
        live.look_at(byte);
    }
}

fn turn_tree(app: &mut App, layout: Layout, count: isize) {
    let page = usize::from(layout.page()).max(1);
    let Some(live) = app.explore.trace_mut() else {
        return;
    };
    let lines = live.outline.lines();
    let last_top = live.tree_row(lines.len()).saturating_sub(page);
    let top = live.tree_top.saturating_add_signed(count).min(last_top);
    let row = live.tree_row(live.cursor.node.map_or(0, |node| live.outline.line(node)));
    let target = row.clamp(top, top + page - 1);
    // The root is left with its first row.
    let node = lines.get(live.tree_line(target).max(top.min(1))).copied();
    live.tree_top = top;
    if let Some(node) = node.filter(|_| target != row) {
        live.look_at_node(node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{
        app::{Msg, Phase, update},
        demo,
    };
    use crossterm::event::KeyModifiers;

    fn does(app: &mut App, kind: MouseEventKind, (column, row): (u16, u16)) {
        let event = MouseEvent {
            kind,
            column,
            row,
            modifiers: KeyModifiers::NONE,
        };
        update(app, Msg::Mouse(event));
        app.settle();
    }

    fn clicks(app: &mut App, place: (u16, u16)) {
        does(app, MouseEventKind::Down(MouseButton::Left), place);
        does(app, MouseEventKind::Up(MouseButton::Left), place);
    }

    /// A trace of a hundred lines, seen from its beginning.
    fn long(columns: u16, rows: u16) -> App {
        let mut app = demo::app(columns, rows);
        let from = app.explore.traces[0].text.len();
        app.explore.traces[0].push(demo::tokens(&"more\n".repeat(100), from), app.now);
        app.explore.traces[0].phase = Phase::Waiting;
        app.explore.traces[0].finish(Phase::Done(crate::trace::record::Finish::Stop), app.now);
        app.explore.traces[0].look_at(0);
        app.settle();
        app
    }

    #[test]
    fn a_click_focuses_the_pane_and_moves_the_one_cursor() {
        let mut app = demo::app(120, 40);
        let layout = app.explore.layout(app.size);
        clicks(&mut app, (layout.tree.x + 8, layout.tree.y + 3));
        assert_eq!(
            (app.explore.focus, app.explore.trace().unwrap().cursor.node),
            (Pane::Tree, Some(2))
        );
        assert_eq!(
            app.explore.trace().unwrap().cursor.byte,
            demo::span("check 25+4=29 not 15").start
        );
        clicks(&mut app, (GUTTER + 5, layout.trace.y + 4));
        let live = app.explore.trace().unwrap();
        let back = demo::span("back to 18 7 4");
        assert_eq!(
            (app.explore.focus, live.cursor.byte, live.cursor.node),
            (Pane::Trace, back.start + 5, Some(0))
        );
        let before = live.cursor;
        clicks(&mut app, (10, layout.trace.y + 20));
        assert_eq!(
            app.explore.trace().unwrap().cursor,
            before,
            "below the text there is nothing to go to"
        );
    }

    #[test]
    fn a_click_on_a_tab_shows_it() {
        let mut app = demo::app(80, 24);
        let [_, (_, tree)] = app.explore.layout(app.size).tabs();
        clicks(&mut app, (tree.x, tree.y));
        assert_eq!(app.explore.focus, Pane::Tree);
        let [(_, trace), _] = app.explore.layout(app.size).tabs();
        clicks(&mut app, (trace.x, trace.y));
        assert_eq!(app.explore.focus, Pane::Trace);
    }

    #[test]
    fn the_rule_follows_the_pointer_until_it_is_let_go() {
        let mut app = demo::app(120, 40);
        let x = app.explore.layout(app.size).split.unwrap();
        does(&mut app, MouseEventKind::Down(MouseButton::Left), (x, 10));
        for column in [x + 7, 31, 77] {
            does(&mut app, MouseEventKind::Drag(MouseButton::Left), (column, 30));
            assert_eq!(app.explore.layout(app.size).split, Some(column));
        }
        does(&mut app, MouseEventKind::Up(MouseButton::Left), (77, 30));
        does(&mut app, MouseEventKind::Drag(MouseButton::Left), (50, 30));
        assert_eq!(app.explore.layout(app.size).split, Some(77));
    }

    #[test]
    fn the_wheel_scrolls_the_pane_under_it_and_the_cursor_stays_on_the_screen() {
        let mut app = long(120, 40);
        let page = usize::from(app.explore.layout(app.size).page());
        for _ in 0..3 {
            does(&mut app, MouseEventKind::ScrollDown, (5, 10));
        }
        let live = app.explore.trace().unwrap();
        let rows = live.rows(app.explore.layout(app.size).text_width());
        assert_eq!(live.top, rows.below(0, 9).start);
        assert_eq!(live.cursor.byte, live.top, "the cursor came along");
        for _ in 0..99 {
            does(&mut app, MouseEventKind::ScrollDown, (5, 10));
        }
        let live = app.explore.trace().unwrap();
        let rows = live.rows(app.explore.layout(app.size).text_width());
        assert_eq!(
            live.top,
            rows.above(live.last_byte(), page - 1).start,
            "the last page is a whole one"
        );
        for _ in 0..99 {
            does(&mut app, MouseEventKind::ScrollUp, (5, 10));
        }
        assert_eq!(
            (app.explore.trace().unwrap().top, app.explore.focus),
            (0, Pane::Trace)
        );
        let mut app = long(120, 10);
        does(&mut app, MouseEventKind::ScrollDown, (110, 6));
        let live = app.explore.trace().unwrap();
        assert_eq!((live.tree_top, live.cursor.node), (2, Some(2)));
    }

    #[test]
    fn a_root_that_takes_many_rows_is_clicked_on_each_of_them_and_left_with_its_first() {
        let question = format!(
            "Solve this Sudoku puzzle:\n{}",
            "1 _ _ _\n_ _ _ _\n_ _ _ _\n_ _ _ _\n"
        );
        let moves = ["12=2", "13=3", "14=4", "21=3", "22=4", "23=1", "24=2", "31=2"];
        let told = moves.map(|put| format!("r{}c{}.\n", &put[..1], &put[1..]));
        let text = told.concat();
        let subject = crate::trace::Subject::asked("sudoku", &question);
        let trace = crate::trace::Trace {
            tree: Some(crate::trace::Reader::read(subject, &text)),
            text,
            ..Default::default()
        };
        let mut app = demo::app(120, 15);
        update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
        app.settle();
        let layout = app.explore.layout(app.size);
        let (x, first) = (layout.tree.x + 8, layout.tree.y + 1);
        let seen = |app: &App| {
            let live = app.explore.trace().unwrap();
            (live.tree_top, live.cursor.node)
        };
        for (row, node) in [(0, 0), (3, 0), (4, 1), (5, 2), (2, 0)] {
            clicks(&mut app, (x, first + row));
            assert_eq!(seen(&app), (0, Some(node)), "row {row}");
        }
        does(&mut app, MouseEventKind::ScrollDown, (x, first));
        assert_eq!(
            seen(&app),
            (3, Some(1)),
            "half of the root is gone, and the cursor is below it"
        );
        clicks(&mut app, (x, first + 2));
        assert_eq!(seen(&app), (3, Some(2)));
        clicks(&mut app, (x, first));
        assert_eq!(seen(&app), (0, Some(0)), "the root comes back whole");
        for _ in 0..9 {
            does(&mut app, MouseEventKind::ScrollDown, (x, first));
        }
        let live = app.explore.trace().unwrap();
        let page = usize::from(layout.page());
        assert_eq!(live.tree_top, live.outline.lines().len() + 3 - page);
    }

    #[test]
    fn while_text_arrives_the_wheel_leaves_its_end_and_finds_it_again() {
        let mut app = long(120, 40);
        app.explore.traces[0].phase = Phase::Running;
        app.explore.traces[0].follow();
        app.settle();
        does(&mut app, MouseEventKind::ScrollUp, (5, 10));
        assert!(!app.explore.trace().unwrap().follow);
        does(&mut app, MouseEventKind::ScrollDown, (5, 10));
        does(&mut app, MouseEventKind::ScrollDown, (5, 10));
        assert!(app.explore.trace().unwrap().follow);
    }

    #[test]
    fn no_gesture_at_any_place_breaks_anything() {
        for mut app in [
            demo::app(120, 40),
            demo::app(50, 12),
            demo::app(3, 1),
            long(100, 16),
        ] {
            for kind in [
                MouseEventKind::Down(MouseButton::Left),
                MouseEventKind::Drag(MouseButton::Left),
                MouseEventKind::Up(MouseButton::Left),
                MouseEventKind::ScrollDown,
                MouseEventKind::ScrollUp,
            ] {
                for x in (0..130).step_by(3) {
                    for y in (0..45).step_by(2) {
                        does(&mut app, kind, (x, y));
                    }
                }
            }
        }
    }
}
