//! The lines of Gemma and Phi, and Qwen 3 with experts, from GGUF files, against transformers on the same weights (tests/golden/gguf_foreign.py).

use super::*;
use crate::model::config::Family;
use crate::model::{
    Cache, Config, Fast, Keep, Row,
    gguf::GgufFile,
    parity::{Reference, data, distance, most_likely, worst},
};

const NAMES: [&str; 5] = ["phi3", "gemma", "gemma2", "gemma3", "qwen3moe"];

fn open(name: &str) -> GgufFile {
    GgufFile::open(&data("gguf_foreign").join(format!("{name}.gguf"))).unwrap()
}

fn reference(name: &str) -> Reference {
    Reference::read(&data("gguf_foreign").join(format!("{name}.safetensors")))
}

fn read(fast: &Fast, cache: &mut Cache, slot: usize, tokens: &[u32]) -> Vec<f32> {
    let row = |&token| Row {
        slot,
        token,
        want_logits: true,
    };
    let rows: Vec<Row> = tokens.iter().map(row).collect();
    let mut logits = Vec::new();
    fast.step(&rows, cache, &mut logits).unwrap();
    logits
}

#[test]
fn every_line_gives_the_logits_and_the_text_of_transformers() {
    for name in NAMES {
        let (file, reference) = (open(name), reference(name));
        let fast = Fast::new(&file.config, &file, Keep::F32).unwrap();
        let (mut cache, wanted) = (Cache::new(fast.config()), reference.integers("greedy"));
        let slot = cache.open();
        let mut logits = read(&fast, &mut cache, slot, &reference.integers("tokens"));
        let worst = worst(&logits, &reference.numbers("logits"));
        assert!(worst < 1e-4, "{name}: {worst}");
        for (i, wanted) in wanted.iter().enumerate() {
            let best = most_likely(&logits[logits.len() - file.config.vocab_size..]);
            assert_eq!(best, *wanted, "{name} {i}");
            logits = read(&fast, &mut cache, slot, &[best]);
        }
    }
}

#[test]
fn weights_as_stored_give_nearly_the_same_and_take_the_memory_of_the_file() {
    for name in NAMES {
        let (file, reference) = (open(name), reference(name));
        let fast = Fast::new(&file.config, &file, Keep::AsStored).unwrap();
        let mut cache = Cache::new(fast.config());
        let slot = cache.open();
        let logits = read(&fast, &mut cache, slot, &reference.integers("tokens"));
        let distance = distance(&logits, &reference.numbers("logits"));
        assert!(distance < 0.03, "{name}: {distance}");
        let stored: u64 = file.header.tensors().iter().map(|tensor| tensor.bytes).sum();
        assert!(
            fast.bytes() as u64 * 5 <= stored * 6,
            "{name}: {} of {stored}",
            fast.bytes()
        );
    }
}

#[test]
fn a_token_gives_the_same_bits_alone_and_among_others() {
    for name in NAMES {
        let (file, tokens) = (open(name), reference(name).integers("tokens"));
        let fast = Fast::new(&file.config, &file, Keep::AsStored).unwrap();
        let mut cache = Cache::new(fast.config());
        let (slot, other) = (cache.open(), cache.open());
        let together = read(&fast, &mut cache, slot, &tokens);
        let alone: Vec<f32> = tokens
            .iter()
            .flat_map(|token| read(&fast, &mut cache, other, &[*token]))
            .collect();
        assert!(
            together
                .iter()
                .zip(&alone)
                .all(|(a, b)| a.to_bits() == b.to_bits()),
            "{name}"
        );
    }
}

#[test]
fn forks_of_models_with_windows_go_their_own_ways() {
    for name in ["phi3", "gemma3"] {
        let file = open(name);
        let fast = Fast::new(&file.config, &file, Keep::F32).unwrap();
        let text = reference(name).integers("tokens");
        let mut cache = Cache::new(fast.config());
        let trunk = cache.open();
        read(&fast, &mut cache, trunk, &text[..30]);
        let (left, right) = (cache.fork(trunk, 30), cache.fork(trunk, 27));
        let (mut lefts, mut rights) = (Vec::new(), Vec::new());
        for (a, b) in text[30..40].iter().zip(&text[27..37]) {
            lefts.extend(read(&fast, &mut cache, left, &[*a]));
            rights.extend(read(&fast, &mut cache, right, &[*b]));
        }
        let (wanted, vocab) = (reference(name).numbers("logits"), file.config.vocab_size);
        for (got, first) in [(lefts, 30), (rights, 27)] {
            let worst = worst(&got, &wanted[first * vocab..(first + 10) * vocab]);
            assert!(worst < 1e-4, "{name} {first}: {worst}");
        }
    }
}

