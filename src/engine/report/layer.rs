//! One layer of an impression as it lies on its page, on nothing: to be shown or hidden over the scan.

use image::{ExtendedColorType, ImageEncoder};

use crate::extraction::Impression;
use crate::geometry::PixelRect;
use crate::imaging::Gray;
use crate::report::picture::absorbed;
use crate::report::picture::byte;

/// A layer of an impression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The seal's ink, in its colour.
    Ink,
    /// Text, signature and other marks, in black.
    Text,
}

/// A layer where it covers the impression's box, a pixel for each of the page's, as a PNG with transparency.
///
/// # Panics
/// Never: the picture has as many samples as its sides say.
#[must_use]
pub fn png(impression: &Impression, layer: Layer) -> Vec<u8> {
    let layers = &impression.layers;
    let (samples, colour) = match layer {
        Layer::Ink => (&layers.ink, absorbed(impression.colour)),
        Layer::Text => (&layers.text, [0.9; 3]),
    };
    let colour = colour.map(|absorbed| byte(1.0 - absorbed));
    let PixelRect {
        x,
        y,
        width,
        height,
    } = impression.bbox;
    let mut pixels = Vec::new();
    for row in 0..height {
        for column in 0..width {
            let (left, top) = layers.origin;
            let at = (offset(x + column, left), offset(y + row, top));
            pixels.extend(colour);
            pixels.push(strength(samples, at));
        }
    }
    let mut png = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut png);
    let encoded = encoder.write_image(&pixels, width, height, ExtendedColorType::Rgba8);
    encoded.expect("a picture in memory has as many samples as it says");
    png
}

/// Where a page pixel stands in a crop; `None` before its edge.
fn offset(at: u32, origin: i32) -> Option<usize> {
    usize::try_from(i64::from(at) - i64::from(origin)).ok()
}

/// The layer's value, 0 beyond its edges.
fn strength(layer: &Gray, at: (Option<usize>, Option<usize>)) -> u8 {
    match at {
        (Some(x), Some(y)) if x < layer.width() && y < layer.height() => layer.at(x, y),
        _ => 0,
    }
}
