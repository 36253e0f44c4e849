//! The screens there are. One that does not work yet is not here, and so nowhere to be seen.

use super::{Action, Layer};
use ratatui::layout::Rect;
use strum::{EnumIter, EnumMessage, IntoEnumIterator};

/// Smallest terminal that is drawn on.
pub const SMALLEST: (u16, u16) = (40, 10);
/// Columns left of a text: cursor, three letters, a blank.
pub const GUTTER: u16 = 5;

/// What every screen has: the first row, the last two, and what is between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Screens, and how things stand.
    pub header: Rect,
    /// The screen's own.
    pub body: Rect,
    /// Messages and prompts.
    pub status: Rect,
    /// Keys.
    pub footer: Rect,
}

impl Frame {
    /// The parts of a terminal of this size.
    #[must_use]
    pub fn new((width, height): (u16, u16)) -> Self {
        let body = height.saturating_sub(3);
        let part = |y: u16, rows: u16| Rect::new(0, y.min(height), width, rows.min(height.saturating_sub(y)));
        Self {
            header: part(0, 1),
            body: part(1, body),
            status: part(1 + body, 1),
            footer: part(2 + body, 1),
        }
    }
}

/// A screen, in the order of the tabs. `message` is its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumMessage)]
pub enum Screen {
    /// One problem, one trace, its tree.
    #[strum(message = "Explore")]
    Explore,
    /// Several models on the same problems.
    #[strum(message = "Compare")]
    Compare,
    /// A run of training, while it goes on and afterwards.
    #[strum(message = "Train")]
    Train,
}

impl Screen {
    /// All of them, in the order of the tabs.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }

    /// What goes there.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Self::Explore => Action::ScreenExplore,
            Self::Compare => Action::ScreenCompare,
            Self::Train => Action::ScreenTrain,
        }
    }

    /// Its own keys.
    #[must_use]
    pub fn layer(self) -> Layer {
        match self {
            Self::Explore => Layer::Explore,
            Self::Compare => Layer::Compare,
            Self::Train => Layer::Train,
        }
    }

    /// The layers of its keys, the winner first.
    #[must_use]
    pub fn layers(self) -> [Layer; 3] {
        [self.layer(), Layer::Everywhere, Layer::Moving]
    }
}
