//! The thread between engine and screen: passes the engine's words on, and what tree and habits they make.
//!
//! It waits for the screen, never the engine for it: when it is slow, the engine merges batches.

use super::tape::Tape;
use crate::{
    behavior::Observer,
    engine::{EngineHandle, Event, EventKind, RunId, TokenBatch},
    task::countdown::Problem,
    trace::{Trace, live::Live, parts::thinking},
    train::measure,
    tui::app::{Msg, Parsed},
};
use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};
use tokio::sync::mpsc::Sender;

/// How often a growing tree is sent at most.
const EVERY: Duration = Duration::from_millis(33);

/// Problems by the run that works on them.
type Expected = Arc<Mutex<HashMap<RunId, Option<Problem>>>>;

/// A handle on the thread; it ends when the engine does.
pub struct Reader {
    expected: Expected,
}

/// One sample being read.
struct Sample {
    observer: Observer,
    /// When its tree was last sent.
    sent: Option<Instant>,
}

impl Reader {
    /// Starts the thread.
    pub fn spawn(handle: EngineHandle, inbox: Sender<Msg>, tape: Tape) -> io::Result<Self> {
        let expected = Expected::default();
        let problems = Arc::clone(&expected);
        thread::Builder::new()
            .name("reader".into())
            .spawn(move || read(handle, &problems, &inbox, &tape))?;
        Ok(Self { expected })
    }

    /// Says which problem a run that is about to start works on.
    pub fn expect(&self, run: RunId, problem: Option<Problem>) {
        super::lock(&self.expected).insert(run, problem);
    }
}

fn read(mut handle: EngineHandle, expected: &Expected, inbox: &Sender<Msg>, tape: &Tape) {
    let mut samples: HashMap<(RunId, u64), Sample> = HashMap::new();
    while let Some(event) = handle.events.blocking_recv() {
        let notice = tape.said(&event);
        let parsed = follow(&event, expected, &mut samples);
        let over = matches!(event.kind, EventKind::Done | EventKind::Failed(_)).then_some(event.run);
        // The text first: what was found in it refers to its bytes.
        let mut messages = vec![Msg::Engine(event)];
        messages.extend(notice.map(Msg::Notice));
        messages.extend(parsed.map(|parsed| Msg::Parsed(Box::new(parsed))));
        for msg in messages {
            if inbox.blocking_send(msg).is_err() {
                return;
            }
        }
        if let Some(run) = over {
            super::lock(expected).remove(&run);
            samples.retain(|(of, _), _| *of != run);
        }
    }
}

/// What an event makes known about a sample's shape, when it is time to say it.
fn follow(event: &Event, expected: &Expected, samples: &mut HashMap<(RunId, u64), Sample>) -> Option<Parsed> {
    let run = event.run;
    let begin = || {
        let problem = super::lock(expected).get(&run).cloned().flatten();
        Sample {
            observer: Observer::new(Live::new(Trace::default(), problem)),
            sent: None,
        }
    };
    match &event.kind {
        EventKind::Tokens { sample, batch } => {
            let reading = samples.entry((run, *sample)).or_insert_with(begin);
            // The numbers of the tokens go to the screen by themselves.
            measure::take(
                &mut reading.observer,
                TokenBatch {
                    text: batch.text.clone(),
                    ..TokenBatch::default()
                },
            );
            let due = reading.sent.is_none_or(|sent| sent.elapsed() >= EVERY);
            due.then(|| reading.parsed(run, *sample))
        }
        EventKind::Finished { sample, reason } => {
            let reading = samples.entry((run, *sample)).or_insert_with(begin);
            reading.observer.finish(Some(measure::finish(*reason)), None);
            Some(reading.parsed(run, *sample))
        }
        EventKind::Started { .. } | EventKind::Done | EventKind::Failed(_) => None,
    }
}

impl Sample {
    fn parsed(&mut self, run: RunId, sample: u64) -> Parsed {
        self.sent = Some(Instant::now());
        Parsed {
            run,
            sample,
            tree: self.observer.live().tree().clone(),
            behaviors: self.observer.behaviors().to_vec(),
            outcome: self.observer.live().record().outcome.clone(),
            thinking: thinking(self.observer.live().text()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::StopReason;

    #[test]
    fn a_finished_sample_comes_with_its_tree_its_habits_and_its_verdict() {
        let expected = Expected::default();
        let run = RunId(3);
        super::super::lock(&expected).insert(run, Some(Problem::parse("18 7 4 -> 15").unwrap()));
        let mut samples = HashMap::new();
        let text = "try 18-7=11 left 11 4\ncheck 11+4=15 yes\nanswer (18-7)+4\n".to_owned();
        let batch = TokenBatch {
            text,
            ..TokenBatch::default()
        };
        let tokens = Event {
            run,
            kind: EventKind::Tokens { sample: 0, batch },
        };
        assert!(
            follow(&tokens, &expected, &mut samples).is_some(),
            "the first tree is sent at once"
        );
        let kind = EventKind::Finished {
            sample: 0,
            reason: StopReason::Stop,
        };
        let parsed = follow(&Event { run, kind }, &expected, &mut samples).unwrap();
        assert_eq!((parsed.tree.nodes.len(), parsed.behaviors.len()), (3, 1));
        assert!(parsed.outcome.unwrap().correct);
    }
}
