//! The catalogues of texts: every key in each language, with the same values in braces; none missing, none that nothing
//! asks for.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use antin::words::Language;

use crate::terms::TERMS;

#[path = "words/terms.rs"]
mod terms;

/// Sections whose keys are composed of a code that stands elsewhere in the source.
const OPEN_SECTIONS: [&str; 19] = [
    "finding",
    "value",
    "caveat",
    "sector",
    "own_object",
    "shape",
    "ink",
    "body_event",
    "book",
    "border",
    "cause",
    "document_date",
    "done",
    "permit_fault",
    "reason",
    "sameness",
    "sheet_fault",
    "trouble",
    "wording",
];

/// Keys that are composed of a code, by their beginnings, and where the code stands.
const COMPOSED: [(&str, &[&str]); 11] = [
    ("web.deed.", &["src/audit/deed.rs"]),
    ("web.level.", &["src/web/register.rs"]),
    ("web.change.", &["src/engine/registry/review.rs"]),
    ("app.problem.", &["src/api", "src/api.rs"]),
    ("web.kind.", &["src/engine/registry"]),
    ("app.effect.", &["src/storage/proposals/effect.rs"]),
    ("app.chain.", &["src/api/audit.rs"]),
    ("app.check.", &["src/engine/verify/enrolment.rs"]),
    ("app.specimen.", &["src/engine/verify/specimen.rs"]),
    ("app.row.", &ROWS),
    ("web.doubt.", &["src/engine/registry"]),
];

/// Where it is said why a row of a file is none, or is to be looked at.
const ROWS: [&str; 4] = [
    "src/engine/registry/sheet.rs",
    "src/engine/registry/sheet",
    "src/storage/import",
    "src/storage/recording.rs",
];

/// What comparisons are called, of which a script composes keys.
const PICTURES: [&str; 4] = ["overlay", "difference", "missing", "extra"];

/// Refusals that only programs meet.
const FOR_PROGRAMS: [&str; 4] = [
    "if_match_required",
    "not_ready",
    "not_signed_in",
    "other_offset",
];

/// How the service refuses, and what may stand before the code.
const REFUSALS: [(&str, &str); 3] = [
    ("Problem::conflict(", ""),
    ("Problem::busy(", ""),
    ("Problem::new(", "StatusCode::"),
];

/// Where the texts of scripts are asked for: the list of what is handed to them is no asking.
const SCRIPTS: [&str; 2] = ["src/web/static", "src/web/templates"];

/// Texts with a number that need no forms in English: nothing in them agrees with it.
const WITHOUT_FORMS: [&str; 5] = [
    "count.more",
    "count.stopped",
    "no_seal.title",
    "file.revision_ends",
    "file.in_all",
];

/// Texts that stand behind a number that is no part of them.
const BEHIND_NUMBERS: [&str; 3] = [
    "web.overview.documents",
    "web.overview.open_decisions",
    "web.register.count",
];

/// Figures that are sentences or for programs alone.
const UNTOLD_FIGURES: [&str; 4] = ["settled_by", "source", "in_force", "own_object_bbox_px"];

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
            let has_number = forms(&value)
                .iter()
                .any(|(_, text)| placeholders(text).contains("n"));
            let needs = has_number && !WITHOUT_FORMS.contains(&key.as_str())
                || BEHIND_NUMBERS.contains(&key.as_str());
            if language == Language::English && needs {
                assert!(value.is_table(), "{key} has one form for all numbers");
            }
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
    let everywhere = literals(&["src"]).into_iter();
    let everywhere: BTreeSet<String> = everywhere
        .map(|literal| literal.replace(' ', "_"))
        .collect();
    let (asked, by_scripts) = (literals(&READERS), literals(&SCRIPTS));
    let unused: Vec<&String> = known
        .keys()
        .filter(|key| match key.starts_with("app.") {
            true => !by_scripts.contains(*key),
            false => !asked.contains(*key),
        })
        .filter(|key| !is_composed(key, &everywhere) && !is_coded(key))
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

/// Whether a key begins as those that are composed of a code, and the code stands where it is said to.
fn is_coded(key: &str) -> bool {
    let script = fs::read_to_string("src/web/static/compare.js").unwrap();
    let picture = key.strip_prefix("app.");
    if picture.is_some_and(|own| PICTURES.contains(&own)) && script.contains("`app.${name}`") {
        return true;
    }
    let mut own = COMPOSED
        .iter()
        .filter_map(|(beginning, places)| Some((key.strip_prefix(beginning)?, places)));
    own.any(|(code, places)| literals(places).contains(code))
}

