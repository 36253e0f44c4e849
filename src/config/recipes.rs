//! Which recipes there are: the bundled ones, and the user's own, which win when they have the same name.

use super::{
    file::File,
    recipe::{Kind, Recipe, RecipeError},
    set::Override,
};
use crate::base::nearest::nearest;
use serde::Serialize;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Name and text of every recipe compiled in.
pub const BUNDLED: &[(&str, &str)] = &[
    ("scout", include_str!("../../assets/recipes/scout.toml")),
    ("novice", include_str!("../../assets/recipes/novice.toml")),
    ("guesser", include_str!("../../assets/recipes/guesser.toml")),
    ("budding", include_str!("../../assets/recipes/budding.toml")),
    ("smoke", include_str!("../../assets/recipes/smoke.toml")),
    ("grpo", include_str!("../../assets/recipes/grpo.toml")),
    ("prime", include_str!("../../assets/recipes/prime.toml")),
];

/// A recipe as `recipes` lists it. Written as JSON it is a `backtrail.recipe/1` object.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    schema: &'static str,
    /// Its name.
    pub name: String,
    /// What it trains.
    pub kind: Kind,
    /// Its file; none when it is compiled in.
    pub path: Option<PathBuf>,
    /// One sentence.
    pub summary: String,
    /// All it says, defaults included.
    pub settings: Recipe,
}

