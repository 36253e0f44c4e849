use crate::trace::{Reader, Status, Style, Subject, Tree};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

mod cases;
mod claims;
mod judged;
mod shapes;

fn read(text: &str) -> Tree {
    Reader::read(Subject::Other(Some("What is 6 times 7?".to_owned())), text)
}

/// Parent, move and first word of every step.
fn steps(tree: &Tree) -> Vec<(usize, &str, &str)> {
    let row = |node: &crate::trace::Node| {
        let word = node
            .state
            .split([' ', ',', ':', '.'])
            .next()
            .unwrap_or_default()
            .len();
        (node.parent.unwrap_or_default(), node.id, word)
    };
    tree.nodes
        .iter()
        .skip(1)
        .map(|node| {
            (
                row(node).0,
                node.step.as_deref().unwrap_or_default(),
                &node.state[..row(node).2],
            )
        })
        .collect()
}

#[test]
fn paragraphs_go_on_and_items_stand_side_by_side() {
    let tree = read("I need the product.\n\nThe parts:\n- Six\n- Seven\n  1. odd\n\nSo it is 42.\n");
    assert_eq!(tree.reader, "discourse/8");
    assert_eq!(tree.nodes[0].state, "What is 6 times 7?");
    assert_eq!(
        steps(&tree),
        [
            (0, "then", "I"),
            (1, "then", "The"),
            (2, "item", "Six"),
            (2, "item", "Seven"),
            (4, "item", "odd"),
            (2, "then", "So"),
        ]
    );
    assert!(tree.backtracks.is_empty());
}

#[test]
fn where_thinking_begins_and_ends_is_no_step_and_in_no_label() {
    let tree = read("<think>Let me see.\n\nIt is 42.</think>\n\n</think> <answer>\nIt is 42.\n</answer>\n");
    let labels: Vec<&str> = tree
        .nodes
        .iter()
        .skip(1)
        .map(|node| node.state.as_str())
        .collect();
    assert_eq!(labels, ["Let me see.", "It is 42.", "It is 42."]);
    // What the text says stays what it says.
    assert_eq!(tree.nodes[1].span, crate::trace::Span::new(0, 18));
}

#[test]
fn another_attempt_is_a_sibling_after_a_return() {
    let text = "I look for it.\nLet me try adding sevens.\nThat gives 40.\nThat doesn't work.\nLet me try a different way: 7 times 6.\nIt is 42.";
    let tree = read(text);
    assert_eq!(
        steps(&tree),
        [
            (0, "then", "I"),
            (1, "try", "Let"),
            (2, "then", "That"),
            (3, "then", "That"),
            (1, "instead", "Let"),
            (5, "then", "It"),
        ]
    );
    let back = tree.backtracks[0];
    assert_eq!(
        (back.from, back.to, back.span.of(text)),
        (4, Some(1), "That doesn't work.")
    );
    assert_eq!(
        (tree.nodes[2].status, tree.nodes[5].status),
        (Status::Dead, Status::Open)
    );
}

/// Attempts with numbers take each other's place, however they are written down.
#[test]
fn the_next_of_some_numbered_attempts_is_a_sibling_after_a_return() {
    for (heading, between) in [
        ("**Attempt %:**", " "),
        ("## Attempt %", "\n"),
        ("Attempt %:", " "),
        ("**Attempt %**", "\n\n"),
    ] {
        for over in ["That is 45. \u{2717}", "That is 45."] {
            let attempt = |number: &str, text: &str| heading.replace('%', number) + between + text + "\n\n";
            let text =
                attempt("1", &format!("Take 6 times 8. {over}")) + &attempt("2", "Take 6 times 7. It works.");
            let tree = read(&text);
            let tries = tree
                .nodes
                .iter()
                .filter(|node| node.step.as_deref() == Some("try"));
            let parents: Vec<Option<usize>> = tries.map(|node| node.parent).collect();
            assert_eq!(parents, [Some(0), Some(0)], "{text}");
            assert_eq!(tree.backtracks.len(), 1, "{text}");
            assert_eq!(tree.nodes[1].status, Status::Dead, "{text}");
        }
    }
    // A second way stands beside the first.
    let tree =
        read("Approach 1: Take 6 times 7.\nThat is 42.\n\nApproach 2: Add 7 six times.\nThat is 42.\n");
    let tries = tree
        .nodes
        .iter()
        .filter(|node| node.step.as_deref() == Some("try"));
    assert!(tries.map(|node| node.parent).eq([Some(0), Some(0)]));
    assert!(tree.backtracks.is_empty());
}

