//! Straight sides by voting, and the frames that they make.
//!
//! A worn frame falls to pieces, and a signature or a line of text joins it to what it crosses, so
//! its connected ink tells little. Its sides remain: long, straight, at right angles or at sixty
//! degrees, and they end where they meet (Duda and Hart 1972 for the voting).

use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::extraction::cut;
use crate::extraction::frames::FLANK;
use crate::extraction::rings::Edge;
use crate::extraction::rings::Radii;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::units::floor_index;

/// Directions of the accumulator, over half a turn: two degrees each.
const TURNS: usize = 90;
/// Directions either way that an edge votes in: its normal is known to some five degrees.
const TURN_REACH: usize = 2;
/// Height of a bin of the accumulator, working pixels.
const BIN: f64 = 1.5;
/// Lines taken from one window.
const LINES_MAX: usize = 64;
/// Cosine of the angle by which an edge's normal may differ from its line's.
const ALIGNED: f64 = 0.985;
/// Directions either way that such edges lie in: ten degrees, and three for the line's own fit.
const FACING: usize = 7;
/// How far off its line an edge may lie: the line's own width and two degrees over its length.
const OFF_MAX: f64 = 2.2;
/// Edges that vote in one window; more are a picture or a screen.
const EDGES_MAX: usize = 24_000;
/// How much two sides may miss being parallel, at right angles or at sixty degrees, radians.
const SKEW_MAX: f64 = 0.05;
/// Share of each side that must be drawn, and of all sides together.
const DRAWN_MIN: (f64, f64) = (0.35, 0.55);
/// Frames handed on from one window.
const FRAMES_MAX: usize = 12;
/// Share of three sides that must be drawn where the fourth is no line; chosen.
const THREE_DRAWN_MIN: f64 = 0.65;
/// Squares of three sides handed on from one window besides.
const SQUARES_MAX: usize = 4;

/// A straight line and where along it edges lie.
#[derive(Debug)]
pub(super) struct Line {
    normal: Vec2,
    along: Vec2,
    offset: f64,
    /// Place along the line of the first entry of `drawn`.
    first: f64,
    /// Number of drawn pixels before each pixel along the line.
    drawn: Vec<u32>,
}

impl Line {
    /// Share of a stretch that bears edges.
    pub(super) fn covered(&self, from: f64, to: f64) -> f64 {
        let place = |at: f64| floor_index((at - self.first).max(0.0)).min(self.drawn.len() - 1);
        let (from, to) = (from.min(to), from.max(to));
        let count = self.drawn[place(to)] - self.drawn[place(from)];
        (f64::from(count) / (to - from).max(1.0)).min(1.0)
    }

    /// Where the line meets another, unless they are parallel.
    pub(super) fn meets(&self, other: &Self) -> Option<Point> {
        let across = self.normal.cross(other.normal);
        (across.abs() > 0.2).then(|| {
            Point::new(
                (self.offset * other.normal.y - other.offset * self.normal.y) / across,
                (other.offset * self.normal.x - self.offset * other.normal.x) / across,
            )
        })
    }

    /// Place of a point along the line.
    pub(super) fn place(&self, point: Point) -> f64 {
        point.to_vec2().dot(self.along)
    }

    /// Signed distance of a parallel line.
    pub(super) fn distance(&self, other: &Self) -> f64 {
        other.offset * other.normal.dot(self.normal).signum() - self.offset
    }

    /// Whether the line runs on beyond either of two corners on it.
    pub(super) fn runs_beyond(&self, a: Point, b: Point) -> bool {
        runs_on(self, (a, b)) > 0
    }

    pub(super) fn is_at(&self, other: &Self, sine: f64) -> bool {
        (self.normal.cross(other.normal).abs() - sine).abs() < SKEW_MAX
    }
}

/// A frame, with the share of its sides that is drawn.
#[derive(Clone, Copy, Debug)]
struct Framed {
    outline: Outline,
    drawn: f64,
}

