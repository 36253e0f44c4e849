//! Why a model of the hub cannot be had: one sentence each, with what to do.
//!
//! Nothing that a server wrote is repeated, and of addresses only the host: a sentence cannot carry a token or a
//! signed link.

use crate::base::words::counted;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a model of the hub cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// Somebody asked to stop.
    #[error("stopped; what had come of the model is kept, and the next try goes on from there")]
    Cancelled,
    /// There is nowhere to keep a model.
    #[error("there is no home directory for the local cache: set HOME, HF_HOME or HF_HUB_CACHE")]
    NoHome,
    /// A variable forbids the network, and the cache lacks a file.
    #[error(
        "{what} is not whole in the local cache ({cache}), and {variable} is set: unset it to ask the hub, or name a model that is there"
    )]
    Offline {
        /// The model.
        what: String,
        /// The cache folder.
        cache: String,
        /// The variable that forbids it.
        variable: &'static str,
    },
    /// `HF_ENDPOINT` is not an address.
    #[error(
        "HF_ENDPOINT is not an http or https address without a user's name in it: set it as in https://huggingface.co, or unset it"
    )]
    Endpoint,
    /// A token that cannot be sent.
    #[error("the token from {0} holds characters that no token has: log in again with `hf auth login`")]
    Token(String),
    /// No connection.
    #[error(
        "{host} cannot be reached ({reason}): connect to the network, or name a model that is here already (the local cache first, then HF_ENDPOINT, is where hf: looks)"
    )]
    Unreachable {
        /// The host.
        host: String,
        /// What the system says.
        reason: String,
    },
    /// The connection broke, more than once.
    #[error("the download of {file} was cut ({reason}); what came is kept: try again to go on from there")]
    Cut {
        /// The file.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// An answer that the hub does not give.
    #[error("{host} does not answer as a hub does ({problem}): check HF_ENDPOINT, proxy and firewall")]
    NotAHub {
        /// The host.
        host: String,
        /// What is wrong with the answer.
        problem: String,
    },
    /// An answer that says no in some other way.
    #[error("{host} answers {status} for {what}{}", hint(*status))]
    Status {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
        /// The model or file.
        what: String,
    },
    /// The owner wants an agreement first.
    #[error(
        "hf:{repo} is gated: {}",
        if token.is_empty() {
            format!("agree to its terms at {page}, then log in with `hf auth login` or set HF_TOKEN")
        } else {
            format!("the account of the token from {token} has no access; agree to its terms at {page}, and let the token read gated repositories")
        }
    )]
    Gated {
        /// `ORG/NAME`.
        repo: String,
        /// Where to agree.
        page: String,
        /// Where the token came from, empty without one.
        token: String,
    },
    /// The token is not valid.
    #[error(
        "{host} does not accept the token from {token}: log in again with `hf auth login`, or remove it for public models"
    )]
    BadToken {
        /// The host.
        host: String,
        /// Where the token came from.
        token: String,
    },
    /// No such model, or a private one.
    #[error(
        "{host} has no model {repo}, or it is private{}",
        if *.token { ": check the name and what the token may read" } else { ": check the name, or log in with `hf auth login`" }
    )]
    NoRepo {
        /// The host.
        host: String,
        /// `ORG/NAME`.
        repo: String,
        /// Whether a token was sent.
        token: bool,
    },
    /// No such branch, tag or commit.
    #[error(
        "hf:{repo} has no revision `{revision}`: name a branch, a tag or a commit of it, or leave @ away for main"
    )]
    NoRevision {
        /// `ORG/NAME`.
        repo: String,
        /// The revision.
        revision: String,
    },
    /// No such file.
    #[error("{what} has no file `{file}`{}", listed("; its .gguf files are ", others))]
    NoFile {
        /// The model, without the file.
        what: String,
        /// The file.
        file: String,
        /// Files that could be named instead.
        others: Vec<String>,
    },
    /// Only GGUF files, and none was named.
    #[error(
        "{what} holds GGUF files: name one, for example {example}{}",
        listed("; it has ", files)
    )]
    NameAFile {
        /// The model.
        what: String,
        /// How the first of them is named.
        example: String,
        /// Its `.gguf` files.
        files: Vec<String>,
    },
    /// Only weights that are pickled Python objects.
    #[error(
        "{what} has its weights as pickle only ({}), which runs code when it is opened and is not read: name a revision or a copy with model.safetensors (the hub's converter offers one as @refs/pr/N)",
        files.join(", ")
    )]
    Pickle {
        /// The model.
        what: String,
        /// The files.
        files: Vec<String>,
    },
    /// No weights at all.
    #[error(
        "{0} has no model.safetensors, model.safetensors.index.json or .gguf file: is it a language model?"
    )]
    NoWeights(String),
    /// A file that every model needs is not in the repository.
    #[error("{what} has no {file}, without which its weights cannot be used")]
    Lacks {
        /// The model.
        what: String,
        /// The file.
        file: String,
    },
    /// A file name that leads out of the folder.
    #[error("{what} names a file `{name}`, which would lie outside its folder: the repository is not used")]
    Escapes {
        /// The model.
        what: String,
        /// The name, fit for a terminal.
        name: String,
    },
    /// The list of shards cannot be used.
    #[error("{what}: model.safetensors.index.json {problem}")]
    Index {
        /// The model.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Not as long as the hub says.
    #[error("{file} came with {found} bytes where the hub says {expected}: it was deleted; try again")]
    WrongSize {
        /// The file.
        file: String,
        /// Its size as the hub says.
        expected: u64,
        /// Its size as it came; at least this when more was coming.
        found: u64,
    },
    /// Not the content that the hub says.
    #[error(
        "{file} is not what the hub says (sha256 {found}, not {expected}): it was deleted; try again, and distrust the connection if it happens twice"
    )]
    WrongHash {
        /// The file.
        file: String,
        /// The hash as the hub says.
        expected: String,
        /// The hash of what came.
        found: String,
    },
    /// The disk is full.
    #[error(
        "the disk is full at {}: make room and try again (what came is kept), or set HF_HUB_CACHE to a folder elsewhere",
        .0.display()
    )]
    Full(PathBuf),
    /// The cache cannot be written.
    #[error("{} cannot be written ({error}): make it yours to write, or set HF_HUB_CACHE to another folder", path.display())]
    Denied {
        /// The file or folder.
        path: PathBuf,
        /// What the file system says.
        error: io::Error,
    },
    /// Anything else of the file system's.
    #[error("{}: {error}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the file system says.
        error: io::Error,
    },
}

impl HubError {
    /// What the file system said about `path`.
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| {
            let path = path.to_owned();
            match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(path),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    Self::Denied { path, error }
                }
                _ => Self::File { path, error },
            }
        }
    }
}

/// What to do about a status that has no sentence of its own.
fn hint(status: u16) -> &'static str {
    match status {
        403 => ": the account or the token may not read it",
        429 => ": too many requests; wait a few minutes, or log in with `hf auth login`",
        500.. => ": the hub has a problem of its own; try again later",
        _ => "",
    }
}

/// How many names a sentence bears.
const NAMED: usize = 12;

/// `lead` and the first few of `names`; nothing when there are none.
fn listed(lead: &str, names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {}", counted(more, "other")),
    };
    format!("{lead}{}{more}", shown.join(", "))
}
