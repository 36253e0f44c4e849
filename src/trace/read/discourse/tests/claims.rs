//! Which calculations are judged, and which may mean something else.

use super::read;
use crate::trace::{ClaimKind, Reader, Subject, Tree};
use pretty_assertions::assert_eq;

/// The calculations that are judged false, with what is wrong.
fn faults(tree: &Tree, text: &str) -> Vec<(String, String)> {
    let wrong = tree.claims.iter().filter(|claim| !claim.holds);
    wrong
        .map(|claim| (claim.span.of(text).to_owned(), claim.fault.clone()))
        .collect()
}

/// How many calculations of a text are true, and how many false.
fn counts(text: &str) -> (usize, usize) {
    let tree = read(text);
    let held = tree.claims.iter().filter(|claim| claim.holds).count();
    (held, tree.claims.len() - held)
}

#[test]
fn every_plain_calculation_is_judged() {
    let text = "I multiply the parts.\n\n17 * 20 = 340, 17 * 3 = 51, 340 + 51 = 381. So it is 381.\n";
    let tree = read(text);
    assert_eq!(
        faults(&tree, text),
        [("340 + 51 = 381".to_owned(), "it is 391".to_owned())]
    );
    let holds: Vec<bool> = tree.claims.iter().map(|claim| claim.holds).collect();
    assert_eq!(holds, [true, true, false]);
    assert!(
        tree.claims
            .iter()
            .all(|claim| claim.kind == ClaimKind::Arithmetic && claim.node == 2)
    );
    let arithmetic: Vec<Option<bool>> = tree.nodes.iter().map(|node| node.arithmetic).collect();
    assert_eq!(arithmetic.get(..3), Some(&[None, None, Some(false)][..]));
    assert!(!tree.is_sound());
    assert_eq!(tree.unsound(text).as_deref(), Some("340 + 51 = 381 is false"));
    let summary = tree.summary();
    assert_eq!(
        (summary.arithmetic, summary.arithmetic_true, summary.claims),
        (3, 2, 3)
    );
}

#[test]
fn a_text_in_words_states_nothing_that_can_be_judged() {
    let tree = read("Paris is the capital of France, which has 68 million people.\n\nSo it is Paris.\n");
    assert_eq!((tree.claims.len(), tree.is_sound()), (0, true));
    assert!(tree.nodes.iter().all(|node| node.arithmetic.is_none()));
}

#[test]
fn false_calculations_are_found_however_they_are_written() {
    for text in [
        "So x = 3 + 4 = 8.",
        "The total is 12 \u{d7} 13 = 146 marbles.",
        "- 12 + 5 = 18",
        "1) 1,287 \u{d7} 1,024 = 1,318,688",
        "**Total:** \\(25 \\times 11 = 285\\).",
        "\\[ 39 \\cdot 58 = 2274 \\]",
        "$2 + 3 \\cdot 4 = 18$",
        "For a total of 21 + 18 = 49 rabbits.",
        "Then 12 * 13 is 166.",
        "We have 47 - (-29) = 18, and so on.",
        "(10 - 8) * (3 + 1) = 9",
        "Since -276 * 786 = -217056, we go on.",
        "7.5690 * 8.237 = 62.329413",
        "17 * 3 = 50 + 2 = 52",
        "Let's see: 5148 \u{f7} 24 = 212 (since 24 \u{d7} 212 is the product).",
        "\\frac{60}{4} + 2 = 20",
        "3 \\cdot \\frac{8}{2} = 16",
        "16 + 2 = **17**",
        "3 * 7 = 24 \u{2713}",
    ] {
        assert_eq!(counts(text).1, 1, "{text}");
    }
}

#[test]
fn rounded_results_are_true() {
    for text in [
        "46 / 9 = 5.11",
        "409 \u{f7} 7 = 58.42",
        "2/3 = 0.667, as before.",
        "20.667/2 = 10.334",
        "(365 - 30) / 7 = 47.86",
    ] {
        assert_eq!(counts(text), (1, 0), "{text}");
    }
}

#[test]
fn what_may_be_rounded_on_the_way_is_not_judged() {
    for text in [
        "0.67 * 300 = 200",
        "3.14 * 4 = 12.566",
        "29130 \u{f7} 17 = 1713",
        "16660 \u{f7} 11 = 1515",
        "533316 * 215872 = 115,128,000,000",
        "409 \u{f7} 3 = 136.3...",
        "1234 * 8 = 9870, roughly.",
        "So about 21 * 19 = 400.",
        "19 * 21 \u{2248} 400, so 19 * 21 = 401.",
    ] {
        assert_eq!(counts(text), (0, 0), "{text}");
    }
}

