//! What a file holds: told by its first bytes, not by its name.

use super::{
    Item, MOST_BYTES, Place, RowError, beginning,
    document::Document,
    draft::Draft,
    inspect::archive,
    json,
    lines::{self, Lines},
    packed::{Packed, Packing},
    separated,
    shape::Object,
    steps, table,
};
use bytes::Bytes;
use serde_json::Value;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
    path::Path,
};

/// What some editors put before the first line; no part of the text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// What UTF-16 begins with, its smaller byte first and last.
const WIDE: [[u8; 2]; 2] = [[0xff, 0xfe], [0xfe, 0xff]];
/// What texts do not have, and programs and numbers do.
const ZEROS: [u8; 3] = [0; 3];
/// Of how many bytes at the beginning of a text one may be a control character, where there are more than a few.
const CONTROLS: usize = 20;
const FEW: usize = 8;
/// How many bytes are looked at for that.
const BEGINNING: usize = 4096;
/// How much of a file is looked at before its kind is decided.
const LOOK: usize = 1 << 20;
/// The largest archive or table that is taken into memory.
const MOST_PIPED: usize = 1 << 30;
/// How often a file may be packed.
const MOST_PACKED: usize = 2;
/// What rows are called that belong to nobody else.
const FORMAT: &str = "jsonl";
/// What verifiers call their results, as they are or packed, and what they put beside them.
const RESULTS: [&str; 3] = ["results.jsonl", "results.jsonl.gz", "results.jsonl.zst"];
const ABOUT: &str = "metadata.json";

/// Rows of any kind.
pub(super) type Reader<'a> = Box<dyn Iterator<Item = Item> + Send + 'a>;

/// Bytes from anywhere.
pub(super) type Input<'a> = Box<dyn BufRead + Send + 'a>;

/// The kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Lines,
    Events,
    Document,
    Zip,
    Table,
    Packed(Packing),
    Wide,
}

/// The rows of a file, or of a directory that verifiers wrote.
pub(super) fn path(path: &Path) -> io::Result<Reader<'static>> {
    let results;
    let path = if path.is_dir() {
        let found = RESULTS
            .iter()
            .map(|name| path.join(name))
            .find(|path| path.is_file());
        let unknown = "it is a directory without a `results.jsonl`: name the files in it";
        results = found.ok_or_else(|| io::Error::other(unknown))?;
        &results
    } else {
        path
    };
    let name = path.display().to_string();
    let mut input = BufReader::new(File::open(path)?);
    match magic(input.fill_buf()?) {
        Some(Kind::Zip) => archive::open(input, &name),
        Some(Kind::Table) => Ok(table::open(input.into_inner(), &name)),
        _ => {
            let (about, lost) = beside(path);
            let rows = stream(Box::new(input), &name, about)?;
            Ok(match lost {
                None => rows,
                Some(error) => Box::new(std::iter::once(Ok(Err(error))).chain(rows)),
            })
        }
    }
}

/// What `metadata.json` beside a file of results says of all of them, and why it says nothing when it cannot be read.
fn beside(path: &Path) -> (Object, Option<RowError>) {
    let known = path
        .file_name()
        .is_some_and(|name| RESULTS.iter().any(|known| name == *known));
    let path = path.with_file_name(ABOUT);
    if !known || !path.exists() {
        return (Object::new(), None);
    }
    let read = || {
        let mut bytes = Vec::new();
        let file = File::open(&path).map_err(|error| error.to_string())?;
        let read = file.take(MOST_BYTES as u64).read_to_end(&mut bytes);
        read.map_err(|error| error.to_string())?;
        match json::parse(&bytes)? {
            (Value::Object(about), _) => Ok(about),
            _ => Err("it is no JSON object".to_owned()),
        }
    };
    let error = |why: String| RowError {
        place: Place::file("json", &path.display().to_string()),
        reason: format!("it cannot be read, so the model of the rows beside it is not known: {why}"),
    };
    match read() {
        Ok(about) => (about, None),
        Err(why) => (Object::new(), Some(error(why))),
    }
}

