//! A linear layer of the fast forward: weights in the type their file has, several matrices side by side, a bias.

use super::{
    fast::FastError,
    kernel::{Buffers, Encoding, Isa, Packed, add},
    tensors::Tensors,
};

/// Rows that are read from a file at once: whole panels.
const STRIPE: usize = 256;

/// Numbers of 32 and 16 bits stay as their file has them, or become f32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// As the file has them.
    #[default]
    AsStored,
    /// All f32.
    F32,
}

/// `y = x Wᵀ + b`, for matrices stacked by outputs.
pub struct Linear {
    /// Matrices side by side; each but the last has whole panels.
    parts: Vec<Packed>,
    /// `[stride]`.
    bias: Option<Vec<f32>>,
    stride: usize,
}

impl Linear {
    /// Reads and stacks the matrices `names` of `[outputs, inputs]` each; `name.bias` goes with `name.weight` where
    /// `biased`.
    ///
    /// # Errors
    /// The tensor that is missing, misshapen or unreadable.
    pub fn load(
        tensors: &dyn Tensors,
        names: &[(String, usize)],
        inputs: usize,
        biased: bool,
        keep: Keep,
    ) -> Result<Self, FastError> {
        let mut encodings = Vec::new();
        for (name, outputs) in names {
            let entry = entry(tensors, &format!("{name}.weight"), &[*outputs, inputs])?;
            let kept = match keep {
                Keep::AsStored if Packed::takes(entry, inputs) => entry,
                _ => Encoding::F32,
            };
            encodings.push(kept);
        }
        // A matrix of another type begins where a panel does, or all are made one type.
        let ragged = |(i, pair): (usize, &[Encoding])| {
            pair[0] != pair[1] && {
                let before: usize = names[..=i].iter().map(|(_, outputs)| outputs).sum();
                !before.is_multiple_of(16)
            }
        };
        if encodings.windows(2).enumerate().any(ragged) {
            encodings.fill(Encoding::F32);
        }
        let mut parts: Vec<Packed> = Vec::new();
        let mut start = 0;
        while let Some(encoding) = encodings.get(start) {
            let alike = encodings[start..]
                .iter()
                .take_while(|other| *other == encoding)
                .count();
            parts.push(pack(tensors, &names[start..start + alike], inputs, *encoding)?);
            start += alike;
        }
        let stride = parts.iter().map(Packed::stride).sum();
        let bias = if biased {
            let mut bias = Vec::with_capacity(stride);
            for (name, outputs) in names {
                bias.extend(vector(tensors, &format!("{name}.bias"), *outputs)?);
            }
            bias.resize(stride, 0.0);
            Some(bias)
        } else {
            None
        };
        Ok(Self { parts, bias, stride })
    }

    /// Distance between two rows of the result.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Outputs there are.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.parts.iter().map(Packed::outputs).sum()
    }

    /// Bytes of the weights.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(Packed::bytes).sum()
    }

    /// How most of its numbers are written.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        let largest = self.parts.iter().max_by_key(|part| part.outputs());
        largest.map_or(Encoding::F32, Packed::encoding)
    }

    /// The weights of one output, `[inputs]`: a row of an embedding table.
    pub fn row(&self, mut output: usize, into: &mut [f32]) {
        for part in &self.parts {
            if output < part.outputs() {
                return part.row(output, into);
            }
            output -= part.outputs();
        }
    }

    /// `x` is `[rows, inputs]`; `y` becomes `[rows, stride]`.
    pub fn forward(&self, isa: Isa, x: &[f32], y: &mut Vec<f32>, buffers: &mut Buffers) {
        match self.parts.as_slice() {
            [one] => one.forward(isa, x, y, buffers),
            parts => {
                let inputs = parts.first().map_or(1, Packed::inputs);
                y.resize(x.len() / inputs * self.stride, 0.0);
                let (mut part_y, mut start) = (std::mem::take(&mut buffers.part), 0);
                for part in parts {
                    part.forward(isa, x, &mut part_y, buffers);
                    let rows = y
                        .chunks_exact_mut(self.stride)
                        .zip(part_y.chunks_exact(part.stride()));
                    for (y, part_y) in rows {
                        y[start..start + part_y.len()].copy_from_slice(part_y);
                    }
                    start += part.stride();
                }
                buffers.part = part_y;
            }
        }
        if let Some(bias) = &self.bias {
            for y in y.chunks_exact_mut(self.stride) {
                add(isa, y, bias);
            }
        }
    }
}

/// Reads a vector as f32.
///
/// # Errors
/// When it is missing, misshapen or unreadable.
pub fn vector(tensors: &dyn Tensors, name: &str, len: usize) -> Result<Vec<f32>, FastError> {
    let encoding = entry(tensors, name, &[len])?;
    let (mut bytes, mut numbers) = (Vec::new(), vec![0.0; len]);
    read(tensors, name, 0..1, encoding, &mut bytes)?;
    encoding.widen(&bytes, &mut numbers);
    Ok(numbers)
}

/// How tensor `name` is written, if it has the shape `wanted`.
pub(super) fn entry(tensors: &dyn Tensors, name: &str, wanted: &[usize]) -> Result<Encoding, FastError> {
    let entry = tensors
        .entry(name)
        .ok_or_else(|| FastError::Missing(name.into()))?;
    if entry.shape != wanted {
        return Err(FastError::Shape {
            name: name.into(),
            found: entry.shape,
            wanted: wanted.to_vec(),
        });
    }
    Ok(entry.encoding)
}

/// Packs matrices of one type, one below the other.
fn pack(
    tensors: &dyn Tensors,
    names: &[(String, usize)],
    inputs: usize,
    encoding: Encoding,
) -> Result<Packed, FastError> {
    let mut packed = Packed::new(encoding, inputs);
    packed.reserve(names.iter().map(|(_, outputs)| outputs).sum());
    let row_bytes = encoding.row_bytes(inputs).unwrap_or(0);
    // Rows that do not fill a panel yet.
    let (mut waiting, mut stripe, mut wide) = (Vec::new(), Vec::new(), Vec::new());
    for (name, outputs) in names {
        let name = format!("{name}.weight");
        let stored = entry(tensors, &name, &[*outputs, inputs])?;
        for start in (0..*outputs).step_by(STRIPE) {
            let rows = start..(start + STRIPE).min(*outputs);
            wide.resize(rows.len() * inputs, 0.0);
            read(tensors, &name, rows, stored, &mut stripe)?;
            if stored == encoding {
                waiting.extend_from_slice(&stripe);
            } else {
                stored.widen(&stripe, &mut wide);
                waiting.extend(wide.iter().flat_map(|x| x.to_le_bytes()));
            }
            let whole = waiting.len() / (16 * row_bytes).max(1) * 16 * row_bytes;
            packed.push(&waiting[..whole]);
            waiting.drain(..whole);
        }
    }
    packed.push(&waiting);
    Ok(packed)
}

/// Reads rows and holds that they are numbers.
pub(super) fn read(
    tensors: &dyn Tensors,
    name: &str,
    rows: std::ops::Range<usize>,
    encoding: Encoding,
    into: &mut Vec<u8>,
) -> Result<(), FastError> {
    tensors
        .read(name, rows, into)
        .map_err(|error| FastError::Read(name.into(), error.to_string()))?;
    if encoding.is_finite(into) {
        Ok(())
    } else {
        Err(FastError::NotFinite(name.into()))
    }
}
