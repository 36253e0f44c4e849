//! The engine on this machine: a thread of its own that drives a [`Batch`].

use crate::{
    base::quiet,
    engine::{
        Batch, Command, Event, EventKind, LoadedModel, RunId,
        batch::room,
        mailbox::{EngineHandle, Mailbox},
        outbox::Pace,
    },
};
use std::{
    any::Any,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::Instant,
};

/// The engine for models on this machine.
pub struct LocalEngine;

impl LocalEngine {
    /// Starts the engine. `load` runs on its thread, so the first frame need not wait for the weights; requests sent
    /// meanwhile wait. When `load` fails, its sentence answers every request.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn spawn(
        load: impl FnOnce() -> Result<Arc<LoadedModel>, String> + Send + 'static,
        max_batch: usize,
        capacity: usize,
    ) -> io::Result<EngineHandle> {
        EngineHandle::spawn("engine", capacity, move |mailbox| {
            let loaded = catch_unwind(AssertUnwindSafe(load));
            match loaded.unwrap_or_else(|panic| Err(apology("loading the model", panic.as_ref()))) {
                Ok(model) => serve(mailbox, model, max_batch),
                Err(sentence) => refuse(mailbox, &sentence),
            }
        })
    }
}

fn serve(mut mailbox: Mailbox, model: Arc<LoadedModel>, max_batch: usize) {
    let cache = room(&model.forward).keeping();
    let mut batch = Batch::with_cache(model, max_batch, cache);
    let mut pace = Pace::new();
    while let Some(requests) = mailbox.mail(batch.is_idle()) {
        let began = Instant::now();
        let names: Vec<RunId> = requests.iter().map(|request| request.run).collect();
        guard(&mut batch, &names, &mut mailbox.told, |batch, told| {
            for request in requests {
                batch.start(request, told);
            }
            batch.step(told);
            if pace.is_due(Instant::now(), batch.ready()) {
                batch.collect(told);
            }
        });
        mailbox.offer();
        if let Some(interval) = batch.interval() {
            thread::sleep(interval.saturating_sub(began.elapsed()));
        }
    }
}

/// Lets `work` work. If it panics, nothing of the batch can be trusted but the names of its runs: they and the `new`
/// ones fail, as far as they have not ended in this turn, and the engine goes on with an empty batch.
fn guard(
    batch: &mut Batch,
    new: &[RunId],
    told: &mut Vec<Event>,
    work: impl FnOnce(&mut Batch, &mut Vec<Event>),
) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(batch, told))) {
        let sentence = apology("generating", panic.as_ref());
        let mut runs = batch.reset();
        runs.extend(new);
        runs.sort();
        runs.dedup();
        let ended = |kind: &EventKind| matches!(kind, EventKind::Done | EventKind::Failed(_));
        runs.retain(|run| !told.iter().any(|event| event.run == *run && ended(&event.kind)));
        told.extend(runs.into_iter().map(|run| Event {
            run,
            kind: EventKind::Failed(sentence.clone()),
        }));
    }
}

/// Answers every request with `sentence`.
fn refuse(mut mailbox: Mailbox, sentence: &str) {
    while let Some(command) = mailbox.wait() {
        match command {
            Command::Start(request) => {
                let kind = EventKind::Failed(sentence.into());
                mailbox.told.push(Event {
                    run: request.run,
                    kind,
                });
            }
            Command::Shutdown => return,
        }
        mailbox.offer();
    }
}

