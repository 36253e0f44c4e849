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

fn steps(tree: &Tree) -> Vec<&str> {
    tree.nodes.iter().filter_map(|n| n.step.as_deref()).collect()
}

#[test]
fn free_text_goes_on_goes_back_and_uses_what_it_has_not() {
    let tree = read(
        "Let's try 18 + 7 = 25. Then 25 - 4 = 21, not 15.\nWait: 18 - 7 = 11 and 11 + 4 = 15!\nAlso 9 + 9 = 18.\n",
    );
    assert_eq!(tree.reader, "free/4");
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
        "18 + 7 = 25 (too big)\n18 - 4 = 14 (too big)\n18 - 7 + 4 = 15, not 15\n18 * 7 = 126 \u{2713}\n",
    );
    assert_eq!(
        faults(&tree),
        ["14 is not above 15", "it is the goal", "126 is not the goal 15"]
    );
    let tree = read("18 - 4 = 14, not 15, too big\n");
    assert_eq!(faults(&tree), ["14 is not above 15"], "every verdict counts");
    let tree = read("That was too small, so 18 + 7 = 25\n");
    assert_eq!(
        tree.claims.len(),
        1,
        "what is said before a result is not about it"
    );
}

#[test]
fn numbers_without_a_result_are_moves_only_when_they_are_there() {
    assert_eq!(steps(&read("Maybe 18 - 7 + 4?\n")), ["18-7=11", "11+4=15"]);
    assert!(steps(&read("See pages 10-19, or (rows 1-2).\n")).is_empty());
    assert!(
        steps(&read("<answer>18 - 7 + 4</answer>\n")).is_empty(),
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
