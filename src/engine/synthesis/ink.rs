//! One impression in ink: a face, pressed with a pad on paper, as transmittance in three channels.
//!
//! Every document draws its own pad from wide ranges: how far the ink spreads and how unevenly, how
//! it gathers at edges, how dry it is, how the hand tilts, whether it strikes twice.

use crate::imaging::Density;
use crate::synthesis::catalogue::PadColour;
use crate::synthesis::chance::Chance;
use crate::synthesis::die::FACE_PX_PER_MM;
use crate::synthesis::noise::smooth_field;
use crate::synthesis::raster::floor_index;
use crate::synthesis::raster::sample;
use crate::synthesis::raster::signed_distance;
use crate::synthesis::raster::single;

/// How well the impression is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// For the register: even, upright, enough ink.
    Specimen,
    /// As an office stamps.
    Usual,
    /// Too little ink or pressure, or on one side only.
    Poor,
}

/// What a pad and a hand do with ink; lengths in millimetres.
#[derive(Clone, Debug, PartialEq)]
pub struct Pad {
    /// Optical density of solid ink in red, green and blue.
    pub density: [f32; 3],
    /// How far ink goes beyond the face's edge; negative when it falls short.
    pub spread: f64,
    /// How much that varies over the face.
    pub spread_variation: f64,
    /// Width over which an edge fades.
    pub softness: f64,
    /// Ink gathered along edges, over the body's; negative for pale edges.
    pub rim: f32,
    /// Width of the rim.
    pub rim_width: f64,
    /// Loss of ink far inside wide areas.
    pub hollow: f32,
    /// Pressure lost from one side to the other, and from middle to edge.
    pub tilt: (f32, f32, f32),
    /// Unevenness of the pressure over centimetres.
    pub uneven: f32,
    /// Share of pressure below which no ink is left.
    pub dryness: f32,
    /// Roughness of the inked area at a fine and at a coarse scale.
    pub grain: (f32, f32),
    /// Width of the fine and of the coarse grain.
    pub grain_mm: (f64, f64),
    /// Ink gathered in pools.
    pub pools: f32,
    /// A second, fainter strike: its place and its share of ink.
    pub second: Option<(f64, f64, f32)>,
    /// Ink dragged along: how far, and the share of it that the paper takes at the start.
    pub smear: Option<(f64, f64, f32)>,
}

/// What a hand does wrong with a die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// It strikes twice, some tenths of a millimetre to a millimetre and a half apart.
    Double,
    /// It drags the wet ink along, one or two millimetres.
    Smear,
}

impl Pad {
    /// A pad of the given colour.
    #[must_use]
    pub fn draw(colour: PadColour, care: Care, chance: &mut Chance) -> Self {
        let mut pad = match chance.index(5) {
            // An ink pad and a rubber die: rims, uneven, some dry grain.
            0 | 1 => Self::rubber(chance),
            // Pre-inked foam: even, soft, spreads.
            2 => Self::flash(chance),
            // A self-inking stamp with a tired pad: grainy, thin.
            3 => Self::tired(chance),
            // Oily paste: thick, pooled, crisp edges.
            _ => Self::paste(chance),
        };
        pad.density = density(colour, chance);
        match care {
            Care::Specimen => pad.calm(chance),
            Care::Usual => {}
            Care::Poor => pad.starve(chance),
        }
        pad
    }

    /// Lets the hand slip.
    pub fn slip(&mut self, slip: Slip, chance: &mut Chance) {
        let (sin, cos) = libm::sincos(chance.between(0.0, std::f64::consts::TAU));
        match slip {
            Slip::Double => {
                let apart = chance.between(0.4, 1.5);
                let share = chance.between32(0.35, 0.9);
                self.second = Some((apart * cos, apart * sin, share));
            }
            Slip::Smear => {
                let along = chance.between(0.8, 1.9);
                let share = chance.between32(0.2, 0.6);
                self.smear = Some((along * cos, along * sin, share));
            }
        }
    }

    fn rubber(chance: &mut Chance) -> Self {
        Self {
            density: [0.0; 3],
            spread: chance.between(-0.02, 0.07),
            spread_variation: chance.between(0.004, 0.022),
            softness: chance.between(0.02, 0.05),
            rim: chance.between32(0.0, 0.8),
            rim_width: chance.between(0.06, 0.2),
            hollow: chance.between32(0.0, 0.5),
            tilt: tilt(chance, 0.25),
            uneven: chance.between32(0.05, 0.2),
            dryness: chance.between32(0.2, 0.6),
            grain: (chance.between32(0.05, 0.25), chance.between32(0.05, 0.2)),
            grain_mm: (chance.between(0.06, 0.15), chance.between(0.4, 2.0)),
            pools: chance.between32(0.0, 0.25),
            second: second_strike(chance, 0.05),
            smear: None,
        }
    }

