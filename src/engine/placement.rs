//! Where an impression stands on its page, and what for.
//!
//! Geometry only: what the law of a country asks of it is said in `rules`.

use serde::Deserialize;
use serde::Serialize;

use crate::extraction::Impression;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::PixelRect;
use crate::geometry::Point;
use crate::reading::Signed;
use crate::units::Dpi;

/// Part of a seal's width that the page must cut off before the seal counts as set across its edge.
const CUT_MIN: f64 = 0.15;
/// Where a hanging seal stands on page 1: its centre's share of the page's width and height, at most. The
/// body's name fills the left half of the head (Decree 30/2020, annex I).
const HANGING: (f64, f64) = (0.55, 0.22);
/// Width, height and their tolerance of a receipt stamp in millimetres (Decree 30/2020, annex IV).
const RECEIPT_MM: (f64, f64, f64) = (50.0, 35.0, 4.0);
/// Heights of urgency and secrecy stamps, their widths, and the tolerance, in millimetres (Decree 30/2020, annex
/// I; Circular 24/2020/TT-BCA).
const MARKING_MM: ([f64; 2], [f64; 3], f64) = ([8.0, 13.0], [20.0, 30.0, 40.0], 1.5);

/// Share of a line of print, or of the seal's width, that a line and a seal must have in common before the one lies under the
/// other.
const UNDER: f64 = 0.5;

/// Print under a seal from which it stands on some, square millimetres: two or three letters.
const TEXT_MIN_MM2: f64 = 4.0;

/// What an impression stands for on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Over the signature.
    Signature,
    /// Over the body's name at the head of page 1.
    Hanging,
    /// Across the edges of several sheets.
    Straddling,
    /// Somewhere on the page, and no signature at it.
    Page,
    /// A receipt stamp.
    Receipt,
    /// A mark of urgency or secrecy.
    Urgency,
    /// Not known.
    Unknown,
}

/// Where on a document an impression stands.
#[derive(Clone, Copy, Debug)]
pub struct Spot<'a> {
    /// The impression's outline, page pixels.
    pub outline: &'a Outline,
    /// Width and height of its page in pixels.
    pub page_px: (u32, u32),
    /// Number of the page, from one.
    pub page: u32,
    /// The page's resolution, where known.
    pub dpi: Option<Dpi>,
    /// The signature at it, where the page was read.
    pub signed: Option<&'a Signed>,
    /// The print under it and above it, where its ink can be told from print.
    pub ground: Option<Ground>,
}

/// The print that a seal lies over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ground {
    /// Whether it stands on print.
    pub is_over_print: bool,
    /// Paper between its top and the lowest line that stands higher, beside it or not, page pixels; below 0 where the seal
    /// lies over that line's height, `None` where none does.
    pub above_px: Option<f64>,
}

impl Ground {
    /// Looks at the lines of print of the page of an impression.
    #[must_use]
    pub fn of(impression: &Impression, lines: &[PixelRect]) -> Self {
        let mut ground = Self::among(&impression.outline, lines);
        // Print that a signature runs through makes no line.
        ground.is_over_print |= text_mm2(impression) > TEXT_MIN_MM2;
        ground
    }

    fn among(outline: &Outline, lines: &[PixelRect]) -> Self {
        let reach = |direction: f64| outline.radius_at(direction);
        let quarter = std::f64::consts::FRAC_PI_2;
        let (left, right) = (
            outline.centre.x - reach(2.0 * quarter),
            outline.centre.x + reach(0.0),
        );
        let (top, bottom) = (
            outline.centre.y - reach(-quarter),
            outline.centre.y + reach(quarter),
        );
        let mut ground = Self {
            is_over_print: false,
            above_px: None,
        };
        for line in lines {
            let (start, end) = (f64::from(line.x), f64::from(line.right()));
            let common = right.min(end) - left.max(start);
            let is_across = common >= UNDER * (end - start).min(right - left);
            let (upper, lower) = (f64::from(line.y), f64::from(line.bottom()));
            let middle = 0.5 * (upper + lower);
            if is_across && middle > top && middle < bottom {
                ground.is_over_print = true;
            } else if middle <= top {
                let gap = top - lower;
                ground.above_px = Some(ground.above_px.map_or(gap, |least: f64| least.min(gap)));
            }
        }
        ground
    }
}

