//! The engine of Antin (Ấn tín · 印信): from the bytes of a scan to what was found, measured, compared and judged.
//!
//! A document flows down the list of modules below: bytes become pages, pages become impressions of
//! seals, impressions are measured and compared with registered specimens, and the comparison, the
//! register and the day give findings. The list is the statement of the layers: a module may use
//! those declared above it and none below (`tests/tidy.rs` checks it). The crate `antin` stands on it, with what keeps,
//! serves and shows; it is a crate of its own so that it alone is built optimised while people work on the other.
//!
//! Invariants, by what is absent:
//! - From `units` to `verdict` there is no I/O except the bytes handed to `ingest`, no clock, no
//!   randomness without a seed, no global and no `async`.
//! - Nothing below `registry` knows an owner, an identifier or a date; nothing here knows SQL or HTTP.
//! - The same bytes, specimens and policy give the same report with any number of threads.
//! - "No seal found", "seal unreadable", "seal differs" and "document could not be read" are four
//!   different values.
//! - Every number that leaves the engine carries its unit and, when measured, its uncertainty.

#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)
)]

pub mod units;

pub mod order;

pub mod geometry;

pub mod imaging;

pub mod ingest;

pub mod extraction;

pub mod reading;

pub mod measurement;

pub mod matching;

pub mod production;

pub mod placement;

pub mod straddling;

pub mod identification;

pub mod verdict;

pub mod registry;

pub mod rules;

pub mod sandbox;

pub mod verify;

pub mod words;

pub mod charts;

pub mod report;

pub mod synthesis;

pub mod evaluation;
