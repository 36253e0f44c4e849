use super::*;
use crate::{
    base::rng,
    model::{Weights, layout::expected},
};
use candle_core::{Device, Tensor};
use rand::Rng as _;
use std::collections::BTreeMap;

/// A random decoder and its weights as plain numbers.
pub(crate) fn random(config: &Config) -> (Fast, BTreeMap<String, Vec<f32>>) {
    let mut rng = rng::stream("fast test", 1, &[]);
    let (mut tensors, mut numbers) = (Weights::new(), BTreeMap::new());
    for (name, shape) in expected(config) {
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count).map(|_| rng.random_range(-0.5..0.5)).collect();
        tensors.insert(
            name.clone(),
            Tensor::from_slice(&values, shape, &Device::Cpu).unwrap(),
        );
        numbers.insert(name, values);
    }
    (Fast::new(config, &tensors, Keep::AsStored).unwrap(), numbers)
}

pub(crate) fn tiny() -> Config {
    Config {
        vocab_size: 37,
        hidden_size: 24,
        intermediate_size: 40,
        num_hidden_layers: 2,
        num_attention_heads: 4,
        num_key_value_heads: 2,
        head_dim: 6,
        max_position_embeddings: 200,
        rope_theta: 10_000.0,
        rms_norm_eps: 1e-5,
        tie_word_embeddings: false,
        ..Config::default()
    }
}

fn tokens(seed: u64, len: usize) -> Vec<u32> {
    let mut rng = rng::stream("fast test tokens", seed, &[]);
    (0..len).map(|_| rng.random_range(0..37)).collect()
}

fn rows(slot: usize, tokens: &[u32]) -> Vec<Row> {
    tokens
        .iter()
        .map(|&token| Row {
            slot,
            token,
            want_logits: true,
        })
        .collect()
}

fn run(fast: &Fast, cache: &mut Cache, rows: &[Row]) -> Vec<f32> {
    let mut logits = Vec::new();
    fast.step(rows, cache, &mut logits).unwrap();
    logits
}

/// The decoder as the papers write it: f64, no cache, one position after the other.
fn reference(config: &Config, w: &BTreeMap<String, Vec<f32>>, tokens: &[u32]) -> Vec<f64> {
    let (d, dim) = (config.hidden_size, config.head_dim);
    let get = |name: &str| &w[&format!("{name}.weight")];
    let linear = |w: &[f32], x: &[f64]| -> Vec<f64> {
        w.chunks(x.len())
            .map(|w| w.iter().zip(x).map(|(w, x)| f64::from(*w) * x).sum())
            .collect()
    };
    let norm = |x: &[f64], w: &[f32]| -> Vec<f64> {
        let root = (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64 + config.rms_norm_eps).sqrt();
        x.iter().zip(w).map(|(x, w)| x / root * f64::from(*w)).collect()
    };
    let rotate = |x: &mut [f64], position: usize| {
        for head in x.chunks_mut(dim) {
            for i in 0..dim / 2 {
                let angle = position as f64 / config.rope_theta.powf((2 * i) as f64 / dim as f64);
                let (a, b) = (head[i], head[i + dim / 2]);
                head[i] = a * angle.cos() - b * angle.sin();
                head[i + dim / 2] = b * angle.cos() + a * angle.sin();
            }
        }
    };
    let mut stream: Vec<Vec<f64>> = tokens
        .iter()
        .map(|t| {
            get("model.embed_tokens")[*t as usize * d..][..d]
                .iter()
                .map(|x| f64::from(*x))
                .collect()
        })
        .collect();
    for layer in 0..config.num_hidden_layers {
        let part = |name: &str| get(&format!("model.layers.{layer}.{name}"));
        let (mut keys, mut values): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (vec![], vec![]);
        for (position, x) in stream.iter_mut().enumerate() {
            let y = norm(x, part("input_layernorm"));
            let mut query = linear(part("self_attn.q_proj"), &y);
            let mut key = linear(part("self_attn.k_proj"), &y);
            rotate(&mut query, position);
            rotate(&mut key, position);
            keys.push(key);
            values.push(linear(part("self_attn.v_proj"), &y));
            let mut gathered = Vec::new();
            for (head, query) in query.chunks(dim).enumerate() {
                let at = head * config.num_key_value_heads / config.num_attention_heads * dim;
                let score = |k: &Vec<f64>| {
                    let dot: f64 = query.iter().zip(&k[at..]).map(|(q, k)| q * k).sum();
                    (dot / (dim as f64).sqrt()).exp()
                };
                let scores: Vec<f64> = keys.iter().map(score).collect();
                let sum: f64 = scores.iter().sum();
                for i in 0..dim {
                    gathered.push(
                        scores
                            .iter()
                            .zip(&values)
                            .map(|(s, v)| s * v[at + i])
                            .sum::<f64>()
                            / sum,
                    );
                }
            }
            for (x, y) in x.iter_mut().zip(linear(part("self_attn.o_proj"), &gathered)) {
                *x += y;
            }
            let y = norm(x, part("post_attention_layernorm"));
            let (gate, up) = (linear(part("mlp.gate_proj"), &y), linear(part("mlp.up_proj"), &y));
            let gated: Vec<f64> = gate
                .iter()
                .zip(&up)
                .map(|(g, u)| g / (1.0 + (-g).exp()) * u)
                .collect();
            for (x, y) in x.iter_mut().zip(linear(part("mlp.down_proj"), &gated)) {
                *x += y;
            }
        }
    }
    let head = if config.tie_word_embeddings {
        "model.embed_tokens"
    } else {
        "lm_head"
    };
    stream
        .iter()
        .flat_map(|x| linear(get(head), &norm(x, get("model.norm"))))
        .collect()
}

