//! A home of its own for every test, and the program run in it.

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// Directories that nothing else uses.
pub struct Home(TempDir);

/// What a run left.
#[derive(Debug)]
pub struct Ran {
    /// The exit status.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file and gives its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The program in this home, with no terminal anywhere.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin!("backtrail"));
        for (variable, _) in std::env::vars_os() {
            if variable
                .to_str()
                .is_some_and(|name| name.starts_with("BACKTRAIL_"))
            {
                command.env_remove(variable);
            }
        }
        for (variable, directory) in [("CONFIG", "config"), ("DATA", "data"), ("LOG", "log")] {
            command.env(format!("BACKTRAIL_{variable}_DIR"), self.path(directory));
        }
        command
            .args(arguments)
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, Stdio::null())
    }

    /// Runs the program with this file as its standard input.
    pub fn run_reading(&self, arguments: &[&str], path: &str) -> Ran {
        self.run_with(arguments, fs::File::open(path).unwrap().into())
    }

    fn run_with(&self, arguments: &[&str], input: Stdio) -> Ran {
        let output = self.command(arguments).stdin(input).output().unwrap();
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// The answer of a run that succeeded.
    #[track_caller]
    pub fn answer(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self.out
    }

    /// The lines of JSON of a run that succeeded.
    #[track_caller]
    pub fn json(self) -> Vec<Value> {
        lines(&self.answer())
    }

    /// The one sentence of a run that refused its input, which must hold all of `parts`.
    #[track_caller]
    pub fn refuses(&self, parts: &[&str]) {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert_eq!(self.out, "", "the answer must be empty");
        for part in parts {
            assert!(self.err.contains(part), "`{part}` is missing in: {}", self.err);
        }
        let panicked = self.err.contains("panicked") || self.err.contains("RUST_BACKTRACE");
        assert!(!panicked, "{}", self.err);
    }

    /// Like [`Ran::refuses`], when the sentence is ours and not the reader's of the command line.
    #[track_caller]
    pub fn refuses_in_a_sentence(&self, parts: &[&str]) {
        self.refuses(parts);
        assert!(self.err.starts_with("backtrail: "), "{}", self.err);
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
    }
}

/// JSON, line by line.
#[track_caller]
pub fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect()
}

/// The files of the bundled model `scout`.
pub fn scout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/scout")
}

/// Whether a terminal would obey some character of `text`; newlines are all a terminal may get.
#[track_caller]
pub fn is_tame(text: &str) {
    let wild = text.chars().find(|c| {
        *c != '\n' && (c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
    });
    assert_eq!(wild, None, "a control character got through");
}
