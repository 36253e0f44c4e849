//! Where a slice of a text stands in it.

/// The byte of `text` at which `part`, a slice of it, begins; for any other text the number means nothing.
#[must_use]
pub fn offset(text: &str, part: &str) -> usize {
    part.as_ptr().addr().wrapping_sub(text.as_ptr().addr())
}

#[cfg(test)]
mod tests {
    use super::offset;

    #[test]
    fn a_part_stands_where_it_was_taken_from() {
        let text = "one, two";
        let places: Vec<usize> = text.split(", ").map(|part| offset(text, part)).collect();
        assert_eq!(places, [0, 5]);
    }
}