/// The rows of a stream, whatever it holds. What must be read from its end is read into memory.
pub(super) fn stream<'a>(input: Input<'a>, file: &str, about: Object) -> io::Result<Reader<'a>> {
    unpacked(input, file, about, 0)
}

/// The same, of something that was packed so many times.
fn unpacked<'a>(mut input: Input<'a>, file: &str, about: Object, times: usize) -> io::Result<Reader<'a>> {
    let mut head = Vec::new();
    let (mut kind, mut marked) = (None, false);
    while kind.is_none() {
        let bytes = input.fill_buf()?;
        let (read, end) = (bytes.len(), bytes.is_empty());
        head.extend_from_slice(bytes);
        input.consume(read);
        if !marked && head.starts_with(BYTE_ORDER_MARK) {
            head.drain(..BYTE_ORDER_MARK.len());
            marked = true;
        }
        kind = decide(&head, end || head.len() >= LOOK);
    }
    let place = Place::file(FORMAT, file);
    let mut rest = Cursor::new(head).chain(input);
    Ok(match kind.unwrap_or(Kind::Text) {
        Kind::Lines => Box::new(steps::rows(Lines::new(rest, place, about))),
        Kind::Events => Box::new(steps::rows(Lines::new(rest, place, about).of_events())),
        Kind::Document => Box::new(steps::rows(Document::new(rest, Place::file("json", file), about))),
        Kind::Text => Box::new(plain(rest, file)?.into_iter()),
        Kind::Wide => {
            let mut bytes = Vec::new();
            if rest.by_ref().take(MOST_BYTES as u64).read_to_end(&mut bytes)? == MOST_BYTES {
                let why = "it is UTF-16 of more than 256 MiB: make it UTF-8, or cut it into pieces";
                return Err(io::Error::other(why));
            }
            let text = Cursor::new(narrow(&bytes).into_bytes());
            return unpacked(Box::new(text), file, about, times);
        }
        Kind::Packed(_) if times >= MOST_PACKED => {
            return Err(io::Error::other("it is packed again and again"));
        }
        Kind::Packed(packing) => Box::new(Packed::open(rest, packing, Place::file(FORMAT, file), |inner| {
            unpacked(inner, file, about, times + 1)
        })?),
        kind @ (Kind::Zip | Kind::Table) => {
            let mut bytes = Vec::new();
            let read = rest.by_ref().take(MOST_PIPED as u64).read_to_end(&mut bytes)?;
            if read == MOST_PIPED {
                let why = "an archive or table of more than a GiB cannot be read from a pipe or out of a packed file: unpack it, and name it";
                return Err(io::Error::other(why));
            }
            if kind == Kind::Zip {
                archive::open(Cursor::new(bytes), file)?
            } else {
                table::open(Bytes::from(bytes), file)
            }
        }
    })
}

fn magic(head: &[u8]) -> Option<Kind> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Some(Kind::Zip)
    } else if head.starts_with(b"PAR1") {
        Some(Kind::Table)
    } else if WIDE.iter().any(|mark| head.starts_with(mark)) {
        Some(Kind::Wide)
    } else {
        Packing::magic(head).map(Kind::Packed)
    }
}

