//! One impression's layers at the page's own resolution: the seal's ink, text and signature over
//! and under it, and where the ink can be trusted.
//!
//! On colour the densities of each pixel are unmixed into the seal's ink, black and pen
//! (Beer-Lambert: densities of inks add). On gray, what is far darker than the seal is text. On
//! 1-bit scans nothing can be told apart, and nothing is claimed.

use std::borrow::Cow;

use crate::extraction::Impression;
use crate::extraction::InkColour;
use crate::extraction::Layers;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::extraction::finds::Layer;
use crate::extraction::light::covered;
use crate::extraction::paper::hue_angle;
use crate::extraction::paper::hue_distance;
use crate::extraction::paper::log_table;
use crate::imaging::ColourMode;
use crate::imaging::Gray;
use crate::imaging::PageImage;
use crate::imaging::Raster;
use crate::imaging::dilate;
use crate::imaging::wide;
use crate::ingest::Page;
use crate::units::floor_index;
use crate::units::level;
use crate::units::round_i32;
use crate::units::signed;
use crate::units::single;

/// Paper kept around the outline, as a share of its mean radius.
const MARGIN: f64 = 0.08;
/// Reach of black's shade over the ink beside it, in millimetres: blur and chroma subsampling.
const SHADE_MM: f64 = 0.1;
/// Densities of common blue pen ink in red, green and blue light.
const PEN: [f32; 3] = [0.85, 0.52, 0.16];

/// Pixels unmixed side by side.
const BLOCK: usize = 16;

/// Densities of a crop, per channel.
struct Crop {
    origin: (i32, i32),
    width: usize,
    height: usize,
    /// One line a channel, so that the arithmetic runs in wide registers.
    od: [Vec<f32>; 3],
}

impl Crop {
    /// The densities of each pixel.
    fn densities(&self) -> impl Iterator<Item = [f32; 3]> {
        let [red, green, blue] = &self.od;
        let lines = red.iter().zip(green).zip(blue);
        lines.map(|((&red, &green), &blue)| [red, green, blue])
    }

    /// The amounts of three inks, solved pixel by pixel.
    #[inline(always)]
    fn solved(&self, solve: impl Fn([f32; 3]) -> [f32; 3]) -> [Vec<f32>; 3] {
        let count = self.width * self.height;
        let mut amounts = [0, 1, 2].map(|_| Vec::with_capacity(count.next_multiple_of(BLOCK)));
        let [red, green, blue] = self.od.each_ref().map(|line| line.as_chunks::<BLOCK>());
        let mut rest = [[0.0; BLOCK]; 3];
        for (rest, line) in rest.iter_mut().zip([red.1, green.1, blue.1]) {
            rest[..line.len()].copy_from_slice(line);
        }
        let whole = red.0.iter().zip(green.0).zip(blue.0);
        let whole = whole.map(|((red, green), blue)| [red, green, blue]);
        for [red, green, blue] in whole.chain([rest.each_ref()]) {
            // A block of its own: the compiler cannot tell that six long lines do not overlap.
            let mut block = [[0.0; BLOCK]; 3];
            for i in 0..BLOCK {
                let own = solve([red[i], green[i], blue[i]]);
                (block[0][i], block[1][i], block[2][i]) = (own[0], own[1], own[2]);
            }
            for (amounts, block) in amounts.iter_mut().zip(&block) {
                amounts.extend_from_slice(block);
            }
        }
        amounts.map(|mut amounts| {
            amounts.truncate(count);
            amounts
        })
    }
}

/// Cuts an impression out of its page and separates its layers.
pub(super) fn impression(page: &Page, outline: &Outline, layer: Layer) -> Impression {
    let crop = crop(page, outline);
    let mode = page.image.mode();
    let per_mm = page
        .dpi
        .map_or(outline.mean_radius() / 18.0, |dpi| dpi.pixels_per_mm());
    let (layers, colour, separable) = match (mode, layer) {
        (ColourMode::Colour, Layer::Hue(angle)) => {
            let (layers, vector) = unmix(&crop, angle, per_mm);
            let hue = hue_angle(vector[0], vector[1], vector[2]);
            // A blue seal's ink is not told from a blue pen's.
            (layers, ink_colour(hue), differs_from_pen(angle))
        }
        (ColourMode::Colour, Layer::Pale | Layer::Dark) => {
            (by_density(&crop, outline, per_mm), InkColour::Black, false)
        }
        (ColourMode::Gray, _) => (
            by_density(&crop, outline, per_mm),
            InkColour::Unknown,
            false,
        ),
        (ColourMode::Bitonal, _) => (as_is(&crop), InkColour::Unknown, false),
    };
    Impression {
        bbox: outline.bbox((page.image.width(), page.image.height())),
        outline: *outline,
        colour,
        separable,
        mode,
        dpi: page.dpi,
        layers,
    }
}

