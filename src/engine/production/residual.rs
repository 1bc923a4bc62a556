//! The residual key: how an impression's ink departs from its seal's drawing.
//!
//! No two stampings leave the same ink: it pools, runs dry and frays anew each time. What is left of an
//! impression once all is taken out that its die, its pad's habit and its sheet explain is its own, and
//! only a copy of it has the same. Taken out are, within a few millimetres each: the drawing with its
//! gain, its edges moved outwards (spread), a rim or hollow along them, a shift (the rubber's bend and
//! the scanner's stretch), and the specimen's own inking. What remains is kept in cells of 0.6 mm as
//! more, less or as much ink as elsewhere.

use serde::{Deserialize, Serialize};

use crate::imaging::Density;
use crate::imaging::blur;
use crate::matching::Superposed;
use crate::production::explained::BLOCK;
use crate::production::explained::Maps;
use crate::production::explained::PER_MM;
use crate::units::floor_index;
use crate::units::single;

/// Cells along a side of the key.
const SIDE: usize = 64;
/// Least side of a cell, millimetres.
const CELL_MM: f64 = 0.6;
/// Words of one plane of bits.
const WORDS: usize = (SIDE * SIDE).div_ceil(64);
/// Smoothing of the squares of departures by block, blocks: 4 mm.
const EVENED: f64 = 2.0;
/// Least square of departures that is evened out, of full ink.
const EVEN_MIN: f32 = 1e-4;
/// Departure at which a sample says no more, in terms of those around it.
const CLIPPED: f32 = 2.5;
/// Smoothing of departures, samples: 0.4 mm. Grain finer than that is lost in a printed copy, and is
/// what scanners and edges add; pools and dry patches are larger.
const REACH: f64 = 2.0;
/// Share of the places around a cell's middle that must be looked at.
const SEEN_MIN: f32 = 0.15;
/// Departure, in terms of the key's own, from which a cell holds more or less ink than others: three
/// levels tell most when the middle one takes in four of ten.
const LEVEL: f32 = 0.5;
/// Ink from which two impressions that have no specimen both bear some, of full ink; smoothing of the inks before that and of
/// the drawing after it, samples of the comparison: 0.14 and 0.12 mm, a die's edge in print.
const SHARED: f32 = 0.25;
const SHARED_SOFT: f64 = 1.4;
const SHARED_EDGE: f64 = 1.2;
/// Regions along a side by which two keys are compared, and least cells of one.
const REGIONS: usize = 4;
const REGION_CELLS_MIN: usize = 40;

/// Where an impression bears more and less ink than explained, in cells of the specimen's frame: two bits
/// a cell, 1 KiB in all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ResidualKey {
    /// Side of a cell, micrometres.
    cell_um: u32,
    /// Cells that bear clearly more, or neither clearly more nor less.
    not_less: Vec<u64>,
    /// Cells that bear clearly less, or neither. In neither plane: what was not seen.
    not_more: Vec<u64>,
}

impl ResidualKey {
    /// Cells along a side.
    pub const SIDE: usize = SIDE;
    /// Least cells of a key, and of two that are compared.
    pub const CELLS_MIN: usize = 200;

    /// Reads the key of an impression laid over its specimen; `None` if too little of it can be seen.
    #[must_use]
    pub fn new(laid: &Superposed) -> Option<Self> {
        let maps = Maps::new(laid);
        let residual = maps.residual();
        let seen = maps.seen();
        let levels = evened(residual, &seen);
        let reach_mm = laid.outline.half_width.max(laid.outline.half_height) / Superposed::PER_MM;
        let cell_mm = f64::max(CELL_MM, 2.04 * reach_mm / SIDE as f64);
        Self::from_cells(&cells(&levels, &seen, cell_mm * PER_MM), cell_mm)
    }

    /// The keys of two impressions without a specimen, one of which was laid over the other as if that were theirs: by the
    /// drawing that they share, so that the ink of neither is taken out of the other. The other's comes first. `None` if too
    /// little of either can be seen.
    #[must_use]
    pub fn of_two(laid: &Superposed) -> Option<(Self, Self)> {
        let drawing = shared(&laid.drawing, &laid.ink);
        let key = |ink: &Density| {
            Self::new(&Superposed {
                ink: ink.clone(),
                drawing: drawing.clone(),
                ..laid.clone()
            })
        };
        Some((key(&laid.drawing)?, key(&laid.ink)?))
    }

