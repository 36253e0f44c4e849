//! What the screen looks like: characters, and below them every style that is not the plain one. What holds for one screen
//! stands in a file of its own; here is what holds for all.

mod compare;
mod explore;
mod foreign;
mod lists;
mod overlay;
mod train;

use super::draw;
use crate::{
    engine::RunId,
    trace::{
        Span, Trace,
        import::{Place, RowError},
    },
    train::Kept,
    tui::{
        app::{
            App, ModelEntry, Msg, Problem, Unread,
            train::{Msg as Said, State},
            update,
        },
        demo,
        keymap::{Keymap, parse_sequence},
        theme::{ASCII, Depth, Look, Theme, UNICODE},
    },
};
use proptest::prelude::*;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

fn look(theme: &str, depth: Depth) -> Look {
    Look {
        theme: Theme::load(theme, depth, &|_| None).0,
        glyphs: &UNICODE,
    }
}

fn painted(app: &App, look: &Look) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    draw(app, look, &mut buffer);
    buffer
}

fn press(app: &mut App, keys: &str) {
    for chord in parse_sequence(keys).unwrap() {
        update(app, Msg::Key(chord.event()));
    }
    app.settle();
}

/// The rows as text, then for each row its runs of styles.
fn dump(buffer: &Buffer) -> String {
    let mut text = String::new();
    let mut styles = String::new();
    let width = usize::from(buffer.area.width);
    for (y, row) in buffer.content.chunks(width.max(1)).enumerate() {
        let line: String = row.iter().map(|cell| cell.symbol()).collect();
        text.push_str(line.trim_end());
        text.push('\n');
        let mut x = 0;
        for run in row.chunk_by(|a, b| a.style() == b.style()) {
            let (style, end) = (run[0].style(), x + run.len() - 1);
            if !describe(style).is_empty() {
                styles.push_str(&format!("{y}:{x}-{end} {}\n", describe(style)));
            }
            x = end + 1;
        }
    }
    format!("{text}\n{styles}")
}

fn describe(style: Style) -> String {
    let color = |name: &str, color: Option<ratatui::style::Color>| match color {
        None | Some(ratatui::style::Color::Reset) => String::new(),
        Some(color) => format!("{name}{color} "),
    };
    let modifiers = format!("{:?}", style.add_modifier)
        .replace("Modifier(", "")
        .replace(')', "");
    let modifiers = if style.add_modifier.is_empty() {
        String::new()
    } else {
        modifiers
    };
    format!("{}{}{modifiers}", color("", style.fg), color("on ", style.bg))
        .trim()
        .into()
}

#[test]
fn ascii_means_ascii() {
    let look = Look {
        glyphs: &ASCII,
        ..look("default", Depth::Ansi)
    };
    for keys in ["g g", "?", "? G", ":", "a", "W", "m", "t"] {
        let mut app = demo::app(120, 40);
        press(&mut app, keys);
        let text = dump(&painted(&app, &look));
        assert!(text.is_ascii(), "{keys}: {text}");
    }
    for keys in ["g g", "?", "tab", "f", "m", "c"] {
        let mut app = demo::compared(120, 40);
        press(&mut app, keys);
        let text = dump(&painted(&app, &look));
        assert!(text.is_ascii(), "compare, {keys}: {text}");
    }
    for keys in ["j", "?", "tab", "f", "enter", "esc"] {
        let mut app = demo::train::opened(120, 40);
        press(&mut app, keys);
        let text = dump(&painted(&app, &look));
        assert!(text.is_ascii(), "train, {keys}: {text}");
    }
}

#[test]
fn without_colour_nothing_is_coloured_and_every_habit_has_its_letter() {
    let mut app = demo::app(120, 40);
    press(&mut app, "g g");
    for theme in ["default", "dark"] {
        let buffer = painted(&app, &look(theme, Depth::Mono));
        let plain = |color| color == ratatui::style::Color::Reset;
        assert!(buffer.content.iter().all(|cell| plain(cell.fg) && plain(cell.bg)));
        let gutter: String = (5..12).map(|y| buffer[(1, y)].symbol()).collect();
        assert_eq!(gutter, " VVBCSV");
    }
    // Right, right on false grounds, wrong: told apart by signs alone.
    let app = demo::train::opened(120, 40);
    let buffer = painted(&app, &look("default", Depth::Mono));
    let text = dump(&buffer);
    let signs: Vec<&str> = ["▸✓ ", " ✓! ", " ✗ "]
        .into_iter()
        .filter(|sign| text.contains(sign))
        .collect();
    assert_eq!(signs.len(), 3, "{text}");
}

#[test]
fn a_small_terminal_says_what_it_needs() {
    let app = demo::app(39, 9);
    assert!(dump(&painted(&app, &look("default", Depth::Ansi))).starts_with("backtrail needs 40x10\n"));
}

