//! One sample: a request, its stream, and the events that come of it.
//!
//! As long as no text has come a failed request is sent again; a text that breaks off is never resumed.

use super::{
    ask::Ask,
    chunk::{self, Chunk, Said},
    error::{Failure, RemoteError, Retry},
    models::Served,
    stream::{EventReader, Item},
    text::{Pushed, Text},
    wire::{Tries, Wire},
};
use crate::{
    base::cancel::Cancel,
    engine::{Event, EventKind, RunId, StopReason},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Semaphore, mpsc::Sender},
    time::{sleep, timeout},
};

/// What the samples of a run share.
pub(super) struct Shared {
    pub wire: Arc<Wire>,
    pub served: Arc<Served>,
    pub ask: Ask,
    pub given: String,
    pub stop: Vec<String>,
    pub max_tokens: usize,
    pub seed: u64,
    pub index: u64,
    pub cancel: Cancel,
    pub teller: Teller,
    /// Streams that may be open at once, those of other runs included.
    pub slots: Arc<Semaphore>,
    /// Whether the tokens of the prompt were told.
    pub counted: AtomicBool,
}

/// Says what happens to a run.
#[derive(Clone)]
pub(super) struct Teller {
    pub run: RunId,
    pub events: Sender<Event>,
}

impl Teller {
    /// Says `kind` once there is room.
    pub async fn say(&self, kind: EventKind) {
        // Nobody listens when the engine ends.
        let _ = self.events.send(Event { run: self.run, kind }).await;
    }

    /// Says what `text` has ready. Nothing is lost when this is abandoned while it waits.
    async fn tell(&self, sample: u64, text: &mut Text) {
        if text.is_ready()
            && let Ok(room) = self.events.reserve().await
        {
            let kind = EventKind::Tokens {
                sample,
                batch: text.take(),
            };
            room.send(Event { run: self.run, kind });
        }
    }
}

/// Ends when somebody cancels.
pub(super) async fn cancelled(cancel: &Cancel, look: Duration) {
    while !cancel.is_cancelled() {
        sleep(look).await;
    }
}

impl Shared {
    /// Writes one sample to its end and tells everything, the end included.
    ///
    /// # Errors
    /// Why it could not be written to its end; what had come is told.
    pub async fn write(&self, sample: u64) -> Result<(), RemoteError> {
        let key = self.wire.key.as_ref().and_then(|key| key.guarded());
        let mut text = Text::new(&self.given, &self.stop, key);
        // Leaving the request drops its response, which closes the connection.
        let ended = tokio::select! {
            biased;
            () = cancelled(&self.cancel, self.wire.patience.look) => Ok(StopReason::Cancelled),
            ended = self.request(sample, &mut text) => ended,
        };
        if ended.is_ok() || !text.is_untouched() {
            text.finish();
            self.teller.tell(sample, &mut text).await;
        }
        let reason = ended?;
        self.teller.say(EventKind::Finished { sample, reason }).await;
        Ok(())
    }

    async fn request(&self, sample: u64, text: &mut Text) -> Result<StopReason, RemoteError> {
        // Never closed, so this waits for slots and nothing else.
        let _slots = self.slots.acquire_many(self.served.family.slots()).await;
        let mut tries = Tries::new("sample", self.seed, &[self.index, sample]);
        let mut scores = self.ask.scores;
        loop {
            match self.attempt(sample, scores, text).await {
                Ok(reason) => return Ok(reason),
                Err(failure) if failure.retry == Retry::WithoutScores => scores = false,
                Err(mut failure) => {
                    if !text.is_untouched() {
                        failure.retry = Retry::Never;
                    }
                    tries.again(failure, &self.wire.patience).await?;
                }
            }
        }
    }

