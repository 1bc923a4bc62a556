//! Findings in a reader's language.
//!
//! A finding's own sentence is English. In other languages it is told by its code, with the figures behind it by name; the
//! English sentence stands beside that where it says more.

use serde_json::Value;

use crate::rules;
use crate::rules::Basis;
use crate::rules::Finding;
use crate::rules::Ground;
use crate::words;
use crate::words::Language;
use crate::words::text;

/// Codes of findings whose figures tell all that their sentence does.
const TOLD_BY_FIGURES: &[&str] = &[
    "page.blank_stamped",
    "page.form_unfilled",
    "page.secret_marking",
    "placement.not_on_signature",
    "placement.not_over_date",
    "placement.turned",
    "seal.colour",
    "seal.damaged",
    "seal.deformed",
    "seal.differs_from_specimen",
    "seal.leans_different",
    "seal.not_examinable",
    "seal.not_notified",
    "seal.not_yet_registered",
    "seal.printed",
    "seal.shape_mismatch",
    "seal.size_out_of_tolerance",
    "seal.undecided",
    "seal.unregistered",
    "seal.watch_listed",
    "seal.worn",
];

/// Figures that only programs need, or that are sentences in English.
const LEFT_OUT: [&str; 4] = ["settled_by", "source", "in_force", "own_object_bbox_px"];

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
    /// The finding's own sentence in English, where figures do not tell all of it to a reader of another language.
    pub original: Option<String>,
}

impl Told {
    /// All of it in one line of plain text.
    #[must_use]
    pub fn line(&self, language: Language) -> String {
        if let Some(sentence) = &self.sentence {
            return sentence.clone();
        }
        let mut line = self.title.clone();
        let figures = self.figures.iter();
        let figures: Vec<String> = figures
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        if !figures.is_empty() {
            line = format!("{line} ({})", figures.join("; "));
        }
        if let Some(original) = &self.original {
            let original = text(language, "head.original", &[("message", original)]);
            line = format!("{line}. {original}");
        }
        line
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
            original: None,
        },
        Language::Vietnamese | Language::Chinese => {
            let is_told = TOLD_BY_FIGURES.contains(&finding.code.as_str());
            Told {
                title,
                figures: figures(finding, language),
                sentence: None,
                original: (!is_told).then(|| finding.message.clone()),
            }
        }
    }
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
        basis.article,
        in_force(&basis.in_force, language)
    )
}

