//! What impressions of one die show together of its wear.
//!
//! Inking varies from one impression to the next; what is worn stays worn. So of two impressions the places count
//! that are absent in both, beyond what two stampings that dry independently leave bare together by
//! chance: that is what was gone on the earlier one's day. With the shares m and n of the places that are absent in
//! each, and M in both, the share worn w follows from M = w + q (n - w), where q = (m - w) / (1 - w) is what the earlier
//! stamping left bare of what was not worn: w = (M - m n) / (1 + M - m - n). It is signed: stampings that share nothing
//! give 0 on average. Thin lines dry sooner than broad ones, so it is taken by kinds of places and added up.

use crate::matching::Place;
use crate::matching::Presence;
use crate::order;
use crate::verdict::trend::Expected;
use crate::verdict::trend::Point;

/// An impression of the die.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// Days from any first day; sights come in their order.
    pub day: f64,
    /// What it shows.
    pub presence: &'a Presence,
    /// The whole's size less the specimen's, millimetres; `None` where the scan's resolution is not known.
    pub growth_mm: Option<f64>,
}

/// Values along the sights, each with the sight that it is of.
pub type Values = Vec<(usize, Point)>;

/// What wears.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wear {
    /// Share of the drawing gone at fixed places, percent of its area.
    pub missing_percent: Values,
    /// Length of the border gone at fixed places, millimetres.
    pub border_missing_mm: Values,
    /// Growth of the lines' width, millimetres.
    pub line_width_mm: Values,
    /// Growth of the whole's size, millimetres.
    pub size_mm: Values,
    /// How surely each place is gone in the last impressions, 0 to 1.
    pub gone: Vec<f64>,
}

/// Kinds of places: breadths, of the border and inside.
const KINDS: usize = 6;
/// Least places of a kind, seen in both impressions, of which anything is said.
const PLACES_MIN: f64 = 25.0;
/// Drawn area that dries as one, square millimetres: ink is uneven over about a millimetre.
const PATCH_MM2: f64 = 1.0;
/// How much more often than by chance two stampings may leave one place bare, as some dry sooner for reasons other
/// than their kind: one standard deviation (chosen: a place's odds of drying differ by a factor of two).
const ALIKE: f64 = 0.5;
/// Least deviation of a share from one pair.
const SHARE_MIN: f64 = 0.0005;
/// How far the share gone that is measured may be off in one die, a share of it: lines half gone count in part.
/// Seen on drawn seals (seed 8801): from 0.6 to 1.5 of what was rubbed off.
const GONE_SHARE: f64 = 0.2;
/// Later impressions that an impression is set against: the next ones, as many as this.
const LATER_MAX: usize = 6;
/// The last impressions, by which the places are named that are gone.
const LAST: usize = 3;
/// Least deviations: of a share in percent, of a length in millimetres.
const PERCENT_MIN: f64 = 0.1;
const LENGTH_MIN_MM: f64 = 0.3;
/// Deviations of widths and sizes from one impression to the next that a single one tells of, millimetres:
/// the rest is found from the scatter.
const WIDTH_MM: f64 = 0.01;
const SIZE_MM: f64 = 0.02;

/// What is known beforehand of the share of the drawing that is gone, with its limit.
///
/// All four are chosen: broad, so that the impressions speak. Inking's part was seen on drawn seals (seed 8801).
#[must_use]
pub const fn missing_expected(limit: f64) -> Expected {
    Expected {
        start: 0.6,
        growth: 4.0,
        noise: 0.4,
        either_way: false,
        limit: Some(limit),
        limit_share: GONE_SHARE,
    }
}

/// The same of the border's length.
#[must_use]
pub const fn border_expected(limit: f64) -> Expected {
    Expected {
        start: 1.5,
        growth: 8.0,
        noise: 1.0,
        either_way: false,
        limit: Some(limit),
        limit_share: GONE_SHARE,
    }
}

/// The same of lines' width, for which no limit is known.
#[must_use]
pub const fn width_expected() -> Expected {
    Expected {
        start: 0.1,
        growth: 0.12,
        noise: 0.06,
        either_way: false,
        limit: None,
        limit_share: 0.0,
    }
}

/// The same of the size.
#[must_use]
pub const fn size_expected(limit: f64) -> Expected {
    Expected {
        start: 0.12,
        growth: 0.5,
        noise: 0.08,
        either_way: true,
        limit: Some(limit),
        limit_share: 0.0,
    }
}

