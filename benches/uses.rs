//! Finding the entry that tells of a document, in registers of use of growing length.
//!
//! `cargo bench -p antin-engine --bench uses -- 1000000` prints the CPU time of a look-up by number and symbol, by digest and by date in registers of a thousand
//! entries, ten times as many, and so on up to that number (3 GB); a look-up that went through all entries would take a thousand
//! times as long in the last as in the first.

#[allow(dead_code, reason = "other benches measure with criterion")]
mod cpu;

use std::collections::BTreeMap;
use std::hint::black_box;

use antin_engine::registry::Entry;
use antin_engine::registry::Recorded;
use antin_engine::registry::Records;
use antin_engine::registry::UseRegister;
use antin_engine::registry::use_register::SealUses;
use antin_engine::registry::use_register::Sought;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::civil::date;

use crate::cpu::cpu_time;

/// Entries of the longest register without a number on the command line.
const ENTRIES: usize = 100_000;
/// Entries of the shortest.
const FIRST: usize = 1_000;
/// Look-ups behind each time.
const LOOKUPS: usize = 200_000;
/// Entries of one day.
const A_DAY: usize = 40;

fn main() {
    let count = std::env::args().find_map(|argument| argument.parse().ok());
    let most: usize = count.unwrap_or(ENTRIES);
    let mut entries = FIRST.min(most);
    loop {
        print(entries);
        if entries == most {
            return;
        }
        entries = (10 * entries).min(most);
    }
}

fn print(entries: usize) {
    let start = cpu_time();
    let records = Records::of((0..entries).map(entry));
    let register = UseRegister::of(&records);
    let built = (cpu_time() - start).as_secs_f64();
    drop(records);
    let uses = register.of_seal("S1").expect("it has entries");
    let numbered = time(|index| {
        let (number, symbol, on) = document(index % entries);
        let sought = Sought {
            number: Some(&number),
            symbol: Some(&symbol),
            date: Some(on),
            ..Sought::default()
        };
        assert!(uses.find(sought).is_some(), "every document has its entry");
    });
    let by_digest = time(|index| {
        let digest = digest(index % entries);
        let sought = Sought {
            sha256: Some(&digest),
            ..Sought::default()
        };
        assert!(uses.find(sought).is_some(), "every document has its entry");
    });
    let dated = time(|index| {
        let sought = Sought {
            date: Some(document(index % entries).2),
            ..Sought::default()
        };
        black_box(told(uses, sought));
    });
    println!(
        "{entries:8} entries, made in {built:6.2} s: {numbered:5.2} µs by number, {by_digest:5.2} µs by digest, {dated:5.2} µs by date"
    );
}

fn told(uses: &SealUses, sought: Sought<'_>) -> bool {
    uses.find(sought).is_some() || uses.may_tell(sought)
}

/// CPU time of one look-up in microseconds, over places far from one another.
fn time(look_up: impl Fn(usize)) -> f64 {
    let start = cpu_time();
    for index in 0..LOOKUPS {
        look_up(index.wrapping_mul(7_919));
    }
    1e6 * (cpu_time() - start).as_secs_f64() / LOOKUPS as f64
}

/// Number, symbol and date of a document.
fn document(index: usize) -> (String, String, Date) {
    let day = i64::try_from(index / A_DAY).unwrap_or(i64::MAX);
    let on = date(1950, 1, 1).saturating_add(day.days());
    (index.to_string(), "UBND-VP".to_owned(), on)
}

fn digest(index: usize) -> String {
    format!("{index:064x}")
}

/// The entry of a document.
fn entry(index: usize) -> Recorded {
    let (number, symbol, on) = document(index);
    let content = [
        ("seal", "S1".to_owned()),
        ("register", "work".to_owned()),
        ("entry_no", index.to_string()),
        ("used_at", on.to_string()),
        ("content", "Giấy mời".to_owned()),
        ("copies", "3".to_owned()),
        ("approver", "Trần Văn Khải".to_owned()),
        ("handler", "Nguyễn Thị Lan".to_owned()),
        ("number", number),
        ("symbol", symbol),
        ("dated", on.to_string()),
        ("sha256", digest(index)),
    ];
    let content = content.map(|(column, value)| (column.to_owned(), value));
    let entry = Entry {
        kind: "use".to_owned(),
        key: "S1".to_owned(),
        happened_on: Some(on),
        content: BTreeMap::from(content),
        ..Entry::default()
    };
    Recorded {
        name: entry.name(),
        entry,
        revision: None,
        recorded_at: None,
    }
}
