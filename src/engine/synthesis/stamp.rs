//! One impression of a set: from a seal and a way of making it to a picture in ink.

use kurbo::Affine;
use kurbo::Point;
use serde_json::Map;
use serde_json::Value;

use crate::imaging::Density;
use crate::synthesis::catalogue::Seal;
use crate::synthesis::chance::Chance;
use crate::synthesis::deformation;
use crate::synthesis::deformation::Damage;
use crate::synthesis::die::FACE_PX_PER_MM;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::forgery;
use crate::synthesis::forgery::Forgery;
use crate::synthesis::forgery::Strength;
use crate::synthesis::ink;
use crate::synthesis::ink::Care;
use crate::synthesis::ink::Pad;
use crate::synthesis::ink::Slip;
use crate::synthesis::truth::Place;
use crate::synthesis::wear::Life;

/// How an impression comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Make {
    /// With the seal's own die.
    Genuine,
    /// With another die that poses as it, cut for this impression alone.
    Forged(Forgery),
    /// With another die that poses as it, the one of this number.
    ForgedSeries(Forgery, usize),
    /// With the seal's own die, damaged.
    Damaged(Damage),
    /// With the seal's own die after so many thousandths of its years of use, worn as its life goes.
    Aged(u16),
}

/// An impression before it is set down on a page.
#[derive(Clone, Debug)]
pub struct Stamped {
    /// Light through it, by channel.
    pub planes: [Density; 3],
    /// From the die's millimetres to the planes' pixels.
    pub picture_from_die: Affine,
    /// Half the width and height of the die's outer edge as drawn, in millimetres.
    pub half_size: (f64, f64),
    /// What a damaged die did to its outline.
    pub outline: Affine,
    /// The amounts of a forgery.
    pub forgery_detail: Map<String, Value>,
    /// The amount of a damage.
    pub damage_detail: Option<String>,
    /// How far the die is worn.
    pub wear: Map<String, Value>,
}

/// Makes one impression of `seal`, whose own die keeps the marks that `seed` gives it.
#[must_use]
pub fn stamp(
    seal: &Seal,
    make: Make,
    care: Care,
    world: World<'_>,
    chance: &mut Chance,
) -> Stamped {
    stamp_slipping(seal, make, (care, None), world, chance)
}

/// The same with a hand that may slip.
#[must_use]
pub fn stamp_slipping(
    seal: &Seal,
    make: Make,
    (care, slip): (Care, Option<Slip>),
    world: World<'_>,
    chance: &mut Chance,
) -> Stamped {
    let fonts = world.fonts;
    let mut half_size = seal.die.half_size();
    let mut outline = Affine::IDENTITY;
    let mut forgery_detail = Map::new();
    let mut damage_detail = None;
    let mut wear = Map::new();
    let own_face = || {
        let mut marks = Chance::new(world.seed, &format!("marks {}", seal.id), 0);
        deformation::engraved(&seal.die.face(fonts), &mut marks)
    };
    let face = match make {
        Make::Genuine => own_face(),
        Make::Damaged(kind) => {
            // A die is damaged once: all its later impressions would show the same.
            let damaged = deformation::damage(&own_face(), kind, chance);
            outline = damaged.outline;
            damage_detail = Some(damaged.detail);
            damaged.face
        }
        Make::Aged(share) => {
            let (life, new) = (Life::of(seal, world.seed), own_face());
            let wearing = life.begin(&new);
            wear = wearing.truth(seal, share);
            let (face, scale) = wearing.face(life.days_at(share));
            outline = Affine::scale(scale);
            face
        }
        Make::Forged(Forgery::Traced) => {
            let pad = Pad::draw(seal.ink, Care::Specimen, chance);
            let source = ink::press(&deformation::stamped(&own_face(), chance), &pad, chance);
            let traced = forgery::trace(&source, chance);
            forgery_detail = traced.detail;
            traced.face
        }
        Make::Forged(kind) | Make::ForgedSeries(kind, _) => {
            let mut series = match make {
                Make::ForgedSeries(_, number) => {
                    let stream = format!("forged die {}", seal.id);
                    Some(Chance::new(world.seed, &stream, number))
                }
                Make::Genuine | Make::Aged(_) | Make::Damaged(_) | Make::Forged(_) => None,
            };
            let chance = series.as_mut().unwrap_or(&mut *chance);
            let forged = forgery::forge(&seal.die, (kind, world.strength), fonts, chance);
            forgery_detail = forged.detail;
            half_size = forged.die.half_size();
            deformation::engraved(&forged.die.face(fonts), chance)
        }
    };
    let mut pad = Pad::draw(seal.ink, care, chance);
    if let Some(slip) = slip {
        pad.slip(slip, chance);
    }
    let impression = ink::press(&deformation::stamped(&face, chance), &pad, chance);
    let middle = kurbo::Vec2::new(face.width() as f64 / 2.0, face.height() as f64 / 2.0);
    Stamped {
        planes: impression.planes,
        picture_from_die: Affine::translate(middle) * Affine::scale(FACE_PX_PER_MM),
        half_size,
        outline,
        forgery_detail,
        damage_detail,
        wear,
    }
}

/// What every drawing of a set shares.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// The typefaces.
    pub fonts: &'a Fonts,
    /// The seed of the whole set.
    pub seed: u64,
    /// How far false dies stray.
    pub strength: Strength,
}

impl Stamped {
    /// Where the impression is on a scan, given the transform from the die's millimetres.
    #[must_use]
    pub fn place(&self, scan_from_die: Affine) -> Place {
        let full = scan_from_die * self.outline;
        let centre = full * Point::ORIGIN;
        let turn = scan_from_die * Point::new(1.0, 0.0) - scan_from_die * Point::ORIGIN;
        // The scale along the die's own axes, and the half extents of the stretched outline there.
        let scale_x = turn.hypot();
        let scale_y =
            (scan_from_die * Point::new(0.0, 1.0) - scan_from_die * Point::ORIGIN).hypot();
        let [a, b, c, d, _, _] = self.outline.as_coeffs();
        let (rx, ry) = self.half_size;
        let half_x = libm::hypot(a * rx, c * ry) * scale_x;
        let half_y = libm::hypot(b * rx, d * ry) * scale_y;
        let tenth = |value: f64| (value * 100.0).round() / 100.0;
        Place {
            centre_px: [tenth(centre.x), tenth(centre.y)],
            radius_px: [tenth(half_x), tenth(half_y)],
            rotation_deg: tenth(turn.atan2().to_degrees()),
        }
    }
}
