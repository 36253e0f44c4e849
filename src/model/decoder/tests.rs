use super::*;
use crate::base::rng;
use crate::model::{Row, cross_entropy, ops::log_probs};
use rand::Rng as _;
use std::collections::BTreeMap;

/// (heads, key heads, tied)
fn shape(heads: usize, keys: usize, tied: bool) -> Config {
    Config {
        vocab_size: 37,
        hidden_size: 24,
        intermediate_size: 40,
        num_hidden_layers: 2,
        num_attention_heads: heads,
        num_key_value_heads: keys,
        head_dim: 6,
        max_position_embeddings: 256,
        rope_theta: 10_000.0,
        rms_norm_eps: 1e-5,
        tie_word_embeddings: tied,
        ..Config::default()
    }
}

fn decoder(config: Config) -> Decoder {
    let decoder = Decoder::random(config, 7, &Device::Cpu).unwrap();
    // Norms away from 1, so that an error in their gradient cannot hide.
    for (name, variable) in decoder.variables() {
        if name.contains("norm") {
            let ramp = Tensor::arange(0f32, variable.elem_count() as f32, &Device::Cpu).unwrap();
            variable.set(&((ramp * 0.03).unwrap() + 0.7).unwrap()).unwrap();
        }
    }
    decoder
}

fn tokens(b: usize, t: usize) -> Tensor {
    let mut rng = rng::stream("test", 1, &[]);
    let ids = (0..b * t).map(|_| rng.random_range(0..37u32));
    Tensor::from_iter(ids, &Device::Cpu)
        .unwrap()
        .reshape((b, t))
        .unwrap()
}

/// Loss over every third position masked, and the gradient of every variable.
fn loss(decoder: &Decoder, ids: &Tensor, ops: Ops) -> Tensor {
    let logits = decoder.forward(ids, ops).unwrap().flatten(0, 1).unwrap();
    let targets: Vec<u32> = (0..logits.dims()[0] as u32).map(|i| i * 5 % 37).collect();
    let weights: Vec<f32> = (0..targets.len()).map(|i| (i % 3) as f32).collect();
    cross_entropy(&logits, &targets, &weights, ops).unwrap()
}

fn gradients(decoder: &Decoder, ids: &Tensor, ops: Ops) -> BTreeMap<String, Vec<f32>> {
    let store = loss(decoder, ids, ops).backward().unwrap();
    let read = |(name, variable): (String, Var)| {
        let gradient = store
            .get(&variable)
            .unwrap_or_else(|| panic!("{name} has no gradient"));
        (name, gradient.flatten_all().unwrap().to_vec1().unwrap())
    };
    decoder.variables().into_iter().map(read).collect()
}

fn length(x: impl IntoIterator<Item = f32>) -> f32 {
    x.into_iter().map(|x| x * x).sum::<f32>().sqrt()
}

/// Length of the difference relative to the length of `right`.
fn distance(x: &[f32], right: &[f32]) -> f32 {
    length(x.iter().zip(right).map(|(a, b)| a - b)) / length(right.iter().copied())
}

#[test]
fn fused_and_plain_agree_in_logits_and_in_the_gradient_of_every_variable() {
    for (config, b, t) in [
        (shape(4, 4, true), 3, 17),
        (shape(4, 2, true), 1, 64),
        (shape(4, 1, false), 2, 131),
        (shape(2, 2, false), 2, 1),
    ] {
        let decoder = decoder(config);
        let ids = tokens(b, t);
        let logits = |ops| -> Vec<f32> {
            decoder
                .forward(&ids, ops)
                .unwrap()
                .flatten_all()
                .unwrap()
                .to_vec1()
                .unwrap()
        };
        let error = distance(&logits(Ops::Fused), &logits(Ops::Plain));
        assert!(error < 1e-5, "logits at B {b} T {t}: {error}");
        let plain = gradients(&decoder, &ids, Ops::Plain);
        for (name, fused) in gradients(&decoder, &ids, Ops::Fused) {
            // At T = 1 a query has one key: its probability is 1, and neither can change it.
            if t == 1 && (name.contains("q_proj") || name.contains("k_proj")) {
                assert!(length(fused) < 1e-6, "{name}");
                continue;
            }
            let error = distance(&fused, &plain[&name]);
            assert!(error < 1e-4, "{name} at B {b} T {t}: {error}");
        }
    }
}

