//! Every architecture that is offered gives the numbers of transformers, and no sequence disturbs another one.

use super::*;
use crate::model::{
    Shards,
    config::ConfigError,
    parity::{Reference, data, most_likely, worst},
};
use serde_json::{Value, json};
use std::fs;

const NAMES: [&str; 15] = [
    "gemma",
    "gemma2",
    "gemma3",
    "phi",
    "phi3",
    "olmo",
    "olmo2",
    "glm4",
    "starcoder2",
    "helium",
    "granite",
    "granite4",
    "mixtral",
    "qwen2_moe",
    "qwen3_moe",
];

fn config(name: &str, file: &str) -> Value {
    let text = fs::read(data("foreign").join(name).join(file)).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn load(name: &str, file: &str) -> Foreign {
    let config = ForeignConfig::from_json(&config(name, file).to_string()).unwrap();
    Foreign::new(
        &config,
        &Shards::open(&data("foreign").join(name)).unwrap(),
        &Device::Cpu,
    )
    .unwrap()
}

fn reference(name: &str) -> Reference {
    Reference::read(&data("foreign").join(name).join("reference.safetensors"))
}

fn rows(slot: usize, tokens: &[u32], want_logits: bool) -> Vec<Row> {
    let row = |&token| Row {
        slot,
        token,
        want_logits,
    };
    tokens.iter().map(row).collect()
}

fn read(foreign: &Foreign, cache: &mut Cache, rows: &[Row]) -> Vec<f32> {
    let mut logits = Vec::new();
    foreign.step(rows, cache, &mut logits).unwrap();
    logits
}

#[test]
fn every_architecture_gives_the_logits_and_the_text_of_transformers() {
    for name in NAMES {
        let reference = reference(name);
        // As transformers 5 writes it, and as files on the hub have it.
        for file in ["config.json", "config.v4.json"] {
            let foreign = load(name, file);
            let tokens = reference.integers("tokens");
            let mut cache = foreign.cache();
            let slot = cache.open();
            let mut logits = read(&foreign, &mut cache, &rows(slot, &tokens, true));
            let worst = worst(&logits, &reference.numbers("logits"));
            assert!(worst < 1e-4, "{name} {file}: {worst}");
            let mut greedy = Vec::new();
            for _ in 0..64 {
                let last = &logits[logits.len() - foreign.config().vocab_size..];
                greedy.push(most_likely(last));
                logits = read(
                    &foreign,
                    &mut cache,
                    &rows(slot, &greedy[greedy.len() - 1..], true),
                );
            }
            assert_eq!(greedy, reference.integers("greedy"), "{name} {file}");
        }
    }
}

#[test]
fn a_prompt_read_in_pieces_beside_others_gives_the_same() {
    for name in NAMES {
        let (foreign, reference) = (load(name, "config.json"), reference(name));
        let tokens = reference.integers("tokens");
        let vocab = foreign.config().vocab_size;
        let mut cache = foreign.cache();
        let (slot, other) = (cache.open(), cache.open());
        for piece in tokens[..tokens.len() - 1].chunks(11) {
            let mut step = rows(slot, piece, false);
            step.insert(
                1,
                Row {
                    slot: other,
                    token: 7,
                    want_logits: true,
                },
            );
            assert_eq!(read(&foreign, &mut cache, &step).len(), vocab);
        }
        let last = read(
            &foreign,
            &mut cache,
            &rows(slot, &tokens[tokens.len() - 1..], true),
        );
        let wanted = reference.numbers("logits");
        let worst = worst(&last, &wanted[wanted.len() - vocab..]);
        assert!(worst < 1e-4, "{name}: {worst}");
    }
}

#[test]
fn forks_and_their_trunk_go_their_own_ways() {
    for name in NAMES {
        let foreign = load(name, "config.json");
        let text = reference(name).integers("tokens");
        let (text, one, two) = (&text[..20], &text[20..34], &text[34..48]);
        let alone = |at: usize, more: &[u32]| {
            let mut cache = foreign.cache();
            let slot = cache.open();
            read(&foreign, &mut cache, &rows(slot, &text[..at], true));
            read(&foreign, &mut cache, &rows(slot, more, true))
        };
        let mut cache = foreign.cache();
        for at in [20, 16, 1] {
            let trunk = cache.open();
            read(&foreign, &mut cache, &rows(trunk, text, true));
            let (left, right) = (cache.fork(trunk, at), cache.fork(trunk, at));
            assert_eq!(cache.len(left), at);
            // Turn by turn, so that a shared table would be written over.
            let (mut lefts, mut rights) = (Vec::new(), Vec::new());
            for (a, b) in one.iter().zip(two) {
                lefts.extend(read(&foreign, &mut cache, &rows(left, &[*a], true)));
                rights.extend(read(&foreign, &mut cache, &rows(right, &[*b], true)));
            }
            cache.truncate(trunk, at);
            let trunks = read(&foreign, &mut cache, &rows(trunk, two, true));
            for (what, got, wanted) in [
                ("left", lefts, alone(at, one)),
                ("right", rights, alone(at, two)),
                ("trunk", trunks, alone(at, two)),
            ] {
                let worst = worst(&got, &wanted);
                assert!(worst < 1e-4, "{name} at {at}: {what}: {worst}");
            }
            for slot in [trunk, left, right] {
                cache.close(slot);
            }
            assert_eq!(cache.bytes(), 0, "memory is given back");
        }
    }
}

#[test]
fn what_the_library_ignores_is_refused_by_name() {
    let longrope = json!({"type": "longrope", "short_factor": [1.0], "long_factor": [2.0]});
    for (name, field, value) in [
        ("gemma", "quantization_config", json!({"quant_method": "awq"})),
        ("gemma", "tie_word_embeddings", json!(false)),
        (
            "gemma",
            "rope_scaling",
            json!({"rope_type": "linear", "factor": 8.0}),
        ),
        ("gemma2", "query_pre_attn_scalar", json!(144)),
        (
            "gemma3",
            "rope_scaling",
            json!({"rope_type": "linear", "factor": 8.0}),
        ),
        ("gemma3", "use_bidirectional_attention", json!(true)),
        (
            "gemma3",
            "layer_types",
            json!(["full_attention", "sliding_attention"]),
        ),
        ("phi", "qk_layernorm", json!(true)),
        ("phi", "tie_word_embeddings", json!(true)),
        ("phi3", "rope_scaling", longrope),
        (
            "phi3",
            "rope_parameters",
            json!({"rope_type": "yarn", "rope_theta": 1e4}),
        ),
        ("olmo2", "clip_qkv", json!(8.0)),
        ("glm4", "sliding_window", json!(64)),
        ("starcoder2", "norm_type", json!("rms_norm")),
        ("starcoder2", "tie_word_embeddings", json!(false)),
        ("helium", "attention_bias", json!(true)),
        ("granite", "mlp_bias", json!(true)),
        ("granite", "hidden_act", json!("gelu")),
        ("granite", "tie_word_embeddings", json!(false)),
        ("granite4", "position_embedding_type", json!("nope")),
        ("granite4", "layer_types", json!(["mamba", "attention"])),
        ("granite4", "num_local_experts", json!(4)),
        ("mixtral", "tie_word_embeddings", json!(true)),
        ("qwen2_moe", "qkv_bias", json!(false)),
        ("qwen3_moe", "mlp_only_layers", json!([0])),
        ("qwen3_moe", "use_sliding_window", json!(true)),
        (
            "olmo2",
            "layer_types",
            json!(["sliding_attention", "full_attention"]),
        ),
        ("olmo2", "model_type", json!("olmo3")),
    ] {
        let mut json = config(name, "config.json");
        json[field] = value;
        let error = ForeignConfig::from_json(&json.to_string())
            .unwrap_err()
            .to_string();
        assert!(error.contains(field), "{name} {field}: {error}");
    }
}

#[test]
fn sizes_that_make_no_sense_are_sentences() {
    for name in NAMES {
        for (field, value) in [
            ("vocab_size", Value::Null),
            ("num_attention_heads", json!(0)),
            ("num_key_value_heads", json!(3)),
            ("num_hidden_layers", json!(1_u64 << 40)),
            ("head_dim", json!(7)),
            ("head_dim", json!(1 << 20)),
            ("partial_rotary_factor", json!(1e300)),
            ("hidden_size", json!("wide")),
            ("rope_theta", json!("far")),
        ] {
            let mut json = config(name, "config.v4.json");
            json[field] = value;
            let read = ForeignConfig::from_json(&json.to_string());
            let refused = match read {
                Err(_) => true,
                // What the library itself reads is refused by it.
                Ok(config) => {
                    let shards = Shards::open(&data("foreign").join(name)).unwrap();
                    Foreign::new(&config, &shards, &Device::Cpu).is_err()
                }
            };
            assert!(refused, "{name} {field}");
        }
    }
    assert!(matches!(
        ForeignConfig::from_json("[]"),
        Err(ConfigError::NotJson(_))
    ));
}

/// Configurations as their makers published them.
#[test]
fn the_configurations_people_have_are_read_or_refused_for_a_reason() {
    let gemma = json!({"model_type": "gemma", "attention_bias": false, "bos_token_id": 2, "eos_token_id": 1, "head_dim": 256,
        "hidden_act": "gelu", "hidden_activation": null, "hidden_size": 2048, "intermediate_size": 16384,
        "max_position_embeddings": 8192, "num_attention_heads": 8, "num_hidden_layers": 18, "num_key_value_heads": 1,
        "rms_norm_eps": 1e-06, "rope_scaling": null, "rope_theta": 10000.0, "vocab_size": 256_000});
    let gemma2 = json!({"model_type": "gemma2", "attention_bias": false, "attn_logit_softcapping": 50.0, "eos_token_id": [1, 107],
        "cache_implementation": "hybrid", "final_logit_softcapping": 30.0, "head_dim": 256, "hidden_act": "gelu_pytorch_tanh",
        "hidden_activation": "gelu_pytorch_tanh", "hidden_size": 2304, "intermediate_size": 9216,
        "max_position_embeddings": 8192, "num_attention_heads": 8, "num_hidden_layers": 26, "num_key_value_heads": 4,
        "query_pre_attn_scalar": 256, "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "sliding_window": 4096,
        "vocab_size": 256_000});
    let mut gemma2_27b = gemma2.clone();
    (gemma2_27b["query_pre_attn_scalar"], gemma2_27b["head_dim"]) = (json!(144), json!(128));
    let gemma3 = json!({"model_type": "gemma3_text", "attention_bias": false, "attn_logit_softcapping": null,
        "eos_token_id": [1, 106], "final_logit_softcapping": null, "head_dim": 256, "hidden_activation": "gelu_pytorch_tanh",
        "hidden_size": 1152, "intermediate_size": 6912, "max_position_embeddings": 32768, "num_attention_heads": 4,
        "num_hidden_layers": 26, "num_key_value_heads": 1, "query_pre_attn_scalar": 256, "rms_norm_eps": 1e-06,
        "rope_local_base_freq": 10000, "rope_scaling": null, "rope_theta": 1_000_000, "sliding_window": 512,
        "sliding_window_pattern": 6, "vocab_size": 262_144});
    let phi2 = json!({"model_type": "phi", "bos_token_id": 50256, "eos_token_id": 50256, "hidden_act": "gelu_new",
        "hidden_size": 2560, "intermediate_size": 10240, "layer_norm_eps": 1e-05, "max_position_embeddings": 2048,
        "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 32, "partial_rotary_factor": 0.4,
        "qk_layernorm": false, "rope_scaling": null, "rope_theta": 10000.0, "tie_word_embeddings": false, "vocab_size": 51200});
    let phi3 = json!({"model_type": "phi3", "attention_bias": false, "bos_token_id": 1, "eos_token_id": 32000,
        "hidden_act": "silu", "hidden_size": 3072, "intermediate_size": 8192, "max_position_embeddings": 4096,
        "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 32, "original_max_position_embeddings": 4096,
        "rms_norm_eps": 1e-05, "rope_scaling": null, "rope_theta": 10000.0, "sliding_window": 2047,
        "tie_word_embeddings": false, "vocab_size": 32064});
    let mut phi4_mini = phi3.clone();
    phi4_mini["rope_scaling"] = json!({"type": "longrope", "short_factor": [1.0], "long_factor": [1.1]});
    let olmo2 = json!({"model_type": "olmo2", "attention_bias": false, "eos_token_id": 100_257, "hidden_act": "silu",
        "hidden_size": 2048, "intermediate_size": 8192, "max_position_embeddings": 4096, "num_attention_heads": 16,
        "num_hidden_layers": 16, "num_key_value_heads": 16, "rms_norm_eps": 1e-06, "rope_scaling": null,
        "rope_theta": 500_000, "tie_word_embeddings": false, "vocab_size": 100_352});
    let granite = json!({"model_type": "granite", "attention_bias": false, "attention_multiplier": 0.015625, "bos_token_id": 0,
        "embedding_multiplier": 12.0, "eos_token_id": 0, "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 8192,
        "logits_scaling": 8.0, "max_position_embeddings": 131_072, "mlp_bias": false, "num_attention_heads": 32,
        "num_hidden_layers": 40, "num_key_value_heads": 8, "residual_multiplier": 0.22, "rms_norm_eps": 1e-05,
        "rope_scaling": null, "rope_theta": 10_000_000.0, "tie_word_embeddings": true, "vocab_size": 49159});
    let granite4 = json!({"model_type": "granitemoehybrid", "attention_bias": false, "attention_multiplier": 0.0078125,
        "bos_token_id": 100_257, "embedding_multiplier": 12, "eos_token_id": 100_257, "hidden_act": "silu", "hidden_size": 2048,
        "intermediate_size": 4096, "layer_types": vec!["attention"; 40], "logits_scaling": 8, "mamba_n_heads": 128,
        "max_position_embeddings": 131_072, "num_attention_heads": 16, "num_experts_per_tok": 0, "num_hidden_layers": 40,
        "num_key_value_heads": 4, "num_local_experts": 0, "position_embedding_type": "rope", "residual_multiplier": 0.22,
        "rms_norm_eps": 1e-05, "rope_scaling": null, "rope_theta": 10_000_000, "shared_intermediate_size": 4096,
        "tie_word_embeddings": true, "vocab_size": 100_352});
    let mut granite4_h = granite4.clone();
    (granite4_h["layer_types"], granite4_h["position_embedding_type"]) =
        (json!(vec!["mamba"; 40]), json!("nope"));
    let glm4 = json!({"model_type": "glm4", "attention_bias": true, "eos_token_id": [151_329, 151_336, 151_338], "head_dim": 128,
        "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 13696, "max_position_embeddings": 32768,
        "num_attention_heads": 32, "num_hidden_layers": 40, "num_key_value_heads": 2, "partial_rotary_factor": 0.5,
        "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "tie_word_embeddings": false, "vocab_size": 151_552});
    let starcoder2 = json!({"model_type": "starcoder2", "bos_token_id": 0, "eos_token_id": 0, "hidden_act": "gelu_pytorch_tanh",
        "hidden_size": 3072, "intermediate_size": 12288, "max_position_embeddings": 16384, "mlp_type": "default",
        "norm_epsilon": 1e-05, "norm_type": "layer_norm", "num_attention_heads": 24, "num_hidden_layers": 30,
        "num_key_value_heads": 2, "rope_theta": 999_999.442_036_072_7, "sliding_window": 4096, "use_bias": true,
        "vocab_size": 49152});
    let qwen3_moe = json!({"model_type": "qwen3_moe", "attention_bias": false, "bos_token_id": 151_643, "decoder_sparse_step": 1,
        "eos_token_id": 151_645, "head_dim": 128, "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 6144,
        "max_position_embeddings": 40960, "max_window_layers": 48, "mlp_only_layers": [], "moe_intermediate_size": 768,
        "norm_topk_prob": true, "num_attention_heads": 32, "num_experts": 128, "num_experts_per_tok": 8,
        "num_hidden_layers": 48, "num_key_value_heads": 4, "rms_norm_eps": 1e-06, "rope_scaling": null,
        "rope_theta": 1_000_000.0, "router_aux_loss_coef": 0.001, "sliding_window": null, "tie_word_embeddings": false,
        "use_sliding_window": false, "vocab_size": 151_936});
    let read = |json: &Value| ForeignConfig::from_json(&json.to_string());
    for (json, context, ends) in [
        (&granite, 131_072, vec![0]),
        (&granite4, 131_072, vec![100_257]),
        (&glm4, 32768, vec![151_329, 151_336, 151_338]),
        (&starcoder2, 4096, vec![0]),
        (&qwen3_moe, 40960, vec![151_645]),
        (&gemma, 8192, vec![1]),
        (&gemma2, 4096, vec![1, 107]),
        (&gemma3, 8192, vec![1, 106]),
        (&phi2, 2048, vec![50256]),
        (&phi3, 2047, vec![32000]),
        (&olmo2, 4096, vec![100_257]),
    ] {
        let config = read(json).unwrap();
        assert_eq!(
            (config.context, &config.eos_token_ids),
            (context, &ends),
            "{json}"
        );
    }
    // Four layers keep 8192 positions, twenty-two keep 512.
    let kept = (4 * 8192 + 22 * 512) * 2 * 256;
    assert_eq!(read(&gemma3).unwrap().cached_numbers, kept / 8192);
    for (json, field) in [
        (&gemma2_27b, "query_pre_attn_scalar"),
        (&phi4_mini, "rope_scaling"),
        (&granite4_h, "position_embedding_type"),
    ] {
        assert!(read(json).unwrap_err().to_string().contains(field));
    }
}

#[test]
fn long_texts_that_would_come_out_wrong_are_cut() {
    for (name, field, value, wanted) in [
        ("gemma2", "sliding_window", json!(100), 100),
        ("phi3", "sliding_window", json!(60), 60),
        ("starcoder2", "sliding_window", json!(50), 50),
        ("mixtral", "sliding_window", json!(40), 40),
        ("gemma3", "max_position_embeddings", json!(32768), 8192),
    ] {
        let mut json = config(name, "config.json");
        json[field] = value;
        let config = ForeignConfig::from_json(&json.to_string()).unwrap();
        assert_eq!(config.context, wanted, "{name}");
        assert!(config.is_cut());
    }
}

#[test]
fn the_readme_names_what_is_offered() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(path).unwrap();
    for name in super::NAMES.into_iter().chain(crate::model::gguf::NAMES) {
        assert!(readme.contains(name), "{name}");
    }
}

#[test]
fn experts_that_make_no_sense_are_sentences() {
    let experts = [
        ("mixtral", "num_experts_per_tok", json!(5)),
        ("mixtral", "num_local_experts", json!(1 << 20)),
        ("qwen2_moe", "num_experts", json!(0)),
        ("qwen3_moe", "decoder_sparse_step", json!(0)),
        ("qwen3_moe", "moe_intermediate_size", json!("wide")),
        ("glm4", "partial_rotary_factor", json!(0.4)),
    ];
    for (name, field, value) in experts {
        let mut json = config(name, "config.v4.json");
        // candle computes these experts by kernels of its own on a card: all of them are refused there.
        if ForeignConfig::from_json(&json.to_string()).is_err() {
            assert!(cfg!(feature = "cuda") && name == "qwen3_moe", "{name}");
            continue;
        }
        json[field] = value;
        let refused = ForeignConfig::from_json(&json.to_string())
            .err()
            .unwrap()
            .to_string();
        assert!(
            refused.contains(field) || refused.contains("experts"),
            "{name} {field}: {refused}"
        );
    }
}

#[test]
fn weights_that_are_missing_or_would_be_ignored_are_refused_by_name() {
    let refusal = |config: &Value, name: &str| {
        let config = ForeignConfig::from_json(&config.to_string()).unwrap();
        let shards = Shards::open(&data("foreign").join(name)).unwrap();
        Foreign::new(&config, &shards, &Device::Cpu).err().unwrap()
    };
    let mut fewer = config("phi3", "config.json");
    fewer["num_hidden_layers"] = json!(1);
    assert!(matches!(refusal(&fewer, "phi3"), FastError::Extra(name) if name.contains("layers.1.")));
    let mut more = config("phi3", "config.json");
    more["num_hidden_layers"] = json!(3);
    assert!(matches!(refusal(&more, "phi3"), FastError::Missing(name) if name.contains("layers.2.")));
    let mut wider = config("gemma", "config.json");
    wider["intermediate_size"] = json!(64);
    assert!(matches!(refusal(&wider, "gemma"), FastError::Shape { .. }));
}

#[test]
fn gemma_3_counts_the_tables_it_makes_at_once() {
    let foreign = load("gemma3", "config.json");
    let cache = foreign.cache();
    let block = cache.block_bytes();
    let cache = cache.with_limit(40 * block);
    // 256 positions are sixteen blocks, however short the text.
    assert!(cache.has_room([3, 3].into_iter()));
    assert!(!cache.has_room([3, 3, 3].into_iter()));
}
