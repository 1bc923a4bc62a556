//! Ink at the side edges of a page: parts of seals that were set across several sheets.
//!
//! A part is a strip of a seal, a few millimetres wide and as high as the seal is there. Here it is only cut out:
//! whether it is one, its drawing says.

use serde::Deserialize;
use serde::Serialize;

use crate::extraction::Impression;
use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::extraction::finds::Layer;
use crate::extraction::isolate;
use crate::extraction::paper::Work;
use crate::geometry::PixelRect;
use crate::geometry::Point;
use crate::imaging::ColourMode;
use crate::imaging::Density;
use crate::imaging::Mask;
use crate::imaging::components;
use crate::imaging::dilate;
use crate::ingest::Page;
use crate::units::floor_index;
use crate::units::stored;

/// How far from the edge a part of a seal may reach, millimetres: of a hue of its own, and among print, where all but
/// the margin of the page is full of words.
const REACH_MM: (f64, f64) = (45.0, 14.0);
/// How near to the edge its ink comes, millimetres: the last sheet goes on beyond the seal, and a scanner shows what lies
/// beside the sheet.
const NEAR_MM: f64 = 12.0;
/// Height of a part, millimetres: an arc of a small seal to the largest seal.
const HEIGHT_MM: std::ops::RangeInclusive<f64> = 6.0..=66.0;
/// Least width of a part, and of each piece of one, millimetres: what remains of the sheet's own edge is narrower.
const WIDTH_MM: (f64, f64) = (2.0, 1.2);
/// Ink of a part at least, square millimetres.
const INK_MM2_MIN: f64 = 3.0;
/// Blank paper within a part at most, from top to bottom, millimetres: between border, text and figure.
const BLANK_MM: f64 = 24.0;
/// Ink nearer than this belongs together, millimetres.
const APART_MM: f64 = 1.2;
/// Along the sheet's own edge, which lies askew, ink is broken nowhere: within so many millimetres, up and down, a seal
/// leaves paper between its lines. And how much broader than there the edge may be elsewhere, millimetres.
const SHADOW_MM: f64 = 5.0;
const SHADOW_MORE_MM: f64 = 0.4;
/// How far a part's ink may stand inwards of what reaches near the edge, millimetres: its border goes from one to the other.
const INWARDS_MM: f64 = 1.5;
/// Parts of one edge at most, and of both.
const PARTS_MAX: usize = 3;
/// Strips of one page at most.
pub const STRIPS_MAX: usize = 2 * PARTS_MAX;

/// A side of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// What may be a part of a seal at an edge of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Strip {
    /// Which edge.
    pub edge: Edge,
    /// The ink cut out, within a box for an outline.
    pub part: Impression,
    /// Whether ink goes on inwards beyond what was cut out.
    pub goes_on: bool,
}

/// What may be parts of seals at the side edges of a page of known resolution.
#[must_use]
pub fn strips(page: &Page, work: &Work) -> Vec<Strip> {
    let Some(per_mm) = work.per_mm else {
        return Vec::new();
    };
    let mut layers: Vec<(&Density, Layer, f64)> = Vec::new();
    for hue in work.hues.iter().chain(&work.faint) {
        layers.push((&hue.chroma, Layer::Hue(hue.angle), REACH_MM.0));
    }
    if let Some(pale) = &work.pale {
        layers.push((pale, Layer::Pale, REACH_MM.0));
    }
    if page.image.mode() != ColourMode::Colour {
        layers.push((&work.dark, Layer::Dark, REACH_MM.1));
    }
    let mut found: Vec<Strip> = Vec::new();
    for edge in [Edge::Left, Edge::Right] {
        let mut own: Vec<PixelRect> = Vec::new();
        for (map, layer, reach_mm) in &layers {
            let zone = Zone::new(map, edge, (*reach_mm, per_mm));
            for (bbox, goes_on) in zone.parts(*layer) {
                // Pale ink is seen once more among all that is dark.
                if own.len() < PARTS_MAX && own.iter().all(|other| other.overlap(bbox) == 0) {
                    own.push(bbox);
                    let outline = around(bbox).scaled(work.factor as f64);
                    let part = isolate::strip(page, &outline, *layer);
                    found.push(Strip {
                        edge,
                        part,
                        goes_on,
                    });
                }
            }
        }
    }
    found
}

/// The box as an outline.
fn around(bbox: PixelRect) -> Outline {
    let (half_width, half_height) = (0.5 * f64::from(bbox.width), 0.5 * f64::from(bbox.height));
    Outline {
        shape: Shape::Other,
        centre: Point::new(
            f64::from(bbox.x) + half_width,
            f64::from(bbox.y) + half_height,
        ),
        half_width,
        half_height,
        axis_degrees: 0.0,
    }
}

/// The columns of a layer along an edge.
struct Zone<'a> {
    map: &'a Density,
    edge: Edge,
    columns: std::ops::Range<usize>,
    per_mm: f64,
}

