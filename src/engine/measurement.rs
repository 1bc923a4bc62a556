//! Impression to sizes in millimetres with their uncertainty.
//!
//! The outline that extraction found is brought onto the centre line of the outer ring: 360 normals
//! are read, both edges of the ring found on each at half its darkest ink, and the middle between
//! the edges fitted robustly (an affine change of the circle, ellipse, rectangle or triangle). Ink
//! that spreads moves both edges alike, so the centre line holds. Hidden places are left out.
//!
//! A standard uncertainty is made of these parts, added as squares:
//! - the fit's own, from the scatter of the readings about it and their likeness to each other;
//! - 0.1 pixel, what sampling leaves of an edge;
//! - 0.3 % of a length, the scale error of a usual scanner, which nothing on the page tells;
//! - for the outer edge, 0.03 mm of ink spread on each side of the seal.
//!
//! The scale parts are common to all lengths on a page: differences between them are better known.
//! Ellipticity carries the fit's part and the pixel's alone, and is what stands on the page: a sheet
//! fed 0.3 % too fast makes a circle that much elliptic. So of what the axes of a round seal differ by,
//! width and height hold only what sheet and rubber do not do by themselves.

mod border;
mod curve;
mod fit;
mod interior;
mod profile;

pub use interior::QUALITY_CELLS;

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::measurement::border::Border;
use crate::measurement::border::RingLine;
use crate::measurement::curve::Axes;
use crate::measurement::curve::Curve;
use crate::measurement::curve::Family;

/// How far ink goes beyond the die's edge, in millimetres: chosen, the middle of what pads do where
/// no specimen tells better (0.00 to 0.06 are usual).
const SPREAD_MM: f64 = 0.03;
/// Standard uncertainty of the spread, in millimetres.
const SPREAD_SIGMA_MM: f64 = 0.03;
/// What sampling leaves of an edge, in pixels.
const SAMPLING_PX: f64 = 0.1;
/// Scale error of a usual scanner (design: a feed error of 0.2 to 1 %).
const SCALE_SIGMA: f64 = 0.003;

/// How far the two axes of a sound round die's impression differ: a sheet fed too fast or too slowly
/// (two thirds of [`SCALE_SIGMA`], as a share of the diameter), and rubber that gives, in millimetres. Chosen.
const OUT_OF_ROUND: (f64, f64) = (0.002, 0.05);
/// Standard uncertainty of an impression's spread against that of its specimens, in millimetres.
const SPREAD_AGAINST_SIGMA_MM: f64 = 0.015;

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
    /// Diameter of the centre line in millimetres, the mean of both axes.
    pub centre_line_mm: Measured,
    /// Width of the line in millimetres, ink spread included.
    pub width_mm: Measured,
}

/// What was measured on one impression; `None` where it could not be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurements {
    /// Outline family.
    pub shape: Shape,
    /// Outer edge along the seal's own x axis, corrected for ink spread; along the page's for a round
    /// seal whose turn is not known: see [`Measurements::turned`].
    pub width_mm: Option<Measured>,
    /// Outer edge along the seal's own y axis, corrected for ink spread.
    pub height_mm: Option<Measured>,
    /// Diameter of the outer ring's centre line in millimetres, the mean of both axes.
    pub centre_line_mm: Option<Measured>,
    /// (long - short) / mean of the axes of the outer ring's centre line.
    pub ellipticity: Option<Measured>,
    /// Where the longest diameter of a round seal's centre line lies, degrees clockwise from the page's
    /// x axis, -90 to 90.
    pub long_axis_deg: Option<f64>,
    /// Rings of the border, outermost first.
    pub rings: Vec<Ring>,
    /// Inner and outer radius of the text band in millimetres; round and oval seals only.
    pub text_band_mm: Option<(f64, f64)>,
    /// Distance of the motif's centre of ink from the outline's centre.
    pub motif_offset_mm: Option<Measured>,
    /// Turn of the seal's axes against the page's upright, clockwise, from -45 to 45 for rectangles
    /// and -90 to 90 for ovals; a round outline has none, its drawing tells its turn.
    pub rotation_deg: Option<Measured>,
    /// Share of the outline's ring that bears ink.
    pub coverage: Option<f64>,
    /// Share of the impression's area that can be trusted.
    pub usable: f64,
    /// The same by place: [`QUALITY_CELLS`] by [`QUALITY_CELLS`] cells of the bounding box, row by
    /// row; `None` for cells outside the outline.
    pub quality: Vec<Option<f64>>,
}

