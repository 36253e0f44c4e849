//! The rows of the files that are open which could not be read, or only after mending.

use crate::{base::words::counted, tui::app::Finding};

/// Sentences kept at most.
const MOST: usize = 100;

/// What could not be read: the first sentences, and how many more there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// The first of them, each with file and line.
    pub first: Vec<String>,
    /// How many followed.
    pub more: usize,
    /// Rows that are not there; the others were mended.
    pub rows: usize,
}

impl Unread {
    /// One more row; `lost` when it is not among the traces.
    pub fn add(&mut self, sentence: String, lost: bool) {
        self.rows += usize::from(lost);
        if self.first.len() < MOST {
            self.first.push(sentence);
        } else {
            self.more += 1;
        }
    }

    /// Whether every row could be read as it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// How many rows are not there, in words; none when all are.
    #[must_use]
    pub fn count(&self) -> Option<String> {
        (self.rows > 0).then(|| format!("{} could not be read", counted(self.rows, "row")))
    }

    /// All of it for a popup: line and reason of each.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let mut lines = self.first.clone();
        if self.more > 0 {
            lines.push(format!("and {} more", self.more));
        }
        Finding {
            scope: "bad".to_owned(),
            sign: '!',
            title: self.count().unwrap_or_else(|| "read after mending".to_owned()),
            lines,
        }
    }
}
