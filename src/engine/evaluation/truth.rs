//! Labelled sets: one JSON object a line, each saying what one impression on one page really is.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Units of a forgery's amounts: the end of the name, and how it is written.
pub const UNITS: [(&str, &str); 3] = [("_mm", "mm"), ("_percent", "%"), ("_deg", "degrees")];

/// How far a scan may be stretched either way, in percent, that counts as not stretched.
pub const UNSTRETCHED_PERCENT: f64 = 0.05;

/// What a labelled impression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// The seal's own die, as registered.
    Genuine,
    /// Another die that poses as the seal.
    Forged,
    /// The seal's own die, damaged since it was registered.
    Deformed,
    /// A seal that the register does not hold.
    Unregistered,
    /// No seal: a bare page, or a mark that only looks like one.
    None,
}

impl Label {
    /// Every label, in the order of the tables.
    pub const ALL: [Self; 5] = [
        Self::Genuine,
        Self::Forged,
        Self::Deformed,
        Self::Unregistered,
        Self::None,
    ];

    /// The word for this label in a labelled set.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Genuine => "genuine",
            Self::Forged => "forged",
            Self::Deformed => "deformed",
            Self::Unregistered => "unregistered",
            Self::None => "none",
        }
    }
}

/// One line of a labelled set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// The document, relative to the labelled set's own file.
    pub document: String,
    /// What the impression is.
    pub label: Label,
    /// The seal that the impression is, or pretends to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
    /// The page, counted from one.
    #[serde(default = "first_page")]
    pub page: u32,
    /// The impression's centre, in pixels of the page as scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre_px: Option<(f64, f64)>,
    /// Half width and half height to the outer edge, along the seal's own axes, in page pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius_px: Option<(f64, f64)>,
    /// Everything else that the line says.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

const fn first_page() -> u32 {
    1
}

