//! What units have, and columns and boxes that are gone through.

use super::{moves, read};
use pretty_assertions::assert_eq;

#[test]
fn what_follows_from_what_a_unit_has_is_put() {
    for text in [
        "Column 1 has 1 already, so R1C1 = 2.",
        "Row 1 has 4 and 1, column 3 has 2 \u{2192} r1c1 = 2.",
        "Col 1 has 1 => (1,1) = 2",
        "Row 1: needs 2 and 3; box 2 has 3 already, thus (1,1) = 2.",
        "(1,1): the box has 1, 3, 4 \u{2192} 2.",
        "r1c1: row 1 has 4,1; column 1 has 1, 3 -> 2",
    ] {
        assert_eq!(moves(&read(text)), ["0:r1c1=2"], "{text}");
    }
    for text in [
        "Row 1 already has (1,2) = 4.",
        "Row 1 has (1,1) = 2 from the start.",
        "(1,1): the box has 1, 4 \u{2192} 2, 3.",
        "(1,1): the box has 1, 4 \u{2192} candidates 2, 3.",
        "(1,1): the box does not have 1, 3, 4 \u{2192} 2.",
    ] {
        assert_eq!(moves(&read(text)), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn columns_and_boxes_that_are_gone_through_put_nothing() {
    let grid = "2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4\n\n";
    let rows = moves(&read(grid));
    for check in [
        "Verify columns: 2 1 4 3 \u{2713}, 4 3 1 2 \u{2713}, 3 4 2 1 \u{2713}, 1 2 3 4 \u{2713}.",
        "- Columns: [2 1 4 3], [4 3 1 2], [3 4 2 1], [1 2 3 4] \u{2713}",
        "Boxes: 2 4 1 3 \u{2713}, 3 1 4 2 \u{2713}, 4 1 3 2 \u{2713}, 2 3 1 4 \u{2713}.",
        "The columns are 2143, 4312, 3421 and 1234.",
    ] {
        let tree = read(&format!("{grid}{check}"));
        assert_eq!(moves(&tree), rows, "{check}");
        assert!(
            tree.backtracks.is_empty() && tree.claims.iter().all(|claim| claim.holds),
            "{check}"
        );
    }
    // A row is put behind such a check.
    let tree = read("Columns: 2 1 4 3 \u{2713}. Row 1: 2 4 3 1.");
    assert_eq!(moves(&tree), ["0:r1c1=2", "1:r1c3=3"]);
}
