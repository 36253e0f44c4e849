//! The shape of a decoder, read from and written as a Hugging Face `config.json` of the Llama family.
//!
//! A field that would change the result and is not supported is an error that names it, never silently ignored.
//! Simplification: plain rotary embeddings, no attention or MLP bias, f32; other families come with their own issue.

use serde_json::{Map, Value, json};

/// A Llama-shaped decoder: pre-norm, rotary positions, grouped-query attention, SwiGLU.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
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
    /// Added to the mean square before the root.
    pub rms_norm_eps: f64,
    /// Whether the output head is the embedding table.
    pub tie_word_embeddings: bool,
    /// Tokens that end a text.
    pub eos_token_ids: Vec<u32>,
    /// Token put before a text, if the model wants one.
    pub bos_token_id: Option<u32>,
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
        refuse_unsupported(map)?;
        let hidden_size = size(map, "hidden_size")?;
        let num_attention_heads = size(map, "num_attention_heads")?;
        let rope = map.get("rope_parameters").and_then(Value::as_object);
        let theta = rope
            .and_then(|r| r.get("rope_theta"))
            .or_else(|| map.get("rope_theta"));
        let config = Config {
            vocab_size: size(map, "vocab_size")?,
            hidden_size,
            intermediate_size: size(map, "intermediate_size")?,
            num_hidden_layers: size(map, "num_hidden_layers")?,
            num_attention_heads,
            num_key_value_heads: optional_size(map, "num_key_value_heads")?.unwrap_or(num_attention_heads),
            head_dim: optional_size(map, "head_dim")?.unwrap_or(hidden_size / num_attention_heads.max(1)),
            max_position_embeddings: size(map, "max_position_embeddings")?,
            rope_theta: number(theta, "rope_theta", 10_000.0)?,
            rms_norm_eps: number(map.get("rms_norm_eps"), "rms_norm_eps", 1e-6)?,
            tie_word_embeddings: map
                .get("tie_word_embeddings")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            eos_token_ids: tokens(map.get("eos_token_id"), "eos_token_id")?,
            bos_token_id: tokens(map.get("bos_token_id"), "bos_token_id")?.first().copied(),
        };
        config.check()?;
        Ok(config)
    }

    /// The `config.json` that transformers loads as a `LlamaForCausalLM`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
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
            "attention_bias": false,
            "mlp_bias": false,
            "hidden_act": "silu",
            "eos_token_id": match self.eos_token_ids.as_slice() { [] => Value::Null, [one] => json!(one), many => json!(many) },
            "bos_token_id": self.bos_token_id,
            "torch_dtype": "float32",
        })
    }

    /// Trainable numbers in the model.
    #[must_use]
    pub fn parameters(&self) -> usize {
        let (d, f, h) = (self.hidden_size, self.intermediate_size, self.head_dim);
        let attention = 2 * d * h * (self.num_attention_heads + self.num_key_value_heads);
        let head = if self.tie_word_embeddings { 1 } else { 2 };
        head * self.vocab_size * d + self.num_hidden_layers * (attention + 3 * d * f + 2 * d) + d
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
        if !self.head_dim.is_multiple_of(2) {
            return shape(format!(
                "head_dim {} is odd, rotary positions need pairs",
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
            ("max_position_embeddings", self.max_position_embeddings),
        ];
        if let Some((name, size)) = sizes.iter().find(|(_, size)| *size > LARGEST) {
            return shape(format!(
                "{name} {size} is larger than any model's; is this the right file?"
            ));
        }
        Ok(())
    }
}

fn refuse_unsupported(map: &Map<String, Value>) -> Result<(), ConfigError> {
    let refuse = |field: &str, value: &Value| {
        Err(ConfigError::Unsupported {
            field: field.into(),
            value: value.to_string(),
        })
    };
    for (field, wanted) in [("model_type", "llama"), ("hidden_act", "silu")] {
        if let Some(value) = map.get(field).filter(|v| !v.is_null())
            && value.as_str() != Some(wanted)
        {
            return refuse(field, value);
        }
    }
    for field in ["attention_bias", "mlp_bias"] {
        if let Some(value) = map.get(field).filter(|v| !v.is_null())
            && value != &Value::Bool(false)
        {
            return refuse(field, value);
        }
    }
    for field in ["rope_scaling", "rope_parameters"] {
        if let Some(value) = map.get(field).filter(|v| !v.is_null()) {
            let kind = value.get("rope_type").or_else(|| value.get("type"));
            if kind.is_some_and(|kind| kind != "default") || (field == "rope_scaling" && kind.is_none()) {
                return refuse(field, value);
            }
        }
    }
    Ok(())
}

fn size(map: &Map<String, Value>, field: &'static str) -> Result<usize, ConfigError> {
    optional_size(map, field)?.ok_or(ConfigError::Field(field, "a positive integer"))
}

fn optional_size(map: &Map<String, Value>, field: &'static str) -> Result<Option<usize>, ConfigError> {
    match map.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64().map(usize::try_from) {
            Some(Ok(n)) if n > 0 => Ok(Some(n)),
            _ => Err(ConfigError::Field(field, "a positive integer")),
        },
    }
}

fn number(value: Option<&Value>, field: &'static str, default: f64) -> Result<f64, ConfigError> {
    match value {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value
            .as_f64()
            .filter(|n| n.is_finite() && *n > 0.0)
            .ok_or(ConfigError::Field(field, "a positive number")),
    }
}

fn tokens(value: Option<&Value>, field: &'static str) -> Result<Vec<u32>, ConfigError> {
    let one = |v: &Value| {
        v.as_u64()
            .and_then(|n| u32::try_from(n).ok())
            .ok_or(ConfigError::Field(field, "a token id"))
    };
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(many)) => many.iter().map(one).collect(),
        Some(value) => Ok(vec![one(value)?]),
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
            ("attention_bias", json!(true)),
            ("model_type", json!("gemma")),
            ("hidden_act", json!("gelu")),
            ("rope_scaling", json!({"rope_type": "llama3", "factor": 8.0})),
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
            ("num_key_value_heads", json!(3)),
            ("intermediate_size", json!(1_u64 << 40)),
        ] {
            let mut config = tiny();
            config[field] = value;
            assert!(Config::from_json(&config.to_string()).is_err(), "{field}");
        }
    }
}
