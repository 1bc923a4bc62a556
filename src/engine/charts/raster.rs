//! A drawing as PNG.
//!
//! It is laid out as a page of a PDF in memory and drawn by the reader of PDF files, which carries
//! the standard typefaces: so no font of the machine is needed, and every machine draws the same.

use std::fmt::Write as _;
use std::io::Cursor;

use hayro::PixmapSettings;
use hayro::RenderCache;
use hayro::RenderSettings;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css;

use crate::charts::drawing::Anchor;
use crate::charts::drawing::Colour;
use crate::charts::drawing::Drawing;
use crate::charts::drawing::Mark;
use crate::charts::drawing::Pen;
use crate::charts::drawing::Text;
use crate::charts::drawing::WHITE;
use kurbo::Point;

/// Widths of the letters from space to tilde, in thousandths of the size: Adobe's published metrics of
/// Helvetica, by which the typeface carried along was cut.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// The width of any other letter.
const WIDTH_OTHER: u16 = 556;

/// Bold letters are about this much wider.
const BOLD: f64 = 1.07;

/// How far the handles of a curve reach that stands for a quarter of a circle of radius one.
const QUARTER_HANDLE: f64 = 0.552_285;

/// Draws a picture with so many pixels a point, as the bytes of a PNG file.
///
/// Letters outside Latin 1 are drawn as a question mark.
///
/// # Panics
/// Never: the page is written here, and memory takes every write.
#[must_use]
pub fn png(drawing: &Drawing, pixels_per_point: f32) -> Vec<u8> {
    let pdf = Pdf::new(page(drawing)).expect("the page is written here");
    let page = pdf.pages().first().expect("the file has one page");
    let pixmap = hayro::render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings {
            hinting: false,
            ..RenderSettings::default()
        },
        &PixmapSettings {
            x_scale: pixels_per_point,
            y_scale: pixels_per_point,
            bg_color: css::WHITE,
        },
    );
    let (pixels, _) = pixmap.data_as_u8_slice().as_chunks::<4>();
    let samples: Vec<u8> = pixels.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
    let mut bytes = Cursor::new(Vec::new());
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect("memory takes every write");
    writer
        .write_image_data(&samples)
        .expect("the samples are as many as the pixels drawn");
    writer.finish().expect("memory takes every write");
    bytes.into_inner()
}

/// The width of words in points.
#[must_use]
pub fn width(words: &str, size: f64) -> f64 {
    let thousandths: u32 = words
        .chars()
        .map(|letter| {
            let index = u32::from(letter).checked_sub(32);
            let index = index.and_then(|index| usize::try_from(index).ok());
            let known = index.and_then(|index| WIDTHS.get(index));
            u32::from(known.copied().unwrap_or(WIDTH_OTHER))
        })
        .sum();
    f64::from(thousandths) / 1000.0 * size
}

/// The drawing as a PDF file of one page.
fn page(drawing: &Drawing) -> Vec<u8> {
    let mut content = String::new();
    // Points from the top left, as the drawing has them.
    let _ = writeln!(content, "1 0 0 -1 0 {} cm 1 j", drawing.height);
    for mark in &drawing.marks {
        set(&mut content, mark);
    }
    let font = |name: &str| {
        format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>")
    };
    let bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Contents 6 0 R \
             /Resources << /Font << /Plain 4 0 R /Bold 5 0 R >> >> >>",
            drawing.width, drawing.height
        ),
        font("Helvetica"),
        font("Helvetica-Bold"),
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", bodies.len() + 1);
    for (index, body) in bodies.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{} 0 obj\n{body}\nendobj\n", index + 1);
    }
    let start = file.len();
    let count = bodies.len() + 1;
    let _ = write!(
        file,
        "{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    file.into_bytes()
}

fn set(content: &mut String, mark: &Mark) {
    match mark {
        Mark::Line { points, pen } => line(content, points, *pen),
        Mark::Area {
            corners: [a, b],
            fill,
        } => {
            let (width, height) = (b.x - a.x, b.y - a.y);
            let fill = operands(*fill);
            let _ = writeln!(content, "{fill} rg {} {} {width} {height} re f", a.x, a.y);
        }
        Mark::Disc {
            middle,
            radius,
            fill,
        } => {
            let (fill, rim) = (operands(*fill), operands(WHITE));
            let circle = circle(*middle, *radius);
            let _ = writeln!(content, "{fill} rg {rim} RG 1 w [] 0 d {circle} b");
        }
        Mark::Text(text) => words(content, text),
    }
}

