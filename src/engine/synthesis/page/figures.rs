//! Figures as a hand writes them: a few strokes each, in one of several ways.

use kurbo::BezPath;
use kurbo::Point;

use crate::synthesis::chance::Chance;
use crate::synthesis::motif::line;

/// Corners of a stroke, right and up from the lower left of a figure, which is one high.
type Stroke = &'static [(f64, f64)];
/// A way to write a figure.
type Way = &'static [Stroke];

/// The ways of each figure.
const WAYS: [&[Way]; 10] = [
    &[
        &[&[
            (0.35, 1.0),
            (0.05, 0.75),
            (0.05, 0.25),
            (0.3, 0.0),
            (0.55, 0.25),
            (0.55, 0.75),
            (0.35, 1.0),
        ]],
        &[&[
            (0.45, 0.9),
            (0.1, 0.9),
            (0.0, 0.4),
            (0.2, 0.0),
            (0.5, 0.2),
            (0.5, 0.8),
            (0.3, 1.02),
        ]],
    ],
    &[
        &[&[(0.3, 1.0), (0.28, 0.5), (0.25, 0.0)]],
        &[&[(0.1, 0.75), (0.35, 1.0), (0.33, 0.5), (0.3, 0.0)]],
    ],
    &[
        &[&[
            (0.05, 0.75),
            (0.25, 1.0),
            (0.5, 0.75),
            (0.3, 0.35),
            (0.0, 0.0),
            (0.3, 0.05),
            (0.58, 0.0),
        ]],
        &[&[
            (0.1, 0.8),
            (0.35, 1.0),
            (0.5, 0.7),
            (0.15, 0.1),
            (0.05, 0.2),
            (0.25, 0.1),
            (0.6, 0.05),
        ]],
    ],
    &[
        &[&[
            (0.05, 0.9),
            (0.35, 1.0),
            (0.5, 0.75),
            (0.2, 0.52),
            (0.5, 0.3),
            (0.35, 0.0),
            (0.0, 0.1),
        ]],
        &[&[
            (0.05, 1.0),
            (0.5, 1.0),
            (0.22, 0.6),
            (0.55, 0.35),
            (0.35, 0.0),
            (0.02, 0.08),
        ]],
    ],
    &[
        &[
            &[(0.3, 1.0), (0.02, 0.35), (0.3, 0.33), (0.6, 0.35)],
            &[(0.42, 0.65), (0.4, 0.3), (0.38, 0.0)],
        ],
        &[
            &[(0.05, 1.0), (0.03, 0.5), (0.25, 0.45), (0.55, 0.5)],
            &[(0.5, 0.95), (0.48, 0.4), (0.45, 0.0)],
        ],
    ],
    &[
        &[
            &[
                (0.1, 1.0),
                (0.07, 0.6),
                (0.35, 0.62),
                (0.52, 0.3),
                (0.3, 0.0),
                (0.0, 0.08),
            ],
            &[(0.1, 1.0), (0.35, 0.98), (0.55, 1.0)],
        ],
        &[&[
            (0.55, 1.0),
            (0.15, 0.98),
            (0.1, 0.6),
            (0.4, 0.6),
            (0.5, 0.25),
            (0.25, 0.0),
            (0.02, 0.1),
        ]],
    ],
    &[
        &[&[
            (0.45, 1.0),
            (0.15, 0.6),
            (0.05, 0.2),
            (0.3, 0.0),
            (0.5, 0.22),
            (0.3, 0.42),
            (0.08, 0.25),
        ]],
        &[&[
            (0.35, 1.0),
            (0.05, 0.4),
            (0.2, 0.0),
            (0.48, 0.15),
            (0.4, 0.4),
            (0.1, 0.3),
        ]],
    ],
    &[
        &[&[
            (0.02, 0.95),
            (0.3, 0.98),
            (0.55, 1.0),
            (0.35, 0.5),
            (0.2, 0.0),
        ]],
        &[
            &[
                (0.02, 0.95),
                (0.3, 0.98),
                (0.55, 1.0),
                (0.35, 0.5),
                (0.2, 0.0),
            ],
            &[(0.12, 0.5), (0.3, 0.52), (0.5, 0.5)],
        ],
    ],
    &[
        &[&[
            (0.45, 0.85),
            (0.25, 1.0),
            (0.1, 0.78),
            (0.45, 0.3),
            (0.3, 0.0),
            (0.05, 0.2),
            (0.4, 0.65),
            (0.47, 0.88),
        ]],
        &[&[
            (0.3, 0.55),
            (0.1, 0.78),
            (0.3, 1.0),
            (0.48, 0.78),
            (0.3, 0.55),
            (0.05, 0.25),
            (0.3, 0.0),
            (0.52, 0.25),
            (0.3, 0.55),
        ]],
    ],
    &[
        &[&[
            (0.48, 0.8),
            (0.25, 1.0),
            (0.05, 0.75),
            (0.25, 0.55),
            (0.48, 0.8),
            (0.45, 0.4),
            (0.35, 0.0),
        ]],
        &[&[
            (0.5, 0.9),
            (0.2, 1.0),
            (0.1, 0.65),
            (0.4, 0.6),
            (0.5, 0.9),
            (0.5, 0.3),
            (0.2, 0.0),
            (0.05, 0.12),
        ]],
    ],
];

