//! `--set KEY=VALUE`: one value changed in a TOML table, wherever the table came from.

use toml::{Table, Value};

/// A dotted key and the value it gets. A number in the key picks an element of a list: `stage.0.tokens`.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// The key's parts, at least one, none empty.
    pub key: Vec<String>,
    /// The value.
    pub value: Value,
}

/// Why an override cannot be used.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum SetError {
    /// Not of the form `KEY=VALUE`.
    #[error("`{0}` is not KEY=VALUE, for example sampler.temperature=0.6")]
    Form(String),
    /// The key leads through something that has no keys.
    #[error("--set {key}: `{part}` is not a table, nothing can be set in it")]
    NotATable {
        /// The whole key.
        key: String,
        /// The part that is something else.
        part: String,
    },
    /// The key names an element that is not there.
    #[error("--set {key}: there is no element {part}, the list has {length} (counted from 0)")]
    NoElement {
        /// The whole key.
        key: String,
        /// The index asked for.
        part: String,
        /// Elements there are.
        length: usize,
    },
}

impl std::str::FromStr for Override {
    type Err = SetError;

    fn from_str(text: &str) -> Result<Self, SetError> {
        let form = || SetError::Form(text.into());
        let (key, value) = text.split_once('=').ok_or_else(form)?;
        let key: Vec<String> = key.split('.').map(|part| part.trim().to_owned()).collect();
        if key.iter().any(String::is_empty) {
            return Err(form());
        }
        Ok(Self {
            key,
            value: value_of(value),
        })
    }
}

/// `text` as a TOML value, or as a string when it is none: quotes may be left out on a command line.
#[must_use]
pub fn value_of(text: &str) -> Value {
    // A line break would let one value smuggle in a second key.
    let parsed = if text.contains('\n') {
        None
    } else {
        toml::from_str::<Table>(&format!("value = {text}")).ok()
    };
    parsed
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(text.into()))
}

impl Override {
    /// The key as it was written.
    #[must_use]
    pub fn name(&self) -> String {
        self.key.join(".")
    }

    /// Sets the value in `table`, making tables on the way where nothing stands yet.
    ///
    /// # Errors
    /// [`SetError`] when the key leads through a plain value or past the end of a list.
    pub fn apply(&self, table: &mut Table) -> Result<(), SetError> {
        let Some((last, path)) = self.key.split_last() else {
            return Ok(());
        };
        let Some((first, rest)) = path.split_first() else {
            table.insert(last.clone(), self.value.clone());
            return Ok(());
        };
        let mut place = table
            .entry(first.clone())
            .or_insert_with(|| Value::Table(Table::new()));
        let mut name = first;
        for part in rest {
            place = self.inside(place, name, part)?;
            name = part;
        }
        *self.inside(place, name, last)? = self.value.clone();
        Ok(())
    }

    /// The value called `part` in `place`, which is itself called `name`.
    fn inside<'a>(&self, place: &'a mut Value, name: &str, part: &str) -> Result<&'a mut Value, SetError> {
        match place {
            Value::Table(table) => Ok(table
                .entry(part.to_owned())
                .or_insert_with(|| Value::Table(Table::new()))),
            Value::Array(list) => {
                let length = list.len();
                part.parse::<usize>()
                    .ok()
                    .and_then(|index| list.get_mut(index))
                    .ok_or_else(|| SetError::NoElement {
                        key: self.name(),
                        part: part.into(),
                        length,
                    })
            }
            _ => Err(SetError::NotATable {
                key: self.name(),
                part: name.into(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str, table: &str) -> Result<Table, SetError> {
        let mut table: Table = toml::from_str(table).unwrap();
        text.parse::<Override>()?.apply(&mut table)?;
        Ok(table)
    }

    #[test]
    fn values_are_toml_and_quotes_may_be_left_out() {
        assert_eq!(
            value_of("[1, 12]"),
            toml::from_str::<Table>("v=[1,12]").unwrap()["v"]
        );
        assert_eq!(value_of("1_000"), Value::Integer(1000));
        assert_eq!(value_of("rational"), Value::String("rational".into()));
        assert_eq!(value_of("1\nb = 2"), Value::String("1\nb = 2".into()));
    }

    #[test]
    fn dotted_keys_reach_into_tables_and_lists() {
        assert_eq!(set("a.b=2", "[a]\nb = 1").unwrap()["a"]["b"], Value::Integer(2));
        assert_eq!(set("a.b.c=2", "").unwrap()["a"]["b"]["c"], Value::Integer(2));
        let table = set("s.1.x=2", "[[s]]\nx = 0\n[[s]]\nx = 1").unwrap();
        assert_eq!(
            (&table["s"][0]["x"], &table["s"][1]["x"]),
            (&Value::Integer(0), &Value::Integer(2))
        );
    }

    #[test]
    fn a_key_that_leads_nowhere_is_a_sentence() {
        for (text, table) in [
            ("a", ""),
            ("=1", ""),
            ("a..b=1", ""),
            ("a.b=1", "a = 1"),
            ("s.7.x=1", "s = [1]"),
        ] {
            assert!(set(text, table).is_err(), "{text}");
        }
    }
}
