//! The texts that only pages show; texts that reports show too stand in [`crate::words`].

use std::fmt::Display;
use std::sync::LazyLock;

use crate::words;
use crate::words::Catalogue;
use crate::words::Language;

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

/// The text of a key without values.
pub(super) fn word(language: Language, key: &str) -> &'static str {
    let own = catalogue(language).word(key);
    own.unwrap_or_else(|| language.word(key))
}

/// The text of a key that may be in no catalogue.
pub(super) fn known(language: Language, key: &str) -> Option<&'static str> {
    let own = catalogue(language).word(key);
    own.or_else(|| words::known(language, key))
}

/// The text of a key with values in place of the names in braces.
pub(super) fn text(language: Language, key: &str, values: &[(&str, &dyn Display)]) -> String {
    let own = catalogue(language).text(key, values);
    own.unwrap_or_else(|| words::text(language, key, values))
}
