//! Words that depend on numbers.

/// `1 state`, `3 states`: a count and what is counted, a word that takes an s.
#[must_use]
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `V`, `V and B`, `V, B and S`: a list as a sentence has it.
#[must_use]
pub fn enumerated<T: AsRef<str>>(things: &[T]) -> String {
    let things: Vec<&str> = things.iter().map(AsRef::as_ref).collect();
    match things.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => things.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::{counted, enumerated};

    #[test]
    fn a_list_reads_as_in_a_sentence() {
        assert_eq!(
            [&["V"][..], &["V", "B"], &["V", "B", "S"], &[]].map(enumerated),
            ["V", "V and B", "V, B and S", ""]
        );
    }

    #[test]
    fn one_thing_is_singular() {
        assert_eq!(
            [0, 1, 2].map(|n| counted(n, "state")),
            ["0 states", "1 state", "2 states"]
        );
    }
}