#[test]
fn what_the_file_leaves_to_llama_cpp_is_filled_in() {
    let gemma3 = open("gemma3").header;
    let config = gemma3.config().unwrap();
    assert_eq!(
        (config.family, config.windows),
        (Family::Gemma3, vec![Some(20), None])
    );
    let mut silent = gemma3.clone();
    let mut endless = gemma3.clone();
    endless.metadata.remove("gemma3.attention.sliding_window");
    let error = endless.config().unwrap_err().to_string();
    assert!(error.contains("gemma3.attention.sliding_window"), "{error}");
    for key in ["attention.sliding_window_pattern", "rope.freq_base_swa"] {
        silent.metadata.remove(&format!("gemma3.{key}"));
    }
    let config = silent.config().unwrap();
    assert_eq!(
        config.windows,
        [Some(20), Some(20)],
        "every sixth layer sees everything"
    );
    assert_eq!(config.gemma.unwrap().local_rope_theta, Some(10_000.0));

    let mut gemma2 = open("gemma2").header;
    gemma2.metadata.remove("gemma2.attn_logit_softcapping");
    gemma2.metadata.remove("gemma2.attention.sliding_window");
    assert_eq!(gemma2.config().unwrap().windows, [Some(4096), None]);
    let largest = metadata::Value::Integer(46);
    gemma2.metadata.set("gemma2.block_count", largest);
    let gemma = gemma2.config().unwrap().gemma.unwrap();
    assert_eq!((gemma.score_cap, gemma.logit_cap), (Some(50.0), Some(8.0)));
    assert_eq!(gemma.query_scalar, Some(8.0));
}

#[test]
fn experts_that_make_no_sense_are_sentences() {
    let header = open("qwen3moe").header;
    for (key, value) in [
        ("expert_used_count", 6),
        ("expert_count", 1 << 20),
        ("expert_count", 0),
    ] {
        let mut wrong = header.clone();
        wrong
            .metadata
            .set(&format!("qwen3moe.{key}"), metadata::Value::Integer(value));
        let error = wrong.config().unwrap_err().to_string();
        assert!(error.contains("expert"), "{error}");
    }
}

#[test]
fn turns_end_where_the_template_ends_them() {
    let header = open("gemma2").header;
    let config = header.config().unwrap();
    assert_eq!((config.eos_token_ids, config.bos_token_id), (vec![1, 5], Some(2)));
    assert!(header.chat_template().unwrap().contains("<start_of_turn>"));
    let tokenizer = tokenizers::Tokenizer::from_bytes(header.tokenizer_json().unwrap()).unwrap();
    let own = crate::model::Tokenizer::from_json(&header.tokenizer_json().unwrap()).unwrap();
    own.check(config.vocab_size).unwrap();
    let encoded = tokenizer.encode("<start_of_turn>hello world", false).unwrap();
    assert_eq!(encoded.get_tokens(), ["<start_of_turn>", "hello", "▁world"]);
}

#[test]
fn whole_matrices_that_do_not_fit_the_heads_are_a_sentence() {
    let mut bytes = fs::read(data("gguf_foreign").join("phi3.gguf")).unwrap();
    let key = b"phi3.attention.head_count_kv";
    let at = bytes.windows(key.len()).position(|part| part == key).unwrap() + key.len() + 4;
    bytes[at] = 4;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("wrong.gguf");
    fs::write(&path, bytes).unwrap();
    let error = GgufFile::open(&path).err().unwrap().to_string();
    assert!(
        error.contains("blk.0.attn_qkv.weight` does not fit its heads or experts"),
        "{error}"
    );
}

#[test]
fn a_shape_that_only_the_processor_computes_says_so() {
    use crate::model::{ModelFiles, Shape};
    let file = open("gemma");
    let (shape, bytes) = (
        Shape::Own(file.config.clone()),
        fs::metadata(data("gguf_foreign/gemma.gguf")).unwrap().len(),
    );
    assert!(!shape.is_trainable() && shape.note().unwrap().contains("generation only"));
    assert_eq!(shape.class(), "GemmaForCausalLM");
    let files = ModelFiles {
        shape,
        tensors: Box::new(file),
    };
    assert!(files.best_device(Keep::AsStored).is_cpu());
    assert!(files.bytes(Keep::AsStored) <= bytes);
    let shape: Config = open("phi3").config;
    assert!(Shape::Own(shape).note().is_none());
}
