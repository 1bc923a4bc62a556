//! Every text that reports show, in Vietnamese, Chinese and English.
//!
//! Comes in: a language, a key and what stands in the text's braces. Goes out: the text. The three catalogues
//! (`words/vi.toml`, `words/zh.toml`, `words/en.toml`) are carried in the binary; what only pages show stands in catalogues of
//! the pages' own; `tests/words.rs` fails where one lacks a key,
//! holds one that nothing asks for, or names other values in braces.

use std::collections::HashMap;
use std::fmt::Display;
use std::fmt::Write;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::civil::Date;

pub mod names;

/// A language that readers may choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Vietnamese.
    Vietnamese,
    /// Chinese in simplified characters.
    Chinese,
    /// English.
    #[default]
    English,
}

/// Neither `vi`, `zh` nor `en`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the language must be vi, zh or en, not {found:?}")]
pub struct UnknownLanguage {
    /// What was given.
    pub found: String,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Vietnamese, Self::Chinese, Self::English];

    /// Its short name: `vi`, `zh` or `en`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    /// Its name for the `lang` attribute of HTML and the metadata of PDF (BCP 47), by which readers' systems choose the
    /// shapes of Hanzi.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::Chinese => "zh-Hans",
            Self::English => "en",
        }
    }

    /// Its name as its own readers write it, for choosing it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.word("language.name")
    }

    /// The language of a locale such as `vi_VN.UTF-8` or of a range such as `zh-CN`; `None` for others.
    #[must_use]
    pub fn of_locale(locale: &str) -> Option<Self> {
        let language = locale.split(['_', '-', '.', '@']).next()?;
        language.to_ascii_lowercase().parse().ok()
    }

    /// The text of a key without values.
    #[must_use]
    pub fn word(self, key: &str) -> &'static str {
        known(self, key).unwrap_or_else(|| missing(key))
    }

    /// A number as readers write it: with a comma for decimals in Vietnamese. `text` holds numbers in English form, and
    /// whatever stands around them.
    #[must_use]
    pub fn decimal(self, text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        let is_digit = |at: Option<&char>| at.is_some_and(char::is_ascii_digit);
        let shown = letters.iter().enumerate().map(|(at, letter)| {
            let before = at.checked_sub(1).and_then(|at| letters.get(at));
            let is_point = *letter == '.' && is_digit(before) && is_digit(letters.get(at + 1));
            match self {
                Self::Vietnamese if is_point => ',',
                Self::Vietnamese | Self::Chinese | Self::English => *letter,
            }
        });
        shown.collect()
    }

    /// A day of the calendar: 21/05/2024, 2024年5月21日, 21 May 2024.
    #[must_use]
    pub fn date(self, date: Date) -> String {
        let (year, month, day) = (date.year(), date.month(), date.day());
        match self {
            Self::Vietnamese => format!("{day:02}/{month:02}/{year:04}"),
            Self::Chinese => format!("{year}年{month}月{day}日"),
            Self::English => {
                const MONTHS: [&str; 12] = [
                    "January",
                    "February",
                    "March",
                    "April",
                    "May",
                    "June",
                    "July",
                    "August",
                    "September",
                    "October",
                    "November",
                    "December",
                ];
                let index = usize::try_from(month - 1).unwrap_or_default();
                format!("{day} {} {year}", MONTHS[index % MONTHS.len()])
            }
        }
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, UnknownLanguage> {
        let mut all = Self::ALL.into_iter();
        all.find(|language| language.code() == code)
            .ok_or_else(|| UnknownLanguage {
                found: code.to_owned(),
            })
    }
}

/// The text of a key, with values in place of the names in braces.
///
/// Where the text depends on a number, the value named `n` chooses its form. What values hold is never taken for
/// a name in braces. A key that no catalogue has is shown as it is; tests see to it that there is none.
#[must_use]
pub fn text(language: Language, key: &str, values: &[(&str, &dyn Display)]) -> String {
    let text = catalogue(language).text(key, values);
    text.unwrap_or_else(|| missing(key).to_owned())
}

/// The text of a key that may be in no catalogue, such as the code of a finding of a later version.
#[must_use]
pub fn known(language: Language, key: &str) -> Option<&'static str> {
    catalogue(language).word(key)
}

/// One text.
#[derive(Debug)]
enum Text {
    /// The same for any number.
    Plain(String),
    /// One that depends on a number.
    Counted {
        /// For one, where that differs.
        one: Option<String>,
        /// For all others.
        other: String,
    },
}

/// Texts of one language by their keys.
#[derive(Debug, Default)]
pub struct Catalogue(HashMap<String, Text>);

impl Catalogue {
    /// The texts of a TOML file: tables are joined to keys by dots, and a table of `one` and `other` is one text.
    ///
    /// # Panics
    /// If it is no TOML: catalogues are carried in the binary, and the tests read each.
    #[must_use]
    pub fn read(file: &str) -> Self {
        let table: toml::Table = toml::from_str(file).expect("the tests read every catalogue");
        let mut catalogue = Self::default();
        add(&mut catalogue, "", table);
        catalogue
    }

