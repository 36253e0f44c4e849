//! Models that people bring: GGUF files, the hub, servers.

use crate::home::Home;
use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    thread,
};

/// A file of the fixtures.
fn data(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name);
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_gguf_file_is_described_without_being_loaded() {
    let home = Home::new();
    let told = home.run(&["models", &data("llama_cpp/scout-q8_0.gguf")]).answer();
    for part in [
        "LlamaForCausalLM",
        "0.63M parameters",
        "q8_0",
        "context 512",
        "base model",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let line = &home.run(&["models", "--json", &data("gguf/qwen3.gguf")]).json()[0];
    assert_eq!(line["schema"], "backtrail.model/1");
    assert_eq!(
        (&line["source"], &line["family"], &line["ready"]),
        (&"gguf".into(), &"qwen3".into(), &true.into())
    );
}

#[test]
fn scout_as_a_gguf_file_solves_its_problems() {
    let home = Home::new();
    let model = data("llama_cpp/scout-q8_0.gguf");
    let traces = home
        .run(&[
            "generate",
            "--model",
            &model,
            "--count",
            "20",
            "--set",
            "sampler.temperature=0.6",
            "--json",
        ])
        .json();
    let solved = traces
        .iter()
        .filter(|trace| trace["outcome"]["correct"] == true)
        .count();
    assert!(solved >= 14, "{solved} of 20");
    let record = &traces[0]["model"];
    assert_eq!(
        (&record["dtype"], &record["device"]),
        (&"q8_0".into(), &"cpu".into())
    );
    assert!(record["hash"].as_str().unwrap().starts_with("sha256:"));
}

#[test]
fn a_gguf_file_that_is_cut_a_pickle_and_other_files_are_refused() {
    let home = Home::new();
    let whole = fs::read(data("gguf/llama.gguf")).unwrap();
    for length in [0, 3, 20, 1000, whole.len() - 200] {
        let path = home.file("cut.gguf", &whole[..length]);
        home.run(&["generate", "--model", &path])
            .refuses_in_a_sentence(&["cut.gguf", "GGUF"]);
    }
    let pickle = home.file("pytorch_model.bin", "PK");
    home.run(&["generate", "--model", &pickle])
        .refuses_in_a_sentence(&["pickle", "safetensors"]);
    let other = home.file("model.onnx", "");
    home.run(&["generate", "--model", &other])
        .refuses_in_a_sentence(&["model.onnx", ".gguf"]);
    home.run(&["generate", "--dtype", "int3"])
        .refuses_in_a_sentence(&["--dtype int3", "f32"]);
}

#[test]
fn the_hub_is_not_asked_when_it_must_not_be() {
    let home = Home::new();
    let ran = home
        .command(&["generate", "--model", "hf:some/model"])
        .env("HF_HUB_CACHE", home.path("hub"))
        .env("HF_HUB_OFFLINE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(
        said.contains("HF_HUB_OFFLINE") && said.lines().count() == 1,
        "{said}"
    );
    home.run(&["generate", "--model", "hf:../etc"])
        .refuses_in_a_sentence(&["hf:../etc"]);
}

#[test]
fn a_hub_that_cannot_be_reached_is_a_sentence_and_exit_1() {
    let home = Home::new();
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let ran = home
        .command(&["generate", "--model", "hf:some/model"])
        .env("HF_HUB_CACHE", home.path("hub"))
        .env("HF_ENDPOINT", format!("http://127.0.0.1:{port}"))
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(
        said.contains("cannot be reached") && !said.contains("panicked"),
        "{said}"
    );
}

/// A server that has one model and says the same to every question.
fn server(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("openai:http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut request, mut part) = (Vec::new(), [0; 4096]);
            // The head, and as much body as it promises.
            loop {
                let n = stream.read(&mut part).unwrap_or(0);
                request.extend_from_slice(&part[..n]);
                let text = String::from_utf8_lossy(&request).to_lowercase();
                let Some(head) = text.find("\r\n\r\n") else {
                    continue;
                };
                let length = text
                    .split("content-length: ")
                    .nth(1)
                    .and_then(|rest| rest.lines().next());
                let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
                if n == 0 || request.len() >= head + 4 + length {
                    break;
                }
            }
            let (kind, body) = if request.starts_with(b"GET") {
                (
                    "application/json",
                    r#"{"data":[{"id":"tiny","owned_by":"vllm"}]}"#,
                )
            } else {
                ("text/event-stream", answer)
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(body.as_bytes()));
        }
    });
    address
}

#[test]
fn a_server_is_asked_in_a_conversation_and_its_thinking_stands_apart() {
    let home = Home::new();
    let server = server(concat!(
        "data: {\"model\":\"tiny\",\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"18-7=11, and 11+4=15.\"}}]}\n\n",
        "data: {\"model\":\"tiny\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"<answer>(18-7)+4</answer>\"},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"model\":\"tiny\",\"choices\":[],\"usage\":{\"prompt_tokens\":40,\"completion_tokens\":12}}\n\n",
        "data: [DONE]\n\n"
    ));
    let trace = &home
        .command(&[
            "generate",
            "--model",
            &server,
            "--problem",
            "18 7 4 -> 15",
            "--json",
        ])
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .map(|ran| {
            assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
            crate::home::lines(&String::from_utf8(ran.stdout).unwrap())
        })
        .unwrap()[0];
    assert_eq!(
        trace["text"],
        "<think>18-7=11, and 11+4=15.</think><answer>(18-7)+4</answer>"
    );
    assert_eq!(
        (&trace["outcome"]["correct"], &trace["finish"]),
        (&true.into(), &"stop".into())
    );
    assert!(trace["prompt"].as_str().unwrap().contains("[18, 7, 4]"));
    assert_eq!(
        (&trace["model"]["device"], &trace["tokens"]["prompt"]),
        (&"server".into(), &40.into())
    );
    assert_eq!(trace["parts"][0]["kind"], "think");
}

#[test]
fn a_server_that_is_no_server_is_a_sentence() {
    let home = Home::new();
    home.run(&["generate", "--model", "openai:nowhere"])
        .refuses_in_a_sentence(&["openai:nowhere"]);
    home.run(&["compare", "--models", "scout,openai:nowhere"])
        .refuses_in_a_sentence(&["openai:nowhere"]);
    home.file("config/config.toml", "api_key_env = \"BACKTRAIL_TEST_NO_KEY\"\n");
    home.run(&["generate", "--model", "openai:http://127.0.0.1:1"])
        .refuses_in_a_sentence(&["BACKTRAIL_TEST_NO_KEY"]);
}
