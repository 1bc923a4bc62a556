//! Chinese designs: one thick circle, a star, the name in an arc, a number at the lower edge.

use kurbo::Point;
use kurbo::Vec2;

use crate::synthesis::catalogue::vietnamese::fitted;
use crate::synthesis::chance::Chance;
use crate::synthesis::die::ArcText;
use crate::synthesis::die::Die;
use crate::synthesis::die::LineText;
use crate::synthesis::die::Motif;
use crate::synthesis::die::Outline;
use crate::synthesis::die::Ring;
use crate::synthesis::fonts::Class;
use crate::synthesis::fonts::FaceId;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::lettering::Arc;
use crate::synthesis::lettering::Baseline;
use crate::synthesis::lettering::Style;
use crate::synthesis::motif::Figure;
use crate::synthesis::names::Body;

const PURPOSES: [&str; 6] = [
    "合同专用章",
    "财务专用章",
    "人事专用章",
    "档案专用章",
    "办公室",
    "工程部",
];

/// A company's round seal with a star.
pub(super) fn round(body: &Body, fonts: &Fonts, chance: &mut Chance) -> Die {
    let diameter = *chance.pick(&[38.0, 40.0, 42.0, 42.0, 45.0, 50.0, 58.0]);
    let radius = diameter / 2.0;
    let width = chance.between(0.9, 1.6);
    let face = *chance.pick(&fonts.of_class(Class::Hanzi));
    let mut die = bare(Outline::Round { radius }, width);
    let capital_mm = radius * chance.between(0.19, 0.24);
    let top = radius - width - chance.between(0.9, 1.6) - capital_mm;
    let share = chance.between(0.5, 1.1);
    let baseline = Baseline { rx: top, ry: top };
    let style = Style {
        face,
        capital_mm,
        stretch: chance.between(0.62, 0.85),
    };
    push_arc(&mut die, fonts, style, &body.name, (baseline, 250.0, share));
    die.motif = Some(Motif {
        figure: Figure::Star,
        radius: chance.between(0.26, 0.36) * radius,
        turn_deg: 0.0,
        middle: Point::ORIGIN,
    });
    if chance.happens(0.55) {
        let purpose = *chance.pick(&PURPOSES);
        let style = Style {
            face,
            capital_mm: radius * 0.17,
            stretch: 0.9,
        };
        push_line(
            &mut die,
            fonts,
            style,
            purpose,
            (radius * 0.58, radius * 1.0),
        );
    }
    if chance.happens(0.7) {
        number(&mut die, fonts, body, (radius - width, chance));
    }
    if chance.happens(0.2) {
        let thin = chance.between(0.15, 0.3);
        die.rings.push(Ring {
            inset: width + 0.6,
            width: thin,
            dots: None,
        });
    }
    die
}

/// An oval seal: the name in an arc, a number across, the purpose below.
pub(super) fn oval(body: &Body, fonts: &Fonts, chance: &mut Chance) -> Die {
    let (rx, ry) = *chance.pick(&[(22.5, 15.0), (20.0, 15.0)]);
    let width = chance.between(0.8, 1.2);
    let face = *chance.pick(&fonts.of_class(Class::Hanzi));
    let mut die = bare(Outline::Oval { rx, ry }, width);
    let capital_mm = chance.between(3.6, 4.4);
    let depth = width + chance.between(0.4, 0.8) + capital_mm;
    let baseline = Baseline {
        rx: rx - depth,
        ry: ry - depth,
    };
    let style = Style {
        face,
        capital_mm,
        stretch: 0.75,
    };
    push_arc(&mut die, fonts, style, &body.name, (baseline, 215.0, 0.5));
    let digits = *chance.pick(&fonts.of_class(Class::Sans));
    let style = Style {
        face: digits,
        capital_mm: 3.0,
        stretch: 0.85,
    };
    push_line(&mut die, fonts, style, &body.code, (1.0, rx * 1.15));
    let style = Style {
        face,
        capital_mm: 3.0,
        stretch: 0.9,
    };
    let purpose = *chance.pick(&PURPOSES);
    push_line(&mut die, fonts, style, purpose, (6.0, rx * 0.95));
    die
}

/// A square seal with rows of letters that fill it.
pub(super) fn square(body: &Body, fonts: &Fonts, chance: &mut Chance) -> Die {
    let half = chance.between(10.0, 15.0);
    let width = chance.between(0.8, 1.6);
    let face = *chance.pick(&fonts.of_class(Class::Hanzi));
    let outline = Outline::Rectangle {
        rx: half,
        ry: half,
        corner: chance.between(0.0, 1.5),
    };
    let mut die = bare(outline, width);
    let letters: Vec<char> = body.own.chars().chain("之印章".chars()).collect();
    let columns = if letters.len() >= 9 { 3 } else { 2 };
    let letters = &letters[..(columns * columns).min(letters.len())];
    let room = 2.0 * (half - width - 0.8);
    let rows: Vec<String> = letters
        .chunks(columns)
        .map(|row| row.iter().collect())
        .collect();
    let pitch = room / rows.len() as f64;
    for (row, text) in rows.iter().enumerate() {
        let style = Style {
            face,
            capital_mm: pitch * 0.84,
            stretch: 1.0,
        };
        let middle = pitch * (row as f64 + 0.5) - room / 2.0;
        push_line(&mut die, fonts, style, text, (middle, room));
    }
    die
}

fn bare(outline: Outline, width: f64) -> Die {
    Die {
        outline,
        rings: vec![Ring {
            inset: width / 2.0,
            width,
            dots: None,
        }],
        arcs: Vec::new(),
        lines: Vec::new(),
        motif: None,
        separators: Vec::new(),
        scale: 1.0,
        moved_accent: None,
    }
}

fn push_arc(
    die: &mut Die,
    fonts: &Fonts,
    style: Style,
    text: &str,
    (baseline, degrees_max, gap): (Baseline, f64, f64),
) {
    let longest = (baseline.rx + baseline.ry) / 2.0 * degrees_max.to_radians();
    let (style, extent_mm) = fitted(fonts, style, text, (longest, gap));
    die.arcs.push(ArcText {
        text: text.to_owned(),
        style,
        arc: Arc {
            baseline,
            extent_mm,
            bottom: false,
            turn_deg: 0.0,
        },
    });
}

/// A line centred on the height `middle`, at most `longest` millimetres long.
fn push_line(
    die: &mut Die,
    fonts: &Fonts,
    style: Style,
    text: &str,
    (middle, longest): (f64, f64),
) {
    let (style, extent_mm) = fitted(fonts, style, text, (longest, 0.1));
    die.lines.push(LineText {
        text: text.to_owned(),
        style,
        middle: Point::new(0.0, middle) + Vec2::new(0.0, style.capital_mm / 2.0),
        extent_mm,
    });
}

fn number(die: &mut Die, fonts: &Fonts, body: &Body, (inside, chance): (f64, &mut Chance)) {
    let face: FaceId = *chance.pick(&fonts.of_class(Class::Sans));
    let capital_mm = chance.between(1.1, 1.6);
    let radius = inside - chance.between(0.5, 0.9);
    let style = Style {
        face,
        capital_mm,
        stretch: 0.95,
    };
    let baseline = Baseline {
        rx: radius,
        ry: radius,
    };
    let (style, extent_mm) = fitted(fonts, style, &body.code, (radius * 1.4, 0.5));
    die.arcs.push(ArcText {
        text: body.code.clone(),
        style,
        arc: Arc {
            baseline,
            extent_mm,
            bottom: true,
            turn_deg: 0.0,
        },
    });
}
