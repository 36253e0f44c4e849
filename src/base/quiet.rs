//! Panics that are caught: what they said, and those of other people's code over bad input, of which nothing is printed.

use std::{
    any::Any,
    cell::Cell,
    panic::{self, AssertUnwindSafe, catch_unwind},
    sync::Once,
};

thread_local! {
    /// Whether panics of this thread are expected and caught.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// What a panic that was caught said; nothing when it was no text.
#[must_use]
pub fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

/// What `work` comes to; `None` when it panicked. What it borrowed mutably should not be used again then.
pub fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                report(info);
            }
        }));
    });
    let before = EXPECTED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    EXPECTED.set(before);
    done.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_none_and_the_next_one_counts_again() {
        assert_eq!(quietly(|| 1), Some(1));
        assert_eq!(quietly(|| -> u8 { panic!("not seen") }), None);
        assert!(!EXPECTED.get());
        assert_eq!(quietly(|| quietly(|| -> u8 { panic!("not seen") })), Some(None));
    }
}
