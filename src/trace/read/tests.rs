use super::*;
use crate::trace::{Backtrack, Status, facts::Return, tree::HIGHEST_CLIMB};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

const TEXT: &str = "try 18+7=25 left 25 4\ncheck 25+4=29 not 15\ncheck 25-4=21 not 15\nback to 18 7 4\n15=?+4 so need 11\naim for 11 from 18 7\ncheck 18-7=11 yes\nanswer (18-7)+4\n";

fn problem() -> Option<Problem> {
    Some(Problem::parse("18 7 4 -> 15").unwrap())
}

pub(super) fn read(text: &str) -> Tree {
    Reader::read(problem(), text)
}

pub(super) fn outline(tree: &Tree) -> Vec<(Option<usize>, String, String, Status)> {
    let row = |n: &crate::trace::Node| {
        (
            n.parent,
            n.step.clone().unwrap_or_default(),
            n.state.clone(),
            n.status,
        )
    };
    tree.nodes.iter().map(row).collect()
}

/// What is wrong with the statements that are false.
pub(super) fn faults(tree: &Tree) -> Vec<&str> {
    let false_ones = tree.claims.iter().filter(|claim| !claim.holds);
    false_ones.map(|claim| claim.fault.as_str()).collect()
}

#[test]
fn the_screens_example_gives_its_tree() {
    let tree = read(TEXT);
    assert_eq!(tree.reader, "lines/1");
    assert_eq!(
        outline(&tree),
        [
            (None, String::new(), "18 7 4".into(), Status::Root),
            (Some(0), "18+7=25".into(), "25 4".into(), Status::Dead),
            (Some(1), "25+4=29".into(), "29".into(), Status::Leaf),
            (Some(1), "25-4=21".into(), "21".into(), Status::Leaf),
            (Some(0), "need 11".into(), "18 7".into(), Status::Open),
            (Some(4), "18-7=11".into(), "11".into(), Status::Goal),
        ]
    );
    let span = Span::new(
        TEXT.find("back").unwrap(),
        TEXT.find("back").unwrap() + "back to 18 7 4".len(),
    );
    assert_eq!(
        tree.backtracks,
        [Backtrack {
            from: 3,
            to: Some(0),
            span
        }]
    );
    assert_eq!(tree.judge_return(&tree.backtracks[0]), Return::FromDeadEnd);
    assert!(tree.is_sound());
    let reachable: Vec<_> = tree.nodes.iter().map(|n| n.reachable).collect();
    assert_eq!(
        reachable,
        [
            Some(true),
            Some(false),
            Some(false),
            Some(false),
            Some(true),
            Some(true)
        ]
    );
}

/// Five numbers are more than are solved while tokens arrive: what the text finds tells of the states before it.
#[test]
fn a_state_from_which_the_text_comes_to_the_goal_is_known_to_lead_there() {
    let text = "100 + 6 = 106\n106 * 3 = 318\n318 * 75 = 23850\n23850 - 50 = 23800\n23800 / 25 = 952\n";
    let problem: crate::task::countdown::Problem = "25 50 75 100 3 6 -> 952".parse().unwrap();
    let tree = Reader::read(Some(problem), text);
    assert!(tree.nodes.len() == 6 && tree.nodes.iter().all(|node| node.reachable == Some(true)));
    // Not through a false sum, and not for what comes before any of it is found.
    let problem: crate::task::countdown::Problem = "25 50 75 100 3 6 -> 952".parse().unwrap();
    let tree = Reader::read(Some(problem), "100 + 6 = 107\n107 * 3 = 321\n");
    assert!(tree.nodes.iter().all(|node| node.reachable.is_none()));
}

#[test]
fn false_arithmetic_missing_numbers_and_wrong_states_are_facts() {
    let tree = read("try 18+7=26 left 26 4\ncheck 26-3=23 not 15\nback to 9 9\ntry 18-7=11 left 11\n");
    assert_eq!(tree.nodes[1].arithmetic, Some(false));
    assert_eq!(tree.nodes[2].available, Some(false));
    assert_eq!(tree.backtracks[0].to, None);
    assert_eq!(faults(&tree)[0], "it is 25");
    assert!(!tree.is_sound());
    // Nothing is said about what could be reached from a state that never was.
    assert_eq!(tree.nodes[1].reachable, None);
}

