//! The clauses behind what does not fit in the records of seals and bodies.

use crate::rules::Basis;
use crate::rules::Scene;
use crate::rules::instruments::Topic;
use crate::rules::instruments::basis;

/// The clause in force that a finding about records rests on; `None` where it is of the records alone, such as two rows that say
/// different things, or where no clause applies.
#[must_use]
pub fn ground(code: &str, scene: Scene<'_>) -> Option<Basis> {
    basis(topic(code)?, scene)
}

/// What a finding about records is about, by its code.
fn topic(code: &str) -> Option<Topic> {
    Some(match code {
        "register.wrong_authority" => Topic::RegisteringAuthority,
        "register.wrong_issuer" => Topic::Issuer,
        "register.two_places" => Topic::Keeping,
        "register.no_handover" | "register.handover_to_oneself" | "register.custody_gap" => {
            Topic::Handover
        }
        "register.permit" => Topic::Removal,
        "register.event_before_registration" => Topic::Registration,
        "register.used_before_notice" => Topic::Notification,
        "register.renamed_without_name" => Topic::LegalName,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    /// Where each of the finding's clauses was read, on a day of 2024 and for a seal of this body.
    fn cited(
        code: &str,
        (jurisdiction, body): (&str, &str),
        copy_no: Option<&str>,
    ) -> Option<String> {
        let scene = Scene {
            jurisdiction: Some(jurisdiction),
            body: Some(body),
            copy_no,
            ..Scene::unknown(Some(jiff::civil::date(2024, 6, 1)), RuleSet::shipped())
        };
        ground(code, scene).map(|basis| format!("{}, {}", basis.instrument, basis.article))
    }

    #[test]
    fn findings_about_records_cite_the_clause_that_asks_for_what_they_lack() {
        let anybody = ("VN", "Sở Y tế");
        let second = ("VN", "UBND thành phố Từ Sơn");
        let committee = ("CN", "会宁县某镇某村村民委员会");
        let authority = cited("register.wrong_authority", anybody, None).unwrap();
        assert_eq!(authority, "Nghị định 99/2016/NĐ-CP, Điều 12");
        let place = cited("register.two_places", second, Some("2")).unwrap();
        assert_eq!(
            place,
            "Quyết định 157/QĐ-UBND (Từ Sơn), Quy chế, Điều 7 khoản 1"
        );
        assert_eq!(cited("register.two_places", second, Some("1")), None);
        let issuer = cited("register.wrong_issuer", committee, None).unwrap();
        assert!(issuer.ends_with("三（二）1"), "{issuer}");
        let handover = cited("register.no_handover", committee, None).unwrap();
        assert!(handover.ends_with("三（二）4"), "{handover}");
        assert_eq!(cited("register.contradiction", anybody, None), None);
    }
}
