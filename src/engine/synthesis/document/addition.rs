//! What the file of a document is to hold beside its scan.

use crate::synthesis::chance::Chance;
use crate::synthesis::document::Document;
use crate::synthesis::document::Scanned;
use crate::synthesis::page::Line;
use crate::synthesis::page::Page;
use crate::synthesis::pdf::Added;
use crate::synthesis::pdf::Patch;
use crate::synthesis::raster::floor_index;
use crate::synthesis::scan::Encoded;
use crate::synthesis::scan::Scanner;
use crate::synthesis::sheet::Sheet;
use crate::synthesis::truth;
use crate::synthesis::truth::Place;
use crate::synthesis::truth::Truth;

/// Paper about a seal in an image of its own, pixels.
const ABOUT_PX: f64 = 20.0;

/// What a file holds beside its scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addition {
    /// A change at its end.
    Revision,
    /// An embedded file.
    File,
    /// A script that is run when it is opened.
    Script,
    /// A digital signature.
    Signature,
    /// Number and date as they are printed, of letters that print both.
    SameWords,
    /// The same with another number or year.
    OtherWords,
    /// Its first seal as an image over a scan without it.
    OwnImage,
}

impl Addition {
    /// Its name in truth.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Revision => "revision",
            Self::File => "file",
            Self::Script => "script",
            Self::Signature => "signature",
            Self::SameWords => "same_words",
            Self::OtherWords => "other_words",
            Self::OwnImage => "own_image",
        }
    }
}

impl Document {
    /// Scans the sheet of a page, and chooses what its file holds beside the scan: nothing where the page has not what that needs.
    pub(super) fn stored(
        &self,
        (sheet, scanner): (Sheet, &Scanner),
        (page, truths): (&Page, Vec<Truth>),
        chances: (&mut Chance, &mut Chance),
    ) -> Scanned {
        let place = truths.first().and_then(|truth| truth.place);
        let (picture, added) = self.picture((sheet, scanner), (page, place), chances);
        let addition = added.as_ref().and(self.addition).map(Addition::word);
        Scanned {
            picture,
            truths: truth::of_letter(truths, &page.letter, addition),
            added,
        }
    }

    /// `noise` is the scanner's, `own` what the addition is drawn from.
    fn picture(
        &self,
        (mut sheet, scanner): (Sheet, &Scanner),
        (page, place): (&Page, Option<Place>),
        (noise, own): (&mut Chance, &mut Chance),
    ) -> (Encoded, Option<Added>) {
        let planes = scanner.read(&sheet, noise);
        let size = scanner.stored(sheet.size());
        let added = self
            .addition
            .and_then(|addition| added(addition, page, own));
        if self.addition == Some(Addition::OwnImage)
            && let Some(place) = place
        {
            let patch = patch(&planes, size, (place, scanner));
            sheet.clear();
            let under = scanner.read(&sheet, own);
            return (scanner.encode(&under, size), Some(Added::Image(patch)));
        }
        (scanner.encode(&planes, size), added)
    }
}

/// What needs no picture.
fn added(addition: Addition, page: &Page, own: &mut Chance) -> Option<Added> {
    let lines = || (!page.lines.is_empty()).then(|| page.lines.clone());
    match addition {
        Addition::Revision => Some(Added::Revision),
        Addition::File => Some(Added::File),
        Addition::Script => Some(Added::Script),
        Addition::Signature => Some(Added::Signature),
        Addition::SameWords => lines().map(Added::Words),
        Addition::OtherWords => {
            let mut lines = lines()?;
            let at = own.index(lines.len());
            let line: Line = lines[at].clone();
            lines[at] = line.otherwise();
            Some(Added::Words(lines))
        }
        Addition::OwnImage => None,
    }
}

/// The part of a scan about a seal.
fn patch(
    planes: &[Vec<u8>],
    (width, height): (usize, usize),
    (place, scanner): (Place, &Scanner),
) -> Patch {
    let reach = place.radius_px[0].max(place.radius_px[1]) + ABOUT_PX;
    let span = |centre: f64, side: usize| {
        // Casts of numbers below zero give zero.
        let from = floor_index(centre - reach).min(side - 1);
        let to = floor_index(centre + reach).min(side);
        from..to.max(from + 1)
    };
    let (columns, rows) = (
        span(place.centre_px[0], width),
        span(place.centre_px[1], height),
    );
    let cut = |plane: &Vec<u8>| -> Vec<u8> {
        let lines = rows.clone().map(|row| {
            let start = row * width;
            &plane[start + columns.start..start + columns.end]
        });
        lines.flatten().copied().collect()
    };
    let planes: Vec<Vec<u8>> = planes.iter().map(cut).collect();
    Patch {
        picture: scanner.encode(&planes, (columns.len(), rows.len())),
        at: (columns.start, rows.start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::scan::Mode;

    #[test]
    fn a_patch_is_what_the_scan_shows_about_the_seal() {
        let mut chance = Chance::new(1, "patch", 0);
        let scanner = Scanner::draw(300, Mode::Gray, &mut chance);
        let planes = [vec![200u8; 400 * 300]];
        let place = |x: f64| Place {
            centre_px: [x, 150.0],
            radius_px: [50.0, 40.0],
            rotation_deg: 0.0,
        };
        let whole = patch(&planes, (400, 300), (place(200.0), &scanner));
        assert_eq!(whole.at, (130, 80));
        assert_eq!((whole.picture.width, whole.picture.height), (140, 140));
        let at_edge = patch(&planes, (400, 300), (place(20.0), &scanner));
        assert_eq!((at_edge.at, at_edge.picture.width), ((0, 80), 90));
    }

    #[test]
    fn words_stand_only_where_number_and_date_are_printed_and_others_differ_in_one_line() {
        let line = |text: &str, other: &str| Line {
            text: text.to_owned(),
            other: other.to_owned(),
            left: 0.0,
            baseline: 0.0,
            width: 1.0,
            capital: 1.0,
        };
        let page = |lines: Vec<Line>| Page {
            size: (210.0, 297.0),
            prints: Vec::new(),
            signers: Vec::new(),
            signatures: Vec::new(),
            letter: crate::synthesis::page::Letter::default(),
            lines,
        };
        let mut own = Chance::new(1, "words", 0);
        assert!(added(Addition::OtherWords, &page(Vec::new()), &mut own).is_none());
        let page = page(vec![line("12", "13"), line("2024", "2025")]);
        let mut texts = |addition: Addition| -> Vec<String> {
            match added(addition, &page, &mut own) {
                Some(Added::Words(lines)) => lines.into_iter().map(|line| line.text).collect(),
                other => panic!("{other:?}"),
            }
        };
        let same = texts(Addition::SameWords);
        assert_eq!(same, ["12", "2024"]);
        let other = texts(Addition::OtherWords);
        let changed = other.iter().zip(&same).filter(|(a, b)| a != b);
        assert_eq!(changed.count(), 1, "{other:?}");
    }
}
