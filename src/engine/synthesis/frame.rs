//! Stamps in a frame that are no seals: marks of secrecy and urgency, receipt stamps; and frames that only look like them.

use kurbo::Affine;
use kurbo::Point;

use crate::synthesis::catalogue::PadColour;
use crate::synthesis::chance::Chance;
use crate::synthesis::deformation;
use crate::synthesis::die::Die;
use crate::synthesis::die::FACE_PX_PER_MM;
use crate::synthesis::die::LineText;
use crate::synthesis::die::Outline;
use crate::synthesis::die::Ring;
use crate::synthesis::fonts::Class;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::ink;
use crate::synthesis::ink::Care;
use crate::synthesis::ink::Pad;
use crate::synthesis::lettering::Style;
use crate::synthesis::lettering::natural_width;
use crate::synthesis::page::Decoy;
use crate::synthesis::sheet::Overlay;
use crate::synthesis::sheet::Sheet;

/// A frame on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// TUYỆT MẬT.
    TopSecret,
    /// TỐI MẬT.
    HighlySecret,
    /// MẬT.
    Secret,
    /// GIẢI MẬT.
    Declassified,
    /// HỎA TỐC.
    Flash,
    /// THƯỢNG KHẨN.
    VeryUrgent,
    /// KHẨN.
    Urgent,
    /// ĐẾN, with room for number and date.
    Receipt,
    /// Other words in a stamp of the size and border of a mark of secrecy.
    OtherDouble,
    /// Words with MẬT among them in a single frame of such a size.
    OtherSingle,
    /// A box of such a size in print, about a word.
    Box,
    /// A table whose cells are of such sizes.
    Cells,
    /// A table of such cells with double rules.
    DoubleCells,
    /// Room for a photograph.
    Photograph,
}

/// Every frame, the marks of secrecy first and twice as often.
pub const FRAMES: [Frame; 20] = [
    Frame::TopSecret,
    Frame::OtherDouble,
    Frame::HighlySecret,
    Frame::Flash,
    Frame::Secret,
    Frame::Cells,
    Frame::TopSecret,
    Frame::VeryUrgent,
    Frame::HighlySecret,
    Frame::Box,
    Frame::Secret,
    Frame::Declassified,
    Frame::TopSecret,
    Frame::OtherSingle,
    Frame::HighlySecret,
    Frame::Urgent,
    Frame::Secret,
    Frame::DoubleCells,
    Frame::Receipt,
    Frame::Photograph,
];

/// Words in stamps of offices that are neither secret nor urgent.
const OTHERS: [&str; 8] = [
    "BẢN SAO",
    "ĐÃ THU TIỀN",
    "ĐÃ KIỂM TRA",
    "SAO Y",
    "ĐÃ DUYỆT",
    "BẢN CHÍNH",
    "ĐÃ THANH TOÁN",
    "LƯU",
];
/// Words that hold a mark of secrecy and are none.
const HOLDERS: [&str; 5] = ["MẬT KHẨU", "BẢO MẬT", "MẬT ĐỘ", "BÍ MẬT", "KHẨN TRƯƠNG"];

