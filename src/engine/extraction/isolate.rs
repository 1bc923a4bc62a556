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
use crate::extraction::inks::Inks;
use crate::extraction::inks::unit;
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
use crate::order::quantile_between_ends;
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

/// Pixels unmixed side by side, and blocks of them whose text and trust are told at once: what lies between
/// stays in the nearest cache.
const BLOCK: usize = 16;
const STRIP: usize = 64;
/// Density of black from which it hides what lies under it.
const HIDING: f32 = 0.55;

/// Densities of a crop, per channel.
struct Crop {
    origin: (i32, i32),
    width: usize,
    height: usize,
    /// Blocks of pixels with one line a channel, so that the arithmetic runs in wide registers; the last is
    /// filled up with bare paper.
    od: Vec<[[f32; BLOCK]; 3]>,
}

/// What a crop's pixels are unmixed into; what is over in the last block is left out.
struct Separated {
    /// Amount of the seal's ink.
    seal: Vec<f32>,
    /// Text and pen, 0 to 255.
    text: Vec<u8>,
    /// Where black hides what lies under it.
    hidden: Vec<bool>,
    /// How far the seal's ink can be trusted beside a pen's, 0 to 255.
    trust: Vec<u8>,
}

impl Crop {
    const fn pixels(&self) -> usize {
        self.width * self.height
    }

    /// Each pixel's density in the channel where it is least.
    fn least(&self) -> Vec<f32> {
        let mut least = Vec::with_capacity(self.od.len() * BLOCK);
        for [red, green, blue] in &self.od {
            let own: [f32; BLOCK] = std::array::from_fn(|i| red[i].min(green[i]).min(blue[i]));
            least.extend_from_slice(&own);
        }
        least.truncate(self.pixels());
        least
    }

    /// Unmixes every pixel into the amounts of seal, black and pen.
    #[inline(always)]
    fn separated(&self, solve: impl Fn([f32; 3]) -> [f32; 3]) -> Separated {
        let count = self.od.len() * BLOCK;
        let mut seal = Vec::with_capacity(count);
        let (mut text, mut trust) = (vec![0_u8; count], vec![0_u8; count]);
        let mut hidden = vec![false; count];
        let room = || Vec::with_capacity(STRIP * BLOCK);
        let (mut dark, mut inked) = (room(), room());
        let marks = text.chunks_mut(STRIP * BLOCK);
        let marks = marks.zip(trust.chunks_mut(STRIP * BLOCK));
        let marks = marks.zip(hidden.chunks_mut(STRIP * BLOCK));
        for (blocks, ((text, trust), hidden)) in self.od.chunks(STRIP).zip(marks) {
            dark.clear();
            inked.clear();
            for [red, green, blue] in blocks {
                // A block of its own: the compiler cannot tell that long lines do not overlap.
                let mut block = [[0.0; BLOCK]; 3];
                for i in 0..BLOCK {
                    let own = solve([red[i], green[i], blue[i]]);
                    (block[0][i], block[1][i], block[2][i]) = (own[0], own[1], own[2]);
                }
                seal.extend_from_slice(&block[0]);
                dark.extend_from_slice(&block[1]);
                inked.extend_from_slice(&block[2]);
            }
            for (text, (d, p)) in text.iter_mut().zip(dark.iter().zip(&inked)) {
                *text = level(f32::max(*d, *p) / 0.7);
            }
            for (hidden, &d) in hidden.iter_mut().zip(&dark) {
                *hidden = d > HIDING;
            }
            for (trust, &pen) in trust.iter_mut().zip(&inked) {
                *trust = level(1.0 - 0.65 * f32::min(pen / 0.3, 1.0));
            }
        }
        let count = self.pixels();
        seal.truncate(count);
        text.truncate(count);
        hidden.truncate(count);
        trust.truncate(count);
        Separated {
            seal,
            text,
            hidden,
            trust,
        }
    }
}

/// Cuts an impression out of its page and separates its layers.
pub(super) fn impression(page: &Page, outline: &Outline, layer: Layer) -> Impression {
    let by_density = |crop: &Crop, per_mm: f64| by_density(crop, outline, per_mm);
    cut_out(page, outline, layer, by_density)
}

/// The same of what stands in a box at the edge of a page, where print is rare: its darkest ink is its own.
pub(super) fn strip(page: &Page, outline: &Outline, layer: Layer) -> Impression {
    cut_out(page, outline, layer, |crop, _| by_own_density(crop))
}

