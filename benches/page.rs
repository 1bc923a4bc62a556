//! CPU time of one A4 page at 300 dpi, stage by stage and as a whole: read, searched, its seals compared with one specimen and with two of
//! near twins, how they were made, and all that the program does with the file, beside the time that libjpeg-turbo needs to decode
//! the page with one seal in full, in the same run.
//!
//! `cargo bench -p antin-engine --bench page --features bench-turbojpeg` (Debian's libturbojpeg0-dev) prints the ratios; without
//! the feature there is no floor to compare with, and only the times are printed.

mod cpu;
#[allow(dead_code, reason = "another bench draws more")]
mod drawing;
mod enrolled;
mod floor;

use std::hint::black_box;
use std::time::Duration;

use antin_engine::extraction::Impression;
use antin_engine::extraction::extract;
use antin_engine::extraction::prepare;
use antin_engine::matching::Query;
use antin_engine::matching::Specimen;
use antin_engine::matching::compare;
use antin_engine::measurement::measure;
use antin_engine::production::ResidualKey;
use antin_engine::production::Traces;
use antin_engine::reading::Layout;
use antin_engine::reading::marking::markings;
use antin_engine::registry::Register;
use antin_engine::verdict::Policy;
use antin_engine::verdict::judge;
use criterion::Criterion;

use crate::cpu::CpuTime;
use crate::cpu::least;
use crate::cpu::timed;
use crate::drawing::Drawn;
use crate::enrolled::decode;

/// Rounds behind the printed ratios; each round runs every routine once, so that load and clock
/// speed fall on all of them alike.
const ROUNDS: usize = 15;

/// What is timed, under its name.
type Routine<'a> = (&'static str, Box<dyn Fn() + 'a>);

/// The benched files, and what their seals are compared with.
struct Pages {
    stamped: Vec<u8>,
    bare: Vec<u8>,
    /// A page of text as a fax.
    fax: Vec<u8>,
    /// The seal alone.
    one: Register,
    /// The seal and a near twin.
    two: Register,
}

impl Pages {
    fn specimen(&self) -> &Specimen {
        &self.one.seals[0].specimen
    }

    /// The seal's specimen and its near twin's.
    fn twins(&self) -> [&Specimen; 2] {
        [0, 1].map(|position: usize| &self.two.seals[position].specimen)
    }
}

fn main() {
    let pages = Pages {
        stamped: drawing::page_jpeg(Drawn::Page { seals: 1 }),
        bare: drawing::page_jpeg(Drawn::Page { seals: 0 }),
        fax: drawing::page_fax(Drawn::Page { seals: 0 }),
        one: enrolled::register(&[Drawn::Specimen]),
        two: enrolled::register(&[Drawn::Specimen, Drawn::Twin]),
    };
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .sample_size(20)
        .configure_from_args();
    // Cargo says so; without it, criterion runs each routine once to see that it works. A profile is to
    // show one routine alone.
    let said = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    if said("--bench") && !said("--profile-time") {
        print_ratios(&pages);
    }
    let mut group = criterion.benchmark_group("page");
    #[cfg(feature = "bench-turbojpeg")]
    group.bench_function("floor: libjpeg-turbo", |bencher| {
        bencher.iter(|| floor::decode(&pages.stamped));
    });
    for (name, routine) in routines(&pages) {
        group.bench_function(name, |bencher| bencher.iter(&routine));
    }
    group.finish();
    criterion.final_summary();
}

/// What is timed: the stages of a page with one seal, what is read of a page besides, then whole pages.
fn routines(pages: &Pages) -> Vec<Routine<'_>> {
    let mut all = stages(pages);
    all.extend(origins(pages));
    all.extend(readings(&pages.bare));
    all.extend(wholes(pages));
    all
}

/// The stages of a page with one seal, from its bytes to a judgement.
fn stages(pages: &Pages) -> Vec<Routine<'_>> {
    let page = decode(&pages.stamped);
    let found = extract(&page).impressions;
    let (pale, alike) = (found.clone(), found.clone());
    vec![
        (
            "decode",
            Box::new(move || drop(black_box(decode(&pages.stamped)))),
        ),
        (
            "search and isolation",
            Box::new(move || drop(black_box(extract(&page)))),
        ),
        (
            "measurement",
            Box::new(move || {
                for impression in &found {
                    black_box(measure(impression));
                }
            }),
        ),
        (
            "comparison",
            Box::new(move || {
                for impression in &pale {
                    weigh(impression, pages.specimen());
                }
            }),
        ),
        (
            "comparison, near twins",
            Box::new(move || {
                for impression in &alike {
                    black_box(tell_apart(impression, pages.twins()));
                }
            }),
        ),
    ]
}

/// How the page's seal was made: what shows that it was printed, with the layout of the sheet; and what copies of it are found by.
fn origins(pages: &Pages) -> Vec<Routine<'_>> {
    let page = decode(&pages.stamped);
    let found = extract(&page).impressions;
    let laid: Vec<_> = found
        .iter()
        .filter_map(|impression| Query::new(impression).superpose(pages.specimen()))
        .collect();
    vec![
        (
            "production, traces",
            Box::new(move || drop(black_box(Traces::of(&page, &found)))),
        ),
        (
            "production, residual key",
            Box::new(move || {
                for laid in &laid {
                    black_box(ResidualKey::new(laid));
                }
            }),
        ),
    ]
}

