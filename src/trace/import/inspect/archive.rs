//! `.eval` archives: a zip with a header and a member, or a folder of members, for every sample.
//!
//! Members are unpacked one at a time and never more than a row may have. A log that is still being written has its header
//! in `_journal/start.json`.

use super::{
    super::{
        Item, MOST_BYTES, MOST_PER_BYTE, MOST_UNPACKED, Place, TOO_LONG,
        json::parse,
        open::Reader,
        row,
        shape::Object,
        steps::{self, Found, Steps},
    },
    FORMAT,
    cut::Cut,
    log,
};
use crate::base::words::counted;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    io::{self, Read, Seek, SeekFrom},
};
use zip::ZipArchive;

/// The header of a log that is still being written.
pub(super) const START: &str = "_journal/start.json";

/// The samples of an archive, one after the other.
#[derive(Debug)]
pub(in crate::trace::import) struct Archive<R> {
    zip: ZipArchive<R>,
    /// Every member's number by its name.
    names: BTreeMap<String, usize>,
    samples: VecDeque<Sample>,
    about: Object,
    place: Place,
    left: u64,
    found: Found,
}

/// Where a sample stands.
#[derive(Debug)]
pub(super) enum Sample {
    /// In one member.
    Member(String),
    /// In members of this folder.
    Folder(String),
}

impl Sample {
    /// The sample that a member is, or of which it is the shell; `None` for pieces of one and all else. Ids may hold slashes,
    /// which the names of members keep: what tells a sample is the epoch behind its id.
    pub(super) fn of(name: &str) -> Option<Self> {
        let is_whole = |id: &str| !id.contains('/') || has_epoch(id);
        let rest = name.strip_prefix("samples/")?;
        if let Some(folder) = rest.strip_suffix("/sample.json").filter(|id| is_whole(id)) {
            return Some(Self::Folder(format!("samples/{folder}")));
        }
        let is_member = rest.strip_suffix(".json").is_some_and(is_whole);
        is_member.then(|| Self::Member(name.to_owned()))
    }

    /// The member, or the folder.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Member(name) | Self::Folder(name) => name,
        }
    }
}