#[test]
fn the_logits_are_those_of_the_decoder_as_the_papers_write_it() {
    for tied in [true, false] {
        let config = Config {
            tie_word_embeddings: tied,
            ..tiny()
        };
        let (fast, weights) = random(&config);
        let mut cache = Cache::new(&config);
        let slot = cache.open();
        let tokens = tokens(1, 90);
        let got = run(&fast, &mut cache, &rows(slot, &tokens));
        let want = reference(&config, &weights, &tokens);
        assert_eq!(got.len(), want.len());
        for (got, want) in got.iter().zip(&want) {
            assert!((f64::from(*got) - want).abs() < 2e-5, "{got} {want}");
        }
    }
}

#[test]
fn a_sequence_gives_the_same_bits_in_one_step_in_pieces_and_among_others() {
    let config = tiny();
    let (fast, _) = random(&config);
    let text = tokens(2, 75);
    let mut cache = Cache::new(&config);
    let whole = cache.open();
    let whole = run(&fast, &mut cache, &rows(whole, &text));
    let alone = cache.open();
    let alone: Vec<f32> = text
        .iter()
        .flat_map(|t| run(&fast, &mut cache, &rows(alone, &[*t])))
        .collect();
    assert_eq!(alone, whole);
    let slots: Vec<usize> = (0..70).map(|_| cache.open()).collect();
    let other = tokens(3, 75);
    let mut among = Vec::new();
    for (t, o) in text.iter().zip(&other) {
        let mut step: Vec<Row> = slots
            .iter()
            .map(|&slot| Row {
                slot,
                token: *o,
                want_logits: false,
            })
            .collect();
        step[41] = Row {
            slot: slots[41],
            token: *t,
            want_logits: true,
        };
        among.extend(run(&fast, &mut cache, &step));
    }
    assert_eq!(among, whole);
}

#[test]
fn a_fork_goes_on_as_if_it_had_read_everything_itself() {
    let config = tiny();
    let (fast, _) = random(&config);
    let mut cache = Cache::new(&config);
    let (text, other) = (tokens(4, 40), tokens(5, 20));
    for at in [0, 1, 16, 17, 40] {
        let trunk = cache.open();
        run(&fast, &mut cache, &rows(trunk, &text));
        let fork = cache.fork(trunk, at);
        assert_eq!(cache.len(fork), at);
        // The trunk goes on too: it must not disturb the fork.
        run(&fast, &mut cache, &rows(trunk, &other));
        let forked = run(&fast, &mut cache, &rows(fork, &other));
        cache.truncate(trunk, at);
        assert_eq!(run(&fast, &mut cache, &rows(trunk, &other)), forked);
        let fresh = cache.open();
        run(&fast, &mut cache, &rows(fresh, &text[..at]));
        assert_eq!(run(&fast, &mut cache, &rows(fresh, &other)), forked);
        for slot in [trunk, fork, fresh] {
            cache.close(slot);
        }
        assert!(cache.is_empty(fork));
    }
}

#[test]
fn what_cannot_be_read_is_an_error_and_leaves_the_cache_alone() {
    let config = Config {
        max_position_embeddings: 10,
        ..tiny()
    };
    let (fast, weights) = random(&config);
    let mut cache = Cache::new(&config);
    let slot = cache.open();
    let mut logits = Vec::new();
    let good = tokens(6, 8);
    run(&fast, &mut cache, &rows(slot, &good));
    let mut try_tokens = |tokens: &[u32], slot| {
        fast.step(&rows(slot, tokens), &mut cache, &mut logits)
            .unwrap_err()
    };
    assert!(matches!(try_tokens(&[1, 2, 3], slot), FastError::ContextFull(10)));
    assert!(matches!(
        try_tokens(&[1, 37], slot),
        FastError::Token { token: 37, vocab: 37 }
    ));
    assert!(matches!(try_tokens(&[1], 99), FastError::Slot(99)));
    assert_eq!(cache.len(slot), 8);
    let mut tensors = Weights::new();
    assert!(
        matches!(Fast::new(&config, &tensors, Keep::AsStored), Err(FastError::Missing(name)) if name == "model.embed_tokens.weight")
    );
    for (name, values) in weights {
        let len = values.len();
        tensors.insert(name, Tensor::from_vec(values, len, &Device::Cpu).unwrap());
    }
    assert!(matches!(
        Fast::new(&config, &tensors, Keep::AsStored),
        Err(FastError::Shape { .. })
    ));
}
