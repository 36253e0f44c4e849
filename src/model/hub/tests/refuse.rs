//! What the hub refuses, and what we refuse of it. `Place::refusal` checks that no sentence holds a secret.

use super::*;

fn sentence_for(server: &StandIn, token: bool) -> String {
    let mut place = Place::new(server);
    if token {
        place.set("HF_TOKEN", "hf_secret");
    }
    place.refusal("org/name")
}

/// A hub that answers requests for files so.
fn refusing(status: u16, code: &'static str) -> StandIn {
    StandIn::with(&MODEL, move |request, answer| {
        if request.path.contains("/resolve/") {
            Answer::refuse(status, code)
        } else {
            answer
        }
    })
}

#[test]
fn a_gated_model_says_where_to_agree() {
    let without = sentence_for(&refusing(401, "GatedRepo"), false);
    assert!(
        without.starts_with("hf:org/name is gated") && without.contains("/org/name, then log in"),
        "{without}"
    );
    let with = sentence_for(&refusing(403, "GatedRepo"), true);
    assert!(with.contains("the token from HF_TOKEN has no access"), "{with}");
}

#[test]
fn what_the_hub_does_not_have_is_said_by_name() {
    let server = StandIn::new(&MODEL);
    let place = Place::new(&server);
    let sentence = place.refusal("org/other");
    assert!(
        sentence.contains("has no model org/other, or it is private") && sentence.contains("log in"),
        "{sentence}"
    );
    let sentence = place.refusal("org/name@v2");
    assert!(
        sentence.contains("hf:org/name has no revision `v2`"),
        "{sentence}"
    );
    for code in ["EntryNotFound", ""] {
        let sentence = sentence_for(&refusing(404, code), false);
        assert!(
            sentence.contains("hf:org/name has no file `config.json`"),
            "{sentence}"
        );
    }
    assert!(!place.cache().exists(), "nothing is made for nothing");
}

#[test]
fn a_token_that_is_not_accepted_is_named_by_its_place() {
    let server = StandIn::with(&MODEL, |_, _| Answer::refuse(401, ""));
    let sentence = sentence_for(&server, true);
    assert!(
        sentence.contains("does not accept the token from HF_TOKEN"),
        "{sentence}"
    );
    assert!(sentence_for(&server, false).contains("or it is private"));
    let mut place = Place::new(&server);
    place.set("HF_TOKEN", "hf_s\nX-Other: 1");
    assert!(place.refusal("org/name").contains("characters that no token has"));
}

#[test]
fn other_statuses_have_a_hint() {
    for (status, hint) in [
        (403, "may not read it"),
        (429, "too many requests"),
        (503, "try again later"),
    ] {
        let sentence = sentence_for(&refusing(status, ""), false);
        assert!(
            sentence.contains(&format!("answers {status} for config.json of hf:org/name"))
                && sentence.contains(hint),
            "{sentence}"
        );
    }
}

#[test]
fn offline_variables_forbid_every_request() {
    let server = StandIn::new(&MODEL);
    for variable in ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"] {
        let mut place = Place::new(&server);
        place.set(variable, "1");
        let sentence = place.refusal("org/name@v1");
        assert!(
            sentence.starts_with("hf:org/name@v1 is not whole in the local cache")
                && sentence.contains(&format!("{variable} is set")),
            "{sentence}"
        );
    }
    assert_eq!(server.seen(), []);
}

