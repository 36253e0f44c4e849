//! The Gemma line in GGUF files: what it does besides, of which the file says a part and llama.cpp's code the rest.
//!
//! Its `config.json` is read for candle-transformers only ([`crate::model::foreign`]); that library's own reader of these
//! files takes SiLU for GELU and has no windows behind the first step.

use super::{Gguf, GgufError, config::Shape};
use crate::model::{
    Config,
    config::{Family, Gemma},
};

/// Keys below the architecture that are read here.
pub(super) const READ: [&str; 5] = [
    "attn_logit_softcapping",
    "final_logit_softcapping",
    "rope.freq_base_swa",
    "attention.sliding_window",
    "attention.sliding_window_pattern",
];

/// Whether this is one of its architectures.
pub(super) fn is_one(architecture: &str) -> bool {
    matches!(architecture, "gemma" | "gemma2" | "gemma3")
}

/// Adds what Gemma does to the shape that it has in common with the others.
///
/// # Errors
/// [`GgufError`] names the field.
pub(super) fn add(gguf: &Gguf, config: &mut Config) -> Result<(), GgufError> {
    let shape = Shape::new(gguf)?;
    let cap = |key: &str| Ok::<_, GgufError>(shape.number(key)?.map(|cap| cap as f32));
    // llama.cpp knows the largest by its depth, and divides there by the width of a head as others have it.
    let deepest = |layers: usize| {
        let width = config.hidden_size as f64 / config.num_attention_heads as f64;
        (config.num_hidden_layers == layers).then_some(width)
    };
    // Every how many layers one sees everything.
    let period = |usual: usize| {
        let key = "attention.sliding_window_pattern";
        Ok::<_, GgufError>(shape.optional(key)?.unwrap_or(usual))
    };
    let (family, gemma, period) = match shape.arch {
        "gemma" => (Family::Gemma, Gemma::default(), None),
        "gemma2" => {
            let gemma = Gemma {
                post_norms: true,
                query_scalar: deepest(46),
                score_cap: Some(cap("attn_logit_softcapping")?.unwrap_or(50.0)),
                logit_cap: Some(cap("final_logit_softcapping")?.unwrap_or(30.0)),
                local_rope_theta: None,
            };
            (Family::Gemma2, gemma, Some(period(2)?))
        }
        _ => {
            shape.refuse_unless("attn_logit_softcapping", 0.0)?;
            let gemma = Gemma {
                post_norms: true,
                query_scalar: deepest(62),
                score_cap: None,
                logit_cap: cap("final_logit_softcapping")?,
                local_rope_theta: Some(shape.number("rope.freq_base_swa")?.unwrap_or(10_000.0)),
            };
            (Family::Gemma3, gemma, Some(period(6)?))
        }
    };
    config.family = family;
    if let (Some(period), Some(window)) = (period, shape.optional("attention.sliding_window")?) {
        let layers = 1..=config.num_hidden_layers;
        config.windows = layers
            .map(|layer| (!layer.is_multiple_of(period)).then_some(window))
            .collect();
    }
    config.gemma = Some(gemma);
    Ok(())
}
