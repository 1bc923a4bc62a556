//! What a document says of itself, in the report: number, symbol, date, issuer, signer.
//!
//! Each is a claim of the document or of whoever gave it, and proves nothing.

use jiff::civil::Date;
use serde::Deserialize;
use serde::Serialize;

use crate::reading::fields;
use crate::reading::fields::Doubt;
use crate::reading::fields::Glimpse;
use crate::reading::fields::Read;
use crate::rules::Cause;
use crate::rules::Why;
use crate::rules::unread::NOT_FOUND;
use crate::verify::rounding::SHARE_DIGITS;
use crate::verify::rounding::rounded;

/// The fields of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fields {
    /// Its number.
    pub number: Field,
    /// Its symbol.
    pub symbol: Field,
    /// Its date, such as 2024-05-21.
    pub date: Field,
    /// The body that issued it.
    pub issuer: Field,
    /// Who signed it; several with semicolons.
    pub signer: Field,
}

/// A field, or why it is not known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// What it says.
    pub value: Option<String>,
    /// Who says so.
    pub source: FieldSource,
    /// Number of its page, where it was read.
    pub page: Option<u32>,
    /// Where it stands: x, y, width, height.
    pub bbox_px: Option<[u32; 4]>,
    /// How sure the recogniser is, 0 to 1.
    pub confidence: Option<f64>,
    /// The words as they were read.
    pub written: Option<String>,
    /// Why it is not known.
    pub reason: Option<String>,
    /// The same by a code and its figures; `None` in reports of before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// Where a field comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldSource {
    /// Whoever asked for the verification.
    Given,
    /// Recognised on the scan.
    Ocr,
    /// Nowhere.
    Unknown,
}

/// Fields that are known better than by reading; they win over what is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The document's number.
    pub number: Option<String>,
    /// Its symbol.
    pub symbol: Option<String>,
    /// Its issuer.
    pub issuer: Option<String>,
    /// Its signer.
    pub signer: Option<String>,
    /// The day by which a receipt, a timestamp or a register proves that it existed.
    pub not_after: Option<Date>,
    /// What proves it.
    pub proof: Option<String>,
}

impl Fields {
    /// What was read, and what is given instead of it, the date beside the rest.
    #[must_use]
    pub fn of(read: &fields::Fields, (given, date): (Option<&Given>, Option<Date>)) -> Self {
        let own = Self {
            number: Field::of(&read.number),
            symbol: Field::of(&read.symbol),
            date: Field::of(&in_calendar(&read.date)),
            issuer: Field::of(&read.issuer),
            signer: Field::of(&read.signer),
        };
        own.corrected((given.unwrap_or(&Given::default()), date))
    }

    /// The same with what is given instead, the date beside the rest.
    #[must_use]
    pub fn corrected(self, (given, date): (&Given, Option<Date>)) -> Self {
        let date = date.map(|date| date.to_string());
        Self {
            number: self.number.given(given.number.as_ref()),
            symbol: self.symbol.given(given.symbol.as_ref()),
            date: self.date.given(date.as_ref()),
            issuer: self.issuer.given(given.issuer.as_ref()),
            signer: self.signer.given(given.signer.as_ref()),
        }
    }

    /// What is given of a document whose own words were not read.
    #[must_use]
    pub fn unread(why: &Why, given: (Option<&Given>, Option<Date>)) -> Self {
        let absent = fields::Fields {
            number: Err(Doubt::Absent),
            symbol: Err(Doubt::Absent),
            date: Err(Doubt::Absent),
            issuer: Err(Doubt::Absent),
            signer: Err(Doubt::Absent),
        };
        let mut own = Self::of(&absent, given);
        own.explain(why);
        own
    }

    /// States why fields are not known of which nothing was seen.
    pub fn explain(&mut self, why: &Why) {
        for field in self.each_mut() {
            let cause = field.cause.as_ref();
            if cause.is_some_and(|cause| cause.code == NOT_FOUND) {
                field.reason = Some(why.sentence.clone());
                field.cause = Some(why.cause());
            }
        }
    }

