//! The thread between a mailbox and a server.

use super::{
    patience::Patience,
    run::{STREAMS, run},
    sample::Teller,
    secret::Secret,
    server::Server,
    wire::Wire,
};
use crate::engine::{
    Command, Event, EventKind, Request, RunId,
    mailbox::{EngineHandle, Mailbox},
};
use std::{collections::HashMap, io, sync::Arc, time::Duration};
use tokio::{
    runtime::{Builder, Runtime},
    sync::{Semaphore, mpsc},
    task::AbortHandle,
    time::{Instant, timeout_at},
};

/// How long tokens are gathered before they are sent, and how often the mailbox is looked at meanwhile: one frame.
const GATHER: Duration = Duration::from_millis(16);

/// Events that may wait between the samples and the thread. A sample that finds no room reads no further.
const EVENTS: usize = 1024;

/// The engine for models on a server.
pub struct RemoteEngine;

impl RemoteEngine {
    /// Starts the engine. Nothing is sent to `server` before the first request; `key` goes to it and to nobody else.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn spawn(server: Server, key: Option<Secret>, capacity: usize) -> io::Result<EngineHandle> {
        Self::with_patience(server, key, Patience::default(), capacity)
    }

    /// As [`RemoteEngine::spawn`], with other times.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn with_patience(
        server: Server,
        key: Option<Secret>,
        patience: Patience,
        capacity: usize,
    ) -> io::Result<EngineHandle> {
        EngineHandle::spawn("server", capacity, move |mailbox| {
            let runtime = Builder::new_current_thread().enable_all().build();
            let ready = runtime.map_err(|error| error.to_string()).and_then(|runtime| {
                let wire = Wire::new(server, key, patience).map_err(|error| error.to_string())?;
                Ok((runtime, wire))
            });
            match ready {
                Ok((runtime, wire)) => Engine::new(runtime, wire).serve(mailbox),
                Err(sentence) => refuse(mailbox, &sentence),
            }
        })
    }
}

struct Engine {
    runtime: Runtime,
    wire: Arc<Wire>,
    /// The runs that have not ended.
    runs: HashMap<RunId, AbortHandle>,
    slots: Arc<Semaphore>,
    teller: mpsc::Sender<Event>,
    told: mpsc::Receiver<Event>,
}

impl Engine {
    fn new(runtime: Runtime, wire: Wire) -> Self {
        let (teller, told) = mpsc::channel(EVENTS);
        Self {
            runtime,
            wire: Arc::new(wire),
            runs: HashMap::new(),
            slots: Arc::new(Semaphore::new(STREAMS as usize)),
            teller,
            told,
        }
    }

    fn serve(mut self, mut mailbox: Mailbox) {
        // Tasks outlive their runs by the moment it takes to close a connection; they need the thread for it.
        while let Some(requests) =
            mailbox.mail(self.runs.is_empty() && self.runtime.metrics().num_alive_tasks() == 0)
        {
            for request in requests {
                self.start(request, &mut mailbox.told);
            }
            self.turn(&mut mailbox.told);
            mailbox.offer();
        }
        // Closes every connection; a name that is being looked up is not waited for.
        self.runtime.shutdown_background();
    }

    fn start(&mut self, request: Request, told: &mut Vec<Event>) {
        let name = request.run;
        if let Some(twin) = self.runs.remove(&name) {
            twin.abort();
            let kind = EventKind::Failed(format!("run {} was asked for twice", name.0));
            told.push(Event { run: name, kind });
            return;
        }
        let teller = Teller {
            run: name,
            events: self.teller.clone(),
        };
        let work = run(Arc::clone(&self.wire), request, Arc::clone(&self.slots), teller);
        self.runs.insert(name, self.runtime.spawn(work).abort_handle());
    }

    /// Lets the runs work for one frame and takes what they say.
    fn turn(&mut self, told: &mut Vec<Event>) {
        let (runs, said) = (&mut self.runs, &mut self.told);
        self.runtime.block_on(async {
            let end = Instant::now() + GATHER;
            while let Ok(Some(event)) = timeout_at(end, said.recv()).await {
                // What an aborted run had said before is not told.
                if !runs.contains_key(&event.run) {
                    continue;
                }
                if matches!(event.kind, EventKind::Done | EventKind::Failed(_)) {
                    runs.remove(&event.run);
                }
                told.push(event);
                if runs.is_empty() {
                    return;
                }
            }
        });
    }
}

/// Answers every request with `sentence`.
fn refuse(mut mailbox: Mailbox, sentence: &str) {
    while let Some(command) = mailbox.wait() {
        match command {
            Command::Start(request) => {
                let kind = EventKind::Failed(sentence.into());
                let run = request.run;
                mailbox.told.push(Event { run, kind });
            }
            Command::Shutdown => return,
        }
        mailbox.offer();
    }
}
