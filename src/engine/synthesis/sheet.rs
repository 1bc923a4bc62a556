//! A sheet of paper with everything on it, in the pixels of the scan to come.
//!
//! Layers are light filters: what passes one meets the next, so text under a red seal stays dark.

use kurbo::Affine;
use kurbo::BezPath;
use kurbo::Point;
use tiny_skia::FillRule;
use tiny_skia::Mask;

use crate::imaging::Density;
use crate::synthesis::raster::blur;
use crate::synthesis::raster::byte;
use crate::synthesis::raster::fill;
use crate::synthesis::raster::floor_index;
use crate::synthesis::raster::sample;
use crate::synthesis::raster::short;
use crate::synthesis::raster::single;

/// A sheet, to be read channel by channel.
#[derive(Debug)]
pub struct Sheet {
    width: usize,
    height: usize,
    /// From millimetres on the sheet to pixels of the scan.
    pub scan_from_sheet: Affine,
    prints: Vec<Print>,
    overlays: Vec<Overlay>,
}

/// Drawn with one ink.
struct Print {
    mask: Mask,
    density: [f32; 3],
}

impl std::fmt::Debug for Print {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Print")
            .field("density", &self.density)
            .finish_non_exhaustive()
    }
}

/// A picture in light that lies on the sheet.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// Transmittance by channel.
    pub planes: [Density; 3],
    /// From its pixels to those of the scan.
    pub scan_from_picture: Affine,
}

impl Sheet {
    /// An empty sheet of the scan's size in pixels.
    #[must_use]
    pub const fn new(width: usize, height: usize, scan_from_sheet: Affine) -> Self {
        Self {
            width,
            height,
            scan_from_sheet,
            prints: Vec::new(),
            overlays: Vec::new(),
        }
    }

    /// Width and height in pixels.
    #[must_use]
    pub const fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Prints paths, in millimetres on the sheet, with an ink of the given optical densities.
    ///
    /// # Panics
    /// If the sheet has no extent.
    pub fn print(&mut self, paths: &[BezPath], density: [f32; 3]) {
        if paths.is_empty() {
            return;
        }
        let mut mask =
            Mask::new(short(self.width), short(self.height)).expect("a sheet has an extent");
        for path in paths {
            fill(&mut mask, path, FillRule::Winding, self.scan_from_sheet);
        }
        self.prints.push(Print { mask, density });
    }

    /// Prints paths on the back, whose light the paper scatters over about `scatter_mm`.
    ///
    /// # Panics
    /// If the sheet has no extent.
    pub fn print_through(&mut self, paths: &[BezPath], density: [f32; 3], scatter_mm: f64) {
        let mut mask =
            Mask::new(short(self.width), short(self.height)).expect("a sheet has an extent");
        for path in paths {
            fill(&mut mask, path, FillRule::Winding, self.scan_from_sheet);
        }
        let samples = mask.data().iter().map(|a| f32::from(*a)).collect();
        let soft = Density::from_samples(self.width, self.height, samples);
        let mut soft = soft.expect("the mask has the sheet's size");
        let scatter = scatter_mm * libm::sqrt(self.scan_from_sheet.determinant().abs());
        blur(&mut soft, scatter, scatter);
        for (a, value) in mask.data_mut().iter_mut().zip(soft.samples()) {
            *a = byte(*value);
        }
        self.prints.push(Print { mask, density });
    }

    /// Lays a picture on the sheet.
    pub fn lay(&mut self, overlay: Overlay) {
        self.overlays.push(overlay);
    }

    /// Takes away the pictures that lie on the sheet.
    pub fn clear(&mut self) {
        self.overlays.clear();
    }

    /// Multiplies the light of one channel (0 red, 1 green, 2 blue) by all layers.
    pub fn shade(&self, light: &mut Density, channel: usize) {
        for print in &self.prints {
            let passes = libm::exp10f(-print.density[channel]);
            let lut: Vec<f32> = (0..=255u8)
                .map(|a| 1.0 - (1.0 - passes) * f32::from(a) / 255.0)
                .collect();
            for (value, a) in light.samples_mut().iter_mut().zip(print.mask.data()) {
                *value *= lut[usize::from(*a)];
            }
        }
        for overlay in &self.overlays {
            overlay.shade(light, channel);
        }
    }
}

impl Overlay {
    /// Multiplies the light by one channel of the picture, averaged over each pixel of the scan.
    fn shade(&self, light: &mut Density, channel: usize) {
        let plane = &self.planes[channel];
        let picture_from_scan = self.scan_from_picture.inverse();
        let steps = floor_index(libm::sqrt(picture_from_scan.determinant().abs()) + 0.7).max(1);
        let Some((columns, rows)) = self.covered(light.width(), light.height()) else {
            return;
        };
        let share = 1.0 / (steps * steps) as f32;
        let offsets: Vec<f64> = (0..steps)
            .map(|k| (k as f64 + 0.5) / steps as f64)
            .collect();
        for y in rows {
            let row = light.row_mut(y);
            for x in columns.clone() {
                let mut sum = 0.0;
                for dy in &offsets {
                    for dx in &offsets {
                        let at = picture_from_scan * Point::new(x as f64 + dx, y as f64 + dy);
                        sum += sample(plane, single(at.x), single(at.y), 1.0);
                    }
                }
                row[x] *= sum * share;
            }
        }
    }

    /// The columns and rows of the scan that the picture may touch.
    fn covered(
        &self,
        width: usize,
        height: usize,
    ) -> Option<(std::ops::Range<usize>, std::ops::Range<usize>)> {
        let plane = &self.planes[0];
        let picture = kurbo::Rect::new(0.0, 0.0, plane.width() as f64, plane.height() as f64);
        let on_scan = self.scan_from_picture.transform_rect_bbox(picture);
        let columns = floor_index(on_scan.x0)..floor_index(on_scan.x1 + 1.0).min(width);
        let rows = floor_index(on_scan.y0)..floor_index(on_scan.y1 + 1.0).min(height);
        (!columns.is_empty() && !rows.is_empty()).then_some((columns, rows))
    }
}
