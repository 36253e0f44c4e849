//! A Countdown problem asked in words, as data sets and people ask it: `Using the numbers [19, 36, 55, 7], create an equation
//! that equals 65.`, `Make 24 using 6, 4, 3, 3.`, `numbers: 80, 91, 77, 35, target: 28`.

use super::{Problem, Rules};

/// Words before the target; what stands first is believed first.
const TARGET: [&str; 11] = [
    "make ",
    "calculate ",
    "equals ",
    "target value ",
    "target of ",
    "target: ",
    "target is ",
    "target = ",
    "target number is ",
    "equal to ",
    "evaluates to ",
];

/// Words before it that say so of other things, too: they only count behind the numbers of a question that tells its rules.
const WEAK_TARGET: [&str; 5] = ["result is ", "results in ", "obtain ", "reach ", "get "];

/// Words before the numbers, and how many must follow for a question. All but the first say so of other things, too.
const NUMBERS: [(&str, usize); 5] = [
    ("numbers", 2),
    ("using", 3),
    ("use", 3),
    ("digits", 3),
    ("input", 3),
];

/// What tells that it is about calculations; where nothing does, only `numbers` stands before them.
const RULES: [&str; 5] = ["expression", "equation", "operation", "operator", "arithmetic"];

/// Names of the game of four numbers whose target nobody says.
const TWENTY_FOUR: [&str; 3] = ["game of 24", "24 game", "24-game"];

/// Words before a request that asks for a problem in one breath, where it does not begin its sentence…
const BIDS: [&str; 6] = [
    "please",
    "can you",
    "how do i",
    "how can i",
    "asked to",
    "would you",
];
/// …and such as may say what is needed next, too: they count where the text begins.
const NEEDS: [&str; 3] = ["need to", "have to", "want to"];

/// Words between the numbers and the target of such a request, and between its target and the numbers.
const MAKES: [&str; 5] = ["make ", "get ", "reach ", "obtain ", "form "];
const FROM: [&str; 4] = [" from ", " using ", " with ", " out of "];

/// Words before its numbers: what makes the target of them is told to do so, or told what it has.
const USES: [(&str, bool); 6] = [
    ("use ", true),
    ("combine ", true),
    ("using ", false),
    ("with ", false),
    ("from ", false),
    ("given ", false),
];

/// What may go on behind such a request: words that speak of calculations…
const GAME: [&str; 15] = [
    "number",
    "numbers",
    "once",
    "twice",
    "exactly",
    "add",
    "adding",
    "addition",
    "plus",
    "minus",
    "times",
    "combine",
    "combining",
    "divide",
    "dividing",
];
/// …beginnings of such words…
const GAME_BEGINS: [&str; 9] = [
    "operat",
    "arithmetic",
    "subtract",
    "multipl",
    "division",
    "paren",
    "expression",
    "equation",
    "calculat",
];
/// …what speaks of all the numbers or of the answer…
const GAME_PHRASES: [&str; 9] = [
    "all of them",
    "any order",
    "basic math",
    "bracket",
    "your answer",
    "the answer",
    "final answer",
    "<answer>",
    "and box",
];
/// …and words to whoever is asked, or of whoever answers, at its beginning. Other words make it a part of something else, as
/// in "make 15 cakes".
const GOES_ON: [&str; 18] = [
    "please", "show", "explain", "give", "write", "tell", "think", "step", "thanks", "if", "so", "let",
    "first", "put", "return", "provide", "output", "use",
];

/// Fewer numbers are none of a request that tells no rules.
const FEWEST: usize = 3;

/// How far from its numbers the target may stand, in bytes, within their line or on the next to it.
const REACH: usize = 200;

/// What a question says that leaves numbers over or takes them twice. That is another game: who plays it well would be called
/// wrong here.
const OTHER_GAMES: [&str; 13] = [
    "some or all of",
    "all or some of",
    "any or all of",
    "any subset",
    "a subset of",
    "not every number",
    "not all numbers",
    "not all of the numbers",
    "have to use all",
    "have to use every",
    "be reused",
    "used multiple times",
    "used as many times",
];

