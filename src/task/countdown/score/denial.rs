//! Answers that say that there is no solution, in words: `<answer>impossible</answer>`, or a text that ends with "There is no
//! solution."

mod words;

use super::last_sentence;
use crate::task::countdown::Problem;
use regex_automata::meta::Regex;
use std::{ops::Range, sync::LazyLock};
use words::{begins, is_number, is_of, is_operation, words};

/// All that a marked answer may be; the first four mean it beside the word "answer", too.
const WHOLE: &str = "no|none|impossible|not possible|no answer|does not exist|n a";
const IN_A_SENTENCE: usize = 4;

/// What there is none of, as `&` in the phrases below, and what it may be called, as `~`.
const NOUNS: &str = "(?:solution|combination|expression|equation|sequence|arrangement)s?";
const KINDS: &str = "(?:(?:valid|possible|exact|such|correct|feasible|single|known|arithmetic|mathematical|straightforward|operation) )*";
/// What whoever wants the target does, as `=`: with it, or with the numbers.
const VERBS: &str = "(?:make|reach|get|obtain|form|achieve|produce|create|hit|generate|construct|build|derive|find|arrive|come|do|solve|combine|use|satisfy|meet|write|express|yield|result|equal)";
/// What cannot be made when nothing but the target is meant, or where it is not said at once.
const OBJECTS: &str = "target|goal|problem|puzzle|task|answer|&|one|it|this|that|them|these|those|such|all|each|every|both|two|three|four|five|six|desired|required|given|specified|numbers|conditions|constraints|requirements|criteria|rules|to|at|up|with|using|from|by|in|on|for|without|under|and|or|so|because|since|as|while|when|if|even|directly|regardless|no";

type Phrases = LazyLock<Option<Regex>>;

/// Any of some phrases: regular expressions over [`words`] with the signs above.
fn any(phrases: &[&str]) -> Option<Regex> {
    let any = phrases.join("|").replace('&', NOUNS).replace('~', KINDS);
    Regex::new(&format!(r"\b(?:{})\b", any.replace('=', VERBS))).ok()
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
        "no ~&|there is no answer$|no (?:valid|possible|correct) answer",
        "no ~ways?(?: to =|$)",
        "no ~way of (?:making|reaching|getting|obtaining|forming|doing|solving)",
        "there (?:is|are|does|do) not (?:(?:appear|seem) to be )?(?:a|an|any|one) ~(?:&|ways?|answer)",
        "(?:do|does) not (?:have|exist) (?:a|any) ~solutions?",
        "& (?:do|does) not exist",
        "none of (?:the|these|those) ~(?:&|possibilities) (?:works?|gives?|makes?|reach(?:es)?|equals?|yields?|produces?|results?)",
        "(?:is|are) (?:impossible|unsolvable|unreachable|unattainable|infeasible)",
        "(?:is|are) not (?:possible|solvable|feasible|achievable|reachable|attainable)",
        "(?:impossible|not possible) to =",
        "can not be (?:made|done|reached|formed|obtained|solved|achieved|expressed|produced|created)",
        "can not be (?:combined|used) to =",
        r"can not = (?:exactly )?(?:the )?(?:target|goal|number|\d+)",
    ])
});
/// What one with a verb denies something of, at the end of what stands before it, besides the target and all the numbers…
static SUBJECT: Phrases = LazyLock::new(|| {
    any(&[
        "(?:it|that|this|which|so|there|one|i|we|you|equation|expression|(?:the|these|those|given) numbers)$",
    ])
});
/// …or anywhere there: what the problem has one of.
static ABOUT: Phrases = LazyLock::new(|| any(&["target|goal|problem|puzzle|task|answer|solutions?"]));
/// What points at something said before, and a calculation that may be it.
static POINTS: Phrases = LazyLock::new(|| any(&["(?:that|this|which)$"]));
static CALCULATED: Phrases = LazyLock::new(|| any(&[r"\d+ (?:[-+*/\u{d7}\u{f7}\u{2212}]|times) (?:_ )?\d+"]));

/// Where its clause begins…
static STARTS: Phrases =
    LazyLock::new(|| any(&["_|so|thus|therefore|hence|because|since|(?:and|but) (?:it|there|this|that|we)"]));
