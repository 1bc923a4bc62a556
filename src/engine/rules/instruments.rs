//! What the rules are about, and the legal ground that a finding prints.
//!
//! Which clause applies is a matter of data ([`RuleSet`](crate::rules::RuleSet)). Only clauses that were read stand in
//! the set that is shipped; where none fits the jurisdiction, the body and the day, a finding cites nothing. The law may
//! have changed since: the reader sees the instrument and its time with every finding.

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
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
    /// The seal of a body's annex or draft stands over the body's name.
    Hanging,
    /// The authority that a specimen is registered with.
    RegisteringAuthority,
    /// The body that makes a seal and gives it out.
    Issuer,
    /// The seal is kept in one place.
    Keeping,
    /// What is submitted bears signature and seal.
    Submission,
    /// Secret content goes on paper only.
    Secrecy,
    /// The seal bears the body's legal name.
    LegalName,
    /// A lost seal is reported.
    LossNotice,
    /// A seal that was found after it was declared invalid is handed in.
    FoundAgain,
    /// A lost or damaged certificate is issued again.
    CertificateReissue,
    /// The seal of a body that ended is handed in.
    Surrender,
    /// The old seal is collected when the new one is given out.
    Replacement,
    /// Seal and certificate are handed over when their holder changes.
    Handover,
    /// Every use is recorded, with all its columns.
    RegisterOfUse,
    /// The register of use goes into the archive at the end of the year.
    RegisterArchive,
    /// A use is reviewed before the seal is set.
    ReviewFirst,
    /// A major matter is sealed after publicity has ended or the vote has passed.
    Publicity,
    /// Whoever reviews does not keep the seal.
    Separation,
    /// The keeper sets the seal.
    StampedBy,
    /// Whoever needs the seal asks first.
    UseRequest,
    /// The seal is used for listed procedures only.
    ProcedureList,
    /// Certificates are given on listed matters only.
    ListOfMatters,
    /// The seal is used at its place.
    PlaceOfUse,
    /// The seal leaves its place with consent only.
    Removal,
    /// A body inspects its own seals.
    SelfInspection,
    /// Seals and their use are inspected from above.
    Inspection,
}

/// The ground in force; without a date, the one in force now.
pub(crate) fn basis(topic: Topic, scene: Scene<'_>) -> Option<Basis> {
    let applied = scene.rules.applied(topic, scene)?;
    Some(applied.basis())
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;
    use crate::rules::RuleSet;

    fn cited(topic: Topic, jurisdiction: Option<&str>, date: Option<Date>) -> Option<Basis> {
        let scene = Scene {
            jurisdiction,
            ..Scene::unknown(date, RuleSet::shipped())
        };
        basis(topic, scene)
    }

    #[test]
    fn a_clause_is_cited_only_where_and_while_it_is_in_force() {
        let day = jiff::civil::date(2024, 5, 21);
        let found = cited(Topic::Notification, Some("VN"), Some(day)).unwrap();
        assert_eq!(found.instrument, "Nghị định 99/2016/NĐ-CP");
        assert_eq!(found.in_force, "2016-07-01/");
        let earlier = jiff::civil::date(2016, 6, 30);
        assert_eq!(cited(Topic::Notification, Some("VN"), Some(earlier)), None);
        assert_eq!(cited(Topic::Notification, Some("CN"), Some(day)), None);
        assert_eq!(cited(Topic::Notification, None, Some(day)), None);
    }

    #[test]
    fn enterprises_are_under_their_own_law_and_nothing_binds_them_to_notify_now() {
        let enterprise = |date| Scene {
            jurisdiction: Some("VN"),
            profile: Some("VN-ENTERPRISE-36"),
            ..Scene::unknown(date, RuleSet::shipped())
        };
        let now = basis(Topic::Notification, enterprise(None)).unwrap();
        assert_eq!(now.instrument, "Luật Doanh nghiệp 2020");
        let then = enterprise(Some(jiff::civil::date(2018, 1, 1)));
        assert_eq!(basis(Topic::Notification, then).unwrap().article, "Điều 44");
        assert_eq!(basis(Topic::Invalidity, then), None);
    }
}
