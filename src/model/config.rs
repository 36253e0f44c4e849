//! The shape of a decoder, as a Hugging Face `config.json` of the Llama family and its kin states it.
//!
//! A field that would change the result and is not supported is an error that names it, never silently ignored.

mod read;

use super::rope::Scaling;
use serde_json::{Value, json};

/// Whose decoder it is. All are Llama's (pre-norm, rotary positions, grouped-query attention, SwiGLU) with small
/// differences, which the other fields of [`Config`] state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// Llama 2 and 3, SmolLM 1 and 2, and everybody who kept their shape.
    #[default]
    Llama,
    /// Mistral.
    Mistral,
    /// SmolLM3.
    SmolLm3,
    /// Qwen 2 and 2.5.
    Qwen2,
    /// Qwen 3, dense.
    Qwen3,
    /// Phi 3 and 4, from GGUF files only.
    Phi3,
    /// Qwen 3 with experts, from GGUF files only.
    Qwen3Moe,
    /// Gemma 1, from GGUF files only.
    Gemma,
    /// Gemma 2, from GGUF files only.
    Gemma2,
    /// Gemma 3's text models, from GGUF files only.
    Gemma3,
}

impl Family {
    /// Those that a `config.json` names.
    pub const ALL: [Self; 5] = [
        Self::Llama,
        Self::Mistral,
        Self::SmolLm3,
        Self::Qwen2,
        Self::Qwen3,
    ];

    /// The field `model_type`.
    #[must_use]
    pub fn model_type(self) -> &'static str {
        match self {
            Self::Llama => "llama",
            Self::Mistral => "mistral",
            Self::SmolLm3 => "smollm3",
            Self::Qwen2 => "qwen2",
            Self::Qwen3 => "qwen3",
            Self::Phi3 => "phi3",
            Self::Qwen3Moe => "qwen3_moe",
            Self::Gemma => "gemma",
            Self::Gemma2 => "gemma2",
            Self::Gemma3 => "gemma3_text",
        }
    }

    /// The class that transformers loads it as.
    #[must_use]
    pub fn architecture(self) -> &'static str {
        match self {
            Self::Llama => "LlamaForCausalLM",
            Self::Mistral => "MistralForCausalLM",
            Self::SmolLm3 => "SmolLM3ForCausalLM",
            Self::Qwen2 => "Qwen2ForCausalLM",
            Self::Qwen3 => "Qwen3ForCausalLM",
            Self::Phi3 => "Phi3ForCausalLM",
            Self::Qwen3Moe => "Qwen3MoeForCausalLM",
            Self::Gemma => "GemmaForCausalLM",
            Self::Gemma2 => "Gemma2ForCausalLM",
            Self::Gemma3 => "Gemma3ForCausalLM",
        }
    }
}

/// A decoder's shape.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Whose it is.
    pub family: Family,
    /// Rows of the embedding table, V.
    pub vocab_size: usize,
    /// Width of the residual stream, D.
    pub hidden_size: usize,
    /// Width inside the MLP, F.
    pub intermediate_size: usize,
    /// Number of layers, L.
    pub num_hidden_layers: usize,
    /// Query heads, H.
    pub num_attention_heads: usize,
    /// Key and value heads, K; divides H.
    pub num_key_value_heads: usize,
    /// Width of one head; even.
    pub head_dim: usize,
    /// Longest sequence the positions were trained for.
    pub max_position_embeddings: usize,
    /// Base of the rotary frequencies.
    pub rope_theta: f64,
    /// What was done to the frequencies.
    pub rope_scaling: Scaling,
    /// Layers that turn nothing (NoPE); empty when all turn.
    pub layers_without_rope: Vec<bool>,
    /// Positions a layer looks back, itself included, where it does not see everything; empty when all layers do.
    pub windows: Vec<Option<usize>>,
    /// Experts in place of the MLP, which only the fast forward on the processor knows.
    pub experts: Option<Experts>,
    /// What Gemma does besides, which only the fast forward on the processor knows.
    pub gemma: Option<Gemma>,
    /// Whether queries, keys and values have biases.
    pub qkv_bias: bool,
    /// Whether the projection out of attention has one.
    pub attention_out_bias: bool,
    /// Whether the MLP's projections have biases.
    pub mlp_bias: bool,
    /// Whether the heads of queries and keys are normed.
    pub qk_norm: bool,
    /// Added to the mean square before the root.
    pub rms_norm_eps: f64,
    /// Whether the output head is the embedding table.
    pub tie_word_embeddings: bool,
    /// Tokens that end a text.
    pub eos_token_ids: Vec<u32>,
    /// Token put before a text, if the model wants one.
    pub bos_token_id: Option<u32>,
}

/// Gated projections of which each token asks a few.
#[derive(Clone, Debug, PartialEq)]
pub struct Experts {
    /// How many there are.
    pub count: usize,
    /// How many a token asks.
    pub used: usize,
    /// Width inside each.
    pub width: usize,
}

