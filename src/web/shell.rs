//! What every page has: the reader's language, who they are, and what stands around the page.

use std::convert::Infallible;
use std::fmt::Display;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Html;

use crate::accounts::Action;
use crate::api::identity;
use crate::api::identity::Caller;
use crate::api::identity::Via;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::web::assets;
use crate::web::words;
use crate::words::Language;

/// The cookie of the language that a reader chose.
pub(super) const LANGUAGE_COOKIE: &str = "language";

/// The cookie of whoever wants to say what they think first, and its value.
pub(super) const OPINION_COOKIE: (&str, &str) = ("opinion", "first");

/// The texts that scripts show.
const SCRIPT_WORDS: &[&str] = &[
    "app.no_answer",
    "app.signed_out",
    "app.passwords_differ",
    "app.link_bad",
    "app.saved",
    "app.queue.waiting",
    "app.queue.sending",
    "app.queue.received",
    "app.queue.known",
    "app.queue.failed",
    "app.queue.sum",
    "app.queue.empty_file",
    "app.queue.examined",
    "app.queue.unreadable",
    "app.queue.not_examined",
    "app.job.progress",
    "app.job.over",
    "app.job.lost",
    "app.end_of_list",
    "app.reason_missing",
    "app.none_chosen",
    "app.picture_missing",
    "app.picture_impression",
    "app.picture_specimen",
    "app.overlay",
    "app.difference",
    "app.missing",
    "app.extra",
    "app.good_enough",
    "app.not_good_enough",
    "app.specimen.unreadable",
    "app.specimen.not_processed",
    "app.specimen.no_seal",
    "app.specimen.several_seals",
    "app.specimen.no_resolution",
    "app.check.resolution",
    "app.check.colour",
    "app.check.border",
    "app.check.usable",
    "app.check.covered",
    "app.left_out",
    "app.linked.copies",
    "app.linked.one_sheet",
    "app.linked.strength",
    "app.linked.place",
    "app.linked.same_sheet",
    "app.linked.here",
    "app.linked.unregistered",
    "app.line",
    "app.row.no_text",
    "app.row.uneven",
    "app.row.not_csv",
    "app.row.empty",
    "app.row.both_empty",
    "app.row.no_successor",
    "app.row.too_long",
    "app.row.ends_first",
    "app.row.specimen_ends_first",
    "app.row.no_day",
    "app.row.no_moment",
    "app.row.no_count",
    "app.row.no_year",
    "app.row.no_size",
    "app.row.no_dpi",
    "app.row.no_digest",
    "app.row.no_such_word",
    "app.row.contradiction",
    "app.row.file_empty",
    "app.row.file_not_utf8",
    "app.row.column_missing",
    "app.row.file_unrecognised",
    "app.row.column_repeated",
    "app.row.seal_unregistered",
    "app.row.body_unregistered",
    "app.row.cycle",
    "app.row.specimen_not_plain",
    "app.row.specimen_missing",
    "app.row.specimen_not_opened",
    "app.row.specimen_no_file",
    "app.row.specimen_large",
    "app.row.specimen_not_decrypted",
    "app.row.specimen_unfit",
    "app.row.specimen_not_kept",
    "app.row.specimen_differs",
    "app.row.specimen_differs_registered",
    "app.row.refused",
    "app.row.column_unknown",
    "app.row.recorder_not_taken",
    "app.row.specimen_shared",
    "app.row.specimen_replaced",
    "app.row.entry_unknown",
    "app.row.wrong_kind",
    "app.effect.seal_new",
    "app.effect.seal_stands",
    "app.effect.seal_specimens",
    "app.effect.seal_changed",
    "app.effect.event",
    "app.effect.event_unregistered",
    "app.effect.event_doubtful",
    "app.effect.event_known",
    "app.effect.event_corrects",
    "app.effect.entry",
    "app.effect.entry_known",
    "app.effect.entry_faulty",
    "app.effect.entry_doubtful",
    "app.effect.entry_corrects",
    "web.kind.inspection",
    "web.kind.inspection_fault",
    "web.kind.loss_notice",
    "web.kind.archive",
    "web.kind.custody",
    "web.kind.handover",
    "web.kind.withdrawal",
    "web.kind.issue",
    "web.kind.body",
    "web.kind.body_event",
    "web.kind.relation",
    "web.kind.head",
    "web.kind.name",
    "web.kind.event",
    "web.kind.posting",
    "web.kind.delegation",
    "web.kind.permit",
    "web.kind.certificate",
    "web.kind.use",
    "web.kind.matter",
    "web.kind.watch",
    "web.kind.holiday",
    "web.kind.review",
    "web.kind.admission",
    "event.registered",
    "event.notified",
    "event.in_use",
    "event.reported_lost",
    "event.declared_invalid",
    "event.found",
    "event.reported_deformed",
    "event.re_registering",
    "event.re_registered",
    "event.replaced_by",
    "event.suspended",
    "event.resumed",
    "event.surrendered",
    "event.collected",
    "event.destroyed",
    "event.archived",
    "app.chain.removed",
    "app.chain.changed",
    "app.chain.moved",
    "app.chain.unlinked",
    "app.chain.inserted",
    "app.chain.cut",
    "app.chain.added",
    "app.chain.rewritten",
    "app.chain.no_head",
    "app.nothing_changes",
    "app.proposed",
    "app.computing",
    "app.draw_hint",
    "app.go_on",
    "app.close",
];

