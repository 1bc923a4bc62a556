//! The picture at a fraction of its size, summed up from its coefficients while they are read.
//!
//! A sample of the small picture is the mean of a block of pixels. Pixels are sums of cosines (T.81,
//! A.3.3), so a mean of pixels is the same sum of the cosines' means, which are known beforehand: what
//! comes out is what shrinking the decoded picture gives, but for what decoders cut off below black and
//! above white. Subsampled components are thought of as decoders spread them, each sample over its own
//! pixels by three parts and over their neighbours by one.

use super::axis::{SIDE, Square, cosine};
use super::blocks::{BLOCK, Blocks};
use super::channel::{Channel, Sway};
use super::huffman::{Bits, Table};
use super::scan::{Component, Frame};
use crate::imaging::{Gray, Raster, wide};
use crate::units::single;

/// Units between two marks.
const MARK_STEP: usize = 8;
/// Samples whose colours are written side by side.
const WRITTEN: usize = 32;
/// Units that bear colour beyond which no more are looked at closely: they are no noise.
const CLOSE_LOOKS: usize = 256;
/// How far the channels of a pixel may differ before its unit counts as coloured: what
/// [`tone`](crate::ingest::tone) takes as neutral, less what rounding adds.
const NEUTRAL_MAX: f32 = 10.0;

/// A place in the data from which blocks can be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) unit: usize,
    /// The bit at which the unit begins.
    pub(super) at: usize,
    /// The means of the blocks in front of it.
    pub(super) means: [i64; 3],
}

/// Sums up the small picture of a scan, and marks places in its data; `N` is how many samples of the
/// small picture a block of chroma reaches over.
#[derive(Debug)]
pub(super) struct Overview<const N: usize> {
    factor: usize,
    width: usize,
    height: usize,
    /// Units across, and pixels of a unit's height.
    across: usize,
    unit_height: usize,
    /// The blocks of a unit of the first component, and how many are across and down.
    blocks: Vec<(usize, usize)>,
    most: (usize, usize),
    luma: Channel<4>,
    chroma: Vec<Channel<N>>,
    /// The quantisation of chroma.
    steps: [[u16; BLOCK]; 2],
    /// By frequency and sample.
    cosines: Square,
    /// The first row that is being summed up, counted from one in front of the small picture.
    first: usize,
    unit: (usize, usize),
    sways: [Sway; 2],
    pub(super) planes: Vec<Gray>,
    pub(super) marks: Vec<Mark>,
    /// Units that may bear colour.
    pub(super) coloured: Vec<usize>,
}

/// How many samples of the small picture a block reaches over in its wider direction, with its
/// neighbours' shares.
pub(super) const fn reached(scale: usize, factor: usize) -> usize {
    (SIDE * scale + 2 * (scale - 1)).div_ceil(factor) + 1
}

