//! What the workbench does most, timed piece by piece: `cargo bench`, or `cargo bench -- solver` for one of them.
//!
//! `backtrail bench` measures the whole program on a user's machine; this is for whoever changes one of the pieces.
#![allow(clippy::unwrap_used, reason = "a bench may fail loudly")]

use backtrail::{
    base::rng,
    behavior::{self, Detector},
    engine::open,
    model::{Row, Source},
    task::countdown::{Generator, Number, Problem, Rules, Settings, Solver, Split, legal_moves},
    trace::{
        Reader, Trace, import,
        language::{Style, Writer},
        prose::Scanner,
    },
    tui::text::{Rows, TextStore},
};
use divan::{Bencher, counter::BytesCount, counter::ItemsCount};
use rand::Rng;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// `count` states of `size` numbers with their goals, each met by random moves from a problem of six numbers.
fn states(rules: Rules, size: usize, count: usize) -> Vec<(Vec<Number>, Number)> {
    let settings = Settings {
        numbers: [6, 6],
        range: [1, 100],
        target: [100, 999],
        rules,
        solvable: false,
    };
    let mut rng = rng::stream("benches/solver", 0, &[]);
    Generator::new(&settings, 0, Split::Train)
        .unwrap()
        .take(count)
        .map(|problem| {
            let mut state = problem.values();
            while state.len() > size {
                let moves = legal_moves(rules, &state);
                state = moves[rng.random_range(0..moves.len())].after(&state).unwrap();
            }
            (state, problem.goal())
        })
        .collect()
}

/// States a solver was not asked about before, as they come up while a trace is read.
#[divan::bench(args = [(Rules::Integer, 3), (Rules::Rational, 3), (Rules::Integer, 4), (Rules::Rational, 4),
    (Rules::Integer, 5), (Rules::Rational, 5)])]
fn solver_later_state(bencher: Bencher<'_, '_>, (rules, size): (Rules, usize)) {
    let states = states(rules, size, 100);
    bencher
        .counter(ItemsCount::new(states.len()))
        .with_inputs(|| Solver::new(rules))
        .bench_refs(|solver| {
            states
                .iter()
                .filter(|(state, goal)| solver.reachable(state, *goal))
                .count()
        });
}

/// The first state of a large problem, which answers its successors too.
#[divan::bench(args = [Rules::Integer, Rules::Rational], sample_count = 10)]
fn solver_six_numbers(bencher: Bencher<'_, '_>, rules: Rules) {
    let states = states(rules, 6, 10);
    bencher
        .counter(ItemsCount::new(states.len()))
        .with_inputs(|| Solver::new(rules))
        .bench_refs(|solver| {
            states
                .iter()
                .filter(|(state, goal)| solver.reachable(state, *goal))
                .count()
        });
}

/// Searches of the teacher, one after the other, for one problem.
fn lines() -> (Problem, String) {
    let problem = Problem::parse("5 12 17 3 -> 88").unwrap();
    let writer = Writer::new(Style::default()).unwrap();
    let mut rng = rng::stream("benches/traces", 0, &[]);
    let mut text = String::new();
    while text.len() < 100_000 {
        let search = writer.write(&problem, &mut rng).unwrap().text;
        let (search, _answer) = search.trim_end().rsplit_once('\n').unwrap();
        text.push_str(search);
        text.push_str("\nback to 5 12 17 3\n");
    }
    (problem, text)
}

/// The same as somebody might think it aloud.
fn free() -> (Problem, String) {
    let (problem, text) = lines();
    let text = text
        .replace("try ", "Let's see what we get from ")
        .replace("check ", "Now that is ")
        .replace("back to", "That doesn't work. Going back to")
        .replace('\n', ".\n");
    (problem, text)
}

/// Sentences, their shapes and their expressions, before anybody follows them.
#[divan::bench]
fn scanner(bencher: Bencher<'_, '_>) {
    let (_, text) = free();
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let (mut scanner, mut bytes) = (Scanner::default(), 0);
        for line in text.lines() {
            scanner.read(line, 0, None, &mut |sentence| bytes += sentence.shape.len());
        }
        bytes
    });
}

#[divan::bench(args = ["lines", "free"])]
fn reader(bencher: Bencher<'_, '_>, style: &str) {
    let (problem, text) = if style == "lines" { lines() } else { free() };
    bencher
        .counter(BytesCount::of_str(&text))
        .with_inputs(|| problem.clone())
        .bench_values(|problem| Reader::read(Some(problem), &text));
}

#[divan::bench(args = ["lines", "free"])]
fn reader_and_detector(bencher: Bencher<'_, '_>, style: &str) {
    let (problem, text) = if style == "lines" { lines() } else { free() };
    bencher
        .counter(BytesCount::of_str(&text))
        .with_inputs(|| import::Row {
            trace: Trace {
                text: text.clone(),
                ..Trace::default()
            },
            problem: Some(problem.clone()),
            recorded: None,
            unwritten: false,
            mended: None,
        })
        .bench_values(|row| behavior::analyze(row, None, 0));
}

/// Short traces, each of another problem, with what the solver knows of their states.
#[divan::bench]
fn traces_with_facts(bencher: Bencher<'_, '_>) {
    let writer = Writer::new(Style::default()).unwrap();
    let mut rng = rng::stream("benches/facts", 0, &[]);
    let traces: Vec<(Problem, String)> = Generator::new(&Settings::default(), 0, Split::Train)
        .unwrap()
        .take(100)
        .map(|problem| {
            let text = writer.write(&problem, &mut rng).unwrap().text;
            (
                problem,
                text.replace("try ", "Let me try ")
                    .replace("back to", "Going back to"),
            )
        })
        .collect();
    bencher.counter(ItemsCount::new(traces.len())).bench(|| {
        traces
            .iter()
            .map(|(problem, text)| Detector::read(Some(problem.clone()), text).1.len())
            .sum::<usize>()
    });
}

/// All rows of a text that is wrapped to a pane.
#[divan::bench(args = [30, 100])]
fn wrapping(bencher: Bencher<'_, '_>, width: u16) {
    let store = TextStore::from(free().1.as_str());
    bencher
        .counter(BytesCount::of_str(store.as_str()))
        .bench(|| Rows::new(&store, width).from(0, store.len()).len());
}

/// One token for each of so many samples, 64 tokens behind them.
#[divan::bench(args = [1, 8, 64])]
fn decode_step(bencher: Bencher<'_, '_>, samples: usize) {
    let model = open(&Source::find("scout").unwrap()).unwrap();
    let mut cache = model.forward.cache();
    let mut logits = Vec::new();
    let rows: Vec<Row> = (0..samples)
        .map(|_| Row {
            slot: cache.open(),
            token: 1,
            want_logits: true,
        })
        .collect();
    for _ in 0..64 {
        model.forward.step(&rows, &mut cache, &mut logits).unwrap();
    }
    bencher.counter(ItemsCount::new(samples)).bench_local(|| {
        model.forward.step(&rows, &mut cache, &mut logits).unwrap();
        for row in &rows {
            cache.truncate(row.slot, 64);
        }
    });
}
