//! What GGUF calls a tensor and transformers calls it, and the order of rows that only GGUF has.
//!
//! llama.cpp turns pairs of neighbours where transformers turns pairs half a head apart; for the architectures of the
//! Llama line its converter reorders the rows of q and k so that both come to the same.

/// The names that transformers has for the tensor `name` of a GGUF file of this `general.architecture`: several where one
/// below the other they are one matrix there (Phi 3's, and the `experts` there are); none for those that are no weights
/// (`rope_freqs.weight`) or not of this decoder.
#[must_use]
pub fn hf_names(architecture: &str, name: &str, experts: usize) -> Vec<String> {
    if let Some((before, after)) = name.split_once("_exps.") {
        let one = hf_name(architecture, &format!("{before}.{after}"));
        let one = one.filter(|one| architecture == "qwen3moe" && one.contains(".mlp."));
        let numbered = |e| {
            one.as_ref()
                .map(|one| one.replace(".mlp.", &format!(".mlp.experts.{e}.")))
        };
        return (0..experts).filter_map(numbered).collect();
    }
    let stacked: &[&str] = match name.strip_prefix("blk.").and_then(|rest| rest.split_once('.')) {
        Some((_, "attn_qkv.weight")) if architecture == "phi3" => &["attn_q", "attn_k", "attn_v"],
        Some((_, "ffn_up.weight")) if architecture == "phi3" => &["ffn_gate", "ffn_up"],
        _ => return hf_name(architecture, name).into_iter().collect(),
    };
    let layer = name.split('.').nth(1).unwrap_or_default();
    let part = |part: &&str| hf_name(architecture, &format!("blk.{layer}.{part}.weight"));
    stacked.iter().filter_map(part).collect()
}

fn hf_name(architecture: &str, name: &str) -> Option<String> {
    match name {
        "token_embd.weight" => return Some("model.embed_tokens.weight".to_owned()),
        "output_norm.weight" => return Some("model.norm.weight".to_owned()),
        "output.weight" => return Some("lm_head.weight".to_owned()),
        _ => {}
    }
    let (layer, rest) = name.strip_prefix("blk.")?.split_once('.')?;
    let plain = layer.bytes().all(|b| b.is_ascii_digit()) && (layer == "0" || !layer.starts_with('0'));
    if layer.is_empty() || !plain {
        return None;
    }
    let (part, kind) = rest.rsplit_once('.')?;
    let norms_after = matches!(architecture, "gemma2" | "gemma3");
    let (part, has_bias) = match part {
        "attn_norm" => ("input_layernorm", false),
        "post_attention_norm" if norms_after => ("post_attention_layernorm", false),
        "ffn_norm" if norms_after => ("pre_feedforward_layernorm", false),
        "post_ffw_norm" if norms_after => ("post_feedforward_layernorm", false),
        "ffn_norm" => ("post_attention_layernorm", false),
        "attn_q" => ("self_attn.q_proj", true),
        "attn_k" => ("self_attn.k_proj", true),
        "attn_v" => ("self_attn.v_proj", true),
        "attn_output" => ("self_attn.o_proj", true),
        "ffn_gate_inp" if architecture == "qwen3moe" => ("mlp.gate", false),
        "attn_q_norm" => ("self_attn.q_norm", false),
        "attn_k_norm" => ("self_attn.k_norm", false),
        "ffn_gate" => ("mlp.gate_proj", true),
        "ffn_up" => ("mlp.up_proj", true),
        "ffn_down" => ("mlp.down_proj", true),
        _ => return None,
    };
    (kind == "weight" || kind == "bias" && has_bias).then(|| format!("model.layers.{layer}.{part}.{kind}"))
}

/// Whether files of this `general.architecture` hold the rows of q and k (weights and biases) in llama.cpp's order.
#[must_use]
pub fn is_permuted(architecture: &str) -> bool {
    matches!(architecture, "llama" | "smollm3")
}

/// The row of transformers that stands at `row` in a reordered tensor, with heads of `head_dim` rows.
#[must_use]
pub fn original_row(row: usize, head_dim: usize) -> usize {
    let half = (head_dim / 2).max(1);
    let (head, within) = (row / (2 * half), row % (2 * half));
    head * 2 * half + within % 2 * half + within / 2
}

/// The inverse of [`original_row`]: where a reordered tensor holds `row` of transformers.
#[must_use]
pub fn stored_row(row: usize, head_dim: usize) -> usize {
    let half = (head_dim / 2).max(1);
    let (head, within) = (row / (2 * half), row % (2 * half));
    head * 2 * half + within % half * 2 + within / half
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gguf::tests::{file, golden};
    use proptest::prelude::*;

    #[test]
    fn every_tensor_of_the_models_has_its_name() {
        for model in ["llama", "qwen2", "qwen3", "smollm3"] {
            let (gguf, _) = file(model);
            for tensor in gguf.tensors() {
                let known = hf_name(model, &tensor.name).is_some();
                assert_eq!(known, tensor.name != "rope_freqs.weight", "{}", tensor.name);
            }
        }
        let name = hf_name("qwen2", "blk.12.attn_q.bias").unwrap();
        assert_eq!(name, "model.layers.12.self_attn.q_proj.bias");
        for strange in [
            "blk..attn_q.weight",
            "blk.01.attn_q.weight",
            "blk.+1.attn_q.weight",
            "blk.0.attn_q",
            "blk.0.attn_norm.bias",
            "blk.0.attn_qkv.weight",
            "blk.0.ffn_gate_exps.weight",
            "output.bias",
        ] {
            assert_eq!(hf_name("llama", strange), None, "{strange}");
        }
    }

    #[test]
    fn rows_of_q_and_k_come_back_in_the_order_of_transformers() {
        for (model, permuted) in [
            ("llama", true),
            ("smollm3", true),
            ("qwen2", false),
            ("qwen3", false),
        ] {
            assert_eq!(is_permuted(model), permuted);
            let (gguf, data) = file(model);
            let mut checked = 0;
            for tensor in gguf.tensors() {
                let name = hf_name(model, &tensor.name).unwrap_or_default();
                let Some(right) = golden(&format!("{model}.json"))["first_column"]
                    .get(&name)
                    .cloned()
                else {
                    continue;
                };
                let right: Vec<f32> = serde_json::from_value(right).unwrap();
                let width = if tensor.shape.len() == 2 {
                    tensor.shape[1]
                } else {
                    1
                };
                let mut values = vec![0.0; right.len() * width];
                let blocks = &data[tensor.offset as usize..][..tensor.bytes as usize];
                tensor.encoding().unwrap().widen(blocks, &mut values);
                for (row, right) in right.into_iter().enumerate() {
                    let at = if permuted { stored_row(row, 8) } else { row };
                    assert_eq!(values[at * width], right, "{name} {row}");
                }
                checked += 1;
            }
            assert_eq!(checked, if model == "qwen2" { 4 } else { 2 }, "{model}");
        }
    }

    proptest! {
        #[test]
        fn the_two_orders_undo_each_other(row in 0_usize..10_000, half in 0_usize..100) {
            let dim = 2 * half;
            prop_assert_eq!(original_row(stored_row(row, dim), dim), row);
            prop_assert_eq!(stored_row(original_row(row, dim), dim), row);
            prop_assert_eq!(stored_row(row, dim) / dim.max(2), row / dim.max(2), "a row stays in its head");
        }
    }
}
