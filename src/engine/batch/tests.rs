use super::*;
use crate::{
    base::{cancel::Cancel, sampler::Sampler},
    engine::{Prefix, PromptKind, TokenBatch},
    model::{Config, Fast, Keep, Tokenizer, fast::tests::random, vocabulary},
};
use std::collections::BTreeMap;

mod forwards;
mod scratch;

/// A tiny random model over a byte vocabulary.
pub(crate) fn model() -> Arc<LoadedModel> {
    with(|_| {})
}

fn with(change: impl FnOnce(&mut Config)) -> Arc<LoadedModel> {
    let json = vocabulary::byte_level(&["try ", "back to "], 0..=99, &["<end>"]);
    let tokenizer = Tokenizer::from_json(json.to_string().as_bytes()).unwrap();
    let mut config = crate::model::fast::tests::tiny();
    config.vocab_size = tokenizer.vocab_size();
    config.eos_token_ids = vec![tokenizer.special("<end>").unwrap()];
    change(&mut config);
    let (fast, _): (Fast, _) = random(&config);
    Arc::new(LoadedModel::new("tiny".into(), "sha256:0".into(), fast, tokenizer).unwrap())
}

pub(crate) fn request(run: u64, samples: impl IntoIterator<Item = u64>) -> Request {
    Request {
        run: RunId(run),
        prompt: "try 3 4".into(),
        kind: PromptKind::Raw,
        known: Vec::new(),
        prefix: Vec::new(),
        sampler: Sampler {
            max_tokens: 40,
            seed: 5,
            ..Sampler::default()
        },
        index: 0,
        samples: samples.into_iter().collect(),
        top: 2,
        cancel: Cancel::default(),
        pace: Default::default(),
    }
}

/// Everything said about one sample.
type Told = BTreeMap<(u64, u64), (TokenBatch, Option<StopReason>)>;

fn told(events: &[Event]) -> Told {
    let mut told = Told::new();
    for event in events {
        match &event.kind {
            EventKind::Tokens { sample, batch } => {
                let entry = told.entry((event.run.0, *sample)).or_default();
                assert!(entry.1.is_none(), "tokens after the end");
                entry.0.merge(batch.clone());
            }
            EventKind::Finished { sample, reason } => {
                let entry = told.entry((event.run.0, *sample)).or_default();
                assert!(entry.1.replace(*reason).is_none(), "ended twice");
            }
            _ => {}
        }
    }
    for (batch, _) in told.values() {
        let tokens = batch.ids.len();
        assert!(
            [
                batch.ends.len(),
                batch.logprob.len(),
                batch.entropy.len(),
                batch.top.len()
            ] == [tokens; 4]
        );
        assert!(batch.ends.is_sorted() && batch.ends.last().copied().unwrap_or(0) == batch.text.len());
    }
    told
}

fn run(batch: &mut Batch, requests: Vec<Request>) -> Vec<Event> {
    let mut events = Vec::new();
    for request in requests {
        batch.start(request, &mut events);
    }
    while !batch.is_idle() {
        batch.step(&mut events);
        batch.collect(&mut events);
    }
    assert!(batch.active.is_empty());
    events
}

fn alone(model: &Arc<LoadedModel>, request: Request) -> (TokenBatch, StopReason) {
    let mut told = told(&run(&mut Batch::new(model.clone(), 64), vec![request]));
    assert_eq!(told.len(), 1);
    let (batch, reason) = told.pop_first().unwrap().1;
    (batch, reason.unwrap())
}

#[test]
fn a_sample_is_the_same_alone_and_among_sixty_four() {
    let model = model();
    let all = told(&run(&mut Batch::new(model.clone(), 64), vec![request(1, 0..64)]));
    assert_eq!(all.len(), 64);
    for sample in [0, 17, 63] {
        let (batch, reason) = alone(&model, request(1, [sample]));
        assert_eq!((batch, Some(reason)), all[&(1, sample)]);
    }
    // Siblings differ, the first token included.
    let first: std::collections::HashSet<u32> = all.values().map(|(batch, _)| batch.ids[0]).collect();
    assert!(first.len() > 8, "{first:?}");
}

