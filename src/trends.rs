//! Wear along the dated impressions of one seal: trends, and the day on which the die leaves tolerance.
//!
//! Comes in: what many documents' impressions show of their seals, with the documents' dates, and the links
//! between them. Goes out: one record for each seal with enough impressions. Copies of one impression count once, on their
//! earliest date. Nobody is accused: a worn seal is to be registered anew.

mod record;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::links;
use crate::links::Link;
use crate::matching::Harm;
use crate::matching::Place;
use crate::registry::Register;
use crate::registry::RegisteredSeal;
use crate::rules::RuleSet;
use crate::verdict::SIZE_TOLERANCE_MM;
use crate::verdict::limit;
use crate::verdict::trend::Expected;
use crate::verdict::wear;
use crate::verdict::wear::Sight;
use crate::verdict::wear::Values;
use crate::verify::Examined;
use crate::verify::sighting::Shown;

pub use record::Amount;
pub use record::Interval;
pub use record::Leaves;
pub use record::LeftOut;
pub use record::Member;
pub use record::NoFinding;
pub use record::Quantity;
pub use record::Reached;
pub use record::SCHEMA;
pub use record::Series;
pub use record::Severity;
pub use record::State;
pub use record::Tolerance;
pub use record::Trend;
pub use record::Value;
pub use record::no_finding;

/// Fewest dated impressions of a seal of which anything is measured: the last of them only says what
/// stayed of the ones before.
pub const IMPRESSIONS_MIN: usize = 6;

/// Fewest of them that are accepted as the die's by themselves (chosen: more than chance would join).
pub const ACCEPTED_MIN: usize = 4;

/// An impression with the name of its document.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Digest of the document's bytes.
    pub sha256: String,
    /// The document's path as given.
    pub path: String,
    /// Number of its page.
    pub page: u32,
    /// Its index among the report's impressions.
    pub impression: usize,
    /// The seal.
    pub seal: String,
    /// The document's date.
    pub on: Option<Date>,
    /// What it shows, where it counts.
    pub shown: Option<Shown>,
}

/// The entries of an examined document; none where its digest is not known.
#[must_use]
pub fn entries(examined: &Examined) -> Vec<Entry> {
    let document = &examined.report.document;
    let Some(sha256) = &document.sha256 else {
        return Vec::new();
    };
    let sightings = examined.sightings.iter();
    sightings
        .map(|sighting| Entry {
            sha256: sha256.clone(),
            path: document.path.clone(),
            page: sighting.page,
            impression: sighting.impression,
            seal: sighting.seal.clone(),
            on: sighting.on,
            shown: sighting.shown.clone(),
        })
        .collect()
}

/// A seal's record, with what pictures of it need.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The record.
    pub trend: Trend,
    /// The places of the drawing, and how surely each is gone, 0 to 1.
    pub places: Vec<(Place, f64)>,
}

/// An entry with what it needs to be measured.
type Dated<'a> = (Date, &'a Entry, &'a Shown);

/// Follows every seal of which impressions of different dates were found, in the order of their identifiers.
#[must_use]
pub fn find(entries: &[Entry], links: &[Link], register: &Register, rules: &RuleSet) -> Vec<Found> {
    let copies = copies(entries, links);
    let mut by_seal: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        by_seal.entry(&entry.seal).or_default().push(entry);
    }
    by_seal
        .into_iter()
        .filter(|(_, own)| {
            let dates: BTreeSet<Date> = own.iter().filter_map(|entry| entry.on).collect();
            dates.len() > 1
        })
        .filter_map(|(id, own)| {
            let seal = &register.seals[register.position(id)?];
            Some(follow(seal, rules, &own, &copies))
        })
        .collect()
}