/// Cuts out, and separates by colour where there is some, else by what is given.
fn cut_out(
    page: &Page,
    outline: &Outline,
    layer: Layer,
    by_density: impl Fn(&Crop, f64) -> Layers,
) -> Impression {
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
            (by_density(&crop, per_mm), InkColour::Black, false)
        }
        (ColourMode::Gray, _) => (by_density(&crop, per_mm), InkColour::Unknown, false),
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
    let density = paper.map(|paper| table.map(|density| (density - paper).max(0.0)));
    let block = |levels: &[[u8; 3]]| {
        let mut block = [[0.0; BLOCK]; 3];
        for (i, level) in levels.iter().enumerate() {
            for (channel, line) in block.iter_mut().enumerate() {
                line[i] = density[channel][usize::from(level[channel])];
            }
        }
        block
    };
    let od = levels.chunks(BLOCK).map(block).collect();
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
    let Separated {
        seal,
        text,
        hidden,
        trust: mut validity,
    } = wide(
        #[inline(always)]
        || {
            if pen_differs {
                crop.separated(
                    #[inline(always)]
                    |od| inks.three(od),
                )
            } else {
                crop.separated(
                    #[inline(always)]
                    |od| inks.two(od),
                )
            }
        },
    );
    let inked = seal.iter().copied().filter(|&amount| amount > 0.12);
    let full = quantile_between_ends(inked, 0.8).unwrap_or(1.0);
    let peak = vector.iter().copied().fold(0.0, f32::max);
    let mut ink = vec![0_u8; seal.len()];
    wide(
        #[inline(always)]
        || {
            for (ink, a) in ink.iter_mut().zip(&seal) {
                *ink = level(covered(a * peak, full * peak));
            }
        },
    );
    let hidden = dilate(
        &raster(crop, hidden),
        floor_index((SHADE_MM * per_mm).round()).max(1),
    );
    for (trust, &hidden) in validity.iter_mut().zip(hidden.samples()) {
        *trust = if hidden { 0 } else { *trust };
    }
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
    for [red, green, blue] in &crop.od {
        let clean: [bool; BLOCK] = std::array::from_fn(|i| {
            let low = red[i].min(green[i]).min(blue[i]);
            let high = red[i].max(green[i]).max(blue[i]);
            (high - low > 0.12) & (low < 0.4 * high)
        });
        // Most blocks are bare paper.
        if clean == [false; BLOCK] {
            continue;
        }
        for i in 0..BLOCK {
            let od = [red[i], green[i], blue[i]];
            if clean[i] && is_near(&od, (cos, sin), near) {
                for (sum, &value) in sum.iter_mut().zip(&od) {
                    *sum += f64::from(value);
                }
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

/// Separates by density alone: what is far darker than the border is text.
fn by_density(crop: &Crop, outline: &Outline, per_mm: f64) -> Layers {
    let density = crop.least();
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

/// Takes all that is dark for the seal's ink.
fn by_own_density(crop: &Crop) -> Layers {
    let density = crop.least();
    let inked = density.iter().copied().filter(|density| *density > 0.12);
    let full = quantile_between_ends(inked, 0.8).unwrap_or(0.5);
    let ink = density.iter().map(|d| level(covered(*d, full))).collect();
    let text = raster(crop, vec![0; density.len()]);
    Layers {
        origin: crop.origin,
        ink: raster(crop, ink),
        validity: text.map(|_| 255),
        text,
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
    quantile_between_ends(peaks, 0.5).unwrap_or(0.5).max(0.1)
}

/// The ink's density where there is no border to read it on: two thirds of what is inked and not as
/// dark as print stay below.
fn drawing_density(density: &[f32]) -> f32 {
    let inked = density.iter().copied();
    let inked = inked.filter(|density| (0.12..0.6).contains(density));
    quantile_between_ends(inked, 0.65).unwrap_or(0.5)
}

/// A 1-bit crop: all ink is ink.
fn as_is(crop: &Crop) -> Layers {
    let inked = |&od: &f32| if od > 0.3 { 255 } else { 0 };
    let ink: Gray = raster(crop, crop.least().iter().map(inked).collect());
    Layers {
        origin: crop.origin,
        text: ink.map(|_| 0),
        validity: ink.map(|_| 255),
        ink,
    }
}

#[cfg(test)]
mod tests;
