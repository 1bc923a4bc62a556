//! The handwritten signature beside or under a seal, found as a layer of its own.
//!
//! A pen's ink is told from print by its hue where it is blue, else by its strokes: longer than any letter,
//! outside the lines of print. Within the seal the layer of text and pen that extraction took out of its
//! ink shows them. What a pen leaves is broken where it crosses the seal, so strokes count together that
//! stand within a millimetre or so of one another.

use serde::Deserialize;
use serde::Serialize;

use crate::extraction::Impression;
use crate::extraction::Outline;
use crate::extraction::Work;
use crate::geometry::PixelRect;
use crate::geometry::Point;
use crate::imaging::ColourMode;
use crate::imaging::Component;
use crate::imaging::Mask;
use crate::imaging::Raster;
use crate::imaging::components;
use crate::imaging::dilate;
use crate::reading::hull::Hull;
use crate::reading::lines::Print;
use crate::reading::lines::is_readable;
use crate::reading::scale::Scale;
use crate::reading::strokes::LETTER_MM;
use crate::reading::strokes::Rules;
use crate::reading::strokes::draw;
use crate::reading::strokes::longest;
use crate::reading::strokes::strokes;
use crate::units::floor_index;
use crate::units::stored;

/// How far from the seal's outline a signature is looked for across and along the page, millimetres: no
/// usual one is longer.
const REACH_MM: (f64, f64) = (55.0, 30.0);
/// How far from the outline some of it must come, millimetres: what stands further away belongs to
/// something else.
const NEAR_MM: f64 = 15.0;
/// Density from which a pixel may be a pale pen's ink, where it is palest: a quarter of what is read as print, and above paper's grain.
/// Pens of real letters have 0.1 to 0.2; thin strokes lose half of that on the working page.
const FAINT_MIN: f32 = 0.06;
/// Chroma from which a pixel of a pen's hue is its ink.
const CHROMA_MIN: f32 = 0.1;
/// Strips beside a seal's outline and within its border that strokes across it cross, millimetres from the outline: no
/// pen is seen under the border itself.
const BESIDE_MM: [f64; 2] = [0.6, 2.2];
const WITHIN_MM: [f64; 2] = [2.2, 3.8];
/// Ink of strokes in the strip beside from which on the seal lies over them, square millimetres: one thin stroke across it has 0.5.
const CROSSED_MM2: f64 = 0.3;
/// Ink that strokes have in the strip within, at least, as a share of what they have in the one beside: on
/// colour, where hue tells them from the seal, and where only their density does.
const GOING_ON: (f64, f64) = (0.05, 0.5);
/// Share of a dark signature that a seal covers at most: print under a seal is not told from a pen's strokes.
const INSIDE_MAX: f64 = 0.95;
/// Strokes within so many millimetres of one another are of one hand.
const LINK_MM: f64 = 1.2;
/// The least signature: its longer and its shorter side, millimetres.
const LEAST_MM: (f64, f64) = (8.0, 2.5);
/// Strokes of a length belong to a signature within so many millimetres of it.
const STROKE_MM: (f64, f64) = (7.0, 5.0);
/// How near a signature a stroke within the seal stands that is none of its own and yet of its hand, and how long it is at least where
/// it stands wholly beside it, millimetres (chosen on drawn pages, seed 9119: print of a title or a name reaches above or below).
const LEFT_OVER_MM: (f64, f64) = (8.0, 3.0);
/// Width of what the edge of a hull leaves open, millimetres: blur and the working scale.
const EDGE_MM: f64 = 0.3;

/// A signature and how the seal lies over it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// Its box in page pixels.
    pub bbox: PixelRect,
    /// Share of its convex hull within the seal's outline, 0 to 1.
    pub overlap: f64,
    /// Standard uncertainty of the share.
    pub uncertainty: f64,
    /// How far its middle lies right of the seal's centre, as a share of half its width: positive where the seal lies
    /// on its left.
    pub aside: f64,
}

/// What is seen of a signature beside a seal under whose ink its strokes are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// Box of what is seen, page pixels.
    pub bbox: PixelRect,
    /// Whether its strokes come up to the seal's outline, so that it lies over some of them.
    pub is_crossed: bool,
}

