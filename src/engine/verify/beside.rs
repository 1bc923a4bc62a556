//! Seals that stand beside the date that was read, where the law asks for them over it.

use jiff::civil::Date;

use crate::placement::Role;
use crate::registry::Lives;
use crate::rules::Finding;
use crate::rules::RuleSet;
use crate::rules::Scene;
use crate::rules::placement;
use crate::verify::fields::FieldSource;
use crate::verify::fields::Fields;
use crate::verify::report::Impression;

/// What is to be said of the seals on the page of the date that was read, beside what is known already; nothing where one of them
/// covers it, or where it was given by somebody and not read.
#[must_use]
pub fn findings(
    (impressions, known): (&[Impression], &[Finding]),
    (fields, date): (Option<&Fields>, Option<Date>),
    (lives, rules): (&dyn Lives, &RuleSet),
) -> Vec<Finding> {
    let read = fields.map(|fields| &fields.date);
    let read = read.filter(|read| read.source == FieldSource::Ocr && read.value.is_some());
    let Some((page, place)) = read.and_then(|read| read.page.zip(read.bbox_px)) else {
        return Vec::new();
    };
    let of_page = impressions.iter().enumerate();
    let of_page = of_page.filter(|(_, own)| own.page == page && own.slices.is_empty());
    let apart: Vec<_> = of_page
        .map(|(index, own)| (index, own, apart_px(own.bbox_px, place)))
        .collect();
    if apart.iter().any(|(.., apart)| *apart <= 0.0) {
        return Vec::new();
    }
    let is_told = |index: usize| {
        let mut known = known.iter();
        known.any(|known| known.code == placement::NOT_OVER_DATE && known.impression == Some(index))
    };
    let found = apart.into_iter().filter_map(|(index, own, apart_px)| {
        let stands_for_it = match own.placement.role {
            Role::Signature | Role::Page | Role::Unknown => true,
            Role::Hanging | Role::Straddling | Role::Receipt | Role::Urgency => false,
        };
        let per_mm = f64::from(own.bbox_px[2]) / own.outline.width_mm?;
        let (particulars, _) = lives.life(own.seal.as_deref()?)?;
        let scene = Scene::stated(particulars, date, rules);
        let finding = placement::beside_date(apart_px / per_mm, scene)?;
        (stands_for_it && !is_told(index)).then(|| finding.about(index, page))
    });
    found.collect()
}

/// How far two boxes lie apart, pixels; 0 where they meet.
fn apart_px(a: [u32; 4], b: [u32; 4]) -> f64 {
    let gap = |at: usize| {
        let (a, b) = (
            (f64::from(a[at]), f64::from(a[at + 2])),
            (f64::from(b[at]), f64::from(b[at + 2])),
        );
        (b.0 - (a.0 + a.1)).max(a.0 - (b.0 + b.1)).max(0.0)
    };
    libm::hypot(gap(0), gap(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_lie_apart_by_the_way_between_their_nearest_points() {
        let seal = [100, 100, 50, 50];
        assert!((apart_px(seal, [160, 100, 30, 10]) - 10.0).abs() < 1e-9);
        assert!((apart_px([160, 100, 30, 10], seal) - 10.0).abs() < 1e-9);
        assert!((apart_px(seal, [153, 154, 30, 10]) - 5.0).abs() < 1e-9);
        assert!(apart_px(seal, [120, 140, 200, 40]).abs() < 1e-9);
    }
}