    /// Keeps three levels of each cell; `None` where it was not seen.
    pub fn from_cells(cells: &[Option<f32>], cell_mm: f64) -> Option<Self> {
        let known: Vec<f32> = cells.iter().copied().flatten().collect();
        if known.len() < Self::CELLS_MIN {
            return None;
        }
        let square: f32 = known.iter().map(|value| value * value).sum();
        let bound = LEVEL * (square / single(known.len() as f64)).sqrt();
        let mut key = Self {
            cell_um: u32::try_from(floor_index(1000.0 * cell_mm)).unwrap_or(u32::MAX),
            not_less: vec![0; WORDS],
            not_more: vec![0; WORDS],
        };
        for (index, value) in cells.iter().enumerate() {
            let Some(value) = *value else { continue };
            let bit = 1 << (index % 64);
            if value >= -bound {
                key.not_less[index / 64] |= bit;
            }
            if value <= bound {
                key.not_more[index / 64] |= bit;
            }
        }
        Some(key)
    }

    /// Whether cells of both lie in one place of the seal: another size of cell is another specimen's frame.
    #[must_use]
    pub fn is_of_frame(&self, other: &Self) -> bool {
        self.cell_um.abs_diff(other.cell_um) <= self.cell_um / 100
    }

    /// Whether the key holds what a key holds: it may come from a file.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.cell_um > 0 && self.not_less.len() == WORDS && self.not_more.len() == WORDS
    }

    /// Side of a cell, millimetres.
    #[must_use]
    pub fn cell_mm(&self) -> f64 {
        f64::from(self.cell_um) / 1000.0
    }

    /// Each cell's level, -1, 0 or 1, row by row; `None` where it was not seen.
    #[must_use]
    pub fn levels(&self) -> Vec<Option<i8>> {
        let bit = |plane: &[u64], index: usize| plane[index / 64] >> (index % 64) & 1 == 1;
        let level = |index| match (bit(&self.not_less, index), bit(&self.not_more, index)) {
            (false, false) => None,
            (true, false) => Some(1),
            (false, true) => Some(-1),
            (true, true) => Some(0),
        };
        (0..SIDE * SIDE).map(level).collect()
    }

    /// Correlation of two keys over the cells seen in both, by counting bits; `None` if too few were, or
    /// their cells are not of one size.
    #[must_use]
    pub fn correlation(&self, other: &Self) -> Option<f64> {
        if !self.is_of_frame(other) {
            return None;
        }
        let mut counts = [0_u32; 7];
        let own = self.not_less.iter().zip(&self.not_more);
        let found = other.not_less.iter().zip(&other.not_more);
        for ((a, b), (c, d)) in own.zip(found) {
            let both = (a | b) & (c | d);
            let (more, less) = (a & !b & both, b & !a & both);
            let (more_there, less_there) = (c & !d & both, d & !c & both);
            let words = [
                both,
                more,
                less,
                more_there,
                less_there,
                (more & more_there) | (less & less_there),
                (more & less_there) | (less & more_there),
            ];
            for (count, word) in counts.iter_mut().zip(words) {
                *count += word.count_ones();
            }
        }
        let [seen, more, less, more_there, less_there, same, opposed] = counts.map(f64::from);
        if seen < Self::CELLS_MIN as f64 {
            return None;
        }
        let (own, found) = ((more - less) / seen, (more_there - less_there) / seen);
        let own_square = (more + less) / seen - own * own;
        let found_square = (more_there + less_there) / seen - found * found;
        let product = (same - opposed) / seen - own * found;
        Some(product / (own_square * found_square).max(1e-9).sqrt())
    }

    /// Correlation of two keys in each of four by four regions that hold enough cells seen in both.
    #[must_use]
    pub fn by_region(&self, other: &Self) -> Vec<f64> {
        let mut regions = vec![Vec::new(); REGIONS * REGIONS];
        let pairs = self.levels().into_iter().zip(other.levels()).enumerate();
        for (index, pair) in pairs {
            let (column, row) = (index % SIDE, index / SIDE);
            let region = row * REGIONS / SIDE * REGIONS + column * REGIONS / SIDE;
            if let (Some(own), Some(found)) = pair {
                regions[region].push((f64::from(own), f64::from(found)));
            }
        }
        regions.retain(|region| region.len() >= REGION_CELLS_MIN);
        regions
            .iter()
            .map(|region| Self::correlated(region))
            .collect()
    }

    /// Correlation of pairs of numbers; next to 0 where either stays the same.
    pub fn correlated(pairs: &[(f64, f64)]) -> f64 {
        let count = pairs.len() as f64;
        let (mut own, mut found) = (0.0, 0.0);
        for (a, b) in pairs {
            own += a / count;
            found += b / count;
        }
        let (mut both, mut own_square, mut found_square) = (0.0, 1e-9, 1e-9);
        for (a, b) in pairs {
            both += (a - own) * (b - found);
            own_square += (a - own) * (a - own);
            found_square += (b - found) * (b - found);
        }
        both / f64::sqrt(own_square * found_square)
    }
}

