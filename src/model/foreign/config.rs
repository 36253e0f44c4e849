//! `config.json` of another architecture, made ready for candle-transformers.
//!
//! That library reads the fields it knows and ignores the rest. Fields that it ignores and that would change the result are
//! refused here by name; where only long texts would come out wrong, the context is cut.

mod facts;
mod read;

use super::{Architecture, PIECE};
use crate::model::config::ConfigError;
use serde_json::Value;

/// The shape of a decoder of another architecture.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignConfig {
    /// Whose it is.
    pub architecture: Architecture,
    /// Rows of the embedding table.
    pub vocab_size: usize,
    /// Positions that are computed rightly.
    pub context: usize,
    /// Positions its makers speak of, where they are more.
    pub makers_context: usize,
    /// Tokens that end a text.
    pub eos_token_ids: Vec<u32>,
    /// Token put before a text, if the model wants one.
    pub bos_token_id: Option<u32>,
    /// The configuration as the library reads it.
    pub(super) json: Value,
    /// Numbers that keys and values of one position are, over all layers; on average, where some forget.
    pub(super) cached_numbers: usize,
    /// Key and value heads.
    kv_heads: usize,
    /// Whether the output head is the embedding table.
    pub(super) ties: bool,
    /// Positions up to which several tokens can be read in one go.
    window: Option<usize>,
}

impl ForeignConfig {
    /// The architecture that a `config.json` names, if it is one of these.
    #[must_use]
    pub fn architecture(text: &str) -> Option<Architecture> {
        let value: Value = serde_json::from_str(text).ok()?;
        let kind = value.get("model_type")?.as_str()?;
        Architecture::ALL
            .into_iter()
            .find(|known| known.model_type() == kind)
    }

    /// Reads a configuration as transformers 4 (`rope_theta`) or 5 (`rope_parameters`) writes it.
    ///
    /// # Errors
    /// [`ConfigError`] names the field.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let value: Value = serde_json::from_str(text).map_err(|e| ConfigError::NotJson(e.to_string()))?;
        let Value::Object(map) = value else {
            return Err(ConfigError::NotJson("it holds something else".into()));
        };
        let architecture = Self::architecture(text)
            .ok_or_else(|| read::refusal("model_type", map.get("model_type").unwrap_or(&Value::Null)))?;
        read::read(architecture, map)
    }

    /// How many tokens can be read in one go behind `offset` others.
    pub(super) fn at_once(&self, offset: usize) -> usize {
        match (self.architecture, self.window) {
            // It stores several tokens of several heads in the wrong layout, and stops.
            (Architecture::Gemma3, _) if self.kv_heads > 1 => 1,
            // Its cache is a ring of this length, and its mask does not know where the ring begins.
            (Architecture::Gemma3, Some(window)) if offset < window => PIECE.min(window - offset),
            (Architecture::Gemma3, _) => 1,
            (Architecture::Phi, _) if offset == 0 => usize::MAX,
            (Architecture::Phi, _) => 1,
            _ => PIECE,
        }
    }

    /// Whether its makers speak of more positions than are computed rightly.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.context < self.makers_context
    }
}
