//! Whether every image that a page draws is there in full, masks included.

use std::collections::BTreeSet;

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_syntax::object::Stream;
use hayro_interpret::hayro_syntax::object::dict::keys::{H, HEIGHT, MASK, SMASK, W, WIDTH};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::pattern::Pattern;
use hayro_interpret::{
    BlendMode, CacheKey, ClipPath, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps,
    LumaData, Paint, RasterImage, SoftMask, StencilImage,
};
use kurbo::{Affine, BezPath};

use crate::ingest::Note;
use crate::ingest::error::{PageError, Reason};
use crate::ingest::held::Held;
use crate::ingest::pdf::Failures;
use crate::ingest::pdf::coded;
use crate::ingest::pdf::survey::interpret;
use crate::units::{floor_index, stored};

/// Checks that every image on a page decodes in full, and gives what is to be said of one that may not.
///
/// hayro draws a page without the images that it cannot decode, and not all of them give a
/// warning; the price is that a page which must be drawn decodes its images twice.
///
/// # Errors
/// [`PageError::Unreadable`] naming what is wrong with the first one that does not.
pub(super) fn check_images(page: &Page<'_>, number: u32) -> Result<Option<Note>, PageError> {
    let mut images = Images {
        looked_at: BTreeSet::new(),
        found: Ok(None),
    };
    let failures = Failures::default();
    interpret(page, &mut images, failures.settings());
    let found = images
        .found
        .map_err(|reason| PageError::unreadable(number, reason))?;
    if failures.has_image() {
        return Err(PageError::unreadable(number, Reason::ImageNotDecoded));
    }
    Ok(found)
}

/// Why an image could not be decoded at all.
pub(super) fn not_decoded(image: &Image<'_, '_>) -> Reason {
    let stream = match image {
        Image::Raster(raster) => raster.stream(),
        Image::Stencil(stencil) => stencil.stream(),
    };
    let checked = coded::check(stream, image.width(), image.height());
    checked.err().unwrap_or(Reason::ImageNotDecoded)
}

/// What is to be said of a decoded image and its mask.
///
/// # Errors
/// What is wrong with them.
pub(super) fn check_raster(
    image: &RasterImage<'_>,
    data: &ImageData,
    alpha: Option<&LumaData>,
) -> Result<Option<Note>, Reason> {
    let stream = image.stream();
    let note = coded::check(stream, image.width(), image.height())?;
    check_rows(data.height(), data.scale_factors().1, image.height())?;
    Ok(note.or(check_mask(stream, alpha)?))
}

/// What is to be said of a decoded stencil.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check_stencil(
    stencil: &StencilImage<'_, '_>,
    mask: &LumaData,
) -> Result<Option<Note>, Reason> {
    let note = coded::check(stencil.stream(), stencil.width(), stencil.height())?;
    check_rows(mask.height, mask.scale_factors.1, stencil.height())?;
    Ok(note)
}

/// What is to be said of the mask that an image has, given what was decoded of it.
fn check_mask(stream: &Stream<'_>, alpha: Option<&LumaData>) -> Result<Option<Note>, Reason> {
    let dict = stream.dict();
    let Some(mask) = dict.get::<Stream<'_>>(SMASK).or_else(|| dict.get(MASK)) else {
        return Ok(None);
    };
    let side = |short: &[u8], long: &[u8]| {
        let dict = mask.dict();
        dict.get::<u32>(short).or_else(|| dict.get(long))
    };
    let (Some(alpha), Some(width), Some(height)) = (alpha, side(W, WIDTH), side(H, HEIGHT)) else {
        return Err(Reason::ImageNotDecoded);
    };
    let note = coded::check(&mask, width, height)?;
    check_rows(alpha.height, alpha.scale_factors.1, height)?;
    Ok(note)
}

/// Whether an image is whole of which so many rows were decoded, each of which stands for `scale` of
/// the stated ones.
fn check_rows(decoded: u32, scale: f32, of: u32) -> Result<Option<Note>, Reason> {
    let rows = floor_index(f64::from(decoded) * f64::from(scale) + 0.5);
    Held::Rows(stored(rows)).check(of)
}

/// Decodes every image once, wherever it is drawn, and keeps what went wrong first, or else what is
/// to be said first.
struct Images {
    looked_at: BTreeSet<u128>,
    found: Result<Option<Note>, Reason>,
}

impl Images {
    /// Whether this is met for the first time.
    fn is_new(&mut self, key: u128) -> bool {
        self.found.is_ok() && self.looked_at.insert(key)
    }

    /// Looks into a pattern: its tile may hold images.
    fn look_into_paint<'a>(&mut self, paint: &Paint<'a>) {
        let Paint::Pattern(pattern) = paint else {
            return;
        };
        if let Pattern::Tiling(tile) = &**pattern
            && self.is_new(tile.cache_key())
        {
            tile.interpret(self, Affine::IDENTITY, false);
        }
    }

    /// Looks into a mask: what it hides or shows may hang on an image.
    fn look_into_mask<'a>(&mut self, mask: Option<&SoftMask<'a>>) {
        if let Some(mask) = mask
            && self.is_new(mask.cache_key())
        {
            mask.interpret(self);
        }
    }
}

impl<'a> Device<'a> for Images {
    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.look_into_mask(props.soft_mask.as_ref());
        if !self.is_new(image.cache_key()) {
            return;
        }
        let mut seen = None;
        match &image {
            Image::Raster(raster) => raster.with_rgba(
                |data, alpha| seen = Some(check_raster(raster, &data, alpha.as_ref())),
                None,
            ),
            Image::Stencil(stencil) => stencil.with_stencil(
                |mask, paint| {
                    seen = Some(check_stencil(stencil, &mask));
                    self.look_into_paint(paint);
                },
                None,
            ),
        }
        match (
            &self.found,
            seen.unwrap_or_else(|| Err(not_decoded(&image))),
        ) {
            (Err(_), _) | (Ok(Some(_)), Ok(_)) => {}
            (Ok(_), found) => self.found = found,
        }
    }

    fn draw_path(&mut self, _: &BezPath, props: DrawProps<'a>, _: &DrawMode) {
        self.look_into_paint(&props.paint);
        self.look_into_mask(props.soft_mask.as_ref());
    }

    fn push_transparency_group(&mut self, _: f32, mask: Option<SoftMask<'a>>, _: BlendMode) {
        self.look_into_mask(mask.as_ref());
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if matches!(mode, DrawMode::Invisible) {
            return;
        }
        self.look_into_paint(&props.paint);
        self.look_into_mask(props.soft_mask.as_ref());
        for glyph in run.glyphs() {
            // Scanned text is kept as fonts of small images by some converters.
            if let Glyph::Type3(drawing) = &**glyph
                && self.is_new(drawing.cache_key())
            {
                drawing.interpret(self, Affine::IDENTITY, Affine::IDENTITY, &props.paint);
            }
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
