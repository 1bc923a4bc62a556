//! What calibration gave: how far each axis' reading speaks for another die, and how much of that
//! holds in a class of scans.
//!
//! The figures stand in a file of data, written by `antin calibrate` from the measurements of labelled
//! sets and carried in the program; the file names the sets, so that no figure is reported on seals
//! that it was fitted to. What is read from it is checked here.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::imaging::ColourMode;
use crate::matching::Axis;
use crate::matching::Comparison;
use crate::units::Dpi;
use crate::verdict::class::Class;
use crate::verdict::evidence;
use crate::verdict::evidence::Odds;

/// Name and version of the file's form.
pub const SCHEMA: &str = "antin.calibration/1";

/// Fewest seals that a calibration is fitted to.
pub const SEALS_MIN: usize = 100;

/// The calibration that the program carries.
static CARRIED: LazyLock<Calibration> = LazyLock::new(|| {
    Calibration::parse(include_str!("calibration.json")).expect("the carried calibration is good")
});

/// Everything that turns measurements into odds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// [`SCHEMA`].
    pub schema: String,
    /// The labelled sets that it was fitted to.
    pub sets: Vec<CalibrationSet>,
    /// Natural log of the odds for another die before any axis is looked at.
    pub intercept: f64,
    /// What each axis says; an axis that is not listed says nothing.
    pub axes: Vec<AxisCurve>,
    /// Rarity among genuine impressions, natural log, of what one axis shows that just outweighs how
    /// seldom a die differs in this way alone.
    pub lone_rarity: f64,
    /// What holds in each class, the widest first; a class that is not listed is as the one above it.
    pub classes: Vec<Correction>,
}

/// A labelled set that a calibration was fitted to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationSet {
    /// The seed from which it was drawn; `None` for a set that was not drawn.
    pub seed: Option<u64>,
    /// The file of its measurements.
    pub name: String,
    /// Seals.
    pub seals: usize,
    /// Genuine impressions.
    pub genuine: usize,
    /// Forged ones, traced dies left out.
    pub forged: usize,
}

/// Readings of an axis, and the natural log of the odds for another die at each.
///
/// A reading is the evidence of the axis' explanation (`Measure::log_odds`, natural log), or else the
/// size of its value in the axis' unit. Between readings the odds are interpolated, beyond the ends
/// they stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AxisCurve {
    /// The axis.
    pub axis: Axis,
    /// Readings, ascending.
    pub at: Vec<f64>,
    /// The odds at each, never falling.
    pub odds: Vec<f64>,
    /// The far end of what genuine impressions read; `None` where scanners differ more than drawn
    /// ones, or too few readings are apart.
    pub tail: Option<Tail>,
}

/// The far end of what genuine impressions read on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tail {
    /// Reading that one genuine impression in twenty exceeds.
    pub from: f64,
    /// Mean excess of those that do.
    pub excess: f64,
}

/// What holds in a class: the odds of the class above times `slope`, plus `shift`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The class.
    pub class: Class,
    /// Natural log of odds that is added.
    pub shift: f64,
    /// Factor on the odds of the class above.
    pub slope: f64,
    /// Seals with genuine impressions in the class.
    pub genuine_seals: usize,
    /// Seals with forged ones.
    pub forged_seals: usize,
    /// The strongest ratio for the same die that the class supports, above 0.
    pub log10_lr_cap: f64,
    /// The strongest one for another die, below 0.
    pub log10_lr_floor: f64,
}

/// Why a calibration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    /// It is not of the form.
    #[error(transparent)]
    Form(#[from] serde_json::Error),
    /// It says what no calibration can.
    #[error("{0}")]
    Content(String),
}

/// Share of the way to an end that ratios go unchanged (chosen: an end says how strong a ratio may be, not
/// which of two strong ones is the stronger).
const UNCHANGED_SHARE: f64 = 0.75;

/// The coarsest scans that calibration has seen.
const COARSEST_DPI: f64 = 150.0;

/// Share of what measurements say that is left at a resolution: all from the coarsest that calibration has seen on, and
/// below it as many as there are pixels, since edges are placed by those that they cross.
fn told_at(dpi: Dpi) -> f64 {
    let share = (dpi.get() / COARSEST_DPI).min(1.0);
    share * share
}

/// Keeps a ratio, base 10, between its ends, below and above 0, without making any two alike: beyond
/// three quarters of the way it comes ever more slowly nearer to the end.
#[must_use]
pub fn within(log10_lr: f64, (floor, cap): (f64, f64)) -> f64 {
    let end = if log10_lr < 0.0 { floor } else { cap };
    let unchanged = UNCHANGED_SHARE * end;
    let (beyond, left) = ((log10_lr - unchanged).abs(), (end - unchanged).abs());
    if log10_lr.abs() <= unchanged.abs() || left <= 0.0 {
        return log10_lr.clamp(floor, cap);
    }
    unchanged - (end - unchanged) * libm::expm1(-beyond / left)
}

