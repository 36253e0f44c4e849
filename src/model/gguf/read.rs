//! The header of a GGUF file: magic, version, metadata, and where each tensor stands.
//!
//! Layout (little endian): `GGUF`, version, tensor count, entry count, entries, tensors, padding, data. A tensor is its
//! name, its shape from the innermost dimension on, its kind and its place in the data.

use super::{Gguf, GgufError, Kind, Tensor, cursor::Cursor, error::short, metadata::Metadata};
use std::{
    collections::HashSet,
    io::{Read, Seek},
};

/// Tensors, and metadata entries, that a file may have: far more than any model.
const MOST: u64 = 1 << 16;
/// Bytes that a tensor's name may have; ggml itself allows 63.
const MOST_NAME: usize = 256;
/// Dimensions that ggml's tensors can have.
const MOST_DIMENSIONS: u32 = 4;
/// Where tensors begin, unless the file says otherwise.
const ALIGNMENT: u64 = 32;
/// The least bytes that an entry and a tensor take.
const LEAST_ENTRY: u64 = 13;
const LEAST_TENSOR: u64 = 24;

/// Reads the header; see [`Gguf::read`].
pub(super) fn header(from: &mut (impl Read + Seek)) -> Result<Gguf, GgufError> {
    let mut cursor = Cursor::new(from)?;
    if cursor.array()? != *b"GGUF" {
        return Err(GgufError::Magic);
    }
    match cursor.u32()? {
        2 | 3 => {}
        version if version & 0xffff == 0 => return Err(GgufError::BigEndian),
        version => return Err(GgufError::Version(version)),
    }
    let tensors = cursor.u64()?;
    let entries = cursor.u64()?;
    for (what, count) in [("tensors", tensors), ("metadata entries", entries)] {
        if count > MOST {
            let text = format!("it says that it has {count} {what}");
            return Err(GgufError::Damaged(text));
        }
    }
    cursor.place = "its metadata".to_owned();
    cursor.need(entries, LEAST_ENTRY)?;
    let mut metadata = Metadata::default();
    for entry in 1..=entries {
        cursor.place = format!("metadata entry {entry}");
        metadata.read_entry(&mut cursor)?;
    }
    let alignment = match metadata.count("general.alignment")? {
        None => ALIGNMENT,
        Some(n) if n.is_power_of_two() && n <= 1 << 20 => n,
        Some(n) => return Err(GgufError::Damaged(format!("it aligns its tensors to {n} bytes"))),
    };
    cursor.place = "its list of tensors".to_owned();
    cursor.need(tensors, LEAST_TENSOR)?;
    let tensors: Vec<Tensor> = (1..=tensors)
        .map(|number| {
            cursor.place = format!("the description of tensor {number}");
            tensor(&mut cursor)
        })
        .collect::<Result<_, _>>()?;
    let begin = cursor.at().next_multiple_of(alignment);
    let tensors = place(tensors, begin, alignment, cursor.len())?;
    Ok(Gguf {
        metadata,
        tensors,
        begin,
        len: cursor.len(),
    })
}

/// One tensor; its offset is still that in the data.
fn tensor<R: Read + Seek>(cursor: &mut Cursor<'_, R>) -> Result<Tensor, GgufError> {
    let name = cursor.text()?;
    if name.is_empty() || name.len() > MOST_NAME {
        let text = format!("{} has a name of {} bytes", cursor.place, name.len());
        return Err(GgufError::Damaged(text));
    }
    cursor.place = format!("the description of tensor `{}`", short(&name));
    let damaged = |what: String| Err(GgufError::Damaged(format!("tensor `{}` {what}", short(&name))));
    let dimensions = cursor.u32()?;
    if dimensions > MOST_DIMENSIONS {
        return damaged(format!("has {dimensions} dimensions"));
    }
    let mut shape = Vec::new();
    for _ in 0..dimensions {
        match usize::try_from(cursor.u64()?) {
            Ok(size) if size > 0 => shape.push(size),
            Ok(_) => return damaged("has a dimension of 0".to_owned()),
            Err(_) => return damaged("is larger than this machine's memory".to_owned()),
        }
    }
    let code = cursor.u32()?;
    let offset = cursor.u64()?;
    let Some(kind) = Kind::from_code(code) else {
        return Err(GgufError::Kind {
            name: short(&name),
            kind: format!("kind {code}, which is not known"),
        });
    };
    // A row is the innermost dimension, which comes first in the file.
    let row = shape.first().copied().unwrap_or(1);
    if !row.is_multiple_of(kind.block_len()) {
        let len = kind.block_len();
        return damaged(format!(
            "has rows of {row} numbers, which are not whole blocks of {len}"
        ));
    }
    shape.reverse();
    let numbers = shape
        .iter()
        .try_fold(1_u64, |n, size| n.checked_mul(*size as u64));
    let bytes = numbers.and_then(|n| (n / kind.block_len() as u64).checked_mul(kind.block_bytes() as u64));
    let Some(bytes) = bytes else {
        return damaged("is larger than any file".to_owned());
    };
    Ok(Tensor {
        name,
        shape,
        kind,
        offset,
        bytes,
    })
}

/// Makes offsets absolute. Every tensor stands inside the file, under a name of its own, and over no other.
fn place(mut tensors: Vec<Tensor>, begin: u64, alignment: u64, len: u64) -> Result<Vec<Tensor>, GgufError> {
    let mut names = HashSet::new();
    let mut ranges = Vec::with_capacity(tensors.len());
    for tensor in &mut tensors {
        let name = || short(&tensor.name);
        if !tensor.offset.is_multiple_of(alignment) {
            let text = format!(
                "tensor `{}` does not begin at a multiple of {alignment} bytes",
                name()
            );
            return Err(GgufError::Damaged(text));
        }
        let start = begin.checked_add(tensor.offset);
        let end = start.and_then(|start| start.checked_add(tensor.bytes));
        let (Some(start), Some(end)) = (start, end.filter(|end| *end <= len)) else {
            return Err(GgufError::Cut(format!("tensor `{}`", name())));
        };
        tensor.offset = start;
        ranges.push((start, end));
        if !names.insert(tensor.name.as_str()) {
            let text = format!("tensor `{}` stands twice in its list", name());
            return Err(GgufError::Damaged(text));
        }
    }
    ranges.sort_unstable();
    if ranges.windows(2).any(|pair| pair[0].1 > pair[1].0) {
        return Err(GgufError::Damaged("two of its tensors overlap".to_owned()));
    }
    drop(names);
    Ok(tensors)
}
