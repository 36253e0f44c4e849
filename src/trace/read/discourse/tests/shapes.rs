//! The shape of trees of realistic texts.

use super::read;
use crate::trace::Status;
use pretty_assertions::assert_eq;

/// The steps as they hang below each other, one a line, a dead one with a cross, and the number of returns.
fn drawn(text: &str) -> (String, usize) {
    let tree = read(text);
    let mut depths = vec![0; tree.nodes.len()];
    let mut drawn = String::new();
    for node in tree.nodes.iter().skip(1) {
        let depth = node.parent.map_or(0, |parent| depths[parent] + 1);
        depths[node.id] = depth;
        let dead = if node.status == Status::Dead {
            " \u{2717}"
        } else {
            ""
        };
        drawn += &format!("{}{}{dead}\n", "  ".repeat(depth - 1), node.state);
    }
    (drawn, tree.backtracks.len())
}

/// The tree as it is drawn, without the margin of the source.
fn lines(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| line.strip_prefix("        ").unwrap_or(line).to_owned() + "\n")
        .collect()
}

fn check(text: &str, wanted: &str, returns: usize) {
    assert_eq!(drawn(text), (lines(wanted), returns), "{text}");
}

#[test]
fn a_failure_and_the_attempt_that_follows_it_are_one_return() {
    check(
        "Let me try induction first. I don't see how.\n\nThat doesn't work. Let's try contradiction instead. Suppose f(n) > n for some n. Then f(f(n)) > n, which is impossible.",
        "
        Let me try induction first. \u{2717}
          That doesn't work. \u{2717}
        Let's try contradiction instead.
          Suppose f(n) > n for some n.
        ",
        1,
    );
    for aim in [
        "Let's try contradiction instead.",
        "Instead, I use proof by contradiction.",
        "Let me try another way: assume, for the sake of contradiction, that n is odd.",
    ] {
        let tree = read(&format!(
            "Let me try induction.\n\nThat doesn't work. {aim}\n\nThe rest follows.\n"
        ));
        assert_eq!(tree.backtracks.len(), 1, "{aim}");
        assert_eq!(tree.nodes.last().unwrap().parent, Some(3), "{aim}");
    }
}

#[test]
fn a_failure_in_a_list_and_the_case_that_follows_are_one_return() {
    check(
        "Case 1: A is a knight.\n- Then B is a knave.\n- So this case is impossible.\n\nCase 2: A is a knave.\n- Then B is a knight.\n",
        "
        Case 1: A is a knight. \u{2717}
          Then B is a knave.
          So this case is impossible. \u{2717}
        Case 2: A is a knave.
          Then B is a knight.
        ",
        1,
    );
}

#[test]
fn a_paragraph_that_begins_with_a_formula_is_a_step() {
    for paragraph in [
        "f(2) = 8 - 2 = 6.",
        "x^2 = 16, so x = 4.",
        "8 - 2 = 6",
        "$x = 4$ is the only root.",
        "\\(x = 4\\) is the only root.",
        "x = 4",
        "so it is even.",
        "2x + 3 = 11",
        "x\u{2081} = 4 is one root.",
        "\\boxed{4}",
    ] {
        let text = format!("{paragraph}\n\nThat is all.\n");
        assert_eq!(drawn(&text), (format!("{paragraph}\n  That is all.\n"), 0));
        let text = format!("We solve it.\n\n{paragraph}\n\nThat is all.\n");
        assert_eq!(
            drawn(&text).0,
            format!("We solve it.\n  {paragraph}\n    That is all.\n")
        );
    }
    check(
        "2x + 3 = 11\n\n2x = 8\n\nx = 4\n\nThe answer is 4.",
        "
        2x + 3 = 11
          2x = 8
            x = 4
              The answer is 4.
        ",
        0,
    );
}

