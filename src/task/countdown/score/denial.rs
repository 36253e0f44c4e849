//! Answers that say that there is no solution, in words: `<answer>impossible</answer>`, or a text that ends with "There is no
//! solution."

use super::last_sentence;
use crate::task::countdown::Problem;
use regex_automata::meta::Regex;
use std::{ops::Range, sync::LazyLock};

/// All that a marked answer may be; the first four mean it beside the word "answer", too.
const WHOLE: [&str; 6] = [
    "no",
    "none",
    "impossible",
    "not possible",
    "no answer",
    "does not exist",
];
const IN_A_SENTENCE: usize = 4;

/// What there is none of, as `&` in the phrases below, and what it may be called, as `~`.
const NOUNS: &str = "(?:solution|combination|expression|equation|sequence|arrangement|answer)s?";
const KINDS: &str = "(?:(?:valid|possible|exact|such|correct|feasible|single|known|arithmetic|mathematical|straightforward|operation) )*";
/// What whoever wants the target does, as `=`: with it, or with the numbers.
const VERBS: &str = "(?:make|reach|get|obtain|form|achieve|produce|create|hit|generate|construct|build|derive|find|arrive|come|do|solve|combine|use|satisfy|meet|write|express|yield|result|equal)";
/// What cannot be made when nothing but the target is meant, or where it is not said at once.
const OBJECTS: &str = "target|goal|problem|puzzle|task|answer|&|one|it|this|that|them|these|those|such|all|each|every|both|two|three|four|five|six|desired|required|given|specified|numbers|conditions|constraints|requirements|criteria|rules|to|at|up|with|using|from|by|in|on|for|without|under|and|or|so|because|since|as|while|when|if|even|directly|regardless|no";

type Phrases = LazyLock<Option<Regex>>;

/// Any of some phrases: regular expressions over [`words`] with the signs above.
fn any(phrases: &[&str]) -> Option<Regex> {
    let any = phrases.join("|").replace('&', NOUNS).replace('~', KINDS);
    Regex::new(&format!(r"(?:\b|^)(?:{})(?:\b|$)", any.replace('=', VERBS))).ok()
}

fn all<'a>(phrases: &'static Phrases, words: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let found = phrases.as_ref().map(|phrases| phrases.find_iter(words));
    found.into_iter().flatten().map(|found| found.range())
}

fn has(phrases: &'static Phrases, words: &str) -> bool {
    all(phrases, words).next().is_some()
}

/// What says so within a sentence.
static SAYS: Phrases = LazyLock::new(|| {
    any(&[
        "no ~&",
        "no ~ways?(?: to =|$)",
        "no ~way of (?:making|reaching|getting|obtaining|forming|doing|solving)",
        "there (?:is|are|does|do) not (?:(?:appear|seem) to be )?(?:a|an|any|one) ~(?:&|ways?)",
        "(?:do|does) not (?:have|exist) (?:a|an|any) ~&",
        "& (?:do|does) not exist",
        "none of (?:the|these|those) ~(?:&|possibilities) (?:works?|gives?|=(?:e?s)?)",
        "(?:is|are) (?:impossible|unsolvable|unreachable|unattainable|infeasible)",
        "(?:is|are) not (?:possible|solvable|feasible|achievable|reachable|attainable)",
        "(?:impossible|not possible) to =",
        "can not be (?:made|done|reached|formed|obtained|solved|achieved|expressed|produced|created)",
        "can not be (?:combined|used) to =",
        r"can not = (?:exactly )?(?:the )?(?:target|goal|number|\d+)",
    ])
});
/// Those that deny something of what stands before them…
static OF_SUBJECT: Phrases = LazyLock::new(|| any(&["^(?:is|are|can)"]));
/// …which is at its end one of these, the target or all the numbers…
static SUBJECT: Phrases = LazyLock::new(|| {
    any(&[
        "(?:it|that|this|which|so|there|one|i|we|you|equation|expression|(?:the|these|those|given) numbers)$",
    ])
});
/// …or has what the problem has one of.
static ABOUT: Phrases = LazyLock::new(|| any(&["target|goal|problem|puzzle|task|answer|solutions?"]));
/// What points at a calculation that was just said, or at anything that was.
static POINTS: Phrases = LazyLock::new(|| any(&["(?:that|this|which)$"]));
static WHICH: Phrases = LazyLock::new(|| any(&["which$"]));
static CALCULATED: Phrases = LazyLock::new(|| any(&[r"\d+ (?:[-+*/\u{d7}\u{f7}\u{2212}]|times) (?:, )?\d+"]));

