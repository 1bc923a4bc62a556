//! Known drawings on a page: where their letters fall on ink, and their paper on paper.
//!
//! Nothing but its own drawing tells a stamp without outline from print, or shows a seal whose outline is lost
//! in print, in other ink or in too little of its own. It is laid over the page at a sample a millimetre, at every
//! place and turn that it may have; what agrees best is then moved by fractions of a millimetre until
//! its correlation with the ink is largest.

mod drawing;
mod stencil;

use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::extraction::figure::Figure;
use crate::extraction::figure::PER_MM;
use crate::extraction::finds::Layer;
use crate::extraction::finds::encloser;
use crate::extraction::likeness::drawing::Drawing;
use crate::extraction::likeness::stencil::Stencil;
use crate::extraction::paper::Work;
use crate::geometry::Affine;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::Raster;
use crate::imaging::blur;
use crate::imaging::dilate;
use crate::imaging::sample;
use crate::units::floor_index;
use crate::units::round_i32;
use crate::units::single;

/// Density that is full ink: a page's ink is asked where it lies, not how dark it is.
const FULL_HUE: f32 = 0.2;
const FULL_DARK: f32 = 0.3;
/// Step of the turn, degrees: the ends of a stamp of 60 mm move by 1.5 mm.
const TURN_STEP: f64 = 3.0;
/// Farthest turn from upright among print, degrees: hands that stamp are off by less, and among
/// letters every further turn finds chance likeness. In colour all turns are tried, but as many places
/// are looked at within this one as beyond it.
const TURN_MAX: f64 = 21.0;
/// Share of what a drawing agrees with itself from which a place is looked at closely.
const AGREES: f32 = 0.2;
/// Share of a drawing's ink that a place must bear in all.
const INKED: f32 = 0.25;
/// Places looked at closely, and followed to the end.
const PLACES: (usize, usize) = (24, 4);
/// Steps of the close look: millimetres and degrees.
const STEPS: [(f64, f64); 4] = [(0.6, 1.5), (0.3, 0.75), (0.15, 0.4), (0.08, 0.2)];
/// Smoothing of page and drawing for the close look, and the smoothing that is taken away, millimetres:
/// what is left are strokes and letters, without the lines of text that they stand in, which are alike
/// everywhere.
const SMOOTH_MM: (f64, f64) = (0.25, 1.2);
/// Correlation from which a place is taken for the stamp until it is compared in full. Measured on drawn
/// pages: clean impressions have 0.75 to 0.9, under text and a thick signature 0.35 and more, letters
/// with other letters up to 0.3.
const LIKE_MIN: f64 = 0.32;
/// The same of a whole seal with an outline, of what lies well within it, and of the two added: a frame agrees
/// with any ruled box of its size. Measured on drawn pages: away from other seals of one size, drawings of seals
/// that a page does not bear come to 0.44 and 0.05, 0.36 and 0.13 or 0.27 and 0.43; seals whose outline was not found
/// mostly to 0.5 and 0.3 or more, but under text and a thick signature down to 0.49 and 0.1, which tells nothing. Where
/// any size will do, more is asked for in all: a photographed desk came to 0.37 and 0.49.
const FRAMED_MIN: f64 = 0.33;
const INSIDE_MIN: f64 = 0.2;
const TOGETHER_MIN: f64 = 0.57;
const TOGETHER_FREE_MIN: f64 = 0.9;
/// Share of a drawing that must lie on the page and not under print.
const SEEN_MIN: f64 = 0.4;
/// Density of print that hides a stamp of colour.
const HIDING: f32 = 0.5;
/// Smoothing under which nothing but a solid area stays full ink, and how far from it ink is left out:
/// the ground that a page was photographed on, and its edge; millimetres.
const SOLID_MM: (f64, f64) = (2.0, 4.0);
/// Share of full ink that is solid.
const SOLID_MIN: f32 = 0.9;
/// Stamps proposed on one page.
const STAMPS_MAX: usize = 4;
/// Width of what an image of unknown resolution shows, millimetres, from one end to the other by a
/// twelfth: pages of A4 with what a camera leaves around them or cuts.
const WIDTH_MM: (f64, f64) = (180.0, 265.0);
const WIDTH_STEP: f64 = 1.08;
/// First step of the scale of such an image, a share of one.
const SCALE_STEP: f64 = 0.02;

