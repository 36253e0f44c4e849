//! Which files of a repository a model needs.
//!
//! Simplification: the weights are `model.safetensors`, or the shards that `model.safetensors.index.json` names; other
//! names (adapters, `consolidated.safetensors`, …) are not looked for. Everything lies at the top of the repository but
//! a GGUF file that was named.

use super::{HubError, RepoRef, cache::Folder, reference::is_gguf};
use crate::base::sanitize;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// Without these no model can be used.
const REQUIRED: [&str; 2] = ["config.json", "tokenizer.json"];
/// These come along when the repository has them.
const OPTIONAL: [&str; 6] = [
    "generation_config.json",
    "tokenizer_config.json",
    "chat_template.jinja",
    "special_tokens_map.json",
    "added_tokens.json",
    "card.json",
];
/// Weights in one file.
const SINGLE: &str = "model.safetensors";
/// The list of shards.
pub(super) const INDEX: &str = "model.safetensors.index.json";
/// Weights in formats that are Python's pickle inside.
const PICKLES: [&str; 5] = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];
/// The longest list of shards that is read, bytes; those of the largest models have some 10 MB.
const LONGEST_INDEX: u64 = 64 << 20;

/// What to fetch, in this order: a snapshot that has its weights then has all the rest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// Files that are wanted whatever the weights look like.
    pub files: Vec<String>,
    /// Whether [`INDEX`] says which weights are wanted.
    pub index: bool,
}

/// The files of `what` among `files`, which are all that its repository has.
pub(super) fn choose(what: &RepoRef, files: &[String]) -> Result<Choice, HubError> {
    if let Some(name) = files.iter().find(|name| leaves(name)) {
        return Err(HubError::Escapes {
            what: what.whole().to_string(),
            name: shown(name),
        });
    }
    let has = |name: &str| files.iter().any(|file| file == name);
    let ggufs = || {
        let found = files.iter().filter(|file| is_gguf(file));
        found.map(|file| shown(file)).collect::<Vec<_>>()
    };
    if let Some(file) = what.file() {
        if !has(file) {
            return Err(HubError::NoFile {
                what: what.whole().to_string(),
                file: file.to_owned(),
                others: ggufs(),
            });
        }
        return Ok(Choice {
            files: vec![file.to_owned()],
            index: false,
        });
    }
    let index = !has(SINGLE);
    if index && !has(INDEX) {
        return Err(no_weights(what, files, ggufs()));
    }
    if let Some(file) = REQUIRED.into_iter().find(|file| !has(file)) {
        return Err(HubError::Lacks {
            what: what.to_string(),
            file: file.to_owned(),
        });
    }
    let wanted = REQUIRED
        .into_iter()
        .chain(OPTIONAL)
        .chain((!index).then_some(SINGLE));
    Ok(Choice {
        files: wanted.filter(|name| has(name)).map(str::to_owned).collect(),
        index,
    })
}

/// What to say of a repository that has no safetensors.
fn no_weights(what: &RepoRef, files: &[String], ggufs: Vec<String>) -> HubError {
    let example = what.text_with(ggufs.first().map(String::as_str));
    let what = what.to_string();
    if !ggufs.is_empty() {
        return HubError::NameAFile {
            what,
            example,
            files: ggufs,
        };
    }
    let pickled = files
        .iter()
        .filter(|file| PICKLES.iter().any(|end| file.ends_with(end)));
    let pickled: Vec<String> = pickled.take(3).map(|file| shown(file)).collect();
    if pickled.is_empty() {
        HubError::NoWeights(what)
    } else {
        HubError::Pickle { what, files: pickled }
    }
}

#[derive(Deserialize)]
struct Index {
    /// Which file holds which tensor.
    weight_map: BTreeMap<String, String>,
}

/// The shards that the index at `path` names, each once, in the order of their names.
pub(super) fn shards(what: &RepoRef, path: &Path) -> Result<Vec<String>, HubError> {
    let wrong = |problem: String| HubError::Index {
        what: what.to_string(),
        problem,
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST_INDEX + 1).read_to_end(&mut bytes))
        .map_err(HubError::file(path))?;
    if bytes.len() as u64 > LONGEST_INDEX {
        return Err(wrong("is larger than any model's".into()));
    }
    let index: Index = serde_json::from_slice(&bytes)
        .map_err(|error| wrong(format!("is not a list of shards ({error})")))?;
    let shards: BTreeSet<String> = index.weight_map.into_values().collect();
    let odd = |name: &&String| leaves(name) || !name.ends_with(".safetensors");
    if let Some(name) = shards.iter().find(odd) {
        return Err(wrong(format!(
            "names `{}`, which is not a safetensors file in its folder",
            shown(name)
        )));
    }
    if shards.is_empty() {
        return Err(wrong("names no shards".into()));
    }
    Ok(shards.into_iter().collect())
}

