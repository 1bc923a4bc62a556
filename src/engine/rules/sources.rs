//! The rules that the register's half of the program was written from, and what becomes of each.
//!
//! Five documents were gone through sentence by sentence; `sources.toml` has their 104 rules in our own words.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use serde::Deserialize;

const SOURCES: &str = include_str!("sources.toml");

/// The documents, by the beginning of their rules' identifiers.
const DOCUMENTS: [(&str, &str); 5] = [
    (
        "S0",
        "Notice of a district of Lạng Sơn on keeping and using seals",
    ),
    (
        "S1",
        "Quyết định 157/QĐ-UBND of Từ Sơn on the second seals at its centre",
    ),
    (
        "S2",
        "会宁县's notice on certificates and seals of villages and communities",
    ),
    ("S3", "Chỉ thị 06/CT-UBND on submissions and signatures"),
    ("S4", "Report of an inspection of a commune of Đồng Tháp"),
];

/// What becomes of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "class", rename_all = "snake_case")]
pub enum Class {
    /// The program looks for breaches.
    Checked {
        /// The codes of what it finds.
        findings: Vec<String>,
        /// The test that shows it.
        test: String,
    },
    /// The data is held and shown.
    Recorded {
        /// Which data.
        record: String,
        /// Where it is held: a kind of rows and its column, a column of the seals' register (`seal.`), a seal's event (`event.`), or
        /// a field of reports (`report.`).
        held: Vec<String>,
    },
    /// People have to look.
    Checklist {
        /// What they are asked.
        ask: String,
    },
}

/// One rule of the documents.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Rule {
    /// Its identifier, such as `S0-01`.
    pub id: String,
    /// Whose law it is of.
    pub jurisdiction: String,
    /// What it says, in our own words.
    pub rule: String,
    /// What becomes of it.
    #[serde(flatten)]
    pub class: Class,
}

#[derive(Deserialize)]
struct File {
    rule: Vec<Rule>,
}

/// All rules, in the order of the documents.
///
/// # Panics
/// If the shipped file is broken, which a test rules out.
#[must_use]
pub fn rules() -> &'static [Rule] {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(|| {
        let file: File = toml::from_str(SOURCES).expect("the shipped list of rules is sound");
        file.rule
    })
}

/// The page docs/rules.md.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(
        "# Rules and what becomes of them\n\n\
         The register's half of Antin was written from five documents. Every rule in them is in exactly one of three classes:\n\
         *checked*: a breach is a finding; *recorded*: the data is held and shown; *checklist*: people have to look\n\
         (`antin register checklist`). The law cited with findings is in [instruments.toml](../src/engine/rules/instruments.toml).\n\n\
         This page is written from [sources.toml](../src/engine/rules/sources.toml): `cargo run --example rules`.\n",
    );
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in rules() {
        *counts.entry(rule.class.name()).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    let _ = writeln!(page, "\n{} rules: {}.", rules().len(), counts.join(", "));
    for (start, title) in DOCUMENTS {
        let _ = write!(
            page,
            "\n## {start}: {title}\n\n| id | rule | class | finding, record or question | test |\n|---|---|---|---|---|\n"
        );
        for rule in rules().iter().filter(|rule| rule.id.starts_with(start)) {
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} | {} |",
                rule.id,
                rule.rule,
                rule.class.name(),
                rule.class.told(),
                rule.class
                    .test()
                    .map_or_else(String::new, |test| format!("`{test}`"))
            );
        }
    }
    page
}

/// What people are asked, by identifier: of one jurisdiction, or of all.
#[must_use]
pub fn checklist(jurisdiction: Option<&str>) -> Vec<(&'static str, &'static str)> {
    let rules = rules().iter();
    let own = rules.filter(|rule| jurisdiction.is_none_or(|own| own == rule.jurisdiction));
    own.filter_map(|rule| match &rule.class {
        Class::Checklist { ask } => Some((rule.id.as_str(), ask.as_str())),
        Class::Checked { .. } | Class::Recorded { .. } => None,
    })
    .collect()
}

impl Class {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Checked { .. } => "checked",
            Self::Recorded { .. } => "recorded",
            Self::Checklist { .. } => "checklist",
        }
    }

    /// The test that shows it, of a checked one.
    #[must_use]
    pub fn test(&self) -> Option<&str> {
        match self {
            Self::Checked { test, .. } => Some(test),
            Self::Recorded { .. } | Self::Checklist { .. } => None,
        }
    }

    fn told(&self) -> String {
        match self {
            Self::Checked { findings, .. } => {
                let codes = findings.iter().map(|code| format!("`{code}`"));
                codes.collect::<Vec<_>>().join(", ")
            }
            Self::Recorded { record, .. } => record.clone(),
            Self::Checklist { ask } => ask.clone(),
        }
    }
}
