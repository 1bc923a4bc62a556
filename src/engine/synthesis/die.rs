//! The drawing of a die in millimetres, its centre at the origin, as the paper will see it.

use kurbo::Affine;
use kurbo::BezPath;
use kurbo::Circle;
use kurbo::Ellipse;
use kurbo::Point;
use kurbo::RoundedRect;
use kurbo::Shape;
use tiny_skia::FillRule;
use tiny_skia::Mask;

use crate::imaging::Density;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::lettering;
use crate::synthesis::lettering::Arc;
use crate::synthesis::lettering::MovedAccent;
use crate::synthesis::lettering::Style;
use crate::synthesis::motif;
use crate::synthesis::motif::Figure;
use crate::synthesis::raster::fill;
use crate::synthesis::raster::floor_index;
use crate::synthesis::raster::short;

/// Samples in a millimetre of a face: about 600 dpi.
pub const FACE_PX_PER_MM: f64 = 24.0;

/// White left round a face, in millimetres, for spread and displacement.
pub const FACE_MARGIN_MM: f64 = 2.0;

/// The outer line of a die, by its nominal outer edge in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outline {
    /// A circle.
    Round {
        /// Outer radius.
        radius: f64,
    },
    /// An ellipse.
    Oval {
        /// Horizontal half axis.
        rx: f64,
        /// Vertical half axis.
        ry: f64,
    },
    /// A rectangle, a square among them.
    Rectangle {
        /// Half the width.
        rx: f64,
        /// Half the height.
        ry: f64,
        /// Radius of its corners.
        corner: f64,
    },
    /// An equilateral triangle with one corner up.
    Triangle {
        /// Length of a side.
        side: f64,
    },
}

/// A line that follows the outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ring {
    /// From the nominal outer edge inwards to the line's centre, in millimetres.
    pub inset: f64,
    /// Width of the line.
    pub width: f64,
    /// Dots at this distance instead of a line.
    pub dots: Option<f64>,
}

/// Gap between two lines that ink fills on usual paper, millimetres.
const FILLED_GAP_MM: f64 = 0.06;

/// Text round the face.
#[derive(Clone, Debug, PartialEq)]
pub struct ArcText {
    /// The words.
    pub text: String,
    /// Their letters.
    pub style: Style,
    /// Where they run.
    pub arc: Arc,
}

/// A straight line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct LineText {
    /// The words.
    pub text: String,
    /// Their letters.
    pub style: Style,
    /// The middle of the baseline.
    pub middle: Point,
    /// Length of the line in millimetres.
    pub extent_mm: f64,
}

/// The figure in the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motif {
    /// What it shows.
    pub figure: Figure,
    /// Its outer radius in millimetres.
    pub radius: f64,
    /// Turned, degrees clockwise.
    pub turn_deg: f64,
    /// Its middle.
    pub middle: Point,
}

/// A small mark between two texts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Separator {
    /// Its middle.
    pub middle: Point,
    /// Its radius in millimetres.
    pub radius: f64,
    /// A disc instead of a star.
    pub disc: bool,
    /// Turned, degrees clockwise.
    pub turn_deg: f64,
}

/// A die as its engraver drew it.
#[derive(Clone, Debug, PartialEq)]
pub struct Die {
    /// Shape and size.
    pub outline: Outline,
    /// Lines along the outline, outermost first.
    pub rings: Vec<Ring>,
    /// Texts round the face.
    pub arcs: Vec<ArcText>,
    /// Straight texts.
    pub lines: Vec<LineText>,
    /// Figure in the middle.
    pub motif: Option<Motif>,
    /// Small marks.
    pub separators: Vec<Separator>,
    /// Size of the whole over the drawing.
    pub scale: f64,
    /// An accent out of its place, with its text: those round the face first, then the straight ones.
    pub moved_accent: Option<(usize, MovedAccent)>,
}

