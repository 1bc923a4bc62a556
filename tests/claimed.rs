//! A seal whose outline is lost in print, through the whole program: found by its registered drawing.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "millimetres on a small page"
)]

use std::fmt::Write;
use std::fs;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::process::Command;

use png::PixelDimensions;
use png::Unit;
use serde_json::Value;

/// Pixels in a millimetre: 200 dpi.
const PER_MM: f64 = 200.0 / 25.4;
/// Width and height of the seal's frame, millimetres.
const SEAL: (f64, f64) = (36.0, 24.0);
/// Its top left corner on the page, millimetres.
const CORNER: (f64, f64) = (50.0, 45.0);

/// Letters that differ by `seed`, each a pattern of three by five cells of 0.8 mm.
fn letter(seed: usize, x: f64, y: f64) -> bool {
    let whole = |value: f64| value.floor().max(0.0) as usize;
    let (column, row) = (whole(x / 3.2), whole(y / 6.0));
    let (u, v) = (whole(x % 3.2 / 0.8), whole(y % 6.0 / 0.8));
    let bit = ((column * 31 + row * 17 + seed) * 2_654_435_761) >> (3 + v * 3 + u);
    u < 3 && v < 5 && bit & 1 == 1
}

/// A frame around three lines of letters, millimetres from its top left corner.
fn seal(seed: usize, x: f64, y: f64) -> bool {
    let edge = x.min(y).min(SEAL.0 - x).min(SEAL.1 - y);
    let lettered = (3.0..SEAL.1 - 3.0).contains(&y) && edge > 2.0;
    (0.0..0.8).contains(&edge) || lettered && letter(seed, x - 2.0, y - 3.0)
}

/// Lines of print, and a signature's thick loops across the seal.
fn print(x: f64, y: f64) -> bool {
    let line = (y / 8.0).floor();
    let lettered = y % 8.0 < 4.0 && (15.0..105.0).contains(&x);
    lettered && letter(9, x / 0.75, y % 8.0 / 0.75 + line * 6.0)
}

fn signature(x: f64, y: f64) -> bool {
    let (x, y) = (x - CORNER.0, y - CORNER.1);
    let loops = (0..7).map(f64::from);
    let mut near = loops.map(|own| {
        let swing = libm::sin(0.9 * x / (1.0 + 0.1 * own) + own) * 0.62 * SEAL.1;
        (y - 0.5 * SEAL.1 - swing).abs() - 0.15 * own
    });
    (-6.0..SEAL.0 + 6.0).contains(&x) && near.any(|off| off < 1.0)
}

/// Writes a picture of a width and height in millimetres whose ink has a colour.
fn draw(path: &Path, (width, height): (f64, f64), ink: [u8; 3], inked: impl Fn(f64, f64) -> bool) {
    let pixels = |length: f64| (length * PER_MM).floor() as u32;
    let size = (pixels(width), pixels(height));
    let mut samples = Vec::new();
    for y in 0..size.1 {
        for x in 0..size.0 {
            let at = |pixel: u32| (f64::from(pixel) + 0.5) / PER_MM;
            samples.extend(if inked(at(x), at(y)) { ink } else { [255; 3] });
        }
    }
    let file = BufWriter::new(File::create(path).unwrap());
    let mut encoder = png::Encoder::new(file, size.0, size.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_pixel_dims(Some(PixelDimensions {
        xppu: 7874,
        yppu: 7874,
        unit: Unit::Meter,
    }));
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&samples)
        .unwrap();
}

/// A page under whose print a seal stands, one without, and registers of two and of thirteen seals.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (name, seed) in [("own.png", 5), ("other.png", 23)] {
        let specimen = |x: f64, y: f64| seal(seed, x - 12.0, y - 12.0);
        draw(&path(name), (60.0, 48.0), [200, 40, 40], specimen);
    }
    let stamped = |x: f64, y: f64| seal(5, x - CORNER.0, y - CORNER.1);
    let page = (120.0, 110.0);
    let black = [0; 3];
    draw(&path("page.png"), page, black, |x, y| {
        print(x, y) || signature(x, y) || stamped(x, y)
    });
    draw(&path("bare.png"), page, black, |x, y| {
        print(x, y) || signature(x, y)
    });
    let mut rows = "id,organisation,specimen,specimen_dpi\nS1,A body,own.png,200\n".to_owned();
    for number in 2..14 {
        writeln!(rows, "S{number},Body {number},other.png,200").unwrap();
    }
    fs::write(path("many.csv"), rows).unwrap();
    folder
}

/// The impressions that are reported of a page.
fn found(folder: &Path, page: &str, register: &str, claim: Option<&str>) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_antin"))
        .current_dir(folder)
        .args(["verify", "--quiet", "--json", "--register", register, page])
        .args(claim.iter().flat_map(|seal| ["--seal", seal]))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["impressions"].as_array().unwrap().clone()
}

#[test]
fn a_claimed_seal_is_found_under_a_black_mass_and_another_or_a_page_without_it_is_not() {
    let folder = folder();
    let found = |page, claim| found(folder.path(), page, "many.csv", claim);
    assert_eq!(found("page.png", None), [] as [Value; 0]);
    let own = found("page.png", Some("S1"));
    assert_eq!(own.len(), 1, "{own:?}");
    assert_eq!(own[0]["outline"]["shape"], "rectangle");
    let centre = |axis: usize| own[0]["centre_px"][axis].as_f64().unwrap() / PER_MM;
    assert!((centre(0) - CORNER.0 - 0.5 * SEAL.0).abs() < 0.5, "{own:?}");
    assert!((centre(1) - CORNER.1 - 0.5 * SEAL.1).abs() < 0.5, "{own:?}");
    assert_eq!(found("page.png", Some("S2")), [] as [Value; 0]);
    assert_eq!(found("bare.png", Some("S1")), [] as [Value; 0]);
}
