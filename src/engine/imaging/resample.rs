//! Shrinking and warping: the only interpolation there is.

use crate::geometry::Affine;
use crate::imaging::Colour;
use crate::imaging::Density;
use crate::imaging::Gray;
use crate::imaging::Raster;
use crate::units::floor_index;
use crate::units::single;

/// Largest factor whose blocks' sums fit 16 bits.
const ACROSS_MAX: usize = 16;

/// Averages blocks of `factor` by `factor` pixels; a rest narrower than a block is left out.
///
/// # Panics
/// If the image is smaller than one block.
#[must_use]
pub fn shrink_gray(image: &Gray, factor: usize) -> Gray {
    let (width, height) = (image.width() / factor, image.height() / factor);
    let mut out = Raster::filled(width, height, 0_u8);
    let mean = Mean::of(factor);
    let mut sums = vec![0_u16; width * factor];
    for (y, row) in out.samples_mut().chunks_exact_mut(width).enumerate() {
        let rows = y * factor..(y + 1) * factor;
        add_rows(image.samples(), image.width(), rows, &mut sums);
        for (out, block) in row.iter_mut().zip(sums.chunks_exact(factor)) {
            *out = mean.level(block.iter().map(|&sum| u32::from(sum)).sum());
        }
    }
    out
}

/// Averages blocks of `factor` by `factor` pixels of a colour image; three planes, R, G, B.
///
/// # Panics
/// If the image is smaller than one block.
#[must_use]
pub fn shrink_colour(image: &Colour, factor: usize) -> [Gray; 3] {
    let (width, height) = (image.width() / factor, image.height() / factor);
    let plane = || Raster::filled(width, height, 0_u8);
    let mut planes = [plane(), plane(), plane()];
    let [red, green, blue] = &mut planes;
    let mean = Mean::of(factor);
    let length = 3 * width * factor;
    let (mut sums, mut blocks) = (vec![0_u16; length], vec![0_u16; length]);
    for y in 0..height {
        let rows = y * factor..(y + 1) * factor;
        add_rows(image.samples(), 3 * image.width(), rows, &mut sums);
        let targets = red.row_mut(y).iter_mut().zip(green.row_mut(y));
        let targets = targets.zip(blue.row_mut(y));
        if factor <= ACROSS_MAX {
            add_across(&sums, factor, &mut blocks);
            for (((red, green), blue), block) in targets.zip(blocks.chunks_exact(3 * factor)) {
                let [r, g, b] = [block[0], block[1], block[2]].map(u32::from);
                (*red, *green, *blue) = (mean.level(r), mean.level(g), mean.level(b));
            }
            continue;
        }
        for (((red, green), blue), block) in targets.zip(sums.chunks_exact(3 * factor)) {
            let total = |channel: usize| {
                let own = block[channel..].iter().step_by(3);
                own.map(|&sum| u32::from(sum)).sum::<u32>()
            };
            let [r, g, b] = [total(0), total(1), total(2)];
            (*red, *green, *blue) = (mean.level(r), mean.level(g), mean.level(b));
        }
    }
    planes
}

/// Adds rows of samples position by position: first downwards, which runs in wide registers, so
/// that only one row in `factor` is left to be added up across. Up to 257 rows fit.
fn add_rows(samples: &[u8], stride: usize, rows: std::ops::Range<usize>, sums: &mut [u16]) {
    let line = |row: usize| &samples[row * stride..row * stride + sums.len()];
    let mut rows = rows.map(line).collect::<Vec<_>>().into_iter();
    for (sum, &value) in sums.iter_mut().zip(rows.next().unwrap_or_default()) {
        *sum = u16::from(value);
    }
    for line in rows {
        for (sum, &value) in sums.iter_mut().zip(line) {
            *sum = sum.saturating_add(u16::from(value));
        }
    }
}

/// Adds up across: each sample and those of its channel in the `factor - 1` pixels behind it, again
/// in wide registers, although only one sum in `factor` is needed.
fn add_across(sums: &[u16], factor: usize, blocks: &mut [u16]) {
    blocks.copy_from_slice(sums);
    for pixel in 1..factor {
        for (block, &sum) in blocks.iter_mut().zip(&sums[3 * pixel..]) {
            *block = block.saturating_add(sum);
        }
    }
}

