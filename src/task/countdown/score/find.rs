//! Which of the expressions in a text is its answer.
//!
//! In the order of trust, first in what stands behind the thinking and then in all of the text: what is marked
//! ([`marked`]); what fields say ([`stated`]) or is announced in words, the later of the two; the last expression that uses all the numbers and is
//! said to be the goal or stands alone on its line, the operations that the text ends with, a last sentence that says
//! that there is no solution, or announces an expression, the latest of these. What was only tried on the way is no answer.

use super::{
    answer::{bare, marked},
    denial, end,
    equation::{Equation, claim, count_digits, digits, equations, has_side, runs, uses_all, written},
    fields::{Stated, stated},
    steps,
};
use crate::{
    base::slice::offset,
    task::{
        countdown::{Problem, parser::Written},
        next_turn, turns,
    },
};
use aho_corasick::AhoCorasick;
use std::{ops::Range, sync::LazyLock};

/// Words that announce an answer. All but the last two do so whatever follows; any calculation may be called by the others.
const CUES: [&str; 15] = [
    "answer",
    "solution",
    "antwort",
    "\u{7b54}\u{6848}",
    "r\u{e9}ponse",
    "respuesta",
    "risposta",
    "resposta",
    "\u{43e}\u{442}\u{432}\u{435}\u{442}",
    "\u{41e}\u{442}\u{432}\u{435}\u{442}",
    "final:",
    "final :",
    "success:",
    "expression",
    "equation",
];
const SURE_CUES: usize = 13;
/// What ends the thinking before an answer.
const THOUGHT: &str = "</think>";
/// How many bytes behind such a word the answer may stand.
const REACH: usize = 400;
/// Words between it and an answer that follows at once.
const BETWEEN: [&str; 22] = [
    "is",
    "ist",
    "lautet",
    "\u{662f}",
    "\u{4e3a}",
    "be",
    "would",
    "will",
    "could",
    "as",
    "follows",
    "to",
    "this",
    "the",
    "problem",
    "one",
    "possible",
    "found",
    "here",
    "thus",
    "therefore",
    "so",
];

static CUE: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let mut cues = AhoCorasick::builder();
    cues.ascii_case_insensitive(true).build(CUES).ok()
});

/// An answer and its bytes in the text.
pub(super) struct Found {
    /// What it says.
    pub(super) answer: Stated,
    /// Where, marks left out.
    pub(super) place: Range<usize>,
}

/// `text` without the tokens that end a model's turn, where whoever recorded it kept them: `<|im_end|>`, `</s>`, and what
/// fills up a batch; nor what closes an answer that nothing opened.
fn without_end(text: &str) -> &str {
    /// Bytes of such a token.
    const LONGEST: usize = 40;
    let mut text = text.trim_end();
    while let Some((before, token)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        let bars = |bar: char| token.len() > 1 && token.starts_with(bar) && token.ends_with(bar);
        let stray = token == "/answer" && !before.contains("<answer>");
        let known = stray || matches!(token, "/s" | "eos" | "pad" | "end_of_turn");
        if !(known || bars('|') || bars('\u{ff5c}')) || token.len() > LONGEST {
            break;
        }
        text = before.trim_end();
    }
    text
}

/// The answer that `text` gives to `problem`; its thinking ends at byte `thought`.
pub(super) fn find(problem: &Problem, text: &str, thought: usize) -> Option<Found> {
    // `<answer> (1 + 2) / 3 </answer>` is an example there.
    let begun = turns(text).map_or(0, |(_, begun)| begun);
    // What a base model asks itself behind its answer is another problem.
    let next = next_turn(text.get(begun..)?).map_or(text.len(), |next| begun + next);
    let text = without_end(text.get(..next)?);
    let thought = match thought > text.len() {
        true => text.rfind(THOUGHT).map_or(0, |at| at + THOUGHT.len()),
        false => thought,
    };
    let behind = (thought > begun)
        .then_some(thought)
        .and_then(|at| Some((at, text.get(at..)?)));
    let regions = || {
        behind
            .into_iter()
            .chain([(begun, text.get(begun..).unwrap_or_default())])
    };
    let goal = |found: &Equation| found.claim.is_none_or(|claim| claim == problem.target);
    regions()
        .find_map(|(start, region)| {
            in_marks(problem, start, region)
                .or_else(|| {
                    let announced = announced(problem, region, goal).map(|found| answer(start, found));
                    let both = [in_fields(problem, start, region), announced]
                        .into_iter()
                        .flatten();
                    both.max_by_key(|found| found.place.start)
                })
                .or_else(|| shown(problem, start, region))
        })
        // An answer that is said to be another number is one where there is no better.
        .or_else(|| {
            let wrong = |found: &Equation| !goal(found) && uses_all(problem, &found.written);
            regions().find_map(|(start, region)| {
                announced(problem, region, wrong).map(|found| answer(start, found))
            })
        })
}

