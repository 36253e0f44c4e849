//! Problems for the screen: the example on a model's card, random ones, and what people type.

use crate::{
    base::words::counted,
    model::{Card, Source},
    task::{
        countdown::{self, Generator, Settings, Solver, Split},
        sudoku::{self, Board},
    },
    trace::{Trace, language},
    tui::app::Problem,
};
use serde_json::Value;

/// What `p` expects, for sentences about what was typed instead.
const FALLBACK: &str = "18 7 4 -> 15";

/// Finds problems for the current model.
pub struct Problems {
    model: String,
    card: Option<Card>,
    task: Settings,
    random: Option<Generator>,
    drawn: u64,
    seed: u64,
}

impl Problems {
    /// Problems of the bundled task until a model says otherwise. Every session draws others.
    pub fn new() -> Self {
        let seed = jiff::Timestamp::now().as_millisecond().unsigned_abs();
        Self {
            model: String::new(),
            card: None,
            task: Settings::default(),
            random: None,
            drawn: 0,
            seed,
        }
    }

    /// From now on problems are for this model.
    pub fn follow(&mut self, source: Option<&Source>) {
        let Some(source) = source else { return };
        self.model.clone_from(&source.name);
        self.card.clone_from(&source.card);
        let task = source
            .card
            .as_ref()
            .and_then(|card| Settings::from_card(&card.task))
            .unwrap_or_default();
        if task != self.task {
            self.task = task;
            self.random = None;
        }
    }

    /// The problem that shows the model best.
    pub fn example(&self) -> Result<Problem, String> {
        let typed = self.card.as_ref().and_then(|card| card.example.as_deref());
        self.read(typed.unwrap_or(FALLBACK))
    }

    /// The next random problem that no bundled model was trained on.
    pub fn random(&mut self) -> Result<Problem, String> {
        if self.random.is_none() {
            self.random = Generator::new(&self.task, self.seed, Split::Heldout).ok();
        }
        match self.random.as_mut().and_then(Iterator::next) {
            Some(problem) => {
                self.drawn += 1;
                Ok(Problem {
                    index: self.drawn,
                    ..self.shown(&problem)
                })
            }
            None => {
                self.random = None;
                Err("All problems of this task have been shown; press again to begin anew.".to_owned())
            }
        }
    }

    /// What a person typed.
    pub fn read(&self, text: &str) -> Result<Problem, String> {
        let problem =
            countdown::Problem::parse_with(text, self.task.rules).map_err(|error| format!("{error}."))?;
        Ok(self.shown(&problem))
    }

    /// The problem a prompt asks for, under the rules of the current task.
    pub fn asked(&self, prompt: &str) -> Option<countdown::Problem> {
        let asked = language::asked(prompt).or_else(|| countdown::question(prompt));
        asked.map(|problem| countdown::Problem {
            rules: self.task.rules,
            ..problem
        })
    }

    /// What to say when the current model was not trained on problems like this one.
    pub fn outside(&self, problem: &countdown::Problem) -> Option<String> {
        let why = self.task.covers(problem).err()?;
        Some(format!(
            "This is outside what {} was trained on: {why}.",
            self.model
        ))
    }

    fn shown(&self, problem: &countdown::Problem) -> Problem {
        let solvable = !problem.is_searchable()
            || Solver::new(problem.rules).reachable(&problem.values(), problem.goal());
        let warning = if solvable {
            self.outside(problem)
        } else {
            Some(format!(
                "{problem} has no solution under {} rules: every branch is a dead end. Change a number or the target.",
                problem.rules
            ))
        };
        Problem {
            warning,
            ..shown(Some(problem), None)
        }
    }
}

/// A problem as the screen shows it and our models are asked it; without one, the grid that is asked about, or the words of
/// whoever asked.
pub fn shown(problem: Option<&countdown::Problem>, prompt: Option<&str>) -> Problem {
    let Some(problem) = problem else {
        if let Some(board) = prompt.and_then(sudoku::question) {
            return Problem {
                prompt: prompt.unwrap_or_default().to_owned(),
                ..grid(&board)
            };
        }
        let mut lines = prompt.unwrap_or("unknown").lines();
        let statement = lines
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default()
            .to_owned();
        return Problem {
            title: "Problem".to_owned(),
            statement,
            prompt: prompt.unwrap_or_default().to_owned(),
            ..Problem::default()
        };
    };
    let numbers: Vec<String> = problem.numbers.iter().map(ToString::to_string).collect();
    Problem {
        task: "countdown".to_owned(),
        title: "Countdown".to_owned(),
        statement: format!("{} \u{2192} {}", numbers.join(" "), problem.target),
        note: format!("{} rules", problem.rules),
        typed: problem.to_string(),
        prompt: language::prompt(problem),
        index: 0,
        value: serde_json::to_value(problem).unwrap_or_default(),
        warning: None,
    }
}

