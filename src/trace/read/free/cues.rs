//! Words that tell where a text's next calculation belongs.

use super::{
    attempt::{DISMISSALS, MISSING},
    fit::Turn,
};
use crate::{
    base::phrases::Phrases,
    trace::prose::{VERBS, says},
};
use std::sync::LazyLock;

/// Words after which the next move starts from an earlier state when it can, and how early.
const TURNS: [(&str, Turn); 25] = [
    ("start over", Turn::Anew),
    ("starting over", Turn::Anew),
    ("start again", Turn::Anew),
    ("from scratch", Turn::Anew),
    ("option #", Turn::Anew),
    ("attempt #", Turn::Anew),
    ("approach #", Turn::Anew),
    ("combination #", Turn::Anew),
    ("another combination", Turn::Anew),
    ("different combination", Turn::Anew),
    ("another approach", Turn::Anew),
    ("different approach", Turn::Anew),
    ("another way", Turn::Anew),
    ("another attempt", Turn::Anew),
    // "Then subtract another number" goes on.
    ("another number", Turn::On),
    ("wait", Turn::Earlier),
    ("let's try", Turn::Earlier),
    ("let me try", Turn::Earlier),
    ("try:", Turn::Earlier),
    ("another", Turn::Earlier),
    ("instead", Turn::Earlier),
    ("alternatively", Turn::Earlier),
    ("different", Turn::Earlier),
    ("what if", Turn::Earlier),
    ("how about", Turn::Earlier),
];

/// Words of going back, after which the next move starts from an earlier state, too, unless the text goes back to check.
const BACKS: [&str; 8] = [
    "go back",
    "going back",
    "back to #",
    "back to (#",
    "back to [#",
    "backtrack",
    "undo ",
    "undoing",
];

/// Words with which a text does not go back.
const STAYS: [&str; 7] = [
    "no need",
    "don't go back",
    "not go back",
    "don't have to",
    "don't need to",
    "without going back",
    "without backtrack",
];

/// Words that say that something is gone through once more.
const CHECKS: [&str; 3] = ["verify", "check", "confirm"];

/// Words before a list of what may have been done already.
const LISTS: [&str; 2] = ["operations", "the steps"];

/// Words of working backward, and of a comparison.
const MORE: [&str; 2] = ["backward", " than "];

/// The turns, behind them all other words that are looked for: one pass finds them.
static CUES: LazyLock<Phrases> = LazyLock::new(|| {
    let turns = TURNS.iter().map(|(words, _)| *words);
    let others = DISMISSALS
        .into_iter()
        .chain(CHECKS)
        .chain(LISTS)
        .chain(MISSING)
        .chain(BACKS)
        .chain(MORE)
        .chain(VERBS);
    Phrases::new(&turns.chain(others).collect::<Vec<_>>())
});

/// What the words of a sentence say.
#[derive(Debug, Default)]
pub(super) struct Cues {
    /// Where the next move starts.
    pub turn: Turn,
    /// Something may be dismissed.
    pub dismisses: bool,
    /// Something is gone through once more.
    pub checks: bool,
    /// What has been done may be listed.
    pub lists: bool,
    /// Something may be missing.
    pub lacks: bool,
    /// The text goes back.
    pub returns: bool,
    /// Something is worked out backward.
    pub backward: bool,
    /// Something may be compared.
    pub compares: bool,
    /// There may be arithmetic in words.
    pub calculates: bool,
}

impl Cues {
    /// Those of a sentence with this shape.
    pub fn of(shape: &str) -> Self {
        const CHECK: usize = TURNS.len() + DISMISSALS.len();
        const LIST: usize = CHECK + CHECKS.len();
        const LACK: usize = LIST + LISTS.len();
        const BACK: usize = LACK + MISSING.len();
        const BACKWARD: usize = BACK + BACKS.len();
        const THAN: usize = BACKWARD + 1;
        const VERB: usize = BACKWARD + MORE.len();
        let (mut cues, mut back) = (Self::default(), Turn::On);
        if !says(shape) {
            return cues;
        }
        for which in CUES.all(shape) {
            match which {
                VERB.. => cues.calculates = true,
                THAN.. => cues.compares = true,
                BACKWARD.. => cues.backward = true,
                BACK.. => (back, cues.returns) = (Turn::Earlier, true),
                LACK.. => cues.lacks = true,
                LIST.. => cues.lists = true,
                CHECK.. => cues.checks = true,
                _ => match TURNS.get(which) {
                    Some((_, turn)) => cues.turn = cues.turn.max(*turn),
                    None => cues.dismisses = true,
                },
            }
        }
        if !cues.checks && (back == Turn::On || !STAYS.iter().any(|words| shape.contains(words))) {
            cues.turn = cues.turn.max(back);
        }
        cues
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_says_that_there_is_no_going_back_goes_on() {
        for shape in ["so go back: %", "let me backtrack", "undo the last step"] {
            assert_eq!(Cues::of(shape).turn, Turn::Earlier, "{shape}");
        }
        for shape in [
            "we don't go back, so %",
            "no need to backtrack",
            "undoubtedly % is next",
        ] {
            assert_eq!(Cues::of(shape).turn, Turn::On, "{shape}");
        }
    }
}
