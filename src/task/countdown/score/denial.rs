//! Answers that say that there is no solution, in words: `<answer>impossible</answer>`, or a text that ends with "There is no
//! solution."

use super::last_sentence;
use crate::task::countdown::Problem;
use std::ops::Range;

/// All that a marked answer may be; the first three mean it beside the word "answer", too.
const WHOLE: [&str; 7] = [
    "no",
    "none",
    "impossible",
    "no solution",
    "not possible",
    "unsolvable",
    "no answer",
];
const IN_A_SENTENCE: usize = 3;

/// What says so within a sentence, as [`find`] reads it.
const SAYS: [&str; 20] = [
    "no solution|solutions",
    "no valid|possible|exact|such|correct|feasible solution|solutions|answer|expression|expressions|combination|equation|way",
    "no combination|combinations|expression|expressions|equation|arrangement works|work|gives|give|makes|make|reaches|equals",
    "no combination|expression|equation|arrangement can|exists|that|of|with|using|from",
    "no way|ways to =",
    "there is no way|answer $",
    "no way of making|reaching|getting|obtaining|forming|doing|solving",
    "there is|are not a|any|one solution|solutions|way|combination|expression",
    "there is|are not a|any|one valid|possible|exact|single solution|solutions|way|combination|expression",
    "do|does not have a|any solution|solutions",
    "solution|solutions do|does not exist",
    "do|does not exist a|any solution|solutions",
    "none of the|these combinations|expressions|possibilities work|works|gives|reaches|equals",
    "is|are impossible|unsolvable|unreachable|unattainable",
    "is|are not possible|solvable|feasible|achievable|reachable|attainable",
    "impossible to =",
    "not possible to =",
    "can not be made|done|reached|formed|obtained|solved|achieved|expressed|produced|created",
    "we|you|one can not = @",
    "we|you|one can not = the target|goal",
];

/// What whoever wants the target does: with it, or with the numbers.
const VERBS: &str = "make|reach|get|obtain|form|achieve|produce|create|hit|generate|construct|build|derive|find|arrive|do|solve|combine|use|satisfy|write|express";

/// Its subjects in "it is impossible", and what else may stand before it there, besides the target.
const SUBJECTS: &str = "it|that|this|which|so|there|one|equation|expression";
const ABOUT: &str = "target|goal|problem|puzzle|task|answer|solution|solutions";

/// Where its clause begins…
const STARTS: [&str; 3] = [
    ",",
    "so|thus|therefore|hence|because|since",
    "and|but it|there|this|that|we",
];
/// …except behind such a beginning of the sentence: `Without 9, it is impossible`; and where it ends.
const OPENS: &str = "using|with|without|from|in|on|by|starting";
const ENDS: &str = ",|because|since|as|so|while|but";

/// What makes it a supposition or less than a denial: anywhere in its sentence…
const TAKES_BACK: [&str; 3] = ["maybe|perhaps", "if|whether|unless", "so far"];

/// …before it in its clause, where it is denied itself, or was only thought…
const BEFORE: [&str; 11] = [
    "not impossible|unsolvable|unreachable",
    "not true|right|correct|sure|certain|clear|convinced|mean|say|said|follow|know|believe|think that|there|it",
    "not the case",
    "not that|yet",
    "can not be that|true|right|no",
    "may|might|could be",
    "unlikely|likely|hardly|improbable|almost|nearly",
    "nobody|never|one said|says|claimed|claims|proved|showed",
    "false|wrong|mistaken|incorrect|mistake|doubt to|that|there|it",
    "thought|assumed|seemed that|it|there|impossible",
    "looked like|as|impossible",
];

/// …behind it, where something is left…
const EXCEPT: [&str; 4] = ["other than", "apart|aside from", "except", "yet|otherwise $"];

/// …and in its clause, where more is said of what there is not, or it is called wrong.
const BEHIND: [&str; 4] = [
    "better|simpler|shorter|easier|nicer|another",
    "for now",
    "is|be|was|are false|wrong|untrue|incorrect|mistaken",
    "is|be|was a mistake|error|lie",
];
const AROUND: [&str; 6] = [
    "this|that way|branch|path|attempt|approach|direction|route|order",
    "like this|that",
    "from here|there",
    "starting|beginning with|from|by a|an|this|that",
    "with|using|from|of some",
    "without fractions|decimals|negatives|negative|parentheses|brackets",
];

/// Words before the numbers or operations that all is made of, those before which `of` is one of them, and what may stand
/// among what they list; the last ones mean all of it, or count it.
const MADE_OF: &str = "with|using|from|by|uses|use|combine|without";
const WHOLES: &str = "combination|expression|equation|arrangement|solution";
const AMONG: &str = ",|and|or|only|just|solely|either|both|the";
const COUNTED: &str = "all|these|those|numbers|digits|given|provided|available";
const COUNTS: &str = "two|three|four|five|six";

/// Beginnings of the names of the operations.
const OPERATIONS: &str = "add|subtract|multipl|divi";

