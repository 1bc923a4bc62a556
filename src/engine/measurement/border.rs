//! The rings of the border: the outer one followed around the curve, the others in its frame.

use crate::extraction::Impression;
use crate::extraction::Outline;
use crate::measurement::curve::Axes;
use crate::measurement::curve::Curve;
use crate::measurement::fit::Fit;
use crate::measurement::fit::Offset;
use crate::measurement::profile::INK_MIN;
use crate::measurement::profile::Profiles;
use crate::order;

/// How far outside the outline the border may lie, as a share of the radius; extraction keeps 0.08.
const OUTSIDE: f64 = 0.06;
/// How far inside the outline the outer ring is looked for while it is being followed.
const NEAR: f64 = 0.2;
/// Depth that is read for rings and text.
const DEPTH: f64 = 0.4;
/// Share of directions in which a ring bears ink, against the fullest depth of the outer ring.
const RING_SHARE: f64 = 0.7;
/// Share of the fullest depth from which the outer ring is first seen, while still out of line.
const SEEN_SHARE: f64 = 0.55;
/// Directions with ink at the fullest depth, below which there is no ring to follow.
const SHARE_MIN: f64 = 0.25;
/// Widest ring as a share of the radius; wider is a filled area.
const WIDTH_MAX: f64 = 0.25;
/// Share of a gap between rings that a reading may reach into (design: 45 %).
const GAP_SHARE: f64 = 0.45;
/// Times the curve is brought onto the ring's centre line, at most.
const PASSES: usize = 3;
/// Change of the curve in pixels below which it lies on the line: far less than a crossing tells.
const SETTLED_PX: f64 = 0.05;
/// Largest uncertainty of the fit, as a share of the radius, with which a size is still given.
const UNCERTAINTY_MAX: f64 = 0.02;

/// A run of depths, in pixels inwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Band {
    pub(super) outer: f64,
    pub(super) inner: f64,
}

/// A ring as measured, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct RingLine {
    /// Sizes of the centre line.
    pub(super) axes: Axes,
    /// Standard uncertainty of the half sizes from the fit alone.
    pub(super) half_sizes_sigma: (f64, f64),
    /// Standard uncertainty of the centre from the fit alone.
    pub(super) centre_sigma: f64,
    /// Width between half maxima.
    pub(super) width: f64,
    /// Standard uncertainty of the width from its scatter alone.
    pub(super) width_sigma: f64,
}

/// What was read of the border.
#[derive(Debug)]
pub(super) struct Border {
    /// The centre line of the outer ring.
    pub(super) curve: Curve,
    /// Rings, outermost first; at least one.
    pub(super) rings: Vec<RingLine>,
    /// Depths of the rings below the outer centre line.
    pub(super) bands: Vec<Band>,
    /// Share of the visible directions in which the outer ring bears ink.
    pub(super) coverage: f64,
    /// Profiles below the outer centre line.
    pub(super) profiles: Profiles,
}

/// Which run of ink is taken for the ring where a direction has several.
#[derive(Clone, Copy, Debug)]
enum Choice {
    /// The first from outside: while the curve is out of line, rings close together look like one.
    Outermost,
    /// The one nearest to where the ring must be.
    Nearest,
}

/// Edges of a ring in one direction, as depths in pixels.
#[derive(Clone, Copy, Debug)]
struct Crossing {
    station: usize,
    edges: Band,
}

/// Follows the border; `None` where no ring can be followed.
pub(super) fn read(impression: &Impression) -> Option<Border> {
    let outline = &impression.outline;
    let mut curve = Curve::from_outline(outline);
    let radius = curve.radius();
    for pass in 0..PASSES {
        let profiles = Profiles::read(impression, &curve, OUTSIDE * radius, NEAR * radius);
        let share = if pass == 0 { SEEN_SHARE } else { RING_SHARE };
        let bands = bands(&profiles, share, radius);
        let choice = if pass == 0 {
            Choice::Outermost
        } else {
            Choice::Nearest
        };
        let crossings = crossings(&profiles, &bands, 0, choice);
        let fit = fit(&curve, &profiles, &crossings)?;
        curve = curve.changed(&fit.change);
        if pass > 0 && fit.change.reach(radius) < SETTLED_PX {
            break;
        }
    }
    let profiles = Profiles::read(impression, &curve, OUTSIDE * radius, DEPTH * radius);
    let bands = bands(&profiles, RING_SHARE, radius);
    let rings: Vec<_> = (0..bands.len())
        .map_while(|index| ring(outline, &curve, &profiles, &bands, index))
        .collect();
    let outer = rings.first()?;
    let worst = outer.half_sizes_sigma.0.max(outer.half_sizes_sigma.1);
    if worst > UNCERTAINTY_MAX * radius {
        return None;
    }
    let coverage = coverage(&profiles, *bands.first()?);
    Some(Border {
        curve,
        rings,
        bands,
        coverage,
        profiles,
    })
}

