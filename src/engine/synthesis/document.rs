//! One document of a set: a page, the seals on it, the scanner that reads it, and its truth.

mod addition;
mod condition;
mod spot;

use kurbo::Affine;
use kurbo::Point;
use serde_json::Map;

use crate::synthesis::catalogue;
use crate::synthesis::catalogue::Seal;
use crate::synthesis::chance::Chance;
use crate::synthesis::frame;
use crate::synthesis::hardship::Hardship;
use crate::synthesis::ink::Care;
use crate::synthesis::names::Body;
use crate::synthesis::page;
use crate::synthesis::page::Content;
use crate::synthesis::page::Decoy;
use crate::synthesis::page::Filling;
use crate::synthesis::page::Page;
use crate::synthesis::pdf;
use crate::synthesis::pdf::Added;
use crate::synthesis::placement::turn;
use crate::synthesis::reproduction;
use crate::synthesis::scan::Encoded;
use crate::synthesis::scan::Scanner;
use crate::synthesis::sheet::Overlay;
use crate::synthesis::sheet::Sheet;
use crate::synthesis::stamp;
use crate::synthesis::stamp::Make;
use crate::synthesis::stamp::Stamped;
use crate::synthesis::stamp::World;
use crate::synthesis::straddle::Straddle;
use crate::synthesis::truth::Label;
use crate::synthesis::truth::Place;
use crate::synthesis::truth::Truth;

pub use addition::Addition;
pub use condition::CONDITIONS;
pub use condition::Condition;
pub use condition::FED;
pub use condition::condition_names;
pub use condition::named;

/// How an impression came onto the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Pressed on it.
    Stamped,
    /// Copied digitally from the scan of the document with this index.
    Pasted(usize),
    /// Copied from the scan of the document with this index, printed, and scanned with the page.
    Reprinted(usize),
    /// Printed from a scan of a stamped page.
    Printed,
}

impl Route {
    /// Whether a printer made it.
    const fn is_print(self) -> bool {
        matches!(self, Self::Reprinted(_) | Self::Printed)
    }
}

/// One impression on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its seal: an index in the register, or that of an invented stranger.
    pub seal: usize,
    /// Whether the seal is in the register.
    pub registered: bool,
    /// How it is made.
    pub make: Make,
    /// How it came onto the page.
    pub route: Route,
}

impl Entry {
    /// The seal itself; a page has one stranger at most.
    fn die<'a>(&self, seals: &'a [Seal], strangers: &'a [Seal]) -> &'a Seal {
        if self.registered {
            &seals[self.seal]
        } else {
            &strangers[0]
        }
    }
}

/// Strangers from this index on are of one set, in which every sixth is a near twin of the one before it.
pub const STRANGERS_OF_ONE_SET: usize = 10_000;

/// A planned document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its path in the set's folder.
    pub name: String,
    /// How it is stamped and scanned.
    pub condition: Condition,
    /// The seals on it.
    pub entries: Vec<Entry>,
    /// Things on it that are none.
    pub decoys: Vec<Decoy>,
    /// Half an A4 sheet.
    pub small: bool,
    /// Whether signatures cross the seals.
    pub signed: bool,
    /// How much it says.
    pub filling: Filling,
    /// What else makes it hard to read.
    pub hardship: Option<Hardship>,
    /// The document whose very sheet is scanned once more, by its index: its entries, decoys and size
    /// are this one's too.
    pub rescan_of: Option<usize>,
    /// The sheets that its first seal is set across; it has one page without them.
    pub straddle: Option<Straddle>,
    /// Whether its first seal hangs over the issuer's name at the head, as on annexes and drafts.
    pub is_hung: bool,
    /// Whether its first seal stands beside issuer and date, where it is a Chinese letter's.
    pub is_aside: bool,
    /// What its file holds beside the scan, of letters of one page.
    pub addition: Option<Addition>,
}

/// A drawn document.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// What is known of it.
    pub truths: Vec<Truth>,
}