#[test]
fn a_formula_that_belongs_to_its_sentence_is_no_step() {
    for text in [
        "We have:\n\nx = 4\n\nThat is all.",
        "We have,\n\nx = 4\n\nThat is all.",
        "We have\nx = 4\n\nThat is all.",
        "We have\n\n$$x = 4$$\n\nThat is all.",
        "We have\n\n\\[ x = 4. \\]\n\nThat is all.",
        "We have\n\n\\[\nA = 4\nB = 5\n\\]\n\nThat is all.",
        "We have\n\n$$\nA = 4\n$$\n\nThat is all.",
        "We have\n\n\\begin{align}\n2x &= 8 \\\\\nA &= 4\n\\end{align}\n\nThat is all.",
        "We have\n\n$$x = 4$$\n\nwhere x is the root.\n\nThat is all.",
        "We have\n\n= 4\n\nThat is all.",
        "We have\n\n---\n\nThat is all.",
        "We have\n\n| a | b |\n| 1 | 2 |\n\nThat is all.",
        "We have\n\n```\nx = 4\n```\n\nThat is all.",
    ] {
        let tree = read(text);
        assert_eq!(tree.nodes.len(), 3, "{text}");
        assert_eq!(tree.nodes[2].state, "That is all.", "{text}");
    }
}

#[test]
fn items_that_are_formulas_are_steps() {
    check(
        "Two sums:\n- 2 * 3 = 6\n- 2 + 3 = 5;\n- $x = 4$\n1. 8 - 2 = 6\n\nDone.",
        "
        Two sums:
          2 * 3 = 6
          2 + 3 = 5;
          $x = 4$
          8 - 2 = 6
          Done.
        ",
        0,
    );
    // A subtraction, one number below the other.
    assert_eq!(read("We subtract:\n  45\n- 12\n----\n  33\n").nodes.len(), 2);
}

#[test]
fn the_next_value_that_is_tried_takes_the_place_of_the_one_before() {
    for (first, second, third) in [
        (
            "Let me try a = 6 and b = 6. The sum is 12. That's too small.",
            "Let me try a = 3 and b = 12. The sum is 15. That's too big.",
            "Let me try a = 4 and b = 9. The sum is 13. That works!",
        ),
        (
            "Let's try x = 2: 4 + 6 = 10, not 12.",
            "Let's try x = 4: 16 + 6 = 22. No.",
            "Let's try x = 3: 9 + 3 = 12. Yes!",
        ),
        (
            "What about a mountain? It does not match.",
            "How about a tree? No, trees die.",
            "What about a candle? It fits.",
        ),
        (
            "Try 5: 5 * 5 = 25, too large.",
            "Now try 4: 16. Hmm. That's not enough.",
            "Next, try 3: 9 \u{2713}",
        ),
        (
            "Let me try $n = 2$.\n\nThat gives 10.\n\nIt is too small.\n",
            "Let me try $n = 3$.\n\nThat gives 20.\n\nThis overshoots. We need 15.\n",
            "Let me try $n = 4$.\n",
        ),
        (
            "Let me guess the age is 10. Then it is 15, which is not twice 10. So no.",
            "Let me guess 8: 13, no.",
            "Let me guess 5: 10. Yes!",
        ),
        (
            "Let me try a = 6. The sum is 12, too small.",
            "Maybe a = 7? The sum is 14, too small.",
            "Perhaps a = 8? It works.",
        ),
        (
            "Let me check n = 1: 2, which is not divisible by 3.",
            "Let me check n = 4: 5, not divisible by 3.",
            "Let me check n = 2: 3 \u{2713}",
        ),
        (
            "For x = 2: 4 + 6 = 10, too small.",
            "For x = 4: 22, which doesn't equal 12.",
            "For x = 3: 12.",
        ),
    ] {
        let text = format!("We look for it.\n\n{first}\n\n{second}\n\n{third}\n");
        let tree = read(&text);
        let tries: Vec<_> = tree.nodes.iter().filter(|node| node.parent == Some(1)).collect();
        assert_eq!(tries.len(), 3, "{text}");
        let dead: Vec<bool> = tries.iter().map(|node| node.status == Status::Dead).collect();
        assert_eq!(
            (dead, tree.backtracks.len()),
            (vec![true, true, false], 2),
            "{text}"
        );
        // In one paragraph it is the same.
        if !first.contains("\n\n") && !first.starts_with("For") {
            let tree = read(&format!("{first} {second} {third}"));
            assert_eq!(tree.backtracks.len(), 2, "{first}");
        }
    }
}