impl<'a> Zone<'a> {
    fn new(map: &'a Density, edge: Edge, (reach_mm, per_mm): (f64, f64)) -> Self {
        let width = map.width();
        let reach = floor_index(reach_mm * per_mm).min(width / 2);
        let columns = match edge {
            Edge::Left => 0..reach,
            Edge::Right => width - reach..width,
        };
        Self {
            map,
            edge,
            columns,
            per_mm,
        }
    }

    /// Boxes around what may be parts of seals, and whether each goes on beyond the zone.
    fn parts(&self, layer: Layer) -> Vec<(PixelRect, bool)> {
        let least = layer.least();
        if !self.has_ink(least) {
            return Vec::new();
        }
        let ink = self.ink(least);
        let near = dilate(&ink, floor_index(0.5 * APART_MM * self.per_mm).max(1));
        let pieces = components(&near).into_iter().filter_map(|area| {
            let mut own: Option<(PixelRect, usize)> = None;
            for &(y, start, end) in &area.runs {
                let row = &ink.row(y)[start..end];
                let Some(first) = row.iter().position(|ink| *ink) else {
                    continue;
                };
                let last = row.iter().rposition(|ink| *ink).unwrap_or(first);
                let bbox = PixelRect {
                    x: stored(start + first),
                    y: stored(y),
                    width: stored(last - first + 1),
                    height: 1,
                };
                let count = row.iter().filter(|ink| **ink).count();
                own = Some(match own {
                    None => (bbox, count),
                    Some((whole, sum)) => (whole.union(bbox), sum + count),
                });
            }
            own
        });
        let mut parts = self.stacked(self.reaching(pieces.collect()));
        parts.retain(|(bbox, ink)| self.is_part(*bbox, *ink));
        let found = parts.into_iter().map(|(bbox, _)| {
            let inner = match self.edge {
                Edge::Left => self.columns.len() - bbox.right() as usize,
                Edge::Right => bbox.x as usize,
            };
            let moved = PixelRect {
                x: bbox.x + stored(self.columns.start),
                ..bbox
            };
            (moved, (inner as f64) < self.per_mm)
        });
        found.collect()
    }

    /// Whether anything is inked near the edge: most pages have nothing there.
    fn has_ink(&self, least: f32) -> bool {
        let near = floor_index(NEAR_MM * self.per_mm).min(self.columns.len());
        let columns = match self.edge {
            Edge::Left => 0..near,
            Edge::Right => self.columns.end - near..self.columns.end,
        };
        let needed = floor_index(INK_MM2_MIN * self.per_mm * self.per_mm);
        let inked = |y: usize| {
            let row = &self.map.row(y)[columns.clone()];
            row.iter().filter(|value| **value > least).count()
        };
        let mut sum = 0;
        (0..self.map.height()).any(|y| {
            sum += inked(y);
            sum >= needed
        })
    }

    /// The zone's ink without the sheet's own edge.
    fn ink(&self, least: f32) -> Mask {
        let height = self.map.height();
        let mut ink = Mask::filled(self.columns.len(), height, false);
        for y in 0..height {
            let row = &self.map.row(y)[self.columns.clone()];
            for (ink, value) in ink.row_mut(y).iter_mut().zip(row) {
                *ink = *value > least;
            }
        }
        // Length of the ink that touches the page's edge, row by row.
        let edge: Vec<usize> = (0..height)
            .map(|y| {
                let row = ink.row(y);
                let paper = match self.edge {
                    Edge::Left => row.iter().position(|ink| !ink),
                    Edge::Right => row.iter().rev().position(|ink| !ink),
                };
                paper.unwrap_or(row.len())
            })
            .collect();
        let around = floor_index(SHADOW_MM * self.per_mm);
        let more = floor_index(SHADOW_MORE_MM * self.per_mm).max(1);
        for y in 0..height {
            let near = &edge[y.saturating_sub(around)..(y + around + 1).min(height)];
            let least = near.iter().copied().min().unwrap_or(0);
            if least == 0 {
                continue;
            }
            let width = self.columns.len();
            let shadow = (least + more).min(width);
            match self.edge {
                Edge::Left => ink.row_mut(y)[..shadow].fill(false),
                Edge::Right => ink.row_mut(y)[width - shadow..].fill(false),
            }
        }
        ink
    }

    /// Without what stands inwards of all that reaches near the edge.
    fn reaching(&self, mut pieces: Vec<(PixelRect, usize)>) -> Vec<(PixelRect, usize)> {
        let near = |bbox: PixelRect| self.aside(bbox) <= NEAR_MM;
        let inner = |bbox: PixelRect| match self.edge {
            Edge::Left => bbox.right(),
            Edge::Right => self.width() - bbox.x,
        };
        let reach = pieces.iter().filter(|(bbox, _)| near(*bbox));
        let Some(reach) = reach.map(|(bbox, _)| inner(*bbox)).max() else {
            return Vec::new();
        };
        let most = reach + stored(floor_index(INWARDS_MM * self.per_mm));
        pieces.retain(|(bbox, _)| inner(*bbox) <= most && self.mm(bbox.width) >= WIDTH_MM.1);
        pieces
    }

    fn width(&self) -> u32 {
        stored(self.columns.len())
    }

