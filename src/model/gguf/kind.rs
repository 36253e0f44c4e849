//! How the numbers of a tensor are stored: one by one, or in blocks that share their scales.

use crate::model::kernel::Encoding;

/// A way to store numbers, by ggml's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(non_camel_case_types, reason = "the names people know them by")]
pub enum Kind {
    /// 32-bit floats.
    F32,
    /// 16-bit floats (IEEE half).
    F16,
    /// The upper half of 32-bit floats.
    BF16,
    /// 4 bits and a scale for 32 numbers.
    Q4_0,
    /// 4 bits, a scale and a minimum for 32 numbers.
    Q4_1,
    /// 5 bits and a scale for 32 numbers.
    Q5_0,
    /// 5 bits, a scale and a minimum for 32 numbers.
    Q5_1,
    /// 8 bits and a scale for 32 numbers.
    Q8_0,
    /// 4 bits; scales and minima of 8 groups share one each: 256 numbers.
    Q4_K,
    /// 5 bits; scales and minima of 8 groups share one each: 256 numbers.
    Q5_K,
    /// 6 bits; the scales of 16 groups share one: 256 numbers.
    Q6_K,
    /// Another one of ggml's, with its number there. Its size is known, its numbers are not read.
    Other(u32),
}

/// Number in the file, name, numbers in a block, bytes of a block. ggml's `enum ggml_type`.
const KINDS: [(u32, &str, usize, usize); 35] = [
    (0, "F32", 1, 4),
    (1, "F16", 1, 2),
    (2, "Q4_0", 32, 18),
    (3, "Q4_1", 32, 20),
    (6, "Q5_0", 32, 22),
    (7, "Q5_1", 32, 24),
    (8, "Q8_0", 32, 34),
    (9, "Q8_1", 32, 40),
    (10, "Q2_K", 256, 84),
    (11, "Q3_K", 256, 110),
    (12, "Q4_K", 256, 144),
    (13, "Q5_K", 256, 176),
    (14, "Q6_K", 256, 210),
    (15, "Q8_K", 256, 292),
    (16, "IQ2_XXS", 256, 66),
    (17, "IQ2_XS", 256, 74),
    (18, "IQ3_XXS", 256, 98),
    (19, "IQ1_S", 256, 50),
    (20, "IQ4_NL", 32, 18),
    (21, "IQ3_S", 256, 110),
    (22, "IQ2_S", 256, 82),
    (23, "IQ4_XS", 256, 136),
    (24, "I8", 1, 1),
    (25, "I16", 1, 2),
    (26, "I32", 1, 4),
    (27, "I64", 1, 8),
    (28, "F64", 1, 8),
    (29, "IQ1_M", 256, 56),
    (30, "BF16", 1, 2),
    (34, "TQ1_0", 256, 54),
    (35, "TQ2_0", 256, 66),
    (39, "MXFP4", 32, 17),
    (40, "NVFP4", 64, 36),
    (41, "Q1_0", 128, 18),
    (42, "Q2_0", 64, 18),
];

impl Kind {
    /// All that is read: those with an [`Encoding`].
    pub const READ: [Self; 11] = [
        Self::F32,
        Self::F16,
        Self::BF16,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q8_0,
        Self::Q4_K,
        Self::Q5_K,
        Self::Q6_K,
    ];

    /// The kind with this number in a file, if ggml has one.
    #[must_use]
    pub fn from_code(code: u32) -> Option<Self> {
        KINDS.iter().find(|kind| kind.0 == code)?;
        Some(
            Self::READ
                .into_iter()
                .find(|kind| kind.code() == code)
                .unwrap_or(Self::Other(code)),
        )
    }

    /// Its number in a file.
    #[must_use]
    pub fn code(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q4_0 => 2,
            Self::Q4_1 => 3,
            Self::Q5_0 => 6,
            Self::Q5_1 => 7,
            Self::Q8_0 => 8,
            Self::Q4_K => 12,
            Self::Q5_K => 13,
            Self::Q6_K => 14,
            Self::BF16 => 30,
            Self::Other(code) => code,
        }
    }

    /// How the kernels know it; `None` for what is not read.
    #[must_use]
    pub fn encoding(self) -> Option<Encoding> {
        Some(match self {
            Self::F32 => Encoding::F32,
            Self::F16 => Encoding::F16,
            Self::BF16 => Encoding::Bf16,
            Self::Q4_0 => Encoding::Q4_0,
            Self::Q4_1 => Encoding::Q4_1,
            Self::Q5_0 => Encoding::Q5_0,
            Self::Q5_1 => Encoding::Q5_1,
            Self::Q8_0 => Encoding::Q8_0,
            Self::Q4_K => Encoding::Q4K,
            Self::Q5_K => Encoding::Q5K,
            Self::Q6_K => Encoding::Q6K,
            Self::Other(_) => return None,
        })
    }

    /// Numbers in a block; rows are whole blocks.
    #[must_use]
    pub fn block_len(self) -> usize {
        self.entry().map_or(1, |kind| kind.2)
    }

    /// Bytes of a block.
    #[must_use]
    pub fn block_bytes(self) -> usize {
        self.entry().map_or(1, |kind| kind.3)
    }

    /// What ggml calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry()
            .map_or("a kind that ggml does not have", |kind| kind.1)
    }

    fn entry(self) -> Option<&'static (u32, &'static str, usize, usize)> {
        KINDS.iter().find(|kind| kind.0 == self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gguf::tests::{bytes, golden};

    #[test]
    fn every_kind_gives_the_numbers_of_ggml_bit_by_bit() {
        let golden = golden("blocks.json");
        for kind in Kind::READ {
            let blocks = bytes(&golden[kind.name()]["blocks"]);
            let right: Vec<u32> = bytes(&golden[kind.name()]["values"])
                .chunks_exact(4)
                .map(|b| u32::from_le_bytes(b.try_into().unwrap()))
                .collect();
            let mut out = vec![0.0; right.len()];
            kind.encoding().unwrap().widen(&blocks, &mut out);
            for (i, (found, right)) in out.iter().zip(right).enumerate() {
                assert_eq!(found.to_bits(), right, "{kind:?} {i}: {found}");
            }
        }
    }

    #[test]
    fn every_kind_has_the_number_and_size_that_ggml_gives_it() {
        let golden = golden("blocks.json");
        for (name, kind) in golden["sizes"].as_object().unwrap() {
            let numbers: Vec<u32> = serde_json::from_value(kind.clone()).unwrap();
            let kind = Kind::from_code(numbers[0]).unwrap();
            assert_eq!(kind.name(), name);
            assert_eq!(
                [kind.block_len() as u32, kind.block_bytes() as u32],
                numbers[1..],
                "{name}"
            );
        }
        assert_eq!(Kind::from_code(4), None);
        assert_eq!(Kind::from_code(10), Some(Kind::Other(10)));
    }
}
