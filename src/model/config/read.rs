//! `config.json` to a [`Config`], as transformers 4 and 5 write it.

use super::{Config, ConfigError, Family};
use crate::model::rope::{Scaling, yarn_sharpness};
use serde_json::{Map, Value};

/// Ten times what the deepest published model has; lists of layers are made before everything is checked.
const MOST_LAYERS: usize = 4096;

/// Reads all fields; whether they fit each other is looked at afterwards.
pub(super) fn read(map: &Map<String, Value>) -> Result<Config, ConfigError> {
    let family = family(map)?;
    refuse_unsupported(map)?;
    let hidden_size = size(map, "hidden_size")?;
    let num_attention_heads = size(map, "num_attention_heads")?;
    let num_hidden_layers = size(map, "num_hidden_layers")?;
    if num_hidden_layers > MOST_LAYERS {
        return Err(ConfigError::Shape(format!(
            "num_hidden_layers {num_hidden_layers} is more than any model has; is this the right file?"
        )));
    }
    let max_position_embeddings = size(map, "max_position_embeddings")?;
    let parameters = present(map, "rope_parameters").and_then(Value::as_object);
    let theta = parameters
        .and_then(|r| r.get("rope_theta"))
        .or_else(|| map.get("rope_theta"));
    // What the family's attention has, whatever the file says of it.
    let bias = match family {
        Family::Mistral | Family::Qwen2 => false,
        _ => flag(map, "attention_bias"),
    };
    Ok(Config {
        family,
        vocab_size: size(map, "vocab_size")?,
        hidden_size,
        intermediate_size: size(map, "intermediate_size")?,
        num_hidden_layers,
        num_attention_heads,
        num_key_value_heads: optional_size(map, "num_key_value_heads")?.unwrap_or(num_attention_heads),
        head_dim: optional_size(map, "head_dim")?.unwrap_or(match family {
            Family::Qwen3 => 128,
            _ => hidden_size / num_attention_heads.max(1),
        }),
        max_position_embeddings,
        rope_theta: number(theta, "rope_theta", default_theta(family))?,
        rope_scaling: scaling(map, max_position_embeddings)?,
        layers_without_rope: layers_without_rope(map, family, num_hidden_layers)?,
        windows: windows(map, family, num_hidden_layers)?,
        experts: None,
        gemma: None,
        qkv_bias: bias || family == Family::Qwen2,
        attention_out_bias: bias,
        mlp_bias: matches!(family, Family::Llama | Family::SmolLm3) && flag(map, "mlp_bias"),
        qk_norm: family == Family::Qwen3,
        rms_norm_eps: number(map.get("rms_norm_eps"), "rms_norm_eps", 1e-6)?,
        tie_word_embeddings: match present(map, "tie_word_embeddings") {
            None => family == Family::SmolLm3,
            Some(_) => flag(map, "tie_word_embeddings"),
        },
        eos_token_ids: tokens(map.get("eos_token_id"), "eos_token_id")?,
        bos_token_id: tokens(map.get("bos_token_id"), "bos_token_id")?.first().copied(),
    })
}

fn family(map: &Map<String, Value>) -> Result<Family, ConfigError> {
    let Some(kind) = present(map, "model_type") else {
        return Ok(Family::Llama);
    };
    let known = Family::ALL.into_iter().find(|family| kind == family.model_type());
    known.ok_or_else(|| refusal("model_type", kind))
}

/// What transformers takes when the file does not say.
fn default_theta(family: Family) -> f64 {
    if family == Family::SmolLm3 {
        2_000_000.0
    } else {
        10_000.0
    }
}

fn refusal(field: &str, value: &Value) -> ConfigError {
    ConfigError::Unsupported {
        field: field.into(),
        value: value.to_string(),
    }
}

/// Fields of other decoders that would change the result.
fn refuse_unsupported(map: &Map<String, Value>) -> Result<(), ConfigError> {
    // What each has to be, where it stands at all.
    let fixed = [
        ("hidden_act", Value::from("silu")),
        ("partial_rotary_factor", Value::from(1.0)),
        ("rope_interleaved", Value::from(false)),
        ("attn_logit_softcapping", Value::Null),
        ("final_logit_softcapping", Value::Null),
        ("quantization_config", Value::Null),
        ("num_experts", Value::Null),
        ("num_local_experts", Value::Null),
    ];
    for (field, wanted) in fixed {
        let same = |value: &Value| match wanted.as_f64() {
            Some(wanted) => value.as_f64() == Some(wanted),
            None => *value == wanted,
        };
        if let Some(value) = present(map, field).filter(|value| !same(value)) {
            return Err(refusal(field, value));
        }
    }
    Ok(())
}

