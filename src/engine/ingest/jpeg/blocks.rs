//! What is done with the blocks of a sequential scan: passed over, or read.

use super::huffman::{Bits, END_OF_BLOCK, Table};

/// Coefficients of a block.
pub(super) const BLOCK: usize = 64;

/// A reader of the blocks of a scan in sequential coding.
pub(super) trait Blocks {
    /// Comes to a unit, counted from zero, whether it is the first behind a restart, the bit that it
    /// begins at, and the means of the blocks before it, by part of the scan.
    fn unit(&mut self, unit: (usize, bool), at: usize, means: &[i64]);

    /// Reads the coefficients behind the mean of a block, which is given by its part of the scan and
    /// its number in the unit (F.2.2.2); `None` if they cannot be a block's.
    fn block(
        &mut self,
        place: (usize, usize),
        mean: i64,
        table: &Table,
        bits: &mut Bits<'_>,
    ) -> Option<()>;
}

/// Passes over all blocks.
#[derive(Debug)]
pub(super) struct Passed;

impl Blocks for Passed {
    #[inline(always)]
    fn unit(&mut self, _unit: (usize, bool), _at: usize, _means: &[i64]) {}

    #[inline(always)]
    fn block(
        &mut self,
        _place: (usize, usize),
        _mean: i64,
        table: &Table,
        bits: &mut Bits<'_>,
    ) -> Option<()> {
        pass(table, bits)
    }
}

/// Passes over the coefficients of a block behind its mean (F.2.2.2).
#[inline(always)]
pub(super) fn pass(table: &Table, bits: &mut Bits<'_>) -> Option<()> {
    // A copy of its own, so that it may live in registers.
    let mut own = bits.clone();
    let mut at = 1;
    while at < BLOCK {
        let Some(places) = table.step(&mut own, BLOCK - at) else {
            *bits = own;
            return None;
        };
        at += places;
    }
    *bits = own;
    (at == BLOCK || at >= usize::from(END_OF_BLOCK)).then_some(())
}
