//! From one JSON value to the rows it holds.

use super::{Item, Place, RowError, draft::Draft, inspect::log, json, shape};
use serde_json::Value;

/// The rows in a value that stands at `place`; `about` is what the file says of all of them.
pub(super) fn read(value: Value, about: &shape::Object, place: Place) -> Vec<Item> {
    let each = |list: Vec<Value>, about: &shape::Object| {
        let rows = (1..).zip(list);
        rows.flat_map(|(row, value)| read(value, about, place.inside(row)))
            .collect()
    };
    let value = match value {
        // A list of rows on one line.
        Value::Array(list)
            if !shape::is_one(&list)
                && list
                    .first()
                    .is_some_and(|first| first.is_object() || first.is_array()) =>
        {
            return each(list, about);
        }
        Value::Array(list) if !list.is_empty() && list.iter().all(Value::is_string) => {
            let texts = list.iter().filter_map(Value::as_str).zip(1..);
            return texts
                .map(|(one, row)| text(one.to_owned(), place.inside(row)))
                .collect();
        }
        // A whole log: its samples are rows, of which it says the rest.
        Value::Object(mut log) if log::fits(&log) => match log.remove("samples") {
            Some(Value::Array(samples)) if !samples.is_empty() => return each(samples, &log),
            _ => {
                let reason = log::empty(&log);
                return vec![Ok(Err(RowError { place, reason }))];
            }
        },
        Value::Object(mut object) if object.contains_key("columns") => match shape::table(&mut object) {
            Some((columns, rows)) => {
                let rows = (1..).zip(rows).flat_map(|(row, cells)| {
                    let columns = columns.iter().cloned();
                    let cells = match cells {
                        Value::Array(cells) => columns.zip(cells).collect(),
                        _ => shape::Object::new(),
                    };
                    read(Value::Object(cells), about, place.inside(row))
                });
                return rows.collect();
            }
            None => Value::Object(object),
        },
        // The server of the Hub's data sets has each row in an object of its own.
        Value::Object(mut object) if object.contains_key("row_idx") => match object.remove("row") {
            Some(row @ Value::Object(_)) => return read(row, about, place),
            row => {
                object.extend(row.map(|row| ("row".to_owned(), row)));
                Value::Object(object)
            }
        },
        Value::Object(mut object) => match shape::wrapped(&mut object) {
            Some(list) => return each(list, &object),
            None => Value::Object(object),
        },
        value => value,
    };
    match shape::drafts(value, about) {
        Ok(drafts) => drafts
            .into_iter()
            .map(|draft| Ok(Ok(draft.finish(place.clone()))))
            .collect(),
        Err(reason) => vec![Ok(Err(RowError::new(place, reason)))],
    }
}

/// A text on its own.
pub(super) fn text(text: String, place: Place) -> Item {
    let mut draft = Draft::default();
    draft.write(text);
    Ok(Ok(draft.finish(place)))
}

/// The rows in the JSON of `bytes`.
pub(super) fn parse(bytes: &[u8], about: &shape::Object, place: Place) -> Vec<Item> {
    match json::parse(bytes) {
        Ok((value, repaired)) => read(value, about, place.repaired(repaired)),
        Err(reason) => vec![Ok(Err(RowError::new(place, reason)))],
    }
}
