//! The sampling settings a person can change, by name, step and typed value.

use crate::base::sampler::Sampler;
use strum::{EnumIter, EnumMessage, IntoStaticStr};

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumMessage, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Setting {
    /// Divides the logits.
    #[strum(message = "0: the most likely token; higher: varied")]
    Temperature,
    /// How many tokens may be drawn.
    #[strum(message = "draw from so many of the most likely; 0: all")]
    TopK,
    /// How much probability may be drawn from.
    #[strum(message = "draw from the most likely that add up to this")]
    TopP,
    /// How unlikely a token may be.
    #[strum(message = "drop tokens below this part of the likeliest")]
    MinP,
    /// How much a token that was there already loses.
    #[strum(message = "above 1, tokens already there are less likely")]
    RepetitionPenalty,
    /// Longest text.
    #[strum(message = "tokens generated at most")]
    MaxTokens,
    /// Which random numbers.
    #[strum(message = "picks the random numbers")]
    Seed,
    /// Whether a chat model thinks first.
    #[strum(message = "think first: on, off or as the model likes")]
    Thinking,
}

/// What can be said of thinking, by step.
const THINKING: [(&str, Option<bool>); 3] = [("off", Some(false)), ("default", None), ("on", Some(true))];

/// The place of a value in [`THINKING`].
fn place(thinking: Option<bool>) -> usize {
    match thinking {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    }
}

impl Setting {
    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Its value in `sampler`.
    #[must_use]
    pub fn value(self, sampler: &Sampler) -> String {
        match self {
            Self::Temperature => sampler.temperature.to_string(),
            Self::TopK => sampler.top_k.to_string(),
            Self::TopP => sampler.top_p.to_string(),
            Self::MinP => sampler.min_p.to_string(),
            Self::RepetitionPenalty => sampler.repetition_penalty.to_string(),
            Self::MaxTokens => sampler.max_tokens.to_string(),
            Self::Seed => sampler.seed.to_string(),
            Self::Thinking => THINKING[place(sampler.thinking)].0.to_owned(),
        }
    }

    /// `sampler` with this setting as typed.
    ///
    /// # Errors
    /// A sentence when the text is no such number, or makes no sense.
    pub fn set(self, sampler: &Sampler, text: &str) -> Result<Sampler, String> {
        let mut next = sampler.clone();
        let text = text.trim();
        let wrong = || format!("{} is a number; `{text}` is none it could be", self.name());
        match self {
            Self::Temperature => next.temperature = text.parse().map_err(|_| wrong())?,
            Self::TopK => next.top_k = text.parse().map_err(|_| wrong())?,
            Self::TopP => next.top_p = text.parse().map_err(|_| wrong())?,
            Self::MinP => next.min_p = text.parse().map_err(|_| wrong())?,
            Self::RepetitionPenalty => next.repetition_penalty = text.parse().map_err(|_| wrong())?,
            Self::MaxTokens => next.max_tokens = text.parse().map_err(|_| wrong())?,
            Self::Seed => next.seed = text.parse().map_err(|_| wrong())?,
            Self::Thinking => {
                let found = THINKING.iter().find(|(name, _)| *name == text);
                next.thinking = found
                    .ok_or_else(|| {
                        format!("{} is on, off or default; `{text}` is none of them", self.name())
                    })?
                    .1;
            }
        }
        next.check()?;
        Ok(next)
    }

    /// `sampler` with this setting one step up or down, or as it is at the end of the range.
    #[must_use]
    pub fn step(self, sampler: &Sampler, up: bool) -> Sampler {
        let mut next = sampler.clone();
        let sign = if up { 1 } else { -1 };
        // Steps of a twentieth or tenth, free of the dust of binary fractions.
        let fraction = |value: f32, steps: f32| ((value * steps).round() + sign as f32) / steps;
        match self {
            Self::Temperature => next.temperature = fraction(next.temperature, 10.0),
            Self::TopK => next.top_k = next.top_k.saturating_add_signed(sign),
            Self::TopP => next.top_p = fraction(next.top_p, 20.0),
            Self::MinP => next.min_p = fraction(next.min_p, 20.0),
            Self::RepetitionPenalty => next.repetition_penalty = fraction(next.repetition_penalty, 20.0),
            Self::MaxTokens => next.max_tokens = next.max_tokens.saturating_add_signed(64 * sign as isize),
            Self::Seed => next.seed = next.seed.saturating_add_signed(i64::from(sign)),
            Self::Thinking => {
                let last = THINKING.len() - 1;
                let place = place(next.thinking)
                    .saturating_add_signed(sign as isize)
                    .min(last);
                next.thinking = THINKING[place].1;
            }
        }
        if next.check().is_ok() {
            next
        } else {
            sampler.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn steps_stay_in_range_and_typed_values_are_checked() {
        for setting in Setting::iter() {
            let mut sampler = Sampler::default();
            for up in [false, true] {
                for _ in 0..100 {
                    sampler = setting.step(&sampler, up);
                    assert_eq!(sampler.check(), Ok(()));
                }
            }
            assert!(
                setting
                    .set(&sampler, "much")
                    .unwrap_err()
                    .contains(setting.name())
            );
        }
        let sampler = Setting::Temperature.step(&Setting::Temperature.step(&Sampler::default(), true), true);
        assert_eq!(Setting::Temperature.value(&sampler), "1.2");
        assert!(Setting::TopP.set(&sampler, "2").is_err());
    }
}
