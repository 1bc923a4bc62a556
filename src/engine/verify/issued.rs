//! The issuer that a document names, beside the names of the bodies whose seals it bears.

use jiff::civil::Date;

use crate::registry::Lives;
use crate::rules::Finding;
use crate::rules::issuer;
use crate::rules::issuer::Bearing;
use crate::verify::fields::Fields;
use crate::verify::recorded::borne;
use crate::verify::report::Impression;

/// What is to be said of the issuer of a document of this date; nothing where one of both is not known.
pub(super) fn findings(
    impressions: &[Impression],
    (fields, date): (Option<&Fields>, Option<Date>),
    lives: &dyn Lives,
) -> Vec<Finding> {
    let printed = fields.and_then(|fields| fields.issuer.value.as_deref());
    let Some((printed, date)) = printed.zip(date) else {
        return Vec::new();
    };
    let mut bearings = Vec::new();
    for (index, id) in borne(impressions) {
        let life = lives.life(id).map(|(_, life)| life);
        let bearing = life.and_then(|life| issuer::bearing(printed, life, date));
        bearings.extend(bearing.map(|bearing| (index, id, bearing)));
    }
    // Of a document that several have sealed one is named, and the others' names are not missed.
    let is_unlike = |bearing: &Bearing<'_>| matches!(bearing, Bearing::Unlike { .. });
    let is_explained = !bearings.iter().all(|(.., bearing)| is_unlike(bearing));
    let told = bearings
        .iter()
        .filter(|(.., bearing)| !(is_explained && is_unlike(bearing)));
    let found = told.filter_map(|(index, id, bearing)| {
        let finding = bearing.finding((*id, printed), date)?;
        Some(finding.about(*index, impressions[*index].page))
    });
    found.collect()
}