/// What is known of the signature at one seal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Signed {
    /// It was found.
    Found(Signature),
    /// It was found beside the seal, and how much of it lies within cannot be told: its ink is as dark as the seal's, or cut by it.
    Beside(Beside),
    /// There is none near the seal.
    Missing,
    /// Its ink cannot be told from the seal's or the print's.
    Unclear,
}

impl Signed {
    /// The signature, if it was found.
    #[must_use]
    pub const fn found(&self) -> Option<&Signature> {
        match self {
            Self::Found(signature) => Some(signature),
            Self::Beside(_) | Self::Missing | Self::Unclear => None,
        }
    }

    /// Its box, as far as it was found.
    #[must_use]
    pub const fn bbox(&self) -> Option<PixelRect> {
        match self {
            Self::Found(signature) => Some(signature.bbox),
            Self::Beside(beside) => Some(beside.bbox),
            Self::Missing | Self::Unclear => None,
        }
    }
}

/// Looks for the signature at one impression of a page, and takes its strokes out of the print.
pub(super) fn find(work: &Work, print: &mut Print, impression: &Impression) -> Signed {
    // What is a stroke and what a letter is told by size: where none is known the picture may be a part of a page.
    if work.per_mm.is_none() {
        return Signed::Unclear;
    }
    let field = Field::around(work, print.scale, impression);
    let traced = |pen: Mask| field.signature(&pen).map(|signature| (pen, signature));
    let blue = field.blue_pen(work, print, impression);
    let has_blue = blue.is_some();
    let found = blue.and_then(traced);
    let found = found.or_else(|| traced(field.dark_pen(print, Rules::LeftOut)));
    if let Some((pen, signature)) = &found {
        field.erase(&mut print.ink, pen, signature);
    }
    // Of a blue pen over blue ink only what lies beside the seal is seen.
    let is_mixed = !impression.separable && impression.mode == ColourMode::Colour && has_blue;
    let is_told = is_readable(impression) && !is_mixed;
    let least = match impression.mode {
        ColourMode::Colour => GOING_ON.0,
        ColourMode::Gray | ColourMode::Bitonal => GOING_ON.1,
    };
    match found {
        None if is_told && !field.may_be_signed(work, print) => Signed::Missing,
        None => Signed::Unclear,
        Some((pen, signature))
            if is_told
                && field.goes_on(&pen, &signature, least)
                && !field.comes_faintly((work, print), &pen, &signature)
                && !field.leaves_strokes(&print.ink, &signature)
                && (has_blue || signature.described.overlap <= INSIDE_MAX) =>
        {
            Signed::Found(signature.described)
        }
        Some((pen, signature)) => Signed::Beside(field.beside(&pen, &signature)),
    }
}

/// A signature and the strokes that make it.
struct Traced {
    described: Signature,
    /// Its box within the part.
    bbox: PixelRect,
}

/// The part of a page around a seal, at the working scale.
struct Field {
    bbox: PixelRect,
    /// The seal's outline and its box, on the page.
    outline: Outline,
    own: PixelRect,
    /// The pixels within the seal.
    within: Vec<(usize, usize)>,
    per_mm: f64,
    factor: u32,
}

impl Field {
    fn around(work: &Work, scale: Scale, impression: &Impression) -> Self {
        let outline = scale.working(&impression.outline);
        let size = (work.dark.width(), work.dark.height());
        let own = outline.bbox(size);
        let per_mm = scale.per_mm;
        let (across, along) = (reach(REACH_MM.0 * per_mm), reach(REACH_MM.1 * per_mm));
        let (x, y) = (own.x.saturating_sub(across), own.y.saturating_sub(along));
        let bbox = PixelRect {
            x,
            y,
            width: (own.right() + across).min(stored(size.0)) - x,
            height: (own.bottom() + along).min(stored(size.1)) - y,
        };
        Self {
            bbox,
            outline,
            own,
            within: scale.within(impression, size).collect(),
            per_mm,
            factor: scale.factor,
        }
    }