    fn flash(chance: &mut Chance) -> Self {
        Self {
            spread: chance.between(0.0, 0.1),
            softness: chance.between(0.04, 0.1),
            rim: chance.between32(-0.3, 0.1),
            hollow: 0.0,
            tilt: tilt(chance, 0.12),
            uneven: chance.between32(0.02, 0.1),
            dryness: chance.between32(0.0, 0.35),
            grain: (chance.between32(0.02, 0.12), chance.between32(0.0, 0.1)),
            ..Self::rubber(chance)
        }
    }

    fn tired(chance: &mut Chance) -> Self {
        Self {
            spread: chance.between(-0.05, 0.03),
            rim: chance.between32(-0.1, 0.4),
            dryness: chance.between32(0.45, 0.72),
            grain: (chance.between32(0.15, 0.4), chance.between32(0.1, 0.3)),
            grain_mm: (chance.between(0.08, 0.22), chance.between(0.5, 2.5)),
            uneven: chance.between32(0.1, 0.25),
            ..Self::rubber(chance)
        }
    }

    fn paste(chance: &mut Chance) -> Self {
        Self {
            spread: chance.between(0.02, 0.12),
            spread_variation: chance.between(0.01, 0.03),
            softness: chance.between(0.015, 0.04),
            rim: chance.between32(0.0, 0.4),
            hollow: chance.between32(0.0, 0.2),
            pools: chance.between32(0.2, 0.6),
            dryness: chance.between32(0.1, 0.5),
            ..Self::rubber(chance)
        }
    }

    fn calm(&mut self, chance: &mut Chance) {
        self.spread = self.spread.clamp(-0.01, 0.06);
        self.spread_variation = self.spread_variation.min(0.015);
        let (x, y, bow) = self.tilt;
        self.tilt = (x * 0.3, y * 0.3, bow * 0.3);
        self.uneven = self.uneven.min(0.08);
        self.dryness = self.dryness.min(chance.between32(0.1, 0.4));
        self.grain = (self.grain.0.min(0.12), self.grain.1.min(0.1));
        self.second = None;
    }

    fn starve(&mut self, chance: &mut Chance) {
        let fade = chance.between32(0.35, 0.75);
        self.density = self.density.map(|d| d * fade);
        self.spread = chance.between(-0.06, 0.02);
        self.dryness = chance.between32(0.68, 0.9);
        self.grain = (chance.between32(0.15, 0.4), chance.between32(0.15, 0.35));
        if chance.happens(0.6) {
            self.tilt = tilt(chance, 0.6);
        }
    }
}

/// Pressure lost along both axes and towards the edge.
fn tilt(chance: &mut Chance, most: f64) -> (f32, f32, f32) {
    let (sin, cos) = libm::sincos(chance.between(0.0, std::f64::consts::TAU));
    let amount = chance.between(0.0, most);
    let bow = chance.between(-0.15, 0.2);
    (single(amount * cos), single(amount * sin), single(bow))
}

fn second_strike(chance: &mut Chance, p: f64) -> Option<(f64, f64, f32)> {
    chance.happens(p).then(|| {
        let (sin, cos) = libm::sincos(chance.between(0.0, std::f64::consts::TAU));
        let step = chance.between(0.12, 0.4);
        (step * cos, step * sin, chance.between32(0.15, 0.45))
    })
}

/// Optical densities of solid ink.
fn density(colour: PadColour, chance: &mut Chance) -> [f32; 3] {
    let strength = chance.between32(0.55, 1.25);
    let base = match colour {
        PadColour::Red => {
            // From vermilion, which lets some green through, to crimson and pink.
            let blue = chance.between32(0.5, 1.15);
            [
                chance.between32(0.02, 0.16),
                chance.between32(0.65, 1.0),
                blue * 0.9,
            ]
        }
        PadColour::Blue => [
            chance.between32(0.7, 1.1),
            chance.between32(0.4, 0.75),
            chance.between32(0.08, 0.25),
        ],
        PadColour::Violet => [
            chance.between32(0.4, 0.65),
            chance.between32(0.75, 1.05),
            chance.between32(0.2, 0.4),
        ],
        PadColour::Black => {
            let dark = chance.between32(0.8, 1.1);
            [
                dark,
                dark * chance.between32(0.95, 1.05),
                dark * chance.between32(0.9, 1.0),
            ]
        }
    };
    base.map(|d| d * strength)
}

/// The share of light that passes an impression, by channel, on the raster of its face.
#[derive(Clone, Debug)]
pub struct Impression {
    /// Transmittance in red, green and blue, 1 where there is no ink.
    pub planes: [Density; 3],
}

/// Presses a face on paper.
#[must_use]
pub fn press(face: &Density, pad: &Pad, chance: &mut Chance) -> Impression {
    let mut amount = amounts(face, pad, chance);
    if let Some((dx, dy, share)) = pad.second {
        let first = amount.clone();
        let (dx, dy) = (single(dx * FACE_PX_PER_MM), single(dy * FACE_PX_PER_MM));
        for y in 0..first.height() {
            for (x, value) in amount.row_mut(y).iter_mut().enumerate() {
                let other = sample(&first, x as f32 + 0.5 + dx, y as f32 + 0.5 + dy, 0.0);
                *value = (*value + share * other).min(value.max(other) * 1.15);
            }
        }
    }
    if let Some(smear) = pad.smear {
        drag(&mut amount, smear);
    }
    let planes = pad.density.map(|density| {
        let scale = -density * std::f32::consts::LN_10;
        amount.map(|a| if a > 0.0 { libm::expf(scale * a) } else { 1.0 })
    });
    Impression { planes }
}

