//! A drawing's samples, as they are compared with a page closely.

use crate::extraction::Outline;
use crate::extraction::figure::Figure;
use crate::extraction::figure::PER_MM;
use crate::extraction::likeness::letters;
use crate::geometry::Point;

/// Share of the way from a seal's centre to its outer edge that its outline's lines do not reach into.
const INSIDE: f64 = 0.75;

/// A figure's samples, in millimetres from its middle, with their ink.
pub(super) struct Drawing {
    /// Those well within the outline come first.
    samples: Vec<(Point, f64)>,
    /// How many these are.
    inside: usize,
}

impl Drawing {
    pub(super) fn new(figure: &Figure) -> Self {
        let smooth = letters(&figure.ink.map(f32::from), PER_MM);
        let (width, height) = (smooth.width(), smooth.height());
        let read = Outline {
            shape: figure.shape,
            centre: Point::ORIGIN,
            half_width: figure.half_mm.0,
            half_height: figure.half_mm.1,
            axis_degrees: 0.0,
        }
        .reader();
        let mut samples = Vec::with_capacity(width * height / 4 + 1);
        let mut others = Vec::new();
        for y in (0..height).step_by(2) {
            for (x, value) in smooth.row(y).iter().enumerate().step_by(2) {
                let off = |at: usize, count: usize| (at as f64 + 0.5 - 0.5 * count as f64) / PER_MM;
                let point = Point::new(off(x, width), off(y, height));
                let (distance, reach) = read(point);
                let part = match distance < INSIDE * reach {
                    true => &mut samples,
                    false => &mut others,
                };
                part.push((point, f64::from(*value) / 255.0));
            }
        }
        let inside = samples.len();
        samples.append(&mut others);
        Self { samples, inside }
    }

    pub(super) fn whole(&self) -> &[(Point, f64)] {
        &self.samples
    }

    pub(super) fn inside(&self) -> &[(Point, f64)] {
        &self.samples[..self.inside]
    }
}
