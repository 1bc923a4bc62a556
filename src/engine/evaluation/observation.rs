//! What the program said about a document, in the few values that the figures need.
//!
//! The figures know neither the report nor the pipeline: whoever runs the pipeline fills these in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evaluation::letters::ReadLetter;
use crate::evaluation::measured::Measured;
use crate::evaluation::placing::Placed;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::Point;
use crate::units::MM_PER_INCH;
use crate::verdict::Conclusion;
use crate::verdict::Condition;

/// Everything said about one document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// The document, as the labelled set names it.
    pub document: String,
    /// Why the document could not be read; `None` if it was.
    pub unread: Option<String>,
    /// Pages that were searched.
    pub pages: u32,
    /// The impressions found.
    pub impressions: Vec<ObservedImpression>,
    /// What the pages are as scans.
    pub scans: Vec<ObservedScan>,
    /// What it says of itself; `None` where that was not asked for.
    pub letter: Option<ReadLetter>,
}

/// One page as a scan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ObservedScan {
    /// The page, counted from one.
    pub number: u32,
    /// What its pixels can tell; `None` where the page could not be decoded.
    pub colour: Option<ScanColour>,
    /// Its resolution as the program took it.
    pub dpi: Option<f64>,
}

/// What the pixels of a scan can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanColour {
    /// Hue as well as density.
    Colour,
    /// Density only.
    Gray,
    /// Ink or no ink.
    Bitonal,
}

impl ScanColour {
    /// The word by which figures are grouped.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Colour => "colour",
            Self::Gray => "gray",
            Self::Bitonal => "1-bit",
        }
    }
}

/// Distance along each axis up to which two examinations place one impression, pixels: its size is corrected by the seal that it
/// is compared with.
const SAME_PX: f64 = 1.0;

/// One impression that the program found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObservedImpression {
    /// The page, counted from one.
    pub page: u32,
    /// Centre, in pixels of the page as scanned.
    pub centre_px: (f64, f64),
    /// The page's resolution as the program took it.
    pub dpi: Option<f64>,
    /// Width and height that the program measured, in millimetres.
    pub size_mm: Option<(f64, f64)>,
    /// The outline's family.
    pub shape: Option<Shape>,
    /// Turn of the outline's axes against the page's upright, degrees clockwise.
    pub rotation_deg: Option<f64>,
    /// Registered seals by likeness, best first, when no seal is claimed.
    pub candidates: Vec<String>,
    /// The seal that the program named when none was claimed; `None` if none.
    pub named: Option<String>,
    /// Whether the program took it for printed rather than stamped.
    pub printed: bool,
    /// Impressions that it is said to be one with, on other sheets: the document and the position among
    /// its impressions.
    pub copies: Vec<(String, usize)>,
    /// Impressions that one die in no register is said to have made as well, likewise.
    pub fellows: Vec<(String, usize)>,
    /// Where it stands.
    pub placed: Placed,
    /// What was said against each claimed seal.
    pub against: BTreeMap<String, Opinion>,
    /// What was measured against each claimed seal, by the number of its specimens; empty where that
    /// is not asked for.
    pub measured: BTreeMap<String, Vec<Measured>>,
}

impl ObservedImpression {
    /// A triangle's centre of area on a page of a resolution, in pixels; `None` of other shapes, and where its size or turn is
    /// not known.
    #[must_use]
    pub fn centre_of_area_px(&self, dpi: f64) -> Option<(f64, f64)> {
        if self.shape != Some(Shape::Triangle) {
            return None;
        }
        let height_px = self.size_mm?.1 / MM_PER_INCH * dpi;
        Some(centre_of_area(
            self.centre_px,
            height_px,
            self.rotation_deg?,
        ))
    }

    /// Whether two examinations of one document speak of one impression: they place it alike. Which corner of a triangle is its
    /// apex, and so its centre, the claimed seal's drawing tells.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let of_area = |own: &Self| own.dpi.and_then(|dpi| own.centre_of_area_px(dpi));
        let (own, its) = match (of_area(self), of_area(other)) {
            (Some(own), Some(its)) => (own, its),
            _ => (self.centre_px, other.centre_px),
        };
        self.page == other.page
            && (own.0 - its.0).abs() < SAME_PX
            && (own.1 - its.1).abs() < SAME_PX
    }
}

/// The centre of area of an equilateral triangle from the middle of its height, its height and its turn.
pub(super) fn centre_of_area(middle: (f64, f64), height: f64, rotation_deg: f64) -> (f64, f64) {
    let half_height = 0.5 * height;
    let triangle = Outline {
        shape: Shape::Triangle,
        centre: Point::new(middle.0, middle.1),
        half_width: half_height / 0.75_f64.sqrt(),
        half_height,
        axis_degrees: rotation_deg,
    };
    let centre = triangle.centre_of_area();
    (centre.x, centre.y)
}

/// What was said about an impression when one seal was claimed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opinion {
    /// The likelihood ratio; `None` if it was not examined.
    pub log10_lr: Option<f64>,
    /// The step of the scale.
    pub conclusion: Conclusion,
    /// The state of the die.
    pub condition: Condition,
}

/// Documents as the lines name them, each with one impression that `tell` is given the others which it is
/// linked with.
#[cfg(test)]
pub(super) fn linked(
    lines: &[crate::evaluation::truth::Truth],
    links: &[(usize, usize)],
    tell: impl Fn(&mut ObservedImpression, Vec<(String, usize)>),
) -> Vec<Observation> {
    let observation = |own: usize| {
        let others = links.iter().filter_map(|&(a, b)| match own {
            _ if a == own => Some(b),
            _ if b == own => Some(a),
            _ => None,
        });
        let mut impression = ObservedImpression {
            page: 1,
            ..ObservedImpression::default()
        };
        let others = others.map(|other| (lines[other].document.clone(), 0));
        tell(&mut impression, others.collect());
        Observation {
            document: lines[own].document.clone(),
            pages: 1,
            impressions: vec![impression],
            ..Observation::default()
        }
    };
    (0..lines.len()).map(observation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triangle_is_one_impression_whichever_corner_is_its_apex_and_none_elsewhere() {
        // 600 pixels high at 300 dpi: from the centre of area the middle of the height lies a sixth of it to the apex.
        let of = |apex_deg: f64, x: f64| {
            let (sine, cosine) = libm::sincos(apex_deg.to_radians());
            ObservedImpression {
                page: 1,
                centre_px: (x + 100.0 * sine, 900.0 - 100.0 * cosine),
                dpi: Some(300.0),
                size_mm: Some((58.66, 50.8)),
                shape: Some(Shape::Triangle),
                rotation_deg: Some(apex_deg),
                ..ObservedImpression::default()
            }
        };
        assert!(of(-78.0, 700.0).is_same(&of(42.0, 700.0)));
        assert!(!of(-78.0, 700.0).is_same(&of(42.0, 760.0)));
        let round = |apex_deg| ObservedImpression {
            shape: Some(Shape::Round),
            ..of(apex_deg, 700.0)
        };
        assert!(!round(-78.0).is_same(&round(42.0)));
    }
}
