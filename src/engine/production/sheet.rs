//! What stands on a page, in two kilobytes: whether two scans are of one sheet.
//!
//! The page is laid out in cells of two millimetres, one bit each: whether more dark ink stands there than
//! in half of the inked ones, which a darker or a paler scan does not change.
//! Where an impression on both pages is the same, its place gives the map from one page to the other,
//! and the cells say whether the rest of the page moved with it. A copy set on another document
//! brings its seal, but not the words around it.

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::geometry::Affine;
use crate::geometry::PixelRect;
use crate::geometry::Point;
use crate::imaging::Gray;
use crate::imaging::Planes;
use crate::ingest::Page;
use crate::ingest::search_factor;
use crate::order;
use crate::units::floor_index;
use crate::units::stored;

/// Cells across an A4 sheet; of a page of unknown resolution, across its short side.
const CELLS_ACROSS: f64 = 105.0;
/// Side of a cell, millimetres. Chosen: the height of small letters, so that words and not only
/// lines show.
const CELL_MM: f64 = 2.0;
/// Most cells that are kept of a page, whatever its size: A2.
const CELLS_MAX: usize = 64_000;
/// Light from which a pixel is dark, as a share of the paper's.
const DARK: f64 = 0.6;
/// Share of dark pixels from which a cell bears ink: a thin stroke across it.
const INKED: f64 = 0.04;
/// Reach beyond an impression's box in which nothing is said of the page, as a share of its side.
const MARGIN: f64 = 0.05;
/// Side of the blocks by which pages are compared, cells: three centimetres.
const BLOCK: usize = 15;
/// Least inked cells of a block for it to be compared.
const BLOCK_INKED_MIN: f64 = 10.0;
/// Least blocks, and least inked cells on both pages, for two pages to be compared.
const BLOCKS_MIN: usize = 2;
const INKED_MIN: usize = 60;
/// Correlation of a block's cells from which it shows the same, and share of the compared ink in such blocks
/// from which two scans are of one sheet: a receipt stamp or a note added later takes up less than the
/// rest. Measured on drawn sheets scanned twice (seed 3301), at a correlation of 0.3: shares of 0.60 to
/// 0.98; pages of other documents below 0.05.
const SAME_BLOCK: f64 = 0.2;
const SAME_SHARE: f64 = 0.6;

/// The layout of a page, seals left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SheetKey {
    /// Pixels of a cell's side.
    cell_px: f64,
    width: u32,
    height: u32,
    /// One bit a cell, row by row: whether it bears much ink.
    bits: Vec<u64>,
    /// The impressions' boxes, in cells: left, top, right, bottom.
    seals: Vec<[f32; 4]>,
}

/// How two pages agree where an impression on both is laid on itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Share of the compared ink in blocks that show the same, 0 to 1.
    pub share: f64,
    /// Blocks compared.
    pub blocks: usize,
}

impl Agreement {
    /// Whether the pages are scans of one sheet.
    #[must_use]
    pub fn is_same_sheet(self) -> bool {
        self.share >= SAME_SHARE
    }
}

impl SheetKey {
    /// Reads the layout of a page that bears the given impressions.
    #[must_use]
    pub fn new(page: &Page, impressions: &[Impression]) -> Self {
        let (width_px, height_px) = (page.image.width(), page.image.height());
        let short = width_px.min(height_px) as f64;
        let cell_px = page
            .dpi
            .map_or(short / CELLS_ACROSS, |dpi| CELL_MM * dpi.pixels_per_mm());
        // A page larger than any sheet is laid out in larger cells.
        let count = (width_px as f64 / cell_px) * (height_px as f64 / cell_px);
        let cell_px = (cell_px * (count / CELLS_MAX as f64).max(1.0).sqrt()).max(1.0);
        let width = floor_index((width_px as f64 / cell_px).ceil()).max(1);
        let height = floor_index((height_px as f64 / cell_px).ceil()).max(1);
        let factor = search_factor((width_px, height_px), page.dpi);
        let light = light(&page.image.shrunk(factor));
        let dark = dark_shares(&light, cell_px / factor as f64, (width, height));
        let mut bits = vec![0_u64; (width * height).div_ceil(64)];
        let inked = dark.iter().copied().filter(|share| *share > INKED);
        let much = order::median(inked).unwrap_or(INKED);
        for (cell, share) in dark.iter().enumerate() {
            if *share > much {
                bits[cell / 64] |= 1 << (cell % 64);
            }
        }
        let boxes = impressions.iter().map(|impression| impression.bbox);
        Self {
            cell_px,
            width: stored(width),
            height: stored(height),
            bits,
            seals: boxes.map(|bbox| in_cells(bbox, cell_px)).collect(),
        }
    }

