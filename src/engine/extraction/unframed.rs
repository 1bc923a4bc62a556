//! The stamp without outline that a specimen's sheet bears: all of its ink, as one drawing.

use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::extraction::finds::Layer;
use crate::extraction::frames;
use crate::extraction::paper::Work;
use crate::imaging::Component;
use crate::imaging::Density;
use crate::imaging::components;
use crate::imaging::dilate;
use crate::units::floor_index;

/// Ink that is closer than this belongs to one stamp, millimetres: lines of large letters stand so
/// far apart, and two stamps on one sheet farther.
const APART_MM: f64 = 5.0;
/// Smallest stroke, square millimetres: smaller is dust, which must not widen the outline.
const STROKE_MM2: f64 = 0.2;
/// Least ink of a stamp, square millimetres: two letters of 2 mm.
const INK_MM2_MIN: f64 = 4.0;
/// Longest side and least height of a stamp without outline, millimetres.
const LONG_MM: std::ops::RangeInclusive<f64> = 8.0..=110.0;
const HEIGHT_MM_MIN: f64 = 2.0;
/// Share of the most inked stamp's ink from which what stands apart is a stamp of its own.
const OTHER_STAMP: f64 = 0.1;

/// The stamps without outline on a sheet that bears nothing else, most inked first; none where the
/// resolution is unknown.
pub(super) fn stamps(work: &Work) -> Vec<(Outline, Layer)> {
    let Some(per_mm) = work.per_mm else {
        return Vec::new();
    };
    let hue = work.hues.first();
    let own = hue.map_or_else(Vec::new, |hue| {
        of_layer(&hue.chroma, Layer::Hue(hue.angle), per_mm)
    });
    if own.is_empty() {
        return of_layer(&work.dark, Layer::Dark, per_mm);
    }
    own
}

fn of_layer(map: &Density, layer: Layer, per_mm: f64) -> Vec<(Outline, Layer)> {
    let mask = map.map(|value| value > layer.least());
    let near = dilate(&mask, floor_index(0.5 * APART_MM * per_mm));
    let strokes: Vec<Component> = components(&mask)
        .into_iter()
        .filter(|stroke| stroke.area as f64 > STROKE_MM2 * per_mm * per_mm)
        .collect();
    let mut groups: Vec<Component> = components(&near)
        .iter()
        .filter_map(|area| drawing(area, &strokes))
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.area));
    let most = groups.first().map_or(0, |group| group.area) as f64;
    let least = (OTHER_STAMP * most).max(INK_MM2_MIN * per_mm * per_mm);
    groups.retain(|group| group.area as f64 >= least);
    let boxes = groups.iter().map(|group| Outline {
        shape: Shape::Other,
        ..frames::rectangle(group)
    });
    let of_size = |outline: &Outline| {
        let (a, b) = (outline.half_width, outline.half_height);
        let (long, short) = (2.0 * a.max(b) / per_mm, 2.0 * a.min(b) / per_mm);
        LONG_MM.contains(&long) && short >= HEIGHT_MM_MIN
    };
    boxes
        .filter(of_size)
        .map(|outline| (outline, layer))
        .collect()
}

/// The strokes that lie in an area, as one piece of ink; `None` if there are none.
fn drawing(area: &Component, strokes: &[Component]) -> Option<Component> {
    let holds = |&(y, start, _): &(usize, usize, usize)| {
        let after = area
            .runs
            .partition_point(|run| (run.0, run.1) <= (y, start));
        let run = after
            .checked_sub(1)
            .and_then(|before| area.runs.get(before));
        run.is_some_and(|run| run.0 == y && start < run.2)
    };
    let own = strokes
        .iter()
        .filter(|stroke| stroke.runs.first().is_some_and(holds));
    let mut whole: Option<Component> = None;
    for stroke in own {
        match &mut whole {
            None => whole = Some(stroke.clone()),
            Some(whole) => {
                whole.bbox = whole.bbox.union(stroke.bbox);
                whole.area += stroke.area;
                whole.runs.extend_from_slice(&stroke.runs);
            }
        }
    }
    let mut whole = whole?;
    whole.runs.sort_unstable();
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Point;
    use crate::imaging::Raster;

    /// Strokes of letters in lines, at four pixels a millimetre.
    fn sheet(lines: &[(usize, usize, usize)]) -> Work {
        let mut dark = Raster::filled(400, 300, 0.0_f32);
        for &(top, left, right) in lines {
            for y in top..top + 12 {
                (left..right)
                    .step_by(8)
                    .for_each(|x| dark.row_mut(y)[x..x + 3].fill(0.8));
            }
        }
        Work {
            factor: 1,
            per_mm: Some(4.0),
            dark,
            hues: Vec::new(),
            pen: None,
            faint: None,
            pale: None,
        }
    }

    #[test]
    fn lines_of_letters_are_one_stamp_and_dust_is_no_part_of_it() {
        let mut work = sheet(&[(100, 80, 240), (122, 120, 200)]);
        work.dark.row_mut(97)[300] = 0.8;
        let found = stamps(&work);
        assert_eq!(found.len(), 1, "{found:?}");
        let outline = found[0].0;
        assert_eq!(outline.shape, Shape::Other);
        assert!(
            outline.centre.distance(Point::new(157.5, 117.0)) < 1.0,
            "{outline:?}"
        );
        assert!((outline.half_width - 77.5).abs() < 1.0, "{outline:?}");
        assert!((outline.half_height - 17.0).abs() < 1.0, "{outline:?}");
    }

    #[test]
    fn stamps_that_stand_apart_are_several_and_a_lone_dash_is_none() {
        let both = sheet(&[(40, 80, 240), (160, 80, 240)]);
        assert_eq!(stamps(&both).len(), 2);
        assert!(stamps(&sheet(&[(100, 100, 116)])).is_empty());
    }

    #[test]
    fn without_a_resolution_nothing_is_a_stamp() {
        let unknown = Work {
            per_mm: None,
            ..sheet(&[(100, 80, 240)])
        };
        assert!(stamps(&unknown).is_empty());
    }
}
