use jiff::civil::date;

use super::*;
use crate::registry::Event;
use crate::registry::Recorded;
use crate::registry::clock::duties;
use crate::registry::sheet;

/// A register of one seal, from the text of its files.
fn clocks(organisation: &str, jurisdiction: &str, files: &[&str], day: Date) -> Vec<Clock> {
    let particulars = Particulars {
        organisation: organisation.into(),
        jurisdiction: Some(jurisdiction.into()),
        registered_on: Some(date(2018, 3, 1)),
        ..Particulars::default()
    };
    let mut events: Vec<Event> = Vec::new();
    let mut entries: Vec<Recorded> = Vec::new();
    for text in files {
        match sheet::recognise(text.as_bytes()).unwrap() {
            sheet::File::Entries(kind) => {
                let sheet = kind.read(text.as_bytes()).unwrap();
                assert_eq!(sheet.failures, []);
                entries.extend(sheet.entries.into_iter().map(|line| Recorded {
                    name: line.entry.name(),
                    entry: line.entry,
                    revision: None,
                    recorded_at: None,
                }));
            }
            sheet::File::Events | sheet::File::Register => {
                let sheet = sheet::events::read(text.as_bytes()).unwrap();
                events.extend(sheet.entries.into_iter().map(|entry| entry.event));
            }
        }
    }
    let own = events.iter().map(|event| event.recorded("S1"));
    let records = Records::of(entries.into_iter().chain(own));
    let subject = Subject {
        id: "S1",
        particulars: &particulars,
        jurisdiction: None,
        rules: RuleSet::shipped(),
    };
    duties(&records, ("S1", &particulars), &events)
        .iter()
        .filter_map(|duty| on(&records, subject, duty, day))
        .collect()
}

fn of<'a>(clocks: &'a [Clock], code: &str) -> Vec<&'a Clock> {
    let own = clocks.iter().filter(|clock| clock.code == code);
    own.collect()
}

const LOSS: &str = "seal,discovered_on,recipient,notified_on\n\
                    S1,2024-05-10,commune_police,2024-05-12\n\
                    S1,2024-05-10,registering_authority,\n";

#[test]
fn s0_05_a_loss_is_told_to_both_within_two_days() {
    let events = "seal,event,on\nS1,reported_lost,2024-05-12\n";
    let on = |day| clocks("UBND xã", "VN", &[LOSS, events], day);
    let found = on(date(2024, 5, 12));
    let notices = of(&found, "clock.loss_notice_late");
    let standing: Vec<Standing> = notices.iter().map(|clock| clock.standing).collect();
    assert_eq!(standing, [Standing::Done, Standing::Due]);
    let found = on(date(2024, 5, 15));
    let late = of(&found, "clock.loss_notice_late")[1];
    assert_eq!(late.due_on, Some(date(2024, 5, 12)));
    assert_eq!(
        (late.standing, late.overdue_days),
        (Standing::Overdue, Some(3))
    );
    assert_eq!((late.binding, late.severity), (true, Severity::Warning));
    assert!(late.basis.is_some());
}

#[test]
fn a_loss_without_a_notice_counts_from_its_report_and_is_advice_where_no_law_sets_the_days() {
    let events = "seal,event,on\nS1,reported_lost,2024-05-12\n";
    let found = clocks("某村委会", "CN", &[events], date(2024, 6, 12));
    let notices = of(&found, "clock.loss_notice_late");
    assert_eq!(notices.len(), 2);
    for clock in notices {
        assert_eq!(clock.since, date(2024, 5, 12));
        assert_eq!(clock.standing, Standing::Overdue);
        assert_eq!((clock.binding, clock.severity), (false, Severity::Remark));
    }
}

#[test]
fn s2_24_a_handover_is_done_within_ten_days_of_the_change() {
    let handover = |done: &str| {
        format!("seal,giver,receiver,changed_on,done_on\nS1,Lan,Minh,2024-06-01,{done}\n")
    };
    let on = |done: &str, day| clocks("会宁县某村委会", "CN", &[&handover(done)], day);
    let found = on("2024-06-11", date(2024, 7, 1));
    assert_eq!(
        of(&found, "clock.handover_late")[0].standing,
        Standing::Done
    );
    let found = on("2024-06-12", date(2024, 7, 1));
    let late = of(&found, "clock.handover_late")[0];
    assert_eq!(
        (late.standing, late.overdue_days),
        (Standing::DoneLate, Some(1))
    );
    assert!(late.binding);
    // On an earlier day it was not done yet.
    let found = on("2024-06-12", date(2024, 6, 5));
    assert_eq!(of(&found, "clock.handover_late")[0].standing, Standing::Due);
}

