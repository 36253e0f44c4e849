//! Sequences of a batch, cut into pieces that are computed one after the other and whose gradients are added up: nothing
//! is padded, and memory does not grow with the batch.

use super::{Compute, Example, error::TrainError};
use crate::model::{Decoder, Sequences, log_probs};
use candle_core::{DType, Tensor};
use std::ops::Range;

/// Some sequences, one after the other: [N] rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Piece {
    /// Which examples of the batch.
    pub examples: Range<usize>,
    /// What the model reads.
    pub ids: Vec<u32>,
    /// The token that follows each.
    pub targets: Vec<u32>,
    /// Rows of each sequence.
    pub lengths: Vec<usize>,
    /// Of each sequence, the rows whose following token belongs to its completion.
    pub completions: Vec<Range<usize>>,
}

impl Piece {
    fn push(&mut self, example: &Example) {
        let rows = example.ids.len().saturating_sub(1);
        let first = self.ids.len();
        self.ids.extend(example.ids.iter().take(rows));
        self.targets.extend(example.ids.iter().skip(1));
        self.lengths.push(rows);
        let prompt = example.prompt_tokens.saturating_sub(1).min(rows);
        self.completions.push(first + prompt..first + rows);
        self.examples.end += 1;
    }

    /// Log-probabilities [N] of the tokens that follow each row, of logits divided by `temperature`.
    ///
    /// # Errors
    /// A sequence longer than the model's context, a token it does not know.
    pub fn log_probs(
        &self,
        decoder: &Decoder,
        temperature: f32,
        Compute { device, ops }: &Compute,
    ) -> Result<Tensor, TrainError> {
        let ids = Tensor::from_slice(&self.ids, self.ids.len(), device)?;
        let logits = decoder.forward_packed(&ids, Sequences::new(self.lengths.clone()), *ops)?;
        let logits = if temperature == 1.0 {
            logits
        } else {
            (logits.to_dtype(DType::F32)? / f64::from(temperature))?
        };
        Ok(log_probs(&logits, &self.targets, *ops)?)
    }

    /// The values of `rows` [N] that belong to completions, one completion after the other.
    pub fn of_completions(&self, rows: &[f32]) -> Vec<f32> {
        let parts = self
            .completions
            .iter()
            .filter_map(|rows_of| rows.get(rows_of.clone()));
        parts.flatten().copied().collect()
    }

    /// `values`, one per token of the completions, at their rows [N]; 0 elsewhere.
    pub fn to_rows(&self, values: &[f32]) -> Vec<f32> {
        let mut rows = vec![0.0; self.ids.len()];
        let places = self.completions.iter().cloned().flatten();
        for (place, value) in places.zip(values) {
            if let Some(row) = rows.get_mut(place) {
                *row = *value;
            }
        }
        rows
    }
}

/// The examples in order, in pieces of at most `tokens` tokens, at least one example each.
#[must_use]
pub fn pieces(examples: &[Example], tokens: usize) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (index, example) in examples.iter().enumerate() {
        let full = |piece: &&mut Piece| piece.ids.len() + example.ids.len() <= tokens;
        match pieces.last_mut().filter(full) {
            Some(piece) => piece.push(example),
            None => {
                let mut piece = Piece {
                    examples: index..index,
                    ..Piece::default()
                };
                piece.push(example);
                pieces.push(piece);
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(ids: &[u32], prompt_tokens: usize) -> Example {
        Example {
            ids: ids.to_vec(),
            prompt_tokens,
        }
    }

    #[test]
    fn completions_are_the_rows_that_predict_their_tokens() {
        let [piece] = &pieces(&[example(&[1, 2, 3, 4], 2), example(&[5, 6, 7], 1)], 100)[..] else {
            panic!("one piece")
        };
        assert_eq!(
            (&piece.ids[..], &piece.targets[..]),
            (&[1, 2, 3, 5, 6][..], &[2, 3, 4, 6, 7][..])
        );
        assert_eq!(
            (&piece.lengths[..], &piece.completions[..]),
            (&[3, 2][..], &[1..3, 3..5][..])
        );
        assert_eq!(
            piece.of_completions(&[0.0, 1.0, 2.0, 3.0, 4.0]),
            [1.0, 2.0, 3.0, 4.0]
        );
        assert_eq!(piece.to_rows(&[9.0, 8.0, 7.0, 6.0]), [0.0, 9.0, 8.0, 7.0, 6.0]);
    }

    #[test]
    fn pieces_hold_every_example_once_in_order_and_stay_small() {
        let examples: Vec<Example> = (0..100).map(|i| example(&vec![i; 150], 3)).collect();
        let pieces = pieces(&examples, 4096);
        assert!(pieces.len() > 2 && pieces.iter().all(|piece| piece.ids.len() <= 4096));
        let covered: Vec<usize> = pieces.iter().flat_map(|piece| piece.examples.clone()).collect();
        assert_eq!(covered, (0..100).collect::<Vec<_>>());
        assert_eq!(super::pieces(&[example(&vec![0; 9000], 1)], 4096).len(), 1);
    }
}
