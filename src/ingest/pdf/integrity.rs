//! What hayro leaves out in silence: streams that are missing or do not decode.
//!
//! A viewer shows what it can; a verifier must not take a page for empty because its scan is lost.
//! So everything that the page's content refers to has to be there.

use std::collections::BTreeSet;

use hayro_interpret::font::GlyphRun;
use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::content::ops::TypedInstruction;
use hayro_interpret::hayro_syntax::object::dict::keys::{
    ANNOTS, AP, BBOX, CONTENTS, FORM, HEIGHT, IMAGE, N, RESOURCES, SUBTYPE, WIDTH,
};
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Null, Object, Stream};
use hayro_interpret::hayro_syntax::page::{Page, Resources};
use hayro_interpret::{
    BlendMode, CacheKey, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
};
use kurbo::BezPath;

use crate::ingest::error::PageError;
use crate::ingest::pdf::Failures;
use crate::ingest::pdf::native::{CUT_SHORT, is_short, shortfall};
use crate::ingest::pdf::survey::interpret;

/// Forms looked into: a page of a real file refers to some dozens.
const FORMS_MAX: usize = 10_000;

/// Depth to which forms are followed: hayro's own bound.
const DEPTH_MAX: u32 = 50;

/// What is said of a page that lacks one of its images.
pub(super) const NOT_DECODED: &str = "an image on the page cannot be decoded";

const NO_CONTENT: &str = "the page's content is missing from the file or cannot be decoded";

const NO_OBJECT: &str = "an image or drawing of the page is missing from the file";

const NO_FORM: &str = "a drawing of the page cannot be decoded";

const NO_STAMP: &str = "the appearance of an annotation is missing from the file";

const NOT_SHOWN: &str = "the page refers to an image that is hidden or cannot be shown";

/// Checks that the page's content, and what it refers to, is in the file.
///
/// # Errors
/// [`PageError::Unreadable`] naming what is missing.
pub(super) fn check_content(page: &Page<'_>, number: u32) -> Result<(), PageError> {
    check_streams(page)
        .and_then(|()| check_annotations(page))
        .and_then(|()| {
            let mut forms = Forms {
                looked_into: BTreeSet::new(),
                images: false,
            };
            forms.check(page.typed_operations(), page.resources(), 0)
        })
        .map_err(|reason| PageError::unreadable(number, reason))
}

/// Checks that a page on which nothing was drawn is meant to be blank.
///
/// # Errors
/// [`PageError::Unreadable`] if its content refers to an image.
pub(super) fn check_blank(page: &Page<'_>, number: u32) -> Result<(), PageError> {
    let mut forms = Forms {
        looked_into: BTreeSet::new(),
        images: false,
    };
    match forms.check(page.typed_operations(), page.resources(), 0) {
        Ok(()) if forms.images => Err(PageError::unreadable(number, NOT_SHOWN)),
        Ok(()) => Ok(()),
        Err(reason) => Err(PageError::unreadable(number, reason)),
    }
}

/// Checks that every image on a page decodes in full.
///
/// hayro draws a page without the images that it cannot decode, and not all of them give a
/// warning; the price is that a page which must be drawn decodes its images twice.
///
/// # Errors
/// [`PageError::Unreadable`] naming what is wrong with the first one that does not.
pub(super) fn check_images(page: &Page<'_>, number: u32) -> Result<(), PageError> {
    let mut images = Images {
        decoded: BTreeSet::new(),
        broken: None,
    };
    let failures = Failures::default();
    interpret(page, &mut images, failures.settings());
    match images.broken {
        Some(reason) => Err(PageError::unreadable(number, reason)),
        None if failures.any() => Err(PageError::unreadable(number, NOT_DECODED)),
        None => Ok(()),
    }
}

