//! Findings: what an inspector should know, how grave it is, and under which instrument.
//!
//! Two questions are never merged: whether an impression agrees with the specimen ([`impression`]),
//! and whether the seal could be used on the day ([`validity`]). Neither ever says "genuine" or
//! "forged".

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::registry::Particulars;
use crate::registry::RegisteredSeal;

pub mod class;
pub mod clock;
mod codes;
mod damage;
pub mod difference;
pub mod document;
mod fault;
pub mod file;
pub mod impression;
mod instruments;
pub mod issuer;
pub mod period;
pub mod placement;
pub mod registration;
pub mod rule_set;
pub mod sources;
pub mod straddling;
pub mod unread;
pub mod use_of_seal;
pub mod validity;
pub mod watch;
pub mod wear;

pub use codes::CODES;
pub use codes::Ground;
pub use codes::ground;
pub use fault::Fault;
pub use instruments::Basis;
pub use instruments::Topic;
pub(crate) use instruments::basis;
pub use rule_set::RuleSet;
pub use unread::Cause;
pub use unread::Why;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A rule is violated: the document is flagged.
    Violation,
    /// A person should look.
    Warning,
    /// Worth knowing; passes.
    Remark,
}

/// One thing that an inspector should know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code.
    pub code: String,
    /// How grave it is.
    pub severity: Severity,
    /// Index of the impression concerned.
    pub impression: Option<usize>,
    /// Number of the page concerned.
    pub page: Option<u32>,
    /// One sentence for people.
    pub message: String,
    /// The figures behind it; each name ends in its unit.
    pub values: Map<String, Value>,
    /// The instrument under which it is a finding, where there is one.
    pub basis: Option<Basis>,
}

/// Where rules are applied: which rules, to whose seal, and on which day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scene<'a> {
    /// The seal's jurisdiction, where registered.
    pub jurisdiction: Option<&'a str>,
    /// The seal's class profile, where registered.
    pub profile: Option<&'a str>,
    /// The body that owns the seal, where registered.
    pub body: Option<&'a str>,
    /// Which copy of its design the seal is, where registered.
    pub copy_no: Option<&'a str>,
    /// The document's date, where known.
    pub date: Option<Date>,
    /// The rules.
    pub rules: &'a RuleSet,
}

impl<'a> Scene<'a> {
    /// The scene of a seal's impression on a document of this date.
    #[must_use]
    pub fn of(seal: &'a RegisteredSeal, date: Option<Date>, rules: &'a RuleSet) -> Self {
        Self::stated(&seal.particulars, date, rules)
    }

    /// The scene of a seal of which this is stated.
    #[must_use]
    pub fn stated(particulars: &'a Particulars, date: Option<Date>, rules: &'a RuleSet) -> Self {
        Self {
            jurisdiction: particulars.jurisdiction.as_deref(),
            profile: particulars.profile.as_deref(),
            body: Some(&particulars.organisation),
            copy_no: particulars.copy_no.as_deref(),
            date,
            rules,
        }
    }

    /// The scene of an impression whose seal is not known.
    #[must_use]
    pub const fn unknown(date: Option<Date>, rules: &'a RuleSet) -> Self {
        Self {
            jurisdiction: None,
            profile: None,
            body: None,
            copy_no: None,
            date,
            rules,
        }
    }
}

impl Finding {
    pub(crate) fn new(code: &str, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            severity,
            impression: None,
            page: None,
            message: message.into(),
            values: Map::new(),
            basis: None,
        }
    }

    pub(crate) fn violation(code: &str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Violation, message)
    }

    pub(crate) fn warning(code: &str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    pub(crate) fn remark(code: &str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Remark, message)
    }

    pub(crate) fn value(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// Under the clause on the topic that applies, and no graver than it and the rule set's limits allow.
    pub(crate) fn cited(mut self, topic: Topic, scene: Scene<'_>) -> Self {
        let applied = scene.rules.applied(topic, scene);
        let clause = applied.map(|applied| applied.clause);
        if let Some(at_most) = scene.rules.at_most(&self.code, clause) {
            self.severity = self.severity.max(at_most);
        }
        self.under(applied.map(|applied| applied.basis()))
    }

    pub(crate) fn under(mut self, basis: Option<Basis>) -> Self {
        self.basis = basis;
        self
    }

    /// Its place among others: the gravest first, then page by page and impression by impression, what concerns the whole
    /// document last; of one impression what it looks like, then whether its seal was valid, then where it stands.
    pub(crate) fn rank(&self) -> (Severity, u32, usize, u8) {
        let about = if validity::CODES.contains(&self.code.as_str()) {
            1
        } else if self.code.starts_with("placement.") {
            2
        } else {
            0
        };
        (
            self.severity,
            self.page.unwrap_or(u32::MAX),
            self.impression.unwrap_or(usize::MAX),
            about,
        )
    }

    /// The same finding about an impression on a page.
    #[must_use]
    pub fn about(mut self, impression: usize, page: u32) -> Self {
        self.impression = Some(impression);
        self.page = Some(page);
        self
    }
}