/// Full ink where two impressions both bear some.
fn shared(own: &Density, other: &Density) -> Density {
    let (own, other) = (blur(own, SHARED_SOFT), blur(other, SHARED_SOFT));
    let pairs = own.samples().iter().zip(other.samples());
    let inked = pairs.map(|(own, other)| f32::from(u8::from(own.min(*other) > SHARED)));
    let drawing = Density::from_samples(own.width(), own.height(), inked.collect());
    blur(&drawing.expect("as many samples as before"), SHARED_EDGE)
}

/// Departures as multiples of those around them, so that a dry side does not drown the rest.
fn evened(mut residual: Density, seen: &Density) -> Density {
    let (width, height) = (residual.width(), residual.height());
    let (across, down) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
    let mut squares = Density::filled(across, down, 0.0);
    let mut counts = squares.clone();
    for y in 0..height {
        for (x, (value, seen)) in residual.row(y).iter().zip(seen.row(y)).enumerate() {
            squares.row_mut(y / BLOCK)[x / BLOCK] += seen * value * value;
            counts.row_mut(y / BLOCK)[x / BLOCK] += seen;
        }
    }
    let (squares, counts) = (blur(&squares, EVENED), blur(&counts, EVENED));
    for y in 0..height {
        let row = seen.row(y);
        for (x, value) in residual.row_mut(y).iter_mut().enumerate() {
            let (row_of, column) = (y / BLOCK, x / BLOCK);
            let mean = squares.at(column, row_of) / counts.at(column, row_of).max(1e-3);
            *value = row[x] * (*value / (mean + EVEN_MIN).sqrt()).clamp(-CLIPPED, CLIPPED);
        }
    }
    residual
}