#[test]
fn who_says_to_go_back_or_to_do_something_instead_returns() {
    for turn in [
        "I should go back and use another factor.",
        "Scrap that.",
        "Let me undo the last step.",
        "Let's backtrack.",
        "Let me try adding sevens instead: 7 + 7 = 14.",
    ] {
        let tree = read(&format!(
            "Let me try 6 times 8.\n\nThat is 48.\n\n{turn}\n\nIt is 42.\n"
        ));
        assert_eq!(tree.backtracks.len(), 1, "{turn}");
    }
    let tree = read("Let me try 6 times 8.\n\nLet me use 7 instead of 8 here.\n");
    assert!(tree.backtracks.is_empty());
}

/// Who goes back later, if something fails, or on foot has not gone back.
#[test]
fn a_return_in_a_story_or_in_a_plan_is_none() {
    let read = |turn: &str| {
        read(&format!(
            "Suppose that x is even.\n\nThat gives 48.\n\n{turn}\n\nIt is 42.\n"
        ))
    };
    for said in [
        "I'll go back to this later.",
        "Let me go back to the second case in a moment.",
        "If this fails I will go back to step 1.",
        "I go back to the first case only if nothing fits.",
        "Go back to step 1 if this fails.",
        "I go back home.",
        "Let me go back and double check the sum.",
        "Let me go back and carefully verify the sum.",
        "Let me go back to step 1 and check it.",
        "Let me go back to the clues.",
        "Now, let's go back to our expression.",
        "Let's go back to our differential equation.",
        "Let me go back to our earlier result that x = 2.",
        "Let me go back and see if there's an error.",
        "Let me go back and see if I can find the mistake.",
        "Once x is known, we can go back to the first equation.",
        "This fails to use the hint, but it is right.",
        "I need to go back to the shop to buy milk.",
        "This fails to consider x.",
        "Note that this fails only if x < 0.",
        "That fails for no x.",
    ] {
        assert!(read(said).backtracks.is_empty(), "{said}");
    }
    for said in [
        "Let me go back to the first train and redo it.",
        "Let me go back to the bank.",
        "Going back to the camp, we know x.",
        "I go back to step 1.",
        "This fails.",
        "That fails for x = 2.",
        "This fails to use all the numbers.",
        "This fails to cover all squares.",
        "Let me go back to our last assumption and try 5.",
        "Let me go back to our first guess and change it.",
        "Let me go back to our original idea.",
        "Let me go back and see if the other root works.",
        "Let me go back to the counterexample and change it.",
        "Let me go back to see if another root works.",
    ] {
        assert_eq!(read(said).backtracks.len(), 1, "{said}");
    }
}

