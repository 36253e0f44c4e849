//! Shapes, as transformers says them.

use super::*;
use serde_json::json;

fn tiny(arch: &str) -> Builder {
    let key = |rest: &str| format!("{arch}.{rest}");
    Builder::default()
        .text("general.architecture", arch)
        .u32(&key("context_length"), 512)
        .u32(&key("embedding_length"), 64)
        .u32(&key("block_count"), 1)
        .u32(&key("feed_forward_length"), 96)
        .u32(&key("attention.head_count"), 4)
        .f32(&key("attention.layer_norm_rms_epsilon"), 1e-5)
        .tensor("token_embd.weight", &[64, 100], 0)
        .tensor("output.weight", &[64, 100], 0)
}

fn config(builder: &Builder) -> Value {
    read(&builder.build()).unwrap().config_json().unwrap()
}

fn refusal(builder: &Builder) -> String {
    read(&builder.build())
        .unwrap()
        .config_json()
        .unwrap_err()
        .to_string()
}

#[test]
fn the_models_have_the_shape_that_transformers_gave_them() {
    for model in ["llama", "qwen2", "qwen3", "smollm3"] {
        let (gguf, _) = file(model);
        let config = gguf.config_json().unwrap();
        for (field, right) in golden(&format!("{model}.json"))["config"].as_object().unwrap() {
            assert_eq!(&config[field], right, "{model} {field}");
        }
        assert_eq!(config["rope_theta"], 5000.0);
        assert_eq!(config["attention_bias"], model == "qwen2");
        assert_eq!(gguf.rope_factors().is_some(), model == "llama");
    }
}

#[test]
fn what_is_not_said_has_the_usual_value() {
    let found = config(&tiny("llama"));
    for (field, right) in [
        ("num_key_value_heads", json!(4)),
        ("head_dim", json!(16)),
        ("rope_theta", json!(10_000.0)),
        ("rope_scaling", Value::Null),
        ("vocab_size", json!(100)),
        ("tie_word_embeddings", json!(false)),
        ("rms_norm_eps", json!(1e-5)),
        ("eos_token_id", json!([])),
        ("bos_token_id", Value::Null),
    ] {
        assert_eq!(found[field], right, "{field}");
    }
    assert_eq!(found.get("sliding_window"), None);
}

#[test]
fn stretched_positions_and_windows_are_passed_on() {
    let linear = tiny("llama").f32("llama.rope.scaling.factor", 4.0);
    let right = json!({"type": "linear", "rope_type": "linear", "factor": 4.0});
    assert_eq!(config(&linear)["rope_scaling"], right);
    assert_eq!(
        config(&tiny("llama").f32("llama.rope.scale_linear", 4.0))["rope_scaling"],
        right
    );
    assert_eq!(
        config(&linear.text("llama.rope.scaling.type", "none"))["rope_scaling"],
        Value::Null
    );
    let yarn = tiny("qwen2")
        .text("qwen2.rope.scaling.type", "yarn")
        .f32("qwen2.rope.scaling.factor", 4.0)
        .f32("qwen2.rope.scaling.yarn_beta_fast", 16.0);
    assert!(refusal(&yarn).contains("original_context_length"));
    let yarn = yarn.u32("qwen2.rope.scaling.original_context_length", 128);
    let right = json!({"type": "yarn", "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 128, "beta_fast": 16.0});
    assert_eq!(config(&yarn)["rope_scaling"], right);

    let mistral = config(&tiny("llama").u32("llama.attention.sliding_window", 4096));
    assert_eq!(
        (&mistral["model_type"], &mistral["sliding_window"]),
        (&json!("mistral"), &json!(4096))
    );
}

#[test]
fn counts_that_are_the_same_for_every_layer_are_one_count() {
    let same = tiny("llama").i32s("llama.attention.head_count_kv", &[2, 2, 2]);
    assert_eq!(config(&same)["num_key_value_heads"], 2);
    let error = refusal(&tiny("llama").i32s("llama.feed_forward_length", &[96, 64]));
    assert!(
        error.contains("feed_forward_length") && error.contains("layer to layer"),
        "{error}"
    );
}

#[test]
fn what_would_change_the_result_is_refused_by_name() {
    let llama = || tiny("llama");
    for (wrong, says) in [
        (tiny("mamba"), "mamba"),
        (
            llama().u32("llama.attention.sliding_window_pattern", 6),
            "llama.attention.sliding_window_pattern",
        ),
        (
            tiny("gemma3").f32("gemma3.embedding_scale", 2.0),
            "gemma3.embedding_scale",
        ),
        (
            tiny("phi3").f32("phi3.rope.scaling.attn_factor", 1.19),
            "phi3.rope.scaling.attn_factor",
        ),
        (llama().without("general.architecture"), "general.architecture"),
        (llama().u32("general.architecture", 1), "general.architecture"),
        (llama().text("general.type", "adapter"), "adapter"),
        (llama().u32("split.count", 3), "3 files of a split model"),
        (llama().u32("llama.expert_count", 8), "llama.expert_count"),
        (
            llama().flag("llama.attention.causal", false),
            "llama.attention.causal",
        ),
        (
            llama().u32("llama.rope.dimension_count", 8),
            "llama.rope.dimension_count",
        ),
        (
            llama().u32("llama.attention.value_length", 8),
            "llama.attention.value_length",
        ),
        (llama().f32("llama.attention.scale", 0.5), "llama.attention.scale"),
        (llama().f32("llama.logit_scale", 0.5), "llama.logit_scale"),
        (
            llama().f32("llama.embedding_scale", 12.0),
            "llama.embedding_scale` is 12",
        ),
        (llama().text("llama.rope.scaling.type", "longrope"), "longrope"),
        (
            llama().f32("llama.rope.scaling.attn_factor", 1.2),
            "llama.rope.scaling.attn_factor",
        ),
        (llama().f32("llama.rope.freq_base", -1.0), "llama.rope.freq_base"),
        (
            llama().f32("llama.rope.freq_base", f32::NAN),
            "llama.rope.freq_base",
        ),
        (llama().without("llama.block_count"), "llama.block_count"),
        (
            llama().u32("llama.attention.head_count", 0),
            "llama.attention.head_count",
        ),
        (
            llama().text("llama.embedding_length", "wide"),
            "llama.embedding_length",
        ),
        (
            tiny("qwen3").u32("qwen3.attention.sliding_window", 4096),
            "qwen3.attention.sliding_window",
        ),
        (
            tiny("smollm3").u32("smollm3.block_count", u32::MAX),
            "4294967295 layers",
        ),
    ] {
        let error = refusal(&wrong);
        assert!(error.contains(says), "{says}: {error}");
    }
    assert!(config(&llama().u32("llama.expert_count", 0).u32("llama.pooling_type", 0)).is_object());
    assert!(
        config(&llama().u32("mistral.expert_count", 8)).is_object(),
        "another architecture's"
    );
}