/// All recipes, by name, and why some files could not be read.
#[must_use]
pub fn list(user: &Path) -> (Vec<Listed>, Vec<RecipeError>) {
    let mut found: Vec<Listed> = Vec::new();
    let mut errors = Vec::new();
    let bundled = BUNDLED
        .iter()
        .map(|(name, text)| (None, Recipe::parse(text, &bundled_place(name), &[])));
    let (files, unreadable) = user_files(user);
    errors.extend(unreadable);
    let own = files
        .into_iter()
        .map(|path| (Some(path.clone()), Recipe::read(&path, &[])));
    for (path, recipe) in bundled.chain(own) {
        match recipe {
            Ok(recipe) => {
                let name = path.as_deref().and_then(stem).unwrap_or(&recipe.name).to_owned();
                found.retain(|other| other.name != name);
                found.push(Listed {
                    schema: "backtrail.recipe/1",
                    name,
                    kind: recipe.kind,
                    path,
                    summary: recipe.summary.clone(),
                    settings: recipe,
                });
            }
            Err(error) => errors.push(error),
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    (found, errors)
}

/// The recipe that `what` means: a file when it looks like one or is one, else the user's or a bundled name.
///
/// # Errors
/// [`RecipeError`]: not there, or what is wrong in it.
pub fn find(what: &str, user: &Path, overrides: &[Override]) -> Result<Recipe, RecipeError> {
    let file = file(what, user)?;
    Recipe::parse(&file.text, &file.name, overrides)
}

/// Where `key`, a path like `stage.0.mix.1.verify`, of the recipe that `what` means got its value: the last override that
/// speaks of it, or its line in the file. For complaints of those who own the tables that are passed through.
#[must_use]
pub fn place(what: &str, user: &Path, overrides: &[Override], key: &str) -> String {
    let speaks_of_it = |change: &&Override| {
        let mut parts = change.key.iter().zip(key.split('.'));
        parts.all(|(of_change, of_key)| of_change == of_key)
    };
    match overrides.iter().rev().find(speaks_of_it) {
        Some(change) => format!("--set {}={}", change.name(), change.value),
        None => file(what, user).map_or_else(|_| what.to_owned(), |file| file.place(key.split('.'))),
    }
}

/// The text of the recipe that `what` means.
fn file(what: &str, user: &Path) -> Result<File, RecipeError> {
    let read = |path: &Path| match fs::read_to_string(path) {
        Ok(text) => Ok(File::new(path.display().to_string(), text)),
        Err(error) => Err(RecipeError::Read {
            path: path.into(),
            error,
        }),
    };
    let path = Path::new(what);
    if path.extension().is_some_and(|extension| extension == "toml") || path.components().count() > 1 {
        return read(path);
    }
    let (files, _) = user_files(user);
    if let Some(own) = files.iter().find(|file| stem(file) == Some(what)) {
        return read(own);
    }
    if let Some((name, text)) = BUNDLED.iter().find(|(name, _)| *name == what) {
        return Ok(File::new(bundled_place(name), *text));
    }
    let names = BUNDLED
        .iter()
        .map(|(name, _)| *name)
        .chain(files.iter().filter_map(|file| stem(file)));
    Err(RecipeError::NotFound {
        name: what.into(),
        nearest: nearest(what, names).map(str::to_owned),
    })
}

fn bundled_place(name: &str) -> String {
    format!("bundled recipe {name}.toml")
}

fn stem(path: &Path) -> Option<&str> {
    path.file_stem()?.to_str()
}

/// The `*.toml` files of a directory, sorted; a directory that is not there holds none.
fn user_files(directory: &Path) -> (Vec<PathBuf>, Option<RecipeError>) {
    let read = || -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    };
    match read() {
        Ok(files) => (files, None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (Vec::new(), None),
        Err(error) => {
            let path = directory.into();
            (Vec::new(), Some(RecipeError::Read { path, error }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOWHERE: &str = "/nowhere/recipes";

    #[test]
    fn every_bundled_recipe_can_be_read_and_has_the_name_of_its_file() {
        let (found, errors) = list(Path::new(NOWHERE));
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(found.len(), BUNDLED.len());
        for (name, _) in BUNDLED {
            assert_eq!(find(name, Path::new(NOWHERE), &[]).unwrap().name, *name);
        }
    }

    #[test]
    fn a_recipe_of_the_user_wins_and_a_broken_one_hides_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let own = BUNDLED[0]
            .1
            .replace("name = \"scout\"", "name = \"scout\"\nseed = 99");
        fs::write(dir.path().join("scout.toml"), own.replace("\nseed = 0", "")).unwrap();
        fs::write(dir.path().join("broken.toml"), "name = ").unwrap();
        let (found, errors) = list(dir.path());
        assert_eq!((found.len(), errors.len()), (BUNDLED.len(), 1));
        assert_eq!(find("scout", dir.path(), &[]).unwrap().seed, 99);
        assert!(find("broken", dir.path(), &[]).is_err());
    }

    #[test]
    fn a_key_is_placed_in_its_file_or_in_the_override_that_set_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mine.toml");
        fs::write(&path, "[task]\nrange = 1\n[[stage]]\n[[stage.mix]]\nverify = 3\n").unwrap();
        let place = |overrides: &[&str], key: &str| {
            let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().unwrap()).collect();
            place("mine", dir.path(), &overrides, key)
        };
        assert!(place(&[], "task.range").ends_with("mine.toml line 2"));
        assert!(place(&[], "stage.0.mix.0.verify").ends_with("mine.toml line 5"));
        assert!(place(&[], "task").ends_with("mine.toml line 1"));
        let changed = ["task.range=2", "task.rules=3", "task.range=4"];
        assert_eq!(place(&changed, "task.range"), "--set task.range=4");
        assert!(place(&changed, "stage.0.mix.0").ends_with("line 4"));
    }

    #[test]
    fn a_name_that_is_none_gets_the_nearest() {
        let error = find("skout", Path::new(NOWHERE), &[]).unwrap_err().to_string();
        assert!(error.contains("did you mean `scout`"), "{error}");
    }

    #[test]
    fn a_listed_recipe_is_the_documented_object() {
        let (found, _) = list(Path::new(NOWHERE));
        let line = crate::base::json::to_line(&found[0]).unwrap();
        assert!(
            line.starts_with(r#"{"schema":"backtrail.recipe/1","name":"#),
            "{line}"
        );
        assert!(line.contains(r#""temperature":"#), "{line}");
    }
}
