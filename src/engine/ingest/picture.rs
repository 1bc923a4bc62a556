//! A page's picture: all of its pixels, or a JPEG of which parts are decoded as they are asked for.
//!
//! Most of a page is never looked at but from afar. A JPEG of the common kind is therefore gone through
//! once, which shows whether it is sound and gives the page at the scale that it is searched at; what
//! stands where a seal is found is decoded then, to the same samples as ever.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::imaging::{Colour, ColourMode, Gray, PageImage, Planes, wide};
use crate::ingest::jpeg::Source;
use crate::ingest::tone;
use crate::units::{Dpi, floor_index};

/// Resolution that pages are searched at, pixels per inch: rings of 0.3 mm are still a pixel wide.
const SEARCH_DPI: f64 = 100.0;
/// Short side, in pixels of the search, aimed at where the resolution is unknown.
const SEARCH_SIDE_UNKNOWN: f64 = 800.0;

/// Page pixels per pixel of the search, by a page's size and resolution.
#[must_use]
pub fn search_factor((width, height): (usize, usize), dpi: Option<Dpi>) -> usize {
    let side = width.min(height);
    let wanted = dpi.map_or(side as f64 / SEARCH_SIDE_UNKNOWN, |dpi| {
        dpi.get() / SEARCH_DPI
    });
    floor_index(wanted.round()).clamp(1, side.max(1))
}

/// The picture of a page.
#[derive(Clone, Debug)]
pub enum Picture {
    /// All of its pixels.
    Whole(PageImage),
    /// A sound JPEG.
    Coded(Coded),
}

/// A sound JPEG, what its pixels can tell, and the page as it is searched.
#[derive(Clone, Debug)]
pub struct Coded {
    source: Arc<Source>,
    mode: ColourMode,
    factor: usize,
    planes: Planes,
}

impl From<PageImage> for Picture {
    fn from(image: PageImage) -> Self {
        Self::Whole(image)
    }
}

impl Picture {
    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> usize {
        match self {
            Self::Whole(image) => image.width(),
            Self::Coded(coded) => coded.source.size().0,
        }
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> usize {
        match self {
            Self::Whole(image) => image.height(),
            Self::Coded(coded) => coded.source.size().1,
        }
    }

    /// What the pixels can tell.
    #[must_use]
    pub const fn mode(&self) -> ColourMode {
        match self {
            Self::Whole(image) => image.mode(),
            Self::Coded(coded) => coded.mode,
        }
    }

    /// All pixels.
    #[must_use]
    pub fn whole(&self) -> Cow<'_, PageImage> {
        match self {
            Self::Whole(image) => Cow::Borrowed(image),
            Self::Coded(coded) => {
                let (width, height) = coded.source.size();
                Cow::Owned(coded.part(0..width, 0..height))
            }
        }
    }

    /// The pixels of some columns and rows.
    ///
    /// # Panics
    /// If they are none, or not within the picture.
    #[must_use]
    pub fn part(&self, columns: Range<usize>, rows: Range<usize>) -> PageImage {
        match self {
            Self::Whole(image) => image.part(columns, rows),
            Self::Coded(coded) => coded.part(columns, rows),
        }
    }

    /// The means of blocks of `factor` by `factor` pixels; a rest narrower than a block is left out.
    ///
    /// # Panics
    /// If the picture is smaller than one block.
    #[must_use]
    pub fn shrunk(&self, factor: usize) -> Cow<'_, Planes> {
        match self {
            Self::Coded(coded) if coded.factor == factor => Cow::Borrowed(&coded.planes),
            Self::Whole(_) | Self::Coded(_) => Cow::Owned(self.whole().shrunk(factor)),
        }
    }
}

impl Coded {
    /// Goes through a JPEG of square pixels at a resolution; `None` for what is not sound, or not of the
    /// common kind, or not larger than it is searched at.
    pub(crate) fn read(bytes: &[u8], size: (usize, usize), dpi: Option<Dpi>) -> Option<Self> {
        let factor = search_factor(size, dpi);
        let (source, planes, coloured) = Source::read(bytes, factor)?;
        if source.size() != size {
            return None;
        }
        let (mode, planes) = match planes {
            Planes::Colour(planes) if is_coloured(&source, &planes, &coloured)? => {
                (ColourMode::Colour, Planes::Colour(planes))
            }
            Planes::Colour([red, green, blue]) => {
                let mut gray = red;
                let others = green.samples().iter().zip(blue.samples());
                for (red, (&green, &blue)) in gray.samples_mut().iter_mut().zip(others) {
                    *red = tone::luma(*red, green, blue);
                }
                (ColourMode::Gray, Planes::Gray(gray))
            }
            Planes::Gray(gray) => (ColourMode::Gray, Planes::Gray(gray)),
        };
        let coded = Self {
            source: Arc::new(source),
            mode,
            factor,
            planes,
        };
        coded.is_graded()?.then_some(coded)
    }

    /// Whether a gray picture is surely more than black and white, which one place that is neither tells;
    /// `None` if its parts do not decode.
    fn is_graded(&self) -> Option<bool> {
        let (width, height) = self.source.size();
        let Planes::Gray(gray) = &self.planes else {
            // What decodes in one place does in others.
            self.source.part(0..1.min(width), 0..1.min(height))?;
            return Some(true);
        };
        let middling = |level: &u8| (2..254).contains(level);
        let Some(place) = gray.samples().iter().position(middling) else {
            return Some(false);
        };
        let span = |place: usize| place * self.factor..(place + 1) * self.factor;
        let (x, y) = (place % gray.width(), place / gray.width());
        let samples = self.source.part(span(x), span(y))?;
        Some(samples.iter().any(|sample| (1..255).contains(sample)))
    }

