//! One component of a picture that is summed up at a fraction of its size.

use super::axis::{Axis, Means, Reach, SIDE, Square, cosine};
use super::blocks::BLOCK;
use super::huffman::{Bits, Placed, Table};
use crate::imaging::wide;
use crate::units::single;

/// Where the coefficients stand that come one after the other (T.81, figure A.6): column and row.
const ZIGZAG: [u8; BLOCK] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];
/// Samples of the small picture that a block may reach over, up to which what a coefficient adds to all of
/// them is added at once.
const DIRECT: usize = 4;

/// One component: what its blocks add to the rows of the small picture that are being summed up.
#[derive(Debug)]
pub(super) struct Channel<const N: usize> {
    across: Axis<N>,
    down: Axis<N>,
    /// By the number of a block across: what one step of each coefficient adds in a row.
    columns: Vec<[[f32; N]; BLOCK]>,
    /// The same in all rows, where there are few: by the number of a block down and across.
    patches: Vec<[[[f32; N]; N]; BLOCK]>,
    /// The most that one step of a coefficient moves a sample.
    reach: [f32; BLOCK],
    stride: usize,
    sums: Vec<f32>,
    /// The first row of blocks that is being read, and the means of its blocks and of those below it in the
    /// same units, in steps.
    row: usize,
    levels: Vec<f32>,
    /// What a row of them adds to a row of the small picture.
    line: Vec<f32>,
    /// The coefficients of the block that was read last, and its mean, in steps.
    list: [Placed; BLOCK],
    count: usize,
    level: f32,
}

/// How far a block's mean lies from middle gray, and how far its samples may lie from the mean.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sway {
    pub(super) mean: f32,
    pub(super) around: f32,
}

impl<const N: usize> Channel<N> {
    pub(super) fn new(
        scale: (usize, usize),
        factor: usize,
        steps: &[u16; BLOCK],
        blocks: (usize, usize),
        unit_rows: usize,
        (stride, rows): (usize, usize),
    ) -> Self {
        let across = Axis::new(scale.0, factor, blocks.0);
        let down = Axis::new(scale.1, factor, blocks.1);
        let columns = across.means.iter().map(|means| {
            std::array::from_fn(|index| {
                let step = f32::from(steps[index]);
                means[usize::from(ZIGZAG[index]) % SIDE].map(|mean| step * mean)
            })
        });
        let peak = |frequency: usize| {
            if frequency == 0 {
                single(cosine(0, 0))
            } else {
                0.5
            }
        };
        let reach = std::array::from_fn(|index| {
            let place = usize::from(ZIGZAG[index]);
            f32::from(steps[index]) * peak(place % SIDE) * peak(place / SIDE)
        });
        let columns: Vec<[[f32; N]; BLOCK]> = columns.collect();
        let patch = |rows: &Means<N>, columns: &[[f32; N]; BLOCK]| {
            std::array::from_fn(|index| {
                let frequency = usize::from(ZIGZAG[index]) / SIDE;
                rows[frequency].map(|mean| columns[index].map(|share| mean * share))
            })
        };
        let patches = down
            .means
            .iter()
            .filter(|_| N <= DIRECT)
            .flat_map(|rows| columns.iter().map(move |columns| patch(rows, columns)));
        Self {
            patches: patches.collect(),
            columns,
            across,
            down,
            reach,
            stride,
            sums: vec![0.0; stride * rows],
            row: 0,
            levels: vec![0.0; blocks.0 * unit_rows],
            line: vec![0.0; stride],
            list: [Placed::default(); BLOCK],
            count: 0,
            level: 0.0,
        }
    }

    /// Adds a block, whose mean waits for [`Self::add_means`]; `first` is the first row of the small
    /// picture, counted from one in front of it, that is being summed up. `WATCHED` where it is looked at how
    /// far its samples lie from middle gray.
    #[inline(always)]
    pub(super) fn add<const WATCHED: bool>(
        &mut self,
        (column, row): (usize, usize),
        first: usize,
        mean: i64,
        table: &Table,
        bits: &mut Bits<'_>,
    ) -> Option<Sway> {
        let level = i16::try_from(mean).map(f32::from).ok()?;
        let width = self.across.places.len();
        *self.levels.get_mut((row - self.row) * width + column)? = level;
        (self.count, self.level) = (0, level);
        // Most blocks of chroma, and those of bare paper, are their mean alone.
        let around = match table.is_end(bits) {
            true => 0.0,
            false => {
                let (across, down) = (self.across.places[column], self.down.places[row]);
                let start = (down.first - first) * self.stride + across.first;
                let place = (across, down, start);
                match down.count {
                    _ if N > DIRECT => self.add_rows::<WATCHED>(place, table, bits)?,
                    ..=2 => self.add_patch::<WATCHED, 2>(place, table, bits)?,
                    _ => self.add_patch::<WATCHED, N>(place, table, bits)?,
                }
            }
        };
        Some(Sway {
            mean: level * self.reach[0],
            around,
        })
    }

