//! The compact code by which a seal is looked up among many, and the probe that asks for it.
//!
//! Each ring of the unrolled drawing is taken apart into harmonics, as many as its length asks for,
//! so that a wave is as fine near the middle as at the edge. A code stays linear in the ink: what
//! lies over the seal adds to it and does not mix with it, which no measure that ignores the turn
//! can say of itself. The turn is found by trying all of them at once.

use realfft::RealFftPlanner;
use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::Vec2;
use crate::identification::unrolled::DIRECTIONS;
use crate::identification::unrolled::RINGS;
use crate::identification::unrolled::Unrolled;
use crate::identification::unrolled::shares;
use crate::imaging::Density;
use crate::matching::Specimen;
use crate::units::round_i32;
use crate::units::single;

/// Harmonics of the outermost ring: waves of 1.9 mm on a seal of 38 mm, two strokes of a letter.
pub(super) const HARMONICS: usize = 62;
/// Harmonics that each ring has more than the one inside it; the innermost has two.
const HARMONICS_A_RING: usize = 4;
/// Complex numbers of a code.
pub(super) const COMPONENTS: usize = 512;
/// Bytes of a code's numbers.
pub const CODE_BYTES: usize = 2 * COMPONENTS;
/// Largest length over the rings of one harmonic, of a code and of a probe. Their product, rounding
/// included, fits 16 bits, and no sum of some of the products exceeds it (Cauchy and Schwarz).
const LENGTH_MAX: (f64, f64) = (180.0, 175.0);
/// Largest number of a code.
const NUMBER_MAX: f64 = 127.0;
/// Units of a ring's stored energy.
const ENERGY_UNIT: f32 = 32.0;
/// Length of two axes, one over the other, up to which an ellipse may be a circle seen askew, or a
/// rectangle a square.
const EQUAL_SIDES: f64 = 1.12;

/// The rings that hold harmonic `h`, counted from one: `first_ring(h)..RINGS`.
pub(super) const fn first_ring(h: usize) -> usize {
    h.saturating_sub(2).div_ceil(HARMONICS_A_RING)
}

/// The size of an outline and its proportions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Form {
    /// Mean of the half axes in millimetres; `None` where the resolution is unknown.
    pub radius_mm: Option<f32>,
    /// Longer over shorter axis; of a triangle, width over height.
    pub aspect: f32,
}

impl Form {
    fn new(outline: &Outline, pixels_per_mm: Option<f64>) -> Self {
        let (a, b) = (outline.half_width, outline.half_height);
        let aspect = match outline.shape {
            Shape::Triangle => a / b,
            Shape::Round | Shape::Oval | Shape::Rectangle | Shape::Other => a.max(b) / a.min(b),
        };
        Self {
            radius_mm: pixels_per_mm.map(|scale| single(outline.mean_radius() / scale)),
            aspect: single(aspect),
        }
    }
}

/// A seal's code: 1,024 bytes, the energy of its rings, its size and proportions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Code {
    /// Real and imaginary parts, by harmonic, then by ring.
    pub(super) numbers: Vec<(i8, i8)>,
    /// Energy of each ring's numbers, in units of its own.
    pub(super) energies: [u16; RINGS],
    pub(super) form: Form,
}

impl Code {
    /// Codes a specimen.
    #[must_use]
    pub fn of_specimen(specimen: &Specimen) -> Self {
        let (ink, validity, outline) = specimen.layers();
        let form = Form::new(outline, Some(specimen.samples_per_mm()));
        Self::new(&Unrolled::new(ink, validity, outline), form)
    }

    /// Codes a single impression, as a register's specimen is coded.
    #[must_use]
    pub fn of_impression(impression: &Impression) -> Self {
        let (unrolled, form) = unroll(impression, Vec2::ZERO);
        Self::new(&unrolled, form)
    }

    fn new(unrolled: &Unrolled, form: Form) -> Self {
        let numbers = scaled(&components(unrolled), LENGTH_MAX.0, NUMBER_MAX);
        let mut energies = [0.0_f32; RINGS];
        for (ring, (re, im)) in rings().zip(&numbers) {
            energies[ring] += (re * re + im * im) as f32;
        }
        let stored = |value: i32| i8::try_from(value).unwrap_or(i8::MAX);
        Self {
            numbers: numbers.iter().map(|n| (stored(n.0), stored(n.1))).collect(),
            energies: energies.map(|energy| {
                let units = f64::from((energy / ENERGY_UNIT).ceil());
                u16::try_from(round_i32(units)).unwrap_or(u16::MAX)
            }),
            form,
        }
    }
}

/// An impression that is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Real and imaginary parts, in a code's order.
    pub(super) numbers: Vec<(i16, i16)>,
    /// Length of all numbers together.
    pub(super) length: f32,
    /// By ring: the share that is visible, times the unit of a code's energy.
    pub(super) visible: [f32; RINGS],
    pub(super) form: Form,
    /// Turns that the outline allows, as shares of a full one, and how far from each to look; `None`
    /// for all turns.
    pub(super) turns: Option<(usize, f64)>,
}

