//! How long a server is waited for, how often it is asked again, and how long in between.

use crate::base::rng::Rng;
use rand::RngCore as _;
use std::time::Duration;

/// How often a request is sent at most.
pub(super) const TRIES: u32 = 5;

/// Times of an engine. Tests use shorter ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patience {
    /// From the request to the first byte of an answer, and from there to the first byte of its text: a long prompt on a
    /// busy server takes its time.
    pub first: Duration,
    /// Between two pieces of a text.
    pub silence: Duration,
    /// From the last token to the end of the stream; what comes there is the number of tokens at best.
    pub settle: Duration,
    /// Before the second try; doubled for each one after it.
    pub pause: Duration,
    /// Between two tries at most, whatever the server asks for.
    pub longest_pause: Duration,
    /// How often a request looks whether it was cancelled.
    pub look: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(120),
            silence: Duration::from_secs(60),
            settle: Duration::from_secs(2),
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(60),
            look: Duration::from_millis(50),
        }
    }
}

impl Patience {
    /// How long to wait after `tries` tries: what the server asked for, else twice as long each time, give or take a
    /// half, so that many who were refused at once do not come back at once.
    pub(super) fn pause(&self, tries: u32, asked: Option<Duration>, rng: &mut Rng) -> Duration {
        let jitter = 0.5 + f64::from(rng.next_u32()) / f64::from(u32::MAX);
        let doubled = self.pause.saturating_mul(1 << tries.saturating_sub(1).min(16));
        let own = Duration::try_from_secs_f64(doubled.as_secs_f64() * jitter).unwrap_or(Duration::MAX);
        asked.unwrap_or(own).min(self.longest_pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng;

    #[test]
    fn pauses_double_with_a_jitter_that_the_seed_decides_and_never_grow_too_long() {
        let patience = Patience::default();
        let pauses = |seed| {
            let mut rng = rng::stream("pause", seed, &[]);
            (1..40)
                .map(|tries| patience.pause(tries, None, &mut rng))
                .collect::<Vec<_>>()
        };
        for (pause, whole) in pauses(1).iter().zip([500, 1000, 2000, 4000_u64]) {
            let whole = Duration::from_millis(whole);
            assert!(*pause >= whole / 2 && *pause <= whole * 3 / 2, "{pause:?}");
        }
        assert_eq!(pauses(1), pauses(1));
        assert_ne!(pauses(1), pauses(2));
        assert_eq!(pauses(1)[38], patience.longest_pause);
    }

    #[test]
    fn what_a_server_asks_for_is_kept_up_to_a_limit() {
        let (patience, mut rng) = (Patience::default(), rng::stream("pause", 0, &[]));
        let mut after = |seconds| {
            patience
                .pause(1, Some(Duration::from_secs(seconds)), &mut rng)
                .as_secs()
        };
        assert_eq!([after(0), after(7), after(3600)], [0, 7, 60]);
    }
}
