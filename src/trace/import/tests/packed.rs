//! Files packed with zstd or gzip: as what is in them, as far as they go.

use super::*;
use flate2::{Compression, write::GzEncoder};
use std::io::Write as _;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 1).unwrap()
}

type Pack = fn(&[u8]) -> Vec<u8>;

const PACKINGS: [Pack; 2] = [zstd, gzip];

/// Many rows that do not pack too well.
fn many() -> String {
    (0..20_000)
        .map(|i| format!("{{\"text\":\"{i} {}\"}}\n", i * i))
        .collect()
}

#[test]
fn what_is_packed_is_read_as_if_it_were_not() {
    let lines = "{\"text\":\"a\"}\n\nnonsense\n{\"text\":1}\n{\"text\":\"b\"}\n";
    let list = "[{\"text\":\"a\"},\n{\"text\":\"b\"}]";
    let table = fs::read(fixture("trl.parquet")).unwrap();
    let log = fs::read(fixture("inspect.eval")).unwrap();
    for bytes in [
        lines.as_bytes(),
        list.as_bytes(),
        b"a text\nof two lines",
        b"",
        &table,
        &log,
    ] {
        for pack in PACKINGS {
            assert_eq!(rows(&pack(bytes)), rows(bytes));
            // Packed twice, and a file of two packed files.
            assert_eq!(rows(&pack(&pack(bytes))), rows(bytes));
        }
    }
    let two = [gzip(b"{\"text\":\"a\"}\n"), gzip(b"{\"text\":\"b\"}\n")].concat();
    assert_eq!(rows(&two).len(), 2);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&gzip(lines.as_bytes())).unwrap();
    let named: Vec<_> = Rows::open(file.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(named[1].as_ref().unwrap_err().place.line, Some(3));
}

#[test]
fn of_what_is_cut_off_the_good_rows_come_and_the_cut_is_named() {
    let text = many();
    for pack in PACKINGS {
        let packed = pack(text.as_bytes());
        assert_eq!(rows(&packed).iter().filter(|row| row.is_ok()).count(), 20_000);
        let cut = rows(&packed[..packed.len() / 2]);
        let (last, good) = cut.split_last().unwrap();
        assert!(good.len() > 100 && good.iter().all(Result::is_ok));
        let why = last.as_ref().unwrap_err();
        assert!(why.to_string().contains("cut off"), "{why}");
        if let Some(line) = why.place.line {
            assert_eq!(line, good.len() + 1, "the row that was cut through");
        }
    }
}

#[test]
fn a_text_and_a_list_that_are_cut_off_keep_what_is_there() {
    let text = many();
    let list = format!("[{}]", text.trim_end().replace('\n', ",\n"));
    for pack in PACKINGS {
        let packed = pack(text.replace('{', "(").as_bytes());
        let cut = rows(&packed[..packed.len() / 2]);
        assert_eq!(cut.len(), 2);
        assert!(
            text.replace('{', "(")
                .starts_with(&cut[0].as_ref().unwrap().trace.text)
                && cut[1].is_err()
        );
        let packed = pack(list.as_bytes());
        let cut = rows(&packed[..packed.len() / 2]);
        let (last, good) = cut.split_last().unwrap();
        assert!(good.len() > 100 && good.iter().all(Result::is_ok) && last.is_err());
    }
}

#[test]
fn what_is_wrong_with_a_row_is_told_beside_the_damage_behind_it() {
    let damaged = |text: &str| {
        let mut packed = gzip(text.as_bytes());
        let checksum = packed.len() - 8;
        packed[checksum] ^= 1;
        let tell = |row: Result<Row, RowError>| row.map_or_else(|e| e.to_string(), |row| row.trace.text);
        rows(&packed).into_iter().map(tell).collect::<Vec<_>>()
    };
    let wrong = "`text` is not a string";
    // One row, whose kind is known only at the end.
    let one = damaged("{\"text\":1}");
    assert_eq!(one.len(), 1);
    assert!(
        one[0].starts_with("f, line 1: the packed file") && one[0].ends_with(wrong),
        "{one:?}"
    );
    // A list that is not closed.
    let list = damaged("[{\"text\":1},{\"text\":\"a\"},{\"text\":2},");
    assert_eq!(
        list[..3],
        [
            format!("f, line 1, row 1: {wrong}"),
            "a".to_owned(),
            format!("f, line 1, row 3: {wrong}")
        ]
    );
    assert!(list[3].contains("damaged") && list.len() == 4, "{list:?}");
}

#[test]
fn junk_and_endless_packing_are_sentences() {
    for magic in [&b"\x28\xb5\x2f\xfd"[..], b"\x1f\x8b\x08"] {
        let junk = rows(&[magic, b"junk"].concat());
        assert!(junk.len() == 1 && junk[0].is_err());
    }
    for pack in PACKINGS {
        let often = (0..9).fold(b"x".to_vec(), |packed, _| pack(&packed));
        let refused = Rows::new(&often[..], "f").next().unwrap();
        assert!(refused.unwrap_err().to_string().contains("again and again"));
    }
    let mut wrong = gzip(b"{\"text\":\"a\"}\n");
    let checksum = wrong.len() - 8;
    wrong[checksum] ^= 1;
    let rows = rows(&wrong);
    assert!(
        rows[0].is_ok() && rows[1].is_err(),
        "a wrong checksum is not silent"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_beginning_and_any_wrong_byte_is_rows_or_reasons(
        at in any::<prop::sample::Index>(), cut in any::<bool>(), which in 0..PACKINGS.len()
    ) {
        let mut packed = PACKINGS[which](&many().into_bytes()[..4000]);
        let at = at.index(packed.len());
        if cut {
            packed.truncate(at);
        } else {
            packed[at] ^= 0x55;
        }
        // Fewer bytes than tell how it is packed are a text.
        prop_assert!(rows_or_failure(&packed) > 0 || at < 4 || Rows::new(&packed[..], "f").next().is_some());
    }
}
