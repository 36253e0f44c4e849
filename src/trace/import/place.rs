//! Where a row stands, as its `source` records it and a complaint names it.

use super::RowError;
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;

/// The place of one row. What does not apply is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// How it was written: `jsonl`, `text`, `openai`, `inspect`, …
    pub format: String,
    /// The file's name.
    pub file: String,
    /// The line it begins in, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Its number in the file's lists or table, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// Where such a row is a list itself: its number in that, from 1, and so on inwards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<usize>,
    /// The sample's own name, where samples have names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<String>,
    /// Which attempt at that sample, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u64>,
    /// Stretches of it that were no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repaired: Option<usize>,
    /// What else the format says of where it comes from.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Place {
    /// All of a file.
    #[must_use]
    pub fn file(format: &str, file: &str) -> Self {
        Self {
            format: format.to_owned(),
            file: file.to_owned(),
            ..Self::default()
        }
    }

    /// A line of it.
    #[must_use]
    pub fn at_line(&self, line: usize) -> Self {
        Self {
            line: Some(line),
            ..self.clone()
        }
    }

    /// A row of it.
    #[must_use]
    pub fn at_row(&self, row: usize) -> Self {
        Self {
            row: Some(row),
            ..self.clone()
        }
    }

    /// The same, of which so many stretches were no UTF-8.
    pub(super) fn repaired(self, count: usize) -> Self {
        Self {
            repaired: (count > 0).then_some(count),
            ..self
        }
    }

    /// The one with this number in the list that stands here.
    #[must_use]
    pub(super) fn inside(&self, number: usize) -> Self {
        let mut place = self.clone();
        match place.row {
            None => place.row = Some(number),
            Some(_) => place.items.push(number),
        }
        place
    }

    /// The number that its name ends with.
    pub(super) fn number(&self) -> Option<usize> {
        match self.sample {
            Some(_) => None,
            None => self.items.last().copied().or(self.row).or(self.line),
        }
    }

    /// As a trace's `source`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// What had to be replaced in it.
    pub(super) fn mended(&self) -> Option<RowError> {
        let reason = match self.repaired? {
            0 => return None,
            1 => "one piece of it is no UTF-8 and stands as \u{fffd}".to_owned(),
            n => format!("{n} pieces of it are no UTF-8 and stand as \u{fffd}"),
        };
        Some(RowError {
            place: self.clone(),
            reason,
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(sample) = &self.sample {
            write!(f, ", sample {sample}")?;
            if let Some(epoch) = self.epoch {
                write!(f, ", epoch {epoch}")?;
            }
            return Ok(());
        }
        for (name, number) in [("line", self.line), ("row", self.row)] {
            if let Some(number) = number {
                write!(f, ", {name} {number}")?;
            }
        }
        for number in &self.items {
            write!(f, ", item {number}")?;
        }
        Ok(())
    }
}