impl Frame {
    /// Its name in truth.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TopSecret => "secret_top",
            Self::HighlySecret => "secret_high",
            Self::Secret => "secret",
            Self::Declassified => "declassified",
            Self::Flash => "urgent_flash",
            Self::VeryUrgent => "urgent_very",
            Self::Urgent => "urgent",
            Self::Receipt => "receipt",
            Self::OtherDouble => "other_double",
            Self::OtherSingle => "other_single",
            Self::Box => "box",
            Self::Cells => "cells",
            Self::DoubleCells => "double_cells",
            Self::Photograph => "photograph",
        }
    }

    /// Whether it is a mark of secrecy.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::TopSecret | Self::HighlySecret | Self::Secret)
    }

    /// The stamp: its words, its size in millimetres, and whether its border is double; `None` of what is printed.
    fn stamp(self, chance: &mut Chance) -> Option<(&'static str, (f64, f64), bool)> {
        Some(match self {
            Self::TopSecret => ("TUYỆT MẬT", (40.0, 8.0), true),
            Self::HighlySecret => ("TỐI MẬT", (30.0, 8.0), true),
            Self::Secret => ("MẬT", (20.0, 8.0), true),
            Self::Declassified => ("GIẢI MẬT", (30.0, 13.0), true),
            Self::Flash => ("HỎA TỐC", (30.0, 8.0), false),
            Self::VeryUrgent => ("THƯỢNG KHẨN", (40.0, 8.0), false),
            Self::Urgent => ("KHẨN", (20.0, 8.0), false),
            Self::Receipt => ("ĐẾN", (50.0, 35.0), false),
            Self::OtherDouble => (*chance.pick(&OTHERS), (40.0, 8.0), true),
            Self::OtherSingle => (*chance.pick(&HOLDERS), (30.0, 8.0), false),
            Self::Box | Self::Cells | Self::DoubleCells | Self::Photograph => return None,
        })
    }

    /// Words of a box or cell.
    pub(super) fn words(chance: &mut Chance) -> &'static str {
        let words: &[&'static str] = if chance.happens(0.4) {
            &HOLDERS
        } else {
            &OTHERS
        };
        words[chance.index(words.len())]
    }

    /// The stamp pressed on a page of a width in millimetres; `None` of what is printed.
    fn overlay(
        self,
        (width, scan_from_sheet): (f64, Affine),
        (fonts, care): (&Fonts, Care),
        chance: &mut Chance,
    ) -> Option<Overlay> {
        let (words, size, is_double) = self.stamp(chance)?;
        let die = die(words, size, is_double, fonts, chance);
        let half = die.half_size();
        let face = deformation::engraved(&die.face(fonts), chance);
        let colour = match chance.index(20) {
            0 => PadColour::Black,
            1 => PadColour::Blue,
            2 => PadColour::Violet,
            _ => PadColour::Red,
        };
        // An office's own pad is not always at its best, nor at its worst.
        let care = match (care, chance.index(8)) {
            (Care::Usual, 0) => Care::Poor,
            (Care::Usual, 1) => Care::Specimen,
            (care, _) => care,
        };
        let pad = Pad::draw(colour, care, chance);
        let pressed = ink::press(&deformation::stamped(&face, chance), &pad, chance);
        let middle = kurbo::Vec2::new(face.width() as f64 / 2.0, face.height() as f64 / 2.0);
        // Below number and symbol, or at the upper edge on the right (Decree 30/2020, annex I, places 10a and 10b).
        let spot = if chance.happens(0.75) {
            Point::new(
                24.0 + half.0 + chance.between(0.0, 14.0),
                38.0 + half.1 + chance.between(0.0, 5.0),
            )
        } else {
            Point::new(
                width - 10.0 - half.0 - chance.between(0.0, 40.0),
                4.0 + half.1 + chance.between(0.0, 3.0),
            )
        };
        let turn = (1.6 * chance.normal()).clamp(-4.5, 4.5);
        Some(Overlay {
            planes: pressed.planes,
            scan_from_picture: scan_from_sheet
                * Affine::translate(spot.to_vec2())
                * Affine::rotate(turn.to_radians())
                * Affine::scale(1.0 / FACE_PX_PER_MM)
                * Affine::translate(-middle),
        })
    }
}

/// The name of the frame among the things on a page that are no seals.
#[must_use]
pub fn word(decoys: &[Decoy]) -> Option<&'static str> {
    decoys.iter().find_map(|decoy| Some(decoy.frame()?.word()))
}

/// Presses the stamps among the things on a page that are no seals, on its sheet of a width in millimetres.
pub fn press(
    decoys: &[Decoy],
    (sheet, width): (&mut Sheet, f64),
    (fonts, care): (&Fonts, Care),
    chance: &mut Chance,
) {
    for frame in decoys.iter().filter_map(|decoy| decoy.frame()) {
        let at = (width, sheet.scan_from_sheet);
        if let Some(overlay) = frame.overlay(at, (fonts, care), chance) {
            sheet.lay(overlay);
        }
    }
}

/// A die with a frame and one line of capitals.
fn die(
    words: &str,
    (width, height): (f64, f64),
    is_double: bool,
    fonts: &Fonts,
    chance: &mut Chance,
) -> Die {
    let (rx, ry) = (
        0.5 * (width + chance.between(-0.4, 0.4)),
        0.5 * (height + chance.between(-0.3, 0.3)),
    );
    let line = chance.between(0.22, 0.5);
    let ring = |inset: f64, width: f64| Ring {
        inset,
        width,
        dots: None,
    };
    let mut rings = vec![ring(0.5 * line, line)];
    let mut within = line;
    if is_double {
        // The form has the borders 1 mm apart: between their middles, or bare.
        let second = chance.between(0.2, line.max(0.21));
        let apart = if chance.happens(0.5) {
            1.0
        } else {
            1.0 + 0.5 * (line + second)
        };
        rings.push(ring(0.5 * line + apart, second));
        within = 0.5 * line + apart + 0.5 * second;
    }
    let class = if chance.happens(0.75) {
        Class::SerifBold
    } else {
        Class::SansBold
    };
    let face = *chance.pick(&fonts.of_class(class));
    let room = (2.0 * (rx - within - 0.8), 2.0 * (ry - within));
    // Capitals of 13 points; an accent above and a dot below need half as much again.
    let capital_mm = chance.between(2.7, 3.4).min(0.62 * room.1);
    let style = Style {
        face,
        capital_mm,
        stretch: 1.0,
    };
    let natural = natural_width(fonts, style, words);
    let style = Style {
        stretch: (room.0 / natural).clamp(0.55, 1.0),
        ..style
    };
    let natural = natural_width(fonts, style, words);
    let top = if height > 20.0 {
        -ry + 9.0
    } else {
        0.5 * capital_mm + 0.15
    };
    Die {
        outline: Outline::Rectangle {
            rx,
            ry,
            corner: 0.0,
        },
        rings,
        arcs: Vec::new(),
        lines: vec![LineText {
            text: words.to_owned(),
            style,
            middle: Point::new(0.0, top),
            extent_mm: (natural * chance.between(1.0, 1.25)).min(room.0.max(natural)),
        }],
        motif: None,
        separators: Vec::new(),
        scale: 1.0,
        moved_accent: None,
    }
}
