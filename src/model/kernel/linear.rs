//! A weight matrix laid out for many dot products at once.
//!
//! Sixteen outputs form a panel, stored input by input, so that a panel is read once from front to back and every
//! output adds its products in the order of the inputs: one row gives the same bits alone and among many.

use super::{
    Isa,
    isa::kernel,
    lanes::{Lanes, WIDTH},
};

/// The weights of a linear layer `y = x Wᵀ`, packed.
pub struct Packed {
    /// `[panel, input, lane]`; outputs past the last one are zero.
    data: Vec<f32>,
    inputs: usize,
    outputs: usize,
}

impl Packed {
    /// Packs matrices of shape `[outputs, inputs]`, row-major, stacked by outputs. Each slice must hold whole rows.
    #[must_use]
    pub fn stack(parts: &[&[f32]], inputs: usize) -> Self {
        let inputs = inputs.max(1);
        let outputs = parts.iter().map(|part| part.len() / inputs).sum::<usize>();
        let mut data = vec![0.0; outputs.next_multiple_of(WIDTH) * inputs];
        let rows = parts.iter().flat_map(|part| part.chunks_exact(inputs));
        for (output, row) in rows.enumerate() {
            let (panel, lane) = (output / WIDTH, output % WIDTH);
            for (input, weight) in row.iter().enumerate() {
                data[(panel * inputs + input) * WIDTH + lane] = *weight;
            }
        }
        Self {
            data,
            inputs,
            outputs,
        }
    }

    /// Outputs there are.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Distance between two rows of the result: the outputs, rounded up to whole panels.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.outputs.next_multiple_of(WIDTH)
    }

    /// Copies the weights of one output, `[inputs]`: a row of an embedding table.
    pub fn row(&self, output: usize, into: &mut [f32]) {
        let panel = output / WIDTH * self.inputs * WIDTH + output % WIDTH;
        for (input, into) in into.iter_mut().enumerate() {
            *into = self.data[panel + input * WIDTH];
        }
    }

    /// `x` is `[rows, inputs]`; `y` becomes `[rows, stride]`.
    pub fn forward(&self, isa: Isa, x: &[f32], y: &mut Vec<f32>) {
        y.resize(x.len() / self.inputs * self.stride(), 0.0);
        matmul(isa, x, self.inputs, &self.data, y, self.stride());
    }
}

kernel! {
    /// `x` `[rows, inputs]` times packed `w`, into `y` `[rows, stride]`.
    fn matmul(x: &[f32], inputs: usize, w: &[f32], y: &mut [f32], stride: usize) = blocks::<8, 2>, blocks::<4, 1>
}

/// Walks tiles of `R` rows and `P` panels; what is left over goes by four rows, then one.
#[inline(always)]
fn blocks<const R: usize, const P: usize>(x: &[f32], inputs: usize, w: &[f32], y: &mut [f32], stride: usize) {
    let mut output = 0;
    while output + P * WIDTH <= stride {
        column::<R, P>(x, inputs, &w[output * inputs..], &mut y[output..], stride);
        output += P * WIDTH;
    }
    while output < stride {
        column::<R, 1>(x, inputs, &w[output * inputs..], &mut y[output..], stride);
        output += WIDTH;
    }
}

#[inline(always)]
fn column<const R: usize, const P: usize>(x: &[f32], inputs: usize, w: &[f32], y: &mut [f32], stride: usize) {
    let rows = x.len() / inputs;
    let mut row = 0;
    while row + R <= rows {
        tile::<R, P>(&x[row * inputs..], inputs, w, &mut y[row * stride..], stride);
        row += R;
    }
    while row + 4 <= rows {
        tile::<4, P>(&x[row * inputs..], inputs, w, &mut y[row * stride..], stride);
        row += 4;
    }
    while row < rows {
        tile::<1, P>(&x[row * inputs..], inputs, w, &mut y[row * stride..], stride);
        row += 1;
    }
}

// Loops over indices, as in `lanes`, and no address of a sum may leave: a sum must be a register.
#[inline(always)]
#[allow(clippy::needless_range_loop)]
fn tile<const R: usize, const P: usize>(x: &[f32], inputs: usize, w: &[f32], y: &mut [f32], stride: usize) {
    let mut rows: [&[f32]; R] = [&[]; R];
    for r in 0..R {
        rows[r] = &x[r * inputs..(r + 1) * inputs];
    }
    let mut panels: [&[[f32; WIDTH]]; P] = [&[]; P];
    for p in 0..P {
        panels[p] = w[p * inputs * WIDTH..(p + 1) * inputs * WIDTH].as_chunks().0;
    }
    let mut sums = [[Lanes::ZERO; P]; R];
    for i in 0..inputs {
        for r in 0..R {
            for p in 0..P {
                sums[r][p] = sums[r][p].fma(rows[r][i], &panels[p][i]);
            }
        }
    }
    for r in 0..R {
        for p in 0..P {
            if let Some(y) = y[r * stride + p * WIDTH..].first_chunk_mut() {
                *y = sums[r][p].0;
            }
        }
    }
}
