//! AdamW (Loshchilov and Hutter 2019) with clipping by the norm of all gradients together.
//!
//! On the CPU the formula is one pass per tensor; elsewhere the same runs in plain tensor operations. A step that would
//! make the weights overflow is not made, so that a run can go on from where it was.
//! Simplification: one group of parameters; matrices (embeddings too) decay, vectors (norms) do not.

use super::error::TrainError;
use crate::config::recipe::AdamW as Settings;
use candle_core::{
    CpuStorage, CustomOp2, CustomOp3, DType, Layout, Result, Shape, Tensor, Var, backprop::GradStore, bail,
};
use std::collections::HashMap;

/// A variable and its running moments, all of one shape.
#[derive(Debug)]
struct Parameter {
    name: String,
    variable: Var,
    first: Tensor,
    second: Tensor,
}

/// The optimiser with its state.
#[derive(Debug)]
pub struct AdamW {
    settings: Settings,
    parameters: Vec<Parameter>,
}

/// One gradient per variable, in the optimiser's order.
#[derive(Debug)]
pub struct Gradients(Vec<Tensor>);

impl Gradients {
    /// The sum with those of another piece of the same batch.
    ///
    /// # Errors
    /// When they are of different models.
    pub fn plus(self, other: &Gradients) -> Result<Gradients> {
        let sums = self.0.iter().zip(&other.0).map(|(a, b)| a + b);
        Ok(Gradients(sums.collect::<Result<_>>()?))
    }

    /// The norm of all of them together; infinite or not a number when one of them is.
    ///
    /// # Errors
    /// When the device cannot be read.
    pub fn norm(&self) -> Result<f64> {
        norm(self.0.iter())
    }
}

/// The norm of some tensors together. Infinite as soon as the squares of one do not fit in its own type.
fn norm<'a>(tensors: impl Iterator<Item = &'a Tensor>) -> Result<f64> {
    let squares = tensors
        .map(|tensor| tensor.sqr()?.sum_all())
        .collect::<Result<Vec<_>>>()?;
    let sum = Tensor::stack(&squares, 0)?
        .to_dtype(DType::F64)?
        .sum_all()?
        .to_scalar::<f64>()?;
    Ok(sum.sqrt())
}

impl AdamW {
    /// An optimiser of `variables` that has not made a step.
    ///
    /// # Errors
    /// When there is no memory for the moments.
    pub fn new(variables: Vec<(String, Var)>, settings: Settings) -> Result<Self> {
        let parameters = variables
            .into_iter()
            .map(|(name, variable)| {
                let first = variable.as_tensor().zeros_like()?;
                let second = variable.as_tensor().zeros_like()?;
                Ok(Parameter {
                    name,
                    variable,
                    first,
                    second,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self { settings, parameters })
    }

    /// What one backward pass found.
    ///
    /// # Errors
    /// When a variable got no gradient.
    pub fn gradients(&self, store: &GradStore) -> Result<Gradients> {
        let found = self
            .parameters
            .iter()
            .map(|parameter| parameter.gradient(store)?.contiguous());
        Ok(Gradients(found.collect::<Result<_>>()?))
    }

    /// Moves every variable once. `step` counts from 1; `size` is [`Gradients::norm`]. Gives the norm of the moved weights;
    /// when it is not finite nothing was moved.
    ///
    /// # Errors
    /// When a tensor operation fails.
    pub fn step(&mut self, gradients: &Gradients, size: f64, learning_rate: f64, step: u64) -> Result<f64> {
        let Settings {
            betas: [beta1, beta2],
            epsilon,
            weight_decay,
            clip,
        } = self.settings;
        // As torch.nn.utils.clip_grad_norm_ does.
        let scale = if clip > 0.0 {
            (clip / (size + 1e-6)).min(1.0)
        } else {
            1.0
        };
        let power = i32::try_from(step).unwrap_or(i32::MAX);
        let mean = Moment {
            decay: beta1,
            scale,
            square: false,
        };
        let variance = Moment {
            decay: beta2,
            scale,
            square: true,
        };
        let motion = Motion {
            learning_rate,
            first_correction: 1.0 - beta1.powi(power),
            second_correction: 1.0 - beta2.powi(power),
            epsilon,
            keep: 1.0,
        };
        let mut moved = Vec::with_capacity(self.parameters.len());
        for (parameter, gradient) in self.parameters.iter().zip(&gradients.0) {
            let decays = parameter.variable.rank() >= 2;
            let motion = Motion {
                keep: if decays {
                    1.0 - learning_rate * weight_decay
                } else {
                    1.0
                },
                ..motion
            };
            let first = mean.apply(&parameter.first, gradient)?;
            let second = variance.apply(&parameter.second, gradient)?;
            let weights = motion.apply(parameter.variable.as_tensor(), &first, &second)?;
            moved.push((weights, first, second));
        }
        let size = norm(moved.iter().map(|(weights, ..)| weights))?;
        if size.is_finite() {
            for (parameter, (weights, first, second)) in self.parameters.iter_mut().zip(moved) {
                parameter.variable.set(&weights)?;
                parameter.first = first;
                parameter.second = second;
            }
        }
        Ok(size)
    }

    /// The moments by name: `first.<variable>` and `second.<variable>`.
    #[must_use]
    pub fn state(&self) -> HashMap<String, Tensor> {
        self.parameters
            .iter()
            .flat_map(|p| {
                [
                    (format!("first.{}", p.name), p.first.clone()),
                    (format!("second.{}", p.name), p.second.clone()),
                ]
            })
            .collect()
    }

    /// Takes over the moments that [`AdamW::state`] gave.
    ///
    /// # Errors
    /// [`TrainError::State`] when they are of another model.
    pub fn restore(&mut self, mut state: HashMap<String, Tensor>) -> std::result::Result<(), TrainError> {
        for parameter in &mut self.parameters {
            for (kind, moment) in [("first", &mut parameter.first), ("second", &mut parameter.second)] {
                let name = format!("{kind}.{}", parameter.name);
                let saved = state
                    .remove(&name)
                    .ok_or_else(|| TrainError::State(format!("`{name}` is missing")))?;
                if saved.shape() != moment.shape() || saved.dtype() != moment.dtype() {
                    return Err(TrainError::State(format!(
                        "`{name}` is {:?} {:?}, expected {:?} {:?}",
                        saved.dtype(),
                        saved.dims(),
                        moment.dtype(),
                        moment.dims()
                    )));
                }
                *moment = saved;
            }
        }
        match state.keys().next() {
            Some(name) => Err(TrainError::State(format!("nothing is called `{name}`"))),
            None => Ok(()),
        }
    }
}

impl Parameter {
    fn gradient<'a>(&self, gradients: &'a GradStore) -> Result<&'a Tensor> {
        match gradients.get(self.variable.as_tensor()) {
            Some(gradient) => Ok(gradient),
            None => bail!("`{}` got no gradient: the loss does not depend on it", self.name),
        }
    }
}

/// `m <- decay m + (1 - decay) g`, with `g^2` for the second moment; `g` is scaled first (clipping).
struct Moment {
    decay: f64,
    scale: f64,
    square: bool,
}

impl Moment {
    fn apply(&self, moment: &Tensor, gradient: &Tensor) -> Result<Tensor> {
        if moment.device().is_cpu() {
            moment.apply_op2_no_bwd(gradient, self)
        } else {
            self.plain(moment, gradient)
        }
    }

