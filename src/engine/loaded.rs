//! A model ready to generate: weights, tokenizer, and where they came from.

use crate::model::{Fast, Tokenizer, fast::FastError, tokenizer::TokenizerError};

/// What an engine needs of a model. Shared, never changed.
pub struct LoadedModel {
    /// Its name, as people say it.
    pub name: String,
    /// `sha256:…` of its weights.
    pub hash: String,
    /// Its weights.
    pub fast: Fast,
    /// Its tokenizer.
    pub tokenizer: Tokenizer,
}

/// Why a prompt cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The tokenizer refuses.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    /// There is nothing to continue.
    #[error("the prompt is empty and the model has no start token; write at least one character")]
    Empty,
    /// No room is left to generate.
    #[error("the prompt has {tokens} tokens, the model's context {context}; shorten it")]
    TooLong {
        /// Tokens of prompt and prefix.
        tokens: usize,
        /// Positions of the model.
        context: usize,
    },
    /// The model refuses a token.
    #[error(transparent)]
    Model(#[from] FastError),
}

impl LoadedModel {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When tokenizer and weights do not belong together.
    pub fn new(name: String, hash: String, fast: Fast, tokenizer: Tokenizer) -> Result<Self, TokenizerError> {
        tokenizer.check(fast.config())?;
        Ok(Self {
            name,
            hash,
            fast,
            tokenizer,
        })
    }

    /// The tokens of a prompt, with the start token if the model wants one.
    ///
    /// # Errors
    /// [`PromptError::Tokenizer`], [`PromptError::Empty`].
    pub fn prompt(&self, text: &str) -> Result<Vec<u32>, PromptError> {
        let mut ids: Vec<u32> = self.fast.config().bos_token_id.into_iter().collect();
        ids.extend(self.tokenizer.encode(text)?);
        if ids.is_empty() {
            Err(PromptError::Empty)
        } else {
            Ok(ids)
        }
    }
}
