//! Copies of an impression: cut out of a scan, or printed.

use kurbo::Affine;

use crate::imaging::Density;
use crate::synthesis::chance::Chance;
use crate::synthesis::raster::blur;
use crate::synthesis::raster::floor_index;
use crate::synthesis::raster::sample;
use crate::synthesis::raster::single;
use crate::synthesis::scan::Mode;
use crate::synthesis::scan::Scanner;
use crate::synthesis::sheet::Overlay;
use crate::synthesis::sheet::Sheet;
use crate::synthesis::stamp::Stamped;

/// The impression as a scanner sees it alone on paper, as a picture to paste.
///
/// # Panics
/// If the scan is empty, which no seal's is.
#[must_use]
pub fn cut_out(stamped: Stamped, scanner: &Scanner, chance: &mut Chance) -> Stamped {
    let scanner = Scanner {
        mode: Mode::Colour,
        skew_deg: 0.0,
        shading: (0.0, 0.0),
        ..scanner.clone()
    };
    let (rx, ry) = stamped.half_size;
    let size = (2.0 * rx + 8.0, 2.0 * ry + 8.0);
    let pixels = scanner.pixels(size);
    let mut sheet = Sheet::new(pixels.0, pixels.1, scanner.scan_from_sheet(size));
    let middle = kurbo::Vec2::new(size.0 / 2.0, size.1 / 2.0);
    let scan_from_die = sheet.scan_from_sheet * Affine::translate(middle);
    sheet.lay(Overlay {
        scan_from_picture: scan_from_die * stamped.picture_from_die.inverse(),
        planes: stamped.planes,
    });
    let planes = scanner.read(&sheet, chance);
    let white: Vec<f32> = planes.iter().map(|plane| paper_value(plane)).collect();
    let passes = |channel: usize, at: usize| f32::from(planes[channel][at]) / white[channel];
    // What is nearly paper in every channel is cut away, as a program's colour picker does.
    let inked: Vec<bool> = (0..planes[0].len())
        .map(|at| (0..3).any(|channel| passes(channel, at) < 0.88))
        .collect();
    let planes: [Density; 3] = std::array::from_fn(|channel| {
        let light = inked.iter().enumerate();
        let light = light
            .map(|(at, inked)| {
                if *inked {
                    passes(channel, at).min(1.0)
                } else {
                    1.0
                }
            })
            .collect();
        Density::from_samples(pixels.0, pixels.1, light).expect("the scan has its own size")
    });
    // The forger trusts the stated resolution, so the scanner's error of scale stays in.
    Stamped {
        planes,
        picture_from_die: scan_from_die,
        ..stamped
    }
}

/// The value that most samples have, which is the paper's.
fn paper_value(plane: &[u8]) -> f32 {
    let mut counts = [0usize; 256];
    for value in plane {
        counts[usize::from(*value)] += 1;
    }
    let most = (1..=255u8).max_by_key(|value| counts[usize::from(*value)]);
    f32::from(most.unwrap_or(255))
}

/// Replaces an impression by a print of its scan and names the kind of printer.
#[must_use]
pub fn print(stamped: &mut Stamped, chance: &mut Chance) -> &'static str {
    let laser = chance.happens(0.55);
    let softness = chance.between(1.0, 2.2);
    for plane in &mut stamped.planes {
        blur(plane, softness, softness);
    }
    // A printer's red is not the pad's: channels move towards each other a little.
    let mixing = chance.between32(0.0, 0.12);
    let screens = Screens::draw(laser, chance);
    let source = stamped.planes.clone();
    for (channel, plane) in stamped.planes.iter_mut().enumerate() {
        let other = &source[(channel + 1) % 3];
        for (value, other) in plane.samples_mut().iter_mut().zip(other.samples()) {
            *value += mixing * (other - *value);
        }
        screens.apply(plane, channel, chance);
        let bleed = if laser {
            chance.between(0.3, 0.6)
        } else {
            chance.between(0.6, 1.2)
        };
        blur(plane, bleed, bleed);
    }
    if laser { "laser" } else { "inkjet" }
}

/// The screens of a printer: dots in rows for a laser, scattered droplets for an inkjet.
struct Screens {
    /// Dots a sample of the picture, and the angle of their rows, by channel.
    rows: Option<[(f64, f64); 3]>,
    /// The darkest that the printer gives.
    floor: f32,
    /// Size of a droplet in samples.
    droplet: usize,
}

impl Screens {
    fn draw(laser: bool, chance: &mut Chance) -> Self {
        let lines = chance.between(106.0, 212.0) / 610.0;
        let turn = chance.between(-4.0, 4.0);
        // Cyan, magenta and yellow take light from red, green and blue.
        let rows = [15.0, 75.0, 0.0].map(|angle: f64| (lines, (angle + turn).to_radians()));
        Self {
            rows: laser.then_some(rows),
            floor: chance.between32(0.06, 0.2),
            droplet: 1 + chance.index(2),
        }
    }

