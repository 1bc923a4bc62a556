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