    async fn attempt(&self, sample: u64, scores: bool, text: &mut Text) -> Result<StopReason, Failure> {
        let patience = &self.wire.patience;
        text.ask(scores);
        let mut response = self
            .wire
            .post(self.ask.path, self.ask.body(sample, scores), scores)
            .await?;
        let (mut reader, mut items) = (EventReader::default(), Vec::new());
        let mut finish: Option<String> = None;
        let (mut over, mut done, mut began) = (false, false, false);
        while !over {
            let wait = match (&finish, began) {
                (Some(_), _) => patience.settle,
                (None, true) => patience.silence,
                (None, false) => patience.first,
            };
            let read = match timeout(wait, response.chunk()).await {
                Ok(Ok(Some(bytes))) => {
                    began = true;
                    reader.push(&bytes, &mut items)
                }
                Ok(Ok(None)) => {
                    over = true;
                    reader.finish(&mut items)
                }
                // After its end a text can lose nothing any more.
                Ok(Err(_)) | Err(_) if finish.is_some() => break,
                Ok(Err(_)) => return Err(self.dropped(text)),
                Err(_) if began => return Err(self.silent(text).into()),
                Err(_) => return Err(self.wire.late().into()),
            };
            for item in items.drain(..) {
                let (json, whole) = match item {
                    Item::Done => {
                        (over, done) = (true, true);
                        continue;
                    }
                    Item::Data(json) => (json, true),
                    Item::Tail(json) => (json, false),
                };
                match chunk::parse(&json) {
                    Ok(Said::Chunk(chunk)) => {
                        if let Some(reason) = self.take(chunk, text, &mut finish).await? {
                            return Ok(reason);
                        }
                    }
                    Ok(Said::Error(said)) => return Err(self.reported(&said, text).into()),
                    // Cut off in the middle.
                    Err(_) if !whole => return Err(self.dropped(text)),
                    Err(why) => return Err(self.wire.nonsense(&why).into()),
                }
            }
            read.map_err(|error| self.wire.nonsense(&error.to_string()))?;
            self.teller.tell(sample, text).await;
        }
        self.reason(finish, done, text)
    }

    /// Takes a piece of the answer; says when nothing that follows counts.
    async fn take(
        &self,
        mut chunk: Chunk,
        text: &mut Text,
        finish: &mut Option<String>,
    ) -> Result<Option<StopReason>, Failure> {
        if let Some(answered) = chunk.model.as_ref().filter(|model| !self.served.is(model)) {
            return Err(RemoteError::Lie {
                server: self.wire.address(),
                asked: self.served.model.clone(),
                answered: self.wire.quoted(answered),
            }
            .into());
        }
        if let Some(prompt_tokens) = chunk.prompt_tokens.filter(|tokens| *tokens > 0)
            && !self.counted.swap(true, Ordering::Relaxed)
        {
            self.teller.say(EventKind::Started { prompt_tokens }).await;
        }
        if let Some(reason) = &chunk.finish {
            *finish = Some(reason.clone());
        }
        // Alternatives are shown too; the text itself is watched by `Text`.
        if let Some(key) = &self.wire.key {
            for (token, _) in chunk.tokens.iter_mut().flatten().flat_map(|token| &mut token.top) {
                key.hide_in(token);
            }
        }
        match text.push(chunk) {
            Pushed::Echo => Err(RemoteError::Echo {
                server: self.wire.address(),
            }
            .into()),
            Pushed::Stopped => Ok(Some(StopReason::Stop)),
            // A server that forgets what it was asked would write for ever.
            Pushed::More if text.sampled() > self.max_tokens => Ok(Some(StopReason::Length)),
            Pushed::More => Ok(None),
        }
    }

    /// Why a stream that is over is over.
    fn reason(&self, finish: Option<String>, done: bool, text: &Text) -> Result<StopReason, Failure> {
        match finish.as_deref() {
            Some("stop" | "eos" | "eos_token" | "stop_sequence") => Ok(StopReason::Stop),
            Some("length") => Ok(StopReason::Length),
            Some(other) => Err(RemoteError::Ended {
                server: self.wire.address(),
                progress: text.progress(),
                reason: self.wire.quoted(other),
            }
            .into()),
            None if done && text.sampled() >= self.max_tokens => Ok(StopReason::Length),
            None if done && !text.is_untouched() => Ok(StopReason::Stop),
            None => Err(self.dropped(text)),
        }
    }

    fn dropped(&self, text: &Text) -> Failure {
        Failure {
            error: RemoteError::Dropped {
                server: self.wire.address(),
                progress: text.progress(),
            },
            retry: Retry::After(None),
        }
    }

    fn silent(&self, text: &Text) -> RemoteError {
        RemoteError::Silent {
            server: self.wire.address(),
            seconds: self.wire.patience.silence.as_secs(),
            progress: text.progress(),
        }
    }

    fn reported(&self, said: &str, text: &Text) -> RemoteError {
        RemoteError::Reported {
            server: self.wire.address(),
            progress: text.progress(),
            said: self.wire.behind(said),
        }
    }
}
