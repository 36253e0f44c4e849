//! A probe's reasons in words: the features that weighed most.

/// Features that are told.
const MOST: usize = 3;

/// The evidence of a finding, from its features with what they weigh for it.
pub(super) fn of(mut weighed: Vec<(i16, String)>) -> String {
    weighed.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut told: Vec<String> = Vec::new();
    for words in weighed.iter().filter_map(|(_, name)| in_words(name)) {
        // `too big` says all that `too` and `big` do.
        if !told
            .iter()
            .any(|said| said.contains(words.trim_matches(['\u{201c}', '\u{201d}'])))
        {
            told.push(words);
        }
        if told.len() == MOST {
            break;
        }
    }
    match told.is_empty() {
        true => "many small signs".to_owned(),
        false => format!("{}, among other signs", told.join(", ")),
    }
}

/// A feature's name for a person; none when it says nothing by itself.
fn in_words(name: &str) -> Option<String> {
    let (kind, rest) = name.split_once(' ')?;
    // Without a word there is nothing to quote.
    if rest.split(' ').any(str::is_empty) {
        return None;
    }
    Some(match kind {
        "word" | "pair" | "triple" => format!("\u{201c}{rest}\u{201d}"),
        "begins" => format!("begins with \u{201c}{rest}\u{201d}"),
        "ends" => format!("ends with \u{201c}{rest}\u{201d}"),
        "phrase" | "holds" => format!("has a phrase of {rest}"),
        "found" if rest != "nothing" => format!("a rule finds {}", rest.replace('_', " ")),
        "context" => match rest {
            "failed" => "something has failed".to_owned(),
            "tried" => "something was tried".to_owned(),
            "found" => "the goal was reached".to_owned(),
            "checking" => "a check is going on".to_owned(),
            "question" => "it is a question".to_owned(),
            "heading" => "it is a heading".to_owned(),
            _ => return None,
        },
        "before-begins" => format!("follows a sentence that begins with \u{201c}{rest}\u{201d}"),
        "before-ends" => format!("follows a sentence that ends with \u{201c}{rest}\u{201d}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_weighs_most_is_told_in_words_and_once() {
        let weighed = [
            (10, "word big"),
            (200, "pair too big"),
            (100, "context failed"),
            (300, "always"),
            (150, "before-begins  tried"),
        ];
        let weighed = weighed.map(|(weight, name)| (weight, name.to_owned()));
        assert_eq!(
            of(weighed.into()),
            "\u{201c}too big\u{201d}, something has failed, among other signs"
        );
        assert_eq!(of(Vec::new()), "many small signs");
    }
}
