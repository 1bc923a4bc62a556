//! A printer's dots of several colours: ink whose colour departs from place to place from what one dye gives.
//!
//! Of one dye there is more or less and nothing else, so that the level of one channel tells that of another, whatever
//! the dye's curve; what a scanner adds (channels a part of a pixel apart, one softer than the other) goes with the first
//! channel's slope and curvature. A printer mixes the same colour of magenta and yellow or cyan, each in rows or droplets
//! of its own, and the channels go their own ways. How far the second channel departs from what the first one tells is set
//! against the ink's depth, its own relief and the colour that scatters on bare paper (a tinted ground shows through).
//!
//! Droplets of 20 to 40 µm cluster to grains of 80 to 150 µm, and rows of dots lie 120 to 240 µm apart: from 300 dpi on
//! (85 µm a pixel) one pixel is no mean over many. JPEG keeps colour at half the resolution and drops its finest grain,
//! which takes from the departure and adds none of it: much-compressed prints show nothing. Neither does solid ink.

use std::collections::BTreeSet;

use nalgebra::SMatrix;
use nalgebra::SVector;

use crate::imaging::Density;
use crate::imaging::Mask;
use crate::imaging::blur;
use crate::imaging::dilate;
use crate::imaging::gradient;
use crate::order;
use crate::production::print::Crop;
use crate::production::print::DPI_MIN;
use crate::production::print::INK;
use crate::production::print::Sign;
use crate::units::floor_index;

/// What the second channel is explained by: powers of the first, its slopes, and its departure from softer copies.
const TERMS: usize = 11;
/// Side of the squares whose mean colour is taken out, millimetres: wider than three rows of dots, so that shading and a
/// second pad's colour go and dots stay.
const SQUARE_MM: f64 = 0.68;
/// Least pixels of a square, of the ink looked at, and of bare paper.
const SQUARE_MIN: usize = 8;
const PIXELS_MIN: usize = 1000;
/// Share of the ink's depth from which a pixel lies in it, and from which it is no bare paper.
const DEEP: f32 = 0.5;
const INKED: f32 = 0.15;
/// Depth from which a pixel may be black, and the share of it that black has in the channel where the seal's ink is palest:
/// text and pens, which are of another dye.
const DARK: f32 = 60.0 / 255.0;
const DARK_SHARE: f32 = 0.72;
/// Trust below which ink is hidden, of 255, and how far around text nothing is looked at, pixels.
const HIDDEN: u8 = 20;
const AROUND: usize = 3;
/// Departures from which ink is not of one dye: absolute, as a share of the ink's depth, and over the paper's. Of 126
/// impressions drawn and stamped or pasted (seeds 15301 to 15303, 300 and 600 dpi) none departs by more than 9.7 levels or
/// 5.2 %, and of 167 drawn after that (15311, 15312) by 8.3 or 4.6 %. With noise of eight levels, channels a pixel apart or
/// sharpening on top none of 227 passes all bounds; with a camera's mosaic of colour filters, plainly interpolated, one dry
/// one of 222 does, by 19.8 levels.
const LEVELS_MIN: f64 = 15.0 / 255.0;
const DEPTH_MIN: f64 = 0.1;
const OVER_PAPER: f64 = 3.0;
/// Share of the second channel's relief that the first must leave unexplained: of one dye most of it is explained.
const UNEXPLAINED_MIN: f64 = 0.4;
/// Colours that a palette has at most: a program that reduces a scan to one scatters dots itself.
const PALETTE: usize = 256;

/// The colour dots that an impression shows, if any.
pub(super) fn sign(crop: &Crop<'_>, dpi: Option<f64>) -> Option<Sign> {
    let dpi = dpi.filter(|dpi| *dpi >= DPI_MIN)?;
    if crop.channels < 3 || is_of_palette(crop) {
        return None;
    }
    let side = floor_index((SQUARE_MM * dpi / 25.4).round());
    let film = Film::new(crop)?;
    let (departure, unexplained) = film.departure(side)?;
    let depth = film.depth();
    let bound = (DEPTH_MIN * depth)
        .max(LEVELS_MIN)
        .max(OVER_PAPER * film.paper_scatter(side)?);
    (departure >= bound && unexplained >= UNEXPLAINED_MIN).then_some(Sign::Dots {
        departure: departure / depth,
        bound: bound / depth,
    })
}

/// Whether no more colours come than a palette has.
fn is_of_palette(crop: &Crop<'_>) -> bool {
    let mut colours = BTreeSet::new();
    let mut pixels = crop.levels.chunks_exact(crop.channels);
    pixels.all(|pixel| {
        colours.insert(pixel);
        colours.len() <= PALETTE
    })
}

