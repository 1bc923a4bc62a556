//! CPU time of one A4 page at 300 dpi, stage by stage and as a whole: read, searched, and its seals
//! compared with one specimen, beside the time that libjpeg-turbo needs to decode the page with one seal
//! in full, in the same run.
//!
//! `cargo bench -p antin-engine --bench page --features bench-turbojpeg` (Debian's libturbojpeg0-dev) prints the ratios; without
//! the feature there is no floor to compare with, and only the times are printed.

mod cpu;
mod drawing;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

use antin_engine::extraction::Extraction;
use antin_engine::extraction::Impression;
use antin_engine::extraction::extract;
use antin_engine::extraction::prepare;
use antin_engine::ingest;
use antin_engine::ingest::Limits;
use antin_engine::ingest::Page;
use antin_engine::matching::Specimen;
use antin_engine::matching::compare;
use antin_engine::measurement::measure;
use antin_engine::reading::Layout;
use antin_engine::reading::marking::markings;
use antin_engine::sandbox::Options;
use antin_engine::sandbox::read_in_process;
use antin_engine::verdict::Policy;
use antin_engine::verdict::judge;
use criterion::Criterion;

use crate::cpu::CpuTime;
use crate::cpu::cpu_time;
use crate::drawing::Drawn;

/// Rounds behind the printed ratios; each round runs every routine once, so that load and clock
/// speed fall on all of them alike.
const ROUNDS: usize = 15;

/// Seals on the pages that show how the cost grows with their number.
const MANY: [usize; 2] = [4, 16];

/// The benched files.
struct Pages {
    stamped: Vec<u8>,
    bare: Vec<u8>,
    /// With so many seals as [`MANY`] says.
    many: Vec<Vec<u8>>,
    /// A page of text as a fax.
    fax: Vec<u8>,
    specimen: Option<Specimen>,
}

fn main() {
    let pages = Pages {
        stamped: drawing::page_jpeg(Drawn::Page { seals: 1 }),
        bare: drawing::page_jpeg(Drawn::Page { seals: 0 }),
        many: MANY
            .iter()
            .map(|&seals| drawing::page_jpeg(Drawn::Page { seals }))
            .collect(),
        fax: drawing::page_fax(Drawn::Page { seals: 0 }),
        specimen: enrol(&drawing::page_jpeg(Drawn::Specimen)),
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
        bencher.iter(|| floor(&pages.stamped));
    });
    for (name, routine) in routines(&pages) {
        group.bench_function(name, |bencher| bencher.iter(&routine));
    }
    group.finish();
    criterion.final_summary();
}

/// What is timed: the stages of a page with one seal, then whole pages.
fn routines(pages: &Pages) -> Vec<(String, Box<dyn Fn() + '_>)> {
    let Pages {
        stamped,
        bare,
        many,
        fax,
        specimen,
    } = pages;
    let decoded = decode(stamped);
    let found = extract(&decoded).impressions;
    let pale = found.clone();
    let mut all: Vec<(String, Box<dyn Fn() + '_>)> = vec![
        (
            "decode".to_owned(),
            Box::new(|| drop(black_box(decode(stamped)))),
        ),
        (
            "search and isolation".to_owned(),
            Box::new(move || drop(black_box(extract(&decoded)))),
        ),
        (
            "measurement".to_owned(),
            Box::new(move || {
                for impression in &found {
                    black_box(measure(impression));
                }
            }),
        ),
        (
            "comparison".to_owned(),
            Box::new(move || {
                for impression in &pale {
                    weigh(impression, specimen.as_ref());
                }
            }),
        ),
        (
            "one seal, one specimen".to_owned(),
            Box::new(|| {
                black_box(examine(stamped, specimen.as_ref()));
            }),
        ),
        (
            "no seal".to_owned(),
            Box::new(|| {
                black_box(examine(bare, specimen.as_ref()));
            }),
        ),
        (
            "fax, decode".to_owned(),
            Box::new(|| drop(black_box(decode(fax)))),
        ),
        (
            "fax, no seal".to_owned(),
            Box::new(|| {
                black_box(examine(fax, specimen.as_ref()));
            }),
        ),
    ];
    for (page, seals) in many.iter().zip(MANY) {
        let routine = || {
            black_box(examine(page, specimen.as_ref()));
        };
        all.push((format!("{seals} seals, one specimen"), Box::new(routine)));
    }
    all.extend(readings(stamped, bare));
    all
}

