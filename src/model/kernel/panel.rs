//! From rows of weights as files hold them to panels of sixteen outputs as the kernels read them.
//!
//! The layouts of ggml's blocks are those of its `ggml-common.h`.

use super::{
    half::{bf16, f16},
    lanes::WIDTH,
    quantize::{BLOCK_LEN, SUPER_LEN},
};

/// How the numbers of a matrix are written in a file, row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// 32-bit floating point, little-endian like all others.
    F32,
    /// Half precision.
    F16,
    /// bfloat16.
    Bf16,
    /// ggml: blocks of 32, a factor.
    Q4_0,
    /// Blocks of 32, a factor and a minimum.
    Q4_1,
    /// Blocks of 32, a factor.
    Q5_0,
    /// Blocks of 32, a factor and a minimum.
    Q5_1,
    /// Blocks of 32, a factor.
    Q8_0,
    /// Blocks of 256, eight scales and minima.
    Q4K,
    /// Blocks of 256, eight scales and minima.
    Q5K,
    /// Blocks of 256, sixteen scales.
    Q6K,
}

impl Encoding {
    /// Numbers in a block.
    #[must_use]
    pub fn block_len(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::Bf16 => 1,
            Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 | Self::Q8_0 => BLOCK_LEN,
            Self::Q4K | Self::Q5K | Self::Q6K => SUPER_LEN,
        }
    }

    /// Bytes of a block.
    #[must_use]
    pub fn block_bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::Q4_0 => 18,
            Self::Q4_1 => 20,
            Self::Q5_0 => 22,
            Self::Q5_1 => 24,
            Self::Q8_0 => 34,
            Self::Q4K => 144,
            Self::Q5K => 176,
            Self::Q6K => 210,
        }
    }

    /// Its name, as files and people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::Q4_0 => "q4_0",
            Self::Q4_1 => "q4_1",
            Self::Q5_0 => "q5_0",
            Self::Q5_1 => "q5_1",
            Self::Q8_0 => "q8_0",
            Self::Q4K => "q4_k",
            Self::Q5K => "q5_k",
            Self::Q6K => "q6_k",
        }
    }

    /// Bytes of a row of `len` numbers; `None` when no whole number of blocks makes it.
    #[must_use]
    pub fn row_bytes(self, len: usize) -> Option<usize> {
        len.is_multiple_of(self.block_len())
            .then(|| (len / self.block_len()).checked_mul(self.block_bytes()))?
    }

    /// Whether whole blocks hold nothing infinite and nothing that is no number.
    #[must_use]
    pub fn is_finite(self, bytes: &[u8]) -> bool {
        let halves = |bytes: &[u8], mask: u16| {
            let pairs = bytes.as_chunks::<2>().0.iter();
            pairs.fold(true, |fine, pair| {
                fine & (u16::from_le_bytes(*pair) & mask != mask)
            })
        };
        match self {
            Self::F32 => {
                let words = bytes.as_chunks::<4>().0.iter();
                words.fold(true, |fine, word| fine & f32::from_le_bytes(*word).is_finite())
            }
            Self::F16 => halves(bytes, 0x7c00),
            Self::Bf16 => halves(bytes, 0x7f80),
            _ => bytes.chunks_exact(self.block_bytes()).all(|bytes| {
                let block = Block::read(self, bytes);
                f16(block.factor.into()).is_finite() && f16(block.minimum.into()).is_finite()
            }),
        }
    }

    /// The numbers of a row, as ggml's reference computes them. `bytes` holds whole blocks.
    pub fn widen(self, bytes: &[u8], out: &mut [f32]) {
        match self {
            Self::F32 => each(bytes, out, f32::from_le_bytes),
            Self::F16 => each(bytes, out, |b| f16(u16::from_le_bytes(b).into())),
            Self::Bf16 => each(bytes, out, |b| bf16(u16::from_le_bytes(b))),
            _ => {
                let blocks = bytes.chunks_exact(self.block_bytes());
                for (bytes, out) in blocks.zip(out.chunks_exact_mut(self.block_len())) {
                    let block = Block::read(self, bytes);
                    for (part, out) in out.chunks_exact_mut(BLOCK_LEN).enumerate() {
                        let integers = block.integers(part);
                        for (i, (out, q)) in out.iter_mut().zip(integers).enumerate() {
                            let scales = block.scales(part, i);
                            *out = number(self, q, block.factor, block.minimum, scales);
                        }
                    }
                }
            }
        }
    }
}

