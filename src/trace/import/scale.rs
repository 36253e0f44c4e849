//! On which scale a file's scores are. One of 1 is a verdict among those from 0 to 1, and the worst of all among grades up to
//! 5; a row alone does not tell which. So before the first of them is given out, some rows behind it are read.

use super::{
    Item, Row, RowError,
    open::Reader,
    verdict::{Whose, is_on_scale},
};
use serde_json::Value;
use std::{
    collections::{HashMap, VecDeque},
    io,
};

/// Rows that are read ahead, and the bytes of text in them: one cannot wait for the end of a stream.
const MOST_AHEAD: usize = 32;
const MOST_BYTES: usize = 1 << 20;

/// Rows whose scores are verdicts only where all that is known of the file says so.
pub(super) struct Scaled<'a> {
    rows: Reader<'a>,
    ahead: VecDeque<Item>,
    /// Whether the scores of a column are on another scale than verdicts.
    other: HashMap<String, bool>,
}

impl<'a> Scaled<'a> {
    pub(super) fn new(rows: Reader<'a>) -> Self {
        Self {
            rows,
            ahead: VecDeque::new(),
            other: HashMap::new(),
        }
    }

    /// Whether the scores of a column are no verdicts, as far as the rows behind say.
    fn is_other(&mut self, column: &str) -> bool {
        if let Some(known) = self.other.get(column) {
            return *known;
        }
        let mut bytes = 0;
        let mut other = self.ahead.iter().any(|item| is_beyond(item, column));
        while !other && self.ahead.len() < MOST_AHEAD && bytes < MOST_BYTES {
            let Some(item) = self.rows.next() else { break };
            if let Ok(Ok(row)) = &item {
                bytes += row.trace.text.len();
            }
            let failed = item.is_err();
            other = is_beyond(&item, column);
            self.ahead.push_back(item);
            if failed {
                break;
            }
        }
        self.other.insert(column.to_owned(), other);
        other
    }
}

impl Iterator for Scaled<'_> {
    type Item = io::Result<Result<Row, RowError>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut item = self.ahead.pop_front().or_else(|| self.rows.next())?;
        if let Ok(Ok(row)) = &mut item
            && let Some((column, score)) = row.graded.take()
        {
            if !may_be_verdict(score) {
                self.other.insert(column, true);
            } else if row.trace.outcome.is_some() && self.is_other(&column) {
                grade(row, column, score);
            }
        }
        Some(match item {
            Ok(Ok(read)) => Ok(Ok(read.row)),
            Ok(Err(error)) => Ok(Err(error)),
            Err(error) => Err(error),
        })
    }
}

fn is_beyond(item: &Item, column: &str) -> bool {
    let graded = match item {
        Ok(Ok(row)) => row.graded.as_ref(),
        _ => None,
    };
    graded.is_some_and(|(name, score)| name == column && !may_be_verdict(*score))
}

fn may_be_verdict(score: f64) -> bool {
    is_on_scale(score, Whose::Trainers)
}

/// A score that is no verdict is a number like others.
fn grade(row: &mut Row, column: String, score: f64) {
    row.recorded = None;
    let mut values = serde_json::Map::from_iter([(column, score.into())]);
    if let Some(outcome) = row.trace.outcome.take() {
        let others = outcome.scorers.into_iter();
        let others = others.filter(|(name, _)| name != crate::task::court::RECORDED);
        others.for_each(|(name, score)| {
            values.entry(name).or_insert_with(|| score.into());
        });
    }
    if let Some(Value::Object(source)) = &mut row.trace.source {
        match source.get_mut("values") {
            Some(Value::Object(known)) => known.extend(values),
            _ => {
                source.insert("values".to_owned(), Value::Object(values));
            }
        }
    }
}
