//! What does not fit in the records of one body.

use crate::registry::Records;
use crate::registry::body::Body;
use crate::registry::body::Relation;
use crate::registry::body::event::BodyEventKind;
use crate::registry::body::relation;
use crate::registry::consistency::Inconsistency;
use crate::registry::consistency::of_rows;
use crate::registry::records::Stated;

/// What does not fit, by code and message.
#[must_use]
pub fn of_body(records: &Records, body: &Body) -> Vec<Inconsistency> {
    let mut found = of_rows(records, &body.id);
    found.extend(of_names(body));
    found.extend(of_events(body));
    found.extend(of_heads(body));
    found.extend(of_relations(records, body));
    found.sort_by(|one, other| {
        let rank = |own: &Inconsistency| (own.code, own.message.clone(), own.entries.clone());
        rank(one).cmp(&rank(other))
    });
    found
}

fn sources<T>(stated: &Stated<T>) -> Vec<String> {
    let sources = stated.sources.iter();
    sources.map(|source| source.name.clone()).collect()
}

fn of_names(body: &Body) -> Vec<Inconsistency> {
    let mut found = Vec::new();
    for pair in body.names.windows(2) {
        let (one, next) = (&pair[0].value, &pair[1].value);
        // A name without an end is ended by the next one; one with an end says that it was still borne.
        let both = one.from == next.from || one.to.is_some_and(|to| to > next.from);
        if both && one.name != next.name {
            let message = format!(
                "it is called both \"{}\" and \"{}\" from {} on",
                one.name, next.name, next.from
            );
            let finding = Inconsistency::new("register.two_names", &body.id, message)
                .with("one", &one.name)
                .with("other", &next.name)
                .with("from", next.from);
            found.push(finding.of(pair.iter().flat_map(sources)));
        }
    }
    found
}

fn of_events(body: &Body) -> Vec<Inconsistency> {
    let mut found = Vec::new();
    let end = body.end();
    for stated in &body.events {
        let event = &stated.value;
        let about = |code, message| {
            Inconsistency::new(code, &body.id, message)
                .with("body_event", event.kind.name())
                .with("on", event.on)
                .of(sources(stated))
        };
        if let Some(end) = end.filter(|end| end.value.on < event.on) {
            let message = format!(
                "it {} on {}, after it {} on {}",
                event.kind.said(),
                event.on,
                end.value.kind.said(),
                end.value.on
            );
            let finding = about("register.event_after_end", message)
                .with("body_end", end.value.kind.name())
                .with("ended_on", end.value.on);
            found.push(finding);
        }
        let is_named = body.names.iter().any(|name| name.value.from == event.on);
        if event.kind == BodyEventKind::Renamed && !is_named {
            let message = format!(
                "it was renamed on {}, and no name begins that day",
                event.on
            );
            found.push(about("register.renamed_without_name", message));
        }
        let founded = body.basics.value.founded_on;
        if let Some(founded) = founded.filter(|day| event.on < *day) {
            let message = format!(
                "it {} on {}, before its foundation on {founded}",
                event.kind.said(),
                event.on
            );
            let finding = about("register.event_before_foundation", message);
            found.push(finding.with("founded_on", founded));
        }
    }
    found
}

fn of_heads(body: &Body) -> Vec<Inconsistency> {
    let mut found = Vec::new();
    for pair in body.heads.windows(2) {
        let (one, next) = (&pair[0].value, &pair[1].value);
        if one.name != next.name && one.to.is_none_or(|to| to > next.from) {
            let message = format!(
                "{} and {} both head it from {} on",
                one.name, next.name, next.from
            );
            let finding = Inconsistency::new("register.two_heads", &body.id, message)
                .with("one", &one.name)
                .with("other", &next.name)
                .with("from", next.from);
            found.push(finding.of(pair.iter().flat_map(sources)));
        }
    }
    found
}

/// Cycles are refused when they are imported; a correction can still make one.
fn of_relations(records: &Records, body: &Body) -> Vec<Inconsistency> {
    let above = |id: &str| -> Vec<Relation> {
        let stated = records.facts(id).into_iter();
        stated.map(|stated| stated.value).collect()
    };
    let mut found = Vec::new();
    for stated in &body.relations {
        if let Some(path) = relation::cycle(&above, &stated.value) {
            let path = path.join(" -> ");
            let message = format!("it stands above itself: {path}");
            let finding = Inconsistency::new("register.cycle", &body.id, message);
            let finding = finding.with("path", path);
            found.push(finding.of(sources(stated)));
        }
    }
    found
}
