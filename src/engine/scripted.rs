//! An engine that plays a recording instead of running a model, for tests and demonstrations.

use crate::engine::{
    Event, EventKind, Recording, Request, StopReason,
    mailbox::{EngineHandle, Mailbox},
};
use std::{
    io, thread,
    time::{Duration, Instant},
};

/// How often a pause is interrupted to look at cancels and commands.
const LOOK: Duration = Duration::from_millis(16);

/// How fast a recording is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// As fast as the listener takes it.
    Unlimited,
    /// This many times as fast as it was recorded; above 0.
    Times(f64),
}

impl Speed {
    /// How long after the question an event recorded at `at` milliseconds is due.
    fn due(self, at: u64) -> Duration {
        // Longer than anybody waits; beyond it a duration could not be added to a time.
        const YEAR: f64 = 365.0 * 86_400.0;
        match self {
            Speed::Unlimited => Duration::ZERO,
            Speed::Times(times) => {
                Duration::from_secs_f64((at as f64 / 1e3 / times.max(1e-9)).clamp(0.0, YEAR))
            }
        }
    }
}

/// Decides which recorded events are due. The first request gets the first recorded run of its prompt, and so on; after
/// the last one it begins again. A prompt that was not recorded gets the run that would come next.
pub struct Player {
    recording: Recording,
    speed: Speed,
    /// The run that would come next.
    next: usize,
    playing: Vec<Playing>,
}

struct Playing {
    request: Request,
    asked: Instant,
    take: usize,
    next: usize,
}

impl Player {
    /// A player of `recording`.
    #[must_use]
    pub fn new(recording: Recording, speed: Speed) -> Self {
        Self {
            recording,
            speed,
            next: 0,
            playing: Vec::new(),
        }
    }

    /// Answers `request`, asked at `asked`, with the next recorded run.
    pub fn start(&mut self, request: Request, asked: Instant) {
        let takes = &self.recording.takes;
        let all = takes.len().max(1);
        let mut ahead = (self.next..self.next + all).map(|at| at % all);
        let asked_so = |at: &usize| takes.get(*at).is_some_and(|take| take.prompt == request.prompt);
        let take = ahead.find(asked_so).unwrap_or(self.next);
        self.next = (take + 1) % all;
        self.playing.push(Playing {
            request,
            asked,
            take,
            next: 0,
        });
    }

    /// Whether nothing is being played.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.playing.is_empty()
    }

    /// Appends the events that are due at `now` and returns when the next one is; `None` when nothing is played.
    pub fn play(&mut self, now: Instant, events: &mut Vec<Event>) -> Option<Instant> {
        let (recording, speed) = (&self.recording, self.speed);
        self.playing.retain_mut(|playing| {
            let take = recording.takes.get(playing.take);
            let (said, samples) = take.map_or((&[][..], &[][..]), |take| (&take.events, &take.samples));
            let run = playing.request.run;
            let names = samples.iter().zip(&playing.request.samples);
            let mut tell = |kind| {
                let kind = renamed(kind, names.clone());
                events.push(Event { run, kind });
            };
            if playing.request.cancel.is_cancelled() {
                let ended = |sample: &u64| {
                    said[..playing.next]
                        .iter()
                        .any(|(_, kind)| matches!(kind, EventKind::Finished { sample: s, .. } if s == sample))
                };
                for &sample in samples.iter().filter(|sample| !ended(sample)) {
                    tell(EventKind::Finished {
                        sample,
                        reason: StopReason::Cancelled,
                    });
                }
                tell(EventKind::Done);
                return false;
            }
            while let Some((at, kind)) = said.get(playing.next)
                && playing.asked + speed.due(*at) <= now
            {
                tell(kind.clone());
                playing.next += 1;
            }
            playing.next < said.len()
        });
        let next = |playing: &Playing| {
            let (at, _) = recording.takes.get(playing.take)?.events.get(playing.next)?;
            Some(playing.asked + speed.due(*at))
        };
        self.playing.iter().filter_map(next).min()
    }
}

/// What was recorded, about the samples that were asked for now: pairs of old and new names.
fn renamed<'a>(kind: EventKind, mut names: impl Iterator<Item = (&'a u64, &'a u64)>) -> EventKind {
    let mut new = |old: u64| {
        names
            .find(|(known, _)| **known == old)
            .map_or(old, |(_, new)| *new)
    };
    match kind {
        EventKind::Tokens { sample, batch } => EventKind::Tokens {
            sample: new(sample),
            batch,
        },
        EventKind::Finished { sample, reason } => EventKind::Finished {
            sample: new(sample),
            reason,
        },
        other => other,
    }
}

/// The engine that plays.
pub struct ScriptedEngine;

