//! The inks of a pixel: how much of the seal's, of black and of a pen's its densities are made of.

/// Two inks, for least squares with non-negative amounts.
#[derive(Clone, Copy)]
struct Pair {
    /// Their likeness: the cosine between their densities.
    likeness: f32,
    /// One over what they do not share; not a number where they are too much alike to be told apart.
    apart: f32,
}

impl Pair {
    fn new(a: [f32; 3], b: [f32; 3]) -> Self {
        let likeness = dot(a, b);
        let own = 1.0 - likeness * likeness;
        Self {
            likeness,
            apart: if own >= 1e-3 { 1.0 / own } else { f32::NAN },
        }
    }

    /// The amounts, from the pixel's parts along the inks.
    #[inline(always)]
    fn amounts(self, first: f32, second: f32) -> [f32; 2] {
        // Of two that are too much alike neither comparison holds, and the first is taken alone.
        let x = (first - self.likeness * second) * self.apart;
        let y = (second - self.likeness * first) * self.apart;
        let both = x >= 0.0 && y >= 0.0;
        let alone = if x < 0.0 {
            [0.0, positive(second)]
        } else {
            [positive(first), 0.0]
        };
        [
            if both { x } else { alone[0] },
            if both { y } else { alone[1] },
        ]
    }
}

#[inline(always)]
fn positive(value: f32) -> f32 {
    if value > 0.0 { value } else { 0.0 }
}

/// The three inks that a pixel is unmixed into, and what solves for them.
pub(crate) struct Inks {
    /// Seal, black and pen.
    inks: [[f32; 3]; 3],
    seal_black: Pair,
    seal_pen: Pair,
    black_pen: Pair,
    /// The rows of the inverse; negative for every pixel where the inks are too much alike for one.
    inverse: [[f32; 3]; 3],
}

impl Inks {
    pub(crate) fn new(seal: [f32; 3], black: [f32; 3], pen: [f32; 3]) -> Self {
        let cross = |a: [f32; 3], b: [f32; 3]| {
            [
                a[1] * b[2] - a[2] * b[1],
                a[2] * b[0] - a[0] * b[2],
                a[0] * b[1] - a[1] * b[0],
            ]
        };
        let rows = [cross(black, pen), cross(pen, seal), cross(seal, black)];
        let det = dot(seal, rows[0]);
        let inverse = if det.abs() > 0.02 {
            rows.map(|row| row.map(|value| value / det))
        } else {
            [[-1.0; 3]; 3]
        };
        Self {
            inks: [seal, black, pen],
            seal_black: Pair::new(seal, black),
            seal_pen: Pair::new(seal, pen),
            black_pen: Pair::new(black, pen),
            inverse,
        }
    }

    /// Solves for seal and black only.
    #[inline(always)]
    pub(crate) fn two(&self, od: [f32; 3]) -> [f32; 3] {
        let [own, print] = self
            .seal_black
            .amounts(dot(od, self.inks[0]), dot(od, self.inks[1]));
        [own, print, 0.0]
    }

    /// Solves for three inks exactly; where one comes out negative, the pair that explains the pixel
    /// best. What non-negative least squares explain of a pixel's square is the product of the
    /// amounts and the pixel's parts along the inks.
    ///
    /// Every way is computed and one chosen, because branches that depend on the pixel cost more.
    #[inline(always)]
    pub(crate) fn three(&self, od: [f32; 3]) -> [f32; 3] {
        let solved = self.inverse.map(|row| dot(od, row));
        let is_exact = (solved[0] >= 0.0) & (solved[1] >= 0.0) & (solved[2] >= 0.0);
        let along = self.inks.map(|ink| dot(od, ink));
        let [a, b] = self.seal_black.amounts(along[0], along[1]);
        let [c, d] = self.seal_pen.amounts(along[0], along[2]);
        let [e, f] = self.black_pen.amounts(along[1], along[2]);
        let mut best = [a, b, 0.0];
        let mut most = dot(best, along);
        for option in [[c, 0.0, d], [0.0, e, f]] {
            let explained = dot(option, along);
            let better = explained > most;
            best = choose(better, option, best);
            most = if better { explained } else { most };
        }
        choose(is_exact, solved, best)
    }
}

#[inline(always)]
fn choose(first: bool, a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|i| if first { a[i] } else { b[i] })
}

/// A density vector brought to unit length.
pub(crate) fn unit(v: [f32; 3]) -> [f32; 3] {
    let size = dot(v, v).sqrt().max(1e-6);
    v.map(|x| x / size)
}

#[inline(always)]
fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: [f32; 3] = [0.1, 0.75, 0.65];
    const BLACK: [f32; 3] = [1.0; 3];
    const PEN: [f32; 3] = [0.85, 0.52, 0.16];

    fn inks() -> Inks {
        Inks::new(unit(RED), unit(BLACK), unit(PEN))
    }

    /// The densities of a pixel with so much of each ink.
    fn mixed(inks: &Inks, amounts: [f32; 3]) -> [f32; 3] {
        std::array::from_fn(|channel| {
            let own = inks.inks.iter().zip(amounts);
            own.map(|(ink, amount)| ink[channel] * amount).sum()
        })
    }

    fn furthest(found: [f32; 3], from: [f32; 3]) -> f32 {
        let apart = found.iter().zip(from).map(|(a, b)| (a - b).abs());
        apart.fold(0.0, f32::max)
    }

    #[test]
    fn three_inks_over_each_other_are_told_apart() {
        let inks = inks();
        for amounts in [
            [1.1, 0.0, 0.0],
            [0.0, 1.6, 0.0],
            [0.0, 0.0, 0.9],
            [0.8, 1.2, 0.0],
            [0.8, 0.0, 0.7],
            [0.5, 0.9, 0.4],
        ] {
            let found = inks.three(mixed(&inks, amounts));
            let off = furthest(found, amounts);
            assert!(off < 1e-3, "{found:?} of {amounts:?}");
        }
    }

    #[test]
    fn black_beside_a_seal_is_told_where_no_pen_is_looked_for() {
        let inks = inks();
        for amounts in [[0.9, 0.0, 0.0], [0.0, 1.4, 0.0], [0.7, 1.1, 0.0]] {
            let found = inks.two(mixed(&inks, amounts));
            let off = furthest(found, amounts);
            assert!(off < 1e-3, "{found:?} of {amounts:?}");
        }
    }

    #[test]
    fn no_colour_takes_ink_away() {
        let inks = inks();
        let levels = || (0..8_u8).map(|step| 0.2 * f32::from(step));
        for red in levels() {
            for green in levels() {
                for blue in levels() {
                    let od = [red, green, blue];
                    for found in [inks.two(od), inks.three(od)] {
                        let is_some = found.iter().all(|amount| *amount >= 0.0);
                        assert!(is_some, "{found:?} of {od:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_pen_of_the_seals_own_colour_takes_nothing_from_it() {
        let inks = Inks::new(unit(RED), unit(BLACK), unit(RED));
        let found = inks.three(mixed(&inks, [0.8, 0.6, 0.0]));
        let off = furthest(found, [0.8, 0.6, 0.0]);
        assert!(off < 1e-3, "{found:?}");
    }
}
