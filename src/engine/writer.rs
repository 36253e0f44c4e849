//! Tokens of one sample to text: bytes to characters, characters past the stop filter, tokens with the place they end.

use crate::{
    engine::{TokenBatch, sample::Score, stop::StopFilter},
    model::tokenizer::Utf8Stream,
};

/// Collects the tokens of one sample. A token comes out once all its text may: while its end could still be the
/// beginning of a stop text, it waits.
#[derive(Debug, Default)]
pub struct Writer {
    utf8: Utf8Stream,
    stop: StopFilter,
    /// Bytes of text decoded, let through or not.
    decoded: usize,
    /// Bytes of text let through.
    written: usize,
    ready: TokenBatch,
    waiting: TokenBatch,
}

impl Writer {
    /// A writer that ends at `stops`.
    #[must_use]
    pub fn new(stops: &[String]) -> Self {
        Self {
            stop: StopFilter::new(stops),
            ..Self::default()
        }
    }

    /// Takes a token that was there before sampling began; stop texts in it do not count.
    pub fn given(&mut self, token: u32, bytes: &[u8], score: Score) {
        let before = self.ready.text.len();
        self.utf8.push(bytes, &mut self.ready.text);
        self.decoded += self.ready.text.len() - before;
        self.written = self.decoded;
        append(&mut self.ready, token, self.decoded, score);
        self.ready.given += 1;
    }

    /// Takes a sampled token. True: a stop text is complete, the sample is over.
    pub fn push(&mut self, token: u32, bytes: &[u8], score: Score) -> bool {
        let mut text = String::new();
        self.utf8.push(bytes, &mut text);
        self.decoded += text.len();
        append(&mut self.waiting, token, self.decoded, score);
        let before = self.ready.text.len();
        let stopped = self.stop.push(&text, &mut self.ready.text);
        self.written += self.ready.text.len() - before;
        if stopped {
            self.release_all();
        } else {
            let free = self.waiting.ends.partition_point(|end| *end <= self.written);
            release(&mut self.waiting, free, &mut self.ready);
        }
        stopped
    }

    /// The sample is over, and not because of a stop text: everything held back comes out. An unfinished character
    /// becomes U+FFFD and belongs to the last token; when that is gone already, the character is dropped, so that text
    /// never comes without a token.
    pub fn finish(&mut self) {
        if self.ready.is_empty() && self.waiting.is_empty() {
            return;
        }
        let before = self.ready.text.len();
        let mut rest = String::new();
        self.utf8.finish(&mut rest);
        let stopped = self.stop.push(&rest, &mut self.ready.text);
        if !stopped {
            self.stop.finish(&mut self.ready.text);
        }
        self.written += self.ready.text.len() - before;
        self.release_all();
        if let Some(end) = self.ready.ends.last_mut() {
            *end = self.written;
        }
    }

    /// Tokens that [`Writer::take`] would give.
    #[must_use]
    pub fn ready(&self) -> usize {
        self.ready.len()
    }

    /// What came out since the last call.
    pub fn take(&mut self) -> TokenBatch {
        std::mem::take(&mut self.ready)
    }

    /// All tokens come out; none ends behind the text.
    fn release_all(&mut self) {
        for end in &mut self.waiting.ends {
            *end = (*end).min(self.written);
        }
        let all = self.waiting.len();
        release(&mut self.waiting, all, &mut self.ready);
    }
}

fn append(batch: &mut TokenBatch, token: u32, end: usize, score: Score) {
    batch.ids.push(token);
    batch.ends.push(end);
    batch.logprob.push(score.logprob);
    batch.entropy.push(score.entropy);
    batch.top.push(score.top);
}

/// Moves the first `count` tokens; text is not theirs to move.
fn release(from: &mut TokenBatch, count: usize, to: &mut TokenBatch) {
    to.ids.extend(from.ids.drain(..count));
    to.ends.extend(from.ends.drain(..count));
    to.logprob.extend(from.logprob.drain(..count));
    to.entropy.extend(from.entropy.drain(..count));
    to.top.extend(from.top.drain(..count));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score() -> Score {
        Score::default()
    }

    #[test]
    fn a_token_waits_while_its_end_may_begin_a_stop_text() {
        let mut writer = Writer::new(&["##".into()]);
        assert!(!writer.push(1, b"ab", score()));
        assert!(!writer.push(2, b"c#", score()));
        let batch = writer.take();
        assert_eq!(
            (batch.text.as_str(), batch.ids, batch.ends),
            ("abc", vec![1], vec![2])
        );
        assert!(!writer.push(3, b"d", score()));
        let batch = writer.take();
        assert_eq!(
            (batch.text.as_str(), batch.ids, batch.ends),
            ("#d", vec![2, 3], vec![4, 5])
        );
        assert!(!writer.push(4, b"e#", score()));
        assert!(writer.push(5, b"#f", score()));
        let batch = writer.take();
        assert_eq!(
            (batch.text.as_str(), batch.ids, batch.ends),
            ("e", vec![4, 5], vec![6, 6])
        );
    }

    #[test]
    fn a_character_belongs_to_the_token_that_ends_it() {
        let mut writer = Writer::new(&[]);
        writer.given(1, &[b'a', 0xE2], score());
        writer.push(2, &[0x82], score());
        writer.push(3, &[0xAC], score());
        writer.push(4, &[0xC3], score());
        writer.finish();
        let batch = writer.take();
        assert_eq!(batch.text, "a€\u{FFFD}");
        assert_eq!((batch.ends, batch.given), (vec![1, 1, 4, 7], 1));
    }

    #[test]
    fn what_was_held_back_comes_out_at_the_end() {
        let mut writer = Writer::new(&["##".into()]);
        writer.push(1, b"a#", score());
        assert_eq!(writer.ready(), 0);
        writer.finish();
        assert_eq!(writer.take().text, "a#");
    }
}
