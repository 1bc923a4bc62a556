//! How the text around the face stands as a whole: turned, drawn out or drawn together.

use serde::{Deserialize, Serialize};

use crate::geometry::Vec2;
use crate::matching::regression::Fit;
use crate::measurement::Measured;

/// Amounts of a shift along the band: one that is alike all around, and two for each of three waves.
const AMOUNTS: usize = 7;
/// Paper along the band from which text is another run, as from one word to the next, millimetres.
const GAP_MM: f64 = 3.0;
/// Least sum of the squares of how far parts stand off the middle of their run, radians: below it no run is long
/// enough to tell how it is drawn out.
const ARMS_MIN: f64 = 0.01;
/// Least size of what the waves say of the drawing out. Text that closes upon itself can be drawn out nowhere but at
/// the cost of the rest, and says nothing of it.
const TOLD_MIN: f64 = 0.3;

/// How the band of text of an impression stands against the specimen's.
///
/// Both amounts are held towards nought, the more the less was measured: a change reads somewhat smaller than it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextBand {
    /// Its turn against the rest, degrees; above 0 clockwise.
    pub turn_deg: Measured,
    /// How much wider its letters are spaced along it, percent; below 0 closer. `None` where the text goes around the
    /// face without an end, or stands too scattered.
    #[serde(default)]
    pub stretch_percent: Option<Measured>,
}

impl TextBand {
    /// From the amounts of a shift along the band, fitted in millimetres at `radius_mm`, and where the band's parts
    /// stand, millimetres from the middle. `None` where nothing can be told.
    pub(super) fn new(places: &[Vec2], radius_mm: f64, fit: &Fit) -> Option<Self> {
        let amount = |weights: &[f64], unit: f64| {
            let (value, deviation) = fit.sum(weights);
            let own = Measured {
                value: unit * value / radius_mm,
                uncertainty: unit * deviation / radius_mm,
            };
            (own.value.is_finite() && own.uncertainty.is_finite()).then_some(own)
        };
        let mut angles: Vec<f64> = places.iter().map(|at| libm::atan2(at.y, at.x)).collect();
        angles.sort_by(f64::total_cmp);
        let count = angles.len() as f64;
        let reach = places.iter().map(|at| at.hypot()).sum::<f64>() / count;
        let mut turn = [0.0; AMOUNTS];
        for angle in &angles {
            add(&mut turn, 1.0 / count, *angle);
        }
        let stretch = slope(&angles, GAP_MM / reach);
        Some(Self {
            turn_deg: amount(&turn, 1.0_f64.to_degrees())?,
            stretch_percent: stretch.and_then(|weights| amount(&weights, 100.0)),
        })
    }
}

/// The shift that each amount is of, at a direction from the middle.
fn waves(angle: f64) -> [f64; AMOUNTS] {
    let mut waves = [1.0; AMOUNTS];
    for (wave, pair) in (1_u8..).zip(waves[1..].chunks_exact_mut(2)) {
        let wave = f64::from(wave) * angle;
        pair.copy_from_slice(&[libm::cos(wave), libm::sin(wave)]);
    }
    waves
}

fn add(sums: &mut [f64; AMOUNTS], weight: f64, angle: f64) {
    for (sum, wave) in sums.iter_mut().zip(waves(angle)) {
        *sum += weight * wave;
    }
}