/// What a finding rests on, in a line: the clause; or that no clause that was read applies; or that it is measured alone. Empty where
/// it tells of neither, as how far a document could be read.
#[must_use]
pub fn ground(finding: &Finding, language: Language) -> String {
    if let Some(basis) = &finding.basis {
        return law(basis, language);
    }
    let key = match rules::ground(&finding.code) {
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

/// The figures behind a finding: name and value of each, with its unit and, where measured, its uncertainty.
fn figures(finding: &Finding, language: Language) -> Vec<(String, String)> {
    let values = &finding.values;
    let shown = values.iter().filter(|(name, value)| {
        let is_own = !LEFT_OUT.contains(&name.as_str());
        let is_uncertainty = name
            .strip_suffix(UNCERTAINTY)
            .is_some_and(|of| values.contains_key(of));
        is_own && !is_uncertainty && !value.is_null()
    });
    shown
        .map(|(name, value)| {
            let value = match values.get(&format!("{name}{UNCERTAINTY}")) {
                Some(sigma) => {
                    let (number, unit) = amount(name, value);
                    let (sigma, _) = amount(name, sigma);
                    format!("{number} ± {sigma}{unit}")
                }
                None => shown_value(name, value, language),
            };
            (name_of(name, language), language.decimal(&value))
        })
        .collect()
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
            format!("{number}{unit}")
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => value.to_string(),
    }
}

/// A value that is a name: of a shape, an ink, a sector, a day.
fn named(name: &str, value: &str, language: Language) -> String {
    if matches!(name, "since" | "registered_on" | "notified_on")
        && let Ok(date) = value.parse()
    {
        return language.date(date);
    }
    let sections: &[&str] = match name {
        "found" | "registered" => &["shape", "ink"],
        "bare_sectors" | "hidden_sectors" => &["sector"],
        "own_object" => &["own_object"],
        _ => &[],
    };
    let code = value.replace(' ', "_");
    sections
        .iter()
        .find_map(|section| words::known(language, &format!("{section}.{code}")))
        .map_or_else(|| value.to_owned(), str::to_owned)
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
        ("_deg", "°"),
        ("_percent", " %"),
    ];
    let unit = units.iter().find(|(ending, _)| name.ends_with(ending));
    (value.to_string(), unit.map_or("", |(_, unit)| unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_language_is_told_the_figures_with_units_and_uncertainty() {
        let finding = Finding::warning("seal.damaged", "Against the specimen …")
            .value("chipped_mm2", 3.25)
            .value("chipped_mm2_uncertainty", 0.5);
        let told = told(&finding, Language::Vietnamese);
        assert_eq!(
            told.line(Language::Vietnamese),
            "Con dấu bị hỏng (hình dấu mất ở một chỗ: 3,25 ± 0,5 mm²)"
        );
        let finding = Finding::violation("seal.shape_mismatch", "The impression is …")
            .value("found", "oval")
            .value("registered", "round");
        let told = super::told(&finding, Language::Chinese);
        assert_eq!(
            told.line(Language::Chinese),
            "印文形状与备案印章不同 (所见: 椭圆形; 备案: 圆形)"
        );
    }

    #[test]
    fn a_sentence_that_says_more_than_its_figures_stands_beside_them() {
        let finding = Finding::warning("use.stamped_by_other", "A set the seal, which B keeps.");
        let told = told(&finding, Language::Chinese);
        assert_eq!(told.original.as_deref(), Some(&*finding.message));
        let told = super::told(&finding, Language::English);
        assert_eq!(told.line(Language::English), finding.message);
        assert_eq!(told.original, None);
    }

    #[test]
    fn codes_and_figures_of_later_versions_are_shown_by_their_names() {
        let finding = Finding::warning("seal.of_later", "Something.").value("new_mm", 1);
        let told = told(&finding, Language::Vietnamese);
        assert_eq!(told.title, "seal.of_later");
        assert_eq!(told.figures, [("new_mm".to_owned(), "1 mm".to_owned())]);
    }

    #[test]
    fn a_finding_tells_what_it_rests_on() {
        let told = |finding: &Finding| ground(finding, Language::English);
        let basis = Basis {
            instrument: "Decree 1".to_owned(),
            article: "Article 2".to_owned(),
            in_force: "2016-07-01/".to_owned(),
        };
        let cited = Finding::violation("seal.invalid_on_date", "It was lost.").under(Some(basis));
        assert_eq!(
            told(&cited),
            "Decree 1, Article 2, in force since 1 July 2016"
        );
        let uncited = Finding::violation("seal.invalid_on_date", "It was lost.");
        assert_eq!(told(&uncited), "no clause that was read applies");
        let measured = Finding::warning("seal.undecided", "It does not show it.");
        assert_eq!(told(&measured), "by measurement alone, under no rule");
        let unread = Finding::warning("document.unreadable", "It could not be read.");
        assert_eq!(told(&unread), "");
        assert_eq!(
            ground(&measured, Language::Chinese),
            "仅据测量结果，不依据任何规定"
        );
    }

    #[test]
    fn the_time_in_force_is_told_with_its_open_end() {
        let told = |period| in_force(period, Language::English);
        assert_eq!(told("2016-07-01/"), "in force since 1 July 2016");
        assert_eq!(
            told("2016-07-01/2020-03-04"),
            "in force from 1 July 2016 to 4 March 2020"
        );
        assert_eq!(told("/2020-03-04"), "in force until 4 March 2020");
        assert_eq!(told("then"), "in force then");
    }
}