/// Measures a die's wear from its impressions; `border_mm` is the length of its outline.
///
/// # Panics
/// If the sights are not of these places, or out of order.
#[must_use]
pub fn measure(sights: &[Sight<'_>], places: &[Place], border_mm: f64) -> Wear {
    let of_places = |sight: &Sight<'_>| sight.presence.absent.len() == places.len();
    assert!(sights.iter().all(of_places), "sights are of these places");
    assert!(
        sights.is_sorted_by_key(|sight| sight.day),
        "sights come in order"
    );
    let all = |_: &Place| true;
    let border = |place: &Place| place.border;
    let plain = |value: fn(&Sight<'_>) -> Option<f64>, deviation: f64| {
        let sights = sights.iter().enumerate();
        let values = sights.filter_map(|(index, sight)| {
            let (day, value) = (sight.day, value(sight)?);
            Some((
                index,
                Point {
                    day,
                    value,
                    deviation,
                },
            ))
        });
        values.collect()
    };
    Wear {
        missing_percent: persisting(sights, (places, &all), (100.0, PERCENT_MIN)),
        border_missing_mm: persisting(sights, (places, &border), (border_mm, LENGTH_MIN_MM)),
        line_width_mm: plain(|sight| sight.presence.widening_mm, WIDTH_MM),
        size_mm: plain(|sight| sight.growth_mm, SIZE_MM),
        gone: gone(sights, places.len()),
    }
}

/// The drawing's places, and which of them are meant.
type Meant<'a> = (&'a [Place], &'a dyn Fn(&Place) -> bool);

/// The share worn on each sight's day but the last's, times `scale`, of the places that are `meant`.
fn persisting(
    sights: &[Sight<'_>],
    (places, meant): Meant<'_>,
    (scale, least): (f64, f64),
) -> Values {
    let mut values = Vec::new();
    for (index, sight) in sights.iter().enumerate() {
        let later = sights[index + 1..].iter().take(LATER_MAX);
        let shares: Vec<Share> = later
            .filter_map(|later| worn(&sums(places, meant, (sight.presence, later.presence))))
            .collect();
        let Some(value) = middle(&shares) else {
            continue;
        };
        let best = shares.iter().map(|share| share.variance);
        let best = best.fold(f64::INFINITY, f64::min);
        // What the later ones differ in, beyond their own uncertainty, is chance as well.
        let (mut squares, mut weights) = (0.0, 0.0);
        for share in &shares {
            squares += (share.worn - value).powi(2) / share.variance;
            weights += 1.0 / share.variance;
        }
        let differing = squares / (weights * shares.len() as f64);
        let deviation = scale * libm::sqrt(best + differing);
        let point = Point {
            day: sight.day,
            value: scale * value,
            deviation: libm::hypot(deviation, least),
        };
        values.push((index, point));
    }
    values
}

/// Median of the shares, weighted by their precision; `None` of nothing.
fn middle(shares: &[Share]) -> Option<f64> {
    let known = shares.iter().map(|own| (own.worn, 1.0 / own.variance));
    order::weighted_median(known)
}

/// Sums over places seen in both of two impressions, by their areas.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    places: f64,
    area: f64,
    earlier: f64,
    later: f64,
    both: f64,
}

fn sums(
    places: &[Place],
    meant: &dyn Fn(&Place) -> bool,
    (earlier, later): (&Presence, &Presence),
) -> [Sums; KINDS] {
    let mut sums = [Sums::default(); KINDS];
    let pairs = earlier.absent.iter().zip(&later.absent);
    for (place, (earlier, later)) in places.iter().zip(pairs) {
        let (Some(earlier), Some(later)) = (earlier, later) else {
            continue;
        };
        if !meant(place) {
            continue;
        }
        let sum = &mut sums[place.breadth + if place.border { KINDS / 2 } else { 0 }];
        let (earlier, later) = (f64::from(*earlier), f64::from(*later));
        sum.places += 1.0;
        sum.area += place.area_mm2;
        sum.earlier += place.area_mm2 * earlier;
        sum.later += place.area_mm2 * later;
        sum.both += place.area_mm2 * earlier * later;
    }
    sums
}

/// A share worn, and its variance by what two stampings leave bare together by chance.
#[derive(Clone, Copy, Debug)]
struct Share {
    worn: f64,
    variance: f64,
}

/// The share worn by the earlier day; `None` if too little is seen.
fn worn(kinds: &[Sums; KINDS]) -> Option<Share> {
    let (mut worn, mut variance, mut alike, mut total) = (0.0, 0.0, 0.0, 0.0);
    for sum in kinds.iter().filter(|sum| sum.places >= PLACES_MIN) {
        let (earlier, later) = (sum.earlier / sum.area, sum.later / sum.area);
        let both = sum.both / sum.area;
        let present = (1.0 + both - earlier - later).max(0.1);
        let share = (both - earlier * later) / present;
        let dry = |absent: f64| (absent - share).clamp(0.002, 0.5);
        let by_chance = sum.area * dry(earlier) * dry(later) / present;
        worn += sum.area * share;
        variance += PATCH_MM2 * by_chance / present;
        alike += ALIKE * by_chance;
        total += sum.area;
    }
    (total > 0.0).then(|| Share {
        worn: worn / total,
        variance: (variance + alike * alike) / (total * total) + SHARE_MIN * SHARE_MIN,
    })
}

/// How surely each place is gone in the last impressions: the least that any two of them that show it say.
fn gone(sights: &[Sight<'_>], places: usize) -> Vec<f64> {
    let last = &sights[sights.len().saturating_sub(LAST)..];
    let of_place = |place: usize| {
        let mut seen: Vec<f64> = last
            .iter()
            .filter_map(|sight| sight.presence.absent[place].map(f64::from))
            .collect();
        seen.sort_by(f64::total_cmp);
        // Of three the middle one, of two the lesser.
        if seen.len() >= 2 {
            seen[seen.len() - 2]
        } else {
            0.0
        }
    };
    (0..places).map(of_place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Vec2;

    /// Places all over a face.
    fn places() -> Vec<Place> {
        let grid = (-30..=30_i32).flat_map(|x| (-30..=30_i32).map(move |y| (x, y)));
        grid.map(|(x, y)| Place {
            at: Vec2::new(0.4 * f64::from(x), 0.4 * f64::from(y)),
            area_mm2: 0.1,
            breadth: usize::from(y % 2 == 0),
            border: false,
        })
        .collect()
    }

    /// An impression that leaves a share of its places bare by chance, and those gone before `worn`.
    fn presence(seed: u32, bare: u32, worn: impl Fn(usize) -> bool) -> Presence {
        let mut state = seed.wrapping_mul(2_654_435_761) | 1;
        let absent = (0..places().len()).map(|place| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            Some(f32::from(u8::from(worn(place) || state % 100 < bare)))
        });
        Presence {
            absent: absent.collect(),
            widening_mm: None,
        }
    }

    fn missing(presences: &[Presence]) -> Vec<f64> {
        let sight = |(number, presence)| Sight {
            day: 100.0 * number as f64,
            presence,
            growth_mm: None,
        };
        let sights: Vec<Sight<'_>> = presences.iter().enumerate().map(sight).collect();
        let wear = measure(&sights, &places(), 100.0);
        wear.missing_percent
            .iter()
            .map(|(_, point)| point.value)
            .collect()
    }

    #[test]
    fn bare_places_that_differ_from_one_impression_to_the_next_are_no_wear() {
        const DIES: u32 = 12;
        let bare = |number: u32| 5 + 3 * number;
        let mut sums = [0.0; 7];
        for die in 0..DIES {
            let dry = |number| presence(100 * die + number + 1, bare(number), |_| false);
            let dry: Vec<Presence> = (0..8).map(dry).collect();
            let values = missing(&dry);
            assert_eq!(values.len(), sums.len());
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += value;
            }
        }
        for (number, sum) in (0..).zip(sums) {
            // Chance alone: places bare in both of an impression and the next, each place by itself.
            let odds = |number| f64::from(bare(number)) / f64::from(100 - bare(number));
            let spread = odds(number) * odds(number + 1) / places().len() as f64;
            let deviation = 100.0 * libm::sqrt(spread / f64::from(DIES));
            let mean = sum / f64::from(DIES);
            assert!(mean.abs() < 3.0 * deviation, "{number}: {mean} {deviation}");
        }
    }

    #[test]
    fn what_stays_bare_is_measured_on_the_day_of_the_earlier_impression_however_dry_it_is() {
        // Half a percent more is worn in each, beside 5 to 20 % that are dry.
        let of = |n: u32| presence(n + 1, 5 + 5 * (n % 4), |place| place % 200 < n as usize);
        let worn: Vec<Presence> = (0..9).map(of).collect();
        for (number, value) in missing(&worn).into_iter().enumerate() {
            let truth = 0.5 * number as f64;
            assert!((value - truth).abs() < 0.6, "{value} of {truth}");
        }
    }
}
