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

/// The sentence about a name (`what` it is: key, value) that is none of those `known` where it stands.
#[must_use]
pub fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    match hint(name, known.iter().copied()) {
        near if near.is_empty() => format!("there is no {what} `{name}`; known here: {}", known.join(", ")),
        near => format!("there is no {what} `{name}`{near}"),
    }
}

/// What serde complains about, with what was meant. It says "unknown field `a`, expected one of `b`, `c`" (or "`b` or
/// `c`"): the names it quotes are those to compare with.
#[must_use]
pub fn explain(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let what = ["field", "variant"].into_iter().zip(["key", "value"]);
    let mut what = what.filter(|(kind, _)| message.starts_with(&format!("unknown {kind}")));
    match (what.next(), quoted.next()) {
        (Some((_, what)), Some(key)) => unknown(what, key, &quoted.collect::<Vec<_>>()),
        _ => message.replace('\n', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::{explain, nearest};

    #[test]
    fn an_unknown_key_is_compared_with_those_that_are_known() {
        let known = "expected one of `seed`, `steps`";
        assert_eq!(
            explain(&format!("unknown field `sede`, {known}")),
            "there is no key `sede`; did you mean `seed`?"
        );
        assert_eq!(
            explain(&format!("unknown field `colour`, {known}")),
            "there is no key `colour`; known here: seed, steps"
        );
    }

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        let names = ["theme", "model", "threads"];
        assert_eq!(nearest("thmee", names), Some("theme"));
        assert_eq!(nearest("thread", names), Some("threads"));
        assert_eq!(nearest("colour", names), None);
    }
}
