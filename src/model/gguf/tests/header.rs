//! Magic, versions, metadata and tensors.

use super::*;
use crate::model::kernel::Encoding;

const F32: u32 = 0;
const Q8_0: u32 = 8;
const Q4_K: u32 = 12;

#[test]
fn tensors_have_their_outermost_dimension_first_and_stand_in_the_file() {
    let bytes = Builder::default()
        .tensor("a", &[64, 3], Q8_0)
        .tensor("b", &[5], F32)
        .build();
    let gguf = read(&bytes).unwrap();
    let [a, b] = gguf.tensors() else {
        panic!("two tensors")
    };
    assert_eq!(
        (a.name.as_str(), a.shape.as_slice(), a.kind),
        ("a", &[3, 64][..], Kind::Read(Encoding::Q8_0))
    );
    assert_eq!((a.offset, a.bytes), (gguf.data_begin(), 6 * 34));
    assert_eq!((b.shape.as_slice(), b.bytes), (&[5][..], 20));
    assert_eq!((b.offset - a.offset, b.offset + b.bytes), (224, gguf.file_len()));
    assert_eq!(gguf.tensor("b"), Some(b));
}

#[test]
fn other_files_other_versions_and_the_other_byte_order_are_told_apart() {
    let with = |at: usize, new: &[u8]| {
        let mut bytes = Builder::default().build();
        bytes[at..at + new.len()].copy_from_slice(new);
        refuse(&bytes)
    };
    assert!(with(0, b"PK\x03\x04").contains("not a GGUF file"));
    assert!(with(4, &[0, 0, 0, 3]).contains("big endian"));
    assert!(with(4, &[1, 0, 0, 0]).contains("version 1;"));
    assert!(with(4, &[4, 0, 0, 0]).contains("version 4;"));
    assert!(refuse(b"").contains("cut off"));
    let mut two = Builder::default().build();
    two[4] = 2;
    assert!(read(&two).is_ok());
}

#[test]
fn lengths_are_checked_before_anything_is_made_room_for() {
    let huge = u64::MAX.to_le_bytes();
    let list = |kind: u32, len: u64| [&kind.to_le_bytes()[..], &len.to_le_bytes()].concat();
    for (what, kind, value) in [
        ("text", 8, huge.to_vec()),
        ("list of texts", 9, list(8, u64::MAX)),
        ("list of numbers", 9, list(6, u64::MAX / 4 + 1)),
        ("list of bytes", 9, list(0, 1 << 40)),
        ("list of lists", 9, list(9, 1 << 60)),
    ] {
        let error = refuse(&Builder::default().raw("x.y", kind, &value).build());
        assert!(
            error.contains("`x.y`") && error.contains("cut off"),
            "{what}: {error}"
        );
    }
    for (at, what) in [(8, "tensors"), (16, "metadata entries")] {
        let mut bytes = Builder::default().build();
        bytes[at..at + 8].copy_from_slice(&huge);
        assert!(refuse(&bytes).contains(what));
        bytes[at..at + 8].copy_from_slice(&60_000_u64.to_le_bytes());
        assert!(refuse(&bytes).contains("cut off"));
    }
}

#[test]
fn a_header_of_gigabytes_is_refused_without_being_read() {
    let path = tempfile::NamedTempFile::new().unwrap();
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend(0_u64.to_le_bytes());
    bytes.extend(1_u64.to_le_bytes());
    bytes.extend(text("k"));
    bytes.extend(8_u32.to_le_bytes());
    bytes.extend((1_u64 << 33).to_le_bytes());
    std::fs::write(path.path(), bytes).unwrap();
    // All there, on paper: the file is sparse.
    let mut file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(path.path())
        .unwrap();
    file.set_len(1 << 34).unwrap();
    let error = Gguf::read(&mut file).unwrap_err().to_string();
    assert!(error.contains("128 MiB"), "{error}");
}

#[test]
fn lists_inside_lists_have_a_depth() {
    let mut value = 9_u32.to_le_bytes().to_vec();
    for _ in 0..200_000 {
        value.extend(1_u64.to_le_bytes());
        value.extend(9_u32.to_le_bytes());
    }
    let error = refuse(&Builder::default().raw("deep", 9, &value).build());
    assert!(error.contains("`deep`") && error.contains("too deep"), "{error}");
}

#[test]
fn metadata_that_breaks_the_format_is_named() {
    let one = Builder::default().u32("a", 1);
    let mut twice = one.clone();
    twice.entries.push(twice.entries[0].clone());
    for (wrong, says) in [
        (twice, "`a` stands twice"),
        (one.clone().raw("b", 7, &[2]), "no truth value"),
        (one.clone().raw("b", 13, &[]), "type 13"),
        (
            one.clone().raw("b", 8, &[1, 0, 0, 0, 0, 0, 0, 0, 0xff]),
            "not UTF-8",
        ),
        (one.clone().u32("", 1), "key of 0 bytes"),
        (one.clone().u32(&"k".repeat(2000), 1), "key of 2000 bytes"),
        (one.clone().u32("general.alignment", 0), "aligns"),
        (one.clone().u32("general.alignment", 24), "aligns"),
        (one.text("general.alignment", "x"), "general.alignment"),
    ] {
        let error = refuse(&wrong.build());
        assert!(error.contains(says), "{says}: {error}");
    }
}

#[test]
fn tensors_that_cannot_be_are_named() {
    let one = |shape: &[u64], kind: u32| Builder::default().tensor("t\u{1b}[31m", shape, kind);
    for (wrong, says) in [
        (one(&[3, 0], F32), "dimension of 0"),
        (one(&[1, 1, 1, 1, 1], F32), "5 dimensions"),
        (one(&[255, 256], Q4_K), "not whole blocks of 256"),
        (one(&[1 << 32, 1 << 32], F32), "larger than any file"),
        (one(&[1 << 62], F32), "larger than any file"),
        (one(&[1 << 40], F32), "cut off"),
        (one(&[32], 99), "kind 99"),
    ] {
        let error = refuse(&wrong.header(&[0]));
        assert!(
            error.contains("`t␛[31m`") && error.contains(says),
            "{says}: {error}"
        );
    }
    let pair = |second: &str| {
        Builder::default()
            .tensor("a", &[8], F32)
            .tensor(second, &[8], F32)
    };
    let at = |builder: &Builder, offset: u64| {
        let mut bytes = builder.header(&[0, offset]);
        bytes.resize(bytes.len() + 256, 0);
        bytes
    };
    assert!(refuse(&at(&pair("b"), 33)).contains("multiple of 32"));
    assert!(refuse(&at(&pair("b"), 0)).contains("overlap"));
    assert!(refuse(&at(&pair("a"), 32)).contains("twice"));
    assert!(refuse(&at(&pair("b"), u64::MAX - 31)).contains("cut off"));
    assert!(refuse(&at(&pair(""), 32)).contains("name of 0 bytes"));
    assert!(read(&at(&pair("b"), 32)).is_ok());
}

#[test]
fn a_kind_that_is_not_read_is_known_by_name() {
    let gguf = read(&Builder::default().tensor("t", &[256], 23).build()).unwrap();
    assert_eq!(gguf.tensors()[0].bytes, 136);
    let error = gguf.tensors()[0].encoding().unwrap_err().to_string();
    assert!(error.contains("`t`") && error.contains("IQ4_XS"), "{error}");
}
