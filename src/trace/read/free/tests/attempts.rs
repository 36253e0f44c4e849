//! Where attempts end and begin, and what only repeats them.

use super::{moves, read_for, returns};
use crate::trace::{
    Status,
    read::tests::{faults, read},
};
use pretty_assertions::assert_eq;

#[test]
fn after_an_attempt_is_over_numbers_of_the_problem_alone_begin_another_at_the_problem() {
    for over in ["36 - 15 = 21 (not 624)", "36 / 15 = 2.4", "That does not work."] {
        let tree = read_for(
            "72 24 48 15 -> 624",
            &format!(
                "72 * 24 = 1728\n1728 / 48 = 36\n{over}\n48 * 15 = 720\n720 - 72 = 648\n648 - 24 = 624\n"
            ),
        );
        let last = &tree.nodes[tree.nodes.len() - 3..];
        assert_eq!(
            last.iter().map(|node| node.state.as_str()).collect::<Vec<_>>(),
            ["720 72 24", "648 24", "624"],
            "{over}"
        );
        assert_eq!(
            (last[0].parent, last[2].status),
            (Some(0), Status::Goal),
            "{over}"
        );
    }
    let tree = read_for("4 6 8 10 -> 24", "10 + 4 = 14\n6 + 8 = 14\n14 + 14 = 28\n");
    assert_eq!(
        moves(&tree),
        ["0:10+4=14", "1:6+8=14", "2:14+14=28"],
        "an attempt that nobody has judged goes on"
    );
}

#[test]
fn an_attempt_begins_where_something_is_needed_and_not_behind_it() {
    let tree = read_for(
        "82 38 56 49 -> 588",
        "588 = 12 * 49\nLet me try: 82 - 38 = 44\n56 - 44 = 12... no, I was asked for 13. That doesn't work.\n82 + 38 = 120\n",
    );
    assert_eq!(
        moves(&tree),
        ["0:need 12", "1:82-38=44", "2:56-44=12", "1:82+38=120"]
    );
    for missing in ["I need 55 more.", "Can I make 55 from what is left?"] {
        let text = format!("88 * 10 = 880.\n{missing}\n92 - 32 = 60, that's too much\n33 + 8 = 41\n");
        let tree = read_for("92 32 88 33 8 10 -> 935", &text);
        assert_eq!(
            moves(&tree),
            ["0:88*10=880", "1:92-32=60", "1:33+8=41"],
            "{missing}"
        );
    }
    let tree = read_for(
        "61 27 29 69 25 -> 103",
        "61 + 29 = 90 (need 13 more)\n69 + 27 = 96 (need 7 more)\n",
    );
    assert_eq!(
        moves(&tree),
        ["0:61+29=90", "0:69+27=96"],
        "in parentheses it is a verdict"
    );
}

#[test]
fn after_a_dismissal_the_text_goes_on_where_the_dismissed_attempt_began() {
    let tree = read_for(
        "95 20 18 50 -> 83",
        "Let me try 50 + 18 = 68\n68 - 20 = 48\n48 + 95 = 143\nStill not 83. Or 95 * 20 = 1900\n",
    );
    assert_eq!(
        moves(&tree),
        ["0:50+18=68", "1:68-20=48", "2:48+95=143", "0:95*20=1900"]
    );
    let tree = read_for(
        "61 37 40 2 -> 104",
        "61 + 37 = 98. 98 + 40 = 138 (too high), 98 - 40 = 58 (too low)\n",
    );
    assert_eq!(
        moves(&tree),
        ["0:61+37=98", "1:98+40=138", "1:98-40=58"],
        "what was made is kept"
    );
}

#[test]
fn what_the_text_has_just_done_is_not_done_again_by_saying_it_once_more() {
    let tree = read_for(
        "52 79 69 16 81 -> 867",
        "52 * 16 = 832 (close to it)\n52 * 16 = 832, so some more\n81 - 69 = 12\n",
    );
    assert_eq!(moves(&tree), ["0:52*16=832", "1:81-69=12"]);
    assert!(tree.backtracks.is_empty());
    let tree = read_for(
        "88 66 64 20 -> 300",
        "88 + 66 = 154\n64 + 154 = 218\nWe have 88 + 66 + 64 = 218.\n",
    );
    assert_eq!((tree.nodes.len(), tree.backtracks.len()), (3, 0));
    let tree = read_for(
        "57 90 14 56 26 -> 391",
        "14 * 56 = 784. If 784 - 391 = 393, I need: 14 * 56 - 393\n",
    );
    assert_eq!(
        moves(&tree),
        ["0:14*56=784", "1:need 393"],
        "what is needed is only written down"
    );
    let tree = read_for(
        "92 32 88 33 8 10 -> 935",
        "92 * 10 + 88 - 33 - 32 - 8 = 935\n920 + 88 - 73 = 935\n",
    );
    assert_eq!(
        (tree.nodes.len(), tree.backtracks.len()),
        (6, 0),
        "the goal retold"
    );
    assert!(faults(&tree).is_empty());
    let tree = read("18 + 7 + 4 = 29 (too big). Let me try: 18 + 7 + 4 = 29\n");
    assert_eq!(tree.nodes[3].again, Some(1), "but an attempt may be made again");
}

