//! Duties that the records call for: what has to be done, since when, and whether it was.
//!
//! How many days there are for it, and whether that is the law, is a matter of rules.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::civil::date;

use crate::registry::Event;
use crate::registry::EventKind;
use crate::registry::Life;
use crate::registry::Particulars;
use crate::registry::Records;
use crate::registry::archive::Archive;
use crate::registry::body;
use crate::registry::body::Body;
use crate::registry::certificate;
use crate::registry::certificate::CertificateEventKind;
use crate::registry::custody;
use crate::registry::custody::Custody;
use crate::registry::custody::Handover;
use crate::registry::event;
use crate::registry::notice::LossNotice;
use crate::registry::notice::Recipient;
use crate::registry::permit::Permit;
use crate::registry::records::Stated;

/// The kind of the rows of the register of use.
const USE: &str = "use";

/// What has to be done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DutyKind {
    /// Tell someone of the loss.
    LossNotice(Recipient),
    /// Hand seal and certificate over.
    Handover,
    /// Put a year's register of use into the archive.
    RegisterArchive(i16),
    /// Hand in the seal of a body that ended or was suspended.
    Surrender,
    /// Hand in its certificate.
    SurrenderCertificate(String),
    /// Hand in a seal that was found after it was declared invalid.
    SurrenderFound,
    /// Take the old seal in when the new one is given out.
    CollectOld,
    /// Register the specimen anew.
    ReRegister,
    /// Ask for another certificate.
    ReplaceCertificate(String),
    /// Issue it.
    IssueCertificate(String),
    /// Bring the seal back.
    Return(String),
}

/// A duty about a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// What has to be done.
    pub kind: DutyKind,
    /// By whom, as far as the records tell.
    pub of: Option<String>,
    /// Why: what happened, for people.
    pub why: String,
    /// The day from which the days are counted.
    pub since: Date,
    /// The day that the records themselves set.
    pub due_on: Option<Date>,
    /// The day on which it was done.
    pub done_on: Option<Date>,
    /// Names of the entries that call for it.
    pub entries: Vec<String>,
}

/// A seal whose duties are looked for.
#[derive(Clone, Copy, Debug)]
struct Subject<'a> {
    id: &'a str,
    organisation: &'a str,
    life: &'a Life,
    events: &'a [Event],
}

/// All duties of a seal that its records ever called for, by the day from which they count.
#[must_use]
pub fn duties(
    records: &Records,
    (id, particulars): (&str, &Particulars),
    events: &[Event],
) -> Vec<Duty> {
    let life = Life::of(records, (id, particulars), events);
    let events = event::standing(events, id, records);
    let seal = Subject {
        id,
        organisation: &particulars.organisation,
        life: &life,
        events: &events,
    };
    let mut duties = losses(records, seal);
    duties.extend(handovers(records, id));
    duties.extend(archives(records, id));
    duties.extend(surrenders(records, seal));
    duties.extend(replacements(seal));
    duties.extend(registrations(seal));
    duties.extend(certificates(records, seal));
    duties.extend(returns(records, id));
    duties.sort_by(|one, other| {
        let rank = |duty: &Duty| (duty.since, duty.kind.clone(), duty.of.clone());
        rank(one).cmp(&rank(other))
    });
    duties
}

impl Subject<'_> {
    /// The first day, from `since` on, of an event of one of these kinds.
    fn first(&self, kinds: &[EventKind], since: Date) -> Option<Date> {
        let later = self.events.iter().filter(|event| event.on >= since);
        let own = later.filter(|event| kinds.contains(&event.kind));
        own.map(|event| event.on).min()
    }

    fn of_kind(&self, kind: EventKind) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.kind == kind)
    }

    fn name(&self, event: &Event) -> Vec<String> {
        vec![event.entry(self.id).name()]
    }

    /// Who answers for it: the head of its body on a day, else its body.
    fn head_on(&self, date: Date) -> Option<String> {
        let head = self.life.owner.as_ref().and_then(|body| body.head_on(date));
        let name = head.map(|head| head.value.name.clone());
        name.or_else(|| Some(self.organisation.to_owned()))
    }
}

