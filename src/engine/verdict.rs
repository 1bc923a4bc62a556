//! Comparison and policy to a calibrated likelihood ratio and a conclusion.

pub mod calibration;
pub mod class;
mod condition;
pub mod evidence;
pub mod reweighing;
pub mod trend;
pub mod wear;

pub use condition::limit;

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::imaging::ColourMode;
use crate::matching::Axis;
use crate::matching::Comparison;
use crate::matching::Displacement;
use crate::matching::Slip;
use crate::matching::Symptom;
use crate::matching::TextBand;
use crate::verdict::calibration::Calibration;
use crate::verdict::calibration::within;
use crate::verdict::class::Class;

/// Deviation from the registered size that an original scan of known resolution may show.
///
/// An engineering value, not law: no instrument read gives a tolerance. Rubber faces change size
/// with age, temperature and pressure, and 300 dpi is 0.085 mm a pixel.
pub const SIZE_TOLERANCE_MM: f64 = 0.5;

/// The six steps of the conclusion scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Agrees with the specimen.
    Consistent,
    /// Rather agrees.
    LeansConsistent,
    /// Cannot tell.
    Undecided,
    /// Rather differs.
    LeansDifferent,
    /// Differs in its structure.
    Different,
    /// Too little of the impression can be examined.
    NotExaminable,
}

/// What a conclusion speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The registered die, surely or rather.
    For,
    /// Neither.
    Neither,
    /// Another die, surely or rather.
    Against,
}

impl Conclusion {
    /// What it speaks for.
    #[must_use]
    pub const fn side(self) -> Side {
        match self {
            Self::Consistent | Self::LeansConsistent => Side::For,
            Self::LeansDifferent | Self::Different => Side::Against,
            Self::Undecided | Self::NotExaminable => Side::Neither,
        }
    }

    /// Whether it is for the registered die, surely or rather.
    #[must_use]
    pub const fn is_for(self) -> bool {
        matches!(self.side(), Side::For)
    }

    /// Whether it is for another die, surely or rather.
    #[must_use]
    pub const fn is_against(self) -> bool {
        matches!(self.side(), Side::Against)
    }
}

/// The state of the die as far as the impression shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// As registered.
    Sound,
    /// Strokes thinned or filled all over.
    Worn,
    /// A part cracked or missing.
    Damaged,
    /// Stretched or warped.
    Deformed,
    /// Cannot tell.
    Unknown,
}

/// Thresholds as data, published with every report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Name and version.
    pub name: String,
    /// `log10_lr` from which an impression is consistent.
    pub consistent_log10_lr_min: f64,
    /// `log10_lr` from which it leans to consistent.
    pub leans_consistent_log10_lr_min: f64,
    /// `log10_lr` below which it leans to different.
    pub leans_different_log10_lr_max: f64,
    /// `log10_lr` below which it is different.
    pub different_log10_lr_max: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            name: "default/1".to_owned(),
            consistent_log10_lr_min: 0.6,
            leans_consistent_log10_lr_min: 0.2,
            leans_different_log10_lr_max: -0.3,
            different_log10_lr_max: -1.0,
        }
    }
}

/// One measurement that speaks for or against the same die.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was measured; its unit is in its name.
    pub axis: Axis,
    /// The value.
    pub value: f64,
    /// One standard deviation.
    pub uncertainty: f64,
    /// Share of the drawn ink that it rests on that could be seen, 0 to 1; `None` where that was not told.
    pub visibility: Option<f64>,
    /// What it says alone; above 0 speaks for the same die.
    pub log10_lr: f64,
    /// Where it was seen, in page pixels.
    pub at_px: Vec<(f64, f64)>,
    /// Which way what it tells of stands off its place, as [`crate::matching::Measure`] has it.
    #[serde(default)]
    pub displacements: Vec<Displacement>,
    /// Which way the text is turned and drawn out, likewise.
    #[serde(default)]
    pub text_band: Option<TextBand>,
}

/// What an impression lacks that was not examined, or is inked on one side only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lacking {
    /// Share of the drawing's parts that could be measured.
    pub parts: f64,
    /// Share of the drawing's visible ink that is there.
    pub inked: f64,
    /// Sectors of the page's compass that hardly bear ink, eighths, clockwise from the top (0).
    pub bare: Vec<usize>,
    /// Sectors that are hidden.
    pub hidden: Vec<usize>,
}

