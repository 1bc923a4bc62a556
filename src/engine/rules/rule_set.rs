//! Rule sets as data: instruments, their clauses, how grave a finding may be, and what classes of seals measure.
//!
//! One set is shipped with the program (`instruments.toml`); people may give another file of the same form. A set is a
//! value that reaches the rules through [`Scene`]: nothing here is changed once it is read.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use toml::Spanned;

use crate::extraction::Shape;
use crate::registry::holiday;
use crate::rules::CODES;
use crate::rules::Scene;
use crate::rules::Severity;
use crate::rules::fault::Fault;
use crate::rules::fault::at;
use crate::rules::instruments::Basis;
use crate::rules::instruments::Topic;
use crate::rules::period::Period;

/// Name and version of the format.
pub const SCHEMA: &str = "antin.rules/1";

const SHIPPED: &str = include_str!("instruments.toml");

/// How much of an instrument was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// All of it, or the whole of each clause.
    Full,
    /// Excerpts.
    Excerpt,
}

/// An instrument: whom it binds, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// Its name in this set.
    pub id: String,
    /// What is cited, by number.
    pub title: String,
    /// Country or region, such as `VN`.
    pub jurisdiction: String,
    /// Beginnings of the class profiles that it is for; all where empty.
    pub profiles: Vec<String>,
    /// Beginnings of those that it leaves out.
    pub except_profiles: Vec<String>,
    /// Parts of the names of the bodies that it is for; all where empty.
    pub bodies: Vec<String>,
    /// Copies of a seal that it is for; all where empty.
    pub copies: Vec<String>,
    /// When it is in force.
    pub period: Period,
    /// How much of it was read.
    pub read: Extent,
}

/// One clause of an instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// What it is about.
    pub topic: Topic,
    instrument: usize,
    /// Where in the instrument it stands.
    pub article: String,
    /// The gravest that a finding under it may be; `None`: as grave as the finding is.
    pub at_most: Option<Severity>,
    /// Whether a consent that it asks for must be written.
    pub written: bool,
    /// The days that it gives for what it asks.
    pub term: Option<holiday::Period>,
    /// How many have to consent.
    pub approvals: u8,
}

/// A clause that applies, with its instrument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Applied<'a> {
    pub(crate) clause: &'a Clause,
    instrument: &'a Instrument,
}

/// How grave a finding may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Limit {
    at_most: Option<Severity>,
    without_clause: Option<Severity>,
}

/// What a class of seals measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// The profile's name, as seals are registered with it.
    pub id: String,
    /// Outline family.
    pub shape: Option<Shape>,
    /// Least and greatest long side of the outer edge, millimetres.
    pub long_side_mm: (Option<f64>, Option<f64>),
    /// The short side, millimetres, where it is another.
    pub short_side_mm: Option<f64>,
    /// What is tolerated, millimetres (an engineering value: no instrument that was read gives one).
    pub tolerance_mm: f64,
    /// How far it binds.
    pub enforce: Enforce,
    /// Where it was read.
    pub source: String,
    /// When it holds.
    pub period: Period,
}

/// How far a class binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforce {
    /// An instrument states it.
    Law,
    /// Practice: remarks only.
    Advisory,
}

/// The rules that findings cite.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSet {
    /// Name and version, as reports show it.
    pub name: String,
    instruments: Vec<Instrument>,
    clauses: Vec<Clause>,
    limits: BTreeMap<String, Limit>,
    classes: Vec<Class>,
}

