//! The outline of a seal: a closed curve around a centre, one radius a direction.

use serde::{Deserialize, Serialize};

use crate::extraction::Shape;
use crate::geometry::PixelRect;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::units::floor_index;
use crate::units::stored;

/// The outline as found on the page.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// Outline family.
    pub shape: Shape,
    /// Centre, in page pixels.
    pub centre: Point,
    /// Half the width along the seal's own x axis, to the outer edge, in page pixels.
    pub half_width: f64,
    /// Half the height along the seal's own y axis, to the outer edge, in page pixels.
    pub half_height: f64,
    /// Turn of the seal's x axis against the page's, degrees, clockwise positive; 0 for a circle.
    pub axis_degrees: f64,
}

impl Outline {
    /// Distance from the centre to the outer edge in a direction (radians, page frame).
    #[must_use]
    pub fn radius_at(&self, direction: f64) -> f64 {
        let own = direction - self.axis_degrees.to_radians();
        self.radius_towards(Vec2::new(libm::cos(own), libm::sin(own)))
    }

    /// The same towards a unit vector of the seal's own frame.
    fn radius_towards(&self, own: Vec2) -> f64 {
        let (c, s) = (own.x, own.y);
        let (a, b) = (self.half_width, self.half_height);
        match self.shape {
            Shape::Round | Shape::Oval => {
                let (x, y) = (c / a, s / b);
                1.0 / (x * x + y * y).sqrt()
            }
            Shape::Rectangle | Shape::Other => (a / c.abs().max(1e-9)).min(b / s.abs().max(1e-9)),
            Shape::Triangle => {
                // Apex (0, -b), base from (-a, b) to (a, b): the nearer of base and flank.
                let base = if s > 1e-9 { b / s } else { f64::INFINITY };
                // Flank through (0, -b) and (a, b): b x 2 - a y = a b for x > 0.
                let across = 2.0 * b * c.abs() - a * s;
                let flank = if across > 1e-9 {
                    a * b / across
                } else {
                    f64::INFINITY
                };
                base.min(flank)
            }
        }
    }

    /// Reads a point's distance from the centre, and that of the outer edge in its direction.
    pub fn reader(&self) -> impl Fn(Point) -> (f64, f64) + use<> {
        let outline = *self;
        let turn = self.axis_degrees.to_radians();
        let axis = Vec2::new(libm::cos(turn), libm::sin(turn));
        move |point| {
            let arm = point - outline.centre;
            let distance = arm.hypot().max(1e-9);
            let own = Vec2::new(arm.dot(axis), axis.cross(arm)) / distance;
            (distance, outline.radius_towards(own))
        }
    }

    /// Tells whether a point lies within the outer edge.
    pub fn inside(&self) -> impl Fn(Point) -> bool + use<> {
        let reader = self.reader();
        move |point| {
            let (distance, edge) = reader(point);
            distance <= edge
        }
    }

    /// What stays where it is whichever corner of a triangle is taken for its apex: the centre of its area, a sixth of the
    /// height below the middle of it. Of other shapes the centre.
    #[must_use]
    pub fn centre_of_area(&self) -> Point {
        match self.shape {
            Shape::Triangle => self.centre + self.turned(Vec2::new(0.0, self.half_height / 3.0)),
            Shape::Round | Shape::Oval | Shape::Rectangle | Shape::Other => self.centre,
        }
    }

    /// The same outline, of an equilateral triangle with that corner for its apex that makes its turn nearest to
    /// `turn_deg`.
    #[must_use]
    pub fn upright_at(&self, turn_deg: f64) -> Self {
        match self.shape {
            Shape::Triangle => {
                let corners = ((turn_deg - self.axis_degrees) / 120.0).round();
                let mut other = *self;
                other.axis_degrees =
                    (self.axis_degrees + 120.0 * corners + 180.0).rem_euclid(360.0) - 180.0;
                other.centre += self.centre_of_area() - other.centre_of_area();
                other
            }
            Shape::Round | Shape::Oval | Shape::Rectangle | Shape::Other => *self,
        }
    }

