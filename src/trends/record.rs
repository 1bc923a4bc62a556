//! The record of a seal's wear: field names are documented in docs/formats.md, and stay.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::registry::RegisteredSeal;
use crate::rules;
use crate::rules::Basis;
use crate::rules::RuleSet;
use crate::rules::wear::Worn;
use crate::units::round_i32;
use crate::verdict::trend;
use crate::verdict::trend::Estimate;
use crate::verdict::trend::Expected;
use crate::verdict::trend::SURE;
use crate::verdict::trend::TooLittle;
use crate::verdict::wear::Values;

pub use crate::rules::Severity;

/// Name and version of this form of record.
pub const SCHEMA: &str = "antin.trend/1";

/// What wears, with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Share of the drawing gone at fixed places, percent of its area.
    MissingPercent,
    /// Length of the border gone at fixed places, millimetres.
    BorderMissingMm,
    /// Growth of the lines' width against the specimen's, millimetres.
    LineWidthMm,
    /// Growth of the whole's size against the specimen's, millimetres.
    SizeMm,
}

/// What is said of an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It grows by and by.
    Gradual,
    /// It stepped up between two impressions.
    Sudden,
    /// It grows; whether by and by or at once cannot be told.
    Grows,
    /// Nothing speaks for a growth.
    Steady,
    /// It may grow or not.
    Undecided,
    /// Too few impressions, or too short a time.
    NotEnough,
}

/// Whether the tolerance is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// Surely by the last impression.
    Passed,
    /// Perhaps by the last impression.
    Perhaps,
    /// Later, if it goes on so.
    Ahead,
    /// Not within ten years from the last impression, if it goes on so.
    NotInSight,
}

/// What impressions show of a die of which nothing follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFinding {
    /// They are too few, or of too short a time.
    NotEnough,
    /// Wear is neither shown nor excluded.
    Open,
    /// No wear is shown.
    NoWear,
}

/// Impressions of the seal that are not counted, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Their document has no date.
    pub undated: usize,
    /// They may be of another die, were printed, or show too little.
    pub not_accepted: usize,
    /// They are copies of others that count, or scans of one sheet.
    pub copies: usize,
}

/// One impression that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Digest of the document's bytes.
    pub sha256: String,
    /// Number of its page.
    pub page: u32,
    /// Index among the impressions of the document's report.
    pub impression: usize,
    /// The document's path as given.
    pub path: String,
    /// The document's date.
    pub on: Date,
    /// Whether its conclusion is for the die; else it is undecided, or nothing but its size speaks against the die.
    pub accepted: bool,
}

/// An amount measured on one impression.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// Index among the members.
    pub member: usize,
    /// The amount.
    pub value: f64,
    /// One standard deviation, without what inking does from one impression to the next.
    pub uncertainty: f64,
}

/// An amount estimated from all impressions, with the ends of its 90 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Amount {
    /// The median.
    pub value: f64,
    /// A twentieth lies below.
    pub low: f64,
    /// A twentieth lies above.
    pub high: f64,
}

/// Two days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// After this day.
    pub after: Date,
    /// By this day.
    pub by: Date,
}

/// What an amount may be, and which rule that rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tolerance {
    /// The amount from which it is too much; of the size either way.
    pub value: f64,
    /// `engine`: what Antin itself calls worn or damaged. No instrument that was read states an amount.
    pub source: String,
    /// The rule in words.
    pub rule: String,
}

/// The day on which the die leaves the tolerance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leaves {
    /// Whether that is past.
    pub state: Reached,
    /// The likeliest day; null where it is before the first impression, or not in sight.
    pub on: Option<Date>,
    /// The end of the 90 % interval before which it is not; null if it may be before the first impression.
    pub not_before: Option<Date>,
    /// The end after which it is not; null if that is not in sight.
    pub not_after: Option<Date>,
    /// Probability that it is past on the day of the last impression.
    pub probability_passed: f64,
}

/// One quantity along the dates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Which.
    pub quantity: Quantity,
    /// What is said of it.
    pub state: State,
    /// Probability that it grows.
    pub probability_grows: Option<f64>,
    /// The amount on the day of the last impression.
    pub level: Option<Amount>,
    /// What was added between the first and the last.
    pub added: Option<Amount>,
    /// What a year adds now.
    pub per_year: Option<Amount>,
    /// Where it is sudden, between which days.
    pub step: Option<Interval>,
    /// What it may be; null where no bound is known.
    pub tolerance: Option<Tolerance>,
    /// When it leaves the tolerance.
    pub leaves: Option<Leaves>,
    /// What was measured on each impression.
    pub values: Vec<Value>,
    /// The fitted course, for a picture: days after the first impression's date with the amount thought there.
    pub course: Vec<(f64, Amount)>,
}