#[test]
fn an_attempt_with_a_number_begins_once_and_where_it_is_announced() {
    let tries = |text: &str| {
        let tree = read(text);
        let tries = tree
            .nodes
            .iter()
            .filter(|node| node.step.as_deref() == Some("try"));
        (tries.count(), tree.backtracks.len())
    };
    for (text, expected) in [
        ("Attempt 1: take x.\nThis works.\nAttempt 1 gave 4.", (1, 0)),
        ("Attempt 1: take x.\nThis works.\nAttempt 1: 4.", (1, 0)),
        ("**Attempt 1**\n\nAttempt 1: take x.\nAttempt 2: take y.", (2, 1)),
        (
            "Attempt 1 - take x.\nAttempt 2 (with y): take it.\nAttempt 3) take z.",
            (3, 2),
        ),
        (
            "Approach 1: take x.\nApproach 1 is easier.\nApproach 2: take y.",
            (2, 0),
        ),
        ("Trial 1: the jury met.\nTrial 2: it was over.", (0, 0)),
        ("Trial 1: 6 * 8 = 48.\nTrial 2: 6 * 7 = 42.", (2, 1)),
        ("Trial 1: take x.\nTrial 2: take y.", (2, 1)),
        (
            "Attempt 1, take x.\nIt is 4.\nAttempt 2, take y.\nIt is 5.",
            (2, 1),
        ),
        (
            "Attempt 1 \u{2192} take x.\nIt is 4.\nAttempt 2 => take y.\nIt is 5.",
            (2, 1),
        ),
        (
            "Attempt 1 = take x.\nIt is 4.\nAttempt 2 = take y.\nIt is 5.",
            (2, 1),
        ),
        (
            "Approach 1 using induction: take x.\nApproach 2 by hand: take y.",
            (2, 0),
        ),
        ("Attempt 1, which gave 4, is over.\nI go on.", (0, 0)),
        ("Approach 1 using induction is easier.\nI go on.", (0, 0)),
        ("Approach 1 using that x is even: take x.\nI go on.", (1, 0)),
        ("Approach 1 by far has one flaw: it is slow.\nI go on.", (0, 0)),
        (
            "Approach 2 with x = 3 was wrong because of this: y is 4.\nI go on.",
            (0, 0),
        ),
        (
            "Attempt 2 by the way had an issue: it used 3 twice.\nI go on.",
            (0, 0),
        ),
        ("Attempt 1, using x = 2, gave 4.\nI go on.", (0, 0)),
        ("Attempt 1, let's see, gave 4.\nI go on.", (0, 0)),
        ("Attempt 1, using x = 2: it is 4.\nI go on.", (1, 0)),
        (
            "Attempt 1, I take x.\nIt is 4.\nAttempt 2, I take y.\nIt is 5.",
            (2, 1),
        ),
        ("Attempt 1 \u{27f6} take x.\nAttempt 2 \u{27f6} take y.", (2, 1)),
    ] {
        assert_eq!(tries(text), expected, "{text}");
    }
}

/// Every number would be looked for in all of them.
#[test]
fn attempts_inside_attempts_are_not_kept_for_ever() {
    let mut reader = Reader::new(Subject::Other(None));
    let text = "Let me try it.\n".repeat(1000) + &"Attempt 1: go on.\nAttempt 2: go on.\n".repeat(100);
    reader.push(&text, |_, _| ());
    let discourse = reader.state.discourse.as_ref().unwrap();
    assert!(discourse.attempts.len() <= super::MOST_ATTEMPTS);
    assert_eq!(discourse.tree().nodes.len(), 1201);
}

#[test]
fn an_alternative_beside_the_first_gives_nothing_up() {
    let tree =
        read("Let me try it in my head. Alternatively, I can count. Another way to check it is to draw.");
    assert_eq!(
        steps(&tree),
        [
            (0, "try", "Let"),
            (0, "or", "Alternatively"),
            (2, "check", "Another")
        ]
    );
    assert!(tree.backtracks.is_empty());
}

#[test]
fn cases_are_siblings_and_a_contradiction_closes_one() {
    let tree = read(
        "Emma lies or not.\nCase 1: Emma lies.\nThen Noah does not.\nThis is a contradiction.\nCase 2: Emma tells the truth.\nNoah lies.\n",
    );
    assert_eq!(
        steps(&tree),
        [
            (0, "then", "Emma"),
            (1, "case", "Case"),
            (2, "then", "Then"),
            (3, "then", "This"),
            (1, "case", "Case"),
            (5, "then", "Noah"),
        ]
    );
    assert_eq!(tree.backtracks.len(), 1);
    assert_eq!(tree.nodes[2].status, Status::Dead);
}