/// The problem of a trace by others: its question, where the record tells that apart from what else the model was given.
pub fn of(trace: &Trace, problem: Option<&countdown::Problem>) -> Problem {
    let prompt = trace.prompt.as_deref();
    let recorded = trace.problem.as_ref().and_then(|problem| problem.get("question"));
    let question = recorded
        .and_then(Value::as_str)
        .filter(|question| !question.trim().is_empty());
    let shown = shown(problem, question.or(prompt));
    match prompt {
        Some(prompt) if problem.is_none() => Problem {
            prompt: prompt.to_owned(),
            ..shown
        },
        _ => shown,
    }
}

fn grid(board: &Board) -> Problem {
    let side = board.shape().size();
    let cells = board.to_string();
    let rows: Vec<&str> = (0..side)
        .filter_map(|row| cells.get(row * side..(row + 1) * side))
        .collect();
    let open = counted(cells.len() - board.filled().count(), "cell");
    Problem {
        task: "sudoku".to_owned(),
        title: "Sudoku".to_owned(),
        statement: rows.join(" "),
        note: format!("{side} by {side}, {open} open"),
        ..Problem::default()
    }
}

/// How a person would type the problem a prompt asks for.
pub fn typed(prompt: &str) -> Option<String> {
    language::asked(prompt).map(|problem| problem.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sudoku_is_its_grid_and_other_questions_are_their_first_line() {
        let asked =
            "In 4x4 Mini Sudoku:\n- Each row must contain 1 to 4\n\n_ 3 _ _\n4 1 3 2\n3 _ _ _\n_ _ 4 3\n";
        let problem = shown(None, Some(asked));
        assert_eq!(
            (problem.title.as_str(), problem.prompt.as_str()),
            ("Sudoku", asked)
        );
        assert_eq!(problem.statement, ".3.. 4132 3... ..43");
        assert_eq!(problem.note, "4 by 4, 8 cells open");
        assert_eq!(shown(None, Some("\nWho?\nWhy?")).statement, "Who?");
    }

    #[test]
    fn a_question_is_shown_and_not_what_the_system_says_before_it() {
        let trace = Trace {
            prompt: Some("You are helpful.\n\nWhat is 3+4?".to_owned()),
            problem: Some(serde_json::json!({ "question": "What is 3+4?" })),
            ..Trace::default()
        };
        let problem = of(&trace, None);
        assert_eq!(
            (problem.statement.as_str(), problem.prompt.as_str()),
            ("What is 3+4?", "You are helpful.\n\nWhat is 3+4?")
        );
    }

    #[test]
    fn what_is_typed_is_understood_or_answered_with_a_sentence() {
        let problems = Problems::new();
        let problem = problems.read("18, 7 4 -> 15").unwrap();
        assert_eq!(
            (problem.statement.as_str(), problem.warning),
            ("18 7 4 \u{2192} 15", None)
        );
        assert!(problems.read("18 7 4").unwrap_err().ends_with('.'));
        assert!(problems.read("18 -7 4 -> 3").is_err());
        assert!(
            problems
                .read("18 70 4 -> 56")
                .unwrap()
                .warning
                .unwrap()
                .contains("trained on")
        );
        assert!(
            problems
                .read("2 2 2 -> 99")
                .unwrap()
                .warning
                .unwrap()
                .contains("no solution")
        );
    }

    #[test]
    fn random_problems_differ_and_are_in_range() {
        let mut problems = Problems::new();
        let (a, b) = (problems.random().unwrap(), problems.random().unwrap());
        assert_ne!(a.statement, b.statement);
        assert_eq!((a.warning, b.warning, b.index), (None, None, 2));
    }

    #[test]
    fn a_prompt_gives_back_its_problem() {
        let problems = Problems::new();
        let shown = problems.read("18 7 4 -> 15").unwrap();
        let asked = problems.asked(&shown.prompt).unwrap();
        assert_eq!((asked.target, problems.outside(&asked)), (15, None));
        let large = problems.asked("make 176 from 55 75 12 34\n").unwrap();
        assert!(problems.outside(&large).unwrap().contains("trained on"));
    }
}