#[test]
fn s0_01_the_seal_of_a_body_that_ended_is_overdue_until_it_is_handed_in_with_its_certificate() {
    let files = [
        "body,level\nB1,commune\n",
        "body,name,from\nB1,UBND xã,2000-01-01\n",
        "body,event,on\nB1,merged,2024-07-01\n",
        "seal,certificate,event,on\nS1,55/ĐK,issued,2018-03-01\n",
    ];
    let found = clocks("UBND xã", "VN", &files, date(2024, 7, 11));
    let open = of(&found, "clock.surrender_overdue");
    assert_eq!(open.len(), 2);
    assert!(
        open.iter().all(|clock| clock.overdue_days == Some(10)),
        "{open:?}"
    );
    let surrender = "seal,event,on\nS1,surrendered,2024-07-05\n";
    let [a, b, c, d] = files;
    let found = clocks("UBND xã", "VN", &[a, b, c, d, surrender], date(2024, 7, 11));
    let standing: Vec<(Standing, &str)> = of(&found, "clock.surrender_overdue")
        .into_iter()
        .map(|clock| (clock.standing, clock.what.as_str()))
        .collect();
    let expected = [
        (Standing::DoneLate, "hand in the seal"),
        (Standing::Overdue, "hand in certificate 55/ĐK"),
    ];
    assert_eq!(standing, expected);
}

#[test]
fn every_end_of_a_body_and_its_suspension_call_for_the_seal() {
    let body = "body,level\nB1,commune\n";
    let name = "body,name,from\nB1,UBND xã,2000-01-01\n";
    let standing = |event: &str| -> Vec<Standing> {
        let row = format!("body,event,on\nB1,{event},2024-07-01\n");
        let found = clocks("UBND xã", "VN", &[body, name, &row], date(2024, 7, 11));
        let own = of(&found, "clock.surrender_overdue");
        own.iter().map(|clock| clock.standing).collect()
    };
    for event in [
        "split",
        "merged",
        "consolidated",
        "dissolved",
        "ended",
        "licence_revoked",
        "mission_ended",
        "suspended",
    ] {
        assert_eq!(standing(event), [Standing::Overdue], "{event}");
    }
    for event in ["renamed", "resumed"] {
        assert_eq!(standing(event), [], "{event}");
    }
}

#[test]
fn a_seal_found_after_it_was_declared_invalid_is_handed_in() {
    let events = "seal,event,on\nS1,reported_lost,2024-05-12\nS1,declared_invalid,2024-05-20\nS1,found,2024-06-01\n";
    let found = clocks("UBND xã", "VN", &[events], date(2024, 6, 4));
    let own = of(&found, "clock.surrender_overdue");
    assert_eq!(own.len(), 1, "{own:?}");
    assert_eq!(own[0].what, "hand in the seal that was found");
    assert_eq!(
        (own[0].since, own[0].overdue_days),
        (date(2024, 6, 1), Some(3))
    );
    let before = "seal,event,on\nS1,reported_lost,2024-05-12\nS1,found,2024-06-01\n";
    let found = clocks("UBND xã", "VN", &[before], date(2024, 6, 4));
    assert!(of(&found, "clock.surrender_overdue").is_empty());
}

#[test]
fn a_seal_that_is_out_comes_back_on_the_permits_day_and_that_is_advice() {
    let permit = |back: &str| {
        format!(
            "seal,permit,holder,out_at,due_back_on,returned_at\nS1,7,Lan,2024-06-01 08:00,2024-06-03,{back}\n"
        )
    };
    let on = |back: &str, day| clocks("UBND xã", "VN", &[&permit(back)], day);
    let found = on("", date(2024, 6, 5));
    let late = of(&found, "clock.seal_not_returned")[0];
    assert_eq!(
        (late.standing, late.overdue_days),
        (Standing::Overdue, Some(2))
    );
    assert_eq!((late.binding, late.severity), (false, Severity::Remark));
    let found = on("2024-06-03", date(2024, 6, 5));
    assert_eq!(
        of(&found, "clock.seal_not_returned")[0].standing,
        Standing::Done
    );
}

#[test]
fn before_2016_a_circular_gave_thirty_days_to_hand_a_seal_in() {
    let files = [
        "body,level\nB1,commune\n",
        "body,name,from\nB1,UBND xã,2000-01-01\n",
        "body,event,on\nB1,dissolved,2015-01-01\n",
    ];
    let found = clocks("UBND xã", "VN", &files, date(2015, 1, 20));
    let clock = of(&found, "clock.surrender_overdue")[0];
    assert_eq!(clock.due_on, Some(date(2015, 1, 31)));
    assert_eq!(clock.standing, Standing::Due);
}

#[test]
fn s2_12_the_old_seal_comes_in_on_the_day_on_which_the_new_one_goes_out() {
    let replaced = "seal,event,on,successor\nS1,replaced_by,2024-08-01,S2\n";
    let found = clocks("会宁县某村委会", "CN", &[replaced], date(2024, 8, 3));
    let clock = of(&found, "clock.old_seal_not_collected")[0];
    assert_eq!((clock.overdue_days, clock.binding), (Some(2), true));
    let both = "seal,event,on,successor\nS1,replaced_by,2024-08-01,S2\nS1,collected,2024-08-01,\n";
    let found = clocks("会宁县某村委会", "CN", &[both], date(2024, 8, 3));
    let clock = of(&found, "clock.old_seal_not_collected")[0];
    assert_eq!(clock.standing, Standing::Done);
}