/// What the Gemma line (Gemma Team 2024, 2025) adds to the decoder: the embedding is multiplied by √D, GELU by its
/// tangent stands where the others have SiLU, and the rest as said here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gemma {
    /// Whether what attention and MLP add to the stream is normed before (2 and 3).
    pub post_norms: bool,
    /// Base of the rotary frequencies in layers with a window (3); nothing else is done to those.
    pub local_rope_theta: Option<f64>,
    /// Scores are divided by the root of this instead of the head's width (the largest of 2 and 3).
    pub query_scalar: Option<f64>,
    /// Scores are bounded so: cap · tanh(score / cap) (2).
    pub score_cap: Option<f32>,
    /// Logits likewise (2, and 3 where its file says so).
    pub logit_cap: Option<f32>,
}

/// Why a `config.json` cannot be used.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ConfigError {
    /// Not JSON, or not an object.
    #[error("config.json is not a JSON object: {0}")]
    NotJson(String),
    /// A field is absent or of the wrong type.
    #[error("config.json: field `{0}` is missing or not {1}")]
    Field(&'static str, &'static str),
    /// A field asks for something this decoder does not do.
    #[error("config.json: `{field}` is {value}, which this decoder does not support: results would be wrong")]
    Unsupported {
        /// Its name in the file.
        field: String,
        /// Its value there.
        value: String,
    },
    /// The sizes contradict each other.
    #[error("config.json: {0}")]
    Shape(String),
}

/// A number of positions, written as an integer where it is one.
fn whole(positions: f64) -> Value {
    if positions.fract() == 0.0 && positions < 1e15 {
        json!(positions as u64)
    } else {
        json!(positions)
    }
}

