//! An impression laid over the specimen: what agrees, what is missing, what is too much.
//!
//! For the eye only: it starts from the turn and scale that the comparison measured, and shifts the
//! specimen until most ink agrees. Nothing is judged from it.

mod differences;
mod places;

use crate::extraction::Impression;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::report::picture::Frame;
use crate::report::picture::Picture;
use crate::report::picture::SIDE;
use crate::report::picture::absorbed;
use crate::verify::report::Comparison;

pub use differences::DIFFERENCES_MAX;
pub use differences::Difference;
pub use places::Form;
pub use places::Place;
pub use places::Speaks;

/// What R, G and B lose where both bear ink: gray.
const AGREES: [f64; 3] = [0.55, 0.52, 0.5];
/// The same where only differences are to be seen: pale gray.
const SHADE: [f64; 3] = [0.12, 0.12, 0.12];
/// Where only the specimen bears ink: blue.
const MISSING: [f64; 3] = [0.9, 0.55, 0.1];
/// Where only the impression bears ink: red.
const EXTRA: [f64; 3] = [0.1, 0.9, 0.9];
/// Where the impression cannot be seen: pale yellow.
const HIDDEN: [f64; 3] = [0.0, 0.04, 0.25];

/// The farthest shift looked at, as a share of the half width: the outlines' centres are found far
/// better than that.
const SHIFT_MAX: f64 = 0.04;

/// Points on a side of the grid by which a shift is judged.
const GRID: i32 = 64;

/// An impression laid on a specimen, ready to be drawn.
#[derive(Debug)]
pub struct Superposed<'a> {
    laid: Laid<'a>,
    side: usize,
}

/// What is shown of an impression over its specimen.
#[derive(Clone, Copy, Debug)]
struct Shown {
    agreeing: [f64; 3],
    missing: bool,
    extra: bool,
}

impl<'a> Superposed<'a> {
    /// Lays `impression` on `specimen` as `comparison` says.
    #[must_use]
    pub fn new(
        impression: &'a Impression,
        specimen: &'a Impression,
        comparison: &Comparison,
    ) -> Self {
        let mut laid = Laid::new(impression, specimen, comparison);
        for step in [SHIFT_MAX / 4.0, SHIFT_MAX / 16.0] {
            laid.shift = laid.best_shift(step * laid.found.reach);
        }
        Self { laid, side: SIDE }
    }

    /// The same, whose pictures are this many pixels wide and high.
    #[must_use]
    pub const fn sized(mut self, side: usize) -> Self {
        self.side = side;
        self
    }

    /// Draws what agrees, is missing, is too much and is hidden, with `places` to look at.
    #[must_use]
    pub fn overlay(&self, places: &[Place]) -> Picture {
        let all = Shown {
            agreeing: AGREES,
            missing: true,
            extra: true,
        };
        self.drawn(all, places)
    }

    /// Draws what is missing and what is too much alone; what agrees is no more than a shade, for the eye to find its way.
    #[must_use]
    pub fn difference(&self) -> Picture {
        let both = Shown {
            agreeing: SHADE,
            missing: true,
            extra: true,
        };
        self.drawn(both, &[])
    }

    /// Draws the drawing that bears no ink alone, over a shade of what agrees.
    #[must_use]
    pub fn missing(&self) -> Picture {
        let missing = Shown {
            agreeing: SHADE,
            missing: true,
            extra: false,
        };
        self.drawn(missing, &[])
    }

    /// Draws the ink that the drawing does not explain alone, over a shade of what agrees.
    #[must_use]
    pub fn extra(&self) -> Picture {
        let extra = Shown {
            agreeing: SHADE,
            missing: false,
            extra: true,
        };
        self.drawn(extra, &[])
    }

    /// The single differences, the largest first, [`DIFFERENCES_MAX`] of each kind at most.
    #[must_use]
    pub fn differences(&self) -> Vec<Difference> {
        differences::find(&self.laid)
    }

    /// Draws the specimen's ink alone, where it lies under the impression, in the impression's colour.
    #[must_use]
    pub fn specimen(&self) -> Picture {
        let laid = &self.laid;
        let ink = absorbed(laid.impression.colour);
        Picture::sized(self.side, |x, y| {
            let expected = laid.expected(laid.found.page(x, y));
            ink.map(|absorbed| 1.0 - expected * absorbed)
        })
    }