#[test]
fn working_days_leave_out_the_holidays_of_the_sheet() {
    let files = [
        "seal,certificate,event,on\nS1,55,reissue_requested,2024-04-26\n",
        "holiday,jurisdiction\n2024-04-30,VN\n2024-05-01,VN\n2024-05-02,CN\n",
    ];
    let found = clocks("UBND xã", "VN", &files, date(2024, 5, 6));
    let clock = of(&found, "clock.certificate_not_issued")[0];
    assert_eq!(clock.due_on, Some(date(2024, 5, 3)));
    assert_eq!((clock.working_days, clock.binding), (true, false));
}

#[test]
fn what_has_no_number_of_days_is_open_and_never_overdue() {
    let deformed = "seal,event,on\nS1,reported_deformed,2020-08-01\n";
    let found = clocks("UBND xã", "VN", &[deformed], date(2024, 8, 3));
    let clock = of(&found, "clock.re_registration_open")[0];
    assert_eq!((clock.standing, clock.due_on), (Standing::Due, None));
    assert_eq!(clock.severity, Severity::Remark);
    let earlier = clocks("UBND xã", "VN", &[deformed], date(2020, 7, 31));
    assert_eq!(earlier, []);
}

#[test]
fn s0_07_a_lost_seal_is_open_until_another_is_registered() {
    let lost = "seal,event,on,successor\nS1,reported_lost,2024-05-12,\n";
    let found = clocks("UBND xã", "VN", &[lost], date(2025, 5, 12));
    let open = of(&found, "clock.re_registration_open")[0];
    assert_eq!((open.standing, open.overdue_days), (Standing::Due, None));
    let replaced = "seal,event,on,successor\nS1,replaced_by,2024-06-01,S2\n";
    let found = clocks("UBND xã", "VN", &[lost, replaced], date(2025, 5, 12));
    let closed = of(&found, "clock.re_registration_open")[0];
    assert_eq!(closed.standing, Standing::Done);
}

#[test]
fn s0_08_a_lost_certificate_is_replaced_by_another() {
    let lost = "seal,certificate,event,on,new_certificate\nS1,55,lost,2024-05-12,\n";
    let found = clocks("UBND xã", "VN", &[lost], date(2024, 6, 12));
    let open = of(&found, "clock.certificate_not_replaced")[0];
    assert_eq!((open.standing, open.binding), (Standing::Due, false));
    let reissued = "seal,certificate,event,on,new_certificate\nS1,55,reissued,2024-05-20,56\n";
    let found = clocks("UBND xã", "VN", &[lost, reissued], date(2024, 6, 12));
    let closed = of(&found, "clock.certificate_not_replaced")[0];
    assert_eq!(closed.standing, Standing::Done);
}

#[test]
fn s2_11_where_a_loss_is_told_promptly_no_number_of_days_is_a_breach() {
    let lost = "seal,event,on\nS1,reported_lost,2024-07-12\n";
    let found = clocks("会宁县某村委会", "CN", &[lost], date(2025, 7, 12));
    for notice in of(&found, "clock.loss_notice_late") {
        assert_eq!((notice.binding, notice.severity), (false, Severity::Remark));
        assert!(notice.basis.is_some());
    }
}

#[test]
fn a_register_of_use_is_archived_at_the_end_of_its_year() {
    // Rows of the register of use are of the kind `use`, whatever their columns.
    let used = Recorded {
        name: "u".into(),
        entry: crate::registry::Entry {
            kind: "use".into(),
            key: "S1".into(),
            happened_on: Some(date(2024, 6, 1)),
            ..crate::registry::Entry::default()
        },
        revision: None,
        recorded_at: None,
    };
    let particulars = Particulars {
        organisation: "会宁县某村委会".into(),
        jurisdiction: Some("CN".into()),
        ..Particulars::default()
    };
    let records = Records::of([used]);
    let subject = Subject {
        id: "S1",
        particulars: &particulars,
        jurisdiction: None,
        rules: RuleSet::shipped(),
    };
    let duties = duties(&records, ("S1", &particulars), &[]);
    let standing = |day| on(&records, subject, &duties[0], day).map(|clock| clock.standing);
    assert_eq!(standing(date(2024, 11, 30)), None);
    assert_eq!(standing(date(2024, 12, 31)), Some(Standing::Due));
    assert_eq!(standing(date(2025, 1, 1)), Some(Standing::Overdue));
    let late = on(&records, subject, &duties[0], date(2025, 1, 10)).unwrap();
    assert_eq!((late.overdue_days, late.binding), (Some(10), true));
}
