//! The engine for servers against real ones. `tests/servers.sh` starts llama.cpp's and `transformers serve` with the bundled
//! model scout and runs this; or name any servers in `BACKTRAIL_LIVE_SERVERS`, with commas between them
//! (`http://127.0.0.1:8000#model,…`). What needs to know the model is looked at only where the model is called scout.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use backtrail::{
    base::{cancel::Cancel, sampler::Sampler},
    engine::{
        Command, EngineHandle, Event, EventKind, Prefix, PromptKind, RemoteEngine, Request, RunId, Server,
        StopReason, TokenBatch,
    },
};
use std::collections::BTreeSet;

const PROMPT: &str = "7 5 3 -> 36\n";

/// Names of the servers, as `--model` takes them.
fn servers() -> Vec<String> {
    let names = std::env::var("BACKTRAIL_LIVE_SERVERS");
    let names = names.unwrap_or_else(|_| panic!("name servers in BACKTRAIL_LIVE_SERVERS"));
    names.split(',').map(|name| format!("openai:{name}")).collect()
}

fn engine(name: &str) -> EngineHandle {
    RemoteEngine::spawn(Server::parse(name).unwrap(), None, 64).unwrap()
}

/// A text behind [`PROMPT`], drawn as `sampler` says.
fn request(sampler: Sampler, samples: impl IntoIterator<Item = u64>) -> Request {
    Request {
        run: RunId(1),
        prompt: PROMPT.into(),
        kind: PromptKind::Raw,
        known: Vec::new(),
        prefix: Vec::new(),
        sampler,
        index: 0,
        samples: samples.into_iter().collect(),
        top: 3,
        cancel: Cancel::default(),
        pace: Default::default(),
    }
}

fn sampler(temperature: f32, max_tokens: usize) -> Sampler {
    Sampler {
        temperature,
        max_tokens,
        ..Sampler::default()
    }
}

/// Everything a fresh engine says.
fn ask(name: &str, request: Request) -> Vec<Event> {
    let mut engine = engine(name);
    engine.commands.send(Command::Start(Box::new(request))).unwrap();
    let events = listen(&mut engine);
    engine.join();
    events
}

/// Reads up to the end of the run.
fn listen(engine: &mut EngineHandle) -> Vec<Event> {
    until(engine, |_| false)
}

/// Reads up to what is waited for, or the end of the run.
fn until(engine: &mut EngineHandle, awaited: impl Fn(&EventKind) -> bool) -> Vec<Event> {
    let mut events = Vec::new();
    loop {
        let event = engine.events.blocking_recv().unwrap();
        let over = matches!(event.kind, EventKind::Done | EventKind::Failed(_)) || awaited(&event.kind);
        events.push(event);
        if over {
            return events;
        }
    }
}

/// What was written of a sample, and why it ended; lists are as long as they must be.
fn sample(events: &[Event], number: u64) -> (TokenBatch, Option<StopReason>) {
    let (mut all, mut end) = (TokenBatch::default(), None);
    for event in events {
        match &event.kind {
            EventKind::Tokens { sample, batch } if *sample == number => all.merge(batch.clone()),
            EventKind::Finished { sample, reason } if *sample == number => end = Some(*reason),
            EventKind::Failed(sentence) => panic!("{sentence}"),
            _ => {}
        }
    }
    assert!(all.ends.is_sorted() && all.ends.iter().all(|end| all.text.is_char_boundary(*end)));
    for length in [all.logprob.len(), all.top_text.len()] {
        assert!(length == all.len() || length == 0);
    }
    assert!(
        all.logprob
            .iter()
            .all(|logprob| logprob.is_finite() && *logprob <= 0.0)
    );
    (all, end)
}

fn text(name: &str, request: Request) -> String {
    let number = request.samples[0];
    sample(&ask(name, request), number).0.text
}

fn sentence(events: &[Event]) -> &str {
    match &events.last().unwrap().kind {
        EventKind::Failed(sentence) => sentence,
        other => panic!("{other:?}"),
    }
}

#[test]
#[ignore = "needs servers"]
fn samples_differ_and_each_is_the_same_again_whoever_else_is_asked_for() {
    for name in servers() {
        let events = ask(&name, request(sampler(1.0, 24), 0..6));
        let texts: Vec<String> = (0..6).map(|number| sample(&events, number).0.text).collect();
        assert!(
            texts.iter().collect::<BTreeSet<_>>().len() > 1,
            "{name}: {texts:?}"
        );
        for number in [0, 4] {
            let alone = text(&name, request(sampler(1.0, 24), [number]));
            assert_eq!(alone, texts[number as usize], "{name}");
        }
        let counted = |event: &Event| matches!(event.kind, EventKind::Started { prompt_tokens: 1.. });
        assert!(events.iter().any(counted), "{name}");
    }
}

