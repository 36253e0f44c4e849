//! Traces that try to drive the terminal.

use crate::terminal::{Home, Terminal};
use serde_json::json;

/// Commands that the workbench itself never gives: reports, titles, resets, cursor jumps, C1 and bidirectional controls.
const ATTACK: &str = "\u{1b}[5n\u{1b}[21t\u{1b}]0;pwned\u{7}\u{1b}]52;c;cHduZWQ=\u{1b}\\\u{1b}c\u{1b}P+q\u{1b}\\\u{9b}5n\u{9d}0;x\u{9c}\0\u{8}\u{7f}\r\u{85}\u{202e}\u{2066}\u{200b}\u{feff}\t";

/// What the workbench writes, as one screen after the other: all its control sequences taken out.
#[track_caller]
fn is_tame(written: &[u8]) {
    let text = std::str::from_utf8(written).unwrap();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        // What is said on standard error ends its lines so; no line of the attack does.
        if c == '\r' && rest.next_if_eq(&'\n').is_some() {
            continue;
        }
        if c != '\u{1b}' {
            let is_bidi = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
            assert!(!c.is_control() && !is_bidi, "{c:?} got through");
            continue;
        }
        assert_eq!(rest.next(), Some('['), "only CSI sequences are ours");
        let parameters: String = std::iter::from_fn(|| rest.next_if(|c| matches!(c, '0'..='?'))).collect();
        let last = rest.next();
        let ours = matches!(last, Some('H' | 'm' | 'J' | 'h' | 'l'));
        assert!(ours, "CSI {parameters} {last:?} is none of ours");
    }
}

#[test]
fn no_control_byte_of_a_trace_reaches_the_terminal() {
    let home = Home::new();
    let text = format!(
        "try 1+2=3 left 3{ATTACK}\nback to 1 2 3{ATTACK}\n{ATTACK}check 1+2=3 yes{ATTACK}\n{}\nanswer 1+2{ATTACK}\n",
        format!("{ATTACK}long ").repeat(8_000)
    );
    assert!(text.len() > 600_000);
    let row = json!({"text": text, "id": ATTACK, "prompt": ATTACK, "model": {"name": ATTACK}, "task": "countdown",
        "problem": {"numbers": [1, 2], "target": 3}, "finish": "stop"});
    let other = json!({"text": text, "prompt": format!("{ATTACK} what?"), "task": ATTACK, "problem": {ATTACK: ATTACK}});
    let rows = home.file("rows.jsonl", format!("{row}\n{other}\n{{\"text\":\"{ATTACK}\n"));
    let mut plain = text.clone().into_bytes();
    plain.extend([0xff, 0x9b, b'5', b'n', 0xc2]);
    let plain = home.file(&format!("{}.txt", "\u{1b}[5n"), plain);

    let mut terminal = Terminal::start(&home, &[&rows, &plain], (40, 120));
    terminal.wait_for("1+2=3");
    terminal.wait_for("rows.jsonl, line 3: this is no JSON");
    terminal.press("j");
    terminal.wait_for("#0 · 1 of 3");
    // The row that cannot be read has a number, too.
    for trace in ["#1 · 2 of 3", "#3 · 3 of 3"] {
        terminal.press("]");
        terminal.wait_for(trace);
        terminal.press("ggjjjjjjkGkkk\tjj\t?");
        terminal.wait_for("Keys of Explore");
        terminal.press("\x1b");
        terminal.wait("no popup", |screen| !screen.contains("Keys of Explore"));
        terminal.resize((24, 80));
        terminal.wait_for(trace);
        terminal.press("/");
        terminal.wait_for("search:");
        terminal.press("\x1b[200~check\u{9b}5n\x1b[201~");
        terminal.wait_for("check");
        terminal.press("\r");
        terminal.resize((40, 120));
        terminal.wait("no question", |screen| !screen.contains("search:"));
    }
    terminal.press("q");
    terminal.is_given_back();
    assert!(terminal.ended_well());
    is_tame(&terminal.written);
}

#[test]
fn no_key_is_lost_while_the_terminal_changes_its_size() {
    let home = Home::new();
    let path = home.file("short.txt", "try 1+2=3 left 3\nthe end\n");
    let mut terminal = Terminal::start(&home, &[&path], (24, 80));
    terminal.wait_for("the end");
    terminal.press("/");
    terminal.wait_for("search:");
    let mut typed = String::new();
    for key in ('a'..='z').chain('a'..='z') {
        typed.push(key);
        terminal.resize(if typed.len().is_multiple_of(2) {
            (24, 80)
        } else {
            (40, 120)
        });
        terminal.press(&key.to_string());
        terminal.wait_for(&typed);
    }
    terminal.press("\r");
    terminal.wait_for("is not in this text");
    terminal.press("q");
    terminal.is_given_back();
    assert!(terminal.ended_well());
}

#[test]
fn a_line_of_a_megabyte_is_shown() {
    let home = Home::new();
    let path = home.file(
        "long.txt",
        format!("try 1+2=3 left 3 {}\nthe end\n", "long ".repeat(200_000)),
    );
    let mut terminal = Terminal::start(&home, &[&path], (24, 80));
    terminal.wait_for("try 1+2=3 left 3 long long");
    terminal.press("G");
    terminal.wait_for("the end");
    terminal.press("q");
    terminal.is_given_back();
    assert!(terminal.ended_well());
}
