//! The windows of a specimen's drawing in which its parts are fitted, and their pixels.
//!
//! They follow from the drawing alone, so a specimen keeps them from its first comparison on.

use crate::extraction::Outline;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::Mask;
use crate::imaging::blur;
use crate::imaging::dilate;
use crate::imaging::gradient;
use crate::matching::canonical::Canonical;
use crate::matching::canonical::PER_MM;
use crate::matching::field::SIGMA;
use crate::matching::field::Zone;
use crate::matching::structure::RingLine;
use crate::matching::structure::Structure;
use crate::matching::window::Pixel;
use crate::matching::window::Pixels;
use crate::matching::window::place;
use crate::units::floor_index;
use crate::units::single;

/// Length of a ring's part along the ring, millimetres.
const ARC_MM: f64 = 3.2;
/// Weight in a window below which a pixel is left out.
const WEIGHT_MIN: f32 = 0.08;

/// Ink from which a place is drawn, and how deep inside the drawing ink is looked at, grid samples.
/// Deeper in, pads leave it paler or darker than along its edges, and it does not tell where they are.
const DRAWN: f32 = 0.4;
const RIM: usize = 2;

/// One window of the drawing.
#[derive(Clone, Debug)]
pub(super) struct Window {
    pub zone: Zone,
    /// Its centre, relative to the outline's centre, in millimetres.
    pub at: Vec2,
    /// Outward normal of a ring.
    pub normal: Option<Vec2>,
    /// The piece's number; `None` on a ring.
    pub piece: Option<usize>,
    pub pixels: Pixels,
    /// Weighted sum of the drawn ink.
    pub drawn: f64,
    /// Root mean square of the drawing against its mean.
    pub contrast: f64,
    /// The shift that its edges moved outwards by one look like.
    pub edge: Vec2,
    /// Sum of the pixels' weights.
    pub area: f64,
}

/// A smoothed drawing and its slopes.
pub(super) struct Relief {
    pub value: Density,
    pub across: Density,
    pub down: Density,
    /// Half its Laplacian.
    pub blurred: Density,
}

impl Relief {
    pub(super) fn new(ink: &Density) -> Self {
        let value = blur(ink, SIGMA);
        let (across, down) = gradient(&value);
        let ((mut blurred, _), (_, bent)) = (gradient(&across), gradient(&down));
        let sums = blurred.samples_mut().iter_mut().zip(bent.samples());
        sums.for_each(|(across, down)| *across = 0.5 * (*across + down));
        Self {
            value,
            across,
            down,
            blurred,
        }
    }
}

/// Every window that holds enough of a drawing to be placed by: rings first, outermost first.
pub(super) fn windows(drawing: &Canonical, structure: &Structure) -> Vec<Window> {
    let relief = Relief::new(&drawing.ink);
    let rim = dilate(&drawing.ink.map(|ink| ink <= DRAWN), RIM);
    let outline = &drawing.outline;
    let mut windows = Vec::new();
    for (number, ring) in structure.rings.iter().enumerate() {
        let length = std::f64::consts::TAU * (outline.mean_radius() - ring.depth) / PER_MM;
        let count = floor_index(length / ARC_MM).clamp(12, 72);
        windows.extend((0..count).filter_map(|i| {
            let direction = i as f64 / count as f64 * std::f64::consts::TAU;
            let rho = 1.0 - ring.depth / outline.radius_at(direction);
            let centre = outline.point(rho, direction);
            let normal = outward(outline, direction);
            let pixels = relief.arc((&structure.depth, &rim), ring, (centre, normal));
            window(pixels, centre - outline.centre).map(|window| Window {
                zone: Zone::Ring(number),
                normal: Some(normal),
                ..window
            })
        }));
    }
    let pieces = structure.elements.pieces.iter().enumerate();
    windows.extend(pieces.filter_map(|(number, piece)| {
        let pixels = relief.piece(&piece.samples, &rim);
        window(pixels, piece.centre - outline.centre).map(|window| Window {
            piece: Some(number),
            ..window
        })
    }));
    windows
}

/// A window, if it holds enough of the drawing; `arm` is its place on the grid.
fn window(mut pixels: Pixels, arm: Vec2) -> Option<Window> {
    let (total, drawn) = (pixels.total(), pixels.drawn());
    let offers = total > 0.0 && drawn >= 0.02 * total && pixels.edges() >= 6e-4 * total;
    if !offers {
        return None;
    }
    let window = Window {
        zone: Zone::Inside,
        at: arm / PER_MM,
        normal: None,
        piece: None,
        drawn,
        contrast: pixels.contrast(),
        edge: pixels.edge(),
        area: total,
        pixels: Pixels::default(),
    };
    pixels.fill_up();
    Some(Window { pixels, ..window })
}

/// Every other sample is read, as on a chessboard, since the smoothing makes neighbours nearly
/// equal.
impl Relief {
    fn pixel(&self, (x, y): (usize, usize), weight: f32) -> Pixel {
        Pixel {
            place: place((x, y), self.value.width()),
            weight,
            value: self.value.at(x, y),
            gradient: (self.across.at(x, y), self.down.at(x, y)),
            blurred: self.blurred.at(x, y),
        }
    }

    fn piece(&self, samples: &[u32], rim: &Mask) -> Pixels {
        let mut pixels = Pixels::default();
        let width = self.value.width();
        for &at in samples {
            let (x, y) = (at as usize % width, at as usize / width);
            if (x + y) % 2 == 0 && rim.at(x, y) {
                pixels.push(self.pixel((x, y), 1.0));
            }
        }
        pixels
    }

    /// A stretch of a ring, weighted down towards its ends.
    fn arc(
        &self,
        (depths, rim): (&Density, &Mask),
        ring: &RingLine,
        (centre, normal): (Point, Vec2),
    ) -> Pixels {
        let mut pixels = Pixels::default();
        let span = 0.8 * ARC_MM * PER_MM;
        let end = self.value.width();
        let range =
            |middle: f64| floor_index(middle - span)..floor_index(middle + span + 1.0).min(end);
        let columns = range(centre.x);
        for y in range(centre.y) {
            let odd = (columns.start + y) % 2;
            for x in (columns.start + odd..columns.end).step_by(2) {
                let off = (f64::from(depths.at(x, y)) - ring.depth).abs();
                if off > ring.reach || !rim.at(x, y) {
                    continue;
                }
                let arm = Point::new(x as f64 + 0.5, y as f64 + 0.5) - centre;
                let along = (arm.x * normal.y - arm.y * normal.x) / (0.4 * ARC_MM * PER_MM);
                let weight = single(libm::exp(-0.5 * along * along));
                if weight >= WEIGHT_MIN {
                    pixels.push(self.pixel((x, y), weight));
                }
            }
        }
        pixels
    }
}

/// Unit outward normal of an outline.
fn outward(outline: &Outline, direction: f64) -> Vec2 {
    let step = 0.005;
    let along = outline.point(1.0, direction + step) - outline.point(1.0, direction - step);
    Vec2::new(along.y, -along.x).normalize()
}
