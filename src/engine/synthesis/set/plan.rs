//! Which documents a set holds.

use crate::synthesis::chance::Chance;
use crate::synthesis::deformation::DAMAGES;
use crate::synthesis::document::CONDITIONS;
use crate::synthesis::document::Condition;
use crate::synthesis::document::Document;
use crate::synthesis::document::Entry;
use crate::synthesis::document::Route;
use crate::synthesis::document::named;
use crate::synthesis::page::DECOYS;
use crate::synthesis::page::Filling;
use crate::synthesis::page::HEAD_DECOYS;
use crate::synthesis::set::Content;
use crate::synthesis::set::Error;
use crate::synthesis::set::Options;
use crate::synthesis::set::copies;
use crate::synthesis::set::families;
use crate::synthesis::set::fillings;
use crate::synthesis::set::findings;
use crate::synthesis::set::framed;
use crate::synthesis::set::hardships;
use crate::synthesis::set::lives;
use crate::synthesis::set::straddles;
use crate::synthesis::stamp::Make;

/// Plans the documents of a set: for each seal about 40 % genuine, 38 % forged in turn by every
/// kind, the rest deformed, pasted and printed, and for the whole set unregistered seals (one for
/// every fifteen documents) and pages without a seal (one for every ten). A set of damage holds
/// sound impressions and damaged dies only, half and half.
///
/// # Errors
/// [`Error::UnknownCondition`] if a condition asked for does not exist.
pub fn plan(options: &Options) -> Result<Vec<Document>, Error> {
    let mut documents = planned(options, &chosen(&options.conditions)?);
    for document in &mut documents {
        document.hardship = document.hardship.or_else(|| document.condition.hardship());
    }
    Ok(documents)
}

/// The same before the hardships that come with conditions.
fn planned(options: &Options, conditions: &[Condition]) -> Vec<Document> {
    let mut chance = Chance::new(options.seed, "plan", 0);
    let mut entries = match options.content {
        Content::Mixed | Content::Shapes => everything(options, &mut chance),
        Content::Copies => return copies::plan(options, conditions),
        Content::Families => families::plan(options),
        Content::Damage => damage(options),
        Content::Hardships => return hardships::plan(options, conditions),
        Content::Straddling => return straddles::plan(options, conditions),
        Content::Pages => return fillings::pages(options, conditions),
        Content::Letters => return fillings::plan(options, conditions, fillings::LETTERS),
        Content::Marks => return framed::marks(options, conditions),
        Content::Forms => return framed::forms(options, conditions),
        Content::Findings => return findings::plan(options, conditions),
        Content::Wear => return lives::plan(options, conditions),
    };
    chance.shuffle(&mut entries);
    let mut documents: Vec<Document> = entries
        .into_iter()
        .enumerate()
        .map(|(index, entries)| document(index, entries, conditions, &mut chance))
        .collect();
    link_pasted(&mut documents, &mut chance);
    documents
}

/// Some of everything, a page each.
fn everything(options: &Options, chance: &mut Chance) -> Vec<Vec<Entry>> {
    let mut entries: Vec<Vec<Entry>> = Vec::new();
    let kinds = options.strength.kinds();
    let (mut forged, mut damaged) = (0, 0);
    let next = |kinds: usize, count: &mut usize| {
        *count += 1;
        (*count - 1) % kinds
    };
    for seal in 0..options.seals {
        for number in 0..options.documents_per_seal {
            // Steps through fifty turns, so that small sets hold some of everything.
            let turn = (number * 19 + seal * 7) % 50;
            let (make, route) = match turn {
                0..=19 => (Make::Genuine, Route::Stamped),
                20..=38 => (
                    Make::Forged(kinds[next(kinds.len(), &mut forged)]),
                    Route::Stamped,
                ),
                39..=43 => (
                    Make::Damaged(DAMAGES[next(DAMAGES.len(), &mut damaged)]),
                    Route::Stamped,
                ),
                44..=46 => (Make::Genuine, Route::Pasted(0)),
                _ => (Make::Genuine, Route::Printed),
            };
            let mut page = vec![Entry {
                seal,
                registered: true,
                make,
                route,
            }];
            let other = chance.index(options.seals);
            if make == Make::Genuine && other != seal && chance.happens(0.12) {
                let (make, route) = (Make::Genuine, Route::Stamped);
                page.push(Entry {
                    seal: other,
                    registered: true,
                    make,
                    route,
                });
            }
            entries.push(page);
        }
    }
    let stamped = entries.len();
    for stranger in 0..stamped.div_ceil(15) {
        let (make, route) = (Make::Genuine, Route::Stamped);
        entries.push(vec![Entry {
            seal: stranger,
            registered: false,
            make,
            route,
        }]);
    }
    entries.extend((0..stamped.div_ceil(10)).map(|_| Vec::new()));
    entries
}

/// Sound impressions and those of damaged dies, half and half for each seal.
fn damage(options: &Options) -> Vec<Vec<Entry>> {
    let stamped = |seal, make| Entry {
        seal,
        registered: true,
        make,
        route: Route::Stamped,
    };
    let mut damages = DAMAGES.into_iter().cycle();
    let mut entries = Vec::new();
    for seal in 0..options.seals {
        for number in 0..options.documents_per_seal {
            let damaged = (number % 2 == 1).then(|| damages.next()).flatten();
            entries.push(vec![stamped(
                seal,
                damaged.map_or(Make::Genuine, Make::Damaged),
            )]);
        }
    }
    entries
}