/// What else is looked at on a page without a seal, which was searched already.
fn readings(bare: &[u8]) -> Vec<Routine<'static>> {
    let page = decode(bare);
    let work = prepare(&page);
    let (own, own_work) = (page.clone(), prepare(&page));
    vec![
        (
            "frames of marks, none",
            Box::new(move || drop(black_box(markings(&page, &work, &[])))),
        ),
        (
            "lines and signatures",
            Box::new(move || drop(black_box(Layout::of(&own, &own_work, &[])))),
        ),
    ]
}

/// Whole pages: searched and compared; and all that the program does with the file, to the report.
fn wholes(pages: &Pages) -> Vec<Routine<'_>> {
    let Pages {
        stamped,
        bare,
        fax,
        one,
        two,
    } = pages;
    let specimen = pages.specimen();
    let searched = move |file: &[u8]| {
        black_box(examine(file, specimen));
    };
    let all = |file: &[u8], register: &Register, claim: Option<usize>| {
        black_box(enrolled::report(file, register, claim));
    };
    vec![
        (
            "one seal, one specimen",
            Box::new(move || searched(stamped)),
        ),
        ("no seal", Box::new(move || searched(bare))),
        (
            "one seal, all of it",
            Box::new(move || all(stamped, one, Some(0))),
        ),
        (
            "one of twins, all of it",
            Box::new(move || all(stamped, two, None)),
        ),
        ("no seal, all of it", Box::new(move || all(bare, one, None))),
        (
            "fax, decode",
            Box::new(move || drop(black_box(decode(fax)))),
        ),
        ("fax, no seal", Box::new(move || searched(fax))),
    ]
}

/// The whole way of one page; returns how many impressions were judged.
fn examine(file: &[u8], specimen: &Specimen) -> usize {
    let impressions = extract(&decode(file)).impressions;
    for impression in &impressions {
        black_box(measure(impression));
        weigh(impression, specimen);
    }
    impressions.len()
}

/// Compares an impression with a specimen, and judges it.
fn weigh(impression: &Impression, specimen: &Specimen) {
    let comparison = compare(impression, specimen);
    black_box(judge(impression, comparison.as_ref(), &Policy::default()));
}

/// The same with two near twins; returns how much likelier the first is by the ink where they differ, natural log of the odds.
fn tell_apart(impression: &Impression, [own, twin]: [&Specimen; 2]) -> Option<f64> {
    let query = Query::new(impression);
    for specimen in [own, twin] {
        let comparison = query.compare(specimen);
        black_box(judge(impression, comparison.as_ref(), &Policy::default()));
    }
    query.odds_over_rival(own, twin)
}

fn print_ratios(pages: &Pages) {
    print_pages(pages);
    let routines = routines(pages);
    let mut floors = Vec::new();
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); routines.len()];
    for _ in 0..ROUNDS {
        floors.extend(floor::timed(&pages.stamped));
        for (times, (_, routine)) in times.iter_mut().zip(&routines) {
            times.push(timed(routine));
        }
    }
    let floor = least(&floors);
    let times: Vec<f64> = times.iter().filter_map(|times| least(times)).collect();
    let named = |wanted: &str| {
        let place = routines.iter().position(|(name, _)| *name == wanted);
        place.map_or(f64::NAN, |place| times[place])
    };
    for ((name, _), time) in routines.iter().zip(&times) {
        let ratio = if name.starts_with("fax") {
            format!("{:.2} times its decoding", time / named("fax, decode"))
        } else {
            floor::ratio(*time, floor)
        };
        println!("{name:24} {:8.2} ms CPU   {ratio}", 1000.0 * time);
    }
    println!(
        "A seal costs {:.2} ms CPU beyond a page without one; with all of it {:.2}, of a near twin {:.2}.",
        1000.0 * (named("one seal, one specimen") - named("no seal")),
        1000.0 * (named("one seal, all of it") - named("no seal, all of it")),
        1000.0 * (named("one of twins, all of it") - named("no seal, all of it"))
    );
}

/// What the benched files are, and that they are what they are drawn as.
fn print_pages(pages: &Pages) {
    let specimen = pages.specimen();
    println!(
        "Page: {} kB of JPEG, {} seals found (one is drawn).",
        pages.stamped.len() / 1000,
        examine(&pages.stamped, specimen)
    );
    println!(
        "Bare page: {} kB, {} seals found. As a fax: {} kB, {} found.",
        pages.bare.len() / 1000,
        examine(&pages.bare, specimen),
        pages.fax.len() / 1000,
        examine(&pages.fax, specimen)
    );
    let (impressions, bytes) = enrolled::report(&pages.stamped, &pages.two, None);
    println!("Report of the page: {impressions} seals, {bytes} bytes.");
    for impression in &extract(&decode(&pages.stamped)).impressions {
        let odds = tell_apart(impression, pages.twins());
        let odds = odds.expect("the twins differ in one letter, which can be seen");
        println!("Near twins: the ink speaks for the right one by {odds:.1} (natural log).");
    }
}
