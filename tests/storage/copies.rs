//! Copies of impressions whose die is in no register: drawn pastes and rescans, linked as they come, on both databases.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use antin::audit::Act;
use antin::audit::Actor;
use antin::jobs::relating;
use antin::links;
use antin::links::Bearer;
use antin::links::KeptDie;
use antin::links::Link;
use antin::links::Twins;
use antin::retention::Periods;
use antin::storage::Store;
use antin::storage::dies::Placement;
use antin::storage::documents::DocumentFilter;
use antin::storage::documents::StoredDocument;
use antin::storage::documents::document_id;
use antin::storage::results::NewResult;
use antin::storage::retention::Deleted;
use antin::storage::retention::Today;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::Drawn;
use super::handed_in;
use super::taken;
use crate::later;
use crate::now;
use crate::on_each;

/// A drawn document whose seal is in no register; all are named by their digests.
struct Told {
    sha256: String,
    pasted_from: Option<String>,
    rescan_of: Option<String>,
    /// The document that the impression was stamped on.
    root: String,
}

impl Told {
    /// Those of a set, in their order.
    fn all(drawn: &Drawn) -> Vec<Self> {
        let digest = |result: &NewResult| result.report.document.sha256.clone().unwrap();
        let named = |(line, result): (&Value, &NewResult)| {
            let document = line["document"].as_str().unwrap();
            (document.to_owned(), digest(result))
        };
        let digests: BTreeMap<String, String> =
            drawn.truth.iter().zip(&drawn.results).map(named).collect();
        let of = |line: &Value, name: &str| digests.get(line[name].as_str()?).cloned();
        let is_unknown = |line: &&Value| {
            let seal = line["seal"].as_str();
            seal.is_some_and(|seal| !drawn.seals.contains(seal))
        };
        let told = |line: &Value| {
            let (pasted_from, rescan_of) = (of(line, "pasted_from"), of(line, "rescan_of"));
            let sha256 = of(line, "document").unwrap();
            let first = pasted_from.clone().or_else(|| rescan_of.clone());
            Self {
                root: first.unwrap_or_else(|| sha256.clone()),
                sha256,
                // What was printed once more may agree by too little.
                pasted_from: pasted_from.filter(|_| line.get("printed").is_none()),
                rescan_of,
            }
        };
        drawn.truth.iter().filter(is_unknown).map(told).collect()
    }
}

/// The links of an office's documents, or of all, as each document has them.
async fn found(store: &Store, office: Option<&str>) -> Vec<Link> {
    let filter = DocumentFilter {
        office: office.map(Into::into),
        ..DocumentFilter::default()
    };
    let mut all = Vec::new();
    for document in store.documents(&filter, 100).await.unwrap() {
        all.extend(links_of(store, &document, office).await);
    }
    all
}

async fn links_of(store: &Store, document: &StoredDocument, office: Option<&str>) -> Vec<Link> {
    let copies = store.copies_beside(document, office, 100).await.unwrap();
    let bearers = copies.borne.into_iter().map(|own| own.bearer);
    let bearers: Vec<Bearer> = bearers.collect();
    let mut links = links::join_twins(&bearers, &copies.twins);
    links.retain(|link| link.members.iter().any(|own| own.path == document.id));
    links
}

/// Each pair of documents that a link has, by their digests, the lesser first, and whether both are of one sheet.
fn pairs(links: &[Link]) -> BTreeSet<(String, String, bool)> {
    let mut pairs = BTreeSet::new();
    for link in links {
        let members = &link.members;
        let sheets: BTreeSet<usize> = members.iter().map(|own| own.sheet).collect();
        assert_eq!(link.finding.is_some(), sheets.len() > 1, "{link:?}");
        for (place, own) in members.iter().enumerate() {
            for other in &members[place + 1..] {
                let mut both = [own.sha256.clone(), other.sha256.clone()];
                both.sort();
                let [first, second] = both;
                pairs.insert((first, second, own.sheet == other.sheet));
            }
        }
    }
    pairs
}