/// Depth runs in which at least `share` of the fullest depth's directions bear ink; where letters
/// stand so close that no run ends, more is asked for.
fn bands(profiles: &Profiles, share: f64, radius: f64) -> Vec<Band> {
    let inked = profiles.inked();
    let near = profiles.index(NEAR * radius);
    let fullest = inked[..near].iter().copied().fold(0.0, f64::max);
    if fullest < SHARE_MIN {
        return Vec::new();
    }
    [share, 0.8, 0.9]
        .into_iter()
        .map(|share| runs(profiles, &inked, share * fullest, WIDTH_MAX * radius))
        .find(|bands| !bands.is_empty())
        .unwrap_or_default()
}

/// Runs of depths with at least `level` of the directions inked, up to the first that is too wide.
fn runs(profiles: &Profiles, inked: &[f64], level: f64, width_max: f64) -> Vec<Band> {
    let mut bands = Vec::new();
    let mut start = None;
    for (index, &value) in inked.iter().enumerate() {
        match (start, value >= level) {
            (None, true) => start = Some(index),
            (Some(from), false) => {
                let band = Band {
                    outer: profiles.depth(from as f64),
                    inner: profiles.depth(index as f64 - 1.0),
                };
                // What is wider is a filled area, and what lies below it no border.
                if band.inner - band.outer > width_max {
                    break;
                }
                bands.push(band);
                start = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    bands
}

/// Half-maximum crossings of one ring in every direction where both edges are seen.
fn crossings(profiles: &Profiles, bands: &[Band], index: usize, choice: Choice) -> Vec<Crossing> {
    let Some(band) = bands.get(index) else {
        return Vec::new();
    };
    let width = (band.inner - band.outer).max(2.0);
    let above = match index.checked_sub(1).and_then(|index| bands.get(index)) {
        Some(other) => GAP_SHARE * (band.outer - other.inner),
        None => 3.0 * width,
    };
    let below = match bands.get(index + 1) {
        Some(other) => GAP_SHARE * (other.outer - band.inner),
        None => 3.0 * width,
    };
    let window = Band {
        outer: band.outer - above.clamp(1.5, 12.0),
        inner: band.inner + below.clamp(1.5, 12.0),
    };
    let aim = match choice {
        Choice::Outermost => window.outer,
        Choice::Nearest => band.middle(),
    };
    (0..profiles.stations.len())
        .filter(|&station| profiles.stations[station].plain)
        .filter_map(|station| {
            let edges = edges(profiles, station, window, aim)?;
            Some(Crossing { station, edges })
        })
        .collect()
}

/// Both half-maximum crossings of the run of ink nearest to the depth `aim`, in a window.
fn edges(profiles: &Profiles, station: usize, window: Band, aim: f64) -> Option<Band> {
    let line = profiles.line(station);
    let first = profiles.index(window.outer);
    let last = (profiles.index(window.inner) + 1).min(line.len() - 1);
    let values: Option<Vec<f64>> = line.get(first..=last)?.iter().copied().collect();
    let values = values?;
    let mut best: Option<Band> = None;
    for peak in 1..values.len() - 1 {
        let is_top = values[peak] >= values[peak - 1] && values[peak] >= values[peak + 1];
        if values[peak] < INK_MIN || !is_top {
            continue;
        }
        let Some((rise, fall)) = half_maximum(&values, peak) else {
            continue;
        };
        let found = Band {
            outer: profiles.depth(first as f64 + rise),
            inner: profiles.depth(first as f64 + fall),
        };
        if best.is_none_or(|best| found.distance(aim) < best.distance(aim)) {
            best = Some(found);
        }
    }
    best
}

/// Places before and after a peak where the run of ink that it stands in passes half of it; `None`
/// where a higher peak stands in the same run, or the run goes on beyond the values.
fn half_maximum(values: &[f64], peak: usize) -> Option<(f64, f64)> {
    let top = values[peak];
    let half = 0.5 * top;
    let rise = end_of_run(values, (0..peak).rev(), half)?;
    let fall = end_of_run(values, peak + 1..values.len(), half)?;
    if values[rise..=fall].iter().any(|&value| value > top) {
        return None;
    }
    let before = (half - values[rise]) / (values[rise + 1] - values[rise]);
    let after = (values[fall - 1] - half) / (values[fall - 1] - values[fall]);
    Some((rise as f64 + before, (fall - 1) as f64 + after))
}

/// The first place on a way out of a run of ink where it stays below half: a broad line may be pale
/// in its middle, but bears ink there, and rises again.
fn end_of_run(values: &[f64], way: impl Iterator<Item = usize>, half: f64) -> Option<usize> {
    let mut end = None;
    for index in way {
        if values[index] >= half {
            end = None;
            continue;
        }
        end = end.or(Some(index));
        if values[index] < INK_MIN {
            break;
        }
    }
    end
}

impl Band {
    /// The middle depth.
    pub(super) fn middle(self) -> f64 {
        0.5 * (self.outer + self.inner)
    }

    /// How far a depth lies from the band's middle.
    fn distance(self, depth: f64) -> f64 {
        (self.middle() - depth).abs()
    }
}

fn fit(curve: &Curve, profiles: &Profiles, crossings: &[Crossing]) -> Option<Fit> {
    let offsets: Vec<_> = crossings
        .iter()
        .map(|crossing| Offset {
            station: profiles.stations[crossing.station],
            outwards: -crossing.edges.middle(),
        })
        .collect();
    Fit::of(curve.family, curve.radius(), &offsets)
}

fn ring(
    outline: &Outline,
    curve: &Curve,
    profiles: &Profiles,
    bands: &[Band],
    index: usize,
) -> Option<RingLine> {
    let crossings = crossings(profiles, bands, index, Choice::Nearest);
    let fit = fit(curve, profiles, &crossings)?;
    let widths: Vec<f64> = crossings
        .iter()
        .zip(&fit.weights)
        .filter(|(_, weight)| **weight > 0.0)
        .map(|(crossing, _)| crossing.edges.inner - crossing.edges.outer)
        .collect();
    let width = order::median(widths.iter().copied())?;
    let scatter = widths.iter().map(|value| (value - width).abs());
    let axes = curve.changed(&fit.change).axes(outline);
    let turn = axes.turn_degrees.unwrap_or(0.0);
    let radius = curve.radius();
    let sigma = |degrees: f64, half: f64| fit.half_size_uncertainty(degrees) * half / radius;
    Some(RingLine {
        axes,
        half_sizes_sigma: (
            sigma(turn, axes.half_width),
            sigma(turn + 90.0, axes.half_height),
        ),
        centre_sigma: fit.centre_uncertainty(),
        width,
        width_sigma: 1.4826 * order::median(scatter)? / (widths.len() as f64).sqrt(),
    })
}

/// Share of the directions in which the band is seen and bears ink.
fn coverage(profiles: &Profiles, band: Band) -> f64 {
    let (first, last) = (profiles.index(band.outer), profiles.index(band.inner));
    let (mut seen, mut inked) = (0_u32, 0_u32);
    for station in 0..profiles.stations.len() {
        let values = || profiles.line(station)[first..=last].iter().flatten();
        if values().next().is_some() {
            seen += 1;
            inked += u32::from(values().any(|value| *value > INK_MIN));
        }
    }
    f64::from(inked) / f64::from(seen.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broad_line_that_is_pale_in_its_middle_is_one_line() {
        let pale = 0.4 * 250.0;
        let values = [
            0.0, 10.0, 200.0, 250.0, 120.0, pale, 130.0, 240.0, 190.0, 5.0, 0.0,
        ];
        let (rise, fall) = half_maximum(&values, 3).unwrap();
        assert!((1.0..2.0).contains(&rise), "{rise}");
        assert!((8.0..9.0).contains(&fall), "{fall}");
        // Of its two rims the darker one stands for it.
        assert_eq!(half_maximum(&values, 7), None);
    }

    #[test]
    fn lines_with_bare_paper_between_them_are_two() {
        let values = [
            0.0, 10.0, 250.0, 200.0, 20.0, 10.0, 130.0, 240.0, 190.0, 5.0, 0.0,
        ];
        let (rise, fall) = half_maximum(&values, 2).unwrap();
        assert!(rise < 2.0 && (3.0..4.0).contains(&fall), "{rise} {fall}");
        assert!(half_maximum(&values, 7).is_some_and(|(rise, _)| rise > 5.0));
    }
}