fn each<const N: usize>(bytes: &[u8], out: &mut [f32], read: impl Fn([u8; N]) -> f32) {
    for (out, bytes) in out.iter_mut().zip(bytes.as_chunks::<N>().0) {
        *out = read(*bytes);
    }
}

/// One block of one row, taken apart.
pub(super) struct Block<'a> {
    encoding: Encoding,
    bytes: &'a [u8],
    /// Half-precision factor.
    pub factor: u16,
    /// Half-precision minimum, or factor of the minima.
    pub minimum: u16,
}

impl<'a> Block<'a> {
    /// `bytes` is one whole block.
    pub fn read(encoding: Encoding, bytes: &'a [u8]) -> Self {
        let half = |at: usize| {
            let pair = bytes.get(at..at + 2).and_then(|pair| pair.first_chunk());
            pair.map_or(0, |pair| u16::from_le_bytes(*pair))
        };
        let (factor, minimum) = match encoding {
            Encoding::Q6K => (208, None),
            Encoding::Q4_1 | Encoding::Q5_1 | Encoding::Q4K | Encoding::Q5K => (0, Some(2)),
            _ => (0, None),
        };
        Self {
            encoding,
            bytes,
            factor: half(factor),
            minimum: minimum.map_or(0, half),
        }
    }

    /// The integers of stretch `part` of 32, unsigned; those of Q8_0 as the bytes they are.
    pub fn integers(&self, part: usize) -> [u8; BLOCK_LEN] {
        let b = self.bytes;
        let nibble = |qs: &[u8], i: usize| if i < 16 { qs[i] & 15 } else { qs[i - 16] >> 4 };
        match self.encoding {
            Encoding::Q8_0 => std::array::from_fn(|i| b[2 + i]),
            Encoding::Q4_0 => std::array::from_fn(|i| nibble(&b[2..], i)),
            Encoding::Q4_1 => std::array::from_fn(|i| nibble(&b[4..], i)),
            Encoding::Q5_0 | Encoding::Q5_1 => {
                let at = if self.encoding == Encoding::Q5_0 { 2 } else { 4 };
                std::array::from_fn(|i| nibble(&b[at + 4..], i) | (b[at + i / 8] >> (i % 8) & 1) << 4)
            }
            Encoding::Q4K => std::array::from_fn(|i| pair_nibble(&b[16..], part, i)),
            Encoding::Q5K => {
                std::array::from_fn(|i| pair_nibble(&b[48..], part, i) | (b[16 + i] >> part & 1) << 4)
            }
            Encoding::Q6K => std::array::from_fn(|i| {
                let (half, quarter) = (part / 4, part % 4);
                let low = b[64 * half + 32 * (quarter % 2) + i] >> (4 * (quarter / 2)) & 15;
                low | (b[128 + 32 * half + i] >> (2 * quarter) & 3) << 4
            }),
            Encoding::F32 | Encoding::F16 | Encoding::Bf16 => [0; BLOCK_LEN],
        }
    }

    /// Scale and minimum of stretch `part` of a Q4_K or Q5_K block, six bits each.
    pub fn scale_and_minimum(&self, part: usize) -> (u8, u8) {
        let packed = &self.bytes[4..16];
        if part < 4 {
            (packed[part] & 63, packed[part + 4] & 63)
        } else {
            let low = packed[part + 4];
            (
                (low & 15) | (packed[part - 4] >> 6) << 4,
                (low >> 4) | (packed[part] >> 6) << 4,
            )
        }
    }

    /// Scale of sixteen numbers of a Q6_K block, a signed byte.
    pub fn scale(&self, sixteenth: usize) -> u8 {
        self.bytes[192 + sixteenth]
    }

    /// What the integers of number `i` of stretch `part` are weighed with, as far as the encoding has it.
    fn scales(&self, part: usize, i: usize) -> (u8, u8) {
        match self.encoding {
            Encoding::Q4K | Encoding::Q5K => self.scale_and_minimum(part),
            Encoding::Q6K => (self.scale(2 * part + i / 16), 0),
            _ => (0, 0),
        }
    }
}