/// Measures an impression.
///
/// Without a resolution there are no millimetres; ellipticity, turn, coverage and quality remain.
#[must_use]
pub fn measure(impression: &Impression) -> Measurements {
    // A stamp without outline prints no edge: how large its die is, its ink does not say.
    let is_framed = impression.outline.shape != Shape::Other;
    let border = is_framed.then(|| border::read(impression)).flatten();
    let curve = border
        .as_ref()
        .map_or_else(|| Curve::from_outline(&impression.outline), |b| b.curve);
    let trust = interior::trust(impression, &curve);
    let mut measured = Measurements {
        shape: impression.outline.shape,
        width_mm: None,
        height_mm: None,
        centre_line_mm: None,
        ellipticity: None,
        long_axis_deg: None,
        rings: Vec::new(),
        text_band_mm: None,
        motif_offset_mm: None,
        rotation_deg: None,
        coverage: border.as_ref().map(|border| border.coverage),
        usable: trust.usable,
        quality: trust.quality,
    };
    let Some(border) = border else {
        return measured;
    };
    let outer = border.rings[0];
    measured.ellipticity = Some(ellipticity(&outer));
    measured.long_axis_deg = outer.axes.long_degrees;
    measured.rotation_deg = rotation(&outer, curve.family);
    if let Some(dpi) = impression.dpi {
        let scale = Scale {
            mm: 1.0 / dpi.pixels_per_mm(),
        };
        measured.fill(impression, &border, scale);
    }
    measured
}

/// Difference between the border's fit and the outline as found from which one of the two took a
/// neighbouring ring for the outer one, in millimetres: the narrowest gap between rings.
const DISAGREEMENT_MM: f64 = 0.4;

/// A size of the border's fit, with the outline as found for a witness: where they disagree, what
/// lies between them is the uncertainty.
fn checked(fitted: Measured, found_mm: f64) -> Measured {
    let difference = (fitted.value - found_mm).abs();
    if difference <= DISAGREEMENT_MM {
        return fitted;
    }
    Measured {
        value: found_mm,
        uncertainty: fitted.uncertainty.max(0.5 * difference),
    }
}

/// Width and height of the outline as found, in pixels, along the axes that sizes are given for: a
/// round seal's are the page's, whatever axes its outline was fitted with.
fn found_sizes(outline: &Outline) -> (f64, f64) {
    let (a, b) = (2.0 * outline.half_width, 2.0 * outline.half_height);
    match outline.shape {
        Shape::Round | Shape::Other => {
            let (s, c) = libm::sincos(outline.axis_degrees.to_radians());
            (libm::hypot(a * c, b * s), libm::hypot(a * s, b * c))
        }
        Shape::Oval | Shape::Rectangle | Shape::Triangle => (a, b),
    }
}

/// Millimetres in a pixel.
#[derive(Clone, Copy, Debug)]
struct Scale {
    mm: f64,
}

impl Scale {
    /// A length of `pixels` with the standard uncertainty of its fit in pixels.
    fn length(self, pixels: f64, sigma: f64) -> Measured {
        let value = pixels * self.mm;
        let parts = [sigma * self.mm, SAMPLING_PX * self.mm, SCALE_SIGMA * value];
        Measured {
            value,
            uncertainty: root_of_squares(&parts),
        }
    }
}

impl Measurements {
    /// The same with a round seal's width and height along its own axes, which its drawing tells to
    /// be turned by so many degrees clockwise; what has axes of its own stays as it is.
    #[must_use]
    pub fn turned(mut self, turn_deg: f64) -> Self {
        let line = self.ellipticity.zip(self.centre_line_mm);
        let stretch = line.map(|(share, mean)| share.value * mean.value);
        let sizes = self.width_mm.as_mut().zip(self.height_mm.as_mut());
        if let (Some(stretch), Some(axis), Some((width, height))) =
            (stretch, self.long_axis_deg, sizes)
        {
            let mean = 0.5 * (width.value + height.value);
            let own = beyond_chance(stretch, mean);
            let aside = 0.5 * own * stretch * libm::cos(2.0 * (axis - turn_deg).to_radians());
            width.value = mean + aside;
            height.value = mean - aside;
        }
        self
    }

    /// The same with sizes corrected for the ink's spread as the specimens tell it: its edges stand
    /// `edges_mm` outside those of so many fused specimens, whose own spread is that of usual pads.
    #[must_use]
    pub fn inked(mut self, edges_mm: f64, specimens: u32) -> Self {
        let assumed = 2.0 * SPREAD_SIGMA_MM;
        let left = assumed / f64::from(specimens.max(1)).sqrt();
        for size in [&mut self.width_mm, &mut self.height_mm]
            .into_iter()
            .flatten()
        {
            let others = size.uncertainty * size.uncertainty - assumed * assumed;
            size.value -= 2.0 * edges_mm;
            size.uncertainty =
                root_of_squares(&[others.max(0.0).sqrt(), left, 2.0 * SPREAD_AGAINST_SIGMA_MM]);
        }
        self
    }

