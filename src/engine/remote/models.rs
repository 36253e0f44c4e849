//! Which models a server has, which one is meant, what kind of server it is, and whether the one that answers is the one
//! that was asked.

use super::{
    error::RemoteError,
    run::STREAMS,
    secret::{Secret, quoted},
    server::Server,
};
use serde::Deserialize;
use serde_json::Value;

/// What kind of server it is, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Vllm,
    Sglang,
    LlamaCpp,
    /// `transformers serve`, which writes one text after the other.
    Transformers,
    /// Any other.
    Other,
}

impl Family {
    /// How many of the [`STREAMS`] one request takes. transformers serve has one source of random numbers for all
    /// requests, which each new one sets: a seed fixes a text only when no other is asked for meanwhile. It would write
    /// them one after the other anyway.
    pub fn slots(self) -> u32 {
        if self == Self::Transformers { STREAMS } else { 1 }
    }
}

/// The model that a server is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Served {
    /// Its name on the server.
    pub model: String,
    /// What the server is.
    pub family: Family,
    /// Other names of the same model; `None` when the server lists nothing, so that nobody can know.
    names: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct List {
    data: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    #[serde(default)]
    owned_by: Value,
    #[serde(default)]
    status: Value,
    #[serde(default)]
    root: Option<String>,
    #[serde(default)]
    aliases: Option<Vec<String>>,
}

impl Entry {
    fn family(&self) -> Family {
        match self.owned_by.as_str() {
            Some("vllm") => Family::Vllm,
            Some("sglang") => Family::Sglang,
            Some("llamacpp") => Family::LlamaCpp,
            // transformers serve names the repository's owner, and is known by what only it says beside: whether the
            // model is loaded, or, when it is older, the owner as a list.
            _ if self.status["value"].is_string() || self.owned_by.is_array() => Family::Transformers,
            _ => Family::Other,
        }
    }

    /// All its names.
    fn names(&self) -> impl Iterator<Item = &String> {
        let aliases = self.aliases.iter().flatten();
        std::iter::once(&self.id).chain(&self.root).chain(aliases)
    }

    /// All names it may answer with. transformers serve leaves out the file in a repository and says the revision.
    fn answers(&self) -> Vec<String> {
        let mut names: Vec<String> = self.names().cloned().collect();
        if self.family() == Family::Transformers {
            let file = |(_, file): &(&str, &str)| file.ends_with(".gguf");
            let repository = self
                .id
                .rsplit_once(':')
                .filter(file)
                .map_or(&*self.id, |(name, _)| name);
            names.extend([repository.to_owned(), format!("{repository}@main")]);
        }
        names
    }
}

impl Served {
    /// The model of `server` that is meant, given the answer to `GET /models`; `None` when the server has no such list.
    ///
    /// # Errors
    /// When the list cannot be read, lacks the model, or holds several and none was named.
    pub fn choose(list: Option<&str>, server: &Server, key: Option<&Secret>) -> Result<Self, RemoteError> {
        let address = || server.address().to_owned();
        let unnamed = |has: String| RemoteError::Unnamed {
            server: address(),
            has,
        };
        let Some(list) = list else {
            let model = server
                .model()
                .ok_or_else(|| unnamed("no list of its models".into()))?;
            return Ok(Self {
                model: model.to_owned(),
                family: Family::Other,
                names: None,
            });
        };
        let list: List = serde_json::from_str(list).map_err(|_| RemoteError::Nonsense {
            server: address(),
            why: "its list of models cannot be read".into(),
        })?;
        let entry = match (server.model(), list.data.as_slice()) {
            (_, []) => Err(unnamed("no model loaded".into()))?,
            (None, [only]) => only,
            (None, several) => Err(unnamed(format!(
                "{} models ({})",
                several.len(),
                some(several, key)
            )))?,
            (Some(asked), all) => {
                let exact = all.iter().find(|entry| entry.id == asked);
                let by_name = || {
                    all.iter()
                        .find(|entry| entry.names().any(|name| same(asked, name)))
                };
                exact.or_else(by_name).ok_or_else(|| RemoteError::Unknown {
                    server: address(),
                    asked: asked.to_owned(),
                    has: some(all, key),
                })?
            }
        };
        Ok(Self {
            model: entry.id.clone(),
            family: entry.family(),
            names: Some(entry.answers()),
        })
    }

    /// Whether a server that calls itself `answered` may be this model.
    pub fn is(&self, answered: &str) -> bool {
        let Some(names) = &self.names else { return true };
        names
            .iter()
            .any(|name| same(name, answered) || same(answered, name) || is_dated(answered, name))
    }
}

/// Up to five names, for a sentence.
fn some(entries: &[Entry], key: Option<&Secret>) -> String {
    const SHOWN: usize = 5;
    let mut names: Vec<String> = entries
        .iter()
        .take(SHOWN)
        .map(|entry| quoted(&entry.id, key))
        .collect();
    if entries.len() > SHOWN {
        names.push(format!("{} more", entries.len() - SHOWN));
    }
    names.join(", ")
}

/// Whether two names mean the same: equal, with or without the tag that is meant anyway, or the file of a path.
fn same(short: &str, long: &str) -> bool {
    let file = |path: &str| {
        let is_path = path.starts_with('/') || path.ends_with(".gguf");
        is_path.then(|| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned())
    };
    let of_path = || file(long).is_some_and(|name| name == file(short).unwrap_or_else(|| short.to_owned()));
    short == long || long.strip_suffix(":latest") == Some(short) || of_path()
}

