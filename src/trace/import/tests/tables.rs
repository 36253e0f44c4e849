//! Tables with damage in them: it costs the row, or the rest of the group, and no more.

use super::*;
use bytes::Bytes;
use parquet::{
    data_type::{ByteArray, ByteArrayType, Int64Type},
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::parser::parse_message_type,
};
use std::sync::Arc;

/// A table of texts in groups of three, unpacked, so that bytes can be found again.
fn table(texts: &[&[u8]]) -> Vec<u8> {
    let schema = "message rows { required binary text (UTF8); optional group info { optional int64 step; } }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let plain = WriterProperties::builder().set_dictionary_enabled(false).build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(plain)).unwrap();
    for group in texts.chunks(3) {
        let mut rows = file.next_row_group().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        let values: Vec<ByteArray> = group.iter().map(|text| ByteArray::from(text.to_vec())).collect();
        column
            .typed::<ByteArrayType>()
            .write_batch(&values, None, None)
            .unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        let steps = column.typed::<Int64Type>();
        steps
            .write_batch(&vec![7; group.len()], Some(&vec![2; group.len()]), None)
            .unwrap();
        column.close().unwrap();
        rows.close().unwrap();
    }
    file.into_inner().unwrap()
}

#[test]
fn a_string_that_is_no_utf_8_is_mended_and_the_rows_behind_it_are_there() {
    let rows = rows(&table(&[b"one", b"t\xffo", b"three", b"four"]));
    let texts: Vec<&str> = rows
        .iter()
        .map(|row| row.as_ref().unwrap().trace.text.as_str())
        .collect();
    assert_eq!(texts, ["one", "t\u{fffd}o", "three", "four"]);
    assert_eq!(
        mended(rows[1].as_ref().unwrap()).as_deref(),
        Some("f, row 2: one piece of it is no UTF-8 and stands as \u{fffd}")
    );
    assert_eq!(
        rows[1].as_ref().unwrap().trace.source.as_ref().unwrap()["repaired"],
        1
    );
    assert_eq!(rows[3].as_ref().unwrap().trace.source.as_ref().unwrap()["row"], 4);
}

#[test]
fn damage_costs_the_rest_of_its_group_and_no_more() {
    let mut bytes = table(&[b"one", b"two", b"three", b"four", b"five", b"six", b"seven"]);
    // The length in front of the second group's second text.
    let at = bytes.windows(4).position(|window| window == b"five").unwrap() - 2;
    bytes[at] = 0xff;
    let rows = rows(&bytes);
    let good: Vec<&str> = rows.iter().flatten().map(|row| row.trace.text.as_str()).collect();
    assert!(
        good.starts_with(&["one", "two", "three"]) && good.ends_with(&["seven"]),
        "{rows:?}"
    );
    let why: Vec<String> = rows
        .iter()
        .filter_map(|row| Some(row.as_ref().err()?.to_string()))
        .collect();
    assert_eq!(why.len(), 1);
    assert!(
        why[0].starts_with("f, row 4: the table is damaged, the rows from here to 6 are lost: "),
        "{why:?}"
    );
}

#[test]
fn a_description_that_loses_rows_is_never_silent() {
    let whole = table(&[b"one", b"two", b"three", b"four"]);
    // The description stands at the end, behind it its length and four letters.
    let (length, _) = whole[whole.len() - 8..].split_first_chunk::<4>().unwrap();
    let from = whole.len() - 8 - u32::from_le_bytes(*length) as usize;
    for (at, bit) in (from..whole.len() - 8).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
        let mut wrong = whole.clone();
        wrong[at] ^= 1 << bit;
        let rows: Vec<_> = Rows::new(&wrong[..], "f")
            .take(100)
            .map_while(Result::ok)
            .collect();
        assert!(
            rows.len() >= 4 || rows.iter().any(Result::is_err),
            "silence about bit {bit} of byte {at}: {rows:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_row_of_a_table_is_lost_in_silence(
        texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..9), 1..9)
    ) {
        let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
        let read = rows(&table(&texts));
        prop_assert_eq!(read.len(), texts.len());
        for (row, text) in read.iter().zip(texts) {
            let read = &row.as_ref().unwrap().trace.text;
            prop_assert_eq!(read, &String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_wrong_byte_anywhere_is_survived(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = table(&[b"one", b"two", b"three", b"four"]);
        let at = at.index(bytes.len());
        bytes[at] = to;
        for row in super::super::table::open(Bytes::from(bytes), "f").take(100) {
            let _ = row.unwrap();
        }
    }
}

#[test]
fn a_compression_that_is_not_read_is_no_damage() {
    let row = rows(&fs::read(fixture("lz4.parquet")).unwrap()).remove(0);
    assert_eq!(
        row.unwrap_err().to_string(),
        "f: its 2 rows are compressed with LZ4_RAW, which is not read here: write it again with zstd or snappy"
    );
}
