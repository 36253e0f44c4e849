use crate::{
    task::countdown::Problem,
    trace::{
        Reader, Status, Tree,
        read::tests::{faults, outline, read},
    },
};
use pretty_assertions::assert_eq;

fn read_for(problem: &str, text: &str) -> Tree {
    Reader::read(Some(Problem::parse(problem).unwrap()), text)
}

fn returns(tree: &Tree) -> Vec<(usize, Option<usize>)> {
    tree.backtracks.iter().map(|back| (back.from, back.to)).collect()
}

fn steps(tree: &Tree) -> Vec<&str> {
    tree.nodes.iter().filter_map(|n| n.step.as_deref()).collect()
}

#[test]
fn free_text_goes_on_goes_back_and_uses_what_it_has_not() {
    let tree = read(
        "Let's try 18 + 7 = 25. Then 25 - 4 = 21, not 15.\nWait: 18 - 7 = 11 and 11 + 4 = 15!\nAlso 9 + 9 = 18.\n",
    );
    assert_eq!(tree.reader, "free/13");
    assert_eq!(
        outline(&tree),
        [
            (None, String::new(), "18 7 4".into(), Status::Root),
            (Some(0), "18+7=25".into(), "25 4".into(), Status::Dead),
            (Some(1), "25-4=21".into(), "21".into(), Status::Leaf),
            (Some(0), "18-7=11".into(), "11 4".into(), Status::Open),
            (Some(3), "11+4=15".into(), "15".into(), Status::Goal),
            (Some(4), "9+9=18".into(), "18 15".into(), Status::Open),
        ]
    );
    assert_eq!(tree.backtracks.len(), 1);
    assert_eq!(tree.nodes[5].available, Some(false));
}

#[test]
fn free_text_takes_several_operations_and_other_signs() {
    let tree = read("So (18 − 7) + 4 = 15 ✓\n");
    let steps: Vec<_> = tree.nodes.iter().filter_map(|n| n.step.clone()).collect();
    assert_eq!(steps, ["18-7=11", "11+4=15"]);
    let tree = read("We have 18 × 4 = 72 and 72 ÷ 7 = 10.28.\n");
    assert_eq!(
        (tree.nodes.len(), tree.nodes[2].arithmetic),
        (3, Some(true)),
        "a rounded result is no false one"
    );
}

#[test]
fn parentheses_that_tex_sets_call_no_function() {
    for text in [
        "$\\left(18 - 7\\right) + 4 = 15$",
        "\\boxed{\\left(18 - 7\\right) + 4}",
        "So \\quad(18 - 7) + 4 = 15",
        "\\left(18 - 7 = 11\\right), 11 + 4 = 15",
    ] {
        let tree = read(&format!("{text}\n"));
        assert_eq!(
            (tree.nodes.len(), tree.nodes[2].status),
            (3, Status::Goal),
            "{text}"
        );
        assert!(faults(&tree).is_empty(), "{text}");
    }
    for text in [
        "f\\left(18 - 7\\right) = 3",
        "\\log(18 - 7) = 3",
        "\\left(18 - 7\\right)^2 = 121",
    ] {
        let tree = read(&format!("{text}\n"));
        assert_eq!((tree.nodes.len(), tree.claims.len()), (1, 0), "{text}");
    }
}

#[test]
fn what_stands_before_something_that_is_only_a_part_is_done_all_the_same() {
    let tree = read("18 + 7 = 25 = 5^2\n25 - 4 = 21\n");
    assert_eq!(moves(&tree), ["0:18+7=25", "1:25-4=21"]);
    let tree = read("18 - 7 = 11\\% done\n");
    assert_eq!(moves(&tree), ["0:18-7=11"]);
    assert!(faults(&tree).is_empty());
}

#[test]
fn a_dash_that_makes_a_calculation_false_is_that_of_a_list() {
    let tree = read("-18 + 7 = 25\n-25 - 4 = 21\n");
    assert_eq!(moves(&tree), ["0:18+7=25", "1:25-4=21"]);
    assert!(faults(&tree).is_empty(), "{:?}", faults(&tree));
    let tree = read("7 - 18 = -11\n-11 + 4 = -7\n");
    assert_eq!(moves(&tree), ["0:7-18=-11", "1:-11+4=-7"]);
    assert!(faults(&tree).is_empty(), "and any other is a sign");
}

