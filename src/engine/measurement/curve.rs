//! A closed curve on the page: the affine image of a unit circle, square or triangle.
//!
//! Every outline family is measured in the same way: stations stand around the curve, each with its
//! outward normal, and what is read along the normals says how the curve must change.

use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::measurement::fit::Change;
use crate::units::floor_index;

/// Stations around a curve.
pub(super) const STATIONS: u16 = 360;
/// Share of a side at each of its ends that is left out of fits: rounded corners.
const CORNER_SHARE: f64 = 0.15;

/// What the curve is the image of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// The unit circle.
    Ellipse,
    /// The square from -1 to 1.
    Rectangle,
    /// The triangle with its apex at (0, -1) and its base from (-1, 1) to (1, 1).
    Triangle,
}

/// A closed curve in page pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve {
    pub(super) family: Family,
    pub(super) centre: Point,
    /// Image of the unit shape's x axis.
    x: Vec2,
    /// Image of the unit shape's y axis.
    y: Vec2,
}

/// A place on the curve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Station {
    pub(super) point: Point,
    /// Outward, of unit length.
    pub(super) normal: Vec2,
    /// From the curve's centre to the point.
    pub(super) arm: Vec2,
    /// Far enough from a corner to count in fits.
    pub(super) plain: bool,
}

/// Sizes of a curve along its own axes, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axes {
    pub(super) half_width: f64,
    pub(super) half_height: f64,
    /// Turn of the x axis against the page's, in degrees; `None` where the shape has no axis.
    pub(super) turn_degrees: Option<f64>,
    /// Where the longer axis of a round shape lies against the page's x axis, in degrees.
    pub(super) long_degrees: Option<f64>,
    /// Longer and shorter half axis; those of the fitted ellipse for round shapes.
    pub(super) extremes: (f64, f64),
}

impl Curve {
    /// The curve of an outline.
    pub(super) fn from_outline(outline: &Outline) -> Self {
        let family = match outline.shape {
            Shape::Round | Shape::Oval => Family::Ellipse,
            Shape::Rectangle | Shape::Other => Family::Rectangle,
            Shape::Triangle => Family::Triangle,
        };
        let (s, c) = libm::sincos(outline.axis_degrees.to_radians());
        Self {
            family,
            centre: outline.centre,
            x: Vec2::new(c, s) * outline.half_width,
            y: Vec2::new(-s, c) * outline.half_height,
        }
    }

    /// All stations, in order around the curve.
    pub(super) fn stations(&self) -> Vec<Station> {
        (0..STATIONS).map(|index| self.station(index)).collect()
    }

    fn station(&self, index: u16) -> Station {
        let way = (f64::from(index) + 0.5) / f64::from(STATIONS);
        let (unit, facing, plain) = match self.family {
            Family::Ellipse => {
                let (s, c) = libm::sincos(way * std::f64::consts::TAU);
                (Vec2::new(c, s), Vec2::new(c, s), true)
            }
            Family::Rectangle => {
                let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
                on_sides(&corners, way)
            }
            Family::Triangle => on_sides(&[(0.0, -1.0), (1.0, 1.0), (-1.0, 1.0)], way),
        };
        let arm = self.x * unit.x + self.y * unit.y;
        // Normals go by the inverse transpose of the map.
        let across =
            Vec2::new(self.y.y, -self.y.x) * facing.x + Vec2::new(-self.x.y, self.x.x) * facing.y;
        Station {
            point: self.centre + arm,
            normal: across / across.hypot().max(1e-9),
            arm,
            plain,
        }
    }

    /// Mean of the half axes.
    pub(super) fn radius(&self) -> f64 {
        0.5 * (self.x.hypot() + self.y.hypot())
    }

    /// A page point in the unit shape's frame.
    pub(super) fn unit_from_page(&self, point: Point) -> Vec2 {
        let arm = point - self.centre;
        let area = self.x.cross(self.y);
        Vec2::new(arm.cross(self.y) / area, self.x.cross(arm) / area)
    }

    /// Whether a page point lies inside the curve shrunk to `rho` of its size about its centre.
    pub(super) fn contains(&self, point: Point, rho: f64) -> bool {
        let unit = self.unit_from_page(point);
        match self.family {
            Family::Ellipse => unit.hypot2() <= rho * rho,
            Family::Rectangle => unit.x.abs().max(unit.y.abs()) <= rho,
            Family::Triangle => unit.y <= rho && 2.0 * unit.x.abs() - unit.y <= rho,
        }
    }

    /// A distance from the centre that no point of the curve exceeds.
    pub(super) fn reach(&self) -> f64 {
        self.x.hypot() + self.y.hypot()
    }

    /// Area inside the curve, in square pixels.
    pub(super) fn area(&self) -> f64 {
        let unit = match self.family {
            Family::Ellipse => std::f64::consts::PI,
            Family::Rectangle => 4.0,
            Family::Triangle => 2.0,
        };
        unit * self.x.cross(self.y).abs()
    }

    /// The curve moved and stretched.
    pub(super) fn changed(&self, change: &Change) -> Self {
        Self {
            family: self.family,
            centre: self.centre + change.shift,
            x: change.stretched(self.x),
            y: change.stretched(self.y),
        }
    }

