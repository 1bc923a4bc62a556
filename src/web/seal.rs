//! A seal: what is registered of it, its specimens, its life, its uses, the documents that bear it, and how it wears.

use askama::Template;
use axum::extract::Path;
use axum::extract::State;
use axum::response::Html;
use jiff::civil::Date;

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::registry::EventKind;
use crate::registry::Records;
use crate::registry::records::Stated;
use crate::registry::use_register::Usage;
use crate::storage::StoredSeal;
use crate::storage::StoredSpecimen;
use crate::storage::documents::DocumentFilter;
use crate::view::View;
use crate::web::documents;
use crate::web::reasons::Doubtful;
use crate::web::register::Due;
use crate::web::register::SealRow;
use crate::web::register::is_open;
use crate::web::register::of_seal;
use crate::web::register::today;
use crate::web::shell::Shell;
use crate::web::shell::drawn;

/// Documents that are shown.
const DOCUMENTS: u32 = 8;
/// Uses that are shown.
const USES: usize = 20;

/// A specimen, and when it was the registered one.
pub(super) struct Sample {
    pub(super) seal: String,
    pub(super) number: usize,
    pub(super) days: String,
}

/// A seal's specimens by the days on which they came into use, those without one first; none of a seal that is in the register
/// no more.
pub(super) async fn samples(service: &Shared, shell: &Shell, seal: &str) -> Answer<Vec<Sample>> {
    let seals = service.store.seals().await?;
    let stored = seals.iter().find(|own| own.id == seal);
    Ok(stored.map_or_else(Vec::new, |own| samples_of(shell, own)))
}

fn samples_of(shell: &Shell, seal: &StoredSeal) -> Vec<Sample> {
    let day = |date: Date| shell.language.date(date);
    let sample = |(number, own): (usize, &StoredSpecimen)| Sample {
        seal: seal.id.clone(),
        number,
        days: match own.days {
            (None, None) => String::new(),
            (Some(from), None) => format!("{} –", day(from)),
            (None, Some(to)) => format!("– {}", day(to)),
            (Some(from), Some(to)) => format!("{} – {}", day(from), day(to)),
        },
    };
    let mut specimens: Vec<(usize, &StoredSpecimen)> = seal.specimens.iter().enumerate().collect();
    specimens.sort_by_key(|(_, own)| own.days);
    specimens.into_iter().map(sample).collect()
}

/// An event of a seal's life.
struct Happened {
    day: String,
    what: &'static str,
    by: String,
    instrument: String,
    note: String,
}

