//! Where a hand sets a seal down, and how it lies over the signature at it.

use kurbo::BezPath;
use kurbo::ParamCurve;
use kurbo::Point;

use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::reading::Hull;
use crate::synthesis::chance::Chance;
use crate::synthesis::page::Page;

/// How a seal stands on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// As the custom of its country has it.
    Usual,
    /// Over the issuer's name at the head.
    Hung,
    /// Beside issuer and date.
    Aside,
}

impl Page {
    /// Share of the signature of this number that a seal covers; `None` where there is none.
    pub(super) fn overlap(
        &self,
        number: usize,
        die: (&str, (f64, f64)),
        spot: (Point, f64),
    ) -> Option<f64> {
        let signature = self.signatures.get(number)?;
        Some(overlap(signature, die, spot))
    }
}

/// Share of a signature's convex hull within a seal of the given shape and half size, set down at `spot`
/// and turned by `turn` degrees; all in millimetres of the sheet.
fn overlap(signature: &Hull, (shape, half): (&str, (f64, f64)), (spot, turn): (Point, f64)) -> f64 {
    let outline = Outline {
        shape: match shape {
            "round" => Shape::Round,
            "oval" => Shape::Oval,
            "rectangle" => Shape::Rectangle,
            "triangle" => Shape::Triangle,
            _ => Shape::Other,
        },
        centre: spot,
        half_width: half.0,
        half_height: half.1,
        axis_degrees: turn,
    };
    let share = signature.share(outline.inside());
    (share * 1000.0).round() / 1000.0
}

/// The hull of drawn strokes.
pub(super) fn hull(strokes: &[BezPath]) -> Option<Hull> {
    let points = strokes.iter().flat_map(|stroke| {
        stroke.segments().flat_map(|segment| {
            let steps = (0..=8).map(|step| f64::from(step) / 8.0);
            steps.map(move |t| segment.eval(t))
        })
    });
    Hull::around(points)
}

/// Where a seal of a half size hangs over the issuer's name, at the upper left of a page of a width.
pub(super) fn hanging(width: f64, half: (f64, f64)) -> Point {
    Point::new(0.3 * width - 0.5 * half.0, 21.0 + 0.15 * half.1)
}

/// Degrees by which a hand turns the seal: upright mostly, any way sometimes.
pub(super) fn turn(chance: &mut Chance) -> f64 {
    if chance.happens(0.1) {
        chance.between(-180.0, 180.0)
    } else {
        (5.5 * chance.normal()).clamp(-20.0, 20.0)
    }
}

/// The nearest spot at which the whole seal is on the paper.
pub(super) fn kept_on((width, height): (f64, f64), spot: Point, (rx, ry): (f64, f64)) -> Point {
    let reach = rx.max(ry) + 3.0;
    Point::new(
        spot.x.clamp(reach, width - reach),
        spot.y.clamp(reach, height - reach),
    )
}
