//! A printer's screen: dots in rows, as two peaks at right angles in the ink's spectrum.
//!
//! Windows over the ink are transformed and their powers added up, so that strokes, which lie
//! differently in each, even out, and rows of dots, which run through all of them, stand out.

use ndarray::Array1;
use ndarray::Array2;
use ndarray::ArrayView1;
use ndarray::Axis;
use ndarray::s;
use realfft::RealFftPlanner;
use realfft::RealToComplex;
use realfft::num_complex::Complex;

use crate::imaging::Density;
use crate::imaging::Mask;
use crate::imaging::dilate;
use crate::order;
use crate::production::print::Crop;
use crate::production::print::DPI_MIN;
use crate::production::print::INK;
use crate::production::print::Sign;
use crate::units::floor_index;
use crate::units::single;

/// Side of a window and step to the next, pixels.
const SIDE: usize = 64;
const STEP: usize = 32;
/// Frequencies of a real line of that length.
const HALF: usize = SIDE / 2 + 1;
/// Share of a window that must bear ink, and least windows.
const INKED_MIN: f32 = 0.3;
const WINDOWS_MIN: usize = 6;
/// Pixels each way of the means by which gaps between dots count as ink, and by which the ink is levelled:
/// Gaussians of two and three pixels.
const SPREAD: usize = 2;
const AROUND: usize = 3;
/// Frequencies in which rows of dots are looked for, waves a window: above those of strokes.
const WAVES: (f64, f64) = (11.0, 44.0);
/// Frequencies of one ring are compared with each other.
const RING: f64 = 1.5;
/// JPEG's blocks leave marks at multiples of so many waves a window.
const JPEG: usize = SIDE / 8;
/// Frequencies of a peak's direction, in waves a window, that are compared with it, and the share of it that they
/// may reach.
const LONE: (u32, u32) = (8, 44);
const LONE_SHARE: f64 = 0.4;
/// Prominence from which two directions are a screen. Chosen so that none of 79 stamped impressions drawn at
/// 300 dpi (seed 3301) shows one; five of 13 laser prints do. Solid red leaves few dots to be seen.
const PROMINENT: f64 = 25.0;

/// The screen that an impression shows, if any.
pub(super) fn sign(crop: &Crop<'_>, dpi: Option<f64>) -> Option<Sign> {
    let dpi = dpi.filter(|dpi| *dpi >= DPI_MIN)?;
    let power = spectrum(crop)?;
    let (prominence, waves) = prominent(&power)?;
    (prominence >= PROMINENT).then_some(Sign::Screen {
        rows_per_inch: waves / SIDE as f64 * dpi,
        prominence,
    })
}

/// The channel in which the ink is darkest, against its own mean around each place, on ink alone.
fn relief(crop: &Crop<'_>) -> (Density, Density) {
    let layers = &crop.impression.layers;
    let (width, height) = (layers.ink.width(), layers.ink.height());
    let spread = smoothed(&layers.ink.map(f32::from), SPREAD);
    let dark: Mask = dilate(&layers.validity.map(|validity| validity < INK), 2);
    let mut mask = spread.map(|ink| f32::from(u8::from(ink > 0.35 * 255.0)));
    for (mask, dark) in mask.samples_mut().iter_mut().zip(dark.samples()) {
        if *dark {
            *mask = 0.0;
        }
    }
    let times = |map: &Density, other: &Density| {
        let pairs = map.samples().iter().zip(other.samples());
        let samples = pairs.map(|(a, b)| a * b).collect();
        Density::from_samples(width, height, samples).expect("as many samples as before")
    };
    let plane = crop.plane(darkest(crop));
    let (sums, counts) = (
        smoothed(&times(&plane, &mask), AROUND),
        smoothed(&mask, AROUND),
    );
    let mut relief = plane;
    let means = sums.samples().iter().zip(counts.samples());
    let places = relief
        .samples_mut()
        .iter_mut()
        .zip(means)
        .zip(mask.samples());
    for ((value, (sum, count)), mask) in places {
        *value = mask * (*value - sum / count.max(1e-3));
    }
    (relief, mask)
}

/// The channel in which the ink is darkest, by some of its pixels.
fn darkest(crop: &Crop<'_>) -> usize {
    let ink = &crop.impression.layers.ink;
    let mut sums = vec![0_u64; crop.channels];
    for y in (0..ink.height()).step_by(3) {
        for x in (0..ink.width()).step_by(3) {
            if ink.at(x, y) > INK {
                for (sum, level) in sums.iter_mut().zip(crop.pixel(x, y)) {
                    *sum += u64::from(*level);
                }
            }
        }
    }
    let channels = 0..crop.channels;
    channels.min_by_key(|channel| sums[*channel]).unwrap_or(0)
}

