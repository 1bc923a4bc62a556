//! The benched pages, drawn without fonts: lines of scribbled letters, paper noise, and a red seal
//! across the last of them.

use std::f32::consts::TAU;

use antin_engine::synthesis::pdf;
use antin_engine::synthesis::scan::Encoded;
use antin_engine::synthesis::scan::Filter;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::jpeg::PixelDensity;
use tiny_skia::BlendMode;
use tiny_skia::Color;
use tiny_skia::FillRule;
use tiny_skia::Paint;
use tiny_skia::PathBuilder;
use tiny_skia::Pixmap;
use tiny_skia::Stroke;
use tiny_skia::Transform;

/// Resolution of every page.
const DPI: u16 = 300;

/// A4 at [`DPI`].
const PAGE_PX: (u32, u32) = (2480, 3508);

/// A specimen's sheet: the seal and its margin.
const SPECIMEN_PX: (u32, u32) = (620, 620);

/// A seal of 36 mm at [`DPI`].
const SEAL_RADIUS_PX: f32 = 212.6;

/// A common setting of office scanners.
const JPEG_QUALITY: u8 = 75;

/// What is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drawn {
    /// A page of text with so many seals across it, at most 16.
    Page { seals: usize },
    /// The seal alone.
    Specimen,
}

/// Where a page's only seal stands.
const ALONE: (f32, f32) = (1700.0, 2550.0);

/// Draws a page and encodes it as a JPEG.
pub(crate) fn page_jpeg(drawn: Drawn) -> Vec<u8> {
    let (page, mut chance) = page(drawn);
    let mut samples = Vec::with_capacity(page.pixels().len() * 3);
    for pixel in page.pixels() {
        for value in [pixel.red(), pixel.green(), pixel.blue()] {
            let noise = (chance.next() % 7) as i16 - 3;
            samples.push(u8::try_from((i16::from(value) + noise).clamp(0, 255)).expect("clamped"));
        }
    }
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY);
    encoder.set_pixel_density(PixelDensity::dpi(DPI));
    encoder
        .encode(
            &samples,
            page.width(),
            page.height(),
            image::ExtendedColorType::Rgb8,
        )
        .expect("a picture of plain RGB");
    jpeg
}

/// Draws a page and encodes it as CCITT Group 4 in a PDF.
pub(crate) fn page_fax(drawn: Drawn) -> Vec<u8> {
    let (page, _) = page(drawn);
    let (width, height) = (page.width() as usize, page.height() as usize);
    let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
    for row in page.pixels().chunks_exact(width) {
        let ink = row.iter().map(|pixel| match pixel.green() {
            ..128 => fax::Color::Black,
            128.. => fax::Color::White,
        });
        let Ok(()) = encoder.encode_line(ink, page.width());
    }
    let Ok(writer) = encoder.finish();
    pdf::from_scans(&[Encoded {
        width,
        height,
        dpi: u32::from(DPI),
        filter: Filter::Fax,
        bytes: writer.finish(),
    }])
}

/// Draws a page; what is left of chance is the scanner's.
fn page(drawn: Drawn) -> (Pixmap, Chance) {
    let (width, height) = match drawn {
        Drawn::Page { .. } => PAGE_PX,
        Drawn::Specimen => SPECIMEN_PX,
    };
    let mut page = Pixmap::new(width, height).expect("neither side is zero");
    page.fill(Color::from_rgba8(248, 247, 243, 255));
    let mut chance = Chance(7);
    match drawn {
        Drawn::Specimen => draw_seal(&mut page, 310.0, 310.0),
        Drawn::Page { seals } => {
            draw_text(&mut page, &mut chance);
            if seals == 1 {
                draw_seal(&mut page, ALONE.0, ALONE.1);
            } else {
                for seal in 0..seals {
                    let (column, row) = (seal % 4, seal / 4);
                    let x = 330.0 + 605.0 * column as f32;
                    draw_seal(&mut page, x, 480.0 + 830.0 * row as f32);
                }
            }
        }
    }
    (page, chance)
}

/// Thirty lines of letters a little smaller than those of a letter in 13 points.
fn draw_text(page: &mut Pixmap, chance: &mut Chance) {
    let mut path = PathBuilder::new();
    for line in 0..36 {
        let top = 420.0 + 75.0 * line as f32;
        let mut left = 350.0;
        while left < 2150.0 {
            if !chance.next().is_multiple_of(6) {
                scribble(&mut path, chance, (left, top), (20.0, 34.0));
            }
            left += 30.0;
        }
    }
    stroke(page, path, &ink(25, 25, 28), 3.6);
}

/// Two rings, a star, and letters around it.
fn draw_seal(page: &mut Pixmap, x: f32, y: f32) {
    let red = ink(205, 45, 55);
    for (radius, width) in [
        (SEAL_RADIUS_PX - 4.5, 9.0),
        (SEAL_RADIUS_PX - 20.0, 4.0),
        (105.0, 4.0),
    ] {
        let mut ring = PathBuilder::new();
        ring.push_circle(x, y, radius);
        stroke(page, ring, &red, width);
    }
    let mut letters = PathBuilder::new();
    let mut chance = Chance(11);
    for index in 0..34 {
        let (sine, cosine) = (TAU * index as f32 / 34.0).sin_cos();
        let corner = (x + 145.0 * cosine - 11.0, y + 145.0 * sine - 18.0);
        scribble(&mut letters, &mut chance, corner, (22.0, 36.0));
    }
    stroke(page, letters, &red, 5.0);
    let mut star = PathBuilder::new();
    for point in 0..10 {
        let radius = if point % 2 == 0 { 62.0 } else { 24.0 };
        let (sine, cosine) = (TAU * point as f32 / 10.0 - TAU / 4.0).sin_cos();
        match point {
            0 => star.move_to(x + radius * cosine, y + radius * sine),
            _ => star.line_to(x + radius * cosine, y + radius * sine),
        }
    }
    star.close();
    let star = star.finish().expect("ten points");
    page.fill_path(&star, &red, FillRule::Winding, Transform::identity(), None);
}

/// A letter's worth of strokes inside a box.
fn scribble(path: &mut PathBuilder, chance: &mut Chance, corner: (f32, f32), size: (f32, f32)) {
    path.move_to(corner.0 + size.0 * chance.share(), corner.1);
    for step in 1..5 {
        let y = corner.1 + size.1 * step as f32 / 4.0;
        path.line_to(corner.0 + size.0 * chance.share(), y);
    }
}

fn stroke(page: &mut Pixmap, path: PathBuilder, paint: &Paint<'_>, width: f32) {
    let path = path.finish().expect("something was drawn");
    let stroke = Stroke {
        width,
        ..Stroke::default()
    };
    page.stroke_path(&path, paint, &stroke, Transform::identity(), None);
}

/// Ink that darkens what is under it.
fn ink(red: u8, green: u8, blue: u8) -> Paint<'static> {
    let mut paint = Paint {
        blend_mode: BlendMode::Multiply,
        ..Paint::default()
    };
    paint.set_color_rgba8(red, green, blue, 255);
    paint
}

/// Numbers from a seed (`xorshift64`): the same page in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Between 0 and 1.
    fn share(&mut self) -> f32 {
        (self.next() % 1000) as f32 / 1000.0
    }
}
