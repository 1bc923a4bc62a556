//! How many days there are for a duty, whether the law says so, and what is overdue.
//!
//! A number of days binds where a clause that applies sets it, or where it asks for something at once. All other
//! numbers are advice: they are remarks, and exceeding them is never called a breach.

use jiff::civil::Date;
use serde::Serialize;

use crate::registry::Particulars;
use crate::registry::Records;
use crate::registry::clock::Duty;
use crate::registry::clock::DutyKind;
use crate::registry::holiday::Calendar;
use crate::registry::holiday::Period;
use crate::rules::Basis;
use crate::rules::RuleSet;
use crate::rules::Scene;
use crate::rules::Severity;
use crate::rules::instruments::Topic;

/// Name and version of the lines.
pub const SCHEMA: &str = "antin.clock/1";

/// Whose duties are looked at, and under which rules.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The seal's identifier.
    pub id: &'a str,
    /// What is stated about it.
    pub particulars: &'a Particulars,
    /// Country or region of its body, where its own is not stated.
    pub jurisdiction: Option<&'a str>,
    /// The rules.
    pub rules: &'a RuleSet,
}

/// How a duty stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It was to be done by an earlier day.
    Overdue,
    /// It is to be done.
    Due,
    /// It was done too late.
    DoneLate,
    /// It was done in time.
    Done,
}

/// One line of the clocks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clock {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Stable code.
    pub code: &'static str,
    /// A warning where it binds and is overdue or late, else a remark.
    pub severity: Severity,
    /// The seal.
    pub seal: String,
    /// What is due.
    pub what: String,
    /// Of whom.
    pub of: Option<String>,
    /// Why.
    pub why: String,
    /// The day from which the days count.
    pub since: Date,
    /// How many there are; none where nothing says so.
    pub days: Option<u16>,
    /// Whether they are working days.
    pub working_days: bool,
    /// The last day.
    pub due_on: Option<Date>,
    /// The day on which it was done.
    pub done_on: Option<Date>,
    /// How it stands.
    pub standing: Standing,
    /// By how many days the last one is exceeded.
    pub overdue_days: Option<i32>,
    /// Whether the law sets the period; else it is advice.
    pub binding: bool,
    /// The instrument that asks for it, where one that applies was read.
    pub basis: Option<Basis>,
    /// Country or region whose rules apply; none is cited where it is not known.
    pub jurisdiction: Option<String>,
    /// Names of the entries that call for it.
    pub entries: Vec<String>,
}

/// What is known of a kind of duty.
struct Term {
    code: &'static str,
    topic: Option<Topic>,
    usual: Usual,
}

/// The days that there are where no clause sets a number.
enum Usual {
    /// None: it is to be done at once, so that a clause which asks for it binds.
    AtOnce,
    /// So many, as advice.
    Advice(Period),
    /// Nothing says how many.
    Unsaid,
}

const fn calendar_days(days: u16) -> Usual {
    Usual::Advice(Period {
        days,
        is_working: false,
    })
}

/// Source of the numbers: two days and ten days as in the notices of Lạng Sơn and of 会宁; three working days as a
/// provincial police's page says of certificates. Where the notice itself applies, its clause has the number.
const fn term(kind: &DutyKind) -> Term {
    let (code, topic, usual) = match kind {
        DutyKind::LossNotice(_) => (
            "clock.loss_notice_late",
            Some(Topic::LossNotice),
            calendar_days(2),
        ),
        DutyKind::Handover => (
            "clock.handover_late",
            Some(Topic::Handover),
            calendar_days(10),
        ),
        DutyKind::RegisterArchive(_) => (
            "clock.register_not_archived",
            Some(Topic::RegisterArchive),
            Usual::AtOnce,
        ),
        DutyKind::Surrender | DutyKind::SurrenderCertificate(_) => (
            "clock.surrender_overdue",
            Some(Topic::Surrender),
            Usual::AtOnce,
        ),
        DutyKind::SurrenderFound => (
            "clock.surrender_overdue",
            Some(Topic::FoundAgain),
            Usual::AtOnce,
        ),
        DutyKind::CollectOld => (
            "clock.old_seal_not_collected",
            Some(Topic::Replacement),
            Usual::AtOnce,
        ),
        DutyKind::ReRegister => (
            "clock.re_registration_open",
            Some(Topic::ReRegistration),
            Usual::Unsaid,
        ),
        DutyKind::ReplaceCertificate(_) => (
            "clock.certificate_not_replaced",
            Some(Topic::CertificateReissue),
            Usual::Unsaid,
        ),
        DutyKind::IssueCertificate(_) => (
            "clock.certificate_not_issued",
            None,
            Usual::Advice(Period {
                days: 3,
                is_working: true,
            }),
        ),
        DutyKind::Return(_) => (
            "clock.seal_not_returned",
            Some(Topic::Removal),
            calendar_days(0),
        ),
    };
    Term { code, topic, usual }
}

