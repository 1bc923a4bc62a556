//! What a page says beside its seals: words as they were recognised or as the file gives them.

mod black;
mod close_up;
mod contradiction;
mod facts;
mod failure;
mod form;
mod hull;
mod layout;
mod lines;
pub mod marking;
mod own_image;
mod scale;
mod signature;
mod strokes;
mod text_layer;
mod thin;

pub use contradiction::Contradiction;
pub use contradiction::contradicted;
pub use facts::FileFacts;
pub use facts::Scripts;
pub use facts::SignatureClaim;
pub use failure::Failure;
pub use form::FormFields;
pub use hull::Hull;
pub use layout::Layout;
pub use lines::LINES_MAX;
pub use own_image::own_image;
pub use signature::Beside;
pub use signature::Signature;
pub use signature::Signed;
pub use text_layer::TextLayer;

use serde::Deserialize;
use serde::Serialize;

use crate::geometry::PixelRect;

pub mod excerpt;
pub mod fields;
pub mod sheet;

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
