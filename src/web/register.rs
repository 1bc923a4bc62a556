//! The register: seals with their lives, bodies as a tree, what is due.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Query;
use axum::extract::State;
use axum::response::Html;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::api::Shared;
use crate::api::problem::Answer;
use crate::registry::Records;
use crate::registry::Status;
use crate::registry::body;
use crate::registry::body::Body;
use crate::registry::body::relation::RelationKind;
use crate::registry::clock;
use crate::registry::clock::DutyKind;
use crate::registry::notice::Recipient;
use crate::report::findings;
use crate::rules::RuleSet;
use crate::rules::clock::Clock;
use crate::rules::clock::Standing;
use crate::rules::clock::Subject;
use crate::rules::clock::on;
use crate::storage::StoredSeal;
use crate::view::View;
use crate::web::reasons::Doubtful;
use crate::web::shell::Shell;
use crate::web::shell::drawn;
use crate::web::words;
use crate::words::names;

/// Seals of a page.
const SEALS: usize = 200;
/// How deep a tree of bodies is drawn: what goes on in a circle ends here.
const DEPTH_MAX: usize = 12;

pub(super) fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// Which seals are asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sought {
    text: String,
    from: usize,
}

/// A seal in a line.
pub(super) struct SealRow {
    pub(super) id: String,
    pub(super) organisation: String,
    pub(super) kind: String,
    pub(super) since: String,
    pub(super) status: &'static str,
    pub(super) is_ended: bool,
    pub(super) specimens: usize,
}

impl SealRow {
    pub(super) fn of(shell: &Shell, records: &Records, seal: &StoredSeal) -> Self {
        let life = seal.life(records);
        let account = life.on(Some(today()));
        let own = &seal.particulars;
        Self {
            id: seal.id.clone(),
            organisation: own.organisation.clone(),
            kind: own.profile.clone().or(own.kind.clone()).unwrap_or_default(),
            since: account
                .since
                .map_or_else(String::new, |day| shell.language.date(day)),
            status: shell.t(names::status(account.status)),
            is_ended: account.status != Status::Valid,
            specimens: seal.specimens.len(),
        }
    }
}

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    shell: Shell,
    text: String,
    rows: Vec<SealRow>,
    total: usize,
    /// Where the next page begins; 0 on the last.
    next: usize,
}

/// The registered seals.
pub(super) async fn seals(
    State(service): State<Shared>,
    shell: Shell,
    Query(sought): Query<Sought>,
) -> Answer<Html<String>> {
    let (seals, records) = service.store.records().await?;
    let wanted = sought.text.trim().to_lowercase();
    let fits = |seal: &&StoredSeal| {
        let organisation = seal.particulars.organisation.to_lowercase();
        seal.id.to_lowercase().contains(&wanted) || organisation.contains(&wanted)
    };
    let found: Vec<&StoredSeal> = seals.iter().filter(fits).collect();
    let shown = found.iter().skip(sought.from).take(SEALS);
    let rows: Vec<SealRow> = shown
        .map(|seal| SealRow::of(&shell, &records, seal))
        .collect();
    let end = sought.from + rows.len();
    drawn(&RegisterPage {
        text: sought.text,
        rows,
        total: found.len(),
        next: if end < found.len() { end } else { 0 },
        shell,
    })
}

/// A body in the tree.
struct Branch {
    id: String,
    name: String,
    level: String,
    depth: usize,
    seals: Vec<String>,
    has_ended: bool,
    /// What does not fit in its records.
    doubts: Vec<Doubtful>,
}

#[derive(Template)]
#[template(path = "bodies.html")]
struct BodiesPage {
    shell: Shell,
    branches: Vec<Branch>,
}

/// The bodies as a tree.
pub(super) async fn bodies(State(service): State<Shared>, shell: Shell) -> Answer<Html<String>> {
    let (seals, records) = service.store.records().await?;
    let keys = records.keys(body::KIND.name);
    let known: Vec<Body> = keys.filter_map(|id| Body::of(&records, id)).collect();
    let mut children: BTreeMap<String, Vec<&Body>> = BTreeMap::new();
    for body in &known {
        let mut relations = body.relations_on(today());
        let parent = relations.find(|own| own.value.kind == RelationKind::Parent);
        let parent = parent.map(|own| own.value.other.clone());
        let parent = parent.filter(|id| known.iter().any(|own| own.id == *id));
        children
            .entry(parent.unwrap_or_default())
            .or_default()
            .push(body);
    }
    let mut held: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for seal in &seals {
        if let Some(owner) = &seal.particulars.body {
            held.entry(owner).or_default().push(seal.id.clone());
        }
    }
    let view = View {
        records: &records,
        seals: &seals,
        on: today(),
    };
    let mut tree = Tree {
        shell: &shell,
        view,
        rules: &service.rules,
        children: &children,
        held: &held,
        branches: Vec::new(),
        seen: BTreeSet::new(),
    };
    tree.grow("", 0);
    // Those in a circle hang on nothing: they stand at the end.
    for body in &known {
        if !tree.seen.contains(body.id.as_str()) {
            tree.add(body, 0);
        }
    }
    let branches = tree.branches;
    drawn(&BodiesPage { shell, branches })
}

/// Levels that have names of their own in each language; others are shown as the register has them.
const LEVELS: [&str; 9] = [
    "village", "commune", "ward", "township", "district", "county", "city", "province", "ministry",
];

fn level(shell: &Shell, level: &str) -> String {
    match LEVELS.contains(&level) {
        true => shell.t(&format!("web.level.{level}")).to_owned(),
        false => level.to_owned(),
    }
}

