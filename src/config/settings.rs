//! The settings of the program: defaults, then `config.toml`, then `BACKTRAIL_*`, then the command line.
//!
//! Every value remembers where it came from. Nothing in a settings file is ever fatal: what cannot be used is a
//! warning, and the value below it stands.

use super::{
    file::File,
    paths,
    set::{Override, value_of},
};
use crate::base::nearest::hint;
use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};
use toml::Value;

/// Names of all settings, as `config.toml` writes them.
pub const NAMES: [&str; 9] = [
    "theme",
    "model",
    "max_fps",
    "ascii",
    "mouse",
    "pace",
    "threads",
    "log_level",
    "api_key_env",
];

/// What `log_level` may be.
pub const LOG_LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// The values in force and where each came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Name of the colour theme.
    pub theme: String,
    /// Model to open with.
    pub model: String,
    /// Frames drawn per second at most, 1 to 240.
    pub max_fps: u32,
    /// Draw with ASCII characters only.
    pub ascii: bool,
    /// Whether the workbench listens to the mouse.
    pub mouse: bool,
    /// Tokens per second that text appears with, 0 for as fast as it goes.
    pub pace: u32,
    /// Threads for computing; 0 is one per core.
    pub threads: usize,
    /// One of [`LOG_LEVELS`].
    pub log_level: String,
    /// The environment variable that holds the API key of servers; empty when they need none.
    pub api_key_env: String,
    sources: BTreeMap<&'static str, Source>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Built in.
    Default,
    /// This settings file.
    File(PathBuf),
    /// This environment variable.
    Variable(String),
    /// The command line.
    Flag,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "environment, {name}"),
            Self::Flag => f.write_str("command line"),
        }
    }
}