/// What integer `q` stands for.
fn number(encoding: Encoding, q: u8, factor: u16, minimum: u16, scales: (u8, u8)) -> f32 {
    let (factor, minimum) = (f16(factor.into()), f16(minimum.into()));
    match encoding {
        Encoding::Q8_0 => f32::from(q.cast_signed()) * factor,
        Encoding::Q4_0 => (f32::from(q) - 8.0) * factor,
        Encoding::Q5_0 => (f32::from(q) - 16.0) * factor,
        Encoding::Q4_1 | Encoding::Q5_1 => f32::from(q) * factor + minimum,
        Encoding::Q6K => factor * f32::from(scales.0.cast_signed()) * (f32::from(q) - 32.0),
        _ => factor * f32::from(scales.0) * f32::from(q) - minimum * f32::from(scales.1),
    }
}

/// Number `i` of stretch `part`: two stretches share 32 bytes.
fn pair_nibble(qs: &[u8], part: usize, i: usize) -> u8 {
    qs[32 * (part / 2) + i] >> (4 * (part % 2)) & 15
}

/// Sizes of what a panel keeps of each block.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    bits: u32,
    /// Bytes of integers for a stretch of 32 inputs.
    pub bytes: usize,
    /// Vectors of half-precision factors.
    pub factors: usize,
    /// Vectors of half-precision minima.
    pub minima: usize,
    /// Vectors of scales, a byte a lane.
    pub scales: usize,
}

impl Shape {
    pub fn of(encoding: Encoding) -> Self {
        let (bits, factors, minima, scales) = match encoding {
            Encoding::Q4_0 => (4, 1, 0, 0),
            Encoding::Q4_1 => (4, 1, 1, 0),
            Encoding::Q5_0 => (5, 1, 0, 0),
            Encoding::Q5_1 => (5, 1, 1, 0),
            Encoding::Q4K => (4, 2, 0, 16),
            Encoding::Q5K => (5, 2, 0, 16),
            Encoding::Q6K => (6, 1, 0, 16),
            _ => (8, 1, 0, 0),
        };
        Self {
            bits,
            bytes: 64 * bits as usize,
            factors,
            minima,
            scales,
        }
    }

    /// Puts the integers of one lane's stretch into the bytes of its panel: groups of four inputs, sixteen lanes to a
    /// vector; see `block`.
    fn place(self, lane: usize, integers: &[u8; BLOCK_LEN], bytes: &mut [u8]) {
        for (g, group) in integers.as_chunks::<4>().0.iter().enumerate() {
            for (i, q) in group.iter().enumerate() {
                let at = lane * 4 + i;
                if self.bits == 8 {
                    bytes[64 * g + at] = *q;
                    continue;
                }
                bytes[64 * (g % 4) + at] |= (q & 15) << (4 * (g / 4));
                match self.bits {
                    5 => bytes[256 + at] |= (q >> 4) << g,
                    6 => bytes[256 + 64 * (g / 4) + at] |= (q >> 4) << (2 * (g % 4)),
                    _ => {}
                }
            }
        }
    }

    /// The integer that [`Shape::place`] put there for input `input` of the stretch.
    fn integer(self, lane: usize, input: usize, bytes: &[u8]) -> u8 {
        let (g, at) = (input / 4, lane * 4 + input % 4);
        let low = || bytes[64 * (g % 4) + at] >> (4 * (g / 4)) & 15;
        match self.bits {
            8 => bytes[64 * g + at],
            5 => low() | (bytes[256 + at] >> g & 1) << 4,
            6 => low() | (bytes[256 + 64 * (g / 4) + at] >> (2 * (g % 4)) & 3) << 4,
            _ => low(),
        }
    }
}

/// Quantised weights in panels of sixteen outputs.
#[derive(Default)]
pub(super) struct Panels {
    /// `[panel, stretch of 32, Shape::bytes]`.
    pub bytes: Vec<u8>,
    /// `[panel, block, Shape::factors, 16]`.
    pub factors: Vec<u16>,
    /// `[panel, block, Shape::minima, 16]`.
    pub minima: Vec<u16>,
    /// `[panel, block, Shape::scales, 16]`.
    pub scales: Vec<u8>,
}

impl Panels {
    /// Makes room for `panels` more of rows of `inputs` numbers.
    pub fn reserve(&mut self, encoding: Encoding, inputs: usize, panels: usize) {
        let (shape, blocks) = (Shape::of(encoding), inputs / encoding.block_len());
        self.bytes
            .reserve_exact(panels * inputs / BLOCK_LEN * shape.bytes);
        self.factors
            .reserve_exact(panels * blocks * shape.factors * WIDTH);
        self.minima.reserve_exact(panels * blocks * shape.minima * WIDTH);
        self.scales.reserve_exact(panels * blocks * shape.scales * WIDTH);
    }

