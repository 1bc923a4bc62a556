//! One document's examination in print: a PDF with pictures, measurements, findings and the law that they rest on.
//!
//! Comes in: a report, its exhibits and a language. Goes out: the bytes of a PDF, with the letters that it uses embedded, and
//! the same bytes for the same report and fonts. Text can be searched and copied.

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::geom::PathBuilder;
use krilla::geom::Rect;
use krilla::geom::Size;
use krilla::geom::Transform;
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use thiserror::Error;

use crate::report::exhibit::Exhibit;
use crate::verify::Report;
use crate::words::Language;
use crate::words::text;

mod body;
mod flow;
pub mod fonts;
mod setting;

pub use fonts::Fonts;

use flow::Mark;
use setting::Setting;

/// What is printed.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The report.
    pub report: &'a Report,
    /// Pictures of its impressions, in their order; may be fewer, where none were kept.
    pub exhibits: &'a [Exhibit],
    /// The reader's language.
    pub language: Language,
}

/// Why a report could not be printed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the PDF cannot be written: {reason}")]
pub struct Error {
    /// What the writer of PDF says.
    pub reason: String,
}

/// Writes the PDF.
///
/// # Errors
/// If a font or a picture cannot be embedded.
///
/// # Panics
/// Never: A4 is a page.
pub fn write(subject: Subject<'_>, fonts: &Fonts) -> Result<Vec<u8>, Error> {
    let setting = Setting::new(fonts);
    let pages = body::laid_out(subject, &setting);
    let mut document = Document::new_with(SerializeSettings {
        // Nothing of the page is tagged; a half-tagged file would be worse for who has it read aloud.
        enable_tagging: false,
        ..SerializeSettings::default()
    });
    document.set_metadata(metadata(subject));
    let count = pages.len();
    for (index, marks) in pages.iter().enumerate() {
        let size = PageSettings::from_wh(flow::PAGE.0, flow::PAGE.1);
        let mut page = document.start_page_with(size.expect("A4 is a page"));
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, &setting, mark)?;
        }
        for mark in foot(subject, &setting, (index + 1, count)) {
            draw(&mut surface, &setting, &mark)?;
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| Error {
        reason: format!("{error:?}"),
    })
}

fn metadata(subject: Subject<'_>) -> Metadata {
    let document = &subject.report.document;
    let title = format!(
        "{}: {}",
        subject.language.word("head.examination"),
        setting::shown(&document.path)
    );
    // Its digest names the document in the file's identifier, so that two runs write the same file.
    let identifier = document.sha256.clone().unwrap_or_else(|| title.clone());
    Metadata::new()
        .title(title)
        .language(subject.language.tag().to_owned())
        .creator(subject.report.engine.clone())
        .document_id(identifier)
}

fn draw(surface: &mut Surface<'_>, setting: &Setting<'_>, mark: &Mark<'_>) -> Result<(), Error> {
    match mark {
        Mark::Text { at, text, style } => setting.draw(surface, *at, (text, *style)),
        Mark::Area {
            place: [left, top, width, height],
            colour: [red, green, blue],
        } => {
            let mut path = PathBuilder::new();
            let rect = Rect::from_xywh(*left, *top, *width, *height);
            path.push_rect(rect.expect("areas are laid out with a width and a height"));
            surface.set_fill(Some(Fill {
                paint: rgb::Color::new(*red, *green, *blue).into(),
                ..Fill::default()
            }));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Mark::Picture {
            at: (x, y),
            side,
            picture,
        } => {
            let image = Image::from_png(picture.to_png().into(), true);
            let image = image.map_err(|reason| Error { reason })?;
            surface.push_transform(&Transform::from_translate(*x, *y));
            let size = Size::from_wh(*side, *side).expect("pictures are laid out with a side");
            surface.draw_image(image, size);
            surface.pop();
        }
    }
    Ok(())
}

/// What stands at the foot of each page: whose report it is, that it is no opinion, and which page.
fn foot<'a>(
    subject: Subject<'_>,
    setting: &Setting<'_>,
    (page, pages): (usize, usize),
) -> Vec<Mark<'a>> {
    let language = subject.language;
    let style = flow::SMALL;
    let y = flow::PAGE.1 - 34.0;
    let number = text(
        language,
        "pdf.page_of",
        &[("page", &page), ("pages", &pages)],
    );
    let right = flow::SIDE + flow::WIDTH - setting.width(&number, style);
    let digest = subject.report.document.sha256.as_deref();
    let digest = digest.and_then(|digest| digest.get(..16));
    let digest = digest.map_or_else(String::new, |digest| format!(" · SHA-256 {digest}…"));
    let reported = text(
        language,
        "pdf.reported",
        &[("engine", &subject.report.engine)],
    );
    let left = format!("{reported}{digest} · {}", language.word("head.no_opinion"));
    let line = |x, text| Mark::Text {
        at: (x, y),
        text,
        style,
    };
    vec![
        Mark::Area {
            place: [flow::SIDE, y - 12.0, flow::WIDTH, 0.5],
            colour: [0xdc, 0xdf, 0xe4],
        },
        line(flow::SIDE, left),
        line(right, number),
    ]
}
