//! One decoder, two forwards: what training differentiates and what generation runs must say the same, and the same as
//! transformers does (`tests/data/make_llama_tiny.py` made the numbers).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use backtrail::model::{Cache, Checkpoint, Fast, Keep, Ops, Row};
use candle_core::{Device, Tensor};
use std::{fs, path::Path};

struct Fixture {
    checkpoint: Checkpoint,
    ids: Vec<Vec<u32>>,
    logits: Vec<Vec<Vec<f32>>>,
}

fn fixture(name: &str) -> Fixture {
    let dir = Path::new("tests/data").join(name);
    let text = fs::read_to_string(dir.join("expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
    Fixture {
        checkpoint: Checkpoint::load(&dir).unwrap(),
        ids: serde_json::from_value(expected["ids"].clone()).unwrap(),
        logits: serde_json::from_value(expected["logits"].clone()).unwrap(),
    }
}

/// The logits after each token of `ids`, read `step` tokens at a time.
fn fast(checkpoint: &Checkpoint, ids: &[u32], step: usize) -> Vec<Vec<f32>> {
    let fast = Fast::new(&checkpoint.config, &checkpoint.weights, Keep::AsStored).unwrap();
    let mut cache = Cache::new(&checkpoint.config);
    let slot = cache.open();
    let (mut all, mut logits) = (Vec::new(), Vec::new());
    for tokens in ids.chunks(step) {
        let rows: Vec<Row> = tokens
            .iter()
            .map(|&token| Row {
                slot,
                token,
                want_logits: true,
            })
            .collect();
        fast.step(&rows, &mut cache, &mut logits).unwrap();
        all.extend(logits.chunks(checkpoint.config.vocab_size).map(<[f32]>::to_vec));
    }
    all
}

fn furthest(a: &[Vec<f32>], b: &[Vec<f32>]) -> f32 {
    assert_eq!((a.len(), a[0].len()), (b.len(), b[0].len()));
    let pairs = a.iter().flatten().zip(b.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn both_forwards_agree_with_each_other_and_with_transformers() {
    for name in ["llama-tiny", "llama-tiny-untied"] {
        let Fixture {
            checkpoint,
            ids,
            logits,
        } = fixture(name);
        let decoder = checkpoint.decoder(&Device::Cpu).unwrap();
        for (ids, expected) in ids.iter().zip(&logits) {
            let tensor = Tensor::from_slice(ids, (1, ids.len()), &Device::Cpu).unwrap();
            for ops in [Ops::Plain, Ops::Fused] {
                let found = decoder
                    .forward(&tensor, ops)
                    .unwrap()
                    .squeeze(0)
                    .unwrap()
                    .to_vec2()
                    .unwrap();
                assert!(furthest(&found, expected) < 1e-4, "{name}, {ops:?}");
            }
            for step in [1, 3, ids.len()] {
                let found = fast(&checkpoint, ids, step);
                assert!(
                    furthest(&found, expected) < 1e-4,
                    "{name}, {step} tokens at a time"
                );
            }
        }
    }
}
