//! How many colours the terminal has, and the nearest of them.

use ratatui::style::{Color, Style};

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// No colour at all, by the user's wish (`NO_COLOR`) or the terminal's nature; bold and the like stay.
    Mono,
    /// The sixteen named colours.
    Ansi,
    /// The 256 indexed colours.
    Indexed,
    /// Any colour.
    True,
}

impl Depth {
    /// Reads `NO_COLOR`, `COLORTERM` and `TERM` through `env`.
    #[must_use]
    pub fn detect(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let value = |name| env(name).unwrap_or_default();
        let term = value("TERM");
        if !value("NO_COLOR").is_empty() || term == "dumb" {
            Self::Mono
        } else if matches!(value("COLORTERM").as_str(), "truecolor" | "24bit") || term.ends_with("direct") {
            Self::True
        } else if term.contains("256color") {
            Self::Indexed
        } else {
            Self::Ansi
        }
    }

    /// `style` with colours the terminal has.
    #[must_use]
    pub fn limit(self, style: Style) -> Style {
        let limit = |color: Option<Color>| match (self, color) {
            (Self::Mono, _) | (_, None) => None,
            (Self::Indexed, Some(Color::Rgb(r, g, b))) => Some(Color::Indexed(indexed([r, g, b]))),
            (Self::Ansi, Some(Color::Rgb(r, g, b))) => Some(ansi([r, g, b])),
            (Self::Ansi | Self::Indexed | Self::True, color) => color,
        };
        Style {
            fg: limit(style.fg),
            bg: limit(style.bg),
            ..style
        }
    }
}

/// The nearest colour of the 6x6x6 cube or the grey ramp of the 256-colour table.
fn indexed(rgb: [u8; 3]) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let level = |value: u8| {
        (0..6u8)
            .min_by_key(|i| LEVELS[usize::from(*i)].abs_diff(value))
            .unwrap_or(0)
    };
    let [r, g, b] = rgb.map(level);
    let cube = [r, g, b].map(|i| LEVELS[usize::from(i)]);
    let mean = rgb.iter().map(|v| u32::from(*v)).sum::<u32>() / 3;
    let step = (mean.saturating_sub(3) / 10).min(23) as u8;
    let grey = [8 + 10 * step; 3];
    if distance(grey, rgb) < distance(cube, rgb) {
        232 + step
    } else {
        16 + 36 * r + 6 * g + b
    }
}

/// The nearest of the sixteen, taken at their usual values.
fn ansi(rgb: [u8; 3]) -> Color {
    const TABLE: [(Color, [u8; 3]); 16] = [
        (Color::Black, [0, 0, 0]),
        (Color::Red, [205, 49, 49]),
        (Color::Green, [13, 188, 121]),
        (Color::Yellow, [229, 229, 16]),
        (Color::Blue, [36, 114, 200]),
        (Color::Magenta, [188, 63, 188]),
        (Color::Cyan, [17, 168, 205]),
        (Color::Gray, [204, 204, 204]),
        (Color::DarkGray, [102, 102, 102]),
        (Color::LightRed, [241, 76, 76]),
        (Color::LightGreen, [35, 209, 139]),
        (Color::LightYellow, [245, 245, 67]),
        (Color::LightBlue, [59, 142, 234]),
        (Color::LightMagenta, [214, 112, 214]),
        (Color::LightCyan, [41, 184, 219]),
        (Color::White, [255, 255, 255]),
    ];
    TABLE
        .iter()
        .min_by_key(|(_, known)| distance(*known, rgb))
        .map_or(Color::Reset, |(color, _)| *color)
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| u32::from(a.abs_diff(b)).pow(2))
        .sum()
}
