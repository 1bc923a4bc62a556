//! Whether the seal could be used on the document's date, whatever its impression looks like.
//!
//! A printed date is a claim. Where the seal's state changed on that day or later, only a proof that the
//! document existed before the change settles that the seal was used in time.

use jiff::civil::Date;

use crate::registry::Life;
use crate::registry::RegisteredSeal;
use crate::registry::Status;
use crate::registry::body;
use crate::registry::status::Period;
use crate::rules::Finding;
use crate::rules::Scene;
use crate::rules::instruments::Topic;

/// The codes of these findings.
pub const CODES: &[&str] = &[
    "seal.not_yet_registered",
    "seal.not_notified",
    "seal.body_ended",
    "seal.name_stale",
    "seal.no_specimen_of_date",
    "seal.invalid_on_date",
    "seal.status_changed_date_unproven",
];

/// Whose use is judged.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The seal's identifier.
    pub id: &'a str,
    /// The name that it bears.
    pub organisation: &'a str,
    /// What is recorded of its life.
    pub life: &'a Life,
}

impl<'a> From<&'a RegisteredSeal> for Subject<'a> {
    fn from(seal: &'a RegisteredSeal) -> Self {
        Self {
            id: &seal.id,
            organisation: &seal.particulars.organisation,
            life: &seal.life,
        }
    }
}

/// Findings from the seal's state on the document's date; `not_after` is the day by which a receipt, a
/// timestamp or a register proves that the document existed.
#[must_use]
pub fn findings(seal: Subject<'_>, scene: Scene<'_>, not_after: Option<Date>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(date) = scene.date {
        findings.extend(too_early(seal, scene, date));
        findings.extend(too_late(seal, scene, date));
    }
    // A seal that could not be used by the printed date has no use for a better one.
    let could_be_used = findings.is_empty();
    if let Some(date) = scene.date {
        findings.extend(stale_name(seal, scene, date));
        findings.extend(without_specimen(seal, date).filter(|_| could_be_used));
    }
    if could_be_used {
        findings.extend(unproven(seal, scene, not_after));
    }
    findings
}

/// Before the seal's registration, or before its use was notified.
fn too_early(seal: Subject<'_>, scene: Scene<'_>, date: Date) -> Option<Finding> {
    let id = &seal.id;
    let finding = match seal.life.on(Some(date)).status {
        Status::NotYetRegistered => Finding::violation(
            "seal.not_yet_registered",
            format!("Seal {id} was not registered yet on {date}, the document's date."),
        )
        .cited(Topic::Registration, scene),
        Status::RegisteredNotNotified => Finding::warning(
            "seal.not_notified",
            format!("The use of seal {id} was not notified yet on {date}, the document's date."),
        )
        .cited(Topic::Notification, scene),
        Status::Valid
        | Status::Unknown
        | Status::Lost
        | Status::DeclaredInvalid
        | Status::Suspended
        | Status::Surrendered
        | Status::Collected
        | Status::Replaced
        | Status::Destroyed
        | Status::Archived
        | Status::BodyEnded => return None,
    };
    let text = |date: Option<Date>| date.map(|date| date.to_string());
    Some(
        finding
            .value("registered_on", text(seal.life.registered_on))
            .value("notified_on", text(seal.life.notified_on)),
    )
}

/// While something stood against its use: at most one finding about the seal and one about its body.
fn too_late(seal: Subject<'_>, scene: Scene<'_>, date: Date) -> Vec<Finding> {
    let account = seal.life.on(Some(date));
    let mut findings: Vec<Finding> = Vec::new();
    for period in &account.because {
        // On the day of the event itself nobody knows which came first.
        if !period.status.is_ended() || period.from >= date {
            continue;
        }
        let finding = ended(seal, period, (scene, date));
        if findings.iter().all(|known| known.code != finding.code) {
            findings.push(finding);
        }
    }
    findings
}

fn ended(seal: Subject<'_>, period: &Period, (scene, date): (Scene<'_>, Date)) -> Finding {
    let since = period.from;
    let who = named(seal, period);
    let what = period.what;
    let message = format!(
        "{who} {what} on {since}, so the seal could not be used on {date}, the document's date."
    );
    let finding = if period.status == Status::BodyEnded {
        Finding::violation("seal.body_ended", message).cited(Topic::Surrender, scene)
    } else {
        Finding::violation("seal.invalid_on_date", message).cited(Topic::Invalidity, scene)
    };
    happened(finding.value("since", since.to_string()), period)
}

/// The finding with what happened, by the name of the event in its file.
fn happened(finding: Finding, period: &Period) -> Finding {
    let Some(event) = period.cause.entry.text("event") else {
        return finding;
    };
    let name = if is_of_body(period) {
        "body_event"
    } else {
        "event"
    };
    finding.value(name, event)
}

fn is_of_body(period: &Period) -> bool {
    period.cause.entry.kind == body::event::KIND.name
}

fn named(seal: Subject<'_>, period: &Period) -> String {
    if is_of_body(period) {
        format!("The body of seal {}", seal.id)
    } else {
        format!("Seal {}", seal.id)
    }
}

