//! Traces from files. The first is there before the screen is; the others are read on a thread of their own and come as
//! they are read, so that a file of gigabytes is looked at at once. Reading pauses when enough is open, and goes on when
//! somebody walks towards the end of it.

use super::{lock, problems};
use crate::{
    behavior,
    task::countdown,
    trace::{
        Trace,
        import::{Place, RowError, Rows},
    },
    tui::app::{Msg, Problem, Unread},
};
use std::{
    collections::VecDeque,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, mpsc},
    thread,
};
use tokio::sync::mpsc::Sender;

/// Traces, and bytes of text, that are read before reading pauses.
const ENOUGH: (usize, usize) = (1000, 128 << 20);
/// Traces, and bytes of text, that are sent at once.
const BATCH: (usize, usize) = (64, 1 << 20);

/// A trace, and its problem as the screen shows it.
pub type Opened = (Problem, Trace);

/// The traces of some files, one after the other.
#[derive(Debug)]
pub struct Files {
    files: VecDeque<(String, Rows<'static>)>,
    /// Counts the rows of all files, as `analyze` does.
    index: usize,
    reading: behavior::Reading,
}

impl Files {
    /// Opens all of them; nothing is read yet. `problem` is that of rows that do not name theirs.
    ///
    /// # Errors
    /// The first that cannot be opened, and why.
    pub fn open(paths: &[PathBuf], problem: Option<countdown::Problem>) -> Result<Self, (&Path, io::Error)> {
        let open = |path: &'_ PathBuf| Ok((path.display().to_string(), Rows::open(path)?));
        let files = paths
            .iter()
            .map(|path| open(path).map_err(|e| (path.as_path(), e)));
        Ok(Self {
            files: files.collect::<Result<_, _>>()?,
            index: 0,
            reading: behavior::Reading {
                fallback: problem,
                ..behavior::Reading::default()
            },
        })
    }
}

impl Iterator for Files {
    /// A trace and what had to be mended to read it, or what could not be read.
    type Item = Result<(Opened, Option<RowError>), RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (file, rows) = self.files.front_mut()?;
            match rows.next() {
                None => {
                    self.files.pop_front();
                }
                Some(Err(error)) => {
                    let fault = RowError {
                        place: Place::file("", file),
                        reason: format!("it cannot be read any further: {error}"),
                    };
                    self.files.pop_front();
                    return Some(Err(fault));
                }
                Some(Ok(Err(error))) => {
                    self.index += 1;
                    return Some(Err(error));
                }
                Some(Ok(Ok(mut row))) => {
                    let mended = row.mended.take();
                    let named = row.problem.clone();
                    let trace = self.reading.analyze(row, self.index);
                    self.index += 1;
                    let problem = named.or_else(|| countdown_of(&trace));
                    let problem = problems::of(&trace, problem.as_ref());
                    return Some(Ok(((problem, trace), mended)));
                }
            }
        }
    }
}

/// The problem that a row was read with, when that is one of ours.
fn countdown_of(trace: &Trace) -> Option<countdown::Problem> {
    trace.task.as_deref().filter(|task| *task == "countdown")?;
    serde_json::from_value(trace.problem.clone()?).ok()
}

/// The thread that reads on.
#[derive(Debug, Default)]
pub struct Reading {
    on: Option<mpsc::Sender<()>>,
    complaints: Arc<Mutex<Unread>>,
}

impl Reading {
    /// Reads the rest of `files` and tells `inbox`; `unread` is what could not be read so far.
    ///
    /// # Errors
    /// When there can be no thread.
    pub fn start(files: Files, unread: Unread, inbox: Sender<Msg>) -> io::Result<Self> {
        let (on, wait) = mpsc::channel();
        let complaints = Arc::new(Mutex::new(unread));
        let reader = Reader {
            inbox,
            wait,
            complaints: Arc::clone(&complaints),
        };
        thread::Builder::new()
            .name("files".into())
            .spawn(move || reader.run(files, ENOUGH))?;
        Ok(Self {
            on: Some(on),
            complaints,
        })
    }

    /// Somebody comes near the end of what is open.
    pub fn go_on(&self) {
        if let Some(on) = &self.on {
            // When all is read, nobody listens.
            let _ = on.send(());
        }
    }

    /// What could not be read so far.
    #[must_use]
    pub fn complaints(&self) -> Unread {
        lock(&self.complaints).clone()
    }
}

struct Reader {
    inbox: Sender<Msg>,
    wait: mpsc::Receiver<()>,
    complaints: Arc<Mutex<Unread>>,
}

