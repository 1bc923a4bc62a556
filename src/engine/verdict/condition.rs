//! The state of the registered die, from what a comparison found of damage.
//!
//! Each kind of damage is asked by its own measurement: a die that was bent or cracked since it was
//! registered moves the measurements that another die moves too. The bounds lie
//! beyond what sound dies show when their rubber gives, their ink is light, or one side is pressed
//! less.

use crate::matching::Axis;
use crate::matching::Comparison;
use crate::matching::Harm;
use crate::matching::Symptom;
use crate::verdict::Conclusion;
use crate::verdict::Condition;
use crate::verdict::Evidence;

/// From where on a symptom counts as damage: its amount, and how strongly it speaks.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bound {
    amount: f64,
    strength: f64,
}

/// The bound of each kind, chosen on drawn seals (seeds 5001 and 5002: 713 impressions of sound dies, 123 of
/// damaged ones) so that few sound ones reach it.
const fn bound(harm: Harm) -> Bound {
    let (amount, strength) = match harm {
        Harm::StretchedPercent => (1.75, 0.0),
        Harm::WarpedMm => (0.2, 0.0),
        Harm::DentedMm => (0.25, 4.0),
        Harm::SwollenPercent => (2.5, 10.0),
        Harm::CrackedMm => (0.08, 9.0),
        Harm::ChippedMm2 => (2.0, 0.0),
        Harm::BorderGoneMm => (3.0, 0.0),
        Harm::WornPercent => (1.5, 0.3),
    };
    Bound { amount, strength }
}

/// The amount from which a kind of damage counts, in the unit of its name: what Antin itself calls a
/// worn, damaged or deformed die. No instrument that was read gives one.
#[must_use]
pub const fn limit(harm: Harm) -> f64 {
    bound(harm).amount
}

/// What each kind of damage makes of a die.
const fn condition_by(harm: Harm) -> Condition {
    match harm {
        Harm::StretchedPercent | Harm::WarpedMm | Harm::DentedMm | Harm::SwollenPercent => {
            Condition::Deformed
        }
        Harm::CrackedMm | Harm::ChippedMm2 | Harm::BorderGoneMm => Condition::Damaged,
        Harm::WornPercent => Condition::Worn,
    }
}

/// A symptom as a multiple of its bound.
fn beyond(symptom: &Symptom) -> f64 {
    let bound = bound(symptom.harm);
    // A growth and a dent have a direction: what shrank or stands out is not meant.
    let amount = symptom.value / bound.amount;
    if bound.strength > 0.0 {
        amount.min(symptom.strength / bound.strength)
    } else {
        amount
    }
}

/// The symptoms that count, the most telling first: those far beyond their bound before those near it.
pub(super) fn damage(comparison: &Comparison) -> Vec<Symptom> {
    let mut found: Vec<Symptom> = comparison.symptoms.clone();
    found.retain(|symptom| beyond(symptom) >= 1.0);
    found.sort_by(|a, b| beyond(b).total_cmp(&beyond(a)));
    found
}

/// The conclusion and the state of the die, from the conclusion that the ratio gives.
///
/// Damage moves marks too: a conclusion against the die is undecided where damage of the registered one
/// explains it. Where it does not, another die is the better explanation, and nothing is said of the
/// registered one, but for a plain stretch.
pub(super) fn weigh(
    concluded: Conclusion,
    damage: &[Symptom],
    evidence: &[Evidence],
) -> (Conclusion, Condition) {
    if !concluded.is_against() {
        return (concluded, of(damage));
    }
    let has = |harm| damage.iter().any(|symptom| symptom.harm == harm);
    if explains(damage, evidence) {
        (Conclusion::Undecided, of(damage))
    } else if has(Harm::StretchedPercent) {
        (concluded, Condition::Deformed)
    } else {
        (concluded, Condition::Unknown)
    }
}

/// What an axis may say against the die for damage to explain it, log10.
const OWN_MIN: f64 = -0.5;

/// Times its bound from which damage explains anything: text spaced otherwise looks like a slight bend, and more is at stake
/// where a false die is excused than where a sound one is called bent.
const EXPLAINS: f64 = 1.4;
/// Evidence of a swelling that explains marks as well, nats. Of 449 false dies (seeds 5001 and 5002) none has more than 23.
const PLAIN_SWELLING: f64 = 30.0;

