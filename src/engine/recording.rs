//! A run as a file (`--record`, `--play`): what was asked and everything the engine said, with the time it said it.
//!
//! JSON lines: a header `{"schema":"backtrail.recording/1","model":…}`, then one line per event with `at`, the
//! milliseconds since the run was asked for. A run of one of several lanes says which, and its model.

use crate::{
    base::json,
    engine::{Event, EventKind, Request, RunId, StopReason, TokenBatch},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
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

/// A recording that was read and found sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The model that was recorded.
    pub model: String,
    /// Its runs, in the order they were asked for; at least one.
    pub takes: Vec<Take>,
}

/// One recorded run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Take {
    /// What was to be continued.
    pub prompt: String,
    /// The samples asked for.
    pub samples: Vec<u64>,
    /// The lane that was asked; none where only one model writes.
    pub lane: Option<Lane>,
    /// What was said, and how many milliseconds after the question.
    pub events: Vec<(u64, EventKind)>,
}

/// Why a file is no recording.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RecordingError {
    /// It begins with something else.
    #[error("this is not a recording: its first line is not a header of {SCHEMA}; make one with --record")]
    Header,
    /// A line that cannot be.
    #[error("line {line} of the recording {problem}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// A header and nothing else.
    #[error("the recording holds no run; record one with --record")]
    Empty,
}

impl Recording {
    /// Reads the text of a recording. A run that was cut off ends with a `Failed` that says so.
    ///
    /// # Errors
    /// [`RecordingError`], with the line.
    pub fn read(text: &str) -> Result<Self, RecordingError> {
        let mut lines = (1..)
            .zip(text.lines())
            .filter(|(_, line)| !line.trim().is_empty());
        let header: Option<Header> = lines.next().and_then(|(_, line)| serde_json::from_str(line).ok());
        let header = header
            .filter(|header| header.schema == SCHEMA)
            .ok_or(RecordingError::Header)?;
        let mut takes: Vec<Reading> = Vec::new();
        // A number may be asked for again once its run has ended: the last one counts.
        let mut place: HashMap<u64, usize> = HashMap::new();
        for (line, text) in lines {
            let wrong = |problem: String| RecordingError::Line { line, problem };
            let Line { at, run, said } =
                serde_json::from_str(text).map_err(|e| wrong(format!("cannot be read: {e}")))?;
            if let Said::Asked {
                prompt,
                samples,
                lane,
            } = said
            {
                place.insert(run, takes.len());
                takes.push(Reading {
                    take: Take {
                        prompt,
                        samples,
                        lane,
                        events: Vec::new(),
                    },
                    ..Reading::default()
                });
                continue;
            }
            let reading = place.get(&run).and_then(|i| takes.get_mut(*i));
            let reading =
                reading.ok_or_else(|| wrong(format!("is about run {run}, which nobody asked for before")))?;
            reading.add(at, said).map_err(|problem| wrong(problem.into()))?;
        }
        if takes.is_empty() {
            return Err(RecordingError::Empty);
        }
        Ok(Self {
            model: header.model,
            takes: takes.into_iter().map(Reading::finish).collect(),
        })
    }
}

impl Recording {
    /// What every lane wrote, in the order in which they were first asked.
    #[must_use]
    pub fn lanes(&self) -> Vec<(Lane, Recording)> {
        let mut lanes: Vec<(Lane, Recording)> = Vec::new();
        for take in &self.takes {
            let Some(lane) = &take.lane else { continue };
            match lanes.iter_mut().find(|(known, _)| known == lane) {
                Some((_, recording)) => recording.takes.push(take.clone()),
                None => lanes.push((
                    lane.clone(),
                    Recording {
                        model: lane.model.clone(),
                        takes: vec![take.clone()],
                    },
                )),
            }
        }
        lanes
    }

    /// What was written outside the lanes; none when nothing was.
    #[must_use]
    pub fn alone(&self) -> Option<Recording> {
        let takes: Vec<Take> = self
            .takes
            .iter()
            .filter(|take| take.lane.is_none())
            .cloned()
            .collect();
        (!takes.is_empty()).then(|| Recording {
            model: self.model.clone(),
            takes,
        })
    }
}

/// A run while it is read.
#[derive(Default)]
struct Reading {
    take: Take,
    /// The text of each sample that has not finished.
    texts: BTreeMap<u64, String>,
    finished: Vec<u64>,
    over: bool,
}

impl Reading {
    fn add(&mut self, at: u64, said: Said) -> Result<(), &'static str> {
        if self.over {
            return Err("comes after the end of its run");
        }
        let kind = match said {
            Said::Asked { .. } => return Err("asks twice"),
            Said::Started { prompt_tokens } => EventKind::Started { prompt_tokens },
            Said::Done => EventKind::Done,
            Said::Failed { sentence } => EventKind::Failed(sentence),
            Said::Tokens { sample, batch } => {
                self.running(sample)?;
                sound(&batch, self.texts.entry(sample).or_default())?;
                EventKind::Tokens { sample, batch }
            }
            Said::Finished { sample, reason } => {
                self.running(sample)?;
                self.finished.push(sample);
                EventKind::Finished { sample, reason }
            }
        };
        self.over = matches!(kind, EventKind::Done | EventKind::Failed(_));
        self.take.events.push((at, kind));
        Ok(())
    }

    fn running(&self, sample: u64) -> Result<(), &'static str> {
        if !self.take.samples.contains(&sample) {
            Err("is about a sample that nobody asked for")
        } else if self.finished.contains(&sample) {
            Err("is about a sample that has finished")
        } else {
            Ok(())
        }
    }

    fn finish(mut self) -> Take {
        if !self.over {
            let at = self.take.events.last().map_or(0, |(at, _)| *at);
            let sentence = "the recording was cut off before the end of this run".into();
            self.take.events.push((at, EventKind::Failed(sentence)));
        }
        self.take
    }
}

/// Checks what the readers of token batches rely on, and appends the batch's text to `text`, what stood before it.
fn sound(batch: &TokenBatch, text: &mut String) -> Result<(), &'static str> {
    let TokenBatch {
        ids,
        ends,
        logprob,
        entropy,
        top,
        given,
        ..
    } = batch;
    if [ends.len(), logprob.len(), entropy.len(), top.len()] != [ids.len(); 4] || *given > ids.len() {
        return Err("has token lists of different lengths");
    }
    let before = text.len();
    text.push_str(&batch.text);
    let inside = ends
        .iter()
        .all(|end| (before..=text.len()).contains(end) && text.is_char_boundary(*end));
    if inside && ends.is_sorted() {
        Ok(())
    } else {
        Err("has a token that ends outside its text")
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