    fn apply(&self, plane: &mut Density, channel: usize, chance: &mut Chance) {
        match self.rows {
            Some(rows) => self.in_rows(plane, rows[channel]),
            None => self.scattered(plane, chance),
        }
    }

    /// Clustered dots: a cosine threshold in two directions.
    fn in_rows(&self, plane: &mut Density, (lines, angle): (f64, f64)) {
        let (sin, cos) = libm::sincos(angle);
        let turn = std::f64::consts::TAU * lines;
        let table: Vec<f32> = (0..1024)
            .map(|k| single(libm::cos(f64::from(k) * std::f64::consts::TAU / 1024.0)))
            .collect();
        let look = |phase: f64| {
            let part = phase / std::f64::consts::TAU;
            table[floor_index((part - part.floor()) * 1024.0).min(1023)]
        };
        for y in 0..plane.height() {
            for (x, value) in plane.row_mut(y).iter_mut().enumerate() {
                let (u, v) = (x as f64, y as f64);
                let dots = look(turn * (u * cos + v * sin)) + look(turn * (v * cos - u * sin));
                // Between 0.02 and 0.96, so that bare paper takes no dots.
                let cut = 0.49 + 0.235 * dots;
                let inked = ((cut - *value) * 6.0).clamp(0.0, 1.0);
                *value = 1.0 - inked * (1.0 - self.floor);
            }
        }
    }

    /// Error diffusion (Floyd and Steinberg) with noise, by droplets.
    fn scattered(&self, plane: &mut Density, chance: &mut Chance) {
        let cell = self.droplet;
        let (columns, rows) = (plane.width() / cell, plane.height() / cell);
        let source = plane.clone();
        let mut carried = vec![0.0f32; columns + 2];
        for row in 0..rows {
            let mut next = vec![0.0f32; columns + 2];
            let mut right = 0.0;
            for column in 0..columns {
                let middle = |k: usize| k as f32 * cell as f32 + cell as f32 / 2.0;
                let wanted =
                    sample(&source, middle(column), middle(row), 1.0) + right + carried[column + 1];
                let level = 0.5 + 0.08 * chance.grain();
                let given = if wanted < level { self.floor } else { 1.0 };
                let error = (wanted - given).clamp(-1.0, 1.0);
                right = error * 7.0 / 16.0;
                next[column] += error * 3.0 / 16.0;
                next[column + 1] += error * 5.0 / 16.0;
                next[column + 2] += error / 16.0;
                for y in row * cell..(row + 1) * cell {
                    plane.row_mut(y)[column * cell..(column + 1) * cell].fill(given);
                }
            }
            carried = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::synthesis::die::FACE_PX_PER_MM;

    /// A stamped square of 8 mm in solid red, with 6 mm of paper round it.
    fn square() -> Stamped {
        let side = floor_index(20.0 * FACE_PX_PER_MM);
        let mut plane = Density::filled(side, side, 1.0);
        for y in side * 6 / 20..side * 14 / 20 {
            plane.row_mut(y)[side * 6 / 20..side * 14 / 20].fill(0.2);
        }
        let planes = [plane.map(|t| 0.9f32.max(t)), plane.clone(), plane];
        let middle = kurbo::Vec2::new(side as f64 / 2.0, side as f64 / 2.0);
        Stamped {
            planes,
            picture_from_die: Affine::translate(middle) * Affine::scale(FACE_PX_PER_MM),
            half_size: (4.0, 4.0),
            outline: Affine::IDENTITY,
            forgery_detail: serde_json::Map::new(),
            damage_detail: None,
            wear: serde_json::Map::new(),
        }
    }

    #[test]
    fn a_cut_out_keeps_the_ink_in_place_and_no_paper() {
        for index in 0..6 {
            let mut chance = Chance::new(6, "cut", index);
            let scanner = Scanner::draw(300, Mode::Colour, &mut chance);
            let cut = cut_out(square(), &scanner, &mut chance);
            let light = |x: f64, y: f64| {
                let at = cut.picture_from_die * kurbo::Point::new(x, y);
                sample(&cut.planes[1], single(at.x), single(at.y), 1.0)
            };
            assert!(
                light(0.0, 0.0) < 0.5 && light(3.6, 3.6) < 0.5,
                "scanner {index}"
            );
            for (x, y) in [(5.0, 0.0), (-5.5, 5.5), (0.0, -6.5)] {
                assert!(
                    (light(x, y) - 1.0).abs() < 1e-6,
                    "scanner {index} at {x}, {y}"
                );
            }
        }
    }

    #[test]
    fn a_print_leaves_bare_paper_bare_on_either_printer() {
        let mut kinds = Vec::new();
        for index in 0..8 {
            let mut stamped = square();
            kinds.push(print(&mut stamped, &mut Chance::new(7, "print", index)));
            let corner = stamped.planes[1].row(20)[..100].iter().sum::<f32>() / 100.0;
            assert!(corner > 0.985, "{}: paper passes {corner}", kinds[index]);
        }
        assert!(
            kinds.contains(&"laser") && kinds.contains(&"inkjet"),
            "{kinds:?}"
        );
    }
}
