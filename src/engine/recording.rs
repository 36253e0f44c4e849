//! A run as a file (`--record`, `--play`): what was asked and everything the engine said, with the time it said it.
//!
//! JSON lines: a header `{"schema":"backtrail.recording/1","model":…}`, then one line per event with `at`, the
//! milliseconds since the run was asked for. A run of one of several lanes says which, and its model.

mod read;

use crate::{
    base::json,
    engine::{Event, EventKind, Request, RunId, StopReason, TokenBatch},
};
pub use read::{Recording, RecordingError, Take};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    io::{self, Write},
    time::Instant,
};

const SCHEMA: &str = "backtrail.recording/1";

/// The first line.
#[derive(Serialize, Deserialize)]
struct Header {
    schema: String,
    #[serde(default)]
    model: String,
}

/// Any other line.
#[derive(Serialize, Deserialize)]
struct Line {
    at: u64,
    run: u64,
    #[serde(flatten)]
    said: Said,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Said {
    Asked {
        prompt: String,
        samples: Vec<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lane: Option<Lane>,
    },
    Started {
        prompt_tokens: usize,
    },
    Tokens {
        sample: u64,
        #[serde(flatten)]
        batch: TokenBatch,
    },
    Finished {
        sample: u64,
        reason: StopReason,
    },
    Done,
    Failed {
        sentence: String,
    },
}

/// Who was asked, where several models write side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Names the lane for as long as it is there.
    pub id: u64,
    /// Its model.
    pub model: String,
}

/// Writes events down as they come.
pub struct Recorder<W> {
    out: W,
    asked: HashMap<RunId, Instant>,
}

impl<W: Write> Recorder<W> {
    /// Begins a recording of `model`.
    ///
    /// # Errors
    /// Whatever `out` says.
    pub fn new(mut out: W, model: &str) -> io::Result<Self> {
        let header = Header {
            schema: SCHEMA.into(),
            model: model.into(),
        };
        writeln!(out, "{}", json::to_line(&header)?)?;
        Ok(Self {
            out,
            asked: HashMap::new(),
        })
    }

    /// Notes a request, of a lane if it is one's; its clock starts at `now`.
    ///
    /// # Errors
    /// Whatever the file says.
    pub fn asked(&mut self, request: &Request, lane: Option<&Lane>, now: Instant) -> io::Result<()> {
        self.asked.insert(request.run, now);
        let said = Said::Asked {
            prompt: request.prompt.clone(),
            samples: request.samples.clone(),
            lane: lane.cloned(),
        };
        self.line(0, request.run, said)
    }

    /// Notes an event. One about a run that was never noted is left out.
    ///
    /// # Errors
    /// Whatever the file says.
    pub fn said(&mut self, event: &Event, now: Instant) -> io::Result<()> {
        let Some(asked) = self.asked.get(&event.run) else {
            return Ok(());
        };
        let at = now.saturating_duration_since(*asked).as_millis();
        let said = match event.kind.clone() {
            EventKind::Started { prompt_tokens } => Said::Started { prompt_tokens },
            EventKind::Tokens { sample, batch } => Said::Tokens { sample, batch },
            EventKind::Finished { sample, reason } => Said::Finished { sample, reason },
            EventKind::Done => Said::Done,
            EventKind::Failed(sentence) => Said::Failed { sentence },
        };
        self.line(u64::try_from(at).unwrap_or(u64::MAX), event.run, said)?;
        // A recording that is cut off by a crash should hold the runs that ended before.
        if matches!(event.kind, EventKind::Done | EventKind::Failed(_)) {
            self.out.flush()
        } else {
            Ok(())
        }
    }