/// How one person writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hand {
    /// Height of a figure, millimetres.
    height: f64,
    /// Width of the pen's line.
    weight: f64,
    /// How far a figure's top lies to the right, over its height.
    slant: f64,
    /// From one figure to the next, over their height.
    pitch: f64,
    /// How far the corners stray, over the height.
    stray: f64,
    /// Which way it writes each figure.
    ways: [usize; 10],
    /// Whether a nought stands before a single figure.
    pads: bool,
}

impl Hand {
    /// Someone's, for lines of print whose capitals are so high.
    pub(super) fn new(capital: f64, chance: &mut Chance) -> Self {
        Self {
            height: capital * chance.between(1.1, 1.7),
            weight: chance.between(0.28, 0.6),
            slant: chance.between(-0.05, 0.35),
            pitch: chance.between(0.62, 0.85),
            stray: chance.between(0.02, 0.05),
            ways: std::array::from_fn(|figure| chance.index(WAYS[figure].len())),
            pads: chance.happens(0.7),
        }
    }

    fn figures(&self, number: usize) -> Vec<usize> {
        let text = if self.pads {
            format!("{number:02}")
        } else {
            number.to_string()
        };
        text.bytes().map(|own| usize::from(own - b'0')).collect()
    }

    /// How wide a number is, millimetres.
    pub(super) fn width(&self, number: usize) -> f64 {
        self.figures(number).len() as f64 * self.pitch * self.height
    }

    /// The strokes of a number whose lower left is at `from`.
    pub(super) fn write(&self, number: usize, from: Point, chance: &mut Chance) -> Vec<BezPath> {
        let mut strokes = Vec::new();
        for (index, figure) in self.figures(number).into_iter().enumerate() {
            let way = WAYS[figure][self.ways[figure]];
            let size = self.height * chance.between(0.9, 1.1);
            let left = index as f64 * self.pitch * self.height;
            let down = 0.06 * self.height * chance.normal();
            for corners in way {
                let place = |&(x, y): &(f64, f64)| {
                    let x = x + self.slant * y + self.stray * chance.normal();
                    let y = y + self.stray * chance.normal();
                    from + kurbo::Vec2::new(left + size * x, down - size * y)
                };
                let points: Vec<Point> = corners.iter().map(place).collect();
                strokes.push(line(&curve(&points), self.weight));
            }
        }
        strokes
    }
}

/// A curve from the first corner to the last that rounds those between.
fn curve(points: &[Point]) -> BezPath {
    let mut path = BezPath::new();
    path.move_to(points[0]);
    let last = points.len() - 1;
    for (index, pair) in points.windows(2).enumerate().skip(1) {
        let end = if index + 1 == last {
            pair[1]
        } else {
            pair[0].midpoint(pair[1])
        };
        path.quad_to(pair[0], end);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use kurbo::Shape;

    #[test]
    fn every_figure_stands_on_its_line_within_its_room() {
        for seed in 0..20 {
            let mut chance = Chance::new(seed, "hand", 0);
            let hand = Hand::new(3.0, &mut chance);
            for number in [10, 23, 45, 67, 89] {
                let strokes = hand.write(number, Point::new(20.0, 30.0), &mut chance);
                let boxes = strokes.iter().map(Shape::bounding_box);
                let all = boxes.reduce(|a, b| a.union(b)).unwrap();
                assert!(strokes.len() >= 2 && all.is_finite());
                assert!(
                    all.x0 > 17.0 && all.x1 < 20.0 + hand.width(number) + 3.0,
                    "{all:?}"
                );
                assert!(all.y0 > 22.0 && all.y1 < 32.0, "{all:?}");
                assert!(all.height() > 0.7 * hand.height, "{all:?}");
            }
        }
    }

    #[test]
    fn a_single_figure_is_padded_or_not_as_the_hand_does() {
        let mut chance = Chance::new(1, "hand", 0);
        let hand = Hand {
            pads: true,
            ..Hand::new(3.0, &mut chance)
        };
        assert_eq!(
            (hand.figures(5), hand.figures(123)),
            (vec![0, 5], vec![1, 2, 3])
        );
        let bare = Hand {
            pads: false,
            ..hand
        };
        assert_eq!(bare.figures(5), [5]);
    }
}
