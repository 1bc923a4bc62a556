//! Bytes to a document and its pages, one at a time.

use serde::{Deserialize, Serialize};

use crate::imaging::PageImage;
use crate::units::Dpi;

/// Where a page's resolution comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DpiSource {
    /// The file states it for this image.
    Stated,
    /// The image's pixels over the page's size.
    PageSize,
    /// Derived from a seal of known size.
    SealScale,
    /// Not known.
    Unknown,
}

/// One page as scanned: upright, cropped, at its own resolution, with square pixels.
#[derive(Clone, Debug)]
pub struct Page {
    /// Counted from one.
    pub number: u32,
    /// The picture.
    pub image: PageImage,
    /// Resolution, where it is known.
    pub dpi: Option<Dpi>,
    /// Where the resolution comes from.
    pub dpi_source: DpiSource,
}