#[test]
fn a_number_that_was_left_is_taken_up_where_it_is() {
    let tree = read_for(
        "87 80 47 2 -> 73",
        "87 + 80 = 167. Alternatively, 87 - 80 = 7.\nIf the new number is 167: 167 + 47 = 214\nIf it is 7: 7 + 47 = 54\n",
    );
    assert_eq!(
        moves(&tree),
        ["0:87+80=167", "0:87-80=7", "1:167+47=214", "2:7+47=54"]
    );
    assert_eq!(returns(&tree), [(1, Some(0)), (2, Some(1)), (3, Some(2))]);
    let tree = read_for(
        "40 61 37 2 -> 104",
        "61 + 37 = 98\n40 / 2 = 20\n98 + 20 = 118, not 104\n98 + 6 = 104\n",
    );
    assert_eq!(
        moves(&tree)[2..],
        ["2:98+20=118", "2:98+6=104!"],
        "even with one that is not there"
    );
}

#[test]
fn a_number_that_is_not_there_may_be_made_of_what_is() {
    let tree = read_for(
        "30 82 45 28 -> 35",
        "30 + 82 = 112. That's too much.\n45 * 28 = 1260\nThen 1260 - 112 = 1148\n",
    );
    assert_eq!(
        moves(&tree),
        ["0:30+82=112", "0:45*28=1260", "2:30+82=112", "3:1260-112=1148"]
    );
    let tree = read_for(
        "93 66 57 18 -> 64",
        "How about 66 and 57? Their sum is 123. Now 93 - 123 = -30.",
    );
    assert_eq!(moves(&tree), ["0:66+57=123", "1:93-123=-30"]);
    let tree = read_for("93 66 57 18 -> 64", "I have 123. Now 93 - 123 = -30.");
    assert_eq!(moves(&tree), ["0:93-123=-30!"], "nobody said of what");
    let tree = read_for(
        "6 86 83 23 -> 561",
        "6 * 86 = 516. 23 - 83 = -60, and 516 - 60 = 456",
    );
    assert_eq!(moves(&tree), ["0:6*86=516", "1:23-83=-60", "2:516+-60=456"]);
}

#[test]
fn decimals_stand_for_what_they_are_rounded_from() {
    let tree = read_for(
        "93 66 57 18 -> 64",
        "66 / 57 \u{2248} 1.15\n1.15 * 93 \u{2248} 106.95\n106.95 - 18 = 88.95\n",
    );
    assert_eq!(
        moves(&tree),
        ["0:66/57=22/19", "1:22/19*93=2046/19", "2:2046/19-18=1704/19"]
    );
    assert!(faults(&tree).is_empty());
    for (text, wanted) in [
        ("7 / 4 = 1.5", vec!["it is 7/4"]),
        ("7 / 4 = 1.75", vec![]),
        ("7 / 4 = 1.8", vec![]),
        ("18 / 7 = 2.57", vec![]),
        ("18 / 7 = 2.75", vec!["it is 18/7"]),
    ] {
        assert_eq!(faults(&read(&format!("{text}\n"))), wanted, "{text}");
    }
    for (text, wanted) in [
        ("18 * 7\n= 126.9", vec!["126 is not 1269/10"]),
        ("18 - 7 = 11 = 10.9 = 11", vec!["11 is not 109/10"]),
        ("18 + 7 = 25 = 25.2 = 25", vec!["25 is not 126/5"]),
        ("18 / 7 = 2.57 = 2.6", vec![]),
        ("18 / 7 * 4\n= 2.57 * 4\n= 10.28", vec![]),
        ("18 / 7 * 4\n= 2.5 * 4", vec![]),
        ("18 / 7 * 4\n= 2.3 * 4", vec!["72/7 is not 46/5"]),
    ] {
        assert_eq!(faults(&read(&format!("{text}\n"))), wanted, "{text}");
    }
    let tree = read_for(
        "2 2 24 43 25 -> 814",
        "Let me try: 814 \u{f7} 43 \u{2248} 18.9\nLet me try: 814 \u{f7} 25 = 32.56\n",
    );
    assert_eq!(moves(&tree), ["0:need 814/43", "0:need 814/25"]);
}

