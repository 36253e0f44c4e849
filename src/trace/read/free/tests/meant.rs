//! What is written is read as it is meant: asked, supposed, needed backward, explained behind, gone on with by a sign.

use super::{moves, read_for, returns};
use crate::trace::{Status, Tree, facts::Return, read::tests::faults};
use pretty_assertions::assert_eq;

/// Nothing false, nothing missing, no return.
fn is_plain(tree: &Tree, text: &str) {
    assert_eq!((faults(tree), returns(tree)), (vec![], vec![]), "{text}");
    assert!(tree.is_sound(), "{text}");
}

#[test]
fn an_equation_that_is_asked_denied_or_supposed_states_nothing() {
    for text in [
        "Is 7 * 2 - 3 = 13? No, it's 11.",
        "Does 7 * 2 - 3 = 13? No.",
        "7 * 2 - 3 = 13? No, that's 11.",
        "Could it be that 7 * 2 - 3 equals 13? Hmm.",
        "Let me see if 7 * 2 - 3 = 13: 14 - 3 = 11.",
        "7 * 2 - 3 = 13 is false, it's 11.",
        "We can't say 7 * 2 - 3 = 13, since 14 - 3 = 11.",
        "If 7 * 2 - 3 = 13 were true, I would be done.",
        "Why is 7 * 2 - 3 = 13 wrong?",
    ] {
        let tree = read_for("2 3 7 -> 13", text);
        assert_eq!(moves(&tree), ["0:7*2=14", "1:14-3=11"], "{text}");
        is_plain(&tree, text);
    }
    let tree = read_for("2 3 7 -> 13", "2 + 3 = 5, 5 + 7 = 13? No: 5 + 7 = 12.");
    assert_eq!(moves(&tree), ["0:2+3=5", "1:5+7=12"]);
    is_plain(&tree, "and what is then said to be right is no other move");
    let tree = read_for("2 3 7 -> 13", "7 * 3 = 20, so what is left?");
    assert_eq!(
        faults(&tree),
        ["it is 21"],
        "what is asked behind it is something else"
    );
}

#[test]
fn working_backward_by_the_inverse_operations_is_a_need() {
    for text in [
        "Working backwards from 50: 50 + 3 = 53, 53 + 7 = 60, and 60 = 12 \u{d7} 5. So 12 \u{d7} 5 \u{2212} 7 \u{2212} 3 = 50.",
        "Undo the last subtraction: 50 + 3 = 53. Undo another: 53 + 7 = 60. 60 is 12 \u{d7} 5.",
    ] {
        let tree = read_for("12 7 5 3 -> 50", text);
        assert_eq!(moves(&tree), ["0:need 53", "1:need 60", "2:12*5=60"], "{text}");
        is_plain(&tree, text);
    }
    let text = "50 + 10 = 60 = 12 \u{d7} 5, and 10 = 7 + 3. So 12 \u{d7} 5 \u{2212} (7 + 3).";
    let tree = read_for("12 7 5 3 -> 50", text);
    assert_eq!(moves(&tree), ["0:12*5=60", "1:7+3=10", "2:60-10=50"]);
    is_plain(&tree, text);
    let tree = read_for("12 7 5 3 -> 50", "12 * 5 = 60, 60 - 10 = 50, 50 + 3 = 53.");
    assert!(
        !tree.is_sound(),
        "the goal that was made is a number like any other"
    );
}

#[test]
fn a_part_that_is_explained_afterwards_was_needed() {
    for text in [
        "5 \u{d7} 7 = 35. 35 + 6 = 41. 6 = 8 \u{2212} 2. So 5 \u{d7} 7 + 8 \u{2212} 2 = 41.",
        "5 \u{d7} 7 = 35. 35 + 6 = 41, where 6 = 8 \u{2212} 2.",
        "5 \u{d7} 7 = 35 and 35 + 6 = 41. 8 - 2 = 6.",
    ] {
        let tree = read_for("5 8 2 7 -> 41", text);
        assert_eq!(moves(&tree), ["0:5*7=35", "1:need 6", "2:8-2=6"], "{text}");
        is_plain(&tree, text);
    }
    for text in [
        "60 \u{2212} 10 = 50, with 60 = 12 \u{d7} 5 and 10 = 7 + 3.",
        "60 - 10 = 50. 60 is 12 * 5 and 10 is 7 + 3. Answer: 12 * 5 - (7 + 3)",
    ] {
        let tree = read_for("12 7 5 3 -> 50", text);
        assert_eq!(moves(&tree), ["0:12*5=60", "1:7+3=10", "2:60-10=50"], "{text}");
        assert_eq!(tree.nodes[3].status, Status::Goal, "{text}");
        is_plain(&tree, text);
    }
    let text = "6 * 9 = 54. 54 - 24 = 30 but 24 can't be made from 4 and 3: 4 * 3 = 12.";
    let tree = read_for("4 6 9 3 -> 30", text);
    assert_eq!(moves(&tree), ["0:6*9=54", "1:need 24", "2:4*3=12"]);
    is_plain(&tree, text);
    let tree = read_for("5 8 2 7 -> 41", "5 * 7 = 35. 35 + 6 = 41. Done.");
    assert!(!tree.is_sound(), "what nothing explains was not there");
}

