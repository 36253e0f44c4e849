//! `config.json` to a [`ForeignConfig`]: fields move to where the library looks for them, and what it would ignore is
//! refused.

use super::{
    Architecture::{self, Gemma, Gemma2, Gemma3, Glm4, Granite4, Helium, Mixtral, Qwen2Moe, Qwen3Moe},
    ConfigError, ForeignConfig, facts,
};
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

/// Reads all fields, and holds that they fit each other and the library.
pub(super) fn read(
    architecture: Architecture,
    map: Map<String, Value>,
) -> Result<ForeignConfig, ConfigError> {
    Reader { architecture, map }.read()
}

pub(super) fn refusal(field: &str, value: &Value) -> ConfigError {
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
        if self.architecture.divides_width() && head_dim * heads != hidden {
            return Err(refusal("head_dim", &json!(head_dim)));
        }
        self.check_experts()?;
        let makers_context = self.size("max_position_embeddings")?;
        let window = self.optional_size("sliding_window")?;
        let context = match (self.architecture, window) {
            (Gemma3, _) => makers_context.min(RESERVED),
            (_, Some(window)) if self.architecture.ends_at_window() => makers_context.min(window),
            _ => makers_context,
        };
        let context = context.min(LONGEST);
        let turned = self.map.get("partial_rotary_factor").and_then(Value::as_f64);
        if turned.is_some_and(|turned| !(turned > 0.0 && turned <= 1.0)) {
            return Err(ConfigError::Field("partial_rotary_factor", "a share of the head"));
        }
        if self.architecture == Glm4
            && turned.is_some_and(|turned| {
                let turned = (turned * head_dim as f64) as usize;
                turned == 0 || !turned.is_multiple_of(2)
            })
        {
            return Err(ConfigError::Field(
                "partial_rotary_factor",
                "a share of the head that is whole pairs",
            ));
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
        if matches!(self.architecture, Mixtral | Qwen2Moe) {
            // The library wants a number; so far back nothing is.
            self.set("sliding_window", json!(context));
        }
        let tokens = |field: &'static str| tokens(self.map.get(field), field);
        let (eos_token_ids, bos_token_id) =
            (tokens("eos_token_id")?, tokens("bos_token_id")?.first().copied());
        for field in ["eos_token_id", "bos_token_id", "rope_scaling"] {
            self.map.remove(field);
        }
        if self.architecture == Helium {
            // The library wants numbers, and does nothing with them.
            self.set("eos_token_id", json!(0));
            self.set("bos_token_id", json!(0));
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

    /// Holds that the experts are of a model's number.
    fn check_experts(&self) -> Result<(), ConfigError> {
        const MOST: usize = 4096;
        let Some(field) = self.architecture.experts() else {
            return Ok(());
        };
        if self.architecture == Qwen3Moe && cfg!(feature = "cuda") {
            let text =
                "builds with CUDA do not compute qwen3_moe: candle-transformers' kernels for it know no f32";
            return Err(ConfigError::Shape(text.into()));
        }
        let (experts, used) = (self.size(field)?, self.size("num_experts_per_tok")?);
        if experts > MOST || used > experts {
            return Err(ConfigError::Shape(format!(
                "{used} of {experts} experts cannot be asked"
            )));
        }
        if self.architecture != Mixtral {
            self.size("moe_intermediate_size")?;
            self.size("decoder_sparse_step")?;
        }
        Ok(())
    }

    /// Positions as transformers 5 writes them become the fields of transformers 4; what was done to them is refused.
    fn lift_rope(&mut self) -> Result<(), ConfigError> {
        let gemma3 = self.architecture == Gemma3;
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
        if let Some(number) = self.present("num_local_experts").cloned()
            && matches!(self.architecture, Qwen2Moe | Qwen3Moe)
            && self.present("num_experts").is_none()
        {
            // As transformers 5 calls it.
            self.set("num_experts", number);
        }
        let defaults = facts::defaults(self.architecture);
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
        if matches!(self.architecture, Qwen2Moe | Qwen3Moe) {
            // Not used: what would use it is refused.
            self.map.remove("sliding_window");
        }
        if self.architecture == Granite4
            && let Some(Value::Array(types)) = self.map.get_mut("layer_types")
        {
            // As transformers 5 calls them.
            for kind in types.iter_mut().filter(|kind| **kind == "full_attention") {
                *kind = json!("attention");
            }
        }
    }

    /// Fields that the library does not read, or does not read rightly.
    fn refuse_ignored(&self) -> Result<(), ConfigError> {
        let mut fixed = facts::fixed(self.architecture);
        if matches!(self.architecture, Gemma2 | Gemma3) {
            // Scores are divided by the root of the head's width, whatever the file says.
            let width = self.map.get("head_dim").cloned().unwrap_or_default();
            fixed.push(("query_pre_attn_scalar", width));
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
            let known = match self.architecture {
                Gemma2 | Gemma3 => kind == "full_attention" || kind == "sliding_attention",
                Granite4 => kind == "attention",
                _ => kind == "full_attention",
            };
            if !known {
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
