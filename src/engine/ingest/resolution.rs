//! Stated resolutions, what to believe of them, and square pixels.

use crate::imaging::{Colour, Gray, PageImage};
use crate::ingest::DpiSource;
use crate::units::{Dpi, MM_PER_INCH};

/// Below this no scanner works; a smaller number is an aspect ratio or a slip.
const DPI_MIN: f64 = 50.0;

/// Above this no page is scanned: 2400 is the optical limit of office flatbeds.
const DPI_MAX: f64 = 2400.0;

/// What cameras, screens and editors write when they know nothing: 72 (EXIF's default), 96 (a
/// Windows screen). Believed only where the size that follows is a sheet of paper.
const DPI_DEFAULTS: [f64; 2] = [72.0, 96.0];

/// By how much a side may miss the paper's, as a share: scanners cut the edges.
const PAPER_TOLERANCE: f64 = 0.025;

/// Sheets by their short and long sides in millimetres: ISO A3 to A6, B4 and B5 of ISO and of JIS,
/// Letter, Legal, Tabloid, Folio, and the Chinese 16K and 8K.
const PAPER_MM: [(f64, f64); 14] = [
    (297.0, 420.0),
    (210.0, 297.0),
    (148.0, 210.0),
    (105.0, 148.0),
    (250.0, 353.0),
    (176.0, 250.0),
    (257.0, 364.0),
    (182.0, 257.0),
    (215.9, 279.4),
    (215.9, 355.6),
    (279.4, 431.8),
    (210.0, 330.0),
    (195.0, 270.0),
    (270.0, 390.0),
];

/// Ratio of the two resolutions up to which pixels count as square: page sizes are rounded to whole
/// points, which moves the resolution of an A4 page by 0.2 %.
const SQUARE_WITHIN: f64 = 1.01;

/// Resolution along x and along y, in pixels per inch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Density {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Density {
    /// The shape of a pixel where no resolution is stated: too small to be believed as one.
    pub(crate) fn ratio(x: f64, y: f64) -> Self {
        Self { x: x / y, y: 1.0 }
    }

    /// Whether this is the shape of a pixel alone.
    pub(crate) fn is_ratio(self) -> bool {
        self.x < DPI_MIN && self.y < DPI_MIN
    }

    /// The resolution after the picture was turned by a quarter.
    pub(crate) const fn swapped(self) -> Self {
        Self {
            x: self.y,
            y: self.x,
        }
    }

    /// Whether this can be true of a scan of so many pixels.
    pub(crate) fn is_believable(self, width: usize, height: usize) -> bool {
        let plausible = |dpi: f64| (DPI_MIN..=DPI_MAX).contains(&dpi);
        let default = DPI_DEFAULTS
            .iter()
            .any(|default| (self.x - default).abs() < 0.5 && (self.y - default).abs() < 0.5);
        plausible(self.x) && plausible(self.y) && (!default || self.fits_paper(width, height))
    }

    /// Whether so many pixels at this resolution are a sheet of paper.
    fn fits_paper(self, width: usize, height: usize) -> bool {
        let (x, y) = (millimetres(width, self.x), millimetres(height, self.y));
        let near = |side: f64, paper: f64| (side / paper - 1.0).abs() <= PAPER_TOLERANCE;
        PAPER_MM
            .iter()
            .any(|&(short, long)| near(x.min(y), short) && near(x.max(y), long))
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a raster's side is far below 2^52"
)]
fn millimetres(pixels: usize, dpi: f64) -> f64 {
    pixels as f64 / dpi * MM_PER_INCH
}

/// A page's picture with square pixels, and its resolution as far as it can be believed.
///
/// A density that differs between x and y (a fax of 204 x 98) stretches the coarser side to the
/// finer one; bitonal pages stay bitonal. `source` is given back where the density is believed.
pub(crate) fn settle(
    image: PageImage,
    density: Option<Density>,
    source: DpiSource,
) -> (PageImage, Option<Dpi>, DpiSource) {
    let size = (image.width(), image.height());
    if let Some((dpi, source)) = settled(size, density, source) {
        return (image, dpi, source);
    }
    let believed = density.filter(|density| density.is_believable(size.0, size.1));
    let ratio = density.map_or(1.0, |density| density.x / density.y);
    let (image, dpi) = if ratio > 1.0 {
        (
            stretch_rows(image, scaled(size.1, ratio)),
            believed.map(|d| d.x),
        )
    } else {
        let width = scaled(size.0, 1.0 / ratio);
        (stretch_columns(image, width), believed.map(|d| d.y))
    };
    let (dpi, source) = stated(dpi, source);
    (image, dpi, source)
}

