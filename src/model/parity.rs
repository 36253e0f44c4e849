//! The decoders give the numbers of the reference implementations: transformers (tests/data/parity, made by
//! tests/golden/parity.py) and llama.cpp (tests/data/llama_cpp, made by tests/golden/gguf_reference.py).

use crate::model::{
    Cache, Config, Fast, Keep, ModelFiles, Row, Shape, Shards, Source, Tensors, gguf::GgufFile,
    source::Origin,
};
use safetensors::SafeTensors;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

pub(crate) fn data(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(folder)
}

/// What the reference implementation said.
pub(crate) struct Reference(Vec<u8>);

impl Reference {
    pub(crate) fn read(path: &Path) -> Self {
        Self(fs::read(path).unwrap())
    }

    pub(crate) fn integers(&self, name: &str) -> Vec<u32> {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let bytes = file.tensor(name).unwrap().data().as_chunks::<8>().0.to_vec();
        bytes.into_iter().map(|b| i64::from_le_bytes(b) as u32).collect()
    }

    pub(crate) fn numbers(&self, name: &str) -> Vec<f32> {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let bytes = file.tensor(name).unwrap().data().as_chunks::<4>().0.to_vec();
        bytes.into_iter().map(f32::from_le_bytes).collect()
    }
}

/// The decoder of `files`, all weights f32.
fn fast(files: &ModelFiles) -> Fast {
    match &files.shape {
        Shape::Own(config) => Fast::new(config, files.tensors.as_ref(), Keep::F32).unwrap(),
        Shape::Foreign(_) => panic!("another architecture"),
    }
}

/// Logits after each of `tokens`, read in one step, and `more` tokens that follow greedily.
fn run(fast: &Fast, tokens: &[u32], more: usize) -> (Vec<f32>, Vec<u32>) {
    let mut cache = Cache::new(fast.config());
    let slot = cache.open();
    let row = |token: u32| Row {
        slot,
        token,
        want_logits: true,
    };
    let (mut logits, mut next) = (Vec::new(), Vec::new());
    let rows: Vec<Row> = tokens.iter().map(|t| row(*t)).collect();
    fast.step(&rows, &mut cache, &mut logits).unwrap();
    let all = logits.clone();
    for _ in 0..more {
        let last = &logits[logits.len() - fast.config().vocab_size..];
        next.push(most_likely(last));
        fast.step(&[row(next[next.len() - 1])], &mut cache, &mut logits)
            .unwrap();
    }
    (all, next)
}

pub(crate) fn most_likely(logits: &[f32]) -> u32 {
    let best = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.unwrap().0 as u32
}

