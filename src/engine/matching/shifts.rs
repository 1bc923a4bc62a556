//! Where the parts stand against the specimen, and which explanation their shifts support.
//!
//! An impression of the registered die is shifted by the sheet (an affine map), by bent rubber
//! (smooth over centimetres) and by noise. Each way of making another die adds columns of its own:
//! the outer ring's radius, a group of letters or a figure set elsewhere, text drawn out along its
//! arc, letters of another face. What a column explains beyond rubber and noise speaks for that way.

mod neighbours;
mod spacing;

use crate::geometry::Vec2;
use crate::matching::axes::Axis;
use crate::matching::axes::Frame;
use crate::matching::axes::Measure;
use crate::matching::elements::Elements;
use crate::matching::field::Part;
use crate::matching::field::Zone;
use crate::matching::regression::Base;
use crate::matching::regression::Column;
use crate::matching::regression::Fit;
use crate::matching::regression::Regression;
use crate::matching::shifts::neighbours::displaced;
use crate::matching::shifts::neighbours::off_neighbours;
use crate::units::round_i32;

/// Least parts of which anything is said.
const PARTS_MIN: usize = 12;
/// Model error of an inner part's and of a ring part's shift, millimetres.
const PART_NOISE_MM: f64 = 0.02;
const RING_NOISE_MM: f64 = 0.014;
/// Standard deviations of the sheet's shift (mm) and stretch (shares of one) left by the alignment.
pub(super) const SHEET_SHIFT_MM: f64 = 0.3;
const SHEET_STRETCH: f64 = 0.004;
/// Rubber: distance and reach of its bumps, and the standard deviation of each, millimetres.
const BUMP_PITCH_MM: f64 = 8.5;
const BUMP_REACH_MM: f64 = 6.5;
pub(super) const BUMP_MM: f64 = 0.055;
/// How far rings may stand off the inside in impressions of one die, millimetres: a border carries
/// more pressure than the letters.
const BORDER_MM: f64 = 0.015;

/// How far ink that fills the gap between two lines may draw them together, millimetres.
const FILLED_MM: f64 = 0.12;
/// How far a lone edge may stand off the lines, millimetres: blur moves the edge of a solid figure
/// and of a thin stroke differently.
const LONE_EDGE_MM: f64 = 0.06;

/// Standard deviations of what other dies may do: two for small and plain differences.
const RADIUS_MM: [f64; 2] = [0.05, 0.2];
const SPACING_MM: [f64; 2] = [0.06, 0.15];
const LETTERS_MM: [f64; 2] = [0.04, 0.08];
/// A group's shift in millimetres, turn in radians, growth as a share.
const GROUP: [f64; 3] = [0.25, 0.04, 0.06];
/// How far a group of a sound die's impression stands off its neighbours by itself, likewise: rubber
/// and pressure are not the same everywhere, and ink makes things grow.
const GROUP_SOUND: [f64; 3] = [0.05, 0.008, 0.06];
/// Where the growth stands among a group's columns.
const GROWTH: usize = 3;
/// How far the points of a figure stand off by themselves, millimetres, and how much further at most where
/// the impression is light: its points fade first.
const POINTS_MM: (f64, f64) = (0.06, 0.15);
/// How far ink moves a solid figure's edges against those of thin strokes, millimetres. All edges of
/// a larger star stand outside as well; but its points stand further out than ink carries them.
const SOLID_EDGE_MM: f64 = 0.03;
/// Where text may stand, from the middle on, as a share of the radius.
pub(super) const TEXT_FROM: f64 = 0.45;
/// Groups looked at closely, of all that are glanced at.
const GROUPS_CLOSELY: usize = 2;

/// One measured direction of one part's shift.
struct Observation {
    direction: Vec2,
    at: Vec2,
    part: usize,
}

/// The shifts of all parts, ready to be explained.
pub(super) struct Shifts<'a> {
    parts: &'a [Part],
    frame: &'a Frame,
    observations: Vec<Observation>,
    regression: Regression,
    base: Base,
}

