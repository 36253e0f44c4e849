//! The signs of the screen, each one column wide, and their stand-ins for terminals that know only ASCII.

/// A set of glyphs.
#[derive(Clone, Copy, Debug)]
pub struct Glyphs {
    /// The problem itself, in the tree.
    pub root: &'static str,
    /// A state left open.
    pub open: &'static str,
    /// A state of which nobody knows whether the goal can be reached from it.
    pub unknown: &'static str,
    /// The goal; a right answer.
    pub good: &'static str,
    /// A dead end; a wrong answer.
    pub bad: &'static str,
    /// A return.
    pub back: &'static str,
    /// False arithmetic, or a number that was not there.
    pub fault: &'static str,
    /// The goal could still have been reached here.
    pub winnable: &'static str,
    /// The cursor's row; a folded part of the tree.
    pub folded: &'static str,
    /// An unfolded part of the tree.
    pub unfolded: &'static str,
    /// Generating.
    pub live: &'static str,
    /// Becomes.
    pub arrow: &'static str,
    /// Something is left out.
    pub more: &'static str,
    /// Between facts of a line.
    pub dot: &'static str,
    /// Rules: lying, standing, and where they meet (from below, from above).
    pub rule: [&'static str; 4],
    /// Tree lines: passing by, branching, ending.
    pub tree: [&'static str; 3],
    /// A full bar cell.
    pub bar: &'static str,
    /// Eight rising bars.
    pub ribbon: [&'static str; 8],
    /// Whether charts are drawn with braille dots, eight a cell.
    pub dots: bool,
}

/// For nearly every terminal.
pub const UNICODE: Glyphs = Glyphs {
    root: "●",
    open: "○",
    unknown: "◌",
    good: "✓",
    bad: "✗",
    back: "↩",
    fault: "!",
    winnable: "?",
    folded: "▸",
    unfolded: "▾",
    live: "●",
    arrow: "→",
    more: "…",
    dot: "·",
    rule: ["─", "│", "┬", "┴"],
    tree: ["│  ", "├─ ", "└─ "],
    bar: "█",
    ribbon: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    dots: true,
};

/// For the others.
pub const ASCII: Glyphs = Glyphs {
    root: "*",
    open: "o",
    unknown: "~",
    // Yes and no: a score sheet has `+` and `x` for something else.
    good: "y",
    bad: "n",
    back: "<",
    fault: "!",
    winnable: "?",
    folded: ">",
    unfolded: "v",
    live: "*",
    arrow: "->",
    more: "...",
    dot: "-",
    rule: ["-", "|", "+", "+"],
    tree: ["|  ", "|- ", "`- "],
    bar: "#",
    ribbon: ["_", ".", ":", "-", "=", "+", "*", "#"],
    dots: false,
};

impl Glyphs {
    /// Our own words with the signs of this set.
    #[must_use]
    pub fn write(&self, text: &str) -> String {
        let signs = [
            ('→', self.arrow),
            ('…', self.more),
            ('·', self.dot),
            ('●', self.root),
            ('○', self.open),
            ('◌', self.unknown),
            ('✓', self.good),
            ('✗', self.bad),
            ('↩', self.back),
            ('▸', self.folded),
            ('▾', self.unfolded),
            ('▁', self.ribbon[0]),
            ('█', self.bar),
        ];
        signs.into_iter().fold(text.to_owned(), |text, (sign, written)| {
            text.replace(sign, written)
        })
    }
}