impl RuleSet {
    /// The set that is shipped with the program.
    ///
    /// # Panics
    /// If it is broken, which a test rules out.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SET: OnceLock<RuleSet> = OnceLock::new();
        SET.get_or_init(|| Self::parse(SHIPPED).expect("the shipped rules are sound"))
    }

    /// Reads a rule set and checks it as a whole.
    ///
    /// # Errors
    /// The first thing that is wrong with it, by line and field.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let file: File = toml::from_str(text).map_err(|error| Fault::of(&error, text))?;
        if file.schema.get_ref() != SCHEMA {
            let message = format!("must be \"{SCHEMA}\", not \"{}\"", file.schema.get_ref());
            return Err(at(text, &file.schema, "schema", message));
        }
        let mut set = Self {
            name: file.name,
            instruments: Vec::new(),
            clauses: Vec::new(),
            limits: BTreeMap::new(),
            classes: Vec::new(),
        };
        for raw in file.instrument {
            set.add_instrument(text, raw)?;
        }
        for raw in file.clause {
            set.add_clause(text, raw)?;
        }
        for raw in file.limit {
            set.add_limit(text, &raw)?;
        }
        for raw in file.class {
            set.add_class(text, raw)?;
        }
        Ok(set)
    }

    /// The instruments, in the order of the file.
    #[must_use]
    pub fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    /// The clauses, in the order of the file.
    #[must_use]
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The class of seals registered with this profile, on the date.
    #[must_use]
    pub fn class(&self, profile: &str, date: Option<jiff::civil::Date>) -> Option<&Class> {
        let mut classes = self.classes.iter();
        classes.find(|class| class.id == profile && class.period.covers(date))
    }

    /// The first clause on the topic that applies; without a date, of those in force now.
    pub(crate) fn applied(&self, topic: Topic, scene: Scene<'_>) -> Option<Applied<'_>> {
        let clauses = self.clauses.iter().filter(|clause| clause.topic == topic);
        clauses
            .map(|clause| Applied {
                clause,
                instrument: &self.instruments[clause.instrument],
            })
            .find(|applied| applied.instrument.binds(scene))
    }

    /// The gravest that a finding may be under the clause that it cites, or under none.
    pub(crate) fn at_most(&self, code: &str, clause: Option<&Clause>) -> Option<Severity> {
        let limit = self.limits.get(code).copied().unwrap_or_default();
        let own = match clause {
            Some(clause) => clause.at_most,
            None => limit.without_clause,
        };
        own.max(limit.at_most)
    }

    fn add_instrument(&mut self, text: &str, raw: RawInstrument) -> Result<(), Fault> {
        let id = raw.id.get_ref();
        if self.instruments.iter().any(|known| known.id == *id) {
            let message = format!("the instrument \"{id}\" stands there twice");
            return Err(at(text, &raw.id, "id", message));
        }
        let period = Period::read(text, raw.from.as_ref(), raw.to.as_ref())?;
        self.instruments.push(Instrument {
            id: raw.id.into_inner(),
            title: filled(text, raw.title, "title")?,
            jurisdiction: filled(text, raw.jurisdiction, "jurisdiction")?,
            profiles: raw.profiles,
            except_profiles: raw.except_profiles,
            bodies: raw.bodies,
            copies: raw.copies,
            period,
            read: raw.read,
        });
        Ok(())
    }

    fn add_clause(&mut self, text: &str, raw: RawClause) -> Result<(), Fault> {
        let named = raw.instrument.get_ref();
        let mut known = self.instruments.iter();
        let Some(instrument) = known.position(|instrument| instrument.id == *named) else {
            let message = format!("no [[instrument]] has the id \"{named}\"");
            return Err(at(text, &raw.instrument, "instrument", message));
        };
        self.clauses.push(Clause {
            topic: raw.topic,
            instrument,
            article: filled(text, raw.article, "article")?,
            at_most: raw.at_most,
            written: raw.written,
            term: raw.days.map(|days| holiday::Period {
                days,
                is_working: raw.working_days,
            }),
            approvals: raw.approvals.unwrap_or(1),
        });
        Ok(())
    }

    fn add_limit(&mut self, text: &str, raw: &RawLimit) -> Result<(), Fault> {
        let code = raw.finding.get_ref();
        if !CODES.contains(&code.as_str()) {
            let message = format!("\"{code}\" is no finding that cites a rule");
            return Err(at(text, &raw.finding, "finding", message));
        }
        let limit = Limit {
            at_most: raw.at_most,
            without_clause: raw.without_clause,
        };
        if self.limits.insert(code.clone(), limit).is_some() {
            let message = format!("the finding \"{code}\" has a limit before");
            return Err(at(text, &raw.finding, "finding", message));
        }
        Ok(())
    }

    fn add_class(&mut self, text: &str, raw: RawClass) -> Result<(), Fault> {
        let (low, high) = (raw.long_side_min_mm, raw.long_side_max_mm);
        if low.is_none() && high.is_none() {
            let message = "a class needs long_side_min_mm or long_side_max_mm".to_owned();
            return Err(at(text, &raw.id, "id", message));
        }
        if low.zip(high).is_some_and(|(low, high)| low > high) {
            let message = "long_side_min_mm is above long_side_max_mm".to_owned();
            return Err(at(text, &raw.id, "long_side_min_mm", message));
        }
        let is_size = |value: f64| value.is_finite() && value > 0.0;
        let sizes = [low, high, raw.short_side_mm, Some(raw.tolerance_mm)];
        if !sizes.into_iter().flatten().all(is_size) {
            let message = "every size must be a number above 0".to_owned();
            return Err(at(text, &raw.id, "id", message));
        }
        let period = Period::read(text, raw.from.as_ref(), raw.to.as_ref())?;
        self.classes.push(Class {
            id: filled(text, raw.id, "id")?,
            shape: raw.shape,
            long_side_mm: (low, high),
            short_side_mm: raw.short_side_mm,
            tolerance_mm: raw.tolerance_mm,
            enforce: raw.enforce,
            source: raw.source,
            period,
        });
        Ok(())
    }
}