/// The rectangles and triangles that straight sides among the edges make, best first.
///
/// Where there are `loose` edges, those of smaller pieces of ink as well, rectangles are made of
/// them. Triangles are not: among letters and strokes of a signature three lines at sixty degrees
/// come about by chance, while four that end in each other's corners hardly do.
///
/// Squares that the edge of a page of `size` cuts come last, before them those of which a side is `faint`, where the layer holds one
/// ink alone: among print, three sides of a square are nothing rare.
pub(super) fn outlines(
    edges: &[Edge],
    (loose, faint): (Option<&[Edge]>, bool),
    radii: Radii,
    size: (usize, usize),
) -> Vec<Outline> {
    let own = lines(edges, radii);
    let loose = loose.map(|loose| lines(loose, radii));
    let all = loose.as_ref().unwrap_or(&own);
    let mut found = rectangles(all, radii);
    found.extend(triangles(&own, radii));
    let mut kept: Vec<Outline> = Vec::new();
    keep_best(&mut kept, found, FRAMES_MAX);
    if faint {
        let most = kept.len() + SQUARES_MAX;
        // What the page's edge cuts, or stands at, is left to `cut`.
        let mut whole = squares(&own, radii);
        whole.retain(|square| cut::is_on_page(&square.outline, size));
        keep_best(&mut kept, whole, most);
    }
    let cut = cut::squares(all, radii, size).into_iter();
    kept.extend(cut.take(FRAMES_MAX));
    kept
}

/// Adds the best that were not kept before, up to `most` in all.
fn keep_best(kept: &mut Vec<Outline>, mut found: Vec<Framed>, most: usize) {
    let merit = |framed: &Framed| framed.drawn * framed.drawn * framed.outline.mean_radius().sqrt();
    found.sort_by(|a, b| merit(b).total_cmp(&merit(a)));
    for Framed { outline, .. } in found {
        let same = |other: &Outline| {
            other.shape == outline.shape
                && other.centre.distance(outline.centre) < 6.0
                && (other.half_width - outline.half_width).abs() < 5.0
                && (other.half_height - outline.half_height).abs() < 5.0
        };
        if kept.len() < most && !kept.iter().any(same) {
            kept.push(outline);
        }
    }
}

/// The lines that most edges lie on.
fn lines(edges: &[Edge], radii: Radii) -> Vec<Line> {
    let step = edges.len().div_ceil(EDGES_MAX).max(1);
    let edges: Vec<Edge> = edges.iter().step_by(step).copied().collect();
    // Half of the shortest side, both of its edges counted as one.
    let least = 0.5 * 1.2 * radii.min / step as f64;
    if (edges.len() as f64) < 4.0 * least {
        return Vec::new();
    }
    // Measured from their middle, a line's distance changes least with its direction.
    let sum = edges
        .iter()
        .fold(Vec2::ZERO, |sum, edge| sum + edge.position().to_vec2());
    let middle = (sum / edges.len() as f64).to_point();
    let reach = edges
        .iter()
        .map(|edge| edge.position().distance(middle))
        .fold(0.0, f64::max);
    let height = floor_index(2.0 * reach / BIN) + 3;
    let turns: Vec<Vec2> = (0..TURNS)
        .map(|turn| turn as f64 / TURNS as f64 * std::f64::consts::PI)
        .map(|angle| Vec2::new(libm::cos(angle), libm::sin(angle)))
        .collect();
    let mut votes = vec![0_u16; TURNS * height];
    let mut by_turn: Vec<Vec<Edge>> = vec![Vec::new(); TURNS];
    for &edge in &edges {
        let place = edge.position() - middle;
        let angle = f64::from(libm::atan2f(edge.ny, edge.nx)) / std::f64::consts::PI;
        let own = floor_index(angle.rem_euclid(1.0) * TURNS as f64 + 0.5);
        by_turn[own % TURNS].push(edge);
        for shift in 0..=2 * TURN_REACH {
            let turn = (own + TURNS + shift - TURN_REACH) % TURNS;
            let row = floor_index((place.dot(turns[turn]) + reach) / BIN);
            let vote = &mut votes[turn * height + row];
            *vote = vote.saturating_add(1);
        }
    }
    let mut tops: Vec<u16> = votes.chunks_exact(height).map(top_of).collect();
    let mut found = Vec::new();
    while found.len() < LINES_MAX {
        let most = top_of(&tops);
        if f64::from(most) < least {
            break;
        }
        let turn = tops.iter().position(|&top| top == most).unwrap_or(0);
        let heights = &votes[turn * height..(turn + 1) * height];
        let row = heights.iter().position(|&vote| vote == most).unwrap_or(0);
        for shift in 0..=6 {
            let near = (turn + TURNS + shift - 3) % TURNS;
            // Beyond half a turn the same line lies on the other side of the origin.
            let flipped = (turn + shift) < 3 || turn + shift >= TURNS + 3;
            let row = if flipped {
                height.saturating_sub(row + 2)
            } else {
                row
            };
            let heights = &mut votes[near * height..(near + 1) * height];
            heights[row.saturating_sub(1)..(row + 2).min(height)].fill(0);
            tops[near] = top_of(heights);
        }
        let offset = (row as f64 + 0.5) * BIN - reach + middle.to_vec2().dot(turns[turn]);
        let facing = (turn + TURNS - FACING..=turn + TURNS + FACING).map(|t| t % TURNS);
        let facing: Vec<&Edge> = facing.flat_map(|t| &by_turn[t]).collect();
        found.extend(line(&facing, turns[turn], offset));
    }
    found
}