#[test]
fn both_parts_of_a_decomposition_may_be_made_though_one_is_a_number_that_is_there() {
    for (problem, text, last) in [
        (
            "7 3 2 1 -> 20",
            "20 = 21 - 1, and 21 = 7*3. Then we've 2 and 1 left, and 2-1 = 1. So 7*3 - (2-1) = 20.",
            "21-1=20",
        ),
        (
            "25 6 3 100 -> 78",
            "78 = 75 + 3. 75 = 100 - 25. 3 = 6 - 3. Answer: (100 - 25) + (6 - 3)",
            "75+3=78",
        ),
    ] {
        let tree = read_for(problem, text);
        is_plain(&tree, text);
        let end = tree.nodes.last().unwrap();
        assert_eq!(
            (end.step.as_deref(), end.status),
            (Some(last), Status::Goal),
            "{text}"
        );
    }
}

#[test]
fn what_is_said_to_be_left_tells_where_a_move_was_made() {
    for back in [
        "6 * 6 = 36 [36] \u{2717}",
        "6 + 6 = 12. No.\nBack to (3, 3, 6).",
        "6 + 6 = 12\n\u{21a9} [3, 3, 6]",
    ] {
        let text =
            format!("11 - 8 = 3 [3, 3, 6]\n3 + 3 = 6 [6, 6]\n{back}\n3 + 6 = 9 [3, 9]\n3 * 9 = 27 [27]\n");
        let tree = read_for("3 11 6 8 -> 27", &text);
        assert_eq!(moves(&tree)[3..], ["1:3+6=9", "4:3*9=27"], "{back}");
        assert_eq!(returns(&tree), [(3, Some(1))], "{back}");
    }
    let text = "9/3 = 3. 3 + 6 = 9... 9 * 4 = 36. Undo the last: 9 + 4 = 13. Undo two: 3 * 6 = 18.";
    let tree = read_for("4 6 9 3 -> 30", text);
    assert_eq!(moves(&tree)[3..], ["2:9+4=13", "1:3*6=18"]);
    assert_eq!(returns(&tree), [(3, Some(2)), (4, Some(1))]);
}

#[test]
fn a_try_that_begins_with_the_same_moves_gives_up_only_what_it_does_not_make_again() {
    let tree = read_for(
        "12 7 5 3 -> 50",
        "12*5=60, 60-7=53, 53+3=56. No. 12*5=60, 60-7=53, 53-3=50. Yes!",
    );
    assert_eq!(tree.judge_return(&tree.backtracks[0]), Return::FromDeadEnd);
    assert_eq!((tree.backtracks.len(), tree.summary().repeated), (1, 2));
    let tree = read_for(
        "12 7 5 3 -> 50",
        "12*5=60, 60-7=53. Start over: 12*5=60, 60+7=67.",
    );
    assert_eq!(
        tree.judge_return(&tree.backtracks[0]),
        Return::FromWinningBranch,
        "53 is lost"
    );
    let tree = read_for("4 6 9 3 -> 30", &"Try 4*6=24, 24-9=15, 15-3=12. No.\n".repeat(3));
    assert_eq!((tree.backtracks.len(), tree.summary().repeated), (2, 6));
}

#[test]
fn mixed_numbers_and_remainders_are_no_false_statements() {
    for text in [
        "8 / 3 = 2 2/3; 3 - 2 2/3 = 1/3; 8 / (1/3) = 24",
        "8 / 3 = 2\u{2154}; 3 - 2\u{2154} = 1/3; 8 / 1/3 = 24",
        "3 - 8/3 = 1/3; 8 / 1/3 = 24",
    ] {
        let tree = read_for("3 3 8 8 -> 24", text);
        assert_eq!(moves(&tree), ["0:8/3=8/3", "1:3-8/3=1/3", "2:8/1/3=24"], "{text}");
        is_plain(&tree, text);
    }
    for text in [
        "8 \u{f7} 3 is 2 and 2/3, not an integer.",
        "8 / 3 = 2 remainder 2, so no.",
        "8 / 3 = 2 R 2.",
        "8 / 3 = 2 with a remainder of 2.",
    ] {
        let tree = read_for("3 3 8 8 -> 24", text);
        assert_eq!(moves(&tree), ["0:8/3=8/3"], "{text}");
        is_plain(&tree, text);
    }
    for text in ["8 / 3 = 2.", "8 / 3 = 3 2/3", "8 / 3 is 2 and so on"] {
        assert_eq!(faults(&read_for("3 3 8 8 -> 24", text)), ["it is 8/3"], "{text}");
    }
}

