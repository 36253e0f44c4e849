//! Tokenizers, run by the tokenizers library against what others make of the same vocabulary.

use super::*;
use tokenizers::Tokenizer;

fn tokenizer(gguf: &Gguf) -> Tokenizer {
    Tokenizer::from_bytes(gguf.tokenizer_json().unwrap()).unwrap()
}

fn ids(tokenizer: &Tokenizer, text: &str) -> Vec<u32> {
    tokenizer.encode(text, false).unwrap().get_ids().to_vec()
}

/// A model of the fixtures with one entry of its metadata changed.
fn changed(model: &str, key: &str, value: metadata::Value) -> Gguf {
    let (mut gguf, _) = file(model);
    gguf.metadata.set(key, value);
    gguf
}

fn refusal(builder: &Builder) -> String {
    let gguf = read(&builder.build()).unwrap();
    gguf.tokenizer_json().unwrap_err().to_string()
}

fn check(gguf: &Gguf, right: &Value, what: &str) {
    let tokenizer = tokenizer(gguf);
    let texts: Vec<String> = serde_json::from_value(golden("tokens.json")["texts"].clone()).unwrap();
    let right: Vec<Vec<u32>> = serde_json::from_value(right.clone()).unwrap();
    assert_eq!(texts.len(), right.len());
    for (text, right) in texts.iter().zip(right) {
        assert_eq!(ids(&tokenizer, text), right, "{what} {text:?}");
    }
}

#[test]
fn byte_level_vocabularies_split_as_their_models_own_tokenizers_do() {
    let golden = golden("tokens.json");
    for (pre, right) in golden["bpe"].as_object().unwrap() {
        let name = metadata::Value::Text(pre.clone());
        check(&changed("qwen2", "tokenizer.ggml.pre", name), right, pre);
    }
}

#[test]
fn pieces_are_joined_by_their_scores_as_sentencepiece_does() {
    let golden = golden("tokens.json");
    check(&file("llama").0, &golden["spm"], "with a blank before");
    let without = changed(
        "llama",
        "tokenizer.ggml.add_space_prefix",
        metadata::Value::Flag(false),
    );
    check(&without, &golden["spm_without_prefix"], "without");
    let (mut equal, _) = file("llama");
    let count = equal
        .metadata
        .texts("tokenizer.ggml.tokens")
        .unwrap()
        .unwrap()
        .len();
    equal.metadata.set(
        "tokenizer.ggml.scores",
        metadata::Value::Numbers(vec![-1000.0; count]),
    );
    check(
        &equal,
        &golden["spm"],
        "scores that say nothing: the order of pieces is that of their scores",
    );
}

#[test]
fn what_is_encoded_decodes_to_itself() {
    for model in ["llama", "qwen2"] {
        let tokenizer = tokenizer(&file(model).0);
        for text in ["The numbers are 25.\n", "é 中文 🦙", "  two", "a<tool>b"] {
            let back = tokenizer.decode(&ids(&tokenizer, text), false).unwrap();
            // A piece vocabulary puts a blank before each part of a text; the decoder takes the first away.
            let right = if model == "llama" {
                text.replace("<tool>", "<tool> ")
            } else {
                text.to_owned()
            };
            assert_eq!(back, right, "{model}");
        }
    }
}

#[test]
fn tokens_keep_their_ids_and_special_ones_are_special() {
    let tokenizer = tokenizer(&file("qwen2").0);
    for (text, special) in [("<|im_end|>", true), ("<|endoftext|>", true), ("<tool>", false)] {
        let id = tokenizer.token_to_id(text).unwrap();
        assert_eq!(ids(&tokenizer, &format!("a{text}"))[1], id);
        assert_eq!(
            tokenizer.get_added_tokens_decoder()[&id].special,
            special,
            "{text}"
        );
    }
    assert_eq!(tokenizer.token_to_id("[PAD299]"), None, "padding is no token");
}

#[test]
fn the_ends_of_text_are_those_named_and_those_known() {
    let (qwen, _) = file("qwen2");
    let tokenizer = tokenizer(&qwen);
    let id = |text: &str| tokenizer.token_to_id(text).unwrap();
    let config = qwen.config_json().unwrap();
    assert_eq!(
        config["eos_token_id"],
        serde_json::json!([id("<|im_end|>"), id("<|endoftext|>")])
    );
    assert_eq!(config["bos_token_id"], id("<|endoftext|>"));
    assert_eq!(qwen.specials()["eos_token"], "<|im_end|>");
    assert_eq!(qwen.specials()["pad_token"], "<|endoftext|>");
    assert_eq!(qwen.adds_bos(), Some(false));
    assert!(qwen.chat_template().unwrap().starts_with("{% for m"));
    let (llama, _) = file("llama");
    assert_eq!(
        llama.config_json().unwrap()["eos_token_id"],
        serde_json::json!([2])
    );
    assert_eq!(
        (llama.specials()["bos_token"].as_str(), llama.adds_bos()),
        ("<s>", Some(true))
    );
    assert_eq!(llama.chat_template(), None);
    let far = changed(
        "qwen2",
        "tokenizer.ggml.eos_token_id",
        metadata::Value::Integer(u32::MAX.into()),
    );
    assert_eq!(
        far.specials().get("eos_token"),
        None,
        "an id without a token is none"
    );
    let llama3 = read(
        &Builder::default()
            .text("tokenizer.ggml.model", "gpt2")
            .text("tokenizer.ggml.pre", "llama-bpe")
            .build(),
    );
    assert_eq!(llama3.unwrap().adds_bos(), Some(true));
    assert_eq!(read(&Builder::default().build()).unwrap().adds_bos(), None);
}

