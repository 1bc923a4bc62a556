//! Missing and extra ink, apart: what the specimen has and the impression lacks is weak evidence
//! (light inking), what the impression adds is strong (Horiuchi 2001).

use crate::imaging::Component;
use crate::imaging::Density;
use crate::imaging::Mask;
use crate::imaging::components;
use crate::imaging::dilate;
use crate::matching::canonical::PER_MM;
use crate::matching::field::Scene;
use crate::units::floor_index;

/// Ink levels that count as ink and as paper.
const INK: f32 = 0.5;
const PAPER: f32 = 0.3;
/// How far ink may stray before it is extra or missing: ink spread and rubber, millimetres.
const STRAY_MM: f64 = 0.15;

/// Shares of ink, 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coverage {
    /// The specimen's ink that is visible in the impression.
    pub usable: f64,
    /// Of the visible specimen ink, what the impression lacks.
    pub missing: f64,
    /// The largest connected piece of what is missing, in square millimetres.
    pub missing_patch_mm2: f64,
    /// Of the impression's ink, what the specimen lacks; `None` where text cannot be told apart.
    pub extra: Option<f64>,
    /// Of all visible ink of either, what agrees.
    pub agreement: f64,
}

impl Coverage {
    /// Counts ink; `ink` is the impression's, warped into the specimen's frame.
    pub(super) fn new(scene: &Scene<'_>, ink: &Density) -> Self {
        let reach = floor_index((STRAY_MM * PER_MM).round());
        let drawn = scene.specimen.ink.map(|value| value > INK);
        let found = ink.map(|value| value > INK);
        let near_drawn = dilate(&scene.specimen.ink.map(|value| value > PAPER), reach);
        let near_found = dilate(&ink.map(|value| value > PAPER), reach);
        let inside = inside(scene);
        let mut gaps = drawn.map(|_| false);
        let (mut all, mut seen, mut missing, mut own, mut extra) = (0, 0, 0, 0, 0);
        for i in 0..drawn.samples().len() {
            if !inside.samples()[i] {
                continue;
            }
            let visible = scene.weight.samples()[i] > 0.5;
            if drawn.samples()[i] {
                all += 1;
                seen += usize::from(visible);
                let is_missing = visible && !near_found.samples()[i];
                missing += usize::from(is_missing);
                gaps.samples_mut()[i] = is_missing;
            }
            if visible && found.samples()[i] {
                own += 1;
                extra += usize::from(!near_drawn.samples()[i]);
            }
        }
        let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
        let counted_extra = if scene.separable { extra } else { 0 };
        Self {
            usable: share(seen, all),
            missing: share(missing, seen),
            missing_patch_mm2: largest_mm2(&gaps),
            extra: scene.separable.then(|| share(extra, own)),
            agreement: 1.0 - share(missing + counted_extra, seen + counted_extra),
        }
    }
}

/// Ink of the largest patch: gaps that a tenth of a millimetre of ink parts are one.
fn largest_mm2(gaps: &Mask) -> f64 {
    let patches = components(&dilate(gaps, 2));
    let ink = |patch: &Component| {
        let runs = patch.runs.iter();
        runs.map(|&(y, start, end)| gaps.row(y)[start..end].iter().filter(|gap| **gap).count())
            .sum::<usize>()
    };
    let largest = patches.iter().map(ink).max().unwrap_or(0);
    largest as f64 / (PER_MM * PER_MM)
}

/// The outline's inside and a little beyond: what lies further out is another mark.
fn inside(scene: &Scene<'_>) -> Mask {
    scene
        .structure
        .depth
        .map(|depth| f64::from(depth) > -0.3 * PER_MM)
}
