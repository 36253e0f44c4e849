//! Points inside names: `Dr. Smith`, `J. K. Rowling`, `Philip K. Dick`.

/// Titles that stand before a name.
const TITLES: [&str; 16] = [
    "Dr", "Mr", "Mrs", "Ms", "Prof", "St", "Rev", "Gen", "Sen", "Gov", "Capt", "Lt", "Sgt", "Messrs", "Mme",
    "Hon",
];

/// Words with which sentences begin; hardly a name is one.
const BEGINNING: [&str; 65] = [
    "Actually",
    "After",
    "All",
    "Also",
    "And",
    "Another",
    "Because",
    "Before",
    "Both",
    "But",
    "Can",
    "Case",
    "Check",
    "Does",
    "Each",
    "Either",
    "Every",
    "Finally",
    "First",
    "For",
    "From",
    "Given",
    "Hence",
    "Her",
    "Here",
    "His",
    "How",
    "However",
    "Its",
    "Let",
    "Maybe",
    "Neither",
    "Next",
    "Not",
    "Note",
    "Now",
    "One",
    "Only",
    "Our",
    "Perhaps",
    "Probability",
    "She",
    "Similarly",
    "Since",
    "Suppose",
    "That",
    "The",
    "Then",
    "There",
    "Therefore",
    "These",
    "They",
    "This",
    "Thus",
    "Two",
    "Using",
    "Wait",
    "What",
    "When",
    "Where",
    "Which",
    "Who",
    "Why",
    "With",
    "You",
];

/// What a letter names: `Option B. Lions…`.
const LETTERED: [&str; 46] = [
    "Angle",
    "Answer",
    "Approach",
    "Both",
    "Box",
    "Candidate",
    "Card",
    "Case",
    "Cell",
    "Choice",
    "Circle",
    "Class",
    "Column",
    "Condition",
    "Consider",
    "Door",
    "Equation",
    "Event",
    "Figure",
    "Group",
    "Hence",
    "Jug",
    "Knight",
    "Line",
    "Method",
    "Not",
    "Option",
    "Part",
    "Person",
    "Plan",
    "Player",
    "Point",
    "Room",
    "Scenario",
    "Section",
    "Set",
    "Solution",
    "Statement",
    "Step",
    "Strategy",
    "Team",
    "Then",
    "Type",
    "Urn",
    "Vertex",
    "Vitamin",
];

/// Bytes before a point that are looked at.
const NEAR: usize = 24;

/// Whether the point at `mark`, behind which `next` begins with a capital, is one of a title or of an initial.
pub(super) fn is_in_name(line: &str, mark: usize, next: &str) -> bool {
    let bytes = line.as_bytes();
    let point = bytes.get(mark..mark + 2) == Some(b". ");
    let before = mark.checked_sub(1).and_then(|at| bytes.get(at));
    let Some(last) = before.filter(|last| point && last.is_ascii_alphabetic()) else {
        return false;
    };
    let said = line.get(line.floor_char_boundary(mark.saturating_sub(NEAR))..mark);
    let (head, word) = last_word(said.unwrap_or_default());
    if word.len() > 1 {
        return TITLES.contains(&word);
    }
    last.is_ascii_uppercase() && is_initial(head, next)
}

/// Whether a capital with a point behind `head` and before `next` is an initial: of several, or between two names.
fn is_initial(head: &str, next: &str) -> bool {
    if !(head.is_empty() || head.ends_with([' ', '.', '(', '"'])) {
        return false;
    }
    if matches!(next.as_bytes(), [b'A'..=b'Z', b'.', b' ', b'A'..=b'Z', ..]) {
        return true;
    }
    let name = next
        .split(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or_default();
    if !is_name(name) || BEGINNING.contains(&name) {
        return false;
    }
    let head = head.trim_end();
    // `J. K. Rowling`
    if let [rest @ .., b'A'..=b'Z', b'.'] = head.as_bytes() {
        return rest.last().is_none_or(|byte| !byte.is_ascii_alphanumeric());
    }
    let (_, first) = last_word(head);
    is_name(first) && !LETTERED.contains(&first) && !BEGINNING.contains(&first)
}

/// Whether a word is one with a capital: `Philip`.
fn is_name(word: &str) -> bool {
    let small = |c: char| c.is_lowercase();
    word.len() > 2 && word.starts_with(char::is_uppercase) && word.chars().skip(1).all(small)
}

/// What stands before the last word of a text, and that word.
fn last_word(text: &str) -> (&str, &str) {
    let head = text.trim_end_matches(char::is_alphabetic);
    text.split_at_checked(head.len()).unwrap_or_default()
}
