//! The page image itself: decoded, set upright, cropped, nothing drawn.

use hayro_interpret::font::GlyphRun;
use hayro_interpret::hayro_syntax::page::Page as PdfPage;
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, LumaData,
    Paint, RasterImage, SoftMask,
};
use kurbo::{Affine, BezPath, Rect};

use crate::imaging::PageImage;
use crate::ingest::error::{PageError, Reason};
use crate::ingest::orientation::{Orientation, upright};
use crate::ingest::pdf::coded::plain_jpeg;
use crate::ingest::pdf::images::{check_raster, check_stencil, not_decoded};
use crate::ingest::pdf::survey::{image_bounds, interpret};
use crate::ingest::pdf::{Failures, POINTS_PER_INCH, user_unit};
use crate::ingest::picture::{Coded, Picture};
use crate::ingest::raster::over_white;
use crate::ingest::resolution::{Density, settle, settled};
use crate::ingest::tone;
use crate::ingest::{DpiSource, Note, Page};
use crate::units::{Dpi, floor_index};

/// Decodes the image that the survey took for the page.
///
/// `None` if it turns out, once decoded, to let paper show through: then the page must be drawn.
///
/// # Errors
/// [`PageError::Unreadable`] if the image does not decode in full.
pub(crate) fn page(
    page: &PdfPage<'_>,
    draw: usize,
    number: u32,
) -> Result<Option<Page>, PageError> {
    let (width, height) = page.render_dimensions();
    let mut capture = Capture {
        wanted: Some(draw),
        draws: 0,
        page: Rect::new(0.0, 0.0, f64::from(width), f64::from(height)),
        unit: user_unit(page),
        taken: None,
    };
    let failures = Failures::default();
    interpret(page, &mut capture, failures.settings());
    match capture.taken {
        Some(Taken::Page { .. }) if failures.has_image() => {
            Err(PageError::unreadable(number, Reason::ImageNotDecoded))
        }
        Some(Taken::Page {
            image,
            density,
            note,
        }) => {
            let (image, dpi, dpi_source) = settle(image, Some(density), DpiSource::PageSize);
            Ok(Some(Page {
                number,
                image: image.into(),
                dpi,
                dpi_source,
                notes: note.into_iter().collect(),
                objects: None,
            }))
        }
        Some(Taken::Coded(image, (dpi, dpi_source))) => Ok(Some(Page {
            number,
            image: Picture::Coded(image),
            dpi,
            dpi_source,
            notes: Vec::new(),
            objects: None,
        })),
        Some(Taken::Transparent) => Ok(None),
        Some(Taken::Broken(reason)) => Err(PageError::unreadable(number, reason)),
        None => Err(PageError::unreadable(number, Reason::ImageNotDecoded)),
    }
}

/// What came of the wanted image.
enum Taken {
    Page {
        image: PageImage,
        density: Density,
        note: Option<Note>,
    },
    /// A sound JPEG that is all of the page.
    Coded(Coded, (Option<Dpi>, DpiSource)),
    Transparent,
    Broken(Reason),
}

/// Takes the pixels of one image.
struct Capture {
    wanted: Option<usize>,
    draws: usize,
    page: Rect,
    /// Points of a unit of the page.
    unit: f64,
    taken: Option<Taken>,
}

impl Capture {
    fn take(&self, image: &Image<'_, '_>, transform: Affine) -> Option<Taken> {
        let bounds = image_bounds(transform, image.width(), image.height());
        let orientation = Orientation::from_transform(transform)?;
        let mut taken = None;
        let place = |data, note, width: u32, height: u32| {
            let size = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
            let (image, density) = on_page(data, size, orientation, bounds, self.page)?;
            Some(Taken::Page {
                image,
                density: self.in_inches(density),
                note,
            })
        };
        if let (Image::Raster(raster), Orientation::Upright) = (image, orientation)
            && let Some(coded) = self.coded(raster, bounds)
        {
            return Some(coded);
        }
        match image {
            Image::Raster(raster) => raster.with_rgba(
                |data, alpha| {
                    let (width, height) = (data.width(), data.height());
                    taken = match check_raster(raster, &data, alpha.as_ref()) {
                        Err(reason) => Some(Taken::Broken(reason)),
                        Ok(note) => match on_paper(data, alpha) {
                            Some(samples) => place(samples, note, width, height),
                            None => Some(Taken::Transparent),
                        },
                    };
                },
                None,
            ),
            Image::Stencil(stencil) => stencil.with_stencil(
                |mask, paint| {
                    let (width, height) = (mask.width, mask.height);
                    taken = match (check_stencil(stencil, &mask), solid(paint)) {
                        (Err(reason), _) => Some(Taken::Broken(reason)),
                        (Ok(note), Some(colour)) => {
                            place(stamped(mask, colour), note, width, height)
                        }
                        (Ok(_), None) => Some(Taken::Transparent),
                    };
                },
                None,
            ),
        }
        taken.or_else(|| Some(Taken::Broken(not_decoded(image))))
    }

    /// The image as it is coded, if it is a sound JPEG whose samples are the page's.
    fn coded(&self, image: &RasterImage<'_>, bounds: Rect) -> Option<Taken> {
        let data = plain_jpeg(image.stream())?;
        let (width, height) = (image.width(), image.height());
        let size = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
        let (density, seen) = window(size.0, size.1, bounds, self.page);
        if seen.columns != (0..size.0) || seen.rows != (0..size.1) {
            return None;
        }
        let density = self.in_inches(density);
        let (dpi, source) = settled(size, Some(density), DpiSource::PageSize)?;
        let coded = Coded::read(&data, size, dpi)?;
        Some(Taken::Coded(coded, (dpi, source)))
    }

