//! A weight matrix laid out for many dot products at once, in the number type its file has.

use super::{
    Isa,
    block::{self, Blocks, Rows},
    half::{bf16, f16},
    lanes::WIDTH,
    linear,
    panel::{Encoding, Panels, Shape, interleave},
    quantize::{Activations, BLOCK_LEN, SUPER_LEN},
    superblock::{self, SuperBlocks},
};
use rayon::prelude::*;

/// Products, below which a second thread costs more than it brings.
const PARALLEL: usize = 1 << 20;

/// The weights of a linear layer `y = x Wᵀ`, packed in panels of sixteen outputs; outputs past the last one are zero.
pub struct Packed {
    encoding: Encoding,
    inputs: usize,
    outputs: usize,
    data: Data,
}

/// Panels; the kernels say how they lie.
enum Data {
    F32(Vec<f32>),
    F16(Vec<u16>),
    /// Pairs of inputs.
    Bf16(Vec<u32>),
    Quantized(Panels),
}

/// Memory for one product, kept for the next.
#[derive(Default)]
pub struct Buffers {
    activations: Activations,
    /// Outputs of each thread, before they are put side by side.
    stripes: Vec<f32>,
    /// Outputs of one of several matrices, for whoever puts them side by side.
    pub part: Vec<f32>,
}

impl Packed {
    /// A matrix without outputs yet, to be given rows of `inputs` numbers. bfloat16 needs an even number of
    /// inputs, quantised ones whole blocks: see [`Packed::takes`].
    #[must_use]
    pub fn new(encoding: Encoding, inputs: usize) -> Self {
        let data = match encoding {
            Encoding::F32 => Data::F32(Vec::new()),
            Encoding::F16 => Data::F16(Vec::new()),
            Encoding::Bf16 => Data::Bf16(Vec::new()),
            _ => Data::Quantized(Panels::default()),
        };
        Self {
            encoding,
            inputs: inputs.max(1),
            outputs: 0,
            data,
        }
    }

    /// Packs f32 matrices of shape `[outputs, inputs]`, row-major, stacked by outputs. Each slice must hold whole rows.
    #[must_use]
    pub fn stack(parts: &[&[f32]], inputs: usize) -> Self {
        let mut packed = Self::new(Encoding::F32, inputs);
        let rows = parts
            .iter()
            .flat_map(|part| part.chunks_exact(packed.inputs))
            .collect::<Vec<_>>();
        let mut bytes = Vec::new();
        for rows in rows.chunks(WIDTH) {
            bytes.clear();
            bytes.extend(rows.iter().copied().flatten().flat_map(|x| x.to_le_bytes()));
            packed.push(&bytes);
        }
        packed
    }

    /// Whether rows of `inputs` numbers can be kept as `encoding` has them.
    #[must_use]
    pub fn takes(encoding: Encoding, inputs: usize) -> bool {
        match encoding {
            Encoding::F32 | Encoding::F16 => true,
            Encoding::Bf16 => inputs.is_multiple_of(2),
            _ => inputs.is_multiple_of(encoding.block_len()),
        }
    }

    /// Makes room for `outputs` more outputs, so that pushing them moves nothing.
    pub fn reserve(&mut self, outputs: usize) {
        let (panels, inputs) = (outputs.div_ceil(WIDTH), self.inputs);
        match &mut self.data {
            Data::F32(data) => data.reserve_exact(panels * WIDTH * inputs),
            Data::F16(data) => data.reserve_exact(panels * WIDTH * inputs),
            Data::Bf16(data) => data.reserve_exact(panels * WIDTH * inputs / 2),
            Data::Quantized(data) => data.reserve(self.encoding, inputs, panels),
        }
    }

    /// Appends outputs: `rows` holds whole rows as the encoding writes them. All calls but the last must bring a
    /// multiple of sixteen rows.
    pub fn push(&mut self, rows: &[u8]) {
        let row_bytes = self.encoding.row_bytes(self.inputs).unwrap_or(1).max(1);
        for panel in rows.chunks(WIDTH * row_bytes) {
            let rows: Vec<&[u8]> = panel.chunks_exact(row_bytes).collect();
            self.outputs += rows.len();
            match &mut self.data {
                Data::F32(data) => interleave(data, &rows, |bytes| f32::from_le_bytes(*bytes)),
                Data::F16(data) => interleave(data, &rows, |bytes| u16::from_le_bytes(*bytes)),
                Data::Bf16(data) => interleave(data, &rows, |bytes| u32::from_le_bytes(*bytes)),
                Data::Quantized(data) => data.push(self.encoding, &rows),
            }
        }
    }

