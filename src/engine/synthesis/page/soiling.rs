//! What a sheet and a scanner's glass pick up: specks, a streak of the feed, print showing through.

use kurbo::Affine;
use kurbo::BezPath;
use kurbo::Circle;
use kurbo::Point;
use kurbo::Shape;

use crate::synthesis::chance::Chance;
use crate::synthesis::page::Page;
use crate::synthesis::page::rectangle;

/// Soils a page, most pages a little and a few visibly.
pub fn soil(page: &mut Page, chance: &mut Chance) {
    let (width, height) = page.size;
    if chance.happens(0.5) {
        let count = chance.index(25);
        let specks: Vec<BezPath> = (0..count)
            .map(|_| {
                let at = Point::new(chance.between(0.0, width), chance.between(0.0, height));
                Circle::new(at, chance.scaled(0.04, 0.22)).to_path(1e-3)
            })
            .collect();
        let dark = chance.between32(0.2, 1.0);
        page.prints.push((specks, [dark; 3]));
    }
    if chance.happens(0.05) {
        // Dirt on the glass of a feeding scanner draws a line down the page.
        let x = chance.between(5.0, width - 5.0);
        let streak = rectangle(x, -5.0, x + chance.between(0.05, 0.2), height + 5.0);
        let dark = chance.between32(0.04, 0.3);
        page.prints
            .push((vec![streak], [dark, dark * 0.9, dark * 0.8]));
    }
    if chance.happens(0.12)
        && let Some((paths, _)) = page.prints.first()
    {
        let reverse = mirrored(paths, width, chance);
        let dark = chance.between32(0.015, 0.06);
        page.prints.push((reverse, [dark, dark, dark * 1.1]));
    }
}

/// The letter on the back of a sheet as it shows through, with its ink: thin paper, printed on both sides.
#[must_use]
pub fn reverse(page: &Page, chance: &mut Chance) -> (Vec<BezPath>, [f32; 3]) {
    let front = page.prints.first().map_or(&[][..], |(paths, _)| paths);
    let reverse = mirrored(front, page.size.0, chance);
    let dark = chance.between32(0.08, 0.22);
    (reverse, [dark, dark, dark * 1.1])
}

/// The other side carries a letter like this one, a little lower.
fn mirrored(paths: &[BezPath], width: f64, chance: &mut Chance) -> Vec<BezPath> {
    let shift = chance.between(3.0, 25.0);
    let mirror = Affine::new([-1.0, 0.0, 0.0, 1.0, width, shift]);
    paths.iter().map(|path| mirror * path.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::page::Letter;

    #[test]
    fn soiling_adds_no_signers_and_keeps_what_is_printed() {
        let print = vec![rectangle(10.0, 10.0, 20.0, 12.0)];
        for index in 0..40 {
            let mut page = Page {
                size: (210.0, 148.0),
                prints: vec![(print.clone(), [1.0; 3])],
                signers: Vec::new(),
                signatures: Vec::new(),
                letter: Letter::default(),
                lines: Vec::new(),
            };
            soil(&mut page, &mut Chance::new(1, "soil", index));
            assert_eq!(page.prints[0].0, print);
            assert!(page.signers.is_empty());
            assert!(page.prints[1..].iter().all(|(_, ink)| ink[0] <= 1.0));
        }
    }
}