#[test]
fn a_verdict_from_which_the_attempt_goes_on_is_no_return() {
    for text in [
        "Let me try a = 6. The sum is 12. That's too small. So I double it, which gives 24.\n\nNow I have it.",
        "Let me try a = 6. The sum is 12. That's too small.\n\nI double it.\n\nThat gives 24.",
        "Let me try it with sevens. 42 is not 40, but close. Let me try to understand why.",
        "Let me try a = 6. It works. Let me try a = 7. It works, too.",
        "Let me try a = 6. It gives 36. Let me try b = 7. It gives 49.",
    ] {
        assert!(read(text).backtracks.is_empty(), "{text}");
    }
    // Nothing is said against the first; still the second stands beside it.
    check(
        "Let me try n = 1. It gives 2. Let me try n = 2. It gives 4.",
        "
        Let me try n = 1.
        Let me try n = 2.
        ",
        0,
    );
}

#[test]
fn what_follows_a_title_of_a_step_stands_under_it() {
    let wanted = "
        Find the speed.
          The train does 60 km/h.
        Find the time.
          It needs 5 hours.
            The answer is 5.
        ";
    for text in [
        "Step 1: Find the speed.\nThe train does 60 km/h.\n\nStep 2: Find the time.\nIt needs 5 hours.\n\nThe answer is 5.",
        "Step 1: Find the speed.\n\nThe train does 60 km/h.\n\nStep 2: Find the time.\n\nIt needs 5 hours.\n\nThe answer is 5.",
        "### Step 1: Find the speed.\nThe train does 60 km/h.\n\n### Step 2: Find the time.\nIt needs 5 hours.\n\nThe answer is 5.",
        "1. Find the speed.\nThe train does 60 km/h.\n\n2. Find the time.\nIt needs 5 hours.\n\nThe answer is 5.",
    ] {
        check(text, wanted, 0);
    }
    check(
        "Step 1 - Find the speed\nThe train does 60 km/h.\n- 120 km\n- 2 hours\n\n**Step 2:** Find the time.\nIt needs 5 hours.",
        "
        Step 1 - Find the speed
          The train does 60 km/h.
            120 km
            2 hours
        Step 2: Find the time.
          It needs 5 hours.
        ",
        0,
    );
    check(
        "We do it in steps.\n\nStep 1: Find the speed:\n- 120 km\n- 2 hours\nStep 2: Find the time:\n- 5 hours\n",
        "
        We do it in steps.
          Find the speed:
            120 km
            2 hours
          Find the time:
            5 hours
        ",
        0,
    );
}

#[test]
fn steps_of_a_sentence_each_stand_side_by_side() {
    for (between, mark) in [
        ("\n", "Step %: "),
        ("\n\n", "Step %: "),
        ("\n", "%. "),
        ("\n\n", "%. "),
    ] {
        let step = |number: &str, text: &str| mark.replace('%', number) + text + between;
        let text = [
            step("1", "The train goes 120 km in 2 hours."),
            step("2", "So it does 60 km/h."),
            step("3", "It needs 5 hours."),
            "The answer is 5.".to_owned(),
        ];
        check(
            &text.concat(),
            "
        The train goes 120 km in 2 hours.
        So it does 60 km/h.
        It needs 5 hours.
        The answer is 5.
        ",
            0,
        );
    }
}

#[test]
fn a_heading_closes_the_lists_before_it() {
    for heading in ["**Verification:**", "### Verification", "**Verification**"] {
        let text = format!(
            "**Step 1: Find two numbers** that multiply to 6.\n- $-2 \\times -3 = 6$ \u{2713}\n- $-2 + (-3) = -5$ \u{2713}\n\n**Step 2: Factor**\n$$(x-2)(x-3) = 0$$\n\n{heading}\n- $x=2$: $4 - 10 + 6 = 0$ \u{2713}\n- $x=3$: $9 - 15 + 6 = 0$ \u{2713}\n\nThe solutions are 2 and 3.\n"
        );
        let tree = read(&text);
        let parents: Vec<_> = tree
            .nodes
            .iter()
            .skip(1)
            .map(|node| node.parent.unwrap())
            .collect();
        assert_eq!(parents, [0, 1, 1, 0, 0, 5, 5, 5], "{text}");
    }
    // A list at the beginning is over, too.
    check(
        "- Six\n- Seven\n\n**Product:**\n- 42\n\nIt is 42.",
        "
        Six
        Seven
        Product:
          42
          It is 42.
        ",
        0,
    );
}