/// Drags ink: each sample leaves a trail that fades to nothing over the length.
fn drag(amount: &mut Density, (dx, dy, share): (f64, f64, f32)) {
    const STEP_PX: f64 = 2.0;
    let length = libm::hypot(dx, dy) * FACE_PX_PER_MM;
    let steps = floor_index(length / STEP_PX).max(1);
    let first = amount.clone();
    for step in 1..=steps {
        let part = step as f64 / steps as f64;
        let left = share * (1.0 - single(part));
        let (x_off, y_off) = (
            single(part * dx * FACE_PX_PER_MM),
            single(part * dy * FACE_PX_PER_MM),
        );
        for y in 0..first.height() {
            for (x, value) in amount.row_mut(y).iter_mut().enumerate() {
                let from = sample(&first, x as f32 + 0.5 - x_off, y as f32 + 0.5 - y_off, 0.0);
                *value = value.max(left * from);
            }
        }
    }
}

/// Ink on each sample, 1 for the solid layer of the pad.
fn amounts(face: &Density, pad: &Pad, chance: &mut Chance) -> Density {
    let px = single(FACE_PX_PER_MM);
    let (width, height) = (face.width(), face.height());
    let mut field = |mm: f64| smooth_field(width, height, mm * FACE_PX_PER_MM / 2.0, chance);
    let slow = field(12.0);
    let spreading = field(1.6);
    let fine = field(pad.grain_mm.0);
    let coarse = field(pad.grain_mm.1);
    let distance = signed_distance(face);
    let mut out = Density::filled(width, height, 0.0);
    let (spread, variation) = (single(pad.spread) * px, single(pad.spread_variation) * px);
    let softness = (single(pad.softness) * px).max(0.8);
    let rim_width = single(pad.rim_width) * px;
    for y in 0..height {
        let v = 2.0 * y as f32 / height as f32 - 1.0;
        for x in 0..width {
            let at = y * width + x;
            let inside = -distance.samples()[at];
            if inside < -6.0 - spread.max(0.0) - 4.0 * variation {
                continue;
            }
            let u = 2.0 * x as f32 / width as f32 - 1.0;
            let pressure =
                1.0 - pad.tilt.0 * u - pad.tilt.1 * v - pad.tilt.2 * (u * u + v * v - 0.5)
                    + pad.uneven * slow.samples()[at];
            let depth = inside
                + spread
                + variation * spreading.samples()[at]
                + 0.04 * px * (pressure - 1.0).clamp(-1.0, 0.5);
            let edge = ((depth + softness / 2.0) / softness).clamp(0.0, 1.0);
            if edge <= 0.0 {
                continue;
            }
            let depth = depth.max(0.0);
            let near = 1.0 / (1.0 + (depth / rim_width).powi(4));
            let far = 1.0 - 1.0 / (1.0 + (depth / (3.0 * rim_width)).powi(2));
            let grain = pad.grain.0 * fine.samples()[at] + pad.grain.1 * coarse.samples()[at];
            let contact = ((pressure + grain - pad.dryness) * 4.0).clamp(0.0, 1.0);
            let body = 1.0 + pad.rim * near - pad.hollow * far
                + pad.pools * coarse.samples()[at].max(-0.5) * far;
            let film = (0.75 + 0.25 * pressure) * (1.0 + 0.5 * grain);
            out.row_mut(y)[x] =
                (edge * edge * (3.0 - 2.0 * edge) * contact * body * film).clamp(0.0, 2.5);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smear_lies_on_one_side_of_a_line_and_fades() {
        let mut amount = Density::filled(120, 60, 0.0);
        for y in 0..60 {
            amount.row_mut(y)[50..56].fill(1.0);
        }
        drag(&mut amount, (1.0, 0.0, 0.5));
        let row = amount.row(30);
        assert!(row[..50].iter().all(|value| *value < 1e-6));
        assert!(row[58] > 0.3 && row[58] > row[68] && row[68] > row[76]);
        assert!(row[90] < 1e-6, "{}", row[90]);
    }

    #[test]
    fn more_spread_gives_wider_lines() {
        let mut face = Density::filled(120, 120, 0.0);
        for y in 0..120 {
            face.row_mut(y)[50..70].fill(1.0);
        }
        let width = |spread: f64| {
            let mut chance = Chance::new(1, "ink", 0);
            let mut pad = Pad::draw(PadColour::Red, Care::Specimen, &mut chance);
            pad.spread = spread;
            pad.dryness = -2.0;
            let impression = press(&face, &pad, &mut chance);
            impression.planes[1]
                .row(60)
                .iter()
                .filter(|t| **t < 0.7)
                .count()
        };
        assert!(
            width(0.1) >= width(0.0) + 3,
            "{} {}",
            width(0.1),
            width(0.0)
        );
    }
}
