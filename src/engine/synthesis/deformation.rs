//! How a face changes shape: the small give of rubber at every stamping, the marks that one die
//! keeps for life, and the damage that calls for a new registration.

use kurbo::Affine;
use kurbo::Vec2;

use crate::imaging::Density;
use crate::synthesis::chance::Chance;
use crate::synthesis::die::FACE_MARGIN_MM;
use crate::synthesis::die::FACE_PX_PER_MM;
use crate::synthesis::noise::smooth_field;
use crate::synthesis::raster::floor_index;
use crate::synthesis::raster::sample;
use crate::synthesis::raster::signed_distance;
use crate::synthesis::raster::single;

/// The damage of a die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Pulled to an ellipse by 2 to 6 %.
    Stretched,
    /// Pushed in at one side.
    Dented,
    /// Bent all over, slowly.
    Warped,
    /// Cracked across.
    Cracked,
    /// A part of the edge is missing.
    Chipped,
    /// Swollen: lines thicker in a region, which has grown.
    Swollen,
    /// Worn: fine lines gone in patches.
    Worn,
}

/// Every kind of damage.
pub const DAMAGES: [Damage; 7] = [
    Damage::Stretched,
    Damage::Dented,
    Damage::Warped,
    Damage::Cracked,
    Damage::Chipped,
    Damage::Swollen,
    Damage::Worn,
];

impl Damage {
    /// The word that truth uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stretched => "stretched",
            Self::Dented => "dented",
            Self::Warped => "warped",
            Self::Cracked => "cracked",
            Self::Chipped => "chipped",
            Self::Swollen => "swollen",
            Self::Worn => "worn",
        }
    }
}

/// A damaged face, the transform that truth must know of, and the amount.
#[derive(Clone, Debug)]
pub struct Damaged {
    /// The face after the damage.
    pub face: Density,
    /// How the whole outline moved, in millimetres about the centre.
    pub outline: Affine,
    /// The amount in words.
    pub detail: String,
}

/// Damages a face.
#[must_use]
pub fn damage(face: &Density, kind: Damage, chance: &mut Chance) -> Damaged {
    let half = half_extent(face);
    let mut outline = Affine::IDENTITY;
    let (face, detail) = match kind {
        Damage::Stretched => {
            let amount = chance.between(0.02, 0.06);
            let axis = Affine::rotate(chance.between(0.0, std::f64::consts::PI));
            let pull = axis
                * Affine::scale_non_uniform(1.0 + amount * 0.6, 1.0 - amount * 0.4)
                * axis.inverse();
            outline = pull;
            let back = pull.inverse();
            let face = moved(face, |p| (back * p.to_point()).to_vec2());
            (face, format!("{:.1} %", 100.0 * amount))
        }
        Damage::Dented => {
            let depth = chance.between(0.5, 1.2);
            let place = rim_point(half, 0.95, chance);
            let width = chance.between(3.0, 6.0);
            let push = place.normalize() * depth;
            let face = moved(face, |p| {
                p + push * libm::exp(-(p - place).hypot2() / (2.0 * width * width))
            });
            (face, format!("{depth:.2} mm deep"))
        }
        Damage::Warped => {
            let rms = chance.between(0.22, 0.45);
            let length = chance.between(9.0, 14.0);
            (given(face, rms, length, chance), format!("{rms:.2} mm rms"))
        }
        Damage::Cracked => cracked(face, half, chance),
        Damage::Chipped => chipped(face, half, chance),
        Damage::Swollen => {
            let place = rim_point(half, 0.5, chance);
            let width = chance.between(4.0, 7.0);
            let growth = chance.between(0.05, 0.1);
            let grown = moved(face, |p| {
                let near = libm::exp(-(p - place).hypot2() / (2.0 * width * width));
                p - (p - place) * (growth * near)
            });
            (
                thickened(&grown, place, width, chance),
                format!("{:.0} %", 100.0 * growth),
            )
        }
        Damage::Worn => worn(face, chance),
    };
    Damaged {
        face,
        outline,
        detail,
    }
}

/// The give of the face at one stamping: smooth displacement, a little scale and shear.
///
/// The displacement is 0.02 to 0.08 mm rms, correlated over 5 to 14 mm; scale and shear stay within
/// 0.3 %, the range the method's notes give for rubber.
#[must_use]
pub fn stamped(face: &Density, chance: &mut Chance) -> Density {
    let rms = chance.scaled(0.02, 0.08);
    let length = chance.between(5.0, 14.0);
    let linear = Affine::new([
        1.0 + chance.normal() * 0.0013,
        chance.normal() * 0.001,
        chance.normal() * 0.001,
        1.0 + chance.normal() * 0.0013,
        0.0,
        0.0,
    ]);
    let given = given(face, rms, length, chance);
    moved(&given, |p| (linear * p.to_point()).to_vec2())
}