/// An expression of a region that begins at `start`, as the answer.
fn answer(start: usize, found: Equation) -> Found {
    let Equation { written, place, .. } = found.behind(start);
    Found {
        answer: Stated::Answer(Ok(written)),
        place,
    }
}

/// What nothing marks and no word announces as the answer; the latest of such counts.
fn shown(problem: &Problem, start: usize, region: &str) -> Option<Found> {
    let whole = whole(problem, region);
    // Who has shown a solution, and said so, denies something else.
    let solved = whole
        .as_ref()
        .filter(|found| found.written.expr.eval() == Some(problem.goal()));
    let denied = match solved {
        Some(found) if found.claim.is_some() => None,
        _ => denial::concluded(problem, region, solved.is_some()),
    };
    let denied = denied.map(|place| self::denied(start, place));
    let found = [
        whole,
        steps::last(problem, region).or_else(|| steps::reached(problem, region)),
        end::announced(problem, region),
    ];
    let found = found.into_iter().flatten().map(|found| answer(start, found));
    found.chain(denied).max_by_key(|found| found.place.start)
}

/// That there is no solution, as is said at `place` of a region.
fn denied(start: usize, place: Range<usize>) -> Found {
    Found {
        answer: Stated::NoSolution,
        place: start + place.start..start + place.end,
    }
}

/// What is marked as the answer. The value in a box is none where an expression is asked for.
fn in_marks(problem: &Problem, start: usize, region: &str) -> Option<Found> {
    let inside = marked(region, |boxed| {
        problem.numbers.len() == 1 || bare(boxed).parse::<i64>().is_err()
    })?;
    let at = start + offset(region, inside);
    let place = at..at + inside.len();
    if let Some(found) = steps::composed(problem, inside) {
        let answer = Stated::Answer(Ok(found.written));
        return Some(Found { answer, place });
    }
    let strict = written(bare(inside));
    let clear = strict
        .as_ref()
        .is_ok_and(|written| written.expr.numbers().len() > 1);
    let answer = if clear || !inside.contains(char::is_alphabetic) {
        strict
    } else {
        // Words about it are in there, too.
        match among_words(problem, inside) {
            Some(written) => Ok(written),
            None => match denial::marked(problem, inside) {
                Some(said) => return Some(denied(at, said)),
                None => strict,
            },
        }
    };
    let answer = Stated::Answer(answer);
    Some(Found { answer, place })
}

/// What fields say.
fn in_fields(problem: &Problem, start: usize, region: &str) -> Option<Found> {
    let (answer, place) = stated(problem, region)?;
    let place = start + place.start..start + place.end;
    Some(Found { answer, place })
}

/// The calculation in `text` that uses all the numbers, or the only one.
fn among_words(problem: &Problem, text: &str) -> Option<Written> {
    let mut found: Vec<Equation> = text.lines().flat_map(equations).collect();
    found.retain(Equation::is_calculation);
    let whole = found.iter().position(|found| uses_all(problem, &found.written));
    let only = (found.len() == 1).then_some(0);
    whole.or(only).map(|at| found.swap_remove(at).written)
}

/// The last expression that is announced, of those that are wanted.
fn announced(problem: &Problem, region: &str, wanted: impl Fn(&Equation) -> bool) -> Option<Equation> {
    let cues: Vec<(usize, bool)> = CUE
        .as_ref()?
        .find_iter(region)
        .map(|cue| (cue.end(), cue.pattern().as_usize() < SURE_CUES))
        .collect();
    // What stands behind the next word of the kind is for that to announce.
    let mut next = region.len();
    cues.into_iter().rev().find_map(|(at, sure)| {
        let end = region.floor_char_boundary(at + REACH).min(next);
        next = at;
        let found = follows(problem, region.get(at..end)?, sure)
            .filter(&wanted)?
            .behind(at);
        (!is_unstated(problem, region, &found)).then_some(found)
    })
}

