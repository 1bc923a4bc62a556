//! What is taken for a seal's ink, for print, and for unknown, on drawings whose every pixel is known.

use super::*;
use crate::geometry::Point;
use crate::imaging::Colour;
use crate::ingest::DpiSource;
use crate::units::Dpi;

/// Sides of the page in pixels, and the seal's middle and outer radius on it.
const SIDE: usize = 400;
const MIDDLE: f64 = 200.0;
const RADIUS: f64 = 150.0;
/// How far in pixels print shades what lies beside it, at 300 dpi, and one more.
const BESIDE: usize = 2;

const PAPER: [u8; 3] = [250; 3];
const RED: [u8; 3] = [200, 40, 40];

/// What is drawn at a pixel.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    /// The seal: a ring, and bars for letters.
    seal: bool,
    /// Strokes over part of it: one across ring and letters, one beside them, one along the ring.
    stroke: bool,
}

fn drawn(x: usize, y: usize) -> Drawn {
    let (right, down) = (x as f64 + 0.5 - MIDDLE, y as f64 + 0.5 - MIDDLE);
    let reach = libm::hypot(right, down);
    let is_ring = (RADIUS - 14.0..RADIUS).contains(&reach);
    let is_letter = right.abs() < 60.0 && down.abs() < 70.0 && (y / 12).is_multiple_of(3);
    Drawn {
        seal: is_ring || is_letter,
        stroke: (180..190).contains(&x) || (280..284).contains(&x) || (330..352).contains(&y),
    }
}

/// Whether a stroke is drawn within so many pixels.
fn is_near_stroke(x: usize, y: usize) -> bool {
    let near = |at: usize| at.saturating_sub(BESIDE)..(at + BESIDE + 1).min(SIDE);
    near(y).any(|y| near(x).any(|x| drawn(x, y).stroke))
}

/// What is left of the light of a level that passes an ink of this density.
fn under(level: u8, density: f32) -> u8 {
    super::level(f32::from(level) / 255.0 * libm::exp10f(-density))
}

/// The layers of the drawn seal on such a page.
fn layers(image: PageImage, layer: Layer) -> Impression {
    let page = Page {
        number: 1,
        image: image.into(),
        dpi: Dpi::new(300.0),
        dpi_source: DpiSource::Stated,
        notes: Vec::new(),
        objects: None,
    };
    let outline = Outline {
        shape: Shape::Round,
        centre: Point::new(MIDDLE, MIDDLE),
        half_width: RADIUS,
        half_height: RADIUS,
        axis_degrees: 0.0,
    };
    impression(&page, &outline, layer)
}

/// A page in colour, whose strokes are of an ink of these densities.
fn in_colour(ink: [f32; 3]) -> PageImage {
    let mut samples = Vec::with_capacity(3 * SIDE * SIDE);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let own = drawn(x, y);
            let below = if own.seal { RED } else { PAPER };
            for (level, density) in below.into_iter().zip(ink) {
                samples.push(if own.stroke {
                    under(level, density)
                } else {
                    level
                });
            }
        }
    }
    PageImage::Colour(Colour::from_samples(SIDE, SIDE, samples).unwrap())
}

/// A page in gray, each pixel as `level` says of what is drawn there.
fn in_gray(level: impl Fn(Drawn) -> u8) -> Gray {
    let pixels = (0..SIDE * SIDE).map(|at| level(drawn(at % SIDE, at / SIDE)));
    Gray::from_samples(SIDE, SIDE, pixels.collect()).unwrap()
}

/// One pixel of the layers: where it lies on the page, what is drawn there, and its ink, text and validity.
#[derive(Clone, Copy, Debug)]
struct Read {
    at: (usize, usize),
    drawn: Drawn,
    ink: u8,
    text: u8,
    validity: u8,
}

/// All pixels of the layers.
fn read(impression: &Impression) -> Vec<Read> {
    let layers = &impression.layers;
    let (left, top) = layers.origin;
    let (left, top) = (
        usize::try_from(left).unwrap(),
        usize::try_from(top).unwrap(),
    );
    let mut pixels = Vec::new();
    for y in 0..layers.ink.height() {
        for x in 0..layers.ink.width() {
            pixels.push(Read {
                at: (left + x, top + y),
                drawn: drawn(left + x, top + y),
                ink: layers.ink.at(x, y),
                text: layers.text.at(x, y),
                validity: layers.validity.at(x, y),
            });
        }
    }
    pixels
}

/// Sees that the drawing has what is asked of it, and that it holds for each such pixel.
fn each(pixels: &[Read], of: impl Fn(&Read) -> bool, holds: impl Fn(&Read) -> bool, what: &str) {
    let own: Vec<&Read> = pixels.iter().filter(|pixel| of(pixel)).collect();
    assert!(own.len() > 100, "{what}: only {} pixels", own.len());
    let fault = own.iter().find(|pixel| !holds(pixel));
    assert!(fault.is_none(), "{what}: {fault:?}");
}

/// What is known of an impression: ink where it is drawn, none elsewhere, and no word of what cannot be seen.
fn is_told_as_drawn(pixel: &Read) -> bool {
    pixel.validity < 128 || (pixel.ink >= 200) == pixel.drawn.seal
}

