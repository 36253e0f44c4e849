//! A run made by hand, for tests: the words of a trace as tokens, its tree and its habits.

pub mod train;

use super::app::{App, Effect, ModelInfo, ModelState, Msg, Parsed, Problem, Screen, compare, update};
use super::keymap::Keymap;
use crate::train::manner::Manner;
use crate::{
    base::sampler::Sampler,
    engine::{Event, EventKind, RunId, TokenBatch, api::StopReason},
    experiment::{Comparison, compare::ProblemSet},
    task::countdown,
    trace::{
        Backtrack, Node, Span, Status, Trace, Tree,
        record::{Behavior, ModelRef, Outcome, Tokens},
        tree::{Claim, ClaimKind},
    },
};
use std::sync::Arc;

/// What the model writes.
pub const TEXT: &str = "try 18+7=25 left 25 4
check 25+4=29 not 15
check 25-4=21 not 15
back to 18 7 4
15=?+4 so need 11
aim for 11 from 18 7
check 18-7=11 yes
answer (18-7)+4
";

/// The problem of the run.
pub fn problem() -> Problem {
    Problem {
        task: "countdown".into(),
        title: "Countdown".into(),
        statement: "18 7 4 → 15".into(),
        note: "integer rules".into(),
        typed: "18 7 4 -> 15".into(),
        prompt: "make 15 from 4 7 18\n".into(),
        ..Problem::default()
    }
}

/// The model of the run.
pub fn model() -> ModelState {
    ModelState::Ready(Box::new(ModelInfo {
        record: ModelRef {
            name: "scout".into(),
            hash: Some("sha256:weights".into()),
            tokenizer: Some("sha256:words".into()),
            dtype: None,
            device: Some("cpu".into()),
        },
        manner: Manner::Language,
        sampler: Sampler {
            temperature: 0.6,
            ..Sampler::default()
        },
    }))
}

/// The text as one token per word, number or sign, with made-up figures.
pub fn tokens(text: &str, from: usize) -> TokenBatch {
    let mut batch = TokenBatch {
        text: text.into(),
        ..TokenBatch::default()
    };
    let mut end = from;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let body = rest.trim_start_matches(' ');
        let blanks = rest.len() - body.len();
        let word = body
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(body.len())
            .max(1);
        let len = if body.is_empty() {
            blanks
        } else {
            (blanks + word).max(first.len_utf8())
        };
        let len = rest.ceil_char_boundary(len);
        end += len;
        let id = (end * 37 % 101) as u32;
        let entropy = f64::from(id % 10).powi(3) as f32 / 260.0;
        batch.ids.push(id);
        batch.ends.push(end);
        batch.logprob.push(-entropy / 2.0);
        batch.entropy.push(entropy);
        batch.top.push(vec![
            (id, -entropy / 2.0),
            ((id + 1) % 101, -2.0),
            ((id + 2) % 101, -4.5),
        ]);
        rest = &rest[len..];
    }
    batch
}

/// The bytes of `part` of the text.
pub fn span(part: &str) -> Span {
    let start = TEXT.find(part).unwrap();
    Span::new(start, start + part.len())
}

fn node(
    id: usize,
    parent: usize,
    step: &str,
    state: &str,
    part: &str,
    status: Status,
    reachable: bool,
) -> Node {
    Node {
        id,
        parent: (id > 0).then_some(parent),
        state: state.into(),
        goal: Some(if id > 3 { "11" } else { "15" }.into()),
        step: (id > 0).then(|| step.into()),
        span: span(part),
        visits: Vec::new(),
        again: None,
        status,
        arithmetic: Some(true),
        available: Some(true),
        clash: None,
        reachable: Some(reachable),
    }
}

/// Everything the readers would find in the whole text.
pub fn parsed(run: RunId, sample: u64) -> Parsed {
    let mut nodes = vec![
        node(0, 0, "", "18 7 4", "", Status::Root, true),
        node(
            1,
            0,
            "18+7=25",
            "25 4",
            "try 18+7=25 left 25 4",
            Status::Dead,
            false,
        ),
        node(2, 1, "25+4=29", "29", "check 25+4=29 not 15", Status::Leaf, false),
        node(3, 1, "25-4=21", "21", "check 25-4=21 not 15", Status::Leaf, false),
        node(4, 0, "need 11", "18 7", "15=?+4 so need 11", Status::Open, true),
        node(5, 4, "18-7=11", "11", "check 18-7=11 yes", Status::Goal, true),
    ];
    nodes[0].visits.push(span("back to 18 7 4"));
    let habit = |behavior: &str, part: &str, rule: &str, evidence: &str| Behavior {
        behavior: behavior.into(),
        span: span(part),
        detector: "rules".into(),
        version: "1".into(),
        rule: rule.into(),
        evidence: evidence.into(),
        confidence: 1.0,
    };
    Parsed {
        run,
        sample,
        tree: Tree {
            reader: "lines/1".into(),
            nodes,
            backtracks: vec![Backtrack {
                from: 1,
                to: Some(0),
                span: span("back to 18 7 4"),
            }],
            claims: vec![Claim {
                kind: ClaimKind::Arithmetic,
                span: span("25-4=21"),
                node: 1,
                holds: false,
                fault: "a fault made up for the test".into(),
            }],
        },
        behaviors: vec![
            habit(
                "verification",
                "check 25+4=29 not 15",
                "countdown.check",
                "compares 29 with the goal 15",
            ),
            habit(
                "verification",
                "check 25-4=21 not 15",
                "countdown.check",
                "compares 21 with the goal 15",
            ),
            habit(
                "backtracking",
                "back to 18 7 4",
                "countdown.back",
                "returns to a state named before",
            ),
            habit(
                "backward_chaining",
                "15=?+4 so need 11",
                "countdown.need",
                "works from the goal",
            ),
            habit(
                "subgoal_setting",
                "aim for 11 from 18 7",
                "countdown.aim",
                "names a goal of its own",
            ),
            habit(
                "verification",
                "check 18-7=11 yes",
                "countdown.check",
                "compares 11 with the goal 11",
            ),
        ],
        outcome: Some(Outcome {
            answer: Some("(18-7)+4".into()),
            value: Some("15".into()),
            correct: true,
            score: 1.0,
            scorer: "exact".into(),
            ..Outcome::default()
        }),
        thinking: Vec::new(),
    }
}

