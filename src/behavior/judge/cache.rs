//! Answers that were paid for: one small file each, named by everything they depend on.
//!
//! A key is the hash of the judge (name and weights, or address and model; never a secret), the sampler, the version of
//! the prompts and the question. A file that is damaged is no answer: the question is asked again.

use super::Answer;
use crate::base::{file::write_atomic, hash, sampler::Sampler};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Name and version of the shape; raised when a key is made otherwise.
const SCHEMA: &str = "backtrail.judged/1";

/// Bytes of a file at most.
const LONGEST: u64 = 8 << 20;

/// A directory of answers of one judge.
#[derive(Clone, Debug)]
pub struct Cache {
    directory: PathBuf,
    judge: String,
}

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its text.
    pub answer: String,
    /// Whether its tokens ran out.
    pub cut: bool,
}

/// What a file holds.
#[derive(Serialize, Deserialize)]
struct File {
    schema: String,
    key: String,
    /// For people who look into the directory.
    judge: String,
    #[serde(flatten)]
    kept: Kept,
    /// Hash of the answer.
    check: String,
}

/// What was found under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// An answer.
    Kept(Kept),
    /// None.
    Nothing,
    /// Something else: a sentence.
    Damaged(String),
}

impl Cache {
    /// The answers of `judge` in `directory`, which need not exist. `judge` says which weights these are and holds no
    /// secret.
    #[must_use]
    pub fn new(directory: PathBuf, judge: String) -> Self {
        Self { directory, judge }
    }

    /// What the answer to `question` is kept under.
    #[must_use]
    pub fn key(&self, version: &str, sampler: &Sampler, question: &str) -> String {
        let parts = serde_json::json!([SCHEMA, version, self.judge, sampler, question]);
        let digest = hash::sha256(parts.to_string().as_bytes());
        hash::digits(&digest).to_owned()
    }

    fn path(&self, key: &str) -> PathBuf {
        let (group, _) = key.split_at_checked(2).unwrap_or((key, ""));
        self.directory.join(group).join(format!("{key}.json"))
    }

    /// The answer under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Found {
        let path = self.path(key);
        let damaged =
            |why: String| Found::Damaged(format!("{}: {why}; the judge is asked again", path.display()));
        let bytes = match read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Found::Nothing,
            Err(error) => return damaged(format!("it cannot be read ({error})")),
        };
        match serde_json::from_slice::<File>(&bytes) {
            Ok(file) if file.key == key && file.check == file.kept.check() => Found::Kept(file.kept),
            Ok(_) => damaged("it does not hold what its name says".to_owned()),
            Err(error) => damaged(format!("it is damaged ({error})")),
        }
    }

    /// Keeps an answer.
    ///
    /// # Errors
    /// The file system's.
    pub fn put(&self, key: &str, kept: Kept) -> io::Result<()> {
        let path = self.path(key);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let file = File {
            schema: SCHEMA.to_owned(),
            key: key.to_owned(),
            judge: self.judge.clone(),
            check: kept.check(),
            kept,
        };
        write_atomic(&path, &serde_json::to_vec(&file)?)
    }
}

impl Kept {
    /// The same, to be read.
    #[must_use]
    pub fn as_answer(&self) -> Answer<'_> {
        Answer {
            text: &self.answer,
            cut: self.cut,
        }
    }

    fn check(&self) -> String {
        hash::sha256(format!("{}\n{}", self.cut, self.answer).as_bytes())
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() > LONGEST {
        return Err(io::Error::other("it is too long"));
    }
    fs::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(answer: &str) -> Kept {
        Kept {
            answer: answer.into(),
            cut: false,
        }
    }

    #[test]
    fn an_answer_is_found_under_its_key_and_under_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let cache = |judge: &str| Cache::new(dir.path().join("judge"), judge.into());
        let greedy = Sampler::default();
        let other = Sampler {
            max_tokens: 9,
            ..Sampler::default()
        };
        let keys = [
            cache("a").key("count/1", &greedy, "q"),
            cache("b").key("count/1", &greedy, "q"),
            cache("a").key("count/2", &greedy, "q"),
            cache("a").key("count/1", &other, "q"),
            cache("a").key("count/1", &greedy, "Q"),
        ];
        assert_eq!(cache("a").get(&keys[0]), Found::Nothing);
        cache("a").put(&keys[0], kept("<count>1</count>\u{e9}")).unwrap();
        let found: Vec<Found> = keys.iter().map(|key| cache("a").get(key)).collect();
        assert_eq!(found[0], Found::Kept(kept("<count>1</count>\u{e9}")));
        assert!(found[1..].iter().all(|found| *found == Found::Nothing));
    }

    #[test]
    fn a_damaged_file_is_no_answer_and_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path().into(), "a".into());
        let key = cache.key("count/1", &Sampler::default(), "q");
        cache.put(&key, kept("<count>1</count>")).unwrap();
        let path = cache.path(&key);
        let whole = fs::read_to_string(&path).unwrap();
        let half = whole[..whole.len() / 2].to_owned();
        let other = whole.replace("<count>1", "<count>7");
        for text in [half, other, String::new(), "[]".into()] {
            fs::write(&path, text).unwrap();
            let Found::Damaged(sentence) = cache.get(&key) else {
                panic!("this is no answer");
            };
            assert!(
                sentence.contains(".json") && sentence.contains("asked again"),
                "{sentence}"
            );
        }
        cache.put(&key, kept("<count>2</count>")).unwrap();
        assert_eq!(cache.get(&key), Found::Kept(kept("<count>2</count>")));
    }
}
