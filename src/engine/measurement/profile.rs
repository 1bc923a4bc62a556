//! Ink along the normals of a curve, and what it says depth by depth.

use crate::extraction::Impression;
use crate::extraction::Layers;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::measurement::curve::Curve;
use crate::measurement::curve::Station;
use crate::units::floor_index;
use crate::units::signed;

/// Distance between the samples of a profile, in pixels.
pub(super) const STEP: f64 = 0.5;
/// Validity below which a sample is hidden.
const VISIBLE_MIN: u8 = 128;
/// Ink, of 255, from which a sample counts as inked: below half, since worn and thin lines
/// are pale.
pub(super) const INK_MIN: f64 = 80.0;

/// Ink along every station's normal, from outside inwards.
#[derive(Debug)]
pub(super) struct Profiles {
    pub(super) stations: Vec<Station>,
    /// Depth of the first sample, negative outside the curve, in pixels.
    start: f64,
    /// Samples along one normal.
    count: usize,
    /// Row by row, `None` where hidden.
    samples: Vec<Option<f64>>,
}

impl Profiles {
    /// Reads from `outside` pixels outside the curve to `inside` pixels inside it.
    pub(super) fn read(impression: &Impression, curve: &Curve, outside: f64, inside: f64) -> Self {
        let stations = curve.stations();
        let count = floor_index((outside + inside) / STEP) + 1;
        let mut samples = Vec::with_capacity(count * stations.len());
        let origin = impression.layers.origin;
        let origin = Vec2::new(f64::from(origin.0), f64::from(origin.1));
        for station in &stations {
            let (start, inwards) = (station.point - origin, -station.normal);
            samples.extend((0..count).map(|index| {
                let depth = index as f64 * STEP - outside;
                ink(&impression.layers, start + inwards * depth)
            }));
        }
        Self {
            stations,
            start: -outside,
            count,
            samples,
        }
    }

    /// Ink along one station's normal.
    pub(super) fn line(&self, station: usize) -> &[Option<f64>] {
        &self.samples[station * self.count..(station + 1) * self.count]
    }

    /// Depth of a place between samples, in pixels.
    pub(super) fn depth(&self, place: f64) -> f64 {
        self.start + place * STEP
    }

    /// The sample at or above a depth.
    pub(super) fn index(&self, depth: f64) -> usize {
        floor_index((depth - self.start) / STEP).min(self.count - 1)
    }

    /// For each depth, the share of the visible samples that bear ink.
    pub(super) fn inked(&self) -> Vec<f64> {
        let mut inked = vec![0_u32; self.count];
        let mut visible = vec![0_u32; self.count];
        for line in self.samples.chunks_exact(self.count) {
            for (index, value) in line.iter().enumerate() {
                if let Some(value) = value {
                    visible[index] += 1;
                    inked[index] += u32::from(*value > INK_MIN);
                }
            }
        }
        inked
            .iter()
            .zip(&visible)
            .map(|(inked, visible)| f64::from(*inked) / f64::from((*visible).max(1)))
            .collect()
    }
}

/// Ink at a point of the crop, between pixels; `None` where it is hidden or off the crop.
#[inline]
fn ink(layers: &Layers, point: Point) -> Option<f64> {
    let Point { x, y } = point;
    let (width, height) = (layers.ink.width(), layers.ink.height());
    let inside = x >= 0.0 && y >= 0.0 && x < width as f64 && y < height as f64;
    if !inside || layers.validity.at(floor_index(x), floor_index(y)) < VISIBLE_MIN {
        return None;
    }
    let (x, y) = ((x - 0.5).max(0.0), (y - 0.5).max(0.0));
    let (left, top) = (floor_index(x), floor_index(y));
    let (fx, fy) = (x - left as f64, y - top as f64);
    let samples = layers.ink.samples();
    // The last column and row are their own neighbours.
    let right = usize::from(left + 1 < width);
    let below = if top + 1 < height { width } else { 0 };
    let start = top * width + left;
    let between = |start: usize| {
        let (near, far) = (f64::from(samples[start]), f64::from(samples[start + right]));
        near + (far - near) * fx
    };
    let (upper, lower) = (between(start), between(start + below));
    Some(upper + (lower - upper) * fy)
}

/// Visits every `stride`-th pixel, across and down, of the crop inside a curve shrunk to `rho`: each
/// with its centre on the page, its ink and its validity.
pub(super) fn visit_inside(
    impression: &Impression,
    curve: &Curve,
    (rho, stride): (f64, usize),
    mut visit: impl FnMut(Point, u8, u8),
) {
    let layers = &impression.layers;
    let reach = rho * curve.reach();
    let range = |centre: f64, origin: i32, extent: usize| {
        let middle = centre - f64::from(origin);
        floor_index(middle - reach)..floor_index(middle + reach + 1.0).min(extent)
    };
    let rows = range(curve.centre.y, layers.origin.1, layers.ink.height());
    let columns = range(curve.centre.x, layers.origin.0, layers.ink.width());
    for y in rows.step_by(stride) {
        for x in columns.clone().step_by(stride) {
            let point = Point::new(
                f64::from(layers.origin.0 + signed(x)) + 0.5,
                f64::from(layers.origin.1 + signed(y)) + 0.5,
            );
            if curve.contains(point, rho) {
                visit(point, layers.ink.at(x, y), layers.validity.at(x, y));
            }
        }
    }
}