impl<'a> Shifts<'a> {
    /// Explains the shifts by the registered die; `None` if too few parts were measured.
    pub(super) fn new(parts: &'a [Part], frame: &'a Frame) -> Option<Self> {
        if parts.len() < PARTS_MIN {
            return None;
        }
        let mut observations = Vec::with_capacity(2 * parts.len());
        let (mut values, mut variances) = (Vec::new(), Vec::new());
        for (number, part) in parts.iter().enumerate() {
            for (direction, variance) in directions(part) {
                values.push(direction.dot(part.shift));
                variances.push(variance);
                observations.push(Observation {
                    direction,
                    at: part.at,
                    part: number,
                });
            }
        }
        let bumps = bumps(frame.radius_mm);
        let mut rows = Vec::new();
        for seen in &observations {
            rows.extend(sheet_row(seen.direction, seen.at));
            let is_ring = matches!(parts[seen.part].zone, Zone::Ring(_));
            rows.push(f64::from(u8::from(parts[seen.part].zone == Zone::Ring(0))));
            rows.push(f64::from(u8::from(is_ring)));
            rows.push(match parts[seen.part].zone {
                Zone::Ring(number) => frame.closeness.get(number).copied().unwrap_or(0.0),
                Zone::Inside => 0.0,
            });
            let inside = if is_ring {
                Vec2::ZERO
            } else {
                parts[seen.part].edge
            };
            rows.push(seen.direction.dot(inside));
            for bump in &bumps {
                let height = height(seen.at, *bump);
                rows.extend([seen.direction.x * height, seen.direction.y * height]);
            }
        }
        let mut deviations = vec![SHEET_SHIFT_MM, SHEET_SHIFT_MM];
        deviations.extend([SHEET_STRETCH; 4]);
        deviations.extend([BORDER_MM; 2]);
        deviations.push(FILLED_MM);
        deviations.push(LONE_EDGE_MM);
        deviations.extend(std::iter::repeat_n(BUMP_MM, 2 * bumps.len()));
        let owners = observations.iter().map(|seen| seen.part).collect();
        let regression = Regression::new(values, variances, owners, &rows, &deviations);
        let base = regression.base()?;
        Some(Self {
            parts,
            frame,
            observations,
            regression,
            base,
        })
    }

    /// Every axis that shifts speak of; `elements` tells what belongs together, `faded` how light the impression
    /// is, 0 to 1.
    pub(super) fn measures(&self, elements: &Elements, faded: f64) -> Vec<Measure> {
        let mut measures = Vec::new();
        measures.extend(self.radius());
        measures.extend(self.spacing());
        measures.extend(self.letters());
        measures.extend(self.group(&elements.groups));
        measures.extend(self.motif(&elements.motif, faded));
        measures
    }

    fn column(&self, deviation: f64, entry: impl Fn(&Observation) -> f64) -> Column {
        Column {
            entries: self.observations.iter().map(entry).collect(),
            deviation,
        }
    }

    /// Evidence that columns add, with their amounts.
    fn gain(&self, columns: &[Column]) -> Option<(f64, Fit)> {
        let fit = self.regression.with(&self.base, columns)?;
        Some((fit.evidence - self.base.evidence, fit))
    }

    /// The gain at that of two prior widths which a glance prefers, the choice paid for.
    fn best_gain(&self, options: impl Iterator<Item = Vec<Column>>) -> Option<(f64, Fit)> {
        let glance = |columns: Vec<Column>| {
            let gain = self.regression.glance(&self.base, &columns)?;
            Some((gain, columns))
        };
        let seen = options.filter_map(glance);
        let (_, columns) = seen.max_by(|a, b| a.0.total_cmp(&b.0))?;
        let (gain, fit) = self.gain(&columns)?;
        Some((gain - std::f64::consts::LN_2, fit))
    }

