use jiff::civil::date;

use super::*;
use crate::registry::Records;
use crate::registry::use_register;
use crate::rules::RuleSet;
use crate::rules::Severity;

type Columns<'a> = Vec<(&'a str, &'a str)>;

const COMMITTEE: &str = "会宁县某镇某村村民委员会";
const SECOND: &str = "UBND thành phố Từ Sơn";

/// A committee's seal, or, where `copy_no` is told, the second seal of Từ Sơn.
fn particulars(copy_no: Option<&str>) -> Particulars {
    let (organisation, jurisdiction) = match copy_no {
        Some(_) => (SECOND, "VN"),
        None => (COMMITTEE, "CN"),
    };
    Particulars {
        organisation: organisation.to_owned(),
        jurisdiction: Some(jurisdiction.to_owned()),
        copy_no: copy_no.map(str::to_owned),
        place: Some("Centre".to_owned()),
        ..Particulars::default()
    }
}

/// Rows of the kind, about seal S1.
fn rows(kind: &str, given: &[Columns<'_>]) -> Vec<(String, Vec<(String, String)>)> {
    let own = |columns: &Columns<'_>| {
        columns
            .iter()
            .map(|(c, v)| ((*c).to_owned(), (*v).to_owned()))
            .collect()
    };
    given
        .iter()
        .map(|columns| (kind.to_owned(), own(columns)))
        .collect()
}

fn recorded(rows: &[(String, Vec<(String, String)>)]) -> Records {
    let columns: Vec<Vec<(&str, &str)>> = rows
        .iter()
        .map(|(_, columns)| {
            columns
                .iter()
                .map(|(c, v)| (c.as_str(), v.as_str()))
                .collect()
        })
        .collect();
    let borrowed: Vec<(&str, &[(&str, &str)])> = rows
        .iter()
        .zip(&columns)
        .map(|((kind, _), columns)| (kind.as_str(), columns.as_slice()))
        .collect();
    use_register::records_of(&borrowed)
}

/// Findings of the one entry `use`, beside rows of other registers.
fn found(
    copy_no: Option<&str>,
    book: &str,
    entry: &[(&str, &str)],
    others: &[(&str, &[(&str, &str)])],
) -> Vec<Finding> {
    let fixed = [("seal", "S1"), ("register", book), ("entry_no", "7")];
    let mut all = rows(
        "use",
        &[fixed.into_iter().chain(entry.iter().copied()).collect()],
    );
    for (kind, columns) in others {
        all.extend(rows(kind, &[columns.to_vec()]));
    }
    let register = UseRegister::of(&recorded(&all));
    let stated = particulars(copy_no);
    let scene = Scene::stated(&stated, None, RuleSet::shipped());
    let subject = Subject::of(("S1", &stated), &register, scene).unwrap();
    subject.of_entry(&subject.uses.uses[0])
}

fn codes(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

fn one<'a>(findings: &'a [Finding], code: &str) -> &'a Finding {
    findings
        .iter()
        .find(|finding| finding.code == code)
        .unwrap_or_else(|| panic!("{code} not in {findings:?}"))
}

const WORK: [(&str, &str); 5] = [
    ("used_at", "2024-06-05 10:00"),
    ("content", "notice"),
    ("copies", "2"),
    ("approver", "Li"),
    ("handler", "Ma"),
];

const CERTIFICATE: [(&str, &str); 5] = [
    ("used_at", "2024-06-05 10:00"),
    ("requiring_unit", "school"),
    ("purpose", "welfare"),
    ("phone", "0943"),
    ("signed", "yes"),
];

fn with<'a>(base: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Columns<'a> {
    base.iter().chain(more).copied().collect()
}

fn without<'a>(base: &[(&'a str, &'a str)], column: &str) -> Columns<'a> {
    base.iter()
        .filter(|(name, _)| *name != column)
        .copied()
        .collect()
}

#[test]
fn s2_17_the_work_register_is_complete() {
    assert_eq!(codes(&found(None, "work", &WORK, &[])), [] as [&str; 0]);
    for column in ["used_at", "content", "copies", "approver", "handler"] {
        let findings = found(None, "work", &without(&WORK, column), &[]);
        let finding = one(&findings, "use.fields_missing");
        assert_eq!(finding.severity, Severity::Warning, "{column}");
        assert_eq!(finding.values["missing"][0], column);
    }
}