impl Outline {
    /// Half the nominal width and height.
    #[must_use]
    pub fn half_size(self) -> (f64, f64) {
        match self {
            Self::Round { radius } => (radius, radius),
            Self::Oval { rx, ry } | Self::Rectangle { rx, ry, .. } => (rx, ry),
            Self::Triangle { side } => (side / 2.0, side * 0.75_f64.sqrt() / 2.0),
        }
    }

    /// The contract's word for the shape.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Round { .. } => "round",
            Self::Oval { .. } => "oval",
            Self::Rectangle { .. } => "rectangle",
            Self::Triangle { .. } => "triangle",
        }
    }

    /// The closed line `inset` millimetres inside the nominal edge.
    fn inside(self, inset: f64) -> BezPath {
        const ACCURACY: f64 = 1e-3;
        match self {
            Self::Round { radius } => Circle::new(Point::ORIGIN, radius - inset).to_path(ACCURACY),
            Self::Oval { rx, ry } => {
                Ellipse::new(Point::ORIGIN, (rx - inset, ry - inset), 0.0).to_path(ACCURACY)
            }
            Self::Rectangle { rx, ry, corner } => {
                let (x, y) = (rx - inset, ry - inset);
                RoundedRect::new(-x, -y, x, y, (corner - inset).max(0.0)).to_path(ACCURACY)
            }
            Self::Triangle { side } => {
                let (half, quarter) = self.half_size();
                // The inscribed circle shrinks by the inset; the box's middle stays the origin.
                let inradius = side * 3f64.sqrt() / 6.0;
                let factor = (inradius - inset) / inradius;
                let heart = Point::new(0.0, quarter - inradius);
                let corners = [(0.0, -quarter), (half, quarter), (-half, quarter)];
                motif::polygon(corners.map(|corner| heart + (Point::from(corner) - heart) * factor))
            }
        }
    }
}

impl Die {
    /// Half the width and height of the outer edge in millimetres, with the outer line as drawn.
    #[must_use]
    pub fn half_size(&self) -> (f64, f64) {
        let (rx, ry) = self.outline.half_size();
        let beyond = self
            .rings
            .iter()
            .map(|ring| ring.width / 2.0 - ring.inset)
            .fold(f64::NEG_INFINITY, f64::max);
        let beyond = if beyond.is_finite() { beyond } else { 0.0 };
        ((rx + beyond) * self.scale, (ry + beyond) * self.scale)
    }

