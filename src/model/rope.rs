//! Rotary positions (Su et al. 2021): the frequencies of a head's pairs, and what was done to them so that a model reads
//! longer texts than it was trained on.

use std::f64::consts::TAU;

/// How the frequencies were changed after the first training.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Scaling {
    /// Not at all.
    #[default]
    None,
    /// All divided by `factor` (Chen et al. 2023).
    Linear {
        /// How much longer.
        factor: f64,
    },
    /// Llama 3.1's: low frequencies divided by `factor`, high ones kept, those between blended.
    Llama3 {
        /// How much longer.
        factor: f64,
        /// Turns within the old context, below which a frequency is low.
        low: f64,
        /// Turns above which it is high.
        high: f64,
        /// Positions of the first training.
        original: f64,
    },
    /// YaRN (Peng et al. 2023): the same idea with a ramp over the pairs, and scores made sharper.
    Yarn {
        /// How much longer.
        factor: f64,
        /// Turns at which the ramp begins.
        fast: f64,
        /// Turns at which it ends.
        slow: f64,
        /// Positions of the first training.
        original: f64,
        /// Multiplies cosines and sines.
        sharpness: f64,
        /// Whether the ends of the ramp are rounded to whole pairs.
        truncate: bool,
    },
    /// One divisor for each pair, as GGUF files state it.
    Divisors(Vec<f32>),
}

/// Angle per position of every pair `[head_dim / 2]`, and what cosines and sines are multiplied with.
#[must_use]
pub fn frequencies(theta: f64, head_dim: usize, scaling: &Scaling) -> (Vec<f32>, f32) {
    let base = |i: usize| theta.powf(-((2 * i) as f64) / head_dim as f64);
    let half = 0..head_dim / 2;
    let (all, sharpness): (Vec<f64>, f64) = match scaling {
        Scaling::None => (half.map(base).collect(), 1.0),
        Scaling::Linear { factor } => (half.map(|i| base(i) / factor).collect(), 1.0),
        Scaling::Divisors(divisors) => {
            let divisor = |i: usize| f64::from(divisors.get(i).copied().unwrap_or(1.0));
            (half.map(|i| base(i) / divisor(i)).collect(), 1.0)
        }
        Scaling::Llama3 {
            factor,
            low,
            high,
            original,
        } => {
            let scaled = |i: usize| {
                let turns = original * base(i) / TAU;
                let kept = ((turns - low) / (high - low)).clamp(0.0, 1.0);
                base(i) * (kept + (1.0 - kept) / factor)
            };
            (half.map(scaled).collect(), 1.0)
        }
        Scaling::Yarn {
            factor,
            fast,
            slow,
            original,
            sharpness,
            truncate,
        } => {
            // The pair that makes so many turns within the old context.
            let pair = |turns: f64| head_dim as f64 * (original / (turns * TAU)).ln() / (2.0 * theta.ln());
            let round = |x: f64, to: fn(f64) -> f64| if *truncate { to(x) } else { x };
            let begin = round(pair(*fast), f64::floor).max(0.0);
            let end = round(pair(*slow), f64::ceil).min(head_dim as f64 - 1.0);
            let width = if end == begin { 0.001 } else { end - begin };
            let scaled = |i: usize| {
                let kept = 1.0 - ((i as f64 - begin) / width).clamp(0.0, 1.0);
                base(i) * (kept + (1.0 - kept) / factor)
            };
            (half.map(scaled).collect(), *sharpness)
        }
    };
    (all.into_iter().map(|f| f as f32).collect(), sharpness as f32)
}

/// YaRN's own rule for the sharpness, when a configuration states none.
#[must_use]
pub fn yarn_sharpness(factor: f64, scale: f64) -> f64 {
    if factor <= 1.0 {
        1.0
    } else {
        0.1 * scale * factor.ln() + 1.0
    }
}

/// Cosines and sines of the first positions, as many as were ever asked for.
#[derive(Clone, Debug, Default)]
pub struct Angles {
    frequencies: Vec<f32>,
    sharpness: f32,
    /// `[position, head_dim / 2]`.
    cos: Vec<f32>,
    /// `[position, head_dim / 2]`.
    sin: Vec<f32>,
}

impl Angles {
    /// Of no position yet.
    #[must_use]
    pub fn new(config: &super::Config) -> Self {
        let (frequencies, sharpness) = frequencies(config.rope_theta, config.head_dim, &config.rope_scaling);
        Self {
            frequencies,
            sharpness,
            ..Self::default()
        }
    }

    /// Of no position yet, of frequencies to which nothing was done.
    #[must_use]
    pub fn unscaled(theta: f64, head_dim: usize) -> Self {
        let (frequencies, sharpness) = frequencies(theta, head_dim, &Scaling::None);
        Self {
            frequencies,
            sharpness,
            ..Self::default()
        }
    }

    /// Learns positions up to `positions - 1`. The angle is rounded to f32 as the reference implementation does, so that
    /// long positions turn by the same angle.
    pub fn reach(&mut self, positions: usize) {
        for position in self.cos.len() / self.frequencies.len().max(1)..positions {
            for frequency in &self.frequencies {
                let angle = f64::from(position as f32 * frequency);
                self.cos.push(angle.cos() as f32 * self.sharpness);
                self.sin.push(angle.sin() as f32 * self.sharpness);
            }
        }
    }

    /// Cosines and sines of all positions that were reached, `[position, head_dim / 2]` each.
    #[must_use]
    pub fn into_tables(self) -> (Vec<f32>, Vec<f32>) {
        (self.cos, self.sin)
    }

    /// Cosines and sines of a position that was reached, `[head_dim / 2]` each.
    #[must_use]
    pub fn at(&self, position: usize) -> (&[f32], &[f32]) {
        let half = self.frequencies.len();
        let place = position * half..(position + 1) * half;
        (&self.cos[place.clone()], &self.sin[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn high_frequencies_stay_and_low_ones_are_stretched() {
        let plain = frequencies(10_000.0, 64, &Scaling::None).0;
        for scaling in [
            Scaling::Llama3 {
                factor: 8.0,
                low: 1.0,
                high: 4.0,
                original: 8192.0,
            },
            Scaling::Yarn {
                factor: 8.0,
                fast: 32.0,
                slow: 1.0,
                original: 8192.0,
                sharpness: 1.0,
                truncate: true,
            },
        ] {
            let scaled = frequencies(10_000.0, 64, &scaling).0;
            assert_eq!(scaled[0], plain[0], "{scaling:?}");
            let ratio = plain[31] / scaled[31];
            assert!((ratio - 8.0).abs() < 1e-4, "{scaling:?}: {ratio}");
            assert!(scaled.iter().zip(&plain).all(|(s, p)| s <= p), "{scaling:?}");
        }
        let divided = frequencies(10_000.0, 4, &Scaling::Divisors(vec![1.0, 4.0])).0;
        assert_eq!(divided, [1.0, 0.0025]);
    }
}