/// Names the ink by the hue that it lets through; bounds between the inks in common use.
fn ink_colour(angle: f64) -> InkColour {
    let degrees = angle.to_degrees();
    if (-55.0..55.0).contains(&degrees) {
        InkColour::Red
    } else if (-115.0..-55.0).contains(&degrees) {
        InkColour::Violet
    } else if !(-115.0..=168.0).contains(&degrees) {
        InkColour::Blue
    } else {
        InkColour::Other
    }
}

fn crop(page: &Page, outline: &Outline) -> Crop {
    let margin = MARGIN * outline.mean_radius();
    let bbox = outline.bbox((page.image.width(), page.image.height()));
    let left = floor_index(f64::from(bbox.x) - margin);
    let top = floor_index(f64::from(bbox.y) - margin);
    let right = floor_index(f64::from(bbox.right()) + margin).min(page.image.width());
    let bottom = floor_index(f64::from(bbox.bottom()) + margin).min(page.image.height());
    let (width, height) = (right - left, bottom - top);
    let part = page.image.part(left..right, top..bottom);
    let levels: Cow<'_, [[u8; 3]]> = match &part {
        PageImage::Colour(colour) => Cow::Borrowed(colour.samples().as_chunks().0),
        PageImage::Gray(gray) | PageImage::Bitonal(gray) => {
            Cow::Owned(gray.samples().iter().map(|&value| [value; 3]).collect())
        }
    };
    let table = log_table();
    let paper = [0, 1, 2].map(|channel| table[usize::from(paper_level(&levels, channel))]);
    let od = [0, 1, 2].map(|channel| {
        let density = table.map(|density| (density - paper[channel]).max(0.0));
        let levels = levels.iter().map(|level| level[channel]);
        levels.map(|level| density[usize::from(level)]).collect()
    });
    Crop {
        origin: (signed(left), signed(top)),
        width,
        height,
        od,
    }
}

/// The paper's level: the mode above 60, over a window of five levels.
fn paper_level(levels: &[[u8; 3]], channel: usize) -> u8 {
    // Neighbours are mostly of one level, and to count into one place twice in a row is slow.
    let mut histograms = [[0_usize; 256]; 4];
    for levels in levels.chunks(4) {
        for (histogram, level) in histograms.iter_mut().zip(levels) {
            histogram[usize::from(level[channel])] += 1;
        }
    }
    let near = |level: &usize| {
        let near = *level - 2..=(level + 2).min(255);
        let own = histograms.iter().flat_map(|own| &own[near.clone()]);
        own.sum::<usize>()
    };
    let mode = (62..256)
        .max_by_key(|level| (near(level), *level))
        .unwrap_or(255);
    u8::try_from(mode).unwrap_or(255)
}

/// Separates the seal's ink by its colour; also gives the ink's density vector, of unit length.
fn unmix(crop: &Crop, angle: f64, per_mm: f64) -> (Layers, [f32; 3]) {
    let vector = ink_vector(crop, angle);
    let pen_differs = differs_from_pen(angle);
    let inks = Inks::new(vector, [0.577_350_26_f32; 3], unit(PEN));
    let [seal, dark, inked] = if pen_differs {
        wide(
            #[inline(always)]
            || {
                crop.solved(
                    #[inline(always)]
                    |od| inks.three(od),
                )
            },
        )
    } else {
        crop.solved(|od| inks.two(od))
    };
    let full = percentile(seal.iter().copied().filter(|&a| a > 0.12), 0.8).unwrap_or(1.0);
    let peak = vector.iter().copied().fold(0.0, f32::max);
    let (mut ink, mut text) = (vec![0_u8; seal.len()], vec![0_u8; seal.len()]);
    wide(
        #[inline(always)]
        || {
            for (ink, a) in ink.iter_mut().zip(&seal) {
                *ink = level(covered(a * peak, full * peak));
            }
            for (text, (d, p)) in text.iter_mut().zip(dark.iter().zip(&inked)) {
                *text = level(d.max(*p) / 0.7);
            }
        },
    );
    let hidden: Vec<bool> = dark.iter().map(|&d| d > 0.55).collect();
    let hidden = dilate(
        &raster(crop, hidden),
        floor_index((SHADE_MM * per_mm).round()).max(1),
    );
    let validity = hidden
        .samples()
        .iter()
        .zip(&inked)
        .map(|(&hidden, &pen)| {
            if hidden {
                0
            } else {
                level(1.0 - 0.65 * (pen / 0.3).min(1.0))
            }
        })
        .collect();
    let layers = Layers {
        origin: crop.origin,
        ink: raster(crop, ink),
        text: raster(crop, text),
        validity: raster(crop, validity),
    };
    (layers, vector)
}

