//! How much of what a measurement rests on could be seen: of the drawn ink, the share that no text, pen or edge hides.

use crate::geometry::Vec2;
use crate::matching::axes::Axis;
use crate::matching::elements::Elements;
use crate::matching::field::Zone;
use crate::matching::shifts::TEXT_FROM;
use crate::matching::windows::Window;

/// The drawn ink of one window.
#[derive(Clone, Copy, Debug)]
struct Ink {
    zone: Zone,
    /// Relative to the outline's centre, in millimetres.
    at: Vec2,
    piece: Option<usize>,
    /// By weight.
    drawn: f64,
    /// What of it could be seen.
    seen: f64,
}

/// The drawn ink, window by window, and what of it could be seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Visibility(Vec<Ink>);

impl Visibility {
    /// Takes a drawing's windows, and how much of each one's drawn ink could be seen.
    pub(super) fn new(windows: &[Window], visible: &[f64]) -> Self {
        let windows = windows.iter().zip(visible);
        let own = windows.map(|(window, &seen)| Ink {
            zone: window.zone,
            at: window.at,
            piece: window.piece,
            drawn: window.drawn,
            seen,
        });
        Self(own.collect())
    }

    /// The share that could be seen of the part that an axis tells of: the outer line, all lines, the text, the
    /// figure in the middle, all that stands inside. `None` for a single group, which no axis names, and where
    /// nothing is drawn.
    pub(super) fn of(&self, axis: Axis, (elements, radius_mm): (&Elements, f64)) -> Option<f64> {
        let is_inside = |own: &Ink| own.zone == Zone::Inside;
        match axis {
            Axis::ScalePercent | Axis::ExtraInk => self.share(|_| true),
            Axis::RingRadiusMm => self.share(|own| own.zone == Zone::Ring(0)),
            Axis::RingWidthMm => self.share(|own| !is_inside(own)),
            Axis::MotifTurnDeg | Axis::MotifShiftMm | Axis::MotifSizeMm => {
                self.of_pieces(&elements.motif)
            }
            Axis::TextSpacingMm => {
                self.share(|own| is_inside(own) && own.at.hypot() > TEXT_FROM * radius_mm)
            }
            Axis::GlyphDisplacementMm | Axis::GlyphShape => self.share(is_inside),
            Axis::GroupShiftMm => None,
        }
    }

    /// The share of some pieces.
    pub(super) fn of_pieces(&self, pieces: &[usize]) -> Option<f64> {
        self.share(|own| own.piece.is_some_and(|piece| pieces.contains(&piece)))
    }

    fn share(&self, is_own: impl Fn(&Ink) -> bool) -> Option<f64> {
        let own = self.0.iter().filter(|own| is_own(own));
        let (drawn, seen) = own.fold((0.0, 0.0), |(drawn, seen), own| {
            (drawn + own.drawn, seen + own.seen)
        });
        (drawn > 0.0).then(|| (seen / drawn).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line, and of the inside a piece of the figure in the middle and two of the text, of which each shows so much.
    fn visibility([line, figure, first, second]: [f64; 4]) -> (Visibility, Elements) {
        let ink = |zone, x: f64, piece, seen: f64| Ink {
            zone,
            at: Vec2::new(x, 0.0),
            piece,
            drawn: 10.0,
            seen: 10.0 * seen,
        };
        let all = vec![
            ink(Zone::Ring(0), 18.0, None, line),
            ink(Zone::Ring(1), 16.0, None, 1.0),
            ink(Zone::Inside, 1.0, Some(0), figure),
            ink(Zone::Inside, 12.0, Some(1), first),
            ink(Zone::Inside, -12.0, Some(2), second),
        ];
        let elements = Elements {
            pieces: Vec::new(),
            groups: vec![vec![0], vec![1], vec![2]],
            motif: vec![0],
        };
        (Visibility(all), elements)
    }

    #[test]
    fn what_hides_one_part_hides_nothing_of_the_others() {
        let (visibility, elements) = visibility([0.4, 0.9, 1.0, 0.2]);
        let of = |axis| visibility.of(axis, (&elements, 18.0)).unwrap();
        let near = |share: f64, expected: f64| assert!((share - expected).abs() < 1e-9, "{share}");
        near(of(Axis::RingRadiusMm), 0.4);
        near(of(Axis::RingWidthMm), 0.7);
        near(of(Axis::MotifTurnDeg), 0.9);
        near(of(Axis::TextSpacingMm), 0.6);
        near(of(Axis::GlyphShape), 0.7);
        near(of(Axis::ScalePercent), 0.7);
        near(visibility.of_pieces(&[2]).unwrap(), 0.2);
    }

    #[test]
    fn of_what_is_not_drawn_nothing_is_said() {
        let (visibility, mut elements) = visibility([1.0; 4]);
        elements.motif.clear();
        let of = |axis| visibility.of(axis, (&elements, 18.0));
        assert_eq!(of(Axis::MotifShiftMm), None);
        assert_eq!(of(Axis::GroupShiftMm), None);
        assert_eq!(
            Visibility::default().of(Axis::GlyphShape, (&elements, 18.0)),
            None
        );
    }
}
