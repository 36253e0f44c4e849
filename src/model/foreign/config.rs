//! `config.json` of another architecture, made ready for candle-transformers.
//!
//! That library reads the fields it knows and ignores the rest. Fields that it ignores and that would change the result are
//! refused here by name; where only long texts would come out wrong, the context is cut.

use super::{Architecture, PIECE};
use crate::model::config::ConfigError;
use serde_json::{Map, Value, json};

/// Gemma 3's tables of keys and values are made for the whole context at once, for every sequence.
const RESERVED: usize = 8192;

/// The library makes rotary tables for the whole context when it loads.
const LONGEST: usize = 1 << 17;

/// Twice the widest head of a published model.
const WIDEST_HEAD: usize = 1024;

/// Layers, heads and so on beyond which a file is not what it seems.
const LARGEST: usize = 1 << 24;
const MOST_LAYERS: usize = 4096;

/// The shape of a decoder of another architecture.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignConfig {
    /// Whose it is.
    pub architecture: Architecture,
    /// Rows of the embedding table.
    pub vocab_size: usize,
    /// Positions that are computed rightly.
    pub context: usize,
    /// Positions its makers speak of, where they are more.
    pub makers_context: usize,
    /// Tokens that end a text.
    pub eos_token_ids: Vec<u32>,
    /// Token put before a text, if the model wants one.
    pub bos_token_id: Option<u32>,
    /// The configuration as the library reads it.
    pub(super) json: Value,
    /// Numbers that keys and values of one position are, over all layers; on average, where some forget.
    pub(super) cached_numbers: usize,
    /// Key and value heads.
    kv_heads: usize,
    /// Whether the output head is the embedding table.
    pub(super) ties: bool,
    /// Positions up to which several tokens can be read in one go.
    window: Option<usize>,
}

impl ForeignConfig {
    /// The architecture that a `config.json` names, if it is one of these.
    #[must_use]
    pub fn architecture(text: &str) -> Option<Architecture> {
        let value: Value = serde_json::from_str(text).ok()?;
        let kind = value.get("model_type")?.as_str()?;
        Architecture::ALL
            .into_iter()
            .find(|known| known.model_type() == kind)
    }

    /// Reads a configuration as transformers 4 (`rope_theta`) or 5 (`rope_parameters`) writes it.
    ///
    /// # Errors
    /// [`ConfigError`] names the field.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let value: Value = serde_json::from_str(text).map_err(|e| ConfigError::NotJson(e.to_string()))?;
        let Value::Object(map) = value else {
            return Err(ConfigError::NotJson("it holds something else".into()));
        };
        let architecture = Self::architecture(text)
            .ok_or_else(|| refusal("model_type", map.get("model_type").unwrap_or(&Value::Null)))?;
        Reader { architecture, map }.read()
    }

    /// How many tokens can be read in one go behind `offset` others.
    pub(super) fn at_once(&self, offset: usize) -> usize {
        match (self.architecture, self.window) {
            // It stores several tokens of several heads in the wrong layout, and stops.
            (Architecture::Gemma3, _) if self.kv_heads > 1 => 1,
            // Its cache is a ring of this length, and its mask does not know where the ring begins.
            (Architecture::Gemma3, Some(window)) if offset < window => PIECE.min(window - offset),
            (Architecture::Gemma3, _) => 1,
            (Architecture::Phi, _) if offset == 0 => usize::MAX,
            (Architecture::Phi, _) => 1,
            _ => PIECE,
        }
    }

    /// Whether its makers speak of more positions than are computed rightly.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.context < self.makers_context
    }
}

fn refusal(field: &str, value: &Value) -> ConfigError {
    ConfigError::Unsupported {
        field: field.into(),
        value: value.to_string(),
    }
}

/// A configuration while it is read: fields move to where the library looks for them.
struct Reader {
    architecture: Architecture,
    map: Map<String, Value>,
}

