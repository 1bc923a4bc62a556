//! Rasters: row-major samples with checked dimensions.
//!
//! Gray samples are 0 for black to 255 for white, densities 0 for bare paper upwards, masks `true`
//! inside. A page of any kind arrives as a [`PageImage`].

mod components;
mod filter;
mod resample;
mod wide;

pub use components::Component;
pub use components::components;
pub use filter::blur;
pub use filter::dilate;
pub use filter::gradient;
pub use resample::sample;
pub use resample::shrink_colour;
pub use resample::shrink_gray;
pub use resample::warp;
pub use wide::wide;
pub use wide::widest;

use std::ops::Range;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// A row-major raster of single-channel samples.
///
/// # Guarantees
/// `samples.len() == width * height`, and both dimensions are at least one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Raster<T> {
    width: usize,
    height: usize,
    samples: Vec<T>,
}

/// Eight-bit luminance, 0 black to 255 white.
pub type Gray = Raster<u8>;

/// Ink density or any other real-valued map.
pub type Density = Raster<f32>;

/// Inside or outside.
pub type Mask = Raster<bool>;

impl<T: Copy> Raster<T> {
    /// Wraps row-major samples; `None` unless both dimensions are positive and the length fits.
    #[must_use]
    pub fn from_samples(width: usize, height: usize, samples: Vec<T>) -> Option<Self> {
        let fits = width > 0 && height > 0 && width.checked_mul(height) == Some(samples.len());
        fits.then_some(Self {
            width,
            height,
            samples,
        })
    }

    /// A raster of one value.
    ///
    /// # Panics
    /// If a dimension is zero.
    #[must_use]
    pub fn filled(width: usize, height: usize, value: T) -> Self {
        assert!(width > 0 && height > 0, "a raster has at least one pixel");
        Self {
            width,
            height,
            samples: vec![value; width * height],
        }
    }

    /// Width in pixels.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// All samples, row by row.
    #[must_use]
    pub fn samples(&self) -> &[T] {
        &self.samples
    }

    /// All samples, row by row, to write to.
    pub fn samples_mut(&mut self) -> &mut [T] {
        &mut self.samples
    }

    /// The samples of row `y`.
    #[must_use]
    pub fn row(&self, y: usize) -> &[T] {
        &self.samples[y * self.width..(y + 1) * self.width]
    }

    /// The samples of row `y`, to write to.
    pub fn row_mut(&mut self, y: usize) -> &mut [T] {
        &mut self.samples[y * self.width..(y + 1) * self.width]
    }

    /// The sample at column `x` of row `y`.
    #[must_use]
    pub fn at(&self, x: usize, y: usize) -> T {
        debug_assert!(x < self.width, "column {x} of {}", self.width);
        self.samples[y * self.width + x]
    }

    /// The samples as rows and columns, to cut windows from and to reckon with as a whole.
    ///
    /// # Panics
    /// Never: a raster has as many samples as its sides say.
    #[must_use]
    pub fn view(&self) -> ArrayView2<'_, T> {
        ArrayView2::from_shape((self.height, self.width), &self.samples)
            .expect("as many samples as the sides say")
    }

    /// A raster of the same size with `f` applied to each sample.
    #[must_use]
    pub fn map<U: Copy>(&self, f: impl FnMut(T) -> U) -> Raster<U> {
        let samples = self.samples.iter().copied().map(f).collect();
        Raster {
            width: self.width,
            height: self.height,
            samples,
        }
    }
}

impl Gray {
    /// The middle brightness, which is paper's where most of the picture is paper.
    #[must_use]
    pub fn middle(&self) -> u8 {
        let mut counts = [0_usize; 256];
        for &sample in &self.samples {
            counts[usize::from(sample)] += 1;
        }
        let half = self.samples.len() / 2;
        let mut below = 0;
        let middle = counts.iter().position(|count| {
            below += count;
            below > half
        });
        let shade = middle.and_then(|shade| u8::try_from(shade).ok());
        shade.unwrap_or(u8::MAX)
    }
}