/// A scanned page with the places of its impressions.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// The stored picture.
    pub picture: Encoded,
    /// What its file holds beside it.
    pub added: Option<Added>,
    /// What is known of it.
    pub truths: Vec<Truth>,
}

impl Document {
    /// Draws the document; `documents` are those that it may have been pasted from.
    #[must_use]
    pub fn draw(
        &self,
        index: usize,
        documents: &[Self],
        seals: &[Seal],
        world: World<'_>,
    ) -> Drawn {
        if let Some(straddle) = self.straddle {
            return straddle.draw(self, index, seals, world);
        }
        let scanned = self.scan(index, documents, seals, world);
        let bytes = match (self.hardship, &scanned.added) {
            (Some(Hardship::Phone), _) => scanned.picture.bytes,
            (_, Some(added)) => pdf::with(&scanned.picture, added),
            (_, None) => pdf::from_scans(&[scanned.picture]),
        };
        Drawn {
            bytes,
            truths: scanned.truths,
        }
    }

    /// Draws and scans the page.
    #[must_use]
    pub fn scan(
        &self,
        index: usize,
        documents: &[Self],
        seals: &[Seal],
        world: World<'_>,
    ) -> Scanned {
        // The sheet is that of the document that was scanned before, if any.
        let sheet_index = self.rescan_of.unwrap_or(index);
        let mut chance = Chance::new(world.seed, "page", sheet_index);
        let strangers: Vec<Seal> = self.strangers(world);
        let body_of = |entry: &Entry| entry.die(seals, &strangers);
        let other = &seals[sheet_index % seals.len()];
        let letterhead = self.entries.first().map_or(other, body_of);
        let page = self.page(&letterhead.body, world, &mut chance);
        let mut trouble = Chance::new(world.seed, "hardship", sheet_index);
        let mut aside = Chance::new(world.seed, "aside", sheet_index);
        let scanner = self.set_up(index, page.size, world, &mut trouble);
        let mut sheet = self.sheet(&page, &scanner, world, &mut trouble);
        let (mut first, mut truths) = (None, Vec::new());
        for (number, entry) in self.entries.iter().enumerate() {
            let seal = body_of(entry);
            let mut stamped = self.stamped(sheet_index, number, seal, world);
            let of_seal = (seal, stamped.half_size);
            let (mut spot, stand) = self.spot(&page, number, of_seal, (&mut aside, &mut chance));
            let turn = turn(&mut chance);
            if let Some(hardship) = self.hardship {
                let own = (spot, stamped.half_size);
                spot = hardship.place(page.size, own, first, &mut trouble);
            }
            first = first.or(Some((spot, stamped.half_size)));
            if let Route::Pasted(source) | Route::Reprinted(source) = entry.route {
                stamped = documents[source].archived(source, seal, world);
            }
            let printed = entry
                .route
                .is_print()
                .then(|| reproduction::print(&mut stamped, &mut chance));
            let upright = Affine::translate(spot.to_vec2());
            let scan_from_die = sheet.scan_from_sheet * upright * Affine::rotate(turn.to_radians());
            let place = stamped.place(scanner.picture_from(scan_from_die));
            sheet.lay(Overlay {
                scan_from_picture: scan_from_die * stamped.picture_from_die.inverse(),
                planes: stamped.planes,
            });
            let mut truth = self.truth(number, seal, Some(place));
            let die = (seal.die.shape(), stamped.half_size);
            truth.tell_place(stand, page.overlap(number, die, (spot, turn)));
            truth.forgery_detail = stamped.forgery_detail;
            truth.tell_damage(stamped.damage_detail, stamped.wear);
            truth.printed = printed.map(str::to_owned);
            if let Route::Pasted(source) | Route::Reprinted(source) = entry.route {
                truth.pasted_from = Some(documents[source].name.clone());
            }
            truth.dpi = scanner.dpi_at(scan_from_die * Point::ORIGIN);
            truth.feed_percent = scanner.feed_percent();
            truth.rescan_of = self.rescan_of.map(|source| documents[source].name.clone());
            truths.push(truth);
        }
        if let Some((spot, half)) = first {
            self.print_over(&mut sheet, (spot, half.1), world, &mut trouble);
        }
        if truths.is_empty() {
            truths.push(self.empty_truth());
        }
        let rescan = self
            .rescan_of
            .map(|_| Chance::new(world.seed, "rescan", index));
        let mut noise = rescan.unwrap_or(chance);
        let mut own = Chance::new(world.seed, "addition", index);
        self.stored((sheet, &scanner), (&page, truths), (&mut noise, &mut own))
    }

