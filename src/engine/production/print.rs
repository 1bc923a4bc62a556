//! Signs of a printer or a program in the pixels of an impression.
//!
//! A stamp lays a film of one dye; a laser printer lays dots in rows along two directions at right angles, any colour
//! printer dots of several colours, and a program that sets a drawn seal on a scan fills it with one value where
//! the scanner's noise goes on all around. Each shows only where the scan resolves it, and its absence proves nothing:
//! solid ink, much-compressed scans and those below 300 dpi show no dots.

mod dots;
mod flat;
mod screen;

use serde::{Deserialize, Serialize};

use crate::extraction::Impression;
use crate::imaging::ColourMode;
use crate::imaging::Density;
use crate::imaging::PageImage;
use crate::ingest::Page;

/// What shows that an impression was not stamped.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sign {
    /// Dots in rows along two directions at right angles.
    Screen {
        /// Rows an inch as the scan shows them: finer ones appear coarser.
        rows_per_inch: f64,
        /// How far the weaker of the two directions stands out of its surroundings in the spectrum, as a
        /// ratio of powers.
        prominence: f64,
    },
    /// Dots of several colours.
    Dots {
        /// How far one channel departs from what another tells of one dye, as a share of the ink's depth.
        departure: f64,
        /// The share from which that is more than one dye shows in this scan.
        bound: f64,
    },
    /// Ink of one exact value amid a scanner's noise.
    Flat {
        /// Share of the ink's inner pixels that equal all their neighbours.
        share: f64,
    },
}

/// Ink from which a pixel is the seal's, and trust from which that counts, of 255.
const INK: u8 = 128;
/// Least resolution at which a printer's dots are resolved; a little less than 300, which scanners state
/// roughly.
const DPI_MIN: f64 = 295.0;

/// What shows in the pixels of an impression that it was not stamped; `None` where nothing does, or the
/// scan cannot tell.
pub(super) fn sign(page: &Page, impression: &Impression) -> Option<Sign> {
    let crop = Crop::new(page, impression)?;
    let dpi = page.dpi.map(crate::units::Dpi::get);
    screen::sign(&crop, dpi)
        .or_else(|| dots::sign(&crop, dpi))
        .or_else(|| flat::sign(&crop))
}

/// The pixels around an impression, beside its layers.
struct Crop<'a> {
    impression: &'a Impression,
    /// Levels, the channels of each pixel one after the other.
    levels: Vec<u8>,
    channels: usize,
    width: usize,
}

impl<'a> Crop<'a> {
    /// Cuts out what the impression's layers cover; `None` on 1-bit pages, which show no tones.
    fn new(page: &Page, impression: &'a Impression) -> Option<Self> {
        let ink = &impression.layers.ink;
        let (left, top) = impression.layers.origin;
        let (left, top) = (usize::try_from(left).ok()?, usize::try_from(top).ok()?);
        let (width, height) = (ink.width(), ink.height());
        if left + width > page.image.width() || top + height > page.image.height() {
            return None;
        }
        if page.image.mode() == ColourMode::Bitonal {
            return None;
        }
        let (levels, channels) = match page.image.part(left..left + width, top..top + height) {
            PageImage::Bitonal(gray) | PageImage::Gray(gray) => (gray.samples().to_vec(), 1),
            PageImage::Colour(colour) => (colour.samples().to_vec(), 3),
        };
        Some(Self {
            impression,
            levels,
            channels,
            width,
        })
    }

    /// All channels of a pixel.
    fn pixel(&self, x: usize, y: usize) -> &[u8] {
        let start = (y * self.width + x) * self.channels;
        &self.levels[start..start + self.channels]
    }

