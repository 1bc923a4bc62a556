//! The page at working scale: paper normalised away, ink as optical density, split by hue.
//!
//! Optical density is -log10 of reflectance relative to the paper around, per channel, so paper
//! tint and slow shading cancel and ink layers add (Beer-Lambert).

use crate::imaging::ColourMode;
use crate::imaging::Density;
use crate::imaging::Gray;
use crate::imaging::Planes;
use crate::imaging::Raster;
use crate::imaging::dilate;
use crate::ingest::Page;
use crate::ingest::search_factor;
use crate::order;
use crate::units::single;

/// Tile over which the paper is taken as uniform, in working pixels (16 mm).
const TILE: usize = 64;
/// Hue layers kept on one page.
const HUES_MAX: usize = 3;
/// Least chroma, in optical density, that counts as coloured ink; twice the JPEG noise at quality 40.
const CHROMA_MIN: f32 = 0.075;
/// Least share of a pixel's densest channel that must be chroma: fringes of black print stay below.
const CHROMA_SHARE_MIN: f32 = 0.33;

/// Density from which a pixel is surely print, or a stamp as dark as print.
const PRINT_LEAST: f32 = 0.5;
/// Density of pale ink over the print's, at most.
const PALE_SHARE: f32 = 0.6;

/// The page as the search sees it.
#[derive(Debug)]
pub struct Work {
    /// Page pixels per working pixel.
    pub factor: usize,
    /// Working pixels per millimetre, where the resolution is known.
    pub per_mm: Option<f64>,
    /// Density common to all channels: black ink, print, and all ink of a gray page.
    pub dark: Density,
    /// Coloured inks, strongest first.
    pub hues: Vec<Hue>,
    /// Chroma of pixels of the hue of blue pens, where there is enough of it for a word; they are too few on most
    /// pages to be a layer of [`Work::hues`].
    pub pen: Option<Density>,
    /// Red ink of a page that has too little of it for a layer of [`Work::hues`]: a narrow part of a seal.
    pub faint: Option<Hue>,
    /// On a gray page, ink far paler than its print, away from it: 0 elsewhere.
    pub pale: Option<Density>,
}

impl Work {
    /// The layer of a hue.
    pub(super) fn hue(&self, angle: f64) -> Option<&Hue> {
        self.hues
            .iter()
            .find(|hue| (hue.angle - angle).abs() < 1e-9)
    }
}

/// The ink of one hue.
#[derive(Debug)]
pub struct Hue {
    /// Direction in the chroma plane, radians: 0 red, 2/3 pi green, -2/3 pi blue.
    pub angle: f64,
    /// Chroma of pixels of this hue, optical density; 0 elsewhere.
    pub chroma: Density,
}

/// Prepares a page for the search.
#[must_use]
pub fn prepare(page: &Page) -> Work {
    let factor = search_factor((page.image.width(), page.image.height()), page.dpi);
    let per_mm = page.dpi.map(|dpi| dpi.pixels_per_mm() / factor as f64);
    match &*page.image.shrunk(factor) {
        Planes::Colour(planes) => {
            let (dark, hues, pen, faint) = split(planes);
            Work {
                factor,
                per_mm,
                dark,
                hues,
                pen,
                faint,
                pale: None,
            }
        }
        Planes::Gray(small) => {
            let graded = page.image.mode() == ColourMode::Gray;
            let paper = Paper::estimate([small, small, small]);
            let dark = density(small, &paper, 0);
            let pale = if graded { pale(&dark) } else { None };
            Work {
                factor,
                per_mm,
                dark,
                hues: Vec::new(),
                pen: None,
                faint: None,
                pale,
            }
        }
    }
}

/// Ink at most half as dense as the page's print, away from the print and its blurred edges.
///
/// Stamps are paler than black print on most gray scans, so print need not be searched with them.
/// `None` where no print is dark enough to tell.
fn pale(dark: &Density) -> Option<Density> {
    let inked = dark.samples().iter().copied();
    let print = order::median(inked.filter(|&d| d > PRINT_LEAST))?;
    let most = PALE_SHARE * print;
    let print = dilate(&dark.map(|value| value > most), 2);
    let mut pale = dark.clone();
    for (value, &covered) in pale.samples_mut().iter_mut().zip(print.samples()) {
        if covered {
            *value = 0.0;
        }
    }
    Some(pale)
}

