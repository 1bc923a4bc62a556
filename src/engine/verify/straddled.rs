//! Seals set across several sheets: what stands at the edges of pages waits until all of them were seen.

use crate::extraction::Edge;
use crate::extraction::Impression;
use crate::extraction::Strip;
use crate::geometry::PixelRect;
use crate::matching::Specimen;
use crate::placement::Role;
use crate::placement::Spot;
use crate::production::Sign;
use crate::production::Traces;
use crate::reading::Signed;
use crate::rules;
use crate::sandbox::PageReading;
use crate::straddling;
use crate::straddling::Amount;
use crate::straddling::Fault;
use crate::straddling::Part;
use crate::straddling::Seen;
use crate::straddling::Sighted;
use crate::units::Dpi;
use crate::verify::Examiner;
use crate::verify::candidates::Attribution;
use crate::verify::impression_record;
use crate::verify::report;
use crate::verify::rounding::MM_DIGITS;
use crate::verify::rounding::rounded;

/// Correlation with a drawing from which a strip is part of its seal. Measured on drawn sheets: parts of the seal 0.67 and
/// more, strips of other seals up to 0.35.
const PART_MIN: f64 = 0.5;
/// The same of a strip that stands like the parts on pages near it: in light ink. By chance few strips would.
const FAINT_MIN: f64 = 0.36;
/// Seals that a document's strips are laid on at most.
const SEALS_MAX: usize = 4;
/// Candidates of each impression among them.
const LIKELY: usize = 2;
/// The widest strips of an edge, by which the seal is chosen.
const TRIED: usize = 6;
/// Strips that are kept, their samples in all, and impressions that wait. Of pages beyond it is not known what their edges
/// show, and what they bear is looked at by itself.
const STRIPS_MAX: usize = 120;
const SAMPLES_MAX: usize = 1 << 25;
const HELD_MAX: usize = 64;

/// What waits for the end of a document.
#[derive(Debug, Default)]
pub(super) struct Straddled {
    pages: Vec<Sheet>,
    held: Vec<Held>,
    /// Strips kept, and their samples.
    kept: (usize, usize),
}

/// The edges of a page.
#[derive(Debug)]
struct Sheet {
    number: u32,
    width_px: u32,
    /// Whether all that its edges show is known.
    is_known: bool,
    strips: Vec<Strip>,
}

/// An impression that the edge of its page cuts.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) impression: Impression,
    pub(super) is_sure: bool,
    pub(super) sign: Option<Sign>,
    pub(super) traces: Option<Traces>,
    page: u32,
    page_px: (u32, u32),
    dpi: Option<Dpi>,
    signed: Option<Signed>,
}

impl Held {
    fn spot(&self) -> Spot<'_> {
        Spot {
            outline: &self.impression.outline,
            page_px: self.page_px,
            page: self.page,
            dpi: self.dpi,
            signed: self.signed.as_ref(),
            ground: None,
        }
    }
}

impl Straddled {
    /// Takes the strips of a page.
    pub(super) fn add(&mut self, page: &mut PageReading) {
        let mut strips = std::mem::take(&mut page.strips);
        let samples = strips
            .iter()
            .map(|strip| strip.part.layers.ink.samples().len());
        let kept = (
            self.kept.0 + strips.len(),
            self.kept.1 + samples.sum::<usize>(),
        );
        let has_room = kept.0 <= STRIPS_MAX && kept.1 <= SAMPLES_MAX;
        if has_room {
            self.kept = kept;
        } else {
            strips.clear();
        }
        self.pages.push(Sheet {
            number: page.number,
            width_px: page.width_px.unwrap_or(0),
            is_known: page.content.is_ok() && has_room,
            strips,
        });
    }

    /// How well the widest strips of an edge fit a seal: the sum of their correlations.
    fn fit(&self, edge: Edge, specimen: &Specimen) -> f64 {
        let strips = self.pages.iter().flat_map(|sheet| {
            let own = sheet.strips.iter().filter(|strip| strip.edge == edge);
            own.map(move |strip| (sheet, strip))
        });
        let mut strips: Vec<_> = strips.collect();
        strips.sort_by_key(|(_, strip)| std::cmp::Reverse(strip.part.bbox.width));
        let tried = strips.into_iter().take(TRIED).filter_map(|(sheet, strip)| {
            let part = Part::find(strip, (sheet.number, sheet.width_px), specimen)?;
            Some(part.lie.correlation)
        });
        tried.sum()
    }

