//! The ways of writing that can be followed.

use std::str::FromStr;

/// Which way of writing a text follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The bundled models' language.
    Lines,
    /// Stream of Search.
    Search,
    /// Free text with calculations.
    Free,
    /// Sudoku.
    Sudoku,
    /// Free reasoning in steps.
    Discourse,
}

/// A name that no reader has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no reader \"{0}\": choose lines, search, free, sudoku or discourse")]
pub struct StyleError(String);

impl Style {
    /// Every style.
    pub const ALL: [Style; 5] = [
        Style::Lines,
        Style::Search,
        Style::Free,
        Style::Sudoku,
        Style::Discourse,
    ];

    /// Name and version, as traces record it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Style::Lines => "lines/1",
            Style::Search => "search/1",
            Style::Free => "free/13",
            Style::Sudoku => "sudoku/10",
            Style::Discourse => "discourse/8",
        }
    }

    /// Whether a tree's reader, with any version, is this one.
    #[must_use]
    pub fn has_read(self, reader: &str) -> bool {
        reader.split('/').next() == self.name().split('/').next()
    }
}

/// The name, with or without its version.
impl FromStr for Style {
    type Err = StyleError;

    fn from_str(text: &str) -> Result<Self, StyleError> {
        let bare = |style: &Style| style.name().split('/').next() == Some(text);
        let found = Self::ALL
            .into_iter()
            .find(|style| style.name() == text || bare(style));
        found.ok_or_else(|| StyleError(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::Style;

    #[test]
    fn styles_are_known_by_their_names() {
        for style in Style::ALL {
            assert_eq!(style.name().parse(), Ok(style));
        }
        assert_eq!("sudoku".parse(), Ok(Style::Sudoku));
        // A trace that was recorded with another version, too.
        assert!(Style::Sudoku.has_read("sudoku/1") && !Style::Lines.has_read("sudoku/1"));
        assert_eq!(
            "chess".parse::<Style>().unwrap_err().to_string(),
            "there is no reader \"chess\": choose lines, search, free, sudoku or discourse"
        );
    }
}
