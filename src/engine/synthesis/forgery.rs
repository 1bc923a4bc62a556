//! Other dies that pose as a registered one, by graded or by marked amounts.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::imaging::Density;
use crate::synthesis::chance::Chance;
use crate::synthesis::die::Die;
use crate::synthesis::fonts::Class;
use crate::synthesis::fonts::FaceId;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::ink::Impression;
use crate::synthesis::lettering::MovedAccent;
use crate::synthesis::lettering::Style;
use crate::synthesis::lettering::accented;
use crate::synthesis::lettering::natural_width;
use crate::synthesis::raster::blur;

/// How a false die differs from the registered one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgery {
    /// Letters of another typeface, fitted to the same places.
    Font,
    /// Texts 0.5 to 3 % longer or shorter.
    Spacing,
    /// The outer line 0.05 to 0.5 mm further out or in.
    Radius,
    /// Lines 8 to 25 % thicker or thinner.
    Width,
    /// The whole 1 to 4 % larger or smaller.
    Size,
    /// The figure, or else a mark or a line of text, turned, moved or resized.
    Star,
    /// Small amounts of several at once.
    Combination,
    /// Cut from a scan of one real impression.
    Traced,
    /// One accent of one letter out of its place.
    Accent,
}

/// The kinds that change one amount and nothing else.
pub const SINGLE_AXES: [Forgery; 5] = [
    Forgery::Radius,
    Forgery::Spacing,
    Forgery::Star,
    Forgery::Width,
    Forgery::Accent,
];

/// The kinds of which sets of graded or marked strength hold some each.
pub const FORGERIES: [Forgery; 8] = [
    Forgery::Font,
    Forgery::Spacing,
    Forgery::Radius,
    Forgery::Width,
    Forgery::Size,
    Forgery::Star,
    Forgery::Combination,
    Forgery::Traced,
];

impl Forgery {
    /// The word that truth uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Font => "font",
            Self::Spacing => "spacing",
            Self::Radius => "radius",
            Self::Width => "width",
            Self::Size => "size",
            Self::Star => "star",
            Self::Combination => "combo",
            Self::Traced => "traced",
            Self::Accent => "accent",
        }
    }
}

/// How far a false die strays from the registered one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strength {
    /// From hardly visible amounts on: what the detection curves are drawn from.
    #[default]
    Graded,
    /// One amount each that a careful engraver would not let pass: the outer line 0.3 mm, texts
    /// 2 %, lines 15 %, the whole 2 %, the figure 2 to 3 degrees, 0.4 mm or 6 %.
    Marked,
    /// One amount at a time over the whole range of detection curves: the outer line 0.05 to 0.5 mm,
    /// texts 0.3 to 3 %, the figure 0.5 to 4 degrees, lines 5 to 20 %, one accent 0.1 to 0.6 mm.
    SingleAxis,
}

impl Strength {
    /// Least and most of an amount.
    fn range(self, graded: (f64, f64), marked: (f64, f64), single: (f64, f64)) -> (f64, f64) {
        match self {
            Self::Graded => graded,
            Self::Marked => marked,
            Self::SingleAxis => single,
        }
    }

    /// The kinds of forgery that a set of this strength holds.
    #[must_use]
    pub const fn kinds(self) -> &'static [Forgery] {
        match self {
            Self::Graded | Self::Marked => &FORGERIES,
            Self::SingleAxis => &SINGLE_AXES,
        }
    }
}

/// A false die and the amounts of its differences, by name.
#[derive(Clone, Debug)]
pub struct Forged {
    /// The drawing.
    pub die: Die,
    /// The amounts.
    pub detail: Map<String, Value>,
}

