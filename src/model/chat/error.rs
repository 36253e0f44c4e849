//! What can be wrong with a chat template, in sentences for a person.

use crate::base::sanitize;
use minijinja::ErrorKind;

/// Longest text of a template's own that is shown, in characters.
const SHOWN: usize = 200;

/// Why a chat template cannot be used, or not for this conversation.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum TemplateError {
    /// A file that is not what its name says.
    #[error("{file} cannot be read ({reason}): repair it, or take it away to use the plain prompt")]
    File {
        /// Its name.
        file: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Several templates, and none of them is meant for plain chats.
    #[error(
        "tokenizer_config.json has several chat templates ({0}), but none is named `default`: name one so"
    )]
    NoDefault(String),
    /// Longer than any honest template.
    #[error(
        "the chat template has {0} bytes, and at most {1} are read: put a shorter chat_template.jinja beside it"
    )]
    TooLong(usize, usize),
    /// Not Jinja, or not a part of it that is understood.
    #[error(
        "the chat template cannot be read at line {line}: {reason}; put a repaired chat_template.jinja beside it"
    )]
    Syntax {
        /// Where, from 1; 0 if that is not known.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// There is nothing to render.
    #[error("a chat template needs at least one message: say something first")]
    NoMessages,
    /// The conversation is too long for any model.
    #[error("the conversation has {0} bytes, and a chat template is given at most {1}: shorten it")]
    LongConversation(usize, usize),
    /// Thinking is to be switched where nothing can switch it.
    #[error("its chat template has no switch for thinking (`enable_thinking`): take `sampler.thinking` away")]
    NoSwitch,
    /// The template called `raise_exception`.
    #[error("the chat template refuses this conversation: {0}")]
    Refused(String),
    /// It loops, or writes too much.
    #[error(
        "the chat template was stopped because it does not come to an end or writes far too much: use another one"
    )]
    OutOfFuel,
    /// It failed while it ran.
    #[error(
        "the chat template failed at line {line}: {reason}; change the conversation or use another template"
    )]
    Failed {
        /// Where, from 1; 0 if that is not known.
        line: usize,
        /// What went wrong.
        reason: String,
    },
    /// The last turn was to be continued, but is not in the text as it was given.
    #[error(
        "the chat template rewrites the assistant's last turn, so that it cannot be continued: \
         leave that turn out and put its text after the prompt"
    )]
    NotContinued,
}

/// The mark of an error that the template raised itself.
#[derive(Debug, thiserror::Error)]
#[error("raised by the template")]
pub(super) struct Raised(pub String);

impl TemplateError {
    /// From an error while compiling.
    pub(super) fn syntax(error: &minijinja::Error) -> Self {
        Self::Syntax {
            line: error.line().unwrap_or(0),
            reason: reason(error),
        }
    }

    /// From an error while running: the innermost one tells the cause, as macros wrap what fails inside.
    pub(super) fn running(error: &minijinja::Error) -> Self {
        let mut innermost = error;
        let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(now) = source {
            if let Some(raised) = now.downcast_ref::<Raised>() {
                return Self::Refused(shown(&raised.0));
            }
            if let Some(error) = now.downcast_ref::<minijinja::Error>() {
                innermost = error;
                if error.kind() == ErrorKind::OutOfFuel {
                    return Self::OutOfFuel;
                }
            }
            source = now.source();
        }
        let line = innermost.line().or_else(|| error.line()).unwrap_or(0);
        Self::Failed {
            line,
            reason: reason(innermost),
        }
    }
}

fn reason(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => shown(detail),
        None => error.kind().to_string(),
    }
}

/// A text from a file, fit for one line of a terminal.
pub(super) fn shown(text: &str) -> String {
    let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = sanitize::line(&words).chars().take(SHOWN).collect();
    if short.len() < words.len() && words.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short
}
