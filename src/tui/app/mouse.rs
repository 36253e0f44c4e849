//! The mouse: a popup takes the wheel, everything else belongs to the screen. Whatever it does has a key too, and the
//! terminal still selects text itself while shift is held.

use super::{App, Screen, explore};
use crossterm::event::{MouseEvent, MouseEventKind};

/// Takes in what the mouse did.
pub fn hear(app: &mut App, event: MouseEvent) {
    let covered = app.overlay.is_some();
    match event.kind {
        MouseEventKind::ScrollDown if covered => return app.select(1),
        MouseEventKind::ScrollUp if covered => return app.select(-1),
        MouseEventKind::Down(_) if covered => return,
        MouseEventKind::Down(_) => {
            app.notice = None;
            app.pending.clear();
        }
        _ => {}
    }
    match app.screen {
        Screen::Explore => explore::point(app, event),
    }
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
