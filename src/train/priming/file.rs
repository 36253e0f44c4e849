//! Rows as JSON lines: `prompt`/`completion` as TRL's supervised trainer reads them, or `query`/`completion` as the code
//! of Gandhi et al. 2025 (and verl's) does.

use super::{DataError, Row};
use crate::base::{file::write_atomic, json};
use serde_json::{Map, Value};
use std::{
    fs,
    path::{Path, PathBuf},
};
use strum::{Display, EnumString, VariantNames};

/// Name of the rows in a run directory.
pub const FILE: &str = "data.jsonl";

/// How rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Display, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Format {
    /// `{"prompt":…,"completion":…}`
    #[default]
    Trl,
    /// `{"query":…,"completion":…}`
    Query,
}

impl Format {
    fn prompt(self) -> &'static str {
        match self {
            Self::Trl => "prompt",
            Self::Query => "query",
        }
    }
}

/// The rows as JSON lines.
///
/// # Errors
/// Never for text; what serde says.
pub fn to_jsonl(rows: &[Row], format: Format) -> serde_json::Result<String> {
    let mut text = String::new();
    for row in rows {
        let mut object = Map::new();
        object.insert(format.prompt().into(), row.prompt.as_str().into());
        object.insert("completion".into(), row.completion.as_str().into());
        text.push_str(&json::to_line(&object)?);
        text.push('\n');
    }
    Ok(text)
}

/// Writes [`FILE`] into a run directory, as TRL reads it. Its path.
///
/// # Errors
/// [`DataError::Disk`].
pub fn save(rows: &[Row], directory: &Path) -> Result<PathBuf, DataError> {
    let path = directory.join(FILE);
    let written = to_jsonl(rows, Format::Trl)
        .map_err(Into::into)
        .and_then(|text| write_atomic(&path, text.as_bytes()));
    match written {
        Ok(()) => Ok(path),
        Err(error) => Err(DataError::Disk { path, error }),
    }
}

/// The rows of a file, each with its line.
///
/// # Errors
/// [`DataError`] with file and line: the first row that cannot be used ends it, since half a set is another set.
pub fn read(path: &Path) -> Result<Vec<(usize, Row)>, DataError> {
    let bytes = fs::read(path).map_err(|error| DataError::Disk {
        path: path.into(),
        error,
    })?;
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut rows = Vec::new();
    for (line, bytes) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let bytes = bytes.trim_ascii();
        if !bytes.is_empty() {
            let row = row(bytes).map_err(|what| DataError::row(place(path, line), what))?;
            rows.push((line, row));
        }
    }
    if rows.is_empty() {
        return Err(DataError::Empty(path.into()));
    }
    Ok(rows)
}

/// How errors name a line.
pub(super) fn place(path: &Path, line: usize) -> String {
    format!("{} line {line}", path.display())
}

fn row(bytes: &[u8]) -> Result<Row, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("byte {} of the line is no UTF-8", error.valid_up_to() + 1))?;
    let value: Value = serde_json::from_str(text).map_err(|error| format!("this is no JSON: {error}"))?;
    let Value::Object(object) = value else {
        return Err("this is no JSON object".into());
    };
    let Some(key) = ["prompt", "query"]
        .into_iter()
        .find(|key| object.contains_key(*key))
    else {
        let keys: Vec<&str> = object.keys().take(5).map(String::as_str).collect();
        return Err(format!(
            "a row needs `prompt` (or `query`) and `completion`, this one has {}",
            if keys.is_empty() {
                "nothing".into()
            } else {
                keys.join(", ")
            }
        ));
    };
    let completion = text_of(&object, "completion")?;
    if completion.is_empty() {
        return Err("`completion` is empty, there is nothing to imitate".into());
    }
    Ok(Row {
        prompt: text_of(&object, key)?,
        completion,
        solved: None,
    })
}

fn text_of(object: &Map<String, Value>, key: &str) -> Result<String, String> {
    match object.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Array(_)) => Err(format!(
            "`{key}` is a list (of messages?), only plain text can be imitated: apply the chat template first"
        )),
        Some(_) => Err(format!("`{key}` is not a text")),
        None => Err(format!("there is no `{key}`")),
    }
}
