//! What the checkers say of the answer and why, and where the tree sees it otherwise.

use super::{Live, why::Finding};
use crate::{
    task::court,
    trace::{Span, Tree, parts::thought, record::Outcome},
};

/// The verdict and the tree disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dissent {
    /// The moves reach the goal, but the answer is wrong or missing. The expression they make, when there is one.
    TreeSolves(Option<String>),
    /// The answer is right, but no state of the tree reaches the goal.
    TreeDoesNot,
}

/// Whether verdict and tree disagree. A tree without moves has no opinion.
pub fn dissent(outcome: &Outcome, tree: &Tree) -> Option<Dissent> {
    match (outcome.correct, tree.solved()) {
        (false, Some(node)) => Some(Dissent::TreeSolves(tree.composed(node.id))),
        (true, None) if tree.nodes.len() > 1 && has_opinion(outcome, tree) => Some(Dissent::TreeDoesNot),
        _ => None,
    }
}

/// Whether a tree that knows what the goal is should have met an answer that is there. That there is no solution is an
/// answer without a value.
fn has_opinion(outcome: &Outcome, tree: &Tree) -> bool {
    let has_value = outcome.value.is_some() || tree.goal().is_none();
    outcome.said().is_some() && has_value && tree.nodes.first().is_some_and(|root| root.goal.is_some())
}

/// The verdict, at the answer and at the end of the text, where one asks what came of it all.
pub fn finding(live: &Live, here: Span) -> Option<Finding> {
    let outcome = live.outcome.as_ref()?;
    let text = live.text.as_str();
    let problem = serde_json::from_value(live.problem.value.clone()).ok();
    let place = court::place(live.task(), problem.as_ref(), text, thought(&live.parts()))
        .map(|place| Span::new(place.start, place.end));
    let at_answer = place.is_some_and(|place| here.overlaps(place));
    if !at_answer && here.end < text.trim_end().len() {
        return None;
    }
    let mut found = verdict(outcome, live);
    if let Some(place) = place.filter(|_| !at_answer) {
        let line = 1 + text.get(..place.start)?.matches('\n').count();
        found
            .lines
            .insert(0, format!("taken from line {line}, which gives the answer"));
    }
    Some(found)
}

fn verdict(outcome: &Outcome, live: &Live) -> Finding {
    let word = if outcome.correct { "right" } else { "wrong" };
    let title = match (outcome.said(), &outcome.value) {
        (Some(answer), Some(value)) => format!("the answer {answer} = {value} is {word}"),
        (Some(answer), None) => format!("the answer {answer} is {word}"),
        (None, _) if outcome.correct => "right, though there is no answer here that can be judged".into(),
        (None, _) => "no answer that can be judged".into(),
    };
    let mut scorers = outcome.scorers.clone();
    scorers.entry(outcome.scorer.clone()).or_insert(outcome.score);
    let said = scorers.into_iter().filter(|(scorer, _)| !scorer.is_empty());
    let mut lines: Vec<String> = said
        .map(|(scorer, score)| {
            let why = match court::describe(live.task(), &scorer, score) {
                _ if scorer == outcome.scorer && !outcome.reason.is_empty() => outcome.reason.as_str(),
                Some(why) => why,
                None => "a scorer this version does not know",
            };
            format!("{scorer} gives {score}: {why}")
        })
        .collect();
    let in_language = live.tree.reader.starts_with("lines/") && !live.text.as_str().contains("<answer>");
    if in_language && outcome.answer.is_some() && outcome.scorers.len() > 1 {
        lines.push(
            "tinyzero and reasoning_gym read <answer> tags: they are given the answer line in tags".into(),
        );
    }
    let dissent = live.dissent.as_ref();
    lines.extend(dissent.map(|dissent| explain(dissent, outcome.answer.is_some())));
    Finding {
        scope: if outcome.correct { "good" } else { "bad" }.into(),
        sign: if outcome.correct { '✓' } else { '✗' },
        title,
        lines,
    }
}