#[test]
fn a_negative_number_that_was_just_made_keeps_its_sign() {
    let tree = Reader::read(
        Some(Problem::parse("3 8 2 -> 7").unwrap()),
        "3 - 8 = -5\n-5 + 2 = 7\n",
    );
    assert_eq!(faults(&tree), ["it is -3"]);
}

#[test]
fn what_is_left_behind_an_arrow_is_no_result() {
    for text in [
        "18 + 7 \u{2192} 4 left.",
        "18 + 7 \u{2192} 4; 25",
        "18 + 7 -> 2 numbers remain",
        "Try 18 + 7 -> 15? No.",
    ] {
        assert!(faults(&read(text)).is_empty(), "{text}");
    }
    assert_eq!(faults(&read("18 + 7 \u{2192} 24.")), ["it is 25"]);
}

#[test]
fn a_chain_of_equations_is_one_calculation_and_every_link_is_judged() {
    let tree = read_for(
        "95 98 92 28 20 -> 237",
        "95 + 98 + 92 - 28 - 20 = 193 + 92 - 28 - 20 = 285 - 28 - 20 = 257 - 20 = 237 \u{2713}",
    );
    assert_eq!(
        steps(&tree),
        ["95+98=193", "193+92=285", "285-28=257", "257-20=237"]
    );
    assert!(faults(&tree).is_empty(), "{:?}", faults(&tree));
    let tree = read_for(
        "95 98 92 28 20 -> 237",
        "95 + 98 + 92 - 28 - 20 = 193 + 92 - 48 = 236",
    );
    assert_eq!(faults(&tree), ["it is 237"]);
}

#[test]
fn an_expression_goes_on_in_the_lines_that_begin_with_an_equals_sign() {
    let tree = read_for(
        "69 48 24 34 -> 127",
        "Let me try: 69 + 48 + 24 - 34\n= 117 + 24 - 34\n= 141 - 35\n= 106 (too small)\n",
    );
    assert_eq!(steps(&tree), ["69+48=117", "117+24=141", "141-34=107"]);
    assert_eq!(faults(&tree), ["107 is not 106"]);
}

#[test]
fn arithmetic_on_the_target_is_a_step_backward() {
    let tree = read_for(
        "95 98 92 28 20 -> 237",
        "95 + 98 = 193\n237 - 193 = 44\n92 - 28 - 20 = 44\n",
    );
    let rows: Vec<_> = tree
        .nodes
        .iter()
        .map(|n| (n.step.as_deref().unwrap_or(""), n.goal.as_deref().unwrap_or("")))
        .collect();
    assert_eq!(
        rows,
        [
            ("", "237"),
            ("95+98=193", "237"),
            ("need 44", "44"),
            ("92-28=64", "44"),
            ("64-20=44", "44")
        ]
    );
    assert_eq!(tree.nodes[4].status, Status::Goal);
    let tree = read_for("72 24 48 15 -> 624", "624 = 8 \u{d7} 78 = 24 \u{d7} 26\n");
    assert_eq!(steps(&tree), ["need 26"], "there is no 8");
    let tree = read_for("7 83 85 2 -> 498", "85 * 7 = 595\n595 - 498 = 97\n");
    assert_eq!(
        (steps(&tree), tree.nodes[2].state.as_str()),
        (vec!["85*7=595", "need 97"], "83 2")
    );
}

#[test]
fn verdicts_on_results_are_judged() {
    let tree = read(
        "18 + 7 + 4 = 29 (too big)\n18 - 4 - 7 = 7 (too big)\n18 - 7 + 4 = 15, not 15\n18 * 7 + 4 = 130 \u{2713}\n",
    );
    assert_eq!(
        faults(&tree),
        ["7 is not above 15", "it is the goal", "130 is not the goal 15"]
    );
    let tree = read("18 - 4 - 7 = 7, not 15, too big\n");
    assert_eq!(faults(&tree), ["7 is not above 15"], "every verdict counts");
    let tree = read("18 - 4 = 14 (too big), 18 - 7 = 11 \u{2713}\n");
    assert!(
        faults(&tree).is_empty(),
        "on the way it may be about a number that only words name"
    );
    let tree = read_for(
        "95 98 92 28 20 -> 237",
        "95 + 98 = 193\n237 - 193 = 44\n92 - 28 - 20 = 44 \u{2713}\n95 + 98 + 92 - 28 - 20 = 237 \u{2713}\n",
    );
    assert!(faults(&tree).is_empty(), "a need met, and the goal");
    let tree = read("That was too small, so 18 + 7 = 25\n");
    assert_eq!(
        tree.claims.len(),
        1,
        "what is said before a result is not about it"
    );
}