#[test]
fn doubts_and_checks_hang_below_what_they_are_about() {
    let tree = read("It is 41. Wait. That is odd. Let me check that again. Now I have 42.");
    assert_eq!(
        steps(&tree),
        [(0, "then", "It"), (1, "but", "Wait"), (2, "check", "Let")]
    );
    assert_eq!(tree.nodes[2].state, "Wait. That is odd.");
}

#[test]
fn formulas_and_code_belong_to_their_step() {
    let tree = read(
        "We have\n\\[ 6 \\times 7 \\]\nwhich is big.\n```python\nprint(6 * 7)\nLet me try.\n```\n<answer>42</answer>",
    );
    assert_eq!(
        steps(&tree),
        [(0, "then", "We"), (1, "answer", "<answer>42</answer>")]
    );
}

#[test]
fn a_step_that_is_said_again_is_marked() {
    let tree = read("Seven sixes are surely 40.\nNo, that's wrong.\nSeven sixes are surely 40.\n");
    assert_eq!(tree.nodes.last().unwrap().again, Some(1));
}

#[test]
fn what_a_text_without_a_task_is_about_is_told_by_its_first_lines() {
    let reader = |text: &str| Reader::read(None, text).reader;
    assert_eq!(reader("try 18+7=25 left 25 4\n"), "lines/1");
    assert_eq!(
        reader("I need to make 15 using the numbers 18, 7 and 4.\nLet me try 18 + 7 = 25."),
        "free/13"
    );
    assert_eq!(reader("Let me solve this Sudoku.\nR1C1 = 2"), "sudoku/10");
    assert_eq!(
        reader("The train leaves at 8.\nIt takes 3 hours.\nSo it is 11."),
        "discourse/8"
    );
    assert_eq!(reader("Short."), "discourse/8");
    assert_eq!(reader(""), "lines/1");
    for style in Style::ALL {
        let mut reader = Reader::forced(style, None);
        reader.push("Let me try 1 + 2 = 3.\n", |_, _| ());
        reader.finish(|_, _| ());
        assert_eq!(reader.tree().reader, style.name());
    }
}

#[test]
fn live_views_have_something_after_three_lines() {
    let mut reader = Reader::new(None);
    reader.push(
        "The train leaves at 8.\nIt takes 3 hours.\nSo it is 11.\n",
        |_, _| (),
    );
    assert_eq!(reader.tree().nodes.len(), 4);
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_tree_and_no_text_breaks_it(
        parts in proptest::collection::vec(
            prop_oneof![
                "(- |1\\. |  \\* |## |Case [1-3]: |Step [12]: |\n|\n\n)",
                "(If A is x, |If B is x, |x = 2|\\$\\$|too small\\. |Let's try x = 3: |For x = 4: |no\\. )",
                "(Wait, |Alternatively, |Let me try |That doesn't work\\. |Instead, |Going back, |Let me start over\\. |Suppose |contradiction\\. )",
                "\\PC{0,16}",
                "[a-zA-Z ]{0,12}[.!?:] ",
            ],
            0..30,
        ),
        cuts in proptest::collection::vec(0_usize..400, 0..6),
        known in proptest::bool::ANY,
    ) {
        let text = parts.concat();
        let subject = if known { Subject::Other(None) } else { Subject::Unknown };
        let (mut told, mut heard) = (Vec::new(), Vec::new());
        let mut whole = Reader::new(subject.clone());
        whole.push(&text, |what, _| told.push(format!("{what:?}")));
        whole.finish(|what, _| told.push(format!("{what:?}")));
        let mut reader = Reader::new(subject);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| text.floor_char_boundary(cut.min(text.len()))).collect();
        cuts.sort_unstable();
        let mut from = 0;
        for to in cuts.into_iter().chain([text.len()]) {
            reader.push(&text[from..to], |what, _| heard.push(format!("{what:?}")));
            from = to;
        }
        reader.finish(|what, _| heard.push(format!("{what:?}")));
        prop_assert_eq!(whole.tree(), reader.tree());
        prop_assert_eq!(told, heard);
        for node in &reader.tree().nodes {
            prop_assert!(node.parent.is_none_or(|parent| parent < node.id));
        }
    }
}
