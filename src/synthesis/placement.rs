//! How a seal lies over the signature at it, as drawn.

use kurbo::BezPath;
use kurbo::ParamCurve;
use kurbo::Point;

use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::reading::Hull;

/// Share of a signature's convex hull within a seal of the given shape and half size, set down at `spot`
/// and turned by `turn` degrees; all in millimetres of the sheet.
pub(super) fn overlap(
    signature: &Hull,
    (shape, half): (&str, (f64, f64)),
    (spot, turn): (Point, f64),
) -> f64 {
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