/// The resolution of a picture of so many pixels, and where it comes from, as far as it can be believed;
/// `None` if its pixels are not square, so that it must be stretched.
pub(crate) fn settled(
    (width, height): (usize, usize),
    density: Option<Density>,
    source: DpiSource,
) -> Option<(Option<Dpi>, DpiSource)> {
    // An aspect ratio is believed even where the resolution itself is not.
    let ratio = density.map_or(1.0, |density| density.x / density.y);
    let is_uneven = (1.0 / 8.0..=8.0).contains(&ratio)
        && !(1.0 / SQUARE_WITHIN..=SQUARE_WITHIN).contains(&ratio);
    let believed = density.filter(|density| density.is_believable(width, height));
    (!is_uneven).then(|| stated(believed.map(|d| (d.x * d.y).sqrt()), source))
}

fn stated(dpi: Option<f64>, source: DpiSource) -> (Option<Dpi>, DpiSource) {
    match dpi.and_then(Dpi::new) {
        Some(dpi) => (Some(dpi), source),
        None => (None, DpiSource::Unknown),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a side of a raster times a ratio between 1/8 and 8"
)]
fn scaled(side: usize, ratio: f64) -> usize {
    ((side as f64 * ratio).round() as usize).max(1)
}

/// Where output pixel `i` of `out` lies among `len` input pixels: the two neighbours and the weight
/// of the second in 256ths.
fn neighbours(i: usize, out: usize, len: usize) -> (usize, usize, u32) {
    // Pixel centres map onto pixel centres: (i + 0.5) len / out - 0.5, in 256ths.
    let centre = ((2 * i + 1) * len * 128 / out).saturating_sub(128);
    let first = (centre / 256).min(len - 1);
    let weight = u32::try_from(centre % 256).expect("below 256");
    (first, (first + 1).min(len - 1), weight)
}

fn blend(a: u8, b: u8, weight: u32) -> u8 {
    let sum = u32::from(a) * (256 - weight) + u32::from(b) * weight + 128;
    let [.., blended, _] = sum.to_be_bytes();
    blended
}

/// Stretches a picture to `height` rows: linearly, or by the nearest row if it is bitonal.
fn stretch_rows(image: PageImage, height: usize) -> PageImage {
    let rows = |samples: &[u8], row_len: usize, nearest: bool| {
        let len = samples.len() / row_len;
        let mut out = Vec::with_capacity(row_len * height);
        for y in 0..height {
            let (first, second, weight) = neighbours(y, height, len);
            let weight = if nearest { weight / 128 * 256 } else { weight };
            let above = &samples[first * row_len..(first + 1) * row_len];
            let below = &samples[second * row_len..(second + 1) * row_len];
            out.extend(above.iter().zip(below).map(|(a, b)| blend(*a, *b, weight)));
        }
        out
    };
    map_samples(image, |width, _, samples, channels, nearest| {
        (width, height, rows(samples, width * channels, nearest))
    })
}

/// Stretches a picture to `width` columns: linearly, or by the nearest column if it is bitonal.
fn stretch_columns(image: PageImage, width: usize) -> PageImage {
    map_samples(image, |old, height, samples, channels, nearest| {
        let mut out = Vec::with_capacity(width * height * channels);
        for row in samples.chunks_exact(old * channels) {
            for x in 0..width {
                let (first, second, weight) = neighbours(x, width, old);
                let weight = if nearest { weight / 128 * 256 } else { weight };
                for channel in 0..channels {
                    let left = row[first * channels + channel];
                    let right = row[second * channels + channel];
                    out.push(blend(left, right, weight));
                }
            }
        }
        (width, height, out)
    })
}