/// The kind of a file that begins so; `None` when more of it must be seen: it must not depend on how much comes at once.
/// At the `last` look there is always one.
fn decide(head: &[u8], last: bool) -> Option<Kind> {
    if head.len() < 4 && !last {
        return None;
    }
    if let Some(kind) = magic(head) {
        return Some(kind);
    }
    let body = lines::unseparated(head);
    let Some(&open @ (b'{' | b'[')) = body.first() else {
        return match is_events(body, last) {
            Some(true) => Some(Kind::Events),
            Some(false) => match beginning::leads_to_rows(body, last) {
                Some(true) => Some(Kind::Lines),
                Some(false) => Some(Kind::Text),
                None => last.then_some(Kind::Text),
            },
            None => last.then_some(Kind::Text),
        };
    };
    let mut lines = body.splitn(2, |byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default().trim_ascii_end();
    let Some(rest) = lines.next().map(<[u8]>::trim_ascii_start) else {
        // One long line, so far. Logs are written in one; most others are rows.
        return last.then(|| one_line(first));
    };
    let mut lines = rest.splitn(2, |byte| *byte == b'\n');
    let second = lines.next().unwrap_or_default();
    let is_whole = last || lines.next().is_some();
    if open == b'[' && !is_whole {
        return None;
    }
    let whole = json::parse(lines::without_comma(first)).is_ok();
    if open == b'{' && whole {
        return Some(Kind::Lines);
    }
    if second.is_empty() {
        return last.then(|| one_line(first));
    }
    Some(match (open, whole) {
        (b'[', true) if second.first() == Some(&b'[') && json::parse(second.trim_ascii_end()).is_ok() => {
            Kind::Lines
        }
        (b'[', false) => match is_list(body, last) {
            None if !last => return None,
            Some(false) => Kind::Text,
            _ => Kind::Document,
        },
        (b'{', false) if is_next(first, second) || !is_object(body) => Kind::Lines,
        _ => Kind::Document,
    })
}

/// Whether lines are those of a recorded stream, once one of them tells.
fn is_events(body: &[u8], last: bool) -> Option<bool> {
    let lines = body.split_inclusive(|byte| *byte == b'\n');
    let whole = lines.filter(|line| last || line.ends_with(b"\n"));
    let mut telling = whole
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty() && !lines::is_other_field(line));
    let data = lines::field(telling.next()?).map(<[u8]>::trim_ascii);
    Some(data.is_some_and(|data| data == lines::DONE || data.first() == Some(&b'{') && is_object(data)))
}

/// The kind of a file that is one line as far as one can see.
fn one_line(line: &[u8]) -> Kind {
    let beginning = line.get(..line.len().min(4096)).unwrap_or_default();
    let has = |name: &[u8]| beginning.windows(name.len()).any(|window| window == name);
    match line.first() {
        Some(b'[') if is_list(line, true) == Some(false) => Kind::Text,
        Some(b'[') => Kind::Document,
        _ if has(b"\"version\"") && has(b"\"eval\"") || has(b"\"results\"") => Kind::Document,
        _ => Kind::Lines,
    }
}

/// Whether a bracket opens a list of objects or of texts, or of lists of them, and no line of a text; none when nothing says
/// so yet, and nothing against it.
fn is_list(body: &[u8], last: bool) -> Option<bool> {
    let mut inner = body;
    while let Some(rest) = inner.strip_prefix(b"[") {
        inner = rest.trim_ascii_start();
    }
    match inner.first() {
        Some(b'{') => Some(true),
        Some(b'"') => beginning::are_texts(body, last),
        None => None,
        Some(b']') => (inner.trim_ascii_end().len() > 1).then_some(false),
        Some(_) => Some(false),
    }
}

/// Whether a second line is another row, and not the next piece of what the first one leaves open.
fn is_next(first: &[u8], second: &[u8]) -> bool {
    second.first() == Some(&b'{')
        && !first.ends_with(b"[")
        && !first.ends_with(b",")
        && !first.ends_with(b":")
}

/// Whether a brace opens an object, as far as its first name says.
fn is_object(body: &[u8]) -> bool {
    let inner = body.get(1..).unwrap_or_default().trim_ascii_start();
    matches!(inner.first(), Some(b'"' | b'}') | None)
}

