//! The scale that a page is looked at: working pixels, page pixels, millimetres.

use crate::extraction::Impression;
use crate::extraction::Outline;
use crate::extraction::Work;
use crate::geometry::PixelRect;
use crate::geometry::Point;
use crate::units::stored;

/// Long side of an A4 sheet in millimetres, which a page of unknown resolution is taken for (ISO 216).
const SHEET_MM: f64 = 297.0;

/// Width of the blurred edge of a seal's ink, millimetres.
const EDGE_MM: f64 = 0.5;
/// Level of the layer of text and pen from which a pixel within a seal bears it.
const TEXT_MIN: u8 = 100;

/// The working scale of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    /// Page pixels a working pixel.
    pub(super) factor: u32,
    /// Working pixels a millimetre; of a page of unknown resolution as if it were a sheet of A4.
    pub(super) per_mm: f64,
}

impl Scale {
    /// That of a page as the search sees it.
    #[must_use]
    pub(super) fn of(work: &Work) -> Self {
        let side = work.dark.width().max(work.dark.height());
        Self {
            factor: stored(work.factor),
            per_mm: work.per_mm.unwrap_or(side as f64 / SHEET_MM),
        }
    }

    /// A box of working pixels in page pixels.
    #[must_use]
    pub(super) const fn page(self, bbox: PixelRect) -> PixelRect {
        PixelRect {
            x: bbox.x * self.factor,
            y: bbox.y * self.factor,
            width: bbox.width * self.factor,
            height: bbox.height * self.factor,
        }
    }

    /// The pixels of a map of `size` within an impression's outline and the blur of its edge.
    pub(super) fn within(
        self,
        impression: &Impression,
        size: (usize, usize),
    ) -> impl Iterator<Item = (usize, usize)> {
        let mut outline = self.working(&impression.outline);
        outline.half_width += EDGE_MM * self.per_mm;
        outline.half_height += EDGE_MM * self.per_mm;
        let (bbox, holds) = (outline.bbox(size), outline.inside());
        let columns = bbox.x as usize..bbox.right() as usize;
        let rows = bbox.y as usize..bbox.bottom() as usize;
        let pixels = rows.flat_map(move |y| columns.clone().map(move |x| (x, y)));
        pixels.filter(move |&(x, y)| holds(Point::new(x as f64 + 0.5, y as f64 + 0.5)))
    }

    /// Whether print or a pen crosses a seal at a working pixel.
    pub(super) fn is_crossed(self, impression: &Impression, (x, y): (usize, usize)) -> bool {
        let layer = &impression.layers.text;
        let (left, top) = impression.layers.origin;
        // A stroke may pass beside the middle of a working pixel: some of its pixels are read.
        let step = i64::from((self.factor / 2).max(1));
        let first = |working: usize, origin: i32| {
            working as i64 * i64::from(self.factor) + step / 2 - i64::from(origin)
        };
        let (x, y) = (first(x, left), first(y, top));
        let is_dark = |x: i64, y: i64| {
            let inside = usize::try_from(x).ok().zip(usize::try_from(y).ok());
            let inside = inside.filter(|&(x, y)| x < layer.width() && y < layer.height());
            inside.is_some_and(|(x, y)| layer.at(x, y) > TEXT_MIN)
        };
        is_dark(x, y) || is_dark(x + step, y) || is_dark(x, y + step) || is_dark(x + step, y + step)
    }

    /// An outline of page pixels at the working scale.
    #[must_use]
    pub(super) fn working(self, outline: &Outline) -> Outline {
        outline.scaled(1.0 / f64::from(self.factor))
    }
}