/// Where its clause begins…
static STARTS: Phrases = LazyLock::new(|| {
    any(&[r"\B,\B|so|thus|therefore|hence|because|since|(?:and|but) (?:it|there|this|that|we)"])
});
/// …except behind such a beginning of the sentence: `Without 9, it is impossible`, unless it is concluded; and where it ends.
static OPENS: Phrases = LazyLock::new(|| {
    any(&["^(?:(?:so|thus|but|then|now|,) )*(?:using|with|without|from|in|on|by|starting)"])
});
static CONCLUDES: Phrases = LazyLock::new(|| any(&["^(?:, )*(?:so|thus|therefore|hence|and|but)"]));
static ENDS: Phrases = LazyLock::new(|| any(&[r"\B,\B|because|since|as|so|while|but"]));

/// What makes it less than a denial anywhere in its sentence: a doubt, or that the text goes on…
static TAKES_BACK: Phrases = LazyLock::new(|| {
    any(&[
        "maybe|perhaps|so far",
        "let (?:me|us|s) (?:keep|try|continue|check|see|think|look|go)",
    ])
});
/// …in its clause or the sentence's first one: a condition, unless that is a rule of the game…
static CONDITION: Phrases = LazyLock::new(|| any(&["if|whether|unless"]));
static RULE: Phrases = LazyLock::new(|| {
    any(&["if [^,]*(?:each|every|all)(?: of)?(?: the)? numbers?[^,]* (?:once|must|has|have)"])
});
/// …before it in its clause, where it is denied itself, or was only thought…
static BEFORE: Phrases = LazyLock::new(|| {
    any(&[
        "not (?:impossible|unsolvable|unreachable|the case|that|yet)",
        "not (?:true|right|correct|sure|certain|clear|convinced|mean|say|said|follow|know|believe|think) (?:that|there|it)",
        "can not be (?:that|true|right|no)",
        "(?:may|might|could) be (?:that|there|impossible|unsolvable|no|not)",
        "probably|unlikely|likely|hardly|improbable|almost|nearly",
        "(?:nobody|never|one) (?:said|says|claimed|claims|proved|showed)",
        "(?:false|wrong|mistaken|incorrect|mistake|doubt) (?:to|that|there|it)",
        "(?:thought|assumed|seemed) (?:that|it|there|impossible)",
        "looked (?:like|as|impossible)",
    ])
});
/// …behind it, where something is left…
static EXCEPT: Phrases =
    LazyLock::new(|| any(&["other than|(?:apart|aside) from|except|(?:yet|otherwise)$"]));
/// …and in its clause, where more is said of what there is not, or it is called wrong.
static BEHIND: Phrases = LazyLock::new(|| {
    any(&[
        r"better|simpler|shorter|easier|nicer|another|fewer|more \w+ly|any other way|for now",
        "(?:is|be|was|are) (?:false|wrong|untrue|incorrect|mistaken)|(?:this|it|that) wrong",
        "(?:is|be|was) a (?:mistake|error|lie)",
        "that (?:adds|subtracts|multiplies|divides)",
    ])
});
static AROUND: Phrases = LazyLock::new(|| {
    any(&[
        "(?:this|that) (?:way|branch|path|attempt|approach|direction|route|order)",
        "like (?:this|that)|from (?:here|there)|(?:here|there)$",
        "(?:starting|beginning) (?:with|from|by) (?:a|an|this|that)",
        "(?:with|using|from|of) some|(?:the|these|those|with|from) remaining",
        "without (?:fractions|decimals|negatives|negative|parentheses|brackets)",
    ])
});