    /// The printed sheet before it is stamped.
    fn sheet(
        &self,
        page: &Page,
        scanner: &Scanner,
        world: World<'_>,
        chance: &mut Chance,
    ) -> Sheet {
        let pixels = scanner.pixels(page.size);
        let mut sheet = Sheet::new(pixels.0, pixels.1, scanner.scan_from_sheet(page.size));
        for (paths, ink) in &page.prints {
            sheet.print(paths, *ink);
        }
        let care = (world.fonts, self.condition.care);
        frame::press(&self.decoys, (&mut sheet, page.size.0), care, chance);
        if self.hardship == Some(Hardship::BleedThrough) {
            let (paths, ink) = page::reverse(page, chance);
            // Paper scatters light over about its own thickness.
            sheet.print_through(&paths, ink, 0.1);
        }
        sheet
    }

    /// Prints what the hardship has under or over the first seal, at a place and half a height.
    fn print_over(
        &self,
        sheet: &mut Sheet,
        (spot, half_height): (Point, f64),
        world: World<'_>,
        chance: &mut Chance,
    ) {
        if self.hardship == Some(Hardship::RedHeading) {
            let (paths, ink) = page::red_heading(spot, world.fonts, chance);
            sheet.print(&paths, ink);
        } else if self.hardship == Some(Hardship::BlackMass) {
            let (paths, ink) = page::black_mass((spot, half_height), world.fonts, chance);
            sheet.print(&paths, ink);
        }
    }

    /// The page before it is stamped.
    pub(super) fn page(&self, letterhead: &Body, world: World<'_>, chance: &mut Chance) -> Page {
        let content = Content {
            body: letterhead,
            signers: self.entries.len(),
            small: self.small,
            filling: self.filling,
            signed: self.signed,
            decoys: &self.decoys,
        };
        let mut page = page::compose(content, world.fonts, chance);
        page::soil(&mut page, chance);
        page
    }

    /// The device that scans the document's sheet, as its hardship has it.
    fn set_up(
        &self,
        index: usize,
        size: (f64, f64),
        world: World<'_>,
        chance: &mut Chance,
    ) -> Scanner {
        let mut scanner = self.scanner(index, world);
        if let Some(hardship) = self.hardship {
            hardship.set_up(&mut scanner, size, chance);
        }
        scanner
    }

    /// The device that scans the document.
    pub(super) fn scanner(&self, index: usize, world: World<'_>) -> Scanner {
        let mut chance = Chance::new(world.seed, "scanner", index);
        let mut scanner = Scanner::draw(self.condition.dpi, self.condition.mode, &mut chance);
        if self.hardship == Some(Hardship::Feed) {
            // A stream of its own: in all else the device is the one that it would be.
            scanner.misfeed(&mut Chance::new(world.seed, "feed", index));
        }
        scanner
    }

    /// The impression with the given number on the page, as pressed.
    pub(super) fn stamped(
        &self,
        index: usize,
        number: usize,
        seal: &Seal,
        world: World<'_>,
    ) -> Stamped {
        let mut chance = Chance::new(world.seed, "stamp", index * 16 + number);
        let entry = self.entries[number];
        let hand = (self.condition.care, self.hardship.and_then(Hardship::slip));
        stamp::stamp_slipping(seal, entry.make, hand, world, &mut chance)
    }

    /// The first impression as the archive's scan shows it, text and signature cut away.
    fn archived(&self, index: usize, seal: &Seal, world: World<'_>) -> Stamped {
        let stamped = self.stamped(index, 0, seal, world);
        let mut chance = Chance::new(world.seed, "archive", index);
        reproduction::cut_out(stamped, &self.scanner(index, world), &mut chance)
    }