impl<const N: usize> Overview<N> {
    /// For a frame of one component, or of one and two more of one block a unit; `None` of any other, and
    /// where the small picture has no samples.
    pub(super) fn new(
        frame: &Frame,
        steps: &[Option<[u16; BLOCK]>; 4],
        factor: usize,
    ) -> Option<Self> {
        let (width, height) = (frame.width / factor, frame.height / factor);
        let (luma, chroma) = frame.components.split_first()?;
        let is_single = |part: &Component| (part.across, part.down) == (1, 1);
        let most = frame.most();
        // A component alone is coded block by block, whatever its frame says.
        let is_known = match chroma {
            [] => is_single(luma),
            [_, _] => chroma.iter().all(is_single) && (luma.across, luma.down) == most,
            _ => false,
        };
        if !is_known || most.0 > 2 || most.1 > 2 || width == 0 || height == 0 {
            return None;
        }
        let units = frame.units();
        let (across, down) = units;
        let blocks = (across * most.0, down * most.1);
        let unit_height = SIDE * most.1;
        let stride = across * SIDE * most.0 / factor + N.max(4) + 2;
        let size = (stride, unit_height / factor + N.max(4) + 3);
        let steps = |part: &Component| steps.get(usize::from(part.quantisation))?.as_ref();
        let mut own = [[0; BLOCK]; 2];
        for (own, part) in own.iter_mut().zip(chroma) {
            *own = *steps(part)?;
        }
        let chroma = chroma
            .iter()
            .map(|part| Some(Channel::new(most, factor, steps(part)?, units, 1, size)));
        let chroma = chroma.collect::<Option<Vec<_>>>()?;
        let planes = if chroma.is_empty() { 1 } else { 3 };
        Some(Self {
            factor,
            width,
            height,
            across,
            unit_height,
            blocks: (0..most.1)
                .flat_map(|y| (0..most.0).map(move |x| (x, y)))
                .collect(),
            most,
            luma: Channel::new((1, 1), factor, steps(luma)?, blocks, most.1, size),
            chroma,
            steps: own,
            cosines: std::array::from_fn(|frequency| {
                std::array::from_fn(|sample| single(cosine(frequency, sample)))
            }),
            first: 0,
            unit: (0, 0),
            sways: [Sway::default(); 2],
            planes: vec![Raster::filled(width, height, 0); planes],
            marks: Vec::with_capacity(across * down / MARK_STEP + 1),
            coloured: Vec::new(),
        })
    }

    /// Writes the rows in front of one, and leaves them behind.
    fn write(&mut self, end: usize) {
        for row in self.first.max(1)..end.min(self.height + 1) {
            let summed = row - self.first;
            let luma = self.luma.row(summed, self.width);
            if let ([red, green, blue], [bluish, reddish]) =
                (&mut self.planes[..], &self.chroma[..])
            {
                let lines = [red, green, blue].map(|plane| plane.row_mut(row - 1));
                let chroma = [bluish, reddish].map(|chroma| chroma.row(summed, self.width));
                write_colours(luma, chroma, lines);
            } else {
                let line = self.planes[0].row_mut(row - 1);
                for (out, luma) in line.iter_mut().zip(luma) {
                    *out = level(*luma);
                }
            }
        }
        let rows = end.saturating_sub(self.first);
        self.luma.pass(rows);
        for chroma in &mut self.chroma {
            chroma.pass(rows);
        }
        self.first = end;
    }

    /// Whether the unit that was read last may bear colour: a closer look than at how far its samples can
    /// lie apart, while there are few such units.
    fn has_colour(&self) -> bool {
        if self.coloured.len() >= CLOSE_LOOKS {
            return true;
        }
        let [bluish, reddish] =
            [0, 1].map(|index| self.chroma[index].samples(&self.steps[index], &self.cosines));
        let pairs = bluish.as_flattened().iter().zip(reddish.as_flattened());
        pairs.into_iter().any(|(&bluish, &reddish)| {
            let exact = |mean: f32| Sway { mean, around: 0.0 };
            most_apart([exact(bluish), exact(reddish)]) > NEUTRAL_MAX
        })
    }

    /// Adds what waits for the end of a row of units.
    fn end_row(&mut self) {
        self.luma.add_means(self.first);
        for chroma in &mut self.chroma {
            chroma.add_means(self.first);
        }
    }

    /// Writes what is left when all units are read.
    pub(super) fn finish(&mut self) {
        self.end_row();
        self.write(self.height + 1);
    }
}

