//! What a file sets on a page as objects of its own: words, and what lies over the scan.

use serde::{Deserialize, Serialize};

use crate::geometry::PixelRect;

/// The objects of one page, in pixels of the page as scanned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// What lies over the page's picture.
    pub overlays: Overlays,
    /// The words of its text, visible or not, in the order of the file, each with its box.
    pub words: Vec<(String, PixelRect)>,
    /// Words that are not among them, because there are too many.
    pub words_left_out: u32,
}

/// Pictures and stamps that are smaller than the page and lie over it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlays {
    /// Those that were kept.
    pub kept: Vec<Overlay>,
    /// Images and annotations that were not looked at, because there are too many.
    pub left_out: u32,
}

/// One thing that lies over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlay {
    /// What it is.
    pub kind: OverlayKind,
    /// Its box on the page.
    pub bbox: PixelRect,
}

/// What lies over a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverlayKind {
    /// An image object.
    Image,
    /// An annotation of the kind stamp.
    Stamp,
    /// The picture of a signature field.
    Signature,
}