/// Whether `answered` is `name` and a date: services answer with the version of a model.
fn is_dated(answered: &str, name: &str) -> bool {
    let date = answered
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix(['-', '@', ':']));
    let digits = |date: &str| date.chars().filter(char::is_ascii_digit).count();
    date.is_some_and(|date| digits(date) >= 4 && date.chars().all(|c| c.is_ascii_digit() || c == '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{"object":"list","data":[
        {"id":"a","object":"model","owned_by":"vllm","root":"org/a","parent":null,"max_model_len":4096},
        {"id":"b:latest","owned_by":"library"},{"id":"/models/c.gguf","owned_by":"llamacpp","aliases":["c"]}]}"#;

    fn choose(list: Option<&str>, model: &str) -> Result<Served, String> {
        let server = Server::parse(&format!("openai:http://host:1{model}")).unwrap();
        Served::choose(list, &server, None).map_err(|error| error.to_string())
    }

    #[test]
    fn a_model_is_found_by_any_of_its_names_and_the_server_is_known_by_its_list() {
        for (asked, model, family) in [
            ("#a", "a", Family::Vllm),
            ("#org/a", "a", Family::Vllm),
            ("#b", "b:latest", Family::Other),
            ("#c", "/models/c.gguf", Family::LlamaCpp),
            ("#c.gguf", "/models/c.gguf", Family::LlamaCpp),
        ] {
            let served = choose(Some(LIST), asked).unwrap();
            assert_eq!((served.model.as_str(), served.family), (model, family));
        }
        let only = r#"{"data":[{"id":"x","owned_by":"sglang"}]}"#;
        let served = choose(Some(only), "").unwrap();
        assert_eq!((served.model.as_str(), served.family), ("x", Family::Sglang));
        assert_eq!(choose(None, "#y").unwrap().family, Family::Other);
    }

    #[test]
    fn transformers_serve_is_known_by_its_list_and_answers_with_a_revision() {
        for (list, model, answered) in [
            (
                r#"{"id":"org/a","owned_by":"org","status":{"value":"loaded"}}"#,
                "org/a",
                "org/a@main",
            ),
            (
                r#"{"id":"org/a@dev","owned_by":"org","status":{"value":"unloaded"}}"#,
                "org/a@dev",
                "org/a@dev",
            ),
            (
                r#"{"id":"org/a:q8.gguf","owned_by":"org","status":{"value":"loaded"}}"#,
                "org/a:q8.gguf",
                "org/a@main",
            ),
            (
                r#"{"id":"./a","owned_by":"local","status":{"value":"loaded"}}"#,
                "./a",
                "./a",
            ),
            (
                r#"{"id":"org/a","owned_by":["org","a"],"created":17.5}"#,
                "org/a",
                "org/a@main",
            ),
        ] {
            let served = choose(Some(&format!(r#"{{"data":[{list}]}}"#)), &format!("#{model}")).unwrap();
            assert_eq!(
                (served.model.as_str(), served.family),
                (model, Family::Transformers)
            );
            assert!(served.is(answered) && !served.is("org/b@main"), "{list}");
        }
        let router = r#"{"data":[{"id":"a","owned_by":"llamacpp","status":{"value":"loaded"}}]}"#;
        assert_eq!(choose(Some(router), "#a").unwrap().family, Family::LlamaCpp);
        assert!(!choose(Some(router), "#a").unwrap().is("a@main"));
    }

    #[test]
    fn what_is_not_clear_is_a_sentence_with_what_there_is() {
        let many = (0..7)
            .map(|i| format!(r#"{{"id":"m{i}"}}"#))
            .collect::<Vec<_>>()
            .join(",");
        let many = format!(r#"{{"data":[{many}]}}"#);
        for (list, asked, words) in [
            (
                Some(many.as_str()),
                "#x",
                ["no model `x`", "m0, m1, m2, m3, m4, 2 more"],
            ),
            (Some(&many), "", ["7 models", "openai:http://host:1/v1#MODEL"]),
            (Some(r#"{"data":[]}"#), "", ["no model loaded", "name"]),
            (
                Some(r#"{"models":1}"#),
                "#x",
                ["cannot be read", "check the address"],
            ),
            (None, "", ["no list", "name the model"]),
        ] {
            let error = choose(list, asked).unwrap_err();
            assert!(words.iter().all(|word| error.contains(word)), "{error}");
        }
    }

    #[test]
    fn another_name_of_the_same_model_is_no_lie() {
        let (a, c) = (
            choose(Some(LIST), "#a").unwrap(),
            choose(Some(LIST), "#c").unwrap(),
        );
        for (served, answered, honest) in [
            (&a, "a", true),
            (&a, "org/a", true),
            (&a, "a-2026-01-02", true),
            (&a, "a-large", false),
            (&a, "a-1", false),
            (&a, "b", false),
            (&c, "/other/place/c.gguf", true),
            (&c, "d.gguf", false),
        ] {
            assert_eq!(served.is(answered), honest, "{answered}");
        }
        assert!(choose(None, "#y").unwrap().is("anything"));
    }
}
