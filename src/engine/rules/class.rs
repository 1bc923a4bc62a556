//! Whether a registered seal measures what its class asks for.
//!
//! The registered specimen of the individual seal outranks its class: impressions are compared with the specimen, and
//! the class is held against the register alone.

use serde_json::Value;

use crate::extraction::Shape;
use crate::registry::RegisteredSeal;
use crate::rules::Basis;
use crate::rules::Finding;
use crate::rules::Scene;
use crate::rules::impression::registered_sides;
use crate::rules::impression::shape_name;
use crate::rules::rule_set::Class;
use crate::rules::rule_set::Enforce;

/// How the article of a basis begins that is what a class of seals measures: its profile follows.
pub const CLASS: &str = "class ";

/// Standard deviations of a measured specimen beyond the tolerance before it is told.
const SIGMAS: f64 = 2.0;

/// The finding about a seal that is registered off its class.
#[must_use]
pub fn finding(seal: &RegisteredSeal, scene: Scene<'_>) -> Option<Finding> {
    let stated = &seal.particulars;
    let profile = stated.profile.as_ref()?;
    let class = scene
        .rules
        .class(profile, stated.registered_on.or(scene.date))?;
    let sides = registered_sides(seal)
        .map(|sides| sides.map(|side| (side.value, SIGMAS * side.uncertainty)));
    let (off, values) = off(class, (seal.shape(), sides))?;
    let id = &seal.id;
    let message = format!("Seal {id} is registered with {off} for its class {profile}.");
    // The document is judged by the specimen: what its seal's class asks for asks nobody to look at the document.
    let finding = Finding::remark("seal.off_class", message)
        .value("class", profile.as_str())
        .value("source", class.source.as_str())
        .value("in_force", class.period.interval())
        .value("seal", id.as_str());
    let finding = values
        .into_iter()
        .fold(finding, |finding, (name, value)| finding.value(name, value));
    Some(match class.enforce {
        Enforce::Law => finding.under(Some(Basis {
            instrument: class.source.clone(),
            article: format!("{CLASS}{profile}"),
            in_force: class.period.interval(),
        })),
        // Practice binds nobody.
        Enforce::Advisory => finding,
    })
}

/// What is off, in words and by name; `sides` are the long and the short one, each with what its measurement leaves open.
fn off(
    class: &Class,
    (shape, sides): (Shape, Option<[(f64, f64); 2]>),
) -> Option<(String, Vec<(&'static str, Value)>)> {
    let tenths = |mm: f64| Value::from((10.0 * mm).round() / 10.0);
    if let Some(asked) = class.shape.filter(|asked| *asked != shape) {
        let (shape, asked) = (shape_name(shape), shape_name(asked));
        return Some((
            format!("the shape {shape}, not {asked}, as asked"),
            vec![("registered", shape.into()), ("asked_shape", asked.into())],
        ));
    }
    let [(long, long_open), (short, short_open)] = sides?;
    let (low, high) = class.long_side_mm;
    let tolerance = class.tolerance_mm;
    let asked = match (low, high) {
        (Some(low), Some(high)) if low < high => format!("{low:.1} to {high:.1} mm"),
        (Some(low), None) => format!("at least {low:.1} mm"),
        (None, Some(high)) => format!("at most {high:.1} mm"),
        (Some(size), Some(_)) => format!("{size:.1} mm"),
        (None, None) => return None,
    };
    let is_low = low.is_some_and(|low| long < low - tolerance - long_open);
    let is_high = high.is_some_and(|high| long > high + tolerance + long_open);
    if is_low || is_high {
        let mut values = vec![("long_side_mm", tenths(long))];
        values.extend(low.map(|low| ("asked_min_mm", tenths(low))));
        values.extend(high.map(|high| ("asked_max_mm", tenths(high))));
        return Some((format!("{long:.1} mm, where {asked} are asked"), values));
    }
    let asked = class.short_side_mm?;
    ((short - asked).abs() > tolerance + short_open).then(|| {
        (
            format!("a short side of {short:.1} mm, where {asked:.1} mm are asked"),
            vec![
                ("short_side_mm", tenths(short)),
                ("asked_mm", tenths(asked)),
            ],
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    fn said(profile: &str, shape: Shape, sides: [f64; 2]) -> Option<String> {
        let class = RuleSet::shipped().class(profile, None).unwrap();
        let off = off(class, (shape, Some(sides.map(|side| (side, 0.1)))));
        off.map(|(said, _)| said)
    }

    #[test]
    fn a_registered_seal_is_held_against_its_class_within_the_tolerance() {
        let township = |size| said("CN-TOWNSHIP-GOV", Shape::Round, [size, size]);
        assert_eq!(township(42.0), None);
        assert_eq!(
            township(42.55),
            None,
            "within the tolerance and what the measurement leaves open"
        );
        assert_eq!(township(45.0).unwrap(), "45.0 mm, where 42.0 mm are asked");
        let unit = said("CN-INTERNAL-UNIT", Shape::Round, [46.0, 46.0]).unwrap();
        assert_eq!(unit, "46.0 mm, where at most 45.0 mm are asked");
        assert!(
            said("CN-TOWNSHIP-GOV", Shape::Oval, [42.0, 42.0])
                .unwrap()
                .contains("not round")
        );
        assert_eq!(said("CN-INVOICE", Shape::Oval, [40.0, 30.0]), None);
        let invoice = said("CN-INVOICE", Shape::Oval, [40.0, 35.0]).unwrap();
        assert!(invoice.contains("short side of 35.0 mm"), "{invoice}");
    }
}
