//! What is printed in black beneath a seal and a pen of other colours: their densities add up, so each ink's share of a
//! pixel can be solved for.

use crate::extraction::inks::Inks;
use crate::extraction::inks::unit;
use crate::imaging::Colour;
use crate::imaging::Gray;
use crate::order;
use crate::units::level;
use crate::units::single;

/// Difference of a pixel's channels from which on it is of one coloured ink alone (chosen: half of what pale seals show).
const SPREAD_MIN: u8 = 60;
/// Pixels of an ink, at least: a stroke of a pen, a centimetre long, at 150 dpi.
const PIXELS_MIN: usize = 200;
/// Share of the pixels that are as bright as paper or brighter (chosen: a place of a letter is mostly bare).
const PAPER_SHARE: f64 = 0.2;
/// What black ink keeps back of each colour.
const BLACK: [f32; 3] = [0.577_350_26; 3];
/// Least brightness of which a density is taken.
const DARKEST: f64 = 3.0;

/// The black of a picture on white paper; `None` where a seal's red ink and a pen's blue one are not both there, since one ink alone
/// is dropped out better by its brightest channel.
pub(super) fn black(picture: &Colour) -> Option<Gray> {
    let (pixels, _) = picture.samples().as_chunks::<3>();
    let tables = [0, 1, 2].map(|channel| densities(pixels, channel));
    let density = |pixel: &[u8; 3]| {
        [0, 1, 2].map(|channel: usize| tables[channel][usize::from(pixel[channel])])
    };
    // Red ink lets red light pass, blue ink blue light.
    let [red, blue] = [0, 2].map(|passes| ink(pixels, passes, density));
    let inks = Inks::new(red?, BLACK, blue?);
    let shades = pixels.iter().map(|pixel| {
        let [_, amount, _] = inks.three(density(pixel));
        level(single(libm::exp10(f64::from(-amount * BLACK[0]))))
    });
    Gray::from_samples(picture.width(), picture.height(), shades.collect())
}

/// The density of each level of a channel against the paper's.
fn densities(pixels: &[[u8; 3]], channel: usize) -> [f32; 256] {
    let mut counts = [0_usize; 256];
    for pixel in pixels {
        counts[usize::from(pixel[channel])] += 1;
    }
    let mut left = PAPER_SHARE * pixels.len() as f64;
    let paper = (0..256).rev().find(|&level| {
        left -= counts[level] as f64;
        left < 0.0
    });
    let paper = (paper.unwrap_or(255) as f64).max(DARKEST);
    std::array::from_fn(|level| {
        let share = (level as f64).max(DARKEST) / paper;
        single((-libm::log10(share)).max(0.0))
    })
}

/// The densities of the ink that keeps back least of one channel, of unit length; `None` if there is hardly any.
fn ink(
    pixels: &[[u8; 3]],
    passes: usize,
    density: impl Fn(&[u8; 3]) -> [f32; 3],
) -> Option<[f32; 3]> {
    let mut shares: [Vec<f32>; 3] = [Vec::new(), Vec::new(), Vec::new()];
    for pixel in pixels {
        let [r, g, b] = *pixel;
        if r.max(g).max(b) - r.min(g).min(b) < SPREAD_MIN {
            continue;
        }
        let own = density(pixel);
        let least = own[0].min(own[1]).min(own[2]);
        let most = own[0].max(own[1]).max(own[2]);
        if own[passes] > least || most <= 0.0 {
            continue;
        }
        for (shares, own) in shares.iter_mut().zip(own) {
            shares.push(own / most);
        }
    }
    if shares[0].len() < PIXELS_MIN {
        return None;
    }
    let vector = shares.map(|shares| order::median(shares).unwrap_or(0.0));
    Some(unit(vector))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paper with columns of red, blue, black, both coloured inks, and black under red.
    fn picture(blue: bool) -> Colour {
        let pixels = (0..100 * 60).flat_map(|place| {
            let transmitted = |inks: &[[f64; 3]]| {
                let light = |channel: usize| inks.iter().map(|ink| ink[channel]).product::<f64>();
                [0, 1, 2].map(|channel| level(single(0.94 * light(channel))))
            };
            let (red, pen, black) = ([0.85, 0.2, 0.25], [0.2, 0.3, 0.6], [0.2; 3]);
            let pen = if blue { pen } else { red };
            match place % 100 {
                0..10 => transmitted(&[red]),
                20..30 => transmitted(&[pen]),
                40..45 => transmitted(&[black]),
                45..50 => transmitted(&[red, pen]),
                60..65 => transmitted(&[black, red]),
                _ => transmitted(&[]),
            }
        });
        Colour::from_samples(100, 60, pixels.collect()).unwrap()
    }

    #[test]
    fn black_is_left_and_coloured_inks_are_gone_even_where_they_cross() {
        let black = black(&picture(true)).unwrap();
        let shade = |x: usize| black.at(x, 30);
        for x in [5, 25, 47, 80] {
            assert!(shade(x) > 215, "column {x}: {}", shade(x));
        }
        for x in [42, 62] {
            assert!(shade(x) < 80, "column {x}: {}", shade(x));
        }
    }

    #[test]
    fn one_coloured_ink_is_left_to_its_brightest_channel() {
        assert_eq!(black(&picture(false)), None);
    }
}