/// Print and pen within a seal, square millimetres; 0 where the resolution is unknown.
fn text_mm2(impression: &Impression) -> f64 {
    /// Every third pixel either way is enough to tell a word.
    const STEP: usize = 3;
    let Some(per_mm) = impression.dpi.map(Dpi::pixels_per_mm) else {
        return 0.0;
    };
    let (layers, is_within) = (&impression.layers, impression.outline.inside());
    let rows = (0..layers.text.height()).step_by(STEP);
    let pixels = rows.flat_map(|y| (0..layers.text.width()).step_by(STEP).map(move |x| (x, y)));
    let inked = pixels.filter(|&(x, y)| {
        let at = Point::new(
            f64::from(layers.origin.0) + x as f64 + 0.5,
            f64::from(layers.origin.1) + y as f64 + 0.5,
        );
        layers.text.at(x, y) > 127 && is_within(at)
    });
    (inked.count() * STEP * STEP) as f64 / (per_mm * per_mm)
}

impl Spot<'_> {
    /// What the impression stands for.
    #[must_use]
    pub fn role(&self) -> Role {
        if let Some(role) = self.role_of_size() {
            return role;
        }
        if self.cut() >= CUT_MIN {
            return Role::Straddling;
        }
        let centre = self.outline.centre;
        let (width, height) = (f64::from(self.page_px.0), f64::from(self.page_px.1));
        let is_at_head = centre.x < HANGING.0 * width && centre.y < HANGING.1 * height;
        match self.signed {
            Some(Signed::Found(signature)) if signature.overlap > 0.0 => Role::Signature,
            _ if self.page == 1 && is_at_head => Role::Hanging,
            Some(Signed::Beside(beside)) if beside.is_crossed => Role::Signature,
            Some(Signed::Found(_) | Signed::Missing) => Role::Page,
            Some(Signed::Beside(_) | Signed::Unclear) | None => Role::Unknown,
        }
    }

    /// That of stamps which law knows by their size.
    fn role_of_size(&self) -> Option<Role> {
        if self.outline.shape != Shape::Rectangle {
            return None;
        }
        let per_mm = self.dpi?.pixels_per_mm();
        let side = |half: f64| 2.0 * half / per_mm;
        let (a, b) = (
            side(self.outline.half_width),
            side(self.outline.half_height),
        );
        let (width, height) = (a.max(b), a.min(b));
        let near = |value: f64, nominal: f64, by: f64| (value - nominal).abs() <= by;
        let (wide, high, by) = RECEIPT_MM;
        if near(width, wide, by) && near(height, high, by) {
            return Some(Role::Receipt);
        }
        let (heights, widths, by) = MARKING_MM;
        let is_marking = heights.iter().any(|nominal| near(height, *nominal, by))
            && widths.iter().any(|nominal| near(width, *nominal, by));
        is_marking.then_some(Role::Urgency)
    }

    /// Share of the outline's width that lies beyond the left or right edge of the page.
    fn cut(&self) -> f64 {
        let (left, right) = (
            self.outline.radius_at(std::f64::consts::PI),
            self.outline.radius_at(0.0),
        );
        let x = self.outline.centre.x;
        let beyond = (left - x)
            .max(x + right - f64::from(self.page_px.0))
            .max(0.0);
        (beyond / (left + right)).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Beside;
    use crate::reading::Signature;

    fn role(shape: Shape, (x, y): (f64, f64), half: (f64, f64), signed: &Signed) -> Role {
        let outline = Outline {
            shape,
            centre: Point::new(x, y),
            half_width: half.0,
            half_height: half.1,
            axis_degrees: 0.0,
        };
        let spot = Spot {
            outline: &outline,
            page_px: (2480, 3508),
            page: 1,
            dpi: Dpi::new(300.0),
            signed: Some(signed),
            ground: None,
        };
        spot.role()
    }

    #[test]
    fn an_impression_stands_for_what_is_around_it() {
        let signature = |overlap| {
            Signed::Found(Signature {
                bbox: PixelRect {
                    x: 1500,
                    y: 2500,
                    width: 400,
                    height: 200,
                },
                overlap,
                uncertainty: 0.03,
                aside: 0.5,
            })
        };
        let half = (213.0, 213.0);
        let round = |at, signed: &Signed| role(Shape::Round, at, half, signed);
        assert_eq!(round((1500.0, 2600.0), &signature(0.3)), Role::Signature);
        let beside = |is_crossed| {
            Signed::Beside(Beside {
                bbox: PixelRect {
                    x: 1720,
                    y: 2500,
                    width: 300,
                    height: 200,
                },
                is_crossed,
            })
        };
        let at_end = |is_crossed| round((1500.0, 2600.0), &beside(is_crossed));
        assert_eq!(at_end(true), Role::Signature);
        assert_eq!(at_end(false), Role::Unknown);
        assert_eq!(round((600.0, 400.0), &beside(true)), Role::Hanging);
        assert_eq!(round((600.0, 400.0), &Signed::Missing), Role::Hanging);
        assert_eq!(round((1500.0, 2600.0), &Signed::Missing), Role::Page);
        assert_eq!(round((1500.0, 2600.0), &Signed::Unclear), Role::Unknown);
        assert_eq!(round((2400.0, 1700.0), &Signed::Missing), Role::Straddling);
        let (receipt, urgent) = ((295.0, 207.0), (177.0, 47.0));
        let rectangle = |half| role(Shape::Rectangle, (600.0, 400.0), half, &Signed::Missing);
        assert_eq!(rectangle(receipt), Role::Receipt);
        assert_eq!(rectangle(urgent), Role::Urgency);
    }

    #[test]
    fn a_seal_hangs_on_page_1_stands_across_either_edge_and_is_known_by_millimetres() {
        let missing = Signed::Missing;
        let at = |shape, (x, y), (half_width, half_height), page, dpi| {
            let outline = Outline {
                shape,
                centre: Point::new(x, y),
                half_width,
                half_height,
                axis_degrees: 0.0,
            };
            let spot = Spot {
                outline: &outline,
                page_px: (2480, 3508),
                page,
                dpi,
                signed: Some(&missing),
                ground: None,
            };
            spot.role()
        };
        let dpi = Dpi::new(300.0);
        let round = |place, page| at(Shape::Round, place, (213.0, 213.0), page, dpi);
        assert_eq!(round((600.0, 400.0), 1), Role::Hanging);
        assert_eq!(round((600.0, 400.0), 2), Role::Page);
        assert_eq!(round((1900.0, 400.0), 1), Role::Page, "at the right");
        assert_eq!(round((600.0, 1200.0), 1), Role::Page, "below the head");
        assert_eq!(round((80.0, 1700.0), 1), Role::Straddling);
        assert_eq!(round((80.0, 400.0), 1), Role::Straddling, "before hanging");
        assert_eq!(round((220.0, 1700.0), 1), Role::Page, "near the edge");
        let half = |width_mm: f64, height_mm: f64| {
            let pixels = |mm: f64| 0.5 * mm * 300.0 / 25.4;
            (pixels(width_mm), pixels(height_mm))
        };
        let centre = (1200.0, 1700.0);
        let stamp = |half, dpi| at(Shape::Rectangle, centre, half, 1, dpi);
        assert_eq!(stamp(half(35.0, 50.0), dpi), Role::Receipt, "on its side");
        assert_eq!(stamp(half(60.0, 35.0), dpi), Role::Page);
        assert_eq!(stamp(half(40.0, 13.0), dpi), Role::Urgency);
        assert_eq!(stamp(half(40.0, 10.5), dpi), Role::Page);
        assert_eq!(
            stamp(half(50.0, 35.0), None),
            Role::Page,
            "of no known size"
        );
        let oval = at(Shape::Oval, centre, half(50.0, 35.0), 1, dpi);
        assert_eq!(oval, Role::Page, "no rectangle");
    }

    #[test]
    fn lines_under_a_seal_are_told_from_those_above_and_beside_it() {
        let outline = Outline {
            shape: Shape::Round,
            centre: Point::new(1700.0, 2600.0),
            half_width: 250.0,
            half_height: 250.0,
            axis_degrees: 0.0,
        };
        let line = |x, y, width| PixelRect {
            x,
            y,
            width,
            height: 50,
        };
        // Text, issuer, date, and a list at the left.
        let lines = [
            line(300, 2200, 1900),
            line(1400, 2560, 600),
            line(1500, 2660, 400),
            line(300, 2600, 700),
        ];
        let ground = Ground::among(&outline, &lines);
        assert_eq!((ground.is_over_print, ground.above_px), (true, Some(100.0)));
        let bare = Ground::among(&outline, &lines[3..]);
        assert_eq!((bare.is_over_print, bare.above_px), (false, None));
        // The last line of a text ends before it reaches the seal.
        let short = Ground::among(&outline, &[line(300, 2200, 700)]);
        assert_eq!((short.is_over_print, short.above_px), (false, Some(100.0)));
    }
}
