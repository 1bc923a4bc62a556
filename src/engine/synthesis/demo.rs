//! The small set that the program carries for its demonstration: six seals and the documents of a
//! short story about them.

use std::path::Path;

use crate::synthesis::catalogue;
use crate::synthesis::catalogue::PadColour;
use crate::synthesis::catalogue::Seal;
use crate::synthesis::deformation::Damage;
use crate::synthesis::document;
use crate::synthesis::document::Condition;
use crate::synthesis::document::Document;
use crate::synthesis::document::Entry;
use crate::synthesis::document::Route;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::forgery::Forgery;
use crate::synthesis::forgery::Strength;
use crate::synthesis::page::Decoy;
use crate::synthesis::page::Filling;
use crate::synthesis::pdf;
use crate::synthesis::set;
use crate::synthesis::set::Extra;
use crate::synthesis::set::Specimens;
use crate::synthesis::set::Written;
use crate::synthesis::stamp::Make;
use crate::synthesis::stamp::World;

/// Chosen by looking at what several seeds drew.
const SEED: u64 = 9;

/// Which of the catalogue's first twelve designs are registered: a figure, two near twins, a
/// Chinese round seal, an oval and a square.
const DESIGNS: [usize; 6] = [0, 1, 2, 4, 6, 11];

/// Writes the demonstration set into `directory`.
///
/// # Errors
/// [`set::Error::Write`] names a file that could not be written.
pub fn write(
    directory: &Path,
    fonts: &Fonts,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Written, set::Error> {
    let world = World {
        fonts,
        seed: SEED,
        strength: Strength::Graded,
    };
    let seals = seals(fonts);
    let documents = story();
    let extras = extras(&documents, &seals, world);
    let specimens = Specimens {
        count: 3,
        compact: true,
        under_law: false,
    };
    set::write_all(
        directory,
        (&seals, &documents),
        (specimens, extras),
        world,
        progress,
    )
}

/// The registered seals.
fn seals(fonts: &Fonts) -> Vec<Seal> {
    let mut designs: Vec<Option<Seal>> = catalogue::seals(12, SEED, fonts)
        .into_iter()
        .map(Some)
        .collect();
    let chosen = DESIGNS.iter().filter_map(|index| designs[*index].take());
    chosen
        .enumerate()
        .map(|(index, mut seal)| {
            seal.id = format!("D{:02}", index + 1);
            // One blue pad among red ones.
            seal.ink = if index == 4 {
                PadColour::Blue
            } else {
                PadColour::Red
            };
            seal
        })
        .collect()
}

/// The documents that are one page each and readable.
fn story() -> Vec<Document> {
    let one = |name, condition, seal, make| Page {
        name,
        condition,
        entries: vec![entry(seal, make)],
        decoys: Vec::new(),
    };
    let genuine = Make::Genuine;
    let mut unregistered = entry(0, genuine);
    unregistered.registered = false;
    let mut pasted = entry(0, genuine);
    pasted.route = Route::Pasted(0);
    let pages = vec![
        one("01-genuine-colour", "c300", 0, genuine),
        one("02-genuine-gray", "g300", 1, genuine),
        one("03-genuine-black-and-white", "b300", 1, genuine),
        one("04-genuine-near-twin", "c200", 2, genuine),
        one("05-genuine-chinese", "c200", 3, genuine),
        one("06-genuine-oval-blue", "c200", 4, genuine),
        one("07-genuine-square", "c200", 5, genuine),
        one("08-forged-font", "c300", 0, Make::Forged(Forgery::Font)),
        one(
            "09-forged-outer-radius",
            "c300",
            1,
            Make::Forged(Forgery::Radius),
        ),
        one("10-forged-star", "c300", 3, Make::Forged(Forgery::Star)),
        one(
            "11-deformed-die",
            "c200",
            2,
            Make::Damaged(Damage::Stretched),
        ),
        Page {
            name: "12-unregistered",
            condition: "c200",
            entries: vec![unregistered],
            decoys: Vec::new(),
        },
        Page {
            name: "13-two-seals",
            condition: "c300",
            entries: vec![entry(2, genuine), entry(0, genuine)],
            decoys: Vec::new(),
        },
        Page {
            name: "14-no-seal",
            condition: "c200",
            entries: Vec::new(),
            decoys: vec![Decoy::RedHeading, Decoy::RingLogo, Decoy::ColouredTable],
        },
        Page {
            name: "15-pasted-copy-of-01",
            condition: "c300",
            entries: vec![pasted],
            decoys: Vec::new(),
        },
    ];
    pages.into_iter().enumerate().map(document).collect()
}

/// A page of the story.
struct Page {
    name: &'static str,
    condition: &'static str,
    entries: Vec<Entry>,
    decoys: Vec<Decoy>,
}

const fn entry(seal: usize, make: Make) -> Entry {
    Entry {
        seal,
        registered: true,
        make,
        route: Route::Stamped,
    }
}

fn document((index, page): (usize, Page)) -> Document {
    let known = document::CONDITIONS.iter();
    let condition: Option<&Condition> = known.clone().find(|known| known.name == page.condition);
    Document {
        name: format!("docs/{}.pdf", page.name),
        condition: *condition.unwrap_or(&document::CONDITIONS[0]),
        // Half sheets keep the set small; every fourth page is a whole one.
        small: index % 4 != 0,
        signed: !page.entries.is_empty(),
        entries: page.entries,
        decoys: page.decoys,
        filling: Filling::Letter,
        hardship: None,
        rescan_of: None,
        straddle: None,
        is_hung: false,
        is_aside: false,
        addition: None,
    }
}

/// A file of two pages with the seal on the second, and one that was cut off in the middle.
fn extras(documents: &[Document], seals: &[Seal], world: World<'_>) -> Vec<Extra> {
    let draw = |index: usize, name: &'static str, entries: Vec<Entry>| {
        let page = Page {
            name,
            condition: "c200",
            entries,
            decoys: Vec::new(),
        };
        document((index, page)).scan(index, documents, seals, world)
    };
    let name = "16-two-pages";
    // The index of a page without a seal chooses whose letter it is: the second seal's.
    let first = draw(seals.len() * 20 + 1, name, Vec::new());
    let second = draw(102, name, vec![entry(1, Make::Genuine)]);
    let mut truths = second.truths;
    for truth in &mut truths {
        truth.page = 2;
    }
    let two_pages = Extra {
        name: format!("docs/{name}.pdf"),
        bytes: pdf::from_scans(&[first.picture, second.picture]),
        truths,
    };
    let whole = draw(103, "17-cut-off", vec![entry(0, Make::Genuine)]);
    let mut bytes = pdf::from_scans(&[whole.picture]);
    bytes.truncate(bytes.len() / 2);
    // Nothing can be known of it, so truth has no line for it.
    let cut_off = Extra {
        name: "docs/17-cut-off.pdf".to_owned(),
        bytes,
        truths: Vec::new(),
    };
    vec![two_pages, cut_off]
}
