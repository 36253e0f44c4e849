//! Code in a text: fenced blocks, displayed and inline LaTeX, bare JSON. Found line by line as the text arrives; coloured
//! only where somebody looks, and only when it is whole and not long.
//!
//! Simplified: a fence may be indented, but quotes (`>`) around it are not understood; `$…$` within a line is more often
//! money than mathematics and stays as it is.

use super::colour::{self, Kind};
use crate::trace::Span;

/// Longest block that is coloured, in bytes.
const LONGEST: usize = 4096;

/// The blocks of a text.
#[derive(Clone, Debug, Default)]
pub struct Code {
    blocks: Vec<Block>,
    open: Option<Open>,
    /// Bytes read: whole lines.
    read: usize,
}

#[derive(Clone, Debug)]
struct Block {
    span: Span,
    language: String,
    /// What its bytes are, once somebody looked.
    colours: Option<Vec<(Span, Kind)>>,
}

/// A block whose end was not seen yet.
#[derive(Clone, Debug)]
struct Open {
    start: usize,
    language: String,
    end: End,
}

/// What ends a block.
#[derive(Clone, Debug, PartialEq)]
enum End {
    /// At least so many of this sign, alone in a line.
    Fence(u8, usize),
    /// This mark, which belongs to the block.
    Mark(&'static str),
    /// Brackets that close as many as were opened.
    Brackets(isize),
}

/// How mathematics begins and ends.
const MATHEMATICS: [(&str, &str); 3] = [("\\[", "\\]"), ("\\(", "\\)"), ("$$", "$$")];

impl Code {
    /// Reads what was added to `text` since the last call, as far as its lines are whole.
    pub fn read(&mut self, text: &str) {
        while let Some(length) = text.get(self.read..).and_then(|rest| rest.find('\n')) {
            let line = Span::new(self.read, self.read + length);
            self.line(text, line);
            self.read = line.end + 1;
        }
    }

    fn line(&mut self, text: &str, line: Span) {
        let shown = line.of(text).trim();
        let fence = fence(shown);
        match &mut self.open {
            None => match fence {
                Some((sign, count, language)) => {
                    self.open = Some(Open {
                        start: line.end + 1,
                        language: language.to_owned(),
                        end: End::Fence(sign, count),
                    });
                }
                None if shown.starts_with(['{', '[']) => self.brackets(text, line, 0),
                None => self.mathematics(text, line),
            },
            Some(open) => match (&open.end, fence) {
                (End::Fence(sign, count), Some((other, at_least, "")))
                    if *sign == other && at_least >= *count =>
                {
                    let end = line.start.saturating_sub(1).max(open.start);
                    self.close(end);
                }
                (End::Fence(..), _) => {}
                (End::Brackets(depth), _) => {
                    let depth = *depth;
                    self.brackets(text, line, depth);
                }
                (End::Mark(mark), _) => match line.of(text).find(mark) {
                    Some(at) => {
                        let end = line.start + at + mark.len();
                        self.close(end);
                        self.mathematics(text, Span::new(end, line.end));
                    }
                    None if shown.is_empty() => self.open = None,
                    None => {}
                },
            },
        }
        // What grew beyond all bounds is no block that could be coloured; a fence still hides what is in it.
        self.open
            .take_if(|open| !matches!(open.end, End::Fence(..)) && line.end - open.start > LONGEST);
    }

    /// JSON that stands in the text as it is: from a line that begins with a bracket to the one that closes it.
    fn brackets(&mut self, text: &str, line: Span, depth: isize) {
        let sum = |depth: isize, byte: &u8| match byte {
            b'{' | b'[' => depth + 1,
            b'}' | b']' => depth - 1,
            _ => depth,
        };
        let depth = line.of(text).as_bytes().iter().fold(depth, sum);
        let start = self.open.as_ref().map_or(line.start, |open| open.start);
        let block = Span::new(start, line.end);
        if depth > 0 && line.end - start <= LONGEST {
            self.open = Some(Open {
                start,
                language: "json".into(),
                end: End::Brackets(depth),
            });
        } else {
            self.open = None;
            let json = block.of(text);
            let parsed: Result<serde::de::IgnoredAny, _> = serde_json::from_str(json);
            if json.len() <= LONGEST && json.contains([':', ',']) && parsed.is_ok() {
                self.add(block, "json");
            } else {
                self.mathematics(text, line);
            }
        }
    }

    /// Mathematics that begins in this line.
    fn mathematics(&mut self, text: &str, line: Span) {
        let mut at = line.start;
        loop {
            let rest = Span::new(at, line.end).of(text);
            let found = MATHEMATICS
                .iter()
                .filter_map(|(open, close)| Some((rest.find(open)?, *open, *close)));
            let Some((begin, open, close)) = found.min_by_key(|(begin, ..)| *begin) else {
                return;
            };
            let start = at + begin;
            let inner = start + open.len();
            match Span::new(inner, line.end).of(text).find(close) {
                Some(length) => {
                    at = inner + length + close.len();
                    self.add(Span::new(start, at), "latex");
                }
                // What is written within a line ends there.
                None if open == "\\(" => at = inner,
                None => {
                    self.open = Some(Open {
                        start,
                        language: "latex".into(),
                        end: End::Mark(close),
                    });
                    return;
                }
            }
        }
    }