impl Instrument {
    /// Whether it binds the seal of the scene on its day.
    fn binds(&self, scene: Scene<'_>) -> bool {
        let starts = |prefixes: &[String]| {
            let profile = scene.profile.unwrap_or_default();
            prefixes.iter().any(|prefix| profile.starts_with(prefix))
        };
        let body = scene.body.map(str::to_lowercase).unwrap_or_default();
        let names = |part: &String| body.contains(&part.to_lowercase());
        let is_copy = |copy: &String| Some(copy.as_str()) == scene.copy_no;
        Some(self.jurisdiction.as_str()) == scene.jurisdiction
            && (self.profiles.is_empty() || starts(&self.profiles))
            && !starts(&self.except_profiles)
            && (self.bodies.is_empty() || self.bodies.iter().any(names))
            && (self.copies.is_empty() || self.copies.iter().any(is_copy))
            && self.period.covers(scene.date)
    }
}

impl Applied<'_> {
    /// What a finding prints of it.
    pub(crate) fn basis(&self) -> Basis {
        Basis {
            instrument: self.instrument.title.clone(),
            article: self.clause.article.clone(),
            in_force: self.instrument.period.interval(),
        }
    }
}

/// A text that says something.
fn filled(text: &str, value: Spanned<String>, field: &str) -> Result<String, Fault> {
    if value.get_ref().trim().is_empty() {
        return Err(at(text, &value, field, "must not be empty".to_owned()));
    }
    Ok(value.into_inner())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: Spanned<String>,
    name: String,
    #[serde(default)]
    instrument: Vec<RawInstrument>,
    #[serde(default)]
    clause: Vec<RawClause>,
    #[serde(default)]
    limit: Vec<RawLimit>,
    #[serde(default)]
    class: Vec<RawClass>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInstrument {
    id: Spanned<String>,
    title: Spanned<String>,
    jurisdiction: Spanned<String>,
    #[serde(default)]
    profiles: Vec<String>,
    #[serde(default)]
    except_profiles: Vec<String>,
    #[serde(default)]
    bodies: Vec<String>,
    #[serde(default)]
    copies: Vec<String>,
    from: Option<Spanned<String>>,
    to: Option<Spanned<String>>,
    read: Extent,
    #[serde(default, rename = "note")]
    _note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClause {
    topic: Topic,
    instrument: Spanned<String>,
    article: Spanned<String>,
    at_most: Option<Severity>,
    #[serde(default)]
    written: bool,
    days: Option<u16>,
    #[serde(default)]
    working_days: bool,
    approvals: Option<u8>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimit {
    finding: Spanned<String>,
    at_most: Option<Severity>,
    without_clause: Option<Severity>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClass {
    id: Spanned<String>,
    shape: Option<Shape>,
    long_side_min_mm: Option<f64>,
    long_side_max_mm: Option<f64>,
    short_side_mm: Option<f64>,
    tolerance_mm: f64,
    enforce: Enforce,
    source: String,
    from: Option<Spanned<String>>,
    to: Option<Spanned<String>>,
}

#[cfg(test)]
mod tests;
