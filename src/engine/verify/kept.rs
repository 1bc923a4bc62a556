//! An impression in few bytes: its ink and validity as PNG, without loss.

use std::fmt;

use image::ExtendedColorType;
use image::ImageEncoder;
use image::ImageFormat;
use image::codecs::png::CompressionType;
use image::codecs::png::FilterType;
use image::codecs::png::PngEncoder;

use crate::extraction::Impression;
use crate::extraction::Layers;
use crate::imaging::Gray;
use crate::imaging::Raster;

/// A packed impression, about a tenth of its size; what stood over it is left out.
#[derive(Clone, PartialEq)]
pub struct Kept {
    /// The impression with empty layers.
    frame: Impression,
    ink: Vec<u8>,
    validity: Vec<u8>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.ink.len() + self.validity.len();
        write!(formatter, "Kept({bytes} bytes)")
    }
}

impl Kept {
    /// Packs an impression; `None` if a layer is larger than any picture may be.
    #[must_use]
    pub fn new(impression: &Impression) -> Option<Self> {
        let empty = || Raster::filled(1, 1, 0);
        let layers = &impression.layers;
        let (ink, validity) = (packed(&layers.ink)?, packed(&layers.validity)?);
        let layers = Layers {
            origin: layers.origin,
            ink: empty(),
            text: empty(),
            validity: empty(),
        };
        Some(Self {
            frame: Impression {
                layers,
                ..impression.clone()
            },
            ink,
            validity,
        })
    }

    /// The impression; no text stands over it.
    #[must_use]
    pub fn unpacked(&self) -> Option<Impression> {
        let (ink, validity) = (unpacked(&self.ink)?, unpacked(&self.validity)?);
        let text = Raster::filled(ink.width(), ink.height(), 0);
        let mut impression = self.frame.clone();
        impression.layers = Layers {
            origin: self.frame.layers.origin,
            ink,
            text,
            validity,
        };
        Some(impression)
    }
}

fn packed(layer: &Gray) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::NoFilter);
    let (width, height) = (layer.width(), layer.height());
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    let written = encoder.write_image(layer.samples(), width, height, ExtendedColorType::L8);
    written.ok().map(|()| bytes)
}

fn unpacked(bytes: &[u8]) -> Option<Gray> {
    let picture = image::load_from_memory_with_format(bytes, ImageFormat::Png).ok()?;
    let picture = picture.into_luma8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Raster::from_samples(width, height, picture.into_raw())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::ColourMode;

    #[test]
    fn what_was_packed_comes_out_the_same_but_for_the_text() {
        let layer = |factor: u32| {
            let samples = (0..30 * 20_u32)
                .map(|i| (i * factor).to_le_bytes()[0])
                .collect();
            Raster::from_samples(30, 20, samples).unwrap()
        };
        let impression = Impression {
            layers: Layers {
                origin: (3, -4),
                ink: layer(7),
                text: Raster::filled(30, 20, 0),
                validity: layer(11),
            },
            ..Impression::bare(ColourMode::Colour)
        };
        assert_eq!(Kept::new(&impression).unwrap().unpacked(), Some(impression));
    }
}
