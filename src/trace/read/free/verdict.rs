//! What a text says of a result: too big, not the goal, done.

use crate::{
    base::phrases::Phrases,
    task::countdown::Number,
    trace::{ClaimKind, prose::Sentence, walk::Walk},
};
use std::sync::LazyLock;

/// What a sentence says of the last result, by the words after it.
const VERDICTS: [(&str, Verdict); 9] = [
    ("too small", Verdict::Below),
    ("too low", Verdict::Below),
    ("less than @", Verdict::Below),
    ("too big", Verdict::Above),
    ("too high", Verdict::Above),
    ("too large", Verdict::Above),
    ("not @", Verdict::Other),
    ("\u{2713}", Verdict::Goal),
    ("\u{2705}", Verdict::Goal),
];

static VERDICT_WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&VERDICTS.map(|(words, _)| words)));

#[derive(Clone, Copy)]
enum Verdict {
    Below,
    Above,
    Other,
    Goal,
}

impl Verdict {
    /// What is wrong with it, said of `result`.
    fn fault(self, result: Number, goal: Number) -> Option<String> {
        match self {
            Self::Below if result >= goal => Some(format!("{result} is not below {goal}")),
            Self::Above if result <= goal => Some(format!("{result} is not above {goal}")),
            Self::Other if result == goal => Some("it is the goal".to_owned()),
            Self::Goal if result != goal => Some(format!("{result} is not the goal {goal}")),
            _ => None,
        }
    }
}

/// What the words behind a sentence's last calculation say of its result, when it can be judged; whether they do.
pub(super) fn judge(walk: &mut Walk, sentence: &Sentence<'_>, result: Number, goal: Number) -> bool {
    let shape = sentence.shape;
    let behind = shape.rsplit_once('%').map_or(shape, |(_, behind)| behind);
    let said = VERDICT_WORDS.all(behind).filter_map(|which| VERDICTS.get(which));
    let mut said = said.map(|(_, verdict)| *verdict).peekable();
    if said.peek().is_none() {
        return false;
    }
    // A verdict may be about the problem, or about what is needed here.
    let goals = [Some(goal), walk.root_goal()];
    let fault = |verdict: Verdict| {
        let faults = goals.iter().flatten().map(|goal| verdict.fault(result, *goal));
        faults.collect::<Option<Vec<_>>>()?.into_iter().next()
    };
    let fault = said.find_map(fault);
    // On the way it may be about a number that only words name: `33 (too big)`, when 13 would do.
    let over = walk.numbers_of(walk.here()).len() == 1 || result == goal;
    if fault.is_none() || over {
        walk.claim(ClaimKind::Verdict, sentence.span, fault);
    }
    true
}
