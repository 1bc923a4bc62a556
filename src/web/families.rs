//! Families of impressions that one die made which is in no register: in the overview, and each on a page of its own, from which
//! the die is proposed for the watch list.

use askama::Template;
use axum::extract::Path;
use axum::extract::State;
use axum::response::Html;

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::report::rows;
use crate::storage::dies;
use crate::storage::documents::StoredDocument;
use crate::verify::Report;
use crate::verify::report::Impression;
use crate::web::document;
use crate::web::opinions;
use crate::web::overview::WATCHED;
use crate::web::shell::Shell;
use crate::web::shell::drawn;

/// Families of the overview, and members of each that are shown there: each picture is noted in the log as seen.
const FAMILIES: u32 = 3;
const PICTURES: u32 = 4;
/// Members of a family's own page.
const MEMBERS: u32 = 48;
/// Impressions that are proposed for the watch list where the reader chooses no others: more of them tell little more.
const LISTED: usize = 3;
/// Paper around an impression that is cut out of its page, as a part of its larger side: a specimen is looked for on its sheet.
const MARGIN: u32 = 6;

/// What is cut out of a page to be a specimen of the die.
pub(super) struct Cut {
    /// x, y, width and height on the page, in its pixels.
    part: [u32; 4],
    /// Pixels an inch.
    dpi: f64,
    /// Whether it is proposed where the reader chooses no others.
    is_chosen: bool,
}

/// An impression of a family as it is shown.
pub(super) struct Member {
    pub(super) document: String,
    pub(super) name: String,
    pub(super) office: String,
    /// When it was handed in.
    pub(super) at: String,
    /// The day that the document bears; empty where it is not known.
    pub(super) dated: String,
    pub(super) page: u32,
    pub(super) impression: usize,
    pub(super) sheet: u64,
    pub(super) times: String,
    /// Its conclusion, by its class and in words; on the family's own page.
    pub(super) conclusion: Option<(&'static str, &'static str)>,
    pub(super) cut: Option<Cut>,
}

impl Member {
    fn of(shell: &Shell, own: &dies::Member) -> Self {
        let document: &StoredDocument = &own.document;
        let dated = own.die.dated.map(|day| shell.language.date(day));
        Self {
            document: document.id.clone(),
            name: document.name.clone(),
            office: document.office.clone(),
            at: shell.instant(&document.handed_in_at),
            dated: dated.unwrap_or_default(),
            page: own.die.page,
            impression: own.die.impression,
            sheet: own.sheet,
            times: times(shell, own.strength),
            conclusion: None,
            cut: None,
        }
    }

    /// With what the document's report says of it.
    fn reported(&mut self, shell: &Shell, report: &Report, own: &Impression) {
        let said = rows::conclusion(shell.language, own);
        self.conclusion = Some((document::class(own), said));
        let page = report.pages.iter().find(|page| page.number == own.page);
        self.cut = page.and_then(|page| {
            Some(Cut {
                part: around(own.bbox_px, (page.width_px?, page.height_px?)),
                dpi: page.dpi?,
                is_chosen: false,
            })
        });
    }
}

/// A family as it is shown.
pub(super) struct Family {
    pub(super) number: i64,
    /// The registered seal that the die poses as; empty where none.
    pub(super) seal: String,
    pub(super) sheets: String,
    pub(super) times: String,
    pub(super) members: Vec<Member>,
    /// Impressions that are not shown.
    pub(super) more: u64,
}

impl Family {
    /// Whether an impression is shown as consistent, which one of a traced die would be too.
    fn is_for(&self) -> bool {
        let mut shown = self.members.iter().filter_map(|own| own.conclusion);
        shown.any(|(class, _)| opinions::is_for(class))
    }

    fn of(shell: &Shell, own: dies::Family) -> Self {
        let members = own.members.iter();
        let members: Vec<Member> = members.map(|member| Member::of(shell, member)).collect();
        Self {
            number: own.number,
            sheets: shell.counted("web.family.sheets", own.sheets),
            times: times(shell, own.strength()),
            more: own.count.saturating_sub(members.len() as u64),
            seal: own.poses_as.unwrap_or_default(),
            members,
        }
    }

    /// The families met last.
    pub(super) async fn latest(
        service: &Shared,
        shell: &Shell,
        office: Option<&str>,
    ) -> Answer<Vec<Self>> {
        let families = service
            .store
            .families(office, (None, None), (FAMILIES, PICTURES))
            .await?;
        let shown = families.into_iter().map(|own| Self::of(shell, own));
        Ok(shown.collect())
    }
}

/// How much likelier one die is than two, as people say it.
fn times(shell: &Shell, strength: f64) -> String {
    let times = libm::pow(10.0, strength);
    let rounded = match times {
        small if small < 10.0 => (10.0 * small).round() / 10.0,
        large => large.round(),
    };
    shell.counted(
        "web.family.times",
        shell.language.decimal(&rounded.to_string()),
    )
}

/// A box with paper around it, as far as the page goes.
fn around([x, y, width, height]: [u32; 4], (page_width, page_height): (u32, u32)) -> [u32; 4] {
    let margin = width.max(height) / MARGIN;
    let (left, top) = (x.saturating_sub(margin), y.saturating_sub(margin));
    let right = (x + width + margin).min(page_width);
    let bottom = (y + height + margin).min(page_height);
    [
        left,
        top,
        right.saturating_sub(left),
        bottom.saturating_sub(top),
    ]
}

#[derive(Template)]
#[template(path = "family.html")]
struct FamilyPage {
    shell: Shell,
    family: Family,
    /// Dies of the watch list that its impressions were found to be of.
    listed: Vec<String>,
    /// A name for the die that is none of the list's.
    name: String,
}

/// A family with all its impressions.
pub(super) async fn page(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
    Path(number): Path<i64>,
) -> Answer<Html<String>> {
    let office = caller.scope(None)?;
    let families = service
        .store
        .families(office.as_deref(), (Some(number), None), (1, MEMBERS))
        .await?;
    let found = families.into_iter().next();
    let found = found.ok_or_else(|| Problem::not_found("family"))?;
    let documents: Vec<StoredDocument> = found
        .members
        .iter()
        .map(|member| member.document.clone())
        .collect();
    let mut family = Family::of(&shell, found);
    let mut listed = Vec::new();
    let mut chosen = Vec::new();
    for (member, document) in family.members.iter_mut().zip(&documents) {
        let Some(report) = service.store.report(document).await? else {
            continue;
        };
        let Some(own) = report.impressions.get(member.impression) else {
            continue;
        };
        member.reported(&shell, &report, own);
        if let Some(cut) = &mut member.cut
            && chosen.len() < LISTED
            && !chosen.contains(&member.sheet)
        {
            cut.is_chosen = true;
            chosen.push(member.sheet);
        }
        let findings = report.findings.iter();
        let of_it = findings.filter(|own| own.impression == Some(member.impression));
        let watched = of_it.filter(|own| own.code == WATCHED);
        let dies = watched.filter_map(|own| own.values.get("die")?.as_str());
        listed.extend(dies.map(str::to_owned));
    }
    listed.sort();
    listed.dedup();
    drawn(&FamilyPage {
        name: format!("F{number}"),
        shell,
        family,
        listed,
    })
}
