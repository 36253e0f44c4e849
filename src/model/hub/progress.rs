//! How far a download is, told often enough for eyes.

use std::time::{Duration, Instant};

/// How far a download is. All numbers are bytes; what was here before counts as done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The file that is coming, by its path in the repository.
    pub file: String,
    /// What is here of it.
    pub done: u64,
    /// Its size.
    pub total: u64,
    /// What is here of all files.
    pub all_done: u64,
    /// The size of all files.
    pub all_total: u64,
}

/// Between two reports on the same file.
const EVERY: Duration = Duration::from_millis(100);

/// Counts bytes and reports: when a file begins, when it is here, and now and then in between.
pub(super) struct Meter<'a> {
    tell: &'a mut dyn FnMut(Progress),
    now: Progress,
    /// What is here of the files before this one.
    before: u64,
    last: Instant,
}

impl<'a> Meter<'a> {
    pub fn new(all_total: u64, tell: &'a mut dyn FnMut(Progress)) -> Self {
        Self {
            tell,
            now: Progress {
                all_total,
                ..Progress::default()
            },
            before: 0,
            last: Instant::now(),
        }
    }

    /// `file` begins.
    pub fn begin(&mut self, file: &str, total: u64) {
        self.before = self.before.saturating_add(self.now.done);
        file.clone_into(&mut self.now.file);
        self.now.total = total;
        self.now.done = 0;
        self.report();
    }

    /// `done` bytes of the file are here. It may be fewer than before, when a download starts again.
    pub fn at(&mut self, done: u64) {
        let news = done != self.now.done;
        self.now.done = done;
        if news && (done >= self.now.total || self.last.elapsed() >= EVERY) {
            self.report();
        }
    }

    fn report(&mut self) {
        self.now.all_done = self.before.saturating_add(self.now.done);
        self.last = Instant::now();
        (self.tell)(self.now.clone());
    }
}
