//! The second seal of a body, at a centre, and seals that are taken out.

use jiff::civil::date;

use super::*;

const CENTRE: [(&str, &str); 7] = [
    ("used_at", "2024-06-05 10:00"),
    ("procedure", "TTHC-01"),
    ("requester", "Bình"),
    ("stamped_by", "Lan"),
    ("approver", "Giám đốc"),
    ("number", "12"),
    ("symbol", "QĐ-UBND"),
];

const LISTED: (&str, &[(&str, &str)]) = (
    "matter",
    &[
        ("applies_to", "S1"),
        ("list", "batch 1"),
        ("matter", "TTHC-01"),
        ("sign", "positive"),
        ("from", "2022-02-28"),
        ("to", "2024-06-30"),
    ],
);

#[test]
fn s1_02_a_list_binds_from_its_first_day() {
    let early = with(&without(&CENTRE, "used_at"), &[("used_at", "2022-02-27")]);
    let findings = found(Some("2"), "centre", &early, &[LISTED]);
    assert_eq!(codes(&findings), ["use.procedure_not_listed"]);
    let first = with(&without(&CENTRE, "used_at"), &[("used_at", "2022-02-28")]);
    assert_eq!(
        codes(&found(Some("2"), "centre", &first, &[LISTED])),
        [] as [&str; 0]
    );
}

#[test]
fn s1_03_the_second_seal_serves_listed_procedures_only() {
    let other = with(&without(&CENTRE, "procedure"), &[("procedure", "TTHC-99")]);
    let findings = found(Some("2"), "centre", &other, &[LISTED]);
    let finding = one(&findings, "use.procedure_not_listed");
    assert_eq!(finding.severity, Severity::Violation);
    assert_eq!(
        finding.basis.as_ref().unwrap().instrument,
        "Quyết định 157/QĐ-UBND (Từ Sơn)"
    );
}

#[test]
fn s1_06_an_abolished_procedure_is_no_longer_listed() {
    let late = with(&without(&CENTRE, "used_at"), &[("used_at", "2024-07-01")]);
    assert_eq!(
        codes(&found(Some("2"), "centre", &late, &[LISTED])),
        ["use.procedure_not_listed"]
    );
}

#[test]
fn s1_10_another_purpose_needs_written_consent() {
    let other = with(
        &without(&CENTRE, "procedure"),
        &[("procedure", "TTHC-99"), ("consent_by", "Chủ tịch")],
    );
    let oral = with(&other, &[("consent_form", "oral")]);
    assert_eq!(
        codes(&found(Some("2"), "centre", &oral, &[LISTED])),
        ["use.procedure_not_listed"]
    );
    let written = with(&other, &[("consent_form", "written")]);
    assert_eq!(
        codes(&found(Some("2"), "centre", &written, &[LISTED])),
        [] as [&str; 0]
    );
}

#[test]
fn s1_17_a_use_of_the_second_seal_names_its_procedure() {
    let findings = found(
        Some("2"),
        "centre",
        &without(&CENTRE, "procedure"),
        &[LISTED],
    );
    assert_eq!(
        one(&findings, "use.fields_missing").values["missing"][0],
        "procedure"
    );
}

#[test]
fn s1_20_a_use_of_the_second_seal_names_who_approved() {
    let findings = found(
        Some("2"),
        "centre",
        &without(&CENTRE, "approver"),
        &[LISTED],
    );
    let finding = one(&findings, "use.fields_missing");
    assert_eq!(finding.values["missing"][0], "approver");
    assert_eq!(
        finding.basis.as_ref().unwrap().article,
        "Quy chế, Điều 8 khoản 3"
    );
}

#[test]
fn s1_05_the_five_steps_follow_each_other() {
    let fine = [
        ("received_at", "2024-06-03"),
        ("appraised_at", "2024-06-04"),
        ("approved_at", "2024-06-05 09:00"),
        ("returned_at", "2024-06-05 12:00"),
    ];
    assert_eq!(
        codes(&found(
            Some("2"),
            "centre",
            &with(&CENTRE, &fine),
            &[LISTED]
        )),
        [] as [&str; 0]
    );
    let mut wrong = fine;
    wrong[3].1 = "2024-06-05 09:30";
    assert_eq!(
        codes(&found(
            Some("2"),
            "centre",
            &with(&CENTRE, &wrong),
            &[LISTED]
        )),
        ["use.steps_out_of_order"]
    );
    let mut wrong = fine;
    wrong[0].1 = "2024-06-06";
    wrong[1].1 = "2024-06-05";
    let findings = found(Some("2"), "centre", &with(&CENTRE, &wrong), &[LISTED]);
    assert_eq!(codes(&findings), ["use.steps_out_of_order"]);
}

