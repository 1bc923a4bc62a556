//! The benched pages, drawn without fonts: lines of scribbled letters, paper noise, and red seals
//! across them, or circles and boxes between them.

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
    /// A page of text with so many seals across it, at most 24.
    Page { seals: usize },
    /// A page of text with places that it leaves bare, and so many printed circles and red boxes on these, at most 50: nothing
    /// stands in them, so they are no seals.
    Form { candidates: usize },
    /// The seal alone.
    Specimen,
    /// The same with one letter of another.
    Twin,
}

/// Where a page's only seal stands.
const ALONE: (f32, f32) = (1700.0, 2550.0);

/// Where several stand: columns and rows, the middle of the first, and the steps to the next.
const SEALS: Places = Places {
    columns: 4,
    rows: 6,
    first: (330.0, 340.0),
    steps: (605.0, 560.0),
};

/// Where a form's circles and boxes stand.
const CANDIDATES: Places = Places {
    columns: 5,
    rows: 10,
    first: (300.0, 260.0),
    steps: (470.0, 330.0),
};

/// Half the width and height of what text leaves bare about each of them.
const BARE: (f32, f32) = (150.0, 110.0);

/// The letter that a twin has of its own, of 34.
const OWN_LETTER: usize = 21;

/// Places in columns and rows.
struct Places {
    columns: usize,
    rows: usize,
    first: (f32, f32),
    steps: (f32, f32),
}

impl Places {
    /// The middle of a place, counted row by row.
    fn middle(&self, place: usize) -> (f32, f32) {
        let (column, row) = (place % self.columns, place / self.columns);
        (
            self.first.0 + self.steps.0 * column as f32,
            self.first.1 + self.steps.1 * row as f32,
        )
    }

    /// So many of all places, spread over the page: seven, by which one goes on to the next, has no divisor in common with 24 or 50.
    fn spread(&self, count: usize) -> impl Iterator<Item = (f32, f32)> {
        let all = self.columns * self.rows;
        assert!(count <= all, "the page has {all} places");
        (0..count).map(move |index| self.middle((7 * index) % all))
    }
}

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
        Drawn::Page { .. } | Drawn::Form { .. } => PAGE_PX,
        Drawn::Specimen | Drawn::Twin => SPECIMEN_PX,
    };
    let mut page = Pixmap::new(width, height).expect("neither side is zero");
    page.fill(Color::from_rgba8(248, 247, 243, 255));
    let mut chance = Chance(7);
    match drawn {
        Drawn::Specimen => draw_seal(&mut page, (310.0, 310.0), None),
        Drawn::Twin => draw_seal(&mut page, (310.0, 310.0), Some(OWN_LETTER)),
        Drawn::Page { seals } => {
            draw_text(&mut page, &mut chance, |_| false);
            if seals == 1 {
                draw_seal(&mut page, ALONE, None);
            } else {
                SEALS
                    .spread(seals)
                    .for_each(|middle| draw_seal(&mut page, middle, None));
            }
        }
        Drawn::Form { candidates } => {
            let places: Vec<_> = CANDIDATES.spread(50).collect();
            draw_text(&mut page, &mut chance, |(x, y)| {
                places
                    .iter()
                    .any(|middle| (x - middle.0).abs() < BARE.0 && (y - middle.1).abs() < BARE.1)
            });
            for (index, middle) in CANDIDATES.spread(candidates).enumerate() {
                draw_candidate(&mut page, index, middle);
            }
        }
    }
    (page, chance)
}

/// Lines of letters a little smaller than those of a letter in 13 points, but where their middles are to be bare.
fn draw_text(page: &mut Pixmap, chance: &mut Chance, is_bare: impl Fn((f32, f32)) -> bool) {
    let mut path = PathBuilder::new();
    for line in 0..36 {
        let top = 420.0 + 75.0 * line as f32;
        let mut left = 350.0;
        while left < 2150.0 {
            if !chance.next().is_multiple_of(6) && !is_bare((left + 10.0, top + 17.0)) {
                scribble(&mut path, chance, (left, top), (20.0, 34.0));
            }
            left += 30.0;
        }
    }
    stroke(page, path, &ink(25, 25, 28), 3.6);
}

/// A printed circle or a red box, by turns, with nothing in it.
fn draw_candidate(page: &mut Pixmap, index: usize, (x, y): (f32, f32)) {
    let mut path = PathBuilder::new();
    if index.is_multiple_of(2) {
        path.push_circle(x, y, 92.0);
        stroke(page, path, &ink(25, 25, 28), 4.0);
    } else {
        path.move_to(x - 120.0, y - 76.0);
        path.line_to(x + 120.0, y - 76.0);
        path.line_to(x + 120.0, y + 76.0);
        path.line_to(x - 120.0, y + 76.0);
        path.close();
        stroke(page, path, &ink(205, 45, 55), 5.0);
    }
}

/// Two rings, a star, and letters around it, one of them another's where that is said.
fn draw_seal(page: &mut Pixmap, (x, y): (f32, f32), own_letter: Option<usize>) {
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
        if own_letter == Some(index) {
            // What the other has there is left out, so that the letters after it stay the same.
            scribble(&mut PathBuilder::new(), &mut chance, corner, (22.0, 36.0));
            scribble(&mut letters, &mut Chance(13), corner, (22.0, 36.0));
        } else {
            scribble(&mut letters, &mut chance, corner, (22.0, 36.0));
        }
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