/// Re-engraves a die with differences of the given kind; a traced one keeps its drawing, as its
/// face comes from [`trace`].
#[must_use]
pub fn forge(
    die: &Die,
    (kind, strength): (Forgery, Strength),
    fonts: &Fonts,
    chance: &mut Chance,
) -> Forged {
    let mut forged = Forged {
        die: die.clone(),
        detail: Map::new(),
    };
    match kind {
        Forgery::Font => forged.font(fonts, chance),
        Forgery::Spacing => {
            forged.spacing(
                chance,
                strength.range((0.005, 0.03), (0.02, 0.02), (0.003, 0.03)),
            );
        }
        Forgery::Radius => {
            forged.radius(chance, strength.range((0.05, 0.5), (0.3, 0.3), (0.05, 0.5)));
        }
        Forgery::Width => {
            forged.width(
                chance,
                strength.range((0.08, 0.25), (0.15, 0.15), (0.05, 0.2)),
            );
        }
        Forgery::Size => {
            let (least, most) = strength.range((0.01, 0.04), (0.02, 0.02), (0.003, 0.03));
            let change = chance.sign() * chance.between(least, most);
            forged.die.scale *= 1.0 + change;
            forged.note("size_percent", 100.0 * change);
        }
        Forgery::Star if strength == Strength::SingleAxis => forged.turn(fonts, chance),
        Forgery::Star => forged.star(strength, chance),
        Forgery::Accent => forged.accent(fonts, chance),
        Forgery::Combination => {
            forged.radius(
                chance,
                strength.range((0.03, 0.15), (0.15, 0.15), (0.03, 0.15)),
            );
            forged.width(
                chance,
                strength.range((0.06, 0.15), (0.15, 0.15), (0.06, 0.15)),
            );
            forged.spacing(
                chance,
                strength.range((0.004, 0.015), (0.02, 0.02), (0.004, 0.015)),
            );
            if chance.happens(0.5) {
                forged.font(fonts, chance);
            }
            if chance.happens(0.5) {
                forged.star(strength, chance);
            }
        }
        Forgery::Traced => {}
    }
    forged
}

impl Forged {
    fn note(&mut self, name: &str, amount: f64) {
        self.detail
            .insert(name.to_owned(), json!((amount * 1000.0).round() / 1000.0));
    }

    fn font(&mut self, fonts: &Fonts, chance: &mut Chance) {
        let styles = self.die.arcs.iter().map(|text| text.style);
        let styles = styles.chain(self.die.lines.iter().map(|text| text.style));
        let mut swaps: Vec<(FaceId, FaceId)> = Vec::new();
        for style in styles {
            if swaps.iter().all(|(old, _)| *old != style.face) {
                swaps.push((style.face, other_face(fonts, style.face, chance)));
            }
        }
        let new = |face: FaceId| {
            swaps
                .iter()
                .find(|(old, _)| *old == face)
                .map_or(face, |s| s.1)
        };
        for text in &mut self.die.arcs {
            text.style = refitted(fonts, text.style, new(text.style.face), &text.text);
        }
        for text in &mut self.die.lines {
            text.style = refitted(fonts, text.style, new(text.style.face), &text.text);
        }
        let names: Vec<&str> = swaps.iter().map(|(_, face)| fonts.name(*face)).collect();
        self.detail
            .insert("font".to_owned(), json!(names.join(", ")));
    }

    fn spacing(&mut self, chance: &mut Chance, (least, most): (f64, f64)) {
        let change = chance.sign() * chance.between(least, most);
        for text in &mut self.die.arcs {
            text.arc.extent_mm *= 1.0 + change;
        }
        for text in &mut self.die.lines {
            text.extent_mm *= 1.0 + change;
        }
        self.note("spacing_percent", 100.0 * change);
    }

    /// Moves the outermost line and those that touch it or stand within a millimetre of it.
    fn radius(&mut self, chance: &mut Chance, (least, most): (f64, f64)) {
        let change = chance.sign() * chance.between(least, most);
        self.move_outer_lines(change);
        self.note("outer_radius_mm", change);
    }

    fn move_outer_lines(&mut self, change: f64) {
        let mut edge = f64::NEG_INFINITY;
        for ring in &mut self.die.rings {
            let near = edge == f64::NEG_INFINITY || ring.inset - ring.width / 2.0 < edge + 1.0;
            if !near {
                break;
            }
            edge = ring.inset + ring.width / 2.0;
            ring.inset -= change;
        }
    }

    fn width(&mut self, chance: &mut Chance, (least, most): (f64, f64)) {
        let change = chance.sign() * chance.between(least, most);
        for ring in &mut self.die.rings {
            ring.width *= 1.0 + change;
        }
        self.note("line_width_percent", 100.0 * change);
    }

    /// Turns the figure, or else a text round the face; a die with neither gets an accent moved.
    fn turn(&mut self, fonts: &Fonts, chance: &mut Chance) {
        let turn = chance.sign() * chance.between(0.5, 4.0);
        if let Some(figure) = &mut self.die.motif {
            figure.turn_deg += turn;
            self.note("turned_deg", turn);
        } else if let Some(text) = self.die.arcs.first_mut() {
            text.arc.turn_deg += turn;
            self.note("text_turned_deg", turn);
        } else {
            self.accent(fonts, chance);
        }
    }

