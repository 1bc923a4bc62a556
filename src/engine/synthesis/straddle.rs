//! Documents of several sheets with a seal across their edges, whole sets and broken ones.
//!
//! The sheets are fanned, the first on top, so that each shows a strip of its edge beyond the one over it, and
//! stamped at once: each bears the part of the impression that fell on its strip.

use kurbo::Affine;
use kurbo::Point;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::synthesis::catalogue::Seal;
use crate::synthesis::chance::Chance;
use crate::synthesis::document::Document;
use crate::synthesis::document::Drawn;
use crate::synthesis::ink::Care;
use crate::synthesis::motif::polygon;
use crate::synthesis::page;
use crate::synthesis::page::Page;
use crate::synthesis::pdf;
use crate::synthesis::placement;
use crate::synthesis::scan::Encoded;
use crate::synthesis::scan::Scanner;
use crate::synthesis::sheet::Overlay;
use crate::synthesis::sheet::Sheet;
use crate::synthesis::stamp;
use crate::synthesis::stamp::Make;
use crate::synthesis::stamp::Stamped;
use crate::synthesis::stamp::World;
use crate::synthesis::truth::Truth;

/// Sheets under one stamp, at most (Decree 30/2020, article 33).
pub const SHEETS_MAX: usize = 5;
/// A4 in millimetres.
const SIZE: (f64, f64) = (210.0, 297.0);

/// A planned set of sheets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Straddle {
    /// How many sheets are stamped.
    pub sheets: usize,
    /// How many of them one stamp goes across at most.
    pub under_one: usize,
    /// What was done to them afterwards.
    pub fault: Fault,
}

/// What was done to a stamped set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// A sheet was taken out.
    Removed,
    /// A sheet was changed for one without a stamp.
    Replaced,
    /// Two neighbours changed places.
    Swapped,
    /// A sheet was changed for one that bears part of another impression.
    Foreign,
}

impl Fault {
    /// Its name in truth.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "complete",
            Self::Removed => "removed",
            Self::Replaced => "replaced",
            Self::Swapped => "swapped",
            Self::Foreign => "foreign",
        }
    }
}

/// A sheet of the document as it is scanned.
#[derive(Clone, Copy)]
struct Leaf<'a> {
    /// Its place among the stamped ones; none of a sheet that came in later without a stamp.
    slice: Option<Slice<'a>>,
}

/// The part of an impression on one sheet.
#[derive(Clone, Copy)]
struct Slice<'a> {
    seal: &'a Seal,
    stamped: &'a Stamped,
    /// Where its strip begins and ends, millimetres from the middle of the die.
    from: f64,
    to: f64,
    /// Height of the die's middle on the sheet, and its turn.
    y: f64,
    turn: f64,
    /// Number of its stamp in the document.
    stamp: usize,
}

/// One impression over a fan of sheets.
struct Fan {
    stamped: Stamped,
    /// Where each sheet ends, millimetres from the middle of the die.
    ends: Vec<f64>,
    y: f64,
    turn: f64,
}

impl Fan {
    fn draw(seal: &Seal, sheets: usize, care: Care, world: World<'_>, chance: &mut Chance) -> Self {
        let stamped = stamp::stamp(seal, Make::Genuine, care, world, chance);
        let reach = stamped.half_size.0;
        let shares: Vec<f64> = (0..sheets).map(|_| chance.between(0.65, 1.35)).collect();
        let total: f64 = shares.iter().sum();
        let mut end = -reach;
        let mut ends: Vec<f64> = Vec::new();
        for share in shares {
            end += 2.0 * reach * share / total;
            ends.push(end);
        }
        // The last sheet goes on beyond the seal.
        if let Some(last) = ends.last_mut() {
            *last += chance.between(0.3, 3.0);
        }
        Self {
            stamped,
            ends,
            y: SIZE.1 * 0.5 + chance.between(-30.0, 30.0),
            turn: (5.0 * chance.normal()).clamp(-15.0, 15.0),
        }
    }

    fn slice<'a>(&'a self, seal: &'a Seal, sheet: usize, stamp: usize) -> Slice<'a> {
        let before = sheet.checked_sub(1).map(|before| self.ends[before]);
        Slice {
            seal,
            stamped: &self.stamped,
            from: before.unwrap_or(-self.stamped.half_size.0 - 5.0),
            to: self.ends[sheet],
            y: self.y,
            turn: self.turn,
            stamp,
        }
    }
}

