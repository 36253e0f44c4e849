//! Without a subcommand: the workbench.

use super::{
    args::{Cli, Workbench as Args},
    output::{Failure, Outcome, apart, complain},
    problems, recording,
};
use crate::{
    base::{nearest::hint, pace::Pace, words::counted},
    behavior::rules,
    config::{self, Paths, Settings, Warning},
    engine::How,
    trace::Trace,
    tui::{
        self, App, Msg, Start,
        app::{Notice, Problem, Unread},
        driver::{Files, Workbench},
        keymap::Keymap,
        theme::{ASCII, Depth, Look, Theme, UNICODE},
    },
};
use clap::CommandFactory;
use std::{
    env, fs,
    io::IsTerminal,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// Messages that may wait for the screen.
const INBOX: usize = 1024;

/// How long leaving waits for a run without a word.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How often it then looks whether somebody is impatient.
const AGAIN: Duration = Duration::from_millis(200);

/// Opens the workbench.
pub(super) fn run(
    files: &[PathBuf],
    args: &Args,
    how: &How,
    settings: &Settings,
    paths: &Paths,
    warnings: &[Warning],
) -> Outcome {
    apart(
        "--record",
        args.record.as_deref(),
        files.iter().chain(&args.play).map(PathBuf::as_path),
    )?;
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        // Whoever mistyped a command wants no workbench.
        let mistyped = files.first().filter(|path| !path.exists());
        let typed = mistyped.map(|path| path.display().to_string());
        if let Some(typed) = typed.filter(|typed| !command_hint(typed).is_empty()) {
            return Err(Failure::Input(format!(
                "there is no command `{typed}`{}",
                command_hint(&typed)
            )));
        }
        if std::io::stdout().is_terminal() {
            return Err(Failure::input(
                "the workbench hears its keys on standard input, which is no terminal here: save what comes in a file \
                 and open that with `backtrail FILE`, or read it with `backtrail analyze -`",
            ));
        }
        return Err(Failure::input(
            "the workbench needs a terminal. In scripts use a command, for instance `backtrail generate --json`; \
             `backtrail --help` lists them",
        ));
    }
    let recording = args.play.as_deref().map(recording::open).transpose()?;
    let record = |path: &PathBuf| recording::create(path, &settings.model);
    let recorder = args.record.as_ref().map(record).transpose()?;
    let mut notices: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let (traces, rest, unread) = open(files, args.problem.as_deref())?;
    let user = |name: &str| {
        Some(config::File::new(
            name,
            fs::read_to_string(paths.config.join(name)).ok()?,
        ))
    };
    let (keymap, wrong) = Keymap::load(user("keys.toml").as_ref());
    notices.extend(wrong);
    let depth = Depth::detect(&|name| env::var(name).ok());
    let (mut theme, wrong) = Theme::load(&settings.theme, depth, &|name| {
        user(&format!("themes/{name}.toml"))
    });
    notices.extend(wrong);
    notices.extend(theme.color_behaviors(&rules::current(), depth));

    prepare();
    let (sender, inbox) = tokio::sync::mpsc::channel(INBOX);
    let mut workbench = Workbench::new(
        sender.clone(),
        paths,
        recording,
        recorder,
        &settings.api_key_env,
        how,
    );
    let mut app = App::new(
        keymap,
        (80, 24),
        jiff::Timestamp::now(),
        workbench.is_first_start(),
    );
    app.pace = Pace::new(settings.pace);
    app.mouse = settings.mouse;
    if traces.is_empty() {
        workbench.begin(&settings.model, args.problem.as_deref());
    } else {
        workbench.stand_by(&settings.model);
        // Nobody reads yet, and the inbox has room.
        let _ = sender.try_send(Msg::Open(traces));
        workbench.read(rest, unread);
    }
    if let Some(notice) = summary(&notices, warnings.len()) {
        let _ = sender.try_send(Msg::Notice(Notice::warning(notice)));
    }
    drop(sender);
    let look = Look {
        theme,
        glyphs: if settings.ascii { &ASCII } else { &UNICODE },
    };
    let left = tui::run(
        Start {
            app,
            look,
            max_fps: settings.max_fps,
        },
        &mut workbench,
        inbox,
    );
    let bad = workbench.complaints().told();
    bad.iter().for_each(|sentence| complain(sentence));
    stop_training(&mut workbench);
    left.map_err(|error| match error {
        tui::Error::NoTerminal => Failure::input(error),
        tui::Error::Terminal(_) => Failure::work(error),
    })
}

/// Makes ready, beside everything else, what the first trace would have to wait for.
fn prepare() {
    // Without a thread it is made when it is needed.
    let _ = thread::Builder::new()
        .name("prepare".into())
        .spawn(tui::text::colour::prepare);
}