/// What a person is told when the program is at fault.
fn apology(doing: &str, panic: &(dyn Any + Send)) -> String {
    let said = quiet::said(panic);
    format!("{doing} failed because of a fault in this program, please report it: {said}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{
        StopReason, TokenBatch, answers,
        batch::tests::{model, request},
        mailbox::EngineGone,
    };

    /// Reads until `runs` runs have ended.
    fn listen(handle: &mut EngineHandle, mut runs: usize) -> Vec<Event> {
        let mut events = Vec::new();
        while runs > 0 {
            let event = handle.events.blocking_recv().unwrap();
            runs -= usize::from(matches!(event.kind, EventKind::Done | EventKind::Failed(_)));
            events.push(event);
        }
        events
    }

    fn text(events: &[Event], run: u64, sample: u64) -> TokenBatch {
        let mut all = TokenBatch::default();
        for event in events {
            match &event.kind {
                EventKind::Tokens { sample: s, batch } if (event.run.0, *s) == (run, sample) => {
                    all.merge(batch.clone())
                }
                _ => {}
            }
        }
        all
    }

    #[test]
    fn the_thread_says_what_the_batch_says_even_to_a_listener_with_room_for_one_event() {
        let wanted = answers(&model(), 64, vec![request(1, 0..8), request(2, 0..2)]).unwrap();
        assert_eq!(wanted.len(), 10);
        let mut engine = LocalEngine::spawn(|| Ok(model()), 4, 1).unwrap();
        engine
            .commands
            .send(Command::Start(Box::new(request(1, 0..8))))
            .unwrap();
        engine
            .commands
            .send(Command::Start(Box::new(request(2, 0..2))))
            .unwrap();
        let events = listen(&mut engine, 2);
        for answer in wanted {
            assert_eq!(text(&events, answer.run.0, answer.sample), answer.tokens);
        }
        engine.join();
    }

    #[test]
    fn a_model_that_cannot_be_loaded_answers_every_request_with_the_reason() {
        let mut engine = LocalEngine::spawn(|| Err("model.safetensors is cut off".into()), 4, 1).unwrap();
        for run in 1..=2 {
            engine
                .commands
                .send(Command::Start(Box::new(request(run, 0..2))))
                .unwrap();
        }
        for event in listen(&mut engine, 2) {
            assert_eq!(
                event.kind,
                EventKind::Failed("model.safetensors is cut off".into())
            );
        }
        let mut engine = LocalEngine::spawn(|| panic!("index out of bounds"), 4, 1).unwrap();
        engine
            .commands
            .send(Command::Start(Box::new(request(1, 0..2))))
            .unwrap();
        let events = listen(&mut engine, 1);
        assert!(matches!(&events[0].kind, EventKind::Failed(s) if s.contains("index out of bounds")));
    }

    #[test]
    fn a_cancel_reaches_a_running_engine_and_shutdown_ends_it() {
        let mut engine = LocalEngine::spawn(|| Ok(model()), 4, 16).unwrap();
        let mut endless = request(1, 0..100);
        endless.sampler.max_tokens = 150;
        engine
            .commands
            .send(Command::Start(Box::new(endless.clone())))
            .unwrap();
        endless.cancel.cancel();
        let events = listen(&mut engine, 1);
        let cancelled = EventKind::Finished {
            sample: 99,
            reason: StopReason::Cancelled,
        };
        assert!(events.iter().any(|event| event.kind == cancelled));
        engine.commands.send(Command::Shutdown).unwrap();
        assert_eq!(engine.events.blocking_recv(), None);
        assert_eq!(engine.commands.send(Command::Shutdown), Err(EngineGone::Stopped));
    }

    #[test]
    fn a_panic_fails_the_runs_at_work_and_the_engine_goes_on() {
        let (mut batch, mut told) = (Batch::new(model(), 4), Vec::new());
        guard(&mut batch, &[], &mut told, |batch, told| {
            batch.start(request(1, 0..2), told)
        });
        guard(&mut batch, &[RunId(2)], &mut told, |batch, told| {
            batch.step(told);
            panic!("slice index")
        });
        for run in [1, 2] {
            let last = told.iter().rfind(|event| event.run == RunId(run)).unwrap();
            assert!(
                matches!(&last.kind, EventKind::Failed(s) if s.contains("slice index")),
                "{last:?}"
            );
        }
        assert!(batch.is_idle());
    }
}