fn scaling(map: &Map<String, Value>, positions: usize) -> Result<Scaling, ConfigError> {
    let Some((field, value)) = ["rope_parameters", "rope_scaling"]
        .into_iter()
        .find_map(|field| Some((field, present(map, field)?)))
    else {
        return Ok(Scaling::None);
    };
    let kind = value
        .get("rope_type")
        .or_else(|| value.get("type"))
        .and_then(Value::as_str);
    let get = |name: &'static str| number(Some(value.get(name).unwrap_or(&Value::Bool(false))), name, 0.0);
    let or = |name: &'static str, default: f64| number(value.get(name), name, default);
    let named = |error: ConfigError| match error {
        ConfigError::Field(..) => refusal(field, value),
        other => other,
    };
    let read = || {
        Ok(match kind {
            Some("default") => Scaling::None,
            None if field == "rope_parameters" => Scaling::None,
            Some("linear") => Scaling::Linear {
                factor: get("factor")?,
            },
            Some("llama3") => Scaling::Llama3 {
                factor: get("factor")?,
                low: get("low_freq_factor")?,
                high: get("high_freq_factor")?,
                original: get("original_max_position_embeddings")?,
            },
            Some("yarn") => {
                let factor = get("factor")?;
                let own = match (value.get("mscale"), value.get("mscale_all_dim")) {
                    (Some(_), Some(_)) => {
                        yarn_sharpness(factor, or("mscale", 1.0)?)
                            / yarn_sharpness(factor, or("mscale_all_dim", 1.0)?)
                    }
                    _ => yarn_sharpness(factor, 1.0),
                };
                Scaling::Yarn {
                    factor,
                    fast: or("beta_fast", 32.0)?,
                    slow: or("beta_slow", 1.0)?,
                    original: or("original_max_position_embeddings", positions as f64)?,
                    sharpness: or("attention_factor", own)?,
                    truncate: value.get("truncate").and_then(Value::as_bool).unwrap_or(true),
                }
            }
            _ => return Err(refusal(field, value)),
        })
    };
    read().map_err(named)
}

fn layers_without_rope(
    map: &Map<String, Value>,
    family: Family,
    layers: usize,
) -> Result<Vec<bool>, ConfigError> {
    if family != Family::SmolLm3 {
        return Ok(Vec::new());
    }
    const FIELD: &str = "no_rope_layers";
    let mistake = ConfigError::Field(FIELD, "a list of 0 and 1");
    match present(map, FIELD) {
        None => {
            let interval = optional_size(map, "no_rope_layer_interval")?.unwrap_or(4);
            Ok((1..=layers).map(|layer| layer.is_multiple_of(interval)).collect())
        }
        // The list says, despite its name, who has rotary positions.
        Some(list) => {
            let list = list.as_array().ok_or(mistake)?;
            let one = |value: &Value| match value.as_u64() {
                Some(n @ (0 | 1)) => Ok(n == 0),
                _ => Err(ConfigError::Field(FIELD, "a list of 0 and 1")),
            };
            list.iter().map(one).collect()
        }
    }
}

fn windows(
    map: &Map<String, Value>,
    family: Family,
    layers: usize,
) -> Result<Vec<Option<usize>>, ConfigError> {
    let types = present(map, "layer_types").and_then(Value::as_array);
    for kind in types.into_iter().flatten() {
        if kind != "full_attention" && kind != "sliding_attention" {
            return Err(refusal("layer_types", kind));
        }
    }
    // Llama's attention has no window, whatever the file says.
    let switched = match family {
        Family::Llama => false,
        Family::Mistral => true,
        _ => flag(map, "use_sliding_window"),
    };
    let window = match map.get("sliding_window") {
        // What transformers takes when the file is silent; null means none.
        None if family != Family::SmolLm3 => Some(4096),
        _ => optional_size(map, "sliding_window")?,
    };
    let Some(window) = window.filter(|_| switched) else {
        return Ok(Vec::new());
    };
    let slides = |layer: usize| match (types, family) {
        (Some(types), _) => types.get(layer).is_some_and(|kind| kind == "sliding_attention"),
        (None, Family::Mistral) => true,
        (None, Family::SmolLm3) => {
            // As transformers derives it: the layers without rotary positions see everything.
            layers_without_rope(map, family, layers)
                .is_ok_and(|none| !none.get(layer).copied().unwrap_or(false))
        }
        (None, _) => {
            let first = map.get("max_window_layers").and_then(Value::as_u64).unwrap_or(28);
            layer as u64 >= first
        }
    };
    let all: Vec<Option<usize>> = (0..layers).map(|layer| slides(layer).then_some(window)).collect();
    Ok(if all.iter().all(Option::is_none) {
        Vec::new()
    } else {
        all
    })
}

fn present<'a>(map: &'a Map<String, Value>, field: &str) -> Option<&'a Value> {
    map.get(field).filter(|value| !value.is_null())
}

fn flag(map: &Map<String, Value>, field: &str) -> bool {
    map.get(field).and_then(Value::as_bool).unwrap_or(false)
}

fn size(map: &Map<String, Value>, field: &'static str) -> Result<usize, ConfigError> {
    optional_size(map, field)?.ok_or(ConfigError::Field(field, "a positive integer"))
}

fn optional_size(map: &Map<String, Value>, field: &'static str) -> Result<Option<usize>, ConfigError> {
    match present(map, field) {
        None => Ok(None),
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
