//! A flag that asks a worker to stop. Looked at once per step, never waited for.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A cheap, cloneable request to stop.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the worker to stop at its next step.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
