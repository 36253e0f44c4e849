//! Countdown: reach a target from given numbers, each used exactly once.
