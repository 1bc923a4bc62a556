//! What lies over the picture of a page: images smaller than the page, stamps, signature fields.
//!
//! Pages are also cut into strips or tiles, and those are the page itself. An image lies over the
//! page if others lie beneath it, or if the images that lie on bare paper are the lesser part of it.

use hayro_interpret::hayro_syntax::object::dict::keys::{
    ANNOTS, AP, F, FT, PARENT, RECT, SIG, SUBTYPE,
};
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::util::{RectExt, TransformExt};
use kurbo::Rect;

use crate::ingest::objects::OverlayKind;

/// Images of a page that are kept in mind. Chosen: scanners that take a page apart make some dozens.
const IMAGES_MAX: usize = 256;

/// Annotations of a page that are looked at. Chosen far above what a form holds.
const ANNOTATIONS_MAX: usize = 2_000;

/// Share of the page above which an image is a layer of the page and lies not over a part of it.
/// Chosen: a seal of 50 mm with a signature beside it takes an eighth of A4.
const SHARE_MAX: f64 = 0.25;

/// Share of an image that must have others beneath. Chosen: edges are rounded.
const BENEATH_MIN: f64 = 0.9;

/// Share of the page up to which images on bare paper are pictures on a page that was written by a
/// program, and not parts of a scan. Chosen: half.
const BARE_MAX: f64 = 0.5;

/// Flags of an annotation that is hidden, or not to be viewed (ISO 32000-1, table 165).
const NOT_SHOWN_FLAGS: u32 = 2 | 32;

/// The images of a page since the last that hides all before it; boxes in points, y downwards.
#[derive(Debug, Default)]
pub(super) struct Images {
    /// The visible box of each, and whether others lie beneath it.
    seen: Vec<(Rect, bool)>,
    left_out: u32,
}

impl Images {
    /// An image over the whole page hides what was drawn before it.
    pub(super) fn cover(&mut self, page: Rect) {
        *self = Self {
            seen: vec![(page, false)],
            left_out: 0,
        };
    }

    /// An image was drawn; `seen` is its visible box.
    pub(super) fn add(&mut self, seen: Rect) {
        if self.seen.len() == IMAGES_MAX {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        let shared = |(other, _): &(Rect, bool)| overlap(*other, seen);
        let beneath: f64 = self.seen.iter().map(shared).sum();
        self.seen.push((seen, beneath >= BENEATH_MIN * seen.area()));
    }

    /// The boxes of those that lie over the page, and how many images were not looked at.
    pub(super) fn over(&self, page: Rect) -> (Vec<Rect>, u32) {
        let bare = self.seen.iter().filter(|(_, over)| !over);
        let bare: f64 = bare.map(|(seen, _)| seen.area()).sum();
        let is_written = bare <= BARE_MAX * page.area();
        let lies_over = |(seen, over): &&(Rect, bool)| {
            (*over || is_written) && seen.area() <= SHARE_MAX * page.area()
        };
        let kept = self.seen.iter().filter(lies_over);
        (kept.map(|(seen, _)| *seen).collect(), self.left_out)
    }
}

fn overlap(a: Rect, b: Rect) -> f64 {
    let both = a.intersect(b);
    both.width().max(0.0) * both.height().max(0.0)
}

/// Stamps and the pictures of signature fields, in points, y downwards, and whether there are more
/// annotations than are looked at.
pub(super) fn annotations(page: &Page<'_>) -> (Vec<(OverlayKind, Rect)>, bool) {
    let Some(annotations) = page.raw().get::<Array<'_>>(ANNOTS) else {
        return (Vec::new(), false);
    };
    let page_from_user = page.initial_transform(true).to_kurbo();
    let mut looked_at = 0;
    let shown = annotations
        .iter::<Dict<'_>>()
        .take(ANNOTATIONS_MAX)
        .inspect(|_| looked_at += 1)
        .filter_map(|annotation| {
            let kind = kind(&annotation)?;
            let rect = annotation.get::<hayro_syntax::object::Rect>(RECT)?;
            let rect = page_from_user.transform_rect_bbox(rect.to_kurbo());
            (rect.is_finite() && !rect.is_zero_area()).then_some((kind, rect))
        })
        .collect();
    (shown, looked_at == ANNOTATIONS_MAX)
}

/// What an annotation that is shown puts on the page.
fn kind(annotation: &Dict<'_>) -> Option<OverlayKind> {
    let flags = annotation.get::<u32>(F).unwrap_or(0);
    if flags & NOT_SHOWN_FLAGS != 0 || !annotation.contains_key(AP) {
        return None;
    }
    match &*annotation.get::<Name<'_>>(SUBTYPE)? {
        b"Stamp" => Some(OverlayKind::Stamp),
        b"Widget" => {
            // A field's kind may stand with the field, and its place with one of its widgets.
            let own = annotation.get::<Name<'_>>(FT);
            let parent = || annotation.get::<Dict<'_>>(PARENT)?.get::<Name<'_>>(FT);
            let is_signature = own.or_else(parent).is_some_and(|kind| &*kind == SIG);
            is_signature.then_some(OverlayKind::Signature)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: Rect = Rect::new(0.0, 0.0, 600.0, 800.0);

    fn seal() -> Rect {
        Rect::new(300.0, 500.0, 400.0, 600.0)
    }

    #[test]
    fn an_image_over_a_scan_lies_over_the_page() {
        let mut images = Images::default();
        images.add(PAGE);
        images.add(seal());
        assert_eq!(images.over(PAGE), (vec![seal()], 0));
    }

    #[test]
    fn strips_and_tiles_are_the_page_itself_and_an_image_over_them_is_not() {
        let mut images = Images::default();
        for strip in 0..8 {
            let top = f64::from(strip) * 100.0;
            images.add(Rect::new(0.0, top, 600.0, top + 100.0));
        }
        assert_eq!(images.over(PAGE), (Vec::new(), 0));
        images.add(seal());
        assert_eq!(images.over(PAGE), (vec![seal()], 0));
    }

    #[test]
    fn a_picture_on_a_written_page_lies_over_it() {
        let mut images = Images::default();
        images.add(seal());
        assert_eq!(images.over(PAGE), (vec![seal()], 0));
    }

    #[test]
    fn what_a_later_scan_hides_is_not_there() {
        let mut images = Images::default();
        images.add(seal());
        images.cover(PAGE);
        assert_eq!(images.over(PAGE), (Vec::new(), 0));
    }

    #[test]
    fn images_beyond_the_bound_are_counted() {
        let mut images = Images::default();
        for _ in 0..IMAGES_MAX + 3 {
            images.add(seal());
        }
        let (kept, left_out) = images.over(PAGE);
        assert_eq!((kept.len(), left_out), (IMAGES_MAX, 3));
    }
}