impl Calibration {
    /// The one that the program carries.
    #[must_use]
    pub fn carried() -> &'static Self {
        &CARRIED
    }

    /// Reads and checks a calibration.
    ///
    /// # Errors
    /// [`CalibrationError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, CalibrationError> {
        let calibration: Self = serde_json::from_str(text)?;
        let fault = calibration.faults().next();
        match fault {
            Some(fault) => Err(CalibrationError::Content(fault)),
            None => Ok(calibration),
        }
    }

    /// Natural log of the odds for another die, all axes together and by measure.
    #[must_use]
    pub fn odds(&self, comparison: &Comparison, mode: ColourMode, dpi: Option<Dpi>) -> Odds {
        let path = Class::path(mode, dpi, comparison.specimens, comparison.missing_ink);
        let mut odds = evidence::odds(&comparison.measures, self);
        for correction in self.corrections(&path) {
            odds.total = correction.shift + correction.slope * odds.total;
            for own in &mut odds.by_measure {
                *own *= correction.slope;
            }
        }
        let share = dpi.map_or(1.0, told_at);
        odds.total *= share;
        for own in &mut odds.by_measure {
            *own *= share;
        }
        odds
    }

    /// Whether it was fitted to seals drawn from this seed.
    #[must_use]
    pub fn has_seen(&self, seed: u64) -> bool {
        self.sets.iter().any(|set| set.seed == Some(seed))
    }

    /// The strongest ratios, base 10, that the calibration set supports for an impression of these classes:
    /// for another die and for the same one.
    #[must_use]
    pub fn log10_lr_ends(&self, path: &[Class]) -> (f64, f64) {
        let last = self.corrections(path).last();
        last.map_or((0.0, 0.0), |own| (own.log10_lr_floor, own.log10_lr_cap))
    }

    /// The curve of an axis.
    pub(super) fn curve(&self, axis: Axis) -> Option<&AxisCurve> {
        self.axes.iter().find(|curve| curve.axis == axis)
    }

    /// Those of a path's classes that are listed, the widest first.
    fn corrections<'a>(&'a self, path: &'a [Class]) -> impl Iterator<Item = &'a Correction> {
        path.iter()
            .map_while(|class| self.classes.iter().find(|own| own.class == *class))
    }

    /// What is wrong with it.
    fn faults(&self) -> impl Iterator<Item = String> {
        let schema = (self.schema != SCHEMA)
            .then(|| format!("the schema is `{}`, not `{SCHEMA}`", self.schema));
        let finite = [self.intercept, self.lone_rarity];
        let finite = finite.iter().any(|value| !value.is_finite());
        let finite = finite.then(|| "a constant is not a number".to_owned());
        let root = self.classes.first().map(|first| first.class) != Some(Class::default());
        let root = root.then(|| "the first class is not that of all comparisons".to_owned());
        let axes = self.axes.iter().filter_map(AxisCurve::fault);
        let classes = self.classes.iter().enumerate();
        let classes = classes.filter_map(|(index, own)| own.fault(&self.classes[..index]));
        let faults = [schema, finite, root].into_iter().flatten();
        faults.chain(axes).chain(classes)
    }
}

impl AxisCurve {
    /// What is wrong with it.
    fn fault(&self) -> Option<String> {
        let all = self.at.iter().chain(&self.odds);
        let is_curve = self.at.len() == self.odds.len()
            && !self.at.is_empty()
            && all.into_iter().all(|value| value.is_finite())
            && self.at.is_sorted_by(|a, b| a < b)
            && self.odds.is_sorted();
        let is_tail = |tail: Tail| tail.from.is_finite() && tail.excess > 0.0;
        let is_good = is_curve && self.tail.is_none_or(is_tail);
        (!is_good).then(|| format!("the curve of {:?} is none that never falls", self.axis))
    }
}