#[test]
fn sixteen_bits_are_near_in_loss_and_gradient_and_not_far_for_any_variable() {
    let biased = Config {
        qkv_bias: true,
        qk_norm: true,
        ..shape(4, 2, true)
    };
    for (config, b, t) in [
        (shape(4, 2, true), 2, 64),
        (shape(4, 1, false), 3, 17),
        (biased, 2, 40),
    ] {
        let decoder = decoder(config);
        let ids = tokens(b, t);
        let value = |ops| loss(&decoder, &ids, ops).to_scalar::<f32>().unwrap();
        let (wide, narrow) = (value(Ops::Plain), value(Ops::Bf16));
        assert!((wide - narrow).abs() < 1e-3 * wide, "{wide} {narrow}");
        let right = gradients(&decoder, &ids, Ops::Plain);
        let mut all = Vec::new();
        for (name, narrow) in gradients(&decoder, &ids, Ops::Bf16) {
            // What hardly moves the loss has a gradient of rounding errors.
            if length(right[&name].iter().copied()) < 1e-4 {
                continue;
            }
            let error = distance(&narrow, &right[&name]);
            assert!(error < 0.1, "{name} at B {b} T {t}: {error}");
            all.extend(narrow.iter().copied().zip(right[&name].iter().copied()));
        }
        let (narrow, right): (Vec<f32>, Vec<f32>) = all.into_iter().unzip();
        let error = distance(&narrow, &right);
        assert!(error < 0.03, "all of B {b} T {t}: {error}");
    }
}

#[test]
fn frozen_weights_generate_what_the_decoder_says_with_all_operations() {
    let decoder = decoder(shape(4, 2, true));
    let ids = tokens(1, 40);
    let ids_of = ids.flatten_all().unwrap().to_vec1::<u32>().unwrap();
    for (ops, most) in [(Ops::Fused, 1e-5), (Ops::Plain, 1e-5), (Ops::Bf16, 0.02)] {
        let forward = decoder.frozen(ops).unwrap();
        let mut cache = forward.cache();
        let slot = cache.open();
        let mut logits = Vec::new();
        let row = |&token| Row {
            slot,
            token,
            want_logits: true,
        };
        let rows: Vec<Row> = ids_of.iter().map(row).collect();
        forward.step(&rows, &mut cache, &mut logits).unwrap();
        let right = decoder.forward(&ids, ops).unwrap().to_dtype(DType::F32).unwrap();
        let right: Vec<f32> = right.flatten_all().unwrap().to_vec1().unwrap();
        let error = distance(&logits, &right);
        assert!(error < most, "{ops:?}: {error}");
    }
}

#[test]
fn frozen_weights_stay_when_the_decoder_learns() {
    for ops in [Ops::Fused, Ops::Plain, Ops::Bf16] {
        let decoder = decoder(shape(4, 2, false));
        let forward = decoder.frozen(ops).unwrap();
        let say = || {
            let mut cache = forward.cache();
            let row = Row {
                slot: cache.open(),
                token: 3,
                want_logits: true,
            };
            let mut logits = Vec::new();
            forward.step(&[row], &mut cache, &mut logits).unwrap();
            logits
        };
        let before = say();
        for (_, variable) in decoder.variables() {
            variable.set(&variable.affine(0.5, 0.1).unwrap()).unwrap();
        }
        assert_eq!(say(), before, "{ops:?}");
    }
}

#[test]
fn every_variable_gets_a_gradient_that_is_not_zero() {
    for ops in [Ops::Fused, Ops::Plain, Ops::Bf16] {
        let all = gradients(&decoder(shape(4, 2, false)), &tokens(2, 9), ops);
        assert_eq!(all.len(), 21);
        for (name, gradient) in all {
            assert!(length(gradient) > 1e-4, "{name} with {ops:?}");
        }
    }
}

