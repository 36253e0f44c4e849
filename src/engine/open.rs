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
    // Whoever is asked for by name answers before anything is fetched.
    let named = (how.place != Place::Auto)
        .then(|| how.place.device())
        .transpose()?;
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
    let device = named.unwrap_or_else(|| files.best_device(how.keep));
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

    /// A directory with a model of another architecture and a tokenizer of six tokens.
    fn foreign() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let from = crate::model::parity::data("foreign").join("gemma2");
        for file in ["config.json", "model.safetensors"] {
            std::fs::copy(from.join(file), dir.path().join(file)).unwrap();
        }
        let tokenizer = crate::model::tokenizer::tests::fallback().to_string();
        std::fs::write(dir.path().join("tokenizer.json"), tokenizer).unwrap();
        dir
    }

    #[test]
    fn a_model_of_another_architecture_opens_to_generate_and_is_not_trained() {
        let dir = foreign();
        std::fs::write(
            dir.path().join("generation_config.json"),
            r#"{"eos_token_id": [1, 5]}"#,
        )
        .unwrap();
        let source = Source::find(dir.path().to_str().unwrap()).unwrap();
        let note = source.weights().unwrap().shape.note().unwrap();
        assert!(
            note.contains("generation only, through candle-transformers") && note.contains("128 of its 256"),
            "{note}"
        );
        let model = open(&source).unwrap();
        assert!(matches!(model.forward, Forward::Foreign(_)));
        assert_eq!(
            (model.forward.end_tokens(), model.forward.context()),
            (&[1, 5][..], 128)
        );
        assert_eq!((model.forward.dtype(), model.forward.place()), ("f32", "cpu"));
        let error = source.checkpoint().unwrap_err().to_string();
        assert!(
            error.contains("gemma2") && error.contains("only generate"),
            "{error}"
        );
    }

    #[test]
    fn a_gemma_in_a_gguf_file_opens_to_generate_on_the_processor() {
        let path = crate::model::parity::data("gguf_foreign").join("gemma3.gguf");
        let source = Source::find(path.to_str().unwrap()).unwrap();
        assert!(source.chat.is_some());
        let note = source.weights().unwrap().shape.note().unwrap();
        assert!(note.contains("generation only"), "{note}");
        let model = open(&source).unwrap();
        assert!(matches!(model.forward, Forward::Fast(_)));
        assert_eq!(
            (model.forward.end_tokens(), model.forward.start_token()),
            (&[1, 5][..], Some(2))
        );
        assert_eq!((model.forward.dtype(), model.forward.place()), ("q8_0", "cpu"));
    }

    #[test]
    fn an_architecture_nobody_knows_is_still_refused_by_name() {
        let dir = foreign();
        let path = dir.path().join("config.json");
        let json = std::fs::read_to_string(&path)
            .unwrap()
            .replace("\"gemma2\"", "\"mamba\"");
        std::fs::write(&path, json).unwrap();
        let source = Source::find(dir.path().to_str().unwrap()).unwrap();
        let error = open(&source).err().unwrap().to_string();
        assert!(error.contains("model_type") && error.contains("mamba"), "{error}");
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn a_device_that_is_not_there_is_said_before_anything_is_read() {
        let source = Source::find("scout").unwrap();
        let how = How {
            place: Place::Cuda(0),
            ..How::default()
        };
        let error = open_with(&source, &how, &mut |_| ()).err().unwrap().to_string();
        assert!(error.contains("--features cuda"), "{error}");
    }
}
