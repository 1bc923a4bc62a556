//! A scanner: a sheet becomes pixels, with the optics, the electronics and the file format of one
//! device out of many.

mod camera;
mod encoding;

use kurbo::Affine;
use kurbo::Point;

use crate::imaging::Density;
use crate::synthesis::chance::Chance;
use crate::synthesis::noise::smooth_field;
use crate::synthesis::raster::blur;
use crate::synthesis::raster::byte;
use crate::synthesis::raster::floor_index;
use crate::synthesis::raster::short;
use crate::synthesis::raster::single;
use crate::synthesis::sheet::Sheet;

pub use camera::Camera;
pub use encoding::Encoded;
pub use encoding::Filter;
pub use encoding::specimen_png;

/// Error of the scale along the feed of a device whose feed is bad, as a share; others stay within 0.3 %.
const FEED_ERROR: (f64, f64) = (0.002, 0.01);

/// What a scan's pixels hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Red, green and blue.
    Colour,
    /// Luminance.
    Gray,
    /// Black or white.
    Bitonal,
}

/// One device and its settings.
#[derive(Clone, Debug)]
pub struct Scanner {
    /// Pixels an inch.
    pub dpi: u32,
    /// Kind of pixels.
    pub mode: Mode,
    /// The sheet's turn under the glass, degrees clockwise.
    pub skew_deg: f64,
    /// Error of the scale across and along the feed.
    pub stretch: (f64, f64),
    /// Standard deviation of the optics' blur in pixels, across and along.
    pub blur: (f64, f64),
    /// Sharpening afterwards: radius in pixels, amount.
    pub sharpen: Option<(f64, f32)>,
    /// Standard deviation of the noise, of 255.
    pub noise: f32,
    /// Exponent from reflectance to value.
    pub gamma: f32,
    /// Values of the lamp's black and white that become 0 and 255.
    pub levels: (f32, f32),
    /// The paper's colour.
    pub paper: [f32; 3],
    /// The lamp's fall from side to side and top to bottom.
    pub shading: (f32, f32),
    /// How far each channel is off, in pixels along the feed.
    pub fringe: [f64; 3],
    /// Weights of the channels in gray.
    pub gray: [f32; 3],
    /// Where a bitonal scan cuts.
    pub threshold: Threshold,
    /// JPEG quality.
    pub quality: u8,
    /// Whether JPEG halves the resolution of colour.
    pub halved_colour: bool,
    /// The paper's fibres: their length in millimetres, and the standard deviation of its reflectance.
    pub fibres: Option<(f64, f32)>,
    /// A camera that takes the place of the glass and the feed.
    pub camera: Option<Camera>,
}

/// How a bitonal scan decides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// At one value.
    Global(f32),
    /// Below the mean of a square of this half side in millimetres, by this much of 255.
    Local(f64, f32),
}

impl Scanner {
    /// A device with the given resolution and kind of pixels.
    #[must_use]
    pub fn draw(dpi: u32, mode: Mode, chance: &mut Chance) -> Self {
        let cast = |chance: &mut Chance| 1.0 + 0.012 * chance.grain();
        let white = if chance.happens(0.5) {
            chance.between32(0.86, 0.95)
        } else {
            1.0
        };
        let base = chance.between32(0.9, 0.985);
        let paper = match chance.index(6) {
            0 => [base, base * 0.985, base * chance.between32(0.9, 0.96)],
            1 => [base * 0.98, base * 0.99, base],
            _ => [
                base * cast(chance),
                base * cast(chance),
                base * cast(chance),
            ],
        };
        let sigma = chance.between(0.25, 0.85);
        let weights = [[0.3, 0.59, 0.11], [0.0, 1.0, 0.0], [0.33, 0.34, 0.33]];
        let threshold = if chance.happens(0.5) {
            Threshold::Global(chance.between32(140.0, 200.0))
        } else {
            Threshold::Local(chance.between(2.0, 8.0), chance.between32(18.0, 40.0))
        };
        Self {
            dpi,
            mode,
            skew_deg: (0.6 * chance.normal()).clamp(-1.5, 1.5),
            stretch: (
                (0.0012 * chance.normal()).clamp(-0.003, 0.003),
                (0.0015 * chance.normal()).clamp(-0.003, 0.003),
            ),
            blur: (sigma, sigma * chance.between(0.8, 1.25)),
            sharpen: chance
                .happens(0.4)
                .then(|| (chance.between(0.8, 1.8), chance.between32(0.3, 1.3))),
            noise: single(chance.scaled(0.6, 4.5)),
            gamma: chance.between32(0.82, 1.15),
            levels: (chance.between32(0.0, 0.1), white),
            paper,
            shading: (0.02 * chance.grain(), 0.02 * chance.grain()),
            fringe: std::array::from_fn(|c| if c == 1 { 0.0 } else { 0.12 * chance.normal() }),
            gray: *chance.pick(&weights),
            threshold,
            quality: 40 + u8::try_from(chance.index(53)).unwrap_or(0),
            halved_colour: chance.happens(0.65),
            fibres: None,
            camera: None,
        }
    }