#[test]
fn pickled_weights_are_refused_before_anything_is_fetched() {
    let server = StandIn::new(&[
        ("config.json", CONFIG),
        ("pytorch_model.bin", "pickle"),
        ("tokenizer.json", "{}"),
    ]);
    let sentence = sentence_for(&server, false);
    assert!(sentence.contains("pickle only (pytorch_model.bin)"), "{sentence}");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_gguf_repository_lists_its_files() {
    let server = StandIn::new(&[("q4.gguf", "4"), ("q8.gguf", "8")]);
    let sentence = sentence_for(&server, false);
    assert!(
        sentence.contains("for example hf:org/name:q4.gguf; it has q4.gguf, q8.gguf"),
        "{sentence}"
    );
}

#[test]
fn names_that_leave_the_folder_are_refused() {
    let mut files = MODEL.to_vec();
    files.push(("../../\u{1b}escape", "x"));
    let server = StandIn::new(&files);
    let place = Place::new(&server);
    let sentence = place.refusal("org/name");
    assert!(
        sentence.contains("outside its folder") && !sentence.contains('\u{1b}'),
        "{sentence}"
    );
    assert!(!place.cache().exists());
    let index = r#"{"weight_map":{"a":"../../../../escape.safetensors"}}"#;
    let server = StandIn::new(&[
        ("config.json", CONFIG),
        ("model.safetensors.index.json", index),
        ("tokenizer.json", "{}"),
    ]);
    assert!(sentence_for(&server, false).contains("not a safetensors file in its folder"));
}

#[test]
fn a_server_that_is_no_hub_is_found_out() {
    let sentence = |change: fn(Answer) -> Answer| {
        sentence_for(&StandIn::with(&MODEL, move |_, answer| change(answer)), false)
    };
    let page = sentence(|_| Answer::new(200, vec![], b"<html>log in to this network</html>"));
    assert!(page.contains("does not answer as a hub does"), "{page}");
    let commit = sentence(|_| Answer::new(200, vec![], br#"{"sha":"../..","siblings":[]}"#));
    assert!(commit.contains("names no commit"), "{commit}");
    let file = sentence(|_| Answer::new(302, vec![("Location", "file:///etc/passwd".into())], b""));
    assert!(file.contains("redirects from"), "{file}");
    let circle = sentence(|_| Answer::new(302, vec![("Location", "/again".into())], b""));
    assert!(circle.contains("redirects without end"), "{circle}");
    let no_tag = sentence(|mut answer| {
        answer.headers.retain(|(name, _)| *name != "ETag");
        answer
    });
    assert!(no_tag.contains("no usable ETag"), "{no_tag}");
    let bad_tag = sentence(|mut answer| {
        for (_, value) in answer.headers.iter_mut().filter(|(name, _)| *name == "ETag") {
            *value = "\"../../../escape\"".into();
        }
        answer
    });
    assert!(bad_tag.contains("no usable ETag"), "{bad_tag}");
    let no_size = sentence(|mut answer| {
        answer.length = !answer.headers.iter().any(|(name, _)| *name == "ETag");
        answer
    });
    assert!(no_size.contains("does not say how large"), "{no_size}");
}

#[test]
fn an_endpoint_that_is_no_address_is_said_without_repeating_it() {
    let place = Place::at("https://me:hf_secret@example.org");
    assert!(
        place
            .refusal("org/name")
            .starts_with("HF_ENDPOINT is not an http")
    );
}

#[test]
fn without_a_home_the_variables_are_named() {
    let hub = Hub::from_env(&|_| None);
    let what = "org/name".parse().unwrap();
    let error = hub.fetch(&what, &Cancel::default(), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("HF_HUB_CACHE"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_cache_that_cannot_be_written_is_said() {
    let server = StandIn::new(&MODEL);
    let mut place = Place::new(&server);
    // Below a file nothing can be made, whoever asks.
    let file = place.dir.path().join("file");
    fs::write(&file, "").unwrap();
    place.set("HF_HUB_CACHE", file.to_str().unwrap());
    let sentence = place.refusal("org/name");
    assert!(sentence.contains(file.to_str().unwrap()), "{sentence}");
    let from = |kind: std::io::ErrorKind| HubError::file(&file)(kind.into()).to_string();
    assert!(from(std::io::ErrorKind::StorageFull).starts_with("the disk is full at"));
    assert!(from(std::io::ErrorKind::PermissionDenied).contains("make it yours to write"));
}
