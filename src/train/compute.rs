//! Where a run computes, and with what: what its recipe asks for, or the best that is there.
//!
//! Weights and moments are f32 everywhere, so that a run may go on on another device than it began on.

use super::error::TrainError;
use crate::{
    config::{Override, Recipe, recipe::NumberType},
    model::{Config, Keep, Ops, Place, device},
};
use candle_core::{DType, Device};
use std::fmt;

/// A device and the operations that are made there.
#[derive(Clone, Debug)]
pub struct Compute {
    /// Where the weights are.
    pub device: Device,
    /// How they are computed with.
    pub ops: Ops,
}

impl Compute {
    /// Own operations on the processor.
    #[must_use]
    pub fn processor() -> Self {
        Self {
            device: Device::Cpu,
            ops: Ops::Fused,
        }
    }

    /// What `recipe` asks for, for a model of this shape. By itself a small model computes on the processor, and a large
    /// one on a graphics processor in bf16.
    ///
    /// # Errors
    /// A device that is not known or not there.
    pub fn of(recipe: &Recipe, config: &Config) -> Result<Self, TrainError> {
        let bytes = 4_u64.saturating_mul(config.parameters() as u64);
        let device = match asked_place(recipe)? {
            Place::Auto => device::best_for(bytes),
            named => named.device()?,
        };
        let ops = match recipe.dtype {
            NumberType::Bf16 => Ops::Bf16,
            _ if device.is_cpu() => Ops::Fused,
            NumberType::Auto if !device::is_small(bytes) => Ops::Bf16,
            NumberType::Auto | NumberType::F32 => Ops::Plain,
        };
        Ok(Self { device, ops })
    }

    /// `cpu`, `cuda` or `metal`.
    #[must_use]
    pub fn place(&self) -> &'static str {
        device::name(&self.device)
    }

    /// What products are made of.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.ops.dtype()
    }
}

/// As people say it: `cpu`, `cuda in bf16`.
impl fmt::Display for Compute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.place())?;
        match self.dtype() {
            DType::F32 => Ok(()),
            other => write!(f, " in {}", other.as_str()),
        }
    }
}

/// The place that `recipe` names.
///
/// # Errors
/// [`TrainError::Key`] when there is none of that name.
pub fn asked_place(recipe: &Recipe) -> Result<Place, TrainError> {
    let name = &recipe.device;
    name.parse().map_err(|_| TrainError::Key {
        key: "device".to_owned(),
        what: format!("`device` is {name:?}, it must be `auto`, `cpu`, `cuda`, `cuda:N` or `metal`"),
    })
}

/// What `recipe` asks for and does not leave open, for a run that goes on.
///
/// # Errors
/// [`TrainError::Key`] when there is no such device.
pub fn asked(recipe: &Recipe) -> Result<Vec<Override>, TrainError> {
    let keep = match recipe.dtype {
        NumberType::F32 => Keep::F32,
        NumberType::Auto | NumberType::Bf16 => Keep::AsStored,
    };
    Ok(overrides(asked_place(recipe)?, keep))
}

/// The keys of a recipe that `--device` and `--dtype` change.
#[must_use]
pub fn overrides(place: Place, keep: Keep) -> Vec<Override> {
    let set = |key: &str, value: String| Override {
        key: vec![key.to_owned()],
        value: value.into(),
    };
    let device = (place != Place::Auto).then(|| set("device", place.to_string()));
    let dtype = (keep == Keep::F32).then(|| set("dtype", "f32".to_owned()));
    device.into_iter().chain(dtype).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(overrides: &[&str]) -> Result<Compute, TrainError> {
        let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().unwrap()).collect();
        let recipe =
            crate::config::recipes::find("smoke", std::path::Path::new("/nowhere"), &overrides).unwrap();
        Compute::of(&recipe, &Config::default())
    }

    #[test]
    fn a_small_model_computes_on_the_processor_and_sixteen_bits_take_the_way_of_a_device() {
        let by_itself = of(&[]).unwrap();
        assert_eq!((by_itself.ops, by_itself.to_string()), (Ops::Fused, "cpu".into()));
        let narrow = of(&["device=cpu", "dtype=bf16"]).unwrap();
        assert_eq!(
            (narrow.ops, narrow.to_string()),
            (Ops::Bf16, "cpu in bf16".into())
        );
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn a_device_that_is_not_there_and_one_nobody_knows_are_sentences() {
        let error = of(&["device='cuda:1'"]).unwrap_err().to_string();
        assert!(error.contains("--features cuda"), "{error}");
        let error = of(&["device=gpu"]).unwrap_err().to_string();
        assert!(error.contains("`device` is \"gpu\""), "{error}");
    }

    #[test]
    fn what_the_command_line_says_becomes_keys_of_the_recipe() {
        assert!(overrides(Place::Auto, Keep::AsStored).is_empty());
        let said: Vec<String> = overrides(Place::Cuda(1), Keep::F32)
            .iter()
            .map(|change| format!("{}={}", change.name(), change.value))
            .collect();
        assert_eq!(said, ["device=\"cuda:1\"", "dtype=\"f32\""]);
    }
}
