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
const VERBS: [&str; 22] = [
    "make",
    "reach",
    "get",
    "obtain",
    "form",
    "achieve",
    "produce",
    "create",
    "hit",
    "generate",
    "construct",
    "build",
    "derive",
    "find",
    "arrive",
    "do",
    "solve",
    "combine",
    "use",
    "satisfy",
    "write",
    "express",
];

/// What makes it a question, a supposition or less than a denial: anywhere in its sentence…
const TAKES_BACK: [&str; 3] = ["maybe|perhaps|might|may|could", "if|whether|unless", "so far"];

/// …before it, where it is denied itself, or was only thought…
const BEFORE: [&str; 11] = [
    "not impossible|unsolvable|unreachable",
    "not true|right|correct|sure|certain|clear|convinced|mean|say|said|follow|know|believe|think that|there|it",
    "not the case",
    "not that|yet",
    "not see why",
    "can not be that|true|right|no",
    "unlikely|likely|hardly|improbable",
    "nobody|never|one said|says|claimed|claims|proved|showed",
    "false|wrong|mistaken|incorrect|mistake|doubt to|that|there|it",
    "thought|assumed|seemed|looked",
    "almost|nearly",
];

/// …or behind it, where more is said of what there is not, or it is called wrong.
const BEHIND: [&str; 15] = [
    "other than",
    "apart|aside from",
    "except|besides|otherwise|yet|directly",
    "better|simpler|shorter|easier|nicer|another",
    "any other",
    "this|that way|branch|path|case|attempt|approach|direction|route|order",
    "like this|that",
    "from here|there",
    "starting|beginning",
    "in one|two|three step|steps|moves|operations",
    "with|using|from|of one|two|three|some numbers",
    "for now",
    "at this|the point|moment|stage",
    "is|be|was|are false|wrong|untrue|incorrect|mistaken",
    "is|be|was a mistake|error|lie",
];

/// What does so unless the rules of the game follow.
const LIMITS: [&str; 1] = ["without|only|just|solely"];
const GAME: [&str; 1] = [
    "once|twice|each|every|again|repeating|reusing|breaking|violating|rules|given|these|those|basic|allowed|standard",
];

/// What numbers follow that all is made of, and where a sentence turns to something else.
const MADE_OF: [&str; 1] = ["with|using|from|of|by|uses|use|combine|that|where"];
const TURNS: [&str; 1] = ["because|since|as|so|while|but"];

/// What a lone `none` is announced as…
const ANNOUNCED: [&str; 4] = ["answer", "solution", "result", "conclusion"];
/// …and the words around it.
const ANNOUNCES: [&str; 10] = [
    "the",
    "final",
    "answer",
    "solution",
    "result",
    "conclusion",
    "is",
    "so",
    "therefore",
    "thus",
];

/// The bytes of a marked answer that say that there is no solution.
pub(super) fn marked(problem: &Problem, inside: &str) -> Option<Range<usize>> {
    let (words, place) = words(problem, inside)?;
    (WHOLE.contains(&words.join(" ").as_str()) || denies(problem, &words)).then_some(place)
}

/// The bytes of the last sentence of a text, when it says that there is no solution.
pub(super) fn concluded(problem: &Problem, text: &str) -> Option<Range<usize>> {
    let (start, sentence) = last_sentence(text)?;
    if sentence.contains('?') {
        return None;
    }
    let (words, place) = words(problem, sentence)?;
    let announced = || {
        let rest = words.iter().filter(|word| !ANNOUNCES.contains(&word.as_str()));
        // "No" alone is the end of any check.
        let answers = words.iter().any(|word| word == "answer");
        let known = WHOLE.iter().take(IN_A_SENTENCE).skip(usize::from(!answers));
        words.iter().any(|word| ANNOUNCED.contains(&word.as_str()))
            && known.into_iter().any(|known| rest.clone().eq([known]))
    };
    (denies(problem, &words) || announced()).then_some(start + place.start..start + place.end)
}

