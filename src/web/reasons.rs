//! Why a row of a file is none, what does not fit in the register's records, and what changed in a review list, in the reader's
//! language.
//!
//! The sentences of both are English. In other languages they are told by their codes, with what the sentences say by name: what is
//! coded in words, days as readers write them, and what people and files wrote as they wrote it.

use std::collections::BTreeMap;
use std::fmt::Display;

use jiff::civil::Date;

use crate::registry::Told;
use crate::registry::consistency::Inconsistency;
use crate::report::findings;
use crate::rules::Basis;
use crate::view::Doubt;
use crate::web::words;
use crate::words::Language;

/// Records that do not fit one another, as pages show them.
pub(super) struct Doubtful {
    /// The seal or body that they are about.
    pub(super) about: String,
    pub(super) text: String,
    /// The clause that asks for what they lack; empty where none does.
    pub(super) law: String,
}

impl Doubtful {
    pub(super) fn all(doubts: &[Doubt], language: Language) -> Vec<Self> {
        let law = |basis: &Basis| findings::law(basis, language);
        let shown = |own: &Doubt| Self {
            about: own.found.about.clone(),
            text: doubt(&own.found, language),
            law: own.basis.as_ref().map_or_else(String::new, law),
        };
        doubts.iter().map(shown).collect()
    }
}

/// What does not fit in the register's records.
fn doubt(found: &Inconsistency, language: Language) -> String {
    if language == Language::English {
        return found.message.clone();
    }
    // Seals and certificates go by one code.
    let is_of_certificate = found.values.contains_key("certificate");
    let key = match found.code {
        "register.wrong_authority" if is_of_certificate => {
            "web.doubt.certificate_elsewhere".to_owned()
        }
        code => format!("web.doubt.{code}"),
    };
    filled(&key, &found.values, language)
}

/// Why a row is none or is to be looked at, as scripts tell it too.
pub(super) fn reason(told: &Told, language: Language) -> String {
    let key = format!("app.row.{}", told.code);
    filled(&key, &told.values, language)
}

/// What is other in a review list than in the one before.
pub(super) fn change(told: &Told, language: Language) -> String {
    let key = format!("web.change.{}", told.code);
    filled(&key, &told.values, language)
}

fn filled(key: &str, values: &BTreeMap<&'static str, String>, language: Language) -> String {
    let told: Vec<(&str, String)> = values
        .iter()
        .map(|(name, value)| (*name, shown(name, value, language)))
        .collect();
    let told: Vec<(&str, &dyn Display)> = told
        .iter()
        .map(|(name, value)| (*name, value as &dyn Display))
        .collect();
    words::text(language, key, &told)
}

/// A value as readers write it: of codes the words, of days the day, of all else what was written.
fn shown(name: &str, value: &str, language: Language) -> String {
    if matches!(name, "before" | "after") && value.is_empty() {
        return language.word("head.none").to_owned();
    }
    let is_day = matches!(name, "from" | "to" | "on") || name.ends_with("_on");
    if is_day && let Ok(day) = value.parse::<Date>() {
        return language.date(day);
    }
    let key = match name {
        "begin" | "event" => format!("event.{value}"),
        "body_end" | "body_event" => format!("body_event.{value}"),
        "kind" | "other_kind" => format!("web.kind.{value}"),
        "permit_fault" => format!("permit_fault.{value}"),
        "specimen_fault" => format!("app.specimen.{value}"),
        "state_before" | "state_after" => format!("status.{value}"),
        _ => return value.to_owned(),
    };
    words::known(language, &key).unwrap_or(value).to_owned()
}

#[cfg(test)]
mod tests;
