//! What speaks for damage of the registered die: each kind by a measurement of its own.
//!
//! Goes out: for each kind that could be looked for, the amount in its own unit with its uncertainty, how
//! strongly it speaks, and where. Nothing here decides.

use serde::{Deserialize, Serialize};

use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::matching::axes::Frame;
use crate::matching::canonical::PER_MM;
use crate::matching::face::Face;
use crate::matching::face::Growth;
use crate::matching::field::Part;
use crate::matching::gap::Gaps;
use crate::matching::rim;
use crate::matching::specimen::Specimen;

/// A kind of damage, with the unit of its amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    /// Pulled along one axis against the other, percent.
    StretchedPercent,
    /// Bent all over, millimetres beyond the sheet's own map.
    WarpedMm,
    /// The border pushed in, or out, at one side, millimetres.
    DentedMm,
    /// A region grown, percent in its middle, its lines thicker.
    SwollenPercent,
    /// Two halves slipped along a crack, millimetres.
    CrackedMm,
    /// A part of the drawing gone, square millimetres of drawn ink.
    ChippedMm2,
    /// A stretch of the border gone, millimetres.
    BorderGoneMm,
    /// Drawn ink gone in clean patches, percent of what is seen.
    WornPercent,
}

/// One kind of damage looked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Symptom {
    /// Which.
    pub harm: Harm,
    /// The amount, in the unit of its kind.
    pub value: f64,
    /// One standard deviation in impressions of sound dies, in the same unit.
    pub uncertainty: f64,
    /// How strongly it speaks for damage: standard deviations, or natural log of the evidence where a
    /// model was fitted.
    pub strength: f64,
    /// Where, in page pixels.
    pub at_px: Vec<(f64, f64)>,
}

/// Standard deviation of the stretch of sound dies, percent: scanners stay within 0.3 % each way,
/// rubber within as much again.
const STRETCH_DEVIATION: f64 = 0.4;
/// The same of the bend, millimetres. Measured on drawn seals.
const BEND_DEVIATION_MM: f64 = 0.05;
/// Nats that one standard deviation of thicker lines allows a growth to count: a face that has grown
/// without them is bent, not swollen.
const THICKER_NATS: f64 = 8.0;

/// Standard deviation of the share of the drawing that sound dies leave bare and clean, percent.
const WEAR_DEVIATION: f64 = 0.8;

/// The impression as it lies in the specimen's frame.
pub(super) struct Laid<'a> {
    pub parts: &'a [Part],
    pub ink: (&'a Density, &'a Density),
    pub gaps: Gaps,
    /// Stretch of one axis against the other, a share, and bend in millimetres.
    pub anisotropy: f64,
    pub bend_mm: f64,
}

/// Looks for every kind of damage.
pub(super) fn symptoms(laid: &Laid<'_>, specimen: &Specimen, frame: &Frame) -> Vec<Symptom> {
    let symptom = |harm, value, uncertainty, strength| Symptom {
        harm,
        value,
        uncertainty,
        strength,
        at_px: Vec::new(),
    };
    let stretch = 100.0 * laid.anisotropy;
    let by_deviation =
        |harm, value: f64, deviation: f64| symptom(harm, value, deviation, value / deviation);
    let mut symptoms = vec![
        by_deviation(Harm::StretchedPercent, stretch, STRETCH_DEVIATION),
        by_deviation(Harm::WarpedMm, laid.bend_mm, BEND_DEVIATION_MM),
    ];
    let at = |symptom: Symptom, places: &[Vec2]| Symptom {
        at_px: places
            .iter()
            .map(|place| {
                let point = frame.page(*place);
                (point.x, point.y)
            })
            .collect(),
        ..symptom
    };
    let rim = rim::read(&specimen.drawing, &specimen.structure, laid.ink);
    symptoms.extend(rim.offset.map(|offset| {
        let noise = offset.noise_mm.max(0.02);
        let strength = offset.inwards_mm.abs() / noise;
        let found = symptom(Harm::DentedMm, offset.inwards_mm, noise, strength);
        at(found, &[offset.at])
    }));
    symptoms.extend(rim.missing.map(|gone| {
        let found = symptom(Harm::BorderGoneMm, gone.length_mm, 0.5, gone.length_mm);
        at(found, &[gone.at])
    }));
    if let Some(face) = Face::new(laid.parts, frame.radius_mm) {
        symptoms.extend(face.growth().map(|growth| {
            let (value, deviation) = (100.0 * growth.share, 100.0 * growth.deviation);
            let strength = swelling(&growth);
            at(
                symptom(Harm::SwollenPercent, value, deviation, strength),
                &[growth.at],
            )
        }));
        symptoms.extend(face.slip().map(|slip| {
            let reach = slip.along * (0.6 * frame.radius_mm);
            let places = [slip.at - reach, slip.at, slip.at + reach];
            at(
                symptom(Harm::CrackedMm, slip.by_mm, slip.deviation, slip.gain),
                &places,
            )
        }));
    }
    let gaps = &laid.gaps;
    if gaps.drawn > 0.0 {
        let middle = (gaps.at - specimen.drawing.outline.centre) / PER_MM;
        let found = symptom(Harm::ChippedMm2, gaps.largest, 0.5, gaps.largest);
        let places: &[Vec2] = if gaps.largest > 0.0 { &[middle] } else { &[] };
        symptoms.push(at(found, places));
        symptoms.push(wear(gaps));
    }
    symptoms
}

/// Drawn ink gone in patches without a speck.
fn wear(gaps: &Gaps) -> Symptom {
    Symptom {
        harm: Harm::WornPercent,
        value: 100.0 * gaps.clean / gaps.drawn,
        uncertainty: WEAR_DEVIATION,
        // Ink that dries leaves places with specks beside those without; a worn face does not.
        strength: gaps.clean / gaps.bare.max(1e-6),
        at_px: Vec::new(),
    }
}

/// How strongly a growth speaks for swelling, nats; below 0 where it shrank.
fn swelling(growth: &Growth) -> f64 {
    if growth.share <= 0.0 {
        return -1.0;
    }
    let thicker = growth.thicker_mm / growth.thicker_deviation.max(1e-3);
    growth.gain.min(THICKER_NATS * thicker)
}
