//! Behavior files to one automaton and a list of rules.

use super::{
    BUILT_IN, BUNDLED,
    file::{Problem, Sample, Spec},
};
use crate::base::nearest::hint;
use regex_automata::{
    Input, MatchKind, PatternSet,
    meta::{BuildError, Regex},
};
use serde::Deserialize;
use std::{ops::Range, sync::OnceLock};

/// Bytes that the search may keep of its automaton while it builds it; with less it builds the same states again and again.
const CACHE: usize = 16 << 20;

/// Conditions that fit: built-in ones and contexts of all files together.
const MOST_CONDITIONS: usize = 128;

/// What a rule tells about the attempt that is going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tells {
    /// It does not lead to the goal.
    Failure,
    /// It does.
    Success,
    /// It is being checked from here on.
    Check,
}

/// A set of conditions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u128);

impl Flags {
    /// Adds a condition.
    pub fn set(&mut self, condition: Condition) {
        self.0 |= 1 << condition.0;
    }

    /// With a condition when it holds.
    #[must_use]
    pub fn with(mut self, condition: Condition, holds: bool) -> Self {
        if holds {
            self.set(condition);
        }
        self
    }

    /// Whether the condition holds.
    #[must_use]
    pub fn has(self, condition: Condition) -> bool {
        self.0 & 1 << condition.0 != 0
    }

    /// Whether all of `other` hold.
    #[must_use]
    pub fn has_all(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether one of `other` holds.
    #[must_use]
    pub fn has_any(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }
}

/// A condition's place in [`Flags`]: first the built-in ones in their order, then the contexts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition(u8);

impl Condition {
    /// The built-in condition `name`, which is one of [`BUILT_IN`].
    #[must_use]
    pub const fn built_in(index: usize) -> Self {
        assert!(index < BUILT_IN.len());
        Self(index as u8)
    }
}

/// A rule, ready to use.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `verification.size`
    pub name: String,
    /// The behavior it finds, as traces record it.
    pub behavior: String,
    /// Which phrases are its own; empty when it needs none.
    pub phrases: Range<usize>,
    /// What must hold.
    pub when: Flags,
    /// What must not hold.
    pub unless: Flags,
    /// What it tells about the attempt.
    pub tells: Option<Tells>,
    /// How sure it is.
    pub confidence: f64,
}

/// All rules of all behaviors.
#[derive(Debug)]
pub struct Rules {
    specs: Vec<Spec>,
    rules: Vec<Rule>,
    /// The phrases' own texts…
    phrases: Vec<String>,
    /// …and each alone, prepared when a rule first gives it as its reason; none when it cannot be.
    alone: Vec<OnceLock<Option<Regex>>>,
    /// All phrases at once; none when there are no rules.
    search: Option<Regex>,
    /// Per phrase: the context it belongs to…
    contexts: Vec<Option<Condition>>,
    /// …or the rule.
    owners: Vec<Option<usize>>,
    /// The rules that need no phrase.
    silent: Vec<usize>,
    names: Vec<String>,
}

/// Which phrases a sentence has; its memory is used again for the next.
#[derive(Clone, Debug)]
pub struct Matches {
    set: PatternSet,
    /// The numbers of the phrases that are there, ascending.
    phrases: Vec<usize>,
    /// The rules that have one of them or need none, in their order.
    rules: Vec<usize>,
}

impl Rules {
    /// The rules that come with the program.
    #[must_use]
    pub fn bundled() -> Self {
        // They are tested: without them there is nothing to detect with, and nothing is found.
        Self::load(&BUNDLED).unwrap_or_else(|_| Self::empty())
    }

    fn empty() -> Self {
        Self {
            specs: Vec::new(),
            rules: Vec::new(),
            phrases: Vec::new(),
            alone: Vec::new(),
            search: None,
            contexts: Vec::new(),
            owners: Vec::new(),
            silent: Vec::new(),
            names: BUILT_IN.map(str::to_owned).to_vec(),
        }
    }

    /// The rules of `files`, each with its name; a later file replaces an earlier one of the same behavior.
    ///
    /// # Errors
    /// The first file that makes no sense, and why.
    pub fn load<T: AsRef<str>>(files: &[(T, T)]) -> Result<Self, Problem> {
        let mut specs: Vec<(String, Spec)> = Vec::new();
        for (file, text) in files {
            let file = file.as_ref();
            let wrong = |what: String| Problem {
                file: file.to_owned(),
                what,
            };
            let spec: Spec = toml::from_str(text.as_ref()).map_err(|e| wrong(e.to_string()))?;
            if spec.name.is_empty() && !spec.rules.is_empty() {
                return Err(wrong(
                    "it has rules but no `name`: write name = \"…\" at its top".to_owned(),
                ));
            }
            specs.retain(|(_, before)| spec.name.is_empty() || before.name != spec.name);
            specs.push((file.to_owned(), spec));
        }
        Compiler::default().compile(specs)
    }

