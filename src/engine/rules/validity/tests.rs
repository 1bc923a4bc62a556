use jiff::civil::date;

use super::*;
use crate::registry::Event;
use crate::registry::EventKind;
use crate::registry::Particulars;
use crate::registry::Recorded;
use crate::registry::Records;
use crate::registry::kind;
use crate::registry::sheet;
use crate::rules::RuleSet;

fn event(kind: EventKind, on: Date) -> Event {
    let text = format!("seal,event,on,successor\nS1,{},{on},S2\n", kind.name());
    let sheet = sheet::events::read(text.as_bytes()).unwrap();
    sheet.entries[0].event.clone()
}

/// The rows of a file of another register.
fn rows(text: &str) -> Vec<Recorded> {
    let sheet::File::Entries(kind) = sheet::recognise(text.as_bytes()).unwrap() else {
        panic!("{text} is of no such register");
    };
    let sheet = kind::Kind::read(kind, text.as_bytes()).unwrap();
    assert_eq!(sheet.failures, []);
    let recorded = |line: kind::Line| Recorded {
        name: line.entry.name(),
        entry: line.entry,
        revision: None,
        recorded_at: None,
    };
    sheet.entries.into_iter().map(recorded).collect()
}

/// The codes that a document of this day gets, with the day from which.
fn found(
    (events, other): (&[Event], &[&str]),
    on: Option<Date>,
    not_after: Option<Date>,
) -> Vec<(String, String)> {
    let particulars = Particulars {
        organisation: "UBND xã Cũ".into(),
        jurisdiction: Some("VN".into()),
        registered_on: Some(date(2018, 3, 1)),
        notified_on: Some(date(2018, 3, 10)),
        ..Particulars::default()
    };
    let own = events.iter().map(|event| event.recorded("S1"));
    let records = Records::of(own.chain(other.iter().flat_map(|text| rows(text))));
    let seal = Subject {
        id: "S1",
        organisation: &particulars.organisation,
        life: &Life::of(&records, ("S1", &particulars), events),
    };
    let scene = Scene {
        jurisdiction: Some("VN"),
        ..Scene::unknown(on, RuleSet::shipped())
    };
    let said = |finding: Finding| {
        let since = finding.values.get("since").and_then(|value| value.as_str());
        (finding.code.clone(), since.unwrap_or_default().to_owned())
    };
    findings(seal, scene, not_after)
        .into_iter()
        .map(said)
        .collect()
}

fn one(code: &str, since: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), since.to_owned())]
}

const UNPROVEN: &str = "seal.status_changed_date_unproven";

#[test]
fn before_registration_and_notification_a_document_is_too_early() {
    let on = |day| found((&[], &[]), Some(day), None);
    assert_eq!(on(date(2018, 2, 28)), one("seal.not_yet_registered", ""));
    assert_eq!(on(date(2018, 3, 9)), one("seal.not_notified", ""));
    assert_eq!(on(date(2018, 3, 10)), []);
}

#[test]
fn every_end_of_a_seal_is_told_on_later_days_and_its_own_day_is_unproven() {
    for kind in [
        EventKind::ReportedLost,
        EventKind::DeclaredInvalid,
        EventKind::Suspended,
        EventKind::Surrendered,
        EventKind::Collected,
        EventKind::ReplacedBy,
        EventKind::Destroyed,
        EventKind::Archived,
    ] {
        let events = [event(kind, date(2024, 5, 21))];
        let on = |day, proof| found((&events, &[]), Some(day), proof);
        let later = on(date(2024, 5, 22), None);
        assert_eq!(later, one("seal.invalid_on_date", "2024-05-21"), "{kind:?}");
        for day in [date(2024, 5, 21), date(2019, 1, 1)] {
            assert_eq!(on(day, None), one(UNPROVEN, "2024-05-21"), "{kind:?}");
        }
    }
}

#[test]
fn only_a_proof_from_before_the_event_settles_the_date() {
    let events = [event(EventKind::ReportedLost, date(2024, 5, 21))];
    let on = |proof| found((&events, &[]), Some(date(2024, 5, 2)), proof);
    assert_eq!(on(Some(date(2024, 5, 20))), []);
    assert_eq!(on(Some(date(2024, 5, 21))), one(UNPROVEN, "2024-05-21"));
    // No proof makes a seal that was lost on the printed day a good one.
    let late = found(
        (&events, &[]),
        Some(date(2024, 6, 1)),
        Some(date(2024, 6, 2)),
    );
    assert_eq!(late, one("seal.invalid_on_date", "2024-05-21"));
    let undated = found((&events, &[]), None, None);
    assert_eq!(undated, one(UNPROVEN, "2024-05-21"));
}

#[test]
fn a_loss_that_is_over_still_needs_a_proof_for_earlier_papers_and_none_for_later_ones() {
    let events = [
        event(EventKind::ReportedLost, date(2024, 5, 21)),
        event(EventKind::Found, date(2024, 5, 28)),
    ];
    let on = |day| found((&events, &[]), Some(day), None);
    assert_eq!(on(date(2024, 5, 2)), one(UNPROVEN, "2024-05-21"));
    assert_eq!(
        on(date(2024, 5, 25)),
        one("seal.invalid_on_date", "2024-05-21")
    );
    assert_eq!(on(date(2024, 6, 1)), []);
}

