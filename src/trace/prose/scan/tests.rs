use super::*;
use crate::trace::prose::Sentence;
use proptest::prelude::*;

fn read<T>(line: &str, goal: i64, mut map: impl FnMut(&Sentence<'_>) -> T) -> Vec<T> {
    let mut found = Vec::new();
    Scanner::default().read(line, 0, Some(goal.into()), &mut |sentence| {
        found.push(map(sentence))
    });
    found
}

fn shape(line: &str) -> String {
    read(line, 15, |sentence| sentence.shape.to_owned()).join(" | ")
}

/// Each expression with its value and how it is linked.
fn values(line: &str) -> Vec<(String, String, Link)> {
    read(line, 15, |sentence| {
        sentence
            .expressions
            .iter()
            .map(|e| {
                let value = e.value.map_or_else(|| "-".to_owned(), |value| value.to_string());
                (sentence.text[e.start..e.end].to_owned(), value, e.link)
            })
            .collect::<Vec<_>>()
    })
    .concat()
}

#[test]
fn a_shape_keeps_the_words_and_hides_the_numbers() {
    assert_eq!(
        shape("- Let me try: 18 × 7 = 126 (too big)"),
        "let me try: % = # (too big)"
    );
    assert_eq!(
        shape("That\u{2019}s **not 15**, need 3 more."),
        "that's not @, need # more."
    );
    assert_eq!(
        shape("Can I make 44 from 92, 28, 20?"),
        "can i make # from #, #, #?"
    );
    assert_eq!(shape("1. \\[18 \\times 7 = 126\\]"), "% = #");
    assert_eq!(
        shape("the 2nd of two 8s in a 9x9 grid"),
        "the #nd of two #s in a #x9 grid"
    );
    assert_eq!(shape("Row 3: 4 _ 2 1"), "row #: # _ # #");
    assert_eq!(shape("15 \u{2248} 43 * something"), "@ ~ # * something");
    assert_eq!(
        shape("Then 8 + something... but I need 13. So"),
        "then # + something... but i need #. | so"
    );
}

#[test]
fn an_arrow_leads_to_a_result_unless_what_follows_is_left() {
    let links = |line: &str| values(line).pop().map(|(_, _, link)| link);
    for stays in [
        "18 + 7 -> 26 remains too big",
        "18 + 7 -> 26 remains high",
        "18 + 7 -> 26 leftover\u{2026}",
        "18 + 7 -> 26 left me puzzled",
        "18 + 7 -> 26 numbered",
    ] {
        assert_eq!(links(stays), Some(Link::Equal), "{stays}");
    }
    for left in [
        "18 + 7 -> 4 left",
        "18 + 7 -> 4 remains",
        "18 + 7 -> 4 remaining, too",
        "18 + 7 -> 4 remain, so we add",
        "18 + 7 -> 4 unused",
        "18 + 7 -> 4 left and we add",
    ] {
        assert_eq!(links(left), Some(Link::None), "{left}");
    }
}

#[test]
fn a_negative_number_that_was_made_keeps_its_sign_over_sentences_without_numbers() {
    let mut scanner = Scanner::default();
    let mut first = |line: &str| {
        let mut found = None;
        scanner.read(line, 0, None, &mut |sentence: &Sentence<'_>| {
            found = sentence.expressions.first().and_then(|first| first.value);
        });
        found
    };
    first("3 - 8 = -5");
    first("That is negative.");
    first("");
    assert_eq!(first("-5 + 2 = 7"), Some((-3).into()));
    // After another number the dash is a list's.
    assert_eq!(first("-5 + 2 = 7"), Some(7.into()));
}

