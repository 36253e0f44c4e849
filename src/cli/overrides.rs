//! `--set KEY=VALUE` for commands that generate: `sampler.*` and `task.*`.

use super::output::Failure;
use crate::{
    base::{
        nearest::{explain, hint},
        sampler::Sampler,
    },
    config::Override,
    task::countdown::Settings,
};
use serde::{Serialize, de::DeserializeOwned};
use toml::Table;

/// Reads the values of `--set`, whatever they are about.
///
/// # Errors
/// A value that is no `KEY=VALUE`.
pub fn changes(values: &[String]) -> Result<Vec<Override>, Failure> {
    let parsed: Result<_, _> = values.iter().map(|text| text.parse()).collect();
    parsed.map_err(Failure::input)
}

/// What `--set` changes, sorted by what it is about.
#[derive(Clone, Debug, Default)]
pub struct Overrides(Vec<Override>);

impl Overrides {
    /// Reads the values of `--set`.
    ///
    /// # Errors
    /// A value that is no `KEY=VALUE`, or a key that is about nothing.
    pub fn parse(values: &[String]) -> Result<Self, Failure> {
        let parsed = changes(values)?;
        for one in &parsed {
            let first = one.key.first().map_or("", String::as_str);
            if !["sampler", "task"].contains(&first) || one.key.len() < 2 {
                let hint = hint(first, ["sampler", "task"]);
                return Err(Failure::Input(format!(
                    "--set {}: only sampler.* and task.* can be set here{hint}",
                    one.name()
                )));
            }
        }
        Ok(Self(parsed))
    }

    /// `sampler` with what `--set sampler.*` says.
    ///
    /// # Errors
    /// An unknown setting, or one that makes no sense.
    pub fn sampler(&self, sampler: &Sampler) -> Result<Sampler, Failure> {
        let mut changed = self.clone();
        for one in &mut changed.0 {
            // One stop text need not be written as a list.
            if one.name() == "sampler.stop" && one.value.is_str() {
                one.value = toml::Value::Array(vec![one.value.clone()]);
            }
        }
        let sampler: Sampler = changed.apply("sampler", sampler)?;
        sampler
            .check()
            .map_err(|e| Failure::Input(format!("sampler.{e}")))?;
        Ok(sampler)
    }

    /// `settings` with what `--set task.*` says.
    ///
    /// # Errors
    /// An unknown setting, or one that makes no sense.
    pub fn task(&self, settings: &Settings) -> Result<Settings, Failure> {
        let settings: Settings = self.apply("task", settings)?;
        settings.check().map_err(Failure::input)?;
        Ok(settings)
    }

    fn apply<T: Serialize + DeserializeOwned>(&self, prefix: &str, value: &T) -> Result<T, Failure> {
        let mut table = Table::try_from(value).map_err(Failure::work)?;
        let mine = self
            .0
            .iter()
            .filter(|one| one.key.first().is_some_and(|first| first == prefix));
        for one in mine {
            let inner = Override {
                key: one.key.iter().skip(1).cloned().collect(),
                value: one.value.clone(),
            };
            inner.apply(&mut table).map_err(Failure::input)?;
            if let Err(error) = table.clone().try_into::<T>() {
                let reason = explain(error.message());
                return Err(Failure::Input(format!("--set {}: {reason}", one.name())));
            }
        }
        table.try_into().map_err(Failure::work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(values: &[&str]) -> Result<Overrides, Failure> {
        Overrides::parse(&values.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn settings_are_changed_by_name() {
        let overrides = set(&["sampler.temperature=0", "sampler.stop=yes", "task.range=[1,12]"]).unwrap();
        let sampler = overrides.sampler(&Sampler::default()).unwrap();
        assert_eq!((sampler.temperature, sampler.stop), (0.0, vec!["yes".to_owned()]));
        assert_eq!(overrides.task(&Settings::default()).unwrap().range, [1, 12]);
    }

    #[test]
    fn what_cannot_be_set_is_named() {
        let sentence = |failure: Failure| format!("{failure:?}");
        assert!(sentence(set(&["smapler.temperature=1"]).unwrap_err()).contains("did you mean `sampler`"));
        let wrong = set(&["sampler.temperatur=1"])
            .unwrap()
            .sampler(&Sampler::default())
            .unwrap_err();
        assert!(sentence(wrong).contains("sampler.temperatur"));
        let wrong = set(&["sampler.temperature=-1"])
            .unwrap()
            .sampler(&Sampler::default())
            .unwrap_err();
        assert!(sentence(wrong).contains("must be 0 or more"));
    }
}