impl Reader {
    fn read(mut self) -> Result<ForeignConfig, ConfigError> {
        use Architecture::{Gemma, Gemma2, Gemma3, Olmo2, Phi, Phi3};
        self.lift_rope()?;
        self.fill_in();
        self.refuse_ignored()?;
        let sizes = [
            "vocab_size",
            "hidden_size",
            "intermediate_size",
            "num_hidden_layers",
            "num_attention_heads",
        ];
        for field in sizes {
            self.size(field)?;
        }
        let layers = self.size("num_hidden_layers")?;
        if layers > MOST_LAYERS {
            return Err(ConfigError::Shape(format!(
                "num_hidden_layers {layers} is more than any model has"
            )));
        }
        let (hidden, heads, kv) = (
            self.size("hidden_size")?,
            self.size("num_attention_heads")?,
            self.size("num_key_value_heads")?,
        );
        if kv > heads || !heads.is_multiple_of(kv) {
            return Err(ConfigError::Shape(format!(
                "{heads} attention heads cannot be shared by {kv} key/value heads"
            )));
        }
        let head_dim = self.size("head_dim")?;
        if !head_dim.is_multiple_of(2) {
            return Err(ConfigError::Shape(format!(
                "head_dim {head_dim} is odd, rotary positions need pairs"
            )));
        }
        if head_dim > WIDEST_HEAD {
            return Err(ConfigError::Shape(format!(
                "head_dim {head_dim} is wider than any model's; is this the right file?"
            )));
        }
        if matches!(self.architecture, Phi | Phi3 | Olmo2) && head_dim * heads != hidden {
            return Err(refusal("head_dim", &json!(head_dim)));
        }
        let makers_context = self.size("max_position_embeddings")?;
        let window = self.optional_size("sliding_window")?;
        let context = match self.architecture {
            // The library looks back too far in some layers, or in all.
            Gemma2 | Phi3 => makers_context.min(window.unwrap_or(usize::MAX)),
            Gemma3 => makers_context.min(RESERVED),
            Gemma | Phi | Olmo2 => makers_context,
        };
        let context = context.min(LONGEST);
        let turned = self.map.get("partial_rotary_factor").and_then(Value::as_f64);
        if turned.is_some_and(|turned| !(turned > 0.0 && turned <= 1.0)) {
            return Err(ConfigError::Field("partial_rotary_factor", "a share of the head"));
        }
        self.set("max_position_embeddings", json!(context));
        // Positions that all layers keep of a text as long as the context.
        let mut kept = layers * context;
        if self.architecture == Gemma3 {
            let whole = layers / self.pattern(layers)?;
            // Longer than the context it only takes memory.
            let window = window.unwrap_or(context).min(context);
            self.set("sliding_window", json!(window));
            kept = whole * context + (layers - whole) * window;
        }
        let tokens = |field: &'static str| tokens(self.map.get(field), field);
        let (eos_token_ids, bos_token_id) =
            (tokens("eos_token_id")?, tokens("bos_token_id")?.first().copied());
        for field in ["eos_token_id", "bos_token_id", "rope_scaling"] {
            self.map.remove(field);
        }
        Ok(ForeignConfig {
            architecture: self.architecture,
            vocab_size: self.size("vocab_size")?,
            context,
            makers_context,
            eos_token_ids,
            bos_token_id,
            cached_numbers: (2 * kv * head_dim).saturating_mul(kept).div_ceil(context),
            kv_heads: kv,
            ties: self.flag("tie_word_embeddings"),
            window,
            json: Value::Object(self.map),
        })
    }

    /// Positions as transformers 5 writes them become the fields of transformers 4; what was done to them is refused.
    fn lift_rope(&mut self) -> Result<(), ConfigError> {
        let gemma3 = self.architecture == Architecture::Gemma3;
        if let Some(parameters) = self
            .map
            .remove("rope_parameters")
            .filter(|value| !value.is_null())
        {
            let parts = match (
                gemma3,
                parameters.get("full_attention"),
                parameters.get("sliding_attention"),
            ) {
                (true, Some(full), Some(sliding)) => {
                    vec![("rope_theta", full), ("rope_local_base_freq", sliding)]
                }
                _ => vec![("rope_theta", &parameters)],
            };
            for (field, part) in parts {
                if part.get("rope_type").is_some_and(|kind| kind != "default") {
                    return Err(refusal("rope_parameters", &parameters));
                }
                for (from, to) in [
                    ("rope_theta", field),
                    ("partial_rotary_factor", "partial_rotary_factor"),
                ] {
                    if let Some(value) = part.get(from) {
                        self.set(to, value.clone());
                    }
                }
            }
        }
        if let Some(scaling) = self.present("rope_scaling") {
            let kind = scaling.get("rope_type").or_else(|| scaling.get("type"));
            if kind.is_none_or(|kind| kind != "default") {
                return Err(refusal("rope_scaling", scaling));
            }
        }
        Ok(())
    }