#[test]
fn s1_09_the_seal_is_used_at_its_place() {
    let at = |place| with(&CENTRE, &[("place", place)]);
    assert_eq!(
        codes(&found(Some("2"), "centre", &at("centre"), &[LISTED])),
        [] as [&str; 0]
    );
    let findings = found(Some("2"), "centre", &at("Market"), &[LISTED]);
    assert_eq!(
        one(&findings, "use.outside_place").severity,
        Severity::Violation
    );
    let permit = permit(&[]);
    assert_eq!(
        codes(&found(
            Some("2"),
            "centre",
            &at("Market"),
            &[LISTED, ("permit", &permit)]
        )),
        [] as [&str; 0]
    );
}

/// A permit in order, out around the use, some columns otherwise.
fn permit<'a>(other: &[(&'a str, &'a str)]) -> Columns<'a> {
    let fixed = [
        ("seal", "S1"),
        ("permit", "P1"),
        ("holder", "Lan"),
        ("consent_by", "Head"),
        ("consent_at", "2024-06-04"),
        ("consent_form", "written"),
        ("consent_decision", "agree"),
        ("permit_by", "Director"),
        ("permit_at", "2024-06-05 08:00"),
        ("out_at", "2024-06-05 09:00"),
        ("returned_at", "2024-06-05 12:00"),
    ];
    let kept = fixed
        .into_iter()
        .filter(|(name, _)| other.iter().all(|(column, _)| column != name));
    kept.chain(other.iter().copied().filter(|(_, value)| !value.is_empty()))
        .collect()
}

fn removal(copy_no: Option<&str>, other: &[(&str, &str)]) -> Vec<Severity> {
    let permit = permit(other);
    let (book, entry): (&str, &[(&str, &str)]) = match copy_no {
        Some(_) => ("centre", &CENTRE),
        None => ("work", &WORK),
    };
    let findings = found(copy_no, book, entry, &[LISTED, ("permit", &permit)]);
    let removal = findings
        .iter()
        .filter(|finding| finding.code == "use.removal_without_consent");
    removal.map(|finding| finding.severity).collect()
}

#[test]
fn s1_08_the_head_agrees_before_the_director_permits() {
    assert_eq!(removal(Some("2"), &[]), []);
    assert_eq!(
        removal(Some("2"), &[("consent_at", "2024-06-05 08:30")]),
        [Severity::Violation]
    );
}

#[test]
fn s1_13_a_refused_removal_is_none() {
    assert_eq!(
        removal(Some("2"), &[("consent_decision", "refuse")]),
        [Severity::Violation]
    );
}

#[test]
fn s1_21_a_removal_needs_both_consents() {
    assert_eq!(
        removal(Some("2"), &[("permit_by", ""), ("permit_at", "")]),
        [Severity::Violation]
    );
    assert_eq!(
        removal(Some("2"), &[("consent_by", ""), ("consent_at", "")]),
        [Severity::Violation]
    );
}

#[test]
fn s1_22_consent_is_written_where_the_rules_ask_for_it() {
    assert_eq!(
        removal(Some("2"), &[("consent_form", "oral")]),
        [Severity::Violation]
    );
    // The committee's rules ask for no written form.
    assert_eq!(removal(None, &[("consent_form", "oral")]), []);
}

#[test]
fn s2_21_the_seal_leaves_the_office_with_approval_only() {
    assert_eq!(
        removal(None, &[("permit_by", ""), ("permit_at", "")]),
        [],
        "one approval is enough"
    );
    let none = [
        ("permit_by", ""),
        ("permit_at", ""),
        ("consent_by", ""),
        ("consent_at", ""),
        ("consent_decision", ""),
    ];
    assert_eq!(removal(None, &none), [Severity::Violation]);
}

#[test]
fn s1_16_the_keeper_sets_the_seal() {
    let custody: (&str, &[(&str, &str)]) = (
        "custody",
        &[("seal", "S1"), ("custodian", "Hoa"), ("from", "2024-01-01")],
    );
    let findings = found(Some("2"), "centre", &CENTRE, &[LISTED, custody]);
    assert_eq!(codes(&findings), ["use.stamped_by_other"]);
    let keeper: (&str, &[(&str, &str)]) = (
        "custody",
        &[("seal", "S1"), ("custodian", "Lan"), ("from", "2024-01-01")],
    );
    assert_eq!(
        codes(&found(Some("2"), "centre", &CENTRE, &[LISTED, keeper])),
        [] as [&str; 0]
    );
}

#[test]
fn s1_19_whoever_asks_does_not_stamp() {
    let own = with(&without(&CENTRE, "requester"), &[("requester", "Lan")]);
    assert_eq!(
        codes(&found(Some("2"), "centre", &own, &[LISTED])),
        ["use.stamped_by_other"]
    );
}

