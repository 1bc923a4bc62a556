//! The outermost ellipse among the lines of a border.
//!
//! A border has two lines or three, and a fit to the nearest ink can settle between them, on one
//! line along the sides and on the next at the ends: an ellipse has axes enough to lie through both.
//! Here the lines are read far and wide around a rough ellipse, ellipses are laid through few of
//! the outermost crossings (Fischler and Bolles 1981), and each is weighed by the directions in
//! which some line lies on it. The largest with nearly the best weight is the border's own.

use crate::extraction::Outline;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::sample;

/// Directions read.
const DIRECTIONS: usize = 120;
/// How far lines are looked for, as shares of the rough ellipse: gaps between the lines of a border
/// are a tenth of its half axes at most, and an ellipse through two of them is off by as much.
const REACH: (f64, f64) = (0.8, 1.25);
/// How far from an ellipse a crossing may lie, working pixels: half a line's width, and the bend
/// that rubber gives.
const NEAR: f64 = 1.2;
/// Ellipses tried: with half the outermost crossings on the border, all but one set in a hundred
/// holds several drawn from them alone.
const TRIALS: usize = 160;
/// Share of the best weight that the largest ellipse must have: wear and crossing text take a fifth.
const OUTERMOST: f64 = 0.8;
/// Share of the directions that must bear a line.
const BORNE_MIN: f64 = 0.4;
/// Most that the mean half axis, and either half axis, may change by.
const CHANGE_MAX: (f64, f64) = (0.2, 0.25);

/// Mean, first and second harmonics of the radius in the outline's squeezed frame.
pub(super) type Harmonics = nalgebra::SVector<f64, 5>;

/// One direction of the squeezed frame with the lines that cross it, outermost first.
struct Ray {
    basis: Harmonics,
    rhos: Vec<f64>,
}

/// The outermost ellipse near a rough one that the lines on the map show; `None` if none does.
pub(super) fn outermost(map: &Density, rough: &Outline, level: f32) -> Option<Outline> {
    let mut current = *rough;
    // A first pass about a wrong centre bends what it reads; the second is about the right one.
    for _ in 0..2 {
        let rays = rays(map, &current, level);
        let harmonics = best(&rays, NEAR / current.mean_radius())?;
        current = moved(&current, &harmonics)?;
    }
    let within = |now: f64, before: f64| (now / before - 1.0).abs() < CHANGE_MAX.1;
    let is_near = (current.mean_radius() / rough.mean_radius() - 1.0).abs() < CHANGE_MAX.0;
    let kept = is_near
        && within(current.half_width, rough.half_width)
        && within(current.half_height, rough.half_height);
    kept.then_some(current)
}

/// Reads where ink begins, from outside inwards, in every direction.
fn rays(map: &Density, outline: &Outline, level: f32) -> Vec<Ray> {
    let step = 0.7 / outline.mean_radius();
    let one = |(unit, arm): (Vec2, Vec2)| {
        let at = |rho: f64| {
            let point = outline.centre + arm * rho;
            sample(map, point.x, point.y, 0.0)
        };
        let (mut rho, mut rhos) = (REACH.1, Vec::new());
        let mut before = at(rho);
        while rho > REACH.0 {
            let next = at(rho - step);
            if before < level && next >= level {
                rhos.push(rho - step * f64::from((level - before) / (next - before)));
            }
            (before, rho) = (next, rho - step);
        }
        Ray {
            basis: basis(unit),
            rhos,
        }
    };
    outline.arms(DIRECTIONS).map(one).collect()
}

/// The harmonics in one direction: 1, cosine, sine, and those of twice the angle.
pub(super) fn basis(unit: Vec2) -> Harmonics {
    let (c, s) = (unit.x, unit.y);
    [1.0, c, s, c * c - s * s, 2.0 * c * s].into()
}

/// The largest of the ellipses through few outermost crossings that bears nearly the most lines.
fn best(rays: &[Ray], near: f64) -> Option<Harmonics> {
    let borne = |harmonics: &Harmonics, near: f64| {
        let bears = |ray: &&Ray| {
            let at = ray.basis.dot(harmonics);
            ray.rhos.iter().any(|rho| (rho - at).abs() < near)
        };
        rays.iter().filter(bears).count()
    };
    let mut draw = Draw(1);
    let mut tried: Vec<(usize, Harmonics)> = Vec::with_capacity(TRIALS);
    for _ in 0..TRIALS {
        let Some(harmonics) = through_few(rays, &mut draw) else {
            continue;
        };
        // Squeezed axes that differ by more belong to another drawing.
        if libm::hypot(harmonics[3], harmonics[4]) < 0.2 {
            tried.push((borne(&harmonics, near), harmonics));
        }
    }
    let most = tried.iter().map(|(count, _)| *count).max()?;
    let least = (OUTERMOST * most as f64).max(BORNE_MIN * DIRECTIONS as f64);
    let largest = tried
        .iter()
        .filter(|(count, _)| *count as f64 >= least)
        .max_by(|a, b| a.1[0].total_cmp(&b.1[0]))?;
    let mut harmonics = largest.1;
    for _ in 0..3 {
        harmonics = refitted(rays, &harmonics, near)?;
    }
    Some(harmonics)
}

