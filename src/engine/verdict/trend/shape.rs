//! The courses that a growth may take, in shares of the time looked at.

use crate::verdict::trend::Point;

/// Prior probability that nothing grows, and of a growth by and by; the rest is for steps.
const STILL: f64 = 0.6;
const GRADUAL: f64 = 0.25;
/// When a growth may begin, and the powers by which it goes on.
const BEGINNINGS: [f64; 4] = [0.0, 0.2, 0.4, 0.6];
/// What is worn through of many places of differing strength starts slowly.
const POWERS: [f64; 4] = [0.7, 1.0, 1.6, 2.6];

/// How a growth goes, from 0 at the first value to 1 at the last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    /// Not at all.
    Still,
    /// From a beginning on, by a power of time.
    Gradual { from: f64, power: f64 },
    /// At once, between two values.
    Step { after: f64, by: f64 },
}

impl Shape {
    /// How much of the growth is there at a share of the time, beyond 1 as it goes on.
    pub(super) fn at(self, share: f64) -> f64 {
        match self {
            Self::Still => 0.0,
            Self::Gradual { from, power } => {
                libm::pow(((share - from) / (1.0 - from)).max(0.0), power)
            }
            // Which day it is between the two is not known: evenly.
            Self::Step { after, by } => ((share - after) / (by - after)).clamp(0.0, 1.0),
        }
    }

    /// The share of the time at which so much of the growth is there; `None` if it never is.
    pub(super) fn reaches(self, amount: f64) -> Option<f64> {
        match self {
            Self::Still => None,
            Self::Gradual { from, power } => {
                Some(from + (1.0 - from) * libm::pow(amount.max(0.0), 1.0 / power))
            }
            Self::Step { after, by } => (amount <= 1.0).then(|| f64::midpoint(after, by)),
        }
    }

    /// Between which shares of the time it steps.
    pub(super) const fn step(self) -> Option<(f64, f64)> {
        match self {
            Self::Still | Self::Gradual { .. } => None,
            Self::Step { after, by } => Some((after, by)),
        }
    }
}

/// Every course with its prior probability; points stand at shares of the time.
pub(super) fn shapes(points: &[Point]) -> Vec<(Shape, f64)> {
    let mut shapes = vec![(Shape::Still, STILL)];
    let share = GRADUAL / (BEGINNINGS.len() * POWERS.len()) as f64;
    for from in BEGINNINGS {
        shapes.extend(POWERS.map(|power| (Shape::Gradual { from, power }, share)));
    }
    // Damage comes on any day alike: longer intervals hold more of it.
    for pair in points.windows(2) {
        let (after, by) = (pair[0].day, pair[1].day);
        if by > after {
            shapes.push((
                Shape::Step { after, by },
                (1.0 - STILL - GRADUAL) * (by - after),
            ));
        }
    }
    shapes
}
