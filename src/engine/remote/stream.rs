//! The stream of an answer: bytes in any pieces to the data of server-sent events.
//!
//! Pure, and the same for every way to cut the bytes. Takes what servers really send: any line end, comments, data of
//! several lines, a last event without its blank line, `error:` lines, and a plain JSON answer where a stream was asked
//! for. Names, ids and retry times of events are not used.

/// Bytes of an event, or of a plain answer, at most.
const LIMIT: usize = 8 << 20;

/// Something that came out of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// The data of an event.
    Data(String),
    /// What stood there when the stream ended: a plain answer, or an event that may be cut off.
    Tail(String),
    /// `[DONE]`.
    Done,
}

/// An event larger than anybody sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a line of more than {0} bytes")]
pub struct TooLong(pub usize);

/// What a body turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    Unknown,
    Events,
    Json,
}

/// Cuts a stream into events.
#[derive(Debug)]
pub struct EventReader {
    limit: usize,
    body: Body,
    /// The line that is being read; for a plain answer all of it.
    line: Vec<u8>,
    /// Lines of data of the event that is being read.
    data: Option<Vec<u8>>,
    /// Whether the last byte was a carriage return, which a newline may follow.
    after_return: bool,
    done: bool,
}

impl Default for EventReader {
    fn default() -> Self {
        Self::with_limit(LIMIT)
    }
}