/// What else is looked at on a page without a seal, which was searched already; and all that the program reads of a page.
fn readings<'a>(stamped: &'a [u8], bare: &'a [u8]) -> Vec<(String, Box<dyn Fn() + 'a>)> {
    let page = decode(bare);
    let work = prepare(&page);
    let (own, own_work) = (page.clone(), prepare(&page));
    let all = |jpeg: &[u8]| {
        drop(black_box(read_in_process(
            jpeg.to_vec(),
            &Options::new(PathBuf::new()),
        )));
    };
    vec![
        (
            "frames of marks, none".to_owned(),
            Box::new(move || drop(black_box(markings(&page, &work, &[])))),
        ),
        (
            "lines and signatures".to_owned(),
            Box::new(move || drop(black_box(Layout::of(&own, &own_work, &[])))),
        ),
        (
            "one seal, all of it".to_owned(),
            Box::new(move || all(stamped)),
        ),
        ("no seal, all of it".to_owned(), Box::new(move || all(bare))),
    ]
}

/// The whole way of one page; returns how many impressions were judged.
fn examine(jpeg: &[u8], specimen: Option<&Specimen>) -> usize {
    let extraction = search(jpeg);
    for impression in &extraction.impressions {
        black_box(measure(impression));
        weigh(impression, specimen);
    }
    extraction.impressions.len()
}

/// Compares an impression with a specimen, and judges it.
fn weigh(impression: &Impression, specimen: Option<&Specimen>) {
    if let Some(specimen) = specimen {
        let comparison = compare(impression, specimen);
        black_box(judge(impression, comparison.as_ref(), &Policy::default()));
    }
}

fn search(jpeg: &[u8]) -> Extraction {
    extract(&decode(jpeg))
}

/// Opens and reads a file as the program does, without the child process around it.
fn decode(jpeg: &[u8]) -> Page {
    let document = ingest::open(jpeg.to_vec(), None, &Limits::default());
    document.expect("drawn here").page(0).expect("drawn here")
}

/// Decodes with libjpeg-turbo: the time that every other is set against.
#[cfg(feature = "bench-turbojpeg")]
fn floor(jpeg: &[u8]) {
    black_box(turbojpeg::decompress(jpeg, turbojpeg::PixelFormat::RGB).expect("drawn here"));
}

fn enrol(jpeg: &[u8]) -> Option<Specimen> {
    let impressions = search(jpeg).impressions;
    if impressions.is_empty() {
        println!("The specimen was not found: nothing is compared below.");
    }
    Specimen::enrol(&impressions).ok()
}

fn print_ratios(pages: &Pages) {
    let specimen = pages.specimen.as_ref();
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
    for (page, drawn) in pages.many.iter().zip(MANY) {
        println!(
            "Page: {} kB, {} seals found ({drawn} are drawn).",
            page.len() / 1000,
            examine(page, specimen)
        );
    }
    let routines = routines(pages);
    let mut floors = Vec::new();
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); routines.len()];
    for _ in 0..ROUNDS {
        #[cfg(feature = "bench-turbojpeg")]
        floors.push(timed(|| floor(&pages.stamped)));
        for (times, routine) in times.iter_mut().zip(&routines) {
            times.push(timed(&routine.1));
        }
    }
    let floor = least(&mut floors);
    let times: Vec<f64> = times.iter_mut().filter_map(|times| least(times)).collect();
    let ratio = |time: f64| {
        floor.map_or_else(
            || "no floor: build with --features bench-turbojpeg".to_owned(),
            |floor| {
                format!(
                    "{:.2} times libjpeg-turbo's {:.1} ms",
                    time / floor,
                    1000.0 * floor
                )
            },
        )
    };
    let named = |wanted: &str| {
        let place = routines.iter().position(|(name, _)| name == wanted);
        place.map_or(f64::NAN, |place| times[place])
    };
    for ((name, _), time) in routines.iter().zip(&times) {
        let ratio = if name.starts_with("fax") {
            format!("{:.2} times its decoding", time / named("fax, decode"))
        } else {
            ratio(*time)
        };
        println!("{name:24} {:8.2} ms CPU   {ratio}", 1000.0 * time);
    }
    let bare = named("no seal");
    println!("Beyond a page without a seal:");
    for (seals, name) in [(1, "one seal, one specimen".to_owned())]
        .into_iter()
        .chain(MANY.map(|seals| (seals, format!("{seals} seals, one specimen"))))
    {
        let each = (named(&name) - bare) / seals as f64;
        println!("{name:24} {:8.2} ms CPU each", 1000.0 * each);
    }
}

fn timed(routine: impl Fn()) -> Duration {
    let before = cpu_time();
    routine();
    cpu_time() - before
}

/// The least in seconds: what else runs on a machine only adds to it.
fn least(times: &mut [Duration]) -> Option<f64> {
    times.sort();
    times.first().map(Duration::as_secs_f64)
}
