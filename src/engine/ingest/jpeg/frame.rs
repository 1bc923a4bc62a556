//! The markers of a JPEG (ITU-T T.81, annex B): tables, frame, and the scans one after the other.

use super::blocks::{BLOCK, Passed};
use super::huffman::Table;
use super::scan::{Coded, Component, Fault, Frame, Part, Scan};

/// Scans of a picture: encoders write some ten.
const SCANS_MAX: usize = 1000;

/// Blocks of a progressive picture, of which one mark each is kept: a gigapixel.
const BLOCKS_MAX: usize = 1 << 24;

/// What the markers have said so far.
#[derive(Debug, Default)]
pub(super) struct Picture {
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
    pub(super) steps: [Option<[u16; BLOCK]>; 4],
    restart: usize,
    pub(super) frame: Option<Frame>,
    masks: Vec<Vec<u64>>,
    /// Components met in all scans together, and the scans.
    met: usize,
    scans: usize,
    /// Whether there were data behind a scan's last unit.
    more: bool,
}

impl Picture {
    /// Goes through tables that stand in a stream of their own, and through a picture, as if it were
    /// as small as `size` where its frame says that it is larger.
    ///
    /// # Errors
    /// What is wrong with the first scan that is not whole. Codings that are not known here, and
    /// headers that cannot be followed, are left to the decoder to judge.
    pub(super) fn check(
        &mut self,
        bytes: &[u8],
        size: Option<(usize, usize)>,
    ) -> Result<(), Fault> {
        self.walk(bytes, size)?;
        if self.more { Err(Fault::More) } else { Ok(()) }
    }

    fn walk(&mut self, bytes: &[u8], size: Option<(usize, usize)>) -> Result<(), Fault> {
        let mut at = 2;
        while let Some((kind, segment)) = marker(bytes, &mut at) {
            let read = match kind {
                0xda => match self.scan(segment, bytes, at)? {
                    Some(Some(next)) => {
                        at = next;
                        Some(())
                    }
                    Some(None) => break,
                    None => None,
                },
                _ => self.read(kind, segment, size),
            };
            if read.is_none() {
                return Ok(());
            }
        }
        // Without its end marker, a picture may lack scans, the one that is whole apart.
        match &self.frame {
            Some(frame) if frame.progressive || self.met < frame.components.len() => {
                Err(Fault::Ends { rows: None })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What a marker says that begins no scan; `None` if the picture ends there, or cannot be followed.
    pub(super) fn read(
        &mut self,
        kind: u8,
        segment: &[u8],
        size: Option<(usize, usize)>,
    ) -> Option<()> {
        match kind {
            0xc4 => self.codes(segment),
            0xdb => self.quantisation(segment),
            0xdd => self.restarts(segment),
            0xc0..=0xc2 => self.frame(segment, kind == 0xc2, size),
            // The end; lossless, arithmetic and hierarchical coding; a height that comes late.
            0xd9 | 0xc3 | 0xc5..=0xc7 | 0xc9..=0xcf | 0xdc => None,
            _ => Some(()),
        }
    }

    /// The scan that a header describes, if it and the tables that it names are as they should be.
    pub(super) fn scan_of(&self, segment: &[u8]) -> Option<Scan<'_>> {
        let tables = (&self.dc, &self.ac, &self.steps);
        header(segment, self.frame.as_ref()?, self.restart, tables)
    }

    /// Huffman codes (B.2.4.2).
    fn codes(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((class, rest)) = segment.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let total = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(total)?;
            let tables = if class >> 4 == 0 {
                &mut self.dc
            } else {
                &mut self.ac
            };
            *tables.get_mut(usize::from(class & 15))? = Some(Table::new(counts, symbols)?);
            segment = rest;
        }
        Some(())
    }

    /// Quantisation: the steps of a block's coefficients, in the order of their coding (B.2.4.1).
    fn quantisation(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((kind, rest)) = segment.split_first() {
            let length = if kind >> 4 == 0 { BLOCK } else { 2 * BLOCK };
            let (table, rest) = rest.split_at_checked(length)?;
            let at = |index: usize| match kind >> 4 {
                0 => u16::from(table[index]),
                _ => u16::from_be_bytes([table[2 * index], table[2 * index + 1]]),
            };
            *self.steps.get_mut(usize::from(kind & 15))? = Some(std::array::from_fn(at));
            segment = rest;
        }
        Some(())
    }

    fn restarts(&mut self, segment: &[u8]) -> Option<()> {
        self.restart = short(segment, 0)?;
        Some(())
    }

    /// The frame (B.2.2).
    fn frame(
        &mut self,
        segment: &[u8],
        progressive: bool,
        size: Option<(usize, usize)>,
    ) -> Option<()> {
        let own = (short(segment, 3)?, short(segment, 1)?);
        let is_smaller = |size: &(usize, usize)| size.0 * size.1 < own.0 * own.1;
        let (width, height) = size.filter(is_smaller).unwrap_or(own);
        let precision = *segment.first()?;
        let components = segment.get(6..)?.chunks_exact(3).map(|part| Component {
            id: part[0],
            across: usize::from(part[1] >> 4),
            down: usize::from(part[1] & 15),
            quantisation: part[2],
        });
        let frame = Frame {
            width,
            height,
            precision,
            progressive,
            components: components.take(usize::from(*segment.get(5)?)).collect(),
        };
        let sound =
            |part: &Component| (1..=4).contains(&part.across) && (1..=4).contains(&part.down);
        if width == 0
            || height == 0
            || !matches!(precision, 8 | 12)
            || !frame.components.iter().all(sound)
        {
            return None;
        }
        if progressive {
            let (across, down) = frame.units();
            let blocks = |part: &Component| across * part.across * down * part.down;
            if frame.components.iter().map(blocks).sum::<usize>() > BLOCKS_MAX {
                return None;
            }
            self.masks = frame
                .components
                .iter()
                .map(|part| vec![0; blocks(part)])
                .collect();
        }
        self.frame = Some(frame);
        Some(())
    }

    /// A scan's header (B.2.3) and data; gives where the next marker stands, if there is one.
    fn scan(
        &mut self,
        segment: &[u8],
        bytes: &[u8],
        at: usize,
    ) -> Result<Option<Option<usize>>, Fault> {
        let Self {
            dc,
            ac,
            steps,
            restart,
            frame: Some(frame),
            masks,
            met,
            scans,
            more,
        } = self
        else {
            return Ok(None);
        };
        *scans += 1;
        let Some(scan) = header(segment, frame, *restart, (dc, ac, steps)) else {
            return Ok(None);
        };
        if *scans > SCANS_MAX {
            return Ok(None);
        }
        *met += scan.parts.len();
        let coded = Coded::read(bytes, at);
        match scan.check(&coded, masks, &mut Passed) {
            Err(Fault::More) => *more = true,
            checked => checked?,
        }
        Ok(Some(coded.next))
    }
}

/// The tables for means and for coefficients, and the quantisation of means.
type Tables<'a> = (
    &'a [Option<Table>; 4],
    &'a [Option<Table>; 4],
    &'a [Option<[u16; BLOCK]>; 4],
);

