//! Robust fit of a curve's change to offsets read along its normals.
//!
//! Least absolute residuals to start with, then Tukey's biweight at four robust standard
//! deviations, so that letters and signatures that touch the border do not draw it.

use crate::geometry::Vec2;
use crate::measurement::curve::Family;
use crate::measurement::curve::Station;
use crate::order;

/// Unknowns: shift x and y, then the matrix's xx, yy, xy and yx.
const UNKNOWNS: usize = 6;
/// Rounds of least absolute residuals.
const ABSOLUTE_ROUNDS: usize = 4;
/// Rounds in all.
const ROUNDS: usize = 12;
/// Tukey's bound in robust standard deviations.
const TUKEY_SIGMAS: f64 = 4.0;
/// Smallest standard deviation believed, in pixels: rounding alone makes as much.
const SIGMA_MIN_PX: f64 = 0.03;
/// Offsets below which a fit says nothing.
const OFFSETS_MIN: usize = 40;

/// How a curve changes: shifted, then stretched about its centre.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Change {
    pub(super) shift: Vec2,
    /// Rows of the matrix added to the identity.
    rows: [Vec2; 2],
}

impl Change {
    /// An arm of the curve after the change.
    pub(super) fn stretched(&self, arm: Vec2) -> Vec2 {
        arm + Vec2::new(self.rows[0].dot(arm), self.rows[1].dot(arm))
    }

    /// The most that a point of a curve of mean radius `radius` can move by it, in pixels.
    pub(super) fn reach(&self, radius: f64) -> f64 {
        self.shift.hypot() + radius * libm::hypot(self.rows[0].hypot(), self.rows[1].hypot())
    }
}

/// The change that offsets ask for.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub(super) change: Change,
    /// Weight of each offset, 0 for outliers.
    pub(super) weights: Vec<f64>,
    family: Family,
    /// Covariance of the unknowns in square pixels, neighbours' likeness counted in.
    covariance: [[f64; UNKNOWNS]; UNKNOWNS],
}

/// An offset at a station: how far outside the curve the line was found, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offset {
    pub(super) station: Station,
    pub(super) outwards: f64,
}

impl Fit {
    /// Fits the change of a curve of mean radius `radius`; `None` if too little was read.
    pub(super) fn of(family: Family, radius: f64, offsets: &[Offset]) -> Option<Self> {
        if offsets.len() < OFFSETS_MIN {
            return None;
        }
        let bases: Vec<_> = offsets
            .iter()
            .map(|offset| basis(family, radius, &offset.station))
            .collect();
        let mut weights = vec![1.0; offsets.len()];
        let mut unknowns = [0.0; UNKNOWNS];
        let mut residuals = Vec::new();
        let mut sigma = 0.0;
        for round in 0..ROUNDS {
            let (matrix, right) = normal(&bases, offsets, &weights);
            unknowns = solve(matrix, right);
            residuals = bases
                .iter()
                .zip(offsets)
                .map(|(basis, offset)| offset.outwards - dot(basis, &unknowns))
                .collect();
            let sizes: Vec<f64> = residuals.iter().map(|r: &f64| r.abs()).collect();
            sigma = (1.4826 * order::median(sizes.iter().copied())?).max(SIGMA_MIN_PX);
            for (weight, size) in weights.iter_mut().zip(&sizes) {
                *weight = if round < ABSOLUTE_ROUNDS {
                    1.0 / size.max(0.5 * sigma)
                } else {
                    tukey(size / sigma)
                };
            }
        }
        let (matrix, _) = normal(&bases, offsets, &weights);
        // Readings left out are doubt, too: they may be of the ring, and those kept of another line.
        let kept = weights.iter().filter(|weight| **weight > 0.0).count() as f64;
        let doubt = offsets.len() as f64 / kept.max(1.0);
        let scale = sigma * sigma * likeness(&residuals, &weights) * doubt * doubt;
        let mut covariance = [[0.0; UNKNOWNS]; UNKNOWNS];
        for (index, column) in covariance.iter_mut().enumerate() {
            let mut unit = [0.0; UNKNOWNS];
            unit[index] = scale;
            *column = solve(matrix, unit);
        }
        let [dx, dy, xx, yy, xy, yx] = unknowns;
        let yx = if family == Family::Ellipse { xy } else { yx };
        let change = Change {
            shift: Vec2::new(dx, dy),
            rows: [Vec2::new(xx, xy) / radius, Vec2::new(yx, yy) / radius],
        };
        Some(Self {
            change,
            weights,
            family,
            covariance,
        })
    }

    /// Standard uncertainty of the half size along a direction, in pixels, for a curve whose
    /// half size there is the mean radius.
    pub(super) fn half_size_uncertainty(&self, degrees: f64) -> f64 {
        let (s, c) = libm::sincos(degrees.to_radians());
        let [xy, yx] = match self.family {
            Family::Ellipse => [2.0 * s * c, 0.0],
            Family::Rectangle | Family::Triangle => [s * c, s * c],
        };
        self.uncertainty(&[0.0, 0.0, c * c, s * s, xy, yx])
    }

    /// Standard uncertainty of the centre, in pixels.
    pub(super) fn centre_uncertainty(&self) -> f64 {
        (self.covariance[0][0] + self.covariance[1][1])
            .max(0.0)
            .sqrt()
    }