impl EventReader {
    /// A reader that refuses events of more than `limit` bytes.
    #[must_use]
    pub fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            body: Body::Unknown,
            line: Vec::new(),
            data: None,
            after_return: false,
            done: false,
        }
    }

    /// Takes more bytes; what they complete goes to `out`. Nothing counts after `[DONE]`.
    ///
    /// # Errors
    /// [`TooLong`]; the reader is of no use then.
    pub fn push(&mut self, mut bytes: &[u8], out: &mut Vec<Item>) -> Result<(), TooLong> {
        if self.body == Body::Unknown {
            // Blanks and byte order marks before the first event mean nothing.
            let blank = |b: &u8| b.is_ascii_whitespace() || b"\xEF\xBB\xBF".contains(b);
            let Some(begin) = bytes.iter().position(|b| !blank(b)) else {
                return Ok(());
            };
            bytes = bytes.split_at(begin).1;
            self.body = if bytes.first() == Some(&b'{') {
                Body::Json
            } else {
                Body::Events
            };
        }
        if self.body == Body::Json {
            return self.extend(bytes);
        }
        while let Some((first, rest)) = bytes.split_first() {
            if std::mem::take(&mut self.after_return) && *first == b'\n' {
                bytes = rest;
                continue;
            }
            let Some(end) = bytes.iter().position(|b| matches!(b, b'\n' | b'\r')) else {
                return self.extend(bytes);
            };
            let (line, rest) = bytes.split_at(end);
            self.extend(line)?;
            self.after_return = rest.first() == Some(&b'\r');
            bytes = rest.get(1..).unwrap_or_default();
            self.end_line(out)?;
        }
        Ok(())
    }

    /// The stream is over.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn finish(&mut self, out: &mut Vec<Item>) -> Result<(), TooLong> {
        if self.body == Body::Json {
            let whole = text(&std::mem::take(&mut self.line));
            out.push(Item::Tail(whole.trim_end().to_owned()));
            return Ok(());
        }
        if !self.line.is_empty() {
            self.end_line(out)?;
        }
        if let Some(data) = self.data.take().filter(|_| !self.done) {
            out.push(match text(&data) {
                done if done.trim() == "[DONE]" => Item::Done,
                tail => Item::Tail(tail),
            });
        }
        Ok(())
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + bytes.len() > self.limit {
            return Err(TooLong(self.limit));
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self, out: &mut Vec<Item>) -> Result<(), TooLong> {
        let line = std::mem::take(&mut self.line);
        let line = line.as_slice();
        if line.is_empty() {
            if let Some(data) = self.data.take().filter(|_| !self.done) {
                let data = text(&data);
                self.done = data.trim() == "[DONE]";
                out.push(if self.done { Item::Done } else { Item::Data(data) });
            }
            return Ok(());
        }
        let colon = line.iter().position(|b| *b == b':');
        let (name, value) = line.split_at(colon.unwrap_or(line.len()));
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => self.add(&[value]),
            // Not in the standard, but some servers end a stream so.
            b"error" => self.add(&[b"{\"error\":", value, b"}"]),
            _ => Ok(()),
        }
    }

    /// Adds a line of data.
    fn add(&mut self, parts: &[&[u8]]) -> Result<(), TooLong> {
        let more: usize = parts.iter().map(|part| part.len()).sum();
        let data = self.data.get_or_insert_default();
        if data.len() + more + 1 > self.limit {
            return Err(TooLong(self.limit));
        }
        if !data.is_empty() {
            data.push(b'\n');
        }
        parts.iter().for_each(|part| data.extend_from_slice(part));
        Ok(())
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(pieces: &[&[u8]]) -> Vec<Item> {
        let (mut reader, mut items) = (EventReader::default(), Vec::new());
        for piece in pieces {
            reader.push(piece, &mut items).unwrap();
        }
        reader.finish(&mut items).unwrap();
        items
    }

    fn data(text: &str) -> Item {
        Item::Data(text.into())
    }

    #[test]
    fn events_are_read_whatever_the_line_ends_comments_and_cuts() {
        let text = "\u{feff}: hello\r\ndata: {\"a\":1}\r\n\r\nevent: x\rid: 4\rdata:{\"b\":\"é\"}\r\rdata: one\ndata:  two\ndata\n\n\n\ndata: [DONE]\n\ndata: late\n\n";
        let wanted = [
            data("{\"a\":1}"),
            data("{\"b\":\"é\"}"),
            data("one\n two\n"),
            Item::Done,
        ];
        assert_eq!(read(&[text.as_bytes()]), wanted);
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(read(&bytes), wanted);
    }

    #[test]
    fn a_stream_without_its_last_blank_line_gives_what_stands_there() {
        assert_eq!(read(&[b"data: {\"a\":1}"]), [Item::Tail("{\"a\":1}".into())]);
        assert_eq!(read(&[b"data: {\"a\"\n"]), [Item::Tail("{\"a\"".into())]);
        assert_eq!(read(&[b"data: x\n\ndata: [DONE]"]), [data("x"), Item::Done]);
        assert_eq!(read(&[b"<html>\n<p>no</p>"]), []);
        assert_eq!(read(&[b""]), []);
    }

    #[test]
    fn a_plain_answer_and_error_lines_are_read_too() {
        assert_eq!(
            read(&[b" \r\n", b"{\"a\":\n", b"\n2}\n"]),
            [Item::Tail("{\"a\":\n\n2}".into())]
        );
        assert_eq!(
            read(&[b"error: {\"code\":500}\n\n"]),
            [data("{\"error\":{\"code\":500}}")]
        );
    }

    #[test]
    fn an_endless_line_or_event_is_refused_and_bytes_that_are_no_text_are_replaced() {
        for endless in [
            "data: aaaaaaaaaaaaaaaa",
            "{aaaaaaaaaaaaaaaa",
            "data:a\ndata:a\ndata:a\ndata:a\ndata:a\n",
        ] {
            let (mut reader, mut items) = (EventReader::with_limit(8), Vec::new());
            let ends = endless.bytes().try_for_each(|b| reader.push(&[b], &mut items));
            assert_eq!(ends, Err(TooLong(8)));
        }
        assert_eq!(read(&[b"data: \xE2\x82\n\n"]), [data("\u{FFFD}")]);
    }

    proptest! {
        #[test]
        fn how_the_bytes_are_cut_does_not_matter(
            text in "(\u{feff}|data: ?|error:|: |[{}]|é€|[\r\n]|\\[DONE\\]|a){0,40}", size in 1_usize..9
        ) {
            let pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
            prop_assert_eq!(read(&pieces), read(&[text.as_bytes()]));
        }

        #[test]
        fn any_bytes_pass(bytes in prop::collection::vec(any::<u8>(), 0..200), size in 1_usize..9) {
            let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
            prop_assert_eq!(read(&pieces), read(&[&bytes]));
        }
    }
}
