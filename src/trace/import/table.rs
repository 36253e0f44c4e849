//! Parquet tables (TRL's completions, TinyZero's tasks): every row as the JSON object that its columns make.
//!
//! A table's description stands at its end: of one that is cut off nothing can be read.

use super::{Item, Place, RowError, open::Reader, row, shape::Object};
use crate::base::quiet::quietly;
use parquet::{
    errors::ParquetError,
    file::reader::{ChunkReader, FileReader, SerializedFileReader},
    record::{Field, Row, reader::RowIter},
};
use serde_json::{Number, Value};
use std::collections::VecDeque;

/// Characters of a decoder's complaint.
const MOST_WORDS: usize = 200;

/// Reads a table's rows.
struct Table {
    rows: RowIter<'static>,
    place: Place,
    row: usize,
    waiting: VecDeque<Item>,
    done: bool,
}

/// The rows of the table in `input`.
pub(super) fn open<'a>(input: impl ChunkReader + 'static, file: &str) -> Reader<'a> {
    let place = Place::file("parquet", file);
    let opened = guarded(|| {
        let reader = SerializedFileReader::new(input)?;
        Ok(RowIter::from_file_into(Box::new(reader) as Box<dyn FileReader>))
    });
    match opened {
        Ok(rows) => Box::new(Table {
            rows,
            place,
            row: 0,
            waiting: VecDeque::new(),
            done: false,
        }),
        Err(reason) => Box::new(std::iter::once(Ok(Err(RowError { place, reason })))),
    }
}

impl Iterator for Table {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Some(item);
            }
            if self.done {
                return None;
            }
            self.row += 1;
            let place = self.place.at_row(self.row);
            match guarded(|| self.rows.next().transpose()) {
                Ok(Some(row)) => self
                    .waiting
                    .extend(row::read(object(&row), &Object::new(), place)),
                Ok(None) => self.done = true,
                Err(reason) => {
                    self.done = true;
                    return Some(Ok(Err(RowError { place, reason })));
                }
            }
        }
    }
}

/// What the decoder says, as a sentence. It panics over some damaged files instead of refusing them.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match quietly(read) {
        Some(Ok(read)) => Ok(read),
        Some(Err(error)) => {
            // Some of its sentences hold the bytes they are about.
            let error: String = error.to_string().chars().take(MOST_WORDS).collect();
            Err(format!(
                "the table is damaged or cut off, what follows is lost: {error}"
            ))
        }
        None => Err("the table is damaged, what follows is lost".to_owned()),
    }
}

fn object(row: &Row) -> Value {
    let columns = row.get_column_iter();
    Value::Object(
        columns
            .map(|(name, field)| (name.clone(), value(field)))
            .collect(),
    )
}

fn value(field: &Field) -> Value {
    match field {
        Field::Bool(value) => (*value).into(),
        Field::Byte(value) => (*value).into(),
        Field::Short(value) => (*value).into(),
        Field::Int(value) => (*value).into(),
        Field::Long(value) => (*value).into(),
        Field::UByte(value) => (*value).into(),
        Field::UShort(value) => (*value).into(),
        Field::UInt(value) => (*value).into(),
        Field::ULong(value) => (*value).into(),
        Field::Float16(value) => float(value.to_f64()),
        Field::Float(value) => float((*value).into()),
        Field::Double(value) => float(*value),
        Field::Str(value) => value.as_str().into(),
        Field::Bytes(value) => String::from_utf8_lossy(value.data()).into(),
        Field::Group(row) => object(row),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        Field::MapInternal(map) => {
            let entries = map.entries().iter();
            let named =
                entries.filter_map(|(name, field)| Some((value(name).as_str()?.to_owned(), value(field))));
            Value::Object(named.collect())
        }
        // Dates, times and decimals: no shape has any that matters.
        _ => Value::Null,
    }
}

fn float(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}
