//! Cases and what follows from all of them; attempts by whatever name.

use super::{read, steps};
use crate::trace::{Status, Tree};
use pretty_assertions::assert_eq;

fn parents(tree: &Tree) -> Vec<usize> {
    steps(tree).iter().map(|(parent, ..)| *parent).collect()
}

#[test]
fn what_follows_from_all_cases_stands_beside_them() {
    let cases = "Case 1: x - 3 = 5. So x = 8.\n\nCase 2: x - 3 = -5. So x = -2.\n\n";
    for all in [
        "Therefore x = 8 or x = -2.",
        "Combining both cases, x is 8 or -2.",
        "So the solutions are 8 and -2.",
        "Hence x is 8 or -2.",
        "The answer is 8 or -2.",
        "In both cases |x - 3| = 5.",
    ] {
        let tree = read(&format!("{cases}{all}"));
        assert_eq!(parents(&tree), [0, 0, 0], "{all}");
        assert!(tree.backtracks.is_empty());
    }
    for cases in [
        "For x = 1: 2 is not -2.\n\nFor x = 6: 3 = 3. Fine.\n\n",
        "**Case 1: x is large.** Then x = 8.\n**Case 2: x is small.** Then x = -2.\n\n",
        "x = 1: 2 is small.\nx = 6: 3 = 3. Works.\n\n",
    ] {
        let tree = read(&format!("{cases}So the only solution is found."));
        assert_eq!(tree.nodes[3].parent, tree.nodes[2].parent, "{cases}");
    }
    // What only the last case leads to belongs to it.
    let longer = "Case 1: x is odd. Then x = 3.\n\nCase 2: x is even.\n\nWe halve it.\n\nSo x = 4.\n";
    assert_eq!(parents(&read(longer)), [0, 0, 2, 3]);
    assert_eq!(parents(&read("Case 1: x is odd.\n\nSo x = 3.\n")), [0, 1]);
}

#[test]
fn values_are_tried_without_a_verb() {
    let tree = read("x = 1: 2 = 2. Works.\nx = 2: 4 = 5? No.\nx = 3: 8 = 8. Works!\n\nSo x = 1 and x = 3.\n");
    assert_eq!(parents(&tree), [0, 0, 0, 0]);
    assert_eq!((tree.backtracks.len(), tree.nodes[2].status), (1, Status::Dead));
    // What is set for good is none.
    let tree = read("x = 1\ny = 2: that is known.\n");
    assert_eq!(parents(&tree), [0, 1]);
}

#[test]
fn ways_by_any_name_stand_side_by_side() {
    for (first, second) in [
        ("First approach:", "Second approach:"),
        ("Idea 1:", "Idea 2:"),
        ("Strategy A:", "Strategy B:"),
        ("First attempt:", "Second attempt:"),
        ("Method B:", "Method C:"),
    ] {
        let text =
            format!("{first} use coordinates. It gets out of hand.\n\n{second} use symmetry. It is 84.\n");
        let tree = read(&text);
        assert_eq!(parents(&tree), [0, 0], "{text}");
        assert_eq!(tree.backtracks.len(), 1, "{text}");
    }
    let tree =
        read("Try A = knight. Then B lies. That fits.\nTry A = knave. Then B is right, a contradiction.\n");
    assert_eq!(parents(&tree), [0, 0]);
    let tree =
        read("Trying coordinates: it is ugly. Abandoning this. Trying similar triangles: that is 6.\n");
    assert_eq!((parents(&tree), tree.backtracks.len()), (vec![0, 0], 1));
}

#[test]
fn an_attempt_behind_one_that_worked_gives_nothing_up() {
    for done in [
        "Nice, works directly.",
        "That is 42. \u{2713}",
        "Great.",
        "Same result.",
    ] {
        let tree = read(&format!(
            "Attempt 1: add sevens. {done}\n\nAttempt 2: multiply. It is 42.\n"
        ));
        assert_eq!((parents(&tree), tree.backtracks.len()), (vec![0, 0], 0), "{done}");
    }
    for over in [
        "That is 45.",
        "It does not work.",
        "It isn't great.",
        "Is it great?",
    ] {
        let tree = read(&format!(
            "Attempt 1: add sevens. {over}\n\nAttempt 2: multiply. It is 42.\n"
        ));
        assert_eq!((parents(&tree), tree.backtracks.len()), (vec![0, 0], 1), "{over}");
    }
}