pub(crate) fn worst(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Mean |a - b| as a share of the standard deviation of `b`.
pub(crate) fn distance(a: &[f32], b: &[f32]) -> f32 {
    let n = b.len() as f32;
    let mean = b.iter().sum::<f32>() / n;
    let deviation = (b.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / n).sqrt();
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>() / n / deviation
}

#[test]
fn every_family_gives_the_logits_and_the_text_of_transformers() {
    let mut seen = 0;
    for folder in fs::read_dir(data("parity")).unwrap() {
        let dir = folder.unwrap().path();
        let reference = Reference::read(&dir.join("reference.safetensors"));
        // As transformers 5 and transformers 4 write it.
        for config in ["config.json", "config.v4.json"] {
            let config = Config::from_json(&fs::read_to_string(dir.join(config)).unwrap()).unwrap();
            let fast = Fast::new(&config, &Shards::open(&dir).unwrap(), Keep::AsStored).unwrap();
            let (logits, greedy) = run(&fast, &reference.integers("tokens"), 64);
            let worst = worst(&logits, &reference.numbers("logits"));
            assert!(worst < 1e-4, "{}: {worst}", dir.display());
            assert_eq!(greedy, reference.integers("greedy"), "{}", dir.display());
            seen += 1;
        }
    }
    assert_eq!(seen, 30);
}

#[test]
fn the_decoder_that_is_trained_gives_the_same_logits() {
    use crate::model::{Ops, checkpoint::Checkpoint};
    use candle_core::{Device, Tensor};
    for name in [
        "llama3",
        "llama-yarn",
        "llama-bias",
        "llama-sharded",
        "llama-bf16",
        "mistral",
        "smollm3",
        "qwen2",
        "qwen3",
    ] {
        let dir = data("parity").join(name);
        let reference = Reference::read(&dir.join("reference.safetensors"));
        let decoder = Checkpoint::load(&dir).unwrap().decoder(&Device::Cpu).unwrap();
        let ids = Tensor::new(reference.integers("tokens"), &Device::Cpu)
            .unwrap()
            .unsqueeze(0)
            .unwrap();
        for ops in [Ops::Fused, Ops::Plain] {
            let logits = decoder
                .forward(&ids, ops)
                .unwrap()
                .flatten_all()
                .unwrap()
                .to_vec1()
                .unwrap();
            let worst = worst(&logits, &reference.numbers("logits"));
            assert!(worst < 1e-4, "{name} {ops:?}: {worst}");
        }
    }
}

#[test]
fn a_window_that_training_would_have_to_cut_is_refused() {
    use crate::model::{Ops, checkpoint::Checkpoint};
    use candle_core::{Device, Tensor};
    let decoder = Checkpoint::load(&data("parity/mistral-window"))
        .unwrap()
        .decoder(&Device::Cpu)
        .unwrap();
    let ids = Tensor::zeros((1, 17), candle_core::DType::U32, &Device::Cpu).unwrap();
    let error = decoder.forward(&ids, Ops::Fused).unwrap_err().to_string();
    assert!(error.contains("window of 16"), "{error}");
}

#[test]
fn a_gguf_model_computes_what_its_file_says_and_llama_cpp_agrees() {
    let mut seen = 0;
    for file in fs::read_dir(data("llama_cpp")).unwrap() {
        let path = file.unwrap().path();
        let reference = path.with_extension("reference.safetensors");
        if path.extension().is_none_or(|e| e != "gguf") || !reference.exists() {
            continue;
        }
        let (reference, file) = (Reference::read(&reference), GgufFile::open(&path).unwrap());
        let tokens = reference.integers("tokens");
        // All weights widened: transformers on the same numbers.
        let wide = Fast::new(&file.config, &file, Keep::F32).unwrap();
        let exact = reference.numbers("exact");
        let worst = worst(&run(&wide, &tokens, 0).0, &exact);
        assert!(worst < 1e-4, "{}: {worst}", path.display());
        // As stored: activations become small integers, as in llama.cpp, whose own distance is .1 to 2.4 %.
        let fast = Fast::new(&file.config, &file, Keep::AsStored).unwrap();
        let logits = run(&fast, &tokens, 0).0;
        for (whose, other) in [("exact", exact), ("llama.cpp", reference.numbers("llama"))] {
            let distance = distance(&logits, &other);
            assert!(distance < 0.03, "{} {whose}: {distance}", path.display());
        }
        seen += 1;
    }
    assert_eq!(seen, 14);
}

#[test]
fn scout_as_gguf_agrees_with_llama_cpp_on_99_of_100_next_tokens() {
    let text = fs::read(data("llama_cpp/scout-reference.json")).unwrap();
    let reference: Value = serde_json::from_slice(&text).unwrap();
    let tokens: Vec<u32> = serde_json::from_value(reference["tokens"].clone()).unwrap();
    for kind in ["f16", "q8_0"] {
        let file = GgufFile::open(&data(&format!("llama_cpp/scout-{kind}.gguf"))).unwrap();
        let fast = Fast::new(&file.config, &file, Keep::AsStored).unwrap();
        let (logits, _) = run(&fast, &tokens, 0);
        let right: Vec<u32> = serde_json::from_value(reference[kind]["top1"].clone()).unwrap();
        let found = logits.chunks(fast.config().vocab_size).map(most_likely);
        let same = found.zip(&right).filter(|(found, right)| found == *right).count();
        assert!(
            right.len() == 512 && same >= 507,
            "{kind}: {same} of {}",
            right.len()
        );
    }
}

#[test]
fn every_file_of_the_header_tests_loads_and_gives_the_logits_of_transformers() {
    for name in ["llama", "qwen2", "qwen3", "smollm3"] {
        let path = data(&format!("gguf/{name}.gguf"));
        let source = Source::find(path.to_str().unwrap()).unwrap();
        assert_eq!(source.origin, Origin::Gguf(path));
        let files = source.weights().unwrap();
        let fast = fast(&files);
        let golden: Value =
            serde_json::from_slice(&fs::read(data(&format!("gguf/{name}.json"))).unwrap()).unwrap();
        let tokens: Vec<u32> = serde_json::from_value(golden["ids"].clone()).unwrap();
        let right: Vec<Vec<f32>> = serde_json::from_value(golden["logits"].clone()).unwrap();
        let worst = worst(&run(&fast, &tokens, 0).0, &right.concat());
        assert!(worst < 1e-4, "{name}: {worst}");
    }
}

#[test]
fn weights_that_would_be_ignored_are_refused_by_name() {
    let dir = data("parity/llama-bias");
    let json = fs::read_to_string(dir.join("config.json")).unwrap();
    let without = json.replace("\"attention_bias\": true", "\"attention_bias\": false");
    assert_ne!(json, without);
    let config = Config::from_json(&without).unwrap();
    let error = Fast::new(&config, &Shards::open(&dir).unwrap(), Keep::AsStored)
        .err()
        .unwrap();
    let error = error.to_string();
    assert!(
        error.contains("self_attn.") && error.contains(".bias` that config.json has no place for"),
        "{error}"
    );
}

#[test]
fn a_shard_that_is_missing_misshapen_or_cut_is_a_sentence() {
    let copy = || {
        let dir = tempfile::tempdir().unwrap();
        for file in fs::read_dir(data("parity/llama-sharded")).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), dir.path().join(file.file_name())).unwrap();
        }
        dir
    };
    let refusal = |dir: &Path| Shards::open(dir).err().map(|error| error.to_string()).unwrap();
    let dir = copy();
    fs::remove_file(dir.path().join("model-00002-of-00003.safetensors")).unwrap();
    let error = refusal(dir.path());
    assert!(
        error.contains("model-00002-of-00003.safetensors") && error.contains("not there"),
        "{error}"
    );
    let dir = copy();
    let shard = dir.path().join("model-00003-of-00003.safetensors");
    let bytes = fs::read(&shard).unwrap();
    for length in [0, 7, 8, 100, bytes.len() - 1] {
        fs::write(&shard, &bytes[..length]).unwrap();
        assert!(refusal(dir.path()).contains("not a whole safetensors file"));
    }
    fs::copy(dir.path().join("model-00001-of-00003.safetensors"), &shard).unwrap();
    assert!(refusal(dir.path()).contains("in two shards"));
    let index = dir.path().join("model.safetensors.index.json");
    for (map, word) in [
        (r#"{"weight_map": {"a": "../../etc/passwd"}}"#, "no file name"),
        (r#"{"weight_map": {"a": "pytorch_model.bin"}}"#, "pickle"),
        (r#"{}"#, "weight_map"),
        ("{", "broken"),
    ] {
        fs::write(&index, map).unwrap();
        let error = refusal(dir.path());
        assert!(error.contains(word), "{error}");
    }
    fs::remove_file(&index).unwrap();
    assert!(refusal(dir.path()).contains("no weights"));
    fs::write(dir.path().join("pytorch_model.bin"), b"").unwrap();
    assert!(refusal(dir.path()).contains("pickle"));
    // Shapes are looked at when weights and configuration meet.
    let mut config =
        Config::from_json(&fs::read_to_string(data("parity/llama2/config.json")).unwrap()).unwrap();
    config.intermediate_size += 1;
    let error = Fast::new(
        &config,
        &Shards::open(&data("parity/llama2")).unwrap(),
        Keep::AsStored,
    )
    .err()
    .unwrap();
    assert!(
        error.to_string().contains("where config.json asks for"),
        "{error}"
    );
    let shards = Shards::open(&data("parity/llama2")).unwrap();
    assert!(shards.read("no.such", 0..1, &mut Vec::new()).is_err());
}
