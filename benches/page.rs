//! CPU time of one A4 page at 300 dpi: decoded, searched, and one seal compared with one specimen,
//! beside the time that libjpeg-turbo needs to decode the same JPEG in the same run.
//!
//! `cargo bench --features bench-turbojpeg` (Debian's libturbojpeg0-dev) prints the ratios; without
//! the feature there is no floor to compare with, and only the times are printed.

mod cpu;
mod drawing;

use std::hint::black_box;
use std::time::Duration;

use antin::extraction::Extraction;
use antin::extraction::extract;
use antin::ingest;
use antin::ingest::Limits;
use antin::ingest::Page;
use antin::matching::Specimen;
use antin::matching::compare;
use antin::measurement::measure;
use antin::verdict::Policy;
use antin::verdict::judge;
use criterion::Criterion;

use crate::cpu::CpuTime;
use crate::cpu::cpu_time;
use crate::drawing::Drawn;

/// Rounds behind the printed ratios; each round runs every routine once, so that load and clock
/// speed fall on all of them alike.
const ROUNDS: usize = 15;

fn main() {
    let stamped = drawing::page_jpeg(Drawn::Stamped);
    let bare = drawing::page_jpeg(Drawn::Bare);
    let specimen = enrol(&drawing::page_jpeg(Drawn::Specimen));
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .sample_size(20)
        .configure_from_args();
    // Cargo says so; without it, criterion runs each routine once to see that it works.
    if std::env::args().any(|argument| argument == "--bench") {
        print_ratios(&stamped, &bare, specimen.as_ref());
    }
    let mut group = criterion.benchmark_group("page");
    #[cfg(feature = "bench-turbojpeg")]
    group.bench_function("floor: libjpeg-turbo", |bencher| {
        bencher.iter(|| floor(&stamped))
    });
    group.bench_function("decode", |bencher| bencher.iter(|| decode(&stamped)));
    group.bench_function("one seal, one specimen", |bencher| {
        bencher.iter(|| examine(&stamped, specimen.as_ref()));
    });
    group.bench_function("no seal", |bencher| {
        bencher.iter(|| examine(&bare, specimen.as_ref()));
    });
    group.finish();
    criterion.final_summary();
}

/// The whole way of one page; returns how many impressions were judged.
fn examine(jpeg: &[u8], specimen: Option<&Specimen>) -> usize {
    let extraction = search(jpeg);
    let policy = Policy::default();
    for impression in &extraction.impressions {
        black_box(measure(impression));
        if let Some(specimen) = specimen {
            let comparison = compare(impression, specimen);
            black_box(judge(impression, comparison.as_ref(), &policy));
        }
    }
    extraction.impressions.len()
}

fn search(jpeg: &[u8]) -> Extraction {
    extract(&decode(jpeg))
}

/// Decodes as the program does, without the child process around it.
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

fn print_ratios(stamped: &[u8], bare: &[u8], specimen: Option<&Specimen>) {
    let found = examine(stamped, specimen);
    println!(
        "Page: {} kB of JPEG, {found} seals found (one is drawn).",
        stamped.len() / 1000
    );
    println!(
        "Bare page: {} kB, {} seals found.",
        bare.len() / 1000,
        examine(bare, specimen)
    );
    let routines: [(&str, &dyn Fn()); 3] = [
        ("decode alone", &|| {
            black_box(decode(stamped));
        }),
        ("one seal, one specimen", &|| {
            black_box(examine(stamped, specimen));
        }),
        ("no seal", &|| {
            black_box(examine(bare, specimen));
        }),
    ];
    let mut floors = [Vec::new(), Vec::new()];
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); routines.len()];
    for _ in 0..ROUNDS {
        #[cfg(feature = "bench-turbojpeg")]
        for (floors, page) in floors.iter_mut().zip([stamped, bare]) {
            floors.push(timed(&|| floor(page)));
        }
        for (times, routine) in times.iter_mut().zip(&routines) {
            times.push(timed(routine.1));
        }
    }
    let floors = floors.each_mut().map(|times| median(times));
    for (index, (times, routine)) in times.iter_mut().zip(&routines).enumerate() {
        let time = median(times).expect("at least one round");
        let ratio = floors[usize::from(index == 2)].map_or_else(
            || "no floor: build with --features bench-turbojpeg".to_owned(),
            |floor| {
                format!(
                    "{:.2} times libjpeg-turbo's {:.1} ms",
                    time / floor,
                    1000.0 * floor
                )
            },
        );
        println!("{:24} {:8.1} ms CPU   {ratio}", routine.0, 1000.0 * time);
    }
}

fn timed(routine: &dyn Fn()) -> Duration {
    let before = cpu_time();
    routine();
    cpu_time() - before
}

/// The median in seconds.
fn median(times: &mut [Duration]) -> Option<f64> {
    times.sort();
    times.get(times.len() / 2).map(Duration::as_secs_f64)
}
