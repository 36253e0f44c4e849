//! What a text says against what it did, and what takes its place.

use super::{read, steps};
use crate::trace::Status;
use pretty_assertions::assert_eq;

/// From and to of each return.
fn returns(text: &str) -> Vec<(usize, Option<usize>)> {
    let tree = read(text);
    tree.backtracks.iter().map(|back| (back.from, back.to)).collect()
}

#[test]
fn a_bare_remark_is_no_step_and_what_follows_takes_the_place_of_the_step_before() {
    for remark in [
        "Wait, that's not right.",
        "Hmm, that's wrong.",
        "No, this is incorrect.",
        "Wait, I made a mistake.",
    ] {
        for next in [
            "Let me redo it.",
            "There are 7! arrangements.",
            "The plates are alike.",
        ] {
            let text = format!("So there are 8! arrangements. {remark} {next}");
            let tree = read(&text);
            assert_eq!(tree.nodes.len(), 3, "{text}");
            assert_eq!(returns(&text), [(1, Some(0))], "{text}");
            assert_eq!(tree.nodes[1].status, Status::Dead, "{text}");
            assert_eq!(tree.nodes[2].parent, Some(0), "{text}");
        }
    }
    // After a word of doubt.
    assert_eq!(
        returns("So there are 8! of them. Wait. That's not right. Let me redo it."),
        [(1, Some(0))]
    );
    // Who says why has said more, and who asks has said nothing.
    let said = "So there are 8! of them. Wait, that's not right because plates rotate.";
    assert_eq!(read(said).nodes.len(), 3);
    assert_eq!(
        returns("So there are 8! of them. Wait, is that not right?\n\nIt is."),
        []
    );
}

#[test]
fn what_is_to_be_done_instead_takes_the_place_of_what_was_wrong() {
    assert_eq!(
        returns("At first I took 40 times 2. So that's not right; I should divide instead. 40 / 2 = 20."),
        [(1, Some(0))]
    );
    assert_eq!(
        returns("I took 40 times 2. That's right, instead of 3. 40 * 2 = 80."),
        []
    );
}

#[test]
fn a_root_that_is_rejected_is_one_of_several_and_nothing_is_given_up() {
    for rejected in [
        "so x = -2 doesn't work",
        "and x = -2 is impossible",
        "so -2 doesn't work",
        "so the negative root doesn't work",
        "the other solution clearly contradicts that",
    ] {
        let text = format!(
            "I solve it. Let me try factoring. So x = 3 or x = -2. But x must be positive, {rejected}. That leaves x = 3.\n\nLet me plug it back in.\n\nThe answer is 3.\n"
        );
        assert_eq!(returns(&text), [], "{text}");
    }
    // The value that is being tried fails.
    for tried in [
        "Let me try x = 2. That gives 5. So x = 2 doesn't work.\n\nThe sum is 4.",
        "Suppose x = 2. Then y is odd. So x = 2 is impossible.\n\nThe sum is 4.",
        "Let me try factoring. It has no roots, so this doesn't work.\n\nThe sum is 4.",
    ] {
        assert_eq!(returns(tried).len(), 1, "{tried}");
    }
}

#[test]
fn who_has_refuted_a_supposition_goes_on_without_it() {
    for between in [" ", "\n\n"] {
        let text = format!(
            "I look at both. First, suppose B is a knight. Then both are. But A says B is a knave. That's a contradiction.{between}So B must be a knave. Let me double-check with what B says."
        );
        let tree = read(&text);
        assert_eq!(
            steps(&tree),
            [
                (0, "then", "I"),
                (1, "case", "First"),
                (1, "then", "So"),
                (3, "check", "Let")
            ],
            "{text}"
        );
        assert_eq!(returns(&text), [(2, Some(1))], "{text}");
    }
    // What still speaks of it, and what follows from no supposition.
    for text in [
        "Suppose B is a knight. That's a contradiction. So this case is impossible.",
        "Suppose B is a knight. That's a contradiction. So if he is, A lies.",
        "She says that B is both. That's a contradiction. So she is lying.",
    ] {
        assert_eq!(returns(text), [], "{text}");
    }
}