/// The wear of one seal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// [`SCHEMA`].
    pub schema: String,
    /// The seal.
    pub seal: String,
    /// Date of the first impression that counts, and of the last.
    pub from: Option<Date>,
    /// See `from`.
    pub to: Option<Date>,
    /// The impressions that count, in the order of dates.
    pub members: Vec<Member>,
    /// Those that do not.
    pub left_out: LeftOut,
    /// What was followed; none where there are too few impressions.
    pub series: Vec<Series>,
    /// The code of what follows from it, if anything: `seal.wear_out_of_tolerance` or `seal.wearing`.
    pub finding: Option<String>,
    /// How grave that is.
    pub severity: Option<Severity>,
    /// What it is, or why nothing can be said, in a sentence or two.
    pub message: String,
    /// The duty to register anew, where an instrument in force is known.
    pub basis: Option<Basis>,
}

/// Puts a record together.
pub(super) fn trend(
    (seal, set): (&RegisteredSeal, &RuleSet),
    members: Vec<Member>,
    left_out: LeftOut,
    series: Vec<Series>,
) -> Trend {
    let (from, to) = (members.first(), members.last());
    let (from, to) = (from.map(|member| member.on), to.map(|member| member.on));
    let worn: Vec<Worn> = series.iter().filter_map(worn).collect();
    let finding = rules::wear::finding(seal, (to, set), &worn);
    let message = match &finding {
        Some(finding) => finding.message.clone(),
        None => plain(seal, &members, &series),
    };
    Trend {
        schema: SCHEMA.to_owned(),
        seal: seal.id.clone(),
        from,
        to,
        members,
        left_out,
        series,
        severity: finding.as_ref().map(|finding| finding.severity),
        message,
        basis: finding.as_ref().and_then(|finding| finding.basis.clone()),
        finding: finding.map(|finding| finding.code),
    }
}

impl State {
    /// Whether it surely grows, by and by or at once.
    #[must_use]
    pub const fn grows(self) -> bool {
        match self {
            Self::Gradual | Self::Sudden | Self::Grows => true,
            Self::Steady | Self::Undecided | Self::NotEnough => false,
        }
    }
}

impl Series {
    /// Whether something follows from it: it grows or has left its tolerance, and all that tells when is known.
    #[must_use]
    pub fn is_worn(&self) -> bool {
        let is_known = self.level.is_some() && self.tolerance.is_some();
        let leaves = self.leaves.filter(|_| is_known);
        leaves.is_some_and(|leaves| self.state.grows() || leaves.state == Reached::Passed)
    }
}

/// What the rules are told of a quantity; `None` where nothing follows from it.
fn worn(series: &Series) -> Option<Worn> {
    let level = series.level?;
    let tolerance = series.tolerance.as_ref()?.value;
    let leaves = series.leaves?;
    let passed = leaves.state == Reached::Passed;
    series.is_worn().then(|| Worn {
        what: words(series.quantity),
        unit: unit(series.quantity),
        level: (level.value, level.low, level.high),
        tolerance,
        passed,
        on: leaves.on,
        not_before: leaves.not_before,
        not_after: leaves.not_after,
        step: series.step.map(|step| (step.after, step.by)),
    })
}

/// What quantities show of which nothing follows.
#[must_use]
pub fn no_finding(series: &[Series]) -> NoFinding {
    let is_enough = series.iter().any(|series| series.state != State::NotEnough);
    let is_open = series
        .iter()
        .any(|series| series.state == State::Undecided && series.tolerance.is_some());
    match (is_enough, is_open) {
        (false, _) => NoFinding::NotEnough,
        (true, true) => NoFinding::Open,
        (true, false) => NoFinding::NoWear,
    }
}

/// What is said where nothing follows.
fn plain(seal: &RegisteredSeal, members: &[Member], series: &[Series]) -> String {
    let (id, count) = (&seal.id, members.len());
    match no_finding(series) {
        NoFinding::NotEnough => format!(
            "Seal {id}: {count} dated impressions that count are not enough to tell wear from inking: {} over {} days are needed, {} of them accepted by themselves.",
            super::IMPRESSIONS_MIN,
            trend::DAYS_MIN,
            super::ACCEPTED_MIN
        ),
        NoFinding::Open => format!(
            "Seal {id}: along {count} dated impressions wear is neither shown nor excluded."
        ),
        NoFinding::NoWear => {
            format!("Seal {id}: along {count} dated impressions no wear is shown.")
        }
    }
}