/// …except behind such a beginning of the sentence: `Without 9, it is impossible`, unless it is concluded; and where it ends.
static OPENS: Phrases = LazyLock::new(|| {
    any(&["^(?:(?:so|thus|but|then|now|_) )*(?:using|with|without|from|in|on|by|starting)"])
});
static CONCLUDES: Phrases = LazyLock::new(|| any(&["^(?:_ )*(?:so|thus|therefore|hence|and|but)"]));
static ENDS: Phrases = LazyLock::new(|| any(&["_|because|since|as|so|while|but"]));

/// What makes it less than a denial anywhere in its sentence: a doubt, or that the text goes on…
static TAKES_BACK: Phrases = LazyLock::new(|| {
    any(&[
        "maybe|perhaps|so far",
        "let (?:me|us|s) (?:keep|try|continue|check|see|think|look|go)",
    ])
});
/// …in its clause or the sentence's first one: a condition, unless that is a rule of the game or that nothing is wrong…
static CONDITION: Phrases = LazyLock::new(|| any(&["if|whether|unless"]));
static RULE: Phrases = LazyLock::new(|| {
    any(&[
        "if [^_]*(?:each|every|all)(?: of)?(?: the)? numbers?[^_]* (?:once|must|has|have)",
        "unless (?:i|we)(?: am| are| m| re| have| ve)? (?:made|missed|missing|mistaken|overlooked|overlooking|misread|miscalculated|wrong)",
    ])
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
        "(?:this|that) (?:way|branch|path|attempt|approach|direction|route|order)|sub ?problem",
        "like (?:this|that)|from (?:here|there)|from (?:this|that|it)$|(?:here|there)$",
        "(?:starting|beginning) (?:with|from|by) (?:a|an|this|that)",
        "(?:with|using|from|of) some|(?:the|these|those|with|from) remaining",
        "without (?:fractions|decimals|negatives|negative|parentheses|brackets)",
    ])
});

/// What is impossible to do, when that is work on the target, or on nothing else.
static TO_DO: Phrases = LazyLock::new(|| any(&["(?:(?:im)?possible|ways?|combined|used) to|can not"]));
static WORK: Phrases = LazyLock::new(|| any(&["^be|^="]));
static FREE_WORK: Phrases = LazyLock::new(|| {
    any(&[
        "^be|^=$",
        &format!("^=(?: (?:exactly|only|just|a|an|any|the|number|value))* (?:{OBJECTS}|$)"),
    ])
});

/// Words before the numbers or operations that all is made of; those behind which operations alone are other work.
static MADE_OF: Phrases = LazyLock::new(|| {
    any(&[
        "with|using|from|by|uses?|combine|without|involv(?:ing|es)|includ(?:ing|es?)|via|after|when",
        "(?:combination|expression|equation|arrangement|sequence|solution)s? of",
    ])
});
const AFTER: &str = "after|when";
/// What may stand among what they list; the last ones mean all of it, or count it.
const AMONG: &str = "_|and|or|only|just|solely|either|both|the";
const COUNTED: &str = "all|these|those|numbers|digits|given|available";
const COUNTS: &str = "two|three|four|five|six";
/// Beginnings of what is said of all the operations.
const ALL_OPERATIONS: &str = "basic|arithmetic|operat";
/// What a lone `none` is announced as, and the words around it.
const ANNOUNCED: &str = "answer|solution|result|conclusion";
const ANNOUNCES: &str = "the|final|is|so|therefore|thus|_";