/// The marks that one die keeps for life: nicks, specks and uneven engraving.
#[must_use]
pub fn engraved(face: &Density, chance: &mut Chance) -> Density {
    let mut face = given(
        face,
        chance.between(0.004, 0.01),
        chance.between(1.0, 3.0),
        chance,
    );
    let half = half_extent(&face);
    let nicks = 3 + chance.index(8);
    for mark in 0..nicks + 3 {
        let spot = rim_point(half, chance.between(0.1, 1.0), chance);
        let radius = chance.between(0.08, 0.26);
        let ink = if mark < nicks { 0.0 } else { 1.0 };
        let radius = if mark < nicks { radius } else { radius * 0.5 };
        blot(&mut face, spot, radius, ink);
    }
    face
}

/// Displaces a face smoothly by `rms` millimetres in each axis, correlated over `length` millimetres.
fn given(face: &Density, rms: f64, length: f64, chance: &mut Chance) -> Density {
    let (width, height) = (face.width(), face.height());
    let across = smooth_field(width, height, length * FACE_PX_PER_MM, chance);
    let down = smooth_field(width, height, length * FACE_PX_PER_MM, chance);
    let reach = single(rms * FACE_PX_PER_MM);
    let mut out = Density::filled(width, height, 0.0);
    for y in 0..height {
        let (dx, dy) = (across.row(y), down.row(y));
        for (x, value) in out.row_mut(y).iter_mut().enumerate() {
            let column = x as f32 + 0.5 + reach * dx[x];
            let row = y as f32 + 0.5 + reach * dy[x];
            *value = sample(face, column, row, 0.0);
        }
    }
    out
}

/// The face with each point taken from where `source` says, in millimetres about the centre.
pub(super) fn moved(face: &Density, source: impl Fn(Vec2) -> Vec2) -> Density {
    let (width, height) = (face.width(), face.height());
    let middle = Vec2::new(width as f64 / 2.0, height as f64 / 2.0);
    let mut out = Density::filled(width, height, 0.0);
    for y in 0..height {
        for (x, value) in out.row_mut(y).iter_mut().enumerate() {
            let here = (Vec2::new(x as f64 + 0.5, y as f64 + 0.5) - middle) / FACE_PX_PER_MM;
            let there = source(here) * FACE_PX_PER_MM + middle;
            *value = sample(face, single(there.x), single(there.y), 0.0);
        }
    }
    out
}

pub(super) fn half_extent(face: &Density) -> Vec2 {
    let half = Vec2::new(face.width() as f64, face.height() as f64) / (2.0 * FACE_PX_PER_MM);
    half - Vec2::new(FACE_MARGIN_MM, FACE_MARGIN_MM)
}

/// A point in any direction at a share of the way to the edge.
pub(super) fn rim_point(half: Vec2, share: f64, chance: &mut Chance) -> Vec2 {
    let (sin, cos) = libm::sincos(chance.between(0.0, std::f64::consts::TAU));
    Vec2::new(half.x * cos, half.y * sin) * share
}

/// Sets the samples of a small disc to `ink`.
fn blot(face: &mut Density, spot: Vec2, radius: f64, ink: f32) {
    repaint(
        face,
        |p, value| {
            let inside =
                single(((radius - (p - spot).hypot()) * FACE_PX_PER_MM + 0.5).clamp(0.0, 1.0));
            value + (ink - value) * inside
        },
        Some((spot, radius)),
    );
}

/// Applies `paint` to each sample, or to those about a spot, with its place in millimetres.
pub(super) fn repaint(
    face: &mut Density,
    paint: impl Fn(Vec2, f32) -> f32,
    about: Option<(Vec2, f64)>,
) {
    let (width, height) = (face.width(), face.height());
    let middle = Vec2::new(width as f64 / 2.0, height as f64 / 2.0);
    let index = |value: f64, limit: usize| floor_index(value).min(limit);
    let (columns, rows) = about.map_or((0..width, 0..height), |(spot, radius)| {
        let reach = Vec2::new(radius, radius) * 1.2 + Vec2::new(0.1, 0.1);
        let low = (spot - reach) * FACE_PX_PER_MM + middle;
        let high = (spot + reach) * FACE_PX_PER_MM + middle;
        let columns = index(low.x, width)..index(high.x + 1.0, width);
        (columns, index(low.y, height)..index(high.y + 1.0, height))
    });
    for y in rows {
        for x in columns.clone() {
            let here = (Vec2::new(x as f64 + 0.5, y as f64 + 0.5) - middle) / FACE_PX_PER_MM;
            let value = face.at(x, y);
            face.row_mut(y)[x] = paint(here, value);
        }
    }
}

/// A wandering gap across the face, one side of it slipped.
fn cracked(face: &Density, half: Vec2, chance: &mut Chance) -> (Density, String) {
    let (sin, cos) = libm::sincos(chance.between(0.0, std::f64::consts::PI));
    let normal = Vec2::new(cos, sin);
    let along = Vec2::new(-sin, cos);
    let offset = chance.between(-0.5, 0.5) * half.x.min(half.y);
    let gap = chance.between(0.25, 0.8);
    let slip = chance.between(0.1, 0.4);
    let (wave, phase) = (chance.between(0.4, 1.0), chance.between(0.0, 6.0));
    let side = |p: Vec2| p.dot(normal) - offset - wave * libm::sin(p.dot(along) / 3.0 + phase);
    let mut face = moved(face, |p| if side(p) > 0.0 { p + along * slip } else { p });
    repaint(
        &mut face,
        |p, value| {
            let inside = ((gap / 2.0 - side(p).abs()) * FACE_PX_PER_MM + 0.5).clamp(0.0, 1.0);
            value * (1.0 - single(inside))
        },
        None,
    );
    (face, format!("gap {gap:.2} mm, slip {slip:.2} mm"))
}

