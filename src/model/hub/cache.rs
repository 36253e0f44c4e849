//! The folder of one model in the local cache, laid out as `huggingface_hub` has it, so that each finds what the other
//! fetched:
//!
//! ```text
//! models--ORG--NAME/blobs/ETAG                       contents, by the hash that the hub gives
//! models--ORG--NAME/blobs/ETAG.incomplete            what has come so far
//! models--ORG--NAME/refs/REVISION                    the commit that a branch or tag stood for
//! models--ORG--NAME/snapshots/COMMIT/FILE            a relative link to its blob
//! .locks/models--ORG--NAME/ETAG.lock                 held while the blob is written
//! ```
//!
//! Where links cannot be made, a snapshot holds the file itself. Simplification: the list of files per commit and the
//! store of blobs shared between models, which newer Python versions keep as well, are not written; blobs that are
//! links into that store are read.

use super::{HubError, RepoRef, reference};
use crate::base::{cancel::Cancel, file};
use std::{
    fs::{self, File, TryLockError},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Tells backup programs that nothing here is worth keeping.
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n# Models, which can be fetched again.\n";
/// Between two looks at a lock that somebody else holds.
const LOOK: Duration = Duration::from_millis(100);

/// The folder of one model.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    cache: PathBuf,
    root: PathBuf,
    locks: PathBuf,
    symlinks: bool,
}

impl Folder {
    /// That of `what` in `cache`; nothing is made yet.
    pub fn new(cache: &Path, what: &RepoRef, symlinks: bool) -> Self {
        let name = format!("models--{}--{}", what.org(), what.name());
        Self {
            cache: cache.to_owned(),
            root: cache.join(&name),
            locks: cache.join(".locks").join(name),
            symlinks,
        }
    }

    /// The commit that `revision` is known to stand for.
    pub fn commit(&self, revision: &str) -> Option<String> {
        if reference::is_commit(revision) {
            return Some(revision.to_owned());
        }
        let mut text = String::new();
        let file = File::open(self.reference(revision)).ok()?;
        file.take(1024).read_to_string(&mut text).ok()?;
        // It becomes part of a path.
        let commit = text.trim();
        reference::is_commit(commit).then(|| commit.to_owned())
    }

    /// Notes that `revision` stands for `commit`.
    pub fn note(&self, revision: &str, commit: &str) -> Result<(), HubError> {
        // Within a process, temporary files beside the same path have the same name.
        static ONE: Mutex<()> = Mutex::new(());
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        if revision == commit || self.commit(revision).as_deref() == Some(commit) {
            return Ok(());
        }
        let path = self.reference(revision);
        make_parent(&path)?;
        file::write_atomic(&path, commit.as_bytes()).map_err(HubError::file(&path))
    }

    fn reference(&self, revision: &str) -> PathBuf {
        self.root.join("refs").join(revision)
    }

    /// Where the files of `commit` are.
    pub fn snapshot(&self, commit: &str) -> PathBuf {
        self.root.join("snapshots").join(commit)
    }

    /// Where `file` of `commit` is.
    pub fn pointer(&self, commit: &str, file: &str) -> PathBuf {
        self.snapshot(commit).join(file)
    }

    /// Whether `file` of `commit` is here, `size` bytes long if that is known.
    pub fn has(&self, commit: &str, file: &str, size: Option<u64>) -> bool {
        is_whole(&self.pointer(commit, file), size)
    }

    /// Where the content `etag` is.
    pub fn blob(&self, etag: &str) -> PathBuf {
        self.root.join("blobs").join(etag)
    }

    /// Where the content `etag` is while it comes.
    pub fn partial(&self, etag: &str) -> PathBuf {
        self.root.join("blobs").join(format!("{etag}.incomplete"))
    }

    /// Makes the folder and marks the cache as one.
    pub fn make(&self) -> Result<(), HubError> {
        let blobs = self.root.join("blobs");
        fs::create_dir_all(&blobs).map_err(HubError::file(&blobs))?;
        let tag = self.cache.join("CACHEDIR.TAG");
        if !tag.exists() {
            // A courtesy: where it cannot be written, nothing is lost.
            let _ = fs::write(tag, TAG);
        }
        Ok(())
    }

    /// Lets `file` of `commit` be the content `etag`, which is here. `fresh` says that nothing else uses it yet.
    pub fn link(&self, etag: &str, commit: &str, file: &str, fresh: bool) -> Result<(), HubError> {
        let pointer = self.pointer(commit, file);
        make_parent(&pointer)?;
        match fs::remove_file(&pointer) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(HubError::file(&pointer)(error));
            }
            _ => {}
        }
        // From snapshots/COMMIT, and from each folder below it, one step up.
        let up = "../".repeat(2 + file.matches('/').count());
        if self.symlinks && symlink(&format!("{up}blobs/{etag}"), &pointer).is_ok() {
            return Ok(());
        }
        let blob = self.blob(etag);
        let put = if fresh {
            fs::rename(&blob, &pointer)
        } else {
            fs::copy(&blob, &pointer).map(drop)
        };
        put.map_err(HubError::file(&pointer))
    }

    /// Waits until nobody else writes the content `etag`; nobody does as long as the result lives.
    pub async fn lock(&self, etag: &str, cancel: &Cancel) -> Result<File, HubError> {
        let path = self.locks.join(format!("{etag}.lock"));
        make_parent(&path)?;
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        // One that another user made can be held all the same.
        let file = options.open(&path).or_else(|_| File::open(&path));
        let file = file.map_err(HubError::file(&path))?;
        share(&file);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if cancel.is_cancelled() => return Err(HubError::Cancelled),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOOK).await,
                // Some network file systems have no locks. The worst that can come of it is a wrong hash.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    return Ok(file);
                }
                Err(TryLockError::Error(error)) => return Err(HubError::file(&path)(error)),
            }
        }
    }
}

/// Whether there is a file at `path`, links followed, of `size` bytes if that is known.
pub(super) fn is_whole(path: &Path, size: Option<u64>) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && size.is_none_or(|size| found.len() == size))
}

fn make_parent(path: &Path) -> Result<(), HubError> {
    match path.parent() {
        Some(parent) => fs::create_dir_all(parent).map_err(HubError::file(parent)),
        None => Ok(()),
    }
}

/// Lets the other users of a shared cache hold this lock, as Python does. It may be theirs, then they have done so.
#[cfg(unix)]
fn share(lock: &File) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o664);
    let _ = lock.set_permissions(mode);
}

#[cfg(not(unix))]
fn share(_: &File) {}

#[cfg(unix)]
fn symlink(target: &str, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn symlink(target: &str, link: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(target.replace('/', "\\"), link)
}

#[cfg(not(any(unix, windows)))]
fn symlink(_: &str, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