impl Reader {
    /// Reads until there is no more, or nobody to tell.
    fn run(&self, files: Files, enough: (usize, usize)) -> Option<()> {
        let (mut batch, mut bytes, mut most) = (Vec::new(), 0, 1);
        // The first trace is there already.
        let (mut open, mut unseen) = (1, (0, 0));
        self.tell(Msg::More(true))?;
        for found in files {
            match found {
                Ok((opened, mended)) => {
                    bytes += opened.1.text.len();
                    batch.push(opened);
                    if let Some(mended) = mended {
                        lock(&self.complaints).mended.add(&mended);
                    }
                }
                Err(fault) => {
                    lock(&self.complaints).lost.add(&fault);
                }
            }
            if batch.len() < most && bytes < BATCH.1 {
                continue;
            }
            // The first ones come one by one, for somebody waits.
            most = (most * 2).min(BATCH.0);
            open += batch.len();
            unseen = (unseen.0 + batch.len(), unseen.1 + bytes);
            bytes = 0;
            self.tell(Msg::Rows(std::mem::take(&mut batch)))?;
            if unseen.0 >= enough.0 || unseen.1 >= enough.1 {
                unseen = (0, 0);
                // Whoever asks for more from now on has seen these.
                while self.wait.try_recv().is_ok() {}
                self.say(Some(format!(
                    "{open} traces are open; more are read as you come near the last one"
                )))?;
                self.wait.recv().ok()?;
            }
        }
        self.tell(Msg::Rows(batch))?;
        self.tell(Msg::More(false))?;
        self.say(None)
    }

    /// Says how it stands, when there is anything to say.
    fn say(&self, state: Option<String>) -> Option<()> {
        let bad = lock(&self.complaints).clone();
        if !bad.is_empty() {
            self.tell(Msg::Unread(bad))?;
        }
        self.tell(Msg::ReadSoFar(state))
    }

    fn tell(&self, msg: Msg) -> Option<()> {
        self.inbox.blocking_send(msg).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{
        app::{App, update},
        keymap::Keymap,
    };
    use std::fs;

    /// What the thread tells, with pauses after `enough` traces, and what the screen says of it; `walks` is how often
    /// somebody goes on.
    fn told(text: &str, enough: usize, walks: usize) -> (Vec<String>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        fs::write(&path, text).unwrap();
        let (inbox, mut screen) = tokio::sync::mpsc::channel(100);
        let (on, wait) = mpsc::channel();
        let reader = Reader {
            inbox,
            wait,
            complaints: Arc::default(),
        };
        let files = Files::open(&[path], None).unwrap();
        let thread = thread::spawn(move || reader.run(files, (enough, usize::MAX)));
        let (mut texts, mut notices, mut left) = (Vec::new(), Vec::new(), walks);
        let mut app = App::new(Keymap::load(None).0, (80, 24), jiff::Timestamp::UNIX_EPOCH, false);
        while let Some(msg) = screen.blocking_recv() {
            match msg {
                Msg::Rows(rows) => texts.extend(rows.into_iter().map(|(_, trace)| trace.text)),
                msg => {
                    update(&mut app, msg);
                    let Some(notice) = app.notice.take() else {
                        continue;
                    };
                    // Whoever has read that more will come walks on, or leaves.
                    let paused = notice.text.contains("more are read");
                    notices.push(notice.text);
                    if paused && left > 0 {
                        left -= 1;
                        while !thread.is_finished() && screen.is_empty() {
                            on.send(()).unwrap();
                            thread::yield_now();
                        }
                    } else if paused {
                        break;
                    }
                }
            }
        }
        drop((on, screen));
        thread.join().unwrap();
        (texts, notices)
    }

    #[test]
    fn a_problem_is_that_of_rows_that_do_not_name_theirs_and_rows_are_counted_over_all_files() {
        let folder = tempfile::tempdir().unwrap();
        let (words, rows) = (folder.path().join("words.txt"), folder.path().join("rows.jsonl"));
        fs::write(&words, "44 + 19 = 63\n63 + 35 = 98\n").unwrap();
        let named = "{\"text\":\"7\",\"problem\":\"25 7 1 -> 31\"}\n";
        let other = "{\"text\":\"It is 42.\",\"task\":\"math\",\"question\":\"What is 6 times 7?\"}\n";
        fs::write(&rows, format!("{named}[]\n{other}")).unwrap();
        let problem = countdown::Problem::parse("44 19 35 -> 98").unwrap();
        let files = Files::open(&[words, rows], Some(problem)).unwrap();
        let told: Vec<_> = files
            .flatten()
            .map(|((problem, trace), _)| (problem.statement, trace.index))
            .collect();
        let told: Vec<(&str, usize)> = told.iter().map(|(said, index)| (said.as_str(), *index)).collect();
        let expected = [
            ("44 19 35 \u{2192} 98", 0),
            ("25 7 1 \u{2192} 31", 1),
            ("What is 6 times 7?", 3),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn all_rows_come_and_what_is_bad_is_said() {
        let text = "{\"text\":\"a\"}\n{\"text\":1}\n{\"text\":\"b\"}\n[]\n{\"text\":\"c\"}\n";
        let (texts, notices) = told(text, 99, 0);
        assert_eq!(texts, ["a", "b", "c"]);
        assert_eq!(notices.len(), 1);
        assert!(
            notices[0].contains("line 2: `text` is not a string (1 more row; U lists them)"),
            "{notices:?}"
        );
    }

    #[test]
    fn reading_pauses_until_somebody_walks_on() {
        let text: String = (0..10).map(|i| format!("{{\"text\":\"{i}\"}}\n")).collect();
        let (texts, notices) = told(&text, 3, 0);
        assert!((3..10).contains(&texts.len()), "{texts:?}");
        assert!(notices[0].contains("traces are open"), "{notices:?}");
        assert_eq!(told(&text, 3, 9).0.len(), 10);
    }
}