/// How the amounts add up to the shift's slope along runs of text, a radian; `angles` rise, and runs stand apart by
/// more than `gap`. Each run has a middle of its own, so that neither what stands between two texts counts nor
/// where each of them was set.
fn slope(angles: &[f64], gap: f64) -> Option<[f64; AMOUNTS]> {
    let count = angles.len();
    let unrolled = |at: usize| {
        let turns = if at >= count {
            std::f64::consts::TAU
        } else {
            0.0
        };
        angles[at % count] + turns
    };
    let widest = (0..count)
        .map(|at| (unrolled(at + 1) - unrolled(at), at + 1))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let (_, first) = widest.filter(|(width, _)| *width > gap)?;
    let along: Vec<f64> = (first..first + count).map(unrolled).collect();
    let (mut sums, mut square) = ([0.0; AMOUNTS], 0.0);
    for run in along.chunk_by(|a, b| b - a <= gap) {
        let middle = run.iter().sum::<f64>() / run.len() as f64;
        for angle in run {
            square += (angle - middle) * (angle - middle);
            add(&mut sums, angle - middle, *angle);
        }
    }
    if square < ARMS_MIN {
        return None;
    }
    let slope = sums.map(|sum| sum / square);
    let told: f64 = slope.iter().map(|weight| weight * weight).sum();
    (told > TOLD_MIN * TOLD_MIN).then_some(slope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    /// A fit of these amounts, each known to a hundredth of a millimetre.
    fn fit(amounts: [f64; AMOUNTS]) -> Fit {
        Fit {
            evidence: 0.0,
            amounts: amounts.to_vec(),
            deviations: vec![0.01; AMOUNTS],
            covariance: DMatrix::<f64>::identity(AMOUNTS, AMOUNTS) * 1e-4,
        }
    }

    /// Parts 13 mm from the middle, every 4 degrees but for a gap at the bottom so wide.
    fn places(gap_deg: i32) -> Vec<Vec2> {
        let half = (360 - gap_deg) / 2;
        let angles = (-half..half).step_by(4);
        let places = angles.map(|degrees| {
            let (sin, cos) = libm::sincos(f64::from(degrees - 90).to_radians());
            Vec2::new(13.0 * cos, 13.0 * sin)
        });
        places.collect()
    }

    #[test]
    fn a_shift_that_is_alike_all_around_is_a_turn_clockwise_and_draws_nothing_out() {
        let mut amounts = [0.0; AMOUNTS];
        amounts[0] = 18.0 * 0.5_f64.to_radians();
        let band = TextBand::new(&places(120), 18.0, &fit(amounts)).unwrap();
        assert!((band.turn_deg.value - 0.5).abs() < 1e-9, "{band:?}");
        assert!(band.turn_deg.uncertainty > 0.0, "{band:?}");
        let stretch = band.stretch_percent.unwrap();
        assert!(stretch.value.abs() < 1e-9 && stretch.uncertainty > 0.0);
    }

    #[test]
    fn a_shift_that_runs_from_the_middle_of_the_text_to_its_ends_draws_it_out() {
        // Clockwise on the right of a text at the top, where the direction's cosine is above 0.
        let mut amounts = [0.0; AMOUNTS];
        amounts[1] = 0.3;
        let wider = TextBand::new(&places(180), 18.0, &fit(amounts)).unwrap();
        let wider = wider.stretch_percent.unwrap();
        assert!(
            wider.value > 0.5 && wider.value < 100.0 * 0.3 / 18.0,
            "{wider:?}"
        );
        amounts[1] = -0.3;
        let closer = TextBand::new(&places(180), 18.0, &fit(amounts)).unwrap();
        let closer = closer.stretch_percent.unwrap();
        assert!((closer.value + wider.value).abs() < 1e-9, "{closer:?}");
    }

    #[test]
    fn text_without_an_end_tells_no_stretch() {
        let band = TextBand::new(&places(0), 18.0, &fit([0.1; AMOUNTS])).unwrap();
        assert_eq!(band.stretch_percent, None);
    }

    #[test]
    fn letters_that_each_stand_alone_all_around_tell_no_stretch() {
        // Twelve of three parts each: what is wider within them is closer between them.
        let angles = (0..36).map(|i| f64::from(i / 3 * 30 + i % 3 * 5).to_radians());
        let mut angles: Vec<f64> = angles.collect();
        angles.sort_by(f64::total_cmp);
        assert_eq!(slope(&angles, 0.2), None);
    }
}
