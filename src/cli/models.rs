//! `backtrail models`, and opening the model that an option names.

use super::{
    output::{Failure, Outcome, Output},
    progress::Progress,
};
use crate::{
    base::{memory, sampler::Sampler},
    engine::{self, How, LoadedModel, OpenError},
    model::{
        Keep, ModelFiles, Place, Source, device, foreign, gguf,
        kernel::Encoding,
        source::{Origin, SourceError, bundled_names},
    },
    task::countdown::Settings,
    trace::record::ModelRef,
    train::measure,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// A model ready to generate, with what its card says.
pub struct Opened {
    /// The model.
    pub model: Arc<LoadedModel>,
    /// The sampler it is meant to be used with.
    pub sampler: Sampler,
    /// The problems it was trained on; the bundled task when it does not say.
    pub task: Settings,
}

/// Opens the model that `name` means.
///
/// # Errors
/// What is wrong with its name or files: bad input.
pub fn open(name: &str, how: &How) -> Result<Opened, Failure> {
    let source = Source::find(name).map_err(Failure::input)?;
    let mut progress = Progress::default();
    let opened = engine::open_with(&source, how, &mut |step| progress.tell(&step));
    progress.end();
    let model = Arc::new(opened.map_err(failure)?);
    let card = source.card.as_ref();
    Ok(Opened {
        sampler: model.sampler.clone(),
        task: card
            .and_then(|card| Settings::from_card(&card.task))
            .unwrap_or_default(),
        model,
    })
}

/// A hub that cannot be reached is no mistake of the user's.
fn failure(error: OpenError) -> Failure {
    match error {
        OpenError::Source(SourceError::Hub(error)) => Failure::work(error),
        other => Failure::input(other),
    }
}

impl Opened {
    /// Which weights these are, for the traces they write.
    #[must_use]
    pub fn reference(&self) -> ModelRef {
        measure::reference(&self.model)
    }
}

/// One line of `models --json`. `needs` says what stands in the way.
fn listed(source: &Source, opened: &Result<ModelFiles, SourceError>, how: &How) -> Value {
    let (kind, path) = match &source.origin {
        Origin::Bundled => ("bundled", Value::Null),
        Origin::Directory(path) => ("directory", json!(path)),
        Origin::Gguf(path) => ("gguf", json!(path)),
        Origin::Hub(_) => ("hub", Value::Null),
    };
    let (card, opened) = (source.card.as_ref(), opened.as_ref());
    let files = opened.ok();
    json!({
        "schema": "backtrail.model/1", "name": source.name, "source": kind, "path": path,
        "family": files.map(|files| files.shape.model_type()),
        "parameters": files.map(ModelFiles::parameters),
        "dtype": files.and_then(ModelFiles::encoding).map(Encoding::name), "bytes": files.map(|files| files.bytes(Keep::AsStored)),
        "context": files.map(|files| files.shape.context()),
        "trainable": files.map(|files| files.shape.is_trainable() && !matches!(source.origin, Origin::Gguf(_))),
        "note": files.and_then(|files| files.shape.note()),
        "chat": source.chat.is_some(), "sampler": source.sampler(), "ignored": source.generation.ignored,
        "task": card.map(|card| &card.task),
        "device": files.map(|files| place(files, how)),
        "ready": opened.is_ok(), "needs": opened.err().map(ToString::to_string),
        "summary": card.map(|card| &card.summary), "measured": card.map(|card| &card.measured),
    })
}

/// Where a model would compute; a device that does not answer is said when a model is opened.
fn place(files: &ModelFiles, how: &How) -> &'static str {
    match how.place {
        Place::Auto => device::name(&files.best_device(how.keep)),
        named => named.device().map_or("cpu", |device| device::name(&device)),
    }
}