/// The mean of means over squares: nearly a Gaussian. One mean's sharp edges would leave rows of their own.
fn smoothed(map: &Density, reach: usize) -> Density {
    mean(&mean(map, reach), reach)
}

/// The mean over the square of so many samples each way, from running sums; nothing lies beyond the map.
fn mean(map: &Density, reach: usize) -> Density {
    let (width, height) = (map.width(), map.height());
    let share = 1.0 / single((2 * reach + 1) as f64);
    let mut across = Density::filled(width, height, 0.0);
    for (y, out) in across.samples_mut().chunks_exact_mut(width).enumerate() {
        let row = map.row(y);
        let mut sum: f32 = row[..reach.min(width)].iter().sum();
        for (x, out) in out.iter_mut().enumerate() {
            sum += row.get(x + reach).copied().unwrap_or(0.0);
            *out = sum * share;
            sum -= x.checked_sub(reach).map_or(0.0, |gone| row[gone]);
        }
    }
    let mut out = Density::filled(width, height, 0.0);
    let mut sums = vec![0.0_f32; width];
    let add = |sums: &mut [f32], row: &[f32], sign: f32| {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += sign * value;
        }
    };
    for y in 0..reach.min(height) {
        add(&mut sums, across.row(y), 1.0);
    }
    for y in 0..height {
        if y + reach < height {
            add(&mut sums, across.row(y + reach), 1.0);
        }
        for (out, sum) in out.row_mut(y).iter_mut().zip(&sums) {
            *out = sum * share;
        }
        if let Some(gone) = y.checked_sub(reach) {
            add(&mut sums, across.row(gone), -1.0);
        }
    }
    out
}

/// Mean power by frequency, `SIDE` rows of `HALF`, each window's scaled to a sum of 1; `None` if too few windows bear ink.
fn spectrum(crop: &Crop<'_>) -> Option<Array2<f64>> {
    let (relief, mask) = relief(crop);
    let (relief, mask) = (relief.view(), mask.view());
    let taper = Array1::from_shape_fn(SIDE, |i| {
        let turn = i as f64 / (SIDE - 1) as f64 * std::f64::consts::TAU;
        single(0.5 - 0.5 * libm::cos(turn))
    });
    let taper = &taper.view().insert_axis(Axis(1)) * &taper;
    let transform = RealFftPlanner::<f32>::new().plan_fft_forward(SIDE);
    let (height, width) = relief.dim();
    let mut sum = Array2::zeros((SIDE, HALF));
    let mut windows = 0;
    for top in (0..=height.checked_sub(SIDE)?).step_by(STEP) {
        for left in (0..=width.checked_sub(SIDE)?).step_by(STEP) {
            let window = s![top..top + SIDE, left..left + SIDE];
            if mask.slice(window).sum() < INKED_MIN * (SIDE * SIDE) as f32 {
                continue;
            }
            let tapered = &relief.slice(window) * &taper;
            let power = power(&tapered, &*transform);
            let total = power.sum().max(1e-9);
            sum.scaled_add(1.0 / total, &power);
            windows += 1;
        }
    }
    (windows >= WINDOWS_MIN).then_some(sum)
}

/// Power by frequency of one window, `SIDE` rows of `HALF`: rows first, then the columns of what they give, whose real and
/// imaginary parts are transformed apart.
fn power(window: &Array2<f32>, transform: &dyn RealToComplex<f32>) -> Array2<f64> {
    let transformed = |mut line: Array1<f32>| {
        let mut out = transform.make_output_vec();
        let values = line.as_slice_mut().expect("a line of its own is one piece");
        let done = transform.process(values, &mut out);
        done.expect("lengths are the plan's own");
        out
    };
    let mut across = Array2::zeros((SIDE, HALF));
    for (mut out, row) in across.rows_mut().into_iter().zip(window.rows()) {
        out.assign(&ArrayView1::from(&transformed(row.to_owned())));
    }
    let mut power = Array2::zeros((SIDE, HALF));
    for (mut out, column) in power.columns_mut().into_iter().zip(across.columns()) {
        let real = transformed(column.mapv(|value: Complex<f32>| value.re));
        let imaginary = transformed(column.mapv(|value| value.im));
        for (row, power) in out.iter_mut().enumerate() {
            // Of a real line the second half of the frequencies mirrors the first.
            let (place, sign) = if row < HALF {
                (row, 1.0)
            } else {
                (SIDE - row, -1.0)
            };
            let (a, b) = (real[place], imaginary[place]);
            let (re, im) = (a.re - sign * b.im, sign * a.im + b.re);
            *power = f64::from(re * re + im * im);
        }
    }
    power
}

