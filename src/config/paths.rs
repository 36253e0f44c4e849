//! Where files live: the XDG directories, each movable by an environment variable.

use etcetera::BaseStrategy;
use std::path::PathBuf;

/// The directories of this user. None of them need exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// `config.toml keys.toml themes/ recipes/ behaviors/ prompts/`: `BACKTRAIL_CONFIG_DIR`, else
    /// `$XDG_CONFIG_HOME/backtrail`.
    pub config: PathBuf,
    /// The library, training runs, what the workbench remembers: `BACKTRAIL_DATA_DIR`, else
    /// `$XDG_DATA_HOME/backtrail`.
    pub data: PathBuf,
    /// Log files: `BACKTRAIL_LOG_DIR`, else `$XDG_STATE_HOME/backtrail`.
    pub log: PathBuf,
}

/// The variables that name a directory; the other `BACKTRAIL_*` ones are settings.
pub const VARIABLES: [&str; 3] = ["BACKTRAIL_CONFIG_DIR", "BACKTRAIL_DATA_DIR", "BACKTRAIL_LOG_DIR"];

/// No directory could be found.
#[derive(Debug, thiserror::Error)]
#[error("there is no home directory to keep files in: set HOME, or {}", VARIABLES.join(", "))]
pub struct NoHome;

impl Paths {
    /// Finds the directories. `variable` looks up an environment variable (`|name| std::env::var_os(name)` in
    /// the program); an empty one counts as not set.
    ///
    /// # Errors
    /// [`NoHome`] when a directory is not given and the user has no home.
    pub fn find(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> Result<Self, NoHome> {
        let given = VARIABLES.map(|name| {
            variable(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        });
        if let [Some(config), Some(data), Some(log)] = given {
            return Ok(Self { config, data, log });
        }
        let base = etcetera::choose_base_strategy().map_err(|_| NoHome)?;
        let [config, data, log] = given;
        let own = |directory: PathBuf| directory.join("backtrail");
        Ok(Self {
            config: config.unwrap_or_else(|| own(base.config_dir())),
            data: data.unwrap_or_else(|| own(base.data_dir())),
            log: log.unwrap_or_else(|| own(base.state_dir().unwrap_or_else(|| base.data_dir()))),
        })
    }

    /// The user's settings file.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The user's behaviors.
    #[must_use]
    pub fn behaviors(&self) -> PathBuf {
        self.config.join("behaviors")
    }

    /// The user's own recipes.
    #[must_use]
    pub fn recipes(&self) -> PathBuf {
        self.config.join("recipes")
    }

    /// The user's own prompts.
    #[must_use]
    pub fn prompts(&self) -> PathBuf {
        self.config.join("prompts")
    }

    /// Where training runs go when nobody says where.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.data.join("runs")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_moves_its_directory_and_an_empty_one_does_not() {
        let paths = Paths::find(|name| match name {
            "BACKTRAIL_CONFIG_DIR" => Some("/c".into()),
            "BACKTRAIL_DATA_DIR" => Some("".into()),
            "BACKTRAIL_LOG_DIR" => Some("/l".into()),
            _ => None,
        })
        .unwrap();
        assert_eq!(paths.settings(), PathBuf::from("/c/config.toml"));
        assert_eq!(paths.log, PathBuf::from("/l"));
        assert!(paths.data.ends_with("backtrail"));
    }
}
