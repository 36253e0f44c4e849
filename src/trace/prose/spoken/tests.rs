use super::spoken;
use crate::trace::prose::Scanner;
use proptest::prelude::*;

/// The calculations of a line whose last result was 20, with the results they claim.
fn calculations(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    Scanner::default().read(line, 0, None, &mut |sentence| {
        for e in spoken(sentence, Some(20.into())).unwrap_or_default() {
            let steps = e.steps.iter().filter_map(|step| {
                let (a, b, result) = (step.a?, step.b?, step.result?);
                Some(format!("{a}{}{b}={result}", step.op.symbol()))
            });
            found.extend(steps);
            if e.link == crate::trace::prose::Link::Equal {
                found.extend(e.value.map(|value| value.to_string()));
            }
        }
    });
    found
}

#[test]
fn verbs_pronouns_and_words_for_signs_calculate() {
    for (line, wanted) in [
        ("Multiplying 5 by 4 gives us 20", vec!["5*4=20", "20"]),
        (
            "Adding the two 1s gives us 2, and multiplying this by 3 gives us 6",
            vec!["1+1=2", "2", "2*3=6", "6"],
        ),
        ("Subtracting 1 yields 19.", vec!["20-1=19", "19"]),
        ("I divide 1 by 5: that's 0.2", vec!["1/5=1/5", "1/5"]),
        (
            "4*7 gives us 28, and that minus 4 is 24",
            vec!["4*7=28", "28", "28-4=24", "24"],
        ),
        ("Times 8 is 160", vec!["20*8=160", "160"]),
        ("Then add 7 to 15 to get 22", vec!["7+15=22", "22"]),
        ("then adding 4 and 2 to get 26", vec!["20+4=24", "24+2=26", "26"]),
        ("then adding 4 and 2 to get 6", vec!["4+2=6", "6"]),
        ("subtract 4 from the result to get 16", vec!["20-4=16", "16"]),
        ("If I subtract 4 from 18, I get 14.", vec!["18-4=14", "14"]),
        (
            "I could multiply the result of 10/2 by 4 to get 24.",
            vec!["10/2=5", "5*4=20", "24"],
        ),
    ] {
        assert_eq!(calculations(line), wanted, "{line}");
    }
}

#[test]
fn words_that_calculate_nothing_are_left_alone() {
    for line in [
        "I need 6 to multiply by 4 to get 24.",
        "We can add, subtract, multiply or divide 3 4 5",
        "It appears 3 times, minus the 4.",
        "I can't multiply 4 by 6.",
        "We shouldn't multiply 4 by 6 to get 24.",
        "Each number can be used 1 times",
    ] {
        assert!(calculations(line).is_empty(), "{line}");
    }
}

proptest! {
    #[test]
    fn every_place_is_in_the_sentence(line in "((add|adding|multiply|by|to|the two|4s|12|this|times|minus|is|gives|,|\u{e9}|\\(|3 \\* 4) ?){0,12}") {
        let mut ok = true;
        Scanner::default().read(&line, 0, None, &mut |sentence| {
            let found = spoken(sentence, Some(20.into())).unwrap_or_default();
            ok &= found.iter().all(|e| sentence.text.get(e.start..e.end).is_some());
        });
        prop_assert!(ok);
    }
}
