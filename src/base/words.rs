//! Words that depend on numbers.

/// `1 state`, `3 states`: a count and what is counted, a word that takes an s.
#[must_use]
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_thing_is_singular() {
        assert_eq!(
            [0, 1, 2].map(|n| counted(n, "state")),
            ["0 states", "1 state", "2 states"]
        );
    }
}