#[test]
fn after_a_return_to_nowhere_the_next_move_hangs_where_its_numbers_are() {
    // A slip of one number: the move itself says that the text is back at the problem.
    let tree = read("try 18+7=25 left 25 4\ncheck 25+4=29 not 15\nback to 18 7 5\ntry 18-7=11 left 11 4\n");
    assert_eq!((tree.backtracks[0].from, tree.backtracks[0].to), (2, None));
    assert_eq!(
        (tree.nodes[3].parent, tree.nodes[3].available),
        (Some(0), Some(true))
    );
    assert_eq!(tree.nodes[1].status, Status::Dead, "the text did leave it");
    assert_eq!(tree.lost_before(3), Some(&tree.backtracks[0]));
    assert!(tree.lost_before(2).is_none() && tree.lost_before(0).is_none());
    // Nothing above has the numbers, but the state that was left has.
    let tree = read("try 18+7=25 left 25 4\nback to 25 5\ncheck 25-4=21 not 15\n");
    assert_eq!(
        (tree.nodes[2].parent, tree.nodes[1].status),
        (Some(1), Status::Open)
    );
    // Nothing anywhere has them: the problem is all that is certain.
    let tree = read("try 18+7=25 left 25 4\nback to 9 9\ntry 9+9=18 left 18\n");
    assert_eq!(
        (tree.nodes[2].parent, tree.nodes[2].available),
        (Some(0), Some(false))
    );
    assert_eq!(tree.nodes[2].reachable, None);
    // A second return, to a state that exists, ends the straying.
    let tree = read("try 18+7=25 left 25 4\nback to 9 9\nback to 18 7 4\ntry 18-7=11 left 11 4\n");
    assert_eq!((tree.nodes[2].parent, tree.lost_before(2)), (Some(0), None));
}

#[test]
fn nothing_is_said_of_a_state_that_the_move_does_not_leave() {
    let tree = read("try 18-7=11 left 11 3\ntry 11+3=14 left 14\n");
    assert_eq!((tree.nodes[1].reachable, tree.nodes[2].reachable), (None, None));
}

#[test]
fn the_moves_to_a_solution_make_one_expression() {
    let composed = |text: &str| {
        let tree = read(text);
        tree.solved().and_then(|node| tree.composed(node.id))
    };
    assert_eq!(
        composed("18 - 7 = 11\n11 + 4 = 15\n").as_deref(),
        Some("(18-7)+4")
    );
    assert_eq!(
        composed("try 18+4=22 left 22 7\ncheck 22-7=15 yes\n").as_deref(),
        Some("(18+4)-7")
    );
    assert_eq!(
        composed("18 - 7 = 12\n12 + 4 = 15\n"),
        None,
        "a false step solves nothing"
    );
    assert_eq!(composed(TEXT), None, "a step back is no calculation");
    assert!(read(TEXT).solved().is_some());
    let problem = Problem::parse("1 2 3 6 -> 11").unwrap();
    let tree = Reader::read(Some(problem), "1/2=1/2\ntry 1/2=1/2 left 1/2 3 6\n");
    assert_eq!(tree.composed(1), None, "there are numbers left");
}

#[test]
fn a_winning_branch_given_up_is_noticed() {
    let tree = read("try 18-7=11 left 11 4\nback to 18 7 4\n");
    assert_eq!(tree.judge_return(&tree.backtracks[0]), Return::FromWinningBranch);
    assert_eq!(tree.nodes[1].status, Status::Dead);
}

#[test]
fn the_same_move_again_names_the_first_one() {
    let tree = read("try 18+7=25 left 25 4\nback to 18 7 4\ntry 18+7=25 left 25 4\n");
    assert_eq!(tree.nodes[2].again, Some(1));
    assert_eq!(tree.nodes[0].visits.len(), 1);
}

#[test]
fn a_verdict_that_is_false_is_a_false_claim() {
    let tree = read("try 18-7=11 left 11 4\ncheck 11+4=15 not 15\ncheck 11-4=7 yes\ncheck 11*4=44 not 16\n");
    assert_eq!(
        faults(&tree),
        ["it is the goal", "the goal is 15", "the goal is 15, not 16"]
    );
}

#[test]
fn inserted_words_open_nothing_in_the_language() {
    let tree = read("try 18+7=25 left 25 4\nWait, is that so?\ncheck 25-4=21 not 15\n");
    assert_eq!(tree.nodes.len(), 3);
}

