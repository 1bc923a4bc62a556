//! A drawing at one turn, a sample a millimetre, as it is moved over a page.

use crate::extraction::figure::Figure;
use crate::extraction::figure::PER_MM;
use crate::geometry::Affine;
use crate::imaging::Density;
use crate::imaging::warp;
use crate::units::floor_index;
use crate::units::signed;
use crate::units::single;

/// Ink of a drawing at a sample a millimetre from which a sample is asked of the page.
const ASKED: f32 = 0.2;

/// A figure at one turn, at the coarse page's scale.
pub(super) struct Stencil {
    /// Offset from the middle and share of the ink.
    pub(super) ink: Vec<(isize, isize, f32)>,
    /// Half sides of the box around it, samples.
    pub(super) reach: (usize, usize),
    /// Mean ink of the box.
    pub(super) mean: f32,
    /// Ink under its ink, less the box's mean.
    pub(super) contrast: f32,
}

impl Stencil {
    pub(super) fn new(smooth: &Density, figure: &Figure, degrees: f64, scale: f64) -> Self {
        let (s, c) = libm::sincos(degrees.to_radians());
        let (a, b) = (figure.half_mm.0 * scale, figure.half_mm.1 * scale);
        let half = |x: f64, y: f64| floor_index((x.abs() + y.abs()).ceil()).min(60);
        let reach = (half(a * c, b * s), half(a * s, b * c));
        let (width, height) = (2 * reach.0 + 1, 2 * reach.1 + 1);
        let middle = |count: usize| 0.5 * count as f64;
        let figure_from_stencil =
            Affine::translate((middle(smooth.width()), middle(smooth.height())))
                * Affine::rotate(-degrees.to_radians())
                * Affine::scale(PER_MM / scale)
                * Affine::translate((-middle(width), -middle(height)));
        let laid = warp(smooth, figure_from_stencil, (width, height), 0.0);
        let laid = laid.map(|value| value / 255.0);
        let (mut ink, mut own, mut total) = (Vec::new(), 0.0, 0.0);
        for y in 0..height {
            for (x, &value) in laid.row(y).iter().enumerate() {
                total += value;
                if value > ASKED {
                    let off = |at: usize, reach: usize| signed(at) - signed(reach);
                    ink.push((off(x, reach.0) as isize, off(y, reach.1) as isize, value));
                    own += value * value;
                }
            }
        }
        let sum: f32 = ink.iter().map(|sample| sample.2).sum::<f32>().max(1e-6);
        ink.iter_mut().for_each(|sample| sample.2 /= sum);
        let mean = total / single((width * height) as f64);
        Self {
            ink,
            reach,
            mean,
            contrast: (own / sum - mean).max(0.05),
        }
    }
}