    fn part(&self, columns: Range<usize>, rows: Range<usize>) -> PageImage {
        let (width, height) = (columns.len(), rows.len());
        let samples = self.source.part(columns, rows);
        let samples = samples.expect("parts of a sound picture decode");
        let image = if self.mode == ColourMode::Colour {
            Colour::from_samples(width, height, samples).map(PageImage::Colour)
        } else {
            let gray = if samples.len() == width * height {
                samples
            } else {
                tone::gray(&samples)
            };
            Gray::from_samples(width, height, gray).map(PageImage::Gray)
        };
        image.expect("a part has its size")
    }
}

/// Pixels that are counted without a branch.
const CHUNK: usize = 256;

/// Whether more than noise is coloured, as [`tone`] has it; `None` if parts do not decode,
/// or if too many of them had to.
fn is_coloured(
    source: &Source,
    [red, green, blue]: &[Gray; 3],
    places: &[(Range<usize>, Range<usize>)],
) -> Option<bool> {
    // The channels of a mean differ by no more than those of one of its pixels.
    let mut from_afar = 0;
    let lines = red
        .samples()
        .chunks(CHUNK)
        .zip(green.samples().chunks(CHUNK));
    for ((red, green), blue) in lines.zip(blue.samples().chunks(CHUNK)) {
        from_afar += wide(
            #[inline(always)]
            || {
                let pixels = red.iter().zip(green).zip(blue);
                pixels.fold(0_u32, |sum, ((&red, &green), &blue)| {
                    sum + u32::from(tone::is_chromatic([red, green, blue]))
                })
            },
        );
        if from_afar as usize >= tone::COLOURED_PIXELS_MIN {
            return Some(true);
        }
    }
    // What decodes more than a part of the page is better decoded at once.
    let (width, height) = source.size();
    let mut left = width * height / 4;
    let mut coloured = 0;
    for line in places.chunk_by(|a, b| a.1 == b.1) {
        let (first, last) = (line.first()?, line.last()?);
        let columns = first.0.start..last.0.end;
        left = left.checked_sub(columns.len() * first.1.len())?;
        let samples = source.part(columns, first.1.clone())?;
        coloured += tone::coloured(&samples);
        if coloured >= tone::COLOURED_PIXELS_MIN {
            return Some(true);
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    use image::codecs::jpeg::JpegEncoder;

    const SIDE: u32 = 320;

    /// A page of noisy paper and lines of print, with a dot of so many pixels' side.
    fn jpeg(dot: u32, colour: [u8; 3]) -> Vec<u8> {
        let page = image::RgbImage::from_fn(SIDE, SIDE, |x, y| {
            let noise = u8::try_from((x * 7919 + y * 104_729) % 5).unwrap();
            image::Rgb(
                if (100..100 + dot).contains(&x) && (150..150 + dot).contains(&y) {
                    colour
                } else if y % 24 < 8 && x % 11 < 4 {
                    [40 + noise; 3]
                } else {
                    [238 + noise; 3]
                },
            )
        });
        let mut bytes = Vec::new();
        page.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90))
            .unwrap();
        bytes
    }

    fn coded(bytes: &[u8]) -> Option<Coded> {
        let side = SIDE as usize;
        Coded::read(bytes, (side, side), Dpi::new(200.0))
    }

    fn decoded(bytes: &[u8]) -> PageImage {
        let decoded = image::load_from_memory(bytes).unwrap().into_rgb8();
        tone::from_rgb(SIDE as usize, SIDE as usize, decoded.into_raw()).unwrap()
    }

    #[test]
    fn the_mode_is_that_of_all_pixels() {
        let mut modes = Vec::new();
        for dot in [0, 4, 6, 7, 8, 9, 10, 16, 30] {
            for colour in [[220, 40, 50], [235, 218, 218]] {
                let bytes = jpeg(dot, colour);
                let mode = coded(&bytes).unwrap().mode;
                assert_eq!(mode, decoded(&bytes).mode(), "{dot} {colour:?}");
                modes.push(mode);
            }
        }
        assert!(modes.contains(&ColourMode::Gray));
        assert!(modes.contains(&ColourMode::Colour));
    }

    #[test]
    fn parts_and_the_whole_are_those_of_the_decoded_picture() {
        for dot in [0, 30] {
            let bytes = jpeg(dot, [220, 40, 50]);
            let (picture, image) = (Picture::Coded(coded(&bytes).unwrap()), decoded(&bytes));
            assert_eq!(*picture.whole(), image);
            let (columns, rows) = (90..141, 120..200);
            let part = picture.part(columns.clone(), rows.clone());
            assert_eq!(part, image.part(columns, rows));
            assert_eq!(*picture.shrunk(3), image.shrunk(3));
        }
    }

    #[test]
    fn black_on_white_is_left_to_who_sees_all_pixels() {
        let blank = image::RgbImage::from_pixel(SIDE, SIDE, image::Rgb([255; 3]));
        let mut bytes = Vec::new();
        blank
            .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90))
            .unwrap();
        assert!(coded(&bytes).is_none());
        assert_eq!(decoded(&bytes).mode(), ColourMode::Bitonal);
    }
}
