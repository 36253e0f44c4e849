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
mod tests {
    use crate::task::countdown::{
        Problem,
        score::{exact, place},
    };
    use proptest::prelude::*;

    fn judged(problem: &str, text: &str) -> (Option<String>, bool, String) {
        let judgement = exact(&Problem::parse(problem).unwrap(), text, 0);
        (judgement.answer, judgement.correct, judgement.reason)
    }

    #[test]
    fn whoever_says_in_words_that_there_is_no_solution_is_right_when_there_is_none() {
        for (text, answer) in [
            ("<answer>no solution</answer>", "no solution"),
            ("<answer>NO</answer>", "NO"),
            ("<answer>There is no solution.</answer>", "There is no solution"),
            (r"So \boxed{\text{impossible}}.", "impossible"),
            (r"\boxed{No solution}", "No solution"),
            (
                "9*8=72, 72*7=504. Too small.\nThere is no solution.\n",
                "There is no solution",
            ),
            (
                "9*8*7 = 504 is the largest. So it is impossible to make 1000.",
                "So it is impossible to make 1000",
            ),
            ("9*8*7 = 504.\n**Answer: impossible**", "Answer: impossible"),
            ("9*8*7 = 504. It's impossible.", "It's impossible"),
            ("There are no solutions.", "There are no solutions"),
            (
                "504 is the most, so it cannot be done.",
                "504 is the most, so it cannot be done",
            ),
            (
                "The best expression is 9*8*7 = 504.\n\nTherefore, there is no way to reach 1000 with these numbers.",
                "Therefore, there is no way to reach 1000 with these numbers",
            ),
        ] {
            let (said, correct, reason) = judged("9 8 7 -> 1000", text);
            assert_eq!(
                (said.as_deref(), correct),
                (Some(answer), true),
                "{text}: {reason}"
            );
            let (text, answer) = (text.replace("1000", "24"), answer.replace("1000", "24"));
            let (said, correct, reason) = judged("9 8 7 -> 24", &text);
            assert_eq!(
                (said.as_deref(), correct),
                (Some(answer.as_str()), false),
                "{text}"
            );
            assert!(reason.starts_with("says there is no solution, but "), "{reason}");
            let problem = Problem::parse("9 8 7 -> 24").unwrap();
            let place = place(&problem, &text, 0).unwrap();
            assert_eq!(text[place], answer);
        }
    }

    #[test]
    fn a_denial_is_heard_in_many_words_and_with_polite_words_behind_it() {
        for text in [
            "There isn't a solution.",
            "There isn\u{2019}t any valid solution.",
            "There are not any solutions.",
            "A solution does not exist.",
            "The problem doesn't have a solution.",
            "It isn't possible to make 1000.",
            "1000 can't be made from 9, 8 and 7.",
            "We cannot reach 1,000 with these numbers.",
            "No combination of 9, 8 and 7 works.",
            "None of the combinations works.",
            "There is no such expression.",
            "There's no way.",
            "There does not exist a solution.",
            "No expression with 9, 8 and 7 equals 1000.",
            "There is no solution to 9, 8, 7 -> 1000.",
            "Conclusion: impossible.",
            "I conclude that there is no solution.",
            "Sorry, but it is impossible.",
            "It is impossible to make 1000 using each number only once.",
            "It is impossible with only these numbers.",
            "There is no solution without using a number twice.",
            "The only conclusion is that it is impossible.",
            "9*8*7\nThat is 504, too small.\nThere is no solution.",
            "9*8*7\nIt is impossible.",
            "9*8*7 = 1000\nThat is wrong, it is 504. So it can't be done.",
            "There is no solution in this case.",
            "It is not possible to reach 1000 in this case.",
            "It is impossible to get 1000 directly from these numbers.",
            "There is no solution starting with 9, 8 and 7.",
            "There is no solution using only the numbers provided.",
            "There is no solution with just the available numbers and operations.",
            "It is impossible to make 1000 using only +, -, * and /.",
            "There is no solution with only addition, subtraction, multiplication and division.",
            "I looked at all combinations and there is no solution.",
            "504 is wrong, there is no solution.",
            "That's not right, it can't be done.",
            "Making 1000 from 9, 8 and 7 is impossible.",
            "Making 1000 from 9, 8, and 7 is impossible.",
            "There is no way to get 9, 8 and 7 to equal 1000.",
            "There is no way to combine 9, 8 and 7 to make 1000.",
            "It is not possible to use 9, 8 and 7 to make 1000.",
            "It is impossible to make 1000 using all 3 numbers.",
            "There is no solution with these numbers, the closest is 8 * 7 = 56.",
            "We tried 9 * 8 this way, so there is no solution.",
            "It is impossible because with only addition we get 17.",
            "Sorry for the confusion, but it is impossible.",
            "I apologize for the confusion, but there is no solution.",
            "Thank you; there is no solution.",
            "There is no solution. Sorry for the confusion!",
            "It is impossible.\n\nLet me know if you need anything else!",
            "It is impossible. I hope this helps. Would you like another one?",
        ] {
            let (_, correct, reason) = judged("9 8 7 -> 1000", text);
            assert!(correct, "{text}: {reason}");
            let (_, correct, reason) =
                judged("9 8 7 -> 24", &text.replace("1000", "24").replace("1,000", "24"));
            assert!(
                !correct && reason.starts_with("says there is"),
                "{text}: {reason}"
            );
        }
    }

