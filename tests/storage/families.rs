//! Families of impressions that one unregistered die made: drawn scans, examined once, brought together on both databases.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use antin::jobs::relating;
use antin::links;
use antin::links::Link;
use antin::rules::RuleSet;
use antin::sandbox;
use antin::storage::Store;
use antin::storage::dies::Family;
use antin::storage::dies::Placement;
use antin::storage::documents::NewDocument;
use antin::storage::items::ItemKind;
use antin::storage::items::Settlement;
use antin::storage::jobs::Arrival;
use antin::storage::results::NewResult;
use antin::verdict::Policy;
use antin::verify;
use antin::verify::Examination;
use antin::verify::Seals;
use antin::verify::Wanted;
use rayon::prelude::*;
use serde_json::Value;

use crate::LEASE;
use crate::begun;
use crate::later;
use crate::now;
use crate::on_each;

#[path = "copies.rs"]
mod copies;

/// A set of drawn scans as it was examined: results, and the die of each document's impression by its digest, where it is no
/// registered one.
struct Drawn {
    results: Vec<NewResult>,
    dies: BTreeMap<String, String>,
    /// What is found where all are looked at together.
    links: Vec<Link>,
    /// What was drawn, a line a document.
    truth: Vec<Value>,
    /// The seals of the register.
    seals: BTreeSet<String>,
}

impl Drawn {
    /// A set that is drawn by these words; of its register only so many rows are left, where that is said.
    fn of(words: &str, rows: Option<usize>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let antin = |arguments: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_antin"));
            command
                .current_dir(folder.path())
                .env("ANTIN_DATA", folder.path().join("data"))
                .args(arguments.split(' '))
                .stdout(Stdio::null());
            assert!(command.status().unwrap().success(), "{arguments}");
        };
        antin(words);
        let seals = kept(&folder.path().join("register.csv"), rows);
        antin("register import register.csv");
        let options = sandbox::Options::new(env!("CARGO_BIN_EXE_antin").into());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let register = runtime.block_on(async {
            let store = Store::open(&folder.path().join("data")).await.unwrap();
            let register = store.snapshot(&options).await.unwrap().register;
            store.close().await;
            register
        });
        let (policy, rules) = (Policy::default(), RuleSet::shipped());
        let examination = Examination {
            register: &register,
            policy: &policy,
            rules,
            claim: None,
            seals: Seals::Optional,
            date: None,
            given: None,
        };
        let wanted = Wanted {
            pictures: false,
            crops: true,
        };
        let text = std::fs::read_to_string(folder.path().join("truth.jsonl")).unwrap();
        let truth: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let examined: Vec<verify::Examined> = truth
            .par_iter()
            .map(|line| {
                let path = folder.path().join(line["document"].as_str().unwrap());
                examined(&path, &options, (&examination, wanted))
            })
            .collect();
        let entries: Vec<_> = examined.iter().flat_map(links::die_entries).collect();
        let links = links::find_dies(&entries, &policy);
        let result = |own: verify::Examined| NewResult {
            dies: links::kept_dies(&own),
            report: own.report,
            claim: None,
            crops: own.crops,
            keys: own.keys,
        };
        let results: Vec<NewResult> = examined.into_iter().map(result).collect();
        let die = |(line, result): (&Value, &NewResult)| {
            let sha256 = result.report.document.sha256.clone().unwrap();
            Some((sha256, line["die"].as_str()?.to_owned()))
        };
        let dies = truth.iter().zip(&results).filter_map(die).collect();
        Self {
            results,
            dies,
            links,
            truth,
            seals,
        }
    }

    /// The digests of the documents that one die is found in where all are looked at together.
    fn together(&self) -> BTreeSet<Vec<String>> {
        let links = self.links.iter();
        let digest = |own: &links::Member| own.sha256.clone();
        let digests = links.map(|link| sorted(link.members.iter().map(digest)));
        digests.collect()
    }
}