/// What a lone `none` is announced as…
const ANNOUNCED: &str = "answer|solution|result|conclusion";
/// …and the words around it.
const ANNOUNCES: &str = "the|final|answer|solution|result|conclusion|is|so|therefore|thus";

/// The bytes of a marked answer that say that there is no solution.
pub(super) fn marked(problem: &Problem, inside: &str) -> Option<Range<usize>> {
    let (words, place) = words(problem, inside)?;
    (WHOLE.contains(&words.join(" ").as_str()) || denies(problem, &words)).then_some(place)
}

/// The bytes of the last sentence of a text, when it says that there is no solution.
pub(super) fn concluded(problem: &Problem, text: &str) -> Option<Range<usize>> {
    let says = |sentence: &str| words(problem, sentence).is_some_and(|(words, _)| denies(problem, &words));
    let (start, sentence) = last_sentence(text, says)?;
    if sentence.contains('?') {
        return None;
    }
    let (words, place) = words(problem, sentence)?;
    let announced = || {
        let rest = words
            .iter()
            .filter(|word| *word != "," && !is_of(ANNOUNCES, word));
        // "No" alone is the end of any check.
        let answers = words.iter().any(|word| word == "answer");
        let known = WHOLE.iter().take(IN_A_SENTENCE).skip(usize::from(!answers));
        words.iter().any(|word| is_of(ANNOUNCED, word))
            && known.into_iter().any(|known| rest.clone().eq([known]))
    };
    (denies(problem, &words) || announced()).then_some(start + place.start..start + place.end)
}

/// How often a sentence may say so to be heard: each time its clause is read.
const MOST_SAID: usize = 8;

/// Whether the words of a sentence say so.
fn denies(problem: &Problem, words: &[String]) -> bool {
    let target = problem.target.unsigned_abs().to_string();
    let said = (0..words.len()).filter_map(|at| find_at(words, at, &SAYS, &target));
    said.take(MOST_SAID)
        .any(|said| !is_taken_back(problem, words, &said, &target))
}

/// Whether the words around those that deny say that it is no denial, or none of the problem.
fn is_taken_back(problem: &Problem, words: &[String], said: &Range<usize>, target: &str) -> bool {
    let has = |words: &[String], phrases: &[&str]| find(words, phrases, target).is_some();
    let slice = |range: Range<usize>| words.get(range).unwrap_or_default();
    let clause = clause(words, said, target);
    let (before, behind) = (clause.start..said.start, said.end..clause.end);
    let clause = slice(clause);
    let is_about = clause.iter().any(|word| word == target) || names_all(problem, clause);
    let subject = slice(before.clone());
    let is_subject = || {
        let last = subject.get(subject.len().saturating_sub(1)..).unwrap_or_default();
        subject.is_empty() || has(last, &[SUBJECTS]) || has(subject, &[ABOUT]) || is_about
    };
    let of_something = matches!(
        words.get(said.start).map(String::as_str),
        Some("is" | "are" | "can")
    );
    let from = slice(said.end.saturating_sub(1)..words.len());
    has(words, &TAKES_BACK)
        || has(slice(before.start..said.end), &BEFORE)
        || has(slice(said.end..words.len()), &EXCEPT)
        || has(slice(behind), &BEHIND)
        || has(clause, &AROUND)
        || of_something && !is_subject()
        || is_of_something_else(from)
        || object(from).is_some_and(|word| is_number(word)) && !is_about
        || is_of_some(problem, clause)
}

/// The clause that `said` stands in, with what opens the sentence.
fn clause(words: &[String], said: &Range<usize>, target: &str) -> Range<usize> {
    let starts = |at: &usize| find_at(words, *at, &STARTS, target).is_some();
    let last = (0..said.start).rev().find(starts);
    let concludes = last.is_some_and(|last| {
        let next = words.iter().skip(last).find(|word| *word != ",");
        next.is_some_and(|word| is_of("so|thus|therefore|hence|and|but", word))
    });
    let first = words
        .iter()
        .position(|word| !is_of("so|thus|but|then|now|,", word));
    let opens = first.is_some_and(|first| find_at(words, first, &[OPENS], target).is_some());
    let start = match last {
        Some(last) if !opens || concludes && Some(last) > first => last + 1,
        _ => 0,
    };
    let behind = words.get(said.end..).unwrap_or_default();
    let end = find(behind, &[ENDS], target).map_or(words.len(), |end| said.end + end.start);
    start..end
}

/// Whether it is no work on the target that is called impossible: `impossible to say`.
fn is_of_something_else(from: &[String]) -> bool {
    match from {
        [not, to, verb, ..] if not.ends_with("possible") && to == "to" => !is_of(VERBS, verb),
        _ => false,
    }
}

/// What cannot be made: `impossible to make exactly 12`.
fn object(from: &[String]) -> Option<&String> {
    let verb = from.iter().take(3).position(|word| is_of(VERBS, word))?;
    let mut object = from.get(verb + 1..)?.iter();
    object.find(|word| !is_of("exactly|a|the|number|value", word))
}