    fn in_inches(&self, density: Density) -> Density {
        Density {
            x: density.x / self.unit,
            y: density.y / self.unit,
        }
    }
}

/// Decoded samples, interleaved where they are coloured.
enum Samples {
    Rgb(Vec<u8>),
    Gray(Vec<u8>),
}

/// An image's samples, laid over white paper where it has an alpha channel of its own size; `None`
/// where that is of another size.
fn on_paper(data: ImageData, alpha: Option<LumaData>) -> Option<Samples> {
    let size = (data.width(), data.height());
    let mut samples = match data {
        ImageData::Rgb(rgb) => Samples::Rgb(rgb.data),
        ImageData::Luma(luma) => Samples::Gray(luma.data),
    };
    let Some(alpha) = alpha else {
        return Some(samples);
    };
    if (alpha.width, alpha.height) != size {
        return None;
    }
    let (channels, data) = match &mut samples {
        Samples::Rgb(data) => (3, data),
        Samples::Gray(data) => (1, data),
    };
    for (pixel, alpha) in data.chunks_exact_mut(channels).zip(alpha.data) {
        for channel in pixel {
            *channel = over_white(*channel, alpha);
        }
    }
    Some(samples)
}

/// A paint's colour if it is one, and opaque.
fn solid(paint: &Paint<'_>) -> Option<[u8; 3]> {
    match paint {
        Paint::Color(colour) => match colour.to_rgba().to_rgba8() {
            [rgb @ .., 255] => Some(rgb),
            [..] => None,
        },
        Paint::Pattern(_) => None,
    }
}

/// What a stencil leaves on white paper.
fn stamped(mask: LumaData, colour: [u8; 3]) -> Samples {
    let mut mask = mask.data;
    if colour == [colour[0]; 3] {
        for sample in &mut mask {
            *sample = over_white(colour[0], *sample);
        }
        Samples::Gray(mask)
    } else {
        let ink = |alpha: u8| colour.map(|channel| over_white(channel, alpha));
        Samples::Rgb(mask.into_iter().flat_map(ink).collect())
    }
}

/// Sets samples upright and cuts away what lies outside the page.
fn on_page(
    samples: Samples,
    (width, height): (usize, usize),
    orientation: Orientation,
    bounds: Rect,
    page: Rect,
) -> Option<(PageImage, Density)> {
    match samples {
        Samples::Rgb(samples) => {
            let (width, height, samples) = upright::<3>(samples, width, height, orientation);
            let (density, window) = window(width, height, bounds, page);
            let (width, height, samples) = crop::<3>(samples, width, window);
            Some((tone::from_rgb(width, height, samples)?, density))
        }
        Samples::Gray(samples) => {
            let (width, height, samples) = upright::<1>(samples, width, height, orientation);
            let (density, window) = window(width, height, bounds, page);
            let (width, height, samples) = crop::<1>(samples, width, window);
            Some((tone::from_gray(width, height, samples)?, density))
        }
    }
}

/// The columns and rows of an upright picture that lie on the page.
struct Window {
    columns: std::ops::Range<usize>,
    rows: std::ops::Range<usize>,
    height: usize,
}

/// The pixels per inch of an upright picture that fills `bounds`, and its part on the page.
fn window(width: usize, height: usize, bounds: Rect, page: Rect) -> (Density, Window) {
    let per_point = |pixels: usize, points: f64| as_f64(pixels) / points;
    let (x, y) = (
        per_point(width, bounds.width()),
        per_point(height, bounds.height()),
    );
    let seen = bounds.intersect(page);
    let window = Window {
        columns: span(seen.x0 - bounds.x0, seen.x1 - bounds.x0, x, width),
        rows: span(seen.y0 - bounds.y0, seen.y1 - bounds.y0, y, height),
        height,
    };
    let density = Density {
        x: x * POINTS_PER_INCH,
        y: y * POINTS_PER_INCH,
    };
    (density, window)
}

/// The pixels between two places, given in points, of a side of `len` pixels; at least one.
fn span(from: f64, to: f64, per_point: f64, len: usize) -> std::ops::Range<usize> {
    let pixel = |points: f64| floor_index(points * per_point + 0.5).min(len);
    let first = pixel(from).min(len - 1);
    first..pixel(to).max(first + 1)
}

/// Keeps a window of a picture; a whole picture is not copied.
fn crop<const N: usize>(samples: Vec<u8>, width: usize, window: Window) -> (usize, usize, Vec<u8>) {
    let Window {
        columns,
        rows,
        height,
    } = window;
    if columns == (0..width) && rows == (0..height) {
        return (width, height, samples);
    }
    let row = |y: usize| &samples[N * (y * width + columns.start)..N * (y * width + columns.end)];
    let kept: Vec<u8> = rows.clone().flat_map(row).copied().collect();
    (columns.len(), rows.len(), kept)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a raster's side is far below 2^52"
)]
fn as_f64(pixels: usize) -> f64 {
    pixels as f64
}

impl<'a> Device<'a> for Capture {
    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        if self.wanted == Some(self.draws) {
            self.wanted = None;
            self.taken = self.take(&image, props.transform);
        }
        self.draws += 1;
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
