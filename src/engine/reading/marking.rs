//! Marks of secrecy and urgency: words in a frame whose size and border the law sets.
//!
//! Frames are looked for by their level sides, nearly straight strokes of the right length that stand the right way apart; only what
//! is then enclosed is measured on the page's own pixels, and cut out to be read. A page without such a frame costs next to nothing.

mod border;
mod sketch;
mod strokes;
mod wording;

use serde::Deserialize;
use serde::Serialize;

use crate::extraction::Impression;
use crate::extraction::Work;
use crate::geometry::Affine;
use crate::geometry::PixelRect;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::Gray;
use crate::imaging::PageImage;
use crate::imaging::Raster;
use crate::imaging::warp;
use crate::ingest::Page;
use crate::reading::Failure;
use crate::reading::scale::Scale;
use crate::units::floor_index;
use crate::units::level;
use crate::units::single;
use crate::units::stored;

use border::AROUND_MM;
use border::PER_MM;
use sketch::Sketch;
use sketch::sketches;

pub use wording::Wording;

/// Widths and heights of the frames in millimetres: secrecy and urgency (Circular 24/2020/TT-BCA; Decree 30/2020, annex I), and what
/// was declassified.
const SIZES_MM: [(f64, f64); 4] = [(20.0, 8.0), (30.0, 8.0), (40.0, 8.0), (30.0, 13.0)];
/// How far a frame may be off its size, millimetres: ink spreads by some tenths, engravers and scans add more (chosen).
const OFF_MM: f64 = 1.6;
/// Ink from which a pixel of the search counts: of a colour, and of black or gray.
const INKED: (f32, f32) = (0.09, 0.16);
/// Gaps that worn ink leaves in a line, millimetres: where letters of other ink stand beside it, less can be bridged.
const WORN_MM: (f64, f64) = (1.0, 0.5);
/// Share of a plain border that is drawn at least (measured: rows of text that were taken for lines reach 0.55, stamps 0.8 and more
/// but for the lightest).
const PLAIN_MIN: f64 = 0.7;
/// Frames of a page that are cut out, at most; double ones first, then those of colour.
pub const MARKINGS_MAX: usize = 6;
/// Paper around the words that are cut out, pixels.
const MARGIN: usize = 24;
/// Paper between the lines of a frame and its words that is left out with them, millimetres.
const CLEAR_MM: f64 = 0.15;
/// Pixels of a picture of words, at most: 44 by 17 mm.
const PIXELS_MAX: usize = 160_000;
/// Brightest channel from which on a pixel of coloured ink is no black print (chosen: red ink on paper has 180 and more).
const BRIGHT: u8 = 150;
/// Room of a frame's two lines, of which nothing is read where the lines are not made out, millimetres: two of 0.4 mm that stand 1 mm
/// apart (Circular 24/2020/TT-BCA).
const BORDER_MM: f64 = 1.8;
/// Resolution of the pictures of words, pixels an inch.
const DPI: u32 = 305;

/// A frame that may be a mark, and its words as a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Marking {
    /// Where it stands, page pixels.
    pub bbox: PixelRect,
    /// Width and height to the outer edge, millimetres; of a page of unknown resolution as if it were a sheet of A4.
    pub size_mm: (f64, f64),
    /// Its border.
    pub lines: Lines,
    /// Whether its lines are drawn nearly all around and end at its corners: rows of text are patchy, and the rules of a table run on.
    pub is_plain: bool,
    /// Whether it is of coloured ink.
    pub is_coloured: bool,
    /// What stands within, dark on bright paper.
    pub raster: Gray,
    /// Resolution of the picture, pixels per inch.
    pub dpi: u32,
    /// What was read in it; it comes after the rest, from whoever has a recogniser.
    #[serde(skip, default = "not_yet")]
    pub said: Result<Wording, Unread>,
}

/// The lines of a border.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lines {
    /// One line all around.
    Single,
    /// Two on some sides.
    Unclear,
    /// Two lines all around.
    Double,
    /// Not to be made out: a rectangle of a mark's size was found by its ink, and not the lines of its sides.
    Unmeasured,
}

/// Why the words of a frame are not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Nobody has looked.
    NotYet,
    /// They could not be looked at, and why.
    Failed(Failure),
}

const fn not_yet() -> Result<Wording, Unread> {
    Err(Unread::NotYet)
}

impl Marking {
    /// Whether the picture is as large as it says, and the frame lies on a page of a width and height.
    #[must_use]
    pub fn is_sound(&self, (width, height): (u32, u32)) -> bool {
        let samples = self.raster.samples().len();
        let ends = |start: u32, length: u32, side: u32| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= side)
        };
        let (own, mm) = (&self.raster, self.size_mm);
        samples > 0
            && samples <= PIXELS_MAX
            && own.width().checked_mul(own.height()) == Some(samples)
            && mm.0.is_finite()
            && mm.1.is_finite()
            && ends(self.bbox.x, self.bbox.width, width)
            && ends(self.bbox.y, self.bbox.height, height)
    }
}