    /// Sizes along the axes that the shape has, in the order that `outline` gives them.
    pub(super) fn axes(&self, outline: &Outline) -> Axes {
        match self.family {
            Family::Ellipse => self.ellipse_axes(outline),
            Family::Rectangle | Family::Triangle => {
                let (width, height) = (self.x.hypot(), self.y.hypot());
                let skew = libm::atan2(-self.y.x, self.y.y) - libm::atan2(self.x.y, self.x.x);
                let turn = libm::atan2(self.x.y, self.x.x).to_degrees()
                    + 0.5 * within(skew.to_degrees(), 180.0);
                let axes = Axes {
                    half_width: width,
                    half_height: height,
                    turn_degrees: Some(within(turn, 180.0)),
                    long_degrees: None,
                    extremes: (width.max(height), width.min(height)),
                };
                if self.family == Family::Rectangle {
                    axes.upright()
                } else {
                    axes
                }
            }
        }
    }

    fn ellipse_axes(&self, outline: &Outline) -> Axes {
        let xx = self.x.x * self.x.x + self.y.x * self.y.x;
        let yy = self.x.y * self.x.y + self.y.y * self.y.y;
        let xy = self.x.x * self.x.y + self.y.x * self.y.y;
        let (middle, spread) = (0.5 * (xx + yy), libm::hypot(0.5 * (xx - yy), xy));
        let long = (middle + spread).sqrt();
        let short = (middle - spread).max(0.0).sqrt();
        let turn = 0.5 * libm::atan2(2.0 * xy, xx - yy).to_degrees();
        if outline.shape != Shape::Oval {
            return Axes {
                half_width: xx.sqrt(),
                half_height: yy.sqrt(),
                turn_degrees: None,
                long_degrees: Some(turn),
                extremes: (long, short),
            };
        }
        let lies = outline.half_width >= outline.half_height;
        let (half_width, half_height, turn) = if lies {
            (long, short, turn)
        } else {
            (short, long, turn + 90.0)
        };
        Axes {
            half_width,
            half_height,
            turn_degrees: Some(within(turn, 90.0)),
            long_degrees: None,
            extremes: (long, short),
        }
    }
}

impl Axes {
    /// The same rectangle with its turn between -45 and 45 degrees: width is what lies.
    fn upright(self) -> Self {
        let turn = self.turn_degrees.unwrap_or(0.0);
        let near = within(turn, 45.0);
        let quarters = ((turn - near) / 90.0).round();
        let lies = (quarters.rem_euclid(2.0)).abs() < 0.5;
        let (half_width, half_height) = if lies {
            (self.half_width, self.half_height)
        } else {
            (self.half_height, self.half_width)
        };
        Self {
            half_width,
            half_height,
            turn_degrees: Some(near),
            ..self
        }
    }

    /// Mean of the half axes.
    pub(super) fn mean(&self) -> f64 {
        0.5 * (self.half_width + self.half_height)
    }
}

/// An angle in degrees brought into `-half..half` by whole steps of twice `half`.
fn within(degrees: f64, half: f64) -> f64 {
    (degrees + half).rem_euclid(2.0 * half) - half
}

/// The point at a share of the way around a polygon whose sides get equal shares, the side's
/// outward direction, and whether the point is clear of the corners.
fn on_sides(corners: &[(f64, f64)], way: f64) -> (Vec2, Vec2, bool) {
    let place = way * corners.len() as f64;
    let side = floor_index(place).min(corners.len() - 1);
    let share = place - side as f64;
    let start = Vec2::from(corners[side]);
    let along = Vec2::from(corners[(side + 1) % corners.len()]) - start;
    let plain = (CORNER_SHARE..=1.0 - CORNER_SHARE).contains(&share);
    // Corners run clockwise on a y-down raster, so that the outside lies to the left.
    (start + along * share, Vec2::new(along.y, -along.x), plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(shape: Shape, axis_degrees: f64) -> Outline {
        Outline {
            shape,
            centre: Point::new(50.0, 60.0),
            half_width: 40.0,
            half_height: 20.0,
            axis_degrees,
        }
    }

    #[test]
    fn stations_lie_on_the_outline_and_face_outwards() {
        for shape in [Shape::Oval, Shape::Rectangle, Shape::Triangle] {
            let outline = outline(shape, 25.0);
            for station in Curve::from_outline(&outline).stations() {
                let direction = libm::atan2(station.arm.y, station.arm.x);
                let gap = station.arm.hypot() - outline.radius_at(direction);
                assert!(gap.abs() < 1e-6, "{shape:?}: {gap}");
                assert!(station.normal.dot(station.arm) > 0.0, "{shape:?}");
            }
        }
    }

    #[test]
    fn the_axes_of_an_outline_come_back() {
        for shape in [Shape::Oval, Shape::Rectangle] {
            let outline = outline(shape, -30.0);
            let axes = Curve::from_outline(&outline).axes(&outline);
            assert!((axes.half_width - 40.0).abs() < 1e-9, "{axes:?}");
            assert!((axes.half_height - 20.0).abs() < 1e-9, "{axes:?}");
            assert!((axes.turn_degrees.unwrap() + 30.0).abs() < 1e-9, "{axes:?}");
        }
    }

    #[test]
    fn a_rectangle_beyond_45_degrees_swaps_its_sides() {
        let outline = outline(Shape::Rectangle, 80.0);
        let axes = Curve::from_outline(&outline).axes(&outline);
        assert!((axes.half_width - 20.0).abs() < 1e-9, "{axes:?}");
        assert!((axes.turn_degrees.unwrap() + 10.0).abs() < 1e-9, "{axes:?}");
    }

    #[test]
    fn the_unit_frame_undoes_the_map() {
        let curve = Curve::from_outline(&outline(Shape::Oval, 33.0));
        let station = curve.station(77);
        assert!((curve.unit_from_page(station.point).hypot() - 1.0).abs() < 1e-9);
    }
}