    fn uncertainty(&self, gradient: &[f64; UNKNOWNS]) -> f64 {
        let variance: f64 = self
            .covariance
            .iter()
            .zip(gradient)
            .map(|(column, g)| g * dot(column, gradient))
            .sum();
        variance.max(0.0).sqrt()
    }
}

/// How far each unknown, in pixels at the mean radius, moves the curve outwards at a station.
fn basis(family: Family, radius: f64, station: &Station) -> [f64; UNKNOWNS] {
    let (n, arm) = (station.normal, station.arm / radius);
    let (across, along) = (n.x * arm.y, n.y * arm.x);
    // An ellipse turned is the same as one sheared: xy alone says both.
    let [xy, yx] = match family {
        Family::Ellipse => [across + along, 0.0],
        Family::Rectangle | Family::Triangle => [across, along],
    };
    [n.x, n.y, n.x * arm.x, n.y * arm.y, xy, yx]
}

/// The normal equations, with a trace of ridge where the offsets leave an unknown open.
fn normal(
    bases: &[[f64; UNKNOWNS]],
    offsets: &[Offset],
    weights: &[f64],
) -> ([[f64; UNKNOWNS]; UNKNOWNS], [f64; UNKNOWNS]) {
    let mut matrix = [[0.0; UNKNOWNS]; UNKNOWNS];
    let mut right = [0.0; UNKNOWNS];
    for ((basis, offset), weight) in bases.iter().zip(offsets).zip(weights) {
        for row in 0..UNKNOWNS {
            right[row] += weight * basis[row] * offset.outwards;
            for column in 0..UNKNOWNS {
                matrix[row][column] += weight * basis[row] * basis[column];
            }
        }
    }
    let total: f64 = weights.iter().sum();
    for (index, row) in matrix.iter_mut().enumerate() {
        // An unknown that the family lacks stays 0 with no variance.
        if row[index] <= 0.0 {
            row[index] = 1.0;
        }
        row[index] += 1e-5 * total;
    }
    (matrix, right)
}

/// Solves a symmetric positive definite system by Gauss's elimination.
fn solve(mut matrix: [[f64; UNKNOWNS]; UNKNOWNS], mut right: [f64; UNKNOWNS]) -> [f64; UNKNOWNS] {
    for pivot in 0..UNKNOWNS {
        let (upper, lower) = matrix.split_at_mut(pivot + 1);
        let line = &upper[pivot];
        for (offset, row) in lower.iter_mut().enumerate() {
            let factor = row[pivot] / line[pivot];
            for column in pivot..UNKNOWNS {
                row[column] -= factor * line[column];
            }
            right[pivot + 1 + offset] -= factor * right[pivot];
        }
    }
    for row in (0..UNKNOWNS).rev() {
        let known: f64 = (row + 1..UNKNOWNS)
            .map(|column| matrix[row][column] * right[column])
            .sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}

fn dot(a: &[f64; UNKNOWNS], b: &[f64; UNKNOWNS]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn tukey(sigmas: f64) -> f64 {
    let share = sigmas / TUKEY_SIGMAS;
    if share >= 1.0 {
        return 0.0;
    }
    let rest = 1.0 - share * share;
    rest * rest
}

/// How many neighbouring residuals say the same: (1 + r) / (1 - r) for a correlation r of each
/// with the next, that of a process without further memory.
fn likeness(residuals: &[f64], weights: &[f64]) -> f64 {
    let weighted: Vec<f64> = residuals.iter().zip(weights).map(|(r, w)| r * w).collect();
    let own: f64 = weighted.iter().map(|r| r * r).sum();
    let next: f64 = weighted.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let r = if own > 0.0 { next / own } else { 0.0 };
    let r = r.clamp(0.0, 0.95);
    (1.0 + r) / (1.0 - r)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Outline;
    use crate::extraction::Shape;
    use crate::geometry::Point;
    use crate::measurement::curve::Curve;

    fn outline(shape: Shape, half_width: f64, half_height: f64) -> Outline {
        Outline {
            shape,
            centre: Point::new(0.0, 0.0),
            half_width,
            half_height,
            axis_degrees: 0.0,
        }
    }

    #[test]
    fn a_circle_becomes_the_ellipse_that_a_third_of_wrong_offsets_hides() {
        let (from, to) = (
            outline(Shape::Round, 100.0, 100.0),
            outline(Shape::Oval, 103.0, 100.5),
        );
        let curve = Curve::from_outline(&from);
        let offsets: Vec<_> = curve
            .stations()
            .into_iter()
            .enumerate()
            .map(|(index, station)| {
                let direction = libm::atan2(station.arm.y, station.arm.x);
                let wrong = if index % 3 == 0 { -8.0 } else { 0.0 };
                Offset {
                    station,
                    outwards: to.radius_at(direction) - 100.0 + wrong,
                }
            })
            .collect();
        let fit = Fit::of(Family::Ellipse, 100.0, &offsets).unwrap();
        let axes = curve.changed(&fit.change).axes(&from);
        assert!((axes.half_width - 103.0).abs() < 0.05, "{axes:?}");
        assert!((axes.half_height - 100.5).abs() < 0.05, "{axes:?}");
    }

    #[test]
    fn too_few_offsets_give_no_fit() {
        let curve = Curve::from_outline(&outline(Shape::Round, 100.0, 100.0));
        let offsets: Vec<_> = curve
            .stations()
            .into_iter()
            .take(20)
            .map(|station| Offset {
                station,
                outwards: 1.0,
            })
            .collect();
        assert!(Fit::of(Family::Ellipse, 100.0, &offsets).is_none());
    }
}
