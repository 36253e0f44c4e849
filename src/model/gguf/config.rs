//! The shape of the model in a GGUF file, as a Hugging Face `config.json` says it.
//!
//! Every `{architecture}.*` key is known here: what would change the result and is not supported, or not known at all,
//! is an error that names it.

use super::{Gguf, GgufError, besides, tokenizer};
use serde_json::{Map, Value, json};

/// Keys below the architecture that are read here.
const READ: [&str; 28] = [
    "context_length",
    "embedding_length",
    "block_count",
    "feed_forward_length",
    "vocab_size",
    "expert_count",
    "expert_used_count",
    "attention.head_count",
    "attention.head_count_kv",
    "attention.key_length",
    "attention.value_length",
    "attention.layer_norm_rms_epsilon",
    "attention.causal",
    "attention.sliding_window",
    "attention.scale",
    "rope.dimension_count",
    "rope.freq_base",
    "rope.scale_linear",
    "rope.scaling.type",
    "rope.scaling.factor",
    "rope.scaling.attn_factor",
    "rope.scaling.original_context_length",
    "rope.scaling.yarn_ext_factor",
    "rope.scaling.yarn_attn_factor",
    "rope.scaling.yarn_beta_fast",
    "rope.scaling.yarn_beta_slow",
    "rope.scaling.yarn_log_multiplier",
    "logit_scale",
];

/// Keys that say nothing about the result: history, and how other programs use the model.
const HARMLESS: [&str; 4] = [
    "rope.scaling.finetuned",
    "pooling_type",
    "tensor_data_layout",
    "attention.layer_norm_epsilon",
];

/// See [`Gguf::config_json`].
pub(super) fn json(gguf: &Gguf) -> Result<Value, GgufError> {
    let metadata = &gguf.metadata;
    refuse_other_files(gguf)?;
    let shape = Shape::new(gguf)?;
    let arch = shape.arch;
    // But for what they do besides, these are the same.
    let (class, kind) = match arch {
        "llama" | "phi3" | "gemma" | "gemma2" => ("LlamaForCausalLM", "llama"),
        "qwen2" => ("Qwen2ForCausalLM", arch),
        "qwen3" | "qwen3moe" | "gemma3" => ("Qwen3ForCausalLM", "qwen3"),
        "smollm3" => ("SmolLM3ForCausalLM", arch),
        _ => return Err(GgufError::unsupported("general.architecture", arch)),
    };
    for key in metadata.keys() {
        let rest = key.strip_prefix(arch).and_then(|rest| rest.strip_prefix('.'));
        let known =
            |rest: &str| besides::reads(arch, rest) || READ.contains(&rest) || HARMLESS.contains(&rest);
        if rest.is_some_and(|rest| !known(rest)) {
            return Err(GgufError::unsupported(key, metadata.words(key)));
        }
    }
    let hidden = shape.size("embedding_length")?;
    let layers = shape.size("block_count")?;
    let heads = shape.size("attention.head_count")?;
    let key_value_heads = shape.optional("attention.head_count_kv")?.unwrap_or(heads);
    let head_dim = match shape.optional("attention.key_length")? {
        Some(dim) => dim,
        None => hidden / heads,
    };
    shape.refuse_unless("attention.value_length", head_dim as f64)?;
    shape.refuse_unless("rope.dimension_count", head_dim as f64)?;
    let mut width = "feed_forward_length";
    if arch == "qwen3moe" {
        width = "expert_feed_forward_length";
    } else {
        shape.refuse_unless("expert_count", 0.0)?;
        shape.refuse_unless("expert_used_count", 0.0)?;
    }
    shape.refuse_unless("logit_scale", 1.0)?;
    // 0 stands for the usual one, 1/√head_dim.
    shape.refuse_unless("attention.scale", 0.0)?;
    let causal = shape.key("attention.causal");
    if metadata.flag(&causal)? == Some(false) {
        return Err(GgufError::unsupported(&causal, "false"));
    }
    let has = |name: &str| gguf.tensor(name).is_some();
    let mut config = json!({
        "architectures": [class],
        "model_type": kind,
        "vocab_size": shape.vocab_size()?,
        "hidden_size": hidden,
        "intermediate_size": shape.size(width)?,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": key_value_heads,
        "head_dim": head_dim,
        "max_position_embeddings": shape.size("context_length")?,
        "rms_norm_eps": shape.needed("attention.layer_norm_rms_epsilon")?,
        "rope_theta": shape.number("rope.freq_base")?.unwrap_or(10_000.0),
        "rope_scaling": shape.rope_scaling()?,
        "tie_word_embeddings": !has("output.weight"),
        "attention_bias": has("blk.0.attn_q.bias"),
        "mlp_bias": has("blk.0.ffn_gate.bias"),
        "hidden_act": "silu",
        "bos_token_id": tokenizer::bos(metadata),
        "eos_token_id": tokenizer::ends(metadata),
    });
    if let Some(config) = config.as_object_mut() {
        shape.add_window(config)?;
        if arch == "smollm3" {
            // llama.cpp has this in its code, not in the file: every fourth layer has no positions. 1 is a layer with.
            const INTERVAL: usize = 4;
            // A hostile count of layers must not become a long list.
            if layers > gguf.tensors.len() {
                let text = format!("it says that it has {layers} layers");
                return Err(GgufError::Damaged(text));
            }
            let rotates = |layer: usize| u8::from(!(layer + 1).is_multiple_of(INTERVAL));
            config.insert("no_rope_layer_interval".into(), json!(INTERVAL));
            let list: Vec<u8> = (0..layers).map(rotates).collect();
            config.insert("no_rope_layers".into(), json!(list));
        }
    }
    Ok(config)
}

