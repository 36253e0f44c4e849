//! Pieces of a server's answer to token batches: the markers around thoughts, the place where each token ends, stop
//! texts, and a watch for the API key.
//!
//! A server that gives log-probabilities names its tokens; of any other, each piece counts as one token. Which of the two
//! holds is decided by the first piece, because lists that are empty once must stay empty. Some servers name the tokens of
//! the answer only, and not those of the thoughts before it: where they are asked for, each piece of thoughts without any
//! is a token of which nothing is known. Other text that comes without a token on a server that names them has no token of
//! its own and joins the next one.

use super::chunk::{Chunk, Scored};
use crate::{
    base::words::counted,
    engine::{TokenBatch, stop::StopFilter},
};
use std::collections::VecDeque;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// Where the text is, as to thoughts that are sent apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thinking {
    /// Outside.
    No,
    /// In thoughts that the given text opened; who closes them is not clear yet.
    Given,
    /// In thoughts sent apart.
    Apart,
}

/// What became of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// The text goes on.
    More,
    /// A stop text is complete.
    Stopped,
    /// The API key stood in it.
    Echo,
}

/// A token on its way: where it ends, and what the server says of it.
struct Token {
    end: usize,
    score: Option<(f32, Vec<(String, f32)>)>,
}

/// The growing text of one sample.
pub(super) struct Text {
    /// The given text; it waits for the first piece, which decides what lists there are.
    given: Option<String>,
    thinking: Thinking,
    key: StopFilter,
    stop: StopFilter,
    scored: Option<bool>,
    /// Whether the server was asked for log-probabilities, and has told one.
    asked: bool,
    told: bool,
    /// Bytes of text received, let through or not.
    taken: usize,
    /// Bytes of text let through.
    written: usize,
    waiting: VecDeque<Token>,
    ready: TokenBatch,
    /// Tokens, or pieces, received.
    sampled: usize,
}

impl Text {
    /// A text that begins with `given`, ends at `stops` and must not hold `key`.
    pub fn new(given: &str, stops: &[String], key: Option<&str>) -> Self {
        let open = given.rfind(OPEN) > given.rfind(CLOSE);
        Self {
            given: Some(given.to_owned()).filter(|given| !given.is_empty()),
            thinking: if open { Thinking::Given } else { Thinking::No },
            key: StopFilter::new(&key.map(ToOwned::to_owned).into_iter().collect::<Vec<_>>()),
            stop: StopFilter::new(stops),
            scored: None,
            asked: false,
            told: false,
            taken: given.len(),
            written: given.len(),
            waiting: VecDeque::new(),
            ready: TokenBatch::default(),
            sampled: 0,
        }
    }

    /// Notes whether the server is asked for log-probabilities.
    pub fn ask(&mut self, scores: bool) {
        self.asked = scores;
    }

    /// Takes a piece.
    pub fn push(&mut self, chunk: Chunk) -> Pushed {
        let Chunk {
            reasoning,
            content,
            tokens,
            ..
        } = chunk;
        if reasoning.is_empty() && content.is_empty() && tokens.as_ref().is_none_or(Vec::is_empty) {
            return Pushed::More;
        }
        let (thinks, speaks) = (!reasoning.is_empty(), !content.is_empty());
        let unscored = self.asked && thinks && !speaks;
        let scored = *self.scored.get_or_insert(tokens.is_some() || unscored);
        self.give(scored);
        let mut piece = String::new();
        if !reasoning.is_empty() {
            if self.thinking == Thinking::No {
                piece.push_str(OPEN);
            }
            self.thinking = Thinking::Apart;
        }
        let reasoning_at = piece.len();
        piece.push_str(&reasoning);
        if !content.is_empty() {
            if self.thinking == Thinking::Apart {
                piece.push_str(CLOSE);
            }
            self.thinking = Thinking::No;
        }
        let content_at = piece.len();
        piece.push_str(&content);
        // A byte of what the server sent, as a byte of the piece.
        let place = |at: usize| match at.checked_sub(reasoning.len()) {
            None | Some(0) => reasoning_at + at,
            Some(behind) => content_at + behind,
        };
        match tokens.filter(|tokens| scored && !tokens.is_empty()) {
            Some(tokens) => self.enter(tokens, &piece, place),
            None if !scored && !piece.is_empty() => self.receive(self.taken + piece.len(), None),
            None if scored && (unscored || !self.told) => {
                self.receive(self.taken + piece.len(), Some((f32::NAN, Vec::new())));
            }
            None => {}
        }
        self.taken += piece.len();
        self.filter(&piece)
    }

