//! What a new run starts from: the shape its recipe asks for and its first weights.

use super::{compute::Compute, error::TrainError};
use crate::{
    config::Recipe,
    model::{Config, Decoder, Weights, decoder::periodic_row},
};

/// What a new run starts from.
pub struct Start {
    /// The recipe.
    pub recipe: Recipe,
    /// The decoder's shape: [`config_of`], or that of the model that `init` names.
    pub config: Config,
    /// The weights that `init` names; none for random ones.
    pub weights: Option<Weights>,
    /// Content of `tokenizer.json`, which every checkpoint carries along.
    pub tokenizer: Vec<u8>,
    /// Token ids of the numbers 0, 1, 2…, for `fourier`.
    pub numbers: Vec<u32>,
    /// Where the first weights came from, for the record: null, or name and hash of a model.
    pub base: serde_json::Value,
    /// Where and how to compute.
    pub compute: Compute,
}

/// The shape that a recipe's `[model]` asks for, with a tokenizer of `vocab_size` tokens.
///
/// # Errors
/// When the sizes contradict each other.
pub fn config_of(recipe: &Recipe, vocab_size: usize, end: u32) -> Result<Config, TrainError> {
    let sizes = recipe.model.clone().unwrap_or_default();
    let json = serde_json::json!({
        "model_type": "llama", "hidden_act": "silu", "tie_word_embeddings": true, "rms_norm_eps": 1e-5,
        "vocab_size": vocab_size, "hidden_size": sizes.hidden_size, "intermediate_size": sizes.intermediate_size,
        "num_hidden_layers": sizes.layers, "num_attention_heads": sizes.heads, "num_key_value_heads": sizes.kv_heads,
        "max_position_embeddings": sizes.context, "eos_token_id": end,
    });
    if sizes.heads == 0 || !sizes.hidden_size.is_multiple_of(sizes.heads) {
        return Err(TrainError::Setup(format!(
            "[model]: hidden_size {} cannot be shared by {} heads",
            sizes.hidden_size, sizes.heads
        )));
    }
    let config = Config::from_json(&json.to_string())
        .map_err(|error| TrainError::Setup(format!("[model]: {error}")))?;
    if config.parameters() > MOST_PARAMETERS {
        return Err(TrainError::Setup(format!(
            "[model]: {} parameters are more than the {MOST_PARAMETERS} this trainer is made for",
            config.parameters()
        )));
    }
    Ok(config)
}

/// Weights, gradients and moments of more would not fit the machines this is for.
const MOST_PARAMETERS: usize = 1_000_000_000;

impl Start {
    /// The decoder before the first step.
    pub(super) fn decoder(&self) -> Result<Decoder, TrainError> {
        if let Some(weights) = &self.weights {
            return Ok(Decoder::from_weights(
                self.config.clone(),
                weights,
                &self.compute.device,
            )?);
        }
        let decoder = Decoder::random(self.config.clone(), self.recipe.seed, &self.compute.device)?;
        if self.recipe.fourier {
            let periods = PERIODS.get(..self.config.hidden_size / 2).unwrap_or(&PERIODS);
            let rows: Vec<_> = (0..)
                .zip(&self.numbers)
                .map(|(number, id)| (*id, periodic_row(number, periods, AMPLITUDE)))
                .collect();
            decoder.set_embedding_rows(&rows)?;
        }
        Ok(decoder)
    }
}

/// Periods of the number tokens' first features: small primes and round numbers tell neighbours apart, long periods
/// tell sizes apart. Trained models find such features by themselves (Nanda et al. 2023), small ones late.
const PERIODS: [f32; 16] = [
    2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 11.0, 13.0, 20.0, 25.0, 33.0, 50.0, 67.0, 100.0, 200.0, 400.0,
];

/// About the size of the random rest of a row.
const AMPLITUDE: f32 = 0.06;
