//! An API key: it comes from an environment variable, goes into one header, and is shown nowhere.

use crate::base::sanitize;
use reqwest::header::HeaderValue;
use std::{borrow::Cow, fmt};

/// The setting that names the variable.
pub const KEY_SETTING: &str = "api_key_env";

/// Below this many bytes a key is a placeholder (`EMPTY`, `none`), which may well stand in a text by chance.
const GUARDED: usize = 16;

/// An API key. It cannot be displayed, and debugging shows where it came from only.
#[derive(Clone)]
pub struct Secret {
    variable: String,
    value: String,
}

/// Why there is no key. None of the sentences holds the key, not even one that stands where its variable's name belongs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The setting holds something else than a name.
    #[error(
        "the setting `{KEY_SETTING}` must be the name of an environment variable in capitals, such as OPENAI_API_KEY; the key itself does not belong into a file"
    )]
    Name,
    /// The variable is not there.
    #[error(
        "the environment variable {0} is not set; put the server's API key into it, or remove `{KEY_SETTING}`"
    )]
    Missing(String),
    /// Its content cannot stand in a header.
    #[error(
        "the environment variable {0} holds no API key: a key is one line of ASCII characters without blanks"
    )]
    Unusable(String),
}

impl Secret {
    /// The key in the environment variable `name`, looked up with `lookup`.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn from_env(name: &str, lookup: impl FnOnce(&str) -> Option<String>) -> Result<Self, SecretError> {
        // Keys have small letters or dashes: one that was written where the name belongs is recognised.
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || !name.chars().all(is_name) || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(SecretError::Name);
        }
        let value = lookup(name).ok_or_else(|| SecretError::Missing(name.to_owned()))?;
        let value = value.trim().to_owned();
        if value.is_empty() {
            return Err(SecretError::Missing(name.to_owned()));
        }
        if !value.chars().all(|c| c.is_ascii_graphic()) {
            return Err(SecretError::Unusable(name.to_owned()));
        }
        Ok(Self {
            variable: name.to_owned(),
            value,
        })
    }

    /// The environment variable it came from.
    #[must_use]
    pub fn variable(&self) -> &str {
        &self.variable
    }

    /// The `Authorization` header.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let mut header = HeaderValue::from_str(&format!("Bearer {}", self.value)).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// What must not appear in a text; nothing when the key is a mere placeholder.
    pub(super) fn guarded(&self) -> Option<&str> {
        (self.value.len() >= GUARDED).then_some(self.value.as_str())
    }

    /// Takes the key out of `text`.
    pub(super) fn hide_in(&self, text: &mut String) {
        if let Cow::Owned(hidden) = self.hide(text) {
            *text = hidden;
        }
    }

    /// `text` without the key.
    fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.contains(&self.value) {
            Cow::Owned(text.replace(&self.value, "[key]"))
        } else {
            Cow::Borrowed(text)
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret")
            .field("variable", &self.variable)
            .finish_non_exhaustive()
    }
}

/// What a server said, fit for a sentence: without the key, on one line, 300 characters at most.
pub(super) fn quoted(text: &str, key: Option<&Secret>) -> String {
    const MOST: usize = 300;
    // Hidden before it is cut, so that no half of a key is left.
    let text = key.map_or(Cow::Borrowed(text), |key| key.hide(text));
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut quoted: String = sanitize::line(&words).chars().take(MOST).collect();
    if words.chars().count() > MOST {
        quoted.pop();
        quoted.push('…');
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sk-abcdefghijklmnopqrstuvwxyz";

    #[test]
    fn a_key_comes_from_the_variable_that_is_named_and_debugging_does_not_show_it() {
        let key = Secret::from_env("MY_KEY", |name| (name == "MY_KEY").then(|| format!(" {KEY}\n"))).unwrap();
        assert_eq!(key.variable(), "MY_KEY");
        assert!(!format!("{key:?} {key:#?}").contains("abcdef"));
        let header = key.header().unwrap();
        assert_eq!(header.to_str().unwrap(), format!("Bearer {KEY}"));
        assert!(!format!("{header:?}").contains("abcdef"));
    }

    #[test]
    fn what_is_no_key_is_a_sentence_without_it() {
        for name in [KEY, "hf_abcdefghijkl", "", "1A"] {
            let error = Secret::from_env(name, |_| Some("x".into())).unwrap_err();
            assert_eq!(error, SecretError::Name);
            assert!(!error.to_string().contains("abcdef"));
        }
        let missing = Secret::from_env("NO_KEY", |_| None).unwrap_err();
        assert!(missing.to_string().contains("NO_KEY is not set"));
        let unusable = Secret::from_env("BAD_KEY", |_| Some("sk-abcdef\r\nX: y".into())).unwrap_err();
        assert!(unusable.to_string().contains("BAD_KEY") && !unusable.to_string().contains("abcdef"));
    }

    #[test]
    fn what_a_server_says_is_cut_and_cleaned_after_the_key_was_taken_out() {
        let key = Secret::from_env("MY_KEY", |_| Some(KEY.into())).unwrap();
        let said = format!("{} {KEY} \u{1b}[31m\r\n{}", "a".repeat(270), "b".repeat(99));
        let quoted = quoted(&said, Some(&key));
        assert_eq!(quoted.chars().count(), 300);
        assert!(
            quoted.contains("[key] \u{241b}[31m bbb") && quoted.ends_with('…'),
            "{quoted}"
        );
        assert!(!quoted.contains("sk-"));
    }
}
