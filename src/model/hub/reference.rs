//! What follows `hf:` in a model's name: `ORG/NAME[:FILE.gguf][@REVISION]`.
//!
//! Its parts become paths and addresses, so they are checked here, once; everything else relies on it. Narrower than
//! the hub in two points: the organisation is always named, and revisions and files are of letters, digits and `. _ - + /`.

use std::{fmt, str::FromStr};

/// The branch that is meant when none is named.
const MAIN: &str = "main";

/// A model of the hub, or one GGUF file of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RepoRef {
    org: String,
    name: String,
    revision: String,
    file: Option<String>,
}

/// Why a text is not a [`RepoRef`].
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefError {
    /// Not two names.
    #[error(
        "`hf:` is followed by ORG/NAME, then :FILE.gguf and @REVISION where needed (hf:Qwen/Qwen2.5-0.5B-Instruct)"
    )]
    Form,
    /// A name that the hub does not give.
    #[error(
        "an organisation or model of the hub has a name of up to 96 letters, digits and single `.`, `_`, `-` inside it"
    )]
    Name,
    /// A revision that git does not give.
    #[error("the part after @ is a branch, a tag or a commit: letters, digits and . _ - + / inside it")]
    Revision,
    /// A file that is not a GGUF file of the repository.
    #[error(
        "the part after : is the path of a .gguf file in the repository: letters, digits and . _ - + / inside it"
    )]
    File,
}

impl RepoRef {
    /// `ORG/NAME`.
    #[must_use]
    pub fn repo(&self) -> String {
        format!("{}/{}", self.org, self.name)
    }

    /// The organisation or user.
    #[must_use]
    pub fn org(&self) -> &str {
        &self.org
    }

    /// The model's name, without the organisation.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The branch, tag or commit; `main` when none was named.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The GGUF file, when one was named.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The same model, no file named.
    pub(super) fn whole(&self) -> Self {
        Self {
            file: None,
            ..self.clone()
        }
    }

    /// As a person writes it, with `file` in the place of its own.
    pub(super) fn text_with(&self, file: Option<&str>) -> String {
        let file = file.map_or_else(String::new, |file| format!(":{file}"));
        let revision = match self.revision.as_str() {
            MAIN => String::new(),
            revision => format!("@{revision}"),
        };
        format!("hf:{}/{}{file}{revision}", self.org, self.name)
    }
}

impl fmt::Display for RepoRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text_with(self.file()))
    }
}

impl FromStr for RepoRef {
    type Err = RefError;

    /// Reads the text after `hf:`.
    fn from_str(text: &str) -> Result<Self, RefError> {
        let (rest, revision) = text.split_once('@').unwrap_or((text, MAIN));
        let (repo, file) = match rest.split_once(':') {
            Some((repo, file)) => (repo, Some(file)),
            None => (rest, None),
        };
        let (org, name) = repo.split_once('/').ok_or(RefError::Form)?;
        if org.is_empty() || name.is_empty() || name.contains('/') {
            return Err(RefError::Form);
        }
        if ![org, name].into_iter().all(is_name) || name.ends_with(".git") {
            return Err(RefError::Name);
        }
        if !is_path(revision) {
            return Err(RefError::Revision);
        }
        if !file.is_none_or(|file| is_path(file) && is_gguf(file)) {
            return Err(RefError::File);
        }
        Ok(Self {
            org: org.into(),
            name: name.into(),
            revision: revision.into(),
            file: file.map(str::to_owned),
        })
    }
}

/// Whether a file's name says that it is a GGUF file.
pub(super) fn is_gguf(file: &str) -> bool {
    file.get(file.len().saturating_sub(5)..)
        .is_some_and(|end| end.eq_ignore_ascii_case(".gguf"))
}

/// Whether `text` is a commit: 40 lower-case hexadecimal digits.
pub(super) fn is_commit(text: &str) -> bool {
    text.len() == 40 && is_hex(text)
}

/// Whether `text` is of lower-case hexadecimal digits.
pub(super) fn is_hex(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// `--` is what the cache writes for `/`, so two names could share a folder if it were allowed in one.
fn is_name(text: &str) -> bool {
    let inside = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    (1..=96).contains(&text.len())
        && text.bytes().all(inside)
        && !text.starts_with(['.', '-'])
        && !text.ends_with(['.', '-'])
        && !text.contains("--")
        && !text.contains("..")
}

/// A path that stays below where it starts, on every system.
fn is_path(text: &str) -> bool {
    let inside = |b: u8| b.is_ascii_alphanumeric() || b"._-+".contains(&b);
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(inside) && !part.starts_with('.') && !part.ends_with('.')
    };
    text.len() <= 200 && !text.contains("..") && text.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<RepoRef, RefError> {
        text.parse()
    }

    #[test]
    fn every_form_is_read_and_written_back() {
        for text in [
            "Qwen/Qwen2.5-0.5B",
            "a/b@v1.0",
            "a/b@refs/pr/3",
            "a/b:x.Q4_K_M.gguf",
            "a/b:Q4/x-00001-of-00002.GGUF@0123456789012345678901234567890123456789",
        ] {
            assert_eq!(read(text).unwrap().to_string(), format!("hf:{text}"));
        }
        let plain = read("a/b@main").unwrap();
        assert_eq!(
            (plain.to_string().as_str(), plain.revision(), plain.file()),
            ("hf:a/b", "main", None)
        );
    }

    #[test]
    fn what_is_not_a_name_is_refused_by_part() {
        for (text, error) in [
            ("", RefError::Form),
            ("gpt2", RefError::Form),
            ("a/", RefError::Form),
            ("a/b/c", RefError::Form),
            ("../b", RefError::Name),
            ("a/..", RefError::Name),
            ("a--b/c", RefError::Name),
            ("a/b c", RefError::Name),
            ("a/b?x", RefError::Name),
            ("a/b.git", RefError::Name),
            ("a/\u{e9}", RefError::Name),
            ("a/b@", RefError::Revision),
            ("a/b@../../x", RefError::Revision),
            ("a/b@/x", RefError::Revision),
            ("a/b@x..y", RefError::Revision),
            ("a/b@x@y", RefError::Revision),
            ("a/b@x\\y", RefError::Revision),
            ("a/b:", RefError::File),
            ("a/b:../x.gguf", RefError::File),
            ("a/b:x.bin", RefError::File),
            ("a/b:c:x.gguf", RefError::File),
            ("a/b:.gguf", RefError::File),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_stays_below_its_folder(text in "[a./:@\\\\~ -]{0,24}|[a-c]{1,3}/[a-c]{1,3}@[a./~-]{1,12}") {
            if let Ok(what) = read(&text) {
                prop_assert!(!what.to_string().contains(".."));
                prop_assert!(!what.revision().starts_with('/'));
                prop_assert!(!what.repo().contains("--"));
            }
        }
    }
}