/// Why both can be true.
fn explain(dissent: &Dissent, has_answer: bool) -> String {
    let judged = if has_answer {
        "what is judged is the answer as it is written"
    } else {
        "what is judged is one answer that stands in the text, and there is none"
    };
    match dissent {
        Dissent::TreeSolves(Some(made)) => {
            format!("the tree disagrees: its moves reach the goal and together make {made}; but {judged}")
        }
        Dissent::TreeSolves(None) => format!("the tree disagrees: its moves reach the goal; but {judged}"),
        Dissent::TreeDoesNot => {
            "the tree did not get there: no move that was written out reaches the goal, though the answer does".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        behavior,
        trace::import::Rows,
        tui::{
            app::{App, Msg, update, why},
            driver,
            keymap::Keymap,
        },
    };
    use serde_json::{Value, json};

    /// The words of "why?" at the last place of `part` in a text, and of its end.
    fn said(text: &str, part: &str) -> String {
        said_of(&json!({"text": text, "problem": "25 7 1 -> 31"}), part)
    }

    /// The same, of the text in a row.
    fn said_of(row: &Value, part: &str) -> String {
        let text = row["text"].as_str().unwrap();
        let row = row.to_string();
        let row = Rows::new(row.as_bytes(), "f").next().unwrap().unwrap().unwrap();
        let problem = driver::shown(row.problem.as_ref(), None);
        let mut app = App::new(
            Keymap::load(None).0,
            (120, 40),
            jiff::Timestamp::UNIX_EPOCH,
            false,
        );
        update(
            &mut app,
            Msg::Open(vec![(problem, behavior::analyze(row, None, 0))]),
        );
        let live = app.explore.trace_mut().unwrap();
        live.look_at(text.rfind(part).unwrap());
        let found = why::findings(live);
        found
            .iter()
            .flat_map(|f| std::iter::once(&f.title).chain(&f.lines))
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn a_sudoku_is_judged_by_its_own_scorers_and_by_what_the_file_says() {
        let row = json!({
            "task": "mini_sudoku",
            "question": "Solve this puzzle:\n_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _\n",
            "text": "So it is:\n2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 1\n",
            "score": 1.0,
        });
        let said = said_of(&row, "3 2 1 1");
        for words in [
            "the answer 2431134241233211 is wrong",
            "exact gives 0: 1 stands twice in row 4",
            "last_grid gives 0: the last whole grid of the text is not right",
            "recorded gives 1: the file says that it is right",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }

    #[test]
    fn at_the_answer_every_scorer_says_what_it_gives_and_why() {
        let said = said(
            "try 25+7=32 left 32 1\ncheck 32-1=31 yes\nanswer (25+7)*1\n",
            "answer",
        );
        for words in [
            "the answer (25+7)*1 = 32 is wrong",
            "exact gives 0: is 32, not 31",
            "tinyzero gives 0.1: the <answer> on the last line is wrong, or written so that it counts as that",
            "reasoning_gym gives 0.05: the last <answer> can be worked out",
            "the tree disagrees: its moves reach the goal and together make (25+7)-1; but what is judged is the answer",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }

    #[test]
    fn steps_without_one_expression_are_no_answer_and_it_is_said_that_the_tree_solves_it() {
        let said = said(
            "25 + 7 = 32\n32 - 1 = 31\nWhat about 25 - 7 = 18?\nDone!\n",
            "Done!",
        );
        assert!(
            said.contains("exact gives 0: no answer") && said.contains("together make (25+7)-1"),
            "{said}"
        );
    }

    #[test]
    fn away_from_the_answer_the_verdict_is_not_repeated() {
        let text = "try 25+7=32 left 32 1\ncheck 32-1=31 yes\nanswer (25+7)-1\n";
        assert!(!said(text, "try").contains("exact gives") && !said(text, "check").contains("tinyzero"));
        assert!(said(text, "answer").contains("the answer (25+7)-1 = 31 is right"));
    }

    #[test]
    fn an_answer_that_no_move_leads_to_is_right_all_the_same() {
        let said = said("25 - 7 = 18\n<answer>25+7-1</answer>", "<answer>");
        assert!(
            said.contains("is right") && said.contains("the tree did not get there"),
            "{said}"
        );
    }

    #[test]
    fn what_only_the_file_calls_right_is_not_held_against_the_tree() {
        let row = json!({
            "question": "What is 6 times 7?",
            "text": "First I multiply.\nThen I look again.\nSo it is forty-two.",
            "score": 1.0,
        });
        let said = said_of(&row, "forty-two");
        assert!(!said.contains("the tree did not get there"), "{said}");
        assert!(!said.contains("no answer that can be judged"), "{said}");
    }

    #[test]
    fn a_text_that_gives_no_answer_is_told_so_at_its_end() {
        assert!(said("I give up.\nReally.\n", "Really").contains("no answer that can be judged"));
        let said = said("25+7-1 = 31\nThere is nothing more to say.\n", "There is");
        assert!(
            said.contains("taken from line 1, which gives the answer"),
            "{said}"
        );
    }
    #[test]
    fn a_tree_has_nothing_against_the_answer_that_there_is_no_solution() {
        let text = "25 + 7 = 32, 32 + 1 = 33.\nSOLUTION: NO\nOPERATIONS: []\n";
        let row = |problem: &str| json!({"text": text, "problem": problem});
        let right = said_of(&row("25 7 1 -> 1000"), "NO");
        assert!(right.contains("the answer NO is right"), "{right}");
        assert!(!right.contains("the tree did not get there"), "{right}");
        let wrong = said_of(&row("25 7 1 -> 31"), "NO");
        assert!(
            wrong.contains("the answer NO is wrong") && wrong.contains("says there is no solution, but"),
            "{wrong}"
        );
    }
}