    /// What transformers takes where the file is silent.
    fn fill_in(&mut self) {
        use Architecture::{Gemma, Gemma2, Gemma3, Olmo2, Phi, Phi3};
        if self.architecture == Gemma {
            // Its first files say `gelu` and mean the approximation by a tangent.
            let said = self
                .present("hidden_activation")
                .or_else(|| self.present("hidden_act"));
            let tangent = json!("gelu_pytorch_tanh");
            let meant = said.filter(|said| **said != "gelu").cloned().unwrap_or(tangent);
            self.map.remove("hidden_act");
            self.set("hidden_activation", meant);
        }
        let defaults = match self.architecture {
            Gemma => {
                json!({"max_position_embeddings": 8192, "head_dim": 256, "rms_norm_eps": 1e-6, "rope_theta": 1e4,
                "attention_bias": false, "tie_word_embeddings": true})
            }
            Gemma2 => {
                json!({"max_position_embeddings": 8192, "head_dim": 256, "rms_norm_eps": 1e-6, "rope_theta": 1e4,
                "attention_bias": false, "tie_word_embeddings": true, "hidden_activation": "gelu_pytorch_tanh",
                "query_pre_attn_scalar": 256})
            }
            Gemma3 => {
                json!({"max_position_embeddings": 131_072, "head_dim": 256, "rms_norm_eps": 1e-6, "rope_theta": 1e6,
                "rope_local_base_freq": 1e4, "attention_bias": false, "tie_word_embeddings": true,
                "hidden_activation": "gelu_pytorch_tanh", "query_pre_attn_scalar": 256, "sliding_window": 4096})
            }
            Phi => json!({"max_position_embeddings": 2048, "hidden_act": "gelu_new", "layer_norm_eps": 1e-5,
                "rope_theta": 1e4, "partial_rotary_factor": 0.5, "qk_layernorm": false, "tie_word_embeddings": false}),
            Phi3 => {
                json!({"max_position_embeddings": 4096, "hidden_act": "silu", "rms_norm_eps": 1e-5, "rope_theta": 1e4,
                "tie_word_embeddings": false})
            }
            Olmo2 => {
                json!({"max_position_embeddings": 2048, "hidden_act": "silu", "rms_norm_eps": 1e-5, "rope_theta": 1e4,
                "attention_bias": false, "tie_word_embeddings": false})
            }
        };
        for (field, value) in defaults.as_object().into_iter().flatten() {
            if self.present(field).is_none() {
                self.set(field, value.clone());
            }
        }
        // What follows from other fields; nonsense is found where these are looked at.
        let number = |field: &str| self.map.get(field).and_then(Value::as_u64);
        let (hidden, heads) = (number("hidden_size"), number("num_attention_heads"));
        if self.present("num_key_value_heads").is_none()
            && let Some(heads) = heads
        {
            self.set("num_key_value_heads", json!(heads));
        }
        if self.present("head_dim").is_none()
            && let (Some(hidden), Some(heads)) = (hidden, heads)
        {
            self.set("head_dim", json!(hidden.checked_div(heads).unwrap_or(0)));
        }
        // A window that is null is none, but for those whose makers always have one.
        if self.architecture == Gemma2 && !self.map.contains_key("sliding_window") {
            self.set("sliding_window", json!(4096));
        }
    }

