//! Pictures of the places on a page where a document's number, date and names stand.
//!
//! Coloured ink is dropped out of them, so that print under a seal can be read.

use std::ops::Range;

use serde::Deserialize;
use serde::Serialize;

use crate::extraction::Impression;
use crate::geometry::Affine;
use crate::geometry::PixelRect;
use crate::imaging::Gray;
use crate::imaging::PageImage;
use crate::imaging::shrink_gray;
use crate::imaging::warp;
use crate::ingest::Page;
use crate::reading::black::black;
use crate::units::floor_index;
use crate::units::level;
use crate::units::single;
use crate::units::stored;

/// Finer scans are shrunk to no more than this, pixels per inch: nothing more is read in finer ones.
const DPI_MAX: f64 = 300.0;
/// Coarser scans are enlarged, pixels per inch: measured on scans of 70 and 90 dpi, of which twice as many
/// words are read at twice the size.
const DPI_MIN: f64 = 150.0;
/// What coarser scans are enlarged to, at least.
const DPI_ENLARGED: f64 = 180.0;
/// How much they are enlarged at most.
const ENLARGED_MAX: f64 = 4.0;
/// Width of the paper where a page's resolution is unknown: A4.
const PAPER_WIDTH_MM: f64 = 210.0;
/// Height of the head of a letter: on the layout of Decree 30/2020 its number and date end at 65 mm, and scans lie
/// askew or low by a few. GB/T 9704 has the issuer's name at 35 mm of its text and the number below it.
const HEAD_MM: f64 = 88.0;
/// No more of the page than this is its head, as a share of its height.
const HEAD_SHARE: f64 = 0.4;
/// How far the place of a signature reaches from the seal's centre: left, right, up, down. A seal covers about a third of
/// the signature from its left (Decree 30/2020, article 33), and the name stands below that; or it stands over issuer
/// and date (GB/T 9704), or wrongly on the left of them, whose far end lies up to 95 mm off then.
pub(super) const SIGNATURE_MM: [f64; 4] = [45.0, 100.0, 30.0, 34.0];
/// Places of signatures cut out of a page, at most; those further down the page first.
const SIGNATURES_MAX: usize = 4;
/// Pixels of an excerpt, at most: half as many again as the head of an A4 sheet has at 300 dpi.
pub const PIXELS_MAX: usize = 4_200_000;
/// Excerpts of a page, at most.
pub const EXCERPTS_MAX: usize = SIGNATURES_MAX + 1;

/// Difference of a pixel's channels from which on it is of coloured ink (chosen: half of what pale seals show).
const INK_SPREAD: u8 = 60;
/// Share of the head that a coloured heading covers at least (chosen: a tenth of a heading's own ink).
const INK_SHARE: f64 = 0.001;

/// Brightness of coloured ink that is dropped out, over that of paper, at least: measured on seals in red, blue and violet, whose
/// strokes keep more but at their edges, where print has half of it and less; of the names below 16 signatures 13 are read then, 6 without.
const INK_LEFT: f64 = 0.6;

/// What stands in an excerpt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// The upper part of page 1: issuer, number, perhaps the date.
    Head,
    /// About a seal: the signer's name, or issuer and date.
    Signature,
    /// The issuer's name at the head, and hardly anything beside it.
    Issuer,
}

/// Whether headings of coloured ink are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headings {
    /// Coloured ink is dropped out.
    Black,
    /// As Chinese letters have them.
    Coloured,
}

/// A part of a page, as it is to be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Excerpt {
    /// What stands there.
    pub place: Place,
    /// Where it lies, in pixels of the page as scanned.
    pub bbox: PixelRect,
    /// Its picture, coloured ink dropped out.
    pub raster: Gray,
    /// Its picture with coloured ink, where a heading may be of it.
    pub inked: Option<Gray>,
    /// The picture's resolution, pixels per inch, rounded; guessed where the page's is unknown.
    pub dpi: u32,
}

impl Excerpt {
    /// A rectangle of the picture, on the page.
    #[must_use]
    pub fn on_page(&self, own: PixelRect) -> PixelRect {
        let along = |start: u32, length: u32, from: u32, side: u32, pixels: usize| {
            let scale = f64::from(side) / pixels as f64;
            let first = floor_index(f64::from(start) * scale);
            let last = ceiling((f64::from(start) + f64::from(length)) * scale);
            let bound = |index: usize| stored(index).min(side);
            (from + bound(first), bound(last) - bound(first))
        };
        let (width, height) = (self.raster.width(), self.raster.height());
        let (x, across) = along(own.x, own.width, self.bbox.x, self.bbox.width, width);
        let (y, down) = along(own.y, own.height, self.bbox.y, self.bbox.height, height);
        PixelRect {
            x,
            y,
            width: across,
            height: down,
        }
    }

