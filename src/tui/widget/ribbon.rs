//! Entropy per token as a ribbon of bars on a fixed scale, turned in half pages so that it stands still while one reads.

use super::Canvas;

/// Nats at the top of the scale: about the surprise of twenty equally likely tokens.
const CEILING: f32 = 3.0;

/// The tokens a ribbon of `width` shows around `token`.
#[must_use]
pub fn window(token: usize, width: usize) -> usize {
    let half = (width / 2).max(1);
    (token / half).saturating_sub(1) * half
}

/// The ribbon from `first` on, and the column of `token` in it.
#[must_use]
pub fn bars(canvas: &Canvas<'_>, entropy: &[f32], first: usize, width: usize) -> String {
    let levels = canvas.glyphs().ribbon;
    let shown = entropy.iter().skip(first).take(width);
    shown
        .map(|nats| {
            let level = (nats / CEILING * levels.len() as f32) as usize;
            levels[level.min(levels.len() - 1)]
        })
        .collect()
}