/// Where it is no work on the target that is called impossible: `impossible to say`; and what stands before what cannot be
/// made, `impossible to make exactly`.
static TO_DO: Phrases = LazyLock::new(|| any(&[r"possible to \w+"]));
static WORK: Phrases = LazyLock::new(|| any(&["to =$"]));
static MAKES: Phrases =
    LazyLock::new(|| any(&["(?:to|not) =(?: (?:exactly|only|just|a|an|any|the|number|value|~))*"]));
static OBJECT: Phrases = LazyLock::new(|| any(&[&format!("^(?:{OBJECTS}|$)")]));

/// Words before the numbers or operations that all is made of; and those behind which it is only made of numbers.
static MADE_OF: Phrases = LazyLock::new(|| {
    any(&[
        "with|using|from|by|uses?|combine|without|involv(?:ing|es)|includ(?:ing|es?)|via",
        "(?:combination|expression|equation|arrangement|sequence|solution)s? of",
    ])
});
static MADE_AFTER: Phrases = LazyLock::new(|| any(&["after|when"]));
/// What may stand among what they list, and the last ones mean all of it.
const AMONG: [&str; 9] = [
    ",", "and", "or", "only", "just", "solely", "either", "both", "the",
];
const COUNTED: [&str; 7] = ["all", "these", "those", "numbers", "digits", "given", "available"];
const COUNTS: [&str; 5] = ["two", "three", "four", "five", "six"];
/// Beginnings of the names of the operations, and of what stands behind their number.
const OPERATIONS: [&str; 4] = ["add", "subtract", "multipl", "divi"];
const KINDS_OF_OPERATIONS: [&str; 3] = ["basic", "arithmetic", "operat"];

/// What a lone `none` is announced as…
const ANNOUNCED: [&str; 4] = ["answer", "solution", "result", "conclusion"];
/// …and the words around it.
const AROUND_IT: [&str; 7] = ["the", "final", "is", "so", "therefore", "thus", ","];

/// The bytes of a marked answer that say that there is no solution.
pub(super) fn marked(problem: &Problem, inside: &str) -> Option<Range<usize>> {
    let (words, place) = words(problem, inside)?;
    // `Not possible with these numbers`
    let whole = || format!("it is {words}");
    let says =
        WHOLE.contains(&words.as_str()) || denies(problem, &words, false) || denies(problem, &whole(), false);
    says.then_some(place)
}

/// The bytes of the last sentence of a text, when it says that there is no solution. Where a line is one (`solved`), only
/// what names the problem counts: much else may be impossible.
pub(super) fn concluded(problem: &Problem, text: &str, solved: bool) -> Option<Range<usize>> {
    let says =
        |sentence: &str| words(problem, sentence).is_some_and(|(words, _)| denies(problem, &words, solved));
    let (start, sentence) = last_sentence(text, says)?;
    if sentence.contains('?') {
        return None;
    }
    let (words, place) = words(problem, sentence)?;
    let announced = || {
        let rest = words.split(' ');
        let rest = rest.filter(|word| !AROUND_IT.contains(word) && !ANNOUNCED.contains(word));
        // "No" alone is the end of any check.
        let answers = words.split(' ').any(|word| word == "answer");
        let known = WHOLE.iter().take(IN_A_SENTENCE).skip(usize::from(!answers));
        words.split(' ').any(|word| ANNOUNCED.contains(&word))
            && known.into_iter().any(|known| rest.clone().eq(known.split(' ')))
    };
    (denies(problem, &words, solved) || announced()).then_some(start + place.start..start + place.end)
}

/// How often a sentence may say so to be heard: each time its clause is read.
const MOST_SAID: usize = 8;

/// Whether the words of a sentence say so; where a solution is `solved`, of the problem in so many words.
fn denies(problem: &Problem, words: &str, solved: bool) -> bool {
    let mut said = all(&SAYS, words).take(MOST_SAID);
    said.any(|said| is_said(problem, words, &said, solved).unwrap_or_default())
}