    fn radius(&self) -> Option<Measure> {
        let outer = |part: &&Part| part.zone == Zone::Ring(0);
        if self.parts.iter().filter(outer).count() < 6 {
            return None;
        }
        let on_ring =
            |seen: &Observation| f64::from(u8::from(self.parts[seen.part].zone == Zone::Ring(0)));
        let options = RADIUS_MM.map(|deviation| vec![self.column(deviation, on_ring)]);
        let (gain, fit) = self.best_gain(options.into_iter())?;
        let ring: Vec<&Part> = self.parts.iter().filter(outer).step_by(5).collect();
        Some(Measure {
            log_odds: Some(gain),
            at_px: self.frame.page_points(ring.iter()),
            ..Measure::new(Axis::RingRadiusMm, fit.amounts[0], fit.deviations[0])
        })
    }

    /// Letters of another face stand off one by one: more noise inside, none in the rings.
    fn letters(&self) -> Option<Measure> {
        let inner: Vec<&Part> = self.parts.iter().filter(|p| p.normal.is_none()).collect();
        if inner.len() < PARTS_MIN {
            return None;
        }
        let extra = |amount: f64| -> Vec<f64> {
            let add = |seen: &Observation| {
                let inside = self.parts[seen.part].normal.is_none();
                if inside { amount * amount } else { 0.0 }
            };
            self.observations.iter().map(add).collect()
        };
        let gains = LETTERS_MM.into_iter().filter_map(|amount| {
            let evidence = self.regression.noisier(&self.base, &extra(amount))?;
            Some(evidence - self.base.evidence)
        });
        let gain = gains.max_by(f64::total_cmp)? - std::f64::consts::LN_2;
        let mut off: Vec<(f64, &Part)> = inner
            .iter()
            .map(|part| (off_neighbours(part, &inner), *part))
            .collect();
        off.sort_by(|a, b| a.0.total_cmp(&b.0));
        let worst: Vec<&Part> = off.iter().rev().take(6).map(|&(_, part)| part).collect();
        let moved = |part: &&Part| {
            let (shift, covariance) = displaced(part, &inner)?;
            let covariance = covariance.map(|own| self.base.scale * own);
            Some(self.frame.displacement(part.at, (shift, covariance)))
        };
        let uncertainty = PART_NOISE_MM * libm::sqrt(self.base.scale / inner.len() as f64);
        let middle = off[off.len() / 2].0;
        Some(Measure {
            log_odds: Some(gain),
            at_px: self.frame.page_points(worst.iter()),
            displacements: worst.iter().filter_map(moved).collect(),
            ..Measure::new(Axis::GlyphDisplacementMm, middle, uncertainty)
        })
    }

    /// Which parts are of the given pieces.
    fn members(&self, pieces: &[usize]) -> Vec<bool> {
        let last = self.parts.iter().filter_map(|part| part.piece).max();
        let mut given = vec![false; last.map_or(0, |last| last + 1)];
        for &piece in pieces {
            if let Some(given) = given.get_mut(piece) {
                *given = true;
            }
        }
        let own = |part: &Part| part.piece.is_some_and(|piece| given[piece]);
        self.parts.iter().map(own).collect()
    }

    /// Shift, turn and growth of a group as columns, around its own middle; few parts only shift.
    fn group_columns(&self, group: &[usize]) -> Option<(Vec<Column>, Vec2)> {
        let members = self.members(group);
        let count = members.iter().filter(|member| **member).count();
        if count == 0 {
            return None;
        }
        let inside = self
            .parts
            .iter()
            .zip(&members)
            .filter(|(_, member)| **member);
        let middle = inside.fold(Vec2::ZERO, |sum, (part, _)| sum + part.at) / count as f64;
        let on = |seen: &Observation, value: f64| if members[seen.part] { value } else { 0.0 };
        let mut columns = vec![
            self.column(GROUP[0], |seen| on(seen, seen.direction.x)),
            self.column(GROUP[0], |seen| on(seen, seen.direction.y)),
        ];
        if count >= 3 {
            columns.push(self.column(GROUP[1], |seen| {
                let arm = seen.at - middle;
                on(seen, seen.direction.y * arm.x - seen.direction.x * arm.y)
            }));
            columns.push(self.column(GROUP[2], |seen| {
                on(seen, seen.direction.dot(seen.at - middle))
            }));
        }
        Some((columns, middle))
    }

