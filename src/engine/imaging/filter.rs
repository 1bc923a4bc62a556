//! Separable smoothing, gradients and dilation.

use crate::imaging::Density;
use crate::imaging::Mask;
use crate::imaging::Raster;
use crate::imaging::wide;
use crate::units::floor_index;
use crate::units::single;

/// Convolves with a Gaussian of standard deviation `sigma` pixels, edges repeated.
///
/// Exact to the kernel's cut at three sigma. Cost: two passes of 6 sigma + 1 products a pixel.
#[must_use]
pub fn blur(map: &Density, sigma: f64) -> Density {
    if sigma < 0.2 {
        return map.clone();
    }
    let kernel = gaussian(sigma);
    let across = convolve_rows(map, &kernel);
    convolve_columns(&across, &kernel)
}

/// A normalised Gaussian of odd length.
fn gaussian(sigma: f64) -> Vec<f32> {
    let reach = floor_index((3.0 * sigma).ceil()).max(1);
    let weight = |offset: f64| libm::exp(-0.5 * (offset / sigma) * (offset / sigma));
    let raw: Vec<f64> = (0..=2 * reach)
        .map(|i| weight(i as f64 - reach as f64))
        .collect();
    let total: f64 = raw.iter().sum();
    raw.iter().map(|w| single(w / total)).collect()
}

/// Neighbouring sums kept in registers while the kernel passes over them.
const BLOCK: usize = 32;

/// Adds a line of at least one block to what was filtered, in sums of a block each; the last block is laid over
/// the one before where the line is not a number of whole ones.
#[inline(always)]
fn in_blocks(out: &mut Vec<f32>, width: usize, sums: impl Fn(usize) -> [f32; BLOCK]) {
    let (whole, rest) = (width / BLOCK, width % BLOCK);
    for block in 0..whole {
        out.extend_from_slice(&sums(block * BLOCK));
    }
    if rest > 0 {
        out.extend_from_slice(&sums(width - BLOCK)[BLOCK - rest..]);
    }
}

/// Adds a line narrower than a block: the sum of other lines, each times its weight.
fn in_one<'a>(out: &mut Vec<f32>, width: usize, lines: impl Iterator<Item = (&'a f32, &'a [f32])>) {
    let mut sums = [0.0_f32; BLOCK];
    for (weight, line) in lines {
        for (sum, value) in sums.iter_mut().zip(line) {
            *sum += weight * value;
        }
    }
    out.extend_from_slice(&sums[..width]);
}

fn convolve_rows(map: &Density, kernel: &[f32]) -> Density {
    let (width, height, reach) = (map.width(), map.height(), kernel.len() / 2);
    let mut out = Vec::with_capacity(width * height);
    let mut padded = vec![0.0_f32; width + 2 * reach];
    wide(
        #[inline(always)]
        || {
            for y in 0..height {
                let source = map.row(y);
                padded[..reach].fill(source[0]);
                padded[reach..reach + width].copy_from_slice(source);
                padded[reach + width..].fill(source[width - 1]);
                if width < BLOCK {
                    in_one(&mut out, width, kernel.iter().zip(padded.windows(width)));
                    continue;
                }
                in_blocks(
                    &mut out,
                    width,
                    #[inline(always)]
                    |start| {
                        let mut sums = [0.0_f32; BLOCK];
                        for (&weight, near) in kernel.iter().zip(padded[start..].windows(BLOCK)) {
                            for (sum, value) in sums.iter_mut().zip(near) {
                                *sum += weight * value;
                            }
                        }
                        sums
                    },
                );
            }
        },
    );
    Raster::from_samples(width, height, out).expect("as many samples as before")
}

fn convolve_columns(map: &Density, kernel: &[f32]) -> Density {
    let (width, height, reach) = (map.width(), map.height(), kernel.len() / 2);
    let mut out = Vec::with_capacity(width * height);
    wide(
        #[inline(always)]
        || {
            for y in 0..height {
                let source = |k: usize| map.row((y + k).saturating_sub(reach).min(height - 1));
                if width < BLOCK {
                    let lines = (0..kernel.len()).map(source);
                    in_one(&mut out, width, kernel.iter().zip(lines));
                    continue;
                }
                in_blocks(
                    &mut out,
                    width,
                    #[inline(always)]
                    |start| {
                        let mut sums = [0.0_f32; BLOCK];
                        for (k, &weight) in kernel.iter().enumerate() {
                            let values = &source(k)[start..start + BLOCK];
                            for (sum, value) in sums.iter_mut().zip(values) {
                                *sum += weight * value;
                            }
                        }
                        sums
                    },
                );
            }
        },
    );
    Raster::from_samples(width, height, out).expect("as many samples as before")
}