    /// The unregistered seals on the page.
    fn strangers(&self, world: World<'_>) -> Vec<Seal> {
        let strangers = self.entries.iter().filter(|entry| !entry.registered);
        strangers
            .map(|entry| {
                if let Some(number) = entry.seal.checked_sub(STRANGERS_OF_ONE_SET) {
                    let seed = world.seed ^ 0x9e37_79b9_7f4a_7c15;
                    let mut seal =
                        catalogue::seals(number + 1, seed, world.fonts).swap_remove(number);
                    seal.id = format!("U{:03}", entry.seal + 1);
                    return seal;
                }
                let mut set = catalogue::seals(
                    entry.seal % 12 + 1,
                    world.seed ^ (0x57_u64 + entry.seal as u64).wrapping_mul(0x9e37_79b9),
                    world.fonts,
                );
                let mut seal = set.swap_remove(entry.seal % 12);
                seal.id = format!("U{:03}", entry.seal + 1);
                seal
            })
            .collect()
    }

    /// A name for the die of the impression with this number, where it is in no register.
    fn unregistered_die(&self, number: usize, seal: &Seal) -> Option<String> {
        let entry = self.entries[number];
        match entry.make {
            Make::Forged(_) => Some(format!("{} {}", self.name, number + 1)),
            Make::ForgedSeries(_, series) => Some(format!("{} F{}", seal.id, series + 1)),
            Make::Genuine | Make::Damaged(_) | Make::Aged(_) => {
                (!entry.registered).then(|| seal.id.clone())
            }
        }
    }

    pub(super) fn truth(&self, number: usize, seal: &Seal, place: Option<Place>) -> Truth {
        let entry = self.entries[number];
        let label = match entry.make {
            _ if !entry.registered => Label::Unregistered,
            Make::Genuine | Make::Aged(_) => Label::Genuine,
            Make::Forged(_) | Make::ForgedSeries(..) => Label::Forged,
            Make::Damaged(_) => Label::Deformed,
        };
        let (mut forgery, mut deformation) = (None, None);
        match entry.make {
            Make::Genuine | Make::Aged(_) => {}
            Make::Forged(kind) | Make::ForgedSeries(kind, _) => {
                forgery = Some(kind.word().to_owned());
            }
            Make::Damaged(kind) => deformation = Some(kind.word().to_owned()),
        }
        Truth {
            label,
            seal: entry.registered.then(|| seal.id.clone()),
            place,
            die: self.unregistered_die(number, seal),
            forgery,
            deformation,
            signed_over: Some(self.signed),
            signature_overlap: None,
            shape: Some(seal.die.shape().to_owned()),
            lines: Some(seal.die.lines_word().to_owned()),
            ink: Some(seal.ink.word().to_owned()),
            ..self.empty_truth()
        }
    }

    fn empty_truth(&self) -> Truth {
        let decoys: Vec<&str> = self.decoys.iter().map(|decoy| decoy.word()).collect();
        Truth {
            document: self.name.clone(),
            label: Label::None,
            seal: None,
            page: 1,
            place: None,
            condition: self.condition.name.to_owned(),
            die: None,
            inking: (self.condition.care == Care::Poor).then(|| "poor".to_owned()),
            hardship: self.hardship.map(|hardship| hardship.word().to_owned()),
            dpi: self.condition.dpi,
            feed_percent: None,
            filling: (self.filling != Filling::Letter).then(|| self.filling.word().to_owned()),
            forgery: None,
            forgery_detail: Map::new(),
            deformation: None,
            deformation_detail: None,
            dated: None,
            wear: Map::new(),
            marking: frame::word(&self.decoys),
            addition: None,
            decoy: (!decoys.is_empty()).then(|| decoys.join(" ")),
            pasted_from: None,
            rescan_of: None,
            straddling: Map::new(),
            printed: None,
            letter: page::Letter::default(),
            signed_over: None,
            role: None,
            off_date: None,
            signature_overlap: None,
            shape: None,
            lines: None,
            ink: None,
        }
    }
}
