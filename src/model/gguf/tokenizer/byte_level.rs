//! Byte-level BPE (`gpt2` in GGUF): the merges are in the file; how text is split before them is only named there.
//!
//! The splits are those of the models' own tokenizers. Names that no supported model uses are refused.

use super::Vocabulary;
use crate::model::gguf::{GgufError, error::short, metadata::Metadata};
use serde_json::{Value, json};

const PRE: &str = "tokenizer.ggml.pre";
const MERGES: &str = "tokenizer.ggml.merges";

/// Words with one character before them, digits by threes, punctuation, line ends, blanks: Llama 3's own.
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// The same with single digits.
const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// Marks belong to their letters.
const QWEN35: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// Words end where a capital begins: Mistral's Tekken.
const TEKKEN: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// How a text becomes pieces.
struct Split {
    /// What is done to the text first.
    normalizer: Value,
    /// Steps before the bytes are written as characters.
    steps: Vec<Value>,
    /// Whether GPT-2's own split comes with the bytes.
    gpt2: bool,
    /// Whether a piece that is a token is not built from merges.
    ignore_merges: bool,
    /// Whether texts begin with the bos token, unless the file says otherwise.
    bos: bool,
}

impl Split {
    fn new(name: Option<&str>) -> Option<Self> {
        let regex = |regex: &str| json!({"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": false});
        let nfc = || json!({"type": "NFC"});
        let gpt2 = Self {
            normalizer: Value::Null,
            steps: Vec::new(),
            gpt2: true,
            ignore_merges: false,
            bos: false,
        };
        let one = |pattern: &str| Self {
            normalizer: Value::Null,
            steps: vec![regex(pattern)],
            gpt2: false,
            ignore_merges: false,
            bos: false,
        };
        Some(match name {
            // Files from before splits were named. No model asked for this; llama.cpp does it.
            None | Some("default") => Self {
                steps: vec![
                    regex(r"[\p{P}\$\+<=>\^~\|]+"),
                    regex(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)"),
                    regex(r"\p{N}+"),
                    regex("[0-9][0-9][0-9]"),
                ],
                gpt2: false,
                ..gpt2
            },
            Some("gpt-2" | "phi-2") => gpt2,
            Some("smollm" | "starcoder" | "refact" | "codeshell" | "minerva-7b") => Self {
                steps: vec![json!({"type": "Digits", "individual_digits": true})],
                ..gpt2
            },
            Some("llama-bpe" | "llama3" | "llama-v3" | "falcon3" | "pixtral") => Self {
                ignore_merges: true,
                bos: true,
                ..one(LLAMA3)
            },
            // Llama 3's vocabulary without its bos: SmolLM3, among others.
            Some("smaug-bpe") => Self {
                ignore_merges: true,
                ..one(LLAMA3)
            },
            // Phi 4, which has no bos.
            Some("dbrx") => one(LLAMA3),
            Some("qwen2" | "deepseek-r1-qwen") => Self {
                normalizer: nfc(),
                ..one(QWEN2)
            },
            Some("qwen35") => Self {
                normalizer: nfc(),
                ..one(QWEN35)
            },
            Some("tekken") => Self {
                ignore_merges: true,
                bos: true,
                ..one(TEKKEN)
            },
            Some(_) => return None,
        })
    }
}

/// What llama.cpp does where the file does not say it.
pub(super) fn adds_bos(metadata: &Metadata) -> bool {
    let name = metadata.text(PRE).ok().flatten();
    Split::new(name).is_some_and(|split| split.bos)
}

/// The `tokenizer.json` of a byte-level vocabulary.
pub(super) fn json(metadata: &Metadata, vocabulary: &Vocabulary<'_>) -> Result<Value, GgufError> {
    let name = metadata.text(PRE)?;
    let split = Split::new(name).ok_or_else(|| GgufError::unsupported(PRE, name.unwrap_or_default()))?;
    let merges = metadata
        .texts(MERGES)?
        .ok_or_else(|| GgufError::Missing(MERGES.to_owned()))?;
    let merges: Vec<Value> = merges
        .iter()
        .map(|text| merge(text, vocabulary).map(|(left, right)| json!([left, right])))
        .collect::<Result<_, _>>()?;
    let bytes = |gpt2: bool| json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": gpt2});
    let mut steps = split.steps;
    steps.push(bytes(split.gpt2));
    Ok(json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": vocabulary.added(),
        "normalizer": split.normalizer,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": steps},
        "post_processor": null,
        "decoder": bytes(true),
        "model": {
            "type": "BPE",
            "dropout": null,
            "unk_token": null,
            "continuing_subword_prefix": null,
            "end_of_word_suffix": null,
            "fuse_unk": false,
            "byte_fallback": false,
            "ignore_merges": split.ignore_merges,
            "vocab": vocabulary.vocab(),
            "merges": merges,
        },
    }))
}

/// The two tokens of a merge, which make a third.
fn merge<'a>(text: &'a str, vocabulary: &Vocabulary<'_>) -> Result<(&'a str, &'a str), GgufError> {
    let damaged = |what: &str| GgufError::Damaged(format!("its merge `{}` {what}", short(text)));
    let (left, right) = text
        .split_once(' ')
        .ok_or_else(|| damaged("is not two tokens with a blank between them"))?;
    let whole = format!("{left}{right}");
    for part in [left, right, &whole] {
        if !vocabulary.ids.contains_key(part) {
            return Err(damaged("is of tokens that are not in its vocabulary"));
        }
    }
    Ok((left, right))
}