    /// The group that moved most credibly: a figure, a mark, a word or a line set elsewhere.
    fn group(&self, groups: &[Vec<usize>]) -> Option<Measure> {
        let mut seen = groups
            .iter()
            .filter_map(|group| {
                let (columns, middle) = self.group_columns(group)?;
                let glance = |columns: &[Column]| self.regression.glance(&self.base, columns);
                let moved = glance(&columns)? - glance(&sound(&columns))?;
                Some((moved, columns, (group.as_slice(), middle)))
            })
            .collect::<Vec<_>>();
        seen.sort_by(|a, b| b.0.total_cmp(&a.0));
        let count = seen.len() as f64;
        let closely = seen.iter().take(GROUPS_CLOSELY);
        let gains = closely.filter_map(|(_, columns, at)| {
            let (gain, fit) = self.gain(columns)?;
            let (own, _) = self.gain(&sound(columns))?;
            Some((gain - own, fit, *at))
        });
        let (gain, fit, (group, middle)) = gains.max_by(|a, b| a.0.total_cmp(&b.0))?;
        let point = self.frame.page(middle);
        let value = libm::hypot(fit.amounts[0], fit.amounts[1]);
        let uncertainty =
            libm::hypot(fit.deviations[0], fit.deviations[1]) * std::f64::consts::FRAC_1_SQRT_2;
        Some(Measure {
            visibility: self.frame.visibility.of_pieces(group),
            // The best of many groups is one among as many chances; a die is seldom changed in
            // fewer than a third of them.
            log_odds: Some(gain - libm::log((count / 3.0).max(1.0))),
            at_px: vec![(point.x, point.y)],
            displacements: vec![self.frame.displacement(middle, shift(&fit))],
            ..Measure::new(Axis::GroupShiftMm, value, uncertainty)
        })
    }