    /// The end; gives the file back.
    ///
    /// # Errors
    /// Whatever the file says.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn line(&mut self, at: u64, run: RunId, said: Said) -> io::Result<()> {
        writeln!(self.out, "{}", json::to_line(&Line { at, run: run.0, said })?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{
        batch::tests::{model, request},
        generate_all,
    };
    use std::time::Duration;

    /// A recording of two samples, an hour per event, and what it recorded.
    fn recorded() -> (String, Vec<EventKind>) {
        let start = Instant::now();
        let mut recorder = Recorder::new(Vec::new(), "tiny").unwrap();
        recorder.asked(&request(7, 0..2), None, start).unwrap();
        let mut events = Vec::new();
        generate_all(&model(), 4, vec![request(7, 0..2)], |event| {
            let at = start + Duration::from_secs(3600 * events.len() as u64);
            recorder.said(&event, at).unwrap();
            events.push(event.kind);
        });
        (String::from_utf8(recorder.finish().unwrap()).unwrap(), events)
    }

    #[test]
    fn what_was_recorded_is_read_back_with_its_times() {
        let (text, events) = recorded();
        let recording = Recording::read(&text).unwrap();
        assert_eq!(recording.model, "tiny");
        let [take] = recording.takes.as_slice() else {
            panic!("{}", recording.takes.len())
        };
        assert_eq!(
            (take.prompt.as_str(), take.samples.as_slice()),
            ("try 3 4", [0, 1].as_slice())
        );
        let times: Vec<u64> = take.events.iter().map(|(at, _)| *at).collect();
        assert!(
            times.iter().zip(0..).all(|(at, i)| *at == 3_600_000 * i),
            "{times:?}"
        );
        assert!(take.events.iter().map(|(_, kind)| kind).eq(&events));
    }

    #[test]
    fn what_a_server_said_is_read_back_although_its_tokens_have_no_ids() {
        let now = Instant::now();
        let mut recorder = Recorder::new(Vec::new(), "openai:http://a#m").unwrap();
        recorder.asked(&request(7, 0..2), None, now).unwrap();
        let batch = |text: &str, ends: &[usize], logprob: &[f32]| TokenBatch {
            text: text.into(),
            ends: ends.to_vec(),
            logprob: logprob.to_vec(),
            top_text: logprob.iter().map(|_| vec![("a".to_owned(), -0.5)]).collect(),
            ..TokenBatch::default()
        };
        // Of one it tells the numbers, of the other none.
        let said = [
            (0, batch("ab", &[1, 2], &[-0.5, -1.0])),
            (1, batch("\u{e9}", &[2], &[])),
            (0, batch("c", &[3], &[-0.5])),
        ];
        let say = |(sample, batch)| EventKind::Tokens { sample, batch };
        let kinds: Vec<EventKind> = said.into_iter().map(say).chain([EventKind::Done]).collect();
        for kind in &kinds {
            let event = Event {
                run: RunId(7),
                kind: kind.clone(),
            };
            recorder.said(&event, now).unwrap();
        }
        let text = String::from_utf8(recorder.finish().unwrap()).unwrap();
        let recording = Recording::read(&text).unwrap();
        let read = recording.takes[0].events.iter().map(|(_, kind)| kind);
        assert!(read.eq(&kinds), "{text}");
        // A list that stops half way is none.
        let broken = text.replace(r#""ends":[3],"logprob":[-0.5]"#, r#""ends":[3],"logprob":[]"#);
        let error = Recording::read(&broken).unwrap_err().to_string();
        assert!(
            error.contains("line 5 of the recording has token lists of different lengths"),
            "{error}"
        );
    }

    #[test]
    fn what_lanes_wrote_is_told_apart() {
        let now = Instant::now();
        let mut recorder = Recorder::new(Vec::new(), "tiny").unwrap();
        let lane = |id, model: &str| Lane {
            id,
            model: model.into(),
        };
        let [a, b] = [lane(0, "tiny"), lane(1, "other")];
        for (run, lane) in (0..).zip([None, Some(&a), Some(&b), Some(&a)]) {
            recorder.asked(&request(run, 0..1), lane, now).unwrap();
        }
        let text = String::from_utf8(recorder.finish().unwrap()).unwrap();
        let recording = Recording::read(&text).unwrap();
        let lanes = recording.lanes();
        let found: Vec<_> = lanes.iter().map(|(lane, of)| (lane, of.takes.len())).collect();
        assert_eq!(found, [(&a, 2), (&b, 1)]);
        assert_eq!(lanes[1].1.model, "other");
        assert_eq!(recording.alone().unwrap().takes.len(), 1);
        assert_eq!(lanes[0].1.alone(), None);
    }

    #[test]
    fn a_recording_that_was_cut_off_says_so() {
        let (text, events) = recorded();
        let cut: Vec<&str> = text.lines().take(3).collect();
        let recording = Recording::read(&cut.join("\n")).unwrap();
        assert_eq!(recording.takes[0].events[0].1, events[0]);
        assert!(matches!(&recording.takes[0].events[1].1, EventKind::Failed(s) if s.contains("cut off")));
    }

    #[test]
    fn broken_recordings_are_sentences_with_the_line() {
        let header = r#"{"schema":"backtrail.recording/1","model":"m"}"#;
        let asked = r#"{"at":0,"run":1,"event":"asked","prompt":"p","samples":[0]}"#;
        let tokens = |rest: &str| format!(r#"{{"at":1,"run":1,"event":"tokens","sample":0,{rest}}}"#);
        assert_eq!(Recording::read(""), Err(RecordingError::Header));
        assert_eq!(
            Recording::read(r#"{"schema":"backtrail.trace/1"}"#),
            Err(RecordingError::Header)
        );
        assert_eq!(Recording::read(header), Err(RecordingError::Empty));
        let lists = r#""entropy":[0],"top":[[]]"#;
        for (line, word) in [
            ("{".to_owned(), "cannot be read"),
            (r#"{"at":1,"run":1,"event":"sings"}"#.into(), "cannot be read"),
            (r#"{"at":1,"run":2,"event":"done"}"#.into(), "run 2"),
            (
                r#"{"at":1,"run":1,"event":"finished","sample":5,"reason":"stop"}"#.into(),
                "sample",
            ),
            (tokens(r#""text":"a","ids":[1]"#), "lengths"),
            (
                tokens(&format!(
                    r#""text":"é","ids":[1],"ends":[1],"logprob":[0],{lists}"#
                )),
                "outside",
            ),
            (
                tokens(&format!(
                    r#""text":"a","ids":[1],"ends":[9],"logprob":[0],{lists}"#
                )),
                "outside",
            ),
        ] {
            let error = Recording::read(&format!("{header}\n{asked}\n{line}\n"))
                .unwrap_err()
                .to_string();
            assert!(error.contains("line 3") && error.contains(word), "{error}");
        }
    }
}