#[derive(Template)]
#[template(path = "seal.html")]
struct SealPage {
    shell: Shell,
    row: SealRow,
    particulars: Vec<(&'static str, String)>,
    /// What does not fit in its records, its body's among them.
    doubts: Vec<Doubtful>,
    events: Vec<Happened>,
    clocks: Vec<Due>,
    specimens: Vec<Sample>,
    /// The newest documents that bear it.
    documents: Vec<documents::Row>,
    /// Events that may be proposed, by their names in files.
    kinds: Vec<(String, &'static str)>,
    /// Its last uses: day, number, document, who asked, copies.
    uses: Vec<[String; 5]>,
}

/// A seal with its life.
pub(super) async fn page(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
    Path(id): Path<String>,
) -> Answer<Html<String>> {
    let (seals, records) = service.store.records().await?;
    let seal = seals.iter().find(|seal| seal.id == id);
    let seal = seal.ok_or_else(|| Problem::not_found("seal"))?;
    let clocks = of_seal(&service, &records, seal, today());
    let view = View {
        records: &records,
        seals: &seals,
        on: today(),
    };
    let doubts = view.doubts(seal, &service.rules);
    let happened = |event: &crate::registry::Event| Happened {
        day: shell.language.date(event.on),
        what: shell.t(event_name(event.kind)),
        by: event.by.clone().unwrap_or_default(),
        instrument: event.instrument.clone().unwrap_or_default(),
        note: event.note.clone().unwrap_or_default(),
    };
    drawn(&SealPage {
        row: SealRow::of(&shell, &records, seal),
        particulars: particulars(&shell, seal),
        doubts: Doubtful::all(&doubts, shell.language),
        events: seal.events.iter().rev().map(happened).collect(),
        specimens: samples_of(&shell, seal),
        documents: documents_of(&service, &caller, &shell, &seal.id).await?,
        kinds: kinds(&shell),
        uses: uses(&shell, &records, &seal.id),
        clocks: clocks
            .iter()
            .filter(|(_, clock)| is_open(clock))
            .map(|own| Due::of(&shell, own))
            .collect(),
        shell,
    })
}

fn particulars(shell: &Shell, seal: &StoredSeal) -> Vec<(&'static str, String)> {
    let own = &seal.particulars;
    let size = own.width_mm.zip(own.height_mm);
    let size = size.map(|(width, height)| format!("{width} × {height} mm"));
    let day = |date: Option<Date>| date.map(|date| shell.language.date(date));
    let named = [
        ("web.seal.organisation", Some(own.organisation.clone())),
        ("web.seal.body", own.body.clone()),
        ("web.seal.kind", own.profile.clone().or(own.kind.clone())),
        ("web.seal.copy", own.copy_no.clone()),
        (
            "web.seal.size",
            size.map(|size| shell.language.decimal(&size)),
        ),
        ("web.seal.certificate", own.certificate_no.clone()),
        ("web.seal.authority", own.authority.clone()),
        ("web.seal.registered", day(own.registered_on)),
        ("web.seal.notified", day(own.notified_on)),
        ("web.seal.place", own.place.clone()),
    ];
    let known = named.into_iter();
    known
        .filter_map(|(key, value)| Some((shell.t(key), value?)))
        .collect()
}

/// The newest documents of the reader's office that bear a seal.
async fn documents_of(
    service: &Shared,
    caller: &Caller,
    shell: &Shell,
    seal: &str,
) -> Answer<Vec<documents::Row>> {
    let filter = DocumentFilter {
        office: caller.scope(None)?,
        seal: Some(seal.to_owned()),
        ..DocumentFilter::default()
    };
    let found = service.store.documents(&filter, DOCUMENTS).await?;
    documents::Row::all(service, shell, &found).await
}

/// What may be said to have happened to a seal.
fn kinds(shell: &Shell) -> Vec<(String, &'static str)> {
    let all = EventKind::ALL.into_iter();
    all.map(|kind| (kind.name(), shell.t(event_name(kind))))
        .collect()
}

/// A seal's last uses, the latest first.
fn uses(shell: &Shell, records: &Records, seal: &str) -> Vec<[String; 5]> {
    let told: Vec<Stated<Usage>> = records.facts(seal);
    let told = told.into_iter().rev().take(USES);
    told.map(|stated| {
        let usage = stated.value;
        let day = usage
            .day()
            .or(usage.dated)
            .map_or_else(String::new, |day| shell.language.date(day));
        let document = [usage.number, usage.symbol].into_iter().flatten();
        [
            day,
            usage.entry_no,
            document.collect::<Vec<_>>().join("/"),
            usage.requester.unwrap_or_default(),
            usage
                .copies
                .map_or_else(String::new, |copies| copies.to_string()),
        ]
    })
    .collect()
}

pub(super) const fn event_name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Registered => "event.registered",
        EventKind::Notified => "event.notified",
        EventKind::InUse => "event.in_use",
        EventKind::ReportedLost => "event.reported_lost",
        EventKind::DeclaredInvalid => "event.declared_invalid",
        EventKind::Found => "event.found",
        EventKind::ReportedDeformed => "event.reported_deformed",
        EventKind::ReRegistering => "event.re_registering",
        EventKind::ReRegistered => "event.re_registered",
        EventKind::ReplacedBy => "event.replaced_by",
        EventKind::Suspended => "event.suspended",
        EventKind::Resumed => "event.resumed",
        EventKind::Surrendered => "event.surrendered",
        EventKind::Collected => "event.collected",
        EventKind::Destroyed => "event.destroyed",
        EventKind::Archived => "event.archived",
    }
}
