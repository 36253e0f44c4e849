//! One text before the judge: the questions about it, and what an answer says of its units.

use super::{
    Protocol,
    answer::{Answer, Unreadable},
    prompts::{Prompts, fill},
    units::{Window, harmless, units, windows},
};
use crate::{
    base::words::counted,
    behavior::{Habit, gold::Labelled},
    task::countdown::Problem,
    trace::{Span, Trace},
};
use serde_json::Value;
use std::fmt;

/// Bytes of a problem that a judge is told at most.
const PROBLEM: usize = 2_000;

/// Tokens for an answer: what a model says before it, and each label.
const TOKENS: usize = 2_048;
const TOKENS_A_UNIT: usize = 32;

/// Shortest fence.
const FENCE: usize = 5;

/// A text that is judged.
#[derive(Clone, Debug, Default)]
pub struct Case {
    name: String,
    text: String,
    problem: String,
    pub(super) units: Vec<Span>,
    windows: Vec<Window>,
}

/// What a judge is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// What the answer is about.
    pub about: About,
    /// Its words.
    pub text: String,
    /// Tokens that are enough for an answer.
    pub max_tokens: usize,
}

/// What an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// How often a habit shows in a window.
    Count(Habit, usize),
    /// Which units of a window show which habits.
    Spans(usize),
}

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// So many instances.
    Count(u32),
    /// These units, and how many lines were left out because they make no sense.
    Spans(Vec<Label>, usize),
}

/// A habit of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The unit's number, from 0.
    pub unit: usize,
    /// The habit.
    pub habit: Habit,
    /// The words that were quoted.
    pub quote: Option<String>,
}

impl Case {
    /// A trace before the judge.
    #[must_use]
    pub fn of_trace(trace: &Trace, prompts: &Prompts) -> Self {
        let value = trace.problem.as_ref();
        let countdown = value.and_then(|value| Problem::parse(&value.to_string()).ok());
        let question = value
            .and_then(|value| value.get("question"))
            .and_then(Value::as_str);
        let problem = match (countdown, question) {
            (Some(problem), _) => in_words(&problem),
            (None, Some(question)) => question.to_owned(),
            (None, None) => trace.prompt.clone().unwrap_or_default(),
        };
        Self {
            name: format!("trace #{}", trace.index),
            ..Self::new(&trace.text, &problem, prompts)
        }
    }

    /// A labelled trace before the judge, who does not see the labels.
    #[must_use]
    pub fn of_gold(row: &Labelled, prompts: &Prompts) -> Self {
        let problem = row.countdown();
        let problem = problem.map_or_else(|| row.problem.clone(), |problem| in_words(&problem));
        Self {
            name: format!("trace {}", row.id),
            ..Self::new(&row.text, &problem, prompts)
        }
    }

    /// A text about a problem, which may be empty when nobody knows it.
    #[must_use]
    pub fn new(text: &str, problem: &str, prompts: &Prompts) -> Self {
        let units = units(text);
        let problem = problem.trim();
        let end = problem.floor_char_boundary(PROBLEM);
        Self {
            windows: windows(&units, prompts.window()),
            units,
            name: String::new(),
            text: text.to_owned(),
            problem: match problem.get(..end).unwrap_or_default() {
                "" => "not known".to_owned(),
                problem => harmless(problem),
            },
        }
    }

    /// What it is called in sentences.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Everything the judge must be asked. Nothing, when there is no text.
    #[must_use]
    pub fn questions(&self, protocol: Protocol, prompts: &Prompts) -> Vec<Question> {
        let numbered = self.windows.iter().enumerate();
        match protocol {
            Protocol::Count => numbered
                .flat_map(|(number, window)| {
                    Habit::ALL.map(|habit| self.count(habit, number, window, prompts))
                })
                .collect(),
            Protocol::Spans => numbered
                .map(|(number, window)| self.spans(number, window, prompts))
                .collect(),
        }
    }

    fn count(&self, habit: Habit, number: usize, window: &Window, prompts: &Prompts) -> Question {
        let judged = harmless(self.between(window.judged.start, window.judged.end));
        let before = harmless(self.between(window.shown.start, window.judged.start));
        let fence = self.fence(&[&judged, &before]);
        let (text, scope) = if window.has_context() {
            (
                format!("{before}\n{fence} from here {fence}\n{judged}"),
                format!(
                    "This is a part of a longer text: count only behind the line \"{fence} from here {fence}\"; what stands \
                     before it is there so that you understand the rest.\n"
                ),
            )
        } else {
            (judged, String::new())
        };
        let words = fill(prompts.template(Protocol::Count), |name| match name {
            "habit" => Some(habit_words(habit)),
            "definition" => Some(prompts.definition(habit)),
            name => self.common(name, &fence, &text, &scope),
        });
        Question {
            about: About::Count(habit, number),
            text: words,
            max_tokens: TOKENS,
        }
    }

