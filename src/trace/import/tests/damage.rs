//! Files that are cut off, mangled, or made to do harm: good rows come, the others have a reason, nothing panics or hangs.

use super::*;
use std::io::{Cursor, Write as _};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Every fixture, by name.
const FIXTURES: [&str; 16] = [
    "chat.jsonl",
    "chat_pretty.json",
    "chunks_labeled.json",
    "cognitive_completions.jsonl",
    "cognitive_query.json",
    "episodes.jsonl",
    "inspect.eval",
    "inspect_chunked.eval",
    "inspect_deflate.eval",
    "inspect_unfinished.eval",
    "reasoning_gym_eval.json",
    "tinyzero.parquet",
    "trl.parquet",
    "trl_chat.parquet",
    "verifiers/results.jsonl",
    "verl.jsonl",
];

/// Rows of bytes as if they stood in a file.
fn of_file(bytes: &[u8]) -> Vec<Result<Row, RowError>> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    Rows::open(file.path()).unwrap().map_while(Result::ok).collect()
}

fn archive(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn sample(id: &str, text: &str) -> String {
    json!({"id": id, "epoch": 1, "input": "q", "messages": [{"role": "assistant", "content": text}]})
        .to_string()
}

#[test]
fn an_archive_whose_end_is_missing_is_read_as_far_as_it_goes() {
    for name in ["inspect.eval", "inspect_deflate.eval"] {
        let bytes = fs::read(fixture(name)).unwrap();
        let whole = of_file(&bytes);
        let cut = of_file(&bytes[..bytes.len() / 2]);
        let good: Vec<&Row> = cut.iter().filter_map(|row| row.as_ref().ok()).collect();
        assert!(good.len() >= 2, "{name}: {}", good.len());
        for (cut, whole) in good.iter().zip(&whole) {
            let whole = whole.as_ref().unwrap();
            assert_eq!(
                (&cut.trace.text, &cut.problem),
                (&whole.trace.text, &whole.problem)
            );
            assert_eq!(
                cut.trace.source.as_ref().unwrap()["task"],
                "countdown",
                "the journal stands at the beginning"
            );
        }
        let why = cut.last().unwrap().as_ref().unwrap_err().to_string();
        assert!(why.contains("cut off"), "{why}");
    }
}

#[test]
fn a_broken_member_hides_no_other() {
    let good = sample("b", "fine");
    let members: [(&str, &[u8]); 3] = [
        ("samples/a_epoch_1.json", b"{\"id\":\"a\",\"epoch\":1,"),
        ("samples/b_epoch_1.json", good.as_bytes()),
        ("samples/c_epoch_2.json", b"[]"),
    ];
    let rows = of_file(&archive(&members, CompressionMethod::Deflated));
    assert_eq!(rows[1].as_ref().unwrap().trace.text, "fine");
    let why = rows[0].as_ref().unwrap_err();
    assert_eq!(
        (why.place.sample.as_deref(), why.place.epoch),
        (Some("a"), Some(1))
    );
    assert!(
        why.to_string().contains(", sample a, epoch 1: this is no JSON"),
        "{why}"
    );
    assert_eq!(rows[2].as_ref().unwrap_err().place.epoch, Some(2));
    // A byte of the second member's data is wrong: its checksum tells.
    let mut bytes = archive(
        &[
            members[1],
            ("samples/d_epoch_1.json", sample("d", "too").as_bytes()),
        ],
        CompressionMethod::Stored,
    );
    let at = bytes.windows(4).position(|w| w == b"fine").unwrap();
    bytes[at] = b'm';
    let rows = of_file(&bytes);
    assert!(
        rows[0]
            .as_ref()
            .unwrap_err()
            .to_string()
            .contains("cannot be unpacked")
    );
    assert_eq!(rows[1].as_ref().unwrap().trace.text, "too");
}

/// Inspect writes an id as it is into the name of its member, and many data sets have ids that are paths.
#[test]
fn samples_whose_ids_hold_slashes_are_read_from_members_folders_and_cut_archives() {
    let (one, two) = (sample("1", "one"), sample("algebra/12", "twelve"));
    let whole: [(&str, &[u8]); 3] = [
        ("samples/1_epoch_1.json", one.as_bytes()),
        ("samples/algebra/12_epoch_1.json", two.as_bytes()),
        ("samples/a/b/sample_epoch_2.json", b"{"),
    ];
    let pieces: [(&str, &[u8]); 6] = [
        ("samples/1_epoch_1/sample.json", one.as_bytes()),
        ("samples/1_epoch_1/messages/0.json", b"[]"),
        ("samples/algebra/12_epoch_1/sample.json", two.as_bytes()),
        ("samples/algebra/12_epoch_1/messages/0.json", b"[]"),
        ("samples/algebra/12_epoch_1/skeleton.json", b"{}"),
        ("samples/a/b/sample_epoch_2/sample.json", b"{"),
    ];
    let told = |bytes: &[u8]| -> Vec<String> {
        let each = of_file(bytes).into_iter();
        each.map(|row| match row {
            Ok(row) => format!("{} {}", row.trace.source.unwrap()["sample"], row.trace.text),
            Err(error) => format!("{:?} {:?}", error.place.sample, error.place.epoch),
        })
        .collect()
    };
    let wanted = [
        "\"1\" one",
        "\"algebra/12\" twelve",
        "Some(\"a/b/sample\") Some(2)",
    ];
    assert_eq!(told(&archive(&whole, CompressionMethod::Deflated)), wanted);
    assert_eq!(told(&archive(&pieces, CompressionMethod::Deflated)), wanted);
    let bytes = archive(&whole, CompressionMethod::Deflated);
    let directory = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    assert_eq!(told(&bytes[..directory + 9])[..3], wanted);
}

#[test]
fn samples_in_pieces_are_named_when_the_archive_is_cut() {
    let bytes = fs::read(fixture("inspect_chunked.eval")).unwrap();
    let rows = of_file(&bytes[..bytes.len() / 2]);
    let why: Vec<String> = rows
        .iter()
        .map(|row| row.as_ref().unwrap_err().to_string())
        .collect();
    assert!(
        why[0].contains(", sample 1, epoch 1: it is stored in pieces"),
        "{why:?}"
    );
    assert!(why.last().unwrap().contains("cut off"), "{why:?}");
}

#[test]
fn what_is_broken_beside_a_sample_is_told_and_the_sample_is_there() {
    let whole = json!({"id": "a", "epoch": 1, "message_refs": [[0, 1]], "events": []}).to_string();
    let message = json!([{"role": "assistant", "content": "said"}]).to_string();
    let members = |header: &'static [u8]| {
        archive(
            &[
                ("_journal/start.json", header),
                ("samples/a_epoch_1/sample.json", whole.as_bytes()),
                ("samples/a_epoch_1/metadata.json", b"{\"target\":"),
                ("samples/a_epoch_1/messages/0.json", message.as_bytes()),
                ("samples/a_epoch_1/messages/1.json", b"{}"),
            ],
            CompressionMethod::Stored,
        )
    };
    let lost = "its header cannot be read, so model and task are not known: it is no JSON object";
    let rows = of_file(&members(b"[]"));
    assert_eq!(rows[0].as_ref().unwrap_err().reason, lost);
    let row = rows[1].as_ref().unwrap();
    let mended = mended(row).unwrap();
    assert_eq!(row.trace.text, "said");
    assert!(
        mended.contains("its metadata are left out: this is no JSON")
            && mended.ends_with("; its messages are not whole: 1 piece without a list"),
        "{mended}"
    );
    // Of an archive whose end is missing, too.
    let bytes = members(b"7");
    let rows = of_file(&bytes[..bytes.len() - 20]);
    assert_eq!(rows[0].as_ref().unwrap_err().reason, lost);
}