/// UTF-16 behind its mark as a text; what is none becomes U+FFFD.
fn narrow(bytes: &[u8]) -> String {
    let unit = match bytes.first() {
        Some(0xff) => u16::from_le_bytes,
        _ => u16::from_be_bytes,
    };
    let (pairs, rest) = bytes.get(2..).unwrap_or_default().as_chunks();
    let units: Vec<u16> = pairs.iter().copied().map(unit).collect();
    let mut text = String::from_utf16_lossy(&units);
    text.extend(rest.first().map(|_| char::REPLACEMENT_CHARACTER));
    text
}

/// Packed files of kinds that are not unpacked here, by what stands in them and where.
const FOREIGN: [(&str, usize, &[u8]); 5] = [
    ("xz", 0, b"\xfd7zXZ\0"),
    ("bzip2", 0, b"BZh"),
    ("7z", 0, b"7z\xbc\xaf\x27\x1c"),
    ("rar", 0, b"Rar!\x1a\x07"),
    ("tar", 257, b"ustar"),
];

/// How a file is packed that we do not unpack.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    let is = |at: usize, mark: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(mark));
    // A text may begin with the letters of bzip2: a digit and the digits of pi follow.
    let is_packed =
        |(name, at, mark): &&(&str, usize, &[u8])| is(*at, mark) && (*name != "bzip2" || is(4, b"1AY&SY"));
    FOREIGN.iter().find(is_packed).map(|(name, ..)| *name)
}

/// Why bytes are no text, by what stands at their beginning. A zero or two, and a few other control characters, may be a
/// model's doing.
fn binary(bytes: &[u8]) -> Option<String> {
    if let Some(name) = foreign(bytes) {
        return Some(format!(
            "it is packed with {name}, which is not read here: unpack it, and name the files"
        ));
    }
    let beginning = bytes.get(..BEGINNING).unwrap_or(bytes);
    let zeros = beginning.windows(ZEROS.len()).position(|window| window == ZEROS);
    // Terminals write escapes, backspaces and form feeds into texts.
    let is_control =
        |byte: &&u8| byte.is_ascii_control() && !byte.is_ascii_whitespace() && !matches!(byte, 0x08 | 0x1b);
    let controls = beginning.iter().filter(is_control).count();
    let why = match zeros {
        Some(at) => format!("zeros begin at byte {at}"),
        None if controls >= FEW && controls * CONTROLS > beginning.len() => {
            format!(
                "{controls} of its first {} bytes are control characters",
                beginning.len()
            )
        }
        None => return None,
    };
    Some(format!(
        "this is no text, {why}: name a text in UTF-8 (or in UTF-16 with its byte order mark), JSON lines, a log or a table"
    ))
}

/// All of the input as one text; nothing when there is nothing in it.
fn plain(input: impl Read, file: &str) -> io::Result<Option<Item>> {
    let mut bytes = Vec::new();
    let most = MOST_BYTES as u64;
    input.take(most + 1).read_to_end(&mut bytes)?;
    let place = Place::file("text", file);
    if bytes.len() > MOST_BYTES {
        let reason = format!(
            "a text may have {} MiB: cut the file into pieces",
            MOST_BYTES >> 20
        );
        return Ok(Some(Ok(Err(RowError { place, reason }))));
    }
    if bytes.trim_ascii().is_empty() {
        return Ok(None);
    }
    if bytes.trim_ascii() == b"null" {
        let reason = "there is nothing in it but a `null` of JSON".to_owned();
        return Ok(Some(Ok(Err(RowError { place, reason }))));
    }
    if let Some(reason) = binary(&bytes) {
        return Ok(Some(Ok(Err(RowError { place, reason }))));
    }
    let (text, repaired) = json::repair(&bytes);
    let text = beginning::quoted(&text).unwrap_or(text);
    let place = place.repaired(repaired);
    let is_table = separated::is_table(&text);
    let mut draft = Draft::default();
    draft.write(text);
    draft
        .remarks
        .extend(is_table.then(|| separated::ADVICE.to_owned()));
    Ok(Some(Ok(Ok(draft.finish(place)))))
}
