//! A training run made by hand: curves with a spike, right, wrong and faked samples, and a habit that comes up.

use super::{TEXT, parsed, problem};
use crate::{
    behavior::Habit,
    config::recipes,
    engine::RunId,
    task::countdown,
    trace::{
        Reader, Trace,
        record::{Finish, Tokens},
    },
    train::{
        Kept,
        history::{History, Row, Summary},
    },
    tui::{
        app::{
            App, Msg, Screen,
            train::{Emerged, Listing, Msg as Said, RecipeEntry, RunEntry, Sample},
            update,
        },
        keymap::Keymap,
    },
};
use serde_json::json;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

/// Where the run is.
pub const ROOT: &str = "/runs/grpo-20260102-030405";

/// Steps that were made.
pub const LAST: u64 = 40;

/// The numbers of a step: the reward rises, with one spike at step 17; every tenth step is evaluated.
pub fn row(step: u64) -> Row {
    let done = step as f64 / LAST as f64;
    let spike = if step == 17 { 0.4 } else { 0.0 };
    let mut values = BTreeMap::new();
    let mut set = |name: &str, value: f64| values.insert(name.to_owned(), value);
    if step > 0 {
        set("reward", 0.2 + 0.5 * done + spike);
        set("entropy", 0.5 - 0.3 * done);
        set("completions/mean_length", 40.0 + 30.0 * done);
        set("frac_reward_zero_std", 0.25);
        set("loss", 0.1 - 0.05 * done);
        set("learning_rate", 2e-4);
        set("tokens_per_second", 2400.0 + step as f64);
        set("step_time", 0.5);
        for (i, habit) in Habit::ALL.into_iter().enumerate() {
            set(&format!("behavior/{habit}/per_trace"), 0.3 + done * i as f64);
        }
    }
    if step.is_multiple_of(10) {
        set("eval/accuracy", 0.25 + 0.4 * done);
        set("eval/accuracy_low", 0.2 + 0.4 * done);
        set("eval/accuracy_high", 0.31 + 0.4 * done);
        set("eval/sound", 0.2 + 0.4 * done);
        set("eval/faked", 0.05);
        set("eval/n", 200.0);
        set("eval/pass_at_8", 0.6 + 0.3 * done);
        for habit in Habit::ALL {
            set(
                &format!("eval/behavior/{habit}/per_trace"),
                if step > 10 { 0.9 } else { 0.2 },
            );
        }
    }
    Row { step, values }
}

/// The run on disk, up to `last`.
pub fn history(last: u64) -> History {
    let changes =
        serde_json::from_value(json!([{"step": 20, "key": "learning_rate", "value": 1e-4}])).unwrap();
    History {
        root: PathBuf::from(ROOT),
        recipe: recipes::find("grpo", std::path::Path::new("/nowhere"), &[]).unwrap(),
        rows: (0..=last).map(row).collect(),
        read: 0..100 * (last + 1),
        in_use: false,
        broken: 0,
        rollouts: (1..=last).collect(),
        evaluated: (0..=last).step_by(10).collect(),
        checkpoints: vec![0, 20, 40].into_iter().filter(|step| *step <= last).collect(),
        changes: if last > 20 { changes } else { Vec::new() },
    }
}

/// What became of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sound,
    Faked,
    Wrong,
    Cut,
}

/// A sample of a step.
pub fn sample(step: u64, kind: Kind) -> Sample {
    let mut found = parsed(RunId(0), 0);
    if kind != Kind::Faked {
        found.tree.claims.clear();
    }
    if let Some(outcome) = found
        .outcome
        .as_mut()
        .filter(|_| matches!(kind, Kind::Wrong | Kind::Cut))
    {
        outcome.correct = false;
    }
    let reward = f64::from(u8::from(matches!(kind, Kind::Sound | Kind::Faked)));
    let trace = Trace {
        prompt: Some("make 15 from 4 7 18\n".into()),
        text: TEXT.into(),
        tree: Some(found.tree),
        behaviors: found.behaviors,
        outcome: found.outcome,
        finish: Some(if kind == Kind::Cut {
            Finish::Length
        } else {
            Finish::Stop
        }),
        tokens: Some(Tokens {
            prompt: 9,
            generated: 58,
        }),
        rollout: Some(json!({"step": step, "reward": reward, "advantage": reward - 0.5})),
        ..Trace::default()
    };
    Sample {
        problem: Arc::new(problem()),
        trace,
    }
}

