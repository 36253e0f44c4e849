//! The report for a person: one figure a line, with the bar that the project sets itself where there is one.

use super::{Report, analyze::Speed};
use std::fmt::Write as _;

/// One line of the table.
#[derive(Default)]
struct Line {
    what: String,
    measured: String,
    median: String,
    unit: &'static str,
    bar: &'static str,
}

/// The table, with a headline and what is to be kept in mind when reading it.
pub(super) fn of(report: &Report) -> String {
    let machine = &report.machine;
    let mut text = format!(
        "backtrail {}, {} build\n{}{} cores, kernels for {}{}\n\n",
        machine.version,
        machine.build,
        machine
            .processor
            .as_ref()
            .map_or_else(String::new, |name| format!("{name}, ")),
        machine.cores,
        machine.kernels,
        machine
            .load
            .map_or_else(String::new, |load| format!(", load {load}")),
    );
    let head = Line {
        measured: "measured".to_owned(),
        median: "median".to_owned(),
        bar: "wanted",
        ..Line::default()
    };
    for line in std::iter::once(head).chain(lines(report)) {
        let Line {
            what,
            measured,
            median,
            unit,
            bar,
        } = line;
        let row = format!("{what:<40} {measured:>8} {median:>8} {unit:<9} {bar}");
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", row.trim_end());
    }
    text.push_str("\nWhere there is a median, what is measured is the best of several repeats.\n");
    if machine.build != "release" {
        text.push_str("What is wanted is wanted of a release build; this is none.\n");
    }
    if report.quick {
        text.push_str("These are rough figures; without --quick they are taken with more patience.\n");
    }
    text
}

fn lines(report: &Report) -> Vec<Line> {
    let mut lines = vec![single(
        "first token, model opened for it",
        format!("{:.3}", report.first_token_seconds),
        "s",
        "at most 1",
    )];
    lines.extend(report.decode.iter().map(|row| {
        let (how, bar) = match row.batch {
            1 => ("alone".to_owned(), "at least 1500"),
            n => (format!("{n} together"), "at least 8000"),
        };
        tokens(
            format!("decode, {}, {how}", row.model),
            row.tokens_per_second,
            row.tokens_per_second_median,
            bar,
        )
    }));
    lines.extend(report.train.iter().map(|row| {
        let what = format!(
            "train {:.1}M, {} a step, {}",
            row.parameters as f64 / 1e6,
            row.batch_tokens,
            match (row.device, row.threads) {
                ("cpu", 1) => "1 thread".to_owned(),
                ("cpu", threads) => format!("{threads} threads"),
                (device, _) => device.to_owned(),
            },
        );
        tokens(
            what,
            row.tokens_per_second,
            row.tokens_per_second_median,
            "1.0 x PyTorch eager",
        )
    }));
    lines.extend(report.grpo_step.iter().map(|row| {
        single(
            &format!(
                "GRPO step, {}, {} rollouts of {:.0} tokens",
                row.model, row.rollouts, row.tokens_mean
            ),
            format!("{:.2}", row.seconds_per_step),
            "s",
            "1.5 x faster than TRL",
        )
    }));
    lines.extend(analyzed("our language", &report.analyze.lines));
    lines.extend(analyzed("free text", &report.analyze.free));
    let frame = &report.frame;
    let size = format!("{:.1} MB, {} states", frame.text_bytes as f64 / 1e6, frame.nodes);
    // The bars are those of the large trace.
    let bar = |bar| if report.quick { "" } else { bar };
    lines.extend([
        single(
            &format!("frame, {size}: median"),
            format!("{:.2}", frame.p50_ms),
            "ms",
            "",
        ),
        single(
            "frame, slowest but 1 in 100",
            format!("{:.2}", frame.p99_ms),
            "ms",
            bar("at most 8"),
        ),
        single(
            "memory, a model and that trace",
            megabytes(report.memory.workbench_bytes),
            "MB",
            bar("below 400"),
        ),
        single(
            "memory, training too",
            megabytes(report.memory.peak_bytes),
            "MB",
            "",
        ),
        single("the program", megabytes(report.binary_bytes), "MB", "below 60"),
    ]);
    lines
}

fn single(what: &str, measured: String, unit: &'static str, bar: &'static str) -> Line {
    Line {
        what: what.to_owned(),
        measured,
        unit,
        bar,
        ..Line::default()
    }
}

fn tokens(what: String, best: f64, median: f64, bar: &'static str) -> Line {
    Line {
        what,
        measured: format!("{best:.0}"),
        median: format!("{median:.0}"),
        unit: "tokens/s",
        bar,
    }
}

fn analyzed(what: &str, speed: &Speed) -> [Line; 2] {
    [
        Line {
            what: format!("analyze, {what}"),
            measured: format!("{:.2}", speed.mb_per_second),
            median: format!("{:.2}", speed.mb_per_second_median),
            unit: "MB/s",
            bar: "",
        },
        Line {
            measured: format!("{:.0}", speed.traces_per_second),
            median: format!("{:.0}", speed.traces_per_second_median),
            unit: "traces/s",
            ..Line::default()
        },
    ]
}

/// A million bytes is one; `?` when the system does not say.
fn megabytes(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "?".to_owned(), |bytes| format!("{:.0}", bytes as f64 / 1e6))
}
