//! Where an impression lacks ink: shares of the drawn ink that is there, by eighths of the page's
//! compass.

use crate::geometry::Affine;
use crate::imaging::Density;
use crate::matching::canonical::Canonical;
use crate::units::floor_index;

/// Sectors, clockwise from the one around the page's top.
pub const SECTORS: usize = 8;
/// Ink from which a sample is drawn, and share of it from which it is there.
const DRAWN: f32 = 0.6;
const THERE: f32 = 0.35;
/// Trust from which a sample can be seen.
const SEEN: f32 = 0.5;
/// Every so manieth sample each way is looked at.
const STEP: usize = 3;
/// Least samples of a sector of which anything is said.
const SAMPLES_MIN: u32 = 20;

/// Share of the drawn ink that is there, by sector; `None` where hardly any of it can be seen. `ink` and
/// its weight are the impression's, warped into the specimen's frame.
pub(super) fn inked(
    drawing: &Canonical,
    (ink, weight): (&Density, &Density),
    page_from_specimen: Affine,
) -> [Option<f64>; SECTORS] {
    let centre = drawing.outline.centre;
    let [a, b, c, d, ..] = page_from_specimen.as_coeffs();
    let mut counts = [[0_u32; 2]; SECTORS];
    for y in (0..drawing.ink.height()).step_by(STEP) {
        for (x, &drawn) in drawing.ink.row(y).iter().enumerate().step_by(STEP) {
            if drawn < DRAWN || weight.at(x, y) < SEEN {
                continue;
            }
            let (across, down) = (x as f64 + 0.5 - centre.x, y as f64 + 0.5 - centre.y);
            let (right, lower) = (a * across + c * down, b * across + d * down);
            // Clockwise from the top, sectors centred on the compass' points.
            let turn = libm::atan2(right, -lower) / std::f64::consts::TAU + 1.0;
            let count = &mut counts[floor_index(turn * SECTORS as f64 + 0.5) % SECTORS];
            count[0] += 1;
            count[1] += u32::from(ink.at(x, y) > THERE * drawn);
        }
    }
    counts.map(|[seen, there]| (seen >= SAMPLES_MIN).then(|| f64::from(there) / f64::from(seen)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Outline;
    use crate::extraction::Shape;
    use crate::geometry::Point;
    use crate::imaging::Raster;

    #[test]
    fn a_bare_side_is_named_as_it_stands_on_the_page() {
        let full = Raster::filled(200, 200, 1.0_f32);
        let mut ink = full.clone();
        for y in 0..200 {
            ink.row_mut(y)[120..].fill(0.0);
        }
        let drawing = Canonical {
            ink: full.clone(),
            validity: full.clone(),
            outline: Outline {
                shape: Shape::Round,
                centre: Point::new(100.0, 100.0),
                half_width: 90.0,
                half_height: 90.0,
                axis_degrees: 0.0,
            },
            page_from_grid: Affine::IDENTITY,
        };
        let bare = |page_from_specimen: Affine| {
            let shares = inked(&drawing, (&ink, &full), page_from_specimen);
            let least =
                (0..SECTORS).min_by(|&a, &b| shares[a].unwrap().total_cmp(&shares[b].unwrap()));
            least.unwrap()
        };
        assert_eq!(bare(Affine::IDENTITY), 2, "the right");
        assert_eq!(
            bare(Affine::rotate(std::f64::consts::FRAC_PI_2)),
            4,
            "turned to below"
        );
    }
}
