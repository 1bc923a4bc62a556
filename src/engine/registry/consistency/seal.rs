//! What does not fit in the records of one seal.

use jiff::civil::Date;

use crate::registry::Event;
use crate::registry::EventKind;
use crate::registry::Life;
use crate::registry::Particulars;
use crate::registry::Records;
use crate::registry::body::Body;
use crate::registry::body::Consent;
use crate::registry::body::Relation;
use crate::registry::body::name;
use crate::registry::body::relation::RelationKind;
use crate::registry::certificate;
use crate::registry::certificate::CertificateEvent;
use crate::registry::certificate::CertificateEventKind;
use crate::registry::certificate::CertificateState;
use crate::registry::consistency::Inconsistency;
use crate::registry::consistency::of_rows;
use crate::registry::custody;
use crate::registry::custody::Custody;
use crate::registry::custody::Handover;
use crate::registry::event;
use crate::registry::permit::Permit;
use crate::registry::records::Stated;

/// A seal whose records are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its identifier.
    pub id: &'a str,
    /// What is stated about it.
    pub particulars: &'a Particulars,
    /// Its events, those that stand and those that do not.
    pub events: &'a [Event],
    /// What stands of its life.
    pub life: &'a Life,
}

/// What does not fit, by code and message.
#[must_use]
pub fn of_seal(
    records: &Records,
    seal: Subject<'_>,
    is_registered: impl Fn(&str) -> bool,
) -> Vec<Inconsistency> {
    let events = event::standing(seal.events, seal.id, records);
    let mut found = of_rows(records, seal.id);
    found.extend(of_days(seal, &events));
    found.extend(of_pairs(seal, &events));
    found.extend(of_custody(records, seal.id));
    found.extend(of_permits(records, seal));
    found.extend(of_certificates(records, seal));
    found.extend(of_issuer(records, seal));
    for event in &events {
        if let Some(successor) = event.successor.as_deref().filter(|id| !is_registered(id)) {
            let message = format!("the seal that replaced it, {successor}, is not registered");
            let finding = about_event("register.unknown_successor", seal.id, event, message);
            found.push(finding.with("successor", successor));
        }
        let by = event.by.as_ref().zip(seal.particulars.authority.as_ref());
        if let Some((by, authority)) = by
            && event.kind == EventKind::Surrendered
            && by != authority
        {
            let message =
                format!("it was handed in to {by}, but {authority} registered its specimen");
            let finding = about_event("register.wrong_authority", seal.id, event, message);
            found.push(finding.with("by", by).with("authority", authority));
        }
    }
    if let Some(body) = &seal.particulars.body
        && seal.life.owner.is_none()
    {
        let message = format!("its body, {body}, is not registered");
        let finding = Inconsistency::new("register.unknown_body", seal.id, message);
        found.push(finding.with("body", body));
    }
    found.sort_by(|one, other| {
        let rank = |own: &Inconsistency| (own.code, own.message.clone(), own.entries.clone());
        rank(one).cmp(&rank(other))
    });
    found
}

fn about_event(code: &'static str, id: &str, event: &Event, message: String) -> Inconsistency {
    Inconsistency::new(code, id, message)
        .with("event", event.kind.name())
        .with("on", event.on)
        .of([event.entry(id).name()])
}

/// Events that lie outside the seal's life, or before what they need.
fn of_days(seal: Subject<'_>, events: &[Event]) -> Vec<Inconsistency> {
    let destroyed = events
        .iter()
        .find(|event| event.kind == EventKind::Destroyed);
    let mut found = Vec::new();
    for event in events {
        let (what, on) = (event.kind.said(), event.on);
        let mut tell = |code, message, (name, day): (&'static str, Date)| {
            found.push(about_event(code, seal.id, event, message).with(name, day));
        };
        if let Some(registered) = seal.life.registered_on.filter(|day| on < *day) {
            let message = format!("it {what} on {on}, before its registration on {registered}");
            let since = ("registered_on", registered);
            tell("register.event_before_registration", message, since);
        }
        if let Some(notified) = seal.life.notified_on.filter(|day| on < *day)
            && event.kind == EventKind::InUse
        {
            let message = format!("it {what} on {on}, before its use was notified on {notified}");
            tell(
                "register.used_before_notice",
                message,
                ("notified_on", notified),
            );
        }
        if let Some(destroyed) = destroyed.filter(|end| end.on < on) {
            let message = format!(
                "it {what} on {on}, after it was destroyed on {}",
                destroyed.on
            );
            let since = ("destroyed_on", destroyed.on);
            tell("register.event_after_destruction", message, since);
        }
    }
    found
}

