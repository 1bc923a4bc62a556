//! Whether the seal could be used on the document's date, whatever its impression looks like.

use jiff::civil::Date;

use crate::registry::RegisteredSeal;
use crate::registry::Status;
use crate::registry::status;
use crate::rules::Finding;
use crate::rules::Scene;
use crate::rules::instruments::Topic;

/// The codes of these findings.
pub const CODES: &[&str] = &[
    "seal.not_yet_registered",
    "seal.not_notified",
    "seal.body_ended",
    "seal.name_stale",
    "seal.invalid_on_date",
    "seal.status_changed_date_unproven",
];

/// Findings from the seal's state on the document's date.
#[must_use]
pub fn findings(seal: &RegisteredSeal, scene: Scene<'_>) -> Vec<Finding> {
    let date = scene.date;
    let id = &seal.id;
    let day = date.map_or_else(String::new, |date| date.to_string());
    let finding = match seal.status_on(date) {
        Status::Valid | Status::Unknown => return unproven(seal, scene).into_iter().collect(),
        Status::NotYetRegistered => Finding::violation(
            "seal.not_yet_registered",
            format!("Seal {id} was not registered yet on {day}, the document's date."),
        )
        .cited(Topic::Registration, scene),
        Status::RegisteredNotNotified => Finding::warning(
            "seal.not_notified",
            format!("The use of seal {id} was not notified yet on {day}, the document's date."),
        )
        .cited(Topic::Notification, scene),
        Status::BodyEnded => Finding::violation(
            "seal.body_ended",
            format!("The body that owned seal {id} no longer existed on {day}."),
        ),
        ended @ (Status::Lost
        | Status::DeclaredInvalid
        | Status::Suspended
        | Status::Surrendered
        | Status::Collected
        | Status::Replaced
        | Status::Destroyed
        | Status::Archived) => {
            let since = date.and_then(|date| status::ending_on(&seal.events, date));
            let since = since.map_or_else(String::new, |(_, since)| since.to_string());
            Finding::violation(
                "seal.invalid_on_date",
                format!(
                    "Seal {id} {} on {since}, so it could not be used on {day}, \
                     the document's date.",
                    happened(ended)
                ),
            )
            .value("since", since)
            .cited(Topic::Invalidity, scene)
        }
    };
    let finding = match (seal.particulars.registered_on, seal.particulars.notified_on) {
        (registered, notified) if finding.code != "seal.invalid_on_date" => {
            let text = |date: Option<Date>| date.map(|date| date.to_string());
            finding
                .value("registered_on", text(registered))
                .value("notified_on", text(notified))
        }
        _ => finding,
    };
    vec![finding]
}

/// A seal that has ended by now was valid on the date claimed, but nothing proves the date.
fn unproven(seal: &RegisteredSeal, scene: Scene<'_>) -> Option<Finding> {
    let last = seal.events.iter().map(|event| event.on).max()?;
    let (state, since) = status::ending_on(&seal.events, last)?;
    let dated = match scene.date {
        Some(date) => format!("the document says {date}, which nothing proves"),
        None => "the document's date is not known; give it with --dated".to_owned(),
    };
    let message = format!(
        "Seal {} {} on {since}, and {dated}.",
        seal.id,
        happened(state)
    );
    let finding = Finding::warning("seal.status_changed_date_unproven", message)
        .value("since", since.to_string())
        .cited(Topic::Invalidity, scene);
    Some(finding)
}

/// What happened to a seal that came into this state.
const fn happened(status: Status) -> &'static str {
    match status {
        Status::Lost => "was reported lost",
        Status::DeclaredInvalid => "was declared invalid",
        Status::Suspended => "was suspended",
        Status::Surrendered => "was handed in",
        Status::Collected => "was collected",
        Status::Replaced => "was replaced",
        Status::Destroyed => "was destroyed",
        Status::Archived => "was put into the archive",
        Status::BodyEnded => "lost its owner",
        Status::NotYetRegistered => "was registered",
        Status::RegisteredNotNotified => "was notified",
        Status::Valid => "was valid",
        Status::Unknown => "changed its state",
    }
}
