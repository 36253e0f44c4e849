//! When to draw. Pure: it is told the time, and holds no timer. When nothing changed there is nothing to wait for.

use std::time::{Duration, Instant};

/// How soon a change should be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A person pressed a key.
    Input,
    /// Text arrived.
    Stream,
}

/// Decides when the next frame is due.
#[derive(Clone, Copy, Debug)]
pub struct FramePacer {
    /// The pause after the end of a frame that streamed text asks for.
    stream: Duration,
    last: Option<Instant>,
    next: Option<Instant>,
}

impl Default for FramePacer {
    fn default() -> Self {
        Self::new(30)
    }
}

impl FramePacer {
    /// At most `max_fps` frames a second while text streams; keys are answered sooner.
    #[must_use]
    pub fn new(max_fps: u32) -> Self {
        Self {
            stream: Duration::from_millis(u64::from(1000 / max_fps.clamp(1, 1000))),
            last: None,
            next: None,
        }
    }

    /// The pause after the end of the last frame. Counted from its end, so a slow terminal lowers the rate by itself.
    fn pause(&self, urgency: Urgency) -> Duration {
        match urgency {
            Urgency::Input => self.stream.min(Duration::from_millis(8)),
            Urgency::Stream => self.stream,
        }
    }

    /// Something changed at `now`.
    pub fn request(&mut self, now: Instant, urgency: Urgency) {
        let due = self.last.map_or(now, |last| now.max(last + self.pause(urgency)));
        self.next = Some(self.next.map_or(due, |next| next.min(due)));
    }

    /// When to wake up; `None` while nothing changed.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.next
    }

    /// Whether a frame should be drawn.
    #[must_use]
    pub fn is_due(&self, now: Instant) -> bool {
        self.next.is_some_and(|next| next <= now)
    }

    /// A frame was drawn, ending at `now`.
    pub fn drawn(&mut self, now: Instant) {
        self.last = Some(now);
        self.next = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn nothing_is_due_while_nothing_changed() {
        let mut pacer = FramePacer::default();
        let start = Instant::now();
        assert_eq!(pacer.deadline(), None);
        pacer.request(start, Urgency::Stream);
        assert!(pacer.is_due(start), "the first frame waits for nothing");
        pacer.drawn(start);
        assert!(pacer.deadline().is_none() && !pacer.is_due(start + ms(60_000)));
    }

    #[test]
    fn keys_draw_at_once_and_tokens_wait_for_their_turn() {
        let mut pacer = FramePacer::default();
        let start = Instant::now();
        pacer.drawn(start);
        pacer.request(start + ms(2), Urgency::Stream);
        assert_eq!(pacer.deadline(), Some(start + ms(33)));
        pacer.request(start + ms(3), Urgency::Input);
        assert_eq!(pacer.deadline(), Some(start + ms(8)));
        pacer.drawn(start + ms(9));
        pacer.request(start + ms(40), Urgency::Input);
        assert!(pacer.is_due(start + ms(40)));
    }

    #[test]
    fn a_flood_of_tokens_draws_thirty_times_a_second_at_most() {
        let mut pacer = FramePacer::default();
        let start = Instant::now();
        let mut frames = 0;
        for at in 0..1000 {
            let now = start + ms(at);
            pacer.request(now, Urgency::Stream);
            if pacer.is_due(now) {
                frames += 1;
                pacer.drawn(now);
            }
        }
        assert!((29..=32).contains(&frames), "{frames}");
    }
}
