//! How the numbers of a tensor are stored: one by one, or in blocks that share their scales.

use crate::model::kernel::Encoding;

/// A way to store numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One that is read.
    Read(Encoding),
    /// Another one of ggml's: its size is known, its numbers are not read.
    Other(&'static Other),
}

/// A way to store numbers that is not read.
#[derive(Debug, PartialEq, Eq)]
pub struct Other {
    /// What ggml calls it.
    pub name: &'static str,
    /// Numbers in a block.
    block_len: usize,
    block_bytes: usize,
}

/// The number of each in a file. ggml's `enum ggml_type`.
const READ: [(u32, Encoding); 11] = [
    (0, Encoding::F32),
    (1, Encoding::F16),
    (2, Encoding::Q4_0),
    (3, Encoding::Q4_1),
    (6, Encoding::Q5_0),
    (7, Encoding::Q5_1),
    (8, Encoding::Q8_0),
    (12, Encoding::Q4K),
    (13, Encoding::Q5K),
    (14, Encoding::Q6K),
    (30, Encoding::Bf16),
];

/// As [`READ`].
static OTHERS: [(u32, Other); 24] = [
    (9, other("Q8_1", 32, 40)),
    (10, other("Q2_K", 256, 84)),
    (11, other("Q3_K", 256, 110)),
    (15, other("Q8_K", 256, 292)),
    (16, other("IQ2_XXS", 256, 66)),
    (17, other("IQ2_XS", 256, 74)),
    (18, other("IQ3_XXS", 256, 98)),
    (19, other("IQ1_S", 256, 50)),
    (20, other("IQ4_NL", 32, 18)),
    (21, other("IQ3_S", 256, 110)),
    (22, other("IQ2_S", 256, 82)),
    (23, other("IQ4_XS", 256, 136)),
    (24, other("I8", 1, 1)),
    (25, other("I16", 1, 2)),
    (26, other("I32", 1, 4)),
    (27, other("I64", 1, 8)),
    (28, other("F64", 1, 8)),
    (29, other("IQ1_M", 256, 56)),
    (34, other("TQ1_0", 256, 54)),
    (35, other("TQ2_0", 256, 66)),
    (39, other("MXFP4", 32, 17)),
    (40, other("NVFP4", 64, 36)),
    (41, other("Q1_0", 128, 18)),
    (42, other("Q2_0", 64, 18)),
];

const fn other(name: &'static str, block_len: usize, block_bytes: usize) -> Other {
    Other {
        name,
        block_len,
        block_bytes,
    }
}

impl Kind {
    /// The kind with this number in a file, if ggml has one.
    #[must_use]
    pub fn from_code(code: u32) -> Option<Self> {
        let read = READ.iter().find(|(known, _)| *known == code);
        let other = || OTHERS.iter().find(|(known, _)| *known == code);
        read.map(|(_, encoding)| Self::Read(*encoding))
            .or_else(|| other().map(|(_, other)| Self::Other(other)))
    }

    /// Numbers in a block; rows are whole blocks.
    #[must_use]
    pub fn block_len(self) -> usize {
        match self {
            Self::Read(encoding) => encoding.block_len(),
            Self::Other(other) => other.block_len,
        }
    }

    /// Bytes of a block.
    #[must_use]
    pub fn block_bytes(self) -> usize {
        match self {
            Self::Read(encoding) => encoding.block_bytes(),
            Self::Other(other) => other.block_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gguf::tests::{bytes, golden};

    #[test]
    fn every_kind_gives_the_numbers_of_ggml_bit_by_bit() {
        let golden = golden("blocks.json");
        for (_, encoding) in READ {
            let golden = &golden[encoding.name().to_uppercase()];
            let blocks = bytes(&golden["blocks"]);
            let right: Vec<u32> = bytes(&golden["values"])
                .chunks_exact(4)
                .map(|b| u32::from_le_bytes(b.try_into().unwrap()))
                .collect();
            let mut out = vec![0.0; right.len()];
            encoding.widen(&blocks, &mut out);
            for (i, (found, right)) in out.iter().zip(right).enumerate() {
                assert_eq!(found.to_bits(), right, "{encoding:?} {i}: {found}");
            }
        }
    }

    #[test]
    fn every_kind_has_the_number_and_size_that_ggml_gives_it() {
        let golden = golden("blocks.json");
        for (name, kind) in golden["sizes"].as_object().unwrap() {
            let numbers: Vec<u32> = serde_json::from_value(kind.clone()).unwrap();
            let kind = Kind::from_code(numbers[0]).unwrap();
            match kind {
                Kind::Read(encoding) => assert_eq!(encoding.name().to_uppercase(), *name),
                Kind::Other(other) => assert_eq!(other.name, name),
            }
            assert_eq!(
                [kind.block_len() as u32, kind.block_bytes() as u32],
                numbers[1..],
                "{name}"
            );
        }
        assert_eq!(Kind::from_code(4), None);
    }
}
