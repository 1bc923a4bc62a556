//! What lies inside the border: the text band, the motif, and what can be trusted.

use crate::extraction::Impression;
use crate::geometry::Vec2;
use crate::measurement::border::Border;
use crate::measurement::curve::Curve;
use crate::measurement::profile::visit_inside;
use crate::units::floor_index;

/// Cells along each side of the quality map.
pub const QUALITY_CELLS: usize = 8;

/// Share of the radius within which the motif's ink is looked for.
const MOTIF_RHO: f64 = 0.35;
/// Share of the motif's area that bears ink, below which there is no motif.
const MOTIF_INK_MIN: f64 = 0.02;
/// Share of the motif's area that must be seen.
const MOTIF_SEEN_MIN: f64 = 0.5;
/// Share of directions with ink that letters have at least.
const TEXT_SHARE_MIN: f64 = 0.08;
/// Shortest run of depths that is a line of text, as a share of the radius.
const TEXT_DEPTH_MIN: f64 = 0.04;
/// Distance between the pixels read for what can be trusted: validity has no finer detail.
const TRUST_STRIDE: usize = 2;
/// Blur kept away from rings, in pixels.
const RING_SHADE_PX: f64 = 1.5;

/// Depths of the text band below the outer ring's centre line, in pixels.
pub(super) fn text_band(border: &Border) -> Option<(f64, f64)> {
    let radius = border.curve.radius();
    let from = border.bands.first()?.inner + RING_SHADE_PX;
    let mut runs: Vec<(f64, f64)> = Vec::new();
    let mut run: Option<(f64, f64)> = None;
    for (index, share) in border.profiles.inked().into_iter().enumerate() {
        let depth = border.profiles.depth(index as f64);
        let ring = border
            .bands
            .iter()
            .any(|band| (band.outer - RING_SHADE_PX..=band.inner + RING_SHADE_PX).contains(&depth));
        if depth > from && !ring && share >= TEXT_SHARE_MIN {
            let start = run.map_or(depth, |(start, _)| start);
            run = Some((start, depth));
        } else {
            runs.extend(run.take());
        }
    }
    runs.extend(run);
    runs.into_iter()
        .filter(|(start, end)| end - start >= TEXT_DEPTH_MIN * radius)
        .max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)))
}

/// Centre of the motif's ink against the curve's centre, and its standard uncertainty, in pixels.
///
/// What is hidden could stand anywhere in the motif's area: the uncertainty grows with its share.
pub(super) fn motif_offset(impression: &Impression, curve: &Curve) -> Option<(Vec2, f64)> {
    let (mut area, mut seen, mut mass) = (0.0, 0.0, 0.0);
    let mut moment = Vec2::ZERO;
    visit_inside(impression, curve, (MOTIF_RHO, 1), |point, ink, validity| {
        area += 1.0;
        if validity >= 128 {
            seen += 1.0;
            let ink = f64::from(ink) / 255.0;
            mass += ink;
            moment += (point - curve.centre) * ink;
        }
    });
    if area == 0.0 || seen < MOTIF_SEEN_MIN * area || mass < MOTIF_INK_MIN * seen {
        return None;
    }
    let reach = MOTIF_RHO * curve.radius();
    let hidden = 0.5 * reach * (1.0 - seen / area);
    // Worn spots of the motif: one in a hundred of its extent at most moves the centre.
    let worn = 0.01 * reach;
    Some((moment / mass, libm::hypot(hidden, worn)))
}

/// What can be trusted inside a curve.
#[derive(Debug)]
pub(super) struct Trust {
    /// Mean validity, 0 to 1, what the page cuts off counted as hidden.
    pub(super) usable: f64,
    /// For each cell of the bounding box, row by row, the mean validity of its part inside the
    /// curve; `None` for cells outside it or off the page.
    pub(super) quality: Vec<Option<f64>>,
}

/// Reads what can be trusted inside a curve.
pub(super) fn trust(impression: &Impression, curve: &Curve) -> Trust {
    let bbox = impression.bbox;
    let cell = |at: f64, start: u32, extent: u32| {
        let share = (at - f64::from(start)) / f64::from(extent.max(1));
        floor_index(share * QUALITY_CELLS as f64).min(QUALITY_CELLS - 1)
    };
    let mut sums = vec![(0.0, 0_u32); QUALITY_CELLS * QUALITY_CELLS];
    visit_inside(
        impression,
        curve,
        (1.0, TRUST_STRIDE),
        |point, _, validity| {
            let column = cell(point.x, bbox.x, bbox.width);
            let row = cell(point.y, bbox.y, bbox.height);
            let (sum, count) = &mut sums[row * QUALITY_CELLS + column];
            *sum += f64::from(validity) / 255.0;
            *count += 1;
        },
    );
    let total: f64 = sums.iter().map(|(sum, _)| sum).sum();
    let read = (TRUST_STRIDE * TRUST_STRIDE) as f64;
    Trust {
        usable: (total * read / curve.area().max(1.0)).min(1.0),
        quality: sums
            .into_iter()
            .map(|(sum, count)| (count > 0).then(|| sum / f64::from(count)))
            .collect(),
    }
}
