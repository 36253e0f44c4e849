//! A TOML file that somebody wrote by hand: what it says, and on which line, for sentences about it.

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A text and the name of the file it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The file, as sentences name it.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

impl File {
    /// A file of this name and content.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    /// What it says.
    ///
    /// # Errors
    /// Where it is wrong, and what the TOML reader complains about.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, (String, String)> {
        toml::from_str(&self.text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            (self.line(start), error.message().replace('\n', " "))
        })
    }

    /// `FILE line N` of the key that `path` leads to: names, and numbers for elements of lists. Of the last part that
    /// stands there; when not even the first does, the file alone.
    #[must_use]
    pub fn place<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> String {
        let mut start = None;
        if let Ok(table) = DeTable::parse(&self.text) {
            let mut within = Some(DeValue::Table(table.into_inner()));
            for part in path {
                let Some((at, value)) = within.and_then(|value| child(value, part)) else {
                    break;
                };
                start = Some(at);
                within = Some(value);
            }
        }
        start.map_or_else(|| self.name.clone(), |start| self.line(start))
    }

    /// `FILE line N` of byte `offset`.
    #[must_use]
    pub fn line(&self, offset: usize) -> String {
        let before = self.text.bytes().take(offset);
        let line = 1 + before.filter(|byte| *byte == b'\n').count();
        format!("{} line {line}", self.name)
    }
}

/// Where the part of `value` called `part` begins, and its value.
fn child<'a>(value: DeValue<'a>, part: &str) -> Option<(usize, DeValue<'a>)> {
    match value {
        DeValue::Table(table) => {
            let (key, value) = table.into_iter().find(|(key, _)| key.get_ref() == part)?;
            Some((key.span().start, value.into_inner()))
        }
        DeValue::Array(list) => {
            let value = list.into_iter().nth(part.parse().ok()?)?;
            Some((Spanned::span(&value).start, value.into_inner()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::File;

    #[test]
    fn a_key_is_found_by_its_path() {
        let file = File::new(
            "a.toml",
            "x = 1\n[a]\nb = 2\n'c d' = 3\n[[s]]\nt = 1\n[[s]]\nt = 2\nu = [\n1,\n2]\n",
        );
        for (path, line) in [
            ("x", 1),
            ("a", 2),
            ("a.b", 3),
            ("a.c d", 4),
            ("s.0.t", 6),
            ("s.1", 7),
            ("s.1.t", 8),
            ("s.1.u.1", 11),
            ("a.gone", 2),
        ] {
            assert_eq!(
                file.place(path.split('.')),
                format!("a.toml line {line}"),
                "{path}"
            );
        }
        assert_eq!(file.place(["gone"]), "a.toml");
        assert_eq!(File::new("a.toml", "x = = 1").place(["x"]), "a.toml");
    }

    #[test]
    fn what_is_no_toml_has_its_line() {
        let (place, _) = File::new("a.toml", "x = 1\ny = = 1")
            .parse::<toml::Table>()
            .unwrap_err();
        assert_eq!(place, "a.toml line 2");
    }
}
