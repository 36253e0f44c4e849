//! `backtrail recipes`: what can be trained.

use super::output::{Outcome, Output, complain};
use crate::config::{Paths, recipes};

/// Runs the command.
pub(super) fn run(json: bool, paths: &Paths) -> Outcome {
    let mut output = Output::open(None)?;
    let (found, errors) = recipes::list(&paths.recipes());
    for recipe in &found {
        if json {
            output.json(recipe)?;
        } else {
            let place = recipe
                .path
                .as_ref()
                .map_or("bundled".to_owned(), |path| path.display().to_string());
            output.text(&format!(
                "{:<10} {:<9} {:<9} {}\n",
                recipe.name,
                recipe.kind.to_string(),
                place,
                recipe.summary
            ))?;
        }
    }
    for error in errors {
        complain(&error.to_string());
    }
    Ok(())
}