    /// Moves one accent, or else, on a die without one that stands clear, the first straight text.
    fn accent(&mut self, fonts: &Fonts, chance: &mut Chance) {
        let step = chance.between(0.1, 0.6);
        let (sin, cos) = libm::sincos(chance.between(0.0, std::f64::consts::TAU));
        let shift = kurbo::Vec2::new(step * cos, step * sin);
        let arcs = self.die.arcs.iter().map(|text| (text.style, &text.text));
        let lines = self.die.lines.iter().map(|text| (text.style, &text.text));
        let mut places = Vec::new();
        for (index, (style, text)) in arcs.chain(lines).enumerate() {
            let letters = accented(fonts, style, text).into_iter();
            places.extend(letters.map(|letter| (index, letter)));
        }
        if !places.is_empty() {
            let (text, letter) = *chance.pick(&places);
            self.die.moved_accent = Some((text, MovedAccent { letter, shift }));
            self.note("accent_moved_mm", step);
        } else if let Some(text) = self.die.lines.first_mut() {
            text.middle += shift;
            self.note("text_moved_mm", step);
        } else {
            self.spacing(chance, (0.003, 0.03));
        }
    }

    fn star(&mut self, strength: Strength, chance: &mut Chance) {
        let (least, most) = strength.range((1.0, 5.0), (2.0, 3.0), (0.5, 4.0));
        let turn = chance.sign() * chance.between(least, most);
        let (sin, cos) = libm::sincos(chance.between(0.0, std::f64::consts::TAU));
        let (least, most) = strength.range((0.2, 0.6), (0.4, 0.4), (0.2, 0.6));
        let step = chance.between(least, most);
        let shift = kurbo::Vec2::new(step * cos, step * sin);
        let (least, most) = strength.range((0.03, 0.09), (0.06, 0.06), (0.03, 0.09));
        let growth = 1.0 + chance.sign() * chance.between(least, most);
        let how = chance.index(3);
        if let Some(figure) = &mut self.die.motif {
            match how {
                0 => figure.turn_deg += turn,
                1 => figure.middle += shift,
                _ => figure.radius *= growth,
            }
        } else if how == 0 && !self.die.separators.is_empty() {
            for mark in &mut self.die.separators {
                mark.middle += shift;
            }
        } else if let Some(text) = self.die.lines.first_mut() {
            text.middle += shift;
        } else if let Some(text) = self.die.arcs.first_mut() {
            text.arc.turn_deg += turn;
        }
        match (self.die.motif.is_some(), how) {
            (true, 0) => self.note("turned_deg", turn),
            (true, 2) => self.note("resized_percent", 100.0 * (growth - 1.0)),
            _ => self.note("moved_mm", step),
        }
    }
}

/// Another face that could pass for the given one.
fn other_face(fonts: &Fonts, face: FaceId, chance: &mut Chance) -> FaceId {
    let class = fonts.class(face);
    let mut faces = fonts.of_class(class);
    if class == Class::Narrow {
        faces.extend(fonts.of_class(Class::Sans));
    }
    faces.retain(|other| *other != face);
    *chance.pick(&faces)
}

/// A style in another face, its letters as wide as those before.
fn refitted(fonts: &Fonts, style: Style, face: FaceId, text: &str) -> Style {
    let before = natural_width(fonts, style, text);
    let mut new = Style { face, ..style };
    let after = natural_width(fonts, new, text);
    new.stretch = (style.stretch * before / after).clamp(0.6, 1.3);
    new
}

/// The face of a die cut from a scan of one impression.
///
/// The impression is seen by a scanner or camera of 250 to 600 dpi, made black and white, smoothed
/// and engraved; so ink spread and dry spots of that one impression become part of the die.
#[must_use]
pub fn trace(impression: &Impression, chance: &mut Chance) -> Traced {
    let dpi = chance.between(250.0, 600.0);
    let mut seen = impression.planes[1].clone();
    // The optics, the pixel's own width, and the smoothing of the outline together.
    let sigma = 0.45 * 610.0 / dpi + chance.between(0.3, 0.9);
    blur(&mut seen, sigma, sigma);
    let darkest = seen.samples().iter().copied().fold(1.0, f32::min);
    let level = darkest + (1.0 - darkest) * chance.between32(0.4, 0.6);
    let slope = 8.0 / (1.0 - darkest).max(0.1);
    let face = seen.map(|t| (0.5 + (level - t) * slope).clamp(0.0, 1.0));
    let mut detail = Map::new();
    detail.insert("traced_at_dpi".to_owned(), json!(dpi.round()));
    Traced { face, detail }
}

/// A traced face and how it was traced.
#[derive(Clone, Debug)]
pub struct Traced {
    /// The face.
    pub face: Density,
    /// The amounts.
    pub detail: Map<String, Value>,
}