/// Whether the words around those that deny leave it a denial, and one of the problem.
fn is_said(problem: &Problem, words: &str, said: &Range<usize>, solved: bool) -> Option<bool> {
    let place = clause(words, said)?;
    let (clause, opening) = (words.get(place.clone())?, words.split(',').next()?);
    let (subject, before) = (
        words.get(place.start..said.start)?,
        words.get(place.start..said.end)?,
    );
    let (behind, from) = (words.get(said.end..place.end)?, words.get(said.start..place.end)?);
    let names = |words: &str| is_named(problem, words) || names_all(problem, words);
    let is_about = names(clause);
    let is_subject = || {
        let subject = subject.trim_end();
        subject.is_empty() || has(&SUBJECT, subject) || has(&ABOUT, subject) || names(subject)
    };
    let points = || {
        let (all, subject) = (words.get(..said.start).unwrap_or_default(), subject.trim_end());
        has(&POINTS, subject) && has(&CALCULATED, all)
            || has(&WHICH, subject) && !has(&ABOUT, all) && !is_named(problem, all)
    };
    let conditional = |words: &str| has(&CONDITION, words) && !has(&RULE, words);
    let taken_back = has(&TAKES_BACK, words)
        || conditional(clause)
        || conditional(opening)
        || has(&BEFORE, before)
        || has(&EXCEPT, words.get(said.end..)?)
        || has(&BEHIND, behind)
        || has(&AROUND, clause)
        || has(&OF_SUBJECT, from) && (!is_subject() || points())
        || is_of_something_else(from)
        || !is_about && !is_free(from)
        || is_of_some(problem, clause);
    let of_problem = || is_about || behind.trim().is_empty() && has(&ABOUT, clause);
    Some(!taken_back && (!solved || of_problem()))
}

/// The clause that `said` stands in, with what opens the sentence.
fn clause(words: &str, said: &Range<usize>) -> Option<Range<usize>> {
    let last = all(&STARTS, words.get(..said.start)?).last();
    let opens = all(&OPENS, words).next();
    let start = match last {
        Some(last)
            if opens.is_none_or(|opens| {
                last.start > opens.start && words.get(last.start..).is_some_and(|rest| has(&CONCLUDES, rest))
            }) =>
        {
            let word = words.get(last.clone())?.split(' ').next()?.len();
            (last.start + word + 1).min(said.start)
        }
        _ => 0,
    };
    let end = all(&ENDS, words.get(said.end..)?).next();
    Some(start..end.map_or(words.len(), |end| said.end + end.start))
}

/// Whether it is no work on the target that is called impossible: `impossible to say`.
fn is_of_something_else(from: &str) -> bool {
    let to_do = all(&TO_DO, from).next();
    to_do.is_some_and(|to_do| from.get(to_do).is_some_and(|to_do| !has(&WORK, to_do)))
}

/// Whether no other thing than the target is said to be impossible to make: `impossible to make 12`, `to use decimals`.
fn is_free(from: &str) -> bool {
    let makes = all(&MAKES, from).next();
    let object = makes.and_then(|makes| from.get(makes.end..));
    object.is_none_or(|object| has(&OBJECT, object.trim_start_matches([' ', ','])))
}

/// Whether it is said of some of the numbers or operations alone: `no combination of 9 and 8 works`, `with only addition`.
fn is_of_some(problem: &Problem, clause: &str) -> bool {
    let lists = |phrases, some: fn(bool, bool) -> bool| {
        all(phrases, clause).any(|of| {
            let (numbers, operations) = lists_some(problem, clause.get(of.end..).unwrap_or_default());
            some(numbers, operations)
        })
    };
    lists(&MADE_OF, |numbers, operations| numbers || operations) || lists(&MADE_AFTER, |numbers, _| numbers)
}

/// Whether `words` begin with a list of some of the problem's numbers, and whether of some operations.
fn lists_some(problem: &Problem, words: &str) -> (bool, bool) {
    let (mut numbers, mut operations, mut counted) = (Vec::new(), 0, false);
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let count = COUNTS.iter().position(|count| *count == word);
        match word {
            word if AMONG.contains(&word) => {}
            word if COUNTED.contains(&word) => counted = true,
            word if is_number(word) => numbers.push(word.to_owned()),
            word if is_operation(word) => operations += 1,
            word if begins(&KINDS_OF_OPERATIONS, word) => numbers.clear(),
            _ => match count {
                Some(count) => numbers.push((count + 2).to_string()),
                None => break,
            },
        }
    }
    let is_count = counted && numbers == [problem.numbers.len().to_string()];
    let some_numbers = !numbers.is_empty() && !is_count && !names_all(problem, &numbers.join(" "));
    (some_numbers, (1..4).contains(&operations))
}