    /// Whether the key holds as many cells as it says, and no more than a page's.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let cells = (self.width as usize).saturating_mul(self.height as usize);
        cells > 0
            && cells <= 2 * CELLS_MAX
            && self.bits.len() == cells.div_ceil(64)
            && self.cell_px.is_finite()
            && self.cell_px > 0.0
    }

    /// Compares the layouts of two pages; `other_from_own` maps pixels of this page to the other's,
    /// as the impression on both says. `None` where too little stands on either to tell.
    #[must_use]
    pub fn agreement(&self, other: &Self, other_from_own: Affine) -> Option<Agreement> {
        let own = self.inked();
        let found = other.inked();
        if own.len() < INKED_MIN || found.len() < INKED_MIN {
            return None;
        }
        let map = other.refined(&own, self.cell_px, other_from_own);
        let mut blocks = Blocks::new(self);
        blocks.lay(self, other, map);
        blocks.agreement()
    }

    /// The middles of the inked cells, in pixels, seals left out.
    fn inked(&self) -> Vec<Point> {
        let cells = (0..self.height as usize)
            .flat_map(|row| (0..self.width as usize).map(move |column| (column, row)));
        let inked = cells.filter(|&(column, row)| {
            let (x, y) = (column as f64 + 0.5, row as f64 + 0.5);
            self.bit(column, row) && !self.is_hidden(x, y)
        });
        inked
            .map(|(column, row)| {
                Point::new(column as f64 + 0.5, row as f64 + 0.5).to_vec2() * self.cell_px
            })
            .map(kurbo::Vec2::to_point)
            .collect()
    }

    fn bit(&self, column: usize, row: usize) -> bool {
        let cell = row * self.width as usize + column;
        self.bits[cell / 64] >> (cell % 64) & 1 == 1
    }

    /// Whether a place in cells lies under an impression.
    fn is_hidden(&self, x: f64, y: f64) -> bool {
        self.seals.iter().any(|&[left, top, right, bottom]| {
            (f64::from(left)..f64::from(right)).contains(&x)
                && (f64::from(top)..f64::from(bottom)).contains(&y)
        })
    }

    /// Whether ink stands at a place in pixels; `None` beyond the page or under an impression.
    fn at(&self, place: Point) -> Option<bool> {
        let (x, y) = (place.x / self.cell_px, place.y / self.cell_px);
        let within =
            x >= 0.0 && y >= 0.0 && x < f64::from(self.width) && y < f64::from(self.height);
        let visible = within && !self.is_hidden(x, y);
        visible.then(|| self.bit(floor_index(x), floor_index(y)))
    }

    /// A map of the pages made better: a turn or stretch read from a seal is a little off far from it.
    /// Steps each way in shift, turn, stretch and slant are taken as long as more of the ink meets ink.
    fn refined(&self, own: &[Point], own_cell_px: f64, start: Affine) -> Affine {
        let met = |map: Affine| {
            let hits = own
                .iter()
                .filter(|&&place| self.at(map * place) == Some(true));
            hits.count()
        };
        let mut best = (met(start), start);
        let middle = own
            .iter()
            .fold(kurbo::Vec2::ZERO, |sum, p| sum + p.to_vec2())
            / own.len() as f64;
        for cells in [1.2, 0.6, 0.3, 0.15] {
            let step = cells * own_cell_px;
            // So far from the middle of the ink a turn or scale moves as much as the shift.
            let small = cells / 60.0;
            for _ in 0..6 {
                let before = best.0;
                for change in [
                    Affine::translate((step, 0.0)),
                    Affine::translate((-step, 0.0)),
                    Affine::translate((0.0, step)),
                    Affine::translate((0.0, -step)),
                    Affine::rotate(small),
                    Affine::rotate(-small),
                    Affine::scale_non_uniform(1.0 + small, 1.0),
                    Affine::scale_non_uniform(1.0 - small, 1.0),
                    Affine::scale_non_uniform(1.0, 1.0 + small),
                    Affine::scale_non_uniform(1.0, 1.0 - small),
                    Affine::skew(small, 0.0),
                    Affine::skew(-small, 0.0),
                ] {
                    let about = Affine::translate(middle) * change * Affine::translate(-middle);
                    let option = best.1 * about;
                    let count = met(option);
                    if count > best.0 {
                        best = (count, option);
                    }
                }
                if best.0 == before {
                    break;
                }
            }
        }
        best.1
    }
}

