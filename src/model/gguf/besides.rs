//! What some architectures do besides what the Llamas do: of Gemma the file says a part and llama.cpp's code the rest, of
//! Qwen 3 with experts it says how many.
//!
//! Gemma's `config.json` is read for candle-transformers only ([`crate::model::foreign`]); that library's own reader of
//! these files takes SiLU for GELU and has no windows behind the first step, and what it has for experts needs CUDA.

use super::{Gguf, GgufError, config::Shape};
use crate::model::{
    Config,
    config::{Experts, Family, Gemma},
};

/// Keys below the architecture that are read here.
pub(super) fn reads(architecture: &str, rest: &str) -> bool {
    match architecture {
        "gemma" | "gemma2" | "gemma3" => matches!(
            rest,
            "attn_logit_softcapping"
                | "final_logit_softcapping"
                | "rope.freq_base_swa"
                | "attention.sliding_window_pattern"
        ),
        "qwen3moe" => rest == "expert_feed_forward_length",
        _ => false,
    }
}

/// Adds it to the shape that the architecture has in common with the others.
///
/// # Errors
/// [`GgufError`] names the field.
pub(super) fn add(gguf: &Gguf, config: &mut Config) -> Result<(), GgufError> {
    let shape = Shape::new(gguf)?;
    match shape.arch {
        "phi3" => config.family = Family::Phi3,
        "qwen3moe" => {
            config.family = Family::Qwen3Moe;
            config.experts = Some(experts(gguf, &shape, config)?);
        }
        "gemma" | "gemma2" | "gemma3" => add_gemma(&shape, config)?,
        _ => {}
    }
    Ok(())
}

fn experts(gguf: &Gguf, shape: &Shape<'_>, config: &Config) -> Result<Experts, GgufError> {
    let experts = Experts {
        count: shape.size("expert_count")?,
        used: shape.size("expert_used_count")?,
        width: shape.size("expert_feed_forward_length")?,
    };
    // Names are made of these before anything is compared with the tensors.
    const MOST: usize = 1024;
    let layers = config.num_hidden_layers;
    if experts.used > experts.count || experts.count > MOST || layers > gguf.tensors.len().min(MOST) {
        return Err(GgufError::Damaged(format!(
            "it says that it asks {} of {} experts in {layers} layers",
            experts.used, experts.count
        )));
    }
    Ok(experts)
}

fn add_gemma(shape: &Shape<'_>, config: &mut Config) -> Result<(), GgufError> {
    let cap = |key: &str| match shape.number(key)?.map(|cap| cap as f32) {
        // Positive as it stands in the file, and no longer so in f32.
        Some(cap) if !cap.is_normal() => Err(GgufError::field(&shape.key(key), "a positive number")),
        cap => Ok(cap),
    };
    // llama.cpp knows the largest by its depth, and divides there by the width of a head as others have it.
    let deepest = |layers: usize| {
        let width = config.hidden_size as f64 / config.num_attention_heads as f64;
        (config.num_hidden_layers == layers).then_some(width)
    };
    // How far layers look back, and every how many one sees everything.
    let (window, period) = ("attention.sliding_window", "attention.sliding_window_pattern");
    let windows = |window: usize, usual: usize| {
        let period = shape.optional(period)?.unwrap_or(usual);
        let slides = |layer: usize| !layer.is_multiple_of(period);
        let layers = 1..=config.num_hidden_layers;
        Ok::<_, GgufError>(layers.map(|layer| slides(layer).then_some(window)).collect())
    };
    let (family, gemma, windows) = match shape.arch {
        "gemma" => (Family::Gemma, Gemma::default(), Vec::new()),
        "gemma2" => {
            let gemma = Gemma {
                post_norms: true,
                query_scalar: deepest(46),
                score_cap: Some(cap("attn_logit_softcapping")?.unwrap_or(50.0)),
                logit_cap: Some(cap("final_logit_softcapping")?.unwrap_or(30.0)),
                local_rope_theta: None,
            };
            let window = shape.optional(window)?.unwrap_or(4096);
            (Family::Gemma2, gemma, windows(window, 2)?)
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
            (Family::Gemma3, gemma, windows(shape.size(window)?, 6)?)
        }
    };
    config.family = family;
    config.windows = windows;
    config.gemma = Some(gemma);
    Ok(())
}
