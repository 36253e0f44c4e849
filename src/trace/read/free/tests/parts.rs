//! What helps with a calculation and is none of its own, and steps backward however they are written.

use super::{moves, read_for, returns};
use crate::trace::{Status, read::tests::faults};
use pretty_assertions::assert_eq;

#[test]
fn what_is_worked_out_by_parts_is_one_move() {
    for text in [
        "Let me compute 13 * 7: 10*7 = 70 and 3*7 = 21, total 91. 91 - 22 = 69. Not 75.",
        "13 * 7 = 91 (since 10 * 7 = 70, 3 * 7 = 21, 70 + 21 = 91). 91 - 22 = 69.",
        "13 times 7: 10 times 7 is 70, 3 times 7 is 21, so 91. 91 minus 22 is 69.",
        "13 * 7 = 91. 91 - 22: 91 - 20 = 71, 71 - 2 = 69. So 69.",
    ] {
        let tree = read_for("13 7 22 41 -> 75", text);
        assert_eq!(moves(&tree), ["0:13*7=91", "1:91-22=69"], "{text}");
        assert_eq!(returns(&tree), [], "{text}");
        assert!(
            tree.nodes.iter().all(|node| node.available != Some(false)),
            "{text}"
        );
    }
    let tree = read_for(
        "41 32 27 13 -> 87",
        "41 + 32 = 73. 73 + 27 = 100 (73 + 20 = 93, 93 + 7 = 100). 100 - 13 = 87.",
    );
    assert_eq!(moves(&tree), ["0:41+32=73", "1:73+27=100", "2:100-13=87"]);
    assert_eq!(tree.nodes[3].status, Status::Goal);
    // What it states is judged all the same.
    let tree = read_for("13 7 22 41 -> 75", "13 * 7: 10*7 = 80 and 3*7 = 21, total 91.");
    assert_eq!(faults(&tree), ["it is 70"]);
}

#[test]
fn the_last_part_may_be_a_number_that_is_there() {
    let tree = read_for(
        "13 7 3 41 -> 75",
        "13 * 7: 10*7 = 70, 3*7 = 21, so 91. 91 - 3 = 88.",
    );
    assert_eq!(moves(&tree), ["0:13*7=91", "1:91-3=88"]);
}

#[test]
fn what_only_tells_why_a_calculation_is_right_is_no_move() {
    let tree = read_for(
        "156 12 7 3 -> 75",
        "156 / 12 = 13 because 12*13 = 156. 13 * 7 = 91.",
    );
    assert_eq!(moves(&tree), ["0:156/12=13", "1:13*7=91"]);
    assert_eq!(returns(&tree), []);
}

#[test]
fn a_number_that_is_there_is_no_part() {
    let tree = read_for("13 7 10 41 -> 75", "13 * 7 = 91. 10 * 7 = 70. 70 + 3 = 73.");
    assert_eq!(moves(&tree)[..2], ["0:13*7=91", "0:10*7=70"]);
    let tree = read_for("13 7 22 41 -> 75", "Then 41 + 13 = 54. Or 9 + 9 = 18.");
    assert_eq!(tree.nodes[2].available, Some(false));
    let tree = read_for("13 7 22 41 -> 75", "13 * 7 = 91. 91 - 50 = 41.");
    assert_eq!(
        tree.nodes[2].available,
        Some(false),
        "fifty is no part of 13 or 7"
    );
}

#[test]
fn the_goal_in_a_longer_expression_is_worked_backward_from() {
    for (text, wanted) in [
        (
            "25 * 3 = 75, and 77 - 25*3 = 2. 5 * 4 = 20.",
            &["0:25*3=75", "1:need 2", "2:5*4=20"][..],
        ),
        ("77 - 25*3 = 2.", &["0:25*3=75", "1:need 2"][..]),
        ("(77 + 3)/4 = 20.", &["0:need 80", "1:need 20"][..]),
        ("77 - 12 - 5 = 60.", &["0:need 65", "1:need 60"][..]),
    ] {
        let tree = read_for("3 4 5 12 25 -> 77", text);
        assert_eq!(moves(&tree), wanted, "{text}");
        assert!(
            tree.nodes.iter().all(|node| node.available != Some(false)),
            "{text}"
        );
        assert!(faults(&tree).is_empty(), "{text}");
    }
    // How far all of them are from it is no step back, and a wrong one is wrong.
    let tree = read_for("3 25 -> 77", "77 - 25*3 = 2.");
    assert_eq!(moves(&tree), Vec::<String>::new());
    let tree = read_for("3 4 5 12 25 -> 77", "77 - 12 - 5 = 61.");
    assert_eq!(faults(&tree), ["the step back is wrong"]);
    let tree = read_for("3 3 7 7 -> 24", "24/7 = 3 + 3/7, so 7 * (3 + 3/7) = 24.");
    assert_eq!(moves(&tree), ["0:need 24/7", "1:3/7=3/7", "2:3+3/7=24/7"]);
    assert_eq!(tree.nodes[3].status, Status::Goal);
}

#[test]
fn the_goal_divided_and_rounded_is_no_false_statement() {
    let tree = read_for(
        "3 4 5 12 25 -> 77",
        "77 \u{f7} 3 = 25.67, not whole. 77 / 12 = 6.42, no.",
    );
    assert!(faults(&tree).is_empty());
    let tree = read_for("3 4 5 12 25 -> 77", "77 / 12 = 6.5, no.");
    assert_eq!(faults(&tree), ["the step back is wrong"]);
}

#[test]
fn a_sum_said_once_more_is_no_return() {
    let text = "31 - 16 = 15, 15 * 5 = 75. 75 + 9 = 84. Not 79. Wait, 75 + 9 is 84. Right. So no.";
    assert_eq!(returns(&read_for("5 9 16 31 -> 79", text)), []);
    let text =
        "24 = 5 * 4.8 and 4.8 = 5 - 0.2, where 0.2 = 1/5. Thus 5 * (5 - 1/5) = 24. Check: 5 * 4.8 = 24.";
    assert_eq!(returns(&read_for("1 5 5 5 -> 24", text)), []);
}

#[test]
fn what_is_announced_in_words_is_the_move_that_follows() {
    let tree = read_for(
        "9 14 20 33 -> 48",
        "Subtract 20 from 33: 33 - 20 = 12. Then add 14: 12 + 14 = 26.",
    );
    assert_eq!(moves(&tree), ["0:33-20=12", "1:12+14=26"]);
}

#[test]
fn what_the_text_lists_as_left_is_where_it_goes_on_from() {
    let tree = read_for(
        "3 6 8 75 -> 600",
        "75 * 8 = 600, with 3 and 6 left. 6 - 3 = 3, no. 6 / 3 = 2, no.",
    );
    assert_eq!(moves(&tree), ["0:75*8=600", "1:6-3=3", "1:6/3=2"]);
    assert_eq!(returns(&tree), [(2, Some(1))]);
}