/// Central differences per pixel, x then y; zero along the border.
#[must_use]
pub fn gradient(map: &Density) -> (Density, Density) {
    let (width, height) = (map.width(), map.height());
    let mut across = Raster::filled(width, height, 0.0_f32);
    let mut down = Raster::filled(width, height, 0.0_f32);
    wide(
        #[inline(always)]
        || {
            for y in 0..height {
                let row = map.row(y);
                let inner = across.row_mut(y).iter_mut().skip(1);
                for ((out, &before), &after) in inner.zip(row).zip(row.iter().skip(2)) {
                    *out = 0.5 * (after - before);
                }
                if y > 0 && y + 1 < height {
                    let (above, below) = (map.row(y - 1), map.row(y + 1));
                    for ((out, &a), &b) in down.row_mut(y).iter_mut().zip(above).zip(below) {
                        *out = 0.5 * (b - a);
                    }
                }
            }
        },
    );
    (across, down)
}

/// Grows a mask by `reach` pixels in a square neighbourhood. Cost: `reach` bytes a pixel of a row that has any set.
#[must_use]
pub fn dilate(mask: &Mask, reach: usize) -> Mask {
    let (width, height) = (mask.width(), mask.height());
    let mut across = vec![false; width];
    let mut out = Raster::filled(width, height, false);
    wide(
        #[inline(always)]
        || {
            for y in 0..height {
                let (row, source) = (&mut across[..], mask.row(y));
                // Most rows of a layer of coloured ink are bare.
                if !source.iter().fold(false, |any, &set| any | set) {
                    continue;
                }
                row.copy_from_slice(source);
                for shift in 1..=reach.min(width.saturating_sub(1)) {
                    for (out, &set) in row[shift..].iter_mut().zip(source) {
                        *out |= set;
                    }
                    for (out, &set) in row.iter_mut().zip(&source[shift..]) {
                        *out |= set;
                    }
                }
                // Whole rows at a time: a column's pixels lie a row apart in memory.
                for near in y.saturating_sub(reach)..(y + reach + 1).min(height) {
                    for (out, &set) in out.row_mut(near).iter_mut().zip(&*row) {
                        *out |= set;
                    }
                }
            }
        },
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::GrayImage;
    use image::ImageBuffer;
    use image::Luma;
    use proptest::prelude::*;

    use crate::units::stored;

    proptest! {
        #[test]
        fn dilation_and_blur_agree_with_another_implementation(
            (width, samples) in (1_usize..70, 1_usize..12).prop_flat_map(|(width, height)| {
                (Just(width), proptest::collection::vec(any::<u8>(), width * height))
            }),
            reach in 0_u8..4,
            sigma in 0.3_f64..2.5,
        ) {
            let height = samples.len() / width;
            let size = (stored(width), stored(height));
            let set: Vec<bool> = samples.iter().map(|level| *level > 230).collect();
            let mask = Raster::from_samples(width, height, set).unwrap();
            let grown = dilate(&mask, usize::from(reach));
            let levels = mask.samples().iter().map(|set| 255 * u8::from(*set)).collect();
            let other = GrayImage::from_raw(size.0, size.1, levels).unwrap();
            let square = imageproc::morphology::Mask::square(reach);
            let other = imageproc::morphology::grayscale_dilate(&other, &square);
            let other: Vec<bool> = other.pixels().map(|pixel| pixel.0[0] > 0).collect();
            prop_assert_eq!(grown.samples(), other.as_slice());

            let values: Vec<f32> = samples.iter().map(|level| f32::from(*level)).collect();
            let map = Raster::from_samples(width, height, values.clone()).unwrap();
            let kernel = gaussian(sigma);
            let other: ImageBuffer<Luma<f32>, Vec<f32>> =
                ImageBuffer::from_raw(size.0, size.1, values).unwrap();
            let other: ImageBuffer<Luma<f32>, Vec<f32>> =
                imageproc::filter::separable_filter_equal(&other, &kernel);
            let smooth = blur(&map, sigma);
            for (own, other) in smooth.samples().iter().zip(other.pixels()) {
                prop_assert!((own - other.0[0]).abs() < 1e-2, "{} beside {}", own, other.0[0]);
            }
        }
    }

    #[test]
    fn blurring_keeps_the_total_away_from_the_edges() {
        let mut map = Raster::filled(41, 41, 0.0_f32);
        map.row_mut(20)[20] = 1.0;
        let smooth = blur(&map, 2.0);
        let total: f32 = smooth.samples().iter().sum();
        assert!((total - 1.0).abs() < 1e-4, "{total}");
        assert!(smooth.at(20, 20) < 0.05, "the peak spreads");
        assert!(
            (smooth.at(22, 20) - smooth.at(20, 22)).abs() < 1e-7,
            "both ways alike"
        );
    }

    #[test]
    fn a_ramp_has_a_constant_gradient() {
        let samples = (0..12).map(|i| (i % 4) as f32 * 3.0).collect();
        let (across, down) = gradient(&Raster::from_samples(4, 3, samples).unwrap());
        assert!((across.at(1, 1) - 3.0).abs() < 1e-6);
        assert!(down.at(1, 1).abs() < 1e-6);
    }

    #[test]
    fn dilation_reaches_as_far_as_it_says() {
        let mut mask = Raster::filled(9, 9, false);
        mask.row_mut(4)[4] = true;
        let grown = dilate(&mask, 2);
        assert_eq!(grown.samples().iter().filter(|&&set| set).count(), 25);
        assert!(grown.at(2, 2) && !grown.at(1, 4));
    }
}