/// Every content stream must be there and decode; no content at all is a blank page.
fn check_streams(page: &Page<'_>) -> Result<(), &'static str> {
    let dict = page.raw();
    let whole = if let Some(parts) = dict.get::<Array<'_>>(CONTENTS) {
        let stated = parts.raw_iter().count();
        let streams = parts.iter::<Object<'_>>().filter_map(Object::into_stream);
        streams.filter(|part| part.decoded_data().is_ok()).count() == stated
    } else if dict.get::<Null>(CONTENTS).is_some() && dict.get_ref(CONTENTS).is_none() {
        true
    } else {
        !dict.contains_key(CONTENTS) || page.page_stream().is_some()
    };
    whole.then_some(()).ok_or(NO_CONTENT)
}

/// An annotation whose appearance is referred to and missing may have been a stamp.
fn check_annotations(page: &Page<'_>) -> Result<(), &'static str> {
    let annotations = page.raw().get::<Array<'_>>(ANNOTS);
    let annotations = annotations.iter().flat_map(Array::iter::<Dict<'_>>);
    for annotation in annotations {
        let Some(appearances) = annotation.get::<Dict<'_>>(AP) else {
            continue;
        };
        let lost = appearances.get_ref(N).is_some() && appearances.get::<Object<'_>>(N).is_none();
        if lost {
            return Err(NO_STAMP);
        }
    }
    Ok(())
}

/// Follows a page's content into its forms, each form once.
struct Forms {
    looked_into: BTreeSet<u128>,
    images: bool,
}

impl Forms {
    fn check(
        &mut self,
        mut content: TypedIter<'_>,
        resources: &Resources<'_>,
        depth: u32,
    ) -> Result<(), &'static str> {
        while let Some(instruction) = content.next() {
            if matches!(instruction, TypedInstruction::InlineImage(_)) {
                self.images = true;
            }
            let TypedInstruction::XObject(object) = instruction else {
                continue;
            };
            match resources.get_x_object(object.0) {
                Some(stream) => self.check_object(&stream, resources, depth)?,
                None if resources.x_objects.contains_key(object.0) => return Err(NO_OBJECT),
                // A name that the page does not define is the producer's slip, not a loss.
                None => {}
            }
        }
        Ok(())
    }

    fn check_object(
        &mut self,
        stream: &Stream<'_>,
        resources: &Resources<'_>,
        depth: u32,
    ) -> Result<(), &'static str> {
        let dict = stream.dict();
        let kind = dict.get::<Name<'_>>(SUBTYPE).ok_or(NO_OBJECT)?;
        if &*kind == IMAGE {
            self.images = true;
            let side = |key| dict.get::<u32>(key).is_some_and(|side| side > 0);
            return (side(WIDTH) && side(HEIGHT))
                .then_some(())
                .ok_or(NOT_DECODED);
        }
        if &*kind != FORM || depth == DEPTH_MAX || self.looked_into.len() == FORMS_MAX {
            return Ok(());
        }
        if !self.looked_into.insert(stream.cache_key()) {
            return Ok(());
        }
        if dict.get::<[f32; 4]>(BBOX).is_none() {
            return Err(NO_FORM);
        }
        let content = stream.decoded_data().map_err(|_| NO_FORM)?;
        let own = dict.get::<Dict<'_>>(RESOURCES).map(Resources::new);
        self.check(
            TypedIter::new(content.as_ref()),
            own.as_ref().unwrap_or(resources),
            depth + 1,
        )
    }
}

/// Decodes every image once and keeps what went wrong first.
struct Images {
    decoded: BTreeSet<u128>,
    broken: Option<&'static str>,
}

impl<'a> Device<'a> for Images {
    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        if self.broken.is_some() || !self.decoded.insert(image.cache_key()) {
            return;
        }
        self.broken = Some(NOT_DECODED);
        match &image {
            Image::Raster(raster) => raster.with_rgba(
                |data, _| self.broken = shortfall(raster.stream(), raster.height(), &data),
                None,
            ),
            Image::Stencil(stencil) => stencil.with_stencil(
                |mask, _| {
                    let short = is_short(mask.height, mask.scale_factors.1, stencil.height());
                    self.broken = short.then_some(CUT_SHORT);
                },
                None,
            ),
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
