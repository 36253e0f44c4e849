//! The engine on this machine: a thread of its own that drives a [`Batch`].

use crate::engine::{
    Batch, Command, Event, EventKind, LoadedModel, Request, RunId,
    outbox::{Outbox, Pace},
};
use std::{
    any::Any,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use tokio::sync::mpsc;

/// Commands that may wait. A person cannot type faster than the engine takes them between two steps.
const COMMANDS: usize = 64;

/// How often an engine with nothing else to do offers its last events again to a listener who does not take them.
const RETRY: Duration = Duration::from_millis(16);

/// The two ends of an engine's mailbox. Dropping it stops the engine after its current step.
pub struct EngineHandle {
    /// Where the engine takes commands.
    pub commands: Commands,
    /// What the engine says: `recv().await` in a face, `blocking_recv()` in a script.
    pub events: mpsc::Receiver<Event>,
    thread: JoinHandle<()>,
}

/// The sending end of an engine's mailbox.
#[derive(Clone, Debug)]
pub struct Commands(SyncSender<Command>);

/// Why an engine did not take a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineGone {
    /// Too many commands wait; it is reading a model or hangs.
    #[error("the engine is busy; wait a moment and try again")]
    Busy,
    /// Its thread has ended.
    #[error("the engine has stopped; load the model again")]
    Stopped,
}

impl Commands {
    /// Hands over a command without waiting.
    ///
    /// # Errors
    /// [`EngineGone`].
    pub fn send(&self, command: Command) -> Result<(), EngineGone> {
        self.0.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => EngineGone::Busy,
            TrySendError::Disconnected(_) => EngineGone::Stopped,
        })
    }
}

impl EngineHandle {
    /// Starts a thread called `name` that runs `body` between the two ends; events wait in a queue of `capacity`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn spawn(
        name: &str,
        capacity: usize,
        body: impl FnOnce(Receiver<Command>, mpsc::Sender<Event>) + Send + 'static,
    ) -> io::Result<Self> {
        let (commands, inbox) = sync_channel(COMMANDS);
        let (outbox, events) = mpsc::channel(capacity.max(1));
        let thread = thread::Builder::new()
            .name(name.into())
            .spawn(move || body(inbox, outbox))?;
        Ok(Self {
            commands: Commands(commands),
            events,
            thread,
        })
    }

    /// Stops the engine and waits for the end of its current step.
    pub fn join(self) {
        drop((self.commands, self.events));
        // A panic was told as an event already.
        let _ = self.thread.join();
    }
}

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
        EngineHandle::spawn("engine", capacity, move |commands, events| {
            let loaded = catch_unwind(AssertUnwindSafe(load));
            let loaded = loaded.unwrap_or_else(|panic| Err(apology("loading the model", panic.as_ref())));
            let mut driver = Driver {
                commands,
                events,
                outbox: Outbox::default(),
                told: Vec::new(),
            };
            match loaded {
                Ok(model) => driver.serve(&model, max_batch),
                Err(sentence) => driver.refuse(&sentence),
            }
        })
    }
}

struct Driver {
    commands: Receiver<Command>,
    events: mpsc::Sender<Event>,
    outbox: Outbox,
    /// Events of this turn.
    told: Vec<Event>,
}

impl Driver {
    fn serve(&mut self, model: &Arc<LoadedModel>, max_batch: usize) {
        let mut batch = Batch::new(model.clone(), max_batch);
        let mut pace = Pace::new();
        while let Some(requests) = self.mail(batch.is_idle()) {
            let names: Vec<RunId> = requests.iter().map(|request| request.run).collect();
            self.guard(&mut batch, &names, |batch, told| {
                for request in requests {
                    batch.start(request, told);
                }
                batch.step(told);
                if pace.is_due(Instant::now(), batch.ready()) {
                    batch.collect(told);
                }
            });
            self.offer();
        }
    }

