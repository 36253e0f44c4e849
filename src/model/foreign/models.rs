//! candle-transformers' models behind one trait, and how their weights get there.

use super::{Architecture, ForeignConfig};
use crate::model::{device::weights::Reader, fast::FastError, tensors::Tensors};
use candle_core::{DType, Device, Result, Shape, Tensor};
use candle_nn::{Init, VarBuilder, var_builder::SimpleBackend};
use candle_transformers::models::{
    gemma, gemma2, gemma3, glm4_new,
    granitemoehybrid::{GraniteMoeHybrid, GraniteMoeHybridCache, GraniteMoeHybridConfig},
    helium, mixtral, olmo, olmo2, phi, phi3, qwen2_moe, qwen3_moe, starcoder2,
};
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
    olmo::Model,
    olmo2::Model,
    glm4_new::ModelForCausalLM,
    starcoder2::Model,
    helium::Model,
    mixtral::Model,
    qwen2_moe::Model,
    qwen3_moe::ModelForCausalLM
);

/// Granite's keys and values stand beside it.
#[derive(Clone)]
struct Granite {
    model: GraniteMoeHybrid,
    cache: GraniteMoeHybridCache,
}

impl Sequence for Granite {
    fn read(&mut self, tokens: &Tensor, offset: usize) -> Result<Tensor> {
        self.model.forward(tokens, offset, &mut self.cache)
    }

    fn copy(&self) -> Box<dyn Sequence> {
        Box::new(self.clone())
    }
}

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
        config,
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
        Architecture::Olmo => Box::new(olmo::Model::new(&read(config)?, weights)?),
        Architecture::Olmo2 => Box::new(olmo2::Model::new(&read(config)?, weights)?),
        Architecture::Glm4 => Box::new(glm4_new::ModelForCausalLM::new(&read(config)?, weights)?),
        Architecture::Starcoder2 => Box::new(starcoder2::Model::new(&read(config)?, weights)?),
        Architecture::Helium => Box::new(helium::Model::new(&read(config)?, weights)?),
        Architecture::Granite | Architecture::Granite4 => {
            let config = read::<GraniteMoeHybridConfig>(config)?.into_config(false);
            let cache = GraniteMoeHybridCache::new(true, DType::F32, &config, weights.device())?;
            let model = GraniteMoeHybrid::load(weights, &config)?;
            Box::new(Granite { model, cache })
        }
        Architecture::Mixtral => Box::new(mixtral::Model::new(&read(config)?, weights)?),
        Architecture::Qwen2Moe => Box::new(qwen2_moe::Model::new(&read(config)?, weights)?),
        Architecture::Qwen3Moe => Box::new(qwen3_moe::ModelForCausalLM::new(&read(config)?, weights)?),
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
    config: &'a ForeignConfig,
    asked: &'a Asked,
}

impl Weights<'_> {
    /// The names in the file of what the library calls `name`, one below the other. Granite 3 is read as a Granite 4
    /// whose gate and up projections are one matrix.
    fn parts(&self, name: &str) -> Vec<String> {
        let layer = |rest: &str| name.strip_suffix(rest).map(str::to_owned);
        if self.config.architecture == Architecture::Granite {
            if let Some(layer) = layer("shared_mlp.input_linear.weight") {
                return ["gate", "up"]
                    .map(|part| format!("{layer}mlp.{part}_proj.weight"))
                    .into();
            }
            if let Some(layer) = layer("shared_mlp.output_linear.weight") {
                return vec![format!("{layer}mlp.down_proj.weight")];
            }
        }
        vec![name.to_owned()]
    }

    /// The tensor of this shape that stands in the file as `parts`.
    fn tensor(&self, parts: &[String], shape: &[usize]) -> std::result::Result<Tensor, FastError> {
        match (parts, shape) {
            ([one], _) => self.reader.tensor(one, shape),
            (_, [rows, rest @ ..]) => {
                let shape = [&[rows / parts.len()], rest].concat();
                let all: Vec<Tensor> = parts
                    .iter()
                    .map(|part| self.reader.tensor(part, &shape))
                    .collect::<std::result::Result<_, _>>()?;
                Ok(Tensor::cat(&all, 0)?)
            }
            _ => Err(FastError::Compute("a matrix without rows".into())),
        }
    }
}

impl SimpleBackend for Weights<'_> {
    fn get(&self, shape: Shape, name: &str, _: Init, _: DType, _: &Device) -> Result<Tensor> {
        let parts = self.parts(name);
        let found = self.tensor(&parts, shape.dims());
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        match found {
            Ok(tensor) => {
                asked.names.extend(parts);
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