    /// States of fields that the picture does not show surely what the file's own text says: it is never trusted alone.
    pub fn tell_layer(&mut self, layer: &fields::Fields) {
        let layer = [
            &layer.number,
            &layer.symbol,
            &layer.date,
            &layer.issuer,
            &layer.signer,
        ];
        for (field, own) in self.each_mut().into_iter().zip(layer) {
            if let (Some(reason), Ok(own)) = (&mut field.reason, own) {
                let given: String = own.value.chars().take(LAYER_CHARACTERS_MAX).collect();
                *reason = format!(
                    "{reason}; the file's own text says \u{201c}{given}\u{201d}, which alone proves nothing"
                );
                if let Some(cause) = &mut field.cause {
                    cause.values.insert("own_text".to_owned(), given.into());
                }
            }
        }
    }

    /// The fields with their names.
    #[must_use]
    pub fn each(&self) -> [(&'static str, &Field); 5] {
        [
            ("number", &self.number),
            ("symbol", &self.symbol),
            ("date", &self.date),
            ("issuer", &self.issuer),
            ("signer", &self.signer),
        ]
    }

    fn each_mut(&mut self) -> [&mut Field; 5] {
        [
            &mut self.number,
            &mut self.symbol,
            &mut self.date,
            &mut self.issuer,
            &mut self.signer,
        ]
    }

    /// The date, if it is known.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.date.value.as_deref()?.parse().ok()
    }
}

/// Characters of the file's own text that are told, at most.
const LAYER_CHARACTERS_MAX: usize = 80;

impl Field {
    fn of(read: &Read) -> Self {
        let unknown = Self {
            value: None,
            source: FieldSource::Unknown,
            page: None,
            bbox_px: None,
            confidence: None,
            written: None,
            reason: None,
            cause: None,
        };
        match read {
            Ok(field) => Self {
                value: Some(field.value.clone()),
                source: FieldSource::Ocr,
                page: Some(field.page),
                bbox_px: Some([
                    field.bbox.x,
                    field.bbox.y,
                    field.bbox.width,
                    field.bbox.height,
                ]),
                confidence: Some(rounded(field.confidence, SHARE_DIGITS)),
                written: Some(field.written.clone()),
                reason: None,
                cause: None,
            },
            Err(doubt) => {
                let why = Why::of_field(doubt);
                let written = match doubt {
                    Doubt::Unsure(glimpse) => Some(glimpse.written.clone()),
                    Doubt::Absent | Doubt::Several(_) => None,
                };
                Self {
                    written,
                    cause: Some(why.cause()),
                    reason: Some(why.sentence),
                    ..unknown
                }
            }
        }
    }

    /// What is given instead, if anything. What was read stays beside it, with its place, so that both can be compared.
    fn given(self, value: Option<&String>) -> Self {
        match value {
            Some(value) => Self {
                value: Some(value.clone()),
                source: FieldSource::Given,
                confidence: None,
                reason: None,
                cause: None,
                ..self
            },
            None => self,
        }
    }
}

