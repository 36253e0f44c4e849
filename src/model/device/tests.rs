//! The decoder on a device gives the numbers of the reference implementation; here the device is the processor.

use super::*;
use crate::model::{
    Cache, Config, Row, Shards,
    fast::{FastError, tests::tiny},
    gguf::GgufFile,
    parity::{Reference, data, most_likely, worst},
};
use candle_core::{DType, Device};
use std::{fs, path::Path};

fn rows(slot: usize, tokens: &[u32]) -> Vec<Row> {
    let row = |&token| Row {
        slot,
        token,
        want_logits: true,
    };
    tokens.iter().map(row).collect()
}

fn read(decoder: &Decoder, cache: &mut Cache, rows: &[Row]) -> Vec<f32> {
    let mut logits = Vec::new();
    decoder.step(rows, cache, &mut logits).unwrap();
    logits
}

fn load(dir: &Path, dtype: DType) -> Decoder {
    let config = Config::from_json(&fs::read_to_string(dir.join("config.json")).unwrap()).unwrap();
    Decoder::new(&config, &Shards::open(dir).unwrap(), dtype, &Device::Cpu).unwrap()
}

fn families() -> impl Iterator<Item = std::path::PathBuf> {
    fs::read_dir(data("parity"))
        .unwrap()
        .map(|folder| folder.unwrap().path())
}

#[test]
fn every_family_gives_the_logits_and_the_text_of_transformers() {
    let mut seen = 0;
    for dir in families() {
        let reference = Reference::read(&dir.join("reference.safetensors"));
        let decoder = load(&dir, DType::F32);
        let mut cache = decoder.cache();
        let slot = cache.open();
        let mut logits = read(&decoder, &mut cache, &rows(slot, &reference.integers("tokens")));
        let worst = worst(&logits, &reference.numbers("logits"));
        assert!(worst < 1e-4, "{}: {worst}", dir.display());
        let mut greedy = Vec::new();
        for _ in 0..64 {
            let last = &logits[logits.len() - decoder.config().vocab_size..];
            greedy.push(most_likely(last));
            logits = read(&decoder, &mut cache, &rows(slot, &greedy[greedy.len() - 1..]));
        }
        assert_eq!(greedy, reference.integers("greedy"), "{}", dir.display());
        seen += 1;
    }
    assert_eq!(seen, 15);
}

#[test]
fn sixteen_bits_are_near() {
    for (name, dtype, most) in [("llama3", DType::BF16, 0.6), ("qwen3", DType::F16, 0.05)] {
        let dir = data("parity").join(name);
        let reference = Reference::read(&dir.join("reference.safetensors"));
        let decoder = load(&dir, dtype);
        let mut cache = decoder.cache();
        let slot = cache.open();
        let logits = read(&decoder, &mut cache, &rows(slot, &reference.integers("tokens")));
        let worst = worst(&logits, &reference.numbers("logits"));
        assert!(worst < most, "{name} {dtype:?}: {worst}");
    }
}

#[test]
fn quantised_weights_are_widened() {
    let path = data("llama_cpp");
    let mut seen = 0;
    for file in fs::read_dir(path).unwrap() {
        let path = file.unwrap().path();
        let reference = path.with_extension("reference.safetensors");
        if path.extension().is_none_or(|e| e != "gguf") || !reference.exists() {
            continue;
        }
        let (reference, file) = (Reference::read(&reference), GgufFile::open(&path).unwrap());
        let decoder = Decoder::new(&file.config, &file, DType::F32, &Device::Cpu).unwrap();
        let mut cache = decoder.cache();
        let slot = cache.open();
        let logits = read(&decoder, &mut cache, &rows(slot, &reference.integers("tokens")));
        let worst = worst(&logits, &reference.numbers("exact"));
        assert!(worst < 1e-4, "{}: {worst}", path.display());
        seen += 1;
    }
    assert_eq!(seen, 14);
}

#[test]
fn a_sequence_says_the_same_alone_in_pieces_and_among_others_at_other_places() {
    for name in ["qwen3", "mistral-window", "smollm3"] {
        let dir = data("parity").join(name);
        let decoder = load(&dir, DType::F32);
        let text: Vec<u32> = Reference::read(&dir.join("reference.safetensors")).integers("tokens");
        let mut cache = decoder.cache();
        let whole = cache.open();
        let whole = read(&decoder, &mut cache, &rows(whole, &text));
        // Others begin at other places, and one reads its text in pieces of several rows beside them.
        let others: Vec<usize> = (0..5).map(|_| cache.open()).collect();
        for (i, slot) in others.iter().enumerate() {
            read(&decoder, &mut cache, &rows(*slot, &text[..3 * i + 1]));
        }
        let (alone, pieces) = (cache.open(), cache.open());
        let (mut one_by_one, mut by_three) = (Vec::new(), Vec::new());
        let vocab = decoder.config().vocab_size;
        for (place, token) in text.iter().enumerate() {
            let quiet = |slot: usize| Row {
                slot,
                token: *token,
                want_logits: false,
            };
            let mut step: Vec<Row> = others.iter().map(|&slot| quiet(slot)).collect();
            step.insert(
                2,
                Row {
                    want_logits: true,
                    ..quiet(alone)
                },
            );
            let piece = &text[(3 * place).min(text.len())..(3 * place + 3).min(text.len())];
            // Its rows stand apart.
            let (first, rest) = piece.split_at(piece.len().min(1));
            step.splice(1..1, rows(pieces, first));
            step.extend(rows(pieces, rest));
            let logits = read(&decoder, &mut cache, &step);
            let mut said = logits.chunks_exact(vocab);
            if !first.is_empty() {
                by_three.extend_from_slice(said.next().unwrap());
            }
            one_by_one.extend_from_slice(said.next().unwrap());
            by_three.extend(said.flatten());
        }
        assert!(worst(&one_by_one, &whole) < 1e-4, "{name}");
        assert!(worst(&by_three, &whole) < 1e-4, "{name}");
    }
}

