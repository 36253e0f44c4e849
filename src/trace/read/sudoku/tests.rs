mod checks;
mod meant;
mod refusals;

use crate::{
    task::sudoku::Board,
    trace::{
        Reader, Status, Subject, Tree,
        facts::Return,
        read::tests::{faults, outline},
    },
};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

/// Its solution is 2431 1342 4123 3214.
const MINI: &str = ".4.11.....23.2..";

fn subject(grid: &str) -> Subject {
    Subject::Sudoku(Some(grid.parse::<Board>().unwrap()))
}

fn read(text: &str) -> Tree {
    Reader::read(subject(MINI), text)
}

/// The moves in text order, each with its parent.
fn moves(tree: &Tree) -> Vec<String> {
    let row = |(parent, step, ..): (Option<usize>, String, String, Status)| {
        parent.map_or_else(String::new, |parent| format!("{parent}:{step}"))
    };
    outline(tree).into_iter().skip(1).map(row).collect()
}

#[test]
fn values_are_put_into_cells_in_many_words() {
    for text in [
        "R1C1 = 2",
        "r1c1: 2",
        "Place 2 in (1,1).",
        "We can place 2 in row 1, column 1.",
        "(1,1) must be 2.",
        "So row 1, column 1 must be 2.",
        "The first row's first column can only be 2.",
        "Position (1,1): the row needs 2 and 3, the box has 4 and 1, so it must be 2.",
        "We need 2 in position (1,1):",
        "Row 1 needs 2 and 3. The missing 2 goes in column 1.",
        "Row 1: 2 4 _ 1",
        "The first row becomes 2 4 _ 1.",
        "2 4 _ 1 is the first row.",
        "Column 1: 2, 1, _, _",
        "A1 = 2",
        "[0][0] = 2",
        "The only place for 2 in row 1 is column 1.",
        "The only place left for the 2 in column 1 is row 1.",
        "Since 4 is taken, the only position where 2 can go in row 1 is (1,1).",
        "In Row 1, Column 1, the only number missing in the top-left 2x2 subgrid is 2.",
        "(1,1) is 2",
        "cell (1, 1) must be 2",
        "So column 1 becomes 2 1 _ _.",
        "That gives 24.11.....23.2..",
        "2 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _",
    ] {
        assert_eq!(moves(&read(text)), ["0:r1c1=2"], "{text}");
    }
}

#[test]
fn candidates_denials_questions_and_mentions_put_nothing() {
    for text in [
        "(1,1) could be 2 or 3.",
        "(1,1) must be 2 or 3.",
        "(1,1) can't be 4.",
        "Could (1,1) be 2?",
        "Row 1 needs 2 and 3.",
        "Row 1 already has a 4.",
        "There is no 2 in (1,1).",
        "Either (1,1) = 2 or (1,3) = 2.",
        "Each row must contain 1, 2, 3, 4.",
        "The only place for 2 in row 1 is not column 1.",
        "The only place for 2 in row 1 is column 1 or column 3.",
        "The only place for 2 in row 1 could be found next.",
        "The only numbers missing in row 1 are 2 and 3.",
        "Is it 24.11.....23.2..?",
        "The first row could be 2 4 3 1 or 3 4 2 1.",
        "In a 4x4 grid, rows 1-2 make boxes 1 and 2.",
        "_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _",
        "Row 1 needs 2 in column 1 or 3.",
        "In row 1, 2 must be in column 1 or column 3.",
        "Row 1 needs 2 in column 1 or elsewhere.",
        "The 2 goes in (1,1) or (1,3).",
        "So row 1 needs 2. This could go in row 1, column 1.",
        "So row 1 needs 2 and 3. This goes in row 1, column 1.",
        "The first row has a 4 in the second column, the first row's first column is open.",
    ] {
        assert_eq!(moves(&read(text)), [""; 0], "{text}");
    }
}

