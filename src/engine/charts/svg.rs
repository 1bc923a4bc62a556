//! A drawing as SVG: lines as they are, words as text in the reader's own sans serif.

use crate::charts::drawing::Anchor;
use crate::charts::drawing::Colour;
use crate::charts::drawing::Drawing;
use crate::charts::drawing::Mark;
use crate::charts::drawing::Text;
use crate::charts::drawing::WHITE;

/// Faces as wide as the one that the PNG is drawn with, and for Hanzi those that readers' systems have.
const FACES: &str = "Helvetica, Arial, 'Liberation Sans', Arimo, 'PingFang SC', 'Microsoft YaHei', \
    'Noto Sans CJK SC', 'Noto Sans SC', sans-serif";

/// Writes a drawing as an SVG file.
#[must_use]
pub fn write(drawing: &Drawing) -> String {
    let (width, height) = (drawing.width, drawing.height);
    let title = escaped(&drawing.title);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{FACES}\">\n<title>{title}</title>\n"
    );
    for mark in &drawing.marks {
        text.push_str(&element(mark));
        text.push('\n');
    }
    text.push_str("</svg>\n");
    text
}

fn element(mark: &Mark) -> String {
    match mark {
        Mark::Line { points, pen } => {
            let points: Vec<String> = points
                .iter()
                .map(|point| format!("{:.2},{:.2}", point.x, point.y))
                .collect();
            let dashes: Vec<String> = pen.dashes.iter().map(f64::to_string).collect();
            let dashes = if dashes.is_empty() {
                String::new()
            } else {
                format!(" stroke-dasharray=\"{}\"", dashes.join(" "))
            };
            format!(
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" \
                 stroke-linejoin=\"round\"{dashes}/>",
                points.join(" "),
                colour(pen.colour),
                pen.width,
            )
        }
        Mark::Area {
            corners: [a, b],
            fill,
        } => format!(
            "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"{}\"/>",
            a.x.min(b.x),
            a.y.min(b.y),
            (a.x - b.x).abs(),
            (a.y - b.y).abs(),
            colour(*fill),
        ),
        Mark::Disc {
            middle,
            radius,
            fill,
        } => format!(
            "<circle cx=\"{:.2}\" cy=\"{:.2}\" r=\"{radius}\" fill=\"{}\" stroke=\"{}\"/>",
            middle.x,
            middle.y,
            colour(*fill),
            colour(WHITE),
        ),
        Mark::Text(text) => words(text),
    }
}

fn words(text: &Text) -> String {
    let (x, y) = (text.at.x, text.at.y);
    let anchor = match text.anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let weight = if text.bold {
        " font-weight=\"bold\""
    } else {
        ""
    };
    let turn = if text.upwards {
        format!(" transform=\"rotate(-90 {x:.2} {y:.2})\"")
    } else {
        String::new()
    };
    format!(
        "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{}\" text-anchor=\"{anchor}\" \
         fill=\"{}\"{weight}{turn}>{}</text>",
        text.size,
        colour(text.colour),
        escaped(&text.words),
    )
}

fn colour([red, green, blue]: Colour) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
