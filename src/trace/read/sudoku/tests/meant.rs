//! What a sentence means of a cell that it names: that it is filled, tried, or only cited.

use super::{faults, moves, read};
use crate::trace::{Status, Tree};
use pretty_assertions::assert_eq;

#[test]
fn claims_count_from_0_where_their_line_does() {
    for text in [
        "row 0 has 4, 1 and column 3 has a 3, so grid[0][2] = 3.",
        "For cell (0,2): row 0 has 4 and 1, column 3 has 3. So (0,2) = 3.",
        "Column 3 has 1 and 3. Row 0 has 4 and 1. So (0,2) = 3.",
        "board[0][2] must be 3: row 0 has 4 and 1, column 3 has 3.",
        "row 0 has 4, 1; column 3 has a 3; so r0c2 = 3",
        "col 3 has a 1 and row 0 needs 2, 3, so (0, 2) = 3.",
    ] {
        let tree = read(text);
        assert_eq!(
            (moves(&tree), faults(&tree)),
            (vec!["0:r1c3=3".to_owned()], vec![]),
            "{text}"
        );
        assert!(!tree.claims.is_empty(), "{text}");
    }
    assert_eq!(faults(&read("Row 0 has 3 and 4.")), ["there is no 3 in row 0"]);
    // A word of code in a text that counts from 1 changes nothing.
    for text in [
        "Row 4 has a 2. Its first cell, grid[3][0], is open. Column 3 has 2.",
        "R4C4 = 4.\nThat is grid[3][3], and grid[0][0] is open.\n_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ 4\nColumn 3 has 2.",
        "_ 4 _ 1\n1 0 0 0\n0 0 2 3\n0 2 0 0\nColumn 3 has 2.",
    ] {
        assert_eq!(faults(&read(text)), [""; 0], "{text}");
    }
}

#[test]
fn a_claim_is_quoted_with_what_it_is_about() {
    let text = "There is more: column 1 has a 4. Row 1 has 4 and 1, needs 2.";
    let tree = read(text);
    let quoted: Vec<_> = tree
        .claims
        .iter()
        .map(|claim| &text[claim.span.start..claim.span.end])
        .collect();
    assert_eq!(
        quoted,
        [
            "column 1 has a 4",
            "Row 1 has 4 and 1",
            "Row 1 has 4 and 1, needs 2"
        ]
    );
    assert_eq!(faults(&tree), ["there is no 4 in column 1"]);
}

/// Where the guess is refuted its cell stands open again, and naming what it had puts nothing.
#[test]
fn a_value_that_is_cited_as_evidence_is_not_put() {
    for said in [
        "Row 3: column 3 already has a 2 at (1,3)! Contradiction.",
        "There is a 2 at (1,3), conflict.",
        "That conflicts with the 2 in (1,3).",
        "Contradiction because of the 2 in R1C3.",
        "But there's already a 2 in r1c3, so this is a contradiction.",
        "This is impossible since column 3 has a 2 at (1,3).",
        "Contradiction! The 2 at (1,3) blocks it.",
        "Contradiction, (1,3) already has 2.",
        "Conflict: row 3 needs a 2 but column 3 contains a 2 in (1,3).",
        "A contradiction. This comes from (1,3) = 2.",
    ] {
        let tree = read(&format!(
            "Let's guess (1,1) = 3. Then (1,3) = 2.\n{said}\nSo (1,1) = 2."
        ));
        assert_eq!(moves(&tree), ["0:r1c1=3", "1:r1c3=2", "0:r1c1=2"], "{said}");
        assert_eq!(tree.backtracks.len(), 1, "{said}");
    }
    for text in [
        "So row 1 now has a 2 in (1,1).",
        "We place the 2 in (1,1).",
        "So column 1 must have a 2 at (1,1).",
        "The 2 goes at (1,1).",
        "Therefore row 1 has a 2 at (1,1).",
        "The missing 2 must be in (1,1).",
    ] {
        assert_eq!(moves(&read(text)), ["0:r1c1=2"], "{text}");
    }
}

