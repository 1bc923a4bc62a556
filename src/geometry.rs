//! Points, transforms and outlines.
//!
//! Points are kurbo's: y grows downwards, pixel centres lie at +0.5, and a transform is named by
//! both of its frames (`page_from_crop`).

pub use kurbo::Affine;
pub use kurbo::Point;
pub use kurbo::Vec2;

use serde::{Deserialize, Serialize};

/// A rectangle of whole pixels: left and top edges inside, right and bottom outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PixelRect {
    /// Left edge, in pixels from the raster's left.
    pub x: u32,
    /// Top edge, in pixels from the raster's top.
    pub y: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}
