//! How things look: styles by dotted scope from theme files, glyphs in two sets.
//!
//! A scope that a theme does not name falls back to its parent (`habit.doubt` to `habit`), a theme to the one it
//! inherits. A broken theme is a sentence and the default theme, never an exit.

mod depth;
mod file;
mod glyphs;

pub use depth::Depth;
pub use glyphs::{ASCII, Glyphs, UNICODE};

use crate::{behavior::rules::Rules, config::File};
use ratatui::style::{Color, Style};
use std::collections::BTreeMap;
use toml::Value;

/// Styles by scope.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    styles: BTreeMap<String, Style>,
    palette: BTreeMap<String, Color>,
}

/// A theme and the glyphs that go with the terminal.
#[derive(Clone, Debug)]
pub struct Look {
    /// The styles.
    pub theme: Theme,
    /// The glyphs.
    pub glyphs: &'static Glyphs,
}

impl Theme {
    /// The theme called `name`, drawn with the colours the terminal has. `user` gives the user's own theme of a
    /// name. What could not be used is said, one sentence each.
    #[must_use]
    pub fn load(name: &str, depth: Depth, user: &dyn Fn(&str) -> Option<File>) -> (Self, Vec<String>) {
        let (mut theme, warnings) = match file::load(name, user) {
            Ok(theme) => (theme, Vec::new()),
            Err(sentence) => (
                file::load("default", &|_| None).unwrap_or_default(),
                vec![format!("{sentence}; the default theme is used")],
            ),
        };
        for style in theme.styles.values_mut() {
            *style = depth.limit(*style);
        }
        (theme, warnings)
    }

    /// Colours `scope`, unless the theme names it: `color` is a name of its palette, of the terminal's sixteen, or `#rrggbb`.
    ///
    /// # Errors
    /// A sentence when it is no colour.
    pub fn color(&mut self, scope: String, color: &str, depth: Depth) -> Result<(), String> {
        if !self.styles.contains_key(&scope) {
            let color = file::color(&Value::from(color), &self.palette)?;
            self.styles.insert(scope, depth.limit(Style::new().fg(color)));
        }
        Ok(())
    }

    /// Gives behaviors the colours of their files; a sentence about each that is none or looks like another behavior's.
    pub fn color_behaviors(&mut self, rules: &Rules, depth: Depth) -> Vec<String> {
        let scope = |name: &str| format!("habit.{name}");
        let mut wrong = Vec::new();
        let mut before: Vec<&str> = Vec::new();
        for spec in rules.behaviors() {
            if let Some(color) = &spec.color {
                let done = self.color(scope(&spec.name), color, depth);
                let own = self.get(&scope(&spec.name)).fg;
                let same = |other: &&&str| own.is_some() && self.get(&scope(other)).fg == own;
                let why = done.err().or_else(|| {
                    let other = before.iter().find(same)?;
                    Some(format!(
                        "its colour `{color}` looks here like that of {other}: give it another `color`"
                    ))
                });
                wrong.extend(why.map(|why| format!("behavior {}: {why}", spec.name)));
            }
            before.push(&spec.name);
        }
        wrong
    }

    /// The style of `scope`, or of the nearest scope above it.
    #[must_use]
    pub fn get(&self, scope: &str) -> Style {
        let mut scope = scope;
        loop {
            if let Some(style) = self.styles.get(scope) {
                return *style;
            }
            match scope.rsplit_once('.') {
                Some((parent, _)) => scope = parent,
                None => return Style::new(),
            }
        }
    }
}

#[cfg(test)]
mod tests;