    fn drawn(&self, shown: Shown, places: &[Place]) -> Picture {
        let laid = &self.laid;
        let marked = places::painter(places, laid.found, &laid.impression.outline);
        Picture::sized(self.side, |x, y| {
            if let Some(colour) = marked(x, y) {
                return colour;
            }
            let seen = laid.seen(laid.found.page(x, y));
            let missing = if shown.missing { seen.missing } else { 0.0 };
            let extra = if shown.extra { seen.extra } else { 0.0 };
            let mut light = [1.0; 3];
            for (share, absorbed) in [
                (seen.agrees, shown.agreeing),
                (missing, MISSING),
                (extra, EXTRA),
                (seen.hidden, HIDDEN),
            ] {
                for (light, absorbed) in light.iter_mut().zip(absorbed) {
                    *light *= 1.0 - share * absorbed;
                }
            }
            light
        })
    }
}

/// What is to be seen at one place, each from 0 to 1.
#[derive(Clone, Copy, Debug)]
struct Seen {
    agrees: f64,
    missing: f64,
    extra: f64,
    hidden: f64,
}

/// An impression and a specimen, one over the other.
#[derive(Debug)]
struct Laid<'a> {
    impression: &'a Impression,
    specimen: &'a Impression,
    found: Frame,
    registered: Frame,
    /// Page pixels of the impression to those of the specimen, about both centres.
    cos: f64,
    sin: f64,
    /// In page pixels of the impression.
    shift: Vec2,
}

impl<'a> Laid<'a> {
    fn new(impression: &'a Impression, specimen: &'a Impression, comparison: &Comparison) -> Self {
        let turn = comparison.rotation_deg.to_radians();
        let scale = match (impression.dpi, specimen.dpi, comparison.scale) {
            (Some(own), Some(other), Some(scale)) => scale * own.get() / other.get(),
            _ => impression.outline.half_width / specimen.outline.half_width.max(1.0),
        };
        // Undoes turn and scale.
        let scale = scale.max(1e-3);
        Self {
            impression,
            specimen,
            found: Frame::of(impression),
            registered: Frame::of(specimen),
            cos: libm::cos(turn) / scale,
            sin: libm::sin(turn) / scale,
            shift: Vec2::ZERO,
        }
    }

    /// What is to be seen at a page pixel.
    fn seen(&self, page: Point) -> Seen {
        let layers = &self.impression.layers;
        let found = self.found.sample(&layers.ink, page);
        let expected = self.expected(page);
        let visible = self.found.sample(&layers.validity, page);
        Seen {
            agrees: found.min(expected),
            missing: (expected - found).max(0.0) * visible,
            // Without colour, text cannot be told from ink: then nothing is called too much.
            extra: if self.impression.separable {
                (found - expected).max(0.0)
            } else {
                0.0
            },
            hidden: expected * (1.0 - visible),
        }
    }

    /// The specimen's ink where it lies under a page pixel of the impression.
    fn expected(&self, page: Point) -> f64 {
        let offset = page - self.found.centre - self.shift;
        let point = Point::new(
            self.registered.centre.x + self.cos * offset.x + self.sin * offset.y,
            self.registered.centre.y - self.sin * offset.x + self.cos * offset.y,
        );
        self.registered.sample(&self.specimen.layers.ink, point)
    }

    /// The shift, of nine by nine steps about the present one, under which most ink agrees.
    fn best_shift(&self, step: f64) -> Vec2 {
        let mut best = (f64::NEG_INFINITY, self.shift);
        for row in -4..=4 {
            for column in -4..=4 {
                let shift = self.shift + step * Vec2::new(f64::from(column), f64::from(row));
                let shifted = Laid { shift, ..*self };
                let agreement = shifted.agreement();
                if agreement > best.0 {
                    best = (agreement, shift);
                }
            }
        }
        best.1
    }

