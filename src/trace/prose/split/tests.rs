use super::*;
use proptest::prelude::*;

fn split(line: &str) -> Vec<&str> {
    sentences(line).map(|range| &line[range]).collect()
}

#[test]
fn a_sentence_ends_at_its_point_before_a_capital() {
    assert_eq!(
        split("That is 15. Let me check: 5! * 2 is 240! Yes?  (No) done"),
        ["That is 15.", "Let me check: 5! * 2 is 240!", "Yes?", "(No) done"]
    );
    assert_eq!(split("  18.5 is e.g. more.  "), ["18.5 is e.g. more."]);
    assert_eq!(
        split("1. First, this. 2 comes next. Then that."),
        ["1. First, this.", "2 comes next.", "Then that."]
    );
    assert_eq!(
        split("That works.</think> So 3."),
        ["That works.", "</think> So 3."]
    );
    assert!(split("   ").is_empty());
}

#[test]
fn no_sentence_ends_inside_a_name() {
    for one in [
        "Dr. Smith met Mr. Brown and Mrs. Gray.",
        "Harry Potter was written by J. K. Rowling.",
        "Answer: Philip K. Dick, 1928.",
        "I think that Samuel L. Jackson plays him.",
        "It was George R. R. Martin.",
        "She lived in St. Petersburg.",
    ] {
        assert_eq!(split(one), [one]);
    }
    // A letter that names a thing ends a sentence.
    for (text, sentences) in [
        ("So it is B. Then C is free.", ["So it is B.", "Then C is free."]),
        ("Take option B. Lions sleep.", ["Take option B.", "Lions sleep."]),
        ("Option B. Lions sleep.", ["Option B.", "Lions sleep."]),
        (
            "The lines meet at C. Triangle ABC is right.",
            ["The lines meet at C.", "Triangle ABC is right."],
        ),
        (
            "I ask John B. Therefore he lies.",
            ["I ask John B.", "Therefore he lies."],
        ),
        (
            "A lies, and so does B. C does not.",
            ["A lies, and so does B.", "C does not."],
        ),
    ] {
        assert_eq!(split(text), sentences);
    }
}

#[test]
fn a_result_that_is_taken_back_is_no_number_of_a_list() {
    assert_eq!(split("60. Oops, overcounted."), ["60.", "Oops, overcounted."]);
    assert_eq!(split("12. Wait, that is wrong."), ["12.", "Wait, that is wrong."]);
    assert_eq!(split("12. The next one."), ["12. The next one."]);
    assert!(!marker("60. Oops, overcounted.").1.list);
    assert!(marker("12. The next one.").1.list);
}

#[test]
fn a_point_between_two_numbers_ends_a_sentence() {
    assert_eq!(
        split("3 + 5 = 8. 8 + 7 = 15. 15 / 2 = 7.5. 7.5 * 2 is 15. Too small."),
        [
            "3 + 5 = 8.",
            "8 + 7 = 15.",
            "15 / 2 = 7.5.",
            "7.5 * 2 is 15.",
            "Too small."
        ]
    );
    assert_eq!(
        split("Can I make 15 from 12, 6 and 7? 12 + 6 = 18. What about 12 * 6 = 72? 72 - 7 = 65."),
        [
            "Can I make 15 from 12, 6 and 7?",
            "12 + 6 = 18.",
            "What about 12 * 6 = 72?",
            "72 - 7 = 65."
        ]
    );
    assert_eq!(
        split("I make it from 23, 41. 41 - 23 = 18"),
        ["I make it from 23, 41.", "41 - 23 = 18"]
    );
    // Not of a list's item, and not with dots that stand for something.
    for one in [
        "1. 3 + 5 = 8",
        "- 12. 3 + 5 = 8",
        "Step 2. 8 + 7 = 15",
        "**Attempt 3. 8 + 7 = 15**",
        "We could: 1. 3 + 5, 2. 8 + 7",
        "5 3 . . 7 . 2 . 1",
        "3... 4... 5",
        "Is it 3? 4 of them are",
    ] {
        assert_eq!(split(one), [one]);
    }
    assert_eq!(
        split("1. 3 + 5 = 8. 2. 8 + 7 = 15. 3. 15 + 2 = 17."),
        ["1. 3 + 5 = 8.", "2. 8 + 7 = 15.", "3. 15 + 2 = 17."]
    );
}