/// A sentence about something that was ignored: where, what, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning(pub String);

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: "default".into(),
            model: "scout".into(),
            max_fps: 30,
            ascii: false,
            mouse: true,
            pace: 50,
            threads: 0,
            log_level: "info".into(),
            api_key_env: String::new(),
            sources: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Reads the layers: `file` (absent is fine), then the `BACKTRAIL_*` among `variables`, then `flags`.
    #[must_use]
    pub fn load(
        file: &Path,
        variables: impl IntoIterator<Item = (String, String)>,
        flags: &[Override],
    ) -> (Self, Vec<Warning>) {
        let mut settings = Self::default();
        let mut warnings = Vec::new();
        match fs::read_to_string(file) {
            Ok(text) => settings.read_file(file, &text, &mut warnings),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => warnings.push(Warning(format!(
                "{}: cannot be read ({error}), defaults are used",
                file.display()
            ))),
        }
        for (variable, text) in variables {
            let Some(name) = variable.strip_prefix("BACKTRAIL_") else {
                continue;
            };
            if paths::VARIABLES.contains(&variable.as_str()) || text.is_empty() {
                continue;
            }
            let name = name.to_lowercase();
            let value = value_of(&text);
            let source = Source::Variable(variable);
            let place = source.to_string();
            settings.assign(&name, &value, source, &place, &mut warnings);
        }
        for flag in flags {
            let place = Source::Flag.to_string();
            settings.assign(&flag.name(), &flag.value, Source::Flag, &place, &mut warnings);
        }
        (settings, warnings)
    }

    /// Where the value of `name` came from.
    #[must_use]
    pub fn source(&self, name: &str) -> Source {
        self.sources.get(name).cloned().unwrap_or(Source::Default)
    }

    /// Name, value as TOML, and source of every setting, in the order of [`NAMES`].
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, Value, Source)> {
        NAMES
            .map(|name| (name, self.value(name), self.source(name)))
            .into()
    }

    fn read_file(&mut self, file: &Path, text: &str, warnings: &mut Vec<Warning>) {
        let toml = File::new(file.display().to_string(), text);
        match toml.parse::<toml::Table>() {
            Ok(table) => {
                for (name, value) in &table {
                    let source = Source::File(file.into());
                    self.assign(name, value, source, &toml.place([name.as_str()]), warnings);
                }
            }
            Err((place, message)) => warnings.push(Warning(format!(
                "{place}: {message}; the whole file is ignored until this is mended"
            ))),
        }
    }

    /// Gives `name` the value, or says why not and leaves it.
    fn assign(
        &mut self,
        name: &str,
        value: &Value,
        source: Source,
        place: &str,
        warnings: &mut Vec<Warning>,
    ) {
        let Some(known) = NAMES.into_iter().find(|known| *known == name) else {
            warnings.push(Warning(format!(
                "{place}: there is no setting `{name}`{}",
                hint(name, NAMES)
            )));
            return;
        };
        match self.set_value(known, value) {
            Ok(()) => {
                self.sources.insert(known, source);
            }
            Err(wanted) => warnings.push(Warning(format!(
                "{place}: `{known}` is {value}, it must be {wanted}; {} is used",
                self.value(known)
            ))),
        }
    }

    /// `Err` says what the value should have been.
    fn set_value(&mut self, name: &str, value: &Value) -> Result<(), &'static str> {
        let text = || value.as_str().map(str::to_owned).ok_or("a text in quotes");
        let switch = || value.as_bool().ok_or("true or false");
        let count = |range: std::ops::RangeInclusive<i64>, wanted| {
            value.as_integer().filter(|n| range.contains(n)).ok_or(wanted)
        };
        match name {
            "theme" => self.theme = text()?,
            "model" => self.model = text()?,
            "api_key_env" => self.api_key_env = text()?,
            "ascii" => self.ascii = switch()?,
            "mouse" => self.mouse = switch()?,
            "pace" => {
                self.pace = count(0..=1600, "a whole number from 0 to 1600")?.unsigned_abs() as u32;
            }
            "max_fps" => {
                self.max_fps = count(1..=240, "a whole number from 1 to 240")?.unsigned_abs() as u32;
            }
            "threads" => {
                self.threads =
                    count(0..=1024, "a whole number from 0 (one per core) to 1024")?.unsigned_abs() as usize;
            }
            _ => {
                self.log_level = text()
                    .ok()
                    .filter(|level| LOG_LEVELS.contains(&level.as_str()))
                    .ok_or("one of off, error, warn, info, debug, trace")?;
            }
        }
        Ok(())
    }

    fn value(&self, name: &str) -> Value {
        match name {
            "theme" => Value::from(self.theme.clone()),
            "model" => Value::from(self.model.clone()),
            "api_key_env" => Value::from(self.api_key_env.clone()),
            "max_fps" => Value::from(self.max_fps),
            "ascii" => Value::from(self.ascii),
            "mouse" => Value::from(self.mouse),
            "pace" => Value::from(self.pace),
            "threads" => Value::from(i64::try_from(self.threads).unwrap_or(i64::MAX)),
            _ => Value::from(self.log_level.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, variables: &[(&str, &str)], flags: &[&str]) -> (Settings, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, file).unwrap();
        let variables = variables.iter().map(|(k, v)| ((*k).into(), (*v).into()));
        let flags: Vec<Override> = flags.iter().map(|flag| flag.parse().unwrap()).collect();
        let (settings, warnings) = Settings::load(&path, variables, &flags);
        (settings, warnings.into_iter().map(|w| w.0).collect())
    }

    #[test]
    fn a_later_layer_wins_and_every_value_knows_its_layer() {
        let (settings, warnings) = load(
            "theme = 'dark'\nmodel = 'novice'\nmax_fps = 30",
            &[
                ("BACKTRAIL_MODEL", "guesser"),
                ("BACKTRAIL_MAX_FPS", "20"),
                ("BACKTRAIL_DATA_DIR", "/d"),
            ],
            &["max_fps=10"],
        );
        assert_eq!(warnings, Vec::<String>::new());
        assert_eq!(
            (
                settings.theme.as_str(),
                settings.model.as_str(),
                settings.max_fps,
                settings.pace
            ),
            ("dark", "guesser", 10, 50)
        );
        assert!(matches!(settings.source("theme"), Source::File(_)));
        assert_eq!(
            settings.source("model"),
            Source::Variable("BACKTRAIL_MODEL".into())
        );
        assert_eq!(settings.source("max_fps"), Source::Flag);
        assert_eq!(settings.source("pace"), Source::Default);
    }

    #[test]
    fn an_unknown_name_is_a_warning_with_the_nearest_one() {
        let (settings, warnings) = load("thme = 'dark'", &[], &[]);
        assert_eq!(settings, Settings::default());
        assert!(
            warnings[0].contains("config.toml line 1:") && warnings[0].contains("did you mean `theme`"),
            "{warnings:?}"
        );
    }

    #[test]
    fn a_value_of_the_wrong_type_is_a_warning_and_the_default_stands() {
        let (settings, warnings) = load(
            "max_fps = -1\nascii = 'yes'\nlog_level = 3\ntheme = 'dark'",
            &[],
            &[],
        );
        assert_eq!(warnings.len(), 3);
        assert_eq!((settings.max_fps, settings.theme.as_str()), (30, "dark"));
    }

    #[test]
    fn a_broken_file_is_a_warning_with_its_line() {
        let (settings, warnings) = load("theme = 'dark'\nmax_fps = = 3", &[], &[]);
        assert_eq!(settings, Settings::default());
        assert!(warnings[0].contains("line 2"), "{warnings:?}");
    }

    #[test]
    fn a_missing_file_is_no_warning() {
        let (settings, warnings) = Settings::load(Path::new("/nowhere/config.toml"), [], &[]);
        assert_eq!((settings, warnings.len()), (Settings::default(), 0));
    }
}