/// The folder or file of `what`, when `folder` has all that is needed of commit `commit`.
pub(super) fn local(what: &RepoRef, folder: &Folder, commit: &str) -> Option<PathBuf> {
    let has = |file: &str| folder.has(commit, file, None);
    if let Some(file) = what.file() {
        return has(file).then(|| folder.pointer(commit, file));
    }
    let weights = || {
        let index = folder.pointer(commit, INDEX);
        has(SINGLE)
            || (has(INDEX) && shards(what, &index).is_ok_and(|shards| shards.iter().all(|shard| has(shard))))
    };
    (REQUIRED.into_iter().all(has) && weights()).then(|| folder.snapshot(commit))
}

/// Whether a file of this name would lie outside its folder, on some system.
fn leaves(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    let odd = |part: &str| part.is_empty() || part == "." || part == "..";
    drive || name.contains('\0') || name.split(['/', '\\']).any(odd)
}

/// A name that a stranger gave, fit for a sentence.
fn shown(name: &str) -> String {
    let short: String = name.chars().take(120).collect();
    sanitize::line(&short).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(what: &str, files: &[&str]) -> Result<Choice, String> {
        let files: Vec<String> = files.iter().map(|&file| file.to_owned()).collect();
        choose(&what.parse().unwrap(), &files).map_err(|error| error.to_string())
    }

    #[test]
    fn weights_come_last_and_one_file_goes_before_shards() {
        let all = [
            "model.safetensors",
            "model.safetensors.index.json",
            "tokenizer.json",
            "README.md",
            "pytorch_model.bin",
            "chat_template.jinja",
            "config.json",
            "x.gguf",
        ];
        let files = ["config.json", "tokenizer.json", "chat_template.jinja", SINGLE].map(str::to_owned);
        let expected = Choice {
            files: files.to_vec(),
            index: false,
        };
        assert_eq!(choice("a/b", &all), Ok(expected));
        assert!(choice("a/b", &all[1..]).unwrap().index);
    }

    #[test]
    fn a_repository_that_cannot_be_used_says_why() {
        let small = ["config.json", "tokenizer.json"];
        let refusal = |more: &[&str]| choice("a/b@v1", &[&small, more].concat()).unwrap_err();
        let pickle = refusal(&["pytorch_model.bin"]);
        assert!(
            pickle.contains("hf:a/b@v1") && pickle.contains("pytorch_model.bin"),
            "{pickle}"
        );
        let gguf = refusal(&["x-Q4.gguf", "sub/x-Q8.GGUF", "pytorch_model.bin"]);
        assert!(gguf.contains("for example hf:a/b:x-Q4.gguf@v1"), "{gguf}");
        assert!(gguf.contains("sub/x-Q8.GGUF"), "{gguf}");
        assert!(refusal(&["adapter_model.safetensors"]).contains("no model.safetensors"));
        let lacks = choice("a/b", &["config.json", "model.safetensors"]).unwrap_err();
        assert!(lacks.contains("has no tokenizer.json"), "{lacks}");
    }

    #[test]
    fn a_named_file_is_all_that_is_wanted_and_must_be_there() {
        let files = ["config.json", "model.safetensors", "q4.gguf", "q8.gguf"];
        assert_eq!(choice("a/b:q4.gguf", &files).unwrap().files, ["q4.gguf"]);
        let error = choice("a/b:q5.gguf", &files).unwrap_err();
        assert!(
            error.contains("no file `q5.gguf`") && error.contains("q4.gguf, q8.gguf"),
            "{error}"
        );
    }

    #[test]
    fn a_long_list_of_files_is_cut() {
        let many: Vec<String> = (0..40).map(|n| format!("{n}.gguf")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(choice("a/b", &many).unwrap_err().ends_with("and 28 others"));
    }

    #[test]
    fn a_name_that_leaves_the_folder_condemns_the_repository() {
        for name in [
            "../x",
            "a/../../x",
            "/etc/x",
            "a//b",
            "..\\x",
            "C:\\x",
            "C:x",
            "",
            ".",
        ] {
            let files = ["config.json", "tokenizer.json", "model.safetensors", name];
            let error = choice("a/b", &files).unwrap_err();
            assert!(error.contains("outside its folder"), "{name}: {error}");
        }
    }

    #[test]
    fn shards_are_named_once_and_stay_in_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(INDEX);
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            shards(&"a/b".parse().unwrap(), &path).map_err(|error| error.to_string())
        };
        let good =
            r#"{"metadata":{},"weight_map":{"x":"2.safetensors","y":"1.safetensors","z":"2.safetensors"}}"#;
        assert_eq!(read(good).unwrap(), ["1.safetensors", "2.safetensors"]);
        for bad in [
            "",
            "[]",
            r#"{"weight_map":{}}"#,
            r#"{"weight_map":{"x":"../1.safetensors"}}"#,
            r#"{"weight_map":{"x":"pytorch_model.bin"}}"#,
        ] {
            assert!(read(bad).unwrap_err().contains(INDEX), "{bad}");
        }
    }
}