#[test]
fn a_mark_between_a_word_and_a_number_ends_a_sentence() {
    for (text, sentences) in [
        (
            "Too small. 3 * 5 = 15. 15 + 7 = 22.",
            vec!["Too small.", "3 * 5 = 15.", "15 + 7 = 22."],
        ),
        ("No. 18*7 is 126.", vec!["No.", "18*7 is 126."]),
        (
            "We have 2880 left. 480 goes into 2880 six times.",
            vec!["We have 2880 left.", "480 goes into 2880 six times."],
        ),
        (
            "**Too big.** 3.5 / 2 is less.",
            vec!["**Too big.**", "3.5 / 2 is less."],
        ),
        (
            "15 (too big). 3 \u{d7} 5 = 15",
            vec!["15 (too big).", "3 \u{d7} 5 = 15"],
        ),
        (
            "What about another? 7 * 24 = 168.",
            vec!["What about another?", "7 * 24 = 168."],
        ),
        (
            "Close! 49 is less than 50.",
            vec!["Close!", "49 is less than 50."],
        ),
        ("Take the LCM. 3 * 5 = 15.", vec!["Take the LCM.", "3 * 5 = 15."]),
        ("1. Try it. 3 + 5 = 8", vec!["1. Try it.", "3 + 5 = 8"]),
        (
            "Fig. 2 shows it. 3 + 5 = 8",
            vec!["Fig. 2 shows it.", "3 + 5 = 8"],
        ),
    ] {
        assert_eq!(split(text), sentences);
    }
    for one in [
        "It is in Fig. 2 and in eq. 3 + 4",
        "see p. 5 and pp. 6-7",
        "approx. 3.5 of them",
        "Sec. 3.2 has it, Vol. 2, too",
        "Row 1 vs. 2",
        "so No. 3 is right",
        "e.g. 3 + 5 = 8",
        "Hmm... 3 + 5 = 8",
        "a. 3 + 5 = 8",
        "Case two. 3 + 5 = 8",
        "**Part B. 3 + 5 = 8**",
        "two ways. 1. one of them",
        "two ways. 2) the other",
        "We choose n! 3 times",
        "5 3 . . 7 . 2 . 1",
        "a max. 3 of them",
    ] {
        assert_eq!(split(one), [one]);
    }
}

#[test]
fn only_marks_and_blanks_stand_before_a_heading() {
    let indented = " ".repeat(25) + "Case two. 3 + 5 = 8";
    for one in [
        "### **Question two. 3 + 5 = 8",
        "- **Case two. 3 + 5 = 8",
        &indented,
    ] {
        assert_eq!(split(one), [one.trim()]);
    }
    assert_eq!(
        split("That is Case two. 3 + 5 = 8"),
        ["That is Case two.", "3 + 5 = 8"]
    );
}

#[test]
fn abbreviations_are_in_order() {
    assert!(ABBREVIATIONS.is_sorted());
}

#[test]
fn marks_of_lists_and_headings_are_no_words() {
    let of = |text: &'static str| {
        let (length, marker) = marker(text);
        (&text[length..], marker.list, marker.heading)
    };
    assert_eq!(of("- 57 + 90 = 147"), ("57 + 90 = 147", true, false));
    assert_eq!(of("## Step 1: Look"), ("Look", true, true));
    assert_eq!(of("12) Try"), ("Try", true, false));
    assert_eq!(of("**Counting:**"), ("**Counting:**", false, true));
    assert_eq!(of("-9 is"), ("-9 is", false, false));
    assert_eq!(of("18 - 7"), ("18 - 7", false, false));
    assert_eq!(of("- "), ("- ", true, false));
}

proptest! {
    #[test]
    fn no_byte_of_a_word_is_lost(line in "[ a-zA-Z0-9.!?()\"\u{e9}\u{2713}*-]{0,60}") {
        let kept: String = split(&line).concat().split_whitespace().collect();
        let all: String = line.split_whitespace().collect();
        prop_assert_eq!(kept, all);
        let (length, _) = marker(&line);
        prop_assert!(line.is_char_boundary(length));
    }
}
