//! Whether an impression is an object of its own in its file: a seal that is pasted onto a scan is.

use crate::geometry::PixelRect;
use crate::ingest::Overlay;
use crate::ingest::Overlays;

/// Share of an impression's box that must lie in what bears it. Chosen: the box of an image that was
/// cut out closely may miss the outermost ink.
const WITHIN_MIN: f64 = 0.8;

/// What lies over the page and bears the impression with this box; of several, the smallest.
///
/// A scanner that takes a page apart by colours also makes such images, so that this is a fact and no
/// verdict.
#[must_use]
pub fn own_image(bbox: PixelRect, overlays: &Overlays) -> Option<Overlay> {
    let bears = |overlay: &&Overlay| {
        let shared = shared(overlay.bbox, bbox);
        shared >= WITHIN_MIN * area(bbox)
    };
    let kept = overlays.kept.iter().copied();
    kept.filter(|overlay| bears(&overlay)).min_by(|a, b| {
        area(a.bbox)
            .total_cmp(&area(b.bbox))
            .then(b.kind.cmp(&a.kind))
    })
}

fn area(bbox: PixelRect) -> f64 {
    f64::from(bbox.width) * f64::from(bbox.height)
}

fn shared(a: PixelRect, b: PixelRect) -> f64 {
    let span = |from: [u32; 2], lengths: [u32; 2]| {
        let end = |i: usize| from[i].saturating_add(lengths[i]);
        let first = from[0].max(from[1]);
        f64::from(end(0).min(end(1)).saturating_sub(first))
    };
    span([a.x, b.x], [a.width, b.width]) * span([a.y, b.y], [a.height, b.height])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::OverlayKind;

    fn square(x: u32, side: u32) -> PixelRect {
        PixelRect {
            x,
            y: 100,
            width: side,
            height: side,
        }
    }

    fn over(boxes: &[(OverlayKind, PixelRect)]) -> Overlays {
        let overlay = |(kind, bbox): &(OverlayKind, PixelRect)| Overlay {
            kind: *kind,
            bbox: *bbox,
        };
        Overlays {
            kept: boxes.iter().map(overlay).collect(),
            left_out: 0,
        }
    }

    #[test]
    fn a_seal_in_an_image_of_its_own_is_found_with_the_closest_one() {
        let seal = square(200, 400);
        let (close, wide) = (square(198, 410), square(100, 900));
        let overlays = over(&[(OverlayKind::Image, wide), (OverlayKind::Stamp, close)]);
        let found = own_image(seal, &overlays).unwrap();
        assert_eq!((found.bbox, found.kind), (close, OverlayKind::Stamp));
    }

    #[test]
    fn an_image_that_touches_a_seal_does_not_bear_it() {
        let beside = (OverlayKind::Image, square(500, 400));
        let far = (OverlayKind::Image, square(u32::MAX, u32::MAX));
        assert_eq!(own_image(square(200, 400), &over(&[beside, far])), None);
    }
}