#[test]
fn a_fork_goes_on_as_if_it_had_read_everything_itself_and_disturbs_nobody() {
    let dir = data("parity").join("llama3");
    let decoder = load(&dir, DType::F32);
    let text: Vec<u32> = Reference::read(&dir.join("reference.safetensors")).integers("tokens");
    let (text, other) = (&text[..40], &text[40..60]);
    let mut cache = decoder.cache().keeping();
    for at in [0, 1, 16, 17, 40] {
        let trunk = cache.open();
        read(&decoder, &mut cache, &rows(trunk, text));
        let fork = cache.fork(trunk, at);
        assert_eq!(cache.len(fork), at);
        read(&decoder, &mut cache, &rows(trunk, other));
        let forked = read(&decoder, &mut cache, &rows(fork, other));
        let fresh = cache.open();
        read(&decoder, &mut cache, &rows(fresh, &text[..at]));
        assert!(
            worst(&read(&decoder, &mut cache, &rows(fresh, other)), &forked) < 1e-4,
            "{at}"
        );
        cache.truncate(trunk, at);
        assert!(
            worst(&read(&decoder, &mut cache, &rows(trunk, other)), &forked) < 1e-4,
            "{at}"
        );
        for slot in [trunk, fork, fresh] {
            cache.close(slot);
        }
    }
    // What was closed is found again.
    let again = cache.open_like(text);
    assert_eq!(cache.len(again), text.len() - 1);
}

#[test]
fn long_prompts_and_wide_batches_are_cut_without_a_trace() {
    let config = Config {
        max_position_embeddings: 4096,
        ..tiny()
    };
    let (_, numbers) = crate::model::fast::tests::random(&config);
    let weights = crate::model::layout::expected(&config)
        .into_iter()
        .map(|(name, shape)| {
            let numbers = numbers[&name].clone();
            (
                name,
                candle_core::Tensor::from_vec(numbers, shape, &Device::Cpu).unwrap(),
            )
        });
    let weights: crate::model::Weights = weights.collect();
    let decoder = Decoder::new(&config, &weights, DType::F32, &Device::Cpu).unwrap();
    let text: Vec<u32> = (0..700).map(|i| i * 7 % 37).collect();
    let mut cache = decoder.cache();
    let (whole, pieces) = (cache.open(), cache.open());
    let all = read(&decoder, &mut cache, &rows(whole, &text));
    let cut: Vec<f32> = text
        .chunks(97)
        .flat_map(|part| read(&decoder, &mut cache, &rows(pieces, part)))
        .collect();
    assert!(worst(&all, &cut) < 1e-4);
}

#[test]
fn what_cannot_be_read_is_an_error_and_leaves_the_cache_alone() {
    let dir = data("parity").join("llama3");
    let decoder = load(&dir, DType::F32);
    let mut cache = decoder.cache();
    let slot = cache.open();
    read(&decoder, &mut cache, &rows(slot, &[5, 6, 7]));
    let vocab = decoder.config().vocab_size;
    let mut logits = Vec::new();
    let error = decoder
        .step(&rows(slot, &[1, vocab as u32]), &mut cache, &mut logits)
        .unwrap_err();
    assert!(matches!(error, FastError::Token { .. }));
    assert!(matches!(
        decoder.step(&rows(99, &[1]), &mut cache, &mut logits),
        Err(FastError::Slot(99))
    ));
    let mut host = Cache::new(decoder.config());
    let there = host.open();
    assert!(matches!(
        decoder.step(&rows(there, &[1]), &mut host, &mut logits),
        Err(FastError::Elsewhere)
    ));
    assert_eq!((cache.len(slot), host.len(there)), (3, 0));
    // Memory for two blocks.
    let mut small = decoder.cache();
    let bytes = small.block_bytes();
    small = small.with_limit(2 * bytes);
    let slot = small.open();
    read(&decoder, &mut small, &rows(slot, &[5; 32]));
    assert!(matches!(
        decoder.step(&rows(slot, &[1]), &mut small, &mut logits),
        Err(FastError::Full(_))
    ));
    assert_eq!(small.len(slot), 32);
}
