//! The turn between two impressions, by correlation over the full circle.
//!
//! Rings of both are unrolled by angle; their cross-spectrum, summed over radii and half whitened,
//! gives the agreement at every turn at once. A spectrum is also the code by which a seal is looked
//! up among many.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;
use serde::{Deserialize, Serialize};

use crate::geometry::Point;
use crate::imaging::sample;
use crate::matching::canonical::Canonical;
use crate::units::single;

/// Directions of an unrolled ring.
const DIRECTIONS: usize = 512;
/// Rings unrolled.
const RINGS: usize = 24;
/// Harmonics kept: letters of 1.5 mm at the border of a 40 mm seal.
const HARMONICS: usize = 96;
/// Turns closer than this many directions (7 degrees) are one candidate.
const APART: usize = 10;

/// The unrolled rings' harmonics, unit energy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Spectrum {
    rings: Vec<Vec<(f32, f32)>>,
}

impl Spectrum {
    /// Unrolls the rings of an impression between 0.12 and 0.97 of its mean radius.
    #[must_use]
    pub(super) fn new(canonical: &Canonical) -> Self {
        Self::about(canonical, canonical.outline.centre_of_area())
    }

    /// The same about another centre, in samples of the grid.
    #[must_use]
    pub(super) fn about(canonical: &Canonical, centre: Point) -> Self {
        let transform = RealFftPlanner::<f32>::new().plan_fft_forward(DIRECTIONS);
        let radius = canonical.outline.mean_radius();
        let directions: Vec<(f64, f64)> = (0..DIRECTIONS)
            .map(|i| {
                let t = i as f64 / DIRECTIONS as f64 * std::f64::consts::TAU;
                (libm::cos(t), libm::sin(t))
            })
            .collect();
        let mut rings = Vec::with_capacity(RINGS);
        let mut energy = 0.0_f32;
        for ring in 0..RINGS {
            let share = 0.12 + 0.85 * ring as f64 / (RINGS - 1) as f64;
            let mut line: Vec<f32> = directions
                .iter()
                .map(|(cos, sin)| {
                    let x = centre.x + radius * share * cos;
                    let y = centre.y + radius * share * sin;
                    sample(&canonical.ink, x, y, 0.0) * sample(&canonical.validity, x, y, 0.0)
                })
                .collect();
            let mut out = transform.make_output_vec();
            transform
                .process(&mut line, &mut out)
                .expect("lengths are the plan's own");
            // Longer rings hold more ink; the mean (harmonic 0) tells nothing of the turn.
            let weight = single(share.sqrt());
            let kept: Vec<(f32, f32)> = out[1..=HARMONICS]
                .iter()
                .map(|c| (c.re * weight, c.im * weight))
                .collect();
            energy += kept.iter().map(|(re, im)| re * re + im * im).sum::<f32>();
            rings.push(kept);
        }
        let scale = 1.0 / energy.max(1e-12).sqrt();
        for value in rings.iter_mut().flatten() {
            *value = (value.0 * scale, value.1 * scale);
        }
        Self { rings }
    }

    /// Agreement of two spectra at each of the turns: correlation, 1 for equals.
    fn correlate(&self, other: &Self, whitening: f32) -> Vec<f32> {
        let inverse = RealFftPlanner::<f32>::new().plan_fft_inverse(DIRECTIONS);
        let mut sum = inverse.make_input_vec();
        for (own, reference) in self.rings.iter().zip(&other.rings) {
            for ((out, a), b) in sum[1..].iter_mut().zip(own).zip(reference) {
                // a times the conjugate of b.
                *out += Complex::new(a.0 * b.0 + a.1 * b.1, a.1 * b.0 - a.0 * b.1);
            }
        }
        if whitening > 0.0 {
            for value in &mut sum {
                let size = value.norm();
                if size > 1e-12 {
                    *value /= size.sqrt();
                }
            }
        }
        let mut out = inverse.make_output_vec();
        inverse
            .process(&mut sum, &mut out)
            .expect("lengths are the plan's own");
        out
    }

    /// Likeness of two impressions at their best turn: correlation, at most 1.
    #[must_use]
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        // The inverse transform adds each harmonic and its mirror image.
        f64::from(0.5 * self.correlate(other, 0.0).into_iter().fold(0.0, f32::max))
    }

    /// The turns of this impression against another at which they agree best, radians, best first.
    #[must_use]
    pub(super) fn turns(&self, other: &Self, count: usize) -> Vec<f64> {
        let mut agreement = self.correlate(other, 0.5);
        let mut found = Vec::new();
        while found.len() < count {
            let best = (0..DIRECTIONS).max_by(|&a, &b| agreement[a].total_cmp(&agreement[b]));
            let Some(best) = best else { break };
            found.push(best as f64 / DIRECTIONS as f64 * std::f64::consts::TAU);
            for near in 0..=2 * APART {
                agreement[(best + DIRECTIONS + near - APART) % DIRECTIONS] = f32::NEG_INFINITY;
            }
        }
        found
    }
}