/// A place where a drawing may lie: its middle in working pixels, its turn and scale, and how well it
/// agrees.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: Point,
    degrees: f64,
    /// Working pixels in a millimetre.
    per_mm: f64,
    agrees: f64,
}

/// The known seals that a page may bear beside those found on it, best first.
pub(super) fn find(
    work: &Work,
    figures: &[&Figure],
    is_mixed: bool,
    seals: &[Outline],
) -> Vec<(Outline, Layer)> {
    let scales = work
        .per_mm
        .map_or_else(|| scales(work), |per_mm| vec![per_mm]);
    let mut found: Vec<(f64, Outline, Layer)> = Vec::new();
    let mut look = |map: &Density, layer: Layer, hiding: Option<&Density>, all: bool| {
        let figures = figures.iter().filter(|figure| figure.is_sound());
        let figures: Vec<_> = figures
            .filter(|figure| figure.is_coloured == hiding.is_some() || all)
            .collect();
        if figures.is_empty() {
            return;
        }
        for &per_mm in &scales {
            let sheet = Sheet::new(map, layer, hiding, seals, (per_mm, scales.len() > 1));
            for figure in &figures {
                let places = sheet.find(figure).into_iter();
                found.extend(places.map(|place| (place.agrees, outline(figure, place), layer)));
            }
        }
    };
    for hue in &work.hues {
        let layer = Layer::Hue(hue.angle);
        look(&hue.chroma, layer, Some(&work.dark), false);
    }
    if is_mixed || figures.iter().any(|figure| !figure.is_coloured) {
        let solid = (SOLID_MM.0 * scales[0], SOLID_MM.1 * scales[0]);
        let dark = without_solid(&work.dark, solid);
        look(&dark, Layer::Dark, None, is_mixed);
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<(Outline, Layer)> = Vec::new();
    for (_, outline, layer) in found {
        let apart = |(other, _): &(Outline, Layer)| {
            let reach = outline.half_height.min(other.half_height);
            outline.centre.distance(other.centre) > 0.8 * reach
        };
        if kept.len() < STAMPS_MAX && kept.iter().all(apart) {
            kept.push((outline, layer));
        }
    }
    kept
}

/// Working pixels in a millimetre that an image of unknown resolution may have.
fn scales(work: &Work) -> Vec<f64> {
    let side = work.dark.width().min(work.dark.height()) as f64;
    let widths = std::iter::successors(Some(WIDTH_MM.0), |width| Some(width * WIDTH_STEP));
    let widths = widths.take_while(|width| *width <= WIDTH_MM.1);
    widths.map(|width| side / width).collect()
}

/// Ink away from solid areas; smoothing and reach in pixels.
fn without_solid(map: &Density, (smoothing, reach): (f64, f64)) -> Density {
    let ink = map.map(|value| (value / FULL_DARK).min(1.0));
    let solid = blur(&ink, smoothing).map(|value| value > SOLID_MIN);
    if !solid.samples().contains(&true) {
        return map.clone();
    }
    let mut rest = map.clone();
    let near = dilate(&solid, floor_index(reach));
    for (value, near) in rest.samples_mut().iter_mut().zip(near.samples()) {
        *value = if *near { 0.0 } else { *value };
    }
    rest
}

/// Ink outside seals: what is found needs no other explanation, though a stamp may reach over it.
fn without_seals(ink: &Density, seals: &[Outline]) -> Density {
    let mut open = ink.clone();
    for seal in seals {
        let encloses = encloser(seal);
        let bbox = seal.bbox((ink.width(), ink.height()));
        for y in bbox.y as usize..bbox.bottom() as usize {
            let row = &mut open.row_mut(y)[bbox.x as usize..bbox.right() as usize];
            for (value, x) in row.iter_mut().zip(bbox.x..) {
                if encloses(Point::new(f64::from(x) + 0.5, y as f64 + 0.5)) {
                    *value = 0.0;
                }
            }
        }
    }
    open
}

/// Ink without what is finer than strokes or coarser than letters.
fn letters(ink: &Density, per_mm: f64) -> Density {
    let mut fine = blur(ink, SMOOTH_MM.0 * per_mm);
    let coarse = blur(ink, SMOOTH_MM.1 * per_mm);
    for (value, mean) in fine.samples_mut().iter_mut().zip(coarse.samples()) {
        *value -= mean;
    }
    fine
}

fn outline(figure: &Figure, place: Place) -> Outline {
    Outline {
        shape: figure.shape,
        centre: place.at,
        half_width: figure.half_mm.0 * place.per_mm,
        half_height: figure.half_mm.1 * place.per_mm,
        axis_degrees: place.degrees,
    }
}

/// A layer of a page, prepared for the search.
struct Sheet<'a> {
    /// Ink at about a sample a millimetre, with bare paper of `rim` samples around.
    coarse: Density,
    rim: usize,
    /// Working pixels of a sample of `coarse`.
    pool: usize,
    /// Ink, smoothed.
    fine: Density,
    hiding: Option<&'a Density>,
    per_mm: f64,
    /// Whether the scale is but one of those that the page may have.
    is_free: bool,
    turn_max: f64,
}

