//! The hub's routes: the files of a revision, and size, hash and content of each.
//!
//! Redirects are followed here, not by the HTTP library, because each step decides whether the token goes along: it goes
//! to the hub and to nobody else.

use super::{
    HubError, RepoRef,
    reference::is_commit,
    settings::{HUB, Settings, Token},
};
use crate::base::{http, sanitize};
use reqwest::{
    Method, Response, StatusCode, Url,
    header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, ETAG, HeaderMap, HeaderValue, LOCATION, RANGE},
    redirect::Policy,
};
use serde::Deserialize;
use std::{error::Error, time::Duration};

/// How long a server may keep silent.
const SILENCE: Duration = Duration::from_secs(30);
/// Steps from the hub to a file.
const REDIRECTS: usize = 10;
/// The longest list of files that is read, bytes.
const LONGEST_LIST: usize = 32 << 20;

/// What a revision holds.
pub(super) struct Listing {
    /// The commit that the revision stands for.
    pub commit: String,
    /// All its files.
    pub files: Vec<String>,
}

/// A file of a commit, as the hub describes it.
#[derive(Clone, Debug)]
pub(super) struct Remote {
    /// Its path in the repository.
    pub file: String,
    /// Its commit.
    pub commit: String,
    /// What its content is called in the cache: sha256 for large files, git's hash for small ones.
    pub etag: String,
    /// Its size, bytes.
    pub size: u64,
}

#[derive(Deserialize)]
struct Answer {
    sha: String,
    siblings: Vec<Sibling>,
}

#[derive(Deserialize)]
struct Sibling {
    rfilename: String,
}

/// Asks about one model.
pub(super) struct Client<'a> {
    http: reqwest::Client,
    endpoint: &'a Url,
    token: Option<(Token, HeaderValue)>,
    what: &'a RepoRef,
}

impl<'a> Client<'a> {
    /// Reads the token; nothing is sent yet.
    pub fn new(settings: &'a Settings, what: &'a RepoRef) -> Result<Self, HubError> {
        let endpoint = settings.endpoint.as_ref().ok_or(HubError::Endpoint)?;
        let token = match settings.token() {
            None => None,
            Some(token) => match token.header() {
                Some(header) => Some((token, header)),
                None => return Err(HubError::Token(token.from)),
            },
        };
        let http = http::client()
            .redirect(Policy::none())
            .read_timeout(SILENCE)
            .build()
            .map_err(|error| unreachable(endpoint, &error))?;
        Ok(Self {
            http,
            endpoint,
            token,
            what,
        })
    }

    /// The commit and the files of the revision.
    pub async fn listing(&self) -> Result<Listing, HubError> {
        let revision = self.what.revision();
        let url = self.url(&[
            "api",
            "models",
            self.what.org(),
            self.what.name(),
            "revision",
            revision,
        ])?;
        let mut response = self.send(Method::GET, url, None).await?;
        if response.status() != StatusCode::OK {
            return Err(self.refusal(&response, None));
        }
        let mut body = Vec::new();
        while let Some(bytes) = response
            .chunk()
            .await
            .map_err(|error| unreachable(self.endpoint, &error))?
        {
            if body.len() + bytes.len() > LONGEST_LIST {
                return Err(self.odd("its list of files has no end"));
            }
            body.extend_from_slice(&bytes);
        }
        let answer: Answer =
            serde_json::from_slice(&body).map_err(|_| self.odd("there is no list of files in its answer"))?;
        if !is_commit(&answer.sha) {
            return Err(self.odd("it names no commit"));
        }
        Ok(Listing {
            commit: answer.sha,
            files: answer.siblings.into_iter().map(|file| file.rfilename).collect(),
        })
    }

    /// Size and hash of `file`.
    pub async fn head(&self, commit: &str, file: &str) -> Result<Remote, HubError> {
        let url = self.resolve(commit, file)?;
        let response = self.send(Method::HEAD, url, None).await?;
        let elsewhere = response.status().is_redirection();
        if !elsewhere && response.status() != StatusCode::OK {
            return Err(self.refusal(&response, Some(file)));
        }
        let headers = response.headers();
        if text(headers, "x-repo-commit").is_some_and(|found| found != commit) {
            return Err(self.odd("it answers for another commit"));
        }
        // What the redirect itself says of tag and length is about the redirect.
        let own = |name: &str| text(headers, name).filter(|_| !elsewhere);
        let etag = text(headers, "x-linked-etag").or_else(|| own(ETAG.as_str()));
        let etag = etag
            .and_then(tag)
            .ok_or_else(|| self.odd(&format!("it gives {file} no usable ETag")))?;
        let size = text(headers, "x-linked-size").or_else(|| own(CONTENT_LENGTH.as_str()));
        let size = size
            .and_then(|size| size.parse().ok())
            .ok_or_else(|| self.odd(&format!("it does not say how large {file} is")))?;
        Ok(Remote {
            file: file.to_owned(),
            commit: commit.to_owned(),
            etag,
            size,
        })
    }

