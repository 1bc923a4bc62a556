//! One scan of a JPEG: its entropy-coded data, unit by unit (ITU-T T.81, annexes F and G).

use std::ops::Range;

use super::blocks::Blocks;
use super::huffman::{Bits, Table};
use crate::imaging::wide;

/// How far the mean of a block may lie from middle gray, in parts of half the range of samples. An
/// encoder that drives white over its bound, so that letters on paper do not ring, adds a quarter.
const MEAN_MAX: i64 = 5;
const MEAN_OF: i64 = 4;

/// A component of the frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Blocks of a unit, across and down.
    pub(super) across: usize,
    pub(super) down: usize,
    pub(super) quantisation: u8,
}

/// What all scans of a picture share.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) precision: u8,
    pub(super) progressive: bool,
    pub(super) components: Vec<Component>,
}

impl Frame {
    /// The most blocks of a unit that a component has, across and down.
    pub(super) fn most(&self) -> (usize, usize) {
        let most = |side: fn(&Component) -> usize| self.components.iter().map(side).max();
        (
            most(|component| component.across).unwrap_or(1),
            most(|component| component.down).unwrap_or(1),
        )
    }

    /// Units of all components, across and down.
    pub(super) fn units(&self) -> (usize, usize) {
        let (across, down) = self.most();
        (
            self.width.div_ceil(8 * across),
            self.height.div_ceil(8 * down),
        )
    }

    /// Blocks of a component that bear pixels, across and down (A.2.2).
    fn blocks(&self, component: &Component) -> (usize, usize) {
        let (across, down) = self.most();
        let blocks = |side: usize, own: usize, most: usize| (side * own).div_ceil(most).div_ceil(8);
        (
            blocks(self.width, component.across, across),
            blocks(self.height, component.down, down),
        )
    }
}

/// What is wrong with the data of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// They end; rows of pixels in front of the end, in whole units, where that says something of the
    /// whole picture.
    Ends { rows: Option<usize> },
    /// They go on behind the last unit, which is closed as it should be.
    More,
    /// They cannot be what an encoder wrote; rows of pixels in front of the place where it shows,
    /// unless it shows only at the end.
    Damaged { rows: Option<usize> },
}

/// A component in a scan, with what is needed to read it.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) component: usize,
    pub(super) dc: Option<&'a Table>,
    pub(super) ac: Option<&'a Table>,
    /// Blocks of a unit: one, where the component is alone (A.2.2).
    pub(super) blocks: usize,
    /// The most that a mean may come to, in steps of its quantisation.
    pub(super) mean_max: i64,
}

impl Part<'_> {
    /// The most that a mean comes to in samples of so many bits, in steps of its quantisation, where that
    /// is known.
    pub(super) fn mean_max(step: Option<u16>, precision: u8) -> i64 {
        let bound = MEAN_MAX * (8 << (precision - 1)) / MEAN_OF;
        let step = step.filter(|step| *step > 0).map(i64::from);
        step.map_or(i64::MAX, |step| bound / step + 1)
    }
}

/// A scan's header (B.2.3), and its tables.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    pub(super) frame: &'a Frame,
    pub(super) parts: Vec<Part<'a>>,
    /// First and last coefficient.
    pub(super) first: u8,
    pub(super) last: u8,
    /// Bits of the coefficients that came before, and those that are still to come.
    pub(super) before: u8,
    pub(super) after: u8,
    /// Units between restarts; 0 for none.
    pub(super) restart: usize,
}

/// The data of a scan without the bytes stuffed into them (B.1.1.5), cut at the restart markers.
#[derive(Debug, Default)]
pub(super) struct Coded {
    pub(super) data: Vec<u8>,
    /// Where each interval ends, and the number of the marker behind it.
    intervals: Vec<(usize, Option<u8>)>,
    /// Where the marker stands that ends the scan; `None` if the file ends first.
    pub(super) next: Option<usize>,
}

impl Coded {
    pub(super) fn read(bytes: &[u8], mut at: usize) -> Self {
        let mut coded = Self {
            data: Vec::with_capacity(bytes.len().saturating_sub(at)),
            intervals: Vec::new(),
            next: None,
        };
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(mark) = rest.iter().position(|byte| *byte == 0xff) else {
                coded.data.extend_from_slice(rest);
                break;
            };
            coded.data.extend_from_slice(&rest[..mark]);
            at += mark + 2;
            match rest.get(mark + 1) {
                None => break,
                Some(0) => coded.data.push(0xff),
                // Any number of fill bytes may stand in front of a marker.
                Some(0xff) => at -= 1,
                Some(number @ 0xd0..=0xd7) => {
                    coded.intervals.push((coded.data.len(), Some(number & 7)));
                }
                Some(_) => {
                    coded.next = Some(at - 2);
                    break;
                }
            }
        }
        coded.intervals.push((coded.data.len(), None));
        coded
    }
}

