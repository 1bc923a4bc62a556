//! An impression in millimetres: its ink on a square grid around the outline's centre.

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::extraction::Outline;
use crate::geometry::Affine;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::Gray;
use crate::imaging::blur;
use crate::imaging::warp;
use crate::units::floor_index;

/// Grid samples in a millimetre: 254 dpi, so that ordinary scans lose nothing that they resolve.
pub(super) const PER_MM: f64 = 10.0;
/// Paper kept around the outline, in millimetres.
const MARGIN_MM: f64 = 1.5;
/// Largest half side of a grid, in millimetres: bounds memory whatever the outline says.
const HALF_MM_MAX: f64 = 36.0;

/// Ink and its visibility on the grid; the outline's centre is the grid's centre.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Canonical {
    /// Seal ink, 0 to 1.
    pub ink: Density,
    /// How far the ink can be trusted, 0 to 1.
    pub validity: Density,
    /// The outline in grid samples.
    pub outline: Outline,
    /// Maps grid samples to page pixels.
    pub page_from_grid: Affine,
}

impl Canonical {
    /// Lays an impression on the grid at `pixels_per_mm` of its page.
    #[must_use]
    pub(super) fn new(impression: &Impression, pixels_per_mm: f64) -> Self {
        let found = impression.outline;
        let scale = pixels_per_mm / PER_MM;
        let reach_mm = (found.half_width.max(found.half_height) * corner(&found)) / pixels_per_mm;
        let half_mm = (reach_mm + MARGIN_MM).min(HALF_MM_MAX);
        let side = 2 * floor_index((half_mm * PER_MM).ceil()).max(8);
        let middle = 0.5 * side as f64;
        let origin = impression.layers.origin;
        let crop_origin = Vec2::new(f64::from(origin.0), f64::from(origin.1));
        let page_from_grid = Affine::translate(found.centre.to_vec2())
            * Affine::scale(scale)
            * Affine::translate((-middle, -middle));
        let crop_from_grid = Affine::translate(-crop_origin) * page_from_grid;
        let lay = |layer: &Gray| {
            // A finer scan is smoothed to the grid's own resolution first.
            let mut map = if scale > 1.3 {
                let layer = layer.map(f32::from);
                warp(
                    &blur(&layer, 0.4 * scale),
                    crop_from_grid,
                    (side, side),
                    0.0,
                )
            } else {
                warp(layer, crop_from_grid, (side, side), 0.0)
            };
            map.samples_mut()
                .iter_mut()
                .for_each(|value| *value /= 255.0);
            map
        };
        let centre = Point::new(middle, middle);
        let outline = Outline {
            centre,
            ..found.scaled(1.0 / scale)
        };
        Self {
            ink: lay(&impression.layers.ink),
            validity: lay(&impression.layers.validity),
            outline: Outline { centre, ..outline },
            page_from_grid,
        }
    }

    /// Side of the grid, in samples.
    #[must_use]
    pub(super) const fn side(&self) -> usize {
        self.ink.width()
    }
}

/// Reach of the farthest point of an outline over its larger half axis.
fn corner(outline: &Outline) -> f64 {
    use crate::extraction::Shape;
    match outline.shape {
        Shape::Round | Shape::Oval => 1.0,
        Shape::Rectangle | Shape::Triangle | Shape::Other => {
            libm::hypot(outline.half_width, outline.half_height)
                / outline.half_width.max(outline.half_height)
        }
    }
}