/// One event of a run.
pub fn event(run: RunId, kind: EventKind) -> Msg {
    Msg::Engine(Event { run, kind })
}

/// The whole run, finished, with what was found.
pub fn whole(run: RunId, sample: u64) -> Vec<Msg> {
    let at = |ms| Msg::Clock(std::time::Duration::from_millis(ms));
    vec![
        at(10),
        event(run, EventKind::Started { prompt_tokens: 9 }),
        event(
            run,
            EventKind::Tokens {
                sample,
                batch: tokens(&TEXT[..11], 0),
            },
        ),
        at(50),
        event(
            run,
            EventKind::Tokens {
                sample,
                batch: tokens(&TEXT[11..], 11),
            },
        ),
        Msg::Parsed(Box::new(parsed(run, sample))),
        event(
            run,
            EventKind::Finished {
                sample,
                reason: StopReason::Stop,
            },
        ),
        event(run, EventKind::Done),
    ]
}

/// The workbench with that run on its screen.
pub fn app(columns: u16, rows: u16) -> App {
    let mut app = App::new(
        Keymap::load(None).0,
        (columns, rows),
        jiff::Timestamp::UNIX_EPOCH,
        false,
    );
    update(&mut app, Msg::Problem(Ok(Box::new(problem()))));
    update(&mut app, model_msg());
    for msg in whole(RunId(0), 0) {
        update(&mut app, msg);
    }
    app.settle();
    app
}

/// The Compare screen with two lanes that have written, and a table over three problems: only the first lane has the
/// first right, both the second, none the third.
pub fn compared(columns: u16, rows: u16) -> App {
    let mut app = app(columns, rows);
    app.screen = Screen::Compare;
    compare::enter(&mut app);
    for (lane, name) in [(0, "scout"), (1, "guesser")] {
        let mut state = model();
        if let ModelState::Ready(info) = &mut state {
            info.record.name = name.into();
        }
        let effects = update(&mut app, Msg::Compare(compare::Msg::Lane(lane, state)));
        for effect in effects {
            if let Effect::Compare(compare::Effect::Generate(_, request)) = effect {
                for msg in whole(request.run, 0) {
                    update(&mut app, msg);
                }
            }
        }
    }
    app.compare.found = Some(Arc::new(found()));
    app.settle();
    app
}

fn found() -> compare::Found {
    let whole = crate::tui::demo::app(120, 40).explore.trace().unwrap().record();
    let wrong = Trace {
        outcome: Some(Outcome {
            answer: Some("18+7".into()),
            correct: false,
            ..Outcome::default()
        }),
        behaviors: Vec::new(),
        text: "answer 18+7\n".into(),
        tokens: Some(Tokens {
            prompt: 9,
            generated: 5,
        }),
        tree: None,
        token_stats: None,
        ..whole.clone()
    };
    let problems =
        ["18 7 4 -> 15", "3 5 7 -> 36", "17 3 16 -> 65"].map(|text| countdown::Problem::parse(text).unwrap());
    let shown = problems.each_ref().map(|task| {
        let typed = task.to_string();
        Arc::new(Problem {
            statement: typed.replace("->", "→"),
            typed,
            ..problem()
        })
    });
    let record = |name: &str| (ModelRef::recorded(name), Sampler::default());
    let traces = vec![
        vec![whole.clone(), whole.clone(), wrong.clone()],
        vec![wrong.clone(), whole, wrong],
    ];
    let lanes = [record("scout"), record("guesser")];
    compare::Found {
        comparison: Comparison::new(&lanes, problems.into(), ProblemSet::default(), 1, traces),
        problems: shown.into(),
    }
}

/// The model is ready.
pub fn model_msg() -> Msg {
    Msg::Model(model())
}