/// Leaves only the first rows of a register, where it is said how many; the seals that are in it.
fn kept(register: &Path, count: Option<usize>) -> BTreeSet<String> {
    let text = std::fs::read_to_string(register).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().take(count.unwrap_or(usize::MAX)).collect();
    if count.is_some() {
        std::fs::write(register, format!("{head}\n{}\n", rows.join("\n"))).unwrap();
    }
    let seals = rows.iter().filter_map(|row| row.split(',').next());
    seals.map(str::to_owned).collect()
}

fn examined(
    path: &Path,
    options: &sandbox::Options,
    (examination, wanted): (&Examination<'_>, Wanted),
) -> verify::Examined {
    let name = path.file_name().unwrap().to_str().unwrap();
    let source = sandbox::Source::Path(path);
    verify::document_with(name, source, options, (examination, wanted, &|_| ()))
}

/// Hands documents in to offices in turn, keeps their results, and brings their impressions together.
async fn taken(store: &Store, results: &[NewResult], offices: &[&str]) {
    handed_in(store, results, offices).await;
    while relating::next(store).await.unwrap() {}
}

/// Hands documents in to offices in turn, and keeps their results.
async fn handed_in(store: &Store, results: &[NewResult], offices: &[&str]) {
    for (n, result) in results.iter().enumerate() {
        let (office, lease) = (offices[n % offices.len()], format!("lease {n}"));
        let job = begun(store, &format!("{office} {n}"), office).await;
        let sha256 = result.report.document.sha256.clone().unwrap();
        let arrival = Arrival {
            document: NewDocument {
                office: office.into(),
                sha256,
                name: format!("{n}.pdf"),
                bytes: 100,
                by: None,
            },
            kind: ItemKind::Document,
            idempotency_key: None,
        };
        store.admit(&job, &[arrival], now()).await.unwrap();
        let at = later(1_000 * i64::try_from(n).unwrap());
        let claimed = store.claim_items(&lease, 1, (at, LEASE)).await.unwrap();
        let examined = Settlement::Examined(Box::new(result.clone()));
        assert!(store.settle_item(&claimed[0], &examined, at).await.unwrap());
    }
}

async fn families(store: &Store, office: Option<&str>) -> Vec<Family> {
    store
        .families(office, (None, None), (50, 50))
        .await
        .unwrap()
}

fn sorted(digests: impl Iterator<Item = String>) -> Vec<String> {
    let mut digests: Vec<String> = digests.collect();
    digests.sort();
    digests
}

/// The digests of each family's documents.
fn told(families: &[Family]) -> BTreeSet<Vec<String>> {
    let digests = |family: &Family| {
        let members = family.members.iter();
        sorted(members.map(|member| member.document.sha256.clone()))
    };
    families.iter().map(digests).collect()
}

// One test: a set is drawn and examined once a process.
#[test]
fn impressions_of_one_die_come_together_stay_so_and_each_office_sees_its_own() {
    // Two seals, two false dies of each and two dies of neither.
    let drawn = Drawn::of(
        "synth . --of families --seals 2 --documents-per-seal 9 --conditions c300 --forgeries marked --seed 3402",
        None,
    );
    across_offices(&drawn);
    stay_and_leave(&drawn);
    meanwhile(&drawn);
}

fn across_offices(drawn: &Drawn) {
    let Drawn { results, dies, .. } = drawn;
    let together = &drawn.together();
    on_each("families", async |store| {
        taken(&store, results, &["B1", "B2"]).await;
        let all = families(&store, None).await;
        assert_eq!(&told(&all), together, "one by one, and all together");
        assert!(all.len() >= 3, "{} families", all.len());
        for family in &all {
            let made: BTreeSet<Option<&String>> = family
                .members
                .iter()
                .map(|member| dies.get(&member.document.sha256))
                .collect();
            assert_eq!(
                made.len(),
                1,
                "one die, none of a registered seal: {made:?}"
            );
            let die = made.into_iter().next().flatten().unwrap();
            assert_eq!(family.poses_as.is_some(), die.starts_with('S'), "{die}");
            assert_eq!(family.poses_as.is_some(), die.contains('F'), "{die}");
            assert!(family.members.iter().all(|own| own.strength >= 0.2));
            assert_eq!(
                family.sheets,
                family.members.len() as u64,
                "no sheet was scanned twice"
            );
            assert_eq!(family.count, family.sheets);
        }
        for office in ["B1", "B2"] {
            let own = families(&store, Some(office)).await;
            for family in &own {
                assert!(family.members.len() > 1);
                assert!(
                    family
                        .members
                        .iter()
                        .all(|own| own.document.office == office)
                );
                let whole = all.iter().find(|other| other.number == family.number);
                assert!(whole.unwrap().count >= family.count);
            }
            let wanted = all.iter().filter(|family| {
                let members = family.members.iter();
                members.filter(|own| own.document.office == office).count() > 1
            });
            assert_eq!(own.len(), wanted.count(), "{office}");
        }
        // In pages, each once.
        let mut paged = Vec::new();
        while let Some(next) = {
            let after = paged.last().map(|own: &Family| own.number);
            let page = store.families(None, (None, after), (1, 50)).await.unwrap();
            page.into_iter().next()
        } {
            paged.push(next);
        }
        assert_eq!(paged, all);
        for none in [0, -1] {
            let found = store
                .families(None, (Some(none), None), (9, 9))
                .await
                .unwrap();
            assert_eq!(found, []);
        }
    });
}

fn stay_and_leave(drawn: &Drawn) {
    let Drawn { results, .. } = drawn;
    let together = &drawn.together();
    on_each("recognised", async |store| {
        // The last comes first.
        let results: Vec<NewResult> = results.iter().rev().cloned().collect();
        taken(&store, &results, &["B1", "B1"]).await;
        let before = families(&store, None).await;
        assert_eq!(&told(&before), together, "in whatever order they come");
        store.keep_results(&results, later(50_000)).await.unwrap();
        assert!(!relating::next(&store).await.unwrap(), "nothing is new");
        assert_eq!(families(&store, None).await, before);
        // One of them is recognised: its report names a die that is registered now.
        let family = before.iter().max_by_key(|own| own.count).unwrap();
        let gone = family.members[0].document.sha256.clone();
        let known = results
            .iter()
            .find(|own| own.report.document.sha256.as_ref() == Some(&gone));
        let known = NewResult {
            dies: Vec::new(),
            ..known.unwrap().clone()
        };
        store.keep_results(&[known], later(60_000)).await.unwrap();
        let after = store
            .families(None, (Some(family.number), None), (1, 50))
            .await
            .unwrap();
        let left: usize = after.iter().map(|own| own.members.len()).sum();
        assert_eq!(left, family.members.len() - 1);
        assert!(told(&after).iter().all(|own| !own.contains(&gone)));
    });
}

/// What another placed meanwhile is not written over.
fn meanwhile(Drawn { results, .. }: &Drawn) {
    on_each("meanwhile", async |store| {
        let some = results.iter().filter(|own| !own.dies.is_empty()).take(2);
        let some: Vec<NewResult> = some.cloned().collect();
        store.keep_results(&some, now()).await.unwrap();
        let none = Placement::default();
        let (first, placed) = store.next_unplaced().await.unwrap().unwrap();
        assert!(relating::next(&store).await.unwrap());
        let late = store.place_die(first.position, &none, placed);
        assert!(!late.await.unwrap());
        let (second, placed) = store.next_unplaced().await.unwrap().unwrap();
        assert_ne!(first.position, second.position);
        let late = store.place_die(second.position, &none, placed - 1);
        assert!(!late.await.unwrap());
        let own = store.place_die(second.position, &none, placed);
        assert!(own.await.unwrap());
        assert_eq!(store.next_unplaced().await.unwrap(), None);
        // None of it is in a document that was handed in.
        assert_eq!(families(&store, None).await, []);
    });
}
