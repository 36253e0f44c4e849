//! Whole expressions, one attempt each, and solutions that are shown one after the other.

use super::{moves, read_for, returns, steps};
use crate::trace::{
    Status,
    facts::Return,
    read::tests::{faults, read},
};
use pretty_assertions::assert_eq;

fn judged(tree: &crate::trace::Tree) -> Vec<Return> {
    tree.backtracks
        .iter()
        .map(|back| tree.judge_return(back))
        .collect()
}

#[test]
fn who_shows_another_solution_gives_up_nothing() {
    for between in ["\n\nAlternatively: ", "\nAnother way: ", "\n", " Or "] {
        let tree = read_for(
            "63 95 96 -> 64",
            &format!("96 - 95 = 1\n63 + 1 = 64 \u{2713}{between}95 - 63 = 32, 96 - 32 = 64 \u{2713}\n"),
        );
        assert_eq!(judged(&tree), [Return::FromGoal], "{between}");
        assert!(
            tree.nodes.iter().all(|node| node.status != Status::Dead),
            "{between}"
        );
        let summary = tree.summary();
        assert_eq!(
            (summary.from_winning, summary.from_goal, summary.returns),
            (0, 1, 1)
        );
    }
    assert_eq!(Return::FromGoal.describe(), "went back from a solution");
}

#[test]
fn a_branch_whose_goal_was_reached_is_not_given_up_later_either() {
    let text = "18 - 7 = 11, 11 + 4 = 15. Or 11 - 4 = 7, no. Or 18 + 7 = 25.";
    let tree = read(text);
    assert_eq!(moves(&tree), ["0:18-7=11", "1:11+4=15", "1:11-4=7", "0:18+7=25"]);
    assert_eq!(judged(&tree), [Return::FromGoal, Return::FromGoal]);
    assert_eq!(tree.nodes[1].status, Status::Open);
    let tree = read("18 - 7 = 11, 11 - 4 = 7, no. Or 18 + 7 = 25.");
    assert_eq!(
        judged(&tree),
        [Return::FromWinningBranch],
        "what was never reached was"
    );
    assert_eq!(tree.nodes[1].status, Status::Dead);
    let tree = read("18 - 7 = 11, 11 - 4 = 7, no. Or 18 + 7 = 25, 25 - 4 = 21, no. 18 - 7 + 4 = 15.");
    assert_eq!(
        judged(&tree),
        [Return::FromWinningBranch, Return::FromDeadEnd],
        "what comes of it later is not known yet"
    );
}

#[test]
fn an_expression_that_begins_as_one_before_goes_on_from_there() {
    for (first, second, third) in [
        (
            "18 + 7 - 4 = 21 \u{2260} 15",
            "18 - 7 - 4 = 7 \u{2260} 15",
            "18 - 7 + 4 = 15 = target",
        ),
        (
            "- 18 + 7 - 4 = 21, no",
            "- 18 - 7 - 4 = 7, no",
            "- 18 - 7 + 4 = 15, yes",
        ),
        (
            "1. (18 + 7) - 4 = 21",
            "2. (18 - 7) - 4 = 7",
            "3. (18 - 7) + 4 = 15",
        ),
    ] {
        let tree = read(&format!("{first}\n{second}\n{third}\n"));
        assert_eq!(
            moves(&tree),
            ["0:18+7=25", "1:25-4=21", "0:18-7=11", "3:11-4=7", "3:11+4=15"],
            "{third}"
        );
        assert_eq!(returns(&tree), [(2, Some(0)), (4, Some(3))], "{third}");
        assert_eq!(judged(&tree), [Return::FromDeadEnd; 2], "{third}");
        assert_eq!((tree.summary().repeated, tree.nodes[3].status), (0, Status::Open));
        assert_eq!((faults(&tree).len(), tree.claims.len()), (0, 6), "{third}");
    }
    let tree = read("18 - 7 - 4 = 7, no\n18 + 7 - 4 = 21, no\n18 - 7 + 4 = 15\n");
    assert_eq!(
        moves(&tree),
        ["0:18-7=11", "1:11-4=7", "0:18+7=25", "3:25-4=21", "1:11+4=15"],
        "however long ago"
    );
}