    /// A vector of the seal's own frame, in the page's.
    pub(super) fn turned(&self, own: Vec2) -> Vec2 {
        let turn = self.axis_degrees.to_radians();
        rotated(own, Vec2::new(libm::cos(turn), libm::sin(turn)))
    }

    /// Unit vectors of the seal's own frame in `count` even directions, each with the way in the page
    /// from the centre to the ellipse with the seal's half axes.
    pub(super) fn arms(&self, count: usize) -> impl Iterator<Item = (Vec2, Vec2)> + use<> {
        let turn = self.axis_degrees.to_radians();
        let axis = Vec2::new(libm::cos(turn), libm::sin(turn));
        let (a, b) = (self.half_width, self.half_height);
        circle(count).map(move |unit| {
            let own = Vec2::new(a * unit.x, b * unit.y);
            (unit, rotated(own, axis))
        })
    }

    /// Unit vectors in `count` even directions, each with the distance to the outer edge.
    pub(super) fn rays(&self, count: usize) -> Vec<(Vec2, f64)> {
        let turn = self.axis_degrees.to_radians();
        let axis = Vec2::new(libm::cos(turn), libm::sin(turn));
        circle(count)
            .map(|unit| {
                let own = Vec2::new(unit.dot(axis), axis.cross(unit));
                (unit, self.radius_towards(own))
            })
            .collect()
    }

    /// The point at `rho` of the way from the centre to the outer edge in a direction.
    #[must_use]
    pub fn point(&self, rho: f64, direction: f64) -> Point {
        let reach = rho * self.radius_at(direction);
        self.centre + Vec2::new(libm::cos(direction), libm::sin(direction)) * reach
    }

    /// Mean of the half axes, in page pixels.
    #[must_use]
    pub fn mean_radius(&self) -> f64 {
        0.5 * (self.half_width + self.half_height)
    }

    /// The same outline on a raster `factor` times as fine.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            shape: self.shape,
            centre: Point::new(self.centre.x * factor, self.centre.y * factor),
            half_width: self.half_width * factor,
            half_height: self.half_height * factor,
            axis_degrees: self.axis_degrees,
        }
    }

    /// The bounding box, clipped to a page of the given size.
    #[must_use]
    pub fn bbox(&self, (width, height): (usize, usize)) -> PixelRect {
        let rays = self.rays(360).into_iter();
        let corners = rays.map(|(unit, reach)| self.centre + unit * reach);
        let (mut left, mut top) = (f64::INFINITY, f64::INFINITY);
        let (mut right, mut bottom) = (0.0_f64, 0.0_f64);
        for point in corners {
            left = left.min(point.x);
            top = top.min(point.y);
            right = right.max(point.x);
            bottom = bottom.max(point.y);
        }
        let (x, y) = (floor_index(left.max(0.0)), floor_index(top.max(0.0)));
        let right = floor_index(right.ceil()).min(width).max(x + 1);
        let bottom = floor_index(bottom.ceil()).min(height).max(y + 1);
        PixelRect {
            x: stored(x),
            y: stored(y),
            width: stored(right - x),
            height: stored(bottom - y),
        }
    }
}

/// A vector turned so that the x axis comes to lie along a unit vector.
fn rotated(v: Vec2, axis: Vec2) -> Vec2 {
    Vec2::new(axis.x * v.x - axis.y * v.y, axis.y * v.x + axis.x * v.y)
}

