//! A line whose least important pieces give way when there is no room, so that nothing that matters is cut.

use super::Canvas;
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// One piece: what is left of it when something stands before it, how soon it is left out (0 never), and what it is.
struct Piece {
    gap: &'static str,
    rank: u8,
    span: Span<'static>,
}

/// The pieces of one row, those at its left end and those at its right end.
#[derive(Default)]
pub struct Pieces {
    left: Vec<Piece>,
    right: Vec<Piece>,
}

impl Pieces {
    /// A piece behind those at the left end. The higher its rank, the sooner it is left out,
    /// together with the others of its rank; 0 stays.
    pub fn left(&mut self, rank: u8, gap: &'static str, span: Span<'static>) {
        self.left.push(Piece { gap, rank, span });
    }

    /// A piece behind those at the right end.
    pub fn right(&mut self, rank: u8, gap: &'static str, span: Span<'static>) {
        self.right.push(Piece { gap, rank, span });
    }

    /// Draws what fits, what matters most first; of what must stay the left end is cut with a sign.
    pub fn draw(self, canvas: &mut Canvas<'_>, area: Rect) {
        let mut ranks: Vec<u8> = self
            .left
            .iter()
            .chain(&self.right)
            .map(|piece| piece.rank)
            .collect();
        ranks.sort_unstable();
        ranks.dedup();
        let mut kept = Vec::new();
        for rank in ranks {
            kept.push(rank);
            let (left, right) = (line(&self.left, &kept).width(), line(&self.right, &kept).width());
            let gap = if left == 0 || right == 0 { 0 } else { 2 };
            if rank > 0 && left + gap + right > area.width.into() {
                kept.pop();
            }
        }
        canvas.row(area, line(&self.left, &kept), line(&self.right, &kept));
    }
}

/// The pieces of these ranks as one line.
fn line(pieces: &[Piece], ranks: &[u8]) -> Line<'static> {
    let kept = pieces
        .iter()
        .filter(|piece| ranks.contains(&piece.rank) && !piece.span.content.is_empty());
    let spans = kept.enumerate().flat_map(|(place, piece)| {
        let gap = if place == 0 { "" } else { piece.gap };
        [Span::raw(gap), piece.span.clone()]
    });
    spans.filter(|span| !span.content.is_empty()).collect()
}