/// The problem that `text` asks, under rational rules; `None` when it is no question of that kind. The last question counts:
/// those before it are examples.
#[must_use]
pub fn question(text: &str) -> Option<Problem> {
    let lower = text.to_ascii_lowercase();
    if OTHER_GAMES.iter().any(|words| is_allowed(&lower, words)) {
        return None;
    }
    let is_game = TWENTY_FOUR.iter().any(|name| lower.contains(name));
    let has_rules = is_game || RULES.iter().any(|rule| lower.contains(rule));
    let words = NUMBERS.iter().filter(|(word, _)| has_rules || *word == "numbers");
    let mut places: Vec<(usize, usize)> = words
        .flat_map(|(word, least)| {
            let behind = |(at, word): (usize, &str)| (at + word.len(), *least);
            lower.match_indices(word).map(behind)
        })
        .collect();
    places.sort_unstable();
    let asked = places.into_iter().rev().find_map(|(at, least)| {
        let (numbers, rest) = list(lower.get(at..)?);
        if numbers.len() < least || !is_end(rest) {
            return None;
        }
        let (after, beyond) = rest.split_at_checked(rest.floor_char_boundary(REACH))?;
        let is_digit = |c: char| c.is_ascii_digit();
        // Half a number is none.
        let after = match beyond.starts_with(is_digit) {
            true => after.trim_end_matches(is_digit),
            false => after,
        };
        let mut lines_after = after.lines();
        let after = lines_after.next().unwrap_or_default();
        let before = lower.get(lower.ceil_char_boundary(at.saturating_sub(REACH))..at)?;
        let mut lines_before = before.rsplit('\n');
        let before = lines_before.next().unwrap_or_default();
        let strong = TARGET
            .iter()
            .find_map(|word| target(after, word).or_else(|| target(before, word)));
        let weak = || WEAK_TARGET.iter().find_map(|word| target(after, word));
        let target = strong
            .or_else(|| lines_after.next().and_then(target_line))
            .or_else(|| lines_before.next().and_then(target_line))
            .or_else(|| weak().filter(|_| has_rules))
            .or_else(|| (is_game && numbers.len() == 4).then_some("24"))?;
        problem(&numbers, target)
    });
    asked.or_else(|| request(&lower))
}

/// Whether `words` are said and neither demanded (`you have to use all`) nor forbidden (`cannot be reused`).
fn is_allowed(lower: &str, words: &str) -> bool {
    lower.match_indices(words).any(|(at, _)| {
        let before = lower.get(..at).unwrap_or_default().trim_end();
        let denied = ["not", "n't", "n\u{2019}t", "cannot", "never", "no need to"]
            .iter()
            .any(|word| before.ends_with(word));
        denied == words.starts_with("have to")
    })
}

fn problem(numbers: &[&str], target: &str) -> Option<Problem> {
    Problem::parse_with(&format!("{} -> {target}", numbers.join(" ")), Rules::Rational).ok()
}

/// The problem that is asked for in one breath: `Use 18, 7 and 4 to make 15.`, `Make 15 from 18, 7, 4.` The last one counts.
fn request(lower: &str) -> Option<Problem> {
    let uses = USES.iter().flat_map(|(word, told)| {
        let found = lower.match_indices(word);
        found.map(move |(at, _)| (at, Some(*told)))
    });
    let makes = lower.match_indices("make ").map(|(at, _)| (at, None));
    let mut places: Vec<(usize, Option<bool>)> = uses.chain(makes).collect();
    places.sort_unstable();
    places.into_iter().rev().find_map(|(at, uses)| {
        let behind = lower.get(at..)?.split_once(' ')?.1;
        let (numbers, target, rest) = if let Some(told) = uses {
            let (numbers, rest) = list(behind);
            let rest = rest.trim_start_matches([']', ')']);
            let rest = match told {
                true => rest.strip_prefix(" to ")?,
                false => {
                    let rest = rest.trim_start_matches(',').strip_prefix(' ')?;
                    let asked = ["can you ", "please "]
                        .iter()
                        .find_map(|word| rest.strip_prefix(word));
                    asked.unwrap_or(rest)
                }
            };
            let (target, rest) = digits(MAKES.iter().find_map(|word| rest.strip_prefix(word))?);
            (numbers, target, rest)
        } else {
            let (target, rest) = digits(behind);
            let from = FROM.iter().find_map(|word| rest.strip_prefix(word))?;
            let (numbers, rest) = list(from);
            (numbers, target, rest)
        };
        let asks = numbers.len() >= FEWEST && !target.is_empty() && is_over(rest);
        match asks && is_bidden(lower.get(..at)?) {
            true => problem(&numbers, target),
            false => None,
        }
    })
}

