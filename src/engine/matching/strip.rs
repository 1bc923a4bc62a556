//! Where a strip of an impression lies on a specimen's drawing: the part that one sheet of several bears.
//!
//! A strip is as narrow as a few millimetres and holds neither the border's whole circle nor a whole word, so that it is
//! laid on the drawing at its own size, by a shift and a turn alone: first everywhere, coarsely, then about the best places.

use crate::extraction::Impression;
use crate::geometry::Affine;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::Raster;
use crate::imaging::blur;
use crate::imaging::sample;
use crate::imaging::warp;
use crate::matching::canonical::PER_MM;
use crate::matching::specimen::Specimen;
use crate::units::floor_index;

/// Samples a millimetre of the first look, and of those after it.
const COARSE_PER_MM: f64 = 2.0;
const FINE_PER_MM: [f64; 2] = [4.0, 8.0];
/// Turns of the first look, degrees: hands set seals upright within 20, sheets lie askew by one.
const TURN_MOST_DEG: f64 = 21.0;
const TURN_STEP_DEG: f64 = 3.0;
/// How far the middle of the strip's ink may lie from the middle of the seal, up or down, millimetres: ink at the top or
/// the bottom may be lacking.
const ASIDE_MM: f64 = 6.0;
/// Places of the first look that are looked at closely.
const FOLLOWED: usize = 5;
/// Paper that is looked at above and below the ink, millimetres.
const MARGIN_MM: f64 = 1.5;
/// Visible samples at least.
const SEEN_MIN: f64 = 24.0;

/// The columns of a page on which a strip's sheet shows the seal: beyond them it lay under another sheet, or ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Columns {
    /// Where it begins, page pixels.
    pub from: f64,
    /// Where it ends, page pixels.
    pub to: f64,
}

/// Where a strip lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lie {
    /// Maps the specimen's samples to the strip's page: a shift, a turn, and both resolutions.
    pub page_from_specimen: Affine,
    /// The seal's turn on the page, degrees clockwise.
    pub turn_deg: f64,
    /// Correlation of the ink, -1 to 1.
    pub correlation: f64,
}

/// What a strip shows on an even grid, in the page's directions.
struct Grid {
    ink: Density,
    weight: Density,
    per_mm: f64,
}

/// Finds a strip on a drawing; `None` where its resolution is unknown or it shows nothing.
#[must_use]
pub fn locate(strip: &Impression, columns: Columns, specimen: &Specimen) -> Option<Lie> {
    let page_per_mm = strip.dpi?.pixels_per_mm();
    let bbox = strip.bbox;
    let middle = Point::new(
        0.5 * (columns.from + columns.to),
        f64::from(bbox.y) + 0.5 * f64::from(bbox.height),
    );
    let size_mm = (
        (columns.to - columns.from) / page_per_mm,
        f64::from(bbox.height) / page_per_mm + 2.0 * MARGIN_MM,
    );
    let grid = |per_mm: f64| Grid::new(strip, (middle, size_mm), (page_per_mm, per_mm));
    let coarse = grid(COARSE_PER_MM);
    let mut poses = coarse.look(specimen);
    poses.sort_by(|a, b| b.correlation.total_cmp(&a.correlation));
    let mut best: Vec<Pose> = Vec::new();
    for pose in poses {
        let is_new = |other: &Pose| {
            (other.at - pose.at).hypot() > 1.0 || (other.turn_deg - pose.turn_deg).abs() > 4.0
        };
        if best.len() < FOLLOWED && best.iter().all(is_new) {
            best.push(pose);
        }
    }
    for per_mm in FINE_PER_MM {
        let fine = grid(per_mm);
        let drawing = blurred(specimen, per_mm);
        best = best
            .iter()
            .map(|pose| fine.refine(&drawing, *pose))
            .collect();
    }
    let pose = best
        .into_iter()
        .max_by(|a, b| a.correlation.total_cmp(&b.correlation))?;
    let centre = specimen.drawing.outline.centre.to_vec2();
    let page_from_specimen = Affine::translate(middle.to_vec2())
        * Affine::scale(page_per_mm)
        * Affine::translate(pose.at)
        * Affine::rotate(pose.turn_deg.to_radians())
        * Affine::scale(1.0 / PER_MM)
        * Affine::translate(-centre);
    Some(Lie {
        page_from_specimen,
        turn_deg: pose.turn_deg,
        correlation: pose.correlation,
    })
}