impl Correction {
    /// What is wrong with it; `before` are the classes listed before.
    fn fault(&self, before: &[Self]) -> Option<String> {
        let is_known = |class: Class| before.iter().any(|other| other.class == class);
        if is_known(self.class) {
            return Some(format!("{:?} is listed twice", self.class));
        }
        if !self.class.parent().is_none_or(is_known) {
            return Some(format!("the class above {:?} is not listed", self.class));
        }
        let is_good = self.shift.is_finite() && self.slope > 0.0 && self.slope.is_finite();
        let is_good = is_good && self.log10_lr_cap > 0.0 && self.log10_lr_cap.is_finite();
        let is_good = is_good && self.log10_lr_floor < 0.0 && self.log10_lr_floor.is_finite();
        (!is_good).then(|| format!("the correction of {:?} is none", self.class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Measure;
    use crate::verdict::class::Inking;

    #[test]
    fn the_carried_calibration_is_good_and_has_seals_enough() {
        let carried = Calibration::carried();
        let seals: usize = carried.sets.iter().map(|set| set.seals).sum();
        assert!(seals >= SEALS_MIN, "{seals}");
        for class in &carried.classes {
            let most = libm::log10(seals as f64);
            assert!(
                class.log10_lr_cap <= most && class.log10_lr_floor >= -most,
                "{class:?}"
            );
        }
    }

    #[test]
    fn the_most_common_readings_of_the_registered_die_speak_for_it() {
        let carried = Calibration::carried();
        let least = |curve: &AxisCurve| curve.odds[0];
        let least: f64 = carried.axes.iter().map(least).sum();
        assert!(carried.intercept + least < 0.0, "{least}");
    }

    #[test]
    fn a_ratio_stays_within_its_ends_and_the_stronger_stays_the_stronger() {
        let ends = (-2.0, 1.0);
        let ratios = [-9.0, -3.0, -2.0, -1.5, -0.4, 0.0, 0.75, 0.8, 1.0, 2.0, 5.0];
        let kept = ratios.map(|ratio| within(ratio, ends));
        assert!(kept.is_sorted_by(|a, b| a < b), "{kept:?}");
        assert!(kept[0] > -2.0 && kept[10] < 1.0, "{kept:?}");
        let near = kept
            .iter()
            .zip(ratios)
            .filter(|(kept, own)| (*kept - own).abs() < 1e-12);
        assert_eq!(near.count(), 4, "up to three quarters of the way: {kept:?}");
        let nothing = within(3.0, (0.0, 0.0));
        assert!(nothing.abs() < 1e-12, "nothing is supported");
    }

    #[test]
    fn what_no_calibration_can_say_is_refused() {
        let carried = Calibration::carried();
        let fault = |change: fn(&mut Calibration)| {
            let mut changed = carried.clone();
            change(&mut changed);
            let text = serde_json::to_string(&changed).unwrap();
            Calibration::parse(&text)
                .err()
                .map(|error| error.to_string())
        };
        assert_eq!(fault(|_| ()), None);
        let falling = fault(|changed| changed.axes[0].odds[0] = 100.0);
        assert!(falling.unwrap().contains("never falls"));
        let orphan = fault(|changed| changed.classes[1].class.inking = Some(Inking::Light));
        assert!(orphan.unwrap().contains("not listed"));
        assert!(fault(|changed| changed.classes[0].slope = -1.0).is_some());
        assert!(fault(|changed| changed.schema.push('0')).is_some());
        assert!(Calibration::parse("{}").is_err());
    }

    #[test]
    fn a_class_corrects_the_odds_and_the_shares_of_its_measures_alike() {
        let mut own = Calibration::carried().clone();
        let class = Class {
            mode: Some(ColourMode::Gray),
            ..Class::default()
        };
        own.classes.truncate(1);
        let plain = own.clone();
        own.classes.push(Correction {
            class,
            shift: 0.25,
            slope: 0.5,
            log10_lr_cap: 1.0,
            log10_lr_floor: -2.0,
            ..own.classes[0]
        });
        let measure = Measure {
            log_odds: Some(3.0),
            ..Measure::new(Axis::RingRadiusMm, 0.1, 0.01)
        };
        let comparison = Comparison {
            measures: vec![measure],
            ..Comparison::default()
        };
        let of = |calibration: &Calibration, mode| calibration.odds(&comparison, mode, None);
        let (before, after) = (of(&plain, ColourMode::Gray), of(&own, ColourMode::Gray));
        assert!((after.total - 0.25 - 0.5 * before.total).abs() < 1e-12);
        assert!((after.by_measure[0] - 0.5 * before.by_measure[0]).abs() < 1e-12);
        assert_eq!(of(&own, ColourMode::Colour), before);
        let path = Class::path(ColourMode::Gray, None, 3, 0.0);
        assert_eq!(own.log10_lr_ends(&path), (-2.0, 1.0));
    }

    #[test]
    fn scans_coarser_than_any_calibrated_on_tell_less_and_finer_ones_no_more() {
        let told = |dpi| Dpi::new(dpi).map(told_at);
        assert_eq!(told(75.0), Some(0.25));
        assert_eq!(told(150.0), Some(1.0));
        assert_eq!(told(600.0), Some(1.0));
    }
}