/// Whether damage explains what speaks against the die: it moves marks against each other smoothly and
/// leaves their own shapes, lines and places among their neighbours, which another engraving does not. A
/// die bent all over looks most like one, so that no single mark may stand elsewhere beside it. A plain
/// swelling takes marks, figure and border lines with it.
fn explains(damage: &[Symptom], evidence: &[Evidence]) -> bool {
    let strong = || damage.iter().filter(|symptom| beyond(symptom) >= EXPLAINS);
    let has = |is: fn(Harm) -> bool| strong().any(|symptom| is(symptom.harm));
    let is_swollen =
        strong().any(|s| s.harm == Harm::SwollenPercent && s.strength >= PLAIN_SWELLING);
    let agree = |is: fn(Axis) -> bool| {
        let own = evidence.iter().filter(|evidence| is(evidence.axis));
        own.fold(0.0_f64, |least, evidence| least.min(evidence.log10_lr)) > OWN_MIN
    };
    is_swollen
        || agree(is_own)
            && (has(moves_one_place)
                || has(|harm| harm == Harm::WarpedMm) && agree(|axis| axis == Axis::GroupShiftMm))
}

/// Whether a kind of damage moves the drawing by a plain map, at one place or along one line.
const fn moves_one_place(harm: Harm) -> bool {
    match harm {
        Harm::StretchedPercent | Harm::DentedMm | Harm::SwollenPercent | Harm::CrackedMm => true,
        Harm::WarpedMm | Harm::ChippedMm2 | Harm::BorderGoneMm | Harm::WornPercent => false,
    }
}

/// Whether an axis speaks of the marks themselves, of the figure or of the border against the rest: a group of marks is
/// moved by a dent as well.
const fn is_own(axis: Axis) -> bool {
    match axis {
        Axis::GlyphDisplacementMm
        | Axis::GlyphShape
        | Axis::RingWidthMm
        | Axis::RingRadiusMm
        | Axis::MotifTurnDeg
        | Axis::MotifShiftMm
        | Axis::MotifSizeMm
        | Axis::ExtraInk => true,
        Axis::ScalePercent | Axis::TextSpacingMm | Axis::GroupShiftMm => false,
    }
}

/// The state that symptoms give: that of the most telling, wear only where the die is otherwise sound.
fn of(damage: &[Symptom]) -> Condition {
    let states = || damage.iter().map(|symptom| condition_by(symptom.harm));
    states()
        .find(|state| *state != Condition::Worn)
        .or_else(|| states().next())
        .unwrap_or(Condition::Sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symptom(harm: Harm, value: f64, strength: f64) -> Symptom {
        Symptom {
            harm,
            value,
            uncertainty: 1.0,
            strength,
            at_px: Vec::new(),
        }
    }

    #[test]
    fn a_die_without_symptoms_is_sound_and_wear_gives_way_to_damage() {
        assert_eq!(of(&[]), Condition::Sound);
        let worn = symptom(Harm::WornPercent, 5.0, 2.0);
        let dent = symptom(Harm::DentedMm, 0.5, 9.0);
        assert_eq!(of(std::slice::from_ref(&worn)), Condition::Worn);
        assert_eq!(of(&[worn, dent]), Condition::Deformed);
    }

    #[test]
    fn a_dent_explains_a_group_set_elsewhere_but_not_letters_of_another_face() {
        let dent = [symptom(Harm::DentedMm, 0.6, 9.0)];
        let against = |axis| {
            [Evidence {
                axis,
                value: 0.1,
                uncertainty: 0.01,
                visibility: None,
                log10_lr: -1.2,
                at_px: Vec::new(),
                displacements: Vec::new(),
                text_band: None,
            }]
        };
        let weighed =
            |damage: &[Symptom], axis| weigh(Conclusion::Different, damage, &against(axis));
        let moved = weighed(&dent, Axis::GroupShiftMm);
        assert_eq!(moved, (Conclusion::Undecided, Condition::Deformed));
        let letters = weighed(&dent, Axis::GlyphDisplacementMm);
        assert_eq!(letters, (Conclusion::Different, Condition::Unknown));
        let warped = [symptom(Harm::WarpedMm, 0.4, 8.0)];
        let moved = weighed(&warped, Axis::GroupShiftMm);
        assert_eq!(moved, (Conclusion::Different, Condition::Unknown));
        let spaced = weighed(&warped, Axis::TextSpacingMm);
        assert_eq!(spaced, (Conclusion::Undecided, Condition::Deformed));
    }

    #[test]
    fn every_bound_can_be_reached_and_be_missed() {
        for harm in [
            Harm::StretchedPercent,
            Harm::WarpedMm,
            Harm::DentedMm,
            Harm::SwollenPercent,
            Harm::CrackedMm,
            Harm::ChippedMm2,
            Harm::BorderGoneMm,
            Harm::WornPercent,
        ] {
            let Bound { amount, strength } = bound(harm);
            assert!(amount > 0.0 && strength >= 0.0, "{harm:?}");
            assert_ne!(condition_by(harm), Condition::Sound, "{harm:?}");
        }
    }
}
