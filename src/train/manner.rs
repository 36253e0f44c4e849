//! How a model is asked: in the bundled language, as a text to be continued, or in a conversation.

use crate::{
    engine::{LoadedModel, PromptKind},
    model::chat::TemplateError,
    task::countdown::{Problem, completion, instruction},
    trace::language::{self, PHRASES},
};

/// A way to ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// In the language of the bundled models, which they read and write and nothing else.
    #[default]
    Language,
    /// With a text that is to be continued: base models.
    Completion,
    /// With a question that a chat template, or a server, puts as a conversation.
    Conversation,
}

impl Manner {
    /// How `model` is asked. One whose tokenizer has every phrase of the bundled language as one token was made for it.
    #[must_use]
    pub fn of(model: &LoadedModel) -> Self {
        let phrase = |phrase: &&str| model.tokenizer.encode(phrase).is_ok_and(|ids| ids.len() == 1);
        if PHRASES.iter().all(phrase) {
            Self::Language
        } else if model.chat.is_some() {
            Self::Conversation
        } else {
            Self::Completion
        }
    }

    /// What the model is given for `problem`, and how it is to be read.
    #[must_use]
    pub fn prompt(self, problem: &Problem) -> (String, PromptKind) {
        match self {
            Self::Language => (language::prompt(problem), PromptKind::Raw),
            Self::Completion => (completion(problem), PromptKind::Raw),
            Self::Conversation => (instruction(problem), PromptKind::Question),
        }
    }

    /// What `model` is given for `problem`: what its chat template makes of the question, where it has one. `thinking` as
    /// in [`Sampler`](crate::base::sampler::Sampler).
    ///
    /// # Errors
    /// What the template says.
    pub fn ask(
        model: &LoadedModel,
        problem: &Problem,
        thinking: Option<bool>,
    ) -> Result<(String, PromptKind), TemplateError> {
        match Self::of(model).prompt(problem) {
            (question, PromptKind::Question) => model.ask(&question, thinking),
            asked => Ok(asked),
        }
    }
}
