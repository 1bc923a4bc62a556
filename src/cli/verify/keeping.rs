//! `--keep`: results go into the store, so that a change of the register judges them again.

use anyhow::Context;
use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::task;

use crate::links;
use crate::storage::Store;
use crate::storage::results::NewResult;
use crate::verify::Examined;
use crate::verify::crops::Crops;

/// Results that are written together.
const TOGETHER: usize = 200;
/// Bytes of their crops from which on fewer are.
const BYTES_TOGETHER: usize = 32 << 20;

/// Results on their way into the store.
#[derive(Debug)]
pub(in crate::cli) struct Keeper {
    store: Store,
    claim: Option<String>,
    waiting: Vec<NewResult>,
    /// What the crops of those that wait take.
    bytes: usize,
    kept: usize,
}

impl Keeper {
    pub(super) const fn into(store: Store, claim: Option<String>) -> Self {
        Self {
            store,
            claim,
            waiting: Vec::new(),
            bytes: 0,
            kept: 0,
        }
    }

    /// Takes a report. One that can be tried again is no result; one that a mark of secrecy stopped has its digest alone.
    pub(super) fn add(&mut self, examined: &Examined) -> anyhow::Result<()> {
        let report = &examined.report;
        if report.is_final() {
            self.bytes += examined.crops.as_ref().map_or(0, Crops::bytes);
            self.waiting.push(NewResult {
                report: report.clone(),
                claim: self.claim.clone(),
                crops: examined.crops.clone(),
                keys: examined.keys.clone(),
                dies: links::kept_dies(examined),
            });
        }
        if self.waiting.len() < TOGETHER && self.bytes < BYTES_TOGETHER {
            return Ok(());
        }
        self.write()
    }

    /// Writes what waits; says how many were new, or came to something else than before.
    pub(super) fn finish(mut self) -> anyhow::Result<usize> {
        self.write()?;
        Ok(self.kept)
    }

    fn write(&mut self) -> anyhow::Result<()> {
        let results = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        let written = self.store.keep_results(&results, Timestamp::now());
        let written = task::block_in_place(|| Handle::current().block_on(written));
        self.kept += written.context("cannot keep the results")?;
        Ok(())
    }
}