/// -log10 of (level + 2) / 257 by level: the offset keeps black finite.
pub(super) fn log_table() -> [f32; 256] {
    std::array::from_fn(|level| single(-libm::log10((level as f64 + 2.0) / 257.0)))
}

/// The paper's level by tile and channel.
#[derive(Debug)]
struct Paper {
    columns: usize,
    tiles: Vec<[u8; 3]>,
}

impl Paper {
    /// The brighter fifth of each tile is its paper, unless the tile is darker than the page's own
    /// paper by a third: then something covers it and the page's paper stands in.
    fn estimate(planes: [&Gray; 3]) -> Self {
        let (width, height) = (planes[0].width(), planes[0].height());
        let (columns, rows) = (width.div_ceil(TILE), height.div_ceil(TILE));
        let mut tiles = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let (left, top) = (column * TILE, row * TILE);
                let level = |plane: &Gray| bright_level(plane, left, top);
                tiles.push(planes.map(level));
            }
        }
        let mut order: Vec<[u8; 3]> = tiles.clone();
        order.sort_by_key(|tile| tile[1]);
        let page = order[order.len() * 3 / 4];
        for tile in &mut tiles {
            if u16::from(tile[1]) * 4 < u16::from(page[1]) * 3 {
                *tile = page;
            }
        }
        Self { columns, tiles }
    }
}

/// The level that four fifths of a tile stay below.
fn bright_level(plane: &Gray, left: usize, top: usize) -> u8 {
    // Neighbours are mostly of one level, and to count into one place twice in a row is slow.
    let mut histograms = [[0_u16; 256]; 4];
    let bottom = (top + TILE).min(plane.height());
    let right = (left + TILE).min(plane.width());
    for y in (top..bottom).step_by(2) {
        for values in plane.row(y)[left..right].chunks(8) {
            for (histogram, &value) in histograms.iter_mut().zip(values.iter().step_by(2)) {
                histogram[usize::from(value)] += 1;
            }
        }
    }
    let count = |level: u8| -> usize {
        let own = histograms
            .iter()
            .map(|h| usize::from(h[usize::from(level)]));
        own.sum()
    };
    let total = (bottom - top).div_ceil(2) * (right - left).div_ceil(2);
    // From above: paper is bright, and few levels have a fifth of the tile over them.
    let mut above = 0;
    for level in (1..=255_u8).rev() {
        above += count(level);
        if above * 5 > total {
            return level;
        }
    }
    0
}

/// Optical density of a plane against its paper, at least 0.
fn density(plane: &Gray, paper: &Paper, channel: usize) -> Density {
    let table = log_table();
    let (width, height) = (plane.width(), plane.height());
    let mut out = Raster::filled(width, height, 0.0_f32);
    for y in 0..height {
        let tiles = &paper.tiles[y / TILE * paper.columns..];
        let source = plane.row(y);
        for (column, (line, levels)) in out
            .row_mut(y)
            .chunks_mut(TILE)
            .zip(source.chunks(TILE))
            .enumerate()
        {
            let white = table[usize::from(tiles[column][channel])];
            for (out, &level) in line.iter_mut().zip(levels) {
                *out = (table[usize::from(level)] - white).max(0.0);
            }
        }
    }
    out
}

/// A pixel of coloured ink.
struct Coloured {
    index: usize,
    chroma: f32,
    /// Its place in the hue histogram.
    bin: usize,
}