/// What is left out as a copy: of each link all members but the one of the earliest date.
fn copies(entries: &[Entry], links: &[Link]) -> BTreeSet<(String, usize)> {
    let dates: BTreeMap<(&str, usize), Option<Date>> = entries
        .iter()
        .map(|entry| ((entry.sha256.as_str(), entry.impression), entry.on))
        .collect();
    let date = |member: &links::Member| {
        let known = dates.get(&(member.sha256.as_str(), member.impression));
        known.copied().flatten().unwrap_or(Date::MAX)
    };
    let mut left_out = BTreeSet::new();
    for link in links {
        let Some(first) = link.members.iter().min_by_key(|member| date(member)) else {
            continue;
        };
        let others = link.members.iter().filter(|member| *member != first);
        left_out.extend(others.map(|member| (member.sha256.clone(), member.impression)));
    }
    left_out
}

fn follow(
    seal: &RegisteredSeal,
    rules: &RuleSet,
    entries: &[&Entry],
    copies: &BTreeSet<(String, usize)>,
) -> Found {
    let places = seal.specimen.places();
    let mut left_out = LeftOut::default();
    let mut known = BTreeSet::new();
    let mut dated: Vec<Dated<'_>> = Vec::new();
    for entry in entries {
        let key = (entry.sha256.clone(), entry.impression);
        // One file given twice is one document.
        if copies.contains(&key) || !known.insert(key) {
            left_out.copies += 1;
        } else if let Some(on) = entry.on {
            let shown = entry.shown.as_ref();
            match shown.filter(|shown| shown.presence.absent.len() == places.len()) {
                Some(shown) => dated.push((on, entry, shown)),
                None => left_out.not_accepted += 1,
            }
        } else {
            left_out.undated += 1;
        }
    }
    dated.sort_by(|a, b| (a.0, &a.1.path, a.1.impression).cmp(&(b.0, &b.1.path, b.1.impression)));
    let accepted = dated.iter().filter(|(_, _, shown)| shown.accepted).count();
    let series = if dated.len() < IMPRESSIONS_MIN || accepted < ACCEPTED_MIN {
        None
    } else {
        Some(measured(seal, &dated, &places))
    };
    let (series, gone) = series.unwrap_or_else(|| (Vec::new(), vec![0.0; places.len()]));
    let members = dated.iter().map(|(on, entry, shown)| Member {
        sha256: entry.sha256.clone(),
        page: entry.page,
        impression: entry.impression,
        path: entry.path.clone(),
        on: *on,
        accepted: shown.accepted,
    });
    Found {
        trend: record::trend((seal, rules), members.collect(), left_out, series),
        places: places.into_iter().zip(gone).collect(),
    }
}

/// Every quantity's series, and how surely each place is gone.
fn measured(
    seal: &RegisteredSeal,
    dated: &[Dated<'_>],
    places: &[Place],
) -> (Vec<Series>, Vec<f64>) {
    let (width, height) = seal.specimen.size_mm();
    let size = 0.5 * (width + height);
    let first = dated[0].0;
    let days = |on: Date| (on - first).get_days();
    let sights: Vec<Sight<'_>> = dated
        .iter()
        .map(|(on, _, shown)| Sight {
            day: f64::from(days(*on)),
            presence: &shown.presence,
            growth_mm: shown.scale.map(|scale| size * (scale - 1.0)),
        })
        .collect();
    // Nearly so for every shape: what counts is the share of it.
    let border_mm = std::f64::consts::PI * size;
    let wear = wear::measure(&sights, places, border_mm);
    let (missing, border) = (limit(Harm::WornPercent), limit(Harm::BorderGoneMm));
    let of = |quantity: Quantity, values: &Values, expected: Expected| {
        record::series(quantity, values, expected, first)
    };
    let series = vec![
        of(
            Quantity::MissingPercent,
            &wear.missing_percent,
            wear::missing_expected(missing),
        ),
        of(
            Quantity::BorderMissingMm,
            &wear.border_missing_mm,
            wear::border_expected(border),
        ),
        of(
            Quantity::LineWidthMm,
            &wear.line_width_mm,
            wear::width_expected(),
        ),
        of(
            Quantity::SizeMm,
            &wear.size_mm,
            wear::size_expected(SIZE_TOLERANCE_MM),
        ),
    ];
    (series, wear.gone)
}
