//! Text as outlines: along a straight line or round an ellipse.

use std::f64::consts::FRAC_PI_2;
use std::f64::consts::TAU;

use kurbo::Affine;
use kurbo::BezPath;
use kurbo::PathEl;
use kurbo::Rect;
use kurbo::Shape as _;
use kurbo::Vec2;

use crate::synthesis::fonts::FaceId;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::fonts::Glyph;
use crate::synthesis::fonts::VIETNAMESE;
use crate::synthesis::raster::floor_index;

/// How letters are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// The typeface.
    pub face: FaceId,
    /// Height of a capital in millimetres.
    pub capital_mm: f64,
    /// Width of the letters over their natural width.
    pub stretch: f64,
}

/// Letters side by side, each with the distance of its middle from the start.
struct Row {
    letters: Vec<(Glyph, f64)>,
    natural: f64,
}

impl Row {
    fn new(fonts: &Fonts, style: Style, text: &str) -> Self {
        let mut natural = 0.0;
        let letters = text
            .chars()
            .map(|letter| {
                let glyph = fonts.glyph(style.face, letter);
                let advance = glyph.advance * style.capital_mm * style.stretch;
                natural += advance;
                (glyph, natural - advance / 2.0)
            })
            .collect();
        Self { letters, natural }
    }

    /// The further gap between letters that makes the row `extent` long.
    fn tracking(&self, extent: f64) -> f64 {
        let gaps = self.letters.len().saturating_sub(1).max(1);
        (extent - self.natural) / gaps as f64
    }
}

/// The natural length of a text in millimetres.
#[must_use]
pub fn natural_width(fonts: &Fonts, style: Style, text: &str) -> f64 {
    Row::new(fonts, style, text).natural
}

/// A straight line of text, centred on the origin, `extent` millimetres long, on the baseline y = 0.
#[must_use]
pub fn straight(fonts: &Fonts, style: Style, text: &str, extent: f64) -> BezPath {
    straight_with(fonts, (style, text), extent, None)
}

/// The same with an accent moved.
#[must_use]
pub fn straight_with(
    fonts: &Fonts,
    (style, text): (Style, &str),
    extent: f64,
    moved: Option<MovedAccent>,
) -> BezPath {
    let row = Row::new(fonts, style, text);
    let tracking = row.tracking(extent);
    let mut path = BezPath::new();
    for (index, (glyph, middle)) in row.letters.iter().enumerate() {
        let x = middle + tracking * index as f64 - extent / 2.0;
        let place = Affine::translate((x, 0.0)) * to_size(style, glyph);
        path.extend(place * letter(glyph, index, style, moved));
    }
    path
}

/// An ellipse along which text runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Baseline {
    /// The horizontal half axis in millimetres.
    pub rx: f64,
    /// The vertical half axis in millimetres.
    pub ry: f64,
}

/// Text round an ellipse, `extent` millimetres long on its baseline.
///
/// On top it reads clockwise with its feet inwards; at the bottom it reads anticlockwise with its
/// feet outwards. `turn` moves it along the ellipse, in degrees clockwise.
#[must_use]
pub fn around(fonts: &Fonts, style: Style, text: &str, arc: Arc) -> BezPath {
    around_with(fonts, (style, text), arc, None)
}

/// The same with an accent moved.
#[must_use]
pub fn around_with(
    fonts: &Fonts,
    (style, text): (Style, &str),
    arc: Arc,
    moved: Option<MovedAccent>,
) -> BezPath {
    let row = Row::new(fonts, style, text);
    let tracking = row.tracking(arc.extent_mm);
    let track = Track::new(arc.baseline);
    let direction = if arc.bottom { -1.0 } else { 1.0 };
    let middle_angle = direction * -FRAC_PI_2 + arc.turn_deg.to_radians();
    let middle_length = track.length_at(middle_angle);
    let mut path = BezPath::new();
    for (index, (glyph, middle)) in row.letters.iter().enumerate() {
        let along = middle + tracking * index as f64 - arc.extent_mm / 2.0;
        let angle = track.angle_at(middle_length + direction * along);
        let foot = track.point(angle);
        let normal = track.normal(angle);
        let upright = libm::atan2(normal.y, normal.x) + direction * FRAC_PI_2;
        let place = Affine::translate(foot) * Affine::rotate(upright) * to_size(style, glyph);
        path.extend(place * letter(glyph, index, style, moved));
    }
    path
}

/// Where a text runs on an ellipse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arc {
    /// The ellipse under its feet.
    pub baseline: Baseline,
    /// From the first letter's left to the last one's right, along the baseline.
    pub extent_mm: f64,
    /// At the bottom instead of the top.
    pub bottom: bool,
    /// Moved along the ellipse, degrees clockwise.
    pub turn_deg: f64,
}

/// An accent that stands elsewhere than its typeface has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovedAccent {
    /// The letter that bears it, counted from zero.
    pub letter: usize,
    /// How far it is moved, in millimetres along the letter's own right and down.
    pub shift: Vec2,
}

/// The letters of a text whose accents stand clear of them, counted from zero.
#[must_use]
pub fn accented(fonts: &Fonts, style: Style, text: &str) -> Vec<usize> {
    let letters = text.chars().enumerate();
    letters
        .filter(|(_, letter)| VIETNAMESE.contains(*letter))
        .filter(|(_, letter)| {
            let glyph = fonts.glyph(style.face, *letter);
            accents(&glyph.path)
                .into_iter()
                .any(|(_, is_accent)| is_accent)
        })
        .map(|(index, _)| index)
        .collect()
}

