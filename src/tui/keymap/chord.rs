//! One press of a key with its modifiers, and sequences of them, as people write them: `g g`, `z M`, `ctrl-d`, `space`.

use crokey::{KeyCombination, OneToThree};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::{fmt, str::FromStr};

/// One key press, in a form that compares equal however the terminal reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Chord {
    fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let mut chord = Self { code, modifiers };
        if let KeyCode::Char(c) = chord.code {
            if !c.is_alphabetic() {
                // `?` is `?` whether the terminal mentions shift or not.
                chord.modifiers.remove(KeyModifiers::SHIFT);
            } else if chord.modifiers.contains(KeyModifiers::SHIFT) {
                chord.code = KeyCode::Char(c.to_uppercase().next().unwrap_or(c));
            } else if c.is_uppercase() {
                chord.modifiers.insert(KeyModifiers::SHIFT);
            }
        }
        chord
    }

    /// The press as the terminal reported it, for text fields.
    #[must_use]
    pub fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    /// A digit typed without modifiers.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && (self.modifiers - KeyModifiers::SHIFT).is_empty()
    }
}

impl From<KeyEvent> for Chord {
    fn from(event: KeyEvent) -> Self {
        Self::new(event.code, event.modifiers)
    }
}

impl FromStr for Chord {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let mut chars = name.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            return Ok(Self::new(KeyCode::Char(c), KeyModifiers::NONE));
        }
        let unknown =
            || format!("`{name}` is no key; keys are written `g`, `G`, `ctrl-d`, `space`, `enter`, `left`");
        let combination: KeyCombination = name.parse().map_err(|_| unknown())?;
        match combination.codes {
            OneToThree::One(code) => Ok(Self::new(code, combination.modifiers)),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            KeyCode::Char(c) if self.is_text() && c != ' ' => write!(f, "{c}"),
            code => {
                let name = KeyCombination::one_key(code, self.modifiers).to_string();
                f.write_str(&name.to_lowercase())
            }
        }
    }
}

/// Parses keys separated by blanks.
///
/// # Errors
/// A sentence naming the key that is none.
pub fn parse_sequence(text: &str) -> Result<Vec<Chord>, String> {
    let sequence: Vec<Chord> = text
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    if sequence.is_empty() {
        return Err("a key is missing; the bare space bar is written `space`".into());
    }
    Ok(sequence)
}

/// Writes a sequence for people: `gg`, `zM`, `ctrl-d`.
#[must_use]
pub fn show_sequence(sequence: &[Chord]) -> String {
    let names: Vec<String> = sequence.iter().map(Chord::to_string).collect();
    let glue = if names.iter().all(|name| name.chars().count() == 1) {
        ""
    } else {
        " "
    };
    names.join(glue)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_press_is_recognised_however_it_is_reported() {
        let shouted = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        let plain = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::NONE);
        assert_eq!(Chord::from(shouted), "G".parse().unwrap());
        assert_eq!(Chord::from(plain), "shift-g".parse().unwrap());
        let question = KeyEvent::new(KeyCode::Char('?'), KeyModifiers::SHIFT);
        assert_eq!(Chord::from(question), "?".parse().unwrap());
        assert!("ctrl-nonsense".parse::<Chord>().is_err() && "a-b".parse::<Chord>().is_err());
        assert_eq!(show_sequence(&parse_sequence("z M").unwrap()), "zM");
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(
            code in prop_oneof![
                "[!-~ ]".prop_map(|s| KeyCode::Char(s.chars().next().unwrap())),
                Just(KeyCode::Enter), Just(KeyCode::Left), Just(KeyCode::F(5)), Just(KeyCode::Esc), Just(KeyCode::Delete),
                Just(KeyCode::PageDown), Just(KeyCode::Backspace), Just(KeyCode::Tab),
            ],
            bits in 0u8..8,
        ) {
            let chord = Chord::new(code, KeyModifiers::from_bits_truncate(bits));
            prop_assert_eq!(chord.to_string().parse::<Chord>(), Ok(chord), "{}", chord);
        }
    }
}