/// A bite out of the edge.
fn chipped(face: &Density, half: Vec2, chance: &mut Chance) -> (Density, String) {
    let spot = rim_point(half, 1.05, chance);
    let radius = chance.between(0.22, 0.5) * half.x.min(half.y);
    let lobes = chance.between(2.0, 5.0);
    let phase = chance.between(0.0, 6.0);
    let mut face = face.clone();
    repaint(
        &mut face,
        |p, value| {
            let from = p - spot;
            let edge = radius * (1.0 + 0.15 * libm::sin(lobes * from.atan2() + phase));
            let inside = ((edge - from.hypot()) * FACE_PX_PER_MM + 0.5).clamp(0.0, 1.0);
            value * (1.0 - single(inside))
        },
        None,
    );
    (face, format!("{radius:.1} mm of the edge missing"))
}

/// Thicker lines about a place.
fn thickened(face: &Density, place: Vec2, width: f64, chance: &mut Chance) -> Density {
    let swell = chance.between(0.06, 0.12);
    let mut distance = signed_distance(face);
    repaint(
        &mut distance,
        |p, value| {
            let near = libm::exp(-(p - place).hypot2() / (2.0 * width * width));
            (0.5 + single(swell * near * FACE_PX_PER_MM) - value).clamp(0.0, 1.0)
        },
        None,
    );
    distance
}

/// Lines rubbed thin all over and through in patches.
fn worn(face: &Density, chance: &mut Chance) -> (Density, String) {
    let (width, height) = (face.width(), face.height());
    let rub = chance.between(0.02, 0.06);
    let patches = smooth_field(width, height, 3.0 * FACE_PX_PER_MM, chance);
    let fine = smooth_field(width, height, 0.25 * FACE_PX_PER_MM, chance);
    let bare = chance.between32(0.9, 1.5);
    let mut distance = signed_distance(face);
    let thin = single(rub * FACE_PX_PER_MM);
    for ((value, patch), grain) in distance
        .samples_mut()
        .iter_mut()
        .zip(patches.samples())
        .zip(fine.samples())
    {
        let rubbed = ((patch + 0.35 * grain - bare) * 3.0).clamp(0.0, 1.0);
        let edge = (0.5 - thin * (1.0 + 0.5 * patch) - *value).clamp(0.0, 1.0);
        *value = edge * (1.0 - rubbed);
    }
    (distance, format!("{rub:.3} mm off each edge"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A face that is a filled disc of the given radius in millimetres.
    fn disc(radius: f64) -> Density {
        let side = 2 * floor_index((radius + FACE_MARGIN_MM) * FACE_PX_PER_MM);
        let mut face = Density::filled(side, side, 0.0);
        blot(&mut face, Vec2::ZERO, radius, 1.0);
        face
    }

    /// Half the extent of a face's ink in millimetres along a direction.
    fn reach(face: &Density, (sin, cos): (f64, f64)) -> f64 {
        let middle = face.width() as f64 / 2.0;
        let inked = (0..face.width() * 2).rev().find(|step| {
            let along = *step as f64 / 4.0;
            let at = (middle + along * cos, middle + along * sin);
            sample(face, single(at.0), single(at.1), 0.0) > 0.5
        });
        inked.unwrap_or(0) as f64 / 4.0 / FACE_PX_PER_MM
    }

    #[test]
    fn a_stretched_face_reaches_as_far_as_its_outline_says() {
        let face = disc(6.0);
        let mut chance = Chance::new(4, "damage", 0);
        let damaged = damage(&face, Damage::Stretched, &mut chance);
        for angle in [0.0, 0.7, 1.4, 2.1] {
            let (sin, cos) = libm::sincos(angle);
            // The stretched circle's radius in a direction, from the inverse transform.
            let back = damaged.outline.inverse() * kurbo::Point::new(cos, sin);
            let expected = 6.0 / back.to_vec2().hypot();
            let found = reach(&damaged.face, (sin, cos));
            assert!(
                (found - expected).abs() < 0.03,
                "{found} mm, expected {expected} mm"
            );
        }
    }

    #[test]
    fn the_give_of_one_stamping_moves_no_edge_by_more_than_a_third_of_a_millimetre() {
        let face = disc(6.0);
        for index in 0..4 {
            let given = stamped(&face, &mut Chance::new(4, "give", index));
            let off = (reach(&given, (0.0, 1.0)) - 6.0).abs();
            assert!(off < 0.3, "moved by {off} mm");
        }
    }
}