pub(super) fn document(
    index: usize,
    entries: Vec<Entry>,
    conditions: &[Condition],
    chance: &mut Chance,
) -> Document {
    let total: u32 = conditions.iter().map(|c| c.weight).sum();
    let mut left =
        u32::try_from(chance.index(usize::try_from(total).unwrap_or(1).max(1))).unwrap_or(0);
    let mut condition = conditions[0];
    for candidate in conditions {
        if left < candidate.weight {
            condition = *candidate;
            break;
        }
        left -= candidate.weight;
    }
    let decoys = match (entries.is_empty(), chance.index(6)) {
        (true, _) => vec![DECOYS[index % DECOYS.len()]],
        (false, 0) => vec![*chance.pick(&HEAD_DECOYS)],
        (false, _) => Vec::new(),
    };
    Document {
        name: format!("docs/d{:04}.pdf", index + 1),
        condition,
        signed: !entries.is_empty() && chance.happens(0.8),
        entries,
        decoys,
        // A whole sheet at 600 dpi would take half a gigabyte to draw.
        small: chance.happens(0.15) || condition.dpi >= 600,
        filling: Filling::Letter,
        hardship: None,
        rescan_of: None,
        straddle: None,
        is_hung: false,
        is_aside: false,
        addition: None,
    }
}

/// Gives each pasted impression an archived source: a stamped colour scan of the same seal; one
/// without becomes a stamped original.
fn link_pasted(documents: &mut [Document], chance: &mut Chance) {
    for index in 0..documents.len() {
        let Some(entry) = documents[index].entries.first().copied() else {
            continue;
        };
        if !matches!(entry.route, Route::Pasted(_)) {
            continue;
        }
        let sources = originals(documents, entry.seal);
        documents[index].entries[0].route = if sources.is_empty() {
            Route::Stamped
        } else {
            Route::Pasted(*chance.pick(&sources))
        };
    }
}

/// The stamped colour scans of a seal, by index.
pub(super) fn originals(documents: &[Document], seal: usize) -> Vec<usize> {
    let is_original = |document: &Document| {
        let first = document.entries.first();
        document.rescan_of.is_none()
            && document.condition.colour()
            && first.is_some_and(|entry| {
                entry.seal == seal
                    && entry.registered
                    && entry.make == Make::Genuine
                    && entry.route == Route::Stamped
            })
    };
    let numbered = documents.iter().enumerate();
    let found = numbered.filter(|(_, document)| is_original(document));
    found.map(|(index, _)| index).collect()
}

pub(super) fn chosen(names: &[String]) -> Result<Vec<Condition>, Error> {
    if names.is_empty() {
        return Ok(CONDITIONS.to_vec());
    }
    names
        .iter()
        .map(|name| named(name).ok_or_else(|| Error::UnknownCondition { name: name.clone() }))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::synthesis::forgery::Strength;
    use crate::synthesis::hardship::Hardship;

    #[test]
    fn a_set_of_families_holds_several_impressions_of_every_die_that_is_in_no_register() {
        let options = Options {
            seals: 5,
            documents_per_seal: 10,
            specimens: 1,
            conditions: Vec::new(),
            strength: Strength::Marked,
            content: Content::Families,
            seed: 3,
        };
        let mut dies: BTreeMap<(usize, bool, String), usize> = BTreeMap::new();
        for document in plan(&options).unwrap() {
            let entry = document.entries[0];
            let die = (entry.seal, entry.registered, format!("{:?}", entry.make));
            *dies.entry(die).or_default() += 1;
        }
        assert_eq!(dies.values().sum::<usize>(), 50);
        // Of each seal itself two, of each of two false dies three, of one stranger two.
        assert_eq!(dies.len(), 20);
        assert!(dies.values().all(|count| *count >= 2));
    }

    #[test]
    fn a_condition_with_a_bad_feed_is_planned_where_it_is_named_alone() {
        let plan_of = |content: Content, conditions: &[&str]| {
            let options = Options {
                seals: 4,
                documents_per_seal: 10,
                specimens: 1,
                conditions: conditions.iter().map(|name| (*name).to_owned()).collect(),
                strength: Strength::Graded,
                content,
                seed: 3,
            };
            plan(&options).unwrap()
        };
        let is_fed = |document: &Document| document.hardship == Some(Hardship::Feed);
        for content in [Content::Mixed, Content::Straddling, Content::Pages] {
            assert!(!plan_of(content, &[]).iter().any(is_fed), "{content:?}");
            let named = plan_of(content, &["feed", "feedb"]);
            assert!(!named.is_empty() && named.iter().all(is_fed), "{content:?}");
        }
        let both = plan_of(Content::Mixed, &["c300", "feed"]);
        let fed = both.iter().filter(|document| is_fed(document)).count();
        assert!(fed > 0 && fed < both.len(), "{fed} of {}", both.len());
    }

    #[test]
    fn a_set_of_damage_holds_half_sound_dies_and_every_kind_of_damage_alike_often() {
        let options = Options {
            seals: 7,
            documents_per_seal: 4,
            specimens: 1,
            conditions: Vec::new(),
            strength: Strength::Graded,
            content: Content::Damage,
            seed: 3,
        };
        let documents = plan(&options).unwrap();
        let makes = |make: Make| {
            let entries = documents.iter().flat_map(|document| &document.entries);
            entries.filter(|entry| entry.make == make).count()
        };
        assert_eq!(documents.len(), 28);
        assert_eq!(makes(Make::Genuine), 14);
        assert!(DAMAGES.iter().all(|kind| makes(Make::Damaged(*kind)) == 2));
    }
}
