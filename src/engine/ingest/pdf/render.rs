//! Pages that are more than one image: drawn by hayro at the resolution of their finest image.

use hayro::RenderCache;
use hayro::RenderSettings;
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::RasterizerSettings;
use hayro::vello_cpu::RenderContext;
use hayro::vello_cpu::RenderSettings as ContextSettings;
use hayro::vello_cpu::Resources;
use hayro::vello_cpu::TargetInit;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro_interpret::hayro_syntax::page::Page as PdfPage;
use hayro_interpret::util::TransformExt;
use kurbo::Affine;

use crate::ingest::error::{PageError, Reason};
use crate::ingest::limits::Limits;
use crate::ingest::pdf::images::check_images;
use crate::ingest::pdf::survey::Survey;
use crate::ingest::pdf::{Failures, POINTS_PER_INCH, user_unit};
use crate::ingest::resolution::{Density, settle};
use crate::ingest::tone;
use crate::ingest::{DpiSource, Page};

/// Resolution of a page without images, and the least of any page that must be drawn: what the
/// archives' own rules ask of a scan.
const RENDER_DPI_MIN: f64 = 300.0;

/// Difference of the two resolutions of an image up to which it sets the page's grid: such an image
/// is then drawn pixel for pixel.
const SQUARE_WITHIN: f64 = 1.01;

/// Draws the page on white paper.
///
/// # Errors
/// [`PageError::Unreadable`] if an image on the page does not decode in full.
pub(crate) fn page(
    page: &PdfPage<'_>,
    number: u32,
    survey: &Survey,
    limits: &Limits,
) -> Result<Page, PageError> {
    let note = check_images(page, number)?;
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    let unit = user_unit(page);
    let scale = scale(survey, unit, limits);
    let (wide, high) = clamp(width * scale.x, height * scale.y, limits);
    let (fit_x, fit_y) = (f64::from(wide) / width, f64::from(high) / height);

    let failures = Failures::default();
    let settings = ContextSettings {
        num_threads: 0,
        ..ContextSettings::default()
    };
    let mut context = RenderContext::new_with(wide, high, settings);
    let transform =
        Affine::scale_non_uniform(fit_x, fit_y) * page.initial_transform(true).to_kurbo();
    hayro::render_into(
        page,
        &RenderCache::new(),
        &failures.settings(),
        &RenderSettings::default(),
        &mut context,
        transform,
    );
    context.flush();
    let mut pixmap = Pixmap::new(wide, high);
    context.render_with(
        &mut pixmap,
        &mut Resources::default(),
        RasterizerSettings {
            target_init: TargetInit::Clear(WHITE),
            ..RasterizerSettings::default()
        },
    );
    drop(context);
    if failures.has_image() {
        return Err(PageError::unreadable(number, Reason::ImageNotDecoded));
    }
    let (pixels, _) = pixmap.data_as_u8_slice().as_chunks::<4>();
    let samples = pixels.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
    drop(pixmap);
    let image = tone::from_rgb(usize::from(wide), usize::from(high), samples)
        .expect("the samples are as many as the pixels drawn");
    let density = Density {
        x: fit_x * POINTS_PER_INCH / unit,
        y: fit_y * POINTS_PER_INCH / unit,
    };
    let (image, dpi, dpi_source) = settle(image, Some(density), DpiSource::PageSize);
    Ok(Page {
        number,
        image: image.into(),
        dpi,
        dpi_source,
        notes: note.into_iter().collect(),
        objects: None,
    })
}

/// Pixels per point, along x and along y.
fn scale(survey: &Survey, unit: f64, limits: &Limits) -> Density {
    let dpi_max = f64::from(limits.render_dpi_max);
    let finest = survey.finest().map(|finest| Density {
        x: finest.x / unit,
        y: finest.y / unit,
    });
    let even = |dpi: f64| {
        let dpi = dpi.clamp(RENDER_DPI_MIN, dpi_max.max(RENDER_DPI_MIN));
        Density { x: dpi, y: dpi }
    };
    let dpi = match finest {
        None => even(RENDER_DPI_MIN),
        Some(finest) if survey.is_off_scale(finest) => finest,
        Some(finest) => {
            let (low, high) = (finest.x.min(finest.y), finest.x.max(finest.y));
            let fits = low >= RENDER_DPI_MIN && high <= dpi_max && high / low <= SQUARE_WITHIN;
            if fits { finest } else { even(high) }
        }
    };
    Density {
        x: dpi.x * unit / POINTS_PER_INCH,
        y: dpi.y * unit / POINTS_PER_INCH,
    }
}

/// Whole pixels within the limit, at least one each way.
fn clamp(width: f64, height: f64, limits: &Limits) -> (u16, u16) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a count of pixels is far below 2^52"
    )]
    let pixels_max = limits.render_pixels_max as f64;
    let shrink = (pixels_max / (width * height)).sqrt().min(1.0);
    // The limit holds after rounding too, and no side is longer than the renderer can draw.
    let side = |pixels: f64| {
        let pixels = pixels * shrink;
        let whole = if shrink < 1.0 {
            pixels.floor()
        } else {
            pixels.round()
        };
        to_side(whole.clamp(1.0, f64::from(u16::MAX)))
    };
    (side(width), side(height))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a side's range by the caller"
)]
fn to_side(pixels: f64) -> u16 {
    pixels as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_within_the_limit_keeps_its_rounded_size() {
        let limits = Limits::default();
        assert_eq!(clamp(2479.6, 3507.8, &limits), (2480, 3508));
        assert_eq!(clamp(0.2, 0.2, &limits), (1, 1));
    }

    #[test]
    fn a_page_over_the_limit_shrinks_in_proportion() {
        let limits = Limits::default();
        let (width, height) = clamp(800_000.0, 400_000.0, &limits);
        assert!(u64::from(width) * u64::from(height) <= limits.render_pixels_max);
        assert!((f64::from(width) / f64::from(height) - 2.0).abs() < 0.01);
    }
}
