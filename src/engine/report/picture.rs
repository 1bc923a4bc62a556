//! Pictures of impressions, drawn from their layers, as PNG inside a page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{ExtendedColorType, ImageEncoder};

use crate::extraction::Impression;
use crate::extraction::InkColour;
use crate::geometry::Point;
use crate::imaging::Gray;

/// Side of a picture in pixels where nothing else is asked for: fine enough for a glyph's strokes, small enough for a phone.
pub const SIDE: usize = 360;
/// Side of a picture at most. Chosen: a large seal at 600 dpi on a screen, and a megabyte or two.
pub const SIDE_MAX: usize = 1_440;

/// Paper around the outline, as a share of its half width.
const MARGIN: f64 = 1.12;

/// A square picture, R G B by pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    side: usize,
    samples: Vec<u8>,
}

impl Picture {
    /// Draws each pixel by the function of its position, from -1 to 1 in both directions.
    pub(crate) fn drawn(colour: impl FnMut(f64, f64) -> [f64; 3]) -> Self {
        Self::sized(SIDE, colour)
    }

    /// Draws a picture of this side, at most [`SIDE_MAX`], as [`Picture::drawn`] does.
    pub(crate) fn sized(side: usize, mut colour: impl FnMut(f64, f64) -> [f64; 3]) -> Self {
        let side = side.clamp(1, SIDE_MAX);
        let mut samples = Vec::with_capacity(3 * side * side);
        for row in 0..side {
            for column in 0..side {
                let light = colour(position(column, side), position(row, side));
                samples.extend(light.map(byte));
            }
        }
        Self { side, samples }
    }

    /// The impression as it was found: its ink, and what stands over it.
    #[must_use]
    pub fn of(impression: &Impression) -> Self {
        Self::of_side(impression, SIDE)
    }

    /// The same, this many pixels wide and high.
    #[must_use]
    pub fn of_side(impression: &Impression, side: usize) -> Self {
        let frame = Frame::of(impression);
        let ink = absorbed(impression.colour);
        let layers = &impression.layers;
        Self::sized(side, |x, y| {
            let point = frame.page(x, y);
            let seal = frame.sample(&layers.ink, point);
            let text = frame.sample(&layers.text, point);
            ink.map(|absorbed| (1.0 - seal * absorbed) * (1.0 - 0.9 * text))
        })
    }

    /// The picture as a PNG file.
    ///
    /// # Panics
    /// Never: a picture has as many samples as its sides say.
    #[must_use]
    pub fn to_png(&self) -> Vec<u8> {
        let mut png = Vec::new();
        let side = u32::try_from(self.side).expect("a picture is small");
        let encoder = image::codecs::png::PngEncoder::new(&mut png);
        let encoded = encoder.write_image(&self.samples, side, side, ExtendedColorType::Rgb8);
        encoded.expect("a picture in memory has as many samples as it says");
        png
    }

    /// The picture as the value of an `src` attribute.
    #[must_use]
    pub fn to_data_uri(&self) -> String {
        format!("data:image/png;base64,{}", STANDARD.encode(self.to_png()))
    }
}

/// Where the middle of a pixel stands, from -1 to 1 over a side of so many.
pub(crate) fn position(index: usize, side: usize) -> f64 {
    let whole = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    (2.0 * whole(index) + 1.0) / whole(side) - 1.0
}

/// Half the side of an impression's pictures, in page pixels.
#[must_use]
pub fn reach(impression: &Impression) -> f64 {
    Frame::of(impression).reach
}

/// Where a page pixel stands on an impression's pictures, from 0 to 1 from the left and from the top.
#[must_use]
pub fn place(impression: &Impression, [x, y]: [f64; 2]) -> [f64; 2] {
    let frame = Frame::of(impression);
    let share = |at: f64, centre: f64| 0.5 + (at - centre) / (2.0 * frame.reach);
    [share(x, frame.centre.x), share(y, frame.centre.y)]
}

/// An impression's place on its page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Centre of the outline, in page pixels.
    pub(crate) centre: Point,
    /// Half the side of the picture, in page pixels.
    pub(crate) reach: f64,
    origin: Point,
}

impl Frame {
    pub(crate) fn of(impression: &Impression) -> Self {
        let outline = impression.outline;
        let (x, y) = impression.layers.origin;
        Self {
            centre: outline.centre,
            reach: outline.half_width.max(outline.half_height).max(1.0) * MARGIN,
            origin: Point::new(f64::from(x), f64::from(y)),
        }
    }

    /// The page pixel shown at a position of the picture.
    pub(crate) fn page(self, x: f64, y: f64) -> Point {
        Point::new(
            self.centre.x + x * self.reach,
            self.centre.y + y * self.reach,
        )
    }

    /// A layer's value at a page pixel, 0 to 1, between four samples; 0 outside the crop.
    pub(crate) fn sample(self, layer: &Gray, page: Point) -> f64 {
        // Samples stand at the centres of pixels.
        let (x, y) = (page.x - self.origin.x - 0.5, page.y - self.origin.y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (right_share, bottom_share) = (x - left, y - top);
        let value = |x: f64, y: f64| match (index(x, layer.width()), index(y, layer.height())) {
            (Some(x), Some(y)) => f64::from(layer.at(x, y)) / 255.0,
            _ => 0.0,
        };
        let mix = |a: f64, b: f64, share: f64| a + (b - a) * share;
        mix(
            mix(value(left, top), value(left + 1.0, top), right_share),
            mix(
                value(left, top + 1.0),
                value(left + 1.0, top + 1.0),
                right_share,
            ),
            bottom_share,
        )
    }
}

/// A whole number as an index below `count`.
fn index(value: f64, count: usize) -> Option<usize> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, not negative, and far below the largest index"
    )]
    let index = (0.0..1e9).contains(&value).then_some(value as usize)?;
    (index < count).then_some(index)
}

/// Light from 0 to 1 as a sample.
pub(crate) fn byte(light: f64) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range of a sample"
    )]
    let byte = (light.clamp(0.0, 1.0) * 255.0).round() as u8;
    byte
}

/// How much of R, G and B a full layer of ink takes away.
pub(crate) const fn absorbed(colour: InkColour) -> [f64; 3] {
    match colour {
        InkColour::Red => [0.15, 0.85, 0.8],
        InkColour::Blue => [0.85, 0.65, 0.15],
        InkColour::Violet => [0.5, 0.85, 0.25],
        InkColour::Other => [0.4, 0.6, 0.6],
        InkColour::Black | InkColour::Unknown => [0.75, 0.75, 0.75],
    }
}
