//! Labelled impressions beside what the program said about them.
//!
//! Comes in: the labelled lines and the observations. Goes out: one [`Trial`] a line and one [`Sheet`]
//! a document, from which every figure is counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evaluation::letters::ReadLetter;
use crate::evaluation::linkage;
use crate::evaluation::linkage::Linked;
use crate::evaluation::measured::Measured;
use crate::evaluation::observation::Observation;
use crate::evaluation::observation::ObservedImpression;
use crate::evaluation::observation::Opinion;
use crate::evaluation::observation::centre_of_area;
use crate::evaluation::placing::Placed;
use crate::evaluation::truth::Label;
use crate::evaluation::truth::Truth;
use crate::extraction::Shape;
use crate::units::MM_PER_INCH;
use crate::verdict::Conclusion;

/// How far a centre may stand from the labelled one, as a share of the radius (the contract's bound).
const CENTRE_SHARE_MAX: f64 = 0.25;

/// One labelled line and what was said about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// The labelled line.
    #[serde(flatten)]
    pub truth: Truth,
    /// Whether the register holds the seal.
    pub registered: bool,
    /// Whether the document could be read.
    pub read: bool,
    /// Whether an impression was found where the line says.
    pub detected: bool,
    /// Distance of the found centre from the labelled one.
    pub centre_error_mm: Option<f64>,
    /// Found width less labelled width.
    pub width_error_mm: Option<f64>,
    /// The registered seal that it resembles most, when none is claimed.
    pub top_candidate: Option<String>,
    /// The seal that the program named when none was claimed.
    pub named: Option<String>,
    /// Whether the program took it for printed.
    pub printed: bool,
    /// What it was linked with.
    #[serde(flatten)]
    pub linked: Linked,
    /// Lines of the set, from 0, whose impressions the same unregistered die is said to have made.
    #[serde(default)]
    pub of_die_with: Vec<usize>,
    /// What was said when the labelled seal was claimed; `None` if nothing was found or said.
    #[serde(flatten)]
    pub opinion: Option<Opinion>,
    /// Where it stands, as the program saw it.
    pub placed: Option<Placed>,
    /// What was measured against that seal, where it was asked for.
    #[serde(skip)]
    pub measured: Vec<Measured>,
}

/// What a trial counts as; each belongs to one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Stamped with the registered die.
    Genuine,
    /// Cut after another drawing of the seal.
    Forged,
    /// Cut after a genuine impression: told apart by no scan, so reported apart.
    Traced,
    /// Stamped with the registered die after it was damaged.
    Deformed,
    /// A copy of a genuine impression, not a stamping.
    Copy,
    /// Of a seal that the register does not hold.
    Unregistered,
    /// No seal.
    None,
}

/// One document that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// Its first labelled line, by which it is grouped.
    pub truth: Truth,
    /// Pages searched.
    pub pages: u32,
    /// Impressions found where no labelled seal stands.
    pub false_seals: usize,
    /// What it says of itself, where that was asked for.
    pub letter: Option<ReadLetter>,
}

impl Trial {
    /// What the trial counts as. The label decides, even where the register lacks the seal that it
    /// names: a specimen that could not be enrolled must not make the figures better.
    #[must_use]
    pub fn kind(&self) -> Kind {
        kind(&self.truth)
    }

    /// The score that decides whether a threshold accepts the claim: −∞ where the impression was
    /// missed, taken for another seal or not examined.
    #[must_use]
    pub fn acceptance_score(&self) -> f64 {
        let taken_for_another = self
            .named
            .as_ref()
            .is_some_and(|named| Some(named) != self.truth.seal.as_ref());
        match self.log10_lr() {
            Some(score) if self.detected && !taken_for_another => score,
            Some(_) | None => f64::NEG_INFINITY,
        }
    }

    /// The likelihood ratio against the claimed seal; `None` where it was not examined or the
    /// conclusion is that it cannot be.
    #[must_use]
    pub fn log10_lr(&self) -> Option<f64> {
        let opinion = self.opinion?;
        let examined = opinion.conclusion != Conclusion::NotExaminable;
        opinion
            .log10_lr
            .filter(|score| examined && score.is_finite())
    }
}

/// What a labelled line counts as.
#[must_use]
pub fn kind(truth: &Truth) -> Kind {
    match truth.label {
        Label::None => Kind::None,
        Label::Unregistered => Kind::Unregistered,
        Label::Genuine if truth.is_copy() => Kind::Copy,
        Label::Genuine => Kind::Genuine,
        Label::Forged if truth.is_traced() => Kind::Traced,
        Label::Forged => Kind::Forged,
        Label::Deformed => Kind::Deformed,
    }
}

