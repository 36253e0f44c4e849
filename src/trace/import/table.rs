//! Parquet tables (TRL's completions, TinyZero's tasks): every row as the JSON object that its columns make.
//!
//! A table's description stands at its end: of one that is cut off nothing can be read. Rows stand in groups, and within a
//! group column by column: what is damaged there costs the rest of its group, and no more.

use super::{
    Place, RowError,
    json::repair,
    open::Reader,
    row,
    shape::Object,
    steps::{self, Found, Steps},
};
use crate::base::quiet::quietly;
use parquet::{
    basic::{Compression, ConvertedType, Type as Physical},
    bloom_filter::Sbbf,
    column::page::PageReader,
    errors::{ParquetError, Result},
    file::{
        metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData},
        reader::{ChunkReader, FileReader, RowGroupReader, SerializedFileReader},
    },
    record::{
        Field, Row,
        reader::{ReaderIter, RowIter, TreeBuilder},
    },
    schema::types::{SchemaDescPtr, SchemaDescriptor, Type, TypePtr},
};
use serde_json::{Number, Value};
use std::{io, ops::Range, sync::Arc};

/// Characters of a decoder's complaint.
const MOST_WORDS: usize = 200;

/// Reads a table's rows.
struct Table {
    file: Box<dyn FileReader>,
    /// The columns, strings as bytes.
    columns: SchemaDescPtr,
    place: Place,
    /// The next group, and the rows before it.
    group: usize,
    before: usize,
    /// The group that is being read.
    rows: Option<ReaderIter>,
    /// The numbers of its rows that have not been read yet, from 1.
    left: Range<usize>,
    found: Found,
}

/// The rows of the table in `input`.
pub(super) fn open<'a>(input: impl ChunkReader + 'static, file: &str) -> Reader<'a> {
    let place = Place::file("parquet", file);
    let opened = guarded(|| {
        let file = SerializedFileReader::new(input)?;
        let columns = plain(file.metadata().file_metadata().schema_descr().root_schema())?;
        let columns = Arc::new(SchemaDescriptor::new(columns));
        if columns.num_columns() == 0 {
            return Err(ParquetError::General("it has no columns".to_owned()));
        }
        Ok((file, columns))
    });
    let opened = opened.map_err(|why| format!("the table is damaged or cut off: {why}"));
    let readable = opened.and_then(|(file, columns)| match foreign(file.metadata()) {
        Some(reason) => Err(reason),
        None => Ok((file, columns)),
    });
    match readable {
        Ok((file, columns)) => {
            let mut found = Found::default();
            if let Some(reason) = missing(file.metadata()) {
                found.lost(place.clone(), reason);
            }
            Box::new(steps::rows(Table {
                file: Box::new(file),
                columns,
                place,
                group: 0,
                before: 0,
                rows: None,
                left: 0..0,
                found,
            }))
        }
        Err(reason) => Box::new(std::iter::once(Ok(Err(RowError { place, reason })))),
    }
}

/// What is said of a table that is compressed in a way we do not read.
fn foreign(metadata: &ParquetMetaData) -> Option<String> {
    let read = |column: &&ColumnChunkMetaData| {
        matches!(
            column.compression(),
            Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_) | Compression::ZSTD(_)
        )
    };
    let mut columns = metadata.row_groups().iter().flat_map(RowGroupMetaData::columns);
    let codec = columns.find(|column| !read(column))?.compression().to_string();
    // `BROTLI(BrotliLevel(1))`
    let codec = codec.split('(').next().unwrap_or_default();
    let rows = metadata.file_metadata().num_rows();
    Some(format!(
        "its {rows} rows are compressed with {codec}, which is not read here: write it again with zstd or snappy"
    ))
}

/// What is said of a table whose groups do not have all the rows that it says it has.
fn missing(metadata: &ParquetMetaData) -> Option<String> {
    let groups = metadata.row_groups().iter();
    let rows = groups
        .map(|group| group.num_rows().max(0))
        .fold(0, i64::saturating_add);
    let all = metadata.file_metadata().num_rows();
    (rows < all).then(|| {
        format!("the table is damaged, rows are lost: it says it has {all}, and its groups have {rows}")
    })
}

impl Table {
    /// Takes in the next row, or begins the next group.
    fn read(&mut self) {
        let Some(rows) = &mut self.rows else {
            return self.begin();
        };
        let place = self.place.at_row(self.left.start);
        match guarded(|| rows.next().transpose()) {
            Ok(Some(row)) => {
                self.left.start += 1;
                let mut repaired = 0;
                let row = object(&row, &mut repaired);
                let place = place.repaired(repaired);
                self.found.extend(row::read(row, &Object::new(), place));
            }
            Ok(None) => self.rows = None,
            Err(why) => self.give_up(&why),
        }
    }

    fn begin(&mut self) {
        let group = self.group;
        let opened = guarded(|| {
            let group = self.file.get_row_group(group)?;
            // Empty places count as values: with fewer of them than rows the decoder would make up the rest.
            let rows = group.metadata().num_rows();
            if rows < 0 {
                return Err(ParquetError::General("it has less than no rows".to_owned()));
            }
            if group
                .metadata()
                .columns()
                .iter()
                .any(|column| column.num_values() < rows)
            {
                let why = "its columns have fewer values than it has rows";
                return Err(ParquetError::General(why.to_owned()));
            }
            let metadata = undescribed(&self.columns, group.metadata())?;
            TreeBuilder::new().as_iter(Arc::clone(&self.columns), &Undescribed { group, metadata })
        });
        let rows = self.file.metadata().row_groups().get(group);
        let rows = rows.and_then(|group| usize::try_from(group.num_rows()).ok());
        self.left = self.before + 1..(self.before + 1).saturating_add(rows.unwrap_or(0));
        self.before = self.left.end - 1;
        self.group += 1;
        match opened {
            Ok(rows) => self.rows = Some(rows),
            Err(why) => self.give_up(&why),
        }
    }

