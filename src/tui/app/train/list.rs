//! Recipes and runs, as the list shows them.

use crate::{config::recipe::Kind, train::history::Summary};
use std::path::{Path, PathBuf};

/// A recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipeEntry {
    /// Its name.
    pub name: String,
    /// What it trains.
    pub kind: Kind,
    /// One sentence.
    pub summary: String,
}

/// A directory among the runs: a run, or why it is none.
#[derive(Clone, Debug)]
pub struct RunEntry {
    /// The directory.
    pub root: PathBuf,
    /// What is known of the run.
    pub summary: Result<Box<Summary>, String>,
}

impl RunEntry {
    /// Its name: see [`name`].
    #[must_use]
    pub fn name(&self) -> String {
        name(&self.root)
    }
}

/// The name of a run: that of its directory, with those above it where it is one of several: `guesser+all/seed-1`.
#[must_use]
pub fn name(root: &Path) -> String {
    let mut names: Vec<String> = Vec::new();
    for part in root.ancestors().filter_map(Path::file_name) {
        let part = part.to_string_lossy().into_owned();
        let one_of_several = part.starts_with("seed-") || part == "prime";
        names.insert(0, part);
        if !one_of_several {
            break;
        }
    }
    names.join("/")
}

/// What there is to begin with and to look at.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The recipes, by name.
    pub recipes: Vec<RecipeEntry>,
    /// Why some recipe files could not be read.
    pub wrong: Vec<String>,
    /// Where runs are kept.
    pub home: PathBuf,
    /// The runs, newest first.
    pub runs: Vec<RunEntry>,
}

/// An entry of the list.
#[derive(Clone, Copy, Debug)]
pub enum Entry<'a> {
    /// A recipe.
    Recipe(&'a RecipeEntry),
    /// A run.
    Run(&'a RunEntry),
}

impl Listing {
    /// An entry: recipes come first, then runs.
    #[must_use]
    pub fn entry(&self, index: usize) -> Option<Entry<'_>> {
        match index.checked_sub(self.recipes.len()) {
            None => self.recipes.get(index).map(Entry::Recipe),
            Some(index) => self.runs.get(index).map(Entry::Run),
        }
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.recipes.len() + self.runs.len()
    }

    /// Whether there is nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row of an entry: a header, the recipes and what is wrong with others, a blank and a header, the runs.
    #[must_use]
    pub fn row(&self, index: usize) -> usize {
        if index < self.recipes.len() {
            1 + index
        } else {
            3 + self.wrong.len() + index
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_an_experiment_is_named_by_its_condition_too() {
        for (root, wanted) in [
            ("/runs/grpo-20260102-030405", "grpo-20260102-030405"),
            ("/runs/four-habits/guesser+all/seed-1", "guesser+all/seed-1"),
            (
                "/runs/four-habits/guesser+all/seed-1/prime",
                "guesser+all/seed-1/prime",
            ),
            ("/", ""),
        ] {
            assert_eq!(name(Path::new(root)), wanted);
        }
    }
}