#[test]
fn an_attempt_made_once_more_as_a_whole_is_a_repeated_one() {
    let tree = read("18 + 7 + 4 = 29, too big\n18 - 7 - 4 = 7, no\n18 + 7 + 4 = 29, too big\n");
    assert_eq!(tree.summary().repeated, 2, "each of its moves");
    let tree = read("18 - 7 = 11, 11 - 4 = 7, no. Start over: 18 - 7 + 4 = 15.");
    assert_eq!(returns(&tree), [(2, Some(0))], "who says so begins anew");
}

#[test]
fn a_parenthesis_behind_an_operand_is_a_factor() {
    for (problem, text, wanted) in [
        (
            "3 5 6 7 -> 24",
            "(5 + 7)(6 / 3) = 12 * 2 = 24\nAnswer: (5 + 7)(6 / 3)",
            &["5+7=12", "6/3=2", "12*2=24"][..],
        ),
        (
            "3 5 6 7 -> 24",
            "[(5 + 7) \u{d7} (6 \u{f7} 3)] = 12 \u{d7} 2 = 24",
            &["5+7=12", "6/3=2", "12*2=24"],
        ),
        (
            "3 5 6 7 -> 24",
            r"$\left(5+7\right)\left(\frac{6}{3}\right) = 24$",
            &["5+7=12", "6/3=2", "12*2=24"],
        ),
        (
            "1 2 7 -> 12",
            "2(7 - 1) = 2(6) = 12. So the answer is 2(7 - 1).",
            &["7-1=6", "2*6=12"],
        ),
        (
            "3 1 2 1 1 1 -> 24",
            "(3+1)(2+1)(1+1) = 24",
            &["3+1=4", "2+1=3", "4*3=12", "1+1=2", "12*2=24"],
        ),
    ] {
        let tree = read_for(problem, text);
        assert_eq!(steps(&tree), wanted, "{text}");
        assert!(faults(&tree).is_empty() && tree.is_sound(), "{text}");
        assert_eq!(tree.nodes.last().unwrap().status, Status::Goal, "{text}");
    }
}

#[test]
fn what_a_next_turn_asks_is_no_part_of_the_trace() {
    for next in [
        "User: Using 3, 5, 8, make 19.\nAssistant: ",
        "Human: Again?\n\nAssistant: ",
        "<|im_start|>user\nAgain?\n",
    ] {
        let text = format!("4 * 9 = 36, 36 - 2 = 34.\n\n{next}3 * 8 = 24, 24 - 5 = 19.");
        let tree = read_for("4 9 2 -> 34", &text);
        assert_eq!(moves(&tree), ["0:4*9=36", "1:36-2=34"], "{next}");
        assert!(tree.is_sound(), "{next}");
    }
    let tree = read_for(
        "4 9 2 -> 34",
        "User: Make 34.\nAssistant: 4 * 9 = 36.\nUsers: 36 - 2 = 34.",
    );
    assert_eq!(moves(&tree), ["0:4*9=36", "1:36-2=34"]);
}

#[test]
fn an_attempt_that_begins_with_what_was_done_last_is_read_with_its_first_step() {
    let tree = read_for(
        "100 25 4 7 -> 28",
        "First 4 \u{d7} 7 = 28. Then 100 \u{f7} 25 = 4.\nLet's see: 100/25 = 4, 4 \u{d7} 7 = 28. Then the other 4 is left over.\n",
    );
    assert_eq!(moves(&tree), ["0:4*7=28", "1:100/25=4", "0:100/25=4", "3:4*7=28"]);
    assert!(tree.is_sound());
}
