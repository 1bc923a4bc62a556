//! Marks that are no seals, in words: where each stands, how large it is, and why it is none.

use crate::extraction::Rejection;
use crate::verify::details::Mark;
use crate::verify::details::Marks;

/// A line for each mark of a document, and one for those left out.
pub(crate) fn lines<'a>(path: &'a str, marks: &'a Marks) -> impl Iterator<Item = String> + 'a {
    let left_out = marks.left_out();
    let rest = (left_out > 0).then(|| format!("no seal: {path}: {left_out} more marks"));
    let line = move |mark: Mark| {
        format!(
            "no seal: {path}, page {}: {}: {}",
            mark.page,
            place(&mark),
            reason(mark.rejected.why)
        )
    };
    marks.in_order().into_iter().map(line).chain(rest)
}

/// Size and place, in millimetres, or in pixels where the page's resolution is not known.
#[must_use]
pub fn place(mark: &Mark) -> String {
    let bbox = mark.rejected.bbox;
    match mark.dpi {
        Some(dpi) => {
            let mm = |pixels: u32| f64::from(pixels) / dpi.pixels_per_mm();
            format!(
                "{:.1} × {:.1} mm at {:.0}, {:.0} mm from the top left",
                mm(bbox.width),
                mm(bbox.height),
                mm(bbox.x),
                mm(bbox.y)
            )
        }
        None => format!(
            "{} × {} px at {}, {} px from the top left",
            bbox.width, bbox.height, bbox.x, bbox.y
        ),
    }
}

/// Why a mark is no seal.
#[must_use]
pub fn reason(why: Rejection) -> String {
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    match why {
        Rejection::OutlineIncomplete { coverage } => {
            format!("too little of an outline bears ink ({})", percent(coverage))
        }
        Rejection::Size {
            width_mm,
            height_mm,
        } => format!("smaller or larger than any seal ({width_mm:.1} × {height_mm:.1} mm)"),
        Rejection::Empty { coverage } => format!(
            "nothing like text or a figure stands inside ({} of it bear ink)",
            percent(coverage)
        ),
        Rejection::Filled { coverage } => format!(
            "a filled area rather than a drawing ({} of it bear ink)",
            percent(coverage)
        ),
        Rejection::Table => "part of a table, or a ruled box".to_owned(),
        Rejection::NoOutline => {
            "no closed outline, as of a heading, a line of text or a signature".to_owned()
        }
        Rejection::Printed => {
            "print that looks like a seal, such as a logo or the letters of a heading".to_owned()
        }
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
            place(&mark(Dpi::new(300.0))),
            "30.5 × 20.3 mm at 51, 25 mm from the top left"
        );
        assert_eq!(
            place(&mark(None)),
            "360 × 240 px at 600, 300 px from the top left"
        );
    }

    #[test]
    fn reasons_carry_their_figures() {
        let filled = reason(Rejection::Filled { coverage: 0.914 });
        assert!(filled.contains("91 %"), "{filled}");
        let size = reason(Rejection::Size {
            width_mm: 78.04,
            height_mm: 77.0,
        });
        assert!(size.contains("78.0 × 77.0 mm"), "{size}");
    }
}