    /// Fills in what has millimetres.
    fn fill(&mut self, impression: &Impression, border: &Border, scale: Scale) {
        let outer = border.rings[0];
        let (mut width, mut height) = outer_edge(&outer, border.curve.family, scale);
        if self.shape == Shape::Round {
            let mean = 0.5 * (width.value + height.value);
            let (long, short) = outer.axes.extremes;
            let own = beyond_chance(2.0 * (long - short) * scale.mm, mean);
            for side in [&mut width, &mut height] {
                side.value = mean + own * (side.value - mean);
            }
        }
        let found = found_sizes(&impression.outline);
        self.width_mm = Some(checked(width, found.0 * scale.mm));
        self.height_mm = Some(checked(height, found.1 * scale.mm));
        self.centre_line_mm = Some(centre_line(&outer, scale));
        self.rings = border
            .rings
            .iter()
            .map(|ring| Ring {
                centre_line_mm: centre_line(ring, scale),
                width_mm: scale.length(ring.width, ring.width_sigma),
            })
            .collect();
        if border.curve.family == Family::Ellipse {
            let radius = outer.axes.mean();
            self.text_band_mm = interior::text_band(border)
                .map(|(near, far)| ((radius - far) * scale.mm, (radius - near) * scale.mm));
        }
        self.motif_offset_mm =
            interior::motif_offset(impression, &border.curve).map(|(offset, sigma)| {
                scale.length(offset.hypot(), libm::hypot(sigma, outer.centre_sigma))
            });
    }
}

/// Share of a difference between the axes of a round seal that is more than sheet and rubber do, both in
/// millimetres: none up to two standard deviations, nearly all of a great one (the estimate of James and
/// Stein, 1961, of one mean).
fn beyond_chance(difference: f64, diameter: f64) -> f64 {
    let chance = 2.0 * libm::hypot(OUT_OF_ROUND.0 * diameter, OUT_OF_ROUND.1);
    (1.0 - (chance / difference.abs().max(1e-9)).powi(2)).max(0.0)
}

/// Diameter of a ring's centre line, the mean of both axes.
fn centre_line(ring: &RingLine, scale: Scale) -> Measured {
    let (x, y) = ring.half_sizes_sigma;
    scale.length(2.0 * ring.axes.mean(), libm::hypot(x, y))
}

/// Width and height of the outer edge as the die has it: the centre line and half the ring's width
/// on each side, less the ink's spread there.
fn outer_edge(ring: &RingLine, family: Family, scale: Scale) -> (Measured, Measured) {
    let beyond = 0.5 * ring.width - SPREAD_MM / scale.mm;
    let (half_width, half_height) = grown(&ring.axes, family, beyond);
    let side = |half: f64, sigma: f64| {
        let length = scale.length(2.0 * half, libm::hypot(2.0 * sigma, ring.width_sigma));
        Measured {
            value: length.value,
            uncertainty: libm::hypot(length.uncertainty, 2.0 * SPREAD_SIGMA_MM),
        }
    };
    let (x, y) = ring.half_sizes_sigma;
    (side(half_width, x), side(half_height, y))
}

/// Half sizes of the curve that runs `beyond` pixels outside one with the given axes.
fn grown(axes: &Axes, family: Family, beyond: f64) -> (f64, f64) {
    let (a, b) = (axes.half_width, axes.half_height);
    match family {
        Family::Ellipse | Family::Rectangle => (a + beyond, b + beyond),
        Family::Triangle => {
            // The inscribed circle grows by as much, and the triangle in proportion.
            let inradius = 2.0 * a * b / (a + libm::hypot(a, 2.0 * b));
            let factor = 1.0 + beyond / inradius;
            (a * factor, b * factor)
        }
    }
}

fn ellipticity(ring: &RingLine) -> Measured {
    let (long, short) = ring.axes.extremes;
    let mean = 0.5 * (long + short);
    let (x, y) = ring.half_sizes_sigma;
    Measured {
        value: (long - short) / mean,
        uncertainty: root_of_squares(&[x, y, SAMPLING_PX]) / mean,
    }
}

/// Turn of the outline's axes; the less they differ, the less an ellipse tells it.
fn rotation(ring: &RingLine, family: Family) -> Option<Measured> {
    let value = ring.axes.turn_degrees?;
    let (x, y) = ring.half_sizes_sigma;
    let (long, short) = ring.axes.extremes;
    let lever = match family {
        Family::Ellipse => (long - short).max(1e-6),
        Family::Rectangle | Family::Triangle => short,
    };
    let sigma = root_of_squares(&[x, y, SAMPLING_PX]) / lever;
    Some(Measured {
        value,
        uncertainty: sigma.to_degrees().min(90.0),
    })
}

fn root_of_squares(parts: &[f64]) -> f64 {
    parts.iter().map(|part| part * part).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests;
