//! How the cost of a page grows with what stands on it: seals, and candidates that are none.
//!
//! `cargo bench -p antin-engine --bench growth --features bench-turbojpeg` prints CPU times of pages of A4 at 300 dpi with 0 to 24
//! seals, and with 0 to 50 printed circles and red boxes: decoded, searched, and all that the program does with the file, to the
//! report; what each seal or candidate costs beyond the page without any; and the whole beside decoding the same page in the same
//! run, by the program itself and by libjpeg-turbo. It fails where the cost grows faster than with their number.

#[allow(dead_code, reason = "another bench measures with criterion")]
mod cpu;
#[allow(dead_code, reason = "another bench draws more")]
mod drawing;
#[allow(dead_code, reason = "another bench asks more")]
mod enrolled;
mod floor;

use std::hint::black_box;
use std::time::Duration;

use antin_engine::extraction::Extraction;
use antin_engine::extraction::extract;
use antin_engine::registry::Register;

use crate::cpu::least;
use crate::cpu::timed;
use crate::drawing::Drawn;
use crate::enrolled::decode;

/// Seals on a page; the first is the page that the others are set against.
const SEALS: [usize; 5] = [0, 1, 4, 16, 24];
/// Circles and boxes on a page.
const CANDIDATES: [usize; 3] = [0, 10, 50];
/// Rounds behind the printed times, of which the least counts; each round times every page once.
const ROUNDS: usize = 3;
/// What one of many may cost at most, in times of one of few: 24 seals would cost six times as much each as 4, and 50 candidates five times as
/// much as 10, if each were held against all others.
const GROWTH_MAX: f64 = 2.0;
/// Share of the bare page's time that chance adds: a few candidates cost little more.
const CHANCE: f64 = 0.1;

/// What is timed of each page.
const STAGES: [&str; 3] = ["decode", "search", "all of it"];

fn main() {
    let register = enrolled::register(&[Drawn::Specimen]);
    let seals = SEALS.map(|seals| Sheet::new(seals, Drawn::Page { seals }, &register));
    for sheet in &seals {
        assert_eq!(
            sheet.found, sheet.count,
            "every seal is found, else none has its cost"
        );
    }
    grow("seal", seals, (2, 4), &register);
    let candidates =
        CANDIDATES.map(|candidates| Sheet::new(candidates, Drawn::Form { candidates }, &register));
    for sheet in &candidates {
        assert_eq!(sheet.found, 0, "what was drawn is no seal");
    }
    grow("candidate", candidates, (1, 2), &register);
}

/// A page, and what it costs.
struct Sheet {
    /// What is drawn on it, of the kind that is counted.
    count: usize,
    jpeg: Vec<u8>,
    /// Seals reported.
    found: usize,
    /// Candidates that were turned down with their reason.
    rejected: usize,
    floors: Vec<Duration>,
    /// By stage, as [`STAGES`] names them.
    times: [Vec<Duration>; 3],
}

impl Sheet {
    fn new(count: usize, drawn: Drawn, register: &Register) -> Self {
        let jpeg = drawing::page_jpeg(drawn);
        let (found, _) = enrolled::report(&jpeg, register, Some(0));
        Self {
            count,
            found,
            rejected: search(&jpeg).rejected.len(),
            jpeg,
            floors: Vec::new(),
            times: [const { Vec::new() }; 3],
        }
    }

    /// Takes the time of every stage once.
    fn time(&mut self, register: &Register) {
        let jpeg = &self.jpeg;
        self.floors.extend(floor::timed(jpeg));
        let page = decode(jpeg);
        let taken = [
            timed(|| drop(black_box(decode(jpeg)))),
            timed(|| drop(black_box(extract(&page)))),
            timed(|| {
                black_box(enrolled::report(jpeg, register, Some(0)));
            }),
        ];
        for (times, taken) in self.times.iter_mut().zip(taken) {
            times.push(taken);
        }
    }

    /// The least time of every stage, in seconds.
    fn least(&self) -> [f64; 3] {
        [0, 1, 2].map(|stage: usize| least(&self.times[stage]).unwrap_or(f64::NAN))
    }
}

fn search(jpeg: &[u8]) -> Extraction {
    extract(&decode(jpeg))
}

/// Times pages with more and more of a kind, the first without any, prints them, and holds one of `many` against one of `few`.
fn grow<const N: usize>(
    kind: &str,
    mut sheets: [Sheet; N],
    (few, many): (usize, usize),
    register: &Register,
) {
    for _ in 0..ROUNDS {
        sheets.iter_mut().for_each(|sheet| sheet.time(register));
    }
    let bare = sheets[0].least();
    for sheet in &sheets {
        print(kind, sheet, bare);
    }
    let (few, many) = (&sheets[few], &sheets[many]);
    for (stage, name) in STAGES.iter().enumerate().skip(1) {
        let added = |sheet: &Sheet| sheet.least()[stage] - bare[stage];
        let share = many.count as f64 / few.count as f64;
        let bound = GROWTH_MAX * share * added(few) + CHANCE * bare[stage];
        assert!(
            added(many) <= bound,
            "{name}: {} of a {kind} cost {:.1} ms, more than {GROWTH_MAX} times as much each as {}",
            many.count,
            1000.0 * added(many),
            few.count
        );
    }
}

/// Prints a page's times, and what each of a kind costs beyond the bare page.
fn print(kind: &str, sheet: &Sheet, bare: [f64; 3]) {
    let times = sheet.least();
    println!(
        "{:2} of a {kind}: {} kB, {} seals found, {} candidates turned down.",
        sheet.count,
        sheet.jpeg.len() / 1000,
        sheet.found,
        sheet.rejected
    );
    for (stage, name) in STAGES.iter().enumerate() {
        let each = if sheet.count > 0 && stage > 0 {
            let each = (times[stage] - bare[stage]) / sheet.count as f64;
            format!(", {:.2} ms each", 1000.0 * each)
        } else {
            String::new()
        };
        println!(
            "    {name:10} {:8.2} ms CPU, {:.2} times decoding{each}",
            1000.0 * times[stage],
            times[stage] / times[0]
        );
    }
    let ratio = floor::ratio(times[2], least(&sheet.floors));
    println!("    all of it, {ratio}");
}