impl Straddle {
    /// Draws the sheets of `document` in the order in which they are scanned; its first entry is the seal.
    pub(super) fn draw(
        self,
        document: &Document,
        index: usize,
        seals: &[Seal],
        world: World<'_>,
    ) -> Drawn {
        let mut chance = Chance::new(world.seed, "straddle", index);
        let number = document.entries.first().map_or(0, |entry| entry.seal);
        let seal = &seals[number % seals.len()];
        // Another seal, or the same one on other sheets.
        let other = match chance.happens(0.5) {
            true => &seals[(number + 1) % seals.len()],
            false => seal,
        };
        let care = document.condition.care;
        let stamps = self.sheets.div_ceil(self.under_one.max(1));
        let per_stamp = self.sheets.div_ceil(stamps);
        let counts: Vec<usize> = (0..stamps)
            .map(|stamp| per_stamp.min(self.sheets - stamp * per_stamp))
            .collect();
        let fans: Vec<Fan> = counts
            .iter()
            .map(|count| Fan::draw(seal, *count, care, world, &mut chance))
            .collect();
        let foreign = Fan::draw(other, 1 + per_stamp, care, world, &mut chance);
        let mut leaves: Vec<Leaf<'_>> = Vec::new();
        for (stamp, fan) in fans.iter().enumerate() {
            leaves.extend((0..fan.ends.len()).map(|sheet| Leaf {
                slice: Some(fan.slice(seal, sheet, stamp)),
            }));
        }
        let spoilt = self.spoil(
            &mut leaves,
            foreign.slice(other, per_stamp / 2, 0),
            &mut chance,
        );
        self.scan(
            &leaves,
            &spoilt,
            (document, index),
            (seal, world),
            &mut chance,
        )
    }

