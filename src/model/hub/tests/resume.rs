//! Downloads that were cut, and content that is not what it should be.

use super::*;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

fn weights() -> String {
    etag("model.safetensors", WEIGHTS.as_bytes())
}

fn partial(place: &Place) -> PathBuf {
    place.blob(&format!("{}.incomplete", weights()))
}

/// A stand-in that changes the content of the weights as long as the flag is up.
fn spoiled(change: impl Fn(&mut Answer) + Send + Sync + 'static) -> (StandIn, Arc<AtomicBool>) {
    let flag = Arc::new(AtomicBool::new(true));
    let up = flag.clone();
    let server = StandIn::with(&MODEL, move |request, mut answer| {
        if request.gets("model.safetensors") && up.load(Ordering::SeqCst) {
            change(&mut answer);
        }
        answer
    });
    (server, flag)
}

fn ranges(server: &StandIn) -> Vec<Option<String>> {
    let seen = server.seen();
    let gets = seen.iter().filter(|request| request.gets("model.safetensors"));
    gets.map(|request| request.header("range").map(str::to_owned))
        .collect()
}

#[test]
fn a_download_that_was_cut_is_kept_and_goes_on() {
    let (server, flag) = spoiled(|answer| answer.cut = Some(5));
    let place = Place::new(&server);
    let sentence = place.refusal("org/name");
    assert!(
        sentence.contains("the download of model.safetensors was cut"),
        "{sentence}"
    );
    assert_eq!(fs::read_to_string(partial(&place)).unwrap(), WEIGHTS[..15]);
    assert_eq!(place.cached("org/name"), None);
    assert!(!place.root().join("refs/main").exists());
    flag.store(false, Ordering::SeqCst);
    let mut told = Vec::new();
    let found = place
        .hub()
        .fetch(
            &"org/name".parse().unwrap(),
            &Cancel::default(),
            &mut |progress| {
                told.push((progress.file, progress.done));
            },
        )
        .unwrap();
    assert_eq!(
        fs::read_to_string(found.join("model.safetensors")).unwrap(),
        WEIGHTS
    );
    assert!(!partial(&place).exists());
    let range = |from: u64| Some(format!("bytes={from}-"));
    assert_eq!(ranges(&server), [None, range(5), range(10), range(15)]);
    let files = told.iter().filter(|(file, _)| file == "model.safetensors");
    assert!(files.clone().any(|(_, done)| *done == WEIGHTS.len() as u64));
}

#[test]
fn one_cut_is_mended_without_a_word() {
    let cuts = Mutex::new(1);
    let server = StandIn::with(&MODEL, move |request, mut answer| {
        let mut left = cuts.lock().unwrap();
        if request.gets("model.safetensors") && *left > 0 {
            *left -= 1;
            answer.cut = Some(7);
        }
        answer
    });
    let place = Place::new(&server);
    place.fetch("org/name").unwrap();
    assert_eq!(ranges(&server), [None, Some("bytes=7-".into())]);
}

#[test]
fn a_server_that_cannot_go_on_is_asked_from_the_start() {
    for status in [200, 416] {
        let server = StandIn::with(&MODEL, move |request, answer| match request.header("range") {
            Some(_) if status == 200 => Answer::new(200, vec![], WEIGHTS.as_bytes()),
            Some(_) => Answer::new(416, vec![], b""),
            None => answer,
        });
        let place = Place::new(&server);
        place.write(
            &format!("models--org--name/blobs/{}.incomplete", weights()),
            "not the start",
        );
        let found = place.fetch("org/name").unwrap();
        assert_eq!(
            fs::read_to_string(found.join("model.safetensors")).unwrap(),
            WEIGHTS
        );
    }
}

#[test]
fn another_part_than_asked_for_is_refused() {
    let (server, _flag) = spoiled(|answer| {
        answer.status = 206;
        answer.headers = vec![("Content-Range", format!("bytes 0-3/{}", WEIGHTS.len()))];
    });
    let place = Place::new(&server);
    place.write(&format!("models--org--name/blobs/{}.incomplete", weights()), "w");
    assert!(place.refusal("org/name").contains("another part than asked for"));
}

#[test]
fn a_wrong_hash_is_deleted_and_said() {
    let (server, flag) = spoiled(|answer| answer.body = WEIGHTS.to_uppercase().into());
    let place = Place::new(&server);
    let sentence = place.refusal("org/name");
    assert!(
        sentence.starts_with("model.safetensors is not what the hub says") && sentence.contains(&weights()),
        "{sentence}"
    );
    assert!(!partial(&place).exists() && !place.blob(&weights()).exists());
    flag.store(false, Ordering::SeqCst);
    // A partial file that is wrong is found out in the same way, and gone at the next try.
    fs::write(partial(&place), "not the start").unwrap();
    assert!(place.refusal("org/name").contains("not what the hub says"));
    place.fetch("org/name").unwrap();
}

#[test]
fn a_wrong_size_is_deleted_and_said() {
    for length in [true, false] {
        let (server, _flag) = spoiled(move |answer| {
            answer.body.extend(b"more");
            answer.length = length;
        });
        let place = Place::new(&server);
        let sentence = place.refusal("org/name");
        assert!(
            sentence.starts_with("model.safetensors came with 38 bytes where the hub says 34"),
            "{sentence}"
        );
        assert!(!partial(&place).exists() && !place.blob(&weights()).exists());
    }
}

#[test]
fn a_damaged_blob_is_fetched_again() {
    let server = StandIn::new(&MODEL);
    let place = Place::new(&server);
    place.write(&format!("models--org--name/blobs/{}", weights()), "cut of");
    let found = place.fetch("org/name").unwrap();
    assert_eq!(
        fs::read_to_string(found.join("model.safetensors")).unwrap(),
        WEIGHTS
    );
}

#[test]
fn who_asks_to_stop_is_heard_between_two_pieces() {
    let server = StandIn::new(&MODEL);
    let place = Place::new(&server);
    let cancel = Cancel::default();
    let error = place
        .hub()
        .fetch(&"org/name".parse().unwrap(), &cancel, &mut |progress| {
            if progress.file == "model.safetensors" {
                cancel.cancel();
            }
        });
    assert!(matches!(error, Err(HubError::Cancelled)), "{error:?}");
    assert_eq!(place.cached("org/name"), None);
    place.fetch("org/name").unwrap();
}

#[test]
fn who_asks_to_stop_is_heard_while_the_server_is_silent() {
    let answered = Mutex::new(());
    let held = Arc::new(answered);
    let gate = held.clone();
    let server = StandIn::with(&MODEL, move |_, answer| {
        drop(gate.lock());
        answer
    });
    let place = Place::new(&server);
    let cancel = Cancel::default();
    let closed = held.lock().unwrap();
    thread::scope(|scope| {
        let fetch = scope.spawn(|| {
            place
                .hub()
                .fetch(&"org/name".parse().unwrap(), &cancel, &mut |_| {})
        });
        server.wait(|_| true);
        cancel.cancel();
        let error = fetch.join().unwrap();
        assert!(matches!(error, Err(HubError::Cancelled)), "{error:?}");
    });
    drop(closed);
}