/// Adapters, projectors and parts of split models are GGUF files, too.
fn refuse_other_files(gguf: &Gguf) -> Result<(), GgufError> {
    let kind = "general.type";
    if let Some(found) = gguf.metadata.text(kind)?.filter(|found| *found != "model") {
        return Err(GgufError::unsupported(kind, found));
    }
    match gguf.metadata.count("split.count")? {
        Some(parts) if parts > 1 => Err(GgufError::Split(parts)),
        _ => Ok(()),
    }
}

/// The metadata of one architecture.
pub(super) struct Shape<'a> {
    gguf: &'a Gguf,
    /// In llama.cpp's words.
    pub arch: &'a str,
}

impl<'a> Shape<'a> {
    pub fn new(gguf: &'a Gguf) -> Result<Self, GgufError> {
        let arch = gguf.architecture()?;
        Ok(Self { gguf, arch })
    }

    pub fn key(&self, rest: &str) -> String {
        format!("{}.{rest}", self.arch)
    }

    /// A positive count.
    pub fn optional(&self, rest: &str) -> Result<Option<usize>, GgufError> {
        self.gguf.metadata.size(&self.key(rest))
    }

    pub fn size(&self, rest: &str) -> Result<usize, GgufError> {
        self.optional(rest)?
            .ok_or_else(|| GgufError::Missing(self.key(rest)))
    }

    /// A positive number.
    pub fn number(&self, rest: &str) -> Result<Option<f64>, GgufError> {
        let key = self.key(rest);
        match self.gguf.metadata.number(&key)? {
            Some(n) if n <= 0.0 => Err(GgufError::field(&key, "a positive number")),
            n => Ok(n),
        }
    }

    fn needed(&self, rest: &str) -> Result<f64, GgufError> {
        self.number(rest)?
            .ok_or_else(|| GgufError::Missing(self.key(rest)))
    }

    /// Refuses a field that is there and says anything but `only`.
    pub fn refuse_unless(&self, rest: &str, only: f64) -> Result<(), GgufError> {
        let key = self.key(rest);
        let found = match self.gguf.metadata.number(&key) {
            // Counts may be lists of equal ones.
            Err(_) => self.gguf.metadata.count(&key)?.map(|n| n as f64),
            Ok(found) => found,
        };
        match found {
            Some(found) if found != only => Err(GgufError::unsupported(&key, self.gguf.metadata.words(&key))),
            _ => Ok(()),
        }
    }

    /// Rows of the embedding table, which may be more than there are tokens.
    fn vocab_size(&self) -> Result<usize, GgufError> {
        if let Some([rows, _]) = self
            .gguf
            .tensor("token_embd.weight")
            .map(|tensor| tensor.shape.as_slice())
        {
            return Ok(*rows);
        }
        if let Some(size) = self.optional("vocab_size")? {
            return Ok(size);
        }
        let tokens = self.gguf.metadata.texts(tokenizer::TOKENS)?;
        tokens
            .map(<[String]>::len)
            .ok_or_else(|| GgufError::Missing("token_embd.weight".to_owned()))
    }

    fn rope_scaling(&self) -> Result<Value, GgufError> {
        self.refuse_unless("rope.scaling.attn_factor", 1.0)?;
        self.refuse_unless("rope.scaling.yarn_log_multiplier", 0.0)?;
        self.refuse_unless("rope.scaling.yarn_ext_factor", 1.0)?;
        let factor = match self.number("rope.scaling.factor")? {
            None => self.number("rope.scale_linear")?,
            factor => factor,
        };
        let kind = self.key("rope.scaling.type");
        match self.gguf.metadata.text(&kind)? {
            Some("none") => Ok(Value::Null),
            // llama.cpp takes a factor alone for linear.
            None | Some("linear") => Ok(match factor {
                None | Some(1.0) => Value::Null,
                Some(factor) => json!({"type": "linear", "rope_type": "linear", "factor": factor}),
            }),
            Some("yarn") => {
                let factor = factor.ok_or_else(|| GgufError::Missing(self.key("rope.scaling.factor")))?;
                let mut yarn = json!({
                    "type": "yarn",
                    "rope_type": "yarn",
                    "factor": factor,
                    "original_max_position_embeddings": self.size("rope.scaling.original_context_length")?,
                });
                for (key, field) in [
                    ("rope.scaling.yarn_attn_factor", "attention_factor"),
                    ("rope.scaling.yarn_beta_fast", "beta_fast"),
                    ("rope.scaling.yarn_beta_slow", "beta_slow"),
                ] {
                    if let Some(number) = self.number(key)? {
                        yarn[field] = json!(number);
                    }
                }
                Ok(yarn)
            }
            Some(other) => Err(GgufError::unsupported(&kind, other)),
        }
    }

    /// Mistral's sliding window, where a file of the Llama architecture says it, and Phi 3's. Which layers of the others have one is
    /// nowhere said.
    fn add_window(&self, config: &mut Map<String, Value>) -> Result<(), GgufError> {
        let key = self.key("attention.sliding_window");
        match self.gguf.metadata.count(&key)? {
            None | Some(0) => Ok(()),
            // See `besides`.
            Some(_) if matches!(self.arch, "gemma2" | "gemma3") => Ok(()),
            Some(window) if matches!(self.arch, "llama" | "phi3") => {
                config.insert("model_type".into(), json!("mistral"));
                config.insert("architectures".into(), json!(["MistralForCausalLM"]));
                config.insert("sliding_window".into(), json!(window));
                Ok(())
            }
            Some(window) => Err(GgufError::unsupported(&key, window.to_string())),
        }
    }
}
