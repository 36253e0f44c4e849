//! `backtrail behaviors list`: what is looked for, as a table.

use super::{Failure, Outcome, Output, own_files, probes, usable};
use crate::{
    base::nearest::hint,
    behavior::rules::{self, Flags, Rules, Spec, Tells},
    cli::args::ListBehaviors,
    config::Paths,
};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Prints the behaviors, or one with its phrases.
pub(super) fn run(args: &ListBehaviors, paths: &Paths, colors: &dyn Fn(&Rules)) -> Outcome {
    let rules = rules::current();
    colors(&rules);
    // Those that are passed over have been complained of.
    let (files, _) = usable(own_files(&paths.behaviors()), |_| ());
    let mut behaviors: Vec<(&Spec, Option<&str>)> = rules
        .behaviors()
        .map(|spec| (spec, own_file(&spec.name, &files)))
        .collect();
    if let Some(name) = &args.name {
        let known: Vec<&str> = behaviors.iter().map(|(spec, _)| spec.name.as_str()).collect();
        if !known.contains(&name.as_str()) {
            return Err(Failure::Input(format!(
                "there is no behavior `{name}`{}; `backtrail behaviors list` shows them",
                hint(name, known)
            )));
        }
        behaviors.retain(|(spec, _)| spec.name == *name);
    }
    let mut output = Output::open(None)?;
    if args.json {
        for (spec, path) in behaviors {
            output.json(&object(spec, path, paths))?;
        }
        return Ok(());
    }
    match (&args.name, behaviors.first()) {
        (Some(_), Some((spec, path))) => output.text(&phrases(spec, *path, &rules)),
        _ => output.text(&(table(&behaviors) + &probes::sentence(paths))),
    }
}

fn object(spec: &Spec, path: Option<&str>, paths: &Paths) -> Value {
    let names: Vec<&str> = spec.rules.iter().map(|rule| rule.name.as_str()).collect();
    let phrases = spec.rules.iter().map(|rule| {
        json!({
            "rule": rule.name,
            "say": rule.say,
            "when": rule.when,
            "unless": rule.unless,
            "tells": rule.tells.map(Tells::name),
            "confidence": rule.confidence,
        })
    });
    json!({
        "schema": "backtrail.behavior/1",
        "name": spec.name,
        "letter": spec.letter,
        "color": spec.color,
        "path": path,
        "about": spec.about,
        "rules": names,
        "phrases": phrases.collect::<Vec<_>>(),
        "context": spec.context,
        "probe": probes::object(&spec.name, paths),
    })
}

/// One behavior with everything its rules say, and what they may refer to.
fn phrases(spec: &Spec, path: Option<&str>, rules: &Rules) -> String {
    let letter = spec
        .letter
        .map_or_else(String::new, |letter| format!("{letter} "));
    let whose = path.map_or_else(|| "bundled".to_owned(), |path| format!("yours, in {path}"));
    let mut text = format!("{letter}{}   {whose}\n{}\n", spec.name, spec.about);
    for rule in &spec.rules {
        let _ = writeln!(
            text,
            "\n{}.{}   confidence {}",
            spec.name, rule.name, rule.confidence
        );
        let tells: Vec<String> = rule
            .tells
            .map(Tells::name)
            .map(str::to_owned)
            .into_iter()
            .collect();
        for (field, list) in [
            ("say", &rule.say),
            ("when", &rule.when),
            ("unless", &rule.unless),
            ("tells", &tells),
        ] {
            for (at, entry) in list.iter().enumerate() {
                let _ = writeln!(text, "  {:<7} {entry}", if at == 0 { field } else { "" });
            }
        }
    }
    let all = rules
        .conditions()
        .fold(Flags::default(), |all, one| all.with(one, true));
    let names: Vec<&str> = rules.names(all).collect();
    let _ = writeln!(text, "\n`when` and `unless` may name: {}", names.join(", "));
    text
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
