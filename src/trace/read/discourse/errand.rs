//! Going back in the world, as people of stories do: "I need to go back to the shop" gives no attempt up.

/// Where people go back to; what reasoning goes back to has other names.
const PLACES: [&str; 32] = [
    "shop",
    "store",
    "school",
    "supermarket",
    "market",
    "bakery",
    "mall",
    "house",
    "home",
    "office",
    "kitchen",
    "bedroom",
    "garden",
    "farm",
    "village",
    "town",
    "city",
    "hotel",
    "hospital",
    "station",
    "airport",
    "library",
    "bank",
    "shore",
    "beach",
    "camp",
    "car",
    "bus",
    "boat",
    "train",
    "bed",
    "sleep",
];

/// Words behind a place that do not make it part of a longer name: not "the house problem".
const AFTER: [&str; 14] = [
    "and", "to", "for", "with", "in", "at", "on", "by", "because", "since", "again", "later", "today",
    "alone",
];

/// Words between "back to" and the place: "the corner store".
const MOST_BETWEEN: usize = 2;

/// Whether the words of a sentence, in lower case, go back to a place.
pub(super) fn is_errand(words: &str) -> bool {
    let Some((_, behind)) = words.split_once("back to ") else {
        return words.contains("back home");
    };
    let clause = behind.split(['.', ',', ';', ':', '!', '?', ')']).next();
    let mut words = clause.unwrap_or_default().split_ascii_whitespace();
    words
        .by_ref()
        .take(MOST_BETWEEN + 1)
        .any(|word| PLACES.contains(&word))
        && words.next().is_none_or(|word| AFTER.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_from_what_reasoning_goes_back_to() {
        for words in [
            "i need to go back to the shop.",
            "we go back to the corner store to buy milk.",
            "let me go back to bed, then.",
            "i go back home and count.",
            "i have to go back to alice's house.",
        ] {
            assert!(is_errand(words), "{words}");
        }
        for words in [
            "let me go back to the house problem.",
            "let me go back to the equation of the shop.",
            "let me go back to the store example.",
            "i should go back.",
            "go back to # and try %.",
        ] {
            assert!(!is_errand(words), "{words}");
        }
    }
}