#[test]
fn a_bare_sign_or_a_run_of_signs_goes_on_with_the_last_result() {
    for text in [
        "12 \u{d7} 5 = 60 \u{2192} \u{2212} 7 = 53 \u{2192} \u{2212} 3 = 50 \u{2713}",
        "12 \u{d7} 5 = 60; \u{2212}7 \u{2192} 53; \u{2212}3 \u{2192} 50",
        "12 * 5 = 60, - 7 = 53, then - 3 = 50",
        "12*5=60-7=53-3=50",
    ] {
        let tree = read_for("12 7 5 3 -> 50", text);
        assert_eq!(moves(&tree), ["0:12*5=60", "1:60-7=53", "2:53-3=50"], "{text}");
        is_plain(&tree, text);
    }
    let tree = read_for(
        "12 7 5 3 -> 50",
        "12 + 3 = 15, x 5 = 75, \u{2212} 7 = 68. no\n(12 \u{2212} 5) \u{d7} 7 = 49",
    );
    assert_eq!(moves(&tree)[..3], ["0:12+3=15", "1:15*5=75", "2:75-7=68"]);
    assert_eq!(returns(&tree), [(3, Some(0))]);
    let tree = read_for("12 7 5 3 -> 50", "12 * 5 = 61 - 7 = 54");
    assert!(!tree.is_sound(), "each link is judged as it is written");
}

#[test]
fn more_words_calculate() {
    for text in [
        "Product of 12 and 5: 60. Sum of 7 and 3: 10. Difference: 60 \u{2212} 10 = 50.",
        "The product of 12 and 5 is 60. The sum of 7 and 3 gives 10. The difference of 60 and 10 is 50.",
        "12 * 5 makes 60. 7 + 3 is 10. 60 less 10 is 50.",
    ] {
        let tree = read_for("12 7 5 3 -> 50", text);
        assert_eq!(moves(&tree), ["0:12*5=60", "1:7+3=10", "2:60-10=50"], "{text}");
        is_plain(&tree, text);
    }
    let tree = read_for(
        "12 7 5 3 -> 50",
        "Take 3 from 12: 9. Multiply by 5 (45). Add 7: 52.",
    );
    assert_eq!(moves(&tree), ["0:12-3=9", "1:9*5=45", "2:45+7=52"]);
    let text = "9 + 6 = 15, 15 * 4 = 60, 60 / 3 = 20. Let's go back to when we had 15, 4 and 3. Adding 3 we get 18 and 18 + 4 is 22.";
    let tree = read_for("4 6 9 3 -> 30", text);
    assert_eq!(moves(&tree)[3..], ["1:15+3=18", "4:18+4=22"]);
    for text in [
        "Take 3 from the list 12, 7, 5.",
        "The sum of 12 and 7 is too big.",
    ] {
        assert!(moves(&read_for("12 7 5 3 -> 50", text)).is_empty(), "{text}");
    }
}

#[test]
fn a_verdict_about_a_value_is_judged_wherever_it_stands() {
    for (text, fault) in [
        ("7 + 3 + 2 = 12, too low by 5.", "12 is not 5 from 13"),
        ("7 + 3 + 2 = 12, which is 2 less than 13.", "12 is not 2 from 13"),
        ("7 + 3 + 2 = 12. Too high.", "12 is not above 13"),
        ("7 + 3 + 2 = 12. That equals the target!", "12 is not the goal 13"),
        ("2 * 3 + 7 = 13. That's not the target.", "it is the goal"),
        (
            "7 + 3 + 2 = 12. 12 is greater than 13.",
            "12 is greater than 13 is false",
        ),
    ] {
        assert_eq!(faults(&read_for("2 3 7 -> 13", text)), [fault], "{text}");
    }
    for text in [
        "7 + 3 + 2 = 12, too low by 1.",
        "7 + 3 + 2 = 12, which is 1 less than 13.",
        "7 * 3 - 2 = 19, too high.",
        "7 + 3 + 2 = 12. Too low.",
        "2 * 3 + 7 = 13. That equals the target!",
        "7 + 3 = 10. Too high for two numbers.",
    ] {
        assert!(faults(&read_for("2 3 7 -> 13", text)).is_empty(), "{text}");
    }
}

#[test]
fn an_answer_before_all_else_is_what_was_done() {
    for text in [
        "<answer>2*3+7</answer> Check: 6 + 7 = 13.",
        "<think>Let me think.</think><answer>(2*3)+7</answer>\nVerification: 6 + 7 = 13 \u{2713}",
        "<answer>2*3+7</answer>",
    ] {
        let tree = read_for("2 3 7 -> 13", text);
        assert_eq!(moves(&tree), ["0:2*3=6", "1:6+7=13"], "{text}");
        is_plain(&tree, text);
    }
}
