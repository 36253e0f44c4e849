//! What is fetched, where it lies, and what is used without asking.

use super::*;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Nobody listens there.
fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[cfg(unix)]
#[test]
fn a_fetched_model_lies_as_python_would_have_laid_it() {
    let server = StandIn::new(&MODEL);
    let place = Place::new(&server);
    let found = place.fetch("org/name").unwrap();
    assert_eq!(found, place.root().join("snapshots").join(COMMIT));
    let mut expected = vec!["CACHEDIR.TAG".to_owned(), "models--org--name/refs/main".into()];
    for (file, text) in MODEL {
        let etag = etag(file, text.as_bytes());
        if ["README.md", "pytorch_model.bin"].contains(&file) {
            continue;
        }
        expected.extend([
            format!(".locks/models--org--name/{etag}.lock"),
            format!("models--org--name/blobs/{etag}"),
            format!("models--org--name/snapshots/{COMMIT}/{file} -> ../../blobs/{etag}"),
        ]);
        assert_eq!(fs::read_to_string(found.join(file)).unwrap(), text);
    }
    expected.sort();
    assert_eq!(place.tree(), expected);
    assert_eq!(
        fs::read_to_string(place.root().join("refs/main")).unwrap(),
        COMMIT
    );
}

#[test]
fn what_is_here_is_used_without_a_request() {
    let server = StandIn::new(&MODEL);
    let mut place = Place::new(&server);
    assert_eq!(place.cached("org/name"), None);
    let found = place.fetch("org/name").unwrap();
    let asked = server.seen().len();
    assert_eq!(place.fetch("org/name").unwrap(), found);
    assert_eq!(place.cached("org/name"), Some(found.clone()));
    assert_eq!(server.seen().len(), asked);
    // By its commit as well, without a network, and where the network is forbidden.
    place.set("HF_ENDPOINT", &nowhere());
    assert_eq!(place.fetch(&format!("org/name@{COMMIT}")).unwrap(), found);
    place.set("HF_HUB_OFFLINE", "1");
    assert_eq!(place.fetch("org/name").unwrap(), found);
    assert_eq!(place.cached("org/name@v1"), None);
}

#[test]
fn another_revision_of_the_same_commit_needs_no_content() {
    let server = StandIn::new(&MODEL);
    let place = Place::new(&server);
    place.fetch("org/name").unwrap();
    let contents = || {
        server
            .seen()
            .iter()
            .filter(|seen| seen.method == "GET" && !seen.path.starts_with("/api"))
            .count()
    };
    let before = contents();
    place.fetch("org/name@refs/pr/1").unwrap();
    assert_eq!(contents(), before);
    assert_eq!(
        fs::read_to_string(place.root().join("refs/refs/pr/1")).unwrap(),
        COMMIT
    );
}

#[test]
fn a_cache_that_python_made_is_used() {
    let place = Place::at(&nowhere());
    let snapshot = format!("models--org--name/snapshots/{COMMIT}");
    place.write("models--org--name/refs/main", COMMIT);
    for (name, text) in [
        ("config.json", CONFIG),
        ("tokenizer.json", "{}"),
        (
            "model.safetensors.index.json",
            r#"{"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}"#,
        ),
        ("model-1.safetensors", "1"),
    ] {
        place.write(&format!("{snapshot}/{name}"), text);
    }
    assert_eq!(place.cached("org/name"), None, "a shard is missing");
    place.write("models--org--name/blobs/2222", "2");
    let shard = place.cache().join(&snapshot).join("model-2.safetensors");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../../blobs/nothing", &shard).unwrap();
        assert_eq!(place.cached("org/name"), None, "a link to nothing");
        fs::remove_file(&shard).unwrap();
        std::os::unix::fs::symlink("../../blobs/2222", &shard).unwrap();
    }
    #[cfg(not(unix))]
    fs::write(&shard, "2").unwrap();
    assert_eq!(place.fetch("org/name").unwrap(), place.cache().join(snapshot));
    place.write("models--org--name/refs/main", "../../elsewhere");
    assert_eq!(place.cached("org/name"), None, "a reference that is no commit");
}