/// Pairs labelled lines with what was observed, in the order of the lines.
///
/// `registered` says whether the register holds a seal.
#[must_use]
pub fn pair(
    lines: &[Truth],
    observations: &[Observation],
    registered: impl Fn(&str) -> bool,
) -> (Vec<Trial>, Vec<Sheet>) {
    let observed: BTreeMap<&str, &Observation> = observations
        .iter()
        .map(|observation| (observation.document.as_str(), observation))
        .collect();
    let mut by_document: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        by_document.entry(&line.document).or_default().push(index);
    }
    let mut found: Vec<Option<&ObservedImpression>> = vec![None; lines.len()];
    let mut sheets = Vec::new();
    for (document, indices) in &by_document {
        let Some(observation) = observed.get(document).filter(|seen| seen.unread.is_none()) else {
            continue;
        };
        let matched = match_impressions(lines, indices, observation, &mut found);
        sheets.push(Sheet {
            truth: lines[indices[0]].clone(),
            pages: observation.pages,
            false_seals: observation.impressions.len() - matched,
            letter: observation.letter.clone(),
        });
    }
    let linked = links(&found, &observed, lines);
    let trials = lines
        .iter()
        .zip(found)
        .zip(linked)
        .map(|((truth, found), (linked, of_die_with))| {
            let read = observed
                .get(truth.document.as_str())
                .is_some_and(|seen| seen.unread.is_none());
            let registered = truth.seal.as_deref().is_some_and(&registered);
            Trial {
                linked,
                of_die_with,
                ..trial(truth, found, read, registered)
            }
        })
        .collect();
    (trials, sheets)
}

/// What each line's impression was linked with: as a copy, and as of one die.
fn links(
    found: &[Option<&ObservedImpression>],
    observed: &BTreeMap<&str, &Observation>,
    lines: &[Truth],
) -> Vec<(Linked, Vec<usize>)> {
    let line_of = |(document, position): &(String, usize)| {
        let seen = observed
            .get(document.as_str())?
            .impressions
            .get(*position)?;
        let is_it =
            |found: &Option<&ObservedImpression>| found.is_some_and(|f| std::ptr::eq(f, seen));
        found.iter().position(is_it)
    };
    let lines_of = |places: &[(String, usize)]| {
        let mut others: Vec<usize> = places.iter().filter_map(line_of).collect();
        others.sort_unstable();
        others
    };
    let linked = |(line, own): (usize, &Option<&ObservedImpression>)| {
        let (copies, fellows) = own.map_or_else(Default::default, |own| {
            (lines_of(&own.copies), lines_of(&own.fellows))
        });
        let judged = linkage::judged(lines, line, copies, |other| found[other].is_some());
        (judged, fellows)
    };
    found.iter().enumerate().map(linked).collect()
}