/// Splits a colour page into what is dark in every channel and inks by hue.
fn split(planes: &[Gray; 3]) -> (Density, Vec<Hue>, Option<Density>, Option<Hue>) {
    let paper = Paper::estimate([&planes[0], &planes[1], &planes[2]]);
    let table = log_table();
    let (width, height) = (planes[0].width(), planes[0].height());
    let mut dark = Vec::with_capacity(width * height);
    let mut coloured = Vec::new();
    let less = |a: f32, b: f32| if a < b { a } else { b };
    let more = |a: f32, b: f32| if a > b { a } else { b };
    for (top, tiles) in (0..height)
        .step_by(TILE)
        .zip(paper.tiles.chunks(paper.columns))
    {
        // The density of each level against each tile's paper.
        let against = |white: u8| {
            let white = table[usize::from(white)];
            table.map(|density| (density - white).max(0.0))
        };
        let tables: Vec<_> = tiles.iter().map(|tile| tile.map(against)).collect();
        for y in top..(top + TILE).min(height) {
            let [red, green, blue] = [0, 1, 2].map(|channel| planes[channel].row(y).chunks(TILE));
            let parts = red.zip(green).zip(blue).zip(&tables).enumerate();
            for (column, (((red, green), blue), [reds, greens, blues])) in parts {
                let start = y * width + column * TILE;
                let levels = red.iter().zip(green).zip(blue).enumerate();
                dark.extend(levels.map(|(x, ((&r, &g), &b))| {
                    let r = reds[usize::from(r)];
                    let g = greens[usize::from(g)];
                    let b = blues[usize::from(b)];
                    let (low, high) = (less(less(r, g), b), more(more(r, g), b));
                    let chroma = high - low;
                    if chroma > CHROMA_MIN && chroma > CHROMA_SHARE_MIN * high {
                        coloured.push(Coloured {
                            index: start + x,
                            chroma,
                            bin: hue_bin(r, g, b),
                        });
                    }
                    low
                }));
            }
        }
    }
    let dark = Raster::from_samples(width, height, dark).expect("one density a pixel");
    let hues = by_hue(&coloured, (width, height));
    let size = (width, height);
    let pen = of_degrees(&coloured, size, PEN_DEGREES);
    let faint = match hues.iter().any(|hue| libm::cos(hue.angle) > 0.5) {
        true => None,
        false => of_degrees(&coloured, size, RED_DEGREES),
    };
    let faint = faint.map(|chroma| Hue { angle: 0.0, chroma });
    (dark, hues, pen, faint)
}

/// The way of what an ink lets through, from its densities.
fn hue_way(r: f32, g: f32, b: f32) -> (f32, f32) {
    // Transmitted light is the complement of density; the axes stand 120 degrees apart.
    (0.5 * (g + b) - r, (b - g) * 0.866_025_4)
}

/// Hue of an ink from its densities: the direction of what it lets through.
pub(super) fn hue_angle(r: f32, g: f32, b: f32) -> f64 {
    let (x, y) = hue_way(r, g, b);
    libm::atan2(f64::from(y), f64::from(x))
}

/// Between two hue angles in radians, 0 to half a turn.
pub(super) fn hue_distance(a: f64, b: f64) -> f64 {
    let turn = (a - b).rem_euclid(std::f64::consts::TAU);
    turn.min(std::f64::consts::TAU - turn)
}

const HUE_BINS: usize = 36;

/// The place of an ink's hue in the histogram, of ten degrees. The tangents of so many degrees tell it without an angle, which
/// every coloured pixel would have to be asked for.
fn hue_bin(r: f32, g: f32, b: f32) -> usize {
    const TANGENTS: [f32; 8] = [
        0.176_327, 0.363_970, 0.577_350, 0.839_100, 1.191_754, 1.732_051, 2.747_477, 5.671_282,
    ];
    let (x, y) = hue_way(r, g, b);
    // The quarter turn that holds it, and the way as seen from there.
    let (quarter, along, aside) = match (x > 0.0, y >= 0.0) {
        (true, true) => (0, x, y),
        (false, true) => (1, y, -x),
        (false, false) => (2, -x, -y),
        (true, false) => (3, -y, x),
    };
    let within = TANGENTS.iter().filter(|tangent| aside >= *tangent * along);
    (quarter * (HUE_BINS / 4) + within.count()).min(HUE_BINS - 1)
}