    /// One channel of all pixels.
    fn plane(&self, channel: usize) -> Density {
        let levels = self.levels.iter().skip(channel).step_by(self.channels);
        let levels: Vec<f32> = levels.map(|level| f32::from(*level)).collect();
        let height = levels.len() / self.width;
        Density::from_samples(self.width, height, levels).expect("one level a pixel")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use jpeg_encoder::ColorType;
    use jpeg_encoder::Encoder;
    use jpeg_encoder::SamplingFactor;

    use crate::extraction::InkColour;
    use crate::extraction::Layers;
    use crate::extraction::Outline;
    use crate::extraction::Shape;
    use crate::geometry::PixelRect;
    use crate::geometry::Point;
    use crate::imaging::Colour;
    use crate::imaging::Gray;
    use crate::imaging::Raster;
    use crate::ingest::DpiSource;
    use crate::units::Dpi;

    const SIDE: usize = 260;

    /// Whether a pixel lies in the disc of ink.
    fn inside(i: usize) -> bool {
        let (x, y) = (i % SIDE, i / SIDE);
        libm::hypot(x as f64 - 130.0, y as f64 - 130.0) < 110.0
    }

    fn layer(level: &dyn Fn(usize) -> u8) -> Gray {
        Raster::from_samples(SIDE, SIDE, (0..SIDE * SIDE).map(level).collect()).unwrap()
    }

    /// A disc of ink, each pixel of it as `ink` says, on paper as `paper` says.
    fn sign_of(ink: &dyn Fn(usize, usize) -> u8, paper: &dyn Fn() -> u8, dpi: f64) -> Option<Sign> {
        let level = |i: usize| {
            if inside(i) {
                ink(i % SIDE, i / SIDE)
            } else {
                paper()
            }
        };
        sign_in(PageImage::Gray(layer(&level)), dpi)
    }

    /// What the disc of ink in a picture shows.
    fn sign_in(image: PageImage, dpi: f64) -> Option<Sign> {
        let mode = image.mode();
        let page = Page {
            number: 1,
            image: image.into(),
            dpi: Dpi::new(dpi),
            dpi_source: DpiSource::Stated,
            notes: Vec::new(),
            objects: None,
        };
        let outline = Outline {
            shape: Shape::Round,
            centre: Point::new(130.0, 130.0),
            half_width: 110.0,
            half_height: 110.0,
            axis_degrees: 0.0,
        };
        let impression = Impression {
            bbox: PixelRect {
                x: 20,
                y: 20,
                width: 220,
                height: 220,
            },
            outline,
            colour: InkColour::Unknown,
            separable: false,
            mode,
            dpi: Dpi::new(dpi),
            layers: Layers {
                origin: (0, 0),
                ink: layer(&|i| if inside(i) { 255 } else { 0 }),
                text: layer(&|_| 0),
                validity: layer(&|_| 255),
            },
        };
        sign(&page, &impression)
    }

    /// A number that scatters around a level.
    fn noisy(level: f64, deviation: f64) -> impl Fn() -> u8 {
        let chance = std::cell::RefCell::new(fastrand::Rng::with_seed(7));
        move || {
            let sum: f64 = (0..4).map(|_| chance.borrow_mut().f64() - 0.5).sum();
            crate::units::level(crate::units::single(
                (level + 1.7 * deviation * sum) / 255.0,
            ))
        }
    }

    /// Dots in rows 4.3 pixels apart, at 27 degrees.
    fn dots(x: usize, y: usize) -> f64 {
        let turn = std::f64::consts::TAU / 4.3;
        let (sin, cos) = libm::sincos(0.47);
        let (x, y) = (x as f64, y as f64);
        libm::cos(turn * (x * cos + y * sin)) + libm::cos(turn * (y * cos - x * sin))
    }

    #[test]
    fn rows_of_dots_are_a_screen_only_where_the_scan_resolves_them() {
        let grain = noisy(100.0, 12.0);
        let dotted = |x: usize, y: usize| {
            let level = f64::from(grain()) + 20.0 * dots(x, y);
            crate::units::level(crate::units::single(level / 255.0))
        };
        let paper = noisy(240.0, 2.0);
        match sign_of(&dotted, &paper, 300.0) {
            Some(Sign::Screen { rows_per_inch, .. }) => {
                assert!((rows_per_inch - 300.0 / 4.3).abs() < 5.0, "{rows_per_inch}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(sign_of(&dotted, &paper, 200.0), None);
    }

    #[test]
    fn a_film_of_grainy_ink_shows_nothing() {
        let grain = noisy(100.0, 12.0);
        assert_eq!(sign_of(&|_, _| grain(), &noisy(240.0, 2.0), 300.0), None);
    }

    #[test]
    fn ink_of_one_value_is_a_programs_only_amid_noise() {
        let noisy_paper = noisy(240.0, 2.0);
        assert!(matches!(
            sign_of(&|_, _| 90, &noisy_paper, 200.0),
            Some(Sign::Flat { share }) if share > 0.95
        ));
        assert_eq!(sign_of(&|_, _| 90, &|| 255, 200.0), None);
    }

    /// A scan of the disc, of ink that gives back light as `ink` says, with a scanner's noise.
    fn scan(ink: &dyn Fn(usize, usize) -> [f64; 3]) -> Colour {
        let mut chance = fastrand::Rng::with_seed(11);
        let mut samples = Vec::with_capacity(3 * SIDE * SIDE);
        for i in 0..SIDE * SIDE {
            let levels = if inside(i) {
                ink(i % SIDE, i / SIDE)
            } else {
                [236.0, 234.0, 228.0]
            };
            for level in levels {
                let sum: f64 = (0..4).map(|_| chance.f64() - 0.5).sum();
                let level = crate::units::single((level + 5.0 * sum) / 255.0);
                samples.push(crate::units::level(level));
            }
        }
        Colour::from_samples(SIDE, SIDE, samples).unwrap()
    }

    /// The same after JPEG.
    fn compressed(scan: &Colour, quality: u8, sampling: SamplingFactor) -> Colour {
        let side = u16::try_from(SIDE).unwrap();
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(sampling);
        encoder
            .encode(scan.samples(), side, side, ColorType::Rgb)
            .unwrap();
        let decoded = image::load_from_memory(&bytes).unwrap().into_rgb8();
        Colour::from_samples(SIDE, SIDE, decoded.into_raw()).unwrap()
    }

    /// Two numbers from 0 to 1 for each square of two pixels.
    fn squares() -> impl Fn(usize, usize) -> [f64; 2] {
        let mut chance = fastrand::Rng::with_seed(12);
        let across = SIDE.div_ceil(2);
        let drawn: Vec<[f64; 2]> = (0..across * across)
            .map(|_| std::array::from_fn(|_| chance.f64()))
            .collect();
        move |x, y| drawn[y / 2 * across + x / 2]
    }

    #[test]
    fn droplets_of_two_colours_are_a_printers_only_where_the_scan_resolves_them() {
        let squares = squares();
        let print = scan(&|x, y| {
            let [magenta, yellow] = squares(x, y).map(|number| number < 0.75);
            let passes = |dot: bool, ink: f64, paper: f64| if dot { ink } else { paper };
            [
                225.0,
                passes(magenta, 60.0, 215.0),
                passes(yellow, 70.0, 205.0),
            ]
        });
        let kept = compressed(&print, 85, SamplingFactor::F_1_1);
        for (scan, dpi) in [(&print, 600.0), (&print, 300.0), (&kept, 600.0)] {
            match sign_in(PageImage::Colour(scan.clone()), dpi) {
                Some(Sign::Dots { departure, bound }) => {
                    assert!(departure > 0.2 && bound < 0.12, "{departure}, {bound}");
                }
                other => panic!("{dpi}: {other:?}"),
            }
        }
        assert_eq!(sign_in(PageImage::Colour(print), 150.0), None);
    }

    #[test]
    fn more_and_less_of_one_dye_is_no_print_however_it_is_compressed() {
        let squares = squares();
        let stamped = scan(&|x, y| {
            let amount = 0.4 + 0.9 * squares(x, y)[0];
            [0.05, 0.75, 0.6].map(|density| 235.0 * libm::exp10(-density * amount))
        });
        let halved = compressed(&stamped, 40, SamplingFactor::F_2_2);
        let whole = compressed(&stamped, 40, SamplingFactor::F_1_1);
        for (name, scan) in [("as is", stamped), ("halved", halved), ("whole", whole)] {
            for dpi in [300.0, 600.0] {
                let found = sign_in(PageImage::Colour(scan.clone()), dpi);
                assert_eq!(found, None, "{name} at {dpi}");
            }
        }
    }
}