/// The shell has its terminal again; a run that goes on finishes its step and saves. Ctrl-C does not wait for it: it goes
/// on from its last checkpoint then.
fn stop_training(workbench: &mut Workbench) {
    if workbench.stop_training(AT_ONCE) {
        return;
    }
    complain("the training run finishes its step and saves; Ctrl-C leaves it at its last checkpoint");
    let impatient = Arc::new(AtomicBool::new(false));
    let pressed = Arc::clone(&impatient);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let listen = move || {
        if let Ok(runtime) = runtime {
            // When nobody can listen for it, nobody is impatient.
            pressed.store(
                runtime.block_on(tokio::signal::ctrl_c()).is_ok(),
                Ordering::Relaxed,
            );
        }
    };
    let _ = std::thread::Builder::new().name("signals".into()).spawn(listen);
    while !impatient.load(Ordering::Relaxed) && !workbench.stop_training(AGAIN) {}
}

/// What the screen, which has room for one sentence, says of all notices. The rest stands on standard error and is seen
/// when the workbench is left; the first `told` are there already.
fn summary(notices: &[String], told: usize) -> Option<String> {
    let (first, more) = notices.split_first()?;
    if more.is_empty() {
        return Some(first.clone());
    }
    notices.iter().skip(told).for_each(|notice| complain(notice));
    Some(format!(
        "{first} ({} when you leave)",
        counted(more.len(), "more warning")
    ))
}

/// A mistyped command is taken for a file.
fn command_hint(typed: &str) -> String {
    let cli = Cli::command();
    hint(typed, cli.get_subcommands().map(clap::Command::get_name))
}

/// The first trace of all files, the files that hold the others, and what could not be read before it.
type Opened = (Vec<(Problem, Trace)>, Files, Unread);

/// Opens the files; `problem` is that of rows that do not name theirs.
fn open(files: &[PathBuf], problem: Option<&str>) -> Result<Opened, Failure> {
    // Without files, the screen says what is wrong with it.
    let problem = problem.filter(|_| !files.is_empty()).map(problems::of_rows);
    let problem = problem.transpose()?;
    let mut rest = Files::open(files, problem).map_err(|(path, error)| {
        let place = path.display().to_string();
        let hint = if error.kind() == std::io::ErrorKind::NotFound {
            command_hint(&place)
        } else {
            String::new()
        };
        Failure::input(format!("{place} cannot be opened: {error}{hint}"))
    })?;
    let mut unread = Unread::default();
    for found in &mut rest {
        match found {
            Ok((opened, mended)) => {
                if let Some(mended) = mended {
                    unread.mended.add(&mended);
                }
                return Ok((vec![opened], rest, unread));
            }
            Err(fault) => {
                unread.lost.add(&fault);
            }
        }
    }
    if files.is_empty() {
        return Ok((Vec::new(), rest, unread));
    }
    let why = match unread.first() {
        None => "the files are empty".to_owned(),
        Some((fault, 0)) => fault.to_string(),
        Some(_) => {
            unread.told().iter().for_each(|sentence| complain(sentence));
            format!("none of the {} rows could be read", unread.lost.rows())
        }
    };
    Err(Failure::Input(format!("there is no trace to open: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_notice_says_what_else_there_is_to_be_said_of() {
        let notices = ["no such theme", "no such key", "no such action"].map(str::to_owned);
        let said = |count: usize| summary(&notices[..count], count);
        assert_eq!(said(0), None);
        assert_eq!(said(1).unwrap(), "no such theme");
        assert_eq!(said(2).unwrap(), "no such theme (1 more warning when you leave)");
        assert_eq!(said(3).unwrap(), "no such theme (2 more warnings when you leave)");
    }

    #[test]
    fn rows_before_the_first_trace_that_cannot_be_read_are_not_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let bad = file("bad.jsonl", "{\"text\":1}\n{\"text\":2}\n");
        let good = file("good.jsonl", "{\"text\":0}\n{\"text\":\"a\"}\n{\"text\":3}\n");
        let (traces, rest, unread) = open(&[bad.clone(), good], None).unwrap();
        assert_eq!((traces.len(), unread.lost.rows(), rest.count()), (1, 3, 1));
        let said = |files: &[PathBuf]| match open(files, None) {
            Err(Failure::Input(sentence)) => sentence,
            other => panic!("{other:?}"),
        };
        let none = said(&[bad.clone(), bad]);
        assert_eq!(
            none,
            "there is no trace to open: none of the 4 rows could be read"
        );
        let one = said(&[file("one.jsonl", "{\"text\":1}\n")]);
        assert!(
            one.ends_with("one.jsonl, line 1: `text` is not a string"),
            "{one}"
        );
        assert!(said(&[file("empty", "")]).ends_with("the files are empty"));
    }
}
