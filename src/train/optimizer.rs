//! AdamW (Loshchilov and Hutter 2019) with clipping by the norm of all gradients together.
//!
//! With [`Ops::Fused`] the formula is one pass per tensor; else the same runs in tensor operations. A step that would make the weights overflow is not made, so that a run can go on from where it was.
//! Simplification: one group of parameters; matrices (embeddings too) decay, vectors (norms) do not.

use super::error::TrainError;
use crate::{config::recipe::AdamW as Settings, model::Ops};
use candle_core::{
    CpuStorage, CustomOp2, CustomOp3, D, Layout, Result, Shape, Tensor, Var, backprop::GradStore, bail,
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
    fused: bool,
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
        norm(&squares(self.0.iter())?)
    }

    /// The number `loss` is, and [`Gradients::norm`]: the device is waited for once.
    ///
    /// # Errors
    /// When the device cannot be read.
    pub fn norm_with(&self, loss: &Tensor) -> Result<(f64, f64)> {
        let mut all = squares(self.0.iter())?;
        all.push(loss.detach());
        let numbers = read(&all)?;
        let (loss, squares) = numbers.split_last().unwrap_or((&f64::NAN, &[]));
        Ok((*loss, squares.iter().sum::<f64>().sqrt()))
    }
}

/// The sum of each tensor's squares. Infinite as soon as they do not fit in its own type.
fn squares<'a>(tensors: impl Iterator<Item = &'a Tensor>) -> Result<Vec<Tensor>> {
    // Rows first: one sum over everything keeps a small part of a graphics processor busy.
    let of = |tensor: &Tensor| tensor.sqr()?.sum(D::Minus1)?.sum_all();
    tensors.map(of).collect()
}

/// The norm of tensors with these sums of squares.
fn norm(squares: &[Tensor]) -> Result<f64> {
    Ok(read(squares)?.iter().sum::<f64>().sqrt())
}

/// Scalars, from the device in one go.
fn read(scalars: &[Tensor]) -> Result<Vec<f64>> {
    let numbers: Vec<f32> = Tensor::stack(scalars, 0)?.to_vec1()?;
    Ok(numbers.into_iter().map(f64::from).collect())
}

impl AdamW {
    /// An optimiser of `variables` that has not made a step, and will make them with `ops`.
    ///
    /// # Errors
    /// When there is no memory for the moments.
    pub fn new(variables: Vec<(String, Var)>, settings: Settings, ops: Ops) -> Result<Self> {
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
        Ok(Self {
            settings,
            parameters,
            fused: ops == Ops::Fused,
        })
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
            let first = mean.apply(&parameter.first, gradient, self.fused)?;
            let second = variance.apply(&parameter.second, gradient, self.fused)?;
            let weights = parameter.variable.as_detached_tensor();
            let weights = motion.apply(&weights, &first, &second, self.fused)?;
            moved.push((weights, first, second));
        }
        let size = norm(&squares(moved.iter().map(|(weights, ..)| weights))?)?;
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
    fn apply(&self, moment: &Tensor, gradient: &Tensor, fused: bool) -> Result<Tensor> {
        if fused {
            moment.apply_op2_no_bwd(gradient, self)
        } else {
            self.plain(moment, gradient)
        }
    }

    fn plain(&self, moment: &Tensor, gradient: &Tensor) -> Result<Tensor> {
        let part = if self.square {
            (gradient.sqr()? * (self.scale * self.scale * (1.0 - self.decay)))?
        } else {
            (gradient * (self.scale * (1.0 - self.decay)))?
        };
        (moment * self.decay)? + part
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
    fn apply(&self, weights: &Tensor, first: &Tensor, second: &Tensor, fused: bool) -> Result<Tensor> {
        if fused {
            weights.apply_op3_no_bwd(first, second, self)
        } else {
            self.plain(weights, first, second)
        }
    }

    fn plain(&self, weights: &Tensor, first: &Tensor, second: &Tensor) -> Result<Tensor> {
        let root = second
            .sqrt()?
            .affine(1.0 / self.second_correction.sqrt(), self.epsilon)?;
        let motion = ((first / root)? * (self.learning_rate / self.first_correction))?;
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
