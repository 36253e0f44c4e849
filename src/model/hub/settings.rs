//! Places and settings of the user's Hugging Face tools, from the environment, as those tools read them.
//!
//! Simplification: `~` at the start of a path is the home directory, but `$NAME` inside one is not expanded (a shell
//! does that), and an empty variable counts as not set.

use reqwest::{Url, header::HeaderValue};
use std::{ffi::OsString, fmt, fs::File, io::Read, path::PathBuf};

/// The hub, when `HF_ENDPOINT` names no other.
pub(super) const HUB: &str = "https://huggingface.co";

/// Where models are kept, where they come from, and whether they may.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// The folder with `models--ORG--NAME` in it; `None` without a home.
    pub cache: Option<PathBuf>,
    /// The hub; `None` when `HF_ENDPOINT` is not an address.
    pub endpoint: Option<Url>,
    /// The variable that forbids the network.
    pub offline: Option<&'static str>,
    /// Whether snapshots point into `blobs`, rather than hold the files.
    pub symlinks: bool,
    /// Where a token may come from.
    tokens: Tokens,
}

#[derive(Clone, Debug)]
struct Tokens {
    given: Option<Token>,
    file: Option<PathBuf>,
}

/// What proves to the hub who is asking. Never shown.
#[derive(Clone)]
pub(super) struct Token {
    secret: String,
    /// The variable or file that it came from.
    pub from: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(from {})", self.from)
    }
}

impl Token {
    fn new(text: &str, from: &str) -> Option<Self> {
        let secret = text.trim().to_owned();
        (!secret.is_empty()).then(|| Self {
            secret,
            from: from.to_owned(),
        })
    }

    /// The value of the `Authorization` header, marked so that nothing prints it; `None` when it cannot be one.
    pub fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.secret)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl Settings {
    /// Reads the environment through `lookup` (`|name| std::env::var_os(name)` in the program).
    pub fn from_env(lookup: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let given = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let homes: [&str; 2] = if cfg!(windows) {
            ["USERPROFILE", "HOME"]
        } else {
            ["HOME", "USERPROFILE"]
        };
        let home = homes.into_iter().find_map(given).map(PathBuf::from);
        let path = |name: &str| given(name).map(|value| at_home(PathBuf::from(value), home.as_ref()));
        let own = path("HF_HOME").or_else(|| {
            let caches = path("XDG_CACHE_HOME").or_else(|| home.as_ref().map(|home| home.join(".cache")))?;
            Some(caches.join("huggingface"))
        });
        let cache = path("HF_HUB_CACHE")
            .or_else(|| path("HUGGINGFACE_HUB_CACHE"))
            .or_else(|| own.as_ref().map(|own| own.join("hub")));
        let is_true = |name: &str| given(name).is_some_and(|value| truth(&value));
        let offline = ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"]
            .into_iter()
            .find(|name| given(name).is_some())
            .filter(|name| is_true(name));
        let token = |name: &str| given(name).and_then(|text| Token::new(text.to_str()?, name));
        let tokens = if is_true("HF_HUB_DISABLE_IMPLICIT_TOKEN") {
            Tokens {
                given: None,
                file: None,
            }
        } else {
            Tokens {
                given: token("HF_TOKEN").or_else(|| token("HUGGING_FACE_HUB_TOKEN")),
                file: path("HF_TOKEN_PATH").or_else(|| own.map(|own| own.join("token"))),
            }
        };
        Self {
            cache,
            endpoint: address(given("HF_ENDPOINT")),
            offline,
            symlinks: !is_true("HF_HUB_DISABLE_SYMLINKS"),
            tokens,
        }
    }

    /// The user's token. The file is read only now: whoever needs no network needs no secret.
    pub fn token(&self) -> Option<Token> {
        let from_file = || {
            let path = self.tokens.file.as_ref()?;
            let mut text = String::new();
            let read = File::open(path).and_then(|file| file.take(1 << 16).read_to_string(&mut text));
            read.ok()
                .and_then(|_| Token::new(&text, &path.display().to_string()))
        };
        self.tokens.given.clone().or_else(from_file)
    }
}

