//! Normal matrices of weighted rows: summed tile by tile, so that a tile's sums stay in registers
//! while a block of rows that fits the nearest cache passes over them.

use nalgebra::DMatrix;
use nalgebra::DVector;

use crate::imaging::wide;

/// Side of a tile, columns.
const TILE: usize = 4;
/// Rows of a block: with sixty columns they take thirty kilobytes, weighted and plain together.
const BLOCK: usize = 32;

/// Rows of equal width, filled up with zeros to whole tiles.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    entries: Vec<[f64; TILE]>,
    width: usize,
    tiles: usize,
}

impl Rows {
    /// Takes entries row by row, `factors` multiplying the columns.
    pub(super) fn new(entries: &[f64], factors: &[f64]) -> Self {
        let width = factors.len();
        let tiles = width.div_ceil(TILE);
        let mut padded = vec![[0.0; TILE]; entries.len() / width * tiles];
        let rows = padded.as_flattened_mut().chunks_exact_mut(tiles * TILE);
        for (out, row) in rows.zip(entries.chunks_exact(width)) {
            for ((out, entry), factor) in out.iter_mut().zip(row).zip(factors) {
                *out = entry * factor;
            }
        }
        Self {
            entries: padded,
            width,
            tiles,
        }
    }

    /// Number of columns.
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    /// One row.
    pub(super) fn row(&self, number: usize) -> &[f64] {
        let tiles = &self.entries[number * self.tiles..(number + 1) * self.tiles];
        &tiles.as_flattened()[..self.width]
    }

    /// The weighted sum of the rows, each times its value.
    pub(super) fn weighted(&self, weights: &[f64], values: &[f64]) -> DVector<f64> {
        let mut sum = DVector::zeros(self.width);
        for (number, (weight, value)) in weights.iter().zip(values).enumerate() {
            let amount = weight * value;
            for (sum, entry) in sum.as_mut_slice().iter_mut().zip(self.row(number)) {
                *sum += amount * entry;
            }
        }
        sum
    }

    /// What each row makes of the columns' amounts.
    pub(super) fn predicted(&self, amounts: &DVector<f64>) -> Vec<f64> {
        let mut padded = vec![[0.0; TILE]; self.tiles];
        padded.as_flattened_mut()[..self.width].copy_from_slice(amounts.as_slice());
        let rows = self.entries.chunks_exact(self.tiles);
        rows.map(|row| {
            let mut lanes = [0.0; TILE];
            for (tile, amounts) in row.iter().zip(&padded) {
                for ((lane, entry), amount) in lanes.iter_mut().zip(tile).zip(amounts) {
                    *lane += entry * amount;
                }
            }
            lanes.iter().sum()
        })
        .collect()
    }

    /// The weighted sum of the rows' outer products, one added on the diagonal; the lower triangle.
    pub(super) fn normal(&self, weights: &[f64]) -> DMatrix<f64> {
        let tiles = self.tiles;
        let mut sums = vec![[[0.0; TILE]; TILE]; tiles * (tiles + 1) / 2];
        let mut weighted = vec![[0.0; TILE]; BLOCK * tiles];
        wide(
            #[inline(always)]
            || {
                let blocks = self.entries.chunks(BLOCK * tiles);
                for (rows, weights) in blocks.zip(weights.chunks(BLOCK)) {
                    let weighted = &mut weighted[..rows.len()];
                    let lines = weighted.chunks_exact_mut(tiles);
                    for ((out, row), weight) in lines.zip(rows.chunks_exact(tiles)).zip(weights) {
                        for (out, tile) in out.iter_mut().zip(row) {
                            for (out, entry) in out.iter_mut().zip(tile) {
                                *out = entry * weight;
                            }
                        }
                    }
                    let mut sums = sums.iter_mut();
                    for row in 0..tiles {
                        for (column, sum) in (0..=row).zip(sums.by_ref()) {
                            add_tile(sum, (&weighted[row..], &rows[column..]), tiles);
                        }
                    }
                }
            },
        );
        let mut normal = DMatrix::<f64>::identity(self.width, self.width);
        let places = (0..tiles).flat_map(|row| (0..=row).map(move |column| (row, column)));
        for ((row, column), sum) in places.zip(&sums) {
            for (i, line) in (row * TILE..self.width).zip(sum) {
                for (j, value) in (column * TILE..self.width).zip(line) {
                    normal[(i, j)] += value;
                }
            }
        }
        normal
    }
}

/// Adds the outer products of two tiles' rows, which come at every so many tiles.
#[inline(always)]
fn add_tile(
    sum: &mut [[f64; TILE]; TILE],
    (lefts, rights): (&[[f64; TILE]], &[[f64; TILE]]),
    tiles: usize,
) {
    let mut kept = *sum;
    let lefts = lefts.iter().step_by(tiles);
    for (left, right) in lefts.zip(rights.iter().step_by(tiles)) {
        for (line, a) in kept.iter_mut().zip(left) {
            for (sum, b) in line.iter_mut().zip(right) {
                *sum += a * b;
            }
        }
    }
    *sum = kept;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_sum_to_the_normal_matrix() {
        let (count, width) = (75_usize, 6_usize);
        let entry = |i: usize, k: usize| ((7 * i + 3 * k + i * k) % 11) as f64 - 5.0;
        let entries: Vec<f64> = (0..count)
            .flat_map(|i| (0..width).map(move |k| entry(i, k)))
            .collect();
        let weights: Vec<f64> = (0..count).map(|i| 0.5 + (i % 3) as f64).collect();
        let rows = Rows::new(&entries, &[2.0; 6]);
        let normal = rows.normal(&weights);
        for (i, j) in (0..width).flat_map(|i| (0..=i).map(move |j| (i, j))) {
            let products = (0..count).map(|n| 4.0 * weights[n] * entry(n, i) * entry(n, j));
            let expected = products.sum::<f64>() + f64::from(u8::from(i == j));
            assert!((normal[(i, j)] - expected).abs() < 1e-9, "{i} {j}");
        }
        let amounts = DVector::from_element(width, 1.0);
        let predicted = rows.predicted(&amounts);
        let expected: f64 = rows.row(40).iter().sum();
        assert!((predicted[40] - expected).abs() < 1e-12, "{predicted:?}");
        let sums = rows.weighted(&weights, &predicted);
        let expected: f64 = (0..count)
            .map(|n| weights[n] * predicted[n] * rows.row(n)[2])
            .sum();
        assert!((sums[2] - expected).abs() < 1e-9, "{sums}");
    }
}
