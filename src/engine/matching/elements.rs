//! What a specimen's inside is drawn of: pieces of letters and figures, and the groups they form.
//!
//! A letter, an accent or a star is a connected component of the fused ink. Another die sets them
//! elsewhere one by one or in groups (a word, a line, a figure), so each is measured by its own
//! pixels only: a window that saw two letters would report the mean of both. Large components are cut into pieces of a
//! few millimetres, so that what is stretched or turned inside them shows as well.

use serde::{Deserialize, Serialize};

use crate::extraction::Outline;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Component;
use crate::imaging::Density;
use crate::imaging::Raster;
use crate::imaging::components;
use crate::imaging::dilate;
use crate::matching::canonical::PER_MM;
use crate::matching::structure::RingLine;
use crate::units::floor_index;

/// Ink from which a sample belongs to a component.
const INK: f32 = 0.45;
/// Least ink of a component, in square millimetres: below it stand specks.
const INK_MIN_MM2: f64 = 0.12;
/// Largest side of a piece, in millimetres: half a letter, so that its strokes are placed one by one.
const PIECE_MM: f64 = 1.5;
/// Paper around the ink that belongs to a piece, in millimetres: where its edges may come to lie.
const MARGIN_MM: f64 = 0.4;
/// Half the gaps bridged by a group, in millimetres: strokes of a letter, letters of a word, words
/// of a line.
const BRIDGES_MM: [f64; 4] = [0.1, 0.25, 0.5, 0.9];
/// A group of more than this share of all pieces is the alignment's own.
const GROUP_SHARE_MAX: f64 = 0.6;
/// Pieces held at most: bounds the work whatever the drawing.
const PIECES_MAX: usize = 1200;

/// A piece of one component.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Piece {
    /// Mean place of its ink, grid samples.
    pub centre: Point,
    /// Its samples, as indices into the grid: ink and the paper next to it.
    pub samples: Vec<u32>,
}

/// The inside of a drawing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Elements {
    /// The pieces.
    pub pieces: Vec<Piece>,
    /// Sets of pieces that another engraver would set as one, by index; each set once.
    pub groups: Vec<Vec<usize>>,
    /// The pieces of the figure or text block in the middle; empty if there is none.
    pub motif: Vec<usize>,
}

impl Elements {
    /// Takes a drawing apart; `depth` is the depth of each sample under the outline, `inside` the
    /// depth at which the inside begins.
    pub(super) fn new(
        (ink, depth): (&Density, &Density),
        outline: &Outline,
        rings: &[RingLine],
        inside: f64,
    ) -> Self {
        let is_line = |depth: f64| {
            rings
                .iter()
                .any(|ring| (depth - ring.depth).abs() < ring.half_width + 1.0)
        };
        let mut mask = ink.map(|value| value > INK);
        for (set, &depth) in mask.samples_mut().iter_mut().zip(depth.samples()) {
            let depth = f64::from(depth);
            *set &= depth >= inside && !is_line(depth);
        }
        let least = floor_index(INK_MIN_MM2 * PER_MM * PER_MM);
        let mut parts = components(&mask);
        parts.retain(|part| part.area >= least);
        let labels = labels(&parts, (mask.width(), mask.height()));
        let (pieces, cells) = pieces(&parts, &labels);
        let groups = groups(&parts, &cells, (mask.width(), mask.height()), pieces.len());
        let motif = motif(&pieces, &groups, outline);
        Self {
            pieces,
            groups,
            motif,
        }
    }
}

/// The component at each sample, counted from one; 0 is none.
fn numbered(parts: &[Component], (width, height): (usize, usize)) -> Raster<u32> {
    let mut numbers = Raster::filled(width, height, 0_u32);
    for (number, part) in (1..).zip(parts) {
        for &(y, start, end) in &part.runs {
            numbers.row_mut(y)[start..end].fill(number);
        }
    }
    numbers
}

/// The component next to each sample, counted from one, as far as the margin; 0 is none.
fn labels(parts: &[Component], (width, height): (usize, usize)) -> Raster<u32> {
    let mut labels = numbered(parts, (width, height));
    let runs = parts.iter().flat_map(|part| &part.runs);
    let mut front: Vec<usize> = runs
        .flat_map(|&(y, start, end)| (start..end).map(move |x| y * width + x))
        .collect();
    for _ in 0..floor_index((MARGIN_MM * PER_MM).round()) {
        let mut next = Vec::new();
        for at in front {
            let label = labels.samples()[at];
            let (x, y) = (at % width, at / width);
            let neighbours = [
                (x > 0).then(|| at - 1),
                (x + 1 < width).then_some(at + 1),
                (y > 0).then(|| at - width),
                (y + 1 < height).then_some(at + width),
            ];
            for neighbour in neighbours.into_iter().flatten() {
                let slot = &mut labels.samples_mut()[neighbour];
                if *slot == 0 {
                    *slot = label;
                    next.push(neighbour);
                }
            }
        }
        front = next;
    }
    labels
}