/// The most prominent pair of frequencies at right angles: the lesser prominence of the two, and the
/// frequency in waves a window.
fn prominent(power: &Array2<f64>) -> Option<(f64, f64)> {
    let ratios = Ratios::new(power);
    let pair = |place: (usize, usize)| {
        let (across, down) = wave(place);
        let near = (0..9).map(|i| (f64::from(i % 3) - 1.0, f64::from(i / 3) - 1.0));
        let others = near.map(|(dx, dy)| (-down + dx, across + dy));
        let others = others.filter(|(across, down)| is_looked_for((*across, *down)));
        let other = others.max_by(|a, b| ratios.at(*a).total_cmp(&ratios.at(*b)))?;
        let own = (across, down);
        let is_screen = ratios.is_lone(own) && ratios.is_lone(other);
        let prominence = ratios.at(own).min(ratios.at(other));
        is_screen.then(|| (prominence, libm::hypot(across, down)))
    };
    let places = power.indexed_iter().map(|(place, _)| place);
    let places = places.filter(|place| is_looked_for(wave(*place)));
    places.filter_map(pair).max_by(|a, b| a.0.total_cmp(&b.0))
}

/// The waves a window, across and down, of a place in the spectrum.
fn wave((row, column): (usize, usize)) -> (f64, f64) {
    let down = row as f64 - if row < HALF { 0.0 } else { SIDE as f64 };
    (column as f64, down)
}

/// Whether rows of dots are looked for at a frequency.
fn is_looked_for((across, down): (f64, f64)) -> bool {
    let block = |wave: f64| floor_index(wave.abs()).is_multiple_of(JPEG);
    let on_axis = across.abs() <= 1.0 || down.abs() <= 1.0;
    let is_block = block(across) && block(down);
    (WAVES.0..WAVES.1).contains(&libm::hypot(across, down)) && !on_axis && !is_block
}

/// Each frequency's power over the median of those as high.
struct Ratios(Array2<f64>);

impl Ratios {
    fn new(power: &Array2<f64>) -> Self {
        let height = |place: (usize, usize)| {
            let (across, down) = wave(place);
            libm::hypot(across, down)
        };
        let mut rings: Vec<Vec<f64>> = vec![Vec::new(); SIDE];
        for (place, value) in power.indexed_iter() {
            let own = height(place);
            for (ring, values) in rings.iter_mut().enumerate() {
                if (own - ring as f64).abs() < RING {
                    values.push(*value);
                }
            }
        }
        let median = |ring: Vec<f64>| order::median(ring).unwrap_or(f64::INFINITY);
        let medians: Vec<f64> = rings.into_iter().map(median).collect();
        let mut ratios = power.clone();
        for (place, ratio) in ratios.indexed_iter_mut() {
            let ring = floor_index(height(place).round()).min(SIDE - 1);
            *ratio /= medians[ring].max(1e-12);
        }
        Self(ratios)
    }

    /// The ratio at a frequency in whole waves; 0 beyond the spectrum.
    fn at(&self, (across, down): (f64, f64)) -> f64 {
        // Frequencies of a real picture are the same at either end of a line through zero.
        let sign = if across < 0.0 { -1.0 } else { 1.0 };
        let column = floor_index(sign * across);
        let row = floor_index((sign * down).rem_euclid(SIDE as f64));
        self.0.get((row, column)).copied().unwrap_or(0.0)
    }

    /// Whether a peak stands alone in its direction, but for its half and its double: parallel strokes of
    /// the drawing itself give a row of peaks.
    fn is_lone(&self, (across, down): (f64, f64)) -> bool {
        let height = libm::hypot(across, down);
        let rivals = (LONE.0..LONE.1).map(f64::from).filter(|rival| {
            let apart = |of: f64| (rival - of * height).abs();
            apart(1.0) >= 5.0 && apart(2.0) >= 4.0 && apart(0.5) >= 3.0
        });
        let most = rivals.map(|rival| {
            let (x, y) = (across * rival / height, down * rival / height);
            let near = (0..9).map(|i| (f64::from(i % 3) - 1.0, f64::from(i / 3) - 1.0));
            let near = near.map(|(dx, dy)| self.at(((x + dx).round(), (y + dy).round())));
            near.fold(0.0, f64::max)
        });
        most.fold(0.0, f64::max) <= LONE_SHARE * self.at((across, down))
    }
}
