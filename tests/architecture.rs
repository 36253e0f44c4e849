//! The house rules that no compiler checks: which room may use which, and who may draw, print, load weights or be unsafe.
//! Reads `src/**` as text; a rule that the work outgrows is changed here, in the same commit, with the reason.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Who may use whom.
fn allowed() -> BTreeMap<&'static str, Vec<&'static str>> {
    BTreeMap::from([
        ("base", vec![]),
        ("config", vec!["base"]),
        ("task", vec!["base"]),
        ("trace", vec!["base", "task"]),
        ("behavior", vec!["base", "task", "trace"]),
        ("model", vec!["base"]),
        ("engine", vec!["base", "model"]),
        (
            "train",
            vec!["base", "config", "task", "trace", "behavior", "model", "engine"],
        ),
        (
            "experiment",
            vec![
                "base", "config", "task", "trace", "behavior", "model", "engine", "train",
            ],
        ),
        (
            "cli",
            vec![
                "base",
                "config",
                "task",
                "trace",
                "behavior",
                "model",
                "engine",
                "train",
                "experiment",
                "tui",
            ],
        ),
        (
            "tui",
            vec![
                "base",
                "config",
                "task",
                "trace",
                "behavior",
                "model",
                "engine",
                "train",
                "experiment",
            ],
        ),
    ])
}

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new("src"), &mut found);
    assert!(found.len() > 20, "the sources were found");
    found
}

fn room(path: &Path) -> Option<String> {
    let mut parts = path.strip_prefix("src").unwrap().components();
    let first = parts.next()?.as_os_str().to_str()?.to_owned();
    parts.next().map(|_| first)
}

/// The code of a file without its comments and, for rules about the program itself, without its tests.
fn code(text: &str, with_tests: bool) -> String {
    let cut = if with_tests {
        None
    } else {
        text.find("#[cfg(test)]\nmod tests {")
    };
    text[..cut.unwrap_or(text.len())]
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_test(path: &Path) -> bool {
    path.iter().any(|part| part == "tests") || path.file_name().is_some_and(|f| f == "tests.rs")
}

/// The rooms a file names with `crate::room`, `use crate::{room::…, room}` included.
fn rooms_used(code: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut item = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => used.push(std::mem::take(&mut item)),
                    c if depth == 0 => item.push(c),
                    _ => {}
                }
            }
            used.push(item);
        } else {
            used.push(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    used.into_iter()
        .map(|item| {
            item.trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn rooms_use_only_the_rooms_below_them() {
    let allowed = allowed();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(room) = room(&path) else { continue };
        let may = allowed
            .get(room.as_str())
            .unwrap_or_else(|| panic!("src/{room} is no room of the house"));
        if is_test(&path) {
            continue;
        }
        for used in rooms_used(&code(&text, false)) {
            if used != room && allowed.contains_key(used.as_str()) && !may.contains(&used.as_str()) {
                wrong.push(format!("{}: {room} must not use {used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_stay_in_their_rooms() {
    let rules: [(&[&str], &[&str]); 3] = [
        (
            &["candle_core", "candle_nn", "candle_transformers", "safetensors"],
            &["model", "engine", "train"],
        ),
        (&["ratatui", "crossterm"], &["tui"]),
        (&["println!", "eprintln!", "print!", "eprint!"], &["cli"]),
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room(&path).unwrap_or_default();
        if is_test(&path) {
            continue;
        }
        let code = code(&text, false);
        for (names, homes) in rules {
            for name in names {
                let found = code
                    .match_indices(name)
                    .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
                if found && !homes.contains(&room.as_str()) {
                    wrong.push(format!("{}: {name} belongs in {homes:?}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unsafe_is_only_in_the_kernels_and_says_why_it_is_safe() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (i, line) in lines.iter().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let is_unsafe = code
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word == "unsafe");
            if !is_unsafe {
                continue;
            }
            if !path.starts_with("src/model/kernel") && !path.starts_with("src/model/kernel.rs") {
                wrong.push(format!(
                    "{}:{}: unsafe outside src/model/kernel",
                    path.display(),
                    i + 1
                ));
            } else if !lines[i.saturating_sub(6)..=i]
                .iter()
                .any(|l| l.contains("SAFETY:") || l.contains("# Safety"))
            {
                wrong.push(format!("{}:{}: no SAFETY line", path.display(), i + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for_and_stays_small() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let tests = is_test(&path);
        if !tests && !text.starts_with("//!") {
            wrong.push(format!("{}: no head comment", path.display()));
        }
        let lines = code(&text, false).lines().count();
        if !tests && lines > 500 {
            wrong.push(format!("{}: {lines} lines, 500 need a reason", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