    /// The part of a raster that has the page's size.
    fn part<T: Copy>(&self, raster: &Raster<T>, inked: impl Fn(T) -> bool) -> Mask {
        let (width, height) = (self.bbox.width as usize, self.bbox.height as usize);
        let mut mask = Mask::filled(width, height, false);
        let left = self.bbox.x as usize;
        for y in 0..height {
            let source = &raster.row(y + self.bbox.y as usize)[left..left + width];
            for (value, sample) in mask.row_mut(y).iter_mut().zip(source) {
                *value = inked(*sample);
            }
        }
        mask
    }

    /// Ink of a blue pen beside the seal, and what is joined to it within; `None` where there is none.
    fn blue_pen(&self, work: &Work, print: &Print, impression: &Impression) -> Option<Mask> {
        let (left, top) = (self.bbox.x as usize, self.bbox.y as usize);
        let mut blue = self.part(work.pen.as_ref()?, |chroma| chroma > CHROMA_MIN);
        for &(x, y) in &self.within {
            blue.row_mut(y - top)[x - left] = false;
        }
        let mut both = blue.clone();
        if is_readable(impression) {
            for &(x, y) in &self.within {
                both.row_mut(y - top)[x - left] = print.ink.at(x, y);
            }
        }
        // Print under the seal is no part of it: of each stroke some must be seen to be blue.
        let mut pen = Mask::filled(both.width(), both.height(), false);
        let mut longest_px = 0.0_f64;
        for stroke in components(&both) {
            let seen: usize = stroke.runs.iter().map(|run| count(&blue, *run)).sum();
            if 8 * seen >= stroke.area {
                longest_px = longest_px.max(longest(stroke.bbox));
                draw(&mut pen, &stroke);
            }
        }
        (longest_px >= LETTER_MM * self.per_mm).then_some(pen)
    }

    /// Strokes of dark ink that are no print, and what of ruled lines counts.
    fn dark_pen(&self, print: &Print, rules: Rules) -> Mask {
        strokes(&self.part(&print.ink, |inked| inked), rules, self.per_mm)
    }

    /// The same of ink that is too pale to be read as print as well, level strokes among it: what a pale pen leaves beside the seal.
    fn faint_pen(&self, work: &Work, print: &Print) -> Mask {
        let mut ink = self.part(&work.dark, |density| density > FAINT_MIN);
        let (left, top) = (self.bbox.x as usize, self.bbox.y as usize);
        for &(x, y) in &self.within {
            ink.row_mut(y - top)[x - left] = print.ink.at(x, y);
        }
        strokes(&ink, Rules::TakenIn, self.per_mm)
    }

    /// Whether the strokes that come up to the seal's outline from beside it go on within: where its ink is
    /// as dark as the pen's they are lost there.
    fn goes_on(&self, pen: &Mask, signature: &Traced, least: f64) -> bool {
        let (beside, within) = self.across(pen, signature.bbox);
        within >= least * beside
    }

    /// What is seen of a signature whose share within the seal is not told.
    fn beside(&self, pen: &Mask, signature: &Traced) -> Beside {
        Beside {
            bbox: signature.described.bbox,
            is_crossed: self.is_crossed(pen, signature.bbox),
        }
    }

    /// Whether strokes in a part come up to the seal's outline from beside it.
    fn is_crossed(&self, pen: &Mask, part: PixelRect) -> bool {
        self.across(pen, part).0 >= CROSSED_MM2 * self.per_mm * self.per_mm
    }

    /// Whether strokes come up to the seal, or make a signature at it, that are level, joined by a ruled line or too pale to be read.
    fn may_be_signed(&self, work: &Work, print: &Print) -> bool {
        let faint = self.faint_pen(work, print);
        let all = PixelRect {
            x: 0,
            y: 0,
            ..self.bbox
        };
        let makes_one = |pen: &Mask| self.signature(pen).is_some();
        self.is_crossed(&faint, all)
            || makes_one(&faint)
            || makes_one(&self.dark_pen(print, Rules::WithPrint))
    }