/// Runs the command: the models `names`, or those that are compiled in.
pub(super) fn run(names: &[String], json: bool, how: &How) -> Outcome {
    let mut output = Output::open(None)?;
    let bundled = bundled_names().map(str::to_owned).collect::<Vec<_>>();
    for name in if names.is_empty() { &bundled } else { names } {
        let source = Source::find(name).map_err(Failure::input)?;
        let opened = source.weights();
        if json {
            output.json(&listed(&source, &opened, how))?;
            continue;
        }
        let line = match (&source.card, &opened) {
            (Some(card), Ok(files)) if names.is_empty() => format!(
                "{name:<10} {:>5.2}M parameters   {:<34} {}\n",
                files.parameters() as f64 / 1e6,
                solved(&card.measured),
                card.summary
            ),
            (_, Ok(files)) => described(&source, files),
            (_, Err(reason)) => format!("{name}\n    {reason}\n"),
        };
        output.text(&line)?;
    }
    if !json && names.is_empty() {
        output.text(&also())?;
    }
    Ok(())
}

/// What else can be named.
fn also() -> String {
    let margin = format!("\n{:17}", "");
    let list = |names: &[&str]| {
        let lines: Vec<String> = names.chunks(3).map(|names| names.join(", ")).collect();
        lines.join(&format!(",{margin}"))
    };
    format!(
        "
Also, wherever a model is named:
  DIR            a directory in the Hugging Face layout: Llama 2 and 3, Mistral, SmolLM 1 to 3, Qwen 2, 2.5 and 3 (dense);
                 generation only, through candle-transformers:{margin}{}
  FILE.gguf      the first of these in llama.cpp's format: F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K;
                 also {}
  hf:ORG/NAME    from the Hugging Face cache, else from the hub; @REV names a revision, :FILE.gguf one file
  openai:URL#MODEL   a server that speaks the OpenAI API (vLLM, SGLang, llama.cpp, Ollama) and is asked for texts:
                 generate, compare, Explore, Compare and the judge; it cannot be trained, nor measured by `bench`
`backtrail models NAME` says what is known of one without loading it.
",
        list(&foreign::NAMES),
        list(&gguf::NAMES)
    )
}

/// What a person wants to know of a model before it is loaded.
fn described(source: &Source, files: &ModelFiles) -> String {
    let sampler = source.sampler();
    let mut lines = vec![
        source.name.clone(),
        format!(
            "    {}, {} parameters, {} in {}, context {}",
            files.shape.class(),
            parameters(files.parameters()),
            memory::words(files.bytes(Keep::AsStored)),
            files.encoding().map_or("?", Encoding::name),
            files.shape.context()
        ),
        format!(
            "    {}; temperature {}, top-k {}, top-p {}, min-p {}, repetition penalty {}, at most {} tokens",
            match &source.chat {
                Some(chat) if chat.can_switch_thinking() =>
                    "converses by its chat template, whose thinking `sampler.thinking` switches",
                Some(_) => "converses by its chat template",
                None => "base model: continues text",
            },
            sampler.temperature,
            sampler.top_k,
            sampler.top_p,
            sampler.min_p,
            sampler.repetition_penalty,
            sampler.max_tokens
        ),
    ];
    if let Some(note) = files.shape.note() {
        lines.push(format!("    {note}"));
    }
    if !source.generation.ignored.is_empty() {
        lines.push(format!(
            "    not applied from generation_config.json: {}",
            source.generation.ignored.join(", ")
        ));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// `494M`, `3.2B`.
fn parameters(n: usize) -> String {
    match n as f64 {
        n if n >= 1e9 => format!("{:.1}B", n / 1e9),
        n if n >= 1e7 => format!("{:.0}M", n / 1e6),
        n => format!("{:.2}M", n / 1e6),
    }
}

/// `solves 0.91 [0.88 0.93] of 500` from a card.
fn solved(measured: &Value) -> String {
    let number = |value: &Value| value.as_f64();
    let interval = measured.get("solved_interval");
    let parts = (
        measured.get("solved").and_then(number),
        interval.and_then(|i| i.get(0)).and_then(number),
        interval.and_then(|i| i.get(1)).and_then(number),
        measured.get("problems").and_then(Value::as_u64),
    );
    match parts {
        (Some(solved), Some(low), Some(high), Some(n)) => {
            format!("solves {solved:.2} [{low:.2} {high:.2}] of {n}")
        }
        _ => String::new(),
    }
}
