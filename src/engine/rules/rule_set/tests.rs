use jiff::civil::date;

use super::*;
use crate::rules::Finding;

const HEAD: &str = "schema = \"antin.rules/1\"\nname = \"ours/3\"\n";

fn fault(rest: &str) -> String {
    RuleSet::parse(&format!("{HEAD}{rest}"))
        .unwrap_err()
        .to_string()
}

const OURS: &str = r#"
[[instrument]]
id = "A"
title = "Rule A"
jurisdiction = "VN"
from = "2016-07-01"
read = "full"
"#;

#[test]
fn the_shipped_rules_are_sound_and_name_their_times() {
    let set = RuleSet::shipped();
    assert!(set.instruments().len() > 10);
    assert!(set.clauses().len() > 30);
    let scene = Scene {
        jurisdiction: Some("VN"),
        ..Scene::unknown(Some(date(2024, 5, 21)), set)
    };
    let basis = set.applied(Topic::Notification, scene).unwrap().basis();
    assert_eq!(basis.instrument, "Nghị định 99/2016/NĐ-CP");
    assert_eq!(basis.in_force, "2016-07-01/");
}

#[test]
fn what_is_wrong_is_named_by_line_and_field() {
    assert_eq!(
        fault(
            "\n[[instrument]]\nid = \"A\"\ntitle = \"T\"\njurisdiction = \"VN\"\nread = \"full\"\nfrom = \"1/7/2016\"\n"
        ),
        "line 9: `from`: must be a day or a year, such as \"2016-07-01\" or \"2016\", not \"1/7/2016\""
    );
    let unknown = fault(&format!(
        "{OURS}\n[[clause]]\ntopic = \"upright\"\ninstrument = \"B\"\narticle = \"1\"\n"
    ));
    assert_eq!(
        unknown,
        "line 13: `instrument`: no [[instrument]] has the id \"B\""
    );
    let topic = fault(&format!(
        "{OURS}\n[[clause]]\ntopic = \"uprigt\"\ninstrument = \"A\"\narticle = \"1\"\n"
    ));
    assert!(
        topic.starts_with("line 12: `topic`: unknown variant `uprigt`"),
        "{topic}"
    );
    let missing = fault(&format!(
        "{OURS}\n[[clause]]\ntopic = \"upright\"\ninstrument = \"A\"\n"
    ));
    assert!(
        missing.starts_with("line 11: `article`: missing field"),
        "{missing}"
    );
    let more = fault(&format!("{OURS}colour = \"red\"\n"));
    assert!(more.contains("`colour`"), "{more}");
    let twice = fault(&format!("{OURS}{OURS}"));
    assert!(
        twice.contains("line 12: `id`: the instrument \"A\" stands there twice"),
        "{twice}"
    );
    let code = fault("[[limit]]\nfinding = \"use.nothing\"\nat_most = \"remark\"\n");
    assert_eq!(
        code,
        "line 4: `finding`: \"use.nothing\" is no finding that cites a rule"
    );
    let none = RuleSet::parse("name = \"x\"\n").unwrap_err();
    assert_eq!(none.field.as_deref(), Some("schema"));
    assert!(RuleSet::parse("name = [").unwrap_err().line.is_some());
}

#[test]
fn an_instrument_binds_by_jurisdiction_profile_body_copy_and_day() {
    let text = format!(
        "{HEAD}{OURS}to = \"2020-12-31\"\nprofiles = [\"VN-X\"]\nexcept_profiles = [\"VN-X-9\"]\n\
         bodies = [\"Từ Sơn\"]\ncopies = [\"2\"]\n[[clause]]\ntopic = \"upright\"\ninstrument = \"A\"\narticle = \"1\"\n"
    );
    let set = RuleSet::parse(&text).unwrap();
    let scene = Scene {
        jurisdiction: Some("VN"),
        profile: Some("VN-X-1"),
        body: Some("UBND THÀNH PHỐ TỪ SƠN"),
        copy_no: Some("2"),
        ..Scene::unknown(Some(date(2018, 1, 1)), &set)
    };
    let applies = |scene| set.applied(Topic::Upright, scene).is_some();
    assert!(applies(scene));
    assert!(!applies(Scene {
        jurisdiction: Some("CN"),
        ..scene
    }));
    assert!(!applies(Scene {
        profile: Some("VN-X-9"),
        ..scene
    }));
    assert!(!applies(Scene {
        profile: None,
        ..scene
    }));
    assert!(!applies(Scene {
        body: Some("UBND xã Minh Hòa"),
        ..scene
    }));
    assert!(!applies(Scene {
        copy_no: Some("1"),
        ..scene
    }));
    assert!(!applies(Scene {
        date: Some(date(2016, 6, 30)),
        ..scene
    }));
    assert!(!applies(Scene {
        date: Some(date(2021, 1, 1)),
        ..scene
    }));
    assert!(
        !applies(Scene {
            date: None,
            ..scene
        }),
        "it has ended"
    );
}

#[test]
fn of_a_year_only_what_comes_after_it_is_sure() {
    let text = format!("{HEAD}{}", OURS.replace("2016-07-01", "2016"));
    let set = RuleSet::parse(&format!(
        "{text}[[clause]]\ntopic = \"upright\"\ninstrument = \"A\"\narticle = \"1\"\n"
    ))
    .unwrap();
    let on = |day| {
        let scene = Scene {
            jurisdiction: Some("VN"),
            ..Scene::unknown(Some(day), &set)
        };
        set.applied(Topic::Upright, scene)
            .map(|applied| applied.basis().in_force)
    };
    assert_eq!(on(date(2016, 12, 31)), None);
    assert_eq!(on(date(2017, 1, 1)).as_deref(), Some("2016/"));
}

#[test]
fn a_finding_is_no_graver_than_its_clause_and_the_limits_allow() {
    let rest = "[[clause]]\ntopic = \"upright\"\ninstrument = \"A\"\narticle = \"1\"\nat_most = \"warning\"\n\
                [[limit]]\nfinding = \"use.copies_exceeded\"\nwithout_clause = \"remark\"\n";
    let set = RuleSet::parse(&format!("{HEAD}{OURS}{rest}")).unwrap();
    let scene = Scene {
        jurisdiction: Some("VN"),
        ..Scene::unknown(None, &set)
    };
    let severity = |topic| {
        let finding = Finding::violation("use.copies_exceeded", "x");
        finding.cited(topic, scene).severity
    };
    assert_eq!(severity(Topic::Upright), Severity::Warning);
    assert_eq!(severity(Topic::BlankPaper), Severity::Remark);
}
