//! A search among a million registered seals: its time beside one pass over the same bytes, and how
//! often the right seal is among the best of a gallery of 20,000.
//!
//! `cargo bench -p antin-engine --bench identification -- speed` needs 1.2 GB and under a minute,
//! `… -- recall [IMPRESSIONS [SEALS]]` draws the gallery and the impressions anew, about two CPU seconds
//! for each impression, scanned four ways, and one for fifty seals.

mod recall;
mod whole;

use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use std::time::Instant;

use antin_engine::identification::Code;
use antin_engine::identification::Gallery;
use antin_engine::identification::Probe;
use antin_engine::synthesis::catalogue::Seal;
use antin_engine::synthesis::fonts::FONT_DIRECTORY;
use antin_engine::synthesis::fonts::Fonts;
use antin_engine::synthesis::gallery;
use rayon::prelude::*;

/// Seals of the gallery that speed is measured on, and of those the ones that are drawn; the others
/// repeat them.
const MILLION: usize = 1_000_000;
const DRAWN: usize = 500;
/// Seals of the gallery that recall is measured on.
const SEALS: usize = 20_000;
/// Impressions looked for, each in four kinds of scan: 2,080 searches.
const IMPRESSIONS: usize = 520;
/// Rounds behind the printed times.
const ROUNDS: usize = 25;
/// Seed of the gallery; tuning used others.
const SEED: u64 = 9101;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let fonts = match Fonts::load(Path::new(FONT_DIRECTORY)) {
        Ok(fonts) => fonts,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let asks = |word: &str| arguments.iter().any(|argument| argument == word);
    if asks("speed") {
        print_speed(&fonts);
    }
    if asks("recall") {
        let mut numbers = arguments
            .iter()
            .filter_map(|argument| argument.parse().ok());
        let impressions = numbers.next().unwrap_or(IMPRESSIONS);
        recall::print(&fonts, impressions, numbers.next().unwrap_or(SEALS));
    }
    if !asks("speed") && !asks("recall") {
        println!("Say what to measure: speed, recall.");
    }
    ExitCode::SUCCESS
}

/// Codes of the seals as their dies are drawn.
fn codes(seals: &[Seal], fonts: &Fonts) -> Vec<Code> {
    let code = |seal: &Seal| Code::of_impression(&gallery::impression(&seal.die, fonts));
    seals.par_iter().map(code).collect()
}

fn print_speed(fonts: &Fonts) {
    let seals = gallery::seals(DRAWN, SEED, fonts);
    let codes = codes(&seals, fonts);
    let mut million = Gallery::with_capacity(MILLION);
    for index in 0..MILLION {
        million.push(&codes[index % DRAWN]);
    }
    let impression = gallery::impression(&seals[7].die, fonts);
    let (mut passes, mut searches) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        passes.push(timed(|| {
            black_box(pass(million.numbers()));
        }));
        searches.push(timed(|| {
            black_box(million.search(&Probe::new(&impression), 20));
        }));
    }
    let [pass, search] = [passes, searches].map(least);
    println!(
        "{} seals, {:.2} GB, {} threads: one pass over the codes {:.0} ms, one search {:.0} ms, ratio {:.2} \
         (the least of {ROUNDS} rounds: what else runs only adds)",
        million.len(),
        million.bytes() as f64 / 1e9,
        rayon::current_num_threads(),
        1e3 * pass,
        1e3 * search,
        search / pass
    );
}

/// The sum of all bytes by eights: the least that reading them all takes.
fn pass(bytes: &[u8]) -> u64 {
    let sum = |bytes: &[u8]| {
        let (lines, _) = bytes.as_chunks::<128>();
        let mut lanes = [0_u64; 16];
        for line in lines {
            let (words, _) = line.as_chunks::<8>();
            for (lane, word) in lanes.iter_mut().zip(words) {
                *lane = lane.wrapping_add(u64::from_le_bytes(*word));
            }
        }
        lanes.into_iter().fold(0, u64::wrapping_add)
    };
    let sums = bytes.par_chunks(1 << 22).map(sum);
    sums.reduce(|| 0, u64::wrapping_add)
}

fn timed(routine: impl FnOnce()) -> Duration {
    let start = Instant::now();
    routine();
    start.elapsed()
}

/// The least in seconds.
fn least(times: Vec<Duration>) -> f64 {
    times
        .into_iter()
        .min()
        .map_or(f64::NAN, |time| time.as_secs_f64())
}