    /// Adds what lies around the mean, row by row of the block; gives how far it may reach, if it is watched.
    #[inline(always)]
    fn add_rows<const WATCHED: bool>(
        &mut self,
        (across, down, start): (Reach, Reach, usize),
        table: &Table,
        bits: &mut Bits<'_>,
    ) -> Option<f32> {
        let (columns, means) = (&self.columns[across.phase], &self.down.means[down.phase]);
        let mut rows = [[0.0_f32; N]; SIDE];
        let (mut last, mut count, mut around) = (0, 0, 0.0);
        let (list, reach) = (&mut self.list, &self.reach);
        table.coefficients(bits, |found| {
            let place = usize::from(found.place) % BLOCK;
            let (value, down) = (f32::from(found.value), usize::from(ZIGZAG[place]) / SIDE);
            for (sum, share) in rows[down].iter_mut().zip(&columns[place]) {
                *sum += value * share;
            }
            last = last.max(down);
            if WATCHED {
                list[count % BLOCK] = found;
                count += 1;
                around += value.abs() * reach[place];
            }
        })?;
        self.count = count;
        let (sums, rows) = (&mut self.sums[start..], &rows[..=last]);
        // As many lines as are laid have a loop of their own, whose sums stay in registers.
        match down.count {
            ..=2 => lay::<N, 2>(sums, self.stride, rows, means, down.count),
            3 | 4 => lay::<N, 4>(sums, self.stride, rows, means, down.count),
            5 | 6 => lay::<N, 6>(sums, self.stride, rows, means, down.count),
            _ => lay::<N, N>(sums, self.stride, rows, means, down.count),
        }
        Some(around)
    }

    /// The same, each coefficient in all of at most `M` rows at once.
    #[inline(always)]
    fn add_patch<const WATCHED: bool, const M: usize>(
        &mut self,
        (across, down, start): (Reach, Reach, usize),
        table: &Table,
        bits: &mut Bits<'_>,
    ) -> Option<f32> {
        let patch = &self.patches[down.phase * self.columns.len() + across.phase];
        let mut lines = [[0.0_f32; N]; M];
        let (mut count, mut around) = (0, 0.0);
        let (list, reach) = (&mut self.list, &self.reach);
        table.coefficients(bits, |found| {
            let (place, value) = (usize::from(found.place) % BLOCK, f32::from(found.value));
            for (line, shares) in lines.iter_mut().zip(&patch[place]) {
                for (sum, share) in line.iter_mut().zip(shares) {
                    *sum += value * share;
                }
            }
            if WATCHED {
                list[count % BLOCK] = found;
                count += 1;
                around += value.abs() * reach[place];
            }
        })?;
        self.count = count;
        put(&mut self.sums[start..], self.stride, &lines, down.count);
        Some(around)
    }

    /// Adds the means of a row of units, all of whose blocks were read: side by side, which is quicker than
    /// with each block's own samples.
    pub(super) fn add_means(&mut self, first: usize) {
        wide(
            #[inline(always)]
            || {
                for levels in self.levels.chunks_exact(self.across.places.len()) {
                    self.line.fill(0.0);
                    for (level, across) in levels.iter().zip(&self.across.places) {
                        let shares = &self.columns[across.phase][0];
                        for (sum, share) in self.line[across.first..].iter_mut().zip(shares) {
                            *sum += level * share;
                        }
                    }
                    let down = self.down.places[self.row];
                    let rows = self.sums.chunks_exact_mut(self.stride);
                    let shares = &self.down.means[down.phase][0];
                    for (sums, share) in rows.skip(down.first - first).zip(shares) {
                        for (sum, value) in sums.iter_mut().zip(&self.line) {
                            *sum += share * value;
                        }
                    }
                    self.row += 1;
                }
            },
        );
    }

    /// The samples of the block that was read last, counted from middle gray.
    pub(super) fn samples(&self, steps: &[u16; BLOCK], cosines: &Square) -> Square {
        let mut rows = [[0.0; SIDE]; SIDE];
        let mean = [(0, self.level)].into_iter();
        let others = self.list[..self.count].iter();
        let others = others.map(|found| (usize::from(found.place) % BLOCK, f32::from(found.value)));
        for (place, value) in mean.chain(others) {
            let (at, value) = (usize::from(ZIGZAG[place]), value * f32::from(steps[place]));
            for (sum, cosine) in rows[at / SIDE].iter_mut().zip(&cosines[at % SIDE]) {
                *sum += value * cosine;
            }
        }
        std::array::from_fn(|y| {
            std::array::from_fn(|x| (0..SIDE).map(|v| cosines[v][y] * rows[v][x]).sum())
        })
    }

    /// A row that is summed up.
    pub(super) fn row(&self, row: usize, width: usize) -> &[f32] {
        &self.sums[row * self.stride + 1..][..width]
    }

    /// Leaves so many rows behind.
    pub(super) fn pass(&mut self, rows: usize) {
        // What follows was reached over the edge of a unit: by its last row of pixels, and by the one
        // that its chroma is mixed into.
        let gone = (rows * self.stride).min(self.sums.len());
        let kept = (gone + 2 * self.stride).min(self.sums.len());
        self.sums.copy_within(gone..kept, 0);
        self.sums[kept - gone..kept].fill(0.0);
    }
}

/// Adds the lines that a block's rows come to, at most `M`, to those that begin at the start of sums and go
/// on by a stride.
#[inline]
fn lay<const N: usize, const M: usize>(
    sums: &mut [f32],
    stride: usize,
    rows: &[[f32; N]],
    means: &Means<N>,
    count: usize,
) {
    let mut lines = [[0.0_f32; N]; M];
    for (row, means) in rows.iter().zip(means) {
        for (line, mean) in lines.iter_mut().zip(means) {
            for (sum, value) in line.iter_mut().zip(row) {
                *sum += mean * value;
            }
        }
    }
    put(sums, stride, &lines, count);
}

/// Adds so many lines to those that begin at the start of sums and go on by a stride.
#[inline]
fn put<const N: usize, const M: usize>(
    sums: &mut [f32],
    stride: usize,
    lines: &[[f32; N]; M],
    count: usize,
) {
    for (y, line) in lines.iter().enumerate().take(count) {
        if let Some(sums) = sums
            .get_mut(y * stride..)
            .and_then(|sums| sums.first_chunk_mut::<N>())
        {
            for (sum, value) in sums.iter_mut().zip(line) {
                *sum += value;
            }
        }
    }
}