/// A box in cells, with its margin.
fn in_cells(bbox: PixelRect, cell_px: f64) -> [f32; 4] {
    let margin = MARGIN * f64::from(bbox.width.max(bbox.height));
    [
        f64::from(bbox.x) - margin,
        f64::from(bbox.y) - margin,
        f64::from(bbox.right()) + margin,
        f64::from(bbox.bottom()) + margin,
    ]
    .map(|px| crate::units::single(px / cell_px))
}

/// Share of each cell's pixels that are dark in every colour, of a page as it is searched: what red, blue and
/// violet inks leave is not.
fn dark_shares(light: &Gray, cell_px: f64, (width, height): (usize, usize)) -> Vec<f64> {
    let least = dark_below(light);
    let mut dark = vec![0_u32; width * height];
    let mut all = vec![0_u32; width * height];
    let column_of: Vec<usize> = (0..light.width())
        .map(|x| floor_index((x as f64 + 0.5) / cell_px).min(width - 1))
        .collect();
    for y in 0..light.height() {
        let row = floor_index((y as f64 + 0.5) / cell_px).min(height - 1) * width;
        for (level, column) in light.row(y).iter().zip(&column_of) {
            let cell = row + column;
            all[cell] += 1;
            dark[cell] += u32::from(*level < least);
        }
    }
    let pairs = dark.iter().zip(&all);
    pairs
        .map(|(dark, all)| f64::from(*dark) / f64::from((*all).max(1)))
        .collect()
}

/// The lightest of each pixel's channels.
fn light(planes: &Planes) -> Gray {
    match planes {
        Planes::Gray(gray) => gray.clone(),
        Planes::Colour([red, green, blue]) => {
            let mut light = red.clone();
            let others = green.samples().iter().zip(blue.samples());
            for (light, (green, blue)) in light.samples_mut().iter_mut().zip(others) {
                *light = (*light).max(*green).max(*blue);
            }
            light
        }
    }
}

/// The light below which a pixel is dark: a share of the paper's, which most pixels have.
fn dark_below(light: &Gray) -> u8 {
    let mut histogram = [0_u32; 256];
    for level in light.samples() {
        histogram[usize::from(*level)] += 1;
    }
    let paper = (62..256_usize).max_by_key(|&level| {
        let near = level.saturating_sub(2)..(level + 3).min(256);
        histogram[near].iter().sum::<u32>()
    });
    let least = DARK * paper.unwrap_or(255) as f64;
    u8::try_from(floor_index(least)).unwrap_or(255)
}

/// Counts of one row of a block: cells, and of them inked on this page, on the other, on both.
type Counts = [f64; 4];

/// Cells of two pages by block and row.
struct Blocks {
    across: usize,
    /// For each block, its rows.
    rows: Vec<[Counts; BLOCK]>,
}

impl Blocks {
    fn new(key: &SheetKey) -> Self {
        let across = (key.width as usize).div_ceil(BLOCK);
        let down = (key.height as usize).div_ceil(BLOCK);
        Self {
            across,
            rows: vec![[[0.0; 4]; BLOCK]; across * down],
        }
    }

    fn lay(&mut self, own: &SheetKey, other: &SheetKey, other_from_own: Affine) {
        for row in 0..own.height as usize {
            for column in 0..own.width as usize {
                let (x, y) = (column as f64 + 0.5, row as f64 + 0.5);
                if own.is_hidden(x, y) {
                    continue;
                }
                let place = other_from_own * Point::new(x * own.cell_px, y * own.cell_px);
                let Some(there) = other.at(place) else {
                    continue;
                };
                let here = own.bit(column, row);
                let block = row / BLOCK * self.across + column / BLOCK;
                let [cells, own, found, both] = &mut self.rows[block][row % BLOCK];
                let count = |set: bool| f64::from(u8::from(set));
                *cells += 1.0;
                *own += count(here);
                *found += count(there);
                *both += count(here && there);
            }
        }
    }