impl<'a> Sheet<'a> {
    fn new(
        map: &Density,
        layer: Layer,
        hiding: Option<&'a Density>,
        seals: &[Outline],
        (per_mm, is_free): (f64, bool),
    ) -> Self {
        let (full, turn_max) = match layer {
            // Every turn at every scale would take seconds.
            Layer::Hue(_) if is_free => (FULL_HUE, TURN_MAX),
            Layer::Hue(_) => (FULL_HUE, 180.0),
            Layer::Pale | Layer::Dark => (FULL_DARK, TURN_MAX),
        };
        let ink = map.map(|value| (value / full).min(1.0));
        let pool = floor_index(per_mm.round()).max(1);
        let rim = 64;
        let size = (map.width() / pool + 2 * rim, map.height() / pool + 2 * rim);
        let mut coarse = Raster::filled(size.0, size.1, 0.0_f32);
        let area = single((pool * pool) as f64);
        let open = without_seals(&ink, seals);
        for (y, row) in (0..map.height() / pool * pool).map(|y| (y, open.row(y))) {
            let line = &mut coarse.row_mut(y / pool + rim)[rim..];
            for (out, values) in line.iter_mut().zip(row.chunks_exact(pool)) {
                *out += values.iter().sum::<f32>() / area;
            }
        }
        Self {
            coarse,
            rim,
            pool,
            fine: letters(&ink, per_mm),
            hiding,
            per_mm,
            is_free,
            turn_max,
        }
    }

    /// The places where a figure may lie.
    fn find(&self, figure: &Figure) -> Vec<Place> {
        let mut places = self.rough(figure);
        let drawing = Drawing::new(figure);
        let [first, others @ ..] = &STEPS;
        for place in &mut places {
            place.agrees = self.agreement(drawing.whole(), *place);
            *place = self.moved(&drawing, *place, *first);
        }
        places.sort_by(|a, b| b.agrees.total_cmp(&a.agrees));
        places.truncate(PLACES.1);
        for place in &mut places {
            for step in others {
                *place = self.moved(&drawing, *place, *step);
            }
        }
        let together = match self.is_free {
            true => TOGETHER_FREE_MIN,
            false => TOGETHER_MIN,
        };
        places.retain(|place| match figure.shape {
            Shape::Other => place.agrees >= LIKE_MIN,
            Shape::Round | Shape::Oval | Shape::Rectangle | Shape::Triangle => {
                let inside = self.agreement(drawing.inside(), *place);
                place.agrees >= FRAMED_MIN
                    && inside >= INSIDE_MIN
                    && place.agrees + inside >= together
            }
        });
        places
    }

