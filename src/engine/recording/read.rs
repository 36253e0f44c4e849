//! A recording read back: its runs, checked.

use super::{Header, Lane, Line, SCHEMA, Said};
use crate::engine::{EventKind, TokenBatch};
use std::collections::{BTreeMap, HashMap};

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
    /// What there is so far of each sample.
    samples: BTreeMap<u64, Known>,
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
                self.samples.entry(sample).or_default().add(&batch)?;
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

/// What the readers of token batches rely on, of one sample.
#[derive(Default)]
struct Known {
    text: String,
    tokens: usize,
    /// Ids, log-probabilities, entropies, likely tokens and their texts: as many as tokens, or none of a kind.
    lists: [usize; 5],
}

impl Known {
    fn add(&mut self, batch: &TokenBatch) -> Result<(), &'static str> {
        let lists = [
            batch.ids.len(),
            batch.logprob.len(),
            batch.entropy.len(),
            batch.top.len(),
            batch.top_text.len(),
        ];
        self.tokens += batch.ends.len();
        for (all, more) in self.lists.iter_mut().zip(lists) {
            *all += more;
            if *all != 0 && *all != self.tokens {
                return Err("has token lists of different lengths");
            }
        }
        if batch.given > batch.ends.len() {
            return Err("has more given tokens than tokens");
        }
        let before = self.text.len();
        self.text.push_str(&batch.text);
        let inside =
            |end: &usize| (before..=self.text.len()).contains(end) && self.text.is_char_boundary(*end);
        if batch.ends.iter().all(inside) && batch.ends.is_sorted() {
            Ok(())
        } else {
            Err("has a token that ends outside its text")
        }
    }
}