    /// Lets the feed run too slowly or too fast, by 0.2 to 1 %.
    pub fn misfeed(&mut self, chance: &mut Chance) {
        let error = chance.between(FEED_ERROR.0, FEED_ERROR.1);
        self.stretch.1 = chance.sign() * error;
    }

    /// Error of the scale across and along the feed in percent, as truth tells it; `None` of a camera, which has no feed.
    #[must_use]
    pub fn feed_percent(&self) -> Option<[f64; 2]> {
        let thousandth = |percent: f64| (percent * 1000.0).round() / 1000.0;
        let (across, along) = self.stretch;
        let is_flat = self.camera.is_none();
        is_flat.then(|| [across, along].map(|error| thousandth(100.0 * error)))
    }

    /// Pixels of a sheet of the given size in millimetres.
    #[must_use]
    pub fn pixels(&self, (width_mm, height_mm): (f64, f64)) -> (usize, usize) {
        let scale = f64::from(self.dpi) / 25.4;
        (
            floor_index(width_mm * scale + 0.5),
            floor_index(height_mm * scale + 0.5),
        )
    }

    /// Pixels of what is stored of a sheet that has the given ones: a camera's picture has its own.
    #[must_use]
    pub fn stored(&self, flat: (usize, usize)) -> (usize, usize) {
        self.camera.as_ref().map_or(flat, |camera| camera.size)
    }

    /// From a die's millimetres to pixels of what is stored, about the die's middle, given those of the
    /// flat scan.
    #[must_use]
    pub fn picture_from(&self, scan_from_die: Affine) -> Affine {
        let middle = scan_from_die * Point::ORIGIN;
        match &self.camera {
            Some(camera) => camera.about(middle) * scan_from_die,
            None => scan_from_die,
        }
    }

    /// Pixels an inch about a point of the flat scan: a camera has more of them where it is nearer.
    #[must_use]
    pub fn dpi_at(&self, point: Point) -> u32 {
        let Some(camera) = &self.camera else {
            return self.dpi;
        };
        let scale = libm::sqrt(camera.about(point).determinant().abs());
        short(floor_index(f64::from(self.dpi) * scale + 0.5))
    }

    /// From millimetres on a sheet of the given size to pixels of the scan.
    #[must_use]
    pub fn scan_from_sheet(&self, (width_mm, height_mm): (f64, f64)) -> Affine {
        let middle = kurbo::Vec2::new(width_mm / 2.0, height_mm / 2.0);
        Affine::scale(f64::from(self.dpi) / 25.4)
            * Affine::translate(middle)
            * Affine::scale_non_uniform(1.0 + self.stretch.0, 1.0 + self.stretch.1)
            * Affine::rotate(self.skew_deg.to_radians())
            * Affine::translate(-middle)
    }

