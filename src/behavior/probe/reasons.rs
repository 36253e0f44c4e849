//! A probe's reasons in words: the features that weighed most.

use crate::behavior::Habit;

/// Features that are told.
const MOST: usize = 3;

/// Parts of a feature that tell a person nothing by themselves.
const SILENT: [&str; 6] = ["always", "length", "line", "number", "words", "so-far"];

/// The rule's name and the evidence of a finding, from the weights of its features.
pub(super) fn of(mut weighed: Vec<(f32, &str)>, habit: Option<Habit>) -> (String, String) {
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let mut told: Vec<String> = Vec::new();
    for (weight, name) in weighed {
        if told.len() == MOST || weight <= 0.0 {
            break;
        }
        let Some(words) = in_words(name) else { continue };
        // `too big` says all that `too` and `big` do.
        if !told
            .iter()
            .any(|said| said.contains(words.trim_matches(['\u{201c}', '\u{201d}'])))
        {
            told.push(words);
        }
    }
    let rule = habit.map_or_else(|| "probe".to_owned(), |habit| format!("{habit}.probe"));
    match told.is_empty() {
        true => (rule, "many small signs".to_owned()),
        false => (rule, format!("{}, among other signs", told.join(", "))),
    }
}

/// A feature's name for a person; none when it says nothing by itself.
fn in_words(name: &str) -> Option<String> {
    let (kind, rest) = name.split_once(' ').unwrap_or((name, ""));
    let spaced = || rest.replace(['-', '_'], " ");
    // Without a word there is nothing to quote.
    let wordless = name.contains("  ") || name.ends_with(' ');
    if wordless || SILENT.contains(&kind) {
        return None;
    }
    Some(match kind {
        "stem" => format!("\u{201c}{rest}\u{2026}\u{201d}"),
        "word" | "pair" | "triple" => format!("\u{201c}{rest}\u{201d}"),
        "begins" => format!("begins with \u{201c}{rest}\u{201d}"),
        "begins-when" | "begins-while" | "begins-after" | "opens-when" | "opens-after" => {
            let (word, when) = rest.rsplit_once(' ')?;
            let when = match when {
                "failed" => "after a failure",
                "found" => "after the goal was reached",
                "tried" => "after an attempt",
                "checking" => "during a check",
                "missed" => "after a result that is not the goal",
                "reached" => "after a result that is the goal",
                _ => return None,
            };
            format!("begins with \u{201c}{word}\u{201d} {when}")
        }
        "ends" => format!("ends with \u{201c}{rest}\u{201d}"),
        "phrase" | "phrase-when" | "holds" | "holds-when" | "holds-in" | "holds-while" | "holds-at"
        | "holds-after" | "holds-number" => {
            let rule = rest.split(' ').next().unwrap_or_default();
            format!("has a phrase of {rule}")
        }
        "found" | "found-by" | "found-after" => {
            let habit = rest.split(' ').next().filter(|habit| *habit != "nothing")?;
            format!("a rule finds {}", habit.replace('_', " "))
        }
        "context" => match rest {
            "failed" => "something has failed".to_owned(),
            "tried" => "something was tried".to_owned(),
            "found" => "the goal was reached".to_owned(),
            "checking" => "a check is going on".to_owned(),
            "question" => "it is a question".to_owned(),
            "heading" => "it is a heading".to_owned(),
            _ => spaced(),
        },
        "before" | "earlier" if rest == "nothing" => return None,
        "before" | "earlier" => format!("follows {}", spaced()),
        "before-begins" => format!("follows a sentence that begins with \u{201c}{rest}\u{201d}"),
        "before-ends" => format!("follows a sentence that ends with \u{201c}{rest}\u{201d}"),
        "parallel" => "begins like the sentence before".to_owned(),
        "tree" => "the tree returns here".to_owned(),
        "fact" | "bare-fact" => spaced(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_weighs_most_is_told_in_words_and_once() {
        let weighed = vec![
            (0.1, "word big"),
            (2.0, "pair too big"),
            (1.0, "fact misses-the-goal"),
            (3.0, "always"),
            (-4.0, "word plan"),
            (1.5, "begins-when  tried"),
        ];
        let (rule, evidence) = of(weighed, Some(Habit::Verification));
        assert_eq!(rule, "verification.probe");
        assert_eq!(
            evidence,
            "\u{201c}too big\u{201d}, misses the goal, among other signs"
        );
        assert_eq!(of(Vec::new(), None).1, "many small signs");
    }
}