    fn agreement(&self) -> f64 {
        let mut sum = 0.0;
        for row in -GRID..=GRID {
            for column in -GRID..=GRID {
                let position = |index: i32| f64::from(index) / f64::from(GRID);
                let page = self.found.page(position(column), position(row));
                let found = self.found.sample(&self.impression.layers.ink, page);
                if found > 0.1 {
                    sum += found * self.expected(page);
                }
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::ColourMode;
    use crate::report::overlay::places::AGAINST;
    use crate::report::overlay::places::CIRCLE;
    use crate::report::overlay::places::FOR;
    use crate::report::picture::byte;

    /// A bar across the middle, with another one above it if it `has_more`.
    fn impression(has_more: bool) -> Impression {
        let mut impression = Impression::bare(ColourMode::Colour);
        for y in (18..22).chain((8..12).filter(|_| has_more)) {
            impression.layers.ink.row_mut(y)[8..32].fill(255);
        }
        impression
    }

    /// Where a picture has this colour, from -1 to 1 across and down.
    fn coloured(picture: &Picture, light: [f64; 3]) -> Vec<(f64, f64)> {
        let decoded = image::load_from_memory(&picture.to_png())
            .unwrap()
            .to_rgb8();
        let share = |index: u32| 2.0 * (f64::from(index) + 0.5) / f64::from(decoded.width()) - 1.0;
        let sought = light.map(byte);
        decoded
            .enumerate_pixels()
            .filter(|(_, _, pixel)| pixel.0 == sought)
            .map(|(x, y, _)| (share(x), share(y)))
            .collect()
    }

    #[test]
    fn places_to_look_at_are_circled_where_they_stand_on_the_page() {
        let own = impression(false);
        let laid = Superposed::new(&own, &own, &Comparison::bare());
        assert!(coloured(&laid.overlay(&[]), AGAINST).is_empty());
        let place = |speaks, form| Place {
            numbers: Vec::new(),
            speaks,
            form,
        };
        let around = Form::Around(Point::new(29.0, 11.0));
        let overlay = laid.overlay(&[place(Speaks::Against, around)]);
        let circle = coloured(&overlay, AGAINST);
        assert!(circle.len() > 50, "{}", circle.len());
        // The picture reaches 1.12 times the outline's half width from its centre.
        let middle = (9.0 / (1.12 * 18.0), -9.0 / (1.12 * 18.0));
        for (x, y) in circle {
            let distance = libm::hypot(x - middle.0, y - middle.1);
            assert!((distance - CIRCLE.0).abs() < 0.51 * CIRCLE.1, "{x} {y}");
        }
        // What speaks for the die is told apart by its colour and its breaks, also around the same point.
        let both = laid.overlay(&[Speaks::Against, Speaks::For].map(|own| place(own, around)));
        assert_eq!(
            coloured(&both, AGAINST).len(),
            coloured(&overlay, AGAINST).len()
        );
        let broken = coloured(&both, FOR).len();
        let whole = coloured(&overlay, AGAINST).len();
        assert!(broken < whole && 2 * broken > whole, "{broken} {whole}");
    }

    #[test]
    fn what_is_measured_all_around_is_a_line_along_the_outline_with_its_number_outside() {
        let own = impression(false);
        let laid = Superposed::new(&own, &own, &Comparison::bare());
        let ring = |numbers: &[usize]| {
            laid.overlay(&[Place {
                numbers: numbers.to_vec(),
                speaks: Speaks::For,
                form: Form::Along {
                    share: 1.05,
                    direction: -std::f64::consts::FRAC_PI_4,
                },
            }])
        };
        let line = coloured(&ring(&[]), FOR);
        assert!(line.len() > 200, "{}", line.len());
        for (x, y) in &line {
            let share = 1.12 * libm::hypot(*x, *y);
            assert!((share - 1.05).abs() < 0.01, "{share}");
        }
        for side in [-1.0, 1.0] {
            assert!(line.iter().any(|(x, _)| side * x > 0.8), "{side}");
        }
        let number = coloured(&ring(&[7]), FOR);
        let off = number
            .iter()
            .filter(|(x, y)| 1.12 * libm::hypot(*x, *y) > 1.07);
        assert!(off.count() > 20, "the number stands beside the line");
    }

    #[test]
    fn ink_of_one_alone_is_told_by_its_colour_in_its_place() {
        let (less, more) = (impression(false), impression(true));
        let pure = |absorbed: [f64; 3]| absorbed.map(|share| 1.0 - share);
        let extra = Superposed::new(&more, &less, &Comparison::bare()).overlay(&[]);
        let missing = Superposed::new(&less, &more, &Comparison::bare()).overlay(&[]);
        for (picture, own, other) in [(&extra, EXTRA, MISSING), (&missing, MISSING, EXTRA)] {
            let places = coloured(picture, pure(own));
            assert!(places.len() > 50, "{}", places.len());
            // The bar stands 8 to 12 pixels below the page's upper edge, the centre 20.
            let (top, bottom) = (-12.0 / (1.12 * 18.0), -8.0 / (1.12 * 18.0));
            assert!(places.iter().all(|(_, y)| (top..bottom).contains(y)));
            assert!(coloured(picture, pure(other)).is_empty());
        }
    }
}
