//! Figures of seals set across several sheets: whole sets joined, and what was done to broken ones named.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::evaluation::truth::Truth;

/// What a line says of a seal across several sheets.
const FIELD: &str = "straddling";

/// What was said of a document's sheets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenSheets {
    /// The document, as the set names it.
    pub document: String,
    /// The pages of each joined impression.
    pub joined: BTreeSet<Vec<u32>>,
    /// Pages at which something is said to be wrong.
    pub named: BTreeSet<u32>,
    /// Joined impressions by their conclusion.
    pub conclusions: BTreeMap<String, usize>,
}

/// Figures of the documents with one thing done to their sheets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetFigures {
    /// Documents.
    pub documents: usize,
    /// Of them, those of which something is said to be wrong.
    pub flagged: usize,
    /// Those whose every stamp is joined from all of its parts, and nothing else is; of whole ones nothing is said to be
    /// wrong besides.
    pub joined: usize,
    /// Those of which a page where something is wrong is named.
    pub named: usize,
    /// Those of which a page is named where nothing is wrong.
    pub misnamed: usize,
}

/// Figures of all documents of a set with seals across several sheets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StraddlingFigures {
    /// By what was done to the sheets; the whole ones also by condition.
    pub groups: BTreeMap<String, SheetFigures>,
    /// Joined impressions by their conclusion.
    pub conclusions: BTreeMap<String, usize>,
}

/// Takes the lines of parts of seals out of a set's: they are no impressions by themselves.
#[must_use]
pub fn without_parts(lines: Vec<Truth>) -> (Vec<Truth>, Vec<Truth>) {
    let is_part = |line: &Truth| line.others.contains_key(FIELD);
    lines.into_iter().partition(|line| !is_part(line))
}

/// What a document's parts say of it.
#[derive(Default)]
struct Known<'a> {
    state: &'a str,
    condition: &'a str,
    stamps: BTreeMap<u64, Vec<u32>>,
    wrong: BTreeSet<u32>,
}

impl StraddlingFigures {
    /// Counts; `None` where no line is of such a seal.
    #[must_use]
    pub fn of(parts: &[Truth], seen: &[SeenSheets]) -> Option<Self> {
        let mut known: BTreeMap<&str, Known<'_>> = BTreeMap::new();
        for line in parts {
            let told = line.others.get(FIELD)?;
            let document = known.entry(line.document.as_str()).or_default();
            document.state = told.get("state").and_then(Value::as_str).unwrap_or("");
            let condition = line.others.get("condition").and_then(Value::as_str);
            document.condition = condition.unwrap_or("");
            let stamp = told.get("stamp").and_then(Value::as_u64).unwrap_or(0);
            document.stamps.entry(stamp).or_default().push(line.page);
            let wrong = told.get("fault_pages").and_then(Value::as_array);
            let pages = wrong.into_iter().flatten().filter_map(Value::as_u64);
            document
                .wrong
                .extend(pages.filter_map(|page| u32::try_from(page).ok()));
        }
        let mut figures = Self::default();
        let nothing = SeenSheets::default();
        for (name, own) in &known {
            let found = seen
                .iter()
                .find(|seen| seen.document == *name)
                .unwrap_or(&nothing);
            figures
                .groups
                .entry(own.state.to_owned())
                .or_default()
                .add(own, found);
            if own.wrong.is_empty() {
                let group = format!("{} {}", own.state, own.condition);
                figures.groups.entry(group).or_default().add(own, found);
            }
            for (conclusion, count) in &found.conclusions {
                *figures.conclusions.entry(conclusion.clone()).or_default() += count;
            }
        }
        (!known.is_empty()).then_some(figures)
    }
}

impl SheetFigures {
    fn add(&mut self, known: &Known<'_>, seen: &SeenSheets) {
        let stamps: BTreeSet<Vec<u32>> = known.stamps.values().cloned().collect();
        let is_flagged = !seen.named.is_empty();
        let is_whole = known.wrong.is_empty();
        self.documents += 1;
        self.flagged += usize::from(is_flagged);
        self.joined += usize::from(seen.joined == stamps && !(is_whole && is_flagged));
        self.named += usize::from(!seen.named.is_disjoint(&known.wrong));
        self.misnamed += usize::from(!seen.named.is_subset(&known.wrong));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(document: &str, (page, stamp): (u32, u64), wrong: &[u32]) -> Truth {
        let state = if wrong.is_empty() {
            "complete"
        } else {
            "swapped"
        };
        let line = serde_json::json!({
            "document": document, "label": "genuine", "seal": "S001", "page": page, "condition": "c300",
            "straddling": { "state": state, "stamp": stamp, "fault_pages": wrong },
        });
        serde_json::from_value(line).unwrap()
    }

    fn seen(document: &str, joined: &[&[u32]], named: &[u32]) -> SeenSheets {
        SeenSheets {
            document: document.to_owned(),
            joined: joined.iter().map(|pages| pages.to_vec()).collect(),
            named: named.iter().copied().collect(),
            conclusions: BTreeMap::new(),
        }
    }

    #[test]
    fn a_set_is_joined_if_every_stamp_has_its_pages_and_nothing_is_said_against_it() {
        let parts: Vec<Truth> = ["a", "b", "c"]
            .iter()
            .flat_map(|name| {
                [
                    part(name, (1, 1), &[]),
                    part(name, (2, 1), &[]),
                    part(name, (3, 2), &[]),
                ]
            })
            .collect();
        let said = [
            seen("a", &[&[1, 2], &[3]], &[]),
            seen("b", &[&[1, 2], &[3]], &[2]),
            seen("c", &[&[1, 2, 3]], &[]),
        ];
        let figures = StraddlingFigures::of(&parts, &said).unwrap();
        let whole = &figures.groups["complete"];
        assert_eq!((whole.documents, whole.joined, whole.flagged), (3, 1, 1));
        assert_eq!(&figures.groups["complete c300"], whole);
    }

    #[test]
    fn a_broken_set_is_named_by_a_page_where_something_is_wrong() {
        let parts = [part("a", (1, 1), &[1, 2]), part("b", (1, 1), &[2])];
        let said = [seen("a", &[], &[2]), seen("b", &[], &[2, 5])];
        let figures = StraddlingFigures::of(&parts, &said).unwrap();
        let swapped = &figures.groups["swapped"];
        assert_eq!(
            (swapped.flagged, swapped.named, swapped.misnamed),
            (2, 2, 1)
        );
        assert_eq!(StraddlingFigures::of(&[], &said), None);
    }
}
