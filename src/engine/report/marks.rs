//! Marks that are no seals, in words: where each stands, how large it is, and why it is none.

use crate::extraction::Rejection;
use crate::verify::details::Mark;
use crate::verify::details::Marks;
use crate::words::Language;
use crate::words::text;

/// A line for each mark of a document, and one for those left out, for a terminal.
pub(crate) fn lines<'a>(path: &'a str, marks: &'a Marks) -> impl Iterator<Item = String> + 'a {
    let left_out = marks.left_out();
    let rest = (left_out > 0).then(|| format!("no seal: {path}: {left_out} more marks"));
    let line = move |mark: Mark| {
        format!(
            "no seal: {path}, page {}: {}: {}",
            mark.page,
            place(Language::English, &mark),
            reason(Language::English, mark.rejected.why)
        )
    };
    marks.in_order().into_iter().map(line).chain(rest)
}

/// Size and place, in millimetres, or in pixels where the page's resolution is not known.
#[must_use]
pub fn place(language: Language, mark: &Mark) -> String {
    let bbox = mark.rejected.bbox;
    let (key, [width, height, x, y]) = match mark.dpi {
        Some(dpi) => {
            let mm = |pixels: u32| f64::from(pixels) / dpi.pixels_per_mm();
            let sides = [bbox.width, bbox.height].map(|side| format!("{:.1}", mm(side)));
            let corner = [bbox.x, bbox.y].map(|at| format!("{:.0}", mm(at)));
            let [width, height] = sides.map(|side| language.decimal(&side));
            let [x, y] = corner;
            ("no_seal.place_mm", [width, height, x, y])
        }
        None => {
            let figures = [bbox.width, bbox.height, bbox.x, bbox.y];
            ("no_seal.place_px", figures.map(|figure| figure.to_string()))
        }
    };
    text(
        language,
        key,
        &[("width", &width), ("height", &height), ("x", &x), ("y", &y)],
    )
}

/// Why a mark is no seal.
#[must_use]
pub fn reason(language: Language, why: Rejection) -> String {
    let share = |key: &str, share: f64| {
        let percent = format!("{:.0}", 100.0 * share);
        text(language, key, &[("percent", &percent)])
    };
    match why {
        Rejection::OutlineIncomplete { coverage } => share("no_seal.outline_incomplete", coverage),
        Rejection::Size {
            width_mm,
            height_mm,
        } => {
            let sides = [width_mm, height_mm].map(|side| language.decimal(&format!("{side:.1}")));
            let [width, height] = sides;
            text(
                language,
                "no_seal.size",
                &[("width", &width), ("height", &height)],
            )
        }
        Rejection::Empty { coverage } => share("no_seal.empty", coverage),
        Rejection::Filled { coverage } => share("no_seal.filled", coverage),
        Rejection::Table => language.word("no_seal.table").to_owned(),
        Rejection::NoOutline => language.word("no_seal.no_outline").to_owned(),
        Rejection::Printed => language.word("no_seal.printed").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Rejected;
    use crate::geometry::PixelRect;
    use crate::units::Dpi;

    #[test]
    fn places_are_in_millimetres_where_the_resolution_is_known_else_in_pixels() {
        let bbox = PixelRect {
            x: 600,
            y: 300,
            width: 360,
            height: 240,
        };
        let rejected = Rejected {
            bbox,
            why: Rejection::Table,
        };
        let mark = |dpi| Mark {
            page: 1,
            dpi,
            rejected,
        };
        assert_eq!(
            place(Language::English, &mark(Dpi::new(300.0))),
            "30.5 × 20.3 mm at 51, 25 mm from the top left"
        );
        assert_eq!(
            place(Language::English, &mark(None)),
            "360 × 240 px at 600, 300 px from the top left"
        );
    }

    #[test]
    fn reasons_carry_their_figures() {
        let filled = reason(Language::English, Rejection::Filled { coverage: 0.914 });
        assert!(filled.contains("91 %"), "{filled}");
        let size = reason(
            Language::English,
            Rejection::Size {
                width_mm: 78.04,
                height_mm: 77.0,
            },
        );
        assert!(size.contains("78.0 × 77.0 mm"), "{size}");
    }
}
