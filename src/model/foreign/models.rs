//! candle-transformers' models behind one trait, and how their weights get there.

use super::{Architecture, ForeignConfig};
use crate::model::{device::weights::Reader, fast::FastError, tensors::Tensors};
use candle_core::{DType, Device, Result, Shape, Tensor};
use candle_nn::{Init, VarBuilder, var_builder::SimpleBackend};
use candle_transformers::models::{gemma, gemma2, gemma3, olmo2, phi, phi3};
use serde::de::DeserializeOwned;
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// A model with what it has read so far.
pub(super) trait Sequence: Send + Sync {
    /// Reads `tokens` `[1, n]` behind the `offset` tokens read before; the logits after the last one, V numbers.
    fn read(&mut self, tokens: &Tensor, offset: usize) -> Result<Tensor>;

    /// The same model, which has read the same.
    fn copy(&self) -> Box<dyn Sequence>;
}

macro_rules! sequences {
    ($($model:ty),+) => {
        $(impl Sequence for $model {
            fn read(&mut self, tokens: &Tensor, offset: usize) -> Result<Tensor> {
                self.forward(tokens, offset)
            }

            fn copy(&self) -> Box<dyn Sequence> {
                Box::new(self.clone())
            }
        })+
    };
}

sequences!(
    gemma::Model,
    gemma2::Model,
    gemma3::Model,
    phi3::Model,
    olmo2::Model
);

impl Sequence for phi::Model {
    fn read(&mut self, tokens: &Tensor, _: usize) -> Result<Tensor> {
        self.forward(tokens)
    }

    fn copy(&self) -> Box<dyn Sequence> {
        Box::new(self.clone())
    }
}

/// The model with its weights on `device`, and their bytes.
///
/// # Errors
/// A tensor that is missing, misshapen, unreadable or that the library does not ask for.
pub(super) fn load(
    config: &ForeignConfig,
    tensors: &dyn Tensors,
    device: &Device,
) -> std::result::Result<(Box<dyn Sequence>, usize), FastError> {
    let asked = Asked::default();
    let weights = Weights {
        reader: Reader {
            tensors,
            dtype: DType::F32,
            device,
        },
        asked: &asked,
    };
    let built = build(
        config,
        VarBuilder::from_backend(Box::new(weights), DType::F32, device.clone()),
    );
    let asked = asked.into_inner().unwrap_or_else(PoisonError::into_inner);
    // The library would wrap the sentence in its own words.
    if let Some(problem) = asked.problem {
        return Err(problem);
    }
    let built = built?;
    let idle =
        |name: &String| name.ends_with(".rotary_emb.inv_freq") || (config.ties && name == "lm_head.weight");
    let mut names = tensors.names().into_iter();
    if let Some(extra) = names.find(|name| !asked.names.contains(name) && !idle(name)) {
        return Err(FastError::Extra(extra));
    }
    Ok((built, asked.numbers.saturating_mul(4)))
}

fn build(config: &ForeignConfig, weights: VarBuilder<'_>) -> Result<Box<dyn Sequence>> {
    fn read<C: DeserializeOwned>(config: &ForeignConfig) -> Result<C> {
        serde_json::from_value(config.json.clone()).map_err(candle_core::Error::wrap)
    }
    Ok(match config.architecture {
        Architecture::Gemma => Box::new(gemma::Model::new(false, &read(config)?, weights)?),
        Architecture::Gemma2 => Box::new(gemma2::Model::new(false, &read(config)?, weights)?),
        Architecture::Gemma3 => Box::new(gemma3::Model::new(false, &read(config)?, weights)?),
        Architecture::Phi => Box::new(phi::Model::new(&read(config)?, weights)?),
        Architecture::Phi3 => Box::new(phi3::Model::new(&read(config)?, weights)?),
        Architecture::Olmo2 => Box::new(olmo2::Model::new(&read(config)?, weights)?),
    })
}

/// What the library asked for.
#[derive(Default)]
struct Log {
    names: BTreeSet<String>,
    numbers: usize,
    problem: Option<FastError>,
}

type Asked = Mutex<Log>;

/// Our tensors as the library asks for them.
struct Weights<'a> {
    reader: Reader<'a>,
    asked: &'a Asked,
}

impl SimpleBackend for Weights<'_> {
    fn get(&self, shape: Shape, name: &str, _: Init, _: DType, _: &Device) -> Result<Tensor> {
        let found = self.reader.tensor(name, shape.dims());
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        match found {
            Ok(tensor) => {
                asked.names.insert(name.to_owned());
                asked.numbers += shape.elem_count();
                Ok(tensor)
            }
            Err(problem) => {
                let said = problem.to_string();
                asked.problem.get_or_insert(problem);
                Err(candle_core::Error::Msg(said))
            }
        }
    }

    fn get_unchecked(&self, name: &str, dtype: DType, device: &Device) -> Result<Tensor> {
        let shape = self
            .reader
            .tensors
            .entry(name)
            .map(|entry| entry.shape)
            .unwrap_or_default();
        self.get(shape.into(), name, Init::Const(0.0), dtype, device)
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.reader.tensors.entry(name).is_some()
    }
}