#[test]
fn s1_25_local_and_general_rules_hold_together() {
    // One seal: its use is against the place's own rules, its notification against the decree.
    let use_of_it = found(
        Some("2"),
        "centre",
        &[
            ("used_at", "2024-06-05"),
            ("matter", "B"),
            ("procedure", "B"),
        ],
        &[(
            "matter",
            &[
                ("applies_to", "S1"),
                ("list", "L"),
                ("matter", "A"),
                ("sign", "positive"),
            ],
        )],
    );
    let local = one(&use_of_it, "use.procedure_not_listed").basis.clone();
    assert_eq!(local.unwrap().instrument, "Quyết định 157/QĐ-UBND (Từ Sơn)");
    let stated = Particulars {
        registered_on: Some(date(2024, 1, 1)),
        notified_on: Some(date(2024, 7, 1)),
        ..particulars(Some("2"))
    };
    let life = crate::registry::Life::of(&Records::default(), ("S1", &stated), &[]);
    let subject = crate::rules::validity::Subject {
        id: "S1",
        organisation: &stated.organisation,
        life: &life,
    };
    let scene = Scene::stated(&stated, Some(date(2024, 6, 5)), RuleSet::shipped());
    let early = crate::rules::validity::findings(subject, scene, None);
    let general = one(&early, "seal.not_notified").basis.clone();
    assert_eq!(general.unwrap().instrument, "Nghị định 99/2016/NĐ-CP");
}

#[test]
fn the_second_seals_place_and_list_bind_no_other_copy() {
    let entry = |no: &'static str, seal: &'static str| -> Columns<'static> {
        vec![
            ("seal", seal),
            ("register", "centre"),
            ("entry_no", no),
            ("used_at", "2024-06-05"),
            ("matter", "B"),
            ("procedure", "B"),
            ("place", "town hall"),
        ]
    };
    let list = vec![
        ("applies_to", "S2"),
        ("list", "L"),
        ("matter", "A"),
        ("sign", "positive"),
    ];
    let mut all = rows("use", &[entry("1", "S1"), entry("1", "S2")]);
    all.extend(rows("matter", &[list]));
    let register = UseRegister::of(&recorded(&all));
    let of = |id: &'static str, copy_no: &str, place: &str| {
        let stated = Particulars {
            place: Some(place.to_owned()),
            ..particulars(Some(copy_no))
        };
        let scene = Scene::stated(&stated, None, RuleSet::shipped());
        let subject = Subject::of((id, &stated), &register, scene).unwrap();
        codes_of(&subject.of_entry(&subject.uses.uses[0]))
    };
    let second = of("S2", "2", "Centre");
    for code in ["use.procedure_not_listed", "use.outside_place"] {
        assert!(second.iter().any(|own| own == code), "{code}: {second:?}");
        let first = of("S1", "1", "Town Hall");
        assert!(first.iter().all(|own| own != code), "{code}: {first:?}");
    }
}

#[test]
fn a_list_has_versions_by_their_days() {
    let version =
        |matter: &'static str, from: &'static str, to: &'static str| -> Columns<'static> {
            vec![
                ("applies_to", "S1"),
                ("list", "L"),
                ("matter", matter),
                ("sign", "positive"),
                ("from", from),
                ("to", to),
            ]
        };
    let (old, new) = (
        version("A", "2023-01-01", "2023-12-31"),
        version("B", "2024-01-01", "2024-12-31"),
    );
    let is_off = |matter, on| {
        let entry = [("used_at", on), ("matter", matter), ("procedure", matter)];
        let found = found(
            Some("2"),
            "centre",
            &entry,
            &[("matter", &old), ("matter", &new)],
        );
        codes(&found).contains(&"use.procedure_not_listed")
    };
    assert!(!is_off("A", "2023-06-05") && !is_off("B", "2024-06-05"));
    assert!(is_off("B", "2023-06-05") && is_off("A", "2024-06-05"));
}

#[test]
fn a_body_whose_own_rules_ask_for_it_needs_written_consent() {
    let permit = [
        ("seal", "S1"),
        ("permit", "7"),
        ("holder", "Ma"),
        ("consent_by", "Li"),
        ("consent_at", "2024-06-04"),
        ("consent_form", "oral"),
        ("permit_by", "Wu"),
        ("permit_at", "2024-06-04"),
        ("out_at", "2024-06-05 08:00"),
    ];
    let name = [("body", "B1"), ("name", COMMITTEE), ("from", "2000-01-01")];
    let told = |consent: &'static str| {
        let body = [("body", "B1"), ("level", "village"), ("consent", consent)];
        let others: [(&str, &[(&str, &str)]); 3] =
            [("permit", &permit), ("body", &body), ("name", &name)];
        let entry = with(&WORK, &[("permit", "7")]);
        codes_of(&found(None, "work", &entry, &others))
    };
    assert_eq!(told("any"), [] as [&str; 0]);
    assert_eq!(told("written"), ["use.removal_without_consent"]);
}

#[test]
fn the_register_of_a_centre_is_complete() {
    for (column, _) in CENTRE {
        let findings = found(Some("2"), "centre", &without(&CENTRE, column), &[LISTED]);
        let missing = &one(&findings, "use.fields_missing").values["missing"];
        assert_eq!(missing[0], column);
        assert_eq!(missing.as_array().unwrap().len(), 1, "{missing}");
    }
}