    fn close(&mut self, end: usize) {
        if let Some(open) = self.open.take() {
            self.add(Span::new(open.start, end), &open.language);
        }
    }

    fn add(&mut self, span: Span, language: &str) {
        if span.start < span.end && span.end - span.start <= LONGEST && !language.is_empty() {
            self.blocks.push(Block {
                span,
                language: language.to_owned(),
                colours: None,
            });
        }
    }

    fn first(&self, offset: usize) -> usize {
        self.blocks.partition_point(|block| block.span.end <= offset)
    }

    /// Colours the blocks between these bytes of `text`, where that was not done yet.
    pub fn colour(&mut self, text: &str, visible: Span) {
        let first = self.first(visible.start);
        let here = self.blocks.get_mut(first..).unwrap_or_default();
        for block in here.iter_mut().take_while(|block| block.span.start < visible.end) {
            block.colours.get_or_insert_with(|| {
                colour::colours(&block.language, block.span.of(text), block.span.start)
            });
        }
    }

    /// What the bytes of `row` are, in order, as far as they were coloured.
    pub fn touching(&self, row: Span) -> impl Iterator<Item = (Span, Kind)> + '_ {
        let blocks = self
            .blocks
            .get(self.first(row.start)..)
            .unwrap_or_default()
            .iter();
        let here = blocks.take_while(move |block| block.span.start < row.end);
        here.flat_map(move |block| {
            let colours = block.colours.as_deref().unwrap_or_default();
            let first = colours.partition_point(|(span, _)| span.end <= row.start);
            let rest = colours.get(first..).unwrap_or_default().iter().copied();
            rest.take_while(move |(span, _)| span.start < row.end)
        })
    }
}

/// The sign, length and language of a line that opens or closes a block.
fn fence(line: &str) -> Option<(u8, usize, &str)> {
    let sign = *line
        .as_bytes()
        .first()
        .filter(|sign| matches!(sign, b'`' | b'~'))?;
    let count = line.bytes().take_while(|byte| *byte == sign).count();
    let language = line.get(count..)?.trim();
    // More of the sign behind it: code within a line.
    (count >= 3 && !language.as_bytes().contains(&sign)).then(|| {
        (
            sign,
            count,
            language.split_whitespace().next().unwrap_or_default(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(String, String)> {
        let mut code = Code::default();
        code.read(text);
        let blocks = code.blocks.iter();
        blocks
            .map(|block| (block.language.clone(), block.span.of(text).to_owned()))
            .collect()
    }

    #[test]
    fn fences_mathematics_and_bare_json_are_found() {
        let text = "So:\n```python\nx = 1\n```\nand \\(a+b\\), \\[\nc^2\n\\] with $$d$$\n{\"a\": [1,\n 2]}\n\
                    {not json}\n~~~~\nplain\n~~~~\n[1, 2]\n````json\n```\n{}\n````\nopen \\( and\n```rust\nfn";
        let wanted = [
            ("python", "x = 1"),
            ("latex", "\\(a+b\\)"),
            ("latex", "\\[\nc^2\n\\]"),
            ("latex", "$$d$$"),
            ("json", "{\"a\": [1,\n 2]}"),
            ("json", "[1, 2]"),
            ("json", "```\n{}"),
        ];
        let wanted = wanted.map(|(language, block)| (language.to_owned(), block.to_owned()));
        assert_eq!(found(text), wanted);
    }

    #[test]
    fn blocks_are_coloured_where_somebody_looks_and_long_ones_never() {
        let long = format!("```json\n\"{}\"\n```\n", "x".repeat(LONGEST));
        let text = format!("{long}```json\n[true]\n```\n```json\n[1]\n```\n");
        let mut code = Code::default();
        code.read(&text);
        let second = long.len() + 8;
        code.colour(&text, Span::new(0, second + 1));
        let all: Vec<_> = code.touching(Span::new(0, text.len())).collect();
        assert_eq!(all, [(Span::new(second + 1, second + 5), Kind::Constant)]);
    }

    proptest! {
        #[test]
        fn any_chunking_finds_the_same_blocks_in_order(
            parts in prop::collection::vec("(```|~~~|py|\n|\\[|\\\\\\[|\\\\\\]|\\$\\$|[{}a\", :1é]){0,12}", 0..8)
        ) {
            let whole = parts.concat();
            let (mut text, mut chunked) = (String::new(), Code::default());
            for part in &parts {
                text.push_str(part);
                chunked.read(&text);
            }
            let spans: Vec<Span> = chunked.blocks.iter().map(|block| block.span).collect();
            let mut at_once = Code::default();
            at_once.read(&whole);
            prop_assert_eq!(&spans, &at_once.blocks.iter().map(|block| block.span).collect::<Vec<_>>());
            prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
            chunked.colour(&whole, Span::new(0, whole.len()));
        }
    }
}
