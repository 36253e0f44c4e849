//! The program as a person meets it: the real binary in a real terminal, with real keys.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod hostile;
mod terminal;
mod train;

use backtrail::{
    base::{cancel::Cancel, sampler::Sampler},
    engine::{Event, EventKind, PromptKind, Recorder, Request, RunId, StopReason, TokenBatch},
};
use std::{fs, io::Write as _, process::Command, sync::mpsc, thread, time::Instant};
use terminal::{Home, Terminal};

/// A tree with a move, and the verdict on a finished answer.
fn has_tree_and_verdict(screen: &str) -> bool {
    screen.contains("\u{2500} ") && screen.contains('\u{2192}') && screen.contains("idle") && {
        let verdict = screen.contains('\u{2713}') || screen.contains('\u{2717}');
        verdict && screen.contains(" tokens ")
    }
}

#[test]
fn it_solves_a_problem_listens_to_keys_fits_any_size_and_gives_the_terminal_back() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &[], (40, 120));
    terminal.wait("a tree and a verdict", has_tree_and_verdict);
    // The example on scout's card, chosen to show a return and all four habits.
    terminal.wait_for("17 3 16 \u{2192} 65");
    terminal.wait("the four habits and a return", |screen| {
        let marks = [
            " V   check ",
            " B   back to ",
            " S   aim for ",
            " C   65=",
            "\u{21a9}",
        ];
        marks.iter().all(|mark| screen.contains(mark))
    });
    assert!(terminal.is_taken());

    terminal.press("jjkkGgg\tjkzMzR\t");
    terminal.press("?");
    terminal.wait_for("Keys of Explore");
    terminal.press("\x1b");
    terminal.wait("no popup", |screen| !screen.contains("Keys of Explore"));
    terminal.press(":");
    terminal.wait_for("Commands");
    terminal.press("\x1b");
    terminal.wait("no popup", |screen| !screen.contains("Commands"));
    terminal.press("m");
    terminal.wait_for("take it");
    terminal.press("\x1b");
    terminal.wait("no popup", |screen| !screen.contains("take it"));

    terminal.press("p");
    terminal.wait_for("problem, like 18 7 4 -> 15:");
    terminal.press("3 5 7 -> 36\r");
    terminal.wait_for("3 5 7 \u{2192} 36");
    terminal.wait("a tree and a verdict", has_tree_and_verdict);
    terminal.press("p");
    terminal.wait_for("problem, like 18 7 4 -> 15:");
    terminal.press("3 -5 7 -> 36\r");
    // It is said what is wrong, and the typing waits to be corrected.
    terminal.wait_for("is negative");
    terminal.wait_for("problem, like 18 7 4 -> 15:");
    terminal.press("\x1b");
    terminal.wait("no question", |screen| !screen.contains("problem, like"));
    terminal.press("/");
    terminal.wait_for("search:");
    terminal.press("try\r");
    terminal.wait("no question", |screen| !screen.contains("search:"));
    terminal.press("r");
    terminal.wait("another problem", |screen| !screen.contains("3 5 7 \u{2192} 36"));
    terminal.wait("a tree and a verdict", has_tree_and_verdict);

    terminal.resize((24, 80));
    terminal.wait("a small screen", |screen| {
        screen.contains("Explore") && screen.contains("Habits")
    });
    terminal.resize((9, 38));
    terminal.wait_for("backtrail needs 40x10");
    terminal.resize((24, 80));
    terminal.wait_for("Habits");
    terminal.press("q");
    terminal.is_given_back();
    assert!(terminal.ended_well());
}

#[test]
fn two_models_solve_the_same_problem_side_by_side_and_a_table_leads_to_their_traces() {
    let home = Home::new();
    // Without a pace the lanes are done in a blink.
    home.file("config/config.toml", "pace = 0\n");
    let mut terminal = Terminal::start(&home, &["--problem", "3 5 7 -> 36"], (40, 120));
    terminal.wait("a tree and a verdict", has_tree_and_verdict);
    terminal.press("2");
    terminal.wait("both lanes and their verdicts", |screen| {
        let verdicts = screen.matches(['\u{2713}', '\u{2717}']).count();
        screen.contains("A scout") && screen.contains("B guesser") && verdicts == 2 && screen.contains("idle")
    });
    terminal.wait_for("3 5 7 \u{2192} 36");
    terminal.press("c");
    terminal.wait_for("how many held-out problems");
    terminal.press("\x1512 x 2\r");
    terminal.wait_for("A against B");
    terminal.wait_for("pass@2");
    terminal.press("f");
    terminal.wait_for("A right, B wrong");
    terminal.press("\rl");
    terminal.wait_for("lane B of 2");
    terminal.press("o");
    terminal.wait("the trace in Explore", |screen| screen.contains("Habits  V"));
    terminal.press("2");
    terminal.wait_for("A right, B wrong");
    terminal.resize((24, 80));
    terminal.wait_for("B guesser");
    terminal.press("\x1b");
    terminal.wait_for("problem 1 of ");
    terminal.press("\x1b");
    terminal.wait_for("A against B");
    terminal.press("q");
    terminal.is_given_back();
    assert!(terminal.ended_well());
}