/// A seal that bears a name which its body has no more.
fn stale_name(seal: Subject<'_>, scene: Scene<'_>, date: Date) -> Option<Finding> {
    let (borne, from) = renaming(seal, date)?;
    if from >= date {
        return None;
    }
    let owner = seal.life.owner.as_ref()?;
    let now = owner.called_on(date);
    let message = format!(
        "Seal {} bears the name \"{borne}\", but its body is called \"{now}\" since {from}, before {date}, \
         the document's date.",
        seal.id
    );
    let finding = Finding::warning("seal.name_stale", message)
        .value("since", from.to_string())
        .value("name_on_seal", borne)
        .value("name_of_body", now)
        .value("document_dated_on", date.to_string())
        .cited(Topic::LegalName, scene);
    Some(finding)
}

/// All specimens are of other days. An impression is compared with all of them, whatever the date that it claims.
fn without_specimen(seal: Subject<'_>, date: Date) -> Option<Finding> {
    let specimens = &seal.life.specimens;
    let is_on = |(from, to): &(Option<Date>, Option<Date>)| {
        from.is_none_or(|from| from <= date) && to.is_none_or(|to| date <= to)
    };
    if specimens.is_empty() || specimens.iter().any(is_on) {
        return None;
    }
    let message = format!(
        "No specimen of seal {} was the registered one on {date}, the document's date: the impression was compared with \
         those of other days.",
        seal.id
    );
    let finding = Finding::remark("seal.no_specimen_of_date", message);
    Some(finding.value("document_dated_on", date.to_string()))
}

/// The name on the seal, and the day from which its body bore another one, where it does on `date`.
fn renaming(seal: Subject<'_>, date: Date) -> Option<(&str, Date)> {
    let owner = seal.life.owner.as_ref()?;
    let borne = seal.organisation;
    let plain = body::name::plain(borne);
    let is_borne = |name: &body::Name| body::name::plain(&name.name) == plain;
    // A name that the body never had, such as a short form, tells nothing.
    let mut names = owner.names.iter().map(|stated| &stated.value);
    names.find(|name| is_borne(name) && name.from <= date)?;
    let current = owner.name_on(date)?;
    (!is_borne(&current.value)).then_some((borne, current.value.from))
}

/// Something stood against the seal's use from the document's day or a later one on, and nothing proves
/// that the document is older.
fn unproven(seal: Subject<'_>, scene: Scene<'_>, not_after: Option<Date>) -> Option<Finding> {
    let (since, change) = change(seal, scene.date)?;
    if not_after.is_some_and(|proved| proved < since) {
        return None;
    }
    let (dated, state) = match scene.date {
        Some(date) if date == since => {
            let dated = "the document bears that same day".to_owned();
            (dated, "same_day")
        }
        Some(date) => {
            let dated = format!("the document says {date}, which nothing proves");
            (dated, "unproven")
        }
        None => {
            let dated = "the document's date is not known; give it with --dated".to_owned();
            (dated, "not_known")
        }
    };
    let happened_to = change.said(seal);
    let needed = format!("a receipt, a timestamp or a register entry from before {since}");
    let message = format!("{happened_to} on {since}, and {dated}. What would settle it: {needed}.");
    let finding = Finding::warning("seal.status_changed_date_unproven", message)
        .value("since", since.to_string())
        .value("settled_by", needed)
        .value("document_date", state)
        .value("proof_needed_before", since.to_string());
    let finding = match scene.date {
        Some(date) => finding.value("document_dated_on", date.to_string()),
        None => finding,
    };
    let finding = match change {
        Change::Period(period) => happened(finding, period),
        Change::Renamed(borne) => finding
            .value("body_event", "renamed")
            .value("name_on_seal", borne),
    };
    Some(finding.cited(Topic::Invalidity, scene))
}

/// What changed with a seal.
enum Change<'a> {
    /// Something began that stands against its use.
    Period(&'a Period),
    /// Its body was renamed, and the seal bears this name.
    Renamed(&'a str),
}

impl Change<'_> {
    /// What happened, to be followed by the day.
    fn said(&self, seal: Subject<'_>) -> String {
        match self {
            Self::Period(period) => format!("{} {}", named(seal, period), period.what),
            Self::Renamed(borne) => format!(
                "The body of seal {}, which bears \"{borne}\", was renamed",
                seal.id
            ),
        }
    }
}

/// The first change that the printed date alone does not keep the document clear of.
fn change(seal: Subject<'_>, date: Option<Date>) -> Option<(Date, Change<'_>)> {
    let open = |period: &&Period| match date {
        Some(date) => period.from >= date,
        None => period.to.is_none(),
    };
    let state = seal.life.against_use().find(open);
    let state = state.map(|period| (period.from, Change::Period(period)));
    let renamed = date.and_then(|date| {
        let (borne, from) = renaming(seal, date).filter(|(_, from)| *from == date)?;
        Some((from, Change::Renamed(borne)))
    });
    renamed
        .into_iter()
        .chain(state)
        .min_by_key(|(from, _)| *from)
}

#[cfg(test)]
mod tests;
