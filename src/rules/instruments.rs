//! The instruments that findings cite, with the time in which each is in force.
//!
//! Only clauses that were read stand here, in full or in an excerpt; where none fits the
//! jurisdiction and the day, a finding cites nothing. The law may have changed since: the reader
//! sees the instrument and its time with every finding.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::rules::Scene;

/// The legal ground of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The instrument, by number.
    pub instrument: String,
    /// The clause in it.
    pub article: String,
    /// From and to, as an ISO 8601 interval; open where it is still in force.
    pub in_force: String,
}

/// What a clause is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// The specimen is registered before the seal is used.
    Registration,
    /// Use is notified before the seal is used.
    Notification,
    /// A deformed, worn or damaged seal is registered anew.
    ReRegistration,
    /// A seal's validity ends.
    Invalidity,
    /// The colour of the ink.
    InkColour,
    /// The seal stands over part of the signature.
    SignatureOverlap,
    /// The seal stands over the issuer's name and the date.
    OverDate,
    /// The seal is set upright.
    Upright,
    /// One stamp goes across so many sheets, with a part on each.
    Straddling,
    /// No seal is set on paper without content, or before the signature.
    BlankPaper,
}

struct Clause {
    topic: Topic,
    jurisdiction: &'static str,
    instrument: &'static str,
    article: &'static str,
    from: Date,
    to: Option<Date>,
}

const DECREE_99: &str = "Nghị định 99/2016/NĐ-CP";
const DECREE_99_FROM: Date = jiff::civil::date(2016, 7, 1);

const fn decree_99(topic: Topic, article: &'static str) -> Clause {
    Clause {
        topic,
        jurisdiction: "VN",
        instrument: DECREE_99,
        article,
        from: DECREE_99_FROM,
        to: None,
    }
}

const fn decree_30(topic: Topic, article: &'static str) -> Clause {
    Clause {
        topic,
        jurisdiction: "VN",
        instrument: "Nghị định 30/2020/NĐ-CP",
        article,
        from: jiff::civil::date(2020, 3, 5),
        to: None,
    }
}

const fn standard_9704(topic: Topic, article: &'static str) -> Clause {
    Clause {
        topic,
        jurisdiction: "CN",
        instrument: "GB/T 9704-2012",
        article,
        from: jiff::civil::date(2012, 7, 1),
        to: None,
    }
}

const CLAUSES: [Clause; 12] = [
    decree_99(Topic::Registration, "Điều 24 khoản 2"),
    decree_99(Topic::Notification, "Điều 24 khoản 2"),
    decree_99(Topic::ReRegistration, "Điều 15"),
    decree_99(Topic::Invalidity, "Điều 18"),
    decree_30(Topic::InkColour, "Điều 33 khoản 1 điểm a"),
    decree_30(Topic::Upright, "Điều 33 khoản 1 điểm a"),
    decree_30(Topic::SignatureOverlap, "Điều 33 khoản 1 điểm b"),
    decree_30(Topic::Straddling, "Điều 33 khoản 1 điểm đ"),
    standard_9704(Topic::InkColour, "7.3.5"),
    standard_9704(Topic::Upright, "7.3.5"),
    standard_9704(Topic::OverDate, "7.3.5"),
    standard_9704(Topic::BlankPaper, "7.3.5"),
];

/// Profiles of seals that Decree 99/2016 leaves to the enterprises themselves (its Điều 1 khoản 2).
const ENTERPRISE_PROFILES: &str = "VN-ENTERPRISE";

/// The clause in force; without a date, the one in force now.
pub(crate) fn basis(topic: Topic, scene: Scene<'_>) -> Option<Basis> {
    if scene
        .profile
        .is_some_and(|profile| profile.starts_with(ENTERPRISE_PROFILES))
    {
        return None;
    }
    let in_force = |clause: &&Clause| match scene.date {
        Some(date) => clause.from <= date && clause.to.is_none_or(|to| date <= to),
        None => clause.to.is_none(),
    };
    let clause = CLAUSES
        .iter()
        .filter(|clause| clause.topic == topic)
        .filter(|clause| Some(clause.jurisdiction) == scene.jurisdiction)
        .find(in_force)?;
    let to = clause.to.map_or_else(String::new, |to| to.to_string());
    Some(Basis {
        instrument: clause.instrument.to_owned(),
        article: clause.article.to_owned(),
        in_force: format!("{}/{to}", clause.from),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cited(topic: Topic, jurisdiction: Option<&str>, date: Option<Date>) -> Option<Basis> {
        let scene = Scene {
            jurisdiction,
            date,
            profile: None,
        };
        basis(topic, scene)
    }

    #[test]
    fn a_clause_is_cited_only_where_and_while_it_is_in_force() {
        let day = jiff::civil::date(2024, 5, 21);
        let found = cited(Topic::Notification, Some("VN"), Some(day)).unwrap();
        assert_eq!(found.instrument, DECREE_99);
        assert_eq!(found.in_force, "2016-07-01/");
        let earlier = jiff::civil::date(2016, 6, 30);
        assert_eq!(cited(Topic::Notification, Some("VN"), Some(earlier)), None);
        assert_eq!(cited(Topic::Notification, Some("CN"), Some(day)), None);
        assert_eq!(cited(Topic::Notification, None, Some(day)), None);
    }

    #[test]
    fn enterprises_are_not_held_to_the_decree_that_leaves_them_out() {
        let scene = Scene {
            jurisdiction: Some("VN"),
            date: None,
            profile: Some("VN-ENTERPRISE-36"),
        };
        assert_eq!(basis(Topic::Registration, scene), None);
    }
}