#[test]
fn a_row_that_was_named_before_carries_over() {
    for text in [
        "In row one, the first cell is 2.",
        "Row one: first cell is 2.",
        "Row 1: column 1 must be 2.",
        "Look at row 1. The first one is 2.",
        "Row 1: first is 2.",
        "Row 1: the first cell has 4 and 1 around it and 3 below, so 2.",
        "In row one, first cell can't be 1 or 4 or 3, so it's 2.",
        "Row 1:\n- Column 1: 2 (as 1, 3, 4 are taken)",
        "For the first row:\n- Second column: 4 (since it is given)\n- First column: 2 (since 3 is taken)",
        "Row 1:\n- Missing: 2, 3\n- Position 1 must be 2",
        "1) First row:\n   - Given rules and row 2, missing are 2 and 3\n   - Position 1 must be 2",
        "Column 1: the first cell is 2.",
        "Column 1:\n- Position 1 must be 2",
        "Row 1 needs 2 and 3.\nThe first cell must be 2.",
        "In row 1, since row 2 has a 1, the first cell is 2.",
        "This means position (1,1) in row 1 must be 2.",
        "The first cell in row 1 can be 2 or 3. I'd say it is either. I'll guess 2.",
    ] {
        assert_eq!(moves(&read(text)), ["0:r1c1=2"], "{text}");
    }
}

#[test]
fn what_words_leave_out_is_taken_from_those_before() {
    for (text, wanted) in [
        (
            "The first column is: _, 1, _, _. It needs 2, 3 and 4.\nPut 2 in the first row and 4 in the third row",
            ["0:r1c1=2", "1:r3c1=4"],
        ),
        (
            "Column 1: place 2 in the first row and 4 in the third.",
            ["0:r1c1=2", "1:r3c1=4"],
        ),
        (
            "In row 1, put 2 in the first column, and 3 in the third.",
            ["0:r1c1=2", "1:r1c3=3"],
        ),
        (
            "If we put 2 in the first spot of the first row, the third spot must be 3.",
            ["0:r1c1=2", "1:r1c3=3"],
        ),
        (
            "Box 1 has 4 and 1, so we need 2.\nThis goes in row 1, column 1. The 3 goes in row 1, column 3.",
            ["0:r1c1=2", "1:r1c3=3"],
        ),
    ] {
        assert_eq!(moves(&read(text)), wanted, "{text}");
    }
}

#[test]
fn a_row_that_is_written_out_is_no_column_that_only_holds_a_value_of_it() {
    for text in [
        "First row: If we put 2 in the first column, it becomes 2 4 _ 1.",
        "For the first row, with 2 in the first column: 2 4 _ 1",
        "So, we have 2 in the first column, and the row is: 2 4 _ 1",
        "The fourth row has a 2 in the second column, the first row's first column must be 2.",
    ] {
        assert_eq!(moves(&read(text)), ["0:r1c1=2"], "{text}");
    }
}

#[test]
fn where_no_row_is_known_nothing_is_put() {
    for text in [
        "The first cell is 2.",
        "Row 1 is done. In the next row, the first cell is 2.",
        "Row 1 needs 2 and 3.\nThe top-left box is done.\nThe first cell must be 2.",
        "Since there is already a 3 in the first column, the last number must be 4.",
        "Row 1 has 4 and 1. In the top-left box, the first cell is 2.",
        "Row 1: column 1 is 2 or 3.",
        "Row 1:\n- Column 1: 2",
        "Row 1 needs 2, 3 in positions 1, 3.",
    ] {
        assert_eq!(moves(&read(text)), [""; 0], "{text}");
    }
    assert_eq!(read("Row 1 needs 2, 3 in positions 1, 3.").claims.len(), 1);
}

#[test]
fn letters_are_rows_or_columns_as_the_text_says() {
    assert_eq!(moves(&read("C1 = 2")), ["0:r3c1=2"]);
    assert_eq!(moves(&read("Label columns A-D. C1 = 2")), ["0:r1c3=2"]);
    assert_eq!(moves(&read("Rows are A-D, columns 1-4. A3 = 2")), ["0:r1c3=2"]);
    // `B1` has a 1 from the start where letters are rows: they are columns.
    assert_eq!(moves(&read("B1 = 4, C1 = 3")), ["0:r1c3=3"]);
    assert!(read("B1 = 4, C1 = 3").is_sound());
    // A cell that is on no board of four decides nothing.
    assert_eq!(moves(&read("A5 = 4, C1 = 2")), ["0:r3c1=2"]);
    assert_eq!(moves(&read("So C1 in row 3 must be 2.")), ["0:r3c1=2"]);
    // Nor is the row of a cell that a letter names the row of what comes after it.
    let text = "Label columns A-D. C1 = 2, and the third cell must be 3.";
    assert_eq!(moves(&read(text)), ["0:r1c3=2"]);
}

