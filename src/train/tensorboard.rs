//! Scalars for TensorBoard: an event file (`events.out.tfevents.*`) beside the metrics, one per start of a run.
//!
//! The format is TFRecord (length, masked CRC-32C, data, masked CRC-32C) around `tensorflow.Event` messages
//! (tensorflow/core/util/event.proto). Only what scalars need is written, so the few fields are encoded by hand.

use super::error::TrainError;
use crc::{CRC_32_ISCSI, Crc};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);

/// Wire types of protocol buffers.
const VARINT: u8 = 0;
const FIXED64: u8 = 1;
const BYTES: u8 = 2;
const FIXED32: u8 = 5;

/// An event file that grows.
#[derive(Debug)]
pub struct EventFile {
    path: PathBuf,
    file: File,
}

impl EventFile {
    /// Begins one in `directory` at `time` (seconds since 1970). What other files say from `step` on is void: the run began
    /// again there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(directory: &Path, time: f64, step: u64) -> Result<Self, TrainError> {
        let path = directory.join(format!(
            "events.out.tfevents.{:010}.{}.backtrail",
            time as u64,
            std::process::id()
        ));
        let open = OpenOptions::new().create(true).append(true).open(&path);
        let mut events = Self {
            file: open.map_err(TrainError::disk(&path))?,
            path,
        };
        events.write(&event(time, 0, 3, b"brain.Event:2"))?;
        if step > 0 {
            // SessionLog { status: START }
            let mut log = Vec::new();
            key(&mut log, 1, VARINT);
            varint(&mut log, 1);
            events.write(&event(time, step, 7, &log))?;
        }
        Ok(events)
    }

    /// Adds the values after `step` steps.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn scalars(&mut self, time: f64, step: u64, values: &BTreeMap<&str, f64>) -> Result<(), TrainError> {
        let mut summary = Vec::new();
        for (name, value) in values {
            let mut scalar = Vec::new();
            bytes(&mut scalar, 1, name.as_bytes());
            key(&mut scalar, 2, FIXED32);
            scalar.extend((*value as f32).to_le_bytes());
            bytes(&mut summary, 1, &scalar);
        }
        self.write(&event(time, step, 5, &summary))
    }

    fn write(&mut self, event: &[u8]) -> Result<(), TrainError> {
        self.file
            .write_all(&record(event))
            .map_err(TrainError::disk(&self.path))
    }
}

/// `Event { wall_time, step, [field]: content }`
fn event(time: f64, step: u64, field: u8, content: &[u8]) -> Vec<u8> {
    let mut event = Vec::new();
    key(&mut event, 1, FIXED64);
    event.extend(time.to_le_bytes());
    if step > 0 {
        key(&mut event, 2, VARINT);
        varint(&mut event, step);
    }
    bytes(&mut event, field, content);
    event
}

fn record(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    [&length[..], &masked(&length), data, &masked(data)].concat()
}

/// TFRecord's checksum: rotated, so that a checksum of data that holds checksums is not a problem.
fn masked(data: &[u8]) -> [u8; 4] {
    CRC.checksum(data)
        .rotate_right(15)
        .wrapping_add(0xa282_ead8)
        .to_le_bytes()
}

fn key(out: &mut Vec<u8>, field: u8, wire: u8) {
    out.push(field << 3 | wire);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn bytes(out: &mut Vec<u8>, field: u8, content: &[u8]) {
    key(out, field, BYTES);
    varint(out, content.len() as u64);
    out.extend(content);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_bytes_are_those_that_tensorboard_writes() {
        let dir = tempfile::tempdir().unwrap();
        let mut events = EventFile::begin(dir.path(), 1_700_000_000.25, 3).unwrap();
        let values = BTreeMap::from([("loss", 0.5), ("rewards/exact/mean", -1.25)]);
        events.scalars(1_700_000_001.5, 300, &values).unwrap();
        let written = fs::read(&events.path).unwrap();
        assert_eq!(written, include_bytes!("../../tests/data/tensorboard/events"));
        assert!(
            events
                .path
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("events.out.tfevents.1700000000.")
        );
    }
}