    /// Keeps an impression back that may be part of one across several sheets; gives it back if it is none.
    pub(super) fn hold(
        &mut self,
        impression: Impression,
        spot: (u32, (u32, u32), Option<Dpi>, Option<&Signed>),
        about: (bool, Option<Sign>, Option<&Traces>),
    ) -> Option<Impression> {
        let (page, page_px, dpi, signed) = spot;
        let is_part = self.pages.last().is_some_and(|sheet| {
            let mut strips = sheet.strips.iter();
            strips.any(|strip| strip.part.bbox.is_mostly_shared(impression.bbox))
        });
        if !is_part || self.held.len() >= HELD_MAX {
            return Some(impression);
        }
        let (is_sure, sign, traces) = about;
        self.held.push(Held {
            impression,
            is_sure,
            sign,
            traces: traces.cloned(),
            page,
            page_px,
            dpi,
            signed: signed.cloned(),
        });
        None
    }

    fn has_parts(&self) -> bool {
        self.pages
            .iter()
            .filter(|sheet| !sheet.strips.is_empty())
            .count()
            > 1
    }

    /// What the edges show of a seal; the parts beside it, one a page at most.
    fn sighted<'b>(
        &'b self,
        edge: Edge,
        specimen: &Specimen,
    ) -> (Vec<Sighted>, Vec<Option<Part<'b>>>) {
        let seen = self.pages.iter().map(|sheet| {
            let of_edge = sheet.strips.iter().filter(|strip| strip.edge == edge);
            let parts = of_edge
                .clone()
                .filter_map(|strip| Part::find(strip, (sheet.number, sheet.width_px), specimen));
            let best = parts.max_by(|a, b| a.lie.correlation.total_cmp(&b.lie.correlation));
            let part = best.filter(|part| part.lie.correlation >= FAINT_MIN);
            let strange = of_edge.clone().find_map(|strip| {
                let per_mm = strip.part.dpi?.pixels_per_mm();
                Some(strip.part.outline.centre.y / per_mm)
            });
            let seen = match (&part, strange) {
                (Some(part), _) if part.lie.correlation >= PART_MIN => Seen::Part(part.place),
                (Some(part), _) => Seen::Faint(part.place),
                (None, Some(height_mm)) => Seen::Strange(height_mm),
                (None, None) if sheet.is_known => Seen::Bare,
                (None, None) => Seen::Unread,
            };
            let sighted = Sighted {
                page: sheet.number,
                seen,
            };
            (sighted, part)
        });
        seen.unzip()
    }
}

/// A stamp across several sheets, joined.
struct Joined {
    whole: Impression,
    sheets: usize,
    slices: Vec<report::Slice>,
    /// What is wrong, each with what was measured of it.
    faults: Vec<(Fault, Option<Amount>)>,
    page: u32,
    /// Where its parts stand: page and box.
    boxes: Vec<(u32, PixelRect)>,
}

