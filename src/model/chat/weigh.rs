//! Weighs the values that a template gives names, so that none can unfold to more than memory or nest deeper than the
//! stack: comparing, printing and dropping a value walk all of it, and minijinja's fuel does not see that.

use super::Message;
use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, State, Value};

/// Deepest nesting of a value that has a name.
const DEEPEST: usize = 48;
/// What any value may weigh, in bytes as printed.
const ROOM: usize = 128 << 10;
/// Weight of a value besides the bytes of its text.
const EACH: usize = 16;

/// The most that a value may weigh: a few copies of the conversation.
pub(super) fn room(messages: &[Message]) -> usize {
    let bytes = messages
        .iter()
        .map(|message| message.content.len() + 8 * EACH)
        .sum::<usize>();
    ROOM.saturating_add(bytes.saturating_mul(4))
}

/// Refuses `value` when it weighs more than `room`, is nested too deeply or holds a namespace: that could be changed
/// after it was weighed, or hold itself.
pub(super) fn weigh(state: &State<'_, '_>, value: &Value, room: usize) -> Result<(), Error> {
    let mut left = room;
    let result = walk(value, 0, &mut left);
    // What was visited is paid for, also when it was refused.
    state.consume_fuel(((room - left) / (16 * EACH)) as u64)?;
    result
}

fn walk(value: &Value, depth: usize, left: &mut usize) -> Result<(), Error> {
    let wrong = |reason: &'static str| Error::new(ErrorKind::InvalidOperation, reason);
    let weight = EACH + value.as_str().map_or(0, str::len);
    *left = left
        .checked_sub(weight)
        .ok_or_else(|| wrong("a value becomes too large"))?;
    if depth > DEEPEST {
        return Err(wrong("a value is nested too deeply"));
    }
    let Some(object) = value.as_object() else {
        return Ok(());
    };
    let name = object.type_name();
    if name.ends_with("::Namespace") && depth > 0 {
        return Err(wrong(
            "a namespace can only be given a name, not be put into another value",
        ));
    }
    // A loop and a macro print as their names, and hold nothing that was not weighed.
    if name.ends_with("::Loop") || name.ends_with("::Macro") {
        return Ok(());
    }
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            for item in value.try_iter()? {
                walk(&item, depth + 1, left)?;
            }
        }
        ValueKind::Map => {
            for key in value.try_iter()? {
                walk(&key, depth + 1, left)?;
                walk(&value.get_item(&key)?, depth + 1, left)?;
            }
        }
        _ => {}
    }
    Ok(())
}