    /// The places that agree best at a sample a millimetre.
    fn rough(&self, figure: &Figure) -> Vec<Place> {
        let scale = self.per_mm / self.pool as f64;
        let smooth = blur(&figure.ink.map(f32::from), 0.4 * PER_MM / scale);
        let turns = round_i32(self.turn_max / TURN_STEP);
        let mut found: Vec<Place> = Vec::new();
        for turn in -turns..turns + i32::from(self.turn_max < 180.0) {
            let degrees = f64::from(turn) * TURN_STEP;
            let stencil = Stencil::new(&smooth, figure, degrees, scale);
            found.extend(self.peaks(&stencil).into_iter().map(|(x, y, agrees)| {
                let place = |at: usize| ((at - self.rim) as f64 + 0.5) * self.pool as f64;
                Place {
                    at: Point::new(place(x), place(y)),
                    degrees,
                    per_mm: self.per_mm,
                    agrees: f64::from(agrees),
                }
            }));
        }
        found.sort_by(|a, b| b.agrees.total_cmp(&a.agrees));
        let is_upright = |place: &Place| place.degrees.abs() <= TURN_MAX;
        let (mut kept, mut counts) = (Vec::<Place>::new(), [0; 2]);
        for place in found {
            let apart = |other: &Place| {
                let turned = (other.degrees - place.degrees).rem_euclid(360.0);
                other.at.distance(place.at) > 2.0 * self.per_mm
                    || turned.min(360.0 - turned) > 2.5 * TURN_STEP
            };
            let count = &mut counts[usize::from(is_upright(&place))];
            if *count < PLACES.0 && kept.iter().all(apart) {
                *count += 1;
                kept.push(place);
            }
        }
        kept
    }

    /// Samples of the coarse page where a stencil's ink falls on more ink than its box holds on the
    /// whole, in multiples of what it would on its own drawing; the best of their neighbours.
    fn peaks(&self, stencil: &Stencil) -> Vec<(usize, usize, f32)> {
        let rim = self.rim;
        let (columns, rows) = (
            self.coarse.width() - 2 * rim,
            self.coarse.height() - 2 * rim,
        );
        let inked = self.inked(stencil, (columns, rows));
        let mut agrees = Raster::filled(columns, rows, 0.0_f32);
        for y in 0..rows {
            let is_inked = |&share: &f32| share > INKED * stencil.mean;
            let own = inked.row(y);
            let Some(first) = own.iter().position(is_inked) else {
                continue;
            };
            let last = own.iter().rposition(is_inked).unwrap_or(first);
            let line = &mut agrees.row_mut(y)[first..=last];
            for &(dx, dy, weight) in &stencil.ink {
                let (Some(row), Some(left)) = (
                    (y + rim).checked_add_signed(dy),
                    (first + rim).checked_add_signed(dx),
                ) else {
                    continue;
                };
                for (sum, ink) in line.iter_mut().zip(&self.coarse.row(row)[left..]) {
                    *sum += weight * ink;
                }
            }
            for (sum, mean) in line.iter_mut().zip(&own[first..=last]) {
                *sum = (*sum - mean) / stencil.contrast;
            }
        }
        let mut found = Vec::new();
        for y in 1..rows.saturating_sub(1) {
            for x in 1..columns.saturating_sub(1) {
                let own = agrees.at(x, y);
                let near = (y - 1..=y + 1).flat_map(|y| &agrees.row(y)[x - 1..=x + 1]);
                if own > AGREES && near.fold(0.0, |most: f32, value| most.max(*value)) <= own {
                    found.push((x + rim, y + rim, own));
                }
            }
        }
        found
    }

