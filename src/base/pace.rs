//! How fast text is to appear, for eyes: a small model writes a whole trace in the time of a blink.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// Tokens per second and sample; 0 is as fast as it goes. Clones share the value, so it can be changed while a run goes
/// on; the engine looks at it once per step.
#[derive(Clone, Debug, Default)]
pub struct Pace(Arc<AtomicU32>);

impl Pace {
    /// The slowest pace, tokens per second: below, stopping would have to wait.
    const SLOWEST: u32 = 2;
    /// The fastest pace that still is one.
    const FASTEST: u32 = 1600;

    /// `rate` tokens per second, 0 for as fast as it goes.
    #[must_use]
    pub fn new(rate: u32) -> Self {
        let pace = Self::default();
        pace.set(rate);
        pace
    }

    /// Tokens per second, 0 for as fast as it goes.
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// The time a token takes; none when it goes as fast as it goes.
    #[must_use]
    pub fn interval(&self) -> Option<Duration> {
        let rate = self.rate();
        (rate > 0).then(|| Duration::from_secs(1) / rate)
    }

    /// Twice as fast; beyond the fastest pace there is none.
    pub fn faster(&self) {
        self.set(match self.rate() {
            0 => 0,
            rate if rate >= Self::FASTEST => 0,
            rate => rate * 2,
        });
    }

    /// Half as fast, down to the slowest pace.
    pub fn slower(&self) {
        self.set(match self.rate() {
            0 => Self::FASTEST,
            rate => rate / 2,
        });
    }

    fn set(&self, rate: u32) {
        let rate = if rate == 0 {
            0
        } else {
            rate.clamp(Self::SLOWEST, Self::FASTEST)
        };
        self.0.store(rate, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;

    #[test]
    fn faster_ends_without_a_pace_and_slower_at_the_slowest() {
        let pace = Pace::new(50);
        for _ in 0..10 {
            pace.faster();
        }
        assert_eq!((pace.rate(), pace.interval()), (0, None));
        for _ in 0..20 {
            pace.slower();
        }
        assert_eq!(pace.rate(), 2);
    }
}