/// An impression's ink in the channel where it is darkest and in the next, and where it can be looked at.
struct Film {
    /// Levels as shares of 255.
    first: Density,
    second: Density,
    /// The first, softened by one and by two pixels.
    soft: Density,
    softer: Density,
    /// Paper's level in the second channel.
    paper: f32,
    /// Well inside ink that nothing hides.
    ink: Mask,
    /// Well away from all ink.
    bare: Mask,
}

impl Film {
    /// `None` where there is no paper or no ink.
    fn new(crop: &Crop<'_>) -> Option<Self> {
        let layers = &crop.impression.layers;
        let on_paper = histograms(crop, |x, y| {
            layers.ink.at(x, y) < 20 && layers.text.at(x, y) < 20
        });
        let on_ink = histograms(crop, |x, y| layers.ink.at(x, y) > INK);
        let mut order = Vec::with_capacity(3);
        for channel in 0..3 {
            let paper = level_at(&on_paper[channel], 0.5)?;
            let contrast = paper - level_at(&on_ink[channel], 0.5)?;
            // What all but a tenth of the ink is paler than.
            let full = paper - level_at(&on_ink[channel], 0.1)?;
            order.push((contrast, channel, paper, full));
        }
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (_, first, first_paper, full) = order[0];
        let (_, second, paper, _) = order[1];
        let (_, third, third_paper, _) = order[2];
        let plane = |channel: usize| crop.plane(channel).map(|level| level / 255.0);
        let first = plane(first);
        let soft = blur(&first, 1.0);
        let dark = {
            let third = blur(&plane(third), 1.0);
            let pairs = soft.samples().iter().zip(third.samples());
            let marks = layers.text.samples().iter().zip(layers.validity.samples());
            let is_dark = |((soft, third), (text, validity)): ((&f32, &f32), (&u8, &u8))| {
                let (deep, shallow) = (first_paper - soft, third_paper - third);
                let is_black = deep > DARK && shallow > DARK_SHARE * deep;
                is_black || *text > INK || *validity < HIDDEN
            };
            mask(&first, pairs.zip(marks).map(is_dark).collect())
        };
        let around = dilate(&dark, AROUND);
        let near = dilate(&layers.ink.map(|ink| ink > INK), 1);
        let pairs = first.samples().iter().zip(around.samples());
        let pairs = pairs.zip(near.samples());
        let shallow =
            pairs.map(|((level, dark), near)| *dark || !near || first_paper - level <= DEEP * full);
        let shallow = dilate(&mask(&first, shallow.collect()), 1);
        let pairs = first.samples().iter().zip(dark.samples());
        let inked = pairs.map(|(level, dark)| *dark || first_paper - level > INKED * full);
        let inked = dilate(&mask(&first, inked.collect()), AROUND);
        Some(Self {
            softer: blur(&first, 2.0),
            soft,
            second: plane(second),
            first,
            paper,
            ink: shallow.map(|shallow| !shallow),
            bare: inked.map(|inked| !inked),
        })
    }

    /// How deep the ink lies below the paper in the second channel.
    fn depth(&self) -> f64 {
        let pairs = self.second.samples().iter().zip(self.ink.samples());
        let levels = pairs.filter(|(_, is_ink)| **is_ink);
        let depths = levels.map(|(level, _)| f64::from(self.paper - level));
        order::median(depths).unwrap_or(0.0).max(1e-3)
    }