/// What ends the possession of a seal.
const GIVEN_UP: &[EventKind] = &[
    EventKind::Surrendered,
    EventKind::Collected,
    EventKind::Archived,
    EventKind::Destroyed,
];

fn names<T>(stated: &Stated<T>) -> Vec<String> {
    let sources = stated.sources.iter();
    sources.map(|source| source.name.clone()).collect()
}

/// Notices of each loss, to both who must get one.
///
/// A loss counts from the day on which it was discovered; where only its report is recorded, from that.
fn losses(records: &Records, seal: Subject<'_>) -> Vec<Duty> {
    let notices: Vec<Stated<LossNotice>> = records.facts(seal.id);
    let mut losses: BTreeMap<Date, Vec<String>> = BTreeMap::new();
    for stated in &notices {
        let entries = losses.entry(stated.value.discovered_on).or_default();
        entries.extend(names(stated));
    }
    let mut before = None;
    for event in seal.of_kind(EventKind::ReportedLost) {
        let is_of_it = |day: &Date| *day <= event.on && before.is_none_or(|before| *day > before);
        if !losses.keys().any(is_of_it) {
            losses.insert(event.on, seal.name(event));
        }
        before = Some(event.on);
    }
    let mut duties = Vec::new();
    for (discovered, entries) in losses {
        for recipient in Recipient::ALL {
            let own = notices.iter().map(|stated| &stated.value).filter(|notice| {
                notice.discovered_on == discovered && notice.recipient == recipient
            });
            duties.push(Duty {
                kind: DutyKind::LossNotice(recipient),
                of: seal.head_on(discovered),
                why: "it was lost".to_owned(),
                since: discovered,
                due_on: None,
                done_on: own.filter_map(|notice| notice.notified_on).min(),
                entries: entries.clone(),
            });
        }
    }
    duties
}

/// Handovers that are recorded, and such as the chain of custody lacks.
fn handovers(records: &Records, id: &str) -> Vec<Duty> {
    let recorded: Vec<Stated<Handover>> = records.facts(id);
    let mut duties = Vec::new();
    for stated in &recorded {
        let handover = &stated.value;
        let Some(since) = handover.changed_on.or(handover.done_on) else {
            continue;
        };
        duties.push(Duty {
            kind: DutyKind::Handover,
            of: Some(handover.giver.clone()),
            why: format!("{} takes over", handover.receiver),
            since,
            due_on: None,
            done_on: handover.done_on,
            entries: names(stated),
        });
    }
    let periods: Vec<Stated<Custody>> = records.facts(id);
    for fault in custody::faults(&periods, &recorded) {
        let (custody::Fault::NoHandover(pair) | custody::Fault::Gap(pair)) = fault else {
            continue;
        };
        let [before, next] = &pair;
        let entries = pair.iter().flat_map(names).collect();
        duties.extend(before.value.to.map(|to| Duty {
            kind: DutyKind::Handover,
            of: Some(before.value.custodian.clone()),
            why: format!("{} takes over", next.value.custodian),
            since: to,
            due_on: None,
            // A gap is over when the next one keeps the seal; without a record nothing tells when it was given.
            done_on: None,
            entries,
        }));
    }
    duties
}

/// The register of use of every year in which the seal was used.
fn archives(records: &Records, id: &str) -> Vec<Duty> {
    let archived: Vec<Stated<Archive>> = records.facts(id);
    let mut years: BTreeMap<i16, Vec<String>> = BTreeMap::new();
    for recorded in records.about(USE, id) {
        if let Some(day) = recorded.entry.happened_on {
            years
                .entry(day.year())
                .or_insert_with(|| vec![recorded.name.clone()]);
        }
    }
    let duty = |(year, entries)| {
        let own = archived.iter().map(|stated| &stated.value);
        let done = own.filter(|archive| archive.year == year);
        let last = date(year, 12, 31);
        let periods: Vec<Stated<Custody>> = records.facts(id);
        let keeper = periods.into_iter().find(|stated| stated.value.is_on(last));
        Duty {
            kind: DutyKind::RegisterArchive(year),
            of: keeper.map(|stated| stated.value.custodian),
            why: format!("it was used in {year}"),
            since: last,
            due_on: Some(last),
            done_on: done.map(|archive| archive.archived_on).min(),
            entries,
        }
    };
    years.into_iter().map(duty).collect()
}

