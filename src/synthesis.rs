//! Seals, inks, pages and scans with known truth.