/// Codes of what the service refuses by, as far as pages tell them in words of their own: the service's sentences are
/// English.
const PROBLEMS: &[&str] = &[
    "answered_already",
    "bad_request",
    "box_wrong",
    "busy",
    "cancelled",
    "changed_since",
    "csrf",
    "decision_stands",
    "failure",
    "faulty_rows",
    "identity_taken",
    "key_reused",
    "last_administrator",
    "login_taken",
    "method_not_allowed",
    "no_fonts",
    "no_link",
    "no_register_file",
    "not_drawn",
    "not_examined",
    "not_found",
    "not_kept",
    "not_own",
    "note_long",
    "other_type",
    "proposal_stale",
    "rate",
    "reason_needed",
    "refused",
    "role_lacks",
    "sign_in_refused",
    "sign_in_wait",
    "signed_off",
    "too_large",
    "too_slow",
    "two_persons",
    "unfit_value",
    "upload_broken",
    "upload_busy",
    "uploads_open",
];

/// What stands around a page.
#[derive(Debug)]
pub(super) struct Shell {
    /// The reader's language.
    pub(super) language: Language,
    /// What they are called; `None` before they sign in.
    pub(super) name: Option<String>,
    /// What their requests carry that change something.
    pub(super) csrf: String,
    /// The page's own address, to come back to.
    pub(super) address: String,
    /// Whether the reader wants to say what they think of impressions before they see what the program says.
    pub(super) opinion_first: bool,
    caller: Option<Caller>,
}

