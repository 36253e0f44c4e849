//! What may lie over the screen: popups, and prompts in the status line. One at a time.

use super::{Action, App, Choice, Field, Finding, Findings, ModelEntry, Screen, Setting, help};
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};
use strum::IntoEnumIterator;

/// Widest popup of words: longer lines are hard to read.
const WIDEST: usize = 92;
/// Commands in sight at most: more of them would hide all that they are for.
const COMMANDS: usize = 19;

/// The thing on top.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The keys of the screen, from this line on.
    Help(usize),
    /// Every action, filtered by what is typed.
    Palette(Field, usize),
    /// What else could have stood at a token.
    Alternatives {
        /// Which token.
        token: usize,
        /// With their log-probabilities, most likely first.
        choices: Vec<(Choice, f32)>,
        /// Which one is selected.
        selected: usize,
    },
    /// What was found at the cursor, from this line on.
    Why(Findings, usize),
    /// The models to choose from, filtered by what is typed; the entry behind them is a directory to be typed.
    Models(Field, usize),
    /// The traces of this session, filtered by what is typed.
    Traces(Field, usize),
    /// The rows that could not be read, from this line on.
    Unread(Findings, usize),
    /// The whole problem, from this line on.
    Problem(Findings, usize),
    /// The sampling settings.
    Sampler(usize),
    /// A question answered in the status line.
    Prompt(Prompt, Field),
}

/// What a typed line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Words to find.
    Search,
    /// A problem.
    Problem,
    /// Text to put in at the cursor.
    Insert,
    /// What the current line should be.
    Edit,
    /// How many traces to generate.
    Samples,
    /// What to change in a recipe that begins.
    Begin,
    /// A knob of the run and its value.
    Knob,
    /// A setting's value.
    Setting(Setting),
    /// A model that is not in the list.
    Model,
    /// How many problems to compare on, with how many samples of each.
    Count,
}

impl Prompt {
    /// The question.
    #[must_use]
    pub fn question(self) -> String {
        match self {
            Self::Search => "search".into(),
            Self::Problem => "problem, like 18 7 4 -> 15".into(),
            Self::Insert => "insert here and go on".into(),
            Self::Edit => "this line, then go on".into(),
            Self::Samples => "how many more traces".into(),
            Self::Begin => "begin it; changes like steps=20 seed=1, or none".into(),
            Self::Knob => "from the next step on".into(),
            Self::Setting(setting) => setting.name().into(),
            Self::Model => "directory, .gguf, hf:ORG/NAME or openai:URL#MODEL".into(),
            Self::Count => "how many held-out problems, or problems x samples like 200 x 8".into(),
        }
    }
}

impl Overlay {
    /// The field that takes typed text.
    pub fn field(&mut self) -> Option<&mut Field> {
        match self {
            Self::Palette(field, _)
            | Self::Models(field, _)
            | Self::Traces(field, _)
            | Self::Prompt(_, field) => Some(field),
            _ => None,
        }
    }

    /// Whether it is only read: it scrolls, and there is nothing to be taken.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(
            self,
            Self::Help(_) | Self::Why(..) | Self::Problem(..) | Self::Unread(..)
        )
    }

    /// Whether typed letters are text.
    #[must_use]
    pub fn is_typing(&self) -> bool {
        matches!(
            self,
            Self::Palette(..) | Self::Models(..) | Self::Traces(..) | Self::Prompt(..)
        )
    }
}

/// The actions of `screen` that match `query`, best first: those with a word in their name that begins with it, then those
/// whose name matches, those whose description has such a word, and those whose description holds it. All of them when it
/// is empty.
#[must_use]
pub fn found(query: &str, screen: Screen) -> Vec<Action> {
    // Loosely, a sentence matches anything.
    let (mut score, mut holds) = (scorer(query, AtomKind::Fuzzy), scorer(query, AtomKind::Substring));
    let mut scored: Vec<_> = Action::iter()
        .filter(|action| screen.layers().contains(&action.layer()))
        .filter_map(|action| {
            let (name, label, about) = (
                action.name().replace('_', " "),
                action.label(),
                action.description(),
            );
            let rank = match score(&name).max(score(label)) {
                Some(fits) if begins(query, &name) || begins(query, label) => (3, fits),
                Some(fits) => (2, fits),
                None => (u32::from(begins(query, about)), holds(about)?),
            };
            Some((rank, action))
        })
        .collect();
    // Stable, so actions that match equally well keep their order.
    scored.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    scored.into_iter().map(|(_, action)| action).collect()
}

