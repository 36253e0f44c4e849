//! Which tensors a decoder has, by their Hugging Face names.

use super::Config;
use std::collections::BTreeSet;

/// Name and shape of every tensor of a decoder, in the order of computation: embedding, layers, norm, head.
#[must_use]
pub fn expected(config: &Config) -> Vec<(String, Vec<usize>)> {
    let mut all = vec![(
        "model.embed_tokens.weight".to_owned(),
        vec![config.vocab_size, config.hidden_size],
    )];
    for layer in 0..config.num_hidden_layers {
        let parts = layer_tensors(config).into_iter();
        all.extend(parts.map(|(part, shape)| (format!("model.layers.{layer}.{part}"), shape)));
    }
    all.push(("model.norm.weight".into(), vec![config.hidden_size]));
    if !config.tie_word_embeddings {
        all.push((
            "lm_head.weight".into(),
            vec![config.vocab_size, config.hidden_size],
        ));
    }
    all
}

/// The tensors of one layer, in the order of computation.
fn layer_tensors(config: &Config) -> Vec<(String, Vec<usize>)> {
    let (d, h) = (config.hidden_size, config.head_dim);
    let (queries, keys) = (config.query_width(), config.key_width());
    let (qkv, out, norm) = (config.qkv_bias, config.attention_out_bias, config.qk_norm);
    let post_norms = config.gemma.as_ref().is_some_and(|gemma| gemma.post_norms);
    let all = [
        (true, "input_layernorm.weight", vec![d]),
        (true, "self_attn.q_proj.weight", vec![queries, d]),
        (qkv, "self_attn.q_proj.bias", vec![queries]),
        (true, "self_attn.k_proj.weight", vec![keys, d]),
        (qkv, "self_attn.k_proj.bias", vec![keys]),
        (true, "self_attn.v_proj.weight", vec![keys, d]),
        (qkv, "self_attn.v_proj.bias", vec![keys]),
        (norm, "self_attn.q_norm.weight", vec![h]),
        (norm, "self_attn.k_norm.weight", vec![h]),
        (true, "self_attn.o_proj.weight", vec![d, queries]),
        (out, "self_attn.o_proj.bias", vec![d]),
        (true, "post_attention_layernorm.weight", vec![d]),
        (post_norms, "pre_feedforward_layernorm.weight", vec![d]),
        (post_norms, "post_feedforward_layernorm.weight", vec![d]),
    ];
    let there = all.into_iter().filter(|(there, ..)| *there);
    let mut all: Vec<_> = there.map(|(_, name, shape)| (name.to_owned(), shape)).collect();
    match &config.experts {
        None => all.extend(gated("mlp", d, config.intermediate_size, config.mlp_bias)),
        Some(experts) => {
            all.push(("mlp.gate.weight".into(), vec![experts.count, d]));
            for expert in 0..experts.count {
                all.extend(gated(
                    &format!("mlp.experts.{expert}"),
                    d,
                    experts.width,
                    config.mlp_bias,
                ));
            }
        }
    }
    all
}

/// The projections of layer `layer` to queries, keys and values, with the outputs of each.
#[must_use]
pub fn qkv(config: &Config, layer: usize) -> [(String, usize); 3] {
    let (queries, keys) = (config.query_width(), config.key_width());
    [("q", queries), ("k", keys), ("v", keys)]
        .map(|(part, outputs)| (format!("model.layers.{layer}.self_attn.{part}_proj"), outputs))
}

/// The tensors of a gated projection of width `f`.
fn gated(name: &str, d: usize, f: usize, biased: bool) -> Vec<(String, Vec<usize>)> {
    let mut all = Vec::new();
    for (part, outputs, inputs) in [("gate", f, d), ("up", f, d), ("down", d, f)] {
        all.push((format!("{name}.{part}_proj.weight"), vec![outputs, inputs]));
        if biased {
            all.push((format!("{name}.{part}_proj.bias"), vec![outputs]));
        }
    }
    all
}

/// The first of `names` that this decoder has no place for: it would be ignored, and the result be another model's.
#[must_use]
pub fn extra(config: &Config, names: &[String]) -> Option<String> {
    let expected: BTreeSet<String> = expected(config).into_iter().map(|(name, _)| name).collect();
    let stray = |name: &&String| !expected.contains(*name) && !is_idle(config, name);
    names.iter().find(stray).cloned()
}

/// Whether a file may hold tensor `name` although nobody asks for it: buffers that old checkpoints kept, and a copy of
/// the embedding table where it is the head.
#[must_use]
pub fn is_idle(config: &Config, name: &str) -> bool {
    name.ends_with(".rotary_emb.inv_freq") || (config.tie_word_embeddings && name == "lm_head.weight")
}