fn raster<T: Copy>(crop: &Crop, samples: Vec<T>) -> Raster<T> {
    Raster::from_samples(crop.width, crop.height, samples).expect("one sample a pixel of the crop")
}

/// Whether an ink's hue can be told from blue pen ink.
pub(super) fn differs_from_pen(angle: f64) -> bool {
    hue_distance(hue_angle(PEN[0], PEN[1], PEN[2]), angle) > 0.9
}

/// Whether a pixel's hue lies within an angle, by cosines, of a direction of the chroma plane.
fn is_near(od: &[f32; 3], (cos, sin): (f64, f64), near: f64) -> bool {
    let x = f64::from(0.5 * (od[1] + od[2]) - od[0]);
    let y = f64::from((od[2] - od[1]) * 0.866_025_4);
    x * cos + y * sin > near * (x * x + y * y).sqrt()
}

/// Mean density of the crop's pixels of this hue, of unit length.
fn ink_vector(crop: &Crop, angle: f64) -> [f32; 3] {
    let mut sum = [0.0_f64; 3];
    let (cos, sin, near) = (libm::cos(angle), libm::sin(angle), libm::cos(0.8));
    for od in crop.densities() {
        let (low, high) = (od[0].min(od[1]).min(od[2]), od[0].max(od[1]).max(od[2]));
        let clean = high - low > 0.12 && low < 0.4 * high;
        if clean && is_near(&od, (cos, sin), near) {
            for (sum, &value) in sum.iter_mut().zip(&od) {
                *sum += f64::from(value);
            }
        }
    }
    if sum.iter().sum::<f64>() <= 0.0 {
        // No clean pixel: an ideal ink of the layer's hue.
        let wave = |shift: f64| 0.5 - 0.45 * libm::cos(angle - shift);
        let third = std::f64::consts::TAU / 3.0;
        return unit([single(wave(0.0)), single(wave(third)), single(wave(-third))]);
    }
    unit(sum.map(single))
}

fn unit(v: [f32; 3]) -> [f32; 3] {
    let size = dot(v, v).sqrt().max(1e-6);
    v.map(|x| x / size)
}

#[inline(always)]
fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Two inks, for least squares with non-negative amounts.
#[derive(Clone, Copy)]
struct Pair {
    /// Their likeness: the cosine between their densities.
    likeness: f32,
    /// One over what they do not share; not a number where they are too much alike to be told apart.
    apart: f32,
}

impl Pair {
    fn new(a: [f32; 3], b: [f32; 3]) -> Self {
        let likeness = dot(a, b);
        let own = 1.0 - likeness * likeness;
        Self {
            likeness,
            apart: if own >= 1e-3 { 1.0 / own } else { f32::NAN },
        }
    }

    /// The amounts, from the pixel's parts along the inks.
    #[inline(always)]
    fn amounts(self, first: f32, second: f32) -> [f32; 2] {
        // Of two that are too much alike neither comparison holds, and the first is taken alone.
        let x = (first - self.likeness * second) * self.apart;
        let y = (second - self.likeness * first) * self.apart;
        let both = x >= 0.0 && y >= 0.0;
        let alone = if x < 0.0 {
            [0.0, positive(second)]
        } else {
            [positive(first), 0.0]
        };
        [
            if both { x } else { alone[0] },
            if both { y } else { alone[1] },
        ]
    }
}

#[inline(always)]
fn positive(value: f32) -> f32 {
    if value > 0.0 { value } else { 0.0 }
}

/// The three inks that a pixel is unmixed into, and what solves for them.
struct Inks {
    /// Seal, black and pen.
    inks: [[f32; 3]; 3],
    seal_black: Pair,
    seal_pen: Pair,
    black_pen: Pair,
    /// The rows of the inverse; negative for every pixel where the inks are too much alike for one.
    inverse: [[f32; 3]; 3],
}

impl Inks {
    fn new(seal: [f32; 3], black: [f32; 3], pen: [f32; 3]) -> Self {
        let cross = |a: [f32; 3], b: [f32; 3]| {
            [
                a[1] * b[2] - a[2] * b[1],
                a[2] * b[0] - a[0] * b[2],
                a[0] * b[1] - a[1] * b[0],
            ]
        };
        let rows = [cross(black, pen), cross(pen, seal), cross(seal, black)];
        let det = dot(seal, rows[0]);
        let inverse = if det.abs() > 0.02 {
            rows.map(|row| row.map(|value| value / det))
        } else {
            [[-1.0; 3]; 3]
        };
        Self {
            inks: [seal, black, pen],
            seal_black: Pair::new(seal, black),
            seal_pen: Pair::new(seal, pen),
            black_pen: Pair::new(black, pen),
            inverse,
        }
    }

