//! The engine against a server that misbehaves on purpose.

mod answers;
mod failures;
mod mock;
mod recorded;
mod secrets;

use super::{Patience, RemoteEngine, Secret, Server};
pub(super) use crate::engine::batch::tests::request;
use crate::engine::{
    Command, EngineHandle, Event, EventKind, PromptKind, Request, RunId, StopReason, TokenBatch,
};
use mock::Mock;
use std::time::Duration;

fn question(run: u64) -> Request {
    Request {
        kind: PromptKind::Question,
        ..request(run, [0])
    }
}

/// Never waits between tries, and long enough for everything that is expected to come.
fn patience() -> Patience {
    Patience {
        first: Duration::from_secs(60),
        silence: Duration::from_secs(60),
        settle: Duration::from_secs(60),
        pause: Duration::ZERO,
        longest_pause: Duration::ZERO,
        look: Duration::from_millis(1),
    }
}

fn engine(mock: &Mock) -> EngineHandle {
    let server = Server::parse(&format!("openai:{}", mock.url)).unwrap();
    RemoteEngine::with_patience(server, None, patience(), 4).unwrap()
}

fn start(engine: &EngineHandle, request: Request) {
    engine.commands.send(Command::Start(Box::new(request))).unwrap();
}

/// Reads until sample 0 has text.
fn wait_for_text(engine: &mut EngineHandle) {
    while sample(&[engine.events.blocking_recv().unwrap()], 0)
        .0
        .text
        .is_empty()
    {}
}

/// Reads until `runs` runs have ended.
fn listen(engine: &mut EngineHandle, mut runs: usize) -> Vec<Event> {
    let mut events = Vec::new();
    while runs > 0 {
        let event = engine.events.blocking_recv().unwrap();
        runs -= usize::from(matches!(event.kind, EventKind::Done | EventKind::Failed(_)));
        events.push(event);
    }
    events
}

/// Everything a fresh engine says of `request`.
fn ask(mock: &Mock, request: Request) -> Vec<Event> {
    ask_with(mock, request, None, patience())
}

fn ask_with(mock: &Mock, request: Request, key: Option<Secret>, patience: Patience) -> Vec<Event> {
    let server = Server::parse(&format!("openai:{}", mock.url)).unwrap();
    let mut engine = RemoteEngine::with_patience(server, key, patience, 4).unwrap();
    start(&engine, request);
    let events = listen(&mut engine, 1);
    engine.join();
    events
}

/// All that was written of a sample, and why it ended.
fn sample(events: &[Event], number: u64) -> (TokenBatch, Option<StopReason>) {
    let (mut all, mut end) = (TokenBatch::default(), None);
    for event in events {
        match &event.kind {
            EventKind::Tokens { sample, batch } if *sample == number => {
                assert_eq!(end, None, "tokens after the end");
                all.merge(batch.clone());
            }
            EventKind::Finished { sample, reason } if *sample == number => end = Some(*reason),
            _ => {}
        }
    }
    (all, end)
}

/// The sentence of a run that failed.
fn sentence(events: &[Event]) -> &str {
    match &events.last().unwrap().kind {
        EventKind::Failed(sentence) => sentence,
        other => panic!("{other:?}"),
    }
}