#[test]
fn metadata_beside_results_that_cannot_be_read_are_told_and_the_results_are_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("results.jsonl"), "{\"text\":\"a\"}\n").unwrap();
    fs::write(folder.path().join("metadata.json"), "{\"model\":").unwrap();
    let rows: Vec<_> = Rows::open(folder.path()).unwrap().map(Result::unwrap).collect();
    let error = rows[0].as_ref().unwrap_err().to_string();
    assert!(
        error.contains("metadata.json: it cannot be read, so the model of the rows beside it is not known: "),
        "{error}"
    );
    assert_eq!(rows[1].as_ref().unwrap().trace.text, "a");
}

#[test]
fn bytes_that_are_no_text_are_counted_wherever_they_stand() {
    let sample = sample("a", "x").replace("\"x\"", "\"x?y\"").into_bytes();
    let sample: Vec<u8> = sample.iter().map(|&b| if b == b'?' { 0xff } else { b }).collect();
    let packed = archive(
        &[("samples/a_epoch_1.json", &sample)],
        CompressionMethod::Deflated,
    );
    let list = [
        b"[\n{\"role\":\"assistant\",\"content\":\"x\xffy\"}]".as_slice(),
        b"\n",
    ]
    .concat();
    for bytes in [packed, list] {
        let row = of_file(&bytes).remove(0).unwrap();
        assert_eq!(
            (row.trace.text.as_str(), &row.trace.source.unwrap()["repaired"]),
            ("x\u{fffd}y", &json!(1))
        );
    }
}