    /// Nothing more can be read of the group.
    fn give_up(&mut self, why: &str) {
        let last = self.left.end.saturating_sub(1);
        let lost = if last > self.left.start {
            format!("the rows from here to {last} are lost")
        } else {
            "this row is lost".to_owned()
        };
        let reason = format!("the table is damaged, {lost}: {why}");
        self.found.lost(self.place.at_row(self.left.start), reason);
        self.rows = None;
    }
}

impl Steps for Table {
    fn step(&mut self) -> io::Result<bool> {
        let more = self.rows.is_some() || self.group < self.file.num_row_groups();
        if more {
            self.read();
        }
        Ok(more)
    }

    fn found(&mut self) -> &mut Found {
        &mut self.found
    }
}

/// The columns as they are stored, without the promise that strings are UTF-8: the decoder stops at one that is not, while
/// for us it is a string to be repaired.
fn plain(column: &Type) -> Result<TypePtr> {
    let info = column.get_basic_info();
    let repetition = info.has_repetition().then(|| info.repetition());
    let kind = info.converted_type();
    let column = if let Type::GroupType { fields, .. } = column {
        let fields = fields.iter().map(|field| plain(field)).collect::<Result<_>>()?;
        let group = Type::group_type_builder(info.name())
            .with_converted_type(kind)
            .with_logical_type(info.logical_type_ref().cloned())
            .with_fields(fields);
        match repetition {
            Some(repetition) => group.with_repetition(repetition),
            None => group,
        }
        .build()?
    } else if column.get_physical_type() == Physical::BYTE_ARRAY
        && matches!(
            kind,
            ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON
        )
    {
        let bytes = Type::primitive_type_builder(info.name(), Physical::BYTE_ARRAY);
        match repetition {
            Some(repetition) => bytes.with_repetition(repetition),
            None => bytes,
        }
        .build()?
    } else {
        column.clone()
    };
    Ok(Arc::new(column))
}

/// A group of rows as it is stored, its columns described by others' words.
struct Undescribed<'a> {
    group: Box<dyn RowGroupReader + 'a>,
    metadata: RowGroupMetaData,
}

/// What a reader of rows asks of a group's description.
fn undescribed(columns: &SchemaDescPtr, group: &RowGroupMetaData) -> Result<RowGroupMetaData> {
    let chunks = columns
        .columns()
        .iter()
        .map(|column| ColumnChunkMetaData::builder(Arc::clone(column)).build());
    RowGroupMetaData::builder(Arc::clone(columns))
        .set_num_rows(group.num_rows())
        .set_column_metadata(chunks.collect::<Result<_>>()?)
        .build()
}

impl RowGroupReader for Undescribed<'_> {
    fn metadata(&self) -> &RowGroupMetaData {
        &self.metadata
    }

    fn num_columns(&self) -> usize {
        self.group.num_columns()
    }

    fn get_column_page_reader(&self, i: usize) -> Result<Box<dyn PageReader>> {
        self.group.get_column_page_reader(i)
    }

    fn get_column_bloom_filter(&self, i: usize) -> Option<&Sbbf> {
        self.group.get_column_bloom_filter(i)
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_row_group(projection, self)
    }
}

/// What the decoder says, in a few words. It panics over some damaged files instead of refusing them.
fn guarded<T>(read: impl FnOnce() -> Result<T>) -> std::result::Result<T, String> {
    match quietly(read) {
        Some(Ok(read)) => Ok(read),
        // Some of its sentences hold the bytes they are about.
        Some(Err(error)) => Err(error.to_string().chars().take(MOST_WORDS).collect()),
        None => Err("it cannot be decoded".to_owned()),
    }
}

/// A row, or a field with fields, as an object; what is no UTF-8 in it is counted.
fn object(row: &Row, repaired: &mut usize) -> Value {
    let columns = row.get_column_iter();
    Value::Object(
        columns
            .map(|(name, field)| (name.clone(), value(field, repaired)))
            .collect(),
    )
}

fn value(field: &Field, repaired: &mut usize) -> Value {
    match field {
        Field::Bool(value) => (*value).into(),
        Field::Byte(value) => (*value).into(),
        Field::Short(value) => (*value).into(),
        Field::Int(value) => (*value).into(),
        Field::Long(value) => (*value).into(),
        Field::UByte(value) => (*value).into(),
        Field::UShort(value) => (*value).into(),
        Field::UInt(value) => (*value).into(),
        Field::ULong(value) => (*value).into(),
        Field::Float16(value) => float(value.to_f64()),
        Field::Float(value) => float((*value).into()),
        Field::Double(value) => float(*value),
        Field::Str(value) => value.as_str().into(),
        Field::Bytes(value) => {
            let (text, stretches) = repair(value.data());
            *repaired += stretches;
            text.into()
        }
        Field::Group(row) => object(row, repaired),
        Field::ListInternal(list) => {
            let elements = list.elements().iter();
            elements.map(|field| value(field, repaired)).collect()
        }
        Field::MapInternal(map) => {
            let mut named = Object::new();
            for (name, field) in map.entries() {
                if let Value::String(name) = value(name, repaired) {
                    named.insert(name, value(field, repaired));
                }
            }
            Value::Object(named)
        }
        // Dates, times and decimals: no shape has any that matters.
        _ => Value::Null,
    }
}

fn float(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}
