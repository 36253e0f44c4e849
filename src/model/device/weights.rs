//! Weights from a file to a device, in the type they are computed with there.

use crate::model::{
    fast::FastError,
    kernel::Encoding,
    linear::{entry, read},
    tensors::Tensors,
};
use candle_core::{DType, Device, Tensor};

/// The weights of a model, on their way to a device.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// Where they are.
    pub tensors: &'a dyn Tensors,
    /// What they become.
    pub dtype: DType,
    /// Where they go.
    pub device: &'a Device,
}

impl Reader<'_> {
    /// Tensor `name`, which must have this shape. Every number that is read is looked at: it has to be finite. A tensor that
    /// is in memory already is copied without a detour over the processor.
    ///
    /// # Errors
    /// A tensor that is missing, misshapen or unreadable; what the device says.
    pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<Tensor, FastError> {
        let stored = entry(self.tensors, name, shape)?;
        if let Some(tensor) = self.tensors.tensor(name) {
            let here = tensor.to_device(self.device)?;
            let own = here.dtype() == self.dtype;
            return Ok(if own {
                here.copy()?
            } else {
                here.to_dtype(self.dtype)?
            });
        }
        let row_len = shape.last().copied().unwrap_or(1);
        let rows: usize = shape.iter().rev().skip(1).product();
        let mut bytes = Vec::new();
        read(self.tensors, name, 0..rows, stored, &mut bytes)?;
        let same = match stored {
            Encoding::F32 => Some(DType::F32),
            Encoding::F16 => Some(DType::F16),
            Encoding::Bf16 => Some(DType::BF16),
            _ => None,
        };
        if same == Some(self.dtype) {
            return Ok(Tensor::from_raw_buffer(&bytes, self.dtype, shape, self.device)?);
        }
        let mut wide = vec![0.0_f32; rows * row_len];
        stored.widen(&bytes, &mut wide);
        let wide = Tensor::from_vec(wide, shape, &Device::Cpu)?;
        Ok(wide.to_dtype(self.dtype)?.to_device(self.device)?)
    }

    /// The matrices `names` of `[outputs, inputs]` each, one below the other.
    ///
    /// # Errors
    /// As [`Reader::tensor`].
    pub fn stack(&self, names: &[(String, usize)], inputs: usize) -> Result<Tensor, FastError> {
        let all = names
            .iter()
            .map(|(name, outputs)| self.tensor(&format!("{name}.weight"), &[*outputs, inputs]))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Tensor::cat(&all, 0)?)
    }

    /// Their biases, one behind the other.
    ///
    /// # Errors
    /// As [`Reader::tensor`].
    pub fn biases(&self, names: &[(String, usize)]) -> Result<Tensor, FastError> {
        let all = names
            .iter()
            .map(|(name, outputs)| self.tensor(&format!("{name}.bias"), &[*outputs]))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Tensor::cat(&all, 0)?)
    }
}
