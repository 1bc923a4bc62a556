//! Detection and verification figures with their intervals.
