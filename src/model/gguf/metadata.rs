//! The metadata of a GGUF file: values by key, and how they are read.
//!
//! Simplification: lists that no language model needs (bytes, 16-bit numbers, lists of lists) are passed over.

use super::{GgufError, cursor::Cursor, error::short};
use std::{
    collections::BTreeMap,
    io::{Read, Seek},
};

/// Bytes that a key may have.
const MOST_KEY: usize = 1024;
/// Elements that a list may have: ten times the largest vocabulary.
const MOST_ELEMENTS: u64 = 1 << 22;
/// Lists that may stand inside each other.
const MOST_DEPTH: usize = 4;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Integer(i128),
    /// As the shortest decimal that means the stored number: 1e-5, not 9.999999747e-6.
    Number(f64),
    Flag(bool),
    Text(String),
    Integers(Vec<i64>),
    Numbers(Vec<f32>),
    Texts(Vec<String>),
    /// A list that was passed over.
    Skipped,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Metadata(BTreeMap<String, Value>);

impl Metadata {
    /// Reads one key and its value.
    pub(super) fn read_entry<R: Read + Seek>(&mut self, cursor: &mut Cursor<'_, R>) -> Result<(), GgufError> {
        let key = cursor.text()?;
        if key.is_empty() || key.len() > MOST_KEY {
            let text = format!("{} has a key of {} bytes", cursor.place, key.len());
            return Err(GgufError::Damaged(text));
        }
        cursor.place = format!("metadata `{}`", short(&key));
        let kind = cursor.u32()?;
        let value = value(cursor, kind)?;
        if self.0.contains_key(&key) {
            let text = format!("`{}` stands twice in its metadata", short(&key));
            return Err(GgufError::Damaged(text));
        }
        self.0.insert(key, value);
        Ok(())
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    #[cfg(test)]
    pub(super) fn set(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    #[cfg(test)]
    pub(super) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// The value of `key` in words, for errors.
    pub(super) fn words(&self, key: &str) -> String {
        match self.0.get(key) {
            None => "absent".to_owned(),
            Some(Value::Integer(n)) => n.to_string(),
            Some(Value::Number(n)) => n.to_string(),
            Some(Value::Flag(flag)) => flag.to_string(),
            Some(Value::Text(text)) => short(text),
            Some(Value::Integers(list)) => format!("a list of {}", list.len()),
            Some(Value::Numbers(list)) => format!("a list of {}", list.len()),
            Some(Value::Texts(list)) => format!("a list of {}", list.len()),
            Some(Value::Skipped) => "a list".to_owned(),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&str>, GgufError> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(GgufError::field(key, "a text")),
        }
    }

    pub(super) fn texts(&self, key: &str) -> Result<Option<&[String]>, GgufError> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::Texts(texts)) => Ok(Some(texts)),
            Some(_) => Err(GgufError::field(key, "a list of texts")),
        }
    }

    pub(super) fn integers(&self, key: &str) -> Result<Option<&[i64]>, GgufError> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::Integers(list)) => Ok(Some(list)),
            Some(_) => Err(GgufError::field(key, "a list of integers")),
        }
    }

    pub(super) fn numbers(&self, key: &str) -> Result<Option<Vec<f32>>, GgufError> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::Numbers(list)) => Ok(Some(list.clone())),
            Some(Value::Integers(list)) => Ok(Some(list.iter().map(|n| *n as f32).collect())),
            Some(_) => Err(GgufError::field(key, "a list of numbers")),
        }
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, GgufError> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::Flag(flag)) => Ok(Some(*flag)),
            Some(_) => Err(GgufError::field(key, "true or false")),
        }
    }

    pub(super) fn number(&self, key: &str) -> Result<Option<f64>, GgufError> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::Number(n)) if n.is_finite() => Ok(Some(*n)),
            Some(Value::Integer(n)) => Ok(Some(*n as f64)),
            Some(_) => Err(GgufError::field(key, "a finite number")),
        }
    }

    /// A count, zero included. What may differ from layer to layer must not: a list of equal counts is one count.
    pub(super) fn count(&self, key: &str) -> Result<Option<u64>, GgufError> {
        let wrong = || GgufError::field(key, "a count");
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::Integer(n)) => u64::try_from(*n).map(Some).map_err(|_| wrong()),
            Some(Value::Integers(list)) => match list.as_slice() {
                [first, rest @ ..] if rest.iter().all(|n| n == first) => {
                    u64::try_from(*first).map(Some).map_err(|_| wrong())
                }
                _ => Err(GgufError::unsupported(key, "different from layer to layer")),
            },
            Some(_) => Err(wrong()),
        }
    }

    /// A size: not zero, and of this machine.
    pub(super) fn size(&self, key: &str) -> Result<Option<usize>, GgufError> {
        let wrong = || GgufError::field(key, "a positive integer");
        match self.count(key)?.map(usize::try_from) {
            None => Ok(None),
            Some(Ok(n)) if n > 0 => Ok(Some(n)),
            Some(_) => Err(wrong()),
        }
    }
}

