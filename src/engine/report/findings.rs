//! Findings in a reader's language.
//!
//! A finding's own sentence is English. In other languages it is told by its code, with all that the sentence says by name: what is
//! coded in words, and what people, files and decoders wrote as they wrote it.

use serde_json::Map;
use serde_json::Value;

use crate::rules;
use crate::rules::Basis;
use crate::rules::Cause;
use crate::rules::Finding;
use crate::rules::Ground;
use crate::rules::class::CLASS;
use crate::rules::document::PAGE_UNREADABLE;
use crate::rules::document::SECRET;
use crate::verify::Report;
use crate::words;
use crate::words::Language;
use crate::words::text;

/// Figures that only programs need, or that are sentences in English.
const LEFT_OUT: [&str; 4] = ["settled_by", "source", "in_force", "own_object_bbox_px"];

/// The figure that tells why something was not read.
const REASON: &str = "reason";

/// Codes of what could not be read, which hold a reason in all but reports of older versions.
const UNREAD: [&str; 3] = [
    "document.unreadable",
    "document.not_processed",
    PAGE_UNREADABLE,
];

/// The figure that tells what exactly was in the way.
const TROUBLE: &str = "trouble";

/// A sentence in English that says the same.
const DETAIL: &str = "detail";

/// Ending of the name of a figure's uncertainty.
const UNCERTAINTY: &str = "_uncertainty";

/// A finding as readers are told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it is, in a line.
    pub title: String,
    /// The figures behind it, by name, where the sentence is not in the reader's language.
    pub figures: Vec<(String, String)>,
    /// The finding's own sentence, where the reader's language is its own.
    pub sentence: Option<String>,
}

impl Told {
    /// All of it in one line of plain text.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.sentence {
            Some(sentence) => sentence.clone(),
            None => with_figures(&self.title, &self.figures),
        }
    }
}

fn with_figures(line: &str, figures: &[(String, String)]) -> String {
    let told: Vec<String> = figures
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    if told.is_empty() {
        line.to_owned()
    } else {
        format!("{line} ({})", told.join("; "))
    }
}

/// A finding in a language.
#[must_use]
pub fn told(finding: &Finding, language: Language) -> Told {
    let title = title(&finding.code, language);
    match language {
        Language::English => Told {
            title,
            figures: Vec::new(),
            sentence: Some(finding.message.clone()),
        },
        Language::Vietnamese | Language::Chinese => Told {
            title,
            figures: behind(finding, language),
            sentence: None,
        },
    }
}

/// Why a document, or one of its pages, was not read: as the finding about that tells it, else in the report's own sentence; `None`
/// where it was.
#[must_use]
pub fn unread(report: &Report, page: Option<u32>, language: Language) -> Option<String> {
    let sentence = match page {
        None => report.document.reason.clone(),
        Some(number) => {
            let own = report.pages.iter().find(|own| own.number == number);
            own.and_then(|own| own.reason.clone())
        }
    }?;
    if language == Language::English {
        return Some(sentence);
    }
    let own = report.findings.iter().find(|finding| {
        let is_own = page.is_some() && finding.page == page && finding.code == PAGE_UNREADABLE;
        is_own && finding.values.contains_key(REASON)
    });
    // Of pages that a limit stopped, only what is said of the document tells.
    let of_document = || {
        report.findings.iter().find(|finding| {
            let is_unread = finding.code != PAGE_UNREADABLE && finding.values.contains_key(REASON);
            is_unread || finding.code == SECRET
        })
    };
    let found = own.or_else(of_document);
    Some(found.map_or_else(
        || unknown(&sentence, None, language),
        |finding| because(finding, language),
    ))
}

/// The reason that a finding tells, with the figures behind it; all of the finding where it tells none.
fn because(finding: &Finding, language: Language) -> String {
    let Some(reason) = finding.values.get(REASON) else {
        return told(finding, language).line();
    };
    let mut behind = finding.values.clone();
    behind.retain(|name, _| !matches!(name.as_str(), REASON | "stopped_pages"));
    let reason = shown_value(REASON, reason, language);
    with_figures(&reason, &figures(&behind, language))
}

