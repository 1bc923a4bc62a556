//! Handing in: many files, bad ones, and a connection that is lost in the middle.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::chromium::Browser;
use crate::site::Site;
use crate::site::first_administrator;
use crate::site::pass;
use crate::site::sample;

/// Files that are no documents, each another.
fn scraps(folder: &Path, count: usize) -> Vec<PathBuf> {
    let scrap = |index: usize| {
        let path = folder.join(format!("scrap-{index:03}.pdf"));
        fs::write(&path, format!("%PDF-1.7 number {index}")).unwrap();
        path
    };
    (0..count).map(scrap).collect()
}

fn choose(browser: &mut Browser, files: &[PathBuf]) {
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    browser.choose("#files", &files);
}

#[test]
fn five_hundred_files_are_taken_and_the_page_stays_alive() {
    let site = Site::start(&["--no-worker"]);
    let mut browser = Browser::start();
    browser.wide(1280);
    first_administrator(&mut browser, &site);
    browser.visit(&site.at("/intake"));
    // The page counts its own frames while files are sent: a page that freezes draws none.
    browser.value("globalThis.frames_drawn = 0, requestAnimationFrame(function on() { frames_drawn += 1; requestAnimationFrame(on); }), 0");
    choose(&mut browser, &scraps(site.folder.path(), 500));
    browser.until("document.querySelectorAll('#uploads li').length === 500");
    let before = browser.value("frames_drawn");
    browser.until("document.querySelectorAll('#uploads li.received').length === 500");
    let after = browser.value("frames_drawn");
    assert!(
        after.as_u64() > before.as_u64(),
        "no frame was drawn: {before}, {after}"
    );
    let shown = browser.value("document.querySelectorAll('#uploads li.failed').length");
    assert_eq!(shown, json!(0));
    pass(&mut browser, "intake-500");
    browser.visit(&site.at("/documents"));
    browser.until("document.querySelectorAll('#list tr[data-row]').length >= 100");
    assert!(browser.faults.is_empty(), "{:?}", browser.faults);
}

#[test]
fn a_lost_connection_is_told_and_what_failed_is_sent_again() {
    let site = Site::start(&[]);
    let mut browser = Browser::start();
    browser.wide(1280);
    first_administrator(&mut browser, &site);
    browser.visit(&site.at("/intake"));
    choose(&mut browser, &[sample("14-no-seal.pdf")]);
    browser.until("document.querySelectorAll('#uploads li.received').length === 1");
    browser.offline(true);
    choose(&mut browser, &scraps(site.folder.path(), 4));
    browser.until("document.querySelectorAll('#uploads li.failed').length === 4");
    let told = browser.value("document.querySelector('#uploads li.failed .state').innerText");
    assert!(told.as_str().unwrap().contains("does not answer"), "{told}");
    browser.offline(false);
    browser.press("#retry-all");
    browser.until("document.querySelectorAll('#uploads li.received').length === 5");
    // Progress is told again once the line is back; what is no document stands as unreadable among the others.
    browser.until("Number(document.querySelector('#current [data-done]').textContent) === 5");
    pass(&mut browser, "intake-retried");
    browser.visit(&site.at("/documents?outcome=unreadable"));
    let unreadable = browser.value("document.querySelector('#list').innerText");
    assert!(
        unreadable.as_str().unwrap().contains("scrap-003.pdf"),
        "{unreadable}"
    );
}