#[test]
fn throwing_the_caches_away_changes_nothing() {
    let mut app = demo::app(120, 40);
    let look = look("dark", Depth::True);
    press(&mut app, "tab g g l enter");
    let before = painted(&app, &look);
    app.forget();
    app.settle();
    assert_eq!(painted(&app, &look), before);
}

#[test]
fn hostile_text_reaches_no_terminal() {
    let mut app = demo::app(80, 24);
    let evil = "a\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{200b}\u{0}\tz";
    let mut parsed = demo::parsed(RunId(0), 0);
    parsed.tree.nodes[1].state = evil.into();
    parsed.behaviors[0].evidence = evil.into();
    parsed.behaviors[1].behavior = evil.into();
    parsed.outcome.as_mut().unwrap().answer = Some(evil.into());
    update(&mut app, Msg::Parsed(Box::new(parsed)));
    app.explore.traces[0].text.push(evil);
    update(&mut app, Msg::TokenTexts(vec![(37, evil.into())]));
    update(&mut app, Msg::Notice(crate::tui::app::Notice::error(evil)));
    for keys in ["g g", "tab", "W", "esc a", "esc G e"] {
        press(&mut app, keys);
        let buffer = painted(&app, &look("default", Depth::Ansi));
        let bad = |text: &str| text.contains(crate::base::json::is_control);
        assert!(!buffer.content.iter().any(|cell| bad(cell.symbol())), "{keys}");
    }
    let mut app = demo::train::listed(80, 24);
    let mut history = demo::train::history(3);
    history.root = format!("/runs/{evil}").into();
    demo::train::tell(&mut app, Said::Opened(Ok(Box::new(history))));
    let mut sample = demo::train::sample(3, demo::train::Kind::Faked);
    sample.trace.text.push_str(evil);
    sample.trace.outcome.as_mut().unwrap().answer = Some(evil.into());
    sample.problem = std::sync::Arc::new(crate::tui::app::Problem {
        statement: evil.into(),
        ..demo::problem()
    });
    let root = app.train.run().unwrap().root.clone();
    demo::train::tell(
        &mut app,
        Said::Traces(root, Kept::Rollouts, 3, Ok(vec![sample.clone(), sample])),
    );
    for keys in ["j", "enter", "tab", "esc esc"] {
        press(&mut app, keys);
        let buffer = painted(&app, &look("default", Depth::Ansi));
        let bad = |text: &str| text.contains(crate::base::json::is_control);
        assert!(
            !buffer.content.iter().any(|cell| bad(cell.symbol())),
            "train, {keys}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_keys_at_no_size_break_anything(
        keys in prop::collection::vec(prop_oneof![
            4 => "[!-~]", 1 => Just("enter".to_string()), 1 => Just("esc".to_string()), 1 => Just("tab".to_string()),
            1 => Just("down".to_string()), 1 => Just("ctrl-u".to_string()), 1 => Just("space".to_string()),
        ], 0..40),
        columns in 0u16..160, rows in 0u16..50, text in "[a-c \n\t日é]{0,300}",
    ) {
        let look = look("default", Depth::Ansi);
        let mut app = match text.len() % 4 {
            0 => demo::app(columns, rows),
            1 => demo::compared(columns, rows),
            2 => demo::train::opened(columns, rows),
            _ => demo::train::running(columns, rows),
        };
        if let Some(live) = app.explore.traces.first_mut() {
            live.text.push(&text);
            live.folds.sync(live.text.as_str(), [Span::new(20, live.text.floor(60)), Span::new(150, 190)]);
        }
        if let Some(live) = &mut app.compare.lanes.first_mut().and_then(|lane| lane.live.as_mut()) {
            live.text.push(&text);
        }
        for key in keys {
            press(&mut app, &key);
            painted(&app, &look);
        }
        // The terminal may shrink between layout and drawing.
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns / 2, rows / 2));
        draw(&app, &look, &mut buffer);
    }
}

#[test]
fn texts_are_cut_by_columns_not_by_characters() {
    assert_eq!(super::clip("short", 5, "\u{2026}"), "short");
    assert_eq!(super::clip("too long", 5, "\u{2026}"), "too \u{2026}");
    assert_eq!(
        super::clip("\u{65e5}\u{672c}\u{8a9e}", 5, "\u{2026}"),
        "\u{65e5}\u{672c}\u{2026}"
    );
    assert_eq!(
        super::end_of("\u{65e5}\u{672c}\u{8a9e}", 5, "\u{2026}"),
        "\u{2026}\u{672c}\u{8a9e}"
    );
    assert_eq!(super::filled("\u{65e5}".to_owned(), 4), "\u{65e5}  ");
}