#[test]
fn what_is_true_is_not_called_false() {
    for (problem, text) in [
        ("44 19 35 -> 98", "44 + 19 = 63 \u{2192} 63 + 35 = 98"),
        (
            "13 57 53 48 -> 64",
            "Then 13 - 57 = -44. Then -9 - 48 = -57, and `-8 + 71 = 63`.",
        ),
        (
            "56 82 38 49 -> 588",
            "Let me verify: 56 - 82 + 38 = -26 + 38 = 12\n12 * 49 = 588",
        ),
        ("57 40 5 -> 92", "57 - 40 = 17, and 5 * -3 = -15, 92 - (-3) = 95"),
        (
            "69 48 24 34 -> 127",
            "69 + 48 + 24 - (34 * 69) / 21\n= 69 + 48 + 24 - 111.71... (not whole)",
        ),
        ("82 38 56 49 7 -> 588", "82 * 7 = 574, which is 14 less than 588"),
        (
            "93 66 57 18 -> 64",
            "Adding them gives 159. Subtracting 57 gives 102.",
        ),
        (
            "2 5 6 -> 0",
            "x = 2: 2^2 - 5*2 + 6 = 0, (1.005)^2 = 1.010025, 0.06 is 6%, \u{221a}16 = 4, sqrt(16) = 4",
        ),
        (
            "72 24 48 15 -> 624",
            "624 = 8 \u{d7} 78 = 16 \u{d7} 39 = 24 \u{d7} 26 = 48 \u{d7} 13",
        ),
    ] {
        let tree = read_for(problem, text);
        assert!(faults(&tree).is_empty(), "{text}: {:?}", faults(&tree));
    }
    for true_one in [
        "18 + 7 = 25, which is 10 over.",
        "18 + 7 = 25, which is 3 under the target",
        "18 + 7 = 25, which is 3 below 28",
        "18 + 7 = 25, which is 10 too much",
        "18 + 7 = 25 \u{2192} 4",
        "18 + 7 \u{2192} 4, 25",
        "18 + 7 \u{2192} 4 and 25",
    ] {
        assert!(faults(&read(true_one)).is_empty(), "{true_one}");
    }
    for false_one in [
        "18 + 7 gives 26 too.",
        "18 + 7 is 26 over",
        "18 + 7 is 26 from above",
        "18 + 7 -> 26",
        "18 + 7 \u{2192} 26.",
    ] {
        assert_eq!(faults(&read(false_one)), ["it is 25"], "{false_one}");
    }
    let tree = read_for(
        "49 42 24 16 -> 47",
        "49 - (42 - (24 + 16)) = 49 - (24 + 16) = 49 - 40 = 9",
    );
    assert_eq!(
        faults(&tree),
        ["it is 47", "47 is not 9"],
        "and what is false once"
    );
}

#[test]
fn what_is_needed_is_tried_where_it_is_needed_and_nothing_winning_is_given_up() {
    for end in [
        "So: (56 - 82 + 38) * 49 = 12 * 49 = 588",
        "So 12 * 49 = 588",
        "Let me verify: 56 + 38 = 94, 94 - 82 = 12,\n12 * 49 = 588 \u{2713}",
    ] {
        let tree = read_for(
            "82 38 56 49 -> 588",
            &format!(
                "588 = 12 * 49\nLet me try: 82 - 38 - 56 = -12.\nLet me try: 56 - 82 + 38 = 12.\n{end}\n"
            ),
        );
        let wanted = ["need 12", "82-38=44", "44-56=-12", "56-82=-26", "-26+38=12"];
        assert_eq!(steps(&tree), wanted, "{end}");
        assert_eq!(returns(&tree), [(3, Some(1))], "{end}");
        assert!(faults(&tree).is_empty(), "{end}: {:?}", faults(&tree));
    }
}

#[test]
fn a_sum_written_once_more_with_a_part_worked_out_is_the_same_attempt() {
    let tree = read_for(
        "52 50 13 83 79 -> 119",
        "52+50+13+83-79\n52+50+13+4\n52+50+17\n52+67\n119\n",
    );
    assert_eq!(
        steps(&tree),
        ["52+50=102", "102+13=115", "115+83=198", "198-79=119"]
    );
    assert!(tree.backtracks.is_empty());
}

