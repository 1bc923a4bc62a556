//! One drawn seal, pressed and scanned as a test asks: the rubber gives nowhere, and but for grain and noise nothing is left to
//! chance.

use std::path::Path;

use antin::extraction::Impression;
use antin::geometry::Affine;
use antin::geometry::Vec2;
use antin::imaging::Density;
use antin::sandbox;
use antin::sandbox::Options;
use antin::sandbox::PageReading;
use antin::synthesis::catalogue;
use antin::synthesis::chance::Chance;
use antin::synthesis::deformation;
use antin::synthesis::deformation::Damage;
use antin::synthesis::deformation::Damaged;
use antin::synthesis::die::FACE_PX_PER_MM;
use antin::synthesis::fonts::FONT_DIRECTORY;
use antin::synthesis::fonts::Fonts;
use antin::synthesis::ink;
use antin::synthesis::ink::Pad;
use antin::synthesis::pdf;
use antin::synthesis::scan::Mode;
use antin::synthesis::scan::Scanner;
use antin::synthesis::scan::Threshold;
use antin::synthesis::sheet::Overlay;
use antin::synthesis::sheet::Sheet;

const SEED: u64 = 4417;

/// Sides of the bare sheet, with the seal in its middle, millimetres.
const SHEET_MM: (f64, f64) = (64.0, 64.0);

/// Drawings of one kind of damage of which the strongest is taken.
const DRAWN: usize = 6;

/// The face of a round seal as its engraver left it.
pub(crate) fn face() -> Density {
    let fonts = Fonts::load(Path::new(FONT_DIRECTORY)).unwrap();
    let seal = catalogue::seals(1, SEED, &fonts).remove(0);
    deformation::engraved(&seal.die.face(&fonts), &mut Chance::new(SEED, "marks", 0))
}

/// The face with so much of a kind of damage that no scan leaves a doubt, and how much, percent of it.
pub(crate) fn damaged(face: &Density, kind: Damage) -> (Density, f64) {
    let drawn = (0..DRAWN).map(|index| {
        let mut chance = Chance::new(SEED, kind.word(), index);
        deformation::damage(face, kind, &mut chance)
    });
    let strongest = drawn.max_by(|a, b| percent(a).total_cmp(&percent(b)));
    let strongest = strongest.unwrap();
    let by = percent(&strongest);
    (strongest.face, by)
}

fn percent(damaged: &Damaged) -> f64 {
    let (number, _) = damaged.detail.split_once(' ').unwrap();
    number.parse().unwrap()
}

/// A pad with ink enough in a hand that presses evenly.
pub(crate) const fn pad() -> Pad {
    Pad {
        density: [0.08, 0.85, 0.75],
        spread: 0.02,
        spread_variation: 0.006,
        softness: 0.04,
        rim: 0.1,
        rim_width: 0.12,
        hollow: 0.05,
        tilt: (0.0, 0.0, 0.0),
        uneven: 0.03,
        dryness: 0.2,
        grain: (0.06, 0.05),
        grain_mm: (0.1, 0.8),
        pools: 0.05,
        second: None,
        smear: None,
    }
}

/// A good scanner at 300 dpi whose feed runs true.
pub(crate) const fn scanner(mode: Mode) -> Scanner {
    Scanner {
        dpi: 300,
        mode,
        skew_deg: 0.2,
        stretch: (0.0, 0.0),
        blur: (0.5, 0.5),
        sharpen: None,
        noise: 1.5,
        gamma: 1.0,
        levels: (0.02, 1.0),
        paper: [0.96, 0.95, 0.93],
        shading: (0.0, 0.0),
        fringe: [0.0; 3],
        gray: [0.3, 0.59, 0.11],
        threshold: Threshold::Global(165.0),
        quality: 90,
        halved_colour: false,
        fibres: None,
        camera: None,
    }
}

/// What is read of a sheet that bears one impression of a face; `number` gives it a grain, a noise and a turn of its own.
pub(crate) fn pages(face: &Density, pad: &Pad, scanner: &Scanner, number: u8) -> Vec<PageReading> {
    let mut chance = Chance::new(SEED, "impression", usize::from(number));
    let pressed = ink::press(face, pad, &mut chance);
    let pixels = scanner.pixels(SHEET_MM);
    let mut sheet = Sheet::new(pixels.0, pixels.1, scanner.scan_from_sheet(SHEET_MM));
    let middle = Vec2::new(face.width() as f64, face.height() as f64) / 2.0;
    let picture_from_die = Affine::translate(middle) * Affine::scale(FACE_PX_PER_MM);
    let turn = 2.0 * f64::from(number) - 4.0;
    let scan_from_die = sheet.scan_from_sheet
        * Affine::translate((SHEET_MM.0 / 2.0, SHEET_MM.1 / 2.0))
        * Affine::rotate(turn.to_radians());
    sheet.lay(Overlay {
        planes: pressed.planes,
        scan_from_picture: scan_from_die * picture_from_die.inverse(),
    });
    let planes = scanner.read(&sheet, &mut chance);
    let file = pdf::from_scans(&[scanner.encode(&planes, pixels)]);
    sandbox::read_in_process(file, &Options::new("unused".into())).unwrap()
}

/// The impressions that were found on pages.
pub(crate) fn found(pages: Vec<PageReading>) -> Vec<Impression> {
    let read = pages.into_iter().filter_map(|page| page.content.ok());
    read.flat_map(|content| content.impressions).collect()
}

/// Three specimens of a face, scanned in colour.
pub(crate) fn specimens(face: &Density) -> Vec<Impression> {
    let scanner = scanner(Mode::Colour);
    let numbers = [1, 2, 3].into_iter();
    let own = numbers.flat_map(|number| found(pages(face, &pad(), &scanner, number)));
    own.collect()
}