/// Whether it is said of some of the numbers or operations alone: `no combination of 9 and 8 works`, `with only addition`.
fn is_of_some(problem: &Problem, clause: &[String]) -> bool {
    let lists = |(at, word): (usize, &String)| {
        let before = at.checked_sub(1).and_then(|at| clause.get(at));
        let of = || before.is_some_and(|word| begins(WHOLES, word));
        is_of(MADE_OF, word) || word == "of" && of()
    };
    let mut listed = clause.iter().enumerate().filter(|word| lists(*word));
    listed.any(|(at, _)| lists_some(problem, clause.get(at + 1..).unwrap_or_default()))
}

/// Whether `words` begin with a list of some of the problem's numbers, or of some operations.
fn lists_some(problem: &Problem, words: &[String]) -> bool {
    let (mut numbers, mut operations, mut counted) = (Vec::new(), 0, false);
    for word in words {
        let count = COUNTS.split('|').position(|count| count == word);
        match word.as_str() {
            word if is_of(AMONG, word) => {}
            word if is_of(COUNTED, word) => counted = true,
            word if is_number(word) => numbers.push(word.to_owned()),
            word if is_operation(word) => operations += 1,
            _ => match count {
                Some(count) => numbers.push((count + 2).to_string()),
                None => break,
            },
        }
    }
    let is_count = counted && numbers == [problem.numbers.len().to_string()];
    let some_numbers = !numbers.is_empty() && !is_count && !names_all(problem, &numbers);
    some_numbers || (1..4).contains(&operations)
}

/// Whether a word is one of those in `a|b`…
fn is_of(known: &str, word: &str) -> bool {
    known.split('|').any(|known| known == word)
}

/// …or begins like one.
fn begins(known: &str, word: &str) -> bool {
    known.split('|').any(|known| word.starts_with(known))
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

fn is_operation(word: &str) -> bool {
    begins(OPERATIONS, word)
}

fn names_all(problem: &Problem, words: &[String]) -> bool {
    let mut numbers = problem.numbers.iter();
    numbers.all(|number| words.contains(&number.to_string()))
}

/// Where the first of `phrases` stands in `words`.
fn find(words: &[String], phrases: &[&str], target: &str) -> Option<Range<usize>> {
    (0..words.len()).find_map(|start| find_at(words, start, phrases, target))
}

/// What of `words` is one of `phrases` from `start` on. In a phrase `a|b` is either of the two, `=` any of [`VERBS`], `@` the
/// target, `$` the end.
fn find_at(words: &[String], start: usize, phrases: &[&str], target: &str) -> Option<Range<usize>> {
    let is = |pattern: &str, word: Option<&String>| match (pattern, word) {
        ("$", word) => word.is_none(),
        ("@", Some(word)) => word == target,
        ("=", Some(word)) => is_of(VERBS, word),
        (pattern, Some(word)) => is_of(pattern, word),
        (_, None) => false,
    };
    phrases.iter().find_map(|phrase| {
        let mut pattern = phrase.split(' ').enumerate();
        let length = pattern.clone().count();
        pattern
            .all(|(at, pattern)| is(pattern, words.get(start + at)))
            .then_some(start..words.len().min(start + length))
    })
}

/// The words of a text in lower case, without TeX's names of fonts, those that are drawn together told apart (`isn't`,
/// `cannot`, `it's`), the target without commas, and one comma for any sign between clauses; and the text's bytes from the
/// first to the last.
fn words(problem: &Problem, text: &str) -> Option<(Vec<String>, Range<usize>)> {
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
    let grouped = format!("{},{:03}", target / 1000, target % 1000);
    let text = text.get(from..end)?.replace(&grouped, &target.to_string());
    let is_break = |c: char| matches!(c, ',' | ';' | ':' | '(' | '\u{2013}' | '\u{2014}');
    let parts = text.split_inclusive(|c: char| !c.is_alphanumeric());
    let words = parts.flat_map(|part| {
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        [word, if part.ends_with(is_break) { "," } else { "" }]
    });
    for word in words.filter(|word| !word.is_empty()).map(str::to_lowercase) {
        // A comma within a list is none between clauses.
        if is_item(&word)
            && let [.., item, comma] = said.as_slice()
            && is_item(item)
            && comma == ","
        {
            said.pop();
        }
        match (word.as_str(), said.last_mut()) {
            (",", Some(last)) if last == "," => {}
            ("t", Some(verb)) if verb.len() > 2 && verb.ends_with('n') => {
                if verb != "can" {
                    verb.pop();
                }
                said.push("not".to_owned());
            }
            ("s", Some(subject)) if is_subject(subject) => said.push("is".to_owned()),
            ("cannot", _) => said.extend(["can".to_owned(), "not".to_owned()]),
            _ => said.push(word),
        }
    }
    (!said.is_empty()).then_some((said, from..end))
}

/// Whether a word is one of what is listed with commas: `9, 8, and 7`.
fn is_item(word: &str) -> bool {
    is_number(word) || is_operation(word) || is_of("and|or", word)
}

/// Whether `'s` behind a word is a verb.
fn is_subject(word: &str) -> bool {
    is_of("it|that|this|there|here|answer", word)
}

#[cfg(test)]
mod tests;
