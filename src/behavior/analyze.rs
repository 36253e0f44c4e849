//! A trace that is there already, with everything we can find out about it.

use super::{Layer, Observer};
use crate::{
    task::{answer::stated, countdown::Problem, court},
    trace::{Style, Subject, Trace, facts, import::Row, live::Live, parts::thought, record::TokenStats},
};

/// How traces that are there already are read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The problem of rows that do not name theirs.
    pub fallback: Option<Problem>,
    /// What detectors look for.
    pub layer: Layer,
    /// The reader, whatever the text looks like.
    pub style: Option<Style>,
    /// Whether the solver is asked about every state, however long it takes within its bound, and the facts are counted.
    pub facts: bool,
}

/// Tree, habits and verdict of a row. What the row said itself and we cannot know better stays: where it came from, its
/// token numbers, a verdict on a problem we do not have; on one that we have, it is one verdict more. `fallback` is the
/// problem of rows that do not name theirs.
#[must_use]
pub fn analyze(row: Row, fallback: Option<&Problem>, index: usize) -> Trace {
    let reading = Reading {
        fallback: fallback.cloned(),
        ..Reading::default()
    };
    reading.analyze(row, index)
}

impl Reading {
    /// As [`analyze`], in this way.
    #[must_use]
    pub fn analyze(&self, row: Row, index: usize) -> Trace {
        let mut head = row.trace;
        head.index = index;
        let text = std::mem::take(&mut head.text);
        let (stats, given) = (head.token_stats.take(), std::mem::take(&mut head.given));
        let (problem, outcome) = (head.problem.clone(), head.outcome.take());
        // A row about something else is not about the fallback.
        let countdown = matches!(
            Subject::of(&head),
            Subject::Unknown | Subject::NoCountdown | Subject::Countdown(_)
        );
        let (recorded, unwritten) = (row.recorded, row.unwritten);
        let known = row
            .problem
            .or_else(|| self.fallback.clone().filter(|_| countdown));
        let mut observer = Observer::of(self.layer, Live::new(head, known.clone()).read_as(self.style));
        observer.push(&text, TokenStats::default(), false);
        observer.finish(None, None);
        let mut trace = observer.into_trace(false);
        trace.token_stats = stats;
        trace.given = given;
        trace.problem = trace.problem.or(problem);
        if unwritten {
            // Nobody has answered yet.
            trace.outcome = None;
        }
        match (&mut trace.outcome, recorded) {
            (Some(ours), Some(score)) => {
                ours.scorers.insert(court::RECORDED.to_owned(), score);
            }
            (Some(_), None) => {}
            (none, _) => {
                *none = outcome;
                // Others' verdicts seldom say on which answer.
                if let Some(theirs) = none.as_mut().filter(|theirs| theirs.answer.is_none()) {
                    let said = text.get(thought(&trace.parts)..).and_then(stated);
                    theirs.answer = said.map(str::to_owned);
                }
            }
        }
        trace.facts = None;
        if let (true, Some(tree)) = (self.facts, &mut trace.tree) {
            // The other readers ask their solver as they go.
            let solved = [Style::Sudoku, Style::Discourse]
                .iter()
                .any(|style| style.has_read(&tree.reader));
            let known = known.as_ref().filter(|_| !solved);
            if let Some(problem) = known {
                tree.ask(problem, facts::EFFORT);
            }
            trace.facts = Some(facts::Summary {
                coverage: known.and_then(|problem| tree.coverage(problem)),
                grids: tree.grids(),
                wasted_text: tree.wasted_text(text.len()),
                ..tree.summary()
            });
        }
        trace
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::import::Rows;

    fn rows(json: &str) -> Vec<Row> {
        Rows::new(json.as_bytes(), "rows")
            .map(|row| row.unwrap().unwrap())
            .collect()
    }

    #[test]
    fn the_task_of_a_row_chooses_its_reader_and_a_fallback_is_for_countdown_only() {
        let reading = Reading {
            fallback: Some(Problem::parse("18 7 4 -> 15").unwrap()),
            ..Reading::default()
        };
        let json = r#"{"task":"mini_sudoku","problem":{"size":4,"grid":".4.11.....23.2.."},"text":"R1C1 = 2"}
{"task":"math","question":"What is 6 times 7?","text":"It is 42."}
{"text":"try 18+7=25 left 25 4\n"}
{"text":"Let me try 18 + 7 = 25."}
{"question":"Solve this Sudoku puzzle:\n_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _\n","text":"So (1,1) = 2."}"#;
        let traces: Vec<Trace> = rows(json)
            .into_iter()
            .map(|row| reading.analyze(row, 0))
            .collect();
        let readers: Vec<_> = traces
            .iter()
            .map(|t| t.tree.as_ref().unwrap().reader.as_str())
            .collect();
        assert_eq!(
            readers,
            ["sudoku/10", "discourse/8", "lines/1", "free/13", "sudoku/10"]
        );
        assert_eq!(traces[0].tree.as_ref().unwrap().nodes[1].reachable, Some(true));
        assert_eq!(traces[4].task.as_deref(), Some("sudoku"));
        assert!(traces.iter().all(|trace| trace.facts.is_none()));
        let forced = Reading {
            style: Some(Style::Discourse),
            ..reading
        };
        let trace = forced.analyze(rows(json).remove(0), 0);
        assert_eq!(trace.tree.unwrap().reader, "discourse/8");
    }

    #[test]
    fn an_answer_to_more_numbers_than_a_solver_takes_is_judged_all_the_same() {
        let json = r#"{"problem":{"numbers":[1,2,3,4,5,6,7,8,9],"target":45},"text":"1+2 = 3.\nThe answer is 1+2+3+4+5+6+7+8+9."}
{"question":"Using the numbers [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], create an equation that equals 55.","text":"<answer>1+2+3</answer>"}"#;
        let traces: Vec<Trace> = rows(json).into_iter().map(|row| analyze(row, None, 0)).collect();
        let correct: Vec<_> = traces
            .iter()
            .map(|trace| trace.outcome.as_ref().unwrap().correct)
            .collect();
        assert_eq!(correct, [true, false]);
        let root = |trace: &Trace| trace.tree.as_ref().unwrap().nodes[0].reachable;
        // No solver tells that, but the answer does.
        assert_eq!([root(&traces[0]), root(&traces[1])], [Some(true), None]);
    }

    #[test]
    fn whoever_denies_that_many_numbers_have_a_solution_gets_no_verdict_but_the_files() {
        let problem =
            r#""problem":{"numbers":[1,2,3,4,5,6,7,8],"target":999},"text":"There is no solution.""#;
        let json = format!("{{{problem}}}\n{{{problem},\"score\":1.0}}\n{{{problem},\"score\":0.0}}");
        let outcomes = rows(&json).into_iter().map(|row| analyze(row, None, 0).outcome);
        let verdicts: Vec<_> = outcomes
            .map(|outcome| outcome.map(|outcome| (outcome.correct, outcome.scorer)))
            .collect();
        let theirs = |correct| Some((correct, "recorded".to_owned()));
        assert_eq!(verdicts, [None, theirs(true), theirs(false)]);
    }

    #[test]
    fn the_score_that_a_file_records_is_one_verdict_more_and_stays_one() {
        let problem = r#""problem":{"numbers":[18,7,4],"target":15}"#;
        let json = format!(
            r#"{{{problem},"text":"answer 18-7+4","score":0.5}}
{{{problem},"text":"answer 18-7+4"}}
{{"task":"math","question":"6 times 7?","text":"42","score":1.0}}
{{"task":"sudoku","question":"_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _\n","text":"2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 3","score":1.0}}"#
        );
        let outcomes = |traces: &[Trace]| -> Vec<_> {
            let outcomes = traces.iter().filter_map(|trace| trace.outcome.as_ref());
            outcomes
                .map(|o| {
                    (
                        o.correct,
                        o.scorer.clone(),
                        o.scorers.get("recorded").copied(),
                        o.scorers.len(),
                    )
                })
                .collect()
        };
        let analyzed: Vec<Trace> = rows(&json).into_iter().map(|row| analyze(row, None, 0)).collect();
        let ours = |correct, recorded: Option<f64>, judges| (correct, "exact".to_owned(), recorded, judges);
        let wanted = [
            ours(true, Some(0.5), 6),
            ours(true, None, 5),
            (true, "recorded".to_owned(), Some(1.0), 1),
            ours(false, Some(1.0), 5),
        ];
        assert_eq!(outcomes(&analyzed), wanted);
        assert_eq!(
            analyzed[3].outcome.as_ref().unwrap().reason,
            "3 stands twice in row 4"
        );
        // Analysed again, it is what it was.
        let lines: Vec<String> = analyzed
            .iter()
            .map(|t| serde_json::to_string(t).unwrap())
            .collect();
        let again: Vec<Trace> = rows(&lines.join("\n"))
            .into_iter()
            .map(|row| analyze(row, None, 0))
            .collect();
        assert_eq!(outcomes(&again), wanted);
    }

    #[test]
    fn facts_are_counted_and_large_states_asked_about_when_wanted() {
        let reading = Reading {
            facts: true,
            ..Reading::default()
        };
        let json = r#"{"problem":{"numbers":[18,7,4],"target":15,"rules":"integer"},"text":"try 18+7=25 left 25 4\ncheck 25+4=29 not 15\nback to 18 7 4\ntry 18-7=11 left 11 4\ncheck 11+4=15 yes\n"}
{"problem":{"numbers":[1,2,3,4,5],"target":15},"text":"try 1+2=3 left 3 3 4 5\ntry 9+9=18 left 18 3 4 5\n"}"#;
        let traces: Vec<Trace> = rows(json)
            .into_iter()
            .map(|row| reading.analyze(row, 0))
            .collect();
        let facts = traces[0].facts.unwrap();
        // One move leaves nine states, two moves nineteen values; the trace was in two of each.
        assert_eq!(facts.coverage, Some(4.0 / 28.0));
        assert_eq!((facts.from_dead, facts.from_winning), (1, 0));
        let branch = "try 18+7=25 left 25 4\ncheck 25+4=29 not 15\n".len() as f64;
        let wasted = facts.wasted_text.unwrap() * traces[0].text.len() as f64;
        assert!((wasted - branch).abs() < 0.5, "{wasted} {branch}");
        let known: Vec<_> = traces[1]
            .tree
            .as_ref()
            .unwrap()
            .nodes
            .iter()
            .map(|n| n.reachable)
            .collect();
        assert_eq!(
            known,
            [Some(true), Some(true), None],
            "of a state that never was nothing is said"
        );
        assert_eq!(traces[1].facts.unwrap().coverage, None);
    }

    #[test]
    fn a_sudoku_whose_solution_alone_is_on_record_is_judged_by_it() {
        let solution = "2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4";
        let puzzle = serde_json::json!([[0, 4, 0, 1], [1, 0, 0, 0], [0, 0, 2, 3], [0, 2, 0, 0]]);
        let lists = serde_json::json!([[2, 4, 3, 1], [1, 3, 4, 2], [4, 1, 2, 3], [3, 2, 1, 4]]);
        let asked = "Solve the grid above.";
        let rows = |text: &str| {
            let json = [
                serde_json::json!({"text": text, "solution": lists}),
                serde_json::json!({"text": text, "question": asked, "solution": "2431134241233214"}),
                serde_json::json!({"text": text, "problem": {"question": asked, "answer": solution}}),
                serde_json::json!({"question": asked, "answer": solution, "best_full_model_response": text}),
                serde_json::json!({"question": asked, "answer": "see there", "best_full_model_response": text,
                    "metadata": {"source_dataset": "mini_sudoku", "solution": lists}}),
                serde_json::json!({"task": "mini_sudoku", "text": text, "metadata": {"puzzle": puzzle, "solution": lists}}),
            ];
            let json = json.map(|row| row.to_string()).join("\n");
            self::rows(&json)
                .into_iter()
                .map(|row| analyze(row, None, 0))
                .collect::<Vec<_>>()
        };
        let scorer = |at| if at < 5 { "solution" } else { "exact" };
        for (at, trace) in rows(&format!("So:\n{solution}\n")).iter().enumerate() {
            let outcome = trace.outcome.as_ref().unwrap();
            assert!(outcome.correct && outcome.reason.is_empty(), "{at}: {outcome:?}");
            assert_eq!(
                (outcome.scorer.as_str(), outcome.scorers[scorer(at)]),
                (scorer(at), 1.0)
            );
            assert_eq!(trace.tree.as_ref().unwrap().reader, "sudoku/10", "{at}");
        }
        for (at, trace) in rows("1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1\n").iter().enumerate() {
            let outcome = trace.outcome.as_ref().unwrap();
            let why = [
                "by the recorded solution alone: has 1 in r1c1, where it has 2",
                "has 2 in r1c2, where 4 is given",
            ];
            assert!(
                !outcome.correct && outcome.reason == why[usize::from(at == 5)],
                "{at}: {outcome:?}"
            );
        }
        // Where no grid is on record, there is no verdict; an answer beside nothing but a text is the one it gave.
        for row in [
            serde_json::json!({"text": solution, "answer": solution}),
            serde_json::json!({"trace": solution, "answer": solution, "metadata": {"model": "m"}}),
            serde_json::json!({"task": "sudoku", "text": solution, "answer": "1 2 3 4"}),
            serde_json::json!({"task": "sudoku", "text": solution, "solution": solution.replace('4', "1")}),
            serde_json::json!({"task": "qa", "text": "42", "question": "?", "answer": "42"}),
        ] {
            let trace = analyze(self::rows(&row.to_string()).remove(0), None, 0);
            assert_eq!(trace.outcome, None, "{row}");
        }
    }

    #[test]
    fn what_is_no_grid_hides_none_and_an_answer_beside_a_question_is_the_reference() {
        let (text, asked) = ("2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4", "Solve the grid above.");
        let good = "2431134241233214";
        for row in [
            serde_json::json!({"text": text, "solution": "see below", "metadata": {"solution": good}}),
            serde_json::json!({"text": text, "solution": good, "metadata": {"solution": "see above"}}),
            serde_json::json!({"text": text, "solution": good, "metadata": {"solution": null, "answer": 7}}),
            serde_json::json!({"messages": [{"role": "assistant", "content": text}], "metadata": {"solution": "?"},
                "info": {"puzzle": 7, "answer": good}, "solution": "none"}),
            serde_json::json!({"question": asked, "best_full_model_response": text, "answer": "?",
                "metadata": {"source_dataset": "mini_sudoku", "solution": [[1]]}, "solution": good}),
            serde_json::json!({"text": text, "question": asked, "answer": good}),
            serde_json::json!({"trace": text, "problem": asked, "answer": good}),
            serde_json::json!({"text": text, "answer": good, "metadata": {"source_dataset": "mini_sudoku"}}),
        ] {
            let trace = analyze(rows(&row.to_string()).remove(0), None, 0);
            let outcome = trace.outcome.unwrap_or_default();
            assert_eq!(
                (outcome.correct, outcome.scorer.as_str()),
                (true, "solution"),
                "{row}"
            );
        }
        let row = serde_json::json!({"text": "42", "question": "6 times 7?", "answer": "42"});
        let trace = analyze(rows(&row.to_string()).remove(0), None, 0);
        assert_eq!(trace.problem.unwrap()["answer"], "42");
    }
}
