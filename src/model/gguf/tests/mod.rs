//! What the reader of GGUF files must do, on the files of `tests/data/gguf` and on files made here.

mod config;
mod header;
mod parity;
mod tokenizer;

use super::*;
use proptest::prelude::*;
use serde_json::Value;
use std::{fs, io::Cursor, path::Path};

fn data(name: &str) -> Vec<u8> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/gguf");
    fs::read(dir.join(name)).unwrap()
}

/// A file of numbers that other programs gave.
pub(crate) fn golden(name: &str) -> Value {
    serde_json::from_slice(&data(name)).unwrap()
}

/// The bytes that a text of hexadecimal digits means.
pub(crate) fn bytes(hex: &Value) -> Vec<u8> {
    let digits = hex.as_str().unwrap().as_bytes().chunks_exact(2);
    digits
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
        .collect()
}

pub(crate) fn read(bytes: &[u8]) -> Result<Gguf, GgufError> {
    Gguf::read(&mut Cursor::new(bytes))
}

/// One of the tiny models: its header, and all its bytes.
pub(crate) fn file(model: &str) -> (Gguf, Vec<u8>) {
    let bytes = data(&format!("{model}.gguf"));
    (read(&bytes).unwrap(), bytes)
}

fn refuse(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

/// Writes files, right and wrong ones.
#[derive(Clone, Default)]
struct Builder {
    entries: Vec<(String, u32, Vec<u8>)>,
    tensors: Vec<(String, Vec<u64>, u32)>,
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
}

impl Builder {
    /// Sets `key` to a value of type `kind`.
    fn raw(mut self, key: &str, kind: u32, value: &[u8]) -> Self {
        self.entries.retain(|entry| entry.0 != key);
        self.entries.push((key.to_owned(), kind, value.to_vec()));
        self
    }
    fn without(mut self, key: &str) -> Self {
        self.entries.retain(|entry| entry.0 != key);
        self
    }
    fn u32(self, key: &str, n: u32) -> Self {
        self.raw(key, 4, &n.to_le_bytes())
    }
    fn f32(self, key: &str, n: f32) -> Self {
        self.raw(key, 6, &n.to_le_bytes())
    }
    fn flag(self, key: &str, flag: bool) -> Self {
        self.raw(key, 7, &[u8::from(flag)])
    }
    fn text(self, key: &str, value: &str) -> Self {
        self.raw(key, 8, &text(value))
    }
    fn list(self, key: &str, kind: u32, items: &[Vec<u8>]) -> Self {
        let head = [&kind.to_le_bytes()[..], &(items.len() as u64).to_le_bytes()].concat();
        self.raw(key, 9, &[head, items.concat()].concat())
    }
    fn texts(self, key: &str, items: &[&str]) -> Self {
        self.list(key, 8, &items.iter().map(|item| text(item)).collect::<Vec<_>>())
    }
    fn i32s(self, key: &str, items: &[i32]) -> Self {
        let items: Vec<Vec<u8>> = items.iter().map(|n| n.to_le_bytes().to_vec()).collect();
        self.list(key, 5, &items)
    }
    fn f32s(self, key: &str, items: &[f32]) -> Self {
        let items: Vec<Vec<u8>> = items.iter().map(|n| n.to_le_bytes().to_vec()).collect();
        self.list(key, 6, &items)
    }
    /// Adds a tensor; dimensions as in the file, innermost first.
    fn tensor(mut self, name: &str, shape: &[u64], kind: u32) -> Self {
        self.tensors.push((name.to_owned(), shape.to_vec(), kind));
        self
    }

    /// The header, with the tensors at `offsets`.
    fn header(&self, offsets: &[u64]) -> Vec<u8> {
        let mut out = b"GGUF".to_vec();
        out.extend(3_u32.to_le_bytes());
        out.extend((self.tensors.len() as u64).to_le_bytes());
        out.extend((self.entries.len() as u64).to_le_bytes());
        for (key, kind, value) in &self.entries {
            out.extend(text(key));
            out.extend(kind.to_le_bytes());
            out.extend(value);
        }
        for ((name, shape, kind), offset) in self.tensors.iter().zip(offsets) {
            out.extend(text(name));
            out.extend((shape.len() as u32).to_le_bytes());
            out.extend(shape.iter().flat_map(|n| n.to_le_bytes()));
            out.extend(kind.to_le_bytes());
            out.extend(offset.to_le_bytes());
        }
        out
    }

    /// The file: every tensor all zeros, one after the other.
    fn build(&self) -> Vec<u8> {
        let mut end = 0_u64;
        let offsets: Vec<u64> = self
            .tensors
            .iter()
            .map(|(_, shape, kind)| {
                let start = end.next_multiple_of(32);
                let numbers: u64 = shape.iter().product();
                let kind = Kind::from_code(*kind).unwrap();
                end = start + numbers / kind.block_len() as u64 * kind.block_bytes() as u64;
                start
            })
            .collect();
        let mut out = self.header(&offsets);
        let begin = out.len().next_multiple_of(32);
        out.resize(begin + end as usize, 0);
        out
    }
}

/// Everything that can be asked of a header.
fn ask_all(gguf: &Gguf) {
    let _ = gguf.config();
    let _ = gguf.tokenizer_json();
    let _ = (
        gguf.chat_template(),
        gguf.specials(),
        gguf.adds_bos(),
        gguf.rope_factors(),
    );
    for tensor in gguf.tensors() {
        let _ = (tensor.encoding(), hf_names("phi3", &tensor.name, 2));
        assert!(tensor.offset + tensor.bytes <= gguf.file_len());
    }
}

#[test]
fn a_file_cut_at_any_byte_is_refused_until_its_last_tensor_is_whole() {
    for model in ["llama", "qwen3"] {
        let (gguf, bytes) = file(model);
        let end = gguf.tensors().iter().map(|t| t.offset + t.bytes).max().unwrap() as usize;
        // In the weights, every 64th place says enough.
        let places = (0..gguf.data_begin() as usize).chain((gguf.data_begin() as usize..end).step_by(64));
        for len in places.chain([end - 1]) {
            let error = refuse(&bytes[..len]);
            assert!(error.contains("cut off"), "{len}: {error}");
        }
        assert!(read(&bytes[..end]).is_ok());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_damaged_file_is_refused_or_read_but_never_stops_the_program(
        model in prop_oneof![Just("llama"), Just("qwen2"), Just("smollm3")],
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let (gguf, mut bytes) = file(model);
        let header = gguf.data_begin() as usize;
        for (at, byte) in changes {
            bytes[at.index(header)] = byte;
        }
        if let Ok(gguf) = read(&bytes) {
            ask_all(&gguf);
        }
    }

    #[test]
    fn any_bytes_behind_the_magic_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let bytes = [b"GGUF\x03\0\0\0".as_slice(), &bytes].concat();
        if let Ok(gguf) = read(&bytes) {
            ask_all(&gguf);
        }
    }
}