/// A row of the three colours (JFIF 1.02, conversion to and from RGB).
fn write_colours(luma: &[f32], [bluish, reddish]: [&[f32]; 2], [red, green, blue]: [&mut [u8]; 3]) {
    wide(
        #[inline(always)]
        || {
            let [luma, bluish, reddish] = [luma, bluish, reddish].map(|line| line.as_chunks());
            let [red, green, blue] = [red, green, blue].map(|line| line.as_chunks_mut());
            let lines = red.0.iter_mut().zip(green.0).zip(blue.0);
            let values = luma.0.iter().zip(bluish.0).zip(reddish.0);
            for (((red, green), blue), ((luma, bluish), reddish)) in lines.zip(values) {
                [*red, *green, *blue] = colours([luma, bluish, reddish]);
            }
            let mut rest = [[0.0; WRITTEN]; 3];
            for (rest, line) in rest.iter_mut().zip([luma.1, bluish.1, reddish.1]) {
                rest[..line.len()].copy_from_slice(line);
            }
            let rest = colours(rest.each_ref());
            for (out, levels) in [red.1, green.1, blue.1].into_iter().zip(&rest) {
                out.copy_from_slice(&levels[..out.len()]);
            }
        },
    );
}

/// The colours of a block, which is its own: the compiler cannot tell that six long lines do not overlap.
#[inline(always)]
fn colours([luma, bluish, reddish]: [&[f32; WRITTEN]; 3]) -> [[u8; WRITTEN]; 3] {
    let mut levels = [[0; WRITTEN]; 3];
    for i in 0..WRITTEN {
        levels[0][i] = level(luma[i] + 1.402 * reddish[i]);
        levels[1][i] = level(luma[i] - 0.344_136 * bluish[i] - 0.714_136 * reddish[i]);
        levels[2][i] = level(luma[i] + 1.772 * bluish[i]);
    }
    levels
}

/// The most that two channels of a pixel differ.
fn most_apart([bluish, reddish]: [Sway; 2]) -> f32 {
    // Red and blue, red and green, blue and green: the differences of the equations above.
    let pairs = [(-1.772, 1.402), (0.344, 2.116), (2.116, 0.714)];
    let apart = pairs.map(|(b, r): (f32, f32)| {
        (b * bluish.mean + r * reddish.mean).abs()
            + b.abs() * bluish.around
            + r.abs() * reddish.around
    });
    apart.into_iter().fold(0.0, f32::max)
}

/// The level nearest to a value, which is counted from middle gray.
#[inline(always)]
fn level(value: f32) -> u8 {
    // The last bits of a number between 2^23 and 2^24 are whole: a cast would take longer.
    let [.., level] = ((value + 128.0).clamp(0.0, 255.0) + 8_388_608.0)
        .to_bits()
        .to_be_bytes();
    level
}

impl<const N: usize> Blocks for Overview<N> {
    #[inline(always)]
    fn unit(&mut self, (unit, is_first): (usize, bool), at: usize, means: &[i64]) {
        if is_first || unit.is_multiple_of(MARK_STEP) {
            let means = std::array::from_fn(|part| means.get(part).copied().unwrap_or(0));
            self.marks.push(Mark { unit, at, means });
        }
        if unit == 0 {
            return;
        }
        self.unit.0 += 1;
        if self.unit.0 == self.across {
            self.end_row();
            self.unit = (0, self.unit.1 + 1);
            // The next units reach one pixel upwards at most.
            self.write((self.unit.1 * self.unit_height).div_ceil(self.factor));
        }
    }

    #[inline(always)]
    fn block(
        &mut self,
        (part, block): (usize, usize),
        mean: i64,
        table: &Table,
        bits: &mut Bits<'_>,
    ) -> Option<()> {
        let (x, y) = self.unit;
        let Some(chroma) = part.checked_sub(1) else {
            let (across, down) = self.blocks[block];
            let place = (x * self.most.0 + across, y * self.most.1 + down);
            self.luma
                .add::<false>(place, self.first, mean, table, bits)?;
            return Some(());
        };
        let channel = &mut self.chroma[chroma];
        self.sways[chroma] = channel.add::<true>(self.unit, self.first, mean, table, bits)?;
        if chroma == 1 && most_apart(self.sways) > NEUTRAL_MAX && self.has_colour() {
            self.coloured.push(y * self.across + x);
        }
        Some(())
    }
}