#[test]
fn a_seal_outlives_neither_its_body_nor_the_name_that_it_bears() {
    let body = "body,level\nB1,commune\n";
    let names = "body,name,from\nB1,ubnd xã  cũ,2000-01-01\nB1,UBND xã Mới,2022-07-01\n";
    let end = "body,event,on\nB1,merged,2023-01-01\n";
    let renamed = |day| found((&[], &[body, names]), Some(day), None);
    assert_eq!(renamed(date(2022, 6, 30)), []);
    assert_eq!(renamed(date(2022, 7, 1)), one(UNPROVEN, "2022-07-01"));
    assert_eq!(
        renamed(date(2022, 7, 2)),
        one("seal.name_stale", "2022-07-01")
    );
    let ended = |day| found((&[], &[body, names, end]), Some(day), None);
    assert_eq!(ended(date(2022, 6, 30)), one(UNPROVEN, "2023-01-01"));
    let late = ended(date(2023, 1, 2));
    let codes: Vec<&str> = late.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["seal.body_ended", "seal.name_stale"]);
}

#[test]
fn every_end_of_a_body_is_told_on_later_days_and_its_own_day_is_unproven() {
    let body = "body,level\nB1,commune\n";
    let names = "body,name,from\nB1,UBND xã Cũ,2000-01-01\n";
    for kind in [
        "split",
        "merged",
        "consolidated",
        "dissolved",
        "ended",
        "licence_revoked",
        "mission_ended",
    ] {
        let row =
            |continues| format!("body,event,on,continues\nB1,{kind},2023-01-01,{continues}\n");
        let on = |continues, day| found((&[], &[body, names, &row(continues)]), Some(day), None);
        assert_eq!(
            on("", date(2023, 1, 2)),
            one("seal.body_ended", "2023-01-01"),
            "{kind}"
        );
        for day in [date(2023, 1, 1), date(2022, 6, 1)] {
            assert_eq!(on("", day), one(UNPROVEN, "2023-01-01"), "{kind}");
        }
        // A body from which a part was split goes on.
        assert_eq!(on("yes", date(2023, 1, 2)), [], "{kind}");
    }
    for kind in ["renamed", "resumed"] {
        let row = format!("body,event,on\nB1,{kind},2023-01-01\n");
        let later = found((&[], &[body, names, &row]), Some(date(2023, 1, 2)), None);
        assert_eq!(later, [], "{kind}");
    }
}

#[test]
fn what_would_settle_an_unproven_date_is_said() {
    let events = [event(EventKind::ReportedLost, date(2024, 5, 21))];
    let records = Records::of(events.iter().map(|event| event.recorded("S1")));
    let particulars = Particulars {
        registered_on: Some(date(2018, 3, 1)),
        ..Particulars::default()
    };
    let subject = Subject {
        id: "S1",
        organisation: "UBND xã",
        life: &Life::of(&records, ("S1", &particulars), &events),
    };
    let scene = Scene::unknown(Some(date(2024, 5, 2)), RuleSet::shipped());
    let found = findings(subject, scene, None).remove(0);
    let needed = "a receipt, a timestamp or a register entry from before 2024-05-21";
    assert_eq!(found.values["settled_by"], needed);
    let settled = format!("What would settle it: {needed}.");
    assert!(found.message.ends_with(&settled), "{}", found.message);
    assert!(
        found.message.contains("the document says 2024-05-02"),
        "{}",
        found.message
    );
}

#[test]
fn a_suspended_body_cannot_use_its_seal_until_it_goes_on() {
    let body = "body,level\nB1,commune\n";
    let names = "body,name,from\nB1,UBND xã Cũ,2000-01-01\n";
    let events = "body,event,on\nB1,resumed,2022-09-01\nB1,suspended,2022-07-01\n";
    let on = |day| found((&[], &[body, names, events]), Some(day), None);
    assert_eq!(
        on(date(2022, 8, 1)),
        one("seal.invalid_on_date", "2022-07-01")
    );
    assert_eq!(on(date(2022, 9, 1)), []);
}

#[test]
fn specimens_of_other_days_are_told_where_the_seal_could_be_used() {
    let particulars = Particulars {
        registered_on: Some(date(2015, 1, 1)),
        ..Particulars::default()
    };
    let events = [event(EventKind::Destroyed, date(2022, 1, 1))];
    let records = Records::of(events.iter().map(|event| event.recorded("S1")));
    let codes = |specimens: &[(Option<Date>, Option<Date>)], on: Date| -> Vec<String> {
        let life = Life {
            specimens: specimens.to_vec(),
            ..Life::of(&records, ("S1", &particulars), &events)
        };
        let subject = Subject {
            id: "S1",
            organisation: "One",
            life: &life,
        };
        let scene = Scene::stated(&particulars, Some(on), RuleSet::shipped());
        // It existed before the seal was destroyed.
        let found = findings(subject, scene, Some(date(2021, 12, 31)));
        found.into_iter().map(|finding| finding.code).collect()
    };
    let of_two_years = (Some(date(2018, 1, 1)), Some(date(2019, 12, 31)));
    let until_2016 = (None, Some(date(2016, 12, 31)));
    let remark = ["seal.no_specimen_of_date"];
    assert_eq!(codes(&[of_two_years], date(2017, 12, 31)), remark);
    assert_eq!(codes(&[of_two_years], date(2020, 1, 1)), remark);
    assert_eq!(codes(&[until_2016, of_two_years], date(2017, 6, 1)), remark);
    for day in [date(2018, 1, 1), date(2019, 12, 31)] {
        assert!(codes(&[of_two_years], day).is_empty(), "{day}");
    }
    // One without days is of any day; where none is known, nothing is said.
    assert!(codes(&[of_two_years, (None, None)], date(2017, 1, 1)).is_empty());
    assert!(codes(&[], date(2017, 1, 1)).is_empty());
    // Against a seal that could not be used this adds nothing.
    assert_eq!(
        codes(&[of_two_years], date(2014, 1, 1)),
        ["seal.not_yet_registered"]
    );
    assert_eq!(
        codes(&[of_two_years], date(2023, 1, 1)),
        ["seal.invalid_on_date"]
    );
}
