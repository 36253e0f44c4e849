//! "Did you mean …?": the known name that a mistyped one is closest to.

/// The candidate with the smallest edit distance to `name`, if it is close enough to be what was meant:
/// at most a third of the letters differ.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= name.len().max(candidate.len()).div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `; did you mean X?` to put behind a sentence about an unknown name, or nothing.
#[must_use]
pub fn hint<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, candidates).map_or_else(String::new, |candidate| format!("; did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        let names = ["theme", "model", "threads"];
        assert_eq!(nearest("thmee", names), Some("theme"));
        assert_eq!(nearest("thread", names), Some("threads"));
        assert_eq!(nearest("colour", names), None);
    }
}