/// Whether two documents are linked, and then whether as one sheet.
fn linked(found: &BTreeSet<(String, String, bool)>, one: &str, other: &str) -> Option<bool> {
    let mut found = found.iter();
    let pair = found.find(|(a, b, _)| (a == one && b == other) || (a == other && b == one));
    pair.map(|(_, _, is_one_sheet)| *is_one_sheet)
}

fn bears(found: &BTreeSet<(String, String, bool)>, sha256: &str) -> bool {
    found.iter().any(|(a, b, _)| a == sha256 || b == sha256)
}

/// Pasted copies are linked with their sources, rescans are no alarm, and stampings stay apart.
fn agree(found: &BTreeSet<(String, String, bool)>, told: &[Told]) {
    for own in told {
        if let Some(source) = &own.pasted_from {
            let is_one_sheet = linked(found, &own.sha256, source);
            assert_eq!(is_one_sheet, Some(false), "a copy: {found:?}");
        }
        if let Some(source) = &own.rescan_of {
            let is_one_sheet = linked(found, &own.sha256, source);
            assert_ne!(is_one_sheet, Some(false), "a rescan: {found:?}");
        }
        for other in told.iter().filter(|other| other.root != own.root) {
            let none = linked(found, &own.sha256, &other.sha256);
            assert_eq!(none, None, "two stampings: {found:?}");
        }
    }
}

/// A pasted copy and its source, that which came first before the other.
fn copied(told: &[Told]) -> [&str; 2] {
    let pasted = told
        .iter()
        .find_map(|own| Some((own, own.pasted_from.as_ref()?)));
    let (pasted, source) = pasted.unwrap();
    let both = told
        .iter()
        .filter(|own| own.sha256 == pasted.sha256 || own.sha256 == *source);
    let both: Vec<&str> = both.map(|own| own.sha256.as_str()).collect();
    both.try_into().unwrap()
}

fn result_of<'a>(results: &'a [NewResult], sha256: &str) -> &'a NewResult {
    let is_own = |own: &&NewResult| own.report.document.sha256.as_deref() == Some(sha256);
    results.iter().find(is_own).unwrap()
}

// One test: a set is drawn and examined once a process.
#[test]
fn copies_of_a_die_in_no_register_are_linked_once_and_each_office_sees_its_own() {
    let drawn = Drawn::of(
        "synth . --of copies --seals 2 --documents-per-seal 6 --conditions c300 --seed 3302",
        Some(1),
    );
    let told = Told::all(&drawn);
    once(&drawn.results, &told);
    across_offices(&drawn.results, &told);
    beside_many(&drawn.results);
}

fn once(results: &[NewResult], told: &[Told]) {
    let [first, second] = copied(told);
    on_each("copies", async |store| {
        taken(&store, results, &["B1"]).await;
        let before = pairs(&found(&store, None).await);
        agree(&before, told);
        // Whether a rescan agrees enough to be linked at all is not claimed here, but seen.
        let rescans = told.iter().filter_map(|own| {
            let source = own.rescan_of.as_deref()?;
            Some(linked(&before, &own.sha256, source))
        });
        let rescans: Vec<Option<bool>> = rescans.collect();
        eprintln!("rescans, linked as one sheet or not: {rescans:?}");
        store.keep_results(results, later(50_000)).await.unwrap();
        assert!(!relating::next(&store).await.unwrap(), "nothing is new");
        assert_eq!(pairs(&found(&store, None).await), before);
        // It is recognised, and then it is not: what is found anew is what was found before.
        let own = result_of(results, second);
        let known = NewResult {
            dies: Vec::new(),
            ..own.clone()
        };
        store.keep_results(&[known], later(60_000)).await.unwrap();
        while relating::next(&store).await.unwrap() {}
        assert!(!bears(&pairs(&found(&store, None).await), second));
        let again = [own.clone()];
        store.keep_results(&again, later(70_000)).await.unwrap();
        while relating::next(&store).await.unwrap() {}
        let after = found(&store, None).await;
        agree(&pairs(&after), told);
        let both = |link: &&Link| {
            let mut wanted = [first, second].into_iter();
            wanted.all(|sha256| link.members.iter().any(|own| own.sha256 == sha256))
        };
        let id = document_id("B1", second);
        let document = store.document(&id).await.unwrap().unwrap();
        let own = links_of(&store, &document, None).await;
        assert_eq!(own.iter().filter(both).count(), 1, "{own:?}");
    });
}