#[test]
fn requests_that_share_a_small_batch_get_what_they_get_alone() {
    let model = model();
    let requests: Vec<Request> = (1..=3)
        .map(|r| Request {
            index: r,
            prompt: "back to 7".repeat(r as usize * 9),
            ..request(r, 0..5)
        })
        .collect();
    let events = run(&mut Batch::new(model.clone(), 4), requests.clone());
    let together = told(&events);
    assert_eq!(together.len(), 15);
    for one in requests {
        let index = one.run.0;
        let (batch, reason) = alone(
            &model,
            Request {
                samples: vec![4],
                ..one
            },
        );
        assert_eq!((batch, Some(reason)), together[&(index, 4)]);
    }
    for run in 1..=3 {
        let of: Vec<&EventKind> = events
            .iter()
            .filter(|e| e.run.0 == run)
            .map(|e| &e.kind)
            .collect();
        assert!(matches!(of[0], EventKind::Started { .. }) && matches!(of[of.len() - 1], EventKind::Done));
    }
}

#[test]
fn many_prompts_are_read_together_but_no_further_ahead_than_a_batch() {
    let model = model();
    let mut batch = Batch::new(model.clone(), 3);
    let mut events = Vec::new();
    for r in 1..=10 {
        batch.start(request(r, 0..2), &mut events);
    }
    batch.step(&mut events);
    assert_eq!(batch.runs.iter().filter(|run| run.is_read()).count(), 2);
    events.extend(run(&mut batch, vec![]));
    let wanted = alone(&model, request(9, [1])).0;
    assert_eq!(told(&events)[&(9, 1)].0, wanted);
}

#[test]
fn a_fork_with_its_parents_tokens_writes_the_same_text_with_the_same_scores() {
    let model = model();
    let parent = alone(&model, request(1, [3]));
    for at in [1, 16, 39, 40] {
        let prefix = vec![Prefix::Tokens(parent.0.ids[..at].to_vec())];
        let fork = alone(
            &model,
            Request {
                prefix,
                ..request(1, [3])
            },
        );
        assert_eq!(fork.0.given, at);
        assert_eq!(TokenBatch { given: 0, ..fork.0 }, parent.0);
        assert_eq!(fork.1, parent.1);
    }
    let prefix = vec![
        Prefix::Tokens(parent.0.ids[..10].to_vec()),
        Prefix::Text("try 25".into()),
    ];
    let edited = alone(
        &model,
        Request {
            prefix,
            ..request(1, [3])
        },
    );
    assert_eq!((edited.0.given, edited.0.len()), (12, 40));
    assert!(edited.0.text.contains("try 25"));
    assert_eq!(edited.0.ids[..10], parent.0.ids[..10]);
    assert_eq!(edited.0.logprob[..10], parent.0.logprob[..10]);
}

#[test]
fn the_end_token_a_stop_text_the_budget_and_the_context_end_a_sample() {
    let model = model();
    let (whole, reason) = alone(&model, request(1, [1]));
    assert_eq!((whole.len(), reason), (40, StopReason::Length));
    // A stop text that begins within one token and ends within another.
    let at = (10..30)
        .find(|&i| whole.ends[i] > whole.ends[i - 1] + 1)
        .unwrap_or(20);
    let start = whole.text.floor_char_boundary(whole.ends[at] - 1);
    let stop: String = whole.text[start..].chars().take(4).collect();
    let stopping = Sampler {
        stop: vec![stop.clone()],
        ..request(1, []).sampler
    };
    let (cut, reason) = alone(
        &model,
        Request {
            sampler: stopping,
            ..request(1, [1])
        },
    );
    assert_eq!(reason, StopReason::Stop);
    assert_eq!(cut.text, whole.text[..whole.text.find(&stop).unwrap()]);
    assert_eq!(cut.ids, whole.ids[..cut.len()]);
    let ending = with(|config| config.eos_token_ids = vec![whole.ids[7]]);
    let (ended, reason) = alone(&ending, request(1, [1]));
    let first = whole.ids.iter().position(|id| *id == whole.ids[7]).unwrap();
    assert_eq!((ended.ids.len(), reason), (first + 1, StopReason::Stop));
    let short = with(|config| config.max_position_embeddings = 20);
    let (short, reason) = alone(&short, request(1, [1]));
    let prompt = model.prompt("try 3 4", PromptKind::Raw, None).unwrap().len();
    // The last token needs no place: nothing is drawn after it.
    assert_eq!(
        (short.ids.as_slice(), reason),
        (&whole.ids[..21 - prompt], StopReason::Length)
    );
}