    /// The picture with or without coloured headings.
    #[must_use]
    pub fn shown(&self, headings: Headings) -> &Gray {
        match headings {
            Headings::Black => &self.raster,
            Headings::Coloured => self.inked.as_ref().unwrap_or(&self.raster),
        }
    }

    /// Whether the picture is as large as it says, and lies on a page of a width and height.
    #[must_use]
    pub fn is_sound(&self, (width, height): (u32, u32)) -> bool {
        let (own, samples) = (&self.raster, self.raster.samples().len());
        let is_alike = |inked: &Gray| {
            let size = (inked.width(), inked.height(), inked.samples().len());
            size == (own.width(), own.height(), samples)
        };
        let ends = |start: u32, length: u32, side: u32| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= side)
        };
        samples > 0
            && own.width().checked_mul(own.height()) == Some(samples)
            && samples <= PIXELS_MAX
            && self.inked.as_ref().is_none_or(is_alike)
            && ends(self.bbox.x, self.bbox.width, width)
            && ends(self.bbox.y, self.bbox.height, height)
    }
}

/// The places of a page that are to be read: its head, if it is the first, and about its impressions.
#[must_use]
pub fn excerpts(page: &Page, impressions: &[Impression]) -> Vec<Excerpt> {
    let (width, height) = (page.image.width() as f64, page.image.height() as f64);
    let guessed = width.min(height) / PAPER_WIDTH_MM * 25.4;
    let dpi = page.dpi.map_or(guessed, |dpi| dpi.get());
    let mm = dpi / 25.4;
    let mut places = Vec::new();
    if page.number == 1 {
        let bottom = (HEAD_MM * mm).min(HEAD_SHARE * height.max(width));
        places.push((Place::Head, [0.0, width, 0.0, bottom]));
    }
    let mut centres: Vec<_> = impressions
        .iter()
        .map(|impression| impression.outline.centre)
        .collect();
    centres.sort_by(|a, b| b.y.total_cmp(&a.y));
    let [left, right, up, down] = SIGNATURE_MM.map(|reach| reach * mm);
    places.extend(centres.iter().take(SIGNATURES_MAX).map(|centre| {
        let (x, y) = (centre.x, centre.y);
        (Place::Signature, [x - left, x + right, y - up, y + down])
    }));
    places
        .into_iter()
        .filter_map(|(place, edges)| cut(page, place, edges, dpi))
        .collect()
}

/// Cuts out a place by its left, right, upper and lower edges; `None` where nothing of it is on the page.
fn cut(page: &Page, place: Place, edges: [f64; 4], dpi: f64) -> Option<Excerpt> {
    let (width, height) = (page.image.width(), page.image.height());
    let span = |first: f64, last: f64, side: usize| -> Option<Range<usize>> {
        let range = floor_index(first.max(0.0))..ceiling(last.max(0.0)).min(side);
        (range.len() > 1).then_some(range)
    };
    let columns = span(edges[0], edges[1], width)?;
    let rows = span(edges[2], edges[3], height)?;
    let bbox = PixelRect {
        x: u32::try_from(columns.start).ok()?,
        y: u32::try_from(rows.start).ok()?,
        width: u32::try_from(columns.len()).ok()?,
        height: u32::try_from(rows.len()).ok()?,
    };
    let image = page.image.part(columns, rows);
    let inked = match place {
        Place::Head => with_colour(&image).and_then(|inked| resized(inked, dpi)),
        Place::Signature | Place::Issuer => None,
    };
    let whole = match (place, image) {
        (Place::Signature, PageImage::Colour(colour)) => {
            let black = black(&colour);
            let whole = black.unwrap_or_else(|| without_colour(PageImage::Colour(colour)));
            brightened(&whole, INK_LEFT)
        }
        (_, image) => without_colour(image),
    };
    let (raster, factor) = resized(whole, dpi)?;
    Some(Excerpt {
        place,
        bbox,
        raster,
        inked: inked.map(|(inked, _)| inked),
        dpi: u32::try_from(floor_index((dpi * factor).round())).unwrap_or(u32::MAX),
    })
}

/// The brightest channel of each pixel: ink of any colour is nearly as bright as paper in it, black is not.
fn without_colour(image: PageImage) -> Gray {
    match image {
        PageImage::Bitonal(gray) | PageImage::Gray(gray) => gray,
        PageImage::Colour(colour) => {
            let (pixels, _) = colour.samples().as_chunks::<3>();
            let brightest = pixels.iter().map(|&[r, g, b]| r.max(g).max(b)).collect();
            Gray::from_samples(colour.width(), colour.height(), brightest)
                .expect("a pixel has one brightest channel")
        }
    }
}

/// Makes all as bright as paper that has this share of its brightness, and more: dark edges of a seal's letters are read as letters.
pub(super) fn brightened(gray: &Gray, share: f64) -> Gray {
    let white = share * f64::from(gray.middle());
    gray.map(|sample| level(single((f64::from(sample) / white).min(1.0))))
}

