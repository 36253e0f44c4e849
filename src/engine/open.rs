//! From a model's files to a model ready to generate.

use super::LoadedModel;
use crate::{
    base::{cancel::Cancel, memory},
    model::{Forward, Keep, Place, Source, Tokenizer, device, hub::Progress, source::SourceError},
};
use std::thread;

/// Why a model cannot be opened: a sentence with its name in it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its files are not there or damaged.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It cannot compute where it was asked to.
    #[error(transparent)]
    Place(#[from] device::PlaceError),
    /// Its parts do not fit each other.
    #[error("{name}: {reason}")]
    Misfit {
        /// The model.
        name: String,
        /// What does not fit.
        reason: String,
    },
    /// It is larger than this machine.
    #[error(
        "{name} takes {wanted} of memory and {free} are free; take a smaller one, a quantised GGUF, or a server"
    )]
    Memory {
        /// The model.
        name: String,
        /// Bytes of its weights, for a person.
        wanted: String,
        /// Bytes that are free.
        free: String,
    },
}

/// How a model is opened.
#[derive(Clone, Debug, Default)]
pub struct How {
    /// What becomes of the number type of the file.
    pub keep: Keep,
    /// Where it computes.
    pub place: Place,
    /// Puts an end to a download.
    pub cancel: Cancel,
}

/// Reads weights and tokenizer of `source`, which is fetched first if it is on the hub.
///
/// # Errors
/// What is damaged or does not fit.
pub fn open(source: &Source) -> Result<LoadedModel, OpenError> {
    open_with(source, &How::default(), &mut |_| ())
}

/// As [`open`]; `progress` hears how a download goes.
///
/// # Errors
/// What is damaged or does not fit.
pub fn open_with(
    source: &Source,
    how: &How,
    progress: &mut dyn FnMut(Progress),
) -> Result<LoadedModel, OpenError> {
    let device = how.place.device()?;
    let source = source.clone().fetched(&how.cancel, progress)?;
    let misfit = |reason: String| OpenError::Misfit {
        name: source.name.clone(),
        reason,
    };
    let files = source.weights()?;
    // What can be known is known before anything large is read.
    let tokenizer = Tokenizer::from_json(&source.tokenizer).map_err(|e| misfit(e.to_string()))?;
    tokenizer
        .check(files.shape.vocab_size())
        .map_err(|e| misfit(e.to_string()))?;
    if let Some(free) = device::free_memory(&device) {
        check_memory(&source.name, files.bytes_on(how.keep, &device), free)?;
    }
    // Hashing a large file takes as long as packing it.
    let (forward, hash) = thread::scope(|scope| {
        let hash = scope.spawn(|| files.tensors.hash());
        let forward = Forward::load(&files, how.keep, &device);
        (forward, hash.join())
    });
    let forward = forward.map_err(|e| misfit(e.to_string()))?;
    let hash = match hash {
        Ok(hash) => hash.map_err(|e| misfit(e.to_string()))?,
        Err(_) => return Err(misfit("its weights could not be hashed".into())),
    };
    let model =
        LoadedModel::new(source.name.clone(), hash, forward, tokenizer).map_err(|e| misfit(e.to_string()))?;
    Ok(model.with_manners(source.chat.clone(), source.sampler()))
}

fn check_memory(name: &str, wanted: u64, free: u64) -> Result<(), OpenError> {
    if wanted <= free {
        return Ok(());
    }
    Err(OpenError::Memory {
        name: name.to_owned(),
        wanted: memory::words(wanted),
        free: memory::words(free),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_does_not_fit_is_refused_with_both_sizes() {
        assert!(check_memory("small", 7, 7).is_ok());
        let error = check_memory("hf:some/70b", 140_000_000_000, 23_400_000_000)
            .unwrap_err()
            .to_string();
        for part in ["hf:some/70b", "140.0 GB", "23.4 GB", "GGUF"] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
}
