//! What a judge is asked, in words that users may replace by their own.

use super::Protocol;
use crate::{base::hash, behavior::Habit};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The prompts that come with the program.
const BUNDLED: &str = include_str!("../../../assets/prompts/judge.toml");

/// Version of the bundled prompts; raised when their wording changes.
const VERSION: &str = "2";

/// Bytes of a window: less makes no sense of a text, more is no question a model could answer.
const WINDOW: std::ops::RangeInclusive<usize> = 500..=1_000_000;

/// What every question must give its reader.
const NEEDED: [&str; 3] = ["fence", "scope", "text"];

/// The wording of both protocols.
#[derive(Clone, Debug, Default)]
pub struct Prompts {
    version: String,
    file: File,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    window: usize,
    count: String,
    spans: String,
    habits: BTreeMap<String, String>,
}

/// Why a file of prompts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PromptsError {
    /// It is no such file.
    #[error("these are no prompts of a judge: {0}")]
    Toml(String),
    /// The window is out of range.
    #[error("`window` is {0}; it must be from 500 to 1000000 bytes")]
    Window(usize),
    /// A habit is not explained.
    #[error("`habits` does not explain {0}")]
    Habit(&'static str),
    /// A question leaves out something that no judge can do without.
    #[error("`{protocol}` has no {{{name}}}: without it the judge does not see what it is asked about")]
    Missing {
        /// Which question.
        protocol: Protocol,
        /// What is not there.
        name: &'static str,
    },
    /// A question asks for something that nobody fills in.
    #[error("`{protocol}` has a {{{name}}}, which nothing is known of")]
    Unknown {
        /// Which question.
        protocol: Protocol,
        /// The placeholder.
        name: String,
    },
}

impl Prompts {
    /// The ones that come with the program.
    #[must_use]
    pub fn bundled() -> Self {
        // A test sees to it that they can be read.
        Self::parse(BUNDLED).unwrap_or_default()
    }

    /// Reads a file of prompts.
    ///
    /// # Errors
    /// [`PromptsError`].
    pub fn parse(text: &str) -> Result<Self, PromptsError> {
        let file: File = toml::from_str(text).map_err(|e| PromptsError::Toml(sentence(&e, text)))?;
        if !WINDOW.contains(&file.window) {
            return Err(PromptsError::Window(file.window));
        }
        if let Some(habit) = Habit::ALL.iter().find(|h| !file.habits.contains_key(h.name())) {
            return Err(PromptsError::Habit(habit.name()));
        }
        let digest = hash::sha256(text.as_bytes());
        let short: String = hash::digits(&digest).chars().take(8).collect();
        let prompts = Self {
            version: if text == BUNDLED {
                VERSION.to_owned()
            } else {
                format!("own-{short}")
            },
            file,
        };
        for protocol in Protocol::ALL {
            prompts.check(protocol)?;
        }
        Ok(prompts)
    }

    fn check(&self, protocol: Protocol) -> Result<(), PromptsError> {
        let own: &[&str] = match protocol {
            Protocol::Count => &["habit", "definition"],
            Protocol::Spans => &["definitions"],
        };
        let mut seen = Vec::new();
        let mut unknown = None;
        fill(self.template(protocol), |name| {
            if name == "problem" || NEEDED.contains(&name) || own.contains(&name) {
                seen.push(name.to_owned());
            } else {
                unknown.get_or_insert_with(|| name.to_owned());
            }
            Some("")
        });
        if let Some(name) = unknown {
            return Err(PromptsError::Unknown { protocol, name });
        }
        let mut needed = NEEDED.iter().chain(own);
        match needed.find(|name| !seen.iter().any(|seen| seen == *name)) {
            None => Ok(()),
            Some(name) => Err(PromptsError::Missing { protocol, name }),
        }
    }

    /// Protocol and version of its wording: `count/1`.
    #[must_use]
    pub fn version(&self, protocol: Protocol) -> String {
        format!("{protocol}/{}", self.version)
    }

    /// The question of `protocol`, with its placeholders.
    pub(super) fn template(&self, protocol: Protocol) -> &str {
        match protocol {
            Protocol::Count => &self.file.count,
            Protocol::Spans => &self.file.spans,
        }
    }

    /// What a habit is.
    pub(super) fn definition(&self, habit: Habit) -> &str {
        self.file.habits.get(habit.name()).map_or("", String::as_str)
    }

    /// Bytes of text that one question is about.
    pub(super) fn window(&self) -> usize {
        self.file.window
    }
}

/// What is wrong with a file, and in which line.
fn sentence(error: &toml::de::Error, text: &str) -> String {
    let at = error.span().and_then(|span| text.get(..span.start));
    let line = at.map_or(1, |before| before.matches('\n').count() + 1);
    let message = error.message().split_whitespace().collect::<Vec<_>>();
    format!("line {line}: {}", message.join(" "))
}

/// Puts values in the place of `{names}`, in one pass: what a value holds is not looked at again. A name without a value
/// stays as it is.
pub(super) fn fill<'a>(template: &str, mut value: impl FnMut(&str) -> Option<&'a str>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let length = after
            .find(|c: char| !(c.is_ascii_lowercase() || c == '_'))
            .unwrap_or(after.len());
        let (name, tail) = after.split_at(length);
        match tail.strip_prefix('}').filter(|_| !name.is_empty()) {
            Some(tail) => {
                match value(name) {
                    Some(value) => out.push_str(value),
                    None => out.extend(["{", name, "}"]),
                }
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_prompts_can_be_used() {
        let prompts = Prompts::parse(BUNDLED).unwrap();
        assert_eq!(prompts.version(Protocol::Count), "count/2");
        assert!(Habit::ALL.iter().all(|h| prompts.definition(*h).len() > 40));
    }

    #[test]
    fn own_prompts_have_a_version_that_names_their_content() {
        let own = |text: &str| Prompts::parse(text).unwrap().version(Protocol::Spans);
        let [a, b] = ["window = 12000", "window = 9000"].map(|w| BUNDLED.replace("window = 12000", w) + "\n");
        assert!(own(&a).starts_with("spans/own-"), "{}", own(&a));
        assert_ne!(own(&a), own(&b));
    }

    #[test]
    fn prompts_that_cannot_work_are_refused_with_a_sentence() {
        for (from, to, part) in [
            ("{text}", "", "has no {text}"),
            ("{problem}", "{promblem}", "{promblem}, which nothing is known of"),
            ("{definitions}", "", "`spans` has no {definitions}"),
            ("window = 12000", "window = 3", "from 500"),
            ("backtracking = ", "returning = ", "explain backtracking"),
            ("count = ", "counts = ", "no prompts of a judge"),
        ] {
            let error = Prompts::parse(&BUNDLED.replace(from, to))
                .unwrap_err()
                .to_string();
            assert!(error.contains(part) && !error.contains('\n'), "{from}: {error}");
        }
    }

    #[test]
    fn values_are_not_filled_in_again() {
        let filled = fill("{a} { {b} {A} {x}", |name| match name {
            "a" => Some("{b}"),
            "b" => Some("2"),
            _ => None,
        });
        assert_eq!(filled, "{b} { 2 {A} {x}");
    }
}
