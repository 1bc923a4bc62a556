//! What a document says of itself, as its page shows it: what was read, and what people know better.

use std::fmt::Write;

use crate::storage::fields::Correction;
use crate::storage::fields::FieldName;
use crate::verify::Report;
use crate::verify::fields::Field;
use crate::verify::fields::FieldSource;
use crate::verify::fields::Fields;
use crate::web::shell::Shell;
use crate::web::words;

/// The fields in the order of the page.
const SHOWN: [(FieldName, &str); 5] = [
    (FieldName::Date, "field.date"),
    (FieldName::Number, "field.number"),
    (FieldName::Symbol, "field.symbol"),
    (FieldName::Issuer, "field.issuer"),
    (FieldName::Signer, "field.signer"),
];

/// A field as the page shows it.
pub(super) struct Row {
    /// Its name to programs.
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    /// What the document is judged by.
    pub(super) value: String,
    /// Who corrected it and when; empty where nobody did.
    pub(super) given: String,
    /// What was read and how surely; empty where nothing was.
    pub(super) read: String,
    /// What stands in its form.
    pub(super) said: String,
    pub(super) is_date: bool,
}

/// The fields of a report, which tells its date so, beside what was read and what was corrected.
pub(super) fn rows(
    shell: &Shell,
    (report, date): (&Report, &str),
    (read, corrections): (Option<&Fields>, &[Correction]),
) -> Vec<Row> {
    let row = |(field, key): (FieldName, &str)| {
        let is_date = field == FieldName::Date;
        let correction = corrections.iter().find(|own| own.field == field);
        let stands = match is_date {
            true => report.document.date.claimed.map(|day| day.to_string()),
            false => of(report.document.fields.as_ref(), field).and_then(|own| own.value.clone()),
        };
        let value = match (is_date, &stands) {
            (true, _) => date.to_owned(),
            (false, Some(value)) => value.clone(),
            (false, None) => shell.t("field.not_known_bare").to_owned(),
        };
        Row {
            name: field.name(),
            label: shell.t(key),
            value,
            given: correction.map_or_else(String::new, |own| given(shell, own)),
            read: of(read, field).map_or_else(String::new, |own| told(shell, own)),
            said: correction
                .map(|own| own.value.clone())
                .or(stands)
                .unwrap_or_default(),
            is_date,
        }
    };
    SHOWN.into_iter().map(row).collect()
}

fn of(fields: Option<&Fields>, name: FieldName) -> Option<&Field> {
    let mut own = fields?.each().into_iter();
    let own = own.find(|(own, _)| *own == name.name());
    own.map(|(_, field)| field)
}

fn given(shell: &Shell, correction: &Correction) -> String {
    let at = shell.instant(&correction.at);
    words::text(
        shell.language,
        "web.field.given",
        &[("who", &correction.by), ("at", &at)],
    )
}

/// What was read, by its own words, and how sure that is.
fn told(shell: &Shell, field: &Field) -> String {
    let mut told = match (field.source, &field.value, &field.written) {
        (FieldSource::Ocr, _, Some(written)) => {
            format!("{}: “{written}”", shell.t("field.as_read"))
        }
        (FieldSource::Given, Some(value), _) => format!("{}: {value}", shell.t("field.as_given")),
        (FieldSource::Unknown, _, Some(written)) => {
            words::text(shell.language, "field.seen", &[("written", written)])
        }
        _ => String::new(),
    };
    if let Some(confidence) = field.confidence {
        let percent = format!("{:.0}", 100.0 * confidence);
        let sure = words::text(shell.language, "field.sure", &[("percent", &percent)]);
        let _ = write!(told, ", {sure}");
    }
    told
}