#[test]
fn a_file_from_before_splits_were_named_is_read_as_llama_cpp_reads_it() {
    let (mut gguf, _) = file("qwen2");
    gguf.metadata.remove("tokenizer.ggml.pre");
    let old = tokenizer(&gguf);
    // Digits stand apart from their blank, by threes.
    let tokens = old.encode("a 1234567", false).unwrap().get_tokens().join("|");
    assert_eq!(tokens.replace('|', ""), "aĠ1234567");
    assert!(tokens.starts_with("a|Ġ|"), "{tokens}");
}

#[test]
fn vocabularies_that_cannot_be_are_sentences() {
    let bpe = || {
        Builder::default()
            .text("tokenizer.ggml.model", "gpt2")
            .text("tokenizer.ggml.pre", "qwen2")
            .texts("tokenizer.ggml.tokens", &["a", "b", "ab"])
            .texts("tokenizer.ggml.merges", &["a b"])
    };
    let spm = || {
        Builder::default()
            .text("tokenizer.ggml.model", "llama")
            .texts("tokenizer.ggml.tokens", &["<unk>", "a", "b"])
            .f32s("tokenizer.ggml.scores", &[0.0, 0.0, 0.0])
    };
    assert!(read(&bpe().build()).unwrap().tokenizer_json().is_ok());
    assert!(read(&spm().build()).unwrap().tokenizer_json().is_ok());
    let long = "x".repeat(600);
    for (wrong, says) in [
        (bpe().without("tokenizer.ggml.model"), "tokenizer.ggml.model"),
        (bpe().text("tokenizer.ggml.model", "bert"), "bert"),
        (
            bpe().text("tokenizer.ggml.pre", "deepseek-coder"),
            "deepseek-coder",
        ),
        (bpe().without("tokenizer.ggml.tokens"), "tokenizer.ggml.tokens"),
        (bpe().i32s("tokenizer.ggml.tokens", &[1]), "list of texts"),
        (
            bpe().texts("tokenizer.ggml.tokens", &["a", "b", "ab", "a"]),
            "tokens 0 and 3",
        ),
        (
            bpe().texts("tokenizer.ggml.tokens", &[&"y".repeat(5000)]),
            "token 0 has 5000 bytes",
        ),
        (
            bpe().i32s("tokenizer.ggml.token_type", &[1, 1]),
            "token_type` is shorter",
        ),
        (bpe().without("tokenizer.ggml.merges"), "tokenizer.ggml.merges"),
        (
            bpe().texts("tokenizer.ggml.merges", &["ab"]),
            "`ab` is not two tokens",
        ),
        (
            bpe().texts("tokenizer.ggml.merges", &["b a"]),
            "not in its vocabulary",
        ),
        (spm().without("tokenizer.ggml.scores"), "tokenizer.ggml.scores"),
        (spm().f32s("tokenizer.ggml.scores", &[0.0]), "scores` is shorter"),
        (
            spm().texts("tokenizer.ggml.tokens", &["<unk>", "a", &long]),
            "piece 2",
        ),
        (
            spm().u32("tokenizer.ggml.add_space_prefix", 1),
            "add_space_prefix",
        ),
    ] {
        let error = refusal(&wrong);
        assert!(error.contains(says), "{says}: {error}");
    }
}

/// The vocabularies and expected ids of llama.cpp's `models/ggml-vocab-*.gguf`, which are too large to be kept here:
/// `GGUF_VOCABULARIES=llama.cpp/models cargo test -- --ignored vocabularies_of_llama_cpp`.
#[test]
#[ignore = "needs files of llama.cpp"]
fn the_vocabularies_of_llama_cpp_give_the_ids_of_the_models_own_tokenizers() {
    let dir = std::env::var_os("GGUF_VOCABULARIES").unwrap();
    for name in [
        "gpt-2",
        "llama-bpe",
        "llama-spm",
        "phi-3",
        "qwen2",
        "qwen35",
        "refact",
        "starcoder",
    ] {
        let path = |end: &str| Path::new(&dir).join(format!("ggml-vocab-{name}.gguf{end}"));
        let gguf = Gguf::read(&mut fs::File::open(path("")).unwrap()).unwrap();
        let mut json: Value = serde_json::from_slice(&gguf.tokenizer_json().unwrap()).unwrap();
        if name == "qwen35" {
            // Its ids are llama.cpp's own, which composes no characters; the model's tokenizer does.
            json["normalizer"] = Value::Null;
        }
        let tokenizer = Tokenizer::from_bytes(json.to_string()).unwrap();
        let texts = fs::read_to_string(path(".inp")).unwrap();
        let right = fs::read_to_string(path(".out")).unwrap();
        let texts = texts.split("\n__ggml_vocab_test__\n");
        let mut count = 0;
        for (text, right) in texts.zip(right.lines()) {
            let right: Vec<u32> = right.split_whitespace().map(|id| id.parse().unwrap()).collect();
            assert_eq!(ids(&tokenizer, text), right, "{name} {text:?}");
            count += 1;
        }
        assert!(count > 40, "{name}");
    }
}