    /// The behaviors, in the order of their files; those without a name only hold contexts.
    pub fn behaviors(&self) -> impl Iterator<Item = &Spec> {
        self.specs.iter().filter(|spec| !spec.name.is_empty())
    }

    /// The rules, in the order they are tried.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The texts the files bring to test themselves.
    pub fn samples(&self) -> impl Iterator<Item = (&Spec, &Sample)> {
        self.specs
            .iter()
            .flat_map(|spec| spec.tests.iter().map(move |sample| (spec, sample)))
    }

    /// The condition called `name`.
    #[must_use]
    pub fn condition(&self, name: &str) -> Option<Condition> {
        condition(&self.names, name)
    }

    /// The names of what holds.
    pub fn names(&self, flags: Flags) -> impl Iterator<Item = &str> {
        let mut left = flags.0;
        std::iter::from_fn(move || {
            let index = usize::try_from(left.trailing_zeros()).ok()?;
            left &= left.checked_sub(1)?;
            self.names.get(index).map(String::as_str)
        })
    }

    /// Memory for [`Rules::look`].
    #[must_use]
    pub fn matches(&self) -> Matches {
        Matches {
            set: PatternSet::new(self.search.as_ref().map_or(0, Regex::pattern_len)),
            phrases: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// Finds every phrase of a sentence's shape; returns the contexts that hold.
    pub fn look(&self, shape: &str, matches: &mut Matches) -> Flags {
        matches.set.clear();
        matches.phrases.clear();
        // Bare arithmetic says nothing.
        let says = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii() || byte == b'@';
        if let Some(search) = self.search.as_ref().filter(|_| shape.bytes().any(says)) {
            search.which_overlapping_matches(&Input::new(shape), &mut matches.set);
        }
        matches
            .phrases
            .extend(matches.set.iter().map(|phrase| phrase.as_usize()));
        let mut flags = Flags::default();
        matches.rules.clear();
        matches.rules.extend(&self.silent);
        for phrase in &matches.phrases {
            if let Some(Some(condition)) = self.contexts.get(*phrase) {
                flags.set(*condition);
            }
            matches.rules.extend(self.owners.get(*phrase).copied().flatten());
        }
        matches.rules.sort_unstable();
        matches.rules.dedup();
        flags
    }

    /// The rules that have a phrase in the sentence or need none, in the order they are tried.
    pub fn said<'a>(&'a self, matches: &'a Matches) -> impl Iterator<Item = &'a Rule> {
        matches.rules.iter().filter_map(|rule| self.rules.get(*rule))
    }

    /// Where in the shape the first of the rule's phrases stands at or behind byte `from`.
    #[must_use]
    pub fn place(&self, rule: &Rule, matches: &Matches, shape: &str, from: usize) -> Option<Range<usize>> {
        let found = matches.of(rule).iter().filter_map(|phrase| {
            let text = self.phrases.get(*phrase)?;
            let alone = self.alone.get(*phrase)?;
            let alone = alone
                .get_or_init(|| compile(std::slice::from_ref(text)).ok())
                .as_ref()?;
            Some(alone.find(Input::new(shape).range(from..))?.range())
        });
        found.min_by_key(|range| range.start)
    }
}

impl Matches {
    /// Those of a rule.
    fn of(&self, rule: &Rule) -> &[usize] {
        let from = self
            .phrases
            .partition_point(|phrase| *phrase < rule.phrases.start);
        let to = self.phrases.partition_point(|phrase| *phrase < rule.phrases.end);
        self.phrases.get(from..to).unwrap_or_default()
    }
}

fn condition(names: &[String], name: &str) -> Option<Condition> {
    let index = names.iter().position(|known| known == name)?;
    u8::try_from(index).ok().map(Condition)
}

/// What is wrong with a regular expression, without the picture that takes several lines.
#[must_use]
pub fn reason(error: &BuildError) -> String {
    let whole = error
        .syntax_error()
        .map_or_else(|| error.to_string(), ToString::to_string);
    let last = whole.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

/// Phrases know ASCII word boundaries and classes only: that keeps the search a plain automaton.
fn compile(phrases: &[String]) -> Result<Regex, String> {
    let ascii: Vec<String> = phrases
        .iter()
        .map(|phrase| {
            phrase
                .replace(r"\b", r"(?-u:\b)")
                .replace(r"\w", "[a-z0-9_]")
                .replace(r"\d", "[0-9]")
        })
        .collect();
    Regex::builder()
        .configure(
            Regex::config()
                .match_kind(MatchKind::All)
                .hybrid_cache_capacity(CACHE),
        )
        .build_many(&ascii)
        .map_err(|error| match error.pattern() {
            Some(pattern) => {
                let phrase = phrases.get(pattern.as_usize()).map_or("", String::as_str);
                let why = reason(&error);
                format!("the phrase `{phrase}` is no regular expression: {why}")
            }
            None => format!("the phrases cannot be searched: {error}"),
        })
}

/// Collects what the files say.
#[derive(Default)]
struct Compiler {
    names: Vec<String>,
    phrases: Vec<String>,
    contexts: Vec<Option<Condition>>,
    rules: Vec<Rule>,
}

impl Compiler {
    fn compile(mut self, specs: Vec<(String, Spec)>) -> Result<Rules, Problem> {
        self.names = BUILT_IN.map(str::to_owned).to_vec();
        for (file, spec) in &specs {
            for (name, phrases) in &spec.context {
                if !self.names.contains(name) {
                    self.names.push(name.clone());
                }
                if self.names.len() > MOST_CONDITIONS {
                    return Err(Problem {
                        file: file.clone(),
                        what: format!(
                            "there are more than {MOST_CONDITIONS} contexts in all: leave some out"
                        ),
                    });
                }
                let condition = condition(&self.names, name);
                self.phrases.extend(phrases.iter().cloned());
                self.contexts.resize(self.phrases.len(), condition);
            }
        }
        for (file, spec) in &specs {
            for rule in &spec.rules {
                let start = self.phrases.len();
                self.phrases.extend(rule.say.iter().cloned());
                self.contexts.resize(self.phrases.len(), None);
                let name = format!("{}.{}", spec.name, rule.name);
                let flags = |names: &[String]| self.flags(names, file, &name);
                let (when, unless) = (flags(&rule.when)?, flags(&rule.unless)?);
                self.rules.push(Rule {
                    behavior: spec.name.clone(),
                    phrases: start..self.phrases.len(),
                    when,
                    unless,
                    tells: rule.tells,
                    confidence: rule.confidence.clamp(0.0, 1.0),
                    name,
                });
            }
        }
        // One file at a time, so that the message names it.
        for (file, spec) in &specs {
            let own: Vec<String> = spec
                .context
                .values()
                .flatten()
                .chain(spec.rules.iter().flat_map(|rule| &rule.say))
                .cloned()
                .collect();
            compile(&own).map_err(|what| Problem {
                file: file.clone(),
                what,
            })?;
        }
        let search = compile(&self.phrases).map_err(|what| Problem {
            file: "the behavior files together".to_owned(),
            what,
        })?;
        let numbered = || self.rules.iter().enumerate();
        let owner = |phrase: usize| numbered().find(|(_, rule)| rule.phrases.contains(&phrase));
        let owners = (0..self.phrases.len())
            .map(|phrase| Some(owner(phrase)?.0))
            .collect();
        let silent = numbered()
            .filter(|(_, rule)| rule.phrases.is_empty())
            .map(|(number, _)| number)
            .collect();
        Ok(Rules {
            specs: specs.into_iter().map(|(_, spec)| spec).collect(),
            rules: self.rules,
            alone: self.phrases.iter().map(|_| OnceLock::new()).collect(),
            phrases: self.phrases,
            search: Some(search),
            contexts: self.contexts,
            owners,
            silent,
            names: self.names,
        })
    }

    fn flags(&self, names: &[String], file: &str, rule: &str) -> Result<Flags, Problem> {
        let mut flags = Flags::default();
        for name in names {
            match condition(&self.names, name) {
                Some(condition) => flags.set(condition),
                None => {
                    return Err(Problem {
                        file: file.to_owned(),
                        what: format!(
                            "the rule {rule} asks for `{name}`, which is no context{}",
                            hint(name, self.names.iter().map(String::as_str))
                        ),
                    });
                }
            }
        }
        Ok(flags)
    }
}