/// A quantity in words.
#[must_use]
pub(super) const fn words(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::MissingPercent => "the drawing gone at fixed places",
        Quantity::BorderMissingMm => "the border gone at fixed places",
        Quantity::LineWidthMm => "the growth of line widths",
        Quantity::SizeMm => "the growth in size",
    }
}

const fn unit(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::MissingPercent => "%",
        Quantity::BorderMissingMm | Quantity::LineWidthMm | Quantity::SizeMm => "mm",
    }
}

fn tolerance(quantity: Quantity, limit: Option<f64>) -> Option<Tolerance> {
    let rule = match quantity {
        Quantity::MissingPercent => "the share of its drawing from which Antin calls a die worn",
        Quantity::BorderMissingMm => {
            "the length of missing border from which Antin calls a die damaged"
        }
        Quantity::LineWidthMm => return None,
        Quantity::SizeMm => "the deviation in size that Antin tolerates",
    };
    Some(Tolerance {
        value: limit?,
        source: "engine".to_owned(),
        rule: format!("{rule}; no instrument that was read states an amount"),
    })
}

/// Follows one quantity from the day `first` on.
pub(super) fn series(
    quantity: Quantity,
    values: &Values,
    expected: Expected,
    first: Date,
) -> Series {
    let points: Vec<_> = values.iter().map(|(_, point)| *point).collect();
    let values = values.iter().map(|(member, point)| Value {
        member: *member,
        value: thousandth(point.value),
        uncertainty: thousandth(point.deviation),
    });
    let empty = Series {
        quantity,
        state: State::NotEnough,
        probability_grows: None,
        level: None,
        added: None,
        per_year: None,
        step: None,
        tolerance: tolerance(quantity, expected.limit),
        leaves: None,
        values: values.collect(),
        course: Vec::new(),
    };
    let trend = match trend::judge(&points, expected) {
        Ok(trend) => trend,
        Err(TooLittle::Values | TooLittle::Time) => return empty,
    };
    let state = state(&trend);
    let last = points.last().map_or(0.0, |point| point.day);
    let leaves = trend.reaches.zip(trend.reached);
    Series {
        state,
        probability_grows: Some(thousandth(trend.grows)),
        level: Some(amount(trend.level)),
        added: Some(amount(trend.added)),
        per_year: Some(amount(trend.per_year)),
        step: trend
            .step_days
            .filter(|_| state == State::Sudden)
            .and_then(|(after, by)| {
                Some(Interval {
                    after: date(first, after)?,
                    by: date(first, by)?,
                })
            }),
        leaves: leaves.map(|(reaches, reached)| left(reaches, reached, (first, last))),
        course: trend
            .band
            .iter()
            .map(|(day, value)| ((day * 10.0).round() / 10.0, amount(*value)))
            .collect(),
        ..empty
    }
}

/// Share of the growth's probability from which it is told to be a step, or none.
const TOLD: f64 = 0.8;
/// Probability of growth up to which there is none to be seen: less than was expected beforehand.
const STEADY_MAX: f64 = 0.4;
/// Probability from which the limit is surely passed, and up to which it surely is not.
const PASSED: f64 = 0.95;
const NOT_PASSED: f64 = 0.05;

fn state(trend: &trend::Trend) -> State {
    if trend.grows < STEADY_MAX {
        State::Steady
    } else if trend.grows < SURE {
        State::Undecided
    } else if trend.steps >= TOLD {
        State::Sudden
    } else if trend.steps <= 1.0 - TOLD {
        State::Gradual
    } else {
        State::Grows
    }
}

fn left(reaches: Estimate, reached: f64, (first, last): (Date, f64)) -> Leaves {
    let day = |day: f64| day.is_finite().then(|| date(first, day))?;
    Leaves {
        state: if reached >= PASSED {
            Reached::Passed
        } else if reached > NOT_PASSED {
            Reached::Perhaps
        } else if reaches.middle.is_finite() && reaches.middle > last {
            Reached::Ahead
        } else {
            Reached::NotInSight
        },
        on: day(reaches.middle),
        not_before: day(reaches.low),
        not_after: day(reaches.high),
        probability_passed: thousandth(reached),
    }
}

/// A day as a date.
fn date(first: Date, day: f64) -> Option<Date> {
    let days = i64::from(round_i32(day));
    first.checked_add(Span::new().try_days(days).ok()?).ok()
}

fn amount(estimate: Estimate) -> Amount {
    Amount {
        value: thousandth(estimate.middle),
        low: thousandth(estimate.low),
        high: thousandth(estimate.high),
    }
}

fn thousandth(value: f64) -> f64 {
    // Without the sign of a zero.
    (value * 1000.0).round() / 1000.0 + 0.0
}
