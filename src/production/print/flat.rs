//! Ink of one exact value, as no scanner reads it.

use crate::production::print::Crop;
use crate::production::print::INK;
use crate::production::print::Sign;

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
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let around = (0..9).map(|i| (x + i % 3 - 1, y + i / 3 - 1));
            let mut around = around.collect::<Vec<_>>().into_iter();
            let is_flat = || {
                let near = (0..9).map(|i| (x + i % 3 - 1, y + i / 3 - 1));
                let mut near = near.flat_map(|(x, y)| crop.planes.iter().map(move |p| (p, x, y)));
                near.all(|(plane, nx, ny)| (plane.at(nx, ny) - plane.at(x, y)).abs() < 0.5)
            };
            let count = if around.all(|(x, y)| layers.ink.at(x, y) > INK) {
                &mut ink
            } else if layers.ink.at(x, y) < 20 && layers.text.at(x, y) < 20 {
                &mut paper
            } else {
                continue;
            };
            count.0 += usize::from(is_flat());
            count.1 += 1;
        }
    }
    let share = |(flat, all): (usize, usize)| flat as f64 / all.max(1) as f64;
    let enough = ink.1 >= PIXELS_MIN && paper.1 >= PIXELS_MIN;
    let shows = enough && share(ink) >= INK_FLAT_MIN && share(paper) <= PAPER_FLAT_MAX;
    shows.then(|| Sign::Flat { share: share(ink) })
}
