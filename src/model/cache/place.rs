//! Rows of a step get their positions, all of them or none.

use super::{Cache, Full};
use crate::model::fast::{FastError, Row};

impl Cache {
    /// Replaces `positions` with those of `rows`, which are held from now on; or leaves the cache as it was. The model knows
    /// `vocab` tokens and `context` positions.
    pub(in crate::model) fn place(
        &mut self,
        rows: &[Row],
        (vocab, context): (usize, usize),
        positions: &mut Vec<usize>,
    ) -> Result<(), FastError> {
        positions.clear();
        for (i, row) in rows.iter().enumerate() {
            match self.place_one(*row, vocab, context) {
                Ok(position) => positions.push(position),
                Err(error) => {
                    self.unplace(&rows[..i]);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Takes the positions of `rows` back, the last ones of their sequences.
    pub(in crate::model) fn unplace(&mut self, rows: &[Row]) {
        for row in rows {
            self.truncate(row.slot, self.len(row.slot).saturating_sub(1));
        }
    }

    fn place_one(&mut self, row: Row, vocab: usize, context: usize) -> Result<usize, FastError> {
        let Row { slot, token, .. } = row;
        if token as usize >= vocab {
            return Err(FastError::Token { token, vocab });
        }
        if self.len(slot) >= context {
            return Err(FastError::ContextFull(context));
        }
        let position = self.extend(slot, token).ok_or(FastError::Slot(slot))?;
        position.map_err(|Full| FastError::Full(slot))
    }
}