    /// Mean ink of the box around a stencil at every place.
    fn inked(&self, stencil: &Stencil, (columns, rows): (usize, usize)) -> Density {
        let width = self.coarse.width() + 1;
        let mut sums = vec![0.0_f64; width * (self.coarse.height() + 1)];
        for y in 0..self.coarse.height() {
            let mut row = 0.0;
            for (x, value) in self.coarse.row(y).iter().enumerate() {
                row += f64::from(*value);
                sums[(y + 1) * width + x + 1] = sums[y * width + x + 1] + row;
            }
        }
        let (across, down) = stencil.reach;
        let area = ((2 * across + 1) * (2 * down + 1)) as f64;
        let mut means = Raster::filled(columns, rows, 0.0_f32);
        for y in 0..rows {
            let (top, bottom) = (y + self.rim - down, y + self.rim + down + 1);
            for (x, mean) in means.row_mut(y).iter_mut().enumerate() {
                let (left, right) = (x + self.rim - across, x + self.rim + across + 1);
                let at = |y: usize, x: usize| sums[y * width + x];
                let sum = at(bottom, right) - at(bottom, left) - at(top, right) + at(top, left);
                *mean = single(sum / area);
            }
        }
        means
    }

    /// The best of the places around one, as far as single steps lead.
    fn moved(&self, drawing: &Drawing, from: Place, (step_mm, step_degrees): (f64, f64)) -> Place {
        let step = step_mm * self.per_mm;
        let mut best = from;
        for _ in 0..4 {
            let start = best;
            let growth = 1.0 + SCALE_STEP * step_mm / STEPS[0].0;
            let ways = [
                (-step, 0.0, 0.0, 1.0),
                (step, 0.0, 0.0, 1.0),
                (0.0, -step, 0.0, 1.0),
                (0.0, step, 0.0, 1.0),
                (0.0, 0.0, -step_degrees, 1.0),
                (0.0, 0.0, step_degrees, 1.0),
                (0.0, 0.0, 0.0, growth),
                (0.0, 0.0, 0.0, 1.0 / growth),
            ];
            let count = if self.is_free { 8 } else { 6 };
            for &(x, y, degrees, growth) in &ways[..count] {
                let mut next = Place {
                    at: start.at + Vec2::new(x, y),
                    degrees: start.degrees + degrees,
                    per_mm: start.per_mm * growth,
                    agrees: 0.0,
                };
                next.agrees = self.agreement(drawing.whole(), next);
                if next.agrees > best.agrees {
                    best = next;
                }
            }
            if best.agrees <= start.agrees {
                break;
            }
        }
        best
    }

    /// Correlation of a drawing with the ink that lies under it, where that is seen; 0 if too little is.
    fn agreement(&self, samples: &[(Point, f64)], place: Place) -> f64 {
        let turn = Affine::translate(place.at.to_vec2())
            * Affine::rotate(place.degrees.to_radians())
            * Affine::scale(place.per_mm);
        let (width, height) = (self.fine.width() as f64, self.fine.height() as f64);
        let (mut count, mut sums, mut squares, mut product) = (0.0, [0.0; 2], [0.0; 2], 0.0);
        for &(own, ink) in samples {
            let Point { x, y } = turn * own;
            let on_page = x >= 0.0 && y >= 0.0 && x < width && y < height;
            let hidden = |dark: &Density| dark.at(floor_index(x), floor_index(y)) > HIDING;
            if !on_page || self.hiding.is_some_and(hidden) {
                continue;
            }
            let seen = f64::from(sample(&self.fine, x, y, 0.0));
            count += 1.0;
            sums = [sums[0] + ink, sums[1] + seen];
            squares = [squares[0] + ink * ink, squares[1] + seen * seen];
            product += ink * seen;
        }
        if count < SEEN_MIN * samples.len() as f64 {
            return 0.0;
        }
        let spread = |i: usize| squares[i] - sums[i] * sums[i] / count;
        let common = product - sums[0] * sums[1] / count;
        common / libm::sqrt((spread(0) * spread(1)).max(1e-12))
    }
}

#[cfg(test)]
mod tests;
