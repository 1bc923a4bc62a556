//! All turns at once: from the products of harmonics to the agreement at every turn, for sixteen
//! seals side by side.
//!
//! Each step is the same for all sixteen, so that it runs in wide registers: an inverse real
//! transform of 64 points by way of a complex one of 32, in two steps of four and one of two.

use std::f64::consts::TAU;

use crate::units::single;

/// Seals side by side.
pub(super) const LANES: usize = 16;
/// Turns tried, evenly over the full circle.
pub(super) const TURNS: usize = 64;
/// Harmonics that tell so many turns apart.
pub(super) const COARSE: usize = POINTS - 1;
/// Points of the complex transform.
const POINTS: usize = TURNS / 2;

/// One number of each of the seals side by side.
pub(super) type Lanes = [f32; LANES];

/// Products by harmonic: real and imaginary parts.
#[derive(Clone, Debug)]
pub(super) struct Products {
    pub re: [Lanes; POINTS],
    pub im: [Lanes; POINTS],
}

impl Products {
    pub(super) const fn new() -> Self {
        Self {
            re: [[0.0; LANES]; POINTS],
            im: [[0.0; LANES]; POINTS],
        }
    }
}

/// The constants of the transform, and where the turns that count come out of it.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    /// Unit vectors at every 32nd part of a full turn.
    coarse: [(f32, f32); POINTS],
    /// At every 64th, as far as half a turn.
    fine: [(f32, f32); POINTS],
    /// Places in the output whose even, and whose odd turn counts; `None` if all do.
    counted: Option<(Vec<usize>, Vec<usize>)>,
}

impl Turns {
    /// All turns, or those near the `count` even parts of a full one within `reach` of one.
    pub(super) fn new(allowed: Option<(usize, f64)>) -> Self {
        let unit = |part: f64| {
            let (sin, cos) = libm::sincos(TAU * part);
            (single(cos), single(sin))
        };
        let counted = allowed.map(|(count, reach)| {
            let is_counted = |turn: usize| {
                let parts = turn as f64 / TURNS as f64 * count as f64;
                (parts - parts.round()).abs() <= reach * count as f64
            };
            let places = |odd: usize| {
                let turn = move |place: &usize| 2 * reversed(*place) + odd;
                let all = 0..POINTS;
                all.filter(|place| is_counted(turn(place))).collect()
            };
            (places(0), places(1))
        });
        Self {
            coarse: std::array::from_fn(|k| unit(k as f64 / POINTS as f64)),
            fine: std::array::from_fn(|k| unit(k as f64 / TURNS as f64)),
            counted,
        }
    }

    /// Best agreement over the turns that count: the sum over harmonics `h` of the real part of
    /// their product turned by `h` times the turn. Uses up the products.
    #[inline(always)]
    pub(super) fn best(&self, products: &mut Products) -> Lanes {
        self.fold(products);
        self.quarter::<8>(products);
        self.quarter::<2>(products);
        halve(products);
        let mut best = [f32::NEG_INFINITY; LANES];
        match &self.counted {
            None => {
                for values in &products.re {
                    larger(&mut best, values);
                }
                for values in &products.im {
                    larger(&mut best, values);
                }
            }
            Some((even, odd)) => {
                for &place in even {
                    larger(&mut best, &products.re[place]);
                }
                for &place in odd {
                    larger(&mut best, &products.im[place]);
                }
            }
        }
        // The transform adds each harmonic and its mirror image.
        best.map(|value| 0.5 * value)
    }

    /// Packs the spectrum of 64 real points into one of 32 complex ones, even and odd turns.
    #[inline(always)]
    fn fold(&self, Products { re, im }: &mut Products) {
        for k in 1..=POINTS / 2 {
            let mirror = POINTS - k;
            let (cos, sin) = self.fine[k];
            let (a, b, p, q) = (re[k], im[k], re[mirror], im[mirror]);
            for lane in 0..LANES {
                let (even_re, even_im) = (a[lane] + p[lane], b[lane] - q[lane]);
                let (odd_re, odd_im) = (a[lane] - p[lane], b[lane] + q[lane]);
                let turned_re = -(cos * odd_im + sin * odd_re);
                let turned_im = cos * odd_re - sin * odd_im;
                re[k][lane] = even_re + turned_re;
                im[k][lane] = even_im + turned_im;
                re[mirror][lane] = even_re - turned_re;
                im[mirror][lane] = turned_im - even_im;
            }
        }
    }