    /// The figure in the middle: its turn, place and size against all the rest.
    fn motif(&self, pieces: &[usize], faded: f64) -> Vec<Measure> {
        let Some((columns, middle)) = self.group_columns(pieces) else {
            return Vec::new();
        };
        let point = self.frame.page(middle);
        let norm = |values: &[f64]| values.iter().fold(0.0, |sum, v| libm::hypot(sum, *v));
        let measure = |axis: Axis, unit: f64, gain: f64, fit: &Fit| {
            let signed = fit.amounts.len() == 1;
            let amount = if signed {
                fit.amounts[0]
            } else {
                norm(&fit.amounts)
            };
            let deviation = norm(&fit.deviations) / libm::sqrt(fit.amounts.len() as f64);
            let uncertainty = unit * deviation;
            let moved =
                (axis == Axis::MotifShiftMm).then(|| self.frame.displacement(middle, shift(fit)));
            Measure {
                log_odds: Some(gain),
                at_px: vec![(point.x, point.y)],
                displacements: moved.into_iter().collect(),
                ..Measure::new(axis, unit * amount, uncertainty)
            }
        };
        let one = |axis: Axis, range: std::ops::Range<usize>, unit: f64| {
            let (gain, fit) = self.gain(columns.get(range)?)?;
            Some(measure(axis, unit, gain, &fit))
        };
        let size = || {
            let members = self.members(pieces);
            let by_ink = |seen: &Observation| {
                let part = &self.parts[seen.part];
                let own = if members[seen.part] {
                    part.edge
                } else {
                    Vec2::ZERO
                };
                seen.direction.dot(own)
            };
            let by_ink = self.column(SOLID_EDGE_MM, by_ink);
            let growth = columns.get(GROWTH)?;
            let reach = self.reach(pieces, middle);
            let by_itself = (POINTS_MM.0 + POINTS_MM.1 * faded) / reach;
            let grown = |deviation: f64| [freed(growth, deviation), by_ink.clone()];
            let (own, _) = self.gain(&grown(by_itself))?;
            let (other, mut fit) = self.gain(&grown(libm::hypot(growth.deviation, by_itself)))?;
            fit.amounts.truncate(1);
            fit.deviations.truncate(1);
            Some(measure(Axis::MotifSizeMm, reach, other - own, &fit))
        };
        [
            one(Axis::MotifShiftMm, 0..2, 1.0),
            one(Axis::MotifTurnDeg, 2..GROWTH, 180.0 / std::f64::consts::PI),
            size(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// How far the given pieces reach from their middle, millimetres.
    fn reach(&self, pieces: &[usize], middle: Vec2) -> f64 {
        let own = self.parts.iter().zip(self.members(pieces));
        let arms = own
            .filter(|(_, member)| *member)
            .map(|(part, _)| (part.at - middle).hypot());
        arms.fold(0.5, f64::max)
    }
}

/// The shift that the first two amounts are, right and down, with its covariance (xx, xy, yy).
fn shift(fit: &Fit) -> (Vec2, [f64; 3]) {
    let of = |row: usize, column: usize| fit.covariance[(row, column)];
    let shift = Vec2::new(fit.amounts[0], fit.amounts[1]);
    (shift, [of(0, 0), of(0, 1), of(1, 1)])
}

/// A group's columns as a sound die's impression has them.
fn sound(columns: &[Column]) -> Vec<Column> {
    let [shift, turn, growth] = GROUP_SOUND;
    let deviations = [shift, shift, turn, growth];
    let own = |(column, deviation): (&Column, f64)| freed(column, deviation);
    columns.iter().zip(deviations).map(own).collect()
}

/// A column with another freedom.
fn freed(column: &Column, deviation: f64) -> Column {
    let entries = column.entries.clone();
    Column { entries, deviation }
}

/// The directions in which a part's shift is known, each with its variance: a ring's along its
/// normal only, an inner part's along the axes of its covariance.
pub(super) fn directions(part: &Part) -> Vec<(Vec2, f64)> {
    let [xx, xy, yy] = part.covariance;
    if let Some(n) = part.normal {
        let variance = n.x * n.x * xx + 2.0 * n.x * n.y * xy + n.y * n.y * yy;
        return vec![(n, variance + RING_NOISE_MM * RING_NOISE_MM)];
    }
    let turn = 0.5 * libm::atan2(2.0 * xy, xx - yy);
    let (middle, half) = (0.5 * (xx + yy), libm::hypot(0.5 * (xx - yy), xy));
    let along = Vec2::new(libm::cos(turn), libm::sin(turn));
    let across = Vec2::new(-along.y, along.x);
    let noise = PART_NOISE_MM * PART_NOISE_MM;
    vec![
        (along, middle + half + noise),
        (across, (middle - half).max(0.0) + noise),
    ]
}

/// The columns of an affine map, for a shift seen along a direction at a place.
pub(super) fn sheet_row(d: Vec2, at: Vec2) -> [f64; 6] {
    [d.x, d.y, d.x * at.x, d.x * at.y, d.y * at.x, d.y * at.y]
}

/// Height of a bump at a place, 1 at its middle.
pub(super) fn height(at: Vec2, bump: Vec2) -> f64 {
    libm::exp(-0.5 * (at - bump).hypot2() / (BUMP_REACH_MM * BUMP_REACH_MM))
}

/// Where the rubber's bumps stand: a grid over the seal, as far as one reaches into it.
pub(super) fn bumps(radius_mm: f64) -> Vec<Vec2> {
    let steps = round_i32((radius_mm / BUMP_PITCH_MM).ceil());
    let places = (-steps..=steps)
        .flat_map(|row| (-steps..=steps).map(move |column| (f64::from(column), f64::from(row))))
        .map(|(x, y)| Vec2::new(x, y) * BUMP_PITCH_MM);
    places
        .filter(|at| at.hypot() < radius_mm + 0.6 * BUMP_PITCH_MM)
        .collect()
}

#[cfg(test)]
mod tests;