#[test]
fn models_write_arithmetic_in_many_ways() {
    let value = |text: &str| {
        values(text)
            .first()
            .map(|(written, value, _)| (written.clone(), value.clone()))
    };
    for (text, written, result) in [
        ("so 18 - 7 + 4", "18 - 7 + 4", "15"),
        ("(18 \u{2212} 7) \u{d7} 4 is", "(18 \u{2212} 7) \u{d7} 4", "44"),
        ("18 x 7", "18 x 7", "126"),
        ("18x7", "18x7", "126"),
        ("18 times 7 makes", "18 times 7", "126"),
        ("\\(\\frac{18}{4}\\)", "{18}{4}", "9/2"),
        ("18 \\cdot (7 - 4)", "18 \\cdot (7 - 4)", "54"),
        ("1,898 / 2", "1,898 / 2", "949"),
        ("41.5 * 2", "41.5 * 2", "83"),
        ("18 / (7 - 7)", "18 / (7 - 7)", "-"),
        ("2 + 3 * 4 - 1", "2 + 3 * 4 - 1", "13"),
        ("((2 + 3) * 4", "(2 + 3) * 4", "20"),
    ] {
        assert_eq!(
            value(text),
            Some((written.to_owned(), result.to_owned())),
            "{text}"
        );
    }
}

#[test]
fn a_parenthesis_that_follows_an_operand_at_once_multiplies_it() {
    for (text, result) in [
        ("(5 + 7)(6 / 3) is", "24"),
        ("(5 + 7) (6 / 3) is", "24"),
        ("so 2(7 - 1)", "12"),
        ("2(6) = 12", "12"),
        ("= 2(6)", "12"),
        ("(3+1)(2+1)(1+1)", "24"),
        (r"2\left(7 - 1\right)", "12"),
        (r"\frac{6}{3}(7 - 1)", "12"),
        (r"(7 - 1)\frac{6}{3}", "12"),
        ("20 - 2(7 - 1) + 3", "11"),
        ("2((7 - 1) - 4)", "4"),
        ("[(5 + 7) * 2] - 3", "21"),
        ("2[7 - 1]", "12"),
        ("3(5) + 7", "22"),
        ("(7 - 3)(2) + 1", "9"),
    ] {
        assert_eq!(
            values(text).first().map(|found| found.1.as_str()),
            Some(result),
            "{text}"
        );
    }
    for text in [
        "R1 (2) is",
        "step 2 (7 - 1 = 6)",
        "step 2(7 - 1 = 6)",
        "options 3 (see above)",
        "options 3(see above)",
        "Step 2(7 - 1)",
        "2 (7 - 1)",
        "Section 2(3) says",
        "(18 - 7) (11)",
        "1(a), 2(b)",
        r"2\frac{1}{2}",
        "[1], [2], [18, 7, 4]",
        "row 2 (5 in it)",
    ] {
        let products = read(text, 15, |sentence| {
            sentence
                .calculations()
                .flat_map(|e| &e.steps)
                .filter(|step| step.op == Op::Mul)
                .count()
        });
        assert_eq!(products.iter().sum::<usize>(), 0, "{text}");
    }
}

#[test]
fn the_words_between_expressions_link_them() {
    let links = |text: &str| {
        values(text)
            .into_iter()
            .map(|(_, value, link)| (value, link))
            .collect::<Vec<_>>()
    };
    let number = |text: &str| text.to_owned();
    assert_eq!(
        links("18 + 7 - 4 = 25 - 4 = 21"),
        [
            (number("21"), Link::None),
            (number("21"), Link::Equal),
            (number("21"), Link::Equal)
        ]
    );
    assert_eq!(
        links("18 plus 7 gives us 25"),
        [(number("25"), Link::None), (number("25"), Link::Equal)]
    );
    assert_eq!(
        links("7 - 18 = -11"),
        [(number("-11"), Link::None), (number("-11"), Link::Equal)]
    );
    assert_eq!(links("18 / 7 \u{2248} 2.6")[1].1, Link::Near);
    assert_eq!(links("= 115 + 2")[0].1, Link::Equal);
    assert_eq!(links("25 but 15")[1].1, Link::None);
}

proptest! {
    #[test]
    fn any_line_is_read_and_every_place_is_in_it(line in "[ a-zA-Z0-9.!?()\\[\\]+*/=x\u{d7}\u{2212}\u{e9}{}\\\\$-]{0,80}") {
        let ok = read(&line, 15, |sentence| {
            sentence.expressions.iter().all(|e| sentence.text.get(e.start..e.end).is_some())
                && sentence.span.of(&line) == sentence.text
        });
        prop_assert!(ok.into_iter().all(|ok| ok));
    }
}