    /// The contract's word for the shape: a die without a line has no outline of its own.
    #[must_use]
    pub const fn shape(&self) -> &'static str {
        if self.rings.is_empty() {
            "other"
        } else {
            self.outline.word()
        }
    }

    /// What its lines are like: `touching` where the gap between the two outermost fills with ink, else by
    /// the broadest, `thin` below 0.5 mm, `medium`, or `broad` from 0.8 mm on; `none` without lines.
    #[must_use]
    pub fn lines_word(&self) -> &'static str {
        let gap = |outer: &Ring, inner: &Ring| {
            inner.inset - 0.5 * inner.width - (outer.inset + 0.5 * outer.width)
        };
        let touch = match self.rings.as_slice() {
            [outer, inner, ..] => gap(outer, inner) * self.scale < FILLED_GAP_MM,
            _ => false,
        };
        let broadest = self.rings.iter().map(|ring| ring.width).fold(0.0, f64::max);
        match broadest * self.scale {
            _ if touch => "touching",
            0.0 => "none",
            width if width < 0.5 => "thin",
            width if width < 0.8 => "medium",
            _ => "broad",
        }
    }

    /// The whole drawing, for non-zero winding.
    #[must_use]
    pub fn drawing(&self, fonts: &Fonts) -> Vec<BezPath> {
        let mut parts = Vec::new();
        for ring in &self.rings {
            parts.push(self.ring(*ring));
        }
        let moved = |index: usize| {
            let own = self.moved_accent.filter(|(text, _)| *text == index);
            own.map(|(_, moved)| moved)
        };
        for (index, text) in self.arcs.iter().enumerate() {
            let words = (text.style, text.text.as_str());
            parts.push(lettering::around_with(fonts, words, text.arc, moved(index)));
        }
        for (index, text) in self.lines.iter().enumerate() {
            let words = (text.style, text.text.as_str());
            let moved = moved(self.arcs.len() + index);
            let line = lettering::straight_with(fonts, words, text.extent_mm, moved);
            parts.push(Affine::translate(text.middle.to_vec2()) * line);
        }
        if let Some(figure) = self.motif {
            let place = Affine::translate(figure.middle.to_vec2())
                * Affine::rotate(figure.turn_deg.to_radians())
                * Affine::scale(figure.radius);
            parts.push(place * motif::outline(figure.figure));
        }
        for mark in &self.separators {
            let shape = if mark.disc {
                Circle::new(Point::ORIGIN, 1.0).to_path(1e-3)
            } else {
                motif::star(1.0, 0.4)
            };
            let place = Affine::translate(mark.middle.to_vec2())
                * Affine::rotate(mark.turn_deg.to_radians())
                * Affine::scale(mark.radius);
            parts.push(place * shape);
        }
        parts
    }

    fn ring(&self, ring: Ring) -> BezPath {
        let line = self.outline.inside(ring.inset);
        let Some(pitch) = ring.dots else {
            return motif::line(&line, ring.width);
        };
        let length = line.perimeter(1e-2);
        let count = floor_index(length / pitch).max(1);
        let stroke = kurbo::Stroke::new(ring.width)
            .with_caps(kurbo::Cap::Round)
            .with_dashes(0.0, [1e-3, length / count as f64 - 1e-3]);
        kurbo::stroke(
            line.iter(),
            &stroke,
            &kurbo::StrokeOpts::default(),
            ring.width / 40.0,
        )
    }

    /// The face as coverage, [`FACE_PX_PER_MM`] samples a millimetre, its centre in the middle.
    #[must_use]
    pub fn face(&self, fonts: &Fonts) -> Density {
        self.face_at(FACE_PX_PER_MM, fonts)
    }

    /// The face at another number of samples a millimetre.
    ///
    /// # Panics
    /// If the die is larger than a raster can be, which no drawing comes near.
    #[must_use]
    pub fn face_at(&self, px_per_mm: f64, fonts: &Fonts) -> Density {
        let (rx, ry) = self.half_size();
        let side = |half: f64| 2 * floor_index((half + FACE_MARGIN_MM) * px_per_mm);
        let (width, height) = (side(rx), side(ry));
        let mut mask = Mask::new(short(width), short(height)).expect("a die has an extent");
        let place = Affine::translate((width as f64 / 2.0, height as f64 / 2.0))
            * Affine::scale(px_per_mm * self.scale);
        for part in self.drawing(fonts) {
            fill(&mut mask, &part, FillRule::Winding, place);
        }
        let samples = mask.data().iter().map(|a| f32::from(*a) / 255.0).collect();
        Density::from_samples(width, height, samples).expect("the mask has the face's size")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_by_the_broadest_and_by_the_gap_between_the_two_outermost() {
        let mut die = Die {
            outline: Outline::Round { radius: 18.0 },
            rings: Vec::new(),
            arcs: Vec::new(),
            lines: Vec::new(),
            motif: None,
            separators: Vec::new(),
            scale: 1.0,
            moved_accent: None,
        };
        let ring = |inset: f64, width: f64| Ring {
            inset,
            width,
            dots: None,
        };
        for (rings, word) in [
            (vec![ring(0.5, 1.0), ring(1.3, 0.3)], "broad"),
            (vec![ring(0.5, 1.0), ring(1.2, 0.4)], "touching"),
            (vec![ring(0.3, 0.6), ring(5.0, 0.2)], "medium"),
            (vec![ring(0.2, 0.4)], "thin"),
            (Vec::new(), "none"),
        ] {
            die.rings = rings;
            assert_eq!(die.lines_word(), word);
        }
    }
}
