//! The same report for different readers.