#[test]
fn beneath_black_print_a_red_seal_is_unknown_and_beside_it_found() {
    let found = layers(in_colour([1.3; 3]), Layer::Hue(0.0));
    assert!(found.separable, "red is told from black");
    assert_eq!(found.colour, InkColour::Red);
    let pixels = read(&found);
    let (seal, stroke) = (|own: &Read| own.drawn.seal, |own: &Read| own.drawn.stroke);
    let is_beside = |own: &Read| !is_near_stroke(own.at.0, own.at.1);
    each(
        &pixels,
        |own| stroke(own) && seal(own),
        |own| own.validity == 0,
        "red beneath black is unknown",
    );
    each(
        &pixels,
        |own| stroke(own) && !seal(own),
        |own| own.validity == 0 && own.text > 200,
        "what lies beneath black on paper is unknown, and the black is text",
    );
    each(
        &pixels,
        |own| seal(own) && is_beside(own),
        |own| own.validity == 255 && own.ink > 240 && own.text < 60,
        "red beside black is found",
    );
    each(
        &pixels,
        |own| !seal(own) && !stroke(own) && is_beside(own),
        |own| own.validity == 255 && own.ink < 20 && own.text < 60,
        "paper is known to bear no ink",
    );
    each(&pixels, |_| true, is_told_as_drawn, "nothing is made up");
}

/// A pen's ink lets the seal's own colour be told beneath it, with less trust: below a half, from which on comparisons count it as
/// seen.
#[test]
fn beneath_a_blue_pen_a_red_seal_is_found_and_little_trusted() {
    let found = layers(in_colour(PEN), Layer::Hue(0.0));
    let pixels = read(&found);
    each(
        &pixels,
        |own| own.drawn.stroke && own.drawn.seal,
        |own| own.ink >= 200 && (40..128).contains(&own.validity),
        "red beneath blue is found",
    );
    each(
        &pixels,
        |own| own.drawn.stroke && !own.drawn.seal,
        |own| own.ink < 60 && (40..128).contains(&own.validity) && own.text > 200,
        "blue on paper is a pen's and no red",
    );
    each(
        &pixels,
        |own| !own.drawn.stroke,
        |own| own.validity == 255 && (own.ink > 240) == own.drawn.seal,
        "a pen hides nothing beside it",
    );
}

#[test]
fn beneath_print_far_darker_a_gray_seal_is_unknown_and_beside_it_found() {
    let page = in_gray(|own| {
        let below = if own.seal { 150 } else { 250 };
        if own.stroke { under(below, 1.3) } else { below }
    });
    for layer in [Layer::Dark, Layer::Pale] {
        let found = layers(PageImage::Gray(page.clone()), layer);
        assert!(!found.separable, "nothing is told by colour");
        assert_eq!(found.colour, InkColour::Unknown);
        let pixels = read(&found);
        each(
            &pixels,
            |own| own.drawn.stroke,
            |own| own.validity == 0 && own.text == 255,
            "what lies beneath print is unknown",
        );
        each(
            &pixels,
            |own| !is_near_stroke(own.at.0, own.at.1),
            |own| own.validity == 255 && own.text == 0 && (own.ink > 240) == own.drawn.seal,
            "beside print the seal is found",
        );
        each(&pixels, |_| true, is_told_as_drawn, "nothing is made up");
    }
}

/// The limit of what gray can tell: print about as dark as the seal counts as its ink, and as known.
#[test]
fn print_about_as_dark_as_a_gray_seal_is_taken_for_its_ink() {
    let page = in_gray(|own| match (own.stroke, own.seal) {
        (true, _) => 110,
        (false, true) => 150,
        (false, false) => 250,
    });
    let found = layers(PageImage::Gray(page), Layer::Dark);
    let pixels = read(&found);
    each(
        &pixels,
        |_| true,
        |own| own.validity == 255 && own.text == 0,
        "all is known and nothing is text",
    );
    each(
        &pixels,
        |own| own.drawn.stroke && !own.drawn.seal,
        |own| own.ink > 240,
        "print is taken for ink",
    );
}

/// On a 1-bit scan nothing is told apart and nothing is said to be hidden: what print covers of the seal counts as there, and so does
/// print where the seal has none. Comparisons bear it by asking of such scans only what is missing, never what is too much.
#[test]
fn on_a_one_bit_scan_all_that_is_black_is_ink_and_all_is_known() {
    let page = in_gray(|own| if own.seal || own.stroke { 0 } else { 255 });
    let found = layers(PageImage::Bitonal(page), Layer::Dark);
    assert!(!found.separable, "nothing is told apart");
    let pixels = read(&found);
    each(
        &pixels,
        |_| true,
        |own| own.validity == 255 && own.text == 0,
        "all is known and nothing is text",
    );
    each(
        &pixels,
        |own| own.drawn.stroke && own.drawn.seal,
        |own| own.ink == 255,
        "what print covers counts as there",
    );
    each(
        &pixels,
        |own| own.drawn.stroke && !own.drawn.seal,
        |own| own.ink == 255,
        "print counts as ink",
    );
    each(
        &pixels,
        |own| !own.drawn.stroke && !own.drawn.seal,
        |own| own.ink == 0,
        "paper bears none",
    );
}