#[test]
fn a_cancel_ends_all_samples_of_its_run_at_the_next_step_and_no_others() {
    let model = model();
    let mut batch = Batch::new(model.clone(), 4);
    let mut events = Vec::new();
    let cancelled = request(1, 0..6);
    batch.start(cancelled.clone(), &mut events);
    batch.start(request(2, 0..2), &mut events);
    for _ in 0..5 {
        batch.step(&mut events);
    }
    cancelled.cancel.cancel();
    batch.step(&mut events);
    assert!(batch.runs.iter().all(|run| run.request.run == RunId(2)));
    events.extend(run(&mut batch, vec![]));
    let told = told(&events);
    for sample in 0..6 {
        let (batch, reason) = &told[&(1, sample)];
        assert_eq!(*reason, Some(StopReason::Cancelled));
        assert!(batch.len() <= 5);
    }
    assert_eq!(told[&(2, 1)].0, alone(&model, request(2, [1])).0);
    assert!(
        events
            .iter()
            .any(|e| e.run == RunId(1) && e.kind == EventKind::Done)
    );
}

#[test]
fn requests_that_make_no_sense_fail_with_a_sentence_and_leave_the_others_alone() {
    let model = model();
    let mut batch = Batch::new(model.clone(), 4);
    let sampler = |change: fn(&mut Sampler)| {
        let mut request = request(9, [0]);
        change(&mut request.sampler);
        request
    };
    let bad = [
        (sampler(|s| s.temperature = f32::NAN), "temperature"),
        (sampler(|s| s.max_tokens = 0), "max_tokens"),
        (
            Request {
                prompt: String::new(),
                ..request(9, [0])
            },
            "empty",
        ),
        (
            Request {
                prompt: "x".repeat(500),
                ..request(9, [0])
            },
            "context",
        ),
        (
            Request {
                prefix: vec![Prefix::Tokens(vec![1, 99_999])],
                ..request(9, [0])
            },
            "99999",
        ),
    ];
    for (request, word) in bad {
        let events = run(&mut batch, vec![request]);
        let [
            Event {
                kind: EventKind::Failed(sentence),
                ..
            },
        ] = events.as_slice()
        else {
            panic!("{events:?}")
        };
        assert!(sentence.contains(word), "{sentence}");
    }
    // Asked for twice at the same time: neither can be told from the other.
    let events = run(&mut batch, vec![request(9, [0]), request(9, [0])]);
    assert!(
        matches!(&events[1].kind, EventKind::Failed(s) if s.contains("twice")),
        "{events:?}"
    );
    // What was written before a failure is told.
    let mut events = Vec::new();
    batch.start(request(9, [0]), &mut events);
    for _ in 0..5 {
        batch.step(&mut events);
    }
    batch.fail_all("out of memory", &mut events);
    assert_eq!(told(&events)[&(9, 0)].0.len(), 5);
    // Nobody to write: the run is over at once.
    let events = run(&mut batch, vec![request(3, [])]);
    assert!(matches!(
        events.as_slice(),
        [
            Event {
                kind: EventKind::Started { .. },
                ..
            },
            Event {
                kind: EventKind::Done,
                ..
            }
        ]
    ));
    // A prefix that already used up the budget.
    let prefix = vec![Prefix::Text("try ".repeat(41))];
    let (full, reason) = alone(
        &model,
        Request {
            prefix,
            ..request(4, [0])
        },
    );
    assert_eq!((full.len(), full.given, reason), (41, 41, StopReason::Length));
}