/// A glyph's outline, in its own units, with its accent moved if it is the one meant.
fn letter(glyph: &Glyph, index: usize, style: Style, moved: Option<MovedAccent>) -> BezPath {
    let Some(moved) = moved.filter(|moved| moved.letter == index) else {
        return glyph.path.clone();
    };
    let own = Vec2::new(
        moved.shift.x / (style.capital_mm * style.stretch),
        moved.shift.y / style.capital_mm,
    );
    let mut path = BezPath::new();
    for (part, is_accent) in accents(&glyph.path) {
        let shift = if is_accent { own } else { Vec2::ZERO };
        path.extend(Affine::translate(shift) * part);
    }
    path
}

/// The closed parts of a letter, and whether each is of an accent: it lies wholly above or below the
/// tallest part.
fn accents(path: &BezPath) -> Vec<(BezPath, bool)> {
    let mut parts: Vec<BezPath> = Vec::new();
    for element in path.elements() {
        if matches!(element, PathEl::MoveTo(_)) {
            parts.push(BezPath::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(*element);
        }
    }
    let boxes: Vec<Rect> = parts.iter().map(BezPath::bounding_box).collect();
    let tallest = boxes
        .iter()
        .max_by(|a, b| a.height().total_cmp(&b.height()));
    let Some(base) = tallest.copied() else {
        return Vec::new();
    };
    let clear = |own: &Rect| own.y1 <= base.y0 || own.y0 >= base.y1;
    parts
        .into_iter()
        .zip(&boxes)
        .map(|(part, own)| (part, clear(own)))
        .collect()
}

/// From a glyph's own units to millimetres, with the middle of its advance at the origin.
fn to_size(style: Style, glyph: &Glyph) -> Affine {
    Affine::scale_non_uniform(style.capital_mm * style.stretch, style.capital_mm)
        * Affine::translate((-glyph.advance / 2.0, 0.0))
}

/// Arc length along an ellipse, tabulated.
struct Track {
    baseline: Baseline,
    lengths: Vec<f64>,
}

const TRACK_STEPS: usize = 1440;

impl Track {
    fn new(baseline: Baseline) -> Self {
        let mut lengths = Vec::with_capacity(TRACK_STEPS + 1);
        let mut total = 0.0;
        lengths.push(0.0);
        for step in 0..TRACK_STEPS {
            let angle = (step as f64 + 0.5) / TRACK_STEPS as f64 * TAU;
            let (sin, cos) = libm::sincos(angle);
            let speed = libm::hypot(baseline.rx * sin, baseline.ry * cos);
            total += speed * TAU / TRACK_STEPS as f64;
            lengths.push(total);
        }
        Self { baseline, lengths }
    }

    fn total(&self) -> f64 {
        self.lengths[TRACK_STEPS]
    }

    /// The length from angle zero to `angle`, clockwise on a raster with y downwards.
    fn length_at(&self, angle: f64) -> f64 {
        let turns = angle.rem_euclid(TAU) / TAU * TRACK_STEPS as f64;
        let step = floor_index(turns).min(TRACK_STEPS - 1);
        let part = turns - step as f64;
        self.lengths[step] + part * (self.lengths[step + 1] - self.lengths[step])
    }

    fn angle_at(&self, length: f64) -> f64 {
        let length = length.rem_euclid(self.total());
        let step = self.lengths.partition_point(|l| *l <= length).max(1) - 1;
        let step = step.min(TRACK_STEPS - 1);
        let (low, high) = (self.lengths[step], self.lengths[step + 1]);
        (step as f64 + (length - low) / (high - low)) / TRACK_STEPS as f64 * TAU
    }

    fn point(&self, angle: f64) -> Vec2 {
        let (sin, cos) = libm::sincos(angle);
        Vec2::new(self.baseline.rx * cos, self.baseline.ry * sin)
    }

    /// The outward normal.
    fn normal(&self, angle: f64) -> Vec2 {
        let (sin, cos) = libm::sincos(angle);
        Vec2::new(self.baseline.ry * cos, self.baseline.rx * sin).normalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_angle_on_an_ellipse_are_inverses() {
        let track = Track::new(Baseline { rx: 20.0, ry: 14.0 });
        for angle in [0.1, 1.0, 2.5, 4.0, 6.2] {
            let back = track.angle_at(track.length_at(angle));
            assert!((back - angle).abs() < 1e-6, "{angle} came back as {back}");
        }
    }

    #[test]
    fn the_part_above_a_letter_is_its_accent_and_moves_alone() {
        let mut glyph = Rect::new(0.0, -1.0, 0.6, 0.0).to_path(1e-3);
        // The counter within the letter, and the accent above it.
        glyph.extend(Rect::new(0.2, -0.7, 0.4, -0.3).to_path(1e-3));
        glyph.extend(Rect::new(0.25, -1.3, 0.35, -1.1).to_path(1e-3));
        let found: Vec<bool> = accents(&glyph).into_iter().map(|(_, is)| is).collect();
        assert_eq!(found, [false, false, true]);
        let glyph = Glyph {
            path: glyph,
            advance: 0.7,
        };
        let style = Style {
            face: 0,
            capital_mm: 2.0,
            stretch: 0.5,
        };
        let moved = MovedAccent {
            letter: 3,
            shift: Vec2::new(0.1, -0.2),
        };
        assert_eq!(letter(&glyph, 2, style, Some(moved)), glyph.path);
        let new = letter(&glyph, 3, style, Some(moved)).bounding_box();
        // 0.2 mm of 2 mm capitals is a tenth of a capital.
        assert!(
            (new.y0 + 1.4).abs() < 1e-9 && (new.x0, new.x1) == (0.0, 0.6),
            "{new:?}"
        );
    }

    #[test]
    fn a_circle_is_as_long_as_its_radius_says() {
        let track = Track::new(Baseline { rx: 10.0, ry: 10.0 });
        assert!((track.total() - TAU * 10.0).abs() < 1e-6);
    }
}
