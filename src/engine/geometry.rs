//! Points, transforms and outlines.
//!
//! Points are kurbo's: y grows downwards, pixel centres lie at +0.5, and a transform is named by
//! both of its frames (`page_from_crop`).

pub use kurbo::Affine;
pub use kurbo::Point;
pub use kurbo::Rect;
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

impl PixelRect {
    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = self.right().max(other.right());
        let bottom = self.bottom().max(other.bottom());
        Self {
            x,
            y,
            width: right - x,
            height: bottom - y,
        }
    }

    /// The same with so many pixels more on every side, as far as a raster of a width and height holds them.
    #[must_use]
    pub fn widened(self, by: u32, (width, height): (u32, u32)) -> Self {
        let (x, y) = (self.x.saturating_sub(by), self.y.saturating_sub(by));
        Self {
            x,
            y,
            width: (self.right() + by).min(width) - x,
            height: (self.bottom() + by).min(height) - y,
        }
    }

    /// One past the last column.
    #[must_use]
    pub const fn right(self) -> u32 {
        self.x + self.width
    }

    /// One past the last row.
    #[must_use]
    pub const fn bottom(self) -> u32 {
        self.y + self.height
    }

    /// Area in pixels.
    #[must_use]
    pub fn area(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether more than half of the smaller of two rectangles lies within the other.
    #[must_use]
    pub fn is_mostly_shared(self, other: Self) -> bool {
        2 * self.overlap(other) > self.area().min(other.area())
    }

    /// Area shared with another rectangle, in pixels.
    #[must_use]
    pub fn overlap(self, other: Self) -> u64 {
        let width = self
            .right()
            .min(other.right())
            .saturating_sub(self.x.max(other.x));
        let height = self
            .bottom()
            .min(other.bottom())
            .saturating_sub(self.y.max(other.y));
        u64::from(width) * u64::from(height)
    }
}
