//! The files that a scanner writes.

use fax::Color;
use fax::VecWriter;
use jpeg_encoder::ColorType;
use jpeg_encoder::Encoder;
use jpeg_encoder::PixelDensity;
use jpeg_encoder::SamplingFactor;

use crate::synthesis::raster::floor_index;
use crate::synthesis::raster::short;
use crate::synthesis::scan::Mode;
use crate::synthesis::scan::Scanner;

/// A page as stored in a PDF.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Pixels an inch.
    pub dpi: u32,
    /// Coding of the bytes.
    pub filter: Filter,
    /// The coded picture.
    pub bytes: Vec<u8>,
}

/// The coding of a stored page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// JPEG, three components.
    JpegColour,
    /// JPEG, one component.
    JpegGray,
    /// CCITT Group 4.
    Fax,
}

impl Scanner {
    /// Stores the planes that [`Scanner::read`] gave.
    ///
    /// # Panics
    /// If the planes are not of the given size.
    #[must_use]
    pub fn encode(&self, planes: &[Vec<u8>], (width, height): (usize, usize)) -> Encoded {
        let (filter, bytes) = match self.mode {
            Mode::Colour => (
                Filter::JpegColour,
                self.jpeg(&interleaved(planes), (width, height)),
            ),
            Mode::Gray => (Filter::JpegGray, self.jpeg(&planes[0], (width, height))),
            Mode::Bitonal => (Filter::Fax, fax_lines(&planes[0], width)),
        };
        Encoded {
            width,
            height,
            dpi: self.dpi,
            filter,
            bytes,
        }
    }

    fn jpeg(&self, samples: &[u8], (width, height): (usize, usize)) -> Vec<u8> {
        let side = |length: usize| u16::try_from(length).expect("a page's side fits a JPEG");
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, self.quality);
        // A camera knows no resolution and states a screen's.
        let dpi = if self.camera.is_some() { 72 } else { self.dpi };
        let dots = u16::try_from(dpi).expect("a resolution fits a JPEG");
        encoder.set_density(PixelDensity::dpi(dots));
        let halved = self.halved_colour && self.mode == Mode::Colour;
        encoder.set_sampling_factor(if halved {
            SamplingFactor::F_2_2
        } else {
            SamplingFactor::F_1_1
        });
        let colour = if self.mode == Mode::Colour {
            ColorType::Rgb
        } else {
            ColorType::Luma
        };
        encoder
            .encode(samples, side(width), side(height), colour)
            .expect("memory takes every write");
        bytes
    }
}

/// R G B by pixel.
fn interleaved(planes: &[Vec<u8>]) -> Vec<u8> {
    let pixels = planes[0].iter().zip(&planes[1]).zip(&planes[2]);
    pixels.flat_map(|((r, g), b)| [*r, *g, *b]).collect()
}

/// CCITT Group 4 of samples that are 0 for black and 255 for white.
fn fax_lines(values: &[u8], width: usize) -> Vec<u8> {
    let mut encoder = fax::encoder::Encoder::new(VecWriter::new());
    for row in values.chunks_exact(width) {
        let pels = row
            .iter()
            .map(|v| if *v == 0 { Color::Black } else { Color::White });
        let Ok(()) = encoder.encode_line(pels, short(width));
    }
    let Ok(writer) = encoder.finish();
    writer.finish()
}

/// A PNG with its resolution stated, gray for one plane and colour for three.
///
/// # Panics
/// If the planes are not of the given size.
#[must_use]
pub fn specimen_png(planes: &[Vec<u8>], (width, height): (usize, usize), dpi: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, short(width), short(height));
    let gray = planes.len() == 1;
    encoder.set_color(if gray {
        png::ColorType::Grayscale
    } else {
        png::ColorType::Rgb
    });
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let per_metre = (f64::from(dpi) / 0.0254).round();
    let per_metre = u32::try_from(floor_index(per_metre)).unwrap_or(0);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let samples = if gray {
        planes[0].clone()
    } else {
        interleaved(planes)
    };
    let mut writer = encoder.write_header().expect("memory takes every write");
    writer
        .write_image_data(&samples)
        .expect("memory takes every write");
    writer.finish().expect("memory takes every write");
    bytes
}
