//! The raster work of drawing: paths to coverage, sampling, blur and signed distance.

use kurbo::Affine;
use kurbo::BezPath;
use kurbo::PathEl;
use kurbo::Point;
use tiny_skia::FillRule;
use tiny_skia::Mask;
use tiny_skia::PathBuilder;
use tiny_skia::Transform;

use crate::imaging::Density;

/// The whole part of a value, as an index; negative values and those that are no number give zero.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates, which is what a clamped index wants"
)]
pub fn floor_index(value: f64) -> usize {
    value as usize
}

/// Single precision, which is enough for ink.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "rounding is meant")]
pub fn single(value: f64) -> f32 {
    value as f32
}

/// A sample of eight bits, rounded and clamped.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates at both ends"
)]
pub fn byte(value: f32) -> u8 {
    (value + 0.5) as u8
}

/// A length as 32 bits.
///
/// # Panics
/// If it does not fit, which no page comes near.
#[must_use]
pub fn short(length: usize) -> u32 {
    u32::try_from(length).expect("a raster's side fits 32 bits")
}

/// Adds the inside of `path`, moved by `transform`, to a mask.
pub fn fill(mask: &mut Mask, path: &BezPath, rule: FillRule, transform: Affine) {
    if let Some(path) = to_skia(path, transform) {
        mask.fill_path(&path, rule, true, Transform::identity());
    }
}

/// The path for the rasteriser, `None` when it has no extent.
#[must_use]
pub fn to_skia(path: &BezPath, transform: Affine) -> Option<tiny_skia::Path> {
    let mut builder = PathBuilder::new();
    let at = |point: Point| {
        let moved = transform * point;
        (single(moved.x), single(moved.y))
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => {
                let (x, y) = at(p);
                builder.move_to(x, y);
            }
            PathEl::LineTo(p) => {
                let (x, y) = at(p);
                builder.line_to(x, y);
            }
            PathEl::QuadTo(a, p) => {
                let ((ax, ay), (x, y)) = (at(a), at(p));
                builder.quad_to(ax, ay, x, y);
            }
            PathEl::CurveTo(a, b, p) => {
                let ((ax, ay), (bx, by), (x, y)) = (at(a), at(b), at(p));
                builder.cubic_to(ax, ay, bx, by, x, y);
            }
            PathEl::ClosePath => builder.close(),
        }
    }
    builder.finish()
}

/// The value between samples, by bilinear interpolation; `outside` beyond the raster.
///
/// `x` and `y` are in pixels with the first pixel's centre at 0.5.
#[must_use]
pub fn sample(raster: &Density, x: f32, y: f32, outside: f32) -> f32 {
    let (x, y) = (x - 0.5, y - 0.5);
    let (width, height) = (raster.width(), raster.height());
    if !(x >= 0.0 && y >= 0.0) {
        return outside;
    }
    let (column, row) = (floor_index(f64::from(x)), floor_index(f64::from(y)));
    if column + 1 >= width || row + 1 >= height {
        return outside;
    }
    let (fx, fy) = (x - column as f32, y - row as f32);
    let above = &raster.row(row)[column..column + 2];
    let below = &raster.row(row + 1)[column..column + 2];
    let upper = above[0] + (above[1] - above[0]) * fx;
    let lower = below[0] + (below[1] - below[0]) * fx;
    upper + (lower - upper) * fy
}

/// A Gaussian blur of the given standard deviations in pixels; edges repeat.
pub fn blur(raster: &mut Density, sigma_x: f64, sigma_y: f64) {
    let (width, height) = (raster.width(), raster.height());
    if let Some(kernel) = half_kernel(sigma_x) {
        let reach = kernel.len() - 1;
        let mut padded = vec![0.0f32; width + 2 * reach];
        for y in 0..height {
            let row = raster.row_mut(y);
            padded[..reach].fill(row[0]);
            padded[reach..reach + width].copy_from_slice(row);
            padded[reach + width..].fill(row[width - 1]);
            for (x, out) in row.iter_mut().enumerate() {
                let centre = x + reach;
                let mut sum = kernel[0] * padded[centre];
                for (k, weight) in kernel.iter().enumerate().skip(1) {
                    sum += weight * (padded[centre - k] + padded[centre + k]);
                }
                *out = sum;
            }
        }
    }
    if let Some(kernel) = half_kernel(sigma_y) {
        let source = raster.clone();
        for y in 0..height {
            let out = raster.row_mut(y);
            for (sample, value) in out.iter_mut().zip(source.row(y)) {
                *sample = kernel[0] * value;
            }
            for (k, weight) in kernel.iter().enumerate().skip(1) {
                let above = source.row(y.saturating_sub(k));
                let below = source.row((y + k).min(height - 1));
                for ((sample, a), b) in out.iter_mut().zip(above).zip(below) {
                    *sample += weight * (a + b);
                }
            }
        }
    }
}