/// Division by the number of a block's pixels, as a multiplication in 24 bits: exact to one level.
#[derive(Clone, Copy)]
struct Mean {
    reciprocal: u64,
}

impl Mean {
    fn of(factor: usize) -> Self {
        let count = (factor * factor) as u64;
        Self {
            reciprocal: (1 << 24) / count + 1,
        }
    }

    fn level(self, sum: u32) -> u8 {
        ((u64::from(sum) * self.reciprocal) >> 24).min(255) as u8
    }
}

/// Bilinear sample at continuous coordinates, pixel centres at +0.5; `outside` beyond the raster.
#[inline]
#[must_use]
pub fn sample<T: Copy + Into<f32>>(map: &Raster<T>, x: f64, y: f64, outside: f32) -> f32 {
    let (x, y) = (x - 0.5, y - 0.5);
    // Casts, because a call of `floor` costs more than the rest.
    let (column, row) = (floor_index(x), floor_index(y));
    let within = column + 1 < map.width() && row + 1 < map.height();
    if !(x >= 0.0 && y >= 0.0 && within) {
        return sample_edge(map, x, y, outside);
    }
    let (fx, fy) = (single(x - column as f64), single(y - row as f64));
    let start = row * map.width() + column;
    let above = &map.samples()[start..start + 2];
    let below = &map.samples()[start + map.width()..start + map.width() + 2];
    let [a, b, c, d] = [above[0], above[1], below[0], below[1]].map(Into::into);
    let (upper, lower) = (a + (b - a) * fx, c + (d - c) * fx);
    upper + (lower - upper) * fy
}

/// The same where a neighbour lies beyond the raster.
#[cold]
#[inline(never)]
fn sample_edge<T: Copy + Into<f32>>(map: &Raster<T>, x: f64, y: f64, outside: f32) -> f32 {
    if !(x > -1.0 && y > -1.0 && x < map.width() as f64 && y < map.height() as f64) {
        return outside;
    }
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (single(x - left), single(y - top));
    let at = |dx: f64, dy: f64| {
        let (column, row) = (left + dx, top + dy);
        let inside =
            column >= 0.0 && row >= 0.0 && column < map.width() as f64 && row < map.height() as f64;
        if inside {
            map.at(floor_index(column), floor_index(row)).into()
        } else {
            outside
        }
    };
    let upper = at(0.0, 0.0) * (1.0 - fx) + at(1.0, 0.0) * fx;
    let lower = at(0.0, 1.0) * (1.0 - fx) + at(1.0, 1.0) * fx;
    upper * (1.0 - fy) + lower * fy
}

/// Resamples into a raster of `width` by `height`, `source_from_target` mapping target pixels to
/// source pixels; bilinear, `outside` beyond the source.
#[must_use]
pub fn warp<T: Copy + Into<f32> + Sync>(
    map: &Raster<T>,
    source_from_target: Affine,
    (width, height): (usize, usize),
    outside: f32,
) -> Density {
    let [a, b, c, d, e, f] = source_from_target.as_coeffs();
    let mut out = Raster::filled(width, height, outside);
    if b == 0.0 && c == 0.0 {
        stretch(map, ((a, e), (d, f)), &mut out, outside);
        return out;
    }
    for (row, line) in out.samples_mut().chunks_exact_mut(width).enumerate() {
        let y = row as f64 + 0.5;
        let (left, top) = (c * y + e, d * y + f);
        for (column, out) in line.iter_mut().enumerate() {
            let x = column as f64 + 0.5;
            *out = sample(map, a * x + left, b * x + top, outside);
        }
    }
    out
}

