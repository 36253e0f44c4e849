//! Counts as short bars: one cell each while they fit, then in proportion to the largest.

use super::Canvas;

/// A bar of `width` cells for `count` among counts up to `most`, filled up with blanks so that nothing moves.
#[must_use]
pub fn bar(canvas: &Canvas<'_>, count: usize, most: usize, width: usize) -> String {
    let filled = if most <= width {
        count
    } else {
        (count * width).div_ceil(most)
    }
    .min(width);
    let mut bar = canvas.glyphs().bar.repeat(filled);
    bar.push_str(&" ".repeat(width - filled));
    bar
}
