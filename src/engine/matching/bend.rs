//! How far the drawing is bent: what neighbouring parts, marks and border alike, are shifted by
//! together once the sheet's affine map is taken out.
//!
//! A rubber die gives by a tenth of a millimetre or so at every stamping; a dented, swollen or
//! warped one is shifted by more, over some part of its face.

use nalgebra::SMatrix;
use nalgebra::SVector;

use crate::geometry::Vec2;
use crate::matching::field::Part;
use crate::matching::shifts::directions;
use crate::matching::shifts::sheet_row;
use crate::order;

/// Least parts of which anything is said, and least neighbours of a place.
const PARTS_MIN: usize = 12;
const NEIGHBOURS_MIN: usize = 5;
/// Reach of the neighbourhood over which shifts are averaged, millimetres.
const REACH_MM: f64 = 1.7;
/// Share of the weight from which a part is a neighbour.
const SHARE_MIN: f64 = 0.1;
/// Shift beyond which a part is an outlier to the sheet's map, and to its neighbours, millimetres.
const STRAY_SHEET_MM: f64 = 0.05;
const STRAY_NEAR_MM: f64 = 0.08;
/// Expected size of a local shift, millimetres: holds it where only one direction is known.
const LOCAL_MM: f64 = 0.3;
/// Expected stretch of the sheet, a share of one.
const STRETCH: f64 = 0.03;
/// Rounds of reweighting.
const SHEET_ROUNDS: usize = 8;
const LOCAL_ROUNDS: usize = 4;
/// Every so manieth part is a place where the bend is read.
const STEP: usize = 3;
/// Share of the places that are bent by less than the result.
const SHARE: f64 = 0.95;

/// One direction of one part's shift.
struct Sight {
    part: usize,
    direction: Vec2,
    at: Vec2,
    /// Its shift along the direction, and what of it the sheet leaves, millimetres.
    value: f64,
    rest: f64,
    variance: f64,
}

/// The bend that all but a twentieth of the drawing stays below, millimetres; 0 if too few parts
/// were measured.
pub(super) fn bend_mm(parts: &[Part]) -> f64 {
    if parts.len() < PARTS_MIN {
        return 0.0;
    }
    let mut sights: Vec<Sight> = parts
        .iter()
        .enumerate()
        .flat_map(|(number, part)| {
            directions(part)
                .into_iter()
                .map(move |(direction, variance)| {
                    let value = direction.dot(part.shift);
                    Sight {
                        part: number,
                        direction,
                        at: part.at,
                        value,
                        rest: value,
                        variance,
                    }
                })
        })
        .collect();
    take_out_sheet(&mut sights);
    let places = parts.iter().step_by(STEP);
    let bends = places.filter_map(|part| local(&sights, part.at));
    order::quantile_between_ends(bends.map(Vec2::hypot), SHARE).unwrap_or(0.0)
}

/// Leaves in each sight what an affine map of all does not explain, outliers given little weight.
fn take_out_sheet(sights: &mut [Sight]) {
    let row = |sight: &Sight| SVector::from(sheet_row(sight.direction, sight.at));
    for _ in 0..SHEET_ROUNDS {
        let mut normal = SMatrix::<f64, 6, 6>::from_diagonal_element(1.0);
        for k in 2..6 {
            normal[(k, k)] = STRETCH.powi(-2);
        }
        let mut right = SVector::<f64, 6>::zeros();
        for sight in sights.iter() {
            let stray = sight.rest * sight.rest / (sight.variance + STRAY_SHEET_MM.powi(2));
            let weight = 1.0 / (sight.variance * (1.0 + stray));
            let row = row(sight);
            normal += row * row.transpose() * weight;
            right += row * (weight * sight.value);
        }
        let Some(factor) = normal.cholesky() else {
            return;
        };
        let map = factor.solve(&right);
        for sight in sights.iter_mut() {
            sight.rest = sight.value - row(sight).dot(&map);
        }
    }
}