/// The samples of a step: two prompts, four times each.
pub fn samples(step: u64) -> Vec<Sample> {
    let kinds = [Kind::Sound, Kind::Faked, Kind::Wrong, Kind::Cut];
    let first = kinds.map(|kind| sample(step, kind));
    let second = kinds.map(|kind| {
        let mut sample = sample(step, kind);
        sample.trace.prompt = Some("make 36 from 3 5 7\n".into());
        sample.problem = Arc::new(crate::tui::app::Problem {
            statement: "3 5 7 → 36".into(),
            ..problem()
        });
        sample
    });
    first.into_iter().chain(second).collect()
}

/// A habit's first appearance.
pub fn emerged() -> Emerged {
    let mut before = sample(10, Kind::Wrong);
    before.trace.text = "try 18+7=25 left 25 4\nanswer (18+7)-4\n".into();
    before.trace.behaviors.clear();
    let problem = countdown::Problem::new(vec![18, 7, 4], 15, countdown::Rules::Integer).ok();
    before.trace.tree = Some(Reader::read(problem, &before.trace.text));
    Emerged {
        habit: Habit::Backtracking,
        bend: Some(10),
        pairs: vec![[(10, before), (20, sample(20, Kind::Sound))]],
    }
}

/// Recipes, a good run and a broken one.
pub fn listing() -> Listing {
    let (found, _) = recipes::list(std::path::Path::new("/nowhere"));
    let recipe = |name: &str| found.iter().find(|recipe| recipe.name == name).unwrap();
    let entry = |name: &str| RecipeEntry {
        name: name.into(),
        kind: recipe(name).kind,
        summary: recipe(name).summary.clone(),
    };
    let summary = Summary {
        root: ROOT.into(),
        recipe: recipe("grpo").settings.clone(),
        step: LAST,
        latest: row(LAST).values,
        checkpoint: Some(PathBuf::from(ROOT).join("checkpoint-40")),
        in_use: false,
    };
    Listing {
        recipes: ["grpo", "smoke"].map(entry).into(),
        wrong: Vec::new(),
        home: "/runs".into(),
        runs: vec![
            RunEntry {
                root: ROOT.into(),
                summary: Ok(Box::new(summary)),
            },
            RunEntry {
                root: "/runs/half".into(),
                summary: Err("/runs/half holds no training run to resume: it has no recipe.toml".into()),
            },
        ],
    }
}

/// Says something to the Train screen.
pub fn tell(app: &mut App, said: Said) -> Vec<crate::tui::app::Effect> {
    update(app, Msg::Train(said))
}

/// The Train screen with its list.
pub fn listed(columns: u16, rows: u16) -> App {
    let mut app = App::new(
        Keymap::load(None).0,
        (columns, rows),
        jiff::Timestamp::UNIX_EPOCH,
        false,
    );
    app.screen = Screen::Train;
    tell(&mut app, Said::Listed(Box::new(listing())));
    app.settle();
    app
}

/// The Train screen with the old run open.
pub fn opened(columns: u16, rows: u16) -> App {
    let mut app = listed(columns, rows);
    tell(&mut app, Said::Opened(Ok(Box::new(history(LAST)))));
    tell(
        &mut app,
        Said::Traces(ROOT.into(), Kept::Rollouts, LAST, Ok(samples(LAST))),
    );
    app.settle();
    app
}

/// The same with the run that another process trains, at `step`.
pub fn followed(columns: u16, rows: u16, step: u64) -> App {
    let mut app = listed(columns, rows);
    let history = History {
        in_use: true,
        ..history(step)
    };
    tell(&mut app, Said::Opened(Ok(Box::new(history))));
    tell(
        &mut app,
        Said::Traces(ROOT.into(), Kept::Rollouts, step, Ok(samples(step))),
    );
    app.settle();
    app
}

/// What is read on from the run that [`followed`] showed at `from`: the steps up to `to`.
pub fn growth(from: u64, to: u64, in_use: bool) -> History {
    History {
        rows: (from + 1..=to).map(row).collect(),
        read: 100 * (from + 1)..100 * (to + 1),
        in_use,
        ..history(to)
    }
}

/// The Train screen with a run that goes on, at step 3.
pub fn running(columns: u16, rows: u16) -> App {
    let mut app = listed(columns, rows);
    tell(&mut app, Said::Began(Ok(Box::new(history(0)))));
    for step in 1..=3 {
        tell(&mut app, Said::Step(row(step), step as f64 / 150.0, 80.0));
        tell(&mut app, Said::Rollouts(step, samples(step)));
    }
    app.settle();
    app
}