#[test]
fn s2_18_the_register_of_certificates_is_complete() {
    assert_eq!(
        codes(&found(None, "certificate", &CERTIFICATE, &[])),
        [] as [&str; 0]
    );
    for column in ["used_at", "requiring_unit", "purpose", "phone", "signed"] {
        let findings = found(None, "certificate", &without(&CERTIFICATE, column), &[]);
        assert_eq!(codes(&findings), ["use.fields_missing"], "{column}");
    }
    let unsigned = with(&without(&CERTIFICATE, "signed"), &[("signed", "no")]);
    let findings = found(None, "certificate", &unsigned, &[]);
    let basis = one(&findings, "use.fields_missing").basis.clone().unwrap();
    assert_eq!(basis.article, "三（二）3");
}

#[test]
fn s2_22_reviewer_and_keeper_are_two_persons() {
    let custody: (&str, &[(&str, &str)]) = (
        "custody",
        &[
            ("seal", "S1"),
            ("custodian", "Li"),
            ("person", "p1"),
            ("from", "2024-01-01"),
        ],
    );
    let same = with(&WORK, &[("approver_person", "p1")]);
    let findings = found(None, "work", &same, &[custody]);
    let finding = one(&findings, "use.reviewer_is_custodian");
    assert_eq!(finding.severity, Severity::Violation);
    assert_eq!(finding.basis.as_ref().unwrap().article, "三（二）4");
    // The same name and another identifier: two people.
    let other = with(&WORK, &[("approver_person", "p2")]);
    assert_eq!(
        codes(&found(None, "work", &other, &[custody])),
        [] as [&str; 0]
    );
    let named = found(None, "work", &WORK, &[custody]);
    assert_eq!(
        one(&named, "use.reviewer_is_custodian").severity,
        Severity::Warning
    );
}

#[test]
fn s2_14_review_comes_before_the_seal() {
    let late = with(&WORK, &[("reviewed_at", "2024-06-05 11:00")]);
    let findings = found(None, "work", &late, &[]);
    assert_eq!(
        one(&findings, "use.stamped_before_review").severity,
        Severity::Violation
    );
    // On one day without times nothing shows the order.
    for fine in ["2024-06-05 09:00", "2024-06-05"] {
        let entry = with(&WORK, &[("reviewed_at", fine)]);
        assert_eq!(
            codes(&found(None, "work", &entry, &[])),
            [] as [&str; 0],
            "{fine}"
        );
    }
}

#[test]
fn s2_15_publicity_and_vote_come_before_the_seal() {
    for column in ["publicity_ended_on", "vote_passed_on"] {
        let early = with(&WORK, &[("major", "yes"), (column, "2024-06-06")]);
        assert_eq!(
            codes(&found(None, "work", &early, &[])),
            ["use.stamped_before_publicity"]
        );
        let fine = with(&WORK, &[("major", "yes"), (column, "2024-06-05")]);
        assert_eq!(codes(&found(None, "work", &fine, &[])), [] as [&str; 0]);
    }
    let untold = with(&WORK, &[("major", "yes")]);
    assert_eq!(
        codes(&found(None, "work", &untold, &[])),
        ["use.fields_missing"]
    );
}

#[test]
fn s2_01_a_certificate_is_on_a_listed_matter() {
    let list: (&str, &[(&str, &str)]) = (
        "matter",
        &[
            ("applies_to", "*"),
            ("list", "city"),
            ("matter", "residence"),
            ("sign", "positive"),
        ],
    );
    let on = |matter| {
        codes_of(&found(
            None,
            "certificate",
            &with(&CERTIFICATE, &[("matter", matter)]),
            &[list],
        ))
    };
    assert_eq!(on("Residence"), [] as [&str; 0]);
    assert_eq!(on("kinship"), ["use.procedure_not_listed"]);
    // Where no list is held, nothing is said.
    let unlisted = with(&CERTIFICATE, &[("matter", "kinship")]);
    assert_eq!(
        codes(&found(None, "certificate", &unlisted, &[])),
        [] as [&str; 0]
    );
}

fn codes_of(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| finding.code.clone())
        .collect()
}

