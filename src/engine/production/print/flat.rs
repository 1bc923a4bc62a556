//! Ink of one exact value, as no scanner reads it.

use crate::production::print::Crop;
use crate::production::print::INK;
use crate::production::print::Sign;

/// Every so many pixels and rows are looked at.
const STEP: usize = 3;
/// Least pixels that lie inside ink, and on paper.
const PIXELS_MIN: usize = 200;
/// Share of the ink's pixels that must equal their neighbours, and of the paper's that may: where paper
/// is as smooth, the whole page was drawn, smoothed or cleaned, and nothing follows. Chosen.
const INK_FLAT_MIN: f64 = 0.6;
const PAPER_FLAT_MAX: f64 = 0.1;

/// Whether the ink is flat and the paper is not.
pub(super) fn sign(crop: &Crop<'_>) -> Option<Sign> {
    let layers = &crop.impression.layers;
    let (width, height) = (layers.ink.width(), layers.ink.height());
    let (mut ink, mut paper) = ((0, 0), (0, 0));
    for y in (1..height.saturating_sub(1)).step_by(STEP) {
        for x in (1..width.saturating_sub(1)).step_by(STEP) {
            let near = || (0..9).map(|i| (x + i % 3 - 1, y + i / 3 - 1));
            let own = layers.ink.at(x, y);
            let count = if own > INK && near().all(|(x, y)| layers.ink.at(x, y) > INK) {
                &mut ink
            } else if own < 20 && layers.text.at(x, y) < 20 {
                &mut paper
            } else {
                continue;
            };
            let own = crop.pixel(x, y);
            count.0 += usize::from(near().all(|(x, y)| crop.pixel(x, y) == own));
            count.1 += 1;
        }
    }
    let share = |(flat, all): (usize, usize)| flat as f64 / all.max(1) as f64;
    let enough = ink.1 >= PIXELS_MIN && paper.1 >= PIXELS_MIN;
    let shows = enough && share(ink) >= INK_FLAT_MIN && share(paper) <= PAPER_FLAT_MAX;
    shows.then(|| Sign::Flat { share: share(ink) })
}
