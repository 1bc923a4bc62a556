//! What speaks against a find once it is known which finds stand: its size, print that looks alike.

use crate::extraction::Rejection;
use crate::extraction::finds::Found;
use crate::extraction::finds::Layer;
use crate::extraction::inspect;
use crate::extraction::paper::Work;
use crate::extraction::printed;

/// What speaks against a find for its place on the page and what is around it.
pub(super) fn objection(work: &Work, find: &Found, half_max_mm: f64) -> Option<Rejection> {
    let map = match find.layer {
        Layer::Hue(angle) => &work.hue(angle)?.chroma,
        Layer::Pale => work.pale.as_ref()?,
        Layer::Dark => &work.dark,
    };
    let least = find.layer.least();
    let outline = &find.outline;
    if let Some(per_mm) = work.per_mm {
        let half = outline.half_width.max(outline.half_height);
        // A fit may grow a candidate beyond what was searched for.
        if half > half_max_mm * per_mm {
            return Some(Rejection::Size {
                width_mm: 2.0 * outline.half_width / per_mm,
                height_mm: 2.0 * outline.half_height / per_mm,
            });
        }
    }
    let level = inspect::half_level(map, outline, 0.5 * least);
    let print = printed::is_logo(map, &work.dark, find, work.per_mm)
        || printed::is_many_coloured(map, &work.hues, find)
        || printed::is_lettered(map, find, level, work.per_mm);
    print.then_some(Rejection::Printed)
}
