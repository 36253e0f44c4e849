//! The letters of behaviors: in a score sheet and beside the text each must mean one thing only.

use super::file::Spec;
use crate::behavior::Habit;
use unicode_width::UnicodeWidthChar as _;

/// The other signs of a score sheet, and what they say.
const SIGNS: [(&str, &str); 9] = [
    ("+-*/.", "a move"),
    ("?", "a step backward"),
    ("=", "the goal"),
    ("x", "a false statement"),
    ("!", "a return to a state that never existed"),
    ("0123456789", "how far a return goes"),
    ("\u{2026}", "a sheet that is cut short"),
    ("\u{2713}\u{2717}", "the verdict"),
    ("yn", "the verdict, with --ascii"),
];

/// How many free letters are named.
const NAMED: usize = 3;

/// Holds the letter of a behavior against those of `others`, each with its file, and against the signs of a score sheet.
///
/// # Errors
/// By whom it is taken, and what to do.
pub(super) fn check(spec: &Spec, others: &[(String, Spec)]) -> Result<(), String> {
    let Some(letter) = spec.letter else { return Ok(()) };
    let taken = match taken(letter, &spec.name, others) {
        Some(by) => format!("its letter `{letter}` is taken by {by}"),
        None if letter.is_whitespace() || letter.width().is_none_or(|width| width == 0) => {
            "its letter cannot be seen".to_owned()
        }
        None => return Ok(()),
    };
    let free = ('A'..='Z').filter(|letter| self::taken(*letter, &spec.name, others).is_none());
    let free: Vec<String> = free.take(NAMED).map(|letter| format!("`{letter}`")).collect();
    let free = match free.len() {
        0 => String::new(),
        _ => format!("; free are, for instance, {}", free.join(", ")),
    };
    Err(format!("{taken}: give it another `letter`{free}"))
}

/// Who has a letter, other than the behavior `name`.
fn taken(letter: char, name: &str, others: &[(String, Spec)]) -> Option<String> {
    let other = others.iter().find(|(_, spec)| spec.letter == Some(letter));
    let habit = Habit::ALL.into_iter().find(|habit| habit.letter() == letter);
    if let Some((file, spec)) = other {
        return Some(format!("the behavior `{}` ({file})", spec.name));
    }
    // Whichever letter the user's own file of a habit has, figures and labels call it by ours.
    if let Some(habit) = habit.filter(|habit| habit.name() != name) {
        return Some(format!("the behavior `{habit}`"));
    }
    let (_, means) = SIGNS.iter().find(|(signs, _)| signs.contains(letter))?;
    Some(format!("score sheets, where it means {means}"))
}
