//! What is needed: how that is said, how it is met, and what is only a distance.

use super::{moves, read_for, returns, steps};
use crate::{
    task::countdown::Problem,
    trace::{
        Reader, Status,
        read::tests::{faults, read},
    },
};
use pretty_assertions::assert_eq;

#[test]
fn a_need_is_met_however_it_is_written_and_nothing_is_given_up() {
    for text in [
        "15 = 18 - 3 and 7 - 4 = 3. So the answer is 18 - (7 - 4).",
        "15 = 18 - 3, and 3 = 7 - 4. So the answer is 18 - (7 - 4).",
        "18 - 15 = 3. And 3 = 7 - 4! So the answer is 18 - (7 - 4) = 15.",
        "15 = 18 - 3. So the answer is 18 - (7 - 4).",
        "18 - 15 = 3, which is 7 - 4.\nSo 18 - (7 - 4) = 15 \u{2713}",
        "15 = 18 - 3\n3 = 7 - 4\n15 = 18 - (7 - 4)",
        "If I subtract 15 from 18, I get 3. 3 = 7 - 4.",
    ] {
        let tree = read(text);
        assert_eq!(moves(&tree), ["0:need 3", "1:7-4=3"], "{text}");
        assert_eq!((returns(&tree), faults(&tree)), (vec![], vec![]), "{text}");
        assert_eq!(tree.nodes[1].status, Status::Open, "{text}");
        assert_eq!(tree.nodes[2].status, Status::Goal, "{text}");
    }
    let tree = read_for(
        "44 19 35 -> 98",
        "I need 98. If I subtract 44 from 98, I get 54. 19 + 35 = 54. So 44 + 19 + 35 = 98.",
    );
    assert_eq!(moves(&tree), ["0:need 54", "1:19+35=54"]);
    assert_eq!(returns(&tree), []);
}

#[test]
fn an_answer_meets_a_need_where_that_is_needed() {
    let tree = read("15 = 18 - 3. 7 * 4 = 28, no. So 18 - (7 - 4) = 15.");
    assert_eq!(moves(&tree), ["0:need 3", "1:7*4=28", "1:7-4=3"]);
    assert_eq!(
        returns(&tree),
        [(2, Some(1))],
        "it goes back to the need, not before it"
    );
    let tree = read("15 = 18 - 3. So 18 - 7 + 4 = 15.");
    assert_eq!(
        (steps(&tree), returns(&tree)),
        (vec!["need 3", "18-7=11", "11+4=15"], vec![(1, Some(0))]),
        "another way gives it up"
    );
    let tree = read_for(
        "2 18 7 4 -> 30",
        "30 = 2 * 15. 15 = 18 - 3. So 2 * (18 - (7 - 4)) = 30.",
    );
    assert_eq!(moves(&tree), ["0:need 15", "1:need 3", "2:7-4=3"]);
    assert_eq!(returns(&tree), []);
}

#[test]
fn a_step_backward_may_be_written_forward_when_the_text_asks_for_its_number() {
    for text in [
        "15 + 3 = 18, so I need 3. 7 - 4 = 3. So the answer is 18 - (7 - 4).",
        "18 - 3 = 15. Can I make 3? 7 - 4 = 3. Then 18 - 3 = 15.",
        "18 - 3 = 15, so 3 would be needed: 7 - 4 = 3.",
        "3 + 15 = 18. Hmm. So how can we get a 3? 3 = 7 - 4.",
        "18 - 3 = 15.\nI have to form 3 from 7 and 4.\n7 - 4 = 3",
        "18 - 3 = 15. We need 3 = 7 - 4.",
    ] {
        let tree = read(text);
        assert_eq!(moves(&tree), ["0:need 3", "1:7-4=3"], "{text}");
        assert_eq!(tree.nodes[2].status, Status::Goal, "{text}");
        assert_eq!((returns(&tree), faults(&tree)), (vec![], vec![]), "{text}");
        assert!(tree.is_sound(), "{text}");
        let whole = Reader::read(Problem::parse("18 7 4 -> 15").ok(), text);
        assert_eq!(whole, tree, "{text}");
    }
    let tree = read_for(
        "8 3 5 5 -> 24",
        "Consider (5 * 5) - 1 = 24. Can we make 1 from 8 and 3? 8 - 3 = 5.",
    );
    assert_eq!(moves(&tree), ["0:5*5=25", "1:need 1", "2:8-3=5"]);
    let tree = read_for(
        "75 50 2 3 8 7 -> 812",
        "So 7 * 116 = 812. Can I make 116 from the rest? 75 + 50 = 125, 125 - 8 = 117, 3 - 2 = 1, 117 - 1 = 116. Then 116 * 7 = 812.",
    );
    assert_eq!(
        (tree.nodes[1].state.as_str(), tree.nodes[1].available),
        ("75 50 2 3 8", Some(true))
    );
    assert_eq!(tree.nodes.last().unwrap().status, Status::Goal);
    assert!(tree.is_sound());
}

#[test]
fn a_number_that_is_not_there_and_nobody_asks_for_is_used_all_the_same() {
    for text in [
        "18 - 3 = 15, but we do not have a 3.",
        "18 - 3 = 15. We can't make 3.",
        "18 - 3 = 15. 7 * 4 = 28. I need 3.",
        "18 - 3 = 15, which is 3 steps.",
        "18 - 3 = 15. I need 4.",
        "18 - 3 = 14, so I need 3.",
        "11 + 3 = 14, so I need 3.",
    ] {
        let tree = read(text);
        assert_eq!(tree.nodes[1].available, Some(false), "{text}");
        assert!(!tree.is_sound(), "{text}");
    }
}

#[test]
fn how_far_a_finished_attempt_is_off_is_no_need() {
    let tree = read_for(
        "20 5 9 -> 16",
        "20 - 5 = 15\n15 + 9 = 24\n24 - 16 = 8\n20 - 9 = 11\n11 + 5 = 16\n",
    );
    assert_eq!(moves(&tree), ["0:20-5=15", "1:15+9=24", "0:20-9=11", "3:11+5=16"]);
    assert_eq!((returns(&tree), tree.claims.len()), (vec![(2, Some(0))], 5));
    assert!(tree.is_sound());
    let tree = read_for("20 5 9 -> 16", "20 + 5 + 9 = 34, 34 - 16 = 19.");
    assert_eq!(faults(&tree), ["it is 18"], "it is judged");
    let tree = read_for("20 5 9 -> 16", "20 - 5 = 15. 16 - 15 = 1. 9 is left.");
    assert_eq!(
        steps(&tree),
        ["20-5=15", "need 1"],
        "of something that is left it may be made"
    );
}

#[test]
fn a_move_to_the_goal_gone_through_once_more_takes_nothing_from_it() {
    let tree = read_for(
        "8 93 27 54 35 -> 39",
        "(93 - 54) - (35 - 27) + 8\n- 93 - 54 = 39\n- 35 - 27 = 8\n- 39 - 8 = 31\n- 31 + 8 = 39\n",
    );
    assert_eq!(steps(&tree), ["93-54=39", "35-27=8", "39-8=31", "31+8=39"]);
    assert_eq!(returns(&tree), []);
}