/// Hues of blue pens, degrees of the chroma plane, from green-blue to violet; and of red ink.
const PEN_DEGREES: (usize, usize) = (180, 290);
const RED_DEGREES: (usize, usize) = (310, 50);
/// Chroma that a stroke of a pen of 5 mm has at the working scale.
const FAINT_LEAST: f32 = 8.0;

/// What has a hue from some degrees on to others, clockwise, where it is more than a speck.
fn of_degrees(
    coloured: &[Coloured],
    (width, height): (usize, usize),
    (from, to): (usize, usize),
) -> Option<Density> {
    let is_own = |pixel: &&Coloured| (pixel.bin * 10 + 360 - from) % 360 < (to + 360 - from) % 360;
    let pixels: Vec<&Coloured> = coloured.iter().filter(is_own).collect();
    let mass: f32 = pixels.iter().map(|pixel| pixel.chroma).sum();
    (mass >= FAINT_LEAST).then(|| {
        let mut layer = Raster::filled(width, height, 0.0_f32);
        for pixel in pixels {
            layer.samples_mut()[pixel.index] = pixel.chroma;
        }
        layer
    })
}

/// Splits chroma into layers around the peaks of its hue histogram.
fn by_hue(coloured: &[Coloured], (width, height): (usize, usize)) -> Vec<Hue> {
    let mut weights = [0.0_f64; HUE_BINS];
    for pixel in coloured {
        weights[pixel.bin] += f64::from(pixel.chroma);
    }
    // A seal of 16 mm drawn in lines covers at least this much at the working scale.
    let least = 60.0;
    let mut hues = Vec::new();
    while hues.len() < HUES_MAX {
        let near = |centre: usize, reach: usize| {
            (0..=2 * reach).map(move |i| (centre + HUE_BINS + i - reach) % HUE_BINS)
        };
        let mass = |centre: usize| near(centre, 1).map(|i| weights[i]).sum::<f64>();
        let Some(peak) = (0..HUE_BINS).max_by(|&a, &b| mass(a).total_cmp(&mass(b))) else {
            break;
        };
        if mass(peak) < least {
            break;
        }
        let mut member = [false; HUE_BINS];
        near(peak, 4).for_each(|i| member[i] = true);
        let mut layer = Raster::filled(width, height, 0.0_f32);
        for pixel in coloured {
            if member[pixel.bin] {
                layer.samples_mut()[pixel.index] = pixel.chroma;
            }
        }
        near(peak, 4).for_each(|i| weights[i] = 0.0);
        let angle = (peak as f64 + 0.5) / HUE_BINS as f64 * std::f64::consts::TAU;
        hues.push(Hue {
            angle,
            chroma: layer,
        });
    }
    hues
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ink_stands_in_the_place_of_its_hue() {
        for degree in 0..360_usize {
            let angle = (degree as f64 + 0.5).to_radians();
            let (sine, cosine) = libm::sincos(angle);
            // Densities whose way is that angle.
            let (red, apart) = (single(-cosine), single(sine / 0.866_025_4));
            let (green, blue) = (-0.5 * apart, 0.5 * apart);
            assert!((hue_distance(hue_angle(red, green, blue), angle)) < 1e-5);
            assert_eq!(hue_bin(red, green, blue), degree / 10, "{degree}");
        }
    }

    #[test]
    fn pale_ink_is_kept_apart_from_print_and_its_edges() {
        let mut dark = Raster::filled(60, 40, 0.0_f32);
        dark.row_mut(10)[5..55].fill(1.2);
        dark.row_mut(11)[5..55].fill(0.3);
        dark.row_mut(30)[5..55].fill(0.3);
        let pale = pale(&dark).unwrap();
        assert!(
            pale.row(10).iter().chain(pale.row(11)).all(|&d| d <= 0.0),
            "print stays"
        );
        assert!(
            pale.row(30)[5..55].iter().all(|&d| d > 0.2),
            "pale ink is lost"
        );
    }

    #[test]
    fn a_page_without_print_has_no_pale_ink() {
        assert!(pale(&Raster::filled(20, 20, 0.2_f32)).is_none());
    }
}