fn across_offices(results: &[NewResult], told: &[Told]) {
    let [first, second] = copied(told);
    let is_second = |own: &NewResult| own.report.document.sha256.as_deref() == Some(second);
    let office = |own: &NewResult| if is_second(own) { "B2" } else { "B1" };
    let offices: Vec<&str> = results.iter().map(office).collect();
    let act = Act {
        who: Actor::Program,
        at: now(),
    };
    let today = Today {
        on: jiff::civil::date(2026, 12, 1),
        zone: TimeZone::UTC,
        periods: Periods::default(),
    };
    on_each("copies_across", async |store| {
        taken(&store, results, &offices).await;
        agree(&pairs(&found(&store, None).await), told);
        assert!(!bears(&pairs(&found(&store, Some("B1")).await), second));
        assert_eq!(found(&store, Some("B2")).await, [], "it has one of them");
        // The other's bytes are handed in there too: one result serves both.
        let other = [result_of(results, first).clone()];
        taken(&store, &other, &["B2"]).await;
        let own = pairs(&found(&store, Some("B2")).await);
        assert_eq!(own.len(), 1, "{own:?}");
        assert_eq!(linked(&own, first, second), Some(false));
        assert!(!bears(&pairs(&found(&store, Some("B1")).await), second));
        let all = pairs(&found(&store, None).await);
        assert_eq!(
            linked(&all, first, first),
            Some(true),
            "one file, one sheet"
        );
        // What is deleted is told no more.
        for (sha256, is_told) in [(first, true), (second, false)] {
            let id = document_id("B2", sha256);
            let deleted = store.delete_document(&id, (&today, "for a test"), &act);
            assert!(matches!(deleted.await.unwrap(), Deleted::Done(_)));
            assert_eq!(found(&store, Some("B2")).await, []);
            assert_eq!(bears(&pairs(&found(&store, None).await), second), is_told);
        }
    });
}

/// The only copy of one impression is told beside the many of another in its document.
fn beside_many(results: &[NewResult]) {
    let mut bearing = results.iter().filter(|own| !own.dies.is_empty());
    let mut with = |count: usize| {
        let own = bearing.next().unwrap();
        let die = |impression: usize| KeptDie {
            impression,
            ..own.dies[0].clone()
        };
        NewResult {
            dies: (0..count).map(die).collect(),
            ..own.clone()
        }
    };
    let both = [with(2), with(80)];
    on_each("copies_beside_many", async |store| {
        handed_in(&store, &both, &["B1"]).await;
        let mut numbers: Vec<i64> = Vec::new();
        let mut placement = Placement::default();
        while let Some((die, placed)) = store.next_unplaced().await.unwrap() {
            numbers.push(die.position);
            // The first is paired with all of the other document but the earliest, which is the second's.
            let first = match numbers.len() {
                1 | 2 => None,
                3 => Some(numbers[1]),
                _ => Some(numbers[0]),
            };
            let copy = first.map(|first| Twins {
                numbers: (first, die.position),
                correlation: 0.8,
                strength: 2.0,
                is_one_sheet: false,
            });
            placement.copies = copy.into_iter().collect();
            let done = store.place_die(die.position, &placement, placed);
            assert!(done.await.unwrap(), "{numbers:?}");
        }
        assert_eq!(numbers.len(), 82);
        let sha256 = both[0].report.document.sha256.as_deref().unwrap();
        let id = document_id("B1", sha256);
        let document = store.document(&id).await.unwrap().unwrap();
        let copies = store.copies_beside(&document, None, 100).await.unwrap();
        let mut told = copies.twins.iter().map(|own| own.numbers);
        assert!(
            told.any(|own| own == (numbers[1], numbers[2])),
            "{copies:?}"
        );
        // Of the many, the latest.
        let last = numbers.last().copied().unwrap();
        let mut told = copies.twins.iter().map(|own| own.numbers);
        assert!(told.any(|own| own == (numbers[0], last)), "{copies:?}");
    });
}