impl Probe {
    /// Codes an impression to look for it.
    #[must_use]
    pub fn new(impression: &Impression) -> Self {
        Self::about(impression, Vec2::ZERO)
    }

    /// The same with the centre aside of the outline's, by shares of its mean radius.
    #[must_use]
    pub fn about(impression: &Impression, aside: Vec2) -> Self {
        let (unrolled, form) = unroll(impression, aside);
        let numbers = scaled(&components(&unrolled), LENGTH_MAX.1, f64::INFINITY);
        let square: i32 = numbers.iter().map(|(re, im)| re * re + im * im).sum();
        let stored = |value: i32| i16::try_from(value).unwrap_or(i16::MAX);
        Self {
            numbers: numbers.iter().map(|n| (stored(n.0), stored(n.1))).collect(),
            length: (square as f32).sqrt(),
            visible: std::array::from_fn(|ring| ENERGY_UNIT * unrolled.visible_share(ring)),
            form,
            turns: symmetry(impression.outline.shape, f64::from(form.aspect)),
        }
    }
}

/// In how many turns an outline covers itself, and the reach about each, shares of a full turn.
fn symmetry(shape: Shape, aspect: f64) -> Option<(usize, f64)> {
    const REACH: f64 = 0.03;
    match shape {
        Shape::Round | Shape::Other => None,
        Shape::Oval => (aspect > EQUAL_SIDES).then_some((2, REACH)),
        Shape::Rectangle if aspect > EQUAL_SIDES => Some((2, REACH)),
        Shape::Rectangle => Some((4, REACH)),
        Shape::Triangle => Some((3, REACH)),
    }
}

fn unroll(impression: &Impression, aside: Vec2) -> (Unrolled, Form) {
    let layers = &impression.layers;
    let origin = Vec2::new(f64::from(layers.origin.0), f64::from(layers.origin.1));
    let outline = Outline {
        centre: impression.outline.centre - origin + aside * impression.outline.mean_radius(),
        ..impression.outline
    };
    let (ink, validity): (Density, Density) = (shares(&layers.ink), shares(&layers.validity));
    let scale = impression.dpi.map(|dpi| dpi.pixels_per_mm());
    let form = Form::new(&outline, scale);
    (Unrolled::new(&ink, &validity, &outline), form)
}

/// The ring of each of a code's numbers.
fn rings() -> impl Iterator<Item = usize> {
    (1..=HARMONICS).flat_map(|h| first_ring(h)..RINGS)
}

/// Weighted harmonics of every ring, by harmonic, then by ring.
fn components(unrolled: &Unrolled) -> Vec<(f64, f64)> {
    let transform = RealFftPlanner::<f32>::new().plan_fft_forward(DIRECTIONS);
    let spectra: Vec<_> = (0..RINGS)
        .map(|ring| {
            let mut line = unrolled.contrast(ring);
            let mut out = transform.make_output_vec();
            transform
                .process(&mut line, &mut out)
                .expect("lengths are the plan's own");
            out
        })
        .collect();
    let harmonics = (1..=HARMONICS).flat_map(|h| (first_ring(h)..RINGS).map(move |ring| (h, ring)));
    let component = |(h, ring): (usize, usize)| {
        // Longer rings hold more of the drawing. No wave counts more than another: with long or short
        // ones held down, 389 searches among 4,000 drawn seals missed no fewer.
        let weight = ((ring as f64 + 0.5) / RINGS as f64).sqrt();
        let value = spectra[ring][h];
        (weight * f64::from(value.re), weight * f64::from(value.im))
    };
    harmonics.map(component).collect()
}

/// Whole numbers in proportion: of each harmonic at most `length` long, and none above `most`.
fn scaled(components: &[(f64, f64)], length: f64, most: f64) -> Vec<(i32, i32)> {
    let mut squares = [0.0_f64; HARMONICS + 1];
    let mut largest = 0.0_f64;
    let harmonics = (1..=HARMONICS).flat_map(|h| (first_ring(h)..RINGS).map(move |_| h));
    for (h, (re, im)) in harmonics.zip(components) {
        squares[h] += re * re + im * im;
        largest = largest.max(re.abs()).max(im.abs());
    }
    let longest = squares.iter().copied().fold(0.0, f64::max).sqrt();
    let factor = (length / longest.max(1e-9)).min(most / largest.max(1e-9));
    let whole = |value: f64| round_i32(value * factor);
    let numbers = components.iter().map(|c| (whole(c.0), whole(c.1)));
    numbers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_hold_harmonics_in_proportion_to_their_length() {
        assert_eq!(rings().count(), COMPONENTS);
        for ring in 0..RINGS {
            let held = (1..=HARMONICS).filter(|&h| ring >= first_ring(h)).count();
            assert_eq!(held, HARMONICS_A_RING * ring + 2);
        }
    }

    #[test]
    fn products_of_codes_and_probes_fit_sixteen_bits() {
        let rounding = (2.0 * RINGS as f64).sqrt() / 2.0;
        let product = (LENGTH_MAX.0 + rounding) * (LENGTH_MAX.1 + rounding);
        assert!(product < f64::from(i16::MAX), "{product}");
    }
}