/// Events that end what never began, and such as share a day with what they end.
fn of_pairs(seal: Subject<'_>, events: &[Event]) -> Vec<Inconsistency> {
    let mut found = Vec::new();
    for (end, begin) in [
        (EventKind::Found, EventKind::ReportedLost),
        (EventKind::Resumed, EventKind::Suspended),
    ] {
        let begins = |on: Date| {
            let mut begun = events.iter().filter(|event| event.kind == begin);
            begun.any(|event| event.on <= on)
        };
        for event in events.iter().filter(|event| event.kind == end) {
            if !begins(event.on) {
                let message = format!(
                    "it {} on {}, and no entry tells that it {} before",
                    end.said(),
                    event.on,
                    begin.said()
                );
                let finding = about_event("register.end_without_begin", seal.id, event, message);
                found.push(finding.with("begin", begin.name()));
            }
            let same = |other: &&Event| other.kind == begin && other.on == event.on;
            if let Some(other) = events.iter().find(same) {
                let message = format!(
                    "it {} and {} on {}, and the records do not tell which came first",
                    begin.said(),
                    end.said(),
                    event.on
                );
                let finding = Inconsistency::new("register.order_unknown", seal.id, message)
                    .with("begin", begin.name())
                    .with("event", end.name())
                    .with("on", event.on);
                let both = [other, event].map(|event| event.entry(seal.id).name());
                found.push(finding.of(both));
            }
        }
    }
    found
}

fn of_custody(records: &Records, id: &str) -> Vec<Inconsistency> {
    let periods: Vec<Stated<Custody>> = records.facts(id);
    let handovers: Vec<Stated<Handover>> = records.facts(id);
    let to_oneself = handovers.iter().filter_map(|stated| to_oneself(id, stated));
    let to_oneself: Vec<Inconsistency> = to_oneself.collect();
    let faults = custody::faults(&periods, &handovers);
    let places = faults.iter().filter_map(|fault| match fault {
        custody::Fault::Two(pair, from) => two_places(id, pair, *from),
        custody::Fault::Gap(_) | custody::Fault::NoHandover(_) => None,
    });
    let places: Vec<Inconsistency> = places.collect();
    let said = faults.iter().map(|fault| said(id, fault));
    said.chain(places).chain(to_oneself).collect()
}

/// What does not fit between two who keep a seal one after the other.
fn said(id: &str, fault: &custody::Fault) -> Inconsistency {
    let (pair, finding) = match fault {
        custody::Fault::Two(pair, from) => {
            let [one, other] = pair.each_ref().map(|stated| &stated.value.custodian);
            let message = format!("{one} and {other} both keep it from {from} on");
            let finding = Inconsistency::new("register.two_custodians", id, message);
            (pair, finding.with("from", from))
        }
        custody::Fault::Gap(pair) => {
            let [one, other] = pair.each_ref().map(|stated| &stated.value);
            let to = one.to.map_or_else(String::new, |to| to.to_string());
            let message = format!(
                "nobody keeps it between {to}, when {} ended, and {}, when {} began",
                one.custodian, other.from, other.custodian
            );
            let finding = Inconsistency::new("register.custody_gap", id, message);
            (pair, finding.with("to", to).with("from", other.from))
        }
        custody::Fault::NoHandover(pair) => {
            let [one, other] = pair.each_ref().map(|stated| &stated.value.custodian);
            let message = format!("no handover from {one} to {other} is recorded");
            (
                pair,
                Inconsistency::new("register.no_handover", id, message),
            )
        }
    };
    let [one, other] = pair.each_ref().map(|stated| &stated.value.custodian);
    let entries = pair.iter().flat_map(|stated| &stated.sources);
    finding
        .with("one", one)
        .with("other", other)
        .of(entries.map(|source| source.name.clone()))
}

/// That someone is said to have handed a seal over to nobody but themselves.
fn to_oneself(id: &str, stated: &Stated<Handover>) -> Option<Inconsistency> {
    let Handover {
        giver, receiver, ..
    } = &stated.value;
    if name::plain(giver) != name::plain(receiver) {
        return None;
    }
    let message = format!("{giver} is said to have handed it over to {receiver}");
    let finding = Inconsistency::new("register.handover_to_oneself", id, message)
        .with("giver", giver)
        .with("receiver", receiver);
    let entries = stated.sources.iter().map(|source| source.name.clone());
    Some(finding.of(entries))
}

/// That a seal is said to be kept in two places at once.
fn two_places(id: &str, pair: &[Stated<Custody>; 2], from: Date) -> Option<Inconsistency> {
    let [one, other] = pair.each_ref().map(|stated| &stated.value);
    let (here, there) = (one.place.as_deref()?, other.place.as_deref()?);
    if name::plain(here) == name::plain(there) {
        return None;
    }
    let message = format!("it is kept in two places from {from} on: {here} and {there}");
    let entries = pair.iter().flat_map(|stated| &stated.sources);
    let entries = entries.map(|source| source.name.clone());
    let finding = Inconsistency::new("register.two_places", id, message)
        .with("from", from)
        .with("here", here)
        .with("there", there);
    Some(finding.of(entries))
}

/// Bodies whose seals the township makes and gives out, in China: committees of villages and communities.
const GRASS_ROOTS: [&str; 3] = ["village", "community", "committee"];

