//! One component of a picture that is summed up at a fraction of its size.

use super::axis::{Axis, Means, Reach, SIDE, Square, cosine};
use super::blocks::BLOCK;
use super::huffman::{Bits, Placed, Table};
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
    /// Whether it is looked at how far its samples lie from middle gray.
    is_watched: bool,
    /// The most that one step of a coefficient moves a sample.
    reach: [f32; BLOCK],
    stride: usize,
    sums: Vec<f32>,
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
            is_watched: false,
            reach,
            stride,
            sums: vec![0.0; stride * rows],
            list: [Placed::default(); BLOCK],
            count: 0,
            level: 0.0,
        }
    }

    /// The same, of which it is looked at how far its samples lie from middle gray.
    pub(super) fn watched(self) -> Self {
        Self {
            is_watched: true,
            ..self
        }
    }

    /// Adds a block; `first` is the first row of the small picture, counted from one in front of it, that
    /// is being summed up.
    #[inline]
    pub(super) fn add(
        &mut self,
        (column, row): (usize, usize),
        first: usize,
        mean: i64,
        table: &Table,
        bits: &mut Bits<'_>,
    ) -> Option<Sway> {
        let (across, down) = (self.across.places[column], self.down.places[row]);
        let (columns, means) = (&self.columns[across.phase], &self.down.means[down.phase]);
        let start = (down.first - first) * self.stride + across.first;
        let level = i16::try_from(mean).map(f32::from).ok()?;
        if N <= DIRECT {
            let place = (across, down, start);
            return match down.count {
                ..=2 => self.add_patch::<2>(place, level, table, bits),
                _ => self.add_patch::<N>(place, level, table, bits),
            };
        }
        let mut rows = [[0.0_f32; N]; SIDE];
        rows[0] = columns[0].map(|share| level * share);
        let (mut last, mut count, mut around) = (0, 0, 0.0);
        let (is_watched, list, reach) = (self.is_watched, &mut self.list, &self.reach);
        table.coefficients(bits, |found| {
            let place = usize::from(found.place) % BLOCK;
            let (value, down) = (f32::from(found.value), usize::from(ZIGZAG[place]) / SIDE);
            for (sum, share) in rows[down].iter_mut().zip(&columns[place]) {
                *sum += value * share;
            }
            last = last.max(down);
            if is_watched {
                list[count % BLOCK] = found;
                count += 1;
                around += value.abs() * reach[place];
            }
        })?;
        (self.count, self.level) = (count, level);
        let (sums, rows) = (&mut self.sums[start..], &rows[..=last]);
        // As many lines as are laid have a loop of their own, whose sums stay in registers.
        match down.count {
            ..=2 => lay::<N, 2>(sums, self.stride, rows, means, down.count),
            3 | 4 => lay::<N, 4>(sums, self.stride, rows, means, down.count),
            5 | 6 => lay::<N, 6>(sums, self.stride, rows, means, down.count),
            _ => lay::<N, N>(sums, self.stride, rows, means, down.count),
        }
        Some(Sway {
            mean: level * reach[0],
            around,
        })
    }

    /// The same, each coefficient in all of at most `M` rows at once.
    #[inline(always)]
    fn add_patch<const M: usize>(
        &mut self,
        (across, down, start): (Reach, Reach, usize),
        level: f32,
        table: &Table,
        bits: &mut Bits<'_>,
    ) -> Option<Sway> {
        let patch = &self.patches[down.phase * self.columns.len() + across.phase];
        let mut lines = [[0.0_f32; N]; M];
        let add = |lines: &mut [[f32; N]; M], place: usize, value: f32| {
            for (line, shares) in lines.iter_mut().zip(&patch[place]) {
                for (sum, share) in line.iter_mut().zip(shares) {
                    *sum += value * share;
                }
            }
        };
        add(&mut lines, 0, level);
        let (mut count, mut around) = (0, 0.0);
        let (is_watched, list, reach) = (self.is_watched, &mut self.list, &self.reach);
        table.coefficients(bits, |found| {
            let (place, value) = (usize::from(found.place) % BLOCK, f32::from(found.value));
            add(&mut lines, place, value);
            if is_watched {
                list[count % BLOCK] = found;
                count += 1;
                around += value.abs() * reach[place];
            }
        })?;
        (self.count, self.level) = (count, level);
        put(&mut self.sums[start..], self.stride, &lines, down.count);
        Some(Sway {
            mean: level * self.reach[0],
            around,
        })
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
