//! (filled by its own commits)
