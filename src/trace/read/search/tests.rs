use crate::trace::{Reader, Status, Tree, read::tests::faults};
use pretty_assertions::assert_eq;

const TEXT: &str = "Current State: 15:[18, 7, 4], Operations: []
Exploring Operation: 18+7=25, Resulting Numbers: [4, 25]
Generated Node #0,0: 15:[4, 25] Operation: 18+7=25
Exploring Operation: 18-7=11, Resulting Numbers: [4, 11]
Generated Node #0,1: 15:[4, 11] Operation: 18-7=11
Moving to Node #0,0
Current State: 15:[4, 25], Operations: ['18+7=25']
Exploring Operation: 25-4=21, Resulting Numbers: [21]
21,15 unequal: No Solution
Moving to Node #0
Moving to Node #0,1
Current State: 15:[4, 11], Operations: ['18-7=11']
Exploring Operation: 4+11=15, Resulting Numbers: [15]
15,15 equal: Goal Reached
";

fn read(text: &str) -> Tree {
    Reader::read(None, text)
}

#[test]
fn the_lines_say_what_the_tree_is() {
    let tree = read(TEXT);
    assert_eq!(tree.reader, "search/1");
    let rows: Vec<_> = tree
        .nodes
        .iter()
        .map(|n| (n.parent, n.state.as_str(), n.status))
        .collect();
    assert_eq!(
        rows,
        [
            (None, "18 7 4", Status::Root),
            (Some(0), "4 25", Status::Dead),
            (Some(0), "4 11", Status::Open),
            (Some(1), "21", Status::Leaf),
            (Some(2), "15", Status::Goal),
        ]
    );
    let returns: Vec<_> = tree.backtracks.iter().map(|b| (b.from, b.to)).collect();
    assert_eq!(returns, [(3, Some(0))], "moving to a child is no return");
    assert!(tree.is_sound());
    assert_eq!(tree.nodes[1].reachable, Some(false));
}

#[test]
fn moving_to_another_branch_is_a_return_that_leaves_the_common_states_open() {
    let tree = read(&TEXT.replace("Moving to Node #0\n", ""));
    assert_eq!((tree.backtracks[0].from, tree.backtracks[0].to), (3, Some(2)));
    assert_eq!(
        (tree.nodes[0].status, tree.nodes[1].status),
        (Status::Root, Status::Dead)
    );
}

#[test]
fn slips_are_false_claims_and_unknown_nodes_are_returns_to_nowhere() {
    let text = TEXT
        .replace("25-4=21,", "25-4=22,")
        .replace("15,15 equal", "15,15 unequal")
        .replace("equal: Goal Reached", "equal: No Solution");
    let tree = read(&text.replace("Moving to Node #0\n", "Moving to Node #7\n"));
    assert_eq!(faults(&tree), ["it is 21", "22 is left", "they are equal"]);
    assert_eq!(tree.backtracks[0].to, None);
}