#[test]
fn going_back_keeps_what_the_new_value_does_not_contradict() {
    let tree = read(
        "Let me try (1,1) = 3.\n(1,3) = 2.\n(3,1) = 4.\nThis is wrong.\nLet me reconsider. If (3,1) = 2, it fits.\n",
    );
    assert_eq!(
        moves(&tree),
        ["0:r1c1=3", "1:r1c3=2", "2:r3c1=4", "2:r3c1=2"],
        "the guess was not the mistake"
    );
    let to: Vec<_> = tree.backtracks.iter().map(|back| back.to).collect();
    assert_eq!(to, [Some(2)]);
    // What does not fit the guess gives it up.
    let tree = read("Let me try (1,1) = 3.\n(1,3) = 2.\nThat is a conflict.\n(1,3) = 3\n");
    assert_eq!(moves(&tree), ["0:r1c1=3", "1:r1c3=2", "0:r1c3=3"]);
}

#[test]
fn the_only_place_under_an_if_is_a_guess() {
    for text in [
        "If 3 can't be in (1,1), the only place for 2 in row 1 is column 1.\nNow (3,2) = 1.",
        "If the only place for 2 in row 1 is column 1, the rest follows.\nNow (3,2) = 1.",
    ] {
        let tree = read(text);
        assert_eq!(moves(&tree), ["0:r1c1=2", "0:r3c2=1"], "{text}");
        assert!(tree.backtracks.is_empty(), "{text}");
    }
}

#[test]
fn a_value_that_is_given_is_no_move() {
    let tree = read("(1,2) = 4. Row 1: the last cell is 1. Row 3: column 4 is 3.");
    assert_eq!(moves(&tree), [""; 0]);
    assert!(tree.is_sound());
}

#[test]
fn a_changed_cell_is_a_return_to_where_it_was_empty() {
    let tree = read("(1,1) = 3\n(1,3) = 2\nWait, (1,1) must be 2.\n(1,3) = 3");
    assert_eq!(moves(&tree), ["0:r1c1=3", "1:r1c3=2", "0:r1c1=2", "3:r1c3=3"]);
    assert_eq!((tree.backtracks[0].from, tree.backtracks[0].to), (2, Some(0)));
    assert_eq!(tree.judge_return(&tree.backtracks[0]), Return::FromDeadEnd);
    let known: Vec<_> = tree.nodes.iter().map(|n| (n.available, n.reachable)).collect();
    assert_eq!(
        known,
        [
            (None, Some(true)),
            (Some(true), Some(false)),
            (Some(false), Some(false)),
            (Some(true), Some(true)),
            (Some(true), Some(true)),
        ]
    );
}

#[test]
fn a_clash_gives_up_the_guess_and_a_new_start_everything() {
    let tree = read(
        "(3,2) = 1\nLet me try (1,1) = 3.\nThen (1,3) = 2.\nThat is a conflict in column 3.\n(1,1) = 2\n",
    );
    assert_eq!(moves(&tree), ["0:r3c2=1", "1:r1c1=3", "2:r1c3=2", "1:r1c1=2"]);
    assert_eq!(tree.backtracks[0].to, Some(1));
    let tree = read("(3,2) = 1\n(3,1) = 4\nLet me start over.\n(3,2) = 1\n");
    assert_eq!(moves(&tree), ["0:r3c2=1", "1:r3c1=4", "0:r3c2=1"]);
    assert_eq!(tree.nodes[3].again, Some(1));
}

#[test]
fn the_cases_of_an_if_are_siblings_and_take_nothing_back() {
    let tree = read("If (1,1) = 2, then (1,3) = 3.\nIf (1,1) = 3, then (1,3) = 2.\nNow (3,2) = 1.");
    assert_eq!(
        moves(&tree),
        ["0:r1c1=2", "1:r1c3=3", "0:r1c1=3", "3:r1c3=2", "0:r3c2=1"]
    );
    assert!(tree.backtracks.is_empty());
}

#[test]
fn who_writes_a_value_of_a_branch_again_goes_on_in_it() {
    let tree = read("If (4,1) = 3, then (1,1) = 2.\nRow 1: 2 4 _ 1 needs 3\n(1,3) = 3.");
    assert_eq!(moves(&tree), ["0:r4c1=3", "1:r1c1=2", "2:r1c3=3"]);
    assert!(tree.backtracks.is_empty());
}

