//! Files that are either the old version or the new one, never half of each.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

/// Writes `bytes` beside `path`, flushes them to disk and renames the result over `path`.
///
/// # Errors
/// Whatever the file system says; `path` is untouched then.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Another process, or another thread of this one, may be writing the same file.
    static WRITES: AtomicU64 = AtomicU64::new(0);
    let (process, write) = (std::process::id(), WRITES.fetch_add(1, Ordering::Relaxed));
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{process}-{write}.tmp"));
    let temporary = path.with_file_name(name);
    let written = (|| {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    })();
    if written.is_err() {
        // The rename did not happen, so what is left over is ours to remove.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Whether both paths lead to one regular file, which may have several names. Terminals and pipes are none.
#[must_use]
pub fn is_same(a: &Path, b: &Path) -> bool {
    let is_file = |path: &Path| fs::metadata(path).is_ok_and(|about| about.is_file());
    is_file(a) && is_file(b) && identity(a).is_some_and(|a| Some(a) == identity(b))
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|about| (about.dev(), about.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<std::path::PathBuf> {
    fs::canonicalize(path).ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_file_is_the_same_by_all_its_names_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        std::fs::write(path("a"), "x").unwrap();
        std::fs::write(path("b"), "x").unwrap();
        std::fs::hard_link(path("a"), path("hard")).unwrap();
        assert!(super::is_same(&path("a"), &dir.path().join(".").join("a")));
        assert!(!super::is_same(&path("a"), &path("b")) && !super::is_same(&path("c"), &path("c")));
        assert!(!super::is_same(dir.path(), dir.path()));
        if cfg!(unix) {
            assert!(super::is_same(&path("a"), &path("hard")));
        }
    }

    #[test]
    fn a_write_replaces_the_file_and_leaves_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        super::write_atomic(&path, b"old").unwrap();
        super::write_atomic(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn threads_that_write_one_file_leave_what_one_of_them_wrote() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        std::thread::scope(|scope| {
            for writer in 0..4_u8 {
                let path = &path;
                scope.spawn(move || super::write_atomic(path, &[writer; 10_000]).unwrap());
            }
        });
        let written = std::fs::read(&path).unwrap();
        assert!(written.len() == 10_000 && written.iter().all(|byte| *byte == written[0]));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