    /// Reads a sheet: one plane of values 0 to 255 for gray and bitonal, three for colour.
    #[must_use]
    pub fn read(&self, sheet: &Sheet, chance: &mut Chance) -> Vec<Vec<u8>> {
        let texture = self.fibres.map(|(length, amount)| {
            let length = length * f64::from(self.dpi) / 25.4;
            let (width, height) = sheet.size();
            smooth_field(width, height, length, chance).map(|value| 1.0 + amount * value)
        });
        let texture = texture.as_ref();
        match self.mode {
            Mode::Colour => (0..3)
                .map(|channel| self.finish(self.light(sheet, channel, texture), chance))
                .collect(),
            Mode::Gray | Mode::Bitonal => {
                let (width, height) = self.stored(sheet.size());
                let mut light = Density::filled(width, height, 0.0);
                for (channel, weight) in self.gray.into_iter().enumerate() {
                    if weight > 0.0 {
                        let plane = self.light(sheet, channel, texture);
                        for (sum, value) in light.samples_mut().iter_mut().zip(plane.samples()) {
                            *sum += weight * value;
                        }
                    }
                }
                let values = self.finish(light, chance);
                let values = match self.mode {
                    Mode::Bitonal => self.cut(&values, (width, height)),
                    Mode::Colour | Mode::Gray => values,
                };
                vec![values]
            }
        }
    }

    /// Reflected light of one channel, blurred by the optics.
    fn light(&self, sheet: &Sheet, channel: usize, texture: Option<&Density>) -> Density {
        let (width, height) = sheet.size();
        let mut light = Density::filled(width, height, 0.0);
        let paper = self.paper[channel];
        for y in 0..height {
            let v = y as f32 / height as f32 - 0.5;
            let start = paper * (1.0 + self.shading.1 * v - 0.5 * self.shading.0);
            let step = paper * self.shading.0 / width as f32;
            for (x, value) in light.row_mut(y).iter_mut().enumerate() {
                *value = start + step * x as f32;
            }
        }
        if let Some(texture) = texture {
            for (value, grain) in light.samples_mut().iter_mut().zip(texture.samples()) {
                *value *= grain;
            }
        }
        sheet.shade(&mut light, channel);
        if let Some(camera) = &self.camera {
            return camera.look(&light, channel);
        }
        // A channel that is off by part of a pixel is seen as a blur and a shift along the feed.
        blur(&mut light, self.blur.0, self.blur.1);
        shift_down(&mut light, single(self.fringe[channel]));
        light
    }

    /// The electronics: levels, gamma, sharpening and noise.
    fn finish(&self, mut light: Density, chance: &mut Chance) -> Vec<u8> {
        let (black, white) = (0.02 * self.levels.0, self.levels.1);
        let curve: Vec<f32> = (0..=1024)
            .map(|k| {
                let level = (k as f32 / 1000.0 - black) / (white - black);
                255.0 * libm::powf(level.clamp(0.0, 1.3), self.gamma)
            })
            .collect();
        for value in light.samples_mut() {
            let at = value.clamp(0.0, 1.02) * 1000.0;
            let low = floor_index(f64::from(at)).min(1023);
            *value = curve[low] + (curve[low + 1] - curve[low]) * (at - low as f32);
        }
        if let Some((radius, amount)) = self.sharpen {
            let mut soft = light.clone();
            blur(&mut soft, radius, radius);
            for (value, soft) in light.samples_mut().iter_mut().zip(soft.samples()) {
                *value += amount * (*value - soft);
            }
        }
        let noise = self.noise;
        light
            .samples()
            .iter()
            .map(|value| byte(value + noise * chance.grain()))
            .collect()
    }

    /// Black and white.
    fn cut(&self, values: &[u8], (width, height): (usize, usize)) -> Vec<u8> {
        let side = |black: bool| if black { 0 } else { 255 };
        match self.threshold {
            Threshold::Global(level) => {
                values.iter().map(|v| side(f32::from(*v) < level)).collect()
            }
            Threshold::Local(reach_mm, below) => {
                let reach = floor_index(reach_mm * f64::from(self.dpi) / 25.4).max(2);
                let means = local_means(values, (width, height), reach);
                let pairs = values.iter().zip(means);
                pairs
                    .map(|(v, mean)| side(f32::from(*v) < mean - below))
                    .collect()
            }
        }
    }
}