/// What a comparison amounts to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Calibrated likelihood ratio, capped; above 0 speaks for the same die. `None`: not examined.
    pub log10_lr: Option<f64>,
    /// The strongest ratio for the same die that the calibration set supports.
    pub log10_lr_cap: f64,
    /// The strongest one for another die.
    pub log10_lr_floor: f64,
    /// The step of the scale.
    pub conclusion: Conclusion,
    /// The state of the die.
    pub condition: Condition,
    /// What is lacking where it was not examined; `None` if nothing could be aligned, or it was.
    pub lacking: Option<Lacking>,
    /// What of it speaks for damage, the most telling first.
    pub damage: Vec<Symptom>,
    /// What each measurement says, in the order of the comparison's.
    pub evidence: Vec<Evidence>,
    /// What the reader must keep in mind, as stable codes.
    pub caveats: Vec<String>,
    /// How the die slipped, where that is why nothing is concluded.
    pub slip: Option<Slip>,
}

/// Less of the drawing's parts measured than this is too little to speak of another die or the same.
const PARTS_SHARE_MIN: f64 = 0.4;
/// Share of a sector's drawn ink below which the sector is named as bare (chosen).
const SECTOR_BARE: f64 = 0.35;
/// More of the visible drawing missing than this is a light or partial impression.
const MISSING_MAX: f64 = 0.6;
/// Caveat of a conclusion that another die would get as well as the registered one, damaged.
const DAMAGED_OR_OTHER: &str = "damaged_die_or_another";

/// Specimens below which an impression is never called different: what is unusual about a single one is taken for the die's.
/// Measured on 515 genuine drawn impressions (seed 9401): against one specimen 5 would have been, against three none.
const SPECIMENS_MIN: u32 = 2;
/// Caveat of a conclusion that is held back for that.
pub const ONE_SPECIMEN: &str = "one_specimen";

/// Caveat of a conclusion about what a printer made.
const PRINTED_COPY: &str = "printed_copy";

/// Caveat of a conclusion that a slip of the die, or a second strike, leaves open.
const SLIPPED: &str = "die_slipped";

/// Judges a comparison of `impression` with a specimen; `comparison` is `None` if none was possible.
#[must_use]
pub fn judge(
    impression: &Impression,
    comparison: Option<&Comparison>,
    policy: &Policy,
) -> Judgement {
    let calibration = Calibration::carried();
    let (mode, dpi) = (impression.mode, impression.dpi);
    let path = comparison.map(|own| Class::path(mode, dpi, own.specimens, own.missing_ink));
    let path = path.unwrap_or_else(|| vec![Class::default()]);
    let (log10_lr_floor, log10_lr_cap) = calibration.log10_lr_ends(&path);
    let unexamined = |caveat: &str| Judgement {
        log10_lr: None,
        log10_lr_cap,
        log10_lr_floor,
        conclusion: Conclusion::NotExaminable,
        condition: Condition::Unknown,
        lacking: comparison.map(missing),
        damage: Vec::new(),
        evidence: Vec::new(),
        caveats: vec![caveat.to_owned()],
        slip: None,
    };
    let Some(comparison) = comparison else {
        return unexamined("not_alignable");
    };
    if let Some(caveat) = lacking(comparison) {
        return unexamined(caveat);
    }
    let odds = calibration.odds(comparison, mode, dpi);
    let ten = std::f64::consts::LN_10;
    let supported = |odds: f64| within(-odds / ten, (log10_lr_floor, log10_lr_cap));
    let log10_lr = supported(odds.total);
    let evidence = comparison.measures.iter().zip(&odds.by_measure);
    let evidence = evidence
        .map(|(measure, odds)| Evidence {
            axis: measure.axis,
            value: measure.value,
            uncertainty: measure.uncertainty,
            visibility: measure.visibility,
            log10_lr: supported(*odds),
            at_px: measure.at_px.clone(),
            displacements: measure.displacements.clone(),
            text_band: measure.text_band,
        })
        .collect::<Vec<_>>();
    let concluded = conclude(log10_lr, mode, policy);
    let damage = condition::damage(comparison);
    let (conclusion, condition) = condition::weigh(concluded, &damage, &evidence);
    let mut caveats = caveats(conclusion, mode);
    if conclusion != concluded {
        caveats.push(DAMAGED_OR_OTHER.to_owned());
    }
    let judgement = Judgement {
        log10_lr: Some(log10_lr),
        log10_lr_cap,
        log10_lr_floor,
        conclusion,
        condition,
        lacking: None,
        damage,
        evidence,
        caveats,
        slip: None,
    };
    judgement.within_support(comparison.specimens)
}