/// Why something is not known: `sentence` is the report's own, and `cause` the same by its code. What is kept without a code that is
/// known, as older versions did, is a quotation in languages other than its own.
#[must_use]
pub fn unknown(sentence: &str, cause: Option<&Cause>, language: Language) -> String {
    if language == Language::English {
        return sentence.to_owned();
    }
    let told = cause.and_then(|cause| {
        let line = words::known(language, &format!("{TROUBLE}.{}", cause.code))?;
        Some(with_figures(line, &figures(&cause.values, language)))
    });
    told.unwrap_or_else(|| text(language, "quotation.english", &[("sentence", &sentence)]))
}

/// What a finding is, by its code; the code itself where it is not known.
#[must_use]
pub fn title(code: &str, language: Language) -> String {
    let known = words::known(language, &format!("finding.{code}"));
    known.map_or_else(|| code.to_owned(), str::to_owned)
}

/// The instrument, its clause, and from when to when it is in force.
#[must_use]
pub fn law(basis: &Basis, language: Language) -> String {
    format!(
        "{}, {}, {}",
        basis.instrument,
        article(basis, language),
        in_force(&basis.in_force, language)
    )
}

/// The clause as its instrument numbers it; what a class of seals measures by that class.
#[must_use]
pub fn article(basis: &Basis, language: Language) -> String {
    match basis.article.strip_prefix(CLASS) {
        Some(profile) => text(language, "clause.class", &[("profile", &profile)]),
        None => basis.article.clone(),
    }
}

/// What a finding rests on, in a line: the clause; or that no clause that was read applies; or that it is measured alone. Empty where
/// it tells of neither, as how far a document could be read.
#[must_use]
pub fn ground(finding: &Finding, language: Language) -> String {
    ground_of((&finding.code, finding.basis.as_ref()), language)
}

/// The same of a code and the clause that it rests on.
#[must_use]
pub fn ground_of((code, basis): (&str, Option<&Basis>), language: Language) -> String {
    if let Some(basis) = basis {
        return law(basis, language);
    }
    let key = match rules::ground(code) {
        Ground::Rule => "head.no_clause",
        Ground::Measurement => "head.measured_alone",
        Ground::Neither => return String::new(),
    };
    language.word(key).to_owned()
}

/// An interval such as `2016-07-01/`, in words.
#[must_use]
pub fn in_force(period: &str, language: Language) -> String {
    let day = |text: &str| text.parse().ok().map(|date| language.date(date));
    let (from, to) = period.split_once('/').unwrap_or((period, ""));
    match (day(from), day(to)) {
        (Some(from), Some(to)) => text(
            language,
            "head.in_force_between",
            &[("from", &from), ("to", &to)],
        ),
        (Some(from), None) if to.is_empty() => {
            text(language, "head.in_force_since", &[("from", &from)])
        }
        (None, Some(to)) if from.is_empty() => {
            text(language, "head.in_force_until", &[("to", &to)])
        }
        _ => text(language, "head.in_force", &[("period", &period)]),
    }
}

/// The figures behind something: name and value of each, with its unit and, where measured, its uncertainty.
fn figures(values: &Map<String, Value>, language: Language) -> Vec<(String, String)> {
    let is_coded = values.contains_key(TROUBLE);
    let shown = values.iter().filter(|(name, value)| {
        let is_said = is_coded && name.as_str() == DETAIL;
        let is_own = !LEFT_OUT.contains(&name.as_str()) && !is_said && !is_none(name, value);
        let is_uncertainty = name
            .strip_suffix(UNCERTAINTY)
            .is_some_and(|of| values.contains_key(of));
        is_own && !is_uncertainty
    });
    shown
        .map(|(name, value)| {
            let value = match values.get(&format!("{name}{UNCERTAINTY}")) {
                Some(sigma) => {
                    let (number, unit) = amount(name, value);
                    let (sigma, _) = amount(name, sigma);
                    language.decimal(&format!("{number} ± {sigma}{unit}"))
                }
                None => shown_value(name, value, language),
            };
            (name_of(name, language), value)
        })
        .collect()
}