/// Cuts components into cells; also tells the pieces of each component.
fn pieces(parts: &[Component], labels: &Raster<u32>) -> (Vec<Piece>, Vec<Vec<usize>>) {
    let width = labels.width();
    let mut gathered: Vec<Vec<u32>> = Vec::new();
    let mut first = Vec::with_capacity(parts.len());
    let mut grids = Vec::with_capacity(parts.len());
    for part in parts {
        let cells = |side: u32| floor_index((f64::from(side) / (PIECE_MM * PER_MM)).ceil()).max(1);
        let grid = (cells(part.bbox.width), cells(part.bbox.height));
        first.push(gathered.len());
        gathered.resize(gathered.len() + grid.0 * grid.1, Vec::new());
        grids.push(grid);
    }
    let cell = |number: usize, x: usize, y: usize| {
        let (bbox, grid) = (parts[number].bbox, grids[number]);
        let along = |at: usize, start: u32, side: u32, count: usize| {
            let share = (at as f64 - f64::from(start)) / f64::from(side);
            floor_index(share.max(0.0) * count as f64).min(count - 1)
        };
        let column = along(x, bbox.x, bbox.width, grid.0);
        let row = along(y, bbox.y, bbox.height, grid.1);
        first[number] + row * grid.0 + column
    };
    for (at, &label) in (0_u32..).zip(labels.samples()) {
        if let Some(number) = (label as usize).checked_sub(1) {
            let index = at as usize;
            gathered[cell(number, index % width, index / width)].push(at);
        }
    }
    let mut pieces = Vec::new();
    let mut own = vec![Vec::new(); parts.len()];
    for (number, part) in parts.iter().enumerate() {
        let mut sums = vec![(0.0, 0.0, 0.0); grids[number].0 * grids[number].1];
        for &(y, start, end) in &part.runs {
            for x in start..end {
                let sum = &mut sums[cell(number, x, y) - first[number]];
                *sum = (sum.0 + x as f64 + 0.5, sum.1 + y as f64 + 0.5, sum.2 + 1.0);
            }
        }
        for (offset, (x, y, count)) in sums.into_iter().enumerate() {
            if count > 0.0 && pieces.len() < PIECES_MAX {
                own[number].push(pieces.len());
                pieces.push(Piece {
                    centre: Point::new(x / count, y / count),
                    samples: std::mem::take(&mut gathered[first[number] + offset]),
                });
            }
        }
    }
    (pieces, own)
}

/// The groups: components joined over ever wider gaps.
fn groups(
    parts: &[Component],
    own: &[Vec<usize>],
    size: (usize, usize),
    count: usize,
) -> Vec<Vec<usize>> {
    let mask = numbered(parts, size).map(|number| number > 0);
    let mut found: Vec<Vec<usize>> = Vec::new();
    for bridge in BRIDGES_MM {
        let joined = components(&dilate(&mask, floor_index((bridge * PER_MM).round())));
        let home = numbered(&joined, size);
        let mut sets = vec![Vec::new(); joined.len() + 1];
        for (part, pieces) in parts.iter().zip(own) {
            if let Some(&(y, x, _)) = part.runs.first() {
                sets[home.at(x, y) as usize].extend(pieces);
            }
        }
        for set in sets {
            let small = (set.len() as f64) < GROUP_SHARE_MAX * count as f64;
            if !set.is_empty() && small && !found.contains(&set) {
                found.push(set);
            }
        }
    }
    found
}

/// The largest group around the centre that leaves a band between itself and the border.
fn motif(pieces: &[Piece], groups: &[Vec<usize>], outline: &Outline) -> Vec<usize> {
    let radius = outline.mean_radius();
    let central = groups.iter().filter(|group| {
        let places = || {
            group
                .iter()
                .map(|&piece| pieces[piece].centre - outline.centre)
        };
        let middle = places().fold(Vec2::ZERO, |sum, at| sum + at) / group.len() as f64;
        let reach = places().map(Vec2::hypot).fold(0.0, f64::max);
        middle.hypot() < 0.25 * radius && reach < 0.65 * radius
    });
    central
        .max_by_key(|group| group.len())
        .cloned()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Shape;

    /// A round seal of 40 mm: a bar in the middle, two letters close together above it, and one
    /// letter far below.
    fn elements() -> Elements {
        let side = 420;
        let mut ink = Raster::filled(side, side, 0.0_f32);
        let mut bar = |x: usize, y: usize, width: usize, height: usize| {
            for row in y..y + height {
                ink.row_mut(row)[x..x + width].fill(1.0);
            }
        };
        bar(180, 205, 60, 10);
        bar(200, 60, 8, 25);
        bar(212, 60, 8, 25);
        bar(206, 330, 8, 25);
        let outline = Outline {
            shape: Shape::Round,
            centre: Point::new(210.0, 210.0),
            half_width: 200.0,
            half_height: 200.0,
            axis_degrees: 0.0,
        };
        let depth = ink.map(|_| 100.0);
        Elements::new((&ink, &depth), &outline, &[], 20.0)
    }

    #[test]
    fn long_strokes_are_cut_and_letters_grouped_by_their_gaps() {
        let elements = elements();
        // 6 mm in four pieces; letters of 2.5 mm in two each.
        assert_eq!(elements.pieces.len(), 4 + 3 * 2);
        let pair = elements.groups.iter().filter(|group| group.len() == 4);
        assert_eq!(pair.count(), 2, "the bar, and the two letters together");
    }

    #[test]
    fn the_motif_is_what_stands_in_the_middle() {
        let elements = elements();
        assert_eq!(elements.motif.len(), 4);
        for &piece in &elements.motif {
            let centre = elements.pieces[piece].centre;
            assert!((centre.y - 210.0).abs() < 1.0, "{centre:?}");
        }
    }

    #[test]
    fn a_piece_holds_the_paper_next_to_its_own_ink_only() {
        let elements = elements();
        let mut seen = std::collections::HashSet::new();
        for piece in &elements.pieces {
            for sample in &piece.samples {
                assert!(seen.insert(*sample), "one sample belongs to one piece");
            }
        }
        let bar = (60 + 8) * (10 + 8);
        let own: usize = elements
            .motif
            .iter()
            .map(|&p| elements.pieces[p].samples.len())
            .sum();
        assert!(own > 60 * 10 && own < bar, "{own}");
    }
}