/// The shift that the parts about a place share; `None` if there are too few.
fn local(sights: &[Sight], place: Vec2) -> Option<Vec2> {
    let furthest = -2.0 * libm::log(SHARE_MIN);
    let near: Vec<(&Sight, f64)> = sights
        .iter()
        .map(|sight| {
            let square = (sight.at - place).hypot2() / (REACH_MM * REACH_MM);
            (sight, square)
        })
        .filter(|(_, square)| *square < furthest)
        .map(|(sight, square)| (sight, libm::exp(-0.5 * square)))
        .collect();
    let mut owners: Vec<usize> = near.iter().map(|(sight, _)| sight.part).collect();
    owners.dedup();
    if owners.len() < NEIGHBOURS_MIN {
        return None;
    }
    let mut shift = Vec2::ZERO;
    for round in 0..LOCAL_ROUNDS {
        let held = LOCAL_MM.powi(-2);
        let (mut xx, mut xy, mut yy) = (held, 0.0, held);
        let mut right = Vec2::ZERO;
        for (sight, share) in &near {
            let d = sight.direction;
            let miss = sight.rest - d.dot(shift);
            let stray = miss * miss / (sight.variance + STRAY_NEAR_MM.powi(2));
            let trusted = if round == 0 { 1.0 } else { 1.0 / (1.0 + stray) };
            let weight = share * trusted / (sight.variance + 0.25 * STRAY_NEAR_MM.powi(2));
            xx += weight * d.x * d.x;
            xy += weight * d.x * d.y;
            yy += weight * d.y * d.y;
            right += d * (weight * sight.rest);
        }
        let det = xx * yy - xy * xy;
        shift = Vec2::new(yy * right.x - xy * right.y, xx * right.y - xy * right.x) / det;
    }
    Some(shift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::field::Zone;

    /// A ring of 18 mm and letters on a grid inside, shifted as `shift` says.
    fn parts(shift: impl Fn(Vec2) -> Vec2) -> Vec<Part> {
        let ring = (0..36_u32).map(|i| {
            let (sin, cos) = libm::sincos(f64::from(i) * std::f64::consts::TAU / 36.0);
            (Vec2::new(18.0 * cos, 18.0 * sin), true)
        });
        let grid = (-7..=7_i32).flat_map(|x| (-7..=7_i32).map(move |y| (x, y)));
        let inside = grid.map(|(x, y)| (Vec2::new(2.0 * f64::from(x), 2.0 * f64::from(y)), false));
        ring.chain(inside)
            .enumerate()
            .map(|(number, (at, on_ring))| {
                let normal = on_ring.then(|| at.normalize());
                let all = shift(at);
                Part {
                    zone: if on_ring { Zone::Ring(0) } else { Zone::Inside },
                    at,
                    normal,
                    shift: normal.map_or(all, |n| n * n.dot(all)),
                    covariance: [4e-4, 0.0, 4e-4],
                    spread: 0.0,
                    spread_variance: 1e-4,
                    residual: 0.05,
                    contrast: 0.3,
                    edge: Vec2::ZERO,
                    area: 100.0,
                    piece: (!on_ring).then_some(number),
                }
            })
            .collect()
    }

    #[test]
    fn a_sheet_that_is_turned_moved_and_stretched_is_not_bent() {
        let sheet = |at: Vec2| Vec2::new(0.3 + 0.006 * at.x - 0.01 * at.y, -0.2 + 0.01 * at.x);
        let bend = bend_mm(&parts(sheet));
        assert!(bend < 0.02, "{bend}");
    }

    #[test]
    fn a_dent_at_the_rim_bends_by_less_than_its_depth_and_more_than_rubber_gives() {
        let dent = |at: Vec2| {
            let near = (at - Vec2::new(15.0, 4.0)).hypot2();
            Vec2::new(-0.8, -0.1) * libm::exp(-near / (2.0 * 6.0 * 6.0))
        };
        let bend = bend_mm(&parts(dent));
        assert!((0.25..0.8).contains(&bend), "{bend}");
    }

    #[test]
    fn a_few_letters_astray_bend_nothing() {
        let astray = |at: Vec2| {
            if (at - Vec2::new(6.0, 6.0)).hypot() < 0.5 {
                Vec2::new(0.6, 0.0)
            } else {
                Vec2::ZERO
            }
        };
        let bend = bend_mm(&parts(astray));
        assert!(bend < 0.05, "{bend}");
    }
}
