//! Frames that are print: cells of a table, letters of a heading in their row.

use crate::extraction::Outline;
use crate::extraction::frames::axes;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::sample;

/// How near to its middle, as a share of its half size, a line parts a frame.
const INNER_MIN: f64 = 0.7;
/// Share of a rule that bears ink.
const RULE_MIN: f64 = 0.9;
/// How far beside a rule, in working pixels, less than a share of its length bears ink.
const BESIDE: f64 = 4.0;
const BESIDE_MAX: f64 = 0.6;
/// Density of a thin line that falls between two rows of working pixels over that of one that falls
/// on a row: half, less where it is worn.
const THIN: f32 = 0.45;
/// Samples along one side.
const SIDE_SAMPLES: usize = 60;

/// Whether lines run from side to side inside a frame, as in a table.
pub(super) fn is_ruled(map: &Density, outline: &Outline, level: f32) -> bool {
    let (across, down) = axes(outline);
    let (a, b) = (outline.half_width, outline.half_height);
    divided(map, outline.centre, (across, a), (down, b), level)
        || divided(map, outline.centre, (down, b), (across, a), level)
}

/// Whether a frame stands in a row of letters or cells: its sides run on beyond its corners, or
/// other ink runs along them outside. A stamp's frame ends where its sides meet, and around it is
/// paper, whatever crosses it here and there; least of all where a layer holds its ink `alone`.
pub(super) fn is_in_row(map: &Density, outline: &Outline, level: f32, alone: bool) -> bool {
    let (across, down) = axes(outline);
    let (a, b) = (outline.half_width, outline.half_height);
    let running_on = running_on(map, outline.centre, (across, a), (down, b), level)
        + running_on(map, outline.centre, (down, b), (across, a), level);
    running_on >= 2 || crowded(map, outline, level, alone) >= 2
}

/// Sides that other ink runs along outside: letters beside letters, lines under headings.
fn crowded(map: &Density, outline: &Outline, level: f32, alone: bool) -> usize {
    let (reach, most) = if alone { (12, 0.25) } else { (9, 0.5) };
    let (across, down) = axes(outline);
    let (a, b) = (outline.half_width, outline.half_height);
    let sides = [
        (across, a, down, b),
        (-across, a, down, b),
        (down, b, across, a),
        (-down, b, across, a),
    ];
    let runs_along = |&&(normal, distance, along, half): &&(Vec2, f64, Vec2, f64)| {
        let hits = (0..SIDE_SAMPLES).filter(|&i| {
            let place = ((i as f64 + 0.5) / SIDE_SAMPLES as f64 - 0.5) * 2.0 * half;
            let foot = outline.centre + along * place + normal * distance;
            (3..=reach).any(|beyond| {
                let point = foot + normal * f64::from(beyond);
                sample(map, point.x, point.y, 0.0) >= level
            })
        });
        hits.count() as f64 > most * SIDE_SAMPLES as f64
    };
    sides.iter().filter(runs_along).count()
}

/// Ink within a pixel and a half of a point, along a direction.
fn inked(map: &Density, point: Point, along: Vec2, level: f32) -> bool {
    (-3..=3).any(|shift| {
        let near = point + along * (0.5 * f64::from(shift));
        sample(map, near.x, near.y, 0.0) >= level
    })
}

/// Of the four ends of the two sides along `along`, those that ink continues beyond the corner.
fn running_on(
    map: &Density,
    centre: Point,
    (along, half): (Vec2, f64),
    (normal, distance): (Vec2, f64),
    level: f32,
) -> usize {
    let ends = [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)];
    let continues = |&&(end, side): &&(f64, f64)| {
        (4..=11).all(|beyond| {
            let place = end * (half + f64::from(beyond));
            let point = centre + along * place + normal * (side * (distance - 1.0));
            inked(map, point, normal, THIN * level)
        })
    };
    ends.iter().filter(continues).count()
}