/// Whether a name ends as samples' do, `{id}_epoch_{epoch}`.
fn has_epoch(name: &str) -> bool {
    let epoch = name.rsplit_once("_epoch_").map(|(_, epoch)| epoch);
    epoch.is_some_and(|epoch| !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The archive in `input`, or what can still be read of it.
pub(in crate::trace::import) fn open<'a, R: Read + Seek + Send + 'a>(
    mut input: R,
    file: &str,
) -> io::Result<Reader<'a>> {
    let place = Place::file(FORMAT, file);
    let size = input.seek(SeekFrom::End(0))?;
    input.rewind()?;
    let left = MOST_UNPACKED.saturating_add(size.saturating_mul(MOST_PER_BYTE));
    // The directory stands at the end. Without it an archive can still be read from its beginning.
    if ZipArchive::new(&mut input).is_err() {
        input.rewind()?;
        return Ok(Box::new(steps::rows(Cut::new(input, place, left))));
    }
    match ZipArchive::new(input) {
        Ok(zip) => Ok(Box::new(steps::rows(Archive::new(zip, place, left)))),
        Err(error) => Err(io::Error::other(error)),
    }
}

impl<R: Read + Seek> Archive<R> {
    fn new(mut zip: ZipArchive<R>, place: Place, mut left: u64) -> Self {
        let mut found = Found::default();
        let (mut names, mut samples) = (BTreeMap::new(), VecDeque::new());
        for (index, raw) in zip.file_names_raw().enumerate() {
            let name = String::from_utf8_lossy(raw).into_owned();
            samples.extend(Sample::of(&name));
            names.insert(name, index);
        }
        let about = ["header.json", START].iter().find_map(|name| names.get(*name));
        let about = about.map(|&index| header(&member(&mut zip, index, &mut left)?));
        let about = about.unwrap_or_else(|| Ok(Object::new())).unwrap_or_else(|why| {
            found.lost(place.clone(), headless(&why));
            Object::new()
        });
        if samples.is_empty() {
            let reason = if about.contains_key("eval") {
                log::empty(&about)
            } else {
                "this zip archive is no Inspect log: it has neither a header nor samples. Unpack it and name the files"
                    .to_owned()
            };
            found.lost(place.clone(), reason);
        }
        Self {
            zip,
            names,
            samples,
            about,
            place,
            left,
            found,
        }
    }

    fn read(&mut self, sample: &Sample, place: Place) -> Result<Vec<Item>, String> {
        match sample {
            Sample::Member(name) => {
                let bytes = self.bytes(name)?;
                Ok(row::parse(&bytes, &self.about, place))
            }
            Sample::Folder(folder) => {
                let (value, repaired, lost) = self.folder(folder)?;
                let place = place.repaired(repaired);
                let mut rows = row::read(value, &self.about, place.clone());
                for row in rows.iter_mut().flatten().flatten() {
                    lost.iter().for_each(|what| row.remark(&place, what));
                }
                Ok(rows)
            }
        }
    }

    fn bytes(&mut self, name: &str) -> Result<Vec<u8>, String> {
        let index = *self.names.get(name).ok_or("it is missing from the archive")?;
        member(&mut self.zip, index, &mut self.left)
    }

    /// A large sample: a shell, and its lists cut into members that are named by their first number. Also how often it had
    /// to be repaired, and what is left out of it.
    fn folder(&mut self, folder: &str) -> Result<(Value, usize, Vec<String>), String> {
        let (mut shell, mut repaired) = parse(&self.bytes(&format!("{folder}/sample.json"))?)?;
        let Value::Object(object) = &mut shell else {
            return Err("its `sample.json` is no object".to_owned());
        };
        let mut lost = Vec::new();
        let name = format!("{folder}/metadata.json");
        if self.names.contains_key(&name) {
            match self.bytes(&name).and_then(|bytes| parse(&bytes)) {
                Ok((metadata, broken)) => {
                    repaired += broken;
                    object.insert("metadata".to_owned(), metadata);
                }
                Err(reason) => lost.push(format!("its metadata are left out: {reason}")),
            }
        }
        for list in ["messages", "attachments"] {
            let prefix = format!("{folder}/{list}/");
            let below = self
                .names
                .range(prefix.clone()..)
                .take_while(|(name, _)| name.starts_with(&prefix));
            let number = |name: &str| {
                name.strip_prefix(&prefix)?
                    .strip_suffix(".json")?
                    .parse::<u64>()
                    .ok()
            };
            let pieces: BTreeMap<u64, usize> = below
                .filter_map(|(name, &index)| Some((number(name)?, index)))
                .collect();
            let (mut whole, mut bytes, mut others) = (Vec::new(), 0, 0);
            for index in pieces.into_values() {
                let piece = member(&mut self.zip, index, &mut self.left)?;
                bytes += piece.len();
                if bytes > MOST_BYTES {
                    return Err(TOO_LONG.to_owned());
                }
                let (piece, broken) = parse(&piece)?;
                repaired += broken;
                match piece {
                    Value::Array(values) => whole.extend(values),
                    _ => others += 1,
                }
            }
            if others > 0 {
                let pieces = counted(others, "piece");
                lost.push(format!("its {list} are not whole: {pieces} without a list"));
            }
            if list == "messages" {
                object.insert("events_data".to_owned(), json!({"messages": whole}));
            } else {
                object.insert(list.to_owned(), Value::Array(whole));
            }
        }
        Ok((shell, repaired, lost))
    }
}

impl<R: Read + Seek> Steps for Archive<R> {
    fn step(&mut self) -> io::Result<bool> {
        let Some(sample) = self.samples.pop_front() else {
            return Ok(false);
        };
        let place = named(&self.place, sample.name());
        match self.read(&sample, place.clone()) {
            Ok(rows) => self.found.extend(rows),
            Err(reason) => self.found.lost(place, reason),
        }
        Ok(true)
    }

    fn found(&mut self) -> &mut Found {
        &mut self.found
    }
}

/// What the bytes of a header say of all samples.
pub(super) fn header(bytes: &[u8]) -> Result<Object, String> {
    match parse(bytes)? {
        (Value::Object(about), _) => Ok(about),
        _ => Err("it is no JSON object".to_owned()),
    }
}

/// The sentence about a header that says nothing.
pub(super) fn headless(why: &str) -> String {
    format!("its header cannot be read, so model and task are not known: {why}")
}

/// A member's bytes.
fn member<R: Read + Seek>(zip: &mut ZipArchive<R>, index: usize, left: &mut u64) -> Result<Vec<u8>, String> {
    let mut file = zip
        .by_index(index)
        .map_err(|error| format!("it cannot be unpacked: {error}"))?;
    unpack(&mut file, left)
}

/// A file's bytes, so many at most; what is unpacked is taken off `left`.
pub(super) fn unpack(file: &mut impl Read, left: &mut u64) -> Result<Vec<u8>, String> {
    let most = (MOST_BYTES as u64).min(*left);
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes);
    *left = left.saturating_sub(bytes.len() as u64);
    read.map_err(|error| format!("it cannot be unpacked: {error}"))?;
    if bytes.len() as u64 <= most {
        Ok(bytes)
    } else if most < MOST_BYTES as u64 {
        Err(
            "the archive unpacks to far more than its size: it is taken for a zip bomb and not read further"
                .to_owned(),
        )
    } else {
        Err(TOO_LONG.to_owned())
    }
}

/// The place of a sample, by the name its member has: `samples/{id}_epoch_{epoch}.json`.
pub(super) fn named(place: &Place, name: &str) -> Place {
    let name = name.strip_prefix("samples/").unwrap_or(name);
    let name = name.strip_suffix(".json").unwrap_or(name);
    let (id, epoch) = match name.rsplit_once("_epoch_") {
        Some((id, epoch)) => (id, epoch.parse().ok()),
        None => (name, None),
    };
    Place {
        sample: Some(id.to_owned()),
        epoch,
        ..place.clone()
    }
}