fn top_of(votes: &[u16]) -> u16 {
    votes.iter().copied().fold(0, u16::max)
}

/// Fits a line to the edges near a rough one, and reads where along it they lie.
fn line(edges: &[&Edge], normal: Vec2, offset: f64) -> Option<Line> {
    let near = |normal: Vec2, offset: f64| {
        let along = Vec2::new(-normal.y, normal.x);
        let mut found = Vec::new();
        for edge in edges {
            let place = edge.position().to_vec2();
            let off = place.dot(normal) - offset;
            let facing = f64::from(edge.nx) * normal.x + f64::from(edge.ny) * normal.y;
            if off.abs() < OFF_MAX && facing.abs() > ALIGNED {
                found.push((place.dot(along), off));
            }
        }
        found
    };
    let rough = near(normal, offset);
    let count = rough.len().max(1) as f64;
    let (mut middle, mut lift) = (0.0, 0.0);
    for &(place, off) in &rough {
        middle += place / count;
        lift += off / count;
    }
    let (mut moment, mut spread) = (0.0, 1e-9);
    for &(place, off) in &rough {
        moment += (place - middle) * (off - lift);
        spread += (place - middle) * (place - middle);
    }
    let slope = (moment / spread).clamp(-0.04, 0.04);
    let along = Vec2::new(-normal.y, normal.x);
    let foot = normal * (offset + lift) + along * middle;
    let turned = (normal - along * slope).normalize();
    let offset = foot.dot(turned);
    let places = near(turned, offset);
    let first = places.iter().map(|p| p.0).fold(f64::INFINITY, f64::min) - 2.0;
    let last = places.iter().map(|p| p.0).fold(f64::NEG_INFINITY, f64::max) + 2.0;
    if places.is_empty() {
        return None;
    }
    let mut set = vec![false; floor_index(last - first) + 2];
    for (place, _) in places {
        let at = floor_index(place - first);
        set[at - 1..=at + 1].fill(true);
    }
    let mut drawn = vec![0_u32];
    let mut count = 0;
    for set in set {
        count += u32::from(set);
        drawn.push(count);
    }
    Some(Line {
        normal: turned,
        along: Vec2::new(-turned.y, turned.x),
        offset,
        first,
        drawn,
    })
}