/// A tree of bodies while it is drawn.
struct Tree<'a> {
    shell: &'a Shell,
    view: View<'a>,
    rules: &'a RuleSet,
    children: &'a BTreeMap<String, Vec<&'a Body>>,
    held: &'a BTreeMap<&'a str, Vec<String>>,
    branches: Vec<Branch>,
    seen: BTreeSet<&'a str>,
}

impl<'a> Tree<'a> {
    fn grow(&mut self, parent: &str, depth: usize) {
        let children = self.children.get(parent);
        for body in children.into_iter().flatten().copied() {
            if self.add(body, depth) && depth < DEPTH_MAX {
                self.grow(&body.id, depth + 1);
            }
        }
    }

    /// Adds a body, unless it stands there.
    fn add(&mut self, body: &'a Body, depth: usize) -> bool {
        if !self.seen.insert(&body.id) {
            return false;
        }
        let doubts = self.view.doubts_of_body(body, self.rules);
        self.branches.push(Branch {
            id: body.id.clone(),
            name: body.called_on(today()).to_owned(),
            level: level(self.shell, &body.basics.value.level),
            depth,
            seals: self.held.get(body.id.as_str()).cloned().unwrap_or_default(),
            has_ended: body.end().is_some(),
            doubts: Doubtful::all(&doubts, self.shell.language),
        });
        true
    }
}

/// What is due, as a page shows it.
pub(super) struct Due {
    pub(super) title: String,
    pub(super) what: String,
    pub(super) seal: String,
    pub(super) of: String,
    pub(super) since: String,
    pub(super) due_on: String,
    pub(super) overdue_days: i32,
    pub(super) is_overdue: bool,
    pub(super) is_binding: bool,
    pub(super) law: String,
}

impl Due {
    /// Whether it is overdue and binds: what is advised or still to come is no breach.
    pub(super) const fn is_breach(&self) -> bool {
        self.is_overdue && self.is_binding
    }

    pub(super) fn of(shell: &Shell, (kind, clock): &(DutyKind, Clock)) -> Self {
        let language = shell.language;
        Self {
            title: findings::title(clock.code, language),
            what: what(shell, kind),
            seal: clock.seal.clone(),
            of: clock.of.clone().unwrap_or_default(),
            since: language.date(clock.since),
            due_on: clock
                .due_on
                .map_or_else(String::new, |day| language.date(day)),
            overdue_days: clock.overdue_days.unwrap_or_default(),
            is_overdue: clock.standing == Standing::Overdue,
            is_binding: clock.binding,
            law: clock
                .basis
                .as_ref()
                .map_or_else(String::new, |basis| findings::law(basis, language)),
        }
    }
}

#[derive(Template)]
#[template(path = "clocks.html")]
struct ClocksPage {
    shell: Shell,
    clocks: Vec<Due>,
}

/// What has to be done.
fn what(shell: &Shell, kind: &DutyKind) -> String {
    let (key, about) = match kind {
        DutyKind::LossNotice(Recipient::CommunePolice) => ("web.duty.loss_police", String::new()),
        DutyKind::LossNotice(Recipient::RegisteringAuthority) => {
            ("web.duty.loss_authority", String::new())
        }
        DutyKind::Handover => ("web.duty.handover", String::new()),
        DutyKind::RegisterArchive(year) => ("web.duty.archive", year.to_string()),
        DutyKind::Surrender => ("web.duty.surrender", String::new()),
        DutyKind::SurrenderCertificate(number) => {
            ("web.duty.surrender_certificate", number.clone())
        }
        DutyKind::SurrenderFound => ("web.duty.surrender_found", String::new()),
        DutyKind::CollectOld => ("web.duty.collect_old", String::new()),
        DutyKind::ReRegister => ("web.duty.re_register", String::new()),
        DutyKind::ReplaceCertificate(number) => ("web.duty.replace_certificate", number.clone()),
        DutyKind::IssueCertificate(number) => ("web.duty.issue_certificate", number.clone()),
        DutyKind::Return(number) => ("web.duty.return", number.clone()),
    };
    words::text(shell.language, key, &[("about", &about)])
}

/// What is due, what is overdue first.
pub(super) async fn clocks(State(service): State<Shared>, shell: Shell) -> Answer<Html<String>> {
    let clocks = standing_clocks(&service).await?;
    let clocks = clocks.iter().map(|own| Due::of(&shell, own)).collect();
    drawn(&ClocksPage { shell, clocks })
}

/// All duties that are open today, what is overdue first.
pub(super) async fn standing_clocks(service: &Shared) -> Answer<Vec<(DutyKind, Clock)>> {
    let (seals, records) = service.store.records().await?;
    let seals = seals.iter();
    let all = seals.flat_map(|seal| of_seal(service, &records, seal, today()));
    let mut clocks: Vec<_> = all.filter(|(_, clock)| is_open(clock)).collect();
    clocks.sort_by_key(|(_, clock)| (clock.standing, clock.severity, clock.since));
    Ok(clocks)
}

pub(super) fn of_seal(
    service: &Shared,
    records: &Records,
    seal: &StoredSeal,
    day: Date,
) -> Vec<(DutyKind, Clock)> {
    let owner = seal.life(records).owner;
    let subject = Subject {
        id: &seal.id,
        particulars: &seal.particulars,
        jurisdiction: owner
            .as_ref()
            .and_then(|body| body.basics.value.jurisdiction.as_deref()),
        rules: &service.rules,
    };
    let duties = clock::duties(records, (&seal.id, &seal.particulars), &seal.events);
    let clocks = duties.iter();
    clocks
        .filter_map(|duty| Some((duty.kind.clone(), on(records, subject, duty, day)?)))
        .collect()
}

pub(super) fn is_open(clock: &Clock) -> bool {
    match clock.standing {
        Standing::Overdue | Standing::Due => true,
        Standing::DoneLate | Standing::Done => false,
    }
}
