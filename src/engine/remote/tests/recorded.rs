//! The engine against what real servers sent, in `tests/data/streams`: llama.cpp and `transformers serve`.

use super::{
    mock::{Step, status, stream},
    *,
};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// The model of the two streams that were recorded first, with log-probabilities.
const FIRST: &str = r#"{"data":[{"id":"/tmp/rg/tiny.gguf","owned_by":"llamacpp"}]}"#;

fn read(name: &str) -> String {
    let path = format!("{}/tests/data/streams/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// A server that lists `models` and sends what was recorded, in pieces of `size` bytes.
fn recorded(models: &str, name: &str, size: usize) -> Mock {
    let bytes = read(name).into_bytes();
    Mock::listing(status(200, "", models), move |_, _| {
        let mut steps = stream("");
        steps.extend(bytes.chunks(size).map(|piece| Step::Send(piece.to_vec())));
        steps
    })
}

#[test]
fn streams_of_real_servers_are_read_however_they_are_cut() {
    let thoughts = "<think>\ntry 5=110=110 left 110 7\n</think> 110-7";
    let (llama, transformers) = (read("llama-models.json"), read("transformers-models.json"));
    for (models, file, text, tokens, scored, prompt_tokens) in [
        (
            FIRST,
            "llama-completions.txt",
            " networks jumper Everett affluentSuperORK",
            6,
            6,
            6,
        ),
        (
            FIRST,
            "llama-chat.txt",
            "Hz inflammians Nebula Whis transfers",
            6,
            6,
            15,
        ),
        (&llama, "llama-completions-plain.txt", "try 5+*5=", 6, 0, 11),
        (&llama, "llama-chat-plain.txt", "try 5+*5=", 6, 0, 11),
        (
            &llama,
            "llama-reasoning.txt",
            "<think>\ntry 5=110=110 left ",
            7,
            0,
            28,
        ),
        (
            &transformers,
            "transformers-completions.txt",
            "try 5+*5=",
            6,
            0,
            11,
        ),
        (&transformers, "transformers-chat.txt", "try 5+*5=", 6, 0, 11),
        (&transformers, "transformers-reasoning.txt", thoughts, 15, 0, 28),
    ] {
        for size in [1, 7, 100_000] {
            let mut asked = if file.contains("completions") {
                request(1, [0])
            } else {
                question(1)
            };
            asked.sampler.max_tokens = 16;
            let events = ask(&recorded(models, file, size), asked);
            let (batch, reason) = sample(&events, 0);
            assert_eq!(
                (batch.text.as_str(), reason),
                (text, Some(StopReason::Length)),
                "{file}"
            );
            let known = batch.logprob.iter().filter(|logprob| !logprob.is_nan()).count();
            assert_eq!((batch.len(), known), (tokens, scored), "{file}");
            let mut told = batch.top_text.iter().filter(|top| !top.is_empty());
            assert!(told.all(|top| top.len() == 2), "{file}");
            let counted = EventKind::Started { prompt_tokens };
            assert!(events.iter().any(|event| event.kind == counted), "{file}");
        }
    }
}

#[test]
fn an_error_that_transformers_serve_puts_between_quotes_as_it_is_is_told() {
    let mock = recorded(&read("transformers-models.json"), "transformers-error.txt", 5);
    let events = ask(&mock, request(1, [0]));
    let said = "after nothing: Validation error for field 'num_hidden_layers':";
    assert!(sentence(&events).ends_with(said), "{events:?}");
    assert_eq!(mock.asked().len(), 1);
}

#[test]
fn transformers_serve_is_asked_one_text_at_a_time_by_all_runs_because_each_sets_the_seed_of_all() {
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (inside, peak) = (Arc::clone(&open), Arc::clone(&most));
    let bytes = read("transformers-completions.txt");
    let mock = Mock::listing(status(200, "", &read("transformers-models.json")), move |_, _| {
        // Those that come at once meet here.
        peak.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        (0..1000).for_each(|_| std::thread::yield_now());
        inside.fetch_sub(1, Ordering::SeqCst);
        stream(bytes.clone())
    });
    let mut engine = engine(&mock);
    for run in 1..4 {
        let start = Command::Start(Box::new(request(run, 0..5)));
        engine.commands.send(start).unwrap();
    }
    let events = listen(&mut engine, 3);
    assert!(
        events
            .iter()
            .all(|event| !matches!(event.kind, EventKind::Failed(_)))
    );
    assert_eq!((mock.asked().len(), most.load(Ordering::SeqCst)), (15, 1));
    let config = |asked: &mock::Asked| -> Value {
        serde_json::from_str(asked.body["generation_config"].as_str().unwrap()).unwrap()
    };
    assert!(
        mock.asked()
            .iter()
            .all(|asked| config(asked)["do_sample"] == json!(true))
    );
}
