//! From a key press to the next case: a list of documents gone through in Chromium, on loopback.
//!
//! `cargo bench --bench queue` prints the median and the longest of three figures, in milliseconds from the press of `n`: until the
//! service has answered, until the next document's page stands, its outlines and keys included, and until the picture of its
//! first page is there. It fails where the next document's page takes longer than [`MOST_MS`].

#![allow(clippy::unwrap_used, reason = "a bench that fails says where")]
#![allow(clippy::print_stdout, reason = "a bench prints")]

#[path = "../tests/browsers/chromium.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod chromium;
#[path = "../tests/browsers/site.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod site;

use chromium::Browser;
use serde_json::json;
use site::Site;

/// Scans that are gone through.
const SCANS: [&str; 10] = [
    "01-genuine-colour.pdf",
    "03-genuine-black-and-white.pdf",
    "05-genuine-chinese.pdf",
    "06-genuine-oval-blue.pdf",
    "07-genuine-square.pdf",
    "08-forged-font.pdf",
    "11-deformed-die.pdf",
    "12-unregistered.pdf",
    "13-two-seals.pdf",
    "16-two-pages.pdf",
];
/// What the next document's page may take, median.
const MOST_MS: f64 = 100.0;
/// What one of the pages took since the key was pressed.
const TIMES: &str = "(() => { \
    const [page] = performance.getEntriesByType('navigation'); \
    const scan = performance.getEntriesByType('resource').find((own) => own.name.includes('/pages/')); \
    return [page.responseEnd, page.domContentLoadedEventEnd, scan ? scan.responseEnd : 0]; })()";
/// What these are.
const NAMES: [&str; 3] = ["answer", "page", "picture"];

fn main() {
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    let browser = &mut browser;
    browser.wide(1280);
    site::first_administrator(browser, &site);
    site::hand_in_samples(browser, &site, &SCANS);
    let mut times = NAMES.map(|_| Vec::new());
    for _ in 0..3 {
        browser.visit(&site.at("/documents"));
        browser.key("j");
        browser.key("Enter");
        browser.until("document.querySelector('.paper')");
        for _ in 1..SCANS.len() {
            let here = browser.value("location.pathname");
            browser.key("n");
            browser.until(&format!(
                "location.pathname !== {here} && document.querySelector('.paper') && document.readyState === 'complete'"
            ));
            browser.until("performance.getEntriesByType('resource').some((own) => own.name.includes('/pages/'))");
            let taken = browser.value(TIMES);
            for (times, index) in times.iter_mut().zip(0..) {
                times.push(taken[index].as_f64().unwrap_or_default());
            }
        }
    }
    for (times, name) in times.iter_mut().zip(NAMES) {
        times.sort_by(f64::total_cmp);
        let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
        println!(
            "{}",
            json!({"what": name, "cases": times.len(), "median_ms": median.round(), "most_ms": most.round()})
        );
        assert!(
            name == "picture" || median <= MOST_MS,
            "{name}: more than {MOST_MS} ms"
        );
    }
}