/// Rebuilds a picture from its samples by `f(width, height, samples, channels, nearest)`.
fn map_samples(
    image: PageImage,
    f: impl Fn(usize, usize, &[u8], usize, bool) -> (usize, usize, Vec<u8>),
) -> PageImage {
    let invariant = "a stretched picture has its stated size";
    let gray = |gray: &Gray, nearest: bool| {
        let (width, height, samples) = f(gray.width(), gray.height(), gray.samples(), 1, nearest);
        Gray::from_samples(width, height, samples).expect(invariant)
    };
    match image {
        PageImage::Bitonal(bitonal) => PageImage::Bitonal(gray(&bitonal, true)),
        PageImage::Gray(shades) => PageImage::Gray(gray(&shades, false)),
        PageImage::Colour(colour) => {
            let (width, height, samples) =
                f(colour.width(), colour.height(), colour.samples(), 3, false);
            PageImage::Colour(Colour::from_samples(width, height, samples).expect(invariant))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(width: usize, height: usize, samples: &[u8]) -> PageImage {
        PageImage::Gray(Gray::from_samples(width, height, samples.to_vec()).unwrap())
    }

    fn dpi_of(width: usize, height: usize, x: f64, y: f64) -> Option<f64> {
        let image = PageImage::Gray(Gray::filled(width, height, 0));
        let (_, dpi, _) = settle(image, Some(Density { x, y }), DpiSource::Stated);
        dpi.map(Dpi::get)
    }

    #[test]
    fn a_scanner_s_resolution_is_believed_whatever_the_size() {
        assert_eq!(dpi_of(100, 80, 300.0, 300.0), Some(300.0));
    }

    #[test]
    fn default_resolutions_are_believed_only_of_sheets_of_paper() {
        assert_eq!(dpi_of(595, 842, 72.0, 72.0), Some(72.0));
        assert_eq!(dpi_of(1123, 794, 96.0, 96.0), Some(96.0));
        assert_eq!(dpi_of(2480, 3508, 72.0, 72.0), None);
        assert_eq!(dpi_of(640, 480, 96.0, 96.0), None);
    }

    #[test]
    fn resolutions_outside_any_scanner_s_range_are_unknown() {
        assert_eq!(dpi_of(100, 80, 1.0, 1.0), None);
        assert_eq!(dpi_of(100, 80, 4800.0, 4800.0), None);
        let image = PageImage::Gray(Gray::filled(4, 4, 0));
        let (_, dpi, source) = settle(image, None, DpiSource::Stated);
        assert_eq!((dpi, source), (None, DpiSource::Unknown));
    }

    #[test]
    fn a_fax_is_stretched_to_square_pixels_and_stays_bitonal() {
        let fax = PageImage::Bitonal(Gray::from_samples(2, 2, vec![0, 255, 255, 0]).unwrap());
        let density = Density { x: 204.0, y: 98.0 };
        let (image, dpi, _) = settle(fax, Some(density), DpiSource::Stated);
        assert_eq!(dpi.map(Dpi::get), Some(204.0));
        let PageImage::Bitonal(image) = image else {
            panic!("a fax stays bitonal");
        };
        assert_eq!((image.width(), image.height()), (2, 4));
        assert_eq!(image.samples(), [0, 255, 0, 255, 255, 0, 255, 0]);
    }

    #[test]
    fn stretching_places_pixel_centres_on_pixel_centres() {
        let image = stretch_columns(gray(2, 1, &[0, 200]), 4);
        let PageImage::Gray(image) = image else {
            panic!("a gray picture stays gray");
        };
        assert_eq!(image.samples(), [0, 50, 150, 200]);
    }

    #[test]
    fn rounded_page_sizes_leave_the_pixels_alone() {
        let image = gray(3, 2, &[1, 2, 3, 4, 5, 6]);
        let density = Density { x: 300.2, y: 299.8 };
        let (same, dpi, _) = settle(image.clone(), Some(density), DpiSource::PageSize);
        assert_eq!(same, image);
        assert!((dpi.unwrap().get() - 300.0).abs() < 0.01);
    }
}