    /// The content of `remote` from byte `from` on: status 200 (from the start after all), 206 or 416.
    pub async fn get(&self, remote: &Remote, from: u64) -> Result<Response, HubError> {
        let url = self.resolve(&remote.commit, &remote.file)?;
        let response = self.send(Method::GET, url, Some(from)).await?;
        match response.status() {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => Ok(response),
            _ => Err(self.refusal(&response, Some(&remote.file))),
        }
    }

    /// An answer that the hub would not give.
    pub fn odd(&self, problem: &str) -> HubError {
        HubError::NotAHub {
            host: host(self.endpoint),
            problem: problem.to_owned(),
        }
    }

    fn resolve(&self, commit: &str, file: &str) -> Result<Url, HubError> {
        let mut parts = vec![self.what.org(), self.what.name(), "resolve", commit];
        parts.extend(file.split('/'));
        self.url(&parts)
    }

    fn url(&self, parts: &[&str]) -> Result<Url, HubError> {
        let mut url = self.endpoint.clone();
        match url.path_segments_mut() {
            Ok(mut path) => path.pop_if_empty().extend(parts),
            Err(()) => return Err(HubError::Endpoint),
        };
        Ok(url)
    }

    /// Asks, and goes where it is sent. A HEAD stops at the last step that is the hub's: that answer describes the file.
    async fn send(&self, method: Method, mut url: Url, from: Option<u64>) -> Result<Response, HubError> {
        for _ in 0..=REDIRECTS {
            let mut request = self
                .http
                .request(method.clone(), url.clone())
                .header(ACCEPT_ENCODING, "identity");
            if let Some((_, header)) = self.token.as_ref().filter(|_| self.trusts(&url)) {
                request = request.header(AUTHORIZATION, header.clone());
            }
            if let Some(from) = from.filter(|&from| from > 0) {
                request = request.header(RANGE, format!("bytes={from}-"));
            }
            let response = request.send().await.map_err(|error| unreachable(&url, &error))?;
            let next = text(response.headers(), LOCATION.as_str())
                .filter(|_| response.status().is_redirection())
                .map(|place| url.join(place));
            let next = match next {
                None => return Ok(response),
                Some(Ok(next)) => next,
                Some(Err(_)) => return Err(self.odd("it redirects to something that is no address")),
            };
            if method == Method::HEAD && !self.trusts(&next) {
                return Ok(response);
            }
            let kept = next.scheme() == url.scheme() || next.scheme() == "https";
            if !kept || !matches!(next.scheme(), "http" | "https") {
                return Err(self.odd("it redirects from https to something else"));
            }
            url = next;
        }
        Err(self.odd("it redirects without end"))
    }

    /// Whether `url` is the hub's. A mirror may send us on to the hub itself, which the token is for.
    fn trusts(&self, url: &Url) -> bool {
        url.origin() == self.endpoint.origin() || url.origin().ascii_serialization() == HUB
    }

    /// What an answer that is not the thing asked for means.
    fn refusal(&self, response: &Response, file: Option<&str>) -> HubError {
        let status = response.status();
        let host = host(response.url());
        let repo = self.what.repo();
        let other = || HubError::Status {
            host: host.clone(),
            status: status.as_u16(),
            what: file.map_or_else(|| self.what.to_string(), |file| format!("{file} of hf:{repo}")),
        };
        if !self.trusts(response.url()) {
            return other();
        }
        let token = self.token.as_ref().map(|(token, _)| token.from.clone());
        let code = text(response.headers(), "x-error-code").unwrap_or_default();
        match (code, status.as_u16(), file, token) {
            ("GatedRepo", _, _, token) => {
                let parts = [self.what.org(), self.what.name()];
                HubError::Gated {
                    page: self.url(&parts).map_or_else(|_| HUB.into(), String::from),
                    repo,
                    token: token.unwrap_or_default(),
                }
            }
            ("RevisionNotFound", ..) => HubError::NoRevision {
                repo,
                revision: self.what.revision().to_owned(),
            },
            ("EntryNotFound", _, Some(file), _) | ("", 404, Some(file), _) => HubError::NoFile {
                what: self.what.whole().to_string(),
                file: file.to_owned(),
                others: Vec::new(),
            },
            ("", 401, _, Some(token)) => HubError::BadToken { host, token },
            ("RepoNotFound", _, _, token) | (_, 401 | 404, _, token) => HubError::NoRepo {
                host,
                repo,
                token: token.is_some(),
            },
            _ => other(),
        }
    }
}

/// No answer from the host of `url`.
fn unreachable(url: &Url, error: &reqwest::Error) -> HubError {
    HubError::Unreachable {
        host: host(url),
        reason: reason(error),
    }
}

/// What is at the bottom of an error of the network. The upper layers would name the address, which may be signed.
pub(super) fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".into();
    }
    let mut bottom: Option<&dyn Error> = error.source();
    while let Some(below) = bottom.and_then(Error::source) {
        bottom = Some(below);
    }
    let text = bottom.map_or_else(|| "the request failed".into(), ToString::to_string);
    sanitize::line(&text).into_owned()
}

fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// The name in an `ETag`, when it can be a file's name.
fn tag(value: &str) -> Option<String> {
    let value = value.trim();
    let name = value.strip_prefix("W/").unwrap_or(value).trim_matches('"');
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    ((1..=128).contains(&name.len()) && name.bytes().all(fits)).then(|| name.to_owned())
}