    /// Whether, at the height of a signature that stands apart from the seal, paler strokes or level ones come up to it: what was
    /// read may be the far end of one that the seal lies over.
    fn comes_faintly(
        &self,
        (work, print): (&Work, &Print),
        pen: &Mask,
        signature: &Traced,
    ) -> bool {
        let own = signature.bbox;
        let beside = PixelRect {
            x: 0,
            width: self.bbox.width,
            ..own
        };
        !self.is_crossed(pen, own) && self.is_crossed(&self.faint_pen(work, print), beside)
    }

    /// Pixels of strokes in a part that lie in the strips beside the seal's outline and within its border.
    fn across(&self, pen: &Mask, part: PixelRect) -> (f64, f64) {
        let (mut beside, mut within) = (0_u32, 0_u32);
        let strip = |[from, to]: [f64; 2]| from * self.per_mm..to * self.per_mm;
        let (near, deep) = (strip(BESIDE_MM), strip(WITHIN_MM));
        let reader = self.outline.reader();
        for y in part.y..part.bottom() {
            for x in part.x..part.right() {
                if !pen.at(x as usize, y as usize) {
                    continue;
                }
                let at = Point::new(
                    f64::from(x + self.bbox.x) + 0.5,
                    f64::from(y + self.bbox.y) + 0.5,
                );
                let (distance, outer) = reader(at);
                let outside = distance - outer;
                beside += u32::from(near.contains(&outside));
                within += u32::from(deep.contains(&-outside));
            }
        }
        (f64::from(beside), f64::from(within))
    }

    /// Whether a stroke within the seal, at the height of a signature, is none of those that make it: the seal's border cuts strokes
    /// off, and the share would be read without them.
    fn leaves_strokes(&self, ink: &Mask, signature: &Traced) -> bool {
        let left = self.part(ink, |inked| inked);
        let mut inside = Mask::filled(left.width(), left.height(), false);
        for &(x, y) in &self.within {
            let (x, y) = (x - self.bbox.x as usize, y - self.bbox.y as usize);
            inside.row_mut(y)[x] = left.at(x, y);
        }
        let own = signature.bbox;
        components(&inside).iter().any(|stroke| {
            let bbox = stroke.bbox;
            let longest_mm = longest(bbox) / self.per_mm;
            let is_beside = bbox.y >= own.y && bbox.bottom() <= own.bottom();
            let is_across = bbox.y < own.bottom() && bbox.bottom() > own.y;
            apart(bbox, own) <= LEFT_OVER_MM.0 * self.per_mm
                && (is_beside && longest_mm >= LEFT_OVER_MM.1
                    || is_across && longest_mm >= LETTER_MM)
        })
    }

    /// Takes the strokes of a signature out of the page's ink.
    fn erase(&self, ink: &mut Mask, pen: &Mask, signature: &Traced) {
        let bbox = signature.bbox;
        let columns = bbox.x as usize..bbox.right() as usize;
        for y in bbox.y..bbox.bottom() {
            let row = ink.row_mut((y + self.bbox.y) as usize);
            let strokes = &pen.row(y as usize)[columns.clone()];
            let own = &mut row[columns.start + self.bbox.x as usize..];
            for (inked, stroke) in own.iter_mut().zip(strokes) {
                *inked &= !stroke;
            }
        }
    }

