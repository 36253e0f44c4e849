//! One file from the hub into the cache: resumed, checked, and in its place only when it is whole.
//!
//! Large files are checked by their sha256 and go on where they were cut. Small ones carry git's sha1, which is not
//! computed here: their size is checked, and they start again.

use super::{
    HubError,
    cache::{Folder, is_whole},
    client::{Client, Remote, reason},
    progress::Meter,
    reference::is_hex,
    unless,
};
use crate::base::cancel::Cancel;
use reqwest::{Response, StatusCode, header::CONTENT_RANGE};
use sha2::{Digest, Sha256};
use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{Read, Seek, Write},
    path::PathBuf,
};

/// So many tries in a row that brought little end a download.
const TRIES: usize = 3;
/// A try that brought this many bytes was worth it.
const WORTH: u64 = 1 << 20;

/// Lets `remote` be in its snapshot, asking the hub for what is not here.
pub(super) async fn fetch(
    client: &Client<'_>,
    folder: &Folder,
    remote: &Remote,
    meter: &mut Meter<'_>,
    cancel: &Cancel,
) -> Result<(), HubError> {
    meter.begin(&remote.file, remote.size);
    let here = || folder.has(&remote.commit, &remote.file, Some(remote.size));
    if !here() {
        let _lock = folder.lock(&remote.etag, cancel).await?;
        // Somebody else may have brought it while we waited.
        if !here() {
            let fresh = !is_whole(&folder.blob(&remote.etag), Some(remote.size));
            if fresh {
                bring(client, folder, remote, meter, cancel).await?;
            }
            folder.link(&remote.etag, &remote.commit, &remote.file, fresh)?;
        }
    }
    meter.at(remote.size);
    Ok(())
}

async fn bring(
    client: &Client<'_>,
    folder: &Folder,
    remote: &Remote,
    meter: &mut Meter<'_>,
    cancel: &Cancel,
) -> Result<(), HubError> {
    let mut partial = Partial::open(folder.partial(&remote.etag), remote, cancel)?;
    let mut poor = 0;
    while partial.len < remote.size {
        let before = partial.len;
        match attempt(client, remote, &mut partial, meter, cancel).await? {
            Try::Whole => break,
            Try::Broken(_) if partial.len >= before.saturating_add(WORTH) => poor = 0,
            Try::Broken(_) if poor + 1 < TRIES => poor += 1,
            Try::Broken(error) => return Err(error),
        }
    }
    let path = partial.finish(remote)?;
    let blob = folder.blob(&remote.etag);
    fs::rename(&path, &blob).map_err(HubError::file(&blob))
}

/// How a try ended.
enum Try {
    /// All is here.
    Whole,
    /// Another try may do better.
    Broken(HubError),
}

async fn attempt(
    client: &Client<'_>,
    remote: &Remote,
    partial: &mut Partial,
    meter: &mut Meter<'_>,
    cancel: &Cancel,
) -> Result<Try, HubError> {
    if partial.hash.is_none() {
        partial.restart()?;
    }
    let mut response = match unless(cancel, client.get(remote, partial.len)).await? {
        Ok(response) => response,
        Err(error @ HubError::Unreachable { .. }) => return Ok(Try::Broken(error)),
        Err(error) => return Err(error),
    };
    let cut = |reason: String| {
        Ok(Try::Broken(HubError::Cut {
            file: remote.file.clone(),
            reason,
        }))
    };
    match response.status() {
        StatusCode::PARTIAL_CONTENT if range(&response) == Some((partial.len, remote.size)) => {}
        StatusCode::PARTIAL_CONTENT => return Err(client.odd("it sends another part than asked for")),
        StatusCode::OK => {
            let announced = response.content_length().unwrap_or(remote.size);
            if announced != remote.size {
                return Err(partial.wrong_size(remote, announced));
            }
            partial.restart()?;
        }
        _ => {
            partial.restart()?;
            return cut("the server did not go on where it was asked to".into());
        }
    }
    meter.at(partial.len);
    loop {
        match unless(cancel, response.chunk()).await? {
            Ok(Some(bytes)) => {
                let len = partial.len.saturating_add(bytes.len() as u64);
                if len > remote.size {
                    return Err(partial.wrong_size(remote, len));
                }
                partial.write(&bytes)?;
                meter.at(partial.len);
            }
            Ok(None) if partial.len == remote.size => return Ok(Try::Whole),
            Ok(None) => return cut("it ended early".into()),
            Err(error) => return cut(reason(&error)),
        }
    }
}

/// First byte and whole size, from `Content-Range: bytes FIRST-LAST/SIZE`.
fn range(response: &Response) -> Option<(u64, u64)> {
    let text = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    let (part, size) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, _) = part.split_once('-')?;
    Some((first.parse().ok()?, size.parse().ok()?))
}

/// A file that is coming.
struct Partial {
    path: PathBuf,
    file: File,
    len: u64,
    /// Of what is here; `None` when the hub gives no sha256.
    hash: Option<Sha256>,
}

impl Partial {
    /// What an earlier try left, or an empty file.
    fn open(path: PathBuf, remote: &Remote, cancel: &Cancel) -> Result<Self, HubError> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(HubError::file(&path))?;
        let mut partial = Self {
            hash: (remote.etag.len() == 64 && is_hex(&remote.etag)).then(Sha256::new),
            path,
            file,
            len: 0,
        };
        partial.reread(cancel)?;
        if partial.hash.is_none() || partial.len > remote.size {
            partial.restart()?;
        }
        Ok(partial)
    }

    /// Takes what is in the file into length and hash.
    fn reread(&mut self, cancel: &Cancel) -> Result<(), HubError> {
        let mut buffer = vec![0; 1 << 20];
        loop {
            if cancel.is_cancelled() {
                return Err(HubError::Cancelled);
            }
            let read = self.file.read(&mut buffer).map_err(HubError::file(&self.path))?;
            if read == 0 {
                return Ok(());
            }
            self.take(buffer.get(..read).unwrap_or_default());
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.len = self.len.saturating_add(bytes.len() as u64);
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), HubError> {
        self.file.write_all(bytes).map_err(HubError::file(&self.path))?;
        self.take(bytes);
        Ok(())
    }

    /// Forgets what has come.
    fn restart(&mut self) -> Result<(), HubError> {
        self.file
            .set_len(0)
            .and_then(|()| self.file.rewind())
            .map_err(HubError::file(&self.path))?;
        self.len = 0;
        self.hash = self.hash.as_ref().map(|_| Sha256::new());
        Ok(())
    }

    /// Deletes what has come: it is not the file.
    fn wrong_size(&self, remote: &Remote, found: u64) -> HubError {
        // Left behind, it would be found too long at the next try.
        let _ = fs::remove_file(&self.path);
        HubError::WrongSize {
            file: remote.file.clone(),
            expected: remote.size,
            found,
        }
    }

    /// Checks what has come, deletes it if it is wrong, and says where it is.
    fn finish(self, remote: &Remote) -> Result<PathBuf, HubError> {
        self.file.sync_all().map_err(HubError::file(&self.path))?;
        if let Some(hash) = self.hash {
            let mut found = String::with_capacity(64);
            for byte in hash.finalize() {
                // Writing to a String cannot fail.
                let _ = write!(found, "{byte:02x}");
            }
            if found != remote.etag {
                drop(self.file);
                fs::remove_file(&self.path).map_err(HubError::file(&self.path))?;
                return Err(HubError::WrongHash {
                    file: remote.file.clone(),
                    expected: remote.etag.clone(),
                    found,
                });
            }
        }
        Ok(self.path)
    }
}