    /// Correlation of the cells in each block, each row by itself: lines of any text stand in rows.
    fn agreement(&self) -> Option<Agreement> {
        let (mut same, mut all, mut blocks) = (0.0, 0.0, 0);
        for rows in &self.rows {
            let (mut both, mut own, mut found, mut inked) = (0.0, 0.0, 0.0, 0.0_f64);
            for [cells, here, there, shared] in rows {
                if *cells < 3.0 {
                    continue;
                }
                both += shared - here * there / cells;
                own += here - here * here / cells;
                found += there - there * there / cells;
                inked += here.max(*there);
            }
            // Rows full from end to end on both pages tell nothing.
            if inked < BLOCK_INKED_MIN || own.max(found) < 1.0 {
                continue;
            }
            blocks += 1;
            all += inked;
            // One page bare where the other is not, or rows full on both: nothing agrees.
            if both > SAME_BLOCK * f64::sqrt(own * found) && both > 0.0 {
                same += inked;
            }
        }
        (blocks >= BLOCKS_MIN).then(|| Agreement {
            share: same / all,
            blocks,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::PageImage;
    use crate::imaging::Raster;
    use crate::ingest::DpiSource;
    use crate::units::Dpi;

    /// A page of words of chance lengths at 100 dpi, laid by `page_from_sheet`; `seed` is its text.
    fn page(seed: u64, page_from_sheet: Affine) -> Page {
        let mut chance = fastrand::Rng::with_seed(seed);
        let mut words = Vec::new();
        for line in 0..36 {
            let mut x = 20.0;
            while x < 185.0 {
                let length = 2.0 + 12.0 * chance.f64();
                words.push((x, 20.0 + 7.0 * f64::from(line), length));
                x += length + 1.5 + 2.0 * chance.f64();
            }
        }
        let mut image: Gray = Raster::filled(827, 1169, 250);
        for (x, y, length) in words {
            for step in 0..floor_index(length * 8.0) {
                for rise in 0..14 {
                    // Strokes of letters: two of three columns.
                    let at = Point::new(x + step as f64 / 8.0, y + f64::from(rise) / 8.0);
                    let at = page_from_sheet * at;
                    if step % 6 < 4 && at.x > 0.0 && at.y > 0.0 && at.x < 827.0 && at.y < 1169.0 {
                        image.row_mut(floor_index(at.y))[floor_index(at.x)] = 40;
                    }
                }
            }
        }
        Page {
            number: 1,
            image: PageImage::Gray(image).into(),
            dpi: Dpi::new(100.0),
            dpi_source: DpiSource::Stated,
            notes: Vec::new(),
            objects: None,
        }
    }

    const PX_PER_MM: f64 = 100.0 / 25.4;

    fn share(first: u64, second: u64) -> f64 {
        let upright = Affine::scale(PX_PER_MM);
        // Turned and shifted on the glass, and stretched a little.
        let turned = Affine::translate((9.0, -6.0))
            * Affine::rotate(0.012)
            * Affine::scale_non_uniform(1.002 * PX_PER_MM, 0.999 * PX_PER_MM);
        let own = SheetKey::new(&page(first, upright), &[]);
        let other = SheetKey::new(&page(second, turned), &[]);
        // What a seal tells of the map is a little off.
        let told = Affine::rotate(0.002) * turned * upright.inverse();
        own.agreement(&other, told).unwrap().share
    }

    #[test]
    fn a_sheet_scanned_askew_is_the_same_sheet_and_another_text_in_the_same_lines_is_not() {
        let (same, another) = (share(1, 1), share(1, 2));
        assert!(same > 0.9, "{same}");
        assert!(another < 0.5 * SAME_SHARE, "{another}");
    }

    #[test]
    fn of_bare_pages_nothing_is_said() {
        let mut bare = page(1, Affine::scale(PX_PER_MM));
        bare.image = PageImage::Gray(Raster::filled(827, 1169, 250)).into();
        let key = SheetKey::new(&bare, &[]);
        assert!(key.is_sound());
        assert_eq!(key.agreement(&key, Affine::IDENTITY), None);
    }
}