/// The centre and one side of a Gaussian kernel that sums to one; `None` when it would be no blur.
fn half_kernel(sigma: f64) -> Option<Vec<f32>> {
    if sigma < 0.15 {
        return None;
    }
    let reach = floor_index(2.6 * sigma) + 1;
    let side: Vec<f64> = (0..=reach)
        .map(|k| libm::exp(-0.5 * (k as f64 / sigma).powi(2)))
        .collect();
    let total = 2.0 * side.iter().sum::<f64>() - side[0];
    Some(side.iter().map(|weight| single(weight / total)).collect())
}

/// Signed distance to the edge of a drawing in pixels: negative inside.
///
/// `coverage` is 0 to 1; partly covered samples place the edge between pixels. Exact squared
/// Euclidean distances in two passes (Felzenszwalb and Huttenlocher, 2012), seeded with the
/// sub-pixel offsets of the samples on the edge.
#[must_use]
pub fn signed_distance(coverage: &Density) -> Density {
    const FAR: f32 = 1e12;
    let mut outer = coverage.map(|a| match a {
        a if a >= 0.999 => 0.0,
        a if a <= 0.001 => FAR,
        a => (0.5 - a).max(0.0).powi(2),
    });
    let mut inner = coverage.map(|a| match a {
        a if a >= 0.999 => FAR,
        a if a <= 0.001 => 0.0,
        a => (a - 0.5).max(0.0).powi(2),
    });
    squared_distances(&mut outer);
    squared_distances(&mut inner);
    for (out, inside) in outer.samples_mut().iter_mut().zip(inner.samples()) {
        *out = out.sqrt() - inside.sqrt();
    }
    outer
}

fn squared_distances(raster: &mut Density) {
    let (width, height) = (raster.width(), raster.height());
    let longest = width.max(height);
    let mut scratch = Parabolas::new(longest);
    let mut line = vec![0.0f32; longest];
    for x in 0..width {
        let column = raster.samples()[x..].iter().step_by(width);
        for (value, sample) in line.iter_mut().zip(column) {
            *value = *sample;
        }
        scratch.lower_envelope(&mut line[..height]);
        let column = raster.samples_mut()[x..].iter_mut().step_by(width);
        for (sample, value) in column.zip(&line) {
            *sample = *value;
        }
    }
    for y in 0..height {
        scratch.lower_envelope(raster.row_mut(y));
    }
}

/// The lower envelope of one parabola a sample.
struct Parabolas {
    values: Vec<f32>,
    vertex: Vec<usize>,
    start: Vec<f32>,
}

impl Parabolas {
    fn new(longest: usize) -> Self {
        Self {
            values: vec![0.0; longest],
            vertex: vec![0; longest],
            start: vec![0.0; longest + 1],
        }
    }

    fn lower_envelope(&mut self, line: &mut [f32]) {
        let count = line.len();
        let values = &mut self.values[..count];
        values.copy_from_slice(line);
        let mut last = 0;
        self.vertex[0] = 0;
        self.start[0] = f32::NEG_INFINITY;
        self.start[1] = f32::INFINITY;
        for q in 1..count {
            loop {
                let v = self.vertex[last];
                let (qf, vf) = (q as f32, v as f32);
                let meet = ((values[q] - values[v]) + (qf * qf - vf * vf)) / (2.0 * (qf - vf));
                if meet <= self.start[last] && last > 0 {
                    last -= 1;
                    continue;
                }
                last += 1;
                self.vertex[last] = q;
                self.start[last] = meet;
                self.start[last + 1] = f32::INFINITY;
                break;
            }
        }
        let mut k = 0;
        for (q, out) in line.iter_mut().enumerate() {
            while self.start[k + 1] < q as f32 {
                k += 1;
            }
            let v = self.vertex[k];
            *out = (q as f32 - v as f32).powi(2) + values[v];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use kurbo::Circle;
    use kurbo::Shape;

    #[test]
    fn the_signed_distance_of_a_disc_is_known_to_a_third_of_a_pixel() {
        let mut mask = Mask::new(64, 64).unwrap();
        let disc = Circle::new((32.0, 32.0), 20.3).to_path(1e-3);
        fill(&mut mask, &disc, FillRule::Winding, Affine::IDENTITY);
        let samples = mask.data().iter().map(|a| f32::from(*a) / 255.0).collect();
        let coverage = Density::from_samples(64, 64, samples).unwrap();
        let distance = signed_distance(&coverage);
        for (x, y) in [(31, 3), (31, 20), (50, 50), (10, 31)] {
            let radius = ((x as f64 + 0.5 - 32.0).powi(2) + (y as f64 + 0.5 - 32.0).powi(2)).sqrt();
            let found = f64::from(distance.at(x, y));
            assert!(
                (found - (radius - 20.3)).abs() < 0.35,
                "{found} at {x}, {y}"
            );
        }
    }

    #[test]
    fn a_blur_keeps_the_sum() {
        let mut raster = Density::filled(31, 31, 0.0);
        raster.row_mut(15)[15] = 1.0;
        blur(&mut raster, 1.5, 0.8);
        let sum: f32 = raster.samples().iter().sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        assert!(raster.at(17, 15) > raster.at(15, 17));
    }
}