#[test]
fn a_part_of_what_is_written_is_not_judged() {
    for text in [
        "x + 3 + 4 = 9",
        "2x - 3 + 4 = 9",
        "P + 14 - 8 = 36",
        "x^2 - 24x + 20/3 = 0",
        "-44*k**3 - 22*k**2 + 37 = 0",
        "7 + 2 * 3^2 = 30",
        "2^3 + 1 = 12",
        "4! + 1 = 30 + 1 = 32!",
        "sqrt(16) + 3 = 8",
        "\\sqrt{16} + 3 = 8",
        "log 8 + 2 = 7",
        "f(2 + 3) = 9",
        "|3 - 4| = 1",
        "GCD = 2\u{b2} \u{d7} 3 \u{d7} 7 = 84",
        "5 * 19 = 855x",
        "3 + 4 = 5 * x",
        "3 + 4 = 9 - x",
        "2 1/2 + 1 = 3 1/2",
        "20 + 5% = 21",
        "90\u{b0} + 90\u{b0} = 1",
        "3 + 4 = 12\u{b0}",
        "5 times 3 + 4 = 20 squared",
        "The square of 3 + 4 = 49.",
        "1 + 2 + ... + 5 + 6 = 21",
        "\\frac{x}{2} + 3 * 4 = 13",
        "12{,}000 + 1 * 5 = 6",
        "3 + 4 = 7,5",
        "6497400 \u{d7} 48 = 311,  let me compute it.",
        "13,728 \u{f7} 16 = 85",
        "Option 2 - 25 * 3 = 75",
    ] {
        assert_eq!(counts(text), (0, 0), "{text}");
    }
}

#[test]
fn numbers_that_count_something_else_are_not_judged() {
    for text in [
        "9:30 + 45 = 10:15",
        "18:15 + 1100 = 24 November",
        "10 + 5 = 3 on the dial",
        "60 + 30 = 1.5 hours",
        "24 + 12 = 3 dozen",
        "7 + 8 = 5, then 1 + 4 + 3 = 8",
        "7 + 8 = 5 carry 1",
        "Pages 480-488, which is 9 pages.",
        "2020 - 2024 = 5 years",
        "9/11 is 2001.",
        "The ratio 3:4 + 1 = 9",
        "Point (0*0.5, 2*0.5) = (0, 2).",
        "1 + 1 = 10",
        "25 + 36 = 63 in octal",
        "0x3 + 0x4 = 9",
        "3 + 5 = 1 (mod 7)",
        "23 + 20 = 1 modulo 42",
        "8 + 9 \u{2261} 3, so 8 + 9 = 3.",
        "05 + 12 = 18",
        "2825 - 3775 = -950 -950 + 830 = -120",
        "v1.2 + 3 = 1.2.3",
        "1/6 = 1/36",
        "5 + 7 * 2 = 24",
        "2 + 2 = 22",
        "1/3 + 1/3 + 1/3 = 0.99",
        "200 - 150 = 1/4 of 200",
        "3 * 4 = 1.2 tens",
        "In Z_5 we have 3 + 4 = 2.",
        "68 \u{f7} 8 = 7 remainder 12",
        "6 / 2 * (1 + 2) = 1",
        "3 + 4 = 7 * 2 = 14",
        "| 3 + 4 = 8 | 9 |",
    ] {
        assert_eq!(counts(text).1, 0, "{text}");
    }
}

#[test]
fn what_is_not_stated_is_not_judged() {
    for text in [
        "Is 3 * 4 = 13?",
        "3 * 4 = 13? Hmm.",
        "3 * 4 is not 13.",
        "3 * 4 \u{2260} 13",
        "If 3 + 4 = 8, pigs fly.",
        "Suppose 3 + 4 = 8.",
        "That would give 3 + 4 = 8.",
        "It isn't true that 3 + 4 = 8.",
        "3 + 4 = 8, which is false.",
        "3 + 4 = 8 \u{2717}",
        "The student writes \"3 + 4 = 8\".",
        "She claims 3 + 4 = 8.",
        "We need 3 + 4 = 8.",
        "The equation 6 + 4 = 4 has to be mended.",
        "Plug it in: 3 + 4 = 8. This is false, so it is no solution.",
        "Plug it in: 3 + 4 = 8. No, it fails.",
        "Plug it in: 3 + 4 = 8.\nBut that's a contradiction.",
        "```\n3 + 4 = 8\n```",
    ] {
        assert_eq!(counts(text).1, 0, "{text}");
    }
}

#[test]
fn a_mistake_that_is_mended_was_made_all_the_same() {
    let text = "340 + 51 = 381. Now 2 * 3 = 6. Nothing else.";
    assert_eq!(counts(text), (1, 1));
    assert_eq!(counts("340 + 51 = 381. Wait, 340 + 51 = 391."), (1, 1));
}

#[test]
fn a_question_may_have_an_arithmetic_of_its_own() {
    let counted = |question: &str, text: &str| {
        let tree = Reader::read(Subject::Other(Some(question.to_owned())), text);
        tree.claims.iter().filter(|claim| !claim.holds).count()
    };
    let said = "We are given 2 + 3 = 6.\n";
    assert_eq!(counted("If 7 + 2 = 63 and 2+3=6, what is 8 + 4?", said), 0);
    assert_eq!(counted("Work modulo 11.", "We are given 9 + 9 = 7.\n"), 0);
    assert_eq!(counted("What is 2 and 3?", said), 1);
}