/// The bytes of a marked answer that say that there is no solution.
pub(super) fn marked(problem: &Problem, inside: &str) -> Option<Range<usize>> {
    let (words, place) = words(problem, inside)?;
    // `Not possible with these numbers`
    let subject = format!("it is {words}");
    let says = is_of(WHOLE, &words) || [words, subject].iter().any(|words| denies(problem, words, false));
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
        let mut all = words.split(' ');
        let rest = all
            .clone()
            .filter(|word| !is_of(ANNOUNCES, word) && !is_of(ANNOUNCED, word));
        // "No" alone is the end of any check.
        let answers = all.clone().any(|word| word == "answer");
        let mut known = WHOLE.split('|').take(IN_A_SENTENCE).skip(usize::from(!answers));
        all.any(|word| is_of(ANNOUNCED, word)) && known.any(|known| rest.clone().eq(known.split(' ')))
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
    let clause = words.get(place.clone())?;
    let (above, subject) = (
        words.get(..said.start)?,
        words.get(place.start..said.start)?.trim_end(),
    );
    let (behind, from) = (words.get(said.end..place.end)?, words.get(said.start..place.end)?);
    let names = |words: &str| is_named(problem, words) || names_all(problem, words);
    let is_about = names(clause);
    let has_subject = ["is ", "are ", "can "].iter().any(|verb| from.starts_with(verb));
    let is_subject =
        || subject.is_empty() || has(&SUBJECT, subject) || has(&ABOUT, subject) || names(subject);
    let points = || {
        let said = subject.ends_with("which") || has(&CALCULATED, above);
        said && has(&POINTS, subject) && !has(&ABOUT, above) && !is_named(problem, above)
    };
    let conditional = |words: &str| has(&CONDITION, words) && !has(&RULE, words);
    let taken_back = has(&TAKES_BACK, words)
        || conditional(clause)
        || words.split('_').next().is_some_and(conditional)
        || has(&BEFORE, words.get(place.start..said.end)?)
        || has(&EXCEPT, words.get(said.end..)?)
        || has(&BEHIND, behind)
        || has(&AROUND, clause)
        || has_subject && (!is_subject() || points())
        || !is_work(from, is_about)
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
            let word = words.get(last.start..)?.find(' ')?;
            last.start + word + 1
        }
        _ => 0,
    };
    let end = all(&ENDS, words.get(said.end..)?).next();
    Some(start..end.map_or(words.len(), |end| said.end + end.start))
}

/// Whether it is work on the target that is called impossible, not to say something, to make 12 or to use decimals.
fn is_work(from: &str, is_about: bool) -> bool {
    let to_do = all(&TO_DO, from).last().and_then(|to| from.get(to.end..));
    to_do.is_none_or(|to_do| has(if is_about { &WORK } else { &FREE_WORK }, to_do.trim()))
}

/// Whether it is said of some of the numbers or operations alone: `no combination of 9 and 8 works`, `with only addition`.
fn is_of_some(problem: &Problem, clause: &str) -> bool {
    let mut lists =
        all(&MADE_OF, clause).filter_map(|of| Some((clause.get(of.clone())?, clause.get(of.end..)?)));
    lists.any(|(of, words)| lists_some(problem, words, !is_of(AFTER, of)))
}

/// Whether `words` begin with a list of some of the problem's numbers, or of some operations, where those count.
fn lists_some(problem: &Problem, words: &str, operations_count: bool) -> bool {
    let (mut numbers, mut operations, mut counted) = (Vec::new(), 0, false);
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        if let Some(count) = COUNTS.split('|').position(|count| count == word) {
            numbers.push((count + 2).to_string());
        } else if is_number(word) {
            numbers.push(word.to_owned());
        } else if is_operation(word) {
            operations += 1;
        } else if begins(ALL_OPERATIONS, word) {
            numbers.clear();
        } else if is_of(COUNTED, word) {
            counted = true;
        } else if !is_of(AMONG, word) {
            break;
        }
    }
    let numbers = numbers.join(" ");
    let is_count = counted && numbers == problem.numbers.len().to_string();
    let is_target = numbers == problem.target.unsigned_abs().to_string();
    let all_numbers = numbers.is_empty() || is_count || is_target || names_all(problem, &numbers);
    !all_numbers || operations_count && (1..4).contains(&operations)
}

fn is_named(problem: &Problem, words: &str) -> bool {
    let target = problem.target.unsigned_abs().to_string();
    words.split(' ').any(|word| word == target)
}

fn names_all(problem: &Problem, words: &str) -> bool {
    let mut numbers = problem.numbers.iter().map(i64::to_string);
    numbers.all(|number| words.split(' ').any(|word| word == number))
}

#[cfg(test)]
mod tests;