    /// How far the second channel departs from what the first one tells, as a standard deviation that outliers do not
    /// move, and the share of its relief that this is; `None` if too little ink is seen.
    fn departure(&self, side: usize) -> Option<(f64, f64)> {
        let (across, down) = gradient(&self.first);
        let row = |x: usize, y: usize| {
            let at = |map: &Density| f64::from(map.at(x, y));
            let own = at(&self.first);
            let (across, down) = (at(&across), at(&down));
            let near = at(&self.soft) - own;
            let far = at(&self.softer) - at(&self.soft);
            [
                own,
                own * own,
                own * own * own,
                across,
                down,
                own * across,
                own * down,
                near,
                own * near,
                far,
                own * far,
                at(&self.second),
            ]
        };
        let rows: Vec<[f64; TERMS + 1]> = levelled(&self.ink, side, row);
        if rows.len() < PIXELS_MIN {
            return None;
        }
        // One row a pixel: sums of products below the diagonal alone, in plain arrays.
        let (mut products, mut right) = ([[0.0; TERMS]; TERMS], [0.0; TERMS]);
        for row in &rows {
            for i in 0..TERMS {
                for j in 0..=i {
                    products[i][j] += row[i] * row[j];
                }
                right[i] += row[i] * row[TERMS];
            }
        }
        let mut normal = SMatrix::<f64, TERMS, TERMS>::from_fn(|i, j| products[i.max(j)][i.min(j)]);
        let right = SVector::from(right);
        for i in 0..TERMS {
            normal[(i, i)] += 1e-6 * normal[(i, i)] + 1e-12;
        }
        let amounts = normal.cholesky()?.solve(&right);
        let left = |row: &[f64; TERMS + 1]| {
            let told = row
                .iter()
                .zip(amounts.iter())
                .map(|(term, amount)| term * amount);
            row[TERMS] - told.sum::<f64>()
        };
        let sizes = rows.iter().map(|row| left(row).abs());
        let departure = 1.4826 * order::median(sizes).unwrap_or(0.0);
        // A pen that crosses the ink, or dust, is no dot.
        let (mut departed, mut relief) = (0.0, 1e-12);
        for row in &rows {
            let left = left(row);
            if left.abs() < 3.0 * departure {
                departed += left * left;
                relief += row[TERMS] * row[TERMS];
            }
        }
        Some((departure, departed / relief))
    }

    /// How far the second channel departs from the first on bare paper, as a standard deviation; `None` if too little
    /// paper is seen. By a high quantile: a ground's pattern may cover a small part.
    fn paper_scatter(&self, side: usize) -> Option<f64> {
        let apart = |x: usize, y: usize| {
            let apart = self.second.at(x, y) - self.first.at(x, y);
            [f64::from(apart)]
        };
        let rows: Vec<[f64; 1]> = levelled(&self.bare, side, apart);
        if rows.len() < PIXELS_MIN {
            return None;
        }
        let sizes = rows.iter().map(|[apart]| apart.abs());
        Some(order::quantile(sizes, 0.9)? / 1.645)
    }
}

/// What a function gives of each pixel of a mask, less its mean over the pixels of its square.
fn levelled<const N: usize>(
    inside: &Mask,
    side: usize,
    of: impl Fn(usize, usize) -> [f64; N],
) -> Vec<[f64; N]> {
    let (width, height) = (inside.width(), inside.height());
    let side = side.max(1);
    let mut rows: Vec<[f64; N]> = Vec::new();
    for top in (0..height).step_by(side) {
        for left in (0..width).step_by(side) {
            let start = rows.len();
            for y in top..(top + side).min(height) {
                let columns = (left..(left + side).min(width)).filter(|x| inside.at(*x, y));
                rows.extend(columns.map(|x| of(x, y)));
            }
            let count = rows.len() - start;
            if count < SQUARE_MIN {
                rows.truncate(start);
                continue;
            }
            let mut mean = [0.0; N];
            for row in &rows[start..] {
                for (mean, value) in mean.iter_mut().zip(row) {
                    *mean += value / count as f64;
                }
            }
            for row in &mut rows[start..] {
                for (value, mean) in row.iter_mut().zip(&mean) {
                    *value -= mean;
                }
            }
        }
    }
    rows
}

/// How often each level comes in each channel, where it is looked at, by every third pixel of every third row.
fn histograms(crop: &Crop<'_>, is_looked_at: impl Fn(usize, usize) -> bool) -> [[usize; 256]; 3] {
    let mut counts = [[0; 256]; 3];
    let height = crop.levels.len() / crop.channels / crop.width;
    for y in (0..height).step_by(3) {
        for x in (0..crop.width).step_by(3).filter(|x| is_looked_at(*x, y)) {
            for (counts, level) in counts.iter_mut().zip(crop.pixel(x, y)) {
                counts[usize::from(*level)] += 1;
            }
        }
    }
    counts
}

/// The level, as a share of 255, that so large a share of the pixels are below, as [`order::quantile`] of them all; `None` of no pixels.
fn level_at(counts: &[usize; 256], share: f64) -> Option<f32> {
    let all: usize = counts.iter().sum();
    let wanted = floor_index(share * all as f64);
    let mut below = 0;
    for (level, count) in (0..=255_u8).zip(counts) {
        below += count;
        if below > wanted {
            return Some(f32::from(level) / 255.0);
        }
    }
    None
}

/// A mask of a map's size.
fn mask(of: &Density, inside: Vec<bool>) -> Mask {
    Mask::from_samples(of.width(), of.height(), inside).expect("one sample a pixel")
}