    /// Outputs there are.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Inputs of every output.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How its numbers are written.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match &self.data {
            Data::F32(data) => 4 * data.len(),
            Data::F16(data) => 2 * data.len(),
            Data::Bf16(data) => 4 * data.len(),
            Data::Quantized(data) => data.size(),
        }
    }

    /// Distance between two rows of the result: the outputs, rounded up to whole panels.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.outputs.next_multiple_of(WIDTH)
    }

    /// The weights of one output, `[inputs]`: a row of an embedding table.
    pub fn row(&self, output: usize, into: &mut [f32]) {
        let (panel, lane) = (output / WIDTH, output % WIDTH);
        match &self.data {
            Data::F32(data) => {
                let panel = &data[panel * self.inputs * WIDTH..];
                for (into, weights) in into.iter_mut().zip(panel.chunks_exact(WIDTH)) {
                    *into = weights[lane];
                }
            }
            Data::F16(data) => {
                let panel = &data[panel * self.inputs * WIDTH..];
                for (into, weights) in into.iter_mut().zip(panel.chunks_exact(WIDTH)) {
                    *into = f16(weights[lane].into());
                }
            }
            Data::Bf16(data) => {
                let panel = &data[panel * self.inputs / 2 * WIDTH..];
                for (into, words) in into
                    .as_chunks_mut::<2>()
                    .0
                    .iter_mut()
                    .zip(panel.chunks_exact(WIDTH))
                {
                    *into = [bf16(words[lane] as u16), bf16((words[lane] >> 16) as u16)];
                }
            }
            Data::Quantized(data) => data.row(self.encoding, panel, lane, into),
        }
    }

    /// `x` is `[rows, inputs]`; `y` becomes `[rows, stride]`. Large products are shared by the threads of the current
    /// pool; the result does not depend on how.
    pub fn forward(&self, isa: Isa, x: &[f32], y: &mut Vec<f32>, buffers: &mut Buffers) {
        let (rows, stride) = (x.len() / self.inputs, self.stride());
        y.resize(rows * stride, 0.0);
        let len = self.encoding.block_len();
        if len > 1 {
            buffers.activations.fill(isa, x, len);
        }
        let activations = &buffers.activations;
        let threads = rayon::current_num_threads();
        if threads == 1 || rows * self.inputs * stride < PARALLEL {
            return self.product(isa, x, activations, 0, y, stride);
        }
        // Several stripes a thread, so that one that is held up does not hold up the others.
        let width = (stride / WIDTH).div_ceil(4 * threads).max(1) * WIDTH;
        if rows == 1 {
            let stripes = y.par_chunks_mut(width).enumerate();
            return stripes.for_each(|(i, y)| {
                let width_here = y.len();
                self.product(isa, x, activations, i * width, y, width_here);
            });
        }
        buffers.stripes.resize(rows * stride, 0.0);
        let stripes = buffers.stripes.par_chunks_mut(rows * width).enumerate();
        stripes.for_each(|(i, y)| {
            let width_here = y.len() / rows;
            self.product(isa, x, activations, i * width, y, width_here);
        });
        for (i, stripe) in buffers.stripes.chunks(rows * width).enumerate() {
            let width_here = stripe.len() / rows;
            let places = y.chunks_exact_mut(stride).zip(stripe.chunks_exact(width_here));
            for (y, stripe) in places {
                y[i * width..i * width + width_here].copy_from_slice(stripe);
            }
        }
    }

    /// The outputs from `first` on, as many as a row of `y` `[rows, stride]` holds.
    fn product(
        &self,
        isa: Isa,
        x: &[f32],
        activations: &Activations,
        first: usize,
        y: &mut [f32],
        stride: usize,
    ) {
        let panels = first / WIDTH..(first + stride) / WIDTH;
        match &self.data {
            Data::F32(data) => {
                let data = &data[panels.start * WIDTH * self.inputs..panels.end * WIDTH * self.inputs];
                linear::f32_product(isa, x, self.inputs, data, y, stride);
            }
            Data::F16(data) => {
                let data = &data[panels.start * WIDTH * self.inputs..panels.end * WIDTH * self.inputs];
                linear::f16_product(isa, x, self.inputs, data, y, stride);
            }
            Data::Bf16(data) => {
                let words = WIDTH * self.inputs / 2;
                let data = &data[panels.start * words..panels.end * words];
                linear::bf16_product(isa, x, self.inputs, data, y, stride);
            }
            Data::Quantized(data) => {
                let x = Rows {
                    values: &activations.values,
                    scales: &activations.scales,
                    sums: &activations.sums,
                };
                let (shape, count) = (Shape::of(self.encoding), self.inputs / self.encoding.block_len());
                let each =
                    |per_block: usize| panels.start * count * per_block..panels.end * count * per_block;
                let bytes = &data.bytes[each(shape.bytes * (self.encoding.block_len() / BLOCK_LEN))];
                let factors = &data.factors[each(shape.factors * WIDTH)];
                if self.encoding.block_len() == SUPER_LEN {
                    let w = SuperBlocks {
                        bytes,
                        factors,
                        scales: &data.scales[each(shape.scales * WIDTH)],
                        count,
                    };
                    match self.encoding {
                        Encoding::Q4K => superblock::q4_k(isa, x, w, y, stride),
                        Encoding::Q5K => superblock::q5_k(isa, x, w, y, stride),
                        _ => superblock::q6_k(isa, x, w, y, stride),
                    }
                } else {
                    let w = Blocks {
                        bytes,
                        scales: factors,
                        minima: &data.minima[each(shape.minima * WIDTH)],
                        count,
                    };
                    match self.encoding {
                        Encoding::Q4_0 => block::q4_0(isa, x, w, y, stride),
                        Encoding::Q4_1 => block::q4_1(isa, x, w, y, stride),
                        Encoding::Q5_0 => block::q5_0(isa, x, w, y, stride),
                        Encoding::Q5_1 => block::q5_1(isa, x, w, y, stride),
                        _ => block::q8_0(isa, x, w, y, stride),
                    }
                }
            }
        }
    }
}