    #[test]
    fn plain_denials_are_heard_with_their_reasons_and_all_the_numbers() {
        for text in [
            "Since the largest value is 504, it is impossible to make 1000.",
            "Therefore, it is not possible to create 1000 using the numbers 9, 8, and 7 with the given operations.",
            "I have tried all possible combinations, and there is no solution.",
            "After trying all combinations, I conclude that 1000 cannot be made with the numbers 9, 8, and 7.",
            "Given the numbers 9, 8, 7, it is impossible to reach 1000.",
            "With the numbers 9, 8 and 7, it is impossible to reach 1000.",
            "Using each of 9, 8 and 7 exactly once, there is no solution.",
            "The maximum is 9*8*7 = 504 < 1000, so no solution exists.",
            "It is impossible to make 1000 from 9, 8, 7 using addition, subtraction, multiplication, or division.",
            "It is impossible to make 1000 (the maximum is 504).",
            "There is no solution: 9 * 8 * 7 = 504.",
            "In conclusion, there is no solution.",
            "By checking all, it is clear that 1000 is unreachable.",
            "Even with multiplication of all numbers we only get 504, so it is impossible.",
            "This problem has been checked and it is unsolvable.",
            "The problem is unsolvable.",
            "The given problem is impossible to solve with the numbers.",
            "No combination of these numbers and operations works.",
            "There is no combination of +, -, * and / that gives 1000.",
            "There is no way to combine these three numbers to get 1000.",
            "No solution, as 9*8*7 = 504 is the most.",
            "There is no solution by using all three numbers once.",
            "There is no solution with 3 numbers.",
            "It isn't possible to combine 9, 8, and 7 in any way that yields 1000.",
            "The target 1000 cannot be reached.",
            "The target cannot be reached with two multiplications, so there is no solution.",
        ] {
            let (_, correct, reason) = judged("9 8 7 -> 1000", text);
            assert!(correct, "{text}: {reason}");
        }
    }

    #[test]
    fn how_many_numbers_there_are_is_none_of_them() {
        for (text, heard) in [
            ("It is impossible to make 1000 using all 4 numbers.", true),
            ("There is no solution with these four numbers.", true),
            ("There is no solution using all of the 4 given numbers.", true),
            ("There is no solution with 4 and 5.", false),
            ("There is no solution without 4.", false),
            ("There is no solution with only 3 numbers.", false),
            ("There is no solution with three numbers.", false),
        ] {
            let (_, correct, reason) = judged("4 5 7 2 -> 1000", text);
            assert_eq!(correct, heard, "{text}: {reason}");
        }
    }

