//! The catalogues of texts: every key in each language, with the same values in braces; none missing, none that nothing
//! asks for.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use antin::words::Language;

/// Sections whose keys are composed of a code that stands elsewhere in the source.
const OPEN_SECTIONS: [&str; 7] = [
    "finding",
    "value",
    "caveat",
    "sector",
    "own_object",
    "shape",
    "ink",
];

/// Figures that are sentences or for programs alone.
const UNTOLD_FIGURES: [&str; 3] = ["settled_by", "source", "in_force"];

/// Where keys are asked for.
const READERS: [&str; 9] = [
    "src/api",
    "src/api.rs",
    "src/cli",
    "src/engine/report",
    "src/engine/report.rs",
    "src/web",
    "src/web.rs",
    "src/engine/words",
    "src/engine/words.rs",
];

type Catalogue = BTreeMap<String, toml::Value>;

fn catalogue(language: Language) -> Catalogue {
    let mut keys = Catalogue::new();
    for folder in ["src/engine/words", "src/web/words"] {
        let path = format!("{folder}/{}.toml", language.code());
        let table: toml::Table = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        flatten("", &table, &mut keys);
    }
    keys
}

fn flatten(prefix: &str, table: &toml::Table, keys: &mut Catalogue) {
    for (name, value) in table {
        let key = format!("{prefix}{name}");
        match value.as_table() {
            Some(inner) if !is_forms(inner) => flatten(&format!("{key}."), inner, keys),
            Some(_) | None => {
                keys.insert(key, value.clone());
            }
        }
    }
}

fn is_forms(table: &toml::Table) -> bool {
    table.contains_key("other") && table.keys().all(|name| name == "one" || name == "other")
}

/// The forms of a text, by their names.
fn forms(value: &toml::Value) -> Vec<(&str, &str)> {
    match value {
        toml::Value::String(text) => vec![("other", text)],
        toml::Value::Table(table) => {
            let forms = table.iter();
            forms
                .map(|(name, text)| (name.as_str(), text.as_str().unwrap()))
                .collect()
        }
        other @ (toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_)
        | toml::Value::Array(_)) => panic!("no text: {other:?}"),
    }
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    let names = text.split('{').skip(1);
    names
        .map(|rest| rest.split_once('}').unwrap_or_else(|| panic!("{text}")).0)
        .collect()
}

#[test]
fn every_language_has_the_same_keys_and_the_same_values_in_braces() {
    let english = catalogue(Language::English);
    for language in Language::ALL {
        let own = catalogue(language);
        let lacks: Vec<_> = english
            .keys()
            .filter(|key| !own.contains_key(*key))
            .collect();
        let alone: Vec<_> = own
            .keys()
            .filter(|key| !english.contains_key(*key))
            .collect();
        assert!(lacks.is_empty(), "{language:?} lacks {lacks:?}");
        assert!(alone.is_empty(), "{language:?} alone has {alone:?}");
        for (key, value) in &own {
            for (_, text) in forms(value) {
                assert!(!text.trim().is_empty(), "{language:?}: {key}");
                for (_, own) in forms(&english[key]) {
                    let names = (placeholders(text), placeholders(own));
                    assert_eq!(names.0, names.1, "{language:?}: {key}");
                }
            }
        }
    }
}

#[test]
fn numbers_have_the_forms_that_the_language_has() {
    for language in Language::ALL {
        for (key, value) in catalogue(language) {
            let names: Vec<&str> = forms(&value).into_iter().map(|form| form.0).collect();
            let expected: &[&str] = match (language, value.is_table()) {
                (Language::English, true) => &["one", "other"],
                _ => &["other"],
            };
            assert_eq!(names, expected, "{language:?}: {key}");
        }
    }
}

