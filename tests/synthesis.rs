//! Synthetic sets: repeatable, and true to what they say of themselves.
//!
//! These tests draw, so they need the fonts of `fonts::DEBIAN_PACKAGES`, which `./test` installs.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use antin::synthesis::catalogue;
use antin::synthesis::catalogue::PadColour;
use antin::synthesis::catalogue::Seal;
use antin::synthesis::chance::Chance;
use antin::synthesis::die::Die;
use antin::synthesis::die::FACE_PX_PER_MM;
use antin::synthesis::document::Addition;
use antin::synthesis::document::CONDITIONS;
use antin::synthesis::document::Document;
use antin::synthesis::document::Entry;
use antin::synthesis::document::Route;
use antin::synthesis::fonts::FONT_DIRECTORY;
use antin::synthesis::fonts::Fonts;
use antin::synthesis::forgery;
use antin::synthesis::forgery::Forgery;
use antin::synthesis::forgery::SINGLE_AXES;
use antin::synthesis::forgery::Strength;
use antin::synthesis::hardship::Hardship;
use antin::synthesis::page::Filling;
use antin::synthesis::pdf::Added;
use antin::synthesis::set;
use antin::synthesis::set::Options;
use antin::synthesis::stamp::Make;
use antin::synthesis::stamp::World;

fn fonts() -> Fonts {
    Fonts::load(Path::new(FONT_DIRECTORY)).unwrap_or_else(|error| panic!("{error}"))
}

fn seals(count: usize, fonts: &Fonts) -> Vec<Seal> {
    catalogue::seals(count, 21, fonts)
}