    #[test]
    fn what_is_denied_of_a_part_or_denied_itself_is_no_such_claim() {
        for text in [
            "There's no way to make 24 without using 9.",
            "There is no solution without fractions.",
            "It is impossible to make 24 with only addition.",
            "There is no solution using only 9 and 8.",
            "There is no solution except 9 + 8 + 7.",
            "There is no solution apart from that.",
            "No combination of 9 and 8 works.",
            "24 cannot be made from 9 and 8.",
            "12 cannot be made.",
            "It is impossible to make exactly 12.",
            "It can't be done this way.",
            "There is no solution in this branch.",
            "There is no solution yet.",
            "There is no solution starting with a product.",
            "It is impossible to say.",
            "There is no way to tell.",
            "There is no solution for now.",
            "It is impossible to get 24 with two numbers.",
            "It is unlikely that there is no solution.",
            "There can't be no solution.",
            "To say that there is no solution would be a mistake.",
            "Result: no.",
            "Nobody said it is impossible to get there.",
            "No, it is not the case that there is no solution.",
            "That doesn't mean that there is no solution.",
            "I am not sure that it is impossible.",
            "I don't think it is impossible.",
            "It is wrong to say that it is impossible.",
            "That there is no solution is wrong.",
            "It's not impossible to make 24.",
            "It isn't unsolvable.",
            "I thought it was unsolvable, it is almost impossible to make 24.",
            "This is not a solution.",
            "I cannot find a solution.",
            "Let me know if there is no solution.",
            "Using only multiplication, there is no solution.",
            "Without 9, it is impossible.",
            "From 72, it is impossible to get 24.",
            "So in this branch it is impossible.",
            "In this branch, there is no solution.",
            "Division is not possible here.",
            "A larger product is not possible.",
            "Negative numbers are not possible.",
            "Fractions cannot be made.",
            "There is no way to combine 9 and 8 to make 24.",
            "There is no solution using only addition and multiplication.",
            "There is no solution, other than the first.",
            "Sorry for the confusion, but it is not true that it is impossible.",
        ] {
            assert_eq!(judged("9 8 7 -> 24", text).2, "no answer", "{text}");
        }
    }

    #[test]
    fn who_has_shown_a_solution_denies_something_else_and_the_last_of_all_counts() {
        for (text, answer) in [
            ("9+8+7 = 24\nIt is impossible to make it nicer.", "9+8+7"),
            ("9+8+7 = 24.\nThere is no solution of two numbers.", "9+8+7"),
            ("It is impossible.\n9+8+7", "9+8+7"),
            ("9+8+7\nThere is no solution.", "There is no solution"),
            ("9*8*7\nNo.\nSo 9+8+7.", "9+8+7"),
        ] {
            assert_eq!(judged("9 8 7 -> 24", text).0.as_deref(), Some(answer), "{text}");
        }
    }

    #[test]
    fn doubts_questions_and_what_is_no_end_are_no_such_claim_and_an_answer_is_better() {
        for text in [
            "Is there no solution?",
            "Maybe there is no solution.",
            "There is no solution. Or is there? 9 + 8 = 17.",
            "If there is no solution, I should say so.",
            "It isn't impossible to make 24.",
            "There is no solution other than the first.",
            "So it is not true that it is impossible to make 24.",
            "It can't be that there is no solution.",
            "9 + 8 = 17, no.",
            "So no.",
        ] {
            assert_eq!(judged("9 8 7 -> 24", text).2, "no answer", "{text}");
        }
        let unread = judged("9 8 7 -> 24", "<answer>fifteen</answer>").2;
        assert!(unread.contains("cannot be read"), "{unread}");
        for text in [
            "The answer is 8*(9-7)+8.\nThere is no solution.",
            "<answer>9+8+7</answer>\nThere is no solution.",
        ] {
            assert!(!judged("9 8 7 -> 24", text).2.starts_with("says"), "{text}");
        }
        let thought = "<think>There is no solution.</think>\n9+8+7";
        let problem = Problem::parse("9 8 7 -> 24").unwrap();
        assert!(exact(&problem, thought, thought.find("\n9").unwrap()).correct);
    }

    proptest! {
        #[test]
        fn any_words_are_judged(text in r"(<answer>|</answer>|\\boxed\{|\\text\{|\}|[Nn]o|solution|impossible to make|answer|is|[.!?: \n]|é|ẞ){0,30}") {
            let problem = Problem::parse("9 8 7 -> 1000").unwrap();
            let judgement = exact(&problem, &text, 0);
            prop_assert_eq!(judgement.correct, judgement.reason.is_empty());
            prop_assert!(place(&problem, &text, 0).is_none_or(|place| text.get(place).is_some()));
        }
    }
}