/// That a committee's seal was given out by another than the township that it belongs to.
fn of_issuer(records: &Records, seal: Subject<'_>) -> Option<Inconsistency> {
    let body = seal.life.owner.as_ref()?;
    let basics = &body.basics.value;
    let stated = seal.particulars.jurisdiction.as_ref();
    let is_chinese = stated.or(basics.jurisdiction.as_ref())? == "CN";
    if !is_chinese || !GRASS_ROOTS.contains(&basics.level.as_str()) {
        return None;
    }
    let issuer = seal.particulars.authority.as_deref()?;
    let on = seal.particulars.registered_on;
    let parents: Vec<&Stated<Relation>> = body
        .relations
        .iter()
        .filter(|stated| stated.value.kind == RelationKind::Parent)
        .filter(|stated| on.is_none_or(|day| stated.value.is_on(day)))
        .collect();
    let is_named = |parent: &str| {
        let names = Body::of(records, parent).map_or_else(Vec::new, |body| body.names);
        let mut names = names.iter();
        parent == issuer
            || names.any(|stated| name::plain(&stated.value.name) == name::plain(issuer))
    };
    if parents.is_empty() || parents.iter().any(|stated| is_named(&stated.value.other)) {
        return None;
    }
    let under: Vec<&str> = parents.iter().map(|own| own.value.other.as_str()).collect();
    let under = under.join(", ");
    let message = format!(
        "it was given out by {issuer}, but its body belongs to {under}, which gives out its seals"
    );
    let entries = parents.iter().flat_map(|stated| &stated.sources);
    let entries = entries.map(|source| source.name.clone());
    let finding = Inconsistency::new("register.wrong_issuer", seal.id, message)
        .with("issuer", issuer)
        .with("bodies", under);
    Some(finding.of(entries))
}

fn of_permits(records: &Records, seal: Subject<'_>) -> Vec<Inconsistency> {
    let owner = seal.life.owner.as_ref();
    let rule = owner.map_or(Consent::AnyForm, |body| body.basics.value.consent);
    let permits: Vec<Stated<Permit>> = records.facts(seal.id);
    let names = |stated: &Stated<Permit>| -> Vec<String> {
        let sources = stated.sources.iter();
        sources.map(|source| source.name.clone()).collect()
    };
    let mut found = Vec::new();
    for (place, stated) in permits.iter().enumerate() {
        let number = &stated.value.number;
        for fault in stated.value.faults(rule) {
            let message = format!("permit {number}: {}", fault.said());
            let finding = Inconsistency::new("register.permit", seal.id, message)
                .with("number", number)
                .with("permit_fault", fault.code());
            found.push(finding.of(names(stated)));
        }
        for other in &permits[place + 1..] {
            if overlap(&stated.value, &other.value) {
                let message = format!(
                    "it is out under permit {number} and under permit {} at once",
                    other.value.number
                );
                let finding = Inconsistency::new("register.two_permits", seal.id, message)
                    .with("number", number)
                    .with("other", &other.value.number);
                found.push(finding.of(names(stated).into_iter().chain(names(other))));
            }
        }
    }
    found
}

/// Whether the seal was surely out under both at once.
fn overlap(one: &Permit, other: &Permit) -> bool {
    let (Some(one_out), Some(other_out)) = (one.out_at, other.out_at) else {
        return false;
    };
    let before = |back: Option<crate::registry::entry::Moment>, out| {
        back.is_none_or(|back| back.is_after(out))
    };
    before(one.returned_at, other_out) && before(other.returned_at, one_out)
}

fn of_certificates(records: &Records, seal: Subject<'_>) -> Vec<Inconsistency> {
    let id = seal.id;
    let events = certificate::events(records, id);
    let handed_in = events
        .iter()
        .filter_map(|stated| wrong_office(seal, stated));
    let handed_in: Vec<Inconsistency> = handed_in.collect();
    let days = events.iter().map(|stated| stated.value.on);
    let valid = |day: Date| -> Vec<String> {
        let states = certificate::on(&events, day).into_iter();
        let valid = states.filter(|(_, state)| *state == CertificateState::Valid);
        valid.map(|(number, _)| number).collect()
    };
    let two = days
        .map(|day| (day, valid(day)))
        .find(|(_, valid)| valid.len() > 1);
    let said = |(day, valid): (Date, Vec<String>)| {
        let valid = valid.join(", ");
        let message = format!("two certificates are valid from {day} on: {valid}");
        Inconsistency::new("register.two_certificates", id, message)
            .with("from", day)
            .with("certificates", valid)
    };
    two.map(said).into_iter().chain(handed_in).collect()
}

/// That a certificate was handed in elsewhere than where the specimen was registered.
fn wrong_office(seal: Subject<'_>, stated: &Stated<CertificateEvent>) -> Option<Inconsistency> {
    let event = &stated.value;
    let (by, authority) = event.by.as_ref().zip(seal.particulars.authority.as_ref())?;
    if event.kind != CertificateEventKind::Surrendered || by == authority {
        return None;
    }
    let message = format!(
        "its certificate {} was handed in to {by}, but {authority} registered its specimen",
        event.certificate
    );
    let entries = stated.sources.iter().map(|source| source.name.clone());
    let finding = Inconsistency::new("register.wrong_authority", seal.id, message)
        .with("certificate", &event.certificate)
        .with("by", by)
        .with("authority", authority);
    Some(finding.of(entries))
}
