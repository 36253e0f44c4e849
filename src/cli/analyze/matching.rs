//! `--match`: only traces whose score sheet has a pattern in it.

use super::{Failure, complain, counted};
use crate::{
    behavior::{Pattern, rules::reason, sheet},
    trace::Trace,
};

/// A pattern of score sheets, and what has been held against it.
pub(super) struct Matching {
    pattern: Pattern,
    written: String,
    seen: usize,
    fitting: usize,
}

impl Matching {
    /// The pattern as it is written: a piece of a sheet, or a regular expression.
    ///
    /// # Errors
    /// Why it is none.
    pub fn new(written: &str) -> Result<Self, Failure> {
        let pattern = Pattern::new(written).map_err(|error| {
            let why = reason(&error);
            Failure::Input(format!("--match {written}: this is no regular expression: {why}"))
        })?;
        Ok(Self {
            pattern,
            written: written.to_owned(),
            seen: 0,
            fitting: 0,
        })
    }

    /// Whether the sheet of a trace has it.
    pub fn fits(&mut self, trace: &Trace) -> bool {
        let fits = self.pattern.is_in(&sheet(trace));
        self.seen += 1;
        self.fitting += usize::from(fits);
        fits
    }

    /// Nothing in the answer must not look like nothing read.
    pub fn end(&self) {
        if self.seen > 0 && self.fitting == 0 {
            complain(&format!(
                "{} read, and none has a score sheet that matches `{}`",
                counted(self.seen, "trace"),
                self.written
            ));
        }
    }
}