    /// Appends a panel of up to sixteen rows of whole blocks.
    pub fn push(&mut self, encoding: Encoding, rows: &[&[u8]]) {
        let (shape, block_bytes) = (Shape::of(encoding), encoding.block_bytes());
        let parts = encoding.block_len() / BLOCK_LEN;
        for b in 0..rows.first().map_or(0, |row| row.len() / block_bytes) {
            let bytes = grow(&mut self.bytes, parts * shape.bytes);
            let factors = grow(&mut self.factors, shape.factors * WIDTH);
            let minima = grow(&mut self.minima, shape.minima * WIDTH);
            let scales = grow(&mut self.scales, shape.scales * WIDTH);
            for (lane, row) in rows.iter().enumerate() {
                let block = Block::read(encoding, &row[b * block_bytes..(b + 1) * block_bytes]);
                factors[lane] = block.factor;
                if let Some(second) = factors.get_mut(WIDTH + lane).or(minima.get_mut(lane)) {
                    *second = block.minimum;
                }
                for (part, bytes) in bytes.chunks_exact_mut(shape.bytes).enumerate() {
                    shape.place(lane, &block.integers(part), bytes);
                    if let Some(scales) = scales.get_mut(2 * part * WIDTH..(2 * part + 2) * WIDTH) {
                        let (first, second) = match encoding {
                            Encoding::Q6K => (block.scale(2 * part), block.scale(2 * part + 1)),
                            _ => block.scale_and_minimum(part),
                        };
                        (scales[lane], scales[WIDTH + lane]) = (first, second);
                    }
                }
            }
        }
    }

    /// The numbers of output `lane` of panel `panel`.
    pub fn row(&self, encoding: Encoding, panel: usize, lane: usize, into: &mut [f32]) {
        let (shape, len) = (Shape::of(encoding), encoding.block_len());
        let (parts, blocks) = (len / BLOCK_LEN, into.len() / len);
        for (b, into) in into.chunks_exact_mut(len).enumerate() {
            let block = panel * blocks + b;
            let factor = self.factors[block * shape.factors * WIDTH + lane];
            let minimum = match (shape.factors, shape.minima) {
                (2, _) => self.factors[(2 * block + 1) * WIDTH + lane],
                (_, 1) => self.minima[block * WIDTH + lane],
                _ => 0,
            };
            for (i, into) in into.iter_mut().enumerate() {
                let (part, input) = (i / BLOCK_LEN, i % BLOCK_LEN);
                let bytes = &self.bytes[(block * parts + part) * shape.bytes..][..shape.bytes];
                let scales = match encoding {
                    _ if shape.scales == 0 => (0, 0),
                    Encoding::Q6K => (self.scales[(block * 16 + i / 16) * WIDTH + lane], 0),
                    _ => {
                        let at = (block * 16 + 2 * part) * WIDTH + lane;
                        (self.scales[at], self.scales[at + WIDTH])
                    }
                };
                *into = number(
                    encoding,
                    shape.integer(lane, input, bytes),
                    factor,
                    minimum,
                    scales,
                );
            }
        }
    }

    /// Bytes it takes.
    pub fn size(&self) -> usize {
        self.bytes.len() + 2 * (self.factors.len() + self.minima.len()) + self.scales.len()
    }
}

/// Appends `more` zeros and returns them.
fn grow<T: Copy + Default>(list: &mut Vec<T>, more: usize) -> &mut [T] {
    let start = list.len();
    list.resize(start + more, T::default());
    &mut list[start..]
}

/// Appends a panel of up to sixteen rows, word by word.
pub(super) fn interleave<T: Copy + Default, const N: usize>(
    panels: &mut Vec<T>,
    rows: &[&[u8]],
    read: impl Fn(&[u8; N]) -> T,
) {
    let words = rows.first().map_or(0, |row| row.len() / N);
    let panel = grow(panels, words * WIDTH);
    for (lane, row) in rows.iter().enumerate() {
        for (place, bytes) in panel.chunks_exact_mut(WIDTH).zip(row.as_chunks::<N>().0) {
            place[lane] = read(bytes);
        }
    }
}

const _: () = assert!(WIDTH * 4 == 64, "a vector of bytes holds four of every lane");
