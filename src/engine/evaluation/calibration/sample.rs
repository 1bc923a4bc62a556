//! From lines of measurements to the samples that a calibration is fitted to.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::evaluation::measured::Line;
use crate::evaluation::trial;
use crate::evaluation::trial::Kind;
use crate::imaging::ColourMode;
use crate::matching::Comparison;
use crate::units::Dpi;
use crate::verdict;
use crate::verdict::calibration::Calibration;
use crate::verdict::calibration::CalibrationSet;
use crate::verdict::class::Class;

/// Measurements of one labelled set.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// The name of its file.
    pub name: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// One impression compared with one enrolment of its seal.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Number of its seal among all.
    pub seal: usize,
    /// Whether another die made it.
    pub forged: bool,
    /// Whether no enrolment with more specimens was compared with its impression.
    pub fullest: bool,
    /// What was measured.
    pub comparison: Comparison,
    mode: ColourMode,
    dpi: Option<Dpi>,
}

/// The samples of some sets, and what they come from.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples {
    pub all: Vec<Sample>,
    pub seals: usize,
    pub sets: Vec<CalibrationSet>,
}

impl Sample {
    /// Natural log of the odds for another die.
    pub(super) fn odds(&self, calibration: &Calibration) -> f64 {
        let odds = calibration.odds(&self.comparison, self.mode, self.dpi);
        odds.total
    }

    /// The classes it belongs to, the widest first.
    pub(super) fn path(&self) -> Vec<Class> {
        let own = &self.comparison;
        Class::path(self.mode, self.dpi, own.specimens, own.missing_ink)
    }
}

impl Samples {
    /// Takes the genuine and forged impressions that can be examined; traced dies, damaged ones and
    /// copies are left out. Seals of sets drawn from one seed are the same seals.
    pub(super) fn of(sets: &[Set]) -> Self {
        let mut seals: BTreeMap<(String, &str), usize> = BTreeMap::new();
        let mut samples = Self::default();
        for set in sets {
            let mut own = BTreeSet::new();
            let (mut genuine, mut forged) = (BTreeSet::new(), BTreeSet::new());
            let mut fullest: BTreeMap<usize, usize> = BTreeMap::new();
            for (line, next) in set.lines.iter().zip(impressions(&set.lines)) {
                let Some((is_forged, seal)) = subject(line) else {
                    continue;
                };
                let Some(comparison) = examinable(line) else {
                    continue;
                };
                let source = line
                    .truth
                    .seed()
                    .map_or_else(|| set.name.clone(), |seed| seed.to_string());
                let fresh = seals.len();
                let seal = *seals.entry((source, seal)).or_insert(fresh);
                own.insert(seal);
                if is_forged {
                    forged.insert(next);
                } else {
                    genuine.insert(next);
                }
                fullest.insert(next, samples.all.len());
                samples.all.push(Sample {
                    seal,
                    forged: is_forged,
                    fullest: false,
                    comparison: comparison.clone(),
                    mode: line.measured.mode,
                    dpi: line.measured.dpi.and_then(Dpi::new),
                });
            }
            for index in fullest.into_values() {
                samples.all[index].fullest = true;
            }
            samples.sets.push(CalibrationSet {
                seed: set.lines.iter().find_map(|line| line.truth.seed()),
                name: set.name.clone(),
                seals: own.len(),
                genuine: genuine.len(),
                forged: forged.len(),
            });
        }
        samples.seals = seals.len();
        samples
    }
}

/// Numbers the lines by their impressions: lines of one follow each other, fewer specimens first.
fn impressions(lines: &[Line]) -> Vec<usize> {
    let mut number = 0;
    let mut numbers = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| &lines[before]);
        let is_same = before.is_some_and(|before| {
            before.truth == line.truth && before.measured.specimens < line.measured.specimens
        });
        if index > 0 && !is_same {
            number += 1;
        }
        numbers.push(number);
    }
    numbers
}

/// Whether another die made the impression, and the seal that it claims.
fn subject(line: &Line) -> Option<(bool, &str)> {
    let forged = match trial::kind(&line.truth) {
        Kind::Genuine => false,
        Kind::Forged => true,
        Kind::Traced | Kind::Deformed | Kind::Copy | Kind::Unregistered | Kind::None => {
            return None;
        }
    };
    Some((forged, line.truth.seal.as_deref()?))
}

fn examinable(line: &Line) -> Option<&Comparison> {
    let comparison = line.measured.comparison.as_ref();
    comparison.filter(|comparison| verdict::lacking(comparison).is_none())
}
