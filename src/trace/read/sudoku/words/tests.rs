use super::*;
use proptest::prelude::*;

fn whats(text: &str, size: u8) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    items(text, &lower, size)
        .into_iter()
        .filter(|item| !matches!(item.what, What::Word(_) | What::Sign(_)))
        .map(|item| match item.what {
            What::Cell(row, column) => {
                format!("{:?}", What::Cell(row & !(ORDINAL | LETTER), column & !ORDINAL))
            }
            What::Run(cells, _) => format!("Run({})", cells.len()),
            what => format!("{what:?}"),
        })
        .collect()
}

#[test]
fn cells_are_known_by_all_their_names() {
    for text in [
        "R1C2",
        "r1 c2",
        "(1,2)",
        "(1, 2)",
        "[1][2]",
        "row 1, column 2",
        "Row 1 Col 2",
        "the first row's second column",
        "the 2nd column of the 1st row",
        "column 2 in row 1",
        "A2",
        "(row 1, column 2)",
        "position 2 of row #1",
        "the second spot of the top row",
        "row one, second cell",
        "position (1,2) in row 1",
        "cell (1,2) of the first row",
    ] {
        assert_eq!(whats(text, 9), ["Cell(1, 2)"], "{text}");
    }
}

#[test]
fn digits_that_are_no_values_are_left_out() {
    for text in [
        "a 3x3 box 4",
        "1-9 in boxes 1 and 2",
        "Step 3",
        "2.5",
        "rows 1, 2",
        "9\u{d7}9",
    ] {
        let found = whats(text, 9);
        assert!(found.iter().all(|what| what == "Box"), "{text}: {found:?}");
    }
    assert_eq!(whats("needs 1, 3 and 4", 9), ["List([1, 3, 4])"]);
    assert_eq!(whats("row 3: 4 _ 2 3 so 4", 4), ["Row(3)", "Run(4)", "Digit(4)"]);
    assert_eq!(whats("5 3 8 9 6 1 1 is wrong", 9), ["Broken"]);
}

proptest! {
    #[test]
    fn places_are_in_the_text(text in "([0-9 _,.()=|\\[\\]]|row |column |R1|A5|first |last |\u{2192}|é|’s| 4x4){0,40}") {
        let lower = text.to_ascii_lowercase();
        let mut before = 0;
        for item in items(&text, &lower, 4) {
            prop_assert!(item.start >= before && item.start < item.end);
            prop_assert!(text.get(item.start..item.end).is_some());
            before = item.end;
            if let What::Run(cells, _) = &item.what {
                prop_assert!(cells.iter().all(|cell| (item.start..item.end).contains(&cell.at)));
            }
        }
    }
}
