//! Missing and extra ink, apart: what the specimen has and the impression lacks is weak evidence
//! (light inking), what the impression adds is strong (Horiuchi 2001).

use crate::imaging::Density;
use crate::imaging::Mask;
use crate::imaging::dilate;
use crate::imaging::wide;
use crate::matching::canonical::Canonical;
use crate::matching::canonical::PER_MM;
use crate::matching::structure::Structure;
use crate::units::floor_index;

/// Ink levels that count as ink and as paper.
const INK: f32 = 0.5;
const PAPER: f32 = 0.3;
/// How far ink may stray before it is extra or missing: ink spread and rubber, millimetres.
const STRAY_MM: f64 = 0.15;
/// Samples counted at once, in counters of a byte.
const COUNTED: usize = 128;

/// What a drawing asks of the ink at each sample; follows from the drawing alone.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    /// Samples inside the outline or a little beyond: what lies further out is another mark.
    inside: Mask,
    /// Where ink is drawn.
    drawn: Mask,
    /// Where ink may stray.
    near: Mask,
}

impl Ground {
    pub(super) fn new(drawing: &Canonical, structure: &Structure) -> Self {
        Self {
            inside: structure
                .depth
                .map(|depth| f64::from(depth) > -0.3 * PER_MM),
            drawn: drawing.ink.map(|value| value > INK),
            near: near(&drawing.ink, STRAY_MM),
        }
    }
}

/// Shares of ink, 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coverage {
    /// The specimen's ink that is visible in the impression.
    pub usable: f64,
    /// Of the visible specimen ink, what the impression lacks.
    pub missing: f64,
    /// Of the impression's ink, what the specimen lacks; `None` where text cannot be told apart.
    pub extra: Option<f64>,
    /// Of all visible ink of either, what agrees.
    pub agreement: f64,
}

impl Coverage {
    /// Counts ink; `ink` and its weight are the impression's, warped into the specimen's frame.
    pub(super) fn new(
        ground: &Ground,
        (ink, weight): (&Density, &Density),
        separable: bool,
    ) -> Self {
        let near_found = near(ink, STRAY_MM);
        let mut counts = [0_usize; 5];
        wide(
            #[inline(always)]
            || {
                for y in 0..ink.height() {
                    let masks = [&ground.inside, &ground.drawn, &ground.near, &near_found];
                    let [inside, drawn, near_drawn, near_found] =
                        masks.map(|mask| mask.row(y).chunks(COUNTED));
                    let drawing = inside.zip(drawn).zip(near_drawn);
                    let found = ink.row(y).chunks(COUNTED);
                    let found = found.zip(weight.row(y).chunks(COUNTED)).zip(near_found);
                    for (((inside, drawn), near_drawn), ((ink, weight), near_found)) in
                        drawing.zip(found)
                    {
                        let own = count((inside, drawn, near_drawn), (ink, weight, near_found));
                        for (sum, own) in counts.iter_mut().zip(own) {
                            *sum += usize::from(own);
                        }
                    }
                }
            },
        );
        let [all, seen, missing, own, extra] = counts;
        let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
        let counted_extra = if separable { extra } else { 0 };
        Self {
            usable: share(seen, all),
            missing: share(missing, seen),
            extra: separable.then(|| share(extra, own)),
            agreement: 1.0 - share(missing + counted_extra, seen + counted_extra),
        }
    }
}

/// Counts one block: what is drawn, what of it is seen and what misses, the ink found and what of it is extra.
#[inline(always)]
fn count(
    (inside, drawn, near_drawn): (&[bool], &[bool], &[bool]),
    (ink, weight, near_found): (&[f32], &[f32], &[bool]),
) -> [u8; 5] {
    let mut counts = [0_u8; 5];
    let drawing = inside.iter().zip(drawn).zip(near_drawn);
    let found = ink.iter().zip(weight).zip(near_found);
    // Without branches: which of them holds changes from sample to sample.
    for (((inside, drawn), near_drawn), ((ink, weight), near_found)) in drawing.zip(found) {
        let drawn = inside & drawn;
        let visible = inside & (*weight > 0.5);
        let found = visible & (*ink > INK);
        let kinds = [
            drawn,
            drawn & visible,
            drawn & visible & !near_found,
            found,
            found & !near_drawn,
        ];
        for (count, kind) in counts.iter_mut().zip(kinds) {
            *count += u8::from(kind);
        }
    }
    counts
}

/// Where a map's ink may stray by a distance in millimetres.
pub(super) fn near(ink: &Density, stray_mm: f64) -> Mask {
    let reach = floor_index((stray_mm * PER_MM).round());
    dilate(&ink.map(|value| value > PAPER), reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: (usize, usize) = (200, 100);

    /// Bars across the whole width, from one row to another.
    fn bars(rows: &[(usize, usize)]) -> Density {
        let mut map = Density::filled(SIDE.0, SIDE.1, 0.0);
        for y in rows.iter().flat_map(|&(from, to)| from..to) {
            map.row_mut(y).fill(1.0);
        }
        map
    }

    fn ground(drawing: &Density) -> Ground {
        Ground {
            inside: Mask::filled(SIDE.0, SIDE.1, true),
            drawn: drawing.map(|value| value > INK),
            near: near(drawing, STRAY_MM),
        }
    }

    #[test]
    fn missing_and_extra_ink_are_counted_apart_and_what_is_hidden_is_neither() {
        let ground = ground(&bars(&[(10, 20), (40, 50), (70, 80)]));
        let ink = bars(&[(10, 20), (55, 60)]);
        let mut weight = Density::filled(SIDE.0, SIDE.1, 1.0);
        for y in 68..90 {
            weight.row_mut(y).fill(0.0);
        }
        let found = Coverage::new(&ground, (&ink, &weight), true);
        assert!((found.usable - 2.0 / 3.0).abs() < 1e-9, "{found:?}");
        assert!((found.missing - 0.5).abs() < 1e-9, "{found:?}");
        let extra = found.extra.unwrap();
        assert!((extra - 1.0 / 3.0).abs() < 1e-9, "{found:?}");
        assert!((found.agreement - 0.4).abs() < 1e-9, "{found:?}");
        // Without colour, what the drawing lacks may be text.
        let gray = Coverage::new(&ground, (&ink, &weight), false);
        assert_eq!(gray.extra, None);
        assert!((gray.missing - 0.5).abs() < 1e-9, "{gray:?}");
        assert!((gray.agreement - 0.5).abs() < 1e-9, "{gray:?}");
    }

    #[test]
    fn ink_that_strays_no_further_than_rubber_gives_is_neither_missing_nor_extra() {
        let ground = ground(&bars(&[(40, 50)]));
        let weight = Density::filled(SIDE.0, SIDE.1, 1.0);
        let of = |from: usize| {
            let ink = bars(&[(from, from + 10)]);
            let found = Coverage::new(&ground, (&ink, &weight), true);
            (found.missing, found.extra.unwrap())
        };
        let (missing, extra) = of(41);
        assert!(
            missing.abs() < 1e-9 && extra.abs() < 1e-9,
            "{missing} {extra}"
        );
        // Half a millimetre off: two tenths of it are let pass at either end.
        let (missing, extra) = of(45);
        assert!((missing - 0.3).abs() < 1e-9, "{missing}");
        assert!((extra - 0.3).abs() < 1e-9, "{extra}");
    }
}