/// Whether a word of `text` begins with what was typed.
fn begins(typed: &str, text: &str) -> bool {
    let (typed, text) = (typed.trim().to_lowercase(), text.to_lowercase());
    let mut words = text.match_indices(&typed).map(|(at, _)| text.get(..at));
    words.any(|before| before.is_some_and(|before| !before.ends_with(char::is_alphanumeric)))
}

/// The places of the models that match `query`, best first: those whose name does, then those whose summary holds its
/// words (loosely, a sentence matches anything). All of them when it is empty.
#[must_use]
pub fn found_models(query: &str, models: &[ModelEntry]) -> Vec<usize> {
    let (mut of_name, mut of_summary) = (scorer(query, AtomKind::Fuzzy), scorer(query, AtomKind::Substring));
    let mut scored: Vec<_> = models
        .iter()
        .enumerate()
        .filter_map(|(place, model)| {
            let name = of_name(&model.name);
            (name.is_some() || of_summary(&model.summary).is_some()).then_some((name, place))
        })
        .collect();
    scored.sort_by_key(|(name, _)| std::cmp::Reverse(*name));
    scored.into_iter().map(|(_, place)| place).collect()
}

/// How well a text matches `query`; none when it does not.
fn scorer(query: &str, kind: AtomKind) -> impl FnMut(&str) -> Option<u32> {
    let pattern = Pattern::new(query, CaseMatching::Smart, Normalization::Smart, kind);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    move |text| pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher)
}

impl App {
    /// Columns and rows that a popup may fill with words.
    #[must_use]
    pub fn popup_room(&self) -> (usize, usize) {
        let room = |of: u16, frame: u16| usize::from(of.saturating_sub(frame)).max(1);
        (room(self.size.0, 6).min(WIDEST), room(self.size.1, 4))
    }

    /// Findings for a popup.
    #[must_use]
    pub fn findings(&self, found: Vec<Finding>) -> Findings {
        Findings::new(found, self.popup_room().0)
    }

    /// Lets what is read in a popup be as wide as there is room now.
    pub fn wrap_popup(&mut self) {
        let (width, _) = self.popup_room();
        if let Some(Overlay::Why(read, _) | Overlay::Problem(read, _) | Overlay::Unread(read, _)) =
            &mut self.overlay
        {
            read.wrap(width);
        }
    }

    /// The rows of the help.
    #[must_use]
    pub fn help(&self) -> Vec<help::Row> {
        help::rows(self, self.popup_room().0)
    }

    /// Rows of the popup that scroll, at most: those above them, where one types, stay.
    #[must_use]
    pub fn page(&self) -> usize {
        let room = self.popup_room().1;
        match &self.overlay {
            Some(Overlay::Palette(..)) => room.saturating_sub(3).clamp(1, COMMANDS),
            Some(Overlay::Models(..) | Overlay::Traces(..)) => room.saturating_sub(1).max(1),
            _ => room,
        }
    }

    /// How many first rows a popup of so many rows can begin with.
    fn tops(&self, rows: usize) -> usize {
        rows.saturating_sub(self.page()) + 1
    }

    /// Whether there is more in the popup than is in sight at once.
    #[must_use]
    pub fn scrolls(&self) -> bool {
        self.entries() > 1
    }

    /// How many entries the list of the popup has, or how many places it can be scrolled to.
    #[must_use]
    pub fn entries(&self) -> usize {
        match &self.overlay {
            Some(Overlay::Palette(field, _)) => found(field.text(), self.screen).len(),
            Some(Overlay::Alternatives { choices, .. }) => choices.len(),
            // The last entry asks for a directory.
            Some(Overlay::Models(field, _)) => found_models(field.text(), &self.models).len() + 1,
            Some(Overlay::Traces(field, _)) => self.explore.found_traces(field.text()).places.len(),
            Some(Overlay::Sampler(_)) => Setting::iter().count(),
            Some(Overlay::Help(_)) => self.tops(self.help().len()),
            Some(Overlay::Why(read, _) | Overlay::Problem(read, _) | Overlay::Unread(read, _)) => {
                self.tops(read.rows().len())
            }
            Some(Overlay::Prompt(..)) | None => 0,
        }
    }

    /// Moves the selection of the popup, or scrolls it.
    pub fn select(&mut self, by: isize) {
        let last = self.entries().saturating_sub(1);
        if let Some(
            Overlay::Help(at)
            | Overlay::Palette(_, at)
            | Overlay::Alternatives { selected: at, .. }
            | Overlay::Why(_, at)
            | Overlay::Problem(_, at)
            | Overlay::Models(_, at)
            | Overlay::Traces(_, at)
            | Overlay::Unread(_, at)
            | Overlay::Sampler(at),
        ) = &mut self.overlay
        {
            *at = at.saturating_add_signed(by).min(last);
        }
    }
}