    /// The signature that a pen's ink makes near the seal, if it makes one.
    fn signature(&self, pen: &Mask) -> Option<Traced> {
        let link = floor_index(LINK_MM * self.per_mm).max(1);
        let strokes = components(&dilate(pen, link.div_ceil(2)));
        let near = NEAR_MM * self.per_mm;
        let mut near: Vec<(f64, &Component)> = strokes
            .iter()
            .map(|stroke| (self.distance(stroke.bbox), stroke))
            .filter(|(distance, _)| *distance <= near)
            .collect();
        // The largest of those at the seal; a far one gives way to one that the seal lies on.
        near.sort_by(|a, b| {
            let weight =
                |(distance, stroke): &(f64, &Component)| longest(stroke.bbox) - 2.0 * distance;
            weight(b).total_cmp(&weight(a))
        });
        let (_, first) = near.first()?;
        let mut bbox = first.bbox;
        let mut own: Vec<&Component> = vec![first];
        loop {
            let joins = |stroke: &&Component| {
                let is_long = longest(stroke.bbox) >= STROKE_MM.0 * self.per_mm;
                let reach = if is_long { STROKE_MM.1 } else { LINK_MM };
                !own.iter().any(|known| std::ptr::eq(*known, *stroke))
                    && apart(bbox, stroke.bbox) <= reach * self.per_mm
            };
            let Some(next) = strokes.iter().find(joins) else {
                break;
            };
            bbox = bbox.union(next.bbox);
            own.push(next);
        }
        let hull = Hull::around(own.iter().flat_map(|stroke| ends(pen, stroke)))?;
        let described = self.described(&hull)?;
        Some(Traced { described, bbox })
    }

    fn described(&self, hull: &Hull) -> Option<Signature> {
        let (low, high) = hull.bounds();
        let (width, height) = (high.x - low.x, high.y - low.y);
        let (long, short) = (width.max(height), width.min(height));
        if long < LEAST_MM.0 * self.per_mm || short < LEAST_MM.1 * self.per_mm {
            return None;
        }
        let factor = f64::from(self.factor);
        let corner = (f64::from(self.bbox.x), f64::from(self.bbox.y));
        let holds = self.outline.inside();
        let within = |at: Point| holds(Point::new(at.x + corner.0, at.y + corner.1));
        let overlap = hull.share(within);
        // Every edge of the hull, and that of the seal across it, may lie so far off.
        let uncertainty = EDGE_MM * self.per_mm * (1.0 / width + 1.0 / height);
        let at =
            |value: f64, corner: f64| stored(floor_index(((value + corner) * factor).max(0.0)));
        let (x, y) = (at(low.x, corner.0), at(low.y, corner.1));
        Some(Signature {
            bbox: PixelRect {
                x,
                y,
                width: at(high.x, corner.0) - x,
                height: at(high.y, corner.1) - y,
            },
            overlap,
            uncertainty,
            aside: (0.5 * (low.x + high.x) + corner.0 - self.outline.centre.x) / (0.5 * width),
        })
    }

    /// Distance of a box of the part from the seal's outline's box, working pixels.
    fn distance(&self, bbox: PixelRect) -> f64 {
        let on_page = PixelRect {
            x: bbox.x + self.bbox.x,
            y: bbox.y + self.bbox.y,
            ..bbox
        };
        apart(self.own, on_page)
    }
}

/// The pixels at the ends of a stroke's runs of ink: no other can be a corner of its hull.
fn ends<'a>(pen: &'a Mask, stroke: &'a Component) -> impl Iterator<Item = Point> + 'a {
    stroke.runs.iter().flat_map(move |&(y, start, end)| {
        let row = &pen.row(y)[start..end];
        let first = row.iter().position(|inked| *inked);
        let last = row.iter().rposition(|inked| *inked);
        let corners = first.zip(last).map(|(first, last)| {
            let (left, right) = ((start + first) as f64, (start + last + 1) as f64);
            let (top, bottom) = (y as f64, y as f64 + 1.0);
            [(left, top), (right, top), (left, bottom), (right, bottom)]
        });
        corners.into_iter().flatten().map(Point::from)
    })
}

/// Set pixels of a run.
fn count(mask: &Mask, (y, start, end): (usize, usize, usize)) -> usize {
    mask.row(y)[start..end].iter().filter(|set| **set).count()
}

fn reach(pixels: f64) -> u32 {
    stored(floor_index(pixels))
}

/// Distance between two boxes, 0 where they overlap.
fn apart(a: PixelRect, b: PixelRect) -> f64 {
    let gap = |start: u32, end: u32, other: u32, other_end: u32| {
        f64::from(
            start
                .saturating_sub(other_end)
                .max(other.saturating_sub(end)),
        )
    };
    let across = gap(a.x, a.right(), b.x, b.right());
    let along = gap(a.y, a.bottom(), b.y, b.bottom());
    libm::hypot(across, along)
}