/// Turns of the first look, degrees.
fn turns() -> impl Iterator<Item = f64> {
    let steps = (TURN_MOST_DEG / TURN_STEP_DEG).round();
    let count = floor_index(2.0 * steps) + 1;
    (0..count).map(move |step| (step as f64 - steps) * TURN_STEP_DEG)
}

/// The drawing's ink, smoothed to a grid of so many samples a millimetre.
fn blurred(specimen: &Specimen, per_mm: f64) -> Density {
    blur(&specimen.drawing.ink, 0.5 * PER_MM / per_mm)
}

/// A place of the seal's middle against the middle of the strip, millimetres, and its turn.
#[derive(Clone, Copy, Debug)]
struct Pose {
    at: Vec2,
    turn_deg: f64,
    correlation: f64,
}

impl Grid {
    fn new(
        strip: &Impression,
        (middle, size_mm): (Point, (f64, f64)),
        (page_per_mm, per_mm): (f64, f64),
    ) -> Self {
        let side = |mm: f64| floor_index((mm * per_mm).ceil()).max(2);
        let size = (side(size_mm.0), side(size_mm.1));
        let scale = page_per_mm / per_mm;
        let origin = strip.layers.origin;
        let crop_from_grid = Affine::translate((
            middle.x - f64::from(origin.0),
            middle.y - f64::from(origin.1),
        )) * Affine::scale(scale)
            * Affine::translate((-0.5 * size.0 as f64, -0.5 * size.1 as f64));
        let lay = |layer: &crate::imaging::Gray| {
            let share = layer.map(|value| f32::from(value) / 255.0);
            warp(&blur(&share, 0.5 * scale), crop_from_grid, size, 0.0)
        };
        Self {
            ink: lay(&strip.layers.ink),
            weight: lay(&strip.layers.validity),
            per_mm,
        }
    }

    /// Correlations at every place of a coarse raster of places.
    fn look(&self, specimen: &Specimen) -> Vec<Pose> {
        let smooth = blurred(specimen, self.per_mm);
        let outline = &specimen.drawing.outline;
        let reach_mm = outline.half_width.max(outline.half_height) / PER_MM + 1.0;
        let across = floor_index((reach_mm * self.per_mm).ceil());
        let aside = floor_index(ASIDE_MM * self.per_mm);
        let (width, height) = (self.ink.width(), self.ink.height());
        // The turned drawing, with room for every shift of the strip over it.
        let half = (across + width, aside + height);
        let size = (2 * half.0, 2 * half.1);
        let mut poses = Vec::new();
        let sums = Sums::of(&self.ink, &self.weight);
        if sums.weight < SEEN_MIN {
            return poses;
        }
        for turn_deg in turns() {
            let specimen_from_grid = Affine::translate(outline.centre.to_vec2())
                * Affine::scale(PER_MM / self.per_mm)
                * Affine::rotate(-turn_deg.to_radians())
                * Affine::translate((-(half.0 as f64), -(half.1 as f64)));
            let turned = warp(&smooth, specimen_from_grid, size, 0.0);
            // Corners of the strip on the turned drawing, whose middle lies at `half`.
            let (left, top) = (half.0 - across - width / 2, half.1 - aside - height / 2);
            for top in top..=top + 2 * aside {
                for left in left..=left + 2 * across {
                    let correlation = self.correlation_at(&turned, (left, top), &sums);
                    let at = Vec2::new(
                        half.0 as f64 - (left + width / 2) as f64,
                        half.1 as f64 - (top + height / 2) as f64,
                    );
                    poses.extend(correlation.map(|correlation| Pose {
                        at: at / self.per_mm,
                        turn_deg,
                        correlation,
                    }));
                }
            }
        }
        poses
    }

    fn correlation_at(
        &self,
        turned: &Density,
        (left, top): (usize, usize),
        sums: &Sums,
    ) -> Option<f64> {
        let (width, height) = (self.ink.width(), self.ink.height());
        if left + width > turned.width() || top + height > turned.height() {
            return None;
        }
        let (mut t, mut tt, mut qt) = (0.0_f32, 0.0_f32, 0.0_f32);
        for y in 0..height {
            let drawn = &turned.row(top + y)[left..left + width];
            let own = self.ink.row(y).iter().zip(self.weight.row(y));
            for (drawn, (ink, weight)) in drawn.iter().zip(own) {
                let weighed = weight * drawn;
                t += weighed;
                tt += weighed * drawn;
                qt += weighed * ink;
            }
        }
        sums.correlation(f64::from(t), f64::from(tt), f64::from(qt))
    }

