//! The batch over the other ways to compute: a device, and another library's models.

use super::*;
use crate::model::{
    Forward, Shards, Weights,
    device::Decoder,
    foreign::{Foreign, ForeignConfig},
    parity::data,
    tokenizer::tests::fallback,
};
use candle_core::{DType, Device, Tensor};

/// The tiny model of these tests on a device, which is the processor.
fn on_a_device() -> Arc<LoadedModel> {
    let own = model();
    let Forward::Fast(fast) = &own.forward else {
        panic!("another way")
    };
    let config = fast.config();
    let (_, numbers) = random(config);
    let weights = crate::model::layout::expected(config)
        .into_iter()
        .map(|(name, shape)| {
            let numbers = numbers[&name].clone();
            (name, Tensor::from_vec(numbers, shape, &Device::Cpu).unwrap())
        });
    let weights: Weights = weights.collect();
    let decoder = Decoder::new(config, &weights, DType::F32, &Device::Cpu).unwrap();
    let json = vocabulary::byte_level(&["try ", "back to "], 0..=99, &["<end>"]);
    let tokenizer = Tokenizer::from_json(json.to_string().as_bytes()).unwrap();
    let forward = Forward::Device(Box::new(decoder));
    Arc::new(LoadedModel::new("device".into(), String::new(), forward, tokenizer).unwrap())
}

fn foreign(name: &str) -> Arc<LoadedModel> {
    let dir = data("foreign").join(name);
    let config = std::fs::read_to_string(dir.join("config.json")).unwrap();
    let config = ForeignConfig::from_json(&config).unwrap();
    let foreign = Foreign::new(&config, &Shards::open(&dir).unwrap(), &Device::Cpu).unwrap();
    let tokenizer = Tokenizer::from_json(fallback().to_string().as_bytes()).unwrap();
    let forward = Forward::Foreign(Box::new(foreign));
    Arc::new(LoadedModel::new(name.into(), String::new(), forward, tokenizer).unwrap())
}

fn asked(prompt: &str, samples: std::ops::Range<u64>) -> Request {
    Request {
        prompt: prompt.into(),
        ..request(1, samples)
    }
}

#[test]
fn a_device_says_what_the_kernels_say() {
    let (own, device) = (model(), on_a_device());
    let prompt = "try 3 4 back to 7 ".repeat(8);
    let say = |model: &Arc<LoadedModel>| {
        told(&run(
            &mut Batch::new(model.clone(), 16),
            vec![asked(&prompt, 0..16)],
        ))
    };
    let (own, device) = (say(&own), say(&device));
    assert_eq!(own.len(), 16);
    for (place, (batch, reason)) in &own {
        let (other, its_reason) = &device[place];
        assert_eq!((&batch.ids, reason), (&other.ids, its_reason));
        let pairs = batch.logprob.iter().zip(&other.logprob);
        assert!(pairs.clone().all(|(a, b)| (a - b).abs() < 1e-3));
    }
}

#[test]
fn a_fork_of_what_was_said_on_a_device_reads_only_its_last_token_again() {
    let model = on_a_device();
    let cache = model.forward.cache().keeping();
    let mut batch = Batch::with_cache(Arc::clone(&model), 4, cache);
    let parent = asked(&"try 3 4 back to 7 ".repeat(3), 0..1);
    let said = told(&run(&mut batch, vec![parent.clone()]))
        .pop_first()
        .unwrap()
        .1
        .0;
    let fork = Request {
        run: RunId(2),
        prefix: vec![Prefix::Tokens(said.ids[..17].to_vec())],
        known: said.scores(17),
        ..parent.clone()
    };
    let mut events = Vec::new();
    batch.start(fork, &mut events);
    let prompt = model.prompt(&parent.prompt, PromptKind::Raw, None).unwrap().len();
    assert_eq!(batch.cache.len(batch.runs[0].slot), prompt + 16);
    while !batch.is_idle() {
        batch.step(&mut events);
    }
    assert_eq!(told(&events).pop_first().unwrap().1.0.ids, said.ids);
}

#[test]
fn a_foreign_model_says_the_same_alone_and_among_others_and_gives_its_memory_back() {
    for name in ["gemma3", "phi"] {
        let model = foreign(name);
        let prompt = "a a aa ".repeat(4);
        let mut batch = Batch::new(model.clone(), 4);
        let all = told(&run(&mut batch, vec![asked(&prompt, 0..6)]));
        assert_eq!((all.len(), batch.cache.bytes()), (6, 0));
        for sample in [0, 5] {
            let (alone, reason) = alone(&model, asked(&prompt, sample..sample + 1));
            let (among, its_reason) = &all[&(1, sample)];
            assert_eq!(
                (alone.ids, Some(reason)),
                (among.ids.clone(), *its_reason),
                "{name}"
            );
        }
    }
}

#[test]
fn a_text_ends_with_the_context_of_a_foreign_model() {
    let model = foreign("olmo2");
    let mut endless = asked("a", 0..1);
    endless.sampler.max_tokens = 10_000;
    endless.sampler.temperature = 0.0;
    let (batch, reason) = alone(&model, endless);
    let ended = batch.ids.last() == Some(&1);
    assert!(ended || (reason, model.forward.context()) == (StopReason::Length, 256));
    assert!(batch.ids.len() <= 256);
}