#[test]
fn an_archive_that_is_no_log_says_what_it_is() {
    let rows = of_file(&archive(&[("a.txt", b"hello")], CompressionMethod::Stored));
    assert!(
        rows[0]
            .as_ref()
            .unwrap_err()
            .to_string()
            .contains("no Inspect log")
    );
    let log =
        json!({"version": 2, "status": "error", "eval": {}, "error": {"message": "no key"}}).to_string();
    let rows = of_file(&archive(
        &[("header.json", log.as_bytes())],
        CompressionMethod::Stored,
    ));
    assert!(
        rows[0]
            .as_ref()
            .unwrap_err()
            .to_string()
            .contains("(status error) holds no samples: no key")
    );
    assert!(of_file(&archive(&[], CompressionMethod::Stored))[0].is_err());
}

#[test]
fn a_log_that_has_just_begun_and_a_sample_that_is_none_are_told_of_in_words_of_a_log() {
    let header = json!({"version": 2, "eval": {"task": "t"}, "plan": {}}).to_string();
    let begun = [("_journal/start.json", header.as_bytes())];
    let why = of_file(&archive(&begun, CompressionMethod::Stored))
        .remove(0)
        .unwrap_err()
        .reason;
    assert!(
        why.contains("was not closed") && why.contains("no samples yet"),
        "{why}"
    );
    let members = [begun[0], ("samples/5_epoch_1.json", b"{\"id\":5}")];
    let why = of_file(&archive(&members, CompressionMethod::Stored))
        .remove(0)
        .unwrap_err()
        .reason;
    assert!(why.starts_with("this is no sample of an Inspect log"), "{why}");
}

#[test]
fn a_zip_bomb_is_put_out() {
    let huge = vec![b' '; MOST_BYTES + 1];
    let good = sample("b", "fine");
    let members: [(&str, &[u8]); 2] = [
        ("samples/a_epoch_1.json", &huge),
        ("samples/b_epoch_1.json", good.as_bytes()),
    ];
    let rows = of_file(&archive(&members, CompressionMethod::Zstd));
    assert!(
        rows[0]
            .as_ref()
            .unwrap_err()
            .to_string()
            .contains("longer than 256 MiB")
    );
    assert_eq!(rows[1].as_ref().unwrap().trace.text, "fine");
}

#[test]
fn long_lines_and_deep_nests_are_rows_or_reasons() {
    let long = format!("{{\"text\":\"{}\"}}\n{{\"text\":\"b\"}}\n", "a".repeat(3_000_000));
    let rows = super::rows(long.as_bytes());
    assert_eq!(
        (rows[0].as_ref().unwrap().trace.text.len(), rows.len()),
        (3_000_000, 2)
    );
    assert_eq!(super::rows("a".repeat(3_000_000).as_bytes()).len(), 1);
    for deep in ["[", "{\"a\":", "[{\"text\":", "{\"messages\":["] {
        let rows = super::rows(deep.repeat(200_000).as_bytes());
        assert!(!rows.is_empty() && rows.iter().all(Result::is_err), "{deep}");
    }
}

#[test]
fn a_cut_line_is_the_only_one_that_is_lost() {
    let bytes = fs::read(fixture("verl.jsonl")).unwrap();
    let rows = super::rows(&bytes[..bytes.len() - 20]);
    assert_eq!(rows.iter().filter(|row| row.is_ok()).count(), 3);
    assert!(
        rows[3]
            .as_ref()
            .unwrap_err()
            .to_string()
            .starts_with("f, line 4: ")
    );
}

#[test]
fn a_wrong_byte_anywhere_in_a_table_is_survived_and_never_silent() {
    for name in ["trl.parquet", "trl_chat.parquet"] {
        let bytes = fs::read(fixture(name)).unwrap();
        for at in 0..bytes.len() {
            let mut wrong = bytes.clone();
            wrong[at] = !wrong[at];
            assert!(rows_or_failure(&wrong) > 0, "silence about {name} at {at}");
        }
    }
}