#[test]
fn a_second_grid_goes_back_as_far_as_it_differs() {
    let first = "2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 4 1\n";
    let second = "2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4\n";
    let tree = read(&format!(
        "{first}This has two 1s.\n```\n{second}```\nSo:\n{first}\n{second}All constraints are satisfied.\n"
    ));
    let goal: Vec<_> = tree
        .nodes
        .iter()
        .filter(|n| n.status == Status::Goal)
        .map(|n| n.id)
        .collect();
    assert_eq!(
        goal.len(),
        1,
        "a grid that comes again is gone back to, not built again"
    );
    assert_eq!(tree.nodes.iter().filter(|n| n.status == Status::Leaf).count(), 1);
    assert_eq!(
        tree.solved().map(|node| node.state.as_str()),
        Some("2431134241233214")
    );
    assert_eq!(tree.backtracks.len(), 3);
    assert!(tree.claims.last().unwrap().holds);
}

#[test]
fn statements_are_judged_where_that_is_certain() {
    let tree = read(
        "Row 1 has 4 and 1, needs 2 and 3. Column 2 has 4 and 3. Row 3 is missing 2.\n(1,1) = 2\nRow 4 has 1.\n",
    );
    assert_eq!(faults(&tree), ["there is no 3 in column 2", "row 3 has a 2"]);
    assert_eq!(tree.claims.iter().filter(|claim| claim.holds).count(), 2);
}

#[test]
fn counting_from_zero_is_noticed() {
    let tree = read("(0,0) = 2\n(0,2) = 3\n(3,3) = 4");
    assert_eq!(moves(&tree), ["0:r1c1=2", "1:r1c3=3", "2:r4c4=4"]);
}

#[test]
fn clues_that_are_written_over_and_values_that_do_not_fit_break_the_rules() {
    let tree = read("(1,2) = 3\n(1,3) = 1");
    assert_eq!(tree.nodes[1].available, Some(false));
    assert_eq!(tree.nodes[2].available, Some(false));
    assert!(!tree.is_sound());
}

#[test]
fn a_move_that_breaks_a_rule_says_which_as_the_scorer_does() {
    for (text, clash) in [
        ("(1,3) = 1", "1 stands twice in row 1"),
        ("(3,2) = 4", "4 stands twice in column 2"),
        ("(2,2) = 1", "1 stands twice in row 2"),
        ("(4,4) = 3", "3 stands twice in column 4"),
        ("(4,3) = 3", "3 stands twice in box 4"),
        ("(1,2) = 3", "has 3 in r1c2, where 4 is given"),
    ] {
        let node = &read(text).nodes[1];
        assert_eq!(node.clash.as_deref(), Some(clash), "{text}");
        assert_eq!(node.broke(), Some(clash), "{text}");
    }
    assert_eq!(read("(1,1) = 2").nodes[1].clash, None);
    // A row that is ticked although a cell of it is empty has nothing twice.
    assert_eq!(faults(&read("Row 1: 2 4 _ 1 \u{2713}")), [""; 0]);
}

