//! The time in which a rule is in force.

use jiff::civil::Date;
use jiff::civil::date;
use toml::Spanned;

use crate::rules::fault::Fault;
use crate::rules::fault::at;

/// From and to, both days included; open where a day is not known or not yet there.
///
/// Of a rule whose year alone is known it is sure only that it was in force after that year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Period {
    from: Option<(Date, String)>,
    to: Option<(Date, String)>,
}

impl Period {
    /// Whether the date falls into it; without a date, whether it has not ended.
    #[must_use]
    pub fn covers(&self, on: Option<Date>) -> bool {
        match on {
            Some(on) => {
                self.from.as_ref().is_none_or(|(from, _)| *from <= on)
                    && self.to.as_ref().is_none_or(|(to, _)| on <= *to)
            }
            None => self.to.is_none(),
        }
    }

    /// As an ISO 8601 interval, an end empty where it is open.
    #[must_use]
    pub fn interval(&self) -> String {
        let written = |end: &Option<(Date, String)>| {
            end.as_ref()
                .map_or_else(String::new, |(_, text)| text.clone())
        };
        format!("{}/{}", written(&self.from), written(&self.to))
    }

    pub(super) fn read(
        text: &str,
        from: Option<&Spanned<String>>,
        to: Option<&Spanned<String>>,
    ) -> Result<Self, Fault> {
        let end = |value: Option<&Spanned<String>>, field: &str| {
            let Some(value) = value else { return Ok(None) };
            let expected = || {
                let found = value.get_ref();
                let message = format!(
                    "must be a day or a year, such as \"2016-07-01\" or \"2016\", not \"{found}\""
                );
                at(text, value, field, message)
            };
            let day = day(value.get_ref(), field == "from").ok_or_else(expected)?;
            Ok(Some((day, value.get_ref().clone())))
        };
        let period = Self {
            from: end(from, "from")?,
            to: end(to, "to")?,
        };
        match (&period.from, &period.to, to) {
            (Some((first, _)), Some((last, _)), Some(value)) if first > last => {
                let message = "lies before `from`".to_owned();
                Err(at(text, value, "to", message))
            }
            _ => Ok(period),
        }
    }
}

/// A day; of a year the day from which, or until which, it is surely in force.
fn day(text: &str, is_first: bool) -> Option<Date> {
    if text.len() == 4 {
        let year: i16 = text.parse().ok().filter(|year| (1..9999).contains(year))?;
        return Some(if is_first {
            date(year + 1, 1, 1)
        } else {
            date(year - 1, 12, 31)
        });
    }
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}
