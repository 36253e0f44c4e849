//! Why a server's answer did not come: one sentence each. What a server said is in them cleaned, cut, without the key.

use super::secret::KEY_SETTING;

/// What went wrong between a server and us. `server` is its address, `said` is empty or `: ` and its own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// The client itself cannot be set up.
    #[error("connections cannot be set up: {0}")]
    Client(String),
    /// Nobody listens there.
    #[error("nothing answers at {server}: is the server running, and is the address right?")]
    Refused {
        /// Its address.
        server: String,
    },
    /// No connection.
    #[error("{server} cannot be reached ({why}); check the address and the network")]
    Unreachable {
        /// Its address.
        server: String,
        /// What the system says.
        why: String,
    },
    /// No secure connection.
    #[error(
        "{server}: the secure connection failed ({why}); check the certificate, or whether the server speaks http://"
    )]
    Tls {
        /// Its address.
        server: String,
        /// What is wrong.
        why: String,
    },
    /// 401 or 403.
    #[error("{server} refuses the API key or wants one ({status}{said}): {}", advice(.variable.as_deref()))]
    Key {
        /// Its address.
        server: String,
        /// The status.
        status: u16,
        /// Its words.
        said: String,
        /// Where the key came from, if there was one.
        variable: Option<String>,
    },
    /// 404 or 405.
    #[error(
        "{server} has no {path} ({status}{said}): check the address, and whether the server offers this part of the OpenAI API"
    )]
    Missing {
        /// Its address.
        server: String,
        /// The part asked for.
        path: String,
        /// The status.
        status: u16,
        /// Its words.
        said: String,
    },
    /// A redirect.
    #[error("{server} sends us on to {place}: use that address if you trust it")]
    Moved {
        /// Its address.
        server: String,
        /// Where to.
        place: String,
    },
    /// Any other status.
    #[error("{server} did not do what it was asked ({status}{said})")]
    Status {
        /// Its address.
        server: String,
        /// The status.
        status: u16,
        /// Its words.
        said: String,
    },
    /// The same again and again.
    #[error("{error}; it was asked {tries} times")]
    Repeated {
        /// What happened the last time.
        error: Box<RemoteError>,
        /// How often it was asked.
        tries: u32,
    },
    /// No first byte.
    #[error(
        "{server} did not begin to answer within {seconds} s; it may be busy or loading its model: try again later"
    )]
    Late {
        /// Its address.
        server: String,
        /// Seconds waited.
        seconds: u64,
    },
    /// No next byte.
    #[error("{server} fell silent for {seconds} s after {progress}: the text is not complete, ask again")]
    Silent {
        /// Its address.
        server: String,
        /// Seconds waited.
        seconds: u64,
        /// What had come: `12 tokens`.
        progress: String,
    },
    /// The stream ended before the text.
    #[error(
        "{server} dropped the stream after {progress}: the text is not complete and was not resumed, ask again"
    )]
    Dropped {
        /// Its address.
        server: String,
        /// What had come.
        progress: String,
    },
    /// An error inside the stream.
    #[error("{server} reported an error after {progress}{said}")]
    Reported {
        /// Its address.
        server: String,
        /// What had come.
        progress: String,
        /// Its words.
        said: String,
    },
    /// Not the API.
    #[error(
        "{server} answers something else than an OpenAI-compatible server does ({why}): check the address"
    )]
    Nonsense {
        /// Its address.
        server: String,
        /// What is wrong with it.
        why: String,
    },
    /// Another model answered.
    #[error(
        "{server} was asked for the model `{asked}` and says that `{answered}` answered: its text is not used"
    )]
    Lie {
        /// Its address.
        server: String,
        /// The model asked for.
        asked: String,
        /// The model that answered.
        answered: String,
    },
    /// It does not list the model.
    #[error("{server} has no model `{asked}`; it has {has}")]
    Unknown {
        /// Its address.
        server: String,
        /// The model asked for.
        asked: String,
        /// Some that it has.
        has: String,
    },
    /// The model was left open, and it is not clear.
    #[error("{server} has {has}: name the model behind the address, openai:{server}#MODEL")]
    Unnamed {
        /// Its address.
        server: String,
        /// What it has.
        has: String,
    },
    /// The text ended for a reason that is neither its end nor its length.
    #[error("{server} broke the text off after {progress}, because of `{reason}`")]
    Ended {
        /// Its address.
        server: String,
        /// What had come.
        progress: String,
        /// The reason in the server's words.
        reason: String,
    },
    /// A fork of an answer to a question, on a server of which nobody knows whether it can.
    #[error(
        "{server} cannot continue a begun answer: vLLM, SGLang and llama.cpp can, this server is none of them; ask again from the start, or give a prompt that is continued as it stands"
    )]
    Prefill {
        /// Its address.
        server: String,
    },
    /// Token ids for a server.
    #[error("a server takes text, not token numbers: fork from the text")]
    Tokens,
    /// The key stands in the text.
    #[error("{server} sent the API key back in its text: the text is not used")]
    Echo {
        /// Its address.
        server: String,
    },
    /// A setting makes no sense.
    #[error("{0}")]
    Sampler(String),
    /// A fault of ours.
    #[error("asking a server failed because of a fault in this program, please report it: {0}")]
    Fault(String),
}

fn advice(variable: Option<&str>) -> String {
    match variable {
        Some(name) => format!("check the environment variable {name}"),
        None => {
            format!("put the key into an environment variable and its name into the setting `{KEY_SETTING}`")
        }
    }
}

/// What went wrong, and whether it may go better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub error: RemoteError,
    pub retry: Retry,
}

/// Whether to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Retry {
    /// It would be the same, or text has come already.
    Never,
    /// After a pause, which the server may have asked for.
    After(Option<std::time::Duration>),
    /// At once, without asking for log-probabilities.
    WithoutScores,
}

impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        Self {
            error,
            retry: Retry::Never,
        }
    }
}
