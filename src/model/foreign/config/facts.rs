//! What transformers takes where a configuration is silent, and what a configuration must say because
//! candle-transformers takes it for granted.

use super::Architecture::{self, *};
use serde_json::{Value, json};

/// What transformers takes where the file is silent.
pub(super) fn defaults(architecture: Architecture) -> Value {
    match architecture {
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
        Olmo => json!({"max_position_embeddings": 2048, "hidden_act": "silu", "rope_theta": 1e4,
            "attention_bias": false, "tie_word_embeddings": false}),
        Olmo2 => {
            json!({"max_position_embeddings": 2048, "hidden_act": "silu", "rms_norm_eps": 1e-5, "rope_theta": 1e4,
            "attention_bias": false, "tie_word_embeddings": false})
        }
        Glm4 => json!({"max_position_embeddings": 131_072, "hidden_act": "silu", "rms_norm_eps": 1.5625e-7,
            "rope_theta": 1e4, "partial_rotary_factor": 0.5, "head_dim": 128, "num_key_value_heads": 2,
            "attention_bias": false, "tie_word_embeddings": false}),
        Starcoder2 => {
            json!({"max_position_embeddings": 4096, "hidden_act": "gelu_pytorch_tanh", "norm_epsilon": 1e-5,
            "rope_theta": 1e4, "use_bias": true, "num_key_value_heads": 2, "tie_word_embeddings": true})
        }
        Helium => json!({"max_position_embeddings": 4096, "hidden_act": "silu", "rms_norm_eps": 1e-8,
            "rope_theta": 1e5, "head_dim": 128, "num_key_value_heads": 20, "attention_bias": false, "mlp_bias": false,
            "tie_word_embeddings": false}),
        Granite => json!({"max_position_embeddings": 2048, "hidden_act": "silu", "rms_norm_eps": 1e-6,
            "rope_theta": 1e4, "tie_word_embeddings": false}),
        Granite4 => json!({"max_position_embeddings": 2048, "hidden_act": "silu", "rms_norm_eps": 1e-6,
            "rope_theta": 1e4, "tie_word_embeddings": false, "shared_intermediate_size": 1024,
            "num_local_experts": 8, "position_embedding_type": "none"}),
        Mixtral => json!({"max_position_embeddings": 131_072, "hidden_act": "silu", "rms_norm_eps": 1e-5,
            "rope_theta": 1e6, "num_key_value_heads": 8, "num_local_experts": 8, "num_experts_per_tok": 2,
            "tie_word_embeddings": false, "use_flash_attn": false}),
        Qwen2Moe => json!({"max_position_embeddings": 32768, "hidden_act": "silu", "rms_norm_eps": 1e-6,
            "rope_theta": 1e4, "num_experts": 60, "num_experts_per_tok": 4, "moe_intermediate_size": 1408,
            "shared_expert_intermediate_size": 5632, "decoder_sparse_step": 1, "norm_topk_prob": false,
            "use_sliding_window": false, "max_window_layers": 28, "tie_word_embeddings": false}),
        Qwen3Moe => json!({"max_position_embeddings": 32768, "hidden_act": "silu", "rms_norm_eps": 1e-6,
            "rope_theta": 1e4, "num_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 768,
            "decoder_sparse_step": 1, "norm_topk_prob": false, "attention_bias": false, "use_sliding_window": false,
            "max_window_layers": 28, "tie_word_embeddings": false}),
    }
}

/// Fields that the library does not read, or does not read rightly, and what each has to be where it stands.
pub(super) fn fixed(architecture: Architecture) -> Vec<(&'static str, Value)> {
    let no = || json!(false);
    let mut fixed = vec![
        ("quantization_config", Value::Null),
        ("use_bidirectional_attention", no()),
        ("rope_interleaved", no()),
    ];
    if architecture != Helium {
        fixed.push(("mlp_bias", no()));
    }
    if !matches!(architecture, Glm4 | Phi | Phi3) {
        fixed.push(("partial_rotary_factor", json!(1.0)));
    }
    if architecture.experts().is_none() {
        fixed.extend([("num_experts", Value::Null), ("num_local_experts", json!(0))]);
    }
    fixed.extend(match architecture {
        Gemma | Gemma2 | Gemma3 => vec![],
        Phi => vec![("qk_layernorm", no()), ("tie_word_embeddings", no())],
        Phi3 => vec![("attention_bias", no()), ("lm_head_bias", no())],
        Olmo => vec![("sliding_window", Value::Null)],
        Olmo2 => vec![("clip_qkv", Value::Null), ("sliding_window", Value::Null)],
        Glm4 => vec![("sliding_window", Value::Null)],
        Starcoder2 => vec![("mlp_type", json!("default")), ("norm_type", json!("layer_norm"))],
        Helium => vec![("attention_bias", no())],
        Granite => vec![("attention_bias", no()), ("hidden_act", json!("silu"))],
        Granite4 => vec![
            ("attention_bias", no()),
            ("hidden_act", json!("silu")),
            ("position_embedding_type", json!("rope")),
        ],
        Mixtral => vec![("tie_word_embeddings", no()), ("attention_bias", no())],
        Qwen2Moe => vec![
            ("tie_word_embeddings", no()),
            ("qkv_bias", json!(true)),
            ("use_sliding_window", no()),
            ("mlp_only_layers", json!([])),
        ],
        Qwen3Moe => vec![
            ("attention_bias", no()),
            ("use_sliding_window", no()),
            ("mlp_only_layers", json!([])),
        ],
    });
    if architecture.ties() {
        fixed.push(("tie_word_embeddings", json!(true)));
    }
    fixed
}