impl Config {
    /// Reads a configuration as transformers 4 (`rope_theta`) or 5 (`rope_parameters`) writes it.
    ///
    /// # Errors
    /// [`ConfigError`] names the field.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let value: Value = serde_json::from_str(text).map_err(|e| ConfigError::NotJson(e.to_string()))?;
        let map = value
            .as_object()
            .ok_or_else(|| ConfigError::NotJson("it holds something else".into()))?;
        let config = read::read(map)?;
        config.check()?;
        Ok(config)
    }

    /// The `config.json` that transformers loads, versions 4 and 5.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json = json!({
            "architectures": [self.family.architecture()],
            "model_type": self.family.model_type(),
            "vocab_size": self.vocab_size,
            "hidden_size": self.hidden_size,
            "intermediate_size": self.intermediate_size,
            "num_hidden_layers": self.num_hidden_layers,
            "num_attention_heads": self.num_attention_heads,
            "num_key_value_heads": self.num_key_value_heads,
            "head_dim": self.head_dim,
            "max_position_embeddings": self.max_position_embeddings,
            "rope_theta": self.rope_theta,
            "rms_norm_eps": self.rms_norm_eps,
            "tie_word_embeddings": self.tie_word_embeddings,
            "attention_bias": self.attention_out_bias,
            "mlp_bias": self.mlp_bias,
            "hidden_act": "silu",
            "eos_token_id": match self.eos_token_ids.as_slice() { [] => Value::Null, [one] => json!(one), many => json!(many) },
            "bos_token_id": self.bos_token_id,
            "torch_dtype": "float32",
        });
        let mut set = |name: &str, value: Value| json[name] = value;
        if let Some(scaling) = self.scaling_json() {
            set("rope_scaling", scaling);
        }
        if !self.layers_without_rope.is_empty() {
            let turns: Vec<u8> = self
                .layers_without_rope
                .iter()
                .map(|none| u8::from(!none))
                .collect();
            set("no_rope_layers", json!(turns));
        }
        if let Some(window) = self.windows.iter().flatten().next() {
            let kind = |window: &Option<usize>| match window {
                Some(_) => "sliding_attention",
                None => "full_attention",
            };
            set("sliding_window", json!(window));
            set("use_sliding_window", json!(true));
            set("layer_types", self.windows.iter().map(kind).collect());
            set(
                "max_window_layers",
                json!(self.windows.iter().take_while(|w| w.is_none()).count()),
            );
        }
        json
    }

    fn scaling_json(&self) -> Option<Value> {
        Some(match &self.rope_scaling {
            // Divisors come from GGUF files, which are not trained on and so never written.
            Scaling::None | Scaling::Divisors(_) => return None,
            Scaling::Linear { factor } => json!({"rope_type": "linear", "factor": factor}),
            Scaling::Llama3 {
                factor,
                low,
                high,
                original,
            } => json!({
                "rope_type": "llama3", "factor": factor, "low_freq_factor": low, "high_freq_factor": high,
                "original_max_position_embeddings": whole(*original),
            }),
            Scaling::Yarn {
                factor,
                fast,
                slow,
                original,
                sharpness,
                truncate,
            } => json!({
                "rope_type": "yarn", "factor": factor, "beta_fast": fast, "beta_slow": slow,
                "original_max_position_embeddings": whole(*original), "attention_factor": sharpness, "truncate": truncate,
            }),
        })
    }

    /// Trainable numbers in the model.
    #[must_use]
    pub fn parameters(&self) -> usize {
        let expected = super::layout::expected(self);
        expected
            .iter()
            .map(|(_, shape)| shape.iter().fold(1_usize, |n, size| n.saturating_mul(*size)))
            .fold(0, usize::saturating_add)
    }

    /// Whether only the fast forward on the processor computes it.
    #[must_use]
    pub fn is_for_the_processor(&self) -> bool {
        self.gemma.is_some() || self.experts.is_some()
    }

    /// Width of all query heads, H * head_dim.
    #[must_use]
    pub fn query_width(&self) -> usize {
        self.num_attention_heads * self.head_dim
    }

    /// Width of all key heads, which is that of all value heads, K * head_dim.
    #[must_use]
    pub fn key_width(&self) -> usize {
        self.num_key_value_heads * self.head_dim
    }

    /// How far back layer `layer` looks.
    #[must_use]
    pub fn window(&self, layer: usize) -> Option<usize> {
        self.windows.get(layer).copied().flatten()
    }

    /// Whether layer `layer` turns queries and keys by their position.
    #[must_use]
    pub fn has_rope(&self, layer: usize) -> bool {
        !self.layers_without_rope.get(layer).copied().unwrap_or(false)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let shape = |text: String| Err(ConfigError::Shape(text));
        if self.num_key_value_heads > self.num_attention_heads
            || !self.num_attention_heads.is_multiple_of(self.num_key_value_heads)
        {
            return shape(format!(
                "{} attention heads cannot be shared by {} key/value heads",
                self.num_attention_heads, self.num_key_value_heads
            ));
        }
        if self.head_dim == 0 || !self.head_dim.is_multiple_of(2) {
            return shape(format!(
                "head_dim {} is no even number above 0, rotary positions need pairs",
                self.head_dim
            ));
        }
        // Far above every published model, far below what overflows a size computation.
        const LARGEST: usize = 1 << 24;
        let sizes = [
            ("vocab_size", self.vocab_size),
            ("hidden_size", self.hidden_size),
            ("intermediate_size", self.intermediate_size),
            ("num_hidden_layers", self.num_hidden_layers),
            ("num_attention_heads", self.num_attention_heads),
            ("head_dim", self.head_dim),
            (
                "num_attention_heads times head_dim",
                self.num_attention_heads.saturating_mul(self.head_dim),
            ),
            ("max_position_embeddings", self.max_position_embeddings),
        ];
        if let Some((name, size)) = sizes.iter().find(|(_, size)| *size > LARGEST) {
            return shape(format!(
                "{name} {size} is larger than any model's; is this the right file?"
            ));
        }
        for (name, len) in [
            ("no_rope_layers", self.layers_without_rope.len()),
            ("layer_types", self.windows.len()),
        ] {
            if len != 0 && len != self.num_hidden_layers {
                return shape(format!(
                    "{name} speaks of {len} layers where num_hidden_layers is {}",
                    self.num_hidden_layers
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiny() -> Value {
        json!({"model_type": "llama", "vocab_size": 32, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
               "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64, "rope_theta": 5000.0,
               "tie_word_embeddings": true, "eos_token_id": [1, 2], "hidden_act": "silu"})
    }

    #[test]
    fn what_is_written_is_read_back() {
        let config = Config::from_json(&tiny().to_string()).unwrap();
        assert_eq!(Config::from_json(&config.to_json().to_string()).unwrap(), config);
        assert_eq!((config.head_dim, config.eos_token_ids.clone()), (4, vec![1, 2]));
    }

    #[test]
    fn both_ways_to_write_the_rotary_base_are_read() {
        let mut five = tiny();
        five["rope_theta"] = Value::Null;
        five["rope_parameters"] = json!({"rope_type": "default", "rope_theta": 5000.0});
        assert_eq!(
            Config::from_json(&five.to_string()),
            Config::from_json(&tiny().to_string())
        );
    }

    #[test]
    fn a_field_that_would_change_the_result_is_refused_by_name() {
        for (field, value) in [
            ("model_type", json!("gemma")),
            ("hidden_act", json!("gelu")),
            ("rope_scaling", json!({"rope_type": "dynamic", "factor": 8.0})),
            ("rope_scaling", json!({"rope_type": "llama3", "factor": 8.0})),
            (
                "rope_parameters",
                json!({"rope_type": "longrope", "short_factor": []}),
            ),
            ("partial_rotary_factor", json!(0.5)),
            ("quantization_config", json!({"quant_method": "awq"})),
            ("layer_types", json!(["linear_attention", "full_attention"])),
        ] {
            let mut config = tiny();
            config[field] = value;
            let error = Config::from_json(&config.to_string()).unwrap_err().to_string();
            assert!(error.contains(field), "{error}");
        }
    }

    #[test]
    fn missing_odd_and_huge_sizes_are_sentences() {
        for (field, value) in [
            ("vocab_size", Value::Null),
            ("hidden_size", json!(-1)),
            ("head_dim", json!(3)),
            ("head_dim", json!(0)),
            ("head_dim", json!(1 << 23)),
            ("num_key_value_heads", json!(3)),
            ("intermediate_size", json!(1_u64 << 40)),
        ] {
            let mut config = tiny();
            config[field] = value;
            assert!(Config::from_json(&config.to_string()).is_err(), "{field}");
        }
    }
}