impl Shell {
    /// A text in the reader's language.
    pub(super) fn t(&self, key: &str) -> &'static str {
        words::word(self.language, key)
    }

    /// A text in the reader's language that depends on a number.
    pub(super) fn counted(&self, key: &str, count: impl Display) -> String {
        words::text(self.language, key, &[("n", &count)])
    }

    /// Where scripts and styles stand.
    pub(super) fn asset(&self) -> &'static str {
        assets::place()
    }

    /// The texts that scripts show, as JSON.
    pub(super) fn words(&self) -> String {
        let words = SCRIPT_WORDS.iter().map(|key| (*key).to_owned());
        let problems = PROBLEMS.iter().filter(|code| self.problem(code).is_some());
        let problems = problems.map(|code| format!("app.problem.{code}"));
        let words = words.chain(problems).map(|key| {
            let text = self.t(&key).into();
            (key, text)
        });
        serde_json::Value::Object(words.collect()).to_string()
    }

    /// What was refused by a code, in the reader's language; nothing where the service's own sentence is in it, or the code
    /// has no words.
    pub(super) fn problem(&self, code: &str) -> Option<&'static str> {
        let is_told = self.language != Language::English && PROBLEMS.contains(&code);
        is_told.then(|| self.t(&format!("app.problem.{code}")))
    }

    /// The languages, and whether each is the reader's.
    pub(super) fn languages(&self) -> [(&'static str, &'static str, &'static str, bool); 3] {
        Language::ALL.map(|own| (own.code(), own.tag(), own.name(), own == self.language))
    }

    /// Whether the page stands under this address.
    pub(super) fn is_at(&self, start: &str) -> bool {
        let path = self.address.split('?').next().unwrap_or_default();
        path == start || (start != "/" && path.starts_with(&format!("{start}/")))
    }

    /// Where choosing a language leads.
    pub(super) fn language_address(&self, code: &&str) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("back", &self.address);
        format!("/language/{code}?{}", form.finish())
    }

    fn may(&self, action: Action) -> bool {
        let caller = self.caller.as_ref();
        caller.is_some_and(|caller| action.is_allowed(caller.person.role))
    }

    /// Whether the reader hands in documents.
    pub(super) fn may_upload(&self) -> bool {
        self.may(Action::UploadDocument)
    }

    /// Whether the reader stops and repeats jobs.
    pub(super) fn may_control(&self) -> bool {
        self.may(Action::ControlJob)
    }

    /// Whether the reader proposes to set findings aside.
    pub(super) fn may_decide(&self) -> bool {
        self.may(Action::ProposeDecision)
    }

    /// Whether the reader proposes changes of the register.
    pub(super) fn may_propose(&self) -> bool {
        self.may(Action::ProposeChange)
    }

    /// Whether the reader answers what others proposed.
    pub(super) fn may_approve(&self) -> bool {
        self.may(Action::ApproveDecision)
    }

    /// Whether the reader sees who works here.
    pub(super) fn may_see_people(&self) -> bool {
        self.may(Action::ReadPeople)
    }

    /// Whether the reader adds and changes people.
    pub(super) fn may_change_people(&self) -> bool {
        self.may(Action::ChangePeople)
    }

    /// Whether the reader reads who saw and decided what.
    pub(super) fn may_audit(&self) -> bool {
        self.may(Action::ReadAudit)
    }

    /// An instant of UTC as the reader writes days, with hours and minutes.
    pub(super) fn instant(&self, text: &str) -> String {
        let Ok(instant) = text.parse::<jiff::Timestamp>() else {
            return text.to_owned();
        };
        let time = instant.to_zoned(jiff::tz::TimeZone::UTC);
        let (hour, minute) = (time.hour(), time.minute());
        format!(
            "{} {hour:02}:{minute:02} UTC",
            self.language.date(time.date())
        )
    }
}

impl<S: Sync> FromRequestParts<S> for Shell {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let caller = parts.extensions.get::<Caller>().cloned();
        let csrf = caller.as_ref().and_then(|caller| match &caller.via {
            Via::Session { csrf, .. } => Some(csrf.clone()),
            Via::Token(_) => None,
        });
        let address = parts.uri.path_and_query();
        let may_think = caller
            .as_ref()
            .is_some_and(|caller| Action::ProposeDecision.is_allowed(caller.person.role));
        let chosen = identity::cookie(&parts.headers, OPINION_COOKIE.0);
        let is_opinion_first = may_think && chosen.as_deref() == Some(OPINION_COOKIE.1);
        Ok(Self {
            language: language(&parts.headers),
            name: caller.as_ref().map(|caller| caller.person.name.clone()),
            csrf: csrf.unwrap_or_default(),
            address: address.map_or_else(|| "/".to_owned(), ToString::to_string),
            opinion_first: is_opinion_first,
            caller,
        })
    }
}

/// The language that the reader chose, else the first that their browser asks for and we have.
pub(super) fn language(headers: &HeaderMap) -> Language {
    let chosen = identity::cookie(headers, LANGUAGE_COOKIE);
    if let Some(language) = chosen.and_then(|code| code.parse().ok()) {
        return language;
    }
    let asked = headers.get(header::ACCEPT_LANGUAGE);
    let asked = asked
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut ranges = asked.split(',').map(str::trim);
    ranges.find_map(Language::of_locale).unwrap_or_default()
}

/// A page from its template.
pub(super) fn drawn(template: &impl Template) -> Answer<Html<String>> {
    let page = template.render();
    page.map(Html).map_err(|error| Problem::failure(&error))
}