/// Moves rows down by part of a pixel.
fn shift_down(light: &mut Density, by: f32) {
    let part = by.abs().min(1.0);
    if part < 0.02 {
        return;
    }
    let source = light.clone();
    let height = source.height();
    for y in 0..height {
        let other = if by > 0.0 {
            y.saturating_sub(1)
        } else {
            (y + 1).min(height - 1)
        };
        for (value, next) in light.row_mut(y).iter_mut().zip(source.row(other)) {
            *value += part * (next - *value);
        }
    }
}

/// The mean over the square about each sample, from running sums.
fn local_means(values: &[u8], (width, height): (usize, usize), reach: usize) -> Vec<f32> {
    let mut sums = vec![0u64; (width + 1) * (height + 1)];
    for y in 0..height {
        let mut row = 0u64;
        for x in 0..width {
            row += u64::from(values[y * width + x]);
            sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
        }
    }
    let mut means = Vec::with_capacity(values.len());
    for y in 0..height {
        let (top, bottom) = (y.saturating_sub(reach), (y + reach + 1).min(height));
        for x in 0..width {
            let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(width));
            let at = |y: usize, x: usize| sums[y * (width + 1) + x];
            let total = at(bottom, right) + at(top, left) - at(top, right) - at(bottom, left);
            means.push(total as f32 / ((bottom - top) * (right - left)) as f32);
        }
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::synthesis::motif::polygon;

    fn bar(mode: Mode) -> (Vec<Vec<u8>>, (usize, usize)) {
        let mut chance = Chance::new(2, "scan", 0);
        let mut scanner = Scanner::draw(100, mode, &mut chance);
        (scanner.skew_deg, scanner.stretch) = (0.0, (0.0, 0.0));
        let size = (40.0, 30.0);
        let pixels = scanner.pixels(size);
        let mut sheet = Sheet::new(pixels.0, pixels.1, scanner.scan_from_sheet(size));
        let corners = [(10.0, 5.0), (20.0, 5.0), (20.0, 25.0), (10.0, 25.0)];
        sheet.print(&[polygon(corners.map(Point::from))], [1.3; 3]);
        (scanner.read(&sheet, &mut chance), pixels)
    }

    #[test]
    fn a_bad_feed_errs_along_the_sheet_alone_and_either_way() {
        let mut signs = std::collections::BTreeSet::new();
        for index in 0..30 {
            let sound = Scanner::draw(300, Mode::Colour, &mut Chance::new(2, "scan", index));
            let mut bad = sound.clone();
            bad.misfeed(&mut Chance::new(2, "feed", index));
            let [across, along] = bad.feed_percent().unwrap();
            assert!(
                (0.2..=1.0).contains(&along.abs()),
                "{along} % along the feed"
            );
            assert!((across - 100.0 * sound.stretch.0).abs() < 6e-4, "{across}");
            signs.insert(along > 0.0);
        }
        assert_eq!(signs.len(), 2, "all feeds err one way");
    }

    #[test]
    fn a_bitonal_scan_is_black_where_there_is_print_and_white_elsewhere() {
        let (planes, (width, height)) = bar(Mode::Bitonal);
        assert_eq!(planes.len(), 1);
        assert!(planes[0].iter().all(|value| *value == 0 || *value == 255));
        let at = |x_mm: f64| planes[0][height / 2 * width + floor_index(x_mm * 100.0 / 25.4)];
        assert_eq!((at(5.0), at(15.0), at(30.0)), (255, 0, 255));
    }

    #[test]
    fn a_colour_scan_has_three_planes_and_an_edge_where_it_was_drawn() {
        let (planes, (width, height)) = bar(Mode::Colour);
        assert_eq!(planes.len(), 3);
        let row = &planes[1][height / 2 * width..][..width];
        let level = (f32::from(row[5]) + f32::from(row[59])) / 2.0;
        let edge = row
            .iter()
            .position(|value| f32::from(*value) < level)
            .unwrap();
        let expected = 10.0 * 100.0 / 25.4;
        assert!(
            (edge as f64 - expected).abs() < 1.0,
            "edge at {edge}, drawn at {expected}"
        );
    }
}
