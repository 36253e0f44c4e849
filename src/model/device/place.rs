//! Where a model computes: chosen by name, or the best that is there.

use crate::{
    base::memory,
    model::{Keep, kernel::Encoding},
};
use candle_core::{DType, Device};
use std::{fmt, str::FromStr};

/// Bytes of weights below which the processor is as fast: starting a device's kernels takes longer than their work.
const SMALL: u64 = 64 << 20;

/// What a person asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The first graphics processor that answers, else the processor.
    #[default]
    Auto,
    /// The processor.
    Cpu,
    /// An NVIDIA card, by number.
    Cuda(usize),
    /// An Apple graphics processor.
    Metal,
}

/// Why a model cannot compute where it was asked to.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlaceError {
    /// No such name.
    #[error("--device {0}: this version knows `auto`, `cpu`, `cuda`, `cuda:N` and `metal`")]
    Unknown(String),
    /// The program was built without it.
    #[error(
        "--device {place}: this program was built without it; build it with `cargo build --release --features {feature}`, or compute with --device cpu"
    )]
    NotBuilt {
        /// What was asked for.
        place: Place,
        /// The feature that brings it.
        feature: &'static str,
    },
    /// It is not there or does not answer.
    #[error("--device {place}: {reason}; `--device cpu` computes on the processor")]
    Silent {
        /// What was asked for.
        place: Place,
        /// What its driver says.
        reason: String,
    },
}

/// A kind of device, and what came of asking for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// `cuda` or `metal`.
    pub name: &'static str,
    /// A sentence on what is there, or why nothing is.
    pub finding: Result<String, String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(0) => f.write_str("cuda"),
            Self::Cuda(number) => write!(f, "cuda:{number}"),
            Self::Metal => f.write_str("metal"),
        }
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let number = |rest: &str| rest.strip_prefix(':').and_then(|number| number.parse().ok());
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            "metal" => Ok(Self::Metal),
            _ => text
                .strip_prefix("cuda")
                .and_then(number)
                .map(Self::Cuda)
                .ok_or_else(|| PlaceError::Unknown(text.to_owned())),
        }
    }
}

impl Place {
    /// The device. `auto` is the processor where no other answers.
    ///
    /// # Errors
    /// What was asked for by name and is not there.
    pub fn device(self) -> Result<Device, PlaceError> {
        match self {
            Self::Cpu => Ok(Device::Cpu),
            Self::Auto => {
                let gpu = [Self::Cuda(0), Self::Metal]
                    .into_iter()
                    .find_map(|place| place.device().ok());
                Ok(gpu.unwrap_or(Device::Cpu))
            }
            Self::Cuda(_) if !cfg!(feature = "cuda") => Err(PlaceError::NotBuilt {
                place: self,
                feature: "cuda",
            }),
            Self::Metal if !cfg!(feature = "metal") => Err(PlaceError::NotBuilt {
                place: self,
                feature: "metal",
            }),
            Self::Cuda(number) => Device::new_cuda(number).map_err(|error| self.silent(&error)),
            Self::Metal => Device::new_metal(0).map_err(|error| self.silent(&error)),
        }
    }

    fn silent(self, error: &candle_core::Error) -> PlaceError {
        // Drivers tell their story over many lines.
        let said = error.to_string();
        PlaceError::Silent {
            place: self,
            reason: said.lines().next().unwrap_or("it does not answer").to_owned(),
        }
    }

    /// What came of asking for each kind of device that this build knows besides the processor.
    #[must_use]
    pub fn look() -> Vec<Found> {
        let kinds = [
            ("cuda", Self::Cuda(0), cfg!(feature = "cuda")),
            ("metal", Self::Metal, cfg!(feature = "metal")),
        ];
        let built = kinds.into_iter().filter(|(.., built)| *built);
        built
            .map(|(name, place, _)| Found {
                name,
                finding: place.device().map_err(|error| error.to_string()).map(|device| {
                    free_memory(&device).map_or_else(
                        || "answers".to_owned(),
                        |free| format!("answers, {} free", memory::words(free)),
                    )
                }),
            })
            .collect()
    }
}

/// Where a model with so many bytes of weights computes when nobody says: small ones on the processor.
#[must_use]
pub fn best_for(bytes: u64) -> Device {
    let place = if is_small(bytes) { Place::Cpu } else { Place::Auto };
    place.device().unwrap_or(Device::Cpu)
}

/// Whether the processor is as fast with so many bytes of weights.
#[must_use]
pub fn is_small(bytes: u64) -> bool {
    bytes < SMALL
}

/// `cpu`, `cuda` or `metal`.
#[must_use]
pub fn name(device: &Device) -> &'static str {
    match device {
        Device::Cpu => "cpu",
        Device::Cuda(_) => "cuda",
        Device::Metal(_) => "metal",
    }
}

/// Bytes that are free on `device`; `None` where nobody says.
#[must_use]
pub fn free_memory(device: &Device) -> Option<u64> {
    match device {
        #[cfg(feature = "cuda")]
        Device::Cuda(_) => {
            let said = candle_core::cuda_backend::cudarc::driver::result::mem_get_info();
            said.ok().and_then(|(free, _)| u64::try_from(free).ok())
        }
        #[cfg(not(feature = "cuda"))]
        Device::Cuda(_) => None,
        // Apple's graphics processors share the memory of the machine.
        Device::Cpu | Device::Metal(_) => memory::available(),
    }
}

/// What weights that are written as `stored` are computed with on `device`: their own type where it is one of floating
/// point, sixteen bits where they are quantised; `f32` on the processor, which has no products of sixteen bits.
#[must_use]
pub fn number_type(stored: Encoding, keep: Keep, device: &Device) -> DType {
    match (keep, stored) {
        _ if device.is_cpu() => DType::F32,
        (Keep::F32, _) | (_, Encoding::F32) => DType::F32,
        (_, Encoding::F16) => DType::F16,
        _ => DType::BF16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_named_as_people_name_them() {
        for name in ["auto", "cpu", "cuda", "cuda:3", "metal"] {
            let place: Place = name.parse().unwrap();
            assert_eq!(place.to_string(), name);
        }
        assert_eq!("cuda:0".parse(), Ok(Place::Cuda(0)));
        for name in ["tpu", "cuda:", "cuda:x", "cuda3", "cuda:-1", "CPU", ""] {
            let error = name.parse::<Place>().unwrap_err().to_string();
            assert!(error.contains("`cuda:N`"), "{name}: {error}");
        }
    }

    #[cfg(not(any(feature = "cuda", feature = "metal")))]
    #[test]
    fn a_build_without_gpus_says_how_to_make_one_and_chooses_the_processor_by_itself() {
        for (place, feature) in [
            (Place::Cuda(1), "--features cuda"),
            (Place::Metal, "--features metal"),
        ] {
            let error = place.device().unwrap_err().to_string();
            assert!(error.contains(feature), "{error}");
        }
        for place in [Place::Auto, Place::Cpu] {
            assert!(place.device().unwrap().is_cpu());
        }
        assert_eq!(Place::look(), []);
    }
}