/// Unit vectors at even angles from 0 on, each turned from the last: no sine or cosine apiece.
pub(super) fn circle(count: usize) -> impl Iterator<Item = Vec2> {
    let step = std::f64::consts::TAU / count as f64;
    let turn = Vec2::new(libm::cos(step), libm::sin(step));
    let next = move |unit: &Vec2| {
        Some(Vec2::new(
            turn.x * unit.x - turn.y * unit.y,
            turn.y * unit.x + turn.x * unit.y,
        ))
    };
    std::iter::successors(Some(Vec2::new(1.0, 0.0)), next).take(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(shape: Shape) -> Outline {
        let centre = Point::new(100.0, 100.0);
        Outline {
            shape,
            centre,
            half_width: 40.0,
            half_height: 20.0,
            axis_degrees: 0.0,
        }
    }

    #[test]
    fn radii_along_the_axes_are_the_half_sizes() {
        for shape in [Shape::Oval, Shape::Rectangle] {
            assert!((outline(shape).radius_at(0.0) - 40.0).abs() < 1e-6);
            assert!((outline(shape).radius_at(std::f64::consts::FRAC_PI_2) - 20.0).abs() < 1e-6);
        }
    }

    #[test]
    fn an_equilateral_triangle_is_the_same_area_whichever_corner_is_its_apex() {
        let upright = Outline {
            half_height: 40.0 * 0.75_f64.sqrt(),
            axis_degrees: -78.0,
            ..outline(Shape::Triangle)
        };
        let upright = Outline {
            half_width: 40.0,
            ..upright
        };
        let other = upright.upright_at(50.0);
        assert!((other.axis_degrees - 42.0).abs() < 1e-9, "{other:?}");
        assert!((other.centre - upright.centre).hypot() > 10.0);
        for step in 0..36 {
            let way = f64::from(step) * 0.1745;
            let reach = |of: &Outline| {
                let from = of.centre_of_area() - of.centre;
                // From the centre of area outwards until the outline is crossed.
                let is_in = |far: f64| {
                    let arm = from + Vec2::new(libm::cos(way), libm::sin(way)) * far;
                    arm.hypot() <= of.radius_at(libm::atan2(arm.y, arm.x))
                };
                (0..800)
                    .map(|far| f64::from(far) * 0.1)
                    .take_while(|far| is_in(*far))
                    .count()
            };
            assert!(reach(&upright).abs_diff(reach(&other)) <= 1, "{way}");
        }
    }

    #[test]
    fn the_corners_of_a_triangle_lie_on_its_outline() {
        let triangle = outline(Shape::Triangle);
        let apex = triangle.radius_at(-std::f64::consts::FRAC_PI_2);
        assert!((apex - 20.0).abs() < 1e-6, "{apex}");
        let corner = triangle.radius_at(libm::atan2(20.0, 40.0));
        assert!((corner - libm::hypot(40.0, 20.0)).abs() < 1e-6, "{corner}");
    }

    #[test]
    fn rays_agree_with_radii() {
        for shape in [Shape::Oval, Shape::Rectangle, Shape::Triangle] {
            let turned = Outline {
                axis_degrees: 25.0,
                ..outline(shape)
            };
            for (i, (unit, reach)) in turned.rays(240).into_iter().enumerate() {
                let direction = i as f64 / 240.0 * std::f64::consts::TAU;
                assert!((unit.x - libm::cos(direction)).abs() < 1e-9, "{unit:?}");
                assert!(
                    (reach - turned.radius_at(direction)).abs() < 1e-6,
                    "{shape:?} {i}"
                );
            }
        }
    }

    #[test]
    fn points_are_read_against_the_outer_edge() {
        let turned = Outline {
            axis_degrees: 25.0,
            ..outline(Shape::Oval)
        };
        let (distance, reach) = turned.reader()(turned.point(0.7, 2.0));
        assert!((distance - 0.7 * reach).abs() < 1e-9, "{distance} {reach}");
        assert!((reach - turned.radius_at(2.0)).abs() < 1e-9, "{reach}");
    }

    #[test]
    fn a_turned_rectangle_turns_its_radii() {
        let turned = Outline {
            axis_degrees: 90.0,
            ..outline(Shape::Rectangle)
        };
        assert!((turned.radius_at(0.0) - 20.0).abs() < 1e-6);
    }
}
