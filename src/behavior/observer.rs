//! A growing trace with its habits: what both faces and the trainer's evaluation watch.

use super::{Detector, Habit, Layer};
use crate::trace::{
    Trace,
    live::Live,
    record::{Behavior, Finish, Seconds, TokenStats},
};

/// A live trace and the detector that reads along.
#[derive(Debug)]
pub struct Observer {
    live: Live,
    detector: Detector,
    /// How often each habit was seen among the first findings…
    counts: [usize; 4],
    /// …and how many these are: what was found stays found, so no token counts it again.
    counted: usize,
}

impl Observer {
    /// Watches `live`, which has no text yet.
    #[must_use]
    pub fn new(live: Live) -> Self {
        Self::of(Layer::default(), live)
    }

    /// As [`Observer::new`], with what one layer of detectors finds.
    #[must_use]
    pub fn of(layer: Layer, live: Live) -> Self {
        Self {
            live,
            detector: Detector::of(layer),
            counts: [0; 4],
            counted: 0,
        }
    }

    /// Takes in text and the numbers of the tokens that made it.
    pub fn push(&mut self, text: &str, tokens: TokenStats, given: bool) {
        let detector = &mut self.detector;
        detector.expect(text.len());
        self.live
            .push(text, tokens, given, |told, tree| detector.hear(told, tree));
        self.count();
    }

    /// The text is over; see [`Live::finish`].
    pub fn finish(&mut self, finish: Option<Finish>, seconds: Option<Seconds>) {
        let detector = &mut self.detector;
        self.live
            .finish(finish, seconds, |told, tree| detector.hear(told, tree));
        self.count();
    }

    fn count(&mut self) {
        let found = self.detector.found();
        for new in found.get(self.counted..).unwrap_or_default() {
            for (habit, count) in Habit::ALL.into_iter().zip(&mut self.counts) {
                *count += usize::from(new.behavior == habit.name());
            }
        }
        self.counted = found.len();
    }

    /// The trace so far.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// The trace so far, to tell it something.
    pub fn live_mut(&mut self) -> &mut Live {
        &mut self.live
    }

    /// The habits so far, by start.
    #[must_use]
    pub fn behaviors(&self) -> &[Behavior] {
        self.detector.found()
    }

    /// How often each habit was seen, in the order of [`Habit::ALL`].
    #[must_use]
    pub fn counts(&self) -> [usize; 4] {
        self.counts
    }

    /// Whether the answer is right.
    #[must_use]
    pub fn is_correct(&self) -> bool {
        self.live.record().is_correct()
    }

    /// Whether the answer is right *and* every statement is true.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.is_correct() && self.live.tree().is_sound()
    }

    /// The whole record; token numbers only `with_stats`.
    #[must_use]
    pub fn to_trace(&self, with_stats: bool) -> Trace {
        Trace {
            behaviors: self.behaviors().to_vec(),
            ..self.live.to_trace(with_stats)
        }
    }

    /// As [`Observer::to_trace`], of a trace that is over.
    #[must_use]
    pub fn into_trace(self, with_stats: bool) -> Trace {
        Trace {
            behaviors: self.detector.into_found(),
            ..self.live.into_trace(with_stats)
        }
    }
}
