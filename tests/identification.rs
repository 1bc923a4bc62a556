//! The right seal among the best few of a gallery, by codes alone, and what specimens are fused to.
//!
//! These tests draw, so they need the fonts of `fonts::DEBIAN_PACKAGES`, which `./test` installs.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::path::Path;

use antin::extraction::Impression;
use antin::extraction::Shape;
use antin::identification;
use antin::identification::Code;
use antin::identification::Gallery;
use antin::identification::Probe;
use antin::matching::EnrolError;
use antin::matching::Query;
use antin::matching::Specimen;
use antin::synthesis::catalogue::Seal;
use antin::synthesis::document::CONDITIONS;
use antin::synthesis::excerpt;
use antin::synthesis::fonts::FONT_DIRECTORY;
use antin::synthesis::fonts::Fonts;
use antin::synthesis::forgery::Strength;
use antin::synthesis::gallery;
use antin::synthesis::stamp::World;
use antin::units::Dpi;
use rayon::prelude::*;

const SEALS: usize = 320;
const SEED: u64 = 4711;

fn fonts() -> Fonts {
    Fonts::load(Path::new(FONT_DIRECTORY)).unwrap_or_else(|error| panic!("{error}"))
}

fn coded(seals: &[Seal], fonts: &Fonts) -> Gallery {
    let code = |seal: &Seal| Code::of_impression(&gallery::impression(&seal.die, fonts));
    let codes: Vec<Code> = seals.par_iter().map(code).collect();
    codes.into_iter().collect()
}

#[test]
fn stamped_and_scanned_seals_are_among_the_best_few_of_a_gallery() {
    let fonts = fonts();
    let seals = gallery::seals(SEALS, SEED, &fonts);
    let gallery = coded(&seals, &fonts);
    let world = World {
        fonts: &fonts,
        seed: SEED,
        strength: Strength::Graded,
    };
    let places: Vec<Option<usize>> = (0..60)
        .into_par_iter()
        .map(|index: usize| {
            // Colour 300 and 200, gray 300, 1-bit 300; every fifth seal, twins among them.
            let (seal, condition) = (index * 5 + 2, CONDITIONS[index % 4]);
            let impression = excerpt::draw(&seals[seal], condition, index, world).found()?;
            let found = gallery.search(&Probe::new(&impression), SEALS);
            found.iter().position(|candidate| candidate.index == seal)
        })
        .collect();
    let found: Vec<usize> = places.iter().copied().flatten().collect();
    assert!(found.len() >= 55, "{} of 60 were found", found.len());
    let within = |rank: usize| found.iter().filter(|place| **place < rank).count();
    assert!(within(20) == found.len(), "{places:?}");
    assert!(within(3) * 100 >= found.len() * 95, "{places:?}");
}

#[test]
fn a_large_register_is_searched_by_the_codes_of_its_specimens() {
    const DESIGNS: usize = 8;
    let fonts = fonts();
    let seals = gallery::seals(DESIGNS, SEED, &fonts);
    let drawn = |seal: &Seal| gallery::impression(&seal.die, &fonts);
    let specimens: Vec<Specimen> = seals
        .iter()
        .map(|seal| Specimen::enrol(&[drawn(seal)]).unwrap())
        .collect();
    // The same few over and over: enough of them that spectra are not compared with all.
    let register: Vec<&Specimen> = specimens.iter().cycle().take(240).collect();
    let codes: Vec<Code> = specimens.iter().map(Code::of_specimen).collect();
    let gallery: Gallery = codes.iter().cycle().take(240).cloned().collect();
    for (design, seal) in seals.iter().enumerate() {
        let impression = drawn(seal);
        let ranked = identification::rank(&Query::new(&impression), &register, || &gallery, 5);
        assert_eq!(ranked.len(), 5);
        for candidate in ranked {
            assert_eq!(candidate.index % DESIGNS, design, "{candidate:?}");
        }
    }
}

#[test]
fn a_seal_whose_centre_was_found_aside_is_ranked_by_others() {
    let fonts = fonts();
    let seals = gallery::seals(8, SEED, &fonts);
    let drawn = |seal: &Seal| gallery::impression(&seal.die, &fonts);
    let specimens: Vec<Specimen> = seals
        .iter()
        .map(|seal| Specimen::enrol(&[drawn(seal)]).unwrap())
        .collect();
    let register: Vec<&Specimen> = specimens.iter().collect();
    for (own, seal) in seals.iter().enumerate() {
        let mut impression = drawn(seal);
        let aside = 0.035 * impression.outline.mean_radius();
        impression.outline.centre.x += aside;
        impression.outline.centre.y -= aside;
        let query = Query::new(&impression);
        let by_outline = query.likeness(&[register[own]])[0];
        let ranked = identification::rank(&query, &register, || unreachable!(), 5);
        assert_eq!(ranked[0].index, own, "{ranked:?}");
        assert!(by_outline < 0.4, "{by_outline}");
        assert!(ranked[0].similarity > 0.8, "{ranked:?}");
    }
}

#[test]
fn a_triangle_is_compared_whichever_corner_was_taken_for_its_apex() {
    let fonts = fonts();
    let seals = gallery::seals(SEALS, SEED, &fonts);
    let mut drawn = seals
        .iter()
        .map(|seal| gallery::impression(&seal.die, &fonts));
    let impression = drawn
        .find(|drawn| drawn.outline.shape == Shape::Triangle)
        .unwrap();
    let specimen = Specimen::enrol(std::slice::from_ref(&impression)).unwrap();
    for apex_deg in [120.0, -120.0] {
        let mut other = impression.clone();
        other.outline = impression.outline.upright_at(apex_deg);
        assert_ne!(other.outline.centre, impression.outline.centre);
        let compared = Query::new(&other).compare(&specimen).unwrap();
        assert!(compared.correlation > 0.95, "{compared:?}");
        assert!(compared.rotation_deg.abs() < 0.5, "{compared:?}");
    }
}