    /// Lets `work` work. If it panics, nothing of the batch can be trusted but the names of its runs: they and the
    /// `new` ones fail, as far as they have not ended in this turn, and the engine goes on with an empty batch.
    fn guard(&mut self, batch: &mut Batch, new: &[RunId], work: impl FnOnce(&mut Batch, &mut Vec<Event>)) {
        let told = &mut self.told;
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
    fn refuse(&mut self, sentence: &str) {
        while let Some(command) = self.wait() {
            if let Command::Start(request) = command {
                let kind = EventKind::Failed(sentence.into());
                self.told.push(Event {
                    run: request.run,
                    kind,
                });
            }
            self.offer();
        }
    }

    /// The requests that have arrived; waits for one when there is nothing to do. `None`: the engine is to end.
    fn mail(&mut self, idle: bool) -> Option<Vec<Request>> {
        let mut requests = Vec::new();
        if idle {
            match self.wait()? {
                Command::Start(request) => requests.push(request),
                Command::Shutdown => return None,
            }
        }
        loop {
            match self.commands.try_recv() {
                Ok(Command::Start(request)) => requests.push(request),
                Err(TryRecvError::Empty) => return Some(requests),
                Ok(Command::Shutdown) | Err(TryRecvError::Disconnected) => return None,
            }
        }
    }

    /// The next command; `None` when there will be none. Sleeps, unless events still wait for the listener.
    fn wait(&mut self) -> Option<Command> {
        loop {
            if self.outbox.is_empty() {
                return self.commands.recv().ok();
            }
            match self.commands.recv_timeout(RETRY) {
                Ok(command) => return Some(command),
                Err(RecvTimeoutError::Timeout) => self.offer(),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// Sends what the listener has room for.
    fn offer(&mut self) {
        for event in self.told.drain(..) {
            self.outbox.push(event);
        }
        self.outbox.flush(|event| match self.events.try_send(event) {
            Err(mpsc::error::TrySendError::Full(event)) => Some(event),
            // Nobody listens any more; the commands will end too.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => None,
        });
    }
}

/// What a person is told when the program is at fault.
fn apology(doing: &str, panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    format!("{doing} failed because of a fault in this program, please report it: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{
        StopReason, TokenBatch, answers,
        batch::tests::{model, request},
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
        engine.commands.send(Command::Start(request(1, 0..8))).unwrap();
        engine.commands.send(Command::Start(request(2, 0..2))).unwrap();
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
            engine.commands.send(Command::Start(request(run, 0..2))).unwrap();
        }
        for event in listen(&mut engine, 2) {
            assert_eq!(
                event.kind,
                EventKind::Failed("model.safetensors is cut off".into())
            );
        }
        let mut engine = LocalEngine::spawn(|| panic!("index out of bounds"), 4, 1).unwrap();
        engine.commands.send(Command::Start(request(1, 0..2))).unwrap();
        let events = listen(&mut engine, 1);
        assert!(matches!(&events[0].kind, EventKind::Failed(s) if s.contains("index out of bounds")));
    }

    #[test]
    fn a_cancel_reaches_a_running_engine_and_shutdown_ends_it() {
        let mut engine = LocalEngine::spawn(|| Ok(model()), 4, 16).unwrap();
        let mut endless = request(1, 0..100);
        endless.sampler.max_tokens = 150;
        engine.commands.send(Command::Start(endless.clone())).unwrap();
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
        let (_commands, inbox) = sync_channel(1);
        let mut driver = Driver {
            commands: inbox,
            events: mpsc::channel(1).0,
            outbox: Outbox::default(),
            told: Vec::new(),
        };
        let mut batch = Batch::new(model(), 4);
        driver.guard(&mut batch, &[], |batch, told| batch.start(request(1, 0..2), told));
        driver.guard(&mut batch, &[RunId(2)], |batch, told| {
            batch.step(told);
            panic!("slice index")
        });
        for run in [1, 2] {
            let last = driver.told.iter().rfind(|event| event.run == RunId(run)).unwrap();
            assert!(
                matches!(&last.kind, EventKind::Failed(s) if s.contains("slice index")),
                "{last:?}"
            );
        }
        assert!(batch.is_idle());
    }
}
