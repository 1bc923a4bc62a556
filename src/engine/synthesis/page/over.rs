//! Print under and over the place of a seal.

use kurbo::Affine;
use kurbo::BezPath;
use kurbo::Point;

use crate::synthesis::chance::Chance;
use crate::synthesis::fonts::Class;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::lettering::Style;
use crate::synthesis::lettering::natural_width;
use crate::synthesis::lettering::straight;
use crate::synthesis::page::decoy::PRINTED_RED;
use crate::synthesis::page::signature;
use crate::synthesis::page::words;

/// Two lines of large red letters through a place, with their ink.
#[must_use]
pub fn red_heading(middle: Point, fonts: &Fonts, chance: &mut Chance) -> (Vec<BezPath>, [f32; 3]) {
    let face = *chance.pick(&fonts.of_class(Class::SerifBold));
    let style = Style {
        face,
        capital_mm: chance.between(5.0, 8.0),
        stretch: 1.0,
    };
    let lines = [-0.8, 0.9].map(|row| {
        let text = words::TITLES[chance.index(words::TITLES.len())];
        let extent = natural_width(fonts, style, text);
        let from = middle + kurbo::Vec2::new(chance.between(-10.0, 10.0), row * style.capital_mm);
        Affine::translate(from.to_vec2()) * straight(fonts, style, text, extent)
    });
    (lines.into(), PRINTED_RED)
}

/// Lines of text and a thick signature through a place of the given half height, with their ink.
#[must_use]
pub fn black_mass(
    (middle, half_height): (Point, f64),
    fonts: &Fonts,
    chance: &mut Chance,
) -> (Vec<BezPath>, [f32; 3]) {
    let face = *chance.pick(&fonts.of_class(Class::SerifBold));
    let style = Style {
        face,
        capital_mm: chance.between(2.6, 3.4),
        stretch: 1.0,
    };
    let pitch = style.capital_mm * chance.between(1.8, 2.4);
    let mut paths = Vec::new();
    let mut y = -half_height;
    while y < half_height {
        let mut text = words::word(false, chance).to_owned();
        while natural_width(fonts, style, &text) < 60.0 {
            text = format!("{text} {}", words::word(false, chance));
        }
        let extent = natural_width(fonts, style, &text);
        let at = middle + kurbo::Vec2::new(chance.between(-8.0, 8.0), y + style.capital_mm);
        paths.push(Affine::translate(at.to_vec2()) * straight(fonts, style, &text, extent));
        y += pitch;
    }
    for _ in 0..2 {
        let at = middle + kurbo::Vec2::new(chance.between(-4.0, 8.0), chance.between(-3.0, 3.0));
        paths.extend(signature::draw(at, chance.between(16.0, 24.0), chance));
    }
    (paths, [1.2; 3])
}
