//! Models of the Hugging Face hub: from `hf:ORG/NAME[:FILE.gguf][@REVISION]` to a local folder or file.
//!
//! The user's local cache comes first, and what is whole there is used without a single request: a branch is not asked
//! whether it has moved on (name a commit or a tag to be sure, or remove its file in `refs` to ask again). What is
//! missing comes from the hub into the same cache, laid out as `huggingface_hub` has it, weights last.
//! Simplification: one file after the other over HTTP; the hub's own transfer protocol (Xet) is not spoken.

mod cache;
mod client;
mod download;
mod error;
mod progress;
mod reference;
mod select;
mod settings;

pub use error::HubError;
pub use progress::Progress;
pub use reference::{RefError, RepoRef};

use crate::base::cancel::Cancel;
use cache::Folder;
use client::{Client, Remote};
use progress::Meter;
use settings::Settings;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    pin::pin,
    time::Duration,
};

/// The user's local cache and the hub behind it.
#[derive(Clone, Debug)]
pub struct Hub {
    settings: Settings,
}

impl Hub {
    /// Reads places and settings through `lookup` (`|name| std::env::var_os(name)` in the program): `HF_HUB_CACHE`,
    /// `HUGGINGFACE_HUB_CACHE`, `HF_HOME`, `XDG_CACHE_HOME`, `HOME`; `HF_ENDPOINT`; `HF_HUB_OFFLINE`,
    /// `TRANSFORMERS_OFFLINE`; `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, `HF_TOKEN_PATH`, `HF_HUB_DISABLE_IMPLICIT_TOKEN`;
    /// `HF_HUB_DISABLE_SYMLINKS`. What is wrong with them is said by [`Hub::fetch`], when it matters.
    #[must_use]
    pub fn from_env(lookup: &dyn Fn(&str) -> Option<OsString>) -> Self {
        Self {
            settings: Settings::from_env(lookup),
        }
    }

    /// The folder with the files of `what`, or the GGUF file it names, if all that is needed of it is here. Never asks
    /// the network.
    #[must_use]
    pub fn cached(&self, what: &RepoRef) -> Option<PathBuf> {
        let folder = self.folder(self.settings.cache.as_deref()?, what);
        let commit = folder.commit(what.revision())?;
        select::local(what, &folder, &commit)
    }

    /// The folder with the files of `what`, or the GGUF file it names; what is missing is fetched. `progress` hears of
    /// each file when it begins and when it is here, and about ten times a second in between.
    ///
    /// Blocks, so it is called from a plain thread: inside a tokio runtime it would panic.
    ///
    /// # Errors
    /// [`HubError`] says in a sentence why the model cannot be had and what to do.
    pub fn fetch(
        &self,
        what: &RepoRef,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<PathBuf, HubError> {
        if let Some(found) = self.cached(what) {
            return Ok(found);
        }
        let cache = self.settings.cache.as_deref().ok_or(HubError::NoHome)?;
        if let Some(variable) = self.settings.offline {
            return Err(HubError::Offline {
                what: what.to_string(),
                cache: cache.display().to_string(),
                variable,
            });
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(HubError::file(cache))?;
        let fetched = runtime.block_on(self.ask(what, cache, cancel, progress));
        // A name server that keeps silent must not hold up somebody who asked to stop.
        runtime.shutdown_background();
        fetched
    }

    async fn ask(
        &self,
        what: &RepoRef,
        cache: &Path,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<PathBuf, HubError> {
        let client = Client::new(&self.settings, what)?;
        let folder = self.folder(cache, what);
        let listing = unless(cancel, client.listing()).await??;
        let choice = select::choose(what, &listing.files)?;
        let commit = listing.commit.as_str();
        let mut wanted = heads(&client, commit, &choice.files, cancel).await?;
        folder.make()?;
        if choice.index {
            // Only its content says how much there is to fetch, so it comes before the first report.
            let index = unless(cancel, client.head(commit, select::INDEX)).await??;
            let silent = &mut |_| {};
            download::fetch(&client, &folder, &index, &mut Meter::new(0, silent), cancel).await?;
            let shards = select::shards(what, &folder.pointer(commit, select::INDEX))?;
            wanted.push(index);
            wanted.extend(heads(&client, commit, &shards, cancel).await?);
        }
        let total = wanted
            .iter()
            .fold(0u64, |sum, remote| sum.saturating_add(remote.size));
        let mut meter = Meter::new(total, progress);
        for remote in &wanted {
            download::fetch(&client, &folder, remote, &mut meter, cancel).await?;
        }
        // Last, so that a branch stands for a commit only when its files are here.
        folder.note(what.revision(), commit)?;
        Ok(what
            .file()
            .map_or_else(|| folder.snapshot(commit), |file| folder.pointer(commit, file)))
    }

    fn folder(&self, cache: &Path, what: &RepoRef) -> Folder {
        Folder::new(cache, what, self.settings.symlinks)
    }
}

/// Size and hash of each file.
async fn heads(
    client: &Client<'_>,
    commit: &str,
    files: &[String],
    cancel: &Cancel,
) -> Result<Vec<Remote>, HubError> {
    let mut remotes = Vec::new();
    for file in files {
        remotes.push(unless(cancel, client.head(commit, file)).await??);
    }
    Ok(remotes)
}

/// Between two looks at whether to stop.
const LOOK: Duration = Duration::from_millis(100);

/// What `work` comes to, unless somebody asks to stop before.
async fn unless<T>(cancel: &Cancel, work: impl Future<Output = T>) -> Result<T, HubError> {
    let mut work = pin!(work);
    while !cancel.is_cancelled() {
        if let Ok(done) = tokio::time::timeout(LOOK, work.as_mut()).await {
            return Ok(done);
        }
    }
    Err(HubError::Cancelled)
}

#[cfg(test)]
mod tests;