    /// Climbs from a pose to the best one near it.
    fn refine(&self, drawing: &Density, from: Pose) -> Pose {
        let centre = Point::new(0.5 * drawing.width() as f64, 0.5 * drawing.height() as f64);
        let sums = Sums::of(&self.ink, &self.weight);
        let (mut shift, mut turn) = (1.0 / self.per_mm, 3.0 / self.per_mm);
        let read = |at: Vec2, turn_deg: f64| Pose {
            at,
            turn_deg,
            correlation: self
                .correlation(drawing, centre, (at, turn_deg), &sums)
                .unwrap_or(-1.0),
        };
        let mut best = read(from.at, from.turn_deg);
        for _ in 0..2 {
            loop {
                let around = [
                    (Vec2::new(shift, 0.0), 0.0),
                    (Vec2::new(-shift, 0.0), 0.0),
                    (Vec2::new(0.0, shift), 0.0),
                    (Vec2::new(0.0, -shift), 0.0),
                    (Vec2::ZERO, turn),
                    (Vec2::ZERO, -turn),
                ];
                let next = around
                    .into_iter()
                    .map(|(by, turned)| read(best.at + by, best.turn_deg + turned))
                    .max_by(|a, b| a.correlation.total_cmp(&b.correlation));
                match next {
                    Some(next) if next.correlation > best.correlation + 1e-6 => best = next,
                    _ => break,
                }
            }
            shift *= 0.4;
            turn *= 0.4;
        }
        best
    }

    fn correlation(
        &self,
        drawing: &Density,
        centre: Point,
        (at, turn_deg): (Vec2, f64),
        sums: &Sums,
    ) -> Option<f64> {
        let (width, height) = (self.ink.width(), self.ink.height());
        let specimen_from_grid = Affine::translate(centre.to_vec2())
            * Affine::rotate(-turn_deg.to_radians())
            * Affine::scale(PER_MM / self.per_mm)
            * Affine::translate(-(at * self.per_mm))
            * Affine::translate((-0.5 * width as f64, -0.5 * height as f64));
        let [a, b, c, d, e, f] = specimen_from_grid.as_coeffs();
        let (mut t, mut tt, mut qt) = (0.0_f64, 0.0_f64, 0.0_f64);
        for row in 0..height {
            let y = row as f64 + 0.5;
            let own = self.ink.row(row).iter().zip(self.weight.row(row));
            for (column, (ink, weight)) in own.enumerate() {
                let x = column as f64 + 0.5;
                let drawn = sample(drawing, a * x + c * y + e, b * x + d * y + f, 0.0);
                let weighed = f64::from(weight * drawn);
                t += weighed;
                tt += weighed * f64::from(drawn);
                qt += weighed * f64::from(*ink);
            }
        }
        sums.correlation(t, tt, qt)
    }
}

/// Sums over a strip that no place changes.
struct Sums {
    weight: f64,
    ink: f64,
    squares: f64,
}

impl Sums {
    fn of(ink: &Raster<f32>, weight: &Raster<f32>) -> Self {
        let mut sums = Self {
            weight: 0.0,
            ink: 0.0,
            squares: 0.0,
        };
        for (ink, weight) in ink.samples().iter().zip(weight.samples()) {
            let (ink, weight) = (f64::from(*ink), f64::from(*weight));
            sums.weight += weight;
            sums.ink += weight * ink;
            sums.squares += weight * ink * ink;
        }
        sums
    }

    fn correlation(&self, t: f64, tt: f64, qt: f64) -> Option<f64> {
        let n = self.weight;
        let (mean_q, mean_t) = (self.ink / n, t / n);
        let (own, drawn) = (self.squares / n - mean_q * mean_q, tt / n - mean_t * mean_t);
        if own < 1e-4 || drawn < 1e-4 {
            return None;
        }
        Some((qt / n - mean_q * mean_t) / (own * drawn).sqrt())
    }
}