/// Reads a scan's header; `None` if it, or a table that it names, is not as it should be.
fn header<'a>(
    segment: &[u8],
    frame: &'a Frame,
    restart: usize,
    (dc, ac, steps): Tables<'a>,
) -> Option<Scan<'a>> {
    let count = usize::from(*segment.first()?);
    let named = segment.get(1..=2 * count)?.chunks_exact(2);
    let part = |named: &[u8]| {
        let mut components = frame.components.iter();
        let component = components.position(|part| part.id == named[0])?;
        let Component {
            across,
            down,
            quantisation,
            ..
        } = frame.components[component];
        let step = steps.get(usize::from(quantisation))?.map(|table| table[0]);
        Some(Part {
            component,
            dc: dc.get(usize::from(named[1] >> 4))?.as_ref(),
            ac: ac.get(usize::from(named[1] & 15))?.as_ref(),
            blocks: if count == 1 { 1 } else { across * down },
            mean_max: Part::mean_max(step, frame.precision),
        })
    };
    let parts = named.map(part).collect::<Option<Vec<_>>>()?;
    let [first, last, bits] = *segment.get(2 * count + 1..)?.first_chunk::<3>()?;
    let scan = Scan {
        frame,
        parts,
        first: if frame.progressive { first } else { 0 },
        last: if frame.progressive { last } else { 63 },
        before: if frame.progressive { bits >> 4 } else { 0 },
        after: if frame.progressive { bits & 15 } else { 0 },
        restart,
    };
    let needs_dc = scan.first == 0 && scan.before == 0;
    let needs_ac = scan.last > 0;
    let has_tables =
        |part: &Part<'_>| (part.dc.is_some() || !needs_dc) && (part.ac.is_some() || !needs_ac);
    let sound = !scan.parts.is_empty()
        && scan.parts.iter().all(has_tables)
        && scan.first <= scan.last
        && scan.last < 64
        && scan.after < 14
        && (scan.first == 0 || scan.parts.len() == 1);
    sound.then_some(scan)
}

/// The next marker and its segment, behind which `at` is set; `None` at the end of the bytes.
pub(super) fn marker<'a>(bytes: &'a [u8], at: &mut usize) -> Option<(u8, &'a [u8])> {
    loop {
        match bytes.get(*at..*at + 2)? {
            // An end marker, and those that stand alone.
            [0xff, 0xd9] => return Some((0xd9, &[])),
            [0xff, 0x01 | 0xd0..=0xd8] => *at += 2,
            [0xff, kind @ 0xc0..=0xfe] => {
                let length = short(bytes, *at + 2)?;
                let segment = bytes.get(*at + 4..(*at + 2).checked_add(length)?)?;
                *at += 2 + length;
                return Some((*kind, segment));
            }
            // Fill, and junk between segments: decoders skip it too.
            _ => *at += 1,
        }
    }
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(usize::from(u16::from_be_bytes(bytes.try_into().ok()?)))
}