    /// Fields that the library does not read, or does not read rightly.
    fn refuse_ignored(&self) -> Result<(), ConfigError> {
        use Architecture::{Gemma2, Gemma3, Olmo2, Phi, Phi3};
        let no = json!(false);
        let mut fixed = vec![
            ("quantization_config", Value::Null),
            ("num_experts", Value::Null),
            ("num_local_experts", Value::Null),
            ("use_bidirectional_attention", no.clone()),
            ("rope_interleaved", no.clone()),
            ("mlp_bias", no.clone()),
        ];
        match self.architecture {
            // Scores are divided by the root of the head's width, whatever the file says.
            Gemma2 | Gemma3 => fixed.push((
                "query_pre_attn_scalar",
                self.map.get("head_dim").cloned().unwrap_or_default(),
            )),
            Phi => fixed.extend([("qk_layernorm", no.clone()), ("tie_word_embeddings", no.clone())]),
            Phi3 => fixed.extend([("attention_bias", no.clone()), ("lm_head_bias", no.clone())]),
            Olmo2 => fixed.extend([("clip_qkv", Value::Null), ("sliding_window", Value::Null)]),
            Architecture::Gemma => {}
        }
        if self.architecture.ties() {
            fixed.push(("tie_word_embeddings", json!(true)));
        }
        for (field, wanted) in fixed {
            let same = |value: &Value| match wanted.as_f64() {
                Some(wanted) => value.as_f64() == Some(wanted),
                None => *value == wanted,
            };
            if let Some(value) = self.present(field).filter(|value| !same(value)) {
                return Err(refusal(field, value));
            }
        }
        let types = self.present("layer_types").and_then(Value::as_array);
        for kind in types.into_iter().flatten() {
            let slides = matches!(self.architecture, Gemma2 | Gemma3);
            if kind != "full_attention" && !(slides && kind == "sliding_attention") {
                return Err(refusal("layer_types", kind));
            }
        }
        Ok(())
    }

    /// Gemma 3's layers see everything at regular distances, as the library wants it said; returns the distance.
    fn pattern(&mut self, layers: usize) -> Result<usize, ConfigError> {
        const FIELD: &str = "sliding_window_pattern";
        let stated = match self.present(FIELD) {
            None if self.present("_sliding_window_pattern").is_some() => {
                self.optional_size("_sliding_window_pattern")?
            }
            None => None,
            Some(_) => self.optional_size(FIELD)?,
        };
        let Some(types) = self.present("layer_types").and_then(Value::as_array) else {
            let pattern = stated.unwrap_or(6);
            self.set(FIELD, json!(pattern));
            return Ok(pattern);
        };
        let full = types.iter().position(|kind| kind == "full_attention");
        let pattern = full.map_or(layers + 1, |full| full + 1);
        let regular = types
            .iter()
            .enumerate()
            .all(|(i, kind)| (kind == "full_attention") == (i + 1).is_multiple_of(pattern));
        if types.len() != layers || !regular {
            return Err(refusal("layer_types", &json!(types)));
        }
        self.set(FIELD, json!(pattern));
        Ok(pattern)
    }

    fn set(&mut self, field: &str, value: Value) {
        self.map.insert(field.to_owned(), value);
    }

    fn present(&self, field: &str) -> Option<&Value> {
        self.map.get(field).filter(|value| !value.is_null())
    }

    fn flag(&self, field: &str) -> bool {
        self.map.get(field).and_then(Value::as_bool).unwrap_or(false)
    }

    fn size(&self, field: &'static str) -> Result<usize, ConfigError> {
        self.optional_size(field)?
            .ok_or(ConfigError::Field(field, "a positive integer"))
    }

    fn optional_size(&self, field: &'static str) -> Result<Option<usize>, ConfigError> {
        match self.present(field) {
            None => Ok(None),
            Some(value) => match value.as_u64().map(usize::try_from) {
                Some(Ok(size)) if (1..=LARGEST).contains(&size) => Ok(Some(size)),
                _ => Err(ConfigError::Field(field, "a positive integer of a model's size")),
            },
        }
    }
}

/// Ids of tokens, one or several.
fn tokens(value: Option<&Value>, field: &'static str) -> Result<Vec<u32>, ConfigError> {
    let one = |value: &Value| {
        let id = value.as_u64().and_then(|id| u32::try_from(id).ok());
        id.ok_or(ConfigError::Field(field, "a token id"))
    };
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(many)) => many.iter().map(one).collect(),
        Some(value) => Ok(vec![one(value)?]),
    }
}