    /// How far a box stands from the page's edge, millimetres.
    fn aside(&self, bbox: PixelRect) -> f64 {
        let aside = match self.edge {
            Edge::Left => bbox.x,
            Edge::Right => self.width() - bbox.right(),
        };
        self.mm(aside)
    }

    fn mm(&self, pixels: u32) -> f64 {
        f64::from(pixels) / self.per_mm
    }

    /// Pieces that stand over one another with little blank paper between, taken together.
    fn stacked(&self, mut pieces: Vec<(PixelRect, usize)>) -> Vec<(PixelRect, usize)> {
        pieces.sort_by_key(|(bbox, _)| bbox.y);
        let blank = stored(floor_index(BLANK_MM * self.per_mm));
        let mut stacks: Vec<(PixelRect, usize)> = Vec::new();
        for (bbox, ink) in pieces {
            match stacks.last_mut() {
                Some((whole, sum)) if bbox.y <= whole.bottom() + blank => {
                    *whole = whole.union(bbox);
                    *sum += ink;
                }
                _ => stacks.push((bbox, ink)),
            }
        }
        stacks
    }

    fn is_part(&self, bbox: PixelRect, ink: usize) -> bool {
        HEIGHT_MM.contains(&self.mm(bbox.height))
            && self.mm(bbox.width) >= WIDTH_MM.0
            && self.aside(bbox) <= NEAR_MM
            && ink as f64 >= INK_MM2_MIN * self.per_mm * self.per_mm
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Raster;

    /// A layer of 210 by 297 mm at two pixels a millimetre, with ink in boxes.
    fn layer(boxes: &[(usize, usize, usize, usize)]) -> Density {
        let mut map = Raster::filled(420, 594, 0.0_f32);
        for &(left, top, width, height) in boxes {
            for y in top..top + height {
                map.row_mut(y)[left..left + width].fill(0.5);
            }
        }
        map
    }

    fn parts(map: &Density, edge: Edge) -> Vec<(PixelRect, bool)> {
        Zone::new(map, edge, (45.0, 2.0)).parts(Layer::Hue(0.0))
    }

    #[test]
    fn arcs_that_stand_over_one_another_are_one_part() {
        let map = layer(&[(406, 280, 14, 3), (408, 300, 8, 6), (406, 340, 14, 3)]);
        let found = parts(&map, Edge::Right);
        assert_eq!(found.len(), 1, "{found:?}");
        let (bbox, goes_on) = found[0];
        assert_eq!(
            (bbox.x, bbox.y, bbox.width, bbox.height),
            (406, 280, 14, 63)
        );
        assert!(!goes_on);
        assert!(parts(&map, Edge::Left).is_empty());
    }

    #[test]
    fn a_whole_seal_away_from_the_edge_and_the_edge_itself_are_no_parts() {
        let away = layer(&[(320, 280, 60, 60)]);
        assert!(parts(&away, Edge::Right).is_empty());
        let shadow = layer(&[(418, 0, 2, 594)]);
        assert!(parts(&shadow, Edge::Right).is_empty());
    }

    #[test]
    fn the_sheets_own_edge_is_taken_off_though_it_lies_askew() {
        let mut boxes: Vec<_> = (0..594)
            .map(|y| (410 + y / 100, y, 10 - y / 100, 1))
            .collect();
        boxes.extend([(396, 280, 24, 3), (398, 300, 8, 6), (396, 340, 24, 3)]);
        let found = parts(&layer(&boxes), Edge::Right);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].0.x, found[0].0.height), (396, 63));
    }

    #[test]
    fn ink_that_leaves_the_zone_goes_on() {
        let found = parts(&layer(&[(300, 280, 116, 70)]), Edge::Right);
        assert!(found[0].1, "{found:?}");
    }

    #[test]
    fn the_left_edge_is_the_right_one_in_a_mirror() {
        const WIDTH: usize = 420;
        let shadow: Vec<_> = (0..594)
            .map(|y| (410 + y / 100, y, 10 - y / 100, 1))
            .collect();
        let arcs = [(396, 280, 24, 3), (398, 300, 8, 6), (396, 340, 24, 3)];
        let askew = [&shadow[..], &arcs].concat();
        for (boxes, count) in [
            (&arcs[..], 1),
            (&askew, 1),
            (&[(300, 280, 116, 70)], 1),
            (&[(320, 280, 60, 60)], 0),
            (&shadow, 0),
        ] {
            let turned: Vec<_> = boxes
                .iter()
                .map(|&(x, y, width, height)| (WIDTH - x - width, y, width, height))
                .collect();
            let left = parts(&layer(&turned), Edge::Left);
            assert_eq!(left.len(), count, "{left:?}");
            let mirrored = |(bbox, goes_on): (PixelRect, bool)| {
                let x = stored(WIDTH) - bbox.right();
                (PixelRect { x, ..bbox }, goes_on)
            };
            let right = left.into_iter().map(mirrored).collect::<Vec<_>>();
            assert_eq!(right, parts(&layer(boxes), Edge::Right));
        }
    }
}
