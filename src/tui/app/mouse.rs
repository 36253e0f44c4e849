//! The mouse: a popup takes the wheel, everything else belongs to the screen. Whatever it does has a key too, and the
//! terminal still selects text itself while shift is held.

use super::{Action, App, Effect, Screen, explore};
use crossterm::event::{MouseEvent, MouseEventKind};

/// Takes in what the mouse did.
pub fn hear(app: &mut App, event: MouseEvent) -> Vec<Effect> {
    let covered = app.overlay.is_some();
    match event.kind {
        MouseEventKind::ScrollDown if covered => app.select(1),
        MouseEventKind::ScrollUp if covered => app.select(-1),
        _ if covered => {}
        kind => return uncovered(app, kind, event),
    }
    Vec::new()
}

fn uncovered(app: &mut App, kind: MouseEventKind, event: MouseEvent) -> Vec<Effect> {
    if matches!(kind, MouseEventKind::Down(_)) {
        app.notice = None;
        app.pending.clear();
    }
    match (app.screen, kind) {
        (Screen::Explore, _) => explore::point(app, event),
        // Elsewhere the wheel is the arrow keys.
        (_, MouseEventKind::ScrollDown) => return app.perform(Action::Down),
        (_, MouseEventKind::ScrollUp) => return app.perform(Action::Up),
        _ => {}
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{
        app::{Action, Msg, Overlay, update},
        demo,
    };
    use crossterm::event::{KeyModifiers, MouseButton};

    #[test]
    fn over_a_popup_the_wheel_scrolls_it_and_a_click_changes_nothing_below() {
        let mut app = demo::app(120, 20);
        app.perform(Action::Help);
        let before = app.explore.trace().unwrap().cursor;
        for (kind, column, row) in [
            (MouseEventKind::ScrollDown, 60, 10),
            (MouseEventKind::Down(MouseButton::Left), 5, 6),
            (MouseEventKind::Up(MouseButton::Left), 5, 6),
        ] {
            let event = MouseEvent {
                kind,
                column,
                row,
                modifiers: KeyModifiers::NONE,
            };
            update(&mut app, Msg::Mouse(event));
            app.settle();
        }
        assert!(matches!(app.overlay, Some(Overlay::Help(1))));
        assert_eq!(app.explore.trace().unwrap().cursor, before);
    }
}
