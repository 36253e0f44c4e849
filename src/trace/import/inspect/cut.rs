//! What is left of an archive whose end, and with it its directory, is missing: it is read from its beginning as far as it
//! goes, member by member.

use super::{
    super::{Item, Place, RowError, json::parse, row, shape::Object},
    archive::{named, unpack},
};
use serde_json::Value;
use std::{collections::VecDeque, io::Read};

/// The samples at the beginning of an archive.
#[derive(Debug)]
pub(super) struct Cut<R> {
    input: R,
    about: Object,
    place: Place,
    left: u64,
    waiting: VecDeque<Item>,
    done: bool,
}

impl<R: Read> Cut<R> {
    pub(super) fn new(input: R, place: Place, left: u64) -> Self {
        Self {
            input,
            about: Object::new(),
            place,
            left,
            waiting: VecDeque::new(),
            done: false,
        }
    }

    /// Takes in the next member; `false` when there is none.
    fn member(&mut self) -> Result<bool, Box<RowError>> {
        let fail = |place: &Place, reason: String| {
            let reason = format!("the archive is cut off or damaged, what follows is lost: {reason}");
            let place = place.clone();
            Box::new(RowError { place, reason })
        };
        let mut file = match zip::read::read_zipfile_from_stream(&mut self.input) {
            Ok(Some(file)) => file,
            Ok(None) => return Ok(false),
            Err(error) => return Err(fail(&self.place, error.to_string())),
        };
        let name = String::from_utf8_lossy(file.name_raw()).into_owned();
        let sample = name.strip_prefix("samples/");
        let place = named(&self.place, name.strip_suffix("/sample.json").unwrap_or(&name));
        match sample.and_then(|sample| sample.split_once('/')) {
            Some((_, "sample.json")) => {
                let reason = "it is stored in pieces, which cannot be put together without the archive's end"
                    .to_owned();
                self.waiting.push_back(Ok(Err(RowError { place, reason })));
            }
            None if sample.is_some() => {
                let bytes = unpack(&mut file, &mut self.left).map_err(|reason| fail(&place, reason))?;
                self.waiting.extend(row::parse(&bytes, &self.about, place));
            }
            None if name == "_journal/start.json" => {
                let bytes = unpack(&mut file, &mut self.left).map_err(|reason| fail(&self.place, reason))?;
                if let Ok((Value::Object(about), _)) = parse(&bytes) {
                    self.about = about;
                }
            }
            _ => {}
        }
        Ok(true)
    }
}

impl<R: Read> Iterator for Cut<R> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Some(item);
            }
            if self.done {
                return None;
            }
            match self.member() {
                Ok(true) => {}
                Ok(false) => {
                    self.done = true;
                    let reason = "the archive is cut off: its end is missing, and with it whatever followed"
                        .to_owned();
                    let place = self.place.clone();
                    return Some(Ok(Err(RowError { place, reason })));
                }
                Err(error) => {
                    self.done = true;
                    return Some(Ok(Err(*error)));
                }
            }
        }
    }
}
