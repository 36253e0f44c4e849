//! How long a frame takes while a very long trace streams in and a person scrolls and folds. For `backtrail bench`.
//!
//! Everything but the terminal itself is measured: taking the messages in, laying out, painting, and finding out which
//! cells changed.

use super::{
    app::{Action, App, ModelInfo, ModelState, Msg, Parsed, Problem, update},
    keymap::Keymap,
    screen,
    theme::{Depth, Look, Theme, UNICODE},
};
use crate::train::manner::Manner;
use crate::{
    base::sampler::Sampler,
    engine::{Event, EventKind, RunId, TokenBatch},
    trace::{
        Backtrack, Node, Span, Status, Tree,
        record::{Behavior, ModelRef},
    },
};
use ratatui::{Terminal, backend::TestBackend};
use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

/// Columns and rows of the measured screen.
const SIZE: (u16, u16) = (200, 60);
/// Tokens that arrive between two frames.
const BATCH: usize = 64;

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameTimes {
    /// The middle frame.
    pub p50: Duration,
    /// The slowest but one in a hundred.
    pub p99: Duration,
    /// The slowest.
    pub max: Duration,
    /// Length of the text at the end.
    pub text_bytes: usize,
    /// Nodes of the tree.
    pub nodes: usize,
}

/// Draws `frames` frames of a trace of at least `bytes` bytes and `nodes` states.
#[must_use]
pub fn frames(frames: usize, bytes: usize, nodes: usize) -> FrameTimes {
    let mut app = App::new(Keymap::load(None).0, SIZE, jiff::Timestamp::UNIX_EPOCH, false);
    fill(&mut app, bytes, nodes);
    let look = Look {
        theme: Theme::load("default", Depth::Ansi, &|_| None).0,
        glyphs: &UNICODE,
    };
    let Ok(mut terminal) = Terminal::new(TestBackend::new(SIZE.0, SIZE.1));
    let mut times = Vec::with_capacity(frames);
    let keys = [
        Action::HalfPageUp,
        Action::Up,
        Action::Fold,
        Action::NextPane,
        Action::HalfPageDown,
        Action::Bottom,
    ];
    for frame in 0..frames {
        let began = Instant::now();
        push(&mut app, &words(BATCH));
        if frame.is_multiple_of(3)
            && let Some(action) = keys.get(frame / 3 % keys.len())
        {
            app.perform(*action);
        }
        app.settle();
        let Ok(_) = terminal.draw(|frame| {
            screen::draw(&app, &look, frame.buffer_mut());
        });
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let at = |percent: usize| {
        times
            .get(times.len() * percent / 100)
            .or(times.last())
            .copied()
            .unwrap_or_default()
    };
    let live = app.explore.trace();
    FrameTimes {
        p50: at(50),
        p99: at(99),
        max: at(100),
        text_bytes: live.map_or(0, |live| live.text.len()),
        nodes: live.map_or(0, |live| live.tree.nodes.len()),
    }
}

fn push(app: &mut App, text: &str) {
    let from = app.explore.trace().map_or(0, |live| live.text.len());
    let batch = tokens(text, from);
    update(
        app,
        Msg::Engine(Event {
            run: RunId(0),
            kind: EventKind::Tokens { sample: 0, batch },
        }),
    );
}

fn tokens(text: &str, from: usize) -> TokenBatch {
    let mut batch = TokenBatch {
        text: text.into(),
        ..TokenBatch::default()
    };
    let mut end = from;
    for (i, word) in text.split_inclusive([' ', '\n']).enumerate() {
        end += word.len();
        batch.ids.push((i % 100) as u32);
        batch.ends.push(end);
        batch.logprob.push(-0.5);
        batch.entropy.push((i % 30) as f32 / 10.0);
        batch.top.push(Vec::new());
    }
    batch
}

fn words(count: usize) -> String {
    let mut text = String::new();
    for i in 0..count {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "{}{}",
            ["check", "25+4=29", "not", "15"][i % 4],
            if i % 9 == 8 { '\n' } else { ' ' }
        );
    }
    text
}

/// A problem, a model, and one trace with a text, a tree and habits all over it.
fn fill(app: &mut App, bytes: usize, nodes: usize) {
    let problem = Problem {
        prompt: "make 15 from 18 7 4\n".into(),
        ..Problem::default()
    };
    update(app, Msg::Problem(Ok(Box::new(problem))));
    let record = ModelRef {
        name: "bench".into(),
        hash: None,
        tokenizer: None,
        dtype: None,
        device: None,
    };
    let info = ModelInfo {
        record,
        manner: Manner::Language,
        sampler: Sampler::default(),
    };
    update(app, Msg::Model(ModelState::Ready(Box::new(info))));
    let chunk = words(9000);
    while app.explore.trace().is_some_and(|live| live.text.len() < bytes) {
        push(app, &chunk);
    }
    let step = (bytes / nodes.max(1)).max(1);
    let node = |id: usize| Node {
        id,
        parent: id.checked_sub(1).map(|before| before / 3 * 2),
        state: format!("{} {}", id % 97, id % 13),
        goal: None,
        step: (id > 0).then(|| format!("{}+{}={}", id % 50, id % 47, id % 50 + id % 47)),
        span: Span::new(id * step, (id + 1) * step),
        visits: Vec::new(),
        again: None,
        status: if id.is_multiple_of(5) {
            Status::Dead
        } else {
            Status::Leaf
        },
        arithmetic: Some(!id.is_multiple_of(7)),
        available: Some(true),
        clash: None,
        reachable: Some(id.is_multiple_of(3)),
    };
    let habits = [
        "verification",
        "backtracking",
        "subgoal_setting",
        "backward_chaining",
    ];
    let behavior = |id: usize| Behavior {
        behavior: habits[id % 4].into(),
        span: Span::new(id * step, (id + 1) * step),
        detector: "rules".into(),
        version: "1".into(),
        rule: "bench".into(),
        evidence: String::new(),
        confidence: 1.0,
    };
    let back = |id: usize| Backtrack {
        from: id,
        to: Some(0),
        span: Span::new(id * step, (id + 1) * step),
    };
    update(
        app,
        Msg::Parsed(Box::new(Parsed {
            run: RunId(0),
            sample: 0,
            tree: Tree {
                reader: "bench".into(),
                nodes: (0..nodes).map(node).collect(),
                backtracks: (1..nodes).step_by(5).map(back).collect(),
                claims: Vec::new(),
            },
            behaviors: (0..nodes).map(behavior).collect(),
            outcome: None,
            thinking: Vec::new(),
        })),
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_measured_trace_is_as_large_as_asked() {
        let times = super::frames(12, 20_000, 200);
        assert!(times.text_bytes >= 20_000 && times.nodes == 200);
    }
}
