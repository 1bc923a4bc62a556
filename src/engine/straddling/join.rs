//! Parts of a seal as one impression.

use crate::extraction::Impression;
use crate::extraction::Layers;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::Affine;
use crate::geometry::Point;
use crate::imaging::Gray;
use crate::imaging::sample;
use crate::matching::Specimen;
use crate::straddling::Part;
use crate::units::floor_index;
use crate::units::level;
use crate::units::round_i32;

/// Paper kept around the outline, as a share of its mean radius.
const MARGIN: f64 = 0.08;
/// Largest side of a joined impression in pixels: the largest seal at 1200 dpi.
const SIDE_MAX: usize = 3_600;

/// Joins parts into one impression on the page of the first, where the columns of the others lie beside the page; what
/// none of them shows cannot be trusted. `None` without parts, or where they are too large.
#[must_use]
pub fn joined(parts: &[Part<'_>], specimen: &Specimen) -> Option<Impression> {
    let first = parts.first()?;
    let page_from_specimen = first.lie.page_from_specimen;
    let [a, b, ..] = page_from_specimen.as_coeffs();
    let scale = libm::hypot(a, b);
    let (_, _, drawn) = specimen.layers();
    let turned = |own: f64| match drawn.shape {
        Shape::Round => 0.0,
        Shape::Oval | Shape::Rectangle | Shape::Triangle | Shape::Other => own + first.lie.turn_deg,
    };
    let outline = Outline {
        centre: page_from_specimen * drawn.centre,
        axis_degrees: turned(drawn.axis_degrees),
        ..drawn.scaled(scale)
    };
    let reach = (1.0 + MARGIN) * libm::hypot(outline.half_width, outline.half_height);
    let side = floor_index((2.0 * reach).ceil());
    if side == 0 || side > SIDE_MAX {
        return None;
    }
    let origin = (
        round_i32(outline.centre.x - reach),
        round_i32(outline.centre.y - reach),
    );
    let mut layers = Layers {
        origin,
        ink: Gray::filled(side, side, 0),
        text: Gray::filled(side, side, 0),
        validity: Gray::filled(side, side, 0),
    };
    let corner = Point::new(f64::from(origin.0), f64::from(origin.1));
    for part in parts {
        let part_from_first = part.lie.page_from_specimen * page_from_specimen.inverse();
        lay(
            part,
            part_from_first * Affine::translate(corner.to_vec2()),
            &mut layers,
        );
    }
    let separable = parts.iter().all(|part| part.strip.part.separable);
    let own = &first.strip.part;
    Some(Impression {
        bbox: own.bbox,
        outline,
        colour: own.colour,
        separable,
        mode: own.mode,
        dpi: own.dpi,
        layers,
    })
}

/// Lays a part on the whole, whose pixels lie at `part_from_whole` of its page.
fn lay(part: &Part<'_>, part_from_whole: Affine, whole: &mut Layers) {
    let own = &part.strip.part.layers;
    let (left, top) = (f64::from(own.origin.0), f64::from(own.origin.1));
    let bottom = top + own.ink.height() as f64;
    let columns = part.columns;
    let [a, b, c, d, e, f] = part_from_whole.as_coeffs();
    for row in 0..whole.ink.height() {
        let y = row as f64 + 0.5;
        for column in 0..whole.ink.width() {
            let x = column as f64 + 0.5;
            let at = Point::new(a * x + c * y + e, b * x + d * y + f);
            // Above and below what was cut out the sheet is bare.
            let beyond = at.y < top || at.y >= bottom;
            if at.x < columns.from || at.x >= columns.to {
                continue;
            }
            let read = |layer: &Gray, outside: f32| {
                if beyond {
                    outside
                } else {
                    sample(layer, at.x - left, at.y - top, outside)
                }
            };
            let trust = level(read(&own.validity, 255.0) / 255.0);
            if trust > whole.validity.at(column, row) {
                whole.validity.row_mut(row)[column] = trust;
                whole.ink.row_mut(row)[column] = level(read(&own.ink, 0.0) / 255.0);
            }
            let text = level(read(&own.text, 0.0) / 255.0);
            let mark = &mut whole.text.row_mut(row)[column];
            *mark = text.max(*mark);
        }
    }
}
