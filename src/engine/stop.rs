//! Finds the texts that end a generation, also when they are spread over several tokens.

/// Lets text through until a stop text is complete, and holds back what may still become one.
#[derive(Clone, Debug, Default)]
pub struct StopFilter {
    stops: Vec<String>,
    held: String,
}

impl StopFilter {
    /// A filter for `stops`, none of them empty.
    #[must_use]
    pub fn new(stops: &[String]) -> Self {
        Self {
            stops: stops.iter().filter(|stop| !stop.is_empty()).cloned().collect(),
            held: String::new(),
        }
    }

    /// Takes more text and appends to `out` what certainly stands before any stop text. True: a stop text is complete
    /// and the generation is over; what follows it in `text` is gone.
    ///
    /// The stop text that is complete first counts, so the result does not depend on how the text is cut.
    pub fn push(&mut self, text: &str, out: &mut String) -> bool {
        self.held.push_str(text);
        let found = self
            .stops
            .iter()
            .filter_map(|stop| {
                self.held
                    .find(stop.as_str())
                    .map(|start| (start + stop.len(), start))
            })
            .min();
        if let Some((_, start)) = found {
            out.push_str(&self.held[..start]);
            self.held.clear();
            return true;
        }
        let safe = self.held.len() - self.hope();
        out.push_str(&self.held[..safe]);
        self.held.drain(..safe);
        false
    }

    /// The text is over: what was held back is text after all.
    pub fn finish(&mut self, out: &mut String) {
        out.push_str(&std::mem::take(&mut self.held));
    }

    /// Bytes at the end of what is held that begin a stop text.
    fn hope(&self) -> usize {
        let begins = |stop: &String| {
            let longest = self.held.len().min(stop.len() - 1);
            (1..=longest)
                .rev()
                .find(|&n| self.held.as_bytes().ends_with(&stop.as_bytes()[..n]))
        };
        let bytes = self.stops.iter().filter_map(begins).max().unwrap_or(0);
        // A stop text begins at a character, and equal bytes make equal characters: this is a boundary.
        debug_assert!(self.held.is_char_boundary(self.held.len() - bytes));
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(stops: &[&str], pieces: &[&str]) -> (String, bool) {
        let stops: Vec<String> = stops.iter().map(ToString::to_string).collect();
        let (mut filter, mut out) = (StopFilter::new(&stops), String::new());
        let stopped = pieces.iter().any(|piece| filter.push(piece, &mut out));
        if !stopped {
            filter.finish(&mut out);
        }
        (out, stopped)
    }

    #[test]
    fn a_stop_text_spread_over_tokens_is_found_and_cut() {
        assert_eq!(run(&["\n\n"], &["a\n", "b\n", "\nc"]), ("a\nb".into(), true));
        assert_eq!(run(&["</s>"], &["x<", "/", "s", "y"]), ("x</sy".into(), false));
        assert_eq!(run(&["é!"], &["caf", "é", "s"]), ("cafés".into(), false));
        assert_eq!(run(&["aab"], &["aa", "ab"]), ("a".into(), true));
    }

    #[test]
    fn text_is_held_only_while_it_may_become_a_stop_text() {
        let (mut filter, mut out) = (StopFilter::new(&["end".into()]), String::new());
        filter.push("the e", &mut out);
        assert_eq!(out, "the ");
        filter.push("n", &mut out);
        assert_eq!(out, "the ");
        filter.push("t", &mut out);
        assert_eq!(out, "the ent");
    }

    proptest! {
        #[test]
        fn the_result_does_not_depend_on_how_the_text_is_cut(
            text in "[abé]{0,24}", stops in prop::collection::vec("[abé]{1,4}", 0..3), size in 1_usize..5
        ) {
            let stops: Vec<&str> = stops.iter().map(String::as_str).collect();
            let chars: Vec<char> = text.chars().collect();
            let pieces: Vec<String> = chars.chunks(size).map(|c| c.iter().collect()).collect();
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            prop_assert_eq!(run(&stops, &pieces), run(&stops, &[&text]));
        }
    }
}