#[test]
fn a_cell_is_filled_in_many_words() {
    for text in [
        "Fill (1,1) with 2.",
        "So we fill in cell (1,1) with the 2.",
        "In row 1, column 1 we can place 2.",
        "Row 1, column 1: we can only place 2 here.",
        "For (1,1), we can put 2.",
        "In row 1, column 1 we will write a 2.",
        "Row 1, Column 1: The missing number is 2.",
        "(1,1): the only remaining number is 2.",
        "R1C1: the missing digit must be 2.",
        "Row 1, column 1: 2 or 3. Put 2.",
        "Row 1, column 1: 2 or 3. Let me go with 2.",
        "Row 1, column 1 is either 2 or 3. Let me try 2 first.",
        "Row 1, column 1 can be 2 or 3; I'll pick 2.",
        "Row 1, column 1 could be 2 or 3. I'll put 2 there for now.",
        "Row 1, column 1: candidates 2, 3. Choose 2 for now.",
        "Row 1, column 1: 2 or 3. Let's say 2.",
        "For row 1, column 1, only 2 works.",
        "(1,1): only 2 is possible.",
        "\u{7b2c}1\u{884c}\u{7b2c}1\u{5217} = 2",
        "第1行的第1列是2。",
        "所以第一行第一列应该填2，因为第1行有4和1。",
        "第一行第一列只能是2。",
    ] {
        assert_eq!(moves(&read(text)), ["0:r1c1=2"], "{text}");
    }
}

#[test]
fn what_stays_open_or_is_denied_fills_no_cell() {
    for text in [
        "Fill (1,1) with 2 or 3.",
        "You can fill (1,1) with 2, 3 or 4.",
        "Rule: fill each cell with a number from 1 to 4.",
        "In row 1, column 1 we can place 2 or 3.",
        "In row 1, column 1 we could place 2.",
        "In row 1, column 1 we can't place 2.",
        "In row 1, column 1 can we place 2?",
        "Row 1, Column 1: the missing numbers are 2 and 3.",
        "Row 1: the missing number is 2.",
        "Row 1, column 1 could be 2 or 3. We can't put 2 there.",
        "Row 1, column 1: 2 or 3. Don't put 3.",
        "Row 1, column 1: 2 or 3. If we put 2 in row 2, it breaks.",
        "Row 1, column 1: where can I put 2?",
        "R1C1: I put 2 candidates.",
        "R1C1: don't put 2.",
        "For (1,1), only 2 works in the next row.",
        "For R1C1 use the rule that 2 is there once.",
        "Hint: in (1,1) we need to place one of 2, 3.",
        "Put 2.",
        "第1行第1列不能是2。",
        "第1行第1列可能是2或3。",
        "第1行有4和1，缺2和3。",
    ] {
        assert_eq!(moves(&read(text)), [""; 0], "{text}");
    }
}

#[test]
fn one_of_several_that_is_put_is_a_guess() {
    let tree =
        read("(1,1) could be 2 or 3. I'll put 3 there for now.\n(1,3) = 2.\nThat is a conflict.\n(3,2) = 1");
    assert_eq!(moves(&tree), ["0:r1c1=3", "1:r1c3=2", "0:r3c2=1"]);
    // What must be is none.
    let tree = read("(1,1): 2 or 3. Only 2 fits. Put 2.\n(1,3) = 3.\nThat is a conflict.\n(3,2) = 1");
    assert_eq!(moves(&tree), ["0:r1c1=2", "1:r1c3=3", "2:r3c2=1"]);
}

#[test]
fn the_return_from_a_guess_stands_where_it_clashes_and_the_next_guess_is_none() {
    let text = "Let me try row 1 column 1 = 3. But column 4 already has a 3 in row 3. So row 1, column 1 is 2.\nNow column 4. Suppose row 2, column 4 is 2.";
    let tree = read(text);
    assert_eq!(moves(&tree), ["0:r1c1=3", "0:r1c1=2", "2:r2c4=2"]);
    assert_eq!(tree.backtracks.len(), 1);
    let back = &tree.backtracks[0];
    assert_eq!(
        (&text[back.span.start..back.span.end], back.to),
        ("already has a", Some(0))
    );
}

/// The rows of the solution as TeX writes them.
const ROWS: [&str; 4] = ["2 & 4 & 3 & 1", "1 & 3 & 4 & 2", "4 & 1 & 2 & 3", "3 & 2 & 1 & 4"];

fn solved(tree: &Tree) -> bool {
    let goal = tree
        .nodes
        .iter()
        .filter(|node| node.status == Status::Goal)
        .count();
    goal == 1 && tree.nodes.len() == 11
}