/// Seals and certificates of bodies that ended or stopped, and seals found after they were declared invalid.
fn surrenders(records: &Records, seal: Subject<'_>) -> Vec<Duty> {
    let mut duties = Vec::new();
    if let Some(owner) = &seal.life.owner {
        for (stop, resumed) in stops(owner) {
            let (on, what) = (stop.value.on, stop.value.kind.said());
            let given_up = seal.first(GIVEN_UP, date(1, 1, 1));
            let duty = Duty {
                kind: DutyKind::Surrender,
                of: seal.head_on(on),
                why: format!("its body {what}"),
                since: on,
                due_on: None,
                done_on: given_up.or(resumed),
                entries: names(&stop),
            };
            duties.extend(certificates_of(records, seal.id, &duty, resumed));
            duties.push(duty);
        }
    }
    let invalid = seal
        .of_kind(EventKind::DeclaredInvalid)
        .map(|event| event.on)
        .min();
    for event in seal.of_kind(EventKind::Found) {
        if invalid.is_some_and(|invalid| invalid <= event.on) {
            duties.push(Duty {
                kind: DutyKind::SurrenderFound,
                of: seal.head_on(event.on),
                why: "it was found after it was declared invalid".to_owned(),
                since: event.on,
                due_on: None,
                done_on: seal.first(GIVEN_UP, event.on),
                entries: seal.name(event),
            });
        }
    }
    duties
}

/// The events that oblige a body to hand its seals in, each with the day on which the obligation ended by itself.
fn stops(owner: &Body) -> Vec<(Stated<body::BodyEvent>, Option<Date>)> {
    let suspensions = owner.suspensions().into_iter();
    let suspensions = suspensions.map(|stop| (stop.event, stop.to));
    let end = owner.end().map(|end| (end.clone(), None));
    suspensions.chain(end).collect()
}

/// The certificates that go with a seal that must be handed in.
fn certificates_of(
    records: &Records,
    id: &str,
    surrender: &Duty,
    resumed: Option<Date>,
) -> Vec<Duty> {
    let events = certificate::events(records, id);
    let valid = certificate::on(&events, surrender.since).into_iter();
    let kept = valid.filter(|(_, state)| {
        !matches!(
            state,
            certificate::CertificateState::Surrendered | certificate::CertificateState::Reissued
        )
    });
    kept.map(|(number, _)| {
        let handed_in = events.iter().map(|stated| &stated.value).filter(|event| {
            event.kind == CertificateEventKind::Surrendered && event.certificate == number
        });
        Duty {
            done_on: handed_in.map(|event| event.on).min().or(resumed),
            kind: DutyKind::SurrenderCertificate(number),
            ..surrender.clone()
        }
    })
    .collect()
}

/// Old seals, which come in when the new ones go out.
fn replacements(seal: Subject<'_>) -> Vec<Duty> {
    let duty = |event: &Event| Duty {
        kind: DutyKind::CollectOld,
        of: event.by.clone().or_else(|| seal.head_on(event.on)),
        why: match &event.successor {
            Some(new) => format!("seal {new} took its place"),
            None => "another seal took its place".to_owned(),
        },
        since: event.on,
        due_on: None,
        // One that was handed in before is in.
        done_on: seal.first(GIVEN_UP, date(1, 1, 1)),
        entries: seal.name(event),
    };
    seal.of_kind(EventKind::ReplacedBy).map(duty).collect()
}

