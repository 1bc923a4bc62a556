//! Which impressions of a page are objects of their own in the file.

use crate::geometry::PixelRect;
use crate::ingest::Overlays;
use crate::reading::own_image;
use crate::rules;
use crate::rules::Finding;
use crate::verify::report;

/// Notes it of each impression of a page, the first of which is the document's `first`; what is found
/// is about them.
pub(super) fn note(
    overlays: Option<&Overlays>,
    (page, first): (u32, usize),
    impressions: &mut [report::Impression],
) -> Vec<Finding> {
    let Some(overlays) = overlays else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for (index, impression) in impressions.iter_mut().enumerate() {
        let [x, y, width, height] = impression.bbox_px;
        let bbox = PixelRect {
            x,
            y,
            width,
            height,
        };
        let own = own_image(bbox, overlays);
        impression.own_image = match own {
            Some(_) => Some(true),
            // What was not looked at may bear it.
            None => (overlays.left_out == 0).then_some(false),
        };
        let finding = own.map(rules::file::own_image);
        findings.extend(finding.map(|finding| finding.about(first + index, page)));
    }
    findings
}