#[test]
fn s2_02_matters_on_the_negative_list_are_not_certified() {
    let list: (&str, &[(&str, &str)]) = (
        "matter",
        &[
            ("applies_to", "*"),
            ("list", "national"),
            ("matter", "kinship"),
            ("sign", "negative"),
            ("from", "2021-01-01"),
        ],
    );
    let findings = found(
        None,
        "certificate",
        &with(&CERTIFICATE, &[("matter", "kinship")]),
        &[list],
    );
    let finding = one(&findings, "use.matter_excluded");
    assert_eq!(finding.severity, Severity::Violation);
    assert_eq!(finding.values["list"], "national");
    assert_eq!(
        codes(&found(
            None,
            "certificate",
            &with(&CERTIFICATE, &[("matter", "income")]),
            &[list]
        )),
        [] as [&str; 0]
    );
}

#[test]
fn s2_09_an_unlisted_certificate_says_how_it_was_verified() {
    let list: (&str, &[(&str, &str)]) = (
        "matter",
        &[
            ("applies_to", "*"),
            ("list", "city"),
            ("matter", "residence"),
            ("sign", "positive"),
        ],
    );
    let entry = with(
        &CERTIFICATE,
        &[("matter", "kinship"), ("verified_how", "household book")],
    );
    let findings = found(None, "certificate", &entry, &[list]);
    assert_eq!(
        one(&findings, "use.procedure_not_listed").severity,
        Severity::Remark
    );
}

#[test]
fn s2_19_an_archived_year_is_closed() {
    // Everything here is recorded on 1 June 2024.
    let of_2023 = with(&without(&WORK, "used_at"), &[("used_at", "2023-06-05")]);
    let archive =
        |on| -> Columns<'_> { vec![("seal", "S1"), ("year", "2023"), ("archived_on", on)] };
    let late = found(
        None,
        "work",
        &of_2023,
        &[("archive", &archive("2023-12-31"))],
    );
    assert!(
        codes(&late).contains(&"use.recorded_after_archive"),
        "{late:?}"
    );
    let fine = found(
        None,
        "work",
        &of_2023,
        &[("archive", &archive("2024-06-01"))],
    );
    assert_eq!(codes(&fine), [] as [&str; 0]);
}

/// What is said of a document, where the register has an entry on 1 January, one on 5 June and one on 31 December.
fn of_document(sought: Sought<'_>) -> Vec<String> {
    let entry = |no, more: &[(&'static str, &'static str)]| -> Columns<'_> {
        let fixed = [("seal", "S1"), ("register", "work"), ("entry_no", no)];
        fixed.into_iter().chain(more.iter().copied()).collect()
    };
    let day = |day| with(&without(&WORK, "used_at"), &[("used_at", day)]);
    let all = rows(
        "use",
        &[
            entry("1", &[day("2024-01-01"), vec![]].concat()),
            entry(
                "2",
                &with(
                    &WORK,
                    &[
                        ("number", "12"),
                        ("symbol", "QĐ-UBND"),
                        ("dated", "2024-06-04"),
                    ],
                ),
            ),
            entry("3", &day("2024-12-31")),
        ],
    );
    let register = UseRegister::of(&recorded(&all));
    let stated = particulars(None);
    let scene = Scene::stated(&stated, sought.date, RuleSet::shipped());
    let subject = Subject::of(("S1", &stated), &register, scene).unwrap();
    codes_of(&subject.of_document(sought).0)
}

#[test]
fn s4_01_a_document_is_found_by_number_and_symbol() {
    let sought = Sought {
        number: Some("12"),
        symbol: Some("qđ-ubnd"),
        date: Some(date(2024, 6, 4)),
        ..Sought::default()
    };
    assert_eq!(of_document(sought), [] as [&str; 0]);
    let other = Sought {
        number: Some("13"),
        ..sought
    };
    assert_eq!(of_document(other), ["use.unrecorded"]);
}

#[test]
fn s2_16_an_impression_without_entry_is_told() {
    let on = |month, day| {
        of_document(Sought {
            date: Some(date(2024, month, day)),
            ..Sought::default()
        })
    };
    assert_eq!(on(3, 1), ["use.unrecorded"]);
    assert_eq!(
        on(6, 4),
        [] as [&str; 0],
        "the entry of that day may tell of it"
    );
    let unheld = Sought {
        date: Some(date(2025, 3, 1)),
        ..Sought::default()
    };
    assert_eq!(
        of_document(unheld),
        [] as [&str; 0],
        "no register is held on that day"
    );
    assert_eq!(
        of_document(Sought::default()),
        [] as [&str; 0],
        "of unknown date"
    );
}

mod archive;
mod second;
