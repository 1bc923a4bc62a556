//! A gallery of thousands of registered seals, a quarter of them near twins of others, each as its
//! die is drawn: what a large register holds, without the cost of stamping and scanning it.

use rayon::prelude::*;

use crate::extraction::Impression;
use crate::extraction::InkColour;
use crate::extraction::Layers;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::PixelRect;
use crate::geometry::Point;
use crate::imaging::ColourMode;
use crate::imaging::Gray;
use crate::imaging::Raster;
use crate::synthesis::catalogue;
use crate::synthesis::catalogue::Kind;
use crate::synthesis::catalogue::Seal;
use crate::synthesis::chance::Chance;
use crate::synthesis::die;
use crate::synthesis::die::Die;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::names;
use crate::synthesis::names::Body;
use crate::synthesis::raster::short;
use crate::units::Dpi;
use crate::units::level;

/// Samples in a millimetre of a drawn impression: about 200 dpi.
const PX_PER_MM: f64 = 8.0;

/// The seal that a seal of the gallery is a near twin of: every fourth seal is one, in pairs and in
/// threes.
#[must_use]
pub fn twin_of(index: usize) -> Option<usize> {
    match index % 16 {
        3 | 7 | 11 => Some(index - 1),
        15 => Some(index - 5),
        _ => None,
    }
}

/// Designs a gallery; the same seed gives the same seals, with any number of threads.
#[must_use]
pub fn seals(count: usize, seed: u64, fonts: &Fonts) -> Vec<Seal> {
    let design = |index: usize| {
        let mut chance = Chance::new(seed, "gallery", index);
        let (body, die) = match twin_of(index) {
            Some(other) => twin((seed, other), fonts, &mut chance),
            None => original((seed, index), fonts),
        };
        Seal {
            id: format!("G{:05}", index + 1),
            body,
            die,
            ink: catalogue::pad_colour(&mut chance),
            registered_on: "2020-01-01".to_owned(),
        }
    };
    (0..count).into_par_iter().map(design).collect()
}

/// A near twin of a gallery's seal that the gallery does not hold, unless by chance; `None` where the seal
/// is a twin itself.
#[must_use]
pub fn stranger_twin(seals: &[Seal], index: usize, seed: u64, fonts: &Fonts) -> Option<Seal> {
    if twin_of(index).is_some() {
        return None;
    }
    let mut chance = Chance::new(seed, "gallery stranger", index);
    let (body, die) = twin((seed, index), fonts, &mut chance);
    Some(Seal {
        body,
        die,
        ..seals[index].clone()
    })
}

/// The stream of a seal's design, past the draw of its kind and body.
fn begun((seed, index): (u64, usize)) -> (Kind, Body, Chance) {
    let mut chance = Chance::new(seed, "gallery design", index);
    let kind = catalogue::kind_of(chance.index(24));
    let body = catalogue::body_for(kind, &mut chance);
    (kind, body, chance)
}

fn original(place: (u64, usize), fonts: &Fonts) -> (Body, Die) {
    let (kind, body, mut chance) = begun(place);
    let die = catalogue::draw(kind, &body, fonts, &mut chance);
    (body, die)
}

/// The same design for a body that differs by one digit where the die shows it, else by one word.
fn twin(place: (u64, usize), fonts: &Fonts, chance: &mut Chance) -> (Body, Die) {
    let (first, first_die) = original(place, fonts);
    let draw = |body: &Body| {
        let (kind, _, mut same) = begun(place);
        catalogue::draw(kind, body, fonts, &mut same)
    };
    if chance.happens(0.5) {
        let body = names::renumbered(&first, chance);
        let die = draw(&body);
        if die != first_die {
            return (body, die);
        }
    }
    let body = Body {
        code: first.code.clone(),
        ..names::near_twin(&first, chance)
    };
    let die = draw(&body);
    (body, die)
}

/// The impression of a die as drawn: full ink, nothing over it, upright.
///
/// # Panics
/// Never: a face fits its own raster.
#[must_use]
pub fn impression(die: &Die, fonts: &Fonts) -> Impression {
    let face = die.face_at(PX_PER_MM, fonts);
    let (width, height) = (face.width(), face.height());
    let (rx, ry) = die.half_size();
    let layer = |value: u8| -> Gray { Raster::filled(width, height, value) };
    let shape = match die.outline {
        die::Outline::Round { .. } => Shape::Round,
        die::Outline::Oval { .. } => Shape::Oval,
        die::Outline::Rectangle { .. } => Shape::Rectangle,
        die::Outline::Triangle { .. } => Shape::Triangle,
    };
    Impression {
        bbox: PixelRect {
            x: 0,
            y: 0,
            width: short(width),
            height: short(height),
        },
        outline: Outline {
            shape,
            centre: Point::new(width as f64 / 2.0, height as f64 / 2.0),
            half_width: rx * PX_PER_MM,
            half_height: ry * PX_PER_MM,
            axis_degrees: 0.0,
        },
        colour: InkColour::Unknown,
        separable: true,
        mode: ColourMode::Colour,
        dpi: Dpi::new(PX_PER_MM * 25.4),
        layers: Layers {
            origin: (0, 0),
            ink: face.map(level),
            text: layer(0),
            validity: layer(255),
        },
    }
}