#[test]
fn broken_weights_fail_the_run_and_the_batch_lives_on() {
    let config = crate::model::fast::tests::tiny();
    let config = Config {
        vocab_size: model().forward.vocab_size(),
        ..config
    };
    let (_, mut numbers) = random(&config);
    numbers.get_mut("model.norm.weight").unwrap().fill(f32::MAX);
    let tensors = numbers
        .into_iter()
        .map(|(name, values)| {
            let shape = crate::model::layout::expected(&config)
                .into_iter()
                .find(|s| s.0 == name)
                .unwrap()
                .1;
            (
                name,
                candle_core::Tensor::from_vec(values, shape, &candle_core::Device::Cpu).unwrap(),
            )
        })
        .collect::<crate::model::Weights>();
    let json = vocabulary::byte_level(&["try ", "back to "], 0..=99, &["<end>"]);
    let tokenizer = Tokenizer::from_json(json.to_string().as_bytes()).unwrap();
    let fast = Fast::new(&config, &tensors, Keep::AsStored).unwrap();
    let model = Arc::new(LoadedModel::new("broken".into(), String::new(), fast, tokenizer).unwrap());
    let mut batch = Batch::new(model, 4);
    let events = run(&mut batch, vec![request(1, 0..3)]);
    assert!(
        matches!(&events[events.len() - 1].kind, EventKind::Failed(s) if s.contains("not finite")),
        "{events:?}"
    );
}

#[test]
fn a_fork_reads_only_its_last_token_again_and_says_the_same() {
    let model = model();
    let parent = Request {
        sampler: Sampler {
            max_tokens: 60,
            ..Sampler::default()
        },
        prompt: "try 3 4 back to 7 ".repeat(3),
        ..request(1, [0])
    };
    let cache = model.forward.cache().keeping();
    let mut batch = Batch::with_cache(Arc::clone(&model), 4, cache);
    let told_first = told(&run(&mut batch, vec![parent.clone()]));
    let (said, _) = told_first.values().next().unwrap().clone();
    let known = said.scores(said.len());
    for at in [1, 15, 16, 17, 40] {
        let fork = Request {
            prefix: vec![Prefix::Tokens(said.ids[..at].to_vec())],
            known: known[..at].to_vec(),
            ..Request {
                run: RunId(100 + at as u64),
                ..parent.clone()
            }
        };
        let anew = told(&run(&mut Batch::new(Arc::clone(&model), 4), vec![fork.clone()]));
        let mut events = Vec::new();
        batch.start(fork, &mut events);
        let prompt = model.prompt(&parent.prompt, PromptKind::Raw, None).unwrap().len();
        let here = batch.cache.len(batch.runs[0].slot);
        assert_eq!(here, prompt + at - 1, "all but the last token is in the cache");
        while !batch.is_idle() {
            batch.step(&mut events);
        }
        let again = told(&events);
        assert_eq!(
            again.values().next().unwrap(),
            anew.values().next().unwrap(),
            "{at}"
        );
    }
}

#[test]
fn a_run_that_memory_is_too_short_for_fails_alone() {
    let model = with(|config| config.eos_token_ids.clear());
    let cache = model.forward.cache();
    let block = cache.block_bytes();
    let mut batch = Batch::with_cache(Arc::clone(&model), 8, cache.with_limit(12 * block));
    let long = Request {
        sampler: Sampler {
            max_tokens: 190,
            ..Sampler::default()
        },
        ..request(1, 0..4)
    };
    let events = run(&mut batch, vec![long, request(2, [0])]);
    // Whoever needs a block that is not there fails; its memory lets the others go on.
    let last = |run: u64| events.iter().rev().find(|event| event.run == RunId(run)).unwrap();
    assert!(
        matches!(&last(1).kind, EventKind::Failed(s) if s.contains("memory")),
        "{:?}",
        last(1)
    );
    assert_eq!(last(2).kind, EventKind::Done);
    assert_eq!(batch.cache.bytes(), 0, "memory is given back");
}
