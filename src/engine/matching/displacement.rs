//! Where a part of the impression stands against the specimen's place for it.

use serde::{Deserialize, Serialize};

use crate::geometry::Affine;
use crate::geometry::Point;
use crate::geometry::Vec2;

/// How far a part of the drawing stands off its place, as the impression lies on its page.
///
/// Right and down are the page's, as on the overlay, whatever way the seal was turned when it was set down; above 0
/// where the impression's part lies right of the specimen's place, and below it. Lengths are in millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Displacement {
    /// Where the part stands, in page pixels.
    pub at_px: (f64, f64),
    /// To the page's right; below 0 to its left.
    pub right_mm: f64,
    /// Down the page; below 0 up.
    pub down_mm: f64,
    /// Covariance of the two in square millimetres: right with right, right with down, down with down.
    pub covariance_mm2: [f64; 3],
}

impl Displacement {
    /// A shift on the specimen with its covariance (xx, xy, yy), of a part that stands at `at` on the page. It is
    /// turned as the impression is, and keeps its length.
    pub(super) fn on_page(
        page_from_specimen: Affine,
        at: Point,
        (shift, [xx, xy, yy]): (Vec2, [f64; 3]),
    ) -> Self {
        let [a, b, c, d, ..] = page_from_specimen.as_coeffs();
        let (sin, cos) = libm::sincos(libm::atan2(b - c, a + d));
        Self {
            at_px: (at.x, at.y),
            right_mm: cos * shift.x - sin * shift.y,
            down_mm: sin * shift.x + cos * shift.y,
            covariance_mm2: [
                cos * cos * xx - 2.0 * cos * sin * xy + sin * sin * yy,
                cos * sin * (xx - yy) + (cos * cos - sin * sin) * xy,
                sin * sin * xx + 2.0 * cos * sin * xy + cos * cos * yy,
            ],
        }
    }

    /// Whether it can be told.
    pub(super) fn is_finite(&self) -> bool {
        let shift = [self.right_mm, self.down_mm];
        let mut all = shift.iter().chain(&self.covariance_mm2);
        all.all(|value| value.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_right_on_the_specimen_lies_below_on_a_page_where_it_is_turned_clockwise() {
        let quarter = Affine::translate((50.0, 60.0)) * Affine::rotate(std::f64::consts::FRAC_PI_2);
        let page = Affine::scale(11.8) * quarter;
        let shift = (Vec2::new(0.3, 0.2), [0.01, 0.0, 0.04]);
        let own = Displacement::on_page(page, Point::new(7.0, 8.0), shift);
        assert!((own.right_mm + 0.2).abs() < 1e-12, "{own:?}");
        assert!((own.down_mm - 0.3).abs() < 1e-12, "{own:?}");
        let [right, both, down] = own.covariance_mm2;
        assert!((right - 0.04).abs() < 1e-12, "{own:?}");
        assert!((down - 0.01).abs() < 1e-12 && both.abs() < 1e-12, "{own:?}");
        assert_eq!(own.at_px, (7.0, 8.0));
    }

    #[test]
    fn a_turn_keeps_the_length_and_the_area_of_the_uncertainty() {
        let page = Affine::rotate(std::f64::consts::FRAC_PI_4);
        let shift = (Vec2::new(0.3, 0.4), [1.0, 0.0, 4.0]);
        let own = Displacement::on_page(page, Point::ZERO, shift);
        assert!((libm::hypot(own.right_mm, own.down_mm) - 0.5).abs() < 1e-12);
        let [right, both, down] = own.covariance_mm2;
        // What is badly known down the specimen is so down the page's diagonal to the left.
        assert!(both < 0.0, "{own:?}");
        assert!((right * down - both * both - 4.0).abs() < 1e-12, "{own:?}");
        assert!(own.is_finite());
    }
}