#[test]
fn every_key_is_asked_for_and_every_key_that_is_asked_for_exists() {
    let known = catalogue(Language::English);
    let sections: BTreeSet<&str> = known
        .keys()
        .filter_map(|key| key.split('.').next())
        .collect();
    let everywhere = literals(&["src"]);
    let asked = literals(&READERS);
    let unused: Vec<&String> = known
        .keys()
        .filter(|key| !asked.contains(*key) && !is_composed(key, &everywhere))
        .collect();
    assert!(unused.is_empty(), "nothing asks for {unused:#?}");
    let is_key = |literal: &&String| {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.".contains(c);
        let section = literal.split_once('.').map(|(section, _)| section);
        let is_file = [".csv", ".html", ".js", ".css", ".pgm", ".png"].iter();
        section.is_some_and(|section| sections.contains(section))
            && literal.chars().all(is_plain)
            && !is_file.clone().any(|ending| literal.ends_with(ending))
    };
    let missing: Vec<&String> = asked
        .iter()
        .filter(is_key)
        .filter(|literal| !known.contains_key(*literal))
        .collect();
    assert!(missing.is_empty(), "no text has the keys {missing:#?}");
}

/// Whether a key is one of those composed of a code, and the code stands somewhere.
fn is_composed(key: &str, everywhere: &BTreeSet<String>) -> bool {
    let Some((section, code)) = key.split_once('.') else {
        return false;
    };
    OPEN_SECTIONS.contains(&section)
        && (everywhere.contains(code) || everywhere.contains(&code.replace('_', " ")))
}

#[test]
fn every_finding_and_every_figure_of_one_has_a_name() {
    let known = catalogue(Language::English);
    let families = [
        "seal.",
        "page.",
        "document.",
        "placement.",
        "use.",
        "clock.",
    ];
    let found = literals(&[
        "src/links.rs",
        "src/links",
        "src/engine/rules.rs",
        "src/engine/rules",
        "src/tally.rs",
        "src/trends",
        "src/trends.rs",
        "src/engine/verify",
        "src/engine/verify.rs",
    ]);
    let is_code = |literal: &&String| {
        let is_plain = |c: char| c.is_ascii_lowercase() || "_.".contains(c);
        families.iter().any(|family| {
            let code = literal.strip_prefix(family);
            code.is_some_and(|code| !code.is_empty())
        }) && literal.chars().all(is_plain)
    };
    let codes: Vec<&String> = found.iter().filter(is_code).collect();
    assert!(codes.len() > 50, "only {codes:?}");
    for code in codes {
        assert!(known.contains_key(&format!("finding.{code}")), "{code}");
    }
    let mut figures = 0;
    for path in files(Path::new("src/engine/rules")) {
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        let named = source.split(".value(").skip(1);
        for name in named.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        {
            figures += 1;
            let is_known = known.contains_key(&format!("value.{name}"));
            let is_untold = UNTOLD_FIGURES.contains(&name) || name == "own_object_bbox_px";
            assert!(is_known || is_untold, "{name}, {}", path.display());
        }
    }
    assert!(figures > 30, "only {figures}");
}

/// What stands between quotes in the files of these folders.
fn literals(paths: &[&str]) -> BTreeSet<String> {
    let mut literals = BTreeSet::new();
    for path in paths.iter().flat_map(|path| files(Path::new(path))) {
        let source = fs::read_to_string(&path).unwrap();
        // What tests ask for is no one's need.
        let source = source.split("#[cfg(test)]").next().unwrap();
        for line in source.lines() {
            let pieces = line.split('"');
            literals.extend(pieces.skip(1).step_by(2).map(str::to_owned));
        }
    }
    literals
}

/// The files of Rust and of pages in a folder, or the file itself; none where there is neither.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let Ok(entries) = fs::read_dir(path) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        let is_source = path
            .extension()
            .is_some_and(|ending| ["rs", "html", "js"].iter().any(|known| ending == *known));
        if path.is_dir() {
            found.extend(files(&path));
        } else if is_source {
            found.push(path);
        }
    }
    found
}