impl Examiner<'_> {
    /// Joins what waited, and examines it; gives the impressions that are new in the report.
    pub(super) fn straddled(&mut self) -> Vec<Impression> {
        let straddled = std::mem::take(&mut self.straddled);
        let joined = if straddled.has_parts() {
            self.joined(&straddled)
        } else {
            Vec::new()
        };
        let mut added = Vec::new();
        for held in straddled.held {
            let is_part = joined
                .iter()
                .flat_map(|one| &one.boxes)
                .any(|(page, bbox)| {
                    *page == held.page && bbox.is_mostly_shared(held.impression.bbox)
                });
            let about = (held.sign, held.traces.as_ref());
            if !is_part && self.impression((&held.impression, held.is_sure), held.spot(), about) {
                added.push(held.impression);
            }
        }
        for one in joined {
            added.extend(self.across(one));
        }
        added
    }

    /// The stamps of those seals that the document's strips fit best.
    fn joined(&self, straddled: &Straddled) -> Vec<Joined> {
        let seals = &self.examination.register.seals;
        let mut found = Vec::new();
        for edge in [Edge::Left, Edge::Right] {
            let of_edge = |sheet: &&Sheet| sheet.strips.iter().any(|strip| strip.edge == edge);
            if straddled.pages.iter().filter(of_edge).count() < 2 {
                continue;
            }
            let expected = self.expected(straddled).into_iter();
            let fits = expected.map(|seal| (straddled.fit(edge, &seals[seal].specimen), seal));
            let Some((_, seal)) = fits.max_by(|a, b| a.0.total_cmp(&b.0)) else {
                continue;
            };
            let specimen = &seals[seal].specimen;
            let (sighted, parts) = straddled.sighted(edge, specimen);
            let reach_mm = 0.5 * specimen.size_mm().0;
            for set in straddling::sets(&sighted, reach_mm) {
                let own: Vec<Part<'_>> = set
                    .parts
                    .iter()
                    .filter_map(|index| parts[*index].clone())
                    .collect();
                let Some(whole) = straddling::joined(&own, specimen) else {
                    continue;
                };
                let amounts = straddling::amounts(&sighted, &set, reach_mm);
                found.push(Joined {
                    whole,
                    faults: set.faults.iter().copied().zip(amounts).collect(),
                    slices: own.iter().map(slice).collect(),
                    page: own.first().map_or(1, |part| part.page),
                    boxes: own
                        .iter()
                        .map(|part| (part.page, part.strip.part.bbox))
                        .collect(),
                    sheets: set.parts.len(),
                });
            }
        }
        found
    }

    /// The seals that may stand across the sheets: the claimed one, and those that the document may bear elsewhere.
    fn expected(&self, straddled: &Straddled) -> Vec<usize> {
        let seals = &self.examination.register.seals;
        if seals.len() <= SEALS_MAX {
            return (0..seals.len()).collect();
        }
        let mut expected: Vec<usize> = self.examination.claim.into_iter().collect();
        let mut add = |seal: usize| {
            if !expected.contains(&seal) {
                expected.push(seal);
            }
        };
        for impression in &self.impressions {
            let best = impression.candidates.iter().take(LIKELY);
            let ids = impression
                .seal
                .iter()
                .chain(best.map(|candidate| &candidate.seal));
            let positions = ids.filter_map(|id| seals.iter().position(|seal| seal.id == *id));
            positions.for_each(&mut add);
        }
        // The widest part is the likest to be known by itself.
        let area = |held: &&Held| u64::from(held.impression.bbox.width);
        if let Some(held) = straddled.held.iter().max_by_key(area) {
            let attribution = Attribution::of(&held.impression, held.sign, &self.examination);
            let best = attribution.candidates.iter().take(LIKELY);
            best.for_each(|candidate| add(candidate.seal));
        }
        expected.truncate(SEALS_MAX);
        expected
    }

    /// Examines a joined impression.
    fn across(&mut self, joined: Joined) -> Option<Impression> {
        let (examination, page) = (self.examination, joined.page);
        let attribution = Attribution::of(&joined.whole, None, &examination).joined();
        let measured = attribution.refined(crate::measurement::measure(&joined.whole));
        let size = self.pages.iter().find(|own| own.number == page)?;
        let spot = Spot {
            outline: &joined.whole.outline,
            page_px: (size.width_px?, size.height_px?),
            page,
            dpi: joined.whole.dpi,
            signed: None,
            ground: None,
        };
        let (mut record, mut found) =
            impression_record(&joined.whole, &measured, spot, (&attribution, &examination));
        record.placement.role = Role::Straddling;
        record.slices = joined.slices;
        let index = self.impressions.len();
        self.impressions.push(record);
        let scene = self.scene(index);
        found.retain(|finding| !finding.code.starts_with("placement."));
        for finding in found {
            self.findings.push(finding.about(index, page));
        }
        for finding in rules::straddling::findings(&joined.faults, joined.sheets, scene) {
            let page = finding.page.unwrap_or(page);
            self.findings.push(finding.about(index, page));
        }
        self.details.measurements.push(measured);
        Some(joined.whole)
    }
}

/// A part in the report's words.
fn slice(part: &Part<'_>) -> report::Slice {
    let bbox = part.strip.part.bbox;
    report::Slice {
        page: part.page,
        bbox_px: [bbox.x, bbox.y, bbox.width, bbox.height],
        from_mm: rounded(part.place.from_mm, MM_DIGITS),
        to_mm: rounded(part.place.to_mm, MM_DIGITS),
        correlation: rounded(part.lie.correlation, crate::verify::rounding::SHARE_DIGITS),
    }
}