#[test]
fn a_signal_ends_it_as_cleanly_as_a_key() {
    let home = Home::new();
    for signal in ["TERM", "HUP", "INT"] {
        let mut terminal = Terminal::start(&home, &["--problem", "18 7 4 -> 15"], (30, 110));
        terminal.wait_for("18 7 4 \u{2192} 15");
        terminal.signal(signal);
        terminal.is_given_back();
        assert!(terminal.ended_well(), "{signal}");
    }
}

#[test]
fn the_shell_gets_the_terminal_while_it_is_suspended() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &[], (30, 110));
    terminal.wait("a tree and a verdict", has_tree_and_verdict);
    terminal.press("\x1a");
    terminal.is_given_back();
    terminal.wake();
    terminal.wait("the tree again", has_tree_and_verdict);
    assert!(terminal.is_taken() && terminal.has_mouse());
    terminal.press("q");
    terminal.is_given_back();
    assert!(terminal.ended_well());
}

#[test]
fn the_mouse_drags_the_rule_and_puts_the_cursor_where_it_clicks_unless_it_is_not_wanted() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &["--problem", "18 7 4 -> 15"], (30, 120));
    terminal.wait("a tree and a verdict", has_tree_and_verdict);
    assert!(terminal.has_mouse());
    // Takes the rule (columns and rows count from 1 here) and lets it go at column 41.
    terminal.press("\x1b[<0;61;10M\x1b[<32;41;12M\x1b[<0;41;12m");
    terminal.wait("a moved rule", |screen| {
        screen.lines().nth(10).and_then(|line| line.chars().nth(40)) == Some('\u{2502}')
    });
    // The first row of text.
    terminal.press("\x1b[<0;6;6M\x1b[<0;6;6m");
    terminal.wait("a cursor there", |screen| {
        screen
            .lines()
            .nth(5)
            .is_some_and(|line| line.starts_with('\u{25b8}'))
    });
    terminal.press("q");
    terminal.is_given_back();
    assert!(terminal.ended_well());

    home.file("config/config.toml", "mouse = false\n");
    let mut terminal = Terminal::start(&home, &["--problem", "18 7 4 -> 15"], (30, 120));
    terminal.wait("a tree and a verdict", has_tree_and_verdict);
    assert!(terminal.is_taken() && !terminal.has_mouse());
    terminal.press("q");
    assert!(terminal.ended_well());
}

#[test]
fn what_is_wrong_at_the_start_is_said_on_the_screen_or_before_it() {
    let home = Home::new();
    home.file("config/config.toml", "theme = \"nonesuch\"\nmodle = 1\n");
    home.file("config/keys.toml", "[everywhere]\nq = \"fly\"\n");
    let mut terminal = Terminal::start(&home, &["--model", "scuot"], (30, 110));
    terminal.wait_for("could not be loaded");
    terminal.press("p2 3 -> 5\r");
    terminal.wait_for("scuot could not be loaded: there is no model");
    terminal.press("q");
    terminal.is_given_back();
    assert!(terminal.ended_well());

    let mut terminal = Terminal::start(&home, &[], (30, 120));
    terminal.wait_for("(2 more warnings");
    terminal.press("q");
    terminal.is_given_back();
    assert!(terminal.ended_well());
    let written = String::from_utf8(terminal.written.clone()).unwrap();
    for wrong in ["modle", "nonesuch", "fly"] {
        assert!(written.contains(wrong), "{wrong}");
    }

    let mut terminal = Terminal::start(&home, &["nowhere.jsonl"], (30, 110));
    terminal.wait_for("nowhere.jsonl cannot be opened");
    assert!(!terminal.is_taken() && !terminal.ended_well());
}

#[test]
fn a_recording_is_played() {
    let home = Home::new();
    let path = home.file(
        "run.jsonl",
        recorded("try 18-7=11 left 11 4\ncheck 11+4=15 yes\nanswer (18-7)+4\n"),
    );
    let mut terminal = Terminal::start(&home, &["--play", &path], (30, 110));
    terminal.wait("its text", |screen| {
        screen.contains("check 11+4=15 yes") && screen.contains("idle")
    });
    terminal.wait("its tree and verdict", has_tree_and_verdict);
    terminal.wait_for("made-up");
    terminal.press("q");
    terminal.is_given_back();
    assert!(terminal.ended_well());
}