/// The frames of a page that may be marks of secrecy or urgency, from top to bottom. What the search for seals took for a rectangular
/// one is looked at as well: it finds frames by other means, and of such a one whose lines are not made out the words are cut out all the same.
///
/// Cost: linear in the pixels of the search for a page without one; a few ms for each frame that is measured.
#[must_use]
pub fn markings(page: &Page, work: &Work, impressions: &[Impression]) -> Vec<Marking> {
    let scale = Scale::of(work);
    let mut found: Vec<(f64, Marking)> = Vec::new();
    let mut keep = |laid: &Laid| {
        let Some((drawn, marking)) = laid.measured() else {
            return;
        };
        // Of two in one place, the one whose border is drawn better.
        let is_better = |other: &(f64, Marking)| {
            marking.bbox.is_mostly_shared(other.1.bbox) && drawn <= other.0
        };
        if !found.iter().any(is_better) {
            found.retain(|(_, other)| !marking.bbox.is_mostly_shared(other.bbox));
            found.push((drawn, marking));
        }
    };
    let hues = work.hues.iter().map(|hue| (&hue.chroma, true));
    for (map, is_coloured) in hues.chain([(&work.dark, false)]) {
        let (least, worn_mm) = if is_coloured {
            (INKED.0, WORN_MM.0)
        } else {
            (INKED.1, WORN_MM.1)
        };
        let ink = map.map(|density| density > least);
        for sketch in sketches(&ink, (scale.per_mm, worn_mm)) {
            if let Some(laid) = Laid::out(page, (sketch, scale), is_coloured) {
                keep(&laid);
            }
        }
    }
    let rectangles: Vec<Laid> = impressions
        .iter()
        .filter_map(|impression| {
            let sketch = Sketch::of(&impression.outline, scale)?;
            Laid::out(page, (sketch, scale), impression.colour.is_bright())
        })
        .collect();
    rectangles.iter().for_each(&mut keep);
    for marking in rectangles.iter().filter_map(Laid::unmeasured) {
        if !found
            .iter()
            .any(|(_, other)| marking.bbox.is_mostly_shared(other.bbox))
        {
            found.push((0.0, marking));
        }
    }
    let rank = |marking: &Marking| match marking.lines {
        Lines::Double => 0,
        Lines::Unclear => 1,
        Lines::Unmeasured => 2,
        Lines::Single => 3 + u8::from(!marking.is_coloured),
    };
    let mut found: Vec<Marking> = found.into_iter().map(|(_, marking)| marking).collect();
    found.sort_by_key(rank);
    found.truncate(MARKINGS_MAX);
    found.sort_by_key(|marking| (marking.bbox.y, marking.bbox.x));
    found
}

/// The place of a sketch on the page, laid out upright.
struct Laid {
    /// Its ink, with [`AROUND_MM`] of paper about the sketch.
    ink: Density,
    is_coloured: bool,
    page_from_layout: Affine,
    /// Width and height of the page, pixels.
    page_px: (usize, usize),
}

impl Laid {
    /// `None` off the page, and where there is next to no contrast.
    fn out(page: &Page, (sketch, scale): (Sketch, Scale), is_coloured: bool) -> Option<Self> {
        let per_mm = scale.per_mm * f64::from(scale.factor);
        let factor = f64::from(scale.factor);
        let centre = Point::new(sketch.centre.x * factor, sketch.centre.y * factor);
        let half = [sketch.width, sketch.height].map(|side| 0.5 * side / scale.per_mm + AROUND_MM);
        // The part of the page that the turned layout touches.
        let tilt = sketch.along.y.abs();
        let reach =
            [half[0] + tilt * half[1], half[1] + tilt * half[0]].map(|mm| mm * per_mm + 2.0);
        let page_px = (page.image.width(), page.image.height());
        let span = |middle: f64, reach: f64, side: usize| {
            let first = floor_index((middle - reach).max(0.0));
            let last = floor_index((middle + reach).max(0.0)).min(side);
            (first + 8 < last).then_some(first..last)
        };
        let (columns, rows) = (
            span(centre.x, reach[0], page_px.0)?,
            span(centre.y, reach[1], page_px.1)?,
        );
        let corner = Vec2::new(columns.start as f64, rows.start as f64);
        let part = page.image.part(columns, rows);
        let ink = inked(&part, is_coloured)?;
        let [width, height] = half.map(|half| floor_index(2.0 * half * PER_MM));
        let (a, b) = (
            sketch.along.x * per_mm / PER_MM,
            sketch.along.y * per_mm / PER_MM,
        );
        let from_layout = Affine::new([a, b, -b, a, 0.0, 0.0]);
        let middle = from_layout * Point::new(0.5 * width as f64, 0.5 * height as f64);
        let part_from_layout = Affine::translate(centre - corner - middle) * from_layout;
        Some(Self {
            ink: warp(&ink, part_from_layout, (width, height), 0.0),
            is_coloured,
            page_from_layout: Affine::translate(corner) * part_from_layout,
            page_px,
        })
    }

