//! Against a stand-in of the hub's routes.

mod fetch;
mod refuse;
mod resume;
mod stand_in;

use super::*;
use stand_in::{Answer, COMMIT, StandIn, etag};
use std::fs;
use tempfile::TempDir;

const CONFIG: &str = r#"{"model_type":"llama"}"#;
const WEIGHTS: &str = "weights, weights, weights, weights";
/// The files of a small model, with some that no model needs.
const MODEL: [(&str, &str); 6] = [
    ("README.md", "# read me"),
    ("chat_template.jinja", "{{ messages }}"),
    ("config.json", CONFIG),
    ("model.safetensors", WEIGHTS),
    ("pytorch_model.bin", "pickle"),
    ("tokenizer.json", "{}"),
];

/// A cache and the hub behind it.
struct Place {
    dir: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Place {
    fn new(server: &StandIn) -> Self {
        Self::at(&server.address)
    }

    fn at(endpoint: &str) -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            variables: vec![("HF_ENDPOINT", endpoint.into())],
        }
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.variables.push((name, value.into()));
    }

    fn cache(&self) -> PathBuf {
        self.dir.path().join("hub")
    }

    /// The folder of `org/name`.
    fn root(&self) -> PathBuf {
        self.cache().join("models--org--name")
    }

    fn blob(&self, name: &str) -> PathBuf {
        self.root().join("blobs").join(name)
    }

    fn hub(&self) -> Hub {
        let home = self.dir.path().as_os_str().to_owned();
        Hub::from_env(&|name| {
            let found = self.variables.iter().rev().find(|(known, _)| *known == name);
            match name {
                "HF_HOME" => Some(home.clone()),
                _ => found.map(|(_, value)| value.into()),
            }
        })
    }

    fn fetch(&self, what: &str) -> Result<PathBuf, HubError> {
        self.hub()
            .fetch(&what.parse().unwrap(), &Cancel::default(), &mut |_| {})
    }

    /// The sentence that a fetch ends with.
    fn refusal(&self, what: &str) -> String {
        let error = self.fetch(what).unwrap_err();
        let all = format!("{error} {error:?} {:?}", self.hub());
        assert!(!all.contains("hf_s"), "a secret: {all}");
        error.to_string()
    }

    fn cached(&self, what: &str) -> Option<PathBuf> {
        self.hub().cached(&what.parse().unwrap())
    }

    /// Every path in the cache, with what it links to.
    fn tree(&self) -> Vec<String> {
        let mut paths = Vec::new();
        let mut folders = vec![self.cache()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(self.cache()).unwrap().display().to_string();
                match fs::read_link(&path) {
                    Ok(target) => paths.push(format!("{name} -> {}", target.display())),
                    Err(_) if path.is_dir() => folders.push(path),
                    Err(_) => paths.push(name),
                }
            }
        }
        paths.sort();
        paths
    }

    /// Writes a file of the cache.
    fn write(&self, name: &str, content: &str) {
        let path = self.cache().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}
