//! A model ready to generate: weights, tokenizer, and where they came from.

use super::api::PromptKind;
use crate::{
    base::sampler::Sampler,
    model::{
        Fast, Tokenizer,
        chat::{Message, Role, Template, TemplateError},
        fast::FastError,
        tokenizer::TokenizerError,
    },
};

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
    /// How it writes conversations; none for a base model.
    pub chat: Option<Template>,
    /// How its makers sample from it.
    pub sampler: Sampler,
}

/// Why a prompt cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The tokenizer refuses.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    /// The chat template refuses.
    #[error(transparent)]
    Template(#[from] TemplateError),
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
    /// No memory is left for what it reads.
    #[error("the memory for keys and values is full; ask for fewer samples or shorter texts, or allow more")]
    Full,
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
            chat: None,
            sampler: Sampler::default(),
        })
    }

    /// The same model with what its files say besides the weights.
    #[must_use]
    pub fn with_manners(mut self, chat: Option<Template>, sampler: Sampler) -> Self {
        (self.chat, self.sampler) = (chat, sampler);
        self
    }

    /// The text before the model's answer to `question`, and how it is to be read; the question itself for a base model.
    /// `thinking` as in [`Sampler`].
    ///
    /// # Errors
    /// What the template says.
    pub fn ask(&self, question: &str, thinking: Option<bool>) -> Result<(String, PromptKind), TemplateError> {
        match &self.chat {
            None => Ok((question.to_owned(), PromptKind::Raw)),
            Some(chat) if thinking.is_some() && !chat.can_switch_thinking() => Err(TemplateError::NoSwitch),
            Some(chat) => {
                let messages = [Message::new(Role::User, question)];
                let today = jiff::ZonedDateTime::now().date();
                Ok((chat.render(&messages, thinking, today)?, PromptKind::Rendered))
            }
        }
    }

    /// The tokens of a prompt, with the start token if the model wants one and the text does not write it itself.
    /// `thinking` is for questions, as in [`Sampler`].
    ///
    /// # Errors
    /// [`PromptError::Tokenizer`], [`PromptError::Template`], [`PromptError::Empty`].
    pub fn prompt(
        &self,
        text: &str,
        kind: PromptKind,
        thinking: Option<bool>,
    ) -> Result<Vec<u32>, PromptError> {
        let mut ids: Vec<u32> = self.fast.config().bos_token_id.into_iter().collect();
        let encoded = match kind {
            PromptKind::Raw => self.tokenizer.encode(text)?,
            PromptKind::Rendered => self.tokenizer.encode_control(text)?,
            PromptKind::Question => {
                let (text, kind) = self.ask(text, thinking)?;
                return self.prompt(&text, kind, None);
            }
        };
        if kind == PromptKind::Rendered && encoded.first() == ids.first() {
            ids.clear();
        }
        ids.extend(encoded);
        if ids.is_empty() {
            Err(PromptError::Empty)
        } else {
            Ok(ids)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::open;

    fn scout(template: &str) -> LoadedModel {
        let scout = open::open(&crate::model::Source::find("scout").unwrap()).unwrap();
        let chat = Template::new(template, Default::default()).unwrap();
        scout.with_manners(Some(chat), Sampler::default())
    }

    #[test]
    fn thinking_is_switched_where_the_template_can_and_refused_where_it_cannot() {
        let model = scout("{{ messages[0].content }}{% if enable_thinking is false %} now{% endif %}");
        let asked = |thinking| model.ask("3 4", thinking).unwrap().0;
        assert_eq!(
            [asked(None), asked(Some(true)), asked(Some(false))],
            ["3 4", "3 4", "3 4 now"]
        );
        let error = scout("{{ messages[0].content }}")
            .ask("3 4", Some(true))
            .unwrap_err();
        assert!(error.to_string().contains("sampler.thinking"), "{error}");
    }
}