#[test]
fn gradients_match_finite_differences() {
    let decoder = decoder(shape(2, 1, true));
    let ids = tokens(2, 5);
    let gradients = gradients(&decoder, &ids, Ops::Fused);
    for (name, variable) in decoder.variables() {
        let start = variable.copy().unwrap();
        // Along the gradient itself the derivative is its length: the whole variable is checked at once.
        let gradient = Tensor::from_slice(&gradients[&name], variable.shape(), &Device::Cpu).unwrap();
        let slope = length(gradients[&name].iter().copied());
        // So far that the loss changes by about 0.005: well above its rounding, and still straight.
        let reach = (0.005 / slope).min(0.03);
        let at = |sign: f32| {
            let moved = (&start + (&gradient * f64::from(sign * reach / slope)).unwrap()).unwrap();
            variable.set(&moved).unwrap();
            loss(&decoder, &ids, Ops::Fused).to_scalar::<f32>().unwrap()
        };
        let found = (at(1.0) - at(-1.0)) / (2.0 * reach);
        variable.set(&start).unwrap();
        assert!((found / slope - 1.0).abs() < 0.01, "{name}: {found} for {slope}");
    }
}

#[test]
fn gradients_do_not_depend_on_the_number_of_threads() {
    let decoder = decoder(shape(4, 2, true));
    let ids = tokens(5, 90);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| gradients(&decoder, &ids, Ops::Fused))
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn a_position_does_not_see_what_comes_after_it() {
    let decoder = decoder(shape(4, 2, true));
    let ids = tokens(1, 80);
    let cut = ids.narrow(1, 0, 70).unwrap().contiguous().unwrap();
    for ops in [Ops::Fused, Ops::Plain] {
        let read = |x: Tensor| x.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let whole = read(decoder.forward(&ids, ops).unwrap().narrow(1, 0, 70).unwrap());
        assert!(distance(&whole, &read(decoder.forward(&cut, ops).unwrap())) < 1e-5);
    }
}

#[test]
fn equal_seeds_give_equal_weights_and_weights_come_back() {
    let first = Decoder::random(shape(4, 2, false), 3, &Device::Cpu).unwrap();
    let read = |decoder: &Decoder| -> Vec<Vec<f32>> {
        let weights = decoder.weights().unwrap().into_values();
        weights
            .map(|t| t.flatten_all().unwrap().to_vec1().unwrap())
            .collect()
    };
    let copy = Decoder::from_weights(shape(4, 2, false), &first.weights().unwrap(), &Device::Cpu).unwrap();
    assert_eq!(read(&first), read(&copy));
    assert_eq!(
        read(&first),
        read(&Decoder::random(shape(4, 2, false), 3, &Device::Cpu).unwrap())
    );
    assert_ne!(
        read(&first),
        read(&Decoder::random(shape(4, 2, false), 4, &Device::Cpu).unwrap())
    );
    assert_eq!(first.variables().len(), copy.variables().len());
}

#[test]
fn training_one_decoder_leaves_the_weights_it_was_made_from_alone() {
    let first = Decoder::random(shape(4, 2, true), 3, &Device::Cpu).unwrap();
    let weights = first.weights().unwrap();
    let norm = || weights["model.norm.weight"].to_vec1::<f32>().unwrap();
    let before = norm();
    let copy = Decoder::from_weights(shape(4, 2, true), &weights, &Device::Cpu).unwrap();
    for (_, variable) in copy.variables().into_iter().chain(first.variables()) {
        variable.set(&variable.zeros_like().unwrap()).unwrap();
    }
    assert_eq!(norm(), before);
}

#[test]
fn tensors_that_do_not_fit_are_named_with_both_shapes() {
    let config = shape(4, 2, true);
    let good = Decoder::random(config.clone(), 3, &Device::Cpu)
        .unwrap()
        .weights()
        .unwrap();
    let refuse = |weights: &Weights| match Decoder::from_weights(config.clone(), weights, &Device::Cpu) {
        Ok(_) => panic!("accepted"),
        Err(error) => error.to_string(),
    };
    let mut weights = good.clone();
    let norm = weights.remove("model.norm.weight").unwrap();
    assert!(refuse(&weights).contains("no tensor `model.norm.weight` (expected with shape [24])"));
    weights.insert("model.norm.weight".into(), norm.narrow(0, 0, 23).unwrap());
    assert!(refuse(&weights).contains("`model.norm.weight` has shape [23] where config.json asks for [24]"));
    let mut weights = good;
    weights.insert("lm_head.bias".into(), norm);
    assert!(refuse(&weights).contains("`lm_head.bias` of shape [24]"));
}

