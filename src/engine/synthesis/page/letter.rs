//! What a letter says of itself, as it is printed.

use serde::Serialize;

/// Number, date and names on a letter; what is not printed is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Its symbol, which follows the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// Its date, such as 2024-05-21; none where the signers' dates differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The body that issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// How the date stands there: `printed` or `handwritten`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_written: Option<String>,
    /// Its language: `vietnamese` or `chinese`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The names under the signatures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signers: Vec<String>,
}

impl Letter {
    /// Takes in the date of a signer, counted from zero.
    pub(super) fn tell_date(&mut self, signer: usize, day: String) {
        if signer == 0 {
            self.date = Some(day);
        } else if self.date.as_ref() != Some(&day) {
            self.date = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signers_of_different_days_leave_a_letter_without_a_date() {
        let mut letter = Letter::default();
        letter.tell_date(0, "2024-05-21".to_owned());
        assert_eq!(letter.date.as_deref(), Some("2024-05-21"));
        letter.tell_date(1, "2024-05-22".to_owned());
        assert_eq!(letter.date, None);
    }
}
