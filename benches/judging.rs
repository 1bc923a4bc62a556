//! CPU time of judging kept results again after an event of their seal, beside the time of reading them from the store.
//!
//! `cargo bench --bench judging -- 1000000` keeps a million results of one seal (4 GB in the folder for temporary files), and
//! prints the ratios where the event changes none of them, one in a hundred, and all; and of weighing them by another policy, which
//! changes none, and all.

#[allow(dead_code, reason = "other benches measure with criterion")]
mod cpu;
#[allow(dead_code, reason = "other benches draw more")]
mod drawing;
#[allow(dead_code, reason = "other benches ask for the whole way")]
mod enrolled;

use antin::ingest::DpiSource;
use antin::reading::TextLayer;
use antin::registry::Event;
use antin::registry::EventKind;
use antin::registry::Life;
use antin::registry::Lives;
use antin::registry::Records;
use antin::registry::Register;
use antin::registry::Roll;
use antin::rules::RuleSet;
use antin::sandbox;
use antin::sandbox::PageReading;
use antin::sandbox::Reading;
use antin::storage::Store;
use antin::storage::judging::Judged;
use antin::storage::judging::Touched;
use antin::storage::results::NewResult;
use antin::verdict::Policy;
use antin::verify;
use antin::verify::Examination;
use antin::verify::Report;
use antin::verify::Seals;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::civil::date;

use crate::cpu::cpu_time;
use crate::drawing::Drawn;

/// Results without a number on the command line.
const RESULTS: usize = 20_000;
/// Results that are kept in one go.
const TOGETHER: usize = 5_000;
/// What judging may cost at most, in times of reading.
const TIMES_MAX: f64 = 3.0;
/// Days that the documents are dated by, from the first on.
const DAYS: i32 = 1_000;
const FIRST: Date = date(2020, 1, 1);

fn main() {
    let count = std::env::args().find_map(|argument| argument.parse().ok());
    let count: usize = count.unwrap_or(RESULTS);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime
        .expect("threads can be started")
        .block_on(print(count));
}

async fn print(count: usize) {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let store = Store::open(folder.path()).await.expect("it is writable");
    let mut register = enrolled::register(&[Drawn::Specimen]);
    let report = report(&register);
    let bytes = serde_json::to_string(&report).map_or(0, |text| text.len());
    let mut first = 0;
    while first < count {
        let chunk: Vec<NewResult> = (first..count.min(first + TOGETHER))
            .map(|index| kept(&report, index))
            .collect();
        first += chunk.len();
        let written = store.keep_results(&chunk, Timestamp::UNIX_EPOCH).await;
        written.expect("the store is writable");
    }
    println!("{count} results of {bytes} bytes each.");
    let touched = Touched::All;
    let start = cpu_time();
    let mut read = 0;
    let reports = store.each_report(&touched, |chunk| read += chunk.len());
    reports.await.expect("they were written here");
    let reading = (cpu_time() - start).as_secs_f64();
    assert_eq!(read, count, "all are read");
    println!(
        "reading them              {:6.1} µs CPU each",
        1e6 * reading / count as f64
    );
    // Lost after all of them, after 99 in a hundred, and before all: each time from what was said before.
    let lost = [
        ("none", DAYS),
        ("one in a hundred", DAYS - DAYS / 100),
        ("all others", 0),
    ];
    for (which, day) in lost {
        register.revision += 1;
        let events = [
            event(EventKind::ReportedLost, day),
            event(EventKind::Found, DAYS),
        ];
        let seal = &mut register.seals[0];
        let records = Records::of(events.iter().map(|event| event.recorded(&seal.id)));
        seal.life = Life::of(&records, (&seal.id, &seal.particulars), &events);
        let start = cpu_time();
        let roll = Roll::from(&register);
        let judging: (_, &dyn Lives, _) = (&touched, &roll, RuleSet::shipped());
        let judged = store.judge_again(judging, Timestamp::UNIX_EPOCH, |_| ());
        let judged = judged.await.expect("the store is writable");
        let judging = (cpu_time() - start).as_secs_f64();
        tell(
            &format!("judging, {which}"),
            (judging, reading),
            (count, judged),
        );
    }
    weigh(&store, &register, (count, reading)).await;
}

/// What weighing by another policy costs.
async fn weigh(store: &Store, register: &Register, (count, reading): (usize, f64)) {
    // Taken for sure from another ratio on, and then nothing taken for sure at all.
    for (which, least) in [("none", 0.61), ("all", 9.0)] {
        let policy = Policy {
            name: format!("{which} changes"),
            consistent_log10_lr_min: least,
            ..Policy::default()
        };
        let start = cpu_time();
        let law = (register, &policy, RuleSet::shipped());
        let weighed = store.weigh_again(law, Timestamp::UNIX_EPOCH, |_| ());
        let (judged, asking) = weighed.await.expect("the store is writable");
        let weighing = (cpu_time() - start).as_secs_f64();
        assert!(asking.is_empty(), "{} ask for their ink", asking.len());
        tell(
            &format!("weighing, {which}"),
            (weighing, reading),
            (count, judged),
        );
    }
}

fn tell(what: &str, (judging, reading): (f64, f64), (count, judged): (usize, Judged)) {
    println!(
        "{what:25} {:6.1} µs CPU each   {:.2} times reading, {} changed",
        1e6 * judging / count as f64,
        judging / reading,
        judged.changed
    );
    assert!(
        judging <= TIMES_MAX * reading,
        "{what} takes more than {TIMES_MAX} times reading"
    );
}

fn event(kind: EventKind, day: i32) -> Event {
    Event {
        kind,
        on: on(day),
        by: None,
        instrument: None,
        note: None,
        successor: None,
        recorded_by: None,
        recorded_at: None,
        corrects: None,
    }
}

fn on(day: i32) -> Date {
    FIRST.saturating_add(jiff::Span::new().days(day))
}

/// The report of the page with one seal.
fn report(register: &Register) -> Report {
    let content = enrolled::found(Drawn::Page { seals: 1 });
    let page = PageReading {
        number: 1,
        width_px: Some(2480),
        height_px: Some(3508),
        dpi: content.impressions[0].dpi,
        dpi_source: DpiSource::Stated,
        mode: Some(content.impressions[0].mode),
        notes: Vec::new(),
        content: Ok(content),
        traces: None,
        layout: None,
        overlays: None,
        text_layer: TextLayer::default(),
        excerpts: Vec::new(),
        strips: Vec::new(),
        markings: Vec::new(),
    };
    let reading = Reading {
        sha256: Some(String::new()),
        bytes: 0,
        page_count: Some(1),
        pages: vec![page],
        outcome: sandbox::Outcome::Read,
        facts: Ok(None),
        unconfined: Vec::new(),
        error: None,
    };
    let examination = Examination {
        register,
        policy: &Policy::default(),
        rules: RuleSet::shipped(),
        claim: Some(0),
        seals: Seals::Optional,
        date: Some(FIRST),
        given: None,
    };
    verify::examine("drawn", reading, &examination).report
}

/// The same report of another document of another day, which a receipt proves.
fn kept(report: &Report, index: usize) -> NewResult {
    let mut report = report.clone();
    report.document.path = format!("docs/{index:07}.pdf");
    report.document.sha256 = Some(format!("{index:064x}"));
    let day = i32::try_from(index).unwrap_or(0) % DAYS;
    report.document.date.claimed = Some(on(day));
    report.document.date.not_after = Some(on(day));
    report.document.date.proof = Some("receipt".to_owned());
    NewResult {
        report,
        claim: None,
        crops: None,
        keys: Vec::new(),
        dies: Vec::new(),
    }
}