/// A duty as it stands on a day.
///
/// What the records tell of later days does not count: neither what had not happened yet (`None`), nor what was
/// not done yet.
#[must_use]
pub fn on(records: &Records, subject: Subject<'_>, duty: &Duty, date: Date) -> Option<Clock> {
    if is_later(duty, date) {
        return None;
    }
    let term = term(&duty.kind);
    let particulars = subject.particulars;
    let jurisdiction = particulars.jurisdiction.as_deref().or(subject.jurisdiction);
    let scene = Scene {
        jurisdiction,
        profile: particulars.profile.as_deref(),
        body: Some(&particulars.organisation),
        copy_no: particulars.copy_no.as_deref(),
        date: Some(duty.since),
        rules: subject.rules,
    };
    let applied = term
        .topic
        .and_then(|topic| subject.rules.applied(topic, scene));
    let clause = applied.map(|applied| applied.clause);
    let is_advice = clause.is_none_or(|clause| clause.at_most == Some(Severity::Remark));
    let stated = clause.and_then(|clause| clause.term);
    let (period, binding) = match (stated, &term.usual) {
        (Some(period), _) => (Some(period), !is_advice),
        (None, Usual::AtOnce) => (Some(AT_ONCE), !is_advice),
        (None, Usual::Advice(period)) => (Some(*period), false),
        (None, Usual::Unsaid) => (None, false),
    };
    let calendar = Calendar::of(records, jurisdiction.unwrap_or_default());
    let counted = period.and_then(|period| calendar.after(duty.since, period));
    let due_on = duty.due_on.or(counted);
    let done_on = duty.done_on.filter(|done| *done <= date);
    let beyond = due_on.map(|due| days_between(due, done_on.unwrap_or(date)));
    let is_beyond = beyond.is_some_and(|days| days > 0);
    let standing = match (done_on, is_beyond) {
        (None, true) => Standing::Overdue,
        (None, false) => Standing::Due,
        (Some(_), true) => Standing::DoneLate,
        (Some(_), false) => Standing::Done,
    };
    Some(Clock {
        jurisdiction: jurisdiction.map(str::to_owned),
        schema: SCHEMA,
        code: term.code,
        severity: if binding && is_beyond {
            Severity::Warning
        } else {
            Severity::Remark
        },
        seal: subject.id.to_owned(),
        what: said(&duty.kind),
        of: duty.of.clone(),
        why: duty.why.clone(),
        since: duty.since,
        days: duty
            .due_on
            .map_or(period.map(|period| period.days), |_| None),
        working_days: period.is_some_and(|period| period.is_working),
        due_on,
        done_on,
        standing,
        overdue_days: beyond.filter(|days| *days > 0),
        binding,
        basis: applied.map(|applied| applied.basis()),
        entries: duty.entries.clone(),
    })
}

const AT_ONCE: Period = Period {
    days: 0,
    is_working: false,
};

/// A year's register is due from the beginning of that year's last month; all else from the day that calls for it.
fn is_later(duty: &Duty, date: Date) -> bool {
    match duty.kind {
        DutyKind::RegisterArchive(year) => {
            (date.year(), date.month()) < (year, FIRST_MONTH_OF_NOTICE)
        }
        DutyKind::LossNotice(_)
        | DutyKind::Handover
        | DutyKind::Surrender
        | DutyKind::SurrenderCertificate(_)
        | DutyKind::SurrenderFound
        | DutyKind::CollectOld
        | DutyKind::ReRegister
        | DutyKind::ReplaceCertificate(_)
        | DutyKind::IssueCertificate(_)
        | DutyKind::Return(_) => date < duty.since,
    }
}

/// Chosen: a month ahead is early enough to close a book.
const FIRST_MONTH_OF_NOTICE: i8 = 12;

fn days_between(from: Date, to: Date) -> i32 {
    // Civil dates span less than 20,000 years, so that the days fit and the span exists.
    from.until(to).map_or(0, |span| span.get_days())
}

fn said(kind: &DutyKind) -> String {
    match kind {
        DutyKind::LossNotice(recipient) => format!("tell {} of the loss", recipient.said()),
        DutyKind::Handover => "hand over the seal and its certificate".to_owned(),
        DutyKind::RegisterArchive(year) => format!("archive the register of use of {year}"),
        DutyKind::Surrender => "hand in the seal".to_owned(),
        DutyKind::SurrenderCertificate(number) => format!("hand in certificate {number}"),
        DutyKind::SurrenderFound => "hand in the seal that was found".to_owned(),
        DutyKind::CollectOld => "take in the old seal".to_owned(),
        DutyKind::ReRegister => "register the specimen anew".to_owned(),
        DutyKind::ReplaceCertificate(number) => {
            format!("ask for another certificate instead of {number}")
        }
        DutyKind::IssueCertificate(number) => {
            format!("issue a certificate instead of {number}")
        }
        DutyKind::Return(number) => format!("bring the seal back (permit {number})"),
    }
}

#[cfg(test)]
mod tests;