    /// The text of a key without values.
    #[must_use]
    pub fn word(&self, key: &str) -> Option<&str> {
        match self.0.get(key)? {
            Text::Plain(text) | Text::Counted { other: text, .. } => Some(text),
        }
    }

    /// The text of a key with values, as [`text`] fills them in.
    #[must_use]
    pub fn text(&self, key: &str, values: &[(&str, &dyn Display)]) -> Option<String> {
        Some(match self.0.get(key)? {
            Text::Plain(text) => filled(text, values),
            Text::Counted { one, other } => {
                let mut named = values.iter();
                let count = named.find(|(name, _)| *name == "n");
                let is_one = count.is_some_and(|(_, value)| value.to_string() == "1");
                let form = one.as_ref().filter(|_| is_one).unwrap_or(other);
                filled(form, values)
            }
        })
    }
}

static CATALOGUES: LazyLock<[Catalogue; 3]> = LazyLock::new(|| {
    [
        include_str!("words/vi.toml"),
        include_str!("words/zh.toml"),
        include_str!("words/en.toml"),
    ]
    .map(Catalogue::read)
});

fn catalogue(language: Language) -> &'static Catalogue {
    match language {
        Language::Vietnamese => &CATALOGUES[0],
        Language::Chinese => &CATALOGUES[1],
        Language::English => &CATALOGUES[2],
    }
}

fn add(catalogue: &mut Catalogue, prefix: &str, table: toml::Table) {
    for (name, value) in table {
        let key = match prefix {
            "" => name,
            prefix => format!("{prefix}.{name}"),
        };
        match value {
            toml::Value::String(text) => {
                catalogue.0.insert(key, Text::Plain(text));
            }
            toml::Value::Table(inner) => match counted(&inner) {
                Some(text) => {
                    catalogue.0.insert(key, text);
                }
                None => add(catalogue, &key, inner),
            },
            // Nothing else stands in a catalogue; a test says so of each.
            toml::Value::Integer(_)
            | toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Datetime(_)
            | toml::Value::Array(_) => {}
        }
    }
}

/// The forms of a text that depends on a number: a table of these names alone.
fn counted(table: &toml::Table) -> Option<Text> {
    let form = |name| table.get(name).and_then(toml::Value::as_str);
    let is_forms = table.keys().all(|name| name == "one" || name == "other");
    let other = form("other").filter(|_| is_forms)?;
    Some(Text::Counted {
        one: form("one").map(str::to_owned),
        other: other.to_owned(),
    })
}

fn filled(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        shown.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            shown.push('{');
            rest = after;
            continue;
        };
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => {
                let _ = write!(shown, "{value}");
            }
            None => {
                debug_assert!(false, "no value for {{{name}}} in {text:?}");
            }
        }
        rest = behind;
    }
    shown.push_str(rest);
    shown
}

/// What stands for a key that is in no catalogue.
fn missing(key: &str) -> &'static str {
    debug_assert!(false, "no text has the key {key:?}");
    "?"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_chooses_the_form_where_the_language_has_forms() {
        let pages = |language, n: u32| text(language, "count.pages", &[("n", &n)]);
        assert_eq!(pages(Language::English, 1), "1 page");
        assert_eq!(pages(Language::English, 0), "0 pages");
        assert_eq!(pages(Language::English, 21), "21 pages");
        assert_eq!(pages(Language::Vietnamese, 1), "1 trang");
        assert_eq!(pages(Language::Chinese, 5), "5 页");
    }

    #[test]
    fn values_that_look_like_names_in_braces_stay_as_they_are() {
        let values: [(&str, &dyn Display); 2] = [("reason", &"{written} {"), ("written", &"x")];
        assert_eq!(
            text(Language::English, "field.not_known", &values),
            "not known: {written} {"
        );
    }

    #[test]
    fn dates_and_decimals_are_written_as_in_the_language() {
        let day = jiff::civil::date(2024, 5, 1);
        let shown = Language::ALL.map(|language| language.date(day));
        assert_eq!(shown, ["01/05/2024", "2024年5月1日", "1 May 2024"]);
        let figures = "+0.43 ± 0.05 mm, a.b 3.";
        assert_eq!(
            Language::Vietnamese.decimal(figures),
            "+0,43 ± 0,05 mm, a.b 3."
        );
        assert_eq!(Language::Chinese.decimal(figures), figures);
    }

    #[test]
    fn locales_name_their_language_and_others_none() {
        assert_eq!(
            Language::of_locale("vi_VN.UTF-8"),
            Some(Language::Vietnamese)
        );
        assert_eq!(Language::of_locale("zh-CN"), Some(Language::Chinese));
        assert_eq!(Language::of_locale("en"), Some(Language::English));
        for other in ["C", "", "fr_FR", "vietnam"] {
            assert_eq!(Language::of_locale(other), None, "{other}");
        }
        assert!("VN".parse::<Language>().is_err());
    }

    #[test]
    fn an_unknown_code_has_no_text_and_fails_nothing() {
        assert_eq!(known(Language::Chinese, "finding.seal.of_later"), None);
        assert_eq!(
            known(Language::Chinese, "finding.seal.worn"),
            Some("印章磨损")
        );
    }
}
