//! An impression unrolled: how much ink stands in rings of its outline's own shape, by direction.
//!
//! Size and proportions are the outline's, so that neither a resolution nor a scanner's stretch
//! matters: an ellipse is unrolled as the circle that it is a picture of, a rectangle as a square.

use crate::extraction::Outline;
use crate::extraction::Shape;
use crate::geometry::Point;
use crate::geometry::Vec2;
use crate::imaging::Density;
use crate::imaging::Gray;
use crate::imaging::blur;
use crate::imaging::sample;
use crate::units::single;

/// Rings, each as deep as the others.
pub(super) const RINGS: usize = 16;
/// Directions of a ring: four samples of the finest wave that a code keeps.
pub(super) const DIRECTIONS: usize = 256;
/// Share of the way to the outer edge that the rings cover: the border's outer side, which ink and
/// the fit of the outline blur, stays out.
const REACH: f64 = 0.98;
/// Samples across a ring.
const ACROSS: usize = 3;
/// Smoothing before sampling, a share of the mean radius: half a sample's step at the edge.
const SMOOTHING: f64 = 0.008;
/// Visibility below which nothing is read.
const VISIBLE_MIN: f32 = 0.02;

/// Ink and its visibility, ring by ring from the middle out.
#[derive(Clone, Debug)]
pub(super) struct Unrolled {
    /// Mean ink of what is visible, any unit; 0 where nothing is.
    pub ink: Vec<[f32; DIRECTIONS]>,
    /// Share of it that is visible, 0 to 1.
    pub visible: Vec<[f32; DIRECTIONS]>,
}

impl Unrolled {
    /// Unrolls layers of one size, the outline in their samples; `validity` is 0 to 1.
    pub(super) fn new(ink: &Density, validity: &Density, outline: &Outline) -> Self {
        let sigma = SMOOTHING * outline.mean_radius();
        let is_clear = validity.samples().iter().all(|&share| share >= 1.0);
        let (seen, validity) = if is_clear {
            (blur(ink, sigma), validity.clone())
        } else {
            let mut seen = ink.clone();
            for (ink, validity) in seen.samples_mut().iter_mut().zip(validity.samples()) {
                *ink *= validity;
            }
            (blur(&seen, sigma), blur(validity, sigma))
        };
        let arms = arms(outline);
        let mut unrolled = Self {
            ink: vec![[0.0; DIRECTIONS]; RINGS],
            visible: vec![[0.0; DIRECTIONS]; RINGS],
        };
        let rings = unrolled.ink.iter_mut().zip(&mut unrolled.visible);
        for (ring, (ink, visible)) in rings.enumerate() {
            for ((ink, visible), arm) in ink.iter_mut().zip(visible).zip(&arms) {
                let (mut amount, mut weight) = (0.0, 0.0);
                for step in 0..ACROSS {
                    let depth = ring as f64 + (step as f64 + 0.5) / ACROSS as f64;
                    let Point { x, y } = outline.centre + *arm * (depth / RINGS as f64);
                    amount += sample(&seen, x, y, 0.0);
                    weight += sample(&validity, x, y, 0.0);
                }
                *visible = weight / ACROSS as f32;
                if *visible > VISIBLE_MIN {
                    *ink = amount / weight;
                }
            }
        }
        unrolled
    }

    /// Share of a ring that is visible.
    pub(super) fn visible_share(&self, ring: usize) -> f32 {
        self.visible[ring].iter().sum::<f32>() / DIRECTIONS as f32
    }

    /// A ring's ink less its mean, weighted by visibility: what is unknown is neither ink nor paper.
    pub(super) fn contrast(&self, ring: usize) -> [f32; DIRECTIONS] {
        let (ink, visible) = (&self.ink[ring], &self.visible[ring]);
        let weight: f32 = visible.iter().sum();
        let amount: f32 = ink.iter().zip(visible).map(|(ink, seen)| ink * seen).sum();
        let mean = amount / weight.max(VISIBLE_MIN);
        let mut contrast = *ink;
        for (value, seen) in contrast.iter_mut().zip(visible) {
            *value = seen * (*value - mean);
        }
        contrast
    }
}

/// From the centre to the outermost ring's outer side, at even angles of the shape laid upright and
/// drawn as wide as high. The longer side of an oval or a rectangle is its width, as it is of every
/// other one.
fn arms(outline: &Outline) -> Vec<Vec2> {
    let (a, b) = (outline.half_width, outline.half_height);
    let is_high = outline.shape != Shape::Triangle && b > a;
    let start = outline.axis_degrees.to_radians();
    let step = std::f64::consts::TAU / DIRECTIONS as f64;
    let arm = |index: usize| {
        let mut t = index as f64 * step;
        if is_high {
            t += std::f64::consts::FRAC_PI_2;
        }
        let direction = start + libm::atan2(b * libm::sin(t), a * libm::cos(t));
        let reach = REACH * outline.radius_at(direction);
        Vec2::new(libm::cos(direction), libm::sin(direction)) * reach
    };
    (0..DIRECTIONS).map(arm).collect()
}

/// A layer of eight bits as shares of one.
pub(super) fn shares(layer: &Gray) -> Density {
    layer.map(|value| single(f64::from(value) / 255.0))
}
