//! What a page says beside its seals: words as they were recognised or as the file gives them.

use serde::Deserialize;
use serde::Serialize;

use crate::geometry::PixelRect;

/// A word and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The word, without spaces.
    pub text: String,
    /// Its box, in pixels of the page as scanned.
    pub bbox: PixelRect,
    /// How sure the recogniser is, 0 to 1; `None` where nothing was recognised, as in a text layer.
    pub confidence: Option<f64>,
}
