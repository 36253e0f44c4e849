//! The two ends of an engine's mailbox: commands in, events out, both bounded, nobody waits for a slow listener.

use crate::engine::{Command, Event, Request, outbox::Outbox};
use std::{
    io,
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel},
    thread::{self, JoinHandle},
    time::Duration,
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
        body: impl FnOnce(Mailbox) + Send + 'static,
    ) -> io::Result<Self> {
        let (commands, inbox) = sync_channel(COMMANDS);
        let (sender, events) = mpsc::channel(capacity.max(1));
        let mailbox = Mailbox {
            commands: inbox,
            events: sender,
            outbox: Outbox::default(),
            told: Vec::new(),
        };
        let thread = thread::Builder::new()
            .name(name.into())
            .spawn(move || body(mailbox))?;
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

/// The engine's end.
pub(super) struct Mailbox {
    commands: Receiver<Command>,
    events: mpsc::Sender<Event>,
    outbox: Outbox,
    /// Events of this turn, not offered yet.
    pub told: Vec<Event>,
}

impl Mailbox {
    /// The requests that have arrived; waits for one when there is nothing to do. `None`: the engine is to end.
    pub fn mail(&mut self, idle: bool) -> Option<Vec<Request>> {
        let mut requests = Vec::new();
        if idle {
            match self.wait()? {
                Command::Start(request) => requests.push(*request),
                Command::Shutdown => return None,
            }
        }
        loop {
            match self.commands.try_recv() {
                Ok(Command::Start(request)) => requests.push(*request),
                Err(TryRecvError::Empty) => return Some(requests),
                Ok(Command::Shutdown) | Err(TryRecvError::Disconnected) => return None,
            }
        }
    }

    /// The next command; `None` when there will be none. Sleeps, unless events still wait for the listener.
    pub fn wait(&mut self) -> Option<Command> {
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
    pub fn offer(&mut self) {
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