/// Whether a line along `along` runs through the inside from one side to the other.
fn divided(
    map: &Density,
    centre: Point,
    (along, half): (Vec2, f64),
    (normal, distance): (Vec2, f64),
    level: f32,
) -> bool {
    // What runs close to a side is the inner line of a double frame.
    let inner = (distance - 6.0).min(INNER_MIN * distance);
    let at = |place: f64, offset: f64| {
        let point = centre + along * place + normal * offset;
        // A rule is straight, rows of letters are not: a pixel is room for the page's warp.
        [-1.0, -0.5, 0.0, 0.5, 1.0].into_iter().any(|shift| {
            let near = point + normal * shift;
            sample(map, near.x, near.y, 0.0) >= level
        })
    };
    let share = |offset: f64| {
        let hits = (0..SIDE_SAMPLES).filter(|&i| {
            let place = ((i as f64 + 0.5) / SIDE_SAMPLES as f64 - 0.5) * 1.9 * half;
            at(place, offset)
        });
        hits.count() as f64 / SIDE_SAMPLES as f64
    };
    let runs_on = |offset: f64| {
        [-1.0, 1.0]
            .iter()
            .any(|end| (4..=11).all(|beyond| at(end * (half + f64::from(beyond)), offset)))
    };
    let mut offset = -inner;
    let mut running = 0;
    while offset < inner {
        // A rule is a line on bare paper: dense letters alone make rows that are inked throughout.
        let bare = |beside: &f64| share(offset + beside) < BESIDE_MAX;
        if share(offset) >= RULE_MIN && [-BESIDE, BESIDE].iter().all(bare) {
            // A line drawn under a signature runs on beyond a stamp, but it is one alone.
            running += 1;
            if running > 1 || !runs_on(offset) {
                return true;
            }
            offset += 2.0 * BESIDE;
        }
        offset += 1.0;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Shape;
    use crate::imaging::Raster;

    #[test]
    fn sides_run_on_in_a_line_as_pale_as_one_between_two_rows_of_pixels() {
        let row = |beyond: f32| {
            let mut map = Raster::filled(200, 120, 0.0_f32);
            for y in [30, 90] {
                map.row_mut(y)[40..141].fill(1.0);
                map.row_mut(y)[141..190].fill(beyond);
            }
            for y in 30..91 {
                map.row_mut(y)[40] = 1.0;
                map.row_mut(y)[140] = 1.0;
            }
            let outline = Outline {
                shape: Shape::Rectangle,
                centre: Point::new(90.5, 60.5),
                half_width: 50.5,
                half_height: 30.5,
                axis_degrees: 0.0,
            };
            is_in_row(&map, &outline, 0.5, false)
        };
        assert!(row(0.4), "the lines run on");
        assert!(!row(0.0), "the frame ends at its corners");
    }

    #[test]
    fn letters_beside_and_a_rule_below_make_a_row() {
        let mut map = Raster::filled(200, 120, 0.0_f32);
        for y in 40..80 {
            // Stems of letters, a few pixels apart.
            (10..190)
                .step_by(9)
                .for_each(|x| map.row_mut(y)[x..x + 4].fill(1.0));
        }
        map.row_mut(86).fill(1.0);
        let outline = Outline {
            shape: Shape::Rectangle,
            centre: Point::new(96.5, 60.0),
            half_width: 50.0,
            half_height: 20.0,
            axis_degrees: 0.0,
        };
        assert!(is_in_row(&map, &outline, 0.4, true));
    }

    fn cell() -> Outline {
        Outline {
            shape: Shape::Rectangle,
            centre: Point::new(80.5, 70.5),
            half_width: 40.5,
            half_height: 30.5,
            axis_degrees: 0.0,
        }
    }

    #[test]
    fn a_cell_of_a_table_is_ruled_and_a_lone_frame_is_not() {
        let mut map = Raster::filled(200, 160, 0.0_f32);
        for y in [40, 100] {
            map.row_mut(y)[40..121].fill(1.0);
        }
        for y in 40..101 {
            map.row_mut(y)[40] = 1.0;
            map.row_mut(y)[120] = 1.0;
        }
        let outline = cell();
        assert!(!is_ruled(&map, &outline, 0.4));
        assert!(!is_in_row(&map, &outline, 0.4, false));
        let mut halved = map.clone();
        halved.row_mut(70)[40..121].fill(1.0);
        assert!(is_ruled(&halved, &outline, 0.4), "a line runs through it");
        for y in [40, 100] {
            map.row_mut(y)[121..180].fill(1.0);
        }
        assert!(is_in_row(&map, &outline, 0.4, false), "its sides run on");
    }

    #[test]
    fn dense_letters_and_a_signatures_line_do_not_make_a_table() {
        let mut map = Raster::filled(200, 160, 0.0_f32);
        // Rows of strokes so close that many a row is inked throughout.
        for y in (46..95).filter(|y| y % 10 < 7) {
            map.row_mut(y)[44..117].fill(1.0);
        }
        map.row_mut(98)[20..150].fill(1.0);
        let outline = cell();
        assert!(!is_ruled(&map, &outline, 0.4));
    }
}
