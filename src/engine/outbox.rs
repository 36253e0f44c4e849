//! Events on their way to a listener who may be slow: token batches of a sample merge, nothing is lost, nobody waits.

use crate::engine::{Event, EventKind, RunId};
use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

/// How long tokens are gathered before they are sent: one frame of a workbench.
const GATHER: Duration = Duration::from_millis(16);

/// How many tokens of one sample are sent at once at the latest.
const TOKENS: usize = 64;

/// Events not yet taken, in order.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: VecDeque<Event>,
    /// Events that left the queue, so that places can be kept in `open`.
    gone: u64,
    /// For each sample the place of its token batch, counted from the first event ever.
    open: HashMap<(RunId, u64), u64>,
}

impl Outbox {
    /// Adds an event. Tokens join the batch of their sample that still waits.
    pub fn push(&mut self, event: Event) {
        let key = match &event.kind {
            EventKind::Tokens { sample, .. } => Some((event.run, *sample)),
            _ => None,
        };
        let waiting = key
            .and_then(|key| self.open.get(&key)?.checked_sub(self.gone))
            .and_then(|place| self.queue.get_mut(usize::try_from(place).ok()?));
        match (event.kind, waiting.map(|event| &mut event.kind)) {
            (EventKind::Tokens { batch, .. }, Some(EventKind::Tokens { batch: waiting, .. })) => {
                waiting.merge(batch)
            }
            (kind, _) => {
                if let Some(key) = key {
                    self.open.insert(key, self.gone + self.queue.len() as u64);
                }
                self.queue.push_back(Event { run: event.run, kind });
            }
        }
    }

    /// Hands events to `send` until it gives one back, which stays the first.
    pub fn flush(&mut self, mut send: impl FnMut(Event) -> Option<Event>) {
        while let Some(event) = self.queue.pop_front() {
            if let Some(event) = send(event) {
                self.queue.push_front(event);
                return;
            }
            self.gone += 1;
        }
        self.open.clear();
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

/// When gathered tokens are sent: every 16 ms, or when one sample has 64.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    last: Option<Instant>,
}

impl Pace {
    /// The first tokens are sent at once.
    #[must_use]
    pub fn new() -> Self {
        Self { last: None }
    }

    /// Whether to send now, `ready` being the tokens of the sample that has most.
    pub fn is_due(&mut self, now: Instant, ready: usize) -> bool {
        let due = ready >= TOKENS
            || self
                .last
                .is_none_or(|last| now.saturating_duration_since(last) >= GATHER);
        if due && ready > 0 {
            self.last = Some(now);
        }
        due && ready > 0
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{StopReason, TokenBatch};

    fn tokens(sample: u64, text: &str) -> Event {
        let batch = TokenBatch {
            text: text.into(),
            ..TokenBatch::default()
        };
        Event {
            run: RunId(1),
            kind: EventKind::Tokens { sample, batch },
        }
    }

    #[test]
    fn tokens_merge_while_the_listener_is_slow_and_nothing_is_lost() {
        let mut outbox = Outbox::default();
        let mut got = Vec::new();
        outbox.push(tokens(0, "a"));
        outbox.flush(|event| {
            got.push(event);
            None
        });
        for event in [tokens(0, "b"), tokens(1, "x"), tokens(0, "c"), tokens(1, "y")] {
            outbox.push(event);
            outbox.flush(Some);
        }
        let finished = Event {
            run: RunId(1),
            kind: EventKind::Finished {
                sample: 0,
                reason: StopReason::Stop,
            },
        };
        outbox.push(finished.clone());
        // Room for one: the other batch keeps merging at its new place.
        let mut room = 1;
        outbox.flush(|event| {
            if room == 0 {
                return Some(event);
            }
            room -= 1;
            got.push(event);
            None
        });
        outbox.push(tokens(1, "z"));
        outbox.flush(|event| {
            got.push(event);
            None
        });
        assert!(outbox.is_empty());
        assert_eq!(got, [tokens(0, "a"), tokens(0, "bc"), tokens(1, "xyz"), finished]);
    }

    #[test]
    fn tokens_are_due_at_once_then_once_a_frame_or_when_there_are_many() {
        let start = Instant::now();
        let mut pace = Pace::new();
        assert!(!pace.is_due(start, 0));
        assert!(pace.is_due(start, 1));
        assert!(!pace.is_due(start + GATHER / 2, 5));
        assert!(pace.is_due(start + GATHER / 2, TOKENS));
        assert!(!pace.is_due(start + GATHER, 5));
        assert!(pace.is_due(start + 2 * GATHER, 5));
    }
}