/// Pairs the lines of one document with its impressions, nearest first; returns how many.
fn match_impressions<'o>(
    lines: &[Truth],
    indices: &[usize],
    observation: &'o Observation,
    found: &mut [Option<&'o ObservedImpression>],
) -> usize {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for &line in indices
        .iter()
        .filter(|line| lines[**line].label != Label::None)
    {
        for (index, impression) in observation.impressions.iter().enumerate() {
            if let Some(distance) = distance(&lines[line], impression) {
                pairs.push((distance, line, index));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut used = vec![false; observation.impressions.len()];
    for (_, line, index) in pairs {
        if found[line].is_none() && !used[index] {
            used[index] = true;
            found[line] = Some(&observation.impressions[index]);
        }
    }
    used.iter().filter(|used| **used).count()
}

/// How far an impression is from a labelled one, as a share of its radius; `None` if it is another.
///
/// A line that does not say where its seal stands takes any impression of its page.
fn distance(truth: &Truth, impression: &ObservedImpression) -> Option<f64> {
    if truth.page != impression.page {
        return None;
    }
    let (Some(centre), Some(radius)) = (truth.centre_px, truth.radius_px) else {
        return Some(CENTRE_SHARE_MAX);
    };
    let offset = centre_offset_px(truth, centre, impression);
    let share = offset / f64::midpoint(radius.0, radius.1);
    (share <= CENTRE_SHARE_MAX).then_some(share)
}

fn offset_px(a: (f64, f64), b: (f64, f64)) -> f64 {
    libm::hypot(a.0 - b.0, a.1 - b.1)
}

/// Distance of a found centre from the labelled one.
///
/// A triangle's centre is the middle of its height, which moves with the corner that is taken for
/// its apex; an equilateral one has three such corners, so triangles are compared by what they
/// share, the centre of area.
fn centre_offset_px(truth: &Truth, centre: (f64, f64), found: &ObservedImpression) -> f64 {
    let of_area = || {
        let is_triangle = shape(truth) == Some(Shape::Triangle);
        if !is_triangle || found.shape != Some(Shape::Triangle) {
            return None;
        }
        let dpi = truth.dpi().or(found.dpi)?;
        let labelled = centre_of_area(centre, 2.0 * truth.radius_px?.1, rotation(truth)?);
        Some(offset_px(labelled, found.centre_of_area_px(dpi)?))
    };
    of_area().unwrap_or_else(|| offset_px(centre, found.centre_px))
}

/// Half the labelled size along what the program calls width: of a rectangle, the sides that lie.
fn labelled_half_width(truth: &Truth) -> Option<f64> {
    let (width, height) = truth.radius_px?;
    let upended = shape(truth) == Some(Shape::Rectangle)
        && rotation(truth).is_some_and(|turn| (turn.rem_euclid(180.0) - 90.0).abs() < 45.0);
    Some(if upended { height } else { width })
}

fn shape(truth: &Truth) -> Option<Shape> {
    serde_json::from_value(truth.others.get("shape")?.clone()).ok()
}

fn rotation(truth: &Truth) -> Option<f64> {
    truth.others.get("rotation_deg")?.as_f64()
}

fn trial(truth: &Truth, found: Option<&ObservedImpression>, read: bool, registered: bool) -> Trial {
    let px_to_mm = found
        .and_then(|found| truth.dpi().or(found.dpi))
        .map(|dpi| MM_PER_INCH / dpi);
    let centre_error_px =
        found.and_then(|found| Some(centre_offset_px(truth, truth.centre_px?, found)));
    let width_mm = found.and_then(|found| found.size_mm).map(|size| size.0);
    let labelled_mm = labelled_half_width(truth)
        .zip(px_to_mm)
        .map(|(half, scale)| 2.0 * half * scale);
    Trial {
        truth: truth.clone(),
        registered,
        read,
        detected: found.is_some(),
        centre_error_mm: centre_error_px
            .zip(px_to_mm)
            .map(|(error, scale)| error * scale),
        width_error_mm: width_mm
            .zip(labelled_mm)
            .map(|(width, labelled)| width - labelled),
        top_candidate: found.and_then(|found| found.candidates.first().cloned()),
        named: found.and_then(|found| found.named.clone()),
        printed: found.is_some_and(|found| found.printed),
        linked: Linked::default(),
        of_die_with: Vec::new(),
        opinion: found.and_then(|found| found.against.get(truth.seal.as_ref()?).copied()),
        placed: found.map(|found| found.placed),
        measured: found
            .and_then(|found| found.measured.get(truth.seal.as_ref()?).cloned())
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::truth;
    use crate::verdict::Condition;

    fn impression(x: f64, seal: &str, log10_lr: Option<f64>) -> ObservedImpression {
        let opinion = Opinion {
            log10_lr,
            conclusion: Conclusion::Undecided,
            condition: Condition::Sound,
        };
        ObservedImpression {
            page: 1,
            centre_px: (x, 100.0),
            candidates: vec![seal.to_owned()],
            named: Some(seal.to_owned()),
            size_mm: Some((8.5, 8.5)),
            against: BTreeMap::from([("S".to_owned(), opinion)]),
            ..ObservedImpression::default()
        }
    }

    fn line(x: f64) -> String {
        format!(
            "{{\"document\":\"a\",\"label\":\"genuine\",\"seal\":\"S\",\"centre_px\":[{x},100],\
             \"radius_px\":[40,40],\"dpi\":254}}\n"
        )
    }

    fn observe(impressions: Vec<ObservedImpression>) -> Vec<Observation> {
        vec![Observation {
            document: "a".to_owned(),
            pages: 1,
            impressions,
            ..Observation::default()
        }]
    }

    #[test]
    fn a_centre_within_a_quarter_of_the_radius_is_found_and_no_other() {
        let lines = truth::parse(&line(100.0)).unwrap();
        let (near, sheets) = pair(&lines, &observe(vec![impression(110.0, "S", None)]), |_| {
            true
        });
        assert!(near[0].detected && sheets[0].false_seals == 0);
        // 10 px and 85 px at 254 dpi are 1 mm and 8.5 mm; the labelled width is 8 mm.
        assert!((near[0].centre_error_mm.unwrap() - 1.0).abs() < 1e-9);
        assert!((near[0].width_error_mm.unwrap() - 0.5).abs() < 1e-9);
        let (far, sheets) = pair(&lines, &observe(vec![impression(110.5, "S", None)]), |_| {
            true
        });
        assert!(!far[0].detected && sheets[0].false_seals == 1);
    }

    #[test]
    fn a_triangle_is_found_whichever_corner_is_taken_for_its_apex() {
        // At 254 dpi a pixel is 0.1 mm: 20 mm wide, 17.32 mm high, the apex up.
        let label = "{\"document\":\"a\",\"label\":\"genuine\",\"seal\":\"S\",\"dpi\":254,\
             \"shape\":\"triangle\",\"centre_px\":[100,100],\"radius_px\":[100,86.6],\
             \"rotation_deg\":0}\n";
        let lines = truth::parse(label).unwrap();
        // A third of a turn about the centre of area, which is 28.87 px below the middle.
        let mut found = impression(125.0, "S", None);
        found.centre_px = (125.0, 143.3);
        found.size_mm = Some((20.0, 17.32));
        found.rotation_deg = Some(120.0);
        let (missed, _) = pair(&lines, &observe(vec![found.clone()]), |_| true);
        assert!(!missed[0].detected, "middles of the height are far apart");
        found.shape = Some(Shape::Triangle);
        let (trials, _) = pair(&lines, &observe(vec![found]), |_| true);
        assert!(trials[0].detected);
        assert!(trials[0].centre_error_mm.unwrap() < 0.1, "{trials:?}");
    }

    #[test]
    fn the_width_of_an_upended_rectangle_is_the_side_that_lies() {
        let label = |turn: f64| {
            format!(
                "{{\"document\":\"a\",\"label\":\"genuine\",\"seal\":\"S\",\"dpi\":254,\
                 \"shape\":\"rectangle\",\"centre_px\":[100,100],\"radius_px\":[200,42.5],\
                 \"rotation_deg\":{turn}}}\n"
            )
        };
        let error = |turn: f64| {
            let lines = truth::parse(&label(turn)).unwrap();
            let seen = observe(vec![impression(100.0, "S", None)]);
            pair(&lines, &seen, |_| true).0[0].width_error_mm.unwrap()
        };
        assert!(error(-87.0).abs() < 1e-9, "{}", error(-87.0));
        assert!((error(3.0) + 31.5).abs() < 1e-9, "{}", error(3.0));
        assert!((error(177.0) + 31.5).abs() < 1e-9, "{}", error(177.0));
    }

    #[test]
    fn each_impression_answers_for_one_line_and_the_nearest_wins() {
        let lines = truth::parse(&(line(100.0) + &line(112.0))).unwrap();
        let seen = observe(vec![
            impression(108.0, "S", Some(1.0)),
            impression(103.0, "S", Some(2.0)),
        ]);
        let (trials, sheets) = pair(&lines, &seen, |_| true);
        assert_eq!(trials[0].log10_lr(), Some(2.0));
        assert_eq!(trials[1].log10_lr(), Some(1.0));
        assert_eq!(sheets[0].false_seals, 0);
    }

    #[test]
    fn missed_taken_for_another_and_not_examined_are_never_accepted() {
        let lines = truth::parse(&line(100.0)).unwrap();
        let score =
            |impressions| pair(&lines, &observe(impressions), |_| true).0[0].acceptance_score();
        assert!((score(vec![impression(100.0, "S", Some(1.5))]) - 1.5).abs() < 1e-12);
        assert!(score(vec![]).is_infinite());
        assert!(score(vec![impression(100.0, "T", Some(1.5))]).is_infinite());
        assert!(score(vec![impression(100.0, "S", None)]).is_infinite());
        let mut unnamed = impression(100.0, "S", Some(1.5));
        unnamed.named = None;
        assert!(
            score(vec![unnamed]).is_finite(),
            "named as none is not named as another"
        );
    }

    #[test]
    fn a_mark_labelled_none_is_a_false_seal_when_found() {
        let lines = truth::parse(
            r#"{"document":"a","label":"none","centre_px":[100,100],"radius_px":[40,40]}"#,
        );
        let (trials, sheets) = pair(
            &lines.unwrap(),
            &observe(vec![impression(100.0, "S", None)]),
            |_| true,
        );
        assert!(!trials[0].detected);
        assert_eq!(sheets[0].false_seals, 1);
    }

    #[test]
    fn a_document_that_was_not_read_has_no_sheet() {
        let lines = truth::parse(&line(100.0)).unwrap();
        let mut seen = observe(vec![]);
        seen[0].unread = Some("truncated".to_owned());
        let (trials, sheets) = pair(&lines, &seen, |_| false);
        assert!(!trials[0].read && !trials[0].registered && sheets.is_empty());
    }
}
