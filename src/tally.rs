//! Documents counted against the register of use: whether more were stamped than an entry tells.
//!
//! Comes in: many documents' reports, and the links between them. Goes out: a record for each entry of which more
//! documents were found than it has copies. Scans of one sheet, and copies of one stamping, count once.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::links::Kind;
use crate::links::Link;
use crate::registry::Register;
use crate::registry::use_register::Means;
use crate::registry::use_register::Sought;
use crate::registry::use_register::Usage;
use crate::rules::Basis;
use crate::rules::RuleSet;
use crate::rules::Scene;
use crate::rules::Severity;
use crate::rules::use_of_seal;
use crate::verify::Report;

/// Name and version of the record.
pub const SCHEMA: &str = "antin.use/1";

/// A document that an entry of the register tells of.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Digest of its bytes.
    pub sha256: String,
    /// Its path as given.
    pub path: String,
    /// The seal.
    pub seal: String,
    /// Name of the entry.
    pub entry: String,
    /// What it says.
    pub usage: Usage,
}

/// One document of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    /// Digest of its bytes.
    pub sha256: String,
    /// Its path as given.
    pub path: String,
}

/// An entry of which more documents were found than it tells of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exceeded {
    /// [`SCHEMA`].
    pub schema: String,
    /// The seal.
    pub seal: String,
    /// Name of the entry.
    pub entry: String,
    /// The copies that it tells of.
    pub copies: u32,
    /// The documents found that were stamped apart.
    pub found: usize,
    /// All documents that it tells of.
    pub members: Vec<Member>,
    /// `use.copies_exceeded`.
    pub finding: String,
    /// How grave it is.
    pub severity: Severity,
    /// One sentence for people.
    pub message: String,
    /// The rule, where one in force is known.
    pub basis: Option<Basis>,
}

/// The entries that tell of a document.
#[must_use]
pub fn entries(report: &Report, register: &Register) -> Vec<Entry> {
    let uses = register.use_register();
    let document = &report.document;
    let Some(sha256) = document.sha256.as_ref().filter(|_| !uses.is_empty()) else {
        return Vec::new();
    };
    let fields = document.fields.as_ref();
    let sought = Sought {
        sha256: Some(sha256),
        number: fields.and_then(|fields| fields.number.value.as_deref()),
        symbol: fields.and_then(|fields| fields.symbol.value.as_deref()),
        date: document.date.claimed,
    };
    let own = report.impressions.iter();
    let own = own.filter(|impression| !impression.conclusion.is_against());
    let seals: BTreeSet<&String> = own
        .filter_map(|impression| impression.seal.as_ref())
        .collect();
    let told = seals.into_iter().filter_map(|seal| {
        let (stated, means) = uses.of_seal(seal)?.find(sought)?;
        (means != Means::Perhaps).then(|| Entry {
            sha256: sha256.clone(),
            path: document.path.clone(),
            seal: seal.clone(),
            entry: stated.sources[0].name.clone(),
            usage: stated.value.clone(),
        })
    });
    told.collect()
}

/// The entries of which more documents were found than they tell of, in the order of seals and entries.
#[must_use]
pub fn exceeded(
    entries: &[Entry],
    links: &[Link],
    register: &Register,
    rules: &RuleSet,
) -> Vec<Exceeded> {
    let mut by_entry: BTreeMap<(&str, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let key = (entry.seal.as_str(), entry.entry.as_str());
        by_entry.entry(key).or_default().push(entry);
    }
    let records = by_entry.into_values().filter_map(|own| {
        let copies = own[0].usage.copies?;
        let found = apart(&own, links);
        if found <= usize::try_from(copies).unwrap_or(usize::MAX) {
            return None;
        }
        let stated = &register.seals[register.position(&own[0].seal)?].particulars;
        let usage = &own[0].usage;
        let scene = Scene::stated(stated, usage.day().or(usage.dated), rules);
        let finding = use_of_seal::copies_exceeded(usage, found, scene);
        let members: BTreeSet<Member> = own
            .iter()
            .map(|entry| Member {
                sha256: entry.sha256.clone(),
                path: entry.path.clone(),
            })
            .collect();
        Some(Exceeded {
            schema: SCHEMA.to_owned(),
            seal: own[0].seal.clone(),
            entry: own[0].entry.clone(),
            copies,
            found,
            members: members.into_iter().collect(),
            finding: finding.code,
            severity: finding.severity,
            message: finding.message,
            basis: finding.basis,
        })
    });
    records.collect()
}

/// How many of these documents were stamped apart: those that share a stamping count once.
fn apart(entries: &[&Entry], links: &[Link]) -> usize {
    let digests: BTreeSet<&str> = entries.iter().map(|entry| entry.sha256.as_str()).collect();
    let mut groups: BTreeMap<&str, &str> = digests.iter().map(|own| (*own, *own)).collect();
    for link in links
        .iter()
        .filter(|link| link.kind == Kind::SameImpression)
    {
        let members = link.members.iter().map(|member| member.sha256.as_str());
        let own: Vec<&str> = members.filter_map(|own| groups.get(own).copied()).collect();
        let Some(least) = own.iter().min().copied() else {
            continue;
        };
        for group in groups.values_mut() {
            if own.contains(group) {
                *group = least;
            }
        }
    }
    groups.values().collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::Member as Linked;
    use crate::registry::Recorded;
    use crate::registry::Records;
    use crate::registry::kind;

    fn entry(sha256: &str) -> Entry {
        let row = [
            ("seal", "S1"),
            ("register", "work"),
            ("entry_no", "7"),
            ("copies", "2"),
        ];
        let row = row.map(|(column, value)| (column.to_owned(), value.to_owned()));
        let content = crate::registry::Entry {
            kind: kind::named("use").unwrap().name.to_owned(),
            key: "S1".to_owned(),
            content: row.into_iter().collect(),
            ..crate::registry::Entry::default()
        };
        let records = Records::of([Recorded {
            name: content.name(),
            entry: content,
            revision: Some(1),
            recorded_at: Some("2024-06-01T00:00:00Z".to_owned()),
        }]);
        let stated = records.facts::<Usage>("S1").remove(0);
        Entry {
            sha256: sha256.to_owned(),
            path: format!("{sha256}.pdf"),
            seal: "S1".to_owned(),
            entry: stated.sources[0].name.clone(),
            usage: stated.value,
        }
    }

    #[test]
    fn documents_that_share_a_stamping_count_once() {
        let entries = ["a", "b", "c", "a"].map(entry);
        let own: Vec<&Entry> = entries.iter().collect();
        assert_eq!(apart(&own, &[]), 3);
        let member = |sha256: &str| Linked {
            sha256: sha256.to_owned(),
            page: 1,
            impression: 0,
            path: String::new(),
            sheet: 1,
        };
        let link = |kind| Link {
            schema: String::new(),
            kind,
            members: vec![member("c"), member("a"), member("z")],
            strength: 3.0,
            correlation: None,
            seal: None,
            finding: None,
        };
        assert_eq!(apart(&own, &[link(Kind::SameImpression)]), 2);
        assert_eq!(apart(&own, &[link(Kind::SameUnregisteredDie)]), 3);
    }
}