    /// Does to the sheets what was done to them; returns the numbers of the pages that it is seen on.
    fn spoil<'a>(
        self,
        leaves: &mut Vec<Leaf<'a>>,
        foreign: Slice<'a>,
        chance: &mut Chance,
    ) -> Vec<usize> {
        let at = chance.index(leaves.len().saturating_sub(1)) + 1;
        match self.fault {
            Fault::None => Vec::new(),
            Fault::Removed => {
                let at = at.min(leaves.len().saturating_sub(2)).max(1);
                leaves.remove(at);
                vec![at, at + 1]
            }
            Fault::Replaced => {
                leaves[at].slice = None;
                vec![at + 1]
            }
            Fault::Swapped => {
                leaves.swap(at - 1, at);
                vec![at, at + 1]
            }
            Fault::Foreign => {
                leaves[at].slice = Some(foreign);
                vec![at + 1]
            }
        }
    }

    fn scan(
        self,
        leaves: &[Leaf<'_>],
        spoilt: &[usize],
        (document, index): (&Document, usize),
        (seal, world): (&Seal, World<'_>),
        chance: &mut Chance,
    ) -> Drawn {
        let device = document.scanner(index, world);
        let mut truths = Vec::new();
        let mut pictures: Vec<Encoded> = Vec::new();
        for (position, leaf) in leaves.iter().enumerate() {
            let is_last = position + 1 == leaves.len();
            let page = if is_last {
                document.page(&seal.body, world, chance)
            } else {
                page::running(&seal.body, world.fonts, chance)
            };
            let mut scanner = device.clone();
            scanner.skew_deg = (0.5 * chance.normal()).clamp(-1.2, 1.2);
            let mut sheet = printed(&page, &scanner, chance);
            if let Some(slice) = &leaf.slice {
                let (place, sheet_dpi) = slice.lay(&mut sheet, &scanner, chance);
                let mut truth = document.truth(0, slice.seal, Some(place));
                truth.page = u32::try_from(position + 1).unwrap_or(u32::MAX);
                truth.dpi = sheet_dpi;
                truth.feed_percent = scanner.feed_percent();
                truth.signed_over = None;
                truth.straddling = self.told(slice, spoilt);
                if is_beyond(leaves, slice) {
                    let told = &mut truth.straddling;
                    told.insert("beyond_limit".to_owned(), true.into());
                }
                truths.push(truth);
            }
            if is_last {
                truths.push(document.sealed(
                    index,
                    &page,
                    &scanner,
                    &mut sheet,
                    (seal, world),
                    chance,
                ));
                if let Some(own) = truths.last_mut() {
                    own.page = u32::try_from(position + 1).unwrap_or(u32::MAX);
                }
            }
            let planes = scanner.read(&sheet, chance);
            pictures.push(scanner.encode(&planes, sheet.size()));
        }
        Drawn {
            bytes: pdf::from_scans(&pictures),
            truths,
        }
    }

    /// What truth says of a slice.
    fn told(self, slice: &Slice<'_>, spoilt: &[usize]) -> Map<String, Value> {
        let tenth = |value: f64| (value * 10.0).round() / 10.0;
        let told = json!({
            "state": self.fault.word(),
            "stamp": slice.stamp + 1,
            "sheets": self.sheets,
            "from_mm": tenth(slice.from),
            "to_mm": tenth(slice.to),
            "fault_pages": spoilt,
        });
        told.as_object().cloned().unwrap_or_default()
    }
}

/// Whether the stamp of a slice goes across more sheets than the law of its country lets it.
fn is_beyond(leaves: &[Leaf<'_>], slice: &Slice<'_>) -> bool {
    let slices = leaves.iter().filter_map(|leaf| leaf.slice.as_ref());
    let under = slices.filter(|own| own.stamp == slice.stamp).count();
    // China has no such limit.
    under > SHEETS_MAX && !slice.seal.body.chinese
}

/// The printed sheet; the scanner loses a little of its right edge, or shows its shadow.
fn printed(page: &Page, scanner: &Scanner, chance: &mut Chance) -> Sheet {
    let lost = if chance.happens(0.5) {
        chance.between(0.0, 1.6)
    } else {
        0.0
    };
    let pixels = scanner.pixels((SIZE.0 - lost, SIZE.1));
    let mut sheet = Sheet::new(pixels.0, pixels.1, scanner.scan_from_sheet(SIZE));
    for (paths, ink) in &page.prints {
        sheet.print(paths, *ink);
    }
    if chance.happens(0.15) {
        let wide = chance.between(0.2, 0.8);
        let corners = [
            (SIZE.0 - lost - wide, -5.0),
            (SIZE.0 + 5.0, -5.0),
            (SIZE.0 + 5.0, SIZE.1 + 5.0),
            (SIZE.0 - lost - wide, SIZE.1 + 5.0),
        ];
        let dark = chance.between32(0.2, 0.7);
        sheet.print(&[polygon(corners.map(Point::from))], [dark; 3]);
    }
    sheet
}

impl Slice<'_> {
    /// Lays the part on its sheet; returns the place of the whole impression on the scan, and the resolution.
    fn lay(
        &self,
        sheet: &mut Sheet,
        scanner: &Scanner,
        chance: &mut Chance,
    ) -> (crate::synthesis::truth::Place, u32) {
        // Sheets do not lie quite as they should.
        let y = self.y + 0.5 * chance.normal().clamp(-2.0, 2.0);
        let turn = self.turn + 0.25 * chance.normal().clamp(-2.0, 2.0);
        let middle = Point::new(SIZE.0 - self.to, y);
        let upright = Affine::translate(middle.to_vec2());
        let scan_from_die = sheet.scan_from_sheet * upright * Affine::rotate(turn.to_radians());
        let stack_from_picture =
            Affine::rotate(self.turn.to_radians()) * self.stamped.picture_from_die.inverse();
        let mut planes = self.stamped.planes.clone();
        for plane in &mut planes {
            for row in 0..plane.height() {
                for (column, light) in plane.row_mut(row).iter_mut().enumerate() {
                    let at = stack_from_picture * Point::new(column as f64 + 0.5, row as f64 + 0.5);
                    if at.x < self.from || at.x > self.to {
                        *light = 1.0;
                    }
                }
            }
        }
        let place = self.stamped.place(scan_from_die);
        sheet.lay(Overlay {
            planes,
            scan_from_picture: scan_from_die * self.stamped.picture_from_die.inverse(),
        });
        (place, scanner.dpi)
    }
}

impl Document {
    /// Sets the seal over the signature of the last sheet.
    fn sealed(
        &self,
        index: usize,
        page: &Page,
        scanner: &Scanner,
        sheet: &mut Sheet,
        (seal, world): (&Seal, World<'_>),
        chance: &mut Chance,
    ) -> Truth {
        let stamped = self.stamped(index, 0, seal, world);
        let spot = page.signers[0].stamp(stamped.half_size, chance);
        let spot = placement::kept_on(page.size, spot, stamped.half_size);
        let turn = placement::turn(chance);
        let upright = Affine::translate(spot.to_vec2());
        let scan_from_die = sheet.scan_from_sheet * upright * Affine::rotate(turn.to_radians());
        let place = stamped.place(scan_from_die);
        sheet.lay(Overlay {
            scan_from_picture: scan_from_die * stamped.picture_from_die.inverse(),
            planes: stamped.planes,
        });
        let mut truth = self.truth(0, seal, Some(place));
        truth.dpi = scanner.dpi;
        truth.feed_percent = scanner.feed_percent();
        truth.letter = page.letter.clone();
        truth
    }
}