#[test]
fn a_text_may_state_its_own_problem_and_be_of_any_size() {
    let six = "_ 2 3 4 5 6\n4 5 6 1 2 3\n2 3 1 5 6 4\n5 6 4 2 3 1\n3 1 2 6 4 5\n6 4 5 3 1 _\n";
    let tree = Reader::read(
        Subject::Unknown,
        &format!("Here is the Sudoku:\n{six}So R1C1 = 1 and R6C6 = 2.\n"),
    );
    assert_eq!(tree.reader, "sudoku/10");
    assert_eq!(moves(&tree), ["0:r1c1=1", "1:r6c6=2"]);
    assert_eq!(tree.nodes[2].status, Status::Goal);
    // Nothing is known, and still what is said is followed.
    let tree = Reader::read(Subject::Sudoku(None), "R1C1 = 1, R1C2 = 1");
    let available: Vec<_> = tree.nodes.iter().skip(1).map(|node| node.available).collect();
    assert_eq!(available, [None, Some(false)]);
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_tree_and_no_text_breaks_it(
        parts in proptest::collection::vec(
            prop_oneof![
                "[1-4_] [1-4_] [1-4_] [1-4_]\n",
                "(Row (one|2):? ?|- |Columns A-D\\. |The (first|next) (cell|row|one) |[A-D][1-4] = [1-4]\\. |this is wrong\\. |\n)",
                "(\\([0-5],[0-5]\\)|R[1-4]C[1-4]|Row [1-4], column [1-4]|Row [1-4]) ?(=|must be|:|is|has|needs) [1-5]\\. ?",
                "(Wait, that's wrong\\. |Let me start over\\. |If |Let's try |conflict |\n|```\n|either |é’s )",
                "(The only (place|number) (for|in|missing in) |24\\.11\\.\\.\\.\\.\\.23\\.2\\.\\.|2431134241233214)",
                "(\\\\begin\\{bmatrix\\}|2 & 4 & 3 & 1 \\\\\\\\ |\n?\\\\hline|\\\\end\\{bmatrix\\}|1 & _ & 2 & \\\\mathbf\\{4\\})",
                "(第[0-4一二]行(的)?第[0-4]列(=|是|不能是|填)[1-4][。，]|row 0 |has a 2 at \\(0,[0-3]\\))",
                "(Fill \\([1-4],[1-4]\\) with [1-4]\\. |I'll put [1-4] there for now\\. | or [1-4]\\. )",
                "\\PC{0,12}",
            ],
            0..24,
        ),
        cuts in proptest::collection::vec(0_usize..400, 0..6),
        known in proptest::bool::ANY,
    ) {
        let text = parts.concat();
        let subject = if known { subject(MINI) } else { Subject::Sudoku(None) };
        let whole = Reader::read(subject.clone(), &text);
        let mut reader = Reader::new(subject);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| text.floor_char_boundary(cut.min(text.len()))).collect();
        cuts.sort_unstable();
        let mut from = 0;
        for to in cuts.into_iter().chain([text.len()]) {
            reader.push(&text[from..to], |_, _| ());
            from = to;
        }
        reader.finish(|_, _| ());
        prop_assert_eq!(&whole, reader.tree());
        let starts = |pick: fn(&Tree) -> Vec<usize>| pick(&whole).is_sorted();
        prop_assert!(starts(|tree| tree.nodes.iter().map(|node| node.span.start).collect()));
        for node in &whole.nodes {
            prop_assert!(node.parent.is_none_or(|parent| parent < node.id));
            prop_assert!(text.get(node.span.start..node.span.end).is_some());
        }
    }
}

#[test]
fn a_guess_may_be_a_question_and_a_contradiction_leaves_it() {
    for text in [
        "Then (2,2) is 3. Guess r1c1 = 3? That gives a contradiction. Undo: r1c1 = 2.",
        "Then (2,2) is 3.\nWhat if (1,1) is 3?\nColumn 1 has two 3s then, a conflict.\nUndo.\nSo r1c1 = 2.",
    ] {
        let tree = read(text);
        assert_eq!(moves(&tree), ["0:r2c2=3", "1:r1c1=3", "1:r1c1=2"], "{text}");
        assert_eq!(tree.backtracks.len(), 1, "{text}");
    }
}

#[test]
fn another_row_takes_the_place_of_one_that_cannot_be() {
    for text in [
        "Row 1: 3 4 2 1. No, that can't be right, how about 2 4 3 1",
        "Row 1: 3 4 2 1, no, that can't be right, how about 2 4 3 1?",
    ] {
        let tree = read(text);
        assert_eq!(
            moves(&tree),
            ["0:r1c1=3", "1:r1c3=2", "0:r1c1=2", "3:r1c3=3"],
            "{text}"
        );
        assert_eq!(tree.backtracks.len(), 1, "{text}");
    }
}

#[test]
fn that_every_unit_has_every_value_once_is_judged_on_the_finished_grid() {
    let check =
        "Each row contains 1-4 exactly once: Verified. Each column contains 1-4 exactly once: Verified.";
    let tree = read(&format!("2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 4 1\n{check}"));
    assert_eq!(faults(&tree), ["4 stands twice in column 3"]);
    let tree = read(&format!("2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4\n{check}"));
    assert_eq!((tree.claims.len(), faults(&tree).len()), (2, 0));
    for rule in [
        check,
        "2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4\nEach row must have every value once.",
    ] {
        assert!(read(rule).claims.is_empty(), "{rule}");
    }
}

#[test]
fn rows_in_prose_come_in_any_order() {
    let tree = read("Row 4: 3 2 1 4. Row 2 is 1 3 4 2, row 1 is 2 4 3 1 and row 3 is 4 1 2 3.");
    assert!(tree.solved().is_some());
}

#[test]
fn a_whole_grid_may_be_one_word_of_a_sentence() {
    let tree = read("So the solution is 2431134241233214.\n");
    assert!(tree.solved().is_some());
    // The doubt comes before the grid that answers it.
    let tree = read("It is 3421134241233214.\nNo, that's wrong, so it is 2431134241233214.\n");
    assert_eq!((tree.backtracks.len(), tree.solved().is_some()), (1, true));
}
