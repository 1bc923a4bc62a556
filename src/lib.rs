//! Antin (Ấn tín · 印信) verifies official seals on scanned documents.
//!
//! Two crates: the engine (`src/engine`), from bytes to findings, and this one, which keeps, serves and shows. The engine's
//! modules stand here under their own names, below the modules of this crate, lowest first: a module may use those above
//! it in the list and none below (`tests/tidy.rs` checks it). Only `storage` knows SQL.

#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)
)]

pub use antin_engine::charts;
pub use antin_engine::evaluation;
pub use antin_engine::extraction;
pub use antin_engine::geometry;
pub use antin_engine::identification;
pub use antin_engine::imaging;
pub use antin_engine::ingest;
pub use antin_engine::matching;
pub use antin_engine::measurement;
pub use antin_engine::placement;
pub use antin_engine::production;
pub use antin_engine::reading;
pub use antin_engine::registry;
pub use antin_engine::report;
pub use antin_engine::rules;
pub use antin_engine::sandbox;
pub use antin_engine::straddling;
pub use antin_engine::synthesis;
pub use antin_engine::units;
pub use antin_engine::verdict;
pub use antin_engine::verify;
pub use antin_engine::words;

pub mod config;

pub mod accounts;

pub mod audit;

pub mod decision;

pub mod retention;

pub mod keyring;

pub mod openid;

pub mod links;

pub mod storage;

pub mod trends;

pub mod tally;

pub mod view;

pub mod jobs;

pub mod api;

pub mod web;

pub mod cli;