#[test]
fn of_an_unfinished_expression_only_what_is_sure_is_done() {
    let tree = read_for(
        "57 90 26 14 -> 391",
        "Let me try: 57 + 90 * something\n90 * 14 = 1260\n",
    );
    assert_eq!(moves(&tree), ["0:90*14=1260"]);
    let tree = read_for("61 40 2 37 -> 104", "61 + 40 + 2 + 37 / (2 is not needed)\n");
    assert_eq!(moves(&tree), ["0:61+40=101", "1:101+2=103"]);
    let tree = read_for("61 40 2 37 -> 104", "**61 + 40**\n*61 + 37* and more\n");
    assert_eq!(
        moves(&tree),
        ["0:61+40=101", "0:61+37=98"],
        "stars may only typeset"
    );
}

#[test]
fn what_is_announced_is_done_where_it_is_written() {
    let tree = read_for(
        "30 82 45 28 -> 35",
        "If I subtract 45 from 82:\n82 - 45 = 37\nThen add 30 and 28:\n37 + 30 = 67\n67 + 28 = 95\n",
    );
    assert_eq!(moves(&tree), ["0:82-45=37", "1:37+30=67", "2:67+28=95"]);
    assert_eq!((tree.backtracks.len(), tree.claims.len()), (0, 3));
    let text = "95 + 20 = 115\nOr multiply 95 and 20:\n95 * 20 = 1900\n";
    let tree = read_for("95 20 18 50 -> 83", text);
    let said = tree.backtracks[0].span;
    assert_eq!(
        &text[said.start..said.end],
        "Or multiply 95 and 20:",
        "and left there"
    );
    let tree = read_for(
        "52 79 69 16 81 -> 867",
        "52 * 16 = 832\nThen subtract another number.\n81 - 69 = 12\n",
    );
    assert!(tree.backtracks.is_empty());
}

#[test]
fn a_part_that_nobody_has_made_is_no_number_of_the_problem() {
    let tree = read_for("51 46 36 38 21 -> 537", "51 + 46 * 21 / 46\n");
    assert_eq!(moves(&tree), ["0:46*21=966", "1:966/46=21!", "2:51+21=72"]);
}

#[test]
fn an_attempt_that_is_listed_again_is_checked_and_not_made_again() {
    let attempt = "30 + 82 = 112\n45 + 28 = 73\n112 - 73 = 39\n";
    for again in [
        "Let me verify:\n- 30 + 82 = 112 (using 30 and 82).\n- 28 + 45 = 73\n- 112 - 73 = 39\n",
        "OPERATIONS: ['30+82=112', '45+28=73', '112-73=39']\n",
        "So 45 + 28 = 73, and 112 - 73 = 39.\n",
        "The steps are:\n1. 30 + 82 = 112\n2. 45 + 28 = 73\n",
    ] {
        let tree = read_for("30 82 45 28 -> 35", &format!("{attempt}{again}"));
        assert_eq!((tree.nodes.len(), tree.backtracks.len()), (4, 0), "{again}");
    }
    let tree = read_for(
        "30 82 45 28 -> 35",
        &format!("{attempt}Let me check: 30 + 82 = 112, 112 - 45 = 67\n"),
    );
    assert_eq!(
        moves(&tree)[3..],
        ["1:112-45=67"],
        "what leaves the way starts where it leaves it"
    );
    let tree = read_for("30 82 45 28 -> 35", &format!("{attempt}Wait: 30 + 82 = 112\n"));
    assert_eq!(moves(&tree)[3..], ["0:30+82=112"]);
}

#[test]
fn a_sentence_behind_a_dismissal_begins_as_a_line_does() {
    let tree = read_for(
        "49 42 24 16 -> 47",
        "49 + 42 = 91. That's too high! Or 24 * 16 = 384.",
    );
    assert_eq!(moves(&tree), ["0:49+42=91", "0:24*16=384"]);
}

#[test]
fn a_list_of_options_goes_on_as_it_began() {
    let list = "- 83 * 85 = 7055\n- 83 * 7 = 581\n- 85 * 7 = 595\n- 83 * 2 = 166\n";
    let tree = read_for("7 83 85 2 -> 498", list);
    assert_eq!(
        moves(&tree),
        ["0:83*85=7055", "0:83*7=581", "0:85*7=595", "0:83*2=166"]
    );
    let tree = read_for("7 83 85 2 -> 498", "- 85 * 7 = 595\n- 83 * 2 = 166\n");
    assert_eq!(moves(&tree), ["0:85*7=595", "1:83*2=166"], "two may be steps");
}

#[test]
fn another_attempt_with_the_same_value_is_not_the_one_before_written_again() {
    for (text, wanted) in [
        ("6 + 2 + 4\nLet me try 10 + 2 instead.\n", "0:10+2=12"),
        ("Try 6 + 2 + 4.\nTry 4 * 3.\n", "1:4*3=12"),
    ] {
        let tree = read_for("6 2 10 3 4 -> 100", text);
        assert_eq!(moves(&tree), ["0:6+2=8", "1:8+4=12", wanted], "{text}");
        assert_eq!(tree.backtracks.len(), 1, "{text}");
    }
}

