//! Recipes and runs, as the list shows them.

use crate::{config::recipe::Kind, train::history::Summary};
use std::path::PathBuf;

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
    /// Its name: that of its directory.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.root.file_name().unwrap_or(self.root.as_os_str());
        name.to_string_lossy().into_owned()
    }
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
