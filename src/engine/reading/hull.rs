//! The convex hull of strokes.

use crate::geometry::Point;

/// A convex polygon, counter-clockwise on a page whose y grows downwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Hull {
    corners: Vec<Point>,
}

impl Hull {
    /// The smallest convex polygon around the points; `None` of less than three that are no line. Cost:
    /// that of sorting them (Andrew's monotone chain).
    #[must_use]
    pub fn around(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        let mut points: Vec<Point> = points.into_iter().collect();
        points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        points.dedup();
        let mut corners = chain(points.iter().copied());
        let upper = chain(points.iter().rev().copied());
        // The ends of each chain are the starts of the other.
        corners.pop();
        corners.extend_from_slice(&upper[..upper.len().saturating_sub(1)]);
        (corners.len() >= 3).then_some(Self { corners })
    }

    /// Its area.
    #[must_use]
    pub fn area(&self) -> f64 {
        let next = self.corners.iter().cycle().skip(1);
        let cross = self.corners.iter().zip(next);
        let doubled: f64 = cross.map(|(a, b)| a.x * b.y - a.y * b.x).sum();
        0.5 * doubled.abs()
    }

    /// Least and greatest coordinates.
    #[must_use]
    pub fn bounds(&self) -> (Point, Point) {
        let mut low = Point::new(f64::INFINITY, f64::INFINITY);
        let mut high = Point::new(f64::NEG_INFINITY, f64::NEG_INFINITY);
        for corner in &self.corners {
            low = Point::new(low.x.min(corner.x), low.y.min(corner.y));
            high = Point::new(high.x.max(corner.x), high.y.max(corner.y));
        }
        (low, high)
    }

    /// Share of its area that `within` holds, 0 to 1, to about a hundredth: read at the nodes of a grid.
    #[must_use]
    pub fn share(&self, within: impl Fn(Point) -> bool) -> f64 {
        const NODES: usize = 96;
        let (low, high) = self.bounds();
        let step = (
            (high.x - low.x) / NODES as f64,
            (high.y - low.y) / NODES as f64,
        );
        let (mut all, mut held) = (0_u32, 0_u32);
        for row in 0..NODES {
            let y = low.y + (row as f64 + 0.5) * step.1;
            let Some((left, right)) = self.span(y) else {
                continue;
            };
            for column in 0..NODES {
                let x = low.x + (column as f64 + 0.5) * step.0;
                if (left..=right).contains(&x) {
                    all += 1;
                    held += u32::from(within(Point::new(x, y)));
                }
            }
        }
        f64::from(held) / f64::from(all.max(1))
    }

    /// Where a row enters and leaves the polygon.
    fn span(&self, y: f64) -> Option<(f64, f64)> {
        let next = self.corners.iter().cycle().skip(1);
        let mut span: Option<(f64, f64)> = None;
        for (a, b) in self.corners.iter().zip(next) {
            if (a.y <= y) == (b.y <= y) {
                continue;
            }
            let x = a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y);
            span = Some(span.map_or((x, x), |(left, right)| (left.min(x), right.max(x))));
        }
        span
    }
}

/// The chain that keeps turning one way through sorted points.
fn chain(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut chain: Vec<Point> = Vec::new();
    for point in points {
        while let [.., a, b] = chain[..]
            && (b - a).cross(point - a) <= 0.0
        {
            chain.pop();
        }
        chain.push(point);
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_with_points_inside_is_its_four_corners() {
        let points = [
            (0.0, 0.0),
            (2.0, 1.0),
            (4.0, 0.0),
            (4.0, 4.0),
            (1.0, 3.0),
            (0.0, 4.0),
        ];
        let hull = Hull::around(points.map(Point::from)).unwrap();
        assert_eq!(hull.corners.len(), 4);
        assert!((hull.area() - 16.0).abs() < 1e-12);
        let left = hull.share(|point| point.x < 1.0);
        assert!((left - 0.25).abs() < 0.01, "{left}");
    }

    #[test]
    fn points_on_a_line_have_no_hull() {
        let line = (0..5).map(|i| Point::new(f64::from(i), 2.0 * f64::from(i)));
        assert_eq!(Hull::around(line), None);
    }
}
