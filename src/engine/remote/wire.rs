//! The connection to a server: requests, what their failures mean, and asking again.

use super::{
    chunk::words,
    error::{Failure, RemoteError, Retry},
    models::Served,
    patience::{Patience, TRIES},
    secret::{Secret, quoted},
    server::Server,
};
use crate::base::{
    http,
    rng::{self, Rng},
};
use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER},
    redirect::Policy,
};
use std::{
    error::Error,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{sleep, timeout};

/// Bytes of a list of models at most.
const LIST: usize = 4 << 20;
/// Bytes of an error at most; it is shown in 300 characters.
const ERROR: usize = 64 << 10;

/// A server that can be asked.
pub(super) struct Wire {
    client: Client,
    pub server: Server,
    pub key: Option<Secret>,
    pub patience: Patience,
    served: Mutex<Option<Arc<Served>>>,
}

impl Wire {
    /// Sets up the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`RemoteError::Client`].
    pub fn new(server: Server, key: Option<Secret>, patience: Patience) -> Result<Self, RemoteError> {
        // Every request has a connection of its own, which closes with it: nothing is left open behind a cancel, and
        // no request meets a connection that the server has given up. A redirect could lead key and prompt elsewhere.
        let mut builder = http::client().pool_max_idle_per_host(0).redirect(Policy::none());
        if server.is_local() {
            builder = builder.no_proxy();
        }
        if server.is_plain() {
            // Works where no certificates are installed.
            builder = builder.tls_certs_only([]);
        }
        let client = builder
            .build()
            .map_err(|error| RemoteError::Client(deepest(&error)))?;
        Ok(Self {
            client,
            server,
            key,
            patience,
            served: Mutex::new(None),
        })
    }

    /// What `said` is in a sentence: without the key, on one line, not too long.
    pub fn quoted(&self, said: &str) -> String {
        quoted(said, self.key.as_ref())
    }

    /// The server's address for sentences.
    pub fn address(&self) -> String {
        self.server.address().to_owned()
    }

    /// The model to ask for, as the server told once.
    ///
    /// # Errors
    /// What the server says, or that it has no such model.
    pub async fn served(&self, seed: u64) -> Result<Arc<Served>, RemoteError> {
        let known = self.cached().clone();
        if let Some(served) = known {
            return Ok(served);
        }
        let mut tries = Tries::new("models", seed, &[]);
        let list = loop {
            match self.list().await {
                Ok(list) => break list,
                Err(failure) => tries.again(failure, &self.patience).await?,
            }
        };
        let served = Arc::new(Served::choose(list.as_deref(), &self.server, self.key.as_ref())?);
        *self.cached() = Some(Arc::clone(&served));
        Ok(served)
    }

    /// Forgets the model: after a failure the server may have another one.
    pub fn forget(&self) {
        *self.cached() = None;
    }

    fn cached(&self) -> std::sync::MutexGuard<'_, Option<Arc<Served>>> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The list of models; `None` when the server has none.
    async fn list(&self) -> Result<Option<String>, Failure> {
        const PATH: &str = "/models";
        match self.send(self.client.get(self.server.endpoint(PATH)), PATH).await {
            Ok(response) => self.read(response, LIST).await.map(Some),
            Err(Failure {
                error: RemoteError::Missing { .. },
                ..
            }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Asks for an answer, with log-probabilities or without; its head has come when this returns.
    pub async fn post(&self, path: &str, body: String, scores: bool) -> Result<Response, Failure> {
        let request = self
            .client
            .post(self.server.endpoint(path))
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "text/event-stream, application/json")
            .body(body);
        let response = self.send(request, path).await.map_err(|mut failure| {
            if let RemoteError::Status {
                status: 400 | 422,
                said,
                ..
            } = &failure.error
                && scores
                && said.contains("logprob")
            {
                failure.retry = Retry::WithoutScores;
            }
            failure
        })?;
        let kind = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("text/html")) {
            return Err(self.nonsense("a web page").into());
        }
        Ok(response)
    }

    /// That the server does not speak the API.
    pub fn nonsense(&self, why: &str) -> RemoteError {
        RemoteError::Nonsense {
            server: self.address(),
            why: why.into(),
        }
    }

    async fn send(&self, mut request: RequestBuilder, path: &str) -> Result<Response, Failure> {
        if let Some(header) = self.key.as_ref().and_then(Secret::header) {
            request = request.header(AUTHORIZATION, header);
        }
        let first = self.patience.first;
        let Ok(sent) = timeout(first, request.send()).await else {
            return Err(self.late().into());
        };
        let response = sent.map_err(|error| self.broken(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.refused(response, path).await)
    }

    /// That nothing came in time.
    pub fn late(&self) -> RemoteError {
        RemoteError::Late {
            server: self.address(),
            seconds: self.patience.first.as_secs(),
        }
    }

    /// What a status that is no success means.
    async fn refused(&self, response: Response, path: &str) -> Failure {
        let (status, server) = (response.status(), self.address());
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let wait = header(RETRY_AFTER).and_then(|text| text.trim().parse().ok().map(Duration::from_secs));
        let place = header(LOCATION).map(|place| self.quoted(place));
        let body = self.read(response, ERROR).await.unwrap_or_default();
        let said = self.said(&body);
        let code = status.as_u16();
        let mut retry = Retry::Never;
        let error = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => RemoteError::Key {
                server,
                status: code,
                said,
                variable: self.key.as_ref().map(|key| key.variable().to_owned()),
            },
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => RemoteError::Missing {
                server,
                path: path.to_owned(),
                status: code,
                said,
            },
            _ if status.is_redirection() => RemoteError::Moved {
                server,
                place: place.unwrap_or_else(|| "another address".into()),
            },
            _ => {
                if matches!(code, 429 | 500 | 502 | 503 | 504) {
                    retry = Retry::After(wait);
                }
                RemoteError::Status {
                    server,
                    status: code,
                    said,
                }
            }
        };
        Failure { error, retry }
    }

    /// A server's words from the body of an error, as [`Wire::behind`] puts them.
    fn said(&self, body: &str) -> String {
        let said = match serde_json::from_str(body) {
            Ok(value) => words(&value),
            // A page for a browser says nothing that the status does not.
            Err(_) if body.trim_start().starts_with('<') => String::new(),
            Err(_) => body.to_owned(),
        };
        self.behind(&said)
    }

    /// What a server said, to be put behind a sentence: empty, or `: ` and the words.
    pub fn behind(&self, said: &str) -> String {
        match self.quoted(said) {
            said if said.is_empty() => said,
            said => format!(": {said}"),
        }
    }

    /// The beginning of a body, as text.
    async fn read(&self, mut response: Response, most: usize) -> Result<String, Failure> {
        let mut body = Vec::new();
        while body.len() < most {
            match timeout(self.patience.first, response.chunk()).await {
                Ok(Ok(Some(bytes))) => body.extend_from_slice(&bytes),
                Ok(Ok(None)) => break,
                Ok(Err(error)) => return Err(self.broken(&error)),
                Err(_) => return Err(self.late().into()),
            }
        }
        body.truncate(most);
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    /// What a connection that could not be made, or that broke before an answer, means.
    fn broken(&self, error: &reqwest::Error) -> Failure {
        let server = self.address();
        let why = self.quoted(&deepest(error));
        let again = |error| Failure {
            error,
            retry: Retry::After(None),
        };
        let causes: Vec<&(dyn Error + 'static)> = causes(error).collect();
        if causes.iter().any(|cause| is_tls(*cause)) {
            return RemoteError::Tls { server, why }.into();
        }
        let refused = |cause: &&(dyn Error + 'static)| {
            let io = cause.downcast_ref::<io::Error>();
            io.is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused)
        };
        if causes.iter().any(refused) {
            return again(RemoteError::Refused { server });
        }
        if error.is_connect() && error.is_timeout() {
            // It took long enough to know.
            return RemoteError::Unreachable { server, why }.into();
        }
        if error.is_connect() {
            return again(RemoteError::Unreachable { server, why });
        }
        again(RemoteError::Dropped {
            server,
            progress: "nothing".into(),
        })
    }
}

/// An error and what caused it, the deepest last.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source())
}

fn deepest(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// Whether an error is rustls's, or holds it: an I/O error does not name what it holds as its source.
fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<rustls::Error>() || held.is_some_and(|held| is_tls(held))
}

/// How often something was tried.
pub(super) struct Tries {
    count: u32,
    rng: Rng,
}

impl Tries {
    /// None yet. The pauses between them depend on the arguments only.
    pub fn new(purpose: &str, seed: u64, path: &[u64]) -> Self {
        Self {
            count: 0,
            rng: rng::stream(&format!("pause before {purpose}"), seed, path),
        }
    }

    /// Waits until it is time to try again.
    ///
    /// # Errors
    /// That of `failure` when there is no point in it, or has been no point often enough.
    pub async fn again(&mut self, failure: Failure, patience: &Patience) -> Result<(), RemoteError> {
        self.count += 1;
        let Failure { error, retry } = failure;
        match retry {
            Retry::After(asked) if self.count < TRIES => {
                sleep(patience.pause(self.count, asked, &mut self.rng)).await;
                Ok(())
            }
            Retry::After(_) => Err(RemoteError::Repeated {
                error: Box::new(error),
                tries: self.count,
            }),
            Retry::Never | Retry::WithoutScores => Err(error),
        }
    }
}