/// Seals that must be registered anew: deformed, lost, or bearing a name that its body has no more.
fn registrations(seal: Subject<'_>) -> Vec<Duty> {
    let settled = [
        EventKind::ReRegistered,
        EventKind::ReplacedBy,
        EventKind::Surrendered,
        EventKind::Collected,
        EventKind::Destroyed,
    ];
    let duty = |since, why: &str, entries, done_on| Duty {
        kind: DutyKind::ReRegister,
        of: seal.head_on(since),
        why: why.to_owned(),
        since,
        due_on: None,
        done_on,
        entries,
    };
    let mut duties = Vec::new();
    for event in seal.of_kind(EventKind::ReportedDeformed) {
        let done = seal.first(&settled, event.on);
        duties.push(duty(event.on, "it was deformed", seal.name(event), done));
    }
    for event in seal.of_kind(EventKind::ReportedLost) {
        let mut settled = settled.to_vec();
        settled.push(EventKind::Found);
        let done = seal.first(&settled, event.on);
        duties.push(duty(event.on, "it was lost", seal.name(event), done));
    }
    let names_of = seal.life.owner.iter().flat_map(|owner| &owner.names);
    let borne = body::name::plain(seal.organisation);
    let mut was_borne = false;
    for stated in names_of {
        let is_borne = body::name::plain(&stated.value.name) == borne;
        if was_borne && !is_borne {
            let on = stated.value.from;
            let done = seal.first(&settled, on);
            duties.push(duty(on, "its body was renamed", names(stated), done));
        }
        was_borne = is_borne;
    }
    duties
}

/// Certificates that were lost or damaged, and those asked for instead.
fn certificates(records: &Records, seal: Subject<'_>) -> Vec<Duty> {
    let events = certificate::events(records, seal.id);
    let mut duties = Vec::new();
    for stated in &events {
        let event = &stated.value;
        let first = |kinds: &[CertificateEventKind]| {
            let later = events.iter().map(|stated| &stated.value);
            let own = later.filter(|later| {
                later.certificate == event.certificate
                    && later.on >= event.on
                    && kinds.contains(&later.kind)
            });
            own.map(|later| later.on).min()
        };
        let number = event.certificate.clone();
        let (kind, why, done_on) = match event.kind {
            CertificateEventKind::Lost | CertificateEventKind::Damaged => (
                DutyKind::ReplaceCertificate(number),
                format!(
                    "its certificate {} was {}",
                    event.certificate,
                    event.kind.name()
                ),
                first(&[
                    CertificateEventKind::ReissueRequested,
                    CertificateEventKind::Reissued,
                    CertificateEventKind::Surrendered,
                ]),
            ),
            CertificateEventKind::ReissueRequested => (
                DutyKind::IssueCertificate(number),
                "another certificate was asked for".to_owned(),
                first(&[CertificateEventKind::Reissued]),
            ),
            CertificateEventKind::Issued
            | CertificateEventKind::Reissued
            | CertificateEventKind::Surrendered => continue,
        };
        duties.push(Duty {
            of: match event.kind {
                CertificateEventKind::ReissueRequested => {
                    Some(Recipient::RegisteringAuthority.said().to_owned())
                }
                CertificateEventKind::Issued
                | CertificateEventKind::Lost
                | CertificateEventKind::Damaged
                | CertificateEventKind::Reissued
                | CertificateEventKind::Surrendered => seal.head_on(event.on),
            },
            kind,
            why,
            since: event.on,
            due_on: None,
            done_on,
            entries: names(stated),
        });
    }
    duties
}

/// Seals that are out.
fn returns(records: &Records, id: &str) -> Vec<Duty> {
    let permits: Vec<Stated<Permit>> = records.facts(id);
    let duty = |stated: &Stated<Permit>| {
        let permit = &stated.value;
        Some(Duty {
            kind: DutyKind::Return(permit.number.clone()),
            of: Some(permit.holder.clone()),
            why: format!("it was taken out under permit {}", permit.number),
            since: permit.out_at?.day,
            due_on: permit.due_back_on,
            done_on: permit.returned_at.map(|at| at.day),
            entries: names(stated),
        })
    };
    permits.iter().filter_map(duty).collect()
}