    fn spans(&self, number: usize, window: &Window, prompts: &Prompts) -> Question {
        let line = |unit: usize| format!("[{}] {}", unit + 1, self.unit(unit));
        let text: Vec<String> = window.shown.clone().map(line).collect();
        let text = text.join("\n");
        let fence = self.fence(&[&text]);
        let scope = if window.has_context() {
            format!(
                "This is a part of a longer text: label only the units from {} on; those before are there so that you \
                 understand the rest.\n",
                window.judged.start + 1
            )
        } else {
            String::new()
        };
        let definition = |habit: Habit| {
            let (letter, name) = (habit.letter(), habit_words(habit));
            format!("{letter}, {name}: {}", prompts.definition(habit))
        };
        let definitions = Habit::ALL.map(definition).join("\n");
        let words = fill(prompts.template(Protocol::Spans), |name| match name {
            "definitions" => Some(definitions.as_str()),
            name => self.common(name, &fence, &text, &scope),
        });
        Question {
            about: About::Spans(number),
            text: words,
            max_tokens: TOKENS + TOKENS_A_UNIT * window.judged.len(),
        }
    }

    fn common<'a>(&'a self, name: &str, fence: &'a str, text: &'a str, scope: &'a str) -> Option<&'a str> {
        match name {
            "problem" => Some(&self.problem),
            "fence" => Some(fence),
            "text" => Some(text),
            "scope" => Some(scope),
            _ => None,
        }
    }

    /// A line that does not occur in what it encloses.
    fn fence(&self, texts: &[&str]) -> String {
        let mut longest = 0;
        for text in texts.iter().chain([&self.problem.as_str()]) {
            let mut run = 0;
            for c in text.chars() {
                run = if c == '~' { run + 1 } else { 0 };
                longest = longest.max(run);
            }
        }
        "~".repeat(FENCE.max(longest + 1))
    }

    /// The text of the units from `start` to before `end`.
    fn between(&self, start: usize, end: usize) -> &str {
        let units = self.units.get(start..end).unwrap_or_default();
        match (units.first(), units.last()) {
            (Some(first), Some(last)) => Span::new(first.start, last.end).of(&self.text),
            _ => "",
        }
    }

    /// A unit as it is shown.
    fn unit(&self, unit: usize) -> String {
        harmless(self.between(unit, unit + 1)).replace('\n', " ")
    }

    /// What an answer to a question says.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(&self, about: About, answer: Answer<'_>) -> Result<Said, Unreadable> {
        if let About::Count(..) = about {
            return answer.count().map(Said::Count);
        }
        let found = answer.labels()?;
        let window = self.window(about);
        let (shown, judged) = window.map_or((0..0, 0..0), |w| (w.shown.clone(), w.judged.clone()));
        let (mut labels, mut left_out, mut context) = (Vec::new(), found.bad, 0);
        for line in &found.lines {
            let unit = line.unit.checked_sub(1).filter(|unit| shown.contains(unit));
            let Some(unit) = unit else {
                left_out += usize::from(!line.habits.is_empty());
                continue;
            };
            if !judged.contains(&unit) {
                // Another window judges it.
                context += 1;
                continue;
            }
            let quote = line.quote.as_ref();
            if quote.is_some_and(|quote| !occurs(quote, &self.unit(unit))) {
                left_out += 1;
                continue;
            }
            for habit in line.habits.iter().copied() {
                let is_same = |label: &Label| (label.unit, label.habit) == (unit, habit);
                if !labels.iter().any(is_same) {
                    let quote = quote.cloned();
                    labels.push(Label { unit, habit, quote });
                }
            }
        }
        let said_nothing = found.lines.iter().all(|line| line.habits.is_empty());
        if labels.is_empty() && left_out > 0 && context == 0 && !said_nothing {
            return Err(Unreadable::Baseless(counted(left_out, "label")));
        }
        labels.sort_by_key(|label| (label.unit, label.habit));
        Ok(Said::Spans(labels, left_out))
    }

    /// The units that an answer judges.
    pub(super) fn judged(&self, about: About) -> std::ops::Range<usize> {
        self.window(about).map_or(0..0, |window| window.judged.clone())
    }

    fn window(&self, about: About) -> Option<&Window> {
        let (About::Count(_, number) | About::Spans(number)) = about;
        self.windows.get(number)
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            About::Count(habit, number) => write!(f, "{} in part {}", habit_words(*habit), number + 1),
            About::Spans(number) => write!(f, "part {}", number + 1),
        }
    }
}

/// The name of a habit in a sentence.
fn habit_words(habit: Habit) -> &'static str {
    match habit {
        Habit::Verification => "verification",
        Habit::Backtracking => "backtracking",
        Habit::SubgoalSetting => "subgoal setting",
        Habit::BackwardChaining => "backward chaining",
    }
}

/// A Countdown problem for somebody who does not know the game.
fn in_words(problem: &Problem) -> String {
    let numbers: Vec<String> = problem.numbers.iter().map(ToString::to_string).collect();
    format!(
        "make the target {} from the numbers {} with + - * /, each used once.",
        problem.target,
        numbers.join(", ")
    )
}

/// Whether what is quoted stands in a unit: its letters, digits and signs of calculation in the same order; `…` leaves
/// something out.
fn occurs(quote: &str, unit: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric() || "+-*/=".contains(*c))
            .flat_map(char::to_lowercase)
            .collect()
    };
    let unit = plain(unit);
    let mut rest = unit.as_str();
    quote.replace("...", "\u{2026}").split('\u{2026}').all(|piece| {
        let Some((_, behind)) = rest.split_once(plain(piece).as_str()) else {
            return false;
        };
        rest = behind;
        true
    })
}
