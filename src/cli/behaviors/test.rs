//! `backtrail behaviors test`: the texts that behavior files bring to test themselves.

use super::{Failure, Outcome, Output, counted, own_files, usable};
use crate::{
    base::nearest::hint,
    behavior::rules::{self, Rules, Sample},
    cli::args::TestBehaviors,
    config::Paths,
};
use std::{fmt::Write as _, fs, path::Path, sync::Arc};

/// Runs the tests of the behaviors or files that are named, or of all behaviors.
pub(super) fn run(args: &TestBehaviors, paths: &Paths, colors: &dyn Fn(&Rules)) -> Outcome {
    let (rules, wanted) = named(&args.names, paths)?;
    colors(&rules);
    // What is wrong with them has been said.
    let passed_over = std::cell::Cell::new(0);
    usable(own_files(&paths.behaviors()), |_| {
        passed_over.set(passed_over.get() + 1)
    });
    let passed_over = passed_over.into_inner();
    let (mut text, mut run, mut failed, mut behaviors) = (String::new(), 0, 0, 0);
    for spec in rules.behaviors().filter(|spec| wanted.contains(&spec.name)) {
        let results = spec.tests.iter().map(|sample| fault(&spec.name, sample, &rules));
        let results: Vec<Option<String>> = results.collect();
        let faults = results.iter().flatten().count();
        let outcome = match (results.len(), faults) {
            (0, _) => "it has none: give its file a [[test]] with `text` and `finds`".to_owned(),
            (1, 0) => "holds".to_owned(),
            (_, 0) => "all hold".to_owned(),
            (all, faults) => format!("{} hold, {faults} fail", all - faults),
        };
        let _ = writeln!(
            text,
            "{:<18} {:<9} {outcome}",
            spec.name,
            counted(results.len(), "test")
        );
        for (number, fault) in results.iter().enumerate() {
            if let Some(fault) = fault {
                let _ = writeln!(text, "\n  test {} of {}\n{fault}", number + 1, spec.name);
            }
        }
        (run, failed, behaviors) = (run + results.len(), failed + faults, behaviors + 1);
    }
    Output::open(None)?.text(&text)?;
    let mut said = Vec::new();
    if failed > 0 {
        said.push(format!(
            "{failed} of {} of {} not as expected",
            counted(run, "test"),
            counted(behaviors, "behavior")
        ));
    }
    match passed_over {
        0 => {}
        _ if !args.names.is_empty() => {}
        1 => said.push("1 file of yours could not be tested: it makes no sense as it is".to_owned()),
        many => said.push(format!(
            "{many} files of yours could not be tested: they make no sense as they are"
        )),
    }
    match said.is_empty() {
        true => Ok(()),
        false => Err(Failure::work(said.join("; "))),
    }
}

/// The rules to go by, with the files that are named among them, and the behaviors to test.
fn named(names: &[String], paths: &Paths) -> Result<(Arc<Rules>, Vec<String>), Failure> {
    let mut rules = rules::current();
    let mut files = None;
    let mut wanted = Vec::new();
    for name in names {
        let known = rules.behaviors().any(|spec| spec.name == *name);
        let path = Path::new(name);
        if known {
            wanted.push(name.clone());
        } else if path.extension().is_some_and(|end| end == "toml") || path.is_file() {
            let text = fs::read_to_string(path)
                .map_err(|error| Failure::input(format!("{name} cannot be read: {error}")))?;
            let files = files.get_or_insert_with(|| usable(own_files(&paths.behaviors()), |_| ()).0);
            files.push((name.clone(), text));
            rules = Arc::new(Rules::load(files).map_err(Failure::input)?);
            // Behaviors come in the order of their files.
            let Some(spec) = rules.behaviors().last().filter(|spec| is_of(files, &spec.name)) else {
                return Err(Failure::Input(format!(
                    "{name} has no `name`, so no behavior to test"
                )));
            };
            wanted.push(spec.name.clone());
        } else {
            let known = rules.behaviors().map(|spec| spec.name.as_str());
            return Err(Failure::Input(format!(
                "there is no behavior and no file `{name}`{}; `backtrail behaviors list` shows them",
                hint(name, known)
            )));
        }
    }
    if names.is_empty() {
        wanted.extend(rules.behaviors().map(|spec| spec.name.clone()));
    }
    Ok((rules, wanted))
}

/// Whether the last of the files is that of the behavior.
fn is_of(files: &[(String, String)], behavior: &str) -> bool {
    let table = files
        .last()
        .and_then(|(_, text)| text.parse::<toml::Table>().ok());
    table.is_some_and(|table| table.get("name").and_then(|name| name.as_str()) == Some(behavior))
}

/// What was expected and what was found, when these differ.
fn fault(behavior: &str, sample: &Sample, rules: &Arc<Rules>) -> Option<String> {
    let found = match sample.found(behavior, rules) {
        Ok(found) if found == sample.finds => return None,
        Ok(found) => found,
        Err(why) => return Some(format!("    {why}")),
    };
    let mut text = String::new();
    for line in sample.text.trim_end().lines() {
        let _ = writeln!(text, "    | {line}");
    }
    let mut list = |title: &str, sentences: &[String]| {
        let nothing = ["nothing".to_owned()];
        let sentences = if sentences.is_empty() { &nothing } else { sentences };
        for (at, sentence) in sentences.iter().enumerate() {
            let _ = writeln!(text, "  {:<9} {sentence}", if at == 0 { title } else { "" });
        }
    };
    list("expected", &sample.finds);
    list("found", &found);
    Some(text)
}