proptest! {
    #[test]
    fn any_beginning_of_a_file_is_rows_or_reasons(name in prop::sample::select(&FIXTURES[..]), cut in any::<prop::sample::Index>()) {
        let bytes = fs::read(fixture(name)).unwrap();
        let cut = cut.index(bytes.len());
        let rows = of_file(&bytes[..cut]);
        prop_assert!(cut == 0 || !rows.is_empty(), "silence about {name} at {cut}");
    }

    #[test]
    fn mangled_files_are_rows_or_reasons(
        name in prop::sample::select(&FIXTURES[..]), at in any::<prop::sample::Index>(),
        junk in prop::collection::vec(any::<u8>(), 1..8), insert in any::<bool>()
    ) {
        let mut bytes = fs::read(fixture(name)).unwrap();
        let at = at.index(bytes.len());
        let end = if insert { at } else { (at + junk.len()).min(bytes.len()) };
        bytes.splice(at..end, junk);
        of_file(&bytes);
        // From a pipe too.
        super::rows_or_failure(&bytes);
    }
}

#[test]
fn a_row_whose_traces_have_very_much_in_common_is_refused_before_it_fills_the_memory() {
    let long = "a".repeat(1 << 20);
    let message = json!({"role": "assistant", "content": "a"});
    let choices = vec![json!({"message": message}); 300];
    let answers = vec![json!({"full_model_response": "a"}); 300];
    for row in [
        json!({"messages": [{"role": "user", "content": long}], "choices": choices}),
        json!({"request": {"prompt": long}, "response": {"body": {"choices": choices}}}),
        json!({"question": long, "answer": "", "completions": answers}),
        json!({"question": long, "thinking_trajectories": vec!["a"; 300]}),
    ] {
        let why = super::rows(row.to_string().as_bytes()).remove(0).unwrap_err();
        assert!(
            why.reason.contains("its 300 answers have so much in common"),
            "{why}"
        );
    }
    let nodes = (0..300).map(|at| match at {
        0 => json!({"message": {"role": "user", "content": long}}),
        _ => json!({"parent": 0, "sampled": true, "message": message}),
    });
    let episode = json!({"traces": [{"nodes": nodes.collect::<Vec<_>>()}]});
    let why = super::rows(episode.to_string().as_bytes()).remove(0).unwrap_err();
    assert!(why.reason.contains("its branches come to more than"), "{why}");
    // Answers that are long themselves are not what they have in common.
    let choices = vec![json!({"message": {"role": "assistant", "content": long}}); 30];
    let rows = super::rows(
        json!({"id": "a".repeat(100), "choices": choices})
            .to_string()
            .as_bytes(),
    );
    assert_eq!(rows.iter().filter(|row| row.is_ok()).count(), 30);
}

/// An input that fails where another one ends.
struct Fails;

impl io::Read for Fails {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

#[test]
fn where_reading_fails_the_rows_before_it_come_first_and_what_was_begun_counts() {
    let chunk = json!({"id": "a", "choices": [{"index": 0, "delta": {"content": "half"}}]}).to_string();
    for text in [
        format!("{{\"text\":\"a\"}}\n{chunk}\n"),
        format!("[\n{{\"text\":\"a\"}},\n{chunk},\n"),
    ] {
        let input = io::BufReader::with_capacity(7, io::Read::chain(text.as_bytes(), Fails));
        let rows: Vec<_> = Rows::new(input, "f").take(9).collect();
        let told = rows.iter().map(|row| match row {
            Ok(Ok(row)) => row.trace.text.clone(),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            ["a", "half", "the disk is gone"],
            "{text}"
        );
    }
}

#[test]
fn a_broken_sample_of_a_log_hides_no_other() {
    let samples = ["a", "b"].map(|text| serde_json::from_str(&sample(text, text)).unwrap());
    let [a, b]: [serde_json::Value; 2] = samples;
    let log =
        json!({"version": 2, "eval": {"task": "t"}, "samples": [a, 7, {"epoch": 1, "messages": []}, b]});
    // As a document, and as one row of several.
    for text in [log.to_string(), format!("{{\"text\":\"first\"}}\n{log}")] {
        let rows = super::rows(text.as_bytes());
        let good = rows.iter().flatten();
        let texts: Vec<&str> = good.clone().map(|row| row.trace.text.as_str()).collect();
        assert_eq!(texts[texts.len() - 2..], ["a", "b"], "{rows:?}");
        assert_eq!(rows.iter().filter(|row| row.is_err()).count(), 2, "{rows:?}");
        assert_eq!(good.last().unwrap().trace.source.as_ref().unwrap()["task"], "t");
    }
}