/// The expression that `window`, what stands behind a cue, announces: one that uses all the numbers, or after a `sure` cue
/// one that follows at once.
fn follows(problem: &Problem, window: &str, sure: bool) -> Option<Equation> {
    if count_digits(window) == 0 {
        return None;
    }
    if sure && let Some(found) = steps::first(problem, window, is_direct) {
        return Some(found);
    }
    let line = window.lines().next().unwrap_or_default();
    let sentence = line.get(..sentence_end(line))?;
    let found: Vec<Equation> = equations(sentence).filter(Equation::is_calculation).collect();
    if let Some(first) = found.first() {
        let between = |found: &Equation| {
            sentence
                .get(..found.place.start)
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        let follows_at_once = sure && is_direct(&between(first));
        let whole = found
            .iter()
            .find(|found| uses_all(problem, &found.written) && is_joined(&between(found)));
        return whole.or(follows_at_once.then_some(first)).cloned();
    }
    // A heading, or a line that ends with a colon: what it announces stands alone on the next line that says anything.
    let heading = !line.contains(|c: char| c.is_ascii_digit())
        && (line.trim_end().ends_with(':') || is_direct(&line.to_ascii_lowercase()));
    if !heading {
        return None;
    }
    let mut at = line.len();
    for next in window.get(at..)?.split_inclusive('\n') {
        let says = next.contains(char::is_alphanumeric) && !next.trim_start().starts_with("```");
        if says {
            let found = alone(next).filter(|found| uses_all(problem, &found.written))?;
            return Some(found.behind(at));
        }
        at += next.len();
    }
    None
}

/// The last expression that uses all the numbers and is said to be the goal or stands alone.
fn whole(problem: &Problem, region: &str) -> Option<Equation> {
    let digits = digits(problem);
    region.rsplit('\n').find_map(|line| {
        if count_digits(line) < digits {
            return None;
        }
        let words = all_words(line);
        let may_be = |place: &Range<usize>| {
            has_side(line.get(place.clone()).unwrap_or_default(), digits)
                && claim(line, place).map_or_else(|| is_alone(&words, place), |claim| claim == problem.target)
        };
        let is_whole =
            |found: &Equation| uses_all(problem, &found.written) && !is_unstated(problem, line, found);
        let read = |place| Equation::read(line, place).filter(is_whole);
        let found = runs(line).into_iter().rev().filter(may_be).find_map(read)?;
        Some(found.behind(offset(region, line)))
    })
}

/// Whether an equation in `text` that is false is only asked for or denied: `7 * 2 - 3 = 13? No`, `7 + 3 + 2 = 13 is false`.
fn is_unstated(problem: &Problem, text: &str, found: &Equation) -> bool {
    const WRONG: [&str; 6] = [
        "is false",
        "is wrong",
        "is incorrect",
        "is not true",
        "is not right",
        "isn't true",
    ];
    let behind = text.get(found.place.end..).unwrap_or_default();
    let behind = behind.trim_start_matches([' ', '*', '$', '`', ')', ',', '}']);
    const SUPPOSES: [&str; 4] = ["if", "whether", "suppose", "assuming"];
    let before = text.get(..found.place.start).unwrap_or_default().trim_end();
    let before = before
        .rsplit(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or_default();
    let unstated = behind.starts_with('?')
        || WRONG.iter().any(|words| behind.starts_with(words))
        || SUPPOSES.iter().any(|words| before.eq_ignore_ascii_case(words));
    unstated && found.claim.is_some() && found.written.expr.eval() != Some(problem.goal())
}

/// The one calculation of a line that has nothing else.
fn alone(line: &str) -> Option<Equation> {
    let mut found = equations(line).filter(Equation::is_calculation);
    found
        .next()
        .filter(|found| is_alone(&all_words(line), &found.place))
}

/// From the first letter or digit of a line to its last.
fn all_words(line: &str) -> Range<usize> {
    let first = line.find(char::is_alphanumeric).unwrap_or(line.len());
    let last = line.rfind(char::is_alphanumeric).map_or(first, |last| last + 1);
    first..last
}

/// Whether nothing but marks stands around what is at `place` of a line whose words are at `words`.
fn is_alone(words: &Range<usize>, place: &Range<usize>) -> bool {
    words.is_empty() || place.start <= words.start && words.end <= place.end
}

/// Where the sentence ends that a line begins with.
fn sentence_end(line: &str) -> usize {
    let ends = |(at, _): &(usize, &str)| {
        let behind = line.get(at + 1..).unwrap_or_default();
        behind.is_empty() || behind.starts_with(char::is_whitespace)
    };
    line.match_indices(['.', '!', '?'])
        .find(ends)
        .map_or(line.len(), |(at, _)| at)
}

/// Whether words lead at once from a cue to what it announces.
fn is_direct(between: &str) -> bool {
    words(between).all(|word| BETWEEN.contains(&word))
}

/// Whether they lead there at all.
fn is_joined(between: &str) -> bool {
    let denied = words(between).any(|word| matches!(word, "not" | "isn" | "never" | "no"));
    !denied
        && (between.contains([':', '='])
            || words(between).any(|word| matches!(word, "is" | "be"))
            || is_direct(between))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}
