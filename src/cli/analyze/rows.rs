//! The rows of files, analysed on all threads, in their order: one thread reads, the others analyse what it has read, and
//! whoever prints gets each row as soon as it and all before it are ready. Of large ones there is one at a time.

use super::open;
use crate::{
    behavior::Reading,
    cli::{
        judge::{LARGE, size},
        output::Failure,
    },
    trace::{
        Trace,
        import::{Row, RowError},
    },
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    sync::mpsc::{Receiver, SendError, SyncSender, sync_channel},
};

/// Rows for each thread that may be on their way.
const AHEAD: usize = 2;

/// What is found in files.
pub(super) enum Item {
    /// A trace, and what had to be mended to read it.
    Trace(Box<Trace>, Option<String>),
    /// A row that cannot be read, and its number.
    Bad(Box<RowError>, usize),
    /// The end of a file, and how many rows it had.
    End { path: PathBuf, rows: usize },
    /// A file that cannot be opened, and why.
    Closed(Failure),
    /// The rest of a file cannot be read.
    Failed(Failure),
}

/// An item that may not be ready yet.
type Coming = Receiver<Item>;

/// Whoever takes the items has gone.
type Gone = SendError<Coming>;

/// Hands every row of `files` to `take`, until that fails.
///
/// # Errors
/// What `take` returned.
pub(super) fn each<E>(
    files: &[PathBuf],
    reading: Reading,
    take: impl FnMut(Item) -> Result<(), E>,
) -> Result<(), E> {
    let (files, reading) = (files.to_vec(), Arc::new(reading));
    let (send, receive) = sync_channel(AHEAD * rayon::current_num_threads());
    // Nobody waits for it: when the output is closed, the input may still say nothing for a long time.
    std::thread::spawn(move || read(&files, &reading, &send).is_ok());
    receive.iter().flatten().try_for_each(take)
}

fn read(files: &[PathBuf], reading: &Arc<Reading>, send: &SyncSender<Coming>) -> Result<(), Gone> {
    let now = |item: Item| {
        let (done, coming) = sync_channel(1);
        let _ = done.send(item);
        send.send(coming)
    };
    let mut index = 0;
    for path in files {
        let rows = match open(path) {
            Ok(rows) => rows,
            Err(failure) => {
                // The others are there all the same.
                now(Item::Closed(failure))?;
                continue;
            }
        };
        let before = index;
        for row in rows {
            match row {
                Ok(Ok(row)) if size(&row.trace) < LARGE => {
                    let ((done, coming), reading) = (sync_channel(1), Arc::clone(reading));
                    rayon::spawn(move || {
                        // When nobody takes it any more, there is nothing to say.
                        let _ = done.send(analyzed(&reading, row, index));
                    });
                    send.send(coming)?;
                }
                Ok(Ok(row)) => {
                    // It is the only one of its kind until it has been taken.
                    let (done, coming) = sync_channel(0);
                    send.send(coming)?;
                    if done.send(analyzed(reading, row, index)).is_err() {
                        return Ok(());
                    }
                }
                Ok(Err(error)) => now(Item::Bad(Box::new(error), index))?,
                Err(error) => return now(Item::Failed(unread(path, &error))),
            }
            index += 1;
        }
        now(Item::End {
            path: path.clone(),
            rows: index - before,
        })?;
    }
    Ok(())
}

fn analyzed(reading: &Reading, mut row: Row, index: usize) -> Item {
    let mended = row.mended.take().map(|mended| mended.to_string());
    Item::Trace(Box::new(reading.analyze(row, index)), mended)
}

fn unread(path: &Path, error: &std::io::Error) -> Failure {
    Failure::work(format!("{} cannot be read: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn behind_a_large_text_nothing_is_read_before_that_is_taken() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("rows.jsonl");
        let row = serde_json::json!({"text": "so ".repeat(LARGE / 3 + 1)}).to_string();
        fs::write(&path, format!("{row}\n{row}\n{{\"text\":\"small\"}}\n")).unwrap();
        let (send, receive) = sync_channel(8);
        let reading = Arc::new(Reading::default());
        let files = [path];
        let reader = std::thread::spawn(move || read(&files, &reading, &send).is_ok());
        let taken = receive.recv().unwrap().recv();
        assert!(matches!(taken, Ok(Item::Trace(..))));
        // Whoever takes no more is told no more.
        drop(receive.recv().unwrap());
        assert!(receive.recv().is_err());
        assert!(reader.join().unwrap());
    }
}
