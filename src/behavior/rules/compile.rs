//! Behavior files to one automaton and a list of rules.

use super::{
    BUILT_IN, BUNDLED,
    file::{Problem, Sample, Spec},
    letters,
    search::{Found, Search},
};
use crate::{base::nearest::hint, trace::prose::says};
use regex_automata::meta::BuildError;
use serde::Deserialize;
use std::ops::Range;

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

impl Tells {
    /// As files write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Tells::Failure => "failure",
            Tells::Success => "success",
            Tells::Check => "check",
        }
    }
}

/// A set of conditions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u128);

impl Flags {
    /// Adds a condition.
    pub fn set(&mut self, condition: Condition) {
        self.0 |= 1 << condition.0;
    }

    /// With all conditions of `other`.
    #[must_use]
    pub fn and(self, other: Flags) -> Self {
        Self(self.0 | other.0)
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
    /// All phrases at once; none when there are no rules.
    search: Option<Search>,
    /// Per phrase: the context it belongs to; the contexts' phrases stand before the rules'…
    contexts: Vec<Condition>,
    /// …or the rule.
    owners: Vec<Option<usize>>,
    /// The rules that need no phrase.
    silent: Vec<usize>,
    names: Vec<String>,
}

/// Which phrases a sentence has; its memory is used again for the next.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    found: Found,
    /// The rules that have one of them or need none, in their order.
    rules: Vec<usize>,
    /// The contexts somebody asks for, whatever the rules ask for.
    asked: Flags,
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
            let unsure = |confidence: f64| !(0.0..=1.0).contains(&confidence);
            if let Some(rule) = spec.rules.iter().find(|rule| unsure(rule.confidence)) {
                return Err(wrong(format!(
                    "rule {} has the confidence {}: write a number from 0 to 1",
                    rule.name, rule.confidence
                )));
            }
            specs.retain(|(_, before)| spec.name.is_empty() || before.name != spec.name);
            letters::check(&spec, &specs).map_err(wrong)?;
            specs.push((file.to_owned(), spec));
        }
        Compiler::default().compile(specs)
    }

    /// The behaviors, in the order of their files; those without a name only hold contexts.
    pub fn behaviors(&self) -> impl Iterator<Item = &Spec> {
        self.specs.iter().filter(|spec| !spec.name.is_empty())
    }

    /// Everything that may hold of a sentence.
    pub fn conditions(&self) -> impl Iterator<Item = Condition> {
        (0..self.names.len()).filter_map(|index| u8::try_from(index).ok().map(Condition))
    }

    /// The letter of a behavior, where its file gives one.
    #[must_use]
    pub fn letter(&self, behavior: &str) -> Option<char> {
        self.behaviors().find(|spec| spec.name == behavior)?.letter
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
        Matches::default()
    }

    /// Finds every phrase of a sentence's shape; returns the contexts that hold, at least those that are asked for: by
    /// the rules that have a phrase in it, and by [`Matches::asking`].
    pub fn look(&self, shape: &str, matches: &mut Matches) -> Flags {
        let Matches { found, rules, asked } = matches;
        found.clear();
        rules.clear();
        rules.extend(&self.silent);
        let mut flags = Flags::default();
        let Some(search) = self.search.as_ref().filter(|_| says(shape)) else {
            return flags;
        };
        let mut stands = search.look(shape, found);
        let Found { places, candidates } = found;
        let contexts = candidates.partition_point(|(phrase, _)| *phrase < self.contexts.len());
        let (of_contexts, of_rules) = candidates.split_at(contexts);
        places.extend(of_rules.iter().filter_map(|candidate| stands(*candidate)));
        for place in places {
            match self.contexts.get(place.phrase) {
                Some(condition) => flags.set(*condition),
                None => rules.extend(self.owners.get(place.phrase).copied().flatten()),
            }
        }
        rules.sort_unstable();
        rules.dedup();
        let rules = rules.iter().filter_map(|rule| self.rules.get(*rule));
        let asked = rules.fold(*asked, |asked, rule| asked.and(rule.when).and(rule.unless));
        for (phrase, from) in of_contexts {
            let Some(condition) = self.contexts.get(*phrase) else {
                continue;
            };
            if asked.has(*condition) && !flags.has(*condition) && stands((*phrase, *from)).is_some() {
                flags.set(*condition);
            }
        }
        flags
    }

    /// The rules that have a phrase in the sentence or need none, in the order they are tried.
    pub fn said<'a>(&'a self, matches: &'a Matches) -> impl Iterator<Item = &'a Rule> {
        matches.rules.iter().filter_map(|rule| self.rules.get(*rule))
    }
}

impl Matches {
    /// Where in the shape the first of the rule's phrases stands at or behind byte `from`.
    #[must_use]
    pub fn place(&self, rule: &Rule, from: usize) -> Option<Range<usize>> {
        let places = self.found.places.iter();
        places
            .filter(|place| rule.phrases.contains(&place.phrase) && place.start >= from)
            .min_by_key(|place| place.start)
            .map(|place| place.start..place.end)
    }

    /// Also finds out about these contexts in every sentence.
    #[must_use]
    pub fn asking(mut self, contexts: impl IntoIterator<Item = Condition>) -> Self {
        for context in contexts {
            self.asked.set(context);
        }
        self
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
    last_line(&whole).to_owned()
}

fn last_line(error: &str) -> &str {
    let last = error.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last)
}

/// Collects what the files say.
#[derive(Default)]
struct Compiler {
    names: Vec<String>,
    phrases: Vec<String>,
    contexts: Vec<Condition>,
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
                self.phrases.extend(phrases.iter().cloned());
                if let Some(condition) = condition(&self.names, name) {
                    self.contexts.resize(self.phrases.len(), condition);
                }
            }
        }
        for (file, spec) in &specs {
            for rule in &spec.rules {
                let start = self.phrases.len();
                self.phrases.extend(rule.say.iter().cloned());
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
        let search = Search::new(&self.phrases).map_err(|(phrase, why)| self.wrong(&specs, phrase, &why))?;
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
            search: Some(search),
            contexts: self.contexts,
            owners,
            silent,
            names: self.names,
        })
    }

    /// Names the file whose phrase it is.
    fn wrong(&self, specs: &[(String, Spec)], phrase: Option<usize>, why: &str) -> Problem {
        let why = last_line(why);
        let Some(phrase) = phrase.and_then(|phrase| self.phrases.get(phrase)) else {
            return Problem {
                file: "the behavior files together".to_owned(),
                what: format!("the phrases cannot be searched: {why}"),
            };
        };
        let has = |(_, spec): &&(String, Spec)| {
            let own = spec.rules.iter().flat_map(|rule| &rule.say);
            spec.context
                .values()
                .flatten()
                .chain(own)
                .any(|own| own == phrase)
        };
        Problem {
            file: specs
                .iter()
                .find(has)
                .map_or_else(String::new, |(file, _)| file.clone()),
            what: format!("the phrase `{phrase}` is no regular expression: {why}"),
        }
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