    /// Solves for seal and black only.
    #[inline]
    fn two(&self, od: [f32; 3]) -> [f32; 3] {
        let [own, print] = self
            .seal_black
            .amounts(dot(od, self.inks[0]), dot(od, self.inks[1]));
        [own, print, 0.0]
    }

    /// Solves for three inks exactly; where one comes out negative, the pair that explains the pixel
    /// best. What non-negative least squares explain of a pixel's square is the product of the
    /// amounts and the pixel's parts along the inks.
    ///
    /// Every way is computed and one chosen, because branches that depend on the pixel cost more.
    #[inline(always)]
    fn three(&self, od: [f32; 3]) -> [f32; 3] {
        let solved = self.inverse.map(|row| dot(od, row));
        let is_exact = (solved[0] >= 0.0) & (solved[1] >= 0.0) & (solved[2] >= 0.0);
        let along = self.inks.map(|ink| dot(od, ink));
        let [a, b] = self.seal_black.amounts(along[0], along[1]);
        let [c, d] = self.seal_pen.amounts(along[0], along[2]);
        let [e, f] = self.black_pen.amounts(along[1], along[2]);
        let mut best = [a, b, 0.0];
        let mut most = dot(best, along);
        for option in [[c, 0.0, d], [0.0, e, f]] {
            let explained = dot(option, along);
            let better = explained > most;
            best = choose(better, option, best);
            most = if better { explained } else { most };
        }
        choose(is_exact, solved, best)
    }
}

#[inline(always)]
fn choose(first: bool, a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|i| if first { a[i] } else { b[i] })
}

fn percentile(values: impl Iterator<Item = f32>, share: f64) -> Option<f32> {
    let mut sorted: Vec<f32> = values.collect();
    if sorted.is_empty() {
        return None;
    }
    let place = floor_index(share * (sorted.len() - 1) as f64);
    let (_, value, _) = sorted.select_nth_unstable_by(place, f32::total_cmp);
    Some(*value)
}

/// Separates by density alone: what is far darker than the border is text.
fn by_density(crop: &Crop, outline: &Outline, per_mm: f64) -> Layers {
    let density: Vec<f32> = crop
        .densities()
        .map(|od| od[0].min(od[1]).min(od[2]))
        .collect();
    let full = match outline.shape {
        Shape::Other => drawing_density(&density),
        Shape::Round | Shape::Oval | Shape::Rectangle | Shape::Triangle => {
            border_density(crop, &density, outline)
        }
    };
    let dark_from = (1.7 * full).max(0.5);
    let ink: Vec<u8> = density.iter().map(|d| level(covered(*d, full))).collect();
    let text: Vec<u8> = density
        .iter()
        .map(|&d| if d > dark_from { 255 } else { 0 })
        .collect();
    let hidden = raster(crop, density.iter().map(|&d| d > dark_from).collect());
    let hidden = dilate(&hidden, floor_index((SHADE_MM * per_mm).round()).max(1));
    let validity = hidden.map(|hidden| if hidden { 0 } else { 255 });
    Layers {
        origin: crop.origin,
        ink: raster(crop, ink),
        text: raster(crop, text),
        validity,
    }
}

/// The ink's density on the border, where text is rarest: two thirds of its inked pixels stay below.
fn border_density(crop: &Crop, density: &[f32], outline: &Outline) -> f32 {
    let mut peaks = Vec::new();
    for i in 0..360 {
        let direction = f64::from(i).to_radians();
        let reach = outline.radius_at(direction);
        let mut peak = 0.0_f32;
        for step in 0..24 {
            let point = outline.point(1.0 - f64::from(step) * 0.004, direction);
            let (x, y) = (
                round_i32(point.x - 0.5) - crop.origin.0,
                round_i32(point.y - 0.5) - crop.origin.1,
            );
            if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
                && x < crop.width
                && y < crop.height
            {
                peak = peak.max(density[y * crop.width + x]);
            }
        }
        if peak > 0.08 && reach > 0.0 {
            peaks.push(peak);
        }
    }
    percentile(peaks.into_iter(), 0.5).unwrap_or(0.5).max(0.1)
}

/// The ink's density where there is no border to read it on: two thirds of what is inked and not as
/// dark as print stay below.
fn drawing_density(density: &[f32]) -> f32 {
    let inked = density.iter().copied();
    let inked = inked.filter(|density| (0.12..0.6).contains(density));
    percentile(inked, 0.65).unwrap_or(0.5)
}

/// A 1-bit crop: all ink is ink.
fn as_is(crop: &Crop) -> Layers {
    let inked = |&od: &f32| if od > 0.3 { 255 } else { 0 };
    let ink: Gray = raster(crop, crop.od[0].iter().map(inked).collect());
    Layers {
        origin: crop.origin,
        text: ink.map(|_| 0),
        validity: ink.map(|_| 255),
        ink,
    }
}