#[test]
fn the_next_supposition_of_a_kind_is_a_sibling() {
    for (first, second) in [
        (
            "I'll assume A is the thief. Then B lies. That's a contradiction. So A is not the thief.",
            "Now assume B is the thief.",
        ),
        (
            "Suppose A is the thief. Then two of them lie. So A is not the thief.",
            "Suppose B is the thief.",
        ),
        (
            "First, suppose that A lies. That is impossible.",
            "Next, suppose that B lies.",
        ),
        (
            "If A is the knight, then B lies, which contradicts the first statement.",
            "If B is the knight, then A lies.",
        ),
        (
            "If A is the knight, then B lies. That is a contradiction.",
            "On the other hand, if A is a knave, B is none.",
        ),
        (
            "If the hat is red, Bob knows. But he does not. So the hat is not red.",
            "If the hat is blue, he does not.",
        ),
        (
            "If Emma lies, then Noah does. Contradiction!",
            "If Emma tells the truth, then Noah lies.",
        ),
        (
            "If n is even, so is 3n. This contradicts the premise.",
            "If n is odd, it fits.",
        ),
    ] {
        let tree = read(&format!("One of them did it.\n\n{first}\n\n{second}\n"));
        let cases: Vec<_> = tree.nodes.iter().filter(|node| node.parent == Some(1)).collect();
        assert_eq!(cases.len(), 2, "{first}");
        assert!(
            cases.iter().all(|node| node.step.as_deref() == Some("case")),
            "{first}"
        );
        assert_eq!(
            (cases[0].status, tree.backtracks.len()),
            (Status::Dead, 1),
            "{first}"
        );
    }
    let tree = read("Suppose Tom did it. But he was away, so that can't be. What if Ann did it?");
    assert_eq!((tree.nodes[2].parent, tree.backtracks.len()), (Some(0), 1));
    // Nothing fails here.
    check(
        "If n is even, so is 3n.\n\nIf n is odd, so is 3n.\n\nSo it is the same.",
        "
        If n is even, so is 3n.
        If n is odd, so is 3n.
        So it is the same.
        ",
        0,
    );
}

#[test]
fn conditions_of_other_kinds_go_on_from_each_other() {
    for text in [
        "If it takes 5 machines 5 minutes, each makes one.\n\nIf we have 100 machines, they make 100.",
        "If so, we go on.\n\nIf it is impossible to divide, we stop.\n\nSo it is 5.",
        "When we're hungry, we eat.\n\nWhen we're thirsty, we drink.",
        "If the object moves, it is light.\n\nBut if the object moves, it is not here.",
    ] {
        let tree = read(text);
        assert!(tree.backtracks.is_empty(), "{text}");
        assert!(
            tree.nodes
                .iter()
                .skip(1)
                .all(|node| node.parent == Some(node.id - 1)),
            "{text}"
        );
    }
    // Inside a case it is one of this.
    let tree = read("If both are knights, A lies.\n\nCase 1: A is a knight.\nIf both are knaves, A lies.\n");
    assert_eq!(tree.nodes[3].parent, Some(2));
}

#[test]
fn an_alternative_to_a_result_that_stands_gives_nothing_up() {
    for text in [
        "So the area is 84.\n\nAlternatively, use the altitude: 14*12/2 = 84. Both give 84.",
        "Let me try Heron's formula. I made a mistake: s is 21. So the area is 84.\n\nAlternatively, use the altitude.",
        "So the area is 84.\n\nLet me try another way to verify this: 14*12/2 = 84.",
        "So the area is 84.\n\nAnother way is to use the altitude.",
    ] {
        let tree = read(text);
        assert!(tree.backtracks.is_empty(), "{text}");
        assert!(
            tree.nodes.iter().all(|node| node.status != Status::Dead),
            "{text}"
        );
    }
}

#[test]
fn line_ends_of_two_bytes_are_no_blank_lines() {
    for text in [
        "We square it.\nx^2 = 16, so x = 4.\n\nx = 4\n\nSo the side is 4.",
        "Step 1: Find the speed.\nIt is 60.\n\nStep 2: Find the time.\nIt is 5 hours.\n",
    ] {
        let told = |text: &str| -> Vec<(Option<usize>, String)> {
            let nodes = read(text).nodes.into_iter();
            nodes.map(|node| (node.parent, node.state)).collect()
        };
        assert_eq!(told(&text.replace('\n', "\r\n")), told(text), "{text}");
    }
}