    /// The text is over: what was held back comes out.
    pub fn finish(&mut self) {
        self.give(self.scored.unwrap_or(false));
        let (mut rest, before) = (String::new(), self.ready.text.len());
        self.key.finish(&mut rest);
        if !self.stop.push(&rest, &mut self.ready.text) {
            self.stop.finish(&mut self.ready.text);
        }
        self.written += self.ready.text.len() - before;
        self.release_all();
    }

    /// Whether nothing has come yet, so that asking again repeats nothing.
    pub fn is_untouched(&self) -> bool {
        self.scored.is_none()
    }

    /// Tokens, or pieces, that have come.
    pub fn sampled(&self) -> usize {
        self.sampled
    }

    /// `12 tokens`, for people.
    pub fn progress(&self) -> String {
        match self.sampled {
            0 => "nothing".to_owned(),
            n if self.told => counted(n, "token"),
            1 => "1 piece of text".to_owned(),
            n => format!("{n} pieces of text"),
        }
    }

    /// Whether [`Text::take`] would give something.
    pub fn is_ready(&self) -> bool {
        !(self.ready.is_empty() && self.ready.text.is_empty())
    }

    /// What came out since the last call.
    pub fn take(&mut self) -> TokenBatch {
        std::mem::take(&mut self.ready)
    }

    /// Puts out the given text as one token. Nobody knows how likely it was.
    fn give(&mut self, scored: bool) {
        if let Some(given) = self.given.take() {
            self.ready.ends.push(given.len());
            self.ready.text.push_str(&given);
            self.ready.given += 1;
            if scored {
                self.ready.logprob.push(0.0);
                self.ready.top_text.push(Vec::new());
            }
        }
    }

    /// Notes the tokens of `piece`. Their own text may differ from it, for instance in the middle of a character: then
    /// they end as near as they can, and the last one with the piece.
    fn enter(&mut self, tokens: Vec<Scored>, piece: &str, place: impl Fn(usize) -> usize) {
        let (mut at, last) = (0_usize, tokens.len().saturating_sub(1));
        self.told |= !tokens.is_empty();
        for (i, token) in tokens.into_iter().enumerate() {
            at = at.saturating_add(token.bytes).min(piece.len());
            let end = if i == last {
                piece.len()
            } else {
                piece.floor_char_boundary(place(at).min(piece.len()))
            };
            self.receive(self.taken + end, Some((token.logprob, token.top)));
        }
    }

    fn receive(&mut self, end: usize, score: Option<(f32, Vec<(String, f32)>)>) {
        self.sampled += 1;
        self.waiting.push_back(Token { end, score });
    }

    /// Lets text through, and the tokens that end in it.
    fn filter(&mut self, piece: &str) -> Pushed {
        let (mut clean, before) = (String::new(), self.ready.text.len());
        let echo = self.key.push(piece, &mut clean);
        let stopped = self.stop.push(&clean, &mut self.ready.text);
        self.written += self.ready.text.len() - before;
        if stopped || echo {
            self.release_all();
            return if stopped { Pushed::Stopped } else { Pushed::Echo };
        }
        while self
            .waiting
            .front()
            .is_some_and(|token| token.end <= self.written)
        {
            self.release();
        }
        Pushed::More
    }

    /// All tokens come out; none ends behind the text.
    fn release_all(&mut self) {
        for token in &mut self.waiting {
            token.end = token.end.min(self.written);
        }
        while !self.waiting.is_empty() {
            self.release();
        }
    }

    fn release(&mut self) {
        if let Some(Token { end, score }) = self.waiting.pop_front() {
            self.ready.ends.push(end);
            if let Some((logprob, top)) = score {
                self.ready.logprob.push(logprob);
                self.ready.top_text.push(top);
            }
        }
    }
}

#[cfg(test)]
mod tests;