/// Whether the words of a sentence say so.
fn denies(problem: &Problem, words: &[String]) -> bool {
    let target = problem.target.unsigned_abs().to_string();
    let has = |words: &[String], phrases: &[&str]| find(words, phrases, &target).is_some();
    let Some(said) = find(words, &SAYS, &target) else {
        return false;
    };
    let (before, behind) = (
        words.get(..said.end).unwrap_or_default(),
        words.get(said.end..).unwrap_or_default(),
    );
    let limited = || has(behind, &LIMITS) && !has(behind, &GAME) && !names_all(problem, behind);
    let taken_back = has(words, &TAKES_BACK)
        || has(before, &BEFORE)
        || has(behind, &BEHIND)
        || limited()
        || is_of_something_else(words.get(said.end.saturating_sub(1)..).unwrap_or_default())
        || is_of_another(words, said.clone(), &target)
        || is_of_some(
            problem,
            words.get(said.end.saturating_sub(1)..).unwrap_or_default(),
            &target,
        );
    !taken_back
}

/// Whether it is no work on the target that is called impossible: `impossible to say`.
fn is_of_something_else(from: &[String]) -> bool {
    match from {
        [not, to, verb, ..] if not.ends_with("possible") && to == "to" => !VERBS.contains(&verb.as_str()),
        _ => false,
    }
}

/// Whether it is another number than the target that cannot be made: `12 cannot be made`, `impossible to make exactly 12`.
fn is_of_another(words: &[String], said: Range<usize>, target: &str) -> bool {
    let is_other = |word: Option<&String>| {
        word.is_some_and(|word| word != target && word.starts_with(|c: char| c.is_ascii_digit()))
    };
    let subject = said.start.checked_sub(1).and_then(|at| words.get(at));
    let denies_it = matches!(words.get(said.start).map(String::as_str), Some("is" | "can"));
    let made = |word: &String| VERBS.contains(&word.as_str());
    let from = words.get(said.end.saturating_sub(1)..).unwrap_or_default();
    let verb = from.iter().take(3).position(made);
    let object = verb.and_then(|verb| {
        let mut object = from.get(verb + 1..)?.iter();
        object.find(|word| !matches!(word.as_str(), "exactly" | "a" | "the" | "number" | "value"))
    });
    denies_it && is_other(subject) || is_other(object)
}

/// Whether it is said of some of the numbers alone: `no combination of 9 and 8 works`.
fn is_of_some(problem: &Problem, behind: &[String], target: &str) -> bool {
    let Some(made_of) = find(behind, &MADE_OF, target) else {
        return false;
    };
    let named = behind.get(made_of.end..).unwrap_or_default();
    let end = find(named, &TURNS, target).map_or(named.len(), |turn| turn.start);
    let named = named.get(..end).unwrap_or_default();
    let any = problem.numbers.iter().any(|number| names(named, *number));
    any && !names_all(problem, named)
}

fn names_all(problem: &Problem, words: &[String]) -> bool {
    problem.numbers.iter().all(|number| names(words, *number))
}

fn names(words: &[String], number: i64) -> bool {
    let number = number.to_string();
    words.contains(&number)
}

/// Where the first of `phrases` stands in `words`. In a phrase `a|b` is either of the two, `=` any of [`VERBS`], `@` the target,
/// `$` the end.
fn find(words: &[String], phrases: &[&str], target: &str) -> Option<Range<usize>> {
    let is = |pattern: &str, word: Option<&String>| match (pattern, word) {
        ("$", word) => word.is_none(),
        ("@", Some(word)) => word == target,
        (pattern, Some(word)) => pattern
            .split('|')
            .any(|known| known == word || known == "=" && VERBS.contains(&word.as_str())),
        (_, None) => false,
    };
    let at = |start: usize, phrase: &str| {
        let mut pattern = phrase.split(' ').enumerate();
        let length = pattern.clone().count();
        pattern
            .all(|(at, pattern)| is(pattern, words.get(start + at)))
            .then_some(start..words.len().min(start + length))
    };
    (0..words.len()).find_map(|start| phrases.iter().find_map(|phrase| at(start, phrase)))
}

/// The words of a text in lower case, without TeX's names of fonts, those that are drawn together told apart (`isn't`,
/// `cannot`, `it's`), the target without commas; and the text's bytes from the first to the last.
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
    let words = text.split(|c: char| !c.is_alphanumeric());
    for word in words.filter(|word| !word.is_empty()).map(str::to_lowercase) {
        match (word.as_str(), said.last_mut()) {
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

/// Whether `'s` behind a word is a verb.
fn is_subject(word: &str) -> bool {
    matches!(word, "it" | "that" | "this" | "there" | "here" | "answer")
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