#[test]
fn shards_are_those_of_the_index_and_progress_knows_them_all() {
    let index = r#"{"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}"#;
    let server = StandIn::new(&[
        ("config.json", CONFIG),
        ("consolidated.safetensors", "another form"),
        ("model-1.safetensors", "first"),
        ("model-2.safetensors", "second"),
        ("model.safetensors.index.json", index),
        ("tokenizer.json", "{}"),
    ]);
    let place = Place::new(&server);
    let mut told = Vec::new();
    let what = "org/name@v1".parse().unwrap();
    let found = place
        .hub()
        .fetch(&what, &Cancel::default(), &mut |progress| told.push(progress))
        .unwrap();
    assert_eq!(
        fs::read_to_string(found.join("model-2.safetensors")).unwrap(),
        "second"
    );
    assert!(!found.join("consolidated.safetensors").exists());
    let total = (CONFIG.len() + 2 + index.len() + "first".len() + "second".len()) as u64;
    assert!(told.iter().all(|progress| progress.all_total == total));
    assert!(told.is_sorted_by_key(|progress| progress.all_done));
    let last = Progress {
        file: "model-2.safetensors".into(),
        done: 6,
        total: 6,
        all_done: total,
        all_total: total,
    };
    assert_eq!(told.last(), Some(&last));
    assert_eq!(told.iter().filter(|&progress| *progress == last).count(), 1);
}

#[test]
fn a_gguf_file_comes_alone_and_is_the_result() {
    let server = StandIn::new(&[("sub/q4.gguf", "GGUF4"), ("q8.gguf", "GGUF8")]);
    let place = Place::new(&server);
    let found = place.fetch("org/name:sub/q4.gguf").unwrap();
    assert_eq!(
        found,
        place.root().join("snapshots").join(COMMIT).join("sub/q4.gguf")
    );
    assert_eq!(fs::read_to_string(&found).unwrap(), "GGUF4");
    #[cfg(unix)]
    assert!(fs::read_link(&found).unwrap().starts_with("../../../blobs"));
    assert_eq!(place.cached("org/name:sub/q4.gguf"), Some(found));
    assert_eq!(place.cached("org/name:q8.gguf"), None);
}

#[test]
fn without_links_a_snapshot_holds_the_files() {
    let server = StandIn::new(&MODEL);
    let mut place = Place::new(&server);
    place.set("HF_HUB_DISABLE_SYMLINKS", "1");
    let found = place.fetch("org/name").unwrap();
    assert!(!found.join("model.safetensors").is_symlink());
    assert_eq!(
        fs::read_to_string(found.join("model.safetensors")).unwrap(),
        WEIGHTS
    );
    assert_eq!(place.cached("org/name"), Some(found));
}

#[test]
fn the_token_goes_to_the_hub_only() {
    let server = StandIn::new(&MODEL);
    let mut place = Place::new(&server);
    place.set("HF_TOKEN", "hf_secret");
    place.fetch("org/name").unwrap();
    let seen = server.seen();
    assert!(seen.iter().any(|request| request.elsewhere));
    for request in seen {
        let expected = (!request.elsewhere).then_some("Bearer hf_secret");
        assert_eq!(request.header("authorization"), expected, "{}", request.path);
    }
}

#[test]
fn of_two_at_once_one_fetches_and_the_other_uses_it() {
    let fetched = std::sync::Arc::new(AtomicUsize::new(0));
    let count = fetched.clone();
    let server = StandIn::with(&MODEL, move |request, answer| {
        count.fetch_add(usize::from(request.gets("model.safetensors")), Ordering::Relaxed);
        answer
    });
    let place = Place::new(&server);
    thread::scope(|scope| {
        for both in [0, 1].map(|_| scope.spawn(|| place.fetch("org/name").unwrap())) {
            both.join().unwrap();
        }
    });
    assert_eq!(fetched.load(Ordering::Relaxed), 1);
}

#[test]
fn a_lock_that_another_program_holds_is_waited_for() {
    let server = StandIn::new(&MODEL);
    let place = Place::new(&server);
    let etag = etag("model.safetensors", WEIGHTS.as_bytes());
    let lock = format!(".locks/models--org--name/{etag}.lock");
    place.write(&lock, "");
    let lock = fs::File::open(place.cache().join(lock)).unwrap();
    lock.lock().unwrap();
    thread::scope(|scope| {
        let fetch = scope.spawn(|| place.fetch("org/name").unwrap());
        server.wait(|request| request.method == "HEAD" && request.path.ends_with("model.safetensors"));
        place.write(&format!("models--org--name/blobs/{etag}"), WEIGHTS);
        lock.unlock().unwrap();
        fetch.join().unwrap();
    });
    assert!(
        !server
            .seen()
            .iter()
            .any(|request| request.gets("model.safetensors"))
    );
}

#[test]
fn no_network_is_a_sentence() {
    let address = nowhere();
    let place = Place::at(&address);
    let sentence = place.refusal("org/name");
    let host = address.trim_start_matches("http://");
    assert!(
        sentence.starts_with(&format!("{host} cannot be reached (")) && !sentence.contains('\n'),
        "{sentence}"
    );
}