#[test]
fn what_is_recorded_in_the_workbench_can_be_played_there() {
    let home = Home::new();
    let arguments = ["--record", "run.jsonl", "--problem", "3 5 7 -> 36"];
    let mut terminal = Terminal::start(&home, &arguments, (30, 110));
    terminal.wait("a tree and a verdict", has_tree_and_verdict);
    terminal.press("q");
    assert!(terminal.ended_well());
    let text = fs::read_to_string(home.path("run.jsonl")).unwrap();
    assert!(
        text.starts_with("{\"schema\":\"backtrail.recording/1\",\"model\":\"scout\"}\n"),
        "{text}"
    );
    let mut terminal = Terminal::start(&home, &["--play", "run.jsonl"], (30, 110));
    terminal.wait_for("3 5 7 \u{2192} 36");
    terminal.wait("a tree and a verdict", has_tree_and_verdict);
    terminal.press("q");
    assert!(terminal.ended_well());
}

#[test]
fn what_lanes_write_is_recorded_too_and_played_side_by_side() {
    let home = Home::new();
    home.file("config/config.toml", "pace = 0\n");
    let arguments = ["--record", "run.jsonl", "--problem", "3 5 7 -> 36"];
    let both = |screen: &str| {
        let verdicts = screen.matches(['\u{2713}', '\u{2717}']).count();
        let lanes = screen.contains("A scout") && screen.contains("B guesser");
        lanes && verdicts == 2 && screen.contains("idle")
    };
    let mut terminal = Terminal::start(&home, &arguments, (30, 110));
    terminal.wait("a tree and a verdict", has_tree_and_verdict);
    terminal.press("2");
    terminal.wait("both lanes and their verdicts", both);
    terminal.press("\x03");
    assert!(terminal.ended_well());
    let text = fs::read_to_string(home.path("run.jsonl")).unwrap();
    for lane in [
        r#""lane":{"id":0,"model":"scout"}"#,
        r#""lane":{"id":1,"model":"guesser"}"#,
    ] {
        assert!(text.contains(lane), "{text}");
    }
    let mut terminal = Terminal::start(&home, &["--play", "run.jsonl"], (30, 110));
    terminal.wait("a tree and a verdict", has_tree_and_verdict);
    terminal.press("2");
    terminal.wait("both lanes and their verdicts", both);
    terminal.wait_for("3 5 7 \u{2192} 36");
    terminal.press("c");
    terminal.wait_for("how many held-out problems");
    terminal.press("\r");
    terminal.wait_for("A recording holds what the lanes wrote");
    terminal.press("\x03");
    assert!(terminal.ended_well());
}

#[test]
fn the_first_trace_of_a_file_is_there_while_the_others_are_still_read() {
    let home = Home::new();
    // A file without an end, as long as the writer holds it.
    let path = home.path("endless.jsonl");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let name = path.to_str().unwrap().to_owned();
    let (seen, wait) = mpsc::channel();
    let writer = thread::spawn(move || {
        let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.write_all(b"{\"text\":\"the first text\"}\n").unwrap();
        wait.recv().unwrap();
        file.write_all(b"{\"text\":1}\n{\"text\":\"the second text\"}\n")
            .unwrap();
    });
    let mut terminal = Terminal::start(&home, &[&name], (30, 110));
    terminal.wait_for("the first text");
    seen.send(()).unwrap();
    writer.join().unwrap();
    terminal.wait_for("line 2: `text` is not a string");
    terminal.press("]");
    terminal.wait_for("the second text");
    terminal.press("q");
    assert!(terminal.ended_well());
    let written = String::from_utf8(terminal.written.clone()).unwrap();
    assert!(
        written.contains("backtrail: ") && written.matches("is not a string").count() > 1,
        "said again at the end"
    );
}

/// A recording of one run that says `text`.
fn recorded(text: &str) -> Vec<u8> {
    let run = RunId(0);
    let request = Request {
        run,
        prompt: "make 15 from 18 7 4\n".into(),
        kind: PromptKind::Raw,
        known: Vec::new(),
        prefix: Vec::new(),
        sampler: Sampler::default(),
        index: 0,
        samples: vec![0],
        top: 0,
        cancel: Cancel::default(),
        pace: Default::default(),
    };
    let batch = TokenBatch {
        text: text.into(),
        ids: vec![1],
        ends: vec![text.len()],
        logprob: vec![-0.1],
        entropy: vec![0.2],
        top: vec![Vec::new()],
        top_text: Vec::new(),
        given: 0,
    };
    let now = Instant::now();
    let mut recorder = Recorder::new(Vec::new(), "made-up").unwrap();
    recorder.asked(&request, None, now).unwrap();
    for kind in [
        EventKind::Started { prompt_tokens: 9 },
        EventKind::Tokens { sample: 0, batch },
        EventKind::Finished {
            sample: 0,
            reason: StopReason::Stop,
        },
        EventKind::Done,
    ] {
        recorder.said(&Event { run, kind }, now).unwrap();
    }
    recorder.finish().unwrap()
}