#[test]
fn parts_that_are_there_by_now_are_taken_as_they_are_however_deep() {
    let tree = read_for("4 7 8 8 -> 24", "8 / 8 = 1\n7 - 1 = 6\n4 * (7 - 8 / 8) = 24\n");
    assert_eq!(steps(&tree), ["8/8=1", "7-1=6", "4*6=24"]);
    assert!(tree.backtracks.is_empty());
}

#[test]
fn numbers_without_a_result_are_moves_only_when_they_are_there() {
    assert_eq!(steps(&read("Maybe 18 - 7 + 4?\n")), ["18-7=11", "11+4=15"]);
    assert!(steps(&read("See pages 10-19, or (rows 1-2).\n")).is_empty());
    assert_eq!(
        steps(&read("18 - 4 = 14\n<answer>18 - 7 + 4</answer>\n")),
        ["18-4=14"],
        "the answer is no step"
    );
}

#[test]
fn the_way_to_the_goal_once_more_is_a_check_and_no_other_attempt() {
    let tree = read_for(
        "55 75 12 34 -> 176",
        "55 + 75 + 12 + 34 = 176\nLet me verify: 75 + 55 = 130, 130 + 12 = 142, 142 + 34 = 177\n",
    );
    assert_eq!(steps(&tree), ["55+75=130", "130+12=142", "142+34=176"]);
    assert!(tree.backtracks.is_empty());
    assert_eq!(faults(&tree), ["it is 176"]);
}

#[test]
fn after_the_goal_another_attempt_may_begin_with_the_same_move() {
    let tree = read_for(
        "55 75 12 34 -> 176",
        "55 + 75 + 12 + 34 = 176. Another: 55 + 75 = 130, 130 - 12 = 118\n",
    );
    assert_eq!(
        steps(&tree),
        ["55+75=130", "130+12=142", "142+34=176", "130-12=118"]
    );
    assert_eq!((tree.backtracks.len(), tree.backtracks[0].to), (1, Some(1)));
}

/// The moves in text order, each with its parent, and a mark where numbers are missing.
fn moves(tree: &Tree) -> Vec<String> {
    let row = |node: &crate::trace::Node| {
        let missing = if node.available == Some(false) { "!" } else { "" };
        Some(format!("{}:{}{missing}", node.parent?, node.step.as_deref()?))
    };
    tree.nodes.iter().filter_map(row).collect()
}

#[test]
fn a_fresh_start_begins_where_all_its_calculations_fit() {
    let start_over = "4*7 = 28, then 28 + 8 = 36. Too big.\nStart over: 12 - 8 = 4, 4*7 gives us 28, and that minus 4 is 24";
    let tree = read_for("4 7 8 12 -> 24", start_over);
    assert_eq!(
        moves(&tree),
        ["0:4*7=28", "1:28+8=36", "0:12-8=4", "3:4*7=28", "4:28-4=24"]
    );
    assert_eq!(tree.nodes[5].status, Status::Goal);
    let tree = read_for(
        "4 6 8 10 -> 24",
        "Option 2: 10 + 4 = 14. That leaves 6 and 8.\nOption 3: 8 - 6 = 2, 10 + 4 = 14, 14 - 2 = 12",
    );
    assert_eq!(moves(&tree), ["0:10+4=14", "0:8-6=2", "2:10+4=14", "3:14-2=12"]);
    let tree = read_for(
        "4 4 9 9 6 -> 24",
        "- $9 * 4 = 36$\n- $9 / 6 = 1.5$, then $1.5 * 4 = 6$",
    );
    assert_eq!(moves(&tree), ["0:9*4=36", "0:9/6=3/2", "2:3/2*4=6"]);
    let tree = read_for("4 7 8 12 -> 24", "4*7 = 28. 12 - 8 = 4, 4*7 = 28, 28 - 4 = 24");
    assert_eq!(
        moves(&tree)[1..],
        ["0:12-8=4", "2:4*7=28", "3:28-4=24"],
        "without a word, too"
    );
}

#[test]
fn a_cue_does_not_leave_a_state_in_which_more_fits() {
    let tree = read_for(
        "4 7 8 12 -> 24",
        "4*7 = 28. Wait, 12 + 8 = 20, so 28 - 20 = 8. Instead: 12 - 8 = 4, 28 - 4 = 24",
    );
    assert_eq!(
        moves(&tree),
        ["0:4*7=28", "1:12+8=20", "2:28-20=8", "1:12-8=4", "4:28-4=24"]
    );
}

