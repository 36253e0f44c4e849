//! How a token is drawn from a distribution: the settings, as traces, cards and recipes record them.

use serde::{Deserialize, Serialize};

/// The sampling settings of a run. The drawing itself is the engine's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sampler {
    /// Divides the logits; 0 takes the most likely token.
    pub temperature: f32,
    /// Keep only this many of the most likely tokens; 0 keeps all.
    pub top_k: u32,
    /// Keep the smallest set of most likely tokens whose probabilities add up to this; 1 keeps all.
    pub top_p: f32,
    /// Keep tokens at least this fraction as likely as the most likely one; 0 keeps all.
    pub min_p: f32,
    /// Divides the positive logits of tokens that are in the prompt or the text already, and multiplies their negative
    /// ones (Keskar et al. 2019, section 4.1); 1 leaves them alone.
    #[serde(skip_serializing_if = "is_one")]
    pub repetition_penalty: f32,
    /// Picks the random numbers; with the sample's index it fixes the text.
    pub seed: u64,
    /// Tokens generated at most.
    pub max_tokens: usize,
    /// Texts that end a generation when they appear in it; they are not part of the text.
    pub stop: Vec<String>,
    /// Whether a model that is asked in a conversation thinks before it answers, where its chat template lets one say so;
    /// as the template has it when nothing is said. Part of how a text came about, like the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking: Option<bool>,
}

fn is_one(penalty: &f32) -> bool {
    *penalty == 1.0
}

impl Default for Sampler {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            repetition_penalty: 1.0,
            seed: 0,
            max_tokens: 512,
            stop: Vec::new(),
            thinking: None,
        }
    }
}

impl Sampler {
    /// Says which setting makes no sense, and what would.
    ///
    /// # Errors
    /// A sentence naming the setting.
    pub fn check(&self) -> Result<(), String> {
        if !(self.temperature.is_finite() && self.temperature >= 0.0) {
            return Err(format!(
                "temperature is {}, it must be 0 or more",
                self.temperature
            ));
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            return Err(format!(
                "top_p is {}, it must be above 0 and at most 1",
                self.top_p
            ));
        }
        if !(0.0..=1.0).contains(&self.min_p) {
            return Err(format!("min_p is {}, it must be between 0 and 1", self.min_p));
        }
        if !(self.repetition_penalty.is_finite() && self.repetition_penalty > 0.0) {
            return Err(format!(
                "repetition_penalty is {}, it must be above 0; 1 is none",
                self.repetition_penalty
            ));
        }
        if self.max_tokens == 0 {
            return Err("max_tokens is 0, nothing could be generated".into());
        }
        if self.stop.iter().any(String::is_empty) {
            return Err("a stop text is empty, it would stop everything".into());
        }
        Ok(())
    }
}
