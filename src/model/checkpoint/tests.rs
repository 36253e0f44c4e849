use super::*;
use crate::model::Ops;
use safetensors::SafeTensors;
use serde_json::Value;
use std::path::PathBuf;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn files(name: &str) -> (Vec<u8>, Vec<u8>) {
    let read = |file| fs::read(fixture(name).join(file)).unwrap();
    (read(CONFIG_FILE), read(WEIGHTS_FILE))
}

fn refuse(config: &[u8], weights: &[u8]) -> String {
    Checkpoint::from_bytes("bundled", config, weights)
        .unwrap_err()
        .to_string()
}

#[test]
fn logits_are_those_of_transformers() {
    for name in ["llama-tiny", "llama-tiny-untied"] {
        let decoder = Checkpoint::load(&fixture(name))
            .unwrap()
            .decoder(&Device::Cpu)
            .unwrap();
        let expected = fs::read_to_string(fixture(name).join("expected.json")).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let ids: Vec<Vec<u32>> = serde_json::from_value(expected["ids"].clone()).unwrap();
        let right: Vec<Vec<Vec<f32>>> = serde_json::from_value(expected["logits"].clone()).unwrap();
        let ids = Tensor::new(ids, &Device::Cpu).unwrap();
        for ops in [Ops::Fused, Ops::Plain] {
            let found = decoder.forward(&ids, ops).unwrap().to_vec3::<f32>().unwrap();
            let pairs = found
                .iter()
                .flatten()
                .flatten()
                .zip(right.iter().flatten().flatten());
            let worst = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 1e-4, "{name} with {ops:?}: {worst}");
        }
    }
}

#[test]
fn what_is_saved_is_loaded_and_has_the_same_hash() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("new/folder");
    let decoder = Checkpoint::load(&fixture("llama-tiny"))
        .unwrap()
        .decoder(&Device::Cpu)
        .unwrap();
    let saved = Checkpoint::from_decoder(&decoder).unwrap();
    saved.save(&dir).unwrap();
    let loaded = Checkpoint::load(&dir).unwrap();
    assert_eq!((&loaded.hash, &loaded.config), (&saved.hash, &saved.config));
    for (name, tensor) in &saved.weights {
        let numbers = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(numbers(tensor), numbers(&loaded.weights[name]), "{name}");
    }
    assert_eq!(fs::read_dir(dir).unwrap().count(), 2);
}

#[test]
fn what_is_saved_is_what_transformers_would_have_saved() {
    for name in ["llama-tiny", "llama-tiny-untied"] {
        let dir = tempfile::tempdir().unwrap();
        Checkpoint::load(&fixture(name))
            .unwrap()
            .save(dir.path())
            .unwrap();
        let (config, weights) = files(name);
        let ours = fs::read(dir.path().join(WEIGHTS_FILE)).unwrap();
        let metadata = |bytes: &[u8]| {
            let (_, metadata) = SafeTensors::read_metadata(bytes).unwrap();
            metadata.metadata().clone()
        };
        assert_eq!(metadata(&ours), metadata(&weights), "{name}");
        let (ours, theirs) = (
            SafeTensors::deserialize(&ours).unwrap(),
            SafeTensors::deserialize(&weights).unwrap(),
        );
        let names = |tensors: &SafeTensors<'_>| {
            let mut names: Vec<String> = tensors.names().into_iter().map(str::to_owned).collect();
            names.sort();
            names
        };
        assert_eq!(names(&ours), names(&theirs), "{name}");
        for (tensor, view) in theirs.tensors() {
            let own = ours.tensor(&tensor).unwrap();
            assert_eq!(
                (own.dtype(), own.shape(), own.data()),
                (view.dtype(), view.shape(), view.data()),
                "{name} {tensor}"
            );
        }
        // Neither may say of a key what the other does not mean.
        let read =
            |bytes: &[u8]| -> serde_json::Map<String, Value> { serde_json::from_slice(bytes).unwrap() };
        let (ours, theirs) = (
            read(&fs::read(dir.path().join(CONFIG_FILE)).unwrap()),
            read(&config),
        );
        for key in [
            "architectures",
            "model_type",
            "hidden_size",
            "vocab_size",
            "tie_word_embeddings",
        ] {
            assert!(ours.contains_key(key), "{name} {key}");
        }
        for (key, value) in &ours {
            let other = theirs.get(key);
            assert!(
                other.is_none_or(|other| other == value),
                "{name} {key}: {value} {other:?}"
            );
        }
    }
}

#[test]
fn half_precision_is_widened() {
    let (config, _) = files("llama-tiny");
    let full = Checkpoint::load(&fixture("llama-tiny")).unwrap().weights;
    // bf16 is the upper half of f32.
    let cut: Vec<(String, Vec<usize>, Vec<u8>)> = full
        .iter()
        .map(|(name, tensor)| {
            let numbers = tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            let bytes = numbers
                .iter()
                .flat_map(|x| ((x.to_bits() >> 16) as u16).to_le_bytes());
            (name.clone(), tensor.dims().to_vec(), bytes.collect())
        })
        .collect();
    let views = cut
        .iter()
        .map(|(name, shape, bytes)| (name, TensorView::new(Dtype::BF16, shape.clone(), bytes).unwrap()));
    let weights = safetensors::serialize(views, None).unwrap();
    let half = Checkpoint::from_bytes("half", &config, &weights).unwrap().weights;
    let norm = |weights: &Weights| weights["model.norm.weight"].to_vec1::<f32>().unwrap();
    for (a, b) in norm(&half).iter().zip(norm(&full)) {
        assert_eq!(a.to_bits(), b.to_bits() & 0xffff_0000);
    }
}

#[test]
fn a_truncated_file_is_a_sentence_wherever_it_was_cut() {
    let (config, weights) = files("llama-tiny");
    for length in [0, 4, 8, 100, weights.len() / 2, weights.len() - 1] {
        let error = refuse(&config, &weights[..length]);
        assert!(
            error.starts_with("checkpoint bundled: the weights are not a whole safetensors file"),
            "{error}"
        );
    }
    let mut huge = weights.clone();
    huge[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    refuse(&config, &huge);
}

#[test]
fn wrong_contents_are_named() {
    let (config, weights) = files("llama-tiny");
    assert!(refuse(b"\xff", &weights).contains("not UTF-8"));
    assert!(refuse(b"[]", &weights).contains("not a JSON object"));
    let (_, other) = files("llama-tiny-untied");
    assert!(refuse(&config, &other).contains("`model."));
    let mut infinite = weights.clone();
    let end = infinite.len();
    infinite[end - 4..].copy_from_slice(&f32::INFINITY.to_le_bytes());
    assert!(refuse(&config, &infinite).contains("not finite"));
    let whole = TensorView::new(Dtype::I64, vec![1], &[0; 8]).unwrap();
    let integers = safetensors::serialize([("model.norm.weight", whole)], None).unwrap();
    assert!(refuse(&config, &integers).contains("`model.norm.weight` holds I64"));
}

#[test]
fn a_missing_file_is_named_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let error = Checkpoint::load(dir.path()).unwrap_err().to_string();
    assert!(error.contains(CONFIG_FILE), "{error}");
    fs::copy(
        fixture("llama-tiny").join(CONFIG_FILE),
        dir.path().join(CONFIG_FILE),
    )
    .unwrap();
    let error = Checkpoint::load(dir.path()).unwrap_err().to_string();
    assert!(error.contains(WEIGHTS_FILE), "{error}");
}