/// A sentence that begins with a move of the expression before it works that out only when it goes on with it.
#[test]
fn an_attempt_that_begins_as_the_one_before_is_told_from_one_that_is_worked_out() {
    let before = "(5 + 7) * 2 = 24, but 3 is unused.\n";
    let tree = read_for(
        "3 5 7 2 -> 24",
        &format!("{before}7 + 5 = 12; 3 - 2 = 1; no. (7 - 3) = 4, 4 * 5 = 20"),
    );
    assert_eq!(
        moves(&tree),
        [
            "0:5+7=12",
            "1:12*2=24",
            "0:7+5=12",
            "3:3-2=1",
            "0:7-3=4",
            "5:4*5=20"
        ]
    );
    assert_eq!(returns(&tree).len(), 2);
    for works_out in [
        "7 + 5 = 12, 12 * 2 = 24.",
        "5 + 7 = 12, 12 * 2 = 24, 24 + 3 = 27.",
    ] {
        let tree = read_for("3 5 7 2 -> 24", &format!("{before}{works_out}"));
        assert!(returns(&tree).is_empty(), "{works_out}");
    }
}

/// `21 + 3 = 24` says that what was needed is made; the way to it is no other way.
#[test]
fn what_is_needed_is_made_and_put_together_in_the_branch_that_needs_it() {
    for made in [
        "7 * (5-2) = 21 and 21 + 3 = 24.",
        "5 - 2 = 3, 7 * 3 = 21, 21 + 3 = 24.",
        "21 = 7 * 3, 5 - 2 = 3, so 7 * (5-2) = 21 and 21 + 3 = 24.",
    ] {
        let tree = read_for("3 5 7 2 -> 24", &format!("24 - 3 = 21.\n{made}\n"));
        assert_eq!(tree.nodes[1].step.as_deref(), Some("need 21"), "{made}");
        assert!(returns(&tree).is_empty(), "{made}");
        let reached = tree.nodes.iter().filter(|node| node.status == Status::Goal);
        assert!(
            reached.count() == 1 && tree.nodes[1].status == Status::Open,
            "{made}"
        );
    }
}

/// Words of going back lead to an earlier state also where the next move would fit into this one; a check does not.
#[test]
fn who_says_to_go_back_starts_the_next_move_in_an_earlier_state() {
    for back in [
        "Go back.",
        "Going back:",
        "Back to 3 5 7 2:",
        "Undo that.",
        "I backtrack.",
        "So I go back to 3, 5, 7, 2.",
    ] {
        let tree = read_for("3 5 7 2 -> 24", &format!("3 + 5 = 8.\n{back}\n7 + 2 = 9."));
        assert_eq!(moves(&tree), ["0:3+5=8", "0:7+2=9"], "{back}");
        assert_eq!(tree.backtracks.len(), 1, "{back}");
        assert_eq!(tree.backtracks[0].span.start, "3 + 5 = 8.\n".len(), "{back}");
    }
    let tree = read_for(
        "3 5 7 2 -> 24",
        "3 + 5 = 8.\nLet me go back and check the rules.\n7 + 2 = 9.",
    );
    assert_eq!(moves(&tree), ["0:3+5=8", "1:7+2=9"]);
}

#[test]
fn what_only_explains_a_need_in_parentheses_is_no_move() {
    for text in [
        "If I set 3 aside, I need 21 (21 + 3 = 24).\n18 + 2 = 20.",
        "I set 3 aside. I need 21. (21 + 3 = 24)\n18 + 2 = 20.",
        "I need 21 ($3 + 21 = 24$).\n18 + 2 = 20.",
    ] {
        let tree = read_for("3 18 2 1 -> 24", text);
        assert_eq!(moves(&tree), ["0:18+2=20"], "{text}");
        assert!(tree.backtracks.is_empty() && faults(&tree).is_empty(), "{text}");
        assert_eq!(tree.claims.len(), 2, "{text}: both are statements");
    }
    // What nobody needs is an attempt with a number that is not there.
    let tree = read_for("3 18 2 1 -> 24", "Maybe so (21 + 3 = 24).\n18 + 2 = 20.");
    assert_eq!(moves(&tree), ["0:21+3=24!", "0:18+2=20"]);
}

#[test]
fn an_assumption_is_no_sum() {
    for said in ["Their sum is 22.", "The sums: 22.", "Totals: 22"] {
        let sum = read(&format!("{said}\n22 - 7 = 15."));
        assert_eq!(sum.nodes.last().unwrap().status, Status::Goal);
    }
    let assumed = read("I assume 22 is fine.\n22 - 7 = 15.");
    assert_eq!(assumed.nodes.last().unwrap().available, Some(false));
}