/// Why a labelled set cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Error {
    /// Counted from one.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl Truth {
    /// The value of any field as text; `None` where the line does not say. Of several fields joined by
    /// `+`, their values; one within another is named with a dot, as in `letter.date`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        if let Some((first, others)) = name.split_once('+') {
            return Some(format!("{} {}", self.field(first)?, self.field(others)?));
        }
        match name {
            "document" => Some(self.document.clone()),
            "label" => Some(self.label.word().to_owned()),
            "seal" => self.seal.clone(),
            "page" => Some(self.page.to_string()),
            _ => match self.other(name)? {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other
                @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                    Some(other.to_string())
                }
            },
        }
    }

    /// A field that has no place of its own.
    fn other(&self, name: &str) -> Option<&Value> {
        let (outer, inner) = match name.split_once('.') {
            Some((outer, inner)) => (outer, Some(inner)),
            None => (name, None),
        };
        let value = self.others.get(outer)?;
        match inner {
            Some(inner) => value.get(inner),
            None => Some(value),
        }
    }

    /// States a field where the line does not.
    pub fn state(&mut self, name: &str, value: impl Into<Value>) {
        if self.field(name).is_none() {
            self.others.insert(name.to_owned(), value.into());
        }
    }

    /// Whether the impression was copied from another document rather than stamped.
    #[must_use]
    pub fn is_copy(&self) -> bool {
        self.others
            .get("pasted_from")
            .is_some_and(|from| !from.is_null())
    }

    /// The document of whose impression this one is a copy.
    #[must_use]
    pub fn pasted_from(&self) -> Option<String> {
        self.field("pasted_from")
    }

    /// A name for the die that made the impression where it is in no register, as far as the line says.
    #[must_use]
    pub fn unregistered_die(&self) -> Option<String> {
        self.field("die")
    }

    /// The document whose sheet this is: another one where the sheet was scanned more than once.
    #[must_use]
    pub fn sheet(&self) -> String {
        let first = self.field("rescan_of");
        first.unwrap_or_else(|| self.document.clone())
    }

    /// The document on which the impression was stamped, as far as the line says.
    #[must_use]
    pub fn root(&self) -> String {
        self.pasted_from().unwrap_or_else(|| self.sheet())
    }

    /// Whether the forged die was cut after a real impression, so that no scan can tell it.
    #[must_use]
    pub fn is_traced(&self) -> bool {
        self.field("forgery")
            .is_some_and(|kind| kind.starts_with("traced"))
    }

    /// Whether the stamping is as an office makes it: the line says nothing else by `inking`, nor by
    /// a condition whose name begins with `poor` or `light`.
    #[must_use]
    pub fn is_normally_inked(&self) -> bool {
        match self.field("inking") {
            Some(inking) => inking == "normal",
            None => self.field("condition").is_none_or(|condition| {
                !["poor", "light"]
                    .iter()
                    .any(|word| condition.starts_with(word))
            }),
        }
    }

    /// What a single-axis forgery changed and by how much: the one amount of `forgery_detail` whose
    /// name ends in its unit (`_mm`, `_percent`, `_deg`), without its sign.
    ///
    /// `None` where nothing, something without a unit, or more than one thing was changed.
    #[must_use]
    pub fn forgery_size(&self) -> Option<(&str, f64)> {
        let detail = self.others.get("forgery_detail")?.as_object()?;
        let mut amounts = detail.iter();
        let (name, amount) = amounts.next()?;
        let has_unit = UNITS.iter().any(|(ending, _)| name.ends_with(ending));
        (amounts.next().is_none() && has_unit).then_some((name.as_str(), amount.as_f64()?.abs()))
    }

    /// The seed from which the set's seals were drawn, where the line states it.
    #[must_use]
    pub fn seed(&self) -> Option<u64> {
        self.others.get("seed")?.as_u64()
    }

    /// Whether the line says that the scanner stretched the sheet by no more than [`UNSTRETCHED_PERCENT`], across and along
    /// the feed.
    #[must_use]
    pub fn is_unstretched(&self) -> bool {
        let stated = self.others.get("feed_percent").and_then(Value::as_array);
        let is_small = |error: &Value| {
            error
                .as_f64()
                .is_some_and(|error| error.abs() <= UNSTRETCHED_PERCENT)
        };
        stated.is_some_and(|errors| errors.len() == 2 && errors.iter().all(is_small))
    }

    /// The scan's resolution, where the line states it.
    #[must_use]
    pub fn dpi(&self) -> Option<f64> {
        self.others.get("dpi")?.as_f64().filter(|dpi| *dpi > 0.0)
    }
}

/// Parses a labelled set; blank lines are skipped, unknown fields are kept.
///
/// # Errors
/// Names the first line that is no JSON object of this kind, or that lacks the seal it claims.
pub fn parse(text: &str) -> Result<Vec<Truth>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let truth = parse_line(line).map_err(|reason| Error {
            line: index + 1,
            reason,
        })?;
        lines.push(truth);
    }
    if lines.is_empty() {
        return Err(Error {
            line: 1,
            reason: "the file holds no labelled document".to_owned(),
        });
    }
    Ok(lines)
}