/// Interleaved eight-bit RGB.
///
/// # Guarantees
/// `samples.len() == 3 * width * height`, and both dimensions are at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colour {
    width: usize,
    height: usize,
    samples: Vec<u8>,
}

impl Colour {
    /// Wraps interleaved samples; `None` unless both dimensions are positive and the length fits.
    #[must_use]
    pub fn from_samples(width: usize, height: usize, samples: Vec<u8>) -> Option<Self> {
        let count = width
            .checked_mul(height)
            .and_then(|pixels| pixels.checked_mul(3));
        (width > 0 && height > 0 && count == Some(samples.len())).then_some(Self {
            width,
            height,
            samples,
        })
    }

    /// Width in pixels.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// All samples, R G B by pixel, row by row.
    #[must_use]
    pub fn samples(&self) -> &[u8] {
        &self.samples
    }

    /// All samples, to write to.
    pub fn samples_mut(&mut self) -> &mut [u8] {
        &mut self.samples
    }
}

/// The picture of a page, by what its pixels can tell.
#[derive(Clone, Debug, PartialEq)]
pub enum PageImage {
    /// Black and white only: every sample is 0 or 255.
    Bitonal(Gray),
    /// Shades of gray.
    Gray(Gray),
    /// Red, green and blue.
    Colour(Colour),
}

impl PageImage {
    /// Width in pixels.
    #[must_use]
    pub const fn width(&self) -> usize {
        match self {
            Self::Bitonal(gray) | Self::Gray(gray) => gray.width(),
            Self::Colour(colour) => colour.width(),
        }
    }

    /// Height in pixels.
    #[must_use]
    pub const fn height(&self) -> usize {
        match self {
            Self::Bitonal(gray) | Self::Gray(gray) => gray.height(),
            Self::Colour(colour) => colour.height(),
        }
    }

    /// The means of blocks of `factor` by `factor` pixels; a rest narrower than a block is left out.
    ///
    /// # Panics
    /// If the picture is smaller than one block.
    #[must_use]
    pub fn shrunk(&self, factor: usize) -> Planes {
        match self {
            Self::Bitonal(gray) | Self::Gray(gray) => Planes::Gray(shrink_gray(gray, factor)),
            Self::Colour(colour) => Planes::Colour(shrink_colour(colour, factor)),
        }
    }

    /// The pixels of some columns and rows.
    ///
    /// # Panics
    /// If they are none, or not within the picture.
    #[must_use]
    pub fn part(&self, columns: Range<usize>, rows: Range<usize>) -> Self {
        let cut = |samples: &[u8], width: usize, channels: usize| {
            let mut part = Vec::with_capacity(channels * columns.len() * rows.len());
            for y in rows.clone() {
                let start = channels * y * width;
                let line = start + channels * columns.start..start + channels * columns.end;
                part.extend_from_slice(&samples[line]);
            }
            part
        };
        let (width, height) = (columns.len(), rows.len());
        let gray = |gray: &Gray| {
            Gray::from_samples(width, height, cut(gray.samples(), gray.width(), 1))
                .expect("a part has at least one pixel")
        };
        match self {
            Self::Bitonal(bitonal) => Self::Bitonal(gray(bitonal)),
            Self::Gray(shades) => Self::Gray(gray(shades)),
            Self::Colour(colour) => Self::Colour(
                Colour::from_samples(width, height, cut(colour.samples(), colour.width(), 3))
                    .expect("a part has at least one pixel"),
            ),
        }
    }

    /// What the pixels can tell.
    #[must_use]
    pub const fn mode(&self) -> ColourMode {
        match self {
            Self::Bitonal(_) => ColourMode::Bitonal,
            Self::Gray(_) => ColourMode::Gray,
            Self::Colour(_) => ColourMode::Colour,
        }
    }
}

/// A picture shrunk, by its channels.
#[derive(Clone, Debug, PartialEq)]
pub enum Planes {
    /// Of a gray or bitonal picture.
    Gray(Gray),
    /// Red, green and blue, of one size.
    Colour([Gray; 3]),
}

/// What the pixels of a scan can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColourMode {
    /// Hue as well as density.
    Colour,
    /// Density only.
    Gray,
    /// Ink or no ink.
    Bitonal,
}
