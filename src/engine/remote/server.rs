//! `openai:URL#MODEL`: where a server is, and which of its models is meant.

use reqwest::Url;
use std::{fmt, net::IpAddr};

/// Paths of the API that people copy along with the address.
const ENDPOINTS: [&str; 3] = ["/chat/completions", "/completions", "/models"];

/// A server and, unless it has only one, the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The address of the API without a slash at its end.
    base: String,
    local: bool,
    model: Option<String>,
}

/// Why a name is no server. The form of all of them is `openai:http://127.0.0.1:8000/v1#model`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// It does not begin with `openai:`.
    #[error("a server is written openai:URL#MODEL, for instance openai:http://127.0.0.1:8000/v1#qwen3")]
    Form,
    /// What follows is no address.
    #[error(
        "what follows `openai:` is no address of a server ({0}); write for instance openai:http://127.0.0.1:8000/v1#qwen3"
    )]
    Url(String),
    /// A user name, a password or a question.
    #[error(
        "a server's address holds no user name, no password and no `?`; name the environment variable that holds the API key in the settings instead"
    )]
    Extra,
    /// The model's name cannot be one.
    #[error(
        "the model's name behind `#` is longer than 200 characters or holds characters that cannot be seen"
    )]
    Model,
}

impl Server {
    /// Reads `openai:URL#MODEL`. The address may end with `/v1`, a slash or neither; an address that names no version is
    /// meant to end with `/v1`. The model may be left out when the server has only one.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn parse(text: &str) -> Result<Self, ServerError> {
        let rest = text.trim().strip_prefix("openai:").ok_or(ServerError::Form)?;
        let (address, model) = match rest.split_once('#') {
            Some((address, model)) => (address, Some(model.trim()).filter(|model| !model.is_empty())),
            None => (rest, None),
        };
        let unseen = |model: &str| model.chars().any(|c| c.is_control() || c.is_whitespace());
        if model.is_some_and(|model| model.chars().count() > 200 || unseen(model)) {
            return Err(ServerError::Model);
        }
        let url = Url::parse(address.trim()).map_err(|error| ServerError::Url(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ServerError::Url(
                "it begins neither with http:// nor with https://".into(),
            ));
        }
        let host = url.host_str().unwrap_or_default();
        if host.is_empty() {
            return Err(ServerError::Url("it names no machine".into()));
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err(ServerError::Extra);
        }
        let mut path = url.path().trim_end_matches('/');
        for endpoint in ENDPOINTS {
            path = path.strip_suffix(endpoint).unwrap_or(path);
        }
        let mut base = format!(
            "{}{}",
            url.origin().ascii_serialization(),
            path.trim_end_matches('/')
        );
        let is_version = |part: &str| {
            let number = part.strip_prefix('v').unwrap_or_default();
            number.starts_with(|c: char| c.is_ascii_digit())
        };
        if !path.split('/').any(is_version) {
            base.push_str("/v1");
        }
        let address = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>();
        Ok(Self {
            base,
            local: host == "localhost" || address.is_ok_and(|address| address.is_loopback()),
            model: model.map(ToOwned::to_owned),
        })
    }

    /// The model that is meant, as the server is to be asked for it.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// The address of the API, for sentences.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.base
    }

    /// Whether it runs on this machine: no proxy leads there.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.local
    }

    /// Whether what is said to it can be read on the way.
    pub(super) fn is_plain(&self) -> bool {
        self.base.starts_with("http:")
    }

    /// The address of a part of the API, which begins with a slash.
    pub(super) fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "openai:{}", self.base)?;
        self.model.as_ref().map_or(Ok(()), |model| write!(f, "#{model}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_is_the_same_with_and_without_version_slash_or_endpoint() {
        for address in [
            "",
            "/",
            "/v1",
            "/v1/",
            "/v1/chat/completions",
            "/v1/completions",
            "/v1/models",
        ] {
            let server =
                Server::parse(&format!("openai:http://127.0.0.1:8000{address}#org/name:q4")).unwrap();
            assert_eq!(
                server.endpoint("/models"),
                "http://127.0.0.1:8000/v1/models",
                "{address}"
            );
            assert_eq!((server.model(), server.is_local()), (Some("org/name:q4"), true));
        }
        for (address, base) in [
            (
                "https://api.example.com/openai",
                "https://api.example.com/openai/v1",
            ),
            (
                "https://api.example.com/v1beta/openai/",
                "https://api.example.com/v1beta/openai",
            ),
            ("HTTPS://Example.com:443", "https://example.com/v1"),
            ("http://[2001:db8::1]:80/", "http://[2001:db8::1]/v1"),
        ] {
            let server = Server::parse(&format!("openai:{address}")).unwrap();
            assert_eq!(
                (server.address(), server.model(), server.is_local()),
                (base, None, false)
            );
        }
        assert!(Server::parse("openai:http://[::1]:9#").unwrap().is_local());
        let written = Server::parse("openai:http://localhost:80/v1/#m")
            .unwrap()
            .to_string();
        assert_eq!(written, "openai:http://localhost/v1#m");
    }

    #[test]
    fn nonsense_is_a_sentence_and_a_password_is_not_repeated() {
        for (text, word) in [
            ("hf:a/b", "openai:URL#MODEL"),
            ("openai:", "no address"),
            ("openai:localhost:8000", "neither with http"),
            ("openai:ftp://a/b", "neither with http"),
            ("openai:http://", "no address"),
            ("openai:http://a:99999", "no address"),
            ("openai:http://me:hunter2@a/v1", "no user name"),
            ("openai:http://a/v1?key=hunter2", "no user name"),
            ("openai:http://a#b c", "cannot be seen"),
        ] {
            let error = Server::parse(text).unwrap_err().to_string();
            assert!(
                error.contains(word) && !error.contains("hunter2"),
                "{text}: {error}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_read_reads_back(text in "(openai:)?(https?://)?[a-z0-9:/#@.\\[\\]?v1]{0,30}") {
            if let Ok(server) = Server::parse(&text) {
                prop_assert_eq!(Server::parse(&server.to_string()), Ok(server));
            }
        }
    }
}
