//! What is left of an archive whose end, and with it its directory, is missing: it is read from its beginning as far as it
//! goes, member by member.

use super::{
    super::{
        Place, RowError, row,
        shape::Object,
        steps::{Found, Steps},
    },
    archive::{START, Sample, header, headless, named, unpack},
};
use std::io::{self, Read};

/// The samples at the beginning of an archive.
#[derive(Debug)]
pub(super) struct Cut<R> {
    input: R,
    about: Object,
    place: Place,
    left: u64,
    found: Found,
}

impl<R: Read> Cut<R> {
    pub(super) fn new(input: R, place: Place, left: u64) -> Self {
        Self {
            input,
            about: Object::new(),
            place,
            left,
            found: Found::default(),
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
        let sample = Sample::of(&name);
        let place = named(&self.place, sample.as_ref().map_or(&name, Sample::name));
        match sample {
            Some(Sample::Folder(_)) => {
                let reason = "it is stored in pieces, which cannot be put together without the archive's end";
                self.found.lost(place, reason);
            }
            Some(Sample::Member(_)) => {
                let bytes = unpack(&mut file, &mut self.left).map_err(|reason| fail(&place, reason))?;
                self.found.extend(row::parse(&bytes, &self.about, place));
            }
            None if name == START => {
                let bytes = unpack(&mut file, &mut self.left).map_err(|reason| fail(&self.place, reason))?;
                match header(&bytes) {
                    Ok(about) => self.about = about,
                    Err(why) => self.found.lost(self.place.clone(), headless(&why)),
                }
            }
            _ => {}
        }
        Ok(true)
    }
}

impl<R: Read> Steps for Cut<R> {
    fn step(&mut self) -> io::Result<bool> {
        match self.member() {
            Ok(true) => return Ok(true),
            Ok(false) => {
                let reason = "the archive is cut off: its end is missing, and with it whatever followed";
                self.found.lost(self.place.clone(), reason);
            }
            Err(error) => self.found.lost(error.place, error.reason),
        }
        Ok(false)
    }

    fn found(&mut self) -> &mut Found {
        &mut self.found
    }
}