/// A date that the calendar has.
fn in_calendar(read: &Read) -> Read {
    match read {
        Ok(field) if field.value.parse::<Date>().is_err() => Err(Doubt::Unsure(Glimpse {
            value: None,
            written: field.written.clone(),
            page: field.page,
            row: field.bbox,
            confidence: field.confidence,
        })),
        Ok(_) | Err(_) => read.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::PixelRect;
    use crate::reading::Failure;

    fn read(value: &str) -> fields::Fields {
        let field = |value: &str| fields::Field {
            value: value.to_owned(),
            written: format!("as {value}"),
            page: 1,
            bbox: PixelRect {
                x: 1,
                y: 2,
                width: 3,
                height: 4,
            },
            row: PixelRect {
                x: 0,
                y: 2,
                width: 9,
                height: 4,
            },
            confidence: 0.96,
        };
        fields::Fields {
            number: Ok(field("12")),
            symbol: Err(Doubt::Absent),
            date: Ok(field(value)),
            issuer: Err(Doubt::Unsure(Glimpse {
                value: None,
                written: "SO NOI VU".to_owned(),
                page: 1,
                row: field("").bbox,
                confidence: 0.3,
            })),
            signer: Err(Doubt::Several(vec!["A".to_owned(), "B".to_owned()])),
        }
    }

    #[test]
    fn a_day_that_the_calendar_lacks_is_no_date() {
        let sound = Fields::of(&read("2024-02-29"), (None, None));
        assert_eq!(
            sound.date().map(|date| date.to_string()).as_deref(),
            Some("2024-02-29")
        );
        let none = Fields::of(&read("2023-02-29"), (None, None));
        assert_eq!((none.date(), none.date.value), (None, None));
        assert_eq!(none.date.written.as_deref(), Some("as 2023-02-29"));
    }

    #[test]
    fn what_is_given_wins_and_is_shown_as_given() {
        let given = Given {
            number: Some("21".to_owned()),
            signer: Some("C".to_owned()),
            ..Given::default()
        };
        let fields = Fields::of(&read("2024-02-29"), (Some(&given), None));
        assert_eq!(fields.number.value.as_deref(), Some("21"));
        assert_eq!(fields.number.source, FieldSource::Given);
        assert_eq!(fields.number.written.as_deref(), Some("as 12"));
        assert_eq!(fields.number.confidence, None);
        assert_eq!(
            (fields.signer.value.as_deref(), fields.signer.reason),
            (Some("C"), None)
        );
        assert_eq!(fields.date.source, FieldSource::Ocr);
        let day = "2024-03-01".parse().ok();
        let fields = Fields::of(&read("2024-02-29"), (None, day));
        assert_eq!(
            (fields.date(), fields.date.source),
            (day, FieldSource::Given)
        );
    }

    #[test]
    fn what_is_corrected_wins_and_what_was_read_stays_beside_it() {
        let given = Given {
            issuer: Some("B".to_owned()),
            ..Given::default()
        };
        let day = "2024-03-01".parse().ok();
        let read = Fields::of(&read("2024-02-29"), (None, None));
        let fields = read.clone().corrected((&given, day));
        assert_eq!(fields.date(), day);
        assert_eq!(fields.date.written.as_deref(), Some("as 2024-02-29"));
        assert_eq!(fields.date.bbox_px, read.date.bbox_px);
        assert_eq!(fields.issuer.value.as_deref(), Some("B"));
        assert_eq!(fields.issuer.cause, None);
        assert_eq!((fields.number, fields.signer), (read.number, read.signer));
    }

    #[test]
    fn the_files_own_text_is_told_where_the_picture_shows_nothing_sure() {
        let mut fields = Fields::of(&read("2024-02-29"), (None, None));
        let mut layer = read("2024-03-01");
        layer.issuer = layer.number.clone();
        fields.tell_layer(&layer);
        let cause = fields.issuer.cause.unwrap();
        assert_eq!((cause.code.as_str(), cause.values.len()), ("unsure", 1));
        assert_eq!(cause.values["own_text"], "12");
        let reason = fields.issuer.reason.unwrap();
        assert!(reason.starts_with("found, but not read surely enough; "));
        assert!(reason.contains("\u{201c}12\u{201d}"), "{reason}");
        assert_eq!(fields.issuer.value, None, "it is never trusted alone");
        assert_eq!(fields.date.reason, None, "the picture is read");
        assert!(!fields.symbol.reason.unwrap().contains("own text"));
    }

    #[test]
    fn every_field_has_a_value_or_a_reason() {
        let mut fields = Fields::of(&read("2024-02-29"), (None, None));
        let why = Why::of_recognition(&Failure::TooMuch);
        fields.explain(&why);
        for (name, field) in fields.each() {
            assert_ne!(field.value.is_some(), field.reason.is_some(), "{name}");
            assert_eq!(field.reason.is_some(), field.cause.is_some(), "{name}");
            assert_eq!(
                field.value.is_none(),
                field.source == FieldSource::Unknown,
                "{name}"
            );
        }
        assert_eq!(fields.symbol.reason, Some(why.sentence.clone()));
        assert_eq!(fields.symbol.cause, Some(why.cause()));
        assert_ne!(fields.issuer.cause, Some(why.cause()));
    }
}
