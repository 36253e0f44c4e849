//! The engine behind `openai:URL#MODEL`: any server that speaks the OpenAI API.
//!
//! Every sample is a request of its own, with its own seed, so that a sample does not depend on which others were asked
//! for (`n` is never used). What differs from the engine on this machine: a server counts only new tokens as
//! `max_tokens`; its tokens have no ids; a fork's random numbers begin anew where it begins; text comes as fast as the
//! server writes it, whatever the pace. What a model thinks and the server sends apart stands between `<think>` and
//! `</think>`; those two markers are this program's, not the model's.

mod ask;
mod chunk;
mod engine;
mod error;
mod models;
mod patience;
mod run;
mod sample;
mod secret;
mod server;
pub mod stream;
mod text;
mod wire;

use super::EngineHandle;

/// Why a server cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Its name makes no sense.
    #[error("{name}: {error}")]
    Name {
        /// As it was written.
        name: String,
        /// What is wrong with it.
        error: ServerError,
    },
    /// There is no key.
    #[error(transparent)]
    Key(#[from] SecretError),
    /// The system gives no thread.
    #[error("the thread for the server could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// Whether `name` means a server.
#[must_use]
pub fn is_server(name: &str) -> bool {
    name.starts_with("openai:")
}

/// Starts the engine of the server that `name` means, with the key in the environment variable `key`; no key when that is
/// empty. Nothing is sent before the first request.
///
/// # Errors
/// [`ServeError`].
pub fn serve(name: &str, key: &str, capacity: usize) -> Result<EngineHandle, ServeError> {
    let server = Server::parse(name).map_err(|error| ServeError::Name {
        name: name.to_owned(),
        error,
    })?;
    let key = match key {
        "" => None,
        variable => Some(Secret::from_env(variable, |name| std::env::var(name).ok())?),
    };
    Ok(RemoteEngine::spawn(server, key, capacity)?)
}

#[cfg(test)]
mod tests;

pub use engine::RemoteEngine;
pub use error::RemoteError;
pub use patience::Patience;
pub use secret::{KEY_SETTING, Secret, SecretError};
pub use server::{Server, ServerError};
