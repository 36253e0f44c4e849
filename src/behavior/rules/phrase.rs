//! How a phrase of a behavior file is read: a regular expression over the shape of a sentence, which has no capitals.
//! Words, digits and their boundaries are those of ASCII: that keeps phrases plain automata.

/// The regular expression a phrase stands for.
pub(super) fn expression(phrase: &str) -> String {
    let mut expression = String::with_capacity(phrase.len());
    let mut rest = phrase.chars();
    while let Some(char) = rest.next() {
        match char {
            '\\' => match rest.next() {
                Some('b') => expression.push_str(r"(?-u:\b)"),
                Some('B') => expression.push_str(r"(?-u:\B)"),
                Some('w') => expression.push_str("[a-z0-9_]"),
                Some('W') => expression.push_str("[^a-z0-9_]"),
                Some('d') => expression.push_str("[0-9]"),
                Some('D') => expression.push_str("[^0-9]"),
                escaped => expression.extend(['\\'].into_iter().chain(escaped)),
            },
            // What a group is, is no text.
            '?' if expression.ends_with('(') => {
                expression.push(char);
                let kind = rest.as_str();
                let length = kind.find([':', ')', '>', '=', '!']).unwrap_or(0);
                expression.push_str(kind.get(..length).unwrap_or_default());
                rest = kind.get(length..).unwrap_or_default().chars();
            }
            _ => expression.extend(char.to_lowercase()),
        }
    }
    expression
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_digits_and_their_boundaries_are_those_of_ascii() {
        let is = |phrase: &str, expected: &str| assert_eq!(expression(phrase), expected, "{phrase}");
        is(r"\bno \w+", r"(?-u:\b)no [a-z0-9_]+");
        is(r"[\d.]\B\W\D", r"[[0-9].](?-u:\B)[^a-z0-9_][^0-9]");
    }

    #[test]
    fn an_escaped_backslash_is_no_boundary() {
        assert_eq!(expression(r"\\boxed\{"), r"\\boxed\{");
        assert_eq!(expression(r"end\"), r"end\");
    }

    #[test]
    fn capitals_mean_their_small_letters() {
        assert_eq!(expression(r"^Wait, \S+ [A-Z]"), r"^wait, \S+ [a-z]");
        assert_eq!(expression(r"(?P<X>No|(?:Yes))"), r"(?P<X>no|(?:yes))");
    }
}