/// The ellipse through the outermost crossings of five directions, one in each fifth of the turn.
fn through_few(rays: &[Ray], draw: &mut Draw) -> Option<Harmonics> {
    let mut matrix = nalgebra::SMatrix::<f64, 5, 5>::zeros();
    let mut right = Harmonics::zeros();
    let turn = draw.next(rays.len());
    for row in 0..5 {
        let fifth = rays.len() / 5;
        let ray = &rays[(turn + row * fifth + draw.next(fifth)) % rays.len()];
        matrix.set_row(row, &ray.basis.transpose());
        right[row] = *ray.rhos.first()?;
    }
    matrix.lu().solve(&right)
}

/// Least squares over the crossings near an ellipse.
fn refitted(rays: &[Ray], harmonics: &Harmonics, near: f64) -> Option<Harmonics> {
    let mut normal = nalgebra::SMatrix::<f64, 5, 5>::identity() * 1e-6;
    let mut right = Harmonics::zeros();
    for ray in rays {
        let at = ray.basis.dot(harmonics);
        let outer = ray.rhos.iter().find(|rho| (*rho - at).abs() < 1.5 * near);
        if let Some(rho) = outer {
            normal += ray.basis * ray.basis.transpose();
            right += ray.basis * *rho;
        }
    }
    normal.cholesky().map(|normal| normal.solve(&right))
}

/// The ellipse that harmonics of the squeezed frame describe.
fn moved(outline: &Outline, h: &Harmonics) -> Option<Outline> {
    let (a, b) = (outline.half_width, outline.half_height);
    let centre = outline.centre + outline.turned(Vec2::new(a * h[1], b * h[2]));
    // The squeezed frame's ellipse is the image of the unit circle under a symmetric matrix; with
    // the frame's own axes that is a matrix whose singular values are the half axes.
    let (p, q, r) = (h[0] + h[3], h[0] - h[3], h[4]);
    let (xx, yy, xy) = (
        a * a * (p * p + r * r),
        b * b * (q * q + r * r),
        a * b * r * (p + q),
    );
    let (middle, spread) = (0.5 * (xx + yy), libm::hypot(0.5 * (xx - yy), xy));
    let (long, short) = ((middle + spread).sqrt(), (middle - spread).max(0.0).sqrt());
    let own = 0.5 * libm::atan2(2.0 * xy, xx - yy);
    (short > 3.0).then(|| Outline {
        centre,
        half_width: long,
        half_height: short,
        axis_degrees: outline.axis_degrees + own.to_degrees(),
        ..*outline
    })
}

/// Numbers that look drawn by lot, the same each time: the trials need no better.
struct Draw(u64);

impl Draw {
    fn next(&mut self, below: usize) -> usize {
        // Knuth's multiplier; the upper bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % below.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Shape;
    use crate::geometry::Point;
    use crate::imaging::Raster;

    fn oval(half: (f64, f64), turn: f64) -> Outline {
        Outline {
            shape: Shape::Oval,
            centre: Point::new(150.0, 120.0),
            half_width: half.0,
            half_height: half.1,
            axis_degrees: turn,
        }
    }

    /// Two lines, the outer two pixels wide and broken for a share of the way, and letters between.
    fn border(outer: &Outline, broken: f64) -> Density {
        let mut map = Raster::filled(300, 240, 0.0_f32);
        for y in 0..240 {
            for x in 0..300 {
                let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - outer.centre;
                let direction = libm::atan2(arm.y, arm.x);
                let below = outer.radius_at(direction) - arm.hypot();
                let share = (direction / std::f64::consts::TAU * 8.0).rem_euclid(1.0);
                let drawn = (0.0..2.5).contains(&below) && share >= broken
                    || (8.0..10.0).contains(&below)
                    || (20.0..30.0).contains(&below) && share < 0.3;
                map.row_mut(y)[x] = f32::from(u8::from(drawn));
            }
        }
        map
    }

    #[test]
    fn a_fit_between_two_lines_comes_to_the_outer_one() {
        let outer = oval((120.0, 78.0), 8.0);
        let map = border(&outer, 0.25);
        let between = Outline {
            centre: Point::new(151.0, 121.0),
            ..oval((106.0, 76.0), 2.0)
        };
        let found = outermost(&map, &between, 0.5).unwrap();
        assert!((found.half_width - 120.0).abs() < 1.0, "{found:?}");
        assert!((found.half_height - 78.0).abs() < 1.0, "{found:?}");
        assert!((found.axis_degrees - 8.0).abs() < 1.0, "{found:?}");
    }

    #[test]
    fn a_few_strokes_outside_are_no_border() {
        let outer = oval((110.0, 72.0), 0.0);
        let mut map = border(&outer, 0.0);
        (20..60).for_each(|x| map.row_mut(2 * x)[30..33].fill(1.0));
        let found = outermost(&map, &outer, 0.5).unwrap();
        assert!((found.half_width - 110.0).abs() < 1.0, "{found:?}");
        assert!(outermost(&map.map(|_| 0.0), &outer, 0.5).is_none());
    }
}