#[test]
fn scripts_are_handed_the_texts_that_they_ask_for_and_no_others() {
    let is_text = |literal: &String| literal.starts_with("app.");
    let handed = literals(&["src/web/shell.rs"]);
    let handed: BTreeSet<String> = handed.into_iter().filter(is_text).collect();
    let handed: BTreeSet<&String> = handed.iter().filter(|key| !key.contains('{')).collect();
    let asked = literals(&["src/web/static"]);
    let unasked: Vec<_> = handed
        .iter()
        .filter(|key| !asked.contains(**key) && !is_coded(key))
        .collect();
    assert!(unasked.is_empty(), "no script asks for {unasked:#?}");
    let missing: Vec<_> = asked
        .iter()
        .filter(|key| is_text(key) && !handed.contains(key))
        .collect();
    assert!(missing.is_empty(), "scripts are not handed {missing:#?}");
}

#[test]
fn what_the_service_refuses_by_has_words_in_each_language() {
    let known = catalogue(Language::English);
    let told = known
        .keys()
        .filter_map(|key| key.strip_prefix("app.problem."))
        .collect::<BTreeSet<_>>();
    let handed = literals(&["src/web/shell.rs"]);
    for code in &told {
        assert!(handed.contains(*code), "{code} is not handed to pages");
    }
    for path in files(Path::new("src/api")) {
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        for code in refusals(source) {
            let is_for_programs = FOR_PROGRAMS.contains(&code);
            assert!(
                told.contains(code) || is_for_programs,
                "{code}, {}",
                path.display()
            );
        }
    }
}

/// The codes by which a source refuses, where they stand in its calls.
fn refusals(source: &str) -> Vec<&str> {
    let mut codes = Vec::new();
    for (call, before) in REFUSALS {
        for after in source.split(call).skip(1) {
            let mut pieces = after.split('"');
            let front = pieces.next().unwrap_or_default().trim_start();
            if front.starts_with(before)
                && !front.contains(')')
                && (front.is_empty() || !before.is_empty())
            {
                codes.extend(pieces.next());
            }
        }
    }
    codes
}

/// Whether a key is one of those composed of a code, and the code stands somewhere.
fn is_composed(key: &str, everywhere: &BTreeSet<String>) -> bool {
    let Some((section, code)) = key.split_once('.') else {
        return false;
    };
    OPEN_SECTIONS.contains(&section) && everywhere.contains(code)
}

#[test]
fn seals_and_what_is_done_with_them_are_called_as_by_those_who_keep_them() {
    for language in [Language::Vietnamese, Language::Chinese] {
        let own = catalogue(language);
        for (key, vietnamese, chinese) in TERMS.iter().copied() {
            let term = if language == Language::Vietnamese {
                vietnamese
            } else {
                chinese
            };
            let text = own[key].as_str().unwrap();
            assert!(
                text.contains(term),
                "{language:?}, {key}: {text} lacks {term}"
            );
        }
    }
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
    for path in files(Path::new("src")) {
        if path.to_string_lossy().contains("tests") {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        let named = source.split(".value(").skip(1);
        for name in named.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        {
            figures += 1;
            let is_known = known.contains_key(&format!("value.{name}"));
            let is_untold = UNTOLD_FIGURES.contains(&name);
            assert!(is_known || is_untold, "{name}, {}", path.display());
        }
    }
    assert!(figures > 60, "only {figures}");
}

#[test]
fn what_does_not_fit_and_why_rows_are_none_has_words() {
    let known = catalogue(Language::English);
    let found = literals(&["src/engine/registry"]);
    let doubts = found.iter().filter(|own| own.starts_with("register."));
    let doubts: Vec<&String> = doubts.collect();
    assert!(doubts.len() > 25, "only {doubts:?}");
    for code in doubts {
        assert!(known.contains_key(&format!("web.doubt.{code}")), "{code}");
    }
    let mut codes = BTreeSet::new();
    for path in ROWS.iter().flat_map(|path| files(Path::new(path))) {
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        for made in ["Told::new(", "Reason::new(", "about(path,"] {
            let named = source.split(made).skip(1);
            let named = named.filter_map(|rest| rest.trim_start().strip_prefix('"'));
            codes.extend(named.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
        }
    }
    assert!(codes.len() > 30, "only {codes:?}");
    for code in codes {
        assert!(known.contains_key(&format!("app.row.{code}")), "{code}");
    }
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