#[test]
fn without_a_problem_nothing_is_called_missing() {
    let tree = Reader::read(None, "try 18+7=25 left 25 4\n");
    assert_eq!((tree.nodes[1].available, tree.nodes[1].reachable), (None, None));
}

#[test]
fn a_huge_line_is_cut_and_what_follows_is_read() {
    let text = format!("{}\n1 + 1 = 2\n", "7".repeat(10 << 20));
    assert_eq!(read(&text).nodes.len(), 2);
    // A long text without a newline is read sentence by sentence.
    let text = format!(
        "{}Then 18 - 7 = 11. So 11 + 4 = 15.",
        "It is a long way. ".repeat(20_000)
    );
    assert_eq!(read(&text).nodes.len(), 3);
}

#[test]
fn mathematics_is_no_countdown_where_the_question_says_so() {
    let text = "So p(n) = 1/n^2 for n = 1, 2, 3 and 4. I combine the terms: 3 + 4 = 7.";
    let reader = |question: &str, text: &str| Reader::read(Subject::asked("", question), text).reader;
    for question in [
        "A cubic polynomial $p(x)$ satisfies $p(n) = \\frac{1}{n^2}$ for $n = 1, 2, 3,$ and $4.$ Find $p(5).$",
        "An account has an annual interest rate of 6 percent. What is r?",
    ] {
        assert_eq!(reader(question, text), "discourse/8", "{question}");
        // What the first line of a text is, it says itself.
        assert_eq!(reader(question, "try 18-7=11 left 11 4\n"), "lines/1");
        let asked = "Using the numbers [3, 4, 5], create an equation that equals 17.\n3 * 4 = 12";
        assert_eq!(reader(question, asked), "free/13");
    }
    // A question of Countdown in any words, and one that says nothing, leave it to the text.
    for question in [
        "",
        "3 4 5 6",
        "You are a helpful assistant. Solve the problem step by step.",
        "How can I make 24 out of 3, 4, 5 and 6?",
        "Reach the target by all of these numbers.",
        "Play the game of 24 with 3, 4, 5 and 6, please.",
    ] {
        assert_eq!(reader(question, text), "free/13", "{question}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_gives_a_tree(text in any::<String>()) {
        let tree = read(&text);
        prop_assert!(tree.nodes.iter().all(|n| n.span.end <= text.len()));
    }

    #[test]
    fn pieces_give_the_same_tree_as_the_whole(
        lines in prop::collection::vec(prop::sample::select(&[
            "try 18+7=25 left 25 4", "check 25-4=21 not 15", "back to 18 7 4", "15=?+4 so need 11", "18 - 7 = 11", "Wait, 25 - 4 = 21", "é→ \u{1b}[2J", "",
        ][..]), 0..12),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
    ) {
        let text = lines.join("\n");
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).filter(|&at| text.is_char_boundary(at)).collect();
        ends.push(text.len());
        ends.sort_unstable();
        let mut reader = Reader::new(problem());
        let mut from = 0;
        for to in ends {
            reader.push(&text[from..to], |_, _| ());
            from = to;
        }
        reader.finish(|_, _| ());
        prop_assert_eq!(reader.tree(), &read(&text));
    }

    #[test]
    fn parents_come_before_their_children(text in "(try |check |back to |[0-9]{1,2}|[-+*/=? ]|so need |left |not |\n){0,80}") {
        let tree = read(&text);
        prop_assert!(tree.nodes.iter().all(|n| n.parent.is_none_or(|p| p < n.id)));
        prop_assert!(tree.backtracks.iter().all(|b| b.to.is_none_or(|to| to < tree.nodes.len()) && b.from < tree.nodes.len()));
    }
}

#[test]
fn of_a_nest_deeper_than_any_trace_has_only_the_nearest_states_are_given_up() {
    let deep = 3 * HIGHEST_CLIMB;
    let needs = "15=?+4 so need 11\n".repeat(deep);
    let text =
        format!("try 18+7=25 left 25 4\nback to 18 7 4\n{needs}back to 25 4\nback to 18 7\nback to 25 4\n");
    let tree = Reader::read(Problem::parse("18 7 4 -> 15").ok(), &text);
    assert_eq!(tree.max_depth(), deep);
    let dead = tree.nodes.iter().filter(|node| node.status == Status::Dead);
    assert_eq!(dead.count(), HIGHEST_CLIMB);
}
