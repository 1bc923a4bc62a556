use jiff::civil::date;

use super::*;

fn event(kind: EventKind, on: Date) -> Event {
    Event {
        kind,
        on,
        by: None,
        instrument: None,
        note: None,
        successor: None,
        recorded_by: None,
        recorded_at: None,
        corrects: None,
    }
}

fn registered() -> Particulars {
    Particulars {
        registered_on: Some(date(2020, 3, 1)),
        notified_on: Some(date(2020, 3, 10)),
        ..Particulars::default()
    }
}

fn life(events: &[Event]) -> Life {
    let recorded = events.iter().map(|event| event.recorded("S1"));
    let records = Records::of(recorded);
    Life::of(&records, ("S1", &registered()), events)
}

#[test]
fn a_seal_is_valid_from_the_day_of_its_notification() {
    let life = life(&[]);
    let state = |day| life.on(Some(day)).status;
    assert_eq!(state(date(2020, 2, 29)), Status::NotYetRegistered);
    assert_eq!(state(date(2020, 3, 1)), Status::RegisteredNotNotified);
    assert_eq!(state(date(2020, 3, 10)), Status::Valid);
}

#[test]
fn every_event_has_a_state_of_its_own() {
    let alone = |kind| {
        let life = life(&[event(kind, date(2021, 5, 2))]);
        let account = life.on(Some(date(2021, 5, 2)));
        (account.state, account.status)
    };
    let expected = [
        (EventKind::InUse, State::InUse, Status::Valid),
        (EventKind::ReportedLost, State::ReportedLost, Status::Lost),
        (
            EventKind::DeclaredInvalid,
            State::DeclaredInvalid,
            Status::DeclaredInvalid,
        ),
        (EventKind::Found, State::Found, Status::Valid),
        (EventKind::ReportedDeformed, State::Deformed, Status::Valid),
        (
            EventKind::ReRegistering,
            State::ReRegistering,
            Status::Valid,
        ),
        (EventKind::Suspended, State::Suspended, Status::Suspended),
        (EventKind::ReplacedBy, State::Replaced, Status::Replaced),
        (
            EventKind::Surrendered,
            State::Surrendered,
            Status::Surrendered,
        ),
        (EventKind::Collected, State::Collected, Status::Collected),
        (EventKind::Destroyed, State::Destroyed, Status::Destroyed),
        (EventKind::Archived, State::Archived, Status::Archived),
    ];
    for (kind, state, status) in expected {
        assert_eq!(alone(kind), (state, status), "{kind:?}");
    }
    // Registered and notified by events instead of columns.
    let notified = [
        event(EventKind::Registered, date(2020, 3, 1)),
        event(EventKind::Notified, date(2020, 3, 10)),
    ];
    let recorded = notified.iter().map(|event| event.recorded("S1"));
    let records = Records::of(recorded);
    let life = Life::of(&records, ("S1", &Particulars::default()), &notified);
    assert_eq!(life.on(Some(date(2020, 3, 9))).state, State::Registered);
    assert_eq!(life.on(Some(date(2020, 3, 10))).state, State::Notified);
}

#[test]
fn without_a_date_or_a_registration_nothing_is_claimed() {
    assert_eq!(life(&[]).on(None).status, Status::Unknown);
    let nameless = Life::of(&Records::default(), ("S1", &Particulars::default()), &[]);
    assert_eq!(nameless.on(Some(date(2024, 1, 1))).state, State::Unknown);
}

#[test]
fn a_lost_seal_is_lost_on_the_day_of_the_report_whatever_the_order_of_the_file() {
    let life = life(&[
        event(EventKind::Found, date(2021, 5, 9)),
        event(EventKind::ReportedLost, date(2021, 5, 2)),
    ]);
    let state = |day| (life.on(Some(day)).status, life.on(Some(day)).state);
    assert_eq!(state(date(2021, 5, 1)), (Status::Valid, State::Notified));
    assert_eq!(state(date(2021, 5, 2)), (Status::Lost, State::ReportedLost));
    assert_eq!(state(date(2021, 5, 9)), (Status::Valid, State::Found));
}

#[test]
fn finding_a_seal_does_not_make_valid_what_was_declared_invalid() {
    let life = life(&[
        event(EventKind::ReportedLost, date(2021, 5, 2)),
        event(EventKind::DeclaredInvalid, date(2021, 5, 20)),
        event(EventKind::Found, date(2021, 6, 1)),
        event(EventKind::Resumed, date(2021, 6, 2)),
    ]);
    let account = life.on(Some(date(2022, 1, 1)));
    assert_eq!(account.status, Status::DeclaredInvalid);
    assert_eq!(account.since, Some(date(2021, 5, 20)));
}

#[test]
fn a_suspension_outlasts_a_loss_and_ends_when_use_is_resumed() {
    let life = life(&[
        event(EventKind::ReportedLost, date(2021, 5, 2)),
        event(EventKind::Suspended, date(2021, 5, 3)),
        event(EventKind::Found, date(2021, 6, 1)),
        event(EventKind::Resumed, date(2021, 7, 1)),
    ]);
    let state = |day| life.on(Some(day)).status;
    assert_eq!(state(date(2021, 5, 10)), Status::Lost);
    assert_eq!(state(date(2021, 6, 1)), Status::Suspended);
    assert_eq!(state(date(2021, 7, 1)), Status::Valid);
}

#[test]
fn a_corrected_event_counts_no_more() {
    let wrong = event(EventKind::ReportedLost, date(2021, 5, 2));
    let right = Event {
        corrects: Some(wrong.entry("S1").name()),
        ..event(EventKind::ReportedLost, date(2021, 6, 2))
    };
    let life = life(&[right, wrong]);
    assert_eq!(life.on(Some(date(2021, 5, 20))).status, Status::Valid);
    assert_eq!(life.on(Some(date(2021, 6, 2))).status, Status::Lost);
}

#[test]
fn a_deformed_seal_may_be_used_until_it_is_registered_anew() {
    let life = life(&[
        event(EventKind::InUse, date(2020, 4, 1)),
        event(EventKind::ReportedDeformed, date(2021, 5, 2)),
        event(EventKind::ReRegistering, date(2021, 5, 9)),
        event(EventKind::ReRegistered, date(2021, 6, 1)),
    ]);
    let state = |day| life.on(Some(day)).state;
    assert_eq!(state(date(2021, 5, 2)), State::Deformed);
    assert_eq!(state(date(2021, 5, 9)), State::ReRegistering);
    assert_eq!(state(date(2021, 6, 1)), State::InUse);
    let status = |day| life.on(Some(day)).status;
    assert_eq!(status(date(2021, 5, 9)), Status::Valid);
}
