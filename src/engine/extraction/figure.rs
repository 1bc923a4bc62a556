//! The drawing of a registered seal, as it is looked for on a page.

use serde::{Deserialize, Serialize};

use crate::extraction::InkColour;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::Affine;
use crate::imaging::Density;
use crate::imaging::Gray;
use crate::imaging::blur;
use crate::imaging::warp;
use crate::units::floor_index;
use crate::units::level;

/// Samples in a millimetre: what pages are searched at.
pub(super) const PER_MM: f64 = 4.0;
/// Paper around the drawing that belongs to it, millimetres.
const MARGIN_MM: f64 = 1.0;
/// Largest half side, millimetres: bounds memory whatever the outline says.
const HALF_MM_MAX: f64 = 60.0;

/// What is looked for on a page beside seals with an outline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Sought {
    /// Nothing.
    #[default]
    Framed,
    /// The one stamp without outline that a sheet without seals bears, whatever it shows: a specimen.
    Specimen,
    /// Known stamps without outline, and seals whose outline may not be found, by their drawings.
    Figures(Vec<Figure>),
}

/// The drawing of one seal, upright in its own axes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Ink, 0 to 255, with a margin around; the outline's centre in its middle.
    pub(super) ink: Gray,
    /// The outline's family.
    pub(super) shape: Shape,
    /// Half width and half height of the outline, millimetres.
    pub(super) half_mm: (f64, f64),
    /// Whether its ink is of a colour that tells it from print.
    pub(super) is_coloured: bool,
}

impl Figure {
    /// Takes ink of `per_mm` samples a millimetre, 0 to 1, and the outline in its samples.
    #[must_use]
    pub fn new(ink: &Density, outline: &Outline, per_mm: f64, colour: InkColour) -> Self {
        let half = |samples: f64| (samples / per_mm).min(HALF_MM_MAX);
        let half_mm = (half(outline.half_width), half(outline.half_height));
        let side = |half: f64| 2 * floor_index((half + MARGIN_MM) * PER_MM).max(1);
        let (width, height) = (side(half_mm.0), side(half_mm.1));
        let scale = per_mm / PER_MM;
        let own_from_figure = Affine::translate(outline.centre.to_vec2())
            * Affine::rotate(outline.axis_degrees.to_radians())
            * Affine::scale(scale)
            * Affine::translate((-0.5 * width as f64, -0.5 * height as f64));
        let smooth = blur(ink, 0.4 * scale);
        let ink = warp(&smooth, own_from_figure, (width, height), 0.0).map(level);
        Self {
            ink,
            shape: outline.shape,
            half_mm,
            is_coloured: colour.is_bright(),
        }
    }

    /// Whether it holds as many samples as it says: it may come through a pipe.
    pub(super) fn is_sound(&self) -> bool {
        let (width, height) = (self.ink.width(), self.ink.height());
        width > 0 && height > 0 && width * height == self.ink.samples().len()
    }
}