    /// The frame measured, and how well its border is drawn: the lines around it; `None` if it is no frame of a mark's size.
    fn measured(&self) -> Option<(f64, Marking)> {
        let border = border::measure(&self.ink)?;
        let marking = self.marking(border.outer, border.inner)?;
        let near = |mm: f64, nominal: f64| (mm - nominal).abs() <= OFF_MM;
        let (width, height) = marking.size_mm;
        let mut sizes = SIZES_MM.iter();
        if !sizes.any(|nominal| near(width, nominal.0) && near(height, nominal.1)) {
            return None;
        }
        let drawn = border.drawn + 0.25 * f64::from(border.doubled);
        let marking = Marking {
            lines: match border.doubled {
                0 | 1 => Lines::Single,
                2 => Lines::Unclear,
                _ => Lines::Double,
            },
            is_plain: border.is_free(&self.ink) && border.drawn >= PLAIN_MIN,
            ..marking
        };
        Some((drawn, marking))
    }

    /// The frame as it was sketched, whatever its lines are.
    fn unmeasured(&self) -> Option<Marking> {
        let inset = |mm: f64| {
            let depth = mm * PER_MM;
            let (width, height) = (self.ink.width() as f64, self.ink.height() as f64);
            [depth, depth, width - depth, height - depth]
        };
        self.marking(inset(AROUND_MM), inset(AROUND_MM + BORDER_MM))
    }

    /// A frame of given outer edges and room within: left, top, right and bottom in pixels of the layout.
    fn marking(&self, outer: [f64; 4], inner: [f64; 4]) -> Option<Marking> {
        let [left, top, right, bottom] = outer;
        let corners = [(left, top), (right, top), (left, bottom), (right, bottom)];
        let on_page = corners.map(|corner| self.page_from_layout * Point::from(corner));
        Some(Marking {
            bbox: around(&on_page, self.page_px)?,
            size_mm: ((right - left) / PER_MM, (bottom - top) / PER_MM),
            lines: Lines::Unmeasured,
            is_plain: false,
            is_coloured: self.is_coloured,
            raster: words(&self.ink, inner)?,
            dpi: DPI,
            said: Err(Unread::NotYet),
        })
    }
}

/// The smallest rectangle of a page around points.
fn around(points: &[Point; 4], (width, height): (usize, usize)) -> Option<PixelRect> {
    let along = |of: fn(&Point) -> f64, side: usize| {
        let values = points.iter().map(of);
        let first = values.clone().fold(f64::INFINITY, f64::min);
        let last = values.fold(0.0, f64::max);
        let start = floor_index(first.max(0.0)).min(side);
        let end = floor_index(last.ceil()).min(side);
        (start < end).then(|| (stored(start), stored(end - start)))
    };
    let (x, y) = (along(|p| p.x, width)?, along(|p| p.y, height)?);
    Some(PixelRect {
        x: x.0,
        y: y.0,
        width: x.1,
        height: y.1,
    })
}

/// How much ink each pixel bears, 1 for that of the darkest thirtieth; of a colour alone, where it is of one.
fn inked(part: &PageImage, is_coloured: bool) -> Option<Density> {
    let of: Raster<u8> = match part {
        PageImage::Bitonal(gray) | PageImage::Gray(gray) => gray.map(|shade| 255 - shade),
        PageImage::Colour(colour) => {
            let (pixels, _) = colour.samples().as_chunks::<3>();
            let ink = pixels.iter().map(|&[r, g, b]| {
                let (low, high) = (r.min(g).min(b), r.max(g).max(b));
                // The darkest channel of a colour is sharp, its hue is not; of what is dark in all of them, hue alone counts.
                match (is_coloured, high >= BRIGHT) {
                    (true, true) => 255 - low,
                    (true, false) => high - low,
                    (false, _) => 255 - high,
                }
            });
            Gray::from_samples(colour.width(), colour.height(), ink.collect())?
        }
    };
    let mut order: Vec<u8> = of.samples().to_vec();
    let count = order.len();
    let paper = *order.select_nth_unstable(count / 2).1;
    let full = *order.select_nth_unstable(count - 1 - count / 32).1;
    let range = f32::from(full.saturating_sub(paper));
    // Next to no contrast: noise.
    (range >= 16.0).then(|| of.map(|value| (f32::from(value) - f32::from(paper)).max(0.0) / range))
}

/// The words within the lines, dark on bright.
fn words(ink: &Density, [left, top, right, bottom]: [f64; 4]) -> Option<Gray> {
    let clear = CLEAR_MM * PER_MM;
    let columns = floor_index(left + clear)..floor_index(right - clear);
    let rows = floor_index(top + clear)..floor_index(bottom - clear);
    if columns.len() < MARGIN || rows.len() < MARGIN {
        return None;
    }
    let mut raster = Gray::filled(columns.len() + 2 * MARGIN, rows.len() + 2 * MARGIN, 255);
    for (y, row) in rows.enumerate() {
        let own = &mut raster.row_mut(MARGIN + y)[MARGIN..MARGIN + columns.len()];
        for (shade, ink) in own.iter_mut().zip(&ink.row(row)[columns.clone()]) {
            *shade = level(single(f64::from(1.0 - ink.min(1.0))));
        }
    }
    (raster.samples().len() <= PIXELS_MAX).then_some(raster)
}

#[cfg(test)]
mod tests;