fn parse_line(line: &str) -> Result<Truth, String> {
    let truth: Truth = serde_json::from_str(line).map_err(|error| error.to_string())?;
    if truth.page == 0 {
        return Err("`page` counts from 1".to_owned());
    }
    let (width, height) = truth.radius_px.unwrap_or((1.0, 1.0));
    if width <= 0.0 || height <= 0.0 {
        return Err("`radius_px` must be two positive numbers".to_owned());
    }
    match truth.label {
        Label::Genuine | Label::Forged | Label::Deformed if truth.seal.is_none() => Err(format!(
            "`seal` is missing: label `{}` needs the seal that the impression is or pretends to be",
            truth.label.word()
        )),
        Label::Genuine | Label::Forged | Label::Deformed | Label::Unregistered | Label::None => {
            Ok(truth)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_are_kept_and_can_be_asked_for() {
        let set = parse(
            "{\"document\":\"a.pdf\",\"label\":\"forged\",\"seal\":\"S1\",\"page\":2,\
             \"centre_px\":[10,20.5],\"radius_px\":[5,6],\"forgery\":\"font\",\"dpi\":300,\
             \"letter\":{\"number\":\"12\"}}\n\n",
        )
        .unwrap();
        assert_eq!(set.len(), 1);
        assert_eq!(set[0].centre_px, Some((10.0, 20.5)));
        assert_eq!(set[0].field("forgery").as_deref(), Some("font"));
        assert_eq!(set[0].field("dpi").as_deref(), Some("300"));
        assert_eq!(set[0].field("page").as_deref(), Some("2"));
        assert_eq!(set[0].field("ink"), None);
        assert_eq!(set[0].field("forgery+dpi").as_deref(), Some("font 300"));
        assert_eq!(set[0].field("forgery+ink"), None);
        assert_eq!(set[0].field("letter.number").as_deref(), Some("12"));
        assert_eq!(set[0].field("letter.date"), None);
        assert_eq!(set[0].dpi(), Some(300.0));
    }

    #[test]
    fn an_error_names_its_line() {
        let good = r#"{"document":"a.pdf","label":"none"}"#;
        let error = parse(&format!("{good}\n\n{{\"document\":\"b.pdf\"}}\n")).unwrap_err();
        assert_eq!(error.line, 3);
        assert!(error.to_string().contains("label"), "{error}");
        let error = parse(r#"{"document":"a.pdf","label":"genuine"}"#).unwrap_err();
        assert!(error.to_string().contains("`seal` is missing"), "{error}");
        assert!(parse("\n").is_err());
    }

    #[test]
    fn a_single_change_has_a_size_and_a_combination_none() {
        let size = |detail: &str| {
            let line = format!(
                "{{\"document\":\"a\",\"label\":\"forged\",\"seal\":\"S\",\"forgery_detail\":{detail}}}"
            );
            let set = parse(&line).unwrap();
            set[0]
                .forgery_size()
                .map(|(name, size)| (name.to_owned(), size))
        };
        assert_eq!(
            size(r#"{"outer_radius_mm":-0.3}"#),
            Some(("outer_radius_mm".to_owned(), 0.3))
        );
        assert_eq!(size(r#"{"outer_radius_mm":-0.3,"turned_deg":2}"#), None);
        assert_eq!(size(r#"{"line_width":0.85}"#), None, "a factor has no unit");
        assert_eq!(size(r#"{"font":"serif"}"#), None);
        assert_eq!(size("{}"), None);
    }

    #[test]
    fn a_stamping_is_normal_unless_the_line_says_otherwise() {
        let normal = |fields: &str| {
            let line = format!("{{\"document\":\"a\",\"label\":\"none\"{fields}}}");
            parse(&line).unwrap()[0].is_normally_inked()
        };
        assert!(normal("") && normal(r#","condition":"c300""#));
        assert!(!normal(r#","condition":"poor300""#) && !normal(r#","inking":"poor""#));
        assert!(normal(r#","condition":"poor300","inking":"normal""#));
    }

    #[test]
    fn a_scan_is_unstretched_where_the_line_says_so_of_both_ways() {
        let unstretched = |fields: &str| {
            let line = format!("{{\"document\":\"a\",\"label\":\"none\"{fields}}}");
            parse(&line).unwrap()[0].is_unstretched()
        };
        assert!(unstretched(r#","feed_percent":[0.05,-0.05]"#));
        assert!(!unstretched(r#","feed_percent":[0.0,-0.06]"#));
        assert!(!unstretched(r#","feed_percent":[0.3,0.0]"#));
        assert!(!unstretched(r#","feed_percent":[0.0]"#));
        assert!(!unstretched(""), "the line does not say");
    }

    #[test]
    fn a_pasted_impression_is_a_copy_and_a_traced_die_is_told_apart() {
        let copy = r#"{"document":"a.pdf","label":"genuine","seal":"S","pasted_from":"b.pdf"}"#;
        let traced = r#"{"document":"a.pdf","label":"forged","seal":"S","forgery":"traced"}"#;
        let set = parse(&format!("{copy}\n{traced}")).unwrap();
        assert!(set[0].is_copy() && !set[0].is_traced());
        assert!(set[1].is_traced() && !set[1].is_copy());
    }
}