/// Whether a verb that follows `before` asks for something: it begins a sentence, but no item of a list, or stands behind
/// the words of somebody who asks.
fn is_bidden(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '*', '"', '\u{201c}']);
    let ends = |words: &&str| before.ends_with(words);
    let begins = match before.strip_suffix(['.', ':']) {
        Some(sentence) => !sentence.ends_with(|c: char| c.is_ascii_digit()),
        None => before.is_empty() || before.ends_with(['!', '?', '\n', '>']),
    };
    let is_first = || {
        before.len() <= REACH
            && !before.contains(|c: char| c.is_ascii_digit() || matches!(c, '.' | '!' | '?' | '\n'))
    };
    begins || BIDS.iter().any(&ends) || NEEDS.iter().any(ends) && is_first()
}

/// Whether what was asked for is over where `rest` follows.
fn is_over(rest: &str) -> bool {
    let next = rest.trim_start_matches(['*', '"', '\u{201d}', ')', ']']);
    if !is_end(next) {
        return false;
    }
    let near = next.get(..next.floor_char_boundary(REACH)).unwrap_or_default();
    let sentence = near.split(['.', '!', '?', ':', ';', '\n', '\r']).next();
    let sentence = sentence.unwrap_or_default();
    let mut words = sentence
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .skip_while(|word| matches!(*word, "and" | "then"));
    let is_game = || {
        let mut all = sentence.split(|c: char| !c.is_alphabetic());
        all.any(|word| GAME.contains(&word) || GAME_BEGINS.iter().any(|game| word.starts_with(game)))
            || GAME_PHRASES.iter().any(|phrase| sentence.contains(phrase))
            || sentence.contains('+')
    };
    sentence.is_empty()
        || sentence.starts_with([' ', ','])
            && (is_game() || words.next().is_none_or(|word| GOES_ON.contains(&word)))
}

/// The numbers that `text` lists, and what follows them; none where one of them is no number that a problem may have.
fn list(text: &str) -> (Vec<&str>, &str) {
    let (mut numbers, mut rest) = (Vec::new(), text);
    let opened = text.trim_start_matches([':', ' ']).chars().next();
    loop {
        let next = match numbers.is_empty() {
            true => rest.trim_start_matches([':', ' ', '[', '(', ',']),
            false => rest.trim_start_matches([' ', ',']),
        };
        let next = ["and ", "& "]
            .iter()
            .find_map(|and| next.strip_prefix(and))
            .unwrap_or(next);
        let (number, behind) = digits(next);
        if number.is_empty() {
            let is_signed = ["-", "\u{2212}", "+"].iter().any(|sign| {
                let number = next.strip_prefix(sign);
                number.is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
            });
            let goes_on =
                is_signed && next.len() < rest.len() || opened == Some('[') && !next.starts_with(']');
            if goes_on {
                numbers.clear();
            }
            return (numbers, rest);
        }
        numbers.push(number);
        rest = behind;
    }
}

/// The digits that `text` begins with, and what follows them.
fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// Whether a number is over where `rest` follows: not `1,000`, `4.5`, `2nd`.
fn is_end(rest: &str) -> bool {
    let mut chars = rest.chars();
    match chars.next() {
        Some('.' | ',' | '/') => !chars.next().is_some_and(|c| c.is_ascii_digit()),
        next => !next.is_some_and(char::is_alphabetic),
    }
}

/// The target that has a line of its own: `Target: 24`, `target number = 24`.
fn target_line(line: &str) -> Option<&str> {
    let said = ["target", "goal"]
        .iter()
        .find_map(|word| line.trim_matches([' ', '*', '\r']).strip_prefix(word))?
        .trim_start();
    let said = ["number", "value"]
        .iter()
        .find_map(|word| said.strip_prefix(word))
        .unwrap_or(said);
    let (number, rest) = digits(said.trim_start_matches([' ', ':', '=', '*']));
    (!number.is_empty() && rest.trim_end_matches('.').is_empty()).then_some(number)
}

/// The last number behind `word`, which announces it and is no end of another word.
fn target<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.rmatch_indices(word).find_map(|(at, _)| {
        let inside = text.get(..at)?.ends_with(|c: char| c.is_ascii_alphanumeric());
        let (number, rest) = digits(text.get(at + word.len()..)?);
        (!inside && !number.is_empty() && is_end(rest)).then_some(number)
    })
}

#[cfg(test)]
mod tests;