/// Every file of a set by its path.
fn drawn_with(threads: usize, fonts: &Fonts) -> BTreeMap<String, Vec<u8>> {
    let directory = tempfile::tempdir().unwrap();
    let options = Options {
        seals: 2,
        documents_per_seal: 3,
        specimens: 1,
        conditions: vec!["c150".to_owned(), "b200".to_owned()],
        strength: Strength::Graded,
        content: set::Content::Mixed,
        seed: 5,
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| set::write(directory.path(), &options, fonts, &|_, _| ()))
        .unwrap();
    let mut files = BTreeMap::new();
    for folder in [".", "docs", "specimens"] {
        for entry in fs::read_dir(directory.path().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(directory.path()).unwrap();
                files.insert(name.display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn one_seed_gives_the_same_bytes_with_any_number_of_threads() {
    let fonts = fonts();
    let one = drawn_with(1, &fonts);
    assert!(one.len() >= 2 + 2 + 6, "files: {:?}", one.keys());
    assert!(one == drawn_with(3, &fonts), "the sets differ");
}

#[test]
fn a_set_of_shapes_holds_ovals_and_squares_alone_and_as_many_of_either() {
    let fonts = fonts();
    let seals = catalogue::ovals_and_squares(8, 21, &fonts);
    let shapes: Vec<&str> = seals.iter().map(|seal| seal.die.shape()).collect();
    assert_eq!(shapes, ["oval", "rectangle"].repeat(4));
}

/// A page with one unsigned red seal on it, in good colour.
fn plain_page(seal: usize) -> Document {
    let condition = *CONDITIONS
        .iter()
        .find(|known| known.name == "c300")
        .unwrap();
    let (make, route) = (Make::Genuine, Route::Stamped);
    Document {
        name: "docs/plain.pdf".to_owned(),
        condition,
        entries: vec![Entry {
            seal,
            registered: true,
            make,
            route,
        }],
        decoys: Vec::new(),
        small: true,
        signed: false,
        filling: Filling::Letter,
        hardship: None,
        rescan_of: None,
        straddle: None,
        is_hung: false,
        is_aside: false,
        addition: None,
    }
}

/// The box of red ink within a third more than the stated radii, in pixels: its middle and half
/// its size.
fn red_box(jpeg: &[u8], centre: [f64; 2], radius: [f64; 2]) -> ([f64; 2], [f64; 2]) {
    let page = image::load_from_memory(jpeg).unwrap().to_rgb8();
    let (mut low, mut high) = ([f64::MAX; 2], [0.0f64; 2]);
    for (x, y, pixel) in page.enumerate_pixels() {
        let at = [f64::from(x) + 0.5, f64::from(y) + 0.5];
        let near = (0..2).all(|k| (at[k] - centre[k]).abs() < 1.33 * radius[k]);
        let [r, g, b] = pixel.0.map(i32::from);
        if near && r - g > 60 && r - b > 20 {
            for k in 0..2 {
                low[k] = low[k].min(at[k]);
                high[k] = high[k].max(at[k]);
            }
        }
    }
    let middle = [0, 1].map(|k| (low[k] + high[k]) / 2.0);
    (middle, [0, 1].map(|k| (high[k] - low[k]) / 2.0))
}

#[test]
fn truth_tells_the_scanners_stretch_and_a_bad_feed_is_all_that_differs() {
    let fonts = fonts();
    let seals = seals(2, &fonts);
    let world = World {
        fonts: &fonts,
        seed: 3,
        strength: Strength::Graded,
    };
    let sound = plain_page(0);
    let fed = Document {
        hardship: Some(Hardship::Feed),
        ..sound.clone()
    };
    let [sound, fed] = [sound, fed].map(|document| {
        let mut scanned = document.scan(0, &[], &seals, world);
        let truth = scanned.truths.remove(0);
        let place = truth.place.unwrap();
        let stretch = truth.feed_percent.unwrap();
        (truth.hardship, stretch, place, truth.role)
    });
    assert_eq!((sound.0.as_deref(), fed.0.as_deref()), (None, Some("feed")));
    assert!(
        sound.3.is_some() && fed.3 == sound.3,
        "a feed moves no seal: {fed:?}"
    );
    assert!(sound.1.iter().all(|error| error.abs() <= 0.3), "{sound:?}");
    assert!((fed.1[0] - sound.1[0]).abs() < 1e-9, "{fed:?}");
    assert!((0.2..=1.0).contains(&fed.1[1].abs()), "{fed:?}");
    // What truth says of the height holds the stretch, as much of it as the seal's turn lets.
    let (sin, cos) = libm::sincos(sound.2.rotation_deg.to_radians());
    let height = |[across, along]: [f64; 2]| {
        libm::hypot(sin * (1.0 + across / 100.0), cos * (1.0 + along / 100.0))
    };
    let grown = fed.2.radius_px[1] / sound.2.radius_px[1];
    let expected = height(fed.1) / height(sound.1);
    assert!(
        (grown - expected).abs() < 2e-4,
        "{grown} times as high, {expected} expected"
    );
}

#[test]
fn red_ink_stands_where_truth_says_and_is_as_large() {
    let fonts = fonts();
    let mut seals = seals(5, &fonts);
    for seal in &mut seals {
        seal.ink = PadColour::Red;
    }
    for index in 0..4 {
        let document = plain_page(index);
        let world = World {
            fonts: &fonts,
            seed: 3,
            strength: Strength::Graded,
        };
        let scanned = document.scan(index, &[], &seals, world);
        let place = scanned.truths[0].place.unwrap();
        let (middle, half) = red_box(&scanned.picture.bytes, place.centre_px, place.radius_px);
        for k in 0..2 {
            // A quarter of a millimetre: the give of the rubber and the spread of the ink.
            let tolerance = 0.25 * 300.0 / 25.4;
            let off = middle[k] - place.centre_px[k];
            assert!(
                off.abs() < tolerance,
                "page {index}: the middle is off by {off:.1} px"
            );
            let off = half[k] - place.radius_px[k];
            assert!(
                off.abs() < tolerance + 1.0,
                "page {index}: the radius is off by {off:.1} px"
            );
        }
    }
}

#[test]
fn a_seal_in_an_image_of_its_own_and_one_beside_the_date_are_drawn_apart_from_all_else() {
    let fonts = fonts();
    let mut seals = seals(5, &fonts);
    seals[4].ink = PadColour::Red;
    assert!(seals[4].body.chinese, "the set's first Chinese seal");
    let world = World {
        fonts: &fonts,
        seed: 3,
        strength: Strength::Graded,
    };
    let page = Document {
        small: false,
        ..plain_page(4)
    };
    let plain = page.scan(0, &[], &seals, world);
    let own = Document {
        addition: Some(Addition::OwnImage),
        ..page.clone()
    };
    let own = own.scan(0, &[], &seals, world);
    let Some(Added::Image(patch)) = &own.added else {
        panic!("{:?}", own.added)
    };
    assert_eq!(own.truths[0].addition, Some("own_image"));
    let place = own.truths[0].place.unwrap();
    assert_eq!(plain.truths[0].place, Some(place));
    for k in 0..2 {
        let at = [patch.at.0, patch.at.1][k] as f64;
        let size = [patch.picture.width, patch.picture.height][k] as f64;
        assert!(at < place.centre_px[k] - place.radius_px[k]);
        assert!(at + size > place.centre_px[k] + place.radius_px[k]);
    }
    let red = |jpeg: &[u8]| {
        let page = image::load_from_memory(jpeg).unwrap().to_rgb8();
        let inked = page.pixels().filter(|pixel| {
            let [r, g, b] = pixel.0.map(i32::from);
            r - g > 60 && r - b > 20
        });
        inked.count()
    };
    let (with, without) = (red(&plain.picture.bytes), red(&own.picture.bytes));
    assert!(with > 1000 && 4 * without < with, "{with}, {without}");
    let aside = Document {
        is_aside: true,
        ..page
    };
    let aside = aside.scan(0, &[], &seals, world).truths.swap_remove(0);
    assert_eq!((aside.off_date, aside.role), (Some(true), Some("page")));
    assert_eq!(plain.truths[0].off_date, None);
    let moved = place.centre_px[0] - aside.place.unwrap().centre_px[0];
    assert!(moved > 35.0 * 300.0 / 25.4, "by {moved} px");
    assert_eq!(aside.letter, plain.truths[0].letter);
}

/// Half the width of a face's ink in millimetres, along the row through its middle.
fn half_width(die: &Die, fonts: &Fonts) -> f64 {
    let face = die.face(fonts);
    let row = face.row(face.height() / 2);
    let left: f32 = row[..row.len() / 2]
        .iter()
        .scan(0.0f32, |most, value| {
            *most = most.max(*value);
            Some(*most)
        })
        .sum();
    f64::from(left) / FACE_PX_PER_MM
}

#[test]
fn a_forged_outer_radius_differs_by_the_stated_amount() {
    let fonts = fonts();
    let seals = seals(4, &fonts);
    for (index, seal) in seals.iter().enumerate() {
        let mut chance = Chance::new(8, "forgery", index);
        let forged = forgery::forge(
            &seal.die,
            (Forgery::Radius, Strength::Graded),
            &fonts,
            &mut chance,
        );
        let stated = forged.detail["outer_radius_mm"].as_f64().unwrap();
        assert!((0.05..=0.5).contains(&stated.abs()), "{stated} mm");
        let found = half_width(&forged.die, &fonts) - half_width(&seal.die, &fonts);
        assert!(
            (found - stated).abs() < 0.01,
            "stated {stated} mm, drawn {found:.3} mm"
        );
    }
}

#[test]
fn a_forged_size_is_in_the_stated_proportion() {
    let fonts = fonts();
    let seal = &seals(1, &fonts)[0];
    let mut chance = Chance::new(8, "forgery", 0);
    let forged = forgery::forge(
        &seal.die,
        (Forgery::Size, Strength::Graded),
        &fonts,
        &mut chance,
    );
    let stated = forged.detail["size_percent"].as_f64().unwrap();
    let found = 100.0 * (half_width(&forged.die, &fonts) / half_width(&seal.die, &fonts) - 1.0);
    assert!(
        (found - stated).abs() < 0.1,
        "stated {stated} %, drawn {found:.2} %"
    );
}

#[test]
fn a_forgery_on_a_single_axis_states_one_amount_and_changes_the_face() {
    let fonts = fonts();
    for (index, seal) in seals(6, &fonts).iter().enumerate() {
        for kind in SINGLE_AXES {
            let mut chance = Chance::new(9, kind.word(), index);
            let how = (kind, Strength::SingleAxis);
            let forged = forgery::forge(&seal.die, how, &fonts, &mut chance);
            let stated: Vec<&String> = forged.detail.keys().collect();
            assert_eq!(stated.len(), 1, "{}: {stated:?}", kind.word());
            let amount = forged.detail[stated[0]].as_f64().unwrap().abs();
            let (least, most) = match stated[0].as_str() {
                "outer_radius_mm" => (0.05, 0.5),
                "spacing_percent" => (0.3, 3.0),
                "turned_deg" | "text_turned_deg" => (0.5, 4.0),
                "line_width_percent" => (5.0, 20.0),
                "accent_moved_mm" | "text_moved_mm" => (0.1, 0.6),
                other => panic!("{}: {other}", kind.word()),
            };
            assert!((least..=most).contains(&amount), "{}: {amount}", stated[0]);
            assert!(forged.die != seal.die, "{}: nothing changed", kind.word());
        }
    }
}

#[test]
fn a_moved_accent_moves_its_own_ink_and_no_other() {
    let fonts = fonts();
    let seal = &seals(1, &fonts)[0];
    let mut chance = Chance::new(9, "accent", 0);
    let how = (Forgery::Accent, Strength::SingleAxis);
    let forged = forgery::forge(&seal.die, how, &fonts, &mut chance);
    assert!(
        forged.detail.contains_key("accent_moved_mm"),
        "{:?}",
        forged.detail
    );
    let (before, after) = (seal.die.face(&fonts), forged.die.face(&fonts));
    let ink = |face: &antin::imaging::Density| -> f32 { face.samples().iter().sum() };
    let pairs = before.samples().iter().zip(after.samples());
    let changed: f32 = pairs.map(|(a, b)| (a - b).abs()).sum();
    // An accent is a stroke or two of some ten: far less than a hundredth of a seal's ink.
    assert!(changed > 0.0 && changed < 0.01 * ink(&before), "{changed}");
}

#[test]
fn an_unknown_condition_is_refused_with_the_known_ones() {
    let options = Options {
        seals: 1,
        documents_per_seal: 1,
        specimens: 1,
        conditions: vec!["c1200".to_owned()],
        strength: Strength::Graded,
        content: set::Content::Mixed,
        seed: 1,
    };
    let message = set::plan(&options).unwrap_err().to_string();
    assert!(
        message.contains("c1200") && message.contains("poor300"),
        "{message}"
    );
}