/// Means of departures around the middle of each cell of the key; `None` where too little was seen. The
/// key's middle is the grid's.
fn cells(levels: &Density, seen: &Density, cell: f64) -> Vec<Option<f32>> {
    let (sums, counts) = (blur(levels, REACH), blur(seen, REACH));
    let place = |index: usize, side: usize| {
        let at = (index as f64 + 0.5 - 0.5 * SIDE as f64) * cell + 0.5 * side as f64;
        (at >= 0.0).then(|| floor_index(at)).filter(|at| *at < side)
    };
    let cells = (0..SIDE * SIDE).map(|index| {
        let column = place(index % SIDE, levels.width())?;
        let row = place(index / SIDE, levels.height())?;
        let count = counts.at(column, row);
        (count > SEEN_MIN).then(|| sums.at(column, row) / count)
    });
    cells.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Outline;
    use crate::extraction::Shape;
    use crate::geometry::Affine;
    use crate::geometry::Point;

    const GRID: usize = 360;

    /// Strokes 0.8 mm wide, 1.6 mm apart, inked with the pools and dry patches of a seed: `gain` times the
    /// ink, its edges moved out by a blur of `spread`.
    fn impression(pools: u64, gain: f32, spread: f64) -> Superposed {
        let mut chance = fastrand::Rng::with_seed(pools);
        let mut texture = Density::filled(GRID, GRID, 0.0);
        for value in texture.samples_mut() {
            *value = chance.f32() - 0.5;
        }
        let texture = blur(&texture, 6.0);
        let mut drawing = Density::filled(GRID, GRID, 0.0);
        for y in 0..GRID {
            for (x, value) in drawing.row_mut(y).iter_mut().enumerate() {
                let inside = libm::hypot(x as f64 - 180.0, y as f64 - 180.0) < 170.0;
                *value = f32::from(u8::from(inside && (x + y / 7) % 16 < 8));
            }
        }
        let drawing = blur(&drawing, 0.8);
        let mut ink = blur(&drawing, spread);
        for (ink, texture) in ink.samples_mut().iter_mut().zip(texture.samples()) {
            *ink *= gain * (1.0 + 12.0 * texture).max(0.0);
        }
        Superposed {
            weight: ink.map(|_| 1.0),
            ink,
            drawing,
            outline: Outline {
                shape: Shape::Round,
                centre: Point::new(180.0, 180.0),
                half_width: 170.0,
                half_height: 170.0,
                axis_degrees: 0.0,
            },
            page_from_grid: Affine::IDENTITY,
        }
    }

    fn key(pools: u64, gain: f32, spread: f64) -> ResidualKey {
        ResidualKey::new(&impression(pools, gain, spread)).unwrap()
    }

    #[test]
    fn a_paler_and_wider_copy_has_the_same_key_and_another_stamping_has_not() {
        let own = key(1, 0.9, 0.5);
        let copy = own.correlation(&key(1, 0.6, 1.2)).unwrap();
        assert!(copy > 0.8, "{copy}");
        // Pools as wide as these make some stampings a little alike by chance, either way.
        let others = (2..8).map(|pools| own.correlation(&key(pools, 0.9, 0.5)).unwrap());
        let others: Vec<f64> = others.collect();
        assert!(others.iter().all(|other| *other < 0.4), "{others:?}");
        let mean = others.iter().sum::<f64>() / others.len() as f64;
        assert!(mean.abs() < 0.15, "{others:?}");
    }

    #[test]
    fn a_copy_agrees_with_its_original_without_a_specimen_and_another_stamping_does_not() {
        let correlation = |pools: u64, gain: f32, spread: f64| {
            let laid = Superposed {
                drawing: impression(1, 0.9, 0.5).ink,
                ..impression(pools, gain, spread)
            };
            let (own, other) = ResidualKey::of_two(&laid).unwrap();
            own.correlation(&other).unwrap()
        };
        let copy = correlation(1, 0.6, 1.2);
        assert!(copy > 0.76, "{copy}");
        for pools in 2..8 {
            let other = correlation(pools, 0.9, 0.5);
            assert!(other < 0.5, "{pools}: {other}");
        }
    }

    #[test]
    fn counting_bits_gives_the_correlation_of_the_levels() {
        let (own, other) = (key(1, 0.9, 0.5), key(3, 0.6, 1.2));
        let pairs: Vec<(f64, f64)> = own
            .levels()
            .into_iter()
            .zip(other.levels())
            .filter_map(|(a, b)| Some((f64::from(a?), f64::from(b?))))
            .collect();
        let found = own.correlation(&other).unwrap();
        assert!((found - ResidualKey::correlated(&pairs)).abs() < 1e-9);
    }

    #[test]
    fn what_is_hidden_is_in_no_key_and_a_hidden_impression_has_none() {
        let mut half = impression(1, 0.9, 0.5);
        for y in 0..GRID / 2 {
            half.weight.row_mut(y).fill(0.0);
        }
        let half = ResidualKey::new(&half).unwrap();
        let upper = half.levels()[..SIDE * (SIDE / 2 - 1)]
            .iter()
            .flatten()
            .count();
        assert_eq!(upper, 0);
        assert!(half.correlation(&key(1, 0.9, 0.5)).unwrap() > 0.8);
        let mut hidden = impression(1, 0.9, 0.5);
        hidden.weight = hidden.weight.map(|_| 0.0);
        assert_eq!(ResidualKey::new(&hidden), None);
    }
}
