//! Runs ingest and extraction in child processes with limits.