#[test]
fn a_value_that_is_there_may_be_written_as_what_made_it() {
    let tree = read_for("3 8 3 8 -> 24", "3 - 8/3 = 1/3, and 8 / (1/3) = 24.");
    assert_eq!(moves(&tree), ["0:8/3=8/3", "1:3-8/3=1/3", "2:8/1/3=24"]);
    assert!(faults(&tree).is_empty());
    let tree = read_for(
        "49 42 24 16 -> 51",
        "49 + 42 = 91, 24 + 16 = 40, 91 - (24 + 16) = 51",
    );
    assert_eq!(moves(&tree), ["0:49+42=91", "1:24+16=40", "2:91-40=51"]);
}

#[test]
fn calculations_in_words_are_moves() {
    let tree = read_for(
        "1 1 2 6 -> 24",
        "Adding the two 1s gives us 2, and multiplying this by 2 gives us 4. Times 6 is 24.",
    );
    assert_eq!(moves(&tree), ["0:1+1=2", "1:2*2=4", "2:4*6=24"]);
    let tree = read_for(
        "10 2 4 1 -> 24",
        "I could multiply the result of 10/2 by 4 to get 24.",
    );
    assert_eq!((faults(&tree), tree.backtracks.len()), (vec!["it is 20"], 0));
    let tree = read_for("10 2 4 1 -> 24", "Subtract 4 from 10: 10 - 4 = 6.");
    assert_eq!(moves(&tree), ["0:10-4=6"], "said and written is done once");
}

#[test]
fn a_step_back_from_the_target_after_an_attempt_begins_as_at_the_beginning() {
    for attempt in [
        "8 + 5 = 13, 13 + 3 = 16.",
        "8 + 7 = 15, 15 + 3 = 18, 18 + 5 = 23.",
    ] {
        let tree = read_for(
            "3 5 8 7 -> 22",
            &format!("{attempt} Hmm, 22 - 7 = 15, so I need to get 15"),
        );
        let last = tree.nodes.last().unwrap();
        assert_eq!(
            (last.step.as_deref(), last.state.as_str()),
            (Some("need 15"), "3 5 8"),
            "{attempt}"
        );
        assert_eq!((last.parent, last.available), (Some(0), Some(true)));
        assert_eq!(tree.backtracks.len(), 1);
    }
}

#[test]
fn an_expression_worked_out_is_one_attempt() {
    let tree = read_for(
        "1 2 5 5 -> 24",
        "(5 - 1/2) * something, let's calculate: 1/2 = 0.5, 5 - 0.5 = 4.5",
    );
    assert_eq!(moves(&tree), ["0:1/2=1/2", "1:5-1/2=9/2"]);
    assert_eq!((tree.backtracks.len(), tree.claims.len()), (0, 4));
    let tree = read_for(
        "22 43 9 60 -> 100",
        "(43 - 22) * 9: 43 - 22 = 21, 21 * 9 = 100. Then 100 + 60 = 160.",
    );
    assert_eq!(
        moves(&tree),
        ["0:43-22=21", "1:21*9=189", "1:21*9=100", "3:100+60=160"]
    );
    assert_eq!(
        (tree.backtracks.len(), faults(&tree)),
        (0, vec!["it is 189"]),
        "what follows goes on with what the text makes of it"
    );
}

#[test]
fn an_expression_with_numbers_that_are_not_there_is_an_attempt_all_the_same() {
    let tree = read_for("1 2 2 5 -> 24", "5 * 5 = 25. Let me try 5 * (2 * 2) + 4");
    assert_eq!(moves(&tree), ["0:5*5=25!", "0:2*2=4", "2:5*4=20", "3:20+4=24!"]);
    for text in [
        "It is 2024-01-02 now.",
        "The answer is 5 * (2 * 2) + 4",
        "See 10/11 - 12/13.",
    ] {
        assert!(steps(&read_for("1 2 2 5 -> 24", text)).is_empty(), "{text}");
    }
}

#[test]
fn a_problem_of_many_numbers_keeps_them_all() {
    let given: Vec<String> = (1..=20).map(|number: i32| number.to_string()).collect();
    let tree = read_for(&format!("{} -> 210", given.join(" ")), "17 + 18 = 35\n");
    assert_eq!((tree.nodes[1].available, faults(&tree).len()), (Some(true), 0));
    assert_eq!(tree.nodes[1].state.split(' ').count(), 19);
}

mod attempts;
mod meant;
mod needs;
mod parts;
mod wholes;
