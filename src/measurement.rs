//! Impression to sizes in millimetres with their uncertainty.

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::extraction::Shape;

/// A measured value with its standard uncertainty, in the unit that the field's name says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The value.
    pub value: f64,
    /// One standard deviation.
    pub uncertainty: f64,
}

/// One ring of the border.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ring {
    /// Diameter of the centre line in millimetres.
    pub centre_line_mm: Measured,
    /// Width of the line in millimetres, ink spread included.
    pub width_mm: Measured,
}

/// What was measured on one impression; `None` where it could not be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurements {
    /// Outline family.
    pub shape: Shape,
    /// Outer edge along the seal's own x axis, corrected for ink spread.
    pub width_mm: Option<Measured>,
    /// Outer edge along the seal's own y axis, corrected for ink spread.
    pub height_mm: Option<Measured>,
    /// Diameter of the outer ring's centre line.
    pub centre_line_mm: Option<Measured>,
    /// (long - short) / mean of the axes.
    pub ellipticity: Option<Measured>,
    /// Rings of the border, outermost first.
    pub rings: Vec<Ring>,
    /// Inner and outer radius of the text band.
    pub text_band_mm: Option<(f64, f64)>,
    /// Distance of the motif's centre of ink from the outline's centre.
    pub motif_offset_mm: Option<Measured>,
    /// Turn of the seal against the page's upright, where the drawing tells it.
    pub rotation_deg: Option<Measured>,
    /// Share of the outline's ring that bears ink.
    pub coverage: Option<f64>,
    /// Share of the impression's area that can be trusted.
    pub usable: f64,
}

/// Measures an impression.
#[must_use]
pub fn measure(impression: &Impression) -> Measurements {
    Measurements {
        shape: impression.outline.shape,
        width_mm: None,
        height_mm: None,
        centre_line_mm: None,
        ellipticity: None,
        rings: Vec::new(),
        text_band_mm: None,
        motif_offset_mm: None,
        rotation_deg: None,
        coverage: None,
        usable: 0.0,
    }
}