#[test]
fn a_search_gives_the_same_with_any_number_of_threads() {
    let fonts = fonts();
    let seals = gallery::seals(40, SEED, &fonts);
    let gallery = coded(&seals, &fonts);
    let probe = Probe::new(&gallery::impression(&seals[9].die, &fonts));
    let search = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| gallery.search(&probe, 20))
    };
    let found = search(1);
    assert_eq!(found[0].index, 9);
    assert!((found[0].similarity - 1.0).abs() < 0.02, "{:?}", found[0]);
    assert_eq!(found, search(4));
}

/// The first drawn seal of an outline that is sought.
fn drawn(is_sought: impl Fn(Shape) -> bool) -> Impression {
    let fonts = fonts();
    let seals = gallery::seals(SEALS, SEED, &fonts);
    let mut drawn = seals
        .iter()
        .map(|seal| gallery::impression(&seal.die, &fonts));
    drawn.find(|drawn| is_sought(drawn.outline.shape)).unwrap()
}

/// Whether a place, in half widths from the centre, lies in a square at the left; `margin` is left of it at each side.
fn is_in_the_spot((across, down): (f64, f64), margin: f64) -> bool {
    (across + 0.65).abs() < 0.25 - margin && down.abs() < 0.3 - margin
}

/// The same impression without ink in that square; it cannot be seen either if it `is_hidden`.
fn without_the_spot(of: &Impression, is_hidden: bool) -> Impression {
    let mut own = of.clone();
    let (centre, half) = (of.outline.centre, of.outline.half_width);
    for y in 0..of.layers.ink.height() {
        for x in 0..of.layers.ink.width() {
            let place = (x as f64 - centre.x, y as f64 - centre.y);
            if is_in_the_spot((place.0 / half, place.1 / half), 0.0) {
                own.layers.ink.row_mut(y)[x] = 0;
                if is_hidden {
                    own.layers.validity.row_mut(y)[x] = 0;
                }
            }
        }
    }
    own
}

/// How much ink a specimen of these impressions has in that square.
fn ink_in_the_spot(impressions: &[Impression]) -> f32 {
    let specimen = Specimen::enrol(impressions).unwrap();
    let (ink, _, outline) = specimen.layers();
    let (centre, half) = (outline.centre, outline.half_width);
    let mut sum = 0.0;
    for y in 0..ink.height() {
        for x in 0..ink.width() {
            let place = (x as f64 - centre.x, y as f64 - centre.y);
            if is_in_the_spot((place.0 / half, place.1 / half), 0.03) {
                sum += ink.at(x, y);
            }
        }
    }
    sum
}

#[test]
fn specimens_are_fused_so_that_what_one_of_them_lacks_leaves_no_hole() {
    let whole = drawn(|shape| shape == Shape::Round);
    let full = ink_in_the_spot(std::slice::from_ref(&whole));
    assert!(full > 50.0, "the square holds letters: {full}");
    for is_hidden in [false, true] {
        let lacking = without_the_spot(&whole, is_hidden);
        let alone = ink_in_the_spot(std::slice::from_ref(&lacking));
        assert!(alone < 0.05 * full, "{alone} of {full}");
        for order in [
            [&lacking, &whole, &whole],
            [&whole, &lacking, &whole],
            [&whole, &whole, &lacking],
        ] {
            let fused = ink_in_the_spot(&order.map(Impression::clone));
            assert!((fused / full - 1.0).abs() < 0.1, "{fused} of {full}");
        }
        // What is bare in most of them is no dry spot of one; what is hidden in most is known from the other.
        let most = [whole.clone(), lacking.clone(), lacking.clone()];
        let share = ink_in_the_spot(&most) / full;
        let expected = if is_hidden { 1.0 } else { 0.5 };
        assert!((share - expected).abs() < 0.1, "{share}");
    }
}

#[test]
fn specimens_are_fused_at_their_mean_size() {
    let own = drawn(|shape| shape == Shape::Round);
    let mut larger = own.clone();
    larger.dpi = own.dpi.and_then(|dpi| Dpi::new(dpi.get() / 1.01));
    let width = |impressions: &[Impression]| Specimen::enrol(impressions).unwrap().size_mm().0;
    let alone = width(std::slice::from_ref(&own));
    let fused = width(&[own, larger]);
    assert!((fused / alone - 1.005).abs() < 0.001, "{fused} {alone}");
}

#[test]
fn what_does_not_show_one_seal_at_a_known_size_is_no_specimen() {
    let own = drawn(|shape| shape == Shape::Round);
    let other = drawn(|shape| shape == Shape::Triangle);
    let refused = |impressions: &[Impression]| Specimen::enrol(impressions).unwrap_err();
    assert_eq!(refused(&[]), EnrolError::None);
    let two = [own.clone(), own.clone(), other];
    assert_eq!(refused(&two), EnrolError::Disagree { number: 3 });
    let mut unknown = own.clone();
    unknown.dpi = None;
    assert_eq!(
        refused(&[own.clone(), unknown]),
        EnrolError::NoResolution { number: 2 }
    );
    let count = Specimen::enrol(&[own.clone(), own.clone(), own])
        .unwrap()
        .count;
    assert_eq!(count, 3);
}