/// What is carried from block to block.
#[derive(Debug)]
struct State<'m, B> {
    /// What blocks in sequential coding are read by.
    blocks: &'m mut B,
    means: Vec<i64>,
    /// Blocks that have no more coefficients in this scan.
    ended: u32,
    /// The coefficients of each component's blocks that are not zero, if the picture is progressive.
    masks: &'m mut [Vec<u64>],
}

impl Scan<'_> {
    /// Goes through the scan; `blocks` reads those in sequential coding.
    ///
    /// # Errors
    /// What is wrong with it first.
    pub(super) fn check(
        &self,
        coded: &Coded,
        masks: &mut [Vec<u64>],
        blocks: &mut impl Blocks,
    ) -> Result<(), Fault> {
        let (across, down) = self.units();
        let units = across * down;
        let per_interval = if self.restart == 0 {
            units
        } else {
            self.restart
        };
        let damaged = |unit: usize| Fault::Damaged {
            rows: Some(self.rows(unit / across)),
        };
        let (mut start, mut unit) = (0, 0);
        for (index, &(end, marker)) in coded.intervals.iter().enumerate() {
            // Behind the last unit nothing may follow, but for a marker that closes an interval.
            if unit == units {
                return if end == start {
                    Ok(())
                } else {
                    Err(damaged(unit))
                };
            }
            let next = units.min(unit + per_interval);
            let checked = self.interval(coded, (start..end, marker), unit..next, masks, blocks);
            if next == units || checked != Err(Fault::More) {
                checked?;
            } else {
                // Some scanners leave what was in their buffer, but not in front of a restart.
                return Err(damaged(next));
            }
            if marker.is_some_and(|number| usize::from(number) != index % 8) {
                return Err(damaged(next));
            }
            (start, unit) = (end, next);
        }
        if unit == units {
            return Ok(());
        }
        Err(if unit % across == 0 || coded.next.is_none() {
            self.ends(unit)
        } else {
            damaged(unit)
        })
    }

    /// Goes through the units between two restarts.
    fn interval(
        &self,
        coded: &Coded,
        (span, marker): (Range<usize>, Option<u8>),
        units: Range<usize>,
        masks: &mut [Vec<u64>],
        blocks: &mut impl Blocks,
    ) -> Result<(), Fault> {
        let (across, _) = self.units();
        let stride = self.frame.units().0;
        let damaged = |unit: usize| Fault::Damaged {
            rows: Some(self.rows(unit / across)),
        };
        let end = 8 * span.end;
        let mut bits = Bits::new(&coded.data[..span.end], span.start);
        let mut state = State {
            blocks,
            means: vec![0; self.parts.len()],
            ended: 0,
            masks,
        };
        // Shifts by a number of bits, too, are quicker in what is compiled for wide registers.
        wide(
            #[inline(always)]
            || {
                for unit in units.clone() {
                    let held = end - bits.position();
                    let whole = if self.frame.progressive {
                        let place = (unit % across, unit / across);
                        self.refined_unit(place, stride, &mut bits, &mut state)
                    } else {
                        let place = (unit, unit == units.start);
                        self.sequential_unit(place, &mut bits, &mut state)
                    };
                    // What is no code may be the end of the data, of which only the beginning is there.
                    if bits.position() > end || whole.is_none() && bits.position() + 16 > end {
                        let cut = marker.is_none() && coded.next.is_none();
                        // A scanner that did not know the sheet's length leaves out whole rows of units.
                        let short = marker.is_none() && unit % across == 0 && held < 8;
                        return Err(if cut || short {
                            self.ends(unit)
                        } else {
                            damaged(unit)
                        });
                    }
                    whole.ok_or(damaged(unit))?;
                }
                Ok(())
            },
        )?;
        if state.ended != 0 || !bits.is_closed() {
            let (across, down) = self.units();
            let shown = (units.end < across * down).then(|| self.rows(units.end / across));
            return Err(Fault::Damaged { rows: shown });
        }
        if is_padding(&coded.data[bits.position().div_ceil(8)..span.end]) {
            Ok(())
        } else {
            Err(Fault::More)
        }
    }

    /// The end of the data in front of a unit.
    fn ends(&self, unit: usize) -> Fault {
        let is_all = !self.frame.progressive && self.parts.len() == self.frame.components.len();
        Fault::Ends {
            rows: is_all.then(|| self.rows(unit / self.units().0)),
        }
    }

    /// Units of the scan, across and down: one component alone is coded block by block (A.2.2).
    pub(super) fn units(&self) -> (usize, usize) {
        match &self.parts[..] {
            [part] => self.frame.blocks(&self.frame.components[part.component]),
            _ => self.frame.units(),
        }
    }

    /// Rows of pixels in so many rows of units.
    fn rows(&self, units: usize) -> usize {
        let (_, most) = self.frame.most();
        let rows = match &self.parts[..] {
            [part] => units * 8 * most / self.frame.components[part.component].down,
            _ => units * 8 * most,
        };
        rows.min(self.frame.height)
    }

    /// Reads one unit of a sequential picture; `None` if it cannot be one.
    #[inline(always)]
    fn sequential_unit(
        &self,
        (unit, is_first): (usize, bool),
        bits: &mut Bits<'_>,
        state: &mut State<'_, impl Blocks>,
    ) -> Option<()> {
        let State { blocks, means, .. } = state;
        blocks.unit((unit, is_first), bits.position(), means);
        for (index, (part, mean)) in self.parts.iter().zip(means).enumerate() {
            let table = part.ac?;
            for block in 0..part.blocks {
                self.mean(part, bits, mean)?;
                blocks.block((index, block), *mean, table, bits)?;
            }
        }
        Some(())
    }

    /// Reads one unit of a progressive picture; `None` if it cannot be one.
    fn refined_unit(
        &self,
        (x, y): (usize, usize),
        stride: usize,
        bits: &mut Bits<'_>,
        state: &mut State<'_, impl Blocks>,
    ) -> Option<()> {
        let is_alone = self.parts.len() == 1;
        for (index, part) in self.parts.iter().enumerate() {
            let component = self.frame.components[part.component];
            let width = stride * component.across;
            let (across, down) = match is_alone {
                true => (1, 1),
                false => (component.across, component.down),
            };
            for row in y * down..(y + 1) * down {
                for column in x * across..(x + 1) * across {
                    self.refined_block(index, row * width + column, bits, state)?;
                }
            }
        }
        Some(())
    }

    fn refined_block(
        &self,
        index: usize,
        place: usize,
        bits: &mut Bits<'_>,
        state: &mut State<'_, impl Blocks>,
    ) -> Option<()> {
        let part = &self.parts[index];
        if self.first == 0 {
            return if self.before == 0 {
                self.mean(part, bits, &mut state.means[index])
            } else {
                bits.take(1);
                Some(())
            };
        }
        let mask = state.masks.get_mut(part.component)?.get_mut(place)?;
        if self.before == 0 {
            self.coefficients(part.ac?, bits, &mut state.ended, mask)
        } else {
            self.refinement(part.ac?, bits, &mut state.ended, mask)
        }
    }

    /// The mean of a block, as its difference to the one before (F.2.2.1); `None` if it is brighter or
    /// darker than any picture.
    #[inline(always)]
    pub(super) fn mean(&self, part: &Part<'_>, bits: &mut Bits<'_>, mean: &mut i64) -> Option<()> {
        *mean += part.dc?.difference(bits)?;
        ((*mean << self.after).abs() <= part.mean_max).then_some(())
    }

    /// The first bits of a block's coefficients (G.1.2.2).
    fn coefficients(
        &self,
        table: &Table,
        bits: &mut Bits<'_>,
        ended: &mut u32,
        mask: &mut u64,
    ) -> Option<()> {
        if *ended > 0 {
            *ended -= 1;
            return Some(());
        }
        let mut at = self.first;
        while at <= self.last {
            let symbol = table.symbol(bits)?;
            let (run, size) = (symbol >> 4, symbol & 15);
            if size == 0 && run < 15 {
                *ended = (1 << run) - 1 + bits.take(u32::from(run));
                return Some(());
            }
            at += run;
            if at > self.last {
                return None;
            }
            if size > 0 {
                bits.take(u32::from(size));
                *mask |= 1 << at;
            }
            at += 1;
        }
        Some(())
    }

    /// One more bit of a block's coefficients (G.1.2.3).
    fn refinement(
        &self,
        table: &Table,
        bits: &mut Bits<'_>,
        ended: &mut u32,
        mask: &mut u64,
    ) -> Option<()> {
        let known = *mask;
        let mut at = self.first;
        while *ended == 0 && at <= self.last {
            let symbol = table.symbol(bits)?;
            let (mut run, size) = (symbol >> 4, symbol & 15);
            match (run, size) {
                (15, 0) => {}
                (_, 0) => {
                    *ended = (1 << run) + bits.take(u32::from(run));
                    break;
                }
                (_, 1) => drop(bits.take(1)),
                (_, _) => return None,
            }
            while at <= self.last {
                if known >> at & 1 == 1 {
                    bits.take(1);
                } else if run == 0 {
                    break;
                } else {
                    run -= 1;
                }
                at += 1;
            }
            if at > self.last && (size > 0 || run > 0) {
                return None;
            }
            if size > 0 {
                *mask |= 1 << at;
            }
            at += 1;
        }
        if *ended > 0 {
            for at in at..=self.last {
                bits.take(u32::from(known >> at & 1 == 1));
            }
            *ended -= 1;
        }
        Some(())
    }
}

/// Whether bytes behind the last unit say nothing: fill up to an even address, or line ends.
fn is_padding(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .all(|byte| matches!(byte, 0 | 0xff | b'\r' | b'\n'))
}