fn line(content: &mut String, points: &[Point], pen: Pen) {
    let dashes: Vec<String> = pen.dashes.iter().map(f64::to_string).collect();
    let colour = operands(pen.colour);
    let _ = write!(
        content,
        "{colour} RG {} w [{}] 0 d",
        pen.width,
        dashes.join(" ")
    );
    for (index, point) in points.iter().enumerate() {
        let operator = if index == 0 { "m" } else { "l" };
        let _ = write!(content, " {:.3} {:.3} {operator}", point.x, point.y);
    }
    content.push_str(" S\n");
}

fn circle(middle: Point, radius: f64) -> String {
    let handle = QUARTER_HANDLE * radius;
    let at = |x: f64, y: f64| format!("{:.3} {:.3}", middle.x + x, middle.y + y);
    let mut path = format!("{} m", at(radius, 0.0));
    for [a, b, end] in [
        [(radius, handle), (handle, radius), (0.0, radius)],
        [(-handle, radius), (-radius, handle), (-radius, 0.0)],
        [(-radius, -handle), (-handle, -radius), (0.0, -radius)],
        [(handle, -radius), (radius, -handle), (radius, 0.0)],
    ] {
        let _ = write!(
            path,
            " {} {} {} c",
            at(a.0, a.1),
            at(b.0, b.1),
            at(end.0, end.1)
        );
    }
    path
}

fn words(content: &mut String, text: &Text) {
    let wide = width(&text.words, text.size) * if text.bold { BOLD } else { 1.0 };
    let back = match text.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => wide / 2.0,
        Anchor::End => wide,
    };
    let (x, y) = (text.at.x, text.at.y);
    // Letters stand upright on a page whose y points down.
    let place = if text.upwards {
        format!("0 -1 -1 0 {x:.3} {:.3}", y + back)
    } else {
        format!("1 0 0 -1 {:.3} {y:.3}", x - back)
    };
    let font = if text.bold { "Bold" } else { "Plain" };
    let colour = operands(text.colour);
    let letters: String = text.words.chars().map(letter).collect();
    let _ = writeln!(
        content,
        "BT {colour} rg /{font} {} Tf {place} Tm ({letters}) Tj ET",
        text.size
    );
}

/// A letter within a string of a PDF.
fn letter(letter: char) -> String {
    match letter {
        '(' | ')' | '\\' => format!("\\{letter}"),
        ' '..='~' => letter.to_string(),
        '\u{a0}'..='\u{ff}' => format!("\\{:03o}", u32::from(letter)),
        _ => "?".to_owned(),
    }
}

fn operands(colour: Colour) -> String {
    let [red, green, blue] = colour.map(|part| f64::from(part) / 255.0);
    format!("{red:.4} {green:.4} {blue:.4}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::drawing::BLACK;
    use crate::charts::drawing::BLUE;

    #[test]
    fn a_picture_has_the_stated_size_and_its_marks_where_they_belong() {
        let mut drawing = Drawing::new(60.0, 40.0, "test");
        drawing.marks.push(Mark::Area {
            corners: [Point::new(0.0, 0.0), Point::new(10.0, 10.0)],
            fill: BLUE,
        });
        drawing.text(Point::new(58.0, 36.0), ("Hm", 20.0), Anchor::End, BLACK);
        let picture = image::load_from_memory(&png(&drawing, 2.0))
            .unwrap()
            .to_rgb8();
        assert_eq!(picture.dimensions(), (120, 80));
        assert_eq!(picture.get_pixel(10, 10).0, BLUE);
        let dark = |left: u32, right: u32| {
            let columns = (left..right).flat_map(|x| (40..80).map(move |y| (x, y)));
            columns
                .filter(|(x, y)| picture.get_pixel(*x, *y).0[0] < 100)
                .count()
        };
        // "Hm" at 20 points is 31 points wide, so it begins 27 points from the left.
        assert_eq!(dark(0, 52), 0);
        assert!(dark(52, 118) > 100, "{}", dark(52, 118));
        assert_eq!(dark(117, 120), 0);
    }

    #[test]
    fn letters_are_as_wide_as_the_typeface_says() {
        assert!((width("Hm", 20.0) - 31.1).abs() < 1e-9);
        assert!((width("0.1 %", 10.0) - (5.56 + 2.78 + 5.56 + 2.78 + 8.89)).abs() < 1e-9);
    }
}