/// The drawn share of the side of a line between two corners, unless it is too little.
fn side(line: &Line, corners: (Point, Point)) -> Option<f64> {
    let share = line.covered(line.place(corners.0), line.place(corners.1));
    (share >= DRAWN_MIN.0).then_some(share)
}

/// Ends of a side beyond which its line runs on, as those of a table do.
fn runs_on(line: &Line, corners: (Point, Point)) -> usize {
    let (a, b) = (line.place(corners.0), line.place(corners.1));
    let (low, high) = (a.min(b), a.max(b));
    usize::from(line.covered(low - 13.0, low - 4.0) > 0.8)
        + usize::from(line.covered(high + 4.0, high + 13.0) > 0.8)
}

fn rectangles(lines: &[Line], radii: Radii) -> Vec<Framed> {
    let fits = |length: f64| length >= 1.2 * radii.min && length <= 2.0 * radii.max;
    let mut found = Vec::new();
    for (index, top) in lines.iter().enumerate() {
        // Each pair is taken from its flatter side.
        if top.normal.y.abs() < std::f64::consts::FRAC_1_SQRT_2 - SKEW_MAX {
            continue;
        }
        for bottom in &lines[index + 1..] {
            if !top.is_at(bottom, 0.0) || !fits(top.distance(bottom).abs()) {
                continue;
            }
            let upright = lines.iter().filter(|line| line.is_at(top, 1.0));
            let rungs: Vec<Rung> = upright
                .filter_map(|line| {
                    let (a, b) = (line.meets(top)?, line.meets(bottom)?);
                    let drawn = side(line, (a, b))?;
                    Some(Rung {
                        line,
                        ends: (a, b),
                        drawn,
                    })
                })
                .collect();
            for (place, left) in rungs.iter().enumerate() {
                for right in &rungs[place + 1..] {
                    let width = left.line.distance(right.line).abs();
                    if !left.line.is_at(right.line, 0.0) || !fits(width) {
                        continue;
                    }
                    found.extend(rectangle((top, bottom), (left, right), radii));
                }
            }
        }
    }
    found
}

/// A side between two others.
struct Rung<'a> {
    line: &'a Line,
    ends: (Point, Point),
    drawn: f64,
}

/// Two sides and the two between them.
fn rectangle(
    (top, bottom): (&Line, &Line),
    (left, right): (&Rung, &Rung),
    radii: Radii,
) -> Option<Framed> {
    let (above, below) = ((left.ends.0, right.ends.0), (left.ends.1, right.ends.1));
    let drawn = 0.25 * (side(top, above)? + side(bottom, below)? + left.drawn + right.drawn);
    let running = runs_on(top, above)
        + runs_on(bottom, below)
        + runs_on(left.line, left.ends)
        + runs_on(right.line, right.ends);
    if drawn < DRAWN_MIN.1 || running > 1 {
        return None;
    }
    let [a, b] = [above, below].map(|(left, right)| (left.to_vec2(), right.to_vec2()));
    let sum = a.0 + a.1 + b.0 + b.1;
    let across = 0.5 * (a.1 + b.1 - a.0 - b.0);
    let down = 0.5 * (b.0 + b.1 - a.0 - a.1);
    let across = if across.x < 0.0 { -across } else { across };
    let outline = Outline {
        shape: Shape::Rectangle,
        centre: (sum * 0.25).to_point(),
        half_width: 0.5 * across.hypot(),
        half_height: 0.5 * down.hypot(),
        axis_degrees: libm::atan2(across.y, across.x).to_degrees(),
    };
    let longest = outline.half_width.max(outline.half_height);
    (longest >= radii.min).then_some(Framed { outline, drawn })
}

/// Squares of which three sides are lines: the fourth, faint or hidden, is as far from the one across as these two are apart. What ink
/// it has is asked when the frame is judged.
fn squares(lines: &[Line], radii: Radii) -> Vec<Framed> {
    let mut found = Vec::new();
    for (index, first) in lines.iter().enumerate() {
        for second in &lines[index + 1..] {
            let length = first.distance(second).abs();
            let fits = length >= 2.0 * radii.min && length <= 2.0 * radii.max;
            if !fits || !first.is_at(second, 0.0) {
                continue;
            }
            let bases = lines.iter().filter(|line| line.is_at(first, 1.0));
            found.extend(bases.flat_map(|base| beside(base, (first, second), length)));
        }
    }
    found
}