#[test]
fn a_grid_in_tex_is_read_in_full_on_one_line_or_several() {
    let [line, lines] = [" \\\\ ", " \\\\\n"].map(|end| ROWS.join(end));
    for text in [
        format!("\\begin{{bmatrix}} {line} \\end{{bmatrix}}"),
        format!("$$\\begin{{pmatrix}}{line}\\end{{pmatrix}}$$ Each row has 1-4 exactly once."),
        format!("So the answer is $\\begin{{array}}{{|c|c|c|c|}} {line} \\end{{array}}$, as wanted."),
        format!("Row 1 is done: \\begin{{matrix}} {line} \\end{{matrix}}."),
        format!("$$\\boxed{{\\begin{{array}}{{cc|cc}}\n{lines}\n\\end{{array}}}}$$"),
        format!("It is \\[\\begin{{bmatrix}} {lines} \\\\\n\\end{{bmatrix}}\\]"),
        format!(
            "\\begin{{tabular}}{{cccc}}\n\\hline\n{}\n\\end{{tabular}}",
            lines.replace("\\\\\n", "\\\\[2pt] \\hline\n")
        ),
        format!(
            "\\begin{{bmatrix}}{}\\end{{bmatrix}}",
            line.replace("3 & 2", "\\mathbf{3} & \\textcolor{red}{2}")
        ),
    ] {
        let tree = read(&text);
        assert!(solved(&tree), "{text}: {:?}", moves(&tree));
        assert!(tree.backtracks.is_empty(), "{text}");
    }
    // What is said before it on its line comes first.
    let tree = read(&format!(
        "R1C1 = 3\nNo, that's wrong: \\begin{{matrix}} {line} \\end{{matrix}}"
    ));
    assert_eq!((tree.backtracks.len(), tree.solved().is_some()), (1, true));
    for text in [
        "Row 1 has \\( 4, 1 \\), so it needs \\( 2, 3 \\).",
        "\\begin{bmatrix}\n\\end{bmatrix}",
    ] {
        assert_eq!(moves(&read(text)), [""; 0], "{text}");
    }
}

#[test]
fn a_grid_that_corrects_another_goes_back_only_as_far_as_it_differs() {
    let wrong = "2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 4 1\n";
    let right = "2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4\n";
    for said in [
        "Wait, the last row is wrong. Corrected:",
        "Wait, the last row should end in 4. Let me fix that:",
        "Hmm, that's wrong. Let me redo the last row:",
        "I made a mistake in row 4. Let me correct that.",
        "Column 3 has a duplicate, so this is incorrect.",
    ] {
        for next in [right, "Row 4: 3 2 1 4\n"] {
            let tree = read(&format!("{wrong}{said}\n{next}"));
            let backs: Vec<_> = tree.backtracks.iter().map(|back| (back.from, back.to)).collect();
            assert_eq!(backs, [(10, Some(8))], "{said} {next}");
            assert_eq!(tree.solved().map(|node| node.id), Some(12), "{said} {next}");
        }
    }
    // Who starts over does.
    let tree = read(&format!("{wrong}Let me start over:\n{right}"));
    assert_eq!(tree.backtracks[0].to, Some(0));
    // A guess that the grid no longer has is given up whatever else is right.
    let tree = read(&format!(
        "(1,3) = 3\nLet me guess (2,4) = 4.\n(4,4) = 2\nContradiction.\n{right}"
    ));
    assert_eq!(tree.backtracks[0].to, Some(1));
    let tree =
        read("(1,3) = 3\nLet me guess (2,4) = 4.\nContradiction.\n_ 4 3 1\n1 _ _ _\n_ _ 2 3\n_ 2 1 _\n");
    assert_eq!(moves(&tree), ["0:r1c3=3", "1:r2c4=4", "1:r4c3=1"]);
    // Rows that are tried one after the other are attempts of their own.
    let tree = read(
        "If the first row is 2 4 3 1, that doesn't work.\nIf the first row is 3 4 2 1, that doesn't work.\nRow 1: 3 4 1 1",
    );
    assert!(
        tree.nodes
            .iter()
            .skip(1)
            .filter(|node| node.parent == Some(0))
            .count()
            >= 2
    );
}