fn at_home(path: PathBuf, home: Option<&PathBuf>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path,
    }
}

fn truth(value: &std::ffi::OsStr) -> bool {
    ["1", "ON", "YES", "TRUE"]
        .iter()
        .any(|yes| value.eq_ignore_ascii_case(yes))
}

/// The hub's address. One with a name and password in it is refused, as it would be printed sooner or later.
fn address(given: Option<OsString>) -> Option<Url> {
    let text = match &given {
        Some(given) => given.to_str()?,
        None => HUB,
    };
    let url = Url::parse(text.trim()).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn with(variables: &[(&str, &str)]) -> Settings {
        Settings::from_env(&|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.into())
        })
    }

    fn cache(variables: &[(&str, &str)]) -> Option<PathBuf> {
        with(variables).cache
    }

    #[test]
    fn the_cache_is_where_the_users_other_tools_have_it() {
        let all = [
            ("HF_HUB_CACHE", "/a"),
            ("HUGGINGFACE_HUB_CACHE", "/b"),
            ("HF_HOME", "/c"),
            ("XDG_CACHE_HOME", "/d"),
            ("HOME", "/e"),
        ];
        let expected = [
            "/a",
            "/b",
            "/c/hub",
            "/d/huggingface/hub",
            "/e/.cache/huggingface/hub",
        ];
        for (skipped, expected) in expected.into_iter().enumerate() {
            assert_eq!(cache(&all[skipped..]).as_deref(), Some(Path::new(expected)));
        }
        assert_eq!(cache(&[]), None);
        assert_eq!(
            cache(&[("HF_HOME", "~/x"), ("HOME", "/e"), ("HF_HUB_CACHE", "")]).as_deref(),
            Some(Path::new("/e/x/hub"))
        );
    }

    #[test]
    fn the_first_offline_variable_that_is_set_decides() {
        let offline = |pairs: &[(&str, &str)]| with(pairs).offline;
        assert_eq!(offline(&[]), None);
        assert_eq!(offline(&[("HF_HUB_OFFLINE", "yes")]), Some("HF_HUB_OFFLINE"));
        assert_eq!(
            offline(&[("TRANSFORMERS_OFFLINE", "1")]),
            Some("TRANSFORMERS_OFFLINE")
        );
        assert_eq!(
            offline(&[("HF_HUB_OFFLINE", "0"), ("TRANSFORMERS_OFFLINE", "1")]),
            None
        );
    }

    #[test]
    fn an_endpoint_is_an_address_without_a_password() {
        let endpoint = |text| with(&[("HF_ENDPOINT", text)]).endpoint;
        assert_eq!(with(&[]).endpoint.unwrap().as_str(), "https://huggingface.co/");
        assert!(endpoint("http://localhost:8080/hf").is_some());
        for wrong in ["huggingface.co", "ftp://x", "https://me:secret@x", "file:///etc"] {
            assert!(endpoint(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_token_comes_from_the_usual_places_and_is_never_shown() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("token"), "hf_file\n").unwrap();
        let home = dir.path().to_str().unwrap();
        let secret = |pairs: &[(&str, &str)]| with(pairs).token().map(|token| token.secret);
        assert_eq!(secret(&[("HF_HOME", home)]).as_deref(), Some("hf_file"));
        let both = [
            ("HF_HOME", home),
            ("HUGGING_FACE_HUB_TOKEN", "hf_old"),
            ("HF_TOKEN", " hf_new "),
        ];
        assert_eq!(secret(&both[..2]).as_deref(), Some("hf_old"));
        assert_eq!(secret(&both).as_deref(), Some("hf_new"));
        let settings = with(&both);
        let shown = format!("{settings:?} {:?}", settings.token().unwrap().header());
        assert!(!shown.contains("hf_new") && shown.contains("HF_TOKEN"), "{shown}");
        let off = [("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"), ("HF_TOKEN", "x")];
        assert_eq!(secret(&off), None);
    }
}
