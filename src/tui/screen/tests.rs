//! What the screen looks like: characters, and below them every style that is not the plain one.

use super::draw;
use crate::{
    engine::RunId,
    train::Kept,
    tui::{
        app::{
            App, ModelEntry, Msg,
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
fn explore_at_three_sizes() {
    for (columns, rows) in [(200, 60), (120, 40), (80, 24)] {
        let mut app = demo::app(columns, rows);
        press(&mut app, "g g j");
        insta::assert_snapshot!(
            format!("explore_{columns}x{rows}"),
            dump(&painted(&app, &look("default", Depth::Ansi)))
        );
    }
}

#[test]
fn a_narrow_screen_keeps_what_matters_and_cuts_nothing_unsaid() {
    for columns in 40..100 {
        let mut app = demo::app(columns, 24);
        press(&mut app, "g g j f");
        for keys in ["g g", "tab", "tab ?"] {
            press(&mut app, keys);
            let text = dump(&painted(&app, &look("default", Depth::Ansi)));
            let rows: Vec<&str> = text.lines().collect();
            let has = |row: usize, words: &[&str]| {
                for word in words {
                    assert!(
                        rows[row].contains(word),
                        "{columns} `{keys}` {word}: {}",
                        rows[row]
                    );
                }
            };
            has(0, &["1 Explore", "scout", "live"]);
            has(23, &["esc "]);
            if !keys.ends_with('?') {
                has(2, &["18 7 4 \u{2192} 15"]);
                has(4, &["Trace   Tree"]);
                has(22, &["trace 2 of 2"]);
                has(23, &[": commands   ? keys"]);
            }
        }
        for row in dump(&painted(&app, &look("default", Depth::Ansi)))
            .lines()
            .skip(1)
            .take(21)
        {
            assert!(!row.contains('\u{2026}'), "help is wrapped, not cut: {row}");
        }
    }
}

#[test]
fn train_at_three_sizes() {
    for (columns, rows) in [(200, 60), (120, 40), (80, 24)] {
        let shot = |app: &App| dump(&painted(app, &look("default", Depth::Ansi)));
        let app = demo::train::listed(columns, rows);
        insta::assert_snapshot!(format!("train_list_{columns}x{rows}"), shot(&app));
        let mut app = demo::train::opened(columns, rows);
        press(&mut app, "j");
        insta::assert_snapshot!(format!("train_{columns}x{rows}"), shot(&app));
        let app = demo::train::running(columns, rows);
        insta::assert_snapshot!(format!("train_running_{columns}x{rows}"), shot(&app));
    }
}

#[test]
fn a_sample_a_first_appearance_and_a_run_over_another() {
    let shot = |app: &App| dump(&painted(app, &look("default", Depth::Ansi)));
    let mut app = demo::train::opened(100, 30);
    press(&mut app, "j enter");
    insta::assert_snapshot!("train_sample", shot(&app));
    press(&mut app, "esc");
    let found = Ok(Box::new(demo::train::emerged()));
    demo::train::tell(&mut app, Said::Emerged(demo::train::ROOT.into(), found));
    app.settle();
    insta::assert_snapshot!("train_emergence", shot(&app));
    press(&mut app, "tab");
    insta::assert_snapshot!("train_emergence_trees", shot(&app));
    press(&mut app, "esc tab j");
    demo::train::tell(&mut app, Said::Laid(Ok(Box::new(demo::train::history(20)))));
    app.settle();
    insta::assert_snapshot!("train_overlaid", shot(&app));
    let mut app = demo::train::running(80, 24);
    let why = "the entropy fell to 0.0040 nats a token, below `stop.min_entropy` = 0.005";
    demo::train::tell(&mut app, Said::Ended(State::Paused(why.into())));
    press(&mut app, "j");
    insta::assert_snapshot!("train_paused", shot(&app));
}

#[test]
fn a_run_that_goes_on_is_seen_from_every_screen() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut app = demo::train::running(columns, rows);
        for screen in crate::tui::app::Screen::all() {
            app.screen = screen;
            app.settle();
            let text = dump(&painted(&app, &look("default", Depth::Ansi)));
            let header = text.lines().next().unwrap_or_default();
            assert!(header.contains("grpo 3/150") && !header.contains('…'), "{header}");
        }
    }
}

#[test]
fn the_longest_origin_fits_eighty_columns() {
    let mut app = demo::app(80, 24);
    for origin in ["fork of", "edit of", "insertion in", "token swap in"] {
        app.explore.traces[0].origin = format!("{origin} 199 at 500");
        let text = dump(&painted(&app, &look("default", Depth::Ansi)));
        assert!(
            text.contains(&format!("trace 1 of 1 \u{b7} {origin} 199 at 500")),
            "{text}"
        );
    }
}

#[test]
fn what_nobody_knows_is_drawn_as_nothing_else_is() {
    let mut app = demo::app(120, 40);
    let mut parsed = demo::parsed(RunId(0), 0);
    for node in &mut parsed.tree.nodes[1..] {
        node.reachable = None;
    }
    update(&mut app, Msg::Parsed(Box::new(parsed)));
    for (glyphs, unknown) in [(&UNICODE, '\u{25cc}'), (&ASCII, '~')] {
        let look = Look {
            glyphs,
            ..look("default", Depth::Ansi)
        };
        let text = dump(&painted(&app, &look));
        let rows: Vec<&str> = text
            .lines()
            .filter(|row| row.contains("18") || row.contains("need"))
            .collect();
        let drawn = rows.iter().filter(|row| row.contains(unknown)).count();
        assert_eq!(
            drawn, 3,
            "one given up, one left open, one that only seems to be the goal: {text}"
        );
        let right = text.lines().map(|row| row.chars().skip(61).collect::<String>());
        let mut finished = right.filter(|row| row.contains("=29") || row.contains("=21"));
        assert!(
            finished.all(|row| !row.contains(unknown)),
            "finished states stay what they are: {text}"
        );
    }
}

#[test]
fn a_move_after_a_return_to_nowhere_is_marked_and_explained() {
    let mut app = demo::app(120, 40);
    let mut parsed = demo::parsed(RunId(0), 0);
    parsed.tree.backtracks[0].to = None;
    update(&mut app, Msg::Parsed(Box::new(parsed)));
    press(&mut app, "tab G k");
    let text = dump(&painted(&app, &look("default", Depth::Ansi)));
    assert!(text.contains("\u{21a9}! need 11"), "{text}");
    press(&mut app, "W");
    let text = dump(&painted(&app, &look("default", Depth::Ansi)));
    assert!(
        text.contains("it follows `back to 18 7 4`, a return to a state that never existed"),
        "{text}"
    );
}

#[test]
fn a_trace_brought_along_says_what_it_says_itself_and_nothing_more() {
    let trace = crate::trace::Trace {
        text: "18 - 7 = 11".into(),
        ..Default::default()
    };
    let by = |trace: crate::trace::Trace| {
        let mut app = App::new(
            Keymap::load(None).0,
            (120, 30),
            jiff::Timestamp::UNIX_EPOCH,
            false,
        );
        update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
        update(&mut app, demo::model_msg());
        app.settle();
        dump(&painted(&app, &look("default", Depth::Ansi)))
    };
    let text = by(trace.clone());
    let head: Vec<&str> = text.lines().take(3).collect();
    for unsaid in ["scout", "tokens", " s", "T="] {
        assert!(!head.iter().any(|row| row.contains(unsaid)), "{unsaid}: {text}");
    }
    assert!(
        text.contains("scout goes on"),
        "whoever goes on is told apart: {text}"
    );
    let record = crate::trace::record::ModelRef {
        device: None,
        ..crate::trace::record::ModelRef::recorded("qwen")
    };
    let said = crate::trace::Trace {
        model: Some(record),
        tokens: Some(crate::trace::record::Tokens {
            prompt: 9,
            generated: 61,
        }),
        seconds: Some(crate::trace::record::Seconds {
            first_token: 0.1,
            total: 1.5,
        }),
        ..trace
    };
    let text = by(said);
    assert!(
        text.contains("qwen  idle") && text.contains(" 61 tokens    1.50 s"),
        "{text}"
    );
}

#[test]
fn popups_and_prompts() {
    let cases = [
        ("help", "?"),
        ("palette", ": f o"),
        ("alternatives", "a"),
        ("why", "W"),
        ("models", "m"),
        ("sampler", "t"),
        ("prompt", "i W a i t"),
        ("sequence", "z"),
        ("tree_tab", "tab"),
    ];
    for (name, keys) in cases {
        let mut app = demo::app(80, 24);
        press(&mut app, "g g j j");
        press(&mut app, keys);
        let entry = |name: &str| ModelEntry {
            name: name.into(),
            summary: "bundled".into(),
            needs: (name == "big").then(|| "its weights are not here".into()),
        };
        update(&mut app, Msg::Models(vec![entry("scout"), entry("big")]));
        update(
            &mut app,
            Msg::TokenTexts((0..101).map(|id| (id, format!(" w{id}"))).collect()),
        );
        insta::assert_snapshot!(name, dump(&painted(&app, &look("default", Depth::Ansi))));
    }
}

#[test]
fn compare_at_three_sizes() {
    for (columns, rows) in [(200, 60), (120, 40), (80, 24)] {
        let mut app = demo::compared(columns, rows);
        press(&mut app, "g g j");
        let shot = dump(&painted(&app, &look("default", Depth::Ansi)));
        insta::assert_snapshot!(format!("compare_{columns}x{rows}"), shot);
        press(&mut app, "tab j l");
        let shot = dump(&painted(&app, &look("default", Depth::Ansi)));
        insta::assert_snapshot!(format!("compare_table_{columns}x{rows}"), shot);
        press(&mut app, "f");
        let shot = dump(&painted(&app, &look("default", Depth::Ansi)));
        insta::assert_snapshot!(format!("compare_list_{columns}x{rows}"), shot);
    }
}

#[test]
fn the_keys_of_a_screen_are_those_that_work_on_it() {
    let mut app = demo::compared(120, 60);
    press(&mut app, "?");
    let text = dump(&painted(&app, &look("default", Depth::Ansi)));
    for part in [
        "Keys of Compare",
        "h left          Go to the lane",
        "gg home         Go to the beginning",
    ] {
        assert!(text.contains(part), "`{part}` is missing in {text}");
    }
    for part in ["One token back", "Fork", "Fold or unfold"] {
        assert!(!text.contains(part), "{part}");
    }
}

#[test]
fn four_lanes_are_seen_as_far_as_they_fit_and_the_others_are_reached() {
    let mut app = demo::compared(80, 24);
    for id in [2, 3] {
        app.compare.lanes.push(app.compare.lanes[0].clone());
        app.compare.lanes[id].id = id as u64;
    }
    let shown = |app: &App| {
        let text = dump(&painted(app, &look("default", Depth::Ansi)));
        ["A scout", "B guesser", "C scout", "D scout"].map(|name| text.contains(name))
    };
    assert_eq!(shown(&app), [true, true, false, false]);
    press(&mut app, "l l l");
    assert_eq!(shown(&app), [false, false, true, true]);
}

#[test]
fn long_lines_wrap_and_strange_characters_keep_their_columns() {
    let text = "Wait, let me think about this once more: 25 + 4 is 29, and 25 - 4 is 21, so neither of them works.\n\n\
        日本語の文章は幅が二倍なので、折り返しは文字の途中では起こらない。もう一度考えてみよう、たぶん大丈夫だ。\n\
        a\ttab, an escape \u{1b}[31m, a nul \0, e\u{301} and 👩\u{200d}🔬 stay visible.";
    let trace = crate::trace::Trace {
        text: text.into(),
        ..Default::default()
    };
    let mut app = App::new(Keymap::load(None).0, (60, 18), jiff::Timestamp::UNIX_EPOCH, false);
    update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
    press(&mut app, "j j j w");
    insta::assert_snapshot!("free_text", dump(&painted(&app, &look("default", Depth::Ansi))));
}

#[test]
fn the_first_frame_stands_before_anything_is_known() {
    let mut app = App::new(Keymap::load(None).0, (80, 24), jiff::Timestamp::UNIX_EPOCH, true);
    app.settle();
    insta::assert_snapshot!("first_frame", dump(&painted(&app, &look("default", Depth::Ansi))));
}

#[test]
fn ascii_means_ascii() {
    let look = Look {
        glyphs: &ASCII,
        ..look("default", Depth::Ansi)
    };
    for keys in ["g g", "?", ":", "a", "W", "m", "t"] {
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