/// The picture in shades of gray, if enough of it is of saturated ink to be a heading.
fn with_colour(image: &PageImage) -> Option<Gray> {
    let PageImage::Colour(colour) = image else {
        return None;
    };
    let (pixels, _) = colour.samples().as_chunks::<3>();
    let spread = |&[r, g, b]: &[u8; 3]| r.max(g).max(b) - r.min(g).min(b);
    let inked = pixels
        .iter()
        .filter(|pixel| spread(pixel) >= INK_SPREAD)
        .count();
    if (inked as f64) < INK_SHARE * pixels.len() as f64 {
        return None;
    }
    let darkest = pixels.iter().map(|&[r, g, b]| r.min(g).min(b)).collect();
    Gray::from_samples(colour.width(), colour.height(), darkest)
}

/// The picture at a resolution that is read well, and its pixels per pixel of the page; `None` if it is too narrow.
fn resized(whole: Gray, dpi: f64) -> Option<(Gray, f64)> {
    let size = (whole.width(), whole.height());
    let by_dpi = ceiling(dpi / DPI_MAX - 0.1).max(1);
    let surplus = (size.0 * size.1) as f64 / PIXELS_MAX as f64;
    let factor = by_dpi.max(ceiling(libm::sqrt(surplus)));
    if factor > 1 {
        if size.0.min(size.1) < factor {
            return None;
        }
        return Some((shrink_gray(&whole, factor), 1.0 / factor as f64));
    }
    if dpi >= DPI_MIN {
        return Some((whole, 1.0));
    }
    // What is enlarged stays within the bound on pixels.
    let room = libm::sqrt(1.0 / surplus);
    let enlarged = (DPI_ENLARGED / dpi).ceil().min(ENLARGED_MAX).min(room);
    let side = |side: usize| floor_index(side as f64 * enlarged).max(1);
    let target = (side(size.0), side(size.1));
    let wide = warp(&whole, Affine::scale(1.0 / enlarged), target, 255.0);
    Some((wide.map(|shade| level(shade / 255.0)), enlarged))
}

/// The whole number at or above a value.
pub(super) fn ceiling(value: f64) -> usize {
    floor_index(value.ceil())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Colour;
    use crate::ingest::DpiSource;
    use crate::units::Dpi;

    /// A page of red ink but for a black corner at the top left.
    fn page(number: u32, (width, height): (usize, usize), dpi: Option<f64>) -> Page {
        let pixels = (0..width * height).flat_map(|place| {
            let is_corner = place % width < width / 2 && place / width < height / 20;
            if is_corner {
                [20, 20, 20]
            } else {
                [230, 30, 40]
            }
        });
        let colour = Colour::from_samples(width, height, pixels.collect()).unwrap();
        Page {
            number,
            image: PageImage::Colour(colour).into(),
            dpi: dpi.and_then(Dpi::new),
            dpi_source: DpiSource::Stated,
            notes: Vec::new(),
            objects: None,
        }
    }

    #[test]
    fn red_ink_is_dropped_out_and_print_is_not() {
        let head = excerpts(&page(1, (1654, 2339), Some(200.0)), &[]).remove(0);
        assert_eq!((head.place, head.dpi), (Place::Head, 200));
        assert_eq!(
            (head.raster.at(10, 10), head.raster.at(1600, 10)),
            (20, 230)
        );
        assert!(head.is_sound((1654, 2339)) && !head.is_sound((1000, 2339)));
        // A page without seals that is not the first holds nothing to be read.
        assert!(excerpts(&page(2, (400, 600), Some(50.0)), &[]).is_empty());
    }

    #[test]
    fn coarse_scans_are_enlarged_and_fine_ones_shrunk_and_boxes_stay_in_place() {
        for (dpi, expected) in [(Some(600.0), 300), (Some(90.0), 180), (None, 184)] {
            let size = match dpi {
                Some(dpi) => (floor_index(8.2 * dpi), floor_index(11.6 * dpi)),
                None => (760, 1060),
            };
            let head = excerpts(&page(1, size, dpi), &[]).remove(0);
            assert!(head.dpi.abs_diff(expected) <= 1, "{dpi:?}: {}", head.dpi);
            let own = PixelRect {
                x: 0,
                y: 0,
                width: u32::try_from(head.raster.width()).unwrap(),
                height: u32::try_from(head.raster.height()).unwrap(),
            };
            assert_eq!(head.on_page(own), head.bbox);
        }
    }

    #[test]
    fn no_excerpt_is_larger_than_the_bound() {
        let head = excerpts(&page(1, (9000, 2600), Some(60.0)), &[]).remove(0);
        assert!(head.raster.samples().len() <= PIXELS_MAX);
    }
}