fn begins(known: &[&str], word: &str) -> bool {
    known.iter().any(|known| word.starts_with(known))
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

fn is_operation(word: &str) -> bool {
    begins(&OPERATIONS, word) || word.len() <= 2 && word.starts_with(SIGNS)
}

fn is_named(problem: &Problem, words: &str) -> bool {
    let target = problem.target.unsigned_abs().to_string();
    words.split(' ').any(|word| word == target)
}

fn names_all(problem: &Problem, words: &str) -> bool {
    let named = |number: &i64| words.split(' ').any(|word| word == number.to_string());
    problem.numbers.iter().all(named)
}

/// Signs of operations.
const SIGNS: [char; 7] = ['+', '-', '*', '/', '\u{d7}', '\u{f7}', '\u{2212}'];

/// The words of a text in lower case with a blank between them, without TeX's names of fonts, those that are drawn together
/// told apart (`isn't`, `cannot`, `it's`), the target without commas, the signs of operations, and one comma for any sign
/// between clauses; and the text's bytes from the first to the last.
fn words(problem: &Problem, text: &str) -> Option<(String, Range<usize>)> {
    let start = text.find(char::is_alphanumeric)?;
    let end = text.rfind(char::is_alphanumeric)?;
    let end = end + text.get(end..)?.chars().next().map_or(0, char::len_utf8);
    let (mut said, mut from) = (Vec::<String>::new(), start);
    for command in ["text{", "textbf{", "mathrm{", "mathbf{", "boxed{"] {
        if text.get(start..)?.starts_with(command) {
            from = start + command.len();
        }
    }
    let target = problem.target.unsigned_abs();
    let mut text = text.get(from..end)?.to_lowercase();
    if target >= 1000 {
        text = text.replace(
            &format!("{},{:03}", target / 1000, target % 1000),
            &target.to_string(),
        );
    }
    let is_break = |c: char| matches!(c, ',' | ';' | ':' | '(' | '\u{2013}' | '\u{2014}');
    let mut at = 0;
    let parts = text.split_inclusive(|c: char| !c.is_alphanumeric());
    let words = parts.flat_map(|part| {
        at += part.len();
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        let sign = part.get(word.len()..).unwrap_or_default();
        // A hyphen, an arrow or a mark of emphasis is no operation.
        let beside = |c: char| c.is_alphabetic() || c == '>' || SIGNS.contains(&c);
        let behind = text.get(at..).unwrap_or_default();
        let before = text.get(..at - sign.len()).unwrap_or_default();
        let sign = match sign {
            sign if sign.starts_with(is_break) => ",",
            sign if sign.starts_with(SIGNS) && !behind.starts_with(beside) && !before.ends_with(beside) => {
                sign
            }
            _ => "",
        };
        [word, sign]
    });
    for word in words.filter(|word| !word.is_empty()) {
        // A comma within a list is none between clauses.
        if is_item(word)
            && let [.., item, comma] = said.as_slice()
            && is_item(item)
            && comma == ","
        {
            said.pop();
        }
        match (word, said.last_mut()) {
            (",", Some(last)) if last == "," => {}
            ("t", Some(verb)) if verb.len() > 2 && verb.ends_with('n') => {
                if verb != "can" {
                    verb.pop();
                }
                said.push("not".to_owned());
            }
            ("s", Some(subject)) if is_subject(subject) => said.push("is".to_owned()),
            ("cannot", _) => said.extend(["can".to_owned(), "not".to_owned()]),
            _ => said.push(word.to_owned()),
        }
    }
    (!said.is_empty()).then(|| (said.join(" "), from..end))
}

/// Whether a word is one of what is listed with commas: `9, 8, and 7`.
fn is_item(word: &str) -> bool {
    is_number(word) || is_operation(word) || matches!(word, "and" | "or")
}

/// Whether `'s` behind a word is a verb.
fn is_subject(word: &str) -> bool {
    matches!(word, "it" | "that" | "this" | "there" | "here" | "answer")
}

#[cfg(test)]
mod tests;