/// The squares on either side of a line that two others meet at right angles.
fn beside<'a>(
    base: &'a Line,
    (first, second): (&'a Line, &'a Line),
    length: f64,
) -> impl Iterator<Item = Framed> + use<'a> {
    let corners = base.meets(first).zip(base.meets(second));
    corners.into_iter().flat_map(move |(a, b)| {
        let along = (b - a).normalize();
        let normals = [Vec2::new(-along.y, along.x), Vec2::new(along.y, -along.x)];
        normals.into_iter().filter_map(move |inwards| {
            let sides = [
                (base, (a, b)),
                (first, (a, a + inwards * length)),
                (second, (b, b + inwards * length)),
            ];
            let (mut drawn, mut running) = (0.0, 0);
            for (line, ends) in sides {
                drawn += side(line, ends)? / 3.0;
                running += runs_on(line, ends);
            }
            let outline = Outline {
                shape: Shape::Rectangle,
                centre: a.midpoint(b) + inwards * (0.5 * length),
                half_width: 0.5 * length,
                half_height: 0.5 * length,
                axis_degrees: cut::upright(libm::atan2(inwards.y, inwards.x).to_degrees()),
            };
            (drawn >= THREE_DRAWN_MIN && running == 0).then_some(Framed { outline, drawn })
        })
    })
}

fn triangles(lines: &[Line], radii: Radii) -> Vec<Framed> {
    let mut found = Vec::new();
    for (index, first) in lines.iter().enumerate() {
        for (next, second) in lines.iter().enumerate().skip(index + 1) {
            if !first.is_at(second, FLANK) {
                continue;
            }
            for third in &lines[next + 1..] {
                if third.is_at(first, FLANK) && third.is_at(second, FLANK) {
                    found.extend(triangle(first, second, third, radii));
                }
            }
        }
    }
    found
}

fn triangle(first: &Line, second: &Line, third: &Line, radii: Radii) -> Option<Framed> {
    let corners = [
        first.meets(second)?,
        second.meets(third)?,
        third.meets(first)?,
    ];
    let length = (corners[0].distance(corners[1])
        + corners[1].distance(corners[2])
        + corners[2].distance(corners[0]))
        / 3.0;
    if length < 2.0 * radii.min || length > 2.0 * radii.max {
        return None;
    }
    let sides = [
        (first, (corners[2], corners[0])),
        (second, (corners[0], corners[1])),
        (third, (corners[1], corners[2])),
    ];
    let (mut drawn, mut running) = (0.0, 0);
    for (line, ends) in sides {
        drawn += side(line, ends)? / 3.0;
        running += runs_on(line, ends);
    }
    if drawn < DRAWN_MIN.1 || running > 1 {
        return None;
    }
    let middle = corners
        .iter()
        .fold(Vec2::ZERO, |sum, c| sum + c.to_vec2() / 3.0);
    let apex = corners
        .iter()
        .map(|corner| corner.to_vec2() - middle)
        .min_by(|a, b| a.y.total_cmp(&b.y))
        .expect("a triangle has three corners")
        .normalize();
    let half_height = 0.5 * FLANK * length;
    // The middle of the height lies a quarter of it nearer to the apex than the centroid.
    let centre = (middle + apex * (length * FLANK * 2.0 / 3.0 - half_height)).to_point();
    let outline = Outline {
        shape: Shape::Triangle,
        centre,
        half_width: 0.5 * length,
        half_height,
        axis_degrees: libm::atan2(apex.x, -apex.y).to_degrees(),
    };
    Some(Framed { outline, drawn })
}

#[cfg(test)]
mod tests;