#[test]
#[ignore = "needs servers"]
fn each_setting_of_the_sampler_is_kept() {
    for name in servers() {
        let (batch, reason) = sample(&ask(&name, request(sampler(0.0, 24), [0])), 0);
        assert_eq!(reason, Some(StopReason::Length), "{name}");
        assert!(batch.len() <= 24);
        let greedy = batch.text;
        let top_k = Sampler {
            top_k: 1,
            ..sampler(1.0, 24)
        };
        let min_p = Sampler {
            min_p: 1.0,
            ..sampler(1.0, 24)
        };
        let top_p = Sampler {
            top_p: 1e-6,
            ..sampler(1.0, 24)
        };
        for narrow in [sampler(0.0, 24), top_k, min_p, top_p] {
            assert_eq!(
                text(&name, request(narrow.clone(), [0])),
                greedy,
                "{name}: {narrow:?}"
            );
        }
        let from = greedy.ceil_char_boundary(greedy.len() / 2);
        let to = greedy.ceil_char_boundary(from + 2);
        let stop = greedy[from..to].to_owned();
        let stopping = Sampler {
            stop: vec![stop.clone()],
            ..sampler(0.0, 24)
        };
        let (batch, reason) = sample(&ask(&name, request(stopping, [0])), 0);
        assert_eq!(reason, Some(StopReason::Stop), "{name}");
        assert!(
            !batch.text.contains(&stop) && greedy.starts_with(&batch.text),
            "{name}"
        );
    }
}

#[test]
#[ignore = "needs servers"]
fn a_text_goes_on_behind_its_own_beginning() {
    for name in servers() {
        let begun = "try 5+7=12 left 12 3\n";
        let mut fork = request(sampler(0.0, 16), [0]);
        fork.prefix = vec![Prefix::Text(begun.to_owned())];
        let (batch, reason) = sample(&ask(&name, fork), 0);
        assert_eq!((batch.given, reason.is_some()), (1, true), "{name}");
        // Not compared with the whole text: a server may cut the same text into other tokens than it wrote.
        let mut whole = request(sampler(0.0, 16), [0]);
        whole.prompt.push_str(begun);
        let rest = text(&name, whole);
        assert!(!rest.is_empty(), "{name}");
        assert_eq!(batch.text, format!("{begun}{rest}"), "{name}");
    }
}

#[test]
#[ignore = "needs servers"]
fn a_question_is_answered_and_a_begun_answer_continued_or_there_is_a_sentence() {
    for name in servers() {
        let mut question = request(sampler(1.0, 12), [0, 1]);
        question.kind = PromptKind::Question;
        for thinking in [None, Some(false)] {
            question.sampler.thinking = thinking;
            let (batch, reason) = sample(&ask(&name, question.clone()), 1);
            assert!(!batch.text.is_empty() && reason.is_some(), "{name}");
        }
        question.prefix = vec![Prefix::Text("Let me see:".into())];
        let events = ask(&name, question);
        if matches!(events.last().unwrap().kind, EventKind::Failed(_)) {
            assert!(
                sentence(&events).contains("cannot continue a begun answer"),
                "{events:?}"
            );
        } else {
            let (batch, _) = sample(&events, 0);
            assert!(
                batch.text.starts_with("Let me see:") && batch.given == 1,
                "{name}"
            );
        }
    }
}

#[test]
#[ignore = "needs servers"]
fn a_cancel_ends_long_texts_and_the_server_is_free_for_the_next() {
    for name in servers() {
        let mut engine = engine(&name);
        let long = request(sampler(1.0, 400), 0..40);
        engine
            .commands
            .send(Command::Start(Box::new(long.clone())))
            .unwrap();
        let mut events = until(&mut engine, |kind| matches!(kind, EventKind::Tokens { .. }));
        // Says so if it has failed instead.
        sample(&events, 0);
        long.cancel.cancel();
        events.extend(listen(&mut engine));
        // All that were asked for have ended, and not all by themselves.
        let ends: Vec<_> = (0..40).filter_map(|number| sample(&events, number).1).collect();
        assert_eq!(ends.len(), 40, "{name}");
        assert!(ends.contains(&StopReason::Cancelled), "{name}");
        assert!(!text(&name, request(sampler(0.0, 3), [0])).is_empty(), "{name}");
    }
}

#[test]
#[ignore = "needs servers"]
fn a_model_that_a_server_lacks_is_a_sentence() {
    for name in servers() {
        let (server, _) = name.split_once('#').unwrap_or((&name, ""));
        let events = ask(&format!("{server}#nobody/none"), request(sampler(0.0, 3), [0]));
        assert!(
            sentence(&events).contains("has no model `nobody/none`; it has "),
            "{events:?}"
        );
    }
}

#[test]
#[ignore = "needs servers"]
fn scout_writes_on_a_server_what_it_writes_here() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_backtrail"))
        .args([
            "generate",
            "--model",
            "scout",
            "--prompt",
            PROMPT,
            "--json",
            "--token-stats",
        ])
        .args(["--set", "sampler.temperature=0", "--set", "sampler.max_tokens=40"])
        .output()
        .unwrap();
    let here: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for name in servers().iter().filter(|name| name.ends_with("scout")) {
        let (batch, _) = sample(&ask(name, request(sampler(0.0, 40), [0])), 0);
        assert_eq!(here["text"].as_str(), Some(batch.text.as_str()), "{name}");
        // Where a server tells probabilities they are ours, as near as 16 bits come.
        let stats = here["token_stats"]["logprob"].as_array().unwrap();
        for (told, own) in batch.logprob.iter().zip(stats) {
            assert!(
                (f64::from(*told) - own.as_f64().unwrap()).abs() < 0.02,
                "{name}: {told}, {own}"
            );
        }
        // Its first token has a probability of 0.94: top-p leaves others only if the temperature comes first.
        let wide = Sampler {
            top_p: 0.9,
            ..sampler(3.0, 1)
        };
        let events = ask(name, request(wide, 0..16));
        let firsts: BTreeSet<String> = (0..16).map(|number| sample(&events, number).0.text).collect();
        assert!(firsts.len() > 1, "{name}: {firsts:?}");
    }
}