/// The figures behind a finding; of what could not be read without a reason that is told by a code, the finding's own sentence.
fn behind(finding: &Finding, language: Language) -> Vec<(String, String)> {
    let mut figures = figures(&finding.values, language);
    if UNREAD.contains(&finding.code.as_str()) && !finding.values.contains_key(REASON) {
        let said = named(DETAIL, &finding.message, language);
        figures.push((name_of(DETAIL, language), said));
    }
    figures
}

/// Whether a figure says that there is nothing: of what is counted none, and of a list no member.
fn is_none(name: &str, value: &Value) -> bool {
    match value {
        Value::Number(number) => name.ends_with("_count") && number.as_u64() == Some(0),
        Value::Array(values) => values.is_empty(),
        Value::Null => true,
        Value::Bool(_) | Value::String(_) | Value::Object(_) => false,
    }
}

/// A figure's name in words; the name itself where it is not known.
fn name_of(name: &str, language: Language) -> String {
    ["value", "axis", "harm"]
        .iter()
        .find_map(|section| words::known(language, &format!("{section}.{name}")))
        .map_or_else(|| name.to_owned(), str::to_owned)
}

fn shown_value(name: &str, value: &Value, language: Language) -> String {
    match value {
        Value::Array(values) => {
            let values: Vec<String> = values
                .iter()
                .map(|value| shown_value(name, value, language))
                .collect();
            values.join(", ")
        }
        Value::String(value) => named(name, value, language),
        Value::Number(_) => {
            let (number, unit) = amount(name, value);
            language.decimal(&format!("{number}{unit}"))
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => value.to_string(),
    }
}

/// A value that is a name: of a shape, an ink, a sector, a day. What nobody gave a word is shown as it is written.
fn named(name: &str, value: &str, language: Language) -> String {
    if matches!(name, DETAIL | "quoted" | "own_text") {
        return format!("\u{201c}{value}\u{201d}");
    }
    let is_time = ["_on", "_at"].iter().any(|ending| name.ends_with(ending));
    if is_time || matches!(name, "since" | "proof_needed_before") {
        return time(value, language);
    }
    let sections: &[&str] = match name {
        "found" | "registered" => &["shape", "ink"],
        "asked_shape" => &["shape"],
        "bare_sectors" | "hidden_sectors" => &["sector"],
        "fault" => &["sheet_fault"],
        "missing" => &["value"],
        "permit_faults" => &["permit_fault"],
        "register" => &["book"],
        "signatures_cover" => &["file"],
        "body_event" | "border" | "cause" | "document_date" | "done" | "event" | "field"
        | "own_object" | "reason" | "sameness" | "trouble" | "wording" => {
            std::slice::from_ref(&name)
        }
        _ => &[],
    };
    let code = value.replace(' ', "_");
    sections
        .iter()
        .find_map(|section| words::known(language, &format!("{section}.{code}")))
        .map_or_else(|| value.to_owned(), str::to_owned)
}

/// A day, or a day with the time on it, as readers write it.
fn time(value: &str, language: Language) -> String {
    let (day, rest) = value.split_once(' ').unwrap_or((value, ""));
    match day.parse() {
        Ok(date) if rest.is_empty() => language.date(date),
        Ok(date) => format!("{} {rest}", language.date(date)),
        Err(_) => value.to_owned(),
    }
}

/// A number and its unit, which the ending of its name says.
fn amount(name: &str, value: &Value) -> (String, &'static str) {
    let number = value.as_f64().unwrap_or_default();
    let is_share = name.ends_with("_share")
        || matches!(
            name,
            "signature_overlap" | "uncertainty" | "text_coverage" | "glyph_shape" | "extra_ink"
        );
    if is_share {
        let percent = (1000.0 * number).round() / 10.0;
        return (percent.to_string(), " %");
    }
    let units = [
        ("_mm", " mm"),
        ("_mm2", " mm²"),
        ("_px", " px"),
        ("_deg", "°"),
        ("_percent", " %"),
        ("_s", " s"),
    ];
    let unit = units.iter().find(|(ending, _)| name.ends_with(ending));
    (value.to_string(), unit.map_or("", |(_, unit)| unit))
}

#[cfg(test)]
mod tests;
