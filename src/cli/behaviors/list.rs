//! `backtrail behaviors list`: what is looked for, as a table.

use super::{Outcome, Output, own_files, usable};
use crate::{
    behavior::rules::{self, Spec},
    config::Paths,
};
use serde_json::json;
use std::fmt::Write as _;

/// Prints the behaviors.
pub(super) fn run(as_json: bool, paths: &Paths) -> Outcome {
    let mut output = Output::open(None)?;
    let rules = rules::current();
    // Those that are passed over have been complained of.
    let (files, _) = usable(own_files(&paths.behaviors()), |_| ());
    let behaviors: Vec<(&Spec, Option<&str>)> = rules
        .behaviors()
        .map(|spec| (spec, own_file(&spec.name, &files)))
        .collect();
    if !as_json {
        return output.text(&table(&behaviors));
    }
    for (spec, path) in behaviors {
        let names: Vec<&str> = spec.rules.iter().map(|rule| rule.name.as_str()).collect();
        output.json(&json!({
            "schema": "backtrail.behavior/1",
            "name": spec.name,
            "letter": spec.letter,
            "color": spec.color,
            "path": path,
            "about": spec.about,
            "rules": names,
        }))?;
    }
    Ok(())
}

/// The user's own file of a behavior: the last of that name, unless it is bundled.
fn own_file<'a>(behavior: &str, files: &'a [(String, String)]) -> Option<&'a str> {
    let own = files.get(rules::BUNDLED.len()..).unwrap_or_default();
    let mut own = own.iter().rev();
    own.find_map(|(path, text)| {
        let table: toml::Table = text.parse().ok()?;
        (table.get("name")?.as_str()? == behavior).then_some(path.as_str())
    })
}

/// The behaviors for a person: letter, name, how many rules and tests, whose, and what it is. Paths, which may be long,
/// stand below.
fn table(behaviors: &[(&Spec, Option<&str>)]) -> String {
    let names = behaviors.iter().map(|(spec, _)| spec.name.chars().count());
    let width = names.max().unwrap_or_default().max("behavior".len());
    let mut text = format!("  {:<width$}  rules  tests  file     what it is\n", "behavior");
    for (spec, path) in behaviors {
        let (letter, whose) = (spec.letter.unwrap_or(' '), path.map_or("bundled", |_| "yours"));
        let line = format!(
            "{letter} {:<width$}  {:>5}  {:>5}  {whose:<7}  {}",
            spec.name,
            spec.rules.len(),
            spec.tests.len(),
            spec.about
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text += "\nrules: the ways of saying it that are known, each in its context; tests: the texts that `behaviors test` tries\n";
    for (spec, path) in behaviors {
        let _ = path.map(|path| writeln!(text, "yours: {} is in {path}", spec.name));
    }
    text
}
