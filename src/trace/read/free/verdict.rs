//! What a text says of a result: too big, not the goal, done.

use crate::{
    base::phrases::Phrases,
    task::countdown::Number,
    trace::{
        ClaimKind,
        prose::{Link, Sentence},
        walk::Walk,
    },
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

/// What a sentence says of how far the last result is from the goal.
const AMOUNTS: [(&str, Verdict); 17] = [
    ("too small by #", Verdict::Below),
    ("too low by #", Verdict::Below),
    ("short by #", Verdict::Below),
    ("short of @ by #", Verdict::Below),
    ("# too small", Verdict::Below),
    ("# too low", Verdict::Below),
    ("# too few", Verdict::Below),
    ("# short", Verdict::Below),
    ("# less than @", Verdict::Below),
    ("too big by #", Verdict::Above),
    ("too high by #", Verdict::Above),
    ("too large by #", Verdict::Above),
    ("# too big", Verdict::Above),
    ("# too high", Verdict::Above),
    ("# too much", Verdict::Above),
    ("# too many", Verdict::Above),
    ("# more than @", Verdict::Above),
];

static AMOUNT_WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&AMOUNTS.map(|(words, _)| words)));

/// Words before a verdict that is a sentence of its own.
const LEADS: [&str; 28] = [
    "that", "this", "it", "that's", "it's", "is", "which", "still", "way", "just", "a", "bit", "little",
    "far", "much", "again", "hmm", "no", "but", "so", "also", "slightly", "also", "even", "was", "well",
    "ok", "oh",
];

/// What such a sentence calls the goal…
const GOALS: [&str; 6] = [
    "equals the target",
    "equals @",
    "equals the goal",
    "the target",
    "the goal",
    "our target",
];

/// …and what it says that is not.
const OTHERS: [&str; 6] = [
    "not the target",
    "not our target",
    "not the goal",
    "not equal to the target",
    "isn't the target",
    "isn't the goal",
];

/// How many of them are words: a tick alone may be about anything.
const SAID: usize = 7;

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
    let from = shape.rfind('%').map_or(0, |last| last + 1);
    let behind = shape.get(from..).unwrap_or_default();
    let said = VERDICT_WORDS.all(behind).filter_map(|which| VERDICTS.get(which));
    let mut said = said.map(|(_, verdict)| *verdict).peekable();
    // On the way it may be about a number that only words name: `33 (too big)`, when 13 would do.
    let over = walk.numbers_of(walk.here()).len() == 1 || result == goal;
    // A verdict may be about the problem, or about what is needed here.
    let goals = [Some(goal), walk.root_goal()];
    // `= 12, too low by 1` ends with a number that is no result.
    let names = sentence
        .expressions
        .last()
        .is_some_and(|last| last.link == Link::None && last.steps.is_empty());
    let amount = || amount_fault(sentence, from, result, goals);
    if said.peek().is_none() {
        let amount = names.then(amount).flatten().filter(|_| over);
        if let Some(fault) = amount {
            walk.claim(ClaimKind::Verdict, sentence.span, fault);
            return true;
        }
        return false;
    }
    let fault = |verdict: Verdict| {
        let faults = goals.iter().flatten().map(|goal| verdict.fault(result, *goal));
        faults.collect::<Option<Vec<_>>>()?.into_iter().next()
    };
    let fault = said
        .find_map(fault)
        .or_else(|| names.then(amount).flatten().flatten());
    if fault.is_none() || over {
        walk.claim(ClaimKind::Verdict, sentence.span, fault);
    }
    true
}

/// What is wrong with how far the words behind byte `from` of a shape say that `result` is from one of `goals`; nothing when
/// they do not say it.
fn amount_fault(
    sentence: &Sentence<'_>,
    from: usize,
    result: Number,
    goals: [Option<Number>; 2],
) -> Option<Option<String>> {
    let behind = sentence.shape.get(from..)?;
    let (which, place) = AMOUNT_WORDS.places(behind).next()?;
    let (words, verdict) = AMOUNTS.get(which)?;
    let mark = from + place.start + words.rfind('#')?;
    // `= 72, too high` says what it is, and no more.
    let amount = sentence
        .at_mark(mark)
        .filter(|amount| amount.link == Link::None)?
        .value?;
    let far = |goal: Number| match verdict {
        Verdict::Below => goal.checked_sub(result),
        _ => result.checked_sub(goal),
    };
    let first = goals.iter().flatten().find_map(|goal| far(*goal));
    let right = goals.iter().flatten().any(|goal| far(*goal) == Some(amount));
    Some(
        first
            .filter(|_| !right)
            .map(|_| match goals.into_iter().flatten().next() {
                Some(goal) => format!("{result} is not {amount} from {goal}"),
                None => format!("it is not {amount}"),
            }),
    )
}

/// What a sentence without a calculation says of the result before it, when it says nothing else: `Too high.`, `That equals
/// the target!`
pub(super) fn judge_alone(walk: &mut Walk, sentence: &Sentence<'_>, result: Number) {
    const LONGEST: usize = 40;
    let (shape, Some(goal)) = (sentence.shape, walk.goal()) else {
        return;
    };
    if shape.len() > LONGEST || shape.ends_with('?') || walk.numbers_of(walk.here()).len() != 1 {
        return;
    }
    let mut said = shape.trim_end_matches(['.', '!', ' ']);
    while let Some((word, rest)) = said.split_once([' ', ','])
        && LEADS.contains(&word)
    {
        said = rest.trim_start_matches([' ', ',']);
    }
    let verdict = if let Some((_, verdict)) = VERDICTS.iter().take(SAID).find(|(words, _)| said == *words) {
        *verdict
    } else if GOALS.contains(&said) {
        Verdict::Goal
    } else if OTHERS.contains(&said) {
        Verdict::Other
    } else {
        return;
    };
    let goals = [Some(goal), walk.root_goal()];
    let faults = goals.iter().flatten().map(|goal| verdict.fault(result, *goal));
    let fault = faults
        .collect::<Option<Vec<_>>>()
        .and_then(|faults| faults.into_iter().next());
    walk.claim(ClaimKind::Verdict, sentence.span, fault);
}

/// Numbers that a sentence compares: `12 is greater than 13`.
pub(super) fn compare(walk: &mut Walk, sentence: &Sentence<'_>) {
    const ABOVE: [&str; 4] = [
        "is greater than",
        "is larger than",
        "is bigger than",
        "is more than",
    ];
    const BELOW: [&str; 3] = ["is less than", "is smaller than", "is lower than"];
    if sentence.shape.ends_with('?') {
        return;
    }
    for pair in sentence.expressions.windows(2) {
        let [left, right] = pair else { continue };
        let (Some(a), Some(b)) = (left.value, right.value) else {
            continue;
        };
        let words = sentence.between(left, right).unwrap_or_default().trim();
        let holds = match words {
            words if ABOVE.contains(&words) => a > b,
            words if BELOW.contains(&words) => a < b,
            _ => continue,
        };
        // What is true is no more than what it stands beside.
        if !holds {
            walk.claim(
                ClaimKind::Verdict,
                sentence.span,
                Some(format!("{a} {words} {b} is false")),
            );
        }
    }
}