    fn plain(&self, moment: &Tensor, gradient: &Tensor) -> Result<Tensor> {
        let gradient = (gradient * self.scale)?;
        let gradient = if self.square { gradient.sqr()? } else { gradient };
        (moment * self.decay)? + (gradient * (1.0 - self.decay))?
    }
}

impl CustomOp2 for Moment {
    fn name(&self) -> &'static str {
        "adamw-moment"
    }

    fn cpu_fwd(
        &self,
        moment: &CpuStorage,
        l1: &Layout,
        gradient: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (decay, rest, scale) = (self.decay as f32, (1.0 - self.decay) as f32, self.scale as f32);
        let next = |(m, g): (&f32, &f32)| {
            let g = g * scale;
            decay * m + rest * if self.square { g * g } else { g }
        };
        let pairs = values(moment, l1)?.iter().zip(values(gradient, l2)?);
        Ok((CpuStorage::F32(pairs.map(next).collect()), l1.shape().clone()))
    }
}

/// `w <- keep w - rate m' / (sqrt(v') + epsilon)` with the moments freed of their bias towards zero.
#[derive(Clone, Copy)]
struct Motion {
    learning_rate: f64,
    first_correction: f64,
    second_correction: f64,
    epsilon: f64,
    keep: f64,
}

impl Motion {
    fn apply(&self, weights: &Tensor, first: &Tensor, second: &Tensor) -> Result<Tensor> {
        if weights.device().is_cpu() {
            weights.apply_op3_no_bwd(first, second, self)
        } else {
            self.plain(weights, first, second)
        }
    }

    fn plain(&self, weights: &Tensor, first: &Tensor, second: &Tensor) -> Result<Tensor> {
        let root = ((second / self.second_correction)?.sqrt()? + self.epsilon)?;
        let motion = ((first * (self.learning_rate / self.first_correction))? / root)?;
        (weights * self.keep)? - motion
    }
}

impl CustomOp3 for Motion {
    fn name(&self) -> &'static str {
        "adamw-motion"
    }

    fn cpu_fwd(
        &self,
        weights: &CpuStorage,
        l1: &Layout,
        first: &CpuStorage,
        l2: &Layout,
        second: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let rate = (self.learning_rate / self.first_correction) as f32;
        let root_scale = (1.0 / self.second_correction) as f32;
        let (epsilon, keep) = (self.epsilon as f32, self.keep as f32);
        let moments = values(first, l2)?.iter().zip(values(second, l3)?);
        let next =
            |(w, (m, v)): (&f32, (&f32, &f32))| keep * w - rate * m / ((v * root_scale).sqrt() + epsilon);
        let moved = values(weights, l1)?.iter().zip(moments).map(next);
        Ok((CpuStorage::F32(moved.collect()), l1.shape().clone()))
    }
}

fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let place = layout.contiguous_offsets();
    match (storage, place) {
        (CpuStorage::F32(all), Some((start, end))) => match all.get(start..end) {
            Some(values) => Ok(values),
            None => bail!("the optimiser was given a layout outside its storage"),
        },
        _ => bail!("the optimiser moves contiguous f32 only"),
    }
}

#[cfg(test)]
mod tests;