/// A warp without a turn: the columns read are the same in every row, so each row of the source is
/// read across once.
fn stretch<T: Copy + Into<f32>>(
    map: &Raster<T>,
    ((a, e), (d, f)): ((f64, f64), (f64, f64)),
    out: &mut Density,
    outside: f32,
) {
    let place = |index: usize, step: f64, start: f64, count: usize| {
        let at = step * (index as f64 + 0.5) + start - 0.5;
        let before = floor_index(at);
        let within = at >= 0.0 && before + 1 < count;
        within.then(|| (before, single(at - before as f64)))
    };
    let width = out.width();
    let columns: Vec<_> = (0..width).map(|x| place(x, a, e, map.width())).collect();
    // Read across: a row of the source, by its number.
    let read = |row: usize, (number, line): &mut (Option<usize>, Vec<f32>)| {
        *number = Some(row);
        let source = map.row(row);
        for (out, column) in line.iter_mut().zip(&columns) {
            let near = column.and_then(|(before, share)| {
                let pair = source.get(before..)?.first_chunk::<2>()?;
                Some((pair.map(Into::into), share))
            });
            *out = near.map_or(0.0, |([left, right], share): ([f32; 2], f32)| {
                left + (right - left) * share
            });
        }
    };
    let mut above = (None, vec![0.0; width]);
    let mut below = (None, vec![0.0; width]);
    for (y, line) in out.samples_mut().chunks_exact_mut(width).enumerate() {
        let at = d * (y as f64 + 0.5) + f;
        let beyond = |x: usize| sample(map, a * (x as f64 + 0.5) + e, at, outside);
        let Some((row, share)) = place(y, d, f, map.height()) else {
            for (x, out) in line.iter_mut().enumerate() {
                *out = beyond(x);
            }
            continue;
        };
        if below.0 == Some(row) {
            std::mem::swap(&mut above, &mut below);
        }
        if above.0 != Some(row) {
            read(row, &mut above);
        }
        if below.0 != Some(row + 1) {
            read(row + 1, &mut below);
        }
        for (out, (upper, lower)) in line.iter_mut().zip(above.1.iter().zip(&below.1)) {
            *out = upper + (lower - upper) * share;
        }
        for (x, out) in line.iter_mut().enumerate() {
            if columns[x].is_none() {
                *out = beyond(x);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_averages_whole_blocks() {
        let image =
            Raster::from_samples(5, 2, vec![0, 10, 100, 100, 9, 20, 30, 100, 104, 9]).unwrap();
        let small = shrink_gray(&image, 2);
        assert_eq!((small.width(), small.height()), (2, 1));
        assert_eq!(small.samples(), &[15, 101]);
    }

    #[test]
    fn large_blocks_keep_their_level() {
        for factor in [16, 17, 24] {
            let samples = [10, 200, 255].repeat(4 * factor * factor);
            let image = Colour::from_samples(2 * factor, 2 * factor, samples).unwrap();
            let planes = shrink_colour(&image, factor);
            for (plane, level) in planes.iter().zip([10, 200, 255]) {
                assert_eq!(plane.samples(), [level; 4], "factor {factor}");
            }
        }
    }

    #[test]
    fn colour_planes_come_out_in_order() {
        let image = Colour::from_samples(2, 2, [10, 20, 30].repeat(4)).unwrap();
        let planes = shrink_colour(&image, 2);
        assert_eq!(planes.map(|plane| plane.at(0, 0)), [10, 20, 30]);
    }

    #[test]
    fn a_whole_pixel_shift_is_exact() {
        let map = Raster::from_samples(3, 1, vec![1.0, 2.0, 3.0]).unwrap();
        let moved = warp(&map, Affine::translate((1.0, 0.0)), (3, 1), -1.0);
        assert_eq!(moved.samples(), &[2.0, 3.0, -1.0]);
    }

    #[test]
    fn a_stretch_reads_what_samples_read_one_by_one() {
        let samples = (0..77_u8).map(|i| i.wrapping_mul(37)).collect();
        let map = Raster::from_samples(11, 7, samples).unwrap();
        for (scale, shift) in [(0.6, (-1.2, 0.4)), (1.3, (0.7, -2.0)), (-0.8, (9.5, 6.0))] {
            let from = Affine::translate(shift) * Affine::scale(scale);
            let stretched = warp(&map, from, (14, 12), 3.0);
            for (x, y) in (0..14).flat_map(|x| (0..12).map(move |y| (x, y))) {
                let at = from * crate::geometry::Point::new(x as f64 + 0.5, y as f64 + 0.5);
                let expected = sample(&map, at.x, at.y, 3.0);
                let found = stretched.at(x, y);
                assert!(
                    (found - expected).abs() < 1e-3,
                    "{x} {y}: {found} {expected}"
                );
            }
        }
    }
}