#[test]
fn input_outside_the_model_is_an_error() {
    let decoder = decoder(shape(4, 2, true));
    for ops in [Ops::Fused, Ops::Plain] {
        let long = Tensor::zeros((1, 257), candle_core::DType::U32, &Device::Cpu).unwrap();
        assert!(
            decoder
                .forward(&long, ops)
                .unwrap_err()
                .to_string()
                .contains("257 tokens")
        );
        let unknown = Tensor::full(37u32, (1, 2), &Device::Cpu).unwrap();
        assert!(decoder.forward(&unknown, ops).is_err());
        let empty = Tensor::zeros((0, 3), candle_core::DType::U32, &Device::Cpu).unwrap();
        assert!(decoder.forward(&empty, ops).is_err());
    }
    assert!(decoder.set_embedding_rows(&[(37, vec![0.0])]).is_err());
    assert!(decoder.set_embedding_rows(&[(0, vec![0.0; 25])]).is_err());
    assert!(decoder.set_embedding_rows(&[(u32::MAX, vec![])]).is_err());
}

#[test]
fn embedding_rows_start_as_they_are_set() {
    let decoder = decoder(shape(4, 2, true));
    let before = decoder.weights().unwrap()["model.embed_tokens.weight"]
        .to_vec2::<f32>()
        .unwrap();
    let row = periodic_row(3, &[2.0, 12.0], 0.06);
    decoder.set_embedding_rows(&[(5, row.clone())]).unwrap();
    let after = decoder.weights().unwrap()["model.embed_tokens.weight"]
        .to_vec2::<f32>()
        .unwrap();
    assert_eq!((&after[5][..4], &after[5][4..]), (&row[..], &before[5][4..]));
    assert_eq!((&after[..5], &after[6..]), (&before[..5], &before[6..]));
    assert!((row[0] + 0.06).abs() < 1e-6 && (row[3] - 0.06).abs() < 1e-6);
}

#[test]
fn packed_sequences_have_the_logits_and_gradients_they_have_alone() {
    let decoder = decoder(shape(4, 2, true));
    let lengths = [5usize, 1, 70, 9];
    let ids: Vec<u32> = (0..85u32).map(|i| i * 7 % 37).collect();
    let targets: Vec<u32> = (0..85u32).map(|i| i * 5 % 37).collect();
    let gradient = |loss: &Tensor| {
        let store = loss.backward().unwrap();
        decoder
            .variables()
            .iter()
            .map(|(_, v)| {
                store
                    .get(v)
                    .unwrap()
                    .flatten_all()
                    .unwrap()
                    .to_vec1::<f32>()
                    .unwrap()
            })
            .collect::<Vec<_>>()
            .concat()
    };
    let score = |from: usize, lengths: &[usize], ops| {
        let n: usize = lengths.iter().sum();
        let packed = Tensor::from_slice(&ids[from..from + n], n, &Device::Cpu).unwrap();
        let logits = decoder
            .forward_packed(&packed, Sequences::new(lengths.to_vec()), ops)
            .unwrap();
        log_probs(&logits, &targets[from..from + n], ops).unwrap()
    };
    for ops in [Ops::Fused, Ops::Plain] {
        let together = score(0, &lengths, ops);
        let mut from = 0;
        let alone: Vec<Tensor> = lengths
            .iter()
            .map(|&length| {
                from += length;
                score(from - length, &[length], ops)
            })
            .collect();
        let alone = Tensor::cat(&alone, 0).unwrap();
        let read = |x: &Tensor| x.to_vec1::<f32>().unwrap();
        assert!(distance(&read(&together), &read(&alone)) < 1e-5, "{ops:?}");
        let (together, alone) = (together.sum_all().unwrap(), alone.sum_all().unwrap());
        assert!(
            distance(&gradient(&together), &gradient(&alone)) < 1e-4,
            "{ops:?}"
        );
    }
}