/// What is missing of an impression that cannot be examined.
fn missing(comparison: &Comparison) -> Lacking {
    let sectors = |is: &dyn Fn(Option<f64>) -> bool| {
        let shares = comparison.inked.iter().enumerate();
        let own = shares.filter(|(_, share)| is(**share));
        own.map(|(sector, _)| sector).collect()
    };
    Lacking {
        parts: comparison.parts_share,
        inked: 1.0 - comparison.missing_ink,
        bare: sectors(&|share| share.is_some_and(|share| share < SECTOR_BARE)),
        hidden: sectors(&|share| share.is_none()),
    }
}

/// What a comparison lacks to be judged, as a stable code; `None` if it can be.
#[must_use]
pub fn lacking(comparison: &Comparison) -> Option<&'static str> {
    if comparison.parts_share < PARTS_SHARE_MIN {
        Some("too_few_parts_visible")
    } else if comparison.missing_ink > MISSING_MAX {
        Some("too_little_ink")
    } else {
        None
    }
}

impl Judgement {
    /// The same, as far as so many specimens support it.
    fn within_support(self, specimens: u32) -> Self {
        if self.conclusion == Conclusion::Different && specimens < SPECIMENS_MIN {
            self.leaning(ONE_SPECIMEN)
        } else {
            self
        }
    }

    /// The same where the die slipped: its ink lies doubled, so that what was measured of it tells neither for
    /// nor against the die.
    #[must_use]
    pub fn of_slip(mut self, slip: Slip) -> Self {
        self.conclusion = Conclusion::Undecided;
        self.log10_lr = self.log10_lr.map(|_| 0.0);
        self.caveats.push(SLIPPED.to_owned());
        self.slip = Some(slip);
        self
    }

    /// The same of a printed copy: what a printer made tells of the die no more than lean either way.
    #[must_use]
    pub fn of_copy(self) -> Self {
        self.leaning(PRINTED_COPY)
    }

    /// The same of an impression joined from parts on several sheets, each laid on the drawing by itself: that hides part of
    /// what another die would show, and where parts join, nothing lies quite as it was struck. So it leans to the die at
    /// most, what speaks against it is undecided, and nothing is said of the die's condition.
    #[must_use]
    pub fn of_parts(mut self) -> Self {
        if self.conclusion.is_against() {
            self.conclusion = Conclusion::Undecided;
        }
        self.condition = Condition::Unknown;
        self.damage.clear();
        self.leaning("joined_from_parts")
    }

    /// No further than leaning, for the reason given.
    fn leaning(mut self, caveat: &str) -> Self {
        self.conclusion = match self.conclusion {
            Conclusion::Consistent => Conclusion::LeansConsistent,
            Conclusion::Different => Conclusion::LeansDifferent,
            other @ (Conclusion::LeansConsistent
            | Conclusion::Undecided
            | Conclusion::LeansDifferent
            | Conclusion::NotExaminable) => other,
        };
        self.caveats.push(caveat.to_owned());
        self
    }
}

/// The step of the scale; gray and 1-bit scans get no further than leaning.
fn conclude(log10_lr: f64, mode: ColourMode, policy: &Policy) -> Conclusion {
    let full = mode == ColourMode::Colour;
    if log10_lr >= policy.consistent_log10_lr_min && full {
        Conclusion::Consistent
    } else if log10_lr >= policy.leans_consistent_log10_lr_min {
        Conclusion::LeansConsistent
    } else if log10_lr <= policy.different_log10_lr_max && full {
        Conclusion::Different
    } else if log10_lr <= policy.leans_different_log10_lr_max {
        Conclusion::LeansDifferent
    } else {
        Conclusion::Undecided
    }
}

fn caveats(conclusion: Conclusion, mode: ColourMode) -> Vec<String> {
    let mut caveats = Vec::new();
    if matches!(
        conclusion,
        Conclusion::Consistent | Conclusion::LeansConsistent
    ) {
        caveats.push("traced_die_not_excluded".to_owned());
    }
    match mode {
        ColourMode::Colour => {}
        ColourMode::Gray => caveats.push("gray_scan".to_owned()),
        ColourMode::Bitonal => caveats.push("bitonal_scan".to_owned()),
    }
    caveats
}

#[cfg(test)]
mod tests;