/// The decimal that a person would have written for `x`.
fn decimal(x: f32) -> f64 {
    x.to_string().parse().unwrap_or(f64::from(x))
}

fn value<R: Read + Seek>(cursor: &mut Cursor<'_, R>, kind: u32) -> Result<Value, GgufError> {
    Ok(match kind {
        0 => Value::Integer(u8::from_le_bytes(cursor.array()?).into()),
        1 => Value::Integer(i8::from_le_bytes(cursor.array()?).into()),
        2 => Value::Integer(u16::from_le_bytes(cursor.array()?).into()),
        3 => Value::Integer(i16::from_le_bytes(cursor.array()?).into()),
        4 => Value::Integer(cursor.u32()?.into()),
        5 => Value::Integer(i32::from_le_bytes(cursor.array()?).into()),
        6 => Value::Number(decimal(f32::from_le_bytes(cursor.array()?))),
        7 => match cursor.array()? {
            [0] => Value::Flag(false),
            [1] => Value::Flag(true),
            _ => return Err(GgufError::Damaged(format!("{} is no truth value", cursor.place))),
        },
        8 => Value::Text(cursor.text()?),
        9 => list(cursor, 1)?,
        10 => Value::Integer(cursor.u64()?.into()),
        11 => Value::Integer(i64::from_le_bytes(cursor.array()?).into()),
        12 => Value::Number(f64::from_le_bytes(cursor.array()?)),
        _ => return Err(unknown(cursor, kind)),
    })
}

fn list<R: Read + Seek>(cursor: &mut Cursor<'_, R>, depth: usize) -> Result<Value, GgufError> {
    if depth > MOST_DEPTH {
        let text = format!("{} holds lists inside lists, too deep to be meant", cursor.place);
        return Err(GgufError::Damaged(text));
    }
    let kind = cursor.u32()?;
    let len = cursor.u64()?;
    let each = match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        8 | 10..=12 => 8,
        9 => 12,
        _ => return Err(unknown(cursor, kind)),
    };
    cursor.need(len, each)?;
    if len > MOST_ELEMENTS {
        let text = format!(
            "{} is a list of {len} elements, too long to be meant",
            cursor.place
        );
        return Err(GgufError::Damaged(text));
    }
    let all = 0..len;
    Ok(match kind {
        4 => Value::Integers(
            all.map(|_| Ok(cursor.u32()?.into()))
                .collect::<Result<_, GgufError>>()?,
        ),
        5 => Value::Integers(
            all.map(|_| Ok(i32::from_le_bytes(cursor.array()?).into()))
                .collect::<Result<_, GgufError>>()?,
        ),
        6 => Value::Numbers(
            all.map(|_| Ok(f32::from_le_bytes(cursor.array()?)))
                .collect::<Result<_, GgufError>>()?,
        ),
        8 => Value::Texts(all.map(|_| cursor.text()).collect::<Result<_, _>>()?),
        9 => {
            for _ in all {
                list(cursor, depth + 1)?;
            }
            Value::Skipped
        }
        11 => Value::Integers(
            all.map(|_| Ok(i64::from_le_bytes(cursor.array()?)))
                .collect::<Result<_, GgufError>>()?,
        ),
        _ => {
            cursor.skip(len, each)?;
            Value::Skipped
        }
    })
}

fn unknown<R: Read + Seek>(cursor: &Cursor<'_, R>, kind: u32) -> GgufError {
    GgufError::Damaged(format!(
        "{} has the type {kind}, which GGUF does not have",
        cursor.place
    ))
}
