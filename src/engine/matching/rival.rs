//! Two registered seals of nearly one design: which of them an impression shows.
//!
//! Only where the two drawings differ can the ink decide between them, be it one digit of a number.
//! Both are laid on the impression, each by its own alignment, and the ink is asked which it fits.

use crate::geometry::Affine;
use crate::imaging::Density;
use crate::imaging::blur;
use crate::imaging::warp;
use crate::matching::Specimen;
use crate::matching::coverage::near;
use crate::matching::query::Laid;

/// Smoothing of all maps, grid samples.
const SIGMA: f64 = 1.0;
/// Noise samples within the smoothing's reach are one: 4 pi sigma squared, and as much again for the
/// grain of ink itself.
const CORRELATED: f64 = 25.0;
/// Ink of a drawing, share of full ink.
const INK: f32 = 0.5;
/// How far from the other drawing's ink a stroke must lie to tell the two apart, millimetres: less is
/// ink spread and alignment.
const STRAY_MM: f64 = 0.2;
/// Least area that tells drawings apart, grid samples: a small dot.
const SAMPLES_MIN: f64 = 8.0;
/// Least noise, share of full ink, and the miss at which one sample says no more.
const NOISE_MIN: f64 = 0.15;
const MISS_MAX: f64 = 0.6;

/// Natural log of the odds that `own` rather than `rival` made an impression; each with the map from
/// its grid to the impression's.
pub(super) fn odds(
    query: &Laid,
    (own, own_map): (&Specimen, Affine),
    (rival, rival_map): (&Specimen, Affine),
) -> Option<f64> {
    let side = (own.drawing.side(), own.drawing.side());
    let in_frame =
        |map: &Density, from_frame: Affine| blur(&warp(map, from_frame, side, 0.0), SIGMA);
    let rival_from_own = rival_map.inverse() * own_map;
    let drawn = blur(&own.drawing.ink, SIGMA);
    let other = in_frame(&rival.drawing.ink, rival_from_own);
    let (ink, validity) = query.plain().warp(own_map, own.drawing.side());
    let ink = blur(&ink, SIGMA);
    let depth = &own.structure.depth;
    let (near_own, near_other) = (near(&drawn, STRAY_MM), near(&other, STRAY_MM));
    let visible = (0..drawn.samples().len())
        .filter(|&i| validity.samples()[i] > 0.5 && depth.samples()[i] > 0.0);
    let samples: Vec<Sample> = visible
        .map(|i| {
            let (own, rival) = (drawn.samples()[i], other.samples()[i]);
            let only_own = own > INK && !near_other.samples()[i];
            let only_rival = rival > INK && !near_own.samples()[i];
            Sample {
                own,
                rival,
                ink: ink.samples()[i],
                apart: only_own || only_rival,
            }
        })
        .collect();
    decide(&samples)
}

/// One place on both drawings and on the impression.
#[derive(Clone, Copy, Debug)]
struct Sample {
    own: f32,
    rival: f32,
    ink: f32,
    /// Whether only one drawing has ink here or near.
    apart: bool,
}

/// Decides by the samples where the drawings are apart, with the ink's gain and noise elsewhere.
fn decide(samples: &[Sample]) -> Option<f64> {
    let alike = || samples.iter().filter(|sample| !sample.apart);
    let mean = |sample: &Sample| f64::from(0.5 * (sample.own + sample.rival));
    let (mut cross, mut square, mut count) = (0.0, 1e-9, 0.0);
    for sample in alike() {
        cross += mean(sample) * f64::from(sample.ink);
        square += mean(sample) * mean(sample);
        count += 1.0;
    }
    let gain = (cross / square).clamp(0.3, 1.5);
    let noise: f64 = alike()
        .map(|sample| {
            let miss = f64::from(sample.ink) - gain * mean(sample);
            miss * miss
        })
        .sum();
    let variance = (noise / f64::max(count, 1.0)).max(NOISE_MIN * NOISE_MIN);
    let (mut odds, mut apart) = (0.0, 0.0);
    for sample in samples.iter().filter(|sample| sample.apart) {
        let miss = |drawn: f32| {
            let miss = (f64::from(sample.ink) - gain * f64::from(drawn)).abs();
            miss.min(MISS_MAX) * miss.min(MISS_MAX)
        };
        odds += (miss(sample.rival) - miss(sample.own)) / (2.0 * variance);
        apart += 1.0;
    }
    (apart >= SAMPLES_MIN).then(|| odds / CORRELATED)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two drawings of a hundred strokes that differ in ten of them, and the ink of one with a
    /// tenth of it dry.
    fn samples(of_own: bool) -> Vec<Sample> {
        (0..2000_u32)
            .map(|i| {
                let own = f32::from(u8::from((i / 20) % 2 == 0));
                let apart = i >= 1800;
                let rival = if apart { 1.0 - own } else { own };
                let shown = if of_own { own } else { rival };
                let ink = if i % 10 == 0 { 0.0 } else { 0.9 * shown };
                Sample {
                    own,
                    rival,
                    ink,
                    apart,
                }
            })
            .collect()
    }

    #[test]
    fn the_ink_where_drawings_differ_decides() {
        let odds = decide(&samples(true)).unwrap();
        assert!(odds > 5.0, "{odds}");
        let odds = decide(&samples(false)).unwrap();
        assert!(odds < -5.0, "{odds}");
    }

    #[test]
    fn drawings_that_are_nowhere_apart_decide_nothing() {
        let mut equal = samples(true);
        for sample in &mut equal {
            sample.apart = false;
        }
        assert_eq!(decide(&equal), None);
    }
}
