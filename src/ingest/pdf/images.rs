//! Whether every image that a page draws is there in full, masks included.

use std::collections::BTreeSet;

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_syntax::Filter;
use hayro_interpret::hayro_syntax::object::Stream;
use hayro_interpret::hayro_syntax::object::dict::keys::{H, HEIGHT, MASK, SMASK, W, WIDTH};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::pattern::Pattern;
use hayro_interpret::{
    BlendMode, CacheKey, ClipPath, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps,
    LumaData, Paint, RasterImage, SoftMask, StencilImage,
};
use kurbo::{Affine, BezPath};

use crate::ingest::error::{PageError, Reason};
use crate::ingest::held::Held;
use crate::ingest::jpeg;
use crate::ingest::pdf::Failures;
use crate::ingest::pdf::coded;
use crate::ingest::pdf::coded::encoded;
use crate::ingest::pdf::survey::interpret;

/// Checks that every image on a page decodes in full.
///
/// hayro draws a page without the images that it cannot decode, and not all of them give a
/// warning; the price is that a page which must be drawn decodes its images twice.
///
/// # Errors
/// [`PageError::Unreadable`] naming what is wrong with the first one that does not.
pub(super) fn check_images(page: &Page<'_>, number: u32) -> Result<(), PageError> {
    let mut images = Images {
        looked_at: BTreeSet::new(),
        broken: None,
    };
    let failures = Failures::default();
    interpret(page, &mut images, failures.settings());
    match images.broken {
        Some(reason) => Err(PageError::unreadable(number, reason)),
        None if failures.has_image() => Err(PageError::unreadable(number, Reason::ImageNotDecoded)),
        None => Ok(()),
    }
}

/// Why an image could not be decoded at all.
pub(super) fn not_decoded(image: &Image<'_, '_>) -> Reason {
    let (width, height) = (image.width(), image.height());
    let stream = match image {
        Image::Raster(raster) => raster.stream(),
        Image::Stencil(stencil) => stencil.stream(),
    };
    let cut_off = || {
        let is_jpeg = stream.filters().last() == Some(&Filter::DctDecode);
        let data = encoded(stream).filter(|data| is_jpeg && data.starts_with(&[0xff, 0xd8]))?;
        jpeg::is_cut_off(&data).then_some(Reason::ImageEndsEarly {
            rows: None,
            of: height,
        })
    };
    coded::shortfall(stream, width, height)
        .or_else(cut_off)
        .unwrap_or(Reason::ImageNotDecoded)
}

/// What is wrong with a decoded image, or with its mask.
pub(super) fn raster_defect(
    image: &RasterImage<'_>,
    data: &ImageData,
    alpha: Option<&LumaData>,
) -> Option<Reason> {
    let stream = image.stream();
    let (samples, channels) = match data {
        ImageData::Rgb(rgb) => (&rgb.data, 3),
        ImageData::Luma(luma) => (&luma.data, 1),
    };
    let decoded = jpeg::Decoded {
        samples,
        width: usize::try_from(data.width()).ok()?,
        channels,
    };
    coded::shortfall(stream, image.width(), image.height())
        .or_else(|| too_few(data.height(), data.scale_factors().1, image.height()))
        .or_else(|| jpeg_defect(stream, decoded))
        .or_else(|| mask_defect(stream, alpha))
}

/// What is wrong with a decoded stencil.
pub(super) fn stencil_defect(stencil: &StencilImage<'_, '_>, mask: &LumaData) -> Option<Reason> {
    let stream = stencil.stream();
    coded::shortfall(stream, stencil.width(), stencil.height())
        .or_else(|| too_few(mask.height, mask.scale_factors.1, stencil.height()))
        .or_else(|| jpeg_defect(stream, gray(mask)?))
}

/// What is wrong with the mask that an image has, given what was decoded of it.
fn mask_defect(stream: &Stream<'_>, alpha: Option<&LumaData>) -> Option<Reason> {
    let dict = stream.dict();
    let mask = dict.get::<Stream<'_>>(SMASK).or_else(|| dict.get(MASK))?;
    let side = |short: &[u8], long: &[u8]| {
        let dict = mask.dict();
        dict.get::<u32>(short).or_else(|| dict.get(long))
    };
    let (Some(alpha), Some(width), Some(height)) = (alpha, side(W, WIDTH), side(H, HEIGHT)) else {
        return Some(Reason::ImageNotDecoded);
    };
    coded::shortfall(&mask, width, height)
        .or_else(|| too_few(alpha.height, alpha.scale_factors.1, height))
        .or_else(|| jpeg_defect(&mask, gray(alpha)?))
}

fn gray(luma: &LumaData) -> Option<jpeg::Decoded<'_>> {
    Some(jpeg::Decoded {
        samples: &luma.data,
        width: usize::try_from(luma.width).ok()?,
        channels: 1,
    })
}

/// What is missing of an image of which so many rows were decoded, each of which stands for
/// `scale` of the stated ones.
fn too_few(decoded: u32, scale: f32, of: u32) -> Option<Reason> {
    Held::Rows(to_rows(f64::from(decoded) * f64::from(scale))).shortfall(of)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of rows, rounded; a float saturates"
)]
fn to_rows(rows: f64) -> u32 {
    rows.round() as u32
}

/// What is missing of an image whose last coding is JPEG.
fn jpeg_defect(stream: &Stream<'_>, decoded: jpeg::Decoded<'_>) -> Option<Reason> {
    if stream.filters().last() != Some(&Filter::DctDecode) {
        return None;
    }
    jpeg::shortfall(&encoded(stream)?, decoded)
}

/// Decodes every image once, wherever it is drawn, and keeps what went wrong first.
struct Images {
    looked_at: BTreeSet<u128>,
    broken: Option<Reason>,
}

impl Images {
    /// Whether this is met for the first time.
    fn is_new(&mut self, key: u128) -> bool {
        self.broken.is_none() && self.looked_at.insert(key)
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
                |data, alpha| seen = Some(raster_defect(raster, &data, alpha.as_ref())),
                None,
            ),
            Image::Stencil(stencil) => stencil.with_stencil(
                |mask, paint| {
                    seen = Some(stencil_defect(stencil, &mask));
                    self.look_into_paint(paint);
                },
                None,
            ),
        }
        let defect = seen.unwrap_or_else(|| Some(not_decoded(&image)));
        self.broken = self.broken.take().or(defect);
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