impl ScriptedEngine {
    /// Starts an engine that answers requests with `recording`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn spawn(recording: Recording, speed: Speed, capacity: usize) -> io::Result<EngineHandle> {
        EngineHandle::spawn("player", capacity, move |mut mailbox: Mailbox| {
            let mut player = Player::new(recording, speed);
            while let Some(requests) = mailbox.mail(player.is_idle()) {
                let now = Instant::now();
                for request in requests {
                    player.start(request, now);
                }
                let next = player.play(now, &mut mailbox.told);
                mailbox.offer();
                if let Some(next) = next {
                    thread::sleep(next.saturating_duration_since(Instant::now()).min(LOOK));
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Command, RunId, TokenBatch, batch::tests::request, recording::Take};

    fn recording() -> Recording {
        let tokens = |text: &str| EventKind::Tokens {
            sample: 0,
            batch: TokenBatch {
                text: text.into(),
                ..TokenBatch::default()
            },
        };
        let finished = |sample| EventKind::Finished {
            sample,
            reason: StopReason::Stop,
        };
        let events = vec![
            (0, EventKind::Started { prompt_tokens: 3 }),
            (100, tokens("a")),
            (200, tokens("b")),
            (200, finished(0)),
            (300, finished(1)),
            (300, EventKind::Done),
        ];
        let other = vec![(0, EventKind::Failed("no".into()))];
        let take = |events, samples| Take {
            prompt: "p".into(),
            samples,
            lane: None,
            events,
        };
        Recording {
            model: "m".into(),
            takes: vec![take(events, vec![0, 1]), take(other, vec![0])],
        }
    }

    #[test]
    fn events_come_when_they_are_due() {
        let start = Instant::now();
        let mut player = Player::new(recording(), Speed::Times(2.0));
        player.start(request(5, 0..2), start);
        let mut events = Vec::new();
        let ms = Duration::from_millis;
        assert_eq!(player.play(start + ms(49), &mut events), Some(start + ms(50)));
        assert_eq!(events.len(), 1);
        assert_eq!(player.play(start + ms(100), &mut events), Some(start + ms(150)));
        assert_eq!(events.len(), 4);
        assert_eq!(player.play(start + ms(1000), &mut events), None);
        assert!(player.is_idle() && events.iter().all(|event| event.run == RunId(5)));
        assert_eq!(events[5].kind, EventKind::Done);
    }

    #[test]
    fn a_cancel_ends_the_samples_that_had_not_finished() {
        let start = Instant::now();
        let mut player = Player::new(recording(), Speed::Times(1.0));
        let asked = request(5, 0..2);
        player.start(asked.clone(), start);
        let mut events = Vec::new();
        player.play(start + Duration::from_millis(250), &mut events);
        asked.cancel.cancel();
        events.clear();
        player.play(start + Duration::from_millis(251), &mut events);
        let kinds: Vec<&EventKind> = events.iter().map(|event| &event.kind).collect();
        let cancelled = EventKind::Finished {
            sample: 1,
            reason: StopReason::Cancelled,
        };
        assert_eq!(kinds, [&cancelled, &EventKind::Done]);
        assert!(player.is_idle());
    }

    #[test]
    fn a_prompt_that_was_recorded_gets_its_own_run_told_of_the_samples_asked_for() {
        let mut recording = recording();
        recording.takes.reverse();
        recording.takes[1].prompt = "try 3 4".into();
        let start = Instant::now();
        let mut player = Player::new(recording, Speed::Unlimited);
        player.start(request(5, 7..9), start);
        let mut events = Vec::new();
        player.play(start, &mut events);
        let finished: Vec<u64> = events
            .iter()
            .filter_map(|event| match event.kind {
                EventKind::Finished { sample, .. } => Some(sample),
                _ => None,
            })
            .collect();
        assert_eq!(finished, [7, 8]);
    }

    #[test]
    fn each_request_gets_the_next_run_and_after_the_last_the_first() {
        let mut engine = ScriptedEngine::spawn(recording(), Speed::Unlimited, 2).unwrap();
        let mut ends = Vec::new();
        for run in 1..=3 {
            engine
                .commands
                .send(Command::Start(Box::new(request(run, 0..2))))
                .unwrap();
            loop {
                let event = engine.events.blocking_recv().unwrap();
                assert_eq!(event.run, RunId(run));
                if matches!(event.kind, EventKind::Done | EventKind::Failed(_)) {
                    ends.push(event.kind);
                    break;
                }
            }
        }
        assert_eq!(
            ends,
            [EventKind::Done, EventKind::Failed("no".into()), EventKind::Done]
        );
        engine.join();
    }
}