    /// One step of the transform: four points `SPAN` apart become four.
    #[inline(always)]
    fn quarter<const SPAN: usize>(&self, Products { re, im }: &mut Products) {
        let step = POINTS / (4 * SPAN);
        for base in (0..POINTS).step_by(4 * SPAN) {
            for j in 0..SPAN {
                let at = [0, 1, 2, 3].map(|quarter| base + j + quarter * SPAN);
                let by = [1, 2, 3].map(|times| self.coarse[times * j * step]);
                let [a, b, c, d] = at.map(|at| re[at]);
                let [e, f, g, h] = at.map(|at| im[at]);
                for lane in 0..LANES {
                    let (sum_re, sum_im) = (a[lane] + c[lane], e[lane] + g[lane]);
                    let (gap_re, gap_im) = (a[lane] - c[lane], e[lane] - g[lane]);
                    let (other_re, other_im) = (b[lane] + d[lane], f[lane] + h[lane]);
                    let (across_re, across_im) = (b[lane] - d[lane], f[lane] - h[lane]);
                    re[at[0]][lane] = sum_re + other_re;
                    im[at[0]][lane] = sum_im + other_im;
                    let (x, y) = (gap_re - across_im, gap_im + across_re);
                    re[at[1]][lane] = x * by[0].0 - y * by[0].1;
                    im[at[1]][lane] = x * by[0].1 + y * by[0].0;
                    let (x, y) = (sum_re - other_re, sum_im - other_im);
                    re[at[2]][lane] = x * by[1].0 - y * by[1].1;
                    im[at[2]][lane] = x * by[1].1 + y * by[1].0;
                    let (x, y) = (gap_re + across_im, gap_im - across_re);
                    re[at[3]][lane] = x * by[2].0 - y * by[2].1;
                    im[at[3]][lane] = x * by[2].1 + y * by[2].0;
                }
            }
        }
    }
}

#[inline(always)]
fn larger(best: &mut Lanes, values: &Lanes) {
    for (best, value) in best.iter_mut().zip(values) {
        *best = if value > best { *value } else { *best };
    }
}

/// The last step of the transform: neighbours become their sum and difference.
#[inline(always)]
fn halve(Products { re, im }: &mut Products) {
    for part in [re, im] {
        for pair in part.as_chunks_mut::<2>().0 {
            let [a, b] = *pair;
            for lane in 0..LANES {
                pair[0][lane] = a[lane] + b[lane];
                pair[1][lane] = a[lane] - b[lane];
            }
        }
    }
}

/// The point that comes out at a place: its digits to the bases four, four and two in reverse.
const fn reversed(place: usize) -> usize {
    place / 8 + place / 2 % 4 * 4 + place % 2 * 16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Products of two seals with a clear best turn each, and their agreement by its definition.
    fn products(turn: f64) -> Products {
        let mut products = Products::new();
        for h in 1..=COARSE {
            for lane in 0..LANES {
                let (sin, cos) = libm::sincos(-TAU * turn * h as f64 + 0.01 * lane as f64);
                products.re[h][lane] = single(cos);
                products.im[h][lane] = single(sin);
            }
        }
        products
    }

    fn by_definition(products: &Products, lane: usize, turn: usize) -> f64 {
        let at = |h: usize| {
            let (sin, cos) = libm::sincos(TAU * (h * turn) as f64 / TURNS as f64);
            f64::from(products.re[h][lane]) * cos - f64::from(products.im[h][lane]) * sin
        };
        (1..=COARSE).map(at).sum()
    }

    #[test]
    fn the_best_turn_is_that_of_the_sum_over_harmonics() {
        let before = products(0.3);
        let best = Turns::new(None).best(&mut before.clone());
        for lane in [0, 7] {
            let values = (0..TURNS).map(|turn| by_definition(&before, lane, turn));
            let expected = values.fold(f64::NEG_INFINITY, f64::max);
            assert!(
                (f64::from(best[lane]) - expected).abs() < 1e-3,
                "{} {expected}",
                best[lane]
            );
        }
    }

    #[test]
    fn turns_that_the_outline_forbids_do_not_count() {
        let agreement = |turn: f64| Turns::new(Some((2, 0.03))).best(&mut products(turn))[0];
        assert!(agreement(0.5) > 30.0, "{}", agreement(0.5));
        assert!(agreement(0.98) > 12.0, "{}", agreement(0.98));
        assert!(agreement(0.25) < 10.0, "{}", agreement(0.25));
    }
}
